-- wrk script: one POST of a form, the same for every request. Arguments after "--": body, Authorization header or "-",
-- "close" for a connection a request or "keep", and a mean pause in milliseconds before each request of a connection (half of
-- peak; exponential, as independent clients are: a constant one makes all connections ask at the same moment).
-- A body file with several lines is walked through line by line (client assertions are once-only). A fifth argument is a file
-- that the answers' access tokens are written to.
local bodies = {}
local position = 0

function init(args)
   wrk.method = "POST"
   wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
   if args[2] and args[2] ~= "-" then
      wrk.headers["Authorization"] = args[2]
   end
   if args[1]:sub(1, 1) == "@" then
      for line in io.lines(args[1]:sub(2)) do
         bodies[#bodies + 1] = line
      end
   else
      wrk.body = args[1]
   end
   if args[3] == "close" then
      wrk.headers["Connection"] = "close"
   end
   local pause_ms = tonumber(args[4] or "0")
   if pause_ms > 0 then
      math.randomseed(1)
      delay = function() return math.floor(-math.log(1 - math.random()) * pause_ms + 0.5) end
   end
   if args[5] then
      local kept = io.open(args[5], "w")
      response = function(status, headers, body)
         kept:write(body:match('"access_token":"([^"]+)"') or "", "\n")
         kept:flush()
      end
   end
end

function request()
   if #bodies == 0 then
      return wrk.format()
   end
   position = position % #bodies + 1
   return wrk.format(nil, nil, nil, bodies[position])
end

dofile(debug.getinfo(1, "S").source:match("^@(.*/)") .. "result.lua")
