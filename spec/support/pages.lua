--- Pages of the documentation as scripts: what they print to be typed and saved, run as it stands.
local core = require "azion.core"
local command = require "spec.support.command"
local files = require "spec.support.files"

local pages = {}

---@class azion.PageBlock
---@field language string
---@field text string

local function blocks_of(text)
  local blocks = {}
  for language, block in text:gmatch("\n```(%l+)\n(.-)\n```%f[\n%z]") do
    blocks[#blocks + 1] = { language = language, text = block }
  end
  return blocks
end

--- The parts of a page by their headings, those of the second level; what comes before them is part "".
---@param path string
---@return table<string, azion.PageBlock[]>
function pages.parts(path)
  local parts = {}
  local position, text = 1, "\n## \n" .. files.read(path)
  while position do
    local heading, first = text:match("^\n## ([^\n]*)()", position)
    position = text:find("\n## ", first, true)
    parts[heading] = blocks_of(text:sub(first, (position or #text + 1) - 1) .. "\n")
  end
  return parts
end

--- The shell lines that save a block under the name in its first line; nil where it has none.
---@param block azion.PageBlock
---@return string?
function pages.saved(block)
  local name = block.text:match("^%-%- ([%w_.]+)\n") or block.text:match("^# ([%w_.]+)\n")
  return name and ("cat >%s <<'END_OF_FILE'\n%s\nEND_OF_FILE"):format(name, block.text)
end

--- Runs blocks as a person would: what has a file's name in its first line is saved, the others are typed.
---@param first azion.PageBlock[] is typed before; starts a sandbox
---@param blocks azion.PageBlock[]
---@param looks string[] shell lines that look at what there is after the first, the second, … that was typed
---@return string[] seen what they showed
---@return table[] journal of the sandbox
---@return string output of everything
function pages.run(first, blocks, looks)
  local lines, typed = { "set -eu -o pipefail", first[1].text, "trap 'kill $AZION_SANDBOX_PID 2>/dev/null || :' EXIT",
    'journal=$(dirname "$AZION_CA_FILE")/journal' }, 0
  for _, block in ipairs(blocks) do
    lines[#lines + 1] = pages.saved(block) or block.text
    if not pages.saved(block) then
      typed = typed + 1
      lines[#lines + 1] = ("cp \"$journal\" journal; echo; echo '<<<%d'; { %s\n}; echo '>>>%d'"):format(typed,
        looks[typed] or ":", typed)
    end
  end
  lines[#lines + 1] = "echo '<<<journal'; cat journal; echo '>>>journal'"
  local output, status = command.run_installed(table.concat(lines, "\n"), "bash")
  assert(status == 0, output)
  local seen, journal = {}, {}
  for position = 1, typed do
    seen[position] = output:match(("\n<<<%d\n(.-)>>>%d\n"):format(position, position))
  end
  for line in output:match("\n<<<journal\n(.-)>>>journal\n"):gmatch("[^\n]+") do
    journal[#journal + 1] = core.decode(line)
  end
  return seen, journal, output
end

return pages
