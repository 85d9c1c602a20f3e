-- Lists that become shorter or longer while they are read, by the reader itself or by others.
local support = require "spec.support.sandbox"

describe("a loop that deletes what it reads", function()
  local first, applications = support.application, 24
  local server, client
  setup(function()
    server = support.start { seed = { edge_applications = applications, device_groups = 130 } }
    client = server:client()
  end)
  teardown(function() server:stop() end)

  local application = first
  local function next_collection()
    application = application + 1
    return client:device_groups(application)
  end

  for _, query in ipairs { { page_size = 100, prefetch = 0 }, { prefetch = 4 }, { page_size = 7, prefetch = 0 },
    { page_size = 7 }, { page_size = 1, prefetch = 0 }, { page_size = 1, prefetch = 16 }, { page_size = 50 },
    { page_size = 130, prefetch = 0 } } do
    it(("deletes every item (page_size %s, prefetch %s)"):format(query.page_size or "by default",
      query.prefetch or "by default"), function()
      local groups = next_collection()
      local deleted = 0
      for item in groups:each(query) do
        assert(groups:delete(item))
        deleted = deleted + 1
      end
      assert.equal(130, deleted)
      assert.equal(0, groups:list().count)
    end)
  end

  it("deletes every item side by side", function()
    for _, prefetch in ipairs { 0, 4 } do
      local groups = next_collection()
      local iterator = groups:each { page_size = 9, prefetch = prefetch }
      local deleted = 0
      local _, failures = client:map({ 1, 2, 3, 4, 5, 6 }, function()
        local item = iterator()
        while item do
          assert(groups:delete(item))
          deleted = deleted + 1
          item = iterator()
        end
      end)
      assert.same({}, failures)
      assert.equal(130, deleted)
    end
  end)

  it("deletes some, and sees each of the others once", function()
    for _, prefetch in ipairs { 0, 4 } do
      local groups = next_collection()
      local times, kept = {}, 0
      for item in groups:each { page_size = 10, prefetch = prefetch } do
        assert.is_nil(times[item.id])
        times[item.id] = true
        if item.id % 3 == 0 then
          kept = kept + 1
        else
          assert(groups:delete(item))
        end
      end
      assert.equal(kept, #assert(groups:all()))
      assert.is_true(kept > 30)
    end
  end)

  it("ends where others deleted all that is left", function()
    for _, prefetch in ipairs { 0, 4 } do
      local groups = next_collection()
      local iterator = groups:each { page_size = 10, prefetch = prefetch }
      local seen = 1
      iterator()
      for _, item in ipairs(assert(groups:all())) do
        assert(groups:delete(item))
      end
      for _ in iterator do
        seen = seen + 1
      end
      assert.is_true(seen >= 10 and seen <= 50 and seen % 10 == 0, seen)
    end
  end)

  it("is told of by pages, which reads on in one pass only", function()
    for _, prefetch in ipairs { 0, 4 } do
      local groups = next_collection()
      local read = 0
      local err = support.raised(function()
        for page in groups:pages { page_size = 10, prefetch = prefetch } do
          read = read + 1
          for _, item in ipairs(page.results) do
            assert(groups:delete(item))
          end
        end
      end)
      assert.equal("inconsistent", err.kind)
      assert.is_true(err.retryable)
      assert.is_true(read >= 1 and read < 13, read)
    end
  end)

  it("that creates items instead sees those too, and ends", function()
    local groups = next_collection()
    local seen, created = 0, 0
    for item in groups:each { page_size = 10, prefetch = 2 } do
      seen = seen + 1
      if created < 25 and seen % 2 == 0 then
        created = created + 1
        assert(groups:create { name = "new " .. created, user_agent = "x" .. item.id })
      end
    end
    assert.equal(25, created)
    assert.equal(155, seen)
  end)
end)
