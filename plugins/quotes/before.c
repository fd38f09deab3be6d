/* Attribution, what stands before a quotation: verbs and their subjects, colons, names beside it.
 * attribute.c asks in the order of its trust; source.c has source phrases, on both sides. */
#include "attribute.h"
#include "phrase.h"
#include "refer.h"

/* ------------------------------------------------------------------ left of it */

/* A participle reports only with its auxiliary: a déclaré, hat gesagt; not: les mots prononcés. */
static bool has_auxiliary(const qt_context *c, unsigned i)
{
    unsigned most = c->traits & QT_V2 ? 12 : 6;
    for (unsigned k = i, steps = 0; k > c->left && steps < most; k--, steps++) {
        const qt_token *t = &c->t[k - 1];
        if (c->traits & QT_V2 && t->type == QT_NUMBER) continue;
        if (steps == 0 && quotes_is_mark(t, ',')) { /* avait, dans son discours, déclaré */
            unsigned j = k - 1;
            while (j > c->left && i - j < 10 && !quotes_is_mark(&c->t[j - 1], ',')) j--;
            if (j <= c->left || !quotes_is_mark(&c->t[j - 1], ',')) return false;
            k = j;
            continue;
        }
        if (t->type != QT_WORD) return false;
        if (t->classes & QT_AUX) return true;
        if (c->traits & QT_V2) continue;
        if (!(t->classes & (QT_ADV | QT_CLITIC | QT_PRON | QT_DET)) && steps > 2) return false;
    }
    return false;
}

/* Leur a demandé de ne pas devenir des "…": what somebody is told to do, as "that" leads up to what
 * is told. */
bool quotes_told_to_do(const qt_context *c, unsigned cue)
{
    enum { REACH = 4, LEAST = 5 };
    const qt_token *t = c->t;
    unsigned i = cue + 1;
    if (!quotes_like_french(c->traits) || i >= c->at) return false;
    if (t[i].type != QT_WORD || !(t[i].classes & QT_OF) || t[i].classes & QT_DET) return false;
    for (i++; i < c->at && i < cue + 2 + REACH; i++) {
        if (t[i].type != QT_WORD || !(t[i].flags & QT_LOWER)) return false;
        if (t[i].classes & (QT_ADV | QT_CLITIC)) continue;
        char last = c->engine->text[t[i].end - 1];
        return t[i].end - t[i].start >= LEAST && !(t[i].classes & ~(uint32_t)(QT_GER | QT_WEAK)) &&
               (last == 'r' || (last == 'e' && c->engine->text[t[i].end - 2] == 'r'));
    }
    return false;
}

static bool leads_up(const qt_context *c, unsigned cue)
{
    unsigned words = 0;
    bool that = quotes_told_to_do(c, cue);
    for (unsigned i = cue + 1; i < c->at; i++) {
        const qt_token *t = &c->t[i];
        if (t->flags & QT_ENDS) return false;
        if (quotes_is_mark(t, ':')) return true;
        if (t->type == QT_WORD && t->classes & QT_COMP) that = true;
        words += t->type == QT_WORD;
    }
    return that || words <= 4;
}

static bool bounds_clause(const qt_context *c, unsigned i)
{
    const qt_token *t = &c->t[i];
    if (t->type == QT_QUOTE || t->type == QT_DASH || t->type == QT_PUNCT || t->flags & QT_ENDS)
        return true;
    return t->type == QT_WORD && t->classes & QT_COMP && !(t->classes & (QT_PREP | QT_ADV));
}

/* How like a speaker a phrase looks: a pronoun, a person, a group; 0: a thing for all one knows. */
int quotes_personality(const qt_context *c, unsigned from, unsigned to)
{
    const qt_token *t = c->t;
    if (t[from].classes & QT_PRON) return t[from].features & (QT_MALE | QT_FEMALE) ? 3 : 2;
    int best = 0;
    for (unsigned i = from; i < to; i++) {
        int mine = 0;
        if (t[i].classes & (QT_GIVEN | QT_TITLE | QT_ROLE) || t[i].flags & QT_PERSON)
            mine = 3;
        else if (t[i].classes & (QT_BODY | QT_PLACE) ||
                 (t[i].flags & QT_UPPER && t[i].end - t[i].start > 2))
            mine = 2;
        else if (t[i].flags & QT_CAP && quotes_is_person(c->engine, &t[i]))
            mine = 3;
        if (mine > best) best = mine;
    }
    return best;
}

/* Before this comma stands a clause with its verb, and no relative one: what follows is its main
 * clause, verb first. */
static bool follows_clause(const qt_context *c, unsigned comma)
{
    bool verb = false;
    unsigned i = comma;
    while (i > c->left && !bounds_clause(c, i - 1)) {
        i--;
        verb |= quotes_has(&c->t[i], QT_AUX | QT_KONJ | QT_VERB);
    }
    bool relative =
        i > c->left && quotes_is_mark(&c->t[i - 1], ',') && quotes_has(&c->t[i], QT_DET | QT_REL);
    return verb && !relative;
}

/* A name at `at`, no article before it. */
static bool is_named(const qt_context *c, unsigned at, unsigned *from, unsigned *to)
{
    unsigned end = quotes_name_run(c->t, c->at, at);
    if (end == at) return false;
    *from = at;
    *to = end;
    return true;
}

/* …, die er kannte, sagte Keller weiter: a name that ends its clause or goes on with an adverb. */
static bool is_sayer(const qt_context *c, unsigned at)
{
    unsigned end = quotes_name_run(c->t, c->at, at);
    if (end == at) return false;
    const qt_token *next = &c->t[end];
    return end >= c->at || next->type == QT_PUNCT || next->type == QT_DASH ||
           quotes_has(next, QT_ADV | QT_COMP | QT_PREP);
}

/* Blanik, die von einem ruhigen Tag berichtete: a relative clause, its verb last. */
static bool relative_subject(const qt_context *c, unsigned start, unsigned cue, unsigned *from,
                             unsigned *to)
{
    const qt_token *t = c->t;
    if (cue + 1 >= c->at || t[cue + 1].type != QT_PUNCT || cue < start + 2) return false;
    if (start < c->left + 2 || !quotes_is_mark(&t[start - 1], ',')) return false;
    if (!quotes_has(&t[start], QT_REL | QT_DET) || t[start].classes & (QT_PREP & ~QT_OF))
        return false;
    bool adjective = !(t[start + 1].classes & QT_FUNCTION); /* die neue Ministerin sagte */
    if (t[start + 1].flags & QT_CAP) return false;          /* die Ministerin sagte */
    if (adjective && (start + 2 >= cue || t[start + 2].flags & QT_CAP)) return false;
    if (!quotes_subject_of(c->engine, t, start, start - 1, from, to)) return false;
    bool verb = *from + 1 < *to && t[*from].flags & QT_LOWER && !t[*from].classes; /* lachte X */
    if (verb && quotes_name_run(t, *to, *from + 1) == *to) ++*from;
    return true;
}

/* It, as in "es heißt": a pronoun that may be an object. */
static bool is_it(const qt_token *t)
{
    return t->classes & QT_CLITIC && t->classes & QT_PRON &&
           !(t->features & (QT_MALE | QT_FEMALE | QT_PLURAL));
}

/* Where the verb stands second: the subject that follows it (bezeichnete es Berg als, sagte dem
 * Blatt der Minister). */
static bool subject_behind(const qt_context *c, unsigned verb, unsigned *from, unsigned *to)
{
    const qt_token *t = c->t;
    if (!quotes_phrase_after(c->engine, t, c->at, verb + 1, from, to)) return false;
    bool object = quotes_is_oblique(&t[*from]) || (*to == *from + 1 && is_it(&t[*from]));
    unsigned x, y;
    if (object && quotes_phrase_after(c->engine, t, c->at, *to, &x, &y) && x == *to &&
        !quotes_is_oblique(&t[x]) &&
        (quotes_personality(c, x, y) >= 2 || quotes_name_run(t, y, x) == y)) {
        *from = x;
        *to = y;
    }
    return !quotes_is_oblique(&t[*from]);
}

/* Where the verb stands second (German, Dutch): a clause that opens with a phrase has its subject
 * there, one that opens with anything else has it after the verb; after "und" it is the
 * sentence's. */
static bool verb_second(const qt_context *c, unsigned cue, unsigned *from, unsigned *to)
{
    const qt_token *t = c->t;
    const qt_engine *e = c->engine;
    unsigned s = cue;
    while (s > c->left && !bounds_clause(c, s - 1)) s--;
    bool comma = s > c->left && quotes_is_mark(&t[s - 1], ',');
    if (s < cue && cue > s + 1 && t[cue - 1].classes & QT_CONJ) {
        /* schlug er zu und sagte: the subject of the clause so far */
        for (unsigned i = s; i + 1 < cue; i++) {
            if (!quotes_has(&t[i], QT_PRON) || t[i].classes & QT_CLITIC) continue;
            *from = i;
            *to = i + 1;
            return true;
        }
        return quotes_opening_phrase(e, t, s, cue - 1, from, to) ||
               (comma && quotes_opening_phrase(e, t, c->left, cue - 1, from, to));
    }
    if (s < cue && t[s].classes & QT_CONJ) {
        s++;
        if (s == cue || t[s].classes & (QT_ADV | QT_CLITIC))
            return quotes_opening_phrase(e, t, c->left, cue, from, to);
    }
    if (s == cue) {
        if (comma && cue + 1 < c->at && quotes_has(&t[cue + 1], QT_PRON) &&
            !(t[cue + 1].classes & QT_CLITIC))
            return quotes_phrase_after(e, t, c->at, cue + 1, from, to);
        unsigned x, y; /* …, sagte der Minister, …; …, soll Anelka gesagt haben */
        if (comma && quotes_phrase_after(e, t, c->at, cue + 1, &x, &y) && x == cue + 1 &&
            (t[cue].classes & QT_AUX ||
             (y < c->at && quotes_is_mark(&t[y], ',') && quotes_has(&t[x], QT_DET)) ||
             (quotes_personality(c, x, y) >= 2 &&
              (y >= c->at || quotes_is_mark(&t[y], ',') || quotes_is_mark(&t[y], ':'))))) {
            *from = x;
            *to = y;
            return true;
        }
        if (comma && (follows_clause(c, s - 1) || is_sayer(c, cue + 1)) &&
            is_named(c, cue + 1, from, to))
            return true;
        if (comma && s >= c->left + 2 && t[s - 2].type != QT_QUOTE)
            return quotes_subject_of(e, t, c->at, cue, from, to);
        return quotes_phrase_after(e, t, c->at, cue + 1, from, to);
    }
    const qt_token *w = &t[s];
    if (relative_subject(c, s, cue, from, to)) return true;
    if (comma && quotes_named_before(t, s, cue, from, to)) return true;
    bool phrase = w->flags & QT_PERSON || w->classes & (QT_PRON | QT_DET | QT_ROLE | QT_TITLE) ||
                  (w->flags & QT_CAP && !(w->classes & QT_FUNCTION));
    if (w->classes & QT_PREP && !(w->classes & QT_DET)) phrase = false;
    if (w->classes & QT_ADV && !(w->classes & QT_PRON)) phrase = false;
    /* Auch der Minister sagte: before the verb stands one phrase only */
    if (!phrase && w->classes & QT_ADV && s + 1 < cue &&
        (quotes_has(&t[s + 1], QT_DET | QT_ROLE | QT_TITLE | QT_PRON) ||
         t[s + 1].flags & QT_PERSON ||
         (t[s + 1].flags & QT_CAP && !(t[s + 1].classes & QT_FUNCTION))) &&
        !(t[s + 1].classes & QT_PREP && !(t[s + 1].classes & QT_DET))) {
        s++;
        phrase = true;
    }
    if (phrase && quotes_opening_phrase(e, t, s, cue, from, to)) {
        unsigned x, y; /* Jede Verantwortung weist Hartmann zurück */
        int here = quotes_personality(c, *from, *to);
        if (quotes_name_in(t, *from, *to, true, &x, &y) && y > x + 1 && y == *to) here = 3;
        if (here < 3 && quotes_phrase_after(e, t, c->at, cue + 1, &x, &y) && x <= cue + 2 &&
            !is_it(&t[x]) && !quotes_is_oblique(&t[x]) &&
            (quotes_personality(c, x, y) > here || quotes_name_run(t, y, x) > x + 1 ||
             (!here && cue > s + 1 && !(w->classes & QT_DET) && t[x].classes & QT_DET &&
              quotes_has(&t[s + 1], QT_PREP)))) {
            *from = x;
            *to = y;
        }
        return true;
    }
    bool behind = subject_behind(c, cue, from, to);
    if (behind && !is_it(&t[*from])) return true;
    if (behind && w->classes & QT_PREP && quotes_phrase_after(e, t, cue, s + 1, from, to))
        return true; /* in dem Schreiben heißt es */
    if (behind && cue + 3 < c->at && is_it(&t[cue + 1]) && quotes_has(&t[cue + 2], QT_PREP) &&
        quotes_phrase_after(e, t, c->at, cue + 3, from, to) && *from == cue + 3)
        return true; /* so heißt es in dem Schreiben */
    return subject_behind(c, cue, from, to) || quotes_opening_phrase(e, t, s, cue, from, to);
}

/* hat in einem Interview erklärt: the auxiliary of a participle is the verb that stands second. */
static unsigned finite_verb(const qt_context *c, unsigned cue)
{
    if (!(c->t[cue].classes & QT_PART)) return cue;
    for (unsigned i = cue; i > c->left && !bounds_clause(c, i - 1); i--) {
        if (quotes_has(&c->t[i - 1], QT_AUX) && c->t[i - 1].flags & QT_LOWER) return i - 1;
    }
    return cue;
}

/* X found the text "good" and wishes …: a verb after "and", or one that needs no subject, has that
 * of its sentence. */
static bool sentence_subject(const qt_context *c, unsigned cue, unsigned *from, unsigned *to)
{
    const qt_token *t = c->t;
    if (c->traits & (QT_V2 | QT_CASELESS)) return false;
    unsigned i = cue;
    while (i > c->left && quotes_has(&t[i - 1], QT_AUX | QT_CLITIC | QT_ADV) &&
           !(t[i - 1].classes & QT_CONJ))
        i--;
    if (i <= c->left + 1) return false;
    bool open =
        c->traits & QT_DROPS && (quotes_has(&t[i - 1], QT_COMP) || quotes_is_mark(&t[i - 1], ','));
    if (!open && !quotes_has(&t[i - 1], QT_CONJ)) return false;
    if (quotes_opening_phrase(c->engine, t, c->left, i - 1, from, to) &&
        quotes_personality(c, *from, *to) >= 2)
        return true;
    for (unsigned k = i - 1; !(c->traits & QT_INVERTS) && k-- > c->left;) {
        /* in the end X said that … and promised */
        if (!quotes_has(&t[k], QT_SAY) || t[k].classes & QT_WEAK || !(t[k].flags & QT_LOWER))
            continue;
        return quotes_subject_of(c->engine, t, c->at, k, from, to) &&
               quotes_personality(c, *from, *to) >= 2;
    }
    return false;
}

static bool after_and(const qt_context *c, unsigned cue)
{
    while (cue > c->left && quotes_has(&c->t[cue - 1], QT_AUX | QT_CLITIC | QT_ADV) &&
           !(c->t[cue - 1].classes & QT_CONJ))
        cue--;
    return cue > c->left && quotes_has(&c->t[cue - 1], QT_CONJ);
}

/* …, explique Anne Petit : « … »: after a comma the verb first, its subject up to the colon or to
 * another comma. */
static bool inverted_before(const qt_context *c, unsigned cue, unsigned *from, unsigned *to)
{
    const qt_token *t = c->t;
    unsigned first = cue;
    while (first > c->left && quotes_has(&t[first - 1], QT_AUX | QT_CLITIC)) first--;
    if (first == c->left || !quotes_is_mark(&t[first - 1], ',')) return false;
    unsigned a, b;
    if (!quotes_phrase_within(c->engine, t, c->at, cue + 1, 0, &a, &b)) return false;
    if (t[a].classes & QT_PRON) return false;
    bool colon = b + 1 == c->at && quotes_is_mark(&t[b], ':');
    bool ends = b == c->at || (b + 1 == c->at && t[b].flags & QT_ENDS) ||
                (b < c->at && (quotes_is_mark(&t[b], ',') ||
                               (quotes_has(&t[b], QT_REL) && quotes_personality(c, a, b) >= 2)));
    if (!colon && !(ends && t[cue].classes & (QT_SAY | QT_PART))) return false;
    unsigned x, y; /* Anne Petit, de Lyon, a félicité Paul : */
    if (quotes_subject_of(c->engine, t, c->at, cue, &x, &y) && y < first &&
        quotes_is_mark(&t[y], ',') && y + 1 < first && quotes_name_run(t, y, x) == y)
        return false;
    if (quotes_personality(c, a, b) < 2 && quotes_name_run(t, b, a) != b) return false;
    *from = a;
    *to = b;
    return true;
}

static bool left_subject(const qt_context *c, unsigned cue, unsigned *from, unsigned *to)
{
    const qt_token *t = c->t;
    if (t[cue].features & QT_SELF && quotes_phrase_after(c->engine, t, c->at, cue + 1, from, to))
        return true; /* X quotes Y as saying */
    if (c->traits & QT_V2) {
        unsigned verb = finite_verb(c, cue);
        if (t[cue].classes & QT_SAY || verb != cue) return verb_second(c, verb, from, to);
    }
    if (after_and(c, cue) && sentence_subject(c, cue, from, to)) return true;
    if (inverted_before(c, cue, from, to)) return true;
    if (quotes_subject_of(c->engine, t, c->at, cue, from, to)) return true;
    bool first = cue == c->left || t[cue - 1].type != QT_WORD ||
                 t[cue - 1].classes & (QT_AUX | QT_CLITIC | QT_ADV | QT_COMP);
    if (!first || !quotes_phrase_after(c->engine, t, c->at, cue + 1, from, to) ||
        t[*from].type != QT_WORD)
        return false;
    /* Anunció el cambio: what it says, not who */
    bool thing = t[*from].classes & QT_DET && quotes_personality(c, *from, *to) < 2 &&
                 quotes_name_run(t, *to, *from) == *from && !(c->traits & QT_CASELESS);
    return !thing;
}

/* Who acts in the clause before `end`, its verb unknown: a pronoun, else its first phrase that can
 * be a person's or a group's. */
bool quotes_subject_of_clause(const qt_context *c, unsigned end, unsigned *from, unsigned *to)
{
    const qt_token *t = c->t;
    unsigned start = end;
    while (start > c->left && end - start < 40 && t[start - 1].type != QT_QUOTE) start--;
    for (unsigned i = end; i-- > start && !quotes_is_mark(&t[i], ',');) {
        if (!quotes_has(&t[i], QT_PRON) || t[i].classes & QT_CLITIC ||
            !(t[i].features & (QT_MALE | QT_FEMALE)))
            continue;
        *from = i;
        *to = i + 1;
        return true;
    }
    unsigned at = start;
    for (int hop = 0; hop < 4 && at < end; hop++) {
        if (!quotes_opening_phrase(c->engine, t, at, end, from, to)) {
            while (at < end && !quotes_is_mark(&t[at], ',')) at++;
            at++;
            continue;
        }
        if (quotes_personality(c, *from, *to) >= 2) return true;
        at = *to;
    }
    return false;
}

/* Disse que mantém … e que os recursos são "…": a verb in the clause that an earlier one
 * reports. */
static bool told_within(const qt_context *c, unsigned i)
{
    enum { SUBJECT = 4 };
    const qt_token *t = c->t;
    if (c->traits & QT_V2 || i == c->left) return false;
    unsigned that_at = i - 1;
    /* que les élus l'entendent et qu'ils "…" */
    if (quotes_like_french(c->traits) && t[i].classes & QT_WEAK) {
        while (that_at > c->left && i - that_at < SUBJECT && t[that_at].type == QT_WORD &&
               !quotes_has(&t[that_at], QT_COMP))
            that_at--;
    }
    if (!quotes_has(&t[that_at], QT_COMP) || t[that_at].features & QT_AS) return false;
    bool that = false;
    for (unsigned k = i + 1; k < c->at; k++) that |= quotes_has(&t[k], QT_COMP);
    if (!that) return false;
    for (unsigned k = that_at; k-- > c->left && !(t[k].flags & QT_ENDS);) {
        bool before = k + 1 == that_at; /* souhaite que */
        if (quotes_has(&t[k], QT_SAY | QT_PART) && (before || !(t[k].classes & QT_WEAK)))
            return true;
    }
    return false;
}

/* X a estimé que cette décision relevait de "…": a thing, in a clause that somebody's verb of
 * saying reports. */
static bool thing_told_of(const qt_context *c, unsigned from, unsigned to)
{
    const qt_token *t = c->t;
    unsigned x, y;
    if (!quotes_like_french(c->traits) || from <= c->left + 1) return false;
    if (!quotes_has(&t[from - 1], QT_COMP) || t[from - 1].features & QT_AS) return false;
    if (quotes_personality(c, from, to) || quotes_name_run(t, to, from) != from) return false;
    enum { REACH = 9 }; /* a dit au journal X que */
    unsigned verb = from - 2;
    while (verb > c->left && from - verb < REACH && t[verb].type == QT_WORD &&
           !quotes_has(&t[verb], QT_SAY | QT_PART | QT_COMP | QT_REL))
        verb--;
    if (!quotes_has(&t[verb], QT_SAY | QT_PART) || t[verb].classes & QT_WEAK) return false;
    return left_subject(c, verb, &x, &y) &&
           (quotes_personality(c, x, y) >= 2 || quotes_name_run(t, y, x) == y);
}

/* Anna says she found the rooms "…": English leaves "that" out. */
static bool told_without_that(const qt_context *c, unsigned cue, unsigned from, unsigned to)
{
    enum { NEAR = 2 };
    const uint32_t traits = QT_DROPS | QT_V2 | QT_INVERTS | QT_NO_ARTICLE | QT_CASELESS | QT_ELIDES;
    const qt_token *t = c->t, *says = &t[from - 1];
    if (c->traits & traits || from > cue || c->at - cue <= NEAR) return false;
    if (!quotes_has(says, QT_SAY | QT_GER) || says->classes & QT_WEAK || !(says->flags & QT_LOWER))
        return false;
    return to == from + 1 && quotes_has(&t[from], QT_PRON);
}

/* The last verb of saying before the quotation, strong or weak. */
bool quotes_look_before(qt_context *c, bool weak, qt_find *f)
{
    const qt_token *t = c->t;
    if (!((weak ? c->seen.left_weak : c->seen.left_strong) & QT_CUE)) return false;
    for (unsigned i = c->at; i-- > c->left;) {
        if (!quotes_has(&t[i], QT_CUE)) continue;
        if (((t[i].classes & QT_WEAK) != 0) != weak) continue;
        if (t[i].flags & QT_CAP && i > c->left && !(t[i - 1].flags & QT_ENDS) &&
            (t[i - 1].type == QT_WORD ||
             (c->traits & QT_NOUNS_UPPER && quotes_is_mark(&t[i - 1], ','))))
            continue;
        if (t[i].classes & QT_PART && !(t[i].classes & (QT_SAY | QT_GER)) && !has_auxiliary(c, i))
            continue;
        if (i > 0 && t[i - 1].classes & (QT_DET | QT_POSS) && t[i].classes & QT_NOUN) continue;
        /* le coup de gueule: no finite verb follows a preposition */
        if (quotes_like_french(c->traits) && i > c->left && t[i].classes & QT_SAY &&
            !(t[i].classes & (QT_GER | QT_PART)) && quotes_has(&t[i - 1], QT_OF | QT_PREP) &&
            t[i - 1].flags & QT_LOWER &&
            !(t[i - 1].classes & (QT_CLITIC | QT_PRON | QT_COMP | QT_DET | QT_ADV)))
            continue;
        /* prend de l'avance: a noun */
        if (c->traits & QT_ELIDES && i > 1 && !(t[i].classes & (QT_GER | QT_PART)) &&
            quotes_has(&t[i - 1], QT_DET) && quotes_has(&t[i - 2], QT_PREP | QT_OF))
            continue;
        /* het besluit, the claims */
        if (i > 0 && quotes_has(&t[i - 1], QT_DET) &&
            !(c->traits & (QT_NOUNS_UPPER | QT_NO_ARTICLE)) &&
            !(t[i - 1].classes & (QT_PRON | QT_COMP | QT_REL | QT_CLITIC | QT_PREP)))
            continue;
        if (t[i].classes & QT_ROLE && !(t[i].classes & (QT_SAY | QT_PART))) continue;
        if (told_within(c, i)) continue;
        unsigned from = 0, to = 0;
        *f = (qt_find){true, i, i + 1, 0, 0, c->at - i, leads_up(c, i)};
        if (left_subject(c, i, &from, &to) || sentence_subject(c, i, &from, &to)) {
            f->from = from;
            f->to = to;
        }
        if (!weak && from < to && thing_told_of(c, from, to)) continue;
        if (from < to && from > c->left && told_without_that(c, i, from, to)) continue;
        if (f->from >= f->to && c->traits & QT_V2 && !(t[i].classes & (QT_SAY | QT_PART)))
            quotes_subject_of_clause(c, i, &f->from, &f->to);
        if (i > c->left && t[i - 1].classes & QT_AUX) f->cue = i - 1;
        if (i + 1 < c->at && t[i + 1].flags & QT_INVERTED) f->cue_end = i + 2;
        return true;
    }
    return false;
}

/* The colon right before the quotation is its cue. */
static void accept_colon(qt_context *c)
{
    c->quote->rule = QT_RULE_COLON;
    c->quote->cue_start = c->t[c->at - 1].start;
    c->quote->cue_end = c->t[c->at - 1].end;
}

/* The answer of the mayor: */
static bool answer_of(const qt_context *c, unsigned start, unsigned end, unsigned *a, unsigned *b)
{
    const qt_token *t = c->t;
    for (unsigned i = start; i + 2 < end; i++) {
        if (!quotes_has(&t[i], QT_NOUN) || !(t[i + 1].classes & QT_OF)) continue;
        unsigned from = i + 2;
        if (quotes_phrase_after(c->engine, t, end, from, a, b) && *a == from && *b == end &&
            quotes_personality(c, *a, *b) >= 2)
            return true;
    }
    return false;
}

/* Anne, 21 ans : « … »; un souhait, résumé par Anne : « … »; comme pour Anne, qui a tout vu : a
 * name that its sentence begins with, or that hangs on a preposition, and nothing but what is said
 * of it up to the colon. */
static bool told_by_colon(const qt_context *c, unsigned *a, unsigned *b)
{
    enum { REACH = 12, LEAST = 4 };
    const qt_token *t = c->t;
    unsigned colon = c->at - 1;
    if (!quotes_like_french(c->traits) || c->quote->body.words < LEAST) return false;
    for (unsigned i = colon; i-- > c->left && colon - i < REACH;) {
        if (quotes_has(&t[i], QT_AUX | QT_VERB | QT_SAY | QT_COMP)) return false;
        unsigned end = quotes_name_run(t, colon, i);
        if (end == i || (i > c->left && quotes_is_name(&t[i - 1]))) continue;
        bool known = quotes_personality(c, i, end) >= 3, first = i == c->left;
        bool told = end < colon && quotes_is_mark(&t[end], ',');
        bool hangs = !first && quotes_has(&t[i - 1], QT_PREP | QT_SOURCE) &&
                     !(t[i - 1].classes & QT_OF) && (told || !(t[i - 1].classes & QT_TO));
        if (t[i].classes & QT_PLACE || !(first ? told : hangs && known)) continue;
        if (end < colon && !told) continue;
        *a = i;
        *b = end;
        return true;
    }
    return false;
}

bool quotes_look_colon(qt_context *c)
{
    const qt_token *t = c->t;
    if (c->at == 0 || !quotes_is_mark(&t[c->at - 1], ':') || c->at - 1 <= c->left) return false;
    unsigned end = c->at - 1, start = end;
    if (t[end - 1].type == QT_WORD && t[end - 1].end - t[end - 1].start == 1 &&
        (end == c->left + 1 || t[end - 2].type != QT_WORD)) { /* R: "…" */
        accept_colon(c);
        return true;
    }
    while (start > c->left && t[start - 1].type == QT_WORD && end - start < 10) start--;
    unsigned a, b;
    if (start > c->left && quotes_is_mark(&t[start - 1], ',')) {
        /* X, biologist: */
        unsigned run = quotes_name_run(t, c->at, c->left), first = start - 1;
        while (first > c->left && t[first - 1].flags & QT_NAME) first--;
        if (run > c->left && quotes_is_mark(&t[run], ',')) {
            start = c->left;
            end = run;
        } else if (start > first + 2 && quotes_has(&t[start], QT_ROLE)) {
            end = start - 1;
            start = first;
        }
    }
    if (answer_of(c, start, end, &a, &b)) {
        accept_colon(c);
        quotes_set_speaker(c, a, b);
        return true;
    }
    bool nouns =
        c->traits & QT_NOUNS_UPPER; /* where any noun has a capital a name must be all there is */
    if (nouns ? quotes_name_run(t, end, start) == end &&
                    (start == c->left || t[start - 1].type != QT_PUNCT)
              : start < end && quotes_name_in(t, start, end, false, &a, &b) && a - start < 5) {
        if (nouns) {
            a = start;
            b = end;
        }
        accept_colon(c);
        quotes_set_speaker(c, a, b);
        return true;
    }
    /* Même son de cloche chez Anne Petit : */
    unsigned name = end;
    while (name > start && t[name - 1].flags & QT_NAME) name--;
    if (c->traits & QT_INVERTS && name + 2 <= end && name > start + 1 &&
        quotes_has(&t[name - 1], QT_PREP) && quotes_personality(c, name, end) >= 3) {
        accept_colon(c);
        quotes_set_speaker(c, name, end);
        return true;
    }
    bool verb = false;
    for (unsigned i = start; i < end; i++)
        verb |= quotes_has(&t[i], QT_AUX | QT_VERB | QT_REL | QT_PART);
    /* Même constat pour Anne Petit : */
    unsigned last = end;
    while (last > start && t[last - 1].flags & QT_NAME) last--;
    if (!verb && last > start + 1 && last < end && quotes_has(&t[last - 1], QT_SOURCE) &&
        t[last - 1].features & QT_FRONT && quotes_personality(c, last, end) >= 2) {
        accept_colon(c);
        quotes_set_speaker(c, last, end);
        return true;
    }
    if (start < end && !verb && (t[start].classes & (QT_DET | QT_ROLE)) && end - start <= 5) {
        /* L'elogio di Trump: */
        for (unsigned i = start + 1; i + 1 < end && quotes_personality(c, start, i) < 2; i++) {
            if (!(t[i].classes & QT_OF) || quotes_name_run(t, end, i + 1) != end) continue;
            start = i + 1;
        }
        accept_colon(c);
        quotes_set_speaker(c, start, end);
        return true;
    }
    if (told_by_colon(c, &a, &b)) {
        accept_colon(c);
        quotes_set_speaker(c, a, b);
        return true;
    }
    if (c->quote->body.words >= 4 && quotes_subject_of_clause(c, c->at - 1, &a, &b)) {
        accept_colon(c);
        quotes_set_speaker(c, a, b);
        return true;
    }
    return false;
}

/* In any language: a sentence that is a name of two or more words and a colon before the
 * quotation. */
bool quotes_look_full_name(qt_context *c)
{
    const qt_token *t = c->t;
    unsigned colon = c->at - 1;
    if (c->at == 0 || !quotes_is_mark(&t[colon], ':') || colon < c->left + 2) return false;
    if (quotes_name_run(t, colon, c->left) != colon) return false;
    accept_colon(c);
    quotes_set_speaker(c, c->left, colon);
    return true;
}

/* We leave that to Jean Petit « All is well. » */
bool quotes_look_name_beside(qt_context *c)
{
    const qt_token *t = c->t;
    if (c->at == c->left || c->quote->body.words < 4) return false;
    unsigned end = c->at, start = end;
    if (t[end - 1].type == QT_OPEN)
        end = --start; /* X ("…") */
    else if (c->quote->body.words < 5 || !(c->quote->unclosed || t[c->at].flags & QT_ENDS))
        return false;
    while (start > c->left && t[start - 1].type == QT_WORD && end - start < 6) start--;
    for (; start < end; start++) {
        if (quotes_name_run(t, end, start) != end) continue;
        if (end - start < 2) return false;
        c->quote->rule = QT_RULE_COLON;
        quotes_set_speaker(c, start, end);
        return true;
    }
    return false;
}
