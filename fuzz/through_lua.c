/* Fuzz targets whose properties are written in Lua: FUZZ_PROPERTIES names a file that returns a
   function, which gets the input and raises where something does not hold. The module core is
   linked in, so that the fuzzer sees how far it gets in C. How far it gets in our Lua is told to
   it through libFuzzer's extra counters. */
#include "check.h"

#include <lauxlib.h>
#include <lualib.h>

int luaopen_azion_core(lua_State *L);

/* What an input may take, in Lua's memory, beyond what its size explains. */
enum { SLACK = 512 * 1024, BYTES_EACH = 256 };

enum { COUNTERS = 1 << 13 };

__attribute__((section("__libfuzzer_extra_counters"))) static uint8_t counters[COUNTERS];

static int last_line;

struct memory {
  size_t now;
  size_t most;
};

static void *allocate(void *data, void *block, size_t old_size, size_t new_size) {
  struct memory *memory = data;
  if (block == NULL) {
    old_size = 0; /* Lua says there what kind of object it wants */
  }
  if (new_size == 0) {
    free(block);
    memory->now -= old_size;
    return NULL;
  }
  void *grown = realloc(block, new_size);
  if (grown != NULL) {
    memory->now += new_size - old_size;
    memory->most = memory->now > memory->most ? memory->now : memory->most;
  }
  return grown;
}

/* A step from one line to another is to the fuzzer what a step between basic blocks is in C. */
static void count_line(lua_State *L, lua_Debug *where) {
  (void)L;
  uint32_t step = (uint32_t)last_line * 31 + (uint32_t)where->currentline;
  counters[step % COUNTERS]++;
  last_line = where->currentline;
}

/* watched(fn, ...): calls fn and tells the fuzzer of the lines on the way. */
static int watched(lua_State *L) {
  last_line = 0;
  lua_sethook(L, count_line, LUA_MASKLINE, 0);
  lua_call(L, lua_gettop(L) - 1, LUA_MULTRET);
  lua_sethook(L, NULL, 0, 0);
  return lua_gettop(L);
}

static int traceback(lua_State *L) {
  luaL_traceback(L, L, luaL_tolstring(L, 1, NULL), 1);
  return 1;
}

static struct memory memory;

static void fail(lua_State *L) {
  fprintf(stderr, "%s\n", lua_tostring(L, -1));
  abort();
}

static lua_State *open_state(void) {
  lua_State *L = lua_newstate(allocate, &memory);
  CHECK(L != NULL);
  luaL_openlibs(L);
  luaL_requiref(L, "azion.core", luaopen_azion_core, 0);
  lua_settop(L, 0);
  lua_pushcfunction(L, traceback);
  lua_pushcfunction(L, watched);
  lua_setglobal(L, "watched");
  if (luaL_loadfile(L, FUZZ_PROPERTIES) != LUA_OK || lua_pcall(L, 0, 1, 1) != LUA_OK) {
    fail(L);
  }
  return L;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static lua_State *L;
  if (L == NULL) {
    L = open_state();
  }
  size_t before = memory.now;
  memory.most = memory.now;
  lua_pushvalue(L, 2);
  lua_pushlstring(L, (const char *)data, size);
  if (lua_pcall(L, 1, 0, 1) != LUA_OK) {
    fail(L);
  }
  CHECK(memory.most - before <= SLACK + size * BYTES_EACH);
  lua_settop(L, 2);
  return 0;
}
