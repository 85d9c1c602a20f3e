--- The sandbox's model by itself, without a server: request table in, reply table out, a clock of our own.
local json = require("azion.sandbox.model.json")
local models = require("azion.sandbox.v3")

local support = {}

support.token = ("0123456789"):rep(4)

local Model = {}
Model.__index = Model

---@param options? table as azion.sandbox.model takes them
function support.new(options)
  local self = setmetatable({ clock = 1700000000, numbers = 0 }, Model)
  local settings = {
    token = support.token,
    now = function()
      return self.clock
    end,
    random = function()
      self.numbers = (self.numbers + 0.37) % 1
      return self.numbers
    end,
  }
  for name, value in pairs(options or {}) do
    settings[name] = value
  end
  self.model = models.new(settings)
  return self
end

--- One request; a body that is a table is sent as JSON.
---@return any value what the body says: a table from JSON, else the text
---@return integer status
---@return table reply
function Model:call(method, path, body, fields)
  fields = fields or {}
  local text = type(body) == "table" and json.encode(body) or body or ""
  local reply = self.model:handle({
    method = method,
    path = path,
    query = fields.query or {},
    headers = {
      accept = "application/json; version=3",
      authorization = "token " .. (fields.token or support.token),
      ["content-type"] = text ~= "" and "application/json" or nil,
    },
    body = text,
  })
  local value = reply.body
  if reply.headers["Content-Type"] == "application/json" and value ~= "" then
    value = assert(json.decode(value))
  end
  return value, reply.status, reply
end

--- As `call`, for a request whose status is known.
---@return any value
---@return table reply
function Model:expect(status, method, path, body)
  local value, got, reply = self:call(method, path, body)
  if got ~= status then
    error(("%s %s: %d expected, got %d: %s"):format(method, path, status, got, reply.body), 2)
  end
  return value, reply
end

--- A copy with further fields.
function support.with(fields, more)
  local merged = {}
  for _, source in ipairs({ fields, more or {} }) do
    for name, value in pairs(source) do
      merged[name] = value
    end
  end
  return merged
end

--- The criteria that every request meets.
support.everything = { { { variable = "${uri}", operator = "starts_with", conditional = "if", input_value = "/" } } }

--- The fields of a rule for every request.
function support.rule(behaviors, more)
  return support.with({ name = "new", behaviors = behaviors, criteria = support.everything }, more)
end

return support
