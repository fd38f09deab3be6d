#include "text.h"

#include "classes.h"

#include <stdlib.h>
#include <string.h>

/* The eight bytes at p; `n` of them are the word's, `room` may be read. */
static uint64_t load_bytes(const char *p, size_t n, size_t room)
{
    uint64_t bytes = 0;
    if (room >= 8) {
        memcpy(&bytes, p, 8);
        return n < 8 ? bytes & (((uint64_t)1 << 8 * n) - 1) : bytes;
    }
    for (size_t i = 0; i < n && i < 8; i++) bytes |= (uint64_t)(unsigned char)p[i] << 8 * i;
    return bytes;
}

/* A word's hash: its first and last eight bytes, folded by one bit. Setting 0x20 folds ASCII, Latin-1
 * and most of Cyrillic in UTF-8, and changes no digit. */
static uint32_t hash_word(const char *p, size_t n, size_t room, bool number)
{
    if (number) return (uint32_t)(0x9E3779B9u * (n + 1));
    uint64_t head = load_bytes(p, n, room) | 0x2020202020202020u;
    uint64_t tail = 0x2020202020202020u;
    if (n > 8) tail |= load_bytes(p + n - 8, 8, 8);
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

static void add_word(boilerplate_text *t, boilerplate_row *row, size_t start, size_t n,
                     unsigned characters, uint8_t flags)
{
    boilerplate_word *w = &t->words[t->word_count++];
    if (n > 65535) n = 65535;
    if (!(flags & (BOILERPLATE_WORD_CAPITAL | BOILERPLATE_WORD_NUMBER | BOILERPLATE_WORD_IDEO)) &&
        characters <= 3)
        flags |= BOILERPLATE_WORD_SHORT;
    w->start = (uint32_t)start;
    w->length = (uint16_t)n;
    w->characters = (uint8_t)(characters < 255 ? characters : 255);
    w->flags = flags;
    w->hash = hash_word(t->p + start, n, t->n - start, flags & BOILERPLATE_WORD_NUMBER);
    row->words++;
    row->capitals += flags & BOILERPLATE_WORD_CAPITAL ? 1 : 0;
    row->numbers += flags & BOILERPLATE_WORD_NUMBER ? 1 : 0;
    row->shorts += flags & BOILERPLATE_WORD_SHORT ? 1 : 0;
    if (characters > row->longest) row->longest = (uint16_t)characters;
    row->hash = (row->hash ^ w->hash) * 0x9E3779B97F4A7C15u + 1;
}

/* ------------------------------------------------------------------ pieces of a line */

enum { PIECE = 64 };

/* Up to 64 bytes of a line; bit i is byte i. */
typedef struct {
    uint64_t lower, upper, digit, space, high; /* ASCII classes; bytes beyond ASCII */
} piece_bits;

#if defined(__SSE2__)
#include <emmintrin.h>

/* Bytes of [low, low + width) as bits: a shifted unsigned comparison by way of the signed one. */
static unsigned range_bits(__m128i v, char low, char width)
{
    __m128i shifted = _mm_sub_epi8(v, _mm_set1_epi8((char)(low + 128)));
    return (unsigned)_mm_movemask_epi8(_mm_cmplt_epi8(shifted, _mm_set1_epi8((char)(width - 128))));
}

static void read_bits(const unsigned char *p, piece_bits *out)
{
    memset(out, 0, sizeof *out);
    for (unsigned k = 0; k < PIECE; k += 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + k));
        out->lower |= (uint64_t)range_bits(v, 'a', 26) << k;
        out->upper |= (uint64_t)range_bits(v, 'A', 26) << k;
        out->digit |= (uint64_t)range_bits(v, '0', 10) << k;
        out->space |= (uint64_t)(range_bits(v, '\t', 5) |
                                 (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8(' '))))
                      << k;
        out->high |= (uint64_t)(unsigned)_mm_movemask_epi8(v) << k;
    }
}
#else
static void read_bits(const unsigned char *p, piece_bits *out)
{
    memset(out, 0, sizeof *out);
    for (unsigned k = 0; k < PIECE; k++) {
        uint64_t bit = (uint64_t)1 << k;
        uint8_t class = p[k] < 128 ? boilerplate_ascii_class[p[k]] : BOILERPLATE_CLASSES;
        out->lower |= class == BOILERPLATE_LOWER ? bit : 0;
        out->upper |= class == BOILERPLATE_UPPER ? bit : 0;
        out->digit |= class == BOILERPLATE_DIGIT ? bit : 0;
        out->space |= class == BOILERPLATE_SPACE ? bit : 0;
        out->high |= class == BOILERPLATE_CLASSES ? bit : 0;
    }
}
#endif

/* What has been seen of a line. */
typedef struct {
    boilerplate_text *t;
    boilerplate_row *row;
    size_t end; /* of the line */
    uint32_t count[BOILERPLATE_CLASSES];
    uint32_t sentences, straight, curly;
    unsigned left, right; /* « and » */
} line_state;

static bool is_letter_byte(unsigned char c)
{
    return c >= 128 || boilerplate_ascii_class[c] <= BOILERPLATE_LETTER;
}

/* A character that is no letter, digit or space: [at, at + length). */
static void see_mark(line_state *s, size_t at, size_t length, uint8_t class)
{
    const unsigned char *p = (const unsigned char *)s->t->p;
    size_t next = at + length;
    switch (class) {
    case BOILERPLATE_STOP:
    case BOILERPLATE_ASK: {
        /* 。 needs no space after it; a closing mark may stand between */
        while (next < s->end && (p[next] == '"' || p[next] == ')' || p[next] == ']')) next++;
        if (next + 2 < s->end && p[next] == 0xE2 && p[next + 1] == 0x80 &&
            (p[next + 2] == 0x9D || p[next + 2] == 0x99))
            next += 3;
        s->sentences += length == 3 || next >= s->end || p[next] <= ' ' || p[next] == 0xC2;
        break;
    }
    case BOILERPLATE_STRAIGHT:
    case BOILERPLATE_CURLY:
        if (at > s->row->start && next < s->end && is_letter_byte(p[at - 1]) &&
            is_letter_byte(p[next]))
            *(class == BOILERPLATE_STRAIGHT ? &s->straight : &s->curly) += 1;
        break;
    case BOILERPLATE_OPEN: s->left += length == 2 && p[at] == 0xC2 && p[at + 1] == 0xAB; break;
    case BOILERPLATE_CLOSE: s->right += length == 2 && p[at] == 0xC2 && p[at + 1] == 0xBB; break;
    }
    s->count[class]++;
}

/* Letters, digits and ideographs of a piece, and where its characters begin. */
typedef struct {
    uint64_t word, ideograph, capital, number, begins;
} piece_words;

static unsigned lowest(uint64_t bits)
{
    return (unsigned)__builtin_ctzll(bits);
}

/* Characters beyond ASCII, one by one. Returns how many bytes of the piece are whole characters. */
static size_t see_high(line_state *s, size_t at, size_t n, uint64_t high, piece_words *w)
{
    const unsigned char *p = (const unsigned char *)s->t->p + at;
    while (high) {
        unsigned k = lowest(high);
        size_t length;
        uint8_t class = boilerplate_decode_class(p + k, s->end - at - k, &length);
        if (k + length > n && k) return k;
        uint64_t bytes = (length < 64 ? ((uint64_t)1 << length) - 1 : ~(uint64_t)0) << k;
        high &= ~bytes;
        w->begins &= ~(bytes & (bytes - ((uint64_t)1 << k)));
        if (class == BOILERPLATE_IDEO) {
            w->ideograph |= (uint64_t)1 << k;
            s->count[class]++;
        } else if (class <= BOILERPLATE_MARK) {
            w->word |= bytes;
            w->capital |= class == BOILERPLATE_UPPER ? (uint64_t)1 << k : 0;
            w->number |= class == BOILERPLATE_DIGIT ? bytes : 0;
            s->count[class]++;
        } else if (class == BOILERPLATE_SPACE) {
            s->count[class]++;
        } else {
            see_mark(s, at + k, length, class);
        }
    }
    return n;
}

static uint64_t bits_below(size_t n)
{
    return n < 64 ? ((uint64_t)1 << n) - 1 : ~(uint64_t)0;
}

static void add_words(line_state *s, size_t at, const piece_words *w, bool ascii)
{
    const unsigned char *p = (const unsigned char *)s->t->p + at;
    uint64_t starts = (w->word & ~(w->word << 1)) | w->ideograph;
    while (starts) {
        unsigned k = lowest(starts);
        uint64_t bit = (uint64_t)1 << k;
        starts &= starts - 1;
        if (w->ideograph & bit) {
            add_word(s->t, s->row, at + k, p[k] < 0xF0 ? 3 : 4, 1, BOILERPLATE_WORD_IDEO);
            continue;
        }
        uint64_t rest = ~(w->word >> k);
        unsigned n = rest ? lowest(rest) : 64 - k;
        if (n > 64 - k) n = 64 - k;
        uint64_t bytes = bits_below(n) << k;
        uint8_t flags = w->capital & bit ? BOILERPLATE_WORD_CAPITAL : 0;
        if ((w->number & bytes) == bytes) flags |= BOILERPLATE_WORD_NUMBER;
        unsigned characters = ascii ? n : (unsigned)__builtin_popcountll(w->begins & bytes);
        add_word(s->t, s->row, at + k, n, characters, flags);
    }
}

/* One piece; returns how many bytes it took: a word that goes on behind it waits for the next piece, but for
 * words longer than a piece, which are cut. */
static size_t see_piece(line_state *s, size_t at)
{
    const unsigned char *p = (const unsigned char *)s->t->p + at;
    unsigned char copy[PIECE];
    size_t n = s->end - at < PIECE ? s->end - at : PIECE;
    if (s->t->n - at < PIECE) {
        memset(copy, 0, sizeof copy);
        memcpy(copy, p, n);
        p = copy;
    }
    piece_bits bits;
    read_bits(p, &bits);
    uint64_t all = bits_below(n);
    piece_words w = {.word = (bits.lower | bits.upper | bits.digit) & all,
                     .capital = bits.upper & all,
                     .number = bits.digit & all,
                     .begins = all};
    uint64_t ascii_word = w.word;
    size_t whole = n;
    line_state start = *s;
    if (bits.high & all) whole = see_high(s, at, n, bits.high & all, &w);
    if (at + whole < s->end && w.word >> (whole - 1) & 1) { /* the last word may go on */
        uint64_t gaps = ~w.word & bits_below(whole);
        if (gaps) {
            size_t cut = 64 - (size_t)__builtin_clzll(gaps);
            if (cut < whole) {
                uint64_t high = bits.high & bits_below(cut);
                whole = cut;
                *s = start; /* see the characters beyond ASCII again, fewer of them */
                w = (piece_words){.word = ascii_word & bits_below(cut),
                                  .capital = bits.upper,
                                  .number = bits.digit,
                                  .begins = all};
                if (high) see_high(s, at, cut, high, &w);
            }
        }
    }
    all = bits_below(whole);
    w.word &= all;
    s->count[BOILERPLATE_LOWER] += (unsigned)__builtin_popcountll(bits.lower & all);
    s->count[BOILERPLATE_UPPER] += (unsigned)__builtin_popcountll(bits.upper & all);
    s->count[BOILERPLATE_DIGIT] += (unsigned)__builtin_popcountll(bits.digit & all);
    s->count[BOILERPLATE_SPACE] += (unsigned)__builtin_popcountll(bits.space & all);
    uint64_t marks = all & ~(bits.lower | bits.upper | bits.digit | bits.space | bits.high);
    for (; marks; marks &= marks - 1) {
        unsigned k = lowest(marks);
        see_mark(s, at + k, 1, boilerplate_ascii_class[p[k]]);
    }
    add_words(s, at, &w, !bits.high);
    return whole;
}

/* ------------------------------------------------------------------ a line */

/* The class of the character that ends before `end`, and where it begins. */
static uint8_t class_before(const boilerplate_text *t, size_t start, size_t end, size_t *at)
{
    const unsigned char *p = (const unsigned char *)t->p;
    size_t k = end - 1, length;
    while (k > start && (p[k] & 0xC0) == 0x80 && end - k < 4) k--;
    *at = k;
    return p[k] < 128 ? boilerplate_ascii_class[p[k]]
                      : boilerplate_decode_class(p + k, end - k, &length);
}

/* What a row ends with: the last mark, looking through closing ones. */
static uint8_t find_ending(const boilerplate_text *t, size_t start, size_t end)
{
    bool closed = false;
    while (end > start) {
        size_t at;
        uint8_t class = class_before(t, start, end, &at);
        switch (class) {
        case BOILERPLATE_SPACE:
        case BOILERPLATE_MARK: break;
        case BOILERPLATE_STOP:
            return at >= start + 2 && t->p[at] == '.' && t->p[at - 1] == '.' && t->p[at - 2] == '.'
                       ? BOILERPLATE_END_DOTS
                       : BOILERPLATE_END_STOP;
        case BOILERPLATE_ASK: return BOILERPLATE_END_ASK;
        case BOILERPLATE_DOTS: return BOILERPLATE_END_DOTS;
        case BOILERPLATE_CLOSE:
        case BOILERPLATE_QUOTE:
        case BOILERPLATE_CURLY:
        case BOILERPLATE_STRAIGHT: closed = true; break;
        default:
            if (closed) return BOILERPLATE_END_CLOSE;
            if (class == BOILERPLATE_COLON) return BOILERPLATE_END_COLON;
            if (class == BOILERPLATE_COMMA) return BOILERPLATE_END_COMMA;
            if (class == BOILERPLATE_DIGIT) return BOILERPLATE_END_DIGIT;
            return class <= BOILERPLATE_IDEO ? BOILERPLATE_END_LETTER : BOILERPLATE_END_OTHER;
        }
        end = at;
    }
    return closed ? BOILERPLATE_END_CLOSE : BOILERPLATE_END_OTHER;
}

static uint8_t class_at(const boilerplate_text *t, size_t at, size_t end, size_t *length)
{
    const unsigned char *p = (const unsigned char *)t->p + at;
    *length = 1;
    return p[0] < 128 ? boilerplate_ascii_class[p[0]]
                      : boilerplate_decode_class(p, end - at, length);
}

/* [at, end) without the white space at both ends. */
static void trim(const boilerplate_text *t, size_t *at, size_t *end)
{
    size_t length, last;
    while (*at < *end && class_at(t, *at, *end, &length) == BOILERPLATE_SPACE) *at += length;
    while (*end > *at && class_before(t, *at, *end, &last) == BOILERPLATE_SPACE) *end = last;
}

static unsigned saturate(unsigned n, unsigned most)
{
    return n < most ? n : most;
}

/* One line, [at, end) without its line feed. False: it is blank. */
static bool read_row(boilerplate_text *t, boilerplate_row *row, size_t at, size_t end)
{
    trim(t, &at, &end);
    if (at == end) return false;
    line_state s = {.t = t, .row = row, .end = end};
    size_t length, characters = 0;
    row->start = (uint32_t)at;
    row->end = (uint32_t)end;
    row->first = class_at(t, at, end, &length);
    row->first_next =
        at + length < end ? class_at(t, at + length, end, &length) : BOILERPLATE_SPACE;
    while (at < end) at += see_piece(&s, at);
    if (!s.left) { /* » alone parts the steps of a path, it does not quote */
        s.count[BOILERPLATE_SEP] += s.right;
        s.count[BOILERPLATE_CLOSE] -= s.right;
    }
    for (unsigned k = 0; k < BOILERPLATE_CLASSES; k++) {
        row->count[k] = (uint16_t)saturate(s.count[k], 65535);
        characters += s.count[k];
    }
    row->letters = (uint16_t)saturate(s.count[BOILERPLATE_LOWER] + s.count[BOILERPLATE_UPPER] +
                                          s.count[BOILERPLATE_LETTER] + s.count[BOILERPLATE_IDEO],
                                      65535);
    row->characters = (uint16_t)(characters < 65535 ? characters : 65535);
    row->sentences = (uint16_t)saturate(s.sentences, 65535);
    row->straight = (uint8_t)saturate(s.straight, 255);
    row->curly = (uint8_t)saturate(s.curly, 255);
    row->ending = find_ending(t, row->start, end);
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
    enum {
        EXACT = 65536
    }; /* below, the quotient in single precision never rounds up to a whole number */
    if (!whole) return 0;
    if (part > whole) part = whole;
    if (whole < EXACT) return (unsigned)((float)(part * 16) / (float)whole);
    return (unsigned)(part * 16 / whole);
}
