/* Compiled expressions, for the rest of the room: rules use them without Lua in between. */
#ifndef TAMIS_CORE_SCRIPT_REGEX_H
#define TAMIS_CORE_SCRIPT_REGEX_H

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "script/state.h"

enum {
    MATCH_LIMIT = 10 * 1000 * 1000, /* steps of one match: well under a second */
    DEPTH_LIMIT = 100 * 1000,
    HEAP_LIMIT_KIB = 64 * 1024,
    JIT_STACK = 1 << 20
};

struct script_regex {
    pcre2_code *code;
    const char *pattern; /* for messages, cut short */
    uint32_t groups;
    uint32_t name_count, name_width;
    const unsigned char *names; /* PCRE2's table: two bytes of number, the name, NUL */
    script *owner;
    bool compiled; /* to machine code */
    script_regex *next, **link;
};

/* Compiles; on error *offset is where in the pattern and e says what. `flags` of PCRE2_. */
script_regex *regex_new(script *self, tamis_str pattern, uint32_t flags, size_t *offset, error *e);
void regex_free(script_regex *self);
/* Matches valid UTF-8 from `from` on. 1: found, and *bounds are PCRE2's pairs (PCRE2_UNSET where a
 * group took no part); 0: not found; -1 with e: a limit was hit. */
int regex_match(script_regex *self, tamis_str text, size_t from, const size_t **bounds, error *e);
/* The same, for a match that begins at most at `until`. */
int regex_match_until(script_regex *self, tamis_str text, size_t from, size_t until,
                      const size_t **bounds, error *e);
/* The name of a group, or NULL. */
const char *regex_group_name(const script_regex *self, uint32_t group);

#endif
