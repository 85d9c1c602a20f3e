#include "json.h"

#include "compat.h"
#include "json_parts.h"

#include <stdbool.h>
#include <string.h>

#define SCRATCH "azion.json_scratch"
#define ARRAY "azion.array"

void azion_json_free_scratch(struct azion_json_scratch *scratch) {
  azion_buffer_free(&scratch->text.buffer);
  azion_buffer_free(&scratch->names);
  azion_buffer_free(&scratch->keys);
}

static int collect(lua_State *L) {
  azion_json_free_scratch(luaL_checkudata(L, 1, SCRATCH));
  return 0;
}

struct azion_json_scratch *azion_json_push_scratch(lua_State *L) {
  struct azion_json_scratch *scratch = lua_newuserdata(L, sizeof *scratch);
  *scratch = (struct azion_json_scratch){0};
  luaL_getmetatable(L, SCRATCH);
  lua_setmetatable(L, -2);
  return scratch;
}

/* Pushes what a module that the program has loaded has under a name, or nil. It is not loaded. */
static void push_loaded(lua_State *L, const char *module, const char *name) {
  lua_getfield(L, LUA_REGISTRYINDEX, "_LOADED");
  lua_pushstring(L, module);
  lua_rawget(L, -2);
  lua_replace(L, -2);
  if (!lua_istable(L, -1)) {
    lua_pop(L, 1);
    lua_pushnil(L);
    return;
  }
  lua_pushstring(L, name);
  lua_rawget(L, -2);
  lua_replace(L, -2);
}

bool azion_json_is_cjson_mark(lua_State *L, const char *name) {
  static const char *const modules[] = {"cjson", "cjson.safe"};
  bool is = false;
  for (size_t i = 0; i < sizeof modules / sizeof *modules && !is; i++) {
    push_loaded(L, modules[i], name);
    is = !lua_isnil(L, -1) && lua_rawequal(L, -1, -2);
    lua_pop(L, 1);
  }
  return is;
}

int azion_json_open(lua_State *L) {
  int module = lua_gettop(L);
  luaL_newmetatable(L, SCRATCH);
  lua_pushcfunction(L, collect);
  lua_setfield(L, -2, "__gc");
  lua_pushlightuserdata(L, NULL);
  lua_setfield(L, module, "null");

  push_loaded(L, "cjson", "array_mt");
  if (!lua_istable(L, -1)) {
    lua_pop(L, 1);
    luaL_newmetatable(L, ARRAY);
  }
  int array_metatable = lua_gettop(L);
  lua_pushvalue(L, array_metatable);
  lua_setfield(L, module, "array_metatable");

  lua_pushvalue(L, array_metatable);
  azion_json_push_memory(L);
  lua_pushcclosure(L, azion_json_decode, 3);
  lua_setfield(L, module, "decode");

  lua_pushvalue(L, array_metatable);
  lua_pushcclosure(L, azion_json_encode, 1);
  lua_setfield(L, module, "encode");
  lua_pushvalue(L, array_metatable);
  lua_pushcclosure(L, azion_json_is_array, 1);
  lua_setfield(L, module, "is_array");
  lua_settop(L, module);
  return 0;
}
