/* String literals in a Lua file: found by their place, and written anew in the style they have.
 * Used by `tamis test --update`. */
#ifndef TAMIS_CORE_CLI_LITERAL_H
#define TAMIS_CORE_CLI_LITERAL_H

#include "base/diagnostic.h"

typedef struct {
    size_t start, end; /* bytes of the file */
} literal;

/* The literal at line and column of `file`, if its value is `text` and nothing is joined to it. */
bool literal_find(tamis_str file, position at, tamis_str text, literal *out);
/* A literal of the same style whose value is `text`; false where none can be made. */
bool literal_write(tamis_str file, literal old, tamis_str text, buffer *out);

#endif
