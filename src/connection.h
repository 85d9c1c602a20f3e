/* The connection that a transfer goes over: whether it is fit for a request. What comes over a
   pooled connection while nobody waits is its end or, with HTTP/1, bytes that would pass for the
   answer to the next request. libcurl does not always look; so we do, just before it sends.

     is_new  is_quiet  is_watched    what makes the connection unfit
     yes     -         -             nothing: it was opened for this transfer
     no      yes       -             its end, or any byte: HTTP/1, where the server has to wait
     no      no        no            its end: an HTTP/2 server may send frames at any time
     no      no        yes           nothing: other transfers run, so libcurl reads what comes */
#ifndef AZION_CONNECTION_H
#define AZION_CONNECTION_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>

enum { AZION_SOCKETS_MAX = 64 };

/* Which sockets a session opened: libcurl does not tell which one it is about to send over. All
   zero is none. Those that were closed since are known by their ports being others. */
struct azion_sockets {
  int descriptors[AZION_SOCKETS_MAX];
  size_t count;
};

/* All zero, but for `sockets`, is no connection yet. */
struct azion_connection {
  struct azion_sockets *sockets; /* the session's */
  bool is_quiet;                 /* set at the start: the last reply to the session was HTTP/1 */
  bool is_watched;               /* set at the start */
  bool is_new;                   /* set when the socket is opened */
  bool is_unfit;                 /* found before sending: nothing was sent, start afresh */
  int error;                     /* errno, where no socket could be made */
};

/* Opens and notes the socket of a new connection; beyond AZION_SOCKETS_MAX at once, one is
   forgotten. */
curl_socket_t azion_connection_open(struct azion_connection *connection,
                                    const struct curl_sockaddr *address);

/* Looks at the connection between these ports, and notes if it is unfit. False if it is. */
bool azion_connection_check(struct azion_connection *connection, int local_port, int remote_port);

#endif
