/* What the tests of core/script share: a pipeline from text, and one document run through its
 * stages. */
#ifndef SCRIPT_HELPER_H
#define SCRIPT_HELPER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

#include "script/script.h"

typedef struct {
    script *script;
    pipeline_spec *spec;
    tamis_stage stage[16];
    const void *conf[16];
    diagnostics diags;
    tamis_doc doc;
    stage_call call; /* of the last run */
} bench;

static void helper_alarm(int number)
{
    (void)number;
    script_interrupt(0);
}

/* Sends script_interrupt once, after so many milliseconds of wall time. */
static inline void helper_arm(int milliseconds)
{
    struct sigaction action = {.sa_handler = helper_alarm};
    struct itimerval when = {{0, 0}, {milliseconds / 1000, milliseconds % 1000 * 1000}};
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &when, NULL);
}

static inline void helper_disarm(void)
{
    helper_arm(0);
}

static inline int64_t helper_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Loads a pipeline file's text; false when there were mistakes, which lie in b->diags. */
static inline bool bench_load(bench *b, const char *path, const char *text)
{
    error e = {0};
    memset(b, 0, sizeof *b);
    assert_int_equal(script_new(&b->script, &e), TAMIS_OK);
    b->spec = script_load(b->script, path, text, NULL, 0, TAMIS_SOURCE_FOLDER "/lua", &b->diags);
    if (!b->spec || b->diags.errors) return false;
    for (size_t i = 0; i < b->spec->stage_count; i++) {
        if (b->spec->stages[i].kind == SPEC_STAGE) continue;
        script_stage(b->script, &b->spec->stages[i], NULL, &b->stage[i], &b->conf[i], &b->diags);
    }
    return b->diags.errors == 0;
}

static inline void bench_call(bench *b, size_t i, call_phase phase)
{
    memset(&b->call, 0, sizeof b->call);
    b->call.run.size = sizeof b->call.run;
    b->call.run.conf = b->conf[i];
    b->call.phase = phase;
    b->call.stage = b->spec->stages[i].as.p;
    b->call.memory = &b->doc.memory;
    b->call.doc = &b->doc;
}

/* Opens the stages and enters; false with the message in b->call.failure. */
static inline bool bench_open(bench *b)
{
    error e = {0};
    assert_int_equal(document_init(&b->doc, &e), TAMIS_OK);
    for (size_t i = 0; i < b->spec->stage_count; i++) {
        void *shared = NULL;
        bench_call(b, i, PHASE_OPEN);
        if (b->stage[i].open && b->stage[i].open(&b->call.run, &shared) < 0) return false;
    }
    assert_int_equal(script_enter(b->script, &e), TAMIS_OK);
    return true;
}

/* Runs every stage over a text: the result of the first that is not OK. */
static inline tamis_rc bench_run(bench *b, tamis_str text)
{
    error e = {0};
    document_reset(&b->doc);
    assert_int_equal(document_set_source(&b->doc, text, &e), TAMIS_OK);
    for (size_t i = 0; i < b->spec->stage_count; i++) {
        if (!b->stage[i].run) continue;
        document_stage_begin(&b->doc, b->spec->stages[i].as);
        bench_call(b, i, PHASE_RUN);
        tamis_rc rc = b->stage[i].run(&b->call.run, &b->doc);
        if (rc < 0) {
            document_stage_rollback(&b->doc);
            return rc;
        }
        assert_int_equal(document_stage_commit(&b->doc, &e), TAMIS_OK);
        if (rc != TAMIS_OK) return rc;
    }
    return TAMIS_OK;
}

static inline void bench_close(bench *b)
{
    document_free(&b->doc);
    script_free(b->script);
    diagnostics_free(&b->diags);
}

/* A pipeline of one inline function with this body, opened. */
static inline void bench_function(bench *b, const char *body)
{
    buffer text = {0};
    buffer_printf(&text, "return pipeline \"t\" { function(doc)\n%s\nend }", body);
    buffer_append_char(&text, 0);
    if (!bench_load(b, "t.lua", text.p)) {
        diagnostics_print(&b->diags, stderr, false);
        fail_msg("the pipeline does not load");
    }
    buffer_free(&text);
    assert_true(bench_open(b));
}

/* The printed diagnostics, for comparison with what is expected. Freed by the caller. */
static inline char *bench_printed(bench *b)
{
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    diagnostics_print(&b->diags, out, false);
    fclose(out);
    return text;
}

#endif
