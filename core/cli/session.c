/* See session.h. */
#include "cli/session.h"

#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Lines of stages: warnings and errors, and where somebody works on a stage what scripts print; all
 * with -v, errors alone with -q. */
static void log_line(void *user, const char *stage, int32_t level, const char *text)
{
    static const char *const names[] = {"debug", "info", "warning", "error"};
    const cli_args *args = user;
    const cli_verb *verb = args->verb;
    bool at_work = verb == &cli_verbs[CLI_VERB_try] || verb == &cli_verbs[CLI_VERB_trace] ||
                   verb == &cli_verbs[CLI_VERB_explain] || cli_has(args, FLAG_watch);
    int32_t least = at_work ? TAMIS_LOG_INFO : TAMIS_LOG_WARNING;
    if (cli_has(args, FLAG_verbose)) least = TAMIS_LOG_DEBUG;
    if (cli_has(args, FLAG_quiet)) least = TAMIS_LOG_ERROR;
    if (level >= least) fprintf(stderr, "tamis: %s: %s: %s\n", stage, names[level & 3], text);
}

void session_open(session *self, const cli_args *args)
{
    *self = (session){.args = args};
    union {
        const cli_args *from;
        void *to;
    } user = {.from = args};
    stage_log_to(log_line, user.to);
    const cli_words *folders = &args->flags[FLAG_plugin_dir];
    registry_options options = {.plugin_dirs = folders->at,
                                .plugin_dir_count = folders->count,
                                .plugin_path = getenv("TAMIS_PLUGIN_PATH")};
    registry_open(&self->plugins, &options, &self->diags);
}

void session_tell(session *self)
{
    if (!self->diags.errors && cli_has(self->args, FLAG_quiet)) return;
    if (self->diags.count) diagnostics_print(&self->diags, stderr, cli_colour(self->args, stderr));
}

int session_load_quietly(session *self, const char *path, const char *from_text,
                         const cli_words *defines)
{
    static const cli_words none;
    if (!defines) defines = &none;
    self->overrides = calloc(defines->count + 1, sizeof *self->overrides);
    if (!self->overrides) return cli_fail(CLI_INTERNAL, "no memory");
    for (size_t i = 0; i < defines->count; i++) self->overrides[i].text = defines->at[i];
    if (self->diags.errors) return CLI_CONFIG; /* a named plugin was refused */
    self->pipeline = pipeline_load(path, from_text, &self->plugins, self->overrides, defines->count,
                                   &self->diags);
    if (!self->pipeline) {
        if (!self->diags.errors) return cli_fail(CLI_INTERNAL, "no memory to load %s", path);
        return CLI_CONFIG;
    }
    if (self->donor) pipeline_adopt(self->pipeline, self->donor);
    for (size_t i = 0; self->plugins_only && i < self->pipeline->stage_count; i++)
        if (!self->pipeline->stages[i].element) self->pipeline->stages[i].stage.open = NULL;
    if (engine_open(self->pipeline, &self->diags) < 0) return CLI_CONFIG;
    return CLI_DONE;
}

int session_load(session *self, const char *path, const char *from_text)
{
    int code = session_load_quietly(self, path, from_text, &self->args->flags[FLAG_define]);
    session_tell(self);
    return code;
}

tamis_rc session_enter(const session *self, pipeline_worker *out, error *e)
{
    static pipeline_watch watch;
    engine_tell_crashes(self->pipeline, &watch);
    return pipeline_enter(self->pipeline, out, &watch, e);
}

void session_close(session *self)
{
    engine_tell_crashes(NULL, NULL);
    stage_log_summary();
    pipeline_close(self->pipeline);
    registry_free(&self->plugins);
    diagnostics_free(&self->diags);
    free(self->overrides);
    *self = (session){0};
}

io_reader_options session_reader_options(const cli_args *args)
{
    return (io_reader_options){.from = cli_value(args, FLAG_from),
                               .decode = {.text_key = str_of(cli_value(args, FLAG_text_key)),
                                          .id_key = str_of(cli_value(args, FLAG_id_key)),
                                          .encoding = cli_value(args, FLAG_encoding)},
                               .max_document = cli_number(args, FLAG_max_document, 0)};
}

int session_check_inputs(const cli_args *args, const char *const *inputs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t n = strlen(inputs[i]);
        if (n > 4 && !strcmp(inputs[i] + n - 4, ".lua"))
            return cli_usage(args->verb,
                             "`%s` is a pipeline, not an input: `%s` takes one pipeline, then its "
                             "inputs",
                             inputs[i], args->verb->name);
        if (!strcmp(inputs[i], "-") && isatty(STDIN_FILENO))
            return cli_usage(args->verb,
                             "no input: name files or folders, or give documents on standard "
                             "input");
    }
    return CLI_DONE;
}

const char *session_word(const pipeline_stage *stage, const char *word, char *room, size_t size)
{
    const char *dollar = strchr(word, '$');
    size_t n = dollar ? strlen(dollar + 1) : 0;
    for (const char *at = dollar ? stage->effective : NULL; at && *at;) {
        size_t length = strcspn(at, "\n");
        if (length > n + 3 && !memcmp(at, dollar + 1, n) && !memcmp(at + n, " = ", 3)) {
            snprintf(room, size, "%.*s%.*s", (int)(dollar - word), word, (int)(length - n - 3),
                     at + n + 3);
            return room;
        }
        at += length + (at[length] == '\n');
    }
    return word;
}

bool session_holds_many(const char *input)
{
    struct stat st;
    return stat(input, &st) || !S_ISREG(st.st_mode) || str_ends_with(str_of(input), "jsonl") ||
           str_ends_with(str_of(input), "ndjson");
}

int session_read_document(const cli_args *args, const char *file, tamis_doc *doc)
{
    engine_reader *reader = NULL;
    io_reader_options reading = session_reader_options(args);
    const char *id = cli_value(args, FLAG_id);
    uint64_t wanted = cli_number(args, FLAG_limit, 1), number = 0;
    if (!wanted) return cli_usage(args->verb, "documents are counted from 1: -n 1 is the first");
    error e = {0};
    int code = io_reader_open(&file, 1, &reading, &reader, &e);
    if (code) return cli_fail(code, "%s", e.text);
    int rc;
    while ((rc = io_reader_next_document(reader, doc, &e)) != 0) {
        if (rc == TAMIS_FATAL) break;
        number++;
        bool is_it = id ? rc == 1 && str_is(doc->id, id) : number == wanted;
        if (is_it) break;
        e = (error){0};
    }
    if (rc == 0)
        code = id ? cli_fail(CLI_INPUT, "%s has no document with the id `%s`", file, id)
                  : cli_fail(CLI_INPUT, "%s has %" PRIu64 " document%s", file, number,
                             number == 1 ? "" : "s");
    else if (rc < 0)
        code = cli_fail(CLI_INPUT, "%s", e.text);
    reader->close(reader);
    if (!code && !id && !cli_has(args, FLAG_limit) && !cli_has(args, FLAG_quiet) &&
        !cli_has(args, FLAG_watch) && session_holds_many(file))
        fprintf(stderr, "tamis: the first document of %s; -n N or --id ID takes another\n", file);
    return code;
}
