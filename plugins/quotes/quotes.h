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

#include <tamis/plugin.h>

#include "lexicon.h"

#define tamis quotes_host
extern const tamis_host *tamis;

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
    QT_RULE_TOPIC,     /* whom the sentences before are about */
    QT_RULES
};
extern const char *const quotes_rule_names[QT_RULES];

/* What its first words are (body.c). */
typedef struct {
    uint8_t words;                       /* of all, at most 16 */
    uint8_t long_words, capitals, small; /* capitals: of the long ones */
    bool lower_first, number, first_person;
    bool capital_within, comma_within, stop_within; /* before the last word */
} qt_body;

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
    qt_body body;
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
    uint8_t mark;  /* QT_PUNCT: the character */
    uint8_t cased; /* names have cases in its language, which has no articles */
    uint16_t quote;
} qt_token;

static inline bool quotes_is_mark(const qt_token *t, char mark)
{
    return t->type == QT_PUNCT && t->mark == (uint8_t)mark;
}

static inline bool quotes_is_comma(const qt_token *t)
{
    return quotes_is_mark(t, ',');
}

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
    uint64_t brief;      /* of its short form, or of all its words */
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
    uint32_t said_start, said_end; /* as it is written here; end 0: not known */
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
    unsigned doc_lang, lang;
    uint32_t traits; /* of the language */
    int32_t mode;    /* QT_MODE_… */
    bool in_tale;    /* the quotation before was part of a tale that goes on */
    bool foreign;    /* the document is said to be in a language without data: do not probe */
    bool guess;      /* names him too whom only the paragraphs above are about */
    bool tracing;
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
    qt_subject heading;     /* whom the line above names, speech of whom follows; end 0: nobody */
    uint32_t heading_until; /* the last paragraph that is so far */
    qt_token unresolved;    /* he, said before a colon, of whom nothing is known; end 0: none */
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
    unsigned searches; /* for what names are short for, in this text */
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

/* headings.c: the line [start, end) above speech may say whose it is. */
void quotes_read_heading(qt_engine *self, uint32_t start, uint32_t end);

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

/* body.c: its language and body for each quotation among the tokens [from, to); one alone. */
void quotes_read_bodies(qt_engine *self, unsigned from, unsigned to);
qt_body quotes_read_body(const qt_engine *self, const qt_quote *q);

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

/* choose.c: the rows of reference.tsv */
extern const char *const quotes_choice_names[QT_MAX_CHOICE];
extern const char *const quotes_asked_names[QT_ASKED_KINDS];

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
/* Is this somebody of another kin, trade or country than is wanted? */
bool quotes_is_other(const qt_entity *e, const qt_wanted *wanted);
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
