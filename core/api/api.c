/* libtamis: the embedding interface over the pipeline room. Thin on purpose: what it adds to a
 * pipeline and a document is ownership, and messages in place of diagnostics. */
#include <tamis/tamis.h>

#include <stdlib.h>

#include "io/record.h"
#include "pipeline/pipeline.h"

struct tamis_pipeline {
    registry plugins;
    pipeline *pipeline;
    override *overrides;
    int sessions;
    bool has_lua;
};

struct tamis_session {
    tamis_pipeline *owner;
    pipeline_worker worker;
    tamis_doc doc;
    buffer record;
    tamis_removal *removals;
};

const char *tamis_version(void)
{
    return TAMIS_VERSION;
}

/* ------------------------------------------------------------------ messages */

static void say(tamis_message *why, const char *text)
{
    if (why) snprintf(why->text, sizeof why->text, "%s", text);
}

/* All diagnostics as one text, the way the command prints them. */
static void say_diagnostics(tamis_message *why, const diagnostics *found)
{
    char *text = NULL;
    size_t n = 0;
    FILE *memory = why ? open_memstream(&text, &n) : NULL;
    if (!memory) return;
    diagnostics_print(found, memory, false);
    fclose(memory);
    say(why, text ? text : "");
    free(text);
}

/* ------------------------------------------------------------------ pipelines */

static size_t count_strings(const char *const *list)
{
    size_t n = 0;
    while (list && list[n]) n++;
    return n;
}

tamis_pipeline *tamis_pipeline_open(const char *path, const tamis_open_options *given,
                                    tamis_message *why)
{
    tamis_open_options options = {0};
    if (given) memcpy(&options, given, given->size < sizeof options ? given->size : sizeof options);
    tamis_pipeline *self = calloc(1, sizeof *self);
    size_t settings = count_strings(options.settings);
    if (self) self->overrides = calloc(settings + 1, sizeof *self->overrides);
    if (!self || !self->overrides) {
        say(why, "no memory");
        tamis_pipeline_free(self);
        return NULL;
    }
    for (size_t i = 0; i < settings; i++) self->overrides[i].text = options.settings[i];
    diagnostics found = {0};
    registry_options where = {.plugin_dirs = options.plugin_dirs,
                              .plugin_dir_count = count_strings(options.plugin_dirs)};
    registry_open(&self->plugins, &where, &found);
    if (!found.errors)
        self->pipeline =
            pipeline_load(path, NULL, &self->plugins, self->overrides, settings, &found);
    if (self->pipeline) {
        script_set_limits(self->pipeline->script, (script_limits){.polling = true});
        for (size_t i = 0; i < self->pipeline->stage_count; i++)
            self->has_lua |= !self->pipeline->stages[i].element || self->pipeline->stages[i].guard;
    }
    if (!self->pipeline || pipeline_open(self->pipeline, &found) < 0) {
        say_diagnostics(why, &found);
        tamis_pipeline_free(self);
        self = NULL;
    }
    diagnostics_free(&found);
    return self;
}

void tamis_pipeline_free(tamis_pipeline *self)
{
    if (!self) return;
    pipeline_close(self->pipeline);
    registry_free(&self->plugins);
    free(self->overrides);
    free(self);
}

/* ------------------------------------------------------------------ sessions */

tamis_session *tamis_session_new(tamis_pipeline *owner, tamis_message *why)
{
    error e = {0};
    int others = __atomic_fetch_add(&owner->sessions, 1, __ATOMIC_SEQ_CST);
    tamis_session *self = NULL;
    if (owner->has_lua && others) {
        say(why,
            "a pipeline with Lua in it has one session: open the pipeline once for each thread");
    } else if (!(self = calloc(1, sizeof *self)) || document_init(&self->doc, &e) < 0) {
        say(why, e.text[0] ? e.text : "no memory");
    } else if (pipeline_enter(owner->pipeline, &self->worker, NULL, &e) == TAMIS_OK) {
        self->owner = owner;
        return self;
    } else {
        document_free(&self->doc);
        say(why, e.text);
    }
    free(self);
    __atomic_fetch_sub(&owner->sessions, 1, __ATOMIC_SEQ_CST);
    return NULL;
}

void tamis_session_free(tamis_session *self)
{
    if (!self) return;
    pipeline_leave(&self->worker);
    document_free(&self->doc);
    buffer_free(&self->record);
    __atomic_fetch_sub(&self->owner->sessions, 1, __ATOMIC_SEQ_CST);
    free(self);
}

tamis_rc tamis_session_run(tamis_session *self, const char *id, const char *text, size_t length,
                           tamis_message *why)
{
    error e = {0};
    decode_origin origin = {.id = str_of(id), .input = str_of(id), .locator = str_of(id)};
    document_reset(&self->doc);
    self->removals = NULL;
    tamis_rc rc =
        text_decode((tamis_str){text, length}, &(decode_options){0}, &origin, &self->doc, &e);
    if (rc < 0) {
        say(why, e.text);
        return rc;
    }
    if (pipeline_run(&self->worker, &self->doc) == TAMIS_FATAL) {
        say(why, self->worker.error.text);
        return TAMIS_FATAL;
    }
    if (self->doc.status == DOCUMENT_WRITTEN) return TAMIS_OK;
    if (why)
        snprintf(why->text, sizeof why->text, "%.*s", (int)self->doc.reason.n, self->doc.reason.p);
    return self->doc.status == DOCUMENT_DROPPED ? TAMIS_DROP : TAMIS_FAIL;
}

/* ------------------------------------------------------------------ what came out */

tamis_str tamis_session_reason(const tamis_session *self)
{
    return self->doc.reason;
}
tamis_str tamis_session_source(const tamis_session *self)
{
    return self->doc.source;
}
tamis_str tamis_session_text(const tamis_session *self)
{
    return self->doc.view;
}

/* Rows in the caller's size; the library's own where the two agree. */
static const void *rows_as(tamis_session *self, const void *rows, size_t own_size, size_t row_size,
                           size_t count)
{
    if (row_size == own_size || !count) return rows;
    char *out = arena_alloc(&self->doc.memory, count * row_size);
    for (size_t i = 0; out && i < count; i++)
        memcpy(out + i * row_size, (const char *)rows + i * own_size,
               row_size < own_size ? row_size : own_size);
    return out;
}

const tamis_span *tamis_session_spans(tamis_session *self, const char *type, size_t row_size,
                                      size_t *count)
{
    error e = {0};
    *count = 0;
    const tamis_span *rows = document_spans(&self->doc, str_of(type), count, &e);
    const void *out = rows_as(self, rows, sizeof *rows, row_size, *count);
    if (!out) *count = 0;
    return out;
}

const tamis_removal *tamis_session_removals(tamis_session *self, size_t row_size, size_t *count)
{
    const tamis_doc *doc = &self->doc;
    *count = doc->removal_count;
    if (!self->removals) {
        self->removals = arena_alloc(&self->doc.memory, (*count + 1) * sizeof *self->removals);
        for (size_t i = 0; self->removals && i < *count; i++) {
            const document_removal *r = &doc->removals[i];
            self->removals[i] = (tamis_removal){.start = r->start,
                                                .end = r->end,
                                                .reason = r->reason,
                                                .rule = r->rule,
                                                .placeholder = r->placeholder,
                                                .score = r->score,
                                                .flags = r->flags};
        }
    }
    const void *out = self->removals
                          ? rows_as(self, self->removals, sizeof *self->removals, row_size, *count)
                          : NULL;
    if (!out) *count = 0;
    return out;
}

const char *tamis_session_record(tamis_session *self, const tamis_record_options *given,
                                 tamis_message *why)
{
    tamis_record_options options = {0};
    error e = {0};
    if (given) memcpy(&options, given, given->size < sizeof options ? given->size : sizeof options);
    record_options how = {.offsets = options.offsets == TAMIS_OFFSETS_BYTE    ? OFFSETS_BYTE
                                     : options.offsets == TAMIS_OFFSETS_UTF16 ? OFFSETS_UTF16
                                                                              : OFFSETS_CODEPOINT,
                          .text = options.original ? TEXT_ORIGINAL : TEXT_CLEAN,
                          .nested = options.nested != 0};
    self->record.n = 0;
    if (record_encode(&self->doc, &how, &self->record, &e) < 0) {
        say(why, e.text);
        return NULL;
    }
    if (self->record.n && self->record.p[self->record.n - 1] == '\n') self->record.n--;
    buffer_append_char(&self->record, 0);
    if (self->record.failed) {
        say(why, "no memory");
        return NULL;
    }
    return self->record.p;
}
