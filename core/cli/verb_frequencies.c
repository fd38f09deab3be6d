/* tamis frequencies: the first of two passes over a collection. The stage `line-counts` of the
 * plugin boilerplate turns each document into keys; match/tally adds them up, out of memory where
 * they do not fit, and writes the table that `boilerplate { frequencies = … }` maps. Tables are
 * merged likewise. */
#include "cli/session.h"
#include "cli/shard.h"
#include "match/tally.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

enum { BATCH = 64 /* documents between two transfers to the tally */ };

typedef struct {
    const cli_args *args;
    session s;
    tally *counts;
    uint64_t documents, failed;
} counting;

static int take_counts(counting *self, pipeline_worker *worker)
{
    tamis_str entries;
    error e = {0};
    if (pipeline_save(worker, 0, &entries, &e) < 0 || tally_add(self->counts, entries, &e) < 0)
        return cli_fail(CLI_INTERNAL, "%s", e.text);
    return CLI_DONE;
}

static int count_documents(counting *self, engine_reader *reader, pipeline_worker *worker)
{
    tamis_doc doc;
    error e = {0};
    int rc, code = CLI_DONE;
    if (document_init(&doc, &e) < 0) return cli_fail(CLI_INTERNAL, "%s", e.text);
    uint64_t most = cli_number(self->args, FLAG_limit, 0);
    if (!most) most = UINT64_MAX;
    while (!code && self->documents < most &&
           (rc = io_reader_next_document(reader, &doc, &e)) != 0) {
        if (rc == TAMIS_FATAL) {
            code = cli_fail(CLI_INPUT, "%s", e.text);
        } else if (rc < 0) {
            self->failed++;
            e = (error){0};
        } else if (pipeline_run(worker, &doc) == TAMIS_FATAL) {
            code = cli_fail(CLI_INTERNAL, "%s", worker->error.text);
        } else if (++self->documents % BATCH == 0) {
            code = take_counts(self, worker);
        }
    }
    if (!code) code = take_counts(self, worker);
    document_free(&doc);
    return code;
}

/* The site's field goes into the pipeline as a Lua string. */
static void write_pipeline(buffer *out, const char *site)
{
    buffer_append_text(out, "return pipeline \"frequencies\" { stage \"line-counts\" { site = \"");
    for (; *site; site++) {
        if (*site == '"' || *site == '\\') buffer_append_char(out, '\\');
        buffer_append_char(out, *site == '\n' ? ' ' : *site);
    }
    buffer_append_text(out, "\" } }");
    buffer_append_char(out, '\0');
}

static int count_inputs(counting *self, const char *const *inputs, size_t count)
{
    engine_reader *reader = NULL;
    pipeline_worker worker;
    buffer text = {0};
    error e = {0};
    io_reader_options reading = session_reader_options(self->args);
    int code = session_check_inputs(self->args, inputs, count);
    if (!code) code = shard_read(self->args, &reading);
    if (code) return code;
    const char *site = cli_value(self->args, FLAG_site);
    write_pipeline(&text, site ? site : "url");
    if (text.failed) return cli_fail(CLI_INTERNAL, "no memory");
    session_open(&self->s, self->args);
    code = session_load(&self->s, "frequencies", text.p);
    buffer_free(&text);
    if (code) return code;
    code = io_reader_open(inputs, count, &reading, &reader, &e);
    if (code) return cli_fail(code, "%s", e.text);
    if (pipeline_enter(self->s.pipeline, &worker, NULL, &e) < 0) {
        reader->close(reader);
        return cli_fail(CLI_CONFIG, "%s", e.text);
    }
    code = count_documents(self, reader, &worker);
    pipeline_leave(&worker);
    reader->close(reader);
    return code;
}

static int write_table(counting *self, const char *path)
{
    tally_summary summary = {0};
    error e = {0};
    arena memory = {0};
    char *partial = arena_printf(&memory, "%s.partial", path);
    FILE *out = partial ? fopen(partial, "wb+") : NULL;
    int code = CLI_DONE;
    if (!out) code = cli_fail(CLI_IO, "%s: %s", path, strerror(errno));
    if (!code && tally_write(self->counts, out, (uint32_t)cli_number(self->args, FLAG_least, 2),
                             cli_number(self->args, FLAG_max_size, 0), &summary, &e) < 0)
        code = cli_fail(CLI_IO, "%s: %s", path, e.text);
    if (!code && fsync(fileno(out)) < 0) code = cli_fail(CLI_IO, "%s: %s", path, strerror(errno));
    if (out && fclose(out) && !code) code = cli_fail(CLI_IO, "%s: %s", path, strerror(errno));
    if (!code && rename(partial, path) < 0)
        code = cli_fail(CLI_IO, "%s: %s", path, strerror(errno));
    if (code && out) unlink(partial);
    arena_free(&memory);
    if (code || cli_has(self->args, FLAG_quiet)) return code;
    if (self->documents) fprintf(stderr, "%" PRIu64 " documents, ", self->documents);
    if (self->failed) fprintf(stderr, "%" PRIu64 " unreadable, ", self->failed);
    fprintf(stderr,
            "%" PRIu64 " of %" PRIu64 " lines and runs kept (%" PRIu32 " documents or more)\n",
            summary.entries, summary.seen, summary.least);
    return code;
}

static int run(counting *self, const char *output)
{
    const cli_args *args = self->args;
    const char **inputs = calloc(args->operands.count, sizeof *inputs);
    size_t count = 0;
    error e = {0};
    int code = CLI_DONE;
    if (!inputs) return cli_fail(CLI_INTERNAL, "no memory");
    self->counts = tally_new((size_t)cli_number(args, FLAG_memory, 256u << 20));
    if (!self->counts)
        code = cli_fail(CLI_INTERNAL, "no memory for the counts: give less --memory");
    for (size_t i = 0; i < args->operands.count && !code; i++) {
        if (!tally_is_table(args->operands.at[i]))
            inputs[count++] = args->operands.at[i];
        else if (tally_add_table(self->counts, args->operands.at[i], &e) < 0)
            code = cli_fail(CLI_INPUT, "%s", e.text);
    }
    if (!code && count) code = count_inputs(self, inputs, count);
    if (!code) code = write_table(self, output);
    free(inputs);
    return code;
}

int verb_frequencies(const cli_args *args)
{
    const char *output = cli_value(args, FLAG_output);
    counting self = {.args = args};
    if (!args->operands.count)
        return cli_usage(args->verb, "no input: name files, folders or tables");
    if (!output) return cli_usage(args->verb, "no table to write: name it with -o");
    int code = run(&self, output);
    tally_free(self.counts);
    session_close(&self.s);
    return code;
}
