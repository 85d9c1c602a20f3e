/* JSON text -> Lua values, in one pass. */
#include "compat.h"
#include "json_lexer.h"
#include "json_parts.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* ---- what is remembered from text to text, for replies are alike ---- */

enum {
  NAMES = 64,         /* field names that are kept as Lua strings */
  LONGEST_NAME = 40,  /* of those */
  LARGEST_HINT = 100, /* fields or items: a hint may be wrong, and is then paid for */
  SLOTS_A_LEVEL = 8   /* of the Lua stack: table, name, value, and what they are made of */
};

struct name {
  const char *text; /* of the string at the same place, from 1, in the table of names */
  size_t length;    /* 0: none */
};

/* How many fields and items the last object and list at each depth had: a table that is made for
   as many need not grow. */
struct memory {
  struct name names[NAMES];
  unsigned char fields[AZION_JSON_MAX_DEPTH + 1];
  unsigned char items[AZION_JSON_MAX_DEPTH + 1];
};

void azion_json_push_memory(lua_State *L) {
  memset(lua_newuserdata(L, sizeof(struct memory)), 0, sizeof(struct memory));
  lua_createtable(L, NAMES, 0);
}

static unsigned char hint(int count) {
  return (unsigned char)(count < LARGEST_HINT ? count : LARGEST_HINT);
}

/* ---- decoding ---- */

struct decoder {
  lua_State *L;
  const char *text;
  const char *end;
  struct memory *memory;
  int kept;
  bool nulls;
  struct azion_json_fault fault;
};

static const char *decode_value(struct decoder *decoder, const char *at, int depth);

static const char *fail(struct decoder *decoder, const char *problem, const char *at) {
  decoder->fault = (struct azion_json_fault){problem, at};
  return NULL;
}

/* A string that has an escape, or something that may not stand in one. */
static const char *decode_escaped(struct decoder *decoder, const char *at) {
  luaL_Buffer buffer;
  luaL_buffinit(decoder->L, &buffer);
  const char *stop = azion_json_skip_plain(at, decoder->end);
  luaL_addlstring(&buffer, at, (size_t)(stop - at));
  while (*stop == '\\') {
    char bytes[4];
    char *out = bytes;
    at = azion_json_unescape(stop, &out, &decoder->fault);
    if (at == NULL) {
      break;
    }
    luaL_addlstring(&buffer, bytes, (size_t)(out - bytes));
    stop = azion_json_skip_plain(at, decoder->end);
    luaL_addlstring(&buffer, at, (size_t)(stop - at));
  }
  luaL_pushresult(&buffer);
  if (at == NULL || *stop == '"') {
    return at != NULL ? stop + 1 : NULL;
  }
  return fail(decoder, "control character in a string", stop);
}

static const char *decode_string(struct decoder *decoder, const char *at) {
  const char *start = at + 1;
  const char *stop = azion_json_skip_plain(start, decoder->end);
  if (*stop != '"') {
    return decode_escaped(decoder, start);
  }
  lua_pushlstring(decoder->L, start, (size_t)(stop - start));
  return stop + 1;
}

/* The items of a list have the same names: each is made a Lua string once. */
static const char *decode_name(struct decoder *decoder, const char *at) {
  lua_State *L = decoder->L;
  const char *start = at + 1;
  const char *close = azion_json_skip_plain(start, decoder->end);
  size_t length = (size_t)(close - start);
  if (*close != '"' || length == 0 || length > LONGEST_NAME) {
    return decode_string(decoder, at);
  }
  size_t mixed = length * 7 + (size_t)(unsigned char)start[0] * 3 + (unsigned char)close[-1];
  struct name *known = &decoder->memory->names[mixed % NAMES];
  int place = (int)(mixed % NAMES) + 1;
  int names = lua_upvalueindex(AZION_JSON_NAMES);
  if (known->length == length && memcmp(known->text, start, length) == 0) {
    lua_rawgeti(L, names, place);
    return close + 1;
  }
  lua_pushlstring(L, start, length);
  lua_pushvalue(L, -1);
  lua_rawseti(L, names, place);
  *known = (struct name){lua_tostring(L, -1), length};
  return close + 1;
}

static const char *decode_number(struct decoder *decoder, const char *at) {
  struct azion_json_number number;
  at = azion_json_read_number(at, &number, &decoder->fault);
  if (at == NULL) {
    return NULL;
  }
  if (!number.is_integer) {
    lua_pushnumber(decoder->L, (lua_Number)number.real);
  } else {
#if LUA_VERSION_NUM >= 503
    lua_pushinteger(decoder->L, (lua_Integer)number.integer);
#else
    lua_pushnumber(decoder->L, (lua_Number)number.integer);
#endif
  }
  return at;
}

static const char *decode_word(struct decoder *decoder, const char *at, const char *word) {
  size_t length = strlen(word);
  return strncmp(at, word, length) == 0 ? at + length : fail(decoder, "a value was expected", at);
}

/* A field: its name, and its value, which if null mostly leaves the object without the field. */
static const char *decode_field(struct decoder *decoder, const char *at, int depth) {
  lua_State *L = decoder->L;
  if (*at != '"') {
    return fail(decoder, "a field name was expected", at);
  }
  at = decode_name(decoder, at);
  if (at == NULL) {
    return NULL;
  }
  at = azion_json_skip_blanks(at);
  if (*at != ':') {
    return fail(decoder, "a colon was expected", at);
  }
  at = decode_value(decoder, azion_json_skip_blanks(at + 1), depth);
  if (at == NULL) {
    return NULL;
  }
  bool stays = depth == 1 ? lua_rawequal(L, -2, decoder->kept) : decoder->nulls;
  if (lua_islightuserdata(L, -1) && !stays) {
    lua_pop(L, 1);
    lua_pushnil(L);
  }
  lua_rawset(L, -3);
  return azion_json_skip_blanks(at);
}

static const char *decode_object(struct decoder *decoder, const char *at, int depth) {
  unsigned char *fields = &decoder->memory->fields[depth];
  at = azion_json_skip_blanks(at + 1);
  if (*at == '}') {
    lua_newtable(decoder->L);
    return at + 1;
  }
  lua_createtable(decoder->L, 0, *fields);
  for (int count = 1;; count++) {
    at = decode_field(decoder, at, depth);
    if (at == NULL) {
      return NULL;
    }
    if (*at == '}') {
      *fields = hint(count);
      return at + 1;
    }
    if (*at != ',') {
      return fail(decoder, "a comma or closing brace was expected", at);
    }
    at = azion_json_skip_blanks(at + 1);
  }
}

static const char *decode_array(struct decoder *decoder, const char *at, int depth) {
  lua_State *L = decoder->L;
  unsigned char *items = &decoder->memory->items[depth];
  at = azion_json_skip_blanks(at + 1);
  if (*at == ']') {
    lua_newtable(L);
    lua_pushvalue(L, lua_upvalueindex(AZION_JSON_ARRAY));
    lua_setmetatable(L, -2);
    return at + 1;
  }
  lua_createtable(L, *items, 0);
  for (int index = 1;; index++) {
    at = decode_value(decoder, at, depth);
    if (at == NULL) {
      return NULL;
    }
    lua_rawseti(L, -2, index);
    at = azion_json_skip_blanks(at);
    if (*at == ']') {
      *items = hint(index);
      return at + 1;
    }
    if (*at != ',') {
      return fail(decoder, "a comma or closing bracket was expected", at);
    }
    at = azion_json_skip_blanks(at + 1);
  }
}

/* Pushes the value at `at`, which lies in `depth` objects and lists. Returns what follows it, or
   NULL with a fault and anything on the stack. */
static const char *decode_value(struct decoder *decoder, const char *at, int depth) {
  switch (*at) {
  case '"':
    return decode_string(decoder, at);
  case '{':
  case '[':
    if (depth == AZION_JSON_MAX_DEPTH) {
      return fail(decoder, AZION_JSON_TOO_DEEP, NULL);
    }
    luaL_checkstack(decoder->L, SLOTS_A_LEVEL, NULL);
    return *at == '{' ? decode_object(decoder, at, depth + 1)
                      : decode_array(decoder, at, depth + 1);
  case 't':
    lua_pushboolean(decoder->L, 1);
    return decode_word(decoder, at, "true");
  case 'f':
    lua_pushboolean(decoder->L, 0);
    return decode_word(decoder, at, "false");
  case 'n':
    lua_pushlightuserdata(decoder->L, NULL);
    return decode_word(decoder, at, "null");
  default:
    if (*at == '-' || (*at >= '0' && *at <= '9')) {
      return decode_number(decoder, at);
    }
    return fail(decoder, "a value was expected", at);
  }
}

static const char *decode_text(struct decoder *decoder) {
  const char *at = decoder->text;
  if (strncmp(at, "\xEF\xBB\xBF", 3) == 0) {
    at += 3; /* a byte order mark */
  }
  at = azion_json_skip_blanks(at);
  if (at == decoder->end) {
    return fail(decoder, "empty", NULL);
  }
  at = decode_value(decoder, at, 0);
  if (at == NULL) {
    return NULL;
  }
  at = azion_json_skip_blanks(at);
  return at == decoder->end ? at : fail(decoder, "something follows the value", at);
}

static int push_fault(const struct decoder *decoder) {
  lua_State *L = decoder->L;
  const char *at = decoder->fault.at;
  lua_pushnil(L);
  if (at == NULL) {
    lua_pushstring(L, decoder->fault.problem);
  } else {
    lua_pushfstring(L, "not JSON: %s at byte %d",
                    at == decoder->end ? "the text ends early" : decoder->fault.problem,
                    (int)(at - decoder->text) + 1);
  }
  return 2;
}

int azion_json_decode_text(lua_State *L, const char *text, size_t length, int kept, bool nulls) {
  struct decoder decoder = {
      .L = L,
      .text = text,
      .end = text + length,
      .kept = kept,
      .nulls = nulls,
      .memory = lua_touserdata(L, lua_upvalueindex(AZION_JSON_MEMORY)),
  };
  return decode_text(&decoder) != NULL ? 1 : push_fault(&decoder);
}

int azion_json_decode(lua_State *L) {
  luaL_checktype(L, 1, LUA_TSTRING);
  size_t length;
  const char *text = lua_tolstring(L, 1, &length);
  bool nulls = lua_toboolean(L, 2);
  lua_settop(L, 1);
  lua_pushnil(L); /* is no name */
  return azion_json_decode_text(L, text, length, 2, nulls);
}
