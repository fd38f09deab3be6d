/* What hangs, with limits shorter than the command's: in `open`, in `enter`, and in `run` a hundred
 * times. */
#include "engine/engine.h"
#include "io/reader.h"
#include "io/writer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

typedef struct {
    registry plugins;
    diagnostics diags;
    pipeline *pipeline;
} bench;

static void bench_load(bench *self, const char *text)
{
    static const char *const folders[] = {TAMIS_BUILD_FOLDER "/tests/faults"};
    registry_options options = {
        .plugin_dirs = folders, .plugin_dir_count = 1, .no_installed = true};
    *self = (bench){0};
    registry_open(&self->plugins, &options, &self->diags);
    self->pipeline = pipeline_load("test.lua", text, &self->plugins, NULL, 0, &self->diags);
    if (!self->pipeline) diagnostics_print(&self->diags, stderr, false);
    assert_non_null(self->pipeline);
}

static void bench_close(bench *self)
{
    pipeline_close(self->pipeline);
    registry_free(&self->plugins);
    diagnostics_free(&self->diags);
}

/* Runs over a file of `count` pairs of documents, a good one and one of `word`. */
static int run(bench *self, const char *word, size_t count, const engine_options *options,
               engine_report *report, error *e)
{
    char in_path[] = "/tmp/tamis-limits-XXXXXX";
    int fd = mkstemp(in_path);
    assert_true(fd >= 0);
    for (size_t i = 0; i < count; i++)
        dprintf(fd, "{\"id\":\"a%zu\",\"text\":\"fine\"}\n{\"id\":\"b%zu\",\"text\":\"@%s\"}\n", i,
                i, word);
    close(fd);
    const char *const inputs[] = {in_path};
    io_emit emit = {.path = "/dev/null", .format = FORMAT_JSONL};
    io_writer_options writing = {.emits = &emit, .emit_count = 1};
    engine_reader *reader = NULL;
    engine_writer *writer = NULL;
    io_reader_options reading = {.from = "jsonl"};
    assert_int_equal(io_reader_open(inputs, 1, &reading, &reader, e), 0);
    assert_int_equal(io_writer_open(&writing, &writer, e), 0);
    int code = engine_run(self->pipeline, reader, writer, options, report, e);
    writer->close(writer);
    reader->close(reader);
    unlink(in_path);
    return code;
}

static void check_hundred(const char *word, const engine_options *options)
{
    bench b;
    engine_report report = {0};
    error e = {0};
    bench_load(&b, "return pipeline 'x' { stage 'fault' {} }");
    assert_int_equal(engine_open(b.pipeline, &b.diags), TAMIS_OK);
    assert_int_equal(run(&b, word, 100, options, &report, &e), 0);
    assert_int_equal(report.documents, 200);
    assert_int_equal(report.written, 100);
    assert_int_equal(report.quarantined, 100);
    assert_true(report.worker_deaths >= 200);
    engine_report_free(&report);
    bench_close(&b);
}

static void a_hundred_that_hang_cost_a_hundred(void **state)
{
    check_hundred("hang", &(engine_options){.jobs = 2, .hard_cpu = 0.04, .hard_wall = 60});
}

static void a_hundred_that_sleep_cost_a_hundred(void **state)
{
    check_hundred("sleep", &(engine_options){.jobs = 4, .hard_cpu = 10, .hard_wall = 0.3});
}

static void a_hang_in_enter_twice_ends_the_run(void **state)
{
    bench b;
    engine_report report = {0};
    error e = {0};
    engine_options options = {.jobs = 2, .hard_wall = 0.5};
    bench_load(&b, "return pipeline 'x' { stage 'tally' {}, stage 'fault' { enter = 'hang' } }");
    assert_int_equal(engine_open(b.pipeline, &b.diags), TAMIS_OK);
    assert_int_equal(run(&b, "fine", 10, &options, &report, &e), EXIT_INTERNAL);
    assert_non_null(strstr(e.text, "stage `fault`"));
    assert_non_null(strstr(e.text, "while entering, twice"));
    engine_report_free(&report);
    bench_close(&b);
}

static void a_hang_in_open_ends_the_command_with_78(void **state)
{
    static const char *const words[] = {"hang", "sleep"};
    for (size_t i = 0; i < 2; i++) {
        bench b;
        char text[200];
        snprintf(text, sizeof text, "return pipeline 'x' { stage 'fault' { open = '%s' } }",
                 words[i]);
        bench_load(&b, text);
        fflush(NULL);
        pid_t pid = fork();
        assert_true(pid >= 0);
        if (pid == 0) {
            engine_open_within(b.pipeline, 1, &b.diags);
            _exit(0);
        }
        int status = 0;
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), EXIT_CONFIG);
        bench_close(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hundred_that_hang_cost_a_hundred),
        cmocka_unit_test(a_hundred_that_sleep_cost_a_hundred),
        cmocka_unit_test(a_hang_in_enter_twice_ends_the_run),
        cmocka_unit_test(a_hang_in_open_ends_the_command_with_78),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
