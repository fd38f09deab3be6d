/* core/match: from bytes to tokens and candidates, a chunk at a time, by one of several paths: AVX-512,
 * AVX2, NEON, portable C. A path folds the chunk into a buffer of its own (the text stays as it is),
 * notes for each token where it stands in both, and picks the tokens at which a term may begin.
 * All paths give the same; fold.h says what that is. Private to the room. */
#ifndef TAMIS_CORE_MATCH_SCAN_H
#define TAMIS_CORE_MATCH_SCAN_H

#include "match/compiled.h"

enum {
    SCAN_CHUNK = 4096, /* bytes: tokens, keys and folded text of a chunk stay in the first cache */
    SCAN_SLACK = 128   /* bytes readable behind a chunk */
};

typedef struct {
    size_t count;
    size_t used; /* bytes of the chunk that were scanned */
    size_t open; /* a token that begins here runs on behind `used`; equal to `used` if none */
    uint16_t start[SCAN_CHUNK + SCAN_SLACK], end[SCAN_CHUNK + SCAN_SLACK];
    uint16_t folded_start[SCAN_CHUNK + SCAN_SLACK], folded_end[SCAN_CHUNK + SCAN_SLACK];
    uint16_t candidates[SCAN_CHUNK + SCAN_SLACK];
    size_t candidate_count;
    uint64_t keys[SCAN_CHUNK + SCAN_SLACK];
    unsigned char folded[SCAN_CHUNK + 2 * SCAN_SLACK];
} scan_chunk;

typedef struct {
    const char *name;
    bool (*usable)(void); /* on this machine */
    /* Tokens of p[0..n), which begins at no place within a token; SCAN_SLACK bytes behind n are readable. `last`: the
     * text ends at n and zeros follow; else what is left of less than a block stays unscanned. */
    void (*tokens)(const unsigned char *p, size_t n, bool last, scan_chunk *out);
    /* Keys of all tokens; candidates: those that the filters let pass. The last token of a chunk, whose neighbour is
     * not known, passes if any term begins with it. */
    void (*candidates)(const tamis_terms *terms, scan_chunk *chunk);
} scan_path;

extern const scan_path scan_portable;
const scan_path *scan_best(void);

/* --- shared by the paths */

/* What came before a block. */
typedef struct {
    uint64_t letter, digit; /* 1 when the last character was one */
    bool ideograph;
    size_t starts, ends;
    size_t folded;
} scan_state;

/* One block of at most 64 bytes: bit i is byte i. `valid`: bytes looked at, whole characters only. */
typedef struct {
    uint64_t letters, digits, begins, keep; /* begins: tokens that begin within a run of letters */
    unsigned valid;
} scan_block;

/* Any 64 bytes, given where ASCII letters, digits and bytes beyond ASCII are. */
void scan_any_block(const unsigned char *p, size_t readable, scan_state *state, uint64_t letters,
                    uint64_t digits, uint64_t high, unsigned char *folded, scan_block *out);
void scan_candidates_plain(const tamis_terms *terms, scan_chunk *chunk);

static inline uint64_t scan_low_bits(unsigned n)
{
    return n >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << n) - 1;
}

/* Where tokens begin and end in a block; moves the state behind it. */
static inline void scan_edges(scan_state *state, const scan_block *block, uint64_t *starts,
                              uint64_t *ends)
{
    uint64_t letters = block->letters, digits = block->digits, begins = block->begins;
    uint64_t before = letters << 1 | state->letter, digits_before = digits << 1 | state->digit;
    *starts =
        ((letters & ~before) | (digits & ~digits_before) | begins) & scan_low_bits(block->valid);
    *ends = ((before & ~letters) | (digits_before & ~digits) | (begins & before)) &
            scan_low_bits(block->valid);
    state->letter = letters >> ((block->valid - 1) & 63) & 1;
    state->digit = digits >> ((block->valid - 1) & 63) & 1;
}

#endif
