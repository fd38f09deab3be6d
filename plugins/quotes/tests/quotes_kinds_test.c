/* Marks that typesetters turned or doubled, and what the shape of a page tells of speech, headlines
 * and names: passages written for this test (kinds/XX.txt). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "passages.h"

#define KINDS(lang, least)                                        \
    static void marks_and_kinds_are_right_in_##lang(void **state) \
    {                                                             \
        (void)state;                                              \
        check_file("kinds", #lang, least);                        \
    }

KINDS(fr, 3)
KINDS(it, 1)
KINDS(nl, 1)
KINDS(sv, 2)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(marks_and_kinds_are_right_in_fr),
        cmocka_unit_test(marks_and_kinds_are_right_in_it),
        cmocka_unit_test(marks_and_kinds_are_right_in_nl),
        cmocka_unit_test(marks_and_kinds_are_right_in_sv),
    };
    return cmocka_run_group_tests(tests, open_group, close_group);
}
