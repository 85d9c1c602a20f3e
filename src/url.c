#include "url.h"

#include <string.h>

/* <ctype.h> asks the locale; the protocols do not. */
static bool is_alphanumeric(unsigned char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
         (byte >= '0' && byte <= '9');
}

static bool is_one_of(unsigned char byte, const char *set) {
  return byte != '\0' && strchr(set, byte) != NULL;
}

static bool is_control(unsigned char byte) {
  return byte < 32 || byte == 127;
}

bool azion_valid_header_value(const char *text, size_t length) {
  for (size_t i = 0; i < length; i++) {
    if (is_control((unsigned char)text[i]) && text[i] != '\t') {
      return false;
    }
  }
  return true;
}

bool azion_valid_token(const char *text, size_t length) {
  for (size_t i = 0; i < length; i++) {
    unsigned char byte = (unsigned char)text[i];
    if (!is_alphanumeric(byte) && !is_one_of(byte, "!#$%&'*+-.^_`|~")) {
      return false;
    }
  }
  return length > 0;
}

bool azion_valid_url(const char *text, size_t length) {
  for (size_t i = 0; i < length; i++) {
    unsigned char byte = (unsigned char)text[i];
    if (byte <= ' ' || byte >= 127) {
      return false;
    }
  }
  return (length > 7 && memcmp(text, "http://", 7) == 0) ||
         (length > 8 && memcmp(text, "https://", 8) == 0);
}
