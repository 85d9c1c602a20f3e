--- `lazion plan`, `apply` and `export`.
local catalog = require "azion.command.catalog"
local document = require "azion.command.document"
local status = require "azion.command.status"
local values = require "azion.command.values"
local writer = require "azion.plan.document"

local documents = {}

local commands = {}

local function make_plan(session)
  local given = session.arguments
  local desired, names = document.read(given.file)
  local client = session:client(catalog.version_of_all(names, session.asked_version, status.refuse))
  local progress = session:progress()
  progress:start("planning", { client = client })
  local plan = status.check(client:plan(desired, { prune = given.prune, secrets = given.secrets }))
  progress:finish()
  return plan, client
end

local function text_of(plan, colour)
  return (plan:text({ color = colour }):gsub("\n$", ""))
end

function commands.plan(session)
  local output = session:output()
  local plan = make_plan(session)
  if output.format == "json" then
    output:line(values.json(plan:table()))
  elseif output.format == "table" then
    output:line(text_of(plan, output.look.colour))
  else
    output:list(plan:table().steps or {}, { "action", "resource", "parent", "name" })
  end
  return session.arguments.exit_code and not plan.empty and status.something_to_apply or status.done
end

local function rows_of(report)
  local rows, code = {}, status.done
  local function add(list, outcome, why)
    for _, step in ipairs(list or {}) do
      rows[#rows + 1] = { outcome = outcome, action = step.action, resource = step.resource, parent = step.parent,
        name = step.name, why = why(step) }
    end
  end
  add(report.applied, "applied", function() end)
  add(report.failed, "failed", function(step)
    code = code == status.done and status.of(step.err) or code
    return tostring(step.err)
  end)
  add(report.skipped, "skipped", function(step) return tostring(step.because) end)
  return rows, not report.ok and code == status.done and status.failed or code
end

local function max_deletes_of(session)
  local text = session.arguments.max_deletes
  if text and not text:find("^%d+$") then
    status.wrong("--max-deletes: expected a whole number, got '%s'", text)
  end
  return text and math.floor(tonumber(text)) or nil
end

function commands.apply(session)
  session:expect_consent()
  local max_deletes, output = max_deletes_of(session), session:output()
  local plan, client = make_plan(session)
  local terminal = session:terminal()
  io.stderr:write(text_of(plan, terminal.stderr and terminal.colour), "\n")
  if not plan.empty then
    session:confirm("Apply this?")
  end
  local progress = session:progress()
  progress:start("applying", { client = client, total = #plan.steps, counts = "write" })
  local report = status.check(plan:apply {
    max_deletes = max_deletes,
    on_progress = function(done, total) progress:reach(tonumber(done) or 0, tonumber(total)) end,
  })
  progress:finish()
  local rows, code = rows_of(report)
  output:list(rows, { "outcome", "action", "resource", "parent", "name", "why" })
  return code
end

-- `edge_applications=shop domains` → { edge_applications = { "shop" }, domains = true }
local function parts_of(words)
  local parts, names = {}, {}
  for _, word in ipairs(words) do
    local collection, name = word:match("^([^=]+)=(.+)$")
    collection = (collection or word):gsub("%-", "_")
    if #catalog.versions_of(collection) == 0 then
      status.wrong("there is no collection '%s'", collection)
    end
    names[#names + 1] = collection
    if not name then
      parts[collection] = true
    elseif parts[collection] ~= true then
      parts[collection] = parts[collection] or {}
      table.insert(parts[collection], name)
    end
  end
  return next(parts) and parts or nil, names
end

function commands.export(session)
  local parts, names = parts_of(session.arguments.part)
  local output = session:output()
  if output.format == "csv" or output.columns then
    status.wrong("export prints a document: --json, --jsonl or --lua")
  end
  local client = session:client(catalog.version_of_all(names, session.asked_version, status.wrong))
  session:progress():start("exporting", { client = client })
  local desired, err, omitted = client:export(parts)
  status.check(desired, err)
  session:progress():finish()
  for _, entry in ipairs(omitted or {}) do
    session:warn(("not carried over: %s: %s"):format(entry.place, entry.why))
  end
  if output.format == "jsonl" then
    return output:line(values.json_line(desired))
  end
  local write = session.arguments.lua and writer.lua or writer.json
  return output:line((write(desired):gsub("\n$", "")))
end

function documents.run(session)
  return commands[session.arguments.command](session)
end

return documents
