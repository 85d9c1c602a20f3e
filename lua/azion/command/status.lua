--- How the command ends: exit statuses, and one line on stderr that says why.
local status = {}

status.done, status.failed, status.wrong_use, status.something_to_apply, status.interrupted = 0, 1, 2, 10, 130

local of_kind = {
  not_found = 3, unauthorized = 4, forbidden = 4, invalid = 4, rejected = 4, conflict = 4, rate_limited = 5,
}

local kind_of_http = { [401] = "unauthorized", [403] = "forbidden", [404] = "not_found", [409] = "conflict",
  [429] = "rate_limited" }

-- What the command itself raises, beside the library's errors.
local metatable = { __tostring = function(self) return self.message end }

--- The exit status for an error of the library.
---@param err any
---@return integer
function status.of(err)
  return type(err) == "table" and (err.status_of_exit or of_kind[err.kind]) or status.failed
end

--- The exit status for a group of a purge, or a reply, by its HTTP status.
---@param http integer?
---@return integer
function status.of_http(http)
  local kind = kind_of_http[http] or http and http >= 300 and http < 500 and "rejected"
  return kind and of_kind[kind] or status.failed
end

--- Ends the command: it was called in a wrong way.
---@param message string
function status.wrong(message, ...)
  error(setmetatable({ status_of_exit = status.wrong_use, message = message:format(...), is_wrong_use = true },
    metatable), 0)
end

--- Ends the command: something cannot be done.
---@param message string
function status.fail(message, ...)
  error(setmetatable({ status_of_exit = status.failed, message = message:format(...) }, metatable), 0)
end

--- Ends the command: what was given is not what it has to be.
---@param message string
function status.refuse(message, ...)
  error(setmetatable({ status_of_exit = of_kind.invalid, message = message:format(...) }, metatable), 0)
end

--- Ends the command without a word: all is done, or nobody reads its output any more.
function status.stop()
  error(setmetatable({ status_of_exit = status.done, is_silent = true, message = "" }, metatable), 0)
end

local broken_pipe = 32 -- EPIPE

--- Ends the command unless something could be written, as the results of `write` and `flush` say; without a word where
--- the reader has gone.
function status.written(ok, problem, code)
  if not ok and code == broken_pipe then
    status.stop()
  elseif not ok then
    status.fail("cannot write: %s", tostring(problem))
  end
end

--- The value, or the error raised. (`assert` takes only strings as errors on Lua 5.1 and 5.2.)
function status.check(value, err, ...)
  if err then
    error(err, 0)
  end
  return value, err, ...
end

local function is_interrupt(err)
  return type(err) == "string" and err:find("interrupted!", 1, true) ~= nil
end

-- What was refused here for several reasons has a line for each.
local function field_lines(err)
  local names, lines = {}, {}
  for name in pairs(err.kind == "invalid" and err.fields or {}) do
    names[#names + 1] = name
  end
  table.sort(names)
  for _, name in ipairs(names) do
    lines[#lines + 1] = ("  %s: %s"):format(name, table.concat(err.fields[name], "; "))
  end
  return #lines > 1 and lines or {}
end

-- In place of the library's hints, which name options and functions.
local hint_of_token = "pass the option 'token' or set AZION_TOKEN"
local hint_of_library = " %(azion%.api_version[^)]*%)"
local hint_of_version = " (lazion api-version tells whether the account speaks version 4: then --api v4)"

-- What the library takes for a mistake of the program, at a line of it, is here one of whoever called it.
local function mistake_of(err, program)
  local file, message = err:match("^([^\n]-):%d+: (.+)$")
  return file and program and file:match("[^/]*$") == program:match("[^/]*$") and message
end

--- The lines that tell an error, and the exit status.
---@param err any
---@param settings? { version?: string, command?: string, program?: string }
---@return string[] lines
---@return integer code
function status.explain(err, settings)
  settings = settings or {}
  if is_interrupt(err) then
    return { "lazion: interrupted" }, status.interrupted
  elseif type(err) ~= "table" and mistake_of(tostring(err), settings.program) then
    return { "lazion: " .. mistake_of(tostring(err), settings.program) }, status.wrong_use
  elseif type(err) ~= "table" then
    return { "lazion: " .. tostring(err):gsub("%s*\n.*$", "") }, status.failed
  elseif err.is_silent then
    return {}, status.of(err)
  end
  local lines = field_lines(err)
  local line = "lazion: " .. tostring(err):gsub("^azion: ", "")
    :gsub(hint_of_token, "set AZION_TOKEN, or name a file by --token-file")
  if #lines > 0 then
    line = ("lazion: invalid, in %d places:"):format(#lines)
  end
  if (err.kind == "unauthorized" or err.kind == "forbidden") and settings.version == "v3" then
    line = line:gsub(hint_of_library, "") .. hint_of_version
  elseif err.is_wrong_use then
    line = ("%s (see lazion %s--help)"):format(line, settings.command and settings.command .. " " or "")
  end
  table.insert(lines, 1, (line:gsub("%s*\n%s*", " ")))
  return lines, status.of(err)
end

return status
