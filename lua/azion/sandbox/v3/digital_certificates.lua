-- Digital certificates (v3.md, section 4.2). Errors are typed here, as nowhere else.

local body = require "azion.sandbox.v3.body"
local json = require "azion.sandbox.model.json"
local judge = require "azion.sandbox.v3.judge"
local replies = require "azion.sandbox.model.replies"
local rows = require "azion.sandbox.v3.rows"

local CODES = { [400] = "bad_request", [404] = "not_found", [409] = "conflict" }

local function typed(status, messages)
  local errors = json.array {}
  for position, message in ipairs(messages) do
    errors[position] = { message = message, error = CODES[status] }
  end
  return replies.value(status, { errors = errors, schema_version = 3 })
end

local digital_certificates = rows.complete {
  resource = require "azion.api.v3.digital_certificates",
  first_id = 24001,
  seed_name = rows.numbered "certificate",
  used_by = { "domains" },
}

local LABELS = { certificate = "CERTIFICATE", private_key = "PRIVATE KEY" }

function digital_certificates.prepare(input)
  local problems = {}
  for name, label in pairs(LABELS) do
    local value = input[name]
    local is_pem = type(value) == "string" and value:find("^%s*%-%-%-%-%-BEGIN [%u ]*" .. label .. "%-%-%-%-%-")
    if value ~= nil and value ~= json.null and not is_pem then
      problems[name] = json.array { "Not a valid PEM text." }
    end
  end
  return problems
end

local identify_by_id = digital_certificates.identify

function digital_certificates.identify(collection, serial, item)
  identify_by_id(collection, serial, item)
  local has_content = item.certificate ~= json.null
  item.subject_name = item.subject_name or json.array { "www.example.com" }
  item.issuer = has_content and "Sandbox CA" or json.null
  item.validity = has_content and "2028-03-24 20:09:00-03:00" or json.null
  item.status = has_content and "Active" or "Pending"
  item.csr = item.csr or json.null
  item.certificate_content = item.certificate
  item.azion_information = ""
end

local SAMPLE = "-----BEGIN %s-----\nc2FuZGJveA==\n-----END %s-----\n"

function digital_certificates.seed_input(collection, serial)
  return {
    name = digital_certificates.seed_name(collection, serial),
    certificate = SAMPLE:format("CERTIFICATE", "CERTIFICATE"),
    private_key = SAMPLE:format("PRIVATE KEY", "PRIVATE KEY"),
  }
end

-- Blanks around a certificate are kept here.
function digital_certificates.settle(values, _, _, input)
  values.certificate = input.certificate or values.certificate
end

function digital_certificates.check(values, _, input)
  local needs_key = values.certificate_type == "edge_certificate"
  if needs_key and (input.certificate == nil) ~= (input.private_key == nil) then
    return { certificate = { "certificate and private_key must be sent together." } }
  elseif not values.managed then
    local function missing(name)
      return values[name] == json.null and { "This field is required." } or nil
    end
    local problems = { certificate = missing "certificate", private_key = needs_key and missing "private_key" or nil }
    return next(problems) and problems
  end
end

function digital_certificates.problem_reply(problems)
  return typed(400, rows.sentences(problems))
end

function digital_certificates.not_found()
  return typed(404, { "Digital certificate not found" })
end

-- Recorded: not 409, and not typed.
function digital_certificates.name_clash()
  return replies.detail(
    400,
    "The field name needs to be unique. There is already another certificate with this name in your account."
  )
end

function digital_certificates.in_use(domain)
  return typed(409, { ("The certificate is being used by the domain %s."):format(domain.name) })
end

--- The certificate that a domain asks for by "lets_encrypt": it has no content until it is issued.
---@param collection azion.sandbox.Collection
---@param domain string
---@param names string[]
---@return table item
function digital_certificates.add_managed(collection, domain, names)
  local item = digital_certificates.new(collection, { name = "lets_encrypt " .. domain, managed = true })
  item.subject_name = json.array { (table.unpack or unpack)(names) }
  return collection:item(collection:insert(item))
end

local function create_csr(collection, _, request)
  local input, refusal = body.read(request)
  if not input then
    return refusal
  end
  local wanted, problems = judge.item(digital_certificates.resource.methods.create_csr, input, "create")
  if not wanted then
    return digital_certificates.problem_reply(problems)
  elseif collection:named(wanted.name) then
    return digital_certificates.name_clash()
  end
  local item = digital_certificates.new(collection, { name = wanted.name })
  item.csr = SAMPLE:format("CERTIFICATE REQUEST", "CERTIFICATE REQUEST")
  item.subject_name = json.array { wanted.common_name, (table.unpack or unpack)(wanted.sans) }
  return replies.item(201, collection:text(collection:insert(item)))
end

digital_certificates.actions = { csr = { POST = create_csr } }

return digital_certificates
