/* Tokens in the making: what plain.c (words of plain letters, most of a text), spelling.c (all
 * other words, numbers, signs) and words.c (windows of a document, phrases, ends of sentences)
 * share. */
#ifndef QUOTES_WORDS_H
#define QUOTES_WORDS_H

#include "quotes.h"

typedef struct {
    const qt_engine *engine;
    const qt_lang *lang; /* an empty one where no table serves */
    qt_token *at;
    uint8_t *bits; /* QT_BIT_… of each token */
    unsigned count, room;
    uint32_t lang_until; /* the language need not be asked for before this place */
    uint8_t lead;        /* QT_SPACED where a space stands before what comes next, else 0 */
    bool elides, compounds, other_forms; /* of the language */
    bool cased;                          /* names have cases in it */
    bool follows;                        /* the language is asked for after punctuation */
    bool dashes;                         /* there is one among the tokens */
} qt_writer;

/* words.c: the language of what stands at `at`. */
void quotes_writer_set_lang(qt_writer *self, uint32_t at);

/* plain.c: blanks, words of ASCII letters and letters of Latin-1, plain punctuation; stops at
 * anything else. */
const char *quotes_add_plain(qt_writer *self, const char *p, const char *end);

/* spelling.c: the word, number or sign that stands at p. */
const char *quotes_add_spelt(qt_writer *self, const char *p, const char *end);
/* An initial, an abbreviation or an ordinal takes the full stop at p with it: what comes after. */
const char *quotes_absorb_stop(qt_writer *self, const char *p, const char *end);
/* QT_CAP, QT_UPPER or QT_LOWER of a word. */
uint8_t quotes_case_of(const char *p, const char *end);
/* A word without an entry: by a stem; in Arabic without "and" or "so". May change the key. */
const qt_entry *quotes_other_form(const qt_writer *self, uint32_t start, uint32_t end,
                                  uint64_t *key);

static inline qt_token *quotes_add_token(qt_writer *self, uint32_t start, uint32_t end,
                                         uint8_t type)
{
    if (self->count == self->room) return NULL;
    self->bits[self->count] = type == QT_QUOTE ? QT_BIT_STOP | QT_BIT_EVENT : 0;
    qt_token *t = &self->at[self->count++];
    *t = (qt_token){
        .start = start, .end = end, .type = type, .flags = self->lead, .cased = self->cased};
    self->lead = 0;
    return t;
}

/* A name is a capital that is no function word, title or role, by the bits of its entry; what the
 * entity stage calls a person. */
static inline void quotes_set_bits(qt_writer *self, qt_token *t, unsigned bits)
{
    unsigned capital = (t->flags & QT_CAP) != 0, person = (t->flags & QT_PERSON) != 0,
             name = (capital & (bits / QT_BIT_NAME)) | person;
    t->flags = (uint8_t)((t->flags & ~QT_NAME) | name * QT_NAME);
    self->bits[t - self->at] =
        (uint8_t)((bits & QT_BITS_ANYWHERE) |
                  name * (QT_BIT_NAME | QT_BIT_SOMEBODY | (bits & QT_BIT_BARE)));
}

#endif
