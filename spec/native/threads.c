/* Eight threads at once, each with a Lua state and clients of its own:
 *
 *   threads ROUNDS
 *
 * In each round a thread makes a state, plays threads.lua in it, and closes it. Says how many
 * rounds went well; exits with 1 if any did not. */
#define _POSIX_C_SOURCE 200809L

#include <curl/curl.h>
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

int luaopen_azion_core(lua_State *L);

enum { THREADS = 8 };

static const char script[] = "spec/native/threads.lua";

struct work {
  pthread_t thread;
  int number;
  int rounds;
  int whole; /* rounds that went well */
};

static bool play(const struct work *work, int round) {
  lua_State *L = luaL_newstate();
  if (L == NULL) {
    return false;
  }
  luaL_openlibs(L);
  lua_getglobal(L, "package");
  lua_getfield(L, -1, "preload");
  lua_pushcfunction(L, luaopen_azion_core);
  lua_setfield(L, -2, "azion.core");
  lua_settop(L, 0);
  bool whole = luaL_loadfile(L, script) == 0;
  if (whole) {
    lua_pushinteger(L, work->number);
    lua_pushinteger(L, round);
    whole = lua_pcall(L, 2, 0, 0) == 0;
  }
  if (!whole) {
    printf("thread %d, round %d: %s\n", work->number, round, lua_tostring(L, -1));
  }
  lua_close(L);
  return whole;
}

static void *run(void *data) {
  struct work *work = data;
  for (int round = 1; round <= work->rounds; round++) {
    work->whole += play(work, round);
  }
  return NULL;
}

int main(int count, char **arguments) {
  int rounds = count == 2 ? atoi(arguments[1]) : 0;
  if (rounds < 1) {
    fprintf(stderr, "usage: threads ROUNDS\n");
    return 2;
  }
  static struct work works[THREADS];
  int whole = 0;
  for (int i = 0; i < THREADS; i++) {
    works[i] = (struct work){.number = i + 1, .rounds = rounds};
    if (pthread_create(&works[i].thread, NULL, run, &works[i]) != 0) {
      fprintf(stderr, "there are no %d threads\n", THREADS);
      return 1;
    }
  }
  for (int i = 0; i < THREADS; i++) {
    pthread_join(works[i].thread, NULL);
    whole += works[i].whole;
  }
  printf("end %d rounds of %d\n", whole, THREADS * rounds);
  return whole == THREADS * rounds ? 0 : 1;
}
