/* What may stand in a request: header fields, method and URL. */
#ifndef AZION_URL_H
#define AZION_URL_H

#include <stdbool.h>
#include <stddef.h>

/* Whether `text` may be the value of a header field: no control character but tab
   (RFC 9110, 5.5). */
bool azion_valid_header_value(const char *text, size_t length);

/* Whether `text` is a token, as methods and header names must be (RFC 9110, 5.6.2). */
bool azion_valid_token(const char *text, size_t length);

/* Whether `text` is an http or https URL of nothing but visible ASCII. Its parts are left to
   libcurl, which parses them anyway. */
bool azion_valid_url(const char *text, size_t length);

#endif
