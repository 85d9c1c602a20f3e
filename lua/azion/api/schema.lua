--- The words in which a resource of the API is described. A description is data: what it means to a caller, to the
--- stand-in, to a plan or to the reference is for others to derive (check.lua, walk.lua, tools/describe).
---
---   text "name" { required = true, length = { 1, 255 }, about = "unique in the account" }
---   choice "sort" { "asc", "desc", default = "asc" }
---   list "addresses" { by = "address", object { text "address" { required = true }, … } }
---   reference "digital_certificate_id" { to = "digital_certificates", words = { "lets_encrypt" }, nullable = true }
---   one_of "target" { by = "name", case { "deny", "deliver" }, case { "set_origin", is = reference { to = "origins" } } }
---
--- Without a name it is a field that stands in a list or a case. What is not named by a word is what the field is made
--- of: the values of a choice, the entries of a list, the members of an object, the cases of a one_of.
---
--- Where a word says yes or no, a condition may stand instead: `required = { hmac_authentication = true }`, several
--- values as a list. It speaks of the members beside the field, else of those around.
---
--- A nullable field without a default is null where nothing was given; another one without a default is absent. An
--- object whose default is {} is made of its members' defaults.
local schema = {}

---@alias azion.Condition table<string, any> members and the value, or the values, that they must have

---@class azion.Field
---@field kind "text"|"integer"|"number"|"boolean"|"choice"|"list"|"object"|"own_object"|"reference"|"one_of"
---@field name? string
---@field about? string
---@field required? true|azion.Condition on creation and overwrite
---@field default? any
---@field nullable? true
---@field blank? true an empty text, a list of one, an object of nulls means the same as null
---@field when? azion.Condition the field is there, or has a value, only then
---@field read_only? true
---@field create_only? true|azion.Condition taken by POST and by nothing else
---@field write_only? true never in a reply
---@field immutable? true keeps the value of its creation; may be sent again unchanged
---@field not_kept? true|azion.Condition taken, but the API keeps its own value: `kept_as`, else the default
---@field kept_as? any
---@field hidden? azion.Condition its value is not shown then
---@field shown_as? string the field of the replies that shows it
---@field sent_with? string the field that has to be sent together with it
---@field secret? true|"here" masked everywhere, or in the calls to this resource where the name is a common word
---@field unique? true|"everywhere" only one item of the collection, or of all accounts, may have the value
---@field exclusive? true of booleans: one item of the collection has `true`; the one that gets it takes it from the other
---@field only_in_lists? true
---@field trimmed? true of texts: blanks around it are not kept
---@field also? "integer" of texts: taken as well, and means the same as its digits
---@field length? { [1]: integer, [2]: integer? } characters of a text, entries of a list
---@field range? { [1]: integer, [2]: integer? }
---@field unit? string
---@field choices? (string|integer)[]
---@field open? true there are other values
---@field decides? true which fields an item has depends on its value
---@field of? azion.Field the entries of a list
---@field unordered? true the order of the entries is not kept
---@field by? string of lists: the member by which objects correspond; of a one_of: the member that decides;
---  of references: the field of the other item that is meant
---@field or_one? true of lists: a single entry may stand in its place
---@field or_list? true of the user's own objects: a list is one, too
---@field fields? azion.Field[] the members of an object, in the API's order
---@field by_name? table<string, azion.Field>
---@field to? string of references: the resource
---@field outside? string of references: what is meant, where the library has no collection for it
---@field as? "text"|"integer" of references: how the API gives the id
---@field words? string[] of references: the API's own words that may stand there
---@field cases? azion.Case[]

---@class azion.Case
---@field values string[] of the member that decides
---@field field? azion.Field
---@field phase? string the only one in which it may stand

local function set_of(names)
  local set = {}
  for name in names:gmatch("%S+") do
    set[name] = true
  end
  return set
end

local for_any = set_of [[about required default nullable blank when read_only create_only write_only immutable not_kept
  kept_as hidden shown_as sent_with secret unique only_in_lists]]

local for_kind = {
  text = set_of "length trimmed also unit",
  integer = set_of "range unit",
  number = set_of "range unit",
  boolean = set_of "exclusive",
  choice = set_of "open decides unit",
  list = set_of "length unordered by or_one",
  object = {},
  own_object = set_of "or_list",
  reference = set_of "to outside by as words",
  one_of = set_of "by",
}

-- Without a line: the words of a field may be spread over many.
local function refuse(message, ...)
  error(message:format(...), 0)
end

-- `list { text }` says as much as `list { text {} }`.
local function part_of(value)
  if type(value) == "function" then
    return value {}
  end
  return setmetatable(value, nil)
end

-- The member that decides between cases takes their values, unless it names its own.
local function gather_choices(field)
  for _, part in ipairs(field.fields) do
    local decides = part.kind == "one_of" and field.by_name[part.by]
    if decides and decides.choices and not decides.choices[1] then
      for _, case in ipairs(part.cases) do
        for _, value in ipairs(case.values) do
          decides.choices[#decides.choices + 1] = value
        end
      end
    end
  end
end

local function members(field, parts)
  field.fields, field.by_name = parts, {}
  for _, part in ipairs(parts) do
    part = part_of(part)
    if not part.name then
      refuse("a member of '%s' has no name", field.name or field.kind)
    elseif field.by_name[part.name] then
      refuse("'%s' has two members called '%s'", field.name or field.kind, part.name)
    end
    field.by_name[part.name] = part
  end
  gather_choices(field)
end

local assemble = {}

function assemble.choice(field, parts)
  field.choices = parts
end

function assemble.list(field, parts)
  if #parts ~= 1 then
    refuse("the list '%s' is of one kind of entries, got %d", field.name or "without a name", #parts)
  end
  field.of = part_of(parts[1])
end

assemble.object = members

function assemble.reference(field)
  if (field.to == nil) == (field.outside == nil) then
    refuse("the reference '%s' is either to a resource or to something outside", field.name or "without a name")
  end
  field.as = field.as or "integer"
end

function assemble.one_of(field, parts)
  field.cases = parts
end

local function complete(field, given)
  local parts, own = {}, for_kind[field.kind]
  for word, value in pairs(given) do
    if type(word) == "number" then
      parts[word] = value
    elseif own[word] or for_any[word] then
      field[word] = value
    else
      refuse("the word '%s' is unknown, or not for '%s'", tostring(word), field.kind)
    end
  end
  if assemble[field.kind] then
    assemble[field.kind](field, parts)
  elseif parts[1] ~= nil then
    refuse("a field of kind '%s' is not made of anything", field.kind)
  end
  return setmetatable(field, nil)
end

-- A field that has its name, and may be given its words.
local named = { __call = complete }

for kind in pairs(for_kind) do
  schema[kind] = function(subject)
    if type(subject) == "string" then
      return setmetatable({ kind = kind, name = subject }, named)
    end
    return complete({ kind = kind }, subject)
  end
end

--- What a one_of is where the member that decides has one of these values; without `is`, nothing.
---@param given table the values, `is`, and `phase` where it stands in one phase only
---@return azion.Case
function schema.case(given)
  local field, phase = given.is, given.phase
  given.is, given.phase = nil, nil
  return { values = given, field = field and part_of(field), phase = phase }
end

--- `resource "origins" { … }`: see resource.lua.
schema.resource = require("azion.api.resource").describer(members)

return schema
