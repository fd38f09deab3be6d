/* Rules as data: what rules.c reads and rules_run.c acts on. */
#ifndef TAMIS_CORE_SCRIPT_RULES_H
#define TAMIS_CORE_SCRIPT_RULES_H

#include "match/terms.h"
#include "script/literals.h"
#include "script/regex.h"

enum { RULE_STEPS = 8, RULE_GROUPS = 32, RULE_TYPES = 16 };

typedef enum { RULE_PATTERN, RULE_TERMS, RULE_SPANS, RULE_WHERE } rule_matcher;

/* One step of a span pattern: a span of a type, or text between. */
typedef struct {
    tamis_str span; /* type; empty: a pattern */
    script_regex *pattern;
    tamis_str value, category; /* wanted ones; empty: any */
    int64_t gap;               /* bytes that may lie ahead of it */
    tamis_str name;            /* attribute that gets its value or text */
    bool whole;                /* the rule's span covers this step alone */
} rule_step;

/* Text of the new span: as written, or with $0, $1, $name filled in from the match. */
typedef struct {
    tamis_str text;
    bool filled;
} rule_text;

typedef struct {
    tamis_str key;
    value given;
    rule_text text; /* where given is text */
} rule_attribute;

typedef struct {
    tamis_str type;
    int64_t tokens, bytes; /* -1: not asked */
    bool before, after;    /* only spans that stand before, or after, the match */
} rule_near;

typedef struct {
    tamis_str name;
    position at;
    uint32_t number; /* place in the list */
    rule_matcher matcher;
    /* what it matches */
    script_regex *pattern;
    literal_set literals; /* of the pattern */
    uint32_t group;       /* the span covers this group */
    rule_step steps[RULE_STEPS];
    size_t step_count;
    size_t term_count; /* words and files of them */
    /* where */
    tamis_str within[RULE_TYPES], not_within[RULE_TYPES], lang[RULE_TYPES];
    size_t within_count, not_within_count, lang_count;
    rule_near near;
    script_regex *before, *after;
    int where;
    /* what then */
    tamis_str type, span_lang, remove, placeholder, drop, role;
    rule_text span_value, category;
    double score;
    bool secret;
    rule_attribute *attributes;
    size_t attribute_count;
    tamis_attr *set;
    size_t set_count;
} text_rule;

enum { RULE_BUCKETS = 36 }; /* powers of two of nanoseconds */

/* What one rule did since the last save. */
typedef struct {
    uint64_t candidates, hits;
    uint64_t calls;              /* of PCRE2 or the predicate */
    uint64_t limits;             /* of them: ended at the match limit */
    uint64_t timed, nanoseconds; /* of the calls, estimated from those that were timed */
    uint32_t times[RULE_BUCKETS];
} rule_figures;

/* Whether the next call is to be timed (0: no), as how many calls it then counts, and its time. */
uint32_t rule_timed(const rule_figures *self);
void rule_time(rule_figures *self, int64_t nanoseconds, uint32_t weight);

typedef struct {
    text_rule *rule;
    size_t start, end; /* of the whole match */
    size_t groups[2 * RULE_GROUPS];
    uint32_t group_count;
    uint32_t ref; /* the span it stands in or near */
    tamis_str term_value, term_category;
    const tamis_span *steps[RULE_STEPS]; /* of a span pattern */
    size_t first, last; /* what the new span covers: may be one group of the match */
} rule_match;

typedef struct rule_set {
    struct rule_set *self, *next;
    script *owner;
    const char *folder;
    text_rule *rules;
    size_t count;
    literal_scan *scan; /* rules whose literals are bounded or not, but known */
    uint32_t *always;   /* rules that no literal guards */
    size_t always_count;
    tamis_terms *terms;
    uint32_t *term_rules; /* row -> text_rule */
    const char **reads, **writes;
    /* scratch of a document */
    rule_match *matches;
    size_t match_count, match_room;
    size_t *next_from; /* per rule: where the next match may begin */
    uint64_t *seen;    /* per rule: document counter in which it was tried in full */
    uint64_t documents;
    rule_figures *figures;
} rule_set;

/* The place of the first rule that reads such spans. */
bool rules_reader(const void *conf, const char *read, position *at);
tamis_rc rules_run(const tamis_run *c, tamis_doc *doc);
tamis_rc rules_save(const tamis_run *c, tamis_str *bytes);
tamis_rc rules_merge(const tamis_run *c, void **total, tamis_str bytes);
tamis_rc rules_finish(const tamis_run *c, void *total, tamis_str *json);

#endif
