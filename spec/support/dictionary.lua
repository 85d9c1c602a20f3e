--- A shared dictionary of nginx, as far as the budget needs it, by a clock of the caller's.
local dictionaries = {}

---@param now fun(): number seconds
---@return table
function dictionaries.new(now)
  local entries, dictionary = {}, {}
  local function alive(key)
    local entry = entries[key]
    return entry and entry.ends > now() and entry or nil
  end
  function dictionary.get(_, key)
    local entry = alive(key)
    return entry and entry.value
  end
  function dictionary.safe_set(_, key, value, lifetime)
    entries[key] = { value = value, ends = now() + lifetime }
    return true
  end
  function dictionary.safe_add(_, key, value, lifetime)
    if alive(key) then
      return false, "exists"
    end
    return dictionary:safe_set(key, value, lifetime)
  end
  function dictionary.delete(_, key)
    entries[key] = nil
  end
  return dictionary
end

return dictionaries
