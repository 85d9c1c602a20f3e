/* Included before each file of src/ by `make torture`: every function that the core gives to Lua
   collects all garbage before it begins. What only a C variable still holds is gone by then. Specs
   that go through a file 10,000 times would take hours: from then on every 101st call collects. */
#ifndef COLLECT_AT_ENTRY_H
#define COLLECT_AT_ENTRY_H

#define _GNU_SOURCE /* all that any of those files asks for */

#include <lauxlib.h>
#include <lua.h>
#include <string.h>

#undef _GNU_SOURCE
#undef _DEFAULT_SOURCE
#undef _POSIX_C_SOURCE

static unsigned long collect_at_entry_count;

/* The function itself is the last upvalue: its own ones keep their places. */
static inline int collect_at_entry_enter(lua_State *L) {
  int last = 1;
  while (lua_type(L, lua_upvalueindex(last + 1)) != LUA_TNONE) {
    last++;
  }
  if (collect_at_entry_count++ < 10000 || collect_at_entry_count % 101 == 0) {
    lua_gc(L, LUA_GCCOLLECT, 0);
  }
  return lua_tocfunction(L, lua_upvalueindex(last))(L);
}

static inline void collect_at_entry_push(lua_State *L, lua_CFunction function, int upvalues) {
  (lua_pushcclosure)(L, function, 0);
  (lua_pushcclosure)(L, collect_at_entry_enter, upvalues + 1);
}

/* But for finalizers, which run inside of a collection. */
static inline void collect_at_entry_set(lua_State *L, const luaL_Reg *functions, int upvalues) {
  (void)upvalues; /* the core gives none here */
  for (; functions->name != NULL; functions++) {
    if (strcmp(functions->name, "__gc") == 0) {
      (lua_pushcclosure)(L, functions->func, 0);
    } else {
      collect_at_entry_push(L, functions->func, 0);
    }
    lua_setfield(L, -2, functions->name);
  }
}

#undef luaL_setfuncs
#define lua_pushcclosure collect_at_entry_push
#define luaL_setfuncs collect_at_entry_set

#endif
