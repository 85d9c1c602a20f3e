/* Allocators that fail when they are told to: Lua's, libcurl's, and malloc itself for the objects
   that are linked with -Wl,--wrap. All count into one row, in the order in which they are asked. */
#ifndef FAILING_MEMORY_H
#define FAILING_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

enum memory_mode {
  MEMORY_ONCE,   /* only the n-th allocation fails */
  MEMORY_FROM,   /* the n-th and all that follow fail */
  MEMORY_COLLECT /* each of Lua's fails at its first try: Lua 5.4 collects and tries again */
};

/* Begins to count, so that the n-th allocation from now on fails. */
void memory_arm(enum memory_mode mode, size_t n);

/* No allocation fails from now on. */
void memory_disarm(void);

/* Whether an allocation failed since memory_arm. */
bool memory_has_failed(void);

/* Allocations asked for since memory_arm. */
size_t memory_asked(void);

/* Blocks that have not been given back. */
long memory_lua_blocks(void);
long memory_libcurl_blocks(void);
long memory_core_blocks(void);

/* Takes what is left for lost, and counts from 0 again. */
void memory_forget_blocks(void);

/* A lua_Alloc. */
void *memory_for_lua(void *unused, void *block, size_t old_size, size_t size);

/* Initialises libcurl with such allocators; false if it cannot be. */
bool memory_init_libcurl(void);

#endif
