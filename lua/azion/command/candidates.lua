--- What a shell may put in a word's place, read off the grammar and the descriptions.
local catalog = require "azion.command.catalog"
local field_names = require "azion.command.field_names"
local grammar = require "azion.command.grammar"

local candidates = {}

---@class azion.Candidate
---@field [1] string
---@field [2] string? what it is

local function columns(resource, word)
  local found, before = {}, word:match("^(.*,)") or ""
  for _, field in ipairs(resource.fields) do
    found[#found + 1] = { before .. field.name }
  end
  return found
end

local function query(version, resource, word)
  local lists, found = resource.lists, {}
  local order = version == "v3" and "order_by" or "ordering"
  local name = word:match("^([^=]*)=")
  if name == order then
    for _, value in ipairs(lists.order_by or {}) do
      found[#found + 1] = { name .. "=" .. value }
    end
    return found
  end
  local names = { "page", "page_size", lists.order_by and order, lists.search and "search" }
  for _, known in pairs(names) do
    found[#found + 1] = known and { known .. "=" } or nil
  end
  for _, filter in ipairs(lists.filters or {}) do
    found[#found + 1] = { filter .. "=" }
  end
  return found
end

-- Which command the words before lead to, what of its arguments is there, and whether an option waits for its value.
local function read_words(words)
  local at = { options = {}, count = 0 }
  local function add_options(list)
    for _, option in ipairs(list) do
      at.options[#at.options + 1] = option
      at.options[option[1]] = option
      if option.short then
        at.options[option.short] = option
      end
    end
  end
  add_options(grammar.shared)
  for position = 1, #words - 1 do
    local word = words[position]
    local option = at.options[word]
    if at.waiting and not (at.waiting.several and option) then
      at.given = at.waiting[1] == "--api" and word or at.given
      at.waiting = at.waiting.several and at.waiting or nil
    elseif option then
      at.waiting = option.value and option or nil
    elseif word:sub(1, 1) ~= "-" then
      at.waiting = nil
      local name = word:gsub("%-", "_")
      if not at.command then
        at.command = grammar.command(word) or grammar.collection(name)
        add_options(at.command and at.command.options or {})
      elseif at.command.commands and not at.method then
        for _, method in ipairs(at.command.commands) do
          at.method = method.name == name and method or at.method
        end
        add_options(at.method and at.method.options or {})
      else
        at.count = at.count + 1
      end
    end
  end
  return at
end

local function holder_of(at)
  local name = at.command and at.command.commands and at.command.name
  local version = name and (at.given and catalog.find(at.given, name) and at.given or catalog.versions_of(name)[1])
  if not version then
    return nil
  end
  local resource = catalog.find(version, name)
  local method = at.method and catalog.method(version, resource, at.method.name)
  return version, resource, method and method.descriptor or resource
end

local function option_values(at, option, word)
  local version, resource, descriptor = holder_of(at)
  local found = {}
  for _, choice in ipairs(option.choices or {}) do
    found[#found + 1] = { choice }
  end
  if option.complete == "file" then
    return nil
  elseif not resource then
    return found
  elseif option.complete == "fields" then
    return field_names.of(descriptor, word)
  elseif option.complete == "columns" then
    return columns(resource, word)
  elseif option.complete == "query" then
    return query(version, resource, word)
  end
  return found
end

local function command_names()
  local found = {}
  for _, command in ipairs(grammar.commands) do
    found[#found + 1] = { command.name, command.about }
  end
  for _, name in ipairs(catalog.names()) do
    found[#found + 1] = { name, "collection" }
  end
  return found
end

local function argument_values(at)
  if not at.command then
    return command_names()
  end
  local found = {}
  if at.command.commands and not at.method then
    for _, method in ipairs(at.command.commands) do
      found[#found + 1] = { method.name, method.about }
    end
    return found
  end
  local arguments = (at.method or at.command).arguments
  local argument = arguments[math.min(at.count + 1, #arguments)]
  local is_over = argument and at.count >= #arguments and argument.count ~= "+" and argument.count ~= "*"
  if not argument or is_over then
    return found
  elseif argument.complete == "file" then
    return nil
  elseif argument.complete == "parts" then
    for _, name in ipairs(catalog.names()) do
      found[#found + 1] = { name }
    end
  end
  for _, choice in ipairs(argument.choices or {}) do
    found[#found + 1] = { choice }
  end
  return found
end

local function option_names(at)
  local found = { { "--help", "Show help." } }
  for _, option in ipairs(at.options) do
    found[#found + 1] = { option[1], option[2] }
  end
  return found
end

--- What may stand in the place of the last word; nil: the name of a file.
---@param words string[] of the command line after the program's name
---@return azion.Candidate[]?
function candidates.of(words)
  local at, word = read_words(words), words[#words] or ""
  local all
  if at.waiting and not (at.waiting.several and word:sub(1, 1) == "-") then
    all = option_values(at, at.waiting, word)
  elseif word:sub(1, 1) == "-" then
    all = option_names(at)
  else
    all = argument_values(at)
  end
  if not all then
    return nil
  end
  local fitting = {}
  for _, candidate in ipairs(all) do
    if candidate[1]:sub(1, #word) == word then
      fitting[#fitting + 1] = candidate
    end
  end
  return fitting
end

return candidates
