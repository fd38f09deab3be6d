/* The commit: results leave in input order. Figures and reasons of a slot go into the report, state
 * to the aggregator, bytes to the outputs: into regular files by the worker at offsets granted
 * here, elsewhere from the slot by the parent. */
#include "engine/parent.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* A device or pipe: blocks as long as its reader does; a second interrupt ends that. */
static tamis_rc write_through(engine *self, engine_output *o, const char *p, uint64_t n)
{
    while (n > 0) {
        ssize_t did = write(o->fd, p, n);
        if (did < 0 && errno == EINTR) {
            if (engine_interrupts() > 1) return engine_stop(self, EXIT_INTERRUPTED, "interrupted");
            continue;
        }
        if (did < 0 && errno == EPIPE) return engine_stop(self, EXIT_PIPE, "%s", "");
        if (did <= 0)
            return engine_stop(self, EXIT_IO, "cannot write %s: %s", o->name,
                               did < 0 ? strerror(errno) : "no progress");
        p += did;
        n -= (uint64_t)did;
        o->length += (uint64_t)did;
    }
    return TAMIS_OK;
}

tamis_rc engine_headers(engine *self)
{
    for (size_t i = 0; i < self->out->output_count; i++) {
        engine_output *o = &self->out->outputs[i];
        buffer head = {0};
        error e = {0};
        self->out->header(self->out, i, &head);
        slot *s = &self->slots.at[0];
        tamis_rc rc = TAMIS_OK;
        if (head.n && o->regular) {
            slot_clear(s, 0, 0);
            slot_state draft = slot_draft(s);
            slot_append(s, &draft, (uint32_t)i, buffer_str(&head), false);
            slot_publish(s, &draft);
            s->header->grants[i] = o->length;
            o->length += head.n;
            rc = slot_write_granted(s, self->out->outputs, self->out->output_count, &e);
            if (rc < 0) engine_stop(self, EXIT_IO, "%s", e.text);
        } else if (head.n) {
            rc = write_through(self, o, head.p, head.n);
        }
        buffer_free(&head);
        FORWARD(rc);
    }
    return TAMIS_OK;
}

static void absorb_figures(engine *self, const slot *s, const slot_state *state)
{
    engine_report *r = self->report;
    r->documents += state->documents;
    r->written += state->written;
    r->dropped += state->dropped;
    r->quarantined += state->quarantined;
    r->input_errors += state->input_errors;
    r->bytes += state->bytes;
    if (state->faulty) {
        uint64_t before = r->faulty.count;
        if (before == 0) r->faulty = s->header->fault;
        r->faulty.text[sizeof r->faulty.text - 1] = '\0';
        r->faulty.sample[sizeof r->faulty.sample - 1] = '\0';
        r->faulty.count = before + state->faulty;
    }
    for (size_t i = 0; i < r->stage_count; i++)
        stage_figures_add(&r->stages[i], &s->header->figures[i]);
    for (uint32_t i = 0; i < state->reasons; i++) {
        engine_reason *row = &s->header->reasons[i];
        row->text[sizeof row->text - 1] = '\0';
        row->sample[sizeof row->sample - 1] = '\0';
        report_reason(r, row);
    }
    for (uint32_t i = 0; i < state->ids; i++) {
        const slot_id *id = &s->header->ids[i];
        if (!id_set_add(&self->ids, id->hash)) continue;
        if (r->repeated_ids++) continue;
        memcpy(r->repeated_id, id->text, sizeof r->repeated_id);
        r->repeated_id[sizeof r->repeated_id - 1] = '\0';
    }
}

/* Sends what the parent itself moves, and says how much each regular output takes. */
static tamis_rc move_chunks(engine *self, const slot *s, const slot_state *state,
                            uint64_t regular[OUTPUTS_MAX])
{
    uint64_t from = 0;
    for (uint32_t i = 0; i < state->chunks && from < state->used; i++) {
        const slot_chunk *c = &s->header->chunks[i];
        uint64_t length = c->length < state->used - from ? c->length : state->used - from;
        const char *bytes = s->bytes + from;
        from += length;
        if (c->output >= CHUNK_TOTALS) {
            error e = {0};
            if (totals_add(&self->totals, c->output - CHUNK_TOTALS, (tamis_str){bytes, length},
                           c->last, &e) < 0)
                return engine_stop(self, EXIT_INTERNAL, "%s", e.text);
        } else if (self->out->outputs[c->output].regular) {
            regular[c->output] += length;
        } else {
            FORWARD(write_through(self, &self->out->outputs[c->output], bytes, length));
        }
    }
    return TAMIS_OK;
}

tamis_rc engine_commit_slot(engine *self, int32_t slot_index, bool by_parent)
{
    slot *s = &self->slots.at[slot_index];
    slot_state state = *slot_read(s);
    uint64_t regular[OUTPUTS_MAX] = {0}, bytes = 0;
    error e = {0};
    if (!slot_plausible(s, self->out->output_count, self->pipeline->stage_count))
        return engine_stop(self, EXIT_INTERNAL,
                           "a worker's results are damaged; a stage may write where it must not");
    absorb_figures(self, s, &state);
    FORWARD(move_chunks(self, s, &state, regular));
    for (size_t i = 0; i < self->out->output_count; i++) {
        engine_output *o = &self->out->outputs[i];
        s->header->grants[i] = o->length;
        if (o->regular) o->length += regular[i];
        bytes += regular[i];
    }
    if (by_parent && bytes &&
        slot_write_granted(s, self->out->outputs, self->out->output_count, &e) < 0)
        return engine_stop(self, EXIT_IO, "%s", e.text);
    atomic_store_explicit(&s->header->phase, bytes && !by_parent ? SLOT_GRANTED : SLOT_WRITTEN,
                          memory_order_release);
    return TAMIS_OK;
}

/* A finished task's slot: its owner writes, or, where that worker is gone, we do. */
static tamis_rc commit_done(engine *self, task *t)
{
    int32_t owner = self->slot_owner[t->slot];
    FORWARD(engine_commit_slot(self, t->slot, owner < 0));
    if (atomic_load(&self->slots.at[t->slot].header->phase) == SLOT_GRANTED)
        crew_grant(self, t->slot, owner);
    else
        engine_release_slot(self, t->slot);
    task_unlink(self, t);
    return TAMIS_OK;
}

/* A part: its worker waits, and goes on in the same slot. */
static tamis_rc commit_part(engine *self, task *t)
{
    slot_header *h = self->slots.at[t->slot].header;
    uint64_t next = slot_read(&self->slots.at[t->slot])->next;
    FORWARD(engine_commit_slot(self, t->slot, false));
    atomic_store(&h->phase, SLOT_GRANTED);
    t->committed = next;
    t->state = TASK_DEALT;
    crew_grant(self, t->slot, self->slot_owner[t->slot]);
    return TAMIS_OK;
}

tamis_rc engine_commit(engine *self)
{
    for (task *t = self->first, *next; t; t = next) {
        bool go_on = self->options.unordered || t->state == TASK_DONE;
        next = t->next;
        if (t->state == TASK_DONE)
            FORWARD(commit_done(self, t));
        else if (t->state == TASK_PART)
            FORWARD(commit_part(self, t));
        if (!go_on) break;
    }
    return TAMIS_OK;
}
