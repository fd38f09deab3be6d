/* The lists of line ends and marks answer what a look at every byte would, wherever they are asked
 * and however many there are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "harness.h"

enum { SIZE = 60000 };

static uint32_t random_next(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

static size_t random_text(uint32_t *state, char *text, unsigned spread)
{
    static const char *const pieces[] = {"\n",           "\xC2\xAB", "\xC2\xBB", "\"",
                                         "\xE2\x80\x9C", "-",        "'",        "é",
                                         "\xE2\x80\x99", "\xE2\x80"};
    size_t n = 0;
    while (n + 8 < SIZE) {
        unsigned k = random_next(state) % spread;
        const char *piece = k < sizeof pieces / sizeof *pieces ? pieces[k] : "x";
        memcpy(text + n, piece, strlen(piece));
        n += strlen(piece);
    }
    return n;
}

static uint32_t line_end_by_hand(const char *text, uint32_t n, uint32_t at)
{
    while (at < n && text[at] != '\n') at++;
    return at;
}

static uint32_t mark_by_hand(const char *text, uint32_t n, uint32_t at)
{
    while (at < n && !quotes_is_pairing(quotes_mark_at(text + at, text + n))) at++;
    return at;
}

static void check_at(qt_engine *e, uint32_t at)
{
    assert_int_equal(quotes_line_end(e, at), line_end_by_hand(e->text, e->size, at));
    const char *mark = quotes_next_mark(e, e->text + at, e->text + e->size);
    assert_int_equal(mark - e->text, mark_by_hand(e->text, e->size, at));
}

static void lists_answer_what_a_look_at_every_byte_would(void **unused)
{
    (void)unused;
    static const unsigned spreads[] = {10, 60, 400, 4000};
    static char text[SIZE];
    uint32_t state = 2463534242u;
    harness *h = harness_open();
    assert_non_null(h);
    for (unsigned i = 0; i < 4; i++) {
        size_t n = random_text(&state, text, spreads[i]);
        h->engine->text = text;
        h->engine->size = (uint32_t)n;
        quotes_probe_marks(h->engine);
        for (uint32_t at = 0; at < n; at += 1 + random_next(&state) % 300) check_at(h->engine, at);
        for (unsigned k = 0; k < 300; k++) check_at(h->engine, random_next(&state) % (SIZE / 2));
        for (uint32_t at = 0; at < n; at += 1 + random_next(&state) % 300) check_at(h->engine, at);
    }
    harness_close(h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_answer_what_a_look_at_every_byte_would),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
