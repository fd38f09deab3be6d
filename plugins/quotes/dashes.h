/* What the files of speech by dashes share: dialogue.c decides which lines are spoken, dashes.c
 * cuts a spoken line at its attributions, incises.c finds the attributions that stories have within
 * the speech. */
#ifndef QUOTES_DASHES_H
#define QUOTES_DASHES_H

#include "quotes.h"

enum { QT_MAX_CUTS = 24 };

typedef struct {
    uint32_t start, end;
} qt_range;

typedef struct {
    uint32_t at, after; /* of a dash and the spaces behind it */
    bool closes;        /* —said Anna—: it hangs on what stands before it */
} qt_dash;

static inline bool quotes_is_dash(uint32_t c)
{
    return c == '-' || (c >= 0x2012 && c <= 0x2015);
}

static inline uint32_t quotes_skip_spaces(const qt_engine *self, uint32_t at, uint32_t end)
{
    unsigned n;
    while (at < end && quotes_is_space(quotes_decode(self->text + at, self->text + end, &n)))
        at += n;
    return at;
}

/* The character at `at`; 0 at the end. */
static inline uint32_t quotes_char_at(const qt_engine *self, uint32_t at, uint32_t end)
{
    unsigned n;
    return at < end ? quotes_decode(self->text + at, self->text + end, &n) : 0;
}

static inline bool quotes_press_dashes(const qt_engine *self)
{
    return self->lang != QT_NO_LANG && self->traits & QT_DASHES;
}

static inline bool quotes_inverts(const qt_engine *self)
{
    return self->lang != QT_NO_LANG && self->traits & QT_INVERTS;
}

/* dashes.c */
uint32_t quotes_dashes_end(const qt_engine *self, uint32_t at, uint32_t end);
uint32_t quotes_char_before(const qt_engine *self, uint32_t from, uint32_t at);
bool quotes_next_dash(const qt_engine *self, uint32_t from, uint32_t end, qt_dash *out);
/* The pieces of speech of a line whose first word is at `at`; `attributed` where somebody is said
 * to speak: else the line is one piece. */
unsigned quotes_cut_line(const qt_engine *self, uint32_t at, uint32_t end, qt_range *cuts,
                         bool *attributed);

/* incises.c */
unsigned quotes_cut_at_incises(const qt_engine *self, uint32_t from, uint32_t to, qt_range *cuts);

/* narration.c */
bool quotes_is_past(const qt_engine *self, const qt_token *t, unsigned i);
uint32_t quotes_sentence_end(const qt_engine *self, uint32_t at, uint32_t end);
bool quotes_narrates(const qt_engine *self, uint32_t at, uint32_t end, bool weak);

/* dialogue.c */
qt_quote *quotes_insert(qt_engine *self, uint32_t start, uint32_t end);

#endif
