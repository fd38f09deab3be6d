/* What the first words of a quotation tell of its kind, and how many it has.
 *
 * All quotations of a stretch are read when its tokens are there, before anybody is asked who
 * speaks. document.c asks, kind.c weighs what was found. */
#include "quotes.h"

static void set_lang(qt_engine *self, uint32_t at)
{
    if (!self->sink->lang_at) return;
    unsigned lang = self->sink->lang_at(self->sink->user, at);
    if (lang != QT_NO_LANG && lang != QT_NO_TABLE) quotes_set_lang(self, lang);
}

qt_body quotes_read_body(const qt_engine *self, const qt_quote *q)
{
    /* of more than a few words the first tell enough */
    enum { ROOM = 48, FEW_WORDS = 6, BYTES_OF_FEW = 100, BYTES_OF_MANY = 60, MOST_WORDS = 16 };
    qt_body b = {0};
    qt_token t[ROOM];
    b.words = (uint8_t)quotes_count_words(self->text + q->start, self->text + q->end, MOST_WORDS);
    uint32_t to =
        quotes_reach(self, q->start, q->end, b.words > FEW_WORDS ? BYTES_OF_MANY : BYTES_OF_FEW);
    unsigned count = quotes_tokens_of(self, q->start, to, t, ROOM);
    bool first_word = true;
    for (unsigned i = 0; i < count; i++) {
        b.number |= t[i].type == QT_NUMBER;
        bool further = i + 1 < count;
        b.comma_within |= further && quotes_is_comma(&t[i]);
        b.stop_within |= further && t[i].flags & QT_ENDS;
        if (t[i].type != QT_WORD) continue;
        b.capital_within |= !first_word && t[i].flags & QT_CAP;
        if (first_word) b.lower_first = t[i].flags & QT_LOWER;
        first_word = false;
        bool counts = t[i].end - t[i].start > 3 || count <= 2;
        unsigned words = 1; /* New York Times is one token */
        for (uint32_t at = t[i].start; t[i].flags & QT_NAME && at < t[i].end; at++)
            words += self->text[at] == ' ';
        b.long_words = (uint8_t)(b.long_words + counts * words);
        b.small += (t[i].flags & QT_LOWER) != 0;
        b.capitals = (uint8_t)(b.capitals + (counts && t[i].flags & QT_CAP) * words);
        b.first_person |= (t[i].classes & QT_FIRST) != 0;
    }
    return b;
}

void quotes_read_bodies(qt_engine *self, unsigned from, unsigned to)
{
    unsigned lang = self->lang;
    for (unsigned i = quotes_next_bit(self->events, from, to); i < to;
         i = quotes_next_bit(self->events, i + 1, to)) {
        if (self->tokens[i].type != QT_QUOTE) continue;
        qt_quote *q = &self->quotes[self->tokens[i].quote];
        set_lang(self, q->start);
        q->lang = (uint8_t)self->lang;
        q->body = quotes_read_body(self, q);
    }
    quotes_set_lang(self, lang);
}
