/* Spans by where they stand: the one before a place, behind it, around it, and those that share
 * text with it. Each takes a type first and then a place: a span, or a position (bytes from 1), or
 * two for a range. */
#include "script/state.h"

#include <stdlib.h>

typedef struct {
    const tamis_span *rows;
    size_t count, query;
} row_list;

/* A place as view offsets: a span handle, one position or two. */
static void place_at(lua_State *L, int index, size_t *start, size_t *end)
{
    if (lua_type(L, index) == LUA_TLIGHTUSERDATA) {
        const tamis_span *s = span_check(L, index);
        *start = s->start;
        *end = s->end;
        return;
    }
    lua_Integer first = luaL_checkinteger(L, index), n = (lua_Integer)proxy_document(L)->view.n;
    if (first < 1 || first > n + 1)
        luaL_error(L, "position %I is outside the text, which is %I bytes", (LUAI_UACINT)first,
                   (LUAI_UACINT)n);
    *start = *end = (size_t)first - 1;
}

static row_list rows_of(lua_State *L, int index)
{
    row_list list;
    error e = {0};
    tamis_str type;
    type.p = luaL_checklstring(L, index, &type.n);
    list.rows = document_spans(proxy_document(L), type, &list.count, &e);
    if (e.rc < 0) luaL_error(L, "%s", e.text);
    list.query = span_query_add(L, list.rows, list.count);
    return list;
}

/* The index of the first row that starts at or after `at`. */
static size_t first_from(const row_list *list, size_t at)
{
    size_t low = 0;
    for (size_t high = list->count; low < high;) {
        size_t middle = low + (high - low) / 2;
        if (list->rows[middle].start < at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static int push_row(lua_State *L, const row_list *list, size_t row)
{
    if (row < list->count)
        span_push(L, list->query, row + 1);
    else
        lua_pushnil(L);
    return 1;
}

static size_t reach(lua_State *L, int index)
{
    lua_Integer bytes = luaL_optinteger(L, index, LUA_MAXINTEGER);
    if (bytes < 0) luaL_error(L, "a distance is a number of bytes, 0 or more");
    return (size_t)bytes;
}

/* doc:before(type, place [, within]): of the spans that end at or before it the one whose end is
 * nearest. */
static int doc_before(lua_State *L)
{
    size_t start, end, within = reach(L, 4), found = SIZE_MAX, best = 0;
    unsigned steps = 0;
    row_list list = rows_of(L, 2);
    place_at(L, 3, &start, &end);
    for (size_t i = first_from(&list, start + 1); i-- > 0;) {
        const tamis_span *s = &list.rows[i];
        SCRIPT_POLL(L, steps);
        if (s->state == TAMIS_SPAN_GONE || s->end > start) continue;
        if (found != SIZE_MAX && s->end <= best) continue;
        found = i;
        best = s->end;
        if (best == start) break;
    }
    if (found != SIZE_MAX && start - best > within) found = SIZE_MAX;
    return push_row(L, &list, found);
}

/* doc:after(type, place [, within]): the first span that begins at or behind its end. */
static int doc_after(lua_State *L)
{
    size_t start, end, within = reach(L, 4);
    row_list list = rows_of(L, 2);
    bool handle = lua_type(L, 3) == LUA_TLIGHTUSERDATA;
    const tamis_span *self = handle ? span_check(L, 3) : NULL;
    place_at(L, 3, &start, &end);
    size_t i = first_from(&list, end);
    while (i < list.count &&
           (list.rows[i].state == TAMIS_SPAN_GONE || (self && list.rows[i].number == self->number)))
        i++;
    if (i < list.count && list.rows[i].start - end > within) i = list.count;
    return push_row(L, &list, i);
}

/* doc:around(type, place): the shortest span that holds it. */
static int doc_around(lua_State *L)
{
    size_t start, end, found = SIZE_MAX, best = SIZE_MAX;
    unsigned steps = 0;
    row_list list = rows_of(L, 2);
    bool handle = lua_type(L, 3) == LUA_TLIGHTUSERDATA;
    const tamis_span *self = handle ? span_check(L, 3) : NULL;
    place_at(L, 3, &start, &end);
    if (!handle) end = start + 1; /* the byte at that position */
    for (size_t i = 0; i < list.count && list.rows[i].start <= start; i++) {
        const tamis_span *s = &list.rows[i];
        SCRIPT_POLL(L, steps);
        if (s->end < end || s->end - s->start > best || (self && s->number == self->number))
            continue;
        best = s->end - s->start;
        found = i;
    }
    return push_row(L, &list, found);
}

/* doc:overlapping(type, span) or (type, first, last): the list of those that share at least a byte
 * with it. */
static int doc_overlapping(lua_State *L)
{
    size_t start, end, n = 0, low, high;
    unsigned steps = 0;
    row_list list = rows_of(L, 2);
    if (lua_type(L, 3) == LUA_TLIGHTUSERDATA)
        place_at(L, 3, &start, &end);
    else
        range_check(L, 3, 4, &start, &end);
    high = first_from(&list, end);
    low = high;
    for (size_t i = 0; i < high; i++) {
        SCRIPT_POLL(L, steps);
        if (list.rows[i].end <= start) continue;
        if (n++ == 0) low = i;
    }
    const tamis_span *rows = list.rows + low;
    if (n < high - low) { /* not one after the other: a list of their own */
        tamis_span *copy = arena_alloc_raw(&script_of(L)->doc->memory, (n + 1) * sizeof *copy);
        if (!copy) return luaL_error(L, "no memory for spans");
        n = 0;
        for (size_t i = low; i < high; i++)
            if (list.rows[i].end > start) copy[n++] = list.rows[i];
        rows = copy;
    }
    span_push_list(L, span_query_add(L, rows, n));
    return 1;
}

void around_open(lua_State *L)
{
    static const luaL_Reg methods[] = {{"before", doc_before},
                                       {"after", doc_after},
                                       {"around", doc_around},
                                       {"overlapping", doc_overlapping},
                                       {NULL, NULL}};
    lua_getfield(L, LUA_REGISTRYINDEX, "tamis.methods");
    luaL_setfuncs(L, methods, 0);
    lua_pop(L, 1);
}
