/* What the files of the JSON bridge share. */
#ifndef AZION_JSON_PARTS_H
#define AZION_JSON_PARTS_H

#include "buffer.h"
#include "json.h"
#include "json_text.h"

#include <lua.h>
#include <stdbool.h>

#define AZION_JSON_MAX_DEPTH 100
#define AZION_JSON_TOO_DEEP "nested deeper than 100 levels"

/* What encoding needs while it runs, in a userdata, so that a Lua error on the way frees it. */
struct azion_json_scratch {
  struct azion_json_output text;
  struct azion_buffer names; /* of the fields that are being written */
  struct azion_buffer keys;  /* where they stand in `names` */
};

/* Pushes an empty one. */
struct azion_json_scratch *azion_json_push_scratch(lua_State *L);

/* Frees what it holds; safe to call again. Its collection does the same, but that may be far. */
void azion_json_free_scratch(struct azion_json_scratch *scratch);

/* The functions of json.h and the upvalues that they take, in this order. */
enum azion_json_decode_upvalue { AZION_JSON_ARRAY = 1, AZION_JSON_MEMORY, AZION_JSON_NAMES };
_Static_assert((int)AZION_JSON_NAMES == (int)AZION_JSON_DECODE_UPVALUES, "all are counted");
int azion_json_decode(lua_State *L);

enum azion_json_encode_upvalue { AZION_JSON_ARRAY_METATABLE = 1 };
int azion_json_encode(lua_State *L);
int azion_json_is_array(lua_State *L);

/* Whether the value on top of the stack is what lua-cjson, if the program has loaded it, has under
   that name. */
bool azion_json_is_cjson_mark(lua_State *L, const char *name);

/* Pushes two values: what a decoder remembers from text to text, and the names of that. */
void azion_json_push_memory(lua_State *L);

#endif
