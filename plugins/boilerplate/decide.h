/* boilerplate/decide: which rows go. Features, two passes of the model with the cues' weights, then
 * the cheapest way through the document where changing from keeping to removing costs something.
 * Called by the stage; knows nothing of documents, so that tests and the trainer can call it
 * too. */
#ifndef BOILERPLATE_DECIDE_H
#define BOILERPLATE_DECIDE_H

#include "counts.h"
#include "cues.h"
#include "html.h"
#include "model.h"

/* What is loaded once and read by all. */
typedef struct {
    boilerplate_model models[BOILERPLATE_MODES]; /* page, article */
    boilerplate_model kind;                      /* above 0: the document is a whole page */
    boilerplate_cues cues;
    boilerplate_phrases phrases;
    boilerplate_languages languages;
    boilerplate_counts counts; /* of a collection; empty where there is no table */
    boilerplate_html_names html_names;
} boilerplate_knowledge;

enum { BOILERPLATE_USUAL = 1024 }; /* distances of rows that go, mostly */

/* One document in work; kept from document to document for its memory. */
typedef struct {
    boilerplate_text text;
    boilerplate_columns columns;
    boilerplate_phrase_row *phrases;
    boilerplate_phrase_work phrase_work;
    int32_t *scores; /* first pass */
    int32_t *finals; /* second pass; above the threshold: keep */
    int32_t *below;  /* the threshold of each row */
    int32_t *page;   /* what the page model thinks of extracted text */
    uint8_t *levels;
    uint8_t *removed; /* 1 where a row goes */
    uint8_t *names;   /* number of the rule that names its kind, from 1; 0: none */
    size_t room;
    unsigned mode;
    int32_t mode_score;
    int32_t page_part; /* of 64: how much of a page it is; in between both models are heard */
    bool sparing;      /* only what is certain goes */
    double certain[BOILERPLATE_USUAL]; /* certainties worked out before, by distance; 0: not yet */
} boilerplate_work;

/* Reads the text and fills the features, but those of counts.h and html.h; mode: BOILERPLATE_PAGE,
 * _ARTICLE or -1 to find out. False: no memory. */
bool boilerplate_look(boilerplate_work *self, const boilerplate_knowledge *know,
                      const tamis_host *host, const char *p, size_t n, int mode);

/* Decides. `max_removed` is the share of the words that may go; past it only what is certain
 * goes. */
void boilerplate_decide(boilerplate_work *self, const boilerplate_knowledge *know,
                        double max_removed);

/* How far a row's score lies above its threshold: it goes where that is below 0, mostly. */
static inline int32_t boilerplate_distance(const boilerplate_work *self, size_t row)
{
    return self->finals[row] - self->below[row];
}

/* The probability that a row is furniture, from its score: less where the distance is greater. */
double boilerplate_certainty(boilerplate_work *self, size_t row);

void boilerplate_work_free(boilerplate_work *self);

#endif
