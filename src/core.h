/* What the files that bind the core to Lua share. */
#ifndef AZION_CORE_H
#define AZION_CORE_H

#include <lauxlib.h>
#include <lua.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct azion_transfer;

/* Bits that nobody can foretell; raises if the system has none. */
uint64_t azion_random_bits(lua_State *L);

/* Makes the metatable of a userdata type, unless it is there; nothing of it can be reached. */
void azion_new_type(lua_State *L, const char *name, const luaL_Reg *methods,
                    const luaL_Reg *metamethods);

/* Pushes the result of a transfer that has ended: see transfer:take_result. */
void azion_push_result(lua_State *L, struct azion_transfer *transfer, bool decodes, int kept,
                       bool nulls);

/* Each adds its functions to the module table on top of the stack, and its types.
   exchange: authorities, session, wait; after azion_json_open, for it takes from `decode`.
   keyset: keyset. */
void azion_exchange_open(lua_State *L);
void azion_keyset_open(lua_State *L);

#endif
