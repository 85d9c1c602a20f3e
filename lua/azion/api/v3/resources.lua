--- The resources of this version: one for each file of this folder. Written by `make describe`.
local walk = require "azion.api.walk"

return walk.gather("azion.api.v3", {
  "digital_certificates",
  "domains",
  "edge_applications",
  "cache_settings",
  "device_groups",
  "error_responses",
  "functions_instances",
  "origins",
  "rules",
  "personal_tokens",
  "variables",
})
