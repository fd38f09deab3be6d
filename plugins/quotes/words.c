/* Tokens of what stands outside the quotations: words with what the lexicon says of them, numbers,
 * punctuation; each quotation is one token. Articles and pronouns that hang on by an apostrophe or
 * a hyphen (l'homme, dit-il) come off; phrases of the lexicon (according to) become one token;
 * stops that end a sentence are told from those of abbreviations. Attribution, kinds and reference
 * read these tokens and nothing else. */
#include "plain.h"

#include <string.h>

enum { MAX_PHRASE = 5 };

/* What comes next stands at `at`, which nothing led up to. */
static void jump(qt_writer *self, uint32_t at)
{
    const char *text = self->engine->text;
    uint32_t from = self->engine->par_start;
    unsigned n;
    bool spaced = at <= from || quotes_is_space(quotes_decode_back(text + from, text + at, &n));
    self->lead = spaced ? QT_SPACED : 0;
}

/* Of a language without a table: all words are names where they have a capital. */
static const qt_entry no_entry[1] = {{.bits = QT_BIT_NAME | QT_BIT_BARE}};
static const uint16_t no_index[1] = {0};
static const qt_lang no_table = {.entries = (qt_entry *)no_entry, .index = (uint16_t *)no_index};

void quotes_writer_set_lang(qt_writer *self, uint32_t at)
{
    const qt_engine *e = self->engine;
    unsigned lang = e->lang;
    if (e->sink->lang_at) lang = e->sink->lang_at(e->sink->user, at);
    self->lang_until = e->sink->lang_end ? e->sink->lang_end(e->sink->user) : 0;
    if (lang == QT_NO_LANG) lang = e->lang;
    bool table = lang != QT_NO_LANG && lang != QT_NO_TABLE;
    const qt_lang *found = table ? &e->lexicon->langs[lang] : &no_table;
    if (found == self->lang) return;
    self->lang = found;
    uint32_t traits = self->lang->traits;
    self->elides = traits & QT_ELIDES;
    self->compounds = traits & QT_NOUNS_UPPER;
    self->cased = traits & QT_NO_ARTICLE && !(traits & QT_V2);
    self->other_forms = traits & QT_CASELESS || self->lang->stem_lengths;
}

/* The tokens of [p, end), where no quotation is. */
static void add_all(qt_writer *self, const char *p, const char *end)
{
    while (p < end && self->count < self->room) {
        p = quotes_add_plain(self, p, end);
        if (p < end && self->count < self->room) p = quotes_add_spelt(self, p, end);
    }
}

unsigned quotes_count_words(const char *p, const char *end, unsigned most)
{
    unsigned words = 0, n;
    bool in = false;
    while (p < end && words < most) {
        if (end - p >= QT_BLOCK) {
            unsigned letters = quotes_letters_of(p);
            if (!(quotes_odd_of(p) & ~letters)) {
                words += (unsigned)__builtin_popcount(letters & ~(letters << 1 | in));
                in = letters >> (QT_BLOCK - 1);
                p += QT_BLOCK;
                continue;
            }
        }
        for (const char *stop = end - p < QT_BLOCK ? end : p + QT_BLOCK; p < stop; p += n) {
            uint32_t c = quotes_decode(p, end, &n);
            bool letter = quotes_is_letter(c) || (c >= '0' && c <= '9');
            words += letter && !in;
            in = letter || (in && c == '-');
        }
    }
    return words < most ? words : most;
}

/* ------------------------------------------------------------------ after all are there */

/* Bits by their number, as quotes.h has them. */
enum { EVENT, NAME, SOMEBODY, PHRASE, STOP, BARE, ROLE };

/* Which of 16 tokens have a bit. */
static __attribute__((always_inline)) inline uint64_t some_with(const uint8_t *bits, int bit)
{
#ifdef __SSE2__
    __m128i block = _mm_loadu_si128((const __m128i *)(const void *)bits);
    return (unsigned)_mm_movemask_epi8(_mm_slli_epi16(block, 7 - bit));
#else
    uint64_t found = 0;
    for (unsigned i = 0; i < QT_BLOCK; i++) found |= (uint64_t)(bits[i] >> bit & 1) << i;
    return found;
#endif
}

/* Up to 64 tokens from `from` on: how many blocks of 16 they are, and a bit of each of them. */
static unsigned blocks_from(const qt_writer *self, unsigned from, uint64_t *there)
{
    unsigned count = self->count - from < 64 ? self->count - from : 64;
    *there = UINT64_MAX >> (64 - count);
    return (count + QT_BLOCK - 1) / QT_BLOCK;
}

/* A name of no class: it may be a given name that only the table of all languages knows. */
static bool set_given(const qt_lexicon *lexicon, qt_token *t, uint64_t key)
{
    if (!lexicon->names.index || !quotes_may_have(lexicon->given, 16, key)) return false;
    const qt_entry *given = quotes_find(&lexicon->names, key);
    if (!given->key) return false;
    t->classes = QT_GIVEN;
    t->features = given->features;
    return true;
}

/* Anne-Gaëlle, Carl-Oskar: the first of two names, which one table or the other knows, tells the
 * gender. */
static void set_double_name(const qt_writer *self, qt_token *t)
{
    enum { LEAST = 3, MOST = 11 }; /* bytes of the first */
    const char *word = self->engine->text + t->start;
    uint32_t n = t->end - t->start;
    const char *hyphen =
        n > 2 * LEAST ? memchr(word + LEAST, '-', n < MOST ? n - LEAST : MOST - LEAST) : NULL;
    if (!hyphen || hyphen + LEAST >= word + n ||
        !(hyphen[1] >= 'A' && (hyphen[1] <= 'Z' || (unsigned char)hyphen[1] == 0xC3)))
        return;
    uint64_t key = quotes_key(word, (size_t)(hyphen - word));
    const qt_entry *own = quotes_find(self->lang, key);
    if (own->classes & QT_GIVEN) {
        t->classes = QT_GIVEN;
        t->features = own->features & (QT_MALE | QT_FEMALE);
    } else if (!own->key) {
        set_given(self->engine->lexicon, t, key);
    }
}

/* The longest phrase that begins at `first`, into *t and *bits; how many words it has. */
static unsigned take_phrase(const qt_writer *self, unsigned first, qt_token *t, uint8_t *bits)
{
    *t = self->at[first];
    *bits = self->bits[first];
    unsigned used = 1;
    uint64_t key = t->key;
    for (unsigned k = 1; k < MAX_PHRASE && first + k < self->count; k++) {
        const qt_token *next = &self->at[first + k];
        if (next->type != QT_WORD) break;
        if (!quotes_may_have(self->lang->phrases, 15, quotes_key_pair(key, next->key))) break;
        key = quotes_key_join(key, next->key);
        const qt_entry *e = quotes_find(self->lang, key);
        if (!e->key) continue;
        t->classes = e->classes;
        t->features = e->features;
        t->end = next->end;
        t->key = key;
        used = k + 1;
        unsigned name = (t->flags & QT_CAP) && e->bits & QT_BIT_NAME;
        t->flags = (uint8_t)((t->flags & ~QT_NAME) | name * QT_NAME);
        *bits = (uint8_t)((e->bits & (QT_BITS_ANYWHERE ^ QT_BIT_PHRASE)) |
                          name * (QT_BIT_NAME | QT_BIT_SOMEBODY));
    }
    return used;
}

/* What is left of [from, to) comes to `out`. */
static void move_tokens(qt_writer *self, unsigned out, unsigned from, unsigned to)
{
    if (out == from) return;
    memmove(&self->at[out], &self->at[from], (to - from) * sizeof *self->at);
    memmove(&self->bits[out], &self->bits[from], to - from);
}

/* Mrs May, M. Avril: behind a title a capital is a name, whatever else the word may be. */
static void name_after_titles(qt_writer *self)
{
    enum { OTHER = QT_FUNCTION & ~(QT_AUX | QT_NONAME) };
    for (unsigned from = 0; from < self->count; from += 64) {
        uint64_t there, titles = 0;
        unsigned blocks = blocks_from(self, from, &there);
        for (unsigned i = 0; i < blocks; i++)
            titles |= some_with(self->bits + from + i * QT_BLOCK, ROLE) << i * QT_BLOCK;
        for (uint64_t left = titles & there; left; left &= left - 1) {
            unsigned i = from + (unsigned)__builtin_ctzll(left);
            qt_token *t = &self->at[i + 1];
            qt_token *title = &self->at[i];
            if (!(title->classes & QT_TITLE) || i + 1 >= self->count || t->type != QT_WORD)
                continue;
            if (title->flags & QT_CAP && t->flags & QT_CAP && title->classes & QT_FIRST) {
                /* Me Keller, in French: no pronoun */
                title->classes &= QT_TITLE;
                quotes_set_bits(self, title, quotes_bits_of(QT_TITLE));
            }
            if (!(t->flags & QT_CAP) || t->flags & QT_NAME ||
                t->classes & (OTHER | QT_TITLE | QT_ROLE | QT_BODY))
                continue;
            t->classes &= QT_GIVEN | QT_PLACE;
            quotes_set_bits(self, t, quotes_bits_of(t->classes));
        }
    }
}

/* Given names are known, and phrases become one token. */
static void finish_words(qt_writer *self)
{
    const qt_lexicon *lexicon = self->engine->lexicon;
    const uint64_t *pairs = self->lang->phrases;
    unsigned out = 0, done = 0; /* tokens [done, …) are still to come to `out` */
    uint64_t titles = 0;
    for (unsigned from = 0; from < self->count; from += 64) {
        uint64_t there, bare = 0, phrases = 0, roles = 0;
        unsigned blocks = blocks_from(self, from, &there);
        for (unsigned i = 0; i < blocks; i++) {
            const uint8_t *at = self->bits + from + i * QT_BLOCK;
            bare |= some_with(at, BARE) << i * QT_BLOCK;
            phrases |= some_with(at, PHRASE) << i * QT_BLOCK;
            roles |= some_with(at, ROLE) << i * QT_BLOCK;
        }
        titles |= roles & there;
        for (uint64_t left = bare & there; left; left &= left - 1) {
            qt_token *t = &self->at[from + (unsigned)__builtin_ctzll(left)];
            if (!set_given(lexicon, t, t->key)) set_double_name(self, t);
        }
        if (from + 64 >= self->count) there >>= 1; /* none begins with the last word */
        for (uint64_t left = phrases & there; left; left &= left - 1) {
            unsigned i = from + (unsigned)__builtin_ctzll(left);
            uint64_t pair = quotes_key_pair(self->at[i].key, self->at[i + 1].key);
            if (!quotes_may_have(pairs, 15, pair) || i < done) continue;
            qt_token t;
            uint8_t bits;
            unsigned used = take_phrase(self, i, &t, &bits);
            if (used < 2) continue;
            titles |= bits & QT_BIT_ROLE;
            move_tokens(self, out, done, i);
            out += i - done;
            self->at[out] = t;
            self->bits[out++] = bits;
            done = i + used;
        }
    }
    move_tokens(self, out, done, self->count);
    self->count = out + self->count - done;
    if (titles) name_after_titles(self);
}

static void mark_persons(qt_writer *self)
{
    const qt_sink *sink = self->engine->sink;
    if (!sink->person_at) return;
    for (unsigned i = 0; i < self->count; i++) {
        qt_token *t = &self->at[i];
        uint32_t a, b;
        if (t->type == QT_WORD && sink->person_at(sink->user, t->start, &a, &b)) {
            t->flags |= QT_PERSON | QT_CAP;
            t->classes &= QT_GIVEN | QT_PLACE;
            quotes_set_bits(self, t, quotes_bits_of(t->classes));
        }
    }
}

/* Intervistata dalla TV, Dirigindo-se à mesa, Terugblikkend op: by its ending a verb without a
 * subject of its own, where something hangs on it. */
static bool ends_without_subject(const qt_engine *engine, const qt_token *t, const qt_token *next)
{
    enum { GERUND = 6, PARTICIPLE = 7 };
    if (engine->traits & QT_INVERTS || t->classes || t->flags & (QT_PERSON | QT_UPPER))
        return false;
    if (!next || next->type != QT_WORD || !(next->flags & QT_LOWER)) return false;
    if (!(next->classes & (QT_PREP | QT_DET | QT_POSS | QT_COMP | QT_ADV | QT_CLITIC)))
        return false;
    return quotes_ends_as(engine, t, QT_ENDS_GERUND, GERUND) ||
           (next->classes & (QT_PREP | QT_ADV) &&
            quotes_ends_as(engine, t, QT_ENDS_PARTICIPLE, PARTICIPLE));
}

/* Considérant la loi, …: the capital of a verb that opens a sentence is no name's. */
static bool opens_with_verb(const qt_engine *engine, const qt_token *t, const qt_token *next)
{
    if (ends_without_subject(engine, t, next)) return true;
    if (!(t->classes & (QT_CUE | QT_VERB)) || t->classes & QT_GIVEN || t->flags & QT_PERSON)
        return false;
    return !next || !(next->flags & QT_NAME);
}

/* Ends of sentences, and where `engine` is given its bits of each token. */
static void mark_all(qt_writer *self, qt_engine *engine)
{
    uint64_t starts = 1;
    mark_persons(self);
    for (unsigned from = 0; from < self->count; from += 64) {
        uint64_t there, ends = 0, events = 0, names = 0, persons = 0, roles = 0, stops = 0;
        unsigned blocks = blocks_from(self, from, &there);
        for (unsigned i = 0; i < blocks; i++) {
            const uint8_t *at = self->bits + from + i * QT_BLOCK;
            events |= some_with(at, EVENT) << i * QT_BLOCK;
            names |= some_with(at, NAME) << i * QT_BLOCK;
            persons |= some_with(at, SOMEBODY) << i * QT_BLOCK;
            roles |= some_with(at, ROLE) << i * QT_BLOCK;
            stops |= some_with(at, STOP) << i * QT_BLOCK;
        }
        for (uint64_t left = stops & there; left; left &= left - 1) {
            unsigned i = from + (unsigned)__builtin_ctzll(left);
            qt_token *t = &self->at[i];
            if (!quotes_ends_sentence(self->engine, t, i + 1 < self->count ? t + 1 : NULL))
                continue;
            t->flags |= QT_ENDS;
            ends |= left & (0 - left);
        }
        uint64_t opening = ends << 1 | starts;
        starts = ends >> 63;
        for (uint64_t left = opening & names & there; left; left &= left - 1) {
            qt_token *t = &self->at[from + (unsigned)__builtin_ctzll(left)];
            const qt_token *next = t + 1 < self->at + self->count ? t + 1 : NULL;
            if (!opens_with_verb(self->engine, t, next)) continue;
            t->flags &= (uint8_t)~QT_NAME;
            names &= ~(left & (0 - left));
        }
        if (!engine) continue;
        engine->events[from / 64] = (events & there) | opening;
        engine->names[from / 64] = names & there;
        engine->persons[from / 64] = persons & there;
        engine->roles[from / 64] = roles & there;
    }
}

void quotes_only_token(qt_engine *self, const qt_token *token)
{
    self->tokens[0] = *token;
    self->token_count = 1;
    self->events[0] = 1;
    self->names[0] = self->persons[0] = self->roles[0] = 0;
}

static void begin(qt_writer *self, const qt_engine *engine, qt_token *room, uint8_t *bits,
                  unsigned count, uint32_t from)
{
    self->engine = engine;
    self->lang = NULL;
    self->at = room;
    self->bits = bits;
    self->count = 0;
    self->room = count;
    self->follows = self->dashes = false;
    quotes_writer_set_lang(self, from);
    jump(self, from);
}

void quotes_tokenize(qt_engine *self, uint32_t from, uint32_t to)
{
    qt_writer w;
    uint8_t bits[QT_MAX_TOKENS + QT_BLOCK];
    begin(&w, self, self->tokens, bits, QT_MAX_TOKENS, from);
    w.follows = self->sink->lang_at;
    const qt_lang *lang = w.lang; /* that of phrases */
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
        qt_token *t = quotes_add_token(&w, q->outer_start, q->outer_end, QT_QUOTE);
        if (t) t->quote = (uint16_t)quote;
        jump(&w, at);
        while (quote < self->quote_count &&
               (self->quotes[quote].depth || self->quotes[quote].outer_start < at))
            quote++;
    }
    w.lang = lang;
    finish_words(&w);
    mark_all(&w, self);
    self->token_count = w.count;
    if (w.dashes && from == self->par_start) quotes_mark_dateline(self);
    for (unsigned i = 0; self->quote_count && i < w.count; i++) {
        if (self->tokens[i].type == QT_QUOTE)
            self->quotes[self->tokens[i].quote].token = (uint16_t)i;
    }
}

unsigned quotes_tokens_around(const qt_engine *self, unsigned index, uint32_t from, uint32_t to,
                              qt_token *room, unsigned count, unsigned *at)
{
    const qt_quote *q = &self->quotes[index];
    qt_writer w;
    uint8_t bits[QT_MAX_TOKENS + QT_BLOCK];
    begin(&w, self, room, bits, count - 1, from);
    add_all(&w, self->text + from, self->text + q->outer_start);
    w.room = count;
    jump(&w, q->outer_start);
    qt_token *t = quotes_add_token(&w, q->outer_start, q->outer_end, QT_QUOTE);
    if (!t) return 0;
    t->quote = (uint16_t)index;
    jump(&w, q->outer_end);
    add_all(&w, self->text + q->outer_end, self->text + to);
    finish_words(&w);
    mark_all(&w, NULL);
    *at = 0;
    while (*at < w.count && w.at[*at].type != QT_QUOTE) ++*at;
    return *at < w.count ? w.count : 0;
}

unsigned quotes_tokens_of(const qt_engine *self, uint32_t from, uint32_t to, qt_token *room,
                          unsigned count)
{
    qt_writer w;
    uint8_t bits[QT_MAX_TOKENS + QT_BLOCK];
    begin(&w, self, room, bits, count, from);
    add_all(&w, self->text + from, self->text + to);
    finish_words(&w);
    return w.count;
}
