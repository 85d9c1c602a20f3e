--- Writes an edge application of a version 3 account, with all that belongs to it, down as the items of version 4 that it
--- becomes: one document, in which items are named where ids would be, below what could not be carried over, and why.
--- Nothing is changed in the account, unless --apply makes these items in version 4.
package.path = (arg[0]:match("^.*/") or "") .. "?.lua;" .. package.path
local support = require("support")
local azion = require("azion")
local v4_applications = require("v4_applications")
local v4_connectors = require("v4_connectors")
local v4_workloads = require("v4_workloads")

local parser = support.parser("Prints an edge application of version 3 as the items of version 4 that it becomes. The "
  .. "document is Lua, with what could not be carried over in comments.")
support.needed(parser, "application", "Id of the edge application.", "1618339282"):argname("<id>")
parser:flag("--join", "One connector for origins that are the same but for their names.")
parser:flag("--json", 'JSON: { "document": …, "lost": [{ "place", "field", "why" }] }.')
parser:flag("--with-keys", "Write HMAC keys down, too; without this they are left out.")
parser:flag("--apply", "Make the items in version 4 of the account, HMAC keys included, and print no document.")

local check = support.check

-- What could not be carried over, in the order in which it was found.
local losses = {}

local longest_names = { applications = 100, cache_settings = 250, certificates = 250, connectors = 255,
  custom_pages = 255, device_groups = 250, function_instances = 100, functions = 250, rules = 250, workloads = 100 }

local function translated(place, translate, ...)
  local count = select("#", ...)
  local given = { ... }
  local function lost(field, why)
    losses[#losses + 1] = { place = place, field = field, why = why }
  end
  given[count + 1] = lost
  local item = translate((table.unpack or unpack)(given, 1, count + 1)) -- luacheck: ignore 113
  local most = longest_names[place:match("^[%l_]+")]
  if item and #item.name > most then
    lost("name", ("longer than the %d characters that version 4 takes: shorten it"):format(most))
  end
  return item
end

local function add(list, item)
  list[#list + 1] = item
  return item
end

-- A connector belongs to the account, so that its name has to tell of which application it is.
local function read_connectors(client, application, document, arguments)
  local names, same = {}, {}
  for _, origin in ipairs(check(client:origins(application):all())) do
    local name = application.name .. ": " .. origin.name
    local connector = translated("connectors." .. name, v4_connectors.connector, origin, name, arguments.with_keys)
    connector.name = nil
    local key = support.json(connector)
    if arguments.join and same[key] then
      name = same[key]
    else
      same[key], connector.name = name, name
      add(document.connectors, connector)
    end
    names[origin.origin_id] = name
  end
  return names
end

local function read_groups(client, application, made)
  local names = {}
  for _, group in ipairs(check(client:device_groups(application):all())) do
    names[group.id] = add(made.device_groups, translated("device_groups." .. group.name, v4_applications.device_group,
      group)).name
  end
  return names
end

local function read_settings(client, application, made, group_names)
  local names = {}
  for _, setting in ipairs(check(client:cache_settings(application):all())) do
    names[setting.id] = add(made.cache_settings, translated("cache_settings." .. setting.name,
      v4_connectors.cache_setting, setting, application, group_names)).name
  end
  return names
end

-- There is no collection of functions in version 3, and a token may not be allowed to read them.
local function read_function(client, id, document, known)
  if known[id] == nil then
    local body = client:request("GET", ("/edge_functions/%d"):format(id))
    local given = type(body) == "table" and (body.results or body)
    known[id] = given and given.code and add(document.functions, translated("functions." .. given.name,
      v4_applications.edge_function, given)).name or false
  end
  return known[id] or nil
end

local function read_instances(client, application, document, made)
  local names, known = {}, {}
  for _, instance in ipairs(check(client:functions_instances(application):all())) do
    local name = read_function(client, instance.edge_function_id, document, known)
    names[instance.id] = add(made.function_instances, translated("function_instances." .. instance.name,
      v4_applications.function_instance, instance, name)).name
  end
  return names
end

local function read_rules(client, application, made, names)
  for _, phase in ipairs({ "request", "response" }) do
    local rules = check(client:rules(application, phase):all())
    for position, rule in ipairs(rules) do
      rule.position = position
    end
    table.sort(rules, function(one, other)
      local left, right = one.phase == "default" and 0 or one.order, other.phase == "default" and 0 or other.order
      return (left or 0) < (right or 0) or left == right and one.position < other.position
    end)
    for _, rule in ipairs(rules) do
      local item = translated(("rules.%s.%s"):format(phase, rule.name), v4_applications.rule, rule, names)
      add(made.rules[phase], item)
    end
  end
end

local function read_custom_page(client, application, document, connector_names)
  for _, responses in ipairs(check(client:error_responses(application):all())) do
    local page = translated("custom_pages." .. application.name, v4_workloads.custom_page, responses, application.name,
      connector_names[responses.origin_id])
    if page then
      return add(document.custom_pages, page).name
    end
  end
end

-- Certificates that the API makes are not written down: it makes others.
local function read_certificates(client, domains, document)
  local certificates, names = client:digital_certificates(), {}
  for _, domain in ipairs(domains) do
    for _, field in ipairs({ "digital_certificate_id", "mtls_trusted_ca_certificate_id" }) do
      local id = domain[field]
      local certificate = tonumber(id) and not names[id] and check(certificates:get(id))
      if certificate and not certificate.managed then
        names[id] = add(document.certificates, translated("certificates." .. certificate.name,
          v4_workloads.certificate, certificate)).name
      end
    end
  end
  return names
end

local function read_workloads(client, application, document, custom_page)
  local domains = {}
  for domain in client:domains():each() do
    add(domains, domain.edge_application_id == application.id and domain or nil)
  end
  local certificate_names = read_certificates(client, domains, document)
  for _, domain in ipairs(domains) do
    add(document.workloads, translated("workloads." .. domain.name, v4_workloads.workload, domain, application,
      certificate_names, custom_page))
  end
end

local function read(client, arguments)
  local document = { functions = {}, certificates = {}, connectors = {}, custom_pages = {}, workloads = {} }
  local application = check(client:edge_applications():get(arguments.application))
  local made = translated("applications." .. application.name, v4_applications.application, application)
  document.applications = { made }
  made.cache_settings, made.device_groups, made.function_instances = {}, {}, {}
  made.rules = { request = {}, response = {} }
  local names = { connectors = read_connectors(client, application, document, arguments) }
  names.cache_settings = read_settings(client, application, made, read_groups(client, application, made))
  names.function_instances = read_instances(client, application, document, made)
  read_rules(client, application, made, names)
  read_workloads(client, application, document, read_custom_page(client, application, document, names.connectors))
  return document
end

-- Whoever prunes by a document deletes what an empty list does not have.
local function without_empty_lists(value)
  for name, list in pairs(value) do
    if type(list) == "table" and next(list) == nil then
      value[name] = nil
    end
  end
  return value
end

local function tidy(document)
  local application = document.applications[1]
  without_empty_lists(application.rules)
  without_empty_lists(application)
  return without_empty_lists(document)
end

-- Version 4 of the same account.
local function newer_client(sandbox)
  return check(sandbox and azion.v4.client({ token = sandbox.token, ca_file = sandbox.ca_file,
    base_url = sandbox.base_url .. "/v4" }) or azion.v4.client())
end

local function apply(document, sandbox)
  local client = newer_client(sandbox)
  local plan, err = client:plan(document)
  if plan then
    print(plan)
    support.carry_out(plan)
  end
  client:close()
  check(plan, err)
end

local function print_losses()
  for _, loss in ipairs(losses) do
    print((("-- %s: %s: %s"):format(loss.place, loss.field, loss.why):gsub("%c", " ")))
  end
end

support.run(parser, function(client, arguments, sandbox)
  arguments.with_keys = arguments.with_keys or arguments.apply
  local document = tidy(read(client, arguments))
  if arguments.json then
    return print(support.json({ document = document, lost = azion.array(losses) }))
  end
  print_losses()
  if arguments.apply then
    return apply(document, sandbox)
  end
  io.write(azion.document.lua(document))
end, { sandbox = { seed = { edge_applications = 2, origins = 6, functions_instances = 0 } } })
