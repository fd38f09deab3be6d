/* text.c: scripts, folding and n-gram keys; see text.h. Ranges are Unicode 15 blocks and case
 * pairs. */
#include "text.h"

#include <string.h>

const char *const language_script_names[LANGUAGE_SCRIPT_COUNT] = {
#define X(name) #name,
    LANGUAGE_SCRIPTS(X)
#undef X
};

typedef struct {
    uint32_t first, last;
    uint8_t script;
} range;

/* Sorted. Gaps are no letters: punctuation and digits inside blocks are left out where texts hold
 * many of them; ª and º are signs. */
static const range ranges[] = {
    {'A', 'Z', LANGUAGE_LATN},          {'a', 'z', LANGUAGE_LATN},
    {0xC0, 0xD6, LANGUAGE_LATN},        {0xD8, 0xF6, LANGUAGE_LATN},
    {0xF8, 0x2BB, LANGUAGE_LATN},       {0x2BE, 0x2C1, LANGUAGE_LATN},
    {0x300, 0x36F, LANGUAGE_LATN},      {0x370, 0x373, LANGUAGE_GREK},
    {0x376, 0x37D, LANGUAGE_GREK},      {0x37F, 0x3FF, LANGUAGE_GREK},
    {0x400, 0x481, LANGUAGE_CYRL},      {0x483, 0x52F, LANGUAGE_CYRL},
    {0x531, 0x556, LANGUAGE_ARMN},      {0x561, 0x587, LANGUAGE_ARMN},
    {0x591, 0x5BD, LANGUAGE_HEBR},      {0x5BF, 0x5F2, LANGUAGE_HEBR},
    {0x610, 0x61A, LANGUAGE_ARAB},      {0x620, 0x65F, LANGUAGE_ARAB},
    {0x66E, 0x6D3, LANGUAGE_ARAB},      {0x6D5, 0x6EF, LANGUAGE_ARAB},
    {0x6FA, 0x6FF, LANGUAGE_ARAB},      {0x710, 0x74F, LANGUAGE_SYRC},
    {0x750, 0x77F, LANGUAGE_ARAB},      {0x780, 0x7BF, LANGUAGE_THAA},
    {0x7CA, 0x7F5, LANGUAGE_NKOO},      {0x8A0, 0x8FF, LANGUAGE_ARAB},
    {0x900, 0x963, LANGUAGE_DEVA},      {0x971, 0x97F, LANGUAGE_DEVA},
    {0x980, 0x9E3, LANGUAGE_BENG},      {0x9F0, 0x9FF, LANGUAGE_BENG},
    {0xA00, 0xA65, LANGUAGE_GURU},      {0xA70, 0xA7F, LANGUAGE_GURU},
    {0xA80, 0xAE5, LANGUAGE_GUJR},      {0xAF0, 0xAFF, LANGUAGE_GUJR},
    {0xB00, 0xB65, LANGUAGE_ORYA},      {0xB70, 0xB7F, LANGUAGE_ORYA},
    {0xB80, 0xBE5, LANGUAGE_TAML},      {0xC00, 0xC65, LANGUAGE_TELU},
    {0xC80, 0xCE5, LANGUAGE_KNDA},      {0xD00, 0xD65, LANGUAGE_MLYM},
    {0xD80, 0xDE5, LANGUAGE_SINH},      {0xDF2, 0xDF3, LANGUAGE_SINH},
    {0xE01, 0xE3A, LANGUAGE_THAI},      {0xE40, 0xE4E, LANGUAGE_THAI},
    {0xE81, 0xECE, LANGUAGE_LAOO},      {0xEDC, 0xEDF, LANGUAGE_LAOO},
    {0xF00, 0xF00, LANGUAGE_TIBT},      {0xF35, 0xF39, LANGUAGE_TIBT},
    {0xF40, 0xFBC, LANGUAGE_TIBT},      {0x1000, 0x103F, LANGUAGE_MYMR},
    {0x1050, 0x109F, LANGUAGE_MYMR},    {0x10A0, 0x10FF, LANGUAGE_GEOR},
    {0x1100, 0x11FF, LANGUAGE_HANG},    {0x1200, 0x135F, LANGUAGE_ETHI},
    {0x1380, 0x138F, LANGUAGE_ETHI},    {0x13A0, 0x13FF, LANGUAGE_CHER},
    {0x1401, 0x167F, LANGUAGE_CANS},    {0x1780, 0x17D3, LANGUAGE_KHMR},
    {0x1820, 0x18AA, LANGUAGE_MONG},    {0x18B0, 0x18FF, LANGUAGE_CANS},
    {0x1980, 0x1AAF, LANGUAGE_OTHER},   {0x1B00, 0x1C4F, LANGUAGE_OTHER},
    {0x1C5A, 0x1C7D, LANGUAGE_OLCK},    {0x1C80, 0x1C8F, LANGUAGE_CYRL},
    {0x1C90, 0x1CBF, LANGUAGE_GEOR},    {0x1E00, 0x1EFF, LANGUAGE_LATN},
    {0x1F00, 0x1FFF, LANGUAGE_GREK},    {0x2C60, 0x2C7F, LANGUAGE_LATN},
    {0x2C80, 0x2CFF, LANGUAGE_COPT},    {0x2D00, 0x2D2F, LANGUAGE_GEOR},
    {0x2D30, 0x2D7F, LANGUAGE_TFNG},    {0x2D80, 0x2DDF, LANGUAGE_ETHI},
    {0x2DE0, 0x2DFF, LANGUAGE_CYRL},    {0x3041, 0x30FA, LANGUAGE_HANI},
    {0x30FC, 0x312F, LANGUAGE_HANI},    {0x3130, 0x318F, LANGUAGE_HANG},
    {0x31F0, 0x31FF, LANGUAGE_HANI},    {0x3400, 0x4DBF, LANGUAGE_HANI},
    {0x4E00, 0x9FFF, LANGUAGE_HANI},    {0xA000, 0xA4CF, LANGUAGE_YIII},
    {0xA640, 0xA69F, LANGUAGE_CYRL},    {0xA720, 0xA7FF, LANGUAGE_LATN},
    {0xA800, 0xA8DF, LANGUAGE_OTHER},   {0xA8E0, 0xA8FF, LANGUAGE_DEVA},
    {0xA900, 0xA95F, LANGUAGE_OTHER},   {0xA960, 0xA97F, LANGUAGE_HANG},
    {0xA980, 0xA9DF, LANGUAGE_OTHER},   {0xA9E0, 0xA9FF, LANGUAGE_MYMR},
    {0xAA00, 0xAA5F, LANGUAGE_OTHER},   {0xAA60, 0xAA7F, LANGUAGE_MYMR},
    {0xAA80, 0xAAFF, LANGUAGE_OTHER},   {0xAB00, 0xAB2F, LANGUAGE_ETHI},
    {0xAB30, 0xAB6F, LANGUAGE_LATN},    {0xAB70, 0xABBF, LANGUAGE_CHER},
    {0xABC0, 0xABFF, LANGUAGE_OTHER},   {0xAC00, 0xD7FF, LANGUAGE_HANG},
    {0xF900, 0xFAFF, LANGUAGE_HANI},    {0xFB00, 0xFB06, LANGUAGE_LATN},
    {0xFB13, 0xFB17, LANGUAGE_ARMN},    {0xFB1D, 0xFB4F, LANGUAGE_HEBR},
    {0xFB50, 0xFDFF, LANGUAGE_ARAB},    {0xFE70, 0xFEFC, LANGUAGE_ARAB},
    {0xFF66, 0xFF9F, LANGUAGE_HANI},    {0x10280, 0x107FF, LANGUAGE_OTHER},
    {0x10800, 0x10FFF, LANGUAGE_OTHER}, {0x11000, 0x16FFF, LANGUAGE_OTHER},
    {0x1E900, 0x1E95F, LANGUAGE_OTHER}, {0x20000, 0x3FFFF, LANGUAGE_HANI},
};

int language_script(uint32_t c)
{
    if (c < 0x80) return (c | 32) - 'a' < 26 ? LANGUAGE_LATN : LANGUAGE_NO_SCRIPT;
    if (c < 0x250) return c >= 0xC0 && c != 0xD7 && c != 0xF7 ? LANGUAGE_LATN : LANGUAGE_NO_SCRIPT;
    if (c - 0x400 < 0x82) return LANGUAGE_CYRL;
    size_t low = 0, high = sizeof ranges / sizeof ranges[0];
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (ranges[middle].last < c)
            low = middle + 1;
        else
            high = middle;
    }
    return low < sizeof ranges / sizeof ranges[0] && ranges[low].first <= c ? ranges[low].script
                                                                            : LANGUAGE_NO_SCRIPT;
}

static uint32_t lower_latin(uint32_t c)
{
    if (c < 0xE0) return c >= 0xC0 && c != 0xD7 && c != 0xDF ? c + 32 : c;
    if (c < 0x100) return c;
    if (c == 0x130) return 'i';
    if (c == 0x178) return 0xFF;
    if (c < 0x180) {
        bool odd_upper = (c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E);
        if (c == 0x131 || c == 0x138 || c == 0x149 || c == 0x17F) return c;
        return odd_upper ? c + (c & 1) : c | 1;
    }
    switch (c) {
    case 0x181: return 0x253; /* Ɓ */
    case 0x186: return 0x254; /* Ɔ */
    case 0x189: return 0x256; /* Ɖ */
    case 0x18A: return 0x257; /* Ɗ */
    case 0x18E: return 0x1DD; /* Ǝ */
    case 0x18F: return 0x259; /* Ə */
    case 0x190: return 0x25B; /* Ɛ */
    case 0x194: return 0x263; /* Ɣ */
    case 0x196: return 0x269; /* Ɩ */
    case 0x197: return 0x268; /* Ɨ */
    case 0x198: return 0x199; /* Ƙ */
    case 0x19D: return 0x272; /* Ɲ */
    case 0x1A0: return 0x1A1; /* Ơ */
    case 0x1AF: return 0x1B0; /* Ư */
    case 0x1B2: return 0x28B; /* Ʋ */
    case 0x1B3: return 0x1B4; /* Ƴ */
    case 0x1B7: return 0x292; /* Ʒ */
    }
    if (c >= 0x1CD && c <= 0x1DC) return c + (c & 1);
    if ((c >= 0x1DE && c <= 0x1EF) || (c >= 0x1F8 && c <= 0x21F) || (c >= 0x222 && c <= 0x233) ||
        (c >= 0x1E00 && c <= 0x1E95) || (c >= 0x1EA0 && c <= 0x1EFF))
        return c | 1;
    return c;
}

static uint32_t lower_cyrillic(uint32_t c)
{
    if (c < 0x410) return c + 80;
    if (c < 0x430) return c + 32;
    if (c < 0x460) return c;
    if (c == 0x4C0) return 0x4CF;
    if (c >= 0x4C1 && c <= 0x4CE) return c + (c & 1);
    return c < 0x482 || (c >= 0x48A && c < 0x530) ? c | 1 : c;
}

static uint32_t lower_greek(uint32_t c)
{
    if (c == 0x3C2) return 0x3C3; /* final sigma */
    if (c >= 0x391 && c <= 0x3AB) return c + 32;
    if (c == 0x386) return 0x3AC;
    if (c >= 0x388 && c <= 0x38A) return c + 37;
    if (c == 0x38C) return 0x3CC;
    return c == 0x38E || c == 0x38F ? c + 63 : c;
}

uint32_t language_lower(uint32_t c)
{
    if (c < 0x80) return c - 'A' < 26 ? c + 32 : c;
    if (c < 0x250 || (c >= 0x1E00 && c < 0x1F00)) return lower_latin(c);
    if (c >= 0x370 && c < 0x400) return lower_greek(c);
    if (c >= 0x400 && c < 0x530) return lower_cyrillic(c);
    if (c >= 0x531 && c <= 0x556) return c + 48;
    if (c >= 0x1C90 && c <= 0x1CBF) return c - 0xBC0;
    return c;
}

int language_count_scripts(const uint8_t *text, size_t n, uint32_t counts[LANGUAGE_SCRIPT_COUNT])
{
    memset(counts, 0, LANGUAGE_SCRIPT_COUNT * sizeof counts[0]);
    int last = LANGUAGE_NO_SCRIPT;
    uint32_t first_of_block = 1;
    for (const uint8_t *p = text, *end = text + n; p < end;) {
        if (*p < 0x80) {
            counts[LANGUAGE_LATN] += (*p++ | 32u) - 'a' < 26;
            continue;
        }
        uint32_t c = language_decode(&p, end);
        /* Letters come in runs of one block: the last answer holds within 32 code points, except in
         * Latin-1 and among punctuation, where scripts and signs mix. */
        if (last == LANGUAGE_NO_SCRIPT || c >> 5 != first_of_block) {
            last = language_script(c);
            first_of_block = c >> 5;
        } else if (c < 0x700 || (c >= 0x2000 && c < 0x3100)) {
            last = language_script(c);
        }
        if (last != LANGUAGE_NO_SCRIPT)
            counts[last] += last == LANGUAGE_HANI || last == LANGUAGE_HANG ? 2 : 1;
    }
    return language_main_script(counts);
}

int language_main_script(const uint32_t counts[LANGUAGE_SCRIPT_COUNT])
{
    int best = LANGUAGE_LATN;
    uint32_t most = counts[best];
    for (int s = 1; s < LANGUAGE_SCRIPT_COUNT; s++)
        if (counts[s] * 2 > most) {
            most = counts[s] * 2;
            best = s;
        }
    return most ? best : LANGUAGE_NO_SCRIPT;
}

/* Folds the code point at `p` of `length` bytes into as many bytes. Case pairs of these scripts
 * have equal lengths in UTF-8, but for a few letters, which stay as they are. */
static void fold_letter(const uint8_t *p, int length, uint8_t *out)
{
    const uint8_t *q = p;
    uint32_t c = language_decode(&q, p + length);
    if (language_script(c) == LANGUAGE_NO_SCRIPT) {
        memset(out, ' ', (size_t)length);
        return;
    }
    uint32_t l = language_lower(c);
    memcpy(out, p, (size_t)length);
    if (length == 2 && l >= 0x80 && l < 0x800) {
        out[0] = (uint8_t)(0xC0 | l >> 6);
        out[1] = (uint8_t)(0x80 | (l & 63));
    } else if (length == 3 && l >= 0x800) {
        out[0] = (uint8_t)(0xE0 | l >> 12);
        out[1] = (uint8_t)(0x80 | (l >> 6 & 63));
        out[2] = (uint8_t)(0x80 | (l & 63));
    }
}

void language_fold(const uint8_t *text, size_t n, uint8_t *out)
{
    for (size_t i = 0; i < n;) {
        uint8_t c = text[i];
        if (c < 0x80) {
            uint8_t l = c | 32;
            out[i++] = (unsigned)(l - 'a') < 26 ? l : ' ';
            continue;
        }
        int length = c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
        if (i + (size_t)length > n) {
            memset(out + i, ' ', n - i);
            return;
        }
        fold_letter(text + i, length, out + i);
        i += (size_t)length;
    }
}

int language_window(int script)
{
    switch (script) {
    case LANGUAGE_LATN: return 4;
    case LANGUAGE_CYRL:
    case LANGUAGE_ARAB:
    case LANGUAGE_HEBR:
    case LANGUAGE_GREK: return 6;
    case LANGUAGE_HANI: return 3;
    default: return 8;
    }
}

static inline uint64_t mix(uint64_t h, uint64_t c)
{
    h = (h ^ c) * 0xD6E8FEB86659FD93ull;
    return h ^ h >> 32;
}

/* The keys of one word, `w` with an edge at each end (m letters in all). */
static void word_keys(int script, const uint32_t *w, size_t m, language_key_set *out)
{
    const size_t longest = script == LANGUAGE_HANI ? 3 : LANGUAGE_MAX_NGRAM;
    const uint64_t seed = 0x51ED270B27D1ull * (uint64_t)(script + 1);
    uint64_t *keys = out->keys + out->key_count;
    if (out->key_count + (m + 1) * (LANGUAGE_MAX_NGRAM - 2) > out->key_room) return;
    for (size_t i = 0; i + 1 < m; i++) {
        language_start *start = &out->starts[out->start_count++];
        uint64_t h = mix(seed, w[i]);
        start->one = i ? (h & ~7ull) | 1 : 0;
        h = mix(h, w[i + 1]);
        start->two = (h & ~7ull) | 2;
        for (size_t n = 3; n <= longest && i + n <= m; n++) {
            h = mix(h, w[i + n - 1]);
            *keys++ = (h & ~7ull) | n;
        }
    }
    if (m > longest && script != LANGUAGE_HANI) {
        uint64_t h = seed + 1;
        for (size_t i = 0; i < m; i++) h = mix(h, w[i]);
        *keys++ = (h & ~7ull) | 7;
    }
    out->key_count = (size_t)(keys - out->keys);
}

void language_keys_add(int script, const uint8_t *text, size_t n, language_key_set *out)
{
    enum { MAX_WORD = 40 }; /* letters; a longer word is cut into several */
    uint32_t w[MAX_WORD + 2];
    size_t m = 1;
    w[0] = '_';
    for (const uint8_t *p = text, *end = text + n; p <= end;) {
        uint32_t c = p < end ? language_decode(&p, end) : (p++, ' ');
        bool letter;
        if (c < 0x80) {
            letter = script == LANGUAGE_LATN && (c | 0x20) - 'a' < 26;
            w[m] = c | 0x20;
        } else {
            letter = language_script(c) == script;
            w[m] = letter ? language_lower(c) : ' ';
        }
        m += letter;
        if (m > 1 && (!letter || m == MAX_WORD + 1)) {
            w[m] = '_';
            word_keys(script, w, m + 1, out);
            m = 1;
        }
    }
}

size_t language_keys(int script, const uint8_t *text, size_t n, uint64_t *keys, size_t room)
{
    enum { PART = 1500 };
    language_start starts[PART + PART / 32 + 2];
    language_key_set set = {starts, keys, 0, 0, room};
    language_keys_add(script, text, n < PART ? n : PART, &set);
    size_t count = set.key_count;
    for (size_t i = 0; i < set.start_count && count + 1 < room; i++) {
        if (starts[i].one) keys[count++] = starts[i].one;
        keys[count++] = starts[i].two;
    }
    return count;
}
