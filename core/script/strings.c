/* The script's `string`: Lua's own where they end in time linear in their arguments, ours for the
 * patterns, for rep (whose size is checked before anything is copied) and for format (no addresses,
 * which differ from run to run). */
#include "script/pattern.h"

#include <stdlib.h>

static int string_rep(lua_State *L)
{
    script *self = script_of(L);
    size_t n, gap;
    const char *text = luaL_checklstring(L, 1, &n);
    lua_Integer times = luaL_checkinteger(L, 2);
    const char *between = luaL_optlstring(L, 3, "", &gap);
    if (times <= 0 || n + gap == 0) {
        lua_pushliteral(L, "");
        return 1;
    }
    size_t room = self->ceiling > self->used ? self->ceiling - self->used : 0;
    if ((lua_Unsigned)times > room / (n + gap))
        return luaL_error(
            L, "string.rep of %d bytes, %I times, is more than the script's memory limit", (int)n,
            (LUAI_UACINT)times);
    luaL_Buffer out;
    char *at = luaL_buffinitsize(L, &out, n * (size_t)times + gap * (size_t)(times - 1));
    for (lua_Integer i = 0; i < times; i++) {
        memcpy(at, text, n);
        at += n;
        if (i + 1 < times) {
            memcpy(at, between, gap);
            at += gap;
        }
    }
    luaL_pushresultsize(&out, n * (size_t)times + gap * (size_t)(times - 1));
    return 1;
}

/* Upvalues: Lua's format and the script's tostring. Values whose text would be an address are
 * written as their type. */
static int string_format(lua_State *L)
{
    size_t n;
    const char *format = luaL_checklstring(L, 1, &n);
    for (size_t i = 0; i + 1 < n; i++) {
        if (format[i] != '%') continue;
        size_t end = ++i;
        while (end < n && strchr("-+ #0123456789.", format[end]) && format[end]) end++;
        if (end < n && format[end] == 'p')
            return luaL_error(
                L, "%%p is not available to scripts: an address differs from run to run");
        i = end;
    }
    int arguments = lua_gettop(L);
    for (int i = 2; i <= arguments; i++) {
        int kind = lua_type(L, i);
        if (kind != LUA_TTABLE && kind != LUA_TUSERDATA && kind != LUA_TFUNCTION &&
            kind != LUA_TTHREAD && kind != LUA_TLIGHTUSERDATA)
            continue;
        sandbox_base(L);
        lua_getfield(L, -1, "tostring");
        lua_pushvalue(L, i);
        lua_call(L, 1, 1);
        lua_replace(L, i);
        lua_pop(L, 1);
    }
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_insert(L, 1);
    lua_call(L, arguments, 1);
    return 1;
}

void strings_open(lua_State *L)
{
    static const luaL_Reg own[] = {{"find", pattern_find},     {"match", pattern_match},
                                   {"gmatch", pattern_gmatch}, {"gsub", pattern_gsub},
                                   {"rep", string_rep},        {NULL, NULL}};
    static const char *const kept[] = {"byte",  "char", "len",    "lower",    "reverse", "sub",
                                       "upper", "pack", "unpack", "packsize", NULL};
    lua_newtable(L);
    lua_pushcfunction(L, luaopen_string);
    lua_call(L, 0, 1);
    for (const char *const *name = kept; *name; name++) {
        lua_getfield(L, -1, *name);
        lua_setfield(L, -3, *name);
    }
    lua_getfield(L, -1, "format");
    lua_pushcclosure(L, string_format, 1);
    lua_setfield(L, -3, "format");
    lua_pop(L, 1);
    luaL_setfuncs(L, own, 0);
}
