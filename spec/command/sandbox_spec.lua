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

  it("ends on Ctrl-C at any moment of its start, and no server goes on", function()
    local output = script(([[
      export TMPDIR=$TMPDIR/started
      mkdir "$TMPDIR"
      for delay in 0.02 0.05 0.1 0.15 0.2 0.25 0.3 0.4; do
        env --default-signal=INT %s bin/lazion sandbox >/dev/null 2>"$TMPDIR/errors" & pid=$!
        { sleep 20; kill -9 $pid; } 2>/dev/null & guard=$!
        sleep $delay
        kill -INT $pid; wait $pid; echo $?
        kill $guard
        grep -v '^lazion: interrupted$' "$TMPDIR/errors"
      done
      pgrep -f "$TMPDIR/azion-sandbox" || echo none
      rm -rf "$TMPDIR"
    ]]):format(child.interpreter()))
    assert.equal(("130\n"):rep(8) .. "none\n", output)
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
    assert.equal("lazion: --seed: expected NUMBER or NAME=NUMBER, got 'some' (see lazion sandbox --help)\n", output)
    assert.equal(2, status)
    for _, words in ipairs { "--seed=-1", "--seed =3", "--seed nothing=3", "--limit some", "- --background" } do
      output, status = script("$lazion sandbox " .. words .. " </dev/null\n")
      assert.matches("^lazion: [^\n]*%(see lazion sandbox %-%-help%)\n$", output)
      assert.equal(2, status, words)
    end
    for _, words in ipairs { "", "--background" } do
      output, status = script("echo '{\"limts\":{}}' >$TMPDIR/o.json; $lazion sandbox $TMPDIR/o.json " .. words .. "\n")
      assert.equal("lazion: unknown option 'limts'; the nearest known one is 'limits'\n", output)
      assert.equal(4, status)
      output, status = script("$lazion sandbox --window 0 " .. words .. "\n")
      assert.matches("^lazion: invalid: window: expected seconds above 0", output)
      assert.equal(4, status)
    end
  end)

  it("takes the port that it is told, unless another has it", function()
    local output, status = script([[
      eval "$($lazion sandbox --background)"
      port=${AZION_BASE_URL##*:}
      $lazion sandbox --port "$port" --background; echo $?
      kill "$AZION_SANDBOX_PID"
      until ! test -e "$AZION_CA_FILE"; do sleep 0.05; done
      eval "$($lazion sandbox --background --port "$port")"
      test "${AZION_BASE_URL##*:}" = "$port" && echo "that port"
      kill "$AZION_SANDBOX_PID"
      $lazion sandbox --port 70000
    ]])
    assert.matches("^lazion: invalid: port %d+ is taken\n4\nthat port\nlazion: invalid: port: expected a port from 1 ",
      output)
    assert.equal(4, status)
  end)

  it("has as many of either version's items as it is told", function()
    local output = script([[
      eval "$($lazion sandbox --background --seed 3 --seed edge_applications=2 --seed dns_zones=4 --seed rules=5)"
      $lazion edge_applications list --jsonl --columns name
      $lazion origins list --of application-002 --jsonl | wc -l
      $lazion connectors list --jsonl --columns name
      $lazion dns_zones list --jsonl | wc -l
      $lazion applications list --jsonl | wc -l
      $lazion rules list --of application-001 --phase request --jsonl | wc -l
      $lazion rules list --of application-001 --phase request --jsonl --api v4 | wc -l
      kill "$AZION_SANDBOX_PID"
    ]])
    assert.equal('{"name":"application-001"}\n{"name":"application-002"}\n3\n{"name":"connector-001"}\n'
      .. '{"name":"connector-002"}\n{"name":"connector-003"}\n4\n1\n5\n5\n', output)
  end)

  it("takes the library's options from a file, and over them what its own say", function()
    local output = script([[
      printf '%s' 'return { limits = { read = 9, write = 8, purge = 1 }, window = 99, seed = { v4 = { wafs = 0 } },' \
        'faults = { { path = "/domains", nth = 2, status = 418 } } }' >"$TMPDIR/options.lua"
      eval "$($lazion sandbox --background "$TMPDIR/options.lua" --limit 5 --latency 0.3)"
      $lazion rate --csv --columns limit,remaining
      for _ in 1 2; do $lazion domains list >/dev/null; echo $?; done
      $lazion wafs list --csv
      time -p $lazion applications list --csv >/dev/null
      for _ in 1 2; do timeout 5 $lazion purge http://www.example.com/ -v 2>&1 | grep -c ": 429"; done
      kill "$AZION_SANDBOX_PID"
    ]])
    assert.matches("^limit,remaining\n5,4\n0\nlazion: rejected: [^\n]*HTTP 418[^\n]*\n4\nid,name,[^\n]*\n", output)
    assert.matches("\n0\n1\n$", output)
    local elapsed = tonumber(output:match("\nreal ([%d.]+)\n"))
    assert.is_true(elapsed >= 0.3 and elapsed < 3, elapsed) -- #time
  end)
end)
