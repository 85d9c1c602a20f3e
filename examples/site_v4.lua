--- A site in version 4 of the API, as a document: see site.lua. Connectors belong to the account, so their names tell
--- which site they are of.
---@param site { name: string, host: string, pages: string, static: string, certificate?: string, private_key?: string }
---@return table
return function(site)
  local pages, static = site.name .. " pages", site.name .. " static"
  local function uri(operator)
    return { { { variable = "${uri}", operator = operator, conditional = "if", argument = "/static/" } } }
  end
  return {
    certificates = site.certificate
      and { { name = site.name, certificate = site.certificate, private_key = site.private_key } } or nil,
    connectors = {
      { name = pages, type = "http", attributes = { addresses = { { address = site.pages } } } },
      { name = static, type = "http", attributes = { addresses = { { address = site.static } },
        connection_options = { transport_policy = "force_https", host = site.static } } },
    },
    applications = {
      {
        name = site.name,
        cache_settings = {
          { name = "Static files", browser_cache = { behavior = "override", max_age = 3600 },
            modules = { cache = { behavior = "override", max_age = 86400 } } },
        },
        rules = {
          request = {
            {
              name = "Pages",
              criteria = uri("does_not_start_with"),
              behaviors = { { type = "set_connector", attributes = { value = pages } } },
            },
            {
              name = "Static files",
              criteria = uri("starts_with"),
              behaviors = {
                { type = "set_connector", attributes = { value = static } },
                { type = "set_cache_policy", attributes = { value = "Static files" } },
              },
            },
          },
        },
      },
    },
    workloads = {
      {
        name = site.name,
        domains = { site.host },
        tls = site.certificate and { certificate = site.name } or nil,
        deployments = { { name = site.name, strategy = { attributes = { application = site.name } } } },
      },
    },
  }
end
