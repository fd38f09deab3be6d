/* core/match: from bytes to tokens and candidates, a chunk at a time, by one of several paths:
 * AVX-512, AVX2, NEON, portable C. A path folds the chunk into a buffer of its own (the text stays
 * as it is), notes for each token where it stands in both, and picks the tokens at which a term may
 * begin. All paths give the same; fold.h says what that is. Private to the room. */
#ifndef TAMIS_CORE_MATCH_SCAN_H
#define TAMIS_CORE_MATCH_SCAN_H

#include "match/compiled.h"

enum {
    SCAN_CHUNK = 4096, /* bytes: tokens, keys and folded text of a chunk stay in the first cache */
    SCAN_BLOCKS = 128, /* each is about 64 bytes */
    SCAN_SLACK = 128,  /* bytes readable behind a chunk */
    SCAN_GOES_ON = 1 << 15 /* of a candidate: a term may go on behind this token */
};

/* A block of the chunk: which of its bytes stand in the folded text, and what had come before it.
 * So the place of a token in the text is looked up for the few that are asked of. keep 0: its edges
 * are listed, as those of all blocks of a path to which listing costs nothing. */
typedef struct {
    uint64_t keep;
    uint16_t base, folded, starts, ends;
} scan_place;

typedef struct {
    size_t count;
    size_t used; /* bytes of the chunk that were scanned */
    size_t open; /* a token that begins here runs on behind `used`; equal to `used` if none */
    uint16_t folded_start[SCAN_CHUNK + SCAN_SLACK], folded_end[SCAN_CHUNK + SCAN_SLACK];
    uint16_t candidates[SCAN_CHUNK + SCAN_SLACK];
    size_t candidate_count;
    size_t block_count; /* 0: all edges are listed */
    scan_place blocks[SCAN_BLOCKS];
    uint64_t keys[SCAN_CHUNK + SCAN_SLACK];
    unsigned char folded[SCAN_CHUNK + 2 * SCAN_SLACK];
    uint16_t listed_start[SCAN_CHUNK + SCAN_SLACK], listed_end[SCAN_CHUNK + SCAN_SLACK];
} scan_chunk;

/* Where a token stands in the chunk. */
size_t scan_start(const scan_chunk *self, size_t token);
size_t scan_end(const scan_chunk *self, size_t token);

typedef struct {
    const char *name;
    bool (*usable)(void); /* on this machine */
    /* Tokens of p[0..n), which begins at no place within a token; SCAN_SLACK bytes behind n are
     * readable. `last`: the text ends at n and zeros follow; else what is left of less than a block
     * stays unscanned. */
    void (*tokens)(const unsigned char *p, size_t n, bool last, scan_chunk *out);
    /* Keys of all tokens; candidates: those that the filters let pass, and the last token of a
     * chunk, whose neighbour is not known. */
    void (*candidates)(const tamis_terms *terms, scan_chunk *chunk);
} scan_path;

extern const scan_path scan_avx512, scan_avx2, scan_neon, scan_portable;
const scan_path *scan_best(void);

/* --- shared by the paths */

/* What came before a block. */
typedef struct {
    uint64_t letter, digit; /* 1 when the last character was one */
    bool ideograph;
    size_t starts, ends;
    size_t folded;
} scan_state;

/* One block of at most 64 bytes: bit i is byte i. `valid`: bytes looked at, whole characters
 * only. */
typedef struct {
    uint64_t letters, digits, begins; /* begins: tokens that begin within a run of letters */
    unsigned valid, folded;           /* folded: how many bytes it folded to */
    unsigned char at[64];             /* where in these each byte stands */
} scan_block;

/* A block with characters beyond ASCII, its ASCII letters and digits given: folded, its edges
 * noted. 64 bytes and what is left of the last character are readable. */
void scan_high_block(const unsigned char *p, size_t readable, uint64_t high, scan_state *state,
                     size_t base, scan_block *block, scan_chunk *out);
/* The same for paths that list all edges. */
void scan_listed_block(const unsigned char *p, size_t readable, uint64_t high, scan_state *state,
                       size_t base, scan_block *block, scan_chunk *out);
/* Closes a chunk whose blocks are done up to `at`. */
void scan_finish(scan_state *state, size_t at, scan_chunk *out);

/* Bit t: U+2000 + t is a gap, and not one of the joiners among them. U+0080 + t all are but
 * U+00AD. */
#define SCAN_GAPS_E280 UINT64_C(0xFFFF83FFFFFF07FF)

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

static inline unsigned scan_count_bits(uint64_t x)
{
    x -= x >> 1 & UINT64_C(0x5555555555555555);
    x = (x & UINT64_C(0x3333333333333333)) + (x >> 2 & UINT64_C(0x3333333333333333));
    x = (x + (x >> 4)) & UINT64_C(0x0F0F0F0F0F0F0F0F);
    x += x >> 8; /* by a multiplication it would be known for what it is, and become a call */
    x += x >> 16;
    return (unsigned)(x + (x >> 32)) & 0x7F;
}

static inline void scan_note_block(const scan_state *state, uint64_t keep, size_t base,
                                   scan_chunk *out)
{
    out->blocks[out->block_count++] = (scan_place){keep, (uint16_t)base, (uint16_t)state->folded,
                                                   (uint16_t)state->starts, (uint16_t)state->ends};
}

/* The places of the bits, each moved by `base`; the first dozen without asking how many they are.
 * Returns how many. Behind the places garbage is written. */
static inline size_t scan_put_places(uint16_t *out, uint64_t bits, size_t base)
{
    enum { AT_ONCE = 12 };
    const uint64_t top = UINT64_C(1) << 63;
    size_t count = scan_count_bits(bits);
    for (unsigned i = 0; i < AT_ONCE; i++, bits &= bits - 1)
        out[i] = (uint16_t)(base + (unsigned)__builtin_ctzll(bits | top));
    for (size_t i = AT_ONCE; i < count; i++, bits &= bits - 1)
        out[i] = (uint16_t)(base + (unsigned)__builtin_ctzll(bits));
    return count;
}

/* Notes a block that begins at `base` and whose folded text stands already; starts and ends count
 * its bytes. */
static inline void scan_put_block(scan_state *state, uint64_t starts, uint64_t ends, uint64_t keep,
                                  unsigned folded, size_t base, scan_chunk *out)
{
    scan_note_block(state, keep, base, out);
    state->starts += scan_put_places(out->folded_start + state->starts, starts, state->folded);
    state->ends += scan_put_places(out->folded_end + state->ends, ends, state->folded);
    state->folded += folded;
}

/* Notes a block of ASCII that is folded already. */
static inline void scan_ascii_block(scan_state *state, scan_block *block, size_t base,
                                    scan_chunk *out)
{
    uint64_t starts, ends;
    if (state->ideograph) block->begins = block->letters & 1;
    state->ideograph = false;
    scan_edges(state, block, &starts, &ends);
    scan_put_block(state, starts, ends, ~UINT64_C(0), 64, base, out);
}

/* Of the tokens that the gate let pass, those that are a term or begin one as far as the finer
 * filters tell. */
static inline void scan_sift(const tamis_terms *terms, scan_chunk *chunk, size_t found)
{
    const uint64_t *single = terms->single, *pairs = terms->pairs;
    unsigned single_shift = terms->single_shift, pair_shift = terms->pair_shift;
    size_t n = chunk->count, kept = 0;
    for (size_t i = 0; i < found; i++) {
        size_t at = chunk->candidates[i];
        uint64_t key = chunk->keys[at];
        unsigned goes_on = filter_has(pairs, pair_key(key, chunk->keys[at + 1]), pair_shift) |
                           (unsigned)(at + 1 == n);
        chunk->candidates[kept] = (uint16_t)(at | goes_on * SCAN_GOES_ON);
        kept += filter_has(single, key, single_shift) | goes_on;
    }
    chunk->candidate_count = kept;
}

/* Keys and candidates one by one. */
static inline void scan_candidates_plain(const tamis_terms *terms, scan_chunk *chunk)
{
    const unsigned char *folded = chunk->folded;
    const uint64_t *gate = terms->gate;
    unsigned shift = terms->gate_shift;
    size_t n = chunk->count, found = 0;
    uint64_t key = 0, word = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned start = chunk->folded_start[i], length = chunk->folded_end[i] - start;
        uint64_t text = low_bytes(load8(folded + start), length);
        uint64_t next = token_key_of(text, length);
        chunk->keys[i] = next;
        /* the token before, whose neighbour is known now */
        chunk->candidates[found] = (uint16_t)(i - 1);
        found += gate_opens(word, key, neighbour_of(text, next));
        key = next;
        word = gate[key >> shift];
    }
    chunk->keys[n] = 0;
    if (n) chunk->candidates[found++] = (uint16_t)(n - 1);
    scan_sift(terms, chunk, found);
}

#endif
