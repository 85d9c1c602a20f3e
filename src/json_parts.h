/* What the files of the JSON bridge share. */
#ifndef AZION_JSON_PARTS_H
#define AZION_JSON_PARTS_H

#include "buffer.h"
#include "json_text.h"

#include <lua.h>

/* What a call needs while it runs, in a userdata, so that a Lua error on the way frees it. */
struct azion_json_scratch {
  struct azion_json_output text;
  struct azion_buffer names; /* encode: of the fields that are being written */
  struct azion_buffer keys;  /* encode: where they stand in `names` */
  struct azion_buffer edits; /* decode: struct azion_json_edit */
};

/* Pushes an empty one. */
struct azion_json_scratch *azion_json_push_scratch(lua_State *L);

/* Frees what it holds; safe to call again. Its collection does the same, but that may be far. */
void azion_json_free_scratch(struct azion_json_scratch *scratch);

/* The functions of json.h and the upvalues that they take, in this order. */
enum azion_json_decode_upvalue { AZION_JSON_DECODER = 1, AZION_JSON_NEW, AZION_JSON_ARRAY };
int azion_json_decode(lua_State *L);

enum azion_json_encode_upvalue {
  AZION_JSON_MARKED_ARRAY = 1,
  AZION_JSON_MARKED_EMPTY_ARRAY,
  AZION_JSON_EMPTY_ARRAY
};
int azion_json_encode(lua_State *L);

/* Replaces the function cjson.new on top of the stack by the decode function of a new instance,
   set up for azion_json_decode. */
void azion_json_push_decoder(lua_State *L);

#endif
