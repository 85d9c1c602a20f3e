--- Gives the origins that sign their requests (HMAC) a new pair of keys. The keys come from the environment or from
--- standard input, never from the command line, which others can see; and they are never printed.
package.path = (arg[0]:match("^.*/") or "") .. "?.lua;" .. package.path
local support = require("support")

local parser = support.parser("Rotates the HMAC keys of origins. The new keys are read from AZION_HMAC_ACCESS_KEY and "
  .. "AZION_HMAC_SECRET_KEY, or with --stdin from two lines of standard input, in this order.")
support.applications(parser)
parser:option("--origin", "Name of an origin; may be given more than once (default: all that use HMAC).")
  :count("*"):argname("<name>")
parser:flag("--stdin", "Read the keys from standard input.")
parser:flag("--apply", "Change the origins; without this they are only listed.")

local function read_keys(arguments)
  local access, secret
  if arguments.stdin then
    access, secret = io.read("*l", "*l")
  else
    access, secret = os.getenv("AZION_HMAC_ACCESS_KEY"), os.getenv("AZION_HMAC_SECRET_KEY")
  end
  if arguments.sandbox and not access and not secret then
    access, secret = "sandbox-access-key", "sandbox-secret-key"
  end
  access, secret = (access or ""):match("%S+"), (secret or ""):match("%S+")
  if not access or not secret then
    error("no keys: set AZION_HMAC_ACCESS_KEY and AZION_HMAC_SECRET_KEY, or use --stdin", 0)
  end
  return access, secret
end

-- The names that are wanted, nil for all.
local function set_of(names)
  local set
  for _, name in ipairs(names) do
    set = set or {}
    set[name] = true
  end
  return set
end

support.run(parser, function(client, arguments)
  local access, secret = read_keys(arguments)
  local wanted, count = set_of(arguments.origin), 0
  for _, id in ipairs(arguments.application) do
    local origins = client:origins(id)
    for _, origin in ipairs(support.check(origins:all())) do
      if origin.hmac_authentication and (not wanted or wanted[origin.name]) then
        if arguments.apply then
          support.check(origins:update(origin, { hmac_access_key = access, hmac_secret_key = secret }))
        end
        print(("%s  %s"):format(id, origin.name))
        count = count + 1
      end
    end
  end
  print((arguments.apply and "origins with the new keys: %d"
    or "origins to get the new keys: %d (--apply gives them)"):format(count))
end)
