#define _GNU_SOURCE /* dladdr, getpid */

#include "session.h"

#include "clock.h"

#include <dlfcn.h>
#include <limits.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

/* 7.80 brought the callback before each sending; since 7.87 no write to a TLS connection that the
   server has reset can raise SIGPIPE. */
#if LIBCURL_VERSION_NUM < 0x075700
#error "azion needs libcurl 7.87 or newer"
#endif

static pthread_once_t initialised = PTHREAD_ONCE_INIT;

/* A name look-up that nobody waits for any longer runs on in a thread of libcurl's. So libcurl
   must stay in memory even if the Lua state ends that loaded this module, and libcurl with it. */
static void stay_loaded(void) {
#if defined(RTLD_NODELETE) && defined(RTLD_NOLOAD)
  Dl_info self;
  if (dladdr(&initialised, &self) != 0) {
    (void)dlopen(self.dli_fname, RTLD_LAZY | RTLD_NODELETE | RTLD_NOLOAD);
  }
#endif
}

static void initialise_libcurl(void) {
  stay_loaded();
  /* A failure shows again where handles are made. */
  (void)curl_global_init(CURL_GLOBAL_DEFAULT);
}

void azion_session_prepare(void) {
  pthread_once(&initialised, initialise_libcurl);
}

/* ---- lists ---- */

static void list_append(struct azion_transfer_list *list, struct azion_transfer *transfer) {
  transfer->previous = list->last;
  transfer->next = NULL;
  if (list->last != NULL) {
    list->last->next = transfer;
  } else {
    list->first = transfer;
  }
  list->last = transfer;
  list->count++;
}

static void list_remove(struct azion_transfer_list *list, struct azion_transfer *transfer) {
  if (transfer->previous != NULL) {
    transfer->previous->next = transfer->next;
  } else {
    list->first = transfer->next;
  }
  if (transfer->next != NULL) {
    transfer->next->previous = transfer->previous;
  } else {
    list->last = transfer->previous;
  }
  transfer->previous = NULL;
  transfer->next = NULL;
  list->count--;
}

/* ---- handles ---- */

#define SET(option, value) AZION_SET(setting, option, value)

static bool set_common_options(struct azion_session *session, struct azion_setting *setting) {
  const curl_version_info_data *libcurl = curl_version_info(CURLVERSION_NOW);
  bool set = azion_transfer_set_callbacks(setting) &&
             azion_trust_apply(&session->options.trust, setting) && SET(SHARE, session->share) &&
             SET(NOSIGNAL, 1L) && SET(NOPROGRESS, 1L) && SET(BUFFERSIZE, 32768L) &&
             SET(QUICK_EXIT, 1L) && /* else a handle cannot be let go of during a name look-up */
             SET(PROTOCOLS_STR, "http,https") && SET(FOLLOWLOCATION, 0L) &&
             SET(DISALLOW_USERNAME_IN_URL, 1L) && SET(PATH_AS_IS, 1L) && SET(HTTP09_ALLOWED, 0L) &&
             SET(SUPPRESS_CONNECT_HEADERS, 1L) && SET(SSL_VERIFYPEER, 1L) &&
             SET(SSL_VERIFYHOST, 2L) && SET(SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) &&
             SET(PROXY_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) && SET(TCP_KEEPALIVE, 1L);
  if (session->options.proxy != NULL) {
    set = set && SET(PROXY, session->options.proxy);
  }
  if (session->options.user_agent != NULL) {
    set = set && SET(USERAGENT, session->options.user_agent);
  }
  if ((libcurl->features & CURL_VERSION_LIBZ) != 0) {
    set = set && SET(ACCEPT_ENCODING, "");
  }
  if ((libcurl->features & CURL_VERSION_HTTP2) != 0) {
    set = set && SET(HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
  }
  return set;
}

#undef SET

static CURL *take_handle(struct azion_session *session, struct azion_setting *setting) {
  if (session->spare_count > 0) {
    return session->spare[--session->spare_count];
  }
  setting->easy = curl_easy_init();
  if (setting->easy != NULL && !set_common_options(session, setting)) {
    curl_easy_cleanup(setting->easy);
    setting->easy = NULL;
  }
  return setting->easy;
}

static void give_handle(struct azion_session *session, CURL *easy) {
  if (session->spare_count < AZION_SPARE_HANDLES) {
    session->spare[session->spare_count++] = easy;
  } else {
    curl_easy_cleanup(easy);
  }
}

static bool open_handles(struct azion_session *session) {
  size_t most = session->options.max_connections;
  long connections = most < LONG_MAX ? (long)most : 0;
  session->share = curl_share_init();
  session->multi = curl_multi_init();
  return session->share != NULL && session->multi != NULL &&
         curl_share_setopt(session->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION) ==
             CURLSHE_OK &&
         curl_multi_setopt(session->multi, CURLMOPT_MAX_HOST_CONNECTIONS, connections) ==
             CURLM_OK &&
         curl_multi_setopt(session->multi, CURLMOPT_MAXCONNECTS, connections) == CURLM_OK;
}

static void close_handles(struct azion_session *session) {
  while (session->spare_count > 0) {
    curl_easy_cleanup(session->spare[--session->spare_count]);
  }
  curl_multi_cleanup(session->multi);
  session->multi = NULL;
  curl_share_cleanup(session->share);
  session->share = NULL;
}

/* ---- transfers ---- */

/* libcurl shows a GOAWAY to whichever transfer reads it, so all are watched while one of them
   depends on it. */
static bool watch(struct azion_session *session, struct azion_transfer *transfer) {
  if (session->watched == 0 && transfer->resend_safe) {
    return true;
  }
  bool watched = azion_transfer_watch(transfer);
  struct azion_transfer *t = session->watched == 0 ? session->running.first : NULL;
  for (; t != NULL && watched; t = t->next) {
    watched = azion_transfer_watch(t);
  }
  return watched;
}

/* A connection over which no answer came in time may be dead without a sign of it. */
static void leave_silent_connection(struct azion_transfer *transfer) {
  if (transfer->code != NULL && strcmp(transfer->code, "OPERATION_TIMEDOUT") == 0) {
    (void)curl_easy_setopt(transfer->setting.easy, CURLOPT_FORBID_REUSE, 1L);
  }
}

void azion_session_end_transfer(struct azion_session *session, struct azion_transfer *transfer) {
  CURL *easy = transfer->setting.easy;
  if (easy != NULL) {
    long opened = 0;
    (void)curl_easy_getinfo(easy, CURLINFO_NUM_CONNECTS, &opened);
    session->connections += opened;
    azion_transfer_take_headers(transfer);
    if (transfer->headers.status != 0) {
      session->http1 = transfer->headers.version[0] == '1';
    }
    leave_silent_connection(transfer);
    curl_multi_remove_handle(session->multi, easy);
  }
  azion_transfer_detach(transfer);
  /* libcurl goes on counting the retries of a handle from one transfer to the next. */
  if (easy != NULL && transfer->code == NULL) {
    give_handle(session, easy);
  } else {
    curl_easy_cleanup(easy);
  }
  session->watched -= transfer->resend_safe ? 0 : 1;
  transfer->state = AZION_FINISHED;
  transfer->finished = azion_monotonic();
  list_remove(&session->running, transfer);
  list_append(&session->finished, transfer);
  session->ended++;
}

void azion_session_end_all(struct azion_session *session, const char *code, const char *message) {
  while (session->running.first != NULL) {
    struct azion_transfer *transfer = session->running.first;
    azion_transfer_fail(transfer, code, message);
    azion_session_end_transfer(session, transfer);
  }
}

static void forget_finished(struct azion_session *session, struct azion_transfer *transfer) {
  list_remove(&session->finished, transfer);
  transfer->session = NULL;
}

/* After a fork, sockets and TLS state still belong to the parent, which goes on using them: to
   close them in good order would end its connections too. They are left alone, at the price of
   their memory and descriptors, and the child makes handles of its own when it needs them. */
void azion_session_leave_to_parent(struct azion_session *session) {
  pid_t self = getpid();
  if (session->owner == self) {
    return;
  }
  session->owner = self;
  session->multi = NULL;
  session->share = NULL;
  session->spare_count = 0;
  for (struct azion_transfer *t = session->running.first; t != NULL; t = t->next) {
    t->setting.easy = NULL;
  }
  azion_session_end_all(session, "CLOSED", "the process was forked meanwhile");
}

/* ---- the session ---- */

bool azion_session_open(struct azion_session *session,
                        const struct azion_session_options *options) {
  azion_session_prepare();
  session->owner = getpid();
  session->options = *options;
  return open_handles(session);
}

static void begin(struct azion_session *session, struct azion_transfer *transfer,
                  const struct azion_request *request) {
  bool is_quiet = session->http1 || request->url.bytes[4] != 's';
  transfer->connection = (struct azion_connection){
      .sockets = &session->sockets,
      .is_quiet = is_quiet,
      .is_watched = !is_quiet && session->running.count > 0,
  };
  transfer->session = session;
  transfer->state = AZION_RUNNING;
  transfer->id = ++session->last_id;
  transfer->started = azion_monotonic();
  transfer->deadline = transfer->started + request->timeout;
  transfer->connect_deadline = transfer->started + request->connect_timeout;
  transfer->last_deadline = transfer->started + request->deadline;
  session->watched += transfer->resend_safe ? 0 : 1;
  list_append(&session->running, transfer);
  session->is_performed = false;
}

bool azion_session_start(struct azion_session *session, struct azion_transfer *transfer,
                         const struct azion_request *request, const char **problem) {
  azion_session_leave_to_parent(session);
  if (session->closed) {
    *problem = "closed";
    return false;
  }
  if (session->multi == NULL && !open_handles(session)) {
    close_handles(session);
    *problem = "out of memory";
    return false;
  }
  CURL *easy = take_handle(session, &transfer->setting);
  transfer->resolves_anew = session->doubts_names;
  *problem = NULL;
  if (easy == NULL || !azion_transfer_attach(transfer, easy, request, problem) ||
      !watch(session, transfer) || curl_multi_add_handle(session->multi, easy) != CURLM_OK) {
    *problem = *problem != NULL ? *problem : azion_transfer_setting_problem(transfer);
    azion_transfer_detach(transfer);
    curl_easy_cleanup(easy);
    return false;
  }
  begin(session, transfer, request);
  return true;
}

int64_t azion_session_take_finished(struct azion_session *session) {
  struct azion_transfer *transfer = session->finished.first;
  if (transfer == NULL) {
    return 0;
  }
  forget_finished(session, transfer);
  return transfer->id;
}

size_t azion_session_running(struct azion_session *session) {
  azion_session_leave_to_parent(session);
  return session->running.count;
}

void azion_session_close(struct azion_session *session) {
  azion_session_leave_to_parent(session);
  session->closed = true;
  azion_session_end_all(session, "CLOSED", "the session was closed");
  close_handles(session);
}

void azion_session_dispose(struct azion_session *session) {
  azion_session_close(session);
  while (session->finished.first != NULL) {
    forget_finished(session, session->finished.first);
  }
}

bool azion_transfer_done(struct azion_transfer *transfer) {
  if (transfer->state != AZION_FINISHED && transfer->session != NULL) {
    azion_session_leave_to_parent(transfer->session);
  }
  return transfer->state == AZION_FINISHED;
}

void azion_transfer_cancel(struct azion_transfer *transfer) {
  if (!azion_transfer_done(transfer) && transfer->session != NULL) {
    azion_transfer_fail(transfer, "CANCELLED", "cancelled");
    azion_session_end_transfer(transfer->session, transfer);
  }
}

void azion_transfer_dispose(struct azion_transfer *transfer) {
  azion_transfer_cancel(transfer);
  if (transfer->session != NULL) {
    forget_finished(transfer->session, transfer);
  }
  azion_transfer_detach(transfer);
  azion_transfer_free_reply(transfer);
}
