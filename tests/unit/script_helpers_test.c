/* What scripts are given for text: words, sentences, paragraphs, measures, folding, spans by place,
 * and stages of the library by name. Each test is a script that asserts. */
#include "unit/script_helper.h"

static void holds(const char *text, const char *body)
{
    bench b;
    bench_function(&b, body);
    if (bench_run(&b, str_of(text)) != TAMIS_OK) fail_msg("%s", b.call.failure.text);
    bench_close(&b);
}

/* Runs two functions: the first lays spans, the second asserts. */
static void holds_over(const char *text, const char *spans, const char *body)
{
    bench b;
    buffer file = {0};
    buffer_printf(&file,
                  "return pipeline 'p' { function(doc) %s end, function(doc) local function at(s) "
                  "return s and s.first .. '-' .. s.last end %s end }",
                  spans, body);
    buffer_append_char(&file, 0);
    if (!bench_load(&b, "h.lua", file.p)) {
        diagnostics_print(&b.diags, stderr, false);
        fail_msg("does not load");
    }
    assert_true(bench_open(&b));
    if (bench_run(&b, str_of(text)) != TAMIS_OK) fail_msg("%s", b.call.failure.text);
    bench_close(&b);
    buffer_free(&file);
}

static void sentences_end_at_stops(const char *text, const char *expected)
{
    bench b;
    bench_function(&b, "local t = {} for s in doc:sentences() do t[#t + 1] = s end "
                       "doc:set('found', table.concat(t, '|'))");
    assert_int_equal(bench_run(&b, str_of(text)), TAMIS_OK);
    tamis_attr a;
    assert_true(document_attribute_get(&b.doc, TAMIS_STR("found"), &a));
    if (!str_is(a.u.s, expected)) fail_msg("%.*s", (int)a.u.s.n, a.u.s.p);
    bench_close(&b);
}

static void sentences_are_found_in_many_languages(void **state)
{
    sentences_end_at_stops("Mr. Smith of the U.S. Army met Dr. J. Doe in the U.S. He left.",
                           "Mr. Smith of the U.S. Army met Dr. J. Doe in the U.S.|He left.");
    sentences_end_at_stops("It cost 3.5 million... and more. See No. 7. \"Why?\" he said.",
                           "It cost 3.5 million... and more.|See No. 7.|\"Why?\" he said.");
    sentences_end_at_stops("« Bonjour ! » dit-il. « Nous irons. » M. Dupont part.",
                           "« Bonjour ! » dit-il.|« Nous irons. »|M. Dupont part.");
    sentences_end_at_stops("Am 1. Mai war es z.B. Berlin. Er kam.",
                           "Am 1. Mai war es z.B. Berlin.|Er kam.");
    sentences_end_at_stops("В. В. Путин сказал: «Да!» — и ушёл. Танки и т.д. Потом ушли.",
                           "В. В. Путин сказал: «Да!» — и ушёл.|Танки и т.д.|Потом ушли.");
    sentences_end_at_stops("他来了。她走了！「好。」是的。", "他来了。|她走了！|「好。」|是的。");
    sentences_end_at_stops("قال الرئيس: نعم؟ ثم ذهب. عاد.", "قال الرئيس: نعم؟|ثم ذهب.|عاد.");
    sentences_end_at_stops("A heading\nThe text.\n\nAn end", "A heading|The text.|An end");
    sentences_end_at_stops("", "");
}

static void words_and_paragraphs_are_walked(void **state)
{
    holds("L'été, 42 chars d'assaut.",
          "local t = {} for w, i, j in doc:words() do t[#t + 1] = w assert(doc:sub(i, j) == w) end "
          "assert(table.concat(t, '|') == 'L|été|42|chars|d|assaut', table.concat(t, '|'))");
    holds("他 ab", "local n = 0 for w in doc:words() do n = n + 1 end assert(n == 2)");
    holds("one two three", "local t = {} for w in doc:words(5, 13) do t[#t + 1] = w end "
                           "assert(table.concat(t, ' ') == 'two three')");
    holds(
        "a b\nc\n\n \nd\r\n\r\ne",
        "local t = {} for p, i, j in doc:paragraphs() do t[#t + 1] = p assert(doc:sub(i, j) == p) "
        "end assert(table.concat(t, '|') == 'a b\\nc|d|e', table.concat(t, '|'))");
    holds("", "for w in doc:words() do error 'x' end for p in doc:paragraphs() do error 'x' end");
}

static void a_text_is_measured_in_one_pass(void **state)
{
    holds("Été 42!\nOK",
          "local m = measure(doc) assert(m.bytes == #doc and m.characters == 10 and m.words == 3) "
          "assert(m.letters == 5 and m.capitals == 3 and m.digits == 2) "
          "assert(m.blanks == 2 and m.others == 1 and m.lines == 2)");
    holds("x", "local m = measure '' assert(m.bytes == 0 and m.lines == 0 and m.words == 0)");
    holds("x", "assert(not pcall(measure, '\\xff')) assert(measure('Привет').capitals == 1)");
}

static void folding_makes_spellings_equal(void **state)
{
    holds("x", "assert(fold 'Où est l’ÉTÉ ?' == 'ou est l ete')");
    holds("x", "local text, n = fold 'Ёлка  Москва' assert(text == fold 'елка МОСКВА' and n == 2)");
    holds("x", "assert(utf8.len(fold 'Путин') == 5) assert(fold 'Straße' == fold 'STRASSE')");
    holds("x", "assert(fold '' == '' and fold '!!' == '')");
}

static void expressions_count(void **state)
{
    holds("a1 bb22", "local n, bytes = re '\\\\d+':count(doc) assert(n == 2 and bytes == 3)");
    holds("abc", "local n, bytes = re 'x*':count(doc) assert(n == 4 and bytes == 0)");
}

#define SPANS "doc:span('w', 1, 3) doc:span('w', 5, 7) doc:span('w', 9, 11) doc:span('q', 4, 8)"

static void spans_are_found_by_place(void **state)
{
    const char *text = "aaa bbb ccc";
    holds_over(text, SPANS,
               "local q = doc:spans 'q'[1] assert(at(doc:before('w', q)) == '1-3') "
               "assert(at(doc:after('w', q)) == '9-11') assert(doc:before('w', q, 0) ~= nil) "
               "assert(doc:after('w', 11) == nil) assert(doc:before('w', 1) == nil) "
               "assert(at(doc:before('w', 9)) == '5-7') assert(doc:before('w', 9, 0) == nil)");
    holds_over(text, SPANS,
               "local w = doc:spans 'w' assert(at(doc:around('q', w[2])) == '4-8') "
               "assert(doc:around('q', w[1]) == nil) assert(at(doc:around('w', 6)) == '5-7') "
               "assert(doc:around('w', w[2]) == nil) assert(doc:around('nothing', 1) == nil)");
    holds_over(text, SPANS,
               "assert(#doc:overlapping('w', 3, 9) == 3) assert(#doc:overlapping('w', 4, 4) == 0) "
               "assert(#doc:overlapping('w', doc:spans 'q'[1]) == 1) "
               "for s in doc:overlapping('w', 4, 8) do assert(at(s) == '5-7') end");
    holds_over(text, "doc:span('w', 1, 11) doc:span('w', 2, 3) doc:span('w', 6, 7)",
               "assert(#doc:overlapping('w', 5, 6) == 2) assert(at(doc:around('w', 3)) == '2-3') "
               "assert(at(doc:before('w', 5)) == '2-3') assert(doc:before('w', 2) == nil)");
}

static void places_that_are_none_are_errors(void **state)
{
    holds("abc", "assert(not pcall(doc.around, doc, 'w', 0)) assert(not pcall(doc.after, doc, 'w', "
                 "5)) assert(not pcall(doc.overlapping, doc, 'w', 1, 9)) "
                 "assert(not pcall(doc.before, doc, 'w', {})) "
                 "assert(not pcall(doc.before, doc, 'w', 1, -1))");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sentences_are_found_in_many_languages),
        cmocka_unit_test(words_and_paragraphs_are_walked),
        cmocka_unit_test(a_text_is_measured_in_one_pass),
        cmocka_unit_test(folding_makes_spellings_equal),
        cmocka_unit_test(expressions_count),
        cmocka_unit_test(spans_are_found_by_place),
        cmocka_unit_test(places_that_are_none_are_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
