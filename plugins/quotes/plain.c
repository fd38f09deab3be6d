/* Words of plain letters: ASCII and Latin-1, Latin Extended-A and Cyrillic, with what ends most of
 * them, blanks and punctuation.
 *
 * Nearly all of a text is that, so the loop below keeps its state at hand, reads 16 bytes at a
 * time, and does not branch on what a word is: what the table says of it is stored as it is. What
 * it does not know (hyphens, digits that begin a word, other scripts) it leaves to spelling.c. */
#include "plain.h"

#include <string.h>

/* What a byte can begin. One before BLANK may go on a word where it ends a run of letters. */
enum { OTHER, SMALL, LARGE, LATIN, WIDE, DIGIT, APOSTROPHE, DOT, BLANK, MARK, STOP, OPENS, CLOSES };
#define S SMALL
#define L LARGE
#define M MARK
static const uint8_t kinds[256] = {
    [0] = M,        [9] = BLANK,    [10] = BLANK,  [11] = BLANK,        [12] = BLANK,
    [13] = BLANK,   [' '] = BLANK,  ['!'] = STOP,  ['"'] = M,           ['#'] = M,
    ['$'] = M,      ['%'] = M,      ['&'] = M,     ['\''] = APOSTROPHE, ['('] = OPENS,
    [')'] = CLOSES, ['*'] = M,      ['+'] = M,     [','] = M,           ['.'] = DOT,
    ['/'] = M,      ['0'] = DIGIT,  ['1'] = DIGIT, ['2'] = DIGIT,       ['3'] = DIGIT,
    ['4'] = DIGIT,  ['5'] = DIGIT,  ['6'] = DIGIT, ['7'] = DIGIT,       ['8'] = DIGIT,
    ['9'] = DIGIT,  [':'] = M,      [';'] = M,     ['<'] = M,           ['='] = M,
    ['>'] = M,      ['?'] = STOP,   ['@'] = M,     ['A'] = L,           ['B'] = L,
    ['C'] = L,      ['D'] = L,      ['E'] = L,     ['F'] = L,           ['G'] = L,
    ['H'] = L,      ['I'] = L,      ['J'] = L,     ['K'] = L,           ['L'] = L,
    ['M'] = L,      ['N'] = L,      ['O'] = L,     ['P'] = L,           ['Q'] = L,
    ['R'] = L,      ['S'] = L,      ['T'] = L,     ['U'] = L,           ['V'] = L,
    ['W'] = L,      ['X'] = L,      ['Y'] = L,     ['Z'] = L,           ['['] = OPENS,
    ['\\'] = M,     [']'] = CLOSES, ['^'] = M,     ['_'] = M,           ['`'] = M,
    ['a'] = S,      ['b'] = S,      ['c'] = S,     ['d'] = S,           ['e'] = S,
    ['f'] = S,      ['g'] = S,      ['h'] = S,     ['i'] = S,           ['j'] = S,
    ['k'] = S,      ['l'] = S,      ['m'] = S,     ['n'] = S,           ['o'] = S,
    ['p'] = S,      ['q'] = S,      ['r'] = S,     ['s'] = S,           ['t'] = S,
    ['u'] = S,      ['v'] = S,      ['w'] = S,     ['x'] = S,           ['y'] = S,
    ['z'] = S,      ['{'] = OPENS,  ['|'] = M,     ['}'] = CLOSES,      ['~'] = M,
    [0xC3] = LATIN, [0xC4] = WIDE,  [0xC5] = WIDE, [0xD0] = WIDE,       [0xD1] = WIDE,
};
#undef S
#undef L
#undef M

#define ONES 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF
const unsigned char quotes_first_bytes[2 * QT_BLOCK] = {ONES, ONES};
#undef ONES

/* Looked up, so that no branch is made of it. */
static const uint8_t is_blank[256] = {[' '] = 1};

/* The second byte of ß, the first of the small letters of Latin-1. */
enum { FIRST_SMALL = 0x9F };

/* May the last part of a word that has no entry of its own say what it is? One branch, which is
 * seldom taken, for all that is asked. */
static inline bool may_be_compound(const qt_lang *lang, const char *p, unsigned length,
                                   const qt_entry *e)
{
    enum { LEAST = 6, TAIL = 4 };
    unsigned may = (length > LEAST) & !e->key;
    const char *tail = p + ((length - TAIL) & (0 - may)); /* not before the text */
    return quotes_may_have_tail(lang, quotes_tail(tail), 0) & may;
}

/* Of a word that begins with a capital or a letter of Latin-1. */
static inline unsigned case_of(const char *p, const char *run, bool latin, unsigned length)
{
    if (latin && (unsigned char)p[1] >= FIRST_SMALL) return QT_LOWER;
    if ((unsigned)(unsigned char)p[1 + latin] - 'a' < 26 || length == 1) return QT_CAP;
    return quotes_case_of(p, run);
}

#ifdef __SSE2__
/* Capitals of Latin Extended-A by the six low bits of the second byte: after C4, after C5. */
static const uint64_t capitals[2] = {0xAB55555555555555u, 0x2B555555555554AAu};

/* The word of letters at p, C4, C5, D0 and D1 among their bytes, of at most 31 bytes of which 32
 * can be read: its length and key; 0 where it is longer. */
static unsigned wide_run(const char *p, uint64_t *key)
{
    enum { MOST = 2 * QT_BLOCK };
    __m128i text[2], lead[2];
    uint64_t plain = 0, first = 0, later = 0, latin = 0, signs = 0, c5 = 0, d0 = 0, d1 = 0, low = 0,
             high = 0;
    for (unsigned i = 0; i < 2; i++) {
        __m128i c = _mm_loadu_si128((const __m128i *)(const void *)(p + i * QT_BLOCK));
        __m128i pair = _mm_and_si128(c, _mm_set1_epi8((char)0xFE));
#define IS(bytes, b) _mm_cmpeq_epi8(bytes, _mm_set1_epi8((char)(b)))
#define BITS(bytes)  ((uint64_t)(unsigned)_mm_movemask_epi8(bytes) << i * QT_BLOCK)
        text[i] = c;
        lead[i] = _mm_or_si128(IS(pair, 0xC4), IS(pair, 0xD0));
        plain |= (uint64_t)quotes_ascii_of(p + i * QT_BLOCK) << i * QT_BLOCK;
        first |= BITS(lead[i]);
        latin |= BITS(IS(c, 0xC3));
        signs |= BITS(IS(_mm_or_si128(c, _mm_set1_epi8(0x20)), 0xB7)); /* × and ÷ */
        later |= BITS(_mm_cmplt_epi8(c, _mm_set1_epi8((char)0xC0)));
        low |= BITS(_mm_cmplt_epi8(c, _mm_set1_epi8((char)0xB0)));
        high |= BITS(_mm_cmpgt_epi8(c, _mm_set1_epi8((char)0x9F)));
        c5 |= BITS(IS(c, 0xC5));
        d0 |= BITS(IS(c, 0xD0));
        d1 |= BITS(IS(c, 0xD1));
    }
    uint64_t second = ((first | latin) << 1) & later & ~(latin << 1 & signs);
    uint64_t letters = plain | second | second >> 1;
    unsigned length = (unsigned)__builtin_ctzll(~letters);
    if (length >= MOST) return 0;
    uint64_t word = ((uint64_t)1 << length) - 1;
    bool capital = ((d0 << 1 & low) | (d1 << 1 & high)) & word;
    for (uint64_t left = first & ~(d0 | d1) & word; left; left &= left - 1) {
        unsigned at = (unsigned)__builtin_ctzll(left);
        capital |= capitals[c5 >> at & 1] >> ((unsigned char)p[at + 1] & 63) & 1;
    }
    if (capital) {
        *key = quotes_key(p, length);
        return length;
    }
    *key = QT_KEY_START;
    __m128i before = _mm_setzero_si128(); /* the lead that ends the block before */
    for (unsigned i = 0; i * QT_BLOCK < length; i++) {
        unsigned n = length - i * QT_BLOCK < QT_BLOCK ? length - i * QT_BLOCK : QT_BLOCK;
        __m128i mask =
            _mm_loadu_si128((const __m128i *)(const void *)(quotes_first_bytes + QT_BLOCK - n));
        __m128i wide = _mm_or_si128(lead[i], _mm_or_si128(_mm_slli_si128(lead[i], 1), before));
        __m128i small = _mm_andnot_si128(wide, _mm_set1_epi8(0x20));
        uint64_t halves[2];
        _mm_storeu_si128((__m128i *)(void *)halves,
                         _mm_and_si128(_mm_or_si128(text[i], small), mask));
        *key = quotes_key_mix(*key, halves[0], halves[1]);
        before = _mm_srli_si128(lead[i], QT_BLOCK - 1);
    }
    return length;
#undef IS
#undef BITS
}
#else
static unsigned wide_run(const char *p, uint64_t *key)
{
    (void)p;
    (void)key;
    return 0;
}
#endif

/* The digits at p, where nothing but a blank or a sign ends them; else NULL. */
static const char *number_end(const char *p, const char *end)
{
    while (p < end && kinds[(unsigned char)*p] == DIGIT) p++;
    if (p == end) return p;
    if (*p == '.' || *p == ',')
        return p + 1 == end || kinds[(unsigned char)p[1]] != DIGIT ? p : NULL;
    return kinds[(unsigned char)*p] < APOSTROPHE ? NULL : p;
}

/* Where words, blanks and signs that begin at p or later may be read without looking for the end of
 * the document or of the room: each takes a byte. */
static const char *limit_of(const qt_writer *self, const char *p, const char *end,
                            const qt_token *next)
{
    const char *last = self->engine->text + self->engine->size - QT_BLOCK + 1;
    ptrdiff_t room = self->at + self->room - next;
    if (end > last) end = last;
    return end - p > room ? p + room : end;
}

static __attribute__((always_inline)) inline const char *
plain(qt_writer *self, const char *p, const char *end, bool elides, bool compounds, bool forms)
{
    const char *text = self->engine->text, *limit;
    const qt_lang *lang = self->lang;
    qt_token *t = self->at + self->count;
    uint8_t *bits_at = self->bits + self->count;
    unsigned lead = self->lead, within = 0; /* the apostrophe just before */
    if (self->engine->size < QT_BLOCK) return p;
    while (p < (limit = limit_of(self, p, end, t))) do {
            unsigned first = (unsigned char)*p, kind = kinds[first];
            if (kind > DIGIT) {
                const char *sign = p++;
                within = 0;
                if (kind == BLANK) {
                    lead = QT_SPACED;
                    continue;
                }
                uint32_t start = (uint32_t)(sign - text);
                /* ... and .. are one */
                if (first == '.' && t > self->at && t[-1].mark == '.' && t[-1].end == start) {
                    t[-1].end++;
                    lead = 0;
                    continue;
                }
                unsigned type = kind < OPENS ? QT_PUNCT : kind == OPENS ? QT_OPEN : QT_CLOSE;
                *t++ = (qt_token){.start = start,
                                  .end = start + 1,
                                  .type = (uint8_t)type,
                                  .flags = (uint8_t)lead,
                                  .mark = (uint8_t)first};
                *bits_at++ = kind == STOP || kind == DOT ? QT_BIT_STOP : 0;
                unsigned blank = p < end && *p == ' ';
                p += blank;
                lead = blank * QT_SPACED;
                if (self->follows && type == QT_PUNCT && start + 1 >= self->lang_until) {
                    quotes_writer_set_lang(self, start + 1);
                    if (self->lang != lang) goto done;
                }
                continue;
            }
            if (kind == DIGIT) {
                const char *after = number_end(p, end);
                if (!after) goto done;
                *t++ = (qt_token){.start = (uint32_t)(p - text),
                                  .end = (uint32_t)(after - text),
                                  .type = QT_NUMBER,
                                  .flags = (uint8_t)lead};
                *bits_at++ = 0;
                p = after;
                lead = within = 0;
                continue;
            }
            if (kind == OTHER) goto done;
            bool accents = elides || compounds; /* these are common there */
            unsigned letters = accents ? quotes_letters_of(p) : quotes_ascii_of(p);
            unsigned length = (unsigned)__builtin_ctz(~letters), stop = 0;
            const char *run = p + length;
            if (run < end)
                stop = (unsigned char)*run;
            else if (run > end)
                goto done;
            uint64_t key;
            if (kinds[stop] < DOT) {
                if (!accents && stop == 0xC3) {
                    length = (unsigned)__builtin_ctz(~quotes_letters_of(p));
                    run = p + length;
                    stop = run < end ? (unsigned char)*run : 0;
                }
                if (kinds[stop] == WIDE) {
                    if (text + self->engine->size - p < 2 * QT_BLOCK) goto done;
                    length = wide_run(p, &key);
                    run = p + length;
                    if (!length || run > end) goto done;
                    stop = run < end ? (unsigned char)*run : 0;
                    if (kinds[stop] < DOT && (stop >= 0x80 ? !quotes_ends_word(run, end)
                                                           : quotes_joins(run, end, length)))
                        goto done;
                    if (stop == '.' && length < 3 && !within && quotes_joins(run, end, length))
                        goto done;
                    within = 0;
                    goto keyed;
                }
                if (length - 1 >= QT_BLOCK - 1 || run > end) goto done;
                unsigned tail = 0;
                if (elides && (stop == '\'' || stop == 0xE2))
                    tail = quotes_apostrophe_within(run, end);
                if (tail) { /* l'homme: the part before it, if it is a word */
                    char word[QT_BLOCK] = {0};
                    memcpy(word, p, length);
                    word[length] = '\'';
                    key = quotes_block_key(word, length + 1);
                    if (length >= QT_CHUNK || !quotes_find(lang, key)->key) goto done;
                    run += tail;
                    stop = 0;
                    within = 1;
                    goto keyed;
                }
                if (kinds[stop] < DOT &&
                    (stop >= 0x80 ? !quotes_ends_word(run, end) : quotes_joins(run, end, length)))
                    goto done;
            }
            if (stop == '.' && length < 3 && !within && quotes_joins(run, end, length)) goto done;
            within = 0;
            key = quotes_block_key(p, length);
        keyed:;
            const qt_entry *e = quotes_find(lang, key);
            uint32_t start = (uint32_t)(p - text);
            if (forms && !e->key) {
                const qt_entry *other = quotes_other_form(self, start, start + length, &key);
                if (other) e = other;
            }
            unsigned flags = lead | QT_LOWER, bits = e->bits;
            t->key = key;
            memcpy(&t->classes, &e->classes, sizeof(uint64_t)); /* with features and bits */
            if (compounds && may_be_compound(lang, p, length, e) &&
                (e = quotes_lookup_tail(lang, p, length)) != NULL) {
                t->classes = e->classes & (QT_ROLE | QT_BODY | QT_TITLE);
                t->features = e->features & (uint8_t)~QT_PHRASE;
                bits = quotes_bits_of(t->classes);
            }
            if (kind != SMALL) {
                flags = lead | (kind == WIDE ? quotes_case_of(p, run)
                                             : case_of(p, run, kind == LATIN, length));
                unsigned name = flags / QT_CAP & bits / QT_BIT_NAME & 1;
                flags |= name * QT_NAME;
                *bits_at++ = (uint8_t)((bits | name * QT_BIT_SOMEBODY) &
                                       (QT_BITS_ANYWHERE | name * (QT_BIT_NAME | QT_BIT_BARE)));
            } else {
                *bits_at++ = (uint8_t)(bits & QT_BITS_ANYWHERE);
            }
            t->type = QT_WORD;
            t->flags = (uint8_t)flags;
            t->start = start;
            t->end = (uint32_t)(run - text);
            t->mark = 0;
            t->cased = self->cased;
            t->quote = 0;
            t++;
            unsigned blank = is_blank[stop];
            lead = blank * QT_SPACED;
            p = run + blank;
            if (stop == '.' && (t[-1].classes & QT_ABBR || flags & QT_UPPER || length < 3)) {
                self->count = (unsigned)(t - self->at);
                p = quotes_absorb_stop(self, p, end);
            }
        } while (p < limit);
done:
    self->count = (unsigned)(t - self->at);
    self->lead = (uint8_t)lead;
    return p;
}

const char *quotes_add_plain(qt_writer *self, const char *p, const char *end)
{
    if (self->other_forms) return plain(self, p, end, self->elides, self->compounds, true);
    if (self->compounds) return plain(self, p, end, self->elides, true, false);
    if (self->elides) return plain(self, p, end, true, false, false);
    return plain(self, p, end, false, false, false);
}
