#include "refusal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void azion_refusal_note_sent(struct azion_refusal *refusal, const char *remote_ip, int remote_port,
                             int local_port) {
  snprintf(refusal->remote_ip, sizeof refusal->remote_ip, "%s", remote_ip);
  refusal->remote_port = remote_port;
  refusal->local_port = local_port;
  refusal->sent = true;
}

/* Moves `*text` past `prefix` if it starts so. */
static bool skip(const char **text, const char *prefix) {
  size_t length = strlen(prefix);
  if (strncmp(*text, prefix, length) != 0) {
    return false;
  }
  *text += length;
  return true;
}

static bool take_number(const char **text, unsigned long *number) {
  char *end;
  unsigned long value = strtoul(*text, &end, 10);
  if (end == *text) {
    return false;
  }
  *text = end;
  *number = value;
  return true;
}

/* Only whole openings count, since other lines quote the request. A libcurl that words it
   otherwise leaves the refusal unknown, which is always safe. */
static void read_line(struct azion_refusal *refusal, const char *text) {
  unsigned long error;
  unsigned long stream;
  if (skip(&text, "REFUSED_STREAM")) {
    refusal->refused = true;
  } else if (skip(&text, "Using Stream ID: ")) { /* libcurl 7 */
    (void)take_number(&text, &refusal->stream);
  } else if (skip(&text, "[HTTP/2] [")) { /* libcurl 8 */
    if (take_number(&text, &stream) && skip(&text, "] OPENED stream for ")) {
      refusal->stream = stream;
    }
  } else if (skip(&text, "received GOAWAY, error=") || skip(&text, "recveived GOAWAY, error=")) {
    refusal->goaway = take_number(&text, &error) && skip(&text, ", last_stream=") &&
                      take_number(&text, &refusal->last_stream);
  } else if (skip(&text, "HTTP/2 stream ")) {
    refusal->refused = refusal->refused || strstr(text, ": REFUSED_STREAM ") != NULL;
  }
}

void azion_refusal_read_log(struct azion_refusal *refusal, const char *text, size_t length) {
  char line[80];
  size_t kept = length < sizeof line ? length : sizeof line - 1;
  memcpy(line, text, kept);
  line[kept] = '\0';
  read_line(refusal, line);
}

void azion_refusal_spread(const struct azion_refusal *reader, struct azion_refusal *other) {
  if (reader->goaway && other->sent && other->stream > reader->last_stream &&
      other->local_port == reader->local_port && other->remote_port == reader->remote_port &&
      strcmp(other->remote_ip, reader->remote_ip) == 0) {
    other->refused = true;
  }
}
