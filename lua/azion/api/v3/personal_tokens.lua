local schema = require "azion.api.schema"
local resource, text, integer = schema.resource, schema.text, schema.integer

return resource "personal_tokens" {
  item = "personal token",
  about = "Good until it expires, shown once, never changed: the API has no `overwrite` and no `update` for it.",
  path = "/iam/personal_tokens",
  key = "uuid",
  lacks = { "overwrite", "update" },
  in_documents = false,
  lists = { filters = { "search" } },
  replies = { bare = { "get", "create" } },
  columns = { "uuid", "name", "expires_at" },
  fields = {
    text "uuid" { read_only = true, about = "the id in paths" },
    text "name" { required = true, length = { 1, 255 } },
    text "expires_at" { required = true, about = '"2026-07-26T00:00"' },
    text "description" { nullable = true },
    text "key" { read_only = true, secret = "here", about = "the token itself, in the reply to create only" },
    integer "user_id" { read_only = true },
    text "created" { read_only = true },
  },
}
