--- A document of items as Lua, in the order in which the API can make them; beside each item, in comments, what of it could
--- not be carried over.
local azion = require("azion")
local core = require("azion.core")

local v4_document = {}

local ranks = {}
for rank, name in ipairs({ "functions", "certificates", "connectors", "applications", "custom_pages", "workloads",
  "name", "type", "active" }) do
  ranks[name] = rank
end

local last_ranks = {}
for rank, name in ipairs({ "device_groups", "cache_settings", "function_instances", "rules", "deployments" }) do
  last_ranks[name] = 1000 + rank
end

local function rank_of(name)
  return ranks[name] or last_ranks[name] or 100
end

local function names_of(value)
  local names = {}
  for name in pairs(value) do
    names[#names + 1] = name
  end
  table.sort(names, function(one, other)
    local left, right = rank_of(one), rank_of(other)
    return left < right or left == right and one < other
  end)
  return names
end

local escapes = { ["\n"] = "\\n", ["\r"] = "\\r", ["\\"] = "\\\\", ['"'] = '\\"' }

local function text_of(value)
  return '"' .. value:gsub('[%c"\\]', function(character)
    return escapes[character] or ("\\%03d"):format(character:byte())
  end) .. '"'
end

local function scalar(value)
  if value == azion.null then
    return "null"
  end
  return type(value) == "string" and text_of(value) or core.encode({ value }):sub(2, -2)
end

local function key_of(name)
  return name:find("^[%a_][%w_]*$") and name ~= "function" and name or "[" .. text_of(name) .. "]"
end

local write

local function write_entry(lines, indent, label, value, losses)
  for _, loss in ipairs(type(value) == "table" and losses[value] or {}) do
    lines[#lines + 1] = ("%s-- %s: %s"):format(indent, loss.field, (loss.why:gsub("%c", " ")))
  end
  write(lines, indent, label, value, losses)
end

-- A table in which nothing is told of stands on one line where there is room.
local function short(value, losses)
  if type(value) ~= "table" then
    return scalar(value)
  elseif next(value) == nil then
    return "{}"
  elseif losses[value] and losses[value][1] then
    return nil
  end
  local parts = {}
  local is_list = value[1] ~= nil
  for index, name in ipairs(is_list and value or names_of(value)) do
    local inner = short(is_list and value[index] or value[name], losses)
    if not inner then
      return nil
    end
    parts[index] = (is_list and "" or key_of(name) .. " = ") .. inner
  end
  return "{ " .. table.concat(parts, ", ") .. " }"
end

function write(lines, indent, label, value, losses)
  local line = short(value, losses)
  if type(value) ~= "table" or line and #indent + #label + #line < 119 then
    lines[#lines + 1] = indent .. label .. line .. ","
    return
  end
  lines[#lines + 1] = indent .. label .. "{"
  local is_list = value[1] ~= nil
  for index, name in ipairs(is_list and value or names_of(value)) do
    write_entry(lines, indent .. "  ", is_list and "" or key_of(name) .. " = ", is_list and value[index] or value[name],
      losses)
  end
  lines[#lines + 1] = indent .. "},"
end

--- The document as text that is Lua.
---@param document table
---@param losses table<table, table[]> by item
---@return string
function v4_document.text(document, losses)
  local lines = { "-- What could not be carried over, or not as it was, stands above its item, with the reason." }
  write_entry(lines, "", "return ", document, losses)
  lines[#lines] = "}"
  return table.concat(lines, "\n") .. "\n"
end

return v4_document
