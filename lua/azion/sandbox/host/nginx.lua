-- The process side of the sandbox: finds nginx, writes its folder, starts it, waits until it answers, ends it.

local configuration = require "azion.sandbox.host.configuration"

local nginx = {}

local INSTALL = "apt-get install nginx libnginx-mod-http-lua lua-cjson openssl"

-- Below the range that the kernel deals out to outgoing connections, so that none of those can sit on the port.
local FIRST_PORT, LAST_PORT = 20000, 32767
local TRIES = 20

local function shell_quote(word)
  return "'" .. word:gsub("'", [['\'']]) .. "'"
end

local function read_file(path)
  local file = io.open(path, "rb")
  if not file then
    return ""
  end
  local content = file:read("*a")
  file:close()
  return content
end

local function write_file(path, content)
  local file = assert(io.open(path, "wb"))
  file:write(content)
  assert(file:close())
end

---@param count integer
---@return string bytes from the operating system's random source
function nginx.random_bytes(count)
  local file = assert(io.open("/dev/urandom", "rb"))
  file:setvbuf("no")
  local bytes = file:read(count)
  file:close()
  return bytes
end

---@return integer|nil
function nginx.process_id()
  return tonumber(read_file("/proc/self/stat"):match("^%d+"))
end

-- Plain Lua opens no sockets, so a port cannot be tried; the kernel's table says which ones are taken. Nginx has the
-- last word: it fails where somebody else came in between.
local function free_port()
  local taken = {}
  for port in read_file("/proc/net/tcp"):gmatch(":%s%x+:(%x%x%x%x) ") do
    taken[tonumber(port, 16)] = true
  end
  local port
  repeat
    local high, low = nginx.random_bytes(2):byte(1, 2)
    port = FIRST_PORT + (high * 256 + low) % (LAST_PORT - FIRST_PORT + 1)
  until not taken[port]
  return port
end

local INTERRUPTED = 4 -- EINTR, on every Linux

-- A line from a pipe; nil at its end. A signal may end any read, and Lua drops what it had of a line then: so the
-- line is read byte by byte, and an interrupted read begun again.
local function read_line(pipe)
  local bytes = {}
  while true do
    local byte, _, code = pipe:read(1)
    if byte == "\n" or (not byte and code ~= INTERRUPTED) then
      return (byte or bytes[1]) and table.concat(bytes)
    end
    bytes[#bytes + 1] = byte
  end
end

local function remove(folder)
  os.execute("rm -rf -- " .. shell_quote(folder))
end

local function read_values(pipe, found)
  for line in read_line, pipe do
    local name, value = line:match("^(%w+)=(.*)$")
    if name then
      found[name] = value
    end
  end
end

local function prepare()
  local pipe = io.popen(configuration.PREPARE, "r")
  if not pipe then
    return nil, "the sandbox could not start a shell"
  end
  local found = {}
  local ok, interrupt = pcall(read_values, pipe, found)
  if not ok then -- the shell goes on to its end: then its folder is known, and goes
    read_values(pipe, found)
    pipe:close()
    remove(found.folder or "")
    error(interrupt, 0)
  end
  pipe:close()
  if found.missing or not found.folder then
    local what = found.missing or "a shell"
    return nil, ("the sandbox needs %s, which was not found; on Debian: %s"):format(what, INSTALL)
  end
  return found
end

-- The folder that holds azion/, as this very file was found in it: a checkout or an installed rock.
local function lua_root(current)
  local root = debug.getinfo(1, "S").source:match("^@(.*)azion/sandbox/host/nginx%.lua$")
  if root and root:sub(1, 1) ~= "/" then
    root = current .. "/" .. root
  end
  return root
end

-- A session of its own keeps the terminal's Ctrl-C from it. A LUA_PATH or LUA_CPATH of the caller's Lua would make
-- nginx's LuaJIT load modules that were built for another Lua.
local function launch(found)
  local command = "umask 077; unset LUA_PATH LUA_CPATH; exec setsid %s -p %s -c %s -e %s </dev/null 2>>%s"
  local log = shell_quote(found.folder .. "/error.log")
  local file = shell_quote(found.folder .. "/nginx.conf")
  return io.popen(command:format(shell_quote(found.nginx), shell_quote(found.folder), file, log, log), "r")
end

local function explain(folder, message)
  local log = read_file(folder .. "/error.log")
  local reason = message or log:match("%[emerg%][^\n]*") or log:match("%[alert%][^\n]*") or log:sub(-500)
  if reason:find("cjson", 1, true) then
    return ("the sandbox's nginx found no lua-cjson; on Debian: %s"):format(INSTALL)
  end
  return ("the sandbox's nginx did not start: %s (on Debian: %s)"):format(reason, INSTALL)
end

-- One try: a process, or the reason why there is none; nil where only the port was taken.
local function try(found, options, starting)
  local folder, port = found.folder, options.port or free_port()
  write_file(folder .. "/nginx.conf", found.user .. "\n" .. configuration.text(found.module, port, options.http2))
  starting.pipe, starting.is_awaited = launch(found), true
  local line = read_line(starting.pipe)
  starting.is_awaited = false
  local state, pid, message = (line or ""):match("^(%a+) (%d+) (.*)$")
  if state == "ready" then
    return { folder = folder, port = port, pid = tonumber(pid), pipe = starting.pipe, owner = options.owner }
  end
  if pid then
    os.execute("kill -9 " .. pid)
  end
  starting.pipe:close()
  starting.pipe = nil
  -- Of two that bind a port at the same moment, one fails only when it listens: nginx ends with these words for both.
  if message or not read_file(folder .. "/error.log"):find("still could not bind()", 1, true) then
    return nil, explain(folder, message)
  end
  write_file(folder .. "/error.log", "")
end

local function try_ports(found, options, starting)
  options.lua_root = lua_root(found.current)
  if not options.lua_root then
    return nil, "the sandbox's Lua files were not loaded from a folder azion/sandbox"
  end
  options.owner = nginx.process_id()
  local json = require "azion.sandbox.model.json" -- needs cjson, which may be missing
  write_file(found.folder .. "/options", json.encode(options))
  for _ = 1, options.port and 1 or TRIES do
    local process, problem = try(found, options, starting)
    if process or problem then
      return process, problem
    end
  end
  return nil, options.port and ("port %d is taken"):format(options.port) or "the sandbox found no free port"
end

-- Nginx has a session of its own, so Ctrl-C does not end it. Its process is known for sure when it has said its line.
local function abandon(folder, starting)
  if starting.pipe then
    if starting.is_awaited then
      read_line(starting.pipe)
    end
    os.execute("kill -9 " .. (read_file(folder .. "/nginx.pid"):match("%d+") or "") .. " 2>/dev/null")
    starting.pipe:close()
  end
end

--- Starts nginx on the wanted port, or a free one, and waits until it listens.
---@param options table as options.read made them, with what the host needs besides
---@return table|nil process { folder, port, pid, pipe }
---@return string|nil message
function nginx.start(options)
  local found, problem = prepare()
  if not found then
    return nil, problem
  end
  local starting = {}
  local ok, process, message = pcall(try_ports, found, options, starting)
  if ok and process then
    return process
  end
  abandon(found.folder, starting)
  remove(found.folder)
  if not ok then
    error(process, 0)
  end
  return nil, message
end

--- Ends the process, waits for its end, removes its folder. It keeps nothing worth a farewell, so it is not asked.
--- In a forked child this does nothing: the process belongs to the parent. Nor does it once more.
---@param process table
function nginx.stop(process)
  if process.stopped or nginx.process_id() ~= process.owner then
    return
  end
  process.stopped = true
  os.execute(("kill -9 %d 2>/dev/null"):format(process.pid))
  process.pipe:close()
  remove(process.folder)
end

return nginx
