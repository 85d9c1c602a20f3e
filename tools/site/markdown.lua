-- What a link checker and a copier need to know of Markdown: its prose without its code, links, headings.
local markdown = {}

--- Calls `fn(line, is_code)` for each line; the marks of a block count as code.
---@param text string
---@param fn fun(line: string, is_code: boolean)
function markdown.each_line(text, fn)
  local fence
  for line in (text .. "\n"):gmatch("([^\n]*)\n") do
    local mark = line:match("^%s*(```+)")
    fn(line, fence ~= nil or mark ~= nil)
    if mark then
      fence = not fence and mark or nil
    end
  end
end

local function without_code(line)
  return (line:gsub("``.-``", "``"):gsub("`[^`]*`", "``"))
end

--- The text outside of code.
---@param text string
---@return string
function markdown.prose(text)
  local lines = {}
  markdown.each_line(text, function(line, is_code)
    lines[#lines + 1] = is_code and "" or line
  end)
  return without_code(table.concat(lines, "\n"))
end

--- The text inside of code: blocks, and what stands between ticks.
---@param text string
---@return string
function markdown.code(text)
  local parts = {}
  markdown.each_line(text, function(line, is_code)
    if is_code then
      parts[#parts + 1] = line
    else
      for code in line:gmatch("`([^`]+)`") do
        parts[#parts + 1] = code
      end
    end
  end)
  return table.concat(parts, "\n")
end

--- The anchors of its headings, as the hosts of repositories make them.
---@param text string
---@return table<string, true>
function markdown.anchors(text)
  local anchors, seen = {}, {}
  markdown.each_line(text, function(line, is_code)
    local heading = not is_code and line:match("^#+%s+(.-)%s*$")
    if heading then
      local slug = heading:gsub("%]%b()", ""):lower():gsub("[%c!-,./:-@%[-^`{-~]", ""):gsub(" ", "-")
      local count = seen[slug] or 0
      seen[slug] = count + 1
      anchors[count == 0 and slug or slug .. "-" .. count] = true
    end
  end)
  return anchors
end

return markdown
