/* Slots: results in memory that the parent and all workers share, made once before the first fork.
 *
 * Address space is generous (one document's record always fits whole), memory is not: pages come
 * when they are touched, and what lies beyond SLOT_SOFT_BYTES is given back when a slot is
 * drained. */
#include "engine/private.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static size_t page_round(size_t n)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    return (n + page - 1) / page * page;
}

tamis_rc slots_open(slots *self, size_t count, size_t stage_count, size_t room, size_t input_room,
                    error *e)
{
    *self = (slots){.count = count, .stage_count = stage_count};
    size_t header = page_round(sizeof(slot_header) + stage_count * sizeof(stage_figures));
    room = page_round(room);
    self->input_room = page_round(input_room);
    self->input_count = input_room ? count : 0;
    self->mapping_bytes = count * (header + room) + self->input_count * self->input_room;
    self->mapping = mmap(NULL, self->mapping_bytes, PROT_READ | PROT_WRITE,
                         MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    self->at = calloc(count, sizeof *self->at);
    if (self->mapping == MAP_FAILED || !self->at) {
        int why = errno;
        if (self->mapping == MAP_FAILED) self->mapping = NULL;
        slots_close(self);
        return error_set(e, TAMIS_FATAL,
                         "no address space for %zu result slots of %zu MiB: %s; use fewer workers "
                         "(-j) or a lower --max-document",
                         count, room >> 20, strerror(why));
    }
    char *at = self->mapping;
    for (size_t i = 0; i < count; i++, at += header + room)
        self->at[i] = (slot){(slot_header *)(void *)at, at + header, room};
    self->inputs = self->input_count ? at : NULL;
    return TAMIS_OK;
}

void slots_close(slots *self)
{
    if (self->mapping) munmap(self->mapping, self->mapping_bytes);
    free(self->at);
    *self = (slots){0};
}

void slots_trim_input(slots *self, int32_t input, size_t keep)
{
    keep = page_round(keep);
    if (input >= 0 && keep < self->input_room)
        madvise(slots_input(self, input) + keep, self->input_room - keep, MADV_REMOVE);
}

static void trim(slot *self)
{
    if (self->room > SLOT_SOFT_BYTES)
        madvise(self->bytes + SLOT_SOFT_BYTES, self->room - SLOT_SOFT_BYTES, MADV_REMOVE);
}

void slot_trim(slot *self)
{
    if (slot_read(self)->used > SLOT_SOFT_BYTES) trim(self);
}

void slot_clear(slot *self, size_t stage_count, uint64_t next)
{
    slot_state empty = {.next = next};
    bool large = slot_read(self)->used > SLOT_SOFT_BYTES;
    slot_publish(self, &empty);
    if (large) trim(self);
    memset(self->header->figures, 0, stage_count * sizeof(stage_figures));
    atomic_store_explicit(&self->header->phase, SLOT_FILLING, memory_order_release);
}

const slot_state *slot_read(const slot *self)
{
    return &self->header
                ->states[atomic_load_explicit(&self->header->current, memory_order_acquire) & 1];
}

slot_state slot_draft(const slot *self)
{
    return *slot_read(self);
}

void slot_publish(slot *self, const slot_state *draft)
{
    uint32_t other = (atomic_load_explicit(&self->header->current, memory_order_relaxed) + 1) & 1;
    self->header->states[other] = *draft;
    atomic_store_explicit(&self->header->current, other, memory_order_release);
}

slot_fit slot_fits(const slot *self, size_t bytes, uint32_t chunks)
{
    const slot_state *s = slot_read(self);
    bool empty = s->used == 0 && s->chunks == 0 && s->ids == 0 && s->reasons == 0;
    if (empty) return bytes <= self->room ? SLOT_FITS : SLOT_TOO_SMALL;
    bool fits = bytes <= self->room - s->used && s->used + bytes <= SLOT_SOFT_BYTES &&
                s->chunks + chunks <= SLOT_CHUNKS && s->ids < SLOT_IDS && s->reasons < SLOT_REASONS;
    return fits ? SLOT_FITS : SLOT_FULL;
}

/* Neighbours of one output share a chunk. The chunk grows before the state is published, so a death
 * in between leaves it too long: whoever walks chunks stops at `used`. */
void slot_append(slot *self, slot_state *draft, uint32_t output, tamis_str bytes, bool last)
{
    if (bytes.n == 0 && !last) return;
    slot_chunk *chunks = self->header->chunks;
    slot_chunk *before = draft->chunks ? &chunks[draft->chunks - 1] : NULL;
    if (draft->chunks && before->output == output && !before->last) {
        before->length += bytes.n;
        before->last = last;
    } else {
        chunks[draft->chunks++] = (slot_chunk){output, last, bytes.n};
    }
    if (bytes.n) memcpy(self->bytes + draft->used, bytes.p, bytes.n);
    draft->used += bytes.n;
}

/* Copies what fits of one line, with an ellipsis where it was cut and no half code point. */
static void keep_line(char *out, size_t room, tamis_str text)
{
    static const char ellipsis[] = "…";
    const char *end = text.n ? memchr(text.p, '\n', text.n) : NULL;
    if (end) text.n = (size_t)(end - text.p);
    bool cut = text.n >= room;
    if (cut) text.n = utf8_valid_prefix((tamis_str){text.p, room - sizeof ellipsis});
    snprintf(out, room, "%.*s%s", (int)text.n, text.n ? text.p : "", cut ? ellipsis : "");
}

void slot_count_reason(slot *self, slot_state *draft, tamis_str stage, tamis_str reason,
                       tamis_str sample)
{
    char whole[1200], text[sizeof self->header->reasons[0].text];
    snprintf(whole, sizeof whole, "%.*s%s%.*s", (int)stage.n, stage.n ? stage.p : "",
             stage.n ? ": " : "", (int)reason.n, reason.n ? reason.p : "");
    keep_line(text, sizeof text, str_of(whole)); /* a traceback is the line's, not the reason's */
    for (uint32_t i = 0; i < draft->reasons; i++) {
        if (strcmp(self->header->reasons[i].text, text) == 0) {
            self->header->reasons[i].count++;
            return;
        }
    }
    engine_reason *row = &self->header->reasons[draft->reasons++];
    memcpy(row->text, text, sizeof text);
    keep_line(row->sample, sizeof row->sample, sample);
    row->count = 1;
}

void slot_count_fault(slot *self, slot_state *draft, tamis_str what, tamis_str sample)
{
    if (draft->faulty++) return;
    engine_reason *first = &self->header->fault;
    keep_line(first->text, sizeof first->text, what);
    keep_line(first->sample, sizeof first->sample, sample);
}

void slot_note_id(slot *self, slot_state *draft, tamis_str id)
{
    slot_id *row = &self->header->ids[draft->ids++];
    row->hash = hash_bytes(id.p, id.n, 0);
    keep_line(row->text, sizeof row->text, id);
}

bool slot_plausible(const slot *self, size_t output_count, size_t stage_count)
{
    const slot_state *s = slot_read(self);
    if (s->used > self->room || s->chunks > SLOT_CHUNKS || s->ids > SLOT_IDS ||
        s->reasons > SLOT_REASONS || s->documents != s->written + s->dropped + s->quarantined ||
        s->documents > s->next)
        return false;
    uint64_t sum = 0;
    for (uint32_t i = 0; i < s->chunks; i++) {
        const slot_chunk *c = &self->header->chunks[i];
        bool known = c->output < output_count ||
                     (c->output >= CHUNK_TOTALS && c->output - CHUNK_TOTALS < stage_count);
        if (!known || c->length > self->room) return false;
        sum += c->length;
    }
    return sum >= s->used;
}

bool slot_has_regular(const slot *self, const engine_output *outputs, size_t count)
{
    const slot_state *s = slot_read(self);
    for (uint32_t i = 0; i < s->chunks; i++) {
        const slot_chunk *c = &self->header->chunks[i];
        if (c->output < count && outputs[c->output].regular && c->length) return true;
    }
    return false;
}

tamis_rc slot_write_granted(const slot *self, const engine_output *outputs, size_t count, error *e)
{
    const slot_state *s = slot_read(self);
    uint64_t at[OUTPUTS_MAX];
    memcpy(at, self->header->grants, sizeof at);
    uint64_t from = 0;
    for (uint32_t i = 0; i < s->chunks && from < s->used; i++) {
        const slot_chunk *c = &self->header->chunks[i];
        uint64_t length = c->length < s->used - from ? c->length : s->used - from;
        uint64_t chunk_from = from;
        from += length;
        if (c->output >= count || !outputs[c->output].regular) continue;
        const engine_output *o = &outputs[c->output];
        while (length > 0) {
            ssize_t n = pwrite(o->fd, self->bytes + chunk_from, length, (off_t)at[c->output]);
            if (n < 0 && errno == EINTR) continue;
            if (n <= 0)
                return error_set(e, TAMIS_FATAL, "cannot write %s: %s", o->name,
                                 n < 0 ? strerror(errno) : "no progress");
            chunk_from += (uint64_t)n;
            at[c->output] += (uint64_t)n;
            length -= (uint64_t)n;
        }
    }
    return TAMIS_OK;
}
