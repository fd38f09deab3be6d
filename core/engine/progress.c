/* A line on stderr that says how far the run is, five times a second. */
#include "engine/private.h"

#define SHOW_EVERY INT64_C(200000000)

void progress_open(progress *self, bool on, uint64_t total_bytes)
{
    *self = (progress){.on = on, .started = clock_monotonic(), .total = total_bytes};
}

static void bar(double share, char *out, size_t cells)
{
    size_t full = (size_t)(share * (double)cells + 0.5);
    for (size_t i = 0; i < cells; i++) out[i] = i < full ? '#' : '.';
    out[cells] = '\0';
}

void progress_show(progress *self, const engine_report *report, int64_t now)
{
    char cells[25];
    if (!self->on || now - self->shown < SHOW_EVERY) return;
    double seconds = (double)(now - self->started) * 1e-9;
    if (seconds < 0.5) return; /* what is done that soon needs no bar */
    self->shown = now;
    double megabytes = (double)report->bytes * 1e-6;
    fprintf(stderr, "\r\033[K");
    if (self->total) {
        double share = (double)report->bytes / (double)self->total;
        if (share > 1) share = 1;
        bar(share, cells, sizeof cells - 1);
        fprintf(stderr, "%s %3.0f %% ", cells, share * 100);
        if (share > 0.01) fprintf(stderr, "%.0f s left ", seconds / share - seconds);
    }
    fprintf(stderr, "%llu docs, %.1f MB/s", (unsigned long long)report->documents,
            megabytes / seconds);
    if (report->quarantined)
        fprintf(stderr, ", %llu quarantined", (unsigned long long)report->quarantined);
    fflush(stderr);
}

void progress_close(progress *self)
{
    if (self->on && self->shown) fprintf(stderr, "\r\033[K");
    self->on = false;
}
