/* boilerplate/fill: what the files that fill columns share; features.h says what each column is. A
 * filler is one document in work; PUT writes a row's feature. Its functions are called by
 * features.c alone, in its order: some look at columns that others before them have filled. */
#ifndef BOILERPLATE_FILL_H
#define BOILERPLATE_FILL_H

#include "features.h"

#include <string.h>

/* A line of prose for the passes below: it ends a sentence and has some words. The number is a
 * measure, not a verdict: the model weighs what is built from it. */
enum { PROSE_WORDS = 6, BLOCK_COST = 10, BLOCK_MOST = 100, PROSE_MOST = 60 };

typedef struct {
    const boilerplate_text *text;
    const boilerplate_phrase_row *phrases;
    const boilerplate_languages *languages;
    uint8_t *base; /* first row of the first column */
    size_t stride;
    uint32_t *prose; /* words of prose before each row, summed; rows + 1 */
    uint32_t *topic; /* of each row: longer words that the title has */
    uint32_t *table; /* scratch hash table; lists of rows, two at once */
    size_t table_mask;
    uint32_t *spare; /* two numbers a word, and some more */
    uint32_t curly, straight;
    unsigned script;
    uint8_t falling[255]; /* 255, …, 2, 1 on the scale */
} boilerplate_filler;

#define PUT(f, i, name, value) \
    ((f)->base[BOILERPLATE_F_##name * (f)->stride + (i)] = (uint8_t)(value))
#define GET(f, i, name) ((f)->base[BOILERPLATE_F_##name * (f)->stride + (i)])
/* The column itself, for loops: bytes written to it might be the filler's own, to the compiler, so
 * that PUT would look up the filler each time. */
#define COLUMN_OF(f, name) (&GET(f, 0, name))

static inline unsigned at_most(uint64_t n, unsigned most)
{
    return n < most ? (unsigned)n : most;
}

static inline bool is_prose(const boilerplate_row *row)
{
    return row->ending >= BOILERPLATE_END_ASK && row->words >= PROSE_WORDS;
}

static inline uint32_t prose_words(const boilerplate_row *row)
{
    return row->ending >= BOILERPLATE_END_DOTS || row->ending == BOILERPLATE_END_CLOSE
               ? (row->words < PROSE_MOST ? row->words : PROSE_MOST)
               : 0;
}

static inline void put_document(boilerplate_filler *f, unsigned feature, unsigned value)
{
    uint8_t *column = f->base + feature * f->stride;
    memset(column, (int)(value < 63 ? value : 63), f->text->row_count);
}

#define PUT_DOCUMENT(f, name, value) put_document(f, BOILERPLATE_F_document_##name, value)

/* shape.c: a row by itself. */
void boilerplate_fill_shape(boilerplate_filler *f);
void boilerplate_fill_shape_by(boilerplate_filler *f, bool wide); /* both ways give the same */
void boilerplate_fill_phrases(boilerplate_filler *f);

/* repeats.c: what a row says again: another row, the title, a line of prose. */
void boilerplate_fill_copies(boilerplate_filler *f);
void boilerplate_fill_title(boilerplate_filler *f);
void boilerplate_fill_echo(boilerplate_filler *f);

/* tongue.c: what a row is written in, against the document. */
void boilerplate_fill_typography(boilerplate_filler *f);
void boilerplate_fill_language(boilerplate_filler *f);

/* place.c: where a row stands, and what stands around it. */
void boilerplate_fill_neighbours(boilerplate_filler *f);
void boilerplate_fill_place(boilerplate_filler *f);
void boilerplate_fill_word_block(boilerplate_filler *f);
/* Of each row how far the next listed row lies above and below it; 63 where there is none. */
void boilerplate_fill_distances(boilerplate_filler *f, unsigned above, unsigned below,
                                const uint32_t *list, size_t count);
void boilerplate_fill_document(boilerplate_filler *f);

/* means.c: of each row the mean over `reach` rows each way, times `times`, as it is or on the
 * scale. The sums are over the rows before each: of at most 240 a row with `times`, where `reach`
 * is 20 at most. */
typedef struct {
    uint32_t reach, times;
    bool scaled;
} boilerplate_window;
void boilerplate_fill_means(uint8_t *out, const uint32_t *sum, size_t n, boilerplate_window window);
/* Of each row, over `reach` rows each way, part * 64 / (whole + 8), 63 at most; both at most 60 a
 * row, and `reach` at most 20. */
void boilerplate_fill_rates(uint8_t *out, const uint32_t *part, const uint32_t *whole, size_t n,
                            uint32_t reach);

/* features.c: a filler for columns that have their memory; zeros in some of them. */
void boilerplate_clear_columns(boilerplate_filler *f, unsigned first, unsigned last);
boilerplate_filler boilerplate_filler_of(boilerplate_columns *self, const boilerplate_text *text);

#endif
