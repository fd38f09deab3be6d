#include "select.h"

typedef struct {
    size_t (*words)(const uint32_t *hash, size_t n, const uint64_t *bits, unsigned shift,
                    uint32_t *out);
    size_t (*pairs)(const uint32_t *hash, size_t n, const uint64_t *bits, unsigned shift,
                    uint32_t *out);
    void (*weights)(const uint32_t *hash, size_t n, const int8_t *table, unsigned shift,
                    int8_t *words, int8_t *pairs);
} select_path;

/* ------------------------------------------------------------------ one by one */

static bool has_bit(const uint64_t *bits, uint32_t at)
{
    return bits[at >> 6] >> (at & 63) & 1;
}

static size_t words_plain(const uint32_t *hash, size_t n, const uint64_t *bits, unsigned shift,
                          uint32_t *out)
{
    size_t found = 0;
    for (size_t k = 0; k < n; k++) {
        out[found] = (uint32_t)k;
        found += has_bit(bits, hash[k] >> shift);
    }
    return found;
}

static size_t pairs_plain(const uint32_t *hash, size_t n, const uint64_t *bits, unsigned shift,
                          uint32_t *out)
{
    size_t found = 0;
    for (size_t k = 0; k < n; k++) {
        out[found] = (uint32_t)k;
        found += has_bit(bits, boilerplate_hash_pair(hash[k], hash[k + 1]) >> shift);
    }
    return found;
}

static void weights_plain(const uint32_t *hash, size_t n, const int8_t *table, unsigned shift,
                          int8_t *words, int8_t *pairs)
{
    for (size_t k = 0; k < n; k++) {
        words[k] = table[hash[k] >> shift];
        pairs[k] = table[boilerplate_hash_pair(hash[k], hash[k + 1]) >> shift];
    }
}

static const select_path plain = {words_plain, pairs_plain, weights_plain};

/* ------------------------------------------------------------------ sixteen at once */

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define WIDE __attribute__((target("avx512f,avx512bw,avx512vl,bmi,bmi2,popcnt")))
enum { LANES = 16 };

/* Which lanes' bits are set. */
WIDE static inline __mmask16 bits_wide(const uint64_t *bits, __m512i at)
{
    __m512i part = _mm512_i32gather_epi32(_mm512_srli_epi32(at, 5), bits, 4);
    __m512i bit =
        _mm512_sllv_epi32(_mm512_set1_epi32(1), _mm512_and_si512(at, _mm512_set1_epi32(31)));
    return _mm512_test_epi32_mask(part, bit);
}

WIDE static inline __m512i pairs_of(const uint32_t *hash)
{
    __m512i first =
        _mm512_mullo_epi32(_mm512_loadu_si512(hash), _mm512_set1_epi32((int)0x9E3779B1u));
    __m512i second =
        _mm512_mullo_epi32(_mm512_loadu_si512(hash + 1), _mm512_set1_epi32((int)0x85EBCA6Bu));
    return _mm512_xor_si512(first, second);
}

/* Appends the numbers, from k on, of the lanes that are set; lanes from n on do not count. */
WIDE static inline size_t append(uint32_t *out, size_t found, size_t k, size_t n, __mmask16 lanes)
{
    const __m512i counting = _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    if (n - k < LANES) lanes &= (__mmask16)((1u << (n - k)) - 1);
    __m512i numbers = _mm512_add_epi32(counting, _mm512_set1_epi32((int)k));
    _mm512_storeu_si512(out + found, _mm512_maskz_compress_epi32(lanes, numbers));
    return found + (unsigned)__builtin_popcount(lanes);
}

WIDE static size_t words_wide(const uint32_t *hash, size_t n, const uint64_t *bits, unsigned shift,
                              uint32_t *out)
{
    size_t found = 0;
    for (size_t k = 0; k < n; k += LANES) {
        __m512i at = _mm512_srl_epi32(_mm512_loadu_si512(hash + k), _mm_cvtsi32_si128((int)shift));
        found = append(out, found, k, n, bits_wide(bits, at));
    }
    return found;
}

WIDE static size_t pairs_wide(const uint32_t *hash, size_t n, const uint64_t *bits, unsigned shift,
                              uint32_t *out)
{
    size_t found = 0;
    for (size_t k = 0; k < n; k += LANES) {
        __m512i at = _mm512_srl_epi32(pairs_of(hash + k), _mm_cvtsi32_si128((int)shift));
        found = append(out, found, k, n, bits_wide(bits, at));
    }
    return found;
}

WIDE static void weights_wide(const uint32_t *hash, size_t n, const int8_t *table, unsigned shift,
                              int8_t *words, int8_t *pairs)
{
    const __m128i by = _mm_cvtsi32_si128((int)shift);
    for (size_t k = 0; k < n; k += LANES) {
        __m512i at = _mm512_srl_epi32(_mm512_loadu_si512(hash + k), by);
        __m512i pair = _mm512_srl_epi32(pairs_of(hash + k), by);
        __m128i word = _mm512_cvtepi32_epi8(_mm512_i32gather_epi32(at, table, 1));
        _mm_storeu_si128((__m128i *)(void *)(words + k), word);
        __m128i both = _mm512_cvtepi32_epi8(_mm512_i32gather_epi32(pair, table, 1));
        _mm_storeu_si128((__m128i *)(void *)(pairs + k), both);
    }
}

static const select_path wide = {words_wide, pairs_wide, weights_wide};
#endif

static const select_path *choose_path(void)
{
#if defined(__x86_64__) && defined(__GNUC__)
    if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("bmi2"))
        return &wide;
#endif
    return &plain;
}

size_t boilerplate_select_words(const boilerplate_text *text, const uint64_t *bits, unsigned shift,
                                uint32_t *out)
{
    return choose_path()->words(text->hashes, text->word_count, bits, shift, out);
}

size_t boilerplate_select_pairs(const boilerplate_text *text, const uint64_t *bits, unsigned shift,
                                uint32_t *out)
{
    size_t n = text->word_count;
    return n < 2 ? 0 : choose_path()->pairs(text->hashes, n - 1, bits, shift, out);
}

void boilerplate_select_weights(const boilerplate_text *text, const int8_t *table, unsigned shift,
                                int8_t *words, int8_t *pairs)
{
    choose_path()->weights(text->hashes, text->word_count, table, shift, words, pairs);
}
