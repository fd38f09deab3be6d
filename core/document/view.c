/* The view and the segment table: building both from the removals, and mapping offsets both ways.
 * Every lookup starts where the last one ended, so that a sorted run of them costs O(1) each. */
#include "document/private.h"

#include <stdlib.h>

/* ------------------------------------------------------------------ building */

void document_new_view(tamis_doc *self)
{
    self->generation++;
    self->map->view_number = self->generation;
    self->map->view_hint = self->map->source_hint = 0;
}

void document_view_is_source(tamis_doc *self)
{
    self->map->cut_count = 0;
    self->view = self->source;
    document_new_view(self);
}

/* One cut a removal; returns the view's length. */
static size_t make_cuts(tamis_doc *self)
{
    struct document_map *map = self->map;
    size_t at = 0, view = 0;
    for (size_t i = 0; i < self->removal_count; i++) {
        const document_removal *r = &self->removals[i];
        view += r->start - at;
        map->cuts[i] = (cut){r->start, r->end, view, view + r->placeholder.n, r->end};
        view += r->placeholder.n;
        at = r->end;
    }
    map->cut_count = self->removal_count;
    for (size_t i = map->cut_count; i-- > 1;)
        if (map->cuts[i].start == map->cuts[i - 1].end) map->cuts[i - 1].clear = map->cuts[i].clear;
    return view + self->source.n - at;
}

tamis_rc document_build_view(tamis_doc *self, error *e)
{
    struct document_map *map = self->map;
    if (self->removal_count == 0) {
        document_view_is_source(self);
        return TAMIS_OK;
    }
    FORWARD(document_grow(&map->cuts, &map->cut_room, self->removal_count, sizeof *map->cuts, e));
    size_t n = make_cuts(self);
    if (n + 1 > map->view_room) {
        char *bytes = malloc(n + 1);
        if (!bytes) return error_set(e, TAMIS_FAIL, "no memory left for a view of %zu bytes", n);
        free(map->view_bytes);
        map->view_bytes = bytes;
        map->view_room = n + 1;
    }
    size_t at = 0;
    char *out = map->view_bytes;
    for (size_t i = 0; i < self->removal_count; i++) {
        const document_removal *r = &self->removals[i];
        memcpy(out, self->source.p + at, r->start - at);
        out += r->start - at;
        if (r->placeholder.n) memcpy(out, r->placeholder.p, r->placeholder.n);
        out += r->placeholder.n;
        at = r->end;
    }
    memcpy(out, self->source.p + at, self->source.n - at);
    self->view = (tamis_str){map->view_bytes, n};
    document_new_view(self);
    return TAMIS_OK;
}

/* ------------------------------------------------------------------ lookup */

typedef size_t (*cut_edge)(const cut *c);
static size_t edge_end(const cut *c)
{
    return c->end;
}
static size_t edge_view(const cut *c)
{
    return c->view;
}
static size_t edge_view_end(const cut *c)
{
    return c->view_end;
}

/* The first cut whose edge is > limit, searched from `hint` on: doubling steps, then halving. */
static inline size_t first_above(const struct document_map *map, size_t hint, cut_edge edge,
                                 size_t limit)
{
    const cut *cuts = map->cuts;
    size_t low = 0, high = map->cut_count;
    if (hint > high) hint = high;
    if (hint > 0 && edge(&cuts[hint - 1]) > limit) {
        high = hint - 1; /* before the hint */
    } else {
        low = hint;
        for (size_t step = 1; low < high && edge(&cuts[low]) <= limit; step *= 2) {
            size_t next = low + step;
            if (next >= high || edge(&cuts[next]) > limit) {
                if (next < high) high = next;
                low++;
                break;
            }
            low = next;
        }
        if (low < high && edge(&cuts[low]) > limit) return low;
    }
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (edge(&cuts[middle]) > limit)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

size_t document_cut_beyond(const struct document_map *map, size_t source_offset)
{
    if (map->cut_count == 0) return 0;
    size_t found = first_above(map, map->source_hint, edge_end, source_offset);
    ((struct document_map *)(uintptr_t)map)->source_hint = found;
    return found;
}

/* Starts map to the right of a seam: the last cut at or before the offset decides. */
size_t document_source_start(const tamis_doc *self, size_t view_offset)
{
    struct document_map *map = self->map;
    if (map->cut_count == 0) return view_offset;
    size_t i = first_above(map, map->view_hint, edge_view, view_offset);
    map->view_hint = i;
    if (i == 0) return view_offset;
    const cut *c = &map->cuts[i - 1];
    if (view_offset < c->view_end) return c->start; /* on a placeholder, which stands for it all */
    return c->end + (view_offset - c->view_end);
}

/* Ends map to the left: the first cut that reaches the offset decides. */
size_t document_source_end(const tamis_doc *self, size_t view_offset)
{
    struct document_map *map = self->map;
    if (map->cut_count == 0) return view_offset;
    size_t i =
        view_offset == 0 ? 0 : first_above(map, map->view_hint, edge_view_end, view_offset - 1);
    map->view_hint = i;
    if (i == map->cut_count) {
        const cut *last = &map->cuts[i - 1];
        return last->end + (view_offset - last->view_end);
    }
    const cut *c = &map->cuts[i];
    if (view_offset > c->view) return c->end; /* on a placeholder or right behind it */
    return c->start - (c->view - view_offset);
}

/* A visible source offset, or the edge of a cut, in the view; `i` is the first cut that ends beyond
 * it. */
static size_t view_of(const tamis_doc *self, size_t source_offset, size_t i)
{
    const struct document_map *map = self->map;
    if (i == 0) return source_offset;
    const cut *before = &map->cuts[i - 1];
    // NOLINTNEXTLINE(clang-analyzer-*): i is within the cuts
    return before->view_end + (source_offset - before->end);
}

uint32_t document_view_range(const tamis_doc *self, size_t source_start, size_t source_end,
                             size_t *view_start, size_t *view_end)
{
    const struct document_map *map = self->map;
    *view_start = source_start;
    *view_end = source_end;
    if (map->cut_count == 0) return TAMIS_SPAN_WHOLE;

    size_t i = document_cut_beyond(map, source_start);
    const cut *first = i < map->cut_count ? &map->cuts[i] : NULL;
    if (first && source_start == source_end && first->start < source_start) {
        *view_start = *view_end = first->view;
        return TAMIS_SPAN_GONE;
    }
    if (!first || first->start >= source_end) { /* no cut touches it */
        *view_start = view_of(self, source_start, i);
        *view_end = *view_start + (source_end - source_start);
        return TAMIS_SPAN_WHOLE;
    }
    bool begins_in = first->start <= source_start;
    if (begins_in && first->clear >= source_end) {
        *view_start = *view_end = first->view;
        return TAMIS_SPAN_GONE;
    }
    if (!begins_in)
        *view_start = view_of(self, source_start, i);
    else /* a placeholder belongs to a span that begins with what it stands for */
        *view_start = first->start == source_start ? first->view : first->view_end;

    size_t j = first_above(map, i, edge_end, source_end - 1);
    const cut *last = j < map->cut_count ? &map->cuts[j] : NULL;
    if (last && last->start < source_end)
        *view_end = last->end == source_end ? last->view_end : last->view;
    else
        *view_end = view_of(self, source_end, j);
    return TAMIS_SPAN_CUT;
}

/* ------------------------------------------------------------------ checks, lines */

const char *document_offset_fault(tamis_str text, size_t offset)
{
    if (offset > text.n) return "lies past the end";
    if (offset == text.n) return NULL;
    if (utf8_is_continuation((unsigned char)text.p[offset])) return "lies inside a code point";
    if (text.p[offset] == '\n' && offset > 0 && text.p[offset - 1] == '\r')
        return "lies between CR and LF";
    return NULL;
}

bool document_offset_ok(tamis_str text, size_t offset)
{
    return document_offset_fault(text, offset) == NULL;
}

tamis_rc document_lines(tamis_doc *self, tamis_lines *out, error *e)
{
    struct document_map *map = self->map;
    if (map->lines_view != map->view_number || !map->lines) {
        size_t count = 0, at = 0;
        while (at < self->view.n) {
            FORWARD(document_grow(&map->lines, &map->line_room, count + 2, sizeof *map->lines, e));
            map->lines[count++] = at;
            const char *end = memchr(self->view.p + at, '\n', self->view.n - at);
            at = end ? (size_t)(end - self->view.p) + 1 : self->view.n;
        }
        FORWARD(document_grow(&map->lines, &map->line_room, count + 1, sizeof *map->lines, e));
        map->lines[count] = at;
        map->line_count = count;
        map->lines_view = map->view_number;
    }
    *out = (tamis_lines){map->lines, map->line_count};
    return TAMIS_OK;
}
