--- What the command talks to: which of its streams are terminals, how wide, with colours and characters of which kind.
local terminal = {}

---@class azion.Terminal
---@field stdin boolean
---@field stdout boolean
---@field stderr boolean
---@field width integer? columns; nil where stdout is not a terminal
---@field colour boolean
---@field utf8 boolean

-- Lua 5.1 gives what wait(2) gives.
local function exit_code(ok, _, code)
  return code or (type(ok) == "number" and math.floor(ok / 256)) or (ok and 0 or 1)
end

local ask = [[s=0; test -t 0 && s=$((s+1)); test -t 1 && s=$((s+2)); test -t 2 && s=$((s+4)); exit $s]]

local function width_of(getenv)
  local width = tonumber(getenv("COLUMNS") or "")
  if not width then
    local pipe = io.popen("stty size 2>/dev/null </dev/tty")
    width = pipe and tonumber((pipe:read("*l") or ""):match("%d+%s+(%d+)"))
    if pipe then
      pipe:close()
    end
  end
  return width and width >= 1 and math.floor(width) or 80
end

local function is_utf8(getenv)
  for _, name in ipairs { "LC_ALL", "LC_CTYPE", "LANG" } do
    local value = getenv(name)
    if value and value ~= "" then
      return value:lower():find("utf%-?8") ~= nil
    end
  end
  return false
end

---@param getenv fun(name: string): string?
---@return azion.Terminal
function terminal.read(getenv)
  local code = exit_code(os.execute(ask))
  local self = { stdin = code % 2 == 1, stdout = math.floor(code / 2) % 2 == 1, stderr = math.floor(code / 4) % 2 == 1 }
  local plain = (getenv("NO_COLOR") or "") ~= "" or getenv("TERM") == "dumb" or not getenv("TERM")
  self.width = (self.stdout or self.stderr) and width_of(getenv) or nil
  self.colour = not plain
  self.utf8 = is_utf8(getenv)
  return self
end

local styles = { bold = "1", faint = "2", red = "31", green = "32", yellow = "33" }

--- A text in a style, where there are colours.
---@param text string
---@param style string
---@param colour boolean
---@return string
function terminal.styled(text, style, colour)
  return colour and ("\27[%sm%s\27[0m"):format(styles[style], text) or text
end

--- Asks on the terminal, and returns what was typed. The shell reads: Ctrl-C ends it, whatever Lua's own read would do.
---@param question string
---@return string
function terminal.ask(question)
  io.stderr:write(question)
  io.stderr:flush()
  local pipe = io.popen([[IFS= read -r line && printf '%s' "$line"]])
  local answer = pipe and pipe:read("*a") or ""
  if pipe then
    pipe:close()
  end
  return answer
end

return terminal
