/* Any bytes as a text through the whole pipeline of the four stages: no stage fails on it, and what
 * they found is written and is valid. The first byte chooses how much of the pipeline runs, so that
 * each stage also sees texts that no other has cleaned, and whether notes are taken. */
#include "law.h"

#include "base/json.h"
#include "io/record.h"
#include "pipeline/pipeline.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Stages by their first letters. */
static const char *const CHOICES[] = {"blqw", "b", "l", "q", "w", "lqw"};
enum { KINDS = sizeof CHOICES / sizeof CHOICES[0] };

typedef struct {
    registry plugins;
    pipeline *pipelines[KINDS];
    pipeline_worker workers[KINDS];
    tamis_doc doc;
    buffer record;
} fuzz_state;

static void pipeline_text(const char *choice, buffer *out)
{
    static const char *const names[] = {"boilerplate", "language", "quotes", "weapons"};
    buffer_printf(out, "return pipeline '%s' {", choice);
    for (size_t i = 0; i < 4; i++)
        if (strchr(choice, names[i][0])) buffer_printf(out, " stage '%s' {},", names[i]);
    buffer_append_text(out, " }");
    buffer_append_char(out, 0);
}

static fuzz_state *state(void)
{
    static fuzz_state self;
    static bool opened;
    error e = {0};
    diagnostics diags = {0};
    if (opened) return &self;
    opened = true;
    registry_open(&self.plugins, &(registry_options){.no_installed = true}, &diags);
    for (size_t i = 0; i < KINDS; i++) {
        buffer text = {0};
        pipeline_text(CHOICES[i], &text);
        self.pipelines[i] = pipeline_load("fuzz.lua", text.p, &self.plugins, NULL, 0, &diags);
        buffer_free(&text);
        if (!self.pipelines[i] || pipeline_open(self.pipelines[i], &diags) < 0) {
            diagnostics_print(&diags, stderr, false);
            abort();
        }
        if (pipeline_enter(self.pipelines[i], &self.workers[i], NULL, &e) < 0) abort();
    }
    if (document_init(&self.doc, &e) < 0) abort();
    diagnostics_free(&diags);
    return &self;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const decode_origin ORIGIN = {{"f", 1}, {"f", 1}, {NULL, 0}};
    fuzz_state *self = state();
    error e = {0};
    json_value value;
    if (size == 0) return 0;
    pipeline_worker *worker = &self->workers[data[0] % KINDS];
    tamis_doc *doc = &self->doc;
    document_reset(doc);
    if (text_decode((tamis_str){(const char *)data + 1, size - 1}, NULL, &ORIGIN, doc, &e) < 0)
        return 0; /* UTF-16 with no end may not be a text */
    doc->tracing = data[0] & 128;
    if (pipeline_run(worker, doc) != TAMIS_OK || doc->status == DOCUMENT_QUARANTINED) {
        fprintf(stderr, "%.*s\n", (int)doc->reason.n, doc->reason.p);
        abort();
    }
    check_law(doc);
    self->record.n = 0;
    record_options options = {.nested = data[0] & 64};
    if (record_encode(doc, &options, &self->record, &e) != TAMIS_OK) abort();
    if (json_read(buffer_str(&self->record), &value, &e) != TAMIS_OK) abort();
    return 0;
}
