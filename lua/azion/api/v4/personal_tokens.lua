local schema = require "azion.api.schema"
local resource, text, integer = schema.resource, schema.text, schema.integer

return resource "personal_tokens" {
  item = "personal token",
  about = "Can be listed, created and deleted. The token itself is in the reply to its creation only.",
  path = "/iam/personal_tokens",
  key = "uuid",
  lacks = { "get", "overwrite", "update" },
  in_documents = false,
  replies = { bare = true },
  columns = { "uuid", "name", "expires_at" },
  fields = {
    text "uuid" { read_only = true, about = "the id in paths" },
    text "name" { required = true, length = { 1, 255 } },
    text "description" { nullable = true },
    text "expires_at" { required = true, about = '"2027-07-26T00:00"' },
    text "key" { read_only = true, secret = "here", about = "the token itself, in the reply to create only" },
    integer "user_id" { read_only = true },
  },
  stamps = { "created" },
}
