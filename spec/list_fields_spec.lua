-- Fields that are lists, of every resource: sent as a list, also when it is empty. What is a list is taken from the
-- annotations for editors, what is sent from the server.
local resources = require("azion.resources")
local support = require("spec.support.sandbox")
local types = require("spec.support.types")

local classes, of_resource = types.read()

-- One entry for a list, and how it is sent.
local function entry_of(text)
  if text:find("%[%]$") then
    local inner, sent = entry_of(text:sub(1, -3))
    return { inner }, "[" .. sent .. "]"
  elseif text == "string" then
    return "a", '"a"'
  elseif text == "integer" then
    return 5, "5"
  end
  assert(classes[text], text)
  return {}, "{}"
end

-- Where lists may stand: { write, path to the field, the text of its type }.
local function add_lists(found, class, write, place)
  for name, text in pairs(class.fields) do
    for kind in (text:match("^%S+") .. "|"):gmatch("(.-)|") do
      if kind:find("%[%]$") then
        local at = {}
        for index, step in ipairs(place) do
          at[index] = step
        end
        at[#at + 1] = name
        found[#found + 1] = { write = write, place = at, kind = kind }
        local inner = classes[kind:match("^([%w._]+)")]
        if inner then
          add_lists(found, inner, write, at)
        end
      end
    end
  end
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

  local function lists_of(name)
    local row, class = resources.rows[name], classes[of_resource[name]]
    local method = row.lacks and row.lacks.create and "update" or "create"
    local found = add_lists({}, classes[class.parent], function(body)
      local collection = client[name](client, support.application, "request")
      if method == "update" then
        return collection:update(1, body)
      end
      return collection:create(body)
    end, {})
    if row.actions then
      add_lists(found, classes["azion.CsrFields"], function(body) return client[name](client):create_csr(body) end, {})
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
  for name in pairs(resources.rows) do
    it("is sent as one, empty too: " .. name, function()
      for _, list in ipairs(lists_of(name)) do
        local where = name .. "." .. table.concat(list.place, ".")
        local body, sent = wrapped(list.place, {}, "[]")
        assert_sent(sent, list.write, body, where)
        local value, json = entry_of(list.kind)
        body, sent = wrapped(list.place, value, json)
        assert_sent(sent, list.write, body, where)
        if list.kind:find("%[%]%[%]$") then
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
