/* Records of random documents: in every unit and shape the offsets cut the right text, and a record
 * with the original text restores a document that writes the same records. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <cJSON.h>
#include "io/record.h"

#include <stdlib.h>

enum { ROUNDS = 1500 };

static uint64_t seed;

static uint32_t draw(uint32_t below)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(seed >> 33) % below;
}

static tamis_doc doc;
static error e;

static void random_source(buffer *out)
{
    static const char *const pieces[] = {"a",         "word ", "é",  "漢", "\xF0\x9F\x98\x80",
                                         "\r\n",      "\n",    "\"", "\\", "\x01",
                                         "e\xCC\x81", "שלום",  " ",  "\t"};
    size_t wanted = draw(5) ? draw(200) : draw(3000);
    while (out->n < wanted) buffer_append_text(out, pieces[draw(sizeof pieces / sizeof pieces[0])]);
}

static size_t random_offset(void)
{
    size_t at = draw((uint32_t)doc.view.n + 1);
    while (!document_offset_ok(doc.view, at)) at++;
    return at;
}

static void random_span(void)
{
    static const char *const types[] = {"quote", "weapon", "language", "html.block"};
    static const char *const values[] = {"", "fr", "en", "a \"b\"\n"};
    size_t a = random_offset(), b = random_offset();
    tamis_span s = {.start = a < b ? a : b, .end = a < b ? b : a, .type = str_of(types[draw(4)])};
    tamis_attr attrs[4] = {
        {.key = TAMIS_STR("outer_start"), .type = TAMIS_ATTR_OFFSET},
        {.key = TAMIS_STR("group"), .type = TAMIS_ATTR_INT, .u.i = draw(4)},
        {.key = TAMIS_STR("what"), .type = TAMIS_ATTR_STRING, .u.s = TAMIS_STR("\\ \"x\"")},
        {.key = TAMIS_STR("p"), .type = TAMIS_ATTR_NUMBER, .u.d = -2.25}};
    attrs[0].u.i = (int64_t)random_offset();
    s.value = str_of(values[draw(4)]);
    s.ref = doc.span_count ? draw((uint32_t)doc.span_count + 1) : 0;
    if (s.ref) s.role = TAMIS_STR("part");
    if (!str_is(s.type, "language")) { /* merged ones mix their scores and attributes */
        s.score = draw(10001) / 10000.0;
        s.attrs = attrs;
        s.attr_count = draw(5);
    }
    assert_int_not_equal(document_span_add(&doc, &s, &e), 0);
}

static void random_document(void)
{
    static const char *const placeholders[] = {"", "", "[…]"};
    buffer source = {0};
    random_source(&source);
    document_reset(&doc);
    assert_int_equal(document_set_source(&doc, buffer_str(&source), &e), TAMIS_OK);
    doc.id = TAMIS_STR("an \"id\"");
    doc.input = TAMIS_STR("in");
    document_add_meta(&doc, TAMIS_STR("k\"ey"), TAMIS_STR("[1.0,\"\\u00e9\"]"), &e);
    for (uint32_t stages = 1 + draw(3); stages > 0; stages--) {
        document_stage_begin(&doc, TAMIS_STR("stage"));
        for (uint32_t i = draw(8); i > 0; i--) random_span();
        for (uint32_t i = draw(4); i > 0; i--) {
            tamis_removal r = {.start = random_offset(), .end = random_offset(), .score = 0.5};
            r.reason = TAMIS_STR("why");
            r.placeholder = str_of(placeholders[draw(3)]);
            if (r.start < r.end) assert_int_equal(document_remove(&doc, &r, &e), TAMIS_OK);
        }
        assert_int_equal(document_stage_commit(&doc, &e), TAMIS_OK);
    }
    doc.status = DOCUMENT_WRITTEN;
    buffer_free(&source);
}

static void encode(const record_options *options, buffer *out)
{
    out->n = 0;
    assert_int_equal(record_encode(&doc, options, out, &e), TAMIS_OK);
    buffer_append_char(out, '\0');
    out->n--;
}

/* Counts from the front, one code point after another. */
static const char *advance(const char *text, offset_unit unit, size_t units)
{
    while (units > 0) {
        size_t n;
        uint32_t c = utf8_decode(text, strlen(text), &n);
        size_t step = unit == OFFSETS_BYTE ? n : unit == OFFSETS_UTF16 && c > 0xFFFF ? 2 : 1;
        assert_true(step <= units);
        units -= step;
        text += n;
    }
    return text;
}

static size_t number_in(const cJSON *object, const char *name)
{
    return (size_t)cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(object, name));
}

static const char *string_in(const cJSON *object, const char *name)
{
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
}

static void assert_slice(const char *text, offset_unit unit, const cJSON *item, const char *start,
                         const char *end)
{
    const char *from = advance(text, unit, number_in(item, start));
    const char *to = advance(text, unit, number_in(item, end));
    const char *slice = string_in(item, "text");
    assert_int_equal((size_t)(to - from), strlen(slice));
    assert_memory_equal(from, slice, strlen(slice));
}

static void check_slices(const buffer *line, const record_options *options)
{
    cJSON *record = cJSON_Parse(line->p), *item;
    assert_non_null(record);
    char *source = malloc(doc.source.n + 1);
    memcpy(source, doc.source.p, doc.source.n);
    source[doc.source.n] = '\0';
    size_t number = 0, last_start = 0;
    cJSON_ArrayForEach(item, cJSON_GetObjectItem(record, "spans"))
    {
        assert_int_equal(number_in(item, "span"), ++number);
        assert_true(number_in(item, "source_start") >= last_start);
        last_start = number_in(item, "source_start");
        assert_null(strchr(string_in(item, "type"), '.'));
        if (strcmp(string_in(item, "type"), "language") != 0)
            assert_slice(string_in(record, "text"), options->offsets, item, "start", "end");
    }
    cJSON_ArrayForEach(item, cJSON_GetObjectItem(record, "removed"))
        assert_slice(source, options->offsets, item, "start", "end");
    free(source);
    cJSON_Delete(record);
}

static void offsets_cut_the_right_text_in_every_unit(void **state)
{
    buffer line = {0};
    for (uint64_t round = 1; round <= ROUNDS; round++) {
        seed = round * UINT64_C(0x9E3779B97F4A7C15);
        random_document();
        record_options options = {.offsets = (offset_unit)(round % 3), .nested = round % 2};
        options.text = round / 6 % 2 ? TEXT_ORIGINAL : TEXT_CLEAN;
        encode(&options, &line);
        check_slices(&line, &options);
    }
    buffer_free(&line);
}

static void a_restored_document_writes_the_same_records(void **state)
{
    static const decode_origin origin = {{"x", 1}, {"y", 1}, {NULL, 0}};
    tamis_str all[] = {TAMIS_STR("quote"), TAMIS_STR("weapon"), TAMIS_STR("language"),
                       TAMIS_STR("html.block")};
    buffer original = {0}, clean = {0}, again = {0};
    for (uint64_t round = 1; round <= ROUNDS; round++) {
        seed = round * UINT64_C(0xD6E8FEB86659FD93);
        random_document();
        record_options first = {.offsets = (offset_unit)(round % 3), .nested = round % 2};
        first.types = all;
        first.type_count = 4;
        record_options second = first;
        first.text = TEXT_ORIGINAL;
        encode(&first, &original);
        encode(&second, &clean);
        document_reset(&doc);
        assert_int_equal(record_decode(buffer_str(&original), NULL, &origin, &doc, &e), TAMIS_OK);
        assert_int_equal(doc.error_count, 0);
        doc.status = DOCUMENT_WRITTEN;
        encode(&first, &again);
        assert_string_equal(again.p, original.p);
        encode(&second, &again);
        assert_string_equal(again.p, clean.p);
    }
    buffer_free(&original);
    buffer_free(&clean);
    buffer_free(&again);
}

static int open_document(void **state)
{
    return document_init(&doc, &e);
}

static int close_document(void **state)
{
    document_free(&doc);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(offsets_cut_the_right_text_in_every_unit),
        cmocka_unit_test(a_restored_document_writes_the_same_records),
    };
    return cmocka_run_group_tests_name("record, random", tests, open_document, close_document);
}
