--- How a change reads: what differs, line by line, and long values cut.
local core = require "azion.core"

local change = {}

local longest = 160

-- Cut in the middle: the end of a long text tells as much as its beginning.
local function cut(value)
  if #value <= longest then
    return value
  end
  local half = math.floor((longest - 3) / 2)
  local left = value:sub(1, half):gsub("[\192-\255]?[\128-\191]*$", "")
  local right = value:sub(-half):gsub("^[\128-\191]+", "")
  return left .. "…" .. right
end

--- A value on one line.
---@param value any
---@return string
function change.value(value)
  if value == nil then
    return "(nothing)"
  elseif value == core.null then
    return "null"
  end
  return cut(core.encode(value) or tostring(value))
end

local function is_list(value)
  return type(value) == "table" and (value[1] ~= nil or getmetatable(value) == core.array_metatable)
end

-- The longest common part of two lists of lines, by the usual table.
local function common(left, right)
  local lengths = {}
  for row = #left + 1, 1, -1 do
    lengths[row] = {}
    for column = #right + 1, 1, -1 do
      if row > #left or column > #right then
        lengths[row][column] = 0
      elseif left[row] == right[column] then
        lengths[row][column] = lengths[row + 1][column + 1] + 1
      else
        lengths[row][column] = math.max(lengths[row + 1][column], lengths[row][column + 1])
      end
    end
  end
  return lengths
end

local most_lines = 300

-- Only the lines that differ.
local function add_difference(lines, left, right)
  if #left > most_lines or #right > most_lines then
    lines[#lines + 1] = ("      %d entries become %d"):format(#left, #right)
    return
  end
  local lengths, row, column = common(left, right), 1, 1
  while row <= #left or column <= #right do
    if row <= #left and column <= #right and left[row] == right[column] then
      row, column = row + 1, column + 1
    elseif column > #right or row <= #left and lengths[row + 1][column] >= lengths[row][column + 1] then
      lines[#lines + 1] = "      - " .. left[row]
      row = row + 1
    else
      lines[#lines + 1] = "      + " .. right[column]
      column = column + 1
    end
  end
end

-- The entries of a list, those of lists in lists one by one.
local function entries_of(list, prefix, lines)
  for position, entry in ipairs(list) do
    if is_list(entry) then
      entries_of(entry, ("%s%d."):format(prefix, position), lines)
    else
      lines[#lines + 1] = (prefix ~= "" and prefix .. " " or "") .. change.value(entry)
    end
  end
  return lines
end

local function lines_of(value)
  if type(value) == "table" then
    return entries_of(value, "", {})
  end
  local lines = {}
  for line in (value .. "\n"):gmatch("([^\n]*)\n") do
    lines[#lines + 1] = change.value(line)
  end
  return lines
end

local function is_text_of_lines(value)
  return type(value) == "string" and value:find("\n", 1, true) ~= nil
end

local function is_object(value)
  return type(value) == "table" and not is_list(value)
end

local function member_names(...)
  local seen, names = {}, {}
  for _, object in ipairs({ ... }) do
    for name in pairs(object) do
      names[#names + 1] = not seen[name] and name or nil
      seen[name] = true
    end
  end
  table.sort(names, function(one, other) return tostring(one) < tostring(other) end)
  return names
end

--- Adds what differs: of objects the members, of lists and texts the lines.
---@param lines string[]
---@param path string
---@param from any
---@param to any
function change.add(lines, path, from, to)
  if is_object(from) and is_object(to) then
    for _, name in ipairs(member_names(from, to)) do
      local before, after = from[name], to[name]
      local is_nothing = (before == nil or before == core.null) and (after == nil or after == core.null)
      if not is_nothing and core.encode({ before }) ~= core.encode({ after }) then
        change.add(lines, path .. "." .. name, before, after)
      end
    end
  elseif is_list(from) and is_list(to) or is_text_of_lines(from) and is_text_of_lines(to) then
    lines[#lines + 1] = ("    %s:"):format(path)
    add_difference(lines, lines_of(from), lines_of(to))
  else
    lines[#lines + 1] = ("    %s: %s -> %s"):format(path, change.value(from), change.value(to))
  end
end

--- Adds the items that move to another place of an order.
---@param lines string[]
---@param from string[]
---@param to string[] the same in another order
function change.add_moves(lines, from, to)
  local lengths, row, place = common(from, to), 1, {}
  for position, name in ipairs(from) do
    place[name] = position
  end
  for column, name in ipairs(to) do
    while row <= #from and from[row] ~= name and lengths[row + 1][column] == lengths[row][column] do
      row = row + 1
    end
    if from[row] == name then
      row = row + 1
    elseif place[name] ~= column then
      lines[#lines + 1] = ("    %s: place %d -> %d"):format(change.value(name), place[name], column)
    end
  end
end

return change
