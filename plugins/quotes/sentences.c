/* Where sentences end: a stop tells by what follows it, a dateline by its dash. words.c asks while
 * it makes the tokens of a paragraph. */
#include "quotes.h"

#include <string.h>

static bool body_ends_with(const qt_engine *self, const qt_token *t, const char *stops)
{
    const qt_quote *q = &self->quotes[t->quote];
    unsigned n;
    uint32_t c = quotes_decode_back(self->text + q->start, self->text + q->end, &n);
    if (c == 0x2026) c = '.';
    return c && c < 0x80 && strchr(stops, (int)c);
}

static bool is_small(unsigned char c)
{
    return (c >= 'a' && c <= 'z') || c >= 0x80;
}

/* … dit-elle.Selon Anna: a stop that was glued to the next sentence, no short form before it. */
static bool is_glued(const qt_engine *self, const qt_token *t, const qt_token *next)
{
    enum { LEAST = 3 }; /* letters before it */
    if (t->mark != '.' || next->start != t->end || t->start < self->par_start + LEAST) return false;
    if (next->type != QT_WORD || next->flags & (QT_LOWER | QT_UPPER)) return false;
    for (unsigned i = 1; i <= LEAST; i++) {
        if (!is_small((unsigned char)self->text[t->start - i])) return false;
    }
    return true;
}

/* A stop ends a sentence when a capital, a quotation or nothing follows. */
bool quotes_ends_sentence(const qt_engine *self, const qt_token *t, const qt_token *next)
{
    bool starts = !next || (next->type == QT_WORD && !(next->flags & QT_LOWER)) ||
                  next->type == QT_QUOTE || next->type == QT_NUMBER || next->type == QT_DASH ||
                  next->type == QT_OPEN || self->traits & QT_CASELESS;
    if (t->type == QT_PUNCT)
        return (t->mark == '.' || t->mark == '!' || t->mark == '?') && starts &&
               (!next || next->flags & QT_SPACED || next->type == QT_QUOTE ||
                next->start > t->end || is_glued(self, t, next));
    if (!body_ends_with(self, t, ".!?") || (next && next->type == QT_DASH)) return false;
    return starts && (!next || next->type != QT_QUOTE || next->flags & QT_SPACED);
}

/* PARIS, 3 May (Agency) – The minister said: the dash ends what stands before it. */
void quotes_mark_dateline(qt_engine *self)
{
    enum { LONGEST = 12, LOWER = 3 };
    unsigned lower = 0;
    for (unsigned i = 0; i < self->token_count && i < LONGEST; i++) {
        qt_token *t = &self->tokens[i];
        if (t->type == QT_QUOTE || t->flags & QT_ENDS) return;
        if (t->type == QT_PUNCT && t->mark != ',' && t->mark != '.') return;
        lower += t->type == QT_WORD && t->flags & QT_LOWER;
        if (lower > LOWER || (!i && !(t->flags & QT_CAP))) return;
        if (t->type == QT_DASH && t->flags & QT_SPACED && i + 1 < self->token_count &&
            !(self->tokens[i + 1].flags & QT_LOWER)) {
            t->flags |= QT_ENDS;
            self->events[(i + 1) / 64] |= (uint64_t)1 << (i + 1) % 64;
            return;
        }
    }
}
