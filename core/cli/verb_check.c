/* tamis check: walks the code of `run` up to the first document and shows what the run would be
 * made of: each stage, where it came from, its options in effect, what every path became. */
#include "cli/report.h"
#include "cli/session.h"
#include "plugin/options.h"

#include <stdlib.h>

/* The stage's options as they are when nothing is given, a line `name = value` each. */
static void describe_defaults(const pipeline_stage *stage, buffer *out)
{
    const tamis_stage *s = &stage->stage;
    void *conf = calloc(1, s->conf_size + 1);
    arena memory = {0};
    diagnostics ignored = {0};
    options_owner owner = {.stage = stage->name,
                           .folder = stage->spec->folder,
                           .data_folders = stage->element ? stage->element->data_folders : NULL};
    if (conf && stage->element) {
        options_fill(s->options, s->option_count, &owner, NULL, NULL, conf, s->conf_size, &memory,
                     &ignored);
        options_describe(s->options, s->option_count, conf, out);
    }
    diagnostics_free(&ignored);
    arena_free(&memory);
    free(conf);
}

static bool has_line(tamis_str lines, tamis_str line)
{
    for (size_t at = 0; at < lines.n;) {
        const char *end = memchr(lines.p + at, '\n', lines.n - at);
        size_t n = end ? (size_t)(end - lines.p) - at : lines.n - at;
        if (str_equal((tamis_str){lines.p + at, n}, line)) return true;
        at += n + 1;
    }
    return false;
}

/* Options in effect; those that were given stand out. */
static void print_options(const pipeline_stage *stage, const char *dim, const char *off)
{
    buffer defaults = {0};
    describe_defaults(stage, &defaults);
    for (const char *at = stage->effective; at && *at;) {
        size_t n = strcspn(at, "\n");
        bool same = has_line(buffer_str(&defaults), (tamis_str){at, n});
        bool empty = n > 3 && !memcmp(at + n - 3, " = ", 3);
        if (n)
            printf("     %s%.*s%s%s\n", same ? dim : "", (int)n, at, empty ? "(none)" : "",
                   same ? off : "");
        at += n + (at[n] == '\n');
    }
    buffer_free(&defaults);
}

static void print_words(const pipeline_stage *stage, const char *head, const char *const *words)
{
    if (!words || !*words) return;
    printf("     %s:", head);
    for (size_t i = 0; words[i]; i++) {
        char room[128];
        printf("%s %s", i ? "," : "", session_word(stage, words[i], room, sizeof room));
    }
    putchar('\n');
}

static const char *kind_of(const pipeline_stage *stage)
{
    switch (stage->spec->kind) {
    case SPEC_STAGE: return stage->element ? stage->element->file : "Lua that ships";
    case SPEC_SCRIPT: return "Lua script";
    case SPEC_FUNCTION: return "Lua function";
    case SPEC_RULES: return "rules";
    }
    return "";
}

static void print_stage(const pipeline_stage *stage, size_t number, bool colour)
{
    const char *bold = colour ? "\033[1m" : "", *dim = colour ? "\033[2m" : "",
               *off = colour ? "\033[0m" : "";
    printf("%2zu. %s%s%s", number, bold, stage->name, off);
    if (!str_is(stage->spec->name, stage->name))
        printf(" = %.*s", (int)stage->spec->name.n, stage->spec->name.p);
    bool versioned = stage->stage.version && stage->spec->kind <= SPEC_SCRIPT &&
                     strcmp(stage->stage.version, "0") != 0; /* a script's, where it says none */
    printf("  %s(%s%s%s)%s\n", dim, kind_of(stage), versioned ? ", " : "",
           versioned ? stage->stage.version : "", off);
    if (stage->guard) {
        const char *const *reads = script_guard_reads(stage->guard);
        if (reads && *reads)
            print_words(stage, "when", reads);
        else
            puts("     when: a function says so");
    }
    if (stage->on_error == ON_ERROR_SKIP) puts("     on_error = skip");
    if (stage->seconds > 0) printf("     time = %gs\n", stage->seconds);
    if (stage->memory > 0) printf("     memory = %lld\n", (long long)stage->memory);
    print_options(stage, dim, off);
    print_words(stage, "reads", stage->stage.reads);
    print_words(stage, "writes", stage->stage.writes);
}

static void print_pipeline(const pipeline *p, bool colour)
{
    const char *bold = colour ? "\033[1m" : "", *off = colour ? "\033[0m" : "";
    printf("pipeline %s%s%s (%s)\n", bold, p->name, off, p->spec->file);
    if (!p->spec->sandbox)
        puts("sandbox = false: its scripts may read and write files and start programs");
    for (size_t i = 0; i < p->stage_count; i++) print_stage(&p->stages[i], i + 1, colour);
}

/* What is odd in the user's own gazetteers, the first few of it; the rest is for `tamis gazetteer
 * check`. */
typedef struct {
    size_t findings, replaced;
} gazetteer_talk;
enum { FINDINGS_SHOWN = 10 };

static void on_finding(void *user, const terms_finding *found)
{
    gazetteer_talk *self = user;
    char line[512];
    if (found->kind == TERMS_LINT_REPLACED) {
        self->replaced++;
    } else if (self->findings++ < FINDINGS_SHOWN) {
        terms_lint_text(found, line, sizeof line);
        fprintf(stderr, "warning: %s\n", line);
    }
}

static size_t check_gazetteers(const pipeline *p)
{
    gazetteer_talk talk = {0};
    stage_resources_lint(p->resources, on_finding, &talk);
    if (talk.findings > FINDINGS_SHOWN)
        fprintf(stderr, "warning: … and %zu more: `tamis gazetteer check FILE…` tells them all\n",
                talk.findings - FINDINGS_SHOWN);
    if (talk.replaced)
        printf("gazetteers: %zu spelling%s overridden by later files\n", talk.replaced,
               talk.replaced == 1 ? "" : "s");
    return talk.findings;
}

int verb_check(const cli_args *args)
{
    if (args->operands.count != 1)
        return cli_usage(args->verb, "check one pipeline: tamis check PIPELINE");
    session s;
    int64_t began = clock_monotonic();
    session_open(&s, args);
    int code = session_load(&s, args->operands.at[0], NULL);
    char time[24];
    report_time((double)(clock_monotonic() - began) / 1e9, time);
    if (s.pipeline && !code) {
        if (!cli_has(args, FLAG_quiet)) print_pipeline(s.pipeline, cli_colour(args, stdout));
        size_t warnings = s.diags.count - s.diags.errors + check_gazetteers(s.pipeline);
        printf("%s: fine: %zu stage%s opened in %s", args->operands.at[0], s.pipeline->stage_count,
               s.pipeline->stage_count == 1 ? "" : "s", time);
        if (warnings) printf(", %zu warning%s", warnings, warnings == 1 ? "" : "s");
        putchar('\n');
        code = cli_flush();
    } else if (s.diags.errors > 1)
        fprintf(stderr, "%s: %zu errors\n", args->operands.at[0], s.diags.errors);
    session_close(&s);
    return code;
}
