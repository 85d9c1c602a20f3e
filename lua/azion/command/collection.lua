--- Commands of collections: `lazion origins list --of shop`.
local catalog = require "azion.command.catalog"
local check = require "azion.api.check"
local input = require "azion.command.input"
local query = require "azion.command.query"
local setting = require "azion.command.setting"
local status = require "azion.command.status"

local collection = {}

local page_size = 100

-- The parents' collection, and which field of theirs is the id.
local function parents_of(session, resource)
  local parent = catalog.resources(session.version).by_name[resource.parent]
  local client = session:client(session.version)
  return client[parent.name](client), parent.key
end

local function is_not_found(err)
  return type(err) == "table" and err.kind == "not_found"
end

-- The id of the parent of exactly that name.
local function named_parent(session, resource)
  local parents, key = parents_of(session, resource)
  local item, err = parents:find(session.arguments.of)
  return item and item[key], err
end

--- Acts on the collection of the item that --of means. Digits are an id if there is such an item, else a name: that
--- there is none shows in the reply, but to a deletion that could mean either, and so it is looked up before.
local function with_parent(session, resource, method, act)
  local given, client = session.arguments.of, session:client(session.version)
  local function act_on(parent)
    return act(client[resource.name](client, parent, session.arguments.phase))
  end
  if not resource.parent then
    return act_on()
  elseif not given:find("^%d+$") then
    return act_on(status.check(named_parent(session, resource)))
  end
  local ok, result
  if method.confirms then
    ok, result = pcall(function() return status.check(parents_of(session, resource):get(given)) end)
  else
    ok, result = pcall(act_on, given)
  end
  local named = not ok and is_not_found(result) and named_parent(session, resource)
  if not ok and not named then
    error(result, 0)
  elseif ok and not method.confirms then
    return result
  end
  return act_on(named or given)
end

-- What was given as FILE and --set.
local function body_of(session, method)
  local given, fields = session.arguments, {}
  if given.file then
    fields = input.document(given.file)
  elseif #(given.set or {}) == 0 then
    if method.may_lack_fields then
      return nil
    end
    status.wrong("%s needs fields: a file, - for standard input, or --set NAME=VALUE", method.name)
  end
  return setting.apply(fields, given.set or {}, method.descriptor, function(text) session:warn(text) end)
end

local function warn_of_columns(session, resource)
  for _, name in ipairs(session:output().columns or {}) do
    local first = name:match("^[^.]+")
    local nearest = first and not resource.by_name[first] and check.nearest(first, resource.by_name)
    if nearest then
      session:warn(("--columns: the field '%s' is unknown; the nearest known name is '%s'"):format(first, nearest))
    end
  end
end

local actions = {}

-- On a terminal the first page tells how much there is; where it is all, it is all that is read.
local function first_page(session, items, given)
  if not session:terminal().stderr or given.page or given.page_size then
    return nil
  end
  local sized = { page_size = page_size }
  for name, value in pairs(given) do
    sized[name] = value
  end
  return status.check(items:list(sized))
end

local function is_all(page)
  return not page.links.next and (page.total_pages or 1) <= 1 and (page.count or 0) <= #page.results
end

function actions.list(session, items, resource)
  local given, client = query.of(session.arguments.query), session:client(session.version)
  warn_of_columns(session, resource)
  query.warn(session, given, resource)
  local progress, sink, done = session:progress(), session:output():items(resource.columns), 0
  progress:start(resource.name, { client = client, per_request = page_size })
  local page = first_page(session, items, given)
  if page and is_all(page) then
    for _, item in ipairs(page.results) do
      sink.add(item)
    end
  else
    progress:reach(0, page and page.count)
    for item in items:each(given) do
      done = done + 1
      progress:reach(done)
      sink.add(item)
    end
  end
  progress:finish()
  sink.finish()
end

-- Whoever gives a name where a key belongs gets a 404, and is to know how to come to the key.
local function hinted(resource, key, value, err)
  if is_not_found(err) and resource.key ~= "name" and key:find("[g-zG-Z]") then
    err.message = ("%s (if %s is a name, lazion %s find shows its %s)"):format(err.message, key, resource.name,
      resource.key)
  end
  return value, err
end

local function show(session, item)
  session:progress():finish()
  session:output():item(item)
end

function actions.get(session, items, resource)
  warn_of_columns(session, resource)
  local key = session.arguments.key
  show(session, status.check(hinted(resource, key, items:get(key))))
end

function actions.find(session, items, resource)
  warn_of_columns(session, resource)
  show(session, status.check(items:find(session.arguments.name)))
end

function actions.create(session, items, _, body)
  show(session, status.check(items:create(body)))
end

function actions.update(session, items, resource, body)
  local key = session.arguments.key
  show(session, status.check(hinted(resource, key, items:update(key, body))))
end

function actions.overwrite(session, items, resource, body)
  local key = session.arguments.key
  show(session, status.check(hinted(resource, key, items:overwrite(key, body))))
end

function actions.delete(session, items, resource)
  local keys, client, progress = session.arguments.keys, session:client(session.version), session:progress()
  progress:finish()
  session:confirm(("Delete %s from %s%s?"):format(table.concat(keys, ", "), (resource.name:gsub("_", " ")),
    session.arguments.of and " of " .. session.arguments.of or ""))
  progress:start("deleting", { client = client, total = #keys, counts = "write" })
  local _, failures = client:map(keys, function(key) return hinted(resource, key, items:delete(key)) end, {
    on_progress = function(done) progress:reach(done) end })
  progress:finish()
  local failed, code = {}, status.done
  for _, failure in ipairs(failures) do
    failed[failure.index] = true
    local lines, failure_code = status.explain(failure.err, { version = session.version })
    session:warn(("%s: %s"):format(failure.item, (lines[1] or ""):gsub("^lazion: ", "")))
    code = code == status.done and failure_code or code
  end
  local deleted = {}
  for index, key in ipairs(keys) do
    if not failed[index] then
      deleted[#deleted + 1] = { key = key, deleted = true }
    end
  end
  session:output():list(deleted, { "key", "deleted" })
  return code
end

-- A method that only some collections have.
local function further(session, items, resource, method, body)
  local given = session.arguments
  if method.opens then
    local opened = items[method.name](items, given.key)
    if body then
      return show(session, status.check(opened:update(body)))
    end
    return show(session, status.check(opened:get()))
  elseif method.takes_ids then
    local page = status.check(items[method.name](items, given.keys))
    session:progress():finish()
    return session:output():list(page == true and {} or page.results, resource.columns)
  elseif method.takes_id then
    return show(session, status.check(items[method.name](items, given.key, body)))
  end
  return show(session, status.check(items[method.name](items, body)))
end

local function method_of(session)
  local given = session.arguments
  local name = given.command
  local resource = catalog.find(session.version, name)
  local method = catalog.method(session.version, resource, given.method)
  if not method then
    for _, version in ipairs(catalog.versions_of(name)) do
      if catalog.method(version, catalog.find(version, name), given.method) then
        status.wrong("%s %s is of version %s of the API: --api %s", name, given.method, version:sub(2), version)
      end
    end
  end
  return resource, method
end

--- Carries out a command of a collection.
function collection.run(session)
  local given = session.arguments
  session.version = catalog.version_for(given.command, session.asked_version)
  local resource, method = method_of(session)
  if given.template then
    session:output():line(require("azion.command.template").text(method.descriptor, resource, method.name))
    return status.done
  elseif method.confirms then
    session:expect_consent()
  end
  local body = method.takes_fields and body_of(session, method)
  session:output() -- whatever is wrong with its options is told before anything is sent
  session:progress():start(resource.name, { client = session:client(session.version) })
  return with_parent(session, resource, method, function(items)
    if method.is_further then
      return further(session, items, resource, method, body)
    end
    return actions[method.name](session, items, resource, body)
  end)
end

return collection
