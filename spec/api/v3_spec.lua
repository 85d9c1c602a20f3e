local core = require "azion.core"
local v3 = require "azion.api.v3"

-- The page, and whether the reply announces a next one; or nil and the problem.
local function page(text)
  local reply, problem = v3.page(core.decode(text))
  if not reply then
    return nil, problem
  end
  return reply.page, reply.has_next
end

local function item(text)
  return v3.item(core.decode(text))
end

describe("the constants", function()
  it("are those of the documentation", function()
    assert.equal("https://api.azionapi.net", v3.base_url)
    assert.equal("application/json; version=3", v3.accept)
    assert.equal("application/json", v3.content_type)
    assert.equal("token", v3.scheme)
    assert.equal(100, v3.page_size)
  end)
end)

describe("a page", function()
  it("is the list envelope", function()
    local read, has_next = page [[{"count":12,"total_pages":2,"schema_version":3,
      "links":{"previous":null,"next":"https://x/?page=2"},"results":[{"id":1},{"id":2}]}]]
    assert.same({ { id = 1 }, { id = 2 } }, read.results)
    assert.equal(12, read.count)
    assert.equal(2, read.total_pages)
    assert.equal("https://x/?page=2", read.links.next)
    assert.is_nil(read.links.previous)
    assert.is_true(has_next)
  end)

  it("is {results=…} alone, and does not say whether there is more", function()
    local read, has_next = page '{"results":[{"id":1}]}'
    assert.same({ { id = 1 } }, read.results)
    assert.same({}, read.links)
    assert.is_nil(read.count)
    assert.is_nil(read.total_pages)
    assert.is_nil(has_next)
  end)

  it("is a bare array, whole", function()
    local read, has_next = page '[{"id":1},{"id":2},{"id":3}]'
    assert.equal(3, #read.results)
    assert.equal(3, read.count)
    assert.equal(1, read.total_pages)
    assert.is_false(has_next)
  end)

  it("may be empty", function()
    assert.equal(0, #page('{"count":1,"total_pages":0,"links":{"next":null},"results":[]}').results)
    assert.equal(0, #page("[]").results)
    assert.equal(0, page("[]").count)
    assert.equal(0, #page('{"results":[]}').results)
  end)

  it("has what the contract names and nothing else, its items all that the server sent", function()
    local read = page [[{"count":1,"total_pages":1,"schema_version":3,"has_next":true,"extra":1,"previous":"x",
      "links":{"previous":"https://x/","next":null,"last":"y"},"results":[{"id":1,"new":{"a":[1]}}]}]]
    assert.same({ count = 1, total_pages = 1, links = { previous = "https://x/" },
      results = { { id = 1, new = { a = { 1 } } } } }, read)
  end)

  it("announces a next page by a link of any kind", function()
    for text, expected in pairs {
      ['{"links":{"previous":null,"next":null},"results":[]}'] = false,
      ['{"links":{"next":""},"results":[]}'] = false,
      ['{"links":{"next":false},"results":[]}'] = false,
      ['{"links":{"next":2},"results":[]}'] = true,
      ['{"links":{"next":"/x?page=2"},"results":[]}'] = true,
      ['{"next":"https://x/?page=2","previous":null,"results":[]}'] = true,
    } do
      assert.equal(expected, select(2, page(text)), text)
    end
    assert.is_nil(select(2, page('{"next":null,"results":[]}')))
    assert.equal("https://x/?page=2", page('{"next":"https://x/?page=2","results":[]}').links.next)
  end)

  for _, text in ipairs { "{}", '{"results":{}}', '{"results":{"id":1}}', '{"results":null}', '{"results":"none"}',
    '{"results":3}', '{"items":[]}', "3", '"[]"', "true", "null", "[1,2]", '["a"]', "[null]", "[[1]]", "[[]]",
    '{"results":[{"id":1},null]}', '{"results":[{"id":1},[]]}', '{"results":["x"]}',
    '{"results":[],"count":"12"}', '{"results":[],"count":1.5}', '{"results":[],"count":-1}',
    '{"results":[],"total_pages":"1"}', '{"results":[],"total_pages":[]}', '{"results":[],"count":{}}',
    '{"results":[],"count":true}' } do
    it("is not " .. text, function()
      local read, problem = page(text)
      assert.is_nil(read)
      assert.equal("string", type(problem))
    end)
  end

  it("is not an empty reply", function()
    assert.is_nil((v3.page(true)))
  end)
end)

describe("an item", function()
  it("is {results={…}}", function()
    assert.same({ id = 1, name = "x" }, item '{"results":{"id":1,"name":"x"},"schema_version":3}')
  end)

  it("is the bare object", function()
    assert.same({ id = 37, name = "x" }, item '{"id":37,"name":"x"}')
  end)

  it("is the one entry of a list", function()
    assert.same({ id = 1 }, item '{"count":1,"results":[{"id":1}]}')
  end)

  it("is true for an empty reply", function()
    assert.is_true(v3.item(true))
  end)

  it("may be empty", function()
    assert.same({}, item '{"results":{}}')
    assert.same({}, item "{}")
  end)

  it("keeps integers, drops nulls, keeps nulls in lists", function()
    local read = item '{"results":{"id":1618339282,"weight":null,"list":[1,null,2],"big":9007199254740992}}'
    assert.equal("1618339282", ("%d"):format(read.id))
    assert.equal("1618339282", tostring(read.id))
    assert.is_nil(read.weight)
    assert.equal(core.null, read.list[2])
    assert.equal(2 ^ 53, read.big)
  end)

  for _, text in ipairs { "[]", "[1]", '[{"id":1}]', '"text"', "3", "null", "false", '{"results":[]}',
    '{"results":[{"id":1},{"id":2}]}', '{"results":[1]}', '{"results":"x"}', '{"results":3}', '{"results":false}',
    '{"results":[[1]]}' } do
    it("is not " .. text, function()
      local read, problem = item(text)
      assert.is_nil(read)
      assert.equal("string", type(problem))
    end)
  end
end)

describe("a query", function()
  local function assert_query(expected, query)
    assert.equal(expected, (v3.query(query)))
  end

  it("is nothing where there is nothing to send", function()
    assert_query("", nil)
    assert_query("", {})
    assert_query("", { order_by = "" })
    assert_query("", { order_by = "", sort = "", page = "", page_size = "", name = "" })
    assert_query("", { name = nil })
  end)

  it("is in the order of the names", function()
    assert_query("?filter=c&name=b&order_by=name&page=2&page_size=10&search=d&sort=desc",
      { sort = "desc", search = "d", page_size = 10, page = 2, order_by = "name", name = "b", filter = "c" })
  end)

  it("is percent-encoded, names too", function()
    assert_query("?name=a%20b%26c%3Dd%2Fe%3F%23%25%2B", { name = "a b&c=d/e?#%+" })
    assert_query("?name=%C3%A9%00%0D%0A", { name = "é\0\r\n" })
    assert_query("?a%26b%3D=1", { ["a&b="] = 1 })
    assert_query("?name=-._~", { name = "-._~" })
    assert_query("?name=%20", { name = " " })
  end)

  it("spells numbers and booleans", function()
    assert_query("?a=5&b=5&c=0.5&d=-3&e=true&f=false", { a = 5, b = 5.0, c = 0.5, d = -3, e = true, f = false })
    assert_query("?a=1618339282&b=9007199254740992", { a = 1618339282, b = 2 ^ 53 })
    assert_query("?page=2&page_size=50", { page = 2.0, page_size = "50" })
    assert_query("?a=0.1", { a = 0.1 })
    assert.equal(1 / 3, tonumber((v3.query { a = 1 / 3 }):match("=(.*)")))
  end)

  local refused = {
    { { a = {} }, "a", "a table" }, { { a = print }, "a", "a function" }, { { a = core.null }, "a", "null" },
    { { a = 0 / 0 }, "a", "nan" }, { { a = 1 / 0 }, "a", "inf" }, { { a = -1 / 0 }, "a", "inf" },
    { { a = 2 ^ 53 + 2 }, "a", "9" }, { { a = -2 ^ 60 }, "a", "1" },
    { { a = coroutine.create(function() end) }, "a", "thread" },
    { { page = 0 }, "page", "0" }, { { page = -1 }, "page", "1" }, { { page = 1.5 }, "page", "1.5" },
    { { page = "x" }, "page", '"x"' }, { { page = true }, "page", "true" },
    { { page = "0" }, "page", '"0"' },
    { { page = " 2" }, "page", '" 2"' }, { { page = 1 / 0 }, "page", "inf" }, { { page = {} }, "page", "a table" },
    { { page_size = 0 }, "page_size", "0" }, { { page_size = "-1" }, "page_size", '"-1"' },
    { { page_size = 0 / 0 }, "page_size", "nan" }, { { page_size = "1e2" }, "page_size", '"1e2"' },
    { { sort = "ASC" }, "sort", '"ASC"' }, { { sort = "up" }, "sort", '"up"' }, { { sort = 1 }, "sort", "1" },
    { { sort = true }, "sort", "true" },
    { { "a" }, "query", "1" }, { { [""] = "a" }, "query", "an empty string" },
    { { [true] = "a" }, "query", "true" },
  }
  for index, row in ipairs(refused) do
    it(("is refused, %d: %s"):format(index, row[2]), function()
      local text, field, problem = v3.query(row[1])
      assert.is_nil(text)
      assert.equal(row[2], field)
      assert.truthy(problem:find("^expected .+, got "))
      assert.truthy(problem:match(", got (.*)$"):find(row[3], 1, true), problem)
    end)
  end

  it("leaves the caller's table as it was", function()
    local given = { name = "", page = 2, sort = "asc" }
    v3.query(given)
    assert.same({ name = "", page = 2, sort = "asc" }, given)
  end)
end)

describe("a path that is shown", function()
  for path, shown in pairs {
    ["/tokens/3a110f2990cfbce7b84265cc027f992acb9743eb"] = "/tokens/***",
    ["/tokens/abc/def"] = "/tokens/***/def",
    ["/tokens"] = "/tokens",
    ["/tokens/"] = "/tokens/",
    ["/edge_applications/1/origins/x"] = "/edge_applications/1/origins/x",
    ["/iam/tokens/abc"] = "/iam/tokens/abc",
    ["/v3/tokens/abc"] = "/v3/tokens/***",
  } do
    it(path .. " is " .. shown, function()
      assert.equal(shown, v3.public_path(path))
    end)
  end
end)
