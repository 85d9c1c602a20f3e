-- The origins that a sandbox begins with: each follows from the origin's serial number.

local uuids = require "azion.sandbox.model.uuids"

local seeds = {}

local INGEST_HOSTS = { "br-east-1.azioningest.net", "br-east-2.azioningest.net", "us-east-1.azioningest.net" }

function seeds.seed_name(collection, serial)
  if serial == collection.seeded and serial > 1 then
    return "used-by-rule"
  end
  return ("origin-%03d"):format(serial)
end

local kinds = {}

function kinds.load_balancer(serial)
  return {
    origin_type = "load_balancer",
    addresses = {
      { address = ("backend-%d.example.net"):format(serial % 5 + 1), weight = 10 },
      { address = ("backend-%d.example.net"):format((serial + 1) % 5 + 1), weight = 5 },
      { address = "standby.example.org", weight = 1, server_role = "backup", is_active = false },
    },
    method = "round_robin",
  }
end

function kinds.object_storage(serial)
  return { origin_type = "object_storage", bucket = ("bucket-%d"):format(serial), prefix = "/static" }
end

function kinds.live_ingest(serial)
  return { origin_type = "live_ingest", streaming_endpoint = INGEST_HOSTS[serial % #INGEST_HOSTS + 1] }
end

function kinds.signed(serial, model)
  local secret = {}
  for step = 1, 5 do
    secret[step] = ("%08x"):format(uuids.mix(model, 0, serial, step))
  end
  return {
    addresses = { { address = "storage.example.net" } },
    origin_protocol_policy = "https",
    origin_path = ("/bucket-%d"):format(serial),
    hmac_authentication = true,
    hmac_region_name = "sa-east-1",
    hmac_access_key = ("AKIA%016d"):format(serial),
    hmac_secret_key = table.concat(secret),
  }
end

function kinds.single_origin(serial)
  local with_port = serial % 10 == 6
  return {
    addresses = { { address = ("backend-%d.example.net%s"):format(serial % 5 + 1, with_port and ":8080" or "") } },
    origin_protocol_policy = with_port and "http" or "preserve",
    origin_path = serial % 10 == 3 and "/requests" or "",
  }
end

local KIND_OF_DIGIT = { [2] = "signed", [4] = "load_balancer", [7] = "object_storage", [9] = "live_ingest" }

---@param collection azion.sandbox.Collection
---@param serial integer
---@return table input as a client would have sent it
function seeds.input(collection, serial)
  local name = seeds.seed_name(collection, serial)
  local kind = name ~= "used-by-rule" and KIND_OF_DIGIT[serial % 10] or "single_origin"
  local input = kinds[kind](serial, collection.model)
  input.name = name
  return input
end

return seeds
