/* io/pretty: a document as a person reads it on a terminal. Also what rows and pages share: who
 * says a quote, and with which words. */
#ifndef TAMIS_CORE_PRETTY_H
#define TAMIS_CORE_PRETTY_H

#include "io/plan.h"

/* Speakers and cues by the number of the quote that they serve. */
typedef struct {
    const document_span **speaker, **cue;
} quote_links;

tamis_rc quote_links_make(quote_links *self, tamis_doc *doc, error *e);
/* A quote's own, else that of the first piece of its group. */
const document_span *quote_link(const document_span *const *links, const tamis_doc *doc,
                                const document_span *quote);
/* The number in a span's attribute `group`; 0: none. */
uint32_t span_group(const tamis_doc *doc, const document_span *span);
/* A span's text as it is written; empty for NULL. */
tamis_str written_text(const plan *p, const tamis_doc *doc, const document_span *span);

tamis_rc pretty_encode(plan *p, tamis_doc *doc, emit_kind emit, const pretty_options *options,
                       buffer *out, error *e);

#endif
