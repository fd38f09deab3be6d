/* Small services for scripts: log, a stable hash (scripts have no random numbers), and what is
 * often asked of a text. */
#include "script/state.h"

#include <stdlib.h>

static int log_at(lua_State *L, int level)
{
    script *self = script_of(L);
    const char *text = luaL_tolstring(L, 1, NULL);
    if (self->call)
        host_table.log(self->call, level, "%s", text);
    else
        fprintf(stderr, "tamis: %s\n", text);
    return 0;
}

static int log_debug(lua_State *L)
{
    return log_at(L, TAMIS_LOG_DEBUG);
}
static int log_info(lua_State *L)
{
    return log_at(L, TAMIS_LOG_INFO);
}
static int log_warning(lua_State *L)
{
    return log_at(L, TAMIS_LOG_WARNING);
}
static int log_error(lua_State *L)
{
    return log_at(L, TAMIS_LOG_ERROR);
}

/* hash(text): a number from 0 (included) to 1, the same on every machine and in every run; and an
 * integer. */
static int base_hash(lua_State *L)
{
    size_t n;
    const char *text = luaL_checklstring(L, 1, &n);
    uint64_t h = hash_bytes(text, n, (uint64_t)luaL_optinteger(L, 2, 0));
    lua_pushnumber(L, (double)(h >> 11) / 9007199254740992.0);
    lua_pushinteger(L, (lua_Integer)h);
    return 2;
}

/* doc:line_at(i): number, first, last (ahead of the ending) of the line that holds position i. */
static int doc_line_at(lua_State *L)
{
    tamis_doc *doc = proxy_document(L);
    lua_Integer at = luaL_checkinteger(L, 2);
    tamis_lines lines;
    error e = {0};
    if (document_lines(doc, &lines, &e) < 0) return luaL_error(L, "%s", e.text);
    if (at < 1 || (size_t)at > doc->view.n) {
        lua_pushnil(L);
        return 1;
    }
    size_t low = 0, high = lines.count;
    while (low + 1 < high) {
        size_t middle = low + (high - low) / 2;
        if (lines.start[middle] < (size_t)at)
            low = middle;
        else
            high = middle;
    }
    size_t end = lines.start[low + 1];
    if (end > lines.start[low] && doc->view.p[end - 1] == '\n') end--;
    if (end > lines.start[low] && doc->view.p[end - 1] == '\r') end--;
    lua_pushinteger(L, (lua_Integer)low + 1);
    lua_pushinteger(L, (lua_Integer)lines.start[low] + 1);
    lua_pushinteger(L, (lua_Integer)end);
    return 3;
}

void helpers_open(lua_State *L)
{
    static const luaL_Reg log[] = {{"debug", log_debug},
                                   {"info", log_info},
                                   {"warning", log_warning},
                                   {"error", log_error},
                                   {NULL, NULL}};
    static const luaL_Reg methods[] = {{"line_at", doc_line_at}, {NULL, NULL}};
    sandbox_base(L);
    luaL_newlib(L, log);
    sandbox_lock(L, "log");
    lua_setfield(L, -2, "log");
    lua_pushcfunction(L, base_hash);
    lua_setfield(L, -2, "hash");
    lua_pop(L, 1);
    lua_getfield(L, LUA_REGISTRYINDEX, "tamis.methods");
    luaL_setfuncs(L, methods, 0);
    lua_pop(L, 1);
}
