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

/* Pushes the module cjson. */
static void require_cjson(lua_State *L) {
  lua_getglobal(L, "require");
  lua_pushliteral(L, "cjson");
  bool loaded = lua_pcall(L, 1, 1, 0) == 0;
  if (loaded && lua_istable(L, -1)) {
    lua_getfield(L, -1, "new");
    if (lua_isfunction(L, -1)) {
      lua_pop(L, 1);
      return;
    }
  }
  const char *cause =
      !loaded && lua_isstring(L, -1) ? lua_tostring(L, -1) : "it is of another kind";
  lua_pushlstring(L, cause, strcspn(cause, "\n"));
  luaL_error(L,
             "azion needs lua-cjson 2.1 or newer; install Debian's package lua-cjson, or the rock "
             "of that name (%s)",
             lua_tostring(L, -1));
}

int azion_json_open(lua_State *L) {
  int module = lua_gettop(L);
  luaL_newmetatable(L, SCRATCH);
  lua_pushcfunction(L, collect);
  lua_setfield(L, -2, "__gc");
  require_cjson(L);
  int cjson = lua_gettop(L);

  lua_getfield(L, cjson, "array_mt");
  if (!lua_istable(L, -1)) {
    lua_pop(L, 1);
    luaL_newmetatable(L, ARRAY);
  }
  int array_metatable = lua_gettop(L);
  lua_pushvalue(L, array_metatable);
  lua_setfield(L, module, "array_metatable");
  lua_pushlightuserdata(L, NULL);
  lua_setfield(L, module, "null");

  lua_pushvalue(L, array_metatable);
  azion_json_push_memory(L);
  lua_pushcclosure(L, azion_json_decode, 3);
  lua_setfield(L, module, "decode");

  lua_pushvalue(L, array_metatable);
  lua_getfield(L, cjson, "empty_array_mt");
  lua_getfield(L, cjson, "empty_array");
  lua_pushcclosure(L, azion_json_encode, 3);
  lua_setfield(L, module, "encode");
  lua_settop(L, module);
  return 0;
}
