#define _POSIX_C_SOURCE 200809L /* clock_gettime */

#include "clock.h"

#include <time.h>

static double read_clock(clockid_t clock) {
  struct timespec now = {0, 0};
  (void)clock_gettime(clock, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

double azion_monotonic(void) {
  return read_clock(CLOCK_MONOTONIC);
}

double azion_wall_clock(void) {
  return read_clock(CLOCK_REALTIME);
}
