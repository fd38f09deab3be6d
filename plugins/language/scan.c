/* scan.c: folds a whole text and marks its line and sentence ends, in vectors where letters allow it,
 * letter by letter where not; blanks markup and addresses; counts what a unit is written in. See
 * scan.h. */
#include "score.h"

#include <string.h>

#if defined(__x86_64__) && defined(__GNUC__)
#define SCAN_WIDTH      64
#define SCAN_NAME(part) scan_64##part
#define SCAN_TARGET     __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq")))
#include "scan.h"
#define SCAN_WIDTH      32
#define SCAN_NAME(part) scan_32##part
#define SCAN_TARGET     __attribute__((target("avx2")))
#include "scan.h"
#endif
#define SCAN_WIDTH      16
#define SCAN_NAME(part) scan_16##part
#define SCAN_TARGET
#include "scan.h"

void language_scan_get(int width, language_kernel *out)
{
#if defined(__x86_64__) && defined(__GNUC__)
    if (width == 64) {
        out->fold = scan_64_fold;
        out->count = scan_64_count;
        return;
    }
    if (width == 32) {
        out->fold = scan_32_fold;
        out->count = scan_32_count;
        return;
    }
#endif
    out->fold = scan_16_fold;
    out->count = scan_16_count;
}

int language_terminator(const uint8_t *p, const uint8_t *end)
{
    if (*p == '.' || *p == '!' || *p == '?') return 1;
    if (*p < 0xC0) return 0;
    if (p + 2 <= end && ((p[0] == 0xD8 && p[1] == 0x9F) || (p[0] == 0xDB && p[1] == 0x94) ||
                         (p[0] == 0xD6 && p[1] == 0x89))) /* ؟ ۔ ։ */
        return 2;
    if (p + 3 > end) return 0;
    uint32_t three = (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
    switch (three) {
    case 0xE38082: /* 。 */
    case 0xEFBC81: /* ！ */
    case 0xEFBC9F: /* ？ */ return -3;
    case 0xE280A6: /* … */
    case 0xE0A5A4: /* । */
    case 0xE0A5A5: /* ॥ */
    case 0xE18DA2: /* ። */
    case 0xE1818B: /* ။ */
    case 0xE0BC8D: /* ། */ return 3;
    }
    return 0;
}

static void mark(uint64_t *ends, size_t at, uint64_t bits)
{
    ends[at >> 6] |= bits << (at & 63);
    if ((at & 63) && bits >> (64 - (at & 63))) ends[(at >> 6) + 1] |= bits >> (64 - (at & 63));
}

/* Letter by letter from the code point that holds text[from] to the first one that starts at or after
 * `to`; returns where that is. */
static size_t scan_slowly(const uint8_t *text, size_t n, size_t from, size_t to, uint8_t *out,
                          uint64_t *ends)
{
    while (from > 0 && (text[from] & 0xC0) == 0x80) from--;
    if (to > n) to = n;
    while (to < n && (text[to] & 0xC0) == 0x80) to++;
    language_fold(text + from, to - from, out + from);
    for (size_t i = from; ends && i < to; i++)
        if (text[i] == '\n' ||
            ((text[i] < 0x80 || text[i] >= 0xC0) && language_terminator(text + i, text + n)))
            mark(ends, i, 1);
    return to;
}

static bool ascii_letter(uint8_t c)
{
    return (uint8_t)((c | 32) - 'a') < 26;
}

/* Length of the entity or tag that may begin at p; 0: none does. */
static size_t markup_length(const uint8_t *p, size_t n)
{
    enum { LONGEST_ENTITY = 10, LONGEST_TAG = 240 };
    size_t i = 1;
    if (*p == '&') {
        while (i < n && i < LONGEST_ENTITY && (ascii_letter(p[i]) || (p[i] >= '0' && p[i] <= '9')))
            i++;
        if (i == 1 && n > 2 && p[1] == '#')
            for (i = 2; i < n && i < LONGEST_ENTITY && p[i] >= '0' && p[i] < 0x80 && p[i] != ';';)
                i++;
        return i > 1 && i < n && p[i] == ';' ? i + 1 : 0;
    }
    if (n < 3 || !(p[1] == '/' || p[1] == '!' || ascii_letter(p[1]))) return 0;
    while (i < n && i < LONGEST_TAG && p[i] != '>' && p[i] != '<' && p[i] != '\n') i++;
    return i < n && p[i] == '>' ? i + 1 : 0;
}

static void blank_markup(const uint8_t *text, size_t n, uint8_t opens, uint8_t *folded)
{
    for (const uint8_t *p = text, *end = text + n; p && p < end;) {
        p = memchr(p, opens, (size_t)(end - p));
        if (!p) return;
        size_t length = markup_length(p, (size_t)(end - p));
        memset(folded + (p - text), ' ', length);
        p += length ? length : 1;
    }
}

/* An address, from the letters before "://" to the next space. */
static void blank_addresses(const uint8_t *text, size_t n, uint8_t *folded)
{
    for (const uint8_t *p = text, *end = text + n; p && p + 3 < end;) {
        p = memchr(p, ':', (size_t)(end - p) - 2);
        if (!p) return;
        if (p[1] != '/' || p[2] != '/') {
            p++;
            continue;
        }
        const uint8_t *from = p;
        while (from > text && p - from < 6 && ascii_letter(from[-1])) from--;
        while (p<end && * p> ' ' && *p < 0x80) p++;
        memset(folded + (from - text), ' ', (size_t)(p - from));
    }
}

void language_scan(const language_kernel *kernel, const uint8_t *text, size_t n, uint8_t *folded,
                   uint64_t *ends)
{
    const size_t width = (size_t)kernel->width;
    if (ends) memset(ends, 0, (n / 64 + 2) * sizeof *ends);
    memset(folded - LANGUAGE_FOLD_LEAD, ' ', LANGUAGE_FOLD_LEAD);
    size_t i = n ? scan_slowly(text, n, 0, 2, folded, ends) : 0;
    while (i < n) {
        uint64_t bits = 0;
        if (i + width + 2 <= n) {
            if (kernel->fold(text + i, folded + i, &bits)) {
                if (ends && bits) mark(ends, i, bits);
                i += width;
                continue;
            }
            i = scan_slowly(text, n, i, i + width, folded, ends);
        } else if (i + 18 <= n && scan_16_fold(text + i, folded + i, &bits)) {
            if (ends && bits) mark(ends, i, bits);
            i += 16;
        } else {
            i = scan_slowly(text, n, i, i + 16, folded, ends);
        }
    }
    blank_markup(text, n, '&', folded);
    blank_markup(text, n, '<', folded);
    blank_addresses(text, n, folded);
    memset(folded + n, ' ', 16);
    memset(folded + n + 16, 0, LANGUAGE_FOLD_LEAD - 16);
}
