/* Runs one scenario of oom.lua again and again, and lets the n-th allocation fail, for all n:
 *
 *   oom SCENARIO once|from|collect FIRST STEP
 *
 * Each run has a Lua state and a libcurl of its own, and must give back every block. Says which n
 * it is at, what went wrong, and at the end how many runs there were. Exits with 1 if anything did.
 */
#define _POSIX_C_SOURCE 200809L

#include "failing_memory.h"

#include <curl/curl.h>
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#if LUA_VERSION_NUM < 502
#include <luajit.h>
#endif
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int luaopen_azion_core(lua_State *L);

/* Lua unloads its C modules before the report of leaks is written, which then has no names. */
int dlclose(void *handle);

int dlclose(void *handle) {
  (void)handle;
  return 0;
}

enum { SECONDS_A_RUN = 60 };

static const char script[] = "spec/native/oom.lua";

struct run {
  const char *scenario;
  enum memory_mode mode;
  size_t n;
  size_t asked;
  bool failed; /* an allocation */
  bool wrong;
};

static void complain(struct run *run, const char *problem) {
  printf("wrong %zu: %s\n", run->n, problem);
  run->wrong = true;
}

static int arm(lua_State *L) {
  const struct run *run = lua_touserdata(L, lua_upvalueindex(1));
  memory_arm(run->mode, run->n);
  return 0;
}

static int disarm(lua_State *L) {
  (void)L;
  memory_disarm();
  return 0;
}

static int open_everything(lua_State *L) {
  luaL_openlibs(L);
#if LUA_VERSION_NUM < 502
  /* Code that LuaJIT has compiled does not survive a failing allocation: now and then it follows a
     null pointer, with nothing of ours in the program. */
  luaJIT_setmode(L, 0, LUAJIT_MODE_ENGINE | LUAJIT_MODE_OFF);
#endif
  lua_getglobal(L, "package");
  lua_getfield(L, -1, "preload");
  lua_pushcfunction(L, luaopen_azion_core);
  lua_setfield(L, -2, "azion.core");
  lua_settop(L, 0);
  lua_getglobal(L, "require");
  lua_pushliteral(L, "azion");
  lua_call(L, 1, 0);
  return 0;
}

static int play(lua_State *L) {
  struct run *run = lua_touserdata(L, 1);
  if (luaL_loadfile(L, script) != 0) {
    return lua_error(L);
  }
  lua_pushstring(L, run->scenario);
  lua_pushlightuserdata(L, run);
  lua_pushcclosure(L, arm, 1);
  lua_pushcfunction(L, disarm);
  lua_call(L, 3, 0);
  return 0;
}

static int fail_to_protect(lua_State *L) {
  const char *message = lua_tostring(L, -1);
  fprintf(stderr, "unprotected error: %s\n", message != NULL ? message : "?");
  return 0;
}

/* Everything in the state has to be done in a protected call. */
static int protect(lua_State *L, lua_CFunction function, struct run *run) {
#if LUA_VERSION_NUM >= 502
  lua_pushcfunction(L, function); /* a light function: nothing is allocated */
  lua_pushlightuserdata(L, run);
  return lua_pcall(L, 1, 0, 0);
#else
  return lua_cpcall(L, function, run);
#endif
}

static void run_in(lua_State *L, struct run *run, bool from_birth) {
  lua_atpanic(L, fail_to_protect);
  int status = protect(L, open_everything, run);
  if (from_birth) {
    memory_disarm();
  }
  const char *message = lua_tostring(L, -1);
  if (status == 0 && !from_birth) {
    status = protect(L, play, run);
    memory_disarm();
    message = lua_tostring(L, -1);
  }
  if (status != 0) {
    bool was_expected = from_birth && message != NULL &&
                        strstr(message, "not enough memory") != NULL && memory_has_failed();
    if (!was_expected) {
      complain(run, message != NULL ? message : "an error without a message");
    }
  }
}

static void run_once(struct run *run) {
  bool from_birth = strcmp(run->scenario, "load") == 0;
  alarm(SECONDS_A_RUN);
  memory_arm(run->mode, 0); /* forgets the run before */
  memory_disarm();
  if (!memory_init_libcurl()) {
    complain(run, "libcurl does not start");
    return;
  }
  /* LuaJIT cannot be born without memory: in the middle of that it frees what it has not got. */
  bool at_once = from_birth && LUA_VERSION_NUM >= 502;
  if (at_once) {
    memory_arm(run->mode, run->n);
  }
  lua_State *L = lua_newstate(memory_for_lua, NULL);
  if (from_birth && !at_once) {
    memory_arm(run->mode, run->n);
  }
  if (L != NULL) {
    run_in(L, run, from_birth);
  }
  memory_disarm();
  run->failed = memory_has_failed();
  run->asked = memory_asked();
  if (L != NULL) {
    lua_close(L);
  } else if (!run->failed) {
    complain(run, "there is no Lua state");
  }
  curl_global_cleanup();
  curl_global_cleanup(); /* the core's own, in the first run */
  if (memory_lua_blocks() != 0 || memory_libcurl_blocks() != 0 || memory_core_blocks() != 0) {
    char problem[100];
    snprintf(problem, sizeof problem, "blocks left: %ld of Lua, %ld of libcurl, %ld of the core",
             memory_lua_blocks(), memory_libcurl_blocks(), memory_core_blocks());
    complain(run, problem);
    memory_forget_blocks();
  }
}

/* How many allocations there are varies by a few from run to run, so one run without a failure is
   not yet the end. */
enum { QUIET_RUNS = 3 };

int main(int count, char **arguments) {
  static const char *const modes[] = {"once", "from", "collect"};
  if (count != 5) {
    fprintf(stderr, "usage: oom SCENARIO once|from|collect FIRST STEP\n");
    return 2;
  }
  struct run run = {.scenario = arguments[1]};
  while (run.mode < MEMORY_COLLECT && strcmp(modes[run.mode], arguments[2]) != 0) {
    run.mode++;
  }
  size_t step = strtoul(arguments[4], NULL, 10);
  size_t asked = 0;
  size_t runs = 0;
  bool wrong = false;
  int quiet = 0;
  setvbuf(stdout, NULL, _IOLBF, 0);
  for (run.n = strtoul(arguments[3], NULL, 10); quiet < QUIET_RUNS; run.n += step) {
    printf("at %zu\n", run.n);
    run.wrong = false;
    run_once(&run);
    wrong = wrong || run.wrong;
    quiet = run.failed ? 0 : quiet + 1;
    runs += run.failed || run.mode == MEMORY_COLLECT;
    asked = run.asked > asked ? run.asked : asked;
    if (run.mode == MEMORY_COLLECT) {
      break;
    }
  }
  printf("end %zu runs, %zu allocations\n", runs, asked);
  return wrong ? 1 : 0;
}
