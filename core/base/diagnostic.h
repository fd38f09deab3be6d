/* Diagnostics: what is wrong with a user's files, all of it at once, as a good compiler says it: a
 * stable code, file:line:column, the line itself, a caret, the cause and the mend.
 *
 *   error[E0107]: unknown option `min_lenght` of stage `boilerplate`
 *     --> pipeline.lua:14:7
 *      |
 *   14 |       min_lenght = 40,
 *      |       ^^^^^^^^^^ did you mean `min_length`?
 *      = help: `tamis show boilerplate` lists its options
 *
 * The codes, with a title and a page of help each, stand in codes.def. */
#ifndef TAMIS_CORE_DIAGNOSTIC_H
#define TAMIS_CORE_DIAGNOSTIC_H

#include "base/base.h"

/* A place in a user's file. line and column are 1-based, column and width in bytes; 0: not known.
 * diagnostics_add copies `file`; NULL: the command line. */
typedef struct {
    const char *file;
    uint32_t line, column, width;
} position;

typedef enum { DIAGNOSTIC_ERROR, DIAGNOSTIC_WARNING, DIAGNOSTIC_NOTE } diagnostic_level;

typedef struct {
    diagnostic_level level;
    const char *code; /* "E0107"; a literal from codes.def */
    position at;
    const char *message;
    const char *label; /* under the caret: "did you mean …?"; NULL: none */
    const char *help;  /* the mend; NULL: none */
} diagnostic;

typedef struct {
    arena memory;
    diagnostic *items;
    size_t count, room;
    size_t errors; /* how many of them are errors */
    /* A file that lies nowhere, such as code from the command line: its name and text, for its
     * lines. */
    const char *unfiled;
    tamis_str unfiled_text;
} diagnostics;

/* Adds one; returns it, so that label and help can be set (diagnostics_text allocates). Equal ones
 * (code, place, message) are added once. */
diagnostic *diagnostics_add(diagnostics *self, diagnostic_level level, const char *code,
                            position at, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
const char *diagnostics_text(diagnostics *self, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Prints them in order of file and place, reading the files again for their lines. */
void diagnostics_print(const diagnostics *self, FILE *out, bool colour);
void diagnostics_free(diagnostics *self);

/* The nearest of `words` to `word` by edit distance (transpositions count once, ASCII case is
 * nothing), or NULL when none is near enough to be meant. */
const char *did_you_mean(tamis_str word, const char *const *words, size_t count);

/* The title and the help page of a code, or NULL. `code_at(i)` walks them for `tamis help
 * codes`. */
typedef struct {
    const char *code, *title, *page;
} code_entry;
const code_entry *code_find(tamis_str code);
const code_entry *code_at(size_t index);

#endif
