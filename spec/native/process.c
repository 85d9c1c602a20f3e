/* The module spec.process: fork and signals for the Luas that have no library for them. */
#define _XOPEN_SOURCE 700

#include <lauxlib.h>
#include <lua.h>
#include <signal.h>
#include <string.h>
#include <sys/time.h>
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

static void ignore(int number) {
  (void)number;
}

/* alarm_every(seconds): a SIGALRM that often, which interrupts what waits; 0 ends it */
static int process_alarm_every(lua_State *L) {
  suseconds_t interval = (suseconds_t)(luaL_checknumber(L, 1) * 1e6);
  struct itimerval timer = {{0, interval}, {0, interval}};
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = ignore;
  if (sigaction(SIGALRM, &action, NULL) != 0 || setitimer(ITIMER_REAL, &timer, NULL) != 0) {
    return luaL_error(L, "cannot set a timer");
  }
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
  lua_pushcfunction(L, process_alarm_every);
  lua_setfield(L, -2, "alarm_every");
  return 1;
}
