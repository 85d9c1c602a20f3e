/* Tables of options, read into C structs. */
#ifndef AZION_OPTIONS_H
#define AZION_OPTIONS_H

#include <lua.h>
#include <stddef.h>

enum azion_option_type {
  AZION_TEXT,    /* struct azion_text */
  AZION_SECONDS, /* double, above 0 */
  AZION_COUNT,   /* size_t, at least 1 */
  AZION_FLAG,    /* bool */
  AZION_LIST     /* a table, which the caller reads */
};

struct azion_option {
  const char *name;
  enum azion_option_type type;
  size_t offset; /* of the field in the struct */
};

/* Fills the struct at `target` from the table at `index`; `options` ends with a NULL name. Texts
   belong to the table. Raises for unknown names and wrong types. */
void azion_read_options(lua_State *L, int index, const struct azion_option *options, void *target);

#endif
