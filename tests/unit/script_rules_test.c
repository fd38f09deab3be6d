/* Rules as data: what each member does, that literals never lose a match, and that mistakes are
 * said at their place. */
#include "unit/script_helper.h"

#include "script/literals.h"

/* Runs `rules` after a function stage; the spans of type t as "first-last:text=value|" for
 * comparison. */
static char *found(const char *ahead, const char *rules, const char *text)
{
    static char out[4096];
    bench b;
    char file[8192];
    snprintf(file, sizeof file,
             "return pipeline 'p' { function(doc) local t = doc.text %s end, rules { %s } }", ahead,
             rules);
    if (!bench_load(&b, "r.lua", file)) {
        diagnostics_print(&b.diags, stderr, false);
        fail_msg("rules do not load: %s", rules);
    }
    assert_true(bench_open(&b));
    void *scratch = NULL;
    for (size_t i = 0; i < b.spec->stage_count; i++) {
        bench_call(&b, i, PHASE_ENTER);
        if (b.stage[i].enter) assert_int_equal(b.stage[i].enter(&b.call.run, &scratch), TAMIS_OK);
    }
    tamis_rc rc = bench_run(&b, str_of(text));
    size_t n = 0;
    out[0] = 0;
    if (rc < 0) n += (size_t)snprintf(out, sizeof out, "FAIL %s", b.call.failure.text);
    if (rc == TAMIS_DROP) n += (size_t)snprintf(out, sizeof out, "DROP %s", b.call.drop_reason);
    for (size_t i = 0; i < b.doc.span_count && rc == TAMIS_OK; i++) {
        const document_span *s = &b.doc.spans[i];
        if (!str_is(s->type, "t")) continue;
        n += (size_t)snprintf(out + n, sizeof out - n, "%.*s", (int)(s->end - s->start),
                              b.doc.source.p + s->start);
        if (s->value.n)
            n += (size_t)snprintf(out + n, sizeof out - n, "=%.*s", (int)s->value.n, s->value.p);
        for (uint32_t k = 0; k < s->attr_count; k++)
            n += (size_t)snprintf(out + n, sizeof out - n, ",%.*s:%.*s", (int)s->attrs[k].key.n,
                                  s->attrs[k].key.p, (int)s->attrs[k].u.s.n, s->attrs[k].u.s.p);
        if (s->ref) n += (size_t)snprintf(out + n, sizeof out - n, ">%u", s->ref);
        n += (size_t)snprintf(out + n, sizeof out - n, "|");
    }
    for (size_t i = 0; i < b.doc.removal_count; i++)
        n += (size_t)snprintf(out + n, sizeof out - n, "-%.*s", (int)b.doc.removals[i].reason.n,
                              b.doc.removals[i].reason.p);
    bench_close(&b);
    return out;
}

#define QUOTE "for i, j in t:gmatch '()<.->()' do doc:span('quote', i, j - 1) end "
#define WEAPON \
    "for i, j in t:gmatch '()tank()' do doc:span('weapon', i, j - 1, { value = 'Tank' }) end "

static void patterns_find_and_groups_become_attributes(void **state)
{
    assert_string_equal(
        found("", "{ name = 'a', type = 't', pattern = [[(?<n>\\d+) (?<what>tanks?)]] }",
              "3 tanks, 1 tank"),
        "3 tanks,n:3,what:tanks|1 tank,n:1,what:tank|");
    assert_string_equal(
        found(
            "",
            "{ name = 'a', type = 't', pattern = [[sells? (\\w+)]], group = 1, value = '$1/$0$$' }",
            "he sells guns"),
        "guns=guns/sells guns$|");
    assert_string_equal(
        found("", "{ name = 'a', type = 't', pattern = 'x', attributes = { kind = 'k' } }", "axb"),
        "x,kind:k|");
    assert_string_equal(
        found("", "{ name = 'a', type = 't', pattern = 'éTÉ', flags = 'i' }", "l'Été"), "Été|");
    assert_string_equal(found("", "{ name = 'a', type = 't', pattern = [[(?i)ask]] }",
                              "ASK a\xC5\xBFk as\xE2\x84\xAA"),
                        "ASK|a\xC5\xBFk|as\xE2\x84\xAA|");
}

static void words_and_predicates_find(void **state)
{
    assert_string_equal(
        found("", "{ name = 'a', type = 't', terms = { 'tank', { term = 'gun', value = 'Gun' } } }",
              "a gun and a Tank"),
        "gun=Gun|Tank|");
    assert_string_equal(found("",
                              "{ name = 'a', type = 't', pattern = [[\\d+]], where = function(doc, "
                              "m) return tonumber(m.text) > 5 end }",
                              "3 7 9"),
                        "7|9|");
    assert_string_equal(
        found("", "{ name = 'a', drop = 'none', where = function(doc) return #doc < 9 end }",
              "short"),
        "DROP none");
}

static void context_is_looked_at(void **state)
{
    const char *text = "sell <we sell tank> sell";
    assert_string_equal(
        found(QUOTE, "{ name = 'a', type = 't', pattern = 'sell', within = 'quote', role = 'r' }",
              text),
        "sell>1|");
    assert_string_equal(
        found(QUOTE, "{ name = 'a', type = 't', pattern = 'sell', not_within = 'quote' }", text),
        "sell|sell|");
    assert_string_equal(found(WEAPON,
                              "{ name = 'a', type = 't', pattern = 'we|sell', near = { type = "
                              "'weapon', tokens = 0 } }",
                              text),
                        "sell|");
    assert_string_equal(found(WEAPON,
                              "{ name = 'a', type = 't', pattern = 'sell', near = { type = "
                              "'weapon', bytes = 2, side = 'after' } }",
                              text),
                        "sell|");
    assert_string_equal(
        found("", "{ name = 'a', type = 't', pattern = 'sell', before = 'tank' }", text), "sell|");
    assert_string_equal(
        found("", "{ name = 'a', type = 't', pattern = 'sell', after = 'we' }", text), "sell|");
    assert_string_equal(found("doc:set('lang', 'fr')",
                              "{ name = 'a', type = 't', pattern = 'we', lang = 'fr' }", text),
                        "we|");
    assert_string_equal(found("doc:set('lang', 'en')",
                              "{ name = 'a', type = 't', pattern = 'we', lang = { 'fr' } }", text),
                        "");
}

static void steps_over_earlier_spans_are_followed(void **state)
{
    const char *text =
        "Bob sells a tank. Al keeps, as everybody here knows only too well by now, a tank";
    const char *ahead = WEAPON "doc:span('who', 1, 3) doc:span('who', 19, 20)";
    assert_string_equal(found(ahead,
                              "{ name = 'a', type = 't', match = { { span = 'who', as = 'seller' "
                              "}, { gap = 20 }, { span = 'weapon', as = 'what' } } }",
                              text),
                        "Bob sells a tank,seller:Bob,what:Tank|");
    assert_string_equal(found(ahead,
                              "{ name = 'a', type = 't', match = { 'who', { pattern = "
                              "[[\\bsells\\b]] }, { span = 'weapon', whole = true } } }",
                              text),
                        "tank|");
    assert_string_equal(
        found(ahead, "{ name = 'a', type = 't', match = { 'who', 'weapon' }, gap = 100 }", text),
        "Bob sells a tank|Al keeps, as everybody here knows only too well by now, a tank|");
}

static void rules_act(void **state)
{
    assert_string_equal(
        found("", "{ name = 'a', pattern = 'bb', remove = 'r', placeholder = '*' }", "abba"), "-r");
    assert_string_equal(
        found("", "{ name = 'a', type = 't', pattern = 'b', set = { n = 1 } }", "ab"), "b|");
    assert_string_equal(found("", "{ name = 'a', pattern = 'b', drop = 'has b' }", "ab"),
                        "DROP has b");
    assert_non_null(strstr(
        found("", "{ name = 'a', type = 't', pattern = [[^(\\w+\\s?)*$]] }",
              "word word word word word word word word word word word word word word word word "
              "word word "
              "word word word word word word word word word word word word word word word word!"),
        "rule `a`: pattern"));
}

static void mistakes_in_rules_are_all_said_at_once(void **state)
{
    bench b;
    static const char text[] = "return pipeline 'p' {\n"
                               "  rules {\n"
                               "    { name = 'a', patern = 'x', type = 't' },\n"
                               "    { name = 'b', pattern = [[(x]], type = 't' },\n"
                               "    { name = 'c', pattern = 'x' },\n"
                               "    { name = 'c', pattern = 'x', type = 't' },\n"
                               "  },\n"
                               "}\n";
    assert_false(bench_load(&b, "r.lua", text));
    char *said = bench_printed(&b);
    assert_non_null(strstr(said, "r.lua:3:19"));
    assert_non_null(strstr(said, "did you mean `pattern`?"));
    assert_non_null(strstr(said, "nothing to match"));
    assert_non_null(strstr(said, "missing closing parenthesis"));
    assert_non_null(strstr(said, "r.lua:4:"));
    assert_non_null(strstr(said, "it does nothing"));
    assert_non_null(strstr(said, "a second rule of this name"));
    free(said);
    bench_close(&b);
}

static void several_patterns_are_one_rule(void **state)
{
    assert_string_equal(found("",
                              "{ name = 'a', type = 't', pattern = { [[buy (?<what>\\w+)]], "
                              "[[(?i)sells? (?<what>\\w+)]] }, value = '$what' }",
                              "buy guns, SELL tanks, Buy x"),
                        "buy guns=guns,what:guns|SELL tanks=tanks,what:tanks|");
    assert_string_equal(found("",
                              "{ name = 'a', type = 't', flags = 'ix', pattern = { 'foo # x', "
                              "'b a r' } }",
                              "Foo BAR"),
                        "Foo|BAR|");
}

static void templates_take_steps_and_terms(void **state)
{
    assert_string_equal(found(WEAPON "doc:span('who', 1, 3)",
                              "{ name = 'a', type = 't', match = { { span = 'who', as = 'seller' "
                              "}, { span = 'weapon', as = 'what' } }, value = '$seller: $what' }",
                              "Bob sells a tank"),
                        "Bob sells a tank=Bob: Tank,seller:Bob,what:Tank|");
    assert_string_equal(found("",
                              "{ name = 'a', type = 't', terms = { 'tank', { term = 'gun', value = "
                              "'Gun' } }, attrs = { w = '<$term>' } }",
                              "a gun, a Tank"),
                        "gun=Gun,w:<Gun>|Tank,w:<Tank>|");
}

/* The text of one rule that is wrong, and what must be said, with its place. */
static void wrong(const char *rule, const char *place, const char *message)
{
    bench b;
    char file[1024], where[64];
    snprintf(file, sizeof file, "return pipeline 'p' { rules {\n%s\n} }", rule);
    snprintf(where, sizeof where, "r.lua:%s\n", place);
    assert_false(bench_load(&b, "r.lua", file));
    char *said = bench_printed(&b);
    if (!strstr(said, where) || !strstr(said, message)) fail_msg("%s\n%s", rule, said);
    free(said);
    bench_close(&b);
}

static void each_mistake_stands_at_its_place(void **state)
{
    wrong("{ name = 'a', type = 't', pattern = 'x(' }", "2:39", "missing closing parenthesis");
    wrong("{ name = 'a', type = 't', pattern = [[\n(?x) foo\n  (bar ]] }", "4:7",
          "missing closing parenthesis");
    wrong("{ name = 'a', type = 't', pattern = { 'ok', 'x[' } }", "2:47", "missing terminating ]");
    wrong("{ name = 'a', type = 't', pattern = 'a\\bc' }", "2:37", "write the pattern in [[");
    wrong("{ name = 'a', type = 'T t', pattern = 'x' }", "2:22", "no type of span");
    wrong("{ name = 'a', type = 't', pattern = '(?<what>x)', value = '$wat' }", "2:59",
          "did you mean `$what`?");
    wrong("{ name = 'a', type = 't', pattern = 'x', value = '$1' }", "2:50", "names no group");
    wrong("{ name = 'a', type = 't', pattern = 'x', gap = 3 }", "2:48", "without `match`");
    wrong("{ name = 'a', type = 't', terms = {'x'}, group = 1 }", "2:50", "without `pattern`");
    wrong("{ name = 'a', type = 't', terms = {} }", "2:35", "no words");
    wrong("{ name = 'a', type = 't', terms = 'nosuch.tsv' }", "2:35", "cannot be read");
    wrong("{ name = 'a', type = 't', terms = { { trem = 'x' } } }", "2:39", "did you mean `term`?");
    wrong("{ name = 'a', type = 't', pattern = 'x', near = { type = 'w', tokns = 3 } }", "2:63",
          "did you mean `tokens`?");
    wrong("{ name = 'a', type = 't', pattern = 'x', near = { type = 'w', side = 'left' } }", "2:70",
          "\"before\" or \"after\"");
    wrong("{ name = 'a', type = 't', match = { 'w', { spam = 'x' } } }", "2:44",
          "did you mean `span`?");
    wrong("{ name = 'a', type = 't', match = { { pattern = 'x' }, 'w' } }", "2:35",
          "the first step is a span");
    wrong("{ name = 'a', drop = true, pattern = 'x' }", "2:22", "takes text, not a boolean");
    wrong("{ name = 'a', remove = 'r', secret = 'yes', pattern = 'x' }", "2:38", "true or false");
    wrong("{ name = 'a', type = 't', pattern = 'x', score = 2 }", "2:50", "from 0 to 1");
    wrong("{ name = 'a', type = 't', pattern = 'x', role = 'r' }", "2:49", "there is none");
    wrong("{ name = 'a', type = 't', pattern = 'x', where = 'y' }", "2:50", "is a function");
    wrong("'hello'", "2:1", "a rule is a table");
}

static void a_pattern_that_matches_nothing_at_all_is_warned_of(void **state)
{
    bench b;
    assert_true(bench_load(&b, "r.lua",
                           "return pipeline 'p' { rules { { name = 'a', type = 't', pattern = 'x*' "
                           "} } }"));
    char *said = bench_printed(&b);
    assert_non_null(strstr(said, "matches the empty text"));
    free(said);
    bench_close(&b);
}

static void figures_of_rules_add_up_over_batches(void **state)
{
    bench b;
    void *total = NULL, *scratch = NULL;
    tamis_str bytes, json;
    assert_true(bench_load(&b, "r.lua",
                           "return pipeline 'p' { rules { { name = 'a', type = 't', pattern = "
                           "'tank' }, { name = 'b', type = 't', pattern = '[xy]+' } } }"));
    assert_true(bench_open(&b));
    bench_call(&b, 0, PHASE_ENTER);
    assert_int_equal(b.stage[0].enter(&b.call.run, &scratch), TAMIS_OK);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(bench_run(&b, TAMIS_STR("a tank, a tank")), TAMIS_OK);
        assert_int_equal(b.stage[0].save(&b.call.run, &bytes), TAMIS_OK);
        assert_int_equal(b.stage[0].merge(&b.call.run, &total, bytes), TAMIS_OK);
    }
    assert_int_equal(b.stage[0].finish(&b.call.run, total, &json), TAMIS_OK);
    char *text = strndup(json.p, json.n);
    assert_non_null(strstr(text, "\"a\":{\"candidates\":6,"));
    assert_non_null(strstr(text, "\"hits\":6,"));
    assert_non_null(strstr(text, "\"b\":{\"candidates\":3,\"calls\":3,\"hits\":0,"));
    free(text);
    bench_close(&b);
}

static void literals_are_those_that_every_match_holds(void **state)
{
    static const struct {
        const char *pattern, *literals;
    } cases[] = {{"abcdef", "abcdef@0"},
                 {"abc?def", "def@3"},
                 {"\\babc+xyz", "abc@0"},
                 {"(?:foo|bar)\\s+bazaar", "bazaar@inf"},
                 {"(?i)\\bprêts? à (?:offrir|livrer)\\b", "offrir@13 livrer@13"},
                 {"(?:offer|sell)?", ""},
                 {"[abc]+", ""},
                 {"x{3}yyyy", "yyyy@3"},
                 {"\\w+ tanks", " tanks@inf"},
                 {"(?<n>\\d{1,3}) tanks", " tanks@12"},
                 {"(?=foo)barbar", "barbar@0"},
                 {"(?!foo)barbar", "barbar@0"},
                 {"foo\\Kbarbar", ""},
                 {"(?x)foo bar", ""},
                 {"a|abcdef", ""},
                 {"colou?r", "colo@0"},
                 {"T\\.E\\.X\\.T", "T.E.X.T@0"},
                 {"(?(?=x)aaaa|bbbb)", ""},
                 {"abcd(?#comment)efgh", "abcdefgh@0"},
                 {"(?i)Straße", "stra@0"},
                 {"(?i)måned", "ned@5"},
                 {"(?i)صاروخ", "\xD8\xB5\xD8\xA7\xD8\xB1\xD9\xA8\xD8\xAE@0"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        arena memory = {0};
        literal_set set;
        char text[512] = "";
        size_t n = 0;
        literals_required(str_of(cases[i].pattern), false, &memory, &set);
        for (size_t k = 0; k < set.count; k++) {
            n += (size_t)snprintf(text + n, sizeof text - n, "%s%.*s@", k ? " " : "",
                                  (int)set.at[k].text.n, set.at[k].text.p);
            if (set.at[k].before == LITERAL_UNBOUNDED)
                n += (size_t)snprintf(text + n, sizeof text - n, "inf");
            else
                n += (size_t)snprintf(text + n, sizeof text - n, "%u", set.at[k].before);
        }
        if (strcmp(text, cases[i].literals) != 0)
            fail_msg("%s: %s, not %s", cases[i].pattern, text, cases[i].literals);
        arena_free(&memory);
    }
}

/* The same patterns found through literals and, with an alternative that nothing matches but that
 * has no literal, found everywhere: random texts over a small alphabet. */
static void literals_never_lose_a_match(void **state)
{
    static const char *const patterns[] = {
        "abca",       "ab?caa",     "(?:abc|cab|bbb)a", "a{1,3}bca",          "[ab]{0,4}ccab",
        "(?i)ABCa",   "b*acab",     "(abca)+",          "(?:a|b)cab(?:a|c)?", "ab(?:cab|bac){2}",
        "(?<=a)bcab", "aaa|bbb|ccc"};
    uint32_t seed = 7;
    for (int round = 0; round < 60; round++) {
        char text[400], expected[4096];
        for (size_t i = 0; i < sizeof text - 1; i++) {
            seed = seed * 1664525u + 1013904223u;
            text[i] = "aabbcc A"[seed >> 29];
        }
        text[sizeof text - 1] = 0;
        for (size_t p = 0; p < sizeof patterns / sizeof patterns[0]; p++) {
            char one[256];
            snprintf(one, sizeof one, "{ name = 'a', type = 't', pattern = [[%s|(?!)[x-z]\\d]] }",
                     patterns[p]);
            snprintf(expected, sizeof expected, "%s", found("", one, text));
            snprintf(one, sizeof one, "{ name = 'a', type = 't', pattern = [[%s]] }", patterns[p]);
            const char *got = found("", one, text);
            if (strcmp(got, expected) != 0)
                fail_msg("%s in %s:\n %s\n %s", patterns[p], text, got, expected);
        }
    }
}

/* The same with letters of two bytes, whose cases differ in either. */
static void literals_beyond_ascii_never_lose_a_match(void **state)
{
    static const char *const letters[] = {"п", "П", "р", "Р", "я", "Я",
                                          "é", "É", "ё", "Ё", "a", " "};
    static const char *const patterns[] = {
        "(?i)пРя", "(?i)ря+п", "(?i)(?:пр|яп)р", "(?i)épr", "(?i)ёпр", "(?i)aé?па", "пря", "яр"};
    uint32_t seed = 11;
    for (int round = 0; round < 40; round++) {
        char text[600] = "", expected[4096];
        size_t n = 0;
        while (n + 4 < sizeof text) {
            seed = seed * 1664525u + 1013904223u;
            n += (size_t)snprintf(text + n, sizeof text - n, "%s", letters[(seed >> 24) % 12]);
        }
        for (size_t p = 0; p < sizeof patterns / sizeof patterns[0]; p++) {
            char one[256];
            snprintf(one, sizeof one, "{ name = 'a', type = 't', pattern = [[%s|(?!)[x-z]\\d]] }",
                     patterns[p]);
            snprintf(expected, sizeof expected, "%s", found("", one, text));
            snprintf(one, sizeof one, "{ name = 'a', type = 't', pattern = [[%s]] }", patterns[p]);
            const char *got = found("", one, text);
            if (strcmp(got, expected) != 0)
                fail_msg("%s in %s:\n %s\n %s", patterns[p], text, got, expected);
        }
    }
    assert_string_equal(found("", "{ name = 'a', type = 't', pattern = [[(?i)вода]] }",
                              "ВОДА вода \xE1\xB2\x80ода"),
                        "ВОДА|вода|\xE1\xB2\x80ода|");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(patterns_find_and_groups_become_attributes),
        cmocka_unit_test(words_and_predicates_find),
        cmocka_unit_test(context_is_looked_at),
        cmocka_unit_test(steps_over_earlier_spans_are_followed),
        cmocka_unit_test(rules_act),
        cmocka_unit_test(mistakes_in_rules_are_all_said_at_once),
        cmocka_unit_test(several_patterns_are_one_rule),
        cmocka_unit_test(templates_take_steps_and_terms),
        cmocka_unit_test(each_mistake_stands_at_its_place),
        cmocka_unit_test(a_pattern_that_matches_nothing_at_all_is_warned_of),
        cmocka_unit_test(figures_of_rules_add_up_over_batches),
        cmocka_unit_test(literals_are_those_that_every_match_holds),
        cmocka_unit_test(literals_never_lose_a_match),
        cmocka_unit_test(literals_beyond_ascii_never_lose_a_match),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
