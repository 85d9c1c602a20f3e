--- Domains, certificates and error responses of version 3 as the workloads, certificates and custom pages that they become
--- in version 4. What cannot be carried over is told to `lost(field, why)`.
local azion = require("azion")

local v4_workloads = {}

local ciphers = { ["TLSv1.2_2018"] = 1, ["TLSv1.2_2019"] = 2, ["TLSv1.3_2022"] = 3, ["TLSv1.2_2021"] = 4 }
local infrastructures = { production = 1, preview = 2 }

local function list_of(ports)
  return type(ports) == "table" and ports or { ports }
end

local function http_of(application, lost)
  local has_https = application.delivery_protocol ~= "http"
  local has_http3 = has_https and application.http3
  if application.delivery_protocol == "https" then
    lost("delivery_protocol", "a workload always has a port for HTTP; a rule with redirect_http_to_https can send "
      .. "visitors away from it")
  end
  return {
    versions = { "http1", "http2", has_http3 and "http3" or nil },
    http_ports = list_of(application.http_port),
    https_ports = has_https and list_of(application.https_port) or azion.null,
    quic_ports = has_http3 and { 443 } or azion.null,
  }
end

local function mtls_of(domain, certificate_names, lost)
  if not domain.is_mtls_enabled then
    return nil
  end
  local crl = domain.crl_list
  if crl and #crl > 0 then
    lost("crl_list", ("%s: the library cannot read revocation lists of version 3, and their ids may be others"):format(
      table.concat(crl, ", ")))
  end
  return { enabled = true, config = { verification = domain.mtls_verification,
    certificate = certificate_names[domain.mtls_trusted_ca_certificate_id] } }
end

local function tls_of(domain, application, certificate_names, lost)
  if application.delivery_protocol == "http" then
    return nil
  end
  local wanted = domain.digital_certificate_id
  local name = certificate_names[wanted]
  if wanted and not name then
    lost("digital_certificate_id", "the API made this certificate: ask for one with client:certificates():request, "
      .. "then name it in tls.certificate")
  end
  return { certificate = name, minimum_version = application.minimum_tls_version,
    ciphers = ciphers[application.supported_ciphers] }
end

--- The workload that a domain becomes, with its deployment.
---@param domain table
---@param application table of version 3
---@param certificate_names table<integer, string> by ids of version 3
---@param custom_page? string name
---@param lost fun(field: string, why: string)
---@return table
function v4_workloads.workload(domain, application, certificate_names, custom_page, lost)
  if domain.edge_firewall_id then
    lost("edge_firewall_id", ("%s: the library cannot read firewalls of version 3; name the new one in the "
      .. "deployment's strategy.attributes.firewall"):format(tostring(domain.edge_firewall_id)))
  end
  lost("domain_name", ("%s: the workload gets another name, to which DNS has to point"):format(
    tostring(domain.domain_name)))
  return {
    name = domain.name, active = domain.is_active, domains = domain.cnames,
    infrastructure = infrastructures[domain.environment],
    workload_domain_allow_access = not domain.cname_access_only,
    tls = tls_of(domain, application, certificate_names, lost), protocols = { http = http_of(application, lost) },
    mtls = mtls_of(domain, certificate_names, lost),
    deployments = { { name = domain.name, strategy = { type = "default",
      attributes = { application = application.name, custom_page = custom_page } } } },
  }
end

--- The certificate that an uploaded one becomes.
---@param certificate table
---@param lost fun(field: string, why: string)
---@return table
function v4_workloads.certificate(certificate, lost)
  if certificate.certificate_type ~= "trusted_ca_certificate" then
    lost("private_key", "the API never shows it: add it")
  end
  return { name = certificate.name, type = certificate.certificate_type, certificate = certificate.certificate_content }
end

local codes = { any = "default" }
for code in ("400 401 403 404 405 406 408 409 410 411 414 415 416 426 429 431 500 501 502 503 504 505"):gmatch("%d+") do
  codes[code] = code
end

local function page_of(entry, connector, lost)
  local code = codes[tostring(entry.code)]
  if not code then
    lost("error_responses", ("code %s: version 4 has no page for it"):format(tostring(entry.code)))
  elseif not connector then
    lost("error_responses", ("code %s: a page of version 4 needs a connector, and no origin was set"):format(code))
  else
    return { code = code, page = { type = "page_connector", attributes = { connector = connector, uri = entry.uri,
      ttl = entry.timeout, custom_status_code = tonumber(entry.custom_status_code) } } }
  end
end

--- The custom pages that an application's error responses become; nil if they say nothing.
---@param responses table
---@param name string
---@param connector? string name
---@param lost fun(field: string, why: string)
---@return table?
function v4_workloads.custom_page(responses, name, connector, lost)
  local pages = {}
  for _, entry in ipairs(responses.error_responses or {}) do
    if entry.uri or (entry.timeout or 0) > 0 or tonumber(entry.custom_status_code) then
      pages[#pages + 1] = page_of(entry, connector, lost)
    end
  end
  return #pages > 0 and { name = name, pages = pages } or nil
end

return v4_workloads
