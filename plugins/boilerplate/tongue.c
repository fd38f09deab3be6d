/* boilerplate/tongue: apostrophes, letters and function words of a row against those of its
 * document, and the table of function words. */
#include "fill.h"

#include <stdlib.h>

/* Apostrophes that differ from the document's, letters of another script. */
void boilerplate_fill_typography(boilerplate_filler *f)
{
    const boilerplate_text *t = f->text;
    unsigned scripts[5] = {0};
    uint32_t curly_rows = 0, straight_rows = 0;
    f->curly = f->straight = 0;
    for (size_t i = 0; i < t->row_count; i++) {
        scripts[GET(f, i, script)] += t->rows[i].words;
        f->curly += t->rows[i].curly;
        f->straight += t->rows[i].straight;
        curly_rows += t->rows[i].curly > 0;
        straight_rows += t->rows[i].straight > 0;
    }
    f->script = 1;
    for (unsigned k = 1; k < 5; k++)
        if (scripts[k] > scripts[f->script]) f->script = k;
    for (size_t i = 0; i < t->row_count; i++) {
        const boilerplate_row *row = &t->rows[i];
        unsigned odd = 0;
        if (row->straight && !row->curly && curly_rows > straight_rows)
            odd = 1 + at_most(curly_rows / (straight_rows ? straight_rows : 1), 6);
        PUT(f, i, apostrophe, odd);
        PUT(f, i, foreign, GET(f, i, script) && GET(f, i, script) != f->script);
    }
}

static const boilerplate_language_word *find_word(const boilerplate_languages *self, uint32_t hash)
{
    for (uint32_t at = hash >> 7 & self->mask; self->words[at].hash; at = (at + 1) & self->mask)
        if (self->words[at].hash == hash) return &self->words[at];
    return NULL;
}

/* Votes of a row: bytes are enough for most, and are carried over before they could overflow. */
enum { LANGUAGES = BOILERPLATE_LANGUAGES, LEAST = 3, CARRY = 255 };
typedef struct {
    uint64_t now[LANGUAGES / 8]; /* bytes, added eight at a time */
    uint32_t all[LANGUAGES];
    unsigned count, carried;
} ballot;

static void carry(ballot *self)
{
    uint8_t now[LANGUAGES];
    memcpy(now, self->now, sizeof now);
    for (unsigned k = 0; k < LANGUAGES; k++) self->all[k] += now[k];
    memset(self->now, 0, sizeof self->now);
    self->count = 0;
    self->carried++;
}

static void vote(ballot *self, const boilerplate_language_word *word)
{
    uint64_t votes[LANGUAGES / 8];
    memcpy(votes, word->votes, sizeof votes);
    for (unsigned k = 0; k < LANGUAGES / 8; k++) self->now[k] += votes[k];
    if (++self->count == CARRY) carry(self);
}

/* The language with most votes, from 1; 0 where it has too few, or no more than another. */
static unsigned most_voted(const uint32_t *votes)
{
    uint32_t most = 0;
    unsigned best = 0, equal = 0;
    for (unsigned k = 0; k < LANGUAGES; k++) most = votes[k] > most ? votes[k] : most;
    for (unsigned k = LANGUAGES; k-- > 0;) {
        best = votes[k] == most ? k + 1 : best;
        equal += votes[k] == most;
    }
    return most >= LEAST && equal == 1 ? best : 0;
}

/* Tells the row's language and leaves the ballot empty. */
static unsigned close_row(ballot *self)
{
    if (self->count < LEAST && !self->carried) {
        if (self->count) memset(self->now, 0, sizeof self->now);
        self->count = 0;
        return 0;
    }
    carry(self);
    unsigned language = most_voted(self->all);
    *self = (ballot){0};
    return language;
}

/* The words that may be function words: their numbers go to `out`. */
static size_t find_function_words(const boilerplate_text *t, const boilerplate_languages *languages,
                                  uint32_t *out)
{
    enum { LONGEST = 5 }; /* characters of a function word */
    size_t found = 0,
           n = boilerplate_select_words(t, languages->filter, 32 - BOILERPLATE_LANGUAGE_BITS, out);
    for (size_t k = 0; k < n; k++) {
        const boilerplate_word *w = &t->words[out[k]];
        out[found] = out[k];
        found += (w->characters <= LONGEST) & !(w->flags & BOILERPLATE_WORD_NUMBER);
    }
    return found;
}

/* The document's language, by its function words. */
void boilerplate_fill_language(boilerplate_filler *f)
{
    uint32_t *words = f->spare;
    size_t count = find_function_words(f->text, f->languages, words);
    const uint32_t *hashes = f->text->hashes;
    ballot document = {0};
    for (size_t k = 0; k < count; k++) {
        const boilerplate_language_word *found = find_word(f->languages, hashes[words[k]]);
        if (found) vote(&document, found);
    }
    carry(&document);
    PUT_DOCUMENT(f, language, most_voted(document.all));
}

void boilerplate_fill_foreign(boilerplate_columns *self, const boilerplate_text *text,
                              const boilerplate_languages *languages)
{
    if (!text->row_count) return;
    boilerplate_filler f = boilerplate_filler_of(self, text);
    const unsigned own = GET(&f, 0, document_language);
    uint8_t *foreign = COLUMN_OF(&f, foreign);
    uint32_t *words = f.spare;
    size_t next = 0, count = own ? find_function_words(text, languages, words) : 0;
    ballot votes = {0};
    for (size_t i = 0; next < count; i++) {
        const uint32_t end = text->rows[i].word + text->rows[i].words;
        for (; next < count && words[next] < end; next++) {
            const boilerplate_language_word *found =
                find_word(languages, text->hashes[words[next]]);
            if (found) vote(&votes, found);
        }
        unsigned language = close_row(&votes);
        if (language && language != own) foreign[i] = 2;
    }
}

/* ------------------------------------------------------------------ languages */

static bool is_break(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static void add_function_word(boilerplate_languages *self, uint32_t hash, unsigned language)
{
    uint32_t at = hash >> 7 & self->mask;
    while (self->words[at].hash && self->words[at].hash != hash) at = (at + 1) & self->mask;
    self->words[at].hash = hash;
    self->words[at].votes[language] = 1;
    uint32_t bit = boilerplate_language_bit(hash);
    self->filter[bit >> 6] |= (uint64_t)1 << (bit & 63);
}

/* A line "language<TAB>words", whose words are hashed as those of any text. */
static bool add_language(boilerplate_languages *self, const char *line, size_t n)
{
    enum { MOST = BOILERPLATE_LANGUAGES - 1 };
    size_t at = 0;
    while (at < n && !is_break(line[at])) at++;
    if (self->languages == MOST) return false;
    boilerplate_text text = {0};
    if (!boilerplate_read(&text, line + at, n - at)) return false;
    for (size_t k = 0; k < text.word_count; k++)
        add_function_word(self, text.hashes[k], self->languages);
    self->languages++;
    boilerplate_text_free(&text);
    return true;
}

bool boilerplate_languages_read(boilerplate_languages *self, const char *bytes, size_t n)
{
    size_t size = 1024;
    while (size < n / 2) size *= 2; /* a word and its space take two bytes at least */
    self->languages = 0;
    self->mask = (uint32_t)size - 1;
    self->words = calloc(size, sizeof *self->words);
    bool header = true, ok = self->words;
    for (size_t at = 0; ok && at < n;) {
        const char *feed = memchr(bytes + at, '\n', n - at);
        size_t end = feed ? (size_t)(feed - bytes) : n;
        if (!header && end > at && bytes[at] != '#' && !is_break(bytes[at]))
            ok = add_language(self, bytes + at, end - at);
        header = false;
        at = end + 1;
    }
    return ok;
}

void boilerplate_languages_free(boilerplate_languages *self)
{
    free(self->words);
    memset(self, 0, sizeof *self);
}
