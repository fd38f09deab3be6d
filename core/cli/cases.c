/* See cases.h. */
#include "cli/cases.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/json.h"

/* ------------------------------------------------------------------ what is compared */

static bool in_list(const tamis_str *list, size_t count, tamis_str word)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal(list[i], word)) return true;
    return false;
}

static tamis_str *words_of(const value *list, arena *memory, size_t *count)
{
    *count = 0;
    if (!list || list->kind != VALUE_LIST) return NULL;
    tamis_str *words = arena_alloc(memory, (list->u.list.count + 1) * sizeof *words);
    for (size_t i = 0; words && i < list->u.list.count; i++)
        if (list->u.list.items[i].kind == VALUE_STRING)
            words[(*count)++] = list->u.list.items[i].u.s;
    return words;
}

/* Whether a case says anything beside its marks. */
static bool says_more(const test_case *c)
{
    static const char *const keys[] = {"drop", "fails", "set", "clean"};
    for (size_t i = 0; i < 4; i++)
        if (value_member_of(&c->options, keys[i])) return true;
    return false;
}

/* The marks of all cases: the types they name, and those that name keys. */
static void gather_marks(case_rules *self, arena *memory, buffer *types, buffer *models,
                         bool *removals)
{
    for (size_t i = 0; i < self->tests->count; i++) {
        marked m;
        size_t at;
        if (marks_read(self->tests->cases[i].text, memory, &m, &at, NULL) < 0) continue;
        for (size_t k = 0; k < m.count; k++) {
            *removals |= m.marks[k].removal;
            if (!m.marks[k].removal) buffer_append(types, &m.marks[k].type, sizeof(tamis_str));
            if (m.marks[k].pair_count) buffer_append(models, &m.marks[k], sizeof(mark));
        }
    }
}

void case_rules_read(case_rules *self, const test_file *tests, const pipeline *p, arena *memory,
                     diagnostics *out)
{
    buffer types = {0}, models = {0};
    bool removals = false;
    self->tests = tests;
    self->pipeline = p;
    const value *wanted = value_member_of(&tests->options, "types");
    self->given = words_of(value_member_of(&tests->options, "given"), memory, &self->given_count);
    gather_marks(self, memory, &types, &models, &removals);
    self->all_types = !wanted && tests->single;
    if (wanted) {
        self->types = words_of(wanted, memory, &self->type_count);
        self->removals = in_list(self->types, self->type_count, TAMIS_STR("removed"));
    } else {
        self->types = arena_alloc(memory, types.n + sizeof(tamis_str));
        self->type_count = types.n / sizeof(tamis_str);
        if (self->types && types.n) memcpy(self->types, types.p, types.n);
        self->removals = removals || tests->single;
    }
    mark *kept = arena_alloc(memory, models.n + sizeof(mark));
    if (kept && models.n) memcpy(kept, models.p, models.n);
    self->models = kept;
    self->model_count = models.n / sizeof(mark);
    if (!self->all_types && !self->type_count && !self->removals)
        for (size_t i = 0; i < tests->count; i++) {
            if (says_more(&tests->cases[i])) continue;
            diagnostic *d = diagnostics_add(out, DIAGNOSTIC_ERROR, "E0123", tests->cases[i].at,
                                            "the case checks nothing: no case has a mark");
            d->help = "say which types may not be found: types = { \"weapon\" }";
        }
    buffer_free(&types);
    buffer_free(&models);
}

static bool compared(const case_rules *self, tamis_str type)
{
    if (in_list(self->given, self->given_count, type)) return false;
    if (in_list(self->types, self->type_count, type)) return true;
    return self->all_types && !memchr(type.p, '.', type.n);
}

/* ------------------------------------------------------------------ what a found span says */

static tamis_str attribute_text(const tamis_attr *a, arena *memory)
{
    switch (a->type) {
    case TAMIS_ATTR_STRING: return a->u.s;
    case TAMIS_ATTR_NUMBER: return str_of(arena_printf(memory, "%.4g", a->u.d));
    case TAMIS_ATTR_BOOL: return str_of(a->u.b ? "true" : "false");
    default: return str_of(arena_printf(memory, "%" PRId64, a->u.i));
    }
}

/* What span `s` says under a mark's key; NULL text where it says nothing. */
static tamis_str span_says(const document_span *s, tamis_str key, arena *memory)
{
    if (str_is(key, "value")) return s->value;
    if (str_is(key, "category")) return s->category;
    if (str_is(key, "lang")) return s->lang;
    if (str_is(key, "rule")) return s->rule;
    if (str_is(key, "role")) return s->role;
    if (str_is(key, "stage")) return s->stage;
    if (str_is(key, "score")) return str_of(arena_printf(memory, "%.4g", s->score));
    for (uint32_t i = 0; i < s->attr_count; i++)
        if (str_equal(s->attrs[i].key, key)) return attribute_text(&s->attrs[i], memory);
    return (tamis_str){NULL, 0};
}

static tamis_str removal_says(const document_removal *r, tamis_str key, arena *memory)
{
    if (str_is(key, "rule")) return r->rule;
    if (str_is(key, "stage")) return r->stage;
    if (str_is(key, "value") || str_is(key, "placeholder")) return r->placeholder;
    if (str_is(key, "score")) return str_of(arena_printf(memory, "%.4g", r->score));
    return (tamis_str){NULL, 0};
}

/* ------------------------------------------------------------------ expected and found */

typedef struct {
    mark m; /* with the keys that its expected counterpart, or the file, names */
    const document_span *span;
    const document_removal *removal;
    bool met;
} finding;

typedef struct {
    const case_rules *rules;
    arena memory;
    marked wanted; /* all marks of the case */
    bool *met;     /* by mark */
    finding *found;
    size_t found_count;
} comparison;

static bool is_given(const comparison *self, const mark *m)
{
    return !m->removal && in_list(self->rules->given, self->rules->given_count, m->type);
}

static tamis_str finding_says(finding *f, tamis_str key, arena *memory)
{
    return f->span ? span_says(f->span, key, memory) : removal_says(f->removal, key, memory);
}

static bool same_place(const mark *a, const mark *b)
{
    return a->start == b->start && a->end == b->end && a->removal == b->removal &&
           str_equal(a->type, b->type);
}

static bool says_the_same(comparison *self, const mark *wanted, finding *f)
{
    for (size_t i = 0; i < wanted->pair_count; i++)
        if (!str_equal(wanted->pairs[i].value,
                       finding_says(f, wanted->pairs[i].key, &self->memory)))
            return false;
    return true;
}

static void gather_found(comparison *self, const tamis_doc *doc)
{
    size_t most = doc->span_count + doc->removal_count;
    self->found = arena_alloc(&self->memory, (most + 1) * sizeof *self->found);
    if (!self->found) return;
    for (size_t i = 0; i < doc->span_count; i++) {
        const document_span *s = &doc->spans[i];
        if ((s->flags & SPAN_READ) || !compared(self->rules, s->type)) continue;
        self->found[self->found_count++] =
            (finding){.m = {.start = s->start, .end = s->end, .type = s->type}, .span = s};
    }
    for (size_t i = 0; self->rules->removals && i < doc->removal_count; i++) {
        const document_removal *r = &doc->removals[i];
        self->found[self->found_count++] =
            (finding){.m = {.start = r->start, .end = r->end, .type = r->reason, .removal = true},
                      .removal = r};
    }
}

/* Each expected mark takes one finding of its place and type that says what it says. */
static void pair_up(comparison *self)
{
    for (size_t i = 0; i < self->wanted.count; i++) {
        const mark *w = &self->wanted.marks[i];
        self->met[i] = is_given(self, w);
        for (size_t k = 0; k < self->found_count && !self->met[i]; k++) {
            finding *f = &self->found[k];
            if (f->met || !same_place(w, &f->m) || !says_the_same(self, w, f)) continue;
            f->met = self->met[i] = true;
            f->m.pairs = w->pairs;
            f->m.pair_count = w->pair_count;
        }
    }
}

/* The mark whose keys a finding that nobody expected is shown with. */
static const mark *model_of(const comparison *self, const mark *m)
{
    const mark *model = NULL;
    for (size_t i = 0; i < self->wanted.count; i++) {
        const mark *w = &self->wanted.marks[i];
        if (same_place(w, m) && !self->met[i]) return w;
        if (!model && w->removal == m->removal && str_equal(w->type, m->type)) model = w;
    }
    for (size_t i = 0; !model && i < self->rules->model_count; i++) {
        const mark *w = &self->rules->models[i];
        if (w->removal == m->removal && str_equal(w->type, m->type)) model = w;
    }
    return model;
}

static void give_keys(comparison *self)
{
    for (size_t k = 0; k < self->found_count; k++) {
        finding *f = &self->found[k];
        const mark *model = f->met ? NULL : model_of(self, &f->m);
        if (!model || !model->pair_count) continue;
        f->m.pairs = arena_alloc(&self->memory, model->pair_count * sizeof *f->m.pairs);
        for (size_t i = 0; f->m.pairs && i < model->pair_count; i++) {
            tamis_str says = finding_says(f, model->pairs[i].key, &self->memory);
            if (!says.p && !str_is(model->pairs[i].key, "value")) continue;
            f->m.pairs[f->m.pair_count++] = (mark_pair){model->pairs[i].key, says};
        }
    }
}

static bool all_met(const comparison *self)
{
    bool met = true;
    for (size_t i = 0; i < self->wanted.count; i++) met &= self->met[i];
    for (size_t k = 0; k < self->found_count; k++) met &= self->found[k].met;
    return met;
}

/* ------------------------------------------------------------------ telling */

/* The expected marks, or those found, each in its colour where it stands alone. */
static marked side(comparison *self, bool found)
{
    const case_rules *rules = self->rules;
    marked out = {.text = self->wanted.text};
    out.marks = arena_alloc(&self->memory,
                            (self->wanted.count + self->found_count + 1) * sizeof *out.marks);
    if (!out.marks) return out;
    for (size_t i = 0; i < self->wanted.count; i++) {
        if (found && !is_given(self, &self->wanted.marks[i])) continue;
        out.marks[out.count] = self->wanted.marks[i];
        out.marks[out.count++].colour = self->met[i] ? rules->dim : rules->red;
    }
    for (size_t k = 0; found && k < self->found_count; k++) {
        out.marks[out.count] = self->found[k].m;
        out.marks[out.count++].colour = self->found[k].met ? rules->dim : rules->green;
    }
    return out;
}

/* Whether a mark stands in the line [start, end); one that ends with the line feed before it does
 * not. */
static bool touches(const mark *m, size_t start, size_t end)
{
    return m->start <= end && (m->end > start || m->start >= start);
}

static bool differs_in(const comparison *self, size_t start, size_t end)
{
    for (size_t i = 0; i < self->wanted.count; i++)
        if (!self->met[i] && touches(&self->wanted.marks[i], start, end)) return true;
    for (size_t k = 0; k < self->found_count; k++)
        if (!self->found[k].met && touches(&self->found[k].m, start, end)) return true;
    return false;
}

/* The lines in which the two differ: as expected, then as found. */
static void tell_lines(comparison *self, buffer *out)
{
    const case_rules *rules = self->rules;
    marked wanted = side(self, false), found = side(self, true);
    tamis_str text = self->wanted.text;
    for (size_t start = 0; start <= text.n;) {
        const char *newline = start < text.n ? memchr(text.p + start, '\n', text.n - start) : NULL;
        size_t end = newline ? (size_t)(newline - text.p) : text.n;
        if (differs_in(self, start, end)) {
            marks_range range = {.from = start, .to = end, .off = rules->off};
            buffer_printf(out, "    %sexpected%s  ", rules->red, rules->off);
            marks_write_range(&wanted, &range, out);
            buffer_printf(out, "\n    %sfound%s     ", rules->green, rules->off);
            marks_write_range(&found, &range, out);
            buffer_append_char(out, '\n');
        }
        start = end + 1;
    }
}

static void tell_mark(buffer *out, const char *sign, const mark *m, tamis_str text)
{
    buffer_printf(out, "    %s %s%.*s “", sign, m->removal ? "removed as " : "", (int)m->type.n,
                  m->type.p);
    for (size_t i = m->start; i < m->end; i++)
        buffer_append_char(out, text.p[i] == '\n' ? ' ' : text.p[i]);
    buffer_append_text(out, "”");
    for (size_t i = 0; i < m->pair_count; i++)
        buffer_printf(out, ", %.*s %.*s", (int)m->pairs[i].key.n, m->pairs[i].key.p,
                      (int)m->pairs[i].value.n, m->pairs[i].value.p);
}

static void tell_marks(comparison *self, buffer *out)
{
    for (size_t i = 0; i < self->wanted.count; i++) {
        if (self->met[i]) continue;
        tell_mark(out, "missing:", &self->wanted.marks[i], self->wanted.text);
        buffer_append_char(out, '\n');
    }
    for (size_t k = 0; k < self->found_count; k++) {
        finding *f = &self->found[k];
        if (f->met) continue;
        tell_mark(out, "not expected:", &f->m, self->wanted.text);
        tamis_str rule = f->span ? f->span->rule : f->removal->rule,
                  stage = f->span ? f->span->stage : f->removal->stage;
        buffer_printf(out, "%s (stage %.*s%s%.*s)%s\n", self->rules->dim, (int)stage.n, stage.p,
                      rule.n ? ", rule " : "", (int)rule.n, rule.p, self->rules->off);
    }
}

/* ------------------------------------------------------------------ before the run */

static tamis_attr attribute_of(tamis_str key, tamis_str text)
{
    tamis_attr a = {.key = key, .type = TAMIS_ATTR_STRING, .u.s = text};
    char digits[24], *end;
    if (str_is(text, "true") || str_is(text, "false")) {
        a.type = TAMIS_ATTR_BOOL;
        a.u.b = text.p[0] == 't';
    } else if (text.n && text.n < sizeof digits) {
        memcpy(digits, text.p, text.n);
        digits[text.n] = 0;
        int64_t number = strtoll(digits, &end, 10);
        if (*end || (digits[0] != '-' && (digits[0] < '0' || digits[0] > '9'))) return a;
        a.type = TAMIS_ATTR_INT;
        a.u.i = number;
    }
    return a;
}

static int by_key(const void *a, const void *b)
{
    return str_compare(((const tamis_attr *)a)->key, ((const tamis_attr *)b)->key);
}

static bool lay_given(const mark *m, tamis_doc *doc, error *e)
{
    document_span s = {.start = m->start, .end = m->end, .type = m->type, .flags = SPAN_READ};
    s.attrs = arena_alloc(&doc->memory, (m->pair_count + 1) * sizeof *s.attrs);
    for (size_t i = 0; s.attrs && i < m->pair_count; i++) {
        tamis_str key = m->pairs[i].key, text = m->pairs[i].value;
        tamis_attr a = attribute_of(key, text);
        if (str_is(key, "value"))
            s.value = text;
        else if (str_is(key, "category"))
            s.category = text;
        else if (str_is(key, "lang"))
            s.lang = text;
        else if (str_is(key, "rule"))
            s.rule = text;
        else if (str_is(key, "role"))
            s.role = text;
        else if (str_is(key, "stage"))
            s.stage = text;
        else if (str_is(key, "ref") && a.type == TAMIS_ATTR_INT)
            s.ref = (uint32_t)a.u.i;
        else
            s.attrs[s.attr_count++] = a;
    }
    if (s.attr_count) qsort(s.attrs, s.attr_count, sizeof *s.attrs, by_key);
    return document_restore_span(doc, &s, e) != 0;
}

static void json_of(const value *v, buffer *out)
{
    switch (v->kind) {
    case VALUE_BOOL: buffer_append_text(out, v->u.b ? "true" : "false"); break;
    case VALUE_INT: buffer_printf(out, "%" PRId64, v->u.i); break;
    case VALUE_NUMBER: json_write_number(out, v->u.d); break;
    case VALUE_STRING: json_write_string(out, v->u.s); break;
    case VALUE_LIST:
        for (size_t i = 0; i < v->u.list.count; i++) {
            buffer_append_char(out, i ? ',' : '[');
            json_of(&v->u.list.items[i], out);
        }
        buffer_append_text(out, v->u.list.count ? "]" : "[]");
        break;
    case VALUE_MAP:
        for (size_t i = 0; i < v->u.map.count; i++) {
            buffer_append_char(out, i ? ',' : '{');
            json_write_string(out, v->u.map.members[i].key);
            buffer_append_char(out, ':');
            json_of(v->u.map.members[i].value, out);
        }
        buffer_append_text(out, v->u.map.count ? "}" : "{}");
        break;
    case VALUE_NIL:
    case VALUE_FUNCTION: buffer_append_text(out, "null"); break;
    }
}

static tamis_rc add_meta(const value *meta, tamis_doc *doc, error *e)
{
    for (size_t i = 0; meta && meta->kind == VALUE_MAP && i < meta->u.map.count; i++) {
        buffer raw = {0};
        json_of(meta->u.map.members[i].value, &raw);
        tamis_rc rc = document_add_meta(doc, meta->u.map.members[i].key,
                                        arena_copy(&doc->memory, buffer_str(&raw)), e);
        buffer_free(&raw);
        FORWARD(rc);
    }
    return TAMIS_OK;
}

/* A key of the case, else of the file. */
static const value *setting(const comparison *self, const test_case *c, const char *key)
{
    const value *v = value_member_of(&c->options, key);
    return v ? v : value_member_of(&self->rules->tests->options, key);
}

static tamis_rc prepare(comparison *self, const test_case *c, tamis_doc *doc, error *e)
{
    const value *id = value_member_of(&c->options, "id"), *lang = setting(self, c, "lang");
    document_reset(doc);
    doc->id = arena_copy(&doc->memory, id && id->kind == VALUE_STRING ? id->u.s : c->name);
    doc->input = doc->id;
    FORWARD(document_set_source(doc, self->wanted.text, e));
    FORWARD(add_meta(setting(self, c, "meta"), doc, e));
    for (size_t i = 0; i < self->wanted.count; i++)
        if (is_given(self, &self->wanted.marks[i]) && !lay_given(&self->wanted.marks[i], doc, e))
            return TAMIS_FAIL;
    FORWARD(document_restore_done(doc, e));
    if (!lang) return TAMIS_OK;
    tamis_attr attribute = {.key = TAMIS_STR("lang"), .type = TAMIS_ATTR_STRING, .u.s = lang->u.s};
    document_stage_begin(doc, TAMIS_STR("test"));
    FORWARD(document_set(doc, &attribute, e));
    return document_stage_commit(doc, e);
}

/* ------------------------------------------------------------------ what came of the document */

/* What `drop` or `fails` asks for; true where the marks are to be compared, too. */
static bool check_status(const test_case *c, const tamis_doc *doc, buffer *why)
{
    const value *drop = value_member_of(&c->options, "drop"),
                *fails = value_member_of(&c->options, "fails");
    tamis_str reason = doc->reason;
    if (doc->status == DOCUMENT_DROPPED && drop) {
        if (drop->kind == VALUE_STRING && !str_equal(drop->u.s, reason))
            buffer_printf(why, "    dropped as “%.*s”, expected “%.*s”\n", (int)reason.n, reason.p,
                          (int)drop->u.s.n, drop->u.s.p);
        return false;
    }
    if (doc->status == DOCUMENT_QUARANTINED && fails) {
        if (fails->kind == VALUE_STRING && !memmem(reason.p, reason.n, fails->u.s.p, fails->u.s.n))
            buffer_printf(why, "    failed, but without the words “%.*s”: %.*s\n",
                          (int)fails->u.s.n, fails->u.s.p, (int)reason.n, reason.p);
        return false;
    }
    if (doc->status == DOCUMENT_DROPPED)
        buffer_printf(why, "    the document was dropped: %.*s\n", (int)reason.n, reason.p);
    else if (doc->status == DOCUMENT_QUARANTINED)
        buffer_printf(why, "    the document failed: %.*s\n", (int)reason.n, reason.p);
    else if (drop || fails)
        buffer_printf(why, "    expected the document to %s: it went through\n",
                      drop ? "be dropped" : "fail");
    return doc->status == DOCUMENT_WRITTEN && !drop && !fails;
}

static tamis_str value_text(const value *v, arena *memory)
{
    switch (v->kind) {
    case VALUE_STRING: return v->u.s;
    case VALUE_BOOL: return str_of(v->u.b ? "true" : "false");
    case VALUE_INT: return str_of(arena_printf(memory, "%" PRId64, v->u.i));
    case VALUE_NUMBER: return str_of(arena_printf(memory, "%.4g", v->u.d));
    default: return str_of(value_kind_name(v->kind));
    }
}

static void check_document(comparison *self, const test_case *c, const tamis_doc *doc, buffer *why)
{
    const value *set = value_member_of(&c->options, "set"),
                *clean = value_member_of(&c->options, "clean");
    for (size_t i = 0; set && set->kind == VALUE_MAP && i < set->u.map.count; i++) {
        tamis_str key = set->u.map.members[i].key,
                  wanted = value_text(set->u.map.members[i].value, &self->memory);
        tamis_attr a;
        bool there = document_attribute_get(doc, key, &a);
        tamis_str found = there ? attribute_text(&a, &self->memory) : TAMIS_STR("nothing");
        bool none = !there && str_is(wanted, "false");
        if (!none && (!there || !str_equal(found, wanted)))
            buffer_printf(why, "    %.*s is %.*s, expected %.*s\n", (int)key.n, key.p, (int)found.n,
                          found.p, (int)wanted.n, wanted.p);
    }
    if (clean && !str_equal(clean->u.s, doc->view))
        buffer_printf(why, "    clean text “%.*s”\n      expected “%.*s”\n", (int)doc->view.n,
                      doc->view.p, (int)clean->u.s.n, clean->u.s.p);
    for (size_t i = 0; i < doc->error_count; i++)
        buffer_printf(why, "    %.*s: %.*s\n", (int)doc->errors[i].code.n, doc->errors[i].code.p,
                      (int)doc->errors[i].message.n, doc->errors[i].message.p);
}

static void compare(comparison *self, const tamis_doc *doc, case_result *out)
{
    gather_found(self, doc);
    self->met = arena_alloc(&self->memory, self->wanted.count + 1);
    if (!self->found || !self->met) {
        buffer_append_text(&out->why, "    no memory\n");
        return;
    }
    pair_up(self);
    if (all_met(self)) return;
    give_keys(self);
    bool alone = out->why.n == 0; /* nothing else differs: new marks would mend it */
    tell_lines(self, &out->why);
    tell_marks(self, &out->why);
    marked found = side(self, true);
    if (alone) marks_write(&found, &out->update);
}

void case_run(const case_rules *rules, const test_case *c, pipeline_worker *worker, tamis_doc *doc,
              case_result *out)
{
    comparison self = {.rules = rules};
    error e = {0};
    size_t at = 0;
    *out = (case_result){0};
    if (marks_read(c->text, &self.memory, &self.wanted, &at, &e) < 0 ||
        prepare(&self, c, doc, &e) < 0)
        buffer_printf(&out->why, "    %s\n", e.text);
    else if (pipeline_run(worker, doc) == TAMIS_FATAL)
        buffer_printf(&out->why, "    %s\n", worker->error.text);
    else if (check_status(c, doc, &out->why)) {
        check_document(&self, c, doc, &out->why);
        compare(&self, doc, out);
    }
    out->passed = out->why.n == 0;
    arena_free(&self.memory);
}

void case_result_free(case_result *self)
{
    buffer_free(&self->why);
    buffer_free(&self->update);
}
