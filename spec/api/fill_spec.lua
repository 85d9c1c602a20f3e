-- Items as the API keeps and shows them, from what was sent.
local check = require("azion.api.check")
local core = require("azion.core")
local fill = require("azion.api.fill")
local schema = require("azion.api.schema")

local null = core.null
local v3 = require("azion.api.v3.resources").by_name
local v4 = require("azion.api.v4.resources").by_name

local connection_options = { dns_resolution = "both", transport_policy = "preserve", http_version_policy = "http1_1",
  host = "${host}", path_prefix = "", following_redirect = false, real_ip_header = "X-Real-IP",
  real_port_header = "X-Real-PORT" }

describe("an item that is created", function()
  it("has the API's defaults where nothing was given", function()
    assert.same({
      name = "one", origin_type = "single_origin",
      addresses = { { address = "httpbin.org", weight = null, server_role = "primary", is_active = true } },
      origin_protocol_policy = "preserve", is_origin_redirection_enabled = false, host_header = "${host}", method = "",
      origin_path = "", connection_timeout = 60, timeout_between_bytes = 120, hmac_authentication = false,
      hmac_region_name = "", hmac_access_key = "", hmac_secret_key = "",
    }, fill.item(v3.origins, { name = "one", addresses = { { address = "httpbin.org" } } }, "create"))
  end)

  it("has its variant's fields only", function()
    assert.same({ name = "s", origin_type = "object_storage", bucket = "b", prefix = "/" },
      fill.item(v3.origins, { name = "s", origin_type = "object_storage", bucket = "b" }, "create"))
    assert.same({ name = "l", origin_type = "live_ingest", streaming_endpoint = "br-east-1.azioningest.net" },
      fill.item(v3.origins, { name = "l", origin_type = "live_ingest", bucket = "b",
        streaming_endpoint = "br-east-1.azioningest.net" }, "create"))
  end)

  it("has the API's own value where that does not keep what was sent", function()
    local given = { name = "one", addresses = { { address = "a", weight = 5 } }, method = "ip_hash",
      connection_timeout = 5 }
    local item = fill.item(v3.origins, given, "create")
    assert.same({ null, "", 60 }, { item.addresses[1].weight, item.method, item.connection_timeout })
    given.origin_type = "load_balancer"
    item = fill.item(v3.origins, given, "create")
    assert.same({ 5, "ip_hash", 60 }, { item.addresses[1].weight, item.method, item.connection_timeout })
  end)

  it("has objects made of their members' defaults", function()
    assert.same({ name = "o", active = true, type = "http", attributes = {
      addresses = { { active = true, address = "httpbin.org", http_port = 80, https_port = 443, modules = null } },
      connection_options = connection_options,
      modules = { load_balancer = { enabled = false, config = null },
        origin_shield = { enabled = false, config = null } },
    } }, fill.item(v4.connectors, { name = "o", type = "http",
      attributes = { addresses = { { address = "httpbin.org" } } } }, "create"))
    local modules = { load_balancer = { enabled = true, config = {} } }
    local item = fill.item(v4.connectors, { name = "o", type = "http",
      attributes = { addresses = { { address = "a" } }, modules = modules } }, "create")
    assert.same({ method = "round_robin", max_retries = 0, connection_timeout = 60, read_write_timeout = 120 },
      item.attributes.modules.load_balancer.config)
    assert.same({}, modules.load_balancer.config)
  end)

  it("has ids, texts and lists in the API's spelling", function()
    local criteria = { { { variable = "${uri}", operator = "exists", conditional = "if" } } }
    local item = fill.item(v3.rules, { name = "r", criteria = criteria, behaviors = {
      { name = "set_origin", target = 88144 }, { name = "deny" }, { name = "deliver", target = "x" },
      { name = "redirect_to_301", target = "https://a.example" }, { name = "something_new", target = "x" },
    } }, "create")
    assert.same({ { name = "set_origin", target = "88144" }, { name = "deny", target = null },
      { name = "deliver", target = null }, { name = "redirect_to_301", target = "https://a.example" },
      { name = "something_new", target = "x" } }, item.behaviors)
    assert.same(criteria, item.criteria)
    assert.same({ 8008 }, fill.item(v3.edge_applications, { name = "a", http_port = 8008 }, "create").http_port)
    local certificate = fill.item(v3.digital_certificates, { name = "c", certificate = " PEM\n" }, "create")
    assert.equal("PEM", certificate.certificate)
    assert.equal("[]", core.encode(fill.item(v3.domains, { name = "d" }, "create").cnames))
  end)

  it("has null, or the case's default, where nothing applies", function()
    local item = fill.item(v3.cache_settings, { name = "c", cookie_names = null }, "create")
    assert.same({ null, null, null }, { item.cookie_names, item.query_string_fields, item.l2_region })
    local rule = fill.item(v4.rules, { name = "r", behaviors = { { type = "deny" } }, criteria = { {
      { variable = "${uri}", operator = "is_equal", conditional = "if" },
      { variable = "${uri}", operator = "exists", conditional = "and" },
    } } }, "create")
    assert.equal("", rule.criteria[1][1].argument)
    assert.equal(null, rule.criteria[1][2].argument)
    assert.equal(null, rule.behaviors[1].attributes)
  end)

  it("has or lacks a member as the variant of what is around it says", function()
    local described = schema.resource "boxes" { item = "box", path = "/boxes", fields = {
      schema.choice "kind" { "open", "shut", decides = true, default = "open" },
      schema.boolean "painted" { default = false },
      schema.object "lid" {
        schema.text "lock" { when = { kind = "shut" }, default = "brass" },
        schema.text "colour" { when = { painted = true }, default = "none" },
        default = {},
      },
    } }
    assert.same({ colour = "none" }, fill.item(described, { lid = { lock = "x", colour = "red" } }, "create").lid)
    assert.same({ lock = "x", colour = "red" },
      fill.item(described, { kind = "shut", painted = true, lid = { lock = "x", colour = "red" } }, "create").lid)
    assert.same({ lock = "brass", colour = "none" }, fill.item(described, { kind = "shut" }, "create").lid)
  end)

  it("leaves out what is unknown and what only the API sets", function()
    assert.same({ name = "g", user_agent = "x" },
      fill.item(v3.device_groups, { id = 5, name = "g", user_agent = "x", unknown = 1 }, "create"))
  end)
end)

describe("an item that is changed", function()
  local base = { id = 5, name = "d", cnames = { "a" }, cname_access_only = true, edge_application_id = 7,
    is_active = false, domain_name = "x.map.azionedge.net" }

  it("keeps what an update does not name", function()
    local item = fill.item(v3.domains, { name = "e" }, "update", base)
    assert.same({ "e", true, false, 5, "x.map.azionedge.net" },
      { item.name, item.cname_access_only, item.is_active, item.id, item.domain_name })
  end)

  it("has the defaults of fields that only its new variant has", function()
    local old = fill.item(v3.origins, { name = "l", origin_type = "live_ingest", streaming_endpoint = "x" }, "create")
    local item = fill.item(v3.origins, { origin_type = "object_storage", bucket = "b" }, "update", old)
    assert.same({ name = "l", origin_type = "object_storage", bucket = "b", prefix = "/" }, item)
  end)

  it("goes back to defaults where an overwrite does not name them", function()
    local item = fill.item(v3.domains, { name = "e", edge_application_id = 8 }, "overwrite", base)
    assert.same({ "e", false, true, {}, 5, "x.map.azionedge.net" },
      { item.name, item.cname_access_only, item.is_active, item.cnames, item.id, item.domain_name })
  end)
end)

describe("an item that is kept", function()
  local given = {
    { v3.origins, { name = "one", addresses = { { address = "a" } } } },
    { v3.cache_settings, { name = "c" } },
    { v3.domains, { name = "d", edge_application_id = 1 } },
    { v4.applications, { name = "a" } },
    { v4.cache_settings, { name = "c" } },
    { v4.connectors, { name = "o", type = "http", attributes = { addresses = { { address = "a" } } } } },
    { v4.workloads, { name = "w" } },
    { v4.wafs, { name = "w" } },
    { v4.firewalls, { name = "f" } },
    { v4.dns_records, { name = "@", type = "A", rdata = { "192.0.2.1" } } },
  }
  for _, row in ipairs(given) do
    local resource, fields = row[1], row[2]
    it(("is what the API would take, and stays the same: %s"):format(resource.path), function()
      local item = fill.item(resource, fields, "create")
      assert.is_nil((select(2, check.body(resource, item, "create", { whole = true, strict = true }))))
      assert.same(item, fill.item(resource, item, "create"))
      assert.same(item, fill.item(resource, {}, "update", item))
    end)
  end
end)

describe("what a reply shows", function()
  it("is in the API's order, without what is never shown", function()
    assert.same({ "id", "name", "certificate_type", "managed" },
      (fill.shown(v3.digital_certificates, { managed = false, certificate = "PEM", private_key = "PEM", name = "c",
        certificate_type = "edge_certificate", id = 5 })))
  end)

  it("is less in lists, or something else", function()
    local application = { id = 5, name = "a", http3 = false, last_editor = "e", origins = {} }
    assert.same({ "id", "name", "http3" }, (fill.shown(v3.edge_applications, application)))
    assert.same({ "id", "name", "last_editor", "origins" }, (fill.shown(v3.edge_applications, application, true)))
    local network_list = { id = 5, name = "n", items = { "1" } }
    assert.same({ "id", "name", "items" }, (fill.shown(v4.network_lists, network_list)))
    assert.same({ "id", "name" }, (fill.shown(v4.network_lists, network_list, true)))
  end)

  it("hides values on their condition", function()
    local _, hidden = fill.shown(v3.variables, { key = "A", value = "b", secret = true })
    assert.same({ value = true }, hidden)
    _, hidden = fill.shown(v3.variables, { key = "A", value = "b", secret = false })
    assert.same({}, hidden)
  end)
end)
