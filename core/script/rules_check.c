/* What only the whole rule shows: nothing to match or to do, keys that have no effect beside the
 * others, templates that name no group of the pattern, types that no span can have. */
#include "script/rules_read.h"

#include <stdlib.h>

/* ------------------------------------------------------------------ names */

/* As document_span_add takes them. */
static bool type_is_fine(tamis_str type)
{
    for (size_t i = 0; i < type.n; i++) {
        char c = type.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.'))
            return false;
    }
    return type.n > 0;
}

static position place_of(const value *tree, const char *key, position otherwise)
{
    const value *v = value_member_of(tree, key);
    return v && v->at.file ? v->at : otherwise;
}

static void check_name(rule_reading *r)
{
    const text_rule *rule = r->rule;
    if (!rule->name.n) {
        diagnostic *said = rule_bad(r, rule->at, "it has no name");
        said->help = "name = \"offer.fr\": it stands in the record and in statistics";
    }
    for (uint32_t i = 0; i < rule->number; i++)
        if (rule->name.n && str_equal(r->set->rules[i].name, rule->name)) {
            diagnostic *said = rule_bad(r, rule->at, "a second rule of this name");
            said->help =
                diagnostics_text(r->out, "the first stands in line %u", r->set->rules[i].at.line);
            break;
        }
}

/* ------------------------------------------------------------------ templates */

static void check_template(rule_reading *r, const rule_text *t, position at)
{
    const text_rule *rule = r->rule;
    tamis_str s = t->text;
    for (size_t i = 0; t->filled && i + 1 < s.n; i++) {
        if (s.p[i] != '$') continue;
        size_t from = ++i;
        if (s.p[i] == '$') continue;
        while (i < s.n && ((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '0' && s.p[i] <= '9') ||
                           s.p[i] == '_'))
            i++;
        tamis_str name = {s.p + from, i - from};
        i--;
        if (!name.n || str_is(name, "0")) continue;
        if (rule->matcher == RULE_TERMS && str_is(name, "term")) continue;
        const char *words[RULE_GROUPS + RULE_STEPS + 1];
        size_t n = 0;
        bool found = name.p[0] >= '0' && name.p[0] <= '9' && rule->pattern &&
                     (uint32_t)atoi(name.p) <= rule->pattern->groups;
        for (uint32_t g = 1; rule->pattern && g <= rule->pattern->groups && n < RULE_GROUPS; g++)
            if (regex_group_name(rule->pattern, g)) words[n++] = regex_group_name(rule->pattern, g);
        for (size_t k = 0; k < rule->step_count; k++)
            if (rule->steps[k].name.n) words[n++] = rule->steps[k].name.p;
        if (rule->matcher == RULE_TERMS) words[n++] = "term";
        for (size_t k = 0; k < n && !found; k++) found = str_is(name, words[k]);
        if (found) continue;
        const char *near = did_you_mean(name, words, n);
        diagnostic *said = rule_bad(
            r, at,
            diagnostics_text(r->out, "`$%.*s` names no group of the match", (int)name.n, name.p));
        if (near) said->label = diagnostics_text(r->out, "did you mean `$%s`?", near);
        said->help = "$0 is the whole match, $1 its first group, $name a named group; $$ is a $";
    }
}

static void check_templates(rule_reading *r, const value *tree)
{
    const text_rule *rule = r->rule;
    if (value_member_of(tree, "pattern") && !rule->pattern) return; /* its mistake is said */
    check_template(r, &rule->span_value, place_of(tree, "value", rule->at));
    check_template(r, &rule->category, place_of(tree, "category", rule->at));
    for (size_t i = 0; i < rule->attribute_count; i++)
        check_template(r, &rule->attributes[i].text, rule->attributes[i].given.at);
}

/* ------------------------------------------------------------------ keys beside each other */

static bool has(const value *tree, const char *key)
{
    return value_member_of(tree, key) != NULL;
}

/* Keys that mean something only beside another. */
static void check_company(rule_reading *r, const value *tree)
{
    static const struct {
        const char *key, *needs[4];
    } pairs[] = {{"flags", {"pattern"}},
                 {"group", {"pattern"}},
                 {"gap", {"match"}},
                 {"value", {"type"}},
                 {"category", {"type"}},
                 {"attributes", {"type"}},
                 {"attrs", {"type"}},
                 {"span_lang", {"type"}},
                 {"role", {"type"}},
                 {"score", {"type", "remove"}},
                 {"placeholder", {"remove"}},
                 {"secret", {"remove"}},
                 {"before", {"pattern", "terms", "gazetteer", "match"}},
                 {"after", {"pattern", "terms", "gazetteer", "match"}},
                 {"near", {"pattern", "terms", "gazetteer", "match"}},
                 {"within", {"pattern", "terms", "gazetteer", "match"}}};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        if (!has(tree, pairs[i].key)) continue;
        bool met = false;
        buffer list = {0};
        for (size_t k = 0; k < 4 && pairs[i].needs[k]; k++) {
            met = met || has(tree, pairs[i].needs[k]);
            buffer_printf(&list, "%s`%s`", k ? " or " : "", pairs[i].needs[k]);
        }
        buffer_append_char(&list, 0);
        if (!met)
            rule_bad(
                r, place_of(tree, pairs[i].key, r->rule->at),
                diagnostics_text(r->out, "`%s` does nothing without %s", pairs[i].key, list.p));
        buffer_free(&list);
    }
}

static void check_action(rule_reading *r, const value *tree)
{
    const text_rule *rule = r->rule;
    if (!has(tree, "type") && !has(tree, "remove") && !has(tree, "drop") && !has(tree, "set")) {
        diagnostic *said = rule_bad(r, rule->at, "it does nothing");
        said->help = "give it a type (a span), remove = \"reason\", set = {…} or drop = \"reason\"";
    }
    if (rule->type.n && !type_is_fine(rule->type)) {
        diagnostic *said = rule_bad(
            r, place_of(tree, "type", rule->at),
            diagnostics_text(r->out, "`%.*s` is no type of span", (int)rule->type.n, rule->type.p));
        said->help = "types are made of a-z, 0-9, _ and the dot";
    }
    if (rule->role.n && !rule->within_count && !rule->near.type.n)
        rule_bad(r, place_of(tree, "role", rule->at),
                 "`role` links to the span of `within` or `near`: there is none");
}

static void check_matcher(rule_reading *r, const value *tree)
{
    const text_rule *rule = r->rule;
    if (rule->pattern) {
        uint32_t empty = 0;
        pcre2_pattern_info(rule->pattern->code, PCRE2_INFO_MATCHEMPTY, &empty);
        if (empty) {
            diagnostic *said = diagnostics_add(
                r->out, DIAGNOSTIC_WARNING, "E0119", place_of(tree, "pattern", rule->at),
                "rule `%.*s`: the pattern matches the empty text too, at every place",
                (int)rule->name.n, rule->name.p);
            said->help = "where it has `*`, is `+` meant?";
        }
    }
    if (rule->matcher == RULE_TERMS && !rule->term_count && r->out->errors == r->errors)
        rule_bad(r, place_of(tree, "terms", rule->at), "there are no words in it");
}

void rule_check(rule_reading *r, const value *tree)
{
    check_name(r);
    check_matcher(r, tree);
    check_action(r, tree);
    check_company(r, tree);
    check_templates(r, tree);
}
