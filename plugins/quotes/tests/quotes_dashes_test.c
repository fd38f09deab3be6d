/* Speech that the press marks by dashes (dashes/XX.txt, written for this test), and what opens with
 * a dash and is no speech: lists, headlines, routes, asides. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "passages.h"

#define DASHES(lang, least)                                 \
    static void dash_speech_is_told_in_##lang(void **state) \
    {                                                       \
        (void)state;                                        \
        check_file("dashes", #lang, least);                 \
    }

DASHES(nb, 10)
DASHES(sv, 5)
DASHES(da, 5)
DASHES(fi, 4)
DASHES(ru, 8)
DASHES(uk, 4)
DASHES(pl, 5)
DASHES(hu, 2)
DASHES(es, 3)
DASHES(pt, 2)
DASHES(ro, 2)
DASHES(fr, 3)
DASHES(cs, 2)
DASHES(el, 2)
DASHES(tr, 2)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dash_speech_is_told_in_nb), cmocka_unit_test(dash_speech_is_told_in_sv),
        cmocka_unit_test(dash_speech_is_told_in_da), cmocka_unit_test(dash_speech_is_told_in_fi),
        cmocka_unit_test(dash_speech_is_told_in_ru), cmocka_unit_test(dash_speech_is_told_in_uk),
        cmocka_unit_test(dash_speech_is_told_in_pl), cmocka_unit_test(dash_speech_is_told_in_hu),
        cmocka_unit_test(dash_speech_is_told_in_es), cmocka_unit_test(dash_speech_is_told_in_pt),
        cmocka_unit_test(dash_speech_is_told_in_ro), cmocka_unit_test(dash_speech_is_told_in_fr),
        cmocka_unit_test(dash_speech_is_told_in_cs), cmocka_unit_test(dash_speech_is_told_in_el),
        cmocka_unit_test(dash_speech_is_told_in_tr),
    };
    return cmocka_run_group_tests(tests, open_group, close_group);
}
