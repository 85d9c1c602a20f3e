/* Clocks, and dates as servers write them. Times are seconds. */
#ifndef AZION_TIMESTAMP_H
#define AZION_TIMESTAMP_H

#include <stdbool.h>
#include <stddef.h>

/* Seconds of a clock that never jumps; its zero means nothing. */
double azion_monotonic(void);

/* Seconds since 1970-01-01T00:00:00Z by the machine's clock. */
double azion_wall_clock(void);

/* Reads an HTTP date in any of the three forms of RFC 9110, 5.6.7, years 1970 to 9999. Two-digit
   years are those from 1970 to 2069. False, and `*epoch` untouched, for anything else, dates that
   do not exist and leap seconds included. The day's name is not held against the date. */
bool azion_http_date(const char *text, size_t length, double *epoch);

/* Reads an ISO 8601 date and time: YYYY-MM-DD, then T or space, hh:mm:ss, a fraction of 1 to 9
   digits if any, then Z, +hh:mm, +hhmm, +hh (or -) or nothing, which means UTC. Years 1970 to
   9999. False, and `*epoch` untouched, for anything else. */
bool azion_iso_date(const char *text, size_t length, double *epoch);

/* Reads a Retry-After value (RFC 9110, 10.2.3) into seconds from now: a number, its fraction
   rounded up and its size capped at 1e20, or an HTTP date less `reference` (epoch seconds),
   0 if that is not later. False, and `*seconds` untouched, for anything else. */
bool azion_retry_after(const char *text, size_t length, double reference, double *seconds);

#endif
