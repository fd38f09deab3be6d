/* UTF-8: validation, counting, repair. Web text is mostly ASCII, so every loop first runs over
 * ASCII 64 (or 8) bytes at a time and looks at single bytes only where it must. */
#include "base/base.h"
#include "base/utf8_avx2.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

static const char REPLACEMENT[3] = {'\xEF', '\xBF', '\xBD'}; /* U+FFFD */

/* How many bytes from p on are ASCII, in whole steps of 8 or more: the caller does the rest. */
static size_t ascii_run(const char *p, size_t n)
{
    size_t i = 0;
#ifdef __SSE2__
    for (; i + 64 <= n; i += 64) {
        const __m128i *at = (const __m128i *)(const void *)(p + i);
        __m128i any = _mm_or_si128(_mm_or_si128(_mm_loadu_si128(at), _mm_loadu_si128(at + 1)),
                                   _mm_or_si128(_mm_loadu_si128(at + 2), _mm_loadu_si128(at + 3)));
        if (_mm_movemask_epi8(any)) break;
    }
    for (; i + 16 <= n; i += 16)
        if (_mm_movemask_epi8(_mm_loadu_si128((const __m128i *)(const void *)(p + i)))) break;
#endif
    for (; i + 8 <= n; i += 8) {
        uint64_t word;
        memcpy(&word, p + i, 8);
        if (word & UINT64_C(0x8080808080808080)) break;
    }
    return i;
}

/* The length of the sequence at p[0..n), n > 0: 1 to 4, or minus the length of the maximal invalid
 * part (Unicode 15, table 3-7: the second byte's range depends on the first). */
static int utf8_sequence(const unsigned char *p, size_t n)
{
    unsigned char lead = p[0];
    if (lead < 0x80) return 1;
    int length;
    unsigned char low = 0x80, high = 0xBF;
    if (lead >= 0xC2 && lead <= 0xDF) {
        length = 2;
    } else if ((lead & 0xF0) == 0xE0) {
        length = 3;
        if (lead == 0xE0) low = 0xA0;
        if (lead == 0xED) high = 0x9F; /* surrogates */
    } else if (lead >= 0xF0 && lead <= 0xF4) {
        length = 4;
        if (lead == 0xF0) low = 0x90;
        if (lead == 0xF4) high = 0x8F; /* above U+10FFFF */
    } else {
        return -1;
    }
    if (n < 2 || p[1] < low || p[1] > high) return -1;
    for (int i = 2; i < length; i++)
        if ((size_t)i >= n || !utf8_is_continuation(p[i])) return -i;
    return length;
}

size_t utf8_valid_prefix(tamis_str text)
{
    const unsigned char *p = (const unsigned char *)text.p;
    size_t i = 0;
#ifdef UTF8_AVX2
    if (text.n >= 64 && __builtin_cpu_supports("avx2")) i = utf8_valid_avx2(text.p, text.n);
#endif
    while (i < text.n) {
        if (p[i] < 0x80) {
            size_t run = ascii_run(text.p + i, text.n - i);
            i += run ? run : 1;
            continue;
        }
        /* Stay here while the text is not ASCII: the commonest shapes first. */
        while (i + 4 <= text.n && p[i] >= 0x80) {
            unsigned char a = p[i], b = p[i + 1], c = p[i + 2];
            if (a >= 0xC2 && a <= 0xDF && utf8_is_continuation(b)) {
                i += 2;
            } else if (a >= 0xE1 && a <= 0xEF && a != 0xED && utf8_is_continuation(b) &&
                       utf8_is_continuation(c)) {
                i += 3;
            } else {
                int length = utf8_sequence(p + i, text.n - i);
                if (length < 0) return i;
                i += (size_t)length;
            }
        }
        if (i < text.n && p[i] >= 0x80 && i + 4 > text.n) {
            int length = utf8_sequence(p + i, text.n - i);
            if (length < 0) return i;
            i += (size_t)length;
        }
    }
    return i;
}

/* Counts bytes >= low, read as signed: -64 gives all that begin a code point. */
static size_t count_signed_from(const char *p, size_t n, signed char low)
{
    size_t count = 0, i = 0;
#ifdef __SSE2__
    const __m128i below = _mm_set1_epi8((char)(low - 1));
    while (i + 16 <= n) {
        __m128i sums = _mm_setzero_si128();
        size_t stop = n - i > 255 * 16 ? i + 255 * 16 : n;
        for (; i + 16 <= stop; i += 16) {
            __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
            sums = _mm_sub_epi8(sums, _mm_cmpgt_epi8(v, below));
        }
        __m128i wide = _mm_sad_epu8(sums, _mm_setzero_si128());
        count += (size_t)_mm_cvtsi128_si64(wide) +
                 (size_t)_mm_cvtsi128_si64(_mm_unpackhi_epi64(wide, wide));
    }
#endif
    for (; i < n; i++) count += (signed char)p[i] >= low;
    return count;
}

size_t utf8_count(tamis_str text)
{
    return count_signed_from(text.p, text.n, -64);
}

size_t utf8_count_utf16(tamis_str text)
{
    /* Bytes from 0xF0 (-16) to 0xFF (-1) lead a pair of units. */
    size_t pairs = count_signed_from(text.p, text.n, -16) - count_signed_from(text.p, text.n, 0);
    return utf8_count(text) + pairs;
}

uint32_t utf8_decode(const char *p, size_t n, size_t *bytes)
{
    const unsigned char *u = (const unsigned char *)p;
    if (n == 0) {
        *bytes = 0;
        return 0;
    }
    if (u[0] < 0x80 || n < 2) {
        *bytes = 1;
        return u[0];
    }
    if (u[0] < 0xE0 || n < 3) {
        *bytes = 2;
        return (u[0] & 0x1Fu) << 6 | (u[1] & 0x3Fu);
    }
    if (u[0] < 0xF0 || n < 4) {
        *bytes = 3;
        return (u[0] & 0x0Fu) << 12 | (u[1] & 0x3Fu) << 6 | (u[2] & 0x3Fu);
    }
    *bytes = 4;
    return (u[0] & 0x07u) << 18 | (u[1] & 0x3Fu) << 12 | (u[2] & 0x3Fu) << 6 | (u[3] & 0x3Fu);
}

unsigned utf8_columns(uint32_t c)
{
    if ((c >= 0x300 && c <= 0x36F) || (c >= 0x200B && c <= 0x200F) || (c >= 0xFE00 && c <= 0xFE0F))
        return 0;
    if ((c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) ||
        (c >= 0xAC00 && c <= 0xD7A3) || (c >= 0xF900 && c <= 0xFAFF) ||
        (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
        (c >= 0x1F300 && c <= 0x1FAFF) || (c >= 0x20000 && c <= 0x3FFFD))
        return 2;
    return 1;
}

size_t utf8_encode(uint32_t c, char out[4])
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xC0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    if ((c >= 0xD800 && c <= 0xDFFF) || c > 0x10FFFF) c = 0xFFFD;
    if (c < 0x10000) {
        out[0] = (char)(0xE0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3F));
        out[2] = (char)(0x80 | (c & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3F));
    out[2] = (char)(0x80 | (c >> 6 & 0x3F));
    out[3] = (char)(0x80 | (c & 0x3F));
    return 4;
}

void utf8_repair(tamis_str bytes, buffer *out, utf8_invalid report, void *user)
{
    size_t i = 0;
    while (i < bytes.n) {
        tamis_str rest = {bytes.p + i, bytes.n - i};
        size_t good = utf8_valid_prefix(rest);
        buffer_append(out, rest.p, good);
        i += good;
        if (i == bytes.n) break;
        size_t bad = (size_t)-utf8_sequence((const unsigned char *)bytes.p + i, bytes.n - i);
        if (report) report(user, i, out->n, bad);
        buffer_append(out, REPLACEMENT, sizeof REPLACEMENT);
        i += bad;
    }
}

tamis_str utf8_mended(tamis_str bytes, buffer *room)
{
    if (utf8_valid_prefix(bytes) == bytes.n) return bytes;
    utf8_repair(bytes, room, NULL, NULL);
    return buffer_str(room);
}
