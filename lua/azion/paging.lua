--- Lists longer than a page: where they end, and what to do when they change while they are read.
local core = require "azion.core"
local errors = require "azion.errors"

local paging = {}

-- How often a list that changes is read before we give up.
local most_passes = 3

-- Pages in a row that bring nothing new once the list has changed. What was inserted before them can push all
-- pages that were read behind it: as many as those may follow in any case.
local most_stalls = 3

---@class azion.Source
---@field fetch fun(number: integer): azion.Page?, azion.Error?, fun()?: azion.Response
---@field response? fun(): azion.Response of the page read last
---@field cancel fun() ends what was fetched ahead
---@field first integer number of the first page
---@field page_size integer
---@field path string for messages

local function inconsistent(source, message)
  return errors.new { kind = "inconsistent", message = message, method = "GET", path = source.path, retryable = true }
end

local function new_pass(source)
  return { number = source.first - 1, items = (source.first - 1) * source.page_size, stalls = 0, progress = 0 }
end

local function is_last(pass, page)
  if #page.results == 0 or page.has_next == false then
    return true
  elseif page.has_next and not page.total_pages then
    return false
  end
  local all_seen = not pass.count or pass.items >= pass.count
  return all_seen and pass.number >= (page.total_pages or 0)
end

--- The next page of a pass; nil at its end, or nil and an error.
local function next_page(source, pass)
  if pass.over then
    return nil
  end
  pass.number = pass.number + 1
  local page, err, response = source.fetch(pass.number)
  source.response = response or source.response
  if not page then
    pass.over = true
    source.cancel()
    if err.status == 404 and pass.number > source.first and pass.count and pass.items >= pass.count then
      return nil
    end
    return nil, err
  end
  pass.moved = pass.number > source.first and page.count ~= pass.count
  pass.changed = pass.changed or pass.moved
  pass.count = page.count
  pass.items = pass.items + #page.results
  pass.over = is_last(pass, page)
  if pass.over then
    source.cancel()
  end
  return page
end

-- Marks a page's items as met in this pass. A page of nothing but items already met makes no progress:
-- asking for more of them might never end.
local function mark(source, pass, page, met, turn)
  local fresh, stalled, keyless = met:sift(page.results, turn)
  if keyless and turn > 1 then
    return nil, inconsistent(source, "the list changed while it was read, and its items have no key")
  elseif keyless then
    -- Such items may well be alike: only a whole page that is like an earlier one is that page again.
    stalled = stalled and met:mark("\0" .. (core.encode(page.results) or pass.number), turn) > 0
  end
  pass.stalls = stalled and pass.stalls + 1 or 0
  pass.progress = pass.progress + (stalled and 0 or 1)
  if stalled and (not pass.changed or pass.stalls > math.max(most_stalls, pass.progress)) then
    return nil, inconsistent(source, ("page %d brought nothing but items of earlier pages"):format(pass.number))
  end
  return fresh
end

--- Pages as the server sends them, in one pass.
---@param source azion.Source
---@param raise? fun(err: azion.Error) what to do with an error, instead of returning it after nil
---@return fun(): azion.Page?, azion.Error?
function paging.pages(source, raise)
  local pass, met, failure = new_pass(source), core.keyset(), nil
  return function()
    local page, err = nil, failure
    if not err then
      page, err = next_page(source, pass)
    end
    if page and pass.moved then
      err = inconsistent(source, "the number of items changed while the list was read")
    elseif page then
      err = select(2, mark(source, pass, page, met, 1))
    end
    if not err then
      return page
    end
    -- Whoever asks again after a failure is told of it again: the list has not come to its end.
    pass.over, failure = true, err
    source.cancel()
    if raise then
      raise(err)
    end
    return nil, err
  end
end

--- Items, each once, in the server's order; read again if the list changed on the way.
---@param source azion.Source
---@param raise? fun(err: azion.Error) what to do with an error, instead of returning it after nil
---@return fun(): table?, azion.Error?
function paging.items(source, raise)
  local pass, met, turn = new_pass(source), core.keyset(), 1
  local batch, position, ended, failure = {}, 0, false, nil
  local function turn_page()
    local page, err = next_page(source, pass)
    if page then
      local fresh
      fresh, err = mark(source, pass, page, met, turn)
      batch, position = fresh or {}, 0
      return fresh ~= nil, err
    elseif err or not pass.changed then
      return false, err
    elseif turn == most_passes then
      return false, inconsistent(source, ("the list changed each of the %d times it was read"):format(most_passes))
    end
    pass, turn, batch = new_pass(source), turn + 1, {}
    return true
  end
  local function next_item()
    while not ended do
      local more
      more, failure = turn_page()
      if not more then
        ended = true
        source.cancel()
      elseif batch[1] then
        position = 1
        return batch[1]
      end
    end
    if failure and raise then
      raise(failure)
    end
    return nil, failure
  end
  return function()
    position = position + 1
    local item = batch[position]
    if item then
      return item
    end
    return next_item()
  end
end

return paging
