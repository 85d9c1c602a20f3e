--- How a client reaches the network: proxy, trust, environment.
local core = require "azion.core"
local errors = require "azion.client.errors"
local trust = require "azion.client.trust"
local version = require "azion.version"

local network = {}

--- A set but empty variable counts as not set.
---@param name string
---@return string?
function network.from_environment(name)
  local value = os.getenv(name)
  return value ~= "" and value or nil
end

-- Where libcurl looks for a proxy. (Not in HTTP_PROXY: whoever calls a CGI program can set that.)
local proxy_variables = { "http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY" }

-- The one that libcurl finds for https.
local function proxy_variable()
  for index = 2, #proxy_variables do
    if network.from_environment(proxy_variables[index]) then
      return proxy_variables[index]
    end
  end
  return "the environment"
end

-- libcurl goes without a proxy whose credentials have control characters, and says nothing.
local function is_dropped(proxy)
  local credentials = proxy and proxy:match("^(.*)@")
  return credentials and credentials:find("%%[01]%x") ~= nil
end

-- What is before the last @ are credentials, in whatever shape: libcurl quotes a proxy that it cannot read.
local function add_proxy_secrets(hidden, proxy)
  local credentials = proxy and proxy:match("^(.*)@")
  if not credentials then
    return
  end
  credentials = credentials:gsub("^%a[%w+.-]*://", "")
  local decoded = credentials:gsub("%%(%x%x)", function(digits) return string.char(tonumber(digits, 16)) end)
  for _, text in ipairs { credentials, decoded } do
    hidden[#hidden + 1] = text
    hidden[#hidden + 1] = text:match(":(.*)$")
  end
end

--- What the environment says where no option does.
---@param settings table client options, filled in here
---@param loopback boolean? whether the base URL is on this machine
function network.settle(settings, loopback)
  settings.ca_file = settings.ca_file or network.from_environment("AZION_CA_FILE")
  -- A request to this machine must not travel to a proxy that the environment names.
  settings.proxy = settings.proxy or (loopback and "" or nil)
end

--- Adds to a list of values that must not be shown those of the proxies that there may be.
---@param hidden string[]
---@param settings table client options
function network.hide_proxies(hidden, settings)
  add_proxy_secrets(hidden, settings.proxy)
  for _, name in ipairs(settings.proxy and {} or proxy_variables) do
    add_proxy_secrets(hidden, network.from_environment(name))
  end
end

local function proxy_problem(proxy, base_url)
  if is_dropped(proxy or network.from_environment(proxy_variable())) then
    return "libcurl cannot use it: user or password have encoded control characters"
  end
  return proxy ~= "" and core.proxy_problem(base_url, proxy) or nil
end

--- Opens the session of a client.
---@param settings table client options
---@param base_url string
---@return userdata? session
---@return azion.Error? err
function network.open(settings, base_url)
  local problem = proxy_problem(settings.proxy, base_url)
  if problem then
    return nil, errors.invalid((settings.proxy and "" or proxy_variable() .. ": ") .. problem, "proxy")
  end
  local trusted
  trusted, problem = trust.choose(settings.ca_file)
  if not trusted then
    return nil, errors.invalid(("%s: %s"):format(settings.ca_file, problem), "ca_file")
  end
  local session
  session, problem = core.session {
    ca_file = trusted.file, ca_folder = trusted.folder, ca_text = trusted.text,
    proxy = settings.proxy,
    user_agent = settings.user_agent or version.user_agent,
    max_connections = settings.concurrency,
  }
  return session, not session and errors.invalid(problem) or nil
end

return network
