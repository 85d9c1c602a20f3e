#define _DEFAULT_SOURCE /* SOCK_CLOEXEC */

#include "transfer.h"

#include "clock.h"
#include "url.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* The names of libcurl's results, which libcurl itself can only describe in prose. */
static const char *code_name(CURLcode result) {
#define NAME(code) \
  case CURLE_##code: \
    return #code
  switch (result) {
    NAME(UNSUPPORTED_PROTOCOL);
    NAME(FAILED_INIT);
    NAME(URL_MALFORMAT);
    NAME(NOT_BUILT_IN);
    NAME(COULDNT_RESOLVE_PROXY);
    NAME(COULDNT_RESOLVE_HOST);
    NAME(COULDNT_CONNECT);
    NAME(WEIRD_SERVER_REPLY);
    NAME(REMOTE_ACCESS_DENIED);
    NAME(HTTP2);
    NAME(PARTIAL_FILE);
    NAME(HTTP_RETURNED_ERROR);
    NAME(WRITE_ERROR);
    NAME(READ_ERROR);
    NAME(OUT_OF_MEMORY);
    NAME(OPERATION_TIMEDOUT);
    NAME(RANGE_ERROR);
    NAME(HTTP_POST_ERROR);
    NAME(SSL_CONNECT_ERROR);
    NAME(FUNCTION_NOT_FOUND);
    NAME(ABORTED_BY_CALLBACK);
    NAME(BAD_FUNCTION_ARGUMENT);
    NAME(INTERFACE_FAILED);
    NAME(TOO_MANY_REDIRECTS);
    NAME(UNKNOWN_OPTION);
    NAME(SETOPT_OPTION_SYNTAX);
    NAME(GOT_NOTHING);
    NAME(SSL_ENGINE_NOTFOUND);
    NAME(SSL_ENGINE_SETFAILED);
    NAME(SEND_ERROR);
    NAME(RECV_ERROR);
    NAME(SSL_CERTPROBLEM);
    NAME(SSL_CIPHER);
    NAME(PEER_FAILED_VERIFICATION);
    NAME(BAD_CONTENT_ENCODING);
    NAME(FILESIZE_EXCEEDED);
    NAME(USE_SSL_FAILED);
    NAME(SEND_FAIL_REWIND);
    NAME(SSL_ENGINE_INITFAILED);
    NAME(LOGIN_DENIED);
    NAME(SSL_CACERT_BADFILE);
    NAME(SSL_SHUTDOWN_FAILED);
    NAME(AGAIN);
    NAME(SSL_CRL_BADFILE);
    NAME(SSL_ISSUER_ERROR);
    NAME(CHUNK_FAILED);
    NAME(NO_CONNECTION_AVAILABLE);
    NAME(SSL_PINNEDPUBKEYNOTMATCH);
    NAME(SSL_INVALIDCERTSTATUS);
    NAME(HTTP2_STREAM);
    NAME(RECURSIVE_API_CALL);
    NAME(AUTH_ERROR);
    NAME(HTTP3);
    NAME(QUIC_CONNECT_ERROR);
    NAME(PROXY);
    NAME(SSL_CLIENTCERT);
    NAME(UNRECOVERABLE_POLL);
  default:
    return "UNKNOWN_ERROR";
  }
#undef NAME
}

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
    char *empty = malloc(name_length + 2);
    if (empty != NULL) {
      memcpy(empty, line, name_length);
      memcpy(empty + name_length, ";", 2);
      added = append_line(&transfer->request_headers, empty);
      free(empty);
    }
  }
  if (name_length == strlen("Content-Type") && curl_strnequal(line, "Content-Type", name_length)) {
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
  if (transfer->request_body != NULL) {
    azion_wipe(transfer->request_body, transfer->request_body_length);
    free(transfer->request_body);
    transfer->request_body = NULL;
  }
}

#define SET(option, value) AZION_SET(&transfer->setting, option, value)

/* The rest of it may go on coming over HTTP/2. libcurl reads that before the next reply, and looks
   at no clock while there is more of it: so the connection is not kept. */
static void refuse_large(struct azion_transfer *transfer, const char *message) {
  azion_transfer_fail(transfer, "TOO_LARGE", message);
  (void)SET(FORBID_REUSE, 1L);
}

/* ---- libcurl's callbacks ---- */

static size_t on_header(char *line, size_t size, size_t count, void *data) {
  struct azion_transfer *transfer = data;
  switch (azion_headers_line(&transfer->headers, line, size * count)) {
  case AZION_HEADERS_TOO_LARGE:
    refuse_large(transfer, "the head of the reply is too large");
    return 0;
  case AZION_HEADERS_SWITCHED:
    azion_transfer_fail(transfer, "WEIRD_SERVER_REPLY", "the server changed the protocol unasked");
    return 0;
  case AZION_HEADERS_NO_MEMORY:
    azion_transfer_fail(transfer, "OUT_OF_MEMORY", "out of memory");
    return 0;
  default:
    return size * count;
  }
}

/* Content-Length, or 0; at the most one more than the cap. */
static size_t announced_length(const struct azion_transfer *transfer) {
  const char *announced = azion_headers_get(&transfer->headers, "content-length");
  size_t length = 0;
  for (; announced != NULL && *announced >= '0' && *announced <= '9'; announced++) {
    length = length * 10 + (size_t)(*announced - '0');
    if (length > transfer->max_bytes) {
      return transfer->max_bytes + 1;
    }
  }
  return length;
}

/* Reserve at most this much on the word of Content-Length. */
enum { MOST_RESERVED = 1024 * 1024 };

static size_t on_body(char *bytes, size_t size, size_t count, void *data) {
  struct azion_transfer *transfer = data;
  struct azion_buffer *body = &transfer->body;
  size_t length = size * count;
  size_t announced = body->length == 0 ? announced_length(transfer) : 0;
  /* A body that is announced as too large need not be read up to the cap to know it. */
  if (length > transfer->max_bytes - body->length || announced > transfer->max_bytes) {
    char message[80];
    snprintf(message, sizeof message, "the body of the reply is larger than %zu bytes",
             transfer->max_bytes);
    refuse_large(transfer, message);
    return 0;
  }
  size_t reserved = announced < MOST_RESERVED ? announced + 1 : MOST_RESERVED; /* and a NUL */
  if (!azion_buffer_reserve(body, reserved) || !azion_buffer_append(body, bytes, length)) {
    azion_transfer_fail(transfer, "OUT_OF_MEMORY", "out of memory");
    return 0;
  }
  return length;
}

/* What comes over a pooled connection while nobody waits is its end or, with HTTP/1, bytes that
   would pass for the answer to the next request. libcurl does not always look. Such a connection
   is not kept. */
static bool is_stale(struct azion_transfer *transfer, int local_port, int remote_port) {
  bool is_watched = transfer->is_accompanied && !transfer->is_quiet;
  return !transfer->opened && !is_watched &&
         azion_sockets_spoiled(transfer->sockets, local_port, remote_port, transfer->is_quiet) &&
         SET(FORBID_REUSE, 1L);
}

/* Called each time libcurl is about to send the request. On a reused connection that dies before
   any answer, and after REFUSED_STREAM, libcurl would send it once more, whatever the method and
   without a word; whether that may be is not for the transport to decide. Nor is a request sent
   whose time passed while the program was away: nobody would take its answer. */
static int on_send(void *data, char *remote_ip, char *local_ip, int remote_port, int local_port) {
  struct azion_transfer *transfer = data;
  (void)local_ip;
  if (transfer->sent > 0) {
    transfer->resend_refused = true;
    return CURL_PREREQFUNC_ABORT;
  }
  if (azion_monotonic() >= transfer->deadline) {
    azion_transfer_fail(transfer, "OPERATION_TIMEDOUT",
                        "the time was over before the request could be sent");
    return CURL_PREREQFUNC_ABORT;
  }
  if (is_stale(transfer, local_port, remote_port)) {
    transfer->stale = true;
    return CURL_PREREQFUNC_ABORT;
  }
  transfer->sent = 1;
  azion_refusal_note_sent(&transfer->refusal, remote_ip, remote_port, local_port);
  return CURL_PREREQFUNC_OK;
}

/* A connection wanted after the request was sent could only serve to send it again. The others
   must not pass to programs that the process starts: they would keep the connection open. */
static curl_socket_t on_open_socket(void *data, curlsocktype purpose,
                                    struct curl_sockaddr *address) {
  struct azion_transfer *transfer = data;
  (void)purpose;
  if (transfer->sent > 0) {
    transfer->resend_refused = true;
    return CURL_SOCKET_BAD;
  }
  transfer->opened = true;
#ifdef SOCK_CLOEXEC
  int type = address->socktype | SOCK_CLOEXEC;
#else
  int type = address->socktype;
#endif
  curl_socket_t opened = socket(address->family, type, address->protocol);
  if (opened != CURL_SOCKET_BAD) {
    azion_sockets_add(transfer->sockets, opened);
  } else {
    transfer->socket_error = errno;
  }
  return opened;
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

static bool copy_body(struct azion_transfer *transfer, struct azion_text body) {
  if (body.length == 0) {
    return true;
  }
  transfer->request_body = malloc(body.length);
  if (transfer->request_body == NULL) {
    return false;
  }
  memcpy(transfer->request_body, body.bytes, body.length);
  transfer->request_body_length = body.length;
  return true;
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
  if (has_body) {
    const char *body = transfer->request_body != NULL ? transfer->request_body : "";
    curl_off_t length = (curl_off_t)transfer->request_body_length;
    return set && SET(POST, 1L) && SET(POSTFIELDS, body) && SET(POSTFIELDSIZE_LARGE, length);
  }
  if (is_method(method, "HEAD")) {
    return set && SET(NOBODY, 1L);
  }
  return set;
}

bool azion_transfer_set_callbacks(struct azion_setting *setting) {
  return AZION_SET(setting, HEADERFUNCTION, on_header) &&
         AZION_SET(setting, WRITEFUNCTION, on_body) &&
         AZION_SET(setting, PREREQFUNCTION, on_send) &&
         AZION_SET(setting, OPENSOCKETFUNCTION, on_open_socket) &&
         AZION_SET(setting, DEBUGFUNCTION, on_debug);
}

const char *azion_transfer_refusal(struct azion_transfer *transfer) {
  azion_setting_problem(&transfer->setting, transfer->message);
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
  *problem = NULL;
  return copy_body(transfer, request->body) && add_removals(transfer) &&
         set_method(transfer, request) && SET(URL, request->url.bytes) &&
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
  transfer->stale = false;
  transfer->detail[0] = '\0';
  return SET(FORBID_REUSE, 0L) && SET(FRESH_CONNECT, 1L);
}

/* ---- how it ended ---- */

/* libcurl quotes the server in some messages. */
static void blank_control_characters(char *text) {
  for (; *text != '\0'; text++) {
    if ((unsigned char)*text < 32 || *text == 127) {
      *text = ' ';
    }
  }
}

void azion_transfer_fail(struct azion_transfer *transfer, const char *code, const char *message) {
  transfer->code = code;
  snprintf(transfer->message, sizeof transfer->message, "%s", message);
}

void azion_transfer_time_out(struct azion_transfer *transfer, bool connecting) {
  char message[80];
  snprintf(message, sizeof message, "no %s within %g s",
           connecting ? "connection" : "complete answer",
           connecting ? transfer->connect_timeout : transfer->timeout);
  azion_transfer_fail(transfer, "OPERATION_TIMEDOUT", message);
}

double azion_transfer_next_deadline(const struct azion_transfer *transfer) {
  bool is_connecting = transfer->sent == 0 && transfer->connect_deadline < transfer->deadline;
  return is_connecting ? transfer->connect_deadline : transfer->deadline;
}

/* What libcurl says of them is no more than "could not connect", or that a file cannot be read. */
static const char *lack_of_descriptors(const struct azion_transfer *transfer) {
  int error = transfer->socket_error;
  if (error == 0) {
    int descriptor = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0);
    error = descriptor < 0 ? errno : 0;
    if (descriptor >= 0) {
      (void)close(descriptor);
    }
  }
  switch (error) {
  case EMFILE:
    return "the process has no file descriptor left (ulimit -n)";
  case ENFILE:
    return "the system has no file descriptor left";
  default:
    return NULL;
  }
}

/* How a SOCKS proxy refuses, as the status with which another would; else 0. */
static int socks_status(const struct azion_transfer *transfer) {
  long error = CURLPX_OK;
  (void)curl_easy_getinfo(transfer->setting.easy, CURLINFO_PROXY_ERROR, &error);
  if (error == CURLPX_USER_REJECTED || error == CURLPX_NO_AUTH) {
    return 407;
  }
  return error == CURLPX_REPLY_NOT_ALLOWED ? 403 : 0;
}

/* Nothing was sent. */
static void explain_connecting(struct azion_transfer *transfer) {
  long status = 0;
  const char *lack = lack_of_descriptors(transfer);
  (void)curl_easy_getinfo(transfer->setting.easy, CURLINFO_HTTP_CONNECTCODE, &status);
  if (lack != NULL) {
    snprintf(transfer->message, sizeof transfer->message, "%s", lack);
  } else if (status >= 300) {
    transfer->proxy_status = (int)status;
    snprintf(transfer->message, sizeof transfer->message,
             "the proxy refused the connection with status %ld%s", status,
             status == 407 ? " (it wants other credentials)" : "");
  } else {
    transfer->proxy_status = socks_status(transfer);
  }
}

void azion_transfer_conclude(struct azion_transfer *transfer, CURLcode result) {
  if (transfer->resend_refused) {
    azion_transfer_fail(transfer, "RESEND_REFUSED",
                        transfer->refusal.refused
                            ? "the server ended the connection without looking at the request"
                            : "the connection was lost before any part of the answer came");
  } else if (result == CURLE_OPERATION_TIMEDOUT) {
    azion_transfer_time_out(transfer, true); /* the only limit that libcurl keeps */
  } else if (result != CURLE_OK && transfer->code == NULL) {
    const char *detail = transfer->detail;
    azion_refusal_read_log(&transfer->refusal, detail, strlen(detail));
    azion_transfer_fail(transfer, code_name(result),
                        detail[0] != '\0' ? detail : curl_easy_strerror(result));
    blank_control_characters(transfer->message);
    if (transfer->sent == 0) {
      explain_connecting(transfer);
    }
  } else if (result == CURLE_OK && !transfer->headers.complete) {
    /* To libcurl, a connection that ends in the middle of a head ends the head. */
    azion_transfer_fail(transfer, "PARTIAL_FILE", "the head of the reply was cut short");
  }
  /* A server that denies what it has answered is not to be believed. */
  transfer->refusal.refused = transfer->refusal.refused && transfer->headers.status == 0;
}

void azion_transfer_free_reply(struct azion_transfer *transfer) {
  azion_headers_free(&transfer->headers);
  azion_buffer_free(&transfer->body);
  azion_wipe(transfer->message, sizeof transfer->message);
  azion_wipe(transfer->detail, sizeof transfer->detail);
}
