/* Blocks of 16 bytes: which are letters, the key of the word that a block begins with, and what may
 * stand where it ends. plain.c and spelling.c read words by these. */
#ifndef QUOTES_PLAIN_H
#define QUOTES_PLAIN_H

#include "words.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#ifdef __SSE2__
/* Which of 16 bytes are ASCII letters or digits. */
static inline unsigned quotes_ascii_of(const char *p)
{
    const __m128i c = _mm_loadu_si128((const __m128i *)(const void *)p);
    const __m128i folded = _mm_or_si128(c, _mm_set1_epi8(0x20));
    /* a range is tested by one comparison of signed bytes, shifted so that it ends at 127 */
    __m128i letter =
        _mm_cmpgt_epi8(_mm_add_epi8(folded, _mm_set1_epi8(127 - 'z')), _mm_set1_epi8(127 - 26));
    __m128i digit =
        _mm_cmpgt_epi8(_mm_add_epi8(c, _mm_set1_epi8(127 - '9')), _mm_set1_epi8(127 - 10));
    return (unsigned)_mm_movemask_epi8(_mm_or_si128(letter, digit));
}

/* Which are ASCII letters or digits, or letters of Latin-1 that lie wholly among
 * them. */
static inline unsigned quotes_letters_of(const char *p)
{
    const __m128i c = _mm_loadu_si128((const __m128i *)(const void *)p);
    const __m128i folded = _mm_or_si128(c, _mm_set1_epi8(0x20));
    unsigned plain = quotes_ascii_of(p);
    unsigned first = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(c, _mm_set1_epi8((char)0xC3)));
    __m128i sign = _mm_cmpeq_epi8(folded, _mm_set1_epi8((char)0xB7)); /* × and ÷ */
    __m128i later = _mm_andnot_si128(sign, _mm_cmplt_epi8(c, _mm_set1_epi8((char)0xC0)));
    unsigned second = (unsigned)_mm_movemask_epi8(later) & first << 1;
    return plain | second | second >> 1;
}

/* Which are hyphens or beyond ASCII. */
static inline unsigned quotes_odd_of(const char *p)
{
    const __m128i c = _mm_loadu_si128((const __m128i *)(const void *)p);
    return (unsigned)_mm_movemask_epi8(_mm_or_si128(c, _mm_cmpeq_epi8(c, _mm_set1_epi8('-'))));
}
#else
static inline unsigned quotes_odd_of(const char *p)
{
    unsigned odd = 0;
    for (unsigned i = 0; i < QT_BLOCK; i++)
        odd |= (unsigned)((unsigned char)p[i] >= 0x80 || p[i] == '-') << i;
    return odd;
}

static inline unsigned quotes_ascii_of(const char *p)
{
    unsigned ascii = 0;
    for (unsigned i = 0; i < QT_BLOCK; i++) {
        unsigned char c = (unsigned char)p[i], low = c | 0x20;
        ascii |= (unsigned)((low >= 'a' && low <= 'z') || (c >= '0' && c <= '9')) << i;
    }
    return ascii;
}

static inline unsigned quotes_letters_of(const char *p)
{
    unsigned letters = quotes_ascii_of(p);
    for (unsigned i = 0; i + 1 < QT_BLOCK; i++) {
        unsigned char c = (unsigned char)p[i], next = (unsigned char)p[i + 1];
        if (c == 0xC3 && (next & 0xC0) == 0x80 && (next | 0x20) != 0xB7) letters |= 3u << i;
    }
    return letters;
}
#endif

static inline uint64_t quotes_load_chunk(const void *p)
{
    uint64_t chunk;
    memcpy(&chunk, p, sizeof chunk);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    chunk = __builtin_bswap64(chunk);
#endif
    return chunk;
}

/* From QT_BLOCK - n on: a mask of the first n bytes of a block. */
extern const unsigned char quotes_first_bytes[2 * QT_BLOCK];

/* The hash `key` goes on with the first `length` letters of a block, at most QT_BLOCK. */
static inline uint64_t quotes_block_mix(uint64_t key, const char *p, unsigned length)
{
    const unsigned char *mask = quotes_first_bytes + QT_BLOCK - length;
    return quotes_key_mix(key, (quotes_load_chunk(p) | QT_SMALL) & quotes_load_chunk(mask),
                          (quotes_load_chunk(p + QT_CHUNK) | QT_SMALL) &
                              quotes_load_chunk(mask + QT_CHUNK));
}

static inline uint64_t quotes_block_key(const char *p, unsigned length)
{
    return quotes_block_mix(QT_KEY_START, p, length);
}

/* Does a word of `length` bytes go on at s, where a run of it ends: x-y, x'y, A.B? */
static inline bool quotes_joins(const char *s, const char *end, size_t length)
{
    unsigned char c = (unsigned char)*s;
    if (c >= 0x80) return true;
    unsigned char next = end - s > 1 ? (unsigned char)s[1] : ' ';
    if (c == '.') return length <= 2 && (next >= 0x80 || (next >= 'A' && next <= 'Z'));
    return next >= 0x80 || (next >= '0' && next <= '9') ||
           ((next | 0x20) >= 'a' && (next | 0x20) <= 'z');
}

/* What stands at s ends any word: a space of Latin-1, a guillemet, a general mark but ’ and
 * hyphens. */
static inline bool quotes_ends_word(const char *s, const char *end)
{
    if (end - s < 3) return false;
    unsigned char c = (unsigned char)*s, second = (unsigned char)s[1], third = (unsigned char)s[2];
    if (c == 0xC2) return second == 0xA0 || second == 0xAB || second == 0xBB;
    return c == 0xE2 && second == 0x80 && third >= 0x92 && third < 0xC0 && third != 0x99;
}

/* The apostrophe at s within a word: its length, or 0. */
static inline unsigned quotes_apostrophe_within(const char *s, const char *end)
{
    unsigned n = *s == '\'' ? 1 : 3, after;
    if (end - s <= (ptrdiff_t)n) return 0;
    if (n == 3 && memcmp(s, "\xE2\x80\x99", 3) != 0) return 0;
    return quotes_is_letter(quotes_decode(s + n, end, &after)) ? n : 0;
}

#endif
