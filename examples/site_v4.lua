--- Builds a whole site in version 4 of the API: certificate, application, two connectors, a cache setting, two rules that
--- send static files to one connector and all else to the other, a workload and its deployment; and purges what the
--- edge had cached. What is there already, by its name, is brought to what it should be: to run this twice does no harm.
--- --down removes everything again.
package.path = (arg[0]:match("^.*/") or "") .. "?.lua;" .. package.path
local parts = require("parts")

local ensure, remove = parts.ensure, parts.remove

-- Connectors belong to the account, so their names tell which site they are of.
local function connector_names(arguments)
  return arguments.name .. " pages", arguments.name .. " static"
end

local function connector(done, client, name, address, options)
  return ensure(done, "connector", client:connectors(), { name = name, type = "http",
    attributes = { addresses = { { address = address } }, connection_options = options } })
end

-- The two exclude each other, so that their order does not matter.
local function rule(done, rules, name, operator, behaviors)
  ensure(done, "rule", rules, { name = name, behaviors = behaviors,
    criteria = { { { variable = "${uri}", operator = operator, conditional = "if", argument = "/static/" } } } })
end

local function set(kind, item)
  return { type = kind, attributes = { value = item.id } }
end

local function build_application(done, client, arguments)
  local pages_name, static_name = connector_names(arguments)
  local pages = connector(done, client, pages_name, arguments.pages)
  local static = connector(done, client, static_name, arguments.static,
    { transport_policy = "force_https", host = arguments.static })
  local application = ensure(done, "application", client:applications(), { name = arguments.name })
  local cache = ensure(done, "cache setting", client:cache_settings(application), { name = "Static files",
    browser_cache = { behavior = "override", max_age = 3600 },
    modules = { cache = { behavior = "override", max_age = 86400 } } })
  local rules = client:rules(application, "request")
  rule(done, rules, "Pages", "does_not_start_with", { set("set_connector", pages) })
  rule(done, rules, "Static files", "starts_with", { set("set_connector", static), set("set_cache_policy", cache) })
  return application
end

local function build(client, arguments)
  parts.settle(arguments)
  local done = {}
  local certificate = ensure(done, "certificate", client:certificates(), { name = arguments.name },
    function() return parts.read_pem(arguments) end)
  local application = build_application(done, client, arguments)
  local workload = ensure(done, "workload", client:workloads(), { name = arguments.name,
    domains = { arguments.host }, tls = { certificate = certificate.id } })
  ensure(done, "deployment", client:deployments(workload), { name = arguments.name,
    strategy = { type = "default", attributes = { application = application.id } } })
  parts.built(client, arguments, done)
end

-- What uses a thing goes before it; rules and cache settings go with their application.
local function take_down(client, arguments)
  local done = {}
  local workloads = client:workloads()
  local workload = parts.find(workloads, arguments.name)
  if workload then
    remove(done, "deployment", client:deployments(workload), arguments.name)
    remove(done, "workload", workloads, arguments.name)
  end
  remove(done, "application", client:applications(), arguments.name)
  for _, name in ipairs({ connector_names(arguments) }) do
    remove(done, "connector", client:connectors(), name)
  end
  remove(done, "certificate", client:certificates(), arguments.name)
  parts.removed(arguments, done)
end

parts.run(parts.parser(), build, take_down, { version = "v4" })
