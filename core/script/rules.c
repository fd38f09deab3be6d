/* Reading rules: each table of a rules { … } list becomes a struct rule, with every mistake at its place. Patterns are
 * compiled, their required literals gathered into one scan, the words of all rules into one gazetteer. */
#include "script/rules.h"

#include "plugin/options.h"
#include "script/stage.h"

#include <limits.h>
#include <stdlib.h>

typedef struct {
    rule_set *set;
    script *owner;
    const stage_spec *spec;
    diagnostics *out;
    text_rule *rule; /* being read */
    tamis_term *terms;
    size_t term_count, term_room;
    uint32_t *term_rules;
    file_bytes files[64];
    terms_file names[64];
    uint32_t file_rules[64];
    size_t file_count;
} reading;

static diagnostic *bad(reading *r, position at, const char *what)
{
    tamis_str name = r->rule->name;
    if (name.n)
        return diagnostics_add(r->out, DIAGNOSTIC_ERROR, "E0119", at, "rule `%.*s`: %s",
                               (int)name.n, name.p, what);
    return diagnostics_add(r->out, DIAGNOSTIC_ERROR, "E0119", at, "rule: %s", what);
}

/* ------------------------------------------------------------------ simple members */

static void take_text(reading *r, const value *v, tamis_str *out)
{
    if (v->kind == VALUE_STRING)
        *out = v->u.s;
    else
        bad(r, v->at, "expected text");
}

static void take_template(reading *r, const value *v, rule_text *out)
{
    take_text(r, v, &out->text);
    out->filled = out->text.n && memchr(out->text.p, '$', out->text.n) != NULL;
}

static void take_texts(reading *r, const value *v, tamis_str *out, size_t *count)
{
    const value *items = v->kind == VALUE_LIST ? v->u.list.items : v;
    size_t n = v->kind == VALUE_LIST ? v->u.list.count : 1;
    if (n > RULE_TYPES) bad(r, v->at, "at most 8 names");
    for (size_t i = 0; i < n && i < RULE_TYPES; i++) {
        take_text(r, &items[i], &out[*count]);
        if (items[i].kind == VALUE_STRING) ++*count;
    }
}

static script_regex *take_pattern(reading *r, const value *v, uint32_t flags, const char *ahead,
                                  const char *behind)
{
    error e = {0};
    size_t offset = 0;
    if (v->kind != VALUE_STRING) {
        bad(r, v->at, "a pattern is text: write it in [[…]], so that \\ stays \\");
        return NULL;
    }
    const char *whole =
        arena_printf(&r->owner->memory, "%s%.*s%s", ahead, (int)v->u.s.n, v->u.s.p, behind);
    script_regex *regex = regex_new(r->owner, str_of(whole), flags, &offset, &e);
    if (regex) return regex;
    position at = v->at;
    size_t skip = strlen(ahead), shown = offset > skip ? offset - skip : 0;
    if (at.column && at.width > v->u.s.n) { /* the caret goes to where PCRE2 stopped */
        at.column += (uint32_t)((at.width - v->u.s.n) / 2 + (shown ? shown - 1 : 0));
        at.width = 1;
    }
    diagnostic *said = bad(r, at, e.text);
    said->help = diagnostics_text(r->out, "in the pattern `%.*s`, at byte %zu", (int)v->u.s.n,
                                  v->u.s.p, shown + 1);
    return NULL;
}

static void take_near(reading *r, const value *v)
{
    rule_near *near = &r->rule->near;
    near->tokens = near->bytes = -1;
    if (v->kind == VALUE_STRING) {
        near->type = v->u.s;
        near->tokens = 12;
        return;
    }
    for (size_t i = 0; v->kind == VALUE_MAP && i < v->u.map.count; i++) {
        const value_member *m = &v->u.map.members[i];
        if (str_is(m->key, "type"))
            take_text(r, m->value, &near->type);
        else if (str_is(m->key, "tokens") && m->value->kind == VALUE_INT)
            near->tokens = m->value->u.i;
        else if (str_is(m->key, "bytes") && m->value->kind == VALUE_INT)
            near->bytes = m->value->u.i;
        else if (str_is(m->key, "side") && m->value->kind == VALUE_STRING &&
                 str_is(m->value->u.s, "before"))
            near->before = true;
        else if (str_is(m->key, "side") && m->value->kind == VALUE_STRING &&
                 str_is(m->value->u.s, "after"))
            near->after = true;
        else
            bad(r, m->at, "`near` takes type, tokens, bytes and side (\"before\" or \"after\")");
    }
    if (!near->type.n)
        bad(r, v->at,
            "`near` needs the type of the span: near = { type = \"weapon\", tokens = 12 }");
    if (near->tokens < 0 && near->bytes < 0) near->tokens = 12;
}

static void take_attributes(reading *r, const value *v)
{
    if (v->kind != VALUE_MAP) {
        bad(r, v->at, "`attributes` is a table of name = value");
        return;
    }
    r->rule->attributes =
        arena_alloc(&r->owner->memory, (v->u.map.count + 1) * sizeof(rule_attribute));
    for (size_t i = 0; r->rule->attributes && i < v->u.map.count; i++) {
        const value_member *m = &v->u.map.members[i];
        rule_attribute *a = &r->rule->attributes[r->rule->attribute_count];
        *a = (rule_attribute){.key = m->key, .given = *m->value};
        if (m->value->kind == VALUE_STRING) take_template(r, m->value, &a->text);
        if (m->value->kind > VALUE_STRING || m->value->kind == VALUE_NIL)
            bad(r, m->at, "an attribute is text, a number, true or false");
        else
            r->rule->attribute_count++;
    }
}

static void take_set(reading *r, const value *v)
{
    if (v->kind != VALUE_MAP) {
        bad(r, v->at, "`set` is a table of document attributes");
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
            bad(r, given->at, "a document attribute is text, a number, true or false");
            continue;
        }
        r->rule->set[r->rule->set_count++] = a;
    }
}

/* ------------------------------------------------------------------ words */

static void add_term(reading *r, tamis_term term)
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

static void take_terms(reading *r, const value *v)
{
    if (v->kind != VALUE_LIST) {
        bad(r, v->at, "`terms` is a list of words; a file is `gazetteer = \"words.tsv\"`");
        return;
    }
    for (size_t i = 0; i < v->u.list.count; i++) {
        const value *item = &v->u.list.items[i];
        tamis_term term = {0};
        if (item->kind == VALUE_STRING) {
            term.term = item->u.s;
        } else if (item->kind == VALUE_MAP) {
            const struct {
                const char *key;
                tamis_str *to;
            } fields[] = {{"term", &term.term},
                          {"value", &term.value},
                          {"category", &term.category},
                          {"lang", &term.lang},
                          {"notes", &term.notes}};
            for (size_t k = 0; k < sizeof fields / sizeof fields[0]; k++) {
                const value *field = value_member_of(item, fields[k].key);
                if (field) take_text(r, field, fields[k].to);
            }
        }
        if (!term.term.n)
            bad(r, item->at, "a term is a word, or { term = \"…\", value = \"…\" }");
        else
            add_term(r, term);
    }
}

static void take_gazetteer(reading *r, const value *v)
{
    const value *items = v->kind == VALUE_LIST ? v->u.list.items : v;
    size_t n = v->kind == VALUE_LIST ? v->u.list.count : 1;
    for (size_t i = 0; i < n; i++) {
        tamis_str name = {0};
        error e = {0};
        take_text(r, &items[i], &name);
        if (!name.n || r->file_count == 64) continue;
        char *path = path_join(&r->owner->memory, str_of(r->spec->folder), name);
        if (path) script_read_noted(r->owner, path);
        if (!path || file_open(path, &r->files[r->file_count], &e) < 0) {
            diagnostic *said = bad(r, items[i].at, "the gazetteer cannot be read");
            said->help = diagnostics_text(r->out, "%s", e.text);
            continue;
        }
        tamis_str bytes = r->files[r->file_count].bytes;
        r->owner->identity = hash_bytes(bytes.p, bytes.n, r->owner->identity);
        r->names[r->file_count] = (terms_file){path, bytes};
        r->file_rules[r->file_count++] = r->rule->number;
    }
}

/* ------------------------------------------------------------------ span patterns */

static void take_step(reading *r, const value *v, int64_t *gap)
{
    text_rule *rule = r->rule;
    rule_step step = {.gap = *gap};
    if (v->kind == VALUE_STRING) {
        step.span = v->u.s;
    } else if (v->kind == VALUE_MAP) {
        const value *ahead = value_member_of(v, "gap");
        if (ahead && ahead->kind == VALUE_INT &&
            v->u.map.count == 1) { /* { gap = 40 } between two */
            *gap = ahead->u.i;
            return;
        }
        for (size_t i = 0; i < v->u.map.count; i++) {
            const value_member *m = &v->u.map.members[i];
            if (str_is(m->key, "span"))
                take_text(r, m->value, &step.span);
            else if (str_is(m->key, "value"))
                take_text(r, m->value, &step.value);
            else if (str_is(m->key, "category"))
                take_text(r, m->value, &step.category);
            else if (str_is(m->key, "as"))
                take_text(r, m->value, &step.name);
            else if (str_is(m->key, "gap") && m->value->kind == VALUE_INT)
                step.gap = m->value->u.i;
            else if (str_is(m->key, "whole") && m->value->kind == VALUE_BOOL)
                step.whole = m->value->u.b;
            else if (str_is(m->key, "pattern"))
                step.pattern = take_pattern(r, m->value, 0, "", "");
            else
                bad(r, m->at, "a step takes span or pattern, value, category, gap, as and whole");
        }
    }
    if (!step.span.n && !step.pattern && r->out->errors == 0)
        bad(r, v->at,
            "a step is a type of span, or { span = \"…\" }, { pattern = [[…]] }, { gap = 40 }");
    if (rule->step_count < RULE_STEPS)
        rule->steps[rule->step_count++] = step;
    else
        bad(r, v->at, "at most 8 steps");
}

static void take_steps(reading *r, const value *v, int64_t gap)
{
    if (v->kind != VALUE_LIST || v->u.list.count == 0) {
        bad(r, v->at,
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
        bad(r, v->at, "the first step is a span: text alone is `pattern`");
}

/* ------------------------------------------------------------------ one text_rule */

static const char *const KEYS[] = {
    "name",        "pattern", "flags",      "terms", "gazetteer",  "match",    "gap",
    "where",       "within",  "not_within", "near",  "lang",       "before",   "after",
    "type",        "value",   "category",   "score", "attributes", "role",     "remove",
    "placeholder", "secret",  "set",        "drop",  "group",      "span_lang"};
enum { KEY_COUNT = sizeof KEYS / sizeof KEYS[0] };

static uint32_t pattern_flags(reading *r, const value *v)
{
    uint32_t flags = 0;
    tamis_str letters = {0};
    if (v) take_text(r, v, &letters);
    for (size_t i = 0; i < letters.n; i++) {
        switch (letters.p[i]) {
        case 'i': flags |= PCRE2_CASELESS; break;
        case 'm': flags |= PCRE2_MULTILINE; break;
        case 's': flags |= PCRE2_DOTALL; break;
        case 'x': flags |= PCRE2_EXTENDED; break;
        case 'u': flags |= PCRE2_UCP; break;
        default: bad(r, v->at, "flags are letters of i, m, s, x and u");
        }
    }
    return flags;
}

/* The group that the span covers, by number or name. */
static void take_group(reading *r, const value *v)
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
    bad(r, v->at, "the pattern has no such group");
}

static void take_member(reading *r, const value_member *m, const value *tree)
{
    text_rule *rule = r->rule;
    const value *v = m->value;
    if (str_is(m->key, "within")) {
        take_texts(r, v, rule->within, &rule->within_count);
    } else if (str_is(m->key, "not_within")) {
        take_texts(r, v, rule->not_within, &rule->not_within_count);
    } else if (str_is(m->key, "lang")) {
        take_texts(r, v, rule->lang, &rule->lang_count);
    } else if (str_is(m->key, "near")) {
        take_near(r, v);
    } else if (str_is(m->key, "before")) {
        rule->before = take_pattern(r, v, PCRE2_ANCHORED, "\\s*(?:", ")");
    } else if (str_is(m->key, "after")) {
        rule->after = take_pattern(r, v, 0, "(?:", ")\\s*\\z");
    } else if (str_is(m->key, "where")) {
        if (v->kind == VALUE_FUNCTION)
            rule->where = (int)v->u.i;
        else
            bad(r, v->at, "`where` is a function of the document and the match");
    } else if (str_is(m->key, "type")) {
        take_text(r, v, &rule->type);
    } else if (str_is(m->key, "value")) {
        take_template(r, v, &rule->span_value);
    } else if (str_is(m->key, "category")) {
        take_template(r, v, &rule->category);
    } else if (str_is(m->key, "span_lang")) {
        take_text(r, v, &rule->span_lang);
    } else if (str_is(m->key, "role")) {
        take_text(r, v, &rule->role);
    } else if (str_is(m->key, "score")) {
        rule->score = v->kind == VALUE_INT ? (double)v->u.i : v->kind == VALUE_NUMBER ? v->u.d : -1;
        if (rule->score < 0 || rule->score > 1) bad(r, v->at, "a score is a number from 0 to 1");
    } else if (str_is(m->key, "attributes")) {
        take_attributes(r, v);
    } else if (str_is(m->key, "remove")) {
        take_text(r, v, &rule->remove);
    } else if (str_is(m->key, "placeholder")) {
        take_text(r, v, &rule->placeholder);
    } else if (str_is(m->key, "secret")) {
        rule->secret = v->kind == VALUE_BOOL && v->u.b;
    } else if (str_is(m->key, "set")) {
        take_set(r, v);
    } else if (str_is(m->key, "drop")) {
        take_text(r, v, &rule->drop);
    } else if (str_is(m->key, "group")) {
        take_group(r, v);
    } else {
        size_t k = 0;
        while (k < KEY_COUNT && !str_is(m->key, KEYS[k])) k++;
        if (k < KEY_COUNT) return;
        diagnostic *said = diagnostics_add(r->out, DIAGNOSTIC_ERROR, "E0119", m->at,
                                           "a rule has no `%.*s`", (int)m->key.n, m->key.p);
        const char *near = did_you_mean(m->key, KEYS, KEY_COUNT);
        if (near) said->label = diagnostics_text(r->out, "did you mean `%s`?", near);
    }
}

static void take_matcher(reading *r, const value *tree)
{
    text_rule *rule = r->rule;
    const value *pattern = value_member_of(tree, "pattern"),
                *terms = value_member_of(tree, "terms"), *file = value_member_of(tree, "gazetteer"),
                *match = value_member_of(tree, "match"), *gap = value_member_of(tree, "gap");
    int kinds = (pattern != NULL) + (terms != NULL || file != NULL) + (match != NULL);
    if (kinds > 1) bad(r, rule->at, "one of pattern, terms (or gazetteer) and match, not several");
    rule->matcher = RULE_WHERE;
    if (pattern) {
        rule->matcher = RULE_PATTERN;
        uint32_t flags = pattern_flags(r, value_member_of(tree, "flags"));
        rule->pattern = take_pattern(r, pattern, flags, "", "");
        if (rule->pattern && !(flags & PCRE2_EXTENDED))
            literals_required(pattern->u.s, flags & PCRE2_CASELESS, &r->owner->memory,
                              &rule->literals);
        if (rule->pattern && rule->pattern->groups >= RULE_GROUPS)
            bad(r, pattern->at, "at most 31 groups");
    } else if (terms || file) {
        rule->matcher = RULE_TERMS;
        if (terms) take_terms(r, terms);
        if (file) take_gazetteer(r, file);
    } else if (match) {
        rule->matcher = RULE_SPANS;
        take_steps(r, match, gap && gap->kind == VALUE_INT ? gap->u.i : 40);
    } else if (!value_member_of(tree, "where")) {
        diagnostic *said = bad(r, rule->at, "nothing to match");
        said->help = "give it a pattern, terms, match or where";
    }
}

static void check_action(reading *r)
{
    const text_rule *rule = r->rule;
    if (!rule->name.n) {
        diagnostic *said = bad(r, rule->at, "it has no name");
        said->help = "name = \"offer.fr\": it stands in the record and in statistics";
    }
    if (!rule->type.n && !rule->remove.n && !rule->drop.n && !rule->set_count) {
        diagnostic *said = bad(r, rule->at, "it does nothing");
        said->help = "give it a type (a span), remove = \"reason\", set = {…} or drop = \"reason\"";
    }
    if (rule->role.n && !rule->within_count && !rule->near.type.n)
        bad(r, rule->at, "`role` links to the span of `within` or `near`: there is none");
    for (uint32_t i = 0; i < rule->number; i++)
        if (rule->name.n && str_equal(r->set->rules[i].name, rule->name)) {
            diagnostic *said = bad(r, rule->at, "a second rule of this name");
            said->help =
                diagnostics_text(r->out, "the first stands in line %u", r->set->rules[i].at.line);
            break;
        }
}

static void read_rule(reading *r, const value *tree)
{
    text_rule *rule = r->rule;
    rule->at = tree->at;
    rule->at.width = rule->at.width ? 1 : 0;
    if (tree->kind != VALUE_MAP) {
        bad(r, tree->at, "a rule is a table: { name = \"…\", pattern = [[…]], type = \"…\" }");
        return;
    }
    const value *name = value_member_of(tree, "name");
    if (name) {
        take_text(r, name, &rule->name);
        rule->at = name->at;
    }
    take_matcher(r, tree);
    for (size_t i = 0; i < tree->u.map.count; i++) take_member(r, &tree->u.map.members[i], tree);
    check_action(r);
}

/* ------------------------------------------------------------------ the set */

static void bad_row(void *user, const char *file, uint32_t line, const char *message)
{
    reading *r = user;
    diagnostics_add(r->out, DIAGNOSTIC_WARNING, "E0119", (position){file, line, 0, 0}, "%s",
                    message);
}

/* Rows of files follow the words given in rules; which rule a row serves is told by its file. */
static tamis_rc compile_terms(reading *r, error *e)
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

static tamis_rc index_literals(reading *r, error *e)
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

static void finish_reading(reading *r)
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
    reading r = {.set = set, .owner = self, .spec = spec, .out = diags};
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
