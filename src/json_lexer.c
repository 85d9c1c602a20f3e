#include "json_lexer.h"

#include "json_text.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>

static const char *fail(struct azion_json_fault *fault, const char *problem, const char *at) {
  *fault = (struct azion_json_fault){problem, at};
  return NULL;
}

static bool is_digit(char byte) {
  return byte >= '0' && byte <= '9';
}

static const char *skip_digits(const char *at) {
  while (is_digit(*at)) {
    at++;
  }
  return at;
}

/* ---- escapes ---- */

/* The four hexadecimal digits of an escape as a number, or -1. */
static int code_unit(const char *at) {
  int unit = 0;
  for (int i = 0; i < 4; i++) {
    char lower = (char)(at[i] | 0x20);
    if (is_digit(at[i])) {
      unit = unit * 16 + (at[i] - '0');
    } else if (lower >= 'a' && lower <= 'f') {
      unit = unit * 16 + (lower - 'a' + 10);
    } else {
      return -1;
    }
  }
  return unit;
}

static char *put_utf8(char *out, unsigned code) {
  static const unsigned heads[] = {0, 0xC0, 0xE0, 0xF0};
  int more = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
  *out++ = (char)(heads[more] | code >> (6 * more));
  while (more-- > 0) {
    *out++ = (char)(0x80 | (code >> (6 * more) & 0x3F));
  }
  return out;
}

const char *azion_json_unescape(const char *at, char **out, struct azion_json_fault *fault) {
  static const char names[] = "\"\\/bfnrt";
  static const char meanings[] = "\"\\/\b\f\n\r\t";
  const char *name = at[1] != '\0' ? strchr(names, at[1]) : NULL;
  if (name != NULL) {
    *(*out)++ = meanings[name - names];
    return at + 2;
  }
  int unit = at[1] == 'u' ? code_unit(at + 2) : -1;
  if (unit < 0) {
    return fail(fault, "bad escape", at + 1);
  }
  if (unit < 0xD800 || unit > 0xDFFF) {
    *out = put_utf8(*out, (unsigned)unit);
    return at + 6;
  }
  int low = unit <= 0xDBFF && at[6] == '\\' && at[7] == 'u' ? code_unit(at + 8) : -1;
  if (low < 0xDC00 || low > 0xDFFF) {
    return fail(fault, "half of a surrogate pair", at);
  }
  *out = put_utf8(*out, 0x10000 + ((unsigned)(unit - 0xD800) << 10) + (unsigned)(low - 0xDC00));
  return at + 12;
}

/* ---- numbers ---- */

/* What follows the number's digits, point and exponent, or NULL with a fault. */
static const char *find_end(const char *at, bool *is_plain, struct azion_json_fault *fault) {
  const char *digits = at + (*at == '-');
  at = *digits == '0' ? digits + 1 : skip_digits(digits);
  bool is_malformed = at == digits || is_digit(*at);
  *is_plain = true;
  if (!is_malformed && *at == '.') {
    *is_plain = false;
    digits = at + 1;
    at = skip_digits(digits);
    is_malformed = at == digits;
  }
  if (!is_malformed && (*at == 'e' || *at == 'E')) {
    *is_plain = false;
    digits = at + (at[1] == '+' || at[1] == '-' ? 2 : 1);
    at = skip_digits(digits);
    is_malformed = at == digits;
  }
  return is_malformed ? fail(fault, "malformed number", at) : at;
}

/* As many as 2^63 has; the number that so many of them make fits into 64 bits without a sign. */
enum { MOST_DIGITS = 19 };

/* Plain digits as an integer; false if 64 bits do not hold it. */
static bool read_integer(const char *digits, const char *end, bool is_negative, int64_t *integer) {
  uint64_t largest = (uint64_t)INT64_MAX + is_negative;
  uint64_t size = 0;
  if (end - digits > MOST_DIGITS) {
    return false;
  }
  for (const char *digit = digits; digit < end; digit++) {
    size = size * 10 + (uint64_t)(*digit - '0');
  }
  if (size > largest) {
    return false;
  }
  /* In two steps: 2^63 itself is no integer, but -2^63 is. */
  *integer = is_negative && size > 0 ? -(int64_t)(size - 1) - 1 : (int64_t)size;
  return true;
}

const char *azion_json_read_number(const char *at, struct azion_json_number *number,
                                   struct azion_json_fault *fault) {
  bool is_plain;
  const char *end = find_end(at, &is_plain, fault);
  if (end == NULL) {
    return NULL;
  }
  const char *digits = at + (*at == '-');
  number->is_integer = is_plain && read_integer(digits, end, *at == '-', &number->integer);
  if (number->is_integer) {
    return end;
  }
  number->real = azion_json_read_real(at);
  if (isinf(number->real)) {
    return fail(fault, "a number is out of range", NULL);
  }
  number->is_integer =
      fabs(number->real) < (double)AZION_JSON_MAX_EXACT && floor(number->real) >= number->real;
  number->integer = number->is_integer ? (int64_t)number->real : 0;
  return end;
}
