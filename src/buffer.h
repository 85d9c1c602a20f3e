/* Bytes that grow at the end. All zero is an empty buffer. */
#ifndef AZION_BUFFER_H
#define AZION_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

struct azion_buffer {
  char *bytes;
  size_t length;
  size_t capacity;
};

/* Appends `length` bytes. False if memory is short; the buffer is then unchanged. */
bool azion_buffer_append(struct azion_buffer *buffer, const char *bytes, size_t length);

/* Makes room for `capacity` bytes in all. False if memory is short; the buffer is then unchanged.
 */
bool azion_buffer_reserve(struct azion_buffer *buffer, size_t capacity);

/* Clears the bytes and frees them, and leaves an empty buffer; safe to call again. */
void azion_buffer_free(struct azion_buffer *buffer);

/* Clears memory that held secrets, so that no compiler leaves it out before a free. */
void azion_wipe(void *memory, size_t length);

#endif
