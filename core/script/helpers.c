/* Small services for scripts: log, a stable hash (scripts have no random numbers), and what is often asked of a text. */
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

/* hash(text): a number from 0 (included) to 1, the same on every machine and in every run; and an integer. */
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

/* ------------------------------------------------------------------ sentences */

static size_t skip_closers(tamis_str text, size_t i)
{
    static const char *const closers[] = {"\"", "'", ")", "]", "»", "”", "’"};
    for (bool more = true; more;) {
        more = false;
        for (size_t k = 0; k < sizeof closers / sizeof closers[0]; k++) {
            size_t n = strlen(closers[k]);
            if (text.n - i >= n && memcmp(text.p + i, closers[k], n) == 0) {
                i += n;
                more = true;
            }
        }
    }
    return i;
}

static bool is_blank(unsigned char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* A full stop after one letter ("J. Doe") or a number ("3.5", "1. Mai") ends nothing. */
static bool stop_is_inside(tamis_str text, size_t at)
{
    size_t word = at;
    while (word > 0 && !is_blank((unsigned char)text.p[word - 1])) word--;
    size_t n = at - word;
    bool digits = n > 0;
    for (size_t i = word; i < at; i++)
        if (text.p[i] < '0' || text.p[i] > '9') digits = false;
    return (n == 1 && ((text.p[word] >= 'A' && text.p[word] <= 'Z'))) || (digits && n <= 2);
}

/* Where the sentence that begins at `from` ends: at a stop with a blank behind it, or at an empty line. */
static size_t sentence_end(tamis_str text, size_t from)
{
    static const char *const marks[] = {"。", "！", "？", "؟", "।", "…"};
    for (size_t i = from; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        if (c == '\n' && i + 1 < text.n && (text.p[i + 1] == '\n' || text.p[i + 1] == '\r'))
            return i;
        if (c == '.' || c == '!' || c == '?') {
            size_t end = skip_closers(text, i + 1);
            if (end < text.n && !is_blank((unsigned char)text.p[end])) continue;
            if (c == '.' && stop_is_inside(text, i) && end < text.n) continue;
            return end;
        }
        if (c < 0x80) continue;
        for (size_t k = 0; k < sizeof marks / sizeof marks[0]; k++) {
            size_t n = strlen(marks[k]);
            if (text.n - i >= n && memcmp(text.p + i, marks[k], n) == 0)
                return skip_closers(text, i + n);
        }
    }
    return text.n;
}

/* Upvalue: where to look on. */
static int sentences_next(lua_State *L)
{
    tamis_str text = proxy_document(L)->view;
    size_t from = (size_t)lua_tointeger(L, lua_upvalueindex(1));
    while (from < text.n && is_blank((unsigned char)text.p[from])) from++;
    if (from >= text.n) return 0;
    size_t end = sentence_end(text, from);
    lua_pushinteger(L, (lua_Integer)end);
    lua_replace(L, lua_upvalueindex(1));
    while (end > from && is_blank((unsigned char)text.p[end - 1])) end--;
    lua_pushlstring(L, text.p + from, end - from);
    lua_pushinteger(L, (lua_Integer)from + 1);
    lua_pushinteger(L, (lua_Integer)end);
    return 3;
}

static int doc_sentences(lua_State *L)
{
    proxy_document(L);
    lua_pushinteger(L, 0);
    lua_pushcclosure(L, sentences_next, 1);
    return 1;
}

void helpers_open(lua_State *L)
{
    static const luaL_Reg log[] = {{"debug", log_debug},
                                   {"info", log_info},
                                   {"warning", log_warning},
                                   {"error", log_error},
                                   {NULL, NULL}};
    static const luaL_Reg methods[] = {
        {"line_at", doc_line_at}, {"sentences", doc_sentences}, {NULL, NULL}};
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
