/* boilerplate/tongue: apostrophes, letters and function words of a row against those of its document,
 * and the table of function words. */
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

static uint32_t language_mask(const boilerplate_languages *self, uint32_t hash)
{
    for (uint32_t at = hash >> 7 & self->mask; self->hashes[at]; at = (at + 1) & self->mask)
        if (self->hashes[at] == hash) return self->masks[at];
    return 0;
}

/* The language with most votes, from 1; 0 where it has fewer than `least`, or no more than another. */
static unsigned most_voted(const uint32_t *votes, unsigned n, uint32_t least)
{
    unsigned best = 0;
    bool tie = true;
    for (unsigned k = 1; k <= n; k++) {
        if (best && votes[k] == votes[best]) tie = true;
        if (!best || votes[k] > votes[best]) {
            best = k;
            tie = false;
        }
    }
    return best && votes[best] >= least && !tie ? best : 0;
}

/* The document's language by its function words, and the lines that are in another. */
void boilerplate_fill_language(boilerplate_filler *f)
{
    enum { LEAST = 3, LANGUAGES = 32 }; /* votes that make a guess */
    const boilerplate_text *t = f->text;
    uint32_t all[LANGUAGES] = {0};
    for (size_t i = 0; i < t->row_count; i++) {
        const boilerplate_row *row = &t->rows[i];
        uint32_t votes[LANGUAGES] = {0};
        bool any = false;
        for (unsigned k = 0; k < row->words; k++) {
            const boilerplate_word *w = &t->words[row->word + k];
            if (w->characters > 5 || w->flags & BOILERPLATE_WORD_NUMBER) continue;
            uint32_t mask = language_mask(f->languages, w->hash);
            any |= mask != 0;
            for (; mask; mask &= mask - 1) votes[__builtin_ctz(mask) + 1]++;
        }
        f->topic[i] = any ? most_voted(votes, f->languages->languages, LEAST) : 0;
        for (unsigned k = 1; any && k <= f->languages->languages; k++) all[k] += votes[k];
    }
    unsigned language = most_voted(all, f->languages->languages, LEAST);
    for (size_t i = 0; i < t->row_count; i++)
        if (language && f->topic[i] && f->topic[i] != language) PUT(f, i, foreign, 2);
    PUT_DOCUMENT(f, language, language);
}

/* ------------------------------------------------------------------ languages */

static bool is_break(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static void add_function_word(boilerplate_languages *self, uint32_t hash, unsigned language)
{
    uint32_t at = hash >> 7 & self->mask;
    while (self->hashes[at] && self->hashes[at] != hash) at = (at + 1) & self->mask;
    self->hashes[at] = hash;
    self->masks[at] |= (uint32_t)1 << language;
}

/* A line "language<TAB>words", whose words are hashed as those of any text. */
static bool add_language(boilerplate_languages *self, const char *line, size_t n)
{
    enum { MOST = 31 };
    size_t at = 0;
    while (at < n && !is_break(line[at])) at++;
    if (self->languages == MOST) return false;
    boilerplate_text text = {0};
    if (!boilerplate_read(&text, line + at, n - at)) return false;
    for (size_t k = 0; k < text.word_count; k++)
        add_function_word(self, text.words[k].hash, self->languages);
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
    self->hashes = calloc(size, sizeof *self->hashes);
    self->masks = calloc(size, sizeof *self->masks);
    bool header = true, ok = self->hashes && self->masks;
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
    free(self->hashes);
    free(self->masks);
    memset(self, 0, sizeof *self);
}
