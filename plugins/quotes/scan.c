/* Line ends and marks of a document in lists, a stretch of it at a time: the walk over paragraphs
 * asks for the next of them again and again. probe.c fills the first lists as it counts; where they
 * are full, the next stretch is listed when somebody comes there. */
#include "scan.h"

void quotes_list_begin(qt_list *self, uint32_t from)
{
    self->from = from;
    self->to = UINT32_MAX;
    self->end_count = self->mark_count = self->end_at = self->mark_at = 0;
}

/* The lists from `from` on, as far as they go. */
static void fill(qt_engine *self, uint32_t from)
{
    qt_list *list = &self->list;
    const char *text = self->text, *end = text + self->size;
    quotes_list_begin(list, from);
    for (const char *p = text + from; p < end && list->to == UINT32_MAX; p += QT_EVENT_BLOCK) {
        qt_events found = quotes_events_at(p, end);
        uint32_t at = (uint32_t)(p - text);
        for (; found.ends; found.ends &= found.ends - 1)
            quotes_list_end(list, at + (uint32_t)__builtin_ctzll(found.ends));
        for (; found.marks; found.marks &= found.marks - 1) {
            uint32_t mark = at + (uint32_t)__builtin_ctzll(found.marks);
            if (quotes_is_pairing(quotes_mark_at(text + mark, end))) quotes_list_mark(list, mark);
        }
    }
}

/* The first of a list at or after `at`: its number. */
static unsigned first_from(const uint32_t *list, unsigned count, unsigned *hint, uint32_t at)
{
    unsigned i = *hint;
    while (i > 0 && list[i - 1] >= at) i--;
    while (i < count && list[i] < at) i++;
    return *hint = i;
}

uint32_t quotes_find_line_end(qt_engine *self, uint32_t at)
{
    qt_list *list = &self->list;
    if (at < list->from) { /* behind the lists: paragraphs that waited long */
        const char *p = self->text + at, *nl = memchr(p, '\n', self->size - at);
        return nl ? (uint32_t)(nl - self->text) : self->size;
    }
    while (at < self->size) {
        if (at >= list->to) fill(self, at);
        unsigned i = first_from(list->ends, list->end_count, &list->end_at, at);
        if (i < list->end_count && list->ends[i] < list->to) return list->ends[i];
        if (list->to >= self->size) break;
        at = list->to;
    }
    return self->size;
}

const char *quotes_next_mark(qt_engine *self, const char *p, const char *end)
{
    qt_list *list = &self->list;
    uint32_t at = (uint32_t)(p - self->text), to = (uint32_t)(end - self->text);
    while (at < list->from && at < to) { /* behind the lists */
        p = quotes_skip(p, end, self->text + self->size, QT_FROM_DOUBLE, false);
        if (p == end || quotes_is_pairing(quotes_mark_at(p, end))) return p;
        at = (uint32_t)(++p - self->text);
    }
    while (at < to) {
        if (at >= list->to) fill(self, at);
        unsigned i = first_from(list->marks, list->mark_count, &list->mark_at, at);
        if (i < list->mark_count && list->marks[i] < list->to)
            return list->marks[i] < to ? self->text + list->marks[i] : end;
        if (list->to >= to) break;
        at = list->to;
    }
    return end;
}
