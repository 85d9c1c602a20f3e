/* The floor: one easy handle of libcurl, kept alive, one request after another, each body decoded
   by lua-cjson.

     libcurl METHOD URL FIRST LAST CA_FILE [BODY]

   {n} in the URL stands for each number from FIRST to LAST. Prints how many items the replies had
   (a reply without results counts as one). */
#include <curl/curl.h>
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct body {
  char *bytes;
  size_t length;
  size_t capacity;
};

static void die(const char *message) {
  fprintf(stderr, "libcurl: %s\n", message);
  exit(1);
}

static size_t on_body(char *bytes, size_t size, size_t count, void *data) {
  struct body *body = data;
  size_t length = size * count;
  if (body->length + length > body->capacity) {
    body->capacity = (body->length + length) * 2;
    body->bytes = realloc(body->bytes, body->capacity);
    if (body->bytes == NULL) {
      die("out of memory");
    }
  }
  memcpy(body->bytes + body->length, bytes, length);
  body->length += length;
  return length;
}

static lua_State *open_lua(void) {
  lua_State *L = luaL_newstate();
  if (L == NULL) {
    die("out of memory");
  }
  luaL_openlibs(L);
  if (luaL_dostring(L, "return require('cjson').decode") != 0) {
    die(lua_tostring(L, -1));
  }
  return L;
}

/* The number of items in the reply. The decoder is at the bottom of the stack. */
static long decode(lua_State *L, const struct body *body) {
  long items = 1;
  lua_pushvalue(L, 1);
  lua_pushlstring(L, body->bytes, body->length);
  lua_call(L, 1, 1);
  lua_getfield(L, -1, "results");
  if (lua_istable(L, -1)) {
    lua_rawgeti(L, -1, 1);
    if (!lua_isnil(L, -1)) {
#if LUA_VERSION_NUM >= 502
      items = (long)lua_rawlen(L, -2);
#else
      items = (long)lua_objlen(L, -2);
#endif
    }
  }
  lua_settop(L, 1);
  return items;
}

static void fill(char *url, size_t size, const char *template, long number) {
  const char *mark = strstr(template, "{n}");
  if (mark == NULL) {
    snprintf(url, size, "%s", template);
  } else {
    snprintf(url, size, "%.*s%ld%s", (int)(mark - template), template, number, mark + 3);
  }
}

static CURL *open_handle(const char *method, const char *ca_file, const char *text,
                         struct curl_slist *headers, struct body *body) {
  CURL *easy = curl_easy_init();
  if (easy == NULL) {
    die("out of memory");
  }
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_CAINFO, ca_file);
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
  curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "");
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, body);
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, method);
  if (text != NULL) {
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, text);
  }
  return easy;
}

int main(int argc, char **argv) {
  if (argc < 6) {
    die("usage: libcurl METHOD URL FIRST LAST CA_FILE [BODY]");
  }
  struct body body = {NULL, 0, 0};
  struct curl_slist *headers = NULL;
  headers = curl_slist_append(headers, "Authorization: token 0123456789abcdef");
  headers = curl_slist_append(headers, "Accept: application/json; version=3");
  headers = curl_slist_append(headers, "Content-Type: application/json");
  curl_global_init(CURL_GLOBAL_DEFAULT);
  lua_State *L = open_lua();
  CURL *easy = open_handle(argv[1], argv[5], argc > 6 ? argv[6] : NULL, headers, &body);

  long items = 0;
  for (long number = atol(argv[3]); number <= atol(argv[4]); number++) {
    char url[2048];
    long status = 0;
    fill(url, sizeof url, argv[2], number);
    body.length = 0;
    curl_easy_setopt(easy, CURLOPT_URL, url);
    if (curl_easy_perform(easy) != CURLE_OK ||
        curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status) != CURLE_OK || status != 200) {
      die("a request failed");
    }
    items += decode(L, &body);
  }
  printf("%ld\n", items);
  curl_easy_cleanup(easy);
  curl_slist_free_all(headers);
  free(body.bytes);
  lua_close(L);
  curl_global_cleanup();
  return 0;
}
