/* boilerplate/cues: named rules over the features of a row. A rule is a line of data/cues.tsv: what
 * it is called, the kind of furniture it speaks for, the weight it adds to a row's score (below 0:
 * remove) in page text and in extracted text, and the tests that must all hold. Rules say why a
 * line goes and of which kind it is; where they carry a weight they are part of the decision. */
#ifndef BOILERPLATE_CUES_H
#define BOILERPLATE_CUES_H

#include "features.h"
#include <tamis/plugin.h>

enum { BOILERPLATE_CUE_TESTS = 14, BOILERPLATE_MODES = 2 };

enum { BOILERPLATE_PAGE, BOILERPLATE_ARTICLE };

typedef struct {
    uint8_t feature;
    int8_t away;
    uint8_t above; /* true: more than n; false: less */
    uint8_t n;
} boilerplate_test;

typedef struct {
    tamis_str name;
    uint8_t kind;
    uint8_t test_count;
    bool late; /* it looks at what the first pass said: it has no say in that pass */
    int16_t weight[BOILERPLATE_MODES];
    boilerplate_test tests[BOILERPLATE_CUE_TESTS];
} boilerplate_cue;

typedef struct {
    boilerplate_cue *at;
    size_t count;
    bool foreign; /* one asks for lines' languages */
} boilerplate_cues;

/* Reads the table: a header line, then name, kind, page, article, when, separated by tabs. Names
 * are views into `bytes`. On error `message` says what is wrong, and where. The memory is
 * malloc'ed. */
bool boilerplate_cues_read(boilerplate_cues *self, tamis_str bytes, char message[160]);
void boilerplate_cues_free(boilerplate_cues *self);

/* Does the rule hold for this row? */
bool boilerplate_cue_holds(const boilerplate_cue *self, const boilerplate_columns *columns,
                           size_t row);

/* Of each row that is wanted (not 0; padded as columns are) the first rule that holds and names a
 * kind, its number from 1; 0: none. */
enum { BOILERPLATE_CUES_NAMED = 255 }; /* rules after these name nothing */
void boilerplate_cues_name_all(const boilerplate_cues *self, const boilerplate_columns *columns,
                               const uint8_t *wanted, uint8_t *names);

/* Adds the weights of all rules that hold to the scores of a pass, 0 or 1. */
void boilerplate_cues_weigh(const boilerplate_cues *self, unsigned mode, unsigned pass,
                            const boilerplate_columns *columns, int32_t *scores);

#endif
