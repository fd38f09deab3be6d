/* The law of the document, for every fuzz target that changes one: what is left and what was
 * removed make up the source, in order and to the byte, and the view is UTF-8. */
#ifndef TAMIS_TESTS_FUZZ_LAW_H
#define TAMIS_TESTS_FUZZ_LAW_H

#include "document/document.h"

#include <stdlib.h>

/* Aborts where the law does not hold. */
static void check_law(const tamis_doc *doc)
{
    size_t at = 0, view = 0;
    for (size_t i = 0; i <= doc->removal_count; i++) {
        const document_removal *r = i < doc->removal_count ? &doc->removals[i] : NULL;
        size_t stop = r ? r->start : doc->source.n;
        if (stop < at || view + stop - at > doc->view.n) abort();
        if (memcmp(doc->view.p + view, doc->source.p + at, stop - at) != 0) abort();
        view += stop - at;
        if (!r) break;
        if (r->start >= r->end || r->end > doc->source.n) abort();
        view += r->placeholder.n;
        at = r->end;
    }
    if (view != doc->view.n || utf8_valid_prefix(doc->view) != doc->view.n) abort();
}

#endif
