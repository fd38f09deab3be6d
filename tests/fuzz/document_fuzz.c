/* Any bytes as a program of edits over a document: the law holds after each stage (view + removals
 * = source), and offsets that were accepted map to places that can be cut at. */
#include "law.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct {
    const uint8_t *p, *end;
} tape;

static size_t take(tape *self)
{
    return self->p < self->end ? *self->p++ : 0;
}

static void check_spans(tamis_doc *doc)
{
    size_t count;
    error e = {0};
    const tamis_span *rows = document_spans(doc, TAMIS_STR("*"), &count, &e);
    if (e.rc || count != doc->span_count) abort();
    for (size_t i = 0; i < count; i++) {
        if (rows[i].start > rows[i].end || rows[i].end > doc->view.n) abort();
        if (utf8_valid_prefix(
                (tamis_str){doc->view.p + rows[i].start, rows[i].end - rows[i].start}) !=
            rows[i].end - rows[i].start)
            abort();
        size_t n = rows[i].source_end - rows[i].source_start;
        if (rows[i].state == TAMIS_SPAN_WHOLE &&
            (rows[i].end - rows[i].start != n ||
             memcmp(doc->view.p + rows[i].start, doc->source.p + rows[i].source_start, n) != 0))
            abort();
    }
}

static void one_edit(tamis_doc *doc, tape *program)
{
    static const char *const placeholders[] = {"", "", "[x]", "…"};
    size_t what = take(program), start = take(program), length = take(program);
    if (what % 2) {
        tamis_span s = {.start = start, .end = start + length, .type = TAMIS_STR("w")};
        s.ref = (uint32_t)(what / 2 % 4);
        document_span_add(doc, &s, NULL);
    } else {
        tamis_removal r = {.start = start, .end = start + length, .reason = TAMIS_STR("r")};
        r.placeholder = str_of(placeholders[what / 2 % 4]);
        document_remove(doc, &r, NULL);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tape program = {data, data + size};
    size_t text = take(&program) + 1;
    if (size < text + 2) return 0;
    buffer source = {0};
    utf8_repair((tamis_str){(const char *)data + 1, text}, &source, NULL, NULL);
    program.p += text;
    tamis_doc doc;
    error e = {0};
    if (document_init(&doc, NULL) != TAMIS_OK) abort();
    if (document_set_source(&doc, buffer_str(&source), &e) != TAMIS_OK) abort();
    while (program.p < program.end) {
        size_t edits = take(&program) % 16, spans = doc.span_count, n = doc.view.n;
        document_stage_begin(&doc, TAMIS_STR("s"));
        for (size_t i = 0; i < edits; i++) one_edit(&doc, &program);
        if (take(&program) % 4 == 0) {
            document_stage_rollback(&doc);
            if (doc.span_count != spans || doc.view.n != n) abort();
        } else if (document_stage_commit(&doc, &e) != TAMIS_OK) {
            abort();
        }
        check_law(&doc);
        check_spans(&doc);
    }
    document_free(&doc);
    buffer_free(&source);
    return 0;
}
