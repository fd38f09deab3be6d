/* Speech of stories (stories/XX.txt, written for this test): where it ends and the narrator goes
 * on, in lines that dashes open, in stories that lost their line ends, in tales
 * told by somebody. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "passages.h"

static void speech_is_told_from_narration_in_french(void **state)
{
    (void)state;
    check_file("stories", "fr", 4);
}

static void speech_is_told_from_narration_in_russian(void **state)
{
    (void)state;
    check_file("stories", "ru", 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(speech_is_told_from_narration_in_french),
        cmocka_unit_test(speech_is_told_from_narration_in_russian),
    };
    return cmocka_run_group_tests(tests, open_group, close_group);
}
