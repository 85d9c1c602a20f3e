-- Pages fetched ahead of the program that reads them.
local core = require "azion.core"
local support = require "spec.support.sandbox"

local function keys_of(iterator)
  local keys = {}
  for item in iterator do
    keys[#keys + 1] = item.origin_key
  end
  return keys
end

describe("prefetch", function()
  local server
  setup(function() server = support.start { seed = 95, latency = 0.05 } end)
  teardown(function() server:stop() end)

  local function requests_since(before)
    local pages = {}
    local requests = server:requests(support.origins_path)
    for index = before + 1, #requests do
      pages[#pages + 1] = tonumber(requests[index].query:match("page=(%d+)"))
    end
    return pages
  end

  it("changes nothing about the items and their order", function()
    local origins = server:origins { concurrency = 16 }
    local plain = keys_of((origins:each { page_size = 10, prefetch = 0 }))
    assert.equal(95, #plain)
    for _, width in ipairs { 1, 2, 4, 16, 1000 } do
      assert.same(plain, keys_of((origins:each { page_size = 10, prefetch = width })))
    end
    assert.equal(95, #assert(origins:all { page_size = 7, prefetch = 3 }))
    local sizes = {}
    for page in origins:pages { page_size = 40, prefetch = 2 } do
      sizes[#sizes + 1] = #page.results
    end
    assert.same({ 40, 40, 15 }, sizes)
  end)

  it("asks for each page once, and for none that is not there", function()
    local before = #server:requests(support.origins_path)
    keys_of((server:origins():each { page_size = 10, prefetch = 16 }))
    local pages = requests_since(before)
    table.sort(pages)
    assert.same({ 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 }, pages)
  end)

  it("holds no more than that many pages ahead", function()
    local origins = server:origins { concurrency = 16 }
    local before = #server:requests(support.origins_path)
    local read = origins:pages { page_size = 5, prefetch = 3 }
    for number = 1, 5 do
      assert.equal(number, (tonumber(read().page or number)))
      -- What was begun may arrive in the time that another call takes.
      assert(origins:get("no-such-origin") == nil)
      local pages = requests_since(before)
      assert.is_true(#pages <= number + 3, number .. ": " .. #pages)
    end
  end)

  it("hides the latency", function()
    local origins = server:origins { concurrency = 16 }
    keys_of((origins:each { page_size = 50, prefetch = 0 }))
    local start = core.now()
    keys_of((origins:each { page_size = 3, prefetch = 0 }))
    local alone = core.now() - start
    start = core.now()
    keys_of((origins:each { page_size = 3, prefetch = 16 }))
    local ahead = core.now() - start
    assert.is_true(alone >= 32 * 0.05)
    assert.is_true(ahead >= 3 * 0.05)
    assert.is_true(ahead < 0.5 * alone, ("%.3f of %.3f"):format(ahead, alone)) -- #time
  end)

  it("ends what is in flight when the loop is left", function()
    local client = server:client { concurrency = 16 }
    local origins = client:origins(support.application)
    for _ = 1, 3 do
      for _ in origins:each { page_size = 5, prefetch = 8 } do
        break
      end
      pcall(function()
        for _ in origins:each { page_size = 5, prefetch = 8 } do
          error("left")
        end
      end)
    end
    collectgarbage()
    collectgarbage()
    assert.equal(95, #assert(origins:all()))
    assert.equal(16, client.engine.places.free)
    assert.equal("azion.session: 0 in flight", tostring(client.engine.session))
    assert.is_nil(next(client.engine.runtime.sessions))
  end)

  it("ends it at once on a Lua that closes what a loop leaves", function()
    if not load("local x <close> = nil") then
      pending("this Lua has no to-be-closed variables")
    end
    local client = server:client { concurrency = 16 }
    for _ in client:origins(support.application):each { page_size = 5, prefetch = 8 } do
      assert.equal("azion.session: 8 in flight", tostring(client.engine.session)) -- #time
      break
    end
    assert.equal("azion.session: 0 in flight", tostring(client.engine.session))
  end)

  it("lets iterators run side by side, and inside map", function()
    local client = server:client()
    local origins = client:origins(support.application)
    local left, right = origins:each { page_size = 10 }, origins:each { page_size = 7 }
    local count = 0
    repeat
      local one, other = left(), right()
      assert.equal(one and one.origin_key, other and other.origin_key)
      count = count + (one and 1 or 0)
    until not one
    assert.equal(95, count)
    local results, failures = client:map({ 5, 10, 20 }, function(size)
      return #keys_of((origins:each { page_size = size }))
    end)
    assert.same({}, failures)
    assert.same({ 95, 95, 95, n = 3 }, results)
  end)

  it("raises an error of a page when its turn has come, not before", function()
    local faulty = support.start { seed = 50, faults = {
      { method = "GET", path = support.origins_path, nth = 3, status = 403, body = '{"detail":"no"}' } } }
    local seen = 0
    local ok, err = pcall(function()
      for _ in faulty:origins():each { page_size = 10 } do
        seen = seen + 1
      end
    end)
    assert.is_false(ok)
    assert.equal("forbidden", err.kind)
    assert.is_true(seen % 10 == 0 and seen >= 10 and seen < 50)
    faulty:stop()
  end)
end)
