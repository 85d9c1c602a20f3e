-- lua/azion/types.lua: the classes that editors know.
local names = require("tools.derived.names")
local notes = require("azion.api.notes")
local sources = require("tools.derived.sources")

local types = {}

local head = [[
---@meta azion.types
--- The fields of every resource, and the methods of its collection, for editors (LuaLS). Nothing requires this file;
--- `make describe` writes it.
---
--- A class called `…Fields` holds what can be written; the class without that word adds what only the API sets.
--- Every field may be absent from a reply.

---@alias azion.Id string|integer|table an id, or an item that has one
]]

local prefixes = { v3 = "azion.", v4 = "azion.v4." }

local function class_of(version, resource)
  return prefixes[version] .. names.camel(resource.item)
end

local type_of

-- A small object is told in place; another one is a class, which is queued to be written.
local function object_type(context, field, name)
  local members = {}
  for _, member in ipairs(field.fields) do
    if member.kind == "object" or member.kind == "list" or member.kind == "one_of" then
      members = nil
      break
    end
    members[#members + 1] = ("%s: %s"):format(member.name, type_of(context, member, ""))
  end
  if context.inline and members then
    return "{ " .. table.concat(members, ", ") .. " }"
  end
  context.queue[#context.queue + 1] = { name = name, fields = field.fields }
  return name
end

local function choice_type(field)
  local values = {}
  for position, value in ipairs(field.choices) do
    values[position] = type(value) == "string" and ("%q"):format(value) or tostring(value)
  end
  if field.open then
    values[#values + 1] = type(field.choices[1]) == "number" and "integer" or "string"
  end
  return table.concat(values, "|")
end

local function one_of_type(context, field, name)
  local seen, parts = {}, {}
  for _, case in ipairs(field.cases) do
    if case.field then
      local inline = context.inline
      context.inline = true
      local one = type_of(context, case.field, name .. names.camel(case.values[1]))
      context.inline = inline
      for part in one:find("{", 1, true) and one:gmatch(".+") or one:gmatch("[^|]+") do
        if not seen[part] then
          seen[part], parts[#parts + 1] = true, part
        end
      end
    end
  end
  return table.concat(parts, "|")
end

local function reference_type(context, field)
  local target = context.resources.by_name[field.to]
  local parts = { field.as == "text" and "string|integer" or "integer" }
  for _, word in ipairs(field.words or {}) do
    parts[#parts + 1] = ("%q"):format(word)
  end
  if field.words and field.as ~= "text" then
    parts[#parts + 1] = "string"
  end
  parts[#parts + 1] = target and class_of(context.version, target) or nil
  return table.concat(parts, "|")
end

local plain = { text = "string", integer = "integer", number = "number", boolean = "boolean" }

function type_of(context, field, name)
  local text = plain[field.kind]
  if field.kind == "choice" then
    text = choice_type(field)
  elseif field.kind == "reference" then
    text = reference_type(context, field)
  elseif field.kind == "own_object" then
    text = "table"
  elseif field.kind == "object" then
    text = object_type(context, field, name)
  elseif field.kind == "one_of" then
    text = one_of_type(context, field, name)
  elseif field.kind == "list" then
    local entry = type_of(context, field.of, name)
    text = (entry:find("|", 1, true) and "(" .. entry .. ")" or entry) .. "[]"
    return field.or_one and entry .. "|" .. text or text
  end
  return field.also and text .. "|" .. field.also or text
end

local function note_of(field)
  local texts = notes.of(field, "%s")
  return texts[1] and " " .. table.concat(texts, "; "):gsub("%s+", " ") or ""
end

local function add_class(context, name, fields, parent)
  local out = context.out
  out[#out + 1] = ("---@class %s%s"):format(name, parent and ": " .. parent or "")
  for _, field in ipairs(fields) do
    local kind = type_of(context, field, name:gsub("Fields$", "") .. names.camel(names.singular(field.name)))
    out[#out + 1] = ("---@field %s? %s%s"):format(field.name, kind, note_of(field))
  end
  out[#out + 1] = ""
  while context.queue[1] do
    local next_class = table.remove(context.queue, 1)
    add_class(context, next_class.name, next_class.fields)
  end
end

local function split_fields(resource)
  local writable, kept = {}, {}
  for _, field in ipairs(resource.fields) do
    local list = field.read_only and kept or writable
    list[#list + 1] = field
  end
  return writable, kept
end

local signatures = {
  { "list", "query?: azion.Query", "%sPage?" },
  { "pages", "query?: azion.Query", nil, "fun(): %sPage?" },
  { "each", "query?: azion.Query", nil, "fun(): %s?" },
  { "all", "query?: azion.Query", "%s[]?" },
  { "get", "id: azion.Id", "%s?" },
  { "create", "fields: %sFields", "%s?" },
  { "overwrite", "id: azion.Id, fields: %sFields", "%s?" },
  { "update", "id: azion.Id, fields: %sFields", "%s?" },
  { "delete", "id: azion.Id", "true?" },
  { "find", "name: string", "%s?" },
}

local function method_line(name, collection, parameters, result)
  return ("---@field %s fun(self: %s, %soptions?: azion.CallOptions): %s"):format(name, collection,
    parameters == "" and "" or parameters .. ", ", result)
end

local function fill(template, class)
  return (template:gsub("%%s", (class:gsub("%%", "%%%%"))))
end

local function add_methods(context, resource, class, collection)
  local out = context.out
  for _, signature in ipairs(signatures) do
    local name, parameters, result, iterator = signature[1], signature[2], signature[3], signature[4]
    if resource.single then
      parameters = parameters:gsub("^id: azion.Id,? ?", "")
    end
    if not resource.lacks[name] then
      out[#out + 1] = method_line(name, collection, fill(parameters, class),
        iterator and fill(iterator, class) or fill(result, class) .. ", azion.Error?, azion.Response?")
    end
  end
  for _, name in ipairs(sources.sorted_names(resource.methods)) do
    local method = resource.methods[name]
    if method.opens then
      local opened = context.resources.by_name[method.opens]
      out[#out + 1] = ("---@field %s fun(self: %s, id: azion.Id): %s"):format(name, collection,
        prefixes[context.version] .. names.camel(opened.name) .. "Object")
    else
      local parameters = method.takes == "ids" and "ids: azion.Id[]"
        or ("fields: %s%sFields"):format(prefixes[context.version], names.camel(method.item))
      if method.path:find("{id}", 1, true) then
        parameters = "id: azion.Id, " .. parameters
      end
      out[#out + 1] = method_line(name, collection, parameters,
        class .. (method.returns == "page" and "Page" or "") .. "?, azion.Error?, azion.Response?")
    end
  end
  out[#out + 1] = ""
end

local function add_resource(context, resource)
  local class = class_of(context.version, resource)
  local collection = types.collection_of(context.version, resource)
  local writable, kept = split_fields(resource)
  add_class(context, class .. "Fields", writable)
  add_class(context, class, kept, class .. "Fields")
  for _, name in ipairs(sources.sorted_names(resource.methods)) do
    local method = resource.methods[name]
    if method.fields then
      add_class(context, prefixes[context.version] .. names.camel(method.item) .. "Fields", method.fields)
    end
  end
  if not resource.lacks.list then
    context.out[#context.out + 1] = ("---@class %sPage: azion.Page\n---@field results %s[]\n"):format(class, class)
  end
  context.out[#context.out + 1] = "---@class " .. collection
  add_methods(context, resource, class, collection)
end

--- What a collection's class is called.
function types.collection_of(version, resource)
  return prefixes[version] .. names.camel(resource.name) .. (resource.single and "Object" or "Collection")
end

local clients = { v3 = "azion.v3.Client", v4 = "azion.v4.Client" }

local function add_client(context)
  local client, out = clients[context.version], context.out
  out[#out + 1] = "---@class " .. client .. ": azion.Client"
  for _, resource in ipairs(context.resources) do
    if not resource.single then
      local parameters = { "self: " .. client }
      if resource.parent then
        parameters[2] = context.resources.by_name[resource.parent].item:gsub("[ -]", "_"):lower() .. ": azion.Id"
      end
      if resource.phases then
        parameters[#parameters + 1] = ('phase: "%s"'):format(table.concat(resource.phases, '"|"'))
      end
      out[#out + 1] = ("---@field %s fun(%s): %s"):format(resource.name, table.concat(parameters, ", "),
        types.collection_of(context.version, resource))
    end
  end
  out[#out + 1] = ""
end

--- The text of lua/azion/types.lua.
function types.text()
  local out = { head }
  for _, version in ipairs(sources.versions) do
    local context = { version = version, resources = sources.resources(version), out = out, queue = {} }
    add_client(context)
    for _, resource in ipairs(context.resources) do
      add_resource(context, resource)
    end
  end
  return (table.concat(out, "\n"):gsub("\n+$", "\n"))
end

return types
