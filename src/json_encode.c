#include "compat.h"
#include "json_parts.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A name among the scratch's names. The pointer serves sorting only: names may move later. */
struct key {
  size_t start;
  size_t length;
  const char *text;
};

struct step {
  size_t index; /* of an array's item; 0: a field */
  struct key key;
};

enum { SLOTS_A_LEVEL = 8 }; /* of the Lua stack: a key, its value, metatable, a mark and its way */

struct encoder {
  lua_State *L;
  struct azion_json_scratch *scratch;
  int depth; /* of the value on top of the stack, where `value` has 0 */
  struct step path[AZION_JSON_MAX_DEPTH];
  char problem[160];
};

/* What the keys of a table are like. */
struct shape {
  size_t names;
  size_t indices;
  double last_index;
  bool others;
};

static bool encode_value(struct encoder *encoder);

static void put(struct encoder *encoder, const char *word) {
  azion_json_put(&encoder->scratch->text, word, strlen(word));
}

static bool reject(struct encoder *encoder, const char *expected, const char *got) {
  snprintf(encoder->problem, sizeof encoder->problem, "%s, got %s", expected, got);
  return false;
}

static bool encode_number(struct encoder *encoder) {
  char text[AZION_JSON_NUMBER_SIZE];
  double number = lua_tonumber(encoder->L, -1);
#if LUA_VERSION_NUM >= 503
  if (lua_isinteger(encoder->L, -1)) {
    snprintf(text, sizeof text, LUA_INTEGER_FMT, lua_tointeger(encoder->L, -1));
    put(encoder, text);
    return true;
  }
#endif
  if (isnan(number) || isinf(number)) {
    snprintf(text, sizeof text, isnan(number) ? "nan" : number > 0 ? "inf" : "-inf");
  } else {
    azion_json_format_number(text, number);
  }
  if (!(fabs(number) <= (double)AZION_JSON_MAX_EXACT)) {
    return reject(encoder, "a number that can be sent exactly (at most 2^53)", text);
  }
  put(encoder, text);
  return true;
}

static bool encode_string(struct encoder *encoder) {
  size_t length;
  const char *text = lua_tolstring(encoder->L, -1, &length);
  return azion_json_put_string(&encoder->scratch->text, text, length) ||
         reject(encoder, "a string in UTF-8", "invalid bytes");
}

/* The name on top of the stack. */
static void note_name(struct encoder *encoder) {
  struct azion_json_scratch *scratch = encoder->scratch;
  struct key key = {.start = scratch->names.length};
  const char *text = lua_tolstring(encoder->L, -1, &key.length);
  /* With its NUL, so that there is a place for the empty name as well. */
  if (!azion_buffer_append(&scratch->names, text, key.length + 1) ||
      !azion_buffer_append(&scratch->keys, (const char *)&key, sizeof key)) {
    luaL_error(encoder->L, "not enough memory");
  }
}

/* Looks at all keys of the table on top of the stack, and notes its names. */
static struct shape survey(struct encoder *encoder) {
  lua_State *L = encoder->L;
  struct shape shape = {0};
  lua_pushnil(L);
  while (lua_next(L, -2) != 0) {
    lua_pop(L, 1);
    if (lua_type(L, -1) == LUA_TSTRING) {
      note_name(encoder);
      shape.names++;
      continue;
    }
    double index = lua_type(L, -1) == LUA_TNUMBER ? lua_tonumber(L, -1) : 0;
    if (index >= 1 && floor(index) >= index) {
      shape.indices++;
      shape.last_index = fmax(shape.last_index, index);
    } else {
      shape.others = true;
    }
  }
  return shape;
}

static int compare_keys(const void *left, const void *right) {
  const struct key *a = left;
  const struct key *b = right;
  int order = memcmp(a->text, b->text, a->length < b->length ? a->length : b->length);
  return order != 0 ? order : (a->length > b->length) - (a->length < b->length);
}

static bool encode_field(struct encoder *encoder, struct key key) {
  lua_State *L = encoder->L;
  const char *name = encoder->scratch->names.bytes + key.start;
  if (!azion_json_put_string(&encoder->scratch->text, name, key.length)) {
    return reject(encoder, "field names in UTF-8", "invalid bytes");
  }
  put(encoder, ":");
  lua_pushlstring(L, name, key.length);
  lua_rawget(L, -2);
  encoder->path[encoder->depth++] = (struct step){.key = key};
  if (!encode_value(encoder)) {
    return false;
  }
  encoder->depth--;
  lua_pop(L, 1);
  return true;
}

/* The names are the last ones that survey noted. */
static bool encode_object(struct encoder *encoder, size_t count) {
  struct azion_buffer *keys = &encoder->scratch->keys;
  size_t start = keys->length - count * sizeof(struct key);
  struct key *first = (struct key *)(void *)(keys->bytes + start);
  for (size_t i = 0; i < count; i++) {
    first[i].text = encoder->scratch->names.bytes + first[i].start;
  }
  qsort(first, count, sizeof *first, compare_keys);
  for (size_t i = 0; i < count; i++) {
    put(encoder, i == 0 ? "{" : ",");
    struct key key;
    memcpy(&key, keys->bytes + start + i * sizeof key, sizeof key);
    if (!encode_field(encoder, key)) {
      return false;
    }
  }
  put(encoder, "}");
  return true;
}

static bool encode_array(struct encoder *encoder, size_t count) {
  for (size_t i = 1; i <= count; i++) {
    put(encoder, i == 1 ? "[" : ",");
    lua_rawgeti(encoder->L, -1, (int)i);
    encoder->path[encoder->depth++] = (struct step){.index = i};
    if (!encode_value(encoder)) {
      return false;
    }
    encoder->depth--;
    lua_pop(encoder->L, 1);
  }
  put(encoder, "]");
  return true;
}

/* Whether the table on top of the stack is marked as a list. */
static bool is_marked(lua_State *L, bool is_empty) {
  if (!lua_getmetatable(L, -1)) {
    return false;
  }
  bool is = lua_rawequal(L, -1, lua_upvalueindex(AZION_JSON_ARRAY_METATABLE)) ||
            azion_json_is_cjson_mark(L, "array_mt") ||
            (is_empty && azion_json_is_cjson_mark(L, "empty_array_mt"));
  lua_pop(L, 1);
  return is;
}

static bool encode_shape(struct encoder *encoder, const struct shape *shape) {
  lua_State *L = encoder->L;
  bool is_list = is_marked(L, shape->names + shape->indices == 0);
  if (shape->others) {
    return reject(encoder, "either a list or an object", "a table with other keys");
  }
  if (shape->names > 0 && (shape->indices > 0 || is_list)) {
    return reject(encoder, is_list ? "a list" : "either a list or an object",
                  shape->indices > 0 ? "a table with both kinds of keys" : "a table with names");
  }
  if (shape->last_index > (double)shape->indices) {
    return reject(encoder, "a list without gaps", "a table that lacks some of 1..n");
  }
  if (shape->indices > 0) {
    return encode_array(encoder, shape->indices);
  }
  if (shape->names > 0) {
    return encode_object(encoder, shape->names);
  }
  put(encoder, is_list ? "[]" : "{}");
  return true;
}

/* Whether the table on top of the stack is also one of those it lies in: they lie below it. */
static bool contains_itself(struct encoder *encoder) {
  for (int up = 1; up <= encoder->depth; up++) {
    if (lua_rawequal(encoder->L, -1, -1 - up)) {
      return true;
    }
  }
  return false;
}

static bool encode_table(struct encoder *encoder) {
  if (encoder->depth == AZION_JSON_MAX_DEPTH) {
    bool is_cycle = contains_itself(encoder);
    encoder->depth = 1; /* a path of 100 names helps nobody */
    return reject(encoder, "plain data",
                  is_cycle ? "a table that contains itself" : "tables " AZION_JSON_TOO_DEEP);
  }
  luaL_checkstack(encoder->L, SLOTS_A_LEVEL, NULL);
  size_t names = encoder->scratch->names.length;
  size_t keys = encoder->scratch->keys.length;
  struct shape shape = survey(encoder);
  if (!encode_shape(encoder, &shape)) {
    return false;
  }
  encoder->scratch->names.length = names;
  encoder->scratch->keys.length = keys;
  return true;
}

/* Writes the value on top of the stack. After false, `problem` and the path tell why, and the stack
   is left as it is. */
static bool encode_value(struct encoder *encoder) {
  lua_State *L = encoder->L;
  char got[32];
  switch (lua_type(L, -1)) {
  case LUA_TTABLE:
    return encode_table(encoder);
  case LUA_TSTRING:
    return encode_string(encoder);
  case LUA_TNUMBER:
    return encode_number(encoder);
  case LUA_TBOOLEAN:
    put(encoder, lua_toboolean(L, -1) ? "true" : "false");
    return true;
  case LUA_TLIGHTUSERDATA:
    if (lua_touserdata(L, -1) == NULL) {
      put(encoder, "null");
      return true;
    }
    if (azion_json_is_cjson_mark(L, "empty_array")) {
      put(encoder, "[]");
      return true;
    }
    break;
  default:
    break;
  }
  snprintf(got, sizeof got, lua_isnil(L, -1) ? "%s" : "a %s", luaL_typename(L, -1));
  return reject(encoder, "a JSON value", got);
}

/* Pushes what was written and frees it. */
static void push_text(struct encoder *encoder) {
  lua_State *L = encoder->L;
  struct azion_json_output *text = &encoder->scratch->text;
  if (text->failed) {
    luaL_error(L, "not enough memory");
  }
  lua_pushlstring(L, text->buffer.length > 0 ? text->buffer.bytes : "", text->buffer.length);
  azion_json_free_scratch(encoder->scratch);
}

static void push_path(struct encoder *encoder) {
  struct azion_json_output *path = &encoder->scratch->text;
  path->buffer.length = 0;
  for (int i = 0; i < encoder->depth; i++) {
    const struct step *step = &encoder->path[i];
    put(encoder, i > 0 ? "." : "");
    if (step->index > 0) {
      char index[AZION_JSON_NUMBER_SIZE];
      azion_json_format_number(index, (double)step->index);
      put(encoder, index);
    } else {
      azion_json_put(path, encoder->scratch->names.bytes + step->key.start, step->key.length);
    }
  }
  push_text(encoder);
}

int azion_json_is_array(lua_State *L) {
  lua_settop(L, 1);
  bool is = lua_islightuserdata(L, 1) && azion_json_is_cjson_mark(L, "empty_array");
  if (lua_istable(L, 1)) {
    lua_pushnil(L);
    bool is_empty = lua_next(L, 1) == 0;
    lua_settop(L, 1);
    is = is_marked(L, is_empty);
  }
  lua_pushboolean(L, is);
  return 1;
}

int azion_json_encode(lua_State *L) {
  luaL_checkany(L, 1);
  lua_settop(L, 1);
  struct encoder encoder = {.L = L, .scratch = azion_json_push_scratch(L)};
  lua_pushvalue(L, 1);
  if (encode_value(&encoder)) {
    push_text(&encoder);
    return 1;
  }
  lua_pushnil(L);
  push_path(&encoder);
  lua_pushstring(L, encoder.problem);
  return 3;
}
