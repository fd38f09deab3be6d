/* Findings shown in the lines they stand in, as a diff for the eye: the lines of the text that they
 * touch, with each finding marked in its place (io/marks.h) and the rules that made it. Called by
 * trace, try and run --watch. */
#ifndef TAMIS_CORE_CLI_SIGHT_H
#define TAMIS_CORE_CLI_SIGHT_H

#include "cli/cli.h"
#include "document/document.h"

typedef enum { SIGHT_NEW, SIGHT_GONE, SIGHT_OLD } sight_state;

/* A span or a removal at bytes of the source. */
typedef struct {
    size_t start, end;
    bool removal, withheld;
    tamis_str type; /* of a removal: its reason */
    tamis_str value, category, rule, stage;
    double score; /* 0 or less: none */
    sight_state state;
    size_t first_line, lines; /* where it is shown; filled by sight_print */
} sight;

typedef struct {
    FILE *out;
    const char *red, *green, *yellow, *bold, *dim, *off; /* "" without colours */
    unsigned columns;
    bool whole; /* long lines and long removals are not shortened */
} sight_look;

sight_look sight_look_of(const cli_args *args, FILE *out);
sight sight_of_span(const document_span *s, sight_state state);
sight sight_of_removal(const document_removal *r, sight_state state);
/* By place and then by all that is said of it: 0 for the same finding, whatever its state. */
int sight_compare(const sight *a, const sight *b);
/* The lines of the source that new or gone sights touch; old ones are marked there, too. Sorts the
 * list. */
void sight_print(const sight_look *look, tamis_str source, sight *list, size_t count);
/* "14 quote, 3 removed as nav" of those in `state`, most frequent first; returns how many there
 * are. */
size_t sight_print_counts(const sight_look *look, const sight *list, size_t count,
                          sight_state state);

#endif
