#include "buffer.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 512 };

/* memset on memory about to be freed may be optimised away; a call of whatever a volatile pointer
   points to may not. */
static void *(*const volatile set_memory)(void *, int, size_t) = memset;

void azion_wipe(void *memory, size_t length) {
  if (length > 0) {
    set_memory(memory, 0, length);
  }
}

/* What realloc moves stays behind where it was, and replies have secrets in them, too. */
bool azion_buffer_reserve(struct azion_buffer *buffer, size_t capacity) {
  if (capacity <= buffer->capacity) {
    return true;
  }
  char *grown = malloc(capacity);
  if (grown == NULL) {
    return false;
  }
  if (buffer->length > 0) {
    memcpy(grown, buffer->bytes, buffer->length);
  }
  azion_wipe(buffer->bytes, buffer->length);
  free(buffer->bytes);
  buffer->bytes = grown;
  buffer->capacity = capacity;
  return true;
}

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
    if (!azion_buffer_reserve(buffer, capacity)) {
      return false;
    }
  }
  memcpy(buffer->bytes + buffer->length, bytes, length);
  buffer->length = needed;
  return true;
}

void azion_buffer_free(struct azion_buffer *buffer) {
  azion_wipe(buffer->bytes, buffer->length);
  free(buffer->bytes);
  *buffer = (struct azion_buffer){0};
}
