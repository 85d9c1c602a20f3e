/* Redis' protocol for Lua, by libhiredis: azion.hiredis. It writes commands and reads replies; who
   carries the bytes is up to the caller. */
#define _POSIX_C_SOURCE 200809L /* hiredis.h needs struct timeval */

#include <hiredis/hiredis.h>
#include <stdbool.h>

#include "../src/compat.h"

#define COMMAND "azion.hiredis.command"
#define READER "azion.hiredis.reader"

enum {
  MOST_WORDS = 4096,
  LONGEST_COMMAND = 1 << 20,
  /* Replies to what we ask are far smaller: what is larger does not come from a Redis. */
  LONGEST_REPLY = 128 * 1024,
  MOST_ELEMENTS = 1024,
};

/* Since 1.0 the elements of an array are counted by another type. */
#if HIREDIS_MAJOR >= 1
typedef size_t element_count;
#else
typedef int element_count;
#endif

struct command {
  char *bytes;
};

struct reader {
  redisReader *parser;
  redisReplyObjectFunctions functions; /* hiredis' own, but for create_array */
  void *(*create_array)(const redisReadTask *, element_count);
  void *reply; /* kept here while Lua values are made of it, which may raise */
  size_t fed;  /* bytes since the last whole reply */
};

/* ---- commands ---- */

static int command_gc(lua_State *L) {
  struct command *command = luaL_checkudata(L, 1, COMMAND);
  if (command->bytes != NULL) {
    redisFreeCommand(command->bytes);
    command->bytes = NULL;
  }
  return 0;
}

/* command(words) -> bytes. The words are strings. */
static int hiredis_command(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  size_t count = lua_rawlen(L, 1), total = 0;
  luaL_argcheck(L, count >= 1 && count <= MOST_WORDS, 1, "no such number of words");
  struct command *command = lua_newuserdata(L, sizeof *command);
  command->bytes = NULL;
  luaL_setmetatable(L, COMMAND);
  const char **words = lua_newuserdata(L, count * sizeof *words);
  size_t *lengths = lua_newuserdata(L, count * sizeof *lengths);
  for (size_t i = 0; i < count; i++) {
    lua_rawgeti(L, 1, (int)i + 1);
    luaL_argcheck(L, lua_type(L, -1) == LUA_TSTRING, 1, "a word is no string");
    words[i] = lua_tolstring(L, -1, &lengths[i]);
    luaL_argcheck(L, lengths[i] <= LONGEST_COMMAND - total, 1, "too long");
    total += lengths[i];
    lua_pop(L, 1); /* the table still holds it */
  }
  long long length = redisFormatCommandArgv(&command->bytes, (int)count, words, lengths);
  if (length < 0) {
    return luaL_error(L, "not enough memory");
  }
  lua_pushlstring(L, command->bytes, (size_t)length);
  redisFreeCommand(command->bytes);
  command->bytes = NULL;
  return 1;
}

/* ---- replies ---- */

/* hiredis makes room for as many elements as the server announces. */
static void *create_array(const redisReadTask *task, element_count elements) {
  const struct reader *reader = task->privdata;
  return elements <= MOST_ELEMENTS ? reader->create_array(task, elements) : NULL;
}

static void free_reply(struct reader *reader) {
  if (reader->reply != NULL) {
    freeReplyObject(reader->reply);
    reader->reply = NULL;
  }
}

/* reader() -> reader of the replies on one connection. */
static int hiredis_reader(lua_State *L) {
  struct reader *reader = lua_newuserdata(L, sizeof *reader);
  *reader = (struct reader){.parser = NULL};
  luaL_setmetatable(L, READER);
  redisReader *parser = redisReaderCreate();
  if (parser == NULL) {
    return luaL_error(L, "not enough memory");
  }
  reader->parser = parser;
  reader->functions = *parser->fn;
  reader->create_array = parser->fn->createArray;
  reader->functions.createArray = create_array;
  parser->fn = &reader->functions;
  parser->privdata = reader;
  parser->maxbuf = 0; /* an empty buffer is kept: making a new one may abort in 0.14 */
  return 1;
}

static int reader_gc(lua_State *L) {
  struct reader *reader = luaL_checkudata(L, 1, READER);
  free_reply(reader);
  if (reader->parser != NULL) {
    redisReaderFree(reader->parser);
    reader->parser = NULL;
  }
  return 0;
}

static struct reader *check_reader(lua_State *L) {
  struct reader *reader = luaL_checkudata(L, 1, READER);
  luaL_argcheck(L, reader->parser != NULL, 1, "collected");
  return reader;
}

/* reader:feed(bytes). What is wrong with them shows in reader:next(). */
static int reader_feed(lua_State *L) {
  struct reader *reader = check_reader(L);
  size_t length;
  const char *bytes = luaL_checklstring(L, 2, &length);
  if (reader->fed <= LONGEST_REPLY && redisReaderFeed(reader->parser, bytes, length) == REDIS_OK) {
    reader->fed += length;
  }
  return 0;
}

/* Arrays nest as deep as hiredis reads them: at most nine. */
static void push_value(lua_State *L, const redisReply *reply) {
  luaL_checkstack(L, 2, NULL);
  switch (reply->type) {
  case REDIS_REPLY_STRING:
  case REDIS_REPLY_STATUS:
    lua_pushlstring(L, reply->str, (size_t)reply->len);
    break;
  case REDIS_REPLY_INTEGER:
    lua_pushinteger(L, (lua_Integer)reply->integer);
    break;
  case REDIS_REPLY_ARRAY:
    lua_createtable(L, (int)reply->elements, 0);
    for (size_t i = 0; i < reply->elements; i++) {
      push_value(L, reply->element[i]);
      lua_rawseti(L, -2, (int)i + 1);
    }
    break;
  default:
    lua_pushnil(L);
  }
}

/* reader:next() -> {value =} or {problem = what Redis answered}; nil while the next reply is not
   there as a whole, false if what is there is none, then and ever after. */
static int reader_next(lua_State *L) {
  struct reader *reader = check_reader(L);
  free_reply(reader);
  bool is_read = redisReaderGetReply(reader->parser, &reader->reply) == REDIS_OK;
  if (!is_read || (reader->reply == NULL && reader->fed > LONGEST_REPLY)) {
    lua_pushboolean(L, 0);
    return 1;
  }
  if (reader->reply == NULL) {
    lua_pushnil(L);
    return 1;
  }
  reader->fed = reader->parser->len - reader->parser->pos;
  const redisReply *reply = reader->reply;
  lua_createtable(L, 0, 1);
  if (reply->type == REDIS_REPLY_ERROR) {
    lua_pushlstring(L, reply->str, (size_t)reply->len);
    lua_setfield(L, -2, "problem");
  } else {
    push_value(L, reply);
    lua_setfield(L, -2, "value");
  }
  free_reply(reader);
  return 1;
}

/* ---- the module ---- */

static const luaL_Reg functions[] = {
    {"command", hiredis_command},
    {"reader", hiredis_reader},
    {NULL, NULL},
};

static const luaL_Reg reader_methods[] = {
    {"feed", reader_feed},
    {"next", reader_next},
    {NULL, NULL},
};

static void new_type(lua_State *L, const char *name, lua_CFunction collect,
                     const luaL_Reg *methods) {
  if (luaL_newmetatable(L, name)) {
    lua_pushcfunction(L, collect);
    lua_setfield(L, -2, "__gc");
    lua_newtable(L);
    luaL_setfuncs(L, methods, 0);
    lua_setfield(L, -2, "__index");
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "__metatable");
  }
  lua_pop(L, 1);
}

#if defined(__GNUC__)
__attribute__((visibility("default")))
#endif
int luaopen_azion_hiredis(lua_State *L);

int luaopen_azion_hiredis(lua_State *L) {
  static const luaL_Reg none[] = {{NULL, NULL}};
  new_type(L, COMMAND, command_gc, none);
  new_type(L, READER, reader_gc, reader_methods);
  lua_newtable(L);
  luaL_setfuncs(L, functions, 0);
  return 1;
}
