--- A site in version 3 of the API, as a document: see site.lua.
---@param site { name: string, host: string, pages: string, static: string, certificate?: string, private_key?: string }
---@return table
return function(site)
  return {
    digital_certificates = site.certificate
      and { { name = site.name, certificate = site.certificate, private_key = site.private_key } } or nil,
    edge_applications = {
      {
        name = site.name,
        delivery_protocol = "http,https",
        origins = {
          { name = "Default Origin", addresses = { { address = site.pages } } }, -- comes with the application
          { name = "Static files", origin_protocol_policy = "https", host_header = site.static,
            addresses = { { address = site.static } } },
        },
        cache_settings = {
          { name = "Static files", browser_cache_settings = "override", browser_cache_settings_maximum_ttl = 3600,
            cdn_cache_settings = "override", cdn_cache_settings_maximum_ttl = 86400 },
        },
        rules = {
          request = {
            {
              name = "Static files",
              criteria = {
                { { variable = "${uri}", operator = "starts_with", conditional = "if", input_value = "/static/" } },
              },
              behaviors = {
                { name = "set_origin", target = "Static files" },
                { name = "set_cache_policy", target = "Static files" },
              },
            },
          },
        },
      },
    },
    domains = {
      { name = site.name, cnames = { site.host }, edge_application_id = site.name,
        digital_certificate_id = site.certificate and site.name or "lets_encrypt" },
    },
  }
end
