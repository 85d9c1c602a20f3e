/* One spelling of the Lua C API for 5.1, LuaJIT, 5.2, 5.3 and 5.4. */
#ifndef AZION_COMPAT_H
#define AZION_COMPAT_H

#include <lauxlib.h>
#include <lua.h>

/* Whether the code that runs can yield: PUC 5.1 and 5.2 cannot tell. Debian's nginx runs the build
   for 5.1 in LuaJIT, which can: the function is looked for when the core is loaded. */
#if LUA_VERSION_NUM >= 503 || (LUA_VERSION_NUM == 501 && defined(luaL_newlib))
#define azion_can_yield(L) lua_isyieldable(L)
#elif LUA_VERSION_NUM == 501 && defined(__ELF__)
extern int lua_isyieldable(lua_State *L) __attribute__((weak));
#define azion_can_yield(L) (!lua_isyieldable || lua_isyieldable(L))
#endif

/* LuaJIT calls itself 5.1 but has luaL_newlib and what comes with it; PUC 5.1 has not. */
#if LUA_VERSION_NUM < 502 && !defined(luaL_newlib)

#define luaL_setfuncs(L, functions, upvalues) \
  ((void)(upvalues), luaL_register((L), NULL, (functions)))
#define luaL_newlib(L, functions) (lua_newtable(L), luaL_setfuncs((L), (functions), 0))
#define luaL_setmetatable(L, name) (luaL_getmetatable((L), (name)), lua_setmetatable((L), -2))

#endif

#if LUA_VERSION_NUM < 502
#define lua_rawlen(L, index) lua_objlen((L), (index))
#define lua_absindex(L, index) \
  (((index) > 0 || (index) <= LUA_REGISTRYINDEX) ? (index) : lua_gettop(L) + (index) + 1)
#endif

/* Userdata with one table attached. 5.1 knows that table as the environment. */
#if LUA_VERSION_NUM >= 504
#define azion_newuserdata(L, size) lua_newuserdatauv((L), (size), 1)
#define azion_setattached(L, index) ((void)lua_setiuservalue((L), (index), 1))
#define azion_getattached(L, index) ((void)lua_getiuservalue((L), (index), 1))
#elif LUA_VERSION_NUM >= 502
#define azion_newuserdata(L, size) lua_newuserdata((L), (size))
#define azion_setattached(L, index) lua_setuservalue((L), (index))
#define azion_getattached(L, index) ((void)lua_getuservalue((L), (index)))
#else
#define azion_newuserdata(L, size) lua_newuserdata((L), (size))
#define azion_setattached(L, index) ((void)lua_setfenv((L), (index)))
#define azion_getattached(L, index) lua_getfenv((L), (index))
#endif

#endif
