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

static void any_block(const unsigned char *p, size_t readable, scan_state *state, uint64_t high,
                      unsigned char *folded, scan_block *out)
{
    uint64_t letters = out->letters, digits = out->digits;
    unsigned limit = readable < 64 ? (unsigned)readable : 64, at = 0, k = 0;
    uint64_t begins = 0;
    fold_class class = state->ideograph ? FOLD_IDEOGRAPH
                       : state->letter  ? FOLD_LETTER
                       : state->digit   ? FOLD_DIGIT
                                        : FOLD_GAP;
    while (at < limit) {
        uint64_t rest = high >> at;
        unsigned run = rest ? (unsigned)__builtin_ctzll(rest) : 64 - at;
        if (run) { /* ASCII */
            if (run > limit - at) run = limit - at;
            fold_ascii(p + at, folded + k, run);
            for (unsigned i = 0; i < run; i++) out->at[at + i] = (unsigned char)(k + i);
            if (class == FOLD_IDEOGRAPH) begins |= letters & UINT64_C(1) << at;
            at += run;
            k += run;
            uint64_t last = UINT64_C(1) << (at - 1);
            class = letters & last ? FOLD_LETTER : digits & last ? FOLD_DIGIT : FOLD_GAP;
            continue;
        }
        fold_char c = fold_next(p + at, readable - at);
        if (at + c.bytes > 64) break;
        if (c.class == FOLD_IDEOGRAPH || (c.class == FOLD_LETTER && class == FOLD_IDEOGRAPH))
            begins |= UINT64_C(1) << at;
        if (c.class != FOLD_JOINER) class = c.class;
        uint64_t bits = scan_low_bits(c.bytes) << at;
        if (class == FOLD_LETTER || class == FOLD_IDEOGRAPH)
            letters |= bits;
        else if (class == FOLD_DIGIT)
            digits |= bits;
        for (unsigned i = 0; i < c.folded_bytes; i++) folded[k + i] = c.folded[i];
        for (unsigned i = 0; i < c.bytes; i++) out->at[at + i] = (unsigned char)k;
        k += c.folded_bytes;
        at += c.bytes;
    }
    /* Bytes of a character that the block cuts are seen again with the next. */
    out->letters = letters & scan_low_bits(at);
    out->digits = digits & scan_low_bits(at);
    out->begins = begins;
    out->valid = at;
    out->folded = k;
    state->ideograph = class == FOLD_IDEOGRAPH;
}

/* Bit `flag` of 64 bytes as 64 bits. */
static uint64_t flag_bits(const unsigned char *flags, unsigned flag)
{
    uint64_t bits = 0;
    for (unsigned i = 0; i < 64; i += 8) {
        uint64_t x = low_bytes(load8(flags + i), 8) >> flag & ONES;
        bits |= (x * UINT64_C(0x0102040810204080) >> 56) << i;
    }
    return bits;
}

static bool known_block(const unsigned char *p, scan_state *state, unsigned char *folded,
                        scan_block *out)
{
    unsigned char flags[64];
    unsigned k = 0, kind = 0, all = 0;
    for (unsigned i = 0; i < 64; i++) { /* no branches: texts mispredict them */
        uint32_t step = fold_steps[kind][p[i]];
        kind = fold_step_kinds[p[i]];
        uint16_t two = (uint16_t)step;
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        two = __builtin_bswap16(two);
#endif
        memcpy(folded + k, &two, sizeof two);
        out->at[i] = (unsigned char)k;
        flags[i] = (unsigned char)(step >> 16);
        all |= step >> 16;
        k += step >> 24;
    }
    if (all & FOLD_STEP_BAD) return false;
    uint64_t ends = flag_bits(flags, 0), thirds = 0, seconds = 0;
    if (all & (FOLD_STEP_SECOND | FOLD_STEP_THIRD)) {
        seconds = flag_bits(flags, 2);
        thirds = flag_bits(flags, 3);
        if (seconds << 1 != thirds) return false;
    }
    out->letters |= ends | ends >> 1;
    out->valid = flags[63] & FOLD_STEP_FIRST ? 63 : seconds >> 63 ? 62 : 64;
    out->folded = k; /* of a character that is cut nothing is folded yet */
    if (state->ideograph) out->begins = out->letters & 1;
    state->ideograph = false;
    return true;
}

void scan_finish(scan_state *state, size_t at, scan_chunk *out)
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

void scan_high_block(const unsigned char *p, size_t readable, uint64_t high, scan_state *state,
                     size_t base, scan_block *block, scan_chunk *out)
{
    unsigned char *folded = out->folded + state->folded;
    uint64_t starts, ends;
    if (!known_block(p, state, folded, block)) any_block(p, readable, state, high, folded, block);
    scan_edges(state, block, &starts, &ends);
    for (; starts; starts &= starts - 1) {
        unsigned i = (unsigned)__builtin_ctzll(starts);
        out->start[state->starts] = (uint16_t)(base + i);
        out->folded_start[state->starts++] = (uint16_t)(state->folded + block->at[i]);
    }
    for (; ends; ends &= ends - 1) {
        unsigned i = (unsigned)__builtin_ctzll(ends);
        out->end[state->ends] = (uint16_t)(base + i);
        out->folded_end[state->ends++] = (uint16_t)(state->folded + block->at[i]);
    }
    state->folded += block->folded;
}

static void tokens_portable(const unsigned char *p, size_t n, bool last, scan_chunk *out)
{
    scan_state state = {0};
    size_t at = 0;
    /* Behind the end of a text stand zeros, at least one of which is looked at: it ends the last token. */
    while (last ? at <= n : at + 64 <= n) {
        scan_block block = {.valid = 64};
        uint64_t high;
        classify(p + at, &block.letters, &block.digits, &high);
        if (high) {
            scan_high_block(p + at, last ? n + 64 - at : 64 + 4, high, &state, at, &block, out);
        } else {
            fold_ascii(p + at, out->folded + state.folded, 64);
            scan_ascii_block(&state, &block, at, out);
        }
        at += block.valid;
    }
    scan_finish(&state, at, out);
}

static void candidates_portable(const tamis_terms *terms, scan_chunk *chunk)
{
    scan_candidates_plain(terms, chunk);
}

static bool always(void)
{
    return true;
}

const scan_path scan_portable = {"portable", always, tokens_portable, candidates_portable};
