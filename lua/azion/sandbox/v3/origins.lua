-- Origins (v3.md, section 3): what no description says of their four types.

local json = require "azion.sandbox.model.json"
local replies = require "azion.sandbox.model.replies"
local rows = require "azion.sandbox.v3.rows"
local seeds = require "azion.sandbox.v3.origin_seeds"

local origins = rows.complete {
  resource = require "azion.api.v3.origins",
  first_id = 90001,
  seed_name = seeds.seed_name,
  seed_input = seeds.input,
  used_by = { "rules", "response_rules" },
  in_use = "Origin can not be deleted because it is being used on Rules Engine.",
}

-- The type stays where no other is sent, with PUT too.
function origins.prepare(input, old)
  if input.origin_type == nil and old then
    input.origin_type = old.origin_type
  end
end

-- An empty list of addresses has a sentence of its own.
function origins.weigh(problem)
  return problem.at == "addresses" and problem.rule == "length"
end

-- Host and port of an address; IPv6 stands bare, or in brackets before a port.
local function split_address(address)
  local host, port = address:match "^%[([%x:.]+)%]:(%d+)$"
  if host then
    return host, port
  end
  if address:match "^[%x:.]*:[%x:.]*:[%x:.]*$" then
    return address
  end
  host, port = address:match "^([%w.%-_]+):(%d+)$"
  return host or address:match "^[%w.%-_]+$", port
end

local function address_problem(address, policy)
  if address:find("://", 1, true) then
    return "The address must not contain a scheme."
  elseif address:find("/", 1, true) then
    return "The address must not contain a path."
  end
  local host, port = split_address(address)
  if not host or (port and (tonumber(port) < 1 or tonumber(port) > 65535)) then
    return "Enter a valid address."
  elseif port and policy == "preserve" then
    return "A port is allowed only if the origin protocol policy is http or https."
  end
end

local function addresses_problem(values)
  local count = #values.addresses
  if values.origin_type == "single_origin" and count ~= 1 then
    return json.array { "An Origin of the type Single Origin must have exactly one address." }
  elseif count == 0 then
    return json.array { "This list may not be empty." }
  end
  return rows.each_problem(values.addresses, function(entry)
    local problem = address_problem(entry.address, values.origin_protocol_policy)
    return problem and { address = { problem } }
  end)
end

function origins.check(values, _, input)
  if not values.addresses then
    return nil
  end
  local problems = { addresses = addresses_problem(values) }
  if values.origin_path ~= "" and not values.origin_path:find "^/[%w_.%-/]*$" then
    problems.origin_path = { "Enter a valid path: it begins with a slash." }
  end
  if values.origin_type == "load_balancer" and input.method == "" then
    problems.method = { '"" is not a valid choice.' }
  end
  return next(problems) and problems
end

function origins.refuse_update(old, input)
  for name in pairs(old.origin_type == "object_storage" and input or {}) do
    if name ~= "name" and name ~= "bucket" and name ~= "prefix" then
      return replies.value(400, {
        "To update a Origin of the type Object Storage, the allowed fields are name, bucket and prefix.",
      })
    end
  end
end

return origins
