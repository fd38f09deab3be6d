/* --shard: which part of the inputs a command reads. */
#ifndef TAMIS_CORE_CLI_SHARD_H
#define TAMIS_CORE_CLI_SHARD_H

#include "cli/cli.h"
#include "io/reader.h"

/* Sets the part that --shard names, I/N or what an array job's environment says; CLI_DONE, or a
 * usage error (told). Without the flag: all. */
int shard_read(const cli_args *args, io_reader_options *out);

#endif
