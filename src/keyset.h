/* Which keys were met, and when last: a table of 64-bit marks instead of the keys themselves, so
   that a listing of hundreds of thousands of items costs ten bytes an item. Two keys are taken for
   one with a chance of about n * n / 2^59: one in ten million for 200,000 keys. */
#ifndef AZION_KEYSET_H
#define AZION_KEYSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All zero is an empty set. */
struct azion_keyset {
  uint64_t *marks; /* the hash but for its lowest bits, which hold the turn; 0 is free */
  size_t capacity; /* a power of two, or 0 */
  size_t count;
  uint64_t seed; /* so that nobody can foretell which keys look alike */
};

enum { AZION_KEYSET_TURN_BITS = 6, AZION_KEYSET_TURNS = (1 << AZION_KEYSET_TURN_BITS) - 1 };

/* Marks a key as met in `turn`, from 1 to AZION_KEYSET_TURNS; `*before` gets the turn in which it
   was met last, or 0. False if memory is short; the set is then unchanged. */
bool azion_keyset_mark(struct azion_keyset *set, const char *key, size_t length, unsigned turn,
                       unsigned *before);

/* Frees what it holds and leaves an empty set; safe to call again. */
void azion_keyset_free(struct azion_keyset *set);

#endif
