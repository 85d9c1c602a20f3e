/* Options for an easy handle, and which of them libcurl did not take. */
#ifndef AZION_SETTING_H
#define AZION_SETTING_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>

/* With the handle alone all were taken so far. */
struct azion_setting {
  CURL *easy;
  const char *option; /* the first that was not taken, or NULL */
  CURLcode reason;
};

/* For AZION_SET. */
static inline bool azion_setting_note(struct azion_setting *setting, const char *option,
                                      CURLcode result) {
  if (result != CURLE_OK && setting->option == NULL) {
    setting->option = option;
    setting->reason = result;
  }
  return result == CURLE_OK;
}

/* False if libcurl does not take the value. */
#define AZION_SET(setting, option, value) \
  azion_setting_note((setting), "CURLOPT_" #option, \
                     curl_easy_setopt((setting)->easy, CURLOPT_##option, (value)))

#endif
