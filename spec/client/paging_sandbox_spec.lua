-- Long lists, end to end: every item once and in order, whatever happens on the way.
-- #seconds 15
local core = require("azion.core")
local child = require("spec.support.child")
local support = require("spec.support.sandbox")

local function path_of(application)
  return ("/edge_applications/%d/origins"):format(application)
end

local function keys_of(items)
  local keys = {}
  for index, item in ipairs(items) do
    keys[index] = item.origin_key
  end
  return keys
end

describe("a list of 450 origins", function()
  local server, client, origins, expected
  setup(function()
    server = support.start({ seed = 450 })
    client = server:client()
    origins = client:origins(support.application)
    expected = {}
    for number = 1, 5 do
      for _, item in ipairs(assert(origins:list({ page = number, page_size = 100 })).results) do
        expected[#expected + 1] = item.origin_key
      end
    end
    assert.equal(450, #expected)
  end)
  teardown(function() server:stop() end)

  for _, prefetch in ipairs({ 0, 1, 4, 16 }) do
    it(("is whole and in order with %d pages ahead, whatever the page size"):format(prefetch), function()
      -- The server gives at most 100 a page, whatever it is asked for.
      for _, page_size in ipairs({ 7, 30, 99, 100, 450 }) do
        local query = { page_size = page_size, prefetch = prefetch }
        assert.same(expected, keys_of(assert(origins:all(query))))
        local by_item, by_page = {}, {}
        for item in origins:each(query) do
          by_item[#by_item + 1] = item
        end
        assert.same(expected, keys_of(by_item))
        for page in origins:pages(query) do
          for _, item in ipairs(page.results) do
            by_page[#by_page + 1] = item
          end
        end
        assert.same(expected, keys_of(by_page))
      end
    end)
  end

  it("takes no longer with pages ahead, where the server is fast", function()
    for _, prefetch in ipairs({ 1, 2, 8 }) do
      local started = core.now()
      assert.equal(450, #assert(origins:all({ page_size = 5, prefetch = prefetch })))
      local elapsed = core.now() - started
      assert.is_true(elapsed < 2, elapsed) -- #time
    end
  end)

  it("keeps no page longer than it is needed, so that the heap stays small", function()
    local status, output, errors = child.run({ "-e", ([[
      local client = assert(require("azion").client { base_url = %q, token = %q, ca_file = %q })
      collectgarbage("setpause", 100) -- else garbage may grow with all that the library itself holds
      collectgarbage()
      local before, most = collectgarbage("count"), 0
      for _ = 1, 15 do
        for _ in client:origins(%d):pages { page_size = 30 } do
          most = math.max(most, collectgarbage("count") - before)
        end
      end
      print(most)
    ]]):format(server.sandbox.base_url, server.sandbox.token, server.sandbox.ca_file, support.application) })
    assert.equal(0, status, errors)
    -- 225 pages of 30 origins, with their text, are some 12 MB; five of them are in memory at once, or little more
    -- than one's tables where all garbage is collected all the time.
    local most, least = tonumber(output), os.getenv("SPEC_COLLECTS") and 50 or 100
    assert.is_true(most > least and most < (jit and 1500 or 1000), most)
  end)

  it("takes as many requests as it has pages, and 100 items a page unless told otherwise", function()
    for _, prefetch in ipairs({ 0, 4, 16 }) do
      local before = #server:requests()
      assert.equal(450, #assert(origins:all({ prefetch = prefetch })))
      local requests = server:requests()
      assert.equal(before + 5, #requests)
      local pages = {}
      for index = before + 1, #requests do
        assert.equal(support.origins_path, requests[index].path)
        pages[#pages + 1] = requests[index].query
      end
      table.sort(pages)
      for number = 1, 5 do
        assert.equal(("page=%d&page_size=100"):format(number), pages[number])
      end
    end
  end)

  it("can be read from a page on, backwards, and in part", function()
    local some = keys_of(assert(origins:all({ page = 4, page_size = 100 })))
    assert.equal(150, #some)
    assert.equal(expected[301], some[1])
    local backwards = keys_of(assert(origins:all({ order_by = "origin_id", sort = "desc" })))
    assert.equal(450, #backwards)
    for index, key in ipairs(backwards) do
      assert.equal(expected[451 - index], key)
    end
    assert.equal(9, #assert(origins:all({ name = "origin-00", page_size = 4 })))
    local all, err = origins:all({ page = 6 })
    assert.is_nil(all)
    assert.equal("not_found", err.kind)
  end)

  it("is searched to its end for a name", function()
    assert.equal("origin-449", assert(origins:find("origin-449")).name)
    assert.equal("used-by-rule", assert(origins:find("used-by-rule")).name)
  end)

  it("can be left at any item", function()
    for _, prefetch in ipairs({ 0, 4, 16 }) do
      for _, last in ipairs({ 1, 99, 100, 101, 449, 450 }) do
        local seen = 0
        for _ in origins:each({ prefetch = prefetch }) do
          seen = seen + 1
          if seen == last then
            break
          end
        end
        local page, err = origins:list({ page_size = 1 })
        assert.is_nil(err)
        assert.equal(450, page.count)
      end
    end
    collectgarbage()
    collectgarbage()
    assert.equal(450, #assert(origins:all()))
  end)

  it("can be read by two loops at once", function()
    local outer, inner = {}, 0
    for item in origins:each({ page_size = 90 }) do
      outer[#outer + 1] = item
      if #outer % 100 == 0 then
        for _ in origins:each({ page_size = 70, prefetch = 2 }) do
          inner = inner + 1
        end
      end
    end
    assert.same(expected, keys_of(outer))
    assert.equal(4 * 450, inner)
  end)

  it("ends for good", function()
    local iterator = origins:each({ page = 5 })
    for _ = 1, 50 do
      assert.is_table(iterator())
    end
    for _ = 1, 3 do
      assert.is_nil((iterator()))
    end
  end)
end)

describe("a list that changes", function()
  local first = support.application
  local server, client, other

  -- Per application: what happens before which of its requests is answered.
  local changes = {
    { label = "loses items that were read", application = first, nth = 3, delete = { 1, 2, 3, 4, 5 } },
    { label = "loses items that were not read yet", application = first + 1, nth = 2, delete = { 58, 59, 60 } },
    { label = "loses a whole page", application = first + 2, nth = 4,
      delete = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 } },
    { label = "gains items", application = first + 3, nth = 3, insert = 7 },
    { label = "loses some and gains more", application = first + 4, nth = 3, delete = { 1, 15, 60 }, insert = 5 },
  }

  setup(function()
    local faults = {}
    for _, change in ipairs(changes) do
      faults[#faults + 1] = { method = "GET", path = path_of(change.application), nth = change.nth, action = "mutate",
        delete = change.delete, insert = change.insert }
    end
    -- Two pages a pass, and one item less at each second one.
    for nth = 2, 30, 2 do
      faults[#faults + 1] = { method = "GET", path = path_of(first + 10), nth = nth, action = "mutate", delete = { 1 } }
    end
    server = support.start({ seed = { edge_applications = 12, origins = 60 }, faults = faults })
    client, other = server:client(), server:client()
  end)
  teardown(function() server:stop() end)

  -- Items that are there at the end were there all the time, but for the newest ones.
  local function assert_survivors_once(application, delivered, inserted)
    local times = {}
    for _, item in ipairs(delivered) do
      times[item.origin_key] = (times[item.origin_key] or 0) + 1
      assert.equal(1, times[item.origin_key])
    end
    local left = assert(other:origins(application):list({ page_size = 100 })).results
    for index = 1, #left - inserted do
      assert.equal(1, times[left[index].origin_key], left[index].name)
    end
  end

  for _, change in ipairs(changes) do
    it(("and %s still gives every item that stays, once"):format(change.label), function()
      local items, err = client:origins(change.application):all({ page_size = 10, prefetch = 0 })
      assert.is_nil(err)
      assert_survivors_once(change.application, items, change.insert or 0)
    end)
  end

  it("while pages are fetched ahead gives every item that stays, once", function()
    for index, prefetch in ipairs({ 1, 4, 16 }) do
      local application = first + 5 + index
      local delivered = {}
      for item in client:origins(application):each({ page_size = 5, prefetch = prefetch }) do
        delivered[#delivered + 1] = item
        -- Only what changes `count` can be noticed: one that goes for one that comes cannot.
        if #delivered == 7 or #delivered == 21 then
          assert(other:origins(application):delete(delivered[#delivered]))
        elseif #delivered == 33 then
          assert(other:origins(application):delete(delivered[1]))
        end
      end
      assert_survivors_once(application, delivered, 0)
    end
  end)

  it("is inconsistent for pages", function()
    local application = first + 9
    local pages = 0
    local err = support.raised(function()
      for _ in client:origins(application):pages({ page_size = 10, prefetch = 0 }) do
        pages = pages + 1
        if pages == 2 then
          local item = other:origins(application):list({ page_size = 1 }).results[1]
          assert(other:origins(application):delete(item))
        end
      end
    end)
    assert.equal("inconsistent", err.kind)
    assert.is_true(err.retryable)
    assert.equal(2, pages)
  end)

  it("all the time is given up as inconsistent", function()
    local read = 0
    local err = support.raised(function()
      for _ in client:origins(first + 10):each({ page_size = 40, prefetch = 0 }) do
        read = read + 1
      end
    end)
    assert.equal("inconsistent", err.kind)
    assert.equal(60, read)
    -- One item slips past in the first pass, and none in the four after it, of which three bring nothing.
    assert.equal(10, #server:requests(path_of(first + 10)))
  end)
end)

describe("a list with an error in the middle", function()
  local server, client
  local function list_body(first, more)
    return ('{"count":9,"total_pages":3,"links":{"previous":null,"next":%s},"results":[{"id":%d},{"id":%d},{"id":%d}]}')
      :format(more and ('"%s"'):format(more) or "null", first, first + 1, first + 2)
  end
  local function pages_then(application, nth, fault)
    fault.path, fault.nth = path_of(application), nth
    return fault
  end
  local faults = {}
  for application, fault in pairs({ [1] = { status = 403, body = '{"detail":"not you"}' },
    [2] = { status = 200, body = "<html></html>" }, [3] = { status = 200, body = '{"results":5}' },
    [4] = { status = 410, body = '{"detail":"Gone."}' } }) do
    for number = 1, 9 do -- three listings of three pages
      faults[#faults + 1] = number % 3 == 2 and pages_then(application, number, { status = fault.status,
        body = fault.body })
        or pages_then(application, number, { status = 200, body = list_body(number, "https://elsewhere.example/") })
    end
  end
  setup(function()
    server = support.start({ seed = 450, faults = faults })
    client = server:client()
  end)
  teardown(function() server:stop() end)

  for application, kind in ipairs({ "forbidden", "protocol", "protocol", "rejected" }) do
    it(("raises it from each and pages, and all returns it (%s, %d)"):format(kind, application), function()
      local origins = client:origins(application)
      local query = { page_size = 3, prefetch = 0 }
      local seen = 0
      local err = support.raised(function()
        for _ in origins:each(query) do
          seen = seen + 1
        end
      end)
      assert.equal(3, seen)
      assert.equal(kind, err.kind)
      client:request("GET", path_of(application)) -- the third of the three
      seen = 0
      err = support.raised(function()
        for _ in origins:pages(query) do
          seen = seen + 1
        end
      end)
      assert.equal(1, seen)
      assert.equal(kind, err.kind)
      client:request("GET", path_of(application))
      local items, of_all, response = origins:all(query)
      assert.is_nil(items)
      assert.is_nil(response)
      assert.equal(kind, of_all.kind)
      assert.equal(path_of(application), of_all.path)
      assert.equal("GET", of_all.method)
      assert.equal(1, of_all.attempts)
    end)
  end

  it("leaves the client usable", function()
    assert.equal(450, #assert(client:origins(support.application):all()))
  end)
end)

describe("links.next", function()
  local server
  setup(function() server = support.start({ seed = 30 }) end)
  teardown(function() server:stop() end)

  it("that names another host or path is not followed", function()
    local function link_to(url)
      return support.start({ faults = { { path = path_of(1), nth = 1, status = 200,
        body = ([[{"count":2,"total_pages":2,
        "links":{"next":"%s"},"results":[{"id":1}]}]]):format(url) }, { path = path_of(1), nth = 2, status = 200,
        body = '{"count":2,"total_pages":2,"links":{"next":null},"results":[{"id":2}]}' } } })
    end
    for _, url in ipairs({ server.sandbox.base_url .. "/stolen?page=2", "http://169.254.169.254/latest",
      "//evil.example",
      "/domains", "?page=77", "file:///etc/passwd" }) do
      local before = #server:requests()
      local lying = link_to(url)
      local items, err = lying:client():origins(1):all()
      assert.is_nil(err)
      assert.equal(2, #items)
      local requests = lying:requests()
      assert.equal(2, #requests)
      for number, entry in ipairs(requests) do
        assert.equal(path_of(1), entry.path)
        assert.equal(("page=%d&page_size=100"):format(number), entry.query)
      end
      assert.equal(before, #server:requests())
      lying:stop()
    end
  end)
end)

describe("a deadline", function()
  local server
  setup(function() server = support.start({ seed = 40, latency = 0.15 }) end)
  teardown(function() server:stop() end)

  it("is that of each page's call, not of the whole list", function()
    local started = core.now()
    local items, err = server:origins():all({ page_size = 5, prefetch = 0 }, { deadline = 1.1 })
    local elapsed = core.now() - started
    assert.is_nil(err)
    assert.equal(40, #items)
    assert.is_true(elapsed >= 8 * 0.15 and elapsed < 3, elapsed) -- #time
    items, err = server:origins():all({ page_size = 5 }, { deadline = 0.1 })
    assert.is_nil(items)
    assert.equal("timeout", err.kind)
  end)

  it("and pages ahead make the whole list faster", function()
    local origins = server:origins()
    local function time(prefetch)
      local started = core.now()
      assert.equal(40, #assert(origins:all({ page_size = 5, prefetch = prefetch })))
      return core.now() - started
    end
    local alone, ahead = time(0), time(8)
    assert.is_true(alone >= 8 * 0.15, alone)
    assert.is_true(ahead >= 2 * 0.15 and ahead < 0.6 * alone, ahead) -- #time
  end)
end)
