-- lazion among other programs: pipes, files, signals, secrets.
local child = require "spec.support.child"
local command = require "spec.support.command"
local core = require "azion.core"
local files = require "spec.support.files"
local sandboxes = require "spec.support.sandbox"

local application = tostring(sandboxes.application)

describe("lazion", function()
  local server, lazion

  setup(function()
    server = sandboxes.start { seed = { edge_applications = 1, origins = 450 }, faults = {
      { path = "/hang", action = "hang" }, { path = "/limited", status = 429 },
      { path = "/gone", status = 503, headers = { ["Retry-After"] = "1000" } },
      { path = "/endless", status = 200, body = '{"results":[{"id":1}],"total_pages":9}' } } }
    lazion = command.against(server.sandbox)
  end)

  teardown(function()
    server:stop()
  end)

  local function script(text, more)
    return command.run_script(command.shell_setup(command.environment(server.sandbox, more)) .. text)
  end

  it("says nothing when the reader of its output goes", function()
    local output = script("$lazion origins list --of " .. application .. " --jsonl --columns name | head -n 1\n")
    assert.equal('{"name":"origin-001"}\n', output)
    -- A parent may have it ignored that writing into a closed pipe ends a program.
    local status
    output, status = script(("trap '' PIPE; $lazion origins list --of %s --jsonl | true\n"
      .. "echo ${PIPESTATUS[0]}\n"):format(application))
    assert.equal("0\n", output)
    assert.equal(0, status)
  end)

  it("fails where its output cannot be written", function()
    local output, status = script("$lazion edge_applications list >/dev/full\n")
    assert.equal(1, status)
    assert.matches("^lazion: cannot write: [^\n]*\n$", output)
  end)

  it("fails where its output is closed, before anything is sent", function()
    local before = #server:requests()
    for _, words in ipairs { "rate", "--help", "--version", "origins list --help", "completion zsh", "sandbox",
      "origins delete x --of 1 --yes" } do
      local output, status = script("$lazion " .. words .. " >&-\n")
      assert.equal("lazion: cannot write: Bad file descriptor\n", output)
      assert.equal(1, status)
    end
    assert.equal(before, #server:requests())
    for _, words in ipairs { "--help", "--version", "origins list --help", "completion zsh", "sandbox" } do
      local output, status = script("$lazion " .. words .. " >/dev/full\n")
      assert.equal("lazion: cannot write: No space left on device\n", output)
      assert.equal(1, status)
    end
  end)

  it("works without the other streams, and sends nothing of its own over their numbers", function()
    for _, closed in ipairs { "2>&-", "<&-", "<&- 2>&-" } do
      local output, status = script("$lazion edge_applications list --csv --columns id -v " .. closed .. " | cat\n")
      assert.matches("id\n" .. application .. "\n$", output)
      assert.equal(0, status)
    end
  end)

  it("works in a locale that does not exist, and without any", function()
    for _, locale in ipairs { "xx_YY.utf9", "" } do
      local status, output, errors = lazion({ "edge_applications", "list", "--csv", "--columns", "id" },
        { LC_ALL = locale, LANG = false })
      assert.equal(0, status)
      assert.equal("id\n" .. application .. "\n", output)
      assert.equal("", errors)
    end
  end)

  it("takes base URL and certificates from its options", function()
    local status, output = lazion({ "edge_applications", "list", "--csv", "--columns", "id", "--base-url",
      server.sandbox.base_url, "--ca-file", server.sandbox.ca_file }, { AZION_BASE_URL = "http://127.0.0.1:1",
      AZION_CA_FILE = false })
    assert.equal(0, status)
    assert.equal("id\n" .. application .. "\n", output)
  end)

  it("takes the token from a file that nobody else can read, and from no other", function()
    local file = os.tmpname()
    files.write(file, server.sandbox.token .. "\n")
    for _, case in ipairs { { "0600", 0 }, { "0640", 4 }, { "0604", 4 }, { "0610", 4 }, { "0700", 4 } } do
      os.execute(("chmod %s %s"):format(case[1], file))
      local status, _, errors = lazion({ "rate", "--token-file", file }, { AZION_TOKEN = "wrong" })
      assert.equal(case[2], status, case[1])
      assert.is_nil(errors:find(server.sandbox.token, 1, true))
      assert.equal(case[2] == 4, errors:find("chmod 600", 1, true) ~= nil)
    end
    os.remove(file)
    local status, _, errors = lazion { "rate", "--token-file", file }
    assert.equal(1, status)
    assert.matches("^lazion: cannot read " .. file .. "[^\n]*\n$", errors)
  end)

  it("takes the token from a pipe that is only its own", function()
    local output, status = script("$lazion domains list --csv --columns id --token-file <(echo $AZION_TOKEN)\n")
    assert.equal("id\n", output)
    assert.equal(0, status)
    output = script("unset AZION_TOKEN; $lazion rate\n")
    assert.matches("set AZION_TOKEN, or name a file by %-%-token%-file\n$", output)
  end)

  it("reads standard input once, and tells where it is empty", function()
    local status, _, errors = lazion({ "plan", "-", "-" }, nil, '{"domains":[]}')
    assert.equal(2, status)
    assert.equal("lazion: -: standard input can be read only once (see lazion plan --help)\n", errors)
    status, _, errors = lazion({ "plan", "-" }, nil, "")
    assert.equal(4, status)
    assert.equal("lazion: standard input: expected a table or an object, got nothing\n", errors)
  end)

  it("takes what begins with a dash after --", function()
    local status, _, errors = lazion { "edge_applications", "get", "--", "-5" }
    assert.equal(3, status)
    assert.matches("GET /edge_applications/%-5: HTTP 404", errors)
    status, _, errors = lazion { "edge_applications", "get", "-5" }
    assert.equal(2, status)
    assert.equal("lazion: unknown option '-5': a key that begins with a dash stands after -- "
      .. "(see lazion edge_applications get --help)\n", errors)
  end)

  it("takes what the library calls a mistake of the program for wrong use", function()
    local status, output, errors = lazion { "edge_applications", "list", "--query", "timeout=1" }
    assert.equal(2, status)
    assert.equal("", output)
    assert.matches("^lazion: 'timeout' is an option of the call[^\n]*\n$", errors)
  end)

  it("tells requests with -v, without secrets", function()
    local status, output, errors = lazion { "edge_applications", "list", "--csv", "-v" }
    assert.equal(0, status)
    assert.matches("^id,", output)
    assert.matches("^lazion: GET /edge_applications %(attempt 1%)\n"
      .. "lazion: GET /edge_applications: 200 after [%d.]+ s\n$", errors)
    assert.is_nil(errors:find(server.sandbox.token, 1, true))
    status, output, errors = lazion({ "edge_applications", "list", "-v" }, { AZION_TOKEN = "secret-token" })
    assert.equal("", output)
    assert.equal(4, status)
    assert.is_nil(errors:find("secret-token", 1, true))
  end)

  it("ends with 5 where the rate limit does not let it", function()
    local status, _, errors = lazion { "request", "GET", "/limited" }
    assert.equal(5, status)
    assert.matches("^lazion: rate_limited: GET /limited[^\n]*\n$", errors)
  end)

  it("ends with 1 where there is no server", function()
    local status, output, errors = lazion({ "rate" }, { AZION_BASE_URL = "http://127.0.0.1:1" })
    assert.equal(1, status)
    assert.equal("", output)
    assert.matches("^lazion: network: GET [^\n]*\n$", errors)
  end)

  it("ends with 130 and one line on Ctrl-C", function()
    local program = [[env --default-signal=INT ]] .. child.interpreter()
    local output, status = script(([[
      %s bin/lazion request GET /hang & pid=$!
      until grep -q /hang %s/journal; do sleep 0.05; done
      kill -INT $pid; wait $pid
    ]]):format(program, server.sandbox.ca_file:match("^(.*)/")))
    assert.equal("lazion: interrupted\n", output)
    assert.equal(130, status)
  end)

  it("ends with 130 on Ctrl-C in a document that does not end", function()
    local output, status = script(([[
      echo 'while true do end' >"$TMPDIR/endless.lua"
      env --default-signal=INT %s bin/lazion plan "$TMPDIR/endless.lua" & pid=$!
      sleep 0.5
      kill -INT $pid; wait $pid
    ]]):format(child.interpreter()))
    assert.equal("lazion: interrupted\n", output)
    assert.equal(130, status)
  end)

  it("sends any request, and reads all its pages", function()
    local path = "/edge_applications/" .. application .. "/origins"
    local status, output = lazion { "request", "GET", path, "--query", "page_size=3", "--query", "order_by=name" }
    assert.equal(0, status)
    assert.equal(3, #core.decode(output).results)
    status, output = lazion { "request", "GET", path, "--paginate" }
    assert.equal(0, status)
    assert.equal(450, #core.decode(output))
    status, output = lazion({ "request", "POST", "/edge_applications/" .. application .. "/device_groups", "--body",
      "-" }, nil, '{"name":"by request","user_agent":"x"}')
    assert.equal(0, status)
    assert.equal("by request", core.decode(output).results.name)
    assert.equal(3, (lazion { "request", "GET", "/nowhere" }))
    assert.equal(2, (lazion { "request", "POST", "/x", "--paginate" }))
  end)

  it("prints of any reply what is asked for, as it is asked for", function()
    local function printed(...)
      local status, output = lazion { "request", "GET", ... }
      assert.equal(0, status)
      return output
    end
    local path = "/edge_applications"
    assert.equal("count\n1\n", printed(path, "--csv", "--columns", "count"))
    assert.matches("^count,[^\n]*\n1,", printed(path, "--csv"))
    assert.same({ count = 1 }, core.decode(printed(path, "--json", "--columns", "count")))
    assert.same({ { name = "application-001" } },
      core.decode(printed(path, "--paginate", "--json", "--columns", "name")))
    assert.equal("name\n", printed("/domains", "--paginate", "--csv", "--columns", "name"))
    assert.equal("", printed("/domains", "--paginate", "--csv"))
    assert.equal("[]\n", printed("/domains", "--paginate"))
  end)

  it("does not read the same page for ever", function()
    local status, _, errors = lazion { "request", "GET", "/endless", "--paginate" }
    assert.equal(1, status)
    assert.equal("lazion: --paginate: page 2 repeats page 1\n", errors)
  end)

  it("purges in one way at a time", function()
    local status, output = lazion { "purge", "http://www.example.com/a", "http://www.example.com/b", "--csv" }
    assert.equal(0, status)
    assert.matches("^status,url,detail\n201,http://www.example.com/a,[^\n]*\n201,http://www.example.com/b,", output)
    assert.equal(0, (lazion { "purge", "--wildcard", "www.example.com/*" }))
    assert.equal(0, (lazion { "purge", "--cachekeys", "www.example.com/a@@", "www.example.com/b@@" }))
    local urls = {}
    for index = 1, 120 do
      urls[index] = "http://www.example.com/" .. index .. "\n"
    end
    status, output = lazion({ "purge", "-", "--jsonl" }, nil, table.concat(urls))
    assert.equal(0, status)
    assert.equal(120, select(2, output:gsub("\n", "")))
    status, output = lazion({ "purge", "http://www.example.com/a", "-", "--csv", "--columns", "url" }, nil,
      " http://www.example.com/b \r\n\n")
    assert.equal("url\nhttp://www.example.com/a\nhttp://www.example.com/b\n", output)
    assert.equal(0, status)
    assert.equal(2, (lazion { "purge" }))
    assert.equal(2, (lazion { "purge", "http://a.example/", "--wildcard", "a.example/*" }))
  end)

  it("tells what is left of the rate limit", function()
    local status, output = lazion { "rate", "--json" }
    assert.equal(0, status)
    assert.is_table(core.decode(output))
    assert.matches("^bucket +limit +remaining +reset_after\n", (select(2, lazion { "rate" })))
  end)
end)
