/* The quotes engine on any bytes: the first byte chooses the language, the rest is the text. Spans
 * must lie within the text, in their order. */
#include "../../plugins/quotes/tests/harness.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const langs[] = {"", "fr", "en", "de", "ru", "ar", "pl", "es"};
    static harness *h;
    if (!h) h = harness_open();
    if (!h) abort();
    if (!size) return 0;
    h->nested = true;
    tamis_str text = {(const char *)data + 1, size - 1};
    harness_run(h, langs[data[0] % 8], text);
    for (unsigned i = 0; i < h->quote_count && i < HARNESS_QUOTES; i++) {
        const qt_quote *q = &h->quotes[i];
        if (q->outer_start > q->start || q->start >= q->end || q->end > q->outer_end ||
            q->outer_end > text.n || q->speaker_end > text.n || q->who_end > text.n ||
            q->cue_end > text.n)
            abort();
    }
    return 0;
}
