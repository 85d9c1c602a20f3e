/* Options for an easy handle, and which of them libcurl refused. */
#ifndef AZION_SETTING_H
#define AZION_SETTING_H

#include <curl/curl.h>
#include <stdbool.h>

/* With the handle alone nothing was refused yet. */
struct azion_setting {
  CURL *easy;
  const char *option; /* the first that was refused, or NULL */
  CURLcode reason;
};

/* For AZION_SET. */
bool azion_setting_note(struct azion_setting *setting, const char *option, CURLcode result);

/* False if libcurl refuses. */
#define AZION_SET(setting, option, value) \
  azion_setting_note((setting), "CURLOPT_" #option, \
                     curl_easy_setopt((setting)->easy, CURLOPT_##option, (value)))

enum { AZION_SETTING_PROBLEM = 160 };

/* Says what was refused and why; that memory is short where nothing was. */
void azion_setting_problem(const struct azion_setting *setting, char text[AZION_SETTING_PROBLEM]);

#endif
