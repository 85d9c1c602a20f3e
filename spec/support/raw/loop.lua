--- Coroutines over select: one for each connection, and one for each HTTP/2 stream.
local socket = require("socket")

local loop = {}

local tasks = {}

--- Raised in a task whose peer is gone: it ends the task and is no failure.
loop.ended = setmetatable({}, { __tostring = function() return "the peer is gone" end })

local function resume(task)
  local whole, wanted = coroutine.resume(task.thread)
  if not whole and wanted ~= loop.ended then
    loop.failed(debug.traceback(task.thread, tostring(wanted)))
  end
  task.wanted = coroutine.status(task.thread) ~= "dead" and wanted or nil
end

--- Runs a function beside the others.
function loop.spawn(call, ...)
  local arguments, count = { ... }, select("#", ...)
  local task = { thread = coroutine.create(function()
    call((unpack or table.unpack)(arguments, 1, count))
  end) }
  tasks[#tasks + 1] = task
  resume(task)
end

--- Waits until there is something to read ("read") or room to write ("write").
function loop.wait(handle, direction)
  coroutine.yield({ handle = handle, direction = direction })
end

function loop.sleep(seconds)
  coroutine.yield({ at = socket.gettime() + seconds })
end

local function turn()
  local readers, writers, now, nearest = {}, {}, socket.gettime(), 1
  for index = #tasks, 1, -1 do
    local wanted = tasks[index].wanted
    if not wanted then
      table.remove(tasks, index)
    elseif wanted.at then
      nearest = math.max(0, math.min(nearest, wanted.at - now))
    else
      table.insert(wanted.direction == "read" and readers or writers, wanted.handle)
    end
  end
  local readable, writable = socket.select(readers, writers, nearest)
  now = socket.gettime()
  for _, task in ipairs({ (unpack or table.unpack)(tasks) }) do
    local wanted = task.wanted
    if wanted and (wanted.at and wanted.at <= now or wanted.direction == "read" and readable[wanted.handle]
      or wanted.direction == "write" and writable[wanted.handle]) then
      resume(task)
    end
  end
end

--- Goes on as long as there is a task.
function loop.run()
  while #tasks > 0 do
    turn()
  end
end

return loop
