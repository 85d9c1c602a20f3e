--- Keeps secrets out of what is shown: values that we know (the token, keys that were sent), and values
--- under a name that stands for a secret.
local core = require "azion.core"
local resources = require "azion.resources"

local secrets = {}

local mask = "***"
-- Shorter values are too common in ordinary text to be cut out of it.
local shortest = 4

local function replace(text, value)
  local pieces, from = {}, 1
  while true do
    local first, last = text:find(value, from, true)
    if not first then
      break
    end
    pieces[#pieces + 1] = text:sub(from, first - 1)
    from = last + 1
  end
  if from == 1 then
    return text
  end
  pieces[#pieces + 1] = text:sub(from)
  return table.concat(pieces, mask)
end

-- "name" : "value" in JSON text, whole or cut: the value is masked up to its closing quote.
local function mask_members(text, name)
  local pieces, from = {}, 1
  while true do
    local _, opening = text:find('"' .. name .. '"%s*:%s*"', from)
    if not opening then
      break
    end
    local position = text:find('["\\]', opening + 1)
    while position and text:sub(position, position) == "\\" do
      position = text:find('["\\]', position + 2)
    end
    position = position or #text + 1
    pieces[#pieces + 1] = text:sub(from, opening) .. mask
    from = position
  end
  if from == 1 then
    return text
  end
  return table.concat(pieces) .. text:sub(from)
end

-- The ways in which a reply may spell a value: as it is, in JSON (with or without `\/`), in a URL.
local function spellings(value)
  local escaped = core.escape(value)
  local json = (core.encode(value) or ""):sub(2, -2)
  json = json:gsub("\\u000a", "\\n"):gsub("\\u000d", "\\r"):gsub("\\u0009", "\\t")
  return { value, (value:gsub("/", "\\/")), json, (json:gsub("/", "\\/")), escaped,
    (escaped:gsub("%%%x%x", string.lower)) }
end

--- A function that masks values in a text, however they may be spelt.
---@param known string[] values that are secret
---@return fun(text: string): string
function secrets.hider(known)
  local texts, seen = {}, { [""] = true }
  for _, value in ipairs(known) do
    for _, text in ipairs(#value >= shortest and spellings(value) or {}) do
      if not seen[text] then
        seen[text], texts[#texts + 1] = true, text
      end
    end
  end
  -- The longest first: of a secret that holds another, nothing must stay.
  table.sort(texts, function(left, right) return #left > #right end)
  return function(text)
    for _, value in ipairs(texts) do
      text = replace(text, value)
    end
    return text
  end
end

--- A function that masks secrets in a text: values that are known, and values under a name that stands for one.
---@param known string[] values that are secret
---@param path? string of the call that the text belongs to: some names stand for a secret in some calls only
---@return fun(text: string): string
function secrets.masker(known, path)
  local hide, names = secrets.hider(known), resources.secret_names(path)
  return function(text)
    text = hide(text)
    for name in pairs(names) do
      if text:find(name, 1, true) then
        text = mask_members(text, name)
      end
    end
    return text
  end
end

local function collect(body, names, found, depth)
  for name, value in next, body do
    if type(value) == "string" and names[name] then
      found[#found + 1] = value
    elseif type(value) == "table" and depth < 100 then
      collect(value, names, found, depth + 1)
    end
  end
  return found
end

--- The values under secret names in a body that is about to be sent.
---@param body any
---@param path? string where it is sent to
---@return string[]
function secrets.collect(body, path)
  return type(body) == "table" and collect(body, resources.secret_names(path), {}, 1) or {}
end

return secrets
