/* Lua values as trees for the rest of tamis, and option structures as tables for Lua. */
#include "script/state.h"

#include <math.h>
#include <stdlib.h>

static bool tree_of(lua_State *L, int index, position at, int depth, bool map_wanted, value *out);

static void complain(lua_State *L, position at, const char *what)
{
    script *self = script_of(L);
    if (self->diags)
        diagnostics_add(self->diags, DIAGNOSTIC_ERROR, "E0108", at, "%s", what);
    else
        luaL_error(L, "%s", what);
}

/* Counts the keys of a table by kind. */
static void count_keys(lua_State *L, int index, size_t *names, size_t *others)
{
    *names = *others = 0;
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        if (lua_type(L, -2) == LUA_TSTRING) {
            ++*names;
        } else {
            ++*others;
        }
    }
}

static bool list_of(lua_State *L, int index, size_t n, position at, int depth, value *out)
{
    script *self = script_of(L);
    out->kind = VALUE_LIST;
    out->u.list.items = arena_alloc(&self->memory, (n + 1) * sizeof(value));
    if (!out->u.list.items) return false;
    for (size_t i = 0; i < n; i++) {
        lua_rawgeti(L, index, (lua_Integer)i + 1);
        bool good = tree_of(L, lua_gettop(L), at, depth + 1, false, &out->u.list.items[i]);
        lua_pop(L, 1);
        if (!good) return false;
        out->u.list.count = i + 1;
    }
    return true;
}

static int by_key(const void *a, const void *b)
{
    return str_compare(((const value_member *)a)->key, ((const value_member *)b)->key);
}

static bool map_of(lua_State *L, int index, size_t n, position at, int depth, value *out)
{
    script *self = script_of(L);
    out->kind = VALUE_MAP;
    value_member *members = arena_alloc(&self->memory, (n + 1) * sizeof *members);
    out->u.map.members = members;
    if (!members) return false;
    size_t count = 0;
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING) continue;
        tamis_str key;
        key.p = lua_tolstring(L, -2, &key.n);
        value *v = arena_alloc(&self->memory, sizeof *v);
        if (!v || !tree_of(L, lua_gettop(L), at, depth + 1, false, v)) {
            lua_pop(L, 2);
            return false;
        }
        members[count++] = (value_member){arena_copy(&self->memory, key), at, v};
    }
    out->u.map.count = count;
    qsort(members, count, sizeof *members, by_key);
    return true;
}

static bool table_of(lua_State *L, int index, position at, int depth, bool map_wanted, value *out)
{
    size_t names, others, n = lua_rawlen(L, index);
    if (depth > VALUE_DEPTH) {
        complain(L, at, "tables nested more than 32 deep, or one that holds itself");
        return false;
    }
    luaL_checkstack(L, 8, "tables nested too deeply");
    count_keys(L, index, &names, &others);
    if (map_wanted) return map_of(L, index, names, at, depth, out);
    if (names && others) {
        complain(L, at,
                 "a table that has both names and items: write options by name, lists without");
        return false;
    }
    if (others != n) {
        complain(L, at, "a list with holes, or with keys that are neither names nor positions");
        return false;
    }
    return names ? map_of(L, index, names, at, depth, out) : list_of(L, index, n, at, depth, out);
}

static bool tree_of(lua_State *L, int index, position at, int depth, bool map_wanted, value *out)
{
    script *self = script_of(L);
    *out = (value){.kind = VALUE_NIL, .at = at};
    switch (lua_type(L, index)) {
    case LUA_TNIL: break;
    case LUA_TBOOLEAN:
        out->kind = VALUE_BOOL;
        out->u.b = lua_toboolean(L, index);
        break;
    case LUA_TNUMBER:
        if (lua_isinteger(L, index)) {
            out->kind = VALUE_INT;
            out->u.i = lua_tointeger(L, index);
        } else {
            out->kind = VALUE_NUMBER;
            out->u.d = lua_tonumber(L, index);
        }
        break;
    case LUA_TSTRING: {
        tamis_str text;
        text.p = lua_tolstring(L, index, &text.n);
        out->kind = VALUE_STRING;
        out->u.s = arena_copy(&self->memory, text);
        break;
    }
    case LUA_TFUNCTION:
        out->kind = VALUE_FUNCTION;
        lua_pushvalue(L, index);
        out->u.i = script_ref(L);
        break;
    case LUA_TTABLE: return table_of(L, index, at, depth, map_wanted, out);
    default: {
        char what[96];
        snprintf(what, sizeof what, "a value of type %s has no place here",
                 luaL_typename(L, index));
        complain(L, at, what);
        return false;
    }
    }
    return true;
}

value value_from_lua(lua_State *L, int index, position at, bool map_wanted)
{
    value out;
    int top = lua_gettop(L);
    if (!tree_of(L, lua_absindex(L, index), at, 0, map_wanted, &out)) {
        out = (value){.kind = VALUE_NIL, .at = at};
        if (map_wanted) out.kind = VALUE_MAP;
    }
    lua_settop(L, top);
    return out;
}

void value_push(lua_State *L, const value *from)
{
    luaL_checkstack(L, 4, NULL);
    switch (from->kind) {
    case VALUE_NIL: lua_pushnil(L); break;
    case VALUE_BOOL: lua_pushboolean(L, from->u.b); break;
    case VALUE_INT: lua_pushinteger(L, from->u.i); break;
    case VALUE_NUMBER: lua_pushnumber(L, from->u.d); break;
    case VALUE_STRING: lua_pushlstring(L, from->u.s.p, from->u.s.n); break;
    case VALUE_FUNCTION: lua_rawgeti(L, LUA_REGISTRYINDEX, from->u.i); break;
    case VALUE_LIST:
        lua_createtable(L, (int)from->u.list.count, 0);
        for (size_t i = 0; i < from->u.list.count; i++) {
            value_push(L, &from->u.list.items[i]);
            lua_rawseti(L, -2, (lua_Integer)i + 1);
        }
        break;
    case VALUE_MAP:
        lua_createtable(L, 0, (int)from->u.map.count);
        for (size_t i = 0; i < from->u.map.count; i++) {
            lua_pushlstring(L, from->u.map.members[i].key.p, from->u.map.members[i].key.n);
            value_push(L, from->u.map.members[i].value);
            lua_rawset(L, -3);
        }
        break;
    }
}

static void push_word(lua_State *L, const char *accept, int32_t index)
{
    for (; accept && index > 0; index--) {
        accept = strchr(accept, '|');
        if (accept) accept++;
    }
    size_t n = accept ? strcspn(accept, "|") : 0;
    lua_pushlstring(L, accept ? accept : "", n);
}

/* Another name is a slip: as nil it would quietly switch something off. */
static int unknown_option(lua_State *L)
{
    enum { MOST = 64 };
    const char *names[MOST];
    size_t n = 0;
    if (lua_type(L, 2) != LUA_TSTRING) return 0;
    for (lua_pushnil(L); lua_next(L, 1); lua_pop(L, 1))
        if (n < MOST && lua_type(L, -2) == LUA_TSTRING) names[n++] = lua_tostring(L, -2);
    const char *asked = lua_tostring(L, 2), *near = did_you_mean(str_of(asked), names, n);
    if (near) return luaL_error(L, "the stage has no option `%s`: did you mean `%s`?", asked, near);
    return luaL_error(L, "the stage has no option `%s`: declare it under `options`", asked);
}

static void seal_options(lua_State *L)
{
    if (luaL_newmetatable(L, "tamis.options")) {
        lua_pushcfunction(L, unknown_option);
        lua_setfield(L, -2, "__index");
        lua_pushboolean(L, false);
        lua_setfield(L, -2, "__metatable");
    }
    lua_setmetatable(L, -2);
}

void options_push(lua_State *L, const tamis_option *table, size_t count, const void *conf)
{
    lua_createtable(L, 0, (int)count);
    for (size_t i = 0; i < count; i++) {
        const void *at = (const char *)conf + table[i].offset;
        switch (table[i].type) {
        case TAMIS_BOOL: lua_pushboolean(L, *(const bool *)at); break;
        case TAMIS_INT:
        case TAMIS_SIZE: lua_pushinteger(L, *(const int64_t *)at); break;
        case TAMIS_NUMBER:
        case TAMIS_DURATION: lua_pushnumber(L, *(const double *)at); break;
        case TAMIS_ENUM: push_word(L, table[i].accept, *(const int32_t *)at); break;
        case TAMIS_LIST:
        case TAMIS_PATHS: {
            const tamis_list *list = at;
            lua_createtable(L, (int)list->n, 0);
            for (size_t k = 0; k < list->n; k++) {
                lua_pushlstring(L, list->at[k].p ? list->at[k].p : "", list->at[k].n);
                lua_rawseti(L, -2, (lua_Integer)k + 1);
            }
            break;
        }
        default: {
            const tamis_str *text = at;
            lua_pushlstring(L, text->p ? text->p : "", text->n);
        }
        }
        lua_setfield(L, -2, table[i].name);
    }
    seal_options(L);
}

bool value_is_language(const value *from)
{
    if (from->kind != VALUE_STRING) return true; /* told elsewhere */
    tamis_str tag = from->u.s;
    size_t n = 0;
    while (n < tag.n && tag.p[n] >= 'a' && tag.p[n] <= 'z') n++;
    return (n == 2 || n == 3) && (n == tag.n || tag.p[n] == '-');
}
