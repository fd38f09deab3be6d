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

/* Lead bytes of marks: " C2 (« ») E2 (curly, single guillemets, dashes) E3 (corner brackets), and '
 * where single marks count. */
static bool may_begin(unsigned char c, unsigned char also)
{
    return c == '"' || c == 0xC2 || c == 0xE2 || c == 0xE3 || c == also;
}

#ifdef __SSE2__
static const char *skip(const char *p, const char *end, unsigned char also)
{
    enum { BLOCK = 16 };
    const __m128i straight = _mm_set1_epi8('"'), other = _mm_set1_epi8((char)also),
                  latin = _mm_set1_epi8((char)0xC2), general = _mm_set1_epi8((char)0xE3),
                  one = _mm_set1_epi8(1);
    for (; end - p >= BLOCK; p += BLOCK) {
        __m128i c = _mm_loadu_si128((const __m128i *)(const void *)p);
        __m128i any = _mm_or_si128(
            _mm_or_si128(_mm_cmpeq_epi8(c, straight), _mm_cmpeq_epi8(c, other)),
            _mm_or_si128(_mm_cmpeq_epi8(c, latin), _mm_cmpeq_epi8(_mm_or_si128(c, one), general)));
        unsigned found = (unsigned)_mm_movemask_epi8(any);
        if (found) return p + __builtin_ctz(found);
    }
    while (p < end && !may_begin((unsigned char)*p, also)) p++;
    return p;
}
#else
/* Blocks are tested whole with a loop that compilers turn into vector code. */
static const char *skip(const char *p, const char *end, unsigned char also)
{
    enum { BLOCK = 64 };
    while (end - p >= BLOCK) {
        unsigned char any = 0;
        for (int i = 0; i < BLOCK; i++) any |= may_begin((unsigned char)p[i], also);
        if (any) break;
        p += BLOCK;
    }
    while (p < end && !may_begin((unsigned char)*p, also)) p++;
    return p;
}
#endif

const char *quotes_skip(const char *p, const char *end, bool single)
{
    return single ? skip(p, end, '\'') : skip(p, end, '"');
}
