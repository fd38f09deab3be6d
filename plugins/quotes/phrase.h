/* Noun phrases: what phrase.c (which tokens are one) and subject.c (which of them is the subject of
 * a verb) share. */
#ifndef QUOTES_PHRASE_H
#define QUOTES_PHRASE_H

#include "quotes.h"

static inline bool quotes_is_name(const qt_token *t)
{
    return t->flags & QT_NAME;
}

/* сказал президенту: a role in a case that no subject has. */
static inline bool quotes_is_cased(const qt_token *t)
{
    return t->type == QT_WORD && t->classes & QT_ROLE && t->features & QT_OBLIQUE &&
           !(t->flags & QT_NAME);
}

static inline bool quotes_has_given(const qt_token *t, unsigned from, unsigned to)
{
    while (from < to && !(t[from].classes & QT_GIVEN)) from++;
    return from < to;
}

/* den, dem: what it opens is no subject. */
static inline bool quotes_is_oblique(const qt_token *t)
{
    return t->classes & QT_DET && t->features & QT_OBLIQUE;
}

bool quotes_starts_phrase(const qt_engine *self, const qt_token *t);
/* The end of the phrase that starts at `at`; `at` where there is none. */
unsigned quotes_phrase_end(const qt_engine *self, const qt_token *t, unsigned count, unsigned at);
/* Where nouns have capitals, a phrase holds one. */
bool quotes_has_noun(const qt_token *t, unsigned from, unsigned to);
bool quotes_names_nobody(const qt_engine *self, const qt_token *t, unsigned from, unsigned to);
/* complements.c: the end of the full name behind what the role of the phrase [at, end) is a role
 * of; `end` where there is none. The full name that opens the clause [start, verb). */
unsigned quotes_named_at_last(const qt_engine *self, const qt_token *t, unsigned count, unsigned at,
                              unsigned end);
bool quotes_name_opens(const qt_engine *self, const qt_token *t, unsigned start, unsigned verb,
                       unsigned *a, unsigned *b);
/* The full name that ends what goes on about a role from token `at` on. */
bool quotes_name_behind_role(const qt_engine *self, const qt_token *t, unsigned count, unsigned at,
                             unsigned *from, unsigned *to);
bool quotes_speaks_from(const qt_token *t, unsigned count, unsigned at);
/* A name in apposition to the phrase that ends at `end`. */
bool quotes_apposed_name(const qt_engine *self, const qt_token *t, unsigned count, unsigned end,
                         unsigned *from, unsigned *to);

#endif
