--- Builds a whole site: certificate, application, two origins, a cache setting, a rule that sends static files to the
--- second origin, a domain; and purges what the edge had cached. What is there already, by its name, is brought to
--- what it should be: to run this twice does no harm. --down removes everything again.
package.path = (arg[0]:match("^.*/") or "") .. "?.lua;" .. package.path
local parts = require("parts")

local ensure, remove = parts.ensure, parts.remove
local static_files = "Static files"

local function build_application(done, client, arguments)
  local application = ensure(done, "application", client:edge_applications(),
    { name = arguments.name, delivery_protocol = "http,https" },
    function() return { origin_type = "single_origin", address = arguments.pages } end)
  local origins = client:origins(application)
  -- The first origin comes with the application, and so does the rule that uses it.
  ensure(done, "origin", origins, { name = "Default Origin", addresses = { { address = arguments.pages } } })
  local origin = ensure(done, "origin", origins, { name = static_files, origin_protocol_policy = "https",
    host_header = arguments.static, addresses = { { address = arguments.static } } })
  local cache = ensure(done, "cache setting", client:cache_settings(application), { name = static_files,
    browser_cache_settings = "override", browser_cache_settings_maximum_ttl = 3600,
    cdn_cache_settings = "override", cdn_cache_settings_maximum_ttl = 86400 })
  ensure(done, "rule", client:rules(application, "request"), { name = static_files,
    criteria = { { { variable = "${uri}", operator = "starts_with", conditional = "if", input_value = "/static/" } } },
    behaviors = { { name = "set_origin", target = tostring(origin.origin_id) },
      { name = "set_cache_policy", target = tostring(cache.id) } } })
  return application
end

local function build(client, arguments)
  parts.settle(arguments)
  local done = {}
  local certificate = ensure(done, "certificate", client:digital_certificates(), { name = arguments.name },
    function() return parts.read_pem(arguments) end)
  local application = build_application(done, client, arguments)
  ensure(done, "domain", client:domains(), { name = arguments.name, cnames = { arguments.host },
    edge_application_id = application.id, digital_certificate_id = certificate.id, is_active = true })
  parts.built(client, arguments, done)
end

-- What uses a thing goes before it.
local function take_down(client, arguments)
  local done = {}
  remove(done, "domain", client:domains(), arguments.name)
  local applications = client:edge_applications()
  local application = parts.find(applications, arguments.name)
  if application then
    remove(done, "rule", client:rules(application, "request"), static_files)
    remove(done, "cache setting", client:cache_settings(application), static_files)
    remove(done, "origin", client:origins(application), static_files)
    remove(done, "application", applications, arguments.name)
  end
  remove(done, "certificate", client:digital_certificates(), arguments.name)
  parts.removed(arguments, done)
end

parts.run(parts.parser(), build, take_down)
