#include "buffer.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 4096 };

/* memset on memory about to be freed may be optimised away; a call of whatever a volatile pointer
   points to may not. */
static void *(*const volatile set_memory)(void *, int, size_t) = memset;

void azion_wipe(void *memory, size_t length) {
  if (length > 0) {
    set_memory(memory, 0, length);
  }
}

/* What realloc moves stays behind where it was, and replies have secrets in them, too. */
static char *grow(struct azion_buffer *buffer, size_t capacity) {
  char *grown = malloc(capacity);
  if (grown != NULL && buffer->capacity > 0) {
    memcpy(grown, buffer->bytes, buffer->length);
    azion_wipe(buffer->bytes, buffer->capacity);
  }
  if (grown != NULL) {
    free(buffer->bytes);
  }
  return grown;
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
    char *grown = grow(buffer, capacity);
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
  azion_wipe(buffer->bytes, buffer->capacity);
  free(buffer->bytes);
  *buffer = (struct azion_buffer){0};
}
