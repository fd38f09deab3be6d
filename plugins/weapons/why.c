/* For explain only: why the words that no row speaks of were not tagged. What rows speak of is told
 * where it is decided (weapons.c, context.c); what is left has no row, or has one only as part of a
 * longer word. */
#include <stdlib.h>
#include <string.h>

#include "weapons.h"

enum { PART_LETTERS = 4 };

typedef struct {
    size_t (*ranges)[2];
    size_t count, room;
} spoken;

/* Notes every place at which a row was asked for; takes none, so that all are. */
static bool note_range(void *user, tamis_str text, const tamis_hit *hit)
{
    spoken *self = user;
    (void)text;
    if (self->count == self->room) {
        size_t room = self->room ? self->room * 2 : 64;
        void *more = realloc(self->ranges, room * sizeof *self->ranges);
        if (!more) return false;
        self->ranges = more;
        self->room = room;
    }
    self->ranges[self->count][0] = hit->start;
    self->ranges[self->count++][1] = hit->end;
    return false;
}

/* Walks over ranges and mentions beside the words, all in order of their starts. */
typedef struct {
    size_t range, mention; /* the next of each */
    size_t reach;          /* where the last of those that began before ends */
} walk;

static bool is_spoken_of(walk *self, const spoken *all, const weapons_job *job, size_t start,
                         size_t end)
{
    const weapons_scratch *s = job->scratch;
    for (; self->range < all->count && all->ranges[self->range][0] < end; self->range++)
        if (all->ranges[self->range][1] > self->reach) self->reach = all->ranges[self->range][1];
    for (; self->mention < s->count && s->mentions[self->mention].start < end; self->mention++)
        if (s->mentions[self->mention].end > self->reach)
            self->reach = s->mentions[self->mention].end;
    return self->reach > start;
}

static bool is_term(const weapons_job *job, tamis_str text, uint32_t *row)
{
    tamis_hit hit;
    size_t next;
    if (tamis->terms_find(job->shared->terms, text, 0, NULL, NULL, &hit, sizeof hit, 1, &next) != 1)
        return false;
    *row = hit.row;
    return hit.start == 0 && hit.end == text.n;
}

/* A term that begins or ends a longer word. */
static bool has_part(const weapons_job *job, tamis_str word, tamis_str *part, uint32_t *row)
{
    size_t letters = 0;
    for (size_t i = 0; i < word.n; i++) letters += ((unsigned char)word.p[i] & 0xC0) != 0x80;
    for (size_t at = 1, before = 1; at < word.n; at++) {
        if (((unsigned char)word.p[at] & 0xC0) == 0x80) continue;
        *part = (tamis_str){word.p + at, word.n - at};
        if (letters - before >= PART_LETTERS && is_term(job, *part, row)) return true;
        *part = (tamis_str){word.p, at};
        if (before >= PART_LETTERS && is_term(job, *part, row)) return true;
        before++;
    }
    return false;
}

void weapons_why(weapons_job *job)
{
    spoken all = {0};
    walk seen = {0};
    tamis_hit none;
    size_t a, b, next;
    if (!(job->c->flags & TAMIS_TRACING)) return;
    weapons_sort(job->scratch);
    tamis->terms_find(job->shared->terms, job->text, 0, note_range, &all, &none, sizeof none, 1,
                      &next);
    for (size_t at = 0; weapons_word_after(job->text, at, &a, &b); at = b) {
        tamis_str word = {job->text.p + a, b - a}, part;
        uint32_t row;
        if (is_spoken_of(&seen, &all, job, a, b)) continue;
        if (has_part(job, word, &part, &row)) {
            const weapons_row *r = job->shared->rows + row;
            TAMIS_REJECT(job->c, job->doc, a, b, "boundary",
                         "`%.*s` (row %.*s:%u) is only a part of this word", (int)part.n, part.p,
                         (int)r->file.n, r->file.p, r->line);
        } else {
            TAMIS_REJECT(job->c, job->doc, a, b, "no-row",
                         "no row has `%.*s` as a term or as a word of one that stands here",
                         (int)word.n, word.p);
        }
    }
    free(all.ranges);
}
