--- Where a collection lies: the path of its resource, with the id of the item that it belongs to, and its phase.
local errors = require "azion.client.errors"
local identifier = require "azion.api.identifier"
local walk = require "azion.api.walk"

local place = {}

local function phase_problem(phases, phase, hide)
  for _, known in ipairs(phases) do
    if phase == known then
      return nil
    end
  end
  return ('expected "%s", got %s'):format(table.concat(phases, '" or "'), errors.show(phase, hide))
end

--- What stands in the place of the names in a resource's paths.
---@param api azion.Api
---@param resource azion.Resource
---@param parent any id of the item that the collection belongs to, or the item
---@param phase any
---@param hide fun(text: string): string
---@return table<string, string>? segments
---@return azion.Error? err
function place.segments(api, resource, parent, phase, hide)
  local segments = {}
  if resource.parent then
    local owner = api.resources.by_name[resource.parent]
    local segment, problem = identifier.parent_segment(parent, owner, walk.held_in(api.resources, owner.name), hide)
    if not segment then
      return nil, errors.invalid(problem, owner.item .. " id")
    end
    segments[resource.parent] = segment
  end
  if resource.phases then
    local problem = phase_problem(resource.phases, phase, hide)
    if problem then
      return nil, errors.invalid(problem, "phase")
    end
    segments.phase = phase
  end
  return segments
end

--- A path with its names filled in.
---@param template string
---@param segments table<string, string>
---@return string
function place.path(template, segments)
  return (template:gsub("{([%l_]+)}", segments))
end

return place
