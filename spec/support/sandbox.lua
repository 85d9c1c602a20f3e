--- The sandbox as specs want it: one a file, what arrived at it, and clients that end with it.
local sandboxes = require("azion.sandbox")

local support = {}

--- The application that every sandbox has.
support.application = 1618339282
support.origins_path = "/edge_applications/" .. support.application .. "/origins"

local Server = {}
Server.__index = Server

--- Starts a sandbox; the limits of the rate are out of the way unless `options` say otherwise.
---@param options? azion.SandboxOptions
function support.start(options)
  local settings = { limits = { read = false, write = false } }
  for name, value in pairs(options or {}) do
    settings[name] = value
  end
  return setmetatable({ sandbox = assert(sandboxes.start(settings)), clients = {} }, Server)
end

function Server:client(options)
  local client = assert(self.sandbox:client(options))
  self.clients[#self.clients + 1] = client
  return client
end

--- Credentials for this server, of somebody whom it does not know.
---@param more table options to add to
---@return table more
function Server:credentials(more)
  more.email, more.password, more.base_url, more.ca_file = "a@b.c", "secret", self.sandbox.base_url,
    self.sandbox.ca_file
  return more
end

--- The origins of the application that is there.
function Server:origins(options)
  return self:client(options):origins(support.application)
end

--- Requests that arrived, in their order: all, or those to one path.
---@param path? string
function Server:requests(path)
  local found = {}
  for _, entry in ipairs(self.sandbox:journal()) do
    if not path or entry.path == path then
      found[#found + 1] = entry
    end
  end
  return found
end

--- How many requests it answered with 429.
function Server:refused()
  local count = 0
  for _, entry in ipairs(self:requests()) do
    count = count + (entry.status == 429 and 1 or 0)
  end
  return count
end

--- How many requests it took in each window: they lie one after the other from the first call on.
---@param seconds number
---@return integer[]
function Server:windows(seconds)
  local used, first = {}, nil
  for _, entry in ipairs(self:requests()) do
    first = first or entry.time
    if entry.status ~= 429 then
      local index = math.floor((entry.time - first) / seconds) + 1
      for missing = #used + 1, index do
        used[missing] = 0
      end
      used[index] = used[index] + 1
    end
  end
  return used
end

function Server:stop()
  for _, client in ipairs(self.clients) do
    client:close()
  end
  self.sandbox:stop()
end

--- Why no client is made with a budget.
function support.refusal(budget)
  assert(type(budget) == "table", "no budget")
  local client, err = require("azion").client { token = "t", base_url = "http://127.0.0.1:9", budget = budget }
  assert(client == nil and err.kind == "invalid" and err.fields.budget, "not refused")
  return err.message
end

--- The message of an error that `call` must raise.
function support.raised(call, ...)
  local ok, message = pcall(call, ...)
  assert(not ok, "nothing was raised")
  return message
end

return support
