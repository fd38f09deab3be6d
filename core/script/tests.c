/* Test files: the table that `test { … }` is given becomes a list of cases with their places, so
 * that a failure is told at the line of its case and --update knows which literal to write anew.
 * What is tested (a stage, a script, rules, a pipeline) is read by config.c like any pipeline;
 * running the cases is the command's. */
#include "script/tests.h"

typedef struct {
    const char *key;
    value_kind kind;
    bool or_true;     /* `true` will do, too */
    const char *what; /* for messages */
} test_key;

static const test_key CASE_KEYS[] = {
    {"drop", VALUE_STRING, true, "the reason in quotes, or true"},
    {"fails", VALUE_STRING, true, "words of the message in quotes, or true"},
    {"lang", VALUE_STRING, false, "a language in quotes"},
    {"id", VALUE_STRING, false, "an id in quotes"},
    {"clean", VALUE_STRING, false, "text in quotes"},
    {"meta", VALUE_MAP, false, "a table: meta = { url = \"…\" }"},
    {"set", VALUE_MAP, false, "a table: set = { lang = \"fr\" }"},
    {"options", VALUE_MAP, false, "a table: options = { name = value }"},
};

static const test_key FILE_KEYS[] = {
    {"stage", VALUE_STRING, false, "the name of a stage in quotes"},
    {"script", VALUE_STRING, false, "the name of a file in quotes"},
    {"rules", VALUE_LIST, false, "the name of a file in quotes, or a list of rules"},
    {"pipeline", VALUE_LIST, false, "a file or shipped name in quotes, or a list of stages"},
    {"options", VALUE_MAP, false, "a table: options = { name = value }"},
    {"given", VALUE_LIST, false, "a list of span types: given = { \"quote\" }"},
    {"types", VALUE_LIST, false, "a list of span types: types = { \"offer\" }"},
    {"lang", VALUE_STRING, false, "a language in quotes"},
    {"meta", VALUE_MAP, false, "a table: meta = { url = \"…\" }"},
};
enum {
    CASE_KEY_COUNT = sizeof CASE_KEYS / sizeof *CASE_KEYS,
    FILE_KEY_COUNT = sizeof FILE_KEYS / sizeof *FILE_KEYS
};

static diagnostic *bad_test(script *self, position at, const char *message)
{
    return diagnostics_add(self->diags, DIAGNOSTIC_ERROR, "E0123", at, "%s", message);
}

static bool kind_fits(const test_key *key, const value *v)
{
    bool empty_list = v->kind == VALUE_LIST && v->u.list.count == 0; /* {}: of no kind yet */
    if (v->kind == key->kind || (key->kind == VALUE_MAP && empty_list)) return true;
    if (key->or_true && v->kind == VALUE_BOOL && v->u.b) return true;
    return v->kind == VALUE_STRING && (!strcmp(key->key, "rules") || !strcmp(key->key, "pipeline"));
}

static void check_keys(script *self, const value *map, const test_key *keys, size_t count,
                       const char *of)
{
    const char *names[CASE_KEY_COUNT + FILE_KEY_COUNT];
    for (size_t k = 0; k < count; k++) names[k] = keys[k].key;
    for (size_t i = 0; i < map->u.map.count; i++) {
        const value_member *m = &map->u.map.members[i];
        const test_key *key = NULL;
        for (size_t k = 0; k < count && !key; k++)
            if (str_is(m->key, keys[k].key)) key = &keys[k];
        if (key && !kind_fits(key, m->value)) {
            diagnostic *d = diagnostics_add(self->diags, DIAGNOSTIC_ERROR, "E0123", m->value->at,
                                            "`%s` of %s is not %s", key->key, of,
                                            value_kind_name(m->value->kind));
            d->help = diagnostics_text(self->diags, "it is %s", key->what);
        } else if (!key) {
            diagnostic *d =
                diagnostics_add(self->diags, DIAGNOSTIC_ERROR, "E0123", m->at,
                                "unknown key `%.*s` of %s", (int)m->key.n, m->key.p, of);
            const char *near = did_you_mean(m->key, names, count);
            if (near) d->label = diagnostics_text(self->diags, "did you mean `%s`?", near);
        }
    }
}

/* The strings of a `given` or `types`; other items are mistakes. */
static void check_types(script *self, const value *options, const char *key)
{
    const value *list = value_member_of(options, key);
    for (size_t i = 0; list && list->kind == VALUE_LIST && i < list->u.list.count; i++)
        if (list->u.list.items[i].kind != VALUE_STRING)
            bad_test(self, list->u.list.items[i].at, "a span type stands in quotes");
}

/* The name and text of each case as a list of lists, for source_locate. */
static void locate_texts(script *self, test_file *tests, const char *file, size_t brace)
{
    value outer = {.kind = VALUE_LIST};
    outer.u.list.items = arena_alloc(&self->memory, (tests->count + 1) * sizeof(value));
    if (!outer.u.list.items) return;
    outer.u.list.count = tests->count;
    for (size_t i = 0; i < tests->count; i++) {
        value *inner = &outer.u.list.items[i];
        *inner = (value){.kind = VALUE_LIST, .at = tests->at};
        inner->u.list.items = arena_alloc(&self->memory, 2 * sizeof(value));
        if (inner->u.list.items) inner->u.list.count = 2;
    }
    source_locate(self, file, brace, &outer);
    for (size_t i = 0; i < tests->count; i++) {
        const value *inner = &outer.u.list.items[i];
        tests->cases[i].at = inner->at;
        if (inner->u.list.count == 2) tests->cases[i].text_at = inner->u.list.items[1].at;
    }
}

static bool read_text(lua_State *L, int item, tamis_str *out)
{
    script *self = script_of(L);
    bool is_text = lua_rawgeti(L, -1, item) == LUA_TSTRING;
    if (is_text) {
        tamis_str text;
        text.p = lua_tolstring(L, -1, &text.n);
        *out = arena_copy(&self->memory, text);
    }
    lua_pop(L, 1);
    return is_text;
}

/* The case on top of the stack. */
static void read_case(lua_State *L, test_case *out, position at)
{
    *out = (test_case){.at = at, .text_at = at, .options = {.kind = VALUE_MAP, .at = at}};
    if (!lua_istable(L, -1)) return;
    bool named = read_text(L, 1, &out->name);
    out->good = read_text(L, 2, &out->text) && named && lua_rawlen(L, -1) == 2;
    out->options = value_from_lua(L, lua_gettop(L), at, true);
}

static void read_cases(lua_State *L, int index, test_file *tests)
{
    script *self = script_of(L);
    tests->count = lua_rawlen(L, index);
    tests->cases = arena_alloc(&self->memory, (tests->count + 1) * sizeof *tests->cases);
    if (!tests->cases) {
        luaL_error(L, "no memory for %d cases", (int)tests->count);
        return;
    }
    for (size_t i = 0; i < tests->count; i++) {
        lua_rawgeti(L, index, (lua_Integer)i + 1);
        read_case(L, &tests->cases[i], tests->at);
        lua_pop(L, 1);
    }
}

/* The places of what the cases say by name. */
static void locate_options(script *self, test_file *tests, const char *file, size_t brace)
{
    value outer = {.kind = VALUE_LIST};
    outer.u.list.items = arena_alloc(&self->memory, (tests->count + 1) * sizeof(value));
    if (!outer.u.list.items) return;
    outer.u.list.count = tests->count;
    for (size_t i = 0; i < tests->count; i++) outer.u.list.items[i] = tests->cases[i].options;
    source_locate(self, file, brace, &outer);
    for (size_t i = 0; i < tests->count; i++) tests->cases[i].options = outer.u.list.items[i];
}

/* The named members, without a list of stages, which are no values. */
static value read_options(lua_State *L, int index, position at)
{
    lua_newtable(L);
    for (lua_pushnil(L); lua_next(L, index); lua_pop(L, 1)) {
        if (lua_type(L, -2) != LUA_TSTRING) continue;
        bool stages = !strcmp(lua_tostring(L, -2), "pipeline") && lua_type(L, -1) != LUA_TSTRING;
        lua_pushvalue(L, -2);
        if (stages)
            lua_newtable(L);
        else
            lua_pushvalue(L, -2);
        lua_rawset(L, -5);
    }
    value options = value_from_lua(L, lua_gettop(L), at, true);
    lua_pop(L, 1);
    return options;
}

test_file *tests_read(lua_State *L, int index, position at, size_t brace)
{
    script *self = script_of(L);
    test_file *tests = arena_alloc(&self->memory, sizeof *tests);
    if (!tests) {
        luaL_error(L, "no memory for a test file");
        return NULL;
    }
    tests->at = at;
    tests->options = read_options(L, index, at);
    source_locate(self, at.file, brace, &tests->options);
    check_keys(self, &tests->options, FILE_KEYS, FILE_KEY_COUNT, "a test file");
    check_types(self, &tests->options, "given");
    check_types(self, &tests->options, "types");
    read_cases(L, index, tests);
    locate_options(self, tests, at.file, brace);
    locate_texts(self, tests, at.file, brace);
    for (size_t i = 0; i < tests->count; i++) {
        test_case *c = &tests->cases[i];
        if (!c->good) {
            diagnostic *d = bad_test(self, c->at, "a case is a name and a text");
            d->help = "write { \"what holds\", \"text with [type:marks]\" }";
        }
        check_keys(self, &c->options, CASE_KEYS, CASE_KEY_COUNT, "a case");
    }
    self->tests = tests;
    return tests;
}

const test_file *script_tests(const script *self)
{
    return self->tests;
}
