#include "headers.h"

#include "url.h"

#include <string.h>

enum { BYTES_MAX = 256 * 1024, LINES_MAX = 2000 };

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

static bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

static bool is_line_end(char c) {
  return c == '\r' || c == '\n';
}

/* HTTP-version SP status-code, the version also without its minor number as libcurl writes it for
   HTTP/2 and 3. Returns the code, 0 if there is none. */
static int read_status_line(struct azion_headers *headers, const char *line, size_t length) {
  size_t at = strlen("HTTP/");
  size_t version = at;
  if (at < length && is_digit(line[at])) {
    at++;
    if (at + 1 < length && line[at] == '.' && is_digit(line[at + 1])) {
      at += 2;
    }
  }
  size_t version_length = at - version;
  while (at < length && line[at] == ' ') {
    at++;
  }
  bool has_status = version_length > 0 && at > version + version_length && at + 3 <= length &&
                    is_digit(line[at]) && is_digit(line[at + 1]) && is_digit(line[at + 2]) &&
                    (at + 3 == length || line[at + 3] == ' ');
  int status = 0;
  if (has_status) {
    status = (line[at] - '0') * 100 + (line[at + 1] - '0') * 10 + (line[at + 2] - '0');
  }

  azion_buffer_clear(&headers->fields);
  headers->foldable = false;
  headers->interim = status < 200;
  headers->status = 0;
  headers->version[0] = '\0';
  if (!headers->interim) {
    headers->status = status;
    memcpy(headers->version, line + version, version_length);
    headers->version[version_length] = '\0';
  }
  return status;
}

static bool append_lower(struct azion_buffer *buffer, const char *text, size_t length) {
  size_t start = buffer->length;
  if (!azion_buffer_append(buffer, text, length)) {
    return false;
  }
  for (size_t i = start; i < buffer->length; i++) {
    char c = buffer->bytes[i];
    if (c >= 'A' && c <= 'Z') {
      buffer->bytes[i] = (char)(c - 'A' + 'a');
    }
  }
  return true;
}

/* RFC 9110, 5.5: CR or LF inside a value counts as a space. */
static bool append_value(struct azion_buffer *buffer, const char *text, size_t length) {
  size_t start = buffer->length;
  if (!azion_buffer_append(buffer, text, length)) {
    return false;
  }
  for (size_t i = start; i < buffer->length; i++) {
    if (is_line_end(buffer->bytes[i])) {
      buffer->bytes[i] = ' ';
    }
  }
  return azion_buffer_append(buffer, "", 1);
}

static bool add_field(struct azion_headers *headers, const char *line, size_t length) {
  headers->foldable = false;
  const char *colon = memchr(line, ':', length);
  if (colon == NULL || memchr(line, '\0', length) != NULL) {
    return true;
  }
  size_t name_length = (size_t)(colon - line);
  if (!azion_valid_token(line, name_length)) {
    return true;
  }
  const char *value = colon + 1;
  size_t value_length = length - name_length - 1;
  while (value_length > 0 && (is_blank(value[0]) || is_line_end(value[0]))) {
    value++;
    value_length--;
  }
  struct azion_buffer *fields = &headers->fields;
  size_t before = fields->length;
  if (!append_lower(fields, line, name_length) || !azion_buffer_append(fields, "", 1) ||
      !append_value(fields, value, value_length)) {
    fields->length = before;
    return false;
  }
  headers->foldable = true;
  return true;
}

/* RFC 9112, 5.2: a fold counts as one space; leading folds are not part of the value. */
static bool extend_field(struct azion_headers *headers, const char *line, size_t length) {
  if (!headers->foldable || memchr(line, '\0', length) != NULL) {
    return true;
  }
  while (length > 0 && (is_blank(line[0]) || is_line_end(line[0]))) {
    line++;
    length--;
  }
  struct azion_buffer *fields = &headers->fields;
  size_t before = fields->length;
  bool is_first = fields->bytes[before - 2] == '\0';
  fields->bytes[before - 1] = ' ';
  fields->length = is_first ? before - 1 : before;
  if (!append_value(fields, line, length)) {
    fields->bytes[before - 1] = '\0';
    fields->length = before;
    return false;
  }
  return true;
}

enum azion_headers_verdict azion_headers_line(struct azion_headers *headers, const char *line,
                                              size_t length) {
  headers->received += length;
  headers->lines++;
  if (headers->received > BYTES_MAX || headers->lines > LINES_MAX) {
    return AZION_HEADERS_TOO_LARGE;
  }
  if (headers->complete) {
    return AZION_HEADERS_OK;
  }
  bool folded = length > 0 && is_blank(line[0]);
  while (length > 0 && (is_blank(line[length - 1]) || is_line_end(line[length - 1]))) {
    length--;
  }

  bool stored = true;
  if (length == 0) {
    if (!folded) {
      headers->complete = headers->status != 0 && !headers->interim;
    }
  } else if (length >= 5 && memcmp(line, "HTTP/", 5) == 0) {
    if (read_status_line(headers, line, length) == 101) {
      return AZION_HEADERS_SWITCHED;
    }
  } else if (headers->status != 0 && !headers->interim) {
    stored = folded ? extend_field(headers, line, length) : add_field(headers, line, length);
  }
  return stored ? AZION_HEADERS_OK : AZION_HEADERS_NO_MEMORY;
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

const char *azion_headers_get(const struct azion_headers *headers, const char *wanted) {
  size_t cursor = 0;
  const char *name;
  const char *value;
  while (azion_headers_next(headers, &cursor, &name, &value)) {
    if (strcmp(name, wanted) == 0) {
      return value;
    }
  }
  return NULL;
}

void azion_headers_free(struct azion_headers *headers) {
  azion_buffer_free(&headers->fields);
}
