--- For programs under test, which say no more than `azion.client()`: they trust the sandbox's certificate.
local azion = require("azion")

local client = azion.client

function azion.client(options)
  local settings = { ca_file = os.getenv("SPEC_CA_FILE") }
  for name, value in pairs(options or {}) do
    settings[name] = value
  end
  return client(settings)
end
