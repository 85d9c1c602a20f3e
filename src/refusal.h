/* Whether an HTTP/2 server said that it did not look at a request: by RST_STREAM with
   REFUSED_STREAM, or by GOAWAY with an earlier stream as the last one (RFC 9113, 8.7 and 6.8).
   Such a request may be sent again, whatever its method. libcurl tells it in its log only. */
#ifndef AZION_REFUSAL_H
#define AZION_REFUSAL_H

#include <stdbool.h>
#include <stddef.h>

/* What the log told about one request. All zero before it is sent. */
struct azion_refusal {
  bool refused;
  bool sent;
  char remote_ip[48]; /* address and ports name the connection */
  int remote_port;
  int local_port;
  unsigned long stream;      /* 0 if not known */
  bool goaway;               /* a GOAWAY frame was read on the request's behalf */
  unsigned long last_stream; /* that the GOAWAY names */
};

/* Notes the connection over which the request is sent. */
void azion_refusal_note_sent(struct azion_refusal *refusal, const char *remote_ip, int remote_port,
                             int local_port);

/* Takes a piece of libcurl's log (CURLINFO_TEXT), which need not end in NUL. */
void azion_refusal_read_log(struct azion_refusal *refusal, const char *text, size_t length);

/* Marks `other` as refused if the GOAWAY that `reader` got leaves it out. */
void azion_refusal_spread(const struct azion_refusal *reader, struct azion_refusal *other);

#endif
