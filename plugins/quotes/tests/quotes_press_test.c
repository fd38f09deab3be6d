/* Passages of the press in the languages of the lexicons, written for this test (press/XX.txt): the
 * quotations, what kind each is, and who speaks, as written and resolved. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "passages.h"

#define PRESS(lang, least)                                  \
    static void quotes_of_the_press_in_##lang(void **state) \
    {                                                       \
        (void)state;                                        \
        check_file("press", #lang, least);                  \
    }

PRESS(ar, 15)
PRESS(cs, 15)
PRESS(en, 15)
PRESS(es, 15)
PRESS(it, 15)
PRESS(nl, 15)
PRESS(pl, 15)
PRESS(pt, 15)
PRESS(ru, 15)
PRESS(uk, 15)
PRESS(fr, 15)
PRESS(de, 15)
PRESS(sv, 5)
PRESS(da, 5)
PRESS(nb, 5)
PRESS(ro, 5)
PRESS(tr, 5)
PRESS(hu, 5)
PRESS(fi, 5)
PRESS(el, 5)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quotes_of_the_press_in_ar), cmocka_unit_test(quotes_of_the_press_in_cs),
        cmocka_unit_test(quotes_of_the_press_in_en), cmocka_unit_test(quotes_of_the_press_in_es),
        cmocka_unit_test(quotes_of_the_press_in_it), cmocka_unit_test(quotes_of_the_press_in_nl),
        cmocka_unit_test(quotes_of_the_press_in_pl), cmocka_unit_test(quotes_of_the_press_in_pt),
        cmocka_unit_test(quotes_of_the_press_in_ru), cmocka_unit_test(quotes_of_the_press_in_uk),
        cmocka_unit_test(quotes_of_the_press_in_fr), cmocka_unit_test(quotes_of_the_press_in_de),
        cmocka_unit_test(quotes_of_the_press_in_sv), cmocka_unit_test(quotes_of_the_press_in_da),
        cmocka_unit_test(quotes_of_the_press_in_nb), cmocka_unit_test(quotes_of_the_press_in_ro),
        cmocka_unit_test(quotes_of_the_press_in_tr), cmocka_unit_test(quotes_of_the_press_in_hu),
        cmocka_unit_test(quotes_of_the_press_in_fi), cmocka_unit_test(quotes_of_the_press_in_el),
    };
    return cmocka_run_group_tests(tests, open_group, close_group);
}
