#include "keyset.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 256 };

static const uint64_t turn_bits = AZION_KEYSET_TURNS;

/* The mixing that ends MurmurHash3. */
static uint64_t mix(uint64_t value) {
  value = (value ^ (value >> 33)) * 0xff51afd7ed558ccdu;
  value = (value ^ (value >> 33)) * 0xc4ceb9fe1a85ec53u;
  return value ^ (value >> 33);
}

/* Eight bytes at a time; the length tells a key that ends in NULs from a shorter one. */
static uint64_t hash(uint64_t seed, const char *key, size_t length) {
  uint64_t value = mix(seed ^ length);
  for (size_t at = 0; at < length; at += sizeof value) {
    uint64_t word = 0;
    memcpy(&word, key + at, length - at < sizeof word ? length - at : sizeof word);
    value = mix(value ^ word);
  }
  return value;
}

/* The place of a mark, or the free one where it belongs. */
static size_t place_of(const uint64_t *marks, size_t capacity, uint64_t mark) {
  size_t place = (size_t)(mark >> AZION_KEYSET_TURN_BITS) & (capacity - 1);
  while (marks[place] != 0 && (marks[place] & ~turn_bits) != (mark & ~turn_bits)) {
    place = (place + 1) & (capacity - 1);
  }
  return place;
}

static bool grow(struct azion_keyset *set) {
  size_t capacity = set->capacity > 0 ? set->capacity * 2 : FIRST_CAPACITY;
  if (capacity > SIZE_MAX / 2 / sizeof *set->marks) {
    return false;
  }
  uint64_t *marks = calloc(capacity, sizeof *marks);
  if (marks == NULL) {
    return false;
  }
  for (size_t i = 0; i < set->capacity; i++) {
    if (set->marks[i] != 0) {
      marks[place_of(marks, capacity, set->marks[i])] = set->marks[i];
    }
  }
  free(set->marks);
  set->marks = marks;
  set->capacity = capacity;
  return true;
}

bool azion_keyset_mark(struct azion_keyset *set, const char *key, size_t length, unsigned turn,
                       unsigned *before) {
  if (set->count >= set->capacity / 5 * 4 && !grow(set)) {
    return false;
  }
  uint64_t mark = (hash(set->seed, key, length) & ~turn_bits) | turn;
  size_t place = place_of(set->marks, set->capacity, mark);
  *before = (unsigned)(set->marks[place] & turn_bits);
  set->count += *before == 0;
  set->marks[place] = mark;
  return true;
}

void azion_keyset_free(struct azion_keyset *set) {
  free(set->marks);
  set->marks = NULL;
  set->capacity = 0;
  set->count = 0;
}
