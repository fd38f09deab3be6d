/* Documents by example: what stages may write, what comes back, and what each mistake says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "document/document.h"

#include <math.h>

#include <stdlib.h>

/* Counts allocations where nothing else watches over them. */
#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && \
    !defined(__clang__)
#define COUNTING 1
extern void *__libc_malloc(size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_calloc(size_t, size_t);
void *malloc(size_t n);
void *realloc(void *p, size_t n);
void *calloc(size_t n, size_t m);
static size_t allocations;
void *malloc(size_t n)
{
    allocations++;
    return __libc_malloc(n);
}
void *realloc(void *p, size_t n)
{
    allocations++;
    return __libc_realloc(p, n);
}
void *calloc(size_t n, size_t m)
{
    allocations++;
    return __libc_calloc(n, m);
}
#endif

static tamis_doc doc;
static error e;

static int open_document(void **state)
{
    e = (error){0};
    return document_init(&doc, NULL);
}

static int close_document(void **state)
{
    document_free(&doc);
    return 0;
}

static void begin(const char *text)
{
    assert_int_equal(document_set_source(&doc, str_of(text), &e), TAMIS_OK);
    document_stage_begin(&doc, TAMIS_STR("one"));
}

static void commit(void)
{
    assert_int_equal(document_stage_commit(&doc, &e), TAMIS_OK);
    document_stage_begin(&doc, TAMIS_STR("next"));
}

static void remove_text(const char *text, const char *placeholder, uint32_t flags)
{
    const char *at = memmem(doc.view.p, doc.view.n, text, strlen(text));
    assert_non_null(at);
    size_t start = (size_t)(at - doc.view.p);
    tamis_removal r = {.start = start, .end = start + strlen(text), .reason = TAMIS_STR("why")};
    r.placeholder = str_of(placeholder);
    r.flags = flags;
    assert_int_equal(document_remove(&doc, &r, &e), TAMIS_OK);
}

static uint32_t add_span(const char *type, size_t start, size_t end)
{
    tamis_span s = {.type = str_of(type), .start = start, .end = end};
    return document_span_add(&doc, &s, &e);
}

static void assert_view(const char *text)
{
    assert_int_equal(doc.view.n, strlen(text));
    assert_memory_equal(doc.view.p, text, doc.view.n);
}

static void the_view_stands_still_until_the_stage_returns(void **state)
{
    begin("one two three");
    remove_text("two ", "", 0);
    assert_view("one two three");
    commit();
    assert_view("one three");
    assert_int_equal(doc.removals[0].start, 4);
    assert_int_equal(doc.removals[0].end, 8);
    assert_true(str_is(doc.removals[0].stage, "one"));
    assert_true(str_is(doc.removals[0].reason, "why"));
}

static void at_a_seam_starts_map_right_and_ends_left(void **state)
{
    begin("abcXYZdef");
    remove_text("XYZ", "", 0);
    commit();
    assert_int_equal(document_source_start(&doc, 3), 6);
    assert_int_equal(document_source_end(&doc, 3), 3);
    assert_int_equal(add_span("left", 0, 3), 1);
    assert_int_equal(add_span("right", 3, 6), 2);
    assert_int_equal(doc.spans[0].end, 3);
    assert_int_equal(doc.spans[1].start, 6);
    assert_int_equal(add_span("empty", 3, 3), 3);
    assert_int_equal(doc.spans[2].start, doc.spans[2].end);
}

static void of_overlapping_removals_the_first_wins(void **state)
{
    begin("0123456789");
    tamis_removal second = {.start = 3, .end = 6, .reason = TAMIS_STR("first")};
    tamis_removal first = {.start = 1, .end = 9, .reason = TAMIS_STR("second")};
    assert_int_equal(document_remove(&doc, &second, &e), TAMIS_OK);
    assert_int_equal(document_remove(&doc, &first, &e), TAMIS_OK);
    commit();
    assert_view("09");
    assert_int_equal(doc.removal_count, 3);
    assert_true(str_is(doc.removals[0].reason, "second"));
    assert_true(str_is(doc.removals[1].reason, "first"));
    assert_int_equal(doc.removals[1].start, 3);
    assert_int_equal(doc.removals[1].end, 6);
    assert_int_equal(doc.removals[0].number, doc.removals[2].number);
}

static void a_removal_across_an_earlier_one_becomes_several(void **state)
{
    begin("aaBBcc");
    remove_text("BB", "", 0);
    commit();
    tamis_removal all = {.start = 0, .end = 4, .reason = TAMIS_STR("all"), .flags = TAMIS_SECRET};
    all.placeholder = TAMIS_STR("*");
    assert_int_equal(document_remove(&doc, &all, &e), TAMIS_OK);
    commit();
    assert_view("*");
    assert_int_equal(doc.removal_count, 3);
    assert_true(str_is(doc.removals[0].placeholder, "*"));
    assert_int_equal(doc.removals[2].placeholder.n, 0);
    assert_int_equal(doc.removals[0].flags, TAMIS_SECRET);
    assert_int_equal(doc.removals[1].flags, 0);
    assert_int_equal(doc.removals[2].flags, TAMIS_SECRET);
}

static void a_placeholder_stands_in_the_view_for_what_was_removed(void **state)
{
    begin("write to bob@x.org now");
    remove_text("bob@x.org", "[mail]", TAMIS_SECRET);
    commit();
    assert_view("write to [mail] now");
    assert_int_equal(add_span("whole", 0, doc.view.n), 1);
    assert_int_equal(add_span("inside", 10, 12), 2);
    assert_int_equal(add_span("behind", 15, 19), 3);
    size_t start, end;
    assert_int_equal(document_view_range(&doc, 0, 22, &start, &end), TAMIS_SPAN_CUT);
    assert_int_equal(end, doc.view.n);
    assert_int_equal(doc.spans[1].start, 9);
    assert_int_equal(doc.spans[1].end, 18);
    assert_int_equal(document_view_range(&doc, 9, 18, &start, &end), TAMIS_SPAN_GONE);
    /* A span that ends with what a placeholder stands for keeps the placeholder. */
    assert_int_equal(document_view_range(&doc, 6, 18, &start, &end), TAMIS_SPAN_CUT);
    assert_int_equal(start, 6);
    assert_int_equal(end, 15);
    assert_int_equal(document_view_range(&doc, 6, 12, &start, &end), TAMIS_SPAN_CUT);
    assert_int_equal(end, 9);
    assert_int_equal(document_view_range(&doc, 18, 22, &start, &end), TAMIS_SPAN_WHOLE);
    assert_int_equal(start, 15);
}

static void a_later_removal_takes_the_placeholders_it_covers(void **state)
{
    begin("keep\ncall 555 now\nkeep");
    remove_text("555", "[phone]", 0);
    commit();
    remove_text("call [phone] now\n", "", 0);
    commit();
    assert_view("keep\nkeep");
    assert_int_equal(doc.removals[1].placeholder.n, 0);
}

static void a_removal_of_nothing_but_a_placeholder_is_none(void **state)
{
    begin("a SECRET b");
    remove_text("SECRET", "***", 0);
    commit();
    uint64_t generation = doc.generation;
    remove_text("***", "", 0);
    commit();
    assert_view("a *** b");
    assert_int_equal(doc.generation, generation);
}

static void a_removed_span_keeps_its_place_and_shows_nothing(void **state)
{
    begin("one two three");
    assert_int_equal(add_span("w", 4, 7), 1);
    assert_int_equal(add_span("w", 0, 13), 2);
    commit();
    remove_text("two ", "", 0);
    commit();
    size_t count;
    const tamis_span *rows = document_spans(&doc, TAMIS_STR("w"), &count, &e);
    assert_int_equal(count, 2);
    assert_int_equal(rows[0].state, TAMIS_SPAN_CUT);
    assert_int_equal(rows[0].end, 9);
    assert_int_equal(rows[1].state, TAMIS_SPAN_GONE);
    assert_int_equal(rows[1].start, 4);
    assert_int_equal(rows[1].end, 4);
    assert_int_equal(rows[1].source_start, 4);
    assert_int_equal(rows[1].source_end, 7);
}

static void assert_refused(const tamis_span *span, const char *why)
{
    error said = {0};
    size_t before = doc.span_count;
    assert_int_equal(document_span_add(&doc, span, &said), 0);
    assert_int_equal(said.rc, TAMIS_FAIL);
    if (!strstr(said.text, why)) fail_msg("\"%s\" does not say \"%s\"", said.text, why);
    assert_int_equal(doc.span_count, before);
}

static void each_mistake_in_a_span_is_refused_with_its_cause(void **state)
{
    begin("é\r\nx");
    tamis_span s = {.type = TAMIS_STR("w"), .start = 0, .end = 2};
    tamis_span bad = s;
    bad.start = 1;
    assert_refused(&bad, "inside a code point");
    bad = s;
    bad.end = 3;
    assert_refused(&bad, "between CR and LF");
    bad.end = 6;
    assert_refused(&bad, "past the end");
    bad = s;
    bad.start = 2;
    bad.end = 0;
    assert_refused(&bad, "ends before it starts");
    bad = s;
    bad.type = TAMIS_STR("Quote");
    assert_refused(&bad, "lower-case");
    bad.type = (tamis_str){NULL, 0};
    assert_refused(&bad, "lower-case");
    bad = s;
    bad.ref = 1;
    assert_refused(&bad, "ref 1");
    bad = s;
    bad.score = 1.5;
    assert_refused(&bad, "score 1.5");
    bad.score = (double)NAN;
    assert_refused(&bad, "score");
    bad = s;
    bad.value = TAMIS_STR("\xC3");
    assert_refused(&bad, "UTF-8");
    tamis_attr attrs[2] = {{.key = TAMIS_STR("a"), .type = TAMIS_ATTR_INT},
                           {.key = TAMIS_STR("a"), .type = TAMIS_ATTR_BOOL}};
    bad = s;
    bad.attrs = attrs;
    bad.attr_count = 2;
    assert_refused(&bad, "given twice");
    attrs[1].key = TAMIS_STR("A");
    assert_refused(&bad, "lower-case");
    attrs[1] = (tamis_attr){.key = TAMIS_STR("b"), .type = 99};
    assert_refused(&bad, "unknown type");
    attrs[1] = (tamis_attr){.key = TAMIS_STR("b"), .type = TAMIS_ATTR_END, .u.i = 1};
    assert_refused(&bad, "inside a code point");
    assert_int_equal(document_span_add(&doc, &s, &e), 1);
}

static void each_mistake_in_a_removal_is_refused_with_its_cause(void **state)
{
    begin("é\r\nx");
    const struct {
        size_t start, end;
        const char *why;
    } cases[] = {{1, 2, "inside a code point"},
                 {0, 3, "between CR and LF"},
                 {0, 9, "past the end"},
                 {2, 2, "empty"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        error said = {0};
        tamis_removal r = {.start = cases[i].start, .end = cases[i].end, .reason = TAMIS_STR("x")};
        assert_int_equal(document_remove(&doc, &r, &said), TAMIS_FAIL);
        assert_non_null(strstr(said.text, cases[i].why));
    }
    error said = {0};
    tamis_removal r = {.start = 0, .end = 2};
    assert_int_equal(document_remove(&doc, &r, &said), TAMIS_FAIL);
    assert_non_null(strstr(said.text, "reason"));
    commit();
    assert_int_equal(doc.removal_count, 0);
}

static void a_rollback_leaves_the_document_as_it_was(void **state)
{
    begin("one two");
    tamis_attr lang = {.key = TAMIS_STR("lang"), .type = TAMIS_ATTR_STRING, .u.s = TAMIS_STR("fr")};
    assert_int_equal(document_set(&doc, &lang, &e), TAMIS_OK);
    add_span("a", 0, 3);
    commit();
    uint64_t generation = doc.generation;
    lang.u.s = TAMIS_STR("de");
    tamis_attr more = {.key = TAMIS_STR("more"), .type = TAMIS_ATTR_BOOL, .u.b = true};
    assert_int_equal(document_set(&doc, &lang, &e), TAMIS_OK);
    assert_int_equal(document_set(&doc, &more, &e), TAMIS_OK);
    add_span("b", 0, 3);
    remove_text("two", "", 0);
    document_stage_rollback(&doc);
    assert_view("one two");
    assert_int_equal(doc.span_count, 1);
    assert_int_equal(doc.removal_count, 0);
    assert_int_equal(doc.attribute_count, 1);
    assert_int_equal(doc.generation, generation);
    tamis_attr out;
    assert_true(document_attribute_get(&doc, TAMIS_STR("lang"), &out));
    assert_true(str_is(out.u.s, "fr"));
    assert_false(document_attribute_get(&doc, TAMIS_STR("more"), &out));
    commit();
    assert_view("one two");
}

static void the_records_own_attributes_have_their_types(void **state)
{
    begin("x");
    tamis_attr lang = {.key = TAMIS_STR("lang"), .type = TAMIS_ATTR_INT};
    assert_int_equal(document_set(&doc, &lang, &e), TAMIS_FAIL);
    e = (error){0};
    tamis_attr score = {.key = TAMIS_STR("lang_score"), .type = TAMIS_ATTR_STRING};
    assert_int_equal(document_set(&doc, &score, &e), TAMIS_FAIL);
    e = (error){0};
    tamis_attr at = {.key = TAMIS_STR("body"), .type = TAMIS_ATTR_OFFSET, .u.i = 1};
    assert_int_equal(document_set(&doc, &at, &e), TAMIS_OK);
}

static void lines_end_after_a_line_feed(void **state)
{
    tamis_lines lines;
    begin("a\r\nb\n\nc");
    assert_int_equal(document_lines(&doc, &lines, &e), TAMIS_OK);
    static const size_t starts[] = {0, 3, 5, 6, 7};
    assert_int_equal(lines.count, 4);
    assert_memory_equal(lines.start, starts, sizeof starts);
    remove_text("b\n", "", 0);
    commit();
    assert_int_equal(document_lines(&doc, &lines, &e), TAMIS_OK);
    assert_int_equal(lines.count, 3);
    document_reset(&doc);
    assert_int_equal(document_lines(&doc, &lines, &e), TAMIS_OK);
    assert_int_equal(lines.count, 0);
    assert_int_equal(lines.start[0], 0);
}

static void metadata_is_found_by_path(void **state)
{
    document_add_meta(&doc, TAMIS_STR("source"),
                      TAMIS_STR("{\"url\":\"u\",\"n\":[1,9007199254740993]}"), &e);
    document_add_meta(&doc, TAMIS_STR("a.b"), TAMIS_STR("1E400"), &e);
    assert_true(str_is(document_meta(&doc, TAMIS_STR("source.url")), "\"u\""));
    assert_true(str_is(document_meta(&doc, TAMIS_STR("source.n.1")), "9007199254740993"));
    assert_true(str_is(document_meta(&doc, TAMIS_STR("a.b")), "1E400"));
    assert_int_equal(document_meta(&doc, TAMIS_STR("source.none")).n, 0);
    assert_int_equal(document_meta(&doc, TAMIS_STR("source.url.deep")).n, 0);
    assert_int_equal(document_meta(&doc, TAMIS_STR("")).n, 0);
}

static void an_earlier_record_comes_back(void **state)
{
    assert_int_equal(document_set_source(&doc, TAMIS_STR("one two three"), &e), TAMIS_OK);
    document_removal later = {.start = 8, .end = 10, .reason = TAMIS_STR("b")};
    document_removal sooner = {.start = 0, .end = 4, .reason = TAMIS_STR("a")};
    document_span ahead = {.start = 4, .end = 7, .type = TAMIS_STR("w"), .ref = 2};
    document_span span = {.start = 0, .end = 13, .type = TAMIS_STR("w")};
    assert_int_equal(document_restore_removal(&doc, &later, &e), TAMIS_OK);
    assert_int_equal(document_restore_removal(&doc, &sooner, &e), TAMIS_OK);
    assert_int_equal(document_restore_span(&doc, &ahead, &e), 1);
    assert_int_equal(document_restore_span(&doc, &span, &e), 2);
    assert_int_equal(document_restore_done(&doc, &e), TAMIS_OK);
    assert_view("two ree");
    assert_int_equal(doc.spans[0].ref, 2);
    assert_int_equal(doc.spans[0].flags, SPAN_READ);
    size_t count;
    assert_non_null(document_spans(&doc, TAMIS_STR("w"), &count, &e));
    assert_int_equal(count, 2);
}

static void what_does_not_fit_an_earlier_record_is_left_out(void **state)
{
    assert_int_equal(document_set_source(&doc, TAMIS_STR("0123456789"), &e), TAMIS_OK);
    document_removal r = {.start = 2, .end = 6, .reason = TAMIS_STR("a")};
    assert_int_equal(document_restore_removal(&doc, &r, &e), TAMIS_OK);
    r.start = 4;
    r.end = 8;
    assert_int_equal(document_restore_removal(&doc, &r, &e), TAMIS_OK);
    r.end = 80;
    error said = {0};
    assert_int_equal(document_restore_removal(&doc, &r, &said), TAMIS_FAIL);
    document_span s = {.start = 0, .end = 1, .type = TAMIS_STR("w"), .ref = 7};
    assert_int_equal(document_restore_span(&doc, &s, &e), 1);
    error overlap = {0};
    assert_int_equal(document_restore_done(&doc, &overlap), TAMIS_FAIL);
    assert_non_null(strstr(overlap.text, "overlap"));
    assert_view("016789");
    assert_int_equal(doc.spans[0].ref, 0);
}

static void errors_and_notes_are_kept_with_their_place(void **state)
{
    begin("text");
    assert_int_equal(document_add_error(&doc, 1, 2, TAMIS_STR("E0501"), TAMIS_STR("bad \xFF byte"),
                                        TAMIS_STR("read")),
                     TAMIS_OK);
    assert_true(str_is(doc.errors[0].message, "bad \xEF\xBF\xBD byte"));
    assert_int_equal(doc.errors[0].start, 1);
}

/* One document of a steady stream: source, spans with attributes, removals, lines, spans read
 * back. */
static void a_days_work(void)
{
    document_reset(&doc);
    begin("Lorem ipsum dolor sit amet.\nThe second line goes away.\nThe third one stays.\n");
    for (size_t i = 0; i < 20; i++) {
        tamis_attr attr = {.key = TAMIS_STR("k"), .type = TAMIS_ATTR_OFFSET, .u.i = (int64_t)i};
        tamis_span s = {.start = i, .end = i + 3, .type = TAMIS_STR("word"), .attrs = &attr};
        s.attr_count = 1;
        assert_int_equal(document_span_add(&doc, &s, &e), i + 1);
    }
    remove_text("The second line goes away.\n", "", 0);
    commit();
    tamis_lines lines;
    size_t count;
    document_lines(&doc, &lines, &e);
    document_spans(&doc, TAMIS_STR("word"), &count, &e);
    assert_int_equal(count, 20);
    commit();
}

static void in_steady_state_a_document_costs_no_allocation(void **state)
{
#ifdef COUNTING
    for (int i = 0; i < 3; i++) a_days_work();
    size_t before = allocations;
    for (int i = 0; i < 100; i++) a_days_work();
    assert_int_equal(allocations, before);
#else
    a_days_work();
    skip();
#endif
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, open_document, close_document)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(the_view_stands_still_until_the_stage_returns),
        CASE(at_a_seam_starts_map_right_and_ends_left),
        CASE(of_overlapping_removals_the_first_wins),
        CASE(a_removal_across_an_earlier_one_becomes_several),
        CASE(a_placeholder_stands_in_the_view_for_what_was_removed),
        CASE(a_later_removal_takes_the_placeholders_it_covers),
        CASE(a_removal_of_nothing_but_a_placeholder_is_none),
        CASE(a_removed_span_keeps_its_place_and_shows_nothing),
        CASE(each_mistake_in_a_span_is_refused_with_its_cause),
        CASE(each_mistake_in_a_removal_is_refused_with_its_cause),
        CASE(a_rollback_leaves_the_document_as_it_was),
        CASE(the_records_own_attributes_have_their_types),
        CASE(lines_end_after_a_line_feed),
        CASE(metadata_is_found_by_path),
        CASE(an_earlier_record_comes_back),
        CASE(what_does_not_fit_an_earlier_record_is_left_out),
        CASE(errors_and_notes_are_kept_with_their_place),
        CASE(in_steady_state_a_document_costs_no_allocation),
    };
    return cmocka_run_group_tests_name("document", tests, NULL, NULL);
}
