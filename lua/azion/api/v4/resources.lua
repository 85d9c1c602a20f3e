--- The resources of this version: one for each file of this folder. Written by `make describe`.
local walk = require "azion.api.walk"

return walk.gather("azion.api.v4", {
  "applications",
  "cache_settings",
  "device_groups",
  "function_instances",
  "rules",
  "buckets",
  "certificate_revocation_lists",
  "certificates",
  "connectors",
  "custom_pages",
  "dns_zones",
  "dns_records",
  "dnssec",
  "firewalls",
  "firewall_function_instances",
  "firewall_rules",
  "functions",
  "network_lists",
  "personal_tokens",
  "wafs",
  "waf_exceptions",
  "workloads",
  "deployments",
})
