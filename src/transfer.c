#define _POSIX_C_SOURCE 200809L /* strdup */

#include "transfer.h"

#include "clock.h"
#include "url.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the request ---- */

static bool append_line(struct curl_slist **list, const char *line) {
  struct curl_slist *longer = curl_slist_append(*list, line);
  if (longer == NULL) {
    return false;
  }
  *list = longer;
  return true;
}

bool azion_transfer_add_header(struct azion_transfer *transfer, const char *line, size_t length,
                               const char **problem) {
  const char *colon = memchr(line, ':', length);
  if (colon == NULL || !azion_valid_token(line, (size_t)(colon - line))) {
    *problem = "a header needs the form \"Name: value\"";
    return false;
  }
  size_t name_length = (size_t)(colon - line);
  size_t value = name_length + 1;
  if (!azion_valid_header_value(line + value, length - value)) {
    *problem = "a header value has control characters";
    return false;
  }
  while (value < length && (line[value] == ' ' || line[value] == '\t')) {
    value++;
  }
  bool added = false;
  if (value < length) {
    added = append_line(&transfer->request_headers, line);
  } else {
    /* libcurl takes "Name:" for the wish not to send it, and "Name;" for an empty value. */
    char *empty = strdup(line);
    if (empty != NULL) {
      memcpy(empty + name_length, ";", 2);
      added = append_line(&transfer->request_headers, empty);
      free(empty);
    }
  }
  if (curl_strnequal(line, "Content-Type:", strlen("Content-Type:"))) {
    transfer->has_content_type = true;
  }
  *problem = added ? NULL : "out of memory";
  return added;
}

static void wipe_request(struct azion_transfer *transfer) {
  for (struct curl_slist *line = transfer->request_headers; line != NULL; line = line->next) {
    azion_wipe(line->data, strlen(line->data));
  }
  curl_slist_free_all(transfer->request_headers);
  transfer->request_headers = NULL;
}

#define SET(option, value) AZION_SET(&transfer->setting, option, value)

/* The rest of it may go on coming over HTTP/2. libcurl reads that before the next reply, and looks
   at no clock while there is more of it: so the connection is not kept. */
static void fail_too_large(struct azion_transfer *transfer, const char *message) {
  azion_transfer_fail(transfer, "TOO_LARGE", message);
  (void)SET(FORBID_REUSE, 1L);
}

/* ---- libcurl's callbacks ---- */

static size_t on_header(char *line, size_t size, size_t count, void *data) {
  struct azion_transfer *transfer = data;
  switch (azion_headers_line(&transfer->headers, transfer->setting.easy, line, size * count)) {
  case AZION_HEADERS_TOO_LARGE:
    fail_too_large(transfer, "the head of the reply is too large");
    return 0;
  case AZION_HEADERS_SWITCHED:
    azion_transfer_fail(transfer, "WEIRD_SERVER_REPLY", "the server changed the protocol unasked");
    return 0;
  default:
    return size * count;
  }
}

/* Content-Length, or 0. What no number holds is the largest. */
static unsigned long long announced_length(const struct azion_transfer *transfer) {
  struct curl_header *field = NULL;
  CURLHcode found =
      curl_easy_header(transfer->setting.easy, "Content-Length", 0, CURLH_HEADER, -1, &field);
  bool is_number = found == CURLHE_OK && field->value[0] >= '0' && field->value[0] <= '9';
  return is_number ? strtoull(field->value, NULL, 10) : 0;
}

/* Reserve at most this much on the word of Content-Length. */
enum { MOST_RESERVED = 1024 * 1024 };

static size_t on_body(char *bytes, size_t size, size_t count, void *data) {
  struct azion_transfer *transfer = data;
  struct azion_buffer *body = &transfer->body;
  size_t length = size * count;
  unsigned long long announced = body->length == 0 ? announced_length(transfer) : 0;
  /* A body that is announced as too large need not be read up to the cap to know it. */
  if (length > transfer->max_bytes - body->length || announced > transfer->max_bytes) {
    char message[80];
    snprintf(message, sizeof message, "the body of the reply is larger than %zu bytes",
             transfer->max_bytes);
    fail_too_large(transfer, message);
    return 0;
  }
  size_t reserved =
      announced < MOST_RESERVED ? (size_t)announced + 1 : MOST_RESERVED; /* and a NUL */
  if (!azion_buffer_reserve(body, reserved) || !azion_buffer_append(body, bytes, length)) {
    azion_transfer_fail(transfer, "OUT_OF_MEMORY", "out of memory");
    return 0;
  }
  return length;
}

/* Called each time libcurl is about to send the request. On a reused connection that dies before
   any answer, and after REFUSED_STREAM, libcurl would send it once more, whatever the method and
   without a word; whether that may be is not for the transport to decide. Nor is a request sent
   whose time passed while the program was away: nobody would take its answer. */
static int on_send(void *data, char *remote_ip, char *local_ip, int remote_port, int local_port) {
  struct azion_transfer *transfer = data;
  (void)local_ip;
  if (transfer->sent > 0) {
    transfer->resend_stopped = true;
    return CURL_PREREQFUNC_ABORT;
  }
  if (azion_monotonic() >= transfer->deadline) {
    azion_transfer_fail(transfer, "OPERATION_TIMEDOUT",
                        "the time was over before the request could be sent");
    return CURL_PREREQFUNC_ABORT;
  }
  if (!azion_connection_check(&transfer->connection, local_port, remote_port)) {
    (void)SET(FORBID_REUSE, 1L);
    return CURL_PREREQFUNC_ABORT;
  }
  transfer->sent = 1;
  azion_refusal_note_sent(&transfer->refusal, remote_ip, remote_port, local_port);
  return CURL_PREREQFUNC_OK;
}

/* A connection wanted after the request was sent could only serve to send it again. */
static curl_socket_t on_open_socket(void *data, curlsocktype purpose,
                                    struct curl_sockaddr *address) {
  struct azion_transfer *transfer = data;
  (void)purpose;
  if (transfer->sent > 0) {
    transfer->resend_stopped = true;
    return CURL_SOCKET_BAD;
  }
  return azion_connection_open(&transfer->connection, address);
}

static int on_debug(CURL *easy, curl_infotype type, char *text, size_t length, void *data) {
  struct azion_transfer *transfer = data;
  (void)easy;
  if (type == CURLINFO_TEXT && transfer != NULL) {
    azion_refusal_read_log(&transfer->refusal, text, length);
  }
  return 0;
}

/* ---- into libcurl and out of it ---- */

/* libcurl adds "Expect: 100-continue" to large bodies and a form's Content-Type to all of them. */
static bool add_removals(struct azion_transfer *transfer) {
  return append_line(&transfer->request_headers, "Expect:") &&
         (transfer->has_content_type || append_line(&transfer->request_headers, "Content-Type:"));
}

static bool is_method(struct azion_text method, const char *name) {
  return strcmp(method.bytes, name) == 0;
}

/* A body, or the announcement of an empty one where a server waits for it (RFC 9110, 8.6). */
static bool set_method(struct azion_transfer *transfer, const struct azion_request *request) {
  struct azion_text method = request->method;
  bool has_body = request->body.bytes != NULL || is_method(method, "POST") ||
                  is_method(method, "PUT") || is_method(method, "PATCH");
  bool set = SET(HTTPGET, 1L) && SET(CUSTOMREQUEST, method.bytes);
  if (!has_body) {
    return set && (!is_method(method, "HEAD") || SET(NOBODY, 1L));
  }
  const char *body = request->body.bytes != NULL ? request->body.bytes : "";
  curl_off_t length = (curl_off_t)request->body.length;
  return set && SET(POST, 1L) && SET(POSTFIELDS, body) && SET(POSTFIELDSIZE_LARGE, length);
}

bool azion_transfer_set_callbacks(struct azion_setting *setting) {
  return AZION_SET(setting, HEADERFUNCTION, on_header) &&
         AZION_SET(setting, WRITEFUNCTION, on_body) &&
         AZION_SET(setting, PREREQFUNCTION, on_send) &&
         AZION_SET(setting, OPENSOCKETFUNCTION, on_open_socket) &&
         AZION_SET(setting, DEBUGFUNCTION, on_debug);
}

const char *azion_transfer_setting_problem(struct azion_transfer *transfer) {
  const struct azion_setting *setting = &transfer->setting;
  if (setting->option == NULL || setting->reason == CURLE_OUT_OF_MEMORY) {
    return "out of memory";
  }
  snprintf(transfer->message, sizeof transfer->message, "libcurl refuses the value of %s: %s",
           setting->option, curl_easy_strerror(setting->reason));
  return transfer->message;
}

bool azion_transfer_set_connect_timeout(struct azion_transfer *transfer, double seconds) {
  double milliseconds = seconds * 1000 + 1; /* 0 would mean libcurl's default */
  return SET(CONNECTTIMEOUT_MS, milliseconds < INT_MAX ? (long)milliseconds : (long)INT_MAX);
}

bool azion_transfer_watch(struct azion_transfer *transfer) {
  return SET(VERBOSE, 1L);
}

/* libcurl takes the query out of the URL, and if memory is short for that, it sends the request
   without one and says nothing. What is given to it as a whole is sent as a whole. Not where a
   proxy may want to see all of the URL, or where there is a fragment to be left out. */
static bool set_target(struct azion_transfer *transfer, const char *url) {
  const char *target = strncmp(url, "https://", 8) == 0 ? strpbrk(url + 8, "/?#") : NULL;
  bool is_whole = target != NULL && *target == '/' && strchr(target, '#') == NULL;
  return SET(REQUEST_TARGET, is_whole ? target : NULL);
}

/* Seconds for which libcurl remembers a name's addresses: its default. */
static const long remembered = 60;

bool azion_transfer_attach(struct azion_transfer *transfer, CURL *easy,
                           const struct azion_request *request, const char **problem) {
  if (!azion_valid_token(request->method.bytes, request->method.length)) {
    *problem = "the method is not an HTTP method";
    return false;
  }
  if (!azion_valid_url(request->url.bytes, request->url.length)) {
    *problem = "the URL is not an http or https URL";
    return false;
  }
  /* To wait for a connection that may be shared pays where HTTP/2 can come of it. */
  long may_share = request->url.bytes[4] == 's' ? 1L : 0L;
  transfer->setting.easy = easy;
  transfer->max_bytes = request->max_bytes;
  transfer->timeout = request->timeout;
  transfer->connect_timeout = request->connect_timeout;
  transfer->resend_safe = request->resend_safe;
  return add_removals(transfer) && set_method(transfer, request) && SET(URL, request->url.bytes) &&
         set_target(transfer, request->url.bytes) && SET(HTTPHEADER, transfer->request_headers) &&
         SET(FRESH_CONNECT, request->fresh ? 1L : 0L) && SET(PIPEWAIT, may_share) &&
         SET(DNS_CACHE_TIMEOUT, transfer->resolves_anew ? 0L : remembered) &&
         azion_transfer_set_connect_timeout(transfer, request->connect_timeout) &&
         SET(ERRORBUFFER, transfer->detail) && SET(PRIVATE, transfer) &&
         SET(HEADERDATA, transfer) && SET(WRITEDATA, transfer) && SET(PREREQDATA, transfer) &&
         SET(OPENSOCKETDATA, transfer) && SET(DEBUGDATA, transfer);
}

void azion_transfer_detach(struct azion_transfer *transfer) {
  if (transfer->setting.easy != NULL) {
    (void)(SET(VERBOSE, 0L) && SET(DEBUGDATA, NULL) && SET(ERRORBUFFER, NULL) &&
           SET(POSTFIELDS, NULL) && SET(HTTPHEADER, NULL));
    transfer->setting.easy = NULL;
  }
  wipe_request(transfer);
}

bool azion_transfer_refresh(struct azion_transfer *transfer) {
  transfer->connection.is_unfit = false;
  transfer->detail[0] = '\0';
  return SET(FORBID_REUSE, 0L) && SET(FRESH_CONNECT, 1L);
}
