--- The version, in one place.
local version = {}

version.number = "0.1.0"
version.name = "azion " .. version.number
version.user_agent = ("azion-lua/%s (%s)"):format(version.number, _VERSION)

return version
