/* The script's `table`, and the order of `pairs`. Lua's own functions believe any bounds and any
 * __len; these look at the clock as they go, so huge bounds end in a time error, not in a hang.
 * `pairs` goes numbers, then strings by bytes, then booleans: Lua's own order differs from run to
 * run. */
#include "script/state.h"

#include <stdlib.h>

/* ------------------------------------------------------------------ keys in order */

typedef struct {
    int rank; /* 0 number, 1 string, 2 boolean, 3 the rest, as they come */
    double number;
    int64_t integer;
    tamis_str text;
    int at; /* index in the array of keys */
} sort_key;

static int compare_keys(const sort_key *a, const sort_key *b)
{
    if (a->rank != b->rank) return a->rank < b->rank ? -1 : 1;
    switch (a->rank) {
    case 0:
        if (a->number != b->number) return a->number < b->number ? -1 : 1;
        return (a->integer > b->integer) - (a->integer < b->integer);
    case 1: return str_compare(a->text, b->text);
    case 2: return (a->integer > b->integer) - (a->integer < b->integer);
    default: return (a->at > b->at) - (a->at < b->at);
    }
}

static int compare_for_qsort(const void *a, const void *b)
{
    return compare_keys(a, b);
}

static sort_key key_of(lua_State *L, int index, int at)
{
    sort_key key = {.rank = 3, .at = at};
    switch (lua_type(L, index)) {
    case LUA_TNUMBER:
        key.rank = 0;
        key.number = lua_tonumber(L, index);
        if (lua_isinteger(L, index)) key.integer = lua_tointeger(L, index);
        break;
    case LUA_TSTRING:
        key.rank = 1;
        key.text.p = lua_tolstring(L, index, &key.text.n);
        break;
    case LUA_TBOOLEAN:
        key.rank = 2;
        key.integer = lua_toboolean(L, index);
        break;
    default: break;
    }
    return key;
}

void keys_sorted(lua_State *L, int index)
{
    index = lua_absindex(L, index);
    luaL_checkstack(L, 6, NULL);
    lua_newtable(L);
    int keys = lua_gettop(L), n = 0;
    unsigned steps = 0;
    for (lua_pushnil(L); lua_next(L, index);) {
        SCRIPT_POLL(L, steps);
        lua_pop(L, 1);
        lua_pushvalue(L, -1);
        lua_rawseti(L, keys, ++n);
    }
    if (n < 2) return;
    sort_key *order = lua_newuserdatauv(L, (size_t)n * sizeof *order, 0);
    bool sorted = true;
    for (int i = 0; i < n; i++) {
        lua_rawgeti(L, keys, i + 1);
        order[i] = key_of(L, -1, i + 1);
        lua_pop(L, 1);
        if (i && compare_keys(&order[i - 1], &order[i]) > 0) sorted = false;
    }
    if (!sorted) {
        qsort(order, (size_t)n, sizeof *order, compare_for_qsort);
        lua_createtable(L, n, 0);
        for (int i = 0; i < n; i++) {
            lua_rawgeti(L, keys, order[i].at);
            lua_rawseti(L, -2, i + 1);
        }
        lua_replace(L, keys);
    }
    lua_settop(L, keys);
}

/* The iterator of pairs: upvalues are the table, its keys and the last index. */
static int next_sorted(lua_State *L)
{
    lua_Integer i = lua_tointeger(L, lua_upvalueindex(3));
    for (;;) {
        i++;
        if (lua_rawgeti(L, lua_upvalueindex(2), i) == LUA_TNIL) return 1;
        lua_pushvalue(L, -1);
        if (lua_rawget(L, lua_upvalueindex(1)) != LUA_TNIL) break; /* not removed meanwhile */
        lua_pop(L, 2);
    }
    lua_pushinteger(L, i);
    lua_replace(L, lua_upvalueindex(3));
    return 2;
}

int pairs_sorted(lua_State *L)
{
    luaL_checkany(L, 1);
    if (luaL_getmetafield(L, 1, "__pairs") != LUA_TNIL) {
        lua_pushvalue(L, 1);
        lua_call(L, 1, 3);
        return 3;
    }
    if (sandbox_is_locked(L, 1) && lua_getmetatable(L, 1)) { /* a library: show what is in it */
        lua_getfield(L, -1, "__index");
        lua_replace(L, 1);
    }
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    keys_sorted(L, 1);
    lua_pushinteger(L, 0);
    lua_pushcclosure(L, next_sorted, 3);
    return 1;
}

/* ------------------------------------------------------------------ table */

static lua_Integer check_length(lua_State *L, int index)
{
    if (sandbox_is_locked(L, index)) luaL_error(L, "this table is read-only");
    luaL_checktype(L, index, LUA_TTABLE);
    return luaL_len(L, index);
}

static int table_insert(lua_State *L)
{
    lua_Integer n = check_length(L, 1), at;
    switch (lua_gettop(L)) {
    case 2: at = (lua_Integer)((lua_Unsigned)n + 1); break;
    case 3: {
        unsigned steps = 0;
        at = luaL_checkinteger(L, 2);
        luaL_argcheck(L, (lua_Unsigned)at - 1u < (lua_Unsigned)n + 1u, 2, "position out of bounds");
        for (lua_Integer i = n; i >= at; i--) {
            SCRIPT_POLL(L, steps);
            lua_geti(L, 1, i);
            lua_seti(L, 1, i + 1);
        }
        break;
    }
    default: return luaL_error(L, "table.insert takes (table, value) or (table, position, value)");
    }
    lua_seti(L, 1, at);
    return 0;
}

static int table_remove(lua_State *L)
{
    lua_Integer n = check_length(L, 1), at = luaL_optinteger(L, 2, n);
    if (lua_gettop(L) > 1)
        luaL_argcheck(L, (lua_Unsigned)at - 1u <= (lua_Unsigned)n, 2, "position out of bounds");
    lua_geti(L, 1, at);
    unsigned steps = 0;
    for (; at < n; at++) {
        SCRIPT_POLL(L, steps);
        lua_geti(L, 1, at + 1);
        lua_seti(L, 1, at);
    }
    lua_pushnil(L);
    lua_seti(L, 1, at);
    return 1;
}

static int table_move(lua_State *L)
{
    lua_Integer from = luaL_checkinteger(L, 2), last = luaL_checkinteger(L, 3),
                to = luaL_checkinteger(L, 4);
    int target = lua_isnoneornil(L, 5) ? 1 : 5;
    luaL_checktype(L, 1, LUA_TTABLE);
    luaL_checktype(L, target, LUA_TTABLE);
    if (sandbox_is_locked(L, target)) return luaL_error(L, "this table is read-only");
    if (last >= from) {
        luaL_argcheck(L, from > 0 || last < LUA_MAXINTEGER + from, 3, "too many elements to move");
        lua_Integer n = last - from + 1;
        luaL_argcheck(L, to <= LUA_MAXINTEGER - n + 1, 4, "destination wraps around");
        bool upwards = to > last || to <= from || (target != 1 && !lua_rawequal(L, 1, target));
        unsigned steps = 0;
        for (lua_Integer k = 0; k < n; k++) {
            lua_Integer i = upwards ? k : n - 1 - k;
            SCRIPT_POLL(L, steps);
            lua_geti(L, 1, from + i);
            lua_seti(L, target, to + i);
        }
    }
    lua_pushvalue(L, target);
    return 1;
}

static int table_concat(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TTABLE);
    size_t gap_length;
    const char *gap = luaL_optlstring(L, 2, "", &gap_length);
    lua_Integer i = luaL_optinteger(L, 3, 1);
    lua_Integer last = lua_isnoneornil(L, 4) ? luaL_len(L, 1) : luaL_checkinteger(L, 4);
    luaL_Buffer out;
    luaL_buffinit(L, &out);
    unsigned steps = 0;
    for (; i <= last; i++) {
        SCRIPT_POLL(L, steps);
        lua_geti(L, 1, i);
        if (!lua_isstring(L, -1))
            return luaL_error(L, "item %I of table.concat is %s, not text or a number",
                              (LUAI_UACINT)i, luaL_typename(L, -1));
        luaL_addvalue(&out);
        if (i == last) break; /* i + 1 could overflow */
        luaL_addlstring(&out, gap, gap_length);
    }
    luaL_pushresult(&out);
    return 1;
}

static int table_unpack(lua_State *L)
{
    lua_Integer i = luaL_optinteger(L, 2, 1);
    lua_Integer last = lua_isnoneornil(L, 3) ? luaL_len(L, 1) : luaL_checkinteger(L, 3);
    if (i > last) return 0;
    lua_Unsigned n = (lua_Unsigned)last - (lua_Unsigned)i;
    if (n >= 100000 || !lua_checkstack(L, (int)n + 1))
        return luaL_error(L, "too many results to unpack");
    for (; i < last; i++) lua_geti(L, 1, i);
    lua_geti(L, 1, last);
    return (int)n + 1;
}

static int default_order(lua_State *L)
{
    unsigned steps = 0;
    SCRIPT_POLL(L, steps);
    lua_pushboolean(L, lua_compare(L, 1, 2, LUA_OPLT));
    return 1;
}

/* Lua's sort, made stoppable: its comparisons are calls, and a call sees the hook. */
static int table_sort(lua_State *L)
{
    lua_Integer n = check_length(L, 1);
    luaL_argcheck(L, n < 1 << 27, 1, "array too big");
    lua_settop(L, 2);
    lua_pushvalue(L, lua_upvalueindex(1));
    lua_pushvalue(L, 1);
    if (lua_isnil(L, 2))
        lua_pushcfunction(L, default_order);
    else
        lua_pushvalue(L, 2);
    lua_call(L, 2, 0);
    return 0;
}

static int table_pack(lua_State *L)
{
    int n = lua_gettop(L);
    lua_createtable(L, n, 1);
    lua_insert(L, 1);
    for (int i = n; i >= 1; i--) lua_rawseti(L, 1, i);
    lua_pushinteger(L, n);
    lua_setfield(L, 1, "n");
    return 1;
}

void tables_open(lua_State *L)
{
    static const luaL_Reg functions[] = {{"insert", table_insert},
                                         {"remove", table_remove},
                                         {"move", table_move},
                                         {"concat", table_concat},
                                         {"unpack", table_unpack},
                                         {"pack", table_pack},
                                         {NULL, NULL}};
    luaL_newlib(L, functions);
    lua_pushcfunction(L, luaopen_table);
    lua_call(L, 0, 1);
    lua_getfield(L, -1, "sort");
    lua_remove(L, -2);
    lua_pushcclosure(L, table_sort, 1);
    lua_setfield(L, -2, "sort");
}
