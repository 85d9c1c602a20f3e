/* Tables <-> JSON, the same on every Lua. Where the program has loaded lua-cjson, the marks that it
   has for lists (array_mt, empty_array_mt, empty_array) are understood in what is written. */
#ifndef AZION_JSON_H
#define AZION_JSON_H

#include <lua.h>
#include <stdbool.h>

/* Adds to the module table on top of the stack, and leaves the stack as it was:

   encode(value) -> text | nil, path, problem
     A table with the keys 1..n is an array, one with string keys an object (sent in the order of
     their bytes), an empty one {}, or [] if it is marked as an array. `path` is the dotted name of
     the field that cannot be sent ("addresses.1.weight", "" for `value` itself), `problem` a phrase
     such as "a JSON value, got a function" that tells no string. No metamethod is called and no
     table is changed.
   decode(text) -> value | nil, message
     Integers are Lua integers where Lua has them, and exact up to 64 bits; elsewhere, and beyond,
     numbers are the nearest double. null is absent in an object and `null` in an array, [] has
     array_metatable. `message` tells nothing of the text but where it is wrong.
   is_array(value) -> boolean
     Whether it is marked as an array, be it by azion's mark or by one of cjson's.
   null               the light userdata NULL
   array_metatable    marks a table as an array; that of a cjson which was loaded before and has
   one, so that such a cjson writes what was read here as it was

   Returns 0. */
int azion_json_open(lua_State *L);

/* What `decode` does, for text[0..length), which a NUL must follow, and which must stay. In the
   outermost object, a null under the name that stands at the index `kept` is kept; with `nulls`,
   all that are in objects further inside. The C function that runs must have the first upvalues
   that `decode` has. Pushes the value and returns 1; or
   anything, then nil and a message, and returns 2. */
enum { AZION_JSON_DECODE_UPVALUES = 3 };
int azion_json_decode_text(lua_State *L, const char *text, size_t length, int kept, bool nulls);

#endif
