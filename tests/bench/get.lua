-- wrk script for GET. Arguments after "--": "close" for a connection a request or "keep", Authorization and Cookie header or "-",
-- a mean pause in milliseconds before each request of a connection.
function init(args)
   if args[1] == "close" then
      wrk.headers["Connection"] = "close"
   end
   if args[2] and args[2] ~= "-" then
      wrk.headers["Authorization"] = args[2]
   end
   if args[3] and args[3] ~= "-" then
      wrk.headers["Cookie"] = args[3]
   end
   local pause_ms = tonumber(args[4] or "0")
   if pause_ms > 0 then
      math.randomseed(1)
      delay = function() return math.floor(-math.log(1 - math.random()) * pause_ms + 0.5) end
   end
end

dofile(debug.getinfo(1, "S").source:match("^@(.*/)") .. "result.lua")
