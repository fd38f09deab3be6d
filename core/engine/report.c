/* What a run reports: counts, figures of stages, reasons; and the ids seen. */
#include "engine/private.h"

#include <stdlib.h>
#include <sys/mman.h>

enum {
    REASONS_MAX = 512,
    ID_SLOTS = 1 << 20, /* 8 MiB: a million ids are told apart, of more some repeats go unseen */
    ID_PROBES = 16
};

void report_open(engine_report *self, const pipeline *p)
{
    *self = (engine_report){0};
    self->stage_count = p->stage_count;
    self->stages = arena_alloc(&self->memory, (p->stage_count + 1) * sizeof *self->stages);
    self->totals = arena_alloc(&self->memory, (p->stage_count + 1) * sizeof *self->totals);
    self->reasons = arena_alloc(&self->memory, REASONS_MAX * sizeof *self->reasons);
    if (!self->stages || !self->totals || !self->reasons) self->stage_count = 0;
}

/* Messages that carry what they met (positions, words) would fill the table: the last row takes the
 * rest. */
void report_reason(engine_report *self, const engine_reason *more)
{
    const char *text = more->text, *sample = more->sample;
    uint64_t count = more->count;
    if (!self->reasons) return;
    for (size_t i = 0; i < self->reason_count; i++) {
        if (strcmp(self->reasons[i].text, text) == 0) {
            self->reasons[i].count += count;
            return;
        }
    }
    if (self->reason_count == REASONS_MAX - 1) {
        text = "(other reasons)";
        sample = "";
    }
    if (self->reason_count == REASONS_MAX) {
        self->reasons[REASONS_MAX - 1].count += count;
        return;
    }
    engine_reason *row = &self->reasons[self->reason_count++];
    snprintf(row->text, sizeof row->text, "%s", text);
    snprintf(row->sample, sizeof row->sample, "%s", sample);
    row->count = count;
}

static int more_frequent(const void *a, const void *b)
{
    const engine_reason *x = a, *y = b;
    if (x->count != y->count) return x->count < y->count ? 1 : -1;
    return strcmp(x->text, y->text);
}

void report_sort(engine_report *self)
{
    if (self->reason_count)
        qsort(self->reasons, self->reason_count, sizeof *self->reasons, more_frequent);
}

void engine_report_free(engine_report *self)
{
    arena_free(&self->memory);
    *self = (engine_report){0};
}

bool id_set_open(id_set *self)
{
    /* All of it at once, so that memory stays what it is from the first document on; and not for
     * the workers, who would be left with a copy of each page that is written afterwards. */
    self->at = mmap(NULL, ID_SLOTS * sizeof *self->at, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (self->at == MAP_FAILED) self->at = NULL;
    if (self->at) madvise(self->at, ID_SLOTS * sizeof *self->at, MADV_DONTFORK);
    self->used = 0;
    return self->at != NULL;
}

bool id_set_add(id_set *self, uint64_t hash)
{
    if (hash == 0) hash = 1;
    size_t home = (size_t)(hash * UINT64_C(0x9E3779B97F4A7C15) >> 44) & (ID_SLOTS - 1);
    for (size_t i = 0; i < ID_PROBES; i++) {
        uint64_t *at = &self->at[(home + i) & (ID_SLOTS - 1)];
        if (*at == hash) return true;
        if (*at == 0) {
            *at = hash;
            return false;
        }
    }
    self->at[home] = hash; /* full here: the newest is the likeliest to come again */
    return false;
}

void id_set_close(id_set *self)
{
    if (self->at) munmap(self->at, ID_SLOTS * sizeof *self->at);
    self->at = NULL;
}
