-- The sandbox inside nginx: turns requests into the model's tables and its answers into replies, and keeps the
-- journal. There is one process, so the model is simply kept here.

-- The descriptions of the API are loaded without the C core, which was built for the caller's Lua.
package.loaded["azion.core"] = require "azion.sandbox.host.core"

local accounts = require "azion.sandbox.account"
local faults = require "azion.sandbox.host.faults"
local json = require "azion.sandbox.model.json"
local socket = require "azion.sandbox.host.socket"

local host = {}

local OWNER_CHECK_SECONDS = 0.25

local state = {}

-- When the process that started the sandbox is gone, however it ended, nothing of the sandbox stays.
local function watch_owner(folder, owner)
  assert(ngx.timer.every(OWNER_CHECK_SECONDS, function()
    if socket.parent() ~= owner then
      os.execute("rm -rf -- '" .. folder:gsub("'", [['\'']]) .. "'")
      socket.exit()
    end
  end))
end

local function now()
  ngx.update_time()
  return ngx.now()
end

local function random()
  local file = assert(io.open("/dev/urandom", "rb"))
  file:setvbuf("no")
  local a, b, c, d = file:read(4):byte(1, 4)
  file:close()
  return (((a * 256 + b) * 256 + c) * 256 + d) / 2 ^ 32
end

--- Sets the model up; called once, when nginx listens.
---@param folder string the sandbox's own, ending in a slash
---@param options table as nginx.start wrote them into the folder
function host.start(folder, options)
  options.now = now
  options.random = random
  state.account = accounts.new(options)
  state.faults = faults.new(options.faults, options.fault_seed)
  state.latency, state.work_latency = options.latency, options.work_latency
  state.journal = assert(io.open(folder .. "journal", "ab"))
  state.count = 0
  watch_owner(folder, options.owner)
end

local function read_body()
  ngx.req.read_body()
  local path = ngx.req.get_body_file()
  if not path then
    return ngx.req.get_body_data() or ""
  end
  local file = assert(io.open(path, "rb"))
  local body = file:read("*a")
  file:close()
  return body
end

-- A name given twice: the last one counts, as in Django.
local function read_query()
  local query = {}
  for name, value in pairs(ngx.req.get_uri_args(0)) do
    if type(value) == "table" then
      value = value[#value]
    end
    query[name] = value == true and "" or value
  end
  return query
end

local function read_headers()
  local headers = {}
  for name, value in pairs(ngx.req.get_headers(0)) do
    headers[name:lower()] = type(value) == "table" and table.concat(value, ", ") or value
  end
  return headers
end

-- The path as it was sent: nginx's own $uri is decoded and tidied up, and would hide what a client got wrong.
local function read_request()
  return {
    method = ngx.req.get_method(),
    path = ngx.var.request_uri:match("^[^?]*"),
    query = read_query(),
    headers = read_headers(),
    body = read_body(),
  }
end

local JOURNAL_FIELDS = {
  "seq", "time", "method", "path", "query", "status", "action", "applied", "bucket",
  "connection", "connection_requests", "http_version", "user_agent", "body",
}

-- What the journal tells of a request before it is carried out.
local function journal_entry(request)
  return {
    time = now(),
    method = request.method,
    path = request.path:gsub("/tokens/.+", "/tokens/***"),
    query = ngx.var.args or "",
    connection = tonumber(ngx.var.connection),
    connection_requests = tonumber(ngx.var.connection_requests),
    http_version = ngx.var.server_protocol:match("[%d.]+"):gsub("%.0$", ""),
    user_agent = request.headers["user-agent"],
    body = request.body,
  }
end

local function write_journal(entry, outcome)
  state.count = state.count + 1
  local silent = outcome.action == "reset" or outcome.action == "hang"
  entry.seq = state.count
  entry.status = not silent and outcome.reply.status or nil
  entry.action, entry.applied, entry.bucket = outcome.action, outcome.applied, outcome.bucket
  state.journal:write(json.encode_object(entry, JOURNAL_FIELDS), "\n")
  state.journal:flush()
end

local function send_head(reply)
  ngx.status = reply.status
  for name, value in pairs(reply.headers) do
    ngx.header[name] = value
  end
  if not ngx.header["Content-Length"] then
    ngx.header["Content-Length"] = #reply.body
  end
end

local function connection_ports()
  return tonumber(ngx.var.server_port), tonumber(ngx.var.remote_port)
end

local actions = {}

function actions.reset()
  socket.reset(connection_ports())
  return ngx.exit(444)
end

-- Until the client has enough of it, so that abandoned connections do not use up nginx.
function actions.hang()
  repeat
    ngx.sleep(0.5)
  until not socket.is_open(connection_ports())
  return ngx.exit(444)
end

function actions.truncate(reply)
  send_head(reply)
  ngx.print(reply.body:sub(1, math.floor(#reply.body / 2)))
  ngx.flush(true)
  socket.close(connection_ports())
  return ngx.exit(444)
end

local function send(reply)
  send_head(reply)
  if reply.body ~= "" then
    ngx.print(reply.body)
  end
  return ngx.exit(ngx.OK)
end

local POLL_SECONDS = 0.005

local function carry_out(job)
  job.outcome = faults.answer(state.account, job.request, job.fault)
  write_journal(job.entry, job.outcome)
end

-- Nothing here is a variable of the request's own: those are gone where the client is.
local function carry_out_in_timer(_, job)
  job.done, job.problem = pcall(carry_out, job)
end

-- Carries a request out after a while, whether or not the client still waits for it.
local function carry_out_late(wait, job)
  assert(ngx.timer.at(wait, carry_out_in_timer, job))
  repeat
    ngx.sleep(POLL_SECONDS)
  until job.done ~= nil
  assert(job.done, job.problem)
end

--- Answers one request. It is carried out when it has arrived whole, unless the work is to be late; latency delays
--- only the answer.
function host.serve()
  local request = read_request()
  local fault = state.faults:match(request.method, request.path)
  local job = { request = request, entry = journal_entry(request), fault = fault }
  local work_wait = state.work_latency + (fault and fault.work_delay or 0)
  if work_wait > 0 then
    carry_out_late(work_wait, job)
  else
    carry_out(job)
  end
  local outcome = job.outcome
  local wait = state.latency + outcome.delay
  if wait > 0 then
    ngx.sleep(wait)
  end
  return (actions[outcome.action] or send)(outcome.reply)
end

return host
