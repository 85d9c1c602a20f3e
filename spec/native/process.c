/* The module spec.process: fork for the Luas that have no library for it. */
#define _POSIX_C_SOURCE 200809L

#include <lauxlib.h>
#include <lua.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

/* fork() -> 0 in the child, the child's id in the parent */
static int process_fork(lua_State *L) {
  pid_t child = fork();
  if (child < 0) {
    return luaL_error(L, "cannot fork");
  }
  lua_pushinteger(L, (lua_Integer)child);
  return 1;
}

/* wait(id) -> the child's exit status; nil if it did not exit by itself */
static int process_wait(lua_State *L) {
  int status = 0;
  pid_t child = (pid_t)luaL_checkinteger(L, 1);
  if (waitpid(child, &status, 0) == child && WIFEXITED(status)) {
    lua_pushinteger(L, WEXITSTATUS(status));
  } else {
    lua_pushnil(L);
  }
  return 1;
}

/* leave(status): ends the process, and nothing is finalized */
static int process_leave(lua_State *L) {
  _exit((int)luaL_checkinteger(L, 1));
  return 0;
}

int luaopen_spec_process(lua_State *L);

int luaopen_spec_process(lua_State *L) {
  lua_newtable(L);
  lua_pushcfunction(L, process_fork);
  lua_setfield(L, -2, "fork");
  lua_pushcfunction(L, process_wait);
  lua_setfield(L, -2, "wait");
  lua_pushcfunction(L, process_leave);
  lua_setfield(L, -2, "leave");
  return 1;
}
