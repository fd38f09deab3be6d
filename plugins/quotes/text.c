/* Characters: decoding, case, letters, and the fast walk to the next byte that may begin a mark.
 * Everything here is a pure function of bytes; marks.c and words.c call it. */
#include "quotes.h"

#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

uint32_t quotes_decode_wide(const char *p, const char *end, unsigned *length)
{
    const unsigned char *s = (const unsigned char *)p;
    size_t room = (size_t)(end - p);
    *length = 1;
    if (s[0] < 0x80) return s[0];
    if (s[0] >= 0xC2 && s[0] < 0xE0 && room >= 2 && (s[1] & 0xC0) == 0x80) {
        *length = 2;
        return (uint32_t)(s[0] & 0x1F) << 6 | (s[1] & 0x3F);
    }
    if ((s[0] & 0xF0) == 0xE0 && room >= 3 && (s[1] & 0xC0) == 0x80 && (s[2] & 0xC0) == 0x80) {
        *length = 3;
        return (uint32_t)(s[0] & 0x0F) << 12 | (uint32_t)(s[1] & 0x3F) << 6 | (s[2] & 0x3F);
    }
    if ((s[0] & 0xF8) == 0xF0 && room >= 4 && (s[1] & 0xC0) == 0x80 && (s[2] & 0xC0) == 0x80 &&
        (s[3] & 0xC0) == 0x80) {
        *length = 4;
        return (uint32_t)(s[0] & 0x07) << 18 | (uint32_t)(s[1] & 0x3F) << 12 |
               (uint32_t)(s[2] & 0x3F) << 6 | (s[3] & 0x3F);
    }
    return 0xFFFD;
}

uint32_t quotes_decode_back_wide(const char *start, const char *p, unsigned *length)
{
    const char *q = p - 1;
    while (q > start && p - q < 4 && ((unsigned char)*q & 0xC0) == 0x80) q--;
    unsigned n;
    uint32_t c = quotes_decode(q, p, &n);
    *length = (unsigned)(p - q);
    return n == *length ? c : 0xFFFD;
}

bool quotes_is_letter_wide(uint32_t c)
{
    if (c < 0xC0) return c == 0xAA || c == 0xB5 || c == 0xBA;
    if (c < 0x250) return c != 0xD7 && c != 0xF7;
    if (c < 0x370) return c < 0x2B0 || c >= 0x300;
    if (c < 0x530) return c != 0x37E && c != 0x387;
    if (c < 0x590) return c != 0x589 && c != 0x58A && (c < 0x55A || c > 0x55F);
    if (c < 0x600) return c != 0x5BE && c != 0x5C0 && c != 0x5C3;
    if (c < 0x700) return (c >= 0x620 && c < 0x660) || (c >= 0x66E && c != 0x6D4);
    if (c < 0x2000) return c != 0x964 && c != 0x965;
    if (c < 0x3040) return c >= 0x2C00 && c < 0x2E00;
    if (c < 0xD800) return true;
    return c >= 0xF900 && c != 0xFFFD && !(c >= 0xFE00 && c < 0xFE70) &&
           !(c >= 0xFF00 && c < 0xFF21) && c < 0x1F000 && c != 0xFEFF;
}

bool quotes_is_upper_wide(uint32_t c)
{
    if (c < 0xDF) return c >= 0xC0 && c != 0xD7;
    if (c < 0x100) return false;
    if (c < 0x139) return !(c & 1);
    if (c < 0x149) return c & 1;
    if (c < 0x178) return !(c & 1);
    if (c < 0x180) return c == 0x178 || c == 0x179 || c == 0x17B || c == 0x17D;
    if (c < 0x250) return !(c & 1) && c >= 0x1CD;
    if (c < 0x3AC) return c >= 0x386;
    if (c < 0x400) return false;
    if (c < 0x430) return true;
    if (c < 0x460) return false;
    if (c < 0x530) return c < 0x4C0 || c > 0x4CE ? !(c & 1) : c & 1;
    if (c < 0x557) return c >= 0x531;
    return c >= 0x1E00 && c < 0x1F00 && !(c & 1);
}

uint32_t quotes_lower(uint32_t c)
{
    if (c < 0x80) return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
    if (!quotes_is_upper(c)) return c;
    if (c < 0x100) return c + 0x20;
    if (c == 0x178) return 0xFF;
    if (c < 0x250) return c + 1;
    if (c < 0x391) return c == 0x386 ? 0x3AC : c <= 0x38A ? c + 37 : c == 0x38C ? 0x3CC : c + 63;
    if (c < 0x400) return c + 0x20;
    if (c < 0x410) return c + 0x50;
    if (c < 0x430) return c + 0x20;
    if (c < 0x530) return c + 1;
    if (c < 0x590) return c + 0x30;
    return c + 1;
}

bool quotes_is_space_wide(uint32_t c)
{
    return c == 0xA0 || (c >= 0x2000 && c <= 0x200B) || c == 0x202F || c == 0x205F || c == 0x3000 ||
           c == 0xFEFF || c == 0x85 || c == 0x2028 || c == 0x2029;
}

/* What begins a mark: ", '' and, where single ones count, '; « » (C2 AB, C2 BB), E2 80 and a
 * third byte from `least` on, E3 80. */
#ifndef __SSE2__
static bool may_begin(const char *p, const char *end, unsigned char least, bool single)
{
    const unsigned char *s = (const unsigned char *)p;
    if (s[0] == '\'') return single || (end - p > 1 && s[1] == '\'');
    if (s[0] < 0x80) return s[0] == '"';
    if (end - p < 2) return false;
    if (s[0] == 0xC2) return (s[1] | 0x10) == 0xBB;
    if ((s[0] | 1) != 0xE3 || s[1] != 0x80) return false;
    return s[0] == 0xE3 || (end - p > 2 && s[2] >= least && s[2] < 0xC0);
}
#endif

#ifdef __SSE2__
enum { BLOCK = 16, BLOCK_READS = BLOCK + 2 };

/* A bit for each of 16 bytes that may begin a mark. */
static inline unsigned begins(const char *p, unsigned char least, char also)
{
    const __m128i first = _mm_loadu_si128((const __m128i *)(const void *)p),
                  second = _mm_loadu_si128((const __m128i *)(const void *)(p + 1)),
                  third = _mm_loadu_si128((const __m128i *)(const void *)(p + 2));
    __m128i plain = _mm_or_si128(_mm_cmpeq_epi8(first, _mm_set1_epi8('"')),
                                 _mm_cmpeq_epi8(first, _mm_set1_epi8(also)));
    __m128i latin = _mm_and_si128(
        _mm_cmpeq_epi8(first, _mm_set1_epi8((char)0xC2)),
        _mm_cmpeq_epi8(_mm_or_si128(second, _mm_set1_epi8(0x10)), _mm_set1_epi8((char)0xBB)));
    /* among bytes from 80 to BF signed comparison is right */
    __m128i general = _mm_and_si128(_mm_cmpeq_epi8(first, _mm_set1_epi8((char)0xE2)),
                                    _mm_cmpgt_epi8(third, _mm_set1_epi8((char)(least - 1))));
    __m128i corner = _mm_cmpeq_epi8(first, _mm_set1_epi8((char)0xE3));
    __m128i wide = _mm_and_si128(_mm_or_si128(general, corner),
                                 _mm_cmpeq_epi8(second, _mm_set1_epi8((char)0x80)));
    __m128i twice = _mm_and_si128(_mm_cmpeq_epi8(first, _mm_set1_epi8('\'')),
                                  _mm_cmpeq_epi8(second, _mm_set1_epi8('\'')));
    plain = _mm_or_si128(plain, twice);
    return (unsigned)_mm_movemask_epi8(_mm_or_si128(plain, _mm_or_si128(latin, wide)));
}

const char *quotes_skip(const char *p, const char *end, const char *limit, unsigned char least,
                        bool single)
{
    char also = single ? '\'' : '"';
    for (; end - p > 0 && limit - p >= BLOCK_READS; p += BLOCK) {
        unsigned found = begins(p, least, also);
        if (found) return p + __builtin_ctz(found) < end ? p + __builtin_ctz(found) : end;
    }
    if (p >= end) return end;
    char room[BLOCK + BLOCK_READS] = {0};
    memcpy(room, p, (size_t)(end - p));
    unsigned found = begins(room, least, also) | begins(room + BLOCK, least, also) << BLOCK;
    return found ? p + __builtin_ctz(found) : end;
}
#else
const char *quotes_skip(const char *p, const char *end, const char *limit, unsigned char least,
                        bool single)
{
    (void)limit;
    while (p < end && !may_begin(p, end, least, single)) p++;
    return p;
}
#endif
