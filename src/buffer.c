#include "buffer.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 4096 };

bool azion_buffer_append(struct azion_buffer *buffer, const char *bytes, size_t length) {
  if (length == 0) {
    return true;
  }
  if (length > SIZE_MAX / 4 || buffer->length > SIZE_MAX / 4) {
    return false;
  }
  size_t needed = buffer->length + length;
  if (needed > buffer->capacity) {
    size_t capacity = buffer->capacity > 0 ? buffer->capacity : FIRST_CAPACITY;
    while (capacity < needed) {
      capacity *= 2;
    }
    char *grown = realloc(buffer->bytes, capacity);
    if (grown == NULL) {
      return false;
    }
    buffer->bytes = grown;
    buffer->capacity = capacity;
  }
  memcpy(buffer->bytes + buffer->length, bytes, length);
  buffer->length = needed;
  return true;
}

void azion_buffer_free(struct azion_buffer *buffer) {
  free(buffer->bytes);
  *buffer = (struct azion_buffer){0};
}
