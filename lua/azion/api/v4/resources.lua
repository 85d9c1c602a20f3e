--- The resources of this version: one line for each file of this folder. Written by `make describe`.
local walk = require "azion.api.walk"

return walk.connect {
  require "azion.api.v4.applications",
  require "azion.api.v4.cache_settings",
  require "azion.api.v4.device_groups",
  require "azion.api.v4.function_instances",
  require "azion.api.v4.rules",
  require "azion.api.v4.buckets",
  require "azion.api.v4.certificate_revocation_lists",
  require "azion.api.v4.certificates",
  require "azion.api.v4.connectors",
  require "azion.api.v4.custom_pages",
  require "azion.api.v4.dns_zones",
  require "azion.api.v4.dns_records",
  require "azion.api.v4.dnssec",
  require "azion.api.v4.firewalls",
  require "azion.api.v4.firewall_function_instances",
  require "azion.api.v4.firewall_rules",
  require "azion.api.v4.functions",
  require "azion.api.v4.network_lists",
  require "azion.api.v4.personal_tokens",
  require "azion.api.v4.wafs",
  require "azion.api.v4.waf_exceptions",
  require "azion.api.v4.workloads",
  require "azion.api.v4.deployments",
}
