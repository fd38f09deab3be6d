/* tamis run: inputs through a pipeline to outputs. Here the flags become what the engine, the
 * reader and the writer are told; the figures afterwards are told by report.c. */
#include "cli/done.h"
#include "cli/report.h"
#include "cli/session.h"
#include "cli/shard.h"
#include "cli/watch.h"
#include "io/writer.h"

#include <stdlib.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

/* ------------------------------------------------------------------ outputs */

typedef struct {
    io_emit emits[OUTPUTS_MAX];
    size_t count;
    tamis_str types[64];
    io_writer_options options;
    const char *excluded[2 * OUTPUTS_MAX + 4]; /* files that inputs never are */
    size_t excluded_count;
    char quarantine[2][4096]; /* the names a default quarantine file may have */
} outputs;

static bool has_suffix(const char *path, const char *suffix)
{
    size_t n = strlen(path), m = strlen(suffix);
    return n > m && !strcasecmp(path + n - m, suffix);
}

static bool suffix_known(const char *path)
{
    static const char *const known[] = {".jsonl", ".ndjson", ".json", ".csv", ".tsv"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (has_suffix(path, known[i])) return true;
    return false;
}

/* Lines of JSON in a file that is called otherwise would help nobody: refused, with what to do. */
static int check_suffix(const cli_args *args, const char *path, bool chosen)
{
    static const struct {
        const char *suffix, *mend;
        bool packed;
    } others[] = {
        {".gz", "write to the pipe instead: tamis run … | gzip > FILE", true},
        {".zst", "write to the pipe instead: tamis run … | zstd > FILE", true},
        {".xz", "write to the pipe instead: tamis run … | xz > FILE", true},
        {".bz2", "write to the pipe instead: tamis run … | bzip2 > FILE", true},
        {".zip", "write a .jsonl or .csv file and pack that", true},
        {".xlsx", "name it .csv, which spreadsheets open (tamis help tables)", false},
        {".xls", "name it .csv, which spreadsheets open (tamis help tables)", false},
        {".ods", "name it .csv, which spreadsheets open (tamis help tables)", false},
        {".html", "write a .jsonl file, then: tamis view FILE.jsonl -o PAGE.html", false},
        {".htm", "write a .jsonl file, then: tamis view FILE.jsonl -o PAGE.html", false},
        {".parquet", "write a .jsonl file; DuckDB, polars and pyarrow turn it into Parquet", false},
    };
    for (size_t i = 0; path && i < sizeof others / sizeof *others; i++)
        if (has_suffix(path, others[i].suffix) && (others[i].packed || !chosen))
            return cli_usage(args->verb, "`%s`: `run` writes no %s: %s", path, others[i].suffix,
                             others[i].mend);
    return CLI_DONE;
}

static bool emit_kind_of(tamis_str word, emit_kind *out)
{
    static const char *const names[] = {"docs", "spans", "quotes", "removed"};
    static const emit_kind kinds[] = {EMIT_DOCS, EMIT_SPANS, EMIT_QUOTES, EMIT_REMOVED};
    for (size_t i = 0; i < 4; i++)
        if (str_is(word, names[i])) {
            *out = kinds[i];
            return true;
        }
    return false;
}

/* One --emit KIND[=FILE]; `path` NULL: to the main output. */
static int add_emit(outputs *self, const cli_args *args, emit_kind kind, const char *path)
{
    if (self->count == OUTPUTS_MAX - 2)
        return cli_usage(args->verb, "more outputs than the %d that a run can have",
                         OUTPUTS_MAX - 2);
    const char *main = cli_value(args, FLAG_output), *format = cli_value(args, FLAG_format);
    io_emit *emit = &self->emits[self->count++];
    *emit = (io_emit){.emit = kind, .path = path ? path : main};
    if (!format || (path && suffix_known(path))) format = "auto";
    int code = check_suffix(args, emit->path, strcmp(format, "auto") != 0);
    if (code) return code;
    error e = {0};
    if (io_format_parse(format, emit->path, &emit->format, &e) < 0)
        return cli_usage(args->verb, "%s", e.text);
    return CLI_DONE;
}

static int read_emits(outputs *self, const cli_args *args)
{
    const cli_words *words = &args->flags[FLAG_emit];
    bool has_main = false;
    for (size_t i = 0; i < words->count; i++) {
        const char *text = words->at[i], *equals = strchr(text, '=');
        tamis_str word = {text, equals ? (size_t)(equals - text) : strlen(text)};
        emit_kind kind;
        if (!emit_kind_of(word, &kind)) {
            static const char *const names[] = {"docs", "spans", "quotes", "removed"};
            const char *meant = did_you_mean(word, names, 4);
            return cli_usage(args->verb,
                             "--emit takes docs, spans, quotes or removed, not `%.*s`%s%s%s",
                             (int)word.n, word.p, meant ? ": did you mean `" : "",
                             meant ? meant : "", meant ? "`?" : "");
        }
        if (equals && !equals[1])
            return cli_usage(args->verb, "--emit %s names no file behind the `=`", text);
        if (!equals && has_main)
            return cli_usage(args->verb,
                             "two kinds for one output: give all but one a file, as in --emit "
                             "%s=FILE",
                             text);
        has_main |= !equals;
        int code = add_emit(self, args, kind, equals ? equals + 1 : NULL);
        if (code) return code;
    }
    if (!has_main && (!words->count || cli_has(args, FLAG_output)))
        return add_emit(self, args, EMIT_DOCS, NULL);
    return CLI_DONE;
}

static size_t split_types(const char *text, tamis_str *types, size_t room)
{
    size_t count = 0;
    while (text && *text && count < room) {
        size_t n = strcspn(text, ",");
        if (n) types[count++] = (tamis_str){text, n};
        text += n + (text[n] == ',');
    }
    return count;
}

/* The run's own files are never its inputs. */
static void exclude(outputs *self, const char *path)
{
    if (path && strcmp(path, "-") != 0 &&
        self->excluded_count < sizeof self->excluded / sizeof *self->excluded)
        self->excluded[self->excluded_count++] = path;
}

static void exclude_all(outputs *self, const cli_args *args)
{
    for (size_t i = 0; i < self->count; i++) exclude(self, self->emits[i].path);
    exclude(self, cli_value(args, FLAG_quarantine));
    exclude(self, cli_value(args, FLAG_dropped));
    exclude(self, cli_value(args, FLAG_stats));
    const char *main = self->count ? self->emits[0].path : NULL;
    if (!main) return;
    const char *dot = strrchr(main, '.'), *slash = strrchr(main, '/');
    int stem = dot && (!slash || dot > slash) ? (int)(dot - main) : (int)strlen(main);
    snprintf(self->quarantine[0], sizeof self->quarantine[0], "%.*s.quarantine.jsonl", stem, main);
    snprintf(self->quarantine[1], sizeof self->quarantine[1], "%s.quarantine.jsonl", main);
    exclude(self, self->quarantine[0]);
    exclude(self, self->quarantine[1]);
}

static int read_outputs(outputs *self, const cli_args *args)
{
    int code = read_emits(self, args);
    if (code) return code;
    static const offset_unit units[] = {OFFSETS_CODEPOINT, OFFSETS_UTF16, OFFSETS_BYTE};
    static const text_kind kinds[] = {TEXT_CLEAN, TEXT_ORIGINAL};
    size_t types = split_types(cli_value(args, FLAG_types), self->types,
                               sizeof self->types / sizeof *self->types);
    self->options = (io_writer_options){
        .emits = self->emits,
        .emit_count = self->count,
        .with_dropped = cli_has(args, FLAG_with_dropped),
        .dropped = cli_value(args, FLAG_dropped),
        .quarantine = cli_value(args, FLAG_quarantine),
        .record = {.offsets = units[cli_word(args, FLAG_offsets, 0)],
                   .text = kinds[cli_word(args, FLAG_text, 0)],
                   .nested = cli_has(args, FLAG_nested),
                   .types = self->types,
                   .type_count = types},
        .pretty = {.colour = cli_colour(args, stdout), .width = cli_columns(stdout)}};
    exclude_all(self, args);
    return CLI_DONE;
}

/* Writing over what is being read would lose it: refused, whatever the names look like. */
static int check_apart(const outputs *self, const cli_args *args, const char *const *inputs,
                       size_t count)
{
    for (size_t i = 0; i < self->excluded_count; i++) {
        struct stat out, in;
        if (stat(self->excluded[i], &out) || !S_ISREG(out.st_mode)) continue;
        for (size_t k = 0; k <= count; k++) {
            const char *read = k < count ? inputs[k] : args->operands.at[0];
            if (stat(read, &in) || in.st_dev != out.st_dev || in.st_ino != out.st_ino) continue;
            if (self->excluded[i] == self->quarantine[0] ||
                self->excluded[i] == self->quarantine[1])
                return cli_usage(args->verb,
                                 "the quarantine file %s is an input: name another by --quarantine",
                                 self->excluded[i]);
            return cli_usage(args->verb, "%s is read and would be written: write to another file",
                             self->excluded[i]);
        }
    }
    return CLI_DONE;
}

/* A type that no stage writes but that is nearly one: told, for the run would go through and show
 * nothing. */
static void check_types(const outputs *self, const pipeline *p)
{
    enum { MOST = 64 };
    static const char error_type[] = "error";
    char rooms[MOST][128];
    const char *names[MOST] = {error_type};
    size_t count = 1;
    for (size_t i = 0; i < p->stage_count; i++)
        for (const char *const *w = p->stages[i].stage.writes; w && *w && count < MOST; w++) {
            const char *word = session_word(&p->stages[i], *w, rooms[count], sizeof rooms[count]);
            if (!strncmp(word, "span:", 5)) names[count++] = word + 5;
        }
    for (size_t i = 0; i < self->options.record.type_count; i++) {
        tamis_str type = self->types[i];
        bool known = false;
        for (size_t k = 0; k < count; k++) known |= str_is(type, names[k]);
        const char *meant = known ? NULL : did_you_mean(type, names, count);
        if (meant)
            fprintf(stderr,
                    "tamis: warning: no stage writes spans of type `%.*s`: did you mean `%s`?\n",
                    (int)type.n, type.p, meant);
    }
}

/* ------------------------------------------------------------------ how many may fail */

typedef struct {
    bool given, percent;
    double number;
} allowance;

static int read_allowance(const cli_args *args, allowance *out)
{
    const char *text = cli_value(args, FLAG_max_quarantined);
    *out = (allowance){.given = text != NULL, .percent = true, .number = 1};
    if (!text) return CLI_DONE;
    char *end;
    out->number = strtod(text, &end);
    out->percent = *end == '%';
    bool whole = out->percent || out->number == (double)(uint64_t)out->number;
    if (end == text || out->number < 0 || end[out->percent] || !whole || text[0] == '-')
        return cli_usage(args->verb,
                         "--max-quarantined takes a number or a share, such as 10 or 1%%, "
                         "not `%s`",
                         text);
    return CLI_DONE;
}

static bool within(const allowance *self, const engine_report *report, bool kept)
{
    if (!self->given && !kept) return report->quarantined == 0;
    double most = self->percent ? self->number / 100 * (double)report->documents : self->number;
    return (double)report->quarantined <= most;
}

/* ------------------------------------------------------------------ the run */

static engine_options read_engine(const cli_args *args)
{
    return (engine_options){.jobs = (uint32_t)cli_number(args, FLAG_jobs, 0),
                            .in_process = cli_has(args, FLAG_in_process),
                            .unordered = cli_has(args, FLAG_unordered),
                            .progress = isatty(STDERR_FILENO) && !cli_has(args, FLAG_quiet) &&
                                        !(isatty(STDOUT_FILENO) && !cli_has(args, FLAG_output)),
                            .max_document = cli_number(args, FLAG_max_document, 0),
                            .limit = cli_number(args, FLAG_limit, 0),
                            .only_id = str_of(cli_value(args, FLAG_id))};
}

/* Tells the figures and gives the exit code of a run that went through. */
static int conclude(const cli_args *args, const session *s, const engine_reader *reader,
                    const char *quarantine, const engine_report *report, const allowance *most)
{
    const char *stats = cli_value(args, FLAG_stats);
    bool missed = !report->documents && !report->interrupted && cli_has(args, FLAG_id);
    if (!cli_has(args, FLAG_quiet) && !missed)
        report_print(stderr, s->pipeline, report, quarantine, reader->skipped,
                     cli_colour(args, stderr));
    error e = {0};
    if (stats && report_write_stats(stats, s->pipeline, report, &e) < 0)
        return cli_fail(CLI_IO, "%s", e.text);
    if (report->interrupted) {
        const char *main = cli_value(args, FLAG_output);
        struct stat st;
        char partial[4200] = "";
        if (main) snprintf(partial, sizeof partial, "%s.partial", main);
        if (partial[0] && !cli_has(args, FLAG_quiet) && !stat(partial, &st))
            fprintf(stderr, "  what was written stands in %s\n", partial);
        return CLI_INTERRUPTED;
    }
    if (missed) return cli_fail(CLI_INPUT, "no document has the id `%s`", cli_value(args, FLAG_id));
    if (within(most, report, quarantine != NULL)) return CLI_DONE;
    if (!quarantine)
        return cli_fail(CLI_LIMIT, "what failed was not kept: --quarantine FILE keeps it");
    return cli_fail(CLI_LIMIT, "more documents were quarantined than --max-quarantined allows");
}

static int run_engine(const cli_args *args, session *s, outputs *out, const char *const *inputs,
                      size_t count, const allowance *most)
{
    engine_reader *reader = NULL;
    engine_writer *writer = NULL;
    engine_report report = {0};
    error e = {0};
    io_reader_options reading = session_reader_options(args);
    reading.exclude = out->excluded;
    reading.exclude_count = out->excluded_count;
    engine_options options = read_engine(args);
    done_mark mark;
    bool was_done = false;

    int code = shard_read(args, &reading);
    if (!code) code = done_open(&mark, args, out->count ? out->emits[0].path : NULL);
    if (code) return code;
    code = io_reader_open(inputs, count, &reading, &reader, &e);
    if (!code) code = done_look(&mark, args, s->pipeline, reader, &was_done);
    if (code || was_done) goto done;
    code = io_writer_open(&out->options, &writer, &e);
    if (code) goto done;
    code = engine_run(s->pipeline, reader, writer, &options, &report, &e);
    if (code == EXIT_DONE || code == EXIT_INTERRUPTED)
        code = conclude(args, s, reader, io_writer_quarantine(writer), &report, most);
    if (code == CLI_DONE) code = done_write(&mark, writer, &report);
done:
    if (e.text[0]) cli_fail(code, "%s", e.text);
    if (writer) writer->close(writer);
    if (reader) reader->close(reader);
    engine_report_free(&report);
    return code;
}

int verb_run(const cli_args *args)
{
    static const char *const standard_input[] = {"-"};
    if (!args->operands.count)
        return cli_usage(args->verb, "no pipeline: tamis run PIPELINE [INPUT…]");
    if (cli_number(args, FLAG_jobs, 0) > ENGINE_JOBS_MAX)
        return cli_usage(args->verb, "--jobs takes at most %d, not `%s`", ENGINE_JOBS_MAX,
                         cli_value(args, FLAG_jobs));
    if (cli_has(args, FLAG_watch) && cli_has(args, FLAG_once))
        return cli_usage(args->verb, "--once and --watch cannot go together");
    if (cli_has(args, FLAG_watch)) return watch_run(args);
    const char *const *inputs = args->operands.at + 1;
    size_t count = args->operands.count - 1;
    if (!count) {
        inputs = standard_input;
        count = 1;
    }
    outputs *out = calloc(1, sizeof *out);
    if (!out) return cli_fail(CLI_INTERNAL, "no memory");
    allowance most;
    session s;
    int code = session_check_inputs(args, inputs, count);
    if (!code) code = read_outputs(out, args);
    if (!code) code = check_apart(out, args, inputs, count);
    if (!code) code = read_allowance(args, &most);
    if (!code) {
        session_open(&s, args);
        code = session_load(&s, args->operands.at[0], NULL);
        if (!code && !cli_has(args, FLAG_quiet)) check_types(out, s.pipeline);
        if (!code) code = run_engine(args, &s, out, inputs, count, &most);
        session_close(&s);
    }
    free(out);
    return code;
}
