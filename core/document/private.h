/* What the files of core/document share and nobody else sees.
 *
 * The segment table is the list of cuts, one a removal and in its order: a cut takes source [start,
 * end) out and leaves view [view, view_end) in its place (empty without a placeholder). Between
 * cuts source and view run in step, so either way a lookup is: find the cut at or before, add the
 * difference. */
#ifndef TAMIS_DOCUMENT_PRIVATE_H
#define TAMIS_DOCUMENT_PRIVATE_H

#include "document/document.h"

typedef struct {
    size_t start, end;     /* source */
    size_t view, view_end; /* view */
    size_t clear;          /* source offset at which text is next visible, past cuts that touch */
} cut;

/* A removal asked for by the running stage, in view offsets. */
typedef struct {
    size_t start, end;
    tamis_str reason, rule, placeholder;
    double score;
    uint32_t flags, number;
} pending_removal;

/* The spans of one type as a stage reads them, as of a view and a number of visible spans. */
typedef struct {
    tamis_str type;
    uint64_t view_number;
    size_t visible;
    tamis_span *rows;
    size_t count, room;
} span_cache;

enum { INTERN_SLOTS = 64, INTERN_LONGEST = 48 };

struct document_map {
    cut *cuts;
    size_t cut_count, cut_room;
    size_t view_hint, source_hint; /* where the last lookups ended */
    char *view_bytes;
    size_t view_room;
    uint64_t view_number; /* changes with the view */

    /* the journal of the running stage */
    tamis_str stage;
    bool stage_kept; /* `stage` is a copy of ours */
    size_t spans_before;
    bool attributes_touched;
    document_attribute *attributes_before;
    size_t attributes_before_count;
    pending_removal *pending;
    size_t pending_count, pending_room;
    uint32_t removal_calls; /* numbers removals over the document's life */

    /* caches */
    size_t visible; /* spans that document_spans shows: those written before the running stage */
    size_t *lines;
    size_t line_count, line_room;
    uint64_t lines_view;
    span_cache *caches;
    size_t cache_count, cache_room;

    /* strings: short ones are kept once, small ones packed */
    tamis_str interned[INTERN_SLOTS];
    bool intern_dirty;
    char *text_at;
    size_t text_left;
};

/* Room for `count` items; the array lives on the heap from document to document. */
tamis_rc document_grow(void *array, size_t *room, size_t count, size_t item, error *e);
/* A copy that lives as long as the document. TAMIS_FAIL for text that is not UTF-8; `what` names
 * it. */
tamis_rc document_keep(tamis_doc *self, tamis_str text, const char *what, tamis_str *out, error *e);
/* The running stage's name, copied at its first write. */
tamis_rc document_stage_name(tamis_doc *self, tamis_str *out, error *e);
/* Why a view offset cannot be a bound, or NULL. */
const char *document_offset_fault(tamis_str text, size_t offset);
/* Copies and checks attributes, sorted by key; view offsets in them become source offsets unless
 * they are that already. */
tamis_rc document_keep_attrs(tamis_doc *self, const tamis_attr *attrs, size_t count,
                             bool source_offsets, tamis_attr **out, error *e);

/* The first cut whose end lies beyond a source offset (cut_count: none). */
size_t document_cut_beyond(const struct document_map *map, size_t source_offset);
/* Makes cuts and view of self->removals, which are sorted and disjoint. */
tamis_rc document_build_view(tamis_doc *self, error *e);
/* The view is the source itself; no cuts. */
void document_view_is_source(tamis_doc *self);
void document_new_view(tamis_doc *self);

#endif
