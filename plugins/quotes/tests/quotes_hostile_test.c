/* Input made to hurt: the work stays linear in its length, the state of fixed size, whatever the
 * bytes; and every span lies within the text, in order, on whole characters. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <time.h>

#include "group.h"

enum { SMALL = 1 << 17, TIMES = 8 };

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static char *repeat(const char *piece, size_t size)
{
    size_t n = strlen(piece);
    char *text = malloc(size);
    assert_non_null(text);
    for (size_t i = 0; i < size; i++) text[i] = piece[i % n];
    return text;
}

static double cost(const char *lang, const char *piece, size_t size)
{
    char *text = repeat(piece, size);
    double start = seconds();
    harness_run(h, lang, (tamis_str){text, size});
    double spent = seconds() - start;
    free(text);
    return spent;
}

/* Eight times the bytes may cost eight times as much, and half as much again for noise; quadratic
 * work would cost 64 times. */
static void check_linear(const char *lang, const char *piece)
{
    cost(lang, piece, SMALL / 4); /* warm */
    double small = cost(lang, piece, SMALL) + cost(lang, piece, SMALL);
    double large = 2 * cost(lang, piece, (size_t)SMALL * TIMES);
    if (large >= small * TIMES * 3 + 0.2)
        print_message("%s: %.3f s for %d bytes, %.3f s for %d\n", piece, small / 2, SMALL,
                      large / 2, SMALL * TIMES);
    assert_true(large < small * TIMES * 3 + 0.2);
}

static void a_long_line_of_marks_is_linear(void **state)
{
    (void)state;
    check_linear("en", "\"");
    check_linear("en", "\" ");
    check_linear("fr", "« ");
    check_linear("fr", "»");
    check_linear("de", "„");
    check_linear("en", "“a");
    check_linear("en", " 'a");
    check_linear("en", "‘a’ ");
}

static void ten_megabytes_of_marks_in_a_line_come_to_an_end(void **state)
{
    (void)state;
    assert_true(cost("fr", "« ", 10 << 20) < 60);
}

static void nesting_back_and_forth_is_linear(void **state)
{
    (void)state;
    check_linear("fr", "« a “b ");
    check_linear("fr", "« a “b” c » ");
    check_linear("de", "„a »b« “ ");
    check_linear("en", "“a ‘b “c ‘d ");
    check_linear("fr", "« Oui “ non » ” dit-il, ");
}

static void long_paragraphs_of_prose_are_linear(void **state)
{
    (void)state;
    check_linear("en", "He said that she said \"no\" and X, Y, Z said so, ");
    check_linear("en", "word ");
    check_linear("fr", "« Oui. » Il a dit que Paul, ministre, a dit « non ». ");
    check_linear("pl", "– Tak – powiedział Jan. ");
    check_linear("ru", "— Да, — сказал он. — Нет, ");
    check_linear("de", "„Ja“, hat er gesagt, dass er, der, die, das ");
    check_linear("fr", "-- Oui, dit-il, non. ");
}

static void many_lines_are_linear(void **state)
{
    (void)state;
    check_linear("en", "\"\n");
    check_linear("fr", "« Oui\n");
    check_linear("ru", "— Да.\n");
    check_linear("fr", "- Oui, dit-il\n\n");
    check_linear("en", "\n");
}

static void lines_of_dashes_are_linear(void **state)
{
    (void)state;
    check_linear("nb", "– Som han, sier hun og han, ");
    check_linear("nb", "– Når han kommer, går Per, sier Kari ");
    check_linear("fi", "– Tämä, Virtanen sanoo ja ");
    check_linear("sv", "– Ja, säger hon: ");
    check_linear("pl", "– tak – westchnęła ");
    check_linear("ru", "— Да? — ");
    check_linear("ru", "— Он сказал: — ");
    check_linear("nb", "– Ja.\n");
    check_linear("nb", "– Hva?\n– Vi kommer, sier Per.\n\n");
    check_linear("es", "—Sí —dijo—. ");
}

static void state_is_small_and_of_fixed_size(void **state)
{
    (void)state;
    assert_true(sizeof(qt_engine) <= 64 * 1024);
}

static uint64_t random_next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static void check_spans(tamis_str text)
{
    for (unsigned i = 0; i < h->quote_count && i < HARNESS_QUOTES; i++) {
        const qt_quote *q = &h->quotes[i];
        assert_true(q->outer_start <= q->start && q->start < q->end && q->end <= q->outer_end);
        assert_true(q->outer_end <= text.n);
        assert_true(q->speaker_start <= q->speaker_end && q->speaker_end <= text.n);
        assert_true(q->who_start <= q->who_end && q->who_end <= text.n);
        assert_true(q->cue_start <= q->cue_end && q->cue_end <= text.n);
    }
}

static bool on_character(tamis_str text, uint32_t at)
{
    return at == text.n || ((unsigned char)text.p[at] & 0xC0) != 0x80;
}

/* Random runs of what matters to the engine. */
static void random_texts_give_spans_within_the_text(void **state)
{
    (void)state;
    static const char *const pieces[] = {
        "«",       "»",
        "“",       "”",
        "\"",      "'",
        "’",       "‘",
        "„",       "–",
        "- ",      "\n",
        "\n\n",    " ",
        ". ",      ", ",
        "? ",      ": ",
        "(",       ")",
        "il",      "a dit",
        " said ",  " Anna ",
        "Müller",  " le ministre",
        " qui ",   " selon ",
        "что",     "сказал",
        "Иван",    "powiedział",
        "قال",     "الوزير",
        "A",       "a",
        "1",       "\xC2\xA0",
        "…",       "dit-il",
        "-t-elle", " hat ",
        " gesagt", " der ",
        " and ",   "「",
        "」",      "›",
        "‹",       "\t",
    };
    static const char *const langs[] = {"", "fr", "en", "de", "ru", "ar", "pl", "nl"};
    enum { COUNT = sizeof pieces / sizeof *pieces, ROUNDS = 4000, ROOM = 4000 };
    uint64_t seed = 0x9E3779B97F4A7C15u;
    static char text[ROOM];
    h->nested = true;
    for (int round = 0; round < ROUNDS; round++) {
        size_t n = 0, want = random_next(&seed) % (round % 50 ? 300 : ROOM - 40);
        while (n < want) {
            const char *piece = pieces[random_next(&seed) % COUNT];
            memcpy(text + n, piece, strlen(piece));
            n += strlen(piece);
        }
        /* in its own memory, so that a read past the end is seen */
        char *exact = malloc(n ? n : 1);
        assert_non_null(exact);
        memcpy(exact, text, n);
        tamis_str whole = {exact, n};
        harness_run(h, langs[random_next(&seed) % 8], whole);
        check_spans(whole);
        for (unsigned i = 0; i < h->quote_count && i < HARNESS_QUOTES; i++) {
            const qt_quote *q = &h->quotes[i];
            assert_true(on_character(whole, q->start) && on_character(whole, q->end));
            assert_true(on_character(whole, q->speaker_start));
            assert_true(on_character(whole, q->speaker_end));
        }
        free(exact);
    }
    h->nested = false;
}

/* The host gives valid UTF-8 only; the engine does not lean on it. */
static void broken_utf8_does_no_harm(void **state)
{
    (void)state;
    enum { ROUNDS = 3000, ROOM = 600 };
    static const unsigned char bytes[] = {0xC2, 0xAB, 0xBB, 0xE2, 0x80, 0x9C, 0x9D, 0x94, '"', ' ',
                                          'a',  '.',  '\n', 0xF0, 0xFF, 0xD0, 0xE3, '-',  'A', ','};
    uint64_t seed = 88172645463325252u;
    for (int round = 0; round < ROUNDS; round++) {
        size_t n = random_next(&seed) % ROOM;
        char *text = malloc(n ? n : 1);
        assert_non_null(text);
        for (size_t i = 0; i < n; i++) text[i] = (char)bytes[random_next(&seed) % sizeof bytes];
        harness_run(h, round % 2 ? "fr" : "", (tamis_str){text, n});
        check_spans((tamis_str){text, n});
        free(text);
    }
}

/* The inner quotation is closed by the mark that closes the outer one, at the end of the text. */
static void marks_of_a_nested_quotation_may_reach_beyond_the_outer(void **state)
{
    static const char *const texts[] = {"--a\xC2\xAB! \xC2\xBB\x99lu sa",
                                        "\xC2\xAB A \xC2\xAB b \xC2\xBB"};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        size_t n = strlen(texts[i]);
        char *copy = malloc(n); /* of its very size, that a sanitizer sees what is read behind it */
        assert_non_null(copy);
        memcpy(copy, texts[i], n);
        h->nested = true;
        harness_run(h, "", (tamis_str){copy, n});
        check_spans((tamis_str){copy, n});
        free(copy);
    }
    h->nested = false;
}

static void an_empty_text_has_no_quotations(void **state)
{
    (void)state;
    assert_int_equal(harness_run(h, "", (tamis_str){"", 0}), 0);
    assert_int_equal(harness_run(h, "", (tamis_str){"\"", 1}), 0);
    assert_int_equal(harness_run(h, "", (tamis_str){"\n", 1}), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_long_line_of_marks_is_linear),
        cmocka_unit_test(ten_megabytes_of_marks_in_a_line_come_to_an_end),
        cmocka_unit_test(nesting_back_and_forth_is_linear),
        cmocka_unit_test(long_paragraphs_of_prose_are_linear),
        cmocka_unit_test(many_lines_are_linear),
        cmocka_unit_test(lines_of_dashes_are_linear),
        cmocka_unit_test(state_is_small_and_of_fixed_size),
        cmocka_unit_test(random_texts_give_spans_within_the_text),
        cmocka_unit_test(broken_utf8_does_no_harm),
        cmocka_unit_test(marks_of_a_nested_quotation_may_reach_beyond_the_outer),
        cmocka_unit_test(an_empty_text_has_no_quotations),
    };
    return cmocka_run_group_tests(tests, open_group, close_group);
}
