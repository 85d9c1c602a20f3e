#include "proxy.h"

#include "setting.h"

#include <stdbool.h>

/* libcurl reads a proxy only on its way to a connection. Where it wants to look up a name, or to
   open a socket, it has read it: that is as far as it gets. */
static int on_resolve(void *resolver, void *reserved, void *is_read) {
  (void)resolver;
  (void)reserved;
  *(bool *)is_read = true;
  return 1;
}

static curl_socket_t on_open_socket(void *is_read, curlsocktype purpose,
                                    struct curl_sockaddr *address) {
  (void)purpose;
  (void)address;
  *(bool *)is_read = true;
  return CURL_SOCKET_BAD;
}

static const char *describe(CURLcode result) {
  switch (result) {
  case CURLE_OUT_OF_MEMORY:
  case CURLE_FAILED_INIT:
    return "out of memory";
  case CURLE_COULDNT_CONNECT:
    return "libcurl knows no proxies of this scheme: expected http://host:port, or https, socks4, "
           "socks4a, socks5 or socks5h in the place of http";
  case CURLE_NOT_BUILT_IN:
    return "this libcurl was built without proxies of this scheme";
  default:
    return "libcurl cannot read it: expected scheme://user:password@host:port, with reserved "
           "characters in user and password percent-encoded";
  }
}

const char *azion_proxy_problem(const char *url, const char *proxy) {
  bool is_read = false;
  struct azion_setting setting = {curl_easy_init(), NULL, CURLE_OK};
  if (setting.easy == NULL) {
    return "out of memory";
  }
  bool set =
      AZION_SET(&setting, URL, url) && AZION_SET(&setting, NOSIGNAL, 1L) &&
      AZION_SET(&setting, RESOLVER_START_FUNCTION, on_resolve) &&
      AZION_SET(&setting, RESOLVER_START_DATA, &is_read) &&
      AZION_SET(&setting, OPENSOCKETFUNCTION, on_open_socket) &&
      AZION_SET(&setting, OPENSOCKETDATA, &is_read) &&
      (proxy == NULL || (AZION_SET(&setting, PROXY, proxy) && AZION_SET(&setting, NOPROXY, "")));
  CURLcode result = set ? curl_easy_perform(setting.easy) : setting.reason;
  curl_easy_cleanup(setting.easy);
  return is_read ? NULL : describe(result);
}
