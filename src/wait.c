#include "clock.h"
#include "session.h"

#include <limits.h>
#include <math.h>
#include <poll.h>
#include <sys/select.h>

enum { MOST_DESCRIPTORS = 256 };

/* How long to wait where not all of what may come can be waited for. */
static const double blind_wait = 0.005;

struct wait {
  double now;
  double until;
  struct azion_session *first; /* with transfers: libcurl itself waits for those */
  struct curl_waitfd others[MOST_DESCRIPTORS];
  unsigned other_count;
};

/* Adds what a session's transfers wait for. False if there is more, which has to be looked after by
   steps at short intervals. */
static bool add_descriptors(struct wait *wait, struct azion_session *session) {
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
    if (wait->other_count == MOST_DESCRIPTORS) {
      return false;
    }
    wait->others[wait->other_count++] = (struct curl_waitfd){descriptor, events, 0};
  }
  /* What fd_set has no room for, libcurl leaves out of it without a word. */
  bool all = true;
  for (size_t i = 0; i < session->sockets.count; i++) {
    all = all && session->sockets.descriptors[i] < FD_SETSIZE;
  }
  return all;
}

static void add_other(struct wait *wait, struct azion_session *session) {
  long milliseconds = -1;
  if (curl_multi_timeout(session->multi, &milliseconds) == CURLM_OK && milliseconds >= 0) {
    wait->until = fmin(wait->until, wait->now + (double)milliseconds / 1000);
  }
  if (!add_descriptors(wait, session)) {
    wait->until = fmin(wait->until, wait->now + blind_wait);
  }
}

static void add_session(struct wait *wait, struct azion_session *session) {
  azion_session_leave_to_parent(session);
  if (session->running.count == 0) {
    return;
  }
  azion_session_forgive_absence(session, wait->now);
  for (struct azion_transfer *t = session->running.first; t != NULL; t = t->next) {
    wait->until = fmin(wait->until, azion_transfer_next_deadline(t));
  }
  if (!session->is_performed) {
    wait->until = wait->now;
  } else if (wait->first == NULL) {
    wait->first = session;
  } else {
    add_other(wait, session);
  }
}

/* Rounded up: to wake just before a deadline would only mean to wait once more. */
static int milliseconds_until(const struct wait *wait) {
  double milliseconds = (wait->until - wait->now) * 1000 + 1;
  return (int)(milliseconds < INT_MAX ? milliseconds : INT_MAX);
}

static bool wait_for_activity(struct wait *wait) {
  int active = 0;
  struct azion_session *session = wait->first;
  CURLMcode result = curl_multi_poll(session->multi, wait->others, wait->other_count,
                                     milliseconds_until(wait), &active);
  session->is_performed = active == 0;
  azion_session_fail_all(session, result);
  return active > 0;
}

bool azion_session_wait(struct azion_session *const *sessions, size_t count, double seconds) {
  double now = azion_monotonic();
  struct wait wait = {.now = now, .until = now + seconds};
  for (size_t i = 0; i < count; i++) {
    add_session(&wait, sessions[i]);
  }
  bool active = wait.until <= now;
  if (!active && wait.first != NULL) {
    active = wait_for_activity(&wait);
  } else if (!active) {
    (void)poll(NULL, 0, milliseconds_until(&wait));
  }
  now = azion_monotonic();
  for (size_t i = 0; i < count; i++) {
    sessions[i]->left_at = now;
  }
  return active;
}
