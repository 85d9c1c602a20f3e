/* Whether the core leaves secrets in memory: it sends some, gets one back, ends in several ways,
   and then this process reads all of its own memory.

     wiped URL       "GET /echo" there answers with the request's headers and body, "/hang" never

   What libcurl copies for itself is wiped here, in the allocator that it is given: only what the
   core left can be found. That a line of headers reaches libcurl's own free is the core's doing, so
   such a line must be wiped by then. */
#define _GNU_SOURCE

#include "clock.h"
#include "session.h"

#include <fcntl.h>
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The secret, never as it is but while it is used. */
enum { LENGTH = 40, KEY = 0x5A };
static unsigned char hidden[LENGTH];

static int lines_left;

static void reveal(char *out) {
  for (int i = 0; i < LENGTH; i++) {
    out[i] = (char)(hidden[i] ^ KEY);
  }
  out[LENGTH] = '\0';
}

static bool is_secret(const unsigned char *at) {
  for (int i = 0; i < LENGTH; i++) {
    if ((at[i] ^ KEY) != hidden[i]) {
      return false;
    }
  }
  return true;
}

static size_t count_in(const unsigned char *bytes, size_t length) {
  size_t count = 0;
  for (size_t i = 0; i + LENGTH <= length; i++) {
    count += is_secret(bytes + i);
  }
  return count;
}

/* ---- libcurl's memory ---- */

static void clear_and_free(void *memory) {
  if (memory != NULL) {
    size_t size = malloc_usable_size(memory);
    if (strncmp(memory, "Authorization: ", 15) == 0 && count_in(memory, size) > 0) {
      lines_left++;
    }
    explicit_bzero(memory, size);
    free(memory);
  }
}

static void *move(void *memory, size_t size) {
  void *moved = malloc(size);
  if (moved != NULL && memory != NULL) {
    size_t before = malloc_usable_size(memory);
    memcpy(moved, memory, before < size ? before : size);
    clear_and_free(memory);
  }
  return moved;
}

/* ---- a use of the core ---- */

static bool exchange(struct azion_session *session, const char *base, const char *path,
                     double seconds, bool *echoed) {
  struct azion_transfer transfer = {0};
  const char *problem = NULL;
  char secret[LENGTH + 1];
  char line[LENGTH + 32];
  char body[LENGTH + 96]; /* free() writes to the first bytes */
  char url[256];
  reveal(secret);
  int line_length = snprintf(line, sizeof line, "Authorization: token %s", secret);
  int body_length =
      snprintf(body, sizeof body, "{\"name\":\"%032d\",\"password\":\"%s\"}", 0, secret);
  int url_length = snprintf(url, sizeof url, "%s%s", base, path);
  struct azion_request request = {
      .method = {"POST", 4},
      .url = {url, (size_t)url_length},
      .body = {body, (size_t)body_length},
      .timeout = 5,
      .connect_timeout = 5,
      .max_bytes = 1 << 20,
  };
  bool ok = azion_transfer_add_header(&transfer, line, (size_t)line_length, &problem) &&
            azion_session_start(session, &transfer, &request, &problem);
  explicit_bzero(secret, sizeof secret);
  explicit_bzero(line, sizeof line);
  double until = azion_monotonic() + seconds;
  while (ok && !azion_transfer_done(&transfer) && azion_monotonic() < until) {
    (void)azion_session_step(session, 0.05);
  }
  if (ok && echoed != NULL) {
    *echoed = transfer.body.bytes != NULL &&
              count_in((unsigned char *)transfer.body.bytes, transfer.body.length) > 0;
  }
  azion_transfer_dispose(&transfer);
  explicit_bzero(body, sizeof body);
  return ok;
}

static bool use(const char *base) {
  struct azion_session session = {0};
  struct azion_session_options options = {.max_connections = 2};
  char proxy[LENGTH + 64];
  char secret[LENGTH + 1];
  bool echoed = false;
  /* Refused, echoed, cut off. */
  bool ok = azion_session_open(&session, &options) &&
            exchange(&session, "http://127.0.0.1:1", "/", 5, NULL) &&
            exchange(&session, base, "/echo", 5, &echoed) && echoed &&
            exchange(&session, base, "/hang", 0.3, NULL);
  azion_session_dispose(&session);
  if (!ok) {
    return false;
  }
  /* Through a proxy that is not there, whose password is the secret. */
  session = (struct azion_session){0};
  reveal(secret);
  (void)snprintf(proxy, sizeof proxy, "http://user:%s@127.0.0.1:1", secret);
  options.proxy = proxy;
  ok = azion_session_open(&session, &options) && exchange(&session, base, "/echo", 5, NULL);
  azion_session_dispose(&session);
  explicit_bzero(proxy, sizeof proxy);
  explicit_bzero(secret, sizeof secret);
  return ok;
}

/* ---- what is left ---- */

/* The parts overlap by a secret's length. */
static size_t count_between(int memory, uintptr_t first, uintptr_t end) {
  static unsigned char part[65536 + LENGTH];
  size_t count = 0;
  for (uintptr_t at = first; at < end; at += 65536) {
    size_t wanted = end - at < sizeof part ? end - at : sizeof part;
    ssize_t length = pread(memory, part, wanted, (off_t)at);
    count += length > 0 ? count_in(part, (size_t)length) : 0;
    explicit_bzero(part, sizeof part);
  }
  return count;
}

static size_t count_in_memory(size_t *regions) {
  size_t count = 0;
  char line[512];
  FILE *maps = fopen("/proc/self/maps", "r");
  int memory = open("/proc/self/mem", O_RDONLY);
  while (maps != NULL && memory >= 0 && fgets(line, sizeof line, maps) != NULL) {
    unsigned long first;
    unsigned long end;
    char access[5];
    if (sscanf(line, "%lx-%lx %4s", &first, &end, access) == 3 && access[1] == 'w') {
      count += count_between(memory, first, end);
      (*regions)++;
    }
  }
  if (maps != NULL) {
    fclose(maps);
  }
  if (memory >= 0) {
    close(memory);
  }
  return count;
}

int main(int argc, char **argv) {
  static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";
  unsigned char random[LENGTH];
  size_t regions = 0;
  if (argc < 2 || getentropy(random, sizeof random) != 0 ||
      curl_global_init_mem(CURL_GLOBAL_DEFAULT, malloc, clear_and_free, move, strdup, calloc) !=
          CURLE_OK) {
    return 2;
  }
  for (int i = 0; i < LENGTH; i++) {
    hidden[i] = (unsigned char)(letters[random[i] % (sizeof letters - 1)] ^ KEY);
  }
  char secret[LENGTH + 1];
  reveal(secret);
  size_t before = count_in_memory(&regions);
  explicit_bzero(secret, sizeof secret);
  bool used = use(argv[1]);
  size_t after = count_in_memory(&regions);
  printf("used %d, known %d, left %zu, lines left %d\n", used, before > 0, after, lines_left);
  return 0;
}
