/* What stands between a role and whoever has it. A role may be a role of something of any length
 * (the fellow of the department of western art of the museum Ivan Petrov); where names have cases
 * the full name that ends it stands in the form of a subject, as given names are listed, in French
 * it ends the phrase. phrase.c asks at the end of a phrase, subject.c for a clause that a full name
 * opens, or that the name ends. */
#include "phrase.h"

enum { REACH = 15, NAME_BYTES = 48 };

static bool has_cases(const qt_engine *self)
{
    return self->traits & QT_NO_ARTICLE && !(self->traits & (QT_V2 | QT_CASELESS));
}

static bool opens_full_name(const qt_token *t, unsigned count, unsigned i)
{
    return i + 1 < count && t[i].type == QT_WORD && t[i].classes & QT_GIVEN &&
           quotes_is_name(&t[i]) && quotes_is_name(&t[i + 1]);
}

/* A word that ends a clause, or begins one. */
static bool is_other_clause(const qt_token *w)
{
    const uint32_t other = QT_AUX | QT_COMP | QT_REL | QT_PRON | QT_SAY | QT_PART | QT_SOURCE;
    if (!(w->flags & QT_LOWER) || w->classes & (QT_ROLE | QT_BODY | QT_NOUN)) return false;
    return w->classes & other && !(w->classes & (QT_PREP | QT_DET));
}

/* Could somebody of this role have this given name? Their genders must not differ. */
static bool may_be_of(const qt_token *role, const qt_token *given)
{
    enum { BOTH = QT_MALE | QT_FEMALE };
    unsigned has = role->features & BOTH, name = given->features & BOTH;
    return !has || !name || has & name;
}

unsigned quotes_named_at_last(const qt_engine *self, const qt_token *t, unsigned count, unsigned at,
                              unsigned end)
{
    enum { ADJECTIVES = 3 };
    if (!has_cases(self)) return end;
    unsigned role = at;
    while (role < count && role < at + ADJECTIVES && t[role].type == QT_WORD &&
           t[role].flags & QT_LOWER && !t[role].classes)
        role++;
    if (role >= count || t[role].type != QT_WORD || !(t[role].classes & QT_ROLE)) return end;
    if (quotes_is_cased(&t[role])) return end;
    for (unsigned i = role; i < end; i++) {
        if (t[i].classes & QT_GIVEN) return end;
    }
    for (unsigned i = role + 1; i < count && i < role + REACH; i++) {
        const qt_token *w = &t[i];
        bool comma = quotes_is_comma(w);
        if (comma && opens_full_name(t, count, i + 1) && may_be_of(&t[role], &t[i + 1])) {
            unsigned run = quotes_name_run(t, count, i + 1);
            bool closed = run >= count || t[run].type != QT_WORD || t[run].flags & QT_ENDS;
            return closed && i > end ? run : end;
        }
        if (w->type == QT_NUMBER || (w->type == QT_QUOTE && w->end - w->start < NAME_BYTES))
            continue;
        if (w->type != QT_WORD || is_other_clause(w)) return end;
        if (i <= role + 1 || !opens_full_name(t, count, i)) continue;
        bool others =
            t[i - 1].type == QT_WORD && /* of the president Ivan Petrov */
            (t[i - 1].classes & (QT_PREP | QT_TITLE | QT_GIVEN) || quotes_is_cased(&t[i - 1]));
        if (others || !may_be_of(&t[role], w)) continue;
        return quotes_name_run(t, count, i);
    }
    return end;
}

/* Jan Wilk from the firm Lis and the museum | said: the full name that opens the clause
 * [start, verb), where nothing but what hangs on a preposition stands between. */
bool quotes_name_opens(const qt_engine *self, const qt_token *t, unsigned start, unsigned verb,
                       unsigned *a, unsigned *b)
{
    if (self->traits & (QT_V2 | QT_CASELESS) || !opens_full_name(t, verb, start)) return false;
    if (t[start].classes & QT_PLACE) return false;
    unsigned end = quotes_name_run(t, verb, start);
    if (end < start + 2 || end >= verb || t[end].type != QT_WORD) return false;
    if (!(t[end].classes & QT_PREP) || t[end].classes & QT_DET) return false;
    *a = start;
    *b = end;
    return true;
}

/* The end of what stands in parentheses at `at`, a party or a short form; else `at`. */
static unsigned parenthesis_end(const qt_token *t, unsigned count, unsigned at)
{
    enum { MOST = 4 };
    if (t[at].type != QT_OPEN) return at;
    for (unsigned i = at + 1; i < count && i <= at + MOST; i++) {
        if (t[i].type == QT_CLOSE) return i + 1;
        if (t[i].flags & QT_ENDS || t[i].type == QT_QUOTE) break;
    }
    return at;
}

/* Le maire (LR) Paul Petit; l'agente de liaison au RQC Anne Petit; le ministre de l'Enseignement
 * supérieur et de la Recherche, Paul Petit: the full name that ends what goes on about a role from
 * token `at` on, behind a comma or not; nothing but the end of the phrase follows it. */
bool quotes_name_behind_role(const qt_engine *self, const qt_token *t, unsigned count, unsigned at,
                             unsigned *from, unsigned *to)
{
    const uint32_t other = QT_AUX | QT_VERB | QT_CUE | QT_COMP | QT_REL | QT_PRON;
    const uint32_t leads = QT_OF | QT_PREP | QT_DET | QT_POSS | QT_NAMING | QT_BODY;
    bool comma = false;
    for (unsigned i = at; i < count && i < at + REACH;) {
        const qt_token *w = &t[i], *last = i > 0 ? &t[i - 1] : w;
        unsigned behind = parenthesis_end(t, count, i);
        if (behind > i) {
            i = behind;
            continue;
        }
        if (quotes_is_comma(w) && !comma && i > at) {
            comma = true;
            i++;
            while (i < count && t[i].type == QT_WORD && t[i].classes & QT_TITLE) i++;
            continue;
        }
        if (w->type == QT_QUOTE && !comma && w->end - w->start < NAME_BYTES &&
            last->classes & (QT_NAMING | QT_BODY)) { /* du collectif « Oui » */
            i++;
            continue;
        }
        if (w->type != QT_WORD) return false;
        unsigned end = quotes_name_run(t, count, i);
        bool whole = end > i + 1 && !(w->classes & QT_PLACE) && !(w->flags & QT_UPPER);
        if (whole && (comma || last->type != QT_WORD || !(last->classes & leads)) &&
            (comma || last->type != QT_WORD || w->classes & QT_GIVEN || last->flags & QT_UPPER)) {
            bool closed =
                end >= count || t[end].type != QT_WORD ||
                (t[end].flags & QT_LOWER && t[end].classes & (QT_PREP | QT_ADV | QT_REL | QT_COMP));
            *from = i;
            *to = end;
            return closed;
        }
        if (comma) return false;
        if (end > i) {
            i = end;
            continue;
        }
        if (w->classes & other && w->flags & QT_LOWER && !(w->classes & (QT_NOUN | QT_PREP)))
            return false;
        if (w->classes & QT_CONJ && !(i + 1 < count && t[i + 1].type == QT_WORD &&
                                      t[i + 1].classes & (QT_OF | QT_PREP | QT_DET | QT_ROLE)))
            return false;
        i++;
    }
    return false;
}

/* Explican desde el ministerio, fanno sapere dal Comune: an institution behind a preposition by
 * which it speaks, at `at`. */
bool quotes_speaks_from(const qt_token *t, unsigned count, unsigned at)
{
    enum { WORDS = 3 };
    if (at + 1 >= count || t[at].type != QT_WORD || !(t[at].classes & QT_PREP)) return false;
    if (!(t[at].features & QT_FRONT) || t[at].classes & (QT_OF | QT_SOURCE)) return false;
    for (unsigned i = at + 1; i < count && i < at + 1 + WORDS && t[i].type == QT_WORD; i++) {
        if (t[i].classes & QT_BODY) return true;
        if (!(t[i].classes & (QT_DET | QT_POSS))) return false;
    }
    return false;
}
