/* libtamis as a program that embeds it sees it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tamis/tamis.h>
#include <unistd.h>

#define OLD TAMIS_BUILD_FOLDER "/tests/abi/old"

static char folder[] = "/tmp/tamis-api-XXXXXX";

static const char *write_pipeline(const char *text)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/p.lua", folder);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
    return path;
}

static tamis_pipeline *open_pipeline(const char *text, const char *const *settings)
{
    static const char *const dirs[] = {OLD, NULL};
    tamis_message why = {0};
    tamis_open_options options = {
        .size = sizeof options, .plugin_dirs = dirs, .settings = settings};
    tamis_pipeline *p = tamis_pipeline_open(write_pipeline(text), &options, &why);
    if (!p) fail_msg("%s", why.text);
    return p;
}

static void a_document_comes_back_with_its_spans_and_its_record(void **state)
{
    const char *const settings[] = {"old.every=3", "old.word=x", NULL};
    tamis_message why = {0};
    tamis_pipeline *p = open_pipeline("return pipeline \"t\" { stage \"old\" {} }\n", settings);
    tamis_session *s = tamis_session_new(p, &why);
    assert_non_null(s);
    assert_int_equal(tamis_session_run(s, "one", "abcdefg", 7, &why), TAMIS_OK);
    size_t count;
    const tamis_span *spans = tamis_session_spans(s, "old", sizeof *spans, &count);
    assert_int_equal(count, 3);
    assert_int_equal(spans[2].start, 6);
    assert_memory_equal(spans[1].value.p, "x", 1);
    const char *record = tamis_session_record(s, NULL, &why);
    assert_non_null(record);
    assert_non_null(strstr(record, "\"id\":\"one\""));
    assert_null(strchr(record, '\n'));
    tamis_session_free(s);
    tamis_pipeline_free(p);
}

static void a_failing_stage_fails_its_document_and_not_the_session(void **state)
{
    tamis_message why = {0};
    /* a span inside a code point is an error; the next document is fine */
    tamis_pipeline *p =
        open_pipeline("return pipeline \"t\" { stage \"old\" { every = 1 } }\n", NULL);
    tamis_session *s = tamis_session_new(p, &why);
    assert_int_equal(tamis_session_run(s, "bad", "d\xc3\xa9j\xc3\xa0", 6, &why), TAMIS_FAIL);
    assert_non_null(strstr(why.text, "old"));
    assert_int_equal(tamis_session_run(s, "good", "deja", 4, &why), TAMIS_OK);
    tamis_session_free(s);
    tamis_pipeline_free(p);
}

static void a_dropped_document_says_why(void **state)
{
    tamis_message why = {0};
    tamis_pipeline *p = open_pipeline(
        "return pipeline \"t\" { function(doc) return drop \"too short\" end }\n", NULL);
    tamis_session *s = tamis_session_new(p, &why);
    assert_int_equal(tamis_session_run(s, "d", "abc", 3, &why), TAMIS_DROP);
    assert_memory_equal(tamis_session_reason(s).p, "too short", 9);
    tamis_session_free(s);
    tamis_pipeline_free(p);
}

static void every_mistake_of_a_pipeline_is_in_the_message(void **state)
{
    tamis_message why = {0};
    const char *path = write_pipeline("return pipeline \"t\" {\n  stage \"nothere\" {},\n"
                                      "  stage \"boilerplate\" { max_remoevd = 1 },\n}\n");
    assert_null(tamis_pipeline_open(path, NULL, &why));
    assert_non_null(strstr(why.text, "nothere"));
    assert_non_null(strstr(why.text, ":2:"));
}

static void a_pipeline_with_lua_gives_one_session(void **state)
{
    tamis_message why = {0};
    tamis_pipeline *p = open_pipeline("return pipeline \"t\" { function(doc) end }\n", NULL);
    tamis_session *s = tamis_session_new(p, &why);
    assert_non_null(s);
    assert_null(tamis_session_new(p, &why));
    assert_non_null(strstr(why.text, "one session"));
    tamis_session_free(s);
    s = tamis_session_new(p, &why);
    assert_non_null(s);
    tamis_session_free(s);
    tamis_pipeline_free(p);
}

static void a_lua_loop_without_end_is_stopped_without_signals(void **state)
{
    tamis_message why = {0};
    tamis_pipeline *p =
        open_pipeline("return pipeline \"t\" { function(doc) while true do end end }\n", NULL);
    tamis_session *s = tamis_session_new(p, &why);
    assert_int_equal(tamis_session_run(s, "d", "abc", 3, &why), TAMIS_FAIL);
    tamis_session_free(s);
    tamis_pipeline_free(p);
}

static void *run_many(void *given)
{
    tamis_session *s = given;
    tamis_message why = {0};
    size_t wrong = 0, count;
    for (int i = 0; i < 200; i++) {
        char text[64];
        int n = snprintf(text, sizeof text, "%0*d", 10 + i % 40, i);
        wrong += tamis_session_run(s, "t", text, (size_t)n, &why) != TAMIS_OK;
        tamis_session_spans(s, "*", sizeof(tamis_span), &count);
        wrong += count != (size_t)(n + 1) / 2;
    }
    return (void *)(uintptr_t)wrong;
}

/* Every stage that ships looks at the same text at the same time: what they found must be the
 * same. */
static void *run_stages(void *given)
{
    static const char text[] =
        "Accueil > Monde > Europe\n\n\"We will send forty tanks\", the minister said on Monday. "
        "La ministre a r\u00e9pondu : \u00ab Nous livrerons douze obusiers. \u00bb\n\n"
        "Abonnez-vous \u00e0 notre newsletter\n";
    tamis_session *s = given;
    tamis_message why = {0};
    char *first = NULL;
    size_t wrong = 0;
    for (int i = 0; i < 20; i++) {
        wrong += tamis_session_run(s, "t", text, sizeof text - 1, &why) != TAMIS_OK;
        const char *record = tamis_session_record(s, NULL, &why);
        if (!first)
            first = strdup(record ? record : "");
        else
            wrong += !record || strcmp(record, first) != 0;
    }
    wrong += !strstr(first, "\"weapon\"") || !strstr(first, "\"quote\"");
    free(first);
    return (void *)(uintptr_t)wrong;
}

static void in_threads(const char *pipeline, void *(*run)(void *))
{
    tamis_message why = {0};
    pthread_t threads[4];
    tamis_session *sessions[4];
    tamis_pipeline *p = open_pipeline(pipeline, NULL);
    for (int i = 0; i < 4; i++) {
        sessions[i] = tamis_session_new(p, &why);
        assert_non_null(sessions[i]);
        assert_int_equal(pthread_create(&threads[i], NULL, run, sessions[i]), 0);
    }
    for (int i = 0; i < 4; i++) {
        void *wrong;
        pthread_join(threads[i], &wrong);
        assert_null(wrong);
        tamis_session_free(sessions[i]);
    }
    tamis_pipeline_free(p);
}

static void sessions_of_one_pipeline_run_in_threads(void **state)
{
    in_threads("return pipeline \"t\" { stage \"old\" {} }\n", run_many);
}

static void the_stages_that_ship_run_in_threads(void **state)
{
    in_threads("return pipeline \"t\" { stage \"boilerplate\" {}, stage \"language\" {},\n"
               "  stage \"quotes\" {}, stage \"weapons\" {} }\n",
               run_stages);
}

static int make_folder(void **state)
{
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    char path[128];
    snprintf(path, sizeof path, "%s/p.lua", folder);
    unlink(path);
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_document_comes_back_with_its_spans_and_its_record),
        cmocka_unit_test(a_failing_stage_fails_its_document_and_not_the_session),
        cmocka_unit_test(a_dropped_document_says_why),
        cmocka_unit_test(every_mistake_of_a_pipeline_is_in_the_message),
        cmocka_unit_test(a_pipeline_with_lua_gives_one_session),
        cmocka_unit_test(a_lua_loop_without_end_is_stopped_without_signals),
        cmocka_unit_test(sessions_of_one_pipeline_run_in_threads),
        cmocka_unit_test(the_stages_that_ship_run_in_threads),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
