/* plugins/weapons: what its files share. A document passes through them in this order: weapons.c
 * finds the terms and asks context.c which of them to believe, extend.c adds what a list cannot
 * hold (hashtags, elliptic designators, compounds, designators nobody listed), quantity.c counts,
 * and weapons.c writes the spans. */
#ifndef WEAPONS_H
#define WEAPONS_H

#include <tamis/plugin.h>

#define tamis weapons_host
extern const tamis_host *tamis;

enum { PROFILE_ALL, PROFILE_BALANCED, PROFILE_STRICT };

typedef struct {
    tamis_list gazetteer, extra;
    tamis_str cues, numbers, crosswalk; /* empty: none */
    tamis_str type;
    tamis_list languages;
    int32_t profile;
    bool quantities, designators, compounds;
} weapons_conf;

/* What of a gazetteer row is asked often, made once in open. */
typedef struct {
    tamis_str value, category, lang, crosswalk;
    tamis_str need, not_with; /* need=a/b, not=a/b: folded words that begin like that */
    uint32_t flags;           /* TAMIS_TERM_… and WEAPONS_… */
    uint32_t line;
    tamis_str file;
} weapons_row;

enum {
    WEAPONS_FIGURATIVE = 1 << 16, /* `fig`: used of other things too, a counter-cue silences it */
    WEAPONS_HEAD = 1 << 17,       /* `head`: its forms end German compounds of the same kind */
    WEAPONS_SURE = 1 << 18,       /* several words, or letters and digits: needs no company */
    WEAPONS_LONG = 1 << 19,       /* distinctive enough to be taken in text of another language */
    WEAPONS_CLASS = 1 << 20,      /* a generic word for things that have designators */
    WEAPONS_PREFIX = 1 << 21, /* `prefix`: HMS, USS …; the name behind it is part of the mention */
    WEAPONS_MILD = 1 << 22    /* `mild`: sure, unless the sentence speaks against it */
};

/* How the text of a hit is written, beside the forms of its row. */
typedef enum {
    WEAPONS_FITS,
    WEAPONS_DOUBTFUL,      /* as another thing may be: wants a word of war, or company */
    WEAPONS_VERY_DOUBTFUL, /* wants another weapon in the sentence */
    WEAPONS_REFUSED
} weapons_shape;

typedef struct {
    const tamis_terms *terms, *cues, *numbers;
    weapons_row *rows;
    size_t row_count;
    tamis_str *heads; /* small forms that end compounds, with their rows */
    uint32_t *head_rows;
    size_t head_count;
    uint32_t head_first[4096]; /* + 1: by a hash of the last eight bytes, or of four, in chains */
    uint32_t *head_next;
    uint64_t head_ends[512]; /* a bit for each hash that has a chain */
} weapons_shared;

typedef struct {
    size_t start, end;
    uint32_t row;    /* of the gazetteer; WEAPONS_NO_ROW: an unknown designator */
    const char *how; /* "term", "hashtag", "ellipsis", "compound", "designator" */
    const char *cue; /* why it was believed or not */
    double score;
    int weight; /* evidence of its own */
    weapons_shape doubt;
    bool dropped;
    uint32_t span; /* number, once written */
    /* quantity */
    size_t q_start, q_end; /* equal: none */
    double q_min, q_max;   /* negative: none */
    tamis_str q_unit;
    const char *q_kind; /* exact approx money vague */
    bool q_shared;      /* distributed from a neighbour */
} weapons_mention;

static const uint32_t WEAPONS_NO_ROW = UINT32_MAX;

/* One worker's memory: grows to the largest document and stays. */
typedef struct {
    weapons_mention *mentions;
    size_t count, room;
    size_t sorted;   /* so many of them stand in order of their places */
    uint64_t *names; /* of what is surely named, as hashes: context.c */
    size_t name_count, name_room;
    bool failed;
} weapons_scratch;

/* One document on its way. */
typedef struct {
    const tamis_run *c;
    const weapons_conf *conf;
    const weapons_shared *shared;
    weapons_scratch *scratch;
    tamis_doc *doc;
    tamis_str text;
    const tamis_span *languages; /* spans of type language, in order */
    size_t language_count;
    const tamis_span *speakers; /* of an earlier stage, if there was one */
    size_t speaker_count;
    tamis_str language; /* of the document */
} weapons_job;

weapons_mention *weapons_add(weapons_job *job, size_t start, size_t end, uint32_t row,
                             const char *how);
/* The language at a place; empty where it is not known. */
tamis_str weapons_language(const weapons_job *job, size_t at);
/* Tags agree in their first part: pt is pt-BR. */
bool weapons_same_language(tamis_str a, tamis_str b);
/* Whether a row is for the language there. */
bool weapons_row_fits(const weapons_job *job, uint32_t row, size_t at);
void weapons_sort(weapons_scratch *scratch);
/* The first of so many sorted mentions that ends behind `at`; their count where none does. */
size_t weapons_first_behind(const weapons_scratch *self, size_t count, size_t at);

/* text.c: words and places of any text */
static inline bool weapons_is(tamis_str a, const char *b)
{
    size_t n = 0;
    while (n < a.n && b[n] && a.p[n] == b[n]) n++;
    return n == a.n && !b[n];
}
bool weapons_equal(tamis_str a, tamis_str b);
/* Bytes of the character at p[0..n), and its code. */
size_t weapons_char(const char *p, size_t n, uint32_t *code);
bool weapons_is_letter(uint32_t code);
static inline bool weapons_is_digit(uint32_t code)
{
    return code >= '0' && code <= '9';
}
bool weapons_is_capital(uint32_t code);
/* The word (letters and digits) that begins at or after `from`, or ends at or before `to`; false:
 * none. */
bool weapons_word_after(tamis_str text, size_t from, size_t *start, size_t *end);
bool weapons_word_before(tamis_str text, size_t to, size_t *start, size_t *end);
/* Where the word ends in which a character stands at `at`; whether the one before it is of the same
 * word. */
size_t weapons_word_end(tamis_str text, size_t at);
bool weapons_is_within_word(tamis_str text, size_t at);
/* Case and accents off, into `out`; returns how many bytes. */
size_t weapons_fold(tamis_str word, char *out, size_t room);
/* Case off, of Latin letters up to U+00FF, and soft hyphens; accents stay. */
size_t weapons_lower(tamis_str word, char *out, size_t room);
/* Whether text[start, end) holds what ends a clause, or a sentence. */
bool weapons_ends_clause(tamis_str text, size_t start, size_t end);
/* The sentence around [start, end), at most 500 bytes to either side. */
void weapons_sentence(tamis_str text, size_t start, size_t end, size_t *first, size_t *last);
/* Whether [start, end) lies within a URL, host name, path or e-mail address. */
bool weapons_in_address(tamis_str text, size_t start, size_t end);

/* shape.c */
weapons_shape weapons_shape_of(const weapons_job *job, uint32_t row, size_t start, size_t end);
/* Where a hit ends with what belongs to it: "F-15SA" for F-15, "HMS Diamond" for HMS. */
size_t weapons_grown_end(const weapons_job *job, uint32_t row, size_t start, size_t end);
/* context.c */
void weapons_believe(weapons_job *job);
/* extend.c */
/* Whether a mention lies there already. Those are sorted up to where a step began; what it adds, it
 * adds in order of the text. */
bool weapons_overlaps(const weapons_scratch *all, size_t start, size_t end);
void weapons_hashtags(weapons_job *job);
void weapons_ellipses(weapons_job *job);
void weapons_designators(weapons_job *job);
/* compound.c */
/* Of heads of so many bytes that end so: by the last eight bytes, of fewer by the last four. */
uint32_t weapons_head_hash(const char *end, size_t n);
enum { WEAPONS_HEAD_CHAIN_SHIFT = 3 }; /* hashes have 15 bits, chains 12 */
void weapons_compounds(weapons_job *job);
/* why.c */
void weapons_why(weapons_job *job);
/* quantity.c */
void weapons_quantities(weapons_job *job);
/* Whether a number stands right before it: "42 Rafale", "des centaines de roquettes". */
bool weapons_counted(const weapons_job *job, const weapons_mention *m);

#endif
