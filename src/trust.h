/* Which certificate authorities a session trusts: those of the system, wherever libcurl was built
   to find them, and those of the caller's file. */
#ifndef AZION_TRUST_H
#define AZION_TRUST_H

#include "setting.h"

#include <curl/curl.h>
#include <stdbool.h>

/* All zero is not opened; closing that is harmless. */
struct azion_trust {
  char *file;
  char *folder;
  struct curl_blob both; /* the system's bundle and the caller's file, in place of `file` */
};

/* `ca_file` may be NULL. False, with `*problem` a static string, if it is of no use, or memory is
   short: close it then as well. */
bool azion_trust_open(struct azion_trust *trust, const char *ca_file, const char **problem);

/* Makes an easy handle trust them, for servers and for proxies. Must outlive the handle. */
bool azion_trust_apply(const struct azion_trust *trust, struct azion_setting *setting);

void azion_trust_close(struct azion_trust *trust);

#endif
