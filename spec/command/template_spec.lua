-- `--template`: what it prints is a document, with every field that can be written.
local catalog = require "azion.command.catalog"
local input = require "azion.command.input"
local template = require "azion.command.template"
local walk = require "azion.api.walk"

-- The same with the dashes taken away from all fields, as whoever fills it in would.
local function opened(text)
  local lines = {}
  for line in text:gmatch("[^\n]+") do
    local indent, rest = line:match("^(%s*)%-%- (.*)$")
    local is_field = rest and (rest:find("^[%w_%[%]\"]+ = ") or rest:find("^[{}]+,?$") or rest:find("^} },$")
      or rest:find("^{ {$"))
    lines[#lines + 1] = is_field and indent .. rest or line
  end
  return table.concat(lines, "\n")
end

local function each_method(fn)
  local count = 0
  for _, version in ipairs(catalog.versions) do
    for _, name in ipairs(catalog.names()) do
      local resource = catalog.find(version, name)
      for _, method in ipairs(resource and catalog.methods(version, resource) or {}) do
        if method.takes_fields then
          count = count + 1
          fn(("%s %s %s"):format(version, name, method.name), method, template.text(method.descriptor, resource,
            method.name))
        end
      end
    end
  end
  return count
end

describe("the template", function()
  it("of each method is a document in Lua, filled in or not", function()
    assert.is_true(each_method(function(name, _, text)
      assert.is_table(input.lua(text, name))
      assert.is_table(input.lua(opened(text), name))
    end) > 90)
  end)

  it("of each method has every field that can be written, with a remark before it", function()
    each_method(function(name, method, text)
      local hidden
      walk.each_field(method.descriptor, function(field, path)
        hidden = hidden and path:sub(1, #hidden) == hidden and hidden
          or (field.read_only or field.only_in_lists) and path or nil
        if field.name and hidden and path == field.name then
          assert.is_nil(text:find(("\n  %s = "):format(field.name), 1, true), name .. " " .. path)
          assert.is_nil(text:find(("\n  -- %s = "):format(field.name), 1, true), name .. " " .. path)
        elseif field.name and not hidden then
          local there = text:find((" %s = "):format(field.name), 1, true)
            or text:find((' ["%s"] = '):format(field.name), 1, true)
          assert.truthy(there, name .. " " .. path)
        end
      end)
    end)
  end)

  it("has the required fields open, the others as comments, with kinds and defaults", function()
    local resource = catalog.find("v4", "connectors")
    local method = catalog.method("v4", resource, "create")
    local text = template.text(method.descriptor, resource, "create")
    assert.matches('\n  %-%- a string; required; at most 255 characters\n  name = "",\n', text)
    assert.matches("\n  %-%- a boolean; default: true\n  %-%- active = true,\n", text)
    assert.matches('\n  %-%- with type http: an object; required\n  attributes = {\n', text)
    assert.matches('\n    addresses = { {\n[^\n]*\n      address = "",\n', text)
    assert.matches('\n  %-%- with type storage: an object; required\n  %-%- attributes = {\n', text)
    assert.same({ name = "", type = "http", attributes = { addresses = { { address = "" } } } }, input.lua(text, "t"))
  end)

  it("writes a list of numbers on its line, and a word of Lua's as a key", function()
    local resource = catalog.find("v3", "edge_applications")
    local text = template.text(resource, resource, "create")
    assert.matches("\n  %-%- http_port = { 80,? },\n", text)
    resource = catalog.find("v4", "function_instances")
    assert.matches('\n  %["function"%] = 0,\n', template.text(resource, resource, "create"))
  end)
end)
