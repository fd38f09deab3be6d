/* Line ends and marks of a document in lists, a stretch of it at a time: the walk over paragraphs
 * asks for the next of them again and again. probe.c fills the first lists as it counts; where they
 * are full, the next stretch is listed when somebody comes there. */
#include "scan.h"

#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* ------------------------------------------------------------------ 64 bytes at a time */

/* A third byte of marks is above this; among bytes from 80 to BF signed comparison is right. */
enum { LEAST = QT_FROM_DASHES - 1 };

/* Of the 64 bytes at p, where 66 can be read. Marks are those of quotes_skip from dashes on, and
 * two apostrophes. */
static inline qt_events block_events(const char *p)
{
    qt_events found = {0};
#ifdef __SSE2__
    for (unsigned i = 0; i < QT_EVENT_BLOCK; i += 16) {
        const __m128i first = _mm_loadu_si128((const __m128i *)(const void *)(p + i)),
                      second = _mm_loadu_si128((const __m128i *)(const void *)(p + i + 1)),
                      third = _mm_loadu_si128((const __m128i *)(const void *)(p + i + 2));
        __m128i latin = _mm_and_si128(
            _mm_cmpeq_epi8(first, _mm_set1_epi8((char)0xC2)),
            _mm_cmpeq_epi8(_mm_or_si128(second, _mm_set1_epi8(0x10)), _mm_set1_epi8((char)0xBB)));
        __m128i general = _mm_and_si128(_mm_cmpeq_epi8(first, _mm_set1_epi8((char)0xE2)),
                                        _mm_cmpgt_epi8(third, _mm_set1_epi8((char)LEAST)));
        __m128i corner = _mm_cmpeq_epi8(first, _mm_set1_epi8((char)0xE3));
        __m128i wide = _mm_and_si128(_mm_or_si128(general, corner),
                                     _mm_cmpeq_epi8(second, _mm_set1_epi8((char)0x80)));
        __m128i mark =
            _mm_or_si128(_mm_cmpeq_epi8(first, _mm_set1_epi8('"')), _mm_or_si128(latin, wide));
        found.marks |= (uint64_t)(unsigned)_mm_movemask_epi8(mark) << i;
        __m128i end = _mm_cmpeq_epi8(first, _mm_set1_epi8('\n')),
                apostrophe = _mm_cmpeq_epi8(first, _mm_set1_epi8('\'')),
                hyphen = _mm_cmpeq_epi8(first, _mm_set1_epi8('-'));
        found.ends |= (uint64_t)(unsigned)_mm_movemask_epi8(end) << i;
        found.apostrophes |= (uint64_t)(unsigned)_mm_movemask_epi8(apostrophe) << i;
        found.hyphens |= (uint64_t)(unsigned)_mm_movemask_epi8(hyphen) << i;
    }
#else
    for (unsigned i = 0; i < QT_EVENT_BLOCK; i++) {
        unsigned char c = (unsigned char)p[i], second = (unsigned char)p[i + 1],
                      third = (unsigned char)p[i + 2];
        bool mark = c == '"' || (c == 0xC2 && (second | 0x10) == 0xBB) ||
                    (second == 0x80 &&
                     (c == 0xE3 || (c == 0xE2 && third >= QT_FROM_DASHES && third < 0xC0)));
        found.marks |= (uint64_t)mark << i;
        found.ends |= (uint64_t)(c == '\n') << i;
        found.apostrophes |= (uint64_t)(c == '\'') << i;
        found.hyphens |= (uint64_t)(c == '-') << i;
    }
#endif
    return found;
}

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#define WIDE __attribute__((target("avx512f,avx512bw")))

/* The same where a comparison of 64 bytes is one step. */
WIDE static void wide_events(const char *p, unsigned blocks, qt_events *found)
{
    for (; blocks; blocks--, p += QT_EVENT_BLOCK, found++) {
        const __m512i first = _mm512_loadu_si512(p), second = _mm512_loadu_si512(p + 1),
                      third = _mm512_loadu_si512(p + 2);
#define IS(bytes, c) _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8((char)(c)))
        uint64_t latin =
            IS(first, 0xC2) & IS(_mm512_or_si512(second, _mm512_set1_epi8(0x10)), 0xBB);
        uint64_t general =
            IS(first, 0xE2) & _mm512_cmpgt_epi8_mask(third, _mm512_set1_epi8((char)LEAST));
        uint64_t wide = (general | IS(first, 0xE3)) & IS(second, 0x80);
        *found = (qt_events){.ends = IS(first, '\n'),
                             .marks = IS(first, '"') | latin | wide,
                             .apostrophes = IS(first, '\''),
                             .hyphens = IS(first, '-')};
#undef IS
    }
}
#endif

/* Two apostrophes in a row are a mark. */
static inline void join_apostrophes(const char *p, unsigned blocks, qt_events *found)
{
    for (unsigned i = 0; i < blocks; i++) {
        uint64_t one = found[i].apostrophes;
        if (!one) continue;
        uint64_t next = (uint64_t)(p[(i + 1) * QT_EVENT_BLOCK] == '\'') << (QT_EVENT_BLOCK - 1);
        found[i].marks |= one & (one >> 1 | next);
    }
}

static void find_blocks(const char *p, unsigned blocks, qt_events *found)
{
#ifdef WIDE
    if (__builtin_cpu_supports("avx512bw")) {
        wide_events(p, blocks, found);
        join_apostrophes(p, blocks, found);
        return;
    }
#endif
    for (unsigned i = 0; i < blocks; i++) found[i] = block_events(p + i * QT_EVENT_BLOCK);
    join_apostrophes(p, blocks, found);
}

unsigned quotes_find_events(const char *p, const char *end, qt_events *found)
{
    size_t whole = end - p < QT_EVENT_READS ? 0 : (size_t)(end - p - 2) / QT_EVENT_BLOCK;
    unsigned count = whole < QT_EVENT_RUN ? (unsigned)whole : QT_EVENT_RUN;
    find_blocks(p, count, found);
    p += count * QT_EVENT_BLOCK;
    if (count == QT_EVENT_RUN || p >= end) return count;
    char room[2 * QT_EVENT_BLOCK + QT_EVENT_READS] = {0};
    memcpy(room, p, (size_t)(end - p)); /* at most 65 bytes */
    unsigned rest = end - p > QT_EVENT_BLOCK && count + 1 < QT_EVENT_RUN ? 2 : 1;
    find_blocks(room, rest, found + count);
    return count + rest;
}

/* ------------------------------------------------------------------ lists */

void quotes_list_begin(qt_list *self, uint32_t from)
{
    self->from = from;
    self->to = UINT32_MAX;
    self->end_count = self->mark_count = self->end_at = self->mark_at = 0;
}

/* The lists from `from` on, as far as they go. */
static void fill(qt_engine *self, uint32_t from)
{
    qt_list *list = &self->list;
    const char *text = self->text, *end = text + self->size;
    qt_blocks blocks;
    qt_events found;
    quotes_list_begin(list, from);
    quotes_blocks_begin(&blocks, text + from, end);
    for (const char *p; list->to == UINT32_MAX && quotes_next_block(&blocks, &p, &found);) {
        uint32_t at = (uint32_t)(p - text);
        for (; found.ends; found.ends &= found.ends - 1)
            quotes_list_end(list, at + (uint32_t)__builtin_ctzll(found.ends));
        for (; found.marks; found.marks &= found.marks - 1) {
            uint32_t mark = at + (uint32_t)__builtin_ctzll(found.marks);
            if (quotes_is_pairing(quotes_mark_at(text + mark, end))) quotes_list_mark(list, mark);
        }
    }
}

/* The first of a list at or after `at`: its number. */
static unsigned first_from(const uint32_t *list, unsigned count, unsigned *hint, uint32_t at)
{
    unsigned i = *hint;
    while (i > 0 && list[i - 1] >= at) i--;
    while (i < count && list[i] < at) i++;
    return *hint = i;
}

uint32_t quotes_find_line_end(qt_engine *self, uint32_t at)
{
    qt_list *list = &self->list;
    if (at < list->from) { /* behind the lists: paragraphs that waited long */
        const char *p = self->text + at, *nl = memchr(p, '\n', self->size - at);
        return nl ? (uint32_t)(nl - self->text) : self->size;
    }
    while (at < self->size) {
        if (at >= list->to) fill(self, at);
        unsigned i = first_from(list->ends, list->end_count, &list->end_at, at);
        if (i < list->end_count && list->ends[i] < list->to) return list->ends[i];
        if (list->to >= self->size) break;
        at = list->to;
    }
    return self->size;
}

const char *quotes_next_mark(qt_engine *self, const char *p, const char *end)
{
    qt_list *list = &self->list;
    uint32_t at = (uint32_t)(p - self->text), to = (uint32_t)(end - self->text);
    while (at < list->from && at < to) { /* behind the lists */
        p = quotes_skip(p, end, self->text + self->size, QT_FROM_DOUBLE, false);
        if (p == end || quotes_is_pairing(quotes_mark_at(p, end))) return p;
        at = (uint32_t)(++p - self->text);
    }
    while (at < to) {
        if (at >= list->to) fill(self, at);
        unsigned i = first_from(list->marks, list->mark_count, &list->mark_at, at);
        if (i < list->mark_count && list->marks[i] < list->to)
            return list->marks[i] < to ? self->text + list->marks[i] : end;
        if (list->to >= to) break;
        at = list->to;
    }
    return end;
}
