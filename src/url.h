/* What may stand in a request: path segments, header fields, method and URL. */
#ifndef AZION_URL_H
#define AZION_URL_H

#include <stdbool.h>
#include <stddef.h>

/* Writes `byte` percent-encoded to `out` and returns how many characters that took (1 or 3).
   Only the unreserved characters of RFC 3986, section 2.3, stand for themselves. */
size_t azion_url_escape(unsigned char byte, char out[3]);

/* Whether `text` is fit to be one path segment once it is percent-encoded: not empty, not blank,
   not a dot segment (RFC 3986, 3.3), no control characters, at most 1024 bytes. */
bool azion_valid_segment(const char *text, size_t length);

/* Whether `text` may be the value of a header field: no control character but tab
   (RFC 9110, 5.5). */
bool azion_valid_header_value(const char *text, size_t length);

/* Whether `text` is a token, as methods and header names must be (RFC 9110, 5.6.2). */
bool azion_valid_token(const char *text, size_t length);

/* Whether `text` is an http or https URL of nothing but visible ASCII. Its parts are left to
   libcurl, which parses them anyway. */
bool azion_valid_url(const char *text, size_t length);

#endif
