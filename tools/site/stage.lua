-- Lays out the pages of the site: lua5.4 tools/site/stage.lua FOLDER
-- The pages of docs/ lie at its top, other Markdown beside them, and a source file that a page links to becomes a page
-- that shows it. Links are changed to where things are then.
package.path = "./?.lua;" .. package.path
local markdown = require("tools.site.markdown")
local paths = require("tools.site.paths")

local folder = assert(arg[1], "which folder?")

local elsewhere = {
  ["README.md"] = "index.md",
  ["SECURITY.md"] = "security.md",
  ["CONTRIBUTING.md"] = "contributing.md",
  ["CHANGELOG.md"] = "changelog.md",
}

-- Where a file of the repository lies on the site.
local function place_of(path)
  local docs = path:match("^docs/(.+)$")
  if docs or elsewhere[path] then
    return docs or elsewhere[path]
  elseif path:match("/README%.md$") then
    return path:gsub("/README%.md$", ".md")
  elseif path:match("%.md$") then
    return path
  end
  return path .. ".md"
end

local sources = {} -- files that are shown, by path

local function moved(page, target)
  local path, rest = target:match("^([^#]*)(.*)$")
  if target:find("^%a+:") or path == "" then
    return target
  end
  path = assert(paths.resolve(page, path), target)
  if not path:match("%.md$") and not path:match("^docs/") then
    sources[path] = true
  end
  return paths.relative(place_of(page), place_of(path)) .. rest
end

local function put(place, text)
  os.execute(("mkdir -p '%s'"):format((folder .. "/" .. place):match("^(.*)/")))
  paths.write(folder .. "/" .. place, text)
end

local function copy_page(path)
  local lines = {}
  markdown.each_line(assert(paths.read(path), path), function(line, is_code)
    if not is_code then
      line = line:gsub("%]%(([^%s()]+)%)", function(target)
        return "](" .. moved(path, target) .. ")"
      end):gsub("^(%[[^%]]+%]: )(%S+)", function(opening, target)
        return opening .. moved(path, target)
      end)
    end
    lines[#lines + 1] = line
  end)
  put(place_of(path), table.concat(lines, "\n"):gsub("\n+$", "\n"))
end

local languages = { lua = "lua", conf = "nginx", sh = "sh" }

local function show_source(path)
  local language = languages[path:match("%.(%w+)$") or ""] or "text"
  put(place_of(path), ("# %s\n\n```%s\n%s```\n"):format(path:match("[^/]+$"), language, assert(paths.read(path), path)))
end

os.execute(("rm -rf '%s'"):format(folder))
for _, ending in ipairs({ ".md", ".svg", ".css" }) do
  for _, path in ipairs(paths.below(".", ending)) do
    if ending ~= ".md" and path:match("^docs/") then
      put(place_of(path), assert(paths.read(path)))
    elseif ending == ".md" and path ~= "README.md" then
      copy_page(path)
    end
  end
end
for path in pairs(sources) do
  show_source(path)
end
