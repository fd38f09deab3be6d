/* The figures of a run: for people on stderr, for programs as one JSON object. */
#ifndef TAMIS_CORE_CLI_REPORT_H
#define TAMIS_CORE_CLI_REPORT_H

#include "engine/engine.h"

/* `quarantine`: the file that holds what failed, or NULL; `skipped`: files of folders left
 * alone. */
void report_print(FILE *out, const pipeline *p, const engine_report *report, const char *quarantine,
                  uint64_t skipped, bool colour);
tamis_rc report_write_stats(const char *path, const pipeline *p, const engine_report *report,
                            error *e);
/* "1.2 ms", "38 µs": three digits, in `out`. */
const char *report_time(double seconds, char out[24]);

#endif
