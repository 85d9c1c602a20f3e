/* Whether libcurl can make use of a proxy. */
#ifndef AZION_PROXY_H
#define AZION_PROXY_H

/* What is wrong with the proxy for requests to `url`, as a static string that quotes none of it:
   with `proxy` NULL, the one that libcurl finds in the environment. NULL if it will do, or if
   there is none. Sends nothing, and looks no name up. */
const char *azion_proxy_problem(const char *url, const char *proxy);

#endif
