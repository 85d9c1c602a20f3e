/* What may stand in a request: header fields, URLs. */
#include "check.h"

#include "../src/url.h"

static size_t count_controls(const char *text, size_t length) {
  size_t count = 0;
  for (size_t i = 0; i < length; i++) {
    count += (unsigned char)text[i] < 32 || text[i] == 127;
  }
  return count;
}

static size_t count_tabs(const char *text, size_t length) {
  size_t count = 0;
  for (size_t i = 0; i < length; i++) {
    count += text[i] == '\t';
  }
  return count;
}

static void check_header(const char *text, size_t length) {
  size_t controls = count_controls(text, length);
  CHECK(azion_valid_header_value(text, length) == (controls == count_tabs(text, length)));
  if (azion_valid_token(text, length)) {
    CHECK(length > 0 && controls == 0);
    CHECK(azion_valid_header_value(text, length));
    CHECK(memchr(text, ':', length) == NULL && memchr(text, ' ', length) == NULL);
  }
}

static void check_url(const char *text, size_t length) {
  if (azion_valid_url(text, length)) {
    CHECK(length > 7 && memcmp(text, "http", 4) == 0);
    CHECK(count_controls(text, length) == 0 && memchr(text, ' ', length) == NULL);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char *text = exact_copy(data, size);
  check_header(text, size);
  check_url(text, size);
  free(text);
  return 0;
}
