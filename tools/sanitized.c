/* Loaded into Lua together with a sanitizer, for its sake. */
#define _POSIX_C_SOURCE 200809L
#include <dlfcn.h>
#include <stdlib.h>

/* The programs that Lua starts are not ours to check. */
__attribute__((constructor)) static void forget_preload(void) {
  unsetenv("LD_PRELOAD");
}

/* Lua unloads its C modules before the report is written, which then has no names for them. */
int dlclose(void *handle) {
  (void)handle;
  return 0;
}
