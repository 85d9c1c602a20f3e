-- The descriptions of both versions by themselves: what they name is there, and what they say holds together.
local check = require("azion.api.check")
local rules = require("azion.api.rules")
local walk = require("azion.api.walk")

local versions = { v3 = require("azion.api.v3.resources"), v4 = require("azion.api.v4.resources") }

local methods = {}
for name in ("list pages each all get create overwrite update delete find"):gmatch("%S+") do
  methods[name] = true
end

-- The field that a dotted name means; numbers are positions in lists. In a one_of, whichever case has it.
local function field_at(holder, name)
  local first, rest = name:match("^([^.]+)%.?(.*)$")
  if first:find("^%d+$") then
    return holder.kind == "list" and (rest == "" and holder.of or field_at(holder.of, rest)) or nil
  elseif holder.kind == "one_of" then
    for _, case in ipairs(holder.cases) do
      local found = case.field and field_at(case.field, name)
      if found then
        return found
      end
    end
    return nil
  end
  local field = holder.by_name and holder.by_name[first]
  return field and (rest == "" and field or field_at(field, rest)) or nil
end

local function seen_from(around, name)
  for _, holder in ipairs(around) do
    if holder.by_name[name] then
      return holder.by_name[name]
    end
  end
end

local function assert_condition(condition, around, where)
  for name, wanted in pairs(type(condition) == "table" and condition or {}) do
    local field = assert(seen_from(around, name), where .. " speaks of " .. name)
    for _, value in ipairs(type(wanted) == "table" and wanted or { wanted }) do
      if field.kind == "boolean" then
        assert.is_boolean(value, where)
      else
        assert.equal("choice", field.kind, where)
        assert.is_nil((rules.of_value(field, value)), where)
      end
    end
  end
end

local conditions = { "required", "when", "create_only", "not_kept", "hidden" }

local function assert_default(field, default, where)
  if type(default) ~= "table" then
    assert.is_nil((rules.of_value(field, default)), where)
    assert.is_nil((select(2, check.body({ by_name = { x = field }, fields = { field } }, { x = default }))), where)
  elseif field.kind == "list" then
    assert.is_nil((rules.of_value(field, default)), where)
    for _, entry in ipairs(default) do
      assert_default(field.of, entry, where)
    end
  else
    assert.is_true(field.kind == "object" or field.kind == "own_object", where)
  end
end

local function assert_whole_field(resources, field, path, around, where)
  where = where .. "." .. path
  for _, word in ipairs(conditions) do
    assert_condition(field[word], around, where .. "." .. word)
  end
  if field.default ~= nil then
    assert_default(field, field.default, where)
  end
  if field.kind == "choice" then
    assert.is_true(field.open or #field.choices > 0, where)
  elseif field.kind == "reference" and field.to then
    local target = assert(resources.by_name[field.to], where .. " refers to " .. field.to)
    assert.is_not_nil(target.by_name[field.by], where)
  elseif field.kind == "list" and field.by then
    assert.is_not_nil(field.of.by_name[field.by], where)
  elseif field.kind == "one_of" then
    assert.is_not_nil(around[1].by_name[field.by], where)
    local seen = {}
    for _, case in ipairs(field.cases) do
      for _, value in ipairs(case.values) do
        assert.is_nil(seen[value], where .. " twice: " .. value)
        seen[value] = true
      end
    end
    for _, value in ipairs(around[1].by_name[field.by].choices) do
      assert.is_true(seen[value], where .. ": no case for " .. value)
    end
  end
  for _, word in ipairs({ "sent_with", "shown_as" }) do
    assert.is_true(field[word] == nil or around[1].by_name[field[word]] ~= nil, where)
  end
  for _, bounds in ipairs({ field.length or {}, field.range }) do
    assert.is_true(bounds[1] == nil or bounds[2] == nil or bounds[1] <= bounds[2], where)
  end
  assert.is_false((field.read_only and (field.required or field.default ~= nil or field.write_only)) or false, where)
end

local list_names = { order_by = true, search = true, filters = true, give = true, lack = true }

local function assert_lists(resource)
  for part, names in pairs(resource.lists) do
    for _, name in ipairs(list_names[part] and names or {}) do
      local plain = name:gsub("__%l+$", "")
      local meant = (resource.lists.means or {})[plain] or plain
      local is_general = part == "filters" and (name == "filter" or name == "search")
      assert.is_true(is_general or field_at(resource, meant) ~= nil, part .. ": " .. name)
    end
    assert.is_true(list_names[part] or part == "means" or part == "bare" or part == "by_name", part)
  end
end

for version, resources in pairs(versions) do
  describe("the descriptions of " .. version, function()
    for _, resource in ipairs(resources) do
      it(resource.name .. " is whole", function()
        assert.is_string(resource.item)
        assert.matches("^/[%l_{}/]+[%l}]$", resource.path)
        assert.equal(resource.phases ~= nil, resource.path:find("{phase}", 1, true) ~= nil)
        for placeholder in resource.path:gmatch("{(.-)}") do
          assert.is_true(placeholder == "phase" or resources.by_name[placeholder] ~= nil, placeholder)
        end
        for method in pairs(resource.lacks) do
          assert.is_true(methods[method], method)
        end
        for _, name in ipairs(resource.columns) do
          assert.is_not_nil(field_at(resource, name), name)
        end
        assert_lists(resource)
        assert.is_true(resource.single or resource.by_name[resource.key] ~= nil)
        assert.is_true(resource.single or resource.by_name[resource.referred_to_by] ~= nil)
        assert.is_nil(resource.comes_with_parent and not resource.parent or nil)
      end)

      it(resource.name .. " names its items, its order and its methods by what it has", function()
        for _, name in ipairs(resource.named_by or {}) do
          assert.is_not_nil(resource.by_name[type(name) == "table" and name[1] or name])
          assert_condition(type(name) == "table" and name.when or nil, { resource }, "named_by")
        end
        local name_kept = resource.kept_by_api and resource.kept_by_api.name
        assert_condition(not name_kept and resource.kept_by_api, { resource }, "kept_by_api")
        for _, name in ipairs(resource.always_sends or {}) do
          assert.is_not_nil(resource.by_name[name])
        end
        assert.is_true(resource.ordered_by == nil or resource.by_name[resource.ordered_by] ~= nil)
        assert.is_true(resource.ordered_by_call == nil or resource.methods[resource.ordered_by_call] ~= nil)
        for name, method in pairs(resource.methods) do
          assert.is_nil(methods[name], name)
          assert.is_string(method.about)
          assert.is_true(method.opens and resources.by_name[method.opens].single
            or method.takes == "ids" or (method.fields ~= nil and method.item ~= nil))
        end
        local statuses = resource.replies.status or {}
        for method in pairs(statuses) do
          assert.is_true(methods[method], method)
        end
      end)

      it(resource.name .. " has fields that hold together", function()
        walk.everything(resource, function(field, path, around)
          assert_whole_field(resources, field, path, around, resource.name)
        end)
      end)
    end

    it("have items and collections of names of their own", function()
      local seen = {}
      for _, resource in ipairs(resources) do
        assert.is_nil(seen[resource.name], resource.name)
        assert.is_nil(seen["one " .. resource.item], resource.item)
        seen[resource.name], seen["one " .. resource.item] = true, true
      end
    end)

    it("name the parent before what belongs to it", function()
      local seen = {}
      for _, resource in ipairs(resources) do
        assert.is_true(resource.parent == nil or seen[resource.parent])
        seen[resource.name] = true
      end
    end)
  end)
end

describe("an item that says to which other it belongs", function()
  it("says so in a field that refers there", function()
    assert.same({ "edge_application_id" }, walk.held_in(versions.v3, "edge_applications"))
    assert.same({ "digital_certificate_id", "mtls_trusted_ca_certificate_id" },
      walk.held_in(versions.v3, "digital_certificates"))
    assert.same({}, walk.held_in(versions.v3, "rules"))
    assert.same({ "function" }, walk.held_in(versions.v4, "functions"))
  end)
end)

describe("the filter by name", function()
  it("is the list's own word for it, where it has one", function()
    local found = {}
    for version, resources in pairs(versions) do
      for _, resource in ipairs(resources) do
        found[version .. "." .. resource.name] = walk.name_filter(resource)
      end
    end
    assert.equal("tag", found["v4.deployments"])
    assert.equal("name", found["v4.connectors"])
    assert.equal("name", found["v3.domains"])
    for _, name in ipairs({ "v3.origins", "v3.variables", "v4.dns_records", "v4.waf_exceptions", "v4.dnssec" }) do
      assert.is_nil(found[name], name)
    end
  end)
end)

describe("the secrets of version", function()
  local function names_of(set)
    local names = {}
    for name in pairs(set) do
      names[#names + 1] = name
    end
    table.sort(names)
    return names
  end

  local function here(secrets, path)
    local found = {}
    for _, place in ipairs(secrets.here) do
      for name in pairs(path:find(place.pattern) and place.names or {}) do
        found[#found + 1] = name
      end
    end
    return found
  end

  it("3 are keys of origins and of certificates, and the common names of two resources", function()
    local secrets = walk.secrets(versions.v3)
    assert.same({ "hmac_access_key", "hmac_secret_key", "private_key" }, names_of(secrets.anywhere))
    assert.same({ "key" }, here(secrets, "/iam/personal_tokens/5"))
    assert.same({ "value" }, here(secrets, "/variables"))
    assert.same({}, here(secrets, "/domains"))
  end)

  it("4 are keys of connectors and of certificates, wherever they stand", function()
    local secrets = walk.secrets(versions.v4)
    assert.same({ "access_key", "private_key", "secret_key" }, names_of(secrets.anywhere))
    assert.same({ "key" }, here(secrets, "/iam/personal_tokens"))
  end)
end)
