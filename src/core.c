/* The module azion.core. */
#define _DEFAULT_SOURCE /* getentropy */

#include "core.h"

#include "clock.h"
#include "compat.h"
#include "interrupt.h"
#include "json.h"
#include "json_text.h"
#include "sha256.h"

#include <stdbool.h>
#include <stdint.h>
#include <unistd.h>
#if defined(__APPLE__)
#include <sys/random.h> /* getentropy */
#endif

/* Numbers do not pass for strings. */
static const char *check_text(lua_State *L, int index, size_t *length) {
  luaL_checktype(L, index, LUA_TSTRING);
  return lua_tolstring(L, index, length);
}

/* Where the C stack stands: Lua 5.1 has no other way to tell that there is a call through C between
   a coroutine's resume and here. */
static int core_stack_mark(lua_State *L) {
  volatile char here = 0;
  lua_pushnumber(L, (lua_Number)(uintptr_t)&here);
  return 1;
}

static int core_now(lua_State *L) {
  lua_pushnumber(L, azion_monotonic());
  return 1;
}

static int core_time(lua_State *L) {
  lua_pushnumber(L, azion_wall_clock());
  return 1;
}

static int core_pid(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)getpid());
  return 1;
}

uint64_t azion_random_bits(lua_State *L) {
  uint64_t bits;
  if (getentropy(&bits, sizeof bits) != 0) {
    luaL_error(L, "the system has no random numbers");
  }
  return bits;
}

#if defined(azion_can_yield)
/* nginx replaces the library `coroutine` with one that has no isyieldable. */
static int core_can_yield(lua_State *L) {
  lua_pushboolean(L, azion_can_yield(L));
  return 1;
}
#endif

/* As many bits as a double holds. */
static int core_random(lua_State *L) {
  uint64_t bits = azion_random_bits(L);
  lua_pushnumber(L, (double)(bits >> 11) / 9007199254740992.0);
  return 1;
}

/* core.utf8(text): the text with what is no UTF-8 in it read as ISO-8859-1. */
static int core_utf8(lua_State *L) {
  size_t length;
  const char *text = check_text(L, 1, &length);
  luaL_Buffer buffer;
  luaL_buffinit(L, &buffer);
  for (size_t at = 0, size; at < length; at += size) {
    unsigned char byte = (unsigned char)text[at];
    size = byte < 0x80 ? 1 : azion_json_sequence((const unsigned char *)text + at, length - at);
    if (size > 0) {
      luaL_addlstring(&buffer, text + at, size);
    } else {
      const char both[2] = {(char)(0xC0 | byte >> 6), (char)(0x80 | (byte & 0x3F))};
      luaL_addlstring(&buffer, both, sizeof both);
      size = 1;
    }
  }
  luaL_pushresult(&buffer);
  return 1;
}

/* core.all_objects(list): whether each member of a list is a table that is no list itself. */
static int core_all_objects(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  int count = (int)lua_rawlen(L, 1);
  bool all = true;
  for (int i = 1; i <= count && all; i++) {
    lua_rawgeti(L, 1, i);
    all = lua_istable(L, -1);
    if (all) {
      lua_rawgeti(L, -1, 1);
      all = lua_isnil(L, -1) && lua_getmetatable(L, -2) == 0;
    }
    lua_settop(L, 1);
  }
  lua_pushboolean(L, all);
  return 1;
}

static int core_sha256(lua_State *L) {
  size_t length;
  char hex[AZION_SHA256_HEX];
  const char *text = check_text(L, 1, &length);
  azion_sha256(text, length, hex);
  lua_pushlstring(L, hex, sizeof hex);
  return 1;
}

void azion_new_type(lua_State *L, const char *name, const luaL_Reg *methods,
                    const luaL_Reg *metamethods) {
  if (luaL_newmetatable(L, name)) {
    luaL_setfuncs(L, metamethods, 0);
    lua_newtable(L);
    luaL_setfuncs(L, methods, 0);
    lua_setfield(L, -2, "__index");
    lua_pushstring(L, name);
    lua_setfield(L, -2, "__name");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
  }
  lua_pop(L, 1);
}

static const luaL_Reg functions[] = {
    {"now", core_now},
    {"stack_mark", core_stack_mark},
    {"time", core_time},
    {"pid", core_pid},
    {"pass_on_interrupt", azion_interrupt_pass_on},
#if defined(azion_can_yield)
    {"can_yield", core_can_yield},
#endif
    {"random", core_random},
    {"utf8", core_utf8},
    {"sha256", core_sha256},
    {"all_objects", core_all_objects},
    {NULL, NULL},
};

#if defined(__GNUC__)
__attribute__((visibility("default")))
#endif
int luaopen_azion_core(lua_State *L);

int luaopen_azion_core(lua_State *L) {
  (void)azion_interrupt_pass_on(L);
  lua_newtable(L);
  luaL_setfuncs(L, functions, 0);
  azion_json_open(L);
  azion_exchange_open(L);
  azion_keyset_open(L);
  return 1;
}
