#include "setting.h"

#include <stdio.h>

bool azion_setting_note(struct azion_setting *setting, const char *option, CURLcode result) {
  if (result != CURLE_OK && setting->option == NULL) {
    setting->option = option;
    setting->reason = result;
  }
  return result == CURLE_OK;
}

void azion_setting_problem(const struct azion_setting *setting, char text[AZION_SETTING_PROBLEM]) {
  if (setting->option == NULL || setting->reason == CURLE_OUT_OF_MEMORY) {
    snprintf(text, AZION_SETTING_PROBLEM, "out of memory");
  } else {
    snprintf(text, AZION_SETTING_PROBLEM, "libcurl refuses the value of %s: %s", setting->option,
             curl_easy_strerror(setting->reason));
  }
}
