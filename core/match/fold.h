/* core/match: characters as the matcher sees them. Every code point has a class (gap, letter,
 * digit, joiner, ideograph) and folds to bytes of a private alphabet: ASCII lower case, Cyrillic as
 * one byte from 0x80 to 0xAF, all else UTF-8; accents, case, soft hyphens and joiners are gone.
 * Folded text is never longer than what it came from, so a token folds in place. The tables are
 * generated (fold_table.py). The scanners (scan.h) must agree with the functions here to the last
 * bit. */
#ifndef TAMIS_CORE_MATCH_FOLD_H
#define TAMIS_CORE_MATCH_FOLD_H

#include "base/base.h"

typedef enum { FOLD_GAP, FOLD_LETTER, FOLD_DIGIT, FOLD_JOINER, FOLD_IDEOGRAPH } fold_class;

enum {
    FOLD_TOKEN_BYTES = 255 /* a longer token can be no part of a term */
};

/* One character at p[0..n), n > 0: its class, how many bytes it has, and what it folds to. Bytes
 * that are no UTF-8 are gaps of one byte. */
typedef struct {
    fold_class class;
    unsigned bytes, folded_bytes;
    const unsigned char *folded; /* in a table or in the text itself */
} fold_char;
fold_char fold_next(const unsigned char *p, size_t n);

/* A token: text[start, end) and its folded bytes (the first FOLD_TOKEN_BYTES of them). */
typedef struct {
    size_t start, end;
    unsigned folded_bytes;
    bool cut; /* longer than FOLD_TOKEN_BYTES */
    unsigned char folded[FOLD_TOKEN_BYTES + 17];
} fold_token;

/* The next token at or after `from`, which is no place within a token. False at the end of the
 * text. */
bool fold_next_token(tamis_str text, size_t from, fold_token *token);
/* The first place at or after `from` where a token may begin: behind the token that `from` cuts. */
size_t fold_align(tamis_str text, size_t from);
/* The gap [start, end) between two tokens of one term: spaces, a line break, a hyphen, an
 * apostrophe, a slash; a dot only behind a token of at most three bytes, as in "Mk.84", or an
 * initial, as in "Gerald R. Ford"; a comma within a number. Never a full stop, another comma or a
 * blank line. */
bool fold_gap_joins(tamis_str text, size_t start, size_t end, size_t token_bytes);
/* Whether the letter at p is a capital: Latin, Greek and Cyrillic. */
bool fold_is_capital(const unsigned char *p, unsigned bytes);
/* Folds case only, for words compared outside the matcher: see case_signature. The pattern of
 * capitals in the letters of [start, end), as a hash: equal for spellings that differ in no
 * capital. */
uint64_t fold_case_signature(tamis_str text);

/* What a byte gives, by the kind of the byte before it: 0 any, 1 to 7 the leads C2 C3 C4 C5 D0 D1
 * E2, 8 the byte 80. Two folded bytes, above them flags, above those how many of the two count. A
 * character is told at its last byte; FOLD_STEP_BAD: none that is known here. */
extern const uint32_t (*const fold_steps)[256];
extern const unsigned char fold_step_kinds[256];
enum {
    FOLD_STEP_LETTER = 1, /* the last byte of a letter of two */
    FOLD_STEP_FIRST = 2,
    FOLD_STEP_SECOND = 4, /* 80 behind E2: one like THIRD must follow */
    FOLD_STEP_THIRD = 8,
    FOLD_STEP_BAD = 16
};

/* Two-byte letters by continuation byte, for the vector paths: what they fold to, first byte and
 * second or 0. */
extern const unsigned char *const fold_pairs[5];   /* leads C3 C4 C5 D0 D1 */
extern const unsigned char *const fold_seconds[3]; /* leads C3 C4 C5 */

#endif
