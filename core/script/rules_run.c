/* Rules over a document. One pass finds the literals that patterns require, and only around them
 * PCRE2 runs; one pass of the gazetteer finds all words. The matches are sorted by place and rule,
 * so that what a rule does never depends on how it was found; then the context is looked at and the
 * rule acts. */
#include "script/rules.h"

#include <stdlib.h>

typedef struct {
    rule_set *set;
    const tamis_run *c;
    tamis_doc *doc;
    tamis_str text;
    error e;
    bool odd;       /* the text holds characters that fold to ASCII letters */
    tamis_str lang; /* of the document */
    const tamis_span *langs;
    size_t lang_count;
} running;

/* ------------------------------------------------------------------ gathering matches */

static rule_match *add_match(running *r, text_rule *rule, size_t start, size_t end)
{
    rule_set *set = r->set;
    if (set->match_count == set->match_room) {
        size_t room = set->match_room ? 2 * set->match_room : 64;
        rule_match *moved = realloc(set->matches, room * sizeof *moved);
        if (!moved) {
            error_set(&r->e, TAMIS_FAIL, "no memory for the matches of rules");
            return NULL;
        }
        set->matches = moved;
        set->match_room = room;
    }
    rule_match *m = &set->matches[set->match_count++];
    m->rule = rule;
    m->start = m->first = start;
    m->end = m->last = end;
    m->group_count = 0;
    m->ref = 0;
    m->term_value = m->term_category = (tamis_str){NULL, 0};
    m->steps[0] = NULL;
    return m;
}

static bool add_pattern_match(running *r, text_rule *rule, const size_t *bounds)
{
    rule_match *m = add_match(r, rule, bounds[0], bounds[1]);
    if (!m) return false;
    m->group_count = rule->pattern->groups + 1;
    memcpy(m->groups, bounds, 2 * m->group_count * sizeof *bounds);
    if (rule->group && bounds[2 * rule->group] != PCRE2_UNSET) {
        m->first = bounds[2 * rule->group];
        m->last = bounds[2 * rule->group + 1];
    }
    return true;
}

static size_t step_over(tamis_str text, const size_t *bounds)
{
    size_t at = bounds[1];
    if (bounds[1] > bounds[0]) return at;
    at++;
    while (at < text.n && utf8_is_continuation((unsigned char)text.p[at])) at++;
    return at;
}

static bool failed_in(running *r, const text_rule *rule)
{
    char why[sizeof r->e.text];
    memcpy(why, r->e.text, sizeof why);
    r->e.rc = 0;
    r->e.text[0] = 0;
    error_set(&r->e, TAMIS_FAIL, "rule `%.*s`: %s", (int)rule->name.n, rule->name.p, why);
    return false;
}

/* One match of a rule's pattern, counted and sometimes timed. */
static int try_pattern(running *r, const text_rule *rule, size_t from, size_t until,
                       const size_t **bounds)
{
    rule_figures *f = &r->set->figures[rule->number];
    uint32_t timed = rule_timed(f);
    int64_t begun = timed ? clock_monotonic() : 0;
    int found = regex_match_until(rule->pattern, r->text, from, until, bounds, &r->e);
    f->calls++;
    if (timed) rule_time(f, clock_monotonic() - begun, timed);
    if (found < 0) {
        f->limits++;
        failed_in(r, rule);
    }
    return found;
}

static bool match_everywhere(running *r, text_rule *rule)
{
    const size_t *bounds;
    for (size_t from = 0; from <= r->text.n;) {
        int found = try_pattern(r, rule, from, PCRE2_UNSET, &bounds);
        if (found < 0) return false;
        if (!found) break;
        if (!add_pattern_match(r, rule, bounds)) return false;
        from = step_over(r->text, bounds);
        if (r->set->owner->interrupted) return false;
    }
    return true;
}

/* A literal stands at `start`: a match that holds it begins at most `before` bytes ahead of it. */
static bool try_around(void *user, uint32_t number, size_t start, uint32_t before)
{
    running *r = user;
    rule_set *set = r->set;
    text_rule *rule = &set->rules[number];
    set->figures[number].candidates++;
    if (set->seen[number] != set->documents) {
        set->seen[number] = set->documents;
        set->next_from[number] = 0;
        if (before == LITERAL_UNBOUNDED || (r->odd && rule->literals.caseless)) {
            set->next_from[number] = SIZE_MAX; /* tried in full: no further hit matters */
            return match_everywhere(r, rule);
        }
    }
    size_t from = set->next_from[number];
    if (from > start) return true;
    if (before == LITERAL_UNBOUNDED) { /* one of several literals is: from here to the end */
        set->next_from[number] = SIZE_MAX;
    } else if (start - from > before) {
        from = start - before;
        while (from > 0 && utf8_is_continuation((unsigned char)r->text.p[from])) from--;
    }
    const size_t *bounds;
    for (;;) {
        size_t limit = before == LITERAL_UNBOUNDED ? r->text.n : start;
        int found = try_pattern(r, rule, from, limit, &bounds);
        if (found < 0) return false;
        if (!found) return true;
        if (!add_pattern_match(r, rule, bounds)) return false;
        from = step_over(r->text, bounds);
        if (before != LITERAL_UNBOUNDED) set->next_from[number] = from;
        if (from > limit || set->owner->interrupted) return !set->owner->interrupted;
    }
}

static bool match_terms(running *r)
{
    enum { ROOM = 128 };
    tamis_hit hits[ROOM];
    rule_set *set = r->set;
    for (size_t from = 0; set->terms && from < r->text.n;) {
        size_t next, n = terms_find(set->terms, r->text, from, NULL, NULL, hits, ROOM, &next);
        for (size_t i = 0; i < n; i++) {
            tamis_term_row row;
            uint32_t number = set->term_rules[hits[i].row];
            rule_match *m = add_match(r, &set->rules[number], hits[i].start, hits[i].end);
            if (!m) return false;
            set->figures[number].candidates++;
            if (!terms_row(set->terms, hits[i].row, &row)) continue;
            m->term_value = row.value;
            m->term_category = row.category;
        }
        if (next <= from) break;
        from = next;
    }
    return true;
}

/* ------------------------------------------------------------------ span patterns */

static const tamis_span *spans_of(running *r, tamis_str type, size_t *count)
{
    return document_spans(r->doc, type, count, &r->e);
}

static bool step_takes(const rule_step *step, const tamis_span *s)
{
    if (s->state == TAMIS_SPAN_GONE) return false;
    if (step->value.n && !str_equal(step->value, s->value)) return false;
    return !step->category.n ||
           (s->category.n >= step->category.n &&
            memcmp(s->category.p, step->category.p, step->category.n) == 0 &&
            (s->category.n == step->category.n || s->category.p[step->category.n] == '.'));
}

/* The index of the first span that starts at or after `at`. */
static size_t first_from(const tamis_span *spans, size_t count, size_t at)
{
    size_t low = 0;
    for (size_t high = count; low < high;) {
        size_t middle = low + (high - low) / 2;
        if (spans[middle].start < at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Follows the steps from `step` on, the last one having ended at `at`; the nearest span of each is
 * taken first. */
static bool follow(running *r, text_rule *rule, size_t step, size_t at, rule_match *m, size_t *end)
{
    const rule_step *s = &rule->steps[step];
    if (step == rule->step_count) {
        *end = at;
        return true;
    }
    if (!s->span.n) {
        const size_t *bounds;
        size_t limit = at + (size_t)s->gap < r->text.n ? at + (size_t)s->gap : r->text.n;
        int found = regex_match_until(s->pattern, r->text, at, limit, &bounds, &r->e);
        if (found < 0) failed_in(r, rule);
        if (found <= 0) return false;
        m->groups[2 * step] = bounds[0];
        m->groups[2 * step + 1] = bounds[1];
        m->steps[step] = NULL;
        return follow(r, rule, step + 1, bounds[1], m, end);
    }
    size_t count;
    const tamis_span *spans = spans_of(r, s->span, &count);
    for (size_t i = first_from(spans, count, at); i < count; i++) {
        if (spans[i].start - at > (size_t)s->gap) return false;
        if (!step_takes(s, &spans[i])) continue;
        m->groups[2 * step] = spans[i].start;
        m->groups[2 * step + 1] = spans[i].end;
        m->steps[step] = &spans[i];
        if (follow(r, rule, step + 1, spans[i].end, m, end)) return true;
    }
    return false;
}

static bool match_spans(running *r, text_rule *rule)
{
    size_t count;
    const tamis_span *spans = spans_of(r, rule->steps[0].span, &count);
    for (size_t i = 0; i < count && r->e.rc == 0; i++) {
        if (!step_takes(&rule->steps[0], &spans[i])) continue;
        rule_match trial = {0};
        size_t end;
        trial.groups[0] = spans[i].start;
        trial.groups[1] = spans[i].end;
        trial.steps[0] = &spans[i];
        if (!follow(r, rule, 1, spans[i].end, &trial, &end)) continue;
        rule_match *m = add_match(r, rule, spans[i].start, end);
        if (!m) return false;
        memcpy(m->groups, trial.groups, 2 * rule->step_count * sizeof *m->groups);
        memcpy(m->steps, trial.steps, sizeof m->steps);
        for (size_t k = 0; k < rule->step_count; k++)
            if (rule->steps[k].whole) {
                m->first = m->groups[2 * k];
                m->last = m->groups[2 * k + 1];
            }
    }
    return r->e.rc == 0;
}

/* ------------------------------------------------------------------ context */

static bool lang_in(const text_rule *rule, tamis_str lang)
{
    for (size_t i = 0; i < rule->lang_count; i++) {
        tamis_str wanted = rule->lang[i];
        if (lang.n >= wanted.n && memcmp(lang.p, wanted.p, wanted.n) == 0 &&
            (lang.n == wanted.n || lang.p[wanted.n] == '-'))
            return true;
    }
    return false;
}

/* The language where the match begins: of the language span there, else the document's. */
static bool lang_holds(const running *r, const text_rule *rule, size_t at)
{
    if (!rule->lang_count) return true;
    tamis_str lang = r->lang;
    size_t i = first_from(r->langs, r->lang_count, at + 1);
    if (i > 0 && r->langs[i - 1].end > at) lang = r->langs[i - 1].value;
    return lang_in(rule, lang);
}

/* A span of the types that holds [start, end), innermost last one found; NULL: none. */
static const tamis_span *holder(running *r, const tamis_str *types, size_t n, size_t start,
                                size_t end)
{
    const tamis_span *found = NULL;
    for (size_t t = 0; t < n; t++) {
        size_t count;
        const tamis_span *spans = spans_of(r, types[t], &count);
        for (size_t i = 0; i < count && spans[i].start <= start; i++)
            if (spans[i].end >= end && spans[i].state != TAMIS_SPAN_GONE) found = &spans[i];
    }
    return found;
}

static int64_t tokens_between(tamis_str text, size_t from, size_t to)
{
    int64_t n = 0;
    bool inside = false;
    for (size_t i = from; i < to; i++) {
        unsigned char c = (unsigned char)text.p[i];
        bool blank = c == ' ' || c == '\n' || c == '\t' || c == '\r';
        if (!blank && !inside) n++;
        inside = !blank;
    }
    return n;
}

static const tamis_span *neighbour(running *r, const rule_near *near, size_t start, size_t end)
{
    size_t count, reach = near->bytes >= 0 ? (size_t)near->bytes : (size_t)near->tokens * 64 + 64,
                  best = SIZE_MAX;
    const tamis_span *spans = spans_of(r, near->type, &count), *found = NULL;
    for (size_t i = 0; i < count && spans[i].start <= end + reach; i++) {
        const tamis_span *s = &spans[i];
        bool is_before = s->end <= start, is_after = s->start >= end;
        if (s->state == TAMIS_SPAN_GONE || (near->before && !is_before) ||
            (near->after && !is_after))
            continue;
        size_t from = is_before ? s->end : end, to = is_before ? start : is_after ? s->start : end;
        size_t gap = to > from ? to - from : 0;
        if (gap > reach || gap >= best) continue;
        if (near->tokens >= 0 && tokens_between(r->text, from, to) > near->tokens) continue;
        best = gap;
        found = s;
    }
    return found;
}

static bool context_holds(running *r, rule_match *m)
{
    text_rule *rule = m->rule;
    const size_t *bounds;
    const tamis_span *linked = NULL;
    if (!lang_holds(r, rule, m->start)) return false;
    if (rule->within_count &&
        !(linked = holder(r, rule->within, rule->within_count, m->start, m->end)))
        return false;
    if (rule->not_within_count &&
        holder(r, rule->not_within, rule->not_within_count, m->start, m->end))
        return false;
    if (rule->near.type.n) {
        const tamis_span *near = neighbour(r, &rule->near, m->start, m->end);
        if (!near) return false;
        if (!linked) linked = near;
    }
    m->ref = linked ? linked->number : 0;
    if (rule->before) {
        int found = regex_match(rule->before, r->text, m->end, &bounds, &r->e);
        if (found < 0) failed_in(r, rule);
        if (found <= 0) return false;
    }
    if (rule->after) {
        enum { LOOK_BACK = 400 };
        size_t from = m->start > LOOK_BACK ? m->start - LOOK_BACK : 0;
        while (from > 0 && utf8_is_continuation((unsigned char)r->text.p[from])) from--;
        tamis_str ahead = {r->text.p + from, m->start - from};
        int found = regex_match(rule->after, ahead, 0, &bounds, &r->e);
        if (found < 0) failed_in(r, rule);
        if (found <= 0) return false;
    }
    return r->e.rc == 0;
}

/* ------------------------------------------------------------------ the predicate */

static void push_match(lua_State *L, const running *r, const rule_match *m)
{
    lua_createtable(L, (int)m->group_count, 4);
    lua_pushinteger(L, (lua_Integer)m->start + 1);
    lua_setfield(L, -2, "first");
    lua_pushinteger(L, (lua_Integer)m->end);
    lua_setfield(L, -2, "last");
    lua_pushlstring(L, r->text.p + m->start, m->end - m->start);
    lua_setfield(L, -2, "text");
    for (uint32_t g = 0; g < m->group_count; g++) {
        size_t start = m->groups[2 * g];
        if (start == PCRE2_UNSET) continue;
        const char *name = g ? regex_group_name(m->rule->pattern, g) : NULL;
        lua_pushlstring(L, r->text.p + start, m->groups[2 * g + 1] - start);
        if (name) {
            lua_pushvalue(L, -1);
            lua_setfield(L, -3, name);
        }
        lua_rawseti(L, -2, g);
    }
}

typedef struct {
    const running *r;
    const rule_match *m;
} push_job;

/* Makes the table and calls the predicate: in a protected call, for both may fail. */
static int call_where(lua_State *L)
{
    const push_job *job = lua_touserdata(L, 1);
    script *owner = script_of(L);
    lua_rawgeti(L, LUA_REGISTRYINDEX, job->m->rule->where);
    lua_rawgeti(L, LUA_REGISTRYINDEX, owner->doc_ref);
    push_match(L, job->r, job->m);
    lua_call(L, 2, 1);
    return 1;
}

static bool predicate_holds(running *r, const rule_match *m)
{
    script *owner = r->set->owner;
    lua_State *L = owner->L;
    if (!m->rule->where) return true;
    push_job job = {r, m};
    rule_figures *f = &r->set->figures[m->rule->number];
    uint32_t timed = rule_timed(f);
    int64_t begun = timed ? clock_monotonic() : 0;
    lua_pushcfunction(L, call_where);
    lua_pushlightuserdata(L, &job);
    tamis_rc rc = script_call(owner, 1, 1, 0, &r->e);
    f->calls++;
    if (timed) rule_time(f, clock_monotonic() - begun, timed);
    if (rc < 0) return failed_in(r, m->rule);
    bool holds = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return holds;
}

/* ------------------------------------------------------------------ acting */

static tamis_str group_text(const running *r, const rule_match *m, uint32_t group)
{
    if (group >= m->group_count || m->groups[2 * group] == PCRE2_UNSET) {
        if (group == 0) return (tamis_str){r->text.p + m->start, m->end - m->start};
        return (tamis_str){NULL, 0};
    }
    return (tamis_str){r->text.p + m->groups[2 * group],
                       m->groups[2 * group + 1] - m->groups[2 * group]};
}

/* The value of the span that a step took, or the text it covers. */
static tamis_str step_text(const running *r, const rule_match *m, size_t step)
{
    if (m->steps[step] && m->steps[step]->value.n) return m->steps[step]->value;
    return (tamis_str){r->text.p + m->groups[2 * step],
                       m->groups[2 * step + 1] - m->groups[2 * step]};
}

/* What a name stands for: the group of that name that took part, a step of that name, the row of a
 * word. */
static tamis_str named_text(const running *r, const rule_match *m, tamis_str name)
{
    const text_rule *rule = m->rule;
    for (uint32_t g = 1; rule->pattern && g < m->group_count; g++) {
        const char *known = regex_group_name(rule->pattern, g);
        if (known && str_is(name, known) && m->groups[2 * g] != PCRE2_UNSET)
            return group_text(r, m, g);
    }
    for (size_t k = 0; k < rule->step_count; k++)
        if (str_equal(rule->steps[k].name, name)) return step_text(r, m, k);
    if (rule->matcher == RULE_TERMS && str_is(name, "term"))
        return m->term_value.n ? m->term_value : group_text(r, m, 0);
    return (tamis_str){NULL, 0};
}

/* "$name" and "$1" from the match; "$$" is a dollar. Text lives in the document's arena. */
static tamis_str fill(const running *r, const rule_match *m, const rule_text *t)
{
    if (!t->filled) return t->text;
    buffer out = {0};
    tamis_str s = t->text;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] != '$') {
            buffer_append_char(&out, s.p[i]);
            continue;
        }
        size_t from = ++i;
        if (i < s.n && s.p[i] == '$') {
            buffer_append_char(&out, '$');
            continue;
        }
        while (i < s.n && ((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '0' && s.p[i] <= '9') ||
                           s.p[i] == '_'))
            i++;
        tamis_str name = {s.p + from, i - from};
        i--;
        if (!name.n) {
            buffer_append_char(&out, '$');
        } else if (name.p[0] >= '0' && name.p[0] <= '9') {
            buffer_append_str(&out, group_text(r, m, (uint32_t)atoi(name.p)));
        } else {
            buffer_append_str(&out, named_text(r, m, name));
        }
    }
    tamis_str text = arena_copy(&r->doc->memory, buffer_str(&out));
    buffer_free(&out);
    return text;
}

static void set_attribute(const running *r, const rule_match *m, const rule_attribute *from,
                          tamis_attr *a)
{
    *a = (tamis_attr){.key = from->key};
    switch (from->given.kind) {
    case VALUE_INT: a->type = TAMIS_ATTR_INT, a->u.i = from->given.u.i; break;
    case VALUE_NUMBER: a->type = TAMIS_ATTR_NUMBER, a->u.d = from->given.u.d; break;
    case VALUE_BOOL: a->type = TAMIS_ATTR_BOOL, a->u.b = from->given.u.b; break;
    default: a->type = TAMIS_ATTR_STRING, a->u.s = fill(r, m, &from->text);
    }
}

static bool has_key(const tamis_attr *attrs, size_t n, tamis_str key)
{
    for (size_t i = 0; i < n; i++)
        if (str_equal(attrs[i].key, key)) return true;
    return false;
}

/* Named groups and named steps become attributes; `value` and `category` name fields of the
 * span. */
static size_t gather_attributes(const running *r, const rule_match *m, tamis_attr *attrs,
                                size_t room, tamis_span *span)
{
    size_t n = 0;
    const text_rule *rule = m->rule;
    for (size_t i = 0; i < rule->attribute_count && n < room; i++)
        set_attribute(r, m, &rule->attributes[i], &attrs[n++]);
    for (uint32_t g = 1; rule->pattern && g < m->group_count && n < room; g++) {
        const char *name = regex_group_name(rule->pattern, g);
        tamis_str text = group_text(r, m, g);
        if (!name || !text.n || has_key(attrs, n, str_of(name))) continue;
        if (strcmp(name, "value") == 0) {
            if (!span->value.n) span->value = text;
        } else if (strcmp(name, "category") == 0) {
            if (!span->category.n) span->category = text;
        } else {
            attrs[n++] = (tamis_attr){.key = str_of(name), .type = TAMIS_ATTR_STRING, .u.s = text};
        }
    }
    for (size_t k = 0; k < rule->step_count && n < room; k++) {
        if (!rule->steps[k].name.n || has_key(attrs, n, rule->steps[k].name)) continue;
        attrs[n++] = (tamis_attr){
            .key = rule->steps[k].name, .type = TAMIS_ATTR_STRING, .u.s = step_text(r, m, k)};
    }
    return n;
}

static tamis_rc write_span(running *r, const rule_match *m)
{
    enum { ROOM = 64 };
    tamis_attr attrs[ROOM];
    const text_rule *rule = m->rule;
    tamis_span span = {.start = m->first, .end = m->last, .type = rule->type, .rule = rule->name};
    span.value = rule->span_value.text.n ? fill(r, m, &rule->span_value) : m->term_value;
    span.category = rule->category.text.n ? fill(r, m, &rule->category) : m->term_category;
    span.lang = rule->span_lang;
    span.score = rule->score;
    span.attr_count = (uint32_t)gather_attributes(r, m, attrs, ROOM, &span);
    span.attrs = attrs;
    if (rule->role.n && m->ref) {
        span.role = rule->role;
        span.ref = m->ref;
    }
    return document_span_add(r->doc, &span, &r->e) ? TAMIS_OK : TAMIS_FAIL;
}

/* Does what the rule says; TAMIS_DROP ends the document. */
static tamis_rc act(running *r, const rule_match *m)
{
    const text_rule *rule = m->rule;
    r->set->figures[rule->number].hits++;
    if (r->c->flags & TAMIS_TRACING)
        host_table.note(r->c, r->doc, m->first, m->last, "rule", "%.*s", (int)rule->name.n,
                        rule->name.p);
    if (rule->type.n) FORWARD(write_span(r, m));
    if (rule->remove.n && m->first < m->last) {
        tamis_removal removal = {.start = m->first,
                                 .end = m->last,
                                 .reason = rule->remove,
                                 .rule = rule->name,
                                 .placeholder = rule->placeholder,
                                 .score = rule->score,
                                 .flags = rule->secret ? TAMIS_SECRET : 0};
        FORWARD(document_remove(r->doc, &removal, &r->e));
    }
    for (size_t i = 0; i < rule->set_count; i++)
        FORWARD(document_set(r->doc, &rule->set[i], &r->e));
    if (!rule->drop.n) return TAMIS_OK;
    char reason[128];
    snprintf(reason, sizeof reason, "%.*s", (int)rule->drop.n, rule->drop.p);
    return host_table.drop(r->c, reason);
}

static int by_place(const void *a, const void *b)
{
    const rule_match *x = a, *y = b;
    if (x->start != y->start) return x->start < y->start ? -1 : 1;
    if (x->rule != y->rule) return x->rule->number < y->rule->number ? -1 : 1;
    return (x->end > y->end) - (x->end < y->end);
}

/* ------------------------------------------------------------------ the stage */

static bool gather(running *r)
{
    rule_set *set = r->set;
    if (r->odd) {
        for (size_t i = 0; i < set->count; i++)
            if (set->rules[i].matcher == RULE_PATTERN && set->rules[i].literals.count &&
                set->rules[i].literals.caseless) {
                set->seen[i] = set->documents;
                set->next_from[i] = SIZE_MAX;
                if (!match_everywhere(r, &set->rules[i])) return false;
            }
    }
    if (!literal_scan_run(set->scan, r->text, try_around, r)) return false;
    for (size_t i = 0; i < set->always_count; i++) {
        text_rule *rule = &set->rules[set->always[i]];
        set->figures[rule->number].candidates++;
        bool good = true;
        if (rule->matcher == RULE_PATTERN)
            good = match_everywhere(r, rule);
        else if (rule->matcher == RULE_SPANS)
            good = match_spans(r, rule);
        else
            good = add_match(r, rule, 0, r->text.n) != NULL;
        if (!good) return false;
    }
    return match_terms(r);
}

static tamis_rc run_rules(running *r)
{
    rule_set *set = r->set;
    tamis_attr lang;
    if (document_attribute_get(r->doc, TAMIS_STR("lang"), &lang) && lang.type == TAMIS_ATTR_STRING)
        r->lang = lang.u.s;
    r->langs = spans_of(r, TAMIS_STR("language"), &r->lang_count);
    r->odd = literal_text_is_odd(r->text);
    set->documents++;
    set->match_count = 0;
    if (!gather(r))
        return r->e.rc < 0 ? r->e.rc
                           : error_set(&r->e, TAMIS_FAIL, "time limit of the rules reached");
    if (set->match_count > 1) qsort(set->matches, set->match_count, sizeof *set->matches, by_place);
    for (size_t i = 0; i < set->match_count; i++) {
        rule_match *m = &set->matches[i];
        if (!context_holds(r, m)) {
            if (r->e.rc < 0) return r->e.rc;
            continue;
        }
        if (!predicate_holds(r, m)) {
            if (r->e.rc < 0) return r->e.rc;
            continue;
        }
        tamis_rc rc = act(r, m);
        if (rc != TAMIS_OK) return rc;
    }
    return TAMIS_OK;
}

tamis_rc rules_run(const tamis_run *c, tamis_doc *doc)
{
    const rule_set *conf = c->conf;
    running r = {.set = conf->self, .c = c, .doc = doc, .text = doc->view};
    script_begin(conf->owner, c, doc, conf->folder);
    script_watch(conf->owner, true);
    tamis_rc rc = run_rules(&r);
    script_watch(conf->owner, false);
    script_end(conf->owner);
    return rc < 0 ? host_table.fail(c, TAMIS_FAIL, "%s", r.e.text) : rc;
}
