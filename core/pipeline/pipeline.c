/* Running a pipeline: open once, enter per worker, run per document, and the way back. The hot path
 * is pipeline_run; a stage that does nothing costs one clock reading and a few stores. */
#include "pipeline/pipeline.h"

#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>

/* ------------------------------------------------------------------ open and close */

static void call_init(const pipeline *self, size_t index, stage_call *out, call_phase phase)
{
    const pipeline_stage *stage = &self->stages[index];
    *out = (stage_call){.run = {.size = sizeof(tamis_run),
                                .conf = stage->conf,
                                .shared = phase == PHASE_OPEN ? NULL : stage->shared},
                        .phase = phase,
                        .stage = stage->name,
                        .element = stage->element,
                        .resources = self->resources};
}

/* What a callback's return code and sticky failure amount to. */
static tamis_rc call_result(stage_call *call, tamis_rc rc, const char *callback)
{
    if (call->failure.rc == TAMIS_FATAL || rc == TAMIS_FATAL)
        rc = TAMIS_FATAL;
    else if (call->failure.rc < 0 && rc >= 0)
        rc = TAMIS_FAIL;
    if (rc < 0 && !call->failure.text[0])
        error_set(&call->failure, rc, "`%s` returned %s without a message", callback,
                  rc == TAMIS_FATAL ? "TAMIS_FATAL" : "TAMIS_FAIL");
    if (rc > TAMIS_DROP || rc < TAMIS_FATAL) {
        call->failure = (error){0};
        return error_set(&call->failure, TAMIS_FAIL, "`%s` returned the unknown code %" PRId32,
                         callback, rc);
    }
    return rc;
}

/* A number that grows with the threads of this process; 0 where none is told. */
static uint64_t count_threads(void)
{
    struct stat tasks;
    return stat("/proc/self/task", &tasks) ? 0 : (uint64_t)tasks.st_nlink;
}

tamis_rc pipeline_open(pipeline *self, diagnostics *out)
{
    for (size_t i = 0; i < self->stage_count; i++) {
        pipeline_stage *stage = &self->stages[i];
        if (!stage->stage.open || stage->adopted) continue;
        stage_call call;
        call_init(self, i, &call, PHASE_OPEN);
        call.memory = &self->memory;
        uint64_t threads = count_threads();
        tamis_rc rc = call_result(&call, stage->stage.open(&call.run, &stage->shared), "open");
        if (count_threads() > threads)
            host_table.log(&call.run, TAMIS_LOG_WARNING,
                           "it started a thread in `open`: workers are forked, and none of them "
                           "has it; start threads in `enter`, end them in `leave`");
        if (rc != TAMIS_OK) {
            diagnostics_add(out, DIAGNOSTIC_ERROR, "E0203", stage->spec->at,
                            "stage `%s` could not open: %s", stage->name, call.failure.text);
            return TAMIS_FATAL;
        }
        self->opened = i + 1;
    }
    self->opened = self->stage_count;
    return TAMIS_OK;
}

uint64_t pipeline_identity(const pipeline *self)
{
    uint64_t parts[] = {self->options_hash, script_identity(self->script),
                        stage_resources_hash(self->resources)};
    return hash_bytes(parts, sizeof parts, 0);
}

void pipeline_adopt(pipeline *self, const pipeline *donor)
{
    for (size_t i = 0; i < self->stage_count; i++) {
        pipeline_stage *stage = &self->stages[i];
        for (size_t k = 0; stage->element && !stage->adopted && k < donor->opened; k++) {
            const pipeline_stage *from = &donor->stages[k];
            if (!from->element || strcmp(from->element->file, stage->element->file) != 0 ||
                strcmp(from->stage.name, stage->stage.name) != 0 ||
                strcmp(from->effective, stage->effective) != 0)
                continue;
            stage->shared = from->shared;
            stage->adopted = true;
        }
    }
}

void pipeline_close(pipeline *self)
{
    if (!self) return;
    for (size_t i = self->opened; i-- > 0;)
        if (self->stages[i].stage.close && !self->stages[i].adopted)
            self->stages[i].stage.close(self->stages[i].shared);
    stage_resources_free(self->resources);
    script_free(self->script);
    stage_log_summary();
    arena memory = self->memory;
    arena_free(&memory);
}

/* ------------------------------------------------------------------ enter and leave */

tamis_rc pipeline_enter(const pipeline *self, pipeline_worker *out, pipeline_watch *watch, error *e)
{
    *out = (pipeline_worker){.pipeline = self, .watch = watch};
    size_t n = self->stage_count + 1;
    out->calls = arena_alloc(&out->memory, n * sizeof *out->calls);
    out->figures = arena_alloc(&out->memory, n * sizeof *out->figures);
    if (!out->calls || !out->figures) return error_set(e, TAMIS_FATAL, "no memory for a worker");
    if (self->script && script_enter(self->script, e) < 0) {
        arena_free(&out->memory);
        return TAMIS_FATAL;
    }
    for (size_t i = 0; i < self->stage_count; i++) {
        const pipeline_stage *stage = &self->stages[i];
        stage_call *call = &out->calls[i];
        call_init(self, i, call, PHASE_ENTER);
        call->memory = &out->memory;
        if (out->watch) out->watch->stage = (uint32_t)i + 1;
        tamis_rc rc =
            stage->stage.enter
                ? call_result(call, stage->stage.enter(&call->run, &call->run.scratch), "enter")
                : TAMIS_OK;
        call->phase = PHASE_RUN;
        if (rc != TAMIS_OK) {
            error_set(e, rc, "stage `%s` could not enter a worker: %s", stage->name,
                      call->failure.text);
            for (size_t k = i; k-- > 0;)
                if (self->stages[k].stage.leave)
                    self->stages[k].stage.leave(self->stages[k].shared, out->calls[k].run.scratch);
            arena_free(&out->memory);
            return rc;
        }
    }
    return TAMIS_OK;
}

void pipeline_leave(pipeline_worker *self)
{
    const pipeline *p = self->pipeline;
    for (size_t i = p->stage_count; i-- > 0;)
        if (p->stages[i].stage.leave)
            p->stages[i].stage.leave(p->stages[i].shared, self->calls[i].run.scratch);
    arena_free(&self->saved);
    arena_free(&self->memory);
}

/* ------------------------------------------------------------------ run */

static void stage_failed(pipeline_worker *self, size_t index, tamis_doc *doc, const char *message)
{
    const pipeline_stage *stage = &self->pipeline->stages[index];
    document_stage_rollback(doc);
    self->figures[index].failed++;
    if (stage->on_error == ON_ERROR_SKIP) {
        document_add_error(doc, 0, 0, TAMIS_STR("E0506"), str_of(message), str_of(stage->name));
        return;
    }
    self->failed_stage = (uint32_t)index + 1;
    error_set(&self->error, TAMIS_FAIL, "%s", message);
    doc->status = DOCUMENT_QUARANTINED;
    doc->reason = str_of(arena_printf(&doc->memory, "%s: %s", stage->name, message));
}

static tamis_rc stage_finished(pipeline_worker *self, size_t index, tamis_doc *doc, tamis_rc rc)
{
    stage_call *call = &self->calls[index];
    error commit = {0};
    if (rc == TAMIS_FATAL) {
        document_stage_rollback(doc);
        return error_set(&self->error, TAMIS_FATAL, "stage `%s`: %s", call->stage,
                         call->failure.text);
    }
    if (rc == TAMIS_FAIL) {
        stage_failed(self, index, doc, call->failure.text);
    } else if (document_stage_commit(doc, &commit) < 0) {
        stage_failed(self, index, doc, commit.text);
    } else if (rc == TAMIS_DROP) {
        self->figures[index].dropped++;
        doc->status = DOCUMENT_DROPPED;
        doc->reason = arena_copy(&doc->memory,
                                 str_of(call->drop_reason[0] ? call->drop_reason : call->stage));
    }
    return TAMIS_OK;
}

/* Whether a stage runs on this document: its guard, and what it did to an earlier worker. */
static bool stage_wanted(pipeline_worker *self, size_t index, tamis_doc *doc)
{
    const pipeline_stage *stage = &self->pipeline->stages[index];
    bool runs = true;
    if (self->skip_stage == index + 1) {
        document_add_error(
            doc, 0, 0, TAMIS_STR("E0508"),
            TAMIS_STR("the stage ended its worker twice on this document and was left out"),
            str_of(stage->name));
        runs = false;
    } else if (stage->guard) {
        error e = {0};
        document_stage_begin(doc, str_of(stage->name));
        if (script_guard_test(stage->guard, doc, &runs, &e) < 0) {
            char message[1100];
            snprintf(message, sizeof message, "its `when` failed: %s", e.text);
            stage_failed(self, index, doc, message);
            runs = false;
        } else {
            document_stage_rollback(doc);
        }
        if (self->pipeline->script) self->tainted |= script_tainted(self->pipeline->script);
    }
    if (!runs) self->figures[index].skipped++;
    return runs;
}

static void call_prepare(stage_call *call, tamis_doc *doc, int64_t now, double seconds)
{
    call->doc = doc;
    call->memory = &doc->memory;
    call->failure.rc = 0;
    call->failure.text[0] = 0;
    call->drop_reason[0] = 0;
    call->run.flags = doc->tracing ? TAMIS_TRACING : 0;
    call->deadline = seconds > 0 ? now + (int64_t)(seconds * 1e9) : 0;
}

tamis_rc pipeline_run(pipeline_worker *self, tamis_doc *doc)
{
    const pipeline *p = self->pipeline;
    self->failed_stage = 0;
    self->error.rc = 0;
    self->error.text[0] = 0;
    int64_t now = clock_monotonic();
    for (size_t i = 0; i < p->stage_count && doc->status == DOCUMENT_OPEN; i++) {
        const pipeline_stage *stage = &p->stages[i];
        stage_call *call = &self->calls[i];
        if (self->watch) {
            self->watch->since = now;
            self->watch->stage = (uint32_t)i + 1;
        }
        if ((stage->guard || self->skip_stage) && !stage_wanted(self, i, doc)) continue;
        size_t spans = doc->span_count, removals = doc->removal_count, bytes = doc->view.n;
        if (self->observer) self->observer(self->observer_user, stage, doc, true);
        call_prepare(call, doc, now, stage->seconds);
        document_stage_begin(doc, str_of(stage->name));
        tamis_rc rc = call_result(call, stage->stage.run(&call->run, doc), "run");
        rc = stage_finished(self, i, doc, rc);
        stage_writes_check(&stage->writes, call, doc, (writes_mark){spans, removals});
        int64_t end = clock_monotonic();
        stage_figures *figures = &self->figures[i];
        stage_figures_time(figures, (uint64_t)(end - now));
        now = end;
        figures->calls++;
        figures->bytes += bytes;
        if (doc->span_count > spans) figures->spans += doc->span_count - spans;
        if (doc->removal_count > removals) figures->removals += doc->removal_count - removals;
        if (!stage->element && p->script) self->tainted |= script_tainted(p->script);
        if (self->observer) self->observer(self->observer_user, stage, doc, false);
        if (rc == TAMIS_FATAL) return rc;
    }
    if (self->watch) self->watch->stage = 0;
    if (doc->status == DOCUMENT_OPEN) doc->status = DOCUMENT_WRITTEN;
    return TAMIS_OK;
}

/* ------------------------------------------------------------------ state over documents */

bool pipeline_has_totals(const pipeline *self, size_t stage)
{
    return self->stages[stage].stage.save != NULL;
}

static tamis_rc totals_result(const pipeline *self, size_t stage, stage_call *call, tamis_rc rc,
                              const char *callback, error *e)
{
    rc = call_result(call, rc, callback);
    if (rc == TAMIS_OK) return TAMIS_OK;
    return error_set(e, TAMIS_FATAL, "stage `%s` could not %s its totals: %s",
                     self->stages[stage].name, callback, call->failure.text);
}

tamis_rc pipeline_save(pipeline_worker *self, size_t stage, tamis_str *bytes, error *e)
{
    stage_call *call = &self->calls[stage];
    *bytes = (tamis_str){0};
    arena_reset(&self->saved);
    call->memory = &self->saved;
    call->phase = PHASE_TOTALS;
    call->failure.rc = 0;
    call->failure.text[0] = 0;
    tamis_rc rc = self->pipeline->stages[stage].stage.save(&call->run, bytes);
    call->phase = PHASE_RUN;
    return totals_result(self->pipeline, stage, call, rc, "save", e);
}

tamis_rc pipeline_merge(const pipeline *self, size_t stage, void **total, tamis_str bytes, error *e)
{
    stage_call call;
    arena memory = {0};
    call_init(self, stage, &call, PHASE_TOTALS);
    call.memory = &memory;
    tamis_rc rc = self->stages[stage].stage.merge(&call.run, total, bytes);
    rc = totals_result(self, stage, &call, rc, "merge", e);
    arena_free(&memory);
    return rc;
}

tamis_rc pipeline_finish(const pipeline *self, size_t stage, void *total, arena *memory,
                         tamis_str *json, error *e)
{
    stage_call call;
    arena own = {0};
    tamis_str text = {0};
    call_init(self, stage, &call, PHASE_TOTALS);
    call.memory = &own;
    tamis_rc rc = self->stages[stage].stage.finish(&call.run, total, &text);
    rc = totals_result(self, stage, &call, rc, "finish", e);
    *json = rc == TAMIS_OK ? arena_copy(memory, text) : (tamis_str){0};
    arena_free(&own);
    return rc;
}
