-- The tables of fields in the reference, and the pages of version 4.
local notes = require("azion.api.notes")
local sources = require("tools.derived.sources")

local reference = {}

local kinds = { text = "string", integer = "integer", number = "number", boolean = "boolean", object = "object" }
local plurals = { text = "strings", integer = "integers", number = "numbers", boolean = "booleans", object = "objects" }

local function base_kind(field)
  if field.kind == "choice" then
    return type(field.choices[1]) == "number" and "integer" or "text"
  elseif field.kind == "reference" then
    return field.as
  end
  return field.kind
end

local function type_text(field)
  local kind = base_kind(field)
  if kind == "own_object" then
    return field.or_list and "object or list" or "object"
  elseif kind == "one_of" then
    local seen, texts = {}, {}
    for _, case in ipairs(field.cases) do
      for text in ((case.field and type_text(case.field) .. " or " or "")):gmatch("(.-) or ") do
        if not seen[text] then
          seen[text], texts[#texts + 1] = true, text
        end
      end
    end
    return table.concat(texts, " or ")
  elseif kind == "list" then
    local entry = base_kind(field.of)
    local text = "list of " .. (plurals[entry] or entry == "list" and "lists" .. type_text(field.of):match(" of .*"))
    return field.or_one and kinds[entry] .. " or " .. text or text
  end
  local also = field.also or field.words and kind == "integer" and "string"
  return kinds[kind] .. (also and " or " .. also or "")
end

-- Of a list, its entries' values; of a reference, the API's own words.
local function values_text(field)
  while field.kind == "list" do
    field = field.of
  end
  local texts = {}
  for position, value in ipairs(field.choices or field.words or {}) do
    texts[position] = type(value) == "string" and ('`"%s"`'):format(value) or ("`%d`"):format(value)
  end
  if texts[1] and field.open then
    texts[#texts + 1] = "…"
  end
  return texts[1] and table.concat(texts, ", ") or nil
end

-- What a field refers to; of a list, its entries.
local function target_text(context, field)
  local target = field.kind == "list" and field.of or field
  if target.kind ~= "reference" then
    return nil
  elseif context.resources.by_name[target.to] then
    return ("id of one of [%s](#%s)"):format(target.to, target.to)
  end
  return "id of one of the " .. target.outside
end

local function add_row(context, path, field, lead)
  local texts = { lead }
  texts[#texts + 1] = values_text(field)
  texts[#texts + 1] = target_text(context, field)
  for _, note in ipairs(notes.of(field, "`%s`")) do
    texts[#texts + 1] = note
  end
  context.out[#context.out + 1] = ("| `%s` | %s | %s |"):format(path, type_text(field), table.concat(texts, "; "))
end

local add_fields

local add_parts

-- An object of one member goes without a row of its own.
local function add_case(context, path, case, by, is_kept)
  local lead = ("with `%s` `%s`"):format(by, table.concat(case.values, "`, `"))
    .. (case.phase and (" (%s phase)"):format(case.phase) or "")
  local field = case.field
  if field.kind == "object" and not field.fields[2] then
    path, field = path .. "." .. field.fields[1].name, field.fields[1]
  end
  add_row(context, path, field, lead)
  add_parts(context, path, field, is_kept)
end

function add_parts(context, path, field, is_kept)
  if field.kind == "list" then
    add_parts(context, path .. "[]", field.of, is_kept)
  elseif field.kind == "object" then
    add_fields(context, field.fields, path .. ".", is_kept)
  elseif field.kind == "one_of" then
    for _, case in ipairs(field.cases) do
      if case.field then
        add_case(context, path, case, field.by, is_kept)
      end
    end
  end
end

function add_fields(context, fields, prefix, is_kept)
  for _, kept in ipairs(is_kept and { true } or { false, true }) do
    for _, field in ipairs(fields) do
      if is_kept or (field.read_only or false) == kept then
        add_row(context, prefix .. field.name, field, kept and "read-only" or nil)
        add_parts(context, prefix .. field.name, field, kept)
      end
    end
  end
end

--- The table of fields.
---@param resources azion.Resources
---@param holder { fields: azion.Field[] }
---@return string
function reference.table_of(resources, holder)
  local context = { resources = resources, out = { "| field | type | |", "|---|---|---|" } }
  add_fields(context, holder.fields, "", false)
  return table.concat(context.out, "\n")
end

local function arguments_of(resources, resource)
  local names = {}
  if resource.parent then
    names[1] = resources.by_name[resource.parent].item:gsub("[ -]", "_"):lower()
  end
  names[#names + 1] = resource.phases and "phase" or nil
  return table.concat(names, ", ")
end

local function add_methods(out, resources, resource)
  for _, name in ipairs(sources.sorted_names(resource.methods)) do
    local method = resource.methods[name]
    local arguments = method.takes == "ids" and "ids" or method.opens and "zone" or "fields"
    if method.path and method.path:find("{id}", 1, true) then
      arguments = "id, " .. arguments
    end
    out[#out + 1] = ("### `%s:%s(%s)`\n\n%s\n"):format(resource.name, name, arguments, method.about)
    if method.fields then
      out[#out + 1] = reference.table_of(resources, method) .. "\n"
    end
  end
end

local function code_list(names)
  return "`" .. table.concat(names, "`, `") .. "`"
end

local function add_queries(out, resource)
  local lists = resource.lists
  local parts = {}
  parts[#parts + 1] = lists.order_by and "`ordering` by " .. code_list(lists.order_by) or nil
  parts[#parts + 1] = lists.search and "`search` looks in " .. code_list(lists.search) or nil
  parts[#parts + 1] = lists.filters and "filters: " .. code_list(lists.filters) or nil
  if parts[1] then
    out[#out + 1] = "Lists: " .. table.concat(parts, "; ") .. ".\n"
  end
end

local function add_resource(out, resources, resource)
  local lacks = {}
  for name in pairs(resource.lacks) do
    lacks[#lacks + 1] = name
  end
  table.sort(lacks)
  out[#out + 1] = ("## %s\n"):format(resource.name)
  local call = resource.single and ("`%s`"):format(resource.path)
    or ("`client:%s(%s)` — `%s`"):format(resource.name, arguments_of(resources, resource), resource.path)
  out[#out + 1] = call .. (lacks[1] and (". The API lacks %s."):format(code_list(lacks)) or "") .. "\n"
  out[#out + 1] = resource.about and resource.about .. "\n" or nil
  out[#out + 1] = reference.table_of(resources, resource) .. "\n"
  add_queries(out, resource)
  add_methods(out, resources, resource)
end

--- The page of a version: all its resources.
---@param version string
---@return string
function reference.page(version)
  local resources = sources.resources(version)
  local out = {
    ("# Resources of version %s\n"):format(version:sub(2)),
    ("The collections of a client of version %s, with their fields. A field may be absent from a reply. `make "
      .. "describe` writes this page from the descriptions in `lua/azion/api/`.\n"):format(version:sub(2)),
  }
  local links = {}
  for position, resource in ipairs(resources) do
    links[position] = ("[%s](#%s)"):format(resource.name, resource.name)
  end
  out[#out + 1] = table.concat(links, " ·\n") .. "\n"
  for _, resource in ipairs(resources) do
    add_resource(out, resources, resource)
  end
  return (table.concat(out, "\n"):gsub("\n+$", "\n"))
end

local function method_named(resources, name)
  for _, resource in ipairs(resources) do
    if resource.methods[name] then
      return resource.methods[name]
    end
  end
end

--- A text whose tables, between `<!-- fields of NAME -->` and `<!-- end -->`, are those of version 3.
---@param text string
---@return string
function reference.filled(text)
  local resources = sources.resources("v3")
  return (text:gsub("(<!%-%- fields of ([%l_]+) %-%->\n).-(<!%-%- end %-%->)", function(opening, name, closing)
    local holder = resources.by_name[name] or assert(method_named(resources, name), name)
    return opening .. "\n" .. reference.table_of(resources, holder) .. "\n\n" .. closing
  end))
end

return reference
