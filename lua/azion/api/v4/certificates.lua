local schema = require "azion.api.schema"
local resource, text, integer, boolean, choice, list, reference =
  schema.resource, schema.text, schema.integer, schema.boolean, schema.choice, schema.list, schema.reference

return resource "certificates" {
  item = "certificate",
  about = [[The private key never comes back. One that a workload uses cannot be deleted. A certificate that was asked
for by `request` is `pending` at first: read it again until it is `active` or `failed`.]],
  path = "/workspace/tls/certificates",
  kept_by_api = { managed = true },
  methods = {
    create_csr = {
      path = "/workspace/tls/csr",
      about = "Asks for a certificate signing request. Returns a certificate, with its `csr`; update it with the "
        .. "`certificate` that was signed.",
      item = "csr",
      fields = {
        text "name" { required = true, length = { 1, 250 } },
        text "common_name" { required = true, length = { 1, 250 } },
        text "country" { required = true, length = { 2, 2 } },
        text "state" { required = true, length = { 1, 250 } },
        text "locality" { required = true, length = { 1, 250 } },
        text "organization" { required = true, length = { 1, 250 } },
        text "organization_unity" { required = true, length = { 1, 250 } },
        text "email" { required = true, length = { 1 } },
        list "alternative_names" { text { length = { 1, 250 } }, default = {}, unordered = true },
        choice "key_algorithm" { "rsa_2048", "rsa_4096", "ecc_384", default = "rsa_2048" },
      },
    },
    request = {
      path = "/workspace/tls/certificates/request",
      about = "Asks for a certificate that the API makes and renews. Returns it, still without content.",
      item = "certificate request",
      fields = {
        text "name" { required = true, length = { 1, 250 } },
        choice "challenge" { "dns", "http", required = true },
        choice "authority" { "lets_encrypt", required = true },
        text "common_name" { required = true, length = { 1, 64 } },
        list "alternative_names" { text { length = { 1, 250 } }, default = {}, unordered = true },
        choice "key_algorithm" { "rsa_2048", "rsa_4096", "ecc_384", default = "ecc_384" },
        reference "source_certificate" { to = "certificates", nullable = true, about = "the one to renew" },
      },
    },
  },
  lists = {
    order_by = { "id", "name", "certificate_type", "managed", "issuer", "last_modified", "renewed_at" },
    search = { "name", "issuer" },
    filters = { "id", "name", "certificate_type", "issuer", "managed", "last_modified__gte", "last_modified__lte",
      "renewed_at__gte", "renewed_at__lte" },
    means = { certificate_type = "type" },
  },
  columns = { "id", "name", "type", "status", "validity" },
  fields = {
    integer "id" { read_only = true },
    text "name" { required = true, length = { 1, 250 }, unique = true },
    text "certificate" { length = { 1, 1000000 }, nullable = true, trimmed = true, sent_with = "private_key",
      about = "PEM" },
    text "private_key" { length = { 1, 64000 }, nullable = true, write_only = true, secret = true, about = "PEM" },
    choice "type" { "edge_certificate", "trusted_ca_certificate", default = "edge_certificate", immutable = true,
      open = true },
    boolean "active" { default = true },
    text "issuer" { read_only = true, nullable = true },
    list "subject_name" { text, read_only = true },
    text "validity" { read_only = true, nullable = true },
    boolean "managed" { read_only = true },
    choice "status" { "pending", "challenge_verification", "active", "inactive", "expired", "failed",
      read_only = true, open = true },
    text "status_detail" { read_only = true },
    text "csr" { read_only = true, nullable = true },
    text "challenge" { read_only = true, nullable = true },
    text "authority" { read_only = true, nullable = true },
    text "key_algorithm" { read_only = true, nullable = true },
  },
  stamps = { "product_version", "last_editor", "last_modified", "created_at", "renewed_at", "version_id",
    "version_state" },
}
