--- The sandbox's version 4 as specs want it: one request, what the body says.
local azion = require("azion")
local sandboxes = require("azion.sandbox")

local support = {}

local Server = {}
Server.__index = Server

---@param options? azion.SandboxOptions
function support.start(options)
  local settings = { limits = { read = false, write = false, purge = false } }
  for name, value in pairs(options or {}) do
    settings[name] = value
  end
  local sandbox = assert(sandboxes.start(settings, "v4"))
  local client = assert(azion.client({
    base_url = sandbox.base_url, token = sandbox.token, ca_file = sandbox.ca_file, max_attempts = 1, pace = false,
  }))
  return setmetatable({ sandbox = sandbox, client = client }, Server)
end

--- One request below the sandbox's base URL.
---@return any body decoded
---@return integer status
---@return azion.Response response
function Server:call(method, path, body, query, headers)
  local value, err, response = self.client:request(method, path, { body = body, query = query, headers = headers })
  if err then
    assert(err.response, tostring(err))
    return err.response.body, err.status, err.response
  end
  return value, response.status, response
end

--- As `call`, for a status that must be.
---@return any data of an item, else the whole body
---@return table body
---@return azion.Response response
function Server:expect(status, method, path, body, query)
  local value, got, response = self:call(method, path, body, query)
  if got ~= status then
    local core = require("azion.core")
    error(("%s %s: %d expected, got %d: %s"):format(method, path, status, got, (core.encode(value, {}))), 2)
  end
  return type(value) == "table" and value.data or value, value, response
end

--- A request that is refused: the pointer, the code and the detail of each error, sorted.
---@return string[]
function Server:refused(method, path, body, query)
  local value = self:expect(400, method, path, body, query)
  local texts = {}
  for position, problem in ipairs(value.errors) do
    local source = problem.source or {}
    texts[position] = ("%s %s %s"):format(source.pointer or source.parameter or "-", problem.code, problem.detail)
  end
  table.sort(texts)
  return texts
end

--- The id of the nth item of a list, in the order of creation.
function Server:id(path, number)
  local page = self:expect(200, "GET", path, nil, { page_size = 100 })
  return page.results[number or 1].id
end

--- Ids or names of a list.
function Server:listed(path, field, query)
  local settings = { page_size = 100 }
  for name, value in pairs(query or {}) do
    settings[name] = value
  end
  local values = {}
  for position, item in ipairs(self:expect(200, "GET", path, nil, settings).results) do
    values[position] = item[field]
  end
  return values
end

function Server:stop()
  self.client:close()
  self.sandbox:stop()
end

--- The fields of a connector.
function support.connector(name, more)
  local fields = { name = name, type = "http", attributes = { addresses = { { address = "a.example" } } } }
  for key, value in pairs(more or {}) do
    fields[key] = value
  end
  return fields
end

--- The fields of a rule for every request.
function support.rule(name, behaviors, criteria)
  return {
    name = name,
    criteria = criteria
      or { { { conditional = "if", variable = "${uri}", operator = "starts_with", argument = "/" } } },
    behaviors = behaviors or { { type = "deliver" } },
  }
end

return support
