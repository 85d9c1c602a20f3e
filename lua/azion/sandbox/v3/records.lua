-- Records of a DNS zone (v3.md, section 2.3): the one list whose results are an object.

local json = require "azion.sandbox.model.json"
local rows = require "azion.sandbox.model.rows"

local records = rows.complete {
  name = "records",
  path = "/intelligent_dns/:intelligent_dns/records",
  parent = "intelligent_dns",
  key = "record_id",
  first_id = 51000,
  name_field = "entry",
  unique = false,
  lacks = { PATCH = true },
  field_list = {
    { name = "record_type", type = "string", required = true, not_blank = true },
    { name = "entry", type = "string", required = true, not_blank = true },
    { name = "answers_list", type = "strings", required = true },
    { name = "ttl", type = "integer", default = 3600, minimum = 0 },
    { name = "description", type = "string", default = "" },
  },
  natural_order = "record_id",
  seed_name = rows.numbered "host",
}

local identify_by_id = records.identify

function records.identify(collection, serial, item)
  identify_by_id(collection, serial, item)
  item.record_id, item.id = item.id, nil
end

function records.seed_input(collection, serial)
  return {
    record_type = "A",
    entry = records.seed_name(collection, serial),
    answers_list = { ("192.0.2.%d"):format(serial % 254 + 1) },
  }
end

---@param collection azion.sandbox.Collection
---@param text string JSON of the page's records
---@return string JSON of what stands in the place of the list
function records.results(collection, text)
  local zone = collection.model:collection("intelligent_dns"):item(collection.parent)
  return ('{"zone_id":%d,"zone_domain":%s,"records":%s}'):format(zone.id, json.encode(zone.domain), text)
end

return records
