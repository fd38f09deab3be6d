/* Tables of counts: what one pass makes, shards must make together, whatever the memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "match/tally.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { KEYS = 9000, ADDED = 60000, SMALL = 1, LARGE = 64 << 20 };

static uint64_t random_state = 88172645463325252u;

static uint64_t next_random(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

static uint64_t key_of(uint64_t i) /* spread, never 0 */
{
    return (i + 1) * 0x9E3779B97F4A7C15u | 1;
}

/* The keys of a collection, seldom ones and frequent ones, in the order of a run. */
static uint64_t *collection(void)
{
    uint64_t *keys = malloc(ADDED * sizeof *keys);
    assert_non_null(keys);
    for (size_t i = 0; i < ADDED; i++) {
        uint64_t range = 1 + next_random() % KEYS;
        keys[i] = key_of(next_random() % range);
    }
    return keys;
}

static void add(tally *to, const uint64_t *keys, size_t n)
{
    error e = {0};
    const uint32_t once = 1;
    char *bytes = malloc(n * TALLY_ENTRY + 1);
    assert_non_null(bytes);
    for (size_t i = 0; i < n; i++) {
        memcpy(bytes + i * TALLY_ENTRY, &keys[i], 8);
        memcpy(bytes + i * TALLY_ENTRY + 8, &once, 4);
    }
    assert_int_equal(tally_add(to, (tamis_str){bytes, n * TALLY_ENTRY}, &e), TAMIS_OK);
    free(bytes);
}

static FILE *write_table(tally *from, const char *path, uint32_t least, uint64_t most,
                         tally_summary *summary)
{
    error e = {0};
    FILE *out = path ? fopen(path, "wb+") : tmpfile();
    assert_non_null(out);
    assert_int_equal(tally_write(from, out, least, most, summary, &e), TAMIS_OK);
    tally_free(from);
    return out;
}

static char *bytes_of(FILE *file, size_t *n)
{
    fseek(file, 0, SEEK_END);
    *n = (size_t)ftell(file);
    char *bytes = malloc(*n + 1);
    assert_non_null(bytes);
    rewind(file);
    assert_int_equal(fread(bytes, 1, *n, file), *n);
    fclose(file);
    return bytes;
}

static void assert_same(FILE *a, FILE *b)
{
    size_t n, m;
    char *x = bytes_of(a, &n), *y = bytes_of(b, &m);
    assert_int_equal(n, m);
    assert_memory_equal(x, y, n);
    free(x);
    free(y);
}

static void counts_are_exact_and_sorted(void **state)
{
    (void)state;
    uint64_t *keys = collection();
    tally *t = tally_new(SMALL); /* so little that runs go to files several times */
    tally_summary s;
    add(t, keys, ADDED);
    size_t n, sum = 0;
    char *bytes = bytes_of(write_table(t, NULL, 1, 0, &s), &n);
    assert_int_equal(n, TALLY_HEADER + s.entries * TALLY_ENTRY);
    uint64_t before = 0;
    for (size_t i = 0; i < s.entries; i++) {
        uint64_t key;
        uint32_t count, really = 0;
        memcpy(&key, bytes + TALLY_HEADER + i * TALLY_ENTRY, 8);
        memcpy(&count, bytes + TALLY_HEADER + i * TALLY_ENTRY + 8, 4);
        assert_true(key > before);
        before = key;
        sum += count;
        if (i % 97) continue;
        for (size_t k = 0; k < ADDED; k++) really += keys[k] == key;
        assert_int_equal(count, really);
    }
    assert_int_equal(sum, ADDED);
    free(bytes);
    free(keys);
}

static void shards_add_up_to_one_pass(void **state)
{
    (void)state;
    static const char *const names[] = {"tally_1.freq", "tally_2.freq", "tally_3.freq"};
    uint64_t *keys = collection();
    tally_summary s;
    error e = {0};
    for (uint32_t least = 1; least < 8; least += 3) {
        tally *whole = tally_new(LARGE), *merged = tally_new(SMALL);
        add(whole, keys, ADDED);
        for (size_t i = 0; i < 3; i++) {
            tally *shard = tally_new(SMALL);
            add(shard, keys + i * (ADDED / 3), ADDED / 3);
            fclose(write_table(shard, names[i], 1, 0, &s));
            assert_true(tally_is_table(names[i]));
            assert_int_equal(tally_add_table(merged, names[i], &e), TAMIS_OK);
        }
        assert_same(write_table(whole, NULL, least, 0, &s),
                    write_table(merged, NULL, least, 0, &s));
    }
    for (size_t i = 0; i < 3; i++) unlink(names[i]);
    free(keys);
}

static void a_pruned_table_is_no_shard(void **state)
{
    (void)state;
    uint64_t *keys = collection();
    tally *t = tally_new(LARGE);
    tally_summary s;
    error e = {0};
    add(t, keys, ADDED);
    fclose(write_table(t, "tally_pruned.freq", 2, 0, &s));
    assert_true(s.seen > s.entries);
    t = tally_new(SMALL);
    assert_true(tally_add_table(t, "tally_pruned.freq", &e) < 0);
    assert_non_null(strstr(e.text, "--least 1"));
    tally_free(t);
    unlink("tally_pruned.freq");
    free(keys);
}

static void a_bound_keeps_the_frequent_ones(void **state)
{
    (void)state;
    uint64_t *keys = collection();
    tally *t = tally_new(SMALL);
    tally_summary s;
    add(t, keys, ADDED);
    size_t n;
    enum { BOUND = 4096 };
    char *bytes = bytes_of(write_table(t, NULL, 1, BOUND, &s), &n);
    assert_true(n <= BOUND && s.entries > 0 && s.least > 1);
    for (size_t i = 0; i < s.entries; i++) {
        uint32_t count;
        memcpy(&count, bytes + TALLY_HEADER + i * TALLY_ENTRY + 8, 4);
        assert_true(count >= s.least);
    }
    free(bytes);
    free(keys);
}

static void a_table_cut_off_is_told(void **state)
{
    (void)state;
    uint64_t *keys = collection();
    tally *t = tally_new(LARGE);
    tally_summary s;
    error e = {0};
    add(t, keys, ADDED);
    FILE *out = write_table(t, "tally_cut.freq", 1, 0, &s);
    assert_int_equal(ftruncate(fileno(out), 500), 0);
    fclose(out);
    t = tally_new(LARGE);
    assert_int_equal(tally_add_table(t, "tally_cut.freq", &e), TAMIS_OK);
    out = tmpfile();
    assert_true(tally_write(t, out, 1, 0, &s, &e) < 0);
    assert_non_null(strstr(e.text, "ends before its last entry"));
    fclose(out);
    tally_free(t);
    unlink("tally_cut.freq");
    free(keys);
}

static void nothing_gives_an_empty_table(void **state)
{
    (void)state;
    tally_summary s;
    size_t n;
    free(bytes_of(write_table(tally_new(SMALL), NULL, 2, 1000, &s), &n));
    assert_int_equal(n, TALLY_HEADER);
    assert_int_equal(s.entries, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_are_exact_and_sorted),
        cmocka_unit_test(shards_add_up_to_one_pass),
        cmocka_unit_test(a_pruned_table_is_no_shard),
        cmocka_unit_test(a_bound_keeps_the_frequent_ones),
        cmocka_unit_test(a_table_cut_off_is_told),
        cmocka_unit_test(nothing_gives_an_empty_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
