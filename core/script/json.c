/* json.decode and json.encode. Written here because cJSON turns 9007199254740993 into a double and
 * cuts strings at NUL: integers stay integers, null is json.null, an empty array stays one. Keys
 * are written in order. */
#include "script/state.h"

#include <math.h>
#include <stdlib.h>

enum { JSON_DEPTH = 100 };

static const char ARRAY[] = "json array";

/* ------------------------------------------------------------------ decode */

typedef struct {
    lua_State *L;
    const char *p, *start, *end;
    int depth;
    unsigned steps;
} reader;

static void fail(reader *r, const char *what)
{
    luaL_error(r->L, "JSON: %s at byte %I", what, (LUAI_UACINT)(r->p - r->start) + 1);
}

static void skip_space(reader *r)
{
    while (r->p < r->end && (*r->p == ' ' || *r->p == '\t' || *r->p == '\n' || *r->p == '\r'))
        r->p++;
}

static unsigned read_hex(reader *r)
{
    unsigned number = 0;
    if (r->end - r->p < 4) fail(r, "an escape is cut short");
    for (int i = 0; i < 4; i++, r->p++) {
        char c = *r->p;
        unsigned digit = c >= '0' && c <= '9'   ? (unsigned)(c - '0')
                         : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a' + 10)
                         : c >= 'A' && c <= 'F' ? (unsigned)(c - 'A' + 10)
                                                : 16;
        if (digit > 15) fail(r, "a \\u escape without four hexadecimal digits");
        number = number * 16 + digit;
    }
    return number;
}

static void read_escape(reader *r, luaL_Buffer *out)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    if (r->p >= r->end) fail(r, "text without an end");
    char c = *r->p++;
    const char *at = c ? strchr(from, c) : NULL;
    if (at) {
        luaL_addchar(out, to[at - from]);
        return;
    }
    if (c != 'u') fail(r, "an unknown escape");
    uint32_t point = read_hex(r);
    if (point >= 0xD800 && point < 0xDC00 && r->end - r->p >= 6 && r->p[0] == '\\' &&
        r->p[1] == 'u') {
        const char *back = r->p;
        r->p += 2;
        uint32_t low = read_hex(r);
        if (low >= 0xDC00 && low < 0xE000)
            point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00);
        else
            r->p = back;
    }
    if (point >= 0xD800 && point < 0xE000) point = 0xFFFD;
    char bytes[4];
    luaL_addlstring(out, bytes, utf8_encode(point, bytes));
}

static void read_string(reader *r)
{
    luaL_Buffer out;
    const char *from = ++r->p;
    while (r->p < r->end && *r->p != '"' && *r->p != '\\') r->p++;
    if (r->p < r->end && *r->p == '"') { /* the usual case: nothing to undo */
        lua_pushlstring(r->L, from, (size_t)(r->p - from));
        r->p++;
        return;
    }
    luaL_buffinit(r->L, &out);
    luaL_addlstring(&out, from, (size_t)(r->p - from));
    while (r->p < r->end && *r->p != '"') {
        SCRIPT_POLL(r->L, r->steps);
        if (*r->p == '\\') {
            r->p++;
            read_escape(r, &out);
        } else {
            luaL_addchar(&out, *r->p++);
        }
    }
    if (r->p >= r->end) fail(r, "text without an end");
    r->p++;
    luaL_pushresult(&out);
}

static void read_number(reader *r)
{
    const char *from = r->p;
    if (r->p < r->end && *r->p == '-') r->p++;
    if (r->p >= r->end || *r->p < '0' || *r->p > '9') fail(r, "no value");
    while (r->p < r->end && *r->p && strchr("0123456789.eE+-", *r->p)) r->p++;
    char copy[64];
    size_t n = (size_t)(r->p - from);
    if (n >= sizeof copy) n = sizeof copy - 1; /* digits that no double holds */
    memcpy(copy, from, n);
    copy[n] = 0;
    if (lua_stringtonumber(r->L, copy) == 0) fail(r, "a malformed number");
}

static void read_value(reader *r);

static void read_array(reader *r)
{
    lua_Integer n = 0;
    lua_newtable(r->L);
    luaL_setmetatable(r->L, ARRAY);
    r->p++;
    skip_space(r);
    if (r->p < r->end && *r->p == ']') {
        r->p++;
        return;
    }
    for (;;) {
        read_value(r);
        lua_rawseti(r->L, -2, ++n);
        skip_space(r);
        if (r->p < r->end && *r->p == ',') {
            r->p++;
        } else if (r->p < r->end && *r->p == ']') {
            r->p++;
            return;
        } else {
            fail(r, "no `,` or `]` in an array");
        }
    }
}

static void read_object(reader *r)
{
    lua_newtable(r->L);
    r->p++;
    skip_space(r);
    if (r->p < r->end && *r->p == '}') {
        r->p++;
        return;
    }
    for (;;) {
        skip_space(r);
        if (r->p >= r->end || *r->p != '"') fail(r, "no member name");
        read_string(r);
        skip_space(r);
        if (r->p >= r->end || *r->p != ':') fail(r, "no `:` after a member name");
        r->p++;
        read_value(r);
        lua_rawset(r->L, -3);
        skip_space(r);
        if (r->p < r->end && *r->p == ',') {
            r->p++;
        } else if (r->p < r->end && *r->p == '}') {
            r->p++;
            return;
        } else {
            fail(r, "no `,` or `}` in an object");
        }
    }
}

static bool read_word(reader *r, const char *word)
{
    size_t n = strlen(word);
    if ((size_t)(r->end - r->p) < n || memcmp(r->p, word, n) != 0) return false;
    r->p += n;
    return true;
}

static void read_value(reader *r)
{
    SCRIPT_POLL(r->L, r->steps);
    if (++r->depth > JSON_DEPTH) fail(r, "nested more than 100 deep");
    luaL_checkstack(r->L, 6, NULL);
    skip_space(r);
    char c = r->p < r->end ? *r->p : 0;
    if (c == '{')
        read_object(r);
    else if (c == '[')
        read_array(r);
    else if (c == '"')
        read_string(r);
    else if (read_word(r, "true"))
        lua_pushboolean(r->L, 1);
    else if (read_word(r, "false"))
        lua_pushboolean(r->L, 0);
    else if (read_word(r, "null"))
        lua_pushlightuserdata(r->L, &script_null);
    else
        read_number(r);
    r->depth--;
}

void script_json_push(lua_State *L, tamis_str text)
{
    reader r = {.L = L, .p = text.p, .start = text.p, .end = text.p + text.n, .steps = 1};
    read_value(&r);
    skip_space(&r);
    if (r.p < r.end) fail(&r, "something after the value");
}

static int json_decode(lua_State *L)
{
    tamis_str text;
    text.p = luaL_checklstring(L, 1, &text.n);
    script_json_push(L, text);
    return 1;
}

/* ------------------------------------------------------------------ encode */

static void write_text(lua_State *L, tamis_str text, buffer *out)
{
    if (utf8_valid_prefix(text) < text.n) luaL_error(L, "JSON: text that is not valid UTF-8");
    buffer_append_char(out, '"');
    size_t from = 0;
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        if (c >= 0x20 && c != '"' && c != '\\') continue;
        buffer_append(out, text.p + from, i - from);
        from = i + 1;
        if (c == '"' || c == '\\')
            buffer_printf(out, "\\%c", c);
        else if (c == '\n')
            buffer_append_text(out, "\\n");
        else if (c == '\t')
            buffer_append_text(out, "\\t");
        else if (c == '\r')
            buffer_append_text(out, "\\r");
        else
            buffer_printf(out, "\\u%04x", c);
    }
    buffer_append(out, text.p + from, text.n - from);
    buffer_append_char(out, '"');
}

/* The shortest text that reads back as the same number; always with a point or an exponent. */
static void write_number(lua_State *L, double d, buffer *out)
{
    char text[40];
    if (isnan(d) || isinf(d)) luaL_error(L, "JSON: a number that is not finite");
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, d);
        if (strtod(text, NULL) == d) break;
    }
    buffer_append_text(out, text);
    if (!strpbrk(text, ".e")) buffer_append_text(out, ".0");
}

static void write_value(lua_State *L, int index, buffer *out, int depth);

static void write_array(lua_State *L, int index, size_t n, buffer *out, int depth)
{
    buffer_append_char(out, '[');
    for (size_t i = 1; i <= n; i++) {
        if (i > 1) buffer_append_char(out, ',');
        lua_rawgeti(L, index, (lua_Integer)i);
        write_value(L, lua_gettop(L), out, depth + 1);
        lua_pop(L, 1);
    }
    buffer_append_char(out, ']');
}

static void write_object(lua_State *L, int index, buffer *out, int depth)
{
    keys_sorted(L, index);
    int keys = lua_gettop(L);
    size_t n = lua_rawlen(L, keys);
    buffer_append_char(out, '{');
    for (size_t i = 1; i <= n; i++) {
        tamis_str key;
        lua_rawgeti(L, keys, (lua_Integer)i);
        if (lua_type(L, -1) != LUA_TSTRING)
            luaL_error(L, "JSON: a table with names and positions, or a list with holes");
        key.p = lua_tolstring(L, -1, &key.n);
        if (i > 1) buffer_append_char(out, ',');
        write_text(L, key, out);
        buffer_append_char(out, ':');
        lua_rawget(L, index);
        write_value(L, lua_gettop(L), out, depth + 1);
        lua_pop(L, 1);
    }
    buffer_append_char(out, '}');
    lua_settop(L, keys - 1);
}

static bool is_array(lua_State *L, int index)
{
    bool marked = false;
    if (lua_getmetatable(L, index)) {
        luaL_getmetatable(L, ARRAY);
        marked = lua_rawequal(L, -1, -2);
        lua_pop(L, 2);
    }
    if (marked || lua_rawlen(L, index) == 0) return marked;
    size_t keys = 0;
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) keys++;
    if (keys != lua_rawlen(L, index))
        luaL_error(L, "JSON: a table with names and positions, or a list with holes");
    return true;
}

static void write_value(lua_State *L, int index, buffer *out, int depth)
{
    if (depth > JSON_DEPTH)
        luaL_error(L, "JSON: tables nested more than 100 deep, or one in itself");
    luaL_checkstack(L, 8, NULL);
    if (out->n > ((size_t)256 << 20) || out->failed) luaL_error(L, "JSON: more than 256 MiB");
    switch (lua_type(L, index)) {
    case LUA_TNIL: buffer_append_text(out, "null"); break;
    case LUA_TBOOLEAN: buffer_append_text(out, lua_toboolean(L, index) ? "true" : "false"); break;
    case LUA_TNUMBER:
        if (lua_isinteger(L, index))
            buffer_printf(out, "%lld", (long long)lua_tointeger(L, index));
        else
            write_number(L, lua_tonumber(L, index), out);
        break;
    case LUA_TSTRING: {
        tamis_str text;
        text.p = lua_tolstring(L, index, &text.n);
        write_text(L, text, out);
        break;
    }
    case LUA_TLIGHTUSERDATA:
        if (lua_touserdata(L, index) != &script_null)
            luaL_error(L, "JSON: a span cannot be written: write its fields");
        buffer_append_text(out, "null");
        break;
    case LUA_TTABLE:
        if (is_array(L, index))
            write_array(L, index, lua_rawlen(L, index), out, depth);
        else
            write_object(L, index, out, depth);
        break;
    default: luaL_error(L, "JSON: a %s cannot be written", luaL_typename(L, index));
    }
}

void script_json_write(lua_State *L, int index, buffer *out)
{
    write_value(L, lua_absindex(L, index), out, 0);
}

static int free_buffer(lua_State *L)
{
    buffer_free(lua_touserdata(L, 1));
    return 0;
}

/* A buffer that is freed however the call ends. */
static buffer *guarded_buffer(lua_State *L)
{
    buffer *out = lua_newuserdatauv(L, sizeof *out, 0);
    memset(out, 0, sizeof *out);
    if (luaL_newmetatable(L, "json buffer")) {
        lua_pushcfunction(L, free_buffer);
        lua_setfield(L, -2, "__gc");
    }
    lua_setmetatable(L, -2);
    return out;
}

static int json_encode(lua_State *L)
{
    luaL_checkany(L, 1);
    lua_settop(L, 1);
    buffer *out = guarded_buffer(L);
    script_json_write(L, 1, out);
    lua_pushlstring(L, out->p, out->n);
    buffer_free(out);
    memset(out, 0, sizeof *out);
    return 1;
}

static int json_array(lua_State *L)
{
    if (lua_isnoneornil(L, 1)) {
        lua_settop(L, 0);
        lua_newtable(L);
    }
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    if (lua_getmetatable(L, 1))
        return luaL_error(L, "json.array takes a table without a metatable");
    luaL_setmetatable(L, ARRAY);
    return 1;
}

void script_json_open(lua_State *L)
{
    static const luaL_Reg functions[] = {
        {"decode", json_decode}, {"encode", json_encode}, {"array", json_array}, {NULL, NULL}};
    luaL_newmetatable(L, ARRAY);
    lua_pushliteral(L, "locked");
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 1);
    sandbox_base(L);
    luaL_newlib(L, functions);
    lua_pushlightuserdata(L, &script_null);
    lua_setfield(L, -2, "null");
    sandbox_lock(L, "json");
    lua_setfield(L, -2, "json");
    lua_pop(L, 1);
}
