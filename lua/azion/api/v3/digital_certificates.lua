local schema = require "azion.api.schema"
local resource, text, integer, boolean, choice, list =
  schema.resource, schema.text, schema.integer, schema.boolean, schema.choice, schema.list

return resource "digital_certificates" {
  item = "digital certificate",
  about = [[A name that is taken is `rejected` here, not `conflict`. A certificate that a domain uses cannot be deleted
(`conflict`). The private key is masked in errors and events.]],
  permission = "View / Edit Security Settings",
  path = "/digital_certificates",
  kept_by_api = { managed = true },
  lists = { order_by = { "id", "name" }, filters = { "name", "search" } },
  replies = { bare = { "overwrite", "update" } },
  methods = {
    create_csr = {
      path = "/digital_certificates/csr",
      about = "Asks for a certificate signing request. Returns the certificate, with its `csr`.",
      item = "csr",
      fields = {
        text "name" { required = true, length = { 1, 255 } },
        text "common_name" { required = true, length = { 1 } },
        text "country" { default = "", about = "two letters" },
        text "state" { default = "" },
        text "locality" { default = "" },
        text "organization" { default = "" },
        text "organization_unity" { default = "" },
        text "email" { default = "" },
        choice "private_key_type" { "rsa_2048", default = "rsa_2048" },
        list "sans" { text, default = {}, about = "subject alternative names" },
      },
    },
  },
  columns = { "id", "name", "certificate_type", "status", "validity" },
  fields = {
    integer "id" { read_only = true },
    text "name" { required = true, length = { 1, 255 }, unique = true },
    text "certificate" { nullable = true, write_only = true, shown_as = "certificate_content",
      sent_with = "private_key", trimmed = true, about = "PEM" },
    text "private_key" { nullable = true, write_only = true, secret = true,
      about = "PEM; never in a reply; a trusted CA has none" },
    choice "certificate_type" { "edge_certificate", "trusted_ca_certificate", default = "edge_certificate",
      immutable = true },
    boolean "managed" { default = false, about = "made and renewed by the API" },
    list "subject_name" { text, read_only = true },
    text "issuer" { read_only = true, nullable = true },
    text "validity" { read_only = true, nullable = true, about = '"2028-03-24 20:09:00-03:00"' },
    choice "status" { "Active", "Pending", read_only = true, open = true },
    text "csr" { read_only = true, nullable = true },
    text "certificate_content" { read_only = true, nullable = true },
    text "azion_information" { read_only = true },
  },
}
