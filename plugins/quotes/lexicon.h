/* The lexicons of the quotes stage: what a word or phrase can be in each language (cue files), the
 * score table of kinds, and who may be called what (kin.c). Filled once (entries.h) when the stage
 * is set up, read by all workers; look-ups are in line, since every word of a window takes one.
 */
#ifndef QUOTES_LEXICON_H
#define QUOTES_LEXICON_H

#include <string.h>

#include <tamis/plugin.h>

#include "characters.h"

/* What a word or phrase can be. The names are those of the data files. */
enum {
    QT_SAY = 1u << 0,       /* finite form of a verb of saying */
    QT_PART = 1u << 1,      /* its participle */
    QT_GER = 1u << 2,       /* its gerund or infinitive: the subject stands elsewhere */
    QT_WEAK = 1u << 3,      /* says something only beside a quotation: to want, to accuse */
    QT_NOUN = 1u << 4,      /* statement, letter, words */
    QT_SOURCE = 1u << 5,    /* according to */
    QT_SOURCE2 = 1u << 6,   /* the same after its noun: zufolge */
    QT_PRON = 1u << 7,      /* subject pronoun */
    QT_DET = 1u << 8,       /* article, demonstrative */
    QT_OF = 1u << 9,        /* preposition that belongs to the noun before it */
    QT_PREP = 1u << 10,     /* any other preposition */
    QT_TO = 1u << 11,       /* preposition of the one spoken to */
    QT_COMP = 1u << 12,     /* that */
    QT_CONJ = 1u << 13,     /* and, but */
    QT_REL = 1u << 14,      /* who */
    QT_AUX = 1u << 15,      /* auxiliary */
    QT_ADV = 1u << 16,      /* skipped between verb and subject: yesterday, also */
    QT_CLITIC = 1u << 17,   /* object pronoun: se, lui */
    QT_TITLE = 1u << 18,    /* Mr, Dr */
    QT_ROLE = 1u << 19,     /* president, witness: a person */
    QT_NAMING = 1u << 20,   /* newspaper, film, operation: what follows in marks is a name */
    QT_NONAME = 1u << 21,   /* capital, but no name */
    QT_PLACE = 1u << 22,    /* a name, but no person */
    QT_KONJ = 1u << 23,     /* reporting mood: German Konjunktiv I */
    QT_FICTION = 1u << 24,  /* verb of saying in stories only */
    QT_ABBR = 1u << 25,     /* its full stop ends no sentence */
    QT_GIVEN = 1u << 26,    /* given name */
    QT_FIRST = 1u << 27,    /* first or second person: speech */
    QT_SOCALLED = 1u << 28, /* so-called */
    QT_POSS = 1u << 29,     /* possessive */
    QT_BODY = 1u << 30      /* group or institution that speaks: union, court */
};
#define QT_VERB (1u << 31) /* another finite verb */
#define QT_CUE  (QT_SAY | QT_PART | QT_GER)
#define QT_FUNCTION                                                                              \
    (QT_PRON | QT_DET | QT_OF | QT_PREP | QT_TO | QT_COMP | QT_CONJ | QT_REL | QT_AUX | QT_ADV | \
     QT_CLITIC | QT_SOURCE | QT_NONAME | QT_POSS)

/* Features. QT_SELF: may stand inside a name; of a role: its complement makes nobody else of it;
 * of a verb: X quotes Y as saying. QT_AS: as X put it. QT_FRONT: a source only where the sentence
 * begins; an "of" that no full name goes on with. QT_LABEL: a verb whose quotation is what it
 * calls something. QT_ANYONE, of a role: says nothing of who it is, and so takes up a person with
 * another role (the man, the officer). QT_INDEFINITE, of an article: what follows is new to the
 * text; QT_THIS: it was spoken of just now. QT_LAST, of a pronoun: it means whom the words before
 * it name last. QT_PASSIVE, of an auxiliary: it makes the passive. QT_OWN, of a source: whose it
 * is stands in it or goes without saying (in his view, by their own account). QT_BACK, of what a
 * sentence opens with: it means the words before it (con queste parole). QT_PAST, of a verb: in a
 * tense that only narrators use; of a word without class: not, whatever its ending. QT_OBLIQUE,
 * of an article: no subject has it (den, dem). Bits are shared where classes tell them apart. */
enum {
    QT_MALE = 1,
    QT_FEMALE = 2,
    QT_PLURAL = 4,
    QT_PHRASE = 8,
    QT_SELF = 16,
    QT_AS = 32,
    QT_FRONT = 64,
    QT_LABEL = 128,
    QT_ANYONE = QT_FRONT,
    QT_THIS = QT_FRONT,
    QT_BACK = QT_FRONT,
    QT_INDEFINITE = QT_LABEL,
    QT_LAST = QT_LABEL,
    QT_PASSIVE = QT_LABEL,
    QT_OWN = QT_LABEL,
    QT_PAST = QT_FRONT,
    QT_OBLIQUE = QT_AS
};

/* Data for languages is found by a number from 0; QT_NO_LANG has none. QT_NO_TABLE, which only a
 * sink answers, is a language that is known and has no data: no other may stand in for it. */
enum {
    QT_MAX_LANGS = 40,
    QT_ANY_LANG = QT_MAX_LANGS, /* weights of any language */
    QT_FICTION_ROW,             /* and of fiction, where they stand alone */
    QT_NO_TABLE = 254,
    QT_NO_LANG = 255,
    QT_MAX_ENDINGS = 16,
    QT_ENDING_BYTES = 12,
    QT_MAX_FORMS = 8, /* endings of one kind */
    QT_MAX_PAST = 64,
    QT_MAX_CASES = 48
};

/* What a language does. The names are those of the data files ("trait" rows). */
enum {
    QT_ELIDES = 1,           /* l'homme: the article is a word of its own */
    QT_INVERTS = 2,          /* dit-il: the pronoun hangs on the verb */
    QT_NOUNS_UPPER = 4,      /* nouns have capitals: a capital is no name */
    QT_V2 = 8,               /* the verb stands second, its subject may follow it */
    QT_NO_ARTICLE = 16,      /* a bare noun can be a subject */
    QT_DROPS = 32,           /* the subject pronoun may be absent */
    QT_CASELESS = 64,        /* no capitals at all */
    QT_DASHES = 128,         /* the press quotes by a leading dash */
    QT_FINAL = 256,          /* the verb ends the sentence: X, "…" said */
    QT_COMMA_DASHES = 512,   /* in a line that opens with a dash a comma sets off who speaks */
    QT_SUBJECT_FIRST = 1024, /* there the subject may come before its verb: Anna says */
    QT_SEMICOLON_ASKS = 2048 /* the question mark is ; */
};

/* Both elides and inverts, as French alone of the shipped tables does: what rules go by that were
 * measured in French and were of no use elsewhere. */
static inline bool quotes_like_french(uint32_t traits)
{
    const uint32_t both = QT_ELIDES | QT_INVERTS;
    return (traits & both) == both;
}

typedef struct {
    uint64_t key; /* 0: free */
    uint32_t classes;
    uint8_t features;
    uint8_t bits;  /* QT_BIT_… of its classes */
    uint16_t next; /* entry whose key begins at the same place; 0: none */
} qt_entry;

/* What is asked of a token before all else: is it a verb of saying or a source, a name, somebody (a
 * name, a role or a body), may a phrase of the lexicon begin with it, may it end a sentence. Of an
 * entry: may its words be names where they have a capital? And has it no class? */
enum {
    QT_BIT_EVENT = 1,
    QT_BIT_NAME = 2,
    QT_BIT_SOMEBODY = 4,
    QT_BIT_PHRASE = QT_PHRASE,
    QT_BIT_STOP = 16,
    QT_BIT_BARE = 32,
    QT_BIT_ROLE = 64, /* or title */
    QT_BITS_ANYWHERE = QT_BIT_EVENT | QT_BIT_SOMEBODY | QT_BIT_PHRASE | QT_BIT_ROLE
};

static inline uint8_t quotes_bits_of(uint32_t classes)
{
    enum { NO_NAME = QT_FUNCTION | QT_TITLE | QT_ROLE };
    bool verb = classes & (QT_SAY | QT_PART | QT_SOURCE), weak = classes & QT_WEAK,
         somebody = classes & (QT_ROLE | QT_BODY);
    return (uint8_t)((verb & !weak) * QT_BIT_EVENT | !(classes & NO_NAME) * QT_BIT_NAME |
                     somebody * QT_BIT_SOMEBODY | !classes * QT_BIT_BARE |
                     !!(classes & (QT_TITLE | QT_ROLE)) * QT_BIT_ROLE);
}

/* What an ending of the past tells: what happened, in a tense of narrators alone; what lasted; what
 * was, where speech and narration have one tense. */
enum { QT_HAPPENED, QT_LASTED, QT_TOLD };

/* Of what words else a language's rows `ending` tell: going, slowly, gone, Lyonnais, they say,
 * Ivanovich. */
typedef enum {
    QT_ENDS_GERUND,
    QT_ENDS_ADVERB,
    QT_ENDS_PARTICIPLE,
    QT_ENDS_DEMONYM,
    QT_ENDS_PLURAL,
    QT_ENDS_PATRONYMIC,
    QT_ENDS_FINITE,
    QT_ENDING_KINDS
} qt_ending_kind;

/* What leads on to how something is said, by rows `manner`: while (en riant), with (avec un
 * sourire), all (tout en riant). */
typedef enum { QT_WHILE, QT_WITH, QT_ALL, QT_MANNER_KINDS } qt_manner;

/* What a word may begin with that is written with it, by rows `prefix`: and, the article. */
typedef enum { QT_AND, QT_ARTICLE, QT_PREFIX_KINDS } qt_prefix;

/* An ending that names have in a case; those of one row belong together: -, a, owi. */
typedef struct {
    char text[QT_ENDING_BYTES];
    uint8_t row;
} qt_case;

/* An ending of up to eight bytes: the last bytes of a word, its first the lowest. */
typedef struct {
    uint64_t bytes, mask;
    uint8_t length;
    uint8_t kind; /* QT_HAPPENED, … */
} qt_past;

typedef struct {
    char tag[8];
    uint32_t traits;
    qt_entry *entries; /* [0] is none */
    uint16_t *index;   /* of the first entry of a key's lowest bits */
    uint32_t mask;
    uint32_t used, room;
    uint64_t phrases[512]; /* for 15 bits: two or more words of a phrase may have it */
    uint64_t tails[512];   /* for length and last four bytes of titles, roles and bodies */
    uint64_t stems_seen[64];
    char endings[QT_MAX_ENDINGS][QT_ENDING_BYTES]; /* of finite verbs of saying */
    uint32_t weak_endings;                         /* bits: nouns have these too */
    unsigned ending_count;
    char forms[QT_ENDING_KINDS][QT_MAX_FORMS][QT_ENDING_BYTES];   /* endings of other words */
    char manners[QT_MANNER_KINDS][QT_MAX_FORMS][QT_ENDING_BYTES]; /* whole words */
    char prefixes[QT_PREFIX_KINDS][QT_MAX_FORMS][QT_ENDING_BYTES];
    qt_past past[QT_MAX_PAST]; /* endings of the tense that only narrators use */
    unsigned past_count;
    qt_case cases[QT_MAX_CASES]; /* endings of names */
    unsigned case_count, case_rows;
    uint64_t past_last;    /* bits: the lowest six of their last bytes */
    bool narrates;         /* some are of a tense of narrators alone */
    uint64_t stem_lengths; /* bit n: there are stems of n bytes */
    qt_entry *stems;
    uint32_t stem_mask;
    uint32_t stem_used;
} qt_lang;

enum { QT_MAX_FEATURES = 96 };

/* Whom a speaker stands for: what is asked for, and what is seen of who may be meant (choose.c). */
enum { QT_ASKED_ROLE, QT_ASKED_NOTHING, QT_ASKED_KINDS, QT_ASKED_NAME };
enum { QT_MAX_CHOICE = 64 };

/* Function words and verbs of saying, of all languages: bit n of langs is language n. */
typedef struct {
    uint64_t key; /* 0: free */
    uint64_t langs;
} qt_common;

/* What a word says of who may be called so (kin.c), and what it is a case of; 0: nothing. */
enum { QT_KIN_LOG = 16 };

typedef struct {
    uint64_t key; /* 0: free */
    uint64_t lemma;
    uint64_t kin; /* a bit for each name */
    uint32_t field, land;
} qt_kin;

typedef struct {
    qt_lang langs[QT_MAX_LANGS];
    unsigned lang_count;
    qt_common *common; /* open addressing, a power of two */
    uint32_t common_mask;
    uint32_t common_used;
    qt_lang names;        /* given names of any language: looked up where a name is first met */
    uint64_t given[1024]; /* a bit for 16 bits of their keys */
    qt_kin *kin;          /* open addressing, a power of two */
    uint32_t kin_mask, kin_used;
    uint64_t
        kin_bits[((size_t)1 << QT_KIN_LOG) / 64]; /* most words that are asked about have no row */
    uint64_t kin_names[64], field_names[32];      /* of the bits, in order; 0: free */
    int16_t weights[QT_MAX_LANGS + 2][QT_MAX_FEATURES]; /* [QT_ANY_LANG], [QT_FICTION_ROW] */
    int16_t choice[QT_ASKED_KINDS][QT_MAX_CHOICE];      /* of whom a speaker stands for */
} qt_lexicon;

/* Memory for a lexicon, zeroed; NULL when there is none. */
typedef void *(*qt_alloc)(void *user, size_t bytes);

/* Reads one cue file. On a mistake returns false and says which line and what. */
bool quotes_lexicon_read(qt_lexicon *self, tamis_str file, qt_alloc alloc, void *user,
                         unsigned *line, const char **what);
/* Reads the score table of kinds. */
bool quotes_weights_read(qt_lexicon *self, tamis_str file, unsigned *line, const char **what);
/* Reads that of whom speakers stand for. */
bool quotes_choice_read(qt_lexicon *self, tamis_str file, unsigned *line, const char **what);
unsigned quotes_lang(const qt_lexicon *self, tamis_str tag);
/* A row of kin.c: this word has that name; NULL, or what is wrong. */
typedef enum { QT_ROW_KIN, QT_ROW_FIELD, QT_ROW_LAND, QT_ROW_LEMMA, QT_ROW_GENDER } qt_kin_row;
const char *quotes_kin_add(qt_lexicon *self, unsigned lang, uint64_t word, qt_kin_row row,
                           uint64_t name, qt_alloc alloc, void *user);
/* What is known of a name is kept apart from what the same word is: its key there. `lemma` is the
 * role of whom it is a name of, 0 of a group; `field` the gender. */
static inline uint64_t quotes_known_key(uint64_t name)
{
    return ~name;
}

/* Likewise what is short for a name: `lemma` is the key of that. */
static inline uint64_t quotes_short_key(uint64_t name)
{
    return ~name ^ 1;
}
/* A word's key is a hash of its lower-case letters, sixteen bytes at a time, the last ones zero. */
enum { QT_CHUNK = 8, QT_BLOCK = 2 * QT_CHUNK };
#define QT_KEY_START ((uint64_t)0)
#define QT_SMALL     0x2020202020202020u /* the bit of small letters, in all bytes */

static inline uint64_t quotes_key_mix(uint64_t key, uint64_t one, uint64_t two)
{
    key = (key ^ one) * 0x9E3779B97F4A7C15u + two * 0xD6E8FEB86659FD93u;
    return key ^ key >> 32;
}

static inline bool quotes_may_have(const uint64_t *bits, unsigned count_bits, uint64_t key)
{
    uint64_t at = key >> (64 - count_bits);
    return bits[at >> 6] >> (at & 63) & 1;
}

/* Two words in a row, as the filter of phrases knows them; and as a key. */
static inline uint64_t quotes_key_pair(uint64_t a, uint64_t b)
{
    return a * 31 + b;
}

static inline uint64_t quotes_key_join(uint64_t a, uint64_t b)
{
    return quotes_key_mix(quotes_key_pair(a, b), 0, 0);
}

uint64_t quotes_key(const char *p, size_t n);
/* The word or phrase of this key, stems not looked at; where there is none, an entry whose key is
 * 0. Written so that it does not branch on what is found, which nothing foretells. */
static inline const qt_entry *quotes_find(const qt_lang *lang, uint64_t key)
{
    const qt_entry *e = &lang->entries[lang->index[key & lang->mask]];
    unsigned differs = e->key != key, next;
    while ((next = e->next & (0 - differs)) != 0) {
        e = &lang->entries[next];
        differs = e->key != key;
    }
    return differs ? lang->entries : e;
}

static inline const qt_entry *quotes_lookup_key(const qt_lang *lang, uint64_t key)
{
    const qt_entry *e = lang->index ? quotes_find(lang, key) : NULL;
    return e && e->key ? e : NULL;
}

/* The word at p by its key, else by a stem of it. */
const qt_entry *quotes_lookup_word(const qt_lang *lang, const char *p, size_t n, uint64_t key);
const qt_entry *quotes_lookup(const qt_lang *lang, const char *p, size_t n, uint64_t *key);
/* The last four bytes of a word, the same in either case: bytes beyond ASCII count as one. */
static inline uint64_t quotes_tail(const char *last_four)
{
    uint32_t last;
    memcpy(&last, last_four, sizeof last);
    uint32_t wide = (last & 0x80808080u) >> 7;
    return (last | 0x20202020u) & ~(wide * 0xFF);
}

static inline bool quotes_may_have_tail(const qt_lang *lang, uint64_t tail, size_t length)
{
    return quotes_may_have(lang->tails, 15, quotes_key_mix(tail, length, 0));
}

/* The last part of a compound that is a title, role or body by itself, the longest; NULL: none. */
const qt_entry *quotes_lookup_tail(const qt_lang *lang, const char *p, size_t n);
/* The language of a piece of text by its function words; `fallback` where they do not say. */
unsigned quotes_probe(const qt_lexicon *self, tamis_str text, unsigned fallback);

#endif
