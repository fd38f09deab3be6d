/* Headings: a line above speech that says whose it is (Anne Petit, 46 ans, technicienne), as pages
 * have that print what several people say one after another. Such a line names somebody and goes on
 * with an age or with what he or she does; speech that is a paragraph by itself below it is theirs,
 * and so are the paragraphs after that hold nothing else. document.c shows the lines,
 * attribute.c asks for quotations that nobody claims. */
#include "attribute.h"
#include "refer.h"

/* The end of the name that the line begins with, where an age or a trade follows it; else 0. */
static unsigned named_line(const qt_engine *self, const qt_token *t, unsigned count)
{
    unsigned run = count ? quotes_name_run(t, count, 0) : 0, next = run;
    if (run == 0 || t[0].classes & (QT_PLACE | QT_BODY) || t[0].flags & QT_UPPER) return 0;
    if (next < count && quotes_is_mark(&t[next], '*')) next++; /* a name that was changed */
    if (next + 1 >= count || !quotes_is_comma(&t[next])) return 0;
    const qt_token *says = &t[next + 1];
    bool known = t[0].classes & QT_GIVEN || next > run;
    if (says->type == QT_NUMBER) return known || run > 1 ? run : 0;
    if (says->type != QT_WORD || !known || run < 2) return 0;
    if (says->classes & (QT_ROLE | QT_BODY)) return run;
    if (self->traits & QT_NOUNS_UPPER) return 0;
    return says->flags & QT_LOWER && !(says->classes & QT_FUNCTION) ? run : 0;
}

void quotes_read_heading(qt_engine *self, uint32_t start, uint32_t end)
{
    enum { ROOM = 24 };
    qt_token t[ROOM];
    self->heading.end = 0;
    if (self->lang == QT_NO_LANG || self->traits & QT_CASELESS) return;
    unsigned count = quotes_tokens_of(self, start, end, t, ROOM);
    unsigned run = named_line(self, t, count);
    if (!run) return;
    unsigned entity = quotes_meet(self, t, count, 0, run);
    qt_entity *e = &self->entities[entity];
    e->person = QT_HUMAN;
    self->heading = (qt_subject){.at = start,
                                 .entity = (uint16_t)entity,
                                 .start = e->start,
                                 .end = e->end,
                                 .said_start = t[0].start,
                                 .said_end = t[run - 1].end};
    self->heading_until = self->par_number;
}

bool quotes_look_heading(qt_context *c)
{
    qt_engine *e = c->engine;
    qt_quote *q = c->quote;
    if (!e->heading.end || q->paragraph > e->heading_until + 1 || q->dash) return false;
    if (c->at > 0 || c->right < c->count || !quotes_opens_sentence(c)) return false;
    q->speaker_start = e->heading.said_start;
    q->speaker_end = e->heading.said_end;
    q->who_start = e->heading.start;
    q->who_end = e->heading.end;
    q->rule = QT_RULE_PARAGRAPH;
    e->heading_until = q->paragraph;
    return true;
}
