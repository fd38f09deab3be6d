/* See shard.h. What schedulers put into the environment of an array job's tasks:
 * Slurm (sbatch, "OUTPUT ENVIRONMENT VARIABLES"): SLURM_ARRAY_TASK_ID, _MIN, _STEP, _COUNT.
 * AWS Batch ("Array jobs"): AWS_BATCH_JOB_ARRAY_INDEX from 0, AWS_BATCH_JOB_ARRAY_SIZE.
 * Kubernetes ("Indexed Job"): JOB_COMPLETION_INDEX from 0, and not of how many. */
#include "cli/shard.h"

#include <inttypes.h>
#include <stdlib.h>

enum { SHARDS_MAX = 1000000 };

static bool read_number(const char *text, uint64_t *out, const char **end)
{
    char *rest;
    if (!text || *text < '0' || *text > '9') return false;
    *out = strtoull(text, &rest, 10);
    *end = rest;
    return true;
}

/* A variable that is a whole number. */
static bool read_variable(const char *name, uint64_t *out)
{
    const char *end;
    return read_number(getenv(name), out, &end) && !*end;
}

static bool read_pair(const char *text, uint64_t *index, uint64_t *of)
{
    const char *end;
    return read_number(text, index, &end) && *end == '/' && read_number(end + 1, of, &end) && !*end;
}

/* 0, or a usage error (told). */
static int read_environment(const cli_args *args, uint64_t *index, uint64_t *of)
{
    uint64_t least = 0, step = 1;
    if (read_variable("SLURM_ARRAY_TASK_ID", index) &&
        read_variable("SLURM_ARRAY_TASK_COUNT", of)) {
        read_variable("SLURM_ARRAY_TASK_MIN", &least);
        read_variable("SLURM_ARRAY_TASK_STEP", &step);
        if (!step || *index < least || (*index - least) % step || (*index - least) / step >= *of)
            return cli_usage(args->verb,
                             "--shard auto: the array job's tasks are not numbered evenly: "
                             "name the part, I/N");
        *index = (*index - least) / step + 1;
        return CLI_DONE;
    }
    if (read_variable("AWS_BATCH_JOB_ARRAY_INDEX", index) &&
        read_variable("AWS_BATCH_JOB_ARRAY_SIZE", of)) {
        ++*index;
        return CLI_DONE;
    }
    if (read_variable("JOB_COMPLETION_INDEX", index))
        return cli_usage(args->verb,
                         "--shard auto: Kubernetes does not say how many parts there are: "
                         "--shard $((JOB_COMPLETION_INDEX + 1))/N");
    return cli_usage(args->verb, "--shard auto: this is no array job of Slurm or AWS Batch: "
                                 "SLURM_ARRAY_TASK_ID and AWS_BATCH_JOB_ARRAY_INDEX are not set");
}

int shard_read(const cli_args *args, io_reader_options *out)
{
    const char *text = cli_value(args, FLAG_shard);
    uint64_t index = 0, of = 0;
    if (!text) return CLI_DONE;
    if (str_is(str_of(text), "auto")) {
        int code = read_environment(args, &index, &of);
        if (code) return code;
    } else if (!read_pair(text, &index, &of)) {
        return cli_usage(args->verb, "--shard takes I/N, such as 1/8, or auto, not `%s`", text);
    }
    if (!index || index > of || of > SHARDS_MAX)
        return cli_usage(args->verb,
                         "--shard %" PRIu64 "/%" PRIu64 ": parts are counted from 1, %d at most",
                         index, of, SHARDS_MAX);
    out->shard = (uint32_t)index;
    out->shards = (uint32_t)of;
    return CLI_DONE;
}
