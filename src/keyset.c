/* Which keys were met, and when last: a table of 64-bit marks instead of the keys themselves, so
   that a listing of 200,000 items costs 2 MB; a Lua table of their keys takes 20 MB. Two keys are
   taken for one with a chance of about n * n / 2^59: one in ten million for 200,000 keys. */
#include "compat.h"
#include "core.h"
#include "json_text.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEYSET "azion.keyset"

enum { FIRST_CAPACITY = 256, TURN_BITS = 6, TURNS = (1 << TURN_BITS) - 1 };

struct keyset {
  uint64_t *marks; /* the hash but for its lowest bits, which hold the turn; 0 is free */
  size_t capacity; /* a power of two, or 0 */
  size_t count;
  uint64_t seed; /* so that nobody can foretell which keys look alike */
};

/* ---- marks ---- */

/* The mixing that ends MurmurHash3. */
static uint64_t mix(uint64_t value) {
  value = (value ^ (value >> 33)) * 0xff51afd7ed558ccdu;
  value = (value ^ (value >> 33)) * 0xc4ceb9fe1a85ec53u;
  return value ^ (value >> 33);
}

/* Eight bytes at a time; the length tells a key that ends in NULs from a shorter one. */
static uint64_t hash(uint64_t seed, const char *key, size_t length) {
  uint64_t value = mix(seed ^ length);
  for (size_t at = 0; at < length; at += sizeof value) {
    uint64_t word = 0;
    memcpy(&word, key + at, length - at < sizeof word ? length - at : sizeof word);
    value = mix(value ^ word);
  }
  return value;
}

/* The place of a mark, or the free one where it belongs. */
static size_t place_of(const uint64_t *marks, size_t capacity, uint64_t mark) {
  size_t place = (size_t)(mark >> TURN_BITS) & (capacity - 1);
  while (marks[place] != 0 && ((marks[place] ^ mark) & ~(uint64_t)TURNS) != 0) {
    place = (place + 1) & (capacity - 1);
  }
  return place;
}

static bool grow(struct keyset *set) {
  size_t capacity = set->capacity > 0 ? set->capacity * 2 : FIRST_CAPACITY;
  uint64_t *marks = calloc(capacity, sizeof *marks);
  if (marks == NULL) {
    return false;
  }
  for (size_t i = 0; i < set->capacity; i++) {
    if (set->marks[i] != 0) {
      marks[place_of(marks, capacity, set->marks[i])] = set->marks[i];
    }
  }
  free(set->marks);
  set->marks = marks;
  set->capacity = capacity;
  return true;
}

/* Marks a key as met in `turn`. Returns the turn in which it was met last, or 0. */
static unsigned mark(lua_State *L, struct keyset *set, const char *key, size_t length,
                     unsigned turn) {
  if (set->count >= set->capacity / 5 * 4 && !grow(set)) {
    luaL_error(L, "not enough memory");
  }
  uint64_t marked = (hash(set->seed, key, length) & ~(uint64_t)TURNS) | turn;
  size_t place = place_of(set->marks, set->capacity, marked);
  unsigned before = (unsigned)(set->marks[place] & TURNS);
  set->count += before == 0;
  set->marks[place] = marked;
  return before;
}

/* ---- for Lua ---- */

enum { SET = 1, KEY, TURN };

/* A number as bytes that begin with NUL, so that no string is like them. Returns their length; 0
   for a double that may stand for several ids. */
static size_t write_number(lua_State *L, char *digits, size_t size) {
  double number = lua_tonumber(L, KEY);
  digits[0] = '\0';
#if LUA_VERSION_NUM >= 503
  if (lua_isinteger(L, KEY)) {
    return (size_t)snprintf(digits + 1, size - 1, LUA_INTEGER_FMT, lua_tointeger(L, KEY)) + 1;
  }
#endif
  if (!(fabs(number) < (double)AZION_JSON_MAX_EXACT)) {
    return 0;
  }
  return (size_t)snprintf(digits + 1, size - 1, "%.17g", number) + 1;
}

/* keyset:mark(key, turn) -> the turn in which the key was met last, or 0; nil if it is no key, but
   neither a string nor a number that is exact. */
static int keyset_mark(lua_State *L) {
  struct keyset *set = luaL_checkudata(L, SET, KEYSET);
  lua_Integer turn = luaL_checkinteger(L, TURN);
  char digits[40];
  const char *key = digits;
  size_t length = 0;
  luaL_argcheck(L, turn >= 1 && turn <= TURNS, TURN, "turn out of range");
  int type = lua_type(L, KEY);
  if (type == LUA_TSTRING) {
    key = lua_tolstring(L, KEY, &length);
  } else if (type == LUA_TNUMBER) {
    length = write_number(L, digits, sizeof digits);
  }
  if (length == 0 && type != LUA_TSTRING) {
    return 0;
  }
  lua_pushinteger(L, (lua_Integer)mark(L, set, key, length, (unsigned)turn));
  return 1;
}

/* keyset:bytes(): memory that its marks take. */
static int keyset_bytes(lua_State *L) {
  const struct keyset *set = luaL_checkudata(L, SET, KEYSET);
  lua_pushinteger(L, (lua_Integer)set->capacity * (lua_Integer)sizeof *set->marks);
  return 1;
}

static int keyset_gc(lua_State *L) {
  struct keyset *set = luaL_checkudata(L, SET, KEYSET);
  free(set->marks);
  *set = (struct keyset){0};
  return 0;
}

static int core_keyset(lua_State *L) {
  uint64_t seed = azion_random_bits(L);
  struct keyset *set = lua_newuserdata(L, sizeof *set);
  *set = (struct keyset){.seed = seed};
  luaL_setmetatable(L, KEYSET);
  return 1;
}

void azion_keyset_open(lua_State *L) {
  static const luaL_Reg methods[] = {{"mark", keyset_mark}, {"bytes", keyset_bytes}, {NULL, NULL}};
  static const luaL_Reg metamethods[] = {{"__gc", keyset_gc}, {NULL, NULL}};
  azion_new_type(L, KEYSET, methods, metamethods);
  lua_pushcfunction(L, core_keyset);
  lua_setfield(L, -2, "keyset");
}
