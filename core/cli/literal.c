/* See literal.h. What a literal means is asked of Lua itself, before and after. */
#include "cli/literal.h"

#include <lauxlib.h>
#include <lua.h>

/* The level of a long bracket at `at`, or -1. */
static int long_level(tamis_str file, size_t at)
{
    size_t i = at + 1;
    if (at >= file.n || file.p[at] != '[') return -1;
    while (i < file.n && file.p[i] == '=') i++;
    return i < file.n && file.p[i] == '[' ? (int)(i - at - 1) : -1;
}

/* "]==]" of the level, from `from` on; SIZE_MAX: nowhere. */
static size_t find_closing(tamis_str text, size_t from, int level)
{
    for (size_t i = from; i + (size_t)level + 1 < text.n; i++) {
        size_t n = 0;
        if (text.p[i] != ']') continue;
        while (n < (size_t)level && text.p[i + 1 + n] == '=') n++;
        if (n == (size_t)level && text.p[i + 1 + n] == ']') return i;
    }
    return SIZE_MAX;
}

static bool literal_end(tamis_str file, size_t start, size_t *end)
{
    int level = long_level(file, start);
    if (level >= 0) {
        size_t closing = find_closing(file, start + (size_t)level + 2, level);
        *end = closing + (size_t)level + 2;
        return closing != SIZE_MAX;
    }
    char mark = start < file.n ? file.p[start] : 0;
    if (mark != '"' && mark != '\'') return false;
    size_t i = start + 1;
    while (i < file.n && file.p[i] != mark) i += file.p[i] == '\\' ? 2 : 1;
    *end = i + 1;
    return i < file.n;
}

static bool means(tamis_str written, tamis_str text)
{
    lua_State *L = luaL_newstate();
    if (!L) return false;
    lua_pushliteral(L, "return ");
    lua_pushlstring(L, written.p, written.n);
    lua_concat(L, 2);
    size_t n;
    const char *code = lua_tolstring(L, -1, &n);
    bool good = luaL_loadbufferx(L, code, n, "literal", "t") == LUA_OK &&
                lua_pcall(L, 0, 1, 0) == LUA_OK && lua_type(L, -1) == LUA_TSTRING;
    if (good) {
        tamis_str value;
        value.p = lua_tolstring(L, -1, &value.n);
        good = str_equal(value, text);
    }
    lua_close(L);
    return good;
}

bool literal_find(tamis_str file, position at, tamis_str text, literal *out)
{
    size_t start = 0;
    for (uint32_t line = 1; line < at.line; line++) {
        const char *newline = memchr(file.p + start, '\n', file.n - start);
        if (!newline) return false;
        start = (size_t)(newline - file.p) + 1;
    }
    if (!at.column) return false;
    out->start = start + at.column - 1;
    if (!literal_end(file, out->start, &out->end)) return false;
    size_t next = out->end;
    while (next < file.n && strchr(" \t\r\n", file.p[next])) next++;
    if (next + 1 < file.n && file.p[next] == '.') return false; /* joined to another */
    return means((tamis_str){file.p + out->start, out->end - out->start}, text);
}

static void write_quoted(char mark, tamis_str text, buffer *out)
{
    buffer_append_char(out, mark);
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        if (c == '\n')
            buffer_append_text(out, "\\n");
        else if (c == '\t')
            buffer_append_text(out, "\\t");
        else if (c < 0x20 || c == 0x7f)
            buffer_printf(out, "\\%03u", c);
        else {
            if (c == '\\' || c == (unsigned char)mark) buffer_append_char(out, '\\');
            buffer_append_char(out, (char)c);
        }
    }
    buffer_append_char(out, mark);
}

static void write_long(int level, bool newline, tamis_str text, buffer *out)
{
    for (; level < 64; level++) { /* a level at which the text does not close the bracket itself */
        size_t length = out->n;
        buffer_append_char(out, '[');
        for (int i = 0; i < level; i++) buffer_append_char(out, '=');
        buffer_append_char(out, '[');
        if (newline) buffer_append_char(out, '\n');
        size_t from = out->n;
        buffer_append_str(out, text);
        buffer_append_char(out, ']');
        for (int i = 0; i < level; i++) buffer_append_char(out, '=');
        buffer_append_char(out, ']');
        if (find_closing(buffer_str(out), from, level) == from + text.n) return;
        out->n = length;
    }
}

bool literal_write(tamis_str file, literal old, tamis_str text, buffer *out)
{
    size_t from = out->n;
    int level = long_level(file, old.start);
    if (level >= 0) {
        bool newline = file.p[old.start + (size_t)level + 2] == '\n';
        write_long(level, newline || (text.n && text.p[0] == '\n'), text, out);
    } else {
        write_quoted(file.p[old.start], text, out);
    }
    if (!out->failed && means((tamis_str){out->p + from, out->n - from}, text)) return true;
    out->n = from;
    return false;
}
