/* What may stand in a request: path segments, header fields, URLs. */
#include "check.h"

#include "../src/url.h"

#include <curl/curl.h>

static const char unreserved[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

static int hex_digit(char digit) {
  const char *found = digit != '\0' ? strchr("0123456789ABCDEF", digit) : NULL;
  CHECK(found != NULL);
  return (int)(found - "0123456789ABCDEF");
}

/* Escaped text holds nothing but unreserved characters and escapes, and means what it meant. */
static char *escape(const char *text, size_t length) {
  char *escaped = malloc(length * 3 + 1);
  CHECK(escaped != NULL);
  char *at = escaped;
  for (size_t i = 0; i < length; i++) {
    char out[3];
    size_t written = azion_url_escape((unsigned char)text[i], out);
    CHECK(written == 1 || (written == 3 && out[0] == '%'));
    int meaning = written == 3 ? hex_digit(out[1]) * 16 + hex_digit(out[2]) : (unsigned char)*out;
    CHECK(meaning == (unsigned char)text[i]);
    CHECK((written == 1) == (meaning != 0 && strchr(unreserved, meaning) != NULL));
    memcpy(at, out, written);
    at += written;
  }
  *at = '\0';
  return escaped;
}

static char *url_part(CURLU *url, CURLUPart part) {
  char *text = NULL;
  CHECK(curl_url_get(url, part, &text, 0) == CURLUE_OK);
  return text;
}

/* libcurl takes a valid segment for that one segment: it shortens nothing, and the host stays. */
static void check_segment(const char *text, size_t length) {
  char *escaped = escape(text, length);
  if (azion_valid_segment(text, length)) {
    CHECK(length >= 1 && length <= 1024);
    CHECK(azion_valid_header_value(text, length));
    size_t size = strlen(escaped) + 64;
    char *path = malloc(size);
    char *whole = malloc(size);
    CHECK(path != NULL && whole != NULL);
    snprintf(path, size, "/collection/%s/items", escaped);
    snprintf(whole, size, "https://api.azionapi.net%s", path);
    CHECK(azion_valid_url(whole, strlen(whole)));
    CURLU *url = curl_url();
    CHECK(curl_url_set(url, CURLUPART_URL, whole, 0) == CURLUE_OK);
    char *host = url_part(url, CURLUPART_HOST);
    char *seen = url_part(url, CURLUPART_PATH);
    CHECK(strcmp(host, "api.azionapi.net") == 0);
    CHECK(strcmp(seen, path) == 0);
    curl_free(host);
    curl_free(seen);
    curl_url_cleanup(url);
    free(path);
    free(whole);
  }
  free(escaped);
}

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
  check_segment(text, size);
  check_header(text, size);
  check_url(text, size);
  free(text);
  return 0;
}
