-- Looks at the site that was built: lua5.4 tools/site/built.lua FOLDER
-- Every link leads to a file and an id that are there, and nothing is loaded from another host. Ends with status 1, and
-- names each with its page, if not.
package.path = "./?.lua;" .. package.path
local paths = require("tools.site.paths")

local folder = assert(arg[1], "which folder?")
local pages, dead = {}, {}

local function complain(page, link, why)
  dead[#dead + 1] = ("%s: %s: %s"):format(page, link, why)
end

local function ids_of(html)
  local ids = {}
  for id in html:gmatch('%sid="([^"]*)"') do
    ids[id] = true
  end
  return ids
end

local function check(page, tag, target)
  target = target:gsub("&amp;", "&")
  if target:find("^%a+:") or target:find("^//") then
    if tag ~= "a" and not target:find("^data:") then
      complain(page, target, "is loaded from elsewhere")
    end
    return
  end
  local path, anchor = target:match("^([^#?]*)[^#]*#?(.*)$")
  local place = path == "" and page or paths.resolve(page, path)
  if not place or not paths.exists(("%s/%s"):format(folder, place)) then
    complain(page, target, "there is no such file")
  elseif anchor ~= "" and pages[place] and not pages[place][anchor] then
    complain(page, target, "there is no such id")
  end
end

for _, path in ipairs(paths.below(folder, ".html")) do
  pages[path] = ids_of(assert(paths.read(folder .. "/" .. path)))
end
for page in pairs(pages) do
  for tag, attributes in paths.read(folder .. "/" .. page):gmatch("<(%a+)(%s[^>]*)>") do
    for name, target in attributes:gmatch('([%w-]+)="([^"]*)"') do
      if (name == "href" or name == "src") and page ~= "404.html" then
        check(page, tag:lower(), target)
      end
    end
  end
end
for _, sheet in ipairs(paths.below(folder, ".css")) do
  for target in paths.read(folder .. "/" .. sheet):gmatch("url%([\"']?(https?:[^)]*)%)") do
    complain(sheet, target, "is loaded from elsewhere")
  end
end
table.sort(dead)
for _, line in ipairs(dead) do
  io.stderr:write(line, "\n")
end
os.exit(next(pages) ~= nil and dead[1] == nil)
