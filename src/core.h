/* What the files that bind the core to Lua share. */
#ifndef AZION_CORE_H
#define AZION_CORE_H

#include <lauxlib.h>
#include <lua.h>
#include <stddef.h>
#include <stdint.h>

/* The string at `index`; raises for anything else. Numbers do not pass for strings. */
const char *azion_check_text(lua_State *L, int index, size_t *length);

/* Bits that nobody can foretell; raises if the system has none. */
uint64_t azion_random_bits(lua_State *L);

/* Makes the metatable of a userdata type, unless it is there; nothing of it can be reached. */
void azion_new_type(lua_State *L, const char *name, const luaL_Reg *methods,
                    const luaL_Reg *metamethods);

/* Each adds its functions to the module table on top of the stack, and its types.
   exchange: authorities, session, wait; after azion_json_open, for it takes from `decode`.
   keyset: keyset. */
void azion_exchange_open(lua_State *L);
void azion_keyset_open(lua_State *L);

#endif
