/* Any bytes as a line: what decodes must encode to JSON, and a record with the original text must
 * come back to the same bytes in every unit of offsets. */
#include "base/json.h"
#include "io/record.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const decode_origin ORIGIN = {{"f#1", 3}, {"f", 1}, {NULL, 0}};

static void encode(tamis_doc *doc, const record_options *options, buffer *out)
{
    error e = {0};
    json_value value;
    out->n = 0;
    if (record_encode(doc, options, out, &e) != TAMIS_OK) abort();
    if (utf8_valid_prefix(buffer_str(out)) != out->n) abort();
    if (json_read(buffer_str(out), &value, &e) != TAMIS_OK) abort();
    if (memchr(out->p, '\n', out->n) != out->p + out->n - 1) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) return 0;
    record_options options = {.text = TEXT_ORIGINAL};
    options.offsets = (offset_unit)(data[0] % 3);
    options.nested = data[0] & 8;
    tamis_doc doc;
    buffer first = {0}, second = {0};
    error e = {0};
    tamis_str line = {(const char *)data + 1, size - 1};
    if (document_init(&doc, NULL) != TAMIS_OK) abort();
    tamis_rc rc = data[0] & 16 ? text_decode(line, NULL, &ORIGIN, &doc, &e)
                               : record_decode(line, NULL, &ORIGIN, &doc, &e);
    if (rc == TAMIS_OK) {
        doc.status = DOCUMENT_WRITTEN;
        record_options clean = options;
        clean.text = TEXT_CLEAN;
        encode(&doc, &clean, &first);
        encode(&doc, &options, &first);
        document_reset(&doc);
        if (record_decode(buffer_str(&first), NULL, &ORIGIN, &doc, &e) != TAMIS_OK) abort();
        doc.status = DOCUMENT_WRITTEN;
        encode(&doc, &options, &second);
        if (!str_equal(buffer_str(&first), buffer_str(&second))) abort();
    }
    buffer_free(&first);
    buffer_free(&second);
    document_free(&doc);
    return 0;
}
