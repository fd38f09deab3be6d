/* What the files that read rules share: the rule being read and where its mistakes go. */
#ifndef TAMIS_CORE_SCRIPT_RULES_READ_H
#define TAMIS_CORE_SCRIPT_RULES_READ_H

#include "script/rules.h"

enum { RULE_FILES = 64 };

typedef struct {
    rule_set *set;
    script *owner;
    const stage_spec *spec;
    diagnostics *out;
    text_rule *rule; /* being read */
    tamis_term *terms;
    size_t term_count, term_room;
    uint32_t *term_rules;
    file_bytes files[RULE_FILES];
    terms_file names[RULE_FILES];
    uint32_t file_rules[RULE_FILES];
    size_t file_count;
    size_t errors; /* before this rule */
} rule_reading;

/* A mistake of the rule being read. */
diagnostic *rule_bad(rule_reading *r, position at, const char *what);
/* Its members, as text or as a flag; `key` for the message. */
bool rule_take_text(rule_reading *r, const value *v, const char *key, tamis_str *out);
void rule_take_bool(rule_reading *r, const value *v, const char *key, bool *out);
/* A key that nobody knows, with the nearest of `words`. */
void rule_unknown_key(rule_reading *r, const value_member *m, const char *what,
                      const char *const *words, size_t count);

/* rules_pattern.c: compiles a pattern, or a list of them as one; NULL with the mistake at its place
 * in the pattern. `ahead` and `behind` are put around it. */
script_regex *rule_take_pattern(rule_reading *r, const value *v, uint32_t flags, const char *ahead,
                                const char *behind, tamis_str *joined);
/* rules_check.c: what only the whole rule shows: keys that do nothing, templates that name no
 * group, bad types. */
void rule_check(rule_reading *r, const value *tree);

#endif
