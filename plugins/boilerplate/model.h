/* boilerplate/model: the one decision, in integers. A model is a file: weights of words, and two
 * ensembles of trees whose tests are "feature, rows away, above a number". The first pass judges
 * each row; the second judges it again knowing what the first thought of its neighbours. All rows
 * of a document go through a tree together, as columns. Made by train/, read by the stage. */
#ifndef BOILERPLATE_MODEL_H
#define BOILERPLATE_MODEL_H

#include "features.h"

enum {
    BOILERPLATE_DEPTH = 6,
    BOILERPLATE_LEAVES = 1 << BOILERPLATE_DEPTH,
    BOILERPLATE_UNIT = 64, /* a score of 64 multiplies the odds by e */
    BOILERPLATE_PASSES = 2
};

typedef struct {
    uint8_t feature[BOILERPLATE_DEPTH];
    int8_t away[BOILERPLATE_DEPTH];
    uint8_t above[BOILERPLATE_DEPTH];
    int8_t leaf[BOILERPLATE_LEAVES];
} boilerplate_tree;

typedef struct {
    boilerplate_tree *trees[BOILERPLATE_PASSES];
    size_t tree_count[BOILERPLATE_PASSES];
    int32_t bias[BOILERPLATE_PASSES];
    int8_t *lexicon; /* BOILERPLATE_LEXICON weights; NULL: none */
    bool foreign;    /* a tree asks for lines' languages */
    /* What the decision takes from the file; a number that is not there is 0. */
    int32_t change;          /* cost of changing between keeping and removing from row to row */
    int32_t remove_below;    /* a row goes whose score, smoothed, lies below */
    int32_t prose_below;     /* the same for a long line */
    int32_t sentence_below;  /* the same for a long line that ends a sentence */
    int32_t long_line;       /* characters from which on a line is long; 0: no line is */
    int32_t long_ideographs; /* the same of one that is written in ideographs mostly */
    int32_t alike_rows;      /* so many rows alike in sequence are evened out; 0: none are */
    int32_t alike_share;     /* of 64: how far each goes towards their mean */
    int32_t alike_words;     /* rows are alike whose words are equal in steps of so many, */
    int32_t alike_steps;     /* up to so many steps; longer ones are all alike */
    int32_t pull;            /* of 64: how far the mean of the rows next to it moves a row, */
    int32_t pull_most;       /* each of which counts no more than that */
    int32_t between_kept;    /* what a long line gains between two rows that lean to staying, */
    int32_t between_gone;    /* what a line of few words loses between two that go surely */
    int32_t few_words;       /* words from which on they are not few */
    int32_t gone_below;      /* a row goes surely whose score lies below */
    int32_t doubt;           /* how far the threshold falls where a document is wholly doubtful */
    int32_t doubt_from;      /* of 64: the expected F1 below which it is doubtful */
    int32_t doubt_most;      /* the threshold falls no further */
    int32_t words_most; /* a line of more words counts as so many in expected F1; 0: no bound */
    int32_t page_share; /* of 64: how much of the page model's score is added, in extracted text */
    int32_t sure_above; /* of the model of modes: from here on a document is surely a whole page */
    int32_t sure_below; /* below it a removal is certain: what `max_removed` still takes */
} boilerplate_model;

/* Reads a model file. On error `message` says what is wrong and in which line. The memory is
 * malloc'ed: boilerplate_model_free. */
bool boilerplate_model_read(boilerplate_model *self, const char *bytes, size_t n,
                            char message[160]);
void boilerplate_model_free(boilerplate_model *self);

/* Scores of all rows by one pass; above 0 leans to keeping. `scores` has columns->stride
 * numbers. */
void boilerplate_model_score(const boilerplate_model *self, unsigned pass,
                             const boilerplate_columns *columns, int32_t *scores);

/* The same by a path no wider than `most`, where the machine has it: all give the same scores. */
enum { BOILERPLATE_PATH_PORTABLE, BOILERPLATE_PATH_AVX2, BOILERPLATE_PATH_AVX512 };
void boilerplate_model_score_by(unsigned most, const boilerplate_model *self, unsigned pass,
                                const boilerplate_columns *columns, int32_t *scores);

/* A score as the second pass sees it: 0 to 63, 32 even. */
static inline uint8_t boilerplate_model_level(int32_t score)
{
    int32_t level = (score >> 3) + 32;
    return (uint8_t)(level < 0 ? 0 : level > 63 ? 63 : level);
}

#endif
