/* tamis trace: one document through the pipeline; behind each stage, what it changed: lines that
 * went, spans in their places, attributes, and the rules that did it. */
#include "cli/place.h"
#include "cli/report.h"
#include "cli/session.h"
#include "cli/sight.h"

#include <inttypes.h>
#include <stdlib.h>

typedef struct {
    const cli_args *args;
    session s;
    tamis_doc doc;
    sight_look look;
    arena memory;
    size_t told; /* stages */
    /* as they were before the running stage */
    size_t spans, notes, attribute_count;
    uint32_t removals; /* the largest number */
    tamis_attr *attributes;
    int64_t since;
} tracing;

/* ------------------------------------------------------------------ before a stage */

static uint32_t last_removal(const tamis_doc *doc)
{
    uint32_t last = 0;
    for (size_t i = 0; i < doc->removal_count; i++)
        if (doc->removals[i].number > last) last = doc->removals[i].number;
    return last;
}

static void note_state(tracing *self)
{
    const tamis_doc *doc = &self->doc;
    self->spans = doc->span_count;
    self->notes = doc->note_count;
    self->removals = last_removal(doc);
    self->attributes = arena_alloc(&self->memory, (doc->attribute_count + 1) * sizeof(tamis_attr));
    self->attribute_count = self->attributes ? doc->attribute_count : 0;
    for (size_t i = 0; i < self->attribute_count; i++) {
        self->attributes[i] = doc->attributes[i].attr;
        if (self->attributes[i].type == TAMIS_ATTR_STRING)
            self->attributes[i].u.s = arena_copy(&self->memory, self->attributes[i].u.s);
    }
    self->since = clock_monotonic();
}

/* ------------------------------------------------------------------ behind it */

static bool same_attribute(const tamis_attr *a, const tamis_attr *b)
{
    if (a->type != b->type) return false;
    if (a->type == TAMIS_ATTR_STRING) return str_equal(a->u.s, b->u.s);
    if (a->type == TAMIS_ATTR_NUMBER) return a->u.d >= b->u.d && a->u.d <= b->u.d;
    if (a->type == TAMIS_ATTR_BOOL) return a->u.b == b->u.b;
    return a->u.i == b->u.i;
}

static void tell_attribute(const tracing *self, const tamis_attr *a)
{
    FILE *out = self->look.out;
    fprintf(out, "%s+%s       %.*s = ", self->look.green, self->look.off, (int)a->key.n, a->key.p);
    switch (a->type) {
    case TAMIS_ATTR_STRING: fwrite(a->u.s.p, 1, a->u.s.n, out); break;
    case TAMIS_ATTR_NUMBER: fprintf(out, "%.4g", a->u.d); break;
    case TAMIS_ATTR_BOOL: fputs(a->u.b ? "true" : "false", out); break;
    default: fprintf(out, "%" PRId64, a->u.i);
    }
    fputc('\n', out);
}

static size_t tell_attributes(const tracing *self)
{
    size_t told = 0;
    for (size_t i = 0; i < self->doc.attribute_count; i++) {
        const tamis_attr *now = &self->doc.attributes[i].attr;
        bool known = false;
        for (size_t k = 0; k < self->attribute_count && !known; k++)
            known = str_equal(now->key, self->attributes[k].key) &&
                    same_attribute(now, &self->attributes[k]);
        if (!known) tell_attribute(self, now);
        told += !known;
    }
    return told;
}

static sight *gather(tracing *self, size_t *count)
{
    const tamis_doc *doc = &self->doc;
    sight *list =
        arena_alloc(&self->memory, (doc->span_count + doc->removal_count + 1) * sizeof *list);
    *count = 0;
    if (!list) return NULL;
    for (size_t i = 0; i < doc->removal_count; i++) {
        const document_removal *r = &doc->removals[i];
        list[(*count)++] = sight_of_removal(r, r->number > self->removals ? SIGHT_NEW : SIGHT_OLD);
    }
    for (size_t i = self->spans; i < doc->span_count; i++)
        list[(*count)++] = sight_of_span(&doc->spans[i], SIGHT_NEW);
    return list;
}

static void tell_notes(const tracing *self)
{
    enum { HANG = 12 }; /* columns */
    cli_folded folded;
    FILE *out = cli_fold_begin(&folded, self->look.out);
    for (size_t i = self->notes; cli_has(self->args, FLAG_verbose) && i < self->doc.note_count;
         i++) {
        const document_note *note = &self->doc.notes[i];
        fprintf(out, "%s          %s %.*s: %.*s%s\n", self->look.dim,
                note->reject ? "let go:" : "saw", (int)note->cue.n, note->cue.p, (int)note->text.n,
                note->text.p, self->look.off);
    }
    cli_fold_end(&folded, HANG);
}

/* Stages between the last one told and this: they did not run. */
static void tell_skipped(tracing *self, size_t index)
{
    const pipeline *p = self->s.pipeline;
    for (; self->told < index; self->told++)
        fprintf(self->look.out, "\n%s%zu. %s%s  did not run%s\n", self->look.bold, self->told + 1,
                p->stages[self->told].name, self->look.off,
                self->doc.status == DOCUMENT_OPEN || self->doc.status == DOCUMENT_WRITTEN
                    ? ": its `when` said no"
                    : "");
}

/* "2. quotes  77 µs  2 quote, 1 cue"; how many findings. */
static size_t tell_head(const tracing *self, const pipeline_stage *stage, const char *time,
                        const sight *list, size_t count)
{
    enum { HANG = 6 }; /* columns */
    cli_folded folded;
    sight_look apart = self->look;
    apart.out = cli_fold_begin(&folded, self->look.out);
    fprintf(apart.out, "\n%s%zu. %s%s  %s%s%s  ", apart.bold, self->told + 1, stage->name,
            apart.off, apart.dim, time, apart.off);
    size_t fresh = list ? sight_print_counts(&apart, list, count, SIGHT_NEW) : 0;
    fputc('\n', apart.out);
    cli_fold_end(&folded, HANG);
    return fresh;
}

static void tell_stage(tracing *self, const pipeline_stage *stage)
{
    char time[24];
    size_t count;
    FILE *out = self->look.out;
    int64_t now = clock_monotonic();
    sight *list = gather(self, &count);
    report_time((double)(now - self->since) / 1e9, time);
    size_t fresh = tell_head(self, stage, time, list, count);
    tell_notes(self);
    size_t told = tell_attributes(self);
    if (fresh) sight_print(&self->look, self->doc.source, list, count);
    if (!fresh && !told && self->doc.status <= DOCUMENT_WRITTEN)
        fprintf(out, "%s          nothing%s\n", self->look.dim, self->look.off);
    self->told++;
}

static void observe(void *user, const pipeline_stage *stage, tamis_doc *doc, bool before)
{
    tracing *self = user;
    (void)doc;
    if (before) {
        tell_skipped(self, (size_t)(stage - self->s.pipeline->stages));
        note_state(self);
    } else {
        tell_stage(self, stage);
    }
}

static int run(tracing *self)
{
    pipeline_worker worker;
    error e = {0};
    tamis_doc *doc = &self->doc;
    doc->tracing = cli_has(self->args, FLAG_verbose); /* notes cost, and are told with -v */
    script_set_limits(self->s.pipeline->script, (script_limits){.polling = true});
    if (session_enter(&self->s, &worker, &e) < 0) return cli_fail(CLI_CONFIG, "%s", e.text);
    worker.observer = observe;
    worker.observer_user = self;
    printf("%s%.*s%s  %zu lines, %zu code points\n", self->look.bold, (int)doc->id.n, doc->id.p,
           self->look.off, place_of(doc->source, doc->source.n).line, utf8_count(doc->source));
    tamis_rc rc = pipeline_run(&worker, doc);
    int code = rc == TAMIS_FATAL ? cli_fail(CLI_INTERNAL, "%s", worker.error.text) : CLI_DONE;
    tell_skipped(self, self->s.pipeline->stage_count);
    if (doc->status == DOCUMENT_DROPPED || doc->status == DOCUMENT_QUARANTINED)
        printf("\n%sthe document was %s%s: %.*s\n", self->look.red,
               doc->status == DOCUMENT_DROPPED ? "dropped" : "quarantined", self->look.off,
               (int)doc->reason.n, doc->reason.p);
    else
        printf("\n%zu of %zu code points stay, %zu spans\n", utf8_count(doc->view),
               utf8_count(doc->source), doc->span_count);
    pipeline_leave(&worker);
    return code;
}

int verb_trace(const cli_args *args)
{
    if (args->operands.count != 2)
        return cli_usage(args->verb, "trace a pipeline on one file: tamis trace PIPELINE FILE");
    int code = session_check_inputs(args, args->operands.at + 1, 1);
    if (code) return code;
    tracing self = {.args = args, .look = sight_look_of(args, stdout)};
    error e = {0};
    session_open(&self.s, args);
    bool made = document_init(&self.doc, &e) >= 0;
    if (!made) code = cli_fail(CLI_INTERNAL, "%s", e.text);
    if (!code) code = session_load(&self.s, args->operands.at[0], NULL);
    if (!code) code = session_read_document(args, args->operands.at[1], &self.doc);
    if (!code) code = run(&self);
    if (!code) code = cli_flush();
    if (made) document_free(&self.doc);
    session_close(&self.s);
    arena_free(&self.memory);
    return code;
}
