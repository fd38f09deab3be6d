/* What stands out in 64 bytes of text: line ends, what may begin a mark, apostrophes, hyphens.
 * probe.c counts them all once; scan.c lists line ends and marks for who walks the paragraphs. */
#ifndef QUOTES_SCAN_H
#define QUOTES_SCAN_H

#include "quotes.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { QT_EVENT_BLOCK = 64, QT_EVENT_READS = QT_EVENT_BLOCK + 2 };

typedef struct {
    uint64_t ends, marks, apostrophes, hyphens; /* a bit of each byte */
} qt_events;

/* Of the 64 bytes at p, where 66 can be read. Marks are those of quotes_skip from dashes on. */
static inline qt_events quotes_block_events(const char *p)
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
        /* among bytes from 80 to BF signed comparison is right */
        __m128i general =
            _mm_and_si128(_mm_cmpeq_epi8(first, _mm_set1_epi8((char)0xE2)),
                          _mm_cmpgt_epi8(third, _mm_set1_epi8((char)(QT_FROM_DASHES - 1))));
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

/* Of the 64 bytes at p, or as many as there are before `end`. */
static inline qt_events quotes_events_at(const char *p, const char *end)
{
    if (end - p >= QT_EVENT_READS) return quotes_block_events(p);
    char room[QT_EVENT_READS] = {0};
    memcpy(room, p, (size_t)(end - p));
    return quotes_block_events(room);
}

/* scan.c: an empty list from `from` on, to be filled in the order of the text. */
void quotes_list_begin(qt_list *self, uint32_t from);

static inline void quotes_list_end(qt_list *self, uint32_t at)
{
    if (self->end_count < QT_LISTED)
        self->ends[self->end_count++] = at;
    else if (at < self->to)
        self->to = at;
}

static inline void quotes_list_mark(qt_list *self, uint32_t at)
{
    if (self->mark_count < QT_LISTED)
        self->marks[self->mark_count++] = at;
    else if (at < self->to)
        self->to = at;
}

#endif
