/* Places in a document as people name them: line and column, code points from 0, bytes as Lua
 * counts them; and excerpts that fit a line of a terminal. */
#ifndef TAMIS_CORE_CLI_PLACE_H
#define TAMIS_CORE_CLI_PLACE_H

#include "document/document.h"

typedef struct {
    size_t start, end; /* bytes of the source, half-open */
} place;

typedef struct {
    size_t line, column; /* from 1; column in code points */
    size_t code_point;   /* from 0 */
} place_name;

place_name place_of(tamis_str source, size_t offset);
/* The n-th line (from 1) without its ending; false where there are fewer. */
bool place_line(tamis_str source, uint64_t line, place *out);
/* The byte offset of a code point; false behind the end. */
bool place_code_point(tamis_str source, uint64_t number, size_t *offset);
/* The next occurrence of `text` from byte `from` on. */
bool place_find(tamis_str source, tamis_str text, size_t from, place *out);
/* "line 12, code points 310 to 342 (Lua: bytes 322 to 355)" */
void place_print(FILE *out, tamis_str source, place at);
/* The text on one line: blanks for line ends, at most `columns` code points with … in the
 * middle. */
void place_excerpt(FILE *out, tamis_str text, size_t columns);

#endif
