/* The portable path, and what the vector paths share with it: blocks with characters they have no
 * short way for. Eight bytes are classified at once in a 64-bit word. */
#include "match/scan.h"

#include <stdlib.h>

#define ONES UINT64_C(0x0101010101010101)
#define TOPS UINT64_C(0x8080808080808080)

/* The top bits of eight bytes as eight bits. */
static inline uint64_t top_bits(uint64_t word)
{
    return (word >> 7) * UINT64_C(0x0102040810204080) >> 56;
}

static void classify(const unsigned char *p, uint64_t *letters, uint64_t *digits, uint64_t *high)
{
    uint64_t a = 0, d = 0, h = 0;
    for (unsigned i = 0; i < 64; i += 8) {
        uint64_t x = low_bytes(load8(p + i), 8), low = x & ~TOPS;
        uint64_t lower = low | 0x20 * ONES;
        uint64_t letter =
            (lower + (0x80 - 'a') * ONES) & ~(lower + (0x7F - 'z') * ONES) & ~x & TOPS;
        uint64_t digit = (low + (0x80 - '0') * ONES) & ~(low + (0x7F - '9') * ONES) & ~x & TOPS;
        a |= top_bits(letter) << i;
        d |= top_bits(digit) << i;
        h |= top_bits(x & TOPS) << i;
    }
    *letters = a;
    *digits = d;
    *high = h;
}

static inline void fold_ascii(const unsigned char *p, unsigned char *folded, unsigned n)
{
    for (unsigned i = 0; i < n; i += 8) {
        uint64_t x = load8(p + i) | 0x20 * ONES;
        memcpy(folded + i, &x, 8);
    }
}

void scan_any_block(const unsigned char *p, size_t readable, scan_state *state, uint64_t letters,
                    uint64_t digits, uint64_t high, unsigned char *folded, scan_block *out)
{
    unsigned limit = readable < 64 ? (unsigned)readable : 64, at = 0, k = 0;
    fold_class class = state->ideograph ? FOLD_IDEOGRAPH
                       : state->letter  ? FOLD_LETTER
                       : state->digit   ? FOLD_DIGIT
                                        : FOLD_GAP;
    *out = (scan_block){.letters = letters, .digits = digits};
    while (at < limit) {
        uint64_t rest = high >> at;
        unsigned run = rest ? (unsigned)__builtin_ctzll(rest) : 64 - at;
        if (run) { /* ASCII */
            if (run > limit - at) run = limit - at;
            fold_ascii(p + at, folded + k, run);
            out->keep |= scan_low_bits(run) << at;
            if (class == FOLD_IDEOGRAPH) out->begins |= letters & UINT64_C(1) << at;
            at += run;
            k += run;
            uint64_t last = UINT64_C(1) << (at - 1);
            class = letters & last ? FOLD_LETTER : digits & last ? FOLD_DIGIT : FOLD_GAP;
            continue;
        }
        fold_char c = fold_next(p + at, readable - at);
        if (at + c.bytes > 64) break;
        if (c.class == FOLD_IDEOGRAPH || (c.class == FOLD_LETTER && class == FOLD_IDEOGRAPH))
            out->begins |= UINT64_C(1) << at;
        if (c.class != FOLD_JOINER) class = c.class;
        uint64_t bits = scan_low_bits(c.bytes) << at;
        if (class == FOLD_LETTER || class == FOLD_IDEOGRAPH)
            out->letters |= bits;
        else if (class == FOLD_DIGIT)
            out->digits |= bits;
        for (unsigned i = 0; i < c.folded_bytes; i++) folded[k + i] = c.folded[i];
        out->keep |= scan_low_bits(c.folded_bytes) << at;
        k += c.folded_bytes;
        at += c.bytes;
    }
    /* Bytes of a character that the block cuts are seen again with the next. */
    out->letters &= scan_low_bits(at);
    out->digits &= scan_low_bits(at);
    out->valid = at;
    state->ideograph = class == FOLD_IDEOGRAPH;
}

static inline void put_edges(scan_state *state, uint64_t starts, uint64_t ends, uint64_t keep,
                             size_t base, scan_chunk *out)
{
    bool whole = keep == ~UINT64_C(0);
    size_t n = state->starts;
    for (; starts; starts &= starts - 1, n++) {
        unsigned i = (unsigned)__builtin_ctzll(starts);
        unsigned k = whole ? i : (unsigned)__builtin_popcountll(keep & (((uint64_t)1 << i) - 1));
        out->start[n] = (uint16_t)(base + i);
        out->folded_start[n] = (uint16_t)(state->folded + k);
    }
    state->starts = n;
    n = state->ends;
    for (; ends; ends &= ends - 1, n++) {
        unsigned i = (unsigned)__builtin_ctzll(ends);
        unsigned k = whole ? i : (unsigned)__builtin_popcountll(keep & (((uint64_t)1 << i) - 1));
        out->end[n] = (uint16_t)(base + i);
        out->folded_end[n] = (uint16_t)(state->folded + k);
    }
    state->ends = n;
}

static void finish(scan_state *state, size_t at, scan_chunk *out)
{
    memset(out->folded + state->folded, 0, 16);
    if (state->starts > state->ends) {
        out->open = out->start[state->ends];
    } else {
        out->open = at;
    }
    out->used = at;
    out->count = state->ends;
}

static void tokens_portable(const unsigned char *p, size_t n, bool last, scan_chunk *out)
{
    scan_state state = {0};
    size_t at = 0;
    /* Behind the end of a text stand zeros, at least one of which is looked at: it ends the last token. */
    while (last ? at <= n : at + 64 <= n) {
        scan_block block = {.keep = ~UINT64_C(0), .valid = 64};
        uint64_t high, starts, ends;
        classify(p + at, &block.letters, &block.digits, &high);
        if (high) {
            size_t readable = last ? n + 64 - at : 64 + 4;
            scan_any_block(p + at, readable, &state, block.letters, block.digits, high,
                           out->folded + state.folded, &block);
        } else {
            fold_ascii(p + at, out->folded + state.folded, 64);
            if (state.ideograph) block.begins = block.letters & 1;
            state.ideograph = false;
        }
        scan_edges(&state, &block, &starts, &ends);
        put_edges(&state, starts, ends, block.keep, at, out);
        state.folded += (size_t)__builtin_popcountll(block.keep);
        at += block.valid;
    }
    finish(&state, at, out);
}

void scan_candidates_plain(const tamis_terms *terms, scan_chunk *chunk)
{
    const unsigned char *folded = chunk->folded;
    size_t n = chunk->count, found = 0, kept = 0;
    unsigned first_shift = terms->first_shift, pair_shift = terms->pair_shift;
    for (size_t i = 0; i < n; i++) {
        unsigned start = chunk->folded_start[i];
        uint64_t key = token_key(folded + start, (unsigned)(chunk->folded_end[i] - start));
        chunk->keys[i] = key;
        chunk->candidates[found] = (uint16_t)i;
        found += filter_has(terms->first, key, first_shift);
    }
    chunk->keys[n] = 0;
    for (size_t i = 0; i < found; i++) {
        size_t at = chunk->candidates[i];
        uint64_t key = chunk->keys[at];
        chunk->candidates[kept] = (uint16_t)at;
        /* no branch: one of three is as likely as none */
        kept += (unsigned)filter_has(terms->single, key, first_shift) |
                (unsigned)filter_has(terms->pairs, pair_key(key, chunk->keys[at + 1]), pair_shift) |
                (unsigned)(at + 1 == n);
    }
    chunk->candidate_count = kept;
}

static bool always(void)
{
    return true;
}

const scan_path scan_portable = {"portable", always, tokens_portable, scan_candidates_plain};
