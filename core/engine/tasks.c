/* Tasks in input order, and what becomes of one whose worker died. */
#include "engine/parent.h"

#include <inttypes.h>
#include <stdlib.h>

bool task_before(const task *a, const task *b)
{
    if (a->sequence != b->sequence) return a->sequence < b->sequence;
    return a->first < b->first;
}

int32_t engine_take_slot(engine *self)
{
    return self->free_count ? self->free_slots[--self->free_count] : -1;
}

void engine_release_slot(engine *self, int32_t index)
{
    if (index < 0) return;
    slot_trim(&self->slots.at[index]);
    atomic_store(&self->slots.at[index].header->phase, SLOT_WRITTEN);
    self->slot_owner[index] = -1;
    self->free_slots[self->free_count++] = index;
}

static task *task_new(engine *self, const task *like)
{
    task *t = calloc(1, sizeof *t);
    if (!t) {
        engine_stop(self, EXIT_INTERNAL, "no memory for a task");
        return NULL;
    }
    if (like) *t = *like;
    t->serial = ++self->next_serial;
    t->slot = -1;
    t->next = NULL;
    t->state = TASK_PENDING;
    if (t->input >= 0) self->input_uses[t->input]++;
    return t;
}

task *task_append(engine *self, const engine_batch *batch, int32_t input)
{
    task like = {.sequence = self->next_sequence++, .batch = *batch, .input = input};
    task *t = task_new(self, &like);
    if (!t) return NULL;
    *self->last = t;
    self->last = &t->next;
    return t;
}

static void task_insert_after(engine *self, task *before, task *t)
{
    t->next = before->next;
    before->next = t;
    if (self->last == &before->next) self->last = &t->next;
}

void task_unlink(engine *self, task *t)
{
    task **at = &self->first;
    while (*at != t) at = &(*at)->next;
    *at = t->next;
    if (self->last == &t->next) self->last = at;
    if (t->input >= 0 && --self->input_uses[t->input] == 0)
        slots_trim_input(&self->slots, t->input, SLOT_SOFT_BYTES);
    free(t);
}

task *task_by_serial(engine *self, uint32_t serial)
{
    for (task *t = self->first; t; t = t->next)
        if (t->serial == serial) return t;
    return NULL;
}

/* ------------------------------------------------------------------ after a death */

/* The record that ended two workers: its quarantine line is made here, from the input's bytes. */
static tamis_rc give_up(engine *self, task *t, uint32_t stage, const char *how,
                        const char *how_short)
{
    slot *s = &self->slots.at[t->slot];
    engine_frame frame = {0};
    error e = {0};
    char text[1200];
    tamis_str name = stage ? str_of(self->pipeline->stages[stage - 1].name) : (tamis_str){0};
    slot_clear(s, self->pipeline->stage_count, t->first);
    tamis_rc rc = self->in->load(self->in, &t->batch, slots_input(&self->slots, t->input), &e);
    bool found = rc >= 0;
    for (uint64_t i = 0; found && i <= t->first; i++) found = self->in->frame(self->in, &frame);
    if (!found) {
        frame = (engine_frame){.source = t->batch.source,
                               .offset = t->batch.offset,
                               .fault = e.rc ? e.text : "it could not be read again"};
    }
    snprintf(text, sizeof text,
             "its worker %s, %" PRIu32
             " times, %s (after damage to memory that need not be the culprit)",
             how, t->attempt + 1, stage ? "in this stage" : "outside any stage");
    quarantine_cause cause = {name, str_of(how_short), str_of(text), (tamis_str){0}, false};
    if (work_quarantine(&self->own, &frame, &cause, t->first + 1, s, &e) < 0)
        return engine_stop(self, EXIT_INTERNAL, "%s", e.text);
    t->state = TASK_DONE;
    return TAMIS_OK;
}

/* The record ran alone and ended its worker again. */
static tamis_rc try_again(engine *self, task *t, member *w, const char *how, const char *how_short)
{
    uint32_t stage = w->page->watch.stage;
    if (stage > self->pipeline->stage_count) stage = 0;
    bool skip =
        stage && t->skip_stage == 0 && self->pipeline->stages[stage - 1].on_error == ON_ERROR_SKIP;
    if (!skip) return give_up(self, t, stage, how, how_short);
    t->skip_stage = stage;
    t->attempt++;
    t->state = TASK_PENDING;
    engine_release_slot(self, t->slot);
    t->slot = -1;
    return TAMIS_OK;
}

/* Cuts a task in two at a record; the second half waits. NULL with *failed unset: there is none. */
static task *cut(engine *self, task *t, uint64_t at, bool *failed)
{
    uint64_t end = t->count ? t->first + t->count : 0;
    *failed = false;
    t->count = at - t->first;
    if (end && end <= at) return NULL;
    task *rest = task_new(self, t);
    *failed = !rest;
    if (!rest) return NULL;
    rest->first = at;
    rest->count = end ? end - at : 0;
    rest->committed = 0;
    task_insert_after(self, t, rest);
    return rest;
}

/* A worker that is to be replaced finished its task up to a record, state and all. */
tamis_rc task_leave(engine *self, task *t)
{
    uint64_t next = slot_read(&self->slots.at[t->slot])->next;
    bool failed = false;
    if (next == t->first) { /* nothing came of it */
        engine_release_slot(self, t->slot);
        t->slot = -1;
        t->state = TASK_PENDING;
        return TAMIS_OK;
    }
    t->state = TASK_DONE;
    cut(self, t, next, &failed);
    return failed ? TAMIS_FATAL : TAMIS_OK;
}

/* Where its worker stood: `done` is the first record that is not finished; in_flight: it was on
 * it. */
typedef struct {
    uint64_t done;
    bool in_flight;
} standing;

static standing task_standing(const engine *self, const task *t, const member *w)
{
    const slot *s = &self->slots.at[t->slot];
    uint64_t document = atomic_load(&w->page->document);
    bool begun = atomic_load(&w->page->task) == t->serial;
    uint64_t last = t->count ? t->first + t->count : UINT64_MAX;
    standing at = {t->committed > t->first ? t->committed : t->first, false};
    if (!begun) return at;
    at.in_flight = document != 0;
    bool sane = slot_plausible(s, self->out->output_count, self->pipeline->stage_count);
    if (sane && slot_read(s)->next >= at.done && slot_read(s)->next <= last)
        at.done = slot_read(s)->next;
    else if (document > at.done && document <= last)
        at.done = document - 1;
    return at;
}

/* Whether the slot's results up to `done` can go out as they are. State of stages is saved at the
 * end of a batch only, so where there is any, the finished records run again, and give the same. */
static bool results_stand(engine *self, const task *t, uint64_t done)
{
    const slot *s = &self->slots.at[t->slot];
    return !self->own.has_totals && slot_read(s)->next == done &&
           slot_plausible(s, self->out->output_count, self->pipeline->stage_count) &&
           atomic_load(&s->header->phase) == SLOT_FILLING;
}

tamis_rc task_survive(engine *self, task *t, member *w, const char *how, const char *how_short)
{
    standing at = task_standing(self, t, w);
    slot *s = &self->slots.at[t->slot];
    bool failed = false;
    error e = {0};
    if (atomic_load(&s->header->phase) == SLOT_GRANTED && t->committed > t->first) {
        /* A part that was granted and perhaps not written. */
        if (slot_write_granted(s, self->out->outputs, self->out->output_count, &e) < 0)
            return engine_stop(self, EXIT_IO, "%s", e.text);
        at.in_flight = false;
    }
    if (at.in_flight && at.done > t->first) self->deaths_in_row = 1;
    if (!at.in_flight && atomic_load(&w->page->task) == t->serial && ++t->idle_deaths > DEATHS_MAX)
        return engine_stop(self, EXIT_INTERNAL,
                           "workers keep ending between documents: the last %s", how);
    if (at.in_flight && t->attempt > 0) return try_again(self, t, w, how, how_short);
    bool keep = at.done > t->first && at.done > t->committed && results_stand(self, t, at.done);
    bool again = self->own.has_totals && at.done > t->first;
    task *rest = t; /* what is not finished */
    if (keep || again) {
        rest = cut(self, t, at.done, &failed);
    } else {
        if (t->count) t->count -= at.done - t->first;
        t->first = at.done;
        t->committed = 0;
    }
    t->state = keep ? TASK_DONE : TASK_PENDING;
    if (!keep) {
        engine_release_slot(self, t->slot);
        t->slot = -1;
    }
    if (at.in_flight && rest) { /* it begins with the record in flight, which runs alone */
        task *after = cut(self, rest, at.done + 1, &failed);
        if (after) after->attempt = 0;
        rest->attempt = 1;
    }
    return failed ? TAMIS_FATAL : TAMIS_OK;
}
