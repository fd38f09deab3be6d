/* Reading rules: each table of a rules { … } list becomes a struct rule, with every mistake at its
 * place. Patterns are compiled, their required literals gathered into one scan, the words of all
 * rules into one gazetteer. */
#include "script/rules_read.h"

#include "plugin/options.h"
#include "script/stage.h"

#include <limits.h>
#include <stdlib.h>

diagnostic *rule_bad(rule_reading *r, position at, const char *what)
{
    tamis_str name = r->rule->name;
    if (name.n)
        return diagnostics_add(r->out, DIAGNOSTIC_ERROR, "E0119", at, "rule `%.*s`: %s",
                               (int)name.n, name.p, what);
    return diagnostics_add(r->out, DIAGNOSTIC_ERROR, "E0119", at, "rule: %s", what);
}

void rule_unknown_key(rule_reading *r, const value_member *m, const char *what,
                      const char *const *words, size_t count)
{
    diagnostic *said = rule_bad(
        r, m->at, diagnostics_text(r->out, "%s has no `%.*s`", what, (int)m->key.n, m->key.p));
    const char *near = did_you_mean(m->key, words, count);
    buffer list = {0};
    if (near) said->label = diagnostics_text(r->out, "did you mean `%s`?", near);
    for (size_t i = 0; i < count; i++) buffer_printf(&list, "%s%s", i ? ", " : "", words[i]);
    buffer_append_char(&list, 0);
    said->help = diagnostics_text(r->out, "it takes %s", list.p);
    buffer_free(&list);
}

/* ------------------------------------------------------------------ simple members */

bool rule_take_text(rule_reading *r, const value *v, const char *key, tamis_str *out)
{
    if (v->kind == VALUE_STRING) {
        *out = v->u.s;
        return true;
    }
    rule_bad(r, v->at,
             diagnostics_text(r->out, "`%s` takes text, not %s", key, value_kind_name(v->kind)));
    return false;
}

void rule_take_bool(rule_reading *r, const value *v, const char *key, bool *out)
{
    if (v->kind == VALUE_BOOL)
        *out = v->u.b;
    else
        rule_bad(r, v->at, diagnostics_text(r->out, "`%s` is true or false", key));
}

/* A number of bytes, tokens: 0 or more. */
static void take_count(rule_reading *r, const value *v, const char *key, int64_t *out)
{
    if (v->kind == VALUE_INT && v->u.i >= 0 && v->u.i <= INT32_MAX)
        *out = v->u.i;
    else
        rule_bad(r, v->at, diagnostics_text(r->out, "`%s` takes a whole number, 0 or more", key));
}

static void take_template(rule_reading *r, const value *v, const char *key, rule_text *out)
{
    rule_take_text(r, v, key, &out->text);
    out->filled = out->text.n && memchr(out->text.p, '$', out->text.n) != NULL;
}

static void take_texts(rule_reading *r, const value *v, const char *key, tamis_str *out,
                       size_t *count)
{
    const value *items = v->kind == VALUE_LIST ? v->u.list.items : v;
    size_t n = v->kind == VALUE_LIST ? v->u.list.count : 1;
    if (n > RULE_TYPES)
        rule_bad(r, v->at, diagnostics_text(r->out, "`%s`: at most %d names", key, RULE_TYPES));
    for (size_t i = 0; i < n && i < RULE_TYPES; i++)
        if (rule_take_text(r, &items[i], key, &out[*count])) ++*count;
}

static void take_near(rule_reading *r, const value *v)
{
    rule_near *near = &r->rule->near;
    near->tokens = near->bytes = -1;
    if (v->kind == VALUE_STRING) {
        near->type = v->u.s;
        near->tokens = 12;
        return;
    }
    static const char *const keys[] = {"type", "tokens", "bytes", "side"};
    for (size_t i = 0; v->kind == VALUE_MAP && i < v->u.map.count; i++) {
        const value_member *m = &v->u.map.members[i];
        tamis_str side = {0};
        if (str_is(m->key, "type")) {
            rule_take_text(r, m->value, "type", &near->type);
        } else if (str_is(m->key, "tokens")) {
            take_count(r, m->value, "tokens", &near->tokens);
        } else if (str_is(m->key, "bytes")) {
            take_count(r, m->value, "bytes", &near->bytes);
        } else if (str_is(m->key, "side")) {
            if (m->value->kind == VALUE_STRING) side = m->value->u.s;
            near->before = str_is(side, "before");
            near->after = str_is(side, "after");
            if (!near->before && !near->after)
                rule_bad(r, m->value->at,
                         "`side` is \"before\" or \"after\": where the span stands");
        } else {
            rule_unknown_key(r, m, "`near`", keys, 4);
        }
    }
    if (!near->type.n)
        rule_bad(r, v->at,
                 "`near` needs the type of the span: near = { type = \"weapon\", tokens = 12 }");
    if (near->tokens < 0 && near->bytes < 0) near->tokens = 12;
}

static void take_attributes(rule_reading *r, const value *v)
{
    if (v->kind != VALUE_MAP) {
        rule_bad(r, v->at, "`attributes` is a table of name = value");
        return;
    }
    r->rule->attributes =
        arena_alloc(&r->owner->memory, (v->u.map.count + 1) * sizeof(rule_attribute));
    for (size_t i = 0; r->rule->attributes && i < v->u.map.count; i++) {
        const value_member *m = &v->u.map.members[i];
        rule_attribute *a = &r->rule->attributes[r->rule->attribute_count];
        *a = (rule_attribute){.key = m->key, .given = *m->value};
        if (m->value->kind == VALUE_STRING) take_template(r, m->value, "attributes", &a->text);
        if (m->value->kind > VALUE_STRING || m->value->kind == VALUE_NIL)
            rule_bad(r, m->at, "an attribute is text, a number, true or false");
        else
            r->rule->attribute_count++;
    }
}

static void take_set(rule_reading *r, const value *v)
{
    if (v->kind != VALUE_MAP) {
        rule_bad(r, v->at, "`set` is a table of document attributes");
        return;
    }
    r->rule->set = arena_alloc(&r->owner->memory, (v->u.map.count + 1) * sizeof(tamis_attr));
    for (size_t i = 0; r->rule->set && i < v->u.map.count; i++) {
        const value *given = v->u.map.members[i].value;
        tamis_attr a = {.key = v->u.map.members[i].key};
        switch (given->kind) {
        case VALUE_STRING: a.type = TAMIS_ATTR_STRING, a.u.s = given->u.s; break;
        case VALUE_INT: a.type = TAMIS_ATTR_INT, a.u.i = given->u.i; break;
        case VALUE_NUMBER: a.type = TAMIS_ATTR_NUMBER, a.u.d = given->u.d; break;
        case VALUE_BOOL: a.type = TAMIS_ATTR_BOOL, a.u.b = given->u.b; break;
        default:
            rule_bad(r, given->at, "a document attribute is text, a number, true or false");
            continue;
        }
        r->rule->set[r->rule->set_count++] = a;
    }
}

/* ------------------------------------------------------------------ words */

static void add_term(rule_reading *r, tamis_term term)
{
    if (r->term_count == r->term_room) {
        size_t room = r->term_room ? 2 * r->term_room : 64;
        tamis_term *terms = realloc(r->terms, room * sizeof *terms);
        if (terms) r->terms = terms;
        uint32_t *rules = terms ? realloc(r->term_rules, room * sizeof *rules) : NULL;
        if (!rules) return;
        r->term_rules = rules;
        r->term_room = room;
    }
    r->terms[r->term_count] = term;
    r->term_rules[r->term_count++] = r->rule->number;
}

static void take_row(rule_reading *r, const value *item)
{
    static const char *const keys[] = {"term", "value", "category", "lang", "notes"};
    tamis_term term = {0};
    tamis_str *const fields[] = {&term.term, &term.value, &term.category, &term.lang, &term.notes};
    if (item->kind == VALUE_STRING) term.term = item->u.s;
    for (size_t i = 0; item->kind == VALUE_MAP && i < item->u.map.count; i++) {
        const value_member *m = &item->u.map.members[i];
        size_t k = 0;
        while (k < 5 && !str_is(m->key, keys[k])) k++;
        if (k < 5)
            rule_take_text(r, m->value, keys[k], fields[k]);
        else
            rule_unknown_key(r, m, "a term", keys, 5);
    }
    if (!term.term.n) {
        rule_bad(r, item->at, "a term is a word, or { term = \"…\", value = \"…\" }");
        return;
    }
    add_term(r, term);
    r->rule->term_count++;
}

static void take_file(rule_reading *r, const value *v)
{
    tamis_str name = {0};
    error e = {0};
    if (!rule_take_text(r, v, "gazetteer", &name)) return;
    if (r->file_count == RULE_FILES) {
        rule_bad(r, v->at, "more than 64 gazetteers in one stage");
        return;
    }
    char *path = path_join(&r->owner->memory, str_of(r->spec->folder), name);
    if (path) script_read_noted(r->owner, path);
    if (!path || file_open(path, &r->files[r->file_count], &e) < 0) {
        diagnostic *said = rule_bad(r, v->at, "the gazetteer cannot be read");
        said->help = diagnostics_text(r->out, "%s", e.text);
        return;
    }
    tamis_str bytes = r->files[r->file_count].bytes;
    r->owner->identity = hash_bytes(bytes.p, bytes.n, r->owner->identity);
    r->names[r->file_count] = (terms_file){path, bytes};
    r->file_rules[r->file_count++] = r->rule->number;
    r->rule->term_count++;
}

/* A file, or several. */
static void take_gazetteer(rule_reading *r, const value *v)
{
    const value *items = v->kind == VALUE_LIST ? v->u.list.items : v;
    size_t n = v->kind == VALUE_LIST ? v->u.list.count : 1;
    for (size_t i = 0; i < n; i++) take_file(r, &items[i]);
}

/* Words, or the name of a file of them. */
static void take_terms(rule_reading *r, const value *v)
{
    if (v->kind == VALUE_STRING) {
        take_file(r, v);
        return;
    }
    if (v->kind != VALUE_LIST) {
        diagnostic *said = rule_bad(r, v->at, "`terms` is a list of words, or the name of a file");
        said->help =
            "terms = { \"word\", { term = \"…\", value = \"…\" } }, or terms = \"words.tsv\"";
        return;
    }
    for (size_t i = 0; i < v->u.list.count; i++) take_row(r, &v->u.list.items[i]);
}

/* ------------------------------------------------------------------ span patterns */

static void take_step_members(rule_reading *r, const value *v, rule_step *step)
{
    static const char *const keys[] = {"span", "pattern", "value", "category",
                                       "gap",  "as",      "whole"};
    for (size_t i = 0; i < v->u.map.count; i++) {
        const value_member *m = &v->u.map.members[i];
        if (str_is(m->key, "span"))
            rule_take_text(r, m->value, "span", &step->span);
        else if (str_is(m->key, "value"))
            rule_take_text(r, m->value, "value", &step->value);
        else if (str_is(m->key, "category"))
            rule_take_text(r, m->value, "category", &step->category);
        else if (str_is(m->key, "as"))
            rule_take_text(r, m->value, "as", &step->name);
        else if (str_is(m->key, "gap"))
            take_count(r, m->value, "gap", &step->gap);
        else if (str_is(m->key, "whole"))
            rule_take_bool(r, m->value, "whole", &step->whole);
        else if (str_is(m->key, "pattern"))
            step->pattern = rule_take_pattern(r, m->value, 0, "", "", NULL);
        else
            rule_unknown_key(r, m, "a step", keys, 7);
    }
}

static void take_step(rule_reading *r, const value *v, int64_t *gap)
{
    text_rule *rule = r->rule;
    rule_step step = {.gap = *gap};
    size_t errors = r->out->errors;
    if (v->kind == VALUE_STRING) {
        step.span = v->u.s;
    } else if (v->kind == VALUE_MAP) {
        if (v->u.map.count == 1 && str_is(v->u.map.members[0].key, "gap")) { /* between two */
            take_count(r, v->u.map.members[0].value, "gap", gap);
            return;
        }
        take_step_members(r, v, &step);
    }
    if (!step.span.n && !step.pattern && r->out->errors == errors)
        rule_bad(
            r, v->at,
            "a step is a type of span, or { span = \"…\" }, { pattern = [[…]] }, { gap = 40 }");
    if (rule->step_count < RULE_STEPS)
        rule->steps[rule->step_count++] = step;
    else
        rule_bad(r, v->at, "at most 8 steps");
}

static void take_steps(rule_reading *r, const value *v, int64_t gap)
{
    if (v->kind != VALUE_LIST || v->u.list.count == 0) {
        rule_bad(r, v->at,
                 "`match` is a list of steps: match = { \"speaker\", { gap = 40 }, \"weapon\" }");
        return;
    }
    int64_t ahead = gap;
    for (size_t i = 0; i < v->u.list.count; i++) {
        size_t before = r->rule->step_count;
        take_step(r, &v->u.list.items[i], &ahead);
        if (r->rule->step_count > before) ahead = gap;
    }
    if (r->rule->step_count && !r->rule->steps[0].span.n)
        rule_bad(r, v->at, "the first step is a span: text alone is `pattern`");
}

/* ------------------------------------------------------------------ one text_rule */

static const char *const KEYS[] = {
    "name",   "pattern",     "flags",      "terms", "gazetteer",  "match",  "gap",
    "where",  "within",      "not_within", "near",  "lang",       "before", "after",
    "type",   "value",       "category",   "score", "attributes", "attrs",  "role",
    "remove", "placeholder", "secret",     "set",   "drop",       "group",  "span_lang"};
enum { KEY_COUNT = sizeof KEYS / sizeof KEYS[0] };

static uint32_t pattern_flags(rule_reading *r, const value *v)
{
    uint32_t flags = 0;
    tamis_str letters = {0};
    if (v) rule_take_text(r, v, "flags", &letters);
    for (size_t i = 0; i < letters.n; i++) {
        switch (letters.p[i]) {
        case 'i': flags |= PCRE2_CASELESS; break;
        case 'm': flags |= PCRE2_MULTILINE; break;
        case 's': flags |= PCRE2_DOTALL; break;
        case 'x': flags |= PCRE2_EXTENDED; break;
        case 'u': flags |= PCRE2_UCP; break;
        default: rule_bad(r, v->at, "flags are letters of i, m, s, x and u");
        }
    }
    return flags;
}

/* The group that the span covers, by number or name. */
static void take_group(rule_reading *r, const value *v)
{
    script_regex *regex = r->rule->pattern;
    if (!regex) return;
    if (v->kind == VALUE_INT && v->u.i >= 0 && v->u.i <= regex->groups) {
        r->rule->group = (uint32_t)v->u.i;
        return;
    }
    for (uint32_t g = 1; v->kind == VALUE_STRING && g <= regex->groups; g++) {
        const char *name = regex_group_name(regex, g);
        if (name && str_is(v->u.s, name)) {
            r->rule->group = g;
            return;
        }
    }
    rule_bad(r, v->at, "the pattern has no such group");
}

static void take_member(rule_reading *r, const value_member *m)
{
    text_rule *rule = r->rule;
    const value *v = m->value;
    if (str_is(m->key, "within")) {
        take_texts(r, v, "within", rule->within, &rule->within_count);
    } else if (str_is(m->key, "not_within")) {
        take_texts(r, v, "not_within", rule->not_within, &rule->not_within_count);
    } else if (str_is(m->key, "lang")) {
        take_texts(r, v, "lang", rule->lang, &rule->lang_count);
        for (size_t i = 0; i < (v->kind == VALUE_LIST ? v->u.list.count : 1); i++) {
            const value *item = v->kind == VALUE_LIST ? &v->u.list.items[i] : v;
            if (!value_is_language(item)) rule_bad(r, item->at, NO_LANGUAGE);
        }
    } else if (str_is(m->key, "near")) {
        take_near(r, v);
    } else if (str_is(m->key, "before")) {
        rule->before = rule_take_pattern(r, v, PCRE2_ANCHORED, "\\s*(?:", ")", NULL);
    } else if (str_is(m->key, "after")) {
        rule->after = rule_take_pattern(r, v, 0, "(?:", ")\\s*\\z", NULL);
    } else if (str_is(m->key, "where")) {
        if (v->kind == VALUE_FUNCTION)
            rule->where = (int)v->u.i;
        else
            rule_bad(r, v->at, "`where` is a function of the document and the match");
    } else if (str_is(m->key, "type")) {
        rule_take_text(r, v, "type", &rule->type);
    } else if (str_is(m->key, "value")) {
        take_template(r, v, "value", &rule->span_value);
    } else if (str_is(m->key, "category")) {
        take_template(r, v, "category", &rule->category);
    } else if (str_is(m->key, "span_lang")) {
        rule_take_text(r, v, "span_lang", &rule->span_lang);
    } else if (str_is(m->key, "role")) {
        rule_take_text(r, v, "role", &rule->role);
    } else if (str_is(m->key, "score")) {
        rule->score = v->kind == VALUE_INT ? (double)v->u.i : v->kind == VALUE_NUMBER ? v->u.d : -1;
        if (rule->score < 0 || rule->score > 1)
            rule_bad(r, v->at, "a score is a number from 0 to 1");
    } else if (str_is(m->key, "attributes") || str_is(m->key, "attrs")) {
        take_attributes(r, v);
    } else if (str_is(m->key, "remove")) {
        rule_take_text(r, v, "remove", &rule->remove);
    } else if (str_is(m->key, "placeholder")) {
        rule_take_text(r, v, "placeholder", &rule->placeholder);
    } else if (str_is(m->key, "secret")) {
        rule_take_bool(r, v, "secret", &rule->secret);
    } else if (str_is(m->key, "set")) {
        take_set(r, v);
    } else if (str_is(m->key, "drop")) {
        rule_take_text(r, v, "drop", &rule->drop);
    } else if (str_is(m->key, "group")) {
        take_group(r, v);
    } else {
        size_t k = 0;
        while (k < KEY_COUNT && !str_is(m->key, KEYS[k])) k++;
        if (k < KEY_COUNT) return; /* read with the matcher */
        diagnostic *said = diagnostics_add(r->out, DIAGNOSTIC_ERROR, "E0119", m->at,
                                           "a rule has no `%.*s`", (int)m->key.n, m->key.p);
        const char *near = did_you_mean(m->key, KEYS, KEY_COUNT);
        if (near) said->label = diagnostics_text(r->out, "did you mean `%s`?", near);
    }
}

static void take_matcher(rule_reading *r, const value *tree)
{
    text_rule *rule = r->rule;
    const value *pattern = value_member_of(tree, "pattern"),
                *terms = value_member_of(tree, "terms"), *file = value_member_of(tree, "gazetteer"),
                *match = value_member_of(tree, "match"), *gap = value_member_of(tree, "gap");
    int kinds = (pattern != NULL) + (terms != NULL || file != NULL) + (match != NULL);
    if (kinds > 1)
        rule_bad(r, rule->at, "one of pattern, terms (or gazetteer) and match, not several");
    rule->matcher = RULE_WHERE;
    if (pattern) {
        rule->matcher = RULE_PATTERN;
        uint32_t flags = pattern_flags(r, value_member_of(tree, "flags"));
        tamis_str joined;
        rule->pattern = rule_take_pattern(r, pattern, flags, "", "", &joined);
        if (rule->pattern && !(flags & PCRE2_EXTENDED))
            literals_required(joined, flags & PCRE2_CASELESS, &r->owner->memory, &rule->literals);
        if (rule->pattern && rule->pattern->groups >= RULE_GROUPS)
            rule_bad(r, pattern->at, "at most 31 groups");
    } else if (terms || file) {
        rule->matcher = RULE_TERMS;
        if (terms) take_terms(r, terms);
        if (file) take_gazetteer(r, file);
    } else if (match) {
        rule->matcher = RULE_SPANS;
        int64_t bytes = 40;
        if (gap) take_count(r, gap, "gap", &bytes);
        take_steps(r, match, bytes);
    } else if (!value_member_of(tree, "where")) {
        diagnostic *said = rule_bad(r, rule->at, "nothing to match");
        said->help = "give it a pattern, terms, match or where";
    }
}

static void read_rule(rule_reading *r, const value *tree)
{
    text_rule *rule = r->rule;
    r->errors = r->out->errors;
    rule->at = tree->at;
    rule->at.width = rule->at.width ? 1 : 0;
    if (tree->kind != VALUE_MAP) {
        rule_bad(r, tree->at, "a rule is a table: { name = \"…\", pattern = [[…]], type = \"…\" }");
        return;
    }
    const value *name = value_member_of(tree, "name");
    if (name) {
        rule_take_text(r, name, "name", &rule->name);
        rule->at = name->at;
    }
    take_matcher(r, tree);
    for (size_t i = 0; i < tree->u.map.count; i++) take_member(r, &tree->u.map.members[i]);
    rule_check(r, tree);
}

/* ------------------------------------------------------------------ the set */

static void bad_row(void *user, const char *file, uint32_t line, const char *message)
{
    rule_reading *r = user;
    diagnostics_add(r->out, DIAGNOSTIC_WARNING, "E0119", (position){file, line, 0, 0}, "%s",
                    message);
}

/* Rows of files follow the words given in rules; which rule a row serves is told by its file. */
static tamis_rc compile_terms(rule_reading *r, error *e)
{
    rule_set *set = r->set;
    if (!r->term_count && !r->file_count) return TAMIS_OK;
    FORWARD(terms_compile(r->names, r->file_count, r->terms, r->term_count, bad_row, r, &set->terms,
                          e));
    size_t n = terms_count(set->terms);
    set->term_rules = arena_alloc(&r->owner->memory, (n + 1) * sizeof *set->term_rules);
    if (!set->term_rules) return error_set(e, TAMIS_FAIL, "no memory for terms");
    for (size_t i = 0, in_memory = 0; i < n; i++) {
        tamis_term_row row;
        if (!terms_row(set->terms, (uint32_t)i, &row)) continue;
        if (!row.file.n) {
            if (in_memory < r->term_count) set->term_rules[i] = r->term_rules[in_memory++];
            continue;
        }
        for (size_t f = 0; f < r->file_count; f++) {
            const char *slash = strrchr(r->names[f].name, '/');
            if (str_is(row.file, slash ? slash + 1 : r->names[f].name) ||
                str_is(row.file, r->names[f].name))
                set->term_rules[i] = r->file_rules[f];
        }
    }
    return TAMIS_OK;
}

static tamis_rc index_literals(rule_reading *r, error *e)
{
    rule_set *set = r->set;
    set->scan = literal_scan_new();
    set->always = arena_alloc(&r->owner->memory, (set->count + 1) * sizeof *set->always);
    if (!set->scan || !set->always) return error_set(e, TAMIS_FAIL, "no memory for rules");
    for (size_t i = 0; i < set->count; i++) {
        const text_rule *rule = &set->rules[i];
        if (rule->matcher == RULE_PATTERN && rule->literals.count) {
            if (!literal_scan_add(set->scan, &rule->literals, (uint32_t)i))
                return error_set(e, TAMIS_FAIL, "no memory for rules");
        } else if (rule->matcher != RULE_TERMS) {
            set->always[set->always_count++] = (uint32_t)i;
        }
    }
    literal_scan_build(set->scan);
    return TAMIS_OK;
}

static void add_name(script *owner, const char **list, size_t *n, const char *kind, tamis_str name)
{
    const char *text = arena_printf(&owner->memory, "%s%.*s", kind, (int)name.n, name.p);
    for (size_t i = 0; i < *n; i++)
        if (strcmp(list[i], text) == 0) return;
    list[(*n)++] = text;
}

static void declare(rule_set *set, tamis_stage *out)
{
    size_t reads = 0, writes = 0, room = set->count * (RULE_TYPES * 2 + RULE_STEPS + 4) + 8;
    set->reads = arena_alloc(&set->owner->memory, room * sizeof *set->reads);
    set->writes = arena_alloc(&set->owner->memory, (set->count * 40 + 8) * sizeof *set->writes);
    if (!set->reads || !set->writes) return;
    for (size_t i = 0; i < set->count; i++) {
        const text_rule *rule = &set->rules[i];
        for (size_t k = 0; k < rule->within_count; k++)
            add_name(set->owner, set->reads, &reads, "span:", rule->within[k]);
        for (size_t k = 0; k < rule->not_within_count; k++)
            add_name(set->owner, set->reads, &reads, "?span:", rule->not_within[k]);
        for (size_t k = 0; k < rule->step_count; k++)
            if (rule->steps[k].span.n)
                add_name(set->owner, set->reads, &reads, "span:", rule->steps[k].span);
        if (rule->near.type.n) add_name(set->owner, set->reads, &reads, "span:", rule->near.type);
        if (rule->lang_count) add_name(set->owner, set->reads, &reads, "attr:", TAMIS_STR("lang"));
        if (rule->type.n) add_name(set->owner, set->writes, &writes, "span:", rule->type);
        if (rule->remove.n) add_name(set->owner, set->writes, &writes, "", TAMIS_STR("view"));
        for (size_t k = 0; k < rule->set_count && k < 32; k++)
            add_name(set->owner, set->writes, &writes, "attr:", rule->set[k].key);
    }
    out->reads = set->reads;
    out->writes = set->writes;
}

static bool rule_reads(const text_rule *rule, tamis_str type)
{
    for (size_t k = 0; k < rule->within_count; k++)
        if (str_equal(rule->within[k], type)) return true;
    for (size_t k = 0; k < rule->not_within_count; k++)
        if (str_equal(rule->not_within[k], type)) return true;
    for (size_t k = 0; k < rule->step_count; k++)
        if (str_equal(rule->steps[k].span, type)) return true;
    return str_equal(rule->near.type, type);
}

bool rules_reader(const void *conf, const char *read, position *at)
{
    const rule_set *set = conf;
    const char *colon = strchr(read, ':');
    for (size_t i = 0; colon && i < set->count; i++)
        if (rule_reads(&set->rules[i], str_of(colon + 1))) {
            *at = set->rules[i].at;
            return true;
        }
    return false;
}

static tamis_rc rules_enter(const tamis_run *c, void **scratch)
{
    const rule_set *conf = c->conf;
    rule_set *self = conf->self;
    *scratch = NULL;
    if (!self->next_from) self->next_from = calloc(self->count + 1, sizeof *self->next_from);
    if (!self->seen) self->seen = calloc(self->count + 1, sizeof *self->seen);
    if (!self->figures) self->figures = calloc(self->count + 1, sizeof *self->figures);
    if (!self->next_from || !self->seen || !self->figures)
        return host_table.fail(c, TAMIS_FAIL, "no memory for %zu rules", self->count);
    return TAMIS_OK;
}

rule_set *rules_next(const rule_set *self)
{
    return self->next;
}

void rules_close(rule_set *self)
{
    literal_scan_free(self->scan);
    terms_free(self->terms);
    free(self->matches);
    free(self->next_from);
    free(self->seen);
    free(self->figures);
}

static void finish_reading(rule_reading *r)
{
    for (size_t i = 0; i < r->file_count; i++) file_close(&r->files[i]);
    free(r->terms);
    free(r->term_rules);
}

tamis_rc rules_stage(script *self, const stage_spec *spec, tamis_stage *out, const void **conf,
                     diagnostics *diags)
{
    const rule_list *list = &self->rule_lists[spec->function - 1];
    size_t errors = diags->errors, n = list->list.u.list.count;
    rule_set *set = arena_alloc(&self->memory, sizeof *set);
    rule_reading r = {.set = set, .owner = self, .spec = spec, .out = diags};
    error e = {0};
    if (set) set->rules = arena_alloc(&self->memory, (n + 1) * sizeof *set->rules);
    if (!set || !set->rules) return TAMIS_FATAL;
    set->self = set;
    set->owner = self;
    set->folder = spec->folder;
    set->next = self->rule_sets;
    self->rule_sets = set;
    for (size_t i = 0; i < n; i++) {
        r.rule = &set->rules[i];
        r.rule->number = (uint32_t)i;
        read_rule(&r, &list->list.u.list.items[i]);
        set->count = i + 1;
    }
    if (diags->errors == errors && (compile_terms(&r, &e) < 0 || index_literals(&r, &e) < 0))
        diagnostics_add(diags, DIAGNOSTIC_ERROR, "E0119", spec->at, "%s", e.text);
    finish_reading(&r);
    *out = (tamis_stage){.size = sizeof *out, .help = "rules", .version = "0"};
    out->name = arena_copy(&self->memory, spec->as).p;
    declare(set, out);
    out->enter = rules_enter;
    out->run = rules_run;
    out->save = rules_save;
    out->merge = rules_merge;
    out->finish = rules_finish;
    struct {
        char none;
    } nothing;
    options_owner whose = {out->name, spec->folder, NULL};
    options_fill(NULL, 0, &whose, &spec->options, SCRIPT_HOST_OPTIONS, &nothing, 0, &self->memory,
                 diags);
    *conf = set;
    return diags->errors > errors ? TAMIS_FAIL : TAMIS_OK;
}
