-- From the root of a checkout: luarocks make src-redis/azion-redis-scm-1.rockspec
rockspec_format = "3.0"
package = "azion-redis"
version = "scm-1"
source = {
  url = "git+https://github.com/azion-lua/azion.git",
}
description = {
  summary = "What azion needs to keep a rate budget in Redis, outside of nginx",
  detailed = [[
    Redis' protocol by libhiredis. Needs LuaSocket too, and LuaSec for TLS: Debian's packages of those names or the
    rocks.
  ]],
  homepage = "https://github.com/azion-lua/azion",
  license = "MIT",
}
-- LuaSocket and LuaSec are not named: LuaRocks does not see Debian's packages of them, and would download and compile
-- others, or fail where it reaches no server.
dependencies = {
  "lua >= 5.1, < 5.5",
  "azion >= 0.1.0",
}
external_dependencies = {
  HIREDIS = { library = "hiredis", header = "hiredis/hiredis.h" },
}
-- As azion's own is compiled.
local compile = [[
mkdir -p build/rock && $(CC) -std=c11 $(CFLAGS) -fPIC -fvisibility=hidden \
  -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong \
  "-I$(LUA_INCDIR)" "-I$(HIREDIS_INCDIR)" src-redis/hiredis.c $(LIBFLAG) -o build/rock/hiredis.so \
  "-L$(HIREDIS_LIBDIR)" "-Wl,-rpath,$(HIREDIS_LIBDIR)" -lhiredis]]
build = {
  type = "command",
  build_command = compile .. " -Wl,-z,relro,-z,now",
  platforms = { macosx = { build_command = compile } },
  install = {
    lib = { ["azion.hiredis"] = "build/rock/hiredis.so" },
  },
}
