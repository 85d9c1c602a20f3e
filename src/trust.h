/* Which certificate authorities a session trusts, and where the system keeps its own. */
#ifndef AZION_TRUST_H
#define AZION_TRUST_H

#include "setting.h"

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>

/* All zero is libcurl's own choice. */
struct azion_trust {
  const char *file;
  const char *folder;
  struct curl_blob text; /* in place of both */
};

/* The system's authorities, wherever libcurl was built to find them: a bundle, a folder where each
   is found by its name, neither, or both where the bundle may hold what the folder lacks. A bundle
   is parsed as a whole, which takes tens of milliseconds: libcurl keeps the result only where it
   was told of no folder and of no text. Of a folder, only what is needed is read. */
void azion_trust_find(const char **bundle, const char **folder);

/* Makes an easy handle trust them, for servers and for proxies. Must outlive the handle. */
bool azion_trust_apply(const struct azion_trust *trust, struct azion_setting *setting);

#endif
