/* The pipeline room: building from a file's text, checking the order, running over a document. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "pipeline/pipeline.h"

typedef struct {
    registry plugins;
    diagnostics found;
    pipeline *pipeline;
    pipeline_worker worker;
    tamis_doc doc;
    bool entered;
} fixture;

static void load(fixture *f, const char *text, override *overrides, size_t count)
{
    static const char *const folders[] = {TAMIS_BUILD_FOLDER "/tests/abi/old"};
    *f = (fixture){0};
    registry_open(
        &f->plugins,
        &(registry_options){.plugin_dirs = folders, .plugin_dir_count = 1, .no_installed = true},
        &f->found);
    f->pipeline = pipeline_load("test.lua", text, &f->plugins, overrides, count, &f->found);
}

static void enter(fixture *f)
{
    error e = {0};
    assert_non_null(f->pipeline);
    assert_int_equal(pipeline_open(f->pipeline, &f->found), TAMIS_OK);
    assert_int_equal(pipeline_enter(f->pipeline, &f->worker, NULL, &e), TAMIS_OK);
    assert_int_equal(document_init(&f->doc, &e), TAMIS_OK);
    f->entered = true;
}

static void run(fixture *f, const char *text)
{
    error e = {0};
    document_reset(&f->doc);
    assert_int_equal(document_set_source(&f->doc, str_of(text), &e), TAMIS_OK);
    assert_int_equal(pipeline_run(&f->worker, &f->doc), TAMIS_OK);
}

static void done(fixture *f)
{
    if (f->entered) {
        document_free(&f->doc);
        pipeline_leave(&f->worker);
    }
    pipeline_close(f->pipeline);
    registry_free(&f->plugins);
    diagnostics_free(&f->found);
}

/* Loads a pipeline that has one mistake and checks that it is told by its code and a word of it. */
static void refused(const char *text, override *overrides, size_t count, const char *code,
                    const char *word)
{
    fixture f;
    load(&f, text, overrides, count);
    assert_null(f.pipeline);
    bool told = false;
    for (size_t i = 0; i < f.found.count; i++) {
        const diagnostic *d = &f.found.items[i];
        told |= strcmp(d->code, code) == 0 &&
                (strstr(d->message, word) || (d->label && strstr(d->label, word)));
    }
    if (!told) {
        diagnostics_print(&f.found, stderr, false);
        fail_msg("no %s that says «%s»", code, word);
    }
    done(&f);
}

static void mistakes_are_told_with_their_code(void **state)
{
    override far = {"nosuch.every=1", false}, bad = {"old.every=many", false},
             free = {"x=1", false};
    override none = {"nothing", false};
    const char *one = "return pipeline 'p' { stage 'old' {} }";
    refused("return pipeline 'p' { stage 'odl' {} }", NULL, 0, "E0104", "`old`");
    refused("return pipeline 'p' { stage 'old' {}, stage 'old' {} }", NULL, 0, "E0105", "old");
    refused("return pipeline 'p' { stage 'old' { evry = 1 } }", NULL, 0, "E0107", "every");
    refused("return pipeline 'p' { stage 'old' { every = 'x' } }", NULL, 0, "E0108", "every");
    refused("return pipeline 'p' { stage 'old' { every = 10 } }", NULL, 0, "E0109", "1..9");
    refused("return pipeline 'p' { stage 'old' { on_error = 'stop' } }", NULL, 0, "E0109", "stop");
    refused(one, &far, 1, "E0115", "nosuch");
    refused(one, &bad, 1, "E0108", "many");
    refused(one, &free, 1, "E0115", "param");
    refused(one, &none, 1, "E0115", "no `=`");
}

static void a_missing_shipped_pipeline_is_told(void **state)
{
    fixture f;
    load(&f, NULL, NULL, 0);
    done(&f);
    f.found = (diagnostics){0};
    registry_open(&f.plugins, &(registry_options){.no_installed = true}, &f.found);
    assert_null(pipeline_load("no-such-pipeline", NULL, &f.plugins, NULL, 0, &f.found));
    assert_string_equal(f.found.items[f.found.count - 1].code, "E0101");
    registry_free(&f.plugins);
    diagnostics_free(&f.found);
}

static void overrides_win_over_the_file(void **state)
{
    fixture f;
    override o[] = {{"old.every=5", false}, {"old.word=cli", false}};
    load(&f, "return pipeline 'p' { stage 'old' { every = 2, word = 'file' } }", o, 2);
    enter(&f);
    run(&f, "0123456789");
    assert_int_equal(f.doc.span_count, 2);
    assert_true(str_is(f.doc.spans[0].value, "cli"));
    assert_non_null(strstr(f.pipeline->stages[0].effective, "every = 5"));
    done(&f);
}

static void two_stages_of_one_plugin_are_told_apart_by_as(void **state)
{
    fixture f;
    load(&f, "return pipeline 'p' { stage 'old' {}, stage 'old' { as = 'again', word = 'w' } }",
         NULL, 0);
    enter(&f);
    run(&f, "0123");
    assert_int_equal(f.doc.span_count, 4);
    assert_true(str_is(f.doc.spans[3].stage, "again"));
    done(&f);
}

static void a_failed_stage_quarantines_and_leaves_nothing(void **state)
{
    fixture f;
    load(&f, "return pipeline 'p' { stage 'old' { every = 1 } }", NULL, 0);
    enter(&f);
    run(&f, "d\xc3\xa9j\xc3\xa0");
    assert_int_equal(f.doc.status, DOCUMENT_QUARANTINED);
    assert_int_equal(f.doc.span_count, 0);
    assert_int_equal(f.worker.failed_stage, 1);
    assert_int_equal(f.worker.figures[0].failed, 1);
    run(&f, "deja");
    assert_int_equal(f.doc.status, DOCUMENT_WRITTEN);
    done(&f);
}

static void on_error_skip_writes_the_document_with_an_error(void **state)
{
    fixture f;
    load(&f,
         "return pipeline 'p' { stage 'old' { every = 1, on_error = 'skip' }, "
         "stage 'old' { as = 'b', every = 9 } }",
         NULL, 0);
    enter(&f);
    run(&f, "d\xc3\xa9j\xc3\xa0");
    assert_int_equal(f.doc.status, DOCUMENT_WRITTEN);
    assert_int_equal(f.doc.error_count, 1);
    assert_true(str_is(f.doc.errors[0].code, "E0506"));
    assert_int_equal(f.doc.span_count, 1);
    done(&f);
}

static void a_guard_skips_and_counts(void **state)
{
    fixture f;
    load(&f,
         "return pipeline 'p' { stage 'old' { when = function(doc) return #doc.text > 4 end } }",
         NULL, 0);
    enter(&f);
    run(&f, "abc");
    assert_int_equal(f.doc.span_count, 0);
    assert_int_equal(f.worker.figures[0].skipped, 1);
    run(&f, "abcdef");
    assert_int_equal(f.doc.span_count, 3);
    assert_int_equal(f.worker.figures[0].calls, 1);
    done(&f);
}

static void a_guard_that_fails_quarantines_its_document(void **state)
{
    fixture f;
    load(&f, "return pipeline 'p' { stage 'old' { when = function(doc) return doc.text.x.y end } }",
         NULL, 0);
    enter(&f);
    run(&f, "abc");
    assert_int_equal(f.doc.status, DOCUMENT_QUARANTINED);
    done(&f);
}

static void a_stage_that_killed_its_worker_can_be_left_out(void **state)
{
    fixture f;
    load(&f, "return pipeline 'p' { stage 'old' {}, stage 'old' { as = 'b' } }", NULL, 0);
    enter(&f);
    f.worker.skip_stage = 1;
    run(&f, "abcd");
    assert_int_equal(f.doc.span_count, 2);
    assert_true(str_is(f.doc.spans[0].stage, "b"));
    assert_true(str_is(f.doc.errors[0].code, "E0508"));
    done(&f);
}

static void figures_add_up_and_give_quantiles_within_a_bucket(void **state)
{
    stage_figures a = {0}, b = {0};
    for (uint64_t i = 1; i <= 99; i++) stage_figures_time(&a, 1000);
    stage_figures_time(&b, 5000000);
    stage_figures_add(&a, &b);
    assert_int_equal(a.nanoseconds, 99 * 1000 + 5000000);
    assert_true(fabs(stage_figures_quantile(&a, 0.5) - 1e-6) < 0.2e-6);
    assert_true(fabs(stage_figures_quantile(&a, 0.99) - 1e-6) < 0.2e-6);
    assert_true(fabs(stage_figures_quantile(&a, 1) - 5e-3) < 1e-3);
    assert_true(stage_figures_quantile(&(stage_figures){0}, 0.5) == 0);
}

typedef struct {
    int lines;
    char text[600];
} said_lines;

static void keep_line(void *user, const char *stage, int32_t level, const char *text)
{
    said_lines *said = user;
    said->lines++;
    snprintf(said->text, sizeof said->text, "%s %d %s", stage, (int)level, text);
}

/* What the stages of `text` say that they did not declare, over two documents. */
static said_lines undeclared(const char *text)
{
    fixture f;
    said_lines said = {0};
    load(&f, text, NULL, 0);
    stage_log_prepare();
    stage_log_to(keep_line, &said);
    enter(&f);
    run(&f, "0123456789");
    assert_int_equal(f.doc.status, DOCUMENT_WRITTEN);
    run(&f, "9876543210");
    said_lines first = said;
    done(&f); /* tells how often */
    stage_log_to(NULL, NULL);
    return first;
}

/* The same of a script that says that it writes `span:said` and `attr:said`. */
static said_lines undeclared_by_script(const char *body)
{
    char path[] = "/tmp/tamis-odd-XXXXXX.lua", text[200];
    int fd = mkstemps(path, 4);
    assert_true(fd >= 0);
    dprintf(fd,
            "return { writes = { 'span:said', 'attr:said' }, run = function(doc) "
            "doc:span('said', 1, 2) doc:set('said', 1) %s end }",
            body);
    close(fd);
    snprintf(text, sizeof text, "return pipeline 'p' { script '%s' { as = 'odd' } }", path);
    said_lines said = undeclared(text);
    unlink(path);
    return said;
}

static void what_a_stage_did_not_declare_is_told_once(void **state)
{
    static const struct {
        const char *body, *said;
    } slips[] = {
        {"doc:span('other', 1, 2) doc:span('more', 1, 2)", "odd 2 it writes span:other"},
        {"doc:set('other', 1)", "odd 2 it writes attr:other"},
        {"doc:remove(3, 4, 'r')", "odd 2 it writes view"},
        {"doc:span('saidd', 1, 2)", "odd 2 it writes span:saidd"},
        {"doc:span('sai', 1, 2)", "odd 2 it writes span:sai,"},
    };
    for (size_t i = 0; i < sizeof slips / sizeof *slips; i++) {
        said_lines said = undeclared_by_script(slips[i].body);
        assert_int_equal(said.lines, 1);
        assert_non_null(strstr(said.text, slips[i].said));
    }
    assert_int_equal(undeclared_by_script("").lines, 0);
}

static void what_a_stage_declared_is_not_told(void **state)
{
    assert_int_equal(undeclared("return pipeline 'p' { stage 'old' {} }").lines, 0);
    assert_int_equal(undeclared("return pipeline 'p' { rules { { name = 'r', type = 't', "
                                "pattern = '0', set = { a = 1 } } } }")
                         .lines,
                     0);
    assert_int_equal(
        undeclared("return pipeline 'p' { function(doc) doc:span('x', 1, 2) doc:remove(3, 4, 'r') "
                   "end }")
            .lines,
        0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mistakes_are_told_with_their_code),
        cmocka_unit_test(a_missing_shipped_pipeline_is_told),
        cmocka_unit_test(overrides_win_over_the_file),
        cmocka_unit_test(two_stages_of_one_plugin_are_told_apart_by_as),
        cmocka_unit_test(a_failed_stage_quarantines_and_leaves_nothing),
        cmocka_unit_test(on_error_skip_writes_the_document_with_an_error),
        cmocka_unit_test(a_guard_skips_and_counts),
        cmocka_unit_test(a_guard_that_fails_quarantines_its_document),
        cmocka_unit_test(a_stage_that_killed_its_worker_can_be_left_out),
        cmocka_unit_test(what_a_stage_did_not_declare_is_told_once),
        cmocka_unit_test(what_a_stage_declared_is_not_told),
        cmocka_unit_test(figures_add_up_and_give_quantiles_within_a_bucket),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
