local core = require "azion.core"
local errors = require "azion.client.errors"
local paging = require "azion.client.paging"
local v3 = require "azion.api.v3"

local function list(items)
  return setmetatable(items, core.array_metatable)
end

local function numbered(first, last)
  local items = {}
  for id = first, last do
    items[#items + 1] = { id = id }
  end
  return items
end

local function ids(items)
  local found = {}
  for index, item in ipairs(items) do
    found[index] = item.id
  end
  return found
end

local function failed(status)
  return nil, errors.new { kind = status == 404 and "not_found" or "server", message = "failed", status = status }
end

-- A source whose replies are written by `reply(number, calls)`: the body of a page, or an HTTP status.
local function scripted(reply, options)
  options = options or {}
  local source = { first = options.first or 1, page_size = options.page_size or 2, path = "/x", numbers = {},
    keys = { "origin_key", "id", "origin_id" },
    cancelled = 0 }
  function source.fetch(number)
    source.numbers[#source.numbers + 1] = number
    assert(#source.numbers <= (options.most or 500), "the listing does not end")
    local body = reply(number, #source.numbers)
    if type(body) == "number" then
      return failed(body)
    end
    return assert(v3.page(body)), nil, { status = 200, number = number }
  end
  function source.cancel()
    source.cancelled = source.cancelled + 1
  end
  return source
end

-- A list on a server that pages as Django does; `changes[n]` is done to it before its n-th reply.
local function served(items, options)
  options = options or {}
  local size = options.page_size or 2
  return scripted(function(number, calls)
    local change = options.changes and options.changes[calls]
    if change then
      change(items)
    end
    local results = list {}
    for index = (number - 1) * size + 1, math.min(number * size, #items) do
      results[#results + 1] = items[index]
    end
    if #results == 0 and number > 1 then
      return 404
    end
    local more = number * size < #items
    return { count = #items, total_pages = math.max(1, math.ceil(#items / size)), results = results,
      links = { next = more and "https://elsewhere.example/x?page=" .. number + 1 or nil } }
  end, options)
end

-- All that is given until the end, and the error that ended it.
local function drain(advance)
  local values = {}
  local batch, err = advance()
  while batch do
    assert.is_true(#batch > 0)
    for _, value in ipairs(batch) do
      values[#values + 1] = value
    end
    batch, err = advance()
  end
  return values, err
end

local function read(source)
  local items, err = drain(paging.items(source))
  return ids(items), err
end

-- The end of a list as every reply about it may tell it: items 1 to 5 in pages of 2.
local function ending(tell)
  return scripted(function(number)
    local results = list {}
    for id = number * 2 - 1, math.min(number * 2, 5) do
      results[#results + 1] = { id = id }
    end
    return tell(number, results)
  end)
end

describe("a list ends", function()
  local next_link = "https://elsewhere.example/x?page=9"
  local rows = {
    { "where links.next is null", 3, function(number, results)
      return { results = results, links = { next = number < 3 and next_link or nil } }
    end },
    { "where links.next is null, with true numbers", 3, function(number, results)
      return { results = results, count = 5, total_pages = 3, links = { next = number < 3 and next_link or nil } }
    end },
    { "where links.next is null, though total_pages says more", 3, function(number, results)
      return { results = results, count = 5, total_pages = 30, links = { next = number < 3 and next_link or nil } }
    end },
    { "where links.next is null, though count says more", 3, function(number, results)
      return { results = results, count = 500, total_pages = 3, links = { next = number < 3 and next_link or nil } }
    end },
    { "where links.next is null, whatever total_pages said before", 3, function(number, results)
      return { results = results, count = 5, total_pages = 1, links = { next = number < 3 and next_link or nil } }
    end },
    { "at the last of total_pages once count items were seen", 3, function(_, results)
      return { results = results, count = 5, total_pages = 3 }
    end },
    { "at the last of total_pages once count items were seen, though next goes on", 3, function(_, results)
      return { results = results, count = 5, total_pages = 3, links = { next = next_link } }
    end },
    { "at count items, though total_pages is too small", 3, function(_, results)
      return { results = results, count = 5, total_pages = 1, links = { next = next_link } }
    end },
    { "at count items, though total_pages is 0", 3, function(_, results)
      return { results = results, count = 5, total_pages = 0 }
    end },
    { "at the last of total_pages, though count is too small", 3, function(_, results)
      return { results = results, count = 1, total_pages = 3, links = { next = next_link } }
    end },
    { "at count items, where nothing else is told", 3, function(_, results)
      return { results = results, count = 5 }
    end },
    { "at the last of total_pages, where nothing else is told", 3, function(_, results)
      return { results = results, total_pages = 3 }
    end },
    { "at an empty page, though all else says more", 4, function(_, results)
      return { results = results, count = 500, total_pages = 500, links = { next = next_link } }
    end },
    { "at an empty page, where next goes on for ever", 4, function(_, results)
      return { results = results, links = { next = next_link } }
    end },
    { "at an empty page, where next goes on without links", 4, function(_, results)
      return { results = results, next = next_link }
    end },
    { "at a 404 once count items were seen", 4, function(number, results)
      return number > 3 and 404 or { results = results, count = 5, total_pages = 10, links = { next = next_link } }
    end },
    { "at a 404 once more than count items were seen", 4, function(number, results)
      return number > 3 and 404 or { results = results, count = 4, total_pages = 10, links = { next = next_link } }
    end },
  }
  for _, row in ipairs(rows) do
    it(row[1], function()
      local source = ending(row[3])
      local found, err = read(source)
      assert.is_nil(err)
      assert.same({ 1, 2, 3, 4, 5 }, found)
      assert.equal(row[2], #source.numbers)
      assert.is_true(source.cancelled >= 1)

      local pages
      pages, err = drain(paging.pages(ending(row[3])))
      assert.is_nil(err)
      assert.equal(row[2], #pages + (row[1]:find("404", 1, true) and 1 or 0))
      assert.same({ { id = 1 }, { id = 2 } }, pages[1].results)
    end)
  end

  it("where nothing tells that there is more", function()
    local source = scripted(function() return { results = list(numbered(1, 2)) } end)
    assert.same({ 1, 2 }, (read(source)))
    assert.same({ 1 }, source.numbers)
  end)

  it("after a bare array", function()
    local source = scripted(function() return list(numbered(1, 7)) end)
    assert.same({ 1, 2, 3, 4, 5, 6, 7 }, (read(source)))
    assert.same({ 1 }, source.numbers)
  end)

  it("before it begins, if it is empty", function()
    for _, body in ipairs { list {}, { results = list {} }, { results = list {}, count = 1, total_pages = 0 },
      { results = list {}, count = 0, total_pages = 5, links = { next = next_link } } } do
      local source = scripted(function() return body end)
      local found, err = read(source)
      assert.same({}, found)
      assert.is_nil(err)
      assert.equal(1, #source.numbers)
    end
  end)
end)

describe("a list is cut short by", function()
  local function page_then(status, count)
    return function(number)
      return number > 1 and status
        or { results = list(numbered(1, 2)), count = count, total_pages = 3, links = { next = "x" } }
    end
  end

  -- It may be that the list became shorter; what never changes for the better is given up.
  it("a 404 before count items were seen", function()
    for _, count in ipairs { 5, 3, false } do
      local source = scripted(page_then(404, count or nil))
      local found, err = read(source)
      assert.same({ 1, 2 }, found)
      assert.equal("inconsistent", err.kind)
      assert.is_true(err.retryable)
      assert.same({ 1, 2, 1, 2, 1, 2, 1, 2 }, source.numbers)
      source = scripted(page_then(404, count or nil))
      found, err = drain(paging.pages(source))
      assert.equal(1, #found)
      assert.equal("inconsistent", err.kind)
      assert.same({ 1, 2 }, source.numbers)
    end
  end)

  it("a 404 on the first page when it is read again", function()
    for _, first in ipairs { 1, 3 } do
      local source = scripted(function(number, calls)
        return calls > 1 and 404 or { results = list(numbered(1, 2)), count = 50, links = { next = "x" } }, number
      end, { first = first })
      local found, err = read(source)
      assert.same({ 1, 2 }, found)
      assert.equal(404, err.status)
      assert.same({ first, first + 1, first }, source.numbers)
    end
  end)

  it("a 404 on the first page, wherever that is", function()
    for _, first in ipairs { 1, 2, 50 } do
      local source = scripted(function() return 404 end, { first = first })
      local found, err = read(source)
      assert.same({}, found)
      assert.equal(404, err.status)
      assert.same({ first }, source.numbers)
      assert.equal(404, select(2, drain(paging.pages(scripted(function() return 404 end, { first = first })))).status)
    end
  end)

  for _, status in ipairs { 401, 410, 500, 503 } do
    it("any other failure, though count items were seen: " .. status, function()
      local _, err = read(scripted(page_then(status, 2)))
      assert.equal(status, err.status)
    end)
  end

  it("an error that never reached a server", function()
    local source = scripted(function() return 404 end)
    source.fetch = function() return nil, errors.closed() end
    assert.equal("closed", select(2, read(source)).kind)
  end)
end)

describe("a list from a later page on", function()
  it("asks for that page first, and for each one once", function()
    local source = served(numbered(1, 9), { first = 3 })
    assert.same({ 5, 6, 7, 8, 9 }, (read(source)))
    assert.same({ 3, 4, 5 }, source.numbers)
  end)

  it("counts the items before it as seen", function()
    local source = scripted(function(number)
      return number > 4 and 404
        or { results = list(numbered(number * 2 - 1, number * 2)), count = 8, total_pages = 9, links = { next = "x" } }
    end, { first = 3 })
    local found, err = read(source)
    assert.is_nil(err)
    assert.same({ 5, 6, 7, 8 }, found)
  end)
end)

describe("the place of the next page", function()
  it("is a number and never a link", function()
    local source = served(numbered(1, 7))
    read(source)
    assert.same({ 1, 2, 3, 4 }, source.numbers)
  end)

  it("leaves the last reply behind", function()
    local source = served(numbered(1, 7))
    read(source)
    assert.equal(4, source.response.number)
  end)
end)

describe("a list that changes while it is read", function()
  local function remove(id)
    return function(items)
      for index, item in ipairs(items) do
        if item.id == id then
          table.remove(items, index)
        end
      end
    end
  end

  local function insert(id, index)
    return function(items)
      table.insert(items, index or #items + 1, { id = id })
    end
  end

  local function sorted(found)
    table.sort(found)
    return found
  end

  it("gives what slipped past after an item was deleted", function()
    local source = served(numbered(1, 8), { changes = { [2] = remove(1) } })
    local found, err = read(source)
    assert.is_nil(err)
    assert.same({ 1, 2, 4, 5, 6, 7, 8, 3 }, found)
    assert.same({ 1, 2, 3, 4, 1, 2, 3, 4 }, source.numbers)
  end)

  it("gives each item once after one was inserted before", function()
    local source = served(numbered(1, 8), { changes = { [3] = insert(100, 1) } })
    local found, err = read(source)
    assert.is_nil(err)
    assert.same({ 1, 2, 3, 4, 5, 6, 7, 8, 100 }, found)
  end)

  it("gives an item that was added at the end at once, and no item twice in the second pass", function()
    local source = served(numbered(1, 4), { changes = { [2] = insert(5) } })
    local found, err = read(source)
    assert.is_nil(err)
    assert.same({ 1, 2, 3, 4, 5 }, found)
    assert.same({ 1, 2, 3, 1, 2, 3 }, source.numbers)
  end)

  it("may change again in the second pass", function()
    local source = served(numbered(1, 8), { changes = { [2] = remove(1), [6] = remove(2) } })
    local found, err = read(source)
    assert.is_nil(err)
    assert.same({ 1, 2, 3, 4, 5, 6, 7, 8 }, sorted(found))
    assert.equal(4 + 3 + 3, #source.numbers)
  end)

  it("is given up after three passes in a row that brought nothing new", function()
    local source = served(numbered(1, 9), { changes = { [2] = remove(1), [6] = remove(2), [10] = remove(3),
      [13] = remove(4), [16] = remove(5) } })
    local found, err = read(source)
    assert.equal("inconsistent", err.kind)
    assert.is_true(err.retryable)
    assert.same({ 1, 2, 3, 4, 5, 6, 7, 8, 9 }, sorted(found))
    assert.equal(4 + 4 + 3 + 3 + 2, #source.numbers)
    -- One between them that brings something, and it goes on.
    source = served(numbered(1, 9), { changes = { [2] = remove(1), [6] = remove(2), [10] = remove(3),
      [13] = insert(20), [17] = remove(4), [20] = remove(5) } })
    found, err = read(source)
    assert.is_nil(err)
    assert.same({ 1, 2, 3, 4, 5, 6, 7, 8, 9, 20 }, sorted(found))
  end)

  it("is given up after fifty passes, though each brings something new", function()
    local source = scripted(function(number, calls)
      return { results = list { { id = calls } }, count = 10 + number, links = { next = number == 1 and "x" or nil } }
    end)
    local found, err = read(source)
    assert.equal("inconsistent", err.kind)
    assert.equal(100, #found)
    assert.equal(100, #source.numbers)
  end)

  it("is read to its end if it rests after forty passes", function()
    local source = scripted(function(number, calls)
      return { results = list { { id = calls }, { id = 1 } }, count = calls < 80 and 10 + number or 20,
        links = { next = number == 1 and "x" or nil } }
    end)
    local found, err = read(source)
    assert.is_nil(err)
    assert.equal(82, #found)
  end)

  it("loses all that was read, whatever the page size, and none is passed over", function()
    for _, count in ipairs { 0, 1, 2, 6, 7, 8, 100, 101, 950 } do
      for _, size in ipairs { 1, 7, 100 } do
        local items = numbered(1, count)
        local source = served(items, { page_size = size, most = 2000 })
        local advance, seen = paging.items(source), {}
        local batch, err = advance()
        while batch do
          for _, item in ipairs(batch) do
            assert.is_nil(seen[item.id])
            seen[item.id] = true
            remove(item.id)(items)
          end
          batch, err = advance()
        end
        assert.is_nil(err)
        assert.equal(0, #items, count .. " in pages of " .. size)
        assert.is_true(#source.numbers <= 2 * math.ceil(count / size) + 25, #source.numbers)
      end
    end
  end)

  it("becomes shorter than what was read, by others", function()
    for _, left in ipairs { 1, 4, 5, 9 } do
      local source = served(numbered(1, 20), { page_size = 5, changes = { [2] = function(items)
        while #items > left do
          table.remove(items, 1)
        end
      end } })
      local found, err = read(source)
      assert.is_nil(err)
      local expected = ids(numbered(1, 5))
      for id = math.max(6, 21 - left), 20 do
        expected[#expected + 1] = id
      end
      assert.same(expected, sorted(found))
    end
  end)

  it("may be pushed back by any number of new items", function()
    for pages_read = 1, 9 do
      local source = served(numbered(1, 20), { changes = { [pages_read + 1] = function(items)
        for id = 1, 60 do
          table.insert(items, 1, { id = 1000 + id })
        end
      end } })
      local found, err = read(source)
      assert.is_nil(err)
      assert.equal(80, #found)
      local expected = numbered(1, 20)
      for id = 1001, 1060 do
        expected[#expected + 1] = { id = id }
      end
      assert.same(ids(expected), sorted(found))
    end
  end)

  it("may grow by one with every page of one item", function()
    local source = served(numbered(1, 3), { page_size = 1, changes = { [2] = insert(10, 1), [3] = insert(11, 1) } })
    local found, err = read(source)
    assert.is_nil(err)
    assert.same({ 1, 2, 3, 10, 11 }, sorted(found))
  end)

  it("is inconsistent for pages, in one pass", function()
    for _, change in ipairs { remove(1), insert(9), insert(9, 1) } do
      local source = served(numbered(1, 8), { changes = { [3] = change } })
      local pages, err = drain(paging.pages(source))
      assert.equal("inconsistent", err.kind)
      assert.equal(2, #pages)
      assert.same({ 1, 2, 3 }, source.numbers)
      assert.is_true(source.cancelled >= 1)
    end
  end)

  it("is noticed if the count comes or goes", function()
    for _, counts in ipairs { { 6, nil, 6 }, { nil, 6, 6 } } do
      local source = scripted(function(number)
        return { results = list(numbered(number * 2 - 1, number * 2)), count = counts[number], total_pages = 3,
          links = { next = number < 3 and "x" or nil } }
      end)
      assert.equal("inconsistent", select(2, drain(paging.pages(source))).kind)
    end
  end)

  it("is no change if a page is shorter than others", function()
    local sizes = { 2, 1, 3 }
    local source = scripted(function(number)
      local first = ({ 1, 3, 4 })[number]
      return { results = list(numbered(first, first + sizes[number] - 1)), count = 6, total_pages = 3,
        links = { next = number < 3 and "x" or nil } }
    end)
    local found, err = read(source)
    assert.is_nil(err)
    assert.same({ 1, 2, 3, 4, 5, 6 }, found)
  end)
end)

describe("a server that never ends", function()
  local function assert_inconsistent(reply, most)
    local source = scripted(reply)
    local found, err = read(source)
    assert.equal("inconsistent", err.kind)
    assert.is_true(#source.numbers <= most, #source.numbers .. " requests")

    source = scripted(reply)
    err = select(2, drain(paging.pages(source)))
    assert.equal("inconsistent", err.kind)
    assert.is_true(#source.numbers <= most, #source.numbers .. " requests")
    return found
  end

  it("by sending its first page again and again", function()
    local found = assert_inconsistent(function()
      return { results = list(numbered(1, 2)), count = 500, total_pages = 250, links = { next = "x" } }
    end, 2)
    assert.same({ 1, 2 }, found)
  end)

  it("without telling a count", function()
    assert_inconsistent(function() return { results = list(numbered(1, 2)), links = { next = "x" } } end, 2)
  end)

  it("by going round", function()
    assert_inconsistent(function(number)
      local first = (number - 1) % 3 * 2 + 1
      return { results = list(numbered(first, first + 1)), count = 500, links = { next = "x" } }
    end, 4)
  end)

  it("by sending its last page again and again", function()
    assert_inconsistent(function(number)
      local first = math.min(number, 3) * 2 - 1
      return { results = list(numbered(first, first + 1)), links = { next = "x" } }
    end, 4)
  end)

  it("by counting up with every page", function()
    local source = scripted(function(_, calls)
      return { results = list(numbered(1, 2)), count = 500 + calls, links = { next = "x" } }
    end)
    local found, err = read(source)
    assert.same({ 1, 2 }, found)
    assert.equal("inconsistent", err.kind)
    assert.is_true(#source.numbers <= 10)
  end)

  it("by changing its count once", function()
    local source = scripted(function(_, calls)
      return { results = list(numbered(1, 2)), count = calls > 1 and 501 or 500, links = { next = "x" } }
    end)
    assert.equal("inconsistent", select(2, read(source)).kind)
    assert.is_true(#source.numbers <= 10)
  end)

  it("with items that have no key", function()
    local found = assert_inconsistent(function()
      return { results = list { { name = "a" }, { name = "b" } }, links = { next = "x" } }
    end, 2)
    assert.equal(0, #found) -- they have no id to be listed by
  end)

  it("within the second pass", function()
    local source = scripted(function(number, calls)
      if calls > 3 then
        return { results = list(numbered(1, 2)), count = 5, total_pages = 3, links = { next = "x" } }
      end
      local first = number * 2 - 1
      return { results = list(numbered(first, first + 1)), count = calls == 1 and 6 or 5, total_pages = 3,
        links = { next = number < 3 and "x" or nil } }
    end)
    assert.equal("inconsistent", select(2, read(source)).kind)
    assert.is_true(#source.numbers <= 3 + 5)
  end)
end)

describe("items without a key", function()
  local function keyless(names, options)
    local items = {}
    for index, name in ipairs(names) do
      items[index] = { name = name }
    end
    return served(items, options)
  end

  local function names_of(source)
    local items, err = drain(paging.items(source))
    local names = {}
    for index, item in ipairs(items) do
      names[index] = item.name
    end
    return table.concat(names), err
  end

  it("are all given, also those that are alike", function()
    local names, err = names_of(keyless { "a", "b", "a", "c", "c" })
    assert.is_nil(err)
    assert.equal("abacc", names)
  end)

  it("cannot be told apart once the list has changed", function()
    local _, err = names_of(keyless({ "a", "b", "c", "d" }, { changes = { [2] = function(items)
      table.remove(items, 1)
    end } }))
    assert.equal("inconsistent", err.kind)
  end)

  it("may have something odd for a key", function()
    local source = scripted(function()
      return { results = list { { id = {} }, { id = true }, { origin_key = {} }, { id = 1 } } }
    end)
    local items, err = drain(paging.items(source))
    assert.is_nil(err)
    assert.equal(4, #items)
  end)
end)

describe("an item", function()
  it("is known by its origin_key", function()
    local source = scripted(function()
      return list { { origin_key = "a", id = 1 }, { origin_key = "b", id = 1 }, { origin_key = "b", id = 2 } }
    end)
    local items = drain(paging.items(source))
    assert.same({ { origin_key = "a", id = 1 }, { origin_key = "b", id = 1 } }, items)
  end)

  it("is told from one whose key is a number that looks alike", function()
    local source = scripted(function() return list { { id = 1 }, { id = "1" } } end)
    assert.equal(2, #drain(paging.items(source)))
  end)
end)
