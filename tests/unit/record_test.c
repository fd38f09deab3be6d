/* The record's edge: lines and files in, records out, and back in again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <cJSON.h>
#include "io/record.h"

#include <stdlib.h>

static tamis_doc doc;
static error e;
static buffer out;
static const decode_origin ORIGIN = {{"f.jsonl#1", 9}, {"f.jsonl", 7}, {NULL, 0}};

static int open_document(void **state)
{
    e = (error){0};
    return document_init(&doc, NULL);
}

static int close_document(void **state)
{
    document_free(&doc);
    buffer_free(&out);
    return 0;
}

#define BYTES(literal) ((tamis_str){literal, sizeof(literal) - 1})

static tamis_rc decode(tamis_str line)
{
    e = (error){0};
    document_reset(&doc);
    return record_decode(line, NULL, &ORIGIN, &doc, &e);
}

static const char *encode(const record_options *options)
{
    out.n = 0;
    e = (error){0};
    assert_int_equal(record_encode(&doc, options, &out, &e), TAMIS_OK);
    assert_int_equal(out.p[out.n - 1], '\n');
    out.p[out.n - 1] = '\0';
    return out.p;
}

static void assert_bytes(tamis_str is, tamis_str expected)
{
    if (!str_equal(is, expected))
        fail_msg("\"%.*s\" is not \"%.*s\"", (int)is.n, is.p, (int)expected.n, expected.p);
}

static void assert_contains(const char *text, const char *part)
{
    if (!strstr(text, part)) fail_msg("%s\ndoes not hold\n%s", text, part);
}

/* ------------------------------------------------------------------ lines */

static void fields_pass_through_as_they_came(void **state)
{
    tamis_str line =
        BYTES("{\"z\":9007199254740993,\"text\":\"a\\u0000b\\n\\\"é\\ud83d\\ude00\",\"a\": "
              "[1E400, -0.10,{\"k\":\"\\u00e9\"}],\"id\":\"x\",\"n\":null}\r\n");
    assert_int_equal(decode(line), TAMIS_OK);
    assert_bytes(doc.source, BYTES("a\0b\n\"é\xF0\x9F\x98\x80"));
    assert_bytes(doc.id, BYTES("x"));
    assert_bytes(doc.input, BYTES("f.jsonl"));
    assert_int_equal(doc.meta_count, 3);
    assert_bytes(doc.meta[0].raw, BYTES("9007199254740993"));
    assert_bytes(doc.meta[1].raw, BYTES("[1E400, -0.10,{\"k\":\"\\u00e9\"}]"));
    assert_bytes(doc.meta[2].key, BYTES("n"));
    record_options options = {.nested = true};
    assert_contains(encode(&options), "\"meta\":{\"z\":9007199254740993,\"a\":[1E400, "
                                      "-0.10,{\"k\":\"\\u00e9\"}],\"n\":null}}");
    options.nested = false;
    assert_contains(encode(&options), "\"meta\":\"{\\\"z\\\":9007199254740993,\\\"a\\\":[1E400, "
                                      "-0.10,{\\\"k\\\":\\\"\\\\u00e9\\\"}],\\\"n\\\":null}\"}");
    assert_contains(out.p, "\"text\":\"a\\u0000b\\n\\\"é\xF0\x9F\x98\x80\"");
    assert_int_equal(doc.error_count, 0);
}

static void the_id_is_text_or_the_origins(void **state)
{
    decode(BYTES("{\"id\":12345678901234567890,\"text\":\"\"}"));
    assert_bytes(doc.id, BYTES("12345678901234567890"));
    decode(BYTES("{\"id\":\"\\u0041\",\"text\":\"\"}"));
    assert_bytes(doc.id, BYTES("A"));
    decode(BYTES("{\"id\":null,\"text\":\"\"}"));
    assert_bytes(doc.id, BYTES("f.jsonl#1"));
    assert_bytes(doc.meta[0].raw, BYTES("null"));
    decode(BYTES("{\"text\":\"\"}"));
    assert_bytes(doc.id, BYTES("f.jsonl#1"));
    assert_bytes(doc.locator, BYTES("f.jsonl#1"));
}

static void keys_are_named_by_options(void **state)
{
    decode_options options = {.text_key = BYTES("body"), .id_key = BYTES("u")};
    tamis_str line = BYTES("{\"bo\\u0064y\":\"b\",\"text\":\"t\",\"id\":1,\"u\":\"v\"}");
    assert_int_equal(record_decode(line, &options, &ORIGIN, &doc, &e), TAMIS_OK);
    assert_bytes(doc.source, BYTES("b"));
    assert_bytes(doc.id, BYTES("v"));
    assert_int_equal(doc.meta_count, 2);
}

static void a_record_without_text_lists_its_keys(void **state)
{
    assert_int_equal(decode(BYTES("{\"title\":1,\"body\":\"x\"}")), TAMIS_FAIL);
    assert_contains(e.text, "title, body");
    error first = {0};
    assert_int_equal(record_check_keys(BYTES("{\"title\":1,\"body\":\"x\"}"), NULL, &first),
                     TAMIS_FAIL);
    assert_contains(first.text, "title, body");
    assert_int_equal(record_check_keys(BYTES("{\"text\":1}"), NULL, &first), TAMIS_OK);
    assert_int_equal(record_check_keys(BYTES("no json"), NULL, &first), TAMIS_OK);
    assert_int_equal(decode(BYTES("{\"text\":5}")), TAMIS_FAIL);
    assert_contains(e.text, "a number");
    assert_int_equal(decode(BYTES("{\"text\":null}")), TAMIS_FAIL);
    assert_int_equal(decode(BYTES("")), TAMIS_FAIL);
    assert_int_equal(decode(BYTES("[1]")), TAMIS_FAIL);
    assert_int_equal(decode(BYTES("{\"text\":\"x\"} y")), TAMIS_FAIL);
    assert_contains(e.text, "byte 13");
}

static void a_key_given_twice_is_said(void **state)
{
    assert_int_equal(decode(BYTES("{\"text\":\"one\",\"text\":\"two\"}")), TAMIS_OK);
    assert_bytes(doc.source, BYTES("one"));
    assert_int_equal(doc.error_count, 1);
    assert_bytes(doc.errors[0].code, BYTES("E0504"));
}

static void lone_surrogates_are_mended_and_located(void **state)
{
    tamis_str line = BYTES("{\"text\":\"é\\ud800x\\udc00\",\"m\":\"\\uD83d\\ude00 \\udead\"}");
    assert_int_equal(decode(line), TAMIS_OK);
    assert_bytes(doc.source, BYTES("é\xEF\xBF\xBDx\xEF\xBF\xBD"));
    assert_int_equal(doc.error_count, 3);
    bool text_first = doc.errors[0].end == 5;
    assert_int_equal(doc.errors[text_first ? 0 : 1].start, 2);
    assert_int_equal(doc.errors[text_first ? 1 : 2].start, 6);
    assert_bytes(doc.errors[0].code, BYTES("E0502"));
    assert_bytes(doc.meta[0].raw, BYTES("\"\\uD83d\\ude00 \\ufffd\""));
    assert_contains(encode(&(record_options){0}), "\"errors\":3");
}

static void bytes_that_are_no_utf8_are_mended_and_located(void **state)
{
    tamis_str line = BYTES("{\"m\":\"\xFF\",\"text\":\"\\né\xE9 ab\\ud83d\\ude00\xE2\x82z\"}");
    assert_int_equal(decode(line), TAMIS_OK);
    assert_bytes(doc.source, BYTES("\né\xEF\xBF\xBD ab\xF0\x9F\x98\x80\xEF\xBF\xBDz"));
    assert_int_equal(doc.error_count, 3);
    assert_contains(doc.errors[0].message.p, "outside its text");
    assert_int_equal(doc.errors[1].start, 3);
    assert_int_equal(doc.errors[1].end, 6);
    assert_contains(doc.errors[1].message.p, "0xE9");
    assert_contains(doc.errors[1].message.p, "at byte 21 of the record");
    assert_int_equal(doc.errors[2].start, 13);
    assert_contains(doc.errors[2].message.p, "2 bytes");
}

static void many_faults_are_counted_not_listed(void **state)
{
    buffer line = {0};
    buffer_append_text(&line, "{\"text\":\"");
    for (int i = 0; i < 5000; i++) buffer_append_text(&line, "a\xFF");
    buffer_append_text(&line, "\"}");
    assert_int_equal(decode(buffer_str(&line)), TAMIS_OK);
    assert_int_equal(doc.error_count, 101);
    assert_int_equal(doc.errors[99].start, 99 * 4 + 1);
    assert_bytes(doc.errors[100].code, BYTES("E0503"));
    assert_contains(doc.errors[100].message.p, "4900");
    buffer_free(&line);
}

static void json_is_told_from_text(void **state)
{
    assert_true(record_looks_like_json(BYTES("\xEF\xBB\xBF {\"a\"")));
    assert_false(record_looks_like_json(BYTES("plain {")));
    assert_false(record_looks_like_json(BYTES("")));
    assert_int_equal(decode(BYTES("\xEF\xBB\xBF{\"text\":\"x\"}")), TAMIS_OK);
}

/* ------------------------------------------------------------------ files */

static void read_text(tamis_str bytes, const char *encoding, tamis_str expected, size_t faults)
{
    decode_options options = {.encoding = encoding};
    e = (error){0};
    document_reset(&doc);
    assert_int_equal(text_decode(bytes, &options, &ORIGIN, &doc, &e), TAMIS_OK);
    assert_bytes(doc.source, expected);
    assert_int_equal(doc.error_count, faults);
    for (size_t i = 0; i < faults; i++)
        assert_memory_equal(doc.source.p + doc.errors[i].start, "\xEF\xBF\xBD", 3);
}

static void text_files_are_decoded_by_mark_or_by_name(void **state)
{
    read_text(BYTES("a\0é\r\n"), NULL, BYTES("a\0é\r\n"), 0);
    read_text(BYTES("\xEF\xBB\xBF"
                    "é"),
              NULL, BYTES("é"), 0);
    read_text(BYTES("\xFF\xFE"
                    "a\0\xE9\0=\xD8\0\xDE"),
              NULL, BYTES("aé\xF0\x9F\x98\x80"), 0);
    read_text(BYTES("\xFE\xFF"
                    "\0a\0\xE9\xD8=\xDE\0"),
              NULL, BYTES("aé\xF0\x9F\x98\x80"), 0);
    read_text(BYTES("\xFF\xFE"
                    "\0\xD8z\0q"),
              NULL, BYTES("\xEF\xBF\xBDz\xEF\xBF\xBD"), 2);
    read_text(BYTES("\xFF\xFE\0\0a\0\0\0\0\xF6\1\0"), NULL, BYTES("a\xF0\x9F\x98\x80"), 0);
    read_text(BYTES("caf\xE9"), "ISO-8859-1", BYTES("café"), 0);
    read_text(BYTES("\x82\xA0\x82"), "SHIFT_JIS", BYTES("あ\xEF\xBF\xBD"), 1);
    read_text(BYTES("\xFF\xFE"
                    "a\0"),
              "UTF-16LE", BYTES("a"), 0);
    read_text(BYTES("caf\xE9 \xE2\x82"), NULL, BYTES("caf\xEF\xBF\xBD \xEF\xBF\xBD"), 2);
    assert_contains(doc.errors[0].message.p, "(0xE9), at byte 3 of the file");
    read_text(BYTES(""), NULL, BYTES(""), 0);
}

static void an_unknown_encoding_is_refused_by_name(void **state)
{
    decode_options options = {.encoding = "klingon"};
    assert_int_equal(text_decode(BYTES("x"), &options, &ORIGIN, &doc, &e), TAMIS_FAIL);
    assert_contains(e.text, "klingon");
    assert_false(encoding_known("klingon"));
    assert_true(encoding_known("windows-1252"));
}

/* ------------------------------------------------------------------ records */

static uint32_t span(const char *type, size_t start, size_t end, const char *value, uint32_t ref,
                     const char *role)
{
    tamis_span s = {.type = str_of(type), .start = start, .end = end, .value = str_of(value)};
    s.ref = ref;
    s.role = str_of(role);
    uint32_t number = document_span_add(&doc, &s, &e);
    if (!number) fail_msg("%s", e.text);
    return number;
}

static void remove_range(size_t start, size_t end, uint32_t flags)
{
    tamis_removal r = {
        .start = start, .end = end, .reason = BYTES("nav"), .rule = BYTES("nav.path")};
    r.score = 0.98765;
    r.flags = flags;
    assert_int_equal(document_remove(&doc, &r, &e), TAMIS_OK);
}

/* Text in which bytes, code points and UTF-16 units all differ. */
static void make_document(uint32_t removal_flags)
{
    decode(BYTES(
        "{\"id\":\"d1\",\"text\":\"Menu\\r\\nÉ\xF0\x9F\x98\x80 « oui », dit-il.\",\"n\":1.50}"));
    document_stage_begin(&doc, BYTES("boilerplate"));
    remove_range(0, 6, removal_flags);
    assert_int_equal(document_stage_commit(&doc, &e), TAMIS_OK);
    document_stage_begin(&doc, BYTES("quotes"));
    tamis_attr attrs[] = {{.key = BYTES("outer_end"), .type = TAMIS_ATTR_END, .u.i = 17},
                          {.key = BYTES("group"), .type = TAMIS_ATTR_INT, .u.i = 1},
                          {.key = BYTES("note"), .type = TAMIS_ATTR_STRING, .u.s = BYTES("a\"b")},
                          {.key = BYTES("p"), .type = TAMIS_ATTR_NUMBER, .u.d = 2},
                          {.key = BYTES("sure"), .type = TAMIS_ATTR_BOOL, .u.b = true}};
    tamis_span quote = {
        .type = BYTES("quote"), .start = 10, .end = 13, .category = BYTES("direct")};
    quote.attrs = attrs;
    quote.attr_count = 5;
    quote.score = 0.9;
    quote.lang = BYTES("fr");
    quote.rule = BYTES("fr.guillemets");
    assert_int_equal(document_span_add(&doc, &quote, &e), 1);
    assert_int_equal(span("speaker", 0, 2, "Il", 1, "speaker"), 2);
    tamis_attr lang = {.key = BYTES("lang"), .type = TAMIS_ATTR_STRING, .u.s = BYTES("fr")};
    tamis_attr score = {.key = BYTES("lang_score"), .type = TAMIS_ATTR_NUMBER, .u.d = 1};
    assert_int_equal(document_set(&doc, &lang, &e), TAMIS_OK);
    assert_int_equal(document_set(&doc, &score, &e), TAMIS_OK);
    assert_int_equal(document_stage_commit(&doc, &e), TAMIS_OK);
    doc.status = DOCUMENT_WRITTEN;
}

static const char EXPECTED[] =
    "{\"schema\":\"tamis/"
    "1\",\"id\":\"d1\",\"input\":\"f.jsonl\",\"status\":\"written\",\"reason\":\"\","
    "\"text\":\"É\xF0\x9F\x98\x80 « oui », "
    "dit-il.\",\"text_kind\":\"clean\",\"offset_unit\":\"codepoint\","
    "\"lang\":\"fr\",\"lang_score\":1.0,\"errors\":0,\"spans\":["
    "{\"span\":1,\"type\":\"speaker\",\"start\":0,\"end\":1,\"source_start\":6,\"source_end\":7,"
    "\"text\":\"É\","
    "\"value\":\"Il\",\"category\":null,\"lang\":null,\"score\":null,\"stage\":\"quotes\",\"rule\":"
    "\"\",\"ref\":2,"
    "\"role\":\"speaker\",\"attrs\":\"{}\"},"
    "{\"span\":2,\"type\":\"quote\",\"start\":5,\"end\":8,\"source_start\":11,\"source_end\":14,"
    "\"text\":\"oui\","
    "\"value\":null,\"category\":\"direct\",\"lang\":\"fr\",\"score\":0.9,\"stage\":\"quotes\","
    "\"rule\":\"fr.guillemets\",\"ref\":null,\"role\":null,\"attrs\":\"{\\\"group\\\":2,"
    "\\\"note\\\":\\\"a\\\\\\\"b\\\",\\\"outer_end\\\":11,\\\"p\\\":2.0,\\\"sure\\\":true}\"}],"
    "\"removed\":[{\"start\":0,\"end\":6,\"text\":\"Menu\\r\\n\",\"reason\":\"nav\",\"rule\":\"nav."
    "path\","
    "\"score\":0.9877,\"stage\":\"boilerplate\",\"placeholder\":\"\"}],\"meta\":\"{\\\"n\\\":1.50}"
    "\"}";

static void a_record_is_written_as_the_design_has_it(void **state)
{
    make_document(0);
    assert_string_equal(encode(&(record_options){0}), EXPECTED);
}

static void offsets_come_in_three_units(void **state)
{
    make_document(0);
    record_options options = {.offsets = OFFSETS_UTF16};
    assert_contains(encode(&options), "\"offset_unit\":\"utf16\"");
    assert_contains(out.p,
                    "\"start\":6,\"end\":9,\"source_start\":12,\"source_end\":15,\"text\":\"oui\"");
    options.offsets = OFFSETS_BYTE;
    assert_contains(encode(&options), "\"offset_unit\":\"byte\"");
    assert_contains(
        out.p, "\"start\":10,\"end\":13,\"source_start\":16,\"source_end\":19,\"text\":\"oui\"");
    assert_contains(out.p, "\\\"outer_end\\\":17");
}

static void a_record_with_the_original_text_is_an_input(void **state)
{
    for (offset_unit unit = OFFSETS_CODEPOINT; unit <= OFFSETS_BYTE; unit++)
        for (int nested = 0; nested < 2; nested++) {
            record_options options = {.offsets = unit, .text = TEXT_ORIGINAL, .nested = nested};
            make_document(0);
            char *first = strdup(encode(&options));
            assert_contains(first, "\"text\":\"Menu\\r\\nÉ");
            assert_contains(first, "\"text_kind\":\"original\"");
            assert_int_equal(decode(str_of(first)), TAMIS_OK);
            assert_int_equal(doc.error_count, 0);
            assert_int_equal(doc.span_count, 2);
            assert_int_equal(doc.removal_count, 1);
            doc.status = DOCUMENT_WRITTEN;
            assert_string_equal(encode(&options), first);
            assert_string_equal(encode(&(record_options){0}), EXPECTED);
            free(first);
        }
}

static void a_record_with_the_clean_text_loses_its_spans_and_says_so(void **state)
{
    assert_int_equal(decode(BYTES(EXPECTED)), TAMIS_OK);
    assert_bytes(doc.source, BYTES("É\xF0\x9F\x98\x80 « oui », dit-il."));
    assert_bytes(doc.id, BYTES("d1"));
    assert_bytes(doc.meta[0].raw, BYTES("1.50"));
    assert_int_equal(doc.span_count, 0);
    assert_int_equal(doc.error_count, 1);
    assert_bytes(doc.errors[0].code, BYTES("E0505"));
    tamis_attr lang;
    assert_true(document_attribute_get(&doc, BYTES("lang"), &lang));
    assert_bytes(lang.u.s, BYTES("fr"));
}

static void what_does_not_fit_a_record_is_left_out_and_said(void **state)
{
    tamis_str line =
        BYTES("{\"schema\":\"tamis/"
              "1\",\"id\":\"i\",\"text\":\"abc\",\"text_kind\":\"original\",\"spans\":["
              "{\"span\":1,\"type\":\"w\",\"source_start\":2,\"source_end\":99,\"attrs\":\"{}\"},"
              "{\"span\":2,\"type\":\"w\",\"source_start\":0,\"source_end\":1,\"ref\":3,\"attrs\":"
              "\"{}\"},"
              "{\"span\":3,\"type\":\"w\",\"source_start\":1,\"source_end\":2,\"ref\":1,\"attrs\":"
              "\"{}\"}],"
              "\"removed\":[{\"start\":2,\"end\":1,\"reason\":\"x\"}]}");
    assert_int_equal(decode(line), TAMIS_OK);
    assert_int_equal(doc.span_count, 2);
    assert_int_equal(doc.spans[0].ref, 2);
    assert_int_equal(doc.spans[1].ref, 0);
    assert_int_equal(doc.error_count, 1);
    assert_contains(doc.errors[0].message.p, "1 spans and 1 removals");
}

static void what_was_added_to_a_record_is_metadata(void **state)
{
    tamis_str line = BYTES("{\"schema\":\"tamis/1\",\"text\":\"a\",\"topic\":\"x\","
                           "\"meta\":\"{\\\"k\\\":1}\",\"spans\":[],\"removed\":[]}");
    assert_int_equal(decode(line), TAMIS_OK);
    assert_int_equal(doc.meta_count, 2);
    assert_bytes(doc.meta[0].key, BYTES("k"));
    assert_bytes(doc.meta[1].raw, BYTES("\"x\""));
    assert_int_equal(doc.error_count, 0);
}

static void errors_are_spans_and_come_back_as_errors(void **state)
{
    assert_int_equal(decode(BYTES("{\"text\":\"a\\ud800b\"}")), TAMIS_OK);
    doc.status = DOCUMENT_WRITTEN;
    record_options options = {.text = TEXT_ORIGINAL};
    char *first = strdup(encode(&options));
    assert_contains(
        first, "\"errors\":1,\"spans\":[{\"span\":1,\"type\":\"error\",\"start\":1,\"end\":2,");
    assert_contains(first, "\"category\":\"E0502\"");
    assert_int_equal(decode(str_of(first)), TAMIS_OK);
    assert_int_equal(doc.error_count, 1);
    assert_int_equal(doc.span_count, 0);
    doc.status = DOCUMENT_WRITTEN;
    assert_string_equal(encode(&options), first);
    free(first);
}

static void what_is_secret_is_withheld(void **state)
{
    make_document(TAMIS_SECRET);
    assert_contains(encode(&(record_options){0}),
                    "\"removed\":[{\"start\":0,\"end\":6,\"text\":\"\"");
    assert_null(strstr(out.p, "Menu"));
    size_t before = out.n;
    record_options options = {.text = TEXT_ORIGINAL};
    assert_int_equal(record_encode(&doc, &options, &out, &e), TAMIS_FAIL);
    assert_int_equal(out.n, before);
    assert_contains(e.text, "secret");
}

static void types_are_selected_and_links_to_the_rest_are_null(void **state)
{
    make_document(0);
    document_stage_begin(&doc, BYTES("html"));
    span("html.block", 0, 2, "p", 0, NULL);
    assert_int_equal(document_stage_commit(&doc, &e), TAMIS_OK);
    assert_null(strstr(encode(&(record_options){0}), "html.block"));
    tamis_str types[] = {BYTES("speaker"), BYTES("html.block")};
    record_options options = {.types = types, .type_count = 2};
    assert_contains(encode(&options), "html.block");
    assert_null(strstr(out.p, "\"type\":\"quote\""));
    assert_contains(out.p, "\"ref\":null,\"role\":\"speaker\"");
}

static void adjacent_units_of_one_language_are_one_span(void **state)
{
    decode(BYTES("{\"text\":\"Un mot. Deux mots.\\nOne word. Encore.\"}"));
    document_stage_begin(&doc, BYTES("language"));
    span("language", 0, 8, "fr", 0, NULL);
    span("language", 8, 18, "fr", 0, NULL);
    span("weapon", 3, 6, "x", 2, NULL);
    span("language", 19, 29, "en", 0, NULL);
    span("language", 29, 36, "fr", 0, NULL);
    assert_int_equal(document_stage_commit(&doc, &e), TAMIS_OK);
    const char *line = encode(&(record_options){0});
    assert_contains(line,
                    "\"span\":1,\"type\":\"language\",\"start\":0,\"end\":18,\"source_start\":0,"
                    "\"source_end\":18,\"text\":\"\",\"value\":\"fr\"");
    assert_contains(line, "\"span\":2,\"type\":\"weapon\"");
    assert_contains(line, "\"ref\":1,");
    assert_contains(line, "\"span\":3,\"type\":\"language\",\"start\":19,\"end\":29");
    assert_contains(line, "\"span\":4,\"type\":\"language\",\"start\":29,\"end\":36");
    assert_null(strstr(line, "\"span\":5"));
}

static void a_span_that_was_removed_is_empty_where_it_was(void **state)
{
    decode(BYTES("{\"text\":\"one two three\"}"));
    document_stage_begin(&doc, BYTES("a"));
    span("w", 4, 7, "v", 0, NULL);
    span("w", 2, 10, "v", 0, NULL);
    document_stage_commit(&doc, &e);
    document_stage_begin(&doc, BYTES("b"));
    remove_range(4, 8, 0);
    document_stage_commit(&doc, &e);
    const char *line = encode(&(record_options){0});
    assert_contains(line,
                    "\"start\":2,\"end\":6,\"source_start\":2,\"source_end\":10,\"text\":\"e th\"");
    assert_contains(line,
                    "\"start\":4,\"end\":4,\"source_start\":4,\"source_end\":7,\"text\":\"\"");
}

static void names_that_are_no_text_still_make_json(void **state)
{
    decode_origin origin = {BYTES("caf\xE9.txt"), BYTES("caf\xE9.txt"), {NULL, 0}};
    assert_int_equal(text_decode(BYTES("x"), NULL, &origin, &doc, &e), TAMIS_OK);
    assert_contains(encode(&(record_options){0}), "\"id\":\"caf\xEF\xBF\xBD.txt\"");
}

/* ------------------------------------------------------------------ quarantine */

static void check_quarantine(tamis_str original, bool is_text, tamis_str source)
{
    quarantine_entry entry = {.id = BYTES("i"), .input = BYTES("in"), .locator = BYTES("in#3")};
    entry.stage = BYTES("quotes");
    entry.message = BYTES("it \"failed\"");
    entry.original = original;
    entry.is_text = is_text;
    buffer line = {0};
    assert_int_equal(quarantine_encode(&entry, &line, &e), TAMIS_OK);
    assert_int_equal(utf8_valid_prefix(buffer_str(&line)), line.n);
    assert_int_equal(decode(buffer_str(&line)), TAMIS_OK);
    assert_bytes(doc.source, source);
    assert_bytes(doc.input, BYTES("in"));
    buffer_free(&line);
}

static void a_quarantine_line_is_an_input(void **state)
{
    check_quarantine(BYTES("{\"text\":\"a\\u0000\\\"b\"}"), false, BYTES("a\0\"b"));
    assert_bytes(doc.id, BYTES("i"));
    check_quarantine(BYTES("{\"id\":\"own\",\"text\":\"\xFF\"}"), false, BYTES("\xEF\xBF\xBD"));
    assert_bytes(doc.id, BYTES("own"));
    check_quarantine(BYTES("plain\0 text"), true, BYTES("plain\0 text"));
    check_quarantine(BYTES("\xFF\xFE"
                           "a\0b\0"),
                     true, BYTES("ab"));
    check_quarantine(BYTES("\xE9"), true, BYTES("\xEF\xBF\xBD"));
    check_quarantine(BYTES("ab\xE9"), true, BYTES("ab\xEF\xBF\xBD"));
    check_quarantine(BYTES(""), true, BYTES(""));
    quarantine_entry entry = {.id = BYTES("i"), .withheld = true, .original = BYTES("x")};
    buffer line = {0};
    assert_int_equal(quarantine_encode(&entry, &line, &e), TAMIS_OK);
    assert_int_equal(decode(buffer_str(&line)), TAMIS_FAIL);
    assert_contains(e.text, "too large");
    buffer_free(&line);
}

/* ------------------------------------------------------------------ against a yardstick */

static const char *string_in(const cJSON *object, const char *name)
{
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
}

static void cjson_reads_what_is_written(void **state)
{
    static const char *const texts[] = {"",
                                        "plain",
                                        "tab\there \"quoted\" back\\slash",
                                        "e\xCC\x81 שלום",
                                        "\xF0\x9F\x91\xA8\xE2\x80\x8D\xF0\x9F\x91\xA9 a\r\nb\r\n",
                                        "\x01\x02\x1F\x7F\b\f",
                                        "«\xE2\x80\xA8»"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        cJSON *record = cJSON_CreateObject();
        cJSON_AddStringToObject(record, "text", texts[i]);
        cJSON_AddStringToObject(record, "title", texts[i]);
        char *line = cJSON_PrintUnformatted(record);
        assert_int_equal(decode(str_of(line)), TAMIS_OK);
        assert_bytes(doc.source, str_of(texts[i]));
        cJSON *back = cJSON_Parse(encode(&(record_options){0}));
        assert_non_null(back);
        assert_string_equal(string_in(back, "text"), texts[i]);
        cJSON *meta = cJSON_Parse(string_in(back, "meta"));
        assert_string_equal(string_in(meta, "title"), texts[i]);
        cJSON *nested = cJSON_Parse(encode(&(record_options){.nested = true}));
        assert_string_equal(string_in(cJSON_GetObjectItem(nested, "meta"), "title"), texts[i]);
        cJSON_Delete(nested);
        cJSON_Delete(meta);
        cJSON_Delete(back);
        cJSON_Delete(record);
        free(line);
    }
}

static void fifty_megabytes_in_one_line_go_through(void **state)
{
    enum { SIZE = 50 * 1000 * 1000 };
    buffer line = {0};
    buffer_append_text(&line, "{\"text\":\"");
    while (line.n < SIZE) buffer_append_text(&line, "déjà vu, \\\"encore\\\" une fois; \\u00e9 ");
    buffer_append_text(&line, "\"}");
    assert_int_equal(decode(buffer_str(&line)), TAMIS_OK);
    document_stage_begin(&doc, BYTES("s"));
    for (size_t at = 0; at < 20000; at++) span("w", at * 60 * 33, at * 60 * 33, "v", 0, NULL);
    remove_range(0, 33, 0);
    assert_int_equal(document_stage_commit(&doc, &e), TAMIS_OK);
    encode(&(record_options){0});
    assert_true(out.n > doc.source.n + 20000 * 100);
    assert_non_null(memmem(out.p, out.n, "\"span\":20000,", 13));
    buffer_free(&line);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, open_document, close_document)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(fields_pass_through_as_they_came),
        CASE(the_id_is_text_or_the_origins),
        CASE(keys_are_named_by_options),
        CASE(a_record_without_text_lists_its_keys),
        CASE(a_key_given_twice_is_said),
        CASE(lone_surrogates_are_mended_and_located),
        CASE(bytes_that_are_no_utf8_are_mended_and_located),
        CASE(many_faults_are_counted_not_listed),
        CASE(json_is_told_from_text),
        CASE(text_files_are_decoded_by_mark_or_by_name),
        CASE(an_unknown_encoding_is_refused_by_name),
        CASE(a_record_is_written_as_the_design_has_it),
        CASE(offsets_come_in_three_units),
        CASE(a_record_with_the_original_text_is_an_input),
        CASE(a_record_with_the_clean_text_loses_its_spans_and_says_so),
        CASE(what_does_not_fit_a_record_is_left_out_and_said),
        CASE(what_was_added_to_a_record_is_metadata),
        CASE(errors_are_spans_and_come_back_as_errors),
        CASE(what_is_secret_is_withheld),
        CASE(types_are_selected_and_links_to_the_rest_are_null),
        CASE(adjacent_units_of_one_language_are_one_span),
        CASE(a_span_that_was_removed_is_empty_where_it_was),
        CASE(names_that_are_no_text_still_make_json),
        CASE(a_quarantine_line_is_an_input),
        CASE(cjson_reads_what_is_written),
        CASE(fifty_megabytes_in_one_line_go_through),
    };
    return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
