/* UTF-8 validation 32 bytes a step, after Keiser and Lemire, "Validating UTF-8 in less than one
 * instruction per byte" (2021): what may follow what is decided by three lookups of half bytes,
 * each of which gives a set of possible errors; where the three agree there is one. Only used where
 * the machine has AVX2. */
#ifndef TAMIS_CORE_UTF8_AVX2_H
#define TAMIS_CORE_UTF8_AVX2_H

#if defined(__x86_64__) && defined(__GNUC__)
#define UTF8_AVX2 1
#include <immintrin.h>

enum {
    TOO_SHORT = 1,   /* a lead byte without its continuation */
    TOO_LONG = 2,    /* a continuation behind ASCII */
    OVERLONG_3 = 4,  /* E0 80..9F */
    TOO_LARGE = 8,   /* above U+10FFFF */
    SURROGATE = 16,  /* ED A0..BF */
    OVERLONG_2 = 32, /* C0, C1 */
    OVERLONG_4 = 64, /* F0 80..8F; and F5 80..8F and up, too large */
    TWO_TAILS = 128, /* two continuations: right only in longer sequences */
    ANY_LOW = TOO_SHORT | TOO_LONG | TWO_TAILS
};

/* Sixteen entries for each half of a register. */
#define TABLE(...)               \
    _mm256_broadcastsi128_si256( \
        _mm_loadu_si128((const __m128i *)(const void *)(const uint8_t[16]){__VA_ARGS__}))

__attribute__((target("avx2"))) static inline __m256i utf8_before(__m256i now, __m256i last, int n)
{
    __m256i middle = _mm256_permute2x128_si256(last, now, 0x21);
    return n == 1   ? _mm256_alignr_epi8(now, middle, 15)
           : n == 2 ? _mm256_alignr_epi8(now, middle, 14)
                    : _mm256_alignr_epi8(now, middle, 13);
}

/* The errors of 32 bytes, given the 32 before them. */
__attribute__((target("avx2"))) static inline __m256i utf8_errors(__m256i now, __m256i last)
{
    const __m256i first_high =
        TABLE(TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG,
              TWO_TAILS, TWO_TAILS, TWO_TAILS, TWO_TAILS, TOO_SHORT | OVERLONG_2, TOO_SHORT,
              TOO_SHORT | OVERLONG_3 | SURROGATE, TOO_SHORT | TOO_LARGE | OVERLONG_4);
    const __m256i first_low =
        TABLE(ANY_LOW | OVERLONG_2 | OVERLONG_3 | OVERLONG_4, ANY_LOW | OVERLONG_2, ANY_LOW,
              ANY_LOW, ANY_LOW | TOO_LARGE, ANY_LOW | TOO_LARGE | OVERLONG_4,
              ANY_LOW | TOO_LARGE | OVERLONG_4, ANY_LOW | TOO_LARGE | OVERLONG_4,
              ANY_LOW | TOO_LARGE | OVERLONG_4, ANY_LOW | TOO_LARGE | OVERLONG_4,
              ANY_LOW | TOO_LARGE | OVERLONG_4, ANY_LOW | TOO_LARGE | OVERLONG_4,
              ANY_LOW | TOO_LARGE | OVERLONG_4, ANY_LOW | TOO_LARGE | OVERLONG_4 | SURROGATE,
              ANY_LOW | TOO_LARGE | OVERLONG_4, ANY_LOW | TOO_LARGE | OVERLONG_4);
    const __m256i second_high =
        TABLE(TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT,
              TOO_SHORT, TOO_LONG | OVERLONG_2 | TWO_TAILS | OVERLONG_3 | OVERLONG_4,
              TOO_LONG | OVERLONG_2 | TWO_TAILS | OVERLONG_3 | TOO_LARGE,
              TOO_LONG | OVERLONG_2 | TWO_TAILS | SURROGATE | TOO_LARGE,
              TOO_LONG | OVERLONG_2 | TWO_TAILS | SURROGATE | TOO_LARGE, TOO_SHORT, TOO_SHORT,
              TOO_SHORT, TOO_SHORT);
    const __m256i low_half = _mm256_set1_epi8(0x0F);
    __m256i one = utf8_before(now, last, 1);
    __m256i high = _mm256_and_si256(_mm256_srli_epi16(one, 4), low_half);
    __m256i next = _mm256_and_si256(_mm256_srli_epi16(now, 4), low_half);
    __m256i found = _mm256_and_si256(
        _mm256_and_si256(_mm256_shuffle_epi8(first_high, high),
                         _mm256_shuffle_epi8(first_low, _mm256_and_si256(one, low_half))),
        _mm256_shuffle_epi8(second_high, next));
    /* Two and three bytes behind a longer lead a continuation is due: there TWO_TAILS is no error,
     * and its absence is one. */
    __m256i third = _mm256_subs_epu8(utf8_before(now, last, 2), _mm256_set1_epi8(0xE0 - 0x80));
    __m256i fourth =
        _mm256_subs_epu8(utf8_before(now, last, 3), _mm256_set1_epi8((char)(0xF0 - 0x80)));
    __m256i due = _mm256_and_si256(_mm256_or_si256(third, fourth), _mm256_set1_epi8((char)0x80));
    return _mm256_xor_si256(due, found);
}

/* How many bytes from p on are known to be valid, cut at the beginning of a sequence. What follows
 * may be valid too: the caller goes on byte by byte. */
__attribute__((target("avx2"))) static size_t utf8_valid_avx2(const char *p, size_t n)
{
    __m256i last = _mm256_setzero_si256();
    bool open = false; /* `last` held more than ASCII */
    size_t i = 0;
    for (; i + 64 <= n; i += 64) {
        __m256i a = _mm256_loadu_si256((const __m256i *)(const void *)(p + i));
        __m256i b = _mm256_loadu_si256((const __m256i *)(const void *)(p + i + 32));
        if (!open && _mm256_movemask_epi8(_mm256_or_si256(a, b)) == 0) continue;
        __m256i errors = _mm256_or_si256(utf8_errors(a, last), utf8_errors(b, a));
        if (!_mm256_testz_si256(errors, errors)) break;
        last = b;
        open = _mm256_movemask_epi8(b) != 0;
        if (!open) last = _mm256_setzero_si256();
    }
    size_t tail = 0;
    while (tail < 3 && tail < i && utf8_is_continuation((unsigned char)p[i - tail - 1])) tail++;
    if (tail < i && (unsigned char)p[i - tail - 1] >= 0xC0) return i - tail - 1;
    return i;
}
#undef TABLE
#endif
#endif
