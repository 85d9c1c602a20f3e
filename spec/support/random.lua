--- Numbers that look random: for a seed the same ones on every Lua.
--
--   local random = generator(seed)
--   random()        a fraction between 0 and 1
--   random(6)       an integer from 1 to 6

local modulus = 2147483647

---@param seed integer
---@return fun(low?: integer, high?: integer): number
return function(seed)
  -- Lehmer's generator, of which small seeds that lie side by side would begin alike.
  local state = (seed * 7919) % (modulus - 1) + 1
  return function(low, high)
    state = state * 48271 % modulus
    local fraction = state / modulus
    if high then
      return low + math.floor(fraction * (high - low + 1))
    end
    return low and math.floor(fraction * low) + 1 or fraction
  end
end
