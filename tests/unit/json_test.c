/* The JSON scanner: what it takes, what it refuses and where, and that it changes nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <cJSON.h>
#include "base/json.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>

#define BYTES(literal) ((tamis_str){literal, sizeof(literal) - 1})

/* Read from memory of its very length, so that a sanitizer sees a step too far. */
static tamis_rc read_exact(tamis_str text, json_value *value, error *e)
{
    char *copy = malloc(text.n + 1);
    memcpy(copy, text.p, text.n);
    char *exact = realloc(copy, text.n ? text.n : 1);
    tamis_rc rc = json_read((tamis_str){exact, text.n}, value, e);
    free(exact);
    return rc;
}

static void what_the_rfc_allows_is_taken_whole(void **state)
{
    static const char *const texts[] = {"null",
                                        "true",
                                        " false\r\n\t",
                                        "0",
                                        "-0",
                                        "-0.0e+00",
                                        "1E400",
                                        "123456789012345678901234567890.5",
                                        "\"\"",
                                        "\"a\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000\\uD834\\uDD1E\"",
                                        "\"\\ud800\"",
                                        "[]",
                                        "[ ]",
                                        "{}",
                                        "{ }",
                                        "[1,[2,{\"a\":[]}],{}]",
                                        "{\"a\":{\"b\":[null]},\"\":0,\"a\":1}",
                                        "\"0123456789abcdef0123456789abcdef\"",
                                        "\"é漢\xF0\x9F\x98\x80\x7F\""};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        error e = {0};
        json_value value;
        if (read_exact(str_of(texts[i]), &value, &e) != TAMIS_OK)
            fail_msg("%s: %s", texts[i], e.text);
    }
}

static void what_the_rfc_forbids_is_refused_at_its_byte(void **state)
{
    static const struct {
        const char *text;
        const char *where;
    } cases[] = {{"", "ends early, at byte 0"},
                 {" ", "byte 1"},
                 {"-01", "byte 1"},
                 {"01", "byte 0"},
                 {"-", "byte 1"},
                 {"1.", "byte 2"},
                 {".5", "byte 0"},
                 {"1e", "byte 2"},
                 {"1e+", "byte 3"},
                 {"+1", "byte 0"},
                 {"NaN", "byte 0"},
                 {"nul", "byte 0"},
                 {"nulll", "byte 4"},
                 {"True", "byte 0"},
                 {"[1,]", "byte 3"},
                 {"[,1]", "byte 1"},
                 {"[1 2]", "byte 3"},
                 {"[1", "byte 2"},
                 {"{\"a\":1,}", "byte 7"},
                 {"{\"a\"}", "byte 4"},
                 {"{\"a\":}", "byte 5"},
                 {"{a:1}", "byte 1"},
                 {"{\"a\":1 \"b\":2}", "byte 7"},
                 {"{", "byte 1"},
                 {"[1]]", "byte 3"},
                 {"1 2", "byte 2"},
                 {"\"a", "byte 2"},
                 {"\"\\", "byte 2"},
                 {"\"\\x\"", "byte 2"},
                 {"\"\\u12g4\"", "byte 1"},
                 {"\"\\u12", "byte 1"},
                 {"\"a\nb\"", "byte 2"},
                 {"\"0123456789abcde\x01\"", "byte 16"},
                 {"\"\x1F\"", "0x1F"},
                 {"'a'", "byte 0"},
                 {"[1}", "byte 2"},
                 {"{\"a\":1]", "byte 6"},
                 {"// x\n1", "byte 0"},
                 {"[\"a\",\n4\n,1,", "byte 11"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        error e = {0};
        json_value value;
        if (read_exact(str_of(cases[i].text), &value, &e) == TAMIS_OK)
            fail_msg("%s is taken", cases[i].text);
        if (!strstr(e.text, cases[i].where)) fail_msg("%s: %s", cases[i].text, e.text);
    }
    error e = {0};
    json_value value;
    assert_int_equal(read_exact(BYTES("\"a\0b\""), &value, &e), TAMIS_FAIL);
    assert_non_null(strstr(e.text, "0x00"));
}

static void depth_is_bounded(void **state)
{
    for (int over = 0; over < 2; over++) {
        buffer text = {0};
        size_t depth = JSON_DEPTH + (size_t)over;
        for (size_t i = 0; i < depth; i++) buffer_append_text(&text, i % 2 ? "[" : "{\"k\":");
        buffer_append_text(&text, "1");
        for (size_t i = depth; i-- > 0;) buffer_append_text(&text, i % 2 ? "]" : "}");
        json_value value;
        error e = {0};
        assert_int_equal(json_read(buffer_str(&text), &value, &e), over ? TAMIS_FAIL : TAMIS_OK);
        if (over) assert_non_null(strstr(e.text, "deep"));
        buffer_free(&text);
    }
}

static void members_come_in_order_as_raw_slices(void **state)
{
    tamis_str text = BYTES(" { \"b\" : 1.50 ,\"\\u0061\":[ 1 , 2 ],\"b\":\"x\"} ");
    json_scan scan = json_scan_of(text);
    json_value key, value;
    error e = {0};
    assert_int_equal(json_open(&scan, '{', &e), TAMIS_OK);
    assert_int_equal(json_member(&scan, &key, &value, &e), JSON_MORE);
    assert_true(json_string_is(&key, "b"));
    assert_true(str_is(value.raw, "1.50"));
    assert_int_equal(value.kind, JSON_NUMBER);
    assert_int_equal(json_member(&scan, &key, &value, &e), JSON_MORE);
    assert_true(key.escaped);
    assert_true(json_string_is(&key, "a"));
    assert_true(str_is(value.raw, "[ 1 , 2 ]"));
    assert_int_equal(json_member(&scan, &key, &value, &e), JSON_MORE);
    assert_int_equal(json_member(&scan, &key, &value, &e), JSON_END);
    assert_int_equal(json_close(&scan, &e), TAMIS_OK);
}

static void paths_reach_into_objects_and_arrays(void **state)
{
    tamis_str text = BYTES("{\"a\":{\"b\":[10,{\"c\\u0064\":\"x\"}]},\"1\":2}");
    assert_true(str_is(json_find(text, BYTES("a.b.0")), "10"));
    assert_true(str_is(json_find(text, BYTES("a.b.1.cd")), "\"x\""));
    assert_true(str_is(json_find(text, BYTES("1")), "2"));
    assert_int_equal(json_find(text, BYTES("a.b.2")).n, 0);
    assert_int_equal(json_find(text, BYTES("a.b.x")).n, 0);
    assert_int_equal(json_find(text, BYTES("a.")).n, 0);
    assert_int_equal(json_find(text, BYTES("1.a")).n, 0);
}

static void numbers_are_read_when_asked_for(void **state)
{
    json_value value;
    int64_t i;
    double d;
    json_read(BYTES("-9223372036854775807"), &value, NULL);
    assert_true(json_int(&value, &i));
    assert_int_equal(i, -INT64_MAX);
    json_read(BYTES("9223372036854775808"), &value, NULL);
    assert_false(json_int(&value, &i));
    json_read(BYTES("1.0"), &value, NULL);
    assert_false(json_int(&value, &i));
    assert_true(json_number(&value, &d));
    assert_true(d > 0.9999 && d < 1.0001);
    json_read(BYTES("-0.0625e2"), &value, NULL);
    assert_true(json_number(&value, &d));
    assert_true(d > -6.2501 && d < -6.2499);
    json_read(BYTES("1E400"), &value, NULL);
    assert_true(json_number(&value, &d));
    assert_true(isinf(d));
    json_read(BYTES("\"1\""), &value, NULL);
    assert_false(json_number(&value, &d));
}

static const char *written(buffer *out, double x)
{
    out->n = 0;
    json_write_number(out, x);
    buffer_append_char(out, '\0');
    return out->p;
}

static void a_number_always_has_a_point_and_four_places_at_most(void **state)
{
    buffer out = {0};
    assert_string_equal(written(&out, 1), "1.0");
    assert_string_equal(written(&out, 0), "0.0");
    assert_string_equal(written(&out, 0.98), "0.98");
    assert_string_equal(written(&out, 0.98765), "0.9877");
    assert_string_equal(written(&out, 0.00004), "0.0");
    assert_string_equal(written(&out, 0.0001), "0.0001");
    assert_string_equal(written(&out, -12.5), "-12.5");
    assert_string_equal(written(&out, 1e15), "1000000000000000.0");
    assert_string_equal(written(&out, 123456789.12345), "123456789.1235");
    out.n = 0;
    json_write_int(&out, INT64_MIN);
    json_write_uint(&out, UINT64_MAX);
    assert_memory_equal(out.p, "-922337203685477580818446744073709551615", 40);
    buffer_free(&out);
}

static void the_locale_changes_no_number(void **state)
{
    static const char *const names[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "de_DE", "fr_FR"};
    const char *set = NULL;
    for (size_t i = 0; i < 4 && !set; i++) set = setlocale(LC_NUMERIC, names[i]);
    json_value value;
    double d;
    buffer out = {0};
    json_read(BYTES("1.25"), &value, NULL);
    assert_true(json_number(&value, &d));
    assert_true(d > 1.2499 && d < 1.2501);
    assert_string_equal(written(&out, 1e15), "1000000000000000.0");
    assert_string_equal(written(&out, -1.25), "-1.25");
    buffer_free(&out);
    setlocale(LC_NUMERIC, "C");
    if (!set) skip(); /* no locale with a comma is installed: the same, said */
}

/* ------------------------------------------------------------------ against cJSON */

static uint64_t seed = 5;
static uint32_t draw(uint32_t below)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(seed >> 33) % below;
}

static void strings_go_there_and_back_and_cjson_agrees(void **state)
{
    static const char *const pieces[] = {"a",    "plain words of some length ",
                                         "\"",   "\\",
                                         "\n",   "\x01",
                                         "\x1F", "é",
                                         "漢",   "\xF0\x9F\x98\x80",
                                         "/",    "\x7F",
                                         "\t\t", "\r\n"};
    arena memory = {0};
    for (int round = 0; round < 5000; round++) {
        char text[900];
        size_t n = 0, wanted = draw(800);
        while (n < wanted) {
            const char *piece = pieces[draw(sizeof pieces / sizeof pieces[0])];
            memcpy(text + n, piece, strlen(piece));
            n += strlen(piece);
        }
        text[n] = '\0';
        buffer out = {0};
        json_write_string(&out, (tamis_str){text, n});
        json_value value;
        error e = {0};
        assert_int_equal(read_exact(buffer_str(&out), &value, &e), TAMIS_OK);
        assert_int_equal(json_read(buffer_str(&out), &value, &e), TAMIS_OK);
        tamis_str back;
        assert_int_equal(json_string(&value, &memory, &back, NULL, NULL, &e), TAMIS_OK);
        assert_int_equal(back.n, n);
        if (n) assert_memory_equal(back.p, text, n);
        for (size_t at = 1; at < out.n - 1; at += 1 + draw(40)) {
            if (at >= 2 && out.p[at - 1] == '\\') continue; /* within an escape */
            size_t content = json_content_offset(buffer_str(&out), at);
            assert_true(content <= n);
        }
        assert_int_equal(json_content_offset(buffer_str(&out), out.n - 1), n);
        cJSON *theirs = cJSON_ParseWithLength(out.p, out.n);
        assert_non_null(theirs);
        assert_string_equal(cJSON_GetStringValue(theirs), text);
        cJSON_Delete(theirs);
        buffer_free(&out);
        arena_reset(&memory);
    }
    arena_free(&memory);
}

/* Takes a valid text and damages it: what we take, cJSON takes too (it takes more). */
static void whatever_is_taken_cjson_takes_too(void **state)
{
    static const char *const texts[] = {
        "{\"id\":12,\"text\":\"a\\u00e9\\n\",\"tags\":[\"x\",null,true],\"n\":{\"d\":-1.5e3}}",
        "[[],{},\"\\\\\",0.5,false]"};
    size_t taken = 0;
    for (int round = 0; round < 60000; round++) {
        char text[128];
        size_t n = strlen(texts[round % 2]);
        memcpy(text, texts[round % 2], n);
        for (uint32_t i = 0, edits = 1 + draw(2); i < edits; i++) {
            size_t at = draw((uint32_t)n);
            switch (draw(3)) {
            case 0: text[at] = "{}[]:,\"\\0123456789eEu.-+ \tntf"[draw(30)]; break;
            case 1: memmove(text + at, text + at + 1, n - at - 1), n--; break;
            default: memmove(text + at + 1, text + at, n - at), n++; break;
            }
        }
        json_value value;
        if (read_exact((tamis_str){text, n}, &value, NULL) != TAMIS_OK) continue;
        taken++;
        cJSON *theirs = cJSON_ParseWithLength(text, n);
        if (!theirs) {
            /* cJSON refuses \u0000 and lone surrogates; nothing else. */
            text[n] = '\0';
            if (!strstr(text, "\\u")) fail_msg("cJSON refuses %s", text);
        }
        cJSON_Delete(theirs);
    }
    assert_true(taken > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_rfc_allows_is_taken_whole),
        cmocka_unit_test(what_the_rfc_forbids_is_refused_at_its_byte),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(members_come_in_order_as_raw_slices),
        cmocka_unit_test(paths_reach_into_objects_and_arrays),
        cmocka_unit_test(numbers_are_read_when_asked_for),
        cmocka_unit_test(a_number_always_has_a_point_and_four_places_at_most),
        cmocka_unit_test(the_locale_changes_no_number),
        cmocka_unit_test(strings_go_there_and_back_and_cjson_agrees),
        cmocka_unit_test(whatever_is_taken_cjson_takes_too),
    };
    return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
