-- The manual page of lazion, from the data of which its parser and its help are made.
local catalog = require("azion.command.catalog")
local grammar = require("azion.command.grammar")

local manual = {}

-- What troff would take for its own.
local function escaped(text)
  return (text:gsub("\\", "\\e"):gsub("%-", "\\-"):gsub("^([.'])", "\\&%1"))
end

local function add_options(out, options)
  for _, option in ipairs(options) do
    local names = (option.short and option.short .. ", " or "") .. option[1]
    out[#out + 1] = ".TP\n.B " .. escaped(names) .. (option.value and " \\fI" .. escaped(option.value) .. "\\fR" or "")
    out[#out + 1] = escaped(option[2])
  end
end

local function add_command(out, command, words)
  local usage = { words }
  for _, argument in ipairs(command.arguments) do
    local optional = argument.count == "?" or argument.count == "*"
    usage[#usage + 1] = (optional and "[%s]" or "%s"):format(argument[1])
  end
  out[#out + 1] = ".SS " .. escaped(table.concat(usage, " "))
  out[#out + 1] = escaped(command.about)
  out[#out + 1] = ".PP\nExample: \\fB" .. escaped(command.example) .. "\\fR"
  add_options(out, command.options)
end

local statuses = { { "0", "done" }, { "1", "failed" }, { "2", "wrong use" }, { "3", "not found" },
  { "4", "refused: by the API (401, 403, 409, another 4xx), or before anything was sent" }, { "5", "rate limited" },
  { "10", "lazion plan --exit-code: there is something to apply" }, { "130", "interrupted" } }

local variables = { { "AZION_TOKEN", "the token" }, { "AZION_API", "the version of the API: v3 or v4" },
  { "AZION_BASE_URL, AZION_V4_BASE_URL, AZION_ACCOUNT_URL", "where the API is" },
  { "AZION_CA_FILE", "certificates to trust besides the system's" }, { "NO_COLOR", "no colours" } }

local function add_table(out, title, rows)
  out[#out + 1] = ".SH " .. title
  for _, row in ipairs(rows) do
    out[#out + 1] = (".TP\n.B %s\n%s"):format(escaped(row[1]), escaped(row[2]))
  end
end

--- The page.
---@return string
function manual.text()
  local out = {
    ".\\\" Written by `make describe`.",
    ".TH LAZION 1",
    ".SH NAME\nlazion \\- the Azion edge platform at the command line",
    ".SH SYNOPSIS\n.B lazion\n[\\fIoptions\\fR] \\fICOLLECTION METHOD\\fR | \\fICOMMAND\\fR \\&...",
    ".SH COMMANDS",
  }
  for _, command in ipairs(grammar.commands) do
    add_command(out, command, "lazion " .. command.name)
  end
  out[#out + 1] = ".SH COLLECTIONS\n" .. escaped(table.concat(catalog.names(), ", ")) .. "."
  for _, command in ipairs(grammar.collection("rules").commands) do
    add_command(out, command, "lazion COLLECTION " .. command.name)
  end
  out[#out + 1] = ".PP\nThe help of a collection's command tells its own methods, and what it takes."
  out[#out + 1] = ".SH OPTIONS OF ALL COMMANDS"
  add_options(out, grammar.shared)
  add_table(out, "EXIT STATUS", statuses)
  add_table(out, "ENVIRONMENT", variables)
  return table.concat(out, "\n") .. "\n"
end

return manual
