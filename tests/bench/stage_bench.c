/* What a stage that does nothing costs a document, in C and in Lua: the difference between a
 * pipeline of many such stages and one of none, in processor time. Medians of rounds.
 *     stage_bench BUILD/tests/faults   (where the plugin with the stage `nothing` is) */
#include "pipeline/pipeline.h"

#include <stdlib.h>
#include <time.h>

enum { ROUNDS = 9, DOCUMENTS = 20000, STAGES = 20 };

static double cpu_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

typedef struct {
    pipeline *pipeline;
    pipeline_worker worker;
    pipeline_watch watch;
    double seconds[ROUNDS];
} subject;

static void die(const char *text)
{
    fprintf(stderr, "stage_bench: %s\n", text);
    exit(1);
}

/* A pipeline of `count` stages, each `stage`. */
static void subject_open(subject *self, const registry *plugins, const char *stage, int count)
{
    diagnostics diags = {0};
    buffer text = {0};
    error e = {0};
    buffer_append_text(&text, "return pipeline 'bench' {");
    for (int i = 0; i < count; i++) buffer_printf(&text, stage, i);
    buffer_append_text(&text, "}");
    buffer_append_char(&text, 0);
    self->pipeline = pipeline_load("bench.lua", text.p, plugins, NULL, 0, &diags);
    buffer_free(&text);
    if (!self->pipeline || pipeline_open(self->pipeline, &diags) < 0) {
        diagnostics_print(&diags, stderr, false);
        die("the pipeline does not open");
    }
    if (pipeline_enter(self->pipeline, &self->worker, &self->watch, &e) < 0) die(e.text);
    diagnostics_free(&diags);
}

static double round_of(subject *self, tamis_doc *doc)
{
    error e = {0};
    double begun = cpu_now();
    for (int i = 0; i < DOCUMENTS; i++) {
        document_reset(doc);
        if (document_set_source(doc, TAMIS_STR("A line of text."), &e) < 0) die(e.text);
        if (pipeline_run(&self->worker, doc) < 0) die(self->worker.error.text);
    }
    return cpu_now() - begun;
}

static double median(subject *self)
{
    qsort(self->seconds, ROUNDS, sizeof *self->seconds, by_value);
    return self->seconds[ROUNDS / 2];
}

int main(int argc, char **argv)
{
    static subject none, c, lua;
    const char *const folders[] = {argc > 1 ? argv[1] : TAMIS_BUILD_FOLDER "/tests/faults"};
    registry plugins;
    diagnostics diags = {0};
    registry_options options = {
        .plugin_dirs = folders, .plugin_dir_count = 1, .no_installed = true};
    registry_open(&plugins, &options, &diags);
    if (diags.errors) die("no plugin `fault`");
    subject_open(&none, &plugins, "", 0);
    subject_open(&c, &plugins, "stage 'nothing' { as = 'n%d' },", STAGES);
    subject_open(&lua, &plugins, "function(doc) end,\n", STAGES);
    tamis_doc doc;
    error e = {0};
    if (document_init(&doc, &e) < 0) die(e.text);
    for (int i = 0; i < ROUNDS; i++) {
        none.seconds[i] = round_of(&none, &doc);
        c.seconds[i] = round_of(&c, &doc);
        lua.seconds[i] = round_of(&lua, &doc);
    }
    double base = median(&none), each = 1e9 / DOCUMENTS / STAGES;
    printf("no-op C stage    %8.0f ns a document\n", (median(&c) - base) * each);
    printf("no-op Lua stage  %8.0f ns a document\n", (median(&lua) - base) * each);
    document_free(&doc);
    return 0;
}
