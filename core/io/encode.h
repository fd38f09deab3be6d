/* What the files that write records share. */
#ifndef TAMIS_CORE_ENCODE_H
#define TAMIS_CORE_ENCODE_H

#include "base/json.h"
#include "io/plan.h"

/* The members of one span or removal, without braces. `number`: as written. */
void encode_span(plan *self, tamis_doc *doc, const planned *item, uint32_t number, buffer *out);
void encode_removal(plan *self, const document_removal *removal, buffer *out);
/* The attributes as a JSON object; `body` escapes it for a place within a string. */
void encode_attrs(plan *self, tamis_doc *doc, const document_span *span, bool body, buffer *out);
/* The metadata as a JSON object; "written", "dropped" or "quarantined". */
void encode_meta(const tamis_doc *doc, buffer *out);
const char *encode_status(document_status status);
/* TAMIS_FAIL where the original text is asked for and something of it is secret. */
tamis_rc encode_allowed(const tamis_doc *doc, const record_options *options, error *e);
/* The text of a planned span as it is written: empty for tiles. */
static inline tamis_str planned_text(const plan *self, const planned *item)
{
    if (item->tiling || item->start >= item->end) return (tamis_str){NULL, 0};
    return (tamis_str){self->text.p + item->start, item->end - item->start};
}

#endif
