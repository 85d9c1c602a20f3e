-- Looks for dead links in all Markdown below a folder: lua5.4 tools/site/links.lua [FOLDER]
-- Files that are linked to, headings, and definitions of references have to be there; in the repository, its files that
-- stand in code, too. Ends with status 1, and names each with its page, if one is not.
package.path = "./?.lua;" .. package.path
local markdown = require("tools.site.markdown")
local paths = require("tools.site.paths")

local folder = arg[1] or "."
local is_repository = paths.exists(folder .. "/Makefile")
local pages, dead = {}, {}

-- The folders whose files are named in code.
local roots = { "bench", "docs", "examples", "fuzz", "lua", "spec", "src", "tools" }

local function complain(page, link, why)
  dead[#dead + 1] = ("%s: %s: %s"):format(page, link, why)
end

local function check_target(page, target)
  local path, anchor = target:match("^([^#]*)#?(.*)$")
  local place = path == "" and page or paths.resolve(page, path)
  if not place or not paths.exists(folder .. "/" .. place) then
    complain(page, target, "there is no such file")
  elseif anchor ~= "" and not (pages[place] and markdown.anchors(pages[place])[anchor]) then
    complain(page, target, "there is no such heading")
  end
end

local function check_links(page, prose)
  local definitions = {}
  for name, target in ("\n" .. prose):gmatch("\n%[([^%]\n]+)%]:[ \t]*(%S+)") do
    definitions[name] = target
  end
  for name in prose:gmatch("%]%[([^%]\n]+)%]") do
    if not definitions[name] then
      complain(page, name, "this reference is defined nowhere")
    end
  end
  local function check(target)
    if not target:find("^%a+:") then
      check_target(page, target)
    end
  end
  for target in prose:gmatch("%]%(([^%s()]+)%)") do
    check(target)
  end
  for _, target in pairs(definitions) do
    check(target)
  end
end

-- A path stands for itself where it begins with a folder of ours and names a file by its ending.
local function check_code(page, code)
  for _, root in ipairs(roots) do
    for path in code:gmatch("%f[%w./_-](" .. root .. "/[%w_./-]*%.%a[%w]*)") do
      if not path:find("NAME", 1, true) and not paths.exists(folder .. "/" .. path) then
        complain(page, path, "there is no such file")
      end
    end
  end
end

for _, path in ipairs(paths.below(folder, ".md")) do
  pages[path] = assert(paths.read(folder .. "/" .. path))
end
for path, text in pairs(pages) do
  check_links(path, markdown.prose(text))
  if is_repository then
    check_code(path, markdown.code(text))
  end
end
table.sort(dead)
for _, line in ipairs(dead) do
  io.stderr:write(line, "\n")
end
os.exit(dead[1] == nil)
