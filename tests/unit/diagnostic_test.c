/* Diagnostics: what people read when their pipeline is wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/diagnostic.h"

#include <stdlib.h>
#include <unistd.h>

static char *printed(const diagnostics *d, bool colour)
{
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    assert_non_null(out);
    diagnostics_print(d, out, colour);
    fclose(out);
    return text;
}

static void a_mistake_is_shown_with_its_line_and_a_caret(void **state)
{
    char path[] = "/tmp/tamis-diagnostic-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    const char *text = "one\n\té = min_lenght,\r\nthree";
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
    diagnostics d = {0};
    diagnostics_add(&d, DIAGNOSTIC_WARNING, "E0116", (position){path, 3, 0, 0},
                    "later in the file");
    diagnostic *one = diagnostics_add(&d, DIAGNOSTIC_ERROR, "E0107", (position){path, 2, 7, 10},
                                      "unknown option `%s`", "min_lenght");
    one->label = diagnostics_text(&d, "did you mean `%s`?", "min_length");
    one->help = "ask `tamis show`";
    char *said = printed(&d, false);
    char expected[512];
    snprintf(expected, sizeof expected,
             "error[E0107]: unknown option `min_lenght`\n"
             "  --> %s:2:7\n"
             "   |\n"
             " 2 | \té = min_lenght,\n"
             "   | \t    ^^^^^^^^^^ did you mean `min_length`?\n"
             "   = help: ask `tamis show`\n"
             "\n"
             "warning[E0116]: later in the file\n"
             "  --> %s:3\n"
             "   |\n"
             " 3 | three\n"
             "\n",
             path, path);
    assert_string_equal(said, expected);
    free(said);
    char *colourful = printed(&d, true);
    assert_non_null(strstr(colourful, "\033[1;31merror[E0107]"));
    free(colourful);
    assert_int_equal(d.errors, 1);
    diagnostics_free(&d);
    unlink(path);
}

static void a_place_that_cannot_be_shown_is_still_named(void **state)
{
    diagnostics d = {0};
    diagnostics_add(&d, DIAGNOSTIC_ERROR, "E0101", (position){"/nonexistent.lua", 4, 2, 1}, "gone")
        ->label = "label";
    diagnostics_add(&d, DIAGNOSTIC_ERROR, "E0301", (position){0}, "no pipeline named");
    char *said = printed(&d, false);
    assert_string_equal(said, "error[E0301]: no pipeline named\n\n"
                              "error[E0101]: gone\n  --> /nonexistent.lua:4:2\n   = label\n\n");
    free(said);
    diagnostics_free(&d);
}

static void equal_mistakes_are_said_once(void **state)
{
    diagnostics d = {0};
    position at = {"f.lua", 1, 2, 3};
    for (int i = 0; i < 50; i++) diagnostics_add(&d, DIAGNOSTIC_ERROR, "E0107", at, "same");
    at.line = 2;
    diagnostics_add(&d, DIAGNOSTIC_ERROR, "E0107", at, "same");
    assert_int_equal(d.count, 2);
    assert_int_equal(d.errors, 2);
    diagnostics_free(&d);
}

static void the_word_meant_is_found_and_no_other(void **state)
{
    static const char *const words[] = {"min_length", "max_removed", "gazetteer", "types", "on"};
    size_t count = sizeof words / sizeof words[0];
    assert_string_equal(did_you_mean(TAMIS_STR("min_lenght"), words, count), "min_length");
    assert_string_equal(did_you_mean(TAMIS_STR("Gazeteer"), words, count), "gazetteer");
    assert_string_equal(did_you_mean(TAMIS_STR("type"), words, count), "types");
    assert_string_equal(did_you_mean(TAMIS_STR("no"), words, count), "on");
    assert_null(did_you_mean(TAMIS_STR("rules"), words, 3));
    assert_null(did_you_mean(TAMIS_STR("x"), words, count));
    assert_null(did_you_mean(TAMIS_STR(""), words, count));
}

static void every_code_has_a_title_and_a_page_and_is_there_once(void **state)
{
    size_t i = 0;
    for (const code_entry *entry; (entry = code_at(i)) != NULL; i++) {
        assert_true(strlen(entry->title) > 3);
        assert_true(strlen(entry->page) > 30);
        assert_int_equal(strlen(entry->code), 5);
        assert_ptr_equal(code_find(str_of(entry->code)), entry);
        if (i) assert_true(strcmp(code_at(i - 1)->code, entry->code) < 0);
    }
    assert_true(i > 20);
    assert_ptr_equal(code_find(TAMIS_STR("e0107")), code_find(TAMIS_STR("E0107")));
    assert_null(code_find(TAMIS_STR("E9999")));
    assert_null(code_find(TAMIS_STR("E010")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mistake_is_shown_with_its_line_and_a_caret),
        cmocka_unit_test(a_place_that_cannot_be_shown_is_still_named),
        cmocka_unit_test(equal_mistakes_are_said_once),
        cmocka_unit_test(the_word_meant_is_found_and_no_other),
        cmocka_unit_test(every_code_has_a_title_and_a_page_and_is_there_once),
    };
    return cmocka_run_group_tests_name("diagnostic", tests, NULL, NULL);
}
