/* The reader, written once and compiled twice: for any machine, and with the wide vectors and bit
 * instructions of AVX-512 where the machine has them. Both see the same rows and words. A line is
 * taken in pieces of 64 bytes, as sets of bits: which bytes are letters, digits, spaces; words and
 * counts come from those, and only marks and characters beyond ASCII are looked at one by one. */
#include "text.h"

#include "classes.h"

#include <stdlib.h>
#include <string.h>

#define ALWAYS static inline __attribute__((always_inline))

enum {
    PIECE = BOILERPLATE_WORD_MOST,
    PAD = 128,   /* readable bytes before and after the copy of the text */
    SPARE = 32,  /* words behind the last that may be read and written */
    MANY = 65535 /* what counts in 16 bits stop at */
};

/* Up to 64 bytes of a line; bit i is byte i. */
typedef struct {
    uint64_t lower, upper, digit, space, high; /* ASCII classes; bytes beyond ASCII */
} piece_bits;

/* What a line's characters beyond ASCII add to that; `class` is that of each mark. */
typedef struct {
    uint64_t lower, upper, letter, digit, mark, space, ideograph; /* first bytes */
    uint64_t word, number, other;                                 /* all bytes, but `other` */
    uint64_t begins; /* bytes that no character goes on over */
    uint8_t class[PIECE];
} high_bits;

/* ------------------------------------------------------------------ bytes as bits */

#if defined(__SSE2__)
#include <emmintrin.h>

/* Bytes of [low, low + width) as bits: a shifted unsigned comparison by way of the signed one. */
static inline unsigned range_bits(__m128i v, char low, char width)
{
    __m128i shifted = _mm_sub_epi8(v, _mm_set1_epi8((char)(low + 128)));
    return (unsigned)_mm_movemask_epi8(_mm_cmplt_epi8(shifted, _mm_set1_epi8((char)(width - 128))));
}

static inline void read_bits(const char *p, piece_bits *out)
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
static inline void read_bits(const char *bytes, piece_bits *out)
{
    const unsigned char *p = (const unsigned char *)bytes;
    memset(out, 0, sizeof *out);
    for (unsigned k = 0; k < PIECE; k++) {
        uint64_t bit = (uint64_t)1 << k;
        out->lower |= p[k] >= 'a' && p[k] <= 'z' ? bit : 0;
        out->upper |= p[k] >= 'A' && p[k] <= 'Z' ? bit : 0;
        out->digit |= p[k] >= '0' && p[k] <= '9' ? bit : 0;
        out->space |= p[k] == ' ' || (p[k] >= '\t' && p[k] <= '\r') ? bit : 0;
        out->high |= p[k] >= 128 ? bit : 0;
    }
}
#endif

/* The line feed at or after `at`, or `n`. */
static size_t find_feed(const char *p, size_t at, size_t n)
{
    const char *feed = memchr(p + at, '\n', n - at);
    return feed ? (size_t)(feed - p) : n;
}

ALWAYS unsigned lowest(uint64_t bits)
{
    return (unsigned)__builtin_ctzll(bits);
}

ALWAYS unsigned count_bits(uint64_t bits)
{
    return (unsigned)__builtin_popcountll(bits);
}

ALWAYS uint64_t bits_below(size_t n)
{
    return n < 64 ? ((uint64_t)1 << n) - 1 : ~(uint64_t)0;
}

/* ------------------------------------------------------------------ words */

/* The eight bytes at p, of which the word has `n`, folded by one bit. */
ALWAYS uint64_t fold_head(const char *p, size_t n)
{
    uint64_t bytes;
    memcpy(&bytes, p, 8);
    return (n < 8 ? bytes & (((uint64_t)1 << 8 * n) - 1) : bytes) | 0x2020202020202020u;
}

/* A word's hash: its first and last eight bytes, folded by one bit. Setting 0x20 folds ASCII,
 * Latin-1 and most of Cyrillic in UTF-8, and changes no digit. Numbers are alike by their
 * length. */
ALWAYS uint32_t hash_word(const char *p, size_t n, bool number)
{
    uint64_t tail;
    memcpy(&tail, p + n - 8, 8);
    tail = (n > 8 ? tail : 0) | 0x2020202020202020u;
    uint64_t h = fold_head(p, n) * 0x9E3779B97F4A7C15u ^ (tail + n) * 0xC2B2AE3D27D4EB4Fu;
    uint32_t hash = (uint32_t)((h ^ h >> 29) * 0x165667B19E3779F9u >> 32);
    return number ? (uint32_t)(0x9E3779B9u * (n + 1)) : hash;
}

/* A word's stem: the hash of its first five bytes where letters take one byte each, of its first
 * eight where they take more; numbers and short words have none. */
ALWAYS uint32_t stem_word(const char *p, const boilerplate_word *w)
{
    enum { LATIN = 5, OTHER = 8 }; /* bytes */
    bool latin = w->length * 2u < w->characters * 3u;
    bool letters = latin | (w->characters >= 4) | (w->length >= w->characters * 3u);
    bool long_one = !(w->flags & BOILERPLATE_WORD_NUMBER) & (w->length >= LATIN);
    uint64_t h = fold_head(p + w->start, latin ? LATIN : OTHER < w->length ? OTHER : w->length);
    return (letters & long_one) ? (uint32_t)(h * 0x9E3779B97F4A7C15u >> 32) | 1 : 0;
}

/* Ideographs that touch are one stem, two by two. */
static void stem_ideographs(boilerplate_text *t, const boilerplate_row *row)
{
    const boilerplate_word *w = t->words + row->word;
    const uint32_t *hash = t->hashes + row->word;
    for (uint32_t k = 0; k + 1 < row->words; k++) {
        bool touch = w[k].flags & w[k + 1].flags & BOILERPLATE_WORD_IDEO &&
                     w[k + 1].start == w[k].start + w[k].length;
        if (touch) t->stems[row->word + k] = boilerplate_hash_pair(hash[k], hash[k + 1]) | 1;
    }
}

/* What has been seen of a line. */
typedef struct {
    boilerplate_text *t;
    boilerplate_row *row;
    size_t end; /* of the line */
    size_t words;
    uint32_t characters;
    unsigned left, right; /* « and » */
    uint32_t capitals, numbers, shorts, joined;
    uint64_t mixed;
} line_state;

ALWAYS void add_word(line_state *s, size_t start, size_t n, unsigned characters, unsigned flags)
{
    boilerplate_word *w = &s->t->words[s->words++];
    bool plain =
        !(flags & (BOILERPLATE_WORD_CAPITAL | BOILERPLATE_WORD_NUMBER | BOILERPLATE_WORD_IDEO));
    flags |= plain && characters <= 3 ? BOILERPLATE_WORD_SHORT : 0;
    *w = (boilerplate_word){(uint32_t)start, (uint16_t)n, (uint8_t)characters, (uint8_t)flags};
    s->capitals += flags / BOILERPLATE_WORD_CAPITAL & 1;
    s->numbers += flags / BOILERPLATE_WORD_NUMBER & 1;
    s->shorts += flags / BOILERPLATE_WORD_SHORT & 1;
}

/* The words of a piece, whose bytes are given by kind. */
typedef struct {
    uint64_t word, ideograph, capital, number, begins;
} piece_words;

ALWAYS void add_words(line_state *s, size_t at, const piece_words *w, bool ascii)
{
    uint64_t starts = (w->word & ~(w->word << 1)) | w->ideograph;
    for (; starts; starts &= starts - 1) {
        unsigned k = lowest(starts);
        if (!ascii && w->ideograph >> k & 1) {
            bool three = (unsigned char)s->t->p[at + k] < 0xF0;
            add_word(s, at + k, three ? 3 : 4, 1, BOILERPLATE_WORD_IDEO);
            continue;
        }
        uint64_t rest = ~(w->word >> k);
        unsigned n = rest ? lowest(rest) : PIECE;
        uint64_t mine = bits_below(n);
        unsigned flags = w->capital >> k & 1 ? BOILERPLATE_WORD_CAPITAL : 0;
        flags |= (w->number >> k & mine) == mine ? BOILERPLATE_WORD_NUMBER : 0;
        add_word(s, at + k, n, ascii ? n : count_bits(w->begins >> k & mine), flags);
    }
}

/* ------------------------------------------------------------------ marks */

static inline bool is_letter_byte(unsigned char c)
{
    return c >= 128 || boilerplate_ascii_class[c] <= BOILERPLATE_LETTER;
}

static inline void add_count(uint16_t *count, unsigned n)
{
    unsigned sum = *count + n;
    *count = (uint16_t)(sum < MANY ? sum : MANY);
}

static inline void add_count_small(uint16_t *count)
{
    *count = (uint16_t)(*count + (*count < 255));
}

/* A mark that ends sentences, of which the next character lies at `next`. */
static bool ends_sentence(const line_state *s, size_t next, bool wide_mark)
{
    const unsigned char *p = (const unsigned char *)s->t->p;
    /* 。 needs no space after it; a closing mark may stand between */
    while (next < s->end && (p[next] == '"' || p[next] == ')' || p[next] == ']')) next++;
    if (next + 2 < s->end && p[next] == 0xE2 && p[next + 1] == 0x80 &&
        (p[next + 2] == 0x9D || p[next + 2] == 0x99))
        next += 3;
    return wide_mark || next >= s->end || p[next] <= ' ' || p[next] == 0xC2;
}

/* A character that is no letter, digit or space: [at, at + length). */
static inline void see_mark(line_state *s, size_t at, size_t length, uint8_t class)
{
    const unsigned char *p = (const unsigned char *)s->t->p;
    size_t next = at + length;
    boilerplate_row *row = s->row;
    switch (class) {
    case BOILERPLATE_STOP:
    case BOILERPLATE_ASK: add_count(&row->sentences, ends_sentence(s, next, length == 3)); break;
    case BOILERPLATE_STRAIGHT:
    case BOILERPLATE_CURLY:
        if (at > row->start && next < s->end && is_letter_byte(p[at - 1]) &&
            is_letter_byte(p[next]))
            add_count_small(class == BOILERPLATE_STRAIGHT ? &row->straight : &row->curly);
        break;
    case BOILERPLATE_OPEN: s->left += length == 2 && p[at] == 0xC2 && p[at + 1] == 0xAB; break;
    case BOILERPLATE_CLOSE: s->right += length == 2 && p[at] == 0xC2 && p[at + 1] == 0xBB; break;
    }
    add_count(&row->count[class], 1);
}

/* ------------------------------------------------------------------ characters beyond ASCII */

/* Those of a piece of n bytes at `at`. Returns how many bytes of it are whole characters. */
static size_t see_high(const line_state *s, size_t at, size_t n, uint64_t high, high_bits *out)
{
    const unsigned char *p = (const unsigned char *)s->t->p + at;
    uint64_t first[BOILERPLATE_SPACE + 1] = {0}, word = 0, number = 0, other = 0, goes_on = 0;
    while (high) {
        unsigned k = lowest(high);
        size_t length;
        uint8_t class = boilerplate_decode_class(p + k, s->end - at - k, &length);
        if (k + length > n && k) {
            n = k;
            break;
        }
        uint64_t bit = (uint64_t)1 << k, bytes = (((uint64_t)1 << length) - 1) << k;
        high &= ~bytes;
        goes_on |= bytes ^ bit;
        if (class <= BOILERPLATE_SPACE) {
            first[class] |= bit;
            word |= class <= BOILERPLATE_MARK && class != BOILERPLATE_IDEO ? bytes : 0;
            number |= class == BOILERPLATE_DIGIT ? bytes : 0;
        } else {
            other |= bit;
            out->class[k] = class;
        }
    }
    out->lower = first[BOILERPLATE_LOWER];
    out->upper = first[BOILERPLATE_UPPER];
    out->letter = first[BOILERPLATE_LETTER];
    out->ideograph = first[BOILERPLATE_IDEO];
    out->digit = first[BOILERPLATE_DIGIT];
    out->mark = first[BOILERPLATE_MARK];
    out->space = first[BOILERPLATE_SPACE];
    out->word = word;
    out->number = number;
    out->other = other;
    out->begins = ~goes_on;
    return n;
}

ALWAYS void count_high(line_state *s, size_t at, uint64_t all, const high_bits *high)
{
    uint16_t *count = s->row->count;
    add_count(&count[BOILERPLATE_LOWER], count_bits(high->lower & all));
    add_count(&count[BOILERPLATE_UPPER], count_bits(high->upper & all));
    add_count(&count[BOILERPLATE_LETTER], count_bits(high->letter & all));
    add_count(&count[BOILERPLATE_IDEO], count_bits(high->ideograph & all));
    add_count(&count[BOILERPLATE_DIGIT], count_bits(high->digit & all));
    add_count(&count[BOILERPLATE_MARK], count_bits(high->mark & all));
    add_count(&count[BOILERPLATE_SPACE], count_bits(high->space & all));
    for (uint64_t marks = high->other & all; marks; marks &= marks - 1) {
        unsigned k = lowest(marks);
        unsigned char lead = (unsigned char)s->t->p[at + k];
        see_mark(s, at + k,
                 lead < 0xC2   ? 1
                 : lead < 0xE0 ? 2
                 : lead < 0xF0 ? 3
                               : 4,
                 high->class[k]);
    }
}

/* ------------------------------------------------------------------ pieces of a line */

/* How much of a piece that is no line's last can be taken: not the word that may go on behind it,
 * unless it fills the piece. */
ALWAYS size_t cut_word(uint64_t word, size_t whole)
{
    uint64_t gaps = ~word & bits_below(whole);
    return word >> (whole - 1) & 1 && gaps ? 64 - (size_t)__builtin_clzll(gaps) : whole;
}

static inline bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

/* Capitals behind two lower-case letters and before one; a word of several pieces goes on in the
 * bytes around this one. */
ALWAYS unsigned count_joined(const char *p, const piece_bits *bits, uint64_t all)
{
    uint64_t one = bits->lower << 1 | is_lower(p[-1]), two = one << 1 | is_lower(p[-2]);
    uint64_t next = bits->lower >> 1 | (uint64_t)is_lower(p[PIECE]) << 63;
    return count_bits(all & bits->upper & one & two & next);
}

/* One piece; returns how many bytes it took: a word that goes on behind it waits for the next
 * piece, but for words longer than a piece, which are cut. */
static size_t see_piece(line_state *s, size_t at)
{
    const char *p = s->t->p + at;
    size_t n = s->end - at < PIECE ? s->end - at : PIECE, whole = n;
    piece_bits bits;
    read_bits(p, &bits);
    uint64_t all = bits_below(n);
    piece_words w = {.word = bits.lower | bits.upper | bits.digit,
                     .capital = bits.upper,
                     .number = bits.digit,
                     .begins = ~(uint64_t)0};
    high_bits high;
    bool ascii = !(bits.high & all);
    if (!ascii) {
        whole = see_high(s, at, n, bits.high & all, &high);
        w.word |= high.word;
        w.number |= high.number;
        w.capital |= high.upper;
        w.begins = high.begins;
        w.ideograph = high.ideograph;
    }
    if (at + whole < s->end) whole = cut_word(w.word & bits_below(whole), whole);
    all = bits_below(whole);
    w.word &= all;
    w.number &= all;
    w.ideograph &= all;
    uint64_t letters = w.word & ~w.number;
    s->mixed |= w.word & ((w.number & letters << 1) | (letters & w.number << 1));
    s->joined += count_joined(p, &bits, all);
    uint16_t *count = s->row->count;
    add_count(&count[BOILERPLATE_LOWER], count_bits(bits.lower & all));
    add_count(&count[BOILERPLATE_UPPER], count_bits(bits.upper & all));
    add_count(&count[BOILERPLATE_DIGIT], count_bits(bits.digit & all));
    add_count(&count[BOILERPLATE_SPACE], count_bits(bits.space & all));
    uint64_t marks = all & ~(bits.lower | bits.upper | bits.digit | bits.space | bits.high);
    for (; marks; marks &= marks - 1) {
        unsigned k = lowest(marks);
        see_mark(s, at + k, 1, boilerplate_ascii_class[(unsigned char)p[k]]);
    }
    if (ascii) {
        s->characters += (uint32_t)whole;
        add_words(s, at, &w, true);
    } else {
        count_high(s, at, all, &high);
        s->characters += count_bits(w.begins & all);
        add_words(s, at, &w, false);
    }
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
        unsigned ending = boilerplate_class_ending[class];
        end = at;
        if (class == BOILERPLATE_SPACE || class == BOILERPLATE_MARK) continue;
        if (ending == BOILERPLATE_END_CLOSE) {
            closed = true;
            continue;
        }
        if (class == BOILERPLATE_STOP && at >= start + 2 && t->p[at] == '.' &&
            t->p[at - 1] == '.' && t->p[at - 2] == '.')
            return BOILERPLATE_END_DOTS;
        return closed && ending < BOILERPLATE_END_DOTS ? BOILERPLATE_END_CLOSE : (uint8_t)ending;
    }
    return closed ? BOILERPLATE_END_CLOSE : BOILERPLATE_END_OTHER;
}

static inline uint8_t class_at(const boilerplate_text *t, size_t at, size_t end, size_t *length)
{
    const unsigned char *p = (const unsigned char *)t->p + at;
    *length = 1;
    return p[0] < 128 ? boilerplate_ascii_class[p[0]]
                      : boilerplate_decode_class(p, end - at, length);
}

static inline bool is_mark_or_letter(char c)
{
    return (unsigned char)c - 0x21u < 0x5E; /* of ASCII */
}

/* [at, end) without the white space at both ends. */
static inline void trim(const boilerplate_text *t, size_t *at, size_t *end)
{
    size_t length, last;
    if (*at < *end && is_mark_or_letter(t->p[*at]) && is_mark_or_letter(t->p[*end - 1])) return;
    while (*at < *end && class_at(t, *at, *end, &length) == BOILERPLATE_SPACE) *at += length;
    while (*end > *at && class_before(t, *at, *end, &last) == BOILERPLATE_SPACE) *end = last;
}

static uint16_t at_most_many(uint32_t n)
{
    return (uint16_t)(n < MANY ? n : MANY);
}

/* One line, [at, end) without its line feed. False: it is blank. */
static bool read_row(boilerplate_text *t, boilerplate_row *row, size_t at, size_t end)
{
    trim(t, &at, &end);
    if (at == end) return false;
    line_state s = {.t = t, .row = row, .end = end, .words = t->word_count};
    size_t length;
    uint16_t *count = row->count;
    row->start = (uint32_t)at;
    row->end = (uint32_t)end;
    row->first = class_at(t, at, end, &length);
    row->first_next =
        at + length < end ? class_at(t, at + length, end, &length) : BOILERPLATE_SPACE;
    while (at < end) at += see_piece(&s, at);
    if (!s.left && s.right) { /* » alone parts the steps of a path, it does not quote */
        add_count(&count[BOILERPLATE_SEP], s.right);
        count[BOILERPLATE_CLOSE] = (uint16_t)(count[BOILERPLATE_CLOSE] - s.right);
    }
    row->words = (uint32_t)(s.words - t->word_count);
    t->word_count = s.words;
    row->capitals = at_most_many(s.capitals);
    row->numbers = at_most_many(s.numbers);
    row->shorts = at_most_many(s.shorts);
    row->joined = (uint16_t)(s.joined < 255 ? s.joined : 255);
    row->characters = at_most_many(s.characters);
    row->letters = at_most_many((uint32_t)count[BOILERPLATE_LOWER] + count[BOILERPLATE_UPPER] +
                                count[BOILERPLATE_LETTER] + count[BOILERPLATE_IDEO]);
    row->opaque =
        s.mixed || count[BOILERPLATE_LETTER] || count[BOILERPLATE_IDEO] || count[BOILERPLATE_MARK];
    row->ending = find_ending(t, row->start, end);
    return true;
}

/* ------------------------------------------------------------------ the text */

#include "text_wide.h"

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

/* What a row has of its words. */
static void sum_words(boilerplate_row *row, const uint32_t *hashes, const boilerplate_word *words)
{
    uint64_t sum = row->words;
    unsigned longest = 0;
    for (uint32_t k = 0; k < row->words; k += 8) {
        uint64_t block = 0;
        for (uint32_t j = k; j < k + 8 && j < row->words; j++) {
            block += hashes[j] * boilerplate_row_places[j - k];
            longest = words[j].characters > longest ? words[j].characters : longest;
        }
        sum = hash_block(sum, block);
    }
    row->hash = sum;
    row->longest = (uint16_t)longest;
}

/* Hashes and stems of all words, and what rows have of theirs. */
ALWAYS void hash_words(boilerplate_text *t, bool wide)
{
    size_t done = 0;
    memset(t->words + t->word_count, 0, SPARE * sizeof *t->words);
#ifdef WIDE
    for (; wide && done < t->word_count; done += 8)
        put_hashes_wide(t->p, t->words + done, t->hashes + done, t->stems + done);
#endif
    (void)wide;
    for (const boilerplate_word *w = t->words; done < t->word_count; done++) {
        t->hashes[done] = hash_word(t->p + w[done].start, w[done].length,
                                    w[done].flags & BOILERPLATE_WORD_NUMBER);
        t->stems[done] = stem_word(t->p, &w[done]);
    }
    for (size_t i = 0; i < t->row_count; i++) {
        boilerplate_row *row = &t->rows[i];
#ifdef WIDE
        if (wide)
            sum_words_wide(row, t->hashes + row->word, t->words + row->word);
        else
#endif
            sum_words(row, t->hashes + row->word, t->words + row->word);
        if (row->count[BOILERPLATE_IDEO]) stem_ideographs(t, row);
    }
    memset(t->hashes + t->word_count, 0, SPARE * sizeof *t->hashes);
    memset(t->stems + t->word_count, 0, SPARE * sizeof *t->stems);
}

static bool make_room(boilerplate_text *t, size_t rows, size_t words)
{
    return grow((void **)&t->rows, &t->row_room, t->row_count + rows, sizeof *t->rows) &&
           grow((void **)&t->words, &t->word_room, t->word_count + words + SPARE, sizeof *t->words);
}

/* Reads the line at *at; *blank: whether the one before was blank. False: no memory. */
static bool read_line(boilerplate_text *t, size_t *at, uint8_t *blank)
{
    size_t end = find_feed(t->p, *at, t->n);
    /* a word takes at least one byte, and two words one more between them, but ideographs */
    if (!make_room(t, 1, (end - *at) / 2 + 2)) return false;
    boilerplate_row *row = &t->rows[t->row_count];
    memset(row, 0, sizeof *row);
    row->word = (uint32_t)t->word_count;
    row->line = (uint32_t)t->lines++;
    row->line_start = (uint32_t)*at;
    if (read_row(t, row, *at, end)) {
        row->blank_before = *blank & 1;
        *blank = 0;
        t->row_count++;
    } else {
        *blank = 1;
    }
    *at = end + 1;
    return true;
}

/* Hashes of all words, and of the rows. */
ALWAYS bool finish_text(boilerplate_text *t, bool wide)
{
    if (!t->row_count) return true;
    size_t words = t->word_count + SPARE;
    if (!grow((void **)&t->hashes, &t->hash_room, words, sizeof *t->hashes) ||
        !grow((void **)&t->stems, &t->stem_room, words, sizeof *t->stems))
        return false;
    hash_words(t, wide);
    return true;
}

static bool read_text_base(boilerplate_text *t)
{
    uint8_t blank = 0;
    for (size_t at = 0; at < t->n;)
        if (!read_line(t, &at, &blank)) return false;
    return finish_text(t, false);
}

#ifdef WIDE
/* Chunk by chunk, and odd lines one by one. */
WIDE static bool read_text_wide(boilerplate_text *t)
{
    uint8_t blank = 0;
    if (!t->chunk) t->chunk = malloc(sizeof *t->chunk);
    if (!t->chunk) return false;
    for (size_t at = 0; at < t->n;) {
        block_state s = {.chunk = t->chunk};
        size_t end = t->n + (t->p[t->n - 1] != '\n'), from = at;
        size_t feeds = see_chunk_wide(&s, t->p + at, end - at), rows = t->row_count;
        if (!make_room(t, feeds, s.starts)) return false;
        at = take_rows_wide(t, from, feeds, &blank);
        if (t->row_count > rows) {
            const boilerplate_row *last = &t->rows[t->row_count - 1];
            size_t words = last->word + last->words - t->word_count;
            put_words_wide(t->words + t->word_count, t->chunk, from, words);
            t->word_count += words;
        }
        bool odd = !feeds || at <= from + t->chunk->feeds[feeds - 1];
        if (odd && !read_line(t, &at, &blank)) return false;
    }
    return finish_text(t, true);
}
#endif

bool boilerplate_read_by(boilerplate_text *text, const char *p, size_t n, bool wide)
{
    if (!grow((void **)&text->copy, &text->copy_room, n + 2 * PAD, 1)) return false;
    memset(text->copy, 0, PAD);
    if (n) memcpy(text->copy + PAD, p, n);
    memset(text->copy + PAD + n, 0, PAD);
    if (n && p[n - 1] != '\n') text->copy[PAD + n] = '\n'; /* the last line has its end, too */
    text->p = text->copy + PAD;
    text->n = n;
    text->row_count = text->word_count = text->lines = 0;
#ifdef WIDE
    if (wide && has_wide()) return read_text_wide(text);
#endif
    (void)wide;
    return read_text_base(text);
}

bool boilerplate_read(boilerplate_text *text, const char *p, size_t n)
{
    return boilerplate_read_by(text, p, n, true);
}

uint32_t boilerplate_hash(const char *p, size_t n)
{
    char copy[8 + BOILERPLATE_WORD_MOST + 8] = {0};
    bool number = n > 0;
    if (n > BOILERPLATE_WORD_MOST) n = BOILERPLATE_WORD_MOST;
    memcpy(copy + 8, p, n);
    for (size_t i = 0; i < n; i++) number = number && p[i] >= '0' && p[i] <= '9';
    return hash_word(copy + 8, n, number);
}

void boilerplate_text_free(boilerplate_text *text)
{
    free(text->rows);
    free(text->words);
    free(text->hashes);
    free(text->stems);
    free(text->copy);
    free(text->chunk);
    memset(text, 0, sizeof *text);
}

#define OCTAVE(c) ((c) < 16 ? 3 : (c) < 32 ? 4 : (c) < 64 ? 5 : (c) < 128 ? 6 : 7)
#define SCALE(c)  ((c) < 8 ? (c) : 8 + (OCTAVE(c) - 3) * 4 + ((c) >> (OCTAVE(c) - 2) & 3))
#define FOUR(c)   SCALE(c), SCALE((c) + 1), SCALE((c) + 2), SCALE((c) + 3)
#define THIRTY_TWO(c)                                                                      \
    FOUR(c), FOUR((c) + 4), FOUR((c) + 8), FOUR((c) + 12), FOUR((c) + 16), FOUR((c) + 20), \
        FOUR((c) + 24), FOUR((c) + 28)
const uint8_t boilerplate_small_scale[256] = {THIRTY_TWO(0),   THIRTY_TWO(32),  THIRTY_TWO(64),
                                              THIRTY_TWO(96),  THIRTY_TWO(128), THIRTY_TWO(160),
                                              THIRTY_TWO(192), THIRTY_TWO(224)};

unsigned boilerplate_scale_of_many(uint64_t count)
{
    if (count < 256) return boilerplate_small_scale[count];
    unsigned octave = 63 - (unsigned)__builtin_clzll(count);
    unsigned value = 8 + (octave - 3) * 4 + (unsigned)(count >> (octave - 2) & 3);
    return value < 63 ? value : 63;
}

#define PART(c)       ((c) ? ((1u << 24) + (c)-1) / ((c) ? (c) : 1) : 0)
#define FOUR_PARTS(c) PART(c), PART((c) + 1u), PART((c) + 2u), PART((c) + 3u)
#define THIRTY_TWO_PARTS(c)                                                           \
    FOUR_PARTS(c), FOUR_PARTS((c) + 4u), FOUR_PARTS((c) + 8u), FOUR_PARTS((c) + 12u), \
        FOUR_PARTS((c) + 16u), FOUR_PARTS((c) + 20u), FOUR_PARTS((c) + 24u), FOUR_PARTS((c) + 28u)
const uint32_t boilerplate_small_parts[256] = {
    THIRTY_TWO_PARTS(0u),   THIRTY_TWO_PARTS(32u),  THIRTY_TWO_PARTS(64u),  THIRTY_TWO_PARTS(96u),
    THIRTY_TWO_PARTS(128u), THIRTY_TWO_PARTS(160u), THIRTY_TWO_PARTS(192u), THIRTY_TWO_PARTS(224u)};

unsigned boilerplate_share_of_many(uint64_t part, uint64_t whole)
{
    /* below, the quotient in single precision never rounds up to a whole number */
    enum { EXACT = 65536 };
    if (!whole) return 0;
    if (part > whole) part = whole;
    if (whole < EXACT) return (unsigned)((float)(int32_t)(part * 16) / (float)(int32_t)whole);
    return (unsigned)(part * 16 / whole);
}
