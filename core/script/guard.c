/* `when`: on which documents a stage runs. A table is compared here, without Lua, and says what it
 * asks of earlier stages so that `check` can look; a function is called. */
#include "script/state.h"

#include <stdlib.h>

typedef enum { ASK_LANG, ASK_HAS, ASK_LACKS, ASK_MIN, ASK_MAX, ASK_ATTRIBUTE, ASK_META } ask_kind;

typedef struct {
    ask_kind kind;
    tamis_str name; /* of an attribute or a meta path */
    value *values;  /* any of them */
    size_t value_count;
    int64_t number;
} ask;

struct script_guard {
    script *owner;
    int function;
    ask *asks;
    size_t ask_count;
    const char **reads;
    size_t read_count;
};

/* ------------------------------------------------------------------ reading a table */

typedef struct {
    script_guard *guard;
    diagnostics *out;
    const char *stage;
} guard_job;

static void bad(guard_job *job, position at, const char *what)
{
    diagnostics_add(job->out, DIAGNOSTIC_ERROR, "E0113", at, "`when` of stage `%s`: %s", job->stage,
                    what);
}

static void add_read(guard_job *job, const char *kind, tamis_str name)
{
    script_guard *g = job->guard;
    g->reads[g->read_count++] =
        arena_printf(&g->owner->memory, "%s:%.*s", kind, (int)name.n, name.p);
}

/* One value or a list of them. */
static void take_values(guard_job *job, ask *a, value *v, bool texts_only)
{
    a->values = v->kind == VALUE_LIST ? v->u.list.items : v;
    a->value_count = v->kind == VALUE_LIST ? v->u.list.count : 1;
    if (a->value_count == 0) bad(job, v->at, "an empty list fits no document");
    for (size_t i = 0; i < a->value_count; i++) {
        value_kind kind = a->values[i].kind;
        if (kind != VALUE_STRING &&
            (texts_only || (kind != VALUE_INT && kind != VALUE_NUMBER && kind != VALUE_BOOL)))
            bad(job, a->values[i].at,
                texts_only ? "expected text, or a list of texts"
                           : "expected text, a number, true or false, or a list");
    }
}

static ask *add_ask(guard_job *job, ask_kind kind, tamis_str name)
{
    ask *a = &job->guard->asks[job->guard->ask_count++];
    *a = (ask){.kind = kind, .name = name};
    return a;
}

static void take_span_types(guard_job *job, value *v, ask_kind kind)
{
    ask *a = add_ask(job, kind, (tamis_str){NULL, 0});
    take_values(job, a, v, true);
    for (size_t i = 0; i < a->value_count && i < 16; i++)
        if (a->values[i].kind == VALUE_STRING) add_read(job, "span", a->values[i].u.s);
}

static void take_number(guard_job *job, value *v, ask_kind kind)
{
    ask *a = add_ask(job, kind, (tamis_str){NULL, 0});
    if (v->kind == VALUE_INT && v->u.i >= 0)
        a->number = v->u.i;
    else
        bad(job, v->at, "expected a number of bytes");
}

static void take_map(guard_job *job, value *v, ask_kind kind)
{
    if (v->kind != VALUE_MAP) {
        bad(job, v->at, "expected a table of name = value");
        return;
    }
    for (size_t i = 0; i < v->u.map.count && i < 32; i++) {
        value_member *m = &v->u.map.members[i];
        take_values(job, add_ask(job, kind, m->key), m->value, false);
        if (kind == ASK_ATTRIBUTE) add_read(job, "attr", m->key);
    }
}

static void take_member(guard_job *job, value_member *m)
{
    static const char *const known[] = {"lang",      "has",        "lacks", "min_bytes",
                                        "max_bytes", "attributes", "meta"};
    if (str_is(m->key, "lang")) {
        ask *a = add_ask(job, ASK_LANG, TAMIS_STR("lang"));
        take_values(job, a, m->value, true);
        for (size_t i = 0; i < a->value_count; i++)
            if (!value_is_language(&a->values[i])) bad(job, a->values[i].at, NO_LANGUAGE);
        add_read(job, "attr", TAMIS_STR("lang"));
    } else if (str_is(m->key, "has")) {
        take_span_types(job, m->value, ASK_HAS);
    } else if (str_is(m->key, "lacks")) {
        take_span_types(job, m->value, ASK_LACKS);
    } else if (str_is(m->key, "min_bytes")) {
        take_number(job, m->value, ASK_MIN);
    } else if (str_is(m->key, "max_bytes")) {
        take_number(job, m->value, ASK_MAX);
    } else if (str_is(m->key, "attributes")) {
        take_map(job, m->value, ASK_ATTRIBUTE);
    } else if (str_is(m->key, "meta")) {
        take_map(job, m->value, ASK_META);
    } else {
        diagnostic *said = diagnostics_add(job->out, DIAGNOSTIC_ERROR, "E0113", m->at,
                                           "`when` of stage `%s` has no `%.*s`", job->stage,
                                           (int)m->key.n, m->key.p);
        const char *near = did_you_mean(m->key, known, sizeof known / sizeof known[0]);
        if (near) said->label = diagnostics_text(job->out, "did you mean `%s`?", near);
        said->help =
            "it takes lang, has, lacks, min_bytes, max_bytes, attributes and meta; or it is a "
            "function of the document";
    }
}

script_guard *script_guard_new(script *self, const value *when, const char *stage, diagnostics *out)
{
    if (!when || when->kind == VALUE_NIL) return NULL;
    script_guard *g = arena_alloc(&self->memory, sizeof *g);
    if (!g) return NULL;
    g->owner = self;
    guard_job job = {g, out, stage};
    size_t n = when->kind == VALUE_MAP ? when->u.map.count : 0;
    g->reads = arena_alloc(&self->memory, (n * 32 + 1) * sizeof *g->reads);
    g->asks = arena_alloc(&self->memory, (n * 32 + 1) * sizeof *g->asks);
    if (!g->reads || !g->asks) return NULL;
    if (when->kind == VALUE_FUNCTION)
        g->function = (int)when->u.i;
    else if (when->kind == VALUE_MAP)
        for (size_t i = 0; i < n; i++) take_member(&job, &when->u.map.members[i]);
    else
        bad(&job, when->at,
            "a guard is a table such as { lang = { \"fr\", \"es\" } }, or a function");
    return g;
}

const char *const *script_guard_reads(const script_guard *self)
{
    return self->reads;
}

/* ------------------------------------------------------------------ asking a document */

/* "fr" fits "fr" and "fr-CA". */
static bool lang_fits(tamis_str wanted, tamis_str lang)
{
    return lang.n >= wanted.n && memcmp(lang.p, wanted.p, wanted.n) == 0 &&
           (lang.n == wanted.n || lang.p[wanted.n] == '-');
}

static bool attribute_fits(const value *wanted, const tamis_attr *a, bool lang)
{
    switch (wanted->kind) {
    case VALUE_STRING:
        if (a->type != TAMIS_ATTR_STRING) return false;
        return lang ? lang_fits(wanted->u.s, a->u.s) : str_equal(wanted->u.s, a->u.s);
    case VALUE_INT:
        return (a->type == TAMIS_ATTR_INT && a->u.i == wanted->u.i) ||
               (a->type == TAMIS_ATTR_NUMBER && a->u.d == (double)wanted->u.i);
    case VALUE_NUMBER: return a->type == TAMIS_ATTR_NUMBER && a->u.d == wanted->u.d;
    case VALUE_BOOL: return a->type == TAMIS_ATTR_BOOL && a->u.b == wanted->u.b;
    default: return false;
    }
}

/* A meta field is compared as Lua reads it, since JSON has several spellings of one text. */
typedef struct {
    tamis_str raw;
    const ask *asked;
    bool fits;
} meta_job;

static int compare_meta(lua_State *L)
{
    meta_job *job = lua_touserdata(L, 1);
    script_json_push(L, job->raw);
    for (size_t i = 0; i < job->asked->value_count && !job->fits; i++) {
        value_push(L, &job->asked->values[i]);
        job->fits = lua_compare(L, -1, -2, LUA_OPEQ);
        lua_pop(L, 1);
    }
    return 0;
}

static tamis_rc meta_fits(script *self, const ask *a, tamis_doc *doc, bool *fits, error *e)
{
    meta_job job = {document_meta(doc, a->name), a, false};
    *fits = false;
    if (!job.raw.n) return TAMIS_OK;
    FORWARD(script_protected(self, compare_meta, &job, 0, e));
    *fits = job.fits;
    return TAMIS_OK;
}

static tamis_rc has_any(const ask *a, tamis_doc *doc, bool *has, error *e)
{
    *has = false;
    for (size_t i = 0; i < a->value_count && !*has; i++) {
        size_t count = 0;
        error inner = {0};
        document_spans(doc, a->values[i].u.s, &count, &inner);
        if (inner.rc < 0) return error_set(e, TAMIS_FAIL, "%s", inner.text);
        *has = count > 0;
    }
    return TAMIS_OK;
}

static tamis_rc ask_document(script_guard *self, const ask *a, tamis_doc *doc, bool *fits, error *e)
{
    tamis_attr attribute;
    switch (a->kind) {
    case ASK_MIN: *fits = doc->view.n >= (size_t)a->number; return TAMIS_OK;
    case ASK_MAX: *fits = doc->view.n <= (size_t)a->number; return TAMIS_OK;
    case ASK_HAS: return has_any(a, doc, fits, e);
    case ASK_LACKS: {
        tamis_rc rc = has_any(a, doc, fits, e);
        *fits = !*fits;
        return rc;
    }
    case ASK_LANG:
    case ASK_ATTRIBUTE:
        *fits = false;
        if (!document_attribute_get(doc, a->name, &attribute)) return TAMIS_OK;
        for (size_t i = 0; i < a->value_count && !*fits; i++)
            *fits = attribute_fits(&a->values[i], &attribute, a->kind == ASK_LANG);
        return TAMIS_OK;
    case ASK_META: return meta_fits(self->owner, a, doc, fits, e);
    }
    return TAMIS_OK;
}

static tamis_rc call_guard(script_guard *self, bool *runs, error *e)
{
    lua_State *L = self->owner->L;
    lua_rawgeti(L, LUA_REGISTRYINDEX, self->function);
    lua_rawgeti(L, LUA_REGISTRYINDEX, self->owner->doc_ref);
    FORWARD(script_call(self->owner, 1, 1, 0, e));
    *runs = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return TAMIS_OK;
}

tamis_rc script_guard_test(script_guard *self, tamis_doc *doc, bool *runs, error *e)
{
    tamis_rc rc = TAMIS_OK;
    *runs = true;
    script_begin(self->owner, NULL, doc, NULL);
    if (self->function) rc = call_guard(self, runs, e);
    for (size_t i = 0; rc >= 0 && *runs && i < self->ask_count; i++)
        rc = ask_document(self, &self->asks[i], doc, runs, e);
    script_end(self->owner);
    return rc;
}
