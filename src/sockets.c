#define _GNU_SOURCE /* POLLRDHUP */

#include "sockets.h"

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

void azion_sockets_add(struct azion_sockets *sockets, int descriptor) {
  size_t at = 0;
  while (at < sockets->count && sockets->descriptors[at] != descriptor) {
    at++;
  }
  if (at == AZION_SOCKETS_MAX) {
    at = (size_t)descriptor % AZION_SOCKETS_MAX;
  }
  sockets->descriptors[at] = descriptor;
  if (at == sockets->count) {
    sockets->count++;
  }
}

union address {
  struct sockaddr any;
  struct sockaddr_in v4;
  struct sockaddr_in6 v6;
};

static bool has_port(const union address *address, int port) {
  if (address->any.sa_family == AF_INET6) {
    return ntohs(address->v6.sin6_port) == port;
  }
  return address->any.sa_family == AF_INET && ntohs(address->v4.sin_port) == port;
}

static bool is_between(int descriptor, int local_port, int remote_port) {
  union address local = {.any = {.sa_family = AF_UNSPEC}};
  union address remote = local;
  socklen_t local_size = sizeof local;
  socklen_t remote_size = sizeof remote;
  if (getsockname(descriptor, &local.any, &local_size) != 0 || !has_port(&local, local_port)) {
    return false;
  }
  /* A connection that was reset has no peer any more. */
  return getpeername(descriptor, &remote.any, &remote_size) != 0 || has_port(&remote, remote_port);
}

bool azion_sockets_spoiled(const struct azion_sockets *sockets, int local_port, int remote_port,
                           bool quiet) {
#ifdef POLLRDHUP
  short ended = POLLRDHUP;
#else
  short ended = 0;
#endif
  for (size_t i = 0; i < sockets->count; i++) {
    if (is_between(sockets->descriptors[i], local_port, remote_port)) {
      struct pollfd state = {sockets->descriptors[i], quiet ? POLLIN : ended, 0};
      return poll(&state, 1, 0) > 0;
    }
  }
  return false;
}
