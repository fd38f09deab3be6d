/* boilerplate/classes: what a character counts as: ASCII as a table, the rest by range. */
#include "classes.h"

const uint8_t boilerplate_ascii_class[128] = {
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

const uint8_t boilerplate_class_ending[BOILERPLATE_CLASSES] = {
    [BOILERPLATE_LOWER] = BOILERPLATE_END_LETTER,  [BOILERPLATE_UPPER] = BOILERPLATE_END_LETTER,
    [BOILERPLATE_LETTER] = BOILERPLATE_END_LETTER, [BOILERPLATE_IDEO] = BOILERPLATE_END_LETTER,
    [BOILERPLATE_DIGIT] = BOILERPLATE_END_DIGIT,   [BOILERPLATE_MARK] = BOILERPLATE_END_OTHER,
    [BOILERPLATE_SPACE] = BOILERPLATE_END_OTHER,   [BOILERPLATE_COMMA] = BOILERPLATE_END_COMMA,
    [BOILERPLATE_STOP] = BOILERPLATE_END_STOP,     [BOILERPLATE_ASK] = BOILERPLATE_END_ASK,
    [BOILERPLATE_DOTS] = BOILERPLATE_END_DOTS,     [BOILERPLATE_COLON] = BOILERPLATE_END_COLON,
    [BOILERPLATE_SEP] = BOILERPLATE_END_OTHER,     [BOILERPLATE_STRAIGHT] = BOILERPLATE_END_CLOSE,
    [BOILERPLATE_CURLY] = BOILERPLATE_END_CLOSE,   [BOILERPLATE_OPEN] = BOILERPLATE_END_OTHER,
    [BOILERPLATE_CLOSE] = BOILERPLATE_END_CLOSE,   [BOILERPLATE_QUOTE] = BOILERPLATE_END_CLOSE,
    [BOILERPLATE_DASH] = BOILERPLATE_END_OTHER,    [BOILERPLATE_AT] = BOILERPLATE_END_OTHER,
    [BOILERPLATE_HASH] = BOILERPLATE_END_OTHER,    [BOILERPLATE_CODE] = BOILERPLATE_END_OTHER,
    [BOILERPLATE_RIGHTS] = BOILERPLATE_END_OTHER,  [BOILERPLATE_OTHER] = BOILERPLATE_END_OTHER};

/* Characters of two bytes in UTF-8, as a table of what these say of each. */
#define LATIN_1(c)                                                    \
    ((c) == 0xA0 || (c) == 0x85                  ? BOILERPLATE_SPACE  \
     : (c) == 0xA9 || (c) == 0xAE                ? BOILERPLATE_RIGHTS \
     : (c) == 0xAB || (c) == 0xA1 || (c) == 0xBF ? BOILERPLATE_OPEN   \
     : (c) == 0xBB                               ? BOILERPLATE_CLOSE  \
     : (c) == 0xB7                               ? BOILERPLATE_SEP    \
     : (c) == 0xAA || (c) == 0xB5 || (c) == 0xBA ? BOILERPLATE_LOWER  \
     : (c) == 0xD7 || (c) == 0xF7 || (c) < 0xC0  ? BOILERPLATE_OTHER  \
     : (c) < 0xDF                                ? BOILERPLATE_UPPER  \
                                                 : BOILERPLATE_LOWER)
#define LATIN_EXTENDED(c)                                                             \
    ((c) == 0x131 || (c) == 0x138 || (c) == 0x149 || (c) == 0x17F ? BOILERPLATE_LOWER \
     : ((c) >= 0x139 && (c) <= 0x148) || ((c) >= 0x179 && (c) <= 0x17E)               \
         ? ((c)&1 ? BOILERPLATE_UPPER : BOILERPLATE_LOWER)                            \
         : ((c)&1 ? BOILERPLATE_LOWER : BOILERPLATE_UPPER))
#define GREEK(c)                                                       \
    ((c) == 0x37E                                  ? BOILERPLATE_ASK   \
     : (c) == 0x387                                ? BOILERPLATE_SEP   \
     : (c) >= 0x386 && (c) < 0x3AC && (c) != 0x390 ? BOILERPLATE_UPPER \
                                                   : BOILERPLATE_LOWER)
#define CYRILLIC(c)                    \
    ((c) < 0x430   ? BOILERPLATE_UPPER \
     : (c) < 0x460 ? BOILERPLATE_LOWER \
                   : ((c)&1 ? BOILERPLATE_LOWER : BOILERPLATE_UPPER))
#define ARMENIAN(c) \
    ((c) == 0x589 ? BOILERPLATE_STOP : (c) >= 0x561 ? BOILERPLATE_LOWER : BOILERPLATE_UPPER)
#define SEMITIC(c)                                                                          \
    ((c) == 0x60C                                                       ? BOILERPLATE_COMMA \
     : (c) == 0x61B                                                     ? BOILERPLATE_COLON \
     : (c) == 0x61F                                                     ? BOILERPLATE_ASK   \
     : (c) == 0x6D4                                                     ? BOILERPLATE_STOP  \
     : ((c) >= 0x660 && (c) <= 0x669) || ((c) >= 0x6F0 && (c) <= 0x6F9) ? BOILERPLATE_DIGIT \
     : ((c) >= 0x591 && (c) <= 0x5C7) || ((c) >= 0x610 && (c) <= 0x61A) ||                  \
             ((c) >= 0x64B && (c) <= 0x65F)                                                 \
         ? BOILERPLATE_MARK                                                                 \
         : BOILERPLATE_LETTER)
#define TWO_BYTE(c)                    \
    ((c) < 0x100   ? LATIN_1(c)        \
     : (c) < 0x250 ? LATIN_EXTENDED(c) \
     : (c) < 0x2B0 ? BOILERPLATE_LOWER \
     : (c) < 0x370 ? BOILERPLATE_MARK  \
     : (c) < 0x400 ? GREEK(c)          \
     : (c) < 0x530 ? CYRILLIC(c)       \
     : (c) < 0x590 ? ARMENIAN(c)       \
                   : SEMITIC(c))
#define EIGHT(c)                                                                             \
    TWO_BYTE(c), TWO_BYTE((c) + 1), TWO_BYTE((c) + 2), TWO_BYTE((c) + 3), TWO_BYTE((c) + 4), \
        TWO_BYTE((c) + 5), TWO_BYTE((c) + 6), TWO_BYTE((c) + 7)
#define SIXTY_FOUR(c)                                                                             \
    EIGHT(c), EIGHT((c) + 8), EIGHT((c) + 16), EIGHT((c) + 24), EIGHT((c) + 32), EIGHT((c) + 40), \
        EIGHT((c) + 48), EIGHT((c) + 56)
#define BLOCK(c) \
    SIXTY_FOUR(c), SIXTY_FOUR((c) + 0x40), SIXTY_FOUR((c) + 0x80), SIXTY_FOUR((c) + 0xC0)
const uint8_t boilerplate_two_byte_class[0x800] = {BLOCK(0),     BLOCK(0x100), BLOCK(0x200),
                                                   BLOCK(0x300), BLOCK(0x400), BLOCK(0x500),
                                                   BLOCK(0x600), BLOCK(0x700)};

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
    if (c >= 0xFF01 && c <= 0xFF5E) return boilerplate_ascii_class[c - 0xFF01 + 0x21];
    return c == 0xFF61 ? BOILERPLATE_STOP : BOILERPLATE_OTHER;
}

uint8_t boilerplate_three_byte_class(uint32_t c)
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
