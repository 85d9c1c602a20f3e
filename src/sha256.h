/* SHA-256, for names that must not give away what they were made of. */
#ifndef AZION_SHA256_H
#define AZION_SHA256_H

#include <stddef.h>

enum { AZION_SHA256_HEX = 64 };

/* Writes the SHA-256 digest of `length` bytes (RFC 6234, section 6.2) as lower-case hexadecimal
   digits, without a NUL at the end. */
void azion_sha256(const char *bytes, size_t length, char hex[AZION_SHA256_HEX]);

#endif
