/* How a lexicon is filled: forms go in by their keys, rows are cut at their tabs. cuefile.c and
 * weights.c read files by these; lexicon.c has the tables. */
#ifndef QUOTES_ENTRIES_H
#define QUOTES_ENTRIES_H

#include "plain.h"

/* The language being filled, and what went wrong: where a call returns false, `what` says it. */
typedef struct {
    qt_lexicon *lexicon;
    qt_lang *lang;
    qt_alloc alloc;
    void *user;
    const char *what;
} qt_filling;

/* The language of this tag is filled from now on, begun where the lexicon has none of it; `*` is
 * names of any language. */
bool quotes_fill(qt_filling *self, tamis_str tag);
/* A form, `words` of them joined by `_`, in small letters: one more thing that it can be. A stem is
 * what words begin with. */
bool quotes_put(qt_filling *self, tamis_str form, uint32_t classes, uint32_t features);
bool quotes_put_stem(qt_filling *self, tamis_str form, uint32_t classes, uint32_t features);
/* The key of a word or of a phrase. */
uint64_t quotes_form_key(tamis_str form);

/* Takes what stands before the next `at` off the text, and `at` with it. */
tamis_str quotes_cut(tamis_str *rest, char at);
/* The next row that is no comment, counted in line; false at the end of the file. */
bool quotes_next_row(tamis_str *file, unsigned *line, tamis_str *row);

static inline bool quotes_str_is(tamis_str s, const char *literal)
{
    size_t n = strlen(literal);
    return s.n == n && memcmp(s.p, literal, n) == 0;
}

#endif
