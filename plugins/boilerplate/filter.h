/* boilerplate/filter: which rows may have a set phrase at all. The matcher knows every spelling and
 * is slow beside the reader; most rows have none. Each phrase is stood for by one of its words, or
 * by two neighbours, under the hashes that the reader has made anyway; a row that has none of them
 * is not searched. Long lines are asked for less: what counts in them are phrases that no prose
 * has, and those at their ends. Called by phrases.c. */
#ifndef BOILERPLATE_FILTER_H
#define BOILERPLATE_FILTER_H

#include "text.h"
#include <tamis/plugin.h>

/* Where a phrase counts. */
enum {
    BOILERPLATE_IN_SHORT = 1, /* in a line of few words */
    BOILERPLATE_IN_LONG = 2,  /* anywhere in any line */
    BOILERPLATE_AT_START = 4, /* of any line */
    BOILERPLATE_AT_END = 8
};

/* A set of hashes, with flags; bits in front of it answer most questions. A hash is known by its
 * upper 28 bits, with the flags in the others: few words pass that should not. */
typedef struct {
    uint64_t *bits;
    uint32_t *keys; /* 0: free */
    uint32_t mask;  /* size - 1 */
} boilerplate_hash_set;

typedef struct {
    boilerplate_hash_set words, pairs;
    bool open; /* a phrase has no word to stand for it: every row is searched */
} boilerplate_filter;

/* A phrase to look out for, and where it counts. */
typedef struct {
    tamis_str text;
    uint8_t where;
} boilerplate_filter_phrase;

/* Memory is the stage's. */
tamis_rc boilerplate_filter_make(boilerplate_filter *self, const tamis_host *host,
                                 const tamis_run *c, const boilerplate_filter_phrase *phrases,
                                 size_t count);

/* Sets pass[i] to 1 for each row that may have a phrase, to 0 for others. In lines of more than
 * `few` words whose words have more than `bytes` bytes only phrases of long lines count. `spare`
 * has room for a number a word and BOILERPLATE_SELECT_SLACK more. Rows of letters that the hashes
 * do not fold always pass. */
void boilerplate_filter_rows(const boilerplate_filter *self, const boilerplate_text *text,
                             unsigned few, size_t bytes, uint32_t *spare, uint8_t *pass);

#endif
