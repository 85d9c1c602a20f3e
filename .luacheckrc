-- What every Lua from 5.1 to 5.4 and LuaJIT has, and no more: "min". The rest is named here, and is for
-- code that looks whether it is there.
std = "min"
max_line_length = 120
max_comment_line_length = false -- an annotation cannot be wrapped
cache = false
-- "not (x <= y)" is how NaN is kept out.
ignore = { "581" }
exclude_files = { "build", "azion" }

local newer = {
  "jit",
  "newproxy",
  "unpack",
  table = { fields = { "move", "pack", "unpack" } },
  math = { fields = { "maxinteger", "mininteger", "tointeger", "type", "ult" } },
}

files["lua/azion"].read_globals = newer
files["spec"].std = "+busted"
files["spec"].read_globals = newer
files["spec"].ignore = { "512" } -- a loop that ends in its first round is often the point
files["examples"].read_globals = newer
files["bench"].read_globals = newer
files["tools"].read_globals = newer
files["src-redis"].read_globals = { "ARGV", "KEYS", "decision", "redis" }
files["lua/azion/budget/decision_text.lua"].max_string_line_length = false
files["fuzz"].std = "lua54"
files["fuzz"].read_globals = { "watched" }
files[".busted"].read_globals = { "jit" }

-- These look for nginx's functions, or run inside nginx.
for _, path in ipairs({
  "bench/peers/cosocket.lua",
  "lua/azion/budget/redis_resty.lua",
  "lua/azion/budget/shared_dict.lua",
  "lua/azion/runtime",
  "lua/azion/sandbox",
  "examples/openresty",
}) do
  files[path].std = "+ngx_lua"
end
