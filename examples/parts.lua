--- What the scripts that build a site share, whichever version of the API they speak: parts that are found by their
--- names, and brought to what they should be.
local support = require("support")

local parts = {}

local check = support.check

local sandbox_site = { host = "shop.example.com", pages = "pages.example.net", static = "static.example.net",
  certificate = "self-signed" }

--- The certificate and the private key that --certificate says.
---@param arguments table
---@return table
function parts.read_pem(arguments)
  local source
  if arguments.certificate == "self-signed" then
    source = assert(io.popen("openssl req -x509 -newkey rsa:2048 -nodes -days 365 -subj '/CN="
      .. arguments.host:gsub("[^%w.*-]", "") .. "' -keyout - -out - 2>/dev/null"))
  else
    source = check(io.open(arguments.certificate, "rb"))
  end
  local text = source:read("*a")
  source:close()
  local key = text:match("%-%-%-%-%-BEGIN [%u ]*PRIVATE KEY%-%-%-%-%-.-%-%-%-%-%-END [%u ]*PRIVATE KEY%-%-%-%-%-\r?\n?")
  local first = text:find("-----BEGIN CERTIFICATE-----", 1, true)
  if not key or not first then
    error(arguments.certificate .. " has no certificate or no private key", 0)
  end
  local chain = {}
  for part in text:gmatch("%-%-%-%-%-BEGIN CERTIFICATE%-%-%-%-%-.-%-%-%-%-%-END CERTIFICATE%-%-%-%-%-\r?\n?") do
    chain[#chain + 1] = part
  end
  return { certificate = table.concat(chain), private_key = key }
end

-- Whether an item has what is wanted of it; more it may have. A rule's targets come back as strings.
local function has(item, wanted)
  if type(wanted) ~= "table" or type(item) ~= "table" then
    return tostring(item) == tostring(wanted)
  end
  for name, value in pairs(wanted) do
    if not has(item[name], value) then
      return false
    end
  end
  return #wanted == #item or #wanted == 0
end

--- The item with that name; nil if there is none.
---@param collection table
---@param name string
---@return table?
function parts.find(collection, name)
  local item, err = collection:find(name)
  if err and err.kind ~= "not_found" then
    error(err, 0)
  end
  return item
end

local function tell(word, what, name)
  print(("  %-8s %s %s"):format(word, what, name))
end

--- The item with that name, as wanted; `also` gives what is needed on creation only.
---@param done table<string, integer> how often what was done
---@param what string
---@param collection table
---@param wanted table
---@param also? fun(): table
---@return table
function parts.ensure(done, what, collection, wanted, also)
  local item, word = parts.find(collection, wanted.name), "kept"
  if not item then
    item, word = check(collection:create(support.copy(wanted, also and also()))), "created"
  elseif not has(item, wanted) then
    item, word = check(collection:update(item, wanted)), "changed"
  end
  if item == true then -- done, and nothing said of it
    item = check(collection:find(wanted.name))
  end
  done[word] = (done[word] or 0) + 1
  tell(word, what, wanted.name)
  return item
end

--- Deletes the item with that name, if there is one.
---@param done table<string, integer>
---@param what string
---@param collection table
---@param name string
function parts.remove(done, what, collection, name)
  local item = parts.find(collection, name)
  if item then
    check(collection:delete(item))
    done.removed = (done.removed or 0) + 1
    tell("removed", what, name)
  end
end

local function purge(client, host)
  local results = check(client:purge({ wildcard = host .. "/*" }))
  for _, group in ipairs(results) do
    tell(group.status < 300 and "purged" or group.status, "all of", host)
  end
end

--- What a site is made of; to take one down, its name is enough.
---@param arguments table
function parts.settle(arguments)
  for _, name in ipairs({ "host", "pages", "static", "certificate" }) do
    arguments[name] = arguments[name] or (arguments.sandbox and sandbox_site[name])
      or error("option '--" .. name .. "' is needed", 0)
  end
end

--- Says what a build came to, and clears the cache if anything was done.
---@param client table
---@param arguments table
---@param done table<string, integer>
function parts.built(client, arguments, done)
  local created, changed = done.created or 0, done.changed or 0
  if created + changed == 0 then
    print(("site %s: nothing to change"):format(arguments.name))
    return
  end
  purge(client, arguments.host)
  print(("site %s: %d created, %d changed, %d kept"):format(arguments.name, created, changed, done.kept or 0))
end

--- Says what taking a site down came to.
---@param arguments table
---@param done table<string, integer>
function parts.removed(arguments, done)
  print(("site %s: %s"):format(arguments.name, done.removed and done.removed .. " removed" or "nothing to remove"))
end

--- The command line of a script that builds a site.
---@return table
function parts.parser()
  local parser = support.parser("Builds a site, or brings it to what it should be; --down removes it. On the "
    .. "sandbox it builds the site, builds it again, and removes it.")
  support.needed(parser, "name", "Name of the site: its parts are found by it.", "shop"):argname("<name>")
  parser:option("--host", "Host name that visitors use."):argname("<host>")
  parser:option("--pages", "Address of the origin for pages."):argname("<address>")
  parser:option("--static", "Address of the origin for static files."):argname("<address>")
  parser:option("--certificate", "PEM file with certificate and private key, or self-signed: made by openssl.")
    :argname("<file>")
  parser:flag("--down", "Remove the site.")
  return parser
end

--- Runs such a script: on a sandbox it builds the site, builds it again, and takes it down.
---@param parser table
---@param build fun(client: table, arguments: table)
---@param take_down fun(client: table, arguments: table)
---@param settings? table
function parts.run(parser, build, take_down, settings)
  support.run(parser, function(client, arguments)
    if arguments.down or not arguments.sandbox then
      return (arguments.down and take_down or build)(client, arguments)
    end
    build(client, arguments)
    build(client, arguments)
    take_down(client, arguments)
  end, settings)
end

return parts
