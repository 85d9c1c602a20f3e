-- What the account has before the plan that the picture shows.
return {
  connectors = {
    { name = "shop", type = "http", attributes = { addresses = { { address = "a.example.net" } } } },
    { name = "old-images", type = "http", attributes = { addresses = { { address = "images.example.net" } } } },
  },
  applications = {
    {
      name = "shop",
      cache_settings = { { name = "Pages", browser_cache = { behavior = "override", max_age = 60 } } },
    },
  },
  workloads = {
    {
      name = "shop",
      domains = { "shop.example.com" },
      deployments = { { name = "shop", strategy = { attributes = { application = "shop" } } } },
    },
  },
}
