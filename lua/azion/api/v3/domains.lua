local schema = require "azion.api.schema"
local resource, text, integer, boolean, choice, list, reference =
  schema.resource, schema.text, schema.integer, schema.boolean, schema.choice, schema.list, schema.reference

return resource "domains" {
  item = "domain",
  about = [[A name or a cname that is taken is `conflict`, with `duplicated_domain_name`. A domain can be passed where
its application is wanted: `client:origins(domain)`.]],
  permission = "View / Edit Domains",
  path = "/domains",
  lists = { filters = { "name" } },
  columns = { "id", "name", "domain_name", "edge_application_id", "is_active" },
  fields = {
    integer "id" { read_only = true },
    text "name" { required = true, length = { 1, 100 }, unique = "everywhere" },
    list "cnames" { text, default = {}, unique = "everywhere", unordered = true },
    boolean "cname_access_only" { default = false },
    reference "digital_certificate_id" { to = "digital_certificates", words = { "lets_encrypt" }, nullable = true,
      about = "`lets_encrypt` asks for a certificate that the API makes and renews" },
    reference "edge_application_id" { to = "edge_applications", required = true },
    boolean "is_active" { default = true },
    choice "environment" { "production", "preview", default = "production", open = true },
    boolean "is_mtls_enabled" { default = false },
    reference "mtls_trusted_ca_certificate_id" { to = "digital_certificates", nullable = true },
    choice "mtls_verification" { "enforce", "permissive", default = "enforce" },
    reference "edge_firewall_id" { outside = "edge firewalls", nullable = true },
    list "crl_list" { integer, nullable = true, unordered = true },
    text "domain_name" { read_only = true, about = "….map.azionedge.net" },
  },
}
