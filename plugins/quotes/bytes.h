/* The next byte of a few kinds, 16 at a time: pauses, dashes, ends of sentences. document.c,
 * dashes.c and incises.c walk long lines by these. */
#ifndef QUOTES_BYTES_H
#define QUOTES_BYTES_H

#include "quotes.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { QT_STEP = 16 };

/* What is looked for. A break is a blank after a stop, so the byte before each is read, too. */
typedef enum { QT_PAUSES, QT_DASH_BYTES, QT_BREAKS } qt_bytes;

#ifdef __SSE2__
/* A bit of each of 16 bytes. */
static inline unsigned quotes_bytes_at(const char *p, qt_bytes wanted)
{
#define IS(bytes, c) _mm_cmpeq_epi8(bytes, _mm_set1_epi8((char)(c)))
#define WITH(bit)    _mm_or_si128(c, _mm_set1_epi8(bit))
    __m128i c = _mm_loadu_si128((const __m128i *)(const void *)p), found;
    if (wanted == QT_BREAKS) {
        __m128i blank = _mm_or_si128(IS(c, ' '), IS(c, '\n'));
        c = _mm_loadu_si128((const __m128i *)(const void *)(p - 1));
        found = _mm_or_si128(_mm_or_si128(IS(c, '.'), IS(c, '!')), IS(c, '?'));
        found = _mm_and_si128(found, blank);
    } else if (wanted == QT_PAUSES) { /* , is . and ; is ? with another bit */
        found = _mm_or_si128(_mm_or_si128(IS(WITH(2), '.'), IS(WITH(4), '?')),
                             _mm_or_si128(IS(c, '!'), IS(c, 0xE2)));
    } else {
        found = _mm_or_si128(IS(c, '-'), IS(c, 0xE2));
    }
#undef WITH
#undef IS
    return (unsigned)_mm_movemask_epi8(found);
}
#endif

static inline bool quotes_is_byte(const char *p, qt_bytes wanted)
{
    char c = *p, before;
    if (wanted == QT_DASH_BYTES) return c == '-' || (unsigned char)c == 0xE2;
    if (wanted == QT_PAUSES)
        return c == ',' || c == '!' || c == '?' || c == '.' || c == ';' || (unsigned char)c == 0xE2;
    if (c != ' ' && c != '\n') return false;
    before = p[-1];
    return before == '.' || before == '!' || before == '?';
}

/* The first of them in [p, end), or `end`; bytes up to `limit` can be read. */
static inline const char *quotes_first_byte(const char *p, const char *end, const char *limit,
                                            qt_bytes wanted)
{
#ifdef __SSE2__
    for (; p < end && limit - p >= QT_STEP; p += QT_STEP) {
        unsigned found = quotes_bytes_at(p, wanted);
        if (!found) continue;
        p += __builtin_ctz(found);
        return p < end ? p : end;
    }
#else
    (void)limit;
#endif
    while (p < end && !quotes_is_byte(p, wanted)) p++;
    return p < end ? p : end;
}

/* The last of them in [p, end), or `end`. */
static inline const char *quotes_last_byte(const char *p, const char *end, qt_bytes wanted)
{
    const char *at = end;
#ifdef __SSE2__
    for (; at - p >= QT_STEP; at -= QT_STEP) {
        unsigned found = quotes_bytes_at(at - QT_STEP, wanted);
        if (found) return at - QT_STEP + (31 - __builtin_clz(found));
    }
#endif
    while (at > p) {
        if (quotes_is_byte(--at, wanted)) return at;
    }
    return end;
}

#endif
