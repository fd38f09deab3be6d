/* boilerplate/shape_wide: the shapes of 64 rows at once. What the reader counted of each row lies
 * side by side in it; 64 rows of such counts, as bytes, are turned into columns, and from there on
 * each feature is a few operations on vectors. Rows that count more than a byte holds, and what
 * needs a look at the text (dates, labels, addresses), are left to the functions in shape.c, which
 * includes this; both see the same (tested). */
#ifndef BOILERPLATE_SHAPE_WIDE_H
#define BOILERPLATE_SHAPE_WIDE_H

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>

#define WIDE __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi,bmi,bmi2,popcnt")))

static inline bool has_wide(void)
{
    return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("bmi2");
}

/* Counts by number, as they lie in a row: the classes, then these. */
enum {
    COUNT_CHARACTERS = BOILERPLATE_CLASSES,
    COUNT_SENTENCES,
    COUNT_CAPITALS,
    COUNT_NUMBERS,
    COUNT_SHORTS = BOILERPLATE_CLASSES + 7,
    COUNTS
};
_Static_assert(COUNTS == 32 && offsetof(boilerplate_row, shorts) == 2 * COUNT_SHORTS &&
                   offsetof(boilerplate_row, numbers) == 2 * COUNT_NUMBERS &&
                   offsetof(boilerplate_row, capitals) == 2 * COUNT_CAPITALS &&
                   offsetof(boilerplate_row, sentences) == 2 * COUNT_SENTENCES &&
                   offsetof(boilerplate_row, characters) == 2 * COUNT_CHARACTERS,
               "a row begins with its counts, 16 bits each");

/* What 64 rows have, at most 255 each. */
typedef struct {
    uint8_t count[COUNTS][TILE];
    uint8_t words[TILE], longest[TILE], opening[TILE], ending[TILE];
    uint8_t blank[TILE + 1]; /* before the row; of the one behind, too */
    uint8_t beyond[TILE];    /* bytes beyond one a character */
} rows_wide;

static inline uint8_t at_most_byte(uint32_t n)
{
    return (uint8_t)(n < 255 ? n : 255);
}

/* 64 rows of 32 bytes become 32 columns: each step parts columns by one more bit of their number
 * and brings rows together whose numbers differ in one. */
WIDE static void turn_wide(const uint8_t *rows, uint8_t *columns)
{
    uint8_t spare[COUNTS * TILE];
    const __m512i even = _mm512_set_epi8(
        126, 124, 122, 120, 118, 116, 114, 112, 110, 108, 106, 104, 102, 100, 98, 96, 94, 92, 90,
        88, 86, 84, 82, 80, 78, 76, 74, 72, 70, 68, 66, 64, 62, 60, 58, 56, 54, 52, 50, 48, 46, 44,
        42, 40, 38, 36, 34, 32, 30, 28, 26, 24, 22, 20, 18, 16, 14, 12, 10, 8, 6, 4, 2, 0);
    const __m512i odd = _mm512_add_epi8(even, _mm512_set1_epi8(1));
    for (unsigned step = 0; step < 5; step++) {
        const uint8_t *from = step == 0 ? rows : step & 1 ? columns : spare;
        uint8_t *to = step & 1 ? spare : columns;
        for (unsigned k = 0; k < COUNTS / 2; k++) {
            __m512i a = _mm512_loadu_si512(from + 2 * k * TILE);
            __m512i b = _mm512_loadu_si512(from + (2 * k + 1) * TILE);
            _mm512_storeu_si512(to + k * TILE, _mm512_permutex2var_epi8(a, even, b));
            _mm512_storeu_si512(to + (k + COUNTS / 2) * TILE, _mm512_permutex2var_epi8(a, odd, b));
        }
    }
}

WIDE static inline void gather_wide(const boilerplate_text *t, size_t at, size_t n, rows_wide *out)
{
    uint8_t rows[TILE * COUNTS];
    for (size_t i = 0; i < n; i++) {
        const boilerplate_row *row = &t->rows[at + i];
        _mm256_storeu_si256((__m256i *)(void *)(rows + i * COUNTS),
                            _mm512_cvtusepi16_epi8(_mm512_loadu_si512(row->count)));
        out->words[i] = at_most_byte(row->words);
        out->longest[i] = at_most_byte(row->longest);
        out->opening[i] = row->first;
        out->ending[i] = row->ending;
        out->blank[i] = row->blank_before;
        out->beyond[i] = at_most_byte(row->end - row->start - row->characters);
    }
    out->blank[n] = at + n < t->row_count && t->rows[at + n].blank_before;
    memset(rows + n * COUNTS, 0, (TILE - n) * COUNTS);
    turn_wide(rows, out->count[0]);
}

/* boilerplate_scale of bytes */
WIDE static inline __m512i scale_wide(__m512i v)
{
    const uint8_t *scale = boilerplate_small_scale;
    __m512i low =
        _mm512_permutex2var_epi8(_mm512_loadu_si512(scale), v, _mm512_loadu_si512(scale + 64));
    __m512i high = _mm512_permutex2var_epi8(_mm512_loadu_si512(scale + 128), v,
                                            _mm512_loadu_si512(scale + 192));
    return _mm512_mask_mov_epi8(low, _mm512_movepi8_mask(v), high);
}

/* 1 / n of bytes, as numbers of single precision; of 0 as of 1. */
typedef struct {
    __m512 of[4];
} inverse_wide;

WIDE static inline __m128i sixteen_wide(__m512i v, unsigned k)
{
    return k == 0   ? _mm512_castsi512_si128(v)
           : k == 1 ? _mm512_extracti32x4_epi32(v, 1)
           : k == 2 ? _mm512_extracti32x4_epi32(v, 2)
                    : _mm512_extracti32x4_epi32(v, 3);
}

WIDE static inline inverse_wide invert_wide(__m512i v)
{
    inverse_wide inverse;
    v = _mm512_max_epu8(v, _mm512_set1_epi8(1));
#pragma GCC unroll 4
    for (unsigned k = 0; k < 4; k++)
        inverse.of[k] = _mm512_div_ps(_mm512_set1_ps(1),
                                      _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(sixteen_wide(v, k))));
    return inverse;
}

/* times * v / whole, rounded down, 255 at most. Quotients that are not whole lie 1/255 from whole
 * numbers at least, so that a little more puts right what rounding took. */
WIDE static inline __m512i quotient_wide(__m512i v, const inverse_wide *whole, float times)
{
    const __m512 little = _mm512_set1_ps(1.0f / 1024);
    __m512i all = _mm512_setzero_si512();
#pragma GCC unroll 4
    for (unsigned k = 0; k < 4; k++) {
        __m512 part = _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(sixteen_wide(v, k)));
        part = _mm512_mul_ps(_mm512_mul_ps(part, _mm512_set1_ps(times)), whole->of[k]);
        __m128i bytes = _mm512_cvtusepi32_epi8(_mm512_cvttps_epi32(_mm512_add_ps(part, little)));
        all = k == 0   ? _mm512_castsi128_si512(bytes)
              : k == 1 ? _mm512_inserti32x4(all, bytes, 1)
              : k == 2 ? _mm512_inserti32x4(all, bytes, 2)
                       : _mm512_inserti32x4(all, bytes, 3);
    }
    return all;
}

WIDE static inline __m512i share_wide(__m512i part, __m512i whole, const inverse_wide *inverse)
{
    return quotient_wide(_mm512_min_epu8(part, whole), inverse, 16);
}

WIDE static inline __m512i least_wide(__m512i v, int most)
{
    return _mm512_min_epu8(v, _mm512_set1_epi8((char)most));
}

WIDE static inline __m512i script_wide(const rows_wide *rows, __m512i letters, __m512i ideo,
                                       __m512i other)
{
    __m512i half = _mm512_and_si512(_mm512_srli_epi16(letters, 1), _mm512_set1_epi8(0x7F));
    __m512i script = _mm512_maskz_set1_epi8(_mm512_test_epi8_mask(letters, letters), 1);
    uint64_t two = _mm512_cmpgt_epu8_mask(_mm512_loadu_si512(rows->beyond), half);
    uint64_t has = _mm512_test_epi8_mask(letters, letters);
    script = _mm512_mask_mov_epi8(script, two & has, _mm512_set1_epi8(2));
    /* n * 2 > letters, where n is at most letters: n is above its half, rounded down */
    script = _mm512_mask_mov_epi8(script, _mm512_cmpgt_epu8_mask(other, half), _mm512_set1_epi8(3));
    return _mm512_mask_mov_epi8(script, _mm512_cmpgt_epu8_mask(ideo, half), _mm512_set1_epi8(4));
}

/* Fills the columns of n rows from `at` on but for dates, labels and addresses' words. Returns
 * which rows are to be filled one by one. */
WIDE static uint64_t fill_tile_wide(const boilerplate_filler *f, size_t at, size_t n,
                                    rows_wide *rows)
{
    const __mmask64 lanes = n < TILE ? ((uint64_t)1 << n) - 1 : ~(uint64_t)0;
#define COUNT(name)    _mm512_loadu_si512(rows->count[BOILERPLATE_##name])
#define COUNT_OF(name) _mm512_loadu_si512(rows->count[COUNT_##name])
#define SET_WIDE(name, value) \
    _mm512_mask_storeu_epi8(f->base + BOILERPLATE_F_##name * f->stride + at, lanes, value)
    gather_wide(f->text, at, n, rows);
    const __m512i none = _mm512_setzero_si512();
    __m512i words = _mm512_loadu_si512(rows->words), characters = COUNT_OF(CHARACTERS);
    __m512i lower = COUNT(LOWER), upper = COUNT(UPPER), digit = COUNT(DIGIT);
    __m512i ideo = COUNT(IDEO), other = COUNT(LETTER), cased = _mm512_adds_epu8(lower, upper);
    __m512i letters = _mm512_adds_epu8(cased, _mm512_adds_epu8(ideo, other));
    __m512i plain = _mm512_adds_epu8(letters, digit);
    inverse_wide by_words = invert_wide(words), by_characters = invert_wide(characters);
    inverse_wide by_cased = invert_wide(cased);
    SET_WIDE(words, scale_wide(words));
    SET_WIDE(characters, scale_wide(characters));
    __m512i length = least_wide(quotient_wide(plain, &by_words, 4), 63);
    SET_WIDE(word_length, _mm512_maskz_mov_epi8(_mm512_test_epi8_mask(words, words), length));
    SET_WIDE(longest, least_wide(_mm512_loadu_si512(rows->longest), 40));
    SET_WIDE(capitals, share_wide(COUNT_OF(CAPITALS), words, &by_words));
    SET_WIDE(uppers, share_wide(upper, cased, &by_cased));
    SET_WIDE(shorts, share_wide(COUNT_OF(SHORTS), words, &by_words));
    SET_WIDE(numbers, share_wide(COUNT_OF(NUMBERS), words, &by_words));
    SET_WIDE(digits, share_wide(digit, characters, &by_characters));
    __m512i known = _mm512_adds_epu8(plain, _mm512_adds_epu8(COUNT(SPACE), COUNT(MARK)));
    SET_WIDE(marks, share_wide(_mm512_subs_epu8(characters, known), characters, &by_characters));
    SET_WIDE(sentences, least_wide(COUNT_OF(SENTENCES), 15));
    SET_WIDE(commas, least_wide(COUNT(COMMA), 15));
    SET_WIDE(separators, least_wide(COUNT(SEP), 15));
    SET_WIDE(dashes, least_wide(COUNT(DASH), 15));
    SET_WIDE(ending, _mm512_loadu_si512(rows->ending));
    SET_WIDE(opening, _mm512_loadu_si512(rows->opening));
    SET_WIDE(address, least_wide(_mm512_adds_epu8(COUNT(AT), COUNT(HASH)), 15));
    SET_WIDE(code, least_wide(COUNT(CODE), 15));
    SET_WIDE(rights, least_wide(COUNT(RIGHTS), 3));
    __m512i open = COUNT(OPEN), close = COUNT(CLOSE), quote = COUNT(QUOTE);
    SET_WIDE(quotes, least_wide(_mm512_adds_epu8(open, quote), 15));
    uint64_t odd = _mm512_test_epi8_mask(quote, _mm512_set1_epi8(1));
    __m512i unclosed = _mm512_maskz_set1_epi8(odd, 3);
    unclosed =
        _mm512_mask_mov_epi8(unclosed, _mm512_cmpgt_epu8_mask(open, close), _mm512_set1_epi8(1));
    unclosed =
        _mm512_mask_mov_epi8(unclosed, _mm512_cmpgt_epu8_mask(close, open), _mm512_set1_epi8(2));
    SET_WIDE(unclosed, unclosed);
    SET_WIDE(date, none);
    SET_WIDE(label, none);
    __m512i behind = _mm512_loadu_si512(rows->blank + 1);
    SET_WIDE(blank,
             _mm512_add_epi8(_mm512_loadu_si512(rows->blank), _mm512_add_epi8(behind, behind)));
    SET_WIDE(script, script_wide(rows, letters, ideo, other));
    return _mm512_mask_cmpeq_epi8_mask(lanes, characters, _mm512_set1_epi8((char)255));
#undef COUNT
#undef COUNT_OF
#undef SET_WIDE
}

/* Which of 64 bytes are not 0. */
WIDE static inline uint64_t some_wide(const uint8_t *p)
{
    __m512i v = _mm512_loadu_si512(p);
    return _mm512_test_epi8_mask(v, v);
}

/* All rows; `may`: words that addresses may begin with, up to UINT32_MAX. */
WIDE static void fill_shape_wide(boilerplate_filler *f, const uint32_t *may)
{
    static const uint32_t none = UINT32_MAX;
    const boilerplate_text *t = f->text;
    for (size_t at = 0; at < t->row_count; at += TILE) {
        size_t n = t->row_count - at < TILE ? t->row_count - at : TILE;
        rows_wide rows;
        uint64_t large = fill_tile_wide(f, at, n, &rows);
        for (uint64_t rest = some_wide(rows.count[COUNT_NUMBERS]); rest; rest = _blsr_u64(rest)) {
            size_t i = at + (size_t)_tzcnt_u64(rest);
            PUT(f, i, date, row_date(t, &t->rows[i]));
        }
        for (uint64_t rest = some_wide(rows.count[BOILERPLATE_COLON]); rest;
             rest = _blsr_u64(rest)) {
            size_t i = at + (size_t)_tzcnt_u64(rest);
            PUT(f, i, label, row_label(t, &t->rows[i]));
        }
        for (; large; large = _blsr_u64(large)) {
            size_t i = at + (size_t)_tzcnt_u64(large);
            uint8_t tile[TILE_COLUMNS * TILE];
            fill_row(t, i, &none, tile);
            for (unsigned k = 0; k < TILE_COLUMNS; k++) f->base[k * f->stride + i] = tile[k * TILE];
        }
        for (size_t i = at; i < at + n && *may != UINT32_MAX; i++) {
            const boilerplate_row *row = &t->rows[i];
            if (*may < row->word + row->words) PUT(f, i, address, row_address(t, row, may));
            while (*may < row->word + row->words) may++;
        }
    }
}
#endif

#endif
