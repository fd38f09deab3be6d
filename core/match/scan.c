/* The portable path, and what the vector paths share with it: blocks with characters they have no
 * short way for. Eight bytes are classified at once in a 64-bit word. */
#include "match/scan.h"

#include <stdlib.h>

#define ONES UINT64_C(0x0101010101010101)
#define TOPS UINT64_C(0x8080808080808080)

/* Sixteen bytes at once, where the machine can. */
typedef unsigned char sixteen __attribute__((vector_size(16)));

/* The top bits of 64 bytes. */
static inline uint64_t top_bits(const sixteen v[4])
{
    uint64_t bits = 0;
#if defined(__SSE2__) /* every x86-64 machine */
    typedef char signed_sixteen __attribute__((vector_size(16)));
    for (unsigned i = 0; i < 4; i++)
        bits |= (uint64_t)(unsigned)__builtin_ia32_pmovmskb128((signed_sixteen)v[i]) << i * 16;
#else
    unsigned char bytes[64];
    memcpy(bytes, v, sizeof bytes);
    for (unsigned i = 0; i < 64; i += 8)
        bits |=
            (low_bytes(load8(bytes + i), 8) >> 7 & ONES) * UINT64_C(0x0102040810204080) >> 56 << i;
#endif
    return bits;
}

static void classify(const unsigned char *p, uint64_t *letters, uint64_t *digits, uint64_t *high)
{
    sixteen a[4], d[4], h[4];
    for (unsigned i = 0; i < 4; i++) {
        memcpy(&h[i], p + i * 16, 16);
        a[i] = (sixteen)((h[i] | 0x20) - 'a' < 26);
        d[i] = (sixteen)(h[i] - '0' < 10);
    }
    *letters = top_bits(a);
    *digits = top_bits(d);
    *high = top_bits(h);
}

static inline void fold_ascii(const unsigned char *p, unsigned char *folded, unsigned n)
{
    for (unsigned i = 0; i < n; i += 16) {
        sixteen x;
        memcpy(&x, p + i, 16);
        x |= 0x20;
        memcpy(folded + i, &x, 16);
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

/* Folds sixteen bytes of which some are Cyrillic letters to `out`, at their first bytes: U+0410 to
 * U+044F by what their second byte is. Returns which bytes are lead bytes, and which of these are
 * such letters. */
static inline void fold_cyrillic(const unsigned char *p, unsigned char *out, sixteen *leads,
                                 sixteen *letters)
{
    sixteen x, next, d0, d1, value, small;
    memcpy(&x, p, 16);
    memcpy(&next, p + 1, 16);
    *leads = (sixteen)(x >= 0xC0);
    d0 = (sixteen)(x == 0xD0) & (sixteen)(next >= 0x90) & (sixteen)(next < 0xC0);
    d1 = (sixteen)(x == 0xD1) & (sixteen)(next >= 0x80) & (sixteen)(next < 0x90);
    small = ((next ^ 0x10) & 0x1F) | 0x80;
    small += (sixteen)(small == 0x89); /* short i is i */
    value = (d0 & small) | (d1 & (next | 0x10)) | (~(d0 | d1) & (x | 0x20));
    *letters = d0 | d1;
    memcpy(out, &value, 16);
}

/* A block of characters that fold_steps knows; false if there are others. */
static bool known_block(const unsigned char *p, uint64_t high, scan_state *state,
                        unsigned char *folded, scan_block *out)
{
    unsigned char bytes[64];
    sixteen is_lead[4], is_letter[4];
    unsigned k = 0;
    for (unsigned i = 0; i < 4; i++)
        fold_cyrillic(p + i * 16, bytes + i * 16, &is_lead[i], &is_letter[i]);
    uint64_t leads = top_bits(is_lead), letters = top_bits(is_letter), doubles = 0, thirds = 0;
    unsigned valid = leads >> 63 ? 63 : p[62] == 0xE2 ? 62 : 64;
    uint64_t valid_bits = scan_low_bits(valid);
    for (uint64_t rest = leads & ~letters & valid_bits; rest; rest &= rest - 1) {
        unsigned i = (unsigned)__builtin_ctzll(rest);
        uint32_t step = fold_steps[fold_step_kinds[p[i]]][p[i + 1]], flags = step >> 16;
        uint64_t bit = UINT64_C(1) << i;
        if (fold_step_kinds[p[i]] == 0 || flags & FOLD_STEP_BAD) return false;
        if (flags & FOLD_STEP_SECOND) {
            if (!(fold_steps[8][p[i + 2]] >> 16 & FOLD_STEP_THIRD)) return false;
            thirds |= bit << 2;
        } else if (flags & FOLD_STEP_LETTER) {
            letters |= bit;
            bytes[i] = (unsigned char)step;
            if (step >> 24 == 1) continue;
            bytes[i + 1] = (unsigned char)(step >> 8);
            doubles |= bit;
        }
    }
    letters &= valid_bits;
    if ((high & ~leads & valid_bits) != ((leads << 1 | thirds) & valid_bits)) return false;
    for (uint64_t keep = valid_bits & ~((letters & ~doubles) << 1); keep; keep &= keep - 1, k++) {
        unsigned i = (unsigned)__builtin_ctzll(keep);
        folded[k] = bytes[i];
        out->at[i] = (unsigned char)k;
    }
    out->letters |= letters | letters << 1;
    out->valid = valid;
    out->folded = k;
    if (state->ideograph) out->begins = out->letters & 1;
    state->ideograph = false;
    return true;
}

/* Where the bit of rank `rank` stands: the byte that holds it, then the bit. */
static unsigned select_bit(uint64_t bits, unsigned rank)
{
    if (!~bits) return rank;
    uint64_t x = bits - (bits >> 1 & UINT64_C(0x5555555555555555));
    x = (x & UINT64_C(0x3333333333333333)) + (x >> 2 & UINT64_C(0x3333333333333333));
    x = ((x + (x >> 4)) & UINT64_C(0x0F0F0F0F0F0F0F0F)) * ONES; /* byte i: bits up to its end */
    unsigned byte = (unsigned)(((((rank * ONES) | TOPS) - x) >> 7 & ONES) * ONES >> 56);
    if (byte) rank -= (unsigned)(x >> (byte * 8 - 8) & 0xFF);
    unsigned rest = (unsigned)(bits >> (byte * 8)) & 0xFF;
    for (; rank; rank--) rest &= rest - 1;
    return byte * 8 + (unsigned)__builtin_ctz(rest | 0x100);
}

size_t scan_start(const scan_chunk *self, size_t token)
{
    const scan_place *block = self->blocks; /* the last before which not more tokens began */
    for (size_t n = self->block_count; n > 1; n -= n / 2)
        block += block[n / 2].starts <= token ? n / 2 : 0;
    if (!self->block_count || !block->keep) return self->listed_start[token];
    return block->base + select_bit(block->keep, self->folded_start[token] - block->folded);
}

size_t scan_end(const scan_chunk *self, size_t token)
{
    const scan_place *block = self->blocks;
    for (size_t n = self->block_count; n > 1; n -= n / 2)
        block += block[n / 2].ends <= token ? n / 2 : 0;
    if (!self->block_count || !block->keep) return self->listed_end[token];
    return block->base + select_bit(block->keep, self->folded_end[token] - block->folded);
}

void scan_finish(scan_state *state, size_t at, scan_chunk *out)
{
    memset(out->folded + state->folded, 0, 16);
    out->open = state->starts > state->ends ? scan_start(out, state->ends) : at;
    out->used = at;
    out->count = state->ends;
}

/* A block with few characters beyond ASCII: the runs between them are copied, each into its place.
 * What is a gap is copied as it is. False where there are characters that are not known here;
 * nothing is noted then. */
static bool sparse_block(const unsigned char *p, uint64_t high, scan_state *state, size_t base,
                         scan_block *block, scan_chunk *out)
{
    unsigned char *folded = out->folded + state->folded;
    unsigned at = 0, k = 0, valid = 64; /* what is not copied yet, and where it goes */
    uint64_t dropped = 0, letters = 0, starts, ends;
    while (high) {
        unsigned i = (unsigned)__builtin_ctzll(high), kind = fold_step_kinds[p[i]];
        uint32_t step = fold_steps[kind][p[i + 1]], flags = step >> 16;
        uint64_t bytes = UINT64_C(3) << i;
        fold_ascii(p + at, folded + k, 32);
        if (i - at > 32) fold_ascii(p + at + 32, folded + k + 32, 32);
        if (kind == 0 || kind == 8) return false;
        k += i - at;
        at = i;
        if (i == 63) {
            valid = i;
            break;
        }
        if (flags & FOLD_STEP_BAD) return false;
        if (flags & FOLD_STEP_LETTER) {
            folded[k] = (unsigned char)step;
            folded[k + 1] = (unsigned char)(step >> 8);
            k += step >> 24;
            if (step >> 24 == 1) dropped |= UINT64_C(2) << i;
            letters |= bytes;
            at = i + 2;
        } else if (flags & FOLD_STEP_SECOND) {
            bytes = UINT64_C(7) << i;
            if (i == 62) {
                valid = i;
                break;
            }
            if (!(fold_steps[8][p[i + 2]] >> 16 & FOLD_STEP_THIRD)) return false;
        }
        high &= ~bytes;
    }
    fold_ascii(p + at, folded + k, 64);
    block->letters |= letters;
    block->valid = valid;
    if (state->ideograph) block->begins = block->letters & 1;
    state->ideograph = false;
    scan_edges(state, block, &starts, &ends);
    for (uint64_t rest = dropped;
         rest;) { /* from the last on, so that the others stay where they are */
        unsigned i = 63 - (unsigned)__builtin_clzll(rest);
        uint64_t low = scan_low_bits(i);
        starts = (starts & low) | (starts >> 1 & ~low);
        ends = (ends & low) | (ends >> 1 & ~low);
        rest &= low;
    }
    scan_put_block(state, starts, ends, ~dropped, k + valid - at, base, out);
    return true;
}

enum { SPARSE = 20 }; /* bytes beyond ASCII, up to which runs are copied one by one */

void scan_high_block(const unsigned char *p, size_t readable, uint64_t high, scan_state *state,
                     size_t base, scan_block *block, scan_chunk *out)
{
    if (scan_count_bits(high) <= SPARSE && sparse_block(p, high, state, base, block, out)) return;
    scan_note_block(state, 0, base, out);
    scan_listed_block(p, readable, high, state, base, block, out);
}

void scan_listed_block(const unsigned char *p, size_t readable, uint64_t high, scan_state *state,
                       size_t base, scan_block *block, scan_chunk *out)
{
    unsigned char *folded = out->folded + state->folded;
    uint64_t starts, ends;
    if (!known_block(p, high, state, folded, block))
        any_block(p, readable, state, high, folded, block);
    scan_edges(state, block, &starts, &ends);
    for (; starts; starts &= starts - 1) {
        unsigned i = (unsigned)__builtin_ctzll(starts);
        out->listed_start[state->starts] = (uint16_t)(base + i);
        out->folded_start[state->starts++] = (uint16_t)(state->folded + block->at[i]);
    }
    for (; ends; ends &= ends - 1) {
        unsigned i = (unsigned)__builtin_ctzll(ends);
        out->listed_end[state->ends] = (uint16_t)(base + i);
        out->folded_end[state->ends++] = (uint16_t)(state->folded + block->at[i]);
    }
    state->folded += block->folded;
}

static void tokens_portable(const unsigned char *p, size_t n, bool last, scan_chunk *out)
{
    scan_state state = {0};
    out->block_count = 0;
    size_t at = 0;
    /* Behind the end of a text stand zeros, at least one of which is looked at: it ends the last
     * token. */
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
