--- Builds a whole site: certificate, application, two origins, a cache setting, a rule that sends static files to the
--- second origin, a domain; and purges what the edge had cached. What is there already, by its name, is brought to
--- what it should be: to run this twice does no harm. --down removes everything again.
package.path = (arg[0]:match("^.*/") or "") .. "?.lua;" .. package.path
local support = require("support")

local parser = support.parser("Builds a site, or brings it to what it should be; --down removes it. On the sandbox it "
  .. "builds the site, builds it again, and removes it.")
support.needed(parser, "name", "Name of the site: its parts are found by it.", "shop"):argname("<name>")
parser:option("--host", "Host name that visitors use."):argname("<host>")
parser:option("--pages", "Address of the origin for pages."):argname("<address>")
parser:option("--static", "Address of the origin for static files."):argname("<address>")
parser:option("--certificate", "PEM file with certificate and private key, or self-signed: made by openssl.")
  :argname("<file>")
parser:flag("--down", "Remove the site.")

local check = support.check
local static_files = "Static files"

local sandbox_site = { host = "shop.example.com", pages = "pages.example.net", static = "static.example.net",
  certificate = "self-signed" }

-- What a site is made of; to take one down, its name is enough.
local function settle(arguments)
  for _, name in ipairs({ "host", "pages", "static", "certificate" }) do
    arguments[name] = arguments[name] or (arguments.sandbox and sandbox_site[name])
      or error("option '--" .. name .. "' is needed", 0)
  end
end

local function read_pem(arguments)
  local source
  if arguments.certificate == "self-signed" then
    source = assert(io.popen("openssl req -x509 -newkey rsa:2048 -nodes -days 365 -subj '/CN="
      .. arguments.host:gsub("[^%w.*-]", "") .. "' -keyout - -out - 2>/dev/null"))
  else
    source = check(io.open(arguments.certificate, "rb"))
  end
  local text = source:read("*a")
  source:close()
  local key = text:match("%-%-%-%-%-BEGIN [%u ]*PRIVATE KEY%-%-%-%-%-.-%-%-%-%-%-END [%u ]*PRIVATE KEY%-%-%-%-%-\r?\n?")
  local first = text:find("-----BEGIN CERTIFICATE-----", 1, true)
  if not key or not first then
    error(arguments.certificate .. " has no certificate or no private key", 0)
  end
  local chain = {}
  for part in text:gmatch("%-%-%-%-%-BEGIN CERTIFICATE%-%-%-%-%-.-%-%-%-%-%-END CERTIFICATE%-%-%-%-%-\r?\n?") do
    chain[#chain + 1] = part
  end
  return { certificate = table.concat(chain), private_key = key }
end

-- Whether an item has what is wanted of it; more it may have. A rule's targets come back as strings.
local function has(item, wanted)
  if type(wanted) ~= "table" or type(item) ~= "table" then
    return tostring(item) == tostring(wanted)
  end
  for name, value in pairs(wanted) do
    if not has(item[name], value) then
      return false
    end
  end
  return #wanted == #item or #wanted == 0
end

local function find(collection, name)
  local item, err = collection:find(name)
  if err and err.kind ~= "not_found" then
    error(err, 0)
  end
  return item
end

local function tell(word, what, name)
  print(("  %-8s %s %s"):format(word, what, name))
end

-- The item with that name, as wanted; `also` gives what is needed on creation only.
local function ensure(done, what, collection, wanted, also)
  local item, word = find(collection, wanted.name), "kept"
  if not item then
    item, word = check(collection:create(support.copy(wanted, also and also()))), "created"
  elseif not has(item, wanted) then
    item, word = check(collection:update(item, wanted)), "changed"
  end
  if item == true then -- done, and nothing said of it
    item = check(collection:find(wanted.name))
  end
  done[word] = (done[word] or 0) + 1
  tell(word, what, wanted.name)
  return item
end

local function remove(done, what, collection, name)
  local item = find(collection, name)
  if item then
    check(collection:delete(item))
    done.removed = (done.removed or 0) + 1
    tell("removed", what, name)
  end
end

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

local function purge(client, host)
  local results = check(client:purge({ wildcard = host .. "/*" }))
  for _, group in ipairs(results) do
    tell(group.status < 300 and "purged" or group.status, "all of", host)
  end
end

local function build(client, arguments)
  settle(arguments)
  local done = {}
  local certificate = ensure(done, "certificate", client:digital_certificates(), { name = arguments.name },
    function() return read_pem(arguments) end)
  local application = build_application(done, client, arguments)
  ensure(done, "domain", client:domains(), { name = arguments.name, cnames = { arguments.host },
    edge_application_id = application.id, digital_certificate_id = certificate.id, is_active = true })
  local writes = (done.created or 0) + (done.changed or 0)
  if writes == 0 then
    print(("site %s: nothing to change"):format(arguments.name))
    return
  end
  purge(client, arguments.host)
  print(("site %s: %d created, %d changed, %d kept"):format(arguments.name, done.created or 0, done.changed or 0,
    done.kept or 0))
end

-- What uses a thing goes before it.
local function take_down(client, arguments)
  local done = {}
  remove(done, "domain", client:domains(), arguments.name)
  local applications = client:edge_applications()
  local application = find(applications, arguments.name)
  if application then
    remove(done, "rule", client:rules(application, "request"), static_files)
    remove(done, "cache setting", client:cache_settings(application), static_files)
    remove(done, "origin", client:origins(application), static_files)
    remove(done, "application", applications, arguments.name)
  end
  remove(done, "certificate", client:digital_certificates(), arguments.name)
  print(("site %s: %s"):format(arguments.name, done.removed and done.removed .. " removed" or "nothing to remove"))
end

support.run(parser, function(client, arguments)
  if arguments.down or not arguments.sandbox then
    return (arguments.down and take_down or build)(client, arguments)
  end
  build(client, arguments)
  build(client, arguments)
  take_down(client, arguments)
end)
