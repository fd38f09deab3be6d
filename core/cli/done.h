/* --once: OUT.done.json says of what a whole run was made; a run of the same does nothing. */
#ifndef TAMIS_CORE_CLI_DONE_H
#define TAMIS_CORE_CLI_DONE_H

#include "cli/cli.h"
#include "engine/engine.h"

typedef struct {
    bool wanted;
    char path[4096];                    /* OUT.done.json */
    uint64_t inputs, pipeline, command; /* what they are, as numbers */
} done_mark;

/* `output`: the first file that is written, NULL where there is none: a usage error (told) with
 * --once. */
int done_open(done_mark *self, const cli_args *args, const char *output);
/* Looks at what would be run. With --once, and where a run of the same left its outputs as they
 * are: *holds, and that is told. Else an older mark is removed. CLI_DONE, or an exit code with the
 * cause told. */
int done_look(done_mark *self, const cli_args *args, const pipeline *p, const engine_reader *in,
              bool *holds);
/* After a run that went through, its outputs in place. */
int done_write(const done_mark *self, const engine_writer *out, const engine_report *report);

#endif
