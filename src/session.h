/* A libcurl multi handle and the transfers in it: connections, TLS sessions and DNS answers are
   shared among them. No Lua, no policy: nothing is ever sent a second time. */
#ifndef AZION_SESSION_H
#define AZION_SESSION_H

#include "transfer.h"
#include "trust.h"

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { AZION_SPARE_HANDLES = 16 };

/* The strings must outlive the session; NULL is libcurl's default. */
struct azion_session_options {
  struct azion_trust trust;
  const char *proxy; /* instead of the one from the environment; "" for none */
  const char *user_agent;
  size_t max_connections; /* to one host */
};

struct azion_transfer_list {
  struct azion_transfer *first;
  struct azion_transfer *last;
  size_t count;
};

/* All zero is a session that was never opened; closing that is harmless. Its address must not
   change while it has transfers. */
struct azion_session {
  CURLM *multi;
  CURLSH *share; /* TLS sessions: a multi handle alone does not share them */
  CURL *spare[AZION_SPARE_HANDLES];
  size_t spare_count;
  struct azion_session_options options;
  pid_t owner;
  bool closed;
  int64_t last_id;
  int64_t connections; /* opened so far */
  uint64_t ended;      /* transfers that ended so far */
  double left_at;      /* when the last step returned */
  bool is_performed;   /* nothing was begun, and nothing came, since libcurl did all it could */
  bool doubts_names;   /* a connection failed, and none was opened by a new address since */
  bool http1;          /* the last reply came over HTTP/1 */
  struct azion_sockets sockets;
  size_t watched; /* transfers in flight that are not safe to send twice */
  struct azion_transfer_list running;
  struct azion_transfer_list finished; /* ended and not yet reported */
};

/* Initialises libcurl, once in a process. To open a session does it too. */
void azion_session_prepare(void);

/* Opens a zeroed session. False if memory is short: close it then as well. */
bool azion_session_open(struct azion_session *session, const struct azion_session_options *options);

/* Starts a new transfer whose headers were added. Nothing is sent before the next step. False,
   with `*problem` a static string or the transfer's message, if it cannot be sent as it stands. */
bool azion_session_start(struct azion_session *session, struct azion_transfer *transfer,
                         const struct azion_request *request, const char **problem);

/* Drives all transfers until one ends, or `seconds` have passed, or a signal arrives; 0 does not
   wait. Without transfers it sleeps. Returns the number of transfers still running. */
size_t azion_session_step(struct azion_session *session, double seconds);

/* Waits until libcurl has something to do for one of the sessions, or `seconds` have passed, or a
   signal arrives; transfers whose time is over count as something to do. Does none of it: that is
   for a step of each. False if nothing came. */
bool azion_session_wait(struct azion_session *const *sessions, size_t count, double seconds);

/* Takes the id of a transfer that ended, each once and in the order of their ends; 0 if there is
   none. */
int64_t azion_session_take_finished(struct azion_session *session);

/* Number of transfers in flight. */
size_t azion_session_running(struct azion_session *session);

/* Ends all transfers with CLOSED and frees every handle; safe to call again. Ended transfers
   can still be asked for. */
void azion_session_close(struct azion_session *session);

/* For the end of the session's memory: closes it and lets go of its transfers. */
void azion_session_dispose(struct azion_session *session);

/* Whether the transfer has ended. */
bool azion_transfer_done(struct azion_transfer *transfer);

/* Ends a running transfer with CANCELLED. */
void azion_transfer_cancel(struct azion_transfer *transfer);

/* For the end of the transfer's memory: cancels it, leaves the session and frees what it holds. */
void azion_transfer_dispose(struct azion_transfer *transfer);

/* ---- among the files of the session ---- */

/* The transfer is left with code and message, and waits to be reported. */
void azion_session_end_transfer(struct azion_session *session, struct azion_transfer *transfer);

/* Ends all transfers; `code` is a static string. */
void azion_session_end_all(struct azion_session *session, const char *code, const char *message);

/* The same where libcurl itself failed; nothing if it did not. */
void azion_session_fail_all(struct azion_session *session, CURLMcode result);

/* After a fork, lets go of what belongs to the parent. */
void azion_session_leave_to_parent(struct azion_session *session);

/* Moves on the deadlines of the transfers, once each, if nobody has listened to them for long. */
void azion_session_forgive_absence(struct azion_session *session, double now);

#endif
