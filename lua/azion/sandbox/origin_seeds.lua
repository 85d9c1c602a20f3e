-- The origins that a sandbox begins with, and the ids of all: each follows from the origin's serial number, and the
-- serial number from the key, so that an origin nobody asked for costs nothing.

local seeds = {}

local INGEST_HOSTS = { "br-east-1.azioningest.net", "br-east-2.azioningest.net", "us-east-1.azioningest.net" }

-- A number that looks random and follows from two small ones; products stay below 2^53.
local function mix(model, parent, serial, step)
  return (((serial + parent * 7919) % 2 ^ 21) * (2654435761 - step * 104729) + model.salt) % 2 ^ 32
end

-- The key's last twelve digits are the serial number; the others only have to look like a UUID of version 4.
local function origin_key(collection, serial)
  local model, parent = collection.model, collection.parent
  local low, high = mix(model, parent, serial, 1), mix(model, parent, serial, 2)
  return ("%08x-%04x-4%03x-%04x-%012x"):format(
    mix(model, parent, serial, 0),
    low % 2 ^ 16,
    math.floor(low / 2 ^ 16) % 2 ^ 12,
    2 ^ 15 + high % 2 ^ 14,
    serial
  )
end

--- @param collection azion.sandbox.Collection
--- @param key string
--- @return integer|nil
function seeds.serial(collection, key)
  local serial = tonumber(key:sub(-12):match "^%x+$" or "", 16)
  return serial and key:lower() == origin_key(collection, serial) and serial or nil
end

--- @param collection azion.sandbox.Collection
--- @param serial integer
--- @param item table gets its ids
function seeds.identify(collection, serial, item)
  item.origin_id = 90000 + (collection.parent - 1) * 1000000 + serial
  item.origin_key = origin_key(collection, serial)
end

--- @param collection azion.sandbox.Collection
--- @param serial integer
--- @return string
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
    secret[step] = ("%08x"):format(mix(model, 0, serial, step))
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

--- @param collection azion.sandbox.Collection
--- @param serial integer
--- @return table input as a client would have sent it
--- @return boolean in_use by a rule
function seeds.input(collection, serial)
  local name = seeds.seed_name(collection, serial)
  local in_use = name == "used-by-rule"
  local kind = not in_use and KIND_OF_DIGIT[serial % 10] or "single_origin"
  local input = kinds[kind](serial, collection.model)
  input.name = name
  return input, in_use
end

return seeds
