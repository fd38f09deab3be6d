/* tamis test: runs the cases of *.test.lua files. Each file loads as the pipeline that it tests;
 * its cases go through one worker in this process. With --update the literals of cases whose marks
 * differ are written anew. */
#include "cli/literal.h"
#include "cli/session.h"
#include "cli/test_report.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"

typedef struct {
    const cli_args *args;
    test_report report;
    char **files;
    size_t file_count;
    const char *only; /* words of a case's name; NULL: all */
} testing;

/* A text that takes the place of a literal. */
typedef struct {
    literal at;
    char *text;
    size_t n;
    size_t result; /* its index in the report */
} edit;

/* ------------------------------------------------------------------ which files */

static bool is_test_file(const char *name)
{
    static const char suffix[] = ".test.lua";
    size_t n = strlen(name), m = sizeof suffix - 1;
    return n > m && !strcmp(name + n - m, suffix);
}

static bool add_file(testing *self, const char *path)
{
    char **moved = realloc(self->files, (self->file_count + 1) * sizeof *moved);
    if (!moved) return false;
    self->files = moved;
    moved[self->file_count] = strdup(path);
    return moved[self->file_count++] != NULL;
}

static int visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* The test files of a folder and those below it, in byte order; links to folders are not
 * followed. */
static int add_folder(testing *self, const char *folder, int depth)
{
    struct dirent **list = NULL;
    int n = scandir(folder, &list, visible, NULL), code = CLI_DONE;
    if (n < 0) return cli_fail(CLI_INPUT, "cannot read %s: %s", folder, strerror(errno));
    for (int i = 1; i < n; i++) /* scandir's own orders go by the locale */
        for (int k = i; k > 0 && strcmp(list[k - 1]->d_name, list[k]->d_name) > 0; k--) {
            struct dirent *swapped = list[k];
            list[k] = list[k - 1];
            list[k - 1] = swapped;
        }
    for (int i = 0; i < n; i++) {
        char path[4096];
        struct stat st;
        bool here = !strcmp(folder, ".");
        snprintf(path, sizeof path, "%s%s%s", here ? "" : folder, here ? "" : "/", list[i]->d_name);
        if (!code && !lstat(path, &st)) {
            if (S_ISDIR(st.st_mode) && depth < 32)
                code = add_folder(self, path, depth + 1);
            else if (!S_ISDIR(st.st_mode) && is_test_file(path) && !add_file(self, path))
                code = cli_fail(CLI_INTERNAL, "no memory");
        }
        free(list[i]);
    }
    free(list);
    return code;
}

static int gather_files(testing *self)
{
    static const char *const here[] = {"."};
    const cli_words *named = &self->args->operands;
    const char *const *names = named->count ? named->at : here;
    size_t count = named->count ? named->count : 1;
    for (size_t i = 0; i < count; i++) {
        struct stat st;
        char name[4096];
        int n = (int)strlen(names[i]);
        while (n > 1 && names[i][n - 1] == '/') n--;
        snprintf(name, sizeof name, "%.*s", n, names[i]);
        if (stat(name, &st))
            return cli_fail(CLI_INPUT, "cannot read %s: %s", name, strerror(errno));
        int code = S_ISDIR(st.st_mode)    ? add_folder(self, name, 0)
                   : add_file(self, name) ? CLI_DONE
                                          : cli_fail(CLI_INTERNAL, "no memory");
        if (code) return code;
    }
    if (self->file_count) return CLI_DONE;
    return cli_fail(CLI_INPUT, "no test in %s: tests stand in files that end in .test.lua",
                    named->count ? names[0] : "this folder");
}

/* ------------------------------------------------------------------ a file's pipeline */

typedef struct {
    session s;
    pipeline_worker worker;
    bool entered;
    const test_file *tests;
} loaded;

static void unload(loaded *self)
{
    if (self->entered) pipeline_leave(&self->worker);
    session_close(&self->s);
}

/* Loads the file with its options and those of a case; mistakes are told on stderr. */
static bool load(loaded *self, const cli_args *args, const char *file, const cli_words *defines)
{
    error e = {0};
    *self = (loaded){0};
    session_open(&self->s, args);
    if (session_load_quietly(&self->s, file, NULL, defines)) {
        session_tell(&self->s);
        return false;
    }
    self->tests = script_tests(self->s.pipeline->script);
    if (!self->tests) {
        cli_fail(CLI_CONFIG, "%s returns a pipeline, not tests: return test { … }", file);
        return false;
    }
    script_set_limits(self->s.pipeline->script, (script_limits){.polling = true});
    self->entered = session_enter(&self->s, &self->worker, &e) >= 0;
    if (!self->entered) cli_fail(CLI_CONFIG, "%s: %s", file, e.text);
    return self->entered;
}

/* {"rule": {"hits": 3, …}, …} of one stage of rules. */
static void gather_hits(testing *self, const char *source, tamis_str json, arena *memory)
{
    json_scan scan = json_scan_of(json);
    json_value key, row;
    tamis_str rule;
    if (json_open(&scan, '{', NULL) < 0) return;
    while (json_member(&scan, &key, &row, NULL) == JSON_MORE) {
        tamis_str hits =
            row.kind == JSON_OBJECT ? json_find(row.raw, TAMIS_STR("hits")) : (tamis_str){0};
        if (hits.n && json_string(&key, memory, &rule, NULL, NULL, NULL) >= 0)
            test_report_rule(&self->report, source, rule, !str_is(hits, "0"));
    }
}

/* One name for a file however it was reached, from this folder where it lies below it. */
static char *source_name(tamis_str path)
{
    char *given = strndup(path.p, path.n), *real = given ? realpath(given, NULL) : NULL;
    char *here = getcwd(NULL, 0);
    size_t n = here ? strlen(here) : 0;
    if (real) {
        bool below = n > 1 && !strncmp(real, here, n) && real[n] == '/';
        free(given);
        given = strdup(below ? real + n + 1 : real);
    }
    free(real);
    free(here);
    return given;
}

/* Whether each rule of the file's rules fired. */
static void gather_rules(testing *self, loaded *from)
{
    const pipeline *p = from->s.pipeline;
    for (size_t i = 0; i < p->stage_count; i++) {
        if (p->stages[i].spec->kind != SPEC_RULES || !pipeline_has_totals(p, i)) continue;
        tamis_str source = p->stages[i].spec->name, saved, json = {0};
        void *total = NULL;
        arena memory = {0};
        error e = {0};
        char *name = source_name(str_is(source, "rules") ? str_of(p->spec->file) : source);
        if (name && pipeline_save(&from->worker, i, &saved, &e) >= 0 &&
            pipeline_merge(p, i, &total, saved, &e) >= 0 &&
            pipeline_finish(p, i, total, &memory, &json, &e) >= 0) {
            gather_hits(self, name, json, &memory);
        }
        free(name);
        arena_free(&memory);
    }
}

/* ------------------------------------------------------------------ a case */

/* The value of an option as -D takes it. */
static void define_text(buffer *out, const value *v)
{
    switch (v->kind) {
    case VALUE_BOOL: buffer_append_text(out, v->u.b ? "true" : "false"); break;
    case VALUE_INT: json_write_int(out, v->u.i); break;
    case VALUE_NUMBER: buffer_printf(out, "%.17g", v->u.d); break;
    case VALUE_STRING: buffer_append_str(out, v->u.s); break;
    default: break;
    }
}

static void add_define(cli_words *defines, tamis_str stage, tamis_str key, const value *v)
{
    buffer text = {0};
    buffer_printf(&text, "%.*s.%.*s=", (int)stage.n, stage.p, (int)key.n, key.p);
    define_text(&text, v);
    buffer_append_char(&text, 0);
    const char **more = realloc(defines->at, (defines->count + 1) * sizeof *more);
    if (text.failed || !more) abort(); /* a few words: there is no going on */
    defines->at = more;
    more[defines->count++] = text.p;
}

/* A case with options of its own gets a pipeline of its own: the file's, with them as -D. */
static bool load_for_case(loaded *self, const cli_args *args, const char *file,
                          const loaded *common, const value *options)
{
    cli_words defines = {0};
    tamis_str stage = str_of(common->s.pipeline->stages[0].name);
    for (size_t i = 0; i < options->u.map.count; i++) {
        const value_member *m = &options->u.map.members[i];
        bool list = m->value->kind == VALUE_LIST;
        for (size_t k = 0; k < (list ? m->value->u.list.count : 1); k++)
            add_define(&defines, stage, m->key, list ? &m->value->u.list.items[k] : m->value);
    }
    bool good = load(self, args, file, &defines);
    union {
        const char *from;
        char *to;
    } text;
    for (size_t i = 0; i < defines.count; i++) {
        text.from = defines.at[i];
        free(text.to);
    }
    free(defines.at);
    return good;
}

static void run_case(testing *self, const char *file, loaded *common, const case_rules *rules,
                     const test_case *c, tamis_doc *doc, case_result *out)
{
    const value *options = value_member_of(&c->options, "options");
    if (!options || options->kind != VALUE_MAP || !options->u.map.count ||
        !common->s.pipeline->stage_count) {
        case_run(rules, c, &common->worker, doc, out);
        return;
    }
    loaded own;
    if (load_for_case(&own, self->args, file, common, options)) {
        case_rules with = *rules;
        with.pipeline = own.s.pipeline;
        case_run(&with, c, &own.worker, doc, out);
        gather_rules(self, &own);
    } else {
        *out = (case_result){0};
        buffer_append_text(&out->why, "    its options cannot be set: see above\n");
    }
    unload(&own);
}

static char *take_text(buffer *from)
{
    buffer_append_char(from, 0);
    return from->failed ? NULL : from->p;
}

/* Notes the new text of a case, where its literal is found. */
static void note_edit(const test_case *c, tamis_str file, case_result *result, size_t index,
                      edit *edits, size_t *count)
{
    literal at;
    buffer text = {0};
    if (!result->update.n) return;
    if (!literal_find(file, c->text_at, c->text, &at) ||
        !literal_write(file, at, buffer_str(&result->update), &text)) {
        buffer_append_text(&result->why,
                           "    not updated: its text is no plain literal of this file\n");
        buffer_free(&text);
        return;
    }
    edits[(*count)++] = (edit){at, text.p, text.n, index};
}

/* ------------------------------------------------------------------ a file */

static int by_start(const void *a, const void *b)
{
    const edit *x = a, *y = b;
    return (x->at.start > y->at.start) - (x->at.start < y->at.start);
}

/* The file with the edits made takes its own place. */
static bool write_edits(const char *path, tamis_str text, edit *edits, size_t count)
{
    buffer edited = {0};
    size_t at = 0;
    qsort(edits, count, sizeof *edits, by_start);
    for (size_t i = 0; i < count; i++) {
        buffer_append_str(&edited, (tamis_str){text.p + at, edits[i].at.start - at});
        buffer_append_str(&edited, (tamis_str){edits[i].text, edits[i].n});
        at = edits[i].at.end;
    }
    buffer_append_str(&edited, (tamis_str){text.p + at, text.n - at});
    bool good = !edited.failed && file_replace(path, buffer_str(&edited), NULL) >= 0;
    buffer_free(&edited);
    return good;
}

static void run_cases(testing *self, const char *file, loaded *from, case_rules *rules,
                      tamis_doc *doc)
{
    size_t edit_count = 0, first = self->report.count;
    edit *edits = calloc(from->tests->count + 1, sizeof *edits);
    file_bytes text = {0};
    bool update = cli_has(self->args, FLAG_update) && file_open(file, &text, NULL) >= 0;
    for (size_t i = 0; edits && i < from->tests->count; i++) {
        const test_case *c = &from->tests->cases[i];
        case_result result;
        if (self->only && !memmem(c->name.p, c->name.n, self->only, strlen(self->only))) continue;
        test_result *told = test_report_add(&self->report, file, c->at.line, c->name);
        size_t index = (size_t)(told - self->report.results);
        int64_t start = clock_monotonic();
        run_case(self, file, from, rules, c, doc, &result);
        told = &self->report.results[index];
        told->seconds = (double)(clock_monotonic() - start) / 1e9;
        told->passed = result.passed;
        if (update) note_edit(c, text.bytes, &result, index, edits, &edit_count);
        if (!result.passed) told->why = take_text(&result.why);
        if (told->why) result.why = (buffer){0};
        case_result_free(&result);
    }
    bool written = edit_count && write_edits(file, text.bytes, edits, edit_count);
    if (edit_count && !written) cli_fail(CLI_IO, "cannot write %s: %s", file, strerror(errno));
    for (size_t i = 0; i < edit_count; i++) {
        self->report.results[edits[i].result].updated = written;
        free(edits[i].text);
    }
    free(edits);
    if (update) file_close(&text);
    test_report_file(&self->report, file, first);
}

/* Reports for programs have a failed case for it: they look at nothing else. */
static void note_unloaded(testing *self, const char *file)
{
    self->report.unloaded++;
    if (self->report.format == REPORT_TEXT) return;
    test_result *r = test_report_add(&self->report, file, 1, TAMIS_STR("the file can be loaded"));
    r->why = strdup("    it has mistakes: see standard error\n");
}

static void run_file(testing *self, const char *file)
{
    loaded from;
    arena memory = {0};
    tamis_doc doc;
    error e = {0};
    const test_report *look = &self->report;
    case_rules rules = {.red = look->red,
                        .green = look->green,
                        .bold = look->bold,
                        .dim = look->dim,
                        .off = look->off};
    self->report.files++;
    if (!load(&from, self->args, file, NULL)) {
        note_unloaded(self, file);
    } else {
        case_rules_read(&rules, from.tests, from.s.pipeline, &memory, &from.s.diags);
        if (from.s.diags.errors) {
            session_tell(&from.s);
            note_unloaded(self, file);
        } else if (document_init(&doc, &e) >= 0) {
            run_cases(self, file, &from, &rules, &doc);
            gather_rules(self, &from);
            document_free(&doc);
        }
    }
    arena_free(&memory);
    unload(&from);
}

/* ------------------------------------------------------------------ the verb */

static int open_report(testing *self)
{
    const char *path = cli_value(self->args, FLAG_output);
    test_report *r = &self->report;
    r->format = (report_format)cli_word(self->args, FLAG_test_format, 0);
    r->quiet = cli_has(self->args, FLAG_quiet);
    r->out = path ? fopen(path, "w") : stdout;
    if (!r->out) return cli_fail(CLI_IO, "cannot write %s: %s", path, strerror(errno));
    bool colour = r->format == REPORT_TEXT && cli_colour(self->args, r->out);
    r->red = colour ? "\033[31m" : "";
    r->green = colour ? "\033[32m" : "";
    r->bold = colour ? "\033[1m" : "";
    r->dim = colour ? "\033[2m" : "";
    r->off = colour ? "\033[0m" : "";
    return CLI_DONE;
}

int verb_test(const cli_args *args)
{
    testing self = {.args = args, .only = cli_value(args, FLAG_only)};
    int code = gather_files(&self);
    if (!code) code = open_report(&self);
    if (!code) {
        for (size_t i = 0; i < self.file_count; i++) run_file(&self, self.files[i]);
        test_report_end(&self.report);
        bool written = self.report.out == stdout || !fclose(self.report.out);
        code = written ? cli_flush() : cli_fail(CLI_IO, "cannot write the report");
        if (!code && self.report.unloaded) code = CLI_CONFIG;
        if (!code && test_report_failed(&self.report)) code = CLI_LIMIT;
        if (!code && self.only && !self.report.count)
            code = cli_fail(CLI_INPUT, "no case's name holds `%s`", self.only);
    }
    test_report_free(&self.report);
    for (size_t i = 0; i < self.file_count; i++) free(self.files[i]);
    free(self.files);
    return code;
}
