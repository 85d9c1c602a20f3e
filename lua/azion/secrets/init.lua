--- Keeps secrets out of what is shown: values that we know (the token, keys that were sent), and values
--- under a name that stands for a secret.
local encodings = require "azion.secrets.encodings"

local secrets = {}

local mask = "***"
-- Shorter values are too common in ordinary text to be cut out of it.
local shortest = 4

-- How many writings around a secret are seen through: JSON in a URL in JSON is three.
local most_writings = 3
local long_text = 2 ^ 20 -- in which only one is

local function replace(text, value)
  local first, last = text:find(value, 1, true)
  if not first then
    return text
  end
  local pieces, from = {}, 1
  while first do
    pieces[#pieces + 1] = text:sub(from, first - 1)
    from = last + 1
    first, last = text:find(value, from, true)
  end
  pieces[#pieces + 1] = text:sub(from)
  return table.concat(pieces, mask)
end

-- Where the value ends that a quote mark has opened, in a text that may be cut. A mark after backslashes belongs to
-- the value, unless each of these stands for two of them: `\"` ends at the next `\"`, and not at `\\\"`.
local function closing(text, mark, from)
  if mark:find("^&") then
    return text:find(mark, from, true)
  end
  local last, wanted = mark:sub(-1), #mark - 1
  local at = text:find(last, from, true)
  while at do
    local backslashes = 0
    while at - backslashes > from and text:byte(at - backslashes - 1) == 92 do
      backslashes = backslashes + 1
    end
    if backslashes % (2 * wanted + 2) == wanted then
      return at - wanted
    end
    at = text:find(last, at + 1, true)
  end
end

-- "name": "value" in JSON, in JSON within JSON, as Python prints it, and within HTML: the value is masked.
local function mask_members(text, name, mark)
  local pieces, from = {}, 1
  local opening = mark .. name .. mark .. "%s*:%s*" .. mark
  local _, last = text:find(opening)
  while last do
    pieces[#pieces + 1] = text:sub(from, last) .. mask
    from = closing(text, mark, last + 1) or #text + 1
    _, last = text:find(opening, from)
  end
  return table.concat(pieces) .. text:sub(from)
end

local marks = { '"', '\\"', "'", "&quot;", "&#x27;", "&#39;", "&#34;" }

local function mask_named(text, name)
  for _, mark in ipairs(marks) do
    if text:find(mark .. name, 1, true) then
      text = mask_members(text, name, mark)
    end
  end
  -- As in the query of a URL.
  return (text:gsub("%f[%w_]" .. name .. "=[^%s&;,\"'<>]+", name .. "=" .. mask))
end

-- What a text says with its secrets masked, if some writing hides one in it. In whatever order: what undoes one
-- writing may spoil another.
local function uncover(text, hide, writings)
  for _, decoder in ipairs(writings > 0 and encodings.decoders or {}) do
    local plain = text:find(decoder[1], 1, true) and decoder[2](text) or text
    if plain ~= text then
      local hidden = hide(plain)
      if hidden ~= plain then
        return hidden
      end
      hidden = uncover(plain, hide, writings - 1)
      if hidden then
        return hidden
      end
    end
  end
end

-- Where a text holds a secret in an unusual writing, it is shown in plain writing instead.
local function hide_in_depth(text, hide)
  local writings = #text > long_text and 1 or most_writings
  local plain = uncover(text, hide, writings)
  while plain do
    text, plain = plain, uncover(plain, hide, writings)
  end
  return text
end

--- A function that masks values in a text, however they may be spelt.
---@param known string[] values that are secret
---@return fun(text: string): string
function secrets.hider(known)
  local texts, seen = {}, { [""] = true }
  for _, value in ipairs(known) do
    for _, text in ipairs(#value >= shortest and encodings.of(value) or {}) do
      if not seen[text] and #text >= shortest then
        seen[text], texts[#texts + 1] = true, text
      end
    end
  end
  -- The longest first: of a secret that holds another, nothing must stay.
  table.sort(texts, function(left, right) return #left > #right end)
  local function hide(text)
    for _, value in ipairs(texts) do
      text = replace(text, value)
    end
    return text
  end
  return function(text)
    return hide_in_depth(hide(text), hide)
  end
end

--- A function that masks secrets in a text: values that are known, and values under a name that stands for one.
---@param known string[] values that are secret
---@param names table<string, true>
---@return fun(text: string): string
function secrets.masker(known, names)
  local hide = secrets.hider(known)
  return function(text)
    text = hide(text)
    for name in pairs(names) do
      if text:find(name, 1, true) then
        text = mask_named(text, name)
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
---@param names table<string, true>
---@return string[]
function secrets.collect(body, names)
  return type(body) == "table" and collect(body, names, {}, 1) or {}
end

return secrets
