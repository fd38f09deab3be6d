/* How files are cut into batches: nothing lost, nothing twice, smaller towards the end. */
#include "io/reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { BATCHES = 4096, WANT = 64 << 10 };

/* The batches of one JSONL file of `count` records of about `bytes` each. */
static size_t cut_file(size_t count, size_t bytes, engine_batch *out, uint64_t *size)
{
    char path[] = "/tmp/tamis-reader-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    char *word = calloc(bytes + 1, 1);
    assert_non_null(word);
    memset(word, 'x', bytes);
    *size = 0;
    for (size_t i = 0; i < count; i++)
        *size += (uint64_t)dprintf(fd, "{\"id\":\"a%zu\",\"text\":\"%s\"}\n", i, word);
    free(word);
    close(fd);
    const char *const inputs[] = {path};
    io_reader_options options = {.from = "jsonl"};
    engine_reader *reader = NULL;
    error e = {0};
    assert_int_equal(io_reader_open(inputs, 1, &options, &reader, &e), 0);
    engine_want want = {.bytes = WANT};
    size_t n = 0;
    for (;;) {
        assert_true(n < BATCHES);
        engine_next next = reader->next(reader, &want, &out[n], &e);
        assert_int_not_equal(next, NEXT_FAIL);
        if (next == NEXT_END) break;
        n += next == NEXT_BATCH;
    }
    reader->close(reader);
    unlink(path);
    return n;
}

static void batches_cover_a_file_once(void **state)
{
    (void)state;
    static engine_batch batches[BATCHES];
    uint64_t size, at = 0;
    size_t n = cut_file(5000, 300, batches, &size);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(batches[i].offset, at);
        assert_true(batches[i].length > 0);
        at += batches[i].length;
    }
    assert_int_equal(at, size);
}

static void batches_shrink_towards_the_end_of_the_input(void **state)
{
    (void)state;
    static engine_batch batches[BATCHES];
    uint64_t size;
    size_t n = cut_file(5000, 300, batches, &size);
    assert_true(batches[0].length > WANT / 2);
    for (size_t i = 1; i + 1 < n; i++)
        assert_true(batches[i].length <= batches[i - 1].length + 400);
    assert_true(batches[n - 2].length < WANT * 3 / 4);
}

static void a_record_larger_than_a_batch_is_one(void **state)
{
    (void)state;
    static engine_batch batches[BATCHES];
    uint64_t size;
    assert_int_equal(cut_file(3, 200 << 10, batches, &size), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(batches_cover_a_file_once),
        cmocka_unit_test(batches_shrink_towards_the_end_of_the_input),
        cmocka_unit_test(a_record_larger_than_a_batch_is_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
