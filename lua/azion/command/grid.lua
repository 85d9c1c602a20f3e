--- A table for people: columns aligned, numbers to the right, nothing wider than the terminal.
local core = require "azion.core"
local terminal = require "azion.command.terminal"
local values = require "azion.command.values"
local width = require "azion.command.width"

local grid = {}

local gap, narrowest = 2, 4

---@class azion.GridLook
---@field width integer? of the terminal; nil: as wide as it has to be
---@field colour boolean
---@field utf8 boolean

local function is_nothing(value)
  return value == nil or value == core.null
end

local function text_of(value)
  if is_nothing(value) then
    return "-"
  elseif type(value) == "table" then
    return width.plain(values.json_line(value))
  end
  return width.plain(type(value) == "number" and values.json_line(value) or tostring(value))
end

-- The widths that the columns want, then less of the widest until all fit; nil if they cannot.
local function fit(wanted, total)
  local sum = gap * (#wanted - 1)
  for _, columns in ipairs(wanted) do
    sum = sum + columns
  end
  while total and sum > total do
    local widest = 1
    for position, columns in ipairs(wanted) do
      widest = columns > wanted[widest] and position or widest
    end
    if wanted[widest] <= narrowest then
      return nil
    end
    wanted[widest], sum = wanted[widest] - 1, sum - 1
  end
  return wanted
end

local function measure(names, rows)
  local wanted, is_numeric = {}, {}
  for position, name in ipairs(names) do
    wanted[position], is_numeric[position] = width.of(name), false
    for _, row in ipairs(rows) do
      local value = row[position]
      wanted[position] = math.max(wanted[position], width.of(text_of(value)))
      if not is_nothing(value) then
        is_numeric[position] = type(value) == "number" and is_numeric[position] ~= nil or nil
      end
    end
  end
  return wanted, is_numeric
end

local function cell(text, columns, to_right, is_last)
  local padding = (" "):rep(columns - width.of(text))
  if to_right then
    return padding .. text
  end
  return is_last and text or text .. padding
end

local function line_of(texts, widths, is_numeric, look, style)
  local parts = {}
  for position, text in ipairs(texts) do
    local shown = cell(width.cut(text, widths[position], look.utf8), widths[position], is_numeric[position],
      position == #texts)
    local own = style or text == "-" and "faint"
    parts[position] = own and terminal.styled(shown, own, look.colour) or shown
  end
  return table.concat(parts, (" "):rep(gap))
end

--- One item: a line for each name.
---@param names string[]
---@param row any[]
---@param look azion.GridLook
---@return string[] lines
function grid.record(names, row, look)
  local widest, lines = 0, {}
  for _, name in ipairs(names) do
    widest = math.max(widest, width.of(name))
  end
  widest = look.width and math.min(widest, math.max(narrowest, math.floor(look.width / 2))) or widest
  for position, name in ipairs(names) do
    local label = cell(width.cut(name, widest, look.utf8), widest)
    local text = text_of(row[position])
    text = look.width and width.cut(text, math.max(1, look.width - widest - gap), look.utf8) or text
    lines[position] = terminal.styled(label, "bold", look.colour) .. (" "):rep(gap)
      .. (text == "-" and terminal.styled(text, "faint", look.colour) or text)
  end
  return lines
end

local function records(names, rows, look)
  local lines = {}
  for position, row in ipairs(rows) do
    if position > 1 then
      lines[#lines + 1] = ""
    end
    for _, line in ipairs(grid.record(names, row, look)) do
      lines[#lines + 1] = line
    end
  end
  return lines
end

--- Items, a line for each; where they do not fit, a few lines for each.
---@param names string[]
---@param rows any[][]
---@param look azion.GridLook
---@return string[] lines
function grid.lines(names, rows, look)
  local wanted, is_numeric = measure(names, rows)
  local widths = fit(wanted, look.width)
  if not widths then
    return records(names, rows, look)
  end
  local lines = { line_of(names, widths, is_numeric, look, "bold") }
  for _, row in ipairs(rows) do
    local texts = {}
    for position in ipairs(names) do
      texts[position] = text_of(row[position])
    end
    lines[#lines + 1] = line_of(texts, widths, is_numeric, look)
  end
  return lines
end

return grid
