-- Keys that look like UUIDs of version 4 and follow from an item's serial number, so that an item nobody asked for
-- costs nothing.

local uuids = {}

--- A number that looks random and follows from two small ones; products stay below 2^53.
---@param model azion.sandbox.Model
---@param parent integer
---@param serial integer
---@param step integer from 0
---@return integer from 0 to 2^32 - 1
function uuids.mix(model, parent, serial, step)
  return (((serial + parent * 7919) % 2 ^ 21) * (2654435761 - step * 104729) + model.salt) % 2 ^ 32
end

--- The key's last twelve digits are the serial number; the others only have to look random.
---@param collection azion.sandbox.Collection
---@param serial integer
---@return string
function uuids.of(collection, serial)
  local model, parent = collection.model, collection.parent
  local step = 3 * (collection.row.uuid_step or 0)
  local low, high = uuids.mix(model, parent, serial, step + 1), uuids.mix(model, parent, serial, step + 2)
  return ("%08x-%04x-4%03x-%04x-%012x"):format(uuids.mix(model, parent, serial, step), low % 2 ^ 16,
    math.floor(low / 2 ^ 16) % 2 ^ 12, 2 ^ 15 + high % 2 ^ 14, serial)
end

---@param collection azion.sandbox.Collection
---@param key string
---@return integer|nil
function uuids.serial(collection, key)
  local serial = tonumber(key:sub(-12):match "^%x+$" or "", 16)
  return serial and key:lower() == uuids.of(collection, serial) and serial or nil
end

return uuids
