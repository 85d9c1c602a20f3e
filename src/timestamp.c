#define _POSIX_C_SOURCE 200809L /* clock_gettime */

#include "timestamp.h"

#include <stdint.h>
#include <string.h>
#include <time.h>

/* The C library's parsers and calendars depend on locale and TZ, so the calendar is reckoned
   here. A reader never moves past `end`, and every take_* leaves it in place on failure. */
struct reader {
  const char *at;
  const char *end;
};

struct civil {
  int year, month, day, hour, minute, second;
};

static double read_clock(clockid_t clock) {
  struct timespec now;
  if (clock_gettime(clock, &now) != 0) {
    return 0.0;
  }
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

double azion_monotonic(void) {
  return read_clock(CLOCK_MONOTONIC);
}

double azion_wall_clock(void) {
  return read_clock(CLOCK_REALTIME);
}

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

static bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

static struct reader trimmed(const char *text, size_t length) {
  struct reader r = {text, text + length};
  while (r.at < r.end && is_blank(r.at[0])) {
    r.at++;
  }
  while (r.end > r.at && is_blank(r.end[-1])) {
    r.end--;
  }
  return r;
}

static bool take_text(struct reader *r, const char *text) {
  size_t length = strlen(text);
  if ((size_t)(r->end - r->at) < length || memcmp(r->at, text, length) != 0) {
    return false;
  }
  r->at += length;
  return true;
}

static bool take_digits(struct reader *r, int count, int *number) {
  if (r->end - r->at < count) {
    return false;
  }
  int value = 0;
  for (int i = 0; i < count; i++) {
    if (!is_digit(r->at[i])) {
      return false;
    }
    value = value * 10 + (r->at[i] - '0');
  }
  r->at += count;
  *number = value;
  return true;
}

/* Takes the first of `names` that comes next; `*index` counts from 1. */
static bool take_name(struct reader *r, const char *const *names, int count, int *index) {
  for (int i = 0; i < count; i++) {
    if (take_text(r, names[i])) {
      *index = i + 1;
      return true;
    }
  }
  return false;
}

static bool take_month(struct reader *r, int *month) {
  static const char *const names[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  return take_name(r, names, 12, month);
}

static bool take_short_day_name(struct reader *r) {
  static const char *const names[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
  int unused;
  return take_name(r, names, 7, &unused);
}

static bool take_long_day_name(struct reader *r) {
  static const char *const names[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                      "Friday", "Saturday", "Sunday"};
  int unused;
  return take_name(r, names, 7, &unused);
}

static bool take_clock_time(struct reader *r, struct civil *c) {
  return take_digits(r, 2, &c->hour) && take_text(r, ":") && take_digits(r, 2, &c->minute) &&
         take_text(r, ":") && take_digits(r, 2, &c->second);
}

static int days_in_month(int year, int month) {
  static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : days[month - 1];
}

static bool exists(const struct civil *c) {
  return c->year >= 1970 && c->year <= 9999 && c->month >= 1 && c->month <= 12 && c->day >= 1 &&
         c->day <= days_in_month(c->year, c->month) && c->hour <= 23 && c->minute <= 59 &&
         c->second <= 59;
}

static int64_t leap_days_before(int year) {
  int64_t y = year - 1;
  return y / 4 - y / 100 + y / 400;
}

static int64_t to_epoch(const struct civil *c) {
  int64_t days = 365 * (int64_t)(c->year - 1970) + leap_days_before(c->year) -
                 leap_days_before(1970) + c->day - 1;
  for (int month = 1; month < c->month; month++) {
    days += days_in_month(c->year, month);
  }
  return ((days * 24 + c->hour) * 60 + c->minute) * 60 + c->second;
}

/* Sun, 06 Nov 1994 08:49:37 GMT */
static bool take_imf_fixdate(struct reader r, struct civil *c) {
  return take_short_day_name(&r) && take_text(&r, ", ") && take_digits(&r, 2, &c->day) &&
         take_text(&r, " ") && take_month(&r, &c->month) && take_text(&r, " ") &&
         take_digits(&r, 4, &c->year) && take_text(&r, " ") && take_clock_time(&r, c) &&
         take_text(&r, " GMT") && r.at == r.end;
}

/* Sunday, 06-Nov-94 08:49:37 GMT */
static bool take_rfc850_date(struct reader r, struct civil *c) {
  int year;
  if (!take_long_day_name(&r) || !take_text(&r, ", ") || !take_digits(&r, 2, &c->day) ||
      !take_text(&r, "-") || !take_month(&r, &c->month) || !take_text(&r, "-") ||
      !take_digits(&r, 2, &year) || !take_text(&r, " ") || !take_clock_time(&r, c) ||
      !take_text(&r, " GMT") || r.at != r.end) {
    return false;
  }
  c->year = year >= 70 ? 1900 + year : 2000 + year;
  return true;
}

/* Sun Nov  6 08:49:37 1994 */
static bool take_asctime_date(struct reader r, struct civil *c) {
  return take_short_day_name(&r) && take_text(&r, " ") && take_month(&r, &c->month) &&
         take_text(&r, " ") &&
         (take_digits(&r, 2, &c->day) || (take_text(&r, " ") && take_digits(&r, 1, &c->day))) &&
         take_text(&r, " ") && take_clock_time(&r, c) && take_text(&r, " ") &&
         take_digits(&r, 4, &c->year) && r.at == r.end;
}

bool azion_http_date(const char *text, size_t length, double *epoch) {
  struct reader r = trimmed(text, length);
  struct civil c;
  if (!take_imf_fixdate(r, &c) && !take_rfc850_date(r, &c) && !take_asctime_date(r, &c)) {
    return false;
  }
  if (!exists(&c)) {
    return false;
  }
  *epoch = (double)to_epoch(&c);
  return true;
}

/* Nanoseconds of an optional fraction; false for a separator without 1 to 9 digits. */
static bool take_fraction(struct reader *r, int *nanoseconds) {
  *nanoseconds = 0;
  if (!take_text(r, ".") && !take_text(r, ",")) {
    return true;
  }
  int count = 0;
  int digit;
  while (take_digits(r, 1, &digit)) {
    count++;
    if (count > 9) {
      return false;
    }
    *nanoseconds = *nanoseconds * 10 + digit;
  }
  for (int i = count; i < 9; i++) {
    *nanoseconds *= 10;
  }
  return count > 0;
}

/* Seconds east of UTC. */
static bool take_offset(struct reader *r, int *seconds) {
  *seconds = 0;
  if (r->at == r->end || take_text(r, "Z") || take_text(r, "z")) {
    return true;
  }
  int sign = 1;
  if (take_text(r, "-")) {
    sign = -1;
  } else if (!take_text(r, "+")) {
    return false;
  }
  int hours;
  int minutes = 0;
  if (!take_digits(r, 2, &hours)) {
    return false;
  }
  if (r->at != r->end) {
    (void)take_text(r, ":");
    if (!take_digits(r, 2, &minutes)) {
      return false;
    }
  }
  *seconds = sign * (hours * 60 + minutes) * 60;
  return hours <= 23 && minutes <= 59;
}

bool azion_iso_date(const char *text, size_t length, double *epoch) {
  struct reader r = trimmed(text, length);
  struct civil c;
  int nanoseconds;
  int offset;
  if (!take_digits(&r, 4, &c.year) || !take_text(&r, "-") || !take_digits(&r, 2, &c.month) ||
      !take_text(&r, "-") || !take_digits(&r, 2, &c.day)) {
    return false;
  }
  if (!take_text(&r, "T") && !take_text(&r, "t") && !take_text(&r, " ")) {
    return false;
  }
  if (!take_clock_time(&r, &c) || !take_fraction(&r, &nanoseconds) || !take_offset(&r, &offset) ||
      r.at != r.end || !exists(&c)) {
    return false;
  }
  *epoch = (double)(to_epoch(&c) - offset) + nanoseconds / 1e9;
  return true;
}

static bool take_delay(struct reader r, double *seconds) {
  const double largest = 1e20;
  double value = 0;
  int digit;
  if (!take_digits(&r, 1, &digit)) {
    return false;
  }
  do {
    value = value * 10 + digit;
    if (value > largest) {
      value = largest;
    }
  } while (take_digits(&r, 1, &digit));
  if (take_text(&r, ".")) {
    bool above = false;
    if (!take_digits(&r, 1, &digit)) {
      return false;
    }
    do {
      above = above || digit > 0;
    } while (take_digits(&r, 1, &digit));
    value += above ? 1 : 0;
  }
  if (r.at != r.end) {
    return false;
  }
  *seconds = value;
  return true;
}

bool azion_retry_after(const char *text, size_t length, double reference, double *seconds) {
  double when;
  if (take_delay(trimmed(text, length), seconds)) {
    return true;
  }
  if (!azion_http_date(text, length, &when)) {
    return false;
  }
  *seconds = when > reference ? when - reference : 0;
  return true;
}
