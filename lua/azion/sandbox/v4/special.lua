-- What no description says of single resources: what the API adds to an item, what it shows, what it keeps.
--
--   adds[resource](item, context): the API's own values, once the item is accepted
--   shows[resource](item, entry, api, query): changes a copy of the item that is about to be shown
--   keeps[resource](entry) -> why it cannot be deleted

local json = require "azion.sandbox.model.json"
local references = require "azion.sandbox.v4.references"

local special = { adds = {}, shows = {}, keeps = {} }

local adds, shows = special.adds, special.shows
local null = json.null

local function is_set(value)
  return value ~= nil and value ~= null
end

function special.keeps.rules(entry)
  local comes = entry.resource.comes_with_parent
  return entry.is_default and ("The %s cannot be deleted."):format(comes[1]) or nil
end

-- A part that is left out is off, one that is sent without saying so is on.
function adds.firewalls(item, context)
  local modules = context.given.modules
  local waf = type(modules) == "table" and modules.waf
  if type(waf) == "table" and waf.enabled == nil then
    item.modules.waf.enabled = true
  end
  item.modules.ddos_protection = { enabled = true }
end

function adds.workloads(item)
  local letters = {}
  for digit in ("%010d"):format(item.id):gmatch "%d" do
    letters[#letters + 1] = string.char(97 + tonumber(digit) * 2)
  end
  item.workload_domain = table.concat(letters) .. ".map.azionedge.net"
end

function adds.dns_zones(item)
  item.nameservers = json.array { "ns1.aziondns.net", "ns2.aziondns.com", "ns3.aziondns.org" }
  item.product_version = "1.0"
end

function adds.dnssec(item)
  item.status = item.enabled and "waiting" or "unconfigured"
  item.delegation_signer = item.enabled and {
    algorithm_type = { id = 13, slug = "ECDSAP256SHA256" },
    digest = ("0123456789ABCDEF"):rep(4),
    digest_type = { id = 2, slug = "SHA-256" },
    key_tag = 42,
  } or null
end

function adds.functions(item)
  item.reference_count, item.version, item.vendor = 0, "1", ""
end

function adds.certificate_revocation_lists(item)
  item.issuer = "Sandbox CA"
  item.last_update, item.next_update = "2026-01-05T12:00:00Z", "2036-01-05T12:00:00Z"
end

local ISSUED = { issuer = "Sandbox CA", validity = "2036-01-05T12:00:00Z", status = "active", status_detail = "" }
local ASKED_FOR = { issuer = null, validity = null, status = "pending", status_detail = "" }

function adds.certificates(item)
  for name, value in pairs(is_set(item.certificate) and ISSUED or ASKED_FOR) do
    item[name] = value
  end
  item.subject_name = item.subject_name or json.array { "www.example.com" }
  item.managed = item.managed or false
  for _, name in ipairs { "csr", "challenge", "authority", "key_algorithm" } do
    item[name] = item[name] or null
  end
end

-- A behaviour that takes nothing shows nothing.
function shows.rules(item)
  for _, behavior in ipairs(item.behaviors) do
    if behavior.attributes == null then
      behavior.attributes = nil
    end
  end
end

shows.firewall_rules = shows.rules

function shows.functions(item, entry, api)
  item.reference_count = references.count(api.store, entry)
end

-- Of a list of addresses one may ask for those of one family.
function shows.network_lists(item, _, _, query)
  if item.type ~= "ip_cidr" then
    return
  end
  local items = json.array {}
  for _, address in ipairs(item.items) do
    local is_six = address:match("^[%x:%.]*"):find(":", 1, true) ~= nil
    local wanted = is_six and query.ipv6 or not is_six and query.ipv4
    if wanted ~= "false" then
      items[#items + 1] = address
    end
  end
  item.items = items
end

return special
