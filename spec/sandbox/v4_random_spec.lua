-- Every resource of version 4, with items made from its description at random: made, read, listed, changed, deleted.
local core = require("azion.core")
local fill = require("azion.api.fill")
local generator = require("spec.support.random")
local resources = require("azion.api.v4.resources")
local sandboxes = require("spec.support.sandbox_v4")
local valid_items = require("spec.support.valid_items")

local rounds = 12
local seed = tonumber(os.getenv("SPEC_SEED")) or os.time()

-- As replies are decoded: without nulls.
local function plain(value)
  if value == core.null then
    return nil
  elseif type(value) ~= "table" then
    return value
  end
  local made = {}
  for key, entry in pairs(value) do
    made[key] = entry == core.null and type(key) == "number" and entry or plain(entry)
  end
  return made
end

describe("version 4 of the sandbox, at random", function()
  local random = generator(seed)
  local server, number, pool, phase
  local path_of, refer

  setup(function()
    server, number, pool = sandboxes.start({ seed = {} }), 0, {}
  end)

  teardown(function()
    server:stop()
  end)

  local function make(resource)
    number = number + 1
    return valid_items.make(random, resource, number, refer, phase)
  end

  -- An item that others may refer to, or be below.
  local function companion(name)
    if not pool[name] then
      local resource = resources.by_name[name]
      pool[name] = server:expect(201, "POST", path_of(resource), make(resource))
    end
    return pool[name]
  end

  function refer(field)
    return companion(field.to)[field.by]
  end

  function path_of(resource)
    return (resource.path:gsub("{phase}", phase or ""):gsub("{([%l_]+)}", function(name)
      return ("%d"):format(companion(name).id)
    end))
  end

  -- Whether an item shows what its description says that a request makes of it.
  local function holds(resource, shown, item, where)
    for _, field in ipairs(resource.fields) do
      if not field.read_only and not field.write_only and field.name ~= "modules" then
        assert.same(plain(item[field.name]), shown[field.name], where .. " " .. field.name)
      end
    end
  end

  local function in_list(resource, path, key)
    for _, item in ipairs(server:expect(200, "GET", path, nil, { page_size = 100 }).results) do
      if item[resource.key] == key then
        return item
      end
    end
  end

  local function changed(resource, path, verb, mode, base)
    local given = make(resource)
    for _, field in ipairs(resource.fields) do
      if field.create_only then
        given[field.name] = nil
      elseif field.immutable then
        given[field.name] = base[field.name]
      end
    end
    if resource.name == "certificates" then
      given.certificate, given.private_key = nil, nil
    end
    local item = fill.item(resource, given, mode, base)
    holds(resource, (server:expect(200, verb, path, given)), item, core.encode(given, {}))
    return item
  end

  local function live(resource)
    local path, given = path_of(resource), make(resource)
    local where = ("SPEC_SEED=%d: %s"):format(seed, core.encode(given, {}))
    local created = server:expect(201, "POST", path, given)
    holds(resource, created, fill.item(resource, given, "create"), where)
    local key = created[resource.key]
    local listed = in_list(resource, path, key)
    path = ("%s/%s"):format(path, type(key) == "number" and ("%d"):format(key) or key)
    local got = server:expect(200, "GET", path)
    assert.same(created, got, where)
    for _, name in ipairs(resource.lists.lack or {}) do
      assert.is_nil(listed[name])
      listed[name] = got[name]
    end
    assert.same(got, listed, where)
    local item = fill.item(resource, given, "create")
    if not resource.lacks.overwrite then
      item = changed(resource, path, "PUT", "overwrite", item)
    end
    changed(resource, path, "PATCH", "update", item)
    server:expect(resource.replies.status and resource.replies.status.delete[1] or 200, "DELETE", path)
    server:expect(404, "GET", path)
  end

  for _, resource in ipairs(resources) do
    if not resource.lacks.create and not resource.lacks.get then
      it("has " .. resource.name, function()
        for _ = 1, rounds do
          for _, name in ipairs(resource.phases or { false }) do
            phase = name or nil
            live(resource)
          end
        end
      end)
    end
  end
end)
