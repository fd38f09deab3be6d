/* What scripts see of a document, and what they write: by example, each a small pipeline. */
#include "unit/script_helper.h"

static const char TEXT[] = "Le char \xC3\xA9tait l\xC3\xA0.\r\nSecond line, 2 tanks.\n\nThird.";

/* Runs a pipeline of functions and expects it to succeed. */
static void runs(bench *b, const char *pipeline_text, const char *text)
{
    if (!bench_load(b, "t.lua", pipeline_text)) {
        diagnostics_print(&b->diags, stderr, false);
        fail_msg("does not load");
    }
    if (!bench_open(b)) fail_msg("does not open: %s", b->call.failure.text);
    if (bench_run(b, str_of(text)) < 0) fail_msg("fails: %s", b->call.failure.text);
}

static void body_runs(const char *body)
{
    bench b;
    char text[4096];
    snprintf(text, sizeof text, "return pipeline 't' { function(doc) %s end }", body);
    runs(&b, text, TEXT);
    bench_close(&b);
}

static void body_fails(const char *body, const char *expected)
{
    bench b;
    bench_function(&b, body);
    assert_int_equal(bench_run(&b, TAMIS_STR(TEXT)), TAMIS_FAIL);
    if (!strstr(b.call.failure.text, expected))
        fail_msg("%s\n  said: %s", body, b.call.failure.text);
    bench_close(&b);
}

static void text_and_lines_are_there(void **state)
{
    body_runs("assert(#doc == #doc.text and doc.text:sub(1, 7) == 'Le char')");
    body_runs(
        "local n, last = 0 for text, first, stop, whole in doc:lines() do n = n + 1 "
        "assert(text == doc:sub(first, stop)) last = whole end assert(n == 4 and last == #doc)");
    body_runs("local t = {} for l in doc:lines() do t[#t + 1] = l end assert(t[1]:sub(-1) == '.' "
              "and t[3] == '')");
    body_runs(
        "local i = doc.text:find 'tanks' local n, first, last = doc:line_at(i) assert(n == 2) "
        "assert(doc:sub(first, last) == 'Second line, 2 tanks.')");
    body_runs("local t = {} for s in doc:sentences() do t[#t + 1] = s end assert(#t == 3, #t) "
              "assert(t[3] == 'Third.')");
    body_runs("assert(doc.lang == nil and doc:meta 'a.b' == nil and doc:get 'x' == nil)");
    body_runs("doc:set('lang', 'fr') doc:set('lang_score', 0.5) assert(doc.lang == 'fr' and "
              "doc.lang_score == 0.5)");
}

static void spans_are_written_and_read_in_luas_positions(void **state)
{
    bench b;
    runs(&b,
         "return pipeline 't' {\n"
         "  function(doc)\n"
         "    local i, j = doc.text:find('char', 1, true)\n"
         "    local n = doc:span('w', i, j, { value = 'tank', category = 'a.b', score = 0.5, rule "
         "= 'r', lang = 'fr',\n"
         "      count = 7, ratio = 1.5, big = true, note = 'x', offsets = { outer_start = i, "
         "outer_end = j } })\n"
         "    doc:span('cue', 1, 2, { ref = n, role = 'cue' })\n"
         "    doc:span('w', i, i - 1)\n"
         "  end,\n"
         "  function(doc)\n"
         "    assert(#doc:spans 'w' == 2 and #doc:spans() == 3 and #doc:spans 'none' == 0)\n"
         "    local s = doc:spans 'w'[2]\n"
         "    assert(s.first == 4 and s.last == 7 and s.text == 'char' and s.value == 'tank')\n"
         "    assert(s.category == 'a.b' and s.score == 0.5 and s.rule == 'r' and s.lang == 'fr' "
         "and s.type == 'w')\n"
         "    assert(s.count == 7 and math.type(s.count) == 'integer' and s.ratio == 1.5 and s.big "
         "== true)\n"
         "    assert(s.outer_start == 4 and s.outer_end == 7 and s.attrs.note == 'x' and s.nothing "
         "== nil)\n"
         "    local c = doc:spans 'cue'[1]\n"
         "    assert(c.ref == s.number and c.role == 'cue' and c.stage == 'function:2')\n"
         "    local empty = doc:spans 'w'[1]\n"
         "    assert(empty.first == 4 and empty.last == 3 and empty.text == '')\n"
         "    local n = 0\n"
         "    for s, first, last in doc:spans 'w' do n = n + 1 assert(s.first == first and s.last "
         "== last) end\n"
         "    assert(n == 2)\n"
         "    doc:remove(1, 3, 'article', 'r.1', { score = 0.25 })\n"
         "  end,\n"
         "  function(doc)\n"
         "    assert(doc.text:sub(1, 4) == 'char')\n"
         "    assert(doc:spans 'w'[2].first == 1 and doc:spans 'w'[2].last == 4)\n"
         "    local inside = 0\n"
         "    for w in doc:spans 'w' do for x in doc:spans('w', w) do inside = inside + 1 end end\n"
         "    assert(inside >= 2)\n"
         "  end }",
         TEXT);
    assert_int_equal(b.doc.removal_count, 1);
    assert_true(str_is(b.doc.removals[0].reason, "article"));
    bench_close(&b);
}

static void wrong_positions_say_which_convention_was_expected(void **state)
{
    body_fails("doc:span('w', 0, 3)", "bytes from 1, first and last included");
    body_fails("doc:span('w', 1, 1000)", "outside the text, which is");
    body_fails("doc:span('w', 5, 2)", "an empty range at 5 is 5..4");
    body_fails("doc:span('w', 1.5, 2)", "a fraction");
    body_fails("doc:span('w', nil, 2)", "is nil; a position is an integer");
    body_fails("local i = doc.text:find('\\xC3') doc:span('w', 1, i)", "inside a character");
    body_fails("local i = doc.text:find('\\n') doc:remove(i, i, 'x')",
               "inside a character or a CR LF");
    body_fails("doc:span('W X', 1, 2)", "type");
    body_fails("doc:remove(1, 2)", "a removal has a reason");
    body_fails("doc:span('w', 1, 2, { t = {} })", "attributes are text, numbers, true or false");
    body_fails("doc.text = 'x'", "cannot be set");
    body_fails("return doc:removes(1, 2)", "did you mean `remove`?");
    body_fails("return doc.url", "doc:meta \"url\"");
}

static void what_outlives_its_call_is_an_error(void **state)
{
    bench b;
    bench_function(&b, "local keep = require_none or {} ");
    bench_close(&b);
    static const char text[] = "local kept = {}\n"
                               "return pipeline 't' { function(doc)\n"
                               "  if kept.span then return kept.span.first end\n"
                               "  doc:span('w', 1, 2)\n"
                               "end, function(doc) kept.span = doc:spans 'w'[1] end }";
    assert_true(bench_load(&b, "t.lua", text));
    assert_true(bench_open(&b));
    assert_int_equal(bench_run(&b, TAMIS_STR(TEXT)), TAMIS_OK);
    assert_int_equal(bench_run(&b, TAMIS_STR(TEXT)), TAMIS_FAIL);
    assert_non_null(strstr(b.call.failure.text, "outside the call it was read in"));
    bench_close(&b);
}

static void pairs_has_one_order(void **state)
{
    body_runs("local t = {z = 1, a = 1, [3] = 1, [1] = 1, [2.5] = 1, [true] = 1, m = 1, [-1] = 1} "
              "local k = {} "
              "for key in pairs(t) do k[#k + 1] = tostring(key) end "
              "assert(table.concat(k, ' ') == '-1 1 2.5 3 a m z true', table.concat(k, ' '))");
    body_runs("local t = {a = 1, b = 2, c = 3} local n = 0 for k in pairs(t) do t[k] = nil n = n + "
              "1 end assert(n == 3)");
    body_runs("assert(next({}) == nil and next({b = 1, a = 2}) == 'a' and next({b = 1, a = 2}, "
              "'a') == 'b')");
    body_runs("assert(tostring({}) == 'table' and tostring(print) == 'function' and "
              "('%s'):format({}) == 'table')");
    body_runs("local n = 0 for k in pairs(string) do n = n + 1 end assert(n > 10)");
}

static void json_keeps_what_it_is_given(void **state)
{
    body_runs("local t = json.decode '{\"i\": 9007199254740993, \"d\": 1.0, \"n\": null, \"a\": "
              "[], \"o\": {}, \"s\": \"\\\\u00e9\\\\ud83d\\\\ude00\"}' "
              "assert(t.i == 9007199254740993 and math.type(t.i) == 'integer' and math.type(t.d) "
              "== 'float') "
              "assert(t.n == json.null and t.s == 'é😀') "
              "assert(json.encode(t) == "
              "'{\"a\":[],\"d\":1.0,\"i\":9007199254740993,\"n\":null,\"o\":{},\"s\":\"é😀\"}', "
              "json.encode(t))");
    body_runs("assert(json.encode(json.array {}) == '[]' and json.encode {1, 'a', {x = true}} == "
              "'[1,\"a\",{\"x\":true}]')");
    body_fails("json.decode '[1,]'", "JSON: no value at byte 4");
    body_fails("json.decode '{\"a\":1'", "no `,` or `}`");
    body_fails("json.encode({[1] = 1, a = function() end})", "JSON");
}

static void expressions_work_on_the_view_and_on_strings(void **state)
{
    body_runs("local r = re [[(?<n>\\d+) (?<what>\\w+)]] local i, j, n, what = r:find(doc) "
              "assert(doc:sub(i, j) == '2 tanks' and n == '2' and what == 'tanks')");
    body_runs("local m = (re [[(?<n>\\d+) (\\w+)]]):exec(doc) assert(m.n == '2' and m[2] == "
              "'tanks' and m[0] == '2 tanks' and m.first)");
    body_runs("local n = 0 for i, j in (re [[\\w+]]):gmatch(doc) do n = n + 1 assert(i <= j) end "
              "assert(n >= 7)");
    body_runs("assert((re('É', 'i')):test 'é' and not (re 'É'):test 'é')");
    body_runs(
        "assert((re 'a(b)?'):match 'a' == nil) assert((re 'x*'):gsub('abc', '-') == '-a-b-c-')");
    body_runs("assert((re '(.)'):gsub('ab', { a = '1' }) == '1b' and (re '.'):gsub('ab', "
              "string.upper) == 'AB')");
    body_runs("assert(re.escape 'a.b' == 'a\\\\.b' and (re(re.escape '1+1')):test '1+1')");
    body_fails("re 'a':find(doc, 10)", "inside a character");
}

static void terms_find_words_in_the_view(void **state)
{
    bench b;
    runs(&b,
         "local t = terms { 'char', { term = 'tank', value = 'Tank', category = 'vehicle' } }\n"
         "return pipeline 't' { function(doc)\n"
         "  local seen = {}\n"
         "  for first, last, value, category, row in t:gmatch(doc) do seen[#seen + 1] = "
         "doc:sub(first, last) .. ':' .. value end\n"
         "  assert(#t == 2 and seen[1] == 'char:char', table.concat(seen, ' '))\n"
         "  local i, j, value, category, row = t:find 'a tank here'\n"
         "  assert(i == 3 and j == 6 and value == 'Tank' and category == 'vehicle' and "
         "t:row(row).term == 'tank')\n"
         "end }",
         TEXT);
    bench_close(&b);
}

static void drop_leaves_the_document_out(void **state)
{
    bench b;
    runs(&b,
         "return pipeline 't' { function(doc) if #doc < 500 then return drop 'too short' end end }",
         TEXT);
    assert_string_equal(b.call.drop_reason, "too short");
    bench_close(&b);
}

static tamis_rc guarded(const char *when, bool *ran)
{
    bench b;
    char text[512];
    error e = {0};
    snprintf(text, sizeof text, "return pipeline 't' { stage 'x' { when = %s } }", when);
    assert_true(bench_load(&b, "t.lua", text));
    script_guard *g = script_guard_new(
        b.script, value_member_of(&b.spec->stages[0].options, "when"), "x", &b.diags);
    if (b.diags.errors) {
        bench_close(&b);
        return TAMIS_FATAL;
    }
    assert_int_equal(document_init(&b.doc, &e), TAMIS_OK);
    document_set_source(&b.doc, TAMIS_STR(TEXT), &e);
    document_add_meta(&b.doc, TAMIS_STR("source"), TAMIS_STR("{\"site\":\"\\u00e9 1\",\"n\":3}"),
                      &e);
    document_stage_begin(&b.doc, TAMIS_STR("s"));
    document_set(&b.doc,
                 &(tamis_attr){.key = TAMIS_STR("lang"),
                               .type = TAMIS_ATTR_STRING,
                               .u.s = TAMIS_STR("fr-CA")},
                 &e);
    document_span_add(&b.doc, &(tamis_span){.start = 0, .end = 2, .type = TAMIS_STR("quote")}, &e);
    document_stage_commit(&b.doc, &e);
    tamis_rc rc = script_guard_test(g, &b.doc, ran, &e);
    bench_close(&b);
    return rc;
}

static void guards_say_on_which_documents_a_stage_runs(void **state)
{
    static const struct {
        const char *when;
        bool runs;
    } cases[] = {{"{ lang = 'fr' }", true},
                 {"{ lang = { 'es', 'fr' } }", true},
                 {"{ lang = { 'es' } }", false},
                 {"{ has = 'quote' }", true},
                 {"{ has = { 'none', 'quote' }, lang = 'fr' }", true},
                 {"{ lacks = 'quote' }", false},
                 {"{ lacks = 'speaker' }", true},
                 {"{ min_bytes = 10 }", true},
                 {"{ max_bytes = 10 }", false},
                 {"{ meta = { ['source.site'] = 'é 1' } }", true},
                 {"{ meta = { ['source.n'] = { 1, 3 } } }", true},
                 {"{ meta = { ['source.none'] = 1 } }", false},
                 {"{ attributes = { lang = 'fr-CA' } }", true},
                 {"function(doc) return doc.lang == 'fr-CA' end", true},
                 {"function(doc) return nil end", false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bool ran;
        assert_int_equal(guarded(cases[i].when, &ran), TAMIS_OK);
        if (ran != cases[i].runs) fail_msg("%s", cases[i].when);
    }
    bool ran;
    assert_int_equal(guarded("function(doc) error 'no' end", &ran), TAMIS_FAIL);
    assert_int_equal(guarded("{ lng = 'fr' }", &ran), TAMIS_FATAL);
    assert_int_equal(guarded("{ lang = {} }", &ran), TAMIS_FATAL);
    assert_int_equal(guarded("7", &ran), TAMIS_FATAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_and_lines_are_there),
        cmocka_unit_test(spans_are_written_and_read_in_luas_positions),
        cmocka_unit_test(wrong_positions_say_which_convention_was_expected),
        cmocka_unit_test(what_outlives_its_call_is_an_error),
        cmocka_unit_test(pairs_has_one_order),
        cmocka_unit_test(json_keeps_what_it_is_given),
        cmocka_unit_test(expressions_work_on_the_view_and_on_strings),
        cmocka_unit_test(terms_find_words_in_the_view),
        cmocka_unit_test(drop_leaves_the_document_out),
        cmocka_unit_test(guards_say_on_which_documents_a_stage_runs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
