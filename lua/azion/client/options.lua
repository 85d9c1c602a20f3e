--- Option tables, read in one way everywhere: an unknown name or a wrong Lua type is a mistake in the program and
--- raises at its line; a value of the right type that cannot be may come from data, and is returned as a problem.
local mistake = require "azion.client.mistake"
local shown = require "azion.api.shown"

local options = {}

-- How many letters must be changed, added, left out or swapped with their neighbour.
local function distance(left, right)
  local rows = { [0] = {} }
  for column = 0, #right do
    rows[0][column] = column
  end
  for row = 1, #left do
    rows[row] = { [0] = row }
    for column = 1, #right do
      local here, there = left:byte(row), right:byte(column)
      local least = math.min(rows[row - 1][column] + 1, rows[row][column - 1] + 1,
        rows[row - 1][column - 1] + (here == there and 0 or 1))
      if row > 1 and column > 1 and here == right:byte(column - 1) and there == left:byte(row - 1) then
        least = math.min(least, rows[row - 2][column - 2] + 1)
      end
      rows[row][column] = least
    end
  end
  return rows[#left][#right]
end

--- The known name that is nearest to a mistyped one; nil if half of it or more would have to change.
---@param name string
---@param known table<string, any>
---@return string?
---@return integer? distance letters to change
function options.nearest(name, known)
  local best, best_distance
  for candidate in pairs(known) do
    local longer = math.max(#name, #candidate)
    -- Lengths alone tell most of them apart, without comparing a text of any length.
    local apart = 2 * (longer - math.min(#name, #candidate)) < longer and distance(name:lower(), candidate)
    if apart and 2 * apart < longer
      and (not best or apart < best_distance or (apart == best_distance and candidate < best)) then
      best, best_distance = candidate, apart
    end
  end
  return best, best_distance
end

local function known_names(known, prefix)
  local names = {}
  for name in pairs(known) do
    names[#names + 1] = "'" .. prefix .. name .. "'"
  end
  table.sort(names)
  return table.concat(names, ", ")
end

local function name_of(key, prefix)
  return "'" .. prefix .. (type(key) == "string" and shown.text(key):match('^"(.*)"$') or tostring(key)) .. "'"
end

--- Raises on a name that is not known: names the nearest one, or all where none is near.
---@param given table
---@param known table<string, any>
---@param what string what the names belong to, for the message: "azion.client"
---@param noun? string what they are: "option"
---@param prefix? string of the place where they stand: "limits."
function options.check_names(given, known, what, noun, prefix)
  prefix = prefix or ""
  for name in next, given do
    if known[name] == nil then
      local nearest = type(name) == "string" and options.nearest(name, known)
      mistake.raise(("%s: unknown %s %s; %s"):format(what, noun or "option", name_of(name, prefix),
        nearest and ("the nearest known one is '%s%s'"):format(prefix, nearest)
          or "known are " .. known_names(known, prefix)))
    end
  end
end

---@class azion.OptionRule
---@field type string the Lua types it may have: "number", "number or table"
---@field called? string what it is in messages, where its types do not say it
---@field expected? string what it may be among those, for messages
---@field allows? fun(value: any): boolean? whether it is one of these
---@field problem? fun(value: any): string? what is wrong with it, where that cannot be said with `expected`
---@field is_secret? boolean whether its value must not be shown
---@field fields? table<string, azion.OptionRule> of a table
---@field entries? azion.OptionRule of a list

local check_all

-- The first problem, by name, of a value and of what it holds.
local function check_value(name, value, rule, what)
  local show = rule.is_secret and shown.kind or shown.value
  if not (" " .. rule.type .. " "):find(" " .. type(value) .. " ", 1, true) then
    local wanted = rule.called or "a " .. rule.type
    local got = (rule.is_secret and shown.kind or shown.short)(value)
    mistake.raise(("%s: option '%s' must be %s, got %s"):format(what, name, wanted, got))
  elseif rule.allows and not rule.allows(value) then
    return name, ("expected %s, got %s"):format(rule.expected, show(value))
  end
  local first, first_problem
  if type(value) == "table" and rule.fields then
    first, first_problem = check_all(value, rule.fields, what, name .. ".")
  end
  for index, entry in ipairs(rule.entries and value or {}) do
    local place, problem = check_value(name .. "." .. index, entry, rule.entries, what)
    if not first then
      first, first_problem = place, problem
    end
  end
  local problem = not first and rule.problem and rule.problem(value)
  if problem then
    return name, problem
  end
  return first, first_problem
end

function check_all(given, known, what, prefix)
  options.check_names(given, known, what, nil, prefix)
  local first, first_problem
  for name, value in next, given do
    local place, problem = check_value(prefix .. name, value, known[name], what)
    if place and (not first or place < first) then
      first, first_problem = place, problem
    end
  end
  return first, first_problem
end

--- Raises on an unknown name or a wrong type; gives the name and the problem of the first value (by name) that
--- cannot be.
---@param given table?
---@param known table<string, azion.OptionRule>
---@param what string what the options belong to, for the message: "azion.client"
---@return string? name
---@return string? problem
function options.check(given, known, what)
  if given == nil then
    return nil
  elseif type(given) ~= "table" then
    mistake.raise(("%s: options must be a table, got %s"):format(what, shown.kind(given)))
  elseif type(rawget(given, what:match("[%w_]+$"))) == "function" then -- the table that the function is in
    mistake.raise(("call this with a dot: %s(…)"):format(what))
  end
  return check_all(given, known, what, "")
end

--- A rule for numbers within bounds.
---@param expected string
---@param allows fun(value: number): boolean
---@return azion.OptionRule
function options.number(expected, allows)
  return { type = "number", expected = expected, allows = allows }
end

--- A rule for one of a few words.
---@param ... string
---@return azion.OptionRule
function options.one_of(...)
  local words, quoted = {}, {}
  for position, word in ipairs { ... } do
    words[word], quoted[position] = true, ('"%s"'):format(word)
  end
  local last = table.remove(quoted)
  return {
    type = "string",
    expected = table.concat(quoted, ", ") .. " or " .. last,
    allows = function(value) return words[value] end,
  }
end

local function is_whole(value)
  return value > -2 ^ 53 and value < 2 ^ 53 and value % 1 == 0
end

--- Rules that several option tables share.
options.text, options.flag = { type = "string" }, { type = "boolean" }
options.seconds = options.number("seconds above 0", function(value) return value > 0 end)
options.count = options.number("a whole number of at least 1", function(value)
  return value >= 1 and is_whole(value)
end)
options.amount = options.number("a whole number of at least 0", function(value)
  return value >= 0 and is_whole(value)
end)

return options
