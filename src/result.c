/* The result of a transfer as a Lua table. */
#include "core.h"
#include "json.h"
#include "transfer.h"

#include <string.h>

/* A name given more than once becomes one list, as RFC 9110, 5.3 allows. */
static void push_headers(lua_State *L, const struct azion_headers *headers) {
  size_t cursor = 0;
  const char *name;
  const char *value;
  lua_createtable(L, 0, 16);
  while (azion_headers_next(headers, &cursor, &name, &value)) {
    lua_pushstring(L, name);
    lua_pushvalue(L, -1);
    lua_rawget(L, -3);
    if (lua_isnil(L, -1)) {
      lua_pop(L, 1);
      lua_pushstring(L, value);
    } else {
      lua_pushfstring(L, "%s, %s", lua_tostring(L, -1), value);
      lua_remove(L, -2);
    }
    lua_rawset(L, -3);
  }
}

/* Sets the field `json` of the table on top of the stack to what the body decodes to, or else
   `problem` to what is wrong with it, unless it is blank; for `kept` and `nulls` see json.h. The
   body has no need to become a Lua string for that. */
static bool set_json(lua_State *L, struct azion_buffer *body, int kept, bool nulls) {
  if (!azion_buffer_append(body, "", 1)) {
    luaL_error(L, "not enough memory");
  }
  body->length--;
  if (strspn(body->bytes, " \t\n\v\f\r") == body->length) {
    return false;
  }
  int top = lua_gettop(L);
  bool decoded = azion_json_decode_text(L, body->bytes, body->length, kept, nulls) == 1;
  if (!decoded) {
    lua_replace(L, top + 1);
    lua_settop(L, top + 1);
  }
  lua_setfield(L, top, decoded ? "json" : "problem");
  return decoded;
}

void azion_push_result(lua_State *L, struct azion_transfer *transfer, bool decodes, int kept,
                       bool nulls) {
  struct azion_buffer *body = &transfer->body;
  int status = transfer->headers.status;
  lua_createtable(L, 0, 16);
  if (status != 0) {
    lua_pushinteger(L, status);
    lua_setfield(L, -2, "status");
    lua_pushstring(L, transfer->headers.version);
    lua_setfield(L, -2, "http_version");
  }
  push_headers(L, &transfer->headers);
  lua_setfield(L, -2, "headers");
  bool is_success = status >= 200 && status < 300 && transfer->code == NULL;
  if (!decodes || !is_success || !set_json(L, body, kept, nulls)) {
    lua_pushlstring(L, body->length > 0 ? body->bytes : "", body->length);
    lua_setfield(L, -2, "body");
  }
  if (transfer->code != NULL) {
    lua_pushstring(L, transfer->code);
    lua_setfield(L, -2, "code");
    lua_pushstring(L, transfer->message);
    lua_setfield(L, -2, "message");
  }
  lua_pushnumber(L, transfer->finished - transfer->started);
  lua_setfield(L, -2, "elapsed");
  lua_pushinteger(L, transfer->sent);
  lua_setfield(L, -2, "sent");
  if (transfer->proxy_status != 0) {
    lua_pushinteger(L, transfer->proxy_status);
    lua_setfield(L, -2, "proxy_status");
  }
  if (transfer->refusal.refused) {
    lua_pushboolean(L, 1);
    lua_setfield(L, -2, "refused");
  }
  lua_pushboolean(L, transfer->sent > 0 && !transfer->connection.is_new);
  lua_setfield(L, -2, "reused");
}
