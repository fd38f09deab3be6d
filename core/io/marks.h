/* Spans and removals written into the text they stand on, for tests and for the eye:
 *
 *   They will sell [weapon=Leclerc,category=armor.tank:Leclerc tanks].[-share:\nShare this-]
 *
 * `[type:` opens a span and `]` closes it, `[-reason:` opens a removal and `-]` closes it; behind
 * the type may stand `=value` and `,key=value`. Marks nest; two that cross carry numbers: `[a#1: …
 * [b#2: … #1] … #2]`. A bracket that opens no mark stands for itself, and so does its partner;
 * `\[`, `\]` and `\\` stand for the second character. Used by test (marks_read, marks_write) and by
 * what shows documents (trace, try, watch). */
#ifndef TAMIS_CORE_MARKS_H
#define TAMIS_CORE_MARKS_H

#include "base/base.h"

typedef struct {
    tamis_str key, value; /* key "value": what stands behind `type=` */
} mark_pair;

typedef struct {
    size_t start, end; /* bytes of the text, half-open */
    tamis_str type;    /* of a removal: its reason */
    bool removal;
    mark_pair *pairs;
    size_t pair_count;
    const char *colour; /* when shown: an escape sequence; NULL or "": plain */
} mark;

typedef struct {
    tamis_str text;
    mark *marks; /* in the order in which they open */
    size_t count;
} marked;

/* Takes the marks out of `notation`. TAMIS_FAIL with e set, and *at the byte, where a mark is never
 * closed. */
tamis_rc marks_read(tamis_str notation, arena *memory, marked *out, size_t *at, error *e);
/* The shortest notation that marks_read takes back to the same; marks are sorted by place. */
void marks_write(marked *what, buffer *out);
/* The part of the text in [from, to) with its marks, cut at the edges, in their colours. `escape`:
 * brackets of the text stand behind a backslash. */
typedef struct {
    size_t from, to;
    bool escape;
    const char *off; /* ends a colour; "" without colours */
} marks_range;
void marks_write_range(marked *what, const marks_range *range, buffer *out);
void marks_sort(marked *what);

#endif
