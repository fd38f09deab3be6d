/* core/document: one document. The source never changes; the view is the source less what was
 * removed; spans, removals and attributes are stored in source offsets and mapped to the view by
 * one sorted segment table. Stages read the view and speak in view offsets.
 *
 * Law, tested on random edits: view + removals = source, byte for byte.
 * All memory comes from the document's arena, so in steady state a document costs no malloc.
 * Everything a stage writes is journalled: document_stage_begin .. _commit or _rollback. */
#ifndef TAMIS_CORE_DOCUMENT_H
#define TAMIS_CORE_DOCUMENT_H

#include "base/base.h"

enum {
    SCORE_NONE = 0,
    SPAN_READ = 1 /* a flag of document_span */
};

/* A member of the input's JSON object: its key (decoded) and its raw JSON text. */
typedef struct {
    tamis_str key, raw;
} meta_member;

/* A span as it is kept: source offsets. Strings live in the arena. */
typedef struct {
    size_t start, end;
    tamis_str type, value, category, lang, rule, role;
    uint32_t ref, number; /* number: from 1, its index + 1 */
    uint32_t attr_count;
    uint32_t flags;    /* SPAN_READ: came with an earlier record */
    tamis_attr *attrs; /* sorted by key; OFFSET attributes hold source offsets */
    double score;
    tamis_str stage;
} document_span;

typedef struct {
    size_t start, end; /* source */
    tamis_str reason, rule, placeholder, stage;
    double score;
    uint32_t flags;  /* TAMIS_SECRET */
    uint32_t number; /* order of removal, from 1 */
} document_removal;

typedef struct {
    tamis_attr attr;
    tamis_str stage;
} document_attribute;

/* A fault of this document that did not stop it: written as a span of type `error`. */
typedef struct {
    size_t start, end; /* source */
    tamis_str code, message, stage;
} document_error;

typedef enum {
    DOCUMENT_OPEN,
    DOCUMENT_WRITTEN,
    DOCUMENT_DROPPED,
    DOCUMENT_QUARANTINED
} document_status;

/* Notes for `explain`, kept only when tracing. Source offsets. */
typedef struct {
    size_t start, end;
    tamis_str stage, cue, text;
    bool reject;
} document_note;

struct tamis_doc {
    arena memory;
    tamis_str id, input; /* input: where it came from */
    tamis_str source, view;
    document_status status;
    tamis_str reason; /* of a drop or quarantine */
    bool tracing;
    uint64_t generation; /* changes whenever the document is reset or the view changes */

    document_span *spans;
    size_t span_count, span_room;
    document_removal *removals; /* applied ones, sorted by start, disjoint */
    size_t removal_count, removal_room;
    document_attribute *attributes;
    size_t attribute_count, attribute_room;
    meta_member *meta;
    size_t meta_count, meta_room;
    document_error *errors;
    size_t error_count, error_room;
    document_note *notes;
    size_t note_count, note_room;
    tamis_str locator;        /* FILE#LINE or the like, for messages and quarantine */
    struct document_map *map; /* segments, line index, span caches, journal: private */
};

/* --- life. A document is made once a worker and reset between documents. */
tamis_rc document_init(tamis_doc *self, error *e);
void document_reset(tamis_doc *self);
void document_free(tamis_doc *self);

/* Sets the source (copied; must be valid UTF-8, e.g. from utf8_repair) and makes the view equal to
 * it. */
tamis_rc document_set_source(tamis_doc *self, tamis_str utf8, error *e);
/* The same without a copy: `utf8` outlives the document. */
tamis_rc document_borrow_source(tamis_doc *self, tamis_str utf8, error *e);
tamis_rc document_add_meta(tamis_doc *self, tamis_str key, tamis_str raw, error *e);
/* A meta field by dotted path: the raw JSON, empty where absent. */
tamis_str document_meta(const tamis_doc *self, tamis_str path);
tamis_rc document_add_error(tamis_doc *self, size_t source_start, size_t source_end, tamis_str code,
                            tamis_str message, tamis_str stage);

/* --- what a stage does. `stage` is the name under which it is recorded. */
void document_stage_begin(tamis_doc *self, tamis_str stage);
/* Applies the removals asked for since begin and rebuilds the view if there were any. */
tamis_rc document_stage_commit(tamis_doc *self, error *e);
/* Takes back all that was written since begin. */
void document_stage_rollback(tamis_doc *self);

/* Writes a span given in view offsets; returns its number, or 0 with e set (offsets out of range,
 * inside a code point or CR LF, bad type, unknown ref). */
uint32_t document_span_add(tamis_doc *self, const tamis_span *span, error *e);
tamis_rc document_remove(tamis_doc *self, const tamis_removal *removal, error *e);
tamis_rc document_set(tamis_doc *self, const tamis_attr *attribute, error *e);
bool document_attribute_get(const tamis_doc *self, tamis_str key, tamis_attr *out);
tamis_rc document_note_add(tamis_doc *self, size_t start, size_t end, bool reject, const char *cue,
                           const char *format, va_list arguments); /* view offsets */

/* Lines of the view, and spans of a type in view offsets sorted by start, end, number; both cached
 * until the view or the spans change. Spans of the running stage are left out. */
tamis_rc document_lines(tamis_doc *self, tamis_lines *out, error *e);
const tamis_span *document_spans(tamis_doc *self, tamis_str type, size_t *count, error *e);

/* --- offsets. At a seam a start maps to its right, an end to its left. */
size_t document_source_start(const tamis_doc *self, size_t view_offset);
size_t document_source_end(const tamis_doc *self, size_t view_offset);
/* A source range in the view: returns TAMIS_SPAN_WHOLE, _CUT or _GONE and sets the bounds. */
uint32_t document_view_range(const tamis_doc *self, size_t source_start, size_t source_end,
                             size_t *view_start, size_t *view_end);
/* False for an offset out of range, inside a code point or between CR and LF. */
bool document_offset_ok(tamis_str text, size_t offset);

/* For an earlier record that is read again: spans and removals in source offsets, before any stage
 * ran. */
uint32_t document_restore_span(tamis_doc *self, const document_span *span, error *e);
tamis_rc document_restore_removal(tamis_doc *self, const document_removal *removal, error *e);
tamis_rc document_restore_done(tamis_doc *self, error *e); /* builds the view */

#endif
