/* What a fuzz target holds its subject to: more than that it does not crash. */
#ifndef AZION_FUZZ_CHECK_H
#define AZION_FUZZ_CHECK_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHECK(condition) ((condition) ? (void)0 : check_failed(#condition, __FILE__, __LINE__))

static inline _Noreturn void check_failed(const char *condition, const char *file, int line) {
  fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, condition);
  abort();
}

/* A copy of just that size: a read past its end is then seen, also of nothing. */
static inline char *exact_copy(const void *bytes, size_t length) {
  char *copy = malloc(length);
  CHECK(copy != NULL);
  if (length > 0) {
    memcpy(copy, bytes, length);
  }
  return copy;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
