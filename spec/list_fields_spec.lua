-- Fields that are lists, of every resource: sent as a list, also when it is empty. What is a list is taken from the
-- descriptions, what is sent from the server.
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

-- Where lists may stand, as { write, names that lead to it, description }.
local function lists_of(holder, write)
  local found = {}
  walk.each_field(holder, function(field, path)
    if field.kind == "list" and field.name and not field.read_only then
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

  local function lists_of_resource(name)
    local resource = described.by_name[name]
    local method = resource.lacks.create and "update" or "create"
    local found = lists_of(resource, function(body)
      local collection = client[name](client, support.application, "request")
      if method == "update" then
        return collection:update(1, body)
      end
      return collection:create(body)
    end)
    for action in pairs(resource.methods) do
      for _, list in ipairs(lists_of(resource.methods[action], function(body)
        return client[name](client)[action](client[name](client), body)
      end)) do
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
      for _, list in ipairs(lists_of_resource(name)) do
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

  it("is met in all these places", function()
    assert.is_true(total >= 12, total)
  end)
end)
