/* boilerplate/text: a document as rows and words. A row is a line that is not blank, without the
 * white space around it; a word is a run of letters and digits (one ideograph is a word of its
 * own). One pass over the bytes counts everything that the cues later look up, so that no cue reads
 * text twice. Called by the stage and by the trainer. */
#ifndef BOILERPLATE_TEXT_H
#define BOILERPLATE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* How a character counts. The order of the first five matters: they make words. */
enum {
    BOILERPLATE_LOWER,
    BOILERPLATE_UPPER,
    BOILERPLATE_LETTER, /* of a script without case */
    BOILERPLATE_IDEO,   /* ideograph or kana: a word of its own */
    BOILERPLATE_DIGIT,
    BOILERPLATE_MARK, /* combining: goes on with the word */
    BOILERPLATE_SPACE,
    BOILERPLATE_COMMA,
    BOILERPLATE_STOP,  /* . and its kin */
    BOILERPLATE_ASK,   /* ? ! and their kin */
    BOILERPLATE_DOTS,  /* the one character … */
    BOILERPLATE_COLON, /* : and ; */
    BOILERPLATE_SEP,   /* | > › » · • / \ ~ : what menus are made of */
    BOILERPLATE_STRAIGHT,
    BOILERPLATE_CURLY,
    BOILERPLATE_OPEN, /* opening quote or bracket */
    BOILERPLATE_CLOSE,
    BOILERPLATE_QUOTE, /* " : either */
    BOILERPLATE_DASH,
    BOILERPLATE_AT,
    BOILERPLATE_HASH,
    BOILERPLATE_CODE,   /* { } = < ; $ ` ^ _ */
    BOILERPLATE_RIGHTS, /* © ® ™ */
    BOILERPLATE_OTHER,
    BOILERPLATE_CLASSES
};

enum {
    BOILERPLATE_WORD_CAPITAL = 1, /* begins with an upper-case letter */
    BOILERPLATE_WORD_NUMBER = 2,  /* digits only */
    BOILERPLATE_WORD_IDEO = 4,
    BOILERPLATE_WORD_SHORT = 8 /* at most three characters, no capital: mostly a function word */
};

/* What a row begins and ends with. */
enum {
    BOILERPLATE_END_LETTER,
    BOILERPLATE_END_DIGIT,
    BOILERPLATE_END_OTHER,
    BOILERPLATE_END_CLOSE, /* a closing mark with no sentence end before it */
    BOILERPLATE_END_COMMA,
    BOILERPLATE_END_COLON,
    BOILERPLATE_END_DOTS,
    BOILERPLATE_END_ASK,
    BOILERPLATE_END_STOP /* also when a closing mark follows */
};

typedef struct {
    uint32_t start;
    uint16_t length; /* bytes; WORD_MOST at most */
    uint8_t characters;
    uint8_t flags;
} boilerplate_word;

typedef struct {
    uint16_t count[BOILERPLATE_CLASSES]; /* this and the next eight: as text_wide.h stores them */
    uint16_t characters;
    uint16_t sentences;         /* end marks followed by space or by the end */
    uint16_t capitals, numbers; /* words */
    uint16_t straight, curly;   /* apostrophes between letters; 255 at most */
    uint16_t joined;     /* capitals in a word, two lower-case letters before and one behind; 255 */
    uint16_t shorts;     /* words */
    uint32_t start, end; /* bytes, without surrounding space */
    uint32_t word, words; /* its words: first and how many */
    uint32_t line;        /* number of its line, from 0 */
    uint32_t line_start;  /* where that begins */
    uint64_t hash;        /* of its words, numbers alike by length */
    uint16_t letters;
    uint16_t longest;          /* word, in characters */
    uint8_t first, first_next; /* class of the first character and of the one after */
    uint8_t ending;            /* BOILERPLATE_END_… */
    uint8_t blank_before : 1;  /* a blank line lies before it */
    uint8_t opaque : 1;        /* has letters without case, marks, or words of letters and digits */
} boilerplate_row;

typedef struct {
    const char *p; /* in `copy` */
    size_t n;
    boilerplate_row *rows;
    boilerplate_word *words;
    uint32_t *hashes; /* of the words, side by side; some zeros behind them */
    uint32_t *stems;  /* likewise of their beginnings, and of pairs of ideographs; 0: none */
    size_t row_count, word_count;
    size_t row_room, word_room, hash_room, stem_room; /* what the arrays hold */
    size_t lines;
    char *copy; /* of the text, with some bytes to read on either side */
    size_t copy_room;
    struct boilerplate_chunk *chunk; /* scratch of the wide reader: text_wide.h */
} boilerplate_text;

/* Reads `p` into rows and words. The arrays grow with realloc and are kept from text to text;
 * false when there is no memory. `text` is zeroed before its first use. */
bool boilerplate_read(boilerplate_text *text, const char *p, size_t n);
/* The same by the wide path or without: both see the same. */
bool boilerplate_read_by(boilerplate_text *text, const char *p, size_t n, bool wide);
void boilerplate_text_free(boilerplate_text *text);

/* The hash of a word by itself, as the reader makes it, but for numbers in digits beyond ASCII; of
 * longer ones it is that of their first bytes. */
enum { BOILERPLATE_WORD_MOST = 64 }; /* bytes; longer words are read as several */
uint32_t boilerplate_hash(const char *p, size_t n);

/* The hash of two neighbours; where they lie in a lexicon and in sets of pairs. */
static inline uint32_t boilerplate_hash_pair(uint32_t first, uint32_t second)
{
    return first * 0x9E3779B1u ^ second * 0x85EBCA6Bu;
}

/* A number of at most 63 for any count, exact below 8, then four steps an octave. */
extern const uint8_t boilerplate_small_scale[256];
unsigned boilerplate_scale_of_many(uint64_t count);
static inline unsigned boilerplate_scale(uint64_t count)
{
    return count < 256 ? boilerplate_small_scale[count] : boilerplate_scale_of_many(count);
}

/* part : whole in steps of 1/16, 0 to 16. Small ones are multiplied by 2^24 / whole, rounded up,
 * which is exact: 16 * 255 * 255 < 2^24. */
extern const uint32_t boilerplate_small_parts[256];
unsigned boilerplate_share_of_many(uint64_t part, uint64_t whole);
static inline unsigned boilerplate_share(uint64_t part, uint64_t whole)
{
    if (whole >= 256) return boilerplate_share_of_many(part, whole);
    uint64_t p = part < whole ? part : whole;
    return (unsigned)(p * 16 * boilerplate_small_parts[whole] >> 24);
}

#endif
