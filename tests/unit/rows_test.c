/* Rows, pages and schemas: the other shapes in which a document comes out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <cJSON.h>
#include "io/record.h"

#include <stdlib.h>

#define BYTES(literal) ((tamis_str){literal, sizeof(literal) - 1})

static tamis_doc doc;
static error e;
static buffer out;
static const record_options PLAIN;

static uint32_t span(const char *type, size_t start, size_t end, const char *value, uint32_t ref,
                     int64_t group)
{
    tamis_attr attr = {.key = BYTES("group"), .type = TAMIS_ATTR_INT, .u.i = group};
    tamis_span s = {.type = str_of(type), .start = start, .end = end, .value = str_of(value)};
    s.ref = ref;
    s.role = ref ? s.type : (tamis_str){NULL, 0};
    s.attrs = &attr;
    s.attr_count = group != 0;
    uint32_t number = document_span_add(&doc, &s, &e);
    if (!number) fail_msg("%s", e.text);
    return number;
}

/* "Nav | X" is removed; the rest holds a quote in two pieces with a speaker and a cue. */
static int open_document(void **state)
{
    static const decode_origin origin = {{"a,b", 3}, {"in.jsonl", 8}, {NULL, 0}};
    e = (error){0};
    document_init(&doc, NULL);
    assert_int_equal(
        record_decode(
            BYTES("{\"text\":\"Nav | X\\n\\\"One\\ttwo,\\\" said Ann, \\\"and\\nthree.\\\"\","
                  "\"k\":1}"),
            NULL, &origin, &doc, &e),
        TAMIS_OK);
    document_stage_begin(&doc, BYTES("clean"));
    tamis_removal r = {
        .start = 0, .end = 8, .reason = BYTES("nav"), .rule = BYTES("bar"), .score = 0.5};
    assert_int_equal(document_remove(&doc, &r, &e), TAMIS_OK);
    assert_int_equal(document_stage_commit(&doc, &e), TAMIS_OK);
    document_stage_begin(&doc, BYTES("quotes"));
    span("quote", 1, 9, "Ann Lee", 0, 1);
    span("cue", 11, 15, NULL, 1, 0);
    span("speaker", 16, 19, NULL, 1, 0);
    span("quote", 22, 32, "Ann Lee", 0, 1);
    assert_int_equal(document_stage_commit(&doc, &e), TAMIS_OK);
    doc.status = DOCUMENT_WRITTEN;
    return 0;
}

static int close_document(void **state)
{
    document_free(&doc);
    buffer_free(&out);
    return 0;
}

static const char *rows(emit_kind emit, row_format format, const record_options *options,
                        const pretty_options *pretty)
{
    out.n = 0;
    e = (error){0};
    rows_header(emit, format, options, &out);
    assert_int_equal(rows_encode(&doc, emit, format, options, pretty, &out, &e), TAMIS_OK);
    buffer_append_char(&out, '\0');
    return out.p;
}

static void quotes_know_who_says_them_and_how(void **state)
{
    assert_string_equal(rows(EMIT_QUOTES, FORMAT_CSV, &PLAIN, NULL),
                        "id,span,start,end,kind,speaker,who,cue,text,lang,score,rule,group\n"
                        "\"a,b\",1,1,9,,Ann,Ann Lee,said,\"One\ttwo,\",,,,1\n"
                        "\"a,b\",4,22,32,,Ann,Ann Lee,said,\"and\nthree.\",,,,1\n");
    assert_string_equal(
        rows(EMIT_QUOTES, FORMAT_TSV, &PLAIN, NULL),
        "id\tspan\tstart\tend\tkind\tspeaker\twho\tcue\ttext\tlang\tscore\trule\tgroup\n"
        "a,b\t1\t1\t9\t\tAnn\tAnn Lee\tsaid\tOne\\ttwo,\t\t\t\t1\n"
        "a,b\t4\t22\t32\t\tAnn\tAnn Lee\tsaid\tand\\nthree.\t\t\t\t1\n");
    assert_string_equal(rows(EMIT_QUOTES, FORMAT_JSONL, &PLAIN, NULL),
                        "{\"id\":\"a,b\",\"span\":1,\"start\":1,\"end\":9,\"kind\":null,"
                        "\"speaker\":\"Ann\",\"who\":\"Ann Lee\","
                        "\"cue\":\"said\",\"text\":\"One\\ttwo,\",\"lang\":null,\"score\":null,"
                        "\"rule\":\"\",\"group\":1}\n"
                        "{\"id\":\"a,b\",\"span\":4,\"start\":22,\"end\":32,\"kind\":null,"
                        "\"speaker\":\"Ann\",\"who\":\"Ann Lee\","
                        "\"cue\":\"said\",\"text\":\"and\\nthree.\",\"lang\":null,\"score\":null,"
                        "\"rule\":\"\",\"group\":1}\n");
}

static void removed_text_is_listed_with_its_reason(void **state)
{
    assert_string_equal(rows(EMIT_REMOVED, FORMAT_CSV, &PLAIN, NULL),
                        "id,start,end,text,reason,rule,score,stage,placeholder\n"
                        "\"a,b\",0,8,\"Nav | X\n\",nav,bar,0.5,clean,\n");
    assert_string_equal(
        rows(EMIT_REMOVED, FORMAT_JSONL, &PLAIN, NULL),
        "{\"id\":\"a,b\",\"start\":0,\"end\":8,\"text\":\"Nav | X\\n\",\"reason\":\"nav\","
        "\"rule\":\"bar\",\"score\":0.5,\"stage\":\"clean\",\"placeholder\":\"\"}\n");
}

static void a_documents_row_counts_what_it_holds(void **state)
{
    const char *text = rows(EMIT_DOCS, FORMAT_TSV, &PLAIN, NULL);
    assert_non_null(strstr(text, "\na,b\tin.jsonl\twritten\t\t\t\t0\t4\t1\t\"One\\ttwo,"));
    assert_non_null(strstr(text, "\t{\"k\":1}\n"));
}

static void a_row_of_a_span_is_its_part_of_the_record(void **state)
{
    rows(EMIT_SPANS, FORMAT_JSONL, &PLAIN, NULL);
    buffer record = {0};
    assert_int_equal(rows_encode(&doc, EMIT_DOCS, FORMAT_JSONL, &PLAIN, NULL, &record, &e),
                     TAMIS_OK);
    buffer_append_char(&record, '\0');
    cJSON *whole = cJSON_Parse(record.p), *spans = cJSON_GetObjectItem(whole, "spans");
    const char *line = out.p;
    for (int i = 0; i < cJSON_GetArraySize(spans); i++) {
        cJSON *row = cJSON_ParseWithOpts(line, &line, false);
        assert_string_equal(cJSON_GetStringValue(cJSON_GetObjectItem(row, "id")), "a,b");
        cJSON_DeleteItemFromObject(row, "id");
        assert_true(cJSON_Compare(row, cJSON_GetArrayItem(spans, i), true));
        cJSON_Delete(row);
        line++;
    }
    assert_int_equal(*line, '\0');
    cJSON_Delete(whole);
    buffer_free(&record);
}

static void a_page_marks_findings_and_lists_what_went(void **state)
{
    const char *page = rows(EMIT_DOCS, FORMAT_PRETTY, &PLAIN, &(pretty_options){false, 40});
    assert_string_equal(page, "== a,b  19 % removed\n"
                              "{-1}\"[One two,]1\" [said]2 [Ann]3, \"[and\n"
                              "three.]4\"\n"
                              "-- found: type, kind, text = what it\n"
                              "   stands for; place, language, score,\n"
                              "   rule\n"
                              "    1 quote \"One two,\" = Ann Lee 1-9\n"
                              "    2 cue \"said\" cue of 1 11-15\n"
                              "    3 speaker \"Ann\" speaker of 1 16-19\n"
                              "    4 quote \"and\xE2\x8F\x8Ethree.\" = Ann Lee 22-32\n"
                              "-- removed: kind, text; place in the\n"
                              "   source, score, rule, stage\n"
                              "    1 nav \"Nav | X\xE2\x8F\x8E\" 0-8 0.5 bar by\n"
                              "      clean\n"
                              "\n");
    assert_null(strchr(page, '\033'));
    page = rows(EMIT_DOCS, FORMAT_PRETTY, &PLAIN, &(pretty_options){true, 40});
    assert_non_null(strstr(page, "\033[32mOne two,\033[0;2m¹\033[0m"));
    page = rows(EMIT_QUOTES, FORMAT_PRETTY, &PLAIN, NULL);
    assert_non_null(strstr(page, "    1 \"One two,\" -- Ann Lee (Ann), said\n"));
}

/* Two spans that end together: their numbers are told apart, and from the text. */
static void numbers_of_a_coloured_page_are_raised_and_apart(void **state)
{
    tamis_span inner = {.start = 5, .end = 9, .type = BYTES("weapon")};
    document_stage_begin(&doc, BYTES("w"));
    assert_true(document_span_add(&doc, &inner, &e) > 0);
    assert_int_equal(document_stage_commit(&doc, &e), TAMIS_OK);
    const char *page = rows(EMIT_DOCS, FORMAT_PRETTY, &PLAIN, &(pretty_options){true, 40});
    assert_non_null(strstr(page, "\033[0;2m²\033[0m\033[32m\033[0;2m·¹\033[0m"));
}

static size_t longest_line(const char *text)
{
    size_t longest = 0;
    while (*text) {
        size_t n = strcspn(text, "\n");
        size_t columns = utf8_count((tamis_str){text, n});
        if (columns > longest) longest = columns;
        text += n + (text[n] == '\n');
    }
    return longest;
}

static void a_page_keeps_to_its_width_and_sends_no_control_characters(void **state)
{
    buffer text = {0};
    buffer_append_text(&text, "\033[31m\x07 \xC2\x9B");
    for (int i = 0; i < 200; i++) buffer_append_text(&text, "wörd wo ");
    document_reset(&doc);
    assert_int_equal(document_set_source(&doc, buffer_str(&text), &e), TAMIS_OK);
    const char *page = rows(EMIT_DOCS, FORMAT_PRETTY, &PLAIN, &(pretty_options){false, 50});
    assert_null(strchr(page, '\033'));
    assert_null(strchr(page, '\a'));
    assert_null(strstr(page, "\xC2\x9B"));
    assert_true(longest_line(page) <= 50);
    buffer_free(&text);
}

static void secret_text_is_in_no_row(void **state)
{
    document_stage_begin(&doc, BYTES("pii"));
    tamis_removal r = {
        .start = 16, .end = 19, .reason = BYTES("name"), .placeholder = BYTES("[N]")};
    r.flags = TAMIS_SECRET;
    assert_int_equal(document_remove(&doc, &r, &e), TAMIS_OK);
    assert_int_equal(document_stage_commit(&doc, &e), TAMIS_OK);
    for (emit_kind emit = EMIT_DOCS; emit <= EMIT_REMOVED; emit++)
        for (row_format format = FORMAT_JSONL; format <= FORMAT_PRETTY; format++)
            assert_null(strstr(rows(emit, format, &PLAIN, NULL), "Ann,"));
    record_options original = {.text = TEXT_ORIGINAL};
    assert_int_equal(rows_encode(&doc, EMIT_SPANS, FORMAT_CSV, &original, NULL, &out, &e),
                     TAMIS_FAIL);
}

/* ------------------------------------------------------------------ schema */

static void same_keys(const cJSON *schema, const cJSON *object)
{
    const cJSON *properties = cJSON_GetObjectItem(schema, "properties");
    const cJSON *required = cJSON_GetObjectItem(schema, "required");
    const cJSON *property = properties->child, *member = object->child, *name = required->child;
    for (; property && member;
         property = property->next, member = member->next, name = name->next) {
        assert_string_equal(property->string, member->string);
        assert_string_equal(property->string, name->valuestring);
    }
    assert_null(property);
    assert_null(member);
    assert_null(name);
}

static void the_schema_has_the_keys_of_the_record_in_their_order(void **state)
{
    buffer schema = {0};
    assert_int_equal(record_schema(BYTES("jsonschema"), false, &schema, &e), TAMIS_OK);
    buffer_append_char(&schema, '\0');
    cJSON *shape = cJSON_Parse(schema.p);
    assert_non_null(shape);
    cJSON *record = cJSON_Parse(rows(EMIT_DOCS, FORMAT_JSONL, &PLAIN, NULL));
    same_keys(shape, record);
    cJSON *properties = cJSON_GetObjectItem(shape, "properties");
    same_keys(cJSON_GetObjectItem(cJSON_GetObjectItem(properties, "spans"), "items"),
              cJSON_GetArrayItem(cJSON_GetObjectItem(record, "spans"), 0));
    same_keys(cJSON_GetObjectItem(cJSON_GetObjectItem(properties, "removed"), "items"),
              cJSON_GetArrayItem(cJSON_GetObjectItem(record, "removed"), 0));
    cJSON_Delete(record);
    cJSON_Delete(shape);
    buffer_free(&schema);
}

static void every_tool_has_its_schema(void **state)
{
    static const char *const tools[] = {"jsonschema", "duckdb", "polars", "arrow", "datasets"};
    for (size_t i = 0; i < 5; i++) {
        buffer schema = {0};
        assert_int_equal(record_schema(str_of(tools[i]), false, &schema, &e), TAMIS_OK);
        assert_non_null(memmem(schema.p, schema.n, "source_start", 12));
        assert_non_null(memmem(schema.p, schema.n, "placeholder", 11));
        assert_int_equal(schema.p[schema.n - 1], '\n');
        buffer_free(&schema);
    }
    buffer nested = {0};
    assert_int_equal(record_schema(BYTES("duckdb"), true, &nested, &e), TAMIS_OK);
    assert_non_null(memmem(nested.p, nested.n, "meta: 'JSON'", 12));
    assert_int_equal(record_schema(BYTES("arrow"), true, &nested, &e), TAMIS_FAIL);
    e = (error){0};
    assert_int_equal(record_schema(BYTES("excel"), false, &nested, &e), TAMIS_FAIL);
    assert_non_null(strstr(e.text, "excel"));
    buffer_free(&nested);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, open_document, close_document)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(quotes_know_who_says_them_and_how),
        CASE(removed_text_is_listed_with_its_reason),
        CASE(a_documents_row_counts_what_it_holds),
        CASE(a_row_of_a_span_is_its_part_of_the_record),
        CASE(a_page_marks_findings_and_lists_what_went),
        CASE(numbers_of_a_coloured_page_are_raised_and_apart),
        CASE(a_page_keeps_to_its_width_and_sends_no_control_characters),
        CASE(secret_text_is_in_no_row),
        CASE(the_schema_has_the_keys_of_the_record_in_their_order),
        CASE(every_tool_has_its_schema),
    };
    return cmocka_run_group_tests_name("rows", tests, NULL, NULL);
}
