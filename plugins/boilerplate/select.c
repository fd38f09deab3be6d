#include "select.h"

typedef struct {
    size_t (*words)(const uint32_t *hash, size_t n, const uint64_t *bits, unsigned shift,
                    uint32_t *out);
    size_t (*pairs)(const uint32_t *hash, size_t n, const uint64_t *bits, unsigned shift,
                    uint32_t *out);
    void (*weights)(const uint32_t *hash, size_t n, const int8_t *table, unsigned shift,
                    int8_t *words, int8_t *pairs, int32_t *sums);
    void (*triples)(const uint32_t *hash, size_t n, uint32_t mask, uint32_t *out);
    size_t (*equal)(const uint32_t *hash, size_t n, const uint32_t wanted[3], uint32_t *out);
    size_t (*stems)(const uint32_t *stem, size_t n, uint32_t mask, uint16_t *slots,
                    uint32_t *owner);
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
                          int8_t *words, int8_t *pairs, int32_t *sums)
{
    sums[0] = 0;
    for (size_t k = 0; k < n; k++) {
        words[k] = table[hash[k] >> shift];
        pairs[k] = table[boilerplate_hash_pair(hash[k], hash[k + 1]) >> shift];
        sums[k + 1] = sums[k] + (int32_t)words[k] + (int32_t)pairs[k];
    }
}

static void triples_plain(const uint32_t *h, size_t n, uint32_t mask, uint32_t *out)
{
    for (size_t k = 0; k < n; k++) {
        uint32_t two = (h[k] * 0x9E3779B1u ^ h[k + 1]) * 0x85EBCA6Bu;
        out[k] = ((two ^ h[k + 2]) * 0xC2B2AE35u >> 7) & mask;
    }
}

static size_t equal_plain(const uint32_t *hash, size_t n, const uint32_t wanted[3], uint32_t *out)
{
    size_t found = 0;
    for (size_t k = 0; k < n; k++) {
        out[found] = (uint32_t)k;
        found += hash[k] == wanted[0] || hash[k] == wanted[1] || hash[k] == wanted[2];
    }
    return found;
}

static size_t stems_plain(const uint32_t *stem, size_t n, uint32_t mask, uint16_t *slots,
                          uint32_t *owner)
{
    size_t found = 0;
    uint32_t sum = 0;
    for (size_t k = 0; k < n; k++) {
        sum += owner[k];
        slots[found] = (uint16_t)(stem[k] >> 1 & mask);
        owner[found] = sum;
        found += stem[k] != 0;
    }
    return found;
}

static const select_path plain = {words_plain,   pairs_plain, weights_plain,
                                  triples_plain, equal_plain, stems_plain};

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

/* A set of 512 bits stays in a register. */
WIDE static size_t few_words_wide(const uint32_t *hash, size_t n, const uint64_t bits[8],
                                  uint32_t *out)
{
    const __m512i all = _mm512_loadu_si512(bits), one = _mm512_set1_epi32(1);
    size_t found = 0;
    for (size_t k = 0; k < n; k += LANES) {
        __m512i at = _mm512_srli_epi32(_mm512_loadu_si512(hash + k), 32 - 9);
        __m512i part = _mm512_permutexvar_epi32(_mm512_srli_epi32(at, 5), all);
        __m512i bit = _mm512_sllv_epi32(one, _mm512_and_si512(at, _mm512_set1_epi32(31)));
        found = append(out, found, k, n, _mm512_test_epi32_mask(part, bit));
    }
    return found;
}

WIDE static size_t words_wide(const uint32_t *hash, size_t n, const uint64_t *bits, unsigned shift,
                              uint32_t *out)
{
    size_t found = 0;
    if (shift == 32 - 9) return few_words_wide(hash, n, bits, out);
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

/* Each lane and all before it. */
WIDE static inline __m512i sum_lanes(__m512i v)
{
    const __m512i none = _mm512_setzero_si512();
    v = _mm512_add_epi32(v, _mm512_alignr_epi32(v, none, 15));
    v = _mm512_add_epi32(v, _mm512_alignr_epi32(v, none, 14));
    v = _mm512_add_epi32(v, _mm512_alignr_epi32(v, none, 12));
    return _mm512_add_epi32(v, _mm512_alignr_epi32(v, none, 8));
}

/* The weights are fetched one by one, which is quicker than to gather them, and summed later:
 * bytes just written one by one cannot be read together at once. */
WIDE static void weights_wide(const uint32_t *hash, size_t n, const int8_t *table, unsigned shift,
                              int8_t *words, int8_t *pairs, int32_t *sums)
{
    const __m128i by = _mm_cvtsi32_si128((int)shift);
    __m512i sum = _mm512_setzero_si512();
    for (size_t k = 0; k < n; k += LANES) {
        uint32_t at[2 * LANES];
        _mm512_storeu_si512(at, _mm512_srl_epi32(_mm512_loadu_si512(hash + k), by));
        _mm512_storeu_si512(at + LANES, _mm512_srl_epi32(pairs_of(hash + k), by));
#pragma GCC unroll 16
        for (unsigned i = 0; i < LANES; i++) {
            words[k + i] = table[at[i]];
            pairs[k + i] = table[at[LANES + i]];
        }
    }
    sums[0] = 0;
    for (size_t k = 0; k < n; k += LANES) {
        __m512i word = _mm512_cvtepi8_epi32(_mm_loadu_si128((const __m128i *)(void *)(words + k)));
        __m512i pair = _mm512_cvtepi8_epi32(_mm_loadu_si128((const __m128i *)(void *)(pairs + k)));
        sum = _mm512_add_epi32(sum, sum_lanes(_mm512_add_epi32(word, pair)));
        _mm512_storeu_si512(sums + k + 1, sum);
        sum = _mm512_permutexvar_epi32(_mm512_set1_epi32(LANES - 1), sum);
    }
}

WIDE static void triples_wide(const uint32_t *hash, size_t n, uint32_t mask, uint32_t *out)
{
    const __m512i within = _mm512_set1_epi32((int)mask);
    for (size_t k = 0; k < n; k += LANES) {
        __m512i h =
            _mm512_mullo_epi32(_mm512_loadu_si512(hash + k), _mm512_set1_epi32((int)0x9E3779B1u));
        h = _mm512_xor_si512(h, _mm512_loadu_si512(hash + k + 1));
        h = _mm512_mullo_epi32(h, _mm512_set1_epi32((int)0x85EBCA6Bu));
        h = _mm512_xor_si512(h, _mm512_loadu_si512(hash + k + 2));
        h = _mm512_mullo_epi32(h, _mm512_set1_epi32((int)0xC2B2AE35u));
        _mm512_storeu_si512(out + k, _mm512_and_si512(_mm512_srli_epi32(h, 7), within));
    }
}

WIDE static size_t equal_wide(const uint32_t *hash, size_t n, const uint32_t wanted[3],
                              uint32_t *out)
{
    size_t found = 0;
    for (size_t k = 0; k < n; k += LANES) {
        __m512i h = _mm512_loadu_si512(hash + k);
        __mmask16 lanes = 0;
        for (unsigned w = 0; w < 3; w++)
            lanes |= _mm512_cmpeq_epi32_mask(h, _mm512_set1_epi32((int)wanted[w]));
        if (lanes) found = append(out, found, k, n, lanes);
    }
    return found;
}

WIDE static size_t stems_wide(const uint32_t *stem, size_t n, uint32_t mask, uint16_t *slots,
                              uint32_t *owner)
{
    const __m512i within = _mm512_set1_epi32((int)mask);
    __m512i sum = _mm512_setzero_si512();
    size_t found = 0;
    for (size_t k = 0; k < n; k += LANES) { /* stems behind the last are 0 */
        __m512i v = _mm512_loadu_si512(stem + k);
        __m512i rows = _mm512_add_epi32(sum, sum_lanes(_mm512_loadu_si512(owner + k)));
        sum = _mm512_permutexvar_epi32(_mm512_set1_epi32(LANES - 1), rows);
        __mmask16 has = _mm512_test_epi32_mask(v, v);
        v = _mm512_maskz_compress_epi32(has, _mm512_and_si512(_mm512_srli_epi32(v, 1), within));
        _mm256_storeu_si256((__m256i *)(void *)(slots + found), _mm512_cvtepi32_epi16(v));
        _mm512_storeu_si512(owner + found, _mm512_maskz_compress_epi32(has, rows));
        found += (unsigned)__builtin_popcount(has);
    }
    return found;
}

static const select_path wide = {words_wide,   pairs_wide, weights_wide,
                                 triples_wide, equal_wide, stems_wide};
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
                                int8_t *words, int8_t *pairs, int32_t *sums)
{
    choose_path()->weights(text->hashes, text->word_count, table, shift, words, pairs, sums);
}

void boilerplate_select_triples(const boilerplate_text *text, uint32_t mask, uint32_t *out)
{
    choose_path()->triples(text->hashes, text->word_count, mask, out);
}

size_t boilerplate_select_equal(const boilerplate_text *text, const uint32_t wanted[3],
                                uint32_t *out)
{
    return choose_path()->equal(text->hashes, text->word_count, wanted, out);
}

size_t boilerplate_select_stems(const boilerplate_text *text, uint32_t mask, uint16_t *slots,
                                uint32_t *owner)
{
    return choose_path()->stems(text->stems, text->word_count, mask, slots, owner);
}
