/* A line on stderr that says how far the run is, five times a second. */
#include "engine/private.h"

#include <sys/ioctl.h>
#include <unistd.h>

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

/* A line that is wider than the terminal could not be taken back. */
static size_t columns(void)
{
    struct winsize size;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) || !size.ws_col) return 80;
    return size.ws_col;
}

void progress_show(progress *self, const engine_report *report, int64_t now)
{
    enum { BAR = 24, LONGEST = 56 }; /* cells; columns of all that is behind the bar */
    char cells[BAR + 1], line[160];
    size_t n = 0, width = columns();
    if (!self->on || now - self->shown < SHOW_EVERY) return;
    double seconds = (double)(now - self->started) * 1e-9;
    if (seconds < 0.5) return; /* what is done that soon needs no bar */
    self->shown = now;
    double megabytes = (double)report->bytes * 1e-6;
    if (self->total) {
        double share = (double)report->bytes / (double)self->total;
        if (share > 1) share = 1;
        bar(share, cells, width >= BAR + LONGEST ? BAR : 0);
        n += (size_t)snprintf(line + n, sizeof line - n, "%s%s%.0f %%, ", cells, *cells ? " " : "",
                              share * 100);
        if (share > 0.01)
            n += (size_t)snprintf(line + n, sizeof line - n, "%.0f s left, ",
                                  seconds / share - seconds);
    }
    n += (size_t)snprintf(line + n, sizeof line - n, "%llu docs, %.1f MB/s",
                          (unsigned long long)report->documents, megabytes / seconds);
    if (report->quarantined)
        n += (size_t)snprintf(line + n, sizeof line - n, ", %llu quarantined",
                              (unsigned long long)report->quarantined);
    if (n >= width) n = width - 1;
    fprintf(stderr, "\r\033[K%.*s", (int)n, line);
    fflush(stderr);
}

void progress_close(progress *self)
{
    if (self->on && self->shown) fprintf(stderr, "\r\033[K");
    self->on = false;
}
