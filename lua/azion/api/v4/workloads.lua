local schema = require "azion.api.schema"
local resource, text, integer, boolean, choice, list, object, reference =
  schema.resource, schema.text, schema.integer, schema.boolean, schema.choice, schema.list, schema.object,
  schema.reference

return resource "workloads" {
  item = "workload",
  about = [[A domain of version 3 is a workload and a deployment. A name below azion.app stands in `domains` like any
other.]],
  path = "/workspace/workloads",
  lists = {
    order_by = { "id", "name", "active", "last_editor", "last_modified" },
    search = { "id", "name", "last_editor" },
    filters = { "id", "name", "active", "infrastructure", "digital_certificate_id", "mtls_trusted_ca_certificate_id",
      "map_name", "last_editor", "last_modified__gte", "last_modified__lte" },
    means = {
      digital_certificate_id = "tls.certificate",
      mtls_trusted_ca_certificate_id = "mtls.config.certificate",
      map_name = "workload_domain",
    },
  },
  replies = { status = { create = { 201, 202 }, overwrite = { 200, 202 }, update = { 200, 202 },
    delete = { 200, 202 } } },
  columns = { "id", "name", "active", "workload_domain", "domains" },
  fields = {
    integer "id" { read_only = true },
    text "name" { required = true, length = { 1, 100 }, unique = true },
    boolean "active" { default = true },
    choice "infrastructure" { 1, 2, default = 1, about = "1: production, 2: staging" },
    object "tls" {
      reference "certificate" { to = "certificates", nullable = true },
      choice "ciphers" { 1, 2, 3, 4, 5, 6, 7, 8, about = [[1: TLSv1.2_2018, 2: TLSv1.2_2019, 3: TLSv1.3_2022, ]]
        .. [[4: TLSv1.2_2021, 5: Legacy_v2025Q1, 6: Compatible_v2025Q1, 7: Modern_v2025Q1, 8: Legacy_v2017Q1]] },
      choice "minimum_version" { "tls_1_0", "tls_1_1", "tls_1_2", "tls_1_3", "", default = "tls_1_3", nullable = true },
      default = {},
    },
    object "protocols" {
      object "http" {
        list "versions" { choice { "http1", "http2", "http3" }, length = { 0, 3 },
          default = { "http1", "http2", "http3" }, unordered = true },
        list "http_ports" { integer { range = { 1, 65535 } }, length = { 1, 4 }, default = { 80 }, unordered = true,
          about = "80, 8008, 8080, 8880" },
        list "https_ports" { integer { range = { 1, 65535 } }, length = { 1, 12 }, default = { 443 }, nullable = true,
          unordered = true, about = "443, 8443, 9440 to 9443, 7777, 8888, 9553, 9653, 8035, 8090; null: no HTTPS" },
        list "quic_ports" { integer { range = { 1, 65535 } }, length = { 0, 12 }, default = { 443 }, nullable = true,
          unordered = true, about = "443; null without http3" },
        default = {},
      },
      default = {},
    },
    object "mtls" {
      boolean "enabled" { default = false, nullable = true },
      object "config" {
        reference "certificate" { to = "certificates", nullable = true },
        list "crl" { reference { to = "certificate_revocation_lists" }, length = { 0, 100 }, nullable = true,
          unordered = true },
        choice "verification" { "enforce", "permissive", nullable = true },
        nullable = true, blank = true,
      },
      default = {},
    },
    list "domains" { text { length = { 1 } }, default = {}, unique = "everywhere", unordered = true },
    boolean "workload_domain_allow_access" {},
    text "workload_domain" { read_only = true, about = "….map.azionedge.net" },
  },
  stamps = { "last_editor", "last_modified", "created_at", "product_version", "version_id", "version_state" },
}
