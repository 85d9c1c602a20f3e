--- Which certificate authorities a client trusts: those of the system, and those of the caller's file.
local core = require "azion.core"

local trust = {}

local largest_file, part_size = 16 * 1024 * 1024, 64 * 1024

-- errno, the same on Linux, the BSDs and macOS.
local EPERM, ENOENT, EACCES, ENOTDIR, EISDIR, ENFILE, EMFILE = 1, 2, 13, 20, 21, 23, 24

local reasons = {
  [ENOENT] = "there is no such file", [ENOTDIR] = "there is no such file",
  [EPERM] = "permission to read the file is denied", [EACCES] = "permission to read the file is denied",
  [ENFILE] = "too many files are open (ulimit -n)", [EMFILE] = "too many files are open (ulimit -n)",
}

-- In parts, for a device has no end.
local function read_all(file)
  local parts, size = {}, 0
  repeat
    local part, _, number = file:read(part_size)
    if number then
      return nil, number == EISDIR and "it is a directory" or "the file cannot be read"
    end
    parts[#parts + 1], size = part, size + #(part or "")
    if size > largest_file then
      return nil, "the file is too large to be one of certificates"
    end
  until not part
  return table.concat(parts)
end

local function read_file(path)
  local file, _, number = io.open(path, "rb")
  if not file then
    return nil, reasons[number] or "the file cannot be opened"
  end
  local text, problem = read_all(file)
  file:close()
  return text, problem
end

local labels = { CERTIFICATE = true, ["X509 CERTIFICATE"] = true, ["TRUSTED CERTIFICATE"] = true }
local shortest_certificate = 200 -- bytes in base64

-- A certificate is a SEQUENCE of more than 127 bytes, which begins with "MI" in base64.
local function has_certificate(text)
  for label, body in text:gmatch("%-%-%-%-%-BEGIN ([^-\n]+)%-%-%-%-%-([^-]*)%-%-%-%-%-END ") do
    if labels[label] and #body >= shortest_certificate and body:find("^%s*MI[%w+/=%s]*$") then
      return true
    end
  end
  return false
end

---@class azion.Trust
---@field file? string a file of certificates
---@field folder? string a folder of certificates, which OpenSSL finds by their names
---@field text? string certificates, in place of both

--- Chooses what to trust.
---@param ca_file? string
---@return azion.Trust?
---@return string? problem with `ca_file`
function trust.choose(ca_file)
  local bundle, folder = core.authorities()
  if not ca_file then
    return { file = bundle, folder = folder }
  end
  local own, problem = read_file(ca_file)
  if not own then
    return nil, problem
  elseif not has_certificate(own) then
    return nil, "the file has no certificate in PEM form"
  elseif not bundle then
    return { file = ca_file, folder = folder }
  end
  local others
  others, problem = read_file(bundle)
  return others and { text = own .. "\n" .. others }, problem
end

return trust
