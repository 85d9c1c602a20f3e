-- Commands of collections against the stand-in.
local command = require "spec.support.command"
local core = require "azion.core"
local files = require "spec.support.files"
local sandboxes = require "spec.support.sandbox"

local application = tostring(sandboxes.application)

local function lines_of(text)
  local lines = {}
  for line in text:gmatch("[^\n]+") do
    lines[#lines + 1] = line
  end
  return lines
end

describe("a collection's command", function()
  local server, lazion

  setup(function()
    server = sandboxes.start { seed = { edge_applications = 2, origins = 130 } }
    lazion = command.against(server.sandbox)
  end)

  teardown(function()
    server:stop()
  end)

  local function count_of(verb)
    local count = 0
    for _, entry in ipairs(server:requests()) do
      count = count + (entry.method == verb and 1 or 0)
    end
    return count
  end

  it("lists all pages as one JSON document", function()
    local status, output, errors = lazion { "origins", "list", "--of", application, "--json" }
    assert.equal(0, status)
    assert.equal("", errors)
    local items = core.decode(output)
    assert.equal(130, #items)
    assert.equal("origin-001", items[1].name)
  end)

  it("lists a line of JSON for each item, and CSV with a line of names", function()
    local status, output = lazion { "origins", "list", "--of", application, "--jsonl", "--columns",
      "name,addresses.1.address" }
    assert.equal(0, status)
    local lines = lines_of(output)
    assert.equal(130, #lines)
    assert.same({ "addresses.1.address", "name" }, (function()
      local names = {}
      for name in pairs(core.decode(lines[1])) do
        names[#names + 1] = name
      end
      table.sort(names)
      return names
    end)())
    status, output = lazion { "origins", "list", "--of", application, "--csv", "--columns", "name,addresses" }
    assert.equal(0, status)
    lines = lines_of(output)
    assert.equal("name,addresses", lines[1])
    assert.equal(131, #lines)
    assert.matches('^origin%-001,"%[{""address"":', lines[2])
  end)

  it("prints a table with the description's columns, without colours and uncut where nobody looks", function()
    local status, output = lazion { "edge_applications", "list" }
    assert.equal(0, status)
    local lines = lines_of(output)
    assert.matches("^ +id  name +active +last_modified$", lines[1])
    assert.matches("^" .. application .. "  application%-001  true +%d", lines[2])
    assert.is_nil(output:find("\27", 1, true))
  end)

  it("takes the parent's exact name", function()
    local status, output = lazion { "origins", "list", "--of", "application-002", "--csv", "--columns", "name" }
    assert.equal(0, status)
    assert.equal(131, #lines_of(output))
    local errors
    status, output, errors = lazion { "origins", "list", "--of", "application", "--csv" }
    assert.equal(3, status)
    assert.equal("", output)
    assert.matches('^lazion: not_found: [^\n]*no item is named "application"\n$', errors)
  end)

  it("takes digits for an id, and for a name where no item has that id", function()
    assert.equal(0, (lazion { "edge_applications", "create", "--set", "name=2024", "--set", "delivery_protocol=http",
      "--set", "origin_type=single_origin", "--set", "address=a.example" }))
    local status, output = lazion { "origins", "list", "--of", "2024", "--csv", "--columns", "name" }
    assert.equal(0, status)
    assert.equal("name\nDefault Origin\n", output)
    status = lazion { "device_groups", "create", "--of", "2024", "--set", "name=g", "--set", "user_agent=x" }
    assert.equal(0, status)
    status, output = lazion { "device_groups", "find", "g", "--of", "2024", "--csv", "--columns", "id" }
    assert.equal(0, status)
    local id = output:match("%d+")
    assert.equal(0, (lazion { "device_groups", "delete", id, "--of", "2024", "--yes" }))
    assert.equal(3, (lazion { "device_groups", "get", id, "--of", "2024" }))
    local errors
    status, output, errors = lazion { "origins", "list", "--of", "2025", "--json" }
    assert.equal(3, status)
    assert.equal("", output)
    assert.matches("^lazion: not_found: GET /edge_applications/2025/origins: HTTP 404: [^\n]*\n$", errors)
  end)

  it("creates, finds, shows, updates, overwrites and deletes", function()
    local of = { "--of", application, "--json" }
    local status, output, errors = lazion { "origins", "create", "--set", "name=made", "--set",
      "origin_type=load_balancer", "--set", "addresses.1.address=a.example", "--set", "addresses.1.weight=3", "--set",
      "addresses.2.address=b.example", "--set", "addresses.2.is_active=false", of[1], of[2], of[3] }
    assert.equal("", errors)
    assert.equal(0, status)
    local made = core.decode(output)
    assert.equal(3, made.addresses[1].weight)
    assert.is_false(made.addresses[2].is_active)
    status, output = lazion { "origins", "find", "made", of[1], of[2], of[3] }
    assert.equal(0, status)
    assert.same(made, core.decode(output))
    status, output = lazion { "origins", "update", made.origin_key, "--set", "host_header=h.example", of[1], of[2],
      of[3] }
    assert.equal(0, status)
    assert.equal("h.example", core.decode(output).host_header)
    local file = os.tmpname()
    files.write(file, '{"name":"other","addresses":[{"address":"c.example"}]}')
    status = lazion { "origins", "overwrite", made.origin_key, file, of[1], of[2] }
    os.remove(file)
    assert.equal(0, status)
    status, output = lazion { "origins", "get", made.origin_key, of[1], of[2] }
    assert.equal(0, status)
    assert.matches("\naddresses.1.address +c.example\n", output)
    status, output = lazion { "origins", "delete", made.origin_key, "--yes", of[1], of[2], of[3] }
    assert.equal(0, status)
    assert.same({ { key = made.origin_key, deleted = true } }, core.decode(output))
    assert.equal(3, (lazion { "origins", "get", made.origin_key, of[1], of[2] }))
  end)

  it("reads fields from standard input, nulls and fields of --set included", function()
    local before = #server:requests()
    local status, _, errors = lazion({ "device_groups", "create", "-", "--of", application, "--set", "name=wins" }, nil,
      '{"name":"from input","user_agent":"x","more":null,"list":[null,"a \\" null"]}')
    assert.equal("", errors)
    assert.equal(0, status)
    local body = server:requests()[before + 1].body
    assert.equal('{"list":[null,"a \\" null"],"more":null,"name":"wins","user_agent":"x"}', body)
  end)

  it("goes on after a key that cannot be deleted, and tells it", function()
    local _, output = lazion { "device_groups", "create", "--of", application, "--set", "name=g", "--set",
      "user_agent=x", "--jsonl", "--columns", "id" }
    local id = output:match("%d+")
    local status, deleted, errors = lazion { "device_groups", "delete", "999999", id, "--of", application, "--yes",
      "--csv" }
    assert.equal(3, status)
    assert.equal("key,deleted\n" .. id .. ",true\n", deleted)
    assert.matches("^lazion: 999999: not_found: [^\n]*\n$", errors)
  end)

  it("sends nothing without --yes where there is no terminal", function()
    local before = #server:requests()
    local status, output, errors = lazion { "origins", "delete", "some-key", "--of", "application-001" }
    assert.equal(2, status)
    assert.equal("", output)
    assert.matches("^lazion: delete needs %-%-yes [^\n]*\n$", errors)
    assert.equal(before, #server:requests())
  end)

  it("makes a template that can be filled in and created", function()
    local before = #server:requests()
    local status, template = lazion { "origins", "create", "--template" }
    assert.equal(0, status)
    assert.equal(before, #server:requests())
    assert.matches('%-%- a string; "single_origin", [^\n]*; default: "single_origin"', template)
    for line, is_open in pairs { name = true, origin_type = false, host_header = false, bucket = false } do
      assert.equal(is_open, template:find("\n  " .. line .. " = ") ~= nil, line)
      assert.equal(not is_open, template:find("\n  %-%- " .. line .. " = ") ~= nil, line)
    end
    assert.matches("\n    address = ", template)
    for _, field in ipairs(require("azion.api.v3.origins").fields) do
      assert.equal(not field.read_only, template:find("\n  [%- ]*" .. field.name .. " = ") ~= nil, field.name)
    end
    local file = os.tmpname() .. ".lua"
    files.write(file, (template:gsub('  name = ""', '  name = "filled"'):gsub('address = ""', 'address = "f.example"')))
    local output
    status, output = lazion { "origins", "create", file, "--of", application, "--json" }
    os.remove(file)
    assert.equal(0, status)
    assert.equal("f.example", core.decode(output).addresses[1].address)
  end)

  it("takes the phase of rules, and only a phase that there is", function()
    local status, output = lazion { "rules", "list", "--of", application, "--phase", "request", "--csv", "--columns",
      "name" }
    assert.equal(0, status)
    assert.matches("^name\nDefault Rule\n", output)
    assert.equal(2, (lazion { "rules", "list", "--of", application, "--phase", "requests" }))
    assert.equal(2, (lazion { "rules", "list", "--of", application }))
  end)

  it("tells words that are wrong, with what was meant, and sends nothing", function()
    local before = #server:requests()
    local cases = {
      { { "orgins", "list" }, "Did you mean 'origins'" },
      { { "origins", "lst", "--of", "1" }, "Did you mean 'list'" },
      { { "origins", "list" }, "missing option '%-%-of'" },
      { { "origins", "create", "--of", "1" }, "create needs fields" },
      { { "origins", "create", "--of", "1", "--set", "name" }, "expected FIELD=VALUE, got 'name'" },
      { { "origins", "create", "--of", "1", "--set", "hmac_authentication=yes" }, "expected true or false, got 'yes'" },
      { { "origins", "create", "--of", "1", "--set", "addresses.1.weight=3.5" }, "expected an integer, got '3.5'" },
      { { "origins", "create", "--of", "1", "--set", "addresses.2.address=a" }, "positions of a list" },
      { { "origins", "create", "--of", "1", "--set", "addresses.1.address=a", "--set", "addresses.0.address=b" },
        "positions of a list" },
      { { "origins", "create", "--of", "1", "--set", "addresses.0.address=a" }, "positions of a list" },
      { { "origins", "create", "--of", "1", "--set", "addresses=a.example" }, "expected a list in JSON" },
      { { "origins", "list", "--of", "1", "--api", "v4" }, "origins is a collection of version 3" },
      { { "connectors", "list", "--api", "v3" }, "connectors is a collection of version 4" },
      { { "rules", "order", "1", "--of", "1", "--phase", "request" }, "rules order is of version 4" },
      { { "origins", "list", "--of", "1", "--json", "--csv" }, "%-%-json and %-%-csv exclude each other" },
      { { "origins", "list", "--of", "1", "--columns", "," }, "%-%-columns: expected names" },
      { { "origins", "list", "--of", "1", "--query", "page" }, "%-%-query: expected NAME=VALUE" },
      { {}, "a command is required" },
    }
    for _, case in ipairs(cases) do
      local status, output, errors = lazion(case[1])
      local words = table.concat(case[1], " ")
      assert.equal(2, status, words)
      assert.equal("", output, words)
      assert.matches("^lazion: [^\n]*" .. case[2] .. "[^\n]*\n$", errors, words)
    end
    local told = select(3, lazion { "origins", "list" })
    assert.matches("%(see lazion origins list %-%-help%)\n$", told)
    assert.equal(2, (lazion({ "origins", "list", "--of", "1" }, { AZION_API = "v4" })))
    assert.equal(2, (lazion({ "origins", "list", "--of", "1" }, { AZION_API = "4" })))
    assert.equal(before, #server:requests())
  end)

  it("sets every kind of field by its description", function()
    local before = #server:requests()
    local status = lazion { "domains", "create", "--set", "name=true", "--set", "cnames=a.example,b.example", "--set",
      "is_active=true", "--set", "edge_application_id=" .. application, "--set", "digital_certificate_id=null" }
    assert.equal(0, status)
    assert.same({ name = "true", cnames = { "a.example", "b.example" }, is_active = true,
      edge_application_id = sandboxes.application }, core.decode(server:requests()[before + 1].body))
    assert.matches('"digital_certificate_id":null', server:requests()[before + 1].body)
    before = #server:requests()
    status = lazion { "functions_instances", "create", "--of", application, "--set", "name=7", "--set",
      "edge_function_id=7", "--set", 'args={"a":[1,null]}' }
    assert.equal(0, status)
    assert.equal('{"args":{"a":[1,null]},"edge_function_id":7,"name":"7"}', server:requests()[before + 1].body)
  end)

  it("warns of names that are near a known one", function()
    local status, output, errors = lazion { "device_groups", "create", "--of", application, "--set", "nmae=x" }
    assert.equal(4, status)
    assert.equal("", output)
    assert.matches("^lazion: %-%-set: the field 'nmae' is unknown; the nearest known name is 'name'\n", errors)
    status, output, errors = lazion { "device_groups", "list", "--of", application, "--columns", "nmae", "--jsonl" }
    assert.equal(0, status)
    assert.matches('^{"nmae":null}\n', output)
    assert.matches("^lazion: %-%-columns: the field 'nmae' is unknown; the nearest known name is 'name'\n", errors)
  end)

  it("warns of a name in a query that is near a known one, and of no other", function()
    local list = { "device_groups", "list", "--of", application, "--query" }
    local function errors_of(word)
      list[6] = word
      local status, _, errors = lazion(list)
      assert.equal(0, status)
      return errors
    end
    assert.equal("lazion: --query: the name 'pagesize' is unknown; the nearest known name is 'page_size'\n",
      errors_of("pagesize=2"))
    assert.equal("", errors_of("quite_another=2"))
    assert.equal("", errors_of("page_size=2"))
  end)

  it("tells who gives a name for a key how to come to the key", function()
    local told = "%(if origin%-001 is a name, lazion origins find shows its origin_key%)\n$"
    for _, words in ipairs { { "get" }, { "update", "--set", "name=x" }, { "delete", "--yes" },
      { "overwrite", "--set", "name=x", "--set", "addresses.1.address=a.example" } } do
      table.insert(words, 1, "origins")
      table.insert(words, "origin-001")
      table.insert(words, "--of=" .. application)
      local status, _, errors = lazion(words)
      assert.equal(3, status)
      assert.matches("^lazion: [^\n]*not_found: [^\n]*" .. told, errors)
    end
    for _, words in ipairs { { "edge_applications", "get", "17" }, { "buckets", "get", "nothing" } } do
      local status, _, errors = lazion(words)
      assert.equal(3, status)
      assert.is_nil(errors:find("is a name", 1, true))
    end
  end)

  it("refuses what the API refuses with 4, and names the fields", function()
    local status, output, errors = lazion { "origins", "create", "--of", application, "--set", "name=x" }
    assert.equal(4, status)
    assert.equal("", output)
    assert.matches("^lazion: rejected: POST [^\n]*addresses", errors)
    status, output, errors = lazion({ "origins", "list", "--of", application }, { AZION_TOKEN = "wrong" })
    assert.equal(4, status)
    assert.equal("", output)
    assert.matches("^lazion: unauthorized: [^\n]*%-%-api v4[^\n]*\n$", errors)
    status, output, errors = lazion({ "origins", "list", "--of", application }, { AZION_TOKEN = false })
    assert.equal(4, status)
    assert.equal("", output)
    assert.matches("^lazion: invalid: token: [^\n]*\n$", errors)
  end)

  it("asks a certificate's signing request, a method that only this collection has", function()
    local before = count_of "POST"
    local status, output = lazion { "digital_certificates", "create_csr", "--set", "name=csr", "--set",
      "common_name=www.example.com", "--set", "sans=a.example", "--json" }
    assert.equal(0, status)
    assert.matches("BEGIN CERTIFICATE REQUEST", core.decode(output).csr)
    assert.equal(before + 1, count_of "POST")
  end)
end)
