#include "descriptors.h"

#include <sys/select.h>

/* What fd_set has no room for, libcurl leaves out of it without a word. */
static bool has_large_ones(const struct azion_sockets *sockets) {
  for (size_t i = 0; i < sockets->count; i++) {
    if (sockets->descriptors[i] >= FD_SETSIZE) {
      return true;
    }
  }
  return false;
}

bool azion_descriptors_add(struct azion_descriptors *descriptors, struct azion_session *session) {
  fd_set readable, writable, exceptional;
  int last = -1;
  FD_ZERO(&readable);
  FD_ZERO(&writable);
  FD_ZERO(&exceptional);
  if (session->multi == NULL ||
      curl_multi_fdset(session->multi, &readable, &writable, &exceptional, &last) != CURLM_OK) {
    return false;
  }
  for (int descriptor = 0; descriptor <= last; descriptor++) {
    short events = (short)((FD_ISSET(descriptor, &readable) ? CURL_WAIT_POLLIN : 0) |
                           (FD_ISSET(descriptor, &writable) ? CURL_WAIT_POLLOUT : 0));
    if (events == 0) {
      continue;
    }
    if (descriptors->count == descriptors->capacity) {
      return false;
    }
    descriptors->list[descriptors->count++] = (struct curl_waitfd){descriptor, events, 0};
  }
  return !has_large_ones(&session->sockets);
}
