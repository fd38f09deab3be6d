#include "text.h"

#include <stdlib.h>
#include <string.h>

/* Characters by class: ASCII as a table, the rest by range. */
static const uint8_t ascii_class[128] = {
    ['\t'] = BOILERPLATE_SPACE, ['\r'] = BOILERPLATE_SPACE, ['\f'] = BOILERPLATE_SPACE,
    ['\v'] = BOILERPLATE_SPACE, [' '] = BOILERPLATE_SPACE,  ['!'] = BOILERPLATE_ASK,
    ['"'] = BOILERPLATE_QUOTE,  ['#'] = BOILERPLATE_HASH,   ['$'] = BOILERPLATE_CODE,
    ['%'] = BOILERPLATE_OTHER,  ['&'] = BOILERPLATE_OTHER,  ['\''] = BOILERPLATE_STRAIGHT,
    ['('] = BOILERPLATE_OPEN,   [')'] = BOILERPLATE_CLOSE,  ['*'] = BOILERPLATE_DASH,
    ['+'] = BOILERPLATE_OTHER,  [','] = BOILERPLATE_COMMA,  ['-'] = BOILERPLATE_DASH,
    ['.'] = BOILERPLATE_STOP,   ['/'] = BOILERPLATE_SEP,    ['0'] = BOILERPLATE_DIGIT,
    ['1'] = BOILERPLATE_DIGIT,  ['2'] = BOILERPLATE_DIGIT,  ['3'] = BOILERPLATE_DIGIT,
    ['4'] = BOILERPLATE_DIGIT,  ['5'] = BOILERPLATE_DIGIT,  ['6'] = BOILERPLATE_DIGIT,
    ['7'] = BOILERPLATE_DIGIT,  ['8'] = BOILERPLATE_DIGIT,  ['9'] = BOILERPLATE_DIGIT,
    [':'] = BOILERPLATE_COLON,  [';'] = BOILERPLATE_COLON,  ['<'] = BOILERPLATE_CODE,
    ['='] = BOILERPLATE_CODE,   ['>'] = BOILERPLATE_SEP,    ['?'] = BOILERPLATE_ASK,
    ['@'] = BOILERPLATE_AT,     ['['] = BOILERPLATE_OPEN,   ['\\'] = BOILERPLATE_SEP,
    [']'] = BOILERPLATE_CLOSE,  ['^'] = BOILERPLATE_CODE,   ['_'] = BOILERPLATE_CODE,
    ['`'] = BOILERPLATE_CODE,   ['{'] = BOILERPLATE_CODE,   ['|'] = BOILERPLATE_SEP,
    ['}'] = BOILERPLATE_CODE,   ['~'] = BOILERPLATE_SEP,    ['A'] = BOILERPLATE_UPPER,
    ['B'] = BOILERPLATE_UPPER,  ['C'] = BOILERPLATE_UPPER,  ['D'] = BOILERPLATE_UPPER,
    ['E'] = BOILERPLATE_UPPER,  ['F'] = BOILERPLATE_UPPER,  ['G'] = BOILERPLATE_UPPER,
    ['H'] = BOILERPLATE_UPPER,  ['I'] = BOILERPLATE_UPPER,  ['J'] = BOILERPLATE_UPPER,
    ['K'] = BOILERPLATE_UPPER,  ['L'] = BOILERPLATE_UPPER,  ['M'] = BOILERPLATE_UPPER,
    ['N'] = BOILERPLATE_UPPER,  ['O'] = BOILERPLATE_UPPER,  ['P'] = BOILERPLATE_UPPER,
    ['Q'] = BOILERPLATE_UPPER,  ['R'] = BOILERPLATE_UPPER,  ['S'] = BOILERPLATE_UPPER,
    ['T'] = BOILERPLATE_UPPER,  ['U'] = BOILERPLATE_UPPER,  ['V'] = BOILERPLATE_UPPER,
    ['W'] = BOILERPLATE_UPPER,  ['X'] = BOILERPLATE_UPPER,  ['Y'] = BOILERPLATE_UPPER,
    ['Z'] = BOILERPLATE_UPPER,  [0] = BOILERPLATE_OTHER,    [127] = BOILERPLATE_OTHER,
};

static uint8_t latin1_class(uint32_t c)
{
    switch (c) {
    case 0xA0:
    case 0x85: return BOILERPLATE_SPACE;
    case 0xA9:
    case 0xAE: return BOILERPLATE_RIGHTS;
    case 0xAB: return BOILERPLATE_OPEN;
    case 0xBB: return BOILERPLATE_CLOSE;
    case 0xB7: return BOILERPLATE_SEP;
    case 0xA1:
    case 0xBF: return BOILERPLATE_OPEN;
    case 0xAA:
    case 0xB5:
    case 0xBA: return BOILERPLATE_LOWER;
    case 0xD7:
    case 0xF7: return BOILERPLATE_OTHER;
    }
    if (c < 0xC0) return BOILERPLATE_OTHER;
    return c < 0xDF ? BOILERPLATE_UPPER : BOILERPLATE_LOWER;
}

/* General punctuation, U+2000 to U+206F, and the symbols that menus use. */
static uint8_t symbol_class(uint32_t c)
{
    if (c <= 0x200A || c == 0x202F || c == 0x205F || c == 0x2028 || c == 0x2029)
        return BOILERPLATE_SPACE;
    if (c <= 0x200F || c == 0x2060) return BOILERPLATE_MARK;
    if (c <= 0x2015) return BOILERPLATE_DASH;
    switch (c) {
    case 0x2018:
    case 0x201A:
    case 0x201C:
    case 0x201E:
    case 0x2039: return BOILERPLATE_OPEN;
    case 0x2019: return BOILERPLATE_CURLY;
    case 0x201D:
    case 0x201B:
    case 0x201F: return BOILERPLATE_CLOSE;
    case 0x203A:
    case 0x2022:
    case 0x2023:
    case 0x2024:
    case 0x2027:
    case 0x2044: return BOILERPLATE_SEP;
    case 0x2026: return BOILERPLATE_DOTS;
    case 0x203C:
    case 0x203D:
    case 0x2047:
    case 0x2048:
    case 0x2049: return BOILERPLATE_ASK;
    case 0x2122: return BOILERPLATE_RIGHTS;
    }
    if ((c >= 0x2190 && c <= 0x21FF) || (c >= 0x25A0 && c <= 0x25FF) || c == 0x22C5 ||
        (c >= 0x2500 && c <= 0x257F))
        return BOILERPLATE_SEP;
    return BOILERPLATE_OTHER;
}

static uint8_t cjk_symbol_class(uint32_t c)
{
    switch (c) {
    case 0x3000: return BOILERPLATE_SPACE;
    case 0x3001: return BOILERPLATE_COMMA;
    case 0x3002: return BOILERPLATE_STOP;
    case 0x3005:
    case 0x3006:
    case 0x3007: return BOILERPLATE_IDEO;
    case 0x3008:
    case 0x300A:
    case 0x300C:
    case 0x300E:
    case 0x3010:
    case 0x3014: return BOILERPLATE_OPEN;
    case 0x3009:
    case 0x300B:
    case 0x300D:
    case 0x300F:
    case 0x3011:
    case 0x3015: return BOILERPLATE_CLOSE;
    case 0x30FB: return BOILERPLATE_SEP;
    case 0x30FC: return BOILERPLATE_IDEO;
    }
    return c >= 0x3040 ? BOILERPLATE_IDEO : BOILERPLATE_OTHER;
}

static uint8_t fullwidth_class(uint32_t c)
{
    if (c >= 0xFF10 && c <= 0xFF19) return BOILERPLATE_DIGIT;
    if (c >= 0xFF21 && c <= 0xFF3A) return BOILERPLATE_UPPER;
    if (c >= 0xFF41 && c <= 0xFF5A) return BOILERPLATE_LOWER;
    if (c >= 0xFF66 && c <= 0xFF9F) return BOILERPLATE_IDEO;
    if (c >= 0xFF01 && c <= 0xFF5E) return ascii_class[c - 0xFF01 + 0x21];
    return c == 0xFF61 ? BOILERPLATE_STOP : BOILERPLATE_OTHER;
}

static uint8_t two_byte_class(uint32_t c)
{
    if (c < 0x100) return latin1_class(c);
    if (c < 0x250)
        return c == 0x131 || c == 0x138 || c == 0x149 || c == 0x17F
                   ? BOILERPLATE_LOWER
                   : ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E)
                          ? (c & 1 ? BOILERPLATE_UPPER : BOILERPLATE_LOWER)
                          : (c & 1 ? BOILERPLATE_LOWER : BOILERPLATE_UPPER));
    if (c < 0x2B0) return BOILERPLATE_LOWER;
    if (c < 0x370) return BOILERPLATE_MARK;
    if (c < 0x400)
        return c == 0x37E                              ? BOILERPLATE_ASK
               : c == 0x387                            ? BOILERPLATE_SEP
               : c >= 0x386 && c < 0x3AC && c != 0x390 ? BOILERPLATE_UPPER
                                                       : BOILERPLATE_LOWER;
    if (c < 0x430) return BOILERPLATE_UPPER;
    if (c < 0x460) return BOILERPLATE_LOWER;
    if (c < 0x530) return c & 1 ? BOILERPLATE_LOWER : BOILERPLATE_UPPER;
    if (c < 0x590)
        return c == 0x589 ? BOILERPLATE_STOP : c >= 0x561 ? BOILERPLATE_LOWER : BOILERPLATE_UPPER;
    switch (c) {
    case 0x60C: return BOILERPLATE_COMMA;
    case 0x61B: return BOILERPLATE_COLON;
    case 0x61F: return BOILERPLATE_ASK;
    case 0x6D4: return BOILERPLATE_STOP;
    }
    if ((c >= 0x660 && c <= 0x669) || (c >= 0x6F0 && c <= 0x6F9)) return BOILERPLATE_DIGIT;
    if ((c >= 0x591 && c <= 0x5C7) || (c >= 0x610 && c <= 0x61A) || (c >= 0x64B && c <= 0x65F))
        return BOILERPLATE_MARK;
    return BOILERPLATE_LETTER;
}

static uint8_t three_byte_class(uint32_t c)
{
    if (c < 0xE00)
        return c == 0x964 || c == 0x965   ? BOILERPLATE_STOP
               : c >= 0x966 && c <= 0x96F ? BOILERPLATE_DIGIT
                                          : BOILERPLATE_LETTER;
    if (c < 0xE80)
        return BOILERPLATE_IDEO; /* Thai has no spaces: a word a character, as ideographs */
    if (c < 0x1E00) return c == 0x1362 ? BOILERPLATE_STOP : BOILERPLATE_LETTER;
    if (c < 0x1F00) return c & 1 ? BOILERPLATE_LOWER : BOILERPLATE_UPPER;
    if (c < 0x2000) return c & 8 ? BOILERPLATE_UPPER : BOILERPLATE_LOWER;
    if (c < 0x2C00) return symbol_class(c);
    if (c < 0x3000) return BOILERPLATE_LETTER;
    if (c < 0x3100) return cjk_symbol_class(c);
    if (c < 0xA000) return BOILERPLATE_IDEO;
    if (c >= 0xF900 && c < 0xFB00) return BOILERPLATE_IDEO;
    if (c >= 0xFE00 && c < 0xFE10) return BOILERPLATE_MARK;
    if (c >= 0xFF00) return fullwidth_class(c);
    return BOILERPLATE_LETTER;
}

static uint8_t decode_class(const unsigned char *s, size_t room, size_t *length)
{
    if (s[0] >= 0xC2 && s[0] < 0xE0 && room >= 2) {
        *length = 2;
        return two_byte_class((uint32_t)(s[0] & 31) << 6 | (s[1] & 63));
    }
    if (s[0] >= 0xE0 && s[0] < 0xF0 && room >= 3) {
        *length = 3;
        return three_byte_class((uint32_t)(s[0] & 15) << 12 | (uint32_t)(s[1] & 63) << 6 |
                                (s[2] & 63));
    }
    if (s[0] >= 0xF0 && room >= 4) {
        *length = 4;
        return s[0] == 0xF0 && s[1] >= 0xA0 && s[1] < 0xB2 ? BOILERPLATE_IDEO : BOILERPLATE_OTHER;
    }
    *length = 1;
    return BOILERPLATE_OTHER;
}

/* A word's hash: its first and last eight bytes, folded by one bit. Setting 0x20 folds ASCII, Latin-1
 * and most of Cyrillic in UTF-8, and changes no digit. */
static uint32_t hash_word(const char *p, size_t n, bool number)
{
    uint64_t head = 0, tail = 0;
    if (number) return (uint32_t)(0x9E3779B9u * (n + 1));
    memcpy(&head, p, n < 8 ? n : 8);
    if (n > 8) memcpy(&tail, p + n - 8, 8);
    head |= 0x2020202020202020u;
    tail |= 0x2020202020202020u;
    uint64_t h = head * 0x9E3779B97F4A7C15u ^ (tail + n) * 0xC2B2AE3D27D4EB4Fu;
    return (uint32_t)((h ^ h >> 29) * 0x165667B19E3779F9u >> 32);
}

static bool grow(void **array, size_t *room, size_t need, size_t size)
{
    if (need <= *room) return true;
    size_t more = need + need / 2 + 64;
    void *p = realloc(*array, more * size);
    if (!p) return false;
    *array = p;
    *room = more;
    return true;
}

static void add_word(boilerplate_text *t, boilerplate_row *row, size_t start, size_t end,
                     unsigned characters, uint8_t flags)
{
    boilerplate_word *w = &t->words[t->word_count++];
    size_t n = end - start < 65535 ? end - start : 65535;
    if (!(flags & (BOILERPLATE_WORD_CAPITAL | BOILERPLATE_WORD_NUMBER | BOILERPLATE_WORD_IDEO)) &&
        characters <= 3)
        flags |= BOILERPLATE_WORD_SHORT;
    w->start = (uint32_t)start;
    w->length = (uint16_t)n;
    w->characters = (uint8_t)(characters < 255 ? characters : 255);
    w->flags = flags;
    w->hash = hash_word(t->p + start, n, flags & BOILERPLATE_WORD_NUMBER);
    row->words++;
    row->capitals += flags & BOILERPLATE_WORD_CAPITAL ? 1 : 0;
    row->numbers += flags & BOILERPLATE_WORD_NUMBER ? 1 : 0;
    row->shorts += flags & BOILERPLATE_WORD_SHORT ? 1 : 0;
    if (characters > row->longest) row->longest = (uint16_t)characters;
    row->hash = (row->hash ^ w->hash) * 0x9E3779B97F4A7C15u + 1;
}

/* Follows the last characters of a row, to say how it ends. */
static uint8_t next_ending(uint8_t ending, uint8_t class)
{
    switch (class) {
    case BOILERPLATE_SPACE:
    case BOILERPLATE_MARK: return ending;
    case BOILERPLATE_STOP: return BOILERPLATE_END_STOP;
    case BOILERPLATE_ASK: return BOILERPLATE_END_ASK;
    case BOILERPLATE_DOTS: return BOILERPLATE_END_DOTS;
    case BOILERPLATE_COLON: return BOILERPLATE_END_COLON;
    case BOILERPLATE_COMMA: return BOILERPLATE_END_COMMA;
    case BOILERPLATE_DIGIT: return BOILERPLATE_END_DIGIT;
    case BOILERPLATE_CLOSE:
    case BOILERPLATE_QUOTE:
    case BOILERPLATE_CURLY:
    case BOILERPLATE_STRAIGHT:
        return ending >= BOILERPLATE_END_DOTS ? ending : BOILERPLATE_END_CLOSE;
    }
    return class <= BOILERPLATE_LETTER || class == BOILERPLATE_IDEO ? BOILERPLATE_END_LETTER
                                                                    : BOILERPLATE_END_OTHER;
}

static unsigned saturate(unsigned n, unsigned most)
{
    return n < most ? n : most;
}

/* One line, [at, end) without its line feed. False: it is blank. */
static bool read_row(boilerplate_text *t, boilerplate_row *row, size_t at, size_t end)
{
    const unsigned char *s = (const unsigned char *)t->p;
    size_t word_start = 0;
    unsigned word_characters = 0, dots = 0, straight = 0, curly = 0;
    uint32_t count[BOILERPLATE_CLASSES] = {0};
    uint32_t sentences = 0, characters = 0;
    uint8_t word_flags = 0, before = BOILERPLATE_SPACE, before_that = BOILERPLATE_SPACE;
    uint8_t ending = BOILERPLATE_END_OTHER;
    unsigned left = 0, right = 0; /* « and » */
    bool in_word = false, seen = false, number = true;

    for (size_t i = at; i < end;) {
        size_t length = 1;
        uint8_t class = s[i] < 128 ? ascii_class[s[i]] : decode_class(s + i, end - i, &length);
        count[class]++;
        if (s[i] == 0xC2 && length == 2) {
            left += s[i + 1] == 0xAB;
            right += s[i + 1] == 0xBB;
        }
        characters++;
        if (class <= BOILERPLATE_MARK && class != BOILERPLATE_IDEO) {
            if (!in_word && class != BOILERPLATE_MARK) {
                in_word = number = true;
                word_start = i;
                word_characters = 0;
                word_flags = class == BOILERPLATE_UPPER ? BOILERPLATE_WORD_CAPITAL : 0;
                if (before_that <= BOILERPLATE_LETTER) {
                    straight += before == BOILERPLATE_STRAIGHT;
                    curly += before == BOILERPLATE_CURLY;
                }
            }
            if (class != BOILERPLATE_MARK) word_characters++;
            if (class != BOILERPLATE_DIGIT) number = false;
        } else {
            if (in_word) {
                add_word(t, row, word_start, i, word_characters,
                         word_flags | (number ? BOILERPLATE_WORD_NUMBER : 0));
                in_word = false;
            }
            if (class == BOILERPLATE_IDEO)
                add_word(t, row, i, i + length, 1, BOILERPLATE_WORD_IDEO);
            if (class == BOILERPLATE_SPACE && ending >= BOILERPLATE_END_ASK && seen &&
                before != BOILERPLATE_SPACE)
                sentences++;
            if ((class == BOILERPLATE_STOP || class == BOILERPLATE_ASK) && length == 3)
                sentences++; /* 。 needs no space after it */
        }
        dots = class == BOILERPLATE_STOP && length == 1 ? dots + 1 : 0;
        ending = dots >= 3 ? BOILERPLATE_END_DOTS : next_ending(ending, class);
        if (class != BOILERPLATE_SPACE) {
            if (!seen) {
                row->start = (uint32_t)i;
                row->first = class;
                characters = 1;
                seen = true;
            }
            row->end = (uint32_t)(i + length);
        }
        if (seen && characters == 2) row->first_next = class;
        before_that = before;
        before = class;
        i += length;
    }
    if (!seen) return false;
    if (in_word)
        add_word(t, row, word_start, end, word_characters,
                 word_flags | (number ? BOILERPLATE_WORD_NUMBER : 0));
    if (ending >= BOILERPLATE_END_ASK && before != BOILERPLATE_SPACE) sentences++;
    if (!left) { /* » alone parts the steps of a path, it does not quote */
        count[BOILERPLATE_SEP] += right;
        count[BOILERPLATE_CLOSE] -= right;
    }
    for (unsigned k = 0; k < BOILERPLATE_CLASSES; k++)
        row->count[k] = (uint16_t)saturate(count[k], 65535);
    row->letters = (uint16_t)saturate(count[BOILERPLATE_LOWER] + count[BOILERPLATE_UPPER] +
                                          count[BOILERPLATE_LETTER] + count[BOILERPLATE_IDEO],
                                      65535);
    row->characters = (uint16_t)saturate(characters, 65535);
    row->sentences = (uint16_t)saturate(sentences, 65535);
    row->straight = (uint8_t)saturate(straight, 255);
    row->curly = (uint8_t)saturate(curly, 255);
    row->ending = ending;
    return true;
}

bool boilerplate_read(boilerplate_text *text, const char *p, size_t n)
{
    text->p = p;
    text->n = n;
    text->row_count = text->word_count = text->lines = 0;
    uint8_t blank = 0;
    for (size_t at = 0; at < n;) {
        const char *feed = memchr(p + at, '\n', n - at);
        size_t end = feed ? (size_t)(feed - p) : n;
        /* a word takes at least one byte, and two words one more between them, but ideographs */
        if (!grow((void **)&text->rows, &text->row_room, text->row_count + 1, sizeof *text->rows) ||
            !grow((void **)&text->words, &text->word_room, text->word_count + (end - at) / 2 + 2,
                  sizeof *text->words))
            return false;
        boilerplate_row *row = &text->rows[text->row_count];
        memset(row, 0, sizeof *row);
        row->word = (uint32_t)text->word_count;
        row->line = (uint32_t)text->lines++;
        if (read_row(text, row, at, end)) {
            row->blank_before = blank;
            blank = 0;
            text->row_count++;
        } else {
            blank = 1;
        }
        at = end + 1;
    }
    return true;
}

void boilerplate_text_free(boilerplate_text *text)
{
    free(text->rows);
    free(text->words);
    memset(text, 0, sizeof *text);
}

unsigned boilerplate_scale(uint64_t count)
{
    if (count < 8) return (unsigned)count;
    unsigned octave = 63 - (unsigned)__builtin_clzll(count);
    unsigned value = 8 + (octave - 3) * 4 + (unsigned)(count >> (octave - 2) & 3);
    return value < 63 ? value : 63;
}

unsigned boilerplate_share(uint64_t part, uint64_t whole)
{
    return whole ? (unsigned)((part < whole ? part : whole) * 16 / whole) : 0;
}
