--- What the budget does with a shared dictionary of nginx. Nothing here pushes out what somebody else keeps in it: where
--- there is no room, a table with the `problem` is raised.
local dictionary = {}

local function check(ok, problem)
  if not ok and problem ~= "exists" then
    error({ problem = "the shared dictionary: " .. tostring(problem) }, 0)
  end
end

---@param lifetime number seconds
function dictionary.keep(dict, key, value, lifetime)
  check(dict:safe_set(key, value, lifetime))
end

--- Keeps a value where there is none yet.
function dictionary.keep_first(dict, key, value, lifetime)
  check(dict:safe_add(key, value, lifetime))
end

--- Keeps a value that is larger than the one that is there.
function dictionary.keep_larger(dict, key, value, lifetime)
  local known = dict:get(key)
  if not known or value > known then
    dictionary.keep(dict, key, value, lifetime)
  end
end

--- Adds to a counter, which begins at 0.
---@return number value
function dictionary.add(dict, key, amount, lifetime)
  local value = dict:incr(key, amount)
  if not value then
    dictionary.keep_first(dict, key, 0, lifetime)
    value = dict:incr(key, amount)
    check(value, "lost a counter")
  end
  return value
end

return dictionary
