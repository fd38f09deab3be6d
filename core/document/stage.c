/* What a stage asks to be removed, and its commit or rollback.
 *
 * Removals are gathered in view offsets while the stage runs and become source ranges when it
 * returns: sorted by one sweep in which the removal asked for first wins where several overlap,
 * then cut into the pieces that earlier removals leave. A stage that removes nothing costs a few
 * instructions. */
#include "document/private.h"

#include <stdlib.h>

/* ------------------------------------------------------------------ begin, remove, roll back */

void document_stage_begin(tamis_doc *self, tamis_str stage)
{
    struct document_map *map = self->map;
    map->stage = stage;
    map->stage_kept = false;
    map->attributes_touched = false;
    map->spans_before = map->visible = self->span_count;
    map->pending_count = 0;
}

void document_stage_rollback(tamis_doc *self)
{
    struct document_map *map = self->map;
    self->span_count = map->spans_before;
    map->visible = self->span_count;
    map->pending_count = 0;
    if (map->attributes_touched) {
        self->attribute_count = map->attributes_before_count;
        if (self->attribute_count)
            memcpy(self->attributes, map->attributes_before,
                   self->attribute_count * sizeof *self->attributes);
        map->attributes_touched = false;
    }
}

tamis_rc document_remove(tamis_doc *self, const tamis_removal *removal, error *e)
{
    struct document_map *map = self->map;
    size_t start = removal->start, end = removal->end;
    const char *fault = document_offset_fault(self->view, start);
    if (fault)
        return error_set(e, TAMIS_FAIL, "remove [%zu, %zu): its start %s", start, end, fault);
    fault = document_offset_fault(self->view, end);
    if (fault) return error_set(e, TAMIS_FAIL, "remove [%zu, %zu): its end %s", start, end, fault);
    if (start >= end)
        return error_set(e, TAMIS_FAIL, "remove [%zu, %zu): the range is empty", start, end);
    if (removal->reason.n == 0)
        return error_set(e, TAMIS_FAIL, "remove [%zu, %zu): it gives no reason", start, end);
    if (!(removal->score >= 0 && removal->score <= 1))
        return error_set(e, TAMIS_FAIL, "remove [%zu, %zu): score %g is not from 0 to 1", start,
                         end, removal->score);
    FORWARD(document_grow(&map->pending, &map->pending_room, map->pending_count + 1,
                          sizeof *map->pending, e));
    pending_removal *p = &map->pending[map->pending_count];
    *p = (pending_removal){.start = start, .end = end, .score = removal->score};
    p->flags = removal->flags & TAMIS_SECRET;
    FORWARD(document_keep(self, removal->reason, "reason", &p->reason, e));
    FORWARD(document_keep(self, removal->rule, "rule", &p->rule, e));
    FORWARD(document_keep(self, removal->placeholder, "placeholder", &p->placeholder, e));
    p->number = (uint32_t)map->pending_count++;
    return TAMIS_OK;
}

/* ------------------------------------------------------------------ commit */

/* A part of the view that one removal takes. */
typedef struct {
    size_t start, end;
    uint32_t owner; /* index into pending as it was asked for */
} piece;

static int compare_pending(const void *a, const void *b)
{
    const pending_removal *x = a, *y = b;
    if (x->start != y->start) return x->start < y->start ? -1 : 1;
    return (x->number > y->number) - (x->number < y->number);
}

/* A heap of indices into the sorted pending removals, the one asked for first on top. */
static void heap_push(uint32_t *heap, size_t *count, const pending_removal *all, uint32_t index)
{
    size_t i = (*count)++;
    for (; i > 0 && all[heap[(i - 1) / 2]].number > all[index].number; i = (i - 1) / 2)
        heap[i] = heap[(i - 1) / 2];
    heap[i] = index;
}

static void heap_pop(uint32_t *heap, size_t *count, const pending_removal *all)
{
    uint32_t moved = heap[--*count];
    size_t i = 0;
    for (;;) {
        size_t child = 2 * i + 1;
        if (child >= *count) break;
        if (child + 1 < *count && all[heap[child + 1]].number < all[heap[child]].number) child++;
        if (all[heap[child]].number > all[moved].number) break;
        heap[i] = heap[child];
        i = child;
    }
    if (*count) heap[i] = moved;
}

/* Who owns which part of the view: at most 2 n - 1 pieces of n sorted removals. */
static size_t sweep(const pending_removal *all, size_t n, uint32_t *heap, piece *out)
{
    size_t active = 0, next = 0, count = 0, at = 0;
    while (next < n || active) {
        if (!active && all[next].start > at) at = all[next].start;
        while (next < n && all[next].start <= at) heap_push(heap, &active, all, (uint32_t)next++);
        while (active && all[heap[0]].end <= at) heap_pop(heap, &active, all);
        if (!active) continue;
        const pending_removal *owner = &all[heap[0]];
        size_t stop = owner->end;
        if (next < n && all[next].start < stop) stop = all[next].start;
        if (count && out[count - 1].end == at && out[count - 1].owner == heap[0])
            out[count - 1].end = stop;
        else
            out[count++] = (piece){at, stop, heap[0]};
        at = stop;
    }
    return count;
}

/* Most stages ask from the start of the text to its end, and for nothing twice: each removal is a
 * piece then. */
static bool are_apart(const pending_removal *all, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (all[i].start < all[i - 1].end) return false;
    return true;
}

static size_t take_all(const pending_removal *all, size_t n, piece *out)
{
    for (size_t i = 0; i < n; i++) out[i] = (piece){all[i].start, all[i].end, (uint32_t)i};
    return n;
}

static tamis_rc add_removal(tamis_doc *self, const pending_removal *p, bool first, size_t start,
                            size_t end, error *e)
{
    FORWARD(document_grow(&self->removals, &self->removal_room, self->removal_count + 1,
                          sizeof *self->removals, e));
    document_removal *r = &self->removals[self->removal_count];
    *r = (document_removal){.start = start, .end = end, .score = p->score, .flags = p->flags};
    r->reason = p->reason;
    r->rule = p->rule;
    if (first) r->placeholder = p->placeholder;
    FORWARD(document_stage_name(self, &r->stage, e));
    r->number = self->map->removal_calls + p->number + 1;
    self->removal_count++;
    return TAMIS_OK;
}

/* Turns a piece of the view into source ranges: what lies between the cuts in it. A placeholder
 * that the piece covers goes out of the view too; its removal keeps the rest of its record. `old`
 * are the removals as they were, one a cut. */
static tamis_rc apply_piece(tamis_doc *self, const piece *part, const pending_removal *p,
                            bool *first, size_t *from_cut, error *e)
{
    const struct document_map *map = self->map;
    size_t at = document_source_start(self, part->start);
    size_t end = document_source_end(self, part->end);
    size_t i = *from_cut;
    while (i < map->cut_count && map->cuts[i].end <= at) i++;
    while (at < end) {
        const cut *c = i < map->cut_count ? &map->cuts[i] : NULL;
        size_t stop = c && c->start < end ? c->start : end;
        if (stop > at) {
            FORWARD(add_removal(self, p, *first, at, stop, e));
            *first = false;
        }
        if (!c || c->start >= end) break;
        at = c->end;
        i++;
    }
    *from_cut = i ? i - 1 : 0;
    return TAMIS_OK;
}

/* Placeholders of earlier removals that lie wholly in a piece, which took source text too, are
 * hidden. */
static void hide_placeholders(tamis_doc *self, const piece *parts, size_t count, size_t old_count)
{
    const struct document_map *map = self->map;
    size_t part = 0;
    for (size_t i = 0; i < old_count && part < count;) {
        const cut *c = &map->cuts[i];
        if (parts[part].end < c->view_end) {
            part++;
            continue;
        }
        if (parts[part].start <= c->view && c->view < c->view_end)
            self->removals[i].placeholder = (tamis_str){NULL, 0};
        i++;
    }
}

static int compare_removals(const void *a, const void *b)
{
    const document_removal *x = a, *y = b;
    return (x->start > y->start) - (x->start < y->start);
}

/* Merges the removals from `old_count` on, sorted, with those before, sorted: from the back, in
 * place. */
static tamis_rc merge_removals(tamis_doc *self, size_t old_count, error *e)
{
    size_t n = self->removal_count, added = n - old_count;
    if (old_count == 0 || self->removals[old_count - 1].start < self->removals[old_count].start)
        return TAMIS_OK;
    arena_mark mark = arena_here(&self->memory);
    document_removal *fresh = arena_alloc_raw(&self->memory, added * sizeof *fresh);
    if (!fresh) return error_set(e, TAMIS_FAIL, "no memory left for removals");
    memcpy(fresh, self->removals + old_count, added * sizeof *fresh);
    size_t i = old_count, j = added;
    while (j > 0) {
        if (i > 0 && self->removals[i - 1].start > fresh[j - 1].start)
            self->removals[--n] = self->removals[--i];
        else
            self->removals[--n] = fresh[--j];
    }
    arena_rewind(&self->memory, mark);
    return TAMIS_OK;
}

static tamis_rc apply_removals(tamis_doc *self, error *e)
{
    struct document_map *map = self->map;
    size_t n = map->pending_count, old_count = self->removal_count, from_cut = 0;
    tamis_str stage;
    FORWARD(document_stage_name(self, &stage, e));
    bool apart = are_apart(map->pending, n);
    uint32_t *heap = arena_alloc_raw(&self->memory, n * sizeof *heap);
    piece *parts = arena_alloc_raw(&self->memory, 2 * n * sizeof *parts);
    bool *begun = arena_alloc(&self->memory, n * sizeof *begun);
    if (!heap || !parts || !begun) return error_set(e, TAMIS_FAIL, "no memory left for removals");
    if (!apart) qsort(map->pending, n, sizeof *map->pending, compare_pending);
    size_t count = apart ? take_all(map->pending, n, parts) : sweep(map->pending, n, heap, parts);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        size_t before = self->removal_count;
        bool first = !begun[parts[i].owner];
        FORWARD(apply_piece(self, &parts[i], &map->pending[parts[i].owner], &first, &from_cut, e));
        begun[parts[i].owner] = !first;
        if (self->removal_count > before) parts[kept++] = parts[i];
    }
    if (self->removal_count == old_count) return TAMIS_OK;
    hide_placeholders(self, parts, kept, old_count);
    map->removal_calls += (uint32_t)n;
    FORWARD(merge_removals(self, old_count, e));
    return document_build_view(self, e);
}

tamis_rc document_stage_commit(tamis_doc *self, error *e)
{
    struct document_map *map = self->map;
    map->visible = self->span_count;
    map->attributes_touched = false;
    if (map->pending_count == 0) return TAMIS_OK;
    tamis_rc rc = apply_removals(self, e);
    map->pending_count = 0;
    return rc;
}

/* ------------------------------------------------------------------ earlier records */

tamis_rc document_restore_removal(tamis_doc *self, const document_removal *removal, error *e)
{
    if (removal->start >= removal->end || document_offset_fault(self->source, removal->start) ||
        document_offset_fault(self->source, removal->end))
        return error_set(e, TAMIS_FAIL, "removal [%zu, %zu) does not fit the text", removal->start,
                         removal->end);
    FORWARD(document_grow(&self->removals, &self->removal_room, self->removal_count + 1,
                          sizeof *self->removals, e));
    document_removal *r = &self->removals[self->removal_count];
    *r = *removal;
    FORWARD(document_keep(self, removal->reason, "reason", &r->reason, e));
    FORWARD(document_keep(self, removal->rule, "rule", &r->rule, e));
    FORWARD(document_keep(self, removal->placeholder, "placeholder", &r->placeholder, e));
    FORWARD(document_keep(self, removal->stage, "stage", &r->stage, e));
    if (!(r->score >= 0 && r->score <= 1)) r->score = 0;
    r->number = ++self->map->removal_calls;
    self->removal_count++;
    return TAMIS_OK;
}

tamis_rc document_restore_done(tamis_doc *self, error *e)
{
    tamis_rc rc = TAMIS_OK;
    size_t kept = 0;
    if (self->removal_count)
        qsort(self->removals, self->removal_count, sizeof *self->removals, compare_removals);
    for (size_t i = 0; i < self->removal_count; i++) {
        const document_removal *r = &self->removals[i];
        if (kept && r->start < self->removals[kept - 1].end)
            rc = error_set(e, TAMIS_FAIL, "removals [%zu, %zu) and [%zu, %zu) overlap",
                           self->removals[kept - 1].start, self->removals[kept - 1].end, r->start,
                           r->end);
        else
            self->removals[kept++] = *r;
    }
    self->removal_count = kept;
    for (size_t i = 0; i < self->span_count; i++)
        if (self->spans[i].ref > self->span_count) {
            rc = error_set(e, TAMIS_FAIL, "span %zu refers to %u, which is not there", i + 1,
                           (unsigned)self->spans[i].ref);
            self->spans[i].ref = 0;
        }
    self->map->visible = self->span_count;
    FORWARD(document_build_view(self, e));
    return rc;
}
