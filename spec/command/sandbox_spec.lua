-- `lazion sandbox`: a stand-in for other programs.
local child = require "spec.support.child"
local command = require "spec.support.command"

local function script(text)
  return command.run_script(command.shell_setup(command.environment()) .. text)
end

describe("lazion sandbox", function()
  it("goes on in the background, leads others to it, and ends with its process", function()
    local output, status = script([[
      eval "$($lazion sandbox --background --seed 7)"
      $lazion origins list --of application-001 --csv --columns name | wc -l
      curl -s --cacert "$AZION_CA_FILE" -H "Authorization: Token $AZION_TOKEN" "$AZION_BASE_URL/edge_applications" \
        -H 'Accept: application/json; version=3' | cut -c 1-9
      echo "$AZION_V4_BASE_URL" | sed "s|$AZION_BASE_URL||"
      test -n "$AZION_ACCOUNT_URL" && echo account
      kill "$AZION_SANDBOX_PID"
      for _ in $(seq 100); do test -e "$AZION_CA_FILE" || break; sleep 0.1; done
      test -e "$AZION_CA_FILE" || echo gone
    ]])
    assert.equal('8\n{"count":\n/v4\naccount\ngone\n', output)
    assert.equal(0, status)
  end)

  it("runs until it is ended, and leaves nothing", function()
    local output, status = script(([[
      out=$(mktemp)
      env --default-signal=INT %s bin/lazion sandbox >"$out" 2>&1 & pid=$!
      until grep -q AZION_CA_FILE "$out"; do sleep 0.05; done
      eval "$(cat "$out")"
      $lazion edge_applications list --csv --columns name
      kill -INT $pid; wait $pid; echo $?
      test -e "$AZION_CA_FILE" || echo gone
      grep -v '^export ' "$out"
      rm "$out"
    ]]):format(child.interpreter()))
    assert.equal("name\napplication-001\n130\ngone\nlazion: interrupted\n", output)
    assert.equal(0, status)
  end)

  it("counts calls as it is told", function()
    local output = script([[
      eval "$($lazion sandbox --background --limit 5 --window 30)"
      $lazion rate --csv --columns bucket,limit,remaining
      kill "$AZION_SANDBOX_PID"
    ]])
    assert.equal("bucket,limit,remaining\nread,5,4\n", output)
  end)

  it("tells what is wrong, also in the background", function()
    local output, status = script("$lazion sandbox --background --seed some\n")
    assert.equal("lazion: --seed: expected a number, got 'some' (see lazion sandbox --help)\n", output)
    assert.equal(2, status)
    output, status = script("$lazion sandbox --background --seed=-1 </dev/null\n")
    assert.matches("^lazion: [^\n]*seed[^\n]*\n$", output)
    assert.is_true(status ~= 0)
  end)
end)
