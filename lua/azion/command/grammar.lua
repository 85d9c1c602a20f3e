--- All commands as data: what each takes, in words and an example. The parser, the help and the completions of shells are
--- made of it; those of collections are made of their descriptions.
local catalog = require "azion.command.catalog"

local grammar = {}

---@class azion.CommandOption
---@field [1] string its name: "--of"
---@field [2] string what it is for
---@field value? string what its value is called; none: it is a flag
---@field short? string
---@field many? boolean may be given several times
---@field several? boolean takes several values at once
---@field choices? string[]
---@field complete? "file"|"fields"|"columns"|"query" what a shell completes its value to

---@class azion.CommandArgument
---@field [1] string
---@field [2] string
---@field count? string as argparse has it: "?", "*", "+"
---@field choices? string[]
---@field complete? "file"|"parts"

---@class azion.Command
---@field name string
---@field about string
---@field example string
---@field arguments azion.CommandArgument[]
---@field options azion.CommandOption[]
---@field commands? azion.Command[]

--- What every command takes.
grammar.shared = {
  { "--api", "Version of the API; default: AZION_API, else what fits.", value = "VERSION", choices = { "v3", "v4" } },
  { "--base-url", "Where the API is; default: AZION_BASE_URL, AZION_V4_BASE_URL, else the real one.", value = "URL" },
  { "--account-url", "Where accounts are asked for their version; default: AZION_ACCOUNT_URL.", value = "URL" },
  { "--ca-file", "Certificates to trust besides the system's; default: AZION_CA_FILE.", value = "FILE",
    complete = "file" },
  { "--token-file", "File of mode 0600 with the token; default: the variable AZION_TOKEN.", value = "FILE",
    complete = "file" },
  { "--json", "Print one JSON document." },
  { "--jsonl", "Print one line of JSON for each item." },
  { "--csv", "Print comma-separated values, with a line of names." },
  { "--columns", "What to print of an item: id,name,addresses.1.address", value = "NAMES", complete = "columns" },
  { "--verbose", "Tell each request and each wait on stderr.", short = "-v" },
  { "--version", "Print the version." },
}

local prune = { "--prune", "Delete what the document's collections do not list." }
local secrets = { "--secrets", "'send': send secrets also where nothing else changes.", value = "WHEN",
  choices = { "send" } }
local yes = { "--yes", "Do it without asking." }
local documents = { "file", "Document, in JSON or Lua; several are taken as one.", count = "+", complete = "file" }

--- The commands that are no collections.
grammar.commands = {
  {
    name = "plan", about = "Show what would change to make an account as a document says.",
    example = "lazion plan site.lua --prune --exit-code",
    arguments = { documents },
    options = { prune, secrets, { "--exit-code", "Exit with 10 when there is something to apply." } },
  },
  {
    name = "apply", about = "Make an account as a document says.",
    example = "lazion apply site.lua --yes",
    arguments = { documents },
    options = { prune, secrets, yes,
      { "--max-deletes", "Refuse to delete more items; default: 10.", value = "NUMBER" } },
  },
  {
    name = "export", about = "Print what is there as a document.",
    example = "lazion export edge_applications=shop domains --lua > site.lua",
    arguments = { { "part", "COLLECTION, or COLLECTION=NAME; default: everything.", count = "*", complete = "parts" } },
    options = { { "--lua", "Print Lua instead of JSON." } },
  },
  {
    name = "purge", about = "Remove what the edge has cached.",
    example = "lazion purge https://www.example.com/a.css",
    arguments = { { "url", "URL; - reads them from standard input, one a line.", count = "*" } },
    options = {
      { "--cachekeys", "Keys of the cache; - reads them from standard input.", value = "KEY", several = true },
      { "--wildcard", "One expression with *.", value = "EXPRESSION" },
      { "--layer", "Layer of the cache.", value = "LAYER" },
    },
  },
  {
    name = "request", about = "Send any request, and print the reply as JSON.",
    example = "lazion request GET /edge_applications --query page_size=50 --paginate",
    arguments = {
      { "verb", "GET, POST, PUT, PATCH or DELETE.", choices = { "GET", "POST", "PUT", "PATCH", "DELETE" } },
      { "path", "Below the base URL; begins with /." },
    },
    options = {
      { "--query", "Of the query; may be given several times.", value = "NAME=VALUE", many = true },
      { "--body", "File with the body, in JSON; - reads standard input.", value = "FILE", complete = "file" },
      { "--paginate", "Read all pages, and print their items as one list." },
    },
  },
  {
    name = "rate", about = "Show what is left of the rate limit; reads one page.",
    example = "lazion rate --json", arguments = {}, options = {},
  },
  {
    name = "api-version", about = "Print which version of the API the token's account speaks.",
    example = "lazion api-version", arguments = {}, options = {},
  },
  {
    name = "completion", about = "Print what makes a shell complete lazion's words.",
    example = 'eval "$(lazion completion bash)"',
    arguments = { { "shell", "bash, zsh or fish.", choices = { "bash", "zsh", "fish" } } }, options = {},
  },
  {
    name = "sandbox", about = "Run a local stand-in for the API, and print how to reach it.",
    example = 'eval "$(lazion sandbox --background)"',
    arguments = { { "file", "Options of azion.sandbox.start, in JSON or Lua: faults, latency, …", count = "?",
      complete = "file" } },
    options = {
      { "--background", "Go on running; kill $AZION_SANDBOX_PID ends it." },
      { "--seed", "How many there are of a resource, or, without NAME=, of an application's origins and of "
        .. "connectors; may be given several times.", value = "[NAME=]NUMBER", many = true },
      { "--limit", "Reads and writes in a window; default: 200 of each.", value = "NUMBER" },
      { "--window", "Seconds of a window; default: 60.", value = "SECONDS" },
      { "--port", "Port on 127.0.0.1; default: a free one.", value = "NUMBER" },
      { "--latency", "Seconds before every reply; default: 0.", value = "SECONDS" },
    },
  },
}

local function parent_option(resource, version)
  local parent = catalog.resources(version).by_name[resource.parent]
  return { "--of", ("Id or exact name of the %s."):format(parent and parent.item or resource.parent), value = "PARENT",
    required = true }
end

local key_words = { takes_id = "KEY", takes_ids = "KEY…", takes_name = "NAME" }

local function example_of(resource, method)
  local words = { "lazion", resource.name, method.name }
  for _, taken in ipairs { "takes_id", "takes_ids", "takes_name" } do
    words[#words + 1] = method[taken] and key_words[taken] or nil
  end
  if method.takes_fields then
    words[#words + 1] = method.name:find("^update") and "--set name=shop" or resource.item:gsub(" ", "_") .. ".json"
  end
  words[#words + 1] = resource.parent and "--of shop" or nil
  words[#words + 1] = resource.phases and "--phase " .. resource.phases[1] or nil
  words[#words + 1] = method.confirms and "--yes" or nil
  words[#words + 1] = method.name == "list" and "--columns " .. table.concat(resource.columns, ",", 1, 2) or nil
  return table.concat(words, " ")
end

local function arguments_of(method)
  local arguments = {}
  if method.takes_id then
    arguments[1] = { "key", "Key of the item." }
  elseif method.takes_ids then
    arguments[1] = { "keys", "Keys of the items.", count = "+" }
  elseif method.takes_name then
    arguments[1] = { "name", "Exact name of the item." }
  end
  if method.takes_fields then
    arguments[#arguments + 1] = { "file", "Fields in JSON or Lua; - reads standard input.", count = "?",
      complete = "file" }
  end
  return arguments
end

local function options_of(version, resource, method)
  local options = {}
  options[#options + 1] = resource.parent and parent_option(resource, version) or nil
  options[#options + 1] = resource.phases and { "--phase", "Phase of the rules.", value = "PHASE",
    choices = resource.phases, required = true } or nil
  if method.name == "list" then
    options[#options + 1] = { "--query", "Of the query; may be given several times.", value = "NAME=VALUE",
      many = true, complete = "query" }
  end
  if method.takes_fields then
    options[#options + 1] = { "--set", "One field: name=shop, addresses.1.weight=3", value = "FIELD=VALUE", many = true,
      complete = "fields" }
    options[#options + 1] = { "--template", "Print a document with all fields, to be filled in." }
  end
  options[#options + 1] = method.confirms and yes or nil
  return options
end

local function method_command(version, resource, method)
  return {
    name = method.name,
    about = method.about,
    example = example_of(resource, method),
    arguments = arguments_of(method),
    options = options_of(version, resource, method),
  }
end

--- The command of a collection: its methods, those of all versions that have it.
---@param name string
---@return azion.Command?
function grammar.collection(name)
  local commands, seen = {}, {}
  local versions = catalog.versions_of(name)
  for _, version in ipairs(versions) do
    local resource = catalog.find(version, name)
    for _, method in ipairs(catalog.methods(version, resource)) do
      if not seen[method.name] then
        seen[method.name], commands[#commands + 1] = true, method_command(version, resource, method)
      end
    end
  end
  return versions[1] and { name = name, about = "Collection " .. name .. ".", commands = commands,
    example = commands[1].example, arguments = {}, options = {} } or nil
end

--- A command that is no collection.
---@param name string
---@return azion.Command?
function grammar.command(name)
  for _, command in ipairs(grammar.commands) do
    if command.name == name then
      return command
    end
  end
end

return grammar
