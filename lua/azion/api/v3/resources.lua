--- The resources of this version: one line for each file of this folder. Written by `make describe`.
local walk = require "azion.api.walk"

return walk.connect {
  require "azion.api.v3.digital_certificates",
  require "azion.api.v3.domains",
  require "azion.api.v3.edge_applications",
  require "azion.api.v3.cache_settings",
  require "azion.api.v3.device_groups",
  require "azion.api.v3.error_responses",
  require "azion.api.v3.functions_instances",
  require "azion.api.v3.origins",
  require "azion.api.v3.rules",
  require "azion.api.v3.personal_tokens",
  require "azion.api.v3.variables",
}
