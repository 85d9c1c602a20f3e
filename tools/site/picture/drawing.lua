-- A terminal's text, with its colours, as SVG.
local drawing = {}

local size, advance, leading, margin, bar = 14, 8.4, 20, 18, 34 -- in pixels

local colours = { ["31"] = "#ff8b85", ["32"] = "#7ee08a", ["33"] = "#f0c463" }

local function escaped(text)
  return (text:gsub("[&<>]", { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;" }))
end

-- The text as rows of cells, cut where the terminal is full: { character, style }.
local function rows_of(text, columns)
  local rows, style, row = {}, "", {}
  local position = 1
  while position <= #text do
    local code, after = text:match("^\27%[([%d;]*)m()", position)
    if code then
      style, position = code == "0" and "" or code, after
    else
      local character = text:match("^[%z\1-\127\194-\244][\128-\191]*", position)
      position = position + #character
      if character ~= "\n" then
        if #row == columns then
          rows[#rows + 1], row = row, {}
        end
        row[#row + 1] = { character, style }
      else
        rows[#rows + 1], row = row, {}
      end
    end
  end
  return rows
end

-- Each run of one style is as wide as its cells, whatever font the reader has.
local function add_run(out, characters, style, column, y)
  local text = table.concat(characters)
  if not text:find("%S") then
    return
  end
  local shade = colours[style] and (' fill="%s"'):format(colours[style])
    or style == "1" and ' font-weight="bold"' or style == "2" and ' fill="#8b93a7"' or ""
  out[#out + 1] = ('<text x="%.1f" y="%d" textLength="%.1f" xml:space="preserve"%s>%s</text>'):format(
    margin + column * advance, y, #characters * advance, shade, escaped(text))
end

local function add_row(out, row, y)
  local run, style, start = {}, nil, 0
  for index, cell in ipairs(row) do
    if style ~= cell[2] and run[1] then
      add_run(out, run, style, start, y)
      run, start = {}, index - 1
    end
    style = cell[2]
    run[#run + 1] = cell[1]
  end
  if run[1] then
    add_run(out, run, style, start, y)
  end
end

--- The text as a picture of a terminal of so many columns.
---@param text string with the codes of colours
---@param columns integer
---@return string
function drawing.svg(text, columns)
  local rows = rows_of(text:gsub("\n*$", "\n"), columns)
  local width, height = math.ceil(columns * advance + 2 * margin), bar + #rows * leading + margin
  local out = {
    ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img">'):format(width,
      height, width, height),
    "<title>lazion plan in a terminal</title>",
    ('<rect width="%d" height="%d" rx="8" fill="#1d2330"/>'):format(width, height),
    '<path d="M20 18h0m18 0h0m18 0h0" stroke="#566076" stroke-width="10" stroke-linecap="round"/>',
    ('<g font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="%d" fill="#dfe4ee">'):format(size),
  }
  for index, row in ipairs(rows) do
    add_row(out, row, bar + index * leading - 2)
  end
  out[#out + 1] = "</g>\n</svg>\n"
  return (table.concat(out, "\n"))
end

return drawing
