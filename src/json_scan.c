#include "json_scan.h"

#include <stdint.h>
#include <string.h>

/* Where in an object or array the scan is, as in struct azion_json_edit. */
struct place {
  size_t name;
  size_t length;
};

/* The NUL behind the text fits no rule, so no rule needs to look for the end. */
struct scan {
  const char *text;
  const char *end;
  bool all_numbers;
  struct azion_buffer *edits;
  struct azion_json_report *report;
  int entered; /* how many of the places have their ENTER among the edits */
  struct place places[AZION_JSON_MAX_DEPTH + 1];
};

static const char *scan_value(struct scan *scan, const char *at, int depth);

static const char *fail(struct scan *scan, const char *at, const char *problem) {
  scan->report->problem = at == scan->end ? "the text ends early" : problem;
  scan->report->position = (size_t)(at - scan->text) + 1;
  return NULL;
}

static bool add_edit(struct scan *scan, enum azion_json_edit_kind kind, int depth, const char *at) {
  const struct place *place = &scan->places[depth];
  struct azion_json_edit edit = {kind, place->name, place->length, (size_t)(at - scan->text)};
  if (!azion_buffer_append(scan->edits, (const char *)&edit, sizeof edit)) {
    scan->report->problem = "not enough memory";
    return false;
  }
  return true;
}

/* Adds the edit of the value at text `at` and depth `depth`. Returns `next`, or NULL. */
static const char *settle(struct scan *scan, enum azion_json_edit_kind kind, int depth,
                          const char *at, const char *next) {
  for (; scan->entered < depth; scan->entered++) {
    if (!add_edit(scan, AZION_JSON_ENTER, scan->entered, at)) {
      return NULL;
    }
  }
  return add_edit(scan, kind, depth, at) ? next : NULL;
}

/* After the object or array whose items are at `depth`. */
static const char *leave(struct scan *scan, int depth, const char *next) {
  if (scan->entered < depth) {
    return next;
  }
  scan->entered--;
  return add_edit(scan, AZION_JSON_LEAVE, depth, next) ? next : NULL;
}

static const char *skip_blanks(const char *at) {
  while ((unsigned char)*at <= ' ' && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t')) {
    at++;
  }
  return at;
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

static const char *scan_escape(struct scan *scan, const char *at) {
  if (at[1] != '\0' && strchr("\"\\/bfnrt", at[1]) != NULL) {
    return at + 2;
  }
  int unit = at[1] == 'u' ? code_unit(at + 2) : -1;
  if (unit < 0) {
    return fail(scan, at + 1, "bad escape");
  }
  if (unit < 0xD800 || unit > 0xDFFF) {
    return at + 6;
  }
  int low = unit <= 0xDBFF && at[6] == '\\' && at[7] == 'u' ? code_unit(at + 8) : -1;
  if (low < 0xDC00 || low > 0xDFFF) {
    return fail(scan, at, "half of a surrogate pair");
  }
  return at + 12;
}

/* The high bit of every byte that ends a run of plain ones: a quote, a backslash or a control
   character (with bit 1 flipped, a quote is the next number after the control characters). A
   subtraction borrows from that bit where the byte is too small; the borrow may also mark bytes
   behind a marked one. Most of a reply is strings, so eight bytes at once are worth it. */
static uint64_t stop_bits(const char *at) {
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

static inline const char *skip_plain(const char *at, const char *end) {
  while (end - at >= 8) {
    uint64_t stops = stop_bits(at);
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

static const char *scan_string(struct scan *scan, const char *at) {
  at++;
  for (;;) {
    at = skip_plain(at, scan->end);
    if (*at == '"') {
      return at + 1;
    }
    if (*at != '\\') {
      return fail(scan, at, "control character in a string");
    }
    at = scan_escape(scan, at);
    if (at == NULL) {
      return NULL;
    }
  }
}

static const char *scan_number(struct scan *scan, const char *at, int depth) {
  const char *start = at;
  const char *digits = at + (*at == '-');
  at = *digits == '0' ? digits + 1 : skip_digits(digits);
  if (at == digits || is_digit(*at)) {
    return fail(scan, at, "malformed number");
  }
  bool is_long = at - digits >= 19;
  bool is_integer = true;
  if (*at == '.') {
    is_integer = false;
    digits = at + 1;
    at = skip_digits(digits);
    if (at == digits) {
      return fail(scan, at, "malformed number");
    }
  }
  bool has_exponent = *at == 'e' || *at == 'E';
  if (has_exponent) {
    is_integer = false;
    digits = at + (at[1] == '+' || at[1] == '-' ? 2 : 1);
    at = skip_digits(digits);
    if (at == digits) {
      return fail(scan, at, "malformed number");
    }
  }
  if (is_long && is_integer) {
    return settle(scan, AZION_JSON_LONG_INTEGER, depth, start, at);
  }
  bool is_item = scan->places[depth].name == 0 && depth > 0;
  if (is_long || has_exponent || (scan->all_numbers && !is_item)) {
    return settle(scan, AZION_JSON_NUMBER, depth, start, at);
  }
  return at;
}

static const char *scan_field(struct scan *scan, const char *at, int depth) {
  if (*at != '"') {
    return fail(scan, at, "a field name was expected");
  }
  const char *name = at + 1;
  at = scan_string(scan, at);
  if (at == NULL) {
    return NULL;
  }
  struct place *place = &scan->places[depth];
  place->name = (size_t)(name - scan->text);
  place->length = (size_t)(at - 1 - name);
  at = skip_blanks(at);
  if (*at != ':') {
    return fail(scan, at, "a colon was expected");
  }
  return scan_value(scan, skip_blanks(at + 1), depth);
}

static const char *scan_object(struct scan *scan, const char *at, int depth) {
  const char *start = at;
  at = skip_blanks(at + 1);
  if (*at == '}') {
    return settle(scan, AZION_JSON_EMPTY_OBJECT, depth - 1, start, at + 1);
  }
  for (;;) {
    at = scan_field(scan, at, depth);
    if (at == NULL) {
      return NULL;
    }
    at = skip_blanks(at);
    if (*at == '}') {
      return leave(scan, depth, at + 1);
    }
    if (*at != ',') {
      return fail(scan, at, "a comma or closing brace was expected");
    }
    at = skip_blanks(at + 1);
  }
}

static const char *scan_array(struct scan *scan, const char *at, int depth) {
  const char *start = at;
  bool has_number = false;
  at = skip_blanks(at + 1);
  if (*at == ']') {
    return settle(scan, AZION_JSON_EMPTY_LIST, depth - 1, start, at + 1);
  }
  for (size_t index = 1;; index++) {
    scan->places[depth] = (struct place){0, index};
    has_number = has_number || *at == '-' || is_digit(*at);
    at = scan_value(scan, at, depth);
    if (at == NULL) {
      return NULL;
    }
    at = skip_blanks(at);
    if (*at == ']') {
      break;
    }
    if (*at != ',') {
      return fail(scan, at, "a comma or closing bracket was expected");
    }
    at = skip_blanks(at + 1);
  }
  if (has_number && scan->all_numbers &&
      settle(scan, AZION_JSON_NUMBERS, depth, start, at) == NULL) {
    return NULL;
  }
  return leave(scan, depth, at + 1);
}

static const char *scan_word(struct scan *scan, const char *at, const char *word) {
  size_t length = strlen(word);
  return strncmp(at, word, length) == 0 ? at + length : fail(scan, at, "a value was expected");
}

static const char *scan_null(struct scan *scan, const char *at, int depth) {
  const char *next = scan_word(scan, at, "null");
  if (next == NULL || scan->places[depth].name == 0) {
    return next;
  }
  return settle(scan, AZION_JSON_NULL_FIELD, depth, at, next);
}

/* A value at one of the places of `depth`. Returns what follows it, or NULL with a report. */
static const char *scan_value(struct scan *scan, const char *at, int depth) {
  switch (*at) {
  case '"':
    return scan_string(scan, at);
  case '{':
  case '[':
    if (depth == AZION_JSON_MAX_DEPTH) {
      scan->report->problem = AZION_JSON_TOO_DEEP;
      return NULL;
    }
    return *at == '{' ? scan_object(scan, at, depth + 1) : scan_array(scan, at, depth + 1);
  case 't':
    return scan_word(scan, at, "true");
  case 'f':
    return scan_word(scan, at, "false");
  case 'n':
    return scan_null(scan, at, depth);
  default:
    if (*at == '-' || is_digit(*at)) {
      return scan_number(scan, at, depth);
    }
    return fail(scan, at, "a value was expected");
  }
}

bool azion_json_scan(const char *text, size_t length, bool all_numbers, struct azion_buffer *edits,
                     struct azion_json_report *report) {
  struct scan scan;
  scan.text = text;
  scan.end = text + length;
  scan.all_numbers = all_numbers;
  scan.edits = edits;
  scan.report = report;
  scan.entered = 0;
  scan.places[0] = (struct place){0, 1};
  *report = (struct azion_json_report){0};
  if (strncmp(text, "\xEF\xBB\xBF", 3) == 0) {
    report->start = 3;
  }
  const char *at = skip_blanks(text + report->start);
  if (at == scan.end) {
    report->problem = "empty";
    return false;
  }
  at = scan_value(&scan, at, 0);
  if (at != NULL && skip_blanks(at) != scan.end) {
    fail(&scan, skip_blanks(at), "something follows the value");
  }
  return report->problem == NULL;
}
