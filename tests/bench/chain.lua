-- wrk script: POST of a form that ends in a refresh token, each answer's new token used for a later request. Arguments after "--":
-- a file with the first tokens (more than there are connections), the form up to the token, Authorization header or "-".
local tokens, first, last = {}, 1, 0
local form = ""

function init(args)
   wrk.method = "POST"
   wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
   for line in io.lines(args[1]) do
      last = last + 1
      tokens[last] = line
   end
   form = args[2]
   if args[3] and args[3] ~= "-" then
      wrk.headers["Authorization"] = args[3]
   end
end

function request()
   local token = tokens[first] or "none-left"
   tokens[first] = nil
   first = first + 1
   return wrk.format(nil, nil, nil, form .. token)
end

function response(status, headers, body)
   local token = body:match('"refresh_token":"([^"]+)"')
   if token then
      last = last + 1
      tokens[last] = token
   end
end

dofile(debug.getinfo(1, "S").source:match("^@(.*/)") .. "result.lua")
