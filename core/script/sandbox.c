/* What a script finds in its environment. One base table is shared by all files; each file has an
 * environment of its own whose reads fall through to it. The base holds the harmless part of Lua's
 * library, with our own versions wherever Lua's could run for ever, reach outside, or differ from
 * run to run (pairs, tostring, random). */
#include "script/state.h"

#include <stdlib.h>

static const char BASE = 0, ENVIRONMENTS = 0; /* registry keys by address */

void sandbox_base(lua_State *L)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, &BASE);
}

/* ------------------------------------------------------------------ errors that cannot be
 * caught */

static int finish_pcall(lua_State *L, int status, lua_KContext extra)
{
    if (status != LUA_OK && status != LUA_YIELD) {
        script_rethrow_limit(L, status);
        lua_pushboolean(L, 0);
        lua_pushvalue(L, -2);
        return 2;
    }
    return lua_gettop(L) - (int)extra;
}

static int base_pcall(lua_State *L)
{
    luaL_checkany(L, 1);
    lua_pushboolean(L, 1);
    lua_insert(L, 1);
    return finish_pcall(L, lua_pcallk(L, lua_gettop(L) - 2, LUA_MULTRET, 0, 0, finish_pcall), 0);
}

/* Lua calls a message handler from inside the hook that raised the error, with hooks off: a
 * script's handler would run unwatched. So it is not called once a limit is hit. */
static int guarded_handler(lua_State *L)
{
    if (script_of(L)->limit != LIMIT_NONE) return 1;
    lua_settop(L, 1);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, 1, 1);
    return 1;
}

static int base_xpcall(lua_State *L)
{
    int n = lua_gettop(L);
    luaL_checktype(L, 2, LUA_TFUNCTION);
    lua_pushvalue(L, 2);
    lua_pushcclosure(L, guarded_handler, 1);
    lua_replace(L, 2);
    lua_pushboolean(L, 1);
    lua_pushvalue(L, 1);
    lua_rotate(L, 3, 2);
    return finish_pcall(L, lua_pcallk(L, n - 2, LUA_MULTRET, 2, 2, finish_pcall), 2);
}

/* ------------------------------------------------------------------ coroutines */

/* Resumes `co` with the arguments on L's top; returns how many results lie on L, or -1 with an
 * error value. */
static int resume(lua_State *L, lua_State *co, int arguments)
{
    int results;
    if (!lua_checkstack(co, arguments)) {
        lua_pushliteral(L, "too many arguments to resume");
        return -1;
    }
    lua_xmove(L, co, arguments);
    lua_State *before = script_switch(co);
    int status = lua_resume(co, L, arguments, &results);
    script_switch_back(script_of(L), before);
    if (status == LUA_OK || status == LUA_YIELD) {
        if (!lua_checkstack(L, results + 1)) {
            lua_pop(co, results);
            lua_pushliteral(L, "too many results to resume");
            return -1;
        }
        lua_xmove(co, L, results);
        return results;
    }
    script_rethrow_limit(L, status);
    lua_xmove(co, L, 1);
    return -1;
}

static lua_State *check_coroutine(lua_State *L)
{
    lua_State *co = lua_tothread(L, 1);
    luaL_argexpected(L, co, 1, "coroutine");
    return co;
}

static int coroutine_resume(lua_State *L)
{
    lua_State *co = check_coroutine(L);
    int results = resume(L, co, lua_gettop(L) - 1);
    if (results < 0) {
        lua_pushboolean(L, 0);
        lua_insert(L, -2);
        return 2;
    }
    lua_pushboolean(L, 1);
    lua_insert(L, -(results + 1));
    return results + 1;
}

static int close_coroutine(lua_State *L, lua_State *co)
{
    lua_State *before = script_switch(co);
    int status = lua_resetthread(co);
    script_switch_back(script_of(L), before);
    if (status != LUA_OK) script_rethrow_limit(L, status);
    return status;
}

static int wrapped(lua_State *L)
{
    lua_State *co = lua_tothread(L, lua_upvalueindex(1));
    int results = resume(L, co, lua_gettop(L));
    if (results >= 0) return results;
    int status = lua_status(co);
    if (status != LUA_OK && status != LUA_YIELD) close_coroutine(L, co);
    return lua_error(L);
}

static int coroutine_create(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_State *co = lua_newthread(L);
    lua_pushvalue(L, 1);
    lua_xmove(L, co, 1);
    return 1;
}

static int coroutine_wrap(lua_State *L)
{
    coroutine_create(L);
    lua_pushcclosure(L, wrapped, 1);
    return 1;
}

static int coroutine_close(lua_State *L)
{
    lua_State *co = check_coroutine(L);
    lua_Debug frame;
    if (co == L || (lua_status(co) == LUA_OK && lua_getstack(co, 0, &frame)))
        return luaL_error(L, "cannot close a running coroutine");
    if (close_coroutine(L, co) == LUA_OK) {
        lua_pushboolean(L, 1);
        return 1;
    }
    lua_pushboolean(L, 0);
    lua_xmove(co, L, 1);
    return 2;
}

/* ------------------------------------------------------------------ metatables */

static const char LOCKED[] = "locked";

bool sandbox_is_locked(lua_State *L, int index)
{
    if (!lua_getmetatable(L, index)) return false;
    lua_getfield(L, -1, "__metatable");
    bool locked = lua_isstring(L, -1) && strcmp(lua_tostring(L, -1), LOCKED) == 0;
    lua_pop(L, 2);
    return locked;
}

static int base_setmetatable(lua_State *L)
{
    int kind = lua_type(L, 2);
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_argexpected(L, kind == LUA_TNIL || kind == LUA_TTABLE, 2, "nil or table");
    if (luaL_getmetafield(L, 1, "__metatable") != LUA_TNIL)
        return luaL_error(L, "cannot change a protected metatable");
    if (kind == LUA_TTABLE) {
        lua_pushliteral(L, "__gc");
        if (lua_rawget(L, 2) != LUA_TNIL)
            return luaL_error(L,
                              "a metatable with __gc is not allowed in a script: when a finalizer "
                              "runs depends on memory, not on the document");
        lua_pop(L, 1);
    }
    lua_settop(L, 2);
    lua_setmetatable(L, 1);
    return 1;
}

static int base_rawset(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_checkany(L, 2);
    luaL_checkany(L, 3);
    if (sandbox_is_locked(L, 1)) return luaL_error(L, "this table is read-only");
    lua_settop(L, 3);
    lua_rawset(L, 1);
    return 1;
}

static int read_only(lua_State *L)
{
    return luaL_error(L, "`%s` is read-only: keep your own functions in a local table",
                      lua_tostring(L, lua_upvalueindex(1)));
}

void sandbox_lock(lua_State *L, const char *name)
{
    lua_newtable(L); /* what scripts see */
    lua_createtable(L, 0, 5);
    lua_pushvalue(L, -3);
    lua_setfield(L, -2, "__index");
    lua_pushstring(L, name);
    lua_pushcclosure(L, read_only, 1);
    lua_setfield(L, -2, "__newindex");
    lua_pushstring(L, LOCKED);
    lua_setfield(L, -2, "__metatable");
    lua_pushstring(L, name);
    lua_setfield(L, -2, "__name");
    lua_setmetatable(L, -2);
    lua_remove(L, -2);
}

/* ------------------------------------------------------------------ text of values */

/* Lua writes a table as its address, which differs from run to run; here it is just its type. */
static int base_tostring(lua_State *L)
{
    luaL_checkany(L, 1);
    int kind = lua_type(L, 1);
    if (kind != LUA_TSTRING && kind != LUA_TNUMBER && kind != LUA_TBOOLEAN && kind != LUA_TNIL) {
        int named = luaL_getmetafield(L, 1, "__tostring");
        if (named == LUA_TNIL) {
            if (luaL_getmetafield(L, 1, "__name") != LUA_TSTRING)
                lua_pushstring(L, luaL_typename(L, 1));
            return 1;
        }
        lua_pop(L, 1);
    }
    luaL_tolstring(L, 1, NULL);
    return 1;
}

static int base_print(lua_State *L)
{
    script *self = script_of(L);
    int n = lua_gettop(L);
    luaL_Buffer line;
    luaL_buffinit(L, &line);
    for (int i = 1; i <= n; i++) {
        if (i > 1) luaL_addchar(&line, ' ');
        lua_pushcfunction(L, base_tostring);
        lua_pushvalue(L, i);
        lua_call(L, 1, 1);
        luaL_addvalue(&line);
    }
    luaL_pushresult(&line);
    if (self->call)
        host_table.log(self->call, TAMIS_LOG_INFO, "%s", lua_tostring(L, -1));
    else
        fprintf(stderr, "%s\n", lua_tostring(L, -1));
    return 0;
}

/* ------------------------------------------------------------------ unknown words */

static const struct {
    const char *word, *why;
} ABSENT[] = {
    {"io", "a script reads no files of its own: use `data`, `terms` or `json` helpers"},
    {"os", "a script sees no clock and no environment: use `param`"},
    {"debug", "it would walk around the sandbox"},
    {"package", "use `require \"name\"` for a file beside the script"},
    {"load", "code comes from files only"},
    {"loadfile", "use `require \"name\"` for a file beside the script"},
    {"dofile", "use `include` or `require`"},
    {"loadstring", "code comes from files only"},
    {"collectgarbage", "the collector belongs to the host"},
    {"setfenv", "Lua 5.4 has no setfenv"},
    {"unpack", "use `table.unpack`"},
};

/* Gathers the words a script may use, for "did you mean". */
static size_t gather_words(lua_State *L, const char **words, size_t room)
{
    size_t n = 0;
    sandbox_base(L);
    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1))
        if (lua_type(L, -2) == LUA_TSTRING && n < room) words[n++] = lua_tostring(L, -2);
    lua_pop(L, 1);
    return n;
}

static int swallow(lua_State *L)
{
    (void)L;
    lua_pushvalue(L, lua_upvalueindex(1));
    return 1;
}

/* While a pipeline file loads, an unknown word is noted and stands for something that can be
 * called, so that further mistakes are found in the same run. */
static int unknown_word_noted(lua_State *L, const char *word, const char *why, const char *near)
{
    script *self = script_of(L);
    position at = script_where(L, 1), name_at;
    source_constructor(self, word, (tamis_str){NULL, 0}, &at, &name_at);
    diagnostic *said =
        diagnostics_add(self->diags, DIAGNOSTIC_ERROR, "E0121", at, "unknown word `%s`", word);
    if (near) said->label = diagnostics_text(self->diags, "did you mean `%s`?", near);
    if (why) said->help = why;
    lua_newuserdatauv(L, 0, 0);
    lua_createtable(L, 0, 3);
    lua_pushvalue(L, -2);
    lua_pushcclosure(L, swallow, 1);
    lua_pushvalue(L, -1);
    lua_setfield(L, -3, "__call");
    lua_setfield(L, -2, "__index");
    lua_pushliteral(L, "unknown word");
    lua_setfield(L, -2, "__name");
    lua_setmetatable(L, -2);
    return 1;
}

static int unknown_word(lua_State *L)
{
    script *self = script_of(L);
    if (lua_type(L, 2) != LUA_TSTRING) return 0;
    const char *word = lua_tostring(L, 2), *why = NULL;
    for (size_t i = 0; i < sizeof ABSENT / sizeof ABSENT[0]; i++)
        if (strcmp(ABSENT[i].word, word) == 0) why = ABSENT[i].why;
    const char *words[256];
    size_t n = gather_words(L, words, sizeof words / sizeof words[0]);
    const char *near = why ? NULL : did_you_mean(str_of(word), words, n);
    if (self->diags && self->include_depth > 0) return unknown_word_noted(L, word, why, near);
    if (why) return luaL_error(L, "`%s` is not available to scripts: %s", word, why);
    if (near) return luaL_error(L, "unknown name `%s`: did you mean `%s`?", word, near);
    return luaL_error(L, "unknown name `%s`: declare it with `local`", word);
}

/* ------------------------------------------------------------------ environments */

static int frozen(lua_State *L)
{
    const char *name = lua_type(L, 2) == LUA_TSTRING ? lua_tostring(L, 2) : "?";
    return luaL_error(L,
                      "global `%s` is set while documents run: make it local, so that what one "
                      "document leaves behind never changes the next",
                      name);
}

/* An environment is an empty table whose metatable holds the file's globals in __index and takes
 * new ones until it is frozen; the globals themselves fall through to the base. */
void sandbox_environment(lua_State *L, const char *folder)
{
    lua_newtable(L);
    lua_createtable(L, 0, 4); /* its metatable */
    lua_newtable(L);          /* the file's globals */
    lua_createtable(L, 0, 1);
    sandbox_base(L);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
    lua_pushvalue(L, -1);
    lua_setfield(L, -3, "__index");
    lua_setfield(L, -2, "__newindex");
    lua_pushstring(L, LOCKED);
    lua_setfield(L, -2, "__metatable");
    lua_pushstring(L, folder);
    lua_setfield(L, -2, "folder");
    lua_setmetatable(L, -2);
    lua_pushvalue(L, -1);
    lua_setfield(L, -2, "_G");
}

void sandbox_freeze(lua_State *L, int environment)
{
    if (!lua_getmetatable(L, environment)) return;
    lua_pushcfunction(L, frozen);
    lua_setfield(L, -2, "__newindex");
    lua_pop(L, 1);
}

/* ------------------------------------------------------------------ the base */

/* next(t) and next(t, key) in the fixed order; each step looks at all keys, so loops use pairs. */
static int base_next(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 2);
    bool empty = true;
    lua_pushnil(L);
    if (lua_next(L, 1)) {
        empty = false;
        lua_pop(L, 2);
    }
    if (empty) {
        lua_pushnil(L);
        return 1;
    }
    keys_sorted(L, 1);
    lua_Integer n = (lua_Integer)lua_rawlen(L, 3), i = 1;
    if (!lua_isnil(L, 2)) {
        unsigned steps = 0;
        for (; i <= n; i++) {
            SCRIPT_POLL(L, steps);
            lua_rawgeti(L, 3, i);
            bool here = lua_rawequal(L, -1, 2);
            lua_pop(L, 1);
            if (here) break;
        }
        if (i > n) return luaL_error(L, "invalid key to `next`");
        i++;
    }
    if (i > n) {
        lua_pushnil(L);
        return 1;
    }
    lua_rawgeti(L, 3, i);
    lua_pushvalue(L, -1);
    lua_rawget(L, 1);
    return 2;
}

/* Copies named fields of the library table on top into a new table. */
static void copy_fields(lua_State *L, const char *const *names)
{
    lua_newtable(L);
    for (; *names; names++) {
        lua_getfield(L, -2, *names);
        lua_setfield(L, -2, *names);
    }
    lua_remove(L, -2);
}

static const luaL_Reg OWN[] = {
    {"pcall", base_pcall},   {"xpcall", base_xpcall},     {"setmetatable", base_setmetatable},
    {"rawset", base_rawset}, {"tostring", base_tostring}, {"print", base_print},
    {"pairs", pairs_sorted}, {"next", base_next},         {NULL, NULL}};
static const luaL_Reg COROUTINES[] = {{"create", coroutine_create},
                                      {"wrap", coroutine_wrap},
                                      {"resume", coroutine_resume},
                                      {"close", coroutine_close},
                                      {NULL, NULL}};

static void open_stock(lua_State *L, const char *name, lua_CFunction open)
{
    lua_pushcfunction(L, open);
    lua_pushstring(L, name);
    lua_call(L, 1, 1);
}

/* The whole base library opens into the registry's globals, which no sandboxed script can reach. */
static void add_base_functions(lua_State *L)
{
    static const char *const kept[] = {"assert",   "error",  "getmetatable", "ipairs",
                                       "rawequal", "rawget", "rawlen",       "select",
                                       "tonumber", "type",   "_VERSION",     NULL};
    open_stock(L, "_G", luaopen_base);
    copy_fields(L, kept);
    luaL_setfuncs(L, OWN, 0);
}

static void add_coroutines(lua_State *L)
{
    static const char *const kept[] = {"isyieldable", "running", "status", "yield", NULL};
    open_stock(L, "coroutine", luaopen_coroutine);
    copy_fields(L, kept);
    luaL_setfuncs(L, COROUTINES, 0);
    sandbox_lock(L, "coroutine");
    lua_setfield(L, -2, "coroutine");
}

static void add_numbers(lua_State *L)
{
    open_stock(L, "math", luaopen_math);
    lua_pushnil(L); /* no random value in the data */
    lua_setfield(L, -2, "random");
    lua_pushnil(L);
    lua_setfield(L, -2, "randomseed");
    sandbox_lock(L, "math");
    lua_setfield(L, -2, "math");
    open_stock(L, "utf8", luaopen_utf8);
    sandbox_lock(L, "utf8");
    lua_setfield(L, -2, "utf8");
}

void sandbox_open(lua_State *L)
{
    add_base_functions(L);
    add_coroutines(L);
    add_numbers(L);
    tables_open(L);
    sandbox_lock(L, "table");
    lua_setfield(L, -2, "table");
    strings_open(L);
    lua_pushliteral(L, ""); /* the metatable of strings leads to our functions, and nowhere else */
    lua_createtable(L, 0, 2);
    lua_pushvalue(L, -3);
    lua_setfield(L, -2, "__index");
    lua_pushstring(L, LOCKED);
    lua_setfield(L, -2, "__metatable");
    lua_setmetatable(L, -2);
    lua_pop(L, 1);
    sandbox_lock(L, "string");
    lua_setfield(L, -2, "string");
    lua_createtable(L, 0, 1);
    lua_pushcfunction(L, unknown_word);
    lua_setfield(L, -2, "__index");
    lua_setmetatable(L, -2);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &BASE);
    lua_newtable(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &ENVIRONMENTS);
}

void sandbox_release(script *self)
{
    lua_State *L = self->L;
    static const luaL_Reg libraries[] = {{"package", luaopen_package},
                                         {"io", luaopen_io},
                                         {"os", luaopen_os},
                                         {"debug", luaopen_debug},
                                         {NULL, NULL}};
    static const char *const functions[] = {"load", "loadfile", "dofile", "collectgarbage", NULL};
    if (self->no_sandbox) return;
    self->no_sandbox = true;
    sandbox_base(L);
    for (const luaL_Reg *l = libraries; l->name; l++) {
        luaL_requiref(L, l->name, l->func, 0);
        lua_setfield(L, -2, l->name);
    }
    for (const char *const *f = functions; *f; f++) {
        lua_getglobal(L, *f);
        lua_setfield(L, -2, *f);
    }
    lua_pop(L, 1);
}
