/* A step: libcurl does what it can, and what has ended is put aside. */
#include "clock.h"
#include "session.h"

#include <math.h>

/* Longer than this between two steps, and the program was busy elsewhere. */
static const double absence = 0.2;

/* A transfer is not to be timed out for time in which nobody listened to it. Once, and within its
   bounds: else a program that is often away would wait for ever. */
static void forgive(struct azion_transfer *transfer, double gap) {
  double most = fmax(transfer->last_deadline - transfer->deadline, 0);
  gap = fmin(fmin(gap, transfer->timeout), most);
  transfer->forgiven = true;
  transfer->deadline += gap;
  transfer->connect_deadline += gap;
  if (transfer->sent == 0) {
    double connecting = transfer->connect_deadline - transfer->started;
    (void)azion_transfer_set_connect_timeout(transfer, connecting);
  }
}

void azion_session_forgive_absence(struct azion_session *session, double now) {
  double left_at = session->left_at;
  session->left_at = now;
  for (struct azion_transfer *t = session->running.first; t != NULL; t = t->next) {
    double gap = now - (left_at > t->started ? left_at : t->started);
    if (gap > absence && !t->forgiven) {
      forgive(t, gap);
    }
  }
}

static void spread_goaways(struct azion_session *session) {
  struct azion_transfer *reader = session->watched > 0 ? session->running.first : NULL;
  for (; reader != NULL; reader = reader->next) {
    if (reader->refusal.goaway) {
      for (struct azion_transfer *t = session->running.first; t != NULL; t = t->next) {
        azion_refusal_spread(&reader->refusal, &t->refusal);
      }
      reader->refusal.goaway = false;
    }
  }
}

/* Nothing was sent yet. */
static bool start_afresh(struct azion_session *session, struct azion_transfer *transfer) {
  curl_multi_remove_handle(session->multi, transfer->setting.easy);
  return azion_transfer_refresh(transfer) &&
         curl_multi_add_handle(session->multi, transfer->setting.easy) == CURLM_OK;
}

/* libcurl remembers addresses for a minute, though one of them cannot be reached any more. */
static void doubt_names(struct azion_session *session, const struct azion_transfer *transfer) {
  if (transfer->sent > 0) {
    session->doubts_names =
        session->doubts_names && !(transfer->resolves_anew && transfer->connection.is_new);
  } else if (transfer->code != NULL) {
    session->doubts_names = true;
  }
}

static void collect_results(struct azion_session *session) {
  CURLMsg *message;
  int left;
  while ((message = curl_multi_info_read(session->multi, &left)) != NULL) {
    char *found = NULL;
    if (message->msg == CURLMSG_DONE &&
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &found) == CURLE_OK) {
      struct azion_transfer *transfer = (struct azion_transfer *)(void *)found;
      CURLcode result = message->data.result;
      if (!transfer->connection.is_unfit || !start_afresh(session, transfer)) {
        azion_transfer_conclude(transfer, result);
        doubt_names(session, transfer);
        azion_session_end_transfer(session, transfer);
      }
    }
  }
}

void azion_session_fail_all(struct azion_session *session, CURLMcode result) {
  if (result != CURLM_OK) {
    azion_session_end_all(session,
                          result == CURLM_OUT_OF_MEMORY ? "OUT_OF_MEMORY" : "UNRECOVERABLE_POLL",
                          curl_multi_strerror(result));
  }
}

static void perform(struct azion_session *session) {
  int running;
  session->is_performed = true;
  CURLMcode result = curl_multi_perform(session->multi, &running);
  spread_goaways(session);
  collect_results(session);
  azion_session_fail_all(session, result);
}

static void expire(struct azion_session *session, double now) {
  struct azion_transfer *next;
  for (struct azion_transfer *t = session->running.first; t != NULL; t = next) {
    next = t->next;
    if (now < azion_transfer_next_deadline(t)) {
      continue;
    }
    azion_transfer_time_out(t, now < t->deadline);
    doubt_names(session, t);
    azion_session_end_transfer(session, t);
  }
}

/* Whether libcurl can do anything now. To ask it costs far less than to let it look at each
   transfer, and an event loop that steps often finds nothing to do most of the time. */
static bool has_work(struct azion_session *session) {
  long milliseconds = 0;
  int active = 0;
  if (!session->is_performed || curl_multi_timeout(session->multi, &milliseconds) != CURLM_OK ||
      milliseconds == 0) {
    return true;
  }
  return curl_multi_poll(session->multi, NULL, 0, 0, &active) != CURLM_OK || active > 0;
}

size_t azion_session_step(struct azion_session *session, double seconds) {
  azion_session_leave_to_parent(session);
  double now = azion_monotonic();
  double until = now + seconds;
  if (session->running.count == 0) {
    (void)azion_session_wait(&session, 1, seconds);
    return 0;
  }
  azion_session_forgive_absence(session, now);
  uint64_t ended = session->ended;
  bool active = true;
  if (session->is_performed && seconds > 0) {
    active = azion_session_wait(&session, 1, seconds);
  }
  for (;;) {
    if (seconds > 0 || has_work(session)) {
      perform(session);
    }
    now = azion_monotonic();
    expire(session, now);
    /* A wait without activity may have been a signal, which the caller wants to see. */
    if (session->ended != ended || now >= until || !active) {
      break;
    }
    active = azion_session_wait(&session, 1, until - now);
  }
  session->left_at = azion_monotonic();
  return session->running.count;
}
