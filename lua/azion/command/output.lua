--- What the command prints on stdout: data and nothing else, as a table for people, as JSON, or as CSV.
local core = require "azion.core"
local grid = require "azion.command.grid"
local status = require "azion.command.status"
local values = require "azion.command.values"

local output = {}

local methods = {}
local metatable = { __index = methods }

---@param arguments table
---@param terminal azion.Terminal
---@param make_room fun() called before something is written
function output.new(arguments, terminal, make_room)
  local columns
  if arguments.columns then
    columns = {}
    for name in arguments.columns:gmatch("[^,%s]+") do
      columns[#columns + 1] = name
    end
    if #columns == 0 then
      status.wrong("--columns: expected names with commas between them")
    end
  end
  local look = { width = terminal.stdout and terminal.width or nil, utf8 = terminal.utf8,
    colour = terminal.stdout and terminal.colour }
  local format = arguments.json and "json" or arguments.jsonl and "jsonl" or arguments.csv and "csv" or "table"
  return setmetatable({ format = format, columns = columns, look = look, make_room = make_room }, metatable)
end

local function print_lines(self, lines)
  self.make_room()
  for _, line in ipairs(lines) do
    status.written(io.stdout:write(line, "\n"))
  end
  status.written(io.stdout:flush())
end

--- Writes a line, and lets it go at once.
---@param line string
function methods:line(line)
  print_lines(self, { line })
end

local function csv_cell(value)
  local text
  if value == nil or value == core.null then
    return ""
  elseif type(value) == "table" or type(value) == "number" then
    text = values.json_line(value)
  else
    text = tostring(value)
  end
  return text:find('[",\r\n]') and '"' .. text:gsub('"', '""') .. '"' or text
end

local function csv_line(row, count)
  local cells = {}
  for position = 1, count do
    cells[position] = csv_cell(row[position])
  end
  return table.concat(cells, ",")
end

local function row_of(item, names)
  local row = {}
  for position, name in ipairs(names) do
    row[position] = values.at(item, name)
  end
  return row
end

-- An item as data: whole, or what --columns names of it.
local function chosen(self, item)
  if not self.columns or type(item) ~= "table" then
    return item
  end
  local made = {}
  for _, name in ipairs(self.columns) do
    local value = values.at(item, name)
    made[name] = value == nil and core.null or value
  end
  return made
end

-- The names of what people can read in a line, for data that no description tells of.
local function names_of(items)
  local names = {}
  for _, name in ipairs(type(items[1]) == "table" and values.names(items[1]) or {}) do
    if type(name) == "string" then
      names[#names + 1] = name
    end
  end
  return names
end

---@class azion.Sink what takes items one by one
---@field add fun(item: any)
---@field finish fun()

-- JSON and tables are of all items; lines go out as the items come.
local function whole_sink(self, names)
  local items = setmetatable({}, core.array_metatable)
  return {
    add = function(item) items[#items + 1] = item end,
    finish = function()
      if self.format == "json" then
        for position, item in ipairs(items) do
          items[position] = chosen(self, item)
        end
        return self:line(values.json(items))
      end
      names = names or names_of(items)
      local rows = {}
      for position, item in ipairs(items) do
        rows[position] = row_of(item, names)
      end
      print_lines(self, grid.lines(names, rows, self.look))
    end,
  }
end

--- A sink for items.
---@param columns? string[] those that are shown where --columns does not say
---@return azion.Sink
function methods:items(columns)
  local names = self.columns or columns
  if self.format == "jsonl" then
    return {
      add = function(item) self:line(values.json_line(chosen(self, item))) end,
      finish = function() end,
    }
  elseif self.format ~= "csv" then
    return whole_sink(self, names)
  end
  local has_head = false
  local function head(item)
    if not has_head then
      names, has_head = names or names_of { item }, true
      if names[1] then
        self:line(csv_line(names, #names))
      end
    end
  end
  return {
    add = function(item)
      head(item)
      self:line(csv_line(row_of(item, names), #names))
    end,
    finish = head,
  }
end

--- Prints a list of items.
---@param items any[]
---@param columns? string[]
function methods:list(items, columns)
  local sink = self:items(columns)
  for _, item in ipairs(items) do
    sink.add(item)
  end
  sink.finish()
end

-- Every value in an item that is no table, by its dotted name.
local function flatten(item, prefix, names, row)
  for position, name in ipairs(values.is_list(item) and item or values.names(item)) do
    local key = values.is_list(item) and position or name
    local value = item[key]
    if type(value) == "table" and next(value) ~= nil then
      flatten(value, prefix .. key .. ".", names, row)
    else
      names[#names + 1] = prefix .. key
      row[#names] = value
    end
  end
  return names, row
end

--- Prints one item.
---@param item table|true
function methods:item(item)
  if item == true then -- the API answered with nothing
    return self.format:find("^json") and self:line("true") or nil
  elseif self.format == "json" then
    self:line(values.json(chosen(self, item)))
  elseif self.format ~= "table" then
    self:list({ item }, names_of { item })
  elseif self.columns then
    print_lines(self, grid.record(self.columns, row_of(item, self.columns), self.look))
  else
    local names, row = flatten(item, "", {}, {})
    print_lines(self, grid.record(names, row, self.look))
  end
end

--- Prints the reply to a request: a list of objects, or an object, as one if it is wanted, else JSON.
---@param value any
function methods:value(value)
  local is_list, is_chosen = values.is_list(value), self.format == "csv" or self.columns
  local is_objects = is_list and (type(value[1]) == "table" or value[1] == nil)
  if value == true or (is_chosen and not is_list and type(value) == "table") then
    self:item(value)
  elseif is_list and self.format == "jsonl" or is_objects and is_chosen then
    self:list(value)
  elseif self.format == "jsonl" then
    self:line(values.json_line(value))
  else
    self:line(values.json(value))
  end
end

return output
