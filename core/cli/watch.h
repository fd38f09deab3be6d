/* tamis run --watch: one document, run anew in a process of its own whenever a file is saved that
 * the pipeline is made of, or the document; what the save changed in spans and removals is
 * shown. */
#ifndef TAMIS_CORE_CLI_WATCH_H
#define TAMIS_CORE_CLI_WATCH_H

#include "cli/cli.h"

int watch_run(const cli_args *args);

#endif
