--- Lists longer than a page: where they end, and what to do when they change while they are read.
local core = require "azion.core"
local errors = require "azion.client.errors"

local paging = {}

-- How often a list that changes is read again before we give up: in all, and where it brings nothing new.
local most_passes, most_idle_passes = 50, 3

-- Pages in a row that bring nothing new once the list has changed. What was inserted before them can push all
-- pages that were read behind it: as many as those may follow in any case.
local most_stalls = 3

---@class azion.Source
---@field fetch fun(number: integer): azion.PageReply?, azion.Error?, fun()?: azion.Response
---@field response? fun(): azion.Response of the page read last
---@field cancel fun() ends what was fetched ahead
---@field first integer number of the first page
---@field page_size integer
---@field keys string[] the fields that tell items apart
---@field usual_size integer the page size that every server grants
---@field may_not_count? boolean whether a full page without any count may be followed by others
---@field path string for messages

local function inconsistent(source, message)
  return errors.new { kind = "inconsistent", message = message, method = "GET", path = source.path, retryable = true }
end

local function new_pass(source)
  return { number = source.first - 1, items = (source.first - 1) * source.page_size, stalls = 0, progress = 0,
    changed = false, fruitful = false, over = false }
end

local function is_last(source, pass, reply)
  local page = reply.page
  if #page.results == 0 or reply.has_next == false then
    return true
  elseif reply.has_next and not page.total_pages then
    return false
  elseif source.may_not_count and not page.total_pages and not page.count then
    -- A server may give less than was asked for at once; one that gives more has no pages.
    local count = #page.results
    return count < math.min(source.page_size, source.usual_size) or count > source.page_size
  end
  local all_seen = not pass.count or pass.items >= pass.count
  return all_seen and pass.number >= (page.total_pages or 0)
end

-- A page that is not there: the list has ended, or has become shorter than it was.
local function miss(source, pass, err)
  if err.status ~= 404 or pass.number < source.first then
    return err
  elseif source.may_not_count and not pass.count and not pass.changed then
    return nil
  end
  pass.changed = pass.changed or not pass.count or pass.items < pass.count
end

--- The next page of a pass; nil at its end, or nil and an error.
local function next_page(source, pass)
  if pass.over then
    return nil
  end
  local reply, err, response = source.fetch(pass.number + 1)
  source.response = response or source.response
  if not reply then
    pass.over = true
    source.cancel()
    return nil, miss(source, pass, err)
  end
  local page = reply.page
  pass.changed = pass.changed or (pass.number >= source.first and page.count ~= pass.count)
  pass.number, pass.count, pass.items = pass.number + 1, page.count, pass.items + #page.results
  pass.over = is_last(source, pass, reply)
  if pass.over then
    source.cancel()
  end
  return page
end

local function first_of(items, count)
  local copy = {}
  for index = 1, count do
    copy[index] = items[index]
  end
  return copy
end

-- Marks the keys of items: of each the first of the fields `names` that has one. `fresh` are those that were not met
-- before: the list itself if all are. `stalled`: there are items, and each that has a key was met in this turn already.
-- `keyless`: some have no key.
local function sift(items, met, turn, names)
  local fresh, stalled, keyless = items, #items > 0, false
  local mark, first = met.mark, names[1]
  for index = 1, #items do
    local item = items[index]
    local before = mark(met, item[first], turn)
    for other = 2, before and 0 or #names do
      before = before or mark(met, item[names[other]], turn)
    end
    keyless, stalled = keyless or not before, stalled and (not before or before == turn)
    if before and before > 0 then
      fresh = fresh == items and first_of(items, index - 1) or fresh
    elseif fresh ~= items then
      fresh[#fresh + 1] = item
    end
  end
  return fresh, stalled, keyless
end

-- Marks a page's items as met in this pass. A page of nothing but items already met makes no progress:
-- asking for more of them might never end.
local function mark_page(source, pass, page, met, turn)
  local fresh, stalled, keyless = sift(page.results, met, turn, source.keys)
  if keyless and turn > 1 then
    return nil, inconsistent(source, "the list changed while it was read, and its items have no key")
  elseif keyless then
    -- Such items may well be alike: only a whole page that is like an earlier one is that page again.
    stalled = stalled and met:mark("\0" .. (core.encode(page.results) or pass.number), turn) > 0
  end
  pass.stalls = stalled and pass.stalls + 1 or 0
  pass.progress = pass.progress + (stalled and 0 or 1)
  if stalled and (not pass.changed or pass.stalls > math.max(most_stalls, pass.progress)) then
    return nil, inconsistent(source, ("page %d repeated items of earlier pages"):format(pass.number))
  end
  return fresh
end

--- Pages as the server sends them, in one pass.
---@param source azion.Source
---@return fun(): azion.Page[]?, azion.Error? advance gives a list of one page; nil at the end, or nil and an error
function paging.pages(source)
  local pass, met = new_pass(source), core.keyset()
  return function()
    local page, err = next_page(source, pass)
    if pass.changed then
      err = inconsistent(source, "the number of items changed while the list was read")
    elseif page then
      err = select(2, mark_page(source, pass, page, met, 1))
    end
    if err then
      source.cancel()
      return nil, err
    end
    return page and { page }
  end
end

--- Items, each once, in the server's order; read again if the list changed on the way.
---@param source azion.Source
---@return fun(): table[]?, azion.Error? advance gives at least one item; nil at the end, or nil and an error
function paging.items(source)
  local pass, met, turn, idle = new_pass(source), core.keyset(), 1, 0
  local function read_again()
    idle = pass.fruitful and 0 or idle + 1
    if idle == most_idle_passes or turn == most_passes then
      return inconsistent(source, ("the list kept changing: gave up after reading it %d times"):format(turn))
    end
    pass, turn = new_pass(source), turn + 1
  end
  local function read_page()
    local page, err = next_page(source, pass)
    if page then
      return mark_page(source, pass, page, met, turn)
    elseif err or not pass.changed then
      return nil, err
    end
    err = read_again()
    return not err and {} or nil, err
  end
  return function()
    local fresh, err
    repeat
      fresh, err = read_page()
    until not fresh or fresh[1]
    if err then
      source.cancel()
    end
    pass.fruitful = fresh ~= nil
    return fresh, err
  end
end

return paging
