/* What each rule costs and gives: how often it was tried and fired, the time of its pattern and
 * predicate, and how often it hit its match limit. Looking at the clock costs as much as a short
 * match, so that only some matches are timed and stand for the others. Figures leave a worker with
 * each batch, those that are not zero. */
#include "script/rules.h"

#include "base/json.h"

#include <math.h>
#include <stdlib.h>

enum {
    TIMED_ALWAYS = 64, /* the first so many matches of a batch are all timed */
    TIMED_EVERY = 16   /* then each so many-th */
};

typedef struct {
    uint32_t rule;
    rule_figures figures;
} saved_row;

uint32_t rule_timed(const rule_figures *self)
{
    if (self->calls < TIMED_ALWAYS) return 1;
    return self->calls % TIMED_EVERY == 0 ? TIMED_EVERY : 0;
}

void rule_time(rule_figures *self, int64_t nanoseconds, uint32_t weight)
{
    uint64_t ns = nanoseconds > 0 ? (uint64_t)nanoseconds : 1;
    unsigned bucket = 0;
    while (bucket + 1 < RULE_BUCKETS && ns >> (bucket + 1)) bucket++;
    self->timed += weight;
    self->nanoseconds += ns * weight;
    self->times[bucket] += weight;
}

/* The time below which 99 of 100 matches stayed: within its power of two the middle is given. */
static double p99_of(const rule_figures *f)
{
    uint64_t seen = 0, wanted = f->timed - f->timed / 100;
    for (unsigned i = 0; i < RULE_BUCKETS; i++) {
        seen += f->times[i];
        if (seen >= wanted && f->timed) return ldexp(1.5e-9, (int)i);
    }
    return 0;
}

tamis_rc rules_save(const tamis_run *c, tamis_str *bytes)
{
    const rule_set *self = c->conf;
    size_t n = 0;
    for (size_t i = 0; i < self->count; i++)
        n += self->figures[i].candidates || self->figures[i].calls || self->figures[i].hits;
    saved_row *rows = host_table.alloc(c, (n + 1) * sizeof *rows);
    if (!rows) return TAMIS_FAIL;
    memset(rows, 0, (n + 1) * sizeof *rows); /* padding too: equal runs give equal bytes */
    n = 0;
    for (size_t i = 0; i < self->count; i++) {
        const rule_figures *f = &self->figures[i];
        if (!f->candidates && !f->calls && !f->hits) continue;
        rows[n].rule = (uint32_t)i;
        rows[n++].figures = *f;
    }
    memset(self->figures, 0, self->count * sizeof *self->figures);
    *bytes = (tamis_str){(const char *)rows, n * sizeof *rows};
    return TAMIS_OK;
}

tamis_rc rules_merge(const tamis_run *c, void **total, tamis_str bytes)
{
    const rule_set *self = c->conf;
    rule_figures *sum = *total;
    if (!sum) sum = *total = calloc(self->count + 1, sizeof *sum);
    if (!sum) return host_table.fail(c, TAMIS_FATAL, "no memory for totals of rules");
    for (size_t at = 0; at + sizeof(saved_row) <= bytes.n; at += sizeof(saved_row)) {
        saved_row row;
        memcpy(&row, bytes.p + at, sizeof row);
        if (row.rule >= self->count) continue;
        rule_figures *to = &sum[row.rule];
        to->candidates += row.figures.candidates;
        to->calls += row.figures.calls;
        to->hits += row.figures.hits;
        to->limits += row.figures.limits;
        to->timed += row.figures.timed;
        to->nanoseconds += row.figures.nanoseconds;
        for (size_t i = 0; i < RULE_BUCKETS; i++) to->times[i] += row.figures.times[i];
    }
    return TAMIS_OK;
}

tamis_rc rules_finish(const tamis_run *c, void *total, tamis_str *json)
{
    static const rule_figures none;
    const rule_set *self = c->conf;
    const rule_figures *sum = total;
    buffer out = {0};
    buffer_append_char(&out, '{');
    for (size_t i = 0; i < self->count; i++) {
        const rule_figures *f = sum ? &sum[i] : &none;
        if (i) buffer_append_char(&out, ',');
        json_write_string(&out, self->rules[i].name);
        buffer_printf(&out,
                      ":{\"candidates\":%llu,\"calls\":%llu,\"hits\":%llu,\"seconds\":%.9f,"
                      "\"p99\":%.9f,\"limits\":%llu}",
                      (unsigned long long)f->candidates, (unsigned long long)f->calls,
                      (unsigned long long)f->hits, (double)f->nanoseconds / 1e9, p99_of(f),
                      (unsigned long long)f->limits);
    }
    buffer_append_char(&out, '}');
    char *copy = host_table.alloc(c, out.n + 1);
    if (copy) memcpy(copy, out.p, out.n);
    *json = (tamis_str){copy, copy ? out.n : 0};
    buffer_free(&out);
    free(total);
    return copy ? TAMIS_OK : TAMIS_FAIL;
}
