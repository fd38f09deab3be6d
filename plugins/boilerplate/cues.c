#include "cues.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static tamis_str next_cell(tamis_str *line, char delimiter)
{
    const char *end = line->n ? memchr(line->p, delimiter, line->n) : NULL;
    tamis_str cell = {line->p, end ? (size_t)(end - line->p) : line->n};
    line->p += cell.n + (end ? 1 : 0);
    line->n -= cell.n + (end ? 1 : 0);
    return cell;
}

static bool read_integer(tamis_str cell, long least, long most, long *out)
{
    bool minus = cell.n && cell.p[0] == '-';
    size_t i = minus ? 1 : 0;
    long n = 0;
    if (i == cell.n) return false;
    for (; i < cell.n; i++) {
        if (cell.p[i] < '0' || cell.p[i] > '9' || n > 100000) return false;
        n = n * 10 + (cell.p[i] - '0');
    }
    *out = minus ? -n : n;
    return *out >= least && *out <= most;
}

/* feature>n, feature<n, feature@away>n */
static bool read_test(tamis_str word, boilerplate_test *test, char message[160])
{
    size_t n = 0;
    while (n < word.n && word.p[n] != '>' && word.p[n] != '<' && word.p[n] != '@') n++;
    tamis_str name = {word.p, n};
    test->feature = (uint8_t)boilerplate_feature_of(name.p, name.n);
    if (test->feature == BOILERPLATE_FEATURE_COUNT) {
        snprintf(message, 160, "no such feature: '%.*s'", (int)name.n, name.p);
        return false;
    }
    long away = 0, number = 0;
    size_t at = n;
    if (at < word.n && word.p[at] == '@') {
        while (n < word.n && word.p[n] != '>' && word.p[n] != '<') n++;
        if (!read_integer((tamis_str){word.p + at + 1, n - at - 1}, -BOILERPLATE_MARGIN,
                          BOILERPLATE_MARGIN, &away))
            n = word.n;
    }
    if (n >= word.n || !read_integer((tamis_str){word.p + n + 1, word.n - n - 1}, 0, 64, &number)) {
        snprintf(message, 160, "not a test: '%.*s' (feature>n, feature<n or feature@rows>n)",
                 (int)word.n, word.p);
        return false;
    }
    test->away = (int8_t)away;
    test->above = word.p[n] == '>';
    test->n = (uint8_t)number;
    return true;
}

static bool read_cue(tamis_str line, boilerplate_cue *cue, char message[160])
{
    memset(cue, 0, sizeof *cue);
    cue->name = next_cell(&line, '\t');
    tamis_str kind = next_cell(&line, '\t');
    cue->kind = (uint8_t)boilerplate_kind_of(kind);
    if (cue->kind == BOILERPLATE_KIND_none && !(kind.n == 1 && kind.p[0] == '-')) {
        snprintf(message, 160, "no such kind: '%.*s'", (int)kind.n, kind.p);
        return false;
    }
    for (unsigned mode = 0; mode < BOILERPLATE_MODES; mode++) {
        long weight = 0;
        if (!read_integer(next_cell(&line, '\t'), -10000, 10000, &weight)) {
            snprintf(message, 160, "a weight is no number from -10000 to 10000");
            return false;
        }
        cue->weight[mode] = (int16_t)weight;
    }
    while (line.n) {
        tamis_str word = next_cell(&line, ' ');
        if (!word.n) continue;
        if (cue->test_count == BOILERPLATE_CUE_TESTS) {
            snprintf(message, 160, "more than %d tests", BOILERPLATE_CUE_TESTS);
            return false;
        }
        boilerplate_test *test = &cue->tests[cue->test_count++];
        if (!read_test(word, test, message)) return false;
        cue->late |=
            test->feature >= BOILERPLATE_F_score && test->feature <= BOILERPLATE_F_document_kept;
    }
    return true;
}

bool boilerplate_cues_read(boilerplate_cues *self, tamis_str bytes, char message[160])
{
    unsigned number = 0;
    size_t room = 0;
    memset(self, 0, sizeof *self);
    while (bytes.n) {
        tamis_str line = next_cell(&bytes, '\n');
        if (line.n && line.p[line.n - 1] == '\r') line.n--;
        if (++number == 1 || !line.n || line.p[0] == '#') continue;
        if (self->count == room) {
            void *p = realloc(self->at, (room = room * 2 + 32) * sizeof *self->at);
            if (!p) {
                snprintf(message, 160, "no memory");
                return false;
            }
            self->at = p;
        }
        char why[160];
        boilerplate_cue *cue = &self->at[self->count++];
        if (!read_cue(line, cue, why)) {
            snprintf(message, 160, "line %u: %.140s", number, why);
            return false;
        }
        for (unsigned k = 0; k < cue->test_count; k++)
            self->foreign |= cue->tests[k].feature == BOILERPLATE_F_foreign;
    }
    return true;
}

void boilerplate_cues_free(boilerplate_cues *self)
{
    free(self->at);
    memset(self, 0, sizeof *self);
}

bool boilerplate_cue_holds(const boilerplate_cue *self, const boilerplate_columns *columns,
                           size_t row)
{
    for (unsigned k = 0; k < self->test_count; k++) {
        const boilerplate_test *t = &self->tests[k];
        uint8_t value = boilerplate_column(columns, t->feature)[(ptrdiff_t)row + t->away];
        if (t->above ? value <= t->n : value >= t->n) return false;
    }
    return true;
}

enum { BLOCK = 64 }; /* rows looked at together; the columns are padded for it */

/* The loops over blocks are written once and compiled twice: for any machine, and with AVX-512. */
#define ALWAYS static inline __attribute__((always_inline))

/* Which of 64 values are above n, or below it: bit i is value i. */
#if defined(__SSE2__)
#include <emmintrin.h>

static inline uint64_t test_base(const uint8_t *value, bool above, uint8_t n)
{
    const __m128i bound = _mm_set1_epi8((char)n), none = _mm_setzero_si128();
    uint64_t fails = 0;
    for (unsigned k = 0; k < BLOCK; k += 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(value + k));
        __m128i over = above ? _mm_subs_epu8(v, bound) : _mm_subs_epu8(bound, v);
        fails |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(over, none)) << k;
    }
    return ~fails;
}
#else
static inline uint64_t test_base(const uint8_t *value, bool above, uint8_t n)
{
    uint64_t bits = 0;
    for (unsigned k = 0; k < BLOCK; k += 8) { /* eight bytes of 0 or 1 to eight bits */
        uint8_t holds[8];
        uint64_t eight;
        for (unsigned i = 0; i < 8; i++) holds[i] = above ? value[k + i] > n : value[k + i] < n;
        memcpy(&eight, holds, 8);
        bits |= (eight * 0x0102040810204080u >> 56) << k;
    }
    return bits;
}
#endif

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define WIDE __attribute__((target("avx512f,avx512bw")))

WIDE static inline uint64_t test_wide(const uint8_t *value, bool above, uint8_t n)
{
    __m512i v = _mm512_loadu_si512(value), bound = _mm512_set1_epi8((char)n);
    return above ? _mm512_cmpgt_epu8_mask(v, bound) : _mm512_cmplt_epu8_mask(v, bound);
}
#endif

static bool has_wide(void)
{
#ifdef WIDE
    return __builtin_cpu_supports("avx512bw");
#else
    return false;
#endif
}

ALWAYS uint64_t test_block(const uint8_t *value, bool above, uint8_t n, bool wide)
{
#ifdef WIDE
    if (wide) return test_wide(value, above, n);
#endif
    (void)wide;
    return test_base(value, above, n);
}

/* Rules that may hold in this document, by what is the same in all its rows. */
typedef struct {
    const boilerplate_cue *at[BOILERPLATE_CUES_NAMED];
    size_t count;
} candidates;

/* Whether a feature is the same in all rows: the document's own, and what nobody filled. */
static bool is_constant(const boilerplate_columns *columns, unsigned feature)
{
    return feature >= BOILERPLATE_F_document_rows ||
           (!columns->outside && feature >= BOILERPLATE_F_frequency &&
            feature <= BOILERPLATE_F_within);
}

static bool may_hold(const boilerplate_cue *self, const boilerplate_columns *columns)
{
    for (unsigned k = 0; k < self->test_count; k++) {
        const boilerplate_test *t = &self->tests[k];
        if (!is_constant(columns, t->feature)) continue;
        uint8_t value = *boilerplate_column(columns, t->feature);
        if (t->above ? value <= t->n : value >= t->n) return false;
    }
    return true;
}

/* Which of `rows`, of the 64 from `at` on, the rule holds for. */
ALWAYS uint64_t hold_block(const boilerplate_cue *self, const boilerplate_columns *columns,
                           size_t at, uint64_t rows, bool wide)
{
    for (unsigned k = 0; k < self->test_count && rows; k++) {
        const boilerplate_test *t = &self->tests[k];
        if (t->feature >= BOILERPLATE_F_document_rows) continue;
        rows &= test_block(boilerplate_column(columns, t->feature) + at + t->away, t->above, t->n,
                           wide);
    }
    return rows;
}

static uint64_t rows_of(const boilerplate_columns *columns, size_t at)
{
    size_t n = columns->rows - at;
    return n < BLOCK ? ((uint64_t)1 << n) - 1 : ~(uint64_t)0;
}

ALWAYS void name_rows(const boilerplate_cue *first, const candidates *may,
                      const boilerplate_columns *columns, const uint8_t *wanted, uint8_t *names,
                      bool wide)
{
    for (size_t at = 0; at < columns->rows; at += BLOCK) {
        uint64_t left = rows_of(columns, at) & test_block(wanted + at, true, 0, wide);
        for (size_t k = 0; k < may->count && left; k++) {
            uint64_t holds = hold_block(may->at[k], columns, at, left, wide);
            left &= ~holds;
            for (; holds; holds &= holds - 1)
                names[at + (unsigned)__builtin_ctzll(holds)] = (uint8_t)(may->at[k] - first + 1);
        }
    }
}

ALWAYS void weigh_rows(const boilerplate_cue *cue, int32_t weight,
                       const boilerplate_columns *columns, int32_t *scores, bool wide)
{
    for (size_t at = 0; at < columns->rows; at += BLOCK) {
        uint64_t holds = hold_block(cue, columns, at, rows_of(columns, at), wide);
        for (; holds; holds &= holds - 1) scores[at + (unsigned)__builtin_ctzll(holds)] += weight;
    }
}

#ifdef WIDE
WIDE static void name_rows_wide(const boilerplate_cue *first, const candidates *may,
                                const boilerplate_columns *columns, const uint8_t *wanted,
                                uint8_t *names)
{
    name_rows(first, may, columns, wanted, names, true);
}

WIDE static void weigh_rows_wide(const boilerplate_cue *cue, int32_t weight,
                                 const boilerplate_columns *columns, int32_t *scores)
{
    weigh_rows(cue, weight, columns, scores, true);
}
#endif

void boilerplate_cues_name_all(const boilerplate_cues *self, const boilerplate_columns *columns,
                               const uint8_t *wanted, uint8_t *names)
{
    candidates may = {.count = 0};
    memset(names, 0, columns->rows);
    for (size_t k = 0; k < self->count && k < BOILERPLATE_CUES_NAMED; k++)
        if (self->at[k].kind != BOILERPLATE_KIND_none && may_hold(&self->at[k], columns))
            may.at[may.count++] = &self->at[k];
#ifdef WIDE
    if (has_wide()) {
        name_rows_wide(self->at, &may, columns, wanted, names);
        return;
    }
#endif
    name_rows(self->at, &may, columns, wanted, names, false);
}

void boilerplate_cues_weigh(const boilerplate_cues *self, unsigned mode, unsigned pass,
                            const boilerplate_columns *columns, int32_t *scores)
{
    bool wide = has_wide();
    for (size_t k = 0; k < self->count; k++) {
        const boilerplate_cue *cue = &self->at[k];
        int32_t weight = cue->weight[mode];
        if (!weight || (cue->late && !pass) || !may_hold(cue, columns)) continue;
#ifdef WIDE
        if (wide) {
            weigh_rows_wide(cue, weight, columns, scores);
            continue;
        }
#endif
        weigh_rows(cue, weight, columns, scores, wide);
    }
}
