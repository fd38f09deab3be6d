/* score.h: one piece of text -> how likely each label is. Two tiers over the same answer:
 * fast.c adds rows of a hashed table, accurate.c looks up n-grams and words. */
#ifndef LANGUAGE_SCORE_H
#define LANGUAGE_SCORE_H

#include "model.h"

enum { LANGUAGE_CANDIDATES = 12, LANGUAGE_MIXED = 16, LANGUAGE_BATCH = 32 };
#define LANGUAGE_NEVER   (-9999.f) /* nats; the score of what is no label */
#define LANGUAGE_UNNAMED 60.f      /* labels that share the rest of an answer, about */

/* Shares of the likeliest labels, in no order; what is not among them shares `rest`. `und` is the
 * background's share. Everything adds up to one. */
typedef struct {
    uint8_t count;
    uint8_t label[LANGUAGE_CANDIDATES];
    float p[LANGUAGE_CANDIDATES];
    float und, rest;
} language_answer;

/* Sums the rows of `count` windows, the first at `first`, `apart` bytes from one to the next;
 * readable to 8 bytes from each. `more`: added to what the sums hold. */
typedef void (*language_adder)(const uint8_t *table, int row_bits, int window, const uint8_t *first,
                               size_t count, size_t apart, bool more, uint16_t *sums);
/* Of a stretch of text, a bit for each byte: a line feed or a mark that may end a sentence stands
 * there; a letter begins there (a to z, or the lead of another); it is no Latin one; an entity, a
 * tag or an address may begin there. */
typedef struct {
    uint64_t ends, letters, others, opens;
} language_block;

/* What the accurate tier found of a piece: sums by lane, keys by their length (of three letters or
 * more), and those that it does not know. */
typedef struct {
    size_t starts_end,
        end; /* of its starts and longer keys; they begin where the last piece ends */
    uint32_t known, seen[8], absent[8];
    int32_t sums[LANGUAGE_LANES];
} language_findings;

/* What the accurate tier remembers: what the n-grams of one and two letters say that were met last.
 * They are 40 in 100 keys, and the same few thousand come again. */
enum { LANGUAGE_RECALLED = 2048, LANGUAGE_RECALL_ZERO = 128, LANGUAGE_MAX_STARTS = 2048 };
typedef struct {
    /* Lane L in byte 2 * (L % 64) + L / 64, with LANGUAGE_RECALL_ZERO added. */
    uint8_t sums[LANGUAGE_RECALLED][LANGUAGE_LANES];
    uint64_t tag[LANGUAGE_RECALLED]; /* the key of two letters, how many of both the model knows in
                                      * place of its length; 0: empty */
    const uint8_t *model;            /* whose sums they are */
    language_start starts[LANGUAGE_MAX_STARTS]; /* room of a batch */
    uint64_t keys[LANGUAGE_MAX_KEYS];
} language_memory;

/* The inner loops for one width of vectors. */
typedef struct {
    int width;
    language_adder wide, narrow; /* rows of 64 bytes (128 sums), of 16 bytes (32 sums) */
    uint64_t (*fold)(const uint8_t *text, uint8_t *out, language_block *bits);
    uint32_t (*letters)(const language_block *map, size_t start, size_t end, uint32_t *others);
    uint32_t (*stand)(const uint16_t *sums, const float *bias, float scale, float sharp,
                      float doubt, uint32_t lanes, float *z, uint32_t *second, float *lead);
    void (*of_sums)(const int32_t *sums, const float *bias, const int8_t *const *rows,
                    int row_count, float scale, float unit, float sharp, uint32_t lanes, float *z);
    float (*shares)(float *z, uint32_t lanes, uint64_t near[LANGUAGE_LANES / 64], float *sum);
    void (*mix)(float *p, const float *q, float a, float b);
    void (*look_up)(const language_line *lines, uint64_t line_count, uint64_t *keys,
                    language_findings *out, size_t pieces);
    void (*recall)(const language_line *lines, uint64_t line_count, language_memory *memory,
                   language_findings *out, size_t pieces);
} language_kernel;

/* The loops with vectors of `width` bytes (16, 32, 64); false where the processor lacks them. */
bool language_kernel_get(int width, language_kernel *out);
/* For the former: fold and letters; those below them. */
void language_scan_get(int width, language_kernel *out);
void language_lanes_get(int width, language_kernel *out);

/* Folds text[from, to) of a text of n bytes as language_fold does, with LANGUAGE_FOLD_LEAD spaces
 * before it and as many bytes after it (room the caller gives), and blanks tags, entities and
 * addresses as well. `folded` and `map`, (to - from) / 64 + 2 blocks of it, begin at `from`, where
 * a letter begins; so does one at `to`. */
enum { LANGUAGE_FOLD_LEAD = 64 };
void language_scan(const language_kernel *kernel, const uint8_t *text, size_t n, size_t from,
                   size_t to, uint8_t *folded, language_block *map);

/* Length of the mark at p that may end a sentence; negative: no space need follow; 0: none. */
int language_terminator(const uint8_t *p, const uint8_t *end);

/* A piece of folded text with a script, spaces at both ends of it, that the fast tier answers
 * for. */
typedef struct {
    const uint8_t *folded;
    size_t n; /* at most LANGUAGE_FAST_BYTES are looked at */
    int script;
    language_answer *out;
    bool known;    /* the answer is there already */
    bool trusting; /* a smaller lead will do for the label that most other pieces have */
    float doubt;   /* nats by which the background must lead to be as good as a language */
} language_piece;

/* How hard the fast tier looks. */
typedef struct {
    float sure;   /* nats by which a label must lead to be settled by a few windows; 0: all */
    size_t apart; /* how far they may be apart */
    const uint8_t *allowed; /* by label; NULL: all */
    uint8_t expected;       /* the label of the text so far; LANGUAGE_LABEL_UND: not known */
} language_effort;

/* Fast tier, for up to LANGUAGE_BATCH pieces: so many, because the rows of one are fetched from
 * memory while others are added up. What most of them are becomes `expected`. */
enum { LANGUAGE_FAST_BYTES = 4096, LANGUAGE_ANY_DISTANCE = 1 << 20 };
void language_score_fast(const language_model *model, const language_kernel *kernel,
                         language_effort *effort, const language_piece *pieces, size_t count);

/* A piece of text, folded or not, that the accurate tier answers for. */
typedef struct {
    const uint8_t *text;
    size_t n;
    language_answer *out;
    int script;
    int step; /* of calibration: language_length_step of the keys that the model knew */
} language_question;

/* Accurate tier. Many pieces at once are answered sooner than one after the other: the lines of one
 * are fetched while others are looked at. */
void language_score_accurate(const language_model *model, const language_kernel *kernel,
                             const uint8_t *allowed, language_question *pieces, size_t count,
                             language_memory *memory);

/* Lane scores -> answer. `allowed` (by label; NULL: all) leaves labels out; und stays. */
void language_answer_make(const language_script_model *script, const language_kernel *kernel,
                          float *z, const uint8_t *allowed, language_answer *out);

/* The answer of a script that decides by itself (fewer than three lanes). */
void language_answer_single(const language_script_model *script, const uint8_t *allowed,
                            language_answer *out);

#endif
