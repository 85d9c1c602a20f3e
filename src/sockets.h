/* Which sockets a session opened: libcurl does not tell which one it is about to send over. */
#ifndef AZION_SOCKETS_H
#define AZION_SOCKETS_H

#include <stdbool.h>
#include <stddef.h>

enum { AZION_SOCKETS_MAX = 64 };

/* All zero is none. Those that were closed since are known by their ports being others. */
struct azion_sockets {
  int descriptors[AZION_SOCKETS_MAX];
  size_t count;
};

/* Notes a socket; beyond AZION_SOCKETS_MAX at once, one is forgotten. */
void azion_sockets_add(struct azion_sockets *sockets, int descriptor);

/* Whether the other side ended the connection between these ports or, if it was to be quiet, sent
   anything. False if the connection is not known. */
bool azion_sockets_spoiled(const struct azion_sockets *sockets, int local_port, int remote_port,
                           bool quiet);

#endif
