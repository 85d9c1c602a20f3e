/* Tables <-> JSON, the same on every Lua. The program's own lua-cjson is loaded for what both must
   agree on: its marks for lists (array_mt, empty_array_mt, empty_array). */
#ifndef AZION_JSON_H
#define AZION_JSON_H

#include <lua.h>

/* Adds to the module table on top of the stack, and leaves the stack as it was:

   encode(value, lists?) -> text | nil, path, problem
     A table with the keys 1..n is an array, one with string keys an object (sent in the order of
     their bytes), an empty one {}, or [] if it has array_metatable or is a field of `value` that
     `lists` names ({ [name] = true }). `path` is the dotted name of the field that cannot be sent
     ("addresses.1.weight", "" for `value` itself), `problem` a phrase such as "a JSON value, got a
     function" that tells no string. No metamethod is called and no table is changed.
   decode(text) -> value | nil, message
     Integers are Lua integers where Lua has them, null is absent in an object and `null` in an
     array, [] has array_metatable. `message` tells nothing of the text but where it is wrong.
   null               the light userdata NULL
   array_metatable    marks a table as an array; cjson.array_mt where cjson has it

   Raises if lua-cjson cannot be loaded. Returns 0. */
int azion_json_open(lua_State *L);

/* What `decode` does, for text[0..length), which a NUL must follow, and which must stay. The C
   function that runs must have the first upvalues that `decode` has. Pushes the value and returns
   1; or anything, then nil and a message, and returns 2. */
enum { AZION_JSON_DECODE_UPVALUES = 3 };
int azion_json_decode_text(lua_State *L, const char *text, size_t length);

#endif
