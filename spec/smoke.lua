-- For the Luas on which the whole suite does not run: the module loads, refuses, and lists. Plain Lua.
local azion = require("azion")

local lua = jit and jit.version or _VERSION

assert(azion._VERSION:match("^azion %d+%.%d+%.%d+$"), azion._VERSION)

local client = assert(azion.client({ token = "smoke", base_url = "http://127.0.0.1:1" }))
local item, err = client:origins(1):get("..")
assert(item == nil and err.kind == "invalid", tostring(err))
client:close()
item, err = client:origins(1):list()
assert(item == nil and err.kind == "closed", tostring(err))

local sandbox = assert(azion.sandbox.start())
client = assert(sandbox:client())
-- The sandbox says which applications it has: asked first, it holds for any seed.
local applications = assert(client:request("GET", "/edge_applications")).results
local page = assert(client:origins(applications[1].id):list())
assert(type(page.count) == "number" and #page.results <= page.count, "no page of origins")
client:close()
sandbox:stop()

print(("%s on %s: %d origins listed"):format(azion._VERSION, lua, #page.results))
