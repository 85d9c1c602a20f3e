--- What specs of plans have in common: accounts of both versions, and plans that must work.
local azion = require("azion")

local plans = {}

local Account = {}
Account.__index = Account

--- An account, empty unless `options.seed` says otherwise, without limits of the rate unless they are given.
---@param version "v3"|"v4"
---@param options? azion.SandboxOptions
function plans.start(version, options)
  local settings = { limits = { read = false, write = false }, seed = {} }
  for name, value in pairs(options or {}) do
    settings[name] = value
  end
  local sandbox = assert(azion[version].sandbox.start(settings))
  local self = setmetatable({ sandbox = sandbox, version = version, clients = {} }, Account)
  self.client = self:new_client()
  return self
end

---@param more? azion.ClientOptions
function Account:new_client(more)
  local client = assert(self.sandbox:client(more))
  self.clients[#self.clients + 1] = client
  return client
end

--- The requests that arrived since the last time: "POST /edge_applications".
---@param pattern? string of those that count
---@return string[]
function Account:requests(pattern)
  local found = {}
  for position, entry in ipairs(self.sandbox:journal()) do
    local text = entry.method .. " " .. entry.path
    if position > (self.seen or 0) and text:find(pattern or "") then
      found[#found + 1] = text
    end
  end
  self.seen = #self.sandbox:journal()
  return found
end

function Account:stop()
  for _, client in ipairs(self.clients) do
    client:close()
  end
  self.sandbox:stop()
end

--- What a document as a Lua file returns, which sees `null`.
function plans.read_lua(text)
  local environment, setfenv = { null = azion.null }, rawget(_G, "setfenv")
  if setfenv then
    return setfenv(assert(rawget(_G, "loadstring")(text)), environment)()
  end
  return assert(load(text, "document", "t", environment))()
end

local function failure_of(report)
  local failed = report.failed[1]
  return failed and ("%s %s: %s"):format(failed.resource, tostring(failed.name), tostring(failed.err))
end

--- Plans and applies, and all must go well: by GETs, and by at least as many requests as the plan said.
function Account:apply(document, options, where)
  local before = #self.sandbox:journal()
  local plan, err = self.client:plan(document, options)
  assert(plan, ("%s: %s"):format(where or "", tostring(err)))
  local planned = self.sandbox:journal()
  for position = before + 1, #planned do
    assert(planned[position].method == "GET", where)
  end
  local report = assert(plan:apply({ max_deletes = 1000 }))
  assert(report.ok, ("%s: %s"):format(where or "", tostring(failure_of(report))))
  assert(#self.sandbox:journal() - #planned >= plan.operations, where)
  return report, plan
end

--- Nothing is left to do.
function Account:rests(document, options, where)
  local plan, err = self.client:plan(document, options)
  assert(plan, ("%s: %s"):format(where or "", tostring(err)))
  assert(plan.empty and #plan.steps == 0, ("%s: %s"):format(where or "", tostring(plan)))
end

--- The mistakes of a document, by their places.
function Account:mistakes(document, options)
  local plan, err = self.client:plan(document, options)
  assert(plan == nil, "no mistake was found")
  assert(err.kind == "invalid", tostring(err))
  return err.fields, err.message
end

return plans
