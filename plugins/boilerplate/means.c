/* boilerplate/means: means and rates over the rows around each row, from running sums, sixteen rows
 * at once where the machine can. */
#include "fill.h"

/* Of rows from `at` to before `end`. */
static void means_plain(uint8_t *out, const uint32_t *sum, size_t n, size_t at, size_t end,
                        const boilerplate_window *w)
{
    for (size_t i = at; i < end; i++) {
        size_t from = i >= w->reach ? i - w->reach : 0;
        size_t to = i + w->reach + 1 < n ? i + w->reach + 1 : n;
        uint32_t mean = (sum[to] - sum[from]) * w->times / (uint32_t)(to - from);
        out[i] = (uint8_t)(w->scaled ? boilerplate_scale(mean) : mean);
    }
}

static void rates_plain(uint8_t *out, const uint32_t *part, const uint32_t *whole, size_t n,
                        size_t at, size_t end, uint32_t reach)
{
    for (size_t i = at; i < end; i++) {
        size_t from = i >= reach ? i - reach : 0, to = i + reach + 1 < n ? i + reach + 1 : n;
        uint32_t rate = (part[to] - part[from]) * 64 / (whole[to] - whole[from] + 8);
        out[i] = (uint8_t)(rate < 63 ? rate : 63);
    }
}

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define WIDE __attribute__((target("avx512f,avx512cd")))

/* boilerplate_scale of numbers below 65,536 */
WIDE static inline __m512i scale_wide(__m512i v)
{
    const __m512i three = _mm512_set1_epi32(3), eight = _mm512_set1_epi32(8);
    __m512i octave = _mm512_sub_epi32(_mm512_set1_epi32(31), _mm512_lzcnt_epi32(v));
    __m512i quarter = _mm512_srlv_epi32(v, _mm512_sub_epi32(octave, _mm512_set1_epi32(2)));
    __m512i scaled = _mm512_slli_epi32(_mm512_sub_epi32(octave, three), 2);
    scaled = _mm512_add_epi32(_mm512_add_epi32(scaled, eight), _mm512_and_si512(quarter, three));
    return _mm512_mask_mov_epi32(scaled, _mm512_cmplt_epu32_mask(v, eight), v);
}

/* Of rows that have all others around, sixteen by sixteen; returns the first that is left. A sum is
 * divided by multiplying with 2^20 / whole, rounded up: exact, as sums times whole stay below
 * 2^20. */
WIDE static size_t means_wide(uint8_t *out, const uint32_t *sum, size_t n,
                              const boilerplate_window *w)
{
    enum { LANES = 16, BITS = 20 };
    const uint32_t whole = 2 * w->reach + 1;
    const __m512i by =
        _mm512_set1_epi32((int)((((uint32_t)1 << BITS) + whole - 1) / whole * w->times));
    size_t i = w->reach;
    for (; i + LANES + w->reach <= n; i += LANES) {
        __m512i all = _mm512_sub_epi32(_mm512_loadu_si512(sum + i + w->reach + 1),
                                       _mm512_loadu_si512(sum + i - w->reach));
        __m512i mean = _mm512_srli_epi32(_mm512_mullo_epi32(all, by), BITS);
        if (w->scaled) mean = scale_wide(mean);
        _mm_storeu_si128((__m128i *)(void *)(out + i), _mm512_cvtepi32_epi8(mean));
    }
    return i;
}

/* Sums stay below 2^18, so that a quotient in single precision never rounds up to a whole
 * number. */
WIDE static size_t rates_wide(uint8_t *out, const uint32_t *part, const uint32_t *whole, size_t n,
                              uint32_t reach)
{
    enum { LANES = 16 };
    size_t i = reach;
    for (; i + LANES + reach <= n; i += LANES) {
        __m512i all = _mm512_sub_epi32(_mm512_loadu_si512(whole + i + reach + 1),
                                       _mm512_loadu_si512(whole + i - reach));
        __m512i some = _mm512_sub_epi32(_mm512_loadu_si512(part + i + reach + 1),
                                        _mm512_loadu_si512(part + i - reach));
        all = _mm512_add_epi32(all, _mm512_set1_epi32(8));
        __m512 rate =
            _mm512_div_ps(_mm512_cvtepi32_ps(_mm512_slli_epi32(some, 6)), _mm512_cvtepi32_ps(all));
        __m512i most = _mm512_min_epu32(_mm512_cvttps_epi32(rate), _mm512_set1_epi32(63));
        _mm_storeu_si128((__m128i *)(void *)(out + i), _mm512_cvtepi32_epi8(most));
    }
    return i;
}
#endif

void boilerplate_fill_rates(uint8_t *out, const uint32_t *part, const uint32_t *whole, size_t n,
                            uint32_t reach)
{
    size_t first = reach < n ? reach : n, next = first;
#if defined(__x86_64__) && defined(__GNUC__)
    if (__builtin_cpu_supports("avx512cd")) next = rates_wide(out, part, whole, n, reach);
#endif
    rates_plain(out, part, whole, n, 0, first, reach);
    rates_plain(out, part, whole, n, next, n, reach);
}

void boilerplate_fill_means(uint8_t *out, const uint32_t *sum, size_t n, boilerplate_window window)
{
    size_t first = window.reach < n ? window.reach : n, next = first;
#if defined(__x86_64__) && defined(__GNUC__)
    if (__builtin_cpu_supports("avx512cd")) next = means_wide(out, sum, n, &window);
#endif
    means_plain(out, sum, n, 0, first, &window);
    means_plain(out, sum, n, next, n, &window);
}
