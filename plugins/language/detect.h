/* detect.h: a text -> spans that tile it, each with its language. Knows nothing of the host: the
 * stage (language.c), the tests and the benchmark call the same function. */
#ifndef LANGUAGE_DETECT_H
#define LANGUAGE_DETECT_H

#include "score.h"

enum { LANGUAGE_UNIT_SPAN, LANGUAGE_UNIT_SENTENCE, LANGUAGE_UNIT_LINE, LANGUAGE_UNIT_DOCUMENT };
enum { LANGUAGE_TIER_AUTO, LANGUAGE_TIER_FAST, LANGUAGE_TIER_ACCURATE };
enum { LANGUAGE_MIXTURE = 8, LANGUAGE_FADES = 240 };

typedef struct {
    language_model fast, accurate; /* accurate.head may be NULL */
    language_kernel kernel;
    const uint8_t *allowed; /* by label; NULL: every language */
    const uint8_t *group;   /* label -> label that stands for its group; NULL: no groups */
    double min_score;
    int unit, tier;
    bool every_byte; /* unit document: no early stop */
} language_settings;

/* Answers to short lines met last: menus and furniture come again, in a page and in the next. An
 * answer hangs on the line's folded letters alone. */
enum { LANGUAGE_LINE_WORDS = 5, LANGUAGE_LINE_MOST = 39, LANGUAGE_LINES = 1024 };
typedef struct {
    uint64_t text[LANGUAGE_LINE_WORDS]; /* zeros after its end */
    uint32_t claim;                     /* changes with the text */
    uint8_t script;
    bool once, twice; /* the fast tier's answer is known, that of both */
    language_answer fast, both;
} language_known_line;

/* A piece of the text that is looked at as one. */
typedef struct {
    size_t start, end;
    uint8_t script;
    bool after_break; /* a line starts here */
    bool alone;       /* and ends here: the unit is all of its line */
    bool cut;         /* a run of one script inside a sentence */
    bool foreign;     /* such a run of another script than most of the text */
    bool twice;       /* the accurate tier was asked */
    uint32_t letters;
    uint32_t claim;            /* while `line` has it, that is this unit's */
    language_known_line *line; /* where its answer is remembered; NULL: it is not to be */
    language_answer answer;
    uint8_t label; /* decided */
    uint8_t runner;
    float p, runner_p;
} language_unit;

typedef struct {
    size_t start, end;
    uint8_t label, runner; /* LANGUAGE_LABEL_UND: none */
    float p, runner_p;
} language_span;

typedef struct {
    language_span *spans;
    size_t count;
    uint8_t label; /* the text's */
    float p;
    int shares; /* languages of the text, largest first, by letters */
    struct {
        uint8_t label;
        float share;
    } share[LANGUAGE_MIXTURE];
} language_result;

typedef struct language_link language_link; /* smooth.h */

/* Memory of one worker, grown as texts need it. Zero it first; free with language_scratch_free. */
typedef struct {
    language_unit *units;
    size_t unit_count, unit_room;
    language_span *spans;
    size_t span_room;
    float *lattice; /* smoothing: units x states, twice */
    size_t lattice_room;
    language_link *links; /* smoothing: one a unit */
    size_t link_room;
    float fade[LANGUAGE_FADES]; /* smoothing: how much is left at so many thirds of a letter */
    language_memory *memory;    /* of the accurate tier; NULL: it was not asked yet */
    language_known_line *lines; /* LANGUAGE_LINES of them */
    uint32_t claims;
    const uint8_t *lines_of[2]; /* model files whose answers they are */
    uint8_t *folded;            /* the text in lower case, LANGUAGE_FOLD_LEAD bytes in */
    language_block *map;        /* what the scan saw, a bit a byte */
    size_t fold_room;
} language_scratch;

void language_scratch_free(language_scratch *self);

/* Labels `text` (valid UTF-8). The result's spans live until the next call. False: no memory. */
bool language_detect(const language_settings *settings, language_scratch *scratch,
                     const uint8_t *text, size_t n, language_result *out);

/* split.c: cuts text, scanned into the scratch, into units with their scripts; false: no memory. */
bool language_split(language_scratch *scratch, const language_kernel *kernel, int unit,
                    const uint8_t *text, size_t n);
/* Script of a unit of the scanned text, and its letters; `second`: how many the next script has.
 * Returns the script of all its letters that are not Latin, LANGUAGE_NO_SCRIPT: there are
 * several. */
uint8_t language_unit_script(const language_scratch *scratch, const language_kernel *kernel,
                             language_unit *u, uint32_t *second);

/* smooth.c: decides label and share of each unit from all of them; false: no memory. */
bool language_smooth(const language_settings *set, language_scratch *scratch);

#endif
