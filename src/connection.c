#define _GNU_SOURCE /* POLLRDHUP, SOCK_CLOEXEC */

#include "connection.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

static void note_socket(struct azion_sockets *sockets, int descriptor) {
  size_t at = 0;
  while (at < sockets->count && sockets->descriptors[at] != descriptor) {
    at++;
  }
  if (at == AZION_SOCKETS_MAX) {
    at = (size_t)descriptor % AZION_SOCKETS_MAX;
  }
  sockets->descriptors[at] = descriptor;
  sockets->count += at == sockets->count;
}

/* No socket may pass to programs that the process starts: they would keep the connection open. */
curl_socket_t azion_connection_open(struct azion_connection *connection,
                                    const struct curl_sockaddr *address) {
#ifdef SOCK_CLOEXEC
  int type = address->socktype | SOCK_CLOEXEC;
#else
  int type = address->socktype;
#endif
  connection->is_new = true;
  curl_socket_t opened = socket(address->family, type, address->protocol);
  if (opened != CURL_SOCKET_BAD) {
    note_socket(connection->sockets, opened);
  } else {
    connection->error = errno;
  }
  return opened;
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

bool azion_connection_check(struct azion_connection *connection, int local_port, int remote_port) {
#ifdef POLLRDHUP
  short events = connection->is_quiet ? POLLIN : POLLRDHUP;
#else
  short events = connection->is_quiet ? POLLIN : 0;
#endif
  const struct azion_sockets *sockets = connection->sockets;
  if (connection->is_new || connection->is_watched) {
    return true;
  }
  for (size_t i = 0; i < sockets->count; i++) {
    if (is_between(sockets->descriptors[i], local_port, remote_port)) {
      struct pollfd state = {sockets->descriptors[i], events, 0};
      connection->is_unfit = poll(&state, 1, 0) > 0;
      return !connection->is_unfit;
    }
  }
  return true;
}
