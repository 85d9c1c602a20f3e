local schema = require "azion.api.schema"
local resource, text, choice = schema.resource, schema.text, schema.choice

return resource "buckets" {
  item = "bucket",
  about = "Found by its name. Only an empty one can be deleted, a day after its last object went.",
  path = "/workspace/storage/buckets",
  key = "name",
  lacks = { "overwrite" },
  replies = { status = { create = { 201, 202 }, update = { 200, 202 }, delete = { 200, 202 } } },
  columns = { "name", "workloads_access", "last_modified" },
  fields = {
    text "name" { required = true, length = { 6, 63 }, create_only = true, unique = "everywhere",
      about = "letters, digits and hyphens; does not start with azion" },
    choice "workloads_access" { "read_only", "read_write", "restricted", required = true },
  },
  stamps = { "last_editor", "last_modified", "product_version" },
}
