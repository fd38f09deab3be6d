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
    uint32_t curly = 0, straight = 0;
    const boilerplate_row *rows = t->rows;
    const uint8_t *script = COLUMN_OF(f, script);
    const size_t n = t->row_count;
    for (size_t i = 0; i < n; i++) {
        scripts[script[i]] += rows[i].words;
        curly += rows[i].curly;
        straight += rows[i].straight;
        curly_rows += rows[i].curly > 0;
        straight_rows += rows[i].straight > 0;
    }
    f->curly = curly;
    f->straight = straight;
    f->script = 1;
    for (unsigned k = 1; k < 5; k++)
        if (scripts[k] > scripts[f->script]) f->script = k;
    const unsigned usual = f->script,
                   odd_one = 1 + at_most(curly_rows / (straight_rows ? straight_rows : 1), 6);
    uint8_t *odd = COLUMN_OF(f, apostrophe), *foreign = COLUMN_OF(f, foreign);
    boilerplate_clear_columns(f, BOILERPLATE_F_apostrophe, BOILERPLATE_F_apostrophe);
    for (size_t i = 0; i < n && curly_rows > straight_rows; i++)
        if (rows[i].straight && !rows[i].curly) odd[i] = (uint8_t)odd_one;
    for (size_t i = 0; i < n; i++) foreign[i] = script[i] && script[i] != usual;
}

/* A free place, which has no votes, where the word is none. */
static inline const boilerplate_language_word *find_word(const boilerplate_languages *self,
                                                         uint32_t hash)
{
    uint32_t at = hash >> 7 & self->mask;
    while (self->words[at].hash && self->words[at].hash != hash) at = (at + 1) & self->mask;
    return &self->words[at];
}

enum { LANGUAGES = BOILERPLATE_LANGUAGES, LEAST = 3 };

/* Adds the votes of the words listed, from their hashes: as bytes, eight languages at a time. */
static void count_votes(const boilerplate_languages *self, const uint32_t *hashes,
                        const uint32_t *list, size_t count, uint32_t all[LANGUAGES])
{
    enum { MOST = 255, EIGHTS = LANGUAGES / 8 };
    for (size_t k = 0; k < count;) {
        uint64_t sums[EIGHTS] = {0}, votes[EIGHTS];
        uint8_t bytes[LANGUAGES];
        for (size_t end = count - k < MOST ? count : k + MOST; k < end; k++) {
            memcpy(votes, find_word(self, hashes[list[k]])->votes, sizeof votes);
            for (unsigned i = 0; i < EIGHTS; i++) sums[i] += votes[i];
        }
        memcpy(bytes, sums, sizeof bytes);
        for (unsigned i = 0; i < LANGUAGES; i++) all[i] += bytes[i];
    }
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
    uint32_t votes[LANGUAGES] = {0};
    size_t count = find_function_words(f->text, f->languages, f->spare);
    count_votes(f->languages, f->text->hashes, f->spare, count, votes);
    PUT_DOCUMENT(f, language, most_voted(votes));
}

void boilerplate_fill_foreign(boilerplate_columns *self, const boilerplate_text *text,
                              const boilerplate_languages *languages)
{
    if (!text->row_count) return;
    boilerplate_filler f = boilerplate_filler_of(self, text);
    const unsigned own = GET(&f, 0, document_language);
    const uint32_t *words = f.spare;
    size_t from = 0, count = own ? find_function_words(text, languages, f.spare) : 0;
    for (size_t i = 0, next = 0; from < count; i++, from = next) {
        const uint32_t end = text->rows[i].word + text->rows[i].words;
        while (next < count && words[next] < end) next++;
        if (next - from < LEAST) continue;
        uint32_t votes[LANGUAGES] = {0};
        count_votes(languages, text->hashes, words + from, next - from, votes);
        unsigned language = most_voted(votes);
        if (language && language != own) PUT(&f, i, foreign, 2);
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
