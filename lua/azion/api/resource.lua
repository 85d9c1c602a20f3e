--- The words in which a resource as a whole is described: where it lies, how its items are found, and how the API
--- treats them. Its fields are described by the words of schema.lua.
local resource = {}

---@class azion.ResourceMethod a further method of a collection
---@field path string with {id} where it is a method of an item
---@field verb? string default: POST
---@field takes? "fields"|"ids"
---@field fields? azion.Field[]
---@field by_name? table<string, azion.Field>
---@field returns? "item"|"page"
---@field opens? string instead of all that: the resource that an item has one of, without a key

---@class azion.Resource
---@field name string of the collection
---@field item string what one of its items is called
---@field about? string
---@field path string `{name}` stands for the id of an item of that resource, `{phase}` for a phase
---@field parent? string the resource in the path
---@field phases? string[]
---@field key string the field whose value stands in paths
---@field keys string[] the fields by which items are told apart, the first that there is
---@field telling_keys? string[] keys that tell of which kind an item is; known once all resources are
---@field key_also? table<string, "uuid"> fields that hold the key in some replies, where they look like that
---@field referred_to_by string the field whose value other items hold
---@field named_by? (string|{ [1]: string, when: azion.Condition })[] the fields that name an item
---@field single? true one thing at the path itself, without list and key
---@field once_per_parent? true a list of always one
---@field comes_with_parent? true|{ [integer]: string, phase?: string } the names of what is made with the parent
---@field kept_by_api? azion.Condition what the API makes and keeps: never deleted
---@field created_in_turn? true the API cannot create two at once
---@field created_in_order? true the order of creation counts
---@field ordered_by? string the field that orders the items
---@field ordered_by_call? string the method that orders them
---@field lacks table<string, true> methods that the API has not got
---@field methods table<string, azion.ResourceMethod>
---@field always_sends? string[] fields that go along with every change
---@field in_documents? false
---@field lists { order_by?: string[], search?: string[], filters?: string[], by_name?: string, means?: table<string, string>, give?: string[], lack?: string[], bare?: true }
---@field replies { bare?: true|string[], status?: table<string, integer[]> }
---@field columns string[] of a table for people
---@field permission? string
---@field stamps? string[] texts that only the API sets: by whom and when an item was changed
---@field fields azion.Field[]
---@field by_name table<string, azion.Field>

local words = {}
for word in ([[item about path phases key key_also referred_to_by named_by single once_per_parent comes_with_parent
  kept_by_api created_in_turn created_in_order ordered_by ordered_by_call lacks methods always_sends in_documents lists
  replies columns permission fields stamps]]):gmatch("%S+") do
  words[word] = true
end

-- Fields that only the API sets, and that say no more than when and by whom.
local function add_stamps(fields, stamps)
  for _, name in ipairs(stamps or {}) do
    fields[#fields + 1] = { kind = "text", name = name, read_only = true, nullable = true }
  end
end

local function complete(given)
  local lacks, named_by = {}, given.named_by or given.by_name.name and "name"
  for _, method in ipairs(given.lacks or {}) do
    lacks[method] = true
  end
  given.named_by = type(named_by) == "string" and { named_by } or named_by
  given.lacks, given.methods = lacks, given.methods or {}
  given.lists, given.replies = given.lists or {}, given.replies or {}
  given.key = given.key or not given.single and "id" or nil
  given.keys = { given.key, given.key ~= "id" and "id" or nil }
  for name in pairs(given.key_also or {}) do
    given.keys[#given.keys + 1] = name
  end
  given.referred_to_by = given.referred_to_by or given.key
  given.columns = given.columns or { given.key, given.named_by and given.named_by[1] }
  return given
end

--- What makes a resource of its name and its words.
---@param members fun(holder: table, fields: azion.Field[]) puts fields in their places
---@return fun(name: string): fun(given: table): azion.Resource
function resource.describer(members)
  return function(name)
    return function(given)
      for word in pairs(given) do
        if not words[word] then
          error(("the word '%s' is unknown to the resource '%s'"):format(tostring(word), name), 0)
        end
      end
      given.name, given.kind = name, "resource"
      add_stamps(given.fields, given.stamps)
      members(given, given.fields)
      for _, method in pairs(given.methods or {}) do
        if method.fields then
          members(method, method.fields)
        end
      end
      return complete(given)
    end
  end
end

return resource
