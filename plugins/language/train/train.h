/* train.h: a trained model as train.c leaves it (floats) and pack.c reads it. One file:
 * train_header, labels, lanes, biases, for the accurate tier the keys, then the rows. */
#ifndef LANGUAGE_TRAIN_H
#define LANGUAGE_TRAIN_H

#include <stdint.h>

#include "../text.h"

enum {
    TRAIN_LANES = 128, /* labels of one script, the background among them */
    TRAIN_LABELS = 255,
    TRAIN_ABSENT = 8 /* steps of the share of n-grams of one length that the model does not know */
};

typedef struct {
    uint32_t accurate, labels; /* label number `labels` is the background, und */
    uint64_t rows, keys;
    uint32_t row_bits[LANGUAGE_SCRIPT_COUNT]; /* fast tier: rows of a script; 0: no table */
    uint64_t row_base[LANGUAGE_SCRIPT_COUNT];
    uint32_t lanes[LANGUAGE_SCRIPT_COUNT];
    uint8_t label[LANGUAGE_SCRIPT_COUNT][TRAIN_LANES]; /* lane -> label */
    float bias[LANGUAGE_SCRIPT_COUNT][TRAIN_LANES];
    char name[TRAIN_LABELS][4], tag[TRAIN_LABELS][8], english[TRAIN_LABELS][32],
        group[TRAIN_LABELS][8];
} train_header;

/* Fast tier: what pack.c makes of a row: half bytes from its mean on, in units of this share of the
 * standard deviation of all weights. */
enum { TRAIN_HALF_ZERO = 6, TRAIN_HALF_TOP = 15 };
#define TRAIN_SPREAD .7f

/* Accurate tier, after the header: `keys` keys, as many sparse rows, then the dense rows of what is
 * absent. Fast tier: dense rows. */
enum { TRAIN_KEPT_LANES = 24 };
#define TRAIN_STEP        .2f
#define TRAIN_MOST_WEIGHT (31 * TRAIN_STEP) /* what 6 bits hold */
typedef struct {
    uint32_t count;
    uint8_t lane[TRAIN_KEPT_LANES];
    float weight[TRAIN_KEPT_LANES];
} train_row;

#endif
