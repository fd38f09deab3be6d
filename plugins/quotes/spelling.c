/* Words that take a closer look: with hyphens and apostrophes, of any letters; numbers and signs.
 * Articles and pronouns that hang on by an apostrophe or a hyphen (l'homme, dit-il) come off; an
 * abbreviation takes its stop with it. What plain.c does not know comes here. */
#include "plain.h"

#include <string.h>

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
        if (b >= 0xE3 && b < 0xEA && end - p > 2 && ((unsigned char)p[1] & 0xC0) == 0x80 &&
            ((unsigned char)p[2] & 0xC0) == 0x80 &&
            (b > 0xE3 || (unsigned char)p[1] > 0x80)) { /* Chinese characters, kana */
            p += 3;
            continue;
        }
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

uint8_t quotes_case_of(const char *p, const char *end)
{
    unsigned n, letters = 0, upper = 0;
    if ((unsigned)(unsigned char)*p - 'a' < 26) return QT_LOWER;
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

/* Landesregierung, VW-Chef, ex-président: what a compound's last part says of roles and bodies. */
static const qt_entry *compound(const qt_writer *self, uint32_t start, uint32_t end)
{
    enum { CLASSES = QT_ROLE | QT_BODY | QT_TITLE, LEAST = 4, LONGEST = 40 };
    const char *text = self->engine->text;
    if (end - start > LONGEST) return NULL;
    const char *hyphen = memrchr(text + start, '-', end - start);
    if (!hyphen)
        return self->compounds ? quotes_lookup_tail(self->lang, text + start, end - start) : NULL;
    uint64_t key;
    uint32_t from = (uint32_t)(hyphen - text) + 1;
    if (from + LEAST > end || ((unsigned char)text[from] & 0xC0) == 0x80) return NULL;
    const qt_entry *e = quotes_lookup(self->lang, text + from, end - from, &key);
    return e && e->classes & CLASSES && !(e->classes & QT_FUNCTION) ? e : NULL;
}

/* In Arabic "and" or "so" are written on the word: وقال, فقال */
const qt_entry *quotes_other_form(const qt_writer *self, uint32_t start, uint32_t end,
                                  uint64_t *key)
{
    const char *text = self->engine->text;
    const qt_entry *e = quotes_lookup_word(self->lang, text + start, end - start, *key);
    if (e || !(self->lang->traits & QT_CASELESS) || end - start <= 5) return e;
    unsigned n;
    uint32_t first = quotes_decode(text + start, text + end, &n);
    if (first != 0x648 && first != 0x641) return NULL;
    return quotes_lookup(self->lang, text + start + n, end - start - n, key);
}

/* al-Assad: where the name begins behind an article of Arabic; `start` where none does. */
static uint32_t behind_article(const char *text, uint32_t start, uint32_t end)
{
    enum { ARTICLE = 2 };
    static const char articles[] = "al el as ad at ar an az";
    if (end - start < ARTICLE + 3 || text[start + ARTICLE] != '-') return start;
    for (const char *p = articles; *p; p += p[ARTICLE] ? ARTICLE + 1 : ARTICLE) {
        if (memcmp(text + start, p, ARTICLE) != 0) continue;
        unsigned n;
        uint32_t at = start + ARTICLE + 1;
        return quotes_is_upper(quotes_decode(text + at, text + end, &n)) ? at : start;
    }
    return start;
}

static __attribute__((always_inline)) inline qt_token *
add_keyed(qt_writer *self, uint32_t start, uint32_t end, uint64_t key, bool hyphens)
{
    if (self->count == self->room) return NULL;
    qt_token *t = &self->at[self->count++];
    const char *text = self->engine->text;
    const qt_entry *e = quotes_find(self->lang, key), *last_part = NULL;
    if (self->other_forms && !e->key) {
        const qt_entry *other = quotes_other_form(self, start, end, &key);
        if (other) e = other;
    }
    if ((hyphens || self->compounds) && end - start > 6 && !e->key)
        last_part = compound(self, start, end);
    *t = (qt_token){.key = key,
                    .start = start,
                    .end = end,
                    .classes = e->classes,
                    .features = e->features,
                    .type = QT_WORD,
                    .flags = self->lead | quotes_case_of(text + start, text + end)};
    self->lead = 0;
    unsigned bits = e->bits;
    if (last_part) {
        t->classes = last_part->classes & (QT_ROLE | QT_BODY | QT_TITLE);
        t->features = last_part->features & (uint8_t)~QT_PHRASE;
        bits = quotes_bits_of(t->classes);
    }
    if (hyphens && t->flags & QT_LOWER && !t->classes) {
        uint32_t name = behind_article(text, start, end);
        if (name > start) {
            t->key = quotes_key(text + name, end - name);
            t->flags = (uint8_t)((t->flags & ~QT_LOWER) | QT_CAP);
        }
    }
    quotes_set_bits(self, t, bits);
    return t;
}

static qt_token *add_word(qt_writer *self, uint32_t start, uint32_t end)
{
    uint64_t key = quotes_key(self->engine->text + start, end - start);
    return add_keyed(self, start, end, key, true);
}

/* A run of ASCII letters, digits and letters of Latin-1 at p, up to the end of the document: where
 * it ends, and its key. In the blocks both bytes of é have the bit of the small letter, as all
 * have. */
static const char *long_run(const char *p, const char *last, uint64_t *key)
{
    *key = QT_KEY_START;
    for (;;) {
        char block[QT_BLOCK] = {0};
        memcpy(block, p, last - p < QT_BLOCK ? (size_t)(last - p) : QT_BLOCK);
        unsigned length = (unsigned)__builtin_ctz(~quotes_letters_of(block));
        if (length) *key = quotes_block_mix(*key, block, length);
        p += length;
        if (length < QT_BLOCK) return p;
    }
}

static __attribute__((always_inline)) inline const char *latin_run(const qt_writer *self,
                                                                   const char *p, uint64_t *key)
{
    const char *last = self->engine->text + self->engine->size;
    if (last - p < QT_BLOCK) return long_run(p, last, key);
    unsigned length = (unsigned)__builtin_ctz(~quotes_letters_of(p));
    if (length == QT_BLOCK) return long_run(p, last, key);
    *key = length ? quotes_block_key(p, length) : 0;
    return p + length;
}

static inline bool goes_on(const char *s, const char *end, size_t length)
{
    if (s >= end) return s > end;
    unsigned char c = (unsigned char)*s;
    return (c >= 0x80 || c == '.' || c == '-' || c == '\'') && quotes_joins(s, end, length);
}

/* l'homme: adds the elided word from p to `run`, with the apostrophe that stands there. Where the
 * next word begins; NULL: it is none. */
static const char *add_elided(qt_writer *self, const char *p, const char *run, const char *end)
{
    const char *text = self->engine->text;
    char word[QT_BLOCK] = {0};
    size_t length = (size_t)(run - p);
    if (!self->elides || run >= end || length >= QT_CHUNK) return NULL;
    unsigned n = quotes_apostrophe_within(run, end);
    if (!n) return NULL;
    memcpy(word, p, length);
    word[length] = '\'';
    uint64_t key = quotes_block_key(word, (unsigned)length + 1);
    if (!quotes_find(self->lang, key)->key) return NULL;
    add_keyed(self, (uint32_t)(p - text), (uint32_t)(run + n - text), key, false);
    return run + n;
}

/* l'homme, qu'il: the part before the apostrophe is short, and a word of the lexicon. */
static uint32_t elision(const qt_writer *self, uint32_t start, uint32_t end)
{
    const char *text = self->engine->text;
    if (!self->elides) return 0;
    for (uint32_t i = start + 1; i < end && i - start <= 8; i++) {
        unsigned n;
        if (text[i] != '\'' && (unsigned char)text[i] != 0xE2) continue;
        if (!is_apostrophe(quotes_decode(text + i, text + end, &n))) continue;
        uint64_t key;
        return quotes_lookup(self->lang, text + start, i + n - start, &key) ? i + n : 0;
    }
    return 0;
}

/* dit-il, a-t-elle: the pronoun after the last hyphen; but Yau Chi-on. */
static uint32_t inversion(const qt_writer *self, uint32_t start, uint32_t end, uint32_t *verb_end)
{
    const char *text = self->engine->text;
    if (!(self->lang->traits & QT_INVERTS)) return 0;
    const qt_token *last = self->count ? &self->at[self->count - 1] : NULL;
    if (last && last->flags & QT_NAME && last->end + 1 == start && text[start] >= 'A' &&
        text[start] <= 'Z')
        return 0;
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

static void add_words(qt_writer *self, uint32_t start, uint32_t end)
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
        bool apart = verb_end == start + 1 && self->engine->text[start] == 't'; /* affirme t-il */
        if (!apart) add_word(self, start, verb_end);
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
    if (t->end == end) return;
    const qt_entry *e = quotes_lookup(self->lang, text + start, t->end - start, &t->key);
    t->classes = e ? e->classes : 0;
    unsigned phrase = self->bits[self->count - 1] & QT_BIT_PHRASE;
    quotes_set_bits(self, t, quotes_bits_of(t->classes) | phrase);
}

static bool is_roman(const char *p, const char *end)
{
    for (; p < end; p++) {
        if (*p != 'I' && *p != 'V' && *p != 'X') return false;
    }
    return true;
}

/* An initial, an abbreviation or an ordinal (Elisabeth II.) takes its full stop with it. */
const char *quotes_absorb_stop(qt_writer *self, const char *p, const char *end)
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

/* A sign that is one character, `c`, of `length` bytes. */
static void add_sign(qt_writer *self, uint32_t start, uint32_t length, uint32_t c)
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
    bool dash = type == QT_DASH, stop = type == QT_PUNCT && mark == '.';
    if (self->count && (dash || stop)) { /* two of them are one */
        qt_token *last = &self->at[self->count - 1];
        if (last->end == start && last->type == type && (dash || last->mark == '.')) {
            last->end = start + length;
            return;
        }
    }
    self->lead = lead;
    self->dashes |= dash;
    qt_token *t = quotes_add_token(self, start, start + length, type);
    if (!t) return;
    t->mark = mark;
    if (mark == '.' || mark == '!' || mark == '?')
        self->bits[self->count - 1] = type == QT_PUNCT ? QT_BIT_STOP : 0;
}

static void add_number(qt_writer *self, const char **p, const char *end)
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
    quotes_add_token(self, (uint32_t)(*p - text), (uint32_t)(s - text), QT_NUMBER);
    *p = s;
}

/* The word that begins at `word`, of which p is left: of any letters, with hyphens and
 * apostrophes. */
static const char *add_any_word(qt_writer *self, const char *word, const char *p, const char *end)
{
    const char *text = self->engine->text, *stop = word_end(word, p, end);
    add_words(self, (uint32_t)(p - text), (uint32_t)(stop - text));
    return quotes_absorb_stop(self, stop, end);
}

static __attribute__((always_inline)) inline const char *add_letters(qt_writer *self, const char *p,
                                                                     const char *end)
{
    const char *text = self->engine->text, *word = p;
    for (;;) {
        uint64_t key;
        const char *run = latin_run(self, p, &key);
        if (run == p) return add_any_word(self, word, p, end);
        if (goes_on(run, end, (size_t)(run - word)) && !quotes_ends_word(run, end)) {
            const char *next = add_elided(self, p, run, end);
            if (!next) return add_any_word(self, word, p, end);
            p = next;
            continue;
        }
        const qt_token *t =
            add_keyed(self, (uint32_t)(p - text), (uint32_t)(run - text), key, false);
        bool stops = run < end && *run == '.';
        if (stops && t && (t->classes & QT_ABBR || t->flags & QT_UPPER || run - p < 3))
            return quotes_absorb_stop(self, run, end);
        return run;
    }
}

/* What is no ASCII letter and no blank. */
static const char *add_odd(qt_writer *self, const char *p, const char *end)
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
    add_sign(self, at, n, c);
    if (self->follows && at + n >= self->lang_until && self->count > before &&
        self->at[before].type == QT_PUNCT)
        quotes_writer_set_lang(self, at + n);
    return p + n;
}

const char *quotes_add_spelt(qt_writer *self, const char *p, const char *end)
{
    unsigned char c = (unsigned char)*p;
    if ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') return add_letters(self, p, end);
    return add_odd(self, p, end);
}
