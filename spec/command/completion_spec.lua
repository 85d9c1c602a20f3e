-- What shells put in a word's place: in each of the shells that are here.
local command = require "spec.support.command"

local function answer(...)
  local words = { "--complete", ... }
  local status, output = command.against()(words)
  assert.equal(0, status)
  local found = {}
  for line in output:gmatch("[^\n]+") do
    found[#found + 1] = line:match("^[^\t]*")
  end
  return found
end

describe("what completes a word", function()
  it("are commands and collections, then methods", function()
    assert.same({ "origins" }, answer("or"))
    assert.same({ "plan" }, answer("pl"))
    assert.same({ "list", "get", "find", "create", "update", "overwrite", "delete" }, answer("origins", ""))
    assert.same({ "clone" }, answer("applications", "c", "") and answer("applications", "cl"))
  end)

  it("are options of all commands and of this one", function()
    local found = table.concat(answer("origins", "list", "--"), " ")
    for _, option in ipairs { "--of", "--query", "--json", "--api", "--help" } do
      assert.truthy((found .. " "):find(option .. " ", 1, true), option)
    end
    assert.is_nil(found:find("--set", 1, true))
    assert.same({ "--phase" }, answer("rules", "list", "--of", "1", "--ph"))
    assert.same({ "request", "response" }, answer("rules", "list", "--phase", ""))
    assert.same({ "v3", "v4" }, answer("--api", ""))
  end)

  it("are fields and their values after --set", function()
    assert.same({ "hmac_authentication=", "hmac_region_name=", "hmac_access_key=", "hmac_secret_key=" },
      answer("origins", "create", "--set", "hmac"))
    assert.same({ "hmac_authentication=true", "hmac_authentication=false" },
      answer("origins", "update", "x", "--set", "hmac_authentication="))
    assert.same({ "addresses.1." }, answer("origins", "create", "--set", "addr"))
    assert.same({ "addresses.2.server_role=" }, answer("origins", "create", "--set", "addresses.2.se"))
    assert.same({ "addresses.2.server_role=backup" }, answer("origins", "create", "--set", "addresses.2.server_role=b"))
    assert.same({}, answer("origins", "create", "--set", "origin_k"))
    assert.same({ "modules.cache.enabled=true" }, answer("applications", "create", "--set", "modules.cache.enabled=t"))
  end)

  it("are columns, queries, parts and files", function()
    assert.same({ "id,name" }, answer("domains", "list", "--columns", "id,na"))
    assert.same({ "page=", "page_size=" }, answer("domains", "list", "--query", "page"))
    assert.same({ "edge_applications" }, answer("export", "edge"))
    assert.same({ ":file" }, answer("plan", ""))
    assert.same({ ":file" }, answer("plan", "a.lua", ""))
    assert.same({ ":file" }, answer("origins", "create", ""))
    assert.same({ ":file" }, answer("rate", "--ca-file", ""))
    assert.same({ "bash", "zsh", "fish" }, answer("completion", ""))
    assert.same({}, answer("completion", "bash", ""))
  end)
end)

local function is_installed(shell)
  local result = os.execute("command -v " .. shell .. " >/dev/null 2>&1")
  return result == true or result == 0
end

local scripts = {
  bash = [[
eval "$(lazion completion bash)"
try() { COMP_LINE="$1"; COMP_POINT=${#1}; _lazion; printf '%s ' "${COMPREPLY[@]}"; echo; }
try 'lazion ori'
try 'lazion origins cr'
try 'lazion origins create --set origin_type=si'
try 'lazion plan a_f']],
  fish = [[
lazion completion fish | source
for line in 'lazion ori' 'lazion origins cr' 'lazion origins create --set origin_type=si' 'lazion plan a_f'
  complete -C $line | cut -f 1
end]],
  zsh = [=[
zmodload zsh/zpty
read_until() {
  local piece all
  repeat 200; do
    zpty -rt shell piece && all+=$piece || sleep 0.05
    [[ $all == *$1* ]] && break
  done
  result=$all
}
zpty shell "zsh -f -i"
zpty -w shell 'PS1=; autoload -U compinit; compinit -u -D; eval "$(command lazion completion zsh)"'
zpty -w shell 'lazion() { print -r -- "<$*>" }; print rea""dy'
read_until ready
zpty -w shell $'lazion ori\t cr\t --set origin_ty\tsi\t'
read_until '>'
print -r -- ${${result#*<}%%>*}
zpty -w shell $'lazion plan a_f\t'
read_until '>'
print -r -- ${${result#*<}%%>*}]=],
}

-- From a file in one of zsh's folders, which is loaded by the first word to complete.
local loaded_by_zsh = scripts.zsh:gsub("compinit %-u %-D; eval.-\n",
  "command lazion completion zsh >_lazion; fpath=($PWD $fpath); compinit -u -D'\n")

local expected = {
  bash = { "^origins \ncreate \nsingle_origin \na_file \n$" },
  fish = { "^origins\ncreate\norigin_type=single_origin\na_file\n$" },
  zsh = { "^origins create %-%-set origin_type=single_origin\nplan a_file\n$" },
}

local function check(script, shell)
  local output, status = command.run_installed(script, shell)
  assert.equal(0, status, output)
  assert.matches(expected[shell][1], output)
end

for shell, script in pairs(scripts) do
  if is_installed(shell) then
    it("is completed in " .. shell, function() check(script, shell) end)
  end
end

if is_installed "zsh" then
  it("is completed in zsh from a folder of completions", function() check(loaded_by_zsh, "zsh") end)
end
