#define _XOPEN_SOURCE 700 /* uselocale */

#include "json_text.h"

#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#if defined(__APPLE__)
#include <xlocale.h> /* uselocale */
#endif

void azion_json_put(struct azion_json_output *output, const char *bytes, size_t length) {
  output->failed = output->failed || !azion_buffer_append(&output->buffer, bytes, length);
}

/* The second byte's range keeps out overlong forms, surrogates and what is above U+10FFFF (RFC
   3629, section 4). */
size_t azion_json_sequence(const unsigned char *at, size_t left) {
  unsigned char first = at[0];
  size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || left < length) {
    return 0;
  }
  unsigned char low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
  unsigned char high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
  if (at[1] < low || at[1] > high) {
    return 0;
  }
  for (size_t i = 2; i < length; i++) {
    if ((at[i] & 0xC0) != 0x80) {
      return 0;
    }
  }
  return length;
}

static void put_escape(struct azion_json_output *output, unsigned char byte) {
  static const char digits[] = "0123456789abcdef";
  if (byte == '"' || byte == '\\') {
    const char escape[2] = {'\\', (char)byte};
    azion_json_put(output, escape, sizeof escape);
  } else {
    const char escape[6] = {'\\', 'u', '0', '0', digits[byte >> 4], digits[byte & 15]};
    azion_json_put(output, escape, sizeof escape);
  }
}

bool azion_json_put_string(struct azion_json_output *output, const char *text, size_t length) {
  const unsigned char *bytes = (const unsigned char *)text;
  size_t copied = 0;
  size_t at = 0;
  azion_json_put(output, "\"", 1);
  while (at < length) {
    unsigned char byte = bytes[at];
    if (byte >= 0x80) {
      size_t sequence = azion_json_sequence(bytes + at, length - at);
      if (sequence == 0) {
        return false;
      }
      at += sequence;
      continue;
    }
    if (byte < 0x20 || byte == 0x7F || byte == '"' || byte == '\\') {
      azion_json_put(output, text + copied, at - copied);
      put_escape(output, byte);
      copied = at + 1;
    }
    at++;
  }
  azion_json_put(output, text + copied, length - copied);
  azion_json_put(output, "\"", 1);
  return true;
}

static pthread_once_t is_made = PTHREAD_ONCE_INIT;
static locale_t with_point;

static void make_locale(void) {
  with_point = newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

/* Numbers have points, whatever the locale, until uselocale() gets what this returns. */
static locale_t use_point(void) {
  pthread_once(&is_made, make_locale);
  return uselocale(with_point);
}

double azion_json_read_real(const char *at) {
  locale_t before = use_point();
  double real = strtod(at, NULL);
  (void)uselocale(before);
  return real;
}

void azion_json_format_number(char text[AZION_JSON_NUMBER_SIZE], double number) {
  if (fabs(number) <= (double)AZION_JSON_MAX_EXACT && floor(number) >= number) {
    snprintf(text, AZION_JSON_NUMBER_SIZE, "%lld", (long long)number);
    return;
  }
  locale_t before = use_point();
  double back;
  int digits = 15;
  do {
    snprintf(text, AZION_JSON_NUMBER_SIZE, "%.*g", digits, number);
    back = strtod(text, NULL);
    digits++;
  } while (digits <= 17 && (back < number || back > number));
  (void)uselocale(before);
}
