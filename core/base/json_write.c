/* Writing JSON: strings 16 bytes at a time up to what must be escaped, integers without printf. */
#include "base/json.h"

#include <math.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* Copies until a byte that must be escaped; the destination has 16 bytes to spare. */
static inline size_t copy_clean(const char *from, size_t n, char *to)
{
    size_t i = 0;
#ifdef __SSE2__
    const __m128i quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\'),
                  control = _mm_set1_epi8(0x1F);
    for (; i + 16 <= n; i += 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(from + i));
        _mm_storeu_si128((__m128i *)(void *)(to + i), v);
        __m128i hit = _mm_or_si128(_mm_cmpeq_epi8(v, quote), _mm_cmpeq_epi8(v, slash));
        hit = _mm_or_si128(hit, _mm_cmpeq_epi8(_mm_min_epu8(v, control), v));
        int mask = _mm_movemask_epi8(hit);
        if (mask) return i + (size_t)__builtin_ctz((unsigned)mask);
    }
#endif
    for (; i < n; i++) {
        unsigned char c = (unsigned char)from[i];
        if (c == '"' || c == '\\' || c < 0x20) break;
        to[i] = from[i];
    }
    return i;
}

static size_t write_escape(unsigned char c, char *to)
{
    static const char HEX[] = "0123456789abcdef";
    char letter = 0;
    switch (c) {
    case '"':
    case '\\': letter = (char)c; break;
    case '\n': letter = 'n'; break;
    case '\t': letter = 't'; break;
    case '\r': letter = 'r'; break;
    case '\b': letter = 'b'; break;
    case '\f': letter = 'f'; break;
    default: break;
    }
    to[0] = '\\';
    if (letter) {
        to[1] = letter;
        return 2;
    }
    to[1] = 'u';
    to[2] = to[3] = '0';
    to[4] = HEX[c >> 4];
    to[5] = HEX[c & 15];
    return 6;
}

void json_write_body(buffer *out, tamis_str text)
{
    enum { SLACK = 16 + 6 };
    size_t i = 0;
    while (i < text.n) {
        if (out->room - out->n < text.n - i + SLACK && !buffer_reserve(out, text.n - i + SLACK))
            return;
        size_t run = copy_clean(text.p + i, text.n - i, out->p + out->n);
        out->n += run;
        i += run;
        /* Escapes often come in a row. */
        while (i < text.n && out->room - out->n >= SLACK) {
            unsigned char c = (unsigned char)text.p[i];
            if (c >= 0x20 && c != '"' && c != '\\') break;
            out->n += write_escape(c, out->p + out->n);
            i++;
        }
    }
}

void json_write_string(buffer *out, tamis_str text)
{
    buffer_append_char(out, '"');
    json_write_body(out, text);
    buffer_append_char(out, '"');
}

void json_write_uint(buffer *out, uint64_t n)
{
    char digits[JSON_DIGITS];
    size_t count = json_digits(n, digits);
    buffer_append(out, digits + JSON_DIGITS - count, count);
}

void json_write_repaired(buffer *out, tamis_str text)
{
    buffer mended = {0};
    json_write_string(out, utf8_mended(text, &mended));
    out->failed = out->failed || mended.failed;
    buffer_free(&mended);
}

void json_write_int(buffer *out, int64_t n)
{
    if (n < 0) buffer_append_char(out, '-');
    json_write_uint(out, n < 0 ? (uint64_t)0 - (uint64_t)n : (uint64_t)n);
}

void json_write_number(buffer *out, double x)
{
    if (!isfinite(x)) x = 0; /* callers refuse these; JSON has no word for them */
    if (fabs(x) >= 1e14) {
        size_t before = out->n;
        buffer_printf(out, "%.4f", x);
        for (size_t i = before + 1; i < out->n; i++) /* a locale may write a comma */
            if (out->p[i] < '0' || out->p[i] > '9') out->p[i] = '.';
        while (out->n > before + 2 && out->p[out->n - 1] == '0' && out->p[out->n - 2] != '.')
            out->n--;
        return;
    }
    int64_t scaled = llround(x * 10000);
    if (scaled < 0) buffer_append_char(out, '-');
    uint64_t whole = (uint64_t)(scaled < 0 ? -scaled : scaled);
    unsigned rest = (unsigned)(whole % 10000);
    json_write_uint(out, whole / 10000);
    char places[5] = {'.', (char)('0' + rest / 1000), (char)('0' + rest / 100 % 10),
                      (char)('0' + rest / 10 % 10), (char)('0' + rest % 10)};
    size_t n = 5;
    while (n > 2 && places[n - 1] == '0') n--;
    buffer_append(out, places, n);
}
