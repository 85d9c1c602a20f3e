/* Dates as servers write them: HTTP dates, ISO 8601, Retry-After. */
#define _DEFAULT_SOURCE /* timegm */

#include "check.h"

#include "../src/timestamp.h"

#include <math.h>
#include <time.h>

static const double untouched = -12345.5;
static const double last_second = 253402300799.0; /* 9999-12-31T23:59:59Z */

typedef bool reader(const char *text, size_t length, double *epoch);

/* What is read must not depend on blanks around the text, nor on what lies behind it. */
static bool read_date(reader *read, const char *text, size_t length, double *epoch) {
  double padded_epoch = untouched;
  char *padded = malloc(length + 4);
  CHECK(padded != NULL);
  padded[0] = '\t';
  padded[1] = ' ';
  if (length > 0) {
    memcpy(padded + 2, text, length);
  }
  padded[length + 2] = ' ';
  padded[length + 3] = '\t';
  *epoch = untouched;
  bool known = read(text, length, epoch);
  CHECK(read(padded, length + 4, &padded_epoch) == known);
  CHECK(!known || *epoch == padded_epoch);
  CHECK(known || *epoch == untouched);
  free(padded);
  return known;
}

static double written_and_read(reader *read, const char *format, time_t second) {
  char text[64];
  double epoch = untouched;
  struct tm parts;
  CHECK(gmtime_r(&second, &parts) != NULL);
  size_t length = strftime(text, sizeof text, format, &parts);
  CHECK(length > 0);
  CHECK(read(text, length, &epoch));
  return epoch;
}

/* The C library's calendar is the judge, as far as ours goes: 1970 to 9999. */
static void check_calendar(double epoch) {
  double second = floor(epoch);
  if (second < 0 || second > last_second) {
    return;
  }
  time_t time = (time_t)second;
  CHECK(written_and_read(azion_iso_date, "%Y-%m-%dT%H:%M:%SZ", time) == second);
  CHECK(written_and_read(azion_iso_date, "%Y-%m-%d %H:%M:%S.000000+00:00", time) == second);
  CHECK(written_and_read(azion_http_date, "%a, %d %b %Y %H:%M:%S GMT", time) == second);
  CHECK(written_and_read(azion_http_date, "%a %b %e %H:%M:%S %Y", time) == second);
}

static void check_http_date(const char *text, size_t length) {
  double epoch;
  if (read_date(azion_http_date, text, length, &epoch)) {
    CHECK(epoch >= 0 && epoch <= last_second && floor(epoch) == epoch);
    check_calendar(epoch);
  }
}

static void check_iso_date(const char *text, size_t length) {
  double epoch;
  if (read_date(azion_iso_date, text, length, &epoch)) {
    CHECK(epoch > -86400 && epoch < last_second + 1 + 86400);
    check_calendar(epoch);
  }
}

static bool early_retry(const char *text, size_t length, double *seconds) {
  return azion_retry_after(text, length, 0, seconds);
}

static bool late_retry(const char *text, size_t length, double *seconds) {
  return azion_retry_after(text, length, 4e9, seconds);
}

static void check_retry_after(const char *text, size_t length) {
  double early;
  double late;
  double date;
  bool known = read_date(early_retry, text, length, &early);
  CHECK(read_date(late_retry, text, length, &late) == known);
  if (!known) {
    return;
  }
  CHECK(early >= 0 && early <= 1e20 && late >= 0 && late <= early);
  if (read_date(azion_http_date, text, length, &date)) {
    CHECK(early == date && late == fmax(date - 4e9, 0));
  } else {
    CHECK(early == late);
    char *number = malloc(length + 1);
    CHECK(number != NULL);
    memcpy(number, text, length);
    number[length] = '\0';
    double expected = fmin(strtod(number, NULL), 1e20);
    /* Exact as far as integers are doubles of their own; a fraction is rounded up. */
    double slack = expected > 9007199254740992.0 ? expected * 1e-9 : 0;
    CHECK(early >= expected - slack && early <= expected + fmax(slack, 1));
    free(number);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  char *text = exact_copy(data, size);
  check_http_date(text, size);
  check_iso_date(text, size);
  check_retry_after(text, size);
  free(text);
  return 0;
}
