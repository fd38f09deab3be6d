/* Attribution by a source: according to X, in her view, на думку X, beside a quotation or at the
 * beginning of its sentence. attribute.c asks in the order of its trust. */
#include "attribute.h"
#include "phrase.h"
#include "refer.h"

#include <string.h>

/* A name, no place's, that stood before or spoke. */
static bool is_met(const qt_context *c, unsigned from, unsigned to)
{
    if (quotes_name_run(c->t, to, from) != to || c->t[from].classes & QT_PLACE) return false;
    unsigned known = quotes_find_entity(c->engine, c->t, from, to);
    return known != QT_NOBODY &&
           (c->engine->entities[known].count > 1 || c->engine->entities[known].spoke);
}

/* Pour Anna Petit, « … »: a person, and then a comma or the quotation. */
static bool speaks_for_itself(const qt_context *c, unsigned from, unsigned to)
{
    bool stands = c->at == to + 1 && quotes_is_mark(&c->t[to], ',') && c->quote->body.words > 3 &&
                  quotes_has(&c->t[from], QT_DET) && to == from + 2; /* for the jesuit, "…" */
    if (quotes_personality(c, from, to) < 2 && quotes_name_run(c->t, to, from) < from + 2 &&
        !stands && !is_met(c, from, to))
        return false;
    if (c->t[to].type == QT_OPEN && to + 2 < c->at && c->t[to + 2].type == QT_CLOSE)
        to += 3; /* for the World Health Organization (WHO), */
    if (c->t[from].classes & QT_PRON && !(c->t[from].features & (QT_MALE | QT_FEMALE)))
        return false; /* for all that */
    if (quotes_has(&c->t[to], QT_DET) && quotes_personality(c, from, to) >= 2) return true;
    bool verb = quotes_has(&c->t[to], QT_AUX | QT_CLITIC | QT_VERB); /* per X si tratta di */
    if (verb && !(c->traits & QT_INVERTS) && quotes_personality(c, from, to) >= 2) return true;
    if (c->at > to && quotes_is_mark(&c->t[c->at - 1], ':') && quotes_personality(c, from, to) >= 2)
        return true; /* for X no question: */
    return to >= c->at || quotes_is_mark(&c->t[to], ',') ||
           (c->traits & QT_V2 && quotes_has(&c->t[to], QT_AUX | QT_KONJ | QT_VERB));
}

/* Nothing but adverbs stands before it in its clause: even for X, … */
static bool opens_clause(const qt_context *c, unsigned i)
{
    while (i > c->left && quotes_has(&c->t[i - 1], QT_ADV | QT_CONJ)) i--;
    return i == c->left || (c->t[i - 1].type != QT_WORD && c->t[i - 1].type != QT_CLOSE);
}

/* Badly written according to X, full of mistakes, …: it belongs to what stands before it. */
static bool is_aside(const qt_context *c, unsigned i)
{
    const qt_token *t = c->t;
    if (opens_clause(c, i) || t[i - 1].classes & (QT_COMP | QT_AUX | QT_VERB | QT_SAY))
        return false;
    unsigned commas = 0;
    for (unsigned k = i; k < c->at; k++) commas += quotes_is_mark(&t[k], ',');
    return commas > 1;
}

/* По его словам, a suo avviso, naar eigen zeggen: the speaker is a word of the source where that
 * has a gender, else whoever is spoken of. */
static bool accept_own(qt_context *c, unsigned i)
{
    const qt_token *t = &c->t[i];
    quotes_accept(c, &(qt_find){true, i, i + 1, 0, 0, 0, true}, QT_RULE_SOURCE);
    c->quote->strong = true;
    if (!(t->features & (QT_MALE | QT_FEMALE | QT_PLURAL))) return true;
    const char *text = c->engine->text + t->start, *end = c->engine->text + t->end;
    const char *word = memchr(text, ' ', (size_t)(end - text));
    const char *stop = word ? memchr(word + 1, ' ', (size_t)(end - word - 1)) : NULL;
    if (!word) return true;
    const char *own = stop ? word + 1 : text; /* jej zdaniem, по его словам */
    c->quote->speaker_start = (uint32_t)(own - c->engine->text);
    c->quote->speaker_end = (uint32_t)((stop ? stop : word) - c->engine->text);
    c->quote->speaker_pronoun = true;
    return true;
}

/* La déclaration de X, le 3 mars, selon laquelle « … »: whose the noun is that it hangs on. */
static bool source_of_noun(const qt_context *c, unsigned source, unsigned *a, unsigned *b)
{
    enum { REACH = 30 };
    const qt_token *t = c->t;
    for (unsigned i = source; i-- > c->left + 1 && source - i < REACH;) {
        if (t[i].type == QT_QUOTE || t[i].flags & QT_ENDS) return false;
        if (!quotes_has(&t[i - 1], QT_NOUN) || !quotes_has(&t[i], QT_OF)) continue;
        if (!quotes_phrase_within(c->engine, t, source, i + 1, 0, a, b)) return false;
        return quotes_personality(c, *a, *b) >= 2 || quotes_name_run(t, *b, *a) == *b;
    }
    return false;
}

bool quotes_look_source(qt_context *c)
{
    enum { SOURCES = QT_SOURCE | QT_SOURCE2 };
    const qt_token *t = c->t;
    for (unsigned pass = 0; pass < 2; pass++) {
        unsigned from = pass ? c->left : c->at + 1, to = pass ? c->at : c->right;
        if (!pass && t[c->at].flags & QT_ENDS) continue; /* "… ." According to Y, "…" */
        if (!(pass ? quotes_seen_left(c, SOURCES) : quotes_seen_right(c, SOURCES))) continue;
        for (unsigned k = from; k < to; k++) {
            unsigned i = pass ? from + to - 1 - k : k; /* the nearest one */
            if (!pass && (quotes_is_mark(&t[i], ':') || quotes_is_mark(&t[i], ';'))) break;
            if (!quotes_has(&t[i], SOURCES)) continue;
            if (t[i].classes & QT_WEAK && !pass && i > c->at + 3 && !quotes_is_mark(&t[i - 1], ','))
                continue;
            /* …, so X, "…" */
            if (t[i].classes & QT_WEAK && pass &&
                (i == 0 || !quotes_is_mark(&t[i - 1], ',') || c->at > i + 8 ||
                 !quotes_is_mark(&t[c->at - 1], ',')))
                continue;
            /* … "…" and according to Y, …: of what follows */
            if (!pass && i > from && quotes_has(&t[i - 1], QT_CONJ)) break;
            bool front = t[i].features & QT_FRONT;
            if (front && (!pass || !opens_clause(c, i))) continue;
            if (pass && is_aside(c, i)) continue;
            /* right after a quotation it is that one's */
            if (pass && i > c->left &&
                (t[i - 1].type == QT_QUOTE ||
                 (i > 1 && quotes_is_mark(&t[i - 1], ',') && t[i - 2].type == QT_QUOTE)))
                continue;
            unsigned a, b;
            bool found;
            if (t[i].features & QT_OWN && accept_own(c, i)) return true;
            if (i + 1 < to && quotes_has(&t[i + 1], QT_REL)) {
                if (!source_of_noun(c, i, &a, &b)) continue;
                quotes_accept(c, &(qt_find){true, i, i + 1, a, b, 0, true}, QT_RULE_SOURCE);
                c->quote->strong = true;
                return true;
            }
            if (t[i].classes & QT_SOURCE2) {
                unsigned start = i;
                while (start > from && i - start < 7 && t[start - 1].type == QT_WORD &&
                       (!(t[start - 1].classes & (QT_FUNCTION | QT_SAY | QT_VERB | QT_KONJ)) ||
                        t[start - 1].classes & (QT_DET | QT_OF) || t[start - 1].flags & QT_PERSON))
                    start--;
                if (start == i && start > from && quotes_has(&t[start - 1], QT_CLITIC)) start--;
                a = start;
                b = i;
                found = start < i;
            } else if (i + 1 < to && quotes_has(&t[i + 1], QT_CLITIC) &&
                       t[i + 1].features & (QT_MALE | QT_FEMALE) &&
                       (i + 2 >= to || t[i + 2].type != QT_WORD ||
                        !quotes_has(&t[i + 1], QT_DET))) {
                a = i + 1; /* selon lui */
                b = i + 2;
                found = true;
            } else {
                found = quotes_phrase_within(c->engine, t, to, i + 1, 2, &a, &b);
            }
            qt_find said; /* según ha lamentado X */
            if (!pass && c->traits & QT_DROPS && i + 1 < to &&
                quotes_has(&t[i + 1], QT_AUX | QT_SAY | QT_CLITIC) &&
                quotes_verb_first(c, i + 1, true, &said)) {
                quotes_accept(c, &said, QT_RULE_SOURCE);
                c->quote->strong = true;
                return true;
            }
            if (!found) continue;
            bool owner = t[a].classes & QT_POSS; /* seiner Meinung nach */
            if (owner && t[i].features & QT_SELF)
                b = a + 1;
            else if (owner && quotes_personality(c, a, b) < 3) /* selon ses termes */
                continue;
            if (front && !speaks_for_itself(c, a, b)) continue;
            qt_find f = {true, i, i + 1, a, b, 0, true};
            quotes_accept(c, &f, QT_RULE_SOURCE);
            c->quote->strong = true;
            return true;
        }
    }
    return false;
}
