--- How far a long job is: a line on stderr from the second second on, where that is a terminal. It is drawn by a task
--- beside the job, so that it goes on while the job waits, and says for what.
local core = require "azion.core"
local errors = require "azion.client.errors"
local width = require "azion.command.width"

local progress = {}

local methods = {}
local metatable = { __index = methods }

local first_after, every = 1, 0.2

---@param settings { terminal: azion.Terminal, verbose: boolean? }
function progress.new(settings)
  return setmetatable({ terminal = settings.terminal, verbose = settings.verbose, done = 0, requests = 0,
    waiting = {}, waiters = 0 }, metatable)
end

-- With -v the line would be torn by what is told: then there is none.
local function is_shown(self)
  return self.terminal.stderr and not self.verbose
end

local function write(text)
  io.stderr:write(text)
  io.stderr:flush()
end

local function tell(event)
  local name = ("%s %s"):format(event.method or "", event.path or "")
  if event.type == "request" then
    return ("%s (attempt %d)"):format(name, event.attempt or 1)
  elseif event.type == "response" then
    return ("%s: %s after %.2f s"):format(name, event.status or event.code or event.kind or "no reply",
      event.elapsed or 0)
  elseif event.type == "retry" then
    return ("%s: trying again in %s: %s"):format(name, errors.seconds(event.wait or 0), event.reason or "")
  end
  return ("%s: waiting %s for the rate window (%s)"):format(name, errors.seconds(event.wait or 0), event.bucket or "")
end

-- A call tells once that it waits for the window, however many windows go by before it is sent.
local function count_waiters(self, event)
  local call = ("%s %s"):format(event.method or "", event.path or "")
  local count = self.waiting[call] or 0
  if event.type == "wait" then
    self.waiting[call], self.waiters, self.bucket = count + 1, self.waiters + 1, event.bucket
    self.window_ends = core.now() + (event.wait or 0)
  elseif event.type == "request" and count > 0 then
    self.waiting[call], self.waiters = count - 1, self.waiters - 1
  end
end

--- What the client tells of its requests and waits.
---@return fun(event: table)
function methods:listener()
  return function(event)
    count_waiters(self, event)
    if event.type == "retry" then
      self.tries_again, self.reason = core.now() + (event.wait or 0), event.reason
    elseif event.type == "request" then
      self.requests, self.tries_again = self.requests + 1, nil
    end
    if self.verbose then
      write("lazion: " .. width.plain(tell(event)) .. "\n")
    end
  end
end

local function bar(self, share, length)
  local full = math.floor(share * length)
  if self.terminal.utf8 then
    return ("█"):rep(full) .. ("░"):rep(length - full)
  end
  return "[" .. ("#"):rep(full) .. ("-"):rep(length - full) .. "]"
end

local function duration(seconds)
  seconds = math.ceil(seconds)
  return seconds < 60 and ("%d s"):format(seconds) or ("%d min %02d s"):format(math.floor(seconds / 60), seconds % 60)
end

-- What is left takes as long as what was done did, and no less than the rate limit lets it.
local function eta(self, now)
  local left = self.total - self.done
  local seconds = self.done > 0 and (now - self.began) / self.done * left or nil
  local limited = self.client and self.client:eta(math.ceil(left / self.per_request), self.bucket or self.counts)
  return math.max(seconds or 0, limited or 0), seconds ~= nil or (limited or 0) > 0
end

-- What is waited for now, and how long; nil where nothing is.
local function wait_text(self, now)
  if self.waiters > 0 then
    local seconds = math.max(self.window_ends - now, self.client:eta(1, self.bucket) or 0)
    return seconds > 0 and ("waiting %s for the rate window (%s)"):format(duration(seconds), self.bucket) or nil
  elseif self.tries_again and self.tries_again > now then
    return ("waiting %s for another try: %s"):format(duration(self.tries_again - now), tostring(self.reason))
  end
end

local function joined(...)
  local parts = {}
  for position = 1, select("#", ...) do
    parts[#parts + 1] = select(position, ...) or nil
  end
  return table.concat(parts, ", ")
end

-- What the line says, the most first.
local function versions_of(self, now)
  local wait = wait_text(self, now)
  if not self.total or self.total == 0 then
    local so_far = self.done > 0 and tostring(self.done)
      or joined(self.requests > 1 and self.requests .. " requests", duration(now - self.began))
    return { joined(self.title .. ": " .. so_far, wait), joined(self.title, wait), wait or so_far }
  end
  local seconds, is_known = eta(self, now)
  local left = is_known and self.done < self.total and "ETA " .. duration(seconds)
  local count = ("%d of %d"):format(self.done, self.total)
  local share = math.min(1, self.done / self.total)
  return { joined(("%s %s %s"):format(self.title, bar(self, share, 20), count), left, wait),
    joined(("%s %s %s"):format(self.title, bar(self, share, 8), count), left, wait),
    joined(("%s %s"):format(self.title, count), left, wait), joined(count, left, wait), joined(left, wait),
    wait or count }
end

--- The line as it is now: as much as fits.
---@param now number
---@return string
function methods:text(now)
  local most, text = math.max(10, self.terminal.width - 1), nil
  for _, version in ipairs(versions_of(self, now)) do
    text = width.plain(version)
    if width.of(text) <= most then
      return text
    end
  end
  return width.cut(text, most, self.terminal.utf8)
end

local function draw(self)
  local now = core.now()
  if now - self.began >= first_after then
    self.is_drawn = true
    write("\r" .. self:text(now) .. "\27[K")
  end
end

--- A job begins.
---@param title string
---@param settings { client: azion.Client, total?: integer, per_request?: integer, counts?: string }
function methods:start(title, settings)
  self.title, self.client, self.total, self.done = title, settings.client, settings.total, 0
  self.per_request, self.counts = settings.per_request or 1, settings.counts or "read"
  self.began = core.now()
  if is_shown(self) and not self.task then
    local runtime = require("azion.runtime").get()
    self.runtime = runtime
    self.task = runtime:spawn(function()
      while true do
        runtime:sleep(every, self)
        draw(self)
      end
    end, function() end)
  end
end

--- So much of it is done.
---@param done integer
---@param total? integer
function methods:reach(done, total)
  self.done, self.total = done, total or self.total
end

--- The job is over, in whatever way: the line goes.
function methods:finish()
  if self.task then
    self.runtime:cancel(self.task)
    self.task = nil
  end
  self:clear()
end

--- Takes the line away, until it is drawn again.
function methods:clear()
  if self.is_drawn then
    self.is_drawn = false
    write("\r\27[K")
  end
end

return progress
