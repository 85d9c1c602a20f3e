/* To be preloaded: libcurl as it is built for a system whose authorities are in one file, which
   BENCH_BUNDLE names, or which has none. */
#define _GNU_SOURCE /* RTLD_NEXT */

#include <curl/curl.h>
#include <dlfcn.h>
#include <stdlib.h>

curl_version_info_data *curl_version_info(CURLversion age) {
  static curl_version_info_data changed;
  curl_version_info_data *(*original)(CURLversion) = NULL;
  *(void **)&original = dlsym(RTLD_NEXT, "curl_version_info");
  changed = *original(age);
  changed.cainfo = getenv("BENCH_BUNDLE");
  changed.capath = NULL;
  return &changed;
}
