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

  it("begins pages in their order, and gives items in the server's whatever overtakes what", function()
    local faults = {}
    for nth = 2, 19, 3 do
      faults[#faults + 1] = { method = "GET", path = support.origins_path, nth = nth, delay = 0.15 }
    end
    local slow = support.start { seed = 95, faults = faults, limits = { read = 5000 } }
    local found = keys_of((slow:origins { concurrency = 16 }:each { page_size = 5, prefetch = 7 }))
    local plain = {}
    for index, item in ipairs(assert(slow:origins():all { prefetch = 0 })) do
      plain[index] = item.origin_key
    end
    assert.same(plain, found)
    assert.equal(95, #found)
    local one = slow:origins { concurrency = 1 }
    local before = #slow:requests(support.origins_path)
    keys_of((one:each { page_size = 5, prefetch = 7 }))
    for index, request in ipairs(slow:requests(support.origins_path)) do
      if index > before then
        assert.equal(index - before, tonumber(request.query:match "page=(%d+)"))
      end
    end
    slow:stop()
  end)

  it("raises an error of a page when its turn has come, not before", function()
    local faults = {}
    for nth = 3, 30 do
      faults[#faults + 1] = { method = "GET", path = support.origins_path, nth = nth, status = 403,
        body = '{"detail":"no"}' }
    end
    local faulty = support.start { seed = 50, faults = faults }
    local seen = 0
    local err = support.raised(function()
      for _ in faulty:origins():each { page_size = 10 } do
        seen = seen + 1
      end
    end)
    assert.equal("forbidden", err.kind)
    assert.equal(20, seen)
    faulty:stop()
  end)
end)

describe("a page fetched ahead that fails", function()
  local pages = {}

  -- Reads 50 items in pages of 10; The loop's body works for `pause` seconds after the first. What a page is answered with is a fault's
  -- to say by its place among the requests.
  local function read(faults, options, query, pause)
    for _, fault in ipairs(faults) do
      fault.method, fault.path = "GET", support.origins_path
    end
    local server = support.start { seed = 50, faults = faults, latency = 0.02 }
    local client = server:client(options)
    local seen = 0
    local ok, err = pcall(function()
      for _ in client:origins(support.application):each(query) do
        seen = seen + 1
        if seen == 10 then
          client.engine.runtime:sleep(pause or 0)
        end
      end
    end)
    for index, request in ipairs(server:requests(support.origins_path)) do
      pages[index] = tonumber(request.query:match "page=(%d+)")
    end
    server:stop()
    return seen, not ok and err or nil, client
  end

  before_each(function() pages = {} end)

  local function each_of(first, last, fault)
    local faults = {}
    for nth = first, last do
      faults[#faults + 1] = { nth = nth, status = fault.status, action = fault.action, headers = fault.headers,
        body = fault.body }
    end
    return faults
  end

  for label, fault in pairs {
    ["by its deadline"] = { action = "hang" },
    ["by a 503 at its last try"] = { status = 503 },
    ["by a 429 that tells of a wait beyond its deadline"] = { status = 429, headers = { ["Retry-After"] = "1" } },
    ["by a 403"] = { status = 403, body = "{}" },
    ["by a reset"] = { action = "reset" },
  } do
    it("while the loop's body works is read again when it is asked for: " .. label, function()
      local seen, err = read(each_of(2, 5, fault), { max_attempts = 1, deadline = 0.6 }, { page_size = 10 }, 1)
      assert.is_nil(err)
      assert.equal(50, seen)
      table.sort(pages)
      assert.same({ 1, 2, 2, 3, 3, 4, 4, 5, 5 }, pages)
    end)
  end

  it("is read again once: what fails then is raised", function()
    local seen, err = read(each_of(2, 40, { status = 503 }), { max_attempts = 1 }, { page_size = 10, prefetch = 2 },
      0.3)
    assert.equal(10, seen)
    assert.equal(503, err.status)
    assert.same({ 1, 2, 3, 2 }, pages)
  end)

  it("while somebody waits for it is raised, and not read again", function()
    local seen, err = read(each_of(2, 40, { status = 503 }), { max_attempts = 1 }, { page_size = 10, prefetch = 1 })
    assert.equal(10, seen)
    assert.equal(503, err.status)
    assert.same({ 1, 2 }, pages)
  end)

  it("has those behind it give way when it is read again", function()
    local faults = { { nth = 3, status = 503 }, { nth = 4, action = "hang" }, { nth = 5, action = "hang" } }
    local began = core.now()
    local seen, err = read(faults, { max_attempts = 1, concurrency = 2, deadline = 20 }, { page_size = 10 }, 0.3)
    assert.is_nil(err)
    assert.equal(50, seen)
    assert.is_true(core.now() - began < 10)
  end)

  it("lets none behind it begin before it is read again", function()
    local faults = each_of(3, 3, { status = 503 })
    local seen, err = read(faults, { max_attempts = 1 }, { page_size = 10, prefetch = 2 }, 0.3)
    assert.is_nil(err)
    assert.equal(50, seen)
    assert.same({ 1, 2, 3, 3 }, { pages[1], math.min(pages[2], pages[3]), math.max(pages[2], pages[3]), pages[4] })
  end)
end)
