--- Mistakes in a program: they raise, at the line of the program that made them.
local shown = require "azion.api.shown"

local mistake = {}

-- How the sources of the library's functions begin: with the folder above this one.
local source = debug.getinfo(1, "S").source
local ours = source:match("^(.*)client/mistake%.lua$") or source

--- Raises at the nearest line that is not the library's own, however many calls lie between: no function has to count
--- them, and a tail call or `pcall` does not hide the line.
---@param message string
function mistake.raise(message)
  local level = 2
  local frame = debug.getinfo(level, "Sl")
  while frame and (frame.currentline < 1 or frame.source:sub(1, #ours) == ours) do
    level = level + 1
    frame = debug.getinfo(level, "Sl")
  end
  error(message, frame and level or 0)
end

--- Raises unless an argument is of one of these types.
---@param value any
---@param wanted string words that begin with the name of a type: "table of fields"
---@param what string the argument, for the message
function mistake.check(value, wanted, what)
  if type(value) ~= wanted:match("^%a+") then
    mistake.raise(("%s must be a %s, got %s"):format(what, wanted, shown.kind(value)))
  end
end

--- A method that says so when it is called with a dot in place of the colon.
---@param method function
---@param metatable table of the objects that have it
---@param name string for the message: "client:rate"
---@return function
function mistake.guarded(method, metatable, name)
  return function(self, ...)
    if getmetatable(self) ~= metatable then
      mistake.raise(("call this with a colon: %s(…)"):format(name))
    end
    return method(self, ...)
  end
end

--- Guards all methods of a class, in their own table.
---@param methods table<string, function>
---@param metatable table
---@param name string what an object is called in messages: "client"
function mistake.guard(methods, metatable, name)
  for method_name, method in pairs(methods) do
    methods[method_name] = mistake.guarded(method, metatable, name .. ":" .. method_name)
  end
end

return mistake
