/* tamis try: a pipeline made of -s and -e, run over documents one by one in this process; what its
 * last part finds is shown in the lines it stands in. */
#include "cli/place.h"
#include "cli/session.h"
#include "cli/sight.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>

static const char NAME[] = "-e"; /* of the made pipeline, in messages */

typedef struct {
    const cli_args *args;
    session s;
    tamis_doc doc;
    sight_look look;
    pipeline_worker worker;
    size_t shown; /* the first stage whose findings are shown */
    uint64_t documents, hits, found, dropped, failed;
    bool many; /* inputs: the documents are named */
} trying;

/* ------------------------------------------------------------------ the pipeline */

static bool begins_with_word(const char *code, const char *word)
{
    size_t n = strlen(word);
    return !strncmp(code, word, n) && !isalnum((unsigned char)code[n]) && code[n] != '_';
}

/* /pattern/flags as a rule; the flags are PCRE2's inline ones. */
static bool add_pattern(buffer *out, const char *code)
{
    const char *end = strrchr(code, '/');
    if (end == code) return false;
    for (const char *flag = end + 1; *flag; flag++)
        if (!strchr("imsx", *flag)) return false;
    size_t n = (size_t)(end - code - 1);
    int level = 1;
    char closing[16];
    do { /* a long bracket that the pattern does not close */
        snprintf(closing, sizeof closing, "]%.*s]", level++, "==========");
    } while (level < 10 && memmem(code, n + 1, closing, strlen(closing)));
    int equals = level - 1;
    buffer_printf(out, "rules { { name = \"try\", type = \"match\", pattern = [%.*s[", equals,
                  "==========");
    if (end[1]) buffer_printf(out, "(?%s)", end + 1);
    buffer_append(out, code + 1, n);
    buffer_printf(out, "]%.*s] } }", equals, "==========");
    return true;
}

/* Whether "key =" stands in the code. */
static bool has_key(const char *code, const char *key)
{
    size_t n = strlen(key);
    for (const char *at = code; (at = strstr(at, key)); at += n) {
        const char *after = at + n;
        while (isspace((unsigned char)*after)) after++;
        bool whole = at == code || !(isalnum((unsigned char)at[-1]) || at[-1] == '_');
        if (whole && *after == '=' && after[1] != '=') return true;
    }
    return false;
}

static void add_code(buffer *out, const char *code)
{
    static const char *const words[] = {"stage", "script", "rules", "include", "function"};
    while (isspace((unsigned char)*code)) code++;
    if (*code == '/' && add_pattern(out, code)) return;
    if (*code == '{') { /* what a rule in a file must have, one to try may leave out */
        bool acts = has_key(code, "type") || has_key(code, "remove") || has_key(code, "drop") ||
                    has_key(code, "set");
        buffer_printf(out, "rules { {%s%s%s\n}", has_key(code, "name") ? "" : " name = \"try\",",
                      acts ? "" : " type = \"match\",", code + 1); /* it may end in a comment */
        return;
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (begins_with_word(code, words[i])) {
            buffer_append_text(out, code);
            buffer_append_char(out, '\n');
            return;
        }
    buffer_printf(out, "function(doc) %s\nend", code);
}

static void add_stage(buffer *out, const char *name)
{
    size_t n = strlen(name);
    bool file = n > 4 && !strcmp(name + n - 4, ".lua");
    buffer_append_text(out, file ? "script " : "stage ");
    buffer_append_char(out, '"');
    for (; *name; name++) {
        if (*name == '"' || *name == '\\') buffer_append_char(out, '\\');
        buffer_append_char(out, *name == '\n' ? ' ' : *name);
    }
    buffer_append_text(out, "\" {}");
}

static int load(trying *self)
{
    const cli_words *codes = &self->args->flags[FLAG_code],
                    *stages = &self->args->flags[FLAG_stage];
    buffer text = {0};
    buffer_append_text(&text, "return pipeline \"try\" { ");
    for (size_t i = 0; i < stages->count; i++) {
        add_stage(&text, stages->at[i]);
        buffer_append_text(&text, ", ");
    }
    for (size_t i = 0; i < codes->count; i++) {
        add_code(&text, codes->at[i]);
        buffer_append_text(&text, ", ");
    }
    buffer_append_text(&text, "}");
    buffer_append_char(&text, 0);
    int code = text.failed ? cli_fail(CLI_INTERNAL, "no memory") : CLI_DONE;
    self->s.diags.unfiled = NAME;
    self->s.diags.unfiled_text = (tamis_str){text.p, text.n ? text.n - 1 : 0};
    if (!code) code = session_load(&self->s, NAME, text.p);
    buffer_free(&text);
    self->s.diags.unfiled = NULL;
    for (size_t i = 0; code && i < codes->count; i++) /* what a stranger to it means by -e word */
        if (*codes->at[i] != '/' && !strpbrk(codes->at[i], "{}=") && !strstr(codes->at[i], "doc"))
            fprintf(stderr, "tamis: a pattern stands between slashes: -e '/%s/'\n", codes->at[i]);
    if (code) return code;
    self->shown = codes->count ? stages->count : stages->count - 1;
    script_set_limits(self->s.pipeline->script, (script_limits){.polling = true});
    error e = {0};
    if (session_enter(&self->s, &self->worker, &e) < 0) return cli_fail(CLI_CONFIG, "%s", e.text);
    return CLI_DONE;
}

/* ------------------------------------------------------------------ a document */

static bool is_shown(const trying *self, tamis_str stage)
{
    const pipeline *p = self->s.pipeline;
    for (size_t i = self->shown; i < p->stage_count; i++)
        if (str_is(stage, p->stages[i].name)) return true;
    return false;
}

static void tell_document(trying *self)
{
    tamis_doc *doc = &self->doc;
    sight *list =
        arena_alloc(&doc->memory, (doc->span_count + doc->removal_count + 1) * sizeof *list);
    size_t count = 0, found = 0;
    for (size_t i = 0; list && i < doc->span_count; i++) {
        if ((doc->spans[i].flags & SPAN_READ) || !is_shown(self, doc->spans[i].stage)) continue;
        list[count++] = sight_of_span(&doc->spans[i], SIGHT_NEW);
    }
    for (size_t i = 0; list && i < doc->removal_count; i++) {
        bool now = is_shown(self, doc->removals[i].stage);
        list[count++] = sight_of_removal(&doc->removals[i], now ? SIGHT_NEW : SIGHT_OLD);
    }
    for (size_t i = 0; i < count; i++) found += list[i].state == SIGHT_NEW;
    bool ended = doc->status == DOCUMENT_DROPPED || doc->status == DOCUMENT_QUARANTINED;
    self->found += found;
    self->hits += found > 0;
    self->dropped += doc->status == DOCUMENT_DROPPED;
    self->failed += doc->status == DOCUMENT_QUARANTINED;
    if (!found && !ended) return;
    if (self->many)
        printf("%s%.*s%s\n", self->look.bold, (int)doc->id.n, doc->id.p, self->look.off);
    sight_print(&self->look, doc->source, list, count);
    if (ended)
        printf("%s%s%s: %.*s\n", self->look.red,
               doc->status == DOCUMENT_DROPPED ? "dropped" : "failed", self->look.off,
               (int)doc->reason.n, doc->reason.p);
}

static int try_all(trying *self, const char *const *inputs, size_t count)
{
    engine_reader *reader = NULL;
    io_reader_options reading = session_reader_options(self->args);
    const char *id = cli_value(self->args, FLAG_id);
    uint64_t most = cli_number(self->args, FLAG_limit, 0);
    if (!most) most = UINT64_MAX;
    error e = {0};
    int code = io_reader_open(inputs, count, &reading, &reader, &e);
    if (code) return cli_fail(code, "%s", e.text);
    self->many = count > 1 || session_holds_many(inputs[0]);
    int rc = 1;
    while (!code && self->documents < most &&
           (rc = io_reader_next_document(reader, &self->doc, &e)) != 0) {
        if (rc == TAMIS_FATAL) {
            code = cli_fail(CLI_INPUT, "%s", e.text);
        } else if (rc < 0) {
            cli_fail(CLI_INPUT, "%s", e.text);
            e = (error){0};
        } else if (!id || str_is(self->doc.id, id)) {
            self->documents++;
            if (pipeline_run(&self->worker, &self->doc) == TAMIS_FATAL)
                code = cli_fail(CLI_INTERNAL, "%s", self->worker.error.text);
            else
                tell_document(self);
        }
    }
    reader->close(reader);
    return code;
}

static void tell_sums(const trying *self)
{
    fflush(stdout);
    fprintf(stderr, "%" PRIu64 " found in %" PRIu64 " of %" PRIu64 " document%s", self->found,
            self->hits, self->documents, self->documents == 1 ? "" : "s");
    if (self->dropped) fprintf(stderr, ", %" PRIu64 " dropped", self->dropped);
    if (self->failed) fprintf(stderr, ", %" PRIu64 " failed", self->failed);
    fputc('\n', stderr);
}

int verb_try(const cli_args *args)
{
    static const char *const standard_input[] = {"-"};
    if (!cli_has(args, FLAG_code) && !cli_has(args, FLAG_stage))
        return cli_usage(args->verb, "try what? -e CODE or -s STAGE");
    const char *const *inputs = args->operands.count ? args->operands.at : standard_input;
    size_t count = args->operands.count ? args->operands.count : 1;
    int code = session_check_inputs(args, inputs, count);
    if (code) return code;
    trying self = {.args = args, .look = sight_look_of(args, stdout)};
    error e = {0};
    session_open(&self.s, args);
    bool made = document_init(&self.doc, &e) >= 0;
    if (!made) code = cli_fail(CLI_INTERNAL, "%s", e.text);
    if (!code) code = load(&self);
    bool entered = !code;
    if (!code) code = try_all(&self, inputs, count);
    if (!code) code = cli_flush();
    if (!code && !cli_has(args, FLAG_quiet)) tell_sums(&self);
    if (entered) pipeline_leave(&self.worker);
    if (made) document_free(&self.doc);
    session_close(&self.s);
    return code;
}
