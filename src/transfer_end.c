/* How a transfer ended. */
#define _DEFAULT_SOURCE /* F_DUPFD_CLOEXEC */

#include "transfer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* libcurl itself can only describe its results in prose. */
#define KNOWN_RESULTS \
  NAME(UNSUPPORTED_PROTOCOL), NAME(FAILED_INIT), NAME(URL_MALFORMAT), NAME(NOT_BUILT_IN), \
      NAME(COULDNT_RESOLVE_PROXY), NAME(COULDNT_RESOLVE_HOST), NAME(COULDNT_CONNECT), \
      NAME(WEIRD_SERVER_REPLY), NAME(REMOTE_ACCESS_DENIED), NAME(HTTP2), NAME(PARTIAL_FILE), \
      NAME(HTTP_RETURNED_ERROR), NAME(WRITE_ERROR), NAME(READ_ERROR), NAME(OUT_OF_MEMORY), \
      NAME(OPERATION_TIMEDOUT), NAME(RANGE_ERROR), NAME(HTTP_POST_ERROR), NAME(SSL_CONNECT_ERROR), \
      NAME(FUNCTION_NOT_FOUND), NAME(ABORTED_BY_CALLBACK), NAME(BAD_FUNCTION_ARGUMENT), \
      NAME(INTERFACE_FAILED), NAME(TOO_MANY_REDIRECTS), NAME(UNKNOWN_OPTION), \
      NAME(SETOPT_OPTION_SYNTAX), NAME(GOT_NOTHING), NAME(SSL_ENGINE_NOTFOUND), \
      NAME(SSL_ENGINE_SETFAILED), NAME(SEND_ERROR), NAME(RECV_ERROR), NAME(SSL_CERTPROBLEM), \
      NAME(SSL_CIPHER), NAME(PEER_FAILED_VERIFICATION), NAME(BAD_CONTENT_ENCODING), \
      NAME(FILESIZE_EXCEEDED), NAME(USE_SSL_FAILED), NAME(SEND_FAIL_REWIND), \
      NAME(SSL_ENGINE_INITFAILED), NAME(LOGIN_DENIED), NAME(SSL_CACERT_BADFILE), \
      NAME(SSL_SHUTDOWN_FAILED), NAME(AGAIN), NAME(SSL_CRL_BADFILE), NAME(SSL_ISSUER_ERROR), \
      NAME(CHUNK_FAILED), NAME(NO_CONNECTION_AVAILABLE), NAME(SSL_PINNEDPUBKEYNOTMATCH), \
      NAME(SSL_INVALIDCERTSTATUS), NAME(HTTP2_STREAM), NAME(RECURSIVE_API_CALL), NAME(AUTH_ERROR), \
      NAME(HTTP3), NAME(QUIC_CONNECT_ERROR), NAME(PROXY), NAME(SSL_CLIENTCERT), \
      NAME(UNRECOVERABLE_POLL)

static const char *code_name(CURLcode result) {
#define NAME(code) [CURLE_##code] = #code
  static const char *const names[] = {KNOWN_RESULTS};
#undef NAME
  size_t index = (size_t)result;
  bool is_known = index < sizeof names / sizeof *names && names[index] != NULL;
  return is_known ? names[index] : "UNKNOWN_ERROR";
}

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
  int error = transfer->connection.error;
  int descriptor = error == 0 ? fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0) : -1;
  if (descriptor >= 0) {
    (void)close(descriptor);
  } else if (error == 0) {
    error = errno;
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

void azion_transfer_take_headers(struct azion_transfer *transfer) {
  /* Before anything was sent, the handle still knows of the reply before. */
  if (transfer->sent > 0 && !azion_headers_take(&transfer->headers, transfer->setting.easy)) {
    azion_transfer_fail(transfer, "OUT_OF_MEMORY", "out of memory");
  }
  /* A server that denies what it has answered is not to be believed. */
  transfer->refusal.refused = transfer->refusal.refused && transfer->headers.status == 0;
}

void azion_transfer_conclude(struct azion_transfer *transfer, CURLcode result) {
  if (transfer->resend_stopped) {
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
}

void azion_transfer_free_reply(struct azion_transfer *transfer) {
  azion_headers_free(&transfer->headers);
  azion_buffer_free(&transfer->body);
  azion_wipe(transfer->message, sizeof transfer->message);
  azion_wipe(transfer->detail, sizeof transfer->detail);
}
