/* `re`: PCRE2 for scripts and rules. UTF always; the view is matched without a check (the check of
 * each match is quadratic over a loop), other strings are checked once. Expressions are compiled
 * while scripts load and turned into machine code in the worker. A match limit that is hit is an
 * error, never "no match". */
#include "script/regex.h"

#include <stdlib.h>

static const char REGEX[] = "re";

/* PCRE2's memory counts with the script's: each block carries its size. */
typedef struct {
    size_t size;
    max_align_t data[];
} block;

static void *counted_malloc(size_t size, void *user)
{
    block *b = script_allocate(user, NULL, 0, sizeof(block) + size);
    if (!b) return NULL;
    b->size = size;
    return b->data;
}

static void counted_free(void *p, void *user)
{
    if (!p) return;
    block *b = (block *)(void *)((char *)p - offsetof(block, data));
    script_allocate(user, b, sizeof(block) + b->size, 0);
}

static bool regex_prepare(script *self)
{
    if (self->match_data) return true;
    if (!self->general_context)
        self->general_context = pcre2_general_context_create(counted_malloc, counted_free, self);
    if (!self->general_context) return false;
    if (!self->match_context)
        self->match_context = pcre2_match_context_create(self->general_context);
    if (!self->match_context) return false;
    pcre2_set_match_limit(self->match_context, MATCH_LIMIT);
    pcre2_set_depth_limit(self->match_context, DEPTH_LIMIT);
    pcre2_set_heap_limit(self->match_context, HEAP_LIMIT_KIB);
    self->match_data = pcre2_match_data_create(256, self->general_context);
    return self->match_data != NULL;
}

static void compile_to_code(script_regex *self)
{
    if (!self->compiled) pcre2_jit_compile(self->code, PCRE2_JIT_COMPLETE);
    self->compiled = true;
}

tamis_rc regex_enter(script *self, error *e)
{
    if (!regex_prepare(self)) return error_set(e, TAMIS_FATAL, "no memory for expressions");
    if (!self->jit_stack) {
        self->jit_stack = pcre2_jit_stack_create(32 * 1024, JIT_STACK, NULL);
        if (self->jit_stack) pcre2_jit_stack_assign(self->match_context, NULL, self->jit_stack);
    }
    for (script_regex *r = self->regexes; r; r = r->next) compile_to_code(r);
    return TAMIS_OK;
}

void regex_close(script *self)
{
    while (self->regexes) regex_free(self->regexes);
    pcre2_match_data_free(self->match_data);
    if (self->jit_stack) pcre2_jit_stack_free(self->jit_stack);
    pcre2_match_context_free(self->match_context);
    pcre2_general_context_free(self->general_context);
    self->match_data = self->match_context = self->jit_stack = self->general_context = NULL;
}

script_regex *regex_new(script *self, tamis_str pattern, uint32_t flags, size_t *offset, error *e)
{
    *offset = 0;
    if (!regex_prepare(self)) {
        error_set(e, TAMIS_FAIL, "no memory for an expression");
        return NULL;
    }
    size_t good = utf8_valid_prefix(pattern);
    if (good < pattern.n) {
        *offset = good;
        error_set(e, TAMIS_FAIL, "the pattern is not valid UTF-8");
        return NULL;
    }
    script_regex *r = script_allocate(self, NULL, 0, sizeof *r);
    if (!r) {
        error_set(e, TAMIS_FATAL, "no memory for an expression");
        return NULL;
    }
    *r = (script_regex){.owner = self};
    int code;
    pcre2_compile_context *context = pcre2_compile_context_create(self->general_context);
    r->code = pcre2_compile((PCRE2_SPTR)(pattern.p ? pattern.p : ""), pattern.n,
                            flags | PCRE2_UTF | PCRE2_NO_UTF_CHECK | PCRE2_NEVER_BACKSLASH_C |
                                PCRE2_USE_OFFSET_LIMIT,
                            &code, offset, context);
    pcre2_compile_context_free(context);
    if (!r->code) {
        char why[200];
        pcre2_get_error_message(code, (PCRE2_UCHAR *)why, sizeof why);
        error_set(e, code == PCRE2_ERROR_HEAP_FAILED ? TAMIS_FATAL : TAMIS_FAIL, "%s", why);
        script_allocate(self, r, sizeof *r, 0);
        return NULL;
    }
    tamis_str shown = pattern;
    if (shown.n > 60) shown.n = 60;
    r->pattern = arena_copy(&self->memory, shown).p;
    pcre2_pattern_info(r->code, PCRE2_INFO_CAPTURECOUNT, &r->groups);
    pcre2_pattern_info(r->code, PCRE2_INFO_NAMECOUNT, &r->name_count);
    pcre2_pattern_info(r->code, PCRE2_INFO_NAMEENTRYSIZE, &r->name_width);
    pcre2_pattern_info(r->code, PCRE2_INFO_NAMETABLE, &r->names);
    r->next = self->regexes;
    r->link = &self->regexes;
    if (r->next) r->next->link = &r->next;
    self->regexes = r;
    if (self->entered) compile_to_code(r);
    return r;
}

void regex_free(script_regex *self)
{
    if (!self) return;
    *self->link = self->next;
    if (self->next) self->next->link = self->link;
    pcre2_code_free(self->code);
    script_allocate(self->owner, self, sizeof *self, 0);
}

int regex_match_until(script_regex *self, tamis_str text, size_t from, size_t until,
                      const size_t **bounds, error *e)
{
    script *owner = self->owner;
    pcre2_set_offset_limit(owner->match_context, until);
    int rc = pcre2_match(self->code, (PCRE2_SPTR)(text.p ? text.p : ""), text.n, from,
                         PCRE2_NO_UTF_CHECK, owner->match_data, owner->match_context);
    *bounds = pcre2_get_ovector_pointer(owner->match_data);
    if (rc > 0) return 1;
    if (rc == 0)
        return error_set(e, TAMIS_FAIL, "pattern `%s` has more than 255 groups", self->pattern);
    if (rc == PCRE2_ERROR_NOMATCH) return 0;
    if (rc == PCRE2_ERROR_MATCHLIMIT || rc == PCRE2_ERROR_DEPTHLIMIT ||
        rc == PCRE2_ERROR_HEAPLIMIT || rc == PCRE2_ERROR_JIT_STACKLIMIT)
        return error_set(
            e, TAMIS_FAIL,
            "pattern `%s` hit its match limit: it tries too many ways on this text; make "
            "its repetitions exclude each other or possessive (`++`)",
            self->pattern);
    char why[200];
    pcre2_get_error_message(rc, (PCRE2_UCHAR *)why, sizeof why);
    return error_set(e, TAMIS_FAIL, "pattern `%s`: %s", self->pattern, why);
}

int regex_match(script_regex *self, tamis_str text, size_t from, const size_t **bounds, error *e)
{
    return regex_match_until(self, text, from, PCRE2_UNSET, bounds, e);
}

const char *regex_group_name(const script_regex *self, uint32_t group)
{
    for (uint32_t i = 0; i < self->name_count; i++) {
        const unsigned char *row = self->names + (size_t)i * self->name_width;
        if (((uint32_t)row[0] << 8 | row[1]) == group) return (const char *)row + 2;
    }
    return NULL;
}

/* ------------------------------------------------------------------ in Lua */

static script_regex *check_regex(lua_State *L, int index)
{
    script_regex **box = luaL_checkudata(L, index, REGEX);
    if (!*box) luaL_error(L, "this expression was closed");
    return *box;
}

static int compile(lua_State *L, int index)
{
    static const struct {
        char letter;
        uint32_t flag;
    } letters[] = {{'i', PCRE2_CASELESS}, {'m', PCRE2_MULTILINE}, {'s', PCRE2_DOTALL},
                   {'x', PCRE2_EXTENDED}, {'u', PCRE2_UCP},       {'a', PCRE2_ANCHORED}};
    script *self = script_of(L);
    tamis_str pattern;
    error e = {0};
    size_t offset;
    uint32_t flags = 0;
    pattern.p = luaL_checklstring(L, index, &pattern.n);
    for (const char *f = luaL_optstring(L, index + 1, ""); *f; f++) {
        size_t i = 0, n = sizeof letters / sizeof letters[0];
        while (i < n && letters[i].letter != *f) i++;
        if (i == n)
            return luaL_error(L, "re: unknown flag `%c`; there are i, m, s, x, u and a", *f);
        flags |= letters[i].flag;
    }
    script_regex **box = lua_newuserdatauv(L, sizeof *box, 0);
    *box = NULL;
    luaL_setmetatable(L, REGEX);
    *box = regex_new(self, pattern, flags, &offset, &e);
    if (!*box && e.rc == TAMIS_FATAL) { /* as Lua does: collect, try again, and it is the limit */
        e = (error){0};
        lua_gc(L, LUA_GCCOLLECT, 0);
        *box = regex_new(self, pattern, flags, &offset, &e);
        if (!*box && e.rc == TAMIS_FATAL) script_rethrow_limit(L, LUA_ERRMEM);
    }
    if (!*box)
        return luaL_error(L, "re: %s, at byte %I of `%s`", e.text, (LUAI_UACINT)offset + 1,
                          pattern.p);
    return 1;
}

static int re_compile(lua_State *L)
{
    return compile(L, 1);
}
static int re_call(lua_State *L)
{
    return compile(L, 2);
}

static int regex_collect(lua_State *L)
{
    script_regex **box = luaL_checkudata(L, 1, REGEX);
    regex_free(*box);
    *box = NULL;
    return 0;
}

static void push_group(lua_State *L, tamis_str text, const size_t *bounds, uint32_t group)
{
    if (bounds[2 * group] == PCRE2_UNSET)
        lua_pushnil(L);
    else
        lua_pushlstring(L, text.p + bounds[2 * group], bounds[2 * group + 1] - bounds[2 * group]);
}

static int push_groups(lua_State *L, const script_regex *r, tamis_str text, const size_t *bounds,
                       bool whole)
{
    luaL_checkstack(L, (int)r->groups + 4, NULL);
    if (r->groups == 0 && whole) {
        push_group(L, text, bounds, 0);
        return 1;
    }
    for (uint32_t g = 1; g <= r->groups; g++) push_group(L, text, bounds, g);
    return (int)r->groups;
}

static size_t start_at(lua_State *L, int index, tamis_str text)
{
    lua_Integer at = luaL_optinteger(L, index, 1);
    if (at < 0) at = (lua_Integer)text.n + at + 1;
    if (at < 1) at = 1;
    if ((lua_Unsigned)at > text.n + 1) return text.n + 1;
    if (!document_offset_ok(text, (size_t)at - 1) &&
        utf8_is_continuation((unsigned char)text.p[at - 1]))
        luaL_error(L, "position %I lies inside a character", (LUAI_UACINT)at);
    return (size_t)at - 1;
}

/* Matches, or raises the error of a limit. */
static bool match_from(lua_State *L, script_regex *r, tamis_str text, size_t from,
                       const size_t **bounds)
{
    error e = {0};
    script_poll_now(L);
    int found = from <= text.n ? regex_match(r, text, from, bounds, &e) : 0;
    if (found < 0) luaL_error(L, "%s", e.text);
    return found > 0;
}

static int find_or_match(lua_State *L, bool find)
{
    script_regex *r = check_regex(L, 1);
    bool view;
    tamis_str text = subject_text(L, 2, &view);
    const size_t *bounds;
    if (!match_from(L, r, text, start_at(L, 3, text), &bounds)) {
        lua_pushnil(L);
        return 1;
    }
    if (!find) return push_groups(L, r, text, bounds, true);
    lua_pushinteger(L, (lua_Integer)bounds[0] + 1);
    lua_pushinteger(L, (lua_Integer)bounds[1]);
    return 2 + push_groups(L, r, text, bounds, false);
}

static int re_find(lua_State *L)
{
    return find_or_match(L, true);
}
static int re_match(lua_State *L)
{
    return find_or_match(L, false);
}

static int re_test(lua_State *L)
{
    script_regex *r = check_regex(L, 1);
    bool view;
    tamis_str text = subject_text(L, 2, &view);
    const size_t *bounds;
    lua_pushboolean(L, match_from(L, r, text, start_at(L, 3, text), &bounds));
    return 1;
}

/* Where the next match is looked for: behind an empty match one character on. */
static size_t after_match(tamis_str text, const size_t *bounds)
{
    size_t at = bounds[1];
    if (bounds[1] > bounds[0]) return at;
    at++;
    while (at < text.n && utf8_is_continuation((unsigned char)text.p[at])) at++;
    return at;
}

/* r:count(subject): how many matches, and how many bytes they cover. */
static int re_count(lua_State *L)
{
    script_regex *r = check_regex(L, 1);
    bool view;
    tamis_str text = subject_text(L, 2, &view);
    lua_Integer n = 0, covered = 0;
    const size_t *bounds;
    for (size_t from = 0; match_from(L, r, text, from, &bounds); n++) {
        covered += (lua_Integer)(bounds[1] - bounds[0]);
        from = after_match(text, bounds);
    }
    lua_pushinteger(L, n);
    lua_pushinteger(L, covered);
    return 2;
}

static void push_table(lua_State *L, const script_regex *r, tamis_str text, const size_t *bounds)
{
    lua_createtable(L, (int)r->groups, (int)r->name_count + 2);
    lua_pushinteger(L, (lua_Integer)bounds[0] + 1);
    lua_setfield(L, -2, "first");
    lua_pushinteger(L, (lua_Integer)bounds[1]);
    lua_setfield(L, -2, "last");
    for (uint32_t g = 0; g <= r->groups; g++) {
        push_group(L, text, bounds, g);
        lua_rawseti(L, -2, g);
    }
    for (uint32_t i = 0; i < r->name_count; i++) {
        const unsigned char *row = r->names + (size_t)i * r->name_width;
        push_group(L, text, bounds, (uint32_t)row[0] << 8 | row[1]);
        lua_setfield(L, -2, (const char *)row + 2);
    }
}

/* A table of the match: [0] the whole, [1].. the groups, names, first and last. */
static int re_exec(lua_State *L)
{
    script_regex *r = check_regex(L, 1);
    bool view;
    tamis_str text = subject_text(L, 2, &view);
    const size_t *bounds;
    if (match_from(L, r, text, start_at(L, 3, text), &bounds))
        push_table(L, r, text, bounds);
    else
        lua_pushnil(L);
    return 1;
}

/* for first, last, group… in r:gmatch(subject): upvalues are the expression, the subject, the next
 * start. */
static int gmatch_next(lua_State *L)
{
    script_regex *r = check_regex(L, lua_upvalueindex(1));
    bool view;
    lua_pushvalue(L, lua_upvalueindex(2));
    tamis_str text = subject_text(L, lua_gettop(L), &view);
    const size_t *bounds;
    size_t from = (size_t)lua_tointeger(L, lua_upvalueindex(3));
    if (!match_from(L, r, text, from, &bounds)) return 0;
    lua_pushinteger(L, (lua_Integer)after_match(text, bounds));
    lua_replace(L, lua_upvalueindex(3));
    lua_pushinteger(L, (lua_Integer)bounds[0] + 1);
    lua_pushinteger(L, (lua_Integer)bounds[1]);
    return 2 + push_groups(L, r, text, bounds, false);
}

static int re_gmatch(lua_State *L)
{
    check_regex(L, 1);
    bool view;
    tamis_str text = subject_text(L, 2, &view);
    lua_Integer from = (lua_Integer)start_at(L, 3, text);
    lua_settop(L, 2);
    lua_pushinteger(L, from);
    lua_pushcclosure(L, gmatch_next, 3);
    return 1;
}

static int re_gsub(lua_State *L)
{
    script_regex *r = check_regex(L, 1);
    bool view;
    tamis_str text = subject_text(L, 2, &view);
    int kind = lua_type(L, 3);
    luaL_argexpected(L, kind == LUA_TSTRING || kind == LUA_TFUNCTION || kind == LUA_TTABLE, 3,
                     "text (as it stands), a table or a function");
    size_t from = 0, copied = 0;
    lua_Integer n = 0;
    const size_t *bounds;
    luaL_Buffer out;
    luaL_buffinit(L, &out);
    while (match_from(L, r, text, from, &bounds)) {
        size_t start = bounds[0], end = bounds[1];
        from = after_match(text, bounds);
        luaL_addlstring(&out, text.p + copied, start - copied);
        copied = end;
        n++;
        if (kind == LUA_TSTRING) {
            lua_pushvalue(L, 3);
        } else if (kind == LUA_TTABLE) {
            push_group(L, text, bounds, r->groups ? 1 : 0);
            if (lua_isnil(L, -1)) lua_pop(L, 1), lua_pushliteral(L, "");
            lua_gettable(L, 3);
        } else {
            lua_pushvalue(L, 3);
            lua_call(L, push_groups(L, r, text, bounds, true), 1);
        }
        if (!lua_toboolean(L, -1)) {
            lua_pop(L, 1);
            lua_pushlstring(L, text.p + start, end - start);
        }
        if (!lua_isstring(L, -1))
            return luaL_error(L, "the replacement is a %s, not text", luaL_typename(L, -1));
        luaL_addvalue(&out);
    }
    luaL_addlstring(&out, text.p + copied, text.n - copied);
    luaL_pushresult(&out);
    lua_pushinteger(L, n);
    return 2;
}

static int re_escape(lua_State *L)
{
    size_t n;
    const char *text = luaL_checklstring(L, 1, &n);
    luaL_Buffer out;
    luaL_buffinit(L, &out);
    for (size_t i = 0; i < n; i++) {
        if (text[i] && strchr("\\^$.|?*+()[]{}-# ", text[i])) luaL_addchar(&out, '\\');
        luaL_addchar(&out, text[i]);
    }
    luaL_pushresult(&out);
    return 1;
}

static int regex_tostring(lua_State *L)
{
    lua_pushfstring(L, "re `%s`", check_regex(L, 1)->pattern);
    return 1;
}

void regex_open(lua_State *L)
{
    static const luaL_Reg methods[] = {
        {"find", re_find},   {"match", re_match}, {"test", re_test},     {"exec", re_exec},
        {"count", re_count}, {"gsub", re_gsub},   {"gmatch", re_gmatch}, {NULL, NULL}};
    static const luaL_Reg functions[] = {
        {"compile", re_compile}, {"escape", re_escape}, {NULL, NULL}};
    luaL_newmetatable(L, REGEX);
    luaL_newlib(L, methods);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, regex_collect);
    lua_setfield(L, -2, "__gc");
    lua_pushcfunction(L, regex_tostring);
    lua_setfield(L, -2, "__tostring");
    lua_pushliteral(L, "locked");
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 1);
    sandbox_base(L);
    luaL_newlib(L, functions);
    sandbox_lock(L, "re");
    lua_getmetatable(L, -1);
    lua_pushcfunction(L, re_call); /* re "pattern" */
    lua_setfield(L, -2, "__call");
    lua_pop(L, 1);
    lua_setfield(L, -2, "re");
    lua_pop(L, 1);
}
