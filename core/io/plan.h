/* io/plan: which spans of a document are written, in which order and under which number. Records
 * and rows are made from the same plan, so that their span numbers agree. */
#ifndef TAMIS_CORE_PLAN_H
#define TAMIS_CORE_PLAN_H

#include "io/offsets.h"

/* One span to write. `span` is the document's, or made here of an error or of merged units. */
typedef struct {
    const document_span *span;
    size_t source_start, source_end; /* bytes */
    size_t start, end;               /* bytes of the text that is written */
    bool tiling;                     /* written without its text */
} planned;

typedef struct {
    const record_options *options;
    tamis_str text; /* what is written: view or source */
    bool same_text; /* they are the same */
    offset_table text_offsets, source_offsets;
    planned *items;
    size_t count;
    uint32_t *numbers; /* by the document's span numbers: the number written, 0: not written */
} plan;

/* Memory is the document's. */
tamis_rc plan_make(plan *self, tamis_doc *doc, const record_options *options, error *e);
/* The written number of a span of the document; 0: none. */
static inline uint32_t plan_number(const plan *self, uint32_t number)
{
    return number ? self->numbers[number] : 0;
}
/* An OFFSET or END attribute in the written text and unit. */
size_t plan_attr_offset(plan *self, const tamis_doc *doc, const tamis_attr *attr);
size_t plan_text_offset(plan *self, size_t byte);
size_t plan_source_offset(plan *self, size_t byte);

#endif
