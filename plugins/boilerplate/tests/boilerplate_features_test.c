/* What the reader and the features of the boilerplate stage see. All texts are written for these
 * tests. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "boilerplate/features.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    boilerplate_text text;
    boilerplate_phrase_row *phrases;
    boilerplate_columns columns;
} seen;

static void look(seen *s, const char *text)
{
    memset(s, 0, sizeof *s);
    assert_true(boilerplate_read(&s->text, text, strlen(text)));
    s->phrases = calloc(s->text.row_count + 1, sizeof *s->phrases);
    static const char words[] =
        "lang\twords\nen\tthe and of to in is that was\nfr\tle la les et est une dans qui\n";
    boilerplate_languages languages;
    assert_true(boilerplate_languages_read(&languages, words, sizeof words - 1));
    assert_true(boilerplate_fill(&s->columns, &s->text, s->phrases, &languages));
    boilerplate_fill_foreign(&s->columns, &s->text, &languages);
    boilerplate_languages_free(&languages);
}

static void forget(seen *s)
{
    boilerplate_text_free(&s->text);
    boilerplate_columns_free(&s->columns);
    free(s->phrases);
}

static unsigned value(const seen *s, unsigned feature, size_t row)
{
    return boilerplate_column(&s->columns, feature)[row];
}
#define VALUE(s, name, row) value(s, BOILERPLATE_F_##name, row)

static void blank_lines_are_no_rows(void **state)
{
    (void)state;
    seen s;
    look(&s, "one two\n\n \t\nthree\r\n\xC2\xA0\nfour");
    assert_int_equal(s.text.row_count, 3);
    assert_int_equal(s.text.lines, 6);
    assert_int_equal(s.text.rows[1].line, 3);
    assert_true(s.text.rows[1].blank_before);
    assert_int_equal(s.text.rows[1].end - s.text.rows[1].start, 5);
    assert_int_equal(s.text.rows[2].line, 5);
    forget(&s);
}

static void words_are_counted_in_any_script(void **state)
{
    (void)state;
    seen s;
    look(&s, "L’été 1968 à Orléans\nДень за днём\n今日は 雨\nЗ");
    assert_int_equal(s.text.rows[0].words, 5);
    assert_int_equal(s.text.rows[0].capitals, 2);
    assert_int_equal(s.text.rows[0].numbers, 1);
    assert_int_equal(s.text.rows[1].words, 3);
    assert_int_equal(s.text.rows[2].words, 4); /* an ideograph is a word */
    assert_int_equal(VALUE(&s, script, 1), 2);
    assert_int_equal(VALUE(&s, script, 2), 4);
    assert_int_equal(VALUE(&s, foreign, 2), 1);
    forget(&s);
}

static void no_text_is_no_row(void **state)
{
    (void)state;
    seen s;
    look(&s, "");
    assert_int_equal(s.text.row_count, 0);
    forget(&s);
    look(&s, "\n\n");
    assert_int_equal(s.text.row_count, 0);
    forget(&s);
}

/* Rows up or down to the next that is listed; 63: none. */
static unsigned distance_to(const bool *listed, int n, int row, int step)
{
    for (int i = row + step; i >= 0 && i < n; i += step)
        if (listed[i]) return boilerplate_scale((uint64_t)(i < row ? row - i : i - row));
    return 63;
}

static void distances_lead_to_the_next_line_of_prose(void **state)
{
    (void)state;
    enum { ROWS = 700 };
    static char text[ROWS * 64];
    static const int proses[] = {2, 3, 40, 41, 330, 690};
    static bool listed[ROWS];
    for (int last = 0; last <= 6; last += 3) { /* none, some, all of them */
        size_t n = 0;
        for (int i = 0; i < ROWS; i++) {
            listed[i] = false;
            for (int k = 0; k < last; k++) listed[i] |= proses[k] == i;
            n += (size_t)sprintf(text + n, "%s\n",
                                 listed[i] ? "The boat went out at nine that day." : "Menu");
        }
        seen s;
        look(&s, text);
        assert_int_equal(s.text.row_count, ROWS);
        for (int i = 0; i < ROWS; i++) {
            assert_int_equal(VALUE(&s, prose_up, (size_t)i), distance_to(listed, ROWS, i, -1));
            assert_int_equal(VALUE(&s, prose_down, (size_t)i), distance_to(listed, ROWS, i, 1));
            assert_int_equal(VALUE(&s, from_start, (size_t)i), boilerplate_scale((uint64_t)i));
            assert_int_equal(VALUE(&s, to_end, (size_t)i),
                             boilerplate_scale((uint64_t)(ROWS - 1 - i)));
        }
        forget(&s);
    }
}

static void broken_bytes_and_nul_are_read(void **state)
{
    (void)state;
    seen s;
    memset(&s, 0, sizeof s);
    static const char bytes[] = "a\0b\n\xE2\x80\n\xC3";
    assert_true(boilerplate_read(&s.text, bytes, sizeof bytes - 1));
    assert_int_equal(s.text.row_count, 3);
    boilerplate_text_free(&s.text);
}

static void endings_are_told_apart(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        unsigned ending;
    } cases[] = {{"No mark here", BOILERPLATE_END_LETTER}, {"It ends.", BOILERPLATE_END_STOP},
                 {"“It ends.”", BOILERPLATE_END_STOP},     {"Does it?", BOILERPLATE_END_ASK},
                 {"It goes on…", BOILERPLATE_END_DOTS},    {"It goes on...", BOILERPLATE_END_DOTS},
                 {"終わり。", BOILERPLATE_END_STOP},       {"as follows:", BOILERPLATE_END_COLON},
                 {"(in brackets)", BOILERPLATE_END_CLOSE}, {"Page 12", BOILERPLATE_END_DIGIT},
                 {"وهل انتهى؟", BOILERPLATE_END_ASK},      {"more »", BOILERPLATE_END_CLOSE}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        seen s;
        look(&s, cases[i].text);
        if (VALUE(&s, ending, 0) != cases[i].ending) print_error("%s\n", cases[i].text);
        assert_int_equal(VALUE(&s, ending, 0), cases[i].ending);
        forget(&s);
    }
}

static void dates_and_hours_are_seen(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        unsigned date;
    } cases[] = {{"since 1987", 1},
                 {"2021-03-04", 2},
                 {"04.03.2021", 2},
                 {"at 10:45", 3},
                 {"12/05/2020 10:45", 4},
                 {"page 12", 0},
                 {"3 March 2021", 2},
                 {"no date at all", 0},
                 {"in 1987 they met again, as they had in the long years before", 1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        seen s;
        look(&s, cases[i].text);
        if (VALUE(&s, date, 0) != cases[i].date) print_error("%s\n", cases[i].text);
        assert_int_equal(VALUE(&s, date, 0), cases[i].date);
        forget(&s);
    }
}

static void labels_addresses_and_code_are_seen(void **state)
{
    (void)state;
    seen s;
    look(&s,
         "Source: the archive\nSee https://example.org and @someone\n#one #two\nif (a) { b = c; }\n"
         "© The Paper");
    assert_int_equal(VALUE(&s, label, 0), 1);
    assert_int_equal(VALUE(&s, address, 1), 2);
    assert_int_equal(VALUE(&s, address, 2), 2);
    assert_true(VALUE(&s, code, 3) >= 3);
    assert_int_equal(VALUE(&s, rights, 4), 1);
    forget(&s);
}

static void copies_are_found_whatever_their_marks(void **state)
{
    (void)state;
    seen s;
    look(&s, "A kiss...\nSomething else\nA kiss…\nA KISS\n12 comments\n34 comments");
    assert_int_equal(VALUE(&s, copy, 0), 1);
    assert_int_equal(VALUE(&s, copy, 1), 0);
    assert_int_equal(VALUE(&s, copy, 2), 2);
    assert_int_equal(VALUE(&s, copy, 3), 3);
    assert_int_equal(VALUE(&s, copies, 3), 2);
    assert_int_equal(VALUE(&s, copy, 5), 3); /* numbers of one length are alike */
    forget(&s);
}

static void the_title_is_found_again(void **state)
{
    (void)state;
    seen s;
    look(&s, "Storm sinks two ferries off the northern coast - The Paper\nMenu\n"
             "Storm sinks two ferries off the northern coast\nNothing of the kind was said.");
    assert_int_equal(VALUE(&s, title_in, 0), 17);
    assert_int_equal(VALUE(&s, in_title, 2), 16);
    assert_true(VALUE(&s, title_in, 2) > 11);
    assert_true(VALUE(&s, in_title, 3) < 6);
    assert_int_equal(VALUE(&s, headline, 3), 1);
    assert_int_equal(VALUE(&s, headline_down, 1), 1);
    forget(&s);
}

static void echoes_of_prose_are_found(void **state)
{
    (void)state;
    seen s;
    look(&s, "The minister opened the new bridge over the river on Monday morning.\n"
             "The minister opened the new bridge over the river\n"
             "Nobody else had come to look at it so early in the day.");
    assert_true(VALUE(&s, echo, 1) > 14);
    assert_int_equal(VALUE(&s, echo, 2), 0);
    forget(&s);
}

static void odd_apostrophes_are_found(void **state)
{
    (void)state;
    seen s;
    look(&s,
         "L’un dit qu’il n’a rien vu.\nL’autre dit qu’elle l’a cru.\nC’est l’affaire d’un jour.\n"
         "L'image montre l'un d'eux");
    assert_int_equal(VALUE(&s, apostrophe, 0), 0);
    assert_true(VALUE(&s, apostrophe, 3) > 2);
    assert_int_equal(VALUE(&s, document_curly, 0), 3);
    forget(&s);
}

static void lines_of_another_language_are_found(void **state)
{
    (void)state;
    seen s;
    look(&s, "Le port est fermé et la mer est calme, dit une voix dans la nuit.\n"
             "The rest of the page is in a language that was not expected.\n"
             "Il est une heure, et les quais qui mènent à la ville sont vides.");
    assert_int_equal(VALUE(&s, document_language, 0), 2);
    assert_int_equal(VALUE(&s, foreign, 0), 0);
    assert_int_equal(VALUE(&s, foreign, 1), 2);
    assert_int_equal(VALUE(&s, foreign, 2), 0);
    forget(&s);
}

static void runs_of_short_lines_are_measured(void **state)
{
    (void)state;
    seen s;
    look(&s, "Home\nNews\nSport\nCulture\nThe council met on Tuesday to speak about the new "
             "school.\nTop");
    assert_int_equal(VALUE(&s, run, 0), 4);
    assert_int_equal(VALUE(&s, run_at, 2), 3);
    assert_int_equal(VALUE(&s, run, 4), 0);
    assert_int_equal(VALUE(&s, prose_up, 5), 1);
    assert_int_equal(VALUE(&s, prose_down, 0), 4);
    forget(&s);
}

static void words_of_one_family_are_one_stem(void **state)
{
    (void)state;
    seen s;
    look(&s, "Harbour of Brenton reopens after the storm\n"
             "The harbours of the coast stayed closed, said Brentonians.\n"
             "Seven pancakes for breakfast\n"
             "Грозовой фронт накроет Брентон\n"
             "港口重新开放\n港口关闭\n");
    assert_int_equal(VALUE(&s, title_stems, 1), 2);
    assert_int_equal(VALUE(&s, title_stems, 2), 0);
    assert_int_equal(VALUE(&s, title_stems, 3), 0);
    assert_true(VALUE(&s, title_near, 2) > 0);
    assert_true(VALUE(&s, kin, 4) > 0); /* pairs of ideographs */
    assert_int_equal(VALUE(&s, kin, 2), 0);
    forget(&s);
}

static void lines_of_a_story_share_their_words(void **state)
{
    (void)state;
    seen s;
    look(&s, "Ferry returns\n"
             "The council voted on Monday to bring the ferry back to the island.\n"
             "Islanders had asked the council for a ferry since the bridge was closed.\n"
             "Ten recipes with pumpkin for cold evenings\n");
    assert_true(VALUE(&s, kin_prose, 1) >= 6);
    assert_true(VALUE(&s, kin_prose, 2) >= 6);
    assert_int_equal(VALUE(&s, kin_prose, 3), 0);
    forget(&s);
}

static void joined_words_are_counted(void **state)
{
    (void)state;
    seen s;
    look(
        &s,
        "Fog over the bayReaders sent us picturesMore\nMcDonald of NATO and the EU\nall lower\n"
        "This long line has run two wordsTogether with the onesThat came behind it, and says so\n");
    assert_int_equal(VALUE(&s, joined, 0), 32 + 2);
    assert_int_equal(VALUE(&s, joined, 1), 0);
    assert_int_equal(VALUE(&s, joined, 2), 0);
    assert_int_equal(VALUE(&s, joined, 3), 16 + 2);
    forget(&s);
}

static void forms_that_come_again_are_seen(void **state)
{
    (void)state;
    seen s;
    look(&s, "Ann Lee\n12.03.2021\nA ship at last, and none too soon for any of us here.\n"
             "Bob Ray\n13.03.2021\nI saw it from the pier and waved to all of the men on it.\n"
             "Cat Moe\n14.03.2021\nNobody asked us what it cost, and nobody ever will, I think.\n"
             "Dan Fay\n15.03.2021\nWell said, and so say all of us who live on this side of it.\n");
    assert_true(VALUE(&s, period, 5) >= 6);
    assert_int_equal(VALUE(&s, date_up, 3), 2);
    assert_int_equal(VALUE(&s, date_down, 3), 1);
    assert_int_equal(VALUE(&s, date_up, 0), 63);
    forget(&s);
    look(&s, "One line of prose ends here, and it is long enough.\n"
             "Another line of prose ends there, and it is as long.\n"
             "A third line of prose ends as well, and nothing differs.\n");
    assert_int_equal(VALUE(&s, period, 1), 0);
    forget(&s);
}

static void scores_lead_from_the_surest_line(void **state)
{
    (void)state;
    seen s;
    look(&s, "The ferry returns to the island on Monday, said the council.\n"
             "A ferry had served the island for years before the bridge was built.\n"
             "Home\nSport\nWeather\nContact\nPrivacy\nImprint\n"
             "The island council wants a second ferry, as it said on Friday.\n");
    static const uint8_t scores[] = {63, 60, 0, 0, 0, 0, 0, 0, 40};
    boilerplate_fill_scores(&s.columns, &s.text, scores);
    assert_true(VALUE(&s, valley, 1) > 24);
    assert_true(VALUE(&s, valley, 8) < 8);
    assert_true(VALUE(&s, fallen, 8) > VALUE(&s, fallen, 3));
    assert_int_equal(VALUE(&s, fallen, 0), 0);
    assert_true(VALUE(&s, kin_score, 8) > 50); /* its words stand in lines that are kept */
    assert_int_equal(VALUE(&s, kin_score, 4), 32);
    forget(&s);
}

static void scales_never_fall(void **state)
{
    (void)state;
    unsigned last = 0;
    for (uint64_t n = 0; n < 200000; n++) {
        unsigned now = boilerplate_scale(n);
        assert_true(now >= last && now < 64);
        last = now;
    }
    assert_int_equal(boilerplate_scale(7), 7);
    assert_int_equal(boilerplate_share(1, 2), 8);
    assert_int_equal(boilerplate_share(1, 0), 0);
}

static void margins_are_nought(void **state)
{
    (void)state;
    seen s;
    look(&s, "One line that is long enough to count for something.\nAnd another one of them.");
    for (unsigned k = 0; k < BOILERPLATE_F_score; k++)
        for (int away = 1; away <= BOILERPLATE_MARGIN; away++) {
            assert_int_equal(boilerplate_column(&s.columns, k)[-away], 0);
            assert_int_equal(boilerplate_column(&s.columns, k)[1 + away], 0);
        }
    forget(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blank_lines_are_no_rows),
        cmocka_unit_test(words_are_counted_in_any_script),
        cmocka_unit_test(no_text_is_no_row),
        cmocka_unit_test(distances_lead_to_the_next_line_of_prose),
        cmocka_unit_test(broken_bytes_and_nul_are_read),
        cmocka_unit_test(endings_are_told_apart),
        cmocka_unit_test(dates_and_hours_are_seen),
        cmocka_unit_test(labels_addresses_and_code_are_seen),
        cmocka_unit_test(copies_are_found_whatever_their_marks),
        cmocka_unit_test(the_title_is_found_again),
        cmocka_unit_test(echoes_of_prose_are_found),
        cmocka_unit_test(odd_apostrophes_are_found),
        cmocka_unit_test(lines_of_another_language_are_found),
        cmocka_unit_test(runs_of_short_lines_are_measured),
        cmocka_unit_test(words_of_one_family_are_one_stem),
        cmocka_unit_test(lines_of_a_story_share_their_words),
        cmocka_unit_test(joined_words_are_counted),
        cmocka_unit_test(forms_that_come_again_are_seen),
        cmocka_unit_test(scores_lead_from_the_surest_line),
        cmocka_unit_test(scales_never_fall),
        cmocka_unit_test(margins_are_nought),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
