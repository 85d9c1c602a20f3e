#include "options.h"

#include "compat.h"
#include "transfer.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static const struct azion_option *find_option(const struct azion_option *options,
                                              const char *name) {
  for (; options->name != NULL; options++) {
    /* Most names differ at once: no call for those. */
    if (options->name[0] == name[0] && strcmp(options->name, name) == 0) {
      return options;
    }
  }
  return NULL;
}

/* Reads the value on top of the stack; false if its type is wrong. */
static bool read_option(lua_State *L, const struct azion_option *option, char *target) {
  void *field = target + option->offset;
  int type = lua_type(L, -1);
  switch (option->type) {
  case AZION_TEXT: {
    struct azion_text *text = field;
    if (type != LUA_TSTRING) {
      return false;
    }
    text->bytes = lua_tolstring(L, -1, &text->length);
    return true;
  }
  case AZION_SECONDS:
    *(double *)field = lua_tonumber(L, -1);
    return type == LUA_TNUMBER && *(double *)field > 0;
  case AZION_COUNT: {
    lua_Number number = lua_tonumber(L, -1);
    if (type != LUA_TNUMBER || !(number >= 1) || number > 9007199254740992.0 ||
        number > (lua_Number)(SIZE_MAX / 4) || (lua_Number)(uint64_t)number != number) {
      return false;
    }
    *(size_t *)field = (size_t)number;
    return true;
  }
  case AZION_FLAG:
    *(bool *)field = lua_toboolean(L, -1);
    return type == LUA_TBOOLEAN;
  default:
    return type == LUA_TTABLE;
  }
}

static const char *expected(enum azion_option_type type) {
  static const char *const names[] = {"string", "positive number", "positive integer", "boolean",
                                      "table"};
  return names[type];
}

void azion_read_options(lua_State *L, int index, const struct azion_option *options, void *target) {
  lua_pushnil(L);
  while (lua_next(L, index) != 0) {
    const char *name = lua_type(L, -2) == LUA_TSTRING ? lua_tostring(L, -2) : NULL;
    const struct azion_option *option = name != NULL ? find_option(options, name) : NULL;
    if (option == NULL) {
      luaL_error(L, "unknown option '%s'", name != NULL ? name : luaL_typename(L, -2));
      return;
    }
    if (!read_option(L, option, target)) {
      luaL_error(L, "bad option '%s' (%s expected, got %s)", option->name, expected(option->type),
                 luaL_typename(L, -1));
    }
    lua_pop(L, 1);
  }
}
