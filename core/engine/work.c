/* One worker's work on one task: decode a record, run the stages, encode what comes out into the
 * slot. The same code runs in worker processes and, with --in-process, in the command's own; what
 * differs is how a full slot is handed on (`flush`). */
#include "engine/private.h"

#include <stdlib.h>
#include <time.h>

int64_t work_cpu(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

tamis_rc work_enter(work *self, error *e)
{
    self->has_totals = totals_wanted(self->pipeline);
    FORWARD(document_init(&self->doc, e));
    tamis_rc rc = pipeline_enter(self->pipeline, &self->worker, &self->page->watch, e);
    if (rc < 0) document_free(&self->doc);
    return rc;
}

void work_leave(work *self)
{
    pipeline_leave(&self->worker);
    document_free(&self->doc);
    for (size_t i = 0; i < OUTPUTS_MAX; i++) buffer_free(&self->encoded[i]);
}

/* ------------------------------------------------------------------ the slot */

void work_clear(work *self, slot *s, uint64_t next)
{
    slot_clear(s, self->pipeline->stage_count, next);
    self->worker.figures = s->header->figures;
    self->wall = clock_monotonic();
    self->cpu = work_cpu();
}

/* Stage times are monotonic time; what the batch did not get of the processor is no stage's. */
static void scale_times(work *self, slot *s)
{
    int64_t wall = clock_monotonic() - self->wall, cpu = work_cpu() - self->cpu;
    if (wall <= 0 || cpu >= wall) return;
    double share = (double)cpu / (double)wall;
    for (size_t i = 0; i < self->pipeline->stage_count; i++) {
        stage_figures *f = &s->header->figures[i];
        f->nanoseconds = (uint64_t)((double)f->nanoseconds * share);
    }
}

/* Hands the slot on until a document of so many bytes fits. */
static tamis_rc make_room(work *self, slot *s, size_t bytes, uint32_t chunks, error *e)
{
    slot_fit fit = slot_fits(s, bytes, chunks);
    if (fit == SLOT_FULL) {
        uint64_t next = slot_read(s)->next;
        scale_times(self, s);
        FORWARD(self->flush(self, s, e));
        work_clear(self, s, next);
        fit = slot_fits(s, bytes, chunks);
    }
    if (fit != SLOT_FITS)
        return error_set(e, TAMIS_FAIL, "what comes out is larger than %zu MiB", s->room >> 20);
    return TAMIS_OK;
}

/* ------------------------------------------------------------------ one document */

static bool output_takes(const engine_output *o, document_status status)
{
    switch (o->role) {
    case OUTPUT_RECORDS:
        return status == DOCUMENT_WRITTEN || (status == DOCUMENT_DROPPED && o->with_dropped);
    case OUTPUT_DROPPED: return status == DOCUMENT_DROPPED;
    case OUTPUT_QUARANTINE: break;
    }
    return false;
}

tamis_rc work_quarantine(work *self, const engine_frame *frame, const quarantine_cause *cause,
                         uint64_t next, slot *s, error *e)
{
    size_t output = self->out->output_count;
    for (size_t i = 0; i < self->out->output_count; i++)
        if (self->out->outputs[i].role == OUTPUT_QUARANTINE) output = i;
    buffer *line = &self->encoded[0];
    line->n = 0;
    if (output < self->out->output_count)
        FORWARD(self->in->quarantine(self->in, frame, cause->stage, cause->message, line, e));
    error full = {0};
    if (make_room(self, s, line->n, 1, &full) < 0) {
        if (full.rc == TAMIS_FATAL) return error_set(e, TAMIS_FATAL, "%s", full.text);
        engine_frame by_locator = *frame;
        by_locator.bytes = (tamis_str){0};
        by_locator.fault = "too large to copy";
        line->n = 0;
        FORWARD(self->in->quarantine(self->in, &by_locator, cause->stage, cause->message, line, e));
        FORWARD(make_room(self, s, line->n, 1, e));
    }
    slot_state draft = slot_draft(s);
    if (output < self->out->output_count)
        slot_append(s, &draft, (uint32_t)output, buffer_str(line), false);
    tamis_str sample = cause->sample;
    if (!sample.n) { /* no id was read */
        line->n = 0;
        self->in->place(self->in, frame, line);
        sample = buffer_str(line);
    }
    slot_count_reason(s, &draft, cause->stage, cause->reason, sample);
    draft.documents++;
    draft.quarantined++;
    draft.input_errors += cause->input_error;
    draft.bytes += frame->bytes.n;
    draft.next = next;
    slot_publish(s, &draft);
    return TAMIS_OK;
}

/* Encodes for every output that takes it; *total and *chunks say what came out. */
static tamis_rc encode_all(work *self, size_t *total, uint32_t *chunks, error *e)
{
    *total = 0;
    *chunks = 0;
    for (size_t i = 0; i < self->out->output_count; i++) {
        self->encoded[i].n = 0;
        if (!output_takes(&self->out->outputs[i], self->doc.status)) continue;
        FORWARD(self->out->encode(self->out, i, &self->doc, &self->encoded[i], e));
        if (self->encoded[i].failed) {
            buffer_free(&self->encoded[i]);
            self->encoded[i] = (buffer){0};
            return error_set(e, TAMIS_FAIL, "no memory to encode it");
        }
        *total += self->encoded[i].n;
        ++*chunks;
    }
    return TAMIS_OK;
}

/* Documents that once needed much give it back. */
static void shrink_buffers(work *self)
{
    for (size_t i = 0; i < self->out->output_count; i++) {
        if (self->encoded[i].room > 2 * SLOT_SOFT_BYTES) {
            buffer_free(&self->encoded[i]);
            self->encoded[i] = (buffer){0};
        }
    }
}

/* The first of its bytes that are no text; NULL: all are. */
static const document_error *first_fault(const tamis_doc *doc)
{
    for (size_t i = 0; i < doc->error_count; i++) {
        const document_error *at = &doc->errors[i];
        if (str_is(at->code, "E0501") || str_is(at->code, "E0509")) return at;
    }
    return NULL;
}

static tamis_rc finish_document(work *self, const engine_frame *frame, uint64_t next, slot *s,
                                error *e)
{
    tamis_doc *doc = &self->doc;
    size_t total;
    uint32_t chunks;
    error bad = {0};
    if (encode_all(self, &total, &chunks, &bad) < 0 ||
        make_room(self, s, total, chunks, &bad) < 0) {
        if (bad.rc == TAMIS_FATAL) return error_set(e, TAMIS_FATAL, "%s", bad.text);
        quarantine_cause cause = {TAMIS_STR("output"), str_of(bad.text), str_of(bad.text), doc->id,
                                  false};
        return work_quarantine(self, frame, &cause, next, s, e);
    }
    slot_state draft = slot_draft(s);
    for (size_t i = 0; i < self->out->output_count; i++)
        if (output_takes(&self->out->outputs[i], doc->status))
            slot_append(s, &draft, (uint32_t)i, buffer_str(&self->encoded[i]), false);
    slot_note_id(s, &draft, doc->id);
    const document_error *fault = first_fault(doc);
    if (fault) slot_count_fault(s, &draft, fault->message, doc->id);
    if (doc->status == DOCUMENT_DROPPED) {
        slot_count_reason(s, &draft, TAMIS_STR("dropped"), doc->reason, (tamis_str){0});
        draft.dropped++;
    } else {
        draft.written++;
    }
    draft.documents++;
    draft.bytes += frame->bytes.n;
    draft.next = next;
    slot_publish(s, &draft);
    if (total > SLOT_SOFT_BYTES) shrink_buffers(self);
    return TAMIS_OK;
}

/* A record that leaves no trace: not the one asked for, or run for the state of stages only. */
static void pass_over(slot *s, uint64_t next)
{
    slot_state draft = slot_draft(s);
    draft.next = next;
    slot_publish(s, &draft);
}

static tamis_rc run_document(work *self, const engine_frame *frame, uint64_t next, bool muted,
                             slot *s, error *e)
{
    tamis_doc *doc = &self->doc;
    error bad = {0};
    if (frame->fault) error_set(&bad, TAMIS_FAIL, "%s", frame->fault);
    document_reset(doc);
    if (bad.rc < 0 || self->in->decode(self->in, frame, doc, &bad) < 0) {
        if (muted || self->options->only_id.n) {
            pass_over(s, next);
            return TAMIS_OK;
        }
        quarantine_cause cause = {TAMIS_STR("input"), str_of(bad.text), str_of(bad.text),
                                  (tamis_str){0}, true};
        return work_quarantine(self, frame, &cause, next, s, e);
    }
    if (self->options->only_id.n && !str_equal(doc->id, self->options->only_id)) {
        pass_over(s, next);
        return TAMIS_OK;
    }
    if (pipeline_run(&self->worker, doc) == TAMIS_FATAL)
        return error_set(e, TAMIS_FATAL, "%s", self->worker.error.text);
    if (muted) {
        pass_over(s, next);
        return TAMIS_OK;
    }
    if (doc->status != DOCUMENT_QUARANTINED) return finish_document(self, frame, next, s, e);
    uint32_t failed = self->worker.failed_stage;
    tamis_str stage = failed ? str_of(self->pipeline->stages[failed - 1].name) : (tamis_str){0};
    quarantine_cause cause = {stage, str_of(self->worker.error.text),
                              str_of(self->worker.error.text), doc->id, false};
    return work_quarantine(self, frame, &cause, next, s, e);
}

/* ------------------------------------------------------------------ a task */

/* State of stages goes with the batch that gave it; it is reset whether wanted or not. */
static tamis_rc save_totals(work *self, slot *s, error *e)
{
    for (size_t i = 0; i < self->pipeline->stage_count; i++) {
        if (!pipeline_has_totals(self->pipeline, i)) continue;
        tamis_str bytes = {0};
        FORWARD(pipeline_save(&self->worker, i, &bytes, e));
        if (bytes.n == 0) continue;
        if (make_room(self, s, bytes.n, 1, e) < 0)
            return error_set(e, TAMIS_FATAL, "stage `%s`: its state of one batch is too large",
                             self->pipeline->stages[i].name);
        slot_state draft = slot_draft(s);
        slot_append(s, &draft, CHUNK_TOTALS + (uint32_t)i, bytes, true);
        slot_publish(s, &draft);
    }
    return TAMIS_OK;
}

work_result work_batch(work *self, const message *task, slot *s, error *e)
{
    uint64_t index = 0;
    bool replace = false;
    engine_frame frame;
    self->worker.skip_stage = task->skip_stage;
    work_clear(self, s, task->first);
    if (self->in->load(self->in, &task->batch, slots_input(self->slots, task->input), e) < 0)
        return WORK_FATAL;
    stage_figures *kept = s->header->figures, muted_figures[64];
    for (; !replace && self->in->frame(self->in, &frame); index++) {
        if (index < task->first) continue;
        if (task->count && index >= task->first + task->count) break;
        bool muted = index < task->muted;
        if (muted && self->pipeline->stage_count <= 64)
            memcpy(muted_figures, kept, self->pipeline->stage_count * sizeof *kept);
        worker_page *page = self->page;
        atomic_fetch_add_explicit(&page->sequence, 1, memory_order_relaxed);
        atomic_store_explicit(&page->document, index + 1, memory_order_release);
        tamis_rc rc = run_document(self, &frame, index + 1, muted, s, e);
        atomic_store_explicit(&page->document, 0, memory_order_release);
        if (rc < 0) return WORK_FATAL;
        if (muted && self->pipeline->stage_count <= 64)
            memcpy(kept, muted_figures, self->pipeline->stage_count * sizeof *kept);
        if (self->between) {
            rc = self->between(self, e);
            if (rc < 0) return WORK_FATAL;
            replace = rc > 0;
        }
    }
    self->worker.skip_stage = 0;
    if (self->has_totals && save_totals(self, s, e) < 0) return WORK_FATAL;
    scale_times(self, s);
    return replace ? WORK_REPLACE : WORK_DONE;
}
