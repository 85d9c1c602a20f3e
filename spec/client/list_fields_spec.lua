-- Fields that are lists, of every resource: sent as a list, also when it is empty. What is a list is taken from the
-- descriptions, what is sent from the server.
local azion = require("azion")
local described = require("azion.api.v3.resources")
local support = require("spec.support.sandbox")
local walk = require("azion.api.walk")

local values = { text = { "a", '"a"' }, choice = { "a", '"a"' }, integer = { 5, "5" }, reference = { 5, "5" },
  object = { {}, "{}" } }

-- One entry for a list, and how it is sent.
local function entry_of(field)
  if field.kind == "list" then
    local inner, sent = entry_of(field.of)
    return { inner }, "[" .. sent .. "]"
  end
  local value = assert(values[field.kind], field.kind)
  return value[1], value[2]
end

local function is_list(field)
  return field.kind == "list"
end

local function may_be_list(field)
  return field.or_list
end

-- Where lists may stand, as { write, names that lead to it, description }.
local function lists_of(holder, write, wanted)
  local found = {}
  walk.each_field(holder, function(field, path)
    if wanted(field) and field.name and not field.read_only then
      local place = {}
      for name in path:gmatch("[%w_]+") do
        place[#place + 1] = name
      end
      found[#found + 1] = { write = write, place = place, field = field }
    end
  end)
  return found
end

-- A body with a value at that place, and its JSON: every step but the last leads into the one entry of a list.
local function wrapped(place, value, sent)
  for index = #place, 1, -1 do
    value, sent = { [place[index]] = value }, ('{"%s":%s}'):format(place[index], sent)
    if index > 1 then
      value, sent = { value }, "[" .. sent .. "]"
    end
  end
  return value, sent
end

describe("a field that is a list", function()
  local server, client

  setup(function()
    server = support.start()
    client = server:client()
  end)
  teardown(function() server:stop() end)

  local function lists_of_resource(name, wanted)
    local resource = described.by_name[name]
    local method = resource.lacks.create and "update" or "create"
    local found = lists_of(resource, function(body)
      local collection = client[name](client, support.application, "request")
      if method == "update" then
        return collection:update(1, body)
      end
      return collection:create(body)
    end, wanted)
    for action in pairs(resource.methods) do
      for _, list in ipairs(lists_of(resource.methods[action], function(body)
        return client[name](client)[action](client[name](client), body)
      end, wanted)) do
        found[#found + 1] = list
      end
    end
    return found
  end

  local function assert_sent(expected, write, body, where)
    local before = #server:requests()
    local _, err = write(body)
    assert.is_true(not err or err.kind ~= "invalid", where .. ": " .. tostring(err))
    assert.equal(expected, server:requests()[before + 1].body, where)
  end

  local total = 0
  for name in pairs(described.by_name) do
    it("is sent as one, empty too: " .. name, function()
      for _, list in ipairs(lists_of_resource(name, is_list)) do
        local where = name .. "." .. table.concat(list.place, ".")
        local body, sent = wrapped(list.place, {}, "[]")
        assert_sent(sent, list.write, body, where)
        local value, json = entry_of(list.field)
        body, sent = wrapped(list.place, value, json)
        assert_sent(sent, list.write, body, where)
        if list.field.of.kind == "list" then
          body, sent = wrapped(list.place, { {} }, "[[]]")
          assert_sent(sent, list.write, body, where)
        end
        body = wrapped(list.place, "x", "")
        local item, err = list.write(body)
        assert.is_nil(item, where)
        assert.equal("invalid", err.kind, where)
        total = total + 1
      end
    end)
  end

  it("may stand where an object may", function()
    local met = 0
    for name in pairs(described.by_name) do
      for _, list in ipairs(lists_of_resource(name, may_be_list)) do
        local where = name .. "." .. table.concat(list.place, ".")
        for _, row in ipairs { { { 5 }, "[5]" }, { azion.array {}, "[]" }, { {}, "{}" }, { { a = 5 }, '{"a":5}' } } do
          local body, sent = wrapped(list.place, row[1], row[2])
          assert_sent(sent, list.write, body, where)
        end
        met = met + 1
      end
    end
    assert.is_true(met >= 1)
  end)

  it("is met in all these places", function()
    assert.is_true(total >= 12, total)
  end)
end)
