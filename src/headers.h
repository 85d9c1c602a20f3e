/* The head of a reply: status line and header fields (RFC 9112, sections 2 to 5). */
#ifndef AZION_HEADERS_H
#define AZION_HEADERS_H

#include "buffer.h"

#include <stdbool.h>
#include <stddef.h>

/* All zero is the state before the first line. */
struct azion_headers {
  struct azion_buffer fields; /* name NUL value NUL ..., names in lower case */
  size_t received;            /* bytes and lines of all heads so far, interim ones included */
  size_t lines;
  int status;      /* of the final head; 0 until its status line came */
  char version[4]; /* "1.0", "1.1", "2", "3"; "" until then */
  bool interim;    /* inside a 1xx head */
  bool complete;   /* the final head has ended; what follows are trailers */
  bool foldable;   /* the last line was a field, so that a folded line can extend it */
};

enum azion_headers_verdict {
  AZION_HEADERS_OK,
  AZION_HEADERS_TOO_LARGE, /* over 256 KiB or 2,000 lines in all */
  AZION_HEADERS_SWITCHED,  /* 101: what follows is another protocol, which nobody asked for */
  AZION_HEADERS_NO_MEMORY
};

/* Takes the next line of the reply, with or without its line end. A status line starts a new
   head, an empty line ends it. Fields of interim (1xx) heads, trailers and lines that are no
   fields are dropped; a folded line continues the field before it. */
enum azion_headers_verdict azion_headers_line(struct azion_headers *headers, const char *line,
                                              size_t length);

/* Steps through the fields: `*cursor` starts at 0. False at the end. */
bool azion_headers_next(const struct azion_headers *headers, size_t *cursor, const char **name,
                        const char **value);

/* First value of the field named `wanted` (lower case), or NULL. */
const char *azion_headers_get(const struct azion_headers *headers, const char *wanted);

/* Frees the fields. */
void azion_headers_free(struct azion_headers *headers);

#endif
