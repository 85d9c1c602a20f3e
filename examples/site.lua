--- Brings a whole site to what its document says, in either version of the API: site_v3.lua and site_v4.lua are the
--- documents. What is there already, by its name, is changed where it differs: to run this twice does no harm. Afterwards
--- what the edge had cached of the site is purged. --down removes the site again.
package.path = (arg[0]:match("^.*/") or "") .. "?.lua;" .. package.path
local support = require("support")

local check = support.check

local parser = support.parser("Brings a site to what its document says; --down removes it. On the sandbox it builds "
  .. "the site, builds it again, and removes it.")
support.needed(parser, "name", "Name of the site: its parts are found by it.", "shop"):argname("<name>")
for _, option in ipairs({ { "host", "Host name that visitors use.", "shop.example.com" },
  { "pages", "Address of the origin for pages.", "pages.example.net" },
  { "static", "Address of the origin for static files.", "static.example.net" } }) do
  support.needed(parser, option[1], option[2], option[3], "down"):argname("<host>")
end
parser:option("--certificate", "PEM file with certificate and private key (else Azion's own certificates are used).")
  :argname("<file>")
parser:option("--api", "Version of the API."):choices({ "v3", "v4" }):default("v3")
parser:flag("--down", "Remove the site: its name is enough.")

local function read_pem(path)
  local file = check(io.open(path, "rb"))
  local text = file:read("*a")
  file:close()
  local key = text:match("%-%-%-%-%-BEGIN [%u ]*PRIVATE KEY%-%-%-%-%-.-%-%-%-%-%-END [%u ]*PRIVATE KEY%-%-%-%-%-\r?\n?")
  local chain = {}
  for part in text:gmatch("%-%-%-%-%-BEGIN CERTIFICATE%-%-%-%-%-.-%-%-%-%-%-END CERTIFICATE%-%-%-%-%-\r?\n?") do
    chain[#chain + 1] = part
  end
  if not key or not chain[1] then
    error(path .. " has no certificate or no private key", 0)
  end
  return table.concat(chain), key
end

local function build(client, document, host)
  local plan = check(client:plan(document))
  print(plan)
  if plan.empty then
    return
  end
  support.carry_out(plan)
  check(client:purge({ wildcard = host .. "/*" }))
  print("purged " .. host)
end

-- What uses a thing goes before it. A plan would not do: it prunes all that a collection has besides, and this site is
-- not all of the account.
local order = { "domains", "workloads", "edge_applications", "applications", "connectors", "digital_certificates",
  "certificates" }

local function take_down(client, document)
  for _, name in ipairs(order) do
    for _, wanted in ipairs(document[name] or {}) do
      local collection = client[name](client)
      local item, err = collection:find(wanted.name)
      if item then
        check(collection:delete(item))
        print(("removed %s %s"):format(name, wanted.name))
      elseif err.kind ~= "not_found" then
        error(err, 0)
      end
    end
  end
end

support.run(parser, function(client, site)
  local make = require("site_" .. site.api)
  if not site.down then
    if site.certificate then
      site.certificate, site.private_key = read_pem(site.certificate)
    end
    build(client, make(site), site.host)
  end
  if site.sandbox then
    build(client, make(site), site.host)
  end
  if site.down or site.sandbox then
    take_down(client, make({ name = site.name, certificate = "" }))
  end
end)
