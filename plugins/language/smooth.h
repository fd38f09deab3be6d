/* smooth.h: what smooth.c hands to the chain over units, lattice.c. */
#ifndef LANGUAGE_SMOOTH_H
#define LANGUAGE_SMOOTH_H

#include "detect.h"

/* The background is state 0; places past the last state hold 0, for vectors. */
enum { LANGUAGE_STATES = 24, LANGUAGE_PLACES = 32, LANGUAGE_STATE_BITS = LANGUAGE_PLACES - 1 };

typedef struct {
    int count;
    uint8_t label[LANGUAGE_STATES];
    float share[LANGUAGE_PLACES];
    uint8_t of_label[LANGUAGE_MAX_LABELS + 1]; /* label -> state, 0 none */
    float language[LANGUAGE_PLACES];           /* 1: a language; 0: the background, or no state */
    float written[LANGUAGE_SCRIPT_COUNT][LANGUAGE_PLACES]; /* 1: it is written in this script */
    uint64_t known; /* scripts for which that is known, a bit each */
} language_states;

/* What a unit's answer is taken with: the least share of any language, that of one written in its
 * script, the background's; how easily the language changes before it. */
struct language_link {
    float least, shorts, background, change;
    const float *written;
};

/* Decides label and share of each unit, in `lattice` (as many floats as the first one says). */
size_t language_lattice_floats(int width, const language_states *st, size_t n);
void language_lattice_run(int width, language_unit *units, const language_link *links, size_t n,
                          const language_states *st, float *lattice);

#endif
