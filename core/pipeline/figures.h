/* Figures of one stage: sums that add up over batches and workers. */
#ifndef TAMIS_CORE_FIGURES_H
#define TAMIS_CORE_FIGURES_H

#include <stddef.h>
#include <stdint.h>

enum { TIME_BUCKETS = 128 }; /* quarter powers of two of nanoseconds, from 64 ns */

typedef struct {
    uint64_t calls, skipped, failed, dropped, bytes, nanoseconds, spans, removals;
    uint32_t times[TIME_BUCKETS];
} stage_figures;

void stage_figures_time(stage_figures *self, uint64_t nanoseconds); /* counts one call's time */
void stage_figures_add(stage_figures *self, const stage_figures *more);
/* The time below which the share q of calls stayed, in seconds; within a bucket's width (19 %). */
double stage_figures_quantile(const stage_figures *self, double q);

#endif
