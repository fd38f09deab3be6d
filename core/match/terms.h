/* core/match: terms, one gazetteer matcher for whoever looks for words. Compiled once, read-only
 * and shared afterwards (workers inherit the pages). Text is never copied: tokens are folded on the
 * fly, and offsets are those of the text. See tamis_host.terms_* in tamis/plugin.h for the
 * semantics. */
#ifndef TAMIS_CORE_TERMS_H
#define TAMIS_CORE_TERMS_H

#include "base/base.h"

/* Told of each bad row: file, 1-based line, what is wrong and what to do. */
typedef void (*terms_bad_row)(void *user, const char *file, uint32_t line, const char *message);

/* A file of rows. `name` is what messages call it; `bytes` is only read during terms_compile. */
typedef struct {
    const char *name;
    tamis_str bytes;
} terms_file;

tamis_rc terms_compile(const terms_file *files, size_t file_count, const tamis_term *rows,
                       size_t row_count, terms_bad_row report, void *user, tamis_terms **out,
                       error *e);
void terms_free(tamis_terms *self);

size_t terms_find(const tamis_terms *self, tamis_str text, size_t from, tamis_accept accept,
                  void *user, tamis_hit *hits, size_t room, size_t *next);
bool terms_row(const tamis_terms *self, uint32_t row, tamis_term_row *out);
tamis_str terms_column(const tamis_terms *self, uint32_t row, const char *column);
size_t terms_count(const tamis_terms *self);
size_t
terms_memory(const tamis_terms *self); /* bytes of the compiled form, without the rows' strings */

/* What the author of a gazetteer would want to hear, row by row: for `tamis check`, never on a
 * run. */
typedef enum {
    TERMS_LINT_DUPLICATE, /* `other`, of the same file, says the same again */
    TERMS_LINT_SHADOWED,  /* `other`, later in the file, takes its place with another value */
    TERMS_LINT_REPLACED,  /* `other`, of a later file, takes its place: what later files are for */
    TERMS_LINT_EXCLUDED,  /* `other`, an exclusion of the same words, takes the term out */
    TERMS_LINT_VAIN,      /* an exclusion, and `other` a later term of the same words */
    TERMS_LINT_KEPT       /* the term is asked before such an exclusion, which does nothing */
} terms_lint_kind;
typedef struct {
    terms_lint_kind kind;
    tamis_term_row row, other;
    tamis_str spelling; /* of `row` */
} terms_finding;
typedef void (*terms_lint_report)(void *user, const terms_finding *found);
/* Returns how many rows were looked at. */
size_t terms_lint(const tamis_terms *self, terms_lint_report report, void *user);
/* A finding in a line of text; false: it does not fit, and is cut. */
bool terms_lint_text(const terms_finding *found, char *out, size_t room);

/* An image of the compiled form that can be saved and mapped again. `key` says what it was made of:
 * names and content of the files, build of tamis and byte order. An image with another key is
 * refused, so one that is looked for by its key is never out of date. */
uint64_t terms_image_key(const terms_file *files, size_t file_count);
/* The name of the file in a folder of images. */
enum { TERMS_IMAGE_NAME = 32 };
void terms_image_name(uint64_t key, char name[TERMS_IMAGE_NAME]);
tamis_rc terms_save(const tamis_terms *self, uint64_t key, buffer *out, error *e);
tamis_rc terms_map(tamis_str image, uint64_t key, tamis_terms **out, error *e);

/* Which scanning path is in use: "avx512", "avx2", "neon", "portable"; terms_use_path forces one
 * for tests (false: not on this machine). */
const char *terms_path(void);
bool terms_use_path(const char *name);

#endif
