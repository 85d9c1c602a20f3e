return {
  connectors = {
    { name = "shop", type = "http", attributes = { addresses = { { address = "b.example.net" } } } },
    { name = "static", type = "http", attributes = { addresses = { { address = "static.example.net" } } } },
  },
  applications = {
    {
      name = "shop",
      cache_settings = { { name = "Pages", browser_cache = { behavior = "override", max_age = 300 } } },
      rules = {
        request = {
          {
            name = "Static files",
            criteria = {
              { { variable = "${uri}", operator = "starts_with", conditional = "if", argument = "/static/" } },
            },
            behaviors = { { type = "set_connector", attributes = { value = "static" } } },
          },
        },
      },
    },
  },
  workloads = { { name = "shop", domains = { "shop.example.com", "www.shop.example.com" } } },
}
