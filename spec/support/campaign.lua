--- Calls that meet a fault of the raw server, and what the contract says of them.
local assert = require("luassert")
local azion = require("azion")
local files = require("spec.support.files")
local raw_server = require("spec.support.raw_server")
local verdict = require("azion.call.verdict")

local campaign = {}

local usual_wait = verdict.backoff_least

--- Starts the server, and makes waits short, until `finish`.
function campaign.start()
  verdict.backoff_least = 0.005
  return raw_server.start()
end

function campaign.finish(server)
  verdict.backoff_least = usual_wait
  server:stop()
end

campaign.methods = { "GET", "PUT", "DELETE", "POST", "PATCH" }

local idempotent = { GET = true, PUT = true, DELETE = true }
local has_body = { PUT = true, POST = true, PATCH = true }
local megabyte = 1024 * 1024

--- A client that tries twice, after the shortest wait.
function campaign.client(server, protocol, options)
  local settings = { base_url = server.urls[protocol], token = "t", ca_file = server.ca_file, max_attempts = 2,
    timeout = 20, connect_timeout = 20, max_response_bytes = megabyte }
  for name, value in pairs(options or {}) do
    settings[name] = value
  end
  local client = assert(azion.client(settings))
  client.engine.random = function() return 0 end
  return client
end

--- Calls with a body where the method has one.
function campaign.call(client, method, path, row)
  local body = has_body[method] and { data = ("x"):rep(row.upload or 10) } or nil
  return { client:request(method, path, { body = body, connect_timeout = row.connect_timeout }) }
end

function campaign.resident_bytes()
  return tonumber(files.read("/proc/self/status"):match("VmRSS:%s*(%d+) kB")) * 1024
end

-- AddressSanitizer keeps back 256 MB of what was freed.
local held_back = files.read("/proc/self/maps"):find("libasan", 1, true) and 300 or 0

--- How much a bomb or a flood may take.
campaign.memory_bound = (40 + held_back) * megabyte

local function check_success(row, value, err, response, label)
  assert.is_nil(err, label)
  assert.equal(1, response.attempts, label)
  if row.empty then
    assert.is_true(value, label)
  else
    assert.is_true(value.ok, label)
  end
  return 1
end

local function check_failure(row, expected, method, value, err, label)
  local again = expected.again == "all" or (expected.again == "safe" and idempotent[method])
  local doubt = expected.doubt
  if row.chance then
    again, doubt = again and (idempotent[method] or err.attempts == 2), err.maybe_applied
    assert.is_true(again or doubt, label)
  end
  assert.is_nil(value, label)
  assert.equal(expected.kind, err.kind, label)
  assert.equal(again and 2 or 1, err.attempts, label)
  assert.equal(doubt and method ~= "GET" or nil, err.maybe_applied, label)
  assert.equal(expected.again ~= "none", err.retryable, label)
  assert.equal(expected.status, expected.status and err.status, label)
  assert.is_true(expected.status ~= nil or err.code ~= nil or err.kind == "protocol", label)
  assert.is_nil(tostring(err):find("%c"), label)
  assert.truthy(tostring(err):find(row.says or "", 1), label)
  return err.attempts
end

--- Compares what came of a call with the contract; returns how many requests have left for it.
---@param state string "used" if the connection was
function campaign.check(row, method, state, result, label)
  local value, err, response = result[1], result[2], result[3]
  label = ("%s: %s"):format(label, tostring(err))
  local expected = state == "used" and row.used or row[2]
  if not expected.kind then
    return check_success(row, value, err, response, label)
  end
  return check_failure(row, expected, method, value, err, label)
end

return campaign
