/* The AVX-512 path (VBMI2: bytes are compressed in a register). A block of 64 bytes whose
 * characters are ASCII, two-byte Latin and Cyrillic letters and common punctuation is folded at
 * once; any other goes the shared way. Compiled for such machines by attribute and chosen when the
 * machine is one. */
#include "match/scan.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define AVX512                                                                                  \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vbmi2,bmi,bmi2," \
                          "popcnt,lzcnt")))

static bool usable(void)
{
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vbmi") &&
           __builtin_cpu_supports("avx512vbmi2") && __builtin_cpu_supports("bmi2");
}

/* Lead bytes by their lowest six bits: what they are. */
enum { LEAD_KNOWN = 1, LEAD_E2 = 4, LEAD_C4_C5 = 8, LEAD_D0_D1 = 16 };

/* What two-byte letters fold to, first and second byte, by the lowest bit of the lead byte and
 * their second byte; a blank for gaps, 0 for what is not known here. */
typedef struct {
    __m512i kinds;
    __m512i first_C2, first_C3, first_C4, first_C5, first_D0, first_D1;
    __m512i second_C3, second_C4, second_C5;
    __m512i iota;
} tables;

AVX512 static inline tables load_tables(void)
{
    static const unsigned char kinds[64] = {[2] = LEAD_KNOWN,
                                            [3] = LEAD_KNOWN,
                                            [4] = LEAD_KNOWN | LEAD_C4_C5,
                                            [5] = LEAD_KNOWN | LEAD_C4_C5,
                                            [16] = LEAD_KNOWN | LEAD_D0_D1,
                                            [17] = LEAD_KNOWN | LEAD_D0_D1,
                                            [34] = LEAD_E2};
    const uint64_t soft_hyphen = UINT64_C(1) << 0x2D, few = UINT64_C(0xFFFFFFFF);
    unsigned char iota[64];
    for (unsigned i = 0; i < 64; i++) iota[i] = (unsigned char)i;
    return (tables){_mm512_loadu_si512(kinds),
                    _mm512_maskz_mov_epi8(~soft_hyphen, _mm512_set1_epi8(' ')),
                    _mm512_loadu_si512(fold_pairs[0]),
                    _mm512_loadu_si512(fold_pairs[1]),
                    _mm512_loadu_si512(fold_pairs[2]),
                    _mm512_loadu_si512(fold_pairs[3]),
                    _mm512_maskz_loadu_epi8(few, fold_pairs[4]),
                    _mm512_loadu_si512(fold_seconds[0]),
                    _mm512_loadu_si512(fold_seconds[1]),
                    _mm512_loadu_si512(fold_seconds[2]),
                    _mm512_loadu_si512(iota)};
}

AVX512 static inline uint64_t equal(__m512i v, unsigned char byte)
{
    return _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8((char)byte));
}

AVX512 static inline uint64_t has(uint64_t among, __m512i kinds, unsigned char kind)
{
    return _mm512_mask_test_epi8_mask(among, kinds, _mm512_set1_epi8((char)kind));
}

/* Those of the lead bytes E2 that begin common punctuation. */
AVX512 static inline uint64_t punctuation(const unsigned char *p, uint64_t e2, __m512i next)
{
    const __m512i gaps = _mm512_movm_epi8(SCAN_GAPS_E280);
    __m512i third = _mm512_loadu_si512(p + 2);
    return e2 & equal(next, 0x80) & _mm512_cmplt_epi8_mask(third, _mm512_set1_epi8((char)0xC0)) &
           _mm512_movepi8_mask(_mm512_permutexvar_epi8(third, gaps));
}

/* A block with bytes beyond ASCII, of which `carry` belong to a character of the block before. A
 * character is read at its first byte: the next bytes are looked up from where they stand, so that
 * a block never has to wait for what the one before found. False where there are characters that
 * are not known here. */
AVX512 static inline bool read_high(const tables *t, const unsigned char *p, __m512i v,
                                    uint64_t high, const scan_state *state, uint64_t *carry,
                                    scan_block *block, uint64_t *keep, __m512i *folded)
{
    __m512i next = _mm512_loadu_si512(p + 1), kinds = _mm512_permutexvar_epi8(v, t->kinds);
    uint64_t leads = _mm512_cmpge_epu8_mask(v, _mm512_set1_epi8((char)0xC0));
    uint64_t twos = has(leads, kinds, LEAD_KNOWN), e2 = has(leads, kinds, LEAD_E2);
    uint64_t latin = has(twos, kinds, LEAD_C4_C5), cyrillic = has(twos, kinds, LEAD_D0_D1);
    /* 0x40 where the lead byte is odd, the six bits of the next byte below */
    __m512i at =
        _mm512_ternarylogic_epi64(_mm512_set1_epi8(0x40), _mm512_slli_epi16(v, 6), next, 0xCA);
    __m512i first = _mm512_permutex2var_epi8(t->first_C2, at, t->first_C3);
    __m512i second = _mm512_permutex2var_epi8(_mm512_setzero_si512(), at, t->second_C3);
    if (cyrillic) {
        __m512i own = _mm512_permutex2var_epi8(t->first_D0, at, t->first_D1);
        first = _mm512_mask_mov_epi8(first, cyrillic, own);
        second = _mm512_maskz_mov_epi8(~cyrillic, second);
    }
    if (latin) {
        __m512i own = _mm512_permutex2var_epi8(t->first_C4, at, t->first_C5);
        first = _mm512_mask_mov_epi8(first, latin, own);
        own = _mm512_permutex2var_epi8(t->second_C4, at, t->second_C5);
        second = _mm512_mask_mov_epi8(second, latin, own);
    }
    uint64_t rests = leads << 1 | e2 << 2 | *carry;
    uint64_t bad = (leads ^ (twos | e2)) | (rests ^ (high & ~leads));
    bad |= _mm512_mask_testn_epi8_mask(twos, first, first);
    bad |= leads >> 63 & (uint64_t)((p[64] & 0xC0) != 0x80);
    if (e2) bad |= e2 ^ punctuation(p, e2, next);
    uint64_t in = twos & ~equal(first, ' ');
    uint64_t two = _mm512_mask_test_epi8_mask(in, second, second);
    if (bad | two >> 63) return false;
    __m512i out = _mm512_mask_mov_epi8(*folded, in, first);
    if (two) {
        __m512i before = _mm512_sub_epi8(t->iota, _mm512_set1_epi8(1));
        out = _mm512_mask_permutexvar_epi8(out, two << 1, before, second);
    }
    /* What a letter carries over belongs to it; its folded byte is written already. */
    uint64_t letter_rests = in << 1 | (state->letter ? *carry : 0);
    block->letters |= in | letter_rests;
    *keep = ~letter_rests | two << 1;
    *folded = _mm512_maskz_compress_epi8(*keep, out);
    *carry = leads >> 63 | e2 >> 62;
    return true;
}

/* The places of the bits, each moved by `base`. */
AVX512 static inline void put_places(uint16_t *out, uint64_t bits, size_t base, __m512i iota)
{
    __m512i places = _mm512_maskz_compress_epi8(bits, iota), add = _mm512_set1_epi16((short)base);
    __m512i low = _mm512_cvtepu8_epi16(_mm512_castsi512_si256(places));
    _mm512_storeu_si512(out, _mm512_add_epi16(low, add));
    if (__builtin_popcountll(bits) > 32) {
        __m512i top = _mm512_cvtepu8_epi16(_mm512_extracti64x4_epi64(places, 1));
        _mm512_storeu_si512(out + 32, _mm512_add_epi16(top, add));
    }
}

AVX512 static inline void put_block(const tables *t, scan_state *state, uint64_t starts,
                                    uint64_t ends, uint64_t keep, size_t base, scan_chunk *out)
{
    put_places(out->listed_start + state->starts, starts, base, t->iota);
    put_places(out->listed_end + state->ends, ends, base, t->iota);
    put_places(out->folded_start + state->starts, _pext_u64(starts, keep), state->folded, t->iota);
    put_places(out->folded_end + state->ends, _pext_u64(ends, keep), state->folded, t->iota);
    state->starts += (size_t)__builtin_popcountll(starts);
    state->ends += (size_t)__builtin_popcountll(ends);
}

AVX512 static void tokens(const unsigned char *p, size_t n, bool last, scan_chunk *out)
{
    const tables t = load_tables();
    scan_state state = {0};
    size_t at = 0;
    uint64_t carry = 0; /* bytes of this block that end a character of the one before */
    while (last ? at <= n : at + 64 <= n) {
        __m512i v = _mm512_loadu_si512(p + at), folded = _mm512_or_si512(v, _mm512_set1_epi8(0x20));
        uint64_t high = _mm512_movepi8_mask(v), starts, ends;
        scan_block block = {.valid = 64};
        uint64_t keep = ~UINT64_C(0);
        block.letters = _mm512_cmple_epu8_mask(_mm512_sub_epi8(folded, _mm512_set1_epi8('a')),
                                               _mm512_set1_epi8(25));
        block.digits =
            _mm512_cmple_epu8_mask(_mm512_sub_epi8(v, _mm512_set1_epi8('0')), _mm512_set1_epi8(9));
        if (!high || read_high(&t, p + at, v, high, &state, &carry, &block, &keep, &folded)) {
            _mm512_storeu_si512(out->folded + state.folded, folded);
            if (state.ideograph) block.begins = block.letters & 1;
            state.ideograph = false;
            scan_edges(&state, &block, &starts, &ends);
            put_block(&t, &state, starts, ends, keep, at, out);
            state.folded += (size_t)__builtin_popcountll(keep);
            at += 64;
        } else if (carry) { /* from the next character on */
            at += (size_t)__builtin_popcountll(carry);
            carry = 0;
        } else {
            scan_listed_block(p + at, last ? n + 64 - at : 64 + 4, high, &state, at, &block, out);
            at += block.valid;
        }
    }
    out->block_count = 0;
    at += (size_t)__builtin_popcountll(carry);
    scan_finish(&state, at, out);
}

/* For each byte of eight lanes: where the low byte of its lane stands in a vector of sixteen bits
 * each, and which byte of its lane it is. */
typedef struct {
    __m512i lane_bytes, byte_of_lane;
} lanes;

/* The first eight bytes of tokens i to i + 7, zeros behind their ends; their keys. Eight tokens
 * mostly lie within two registers of text. */
typedef struct {
    __m512i text, key;
} eight;

AVX512 static inline eight read_eight(const lanes *t, const scan_chunk *chunk, size_t i)
{
    const __m512i all = _mm512_set1_epi64(-1), k1 = _mm512_set1_epi64((long long)TOKEN_K1);
    __m128i s = _mm_loadu_si128((const void *)(chunk->folded_start + i));
    __m128i e = _mm_loadu_si128((const void *)(chunk->folded_end + i));
    __m512i length = _mm512_cvtepu16_epi64(_mm_sub_epi16(e, s));
    __m512i text;
    unsigned from = chunk->folded_start[i];
    if (chunk->folded_start[i + 7] - from <= 120U) {
        __m128i offsets = _mm_sub_epi16(s, _mm_set1_epi16((short)from));
        __m512i places =
            _mm512_add_epi8(_mm512_permutexvar_epi8(t->lane_bytes, _mm512_castsi128_si512(offsets)),
                            t->byte_of_lane);
        text = _mm512_permutex2var_epi8(_mm512_loadu_si512(chunk->folded + from), places,
                                        _mm512_loadu_si512(chunk->folded + from + 64));
    } else {
        text = _mm512_i64gather_epi64(_mm512_cvtepu16_epi64(s), chunk->folded, 1);
    }
    __m512i bits = _mm512_slli_epi64(_mm512_min_epu64(length, _mm512_set1_epi64(8)), 3);
    text = _mm512_and_si512(text,
                            _mm512_srlv_epi64(all, _mm512_sub_epi64(_mm512_set1_epi64(64), bits)));
    __m512i key = _mm512_mullo_epi64(_mm512_xor_si512(text, _mm512_slli_epi64(length, 57)), k1);
    return (eight){text, _mm512_xor_si512(key, _mm512_srli_epi64(key, 32))};
}

/* gate_opens for eight. */
AVX512 static inline __mmask8 eight_open(__m512i words, __m512i alone, __m512i both)
{
    __m512i a = _mm512_and_si512(_mm512_rorv_epi64(words, alone),
                                 _mm512_rorv_epi64(words, _mm512_srli_epi64(alone, 6)));
    __m512i b = _mm512_and_si512(_mm512_rorv_epi64(words, both),
                                 _mm512_rorv_epi64(words, _mm512_srli_epi64(both, 6)));
    return _mm512_test_epi64_mask(_mm512_or_si512(a, b), _mm512_set1_epi64(1));
}

AVX512 static void candidates(const tamis_terms *terms, scan_chunk *chunk)
{
    const __m128i shift = _mm_cvtsi32_si128((int)terms->gate_shift);
    const uint64_t *gate = terms->gate;
    const __m512i number = _mm512_set1_epi64((long long)NEIGHBOUR_NUMBER);
    size_t n = chunk->count, found = 0;
    __m128i at = _mm_setr_epi16(0, 1, 2, 3, 4, 5, 6, 7);
    const lanes t = {_mm512_mullo_epi64(_mm512_set_epi64(14, 12, 10, 8, 6, 4, 2, 0),
                                        _mm512_set1_epi64(0x0101010101010101)),
                     _mm512_set1_epi64(0x0706050403020100)};
    for (unsigned i = 0; i < 16; i++) /* tokens that are read and not looked at */
        chunk->folded_start[n + i] = chunk->folded_end[n + i] = n ? chunk->folded_start[n - 1] : 0;
    eight now = read_eight(&t, chunk, 0);
    for (size_t i = 0; i < n; i += 8, at = _mm_add_epi16(at, _mm_set1_epi16(8))) {
        eight next = read_eight(&t, chunk, i + 8);
        _mm512_storeu_si512(chunk->keys + i, now.key);
        __m512i words = _mm512_mask_i64gather_epi64(_mm512_setzero_si512(), 0xFF,
                                                    _mm512_srl_epi64(now.key, shift), gate, 8);
        __m512i text = _mm512_alignr_epi64(next.text, now.text, 1);
        __m512i key = _mm512_alignr_epi64(next.key, now.key, 1);
        key = _mm512_mask_mov_epi64(key, _mm512_testn_epi64_mask(text, _mm512_set1_epi64(0xC0)),
                                    number);
        __m512i both = _mm512_xor_si512(now.key, _mm512_srli_epi64(key, 20));
        __mmask8 pass = eight_open(words, now.key, both);
        _mm_storeu_si128((void *)(chunk->candidates + found), _mm_maskz_compress_epi16(pass, at));
        found += (size_t)__builtin_popcount(pass);
        now = next;
    }
    while (found && chunk->candidates[found - 1] + 1U >= n) found--;
    chunk->keys[n] = 0;
    if (n) chunk->candidates[found++] = (uint16_t)(n - 1);
    scan_sift(terms, chunk, found);
}

const scan_path scan_avx512 = {"avx512", usable, tokens, candidates};

#else
typedef int scan_avx512_is_for_x86_64;
#endif
