/* The AVX2 path: bytes are classified and ASCII folded 32 at once; characters beyond ASCII go the shared
 * way, which is short for letters of two bytes. Compiled by attribute, chosen when the machine is one. */
#include "match/scan.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2,bmi,bmi2,popcnt,lzcnt")))

static bool usable(void)
{
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2");
}

AVX2 static inline uint64_t bits_of(__m256i low, __m256i top)
{
    return (uint32_t)_mm256_movemask_epi8(low) | (uint64_t)(uint32_t)_mm256_movemask_epi8(top)
                                                     << 32;
}

/* Which bytes lie in [from, from + count). */
AVX2 static inline __m256i in_range(__m256i v, char from, char count)
{
    __m256i d = _mm256_sub_epi8(v, _mm256_set1_epi8(from));
    return _mm256_cmpeq_epi8(_mm256_min_epu8(d, _mm256_set1_epi8((char)(count - 1))), d);
}

AVX2 static void tokens(const unsigned char *p, size_t n, bool last, scan_chunk *out)
{
    scan_state state = {0};
    size_t at = 0;
    out->block_count = 0;
    const __m256i space = _mm256_set1_epi8(0x20);
    while (last ? at <= n : at + 64 <= n) {
        __m256i a = _mm256_loadu_si256((const void *)(p + at));
        __m256i b = _mm256_loadu_si256((const void *)(p + at + 32));
        __m256i a_low = _mm256_or_si256(a, space), b_low = _mm256_or_si256(b, space);
        scan_block block = {.valid = 64};
        uint64_t high = bits_of(a, b);
        block.letters = bits_of(in_range(a_low, 'a', 26), in_range(b_low, 'a', 26));
        block.digits = bits_of(in_range(a, '0', 10), in_range(b, '0', 10));
        if (high) {
            scan_high_block(p + at, last ? n + 64 - at : 64 + 4, high, &state, at, &block, out);
        } else {
            unsigned char *to = out->folded + state.folded;
            _mm256_storeu_si256((void *)to, a_low);
            _mm256_storeu_si256((void *)(to + 32), b_low);
            scan_ascii_block(&state, &block, at, out);
        }
        at += block.valid;
    }
    scan_finish(&state, at, out);
}

AVX2 static void candidates(const tamis_terms *terms, scan_chunk *chunk)
{
    scan_candidates_plain(terms, chunk);
}

const scan_path scan_avx2 = {"avx2", usable, tokens, candidates};

#else
typedef int scan_avx2_is_for_x86_64;
#endif
