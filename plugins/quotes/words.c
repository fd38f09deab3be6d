/* Tokens of what stands outside the quotations: words with what the lexicon says of them, numbers,
 * punctuation; each quotation is one token. Articles and pronouns that hang on by an apostrophe or
 * a hyphen (l'homme, dit-il) come off; phrases of the lexicon (according to) become one token;
 * stops that end a sentence are told from those of abbreviations. Attribution, kinds and reference
 * read these tokens and nothing else. */
#include "quotes.h"

#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { MAX_PHRASE = 5 };

typedef struct {
    const qt_engine *engine;
    const qt_lang *lang;
    qt_token *at;
    unsigned count, room;
    bool any_phrase;                  /* else the next is not set */
    uint64_t phrases[QT_TOKEN_WORDS]; /* a bit of each token that may begin one */
    uint8_t lead; /* QT_SPACED where a space stands before what comes next, else 0 */
    bool elides, compounds, other_forms; /* of the language */
    bool follows;                        /* the language is asked for after punctuation */
} writer;

static bool is_hyphen(uint32_t c)
{
    return c == '-' || c == 0x2010 || c == 0x2011;
}

static bool is_apostrophe(uint32_t c)
{
    return c == '\'' || c == 0x2019;
}

static bool is_mark_combining(uint32_t c)
{
    return c >= 0x300 && c < 0x370;
}

/* The end of the word that begins at `from`, as p lies within it. */
static const char *word_end(const char *from, const char *p, const char *end)
{
    unsigned n, after;
    while (p < end) {
        unsigned char b = (unsigned char)*p;
        if ((b | 0x20) >= 'a' && (b | 0x20) <= 'z') {
            p++;
            continue;
        }
        if (b >= '0' && b <= '9') {
            p++;
            continue;
        }
        if (b < 0x80 && b != '-' && b != '\'' && b != '.') break;
        uint32_t c = quotes_decode(p, end, &n);
        if (quotes_is_letter(c) || is_mark_combining(c)) {
            p += n;
            continue;
        }
        if (p + n >= end) break;
        uint32_t next = quotes_decode(p + n, end, &after);
        bool joins = (is_hyphen(c) && (quotes_is_letter(next) || (next >= '0' && next <= '9'))) ||
                     (is_apostrophe(c) && quotes_is_letter(next)) ||
                     (c == '.' && quotes_is_upper(next) && p - from <= 2);
        if (!joins) break;
        p += n;
    }
    return p;
}

/* A name is a capital that is no function word, title or role; what the entity stage calls a
 * person. */
static inline void set_bits_by(qt_token *t, unsigned bits)
{
    unsigned capital = (t->flags & QT_CAP) != 0, person = (t->flags & QT_PERSON) != 0,
             name = (capital & (bits / QT_BIT_NAME)) | person;
    t->flags = (uint8_t)((t->flags & ~QT_NAME) | name * QT_NAME);
    t->bits = (uint8_t)((bits & (QT_BIT_EVENT | QT_BIT_SOMEBODY)) |
                        name * (QT_BIT_NAME | QT_BIT_SOMEBODY));
}

static void set_bits(qt_token *t)
{
    set_bits_by(t, quotes_bits_of(t->classes));
}

/* A name of no class: it may be a given name that only the table of all languages knows. */
static void set_given(const writer *self, qt_token *t)
{
    const qt_entry *given = quotes_lookup_key(&self->engine->lexicon->names, t->key);
    if (!given) return;
    t->classes = QT_GIVEN;
    t->features = (uint8_t)given->features;
}

static inline void set_word_bits(const writer *self, qt_token *t)
{
    set_bits(t);
    if (t->bits & QT_BIT_NAME && !t->classes) set_given(self, t);
}

/* The case of a word that begins with no small ASCII letter. */
static uint8_t case_of(const char *p, const char *end)
{
    unsigned n, letters = 0, upper = 0;
    uint32_t c = quotes_decode(p, end, &n);
    if (!quotes_is_upper(c)) return quotes_is_letter(c) ? QT_LOWER : 0;
    if (p + n == end || (p[n] >= 'a' && p[n] <= 'z')) return QT_CAP;
    for (; p < end; p += n) {
        c = quotes_decode(p, end, &n);
        if (!quotes_is_letter(c)) continue;
        letters++;
        upper += quotes_is_upper(c);
    }
    return letters > 1 && upper == letters ? QT_CAP | QT_UPPER : QT_CAP;
}

static qt_token *add(writer *self, uint32_t start, uint32_t end, uint8_t type)
{
    if (self->count == self->room) return NULL;
    qt_token *t = &self->at[self->count++];
    *t = (qt_token){.start = start, .end = end, .type = type, .flags = self->lead};
    self->lead = 0;
    return t;
}

/* What comes next stands at `at`, which nothing led up to. */
static void jump(writer *self, uint32_t at)
{
    const char *text = self->engine->text;
    uint32_t from = self->engine->par_start;
    unsigned n;
    bool spaced = at <= from || quotes_is_space(quotes_decode_back(text + from, text + at, &n));
    self->lead = spaced ? QT_SPACED : 0;
}

static void set_lang(writer *self, uint32_t at)
{
    const qt_engine *e = self->engine;
    unsigned lang = e->lang;
    if (e->sink->lang_at) lang = e->sink->lang_at(e->sink->user, at);
    if (lang == QT_NO_LANG) lang = e->lang;
    bool table = lang != QT_NO_LANG && lang != QT_NO_TABLE;
    const qt_lang *found = table ? &e->lexicon->langs[lang] : NULL;
    if (found == self->lang) return;
    self->lang = found;
    uint32_t traits = table ? self->lang->traits : 0;
    self->elides = traits & QT_ELIDES;
    self->compounds = traits & QT_NOUNS_UPPER;
    self->other_forms = table && (traits & QT_CASELESS || self->lang->stem_lengths);
}

/* Landesregierung, VW-Chef, ex-président: what a compound's last part says of roles and bodies. */
static const qt_entry *compound(const writer *self, uint32_t start, uint32_t end)
{
    enum { CLASSES = QT_ROLE | QT_BODY | QT_TITLE, LEAST = 4, LONGEST = 40 };
    const char *text = self->engine->text;
    if (!self->lang || end - start > LONGEST) return NULL;
    const char *hyphen = memrchr(text + start, '-', end - start);
    if (!hyphen)
        return self->compounds ? quotes_lookup_tail(self->lang, text + start, end - start) : NULL;
    uint64_t key;
    uint32_t from = (uint32_t)(hyphen - text) + 1;
    if (from + LEAST > end || ((unsigned char)text[from] & 0xC0) == 0x80) return NULL;
    const qt_entry *e = quotes_lookup(self->lang, text + from, end - from, &key);
    return e && e->classes & CLASSES && !(e->classes & QT_FUNCTION) ? e : NULL;
}

/* By a stem; in Arabic without "and" or "so", which are written on the word: وقال, فقال */
static const qt_entry *other_form(const writer *self, uint32_t start, uint32_t end, uint64_t *key)
{
    const char *text = self->engine->text;
    const qt_entry *e = quotes_lookup_word(self->lang, text + start, end - start, *key);
    if (e || !(self->lang->traits & QT_CASELESS) || end - start <= 5) return e;
    unsigned n;
    uint32_t first = quotes_decode(text + start, text + end, &n);
    if (first != 0x648 && first != 0x641) return NULL;
    return quotes_lookup(self->lang, text + start + n, end - start - n, key);
}

static void note_at(writer *self, unsigned token)
{
    if (!self->any_phrase) memset(self->phrases, 0, sizeof self->phrases);
    self->any_phrase = true;
    self->phrases[token / 64] |= (uint64_t)1 << token % 64;
}

/* The last word may go on the phrase that the one before it begins. */
static inline void note_phrase(writer *self)
{
    if (self->count < 2 || !self->lang) return;
    const qt_token *t = &self->at[self->count - 1];
    bool goes_on = quotes_may_have(self->lang->phrases, 12, quotes_key_pair(t[-1].key, t->key));
    if (!(goes_on & (t[-1].features / QT_PHRASE & 1))) return;
    note_at(self, self->count - 2);
}

static __attribute__((always_inline)) inline qt_token *
add_keyed(writer *self, uint32_t start, uint32_t end, uint64_t key, bool hyphens)
{
    static const qt_entry none = {.bits = QT_BIT_NAME};
    if (self->count == self->room) return NULL;
    qt_token *t = &self->at[self->count++];
    const char *text = self->engine->text;
    const qt_entry *e = self->lang ? quotes_find(self->lang, key) : &none;
    if (self->other_forms && !e->key) {
        const qt_entry *other = other_form(self, start, end, &key);
        if (other) e = other;
    }
    uint32_t classes = e->classes;
    uint8_t features = (uint8_t)e->features;
    if ((hyphens || self->compounds) && end - start > 6 && !e->key &&
        (e = compound(self, start, end)) != NULL) {
        classes = e->classes & (QT_ROLE | QT_BODY | QT_TITLE);
        features = e->features & (uint8_t)~QT_PHRASE;
    }
    unsigned first = (unsigned char)text[start],
             second = end - start > 1 ? (unsigned char)text[start + 1] : 0;
    unsigned small = first - 'a' < 26, capital = (first - 'A' < 26) & (second - 'a' < 26);
    unsigned flags = self->lead | small * QT_LOWER | capital * QT_CAP;
    if (!(small | capital)) flags |= case_of(text + start, text + end);
    *t = (qt_token){.key = key,
                    .start = start,
                    .end = end,
                    .classes = classes,
                    .features = features,
                    .type = QT_WORD,
                    .flags = (uint8_t)flags};
    self->lead = 0;
    set_word_bits(self, t);
    note_phrase(self);
    return t;
}

static qt_token *add_word(writer *self, uint32_t start, uint32_t end)
{
    uint64_t key = quotes_key(self->engine->text + start, end - start);
    return add_keyed(self, start, end, key, true);
}

/* ------------------------------------------------------------------ words of plain letters */

enum { BLOCK = 16 };

/* Which of 16 bytes are ASCII letters or digits, or letters of Latin-1 that lie wholly among
 * them. */
#ifdef __SSE2__
static inline unsigned letters_of(const char *p)
{
    const __m128i c = _mm_loadu_si128((const __m128i *)(const void *)p);
    const __m128i folded = _mm_or_si128(c, _mm_set1_epi8(0x20));
    /* a range is tested by one comparison of signed bytes, shifted so that it ends at 127 */
    __m128i letter =
        _mm_cmpgt_epi8(_mm_add_epi8(folded, _mm_set1_epi8(127 - 'z')), _mm_set1_epi8(127 - 26));
    __m128i digit =
        _mm_cmpgt_epi8(_mm_add_epi8(c, _mm_set1_epi8(127 - '9')), _mm_set1_epi8(127 - 10));
    unsigned plain = (unsigned)_mm_movemask_epi8(_mm_or_si128(letter, digit));
    unsigned first = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(c, _mm_set1_epi8((char)0xC3)));
    __m128i sign = _mm_cmpeq_epi8(folded, _mm_set1_epi8((char)0xB7)); /* × and ÷ */
    __m128i later = _mm_andnot_si128(sign, _mm_cmplt_epi8(c, _mm_set1_epi8((char)0xC0)));
    unsigned second = (unsigned)_mm_movemask_epi8(later) & first << 1;
    return plain | second | second >> 1;
}

/* Which are hyphens or beyond ASCII. */
static inline unsigned odd_of(const char *p)
{
    const __m128i c = _mm_loadu_si128((const __m128i *)(const void *)p);
    return (unsigned)_mm_movemask_epi8(_mm_or_si128(c, _mm_cmpeq_epi8(c, _mm_set1_epi8('-'))));
}
#else
static unsigned odd_of(const char *p)
{
    unsigned odd = 0;
    for (unsigned i = 0; i < BLOCK; i++)
        odd |= (unsigned)((unsigned char)p[i] >= 0x80 || p[i] == '-') << i;
    return odd;
}

static unsigned letters_of(const char *p)
{
    unsigned letters = 0;
    for (unsigned i = 0; i < BLOCK; i++) {
        unsigned char c = (unsigned char)p[i], next = i + 1 < BLOCK ? (unsigned char)p[i + 1] : 0;
        unsigned char low = c | 0x20;
        if ((low >= 'a' && low <= 'z') || (c >= '0' && c <= '9')) letters |= 1u << i;
        if (c == 0xC3 && (next & 0xC0) == 0x80 && (next | 0x20) != 0xB7) letters |= 3u << i;
    }
    return letters;
}
#endif

static inline uint64_t load_chunk(const char *p)
{
    uint64_t chunk;
    memcpy(&chunk, p, sizeof chunk);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    chunk = __builtin_bswap64(chunk);
#endif
    return chunk | 0x2020202020202020u;
}

/* [QT_CHUNK + n]: the first n bytes of a chunk; [n]: those of the second chunk of n bytes. */
#define BYTES(n) (((uint64_t)1 << 8 * (n)) - 1)
static const uint64_t first_bytes[2 * QT_CHUNK + BLOCK / 2 + 1] = {
    0,          0,          0,          0,          0,          0,          0,
    0,          0,          BYTES(1),   BYTES(2),   BYTES(3),   BYTES(4),   BYTES(5),
    BYTES(6),   BYTES(7),   UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX,
    UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX};

/* The key of the 1 to 15 letters of a block, without a branch on how many there are. */
static inline uint64_t block_key(const char *p, unsigned length)
{
    uint64_t one = quotes_key_mix(QT_KEY_START, load_chunk(p) & first_bytes[QT_CHUNK + length]);
    uint64_t two = quotes_key_mix(one, load_chunk(p + QT_CHUNK) & first_bytes[length]);
    uint64_t key = one ^ ((one ^ two) & (0 - (uint64_t)(length > QT_CHUNK)));
    return key + !key;
}

/* A run of ASCII letters, digits and letters of Latin-1 at p, up to the end of the document: where
 * it ends, and its key. In the chunks both bytes of é have the bit of the small letter, as all
 * have. */
static const char *long_run(const char *p, const char *last, uint64_t *key)
{
    uint64_t h = QT_KEY_START;
    for (;;) {
        char room[BLOCK] = {0};
        memcpy(room, p, last - p < BLOCK ? (size_t)(last - p) : BLOCK);
        unsigned length = (unsigned)__builtin_ctz(~letters_of(room));
        p += length;
        for (unsigned i = 0; i < length; i += QT_CHUNK)
            h = quotes_key_mix(h, load_chunk(room + i) & first_bytes[QT_CHUNK + length - i]);
        if (length == BLOCK) continue;
        *key = h ? h : 1;
        return p;
    }
}

static __attribute__((always_inline)) inline const char *latin_run(const writer *self,
                                                                   const char *p, uint64_t *key)
{
    const char *last = self->engine->text + self->engine->size;
    if (last - p < BLOCK) return long_run(p, last, key);
    unsigned length = (unsigned)__builtin_ctz(~letters_of(p));
    if (length == BLOCK) return long_run(p, last, key);
    *key = length ? block_key(p, length) : 0;
    return p + length;
}

/* Does the word go on at s, where a run of it ends: x-y, x'y, A.B? `length` is the word's. */
static bool joins(const char *s, const char *end, size_t length)
{
    unsigned char c = (unsigned char)*s;
    if (c >= 0x80) return true;
    unsigned char next = end - s > 1 ? (unsigned char)s[1] : ' ';
    if (c == '.') return length <= 2 && (next >= 0x80 || (next >= 'A' && next <= 'Z'));
    return next >= 0x80 || (next >= '0' && next <= '9') ||
           ((next | 0x20) >= 'a' && (next | 0x20) <= 'z');
}

static inline bool goes_on(const char *s, const char *end, size_t length)
{
    if (s >= end) return s > end;
    unsigned char c = (unsigned char)*s;
    return (c >= 0x80 || c == '.' || c == '-' || c == '\'') && joins(s, end, length);
}

/* What stands at s ends any word: a space of Latin-1, a guillemet, a general mark but ’ and
 * hyphens. */
static bool ends_word(const char *s, const char *end)
{
    if (end - s < 3) return false;
    unsigned char c = (unsigned char)*s, second = (unsigned char)s[1], third = (unsigned char)s[2];
    if (c == 0xC2) return second == 0xA0 || second == 0xAB || second == 0xBB;
    return c == 0xE2 && second == 0x80 && third >= 0x92 && third < 0xC0 && third != 0x99;
}

/* The apostrophe at s within a word: its length, or 0. */
static unsigned apostrophe_within(const char *s, const char *end)
{
    unsigned n = *s == '\'' ? 1 : 3, after;
    if (end - s <= (ptrdiff_t)n) return 0;
    if (n == 3 && memcmp(s, "\xE2\x80\x99", 3) != 0) return 0;
    return quotes_is_letter(quotes_decode(s + n, end, &after)) ? n : 0;
}

/* l'homme: adds the elided word from p to `run`, with the apostrophe that stands there. Where the
 * next word begins; NULL: it is none. */
static const char *add_elided(writer *self, const char *p, const char *run, const char *end)
{
    const char *text = self->engine->text;
    char word[QT_CHUNK] = {0};
    size_t length = (size_t)(run - p);
    if (!self->lang || !self->elides || run >= end || length >= QT_CHUNK) return NULL;
    unsigned n = apostrophe_within(run, end);
    if (!n) return NULL;
    memcpy(word, p, length);
    word[length] = '\'';
    uint64_t chunk = load_chunk(word) & first_bytes[QT_CHUNK + length + 1];
    uint64_t key = quotes_key_mix(QT_KEY_START, chunk);
    if (!quotes_find(self->lang, key)->key) return NULL;
    add_keyed(self, (uint32_t)(p - text), (uint32_t)(run + n - text), key, false);
    return run + n;
}

/* l'homme, qu'il: the part before the apostrophe is short, and a word of the lexicon. */
static uint32_t elision(const writer *self, uint32_t start, uint32_t end)
{
    const char *text = self->engine->text;
    if (!self->lang || !(self->lang->traits & QT_ELIDES)) return 0;
    for (uint32_t i = start + 1; i < end && i - start <= 8; i++) {
        unsigned n;
        if (text[i] != '\'' && (unsigned char)text[i] != 0xE2) continue;
        if (!is_apostrophe(quotes_decode(text + i, text + end, &n))) continue;
        uint64_t key;
        return quotes_lookup(self->lang, text + start, i + n - start, &key) ? i + n : 0;
    }
    return 0;
}

/* dit-il, a-t-elle: the pronoun after the last hyphen. */
static uint32_t inversion(const writer *self, uint32_t start, uint32_t end, uint32_t *verb_end)
{
    const char *text = self->engine->text;
    if (!self->lang || !(self->lang->traits & QT_INVERTS)) return 0;
    const char *hyphen = memrchr(text + start, '-', end - start);
    if (!hyphen || hyphen == text + start) return 0;
    uint32_t from = (uint32_t)(hyphen - text) + 1;
    uint64_t key;
    const qt_entry *e = quotes_lookup(self->lang, text + from, end - from, &key);
    if (!e || !(e->classes & QT_PRON)) return 0;
    *verb_end = from - 1;
    if (*verb_end >= start + 3 && memcmp(text + *verb_end - 2, "-t", 2) == 0) *verb_end -= 2;
    return from;
}

static void add_words(writer *self, uint32_t start, uint32_t end)
{
    for (;;) {
        uint32_t next = elision(self, start, end);
        if (!next) break;
        add_word(self, start, next);
        start = next;
    }
    uint32_t verb_end;
    uint32_t pronoun = inversion(self, start, end, &verb_end);
    if (pronoun) {
        add_word(self, start, verb_end);
        qt_token *t = add_word(self, pronoun, end);
        if (t) t->flags |= QT_INVERTED;
        return;
    }
    qt_token *t = add_word(self, start, end);
    const char *text = self->engine->text;
    if (!t || end - start < 3) return;
    /* Smith's */
    const char *s = text + end - 2;
    if (*s == '\'' && (s[1] == 's')) t->end = end - 2;
    if (end - start > 4 && (unsigned char)s[-2] == 0xE2 && (unsigned char)s[-1] == 0x80 &&
        (unsigned char)s[0] == 0x99 && s[1] == 's')
        t->end = end - 4;
    if (t->end != end) {
        const qt_entry *e = quotes_lookup(self->lang, text + start, t->end - start, &t->key);
        t->classes = e ? e->classes : 0;
        set_word_bits(self, t);
        note_phrase(self);
    }
}

static bool is_roman(const char *p, const char *end)
{
    for (; p < end; p++) {
        if (*p != 'I' && *p != 'V' && *p != 'X') return false;
    }
    return true;
}

/* An initial, an abbreviation or an ordinal (Elisabeth II.) takes its full stop with it. */
static const char *absorb_stop(writer *self, const char *p, const char *end)
{
    qt_token *t = self->count ? &self->at[self->count - 1] : NULL;
    if (!t || t->type != QT_WORD || p >= end || *p != '.') return p;
    const char *text = self->engine->text;
    unsigned n;
    const char *s = p + 1;
    while (s < end && quotes_is_space(quotes_decode(s, end, &n))) s += n;
    bool upper = s < end && quotes_is_upper(quotes_decode(s, end, &n));
    quotes_decode(text + t->start, text + t->end, &n);
    bool initial = t->end - t->start == n && t->flags & QT_CAP && upper && s > p + 1;
    bool dotted = t->end - t->start > 2 && memchr(text + t->start, '.', t->end - t->start);
    bool ordinal = t->flags & QT_UPPER && !upper && is_roman(text + t->start, text + t->end);
    if (!initial && !ordinal && !(t->classes & QT_ABBR) && !(dotted && s < end)) return p;
    if (t->classes & QT_ABBR && !(t->classes & QT_TITLE) && s >= end) return p;
    t->end = (uint32_t)(p + 1 - text);
    return p + 1;
}

static void add_other(writer *self, uint32_t start, uint32_t length, uint32_t c)
{
    uint8_t type = QT_PUNCT;
    uint8_t lead = self->lead;
    self->lead = 0;
    if (c == '(' || c == '[' || c == '{')
        type = QT_OPEN;
    else if (c == ')' || c == ']' || c == '}')
        type = QT_CLOSE;
    else if (c == '-' || (c >= 0x2012 && c <= 0x2015))
        type = QT_DASH;
    else if (c >= 0x80 && c != 0x2026 && c != 0x3002 && c != 0x60C && c != 0xFF0C && c != 0xFF1A &&
             c != 0x61B && c != 0x61F && c != 0x964)
        return; /* symbols say nothing */
    uint8_t mark = c < 0x80 ? (uint8_t)c : 0;
    if (c == 0x2026) mark = '.';
    if (c == 0x3002 || c == 0x964) mark = '.';
    if (c == 0x60C || c == 0xFF0C) mark = ',';
    if (c == 0xFF1A) mark = ':';
    if (c == 0x61F) mark = '?';
    if (c == 0x61B) mark = ';';
    qt_token *last = self->count ? &self->at[self->count - 1] : NULL;
    if (last && last->end == start &&
        ((type == QT_DASH && last->type == QT_DASH) ||
         (type == QT_PUNCT && last->type == QT_PUNCT && mark == '.' && last->mark == '.'))) {
        last->end = start + length;
        return;
    }
    self->lead = lead;
    qt_token *t = add(self, start, start + length, type);
    if (t) t->mark = mark;
}

static void add_number(writer *self, const char **p, const char *end)
{
    const char *s = *p;
    while (s < end && ((*s >= '0' && *s <= '9') ||
                       ((*s == '.' || *s == ',') && s + 1 < end && s[1] >= '0' && s[1] <= '9')))
        s++;
    unsigned n;
    uint32_t after = s < end ? quotes_decode(s, end, &n) : 0;
    if (is_hyphen(after) && s + n < end && quotes_is_letter(quotes_decode(s + n, end, &n)))
        s = word_end(s + 1, s + 1, end); /* 23-year-old */
    else if (quotes_is_letter(after))
        s = word_end(s, s, end);
    const char *text = self->engine->text;
    add(self, (uint32_t)(*p - text), (uint32_t)(s - text), QT_NUMBER);
    *p = s;
}

/* The word that begins at `word`, of which p is left: of any letters, with hyphens and
 * apostrophes. */
static const char *add_any_word(writer *self, const char *word, const char *p, const char *end)
{
    const char *text = self->engine->text, *stop = word_end(word, p, end);
    add_words(self, (uint32_t)(p - text), (uint32_t)(stop - text));
    return absorb_stop(self, stop, end);
}

static __attribute__((always_inline)) inline const char *add_letters(writer *self, const char *p,
                                                                     const char *end)
{
    const char *text = self->engine->text, *word = p;
    for (;;) {
        uint64_t key;
        const char *run = latin_run(self, p, &key);
        if (run == p) return add_any_word(self, word, p, end);
        if (goes_on(run, end, (size_t)(run - word)) && !ends_word(run, end)) {
            const char *next = add_elided(self, p, run, end);
            if (!next) return add_any_word(self, word, p, end);
            p = next;
            continue;
        }
        const qt_token *t =
            add_keyed(self, (uint32_t)(p - text), (uint32_t)(run - text), key, false);
        bool stops = run < end && *run == '.';
        if (stops && t && (t->classes & QT_ABBR || t->flags & QT_UPPER || run - p < 3))
            return absorb_stop(self, run, end);
        return run;
    }
}

/* Blanks and words of ASCII letters that blanks or plain punctuation end: most of a text, in a loop
 * that keeps its state at hand. Stops at anything else. */
static const char *add_plain(writer *self, const char *p, const char *end)
{
    const char *text = self->engine->text, *last = text + self->engine->size - BLOCK;
    const qt_lang *lang = self->lang;
    qt_token *t = self->at + self->count, *full = self->at + self->room;
    unsigned lead = self->lead, begins = self->count ? t[-1].features & QT_PHRASE : 0;
    uint64_t before = self->count ? t[-1].key : 0;
    while (p < end && t < full) {
        unsigned first = (unsigned char)*p;
        if (first == ' ') {
            lead = QT_SPACED;
            p++;
            continue;
        }
        unsigned small = first - 'a' < 26;
        if (!(small | (first - 'A' < 26)) || p > last) break;
        unsigned length = (unsigned)__builtin_ctz(~letters_of(p));
        const char *run = p + length;
        if (length == BLOCK) break;
        unsigned stop = (unsigned char)*run;
        if (stop != ' ') {
            if (run >= end || stop >= 0x80 || stop == '.' || stop == '-' || stop == '\'') break;
        } else if (run > end) {
            break;
        }
        uint64_t key = block_key(p, length);
        const qt_entry *e = quotes_find(lang, key);
        if (self->other_forms && !e->key) break;
        uint32_t classes = e->classes, start = (uint32_t)(p - text);
        unsigned features = e->features, bits = e->bits;
        bool tailed = self->compounds &&
                      quotes_may_have_tail(lang, quotes_tail(p + (length > 6 ? length - 4 : 0)), 0);
        if (tailed & (length > 6) & !e->key) {
            e = quotes_lookup_tail(lang, p, length);
            if (e) {
                classes = e->classes & (QT_ROLE | QT_BODY | QT_TITLE);
                features = e->features & ~(unsigned)QT_PHRASE;
                bits = quotes_bits_of(classes);
            }
        }
        unsigned flags = lead | (QT_CAP + small * (QT_LOWER - QT_CAP));
        unsigned second = (unsigned)(unsigned char)p[1] - 'a';
        if (!small & (second >= 26)) flags = lead | case_of(p, run);
        unsigned name = (unsigned)!small & (bits / QT_BIT_NAME);
        *t = (qt_token){.key = key,
                        .start = start,
                        .end = start + length,
                        .classes = classes,
                        .features = (uint8_t)features,
                        .type = QT_WORD,
                        .flags = (uint8_t)(flags | name * QT_NAME),
                        .bits = (uint8_t)((bits & (QT_BIT_EVENT | QT_BIT_SOMEBODY)) |
                                          name * (QT_BIT_NAME | QT_BIT_SOMEBODY))};
        bool given = quotes_may_have(self->engine->lexicon->given, 13, key);
        if (given & name & !classes) set_given(self, t);
        bool joins = quotes_may_have(lang->phrases, 12, quotes_key_pair(before, key));
        if (joins & (begins != 0)) {
            note_at(self, (unsigned)(t - self->at) - 1);
        }
        before = key;
        begins = features & QT_PHRASE;
        t++;
        unsigned blank = stop == ' ' && run < end;
        lead = blank * QT_SPACED;
        p = run + blank;
    }
    self->count = (unsigned)(t - self->at);
    self->lead = (uint8_t)lead;
    return p;
}

/* What is no ASCII letter and no blank. */
static const char *add_odd(writer *self, const char *p, const char *end)
{
    unsigned n;
    uint32_t c = quotes_decode(p, end, &n);
    if (quotes_is_space(c)) {
        self->lead = QT_SPACED;
        return p + n;
    }
    if (c >= '0' && c <= '9') {
        add_number(self, &p, end);
        return p;
    }
    if (quotes_is_letter(c))
        return c < 0x100 ? add_letters(self, p, end) : add_any_word(self, p, p, end);
    uint32_t at = (uint32_t)(p - self->engine->text);
    unsigned before = self->count;
    add_other(self, at, n, c);
    if (self->follows && self->count > before && self->at[before].type == QT_PUNCT)
        set_lang(self, at + n);
    return p + n;
}

/* The tokens of [p, end), where no quotation is. */
static void add_all(writer *self, const char *p, const char *end)
{
    bool long_enough = self->engine->size >= BLOCK;
    while (p < end && self->count < self->room) {
        if (self->lang && long_enough) p = add_plain(self, p, end);
        if (p >= end || self->count == self->room) return;
        unsigned char c = (unsigned char)*p;
        if ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') {
            p = add_letters(self, p, end);
        } else {
            p = add_odd(self, p, end);
        }
    }
}

unsigned quotes_count_words(const char *p, const char *end, unsigned most)
{
    unsigned words = 0, n;
    bool in = false;
    while (p < end && words < most) {
        if (end - p >= BLOCK) {
            unsigned letters = letters_of(p);
            if (!(odd_of(p) & ~letters)) {
                words += (unsigned)__builtin_popcount(letters & ~(letters << 1 | in));
                in = letters >> (BLOCK - 1);
                p += BLOCK;
                continue;
            }
        }
        for (const char *stop = end - p < BLOCK ? end : p + BLOCK; p < stop; p += n) {
            uint32_t c = quotes_decode(p, end, &n);
            bool letter = quotes_is_letter(c) || (c >= '0' && c <= '9');
            words += letter && !in;
            in = letter || (in && c == '-');
        }
    }
    return words < most ? words : most;
}

/* ------------------------------------------------------------------ after all are there */

/* The longest phrase that begins at `first`, into *t; how many words it has. */
static unsigned take_phrase(const writer *self, unsigned first, qt_token *t)
{
    *t = self->at[first];
    unsigned used = 1;
    uint64_t key = t->key;
    for (unsigned k = 1; k < MAX_PHRASE && first + k < self->count; k++) {
        const qt_token *next = &self->at[first + k];
        if (next->type != QT_WORD) break;
        if (!quotes_may_have(self->lang->phrases, 12, quotes_key_pair(key, next->key))) break;
        key = quotes_key_join(key, next->key);
        const qt_entry *e = quotes_find(self->lang, key);
        if (!e->key) continue;
        t->classes = e->classes;
        t->features = (uint8_t)e->features;
        t->end = next->end;
        t->key = key;
        used = k + 1;
        set_bits(t);
    }
    return used;
}

static void merge_phrases(writer *self)
{
    if (!self->any_phrase || !self->lang) return;
    unsigned i = quotes_next_bit(self->phrases, 0, self->count), out = i;
    while (i < self->count) {
        qt_token t;
        i += take_phrase(self, i, &t);
        self->at[out++] = t;
        unsigned next = quotes_next_bit(self->phrases, i, self->count);
        if (out != i) memmove(&self->at[out], &self->at[i], (next - i) * sizeof t);
        out += next - i;
        i = next;
    }
    self->count = out;
}

static void mark_persons(writer *self)
{
    const qt_sink *sink = self->engine->sink;
    if (!sink->person_at) return;
    for (unsigned i = 0; i < self->count; i++) {
        qt_token *t = &self->at[i];
        uint32_t a, b;
        if (t->type == QT_WORD && sink->person_at(sink->user, t->start, &a, &b)) {
            t->flags |= QT_PERSON | QT_CAP;
            t->classes &= QT_GIVEN | QT_PLACE;
            set_bits(t);
        }
    }
}

/* Ends of sentences, and where `bits` is given a bit of each token. */
static void mark_all(writer *self, qt_engine *bits)
{
    unsigned starts = QT_BIT_EVENT;
    mark_persons(self);
    for (unsigned from = 0; from < self->count; from += 64) {
        uint64_t events = 0, names = 0, persons = 0;
        unsigned to = self->count - from < 64 ? self->count : from + 64;
        for (unsigned i = from; i < to; i++) {
            qt_token *t = &self->at[i];
            unsigned mine = t->bits | starts;
            starts = 0;
            if (t->type == QT_PUNCT || t->type == QT_QUOTE) {
                if (quotes_ends_sentence(self->engine, t, i + 1 < self->count ? t + 1 : NULL)) {
                    t->flags |= QT_ENDS;
                    starts = QT_BIT_EVENT;
                }
                if (t->type == QT_QUOTE) mine |= QT_BIT_EVENT;
            }
            events |= (uint64_t)(mine & QT_BIT_EVENT) << (i & 63);
            names |= (uint64_t)(mine >> 1 & 1) << (i & 63);
            persons |= (uint64_t)(mine >> 2) << (i & 63);
        }
        if (!bits) continue;
        bits->events[from / 64] = events;
        bits->names[from / 64] = names;
        bits->persons[from / 64] = persons;
    }
}

void quotes_only_token(qt_engine *self, const qt_token *token)
{
    self->tokens[0] = *token;
    self->token_count = 1;
    self->events[0] = 1;
    self->names[0] = self->persons[0] = 0;
}

static void begin(writer *self, const qt_engine *engine, qt_token *room, unsigned count,
                  uint32_t from)
{
    self->engine = engine;
    self->lang = NULL;
    self->at = room;
    self->count = 0;
    self->room = count;
    self->any_phrase = self->follows = false;
    self->elides = self->compounds = self->other_forms = false;
    set_lang(self, from);
    jump(self, from);
}

void quotes_tokenize(qt_engine *self, uint32_t from, uint32_t to)
{
    writer w;
    begin(&w, self, self->tokens, QT_MAX_TOKENS, from);
    w.follows = self->sink->lang_at;
    unsigned quote = 0;
    uint32_t at = from;
    while (quote < self->quote_count &&
           (self->quotes[quote].outer_start < from || self->quotes[quote].depth))
        quote++;
    while (at < to && w.count < w.room) {
        uint32_t stop = quote < self->quote_count ? self->quotes[quote].outer_start : to;
        if (stop > to) stop = to;
        if (at < stop) add_all(&w, self->text + at, self->text + stop);
        at = stop;
        if (at >= to || w.count == w.room) break;
        const qt_quote *q = &self->quotes[quote];
        at = q->outer_end;
        jump(&w, q->outer_start);
        qt_token *t = add(&w, q->outer_start, q->outer_end, QT_QUOTE);
        if (t) t->quote = quote;
        jump(&w, at);
        while (quote < self->quote_count &&
               (self->quotes[quote].depth || self->quotes[quote].outer_start < at))
            quote++;
    }
    set_lang(&w, from);
    merge_phrases(&w);
    mark_all(&w, self);
    self->token_count = w.count;
    if (from == self->par_start) quotes_mark_dateline(self);
    for (unsigned i = 0; self->quote_count && i < w.count; i++) {
        if (self->tokens[i].type == QT_QUOTE)
            self->quotes[self->tokens[i].quote].token = (uint16_t)i;
    }
}

unsigned quotes_tokens_around(const qt_engine *self, unsigned index, uint32_t from, uint32_t to,
                              qt_token *room, unsigned count, unsigned *at)
{
    const qt_quote *q = &self->quotes[index];
    writer w;
    begin(&w, self, room, count - 1, from);
    add_all(&w, self->text + from, self->text + q->outer_start);
    w.room = count;
    jump(&w, q->outer_start);
    qt_token *t = add(&w, q->outer_start, q->outer_end, QT_QUOTE);
    if (!t) return 0;
    t->quote = index;
    jump(&w, q->outer_end);
    add_all(&w, self->text + q->outer_end, self->text + to);
    merge_phrases(&w);
    mark_all(&w, NULL);
    *at = 0;
    while (*at < w.count && w.at[*at].type != QT_QUOTE) ++*at;
    return *at < w.count ? w.count : 0;
}

unsigned quotes_tokens_of(const qt_engine *self, uint32_t from, uint32_t to, qt_token *room,
                          unsigned count)
{
    writer w;
    begin(&w, self, room, count, from);
    add_all(&w, self->text + from, self->text + to);
    merge_phrases(&w);
    return w.count;
}
