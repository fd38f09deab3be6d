/* Reference: what names.c (who is met), resolve.c (who a phrase stands for) and refer.c (who a
 * quotation is from) share. */
#ifndef QUOTES_REFER_H
#define QUOTES_REFER_H

#include "quotes.h"

/* names.c: the entity that tokens [from, to) name, or QT_NOBODY. */
unsigned quotes_find_entity(const qt_engine *self, const qt_token *t, unsigned from, unsigned to);
/* The same, a new one where none is known; what stands around it within `count` is learnt. */
unsigned quotes_meet(qt_engine *self, const qt_token *t, unsigned count, unsigned from,
                     unsigned to);
/* Tokens [from, to) name the entity as a subject: the form to keep where names have cases. */
void quotes_keep_form(qt_engine *self, unsigned entity, const qt_token *t, unsigned from,
                      unsigned to);
/* The name that a role hangs on: mayor of X, президент России; 0: none. */
uint64_t quotes_complement_of(const qt_token *t, unsigned role, unsigned to);

/* The key of the phrase that tokens [from, to) are. */
static inline uint64_t quotes_whole_key(const qt_token *t, unsigned from, unsigned to)
{
    uint64_t key = t[from].key;
    for (from++; from < to; from++) key = quotes_key_join(key, t[from].key);
    return key;
}

/* kin.c: what a word says of who may be called so. */
qt_kin quotes_kin_of(const qt_engine *self, uint64_t word);
/* The key of a role in whatever case it stands: президента is the role of президент; 0 of NULL. */
uint64_t quotes_role_key(const qt_engine *self, const qt_token *role);
/* How many bytes at p are such a prefix, before `end` and with more behind it; 0: none. */
size_t quotes_prefix(const qt_engine *self, const char *p, const char *end, qt_prefix kind);
uint32_t quotes_land_of(const qt_engine *self, const qt_token *t, unsigned role, unsigned to);
bool quotes_is_demonym(const qt_engine *self, const qt_token *t, unsigned at);
/* The entity has the role at `role`, whose phrase ends at `to`. */
void quotes_learn_kin(const qt_engine *self, qt_entity *e, const qt_token *t, unsigned role,
                      unsigned to);

/* The entity is called by tokens [from, to): what everybody knows of that name. */
void quotes_learn_known(const qt_engine *self, qt_entity *e, const qt_token *t, unsigned from,
                        unsigned to);

/* Do tokens [from, to), an article before them or not, name a group that everybody knows? */
bool quotes_is_known_group(const qt_engine *self, const qt_token *t, unsigned from, unsigned to);

/* shorts.c: the entity, met by one word, may be told by its long form somewhere. */
void quotes_learn_long_form(qt_engine *self, qt_entity *e, const qt_token *name);

/* A place or a short form right after a role is what it is a role of: prezydent USA, szef MON. */
static inline bool quotes_is_complement(const qt_token *t)
{
    return t->type == QT_WORD &&
           (t->classes & QT_PLACE || (t->flags & QT_UPPER && t->end - t->start > 2));
}

/* resolve.c: gender and number of a phrase: its article's, else its noun's. */
uint8_t quotes_phrase_features(const qt_token *first, const qt_token *role);
bool quotes_has_body(const qt_token *t, unsigned from, unsigned to);
/* The role noun of a phrase, if it has one. */
const qt_token *quotes_role_in(const qt_token *t, unsigned from, unsigned to);
/* The text of a mention and the entity it is of; false where there is no mention. */
bool quotes_take(const qt_engine *self, const qt_mention *m, uint32_t *start, uint32_t *end,
                 unsigned *entity);
/* What a speaker asks for: who has a role, or whom nothing names. QT_ASKED_NAME: it says so itself,
 * or is asked of the rules alone. */
typedef struct {
    uint8_t kind;     /* QT_ASKED_… */
    uint8_t gender;   /* 0: any */
    uint32_t at, end; /* of the phrase; end 0: there is none */
    uint64_t role;    /* its key; 0: none */
    qt_kin kin;       /* of the role, and its country */
    uint64_t of;      /* what is named that it is a role of */
    bool anyone;      /* it says little of who has it */
    bool more;        /* it is told more closely */
} qt_asked;

/* What the phrase [from, to) of tokens stands for; false where nobody fits. `asked`, unless NULL,
 * is what was asked for. */
bool quotes_resolve(qt_engine *self, const qt_token *t, unsigned from, unsigned to, uint32_t *start,
                    uint32_t *end, unsigned *entity, qt_asked *asked);

/* choose.c: the weights' choice among those mentioned lately, `chosen` by the rules among them (end
 * 0: nobody). False: it stays. */
typedef struct {
    uint32_t start, end;
    unsigned entity; /* or QT_NOBODY */
} qt_chosen;
bool quotes_choose(const qt_engine *self, const qt_quote *q, const qt_asked *asked,
                   qt_chosen *chosen);

#endif
