/* Attribution: what attribute.c (which asks, in the order of its trust), after.c and before.c
 * (which look right and left of a quotation) share: the sentence around one quotation and what was
 * found in it. */
#ifndef QUOTES_ATTRIBUTE_H
#define QUOTES_ATTRIBUTE_H

#include "quotes.h"

typedef struct {
    qt_engine *engine;
    qt_quote *quote;
    const qt_token *t;
    unsigned count;
    unsigned at;          /* of the quotation's token */
    unsigned left, right; /* the sentence around it */
    qt_sentence seen;     /* there; all bits where that was not looked at */
    uint32_t traits;
    uint32_t says;
} qt_context;

typedef struct {
    bool found;
    unsigned cue, cue_end;
    unsigned from, to; /* speaker; from == to: none */
    unsigned distance;
    bool leads; /* that, a colon or nothing stands between cue and quotation */
} qt_find;

/* Is one of these classes seen left of the quotation, right of it? */
static inline bool quotes_seen_left(const qt_context *c, uint32_t classes)
{
    return (c->seen.left_strong | c->seen.left_weak) & classes;
}

static inline bool quotes_seen_right(const qt_context *c, uint32_t classes)
{
    return (c->seen.right_strong | c->seen.right_weak) & classes;
}

/* Only words have classes. */
static inline bool quotes_has(const qt_token *t, uint32_t classes)
{
    return t->classes & classes;
}

/* attribute.c */
void quotes_set_speaker(qt_context *c, unsigned from, unsigned to);
void quotes_accept(qt_context *c, const qt_find *f, uint8_t rule);

/* after.c: a verb of saying and its subject from token i on (`adjacent`: right after the
 * quotation); right after the quotation; later in its sentence; at the end of the clause. */
bool quotes_verb_first(const qt_context *c, unsigned i, bool adjacent, qt_find *f);
bool quotes_look_after(qt_context *c);
bool quotes_look_as(qt_context *c);
bool quotes_look_later(qt_context *c);
bool quotes_look_last(qt_context *c);
/* Nothing but a dash stands before the quotation in its sentence. */
bool quotes_opens_sentence(const qt_context *c);

/* headings.c: the line above it says whose it is. */
bool quotes_look_heading(qt_context *c);

/* before.c: the last verb of saying before the quotation, strong or weak. */
bool quotes_look_before(qt_context *c, bool weak, qt_find *f);
/* What somebody is told to do follows the verb at `cue`. */
bool quotes_told_to_do(const qt_context *c, unsigned cue);
/* A name, a role or a sentence's subject, and a colon. */
bool quotes_look_colon(qt_context *c);
/* Who acts in the clause that ends at token `end`, its verb unknown. */
bool quotes_subject_of_clause(const qt_context *c, unsigned end, unsigned *from, unsigned *to);
/* How like a speaker a phrase looks: a pronoun, a person 3, a group 2; 0: a thing for all one
 * knows. */
int quotes_personality(const qt_context *c, unsigned from, unsigned to);
/* A name right beside the quotation: X "…", X ("…"). */
bool quotes_look_full_name(qt_context *c);
bool quotes_look_name_beside(qt_context *c);
/* According to X. */
bool quotes_look_source(qt_context *c);

#endif
