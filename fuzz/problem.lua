-- The reader of error bodies: whatever the server sends, there is a message fit to be shown, and it costs
-- no more than the body explains (libFuzzer bounds the time, through_lua.c the memory).
local core = require "azion.core"
local errors = require "azion.client.errors"
local v3 = require "azion.api.v3"
local v4 = require "azion.api.v4"

local longest = 1003

local function check_message(message)
  assert(type(message) == "string" and message:find("%S") and #message <= longest, "a message of bounded length")
  assert(utf8.len(message), "it is UTF-8, and no character is cut in two")
  local line = tostring(errors.new { kind = "rejected", message = message })
  assert(not line:find("%c"), "its error is one line for a log")
end

local function check_fields(fields)
  assert(next(fields), "no fields rather than none of them")
  for name, texts in pairs(fields) do
    assert(type(name) == "string" and #texts > 0, "a field has a name and something to say of it")
    for _, text in ipairs(texts) do
      assert(type(text) == "string" and text:find("%S"), "complaints are texts")
    end
  end
end

-- The same words, sent as the API usually sends them, are the same message.
local function check_stability(api, status, message)
  local text = #message <= 1000 and core.encode { detail = message }
  if text then
    assert(api.problem(status, text).message == message:match("^%s*(.-)%s*$"), "a message stays itself")
  end
end

local function check_problem(api, text)
  local status = 400 + #text % 200
  local told = watched(api.problem, status, text)
  check_message(told.message)
  check_stability(api, status, told.message)
  if told.fields then
    check_fields(told.fields)
  end
  assert(told.api_code == nil or type(told.api_code) == "string", "a code is a text")
  local body = told.body
  assert((body == nil) == not text:find("%S"), "the body is there when there is one")
  assert(type(body) ~= "string" or body == text or core.decode(core.utf8(text)) == body, "and is as it came")
end

return function(text)
  check_problem(v3, text)
  check_problem(v4, text)
end
