/* Words of plain letters: ASCII and Latin-1, with what ends most of them, blanks and punctuation.
 *
 * Nearly all of a text is that, so the loop below keeps its state at hand, reads 16 bytes at a
 * time, and does not branch on what a word is: what the table says of it is stored as it is. What
 * it does not know (hyphens, digits that begin a word, other scripts) it leaves to spelling.c. */
#include "plain.h"

#include <string.h>

/* What a byte can begin. One before BLANK may go on a word where it ends a run of letters. */
enum { OTHER, SMALL, LARGE, LATIN, APOSTROPHE, DOT, BLANK, MARK, STOP, OPENS, CLOSES };
#define S SMALL
#define L LARGE
#define M MARK
static const uint8_t kinds[256] = {
    [0] = M,    [' '] = BLANK,  ['!'] = STOP,        ['"'] = M,     ['#'] = M,      ['$'] = M,
    ['%'] = M,  ['&'] = M,      ['\''] = APOSTROPHE, ['('] = OPENS, [')'] = CLOSES, ['*'] = M,
    ['+'] = M,  [','] = M,      ['.'] = DOT,         ['/'] = M,     [':'] = M,      [';'] = M,
    ['<'] = M,  ['='] = M,      ['>'] = M,           ['?'] = STOP,  ['@'] = M,      ['['] = OPENS,
    ['\\'] = M, [']'] = CLOSES, ['^'] = M,           ['_'] = M,     ['`'] = M,      ['{'] = OPENS,
    ['|'] = M,  ['}'] = CLOSES, ['~'] = M,           ['A'] = L,     ['B'] = L,      ['C'] = L,
    ['D'] = L,  ['E'] = L,      ['F'] = L,           ['G'] = L,     ['H'] = L,      ['I'] = L,
    ['J'] = L,  ['K'] = L,      ['L'] = L,           ['M'] = L,     ['N'] = L,      ['O'] = L,
    ['P'] = L,  ['Q'] = L,      ['R'] = L,           ['S'] = L,     ['T'] = L,      ['U'] = L,
    ['V'] = L,  ['W'] = L,      ['X'] = L,           ['Y'] = L,     ['Z'] = L,      ['a'] = S,
    ['b'] = S,  ['c'] = S,      ['d'] = S,           ['e'] = S,     ['f'] = S,      ['g'] = S,
    ['h'] = S,  ['i'] = S,      ['j'] = S,           ['k'] = S,     ['l'] = S,      ['m'] = S,
    ['n'] = S,  ['o'] = S,      ['p'] = S,           ['q'] = S,     ['r'] = S,      ['s'] = S,
    ['t'] = S,  ['u'] = S,      ['v'] = S,           ['w'] = S,     ['x'] = S,      ['y'] = S,
    ['z'] = S,  [0xC3] = LATIN,
};
#undef S
#undef L
#undef M

#define ONES 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF
const unsigned char quotes_first_bytes[2 * QT_BLOCK] = {ONES, ONES};
#undef ONES

/* What a word is written into: the loop's own copy of the writer's state. */
typedef struct {
    const qt_entry *entries;
    const uint16_t *index;
    uint32_t mask;
} table;

static inline const qt_entry *find(const table *self, uint64_t key)
{
    const qt_entry *e = &self->entries[self->index[key & self->mask]];
    while (e->key != key) {
        if (!e->next) return self->entries;
        e = &self->entries[e->next];
    }
    return e;
}

/* What the last part of a compound says of it. */
static const qt_entry *compound(const qt_lang *lang, const char *p, unsigned length)
{
    if (!quotes_may_have_tail(lang, quotes_tail(p + length - 4), 0)) return NULL;
    return quotes_lookup_tail(lang, p, length);
}

static __attribute__((always_inline)) inline const char *
plain(qt_writer *self, const char *p, const char *end, bool elides, bool compounds, bool forms)
{
    const char *text = self->engine->text, *last = text + self->engine->size - QT_BLOCK;
    const qt_lang *lang = self->lang;
    const table words = {lang->entries, lang->index, lang->mask};
    qt_token *t = self->at + self->count, *full = self->at + self->room;
    uint8_t *bits_at = self->bits + self->count;
    uint32_t lang_until = self->follows ? self->lang_until : UINT32_MAX;
    unsigned lead = self->lead, within = 0; /* the apostrophe just before */
    if (self->engine->size < QT_BLOCK) return p;
    while (p < end && t < full) {
        unsigned first = (unsigned char)*p, kind = kinds[first];
        uint32_t start = (uint32_t)(p - text);
        if (kind > LATIN) {
            within = 0;
            p++;
            if (kind == BLANK) {
                lead = QT_SPACED;
                continue;
            }
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
            if (start + 1 >= lang_until && type == QT_PUNCT) {
                quotes_writer_set_lang(self, start + 1);
                lang_until = self->lang_until;
                if (self->lang != lang) break;
            }
            continue;
        }
        if (kind == OTHER || p > last) break;
        unsigned length = (unsigned)__builtin_ctz(~quotes_ascii_of(p)), tail = 0;
        const char *run = p + length;
        unsigned stop = run < end ? (unsigned char)*run : 0;
        uint64_t key;
        if ((kinds[stop] < BLANK) | (run > end)) {
            if (stop == 0xC3) {
                length = (unsigned)__builtin_ctz(~quotes_letters_of(p));
                run = p + length;
                stop = run < end ? (unsigned char)*run : 0;
            }
            if (length - 1 >= QT_BLOCK - 1 || run > end) break;
            if (elides && (stop == '\'' || stop == 0xE2)) tail = quotes_apostrophe_within(run, end);
            if (tail) { /* l'homme: the part before it, if it is a word */
                char word[QT_BLOCK] = {0};
                memcpy(word, p, length);
                word[length] = '\'';
                key = quotes_block_key(word, length + 1);
                if (length >= QT_CHUNK || !find(&words, key)->key) break;
                goto keyed;
            }
            if (kinds[stop] < BLANK &&
                (stop >= 0x80 ? !quotes_ends_word(run, end)
                              : !(within && stop == '.') && quotes_joins(run, end, length)))
                break;
        }
        key = quotes_block_key(p, length);
    keyed:;
        const qt_entry *e = find(&words, key);
        if (forms && !e->key) {
            const qt_entry *other = quotes_other_form(self, start, start + length, &key);
            if (other) e = other;
        }
        unsigned bits = e->bits, features = e->features;
        uint32_t classes = e->classes;
        if (compounds && !e->key && length > 6 && (e = compound(lang, p, length)) != NULL) {
            classes = e->classes & (QT_ROLE | QT_BODY | QT_TITLE);
            features = e->features & ~(unsigned)QT_PHRASE;
            bits = quotes_bits_of(classes);
        }
        unsigned flags = lead | QT_LOWER;
        if (kind != SMALL) {
            if (kind == LARGE && (unsigned)(unsigned char)p[1] - 'a' < 26)
                flags = lead | QT_CAP;
            else
                flags = lead | quotes_case_of(p, run + tail);
            unsigned name = flags / QT_CAP & bits / QT_BIT_NAME & 1;
            flags |= name * QT_NAME;
            bits |= name * QT_BIT_SOMEBODY;
            bits &= QT_BITS_ANYWHERE | name * (QT_BIT_NAME | QT_BIT_BARE);
        } else {
            bits &= QT_BITS_ANYWHERE;
        }
        *t++ = (qt_token){.key = key,
                          .start = start,
                          .end = start + length + tail,
                          .classes = classes,
                          .features = (uint8_t)features,
                          .type = QT_WORD,
                          .flags = (uint8_t)flags};
        *bits_at++ = (uint8_t)bits;
        unsigned blank = stop == ' ';
        lead = blank * QT_SPACED;
        p = run + blank + tail;
        within = tail;
        if (stop == '.' && (classes & QT_ABBR || flags & QT_UPPER || length < 3)) {
            self->count = (unsigned)(t - self->at);
            p = quotes_absorb_stop(self, p, end);
        }
    }
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
