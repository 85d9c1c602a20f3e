--- Option tables: an unknown name or a wrong Lua type is a mistake in the program and raises; a
--- value out of range may come from data and is returned as a problem.
local options = {}

local function distance(left, right)
  local previous = {}
  for column = 0, #right do
    previous[column] = column
  end
  for row = 1, #left do
    local current = { [0] = row }
    for column = 1, #right do
      local same = left:byte(row) == right:byte(column)
      current[column] = math.min(previous[column] + 1, current[column - 1] + 1,
        previous[column - 1] + (same and 0 or 1))
    end
    previous = current
  end
  return previous[#right]
end

--- The known name that is nearest to a mistyped one.
---@param name string
---@param known table<string, any>
---@return string?
---@return integer? distance letters to change
function options.nearest(name, known)
  local best, best_distance
  for candidate in pairs(known) do
    local candidate_distance = distance(name:lower(), candidate)
    if not best or candidate_distance < best_distance
      or (candidate_distance == best_distance and candidate < best) then
      best, best_distance = candidate, candidate_distance
    end
  end
  return best, best_distance
end

---@alias azion.OptionRule { type: string, problem?: fun(value: any): string? }

--- Raises on an unknown name or a wrong type, at the caller's `level`; gives the name and the problem
--- of the first value (by name) that is out of range.
---@param given table?
---@param known table<string, azion.OptionRule>
---@param what string what the options belong to, for the message: "client"
---@param level integer as in `error`, counted from the caller of this function
---@return string? name
---@return string? problem
function options.check(given, known, what, level)
  if given == nil then
    return nil
  end
  if type(given) ~= "table" then
    error(("%s: options must be a table, got %s"):format(what, type(given)), level + 1)
  end
  local first, first_problem
  for name, value in pairs(given) do
    local rule = known[name]
    if not rule then
      error(("%s: unknown option '%s'; the nearest known one is '%s'"):format(what, tostring(name),
        options.nearest(tostring(name), known)), level + 1)
    end
    if type(value) ~= rule.type then
      error(("%s: option '%s' must be a %s, got %s"):format(what, name, rule.type, type(value)), level + 1)
    end
    local problem = rule.problem and rule.problem(value)
    if problem and (not first or name < first) then
      first, first_problem = name, problem
    end
  end
  return first, first_problem
end

--- Rules that several option tables share.
options.seconds = {
  type = "number",
  problem = function(value)
    if not (value > 0) then
      return "expected seconds above 0, got " .. tostring(value)
    end
  end,
}

options.count = {
  type = "number",
  problem = function(value)
    if not (value >= 1 and value < 2 ^ 53 and value % 1 == 0) then
      return "expected a whole number of at least 1, got " .. tostring(value)
    end
  end,
}

return options
