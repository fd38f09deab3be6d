/* Figures of stages: sums and a histogram of times that add up over batches and workers. */
#include "pipeline/figures.h"

#include <math.h>

/* Quarter powers of two from 64 ns: about 19 % wide, 128 of them reach beyond an hour. */
static unsigned bucket_of(uint64_t nanoseconds)
{
    if (nanoseconds < 64) return 0;
    unsigned top = 63 - (unsigned)__builtin_clzll(nanoseconds);
    unsigned quarter = (unsigned)(nanoseconds >> (top - 2)) & 3;
    unsigned bucket = (top - 6) * 4 + quarter;
    return bucket < TIME_BUCKETS ? bucket : TIME_BUCKETS - 1;
}

void stage_figures_time(stage_figures *self, uint64_t nanoseconds)
{
    self->nanoseconds += nanoseconds;
    self->times[bucket_of(nanoseconds)]++;
}

void stage_figures_add(stage_figures *self, const stage_figures *more)
{
    self->calls += more->calls;
    self->skipped += more->skipped;
    self->failed += more->failed;
    self->dropped += more->dropped;
    self->bytes += more->bytes;
    self->nanoseconds += more->nanoseconds;
    self->spans += more->spans;
    self->removals += more->removals;
    for (size_t i = 0; i < TIME_BUCKETS; i++) self->times[i] += more->times[i];
}

double stage_figures_quantile(const stage_figures *self, double q)
{
    uint64_t total = 0, seen = 0;
    for (size_t i = 0; i < TIME_BUCKETS; i++) total += self->times[i];
    if (!total) return 0;
    uint64_t wanted = (uint64_t)ceil(q * (double)total);
    for (unsigned i = 0; i < TIME_BUCKETS; i++) {
        seen += self->times[i];
        if (seen >= wanted)
            return ldexp(64.0, (int)i / 4) * (1 + (i % 4 + 0.5) / 4) *
                   1e-9; /* middle of the bucket */
    }
    return 0;
}
