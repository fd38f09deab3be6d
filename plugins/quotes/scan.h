/* What stands out in 64 bytes of text: line ends, what may begin a mark, apostrophes, hyphens.
 * probe.c counts them all once; scan.c lists line ends and marks for who walks the paragraphs. */
#ifndef QUOTES_SCAN_H
#define QUOTES_SCAN_H

#include "quotes.h"

enum { QT_EVENT_BLOCK = 64, QT_EVENT_READS = QT_EVENT_BLOCK + 2 };

typedef struct {
    uint64_t ends, marks, apostrophes, hyphens; /* a bit of each byte */
} qt_events;

/* scan.c: what stands out from p on, block by block, up to QT_EVENT_RUN blocks or `end`; returns
 * how many. */
enum { QT_EVENT_RUN = 16 };
unsigned quotes_find_events(const char *p, const char *end, qt_events *found);

/* A walk over the blocks of a text. */
typedef struct {
    const char *p, *end; /* of the blocks still to come */
    unsigned count, next;
    qt_events events[QT_EVENT_RUN];
} qt_blocks;

static inline void quotes_blocks_begin(qt_blocks *self, const char *p, const char *end)
{
    self->p = p;
    self->end = end;
    self->count = self->next = 0;
}

/* The next block, where it begins and what stands out in it; false at the end. */
static inline bool quotes_next_block(qt_blocks *self, const char **begin, qt_events *found)
{
    if (self->p >= self->end) return false;
    if (self->next == self->count) {
        self->count = quotes_find_events(self->p, self->end, self->events);
        self->next = 0;
    }
    *found = self->events[self->next++];
    *begin = self->p;
    self->p += QT_EVENT_BLOCK;
    return true;
}

/* scan.c: an empty list from `from` on, to be filled in the order of the text. */
void quotes_list_begin(qt_list *self, uint32_t from);

static inline void quotes_list_end(qt_list *self, uint32_t at)
{
    if (self->end_count < QT_LISTED)
        self->ends[self->end_count++] = at;
    else if (at < self->to)
        self->to = at;
}

static inline void quotes_list_mark(qt_list *self, uint32_t at)
{
    if (self->mark_count < QT_LISTED)
        self->marks[self->mark_count++] = at;
    else if (at < self->to)
        self->to = at;
}

#endif
