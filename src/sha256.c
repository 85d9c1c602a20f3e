#include "sha256.h"

#include <stdint.h>
#include <string.h>

enum { BLOCK = 64, LENGTH_AT = 56, ROUNDS = 64, WORDS = 8 };

/* RFC 6234, section 5.1: the cube roots of the first 64 primes. */
static const uint32_t constants[ROUNDS] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t rotate(uint32_t word, unsigned bits) {
  return (word >> bits) | (word << (32 - bits));
}

static uint32_t read_word(const unsigned char *bytes) {
  return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/* The message schedule, RFC 6234, section 6.2, step 1. */
static void expand(const unsigned char block[BLOCK], uint32_t schedule[ROUNDS]) {
  for (int i = 0; i < 16; i++) {
    schedule[i] = read_word(block + (size_t)i * 4);
  }
  for (int i = 16; i < ROUNDS; i++) {
    uint32_t early = schedule[i - 15], late = schedule[i - 2];
    schedule[i] = schedule[i - 16] + (rotate(early, 7) ^ rotate(early, 18) ^ (early >> 3)) +
                  schedule[i - 7] + (rotate(late, 17) ^ rotate(late, 19) ^ (late >> 10));
  }
}

static void digest_block(uint32_t state[WORDS], const unsigned char block[BLOCK]) {
  uint32_t schedule[ROUNDS], w[WORDS];
  expand(block, schedule);
  memcpy(w, state, sizeof w);
  for (int i = 0; i < ROUNDS; i++) {
    uint32_t choice = (w[4] & w[5]) ^ (~w[4] & w[6]);
    uint32_t majority = (w[0] & w[1]) ^ (w[0] & w[2]) ^ (w[1] & w[2]);
    uint32_t first = w[7] + (rotate(w[4], 6) ^ rotate(w[4], 11) ^ rotate(w[4], 25)) + choice +
                     constants[i] + schedule[i];
    uint32_t second = (rotate(w[0], 2) ^ rotate(w[0], 13) ^ rotate(w[0], 22)) + majority;
    memmove(w + 1, w, (WORDS - 1) * sizeof *w);
    w[4] += first;
    w[0] = first + second;
  }
  for (int i = 0; i < WORDS; i++) {
    state[i] += w[i];
  }
}

void azion_sha256(const char *bytes, size_t length, char hex[AZION_SHA256_HEX]) {
  static const char digits[] = "0123456789abcdef";
  uint32_t state[WORDS] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                           0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  unsigned char last[2 * BLOCK] = {0};
  size_t rest = length % BLOCK, blocks = rest < LENGTH_AT ? 1 : 2;
  uint64_t bits = (uint64_t)length * 8;
  for (size_t at = 0; at + BLOCK <= length; at += BLOCK) {
    digest_block(state, (const unsigned char *)bytes + at);
  }
  if (rest > 0) {
    memcpy(last, bytes + length - rest, rest);
  }
  last[rest] = 0x80;
  for (size_t i = 0; i < 8; i++) {
    last[blocks * BLOCK - 1 - i] = (unsigned char)(bits >> (8 * i));
  }
  for (size_t i = 0; i < blocks; i++) {
    digest_block(state, last + i * BLOCK);
  }
  for (int i = 0; i < AZION_SHA256_HEX; i++) {
    hex[i] = digits[(state[i / 8] >> (28 - 4 * (i % 8))) & 15];
  }
}
