#include "headers.h"

#include "url.h"

#include <string.h>

enum { BYTES_MAX = 256 * 1024, LINES_MAX = 2000 };

enum azion_headers_verdict azion_headers_line(struct azion_headers *headers, CURL *easy,
                                              const char *line, size_t length) {
  headers->received += length;
  headers->lines++;
  if (headers->received > BYTES_MAX || headers->lines > LINES_MAX) {
    return AZION_HEADERS_TOO_LARGE;
  }
  if (length > 0 && (line[0] == '\r' || line[0] == '\n')) {
    long status = 0;
    (void)curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    headers->complete = status >= 200;
    return status == 101 ? AZION_HEADERS_SWITCHED : AZION_HEADERS_OK;
  }
  return AZION_HEADERS_OK;
}

/* With its NUL. */
static bool append_lower(struct azion_buffer *buffer, const char *text) {
  size_t start = buffer->length;
  if (!azion_buffer_append(buffer, text, strlen(text) + 1)) {
    return false;
  }
  for (char *at = buffer->bytes + start; *at != '\0'; at++) {
    if (*at >= 'A' && *at <= 'Z') {
      *at = (char)(*at - 'A' + 'a');
    }
  }
  return true;
}

/* With a NUL. libcurl leaves the line end in an empty value, and blanks where a line was folded. */
static bool append_trimmed(struct azion_buffer *buffer, const char *text) {
  static const char blanks[] = " \t\r\n";
  const char *start = text + strspn(text, blanks);
  size_t length = strlen(start);
  while (length > 0 && strchr(blanks, start[length - 1]) != NULL) {
    length--;
  }
  return azion_buffer_append(buffer, start, length) && azion_buffer_append(buffer, "", 1);
}

bool azion_headers_take(struct azion_headers *headers, CURL *easy) {
  static const char *const names[] = {
      "1.1", [CURL_HTTP_VERSION_1_0] = "1.0", [CURL_HTTP_VERSION_1_1] = "1.1",
      [CURL_HTTP_VERSION_2_0] = "2"};
  long status = 0;
  long version = 0;
  struct curl_header *field = NULL;
  (void)curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  (void)curl_easy_getinfo(easy, CURLINFO_HTTP_VERSION, &version);
  if (status < 200) {
    return true;
  }
  headers->status = (int)status;
  headers->version = (size_t)version < 4 ? names[version] : "3";
  while ((field = curl_easy_nextheader(easy, CURLH_HEADER, -1, field)) != NULL) {
    size_t before = headers->fields.length;
    if (azion_valid_token(field->name, strlen(field->name)) &&
        !(append_lower(&headers->fields, field->name) &&
          append_trimmed(&headers->fields, field->value))) {
      headers->fields.length = before;
      return false;
    }
  }
  return true;
}

bool azion_headers_next(const struct azion_headers *headers, size_t *cursor, const char **name,
                        const char **value) {
  if (*cursor >= headers->fields.length) {
    return false;
  }
  *name = headers->fields.bytes + *cursor;
  *value = *name + strlen(*name) + 1;
  *cursor = (size_t)(*value + strlen(*value) + 1 - headers->fields.bytes);
  return true;
}

void azion_headers_free(struct azion_headers *headers) {
  azion_buffer_free(&headers->fields);
}
