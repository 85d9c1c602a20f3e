/* Ctrl-C in coroutines. */
#ifndef AZION_INTERRUPT_H
#define AZION_INTERRUPT_H

#include "compat.h"

/* Lua's own programs note a signal as a hook of the main thread, which a coroutine would not meet
   until it ends: this gives the coroutine that runs the same hook. Lua: takes and returns nothing.
 */
int azion_interrupt_pass_on(lua_State *L);

#endif
