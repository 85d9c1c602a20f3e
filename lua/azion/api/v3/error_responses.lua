local schema = require "azion.api.schema"
local resource, text, integer, choice, list, object, reference =
  schema.resource, schema.text, schema.integer, schema.choice, schema.list, schema.object, schema.reference

return resource "error_responses" {
  item = "error responses",
  about = [[Each application has exactly one, which holds the pages for all statuses. It comes and goes with the
application: the API has no `create`, `overwrite` and `delete` for it.]],
  permission = "View / Edit Edge Application",
  path = "/edge_applications/{edge_applications}/error_responses",
  once_per_parent = true,
  comes_with_parent = true,
  lacks = { "create", "overwrite", "delete" },
  replies = { status = { update = { 202 } } },
  columns = { "id", "origin_id" },
  fields = {
    integer "id" { read_only = true },
    choice "name" { "Default Error Responses", read_only = true, open = true },
    reference "origin_id" { to = "origins", nullable = true, about = "the origin that has the pages" },
    list "error_responses" {
      object {
        text "code" { required = true, length = { 1 }, about = 'HTTP status of the origin, or "any"' },
        text "uri" { nullable = true, about = "path of the page at the origin; null: none" },
        text "custom_status_code" { also = "integer", nullable = true, blank = true,
          about = "status to answer with; null: the same" },
        integer "timeout" { range = { 0 }, default = 0, unit = "seconds" },
      },
      required = true, by = "code",
    },
  },
}
