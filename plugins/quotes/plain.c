/* Words of plain letters: ASCII and Latin-1, with what ends most of them, blanks and punctuation.
 *
 * Nearly all of a text is that, so the loop below keeps its state at hand, reads 16 bytes at a
 * time, and does not branch on what a word is: what the table says of it is stored as it is. What
 * it does not know (hyphens, digits that begin a word, other scripts) it leaves to spelling.c. */
#include "plain.h"

#include <string.h>

/* What a byte can begin. */
enum { OTHER, SMALL, LARGE, LATIN, BLANK, MARK, STOP, OPENS, CLOSES };
#define S SMALL
#define L LARGE
#define M MARK
static const uint8_t kinds[256] = {
    [' '] = BLANK,  ['!'] = STOP, ['"'] = M,     ['#'] = M,      ['$'] = M,     ['%'] = M,
    ['&'] = M,      ['\''] = M,   ['('] = OPENS, [')'] = CLOSES, ['*'] = M,     ['+'] = M,
    [','] = M,      ['.'] = STOP, ['/'] = M,     [':'] = M,      [';'] = M,     ['<'] = M,
    ['='] = M,      ['>'] = M,    ['?'] = STOP,  ['@'] = M,      ['['] = OPENS, ['\\'] = M,
    [']'] = CLOSES, ['^'] = M,    ['_'] = M,     ['`'] = M,      ['{'] = OPENS, ['|'] = M,
    ['}'] = CLOSES, ['~'] = M,    ['A'] = L,     ['B'] = L,      ['C'] = L,     ['D'] = L,
    ['E'] = L,      ['F'] = L,    ['G'] = L,     ['H'] = L,      ['I'] = L,     ['J'] = L,
    ['K'] = L,      ['L'] = L,    ['M'] = L,     ['N'] = L,      ['O'] = L,     ['P'] = L,
    ['Q'] = L,      ['R'] = L,    ['S'] = L,     ['T'] = L,      ['U'] = L,     ['V'] = L,
    ['W'] = L,      ['X'] = L,    ['Y'] = L,     ['Z'] = L,      ['a'] = S,     ['b'] = S,
    ['c'] = S,      ['d'] = S,    ['e'] = S,     ['f'] = S,      ['g'] = S,     ['h'] = S,
    ['i'] = S,      ['j'] = S,    ['k'] = S,     ['l'] = S,      ['m'] = S,     ['n'] = S,
    ['o'] = S,      ['p'] = S,    ['q'] = S,     ['r'] = S,      ['s'] = S,     ['t'] = S,
    ['u'] = S,      ['v'] = S,    ['w'] = S,     ['x'] = S,      ['y'] = S,     ['z'] = S,
    [0xC3] = LATIN,
};
#undef S
#undef L
#undef M

#define BYTES(n) (((uint64_t)1 << 8 * (n)) - 1)
const uint64_t quotes_first_bytes[2 * QT_CHUNK + QT_BLOCK / 2 + 1] = {
    0,          0,          0,          0,          0,          0,          0,
    0,          0,          BYTES(1),   BYTES(2),   BYTES(3),   BYTES(4),   BYTES(5),
    BYTES(6),   BYTES(7),   UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX,
    UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX};
#undef BYTES

/* x of x'y at p, where that is elided: its key. */
static inline uint64_t elided_key(const char *p, unsigned length)
{
    uint64_t chunk = quotes_load_chunk(p) & quotes_first_bytes[QT_CHUNK + length];
    return quotes_key_mix(QT_KEY_START, chunk | (uint64_t)'\'' << 8 * length);
}

static __attribute__((always_inline)) inline const char *
plain(qt_writer *self, const char *p, const char *end, bool elides, bool compounds, bool forms)
{
    const char *text = self->engine->text, *last = text + self->engine->size - QT_BLOCK;
    const qt_lang *lang = self->lang;
    qt_token *t = self->at + self->count, *full = self->at + self->room;
    uint8_t *bits_at = self->bits + self->count;
    unsigned lead = self->lead, within = 0; /* the apostrophe just before */
    if (self->engine->size < QT_BLOCK) return p;
    while (p < end && t < full) {
        unsigned first = (unsigned char)*p, kind = kinds[first];
        if (kind == BLANK) {
            lead = QT_SPACED;
            within = 0;
            p++;
            continue;
        }
        if (kind > BLANK) {
            /* ... and .. are one */
            if (kind == STOP && first == '.' && t > self->at && t[-1].mark == '.' &&
                t[-1].end == (uint32_t)(p - text))
                break;
            uint32_t start = (uint32_t)(p - text);
            unsigned type = kind < OPENS ? QT_PUNCT : kind == OPENS ? QT_OPEN : QT_CLOSE;
            *t = (qt_token){.start = start,
                            .end = start + 1,
                            .type = (uint8_t)type,
                            .flags = (uint8_t)lead,
                            .mark = (uint8_t)first};
            *bits_at++ = kind == STOP ? QT_BIT_STOP : 0;
            t++;
            lead = within = 0;
            p++;
            if (self->follows && type == QT_PUNCT && start + 1 >= self->lang_until) {
                quotes_writer_set_lang(self, start + 1);
                if (self->lang != lang) break;
            }
            continue;
        }
        if (kind == OTHER || p > last) break;
        unsigned length = (unsigned)__builtin_ctz(~quotes_letters_of(p));
        const char *run = p + length;
        if (length - 1 >= QT_BLOCK - 1 || run > end) break;
        unsigned stop = run < end ? (unsigned char)*run : ' ';
        uint64_t key = quotes_block_key(p, length);
        unsigned tail = 0; /* bytes of an apostrophe that belongs to the word */
        if (stop >= 0x80 || stop == '.' || stop == '-' || stop == '\'') {
            if (elides && (stop == '\'' || stop == 0xE2)) tail = quotes_apostrophe_within(run, end);
            if (tail) {
                key = elided_key(p, length);
                if (length >= QT_CHUNK || !quotes_find(lang, key)->key) break;
            } else if (stop >= 0x80 ? !quotes_ends_word(run, end)
                                    : !(within && stop == '.') && quotes_joins(run, end, length)) {
                break;
            }
        }
        const qt_entry *e = quotes_find(lang, key);
        uint32_t start = (uint32_t)(p - text);
        if (forms && !e->key) {
            const qt_entry *other = quotes_other_form(self, start, start + length, &key);
            if (other) e = other;
        }
        uint32_t classes = e->classes;
        unsigned features = e->features, bits = e->bits;
        if (compounds) {
            bool tailed =
                quotes_may_have_tail(lang, quotes_tail(p + (length > 6 ? length - 4 : 0)), 0);
            if (tailed & (length > 6) & !e->key) {
                e = quotes_lookup_tail(lang, p, length);
                if (e) {
                    classes = e->classes & (QT_ROLE | QT_BODY | QT_TITLE);
                    features = e->features & ~(unsigned)QT_PHRASE;
                    bits = quotes_bits_of(classes);
                }
            }
        }
        unsigned n = kind == LATIN ? 2 : 1;
        unsigned small = kind == SMALL || (kind == LATIN && (unsigned char)p[1] >= 0x9F);
        unsigned flags = lead | (QT_CAP + small * (QT_LOWER - QT_CAP));
        if (!small && (unsigned)(unsigned char)p[n] - 'a' >= 26 && length + tail > n)
            flags = lead | quotes_case_of(p, run + tail);
        unsigned name = (unsigned)!small & (bits / QT_BIT_NAME);
        *t = (qt_token){.key = key,
                        .start = start,
                        .end = start + length + tail,
                        .classes = classes,
                        .features = (uint8_t)features,
                        .type = QT_WORD,
                        .flags = (uint8_t)(flags | name * QT_NAME)};
        *bits_at++ = (uint8_t)((bits & (QT_BIT_EVENT | QT_BIT_SOMEBODY | QT_BIT_PHRASE)) |
                               name * (QT_BIT_NAME | QT_BIT_SOMEBODY | (bits & QT_BIT_BARE)));
        t++;
        unsigned blank = stop == ' ' && run < end;
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
