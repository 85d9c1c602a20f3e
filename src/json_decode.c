#include "compat.h"
#include "json_parts.h"
#include "json_scan.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if LUA_VERSION_NUM >= 503
#define HAS_INTEGERS true
#else
#define HAS_INTEGERS false
#endif

/* What settling did to the value on top of the stack. */
enum outcome { KEPT, REPLACED, OUT_OF_RANGE };

void azion_json_push_decoder(lua_State *L) {
  lua_call(L, 0, 1);
  lua_getfield(L, -1, "decode_max_depth");
  lua_pushinteger(L, AZION_JSON_MAX_DEPTH);
  lua_call(L, 1, 0);
  lua_getfield(L, -1, "decode_invalid_numbers");
  lua_pushboolean(L, 0);
  lua_call(L, 1, 0);
  lua_getfield(L, -1, "decode");
  lua_remove(L, -2);
}

/* Pushes what the text on top of the stack decodes to, or an error message. */
static bool try_decoder(lua_State *L) {
  lua_pushvalue(L, lua_upvalueindex(AZION_JSON_DECODER));
  lua_pushvalue(L, -2);
  int status = lua_pcall(L, 1, 1, 0);
  if (status == LUA_ERRMEM) {
    lua_error(L);
  }
  return status == 0 && !lua_isnil(L, -1); /* cjson.safe returns nil where cjson raises */
}

/* Replaces the text on top of the stack by its value, or by an error message. The text has passed
   the scan, so that all there is to refuse is a point: cjson learns the locale's decimal sign from
   new() alone, and the program may have changed it since. A new instance then puts it right. */
static bool call_decoder(lua_State *L) {
  bool decoded = try_decoder(L);
  if (!decoded) {
    lua_pop(L, 1);
    lua_pushvalue(L, lua_upvalueindex(AZION_JSON_NEW));
    azion_json_push_decoder(L);
    lua_replace(L, lua_upvalueindex(AZION_JSON_DECODER));
    decoded = try_decoder(L);
  }
  lua_remove(L, -2);
  return decoded;
}

/* Whether the number on top of the stack is a float that stands for an integer. */
static bool is_unsettled(lua_State *L) {
#if LUA_VERSION_NUM >= 503
  double limit = (double)AZION_JSON_MAX_EXACT;
  double number = lua_tonumber(L, -1);
  return number >= -limit && number <= limit && (double)(lua_Integer)number >= number &&
         (double)(lua_Integer)number <= number && !lua_isinteger(L, -1);
#else
  (void)L;
  return false;
#endif
}

static enum outcome settle_number(lua_State *L) {
  double number = lua_tonumber(L, -1);
  if (is_unsettled(L)) {
    lua_pop(L, 1);
    lua_pushinteger(L, (lua_Integer)number);
    return REPLACED;
  }
  return isinf(number) ? OUT_OF_RANGE : KEPT;
}

/* Where cjson has integers, it makes the largest of 64 bits of all that are larger. */
static bool is_certain(double number) {
  const double largest = 9223372036854775807.0;
  return number < largest && number > -largest;
}

static enum outcome settle_numbers(lua_State *L) {
  int count = (int)lua_rawlen(L, -1);
  for (int i = 1; i <= count; i++) {
    lua_rawgeti(L, -1, i);
    enum outcome outcome = lua_type(L, -1) == LUA_TNUMBER ? settle_number(L) : KEPT;
    if (outcome == OUT_OF_RANGE) {
      return outcome;
    }
    if (outcome == REPLACED) {
      lua_rawseti(L, -2, i);
    } else {
      lua_pop(L, 1);
    }
  }
  return KEPT;
}

static enum outcome settle_long_integer(lua_State *L, const char *digits) {
  if (is_certain(lua_tonumber(L, -1))) {
    return settle_number(L);
  }
  lua_pop(L, 1);
  lua_pushnumber(L, strtod(digits, NULL));
  return settle_number(L) == OUT_OF_RANGE ? OUT_OF_RANGE : REPLACED;
}

static bool is_empty(lua_State *L) {
  lua_pushnil(L);
  if (lua_next(L, -2) == 0) {
    return true;
  }
  lua_pop(L, 2);
  return false;
}

/* What stands at an edit's place need not be of the edit's kind: it may be a later field of the
   same name. Then it is that one's edit that counts. */
static enum outcome settle(lua_State *L, const char *text, const struct azion_json_edit *edit) {
  int type = lua_type(L, -1);
  switch (edit->kind) {
  case AZION_JSON_NUMBER:
    return type == LUA_TNUMBER ? settle_number(L) : KEPT;
  case AZION_JSON_LONG_INTEGER:
    return type == LUA_TNUMBER ? settle_long_integer(L, text + edit->value) : KEPT;
  case AZION_JSON_NULL_FIELD:
    if (type != LUA_TLIGHTUSERDATA) {
      return KEPT;
    }
    lua_pop(L, 1);
    lua_pushnil(L);
    return REPLACED;
  default: /* AZION_JSON_EMPTY_LIST, AZION_JSON_EMPTY_OBJECT */
    if (type == LUA_TTABLE && is_empty(L)) {
      if (edit->kind == AZION_JSON_EMPTY_LIST) {
        lua_pushvalue(L, lua_upvalueindex(AZION_JSON_ARRAY));
      } else {
        lua_pushnil(L);
      }
      lua_setmetatable(L, -2);
    }
    return KEPT;
  }
}

/* Pushes the field name or index of an edit. */
static void push_key(lua_State *L, const char *text, const struct azion_json_edit *edit) {
  if (edit->name == 0) {
    lua_pushinteger(L, (lua_Integer)edit->length);
  } else if (memchr(text + edit->name, '\\', edit->length) == NULL) {
    lua_pushlstring(L, text + edit->name, edit->length);
  } else {
    lua_pushlstring(L, text + edit->name - 1, edit->length + 2);
    call_decoder(L);
  }
}

/* Settles one edit in the table on top of the stack. */
static enum outcome apply(lua_State *L, const char *text, const struct azion_json_edit *edit) {
  push_key(L, text, edit);
  lua_pushvalue(L, -1);
  lua_rawget(L, -3);
  enum outcome outcome = settle(L, text, edit);
  if (outcome == REPLACED) {
    lua_rawset(L, -3);
  } else {
    lua_pop(L, 2);
  }
  return outcome;
}

/* Settles all edits. False at an infinite number; the stack is then left as it is. The table on top
 * of the stack holds the decoded value as item 1. */
static bool apply_all(lua_State *L, const char *text, const struct azion_buffer *edits) {
  const struct azion_json_edit *edit = (const struct azion_json_edit *)(void *)edits->bytes;
  const struct azion_json_edit *end = edit + edits->length / sizeof *edit;
  luaL_checkstack(L, AZION_JSON_MAX_DEPTH + 8, NULL);
  for (; edit < end; edit++) {
    enum outcome outcome = KEPT;
    if (edit->kind == AZION_JSON_LEAVE) {
      lua_pop(L, 1);
    } else if (edit->kind == AZION_JSON_ENTER && lua_istable(L, -1)) {
      push_key(L, text, edit);
      lua_rawget(L, -2);
    } else if (edit->kind == AZION_JSON_ENTER) {
      lua_pushnil(L);
    } else if (edit->kind == AZION_JSON_NUMBERS) {
      outcome = lua_istable(L, -1) ? settle_numbers(L) : KEPT;
    } else if (lua_istable(L, -1)) {
      outcome = apply(L, text, edit);
    }
    if (outcome == OUT_OF_RANGE) {
      return false;
    }
  }
  return true;
}

static int failed(lua_State *L, const char *problem, size_t position) {
  lua_pushnil(L);
  if (position > 0) {
    lua_pushfstring(L, "not JSON: %s at byte %d", problem, (int)position);
  } else {
    lua_pushstring(L, problem);
  }
  return 2;
}

/* ---- the plain way: for texts that hold nothing but what a walk of the tables can put right ----
 */

/* Whether a byte below a space stands in the text: in strings that is no JSON, and cjson takes NUL
   for the end. Eight bytes at a time: of each, the highest bit tells. */
static bool has_control_characters(const char *text, size_t length) {
  const uint64_t ones = 0x0101010101010101u;
  uint64_t found = 0;
  size_t i = 0;
  for (; i + sizeof found <= length; i += sizeof found) {
    uint64_t bytes;
    memcpy(&bytes, text + i, sizeof bytes);
    found |= (bytes - ones * 0x20) & ~bytes;
  }
  for (; i < length; i++) {
    found |= (unsigned char)text[i] < 0x20 ? ones << 7 : 0;
  }
  return (found & ones << 7) != 0;
}

/* Whether there may be an empty list, which a decoder does not tell from an empty object. */
static bool has_empty_list(const char *text, size_t length) {
  const char *end = text + length;
  while ((text = memchr(text, '[', (size_t)(end - text))) != NULL) {
    do {
      text++;
    } while (*text == ' ');
    if (*text == ']') {
      return true;
    }
  }
  return false;
}

static bool is_digit(char character) {
  return character >= '0' && character <= '9';
}

/* Whether there may be a number with a bare point, which strtod takes: 1. or 1.e5 or -.5 */
static bool has_bare_point(const char *text, size_t length) {
  const char *end = text + length;
  const char *point = text;
  while ((point = memchr(point + 1, '.', (size_t)(end - point - 1))) != NULL) {
    char next = point[1];
    bool ends = next == '\0' || next == ' ' || next == ',' || next == '}' || next == ']';
    bool goes_on =
        (next == 'e' || next == 'E') && (is_digit(point[2]) || point[2] == '+' || point[2] == '-');
    if (point[-1] == '-' || (is_digit(point[-1]) && (ends || goes_on))) {
      return true;
    }
  }
  return false;
}

/* Settles numbers and null fields in the table on top of the stack. False where that takes a look
   at the text: at an infinite number, and at one that may have been cut to 64 bits. */
static bool walk(lua_State *L) {
  luaL_checkstack(L, 6, NULL);
  int key = lua_gettop(L) + 1;
  lua_pushnil(L);
  while (lua_next(L, key - 1) != 0) {
    int type = lua_type(L, key + 1);
    if (type == LUA_TTABLE) {
      if (!walk(L)) {
        return false;
      }
    } else if (type == LUA_TNUMBER) {
      if (is_unsettled(L)) {
        lua_pushvalue(L, key);
        lua_pushinteger(L, (lua_Integer)lua_tonumber(L, key + 1));
        lua_rawset(L, key - 1);
      } else if (!is_certain(lua_tonumber(L, key + 1))) {
        return false;
      }
    } else if (type == LUA_TLIGHTUSERDATA && lua_type(L, key) == LUA_TSTRING) {
      lua_pushvalue(L, key);
      lua_pushnil(L);
      lua_rawset(L, key - 1);
    }
    lua_settop(L, key);
  }
  return true;
}

/* Leaves the decoded value on the stack and returns true, or leaves the stack as it was. */
static bool decode_plainly(lua_State *L, const char *text, size_t length) {
  int top = lua_gettop(L);
  if ((*text == '{' || *text == '[') && !has_control_characters(text, length) &&
      !has_empty_list(text, length) && !has_bare_point(text, length)) {
    lua_pushvalue(L, 1);
    if (try_decoder(L) && walk(L)) {
      return true;
    }
  }
  lua_settop(L, top);
  return false;
}

int azion_json_decode(lua_State *L) {
  luaL_checktype(L, 1, LUA_TSTRING);
  lua_settop(L, 1);
  size_t length;
  const char *text = lua_tolstring(L, 1, &length);
  if (decode_plainly(L, text, length)) {
    return 1;
  }
  struct azion_json_scratch *scratch = azion_json_push_scratch(L);
  struct azion_json_report report;
  if (!azion_json_scan(text, length, HAS_INTEGERS, &scratch->edits, &report)) {
    azion_json_free_scratch(scratch);
    return failed(L, report.problem, report.position);
  }
  if (report.start > 0) {
    lua_pushlstring(L, text + report.start, length - report.start);
  } else {
    lua_pushvalue(L, 1);
  }
  if (!call_decoder(L)) {
    return failed(L, "not JSON: refused by cjson", 0);
  }
  if (scratch->edits.length > 0) {
    lua_createtable(L, 1, 0);
    lua_insert(L, -2);
    lua_rawseti(L, -2, 1);
    bool fits = apply_all(L, text, &scratch->edits);
    azion_json_free_scratch(scratch);
    if (!fits) {
      return failed(L, "a number is out of range", 0);
    }
    lua_rawgeti(L, -1, 1);
  }
  return 1;
}
