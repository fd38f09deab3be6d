/* core/base: errors, strings, buffer, arena, UTF-8, hashing, files, values. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/value.h"

#include <stdlib.h>
#include <unistd.h>

static void the_first_error_stays(void **state)
{
    error e = {0};
    assert_int_equal(error_set(&e, TAMIS_FAIL, "first %d", 1), TAMIS_FAIL);
    assert_int_equal(error_set(&e, TAMIS_FATAL, "second"), TAMIS_FATAL);
    assert_int_equal(e.rc, TAMIS_FAIL);
    assert_string_equal(e.text, "first 1");
    assert_int_equal(error_set(NULL, TAMIS_FAIL, "nobody listens"), TAMIS_FAIL);
}

static void a_long_message_is_cut_at_a_code_point(void **state)
{
    char text[3001];
    for (size_t shift = 0; shift < 3; shift++) {
        memset(text, 'x', shift);
        for (size_t i = shift; i + 3 <= 3000; i += 3) memcpy(text + i, "€", 3);
        text[3000 - (3000 - shift) % 3] = '\0';
        error e = {0};
        error_set(&e, TAMIS_FAIL, "%s", text);
        tamis_str said = str_of(e.text);
        assert_int_equal(utf8_valid_prefix(said), said.n);
        assert_true(said.n > 900);
        assert_memory_equal(said.p + said.n - 3, "…", 3);
    }
}

static void strings_compare_bytewise(void **state)
{
    assert_true(str_compare(TAMIS_STR("a"), TAMIS_STR("b")) < 0);
    assert_true(str_compare(TAMIS_STR("a"), TAMIS_STR("ab")) < 0);
    assert_true(str_compare(TAMIS_STR("\xC3"), TAMIS_STR("z")) > 0);
    assert_int_equal(str_compare(TAMIS_STR("a\0b"), TAMIS_STR("a\0b")), 0);
    assert_true(str_equal((tamis_str){NULL, 0}, TAMIS_STR("")));
}

static void a_buffer_grows_and_formats(void **state)
{
    buffer b = {0};
    buffer_printf(&b, "%s", "");
    for (int i = 0; i < 1000; i++) buffer_printf(&b, "%d,", i);
    buffer_append_char(&b, '.');
    buffer_append_text(&b, "end");
    assert_false(b.failed);
    assert_int_equal(b.n, 10 * 2 + 90 * 3 + 900 * 4 + 4);
    assert_memory_equal(b.p + b.n - 8, "999,.end", 8);
    buffer_free(&b);
    assert_null(b.p);
}

static void a_buffer_that_cannot_grow_keeps_what_it_has(void **state)
{
    buffer b = {0};
    buffer_append_text(&b, "kept");
    assert_false(buffer_reserve(&b, SIZE_MAX - 2));
    assert_true(b.failed);
    assert_memory_equal(b.p, "kept", 4);
    assert_int_equal(b.n, 4);
    buffer_free(&b);
}

static void an_arena_hands_out_aligned_zeroed_memory(void **state)
{
    arena a = {0};
    for (int round = 0; round < 3; round++) {
        for (size_t n = 0; n < 3000; n += 7) {
            unsigned char *p = arena_alloc(&a, n);
            assert_non_null(p);
            assert_int_equal((uintptr_t)p % 16, 0);
            for (size_t i = 0; i < n; i++) assert_int_equal(p[i], 0);
            memset(p, 0xFF, n);
        }
        arena_reset(&a);
        assert_int_equal(a.used, 0);
    }
    assert_null(arena_alloc(&a, SIZE_MAX));
    arena_free(&a);
}

static void an_arena_reuses_its_blocks_after_a_reset(void **state)
{
    arena a = {0};
    void *first = arena_alloc(&a, 100), *last = NULL, *again = NULL;
    for (int i = 0; i < 1000; i++) last = arena_alloc(&a, 1000);
    arena_reset(&a);
    assert_ptr_equal(arena_alloc(&a, 100), first);
    for (int i = 0; i < 1000; i++) again = arena_alloc(&a, 1000);
    assert_ptr_equal(again, last);
    arena_free(&a);
}

static void a_rewound_arena_gives_the_same_memory_again(void **state)
{
    arena a = {0};
    arena_mark start = arena_here(&a);
    arena_alloc(&a, 10);
    arena_mark mark = arena_here(&a);
    void *p = arena_alloc(&a, 10);
    arena_alloc(&a, 1 << 20);
    arena_rewind(&a, mark);
    assert_ptr_equal(arena_alloc(&a, 10), p);
    arena_rewind(&a, start);
    assert_int_equal(a.used, 0);
    tamis_str copy = arena_copy(&a, TAMIS_STR("a\0b"));
    assert_int_equal(copy.n, 3);
    assert_memory_equal(copy.p, "a\0b", 4);
    assert_string_equal(arena_printf(&a, "%d-%s", 7, "x"), "7-x");
    arena_free(&a);
}

/* Straight from the definition, slow: what the fast one is compared with. */
static size_t valid_prefix_by_definition(const unsigned char *p, size_t n)
{
    size_t i = 0;
    while (i < n) {
        size_t length = p[i] < 0x80   ? 1
                        : p[i] < 0xC2 ? 0
                        : p[i] < 0xE0 ? 2
                        : p[i] < 0xF0 ? 3
                        : p[i] < 0xF5 ? 4
                                      : 0;
        if (length == 0 || i + length > n) return i;
        uint32_t c = length == 1 ? p[i] : p[i] & (0xFFu >> (length + 1));
        for (size_t k = 1; k < length; k++) {
            if ((p[i + k] & 0xC0) != 0x80) return i;
            c = c << 6 | (p[i + k] & 0x3Fu);
        }
        if (length == 3 && (c < 0x800 || (c >= 0xD800 && c <= 0xDFFF))) return i;
        if (length == 4 && (c < 0x10000 || c > 0x10FFFF)) return i;
        i += length;
    }
    return n;
}

static uint32_t next_random(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*seed >> 33);
}

static void utf8_validity_agrees_with_the_definition(void **state)
{
    static const char *const pieces[] = {"a",
                                         "plain ascii text of some length, longer than a word ",
                                         "é",
                                         "€",
                                         "\xF0\x9F\x98\x80",
                                         "\xED\x9F\xBF",
                                         "\xEE\x80\x80",
                                         "\xF4\x8F\xBF\xBF",
                                         "жизнь",
                                         "\xC0\x80",
                                         "\xED\xA0\x80",
                                         "\xF4\x90\x80\x80",
                                         "\xE2\x82",
                                         "\xFF",
                                         "\x80",
                                         "\xE0\x9F\x80",
                                         "\xF0\x8F\x80\x80",
                                         "\xF0\x9F"};
    enum { GOOD = 9, ALL = sizeof pieces / sizeof pieces[0] };
    uint64_t seed = 7;
    for (int round = 0; round < 20000; round++) {
        char text[600];
        size_t n = 0;
        int bad_one_in = round % 2 ? 30 : 1 << 30;
        while (n < 500 && next_random(&seed) % 24) {
            const char *piece = next_random(&seed) % (uint32_t)bad_one_in
                                    ? pieces[next_random(&seed) % GOOD]
                                    : pieces[next_random(&seed) % ALL];
            memcpy(text + n, piece, strlen(piece));
            n += strlen(piece);
        }
        char *exact = malloc(n + 1); /* so that a sanitizer sees a read past the end */
        memcpy(exact, text, n);
        size_t expected = valid_prefix_by_definition((unsigned char *)exact, n);
        assert_int_equal(utf8_valid_prefix((tamis_str){exact, n}), expected);
        free(exact);
    }
}

static void every_code_point_goes_there_and_back(void **state)
{
    for (uint32_t c = 0; c <= 0x10FFFF; c++) {
        if (c == 0xD800) c = 0xE000;
        char bytes[4];
        size_t n = utf8_encode(c, bytes), back = 0;
        assert_int_equal(utf8_valid_prefix((tamis_str){bytes, n}), n);
        assert_int_equal(utf8_decode(bytes, n, &back), c);
        assert_int_equal(back, n);
    }
    char bytes[4];
    assert_int_equal(utf8_encode(0xD800, bytes), 3);
    assert_memory_equal(bytes, "\xEF\xBF\xBD", 3);
}

static void counting_agrees_with_decoding(void **state)
{
    buffer b = {0};
    uint64_t seed = 3;
    size_t points = 0, units = 0;
    for (int i = 0; i < 20000; i++) {
        uint32_t c = next_random(&seed) % (i % 3 ? 0x80 : 0x10FFFF);
        if (c >= 0xD800 && c < 0xE000) c = 'x';
        char bytes[4];
        buffer_append(&b, bytes, utf8_encode(c, bytes));
        points++;
        units += c >= 0x10000 ? 2 : 1;
        if (i % 97 == 0) {
            assert_int_equal(utf8_count(buffer_str(&b)), points);
            assert_int_equal(utf8_count_utf16(buffer_str(&b)), units);
        }
    }
    buffer_free(&b);
}

typedef struct {
    size_t in[32], out[32], bytes[32], count;
} invalid_seen;

static void see_invalid(void *user, size_t in, size_t out, size_t bytes)
{
    invalid_seen *seen = user;
    assert_true(seen->count < 32);
    seen->in[seen->count] = in;
    seen->out[seen->count] = out;
    seen->bytes[seen->count++] = bytes;
}

static void repair_replaces_each_maximal_invalid_part(void **state)
{
    /* The example of Unicode 15, table 3-11: truncated and impossible sequences. */
    tamis_str bytes = TAMIS_STR("\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41"
                                "a\xC0\xAF\xED\xA0\x80z\xF4");
    buffer out = {0};
    invalid_seen seen = {0};
    utf8_repair(bytes, &out, see_invalid, &seen);
    tamis_str expected = TAMIS_STR("���"
                                   "�"
                                   "Aa"
                                   "��"
                                   "���"
                                   "z�");
    assert_int_equal(out.n, expected.n);
    assert_memory_equal(out.p, expected.p, expected.n);
    assert_int_equal(seen.count, 10);
    assert_int_equal(seen.bytes[0], 2);
    assert_int_equal(seen.in[2], 3);
    assert_int_equal(seen.bytes[2], 3);
    assert_int_equal(seen.out[3], 9);
    assert_int_equal(seen.in[9], bytes.n - 1);
    buffer_free(&out);
}

static void valid_text_is_repaired_to_itself(void **state)
{
    tamis_str text = TAMIS_STR("z\xCC\x88\0\r\n\xF0\x9F\x91\xA9\xE2\x80\x8D שלום");
    buffer out = {0};
    invalid_seen seen = {0};
    utf8_repair(text, &out, see_invalid, &seen);
    assert_int_equal(out.n, text.n);
    assert_memory_equal(out.p, text.p, text.n);
    assert_int_equal(seen.count, 0);
    buffer_free(&out);
}

static void mended_text_is_the_text_itself_where_it_is_valid(void **state)
{
    buffer room = {0};
    tamis_str good = TAMIS_STR("caf\xC3\xA9"), bad = TAMIS_STR("caf\xE9");
    assert_ptr_equal(utf8_mended(good, &room).p, good.p);
    assert_null(room.p);
    assert_true(str_is(utf8_mended(bad, &room), "caf\xEF\xBF\xBD"));
    buffer_free(&room);
}

static void a_string_ends_with_its_tail(void **state)
{
    assert_true(str_ends_with(TAMIS_STR("out.csv"), ".csv"));
    assert_true(str_ends_with(TAMIS_STR(".csv"), ".csv"));
    assert_false(str_ends_with(TAMIS_STR("csv"), ".csv"));
    assert_false(str_ends_with((tamis_str){NULL, 0}, ".csv"));
}

static void hashes_are_stable_and_spread(void **state)
{
    /* Fixed for ever: they stand in checkpoints. */
    assert_int_equal(hash_bytes("", 0, 0), hash_bytes(NULL, 0, 0));
    uint64_t all = 0;
    char bytes[80];
    for (size_t n = 0; n < sizeof bytes; n++) {
        bytes[n] = (char)n;
        uint64_t h = hash_bytes(bytes, n, 1);
        assert_int_not_equal(h, hash_bytes(bytes, n, 2));
        if (n) {
            bytes[n / 2] ^= 1;
            assert_int_not_equal(h, hash_bytes(bytes, n, 1));
            bytes[n / 2] ^= 1;
        }
        all ^= h;
    }
    assert_int_equal(all, UINT64_C(0x2974B3672D7400E0));
}

static void hashes_of_large_content_are_stable_and_see_each_byte(void **state)
{
    static char bytes[1000];
    uint64_t all = 0;
    for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (char)(i * 7);
    for (size_t n = 0; n < sizeof bytes; n += 37) {
        uint64_t h = hash_large(bytes, n, 1);
        assert_int_not_equal(h, hash_large(bytes, n, 2));
        assert_int_not_equal(h, hash_large(bytes, n + 1, 1));
        all ^= h;
    }
    uint64_t whole = hash_large(bytes, sizeof bytes, 1);
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] ^= 1;
        assert_int_not_equal(hash_large(bytes, sizeof bytes, 1), whole);
        bytes[i] ^= 1;
    }
    assert_int_equal(all, UINT64_C(0xBEBF764F8FC8519B));
}

static void a_file_is_mapped_and_a_pipe_is_read(void **state)
{
    char path[] = "/tmp/tamis-base-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    file_bytes file;
    error e = {0};
    assert_int_equal(file_open(path, &file, &e), TAMIS_OK);
    assert_int_equal(file.bytes.n, 0);
    file_close(&file);
    assert_int_equal(write(fd, "a\0b", 3), 3);
    close(fd);
    assert_int_equal(file_open(path, &file, &e), TAMIS_OK);
    assert_true(file.mapped);
    assert_memory_equal(file.bytes.p, "a\0b", 3);
    file_close(&file);
    unlink(path);

    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "through", 7), 7);
    close(ends[1]);
    char name[64];
    snprintf(name, sizeof name, "/dev/fd/%d", ends[0]);
    assert_int_equal(file_open(name, &file, &e), TAMIS_OK);
    assert_false(file.mapped);
    assert_int_equal(file.bytes.n, 7);
    file_close(&file);
    close(ends[0]);

    assert_int_equal(file_open("/nonexistent/file", &file, &e), TAMIS_FAIL);
    assert_non_null(strstr(e.text, "/nonexistent/file"));
    error folder = {0};
    assert_int_equal(file_open("/tmp", &file, &folder), TAMIS_FAIL);
    assert_non_null(strstr(folder.text, "folder"));
}

static void paths_join_and_split(void **state)
{
    arena a = {0};
    assert_true(str_is(path_folder(TAMIS_STR("a/b.lua")), "a"));
    assert_true(str_is(path_folder(TAMIS_STR("b.lua")), "."));
    assert_true(str_is(path_folder(TAMIS_STR("/b.lua")), "/"));
    assert_true(str_is(path_folder(TAMIS_STR("a//b/")), "a"));
    assert_string_equal(path_join(&a, TAMIS_STR("a"), TAMIS_STR("b")), "a/b");
    assert_string_equal(path_join(&a, TAMIS_STR("a/"), TAMIS_STR("b")), "a/b");
    assert_string_equal(path_join(&a, TAMIS_STR("a"), TAMIS_STR("/b")), "/b");
    assert_string_equal(path_join(&a, TAMIS_STR("a"), TAMIS_STR("")), "a");
    assert_string_equal(path_join(&a, TAMIS_STR(""), TAMIS_STR("b")), "b");
    arena_free(&a);
}

static void a_copied_value_owes_nothing_to_its_original(void **state)
{
    arena from = {0}, to = {0};
    char text[] = "fr";
    value items[2] = {{VALUE_STRING, {0}, {.s = {text, 2}}}, {VALUE_INT, {0}, {.i = 5}}};
    value list = {VALUE_LIST, {0}, {.list = {items, 2}}};
    value_member member = {TAMIS_STR("langs"), {"f.lua", 3, 4, 5}, &list};
    value map = {VALUE_MAP, {0}, {.map = {&member, 1}}};
    value copy = value_copy(&to, &map);
    text[0] = 'X';
    member.value = NULL;
    const value *langs = value_member_of(&copy, "langs");
    assert_non_null(langs);
    assert_int_equal(langs->u.list.count, 2);
    assert_true(str_is(langs->u.list.items[0].u.s, "fr"));
    assert_int_equal(langs->u.list.items[1].u.i, 5);
    assert_int_equal(copy.u.map.members[0].at.line, 3);
    assert_null(value_member_of(&copy, "lang"));
    assert_null(value_member_of(langs, "x"));
    assert_string_equal(value_kind_name(VALUE_STRING), "a string");
    arena_free(&from);
    arena_free(&to);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_error_stays),
        cmocka_unit_test(a_long_message_is_cut_at_a_code_point),
        cmocka_unit_test(strings_compare_bytewise),
        cmocka_unit_test(a_buffer_grows_and_formats),
        cmocka_unit_test(a_buffer_that_cannot_grow_keeps_what_it_has),
        cmocka_unit_test(an_arena_hands_out_aligned_zeroed_memory),
        cmocka_unit_test(an_arena_reuses_its_blocks_after_a_reset),
        cmocka_unit_test(a_rewound_arena_gives_the_same_memory_again),
        cmocka_unit_test(utf8_validity_agrees_with_the_definition),
        cmocka_unit_test(every_code_point_goes_there_and_back),
        cmocka_unit_test(counting_agrees_with_decoding),
        cmocka_unit_test(repair_replaces_each_maximal_invalid_part),
        cmocka_unit_test(valid_text_is_repaired_to_itself),
        cmocka_unit_test(mended_text_is_the_text_itself_where_it_is_valid),
        cmocka_unit_test(a_string_ends_with_its_tail),
        cmocka_unit_test(hashes_are_stable_and_spread),
        cmocka_unit_test(hashes_of_large_content_are_stable_and_see_each_byte),
        cmocka_unit_test(a_file_is_mapped_and_a_pipe_is_read),
        cmocka_unit_test(paths_join_and_split),
        cmocka_unit_test(a_copied_value_owes_nothing_to_its_original),
    };
    return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
