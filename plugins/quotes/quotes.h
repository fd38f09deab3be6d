/* The quotes stage: what its files share.
 *
 * The text goes through paragraph by paragraph: marks.c pairs the quotation marks, dialogue.c finds
 * what is spoken without them, words.c makes tokens of what stands outside the quotations (each
 * quotation is one token), attribute.c finds cue and speaker, kind.c tells speech from names and
 * headlines, names.c, resolve.c and refer.c find who a pronoun or a role stands for. document.c
 * runs them in order and hands each finished quotation to a sink. quotes.c is the stage around it:
 * options, data, spans.
 *
 * Positions are byte offsets into the document, which is at most 2^31 - 1 bytes. All state of a
 * worker is one qt_engine of fixed size: nothing grows with the document.
 */
#ifndef QUOTES_H
#define QUOTES_H

#include <string.h>

#include <tamis/plugin.h>

#define tamis quotes_host
extern const tamis_host *tamis;

/* ------------------------------------------------------------------ characters (text.c) */

/* What the inline functions below leave to text.c: whatever is not ASCII. */
uint32_t quotes_decode_wide(const char *p, const char *end, unsigned *length);
uint32_t quotes_decode_back_wide(const char *start, const char *p, unsigned *length);
bool quotes_is_letter_wide(uint32_t c);
bool quotes_is_upper_wide(uint32_t c);
bool quotes_is_space_wide(uint32_t c);
uint32_t quotes_lower(uint32_t c);

/* The code point at p (before end) and its length; U+FFFD and 1 where the bytes are no UTF-8. */
static inline uint32_t quotes_decode(const char *p, const char *end, unsigned *length)
{
    unsigned char first = (unsigned char)*p;
    if (first >= 0x80) return quotes_decode_wide(p, end, length);
    *length = 1;
    return first;
}

/* The code point that ends before p, not before `start`; 0 at the start. */
static inline uint32_t quotes_decode_back(const char *start, const char *p, unsigned *length)
{
    *length = 0;
    if (p <= start) return 0;
    unsigned char last = (unsigned char)p[-1];
    if (last >= 0x80) return quotes_decode_back_wide(start, p, length);
    *length = 1;
    return last;
}

static inline bool quotes_is_letter(uint32_t c)
{
    return c < 0x80 ? (c | 0x20) >= 'a' && (c | 0x20) <= 'z' : quotes_is_letter_wide(c);
}

static inline bool quotes_is_upper(uint32_t c)
{
    return c < 0x80 ? c >= 'A' && c <= 'Z' : quotes_is_upper_wide(c);
}

static inline bool quotes_is_space(uint32_t c)
{
    return c < 0x80 ? c == ' ' || (c >= '\t' && c <= '\r') : quotes_is_space_wide(c);
}

/* ------------------------------------------------------------------ lexicons (lexicon.c) */

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
    QT_NO_TABLE = 254,
    QT_NO_LANG = 255,
    QT_MAX_ENDINGS = 16,
    QT_ENDING_BYTES = 12,
    QT_MAX_FORMS = 8, /* endings of one kind */
    QT_MAX_PAST = 64
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

/* Of what words else a language's rows `ending` tell: going, slowly, gone, Lyonnais. */
typedef enum {
    QT_ENDS_GERUND,
    QT_ENDS_ADVERB,
    QT_ENDS_PARTICIPLE,
    QT_ENDS_DEMONYM,
    QT_ENDING_KINDS
} qt_ending_kind;

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
    char forms[QT_ENDING_KINDS][QT_MAX_FORMS][QT_ENDING_BYTES]; /* endings of other words */
    qt_past past[QT_MAX_PAST]; /* endings of the tense that only narrators use */
    unsigned past_count;
    uint64_t past_last;    /* bits: the lowest six of their last bytes */
    bool narrates;         /* some are of a tense of narrators alone */
    uint64_t stem_lengths; /* bit n: there are stems of n bytes */
    qt_entry *stems;
    uint32_t stem_mask;
    uint32_t stem_used;
} qt_lang;

enum { QT_MAX_FEATURES = 64 };

/* Function words and verbs of saying, of all languages: bit n of langs is language n. */
typedef struct {
    uint64_t key; /* 0: free */
    uint64_t langs;
} qt_common;

/* What a word says of who may be called so (kin.c); 0: nothing. */
typedef struct {
    uint64_t key;        /* 0: free */
    uint32_t kin, field; /* bits */
    uint32_t land;
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
    uint64_t kin_names[64], field_names[32];            /* of the bits, in order; 0: free */
    int16_t weights[QT_MAX_LANGS + 1][QT_MAX_FEATURES]; /* [QT_MAX_LANGS]: any language */
} qt_lexicon;

/* Memory for a lexicon, zeroed; NULL when there is none. */
typedef void *(*qt_alloc)(void *user, size_t bytes);

/* Reads one cue file. On a mistake returns false and says which line and what. */
bool quotes_lexicon_read(qt_lexicon *self, tamis_str file, qt_alloc alloc, void *user,
                         unsigned *line, const char **what);
/* Reads the score table of kinds. */
bool quotes_weights_read(qt_lexicon *self, tamis_str file, unsigned *line, const char **what);
unsigned quotes_lang(const qt_lexicon *self, tamis_str tag);
/* A row of kin.c: this word has that name; NULL, or what is wrong. */
typedef enum { QT_ROW_KIN, QT_ROW_FIELD, QT_ROW_LAND } qt_kin_row;
const char *quotes_kin_add(qt_lexicon *self, unsigned lang, uint64_t word, qt_kin_row row,
                           uint64_t name, qt_alloc alloc, void *user);
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

/* ------------------------------------------------------------------ quotations */

enum { QT_DIRECT, QT_CONTINUATION, QT_SCARE, QT_HEADLINE, QT_TITLED };

/* What decided about the speaker; the names are in quotes_rule_names. */
enum {
    QT_RULE_NONE,
    QT_RULE_AFTER,     /* cue right after the quotation */
    QT_RULE_LATER,     /* cue later in its sentence */
    QT_RULE_LAST,      /* verb at the end of the clause: hat … genannt */
    QT_RULE_INSIDE,    /* cue inside the marks */
    QT_RULE_SOURCE,    /* according to */
    QT_RULE_BEFORE,    /* cue before */
    QT_RULE_COLON,     /* name and colon */
    QT_RULE_SAME,      /* as the quotation before it */
    QT_RULE_PARAGRAPH, /* the last who spoke in the paragraph */
    QT_RULE_TURN,      /* in dialogue: dash or paragraph of its own */
    QT_RULES
};
extern const char *const quotes_rule_names[QT_RULES];

typedef struct {
    uint32_t start, end;             /* inner, trimmed */
    uint32_t outer_start, outer_end; /* with marks */
    uint32_t speaker_start, speaker_end;
    uint32_t cue_start, cue_end;
    uint32_t who_start, who_end; /* the name that the speaker stands for */
    uint32_t paragraph;
    int16_t score; /* of the kind: above 0 is speech */
    uint16_t token;
    uint8_t family; /* of its opening mark */
    uint8_t kind, rule, depth;
    uint8_t lang;
    uint8_t words;
    bool unclosed, carries, orphan, dash, piece; /* carries: goes on from the paragraph before */
    bool speaker_pronoun;
    bool strong; /* a verb of saying by itself */
} qt_quote;

/* ------------------------------------------------------------------ tokens (words.c) */

enum { QT_WORD = 1, QT_NUMBER, QT_PUNCT, QT_DASH, QT_OPEN, QT_CLOSE, QT_QUOTE };
enum {
    QT_CAP = 1,
    QT_UPPER = 2,
    QT_INVERTED = 4,
    QT_ENDS = 8,
    QT_SPACED = 16,
    QT_PERSON = 32,
    QT_LOWER = 64,
    QT_NAME =
        128 /* a capital that is no function word, title or role; a person of the entity stage */
};

typedef struct {
    uint64_t key;
    uint32_t classes; /* from here to `next` as in an entry: taken over at once */
    uint8_t features, bits;
    uint8_t type;
    uint8_t flags;
    uint32_t start, end;
    uint8_t mark; /* QT_PUNCT: the character */
    uint8_t unused;
    uint16_t quote;
} qt_token;

/* ------------------------------------------------------------------ the engine (document.c) */

enum {
    QT_MAX_QUOTES = 128, /* of one batch: a longer paragraph is done in several */
    QT_MAX_TOKENS = 896, /* of one window */
    QT_TOKEN_WORDS = QT_MAX_TOKENS / 64,
    QT_MAX_DEPTH = 4,     /* of the mark stack */
    QT_MAX_ENTITIES = 64, /* names remembered */
    QT_MAX_HELD = 12,     /* paragraphs of one utterance that wait for its speaker */
    QT_MAX_MENTIONS = 64, /* mentions of persons remembered, a power of two */
    QT_MAX_SPEAKERS = 24, /* subjects of verbs of saying remembered */
    QT_MAX_WAITING =
        64 /* paragraphs that may be read before the next that quotes, a power of two */
};

typedef struct {
    uint32_t start, end; /* longest form seen */
    uint32_t last_word;  /* where the last word of that form begins */
    uint32_t last;       /* where it was last seen */
    uint64_t key;        /* of its last word */
    uint64_t role;       /* key of the role noun that stood beside it; 0: none */
    uint64_t role2;
    uint64_t role_of; /* key of the name the role hangs on: mayor of X; 0: none */
    uint64_t kin;     /* of all roles (kin.c) */
    uint32_t field, land;
    uint32_t mentioned; /* count of all mentions when it was mentioned last */
    uint16_t count;
    uint8_t features;
    uint8_t person; /* QT_UNKNOWN, … */
    bool spoke;     /* subject of a verb of saying */
    uint8_t free;   /* this form hung on no preposition (1), was a subject (2): where names have
                     * cases, that is the one to keep */
} qt_entity;

/* What a name is of. */
enum { QT_UNKNOWN, QT_PLACED, QT_HUMAN, QT_GROUP };

typedef struct {
    uint32_t at;
    uint16_t entity; /* index, or QT_NOBODY */
    uint8_t features;
    uint64_t role;
    uint32_t start, end;           /* the text of whom it stands for */
    uint32_t said_start, said_end; /* and as it is written here */
} qt_subject;

enum { QT_NOBODY = 0xffff };

/* A mention of somebody whom a later pronoun or description may take up. */
typedef struct {
    uint32_t place; /* in the text without its quotations so far */
    uint32_t at, start, end;
    uint32_t paragraph;
    uint16_t entity; /* index, or QT_NOBODY */
    uint8_t weight, features;
    bool group; /* its noun is one of a body */
    uint64_t role;
} qt_mention;

/* Finds the language at a position; persons of an entity stage. */
typedef struct {
    void *user;
    unsigned (*lang_at)(void *user, uint32_t at);
    uint32_t (*lang_end)(void *user); /* up to where lang_at last answered; may be missing */
    bool (*person_at)(void *user, uint32_t at, uint32_t *start, uint32_t *end);
    void (*emit)(void *user, const qt_quote *quote);
    void (*note)(void *user, uint32_t start, uint32_t end, const char *cue, const char *text);
    bool (*expired)(void *user);
} qt_sink;

/* What is known of lines that open with a dash (dialogue.c). */
typedef struct {
    uint32_t run_start, run_end; /* of the run of such lines read last */
    uint32_t before;             /* the last character before this line */
    uint16_t run_lines, run_questions, run_stopped, run_small;
    uint16_t sentences, attributed; /* of the document: full sentences, those that say who speaks */
    bool run_read;                  /* its words, too */
    bool run_first, run_spoken, run_attributed;
    bool surveyed;
} qt_dashed;

typedef struct {
    qt_dashed dashed;
    bool reversed;   /* »so« */
    uint32_t single; /* ‘ or ' or 0: single marks are the primary ones */
    bool dialogue;   /* fiction: it speaks in most paragraphs */
    bool story;      /* that, or told in the tense of narrators */
    bool wrapped;    /* a blank line ends a paragraph, a line end does not */
    bool has_dashes;
    bool talks;         /* several lines open with a dash */
    bool opens;         /* several lines open with a mark, or there are hardly any lines */
    bool talk;          /* lines with dashes are spoken: they ask and exclaim, and end with stops */
    bool mid_dashes;    /* ". – So" somewhere */
    bool inline_dashes; /* a story whose line ends were lost: ". --So" opens speech */
} qt_probe;

/* Counts of marks still to come in the paragraph. */
typedef struct {
    uint32_t guillemet_left, guillemet_right;
    uint32_t low, left, right;
    uint32_t straight_open, straight_close;
} qt_ahead;

typedef struct {
    uint32_t start, end, number;
} qt_paragraph;

/* Where lines end and marks that pair stand in [from, to) of the text. */
enum { QT_LISTED = 512 };
typedef struct {
    uint32_t from, to;
    uint32_t ends[QT_LISTED], marks[QT_LISTED];
    unsigned end_count, mark_count;
    unsigned end_at, mark_at; /* where they were last looked up */
} qt_list;

/* The sentence around a quotation, token `at`: tokens [left, right), and what is seen there left
 * and right of it, so that nobody looks for what is not there: classes, those of weak words
 * apart. */
typedef struct {
    unsigned at, left, right;
    uint32_t left_weak, left_strong, right_weak, right_strong;
    uint8_t right_features, right_flags;
} qt_sentence;

typedef struct {
    const qt_lexicon *lexicon;
    const qt_sink *sink;
    const char *text;
    uint32_t size;
    qt_list list;
    qt_probe probe;
    bool in_tale; /* the quotation before was part of a tale that goes on */
    unsigned doc_lang, lang;
    uint32_t traits; /* of the language */
    bool foreign;    /* the document is said to be in a language without data: do not probe */
    bool tracing;
    int32_t mode; /* QT_MODE_… */
    /* the paragraph */
    uint32_t par_start, par_end, par_number;
    uint32_t next_mark;                   /* the first at or after a paragraph's start */
    qt_paragraph waiting[QT_MAX_WAITING]; /* the last of those without quotations, yet to be read */
    unsigned waiting_count;
    bool ahead_low;   /* it has „ */
    qt_ahead ahead;   /* marks of the paragraph still to come: kept from batch to batch */
    bool after_colon; /* the paragraph before ends with one */
    bool opens_next;  /* the next paragraph starts with a mark */
    qt_quote quotes[QT_MAX_QUOTES];
    unsigned quote_count;
    qt_token tokens[QT_MAX_TOKENS];
    unsigned token_count;
    /* a bit of each token: */
    uint64_t events[QT_TOKEN_WORDS]; /* quotations, verbs of saying, beginnings of sentences */
    uint64_t names[QT_TOKEN_WORDS];  /* QT_NAME */
    uint64_t
        persons[QT_TOKEN_WORDS];    /* names, roles and bodies: a phrase without any names nobody */
    uint64_t roles[QT_TOKEN_WORDS]; /* roles and titles */
    qt_sentence sentence;           /* of the quotation that was attributed last */
    /* over paragraphs */
    qt_entity entities[QT_MAX_ENTITIES];
    unsigned entity_count;
    uint32_t entity_worths[QT_MAX_ENTITIES]; /* the least leaves first */
    /* a byte of each entity, to find the few that may be meant: */
    uint8_t entity_keys[QT_MAX_ENTITIES];   /* of its key */
    uint8_t entity_firsts[QT_MAX_ENTITIES]; /* its first */
    uint8_t entity_lasts[QT_MAX_ENTITIES];  /* the first of its last word */
    qt_subject subjects[QT_MAX_SPEAKERS];
    unsigned subject_count; /* ever */
    qt_mention mentions[QT_MAX_MENTIONS];
    unsigned mention_count; /* ever */
    uint32_t quoted;        /* bytes of the quotations so far */
    qt_subject topic; /* whom the last sentence that names somebody begins with; end 0: nobody */
    qt_quote last;    /* the quotation before */
    qt_quote talker;  /* the last dashed speech that says who speaks */
    qt_quote spoken;  /* the last that is speech */
    bool has_last;
    bool has_talker;
    bool has_spoken;
    bool pending;               /* the last was unclosed */
    qt_quote held[QT_MAX_HELD]; /* pieces of an utterance whose speaker is not named yet */
    unsigned held_count;
    uint32_t turn_speakers[2][2];
} qt_engine;

enum { QT_MODE_AUTO, QT_MODE_NEWS, QT_MODE_FICTION };

void quotes_document(qt_engine *self, tamis_str text);

/* The last subject kept; there is one. */
static inline const qt_subject *quotes_last_subject(const qt_engine *self)
{
    return &self->subjects[(self->subject_count - 1) % QT_MAX_SPEAKERS];
}

/* Where at most `most` bytes from `at` end, before `end` and between code points. */
static inline uint32_t quotes_reach(const qt_engine *self, uint32_t at, uint32_t end, uint32_t most)
{
    uint32_t stop = end - at > most ? at + most : end;
    while (stop < end && ((unsigned char)self->text[stop] & 0xC0) == 0x80) stop--;
    return stop;
}

static inline void quotes_set_lang(qt_engine *self, unsigned lang)
{
    self->lang = lang;
    self->traits = lang == QT_NO_LANG ? 0 : self->lexicon->langs[lang].traits;
}

/* text.c: the first place from p on that may begin a mark, of those from E2 80 `least` on (' where
 * `single`); `end` where there is none. Bytes up to `limit` can be read. */
enum { QT_FROM_DASHES = 0x92, QT_FROM_SINGLE = 0x98, QT_FROM_DOUBLE = 0x9C };
const char *quotes_skip(const char *p, const char *end, const char *limit, unsigned char least,
                        bool single);

/* probe.c: what marks the document uses, and how. False where it has none and no dash dialogue. */
bool quotes_probe_marks(qt_engine *self);

/* marks.c: what stands at p; family 0: no mark. */
typedef struct {
    uint32_t code;
    uint8_t length;
    uint8_t family;
} qt_mark;
enum {
    QT_GUILLEMET = 1,
    QT_DOUBLE,
    QT_STRAIGHT,
    QT_SINGLE,
    QT_ANGLE,
    QT_CORNER,
    QT_WHITE,
    QT_BOOK,
    QT_PRIME,
    QT_NONE
};
qt_mark quotes_mark_at(const char *p, const char *end);
/* Does it pair where single marks are no primary ones? */
static inline bool quotes_is_pairing(qt_mark mark)
{
    return mark.family && mark.family != QT_SINGLE;
}

/* scan.c: the line end at or after `at`, or the end of the text. */
uint32_t quotes_find_line_end(qt_engine *self, uint32_t at);
static inline uint32_t quotes_line_end(qt_engine *self, uint32_t at)
{
    qt_list *list = &self->list;
    unsigned next = list->end_at + 1; /* mostly it is that after the last one asked for */
    if (next < list->end_count && list->ends[next] >= at && list->ends[next - 1] < at &&
        list->ends[next] < list->to) {
        list->end_at = next;
        return list->ends[next];
    }
    return quotes_find_line_end(self, at);
}
/* The first mark of [p, end) that pairs; single ones not regarded. `end` where there is none. */
const char *quotes_next_mark(qt_engine *self, const char *p, const char *end);
/* Where single marks are primary ones, what may begin one. */
static inline const char *quotes_skip_to_mark(qt_engine *self, const char *p, const char *end,
                                              bool single)
{
    if (!single) return quotes_next_mark(self, p, end);
    return quotes_skip(p, end, self->text + self->size, QT_FROM_SINGLE, true);
}

/* marks.c: all pairs of [from, to) within the paragraph into self->quotes; returns where it stopped
 * (to, or earlier when the quotes are full). */
uint32_t quotes_pair(qt_engine *self, uint32_t from, uint32_t to);

/* dialogue.c: lines that open with a dash, and the attributions inside marks in French stories. */
uint32_t quotes_dashes(qt_engine *self, uint32_t from, uint32_t to);
void quotes_cut_incises(qt_engine *self);
/* narration.c */
void quotes_cut_narration(qt_engine *self);
/* Is the document told in the tense of narrators? Short ones are not asked. */
bool quotes_is_story(qt_engine *self);
/* Is the quotation part of a tale or a diary that opens anew at each paragraph? */
bool quotes_is_tale(qt_engine *self, const qt_quote *q);

/* The first bit at or after `from` and before `to`; `to` where there is none. */
static inline unsigned quotes_next_bit(const uint64_t *bits, unsigned from, unsigned to)
{
    while (from < to) {
        uint64_t word = bits[from / 64] >> from % 64;
        if (word) {
            from += (unsigned)__builtin_ctzll(word);
            return from < to ? from : to;
        }
        from = (from | 63) + 1;
    }
    return to;
}

/* The bits of [from, to), at most 64 of them, as the lowest of a word. */
static inline uint64_t quotes_bits_of_range(const uint64_t *bits, unsigned from, unsigned to)
{
    if (from >= to) return 0;
    uint64_t found = bits[from / 64] >> from % 64;
    if (from / 64 != (to - 1) / 64) found |= bits[(to - 1) / 64] << (64 - from % 64);
    return found & UINT64_MAX >> (64 - (to - from));
}

/* words.c */
void quotes_tokenize(qt_engine *self, uint32_t from, uint32_t to);
/* sentences.c: does this stop or quotation end a sentence, `next` (or NULL) after it? */
bool quotes_ends_sentence(const qt_engine *self, const qt_token *t, const qt_token *next);
/* The dash of a dateline ends what stands before it: for the first tokens of a paragraph. */
void quotes_mark_dateline(qt_engine *self);
/* Words of letters and digits in [p, end), hyphens within them not counted; at most `most`. */
unsigned quotes_count_words(const char *p, const char *end, unsigned most);
/* That quotation alone. */
void quotes_only_token(qt_engine *self, const qt_token *token);
/* Tokens of [from, to) with one quotation among them, which is token *at. */
unsigned quotes_tokens_around(const qt_engine *self, unsigned index, uint32_t from, uint32_t to,
                              qt_token *room, unsigned count, unsigned *at);
/* Tokens of [from, to) alone, quotations not regarded, into room. */
unsigned quotes_tokens_of(const qt_engine *self, uint32_t from, uint32_t to, qt_token *room,
                          unsigned count);

/* attribute.c */
void quotes_attribute(qt_engine *self, unsigned index);
/* The speaker as written and whom he stands for, as another piece of the utterance has them; the
 * cue and the rule stay. */
void quotes_take_speaker(qt_quote *self, const qt_quote *from);
/* The same within another quotation, of which `t` are the tokens around it, itself at `at`. */
void quotes_attribute_nested(qt_engine *self, unsigned index, const qt_token *t, unsigned count,
                             unsigned at);
bool quotes_subject_of(const qt_engine *self, const qt_token *tokens, unsigned count, unsigned cue,
                       unsigned *from, unsigned *to);
bool quotes_phrase_after(const qt_engine *self, const qt_token *tokens, unsigned count, unsigned at,
                         unsigned *from, unsigned *to);
/* The same where the phrase begins at most `reach` tokens behind `at`; the name that stands for it
 * in commas may be farther: according to the head of Y, Anne Petit. */
bool quotes_phrase_within(const qt_engine *self, const qt_token *tokens, unsigned count,
                          unsigned at, unsigned reach, unsigned *from, unsigned *to);
bool quotes_opening_phrase(const qt_engine *self, const qt_token *t, unsigned from, unsigned to,
                           unsigned *a, unsigned *b);
bool quotes_named_before(const qt_token *t, unsigned start, unsigned verb, unsigned *a,
                         unsigned *b);
bool quotes_name_in(const qt_token *tokens, unsigned from, unsigned to, bool last, unsigned *a,
                    unsigned *b);
/* phrase.c: may this unknown word be a verb, by its ending (`weak`: also by one that nouns
 * have)? */
bool quotes_ends_like_verb(const qt_engine *self, const qt_token *t, bool weak);
/* Is the token, of `least` bytes and more, spelt as such words end? */
bool quotes_ends_as(const qt_engine *self, const qt_token *t, qt_ending_kind kind, uint32_t least);
bool quotes_is_aged(const qt_engine *self, const qt_token *t);
unsigned quotes_run_of_names(const qt_token *tokens, unsigned count, unsigned at);
/* The end of the run of names at `at`, particles (de la, van) included; `at` where there is
 * none. Most are one word, and neither a capital nor a particle follows. */
static inline unsigned quotes_name_run(const qt_token *tokens, unsigned count, unsigned at)
{
    if (at >= count || !(tokens[at].flags & QT_NAME)) return at;
    const qt_token *next = &tokens[at + 1];
    if (at + 1 >= count || !((next->flags & QT_CAP) | (next->features & QT_SELF))) return at + 1;
    return quotes_run_of_names(tokens, count, at);
}

/* kind.c */
void quotes_decide_kind(qt_engine *self, unsigned index, const qt_token *t, unsigned count,
                        unsigned at);
extern const char *const quotes_feature_names[QT_MAX_FEATURES];

/* mentions.c: who is wanted for a pronoun or a description. */
typedef struct {
    uint8_t gender; /* 0: any */
    uint8_t least;  /* weight a mention must have by itself */
    uint8_t bar;    /* what it must weigh here; 0: the common bar */
    bool person;    /* no place, no group */
    bool described; /* for a description, which reaches further back than a pronoun */
    bool sure;      /* known to be a person, or to have spoken */
    bool group;     /* nothing else */
    bool plural;
    bool unknown_role;  /* nobody whose role is known */
    uint64_t kin;       /* nobody of another kin; 0: any */
    uint64_t other_kin; /* the same, but for those of whom none is known */
    uint64_t of;        /* nobody whose role is known to hang on another name */
    uint32_t field;     /* nobody whose fields are known and others */
    uint32_t land;      /* nobody known to be of another country */
    uint32_t other;     /* not the one whose text starts here; 0: anybody */
} qt_wanted;
enum {
    QT_AS_SUBJECT = 100,
    QT_AS_TOPIC = 95,
    QT_AS_THING = 50,
    QT_TOLD_OF = 50,
    QT_NAMED = 55,
    QT_HANGING = 44
};
void quotes_mention(qt_engine *self, const qt_mention *mention);
const qt_mention *quotes_antecedent(const qt_engine *self, uint32_t at, qt_wanted wanted);
/* The last person before `at` who fits. */
const qt_mention *quotes_last_named(const qt_engine *self, uint32_t at, qt_wanted wanted);
const qt_mention *quotes_same_role(const qt_engine *self, uint32_t at, uint64_t role, bool plural);

/* ahead.c: the name that the text gives later to whoever has this role; false: none. */
bool quotes_look_ahead(qt_engine *self, const qt_token *t, unsigned from, unsigned role,
                       unsigned to, unsigned *entity);

/* names.c */
void quotes_meet_names(qt_engine *self, unsigned from, unsigned to);
/* Is this the last name of somebody known to be a person? */
bool quotes_is_person(const qt_engine *self, const qt_token *name);

/* refer.c */
void quotes_meet_subject(qt_engine *self, unsigned cue);
void quotes_meet_topic(qt_engine *self, unsigned sentence);
void quotes_refer(qt_engine *self, unsigned index);

void quotes_note(const qt_engine *self, const qt_quote *quote, const char *cue, const char *format,
                 ...);

#endif
