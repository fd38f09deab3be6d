/* model.h: the two model files, mapped and read in place.
 *
 * A file is a text header (sources, licences, date, figures; `head -c 4096` shows it), padded with
 * NUL to HEADER bytes, then a model_head, then tables at 64-byte bounds, little-endian. `fast` has
 * for each script a table of rows of 4-bit weights, one row per hashed window; `accurate` has lines
 * of 64 bytes with eight slots each: an 11-bit check, a mark, and four (7-bit lane, 6-bit weight)
 * pairs. A key that says something of more labels takes several slots. The slots of a key stand in
 * its own line or, where that is full, in its other line: then the own line has the key's mark. */
#ifndef LANGUAGE_MODEL_H
#define LANGUAGE_MODEL_H

#include "text.h"

enum {
    LANGUAGE_LANES = 128, /* labels of one script, the background last */
    LANGUAGE_MAX_LABELS = 255,
    LANGUAGE_LABEL_UND = 255,
    LANGUAGE_HEADER = 4096,
    LANGUAGE_FORMAT = 3,
    LANGUAGE_ABSENT_STEPS = 8,
    LANGUAGE_LENGTHS = 12, /* calibration steps: log2 of the number of windows or keys */
    LANGUAGE_LONG_FAST = 5,
    LANGUAGE_LONG_ACCURATE = 7
};

enum { LANGUAGE_FAST = 1, LANGUAGE_ACCURATE = 2 };

typedef struct {
    char tag[8];      /* BCP-47 */
    char iso[4];      /* ISO 639-3 */
    char english[32]; /* name */
    char group[8];    /* tag of the group whose members nobody tells apart surely; or empty */
} language_label;

typedef struct {
    uint32_t lanes;    /* 0: no text of this script was seen; 1 or 2: decided by the script alone */
    uint32_t row_bits; /* fast: log2 of the rows; a row has 16 bytes up to 32 lanes, else 64 */
    uint64_t table;    /* byte offset in the file; accurate: of the absence rows */
    float step;        /* weight of one unit of a stored weight */
    float sharpness[LANGUAGE_LENGTHS]; /* scores are multiplied by it before they become shares */
    float bias[2][LANGUAGE_LANES];     /* in short texts; in those from the step LONG_… on */
    uint8_t label[LANGUAGE_LANES];     /* lane -> label number; LANGUAGE_LABEL_UND: background */
} language_script_model;

typedef struct {
    char magic[8]; /* "tamislng" */
    uint32_t format, kind, labels, head_size;
    uint64_t lines, line_table; /* accurate: number of lines (whole blocks), offset */
    language_label label[LANGUAGE_MAX_LABELS];
    language_script_model script[LANGUAGE_SCRIPT_COUNT];
    float web[LANGUAGE_MAX_LABELS]; /* how common a language is on web pages: 1 the great ones */
} language_head;

/* A slot, from its low bits up: check (never 0), the mark of an eighth of the line's keys, then
 * LANGUAGE_PAIRS times lane, weight + LANGUAGE_WEIGHT_ZERO. */
enum {
    LANGUAGE_SLOTS = 8,
    LANGUAGE_PAIRS = 4,
    LANGUAGE_CHECK_BITS = 11,
    LANGUAGE_CHECK_MASK = (1 << LANGUAGE_CHECK_BITS) - 1,
    LANGUAGE_PAIRS_AT = LANGUAGE_CHECK_BITS + 1,
    LANGUAGE_LANE_BITS = 7,
    LANGUAGE_WEIGHT_BITS = 6,
    LANGUAGE_PAIR_BITS = LANGUAGE_LANE_BITS + LANGUAGE_WEIGHT_BITS,
    LANGUAGE_WEIGHT_ZERO = 32
};

typedef struct {
    uint64_t slot[LANGUAGE_SLOTS];
} language_line;

typedef struct {
    const uint8_t *file;
    size_t size;
    const language_head *head; /* NULL: no such model */
} language_model;

/* Checks a mapped file and points `out` into it. NULL when it is sound, else what is wrong. */
const char *language_model_open(const uint8_t *file, size_t size, uint32_t kind,
                                language_model *out);

/* Label number by tag or ISO 639-3 code, any case; -1: none. */
int language_model_label(const language_model *self, const char *code, size_t n);

/* A key's own line, and its other one in the same block of 64 (4 KB), told by its check. */
enum { LANGUAGE_BLOCK = 64 };
static inline uint64_t language_key_line(uint64_t key, uint64_t lines)
{
    return ((key >> 3) * 0x9E3779B97F4A7C15ull >> 32) * lines >> 32;
}
static inline uint64_t language_other_line(uint64_t line, uint64_t check)
{
    return line ^ (1 + check % (LANGUAGE_BLOCK - 1));
}
static inline uint64_t language_key_check(uint64_t key)
{
    uint64_t check = key * 0xD6E8FEB86659FD93ull >> (64 - LANGUAGE_CHECK_BITS);
    return check ? check : 1;
}

/* The slot of a key's own line whose mark tells that the other line holds slots of it. */
static inline uint32_t language_key_mark(uint64_t key)
{
    return (uint32_t)(key * 0xD6E8FEB86659FD93ull >> (64 - LANGUAGE_CHECK_BITS - 3)) &
           (LANGUAGE_SLOTS - 1);
}

/* Step of calibration for `n` windows or keys. */
static inline int language_length_step(size_t n)
{
    const int step = 63 - __builtin_clzll((uint64_t)n | 1);
    return step < LANGUAGE_LENGTHS ? step : LANGUAGE_LENGTHS - 1;
}

#endif
