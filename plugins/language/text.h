/* text.h: what the detector knows about bytes and letters: scripts, case folding, n-gram keys.
 *
 * Inference (fast.c, accurate.c) and training (train/train.c) both go through these functions, so
 * that a weight is looked up exactly as it was learnt. */
#ifndef LANGUAGE_TEXT_H
#define LANGUAGE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Han and kana are one script here: only together do they tell Japanese from Chinese. */
/* clang-format off */
#define LANGUAGE_SCRIPTS(X) \
    X(LATN) X(CYRL) X(ARAB) X(DEVA) X(HANI) X(HEBR) X(BENG) X(ETHI) X(TIBT) X(MYMR) X(GREK) \
    X(CANS) X(HANG) X(ARMN) X(GEOR) X(THAI) X(LAOO) X(KHMR) X(GUJR) X(GURU) X(TAML) X(TELU) \
    X(KNDA) X(MLYM) X(SINH) X(ORYA) X(THAA) X(CHER) X(COPT) X(SYRC) X(TFNG) X(OLCK) X(NKOO) \
    X(MONG) X(YIII) X(OTHER)
/* clang-format on */

enum {
#define X(name) LANGUAGE_##name,
    LANGUAGE_SCRIPTS(X)
#undef X
        LANGUAGE_SCRIPT_COUNT,
    LANGUAGE_NO_SCRIPT = 255 /* digits, punctuation, signs */
};

extern const char *const language_script_names[LANGUAGE_SCRIPT_COUNT];

enum { LANGUAGE_MAX_NGRAM = 6, LANGUAGE_MAX_KEYS = 8192 };

/* Decodes the code point at *p (valid UTF-8, p < end) and steps over it. */
static inline uint32_t language_decode(const uint8_t **p, const uint8_t *end)
{
    const uint8_t *q = *p;
    uint32_t c = *q++;
    if (c >= 0xC0 && q < end) {
        int more = c < 0xE0 ? 1 : c < 0xF0 ? 2 : 3;
        c &= 0x3Fu >> more;
        while (more-- && q < end) c = c << 6 | (*q++ & 0x3F);
    }
    *p = q;
    return c;
}

int language_script(uint32_t c);     /* of a letter or mark, else LANGUAGE_NO_SCRIPT */
uint32_t language_lower(uint32_t c); /* simple case folding of the scripts that have case */

/* The script of a text by its letters: names and marks in Latin letters stand in texts of every
 * other script, so these count double. LANGUAGE_NO_SCRIPT where there is no letter. */
int language_main_script(const uint32_t counts[LANGUAGE_SCRIPT_COUNT]);

/* Letters (code points) of each script in text, a Han or kana sign and a hangul syllable as two;
 * returns the main script. */
int language_count_scripts(const uint8_t *text, size_t n, uint32_t counts[LANGUAGE_SCRIPT_COUNT]);

/* Folds n bytes into out (n bytes): letters in lower case, all else as spaces, positions kept. */
void language_fold(const uint8_t *text, size_t n, uint8_t *out);

/* Bytes of a window of the fast tier in a script. */
int language_window(int script);

#define LANGUAGE_WINDOW_FACTOR 0x9E3779B97F4A7C15ull
static inline uint32_t language_window_row(uint64_t eight_bytes, int window, int row_bits)
{
    return (uint32_t)((eight_bytes << (64 - 8 * window)) * LANGUAGE_WINDOW_FACTOR >>
                      (64 - row_bits));
}

/* Keys of the accurate tier: n-grams of 1 to LANGUAGE_MAX_NGRAM letters within words (a word's
 * edges are signs of the n-gram) and whole words, of letters of `script`. The low 3 bits of a key
 * are its length (7: a word). At most `room`; returns how many. */
size_t language_keys(int script, const uint8_t *text, size_t n, uint64_t *keys, size_t room);

/* The keys of one letter (0: an edge) and of two that begin there. */
typedef struct {
    uint64_t one, two;
} language_start;

/* The same keys, short ones by where they begin: n + n / 32 + 2 starts at the most. */
typedef struct {
    language_start *starts;
    uint64_t *keys; /* of more than two letters */
    size_t start_count, key_count;
    size_t key_room;
} language_key_set;
void language_keys_add(int script, const uint8_t *text, size_t n, language_key_set *out);

#endif
