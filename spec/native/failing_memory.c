#define _GNU_SOURCE /* dladdr */

#include "failing_memory.h"

#include <curl/curl.h>
#include <dlfcn.h>
#include <execinfo.h>
#include <string.h>

static struct {
  enum memory_mode mode;
  bool armed;
  bool failed;
  bool retry_is_next; /* Lua's: 5.4 collects all garbage and tries once more */
  size_t n;
  size_t asked;
} plan;

static long lua_blocks;
static long libcurl_blocks;
static long core_blocks;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void __real_free(void *block);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);
void __wrap_free(void *block);
char *__wrap_strdup(const char *text);

void memory_arm(enum memory_mode mode, size_t n) {
  plan.mode = mode;
  plan.armed = true;
  plan.failed = false;
  plan.retry_is_next = false;
  plan.n = n;
  plan.asked = 0;
}

void memory_disarm(void) {
  plan.armed = false;
}

bool memory_has_failed(void) {
  return plan.failed;
}

size_t memory_asked(void) {
  return plan.asked;
}

long memory_lua_blocks(void) {
  return lua_blocks;
}

long memory_libcurl_blocks(void) {
  return libcurl_blocks;
}

long memory_core_blocks(void) {
  return core_blocks;
}

void memory_forget_blocks(void) {
  lua_blocks = 0;
  libcurl_blocks = 0;
  core_blocks = 0;
}

static bool is_refused(void) {
  if (!plan.armed) {
    return false;
  }
  plan.asked++;
  bool refused = plan.mode == MEMORY_FROM ? plan.asked >= plan.n
                                          : plan.mode == MEMORY_ONCE && plan.asked == plan.n;
  plan.failed = plan.failed || refused;
  return refused;
}

static bool is_refused_to_lua(void) {
  if (plan.armed && plan.retry_is_next) {
    plan.retry_is_next = false;
    return plan.mode == MEMORY_ONCE;
  }
  bool refused = is_refused() || (plan.armed && plan.mode == MEMORY_COLLECT);
  plan.retry_is_next = refused;
  return refused;
}

/* ---- Lua's ---- */

/* Lua relies on it that a block can always become smaller. For new blocks, `old_size` is a type. */
void *memory_for_lua(void *unused, void *block, size_t old_size, size_t size) {
  (void)unused;
  if (size == 0) {
    lua_blocks -= block != NULL;
    __real_free(block);
    return NULL;
  }
  if ((block == NULL || size > old_size) && is_refused_to_lua()) {
    return NULL;
  }
  lua_blocks += block == NULL;
  return __real_realloc(block, size);
}

/* ---- libcurl's ---- */

enum { FRAMES_MAX = 64 };

/* libcurl 7.88 frees the name of a host twice if memory is short while OpenSSL hands it a session
   to keep. That is not ours to mend, and not ours to step on: what libcurl asks for in a call from
   OpenSSL it gets. */
static bool is_called_by_openssl(void) {
  void *frames[FRAMES_MAX];
  int count = backtrace(frames, FRAMES_MAX);
  for (int i = 0; i < count; i++) {
    Dl_info info;
    if (dladdr(frames[i], &info) != 0 && strstr(info.dli_fname, "/libssl.") != NULL) {
      return true;
    }
  }
  return false;
}

static bool is_refused_to_libcurl(void) {
  return is_refused() && !is_called_by_openssl();
}

static void *libcurl_malloc(size_t size) {
  void *block = is_refused_to_libcurl() ? NULL : __real_malloc(size);
  libcurl_blocks += block != NULL;
  return block;
}

static void *libcurl_calloc(size_t count, size_t size) {
  void *block = is_refused_to_libcurl() ? NULL : __real_calloc(count, size);
  libcurl_blocks += block != NULL;
  return block;
}

static void *libcurl_realloc(void *block, size_t size) {
  void *moved = is_refused_to_libcurl() ? NULL : __real_realloc(block, size);
  libcurl_blocks += moved != NULL && block == NULL;
  return moved;
}

static void libcurl_free(void *block) {
  libcurl_blocks -= block != NULL;
  __real_free(block);
}

static char *libcurl_strdup(const char *text) {
  size_t size = strlen(text) + 1;
  char *copy = libcurl_malloc(size);
  return copy != NULL ? memcpy(copy, text, size) : NULL;
}

bool memory_init_libcurl(void) {
  return curl_global_init_mem(CURL_GLOBAL_DEFAULT, libcurl_malloc, libcurl_free, libcurl_realloc,
                              libcurl_strdup, libcurl_calloc) == CURLE_OK;
}

/* ---- the core's ---- */

void *__wrap_malloc(size_t size) {
  void *block = is_refused() ? NULL : __real_malloc(size);
  core_blocks += block != NULL;
  return block;
}

void *__wrap_calloc(size_t count, size_t size) {
  void *block = is_refused() ? NULL : __real_calloc(count, size);
  core_blocks += block != NULL;
  return block;
}

void *__wrap_realloc(void *block, size_t size) {
  void *moved = is_refused() ? NULL : __real_realloc(block, size);
  core_blocks += moved != NULL && block == NULL;
  return moved;
}

void __wrap_free(void *block) {
  core_blocks -= block != NULL;
  __real_free(block);
}

char *__wrap_strdup(const char *text) {
  size_t size = strlen(text) + 1;
  char *copy = __wrap_malloc(size);
  return copy != NULL ? memcpy(copy, text, size) : NULL;
}
