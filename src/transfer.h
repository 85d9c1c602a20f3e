/* One exchange: a request, the capped bytes of its reply, and how it ended. Knows a libcurl easy
   handle while it is in flight; which one, and for how long, is the session's business. */
#ifndef AZION_TRANSFER_H
#define AZION_TRANSFER_H

#include "buffer.h"
#include "connection.h"
#include "headers.h"
#include "refusal.h"
#include "setting.h"

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct azion_session;

/* A string of known length; `bytes` is NULL if there is none. */
struct azion_text {
  const char *bytes;
  size_t length;
};

/* What to send. The body must stay until the transfer ends, the other strings while it starts. */
struct azion_request {
  struct azion_text method;
  struct azion_text url;
  struct azion_text body;
  double timeout;         /* seconds from start to the last byte of the reply */
  double connect_timeout; /* seconds until the request begins to be sent */
  double deadline;        /* seconds from start, whatever was forgiven */
  size_t max_bytes;       /* cap on the body, after decompression */
  bool resend_safe;       /* false: find out whether the server refused it unread */
  bool fresh;             /* do not reuse a pooled connection */
};

enum azion_transfer_state { AZION_NEW, AZION_RUNNING, AZION_FINISHED };

/* All zero is a new transfer. Its address must not change while it is in a session. */
struct azion_transfer {
  struct azion_session *session; /* while it stands in one of the session's lists */
  struct azion_transfer *previous;
  struct azion_transfer *next;
  enum azion_transfer_state state;
  int64_t id;
  struct azion_setting setting; /* with the easy handle while running */

  struct curl_slist *request_headers;
  bool has_content_type;

  struct azion_headers headers;
  struct azion_buffer body;
  size_t max_bytes;

  double timeout;
  double connect_timeout;
  double started;  /* azion_monotonic() */
  double deadline; /* moved on once by the time in which nobody listened */
  double connect_deadline;
  double last_deadline; /* not to be moved past */
  bool forgiven;        /* an absence of the program's */
  double finished;

  struct azion_connection connection;
  int sent;            /* how often libcurl began to send the request */
  bool resend_stopped; /* libcurl wanted to send it again and was stopped */
  bool resolves_anew;  /* the name, whatever libcurl remembers of it */
  int proxy_status;    /* with which a proxy refused the connection, or 0 */
  bool resend_safe;
  struct azion_refusal refusal;
  const char *code; /* how it ended: NULL for a full reply, else a static string */
  char message[CURL_ERROR_SIZE];
  char detail[CURL_ERROR_SIZE]; /* libcurl's own words */
};

/* Adds the header line "Name: value" to a new transfer. False, with `*problem` a static string,
   if it is none or memory is short. */
bool azion_transfer_add_header(struct azion_transfer *transfer, const char *line, size_t length,
                               const char **problem);

/* Installs the callbacks; once for every easy handle. False if libcurl will not. */
bool azion_transfer_set_callbacks(struct azion_setting *setting);

/* Which option libcurl did not take, and why; that memory is short where it took all. */
const char *azion_transfer_setting_problem(struct azion_transfer *transfer);

/* Sets libcurl's own limit for connecting: it shares that among a host's addresses. */
bool azion_transfer_set_connect_timeout(struct azion_transfer *transfer, double seconds);

/* Makes libcurl tell what it does, which costs time: only so does one learn of refusals. */
bool azion_transfer_watch(struct azion_transfer *transfer);

/* Takes what the request says into the transfer and the easy handle. False if it cannot be sent as
   it stands: with `*problem` a static string, or untouched where libcurl did not take something. */
bool azion_transfer_attach(struct azion_transfer *transfer, CURL *easy,
                           const struct azion_request *request, const char **problem);

/* Takes everything of the transfer out of its easy handle, and wipes and frees the request: it
   holds the caller's token. */
void azion_transfer_detach(struct azion_transfer *transfer);

/* Makes ready for one more start, over a connection of its own. False if libcurl will not. */
bool azion_transfer_refresh(struct azion_transfer *transfer);

/* Works out code and message from libcurl's result. The easy handle is still attached. */
void azion_transfer_conclude(struct azion_transfer *transfer, CURLcode result);

/* Takes status and headers of the reply out of the easy handle, however far it came. */
void azion_transfer_take_headers(struct azion_transfer *transfer);

/* Sets code (a static string) and message of a transfer that ends for a reason of ours. */
void azion_transfer_fail(struct azion_transfer *transfer, const char *code, const char *message);

/* Ends it for want of a connection, or of a complete answer. */
void azion_transfer_time_out(struct azion_transfer *transfer, bool connecting);

/* When it ends if nothing comes, by azion_monotonic. */
double azion_transfer_next_deadline(const struct azion_transfer *transfer);

/* Frees headers and body of the reply. */
void azion_transfer_free_reply(struct azion_transfer *transfer);

#endif
