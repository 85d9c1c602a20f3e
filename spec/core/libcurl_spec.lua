-- The core uses nothing of libcurl that the oldest libcurl it takes lacks, and shows nothing of itself but how to open it.
local files = require("spec.support.files")
local shell = require("spec.support.shell")
local symbols = require("spec.support.libcurl_symbols")

local function read_sources()
  local texts = {}
  for _, path in ipairs(shell.lines_of("ls src/*.[ch]")) do
    texts[#texts + 1] = files.read(path)
  end
  return table.concat(texts, "\n")
end

-- Neither words in comments nor in strings are symbols.
local function without_prose(text)
  return (text:gsub("/%*.-%*/", ""):gsub('\\.', ""):gsub('"[^"\n]*"', '""'))
end

local function used_symbols(text)
  local used = {}
  for name in text:gmatch("%f[%w_][%w_]+") do
    if name:find("^curl_%l") or name:find("^CURL%u*_%w") or name:find("^LIBCURL_") then
      used[name] = true
    end
  end
  for name in text:gmatch("%f[%w_]SET%(([%u%d_]+),") do used["CURLOPT_" .. name] = true end
  for name in text:gmatch("%f[%w_]AZION_SET%([^,]+, ([%u%d_]+),") do used["CURLOPT_" .. name] = true end
  for name in text:gmatch("%f[%w_]NAME%(([%u%d_]+)%)") do used["CURLE_" .. name] = true end
  used.CURLOPT_, used.CURLE_ = nil, nil -- of those two macros
  used.curl_slist, used.curl_socket_t, used.curl_off_t = nil, nil, nil -- types come with the functions
  used.curl_sockaddr, used.curl_infotype, used.curl_version_info_data, used.curl_header = nil, nil, nil, nil
  return used
end

local function number_of(version)
  local major, minor, patch = version:match("^(%d+)%.(%d+)%.?(%d*)$")
  return tonumber(major) * 65536 + tonumber(minor) * 256 + (tonumber(patch) or 0)
end

describe("the core and libcurl", function()
  local text = read_sources()
  local used = used_symbols(without_prose(text))
  local oldest = tonumber(text:match("LIBCURL_VERSION_NUM < (0x%x+)"))

  it("knows of each symbol which version brought it", function()
    local unknown, count = {}, 0
    for name in pairs(used) do
      count = count + 1
      if not symbols[name] then
        unknown[#unknown + 1] = name
      end
    end
    assert.same({}, unknown)
    assert.is_true(count > 100)
    for name in pairs(symbols) do
      assert.is_true(used[name], name .. " is not used any more")
    end
  end)

  it("uses nothing that the oldest version lacks, and needs that version", function()
    local newest = 0
    for name in pairs(used) do
      local number = number_of(symbols[name])
      assert.is_true(number <= oldest, name)
      newest = math.max(newest, number)
    end
    assert.equal(oldest, newest)
  end)

  it("agrees with libcurl's own list where that is installed", function()
    local listed = {}
    local manual = shell.lines_of("zcat /usr/share/man/man3/libcurl-symbols.3.gz 2>/dev/null")
    for index, line in ipairs(manual) do
      local name = line:match("^%.IP ([%w_]+)$")
      listed[name or 0] = name and manual[index + 1]:match("^Introduced in ([%d.]+)")
    end
    for name, version in pairs(symbols) do
      if listed[name] then
        assert.equal(listed[name], version, name)
      end
    end
  end)

  it("shows nothing but how to open it", function()
    local library
    for template in package.cpath:gmatch("[^;]+") do
      local path = template:gsub("%?", "azion/core")
      library = library or io.open(path) and path
    end
    local shown = {}
    for _, line in ipairs(shell.lines_of("nm -D --defined-only '" .. library .. "'")) do
      local name = line:match("(%S+)$")
      if not name:find("^__") then -- of a sanitizer, or of gcov
        shown[#shown + 1] = name
      end
    end
    assert.same({ "luaopen_azion_core" }, shown)
  end)
end)
