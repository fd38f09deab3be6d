/* boilerplate/text_wide: what the reader does by vectors of 64 bytes: bytes as sets of bits, and
 * the words of a piece without characters beyond ASCII. Included by text.c alone; its plain
 * counterparts stand there, and both see the same (tested). */
#ifndef BOILERPLATE_TEXT_WIDE_H
#define BOILERPLATE_TEXT_WIDE_H

#if defined(__x86_64__) && defined(__GNUC__)
#include "text.h"

#include <immintrin.h>

#define WIDE                                                                               \
    __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,avx512vbmi2,bmi," \
                          "bmi2,popcnt,lzcnt")))

static inline bool has_wide(void)
{
    return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vbmi2") &&
           __builtin_cpu_supports("bmi2");
}

/* Bytes of [low, low + width). */
WIDE static inline uint64_t range_wide(__m512i v, char low, char width)
{
    return _mm512_cmplt_epu8_mask(_mm512_sub_epi8(v, _mm512_set1_epi8(low)),
                                  _mm512_set1_epi8(width));
}

WIDE static inline uint64_t feeds_wide(const char *p)
{
    return _mm512_cmpeq_epi8_mask(_mm512_loadu_si512(p), _mm512_set1_epi8('\n'));
}

/* What the words of a piece have, a bit each, in their order. */
typedef struct {
    uint64_t capitals, numbers, shorts;
    unsigned count;
} words_wide;

/* Words of ASCII, whose bytes are `word`, from `at` on: writes them to `out`, where seven more may
 * be written. */
WIDE static inline words_wide put_words_wide(boilerplate_word *out, size_t at, uint64_t word,
                                             uint64_t upper, uint64_t digit)
{
    enum { AT_ONCE = 8 };
    const __m512i counting = _mm512_set_epi8(
        63, 62, 61, 60, 59, 58, 57, 56, 55, 54, 53, 52, 51, 50, 49, 48, 47, 46, 45, 44, 43, 42, 41,
        40, 39, 38, 37, 36, 35, 34, 33, 32, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18,
        17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    uint64_t starts = word & ~(word << 1), lasts = word & ~(word >> 1), sum;
    /* a run of digits from a word's start: adding carries past its end */
    bool over = __builtin_add_overflow(digit, starts & digit, &sum);
    uint64_t digit_lasts = (sum & ~digit) >> 1 | (uint64_t)over << 63;
    words_wide w = {.count = (unsigned)_mm_popcnt_u64(starts)};
    __m512i first = _mm512_maskz_compress_epi8(starts, counting);
    __m512i size = _mm512_sub_epi8(_mm512_maskz_compress_epi8(lasts, counting), first);
    size = _mm512_add_epi8(size, _mm512_set1_epi8(1));
    w.capitals = _pext_u64(upper, starts);
    w.numbers = _pext_u64(digit_lasts, lasts);
    w.shorts = _mm512_cmple_epu8_mask(size, _mm512_set1_epi8(3)) & ~w.capitals & ~w.numbers &
               _bzhi_u64(~(uint64_t)0, w.count);
    __m512i flags =
        _mm512_or_si512(_mm512_maskz_set1_epi8(w.capitals, BOILERPLATE_WORD_CAPITAL),
                        _mm512_or_si512(_mm512_maskz_set1_epi8(w.numbers, BOILERPLATE_WORD_NUMBER),
                                        _mm512_maskz_set1_epi8(w.shorts, BOILERPLATE_WORD_SHORT)));
    const __m512i none = _mm512_setzero_si512(), base = _mm512_set1_epi64((long long)at);
    for (unsigned k = 0; k < w.count; k += AT_ONCE) {
        __m512i start = _mm512_cvtepu8_epi64(_mm512_castsi512_si128(first));
        __m512i length = _mm512_cvtepu8_epi64(_mm512_castsi512_si128(size));
        __m512i flag = _mm512_cvtepu8_epi64(_mm512_castsi512_si128(flags));
        __m512i entry = _mm512_add_epi64(start, base);
        entry = _mm512_or_si512(entry, _mm512_slli_epi64(length, 32)); /* length, characters */
        entry = _mm512_or_si512(entry, _mm512_slli_epi64(length, 48));
        _mm512_storeu_si512(out + k, _mm512_or_si512(entry, _mm512_slli_epi64(flag, 56)));
        first = _mm512_alignr_epi64(none, first, 1);
        size = _mm512_alignr_epi64(none, size, 1);
        flags = _mm512_alignr_epi64(none, flags, 1);
    }
    return w;
}

/* The stems of eight words, whose bytes begin with `head`, folded; see stem_word in text.c. */
WIDE static inline void put_stems_wide(__m512i entry, __m512i n, __m512i head, uint32_t *stems)
{
    const __m512i five = _mm512_set1_epi64(0xFFFFFFFFFF), one = _mm512_set1_epi64(1);
    const __m512i blank = _mm512_set1_epi64((long long)0x2020200000000000u);
    __m512i characters = _mm512_and_si512(_mm512_srli_epi64(entry, 48), _mm512_set1_epi64(0xFF));
    __m512i thrice = _mm512_add_epi64(characters, _mm512_add_epi64(characters, characters));
    __mmask8 latin = _mm512_cmplt_epu64_mask(_mm512_add_epi64(n, n), thrice);
    __mmask8 has = latin | _mm512_cmpge_epu64_mask(characters, _mm512_set1_epi64(4)) |
                   _mm512_cmpge_epu64_mask(n, thrice);
    has &= _mm512_cmpge_epu64_mask(n, _mm512_set1_epi64(5));
    has &= _mm512_testn_epi64_mask(
        entry, _mm512_set1_epi64((long long)((uint64_t)BOILERPLATE_WORD_NUMBER << 56)));
    /* (head & five) | blank */
    head = _mm512_mask_ternarylogic_epi64(head, latin, five, blank, 0xEA);
    head = _mm512_mullo_epi64(head, _mm512_set1_epi64((long long)0x9E3779B97F4A7C15u));
    head = _mm512_maskz_or_epi64(has, _mm512_srli_epi64(head, 32), one);
    _mm256_storeu_si256((__m256i *)(void *)stems, _mm512_cvtepi64_epi32(head));
}

/* The hashes and stems of eight words at once; see hash_word in text.c. */
WIDE static inline void put_hashes_wide(const char *p, const boilerplate_word *w, uint32_t *out,
                                        uint32_t *stems)
{
    const __m512i fold = _mm512_set1_epi8(0x20), eight = _mm512_set1_epi64(8);
    const __m512i ones = _mm512_set1_epi64(-1);
    __m512i entry = _mm512_loadu_si512(w);
    __m512i n = _mm512_and_si512(_mm512_srli_epi64(entry, 32), _mm512_set1_epi64(0xFFFF));
    __m512i at = _mm512_and_si512(entry, _mm512_set1_epi64(0xFFFFFFFF));
    __m512i cut = _mm512_slli_epi64(_mm512_sub_epi64(eight, _mm512_min_epu64(n, eight)), 3);
    __m512i head = _mm512_and_si512(_mm512_i64gather_epi64(at, p, 1), _mm512_srlv_epi64(ones, cut));
    __m512i back = _mm512_sub_epi64(_mm512_add_epi64(at, n), eight);
    __mmask8 longer = _mm512_cmpgt_epu64_mask(n, eight);
    __m512i tail = _mm512_mask_i64gather_epi64(_mm512_setzero_si512(), longer, back, p, 1);
    head = _mm512_or_si512(head, fold);
    put_stems_wide(entry, n, head, stems);
    head = _mm512_mullo_epi64(head, _mm512_set1_epi64((long long)0x9E3779B97F4A7C15u));
    tail = _mm512_mullo_epi64(_mm512_add_epi64(_mm512_or_si512(tail, fold), n),
                              _mm512_set1_epi64((long long)0xC2B2AE3D27D4EB4Fu));
    __m512i h = _mm512_xor_si512(head, tail);
    h = _mm512_mullo_epi64(_mm512_xor_si512(h, _mm512_srli_epi64(h, 29)),
                           _mm512_set1_epi64((long long)0x165667B19E3779F9u));
    __mmask8 number =
        _mm512_test_epi64_mask(entry, _mm512_set1_epi64((long long)BOILERPLATE_WORD_NUMBER << 56));
    __m512i by_length = _mm512_mullo_epi64(_mm512_add_epi64(n, _mm512_set1_epi64(1)),
                                           _mm512_set1_epi64((long long)0x9E3779B9u));
    h = _mm512_mask_mov_epi64(_mm512_srli_epi64(h, 32), number, by_length);
    _mm256_storeu_si256((__m256i *)(void *)out, _mm512_cvtepi64_epi32(h));
}
#endif

#endif
