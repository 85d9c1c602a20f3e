/* Writes JSON as bytes (RFC 8259). No Lua. */
#ifndef AZION_JSON_TEXT_H
#define AZION_JSON_TEXT_H

#include "buffer.h"

#include <stdbool.h>
#include <stddef.h>

/* 2^53: every integer up to it is a double of its own. */
#define AZION_JSON_MAX_EXACT 9007199254740992

/* Text that is being written. All zero is empty. `failed` says that memory ran out on the way:
   it stays set, so that one look at the end is enough. */
struct azion_json_output {
  struct azion_buffer buffer;
  bool failed;
};

/* Appends bytes as they are. */
void azion_json_put(struct azion_json_output *output, const char *bytes, size_t length);

/* The length of the UTF-8 sequence at `at`, whose first byte is above 127; 0 if it is none. */
size_t azion_json_sequence(const unsigned char *at, size_t left);

/* Appends a string in quotes, escaped. False if it is not UTF-8 (RFC 3629). */
bool azion_json_put_string(struct azion_json_output *output, const char *text, size_t length);

/* strtod, but for the locale, which does not matter. */
double azion_json_read_real(const char *at);

#define AZION_JSON_NUMBER_SIZE 64

/* Writes a finite number and a NUL: an integer up to 2^53 in plain digits, anything else in the
   fewest digits (15 at least) that read back as the same double. The locale does not matter. */
void azion_json_format_number(char text[AZION_JSON_NUMBER_SIZE], double number);

#endif
