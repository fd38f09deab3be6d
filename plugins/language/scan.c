/* scan.c: folds a whole text and marks its line and sentence ends, in vectors where letters allow
 * it, letter by letter where not; blanks markup and addresses; counts what a unit is written in.
 * See scan.h. */
#include "score.h"

#include <string.h>

/* Leads whose letters follow the same rules of scan.h. */
enum {
    LANGUAGE_LEADS_LATIN = 1,
    LANGUAGE_LEADS_GREEK = 2,
    LANGUAGE_LEADS_CYRILLIC = 4,
    LANGUAGE_LEADS_SEMITIC = 8,
    LANGUAGE_LEADS_INDIC = 16,
    LANGUAGE_LEADS_EASTERN = 32,
    LANGUAGE_LEADS_RARE = 64 /* one by one */
};

typedef struct {
    uint8_t low, high, bit;
} language_leads;

static const language_leads language_leads_all[] = {
    {0xC4, 0xC9, LANGUAGE_LEADS_LATIN},
    {0xCA, 0xCD, LANGUAGE_LEADS_RARE},
    {0xCE, 0xCF, LANGUAGE_LEADS_GREEK},
    {0xD0, 0xD4, LANGUAGE_LEADS_CYRILLIC},
    {0xD5, 0xDF, LANGUAGE_LEADS_SEMITIC},
    {0xE0, 0xE1, LANGUAGE_LEADS_INDIC},
    {0xE3, 0xEF, LANGUAGE_LEADS_EASTERN},
    {0xF0, 0xFF, LANGUAGE_LEADS_RARE},
    {0, 0, 0},
};

static inline const language_leads *language_leads_of(uint8_t lead)
{
    const language_leads *g = language_leads_all;
    while (g->bit && lead > g->high) g++;
    return g;
}

/* No lead beyond Latin-1 but E2, whose signs have rules of their own, or one of the group. */
static inline bool language_leads_hold(const language_leads *g, uint8_t c)
{
    return c < 0xC4 || c == 0xE2 || (c >= g->low && c <= g->high);
}

#if defined(__x86_64__) && defined(__GNUC__)
#define SCAN_WIDTH      64
#define SCAN_NAME(part) scan_64##part
#define SCAN_TARGET     __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,popcnt,bmi")))
#include "scan.h"
#define SCAN_WIDTH      32
#define SCAN_NAME(part) scan_32##part
#define SCAN_TARGET     __attribute__((target("avx2,popcnt,bmi")))
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
        out->letters = scan_64_letters;
        return;
    }
    if (width == 32) {
        out->fold = scan_32_fold;
        out->letters = scan_32_letters;
        return;
    }
#endif
    out->fold = scan_16_fold;
    out->letters = scan_16_letters;
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

static void map_add(language_block *map, size_t at, const language_block *bits)
{
    language_block *now = &map[at >> 6], *next = now + 1;
    const size_t shift = at & 63;
    if (!shift) {
        *now = *bits;
        *next = (language_block){0};
        return;
    }
    now->ends |= bits->ends << shift;
    now->letters |= bits->letters << shift;
    now->others |= bits->others << shift;
    now->opens |= bits->opens << shift;
    next->ends = bits->ends >> (64 - shift);
    next->letters = bits->letters >> (64 - shift);
    next->others = bits->others >> (64 - shift);
    next->opens = bits->opens >> (64 - shift);
}

/* Folds the letters of a block that its rules left, `hard` their leads. Returns the block's length,
 * or where the last of them ends, if that is further. */
static size_t fold_hard(const uint8_t *text, const uint8_t *end, uint64_t hard, size_t length,
                        uint8_t *out, language_block *bits)
{
    for (; hard; hard &= hard - 1) {
        const size_t at = (size_t)__builtin_ctzll(hard);
        const uint8_t *p = text + at;
        const uint64_t bit = 1ull << at;
        size_t n = *p < 0xE0 ? 2 : *p < 0xF0 ? 3 : 4;
        if (n > (size_t)(end - p)) n = (size_t)(end - p);
        language_fold(p, n, out + at);
        bits->letters &= ~bit;
        bits->others &= ~bit;
        if (out[at] >= 0xC0) bits->letters |= bit;
        if (out[at] >= 0xCA) bits->others |= bit;
        if (language_terminator(p, end)) bits->ends |= bit;
        if (at + n > length) length = at + n;
    }
    return length;
}

/* A block near the text's start or end, with spaces before it and zeros behind; up to `to`. */
static size_t fold_edge(const language_kernel *kernel, const uint8_t *text, size_t n, size_t i,
                        size_t to, uint8_t *folded, language_block *bits)
{
    const size_t width = (size_t)kernel->width;
    uint8_t in[2 + 64 + 2], out[64 + 4];
    const size_t most = to - i < width ? to - i : width;
    const size_t more = n - i < width + 2 ? n - i : width + 2;
    memset(in, 0, sizeof in);
    for (size_t k = 0; k < 2; k++) in[k] = i + k >= 2 ? text[i + k - 2] : ' ';
    memcpy(in + 2, text + i, more);
    uint64_t hard = kernel->fold(in + 2, out, bits);
    if (most < 64) {
        const uint64_t kept = (1ull << most) - 1;
        hard &= kept;
        bits->ends &= kept;
        bits->letters &= kept;
        bits->others &= kept;
        bits->opens &= kept;
    }
    memcpy(folded, out, most);
    return fold_hard(text + i, text + to, hard, most, folded, bits);
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

static void blank(uint8_t *folded, language_block *map, size_t from, size_t length)
{
    memset(folded + from, ' ', length);
    for (size_t i = from; i < from + length; i++) {
        map[i >> 6].letters &= ~(1ull << (i & 63));
        map[i >> 6].others &= ~(1ull << (i & 63));
    }
}

/* An address whose "://" is at p: from the letters before to the next space. */
static void blank_address(const uint8_t *text, const uint8_t *p, const uint8_t *end,
                          uint8_t *folded, language_block *map)
{
    const uint8_t *from = p;
    while (from > text && p - from < 6 && ascii_letter(from[-1])) from--;
    while (p<end && * p> ' ' && *p < 0x80) p++;
    blank(folded, map, (size_t)(from - text), (size_t)(p - from));
}

/* Entities, tags and addresses; none begins within another of its kind. */
static void blank_markup(const uint8_t *text, size_t n, uint8_t *folded, language_block *map)
{
    size_t after_entity = 0, after_tag = 0;
    for (size_t word = 0; word << 6 < n; word++)
        for (uint64_t bits = map[word].opens; bits; bits &= bits - 1) {
            const size_t at = (word << 6) + (size_t)__builtin_ctzll(bits);
            const uint8_t *p = text + at;
            if (*p == ':') {
                if (n - at > 2 && p[1] == '/' && p[2] == '/')
                    blank_address(text, p, text + n, folded, map);
                continue;
            }
            size_t *after = *p == '&' ? &after_entity : &after_tag;
            if (at < *after) continue;
            const size_t length = markup_length(p, n - at);
            blank(folded, map, at, length);
            *after = at + length;
        }
}

void language_scan(const language_kernel *kernel, const uint8_t *text, size_t n, size_t from,
                   size_t to, uint8_t *folded, language_block *map)
{
    const size_t width = (size_t)kernel->width, length = to - from;
    map[length / 64] = map[length / 64 + 1] = (language_block){0};
    memset(folded - LANGUAGE_FOLD_LEAD, ' ', LANGUAGE_FOLD_LEAD);
    for (size_t i = from, done; i < to; i += done) {
        language_block bits;
        if (i < 2 || i + width > to || i + width + 2 > n) {
            done = fold_edge(kernel, text, n, i, to, folded + (i - from), &bits);
        } else {
            done = width;
            uint64_t hard = kernel->fold(text + i, folded + (i - from), &bits);
            if (hard)
                done = fold_hard(text + i, text + to, hard, width, folded + (i - from), &bits);
        }
        map_add(map, i - from, &bits);
        const size_t skipped = ((i - from) >> 6) + 2; /* the next block may begin there */
        if (done > width && skipped <= length / 64 + 1) map[skipped] = (language_block){0};
    }
    blank_markup(text + from, length, folded, map);
    memset(folded + length, ' ', 16);
    memset(folded + length + 16, 0, LANGUAGE_FOLD_LEAD - 16);
}
