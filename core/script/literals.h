/* Required literals of expressions, and one pass over a text that finds all of them. See literals.c
 * and scan.c. */
#ifndef TAMIS_CORE_SCRIPT_LITERALS_H
#define TAMIS_CORE_SCRIPT_LITERALS_H

#include "base/base.h"

enum { LITERAL_SET = 24, LITERAL_SHORTEST = 3 };
#define LITERAL_UNBOUNDED UINT32_MAX /* of literal.before */

/* How a byte is folded in caseless literals and in the text they are compared with: ASCII to lower
 * case; of Latin-1 and Cyrillic, whose capitals differ from small letters in one bit (and in
 * D0/D1), to what both have. It may make more bytes equal than letters are: the pattern itself
 * decides. */
unsigned char literal_fold(unsigned char byte);

/* A text of which every match holds one occurrence. Bytes are folded when the set is `caseless`. */
typedef struct {
    tamis_str text;
    uint32_t
        before; /* bytes of the match that may stand ahead of it; LITERAL_UNBOUNDED: any number */
} literal;

/* One of these is in every match; count 0: nothing is known. */
typedef struct {
    literal at[LITERAL_SET];
    size_t count;
    bool caseless;
} literal_set;

/* Reads a PCRE2 pattern. Sets count to 0 wherever it is not sure. `caseless`: compiled so by a
 * flag. */
void literals_required(tamis_str pattern, bool caseless, arena *memory, literal_set *out);

/* All literals of many rules in one hash of four-byte windows. Read-only once built. */
typedef struct literal_scan literal_scan;
literal_scan *literal_scan_new(void);
/* Adds the literals of a rule, whose number is given back with each hit. */
bool literal_scan_add(literal_scan *self, const literal_set *set, uint32_t rule);
bool literal_scan_build(literal_scan *self);
void literal_scan_free(literal_scan *self);
size_t literal_scan_count(const literal_scan *self);
/* Calls `hit` for every occurrence, in order of place within a rule; `before` is the literal's.
 * False from `hit` ends the scan, and literal_scan_run returns false. */
typedef bool (*literal_hit)(void *user, uint32_t rule, size_t start, uint32_t before);
bool literal_scan_run(const literal_scan *self, tamis_str text, literal_hit hit, void *user);
/* Whether a text holds a character that folds to an ASCII letter, so that caseless literals may be
 * missed. */
bool literal_text_is_odd(tamis_str text);

#endif
