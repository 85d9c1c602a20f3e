-- Records of a DNS zone (v3.md, section 2.3): the one list whose results are an object.

local json = require "azion.sandbox.model.json"
local rows = require "azion.sandbox.v3.rows"
local schema = require "azion.api.schema"

local text = schema.text

local records = rows.complete {
  resource = schema.resource "records" {
    path = "/intelligent_dns/{intelligent_dns}/records",
    key = "record_id",
    named_by = "entry",
    lacks = { "update" },
    fields = {
      schema.integer "record_id" { read_only = true },
      text "record_type" { required = true, length = { 1 } },
      text "entry" { required = true, length = { 1 } },
      schema.list "answers_list" { text, required = true },
      schema.integer "ttl" { default = 3600, range = { 0 } },
      text "description" { default = "" },
    },
  },
  first_id = 51000,
  seed_name = rows.numbered "host",
}

function records.seed_input(collection, serial)
  return {
    record_type = "A",
    entry = records.seed_name(collection, serial),
    answers_list = { ("192.0.2.%d"):format(serial % 254 + 1) },
  }
end

function records.results(collection, text_of_page)
  local zone = collection.model:collection("intelligent_dns"):item(collection.parent)
  return ('{"zone_id":%d,"zone_domain":%s,"records":%s}'):format(zone.id, json.encode(zone.domain), text_of_page)
end

return records
