/* The document as scripts see it: one userdata a state, re-aimed at each call, and spans as light
 * userdata that name a query and a row of this call. So neither costs an allocation, and one that
 * outlives its call is an error. Positions are Lua's: bytes from 1, inclusive. */
#include "script/state.h"

#include <stdlib.h>

static const char DOC[] = "document";
static char span_metatable; /* registry key */

enum { MAX_ATTRIBUTES = 64, EPOCH_BITS = 16, QUERY_BITS = 19, ROW_BITS = 28 };

/* The row of a handle that stands for the whole list: doc:spans "quote" itself. */
enum { WHOLE_LIST = (1 << ROW_BITS) - 1 };

/* ------------------------------------------------------------------ the document */

bool proxy_is(lua_State *L, int index)
{
    return luaL_testudata(L, index, DOC) != NULL;
}

tamis_doc *proxy_document(lua_State *L)
{
    tamis_doc *doc = script_of(L)->doc;
    if (!doc)
        luaL_error(L, "the document is used outside the call it was given to: read what you need "
                      "while `run` runs");
    return doc;
}

void proxy_text_push(lua_State *L)
{
    script *self = script_of(L);
    tamis_doc *doc = proxy_document(L);
    if (self->text_ref && self->text_doc == doc && self->text_generation == doc->generation) {
        lua_rawgeti(L, LUA_REGISTRYINDEX, self->text_ref);
        return;
    }
    if (!self->text_ref) {
        lua_pushliteral(L, "");
        self->text_ref = script_ref(L);
    }
    self->text_doc = NULL;
    lua_pushliteral(L, ""); /* lets go of the last text before the next is made */
    lua_rawseti(L, LUA_REGISTRYINDEX, self->text_ref);
    lua_pushlstring(L, doc->view.p ? doc->view.p : "", doc->view.n);
    lua_pushvalue(L, -1);
    lua_rawseti(L, LUA_REGISTRYINDEX, self->text_ref);
    self->text_pointer = lua_tostring(L, -1);
    self->text_doc = doc;
    self->text_generation = doc->generation;
}

/* Strings that are no view are checked once; the last good one is kept, so that a loop of finds
 * over one string does not check it again. */
tamis_str subject_text(lua_State *L, int index, bool *view)
{
    script *self = script_of(L);
    tamis_str text;
    if (proxy_is(L, index)) {
        *view = true;
        return proxy_document(L)->view;
    }
    text.p = luaL_checklstring(L, index, &text.n);
    *view = self->doc && self->text_doc == self->doc && text.p == self->text_pointer &&
            self->text_generation == self->doc->generation;
    if (*view || text.n == 0) return text;
    if (self->checked_ref) {
        lua_rawgeti(L, LUA_REGISTRYINDEX, self->checked_ref);
        bool same = lua_tostring(L, -1) == text.p;
        lua_pop(L, 1);
        if (same) return text;
    }
    size_t good = utf8_valid_prefix(text);
    if (good < text.n)
        luaL_error(L, "the text is not valid UTF-8 at byte %I", (LUAI_UACINT)good + 1);
    lua_pushvalue(L, index);
    if (self->checked_ref)
        lua_rawseti(L, LUA_REGISTRYINDEX, self->checked_ref);
    else
        self->checked_ref = script_ref(L);
    return text;
}

/* ------------------------------------------------------------------ positions */

static lua_Integer check_position(lua_State *L, int index, const char *what)
{
    int is_integer;
    lua_Integer at = lua_tointegerx(L, index, &is_integer);
    if (!is_integer)
        luaL_error(L, "%s is %s; a position is an integer: bytes from 1, as string.find gives them",
                   what, lua_isnumber(L, index) ? "a fraction" : luaL_typename(L, index));
    return at;
}

void range_check(lua_State *L, int first_index, int last_index, size_t *start, size_t *end)
{
    tamis_doc *doc = proxy_document(L);
    lua_Integer n = (lua_Integer)doc->view.n;
    lua_Integer first = check_position(L, first_index, "the first position");
    lua_Integer last = check_position(L, last_index, "the last position");
    if (first < 1 || last > n || first > n + 1)
        luaL_error(L,
                   "%I..%I is outside the text, which is %I bytes: positions count bytes from 1, "
                   "first and last included",
                   (LUAI_UACINT)first, (LUAI_UACINT)last, (LUAI_UACINT)n);
    if (last < first - 1)
        luaL_error(
            L,
            "%I..%I ends before it begins: first and last are included, so an empty range at %I "
            "is %I..%I",
            (LUAI_UACINT)first, (LUAI_UACINT)last, (LUAI_UACINT)first, (LUAI_UACINT)first,
            (LUAI_UACINT)first - 1);
    *start = (size_t)first - 1;
    *end = (size_t)last;
    const char *cut =
        "%s %I lies inside a character or a CR LF: positions count bytes, and characters "
        "beyond ASCII have several";
    if (!document_offset_ok(doc->view, *start)) luaL_error(L, cut, "first", (LUAI_UACINT)first);
    if (!document_offset_ok(doc->view, *end)) luaL_error(L, cut, "last", (LUAI_UACINT)last);
}

/* ------------------------------------------------------------------ span handles */

void span_push(lua_State *L, size_t query, size_t row)
{
    script *self = script_of(L);
    uint64_t bits = (uint64_t)1 << 63 |
                    (uint64_t)(self->epoch & ((1u << EPOCH_BITS) - 1)) << (QUERY_BITS + ROW_BITS) |
                    (uint64_t)query << ROW_BITS | (uint64_t)row;
    lua_pushlightuserdata(L, (void *)(uintptr_t)bits);
}

void span_push_list(lua_State *L, size_t query)
{
    span_push(L, query, WHOLE_LIST);
}

/* Takes a handle apart; false when it is none of this call. `row` counts from 1; 0 is before the
 * first. */
static bool span_unpack(script *self, const void *handle, size_t *query, size_t *row)
{
    uint64_t bits = (uint64_t)(uintptr_t)handle;
    *query = bits >> ROW_BITS & ((1u << QUERY_BITS) - 1);
    *row = bits & ((1u << ROW_BITS) - 1);
    return bits >> 63 &&
           (bits >> (QUERY_BITS + ROW_BITS) & ((1u << EPOCH_BITS) - 1)) == self->epoch &&
           self->doc && *query < self->query_count &&
           (*row <= self->queries[*query].count || *row == WHOLE_LIST);
}

const tamis_span *span_check(lua_State *L, int index)
{
    script *self = script_of(L);
    size_t query, row;
    if (lua_type(L, index) != LUA_TLIGHTUSERDATA) luaL_typeerror(L, index, "span");
    if (!span_unpack(self, lua_touserdata(L, index), &query, &row) || row == 0 || row == WHOLE_LIST)
        luaL_error(L,
                   "a span is used outside the call it was read in: keep its fields, not the span");
    return &self->queries[query].rows[row - 1];
}

size_t span_query_add(lua_State *L, const tamis_span *rows, size_t count)
{
    script *self = script_of(L);
    size_t recent = self->query_count > 16 ? self->query_count - 16 : 0;
    for (size_t i = recent; i < self->query_count; i++) /* the same list asked for again */
        if (self->queries[i].rows == rows && self->queries[i].count == count) return i;
    if (self->query_count >= (1u << QUERY_BITS) || count >= (1u << ROW_BITS))
        luaL_error(L, "more than %d different span lists in one call", 1 << QUERY_BITS);
    if (self->query_count == self->query_room) {
        size_t room = self->query_room ? 2 * self->query_room : 16;
        span_query *moved = realloc(self->queries, room * sizeof *moved);
        if (!moved) luaL_error(L, "no memory for span lists");
        self->queries = moved;
        self->query_room = room;
    }
    self->queries[self->query_count] = (span_query){rows, count};
    return self->query_count++;
}

void attribute_push(lua_State *L, const tamis_attr *a)
{
    switch (a->type) {
    case TAMIS_ATTR_STRING: lua_pushlstring(L, a->u.s.p ? a->u.s.p : "", a->u.s.n); break;
    case TAMIS_ATTR_INT:
    case TAMIS_ATTR_END: lua_pushinteger(L, a->u.i); break;
    case TAMIS_ATTR_OFFSET: lua_pushinteger(L, a->u.i + 1); break;
    case TAMIS_ATTR_NUMBER: lua_pushnumber(L, a->u.d); break;
    case TAMIS_ATTR_BOOL: lua_pushboolean(L, a->u.b); break;
    default: lua_pushnil(L);
    }
}

static int push_or_nil(lua_State *L, tamis_str text)
{
    if (text.n)
        lua_pushlstring(L, text.p, text.n);
    else
        lua_pushnil(L);
    return 1;
}

static int push_attributes(lua_State *L, const tamis_span *s)
{
    lua_createtable(L, 0, (int)s->attr_count);
    for (uint32_t i = 0; i < s->attr_count; i++) {
        lua_pushlstring(L, s->attrs[i].key.p, s->attrs[i].key.n);
        attribute_push(L, &s->attrs[i]);
        lua_rawset(L, -3);
    }
    return 1;
}

static int push_field(lua_State *L, const tamis_span *s, tamis_str key)
{
    switch (key.p[0]) {
    case 'f':
        if (str_is(key, "first")) return lua_pushinteger(L, (lua_Integer)s->start + 1), 1;
        break;
    case 'l':
        if (str_is(key, "last")) return lua_pushinteger(L, (lua_Integer)s->end), 1;
        if (str_is(key, "lang")) return push_or_nil(L, s->lang);
        break;
    case 't':
        if (str_is(key, "type")) return push_or_nil(L, s->type);
        if (str_is(key, "text"))
            return lua_pushlstring(L, script_of(L)->doc->view.p + s->start, s->end - s->start), 1;
        break;
    case 'v':
        if (str_is(key, "value")) return push_or_nil(L, s->value);
        break;
    case 'c':
        if (str_is(key, "category")) return push_or_nil(L, s->category);
        break;
    case 'r':
        if (str_is(key, "rule")) return push_or_nil(L, s->rule);
        if (str_is(key, "role")) return push_or_nil(L, s->role);
        if (str_is(key, "ref")) {
            if (s->ref) return lua_pushinteger(L, s->ref), 1;
            return lua_pushnil(L), 1;
        }
        break;
    case 's':
        if (str_is(key, "score")) return lua_pushnumber(L, s->score), 1;
        if (str_is(key, "stage")) return push_or_nil(L, s->stage);
        break;
    case 'n':
        if (str_is(key, "number")) return lua_pushinteger(L, s->number), 1;
        break;
    case 'a':
        if (str_is(key, "attrs")) return push_attributes(L, s);
        break;
    default: break;
    }
    for (uint32_t i = 0; i < s->attr_count; i++)
        if (str_equal(s->attrs[i].key, key)) return attribute_push(L, &s->attrs[i]), 1;
    return lua_pushnil(L), 1;
}

static int span_index(lua_State *L)
{
    script *self = script_of(L);
    size_t query, row;
    if (!span_unpack(self, lua_touserdata(L, 1), &query, &row)) span_check(L, 1);
    const span_query *q = &self->queries[query];
    if (lua_type(L, 2) == LUA_TSTRING && row - 1 < q->count) {
        const tamis_span *s = &q->rows[row - 1];
        tamis_str key;
        key.p = lua_tolstring(L, 2, &key.n);
        if (key.p == self->key_first) return lua_pushinteger(L, (lua_Integer)s->start + 1), 1;
        if (key.p == self->key_last) return lua_pushinteger(L, (lua_Integer)s->end), 1;
        return push_field(L, s, key);
    }
    if (row != WHOLE_LIST) luaL_error(L, "a span has fields: first, last, type, value, text …");
    lua_Integer i = luaL_checkinteger(L, 2);
    if (i >= 1 && (size_t)i <= q->count)
        span_push(L, query, (size_t)i);
    else
        lua_pushnil(L);
    return 1;
}

static int span_text(lua_State *L)
{
    const void *p = lua_touserdata(L, 1);
    if (p == &script_null || p == &script_drop) {
        lua_pushstring(L, p == &script_null ? "null" : "drop");
        return 1;
    }
    const tamis_span *s = span_check(L, 1);
    lua_pushlstring(L, s->type.p, s->type.n);
    lua_pushfstring(L, "%s %I..%I", lua_tostring(L, -1), (LUAI_UACINT)s->start + 1,
                    (LUAI_UACINT)s->end);
    return 1;
}

/* --- doc:spans(type [, within]): a list that can be counted (#), indexed and looped over */

static const span_query *check_list(lua_State *L, size_t *query)
{
    script *self = script_of(L);
    size_t row;
    if (!span_unpack(self, lua_touserdata(L, 1), query, &row))
        luaL_error(L, "a list of spans is used outside the call it was read in");
    if (row != WHOLE_LIST) luaL_error(L, "a span is no list of spans");
    return &self->queries[*query];
}

/* The generic for calls the list itself: (list, state, last span). */
static int spans_next(lua_State *L)
{
    script *self = script_of(L);
    size_t query, row = 0, list;
    const void *control = lua_touserdata(L, 3);
    if (!span_unpack(self, control ? control : lua_touserdata(L, 1), &query, &row))
        luaL_error(L, "a loop over spans goes on outside the call it began in");
    const span_query *q = &self->queries[query];
    if (!control) {
        q = check_list(L, &list);
        query = list;
        row = 0;
    }
    if (row >= q->count) return 0;
    const tamis_span *s = &q->rows[row];
    span_push(L, query, row + 1);
    lua_pushinteger(L, (lua_Integer)s->start + 1);
    lua_pushinteger(L, (lua_Integer)s->end);
    return 3;
}

static int spans_length(lua_State *L)
{
    size_t query;
    lua_pushinteger(L, (lua_Integer)check_list(L, &query)->count);
    return 1;
}

/* The rows of a type as this call sees them. */
static size_t query_type(lua_State *L, int index)
{
    tamis_doc *doc = proxy_document(L);
    error e = {0};
    tamis_str type;
    size_t count = 0;
    type.p = luaL_optlstring(L, index, "*", &type.n);
    const tamis_span *rows = document_spans(doc, type, &count, &e);
    if (e.rc < 0) luaL_error(L, "%s", e.text);
    return span_query_add(L, rows, count);
}

/* The rows that lie wholly in `outer`: a part of the list where they follow each other, else a
 * copy. */
static size_t query_within(lua_State *L, size_t query, const tamis_span *outer)
{
    script *self = script_of(L);
    const span_query q = self->queries[query];
    size_t first = 0, last, n = 0;
    for (size_t high = q.count; first < high;) {
        size_t middle = first + (high - first) / 2;
        if (q.rows[middle].start < outer->start)
            first = middle + 1;
        else
            high = middle;
    }
    for (last = first; last < q.count && q.rows[last].start <= outer->end; last++)
        n += q.rows[last].end <= outer->end;
    if (n == last - first) return span_query_add(L, q.rows + first, n);
    tamis_span *rows = arena_alloc_raw(&self->doc->memory, n * sizeof *rows + 1);
    if (!rows) luaL_error(L, "no memory for spans");
    n = 0;
    for (size_t i = first; i < last; i++)
        if (q.rows[i].end <= outer->end) rows[n++] = q.rows[i];
    return span_query_add(L, rows, n);
}

static int doc_spans(lua_State *L)
{
    size_t query = query_type(L, 2);
    if (!lua_isnoneornil(L, 3)) query = query_within(L, query, span_check(L, 3));
    span_push_list(L, query);
    return 1;
}

/* ------------------------------------------------------------------ writing */

static void read_attribute(lua_State *L, tamis_attr *a, size_t key_length, const char *key)
{
    a->key = (tamis_str){key, key_length};
    switch (lua_type(L, -1)) {
    case LUA_TSTRING:
        a->type = TAMIS_ATTR_STRING;
        a->u.s.p = lua_tolstring(L, -1, &a->u.s.n);
        break;
    case LUA_TBOOLEAN:
        a->type = TAMIS_ATTR_BOOL;
        a->u.b = lua_toboolean(L, -1);
        break;
    case LUA_TNUMBER:
        if (lua_isinteger(L, -1)) {
            a->type = TAMIS_ATTR_INT;
            a->u.i = lua_tointeger(L, -1);
        } else {
            a->type = TAMIS_ATTR_NUMBER;
            a->u.d = lua_tonumber(L, -1);
        }
        break;
    default:
        luaL_error(L, "attribute `%s` is a %s: attributes are text, numbers, true or false", key,
                   luaL_typename(L, -1));
    }
}

static void add_attribute(lua_State *L, tamis_span *span, tamis_attr *room, const char *key,
                          size_t n)
{
    if (span->attr_count >= MAX_ATTRIBUTES)
        luaL_error(L, "more than %d attributes on one span", MAX_ATTRIBUTES);
    read_attribute(L, &room[span->attr_count++], n, key);
}

static tamis_str text_field(lua_State *L, const char *key)
{
    tamis_str text;
    if (lua_type(L, -1) != LUA_TSTRING && lua_type(L, -1) != LUA_TNUMBER)
        luaL_error(L, "`%s` of a span is text, not %s", key, luaL_typename(L, -1));
    lua_pushvalue(L, -1); /* a number becomes text in a copy, lest it confuse the walk */
    text.p = lua_tolstring(L, -1, &text.n);
    return text;
}

/* One member of the table that describes a span. Text stays alive on the Lua stack until the span
 * is written. */
static void read_member(lua_State *L, tamis_span *span, tamis_attr *room, const char *key, size_t n)
{
    tamis_str k = {key, n};
    luaL_checkstack(L, 4, NULL);
    static const struct {
        const char *key;
        size_t at;
    } texts[] = {{"value", offsetof(tamis_span, value)},
                 {"category", offsetof(tamis_span, category)},
                 {"lang", offsetof(tamis_span, lang)},
                 {"rule", offsetof(tamis_span, rule)},
                 {"role", offsetof(tamis_span, role)}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (str_is(k, texts[i].key)) {
            tamis_str text = text_field(L, key);
            memcpy((char *)span + texts[i].at, &text, sizeof text);
            lua_insert(L, 1); /* keeps it */
            return;
        }
    if (str_is(k, "score")) {
        if (lua_type(L, -1) != LUA_TNUMBER)
            luaL_error(L, "`score` is a %s: it is a number from 0 to 1", luaL_typename(L, -1));
        span->score = lua_tonumber(L, -1);
    } else if (str_is(k, "ref")) {
        if (!lua_islightuserdata(L, -1) && !lua_isinteger(L, -1))
            luaL_error(L, "`ref` is a %s: it is a span, or the number that doc:span returned",
                       luaL_typename(L, -1));
        span->ref = lua_islightuserdata(L, -1) ? span_check(L, lua_gettop(L))->number
                                               : (uint32_t)lua_tointeger(L, -1);
    } else {
        add_attribute(L, span, room, key, n);
    }
}

static void read_offsets(lua_State *L, tamis_span *span, tamis_attr *room)
{
    int table = lua_gettop(L);
    luaL_checktype(L, table, LUA_TTABLE);
    for (lua_pushnil(L); lua_next(L, table); lua_pop(L, 1)) {
        size_t n;
        if (lua_type(L, -2) != LUA_TSTRING) continue;
        const char *key = lua_tolstring(L, -2, &n);
        add_attribute(L, span, room, key, n);
        tamis_attr *a = &room[span->attr_count - 1];
        if (a->type != TAMIS_ATTR_INT) luaL_error(L, "offset `%s` is no position", key);
        bool end = n > 4 && memcmp(key + n - 4, "_end", 4) == 0;
        a->type = end ? TAMIS_ATTR_END : TAMIS_ATTR_OFFSET;
        if (!end) a->u.i--; /* a first position; a last one is the end already */
    }
}

static void read_members(lua_State *L, int index, tamis_span *span, tamis_attr *room)
{
    /* texts are inserted at the stack's bottom, so the table moves: it is looked at from the top */
    lua_pushvalue(L, index);
    for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
        size_t n;
        if (lua_type(L, -2) != LUA_TSTRING)
            luaL_error(L, "a span's table has names, not positions");
        const char *key = lua_tolstring(L, -2, &n);
        if (strcmp(key, "attrs") == 0 && lua_istable(L, -1)) {
            int nested = lua_gettop(L);
            for (lua_pushnil(L); lua_next(L, nested); lua_pop(L, 1)) {
                size_t m;
                if (lua_type(L, -2) != LUA_TSTRING) continue;
                const char *name = lua_tolstring(L, -2, &m);
                add_attribute(L, span, room, name, m);
            }
        } else if (strcmp(key, "offsets") == 0) {
            read_offsets(L, span, room);
        } else {
            read_member(L, span, room, key, n);
        }
    }
    span->attrs = room;
}

static int doc_span(lua_State *L)
{
    tamis_doc *doc = proxy_document(L);
    tamis_span span = {0};
    tamis_attr room[MAX_ATTRIBUTES];
    error e = {0};
    span.type.p = luaL_checklstring(L, 2, &span.type.n);
    range_check(L, 3, 4, &span.start, &span.end);
    if (!lua_isnoneornil(L, 5)) {
        luaL_checktype(L, 5, LUA_TTABLE);
        memset(room, 0, sizeof room);
        read_members(L, 5, &span, room);
    }
    uint32_t number = document_span_add(doc, &span, &e);
    if (!number) return luaL_error(L, "%s", e.text);
    lua_pushinteger(L, number);
    return 1;
}

static int doc_remove(lua_State *L)
{
    tamis_doc *doc = proxy_document(L);
    tamis_removal removal = {0};
    error e = {0};
    range_check(L, 2, 3, &removal.start, &removal.end);
    if (lua_type(L, 4) != LUA_TSTRING)
        luaL_error(L, "a removal has a reason: doc:remove(first, last, \"notice\")");
    removal.reason.p = lua_tolstring(L, 4, &removal.reason.n);
    removal.rule.p = luaL_optlstring(L, 5, "", &removal.rule.n);
    if (removal.start == removal.end) return 0;
    if (!lua_isnoneornil(L, 6)) {
        luaL_checktype(L, 6, LUA_TTABLE);
        lua_getfield(L, 6, "placeholder");
        removal.placeholder.p = luaL_optlstring(L, -1, "", &removal.placeholder.n);
        lua_getfield(L, 6, "score");
        removal.score = luaL_optnumber(L, -1, 0);
        lua_getfield(L, 6, "secret");
        if (lua_toboolean(L, -1)) removal.flags |= TAMIS_SECRET;
    }
    if (document_remove(doc, &removal, &e) < 0) return luaL_error(L, "%s", e.text);
    return 0;
}

static int doc_set(lua_State *L)
{
    tamis_doc *doc = proxy_document(L);
    tamis_attr a = {0};
    error e = {0};
    size_t n;
    const char *key = luaL_checklstring(L, 2, &n);
    lua_settop(L, 3);
    read_attribute(L, &a, n, key);
    if (document_set(doc, &a, &e) < 0) return luaL_error(L, "%s", e.text);
    return 0;
}

/* ------------------------------------------------------------------ reading */

static int push_document_attribute(lua_State *L, tamis_doc *doc, const char *key)
{
    tamis_attr a;
    if (document_attribute_get(doc, str_of(key), &a))
        attribute_push(L, &a);
    else
        lua_pushnil(L);
    return 1;
}

static int doc_get(lua_State *L)
{
    return push_document_attribute(L, proxy_document(L), luaL_checkstring(L, 2));
}

static int doc_meta(lua_State *L)
{
    tamis_doc *doc = proxy_document(L);
    tamis_str path;
    path.p = luaL_checklstring(L, 2, &path.n);
    tamis_str raw = document_meta(doc, path);
    if (raw.n == 0 || str_is(raw, "null"))
        lua_pushnil(L);
    else
        script_json_push(L, raw);
    return 1;
}

static int doc_sub(lua_State *L)
{
    size_t start, end;
    range_check(L, 2, 3, &start, &end);
    lua_pushlstring(L, proxy_document(L)->view.p + start, end - start);
    return 1;
}

/* for text, first, last, whole in doc:lines(): `last` is ahead of the line ending, `whole` behind
 * it. */
static int lines_next(lua_State *L)
{
    tamis_doc *doc = proxy_document(L);
    tamis_lines lines;
    error e = {0};
    lua_Integer i = lua_tointeger(L, lua_upvalueindex(1));
    if (document_lines(doc, &lines, &e) < 0) return luaL_error(L, "%s", e.text);
    if ((size_t)i >= lines.count) return 0;
    size_t start = lines.start[i], whole = lines.start[i + 1], end = whole;
    if (end > start && doc->view.p[end - 1] == '\n') end--;
    if (end > start && end < whole && doc->view.p[end - 1] == '\r') end--;
    lua_pushinteger(L, i + 1);
    lua_replace(L, lua_upvalueindex(1));
    lua_pushlstring(L, doc->view.p + start, end - start);
    lua_pushinteger(L, (lua_Integer)start + 1);
    lua_pushinteger(L, (lua_Integer)end);
    lua_pushinteger(L, (lua_Integer)whole);
    return 4;
}

static int doc_lines(lua_State *L)
{
    proxy_document(L);
    lua_pushinteger(L, 0);
    lua_pushcclosure(L, lines_next, 1);
    return 1;
}

static int add_note(lua_State *L, int reject, ...)
{
    tamis_doc *doc = proxy_document(L);
    if (!doc->tracing) return 0;
    size_t start, end;
    range_check(L, 2, 3, &start, &end);
    va_list nothing;
    va_start(nothing, reject);
    const char *cue = luaL_checkstring(L, 4), *text = luaL_optstring(L, 5, "");
    char line[512];
    size_t n = 0;
    for (; *text && n + 3 < sizeof line; text++) {
        if (*text == '%') line[n++] = '%'; /* the document takes a format */
        line[n++] = *text;
    }
    line[n] = 0;
    document_note_add(doc, start, end, reject, cue, line, nothing);
    va_end(nothing);
    return 0;
}

static int doc_note(lua_State *L)
{
    return add_note(L, false);
}
static int doc_reject(lua_State *L)
{
    return add_note(L, true);
}

static int doc_expired(lua_State *L)
{
    script *self = script_of(L);
    const stage_call *call = (const stage_call *)(const void *)self->call;
    int64_t deadline = self->deadline ? self->deadline : call ? call->deadline : 0;
    lua_pushboolean(L, deadline && clock_monotonic() > deadline);
    return 1;
}

static int doc_length(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)proxy_document(L)->view.n);
    return 1;
}

/* Fields first, then methods from the table in the upvalue. */
static int doc_index(lua_State *L)
{
    size_t n;
    const char *text = luaL_checklstring(L, 2, &n);
    tamis_str key = {text, n};
    if (str_is(key, "text")) return proxy_text_push(L), 1;
    if (str_is(key, "lang") || str_is(key, "lang_score"))
        return push_document_attribute(L, proxy_document(L), text);
    if (str_is(key, "id")) {
        tamis_doc *doc = proxy_document(L);
        lua_pushlstring(L, doc->id.p ? doc->id.p : "", doc->id.n);
        return 1;
    }
    if (str_is(key, "input")) {
        tamis_doc *doc = proxy_document(L);
        lua_pushlstring(L, doc->input.p ? doc->input.p : "", doc->input.n);
        return 1;
    }
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(1)) == LUA_TNIL) {
        static const char *const words[] = {
            "text",  "lang",       "lang_score", "id",      "input",     "spans",
            "span",  "remove",     "lines",      "meta",    "set",       "get",
            "sub",   "note",       "reject",     "expired", "sentences", "line_at",
            "words", "paragraphs", "before",     "after",   "around",    "overlapping"};
        const char *near = did_you_mean(key, words, sizeof words / sizeof words[0]);
        if (near) return luaL_error(L, "a document has no `%s`: did you mean `%s`?", text, near);
        return luaL_error(
            L,
            "a document has no `%s`: an attribute is read by doc:get \"%s\", an input "
            "field by doc:meta \"%s\"",
            text, text, text);
    }
    return 1;
}

static int doc_newindex(lua_State *L)
{
    return luaL_error(L, "a document's fields cannot be set: use doc:set(\"%s\", value)",
                      luaL_tolstring(L, 2, NULL));
}

void proxy_open(lua_State *L)
{
    script *self = script_of(L);
    static const luaL_Reg methods[] = {
        {"spans", doc_spans},   {"span", doc_span},       {"remove", doc_remove},
        {"set", doc_set},       {"get", doc_get},         {"meta", doc_meta},
        {"sub", doc_sub},       {"lines", doc_lines},     {"note", doc_note},
        {"reject", doc_reject}, {"expired", doc_expired}, {NULL, NULL}};
    lua_newuserdatauv(L, 0, 0);
    luaL_newmetatable(L, DOC);
    luaL_newlib(L, methods);
    lua_pushvalue(L, -1);
    lua_setfield(L, LUA_REGISTRYINDEX, "tamis.methods"); /* helpers add to it */
    lua_pushcclosure(L, doc_index, 1);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, doc_newindex);
    lua_setfield(L, -2, "__newindex");
    lua_pushcfunction(L, doc_length);
    lua_setfield(L, -2, "__len");
    lua_pushliteral(L, "locked");
    lua_setfield(L, -2, "__metatable");
    lua_setmetatable(L, -2);
    self->doc_ref = script_ref(L);

    static const char *const fast[] = {"first", "last"}; /* interned: known by their address */
    const char **slots[] = {&self->key_first, &self->key_last};
    for (size_t i = 0; i < 2; i++) {
        *slots[i] = lua_pushstring(L, fast[i]);
        script_ref(L);
    }
    lua_pushlightuserdata(L, &span_metatable); /* all light userdata share one metatable */
    lua_createtable(L, 0, 4);
    lua_pushcfunction(L, span_index);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, spans_next);
    lua_setfield(L, -2, "__call");
    lua_pushcfunction(L, spans_length);
    lua_setfield(L, -2, "__len");
    lua_pushcfunction(L, span_text);
    lua_setfield(L, -2, "__tostring");
    lua_pushliteral(L, "locked");
    lua_setfield(L, -2, "__metatable");
    lua_pushliteral(L, "span");
    lua_setfield(L, -2, "__name");
    lua_setmetatable(L, -2);
    lua_pop(L, 1);
}
