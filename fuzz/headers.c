/* Reply heads, line by line as libcurl hands them over. */
#include "check.h"

#include "../src/headers.h"
#include "../src/url.h"

static bool is_version(const char *version) {
  return (strlen(version) == 1 || (strlen(version) == 3 && version[1] == '.')) &&
         strspn(version, "0123456789.") == strlen(version) && version[0] != '.';
}

static void check_fields(const struct azion_headers *headers) {
  size_t cursor = 0;
  const char *name;
  const char *value;
  while (azion_headers_next(headers, &cursor, &name, &value)) {
    CHECK(cursor <= headers->fields.length);
    CHECK(azion_valid_token(name, strlen(name)));
    for (const char *at = name; *at != '\0'; at++) {
      CHECK(*at < 'A' || *at > 'Z');
    }
    size_t length = strlen(value);
    CHECK(strpbrk(value, "\r\n") == NULL);
    CHECK(length == 0 || strchr(" \t", value[0]) == NULL);
    CHECK(length == 0 || strchr(" \t", value[length - 1]) == NULL);
    CHECK(azion_headers_get(headers, name) != NULL);
  }
  CHECK(cursor == headers->fields.length);
}

static void check(const struct azion_headers *headers, size_t received) {
  CHECK(headers->received == received);
  CHECK(headers->status == 0 || (headers->status >= 200 && headers->status <= 999));
  CHECK(headers->status == 0 ? headers->version[0] == '\0' : is_version(headers->version));
  CHECK(!headers->complete || headers->status != 0);
  CHECK(headers->status != 0 || headers->fields.length == 0);
  CHECK(headers->fields.length <= received + 1);
  check_fields(headers);
}

static enum azion_headers_verdict feed(struct azion_headers *headers, const char *line,
                                       size_t length) {
  char *copy = exact_copy(line, length);
  enum azion_headers_verdict verdict = azion_headers_line(headers, copy, length);
  free(copy);
  CHECK(verdict != AZION_HEADERS_NO_MEMORY);
  return verdict;
}

/* A head that is written out again reads the same. */
static void check_round_trip(const struct azion_headers *headers) {
  struct azion_headers again = {0};
  char line[64];
  int length = snprintf(line, sizeof line, "HTTP/%s %d\r\n", headers->version, headers->status);
  feed(&again, line, (size_t)length);
  size_t cursor = 0;
  const char *name;
  const char *value;
  while (azion_headers_next(headers, &cursor, &name, &value)) {
    size_t size = strlen(name) + strlen(value) + 5;
    char *field = malloc(size);
    CHECK(field != NULL);
    snprintf(field, size, "%s: %s\r\n", name, value);
    CHECK(feed(&again, field, size - 1) == AZION_HEADERS_OK);
    free(field);
  }
  CHECK(again.status == headers->status && strcmp(again.version, headers->version) == 0);
  CHECK(again.fields.length == headers->fields.length);
  CHECK(again.fields.length == 0 ||
        memcmp(again.fields.bytes, headers->fields.bytes, again.fields.length) == 0);
  azion_headers_free(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct azion_headers headers = {0};
  const char *at = (const char *)data;
  const char *end = at + size;
  enum azion_headers_verdict verdict = AZION_HEADERS_OK;
  while (at < end && verdict == AZION_HEADERS_OK) {
    const char *line_end = memchr(at, '\n', (size_t)(end - at));
    const char *next = line_end != NULL ? line_end + 1 : end;
    bool was_complete = headers.complete;
    size_t fields = headers.fields.length;
    verdict = feed(&headers, at, (size_t)(next - at));
    check(&headers, (size_t)(next - (const char *)data));
    CHECK(!was_complete || (headers.complete && headers.fields.length == fields));
    at = next;
  }
  CHECK(verdict != AZION_HEADERS_TOO_LARGE || headers.received > 256 * 1024 ||
        headers.lines > 2000);
  if (headers.status != 0) {
    check_round_trip(&headers);
  }
  azion_headers_free(&headers);
  return 0;
}
