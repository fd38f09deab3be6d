/* The notation of marks: what is read, what is written, and that writing and reading are
 * inverse. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "io/marks.h"

static arena memory;

static marked read_ok(const char *notation)
{
    marked m;
    size_t at;
    error e = {0};
    if (marks_read(str_of(notation), &memory, &m, &at, &e) < 0) fail_msg("%s", e.text);
    return m;
}

static void holds(const marked *m, size_t i, const char *type, const char *text)
{
    assert_true(i < m->count);
    assert_true(str_is(m->marks[i].type, type));
    tamis_str part = {m->text.p + m->marks[i].start, m->marks[i].end - m->marks[i].start};
    assert_true(str_is(part, text));
}

static void marks_are_taken_out_of_the_text(void **state)
{
    (void)state;
    marked m = read_ok("They sell [weapon:Leclerc tanks] [-share:now-]!");
    assert_true(str_is(m.text, "They sell Leclerc tanks now!"));
    assert_int_equal(m.count, 2);
    holds(&m, 0, "weapon", "Leclerc tanks");
    holds(&m, 1, "share", "now");
    assert_true(m.marks[1].removal && !m.marks[0].removal);
}

static void marks_nest_and_cross(void **state)
{
    (void)state;
    marked m = read_ok("[quote:We sell [weapon:tanks]] [a#1:one [b#2:two #1]three#2]");
    assert_true(str_is(m.text, "We sell tanks one two three"));
    holds(&m, 0, "quote", "We sell tanks");
    holds(&m, 1, "weapon", "tanks");
    holds(&m, 2, "a", "one two ");
    holds(&m, 3, "b", "two three");
}

static void values_stand_behind_the_type(void **state)
{
    (void)state;
    marked m = read_ok("[weapon=AK-47,category=small\\:arms,named=true:Kalash]");
    assert_int_equal(m.marks[0].pair_count, 3);
    assert_true(str_is(m.marks[0].pairs[0].key, "value"));
    assert_true(str_is(m.marks[0].pairs[0].value, "AK-47"));
    assert_true(str_is(m.marks[0].pairs[1].value, "small:arms"));
    assert_true(str_is(m.marks[0].pairs[2].key, "named"));
}

static void brackets_that_open_no_mark_stand_for_themselves(void **state)
{
    (void)state;
    marked m = read_ok("[sic] [Note: x] a[1] ] \\[nav:y\\] \\\\ \\n [q:he [sic] said]");
    assert_true(str_is(m.text, "[sic] [Note: x] a[1] ] [nav:y] \\ \\n he [sic] said"));
    assert_int_equal(m.count, 1);
    holds(&m, 0, "q", "he [sic] said");
}

static void a_mark_that_stays_open_is_told_with_its_place(void **state)
{
    (void)state;
    marked m;
    size_t at = 0;
    error e = {0};
    assert_true(marks_read(TAMIS_STR("ab [weapon:tank"), &memory, &m, &at, &e) < 0);
    assert_int_equal(at, 3);
    assert_non_null(strstr(e.text, "[weapon:"));
}

static void writes_as(marked m, const char *notation)
{
    buffer out = {0};
    marks_write(&m, &out);
    if (!str_is(buffer_str(&out), notation))
        fail_msg("%.*s\nis not\n%s", (int)out.n, out.p, notation);
    buffer_free(&out);
}

static void writing_is_plain_where_it_can_be(void **state)
{
    (void)state;
    const char *const plain[] = {"nothing [sic] here", "[quote:We sell [weapon:tanks]] now",
                                 "[b:[a:]x]", "[-nav:A\nB-]text", "[w=a\\:b\\,c,k=d:x]"};
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        writes_as(read_ok(plain[i]), plain[i]);
    writes_as(read_ok("\\[nav:y] and [weapon:x]"), "\\[nav:y\\] and [weapon:x]");
    writes_as(read_ok("[a#7:one [b#3:two #7]three#3]"), "[a:one [b#1:two ]three#1]");
}

/* Random marks on random text of brackets and letters. */
static void what_is_written_is_read_back(void **state)
{
    (void)state;
    uint64_t seed = 7;
    for (int round = 0; round < 3000; round++) {
        char text[12], types[4] = "abc";
        mark marks[4];
        seed = hash_bytes(&seed, sizeof seed, 1);
        uint64_t bits = seed;
        size_t n = bits % sizeof text, count = (bits >> 8) % 5;
        for (size_t i = 0; i < n; i++) text[i] = "ab[]-#1\\: \n,"[(bits >> (i * 4)) % 12];
        seed = hash_bytes(&seed, sizeof seed, 2);
        for (size_t i = 0; i < count; i++) {
            size_t x = (seed >> (i * 8)) % (n + 1), y = (seed >> (i * 8 + 4)) % (n + 1);
            marks[i] = (mark){.start = x < y ? x : y,
                              .end = x < y ? y : x,
                              .removal = (seed >> (40 + i)) & 1,
                              .type = {&types[(seed >> (48 + i * 2)) % 3], 1}};
        }
        marked m = {{text, n}, marks, count};
        buffer out = {0};
        marks_write(&m, &out);
        marked back;
        size_t at;
        error e = {0};
        if (marks_read(buffer_str(&out), &memory, &back, &at, &e) < 0)
            fail_msg("%.*s: %s", (int)out.n, out.p, e.text);
        assert_true(str_equal(back.text, m.text));
        assert_int_equal(back.count, m.count);
        marks_sort(&back);
        for (size_t i = 0; i < count; i++) {
            assert_int_equal(back.marks[i].start, marks[i].start);
            assert_int_equal(back.marks[i].end, marks[i].end);
            assert_true(str_equal(back.marks[i].type, marks[i].type));
            assert_int_equal(back.marks[i].removal, marks[i].removal);
        }
        buffer_free(&out);
        arena_reset(&memory);
    }
}

static int release(void **state)
{
    (void)state;
    arena_free(&memory);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(marks_are_taken_out_of_the_text),
        cmocka_unit_test(marks_nest_and_cross),
        cmocka_unit_test(values_stand_behind_the_type),
        cmocka_unit_test(brackets_that_open_no_mark_stand_for_themselves),
        cmocka_unit_test(a_mark_that_stays_open_is_told_with_its_place),
        cmocka_unit_test(writing_is_plain_where_it_can_be),
        cmocka_unit_test(what_is_written_is_read_back)};
    return cmocka_run_group_tests(tests, NULL, release);
}
