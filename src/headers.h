/* The head of a reply: status, HTTP version and header fields, as libcurl parsed them. */
#ifndef AZION_HEADERS_H
#define AZION_HEADERS_H

#include "buffer.h"

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>

/* All zero is the state before the first line. */
struct azion_headers {
  struct azion_buffer fields; /* name NUL value NUL ..., names in lower case */
  size_t received;            /* bytes and lines of all heads so far, interim ones included */
  size_t lines;
  bool complete;       /* the final head has ended; what follows are trailers */
  int status;          /* of the final head; 0 if its status line did not come */
  const char *version; /* "1.0", "1.1", "2", "3"; NULL without a status */
};

enum azion_headers_verdict {
  AZION_HEADERS_OK,
  AZION_HEADERS_TOO_LARGE, /* over 256 KiB or 2,000 lines in all */
  AZION_HEADERS_SWITCHED   /* 101: what follows is another protocol, which nobody asked for */
};

/* Looks at the next line of the reply, which libcurl has parsed. */
enum azion_headers_verdict azion_headers_line(struct azion_headers *headers, CURL *easy,
                                              const char *line, size_t length);

/* Copies what libcurl has parsed, without interim (1xx) heads, trailers and lines that are no
   fields. False if memory is short. */
bool azion_headers_take(struct azion_headers *headers, CURL *easy);

/* Steps through the fields: `*cursor` starts at 0. False at the end. */
bool azion_headers_next(const struct azion_headers *headers, size_t *cursor, const char **name,
                        const char **value);

/* Frees the fields. */
void azion_headers_free(struct azion_headers *headers);

#endif
