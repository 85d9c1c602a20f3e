local schema = require "azion.api.schema"
local resource, text, boolean = schema.resource, schema.text, schema.boolean

return resource "variables" {
  item = "variable",
  about = "The API has no `update` for variables: use `overwrite`. `find` compares `key`.",
  path = "/variables",
  key = "uuid",
  named_by = "key",
  lacks = { "update" },
  lists = { bare = true },
  replies = { bare = true },
  stamps = { "last_editor", "created_at", "updated_at" },
  columns = { "uuid", "key", "value", "secret" },
  fields = {
    text "uuid" { read_only = true, about = "the id in paths" },
    text "key" { required = true, length = { 1, 100 }, unique = true },
    text "value" { required = true, length = { 1, 32768 }, secret = "here", hidden = { secret = true } },
    boolean "secret" { default = false, about = "its value is not shown again" },
  },
}
