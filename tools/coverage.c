/* A Lua module that, from when it is loaded, notes which lines of lua/azion/ are reached: each,
   when a process comes to it first, as "file:line" at the end of the file that it was given. At
   once, since processes of specs often end by a signal. */
#define _POSIX_C_SOURCE 200809L

#include <fcntl.h>
#include <lauxlib.h>
#include <lua.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILES = 200, LINES = 2000, NAME = 64 };

struct file {
  char name[NAME]; /* "lua/azion/call/init.lua" */
  unsigned char reached[LINES];
};

static struct file *files[FILES];
static int output = -1;

static struct file *file_of(const char *name) {
  static struct file *last;
  if (last != NULL && strcmp(last->name, name) == 0) {
    return last;
  }
  int i = 0;
  while (i < FILES && files[i] != NULL && strcmp(files[i]->name, name) != 0) {
    i++;
  }
  if (i == FILES || strlen(name) >= NAME) {
    abort();
  }
  if (files[i] == NULL) {
    files[i] = calloc(1, sizeof *files[i]);
    if (files[i] == NULL) {
      abort();
    }
    strcpy(files[i]->name, name);
  }
  last = files[i];
  return last;
}

static void note(lua_State *L, lua_Debug *where) {
  int line = where->currentline;
  lua_getinfo(L, "S", where);
  const char *name = where->source[0] == '@' ? strstr(where->source, "lua/azion/") : NULL;
  if (name == NULL || line < 1 || line >= LINES) {
    return;
  }
  struct file *file = file_of(name);
  if (file->reached[line]) {
    return;
  }
  file->reached[line] = 1;
  char text[NAME + 16];
  int length = snprintf(text, sizeof text, "%s:%d\n", name, line);
  if (write(output, text, (size_t)length) != length) {
    abort();
  }
}

int luaopen_coverage(lua_State *L);

int luaopen_coverage(lua_State *L) {
  const char *path = luaL_checkstring(L, 1);
  if (output < 0) {
    output = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
  }
  if (output < 0) {
    return luaL_error(L, "cannot open %s", path);
  }
  /* Coroutines that are made later inherit it; in LuaJIT it is everybody's anyway. */
  lua_sethook(L, note, LUA_MASKLINE, 0);
  return 0;
}
