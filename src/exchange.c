/* Sessions and transfers as Lua sees them. The userdata own what they hold from their first line,
   so an error raised anywhere leaks nothing. */
#include "compat.h"
#include "core.h"
#include "json.h"
#include "proxy.h"
#include "session.h"
#include "url.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#define SESSION "azion.session"
#define TRANSFER "azion.transfer"

/* What is attached to a transfer: its session and the body that it sends, which must outlive it,
   then whether its result was handed over. The result itself is not kept: with a finalizer, a dead
   transfer lives through one more collection, and its reply would with it, to be counted as alive.
 */
enum { ATTACHED_SESSION = 1, ATTACHED_BODY, ATTACHED_TAKEN };

/* ---- fields of a table ---- */

/* On the stack from `first` on. */
struct fields {
  lua_State *L;
  int first;
  const char *const *names;
};

/* Pushes the fields of the table at `index` that are called as in `names`, which ends with NULL.
   The table is the program's, which metamethods and finalizers may change: none of them can run
   once the first field is read, for all access is raw and the memory was taken before. */
static struct fields push_fields(lua_State *L, int index, const char *const *names) {
  struct fields fields = {L, lua_gettop(L) + 1, names};
  luaL_checkstack(L, LUA_MINSTACK, NULL);
  while (*names != NULL) {
    lua_pushstring(L, *names++);
  }
  for (int at = fields.first; at <= lua_gettop(L); at++) {
    lua_pushvalue(L, at);
    lua_rawget(L, index);
    lua_replace(L, at);
  }
  return fields;
}

/* Whether the field is there; raises if it is of another type. */
static bool has_field(const struct fields *fields, int field, int type) {
  lua_State *L = fields->L;
  int got = lua_type(L, fields->first + field);
  if (got != type && got != LUA_TNIL) {
    luaL_error(L, "bad option '%s' (%s expected, got %s)", fields->names[field],
               lua_typename(L, type), lua_typename(L, got));
  }
  return got == type;
}

static struct azion_text text_field(const struct fields *fields, int field) {
  struct azion_text text = {NULL, 0};
  if (has_field(fields, field, LUA_TSTRING)) {
    text.bytes = lua_tolstring(fields->L, fields->first + field, &text.length);
  }
  return text;
}

/* A text without NUL: libcurl would read it as far as that. */
static const char *string_field(const struct fields *fields, int field) {
  struct azion_text text = text_field(fields, field);
  if (text.length > 0 && memchr(text.bytes, '\0', text.length) != NULL) {
    luaL_error(fields->L, "bad option '%s' (it has a NUL)", fields->names[field]);
  }
  return text.bytes;
}

static double number_field(const struct fields *fields, int field, double least, double otherwise) {
  if (!has_field(fields, field, LUA_TNUMBER)) {
    return otherwise;
  }
  double number = lua_tonumber(fields->L, fields->first + field);
  if (!(number >= least)) {
    luaL_error(fields->L, "bad option '%s' (positive number expected)", fields->names[field]);
  }
  return number;
}

static double seconds_field(const struct fields *fields, int field) {
  return number_field(fields, field, DBL_MIN, HUGE_VAL);
}

static size_t count_field(const struct fields *fields, int field, size_t otherwise) {
  const size_t most = SIZE_MAX / 4;
  double number = number_field(fields, field, 1, (double)otherwise);
  return number < (double)most ? (size_t)number : most;
}

static bool flag_field(const struct fields *fields, int field) {
  return has_field(fields, field, LUA_TBOOLEAN) &&
         lua_toboolean(fields->L, fields->first + field) != 0;
}

/* ---- sessions ---- */

static int fail(lua_State *L, const char *problem) {
  lua_pushnil(L);
  lua_pushstring(L, problem);
  return 2;
}

static struct azion_session *check_session(lua_State *L) {
  return luaL_checkudata(L, 1, SESSION);
}

/* core.session(options) -> session | nil, problem. Its strings are attached to it. */
static int core_session(lua_State *L) {
  enum { CA_FILE, CA_FOLDER, CA_TEXT, PROXY, USER_AGENT, MAX_CONNECTIONS };
  static const char *const names[] = {"ca_file",    "ca_folder",       "ca_text", "proxy",
                                      "user_agent", "max_connections", NULL};
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_settop(L, 1);
  struct azion_session *session = azion_newuserdata(L, sizeof *session);
  *session = (struct azion_session){0};
  luaL_setmetatable(L, SESSION);
  struct fields fields = push_fields(L, 1, names);
  lua_createtable(L, MAX_CONNECTIONS, 0);
  for (int field = CA_FILE; field < MAX_CONNECTIONS; field++) {
    lua_pushvalue(L, fields.first + field);
    lua_rawseti(L, -2, field + 1);
  }
  azion_setattached(L, 2);
  struct azion_text certificates = text_field(&fields, CA_TEXT);
  struct azion_text agent = text_field(&fields, USER_AGENT);
  struct azion_session_options options = {
      .trust = {.file = string_field(&fields, CA_FILE),
                .folder = string_field(&fields, CA_FOLDER),
                .text = {(void *)certificates.bytes, certificates.length, CURL_BLOB_NOCOPY}},
      .proxy = string_field(&fields, PROXY),
      .user_agent = string_field(&fields, USER_AGENT),
      .max_connections = count_field(&fields, MAX_CONNECTIONS, 8),
  };
  if (!azion_valid_header_value(agent.bytes, agent.length)) {
    return fail(L, "the user agent has control characters");
  }
  if (!azion_session_open(session, &options)) {
    azion_session_close(session);
    return fail(L, "out of memory");
  }
  lua_settop(L, 2);
  return 1;
}

/* core.proxy_problem(url, proxy?) -> what is wrong with the proxy that the URL would be asked by:
   the one given, or that of the environment; nil if nothing is. */
static int core_proxy_problem(lua_State *L) {
  const char *proxy = luaL_optstring(L, 2, NULL);
  azion_session_prepare();
  lua_pushstring(L, azion_proxy_problem(luaL_checkstring(L, 1), proxy));
  return 1;
}

/* core.authorities() -> bundle?, folder? of the system */
static int core_authorities(lua_State *L) {
  const char *bundle;
  const char *folder;
  azion_trust_find(&bundle, &folder);
  lua_pushstring(L, bundle);
  lua_pushstring(L, folder);
  return 2;
}

static void add_headers(lua_State *L, int index, struct azion_transfer *transfer,
                        const char **problem) {
  int count = (int)lua_rawlen(L, index);
  for (int i = 1; i <= count && *problem == NULL; i++) {
    size_t length;
    lua_rawgeti(L, index, i);
    if (lua_type(L, -1) != LUA_TSTRING) {
      luaL_error(L, "bad header %d (string expected, got %s)", i, luaL_typename(L, -1));
    }
    const char *line = lua_tolstring(L, -1, &length);
    azion_transfer_add_header(transfer, line, length, problem);
    lua_pop(L, 1);
  }
}

static struct azion_transfer *push_transfer(lua_State *L) {
  struct azion_transfer *transfer = azion_newuserdata(L, sizeof *transfer);
  *transfer = (struct azion_transfer){0};
  luaL_setmetatable(L, TRANSFER);
  lua_createtable(L, ATTACHED_TAKEN, 0);
  lua_pushvalue(L, 1);
  lua_rawseti(L, -2, ATTACHED_SESSION);
  azion_setattached(L, -2);
  return transfer;
}

static int session_start(lua_State *L) {
  enum { METHOD, URL, HEADERS, BODY, TIMEOUT, CONNECT_TIMEOUT, DEADLINE, MOST, SAFE, FRESH };
  static const char *const names[] = {
      "method",   "url",       "headers",     "body",  "timeout", "connect_timeout",
      "deadline", "max_bytes", "resend_safe", "fresh", NULL};
  struct azion_session *session = check_session(L);
  const char *problem = NULL;
  luaL_checktype(L, 2, LUA_TTABLE);
  lua_settop(L, 2);
  struct azion_transfer *transfer = push_transfer(L);
  struct fields fields = push_fields(L, 2, names);
  struct azion_request request = {
      .method = text_field(&fields, METHOD),
      .url = text_field(&fields, URL),
      .body = text_field(&fields, BODY),
      .timeout = seconds_field(&fields, TIMEOUT),
      .connect_timeout = seconds_field(&fields, CONNECT_TIMEOUT),
      .deadline = seconds_field(&fields, DEADLINE),
      .max_bytes = count_field(&fields, MOST, SIZE_MAX / 4),
      .resend_safe = flag_field(&fields, SAFE),
      .fresh = flag_field(&fields, FRESH),
  };
  azion_getattached(L, 3);
  lua_pushvalue(L, fields.first + BODY);
  lua_rawseti(L, -2, ATTACHED_BODY);
  if (request.method.bytes == NULL || request.url.bytes == NULL) {
    return luaL_error(L, "a request needs 'method' and 'url'");
  }
  if (has_field(&fields, HEADERS, LUA_TTABLE)) {
    add_headers(L, fields.first + HEADERS, transfer, &problem);
  }
  if (problem != NULL || !azion_session_start(session, transfer, &request, &problem)) {
    (void)fail(L, problem);
    azion_transfer_dispose(transfer);
    return 2;
  }
  lua_settop(L, 3);
  return 1;
}

static double check_seconds(lua_State *L, int index) {
  double seconds = lua_tonumber(L, index);
  luaL_argcheck(L, lua_type(L, index) == LUA_TNUMBER && seconds >= 0 && seconds <= 1e6, index,
                "seconds from 0 to 1e6 expected");
  return seconds;
}

static int session_step(lua_State *L) {
  struct azion_session *session = check_session(L);
  lua_pushinteger(L, (lua_Integer)azion_session_step(session, check_seconds(L, 2)));
  return 1;
}

/* core.wait(sessions, seconds): whether one of the sessions has something to do in a step. */
static int core_wait(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  double seconds = check_seconds(L, 2);
  lua_settop(L, 2);
  size_t count = lua_rawlen(L, 1);
  struct azion_session *only = NULL;
  struct azion_session **sessions = count > 1 ? lua_newuserdata(L, count * sizeof(void *)) : &only;
  for (size_t i = 0; i < count; i++) {
    lua_rawgeti(L, 1, (int)i + 1);
    sessions[i] = luaL_checkudata(L, lua_gettop(L), SESSION);
    lua_pop(L, 1);
    seconds = sessions[i]->finished.count > 0 ? 0 : seconds;
  }
  lua_pushboolean(L, azion_session_wait(sessions, count, seconds));
  return 1;
}

static int session_take_finished(lua_State *L) {
  int64_t id = azion_session_take_finished(check_session(L));
  lua_pushinteger(L, (lua_Integer)id);
  return id > 0 ? 1 : 0;
}

static int session_connections(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)check_session(L)->connections);
  return 1;
}

static int session_close(lua_State *L) {
  azion_session_close(check_session(L));
  return 0;
}

static int session_gc(lua_State *L) {
  azion_session_dispose(check_session(L));
  return 0;
}

static int session_tostring(lua_State *L) {
  struct azion_session *session = check_session(L);
  if (session->closed) {
    lua_pushliteral(L, SESSION ": closed");
  } else {
    lua_pushfstring(L, SESSION ": %d in flight", (int)azion_session_running(session));
  }
  return 1;
}

/* ---- transfers ---- */

static struct azion_transfer *check_transfer(lua_State *L) {
  return luaL_checkudata(L, 1, TRANSFER);
}

static int transfer_id(lua_State *L) {
  lua_pushinteger(L, (lua_Integer)check_transfer(L)->id);
  return 1;
}

static int transfer_done(lua_State *L) {
  lua_pushboolean(L, azion_transfer_done(check_transfer(L)));
  return 1;
}

static int transfer_cancel(lua_State *L) {
  azion_transfer_cancel(check_transfer(L));
  return 0;
}

static int transfer_gc(lua_State *L) {
  azion_transfer_dispose(check_transfer(L));
  return 0;
}

/* transfer:take_result(decodes?, kept?, nulls?): the result, once; the transfer's own bytes are
   freed then. With `decodes`, what the body of a success holds as JSON is in `json`, or what is
   wrong with it in `problem`; it has `body` as well only where it is blank or no JSON. In an
   object, a null under the name `kept` is not left out; nor with `nulls` one in an object further
   inside. It counts as handed over from the start: a finalizer that runs in the middle may ask for
   it too. */
static int transfer_take_result(lua_State *L) {
  enum { DECODES = 2, KEPT, NULLS, ATTACHED };
  struct azion_transfer *transfer = check_transfer(L);
  lua_settop(L, NULLS);
  azion_getattached(L, 1);
  lua_rawgeti(L, ATTACHED, ATTACHED_TAKEN);
  if (!azion_transfer_done(transfer) || lua_toboolean(L, -1)) {
    lua_pushnil(L);
    return 1;
  }
  lua_pushboolean(L, 1);
  lua_rawseti(L, ATTACHED, ATTACHED_TAKEN);
  lua_pushnil(L);
  lua_rawseti(L, ATTACHED, ATTACHED_BODY);
  azion_push_result(L, transfer, lua_toboolean(L, DECODES), KEPT, lua_toboolean(L, NULLS));
  azion_transfer_free_reply(transfer);
  return 1;
}

/* ---- the types ---- */

static const luaL_Reg session_methods[] = {
    {"start", session_start},
    {"step", session_step},
    {"take_finished", session_take_finished},
    {"connections", session_connections},
    {"close", session_close},
    {NULL, NULL},
};

static const luaL_Reg session_metamethods[] = {{"__gc", session_gc},
                                               {"__close", session_close},
                                               {"__tostring", session_tostring},
                                               {NULL, NULL}};

static const luaL_Reg transfer_methods[] = {
    {"id", transfer_id}, {"done", transfer_done}, {"cancel", transfer_cancel}, {NULL, NULL}};

static const luaL_Reg transfer_metamethods[] = {
    {"__gc", transfer_gc}, {"__close", transfer_cancel}, {NULL, NULL}};

static const luaL_Reg functions[] = {{"authorities", core_authorities},
                                     {"proxy_problem", core_proxy_problem},
                                     {"session", core_session},
                                     {"wait", core_wait},
                                     {NULL, NULL}};

/* Decoding needs what `decode` has, which is in the module on top of the stack. */
static void add_take_result(lua_State *L) {
  luaL_getmetatable(L, TRANSFER);
  lua_getfield(L, -1, "__index");
  lua_getfield(L, -3, "decode");
  int decode = lua_gettop(L);
  for (int i = 1; i <= AZION_JSON_DECODE_UPVALUES; i++) {
    lua_getupvalue(L, decode, i);
  }
  lua_pushcclosure(L, transfer_take_result, AZION_JSON_DECODE_UPVALUES);
  lua_setfield(L, decode - 1, "take_result");
  lua_pop(L, 3);
}

void azion_exchange_open(lua_State *L) {
  azion_new_type(L, SESSION, session_methods, session_metamethods);
  azion_new_type(L, TRANSFER, transfer_methods, transfer_metamethods);
  luaL_setfuncs(L, functions, 0);
  add_take_result(L);
}
