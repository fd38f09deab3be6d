/* core/script, private: reading the table of a test file. See script_tests in script.h. */
#ifndef TAMIS_CORE_SCRIPT_TESTS_H
#define TAMIS_CORE_SCRIPT_TESTS_H

#include "script/state.h"

/* Reads the table at `index`, whose brace is token `brace` of the file; mistakes go to the
 * diagnostics. */
test_file *tests_read(lua_State *L, int index, position at, size_t brace);

#endif
