#include "interrupt.h"

#include <stdbool.h>

#if defined(LUA_RIDX_MAINTHREAD)

static lua_State *main_thread(lua_State *L) {
  lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_MAINTHREAD);
  lua_State *thread = lua_tothread(L, -1);
  lua_pop(L, 1);
  return thread;
}

#else

/* Known from the first call that the main thread makes. */
static lua_State *main_thread(lua_State *L) {
  static const char key[] = "azion.main_thread";
  bool is_main = lua_pushthread(L) == 1;
  lua_getfield(L, LUA_REGISTRYINDEX, key);
  lua_State *thread = lua_tothread(L, -1);
  lua_pop(L, 1);
  if (is_main && thread == NULL) {
    lua_setfield(L, LUA_REGISTRYINDEX, key);
    return L;
  }
  lua_pop(L, 1);
  return thread;
}

#endif

/* A signal's hook runs after one instruction; no debugger or limit looks that often. */
enum { AT_ONCE = 1 };

int azion_interrupt_pass_on(lua_State *L) {
  lua_State *thread = main_thread(L);
  if (thread != NULL && thread != L && lua_gethookcount(thread) == AT_ONCE &&
      lua_gethook(thread) != lua_gethook(L)) {
    lua_sethook(L, lua_gethook(thread), lua_gethookmask(thread), AT_ONCE);
  }
  return 0;
}
