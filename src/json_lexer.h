/* JSON tokens (RFC 8259) as bytes. No Lua.

   All functions read from a text that ends with a NUL, as a Lua string does: a NUL fits no rule, so
   no rule needs to look for the end. */
#ifndef AZION_JSON_LEXER_H
#define AZION_JSON_LEXER_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static inline const char *azion_json_skip_blanks(const char *at) {
  while (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t') {
    at++;
  }
  return at;
}

/* The high bit of every byte that ends a run of plain ones: a quote, a backslash or a control
   character (with bit 1 flipped, a quote is the next number after the control characters). A
   subtraction borrows from that bit where the byte is too small; the borrow may also mark bytes
   behind a marked one. Most of a reply is strings, so eight bytes at once are worth it. */
static inline uint64_t azion_json_stop_bits(const char *at) {
  const uint64_t ones = UINT64_MAX / 255;
  uint64_t bytes;
  memcpy(&bytes, at, sizeof bytes);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  bytes = __builtin_bswap64(bytes);
#endif
  uint64_t flipped = bytes ^ (ones * 2);
  uint64_t backslash = bytes ^ (ones * '\\');
  uint64_t stops = ((flipped - ones * 0x21) & ~flipped) | ((backslash - ones) & ~backslash);
  return stops & (ones * 0x80);
}

/* The first quote, backslash or control character from `at` on. `end` is the text's NUL. */
static inline const char *azion_json_skip_plain(const char *at, const char *end) {
  while (end - at >= 8) {
    uint64_t stops = azion_json_stop_bits(at);
    if (stops != 0) {
      return at + __builtin_ctzll(stops) / 8;
    }
    at += 8;
  }
  while (*at != '"' && *at != '\\' && (unsigned char)*at >= 0x20) {
    at++;
  }
  return at;
}

/* What is wrong, and where. */
struct azion_json_fault {
  const char *problem;
  const char *at;
};

/* Reads the escape whose backslash is at `at` and appends what it stands for, in UTF-8 and never
   longer than the escape, to *out. Returns what follows it, or NULL with a fault: a bad escape, or
   half of a surrogate pair. */
const char *azion_json_unescape(const char *at, char **out, struct azion_json_fault *fault);

struct azion_json_number {
  /* Plain digits that 64 bits hold, or below 2^53 in size and written 60.0 or 6e1: see `integer`.
   */
  bool is_integer;
  int64_t integer;
  double real;
};

/* Reads the number that begins, with a digit or a minus, at `at`; the locale does not matter.
   Returns what follows it, or NULL with a fault: malformed, or too large for a double (without a
   place: `at` is NULL). */
const char *azion_json_read_number(const char *at, struct azion_json_number *number,
                                   struct azion_json_fault *fault);

#endif
