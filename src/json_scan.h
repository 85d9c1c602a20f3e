/* Reads JSON as bytes: is it JSON (RFC 8259), and what must be settled after a decoder has read it,
   where decoders differ. No Lua. */
#ifndef AZION_JSON_SCAN_H
#define AZION_JSON_SCAN_H

#include "buffer.h"

#include <stdbool.h>
#include <stddef.h>

#define AZION_JSON_MAX_DEPTH 100
#define AZION_JSON_TOO_DEEP "nested deeper than 100 levels"

enum azion_json_edit_kind {
  AZION_JSON_ENTER, /* the edits up to its LEAVE are for the object or array at this place */
  AZION_JSON_LEAVE,
  AZION_JSON_NUMBERS, /* all numbers that are items of this array */
  AZION_JSON_NUMBER,
  AZION_JSON_LONG_INTEGER, /* 19 digits or more: may not fit into 64 bits */
  AZION_JSON_NULL_FIELD,
  AZION_JSON_EMPTY_LIST,
  AZION_JSON_EMPTY_OBJECT
};

/* One thing to settle. They come in the order of the text, so that of two fields of the same name
   the last has the last word. Its place in the object or array entered last is a field, whose name
   stands (escapes and all, without the quotes) at text[name] and is `length` bytes long, or an
   item, with `name` 0 and its index, from 1, in `length`. The root is item 1 of nothing. */
struct azion_json_edit {
  enum azion_json_edit_kind kind;
  size_t name;
  size_t length;
  size_t value; /* where the value stands in the text */
};

struct azion_json_report {
  const char *problem; /* NULL: the text is JSON */
  size_t position;     /* of the problem, in bytes from 1; 0 where that says nothing */
  size_t start;        /* bytes of a byte order mark before the value */
};

/* Checks that text[0..length) is one JSON value, with no half of a surrogate pair in its strings.
   text[length] must be NUL, as it is in a Lua string. Appends to `edits` what must be settled, as
   struct azion_json_edit; numbers only if `all_numbers`, or if they may be infinite as doubles or
   too long for an integer. Returns whether the text is JSON. */
bool azion_json_scan(const char *text, size_t length, bool all_numbers, struct azion_buffer *edits,
                     struct azion_json_report *report);

#endif
