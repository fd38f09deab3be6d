/* Attribution, what stands after a quotation: the verb that follows it with its subject, verb or
 * subject first, a verb later in its sentence, a verb that ends the clause. attribute.c asks in the
 * order of its trust. */
#include "attribute.h"

#include <string.h>

/* "…", adding that "…": a gerund that leads up to the next quotation. */
static bool announces(const qt_context *c, unsigned i)
{
    const qt_token *t = c->t;
    if (!(t[i].classes & QT_GER) || t[i].classes & (QT_SAY | QT_PART)) return false;
    if (i + 1 >= c->right) return false;
    if (c->traits & (QT_INVERTS | QT_ELIDES | QT_DROPS | QT_V2 | QT_NO_ARTICLE))
        return c->traits & QT_INVERTS || quotes_has(&t[i + 1], QT_COMP) ||
               t[i + 1].type == QT_QUOTE || quotes_is_mark(&t[i + 1], ':');
    return true; /* adding it was late: no subject follows it */
}

/* leur avait d'entrée de jeu lancé la sexologue: a phrase between auxiliary and participle. */
static bool participle_first(const qt_context *c, unsigned first, unsigned i, qt_find *f)
{
    enum { REACH = 7 };
    const qt_token *t = c->t;
    unsigned from, to;
    if (c->traits & (QT_V2 | QT_CASELESS)) return false;
    for (unsigned end = i + REACH; i < end && i + 1 < c->right; i++) {
        if (t[i].type != QT_WORD || t[i].classes & (QT_COMP | QT_REL | QT_CONJ)) return false;
        if (!quotes_has(&t[i], QT_PART) || t[i].classes & QT_NOUN) continue;
        if (!quotes_phrase_within(c->engine, t, c->right, i + 1, 1, &from, &to)) return false;
        *f = (qt_find){true, first, i + 1, from, to, 0, true};
        return true;
    }
    return false;
}

/* Gentiment: by its ending. */
static bool is_adverb(const qt_context *c, const qt_token *t)
{
    enum { LEAST = 7 }; /* bytes */
    return t->type == QT_WORD && !t->classes && t->flags & QT_LOWER &&
           quotes_ends_as(c->engine, t, QT_ENDS_ADVERB, LEAST);
}

/* A verb of saying and its subject from token i on. */
bool quotes_verb_first(const qt_context *c, unsigned i, bool adjacent, qt_find *f)
{
    const qt_token *t = c->t;
    unsigned limit = c->right;
    unsigned first = i;
    bool aux = false;
    for (unsigned steps = 0; i < limit && steps < 5; steps++, i++) {
        if (t[i].type != QT_WORD) return false;
        /* dit-il, tonne-t-il; a-t-il ajouté */
        if (i + 1 < limit && t[i + 1].flags & QT_INVERTED) {
            unsigned end = i + 2;
            bool says = quotes_has(&t[i], c->says) ||
                        (adjacent && !(t[i].classes & QT_AUX) && t[i].flags & QT_LOWER);
            for (unsigned k = i + 2; !says && k < limit && k < i + 6 && t[k].type == QT_WORD; k++) {
                if (quotes_has(&t[k], QT_PART | QT_SAY | QT_NOUN) ||
                    (adjacent && t[i].classes & QT_AUX && !(t[k].classes & (QT_ADV | QT_CLITIC)))) {
                    says = true;
                    end = k + 1;
                }
                if (!(t[k].classes & (QT_ADV | QT_CLITIC | QT_AUX))) break;
            }
            if (!says) return false;
            *f = (qt_find){true, i, end, i + 1, i + 2, 0, true};
            return true;
        }
        if (quotes_has(&t[i], c->says)) {
            if (t[i].classes & QT_PART && !(t[i].classes & QT_SAY) && !aux) return false;
            if (announces(c, i)) return false;
            if (c->traits & QT_INVERTS && !(t[i].classes & (QT_SAY | QT_PART)) && i == first)
                return false; /* accusant X: whom it accuses */
            if (!adjacent && t[i].classes & QT_WEAK) return false;
            unsigned from, to;
            if (!quotes_phrase_after(c->engine, t, limit, i + 1, &from, &to)) {
                if (!(c->traits & QT_DROPS) || !adjacent) return false;
                *f = (qt_find){true, i, i + 1, 0, 0, 0, true};
                return true;
            }
            if (c->traits & QT_V2 && to == from + 1 && t[from].classes & QT_CLITIC &&
                t[from].classes & QT_PRON && to < limit && t[to].type == QT_WORD &&
                t[to].classes & QT_PREP) {
                unsigned x, y; /* heißt es in der Erklärung */
                if (quotes_phrase_after(c->engine, t, limit, to + 1, &x, &y) && x == to + 1) {
                    from = x;
                    to = y;
                }
            }
            *f = (qt_find){true, first < i && aux ? first : i, i + 1, from, to, 0, true};
            return true;
        }
        if (t[i].classes & QT_AUX)
            aux = true;
        else if (aux && adjacent && i > first && quotes_has(&t[i], QT_PREP))
            return participle_first(c, first, i, f);
        else if (aux && is_adverb(c, &t[i]))
            continue; /* a gentiment réagi */
        else if (!(t[i].classes & (QT_ADV | QT_CLITIC)) || t[i].flags & QT_CAP)
            return false;
    }
    return false;
}

static bool ends_with(const qt_engine *self, const qt_token *t, char last)
{
    char c = self->text[t->end - 1];
    return c == last || (c == 'e' && t->end - t->start > 2 && self->text[t->end - 2] == last);
}

/* "…", a tenté de rassurer le ministre; tient à préciser X; veut croire X: a verb, an infinitive
 * that hangs on it, and the subject of both behind. */
static bool infinitive_first(const qt_context *c, unsigned i, qt_find *f)
{
    enum { REACH = 7, LEAST = 4 };
    const qt_token *t = c->t;
    unsigned from, to, first = i;
    bool latin = c->traits & QT_INVERTS ||
                 (c->traits & QT_DROPS && !(c->traits & (QT_NO_ARTICLE | QT_CASELESS)));
    if (!latin || i + 2 >= c->right || t[i].type != QT_WORD) return false;
    if (!(t[i].flags & QT_LOWER) || t[i].classes & (QT_DET & ~QT_CLITIC) ||
        t[i].classes & (QT_ROLE | QT_REL | QT_CONJ | QT_NOUN))
        return false;
    bool verb = quotes_has(&t[i], QT_AUX | QT_CLITIC | QT_ADV | QT_SAY | QT_VERB) ||
                quotes_ends_like_verb(c->engine, &t[i], true);
    for (unsigned end = i + REACH; verb && i < end && i + 1 < c->right; i++) {
        const qt_token *w = &t[i];
        if (w->type != QT_WORD || !(w->flags & QT_LOWER) || w->flags & QT_INVERTED) return false;
        if (w->classes & (QT_COMP | QT_REL | QT_CONJ) ||
            (w->classes & QT_DET && i > first && !(w->classes & (QT_CLITIC | QT_PREP))))
            return false;
        bool hangs = i > first && quotes_has(&t[i - 1], QT_PREP | QT_CLITIC);
        bool infinitive = hangs && ends_with(c->engine, w, 'r') && w->end - w->start >= LEAST &&
                          (w->classes & QT_GER || !w->classes);
        if (!infinitive) continue;
        if (!quotes_phrase_after(c->engine, t, c->right, i + 1, &from, &to) || from > i + 3)
            return false;
        if (quotes_personality(c, from, to) < 2 && quotes_name_run(t, to, from) == from)
            return false;
        *f = (qt_find){true, first, i + 1, from, to, 0, true};
        return true;
    }
    return false;
}

/* hatte X in einem Interview erklärt: auxiliary, subject, and the participle that ends the
 * clause. */
static bool auxiliary_first(const qt_context *c, unsigned i, qt_find *f)
{
    const qt_token *t = c->t;
    unsigned from, to;
    if (!(c->traits & QT_V2) || !quotes_has(&t[i], QT_AUX)) return false;
    if (t[i].features & QT_PASSIVE) return false;
    if (!quotes_phrase_after(c->engine, t, c->right, i + 1, &from, &to)) return false;
    for (unsigned k = to; k < c->right && k < to + 14; k++) {
        if (t[k].type == QT_PUNCT || t[k].type == QT_DASH || t[k].type == QT_QUOTE) return false;
        if (!quotes_has(&t[k], QT_PART | QT_SAY)) continue;
        *f = (qt_find){true, k, k + 1, from, to, 0, true};
        return true;
    }
    return false;
}

/* A word that the lexicon does not know, in the place of a verb of saying: "…", quipped Anna
 * Keller. German and Dutch need no more than a subject after it, as their nouns and names tell
 * themselves; elsewhere it must end like a verb (rows `ending` of the language) and a name must
 * follow. */
static bool unknown_verb(const qt_context *c, unsigned i, qt_find *f)
{
    enum { OTHER = QT_FUNCTION & ~(QT_POSS | QT_NONAME) };
    const qt_token *t = c->t;
    if (i + 1 >= c->right || t[i].type != QT_WORD || !(t[i].flags & QT_LOWER) ||
        t[i].classes & (OTHER | QT_ROLE | QT_TITLE))
        return false;
    unsigned k = i + 1, from, to;
    while (k < c->right && k < i + 3 && quotes_has(&t[k], QT_CLITIC) &&
           !(t[k].classes & (QT_PRON | QT_DET)))
        k++;
    /* shrugs shoulders the pensioner Jan Novák */
    for (unsigned n = 0; c->traits & QT_NO_ARTICLE && n < 2 && k + 1 < c->right; n++) {
        if (t[k].type != QT_WORD || !(t[k].flags & QT_LOWER) || t[k].classes) break;
        k++;
    }
    if (k >= c->right || (t[k].type != QT_WORD && t[k].type != QT_NUMBER)) return false;
    bool subject = t[k].classes & (QT_PRON | QT_TITLE) || t[k].flags & QT_PERSON ||
                   quotes_is_aged(c->engine, &t[k]) ||
                   (t[k].flags & QT_CAP && !(t[k].classes & (QT_FUNCTION | QT_PLACE)));
    subject |= (t[k].classes & (QT_DET | QT_ROLE)) != 0;
    if (!(c->traits & QT_V2)) subject &= quotes_ends_like_verb(c->engine, &t[i], true);
    if (!subject || !quotes_phrase_within(c->engine, t, c->right, k, 0, &from, &to)) return false;
    *f = (qt_find){true, i, i + 1, from, to, 0, true};
    return true;
}

/* "…", ha twittato poi la premier; "…", a gazouillé Jean: an auxiliary, a word that is in no table,
 * and somebody; or nobody, where the subject may be absent and the sentence ends. */
static bool unknown_participle(const qt_context *c, unsigned i, qt_find *f)
{
    enum { PARTICIPLE = 5 }; /* bytes */
    const qt_token *t = c->t;
    while (c->traits & QT_INVERTS && i + 1 < c->right && t[i].type == QT_WORD &&
           t[i].classes & QT_CLITIC && !(t[i].classes & (QT_AUX | QT_PRON)))
        i++; /* s'est défendue */
    if (c->traits & QT_V2 || i + 1 >= c->right || !quotes_has(&t[i], QT_AUX)) return false;
    if (t[i].features & QT_PASSIVE || !(t[i].flags & QT_LOWER)) return false;
    if (quotes_ends_as(c->engine, &t[i], QT_ENDS_GERUND, PARTICIPLE))
        return false; /* étant donné */
    unsigned k = i + 1, from, to;
    while (k + 1 < c->right && k < i + 3 &&
           (quotes_has(&t[k], QT_ADV | QT_CLITIC) || is_adverb(c, &t[k])))
        k++;
    if (t[k].type != QT_WORD || t[k].classes & ~(uint32_t)QT_VERB || !(t[k].flags & QT_LOWER))
        return false;
    if (!quotes_ends_like_verb(c->engine, &t[k], true) && !(c->traits & QT_DROPS) &&
        !quotes_ends_as(c->engine, &t[k], QT_ENDS_PARTICIPLE, PARTICIPLE))
        return false;
    if (k + 1 >= c->right || (t[k + 1].type == QT_PUNCT && t[k + 1].flags & QT_ENDS)) {
        if (!(c->traits & QT_DROPS)) return false;
        *f = (qt_find){true, i, k + 1, 0, 0, 0, true};
        return true;
    }
    if (!quotes_phrase_within(c->engine, t, c->right, k + 1, 2, &from, &to)) return false;
    if (quotes_personality(c, from, to) < 2 && quotes_name_run(t, to, from) == from) return false;
    *f = (qt_find){true, i, k + 1, from, to, 0, true};
    return true;
}

/* as X put it, comme l'a dit X, wie X sagte */
static bool as_said(const qt_context *c, unsigned i, qt_find *f)
{
    const qt_token *t = c->t;
    if (i + 2 >= c->right || !(t[i].classes & QT_COMP) || !(t[i].features & QT_AS)) return false;
    if (quotes_verb_first(c, i + 1, true, f) && f->from < f->to) return true;
    unsigned from, to;
    if (!quotes_phrase_within(c->engine, t, c->right, i + 1, 1, &from, &to)) return false;
    for (unsigned k = to; k < c->right && k < to + 8; k++) {
        if (t[k].type != QT_WORD || t[k].flags & QT_ENDS) return false;
        if (!quotes_has(&t[k], QT_CUE) &&
            !(t[k].classes & QT_VERB && !(t[k].classes & QT_AUX) && k == to))
            continue;
        *f = (qt_find){true, k, k + 1, from, to, 0, true};
        return true;
    }
    return false;
}

/* Filip Drápal from the organization Ropid, which makes the timetables, explained: a full name at
 * `from`, and the first verb of saying of its sentence; what stands between has no verb but in
 * clauses of its own. */
static bool name_first(const qt_context *c, unsigned from, qt_find *f)
{
    enum { REACH = 34 };
    const qt_token *t = c->t;
    unsigned to = quotes_name_run(t, c->right, from), k = to;
    bool clause = false;
    if (to < from + 2 || c->traits & QT_V2 || quotes_has(&t[to], QT_ROLE | QT_TITLE)) return false;
    for (unsigned end = to + REACH; k < c->right && k < end; k++) {
        const qt_token *w = &t[k];
        if (w->type == QT_QUOTE || quotes_is_mark(w, ':') || quotes_is_mark(w, ';')) return false;
        if (w->flags & QT_ENDS) return false;
        if (quotes_is_mark(w, ',')) clause = false;
        if (w->type != QT_WORD || !(w->flags & QT_LOWER)) continue;
        if (w->classes & (QT_REL | QT_COMP)) clause = true;
        if (w->classes & QT_CONJ && !quotes_is_mark(&t[k - 1], ',')) continue;
        bool says = w->classes & QT_SAY && !(w->classes & (QT_WEAK | QT_NOUN | QT_ROLE));
        bool noun = t[k - 1].type == QT_WORD &&
                    t[k - 1].classes & (QT_DET | QT_POSS | QT_OF | QT_PREP | QT_TO);
        if (says && !noun && !clause) {
            *f = (qt_find){true, k, k + 1, from, to, 0, true};
            return true;
        }
        if (w->classes & (QT_AUX | QT_VERB) && !clause && !(w->classes & QT_NOUN) && !noun)
            return false;
    }
    return false;
}

/* Where a verb of saying follows what a role hangs on: a spokesman for the union | said; `at` where
 * none does. */
static unsigned behind_complement(const qt_context *c, unsigned from, unsigned at)
{
    enum { REACH = 8 };
    const qt_token *t = c->t;
    const uint32_t other = QT_AUX | QT_VERB | QT_COMP | QT_REL | QT_PRON;
    if (c->traits & QT_INVERTS || !quotes_has(&t[at], QT_PREP)) return at;
    bool role = false;
    for (unsigned i = from; i < at; i++) role |= quotes_has(&t[i], QT_ROLE);
    for (unsigned k = at + 1; role && k < c->right && k < at + REACH; k++) {
        if (t[k].type != QT_WORD) return at;
        if (quotes_has(&t[k], QT_SAY) && t[k].flags & QT_LOWER && !(t[k].classes & QT_WEAK) &&
            k > at + 1)
            return k;
        if (t[k].classes & other && t[k].flags & QT_LOWER) return at;
    }
    return at;
}

/* The secretary for legal affairs, Anna Keller, told the court: a full name in commas behind what
 * the role before `at` hangs on, and a verb of saying. */
static bool named_apart(const qt_context *c, unsigned at, qt_find *f)
{
    enum { REACH = 8 };
    const qt_token *t = c->t;
    unsigned i = at;
    if (c->traits & QT_INVERTS || !quotes_has(&t[at], QT_PREP)) return false;
    while (i < c->right && i < at + REACH && t[i].type == QT_WORD &&
           !(t[i].classes & (QT_AUX | QT_VERB | QT_COMP | QT_REL | QT_PRON | QT_SAY)))
        i++;
    if (i == at || i + 3 >= c->right || !quotes_is_mark(&t[i], ',')) return false;
    unsigned end = quotes_name_run(t, c->right, i + 1);
    if (end < i + 3 || end + 1 >= c->right || !quotes_is_mark(&t[end], ',')) return false;
    if (!quotes_has(&t[end + 1], QT_SAY) || t[end + 1].classes & QT_WEAK) return false;
    *f = (qt_find){true, end + 1, end + 2, i + 1, end, 0, true};
    return true;
}

/* X said: a phrase at i, then its verb. */
static bool subject_first(const qt_context *c, unsigned i, qt_find *f)
{
    const qt_token *t = c->t;
    unsigned from, to;
    if (i >= c->right || t[i].type != QT_WORD ||
        t[i].classes & (QT_ADV | QT_PREP | QT_CLITIC | QT_COMP | QT_CONJ)) {
        if (i >= c->right || !(t[i].classes & (QT_PRON | QT_DET)) || t[i].classes & QT_PREP)
            return false;
    }
    if (name_first(c, i, f)) return true;
    if (!quotes_phrase_after(c->engine, t, c->right, i, &from, &to) || from != i) return false;
    if (to < c->right) to = behind_complement(c, from, to);
    if (to < c->right && named_apart(c, to, f)) return true;
    unsigned k = to;
    if (k < c->right && quotes_is_mark(&t[k], ',')) { /* an apposition */
        unsigned end = k + 1;
        while (
            end < c->right && end < k + 14 &&
            (t[end].type == QT_NUMBER || (t[end].type == QT_WORD && !quotes_has(&t[end], c->says))))
            end++;
        if (end >= c->right || !quotes_is_mark(&t[end], ',')) return false;
        k = end + 1;
    }
    bool aux = false;
    for (unsigned steps = 0; k < c->right && steps < 4; steps++, k++) {
        if (quotes_has(&t[k], c->says)) {
            if (t[k].classes & QT_PART && !(t[k].classes & QT_SAY) && !aux) return false;
            if (t[k].classes & QT_WEAK && k + 1 < c->right && t[k + 1].type == QT_WORD)
                return false;
            *f = (qt_find){true, k, k + 1, from, to, 0, true};
            return true;
        }
        if (t[k].type != QT_WORD || !(t[k].classes & (QT_AUX | QT_ADV | QT_CLITIC))) return false;
        aux |= (t[k].classes & QT_AUX) != 0;
    }
    return false;
}

/* "…," the department detailed: a comma within the marks, somebody, and a word that may be a verb;
 * in English, which has neither verbs first nor endings that tell. */
static bool unknown_last(const qt_context *c, unsigned i, qt_find *f)
{
    const uint32_t traits = QT_DROPS | QT_V2 | QT_INVERTS | QT_NO_ARTICLE | QT_CASELESS | QT_ELIDES;
    const qt_token *t = c->t;
    unsigned from, to;
    if (c->traits & traits || c->engine->text[c->quote->end - 1] != ',') return false;
    if (i >= c->right || t[i].classes & (QT_PREP | QT_COMP | QT_CONJ | QT_ADV)) return false;
    if (!quotes_phrase_after(c->engine, t, c->right, i, &from, &to) || from != i) return false;
    if (to > from + 2 && !t[to - 1].classes && t[to - 1].flags & QT_LOWER &&
        quotes_ends_like_verb(c->engine, &t[to - 1], false))
        to--; /* it is no noun, then */
    if (to >= c->right || t[to].type != QT_WORD || !(t[to].flags & QT_LOWER)) return false;
    if (t[to].classes & ~(uint32_t)(QT_VERB | QT_FICTION | QT_SAY | QT_WEAK)) return false;
    if (quotes_personality(c, from, to) < 2 && quotes_name_run(t, to, from) != to) return false;
    bool ends = to + 1 >= c->right || t[to + 1].type != QT_WORD ||
                quotes_has(&t[to + 1], QT_PREP | QT_ADV | QT_COMP);
    if (!ends) return false;
    *f = (qt_find){true, to, to + 1, from, to, 0, true};
    return true;
}

static unsigned first_after(const qt_context *c)
{
    unsigned i = c->at + 1;
    while (i < c->right) {
        const qt_token *t = &c->t[i];
        if (t->flags & QT_ENDS) return c->right;
        if (t->type == QT_PUNCT || t->type == QT_DASH || t->type == QT_CLOSE) {
            if (quotes_is_mark(t, ':') || quotes_is_mark(t, ';')) return c->right;
            i++;
            continue;
        }
        /* "X" or "Y", as they say */
        if (quotes_has(t, QT_CONJ) && i + 1 < c->right && t[1].type == QT_QUOTE &&
            !(t[1].flags & QT_ENDS)) {
            i += 2;
            continue;
        }
        break;
    }
    return i;
}

/* Bu mesajla duyuran Bayer, "…" dedi: where the verb ends the sentence its subject stands right
 * before the quotation, behind all that is said of it. */
static bool named_beside(const qt_context *c, unsigned *from, unsigned *to)
{
    const qt_token *t = c->t;
    bool comma = c->at > c->left && quotes_is_mark(&t[c->at - 1], ',');
    unsigned end = comma ? c->at - 1 : c->at, first = end;
    while (first > c->left && t[first - 1].type == QT_WORD && t[first - 1].flags & QT_NAME) first--;
    if (first == end && comma && first > c->left && t[first - 1].type == QT_WORD &&
        !(t[first - 1].classes & (QT_ADV | QT_CONJ | QT_PREP | QT_GER)))
        first--; /* raporda, "…" denildi */
    if (first == end || (!comma && end - first < 2)) return false;
    while (first > c->left && t[first - 1].type == QT_WORD &&
           t[first - 1].classes & (QT_ROLE | QT_TITLE) && !(t[first - 1].flags & QT_ENDS))
        first--;
    if (first < end && first > c->left && t[first].classes & QT_ROLE &&
        t[first - 1].flags & QT_UPPER)
        first--; /* CHP sözcüsü Muharrem İnce */
    *from = first;
    *to = end;
    return true;
}

/* The phrase that the sentence opens with. */
static bool first_phrase_named(const qt_context *c, unsigned *from, unsigned *to)
{
    if (c->traits & QT_FINAL && named_beside(c, from, to)) return true;
    return c->left < c->at && quotes_opening_phrase(c->engine, c->t, c->left, c->at, from, to);
}

bool quotes_opens_sentence(const qt_context *c)
{
    return c->left == c->at || (c->at == c->left + 1 && c->t[c->left].type == QT_DASH);
}

bool quotes_look_after(qt_context *c)
{
    unsigned i = first_after(c);
    qt_find f;
    if (i >= c->right) return false;
    /* « … . » Ainsi a vu le jour X: a sentence of its own, which has its adverb first */
    const qt_token *next = &c->t[i];
    if (quotes_like_french(c->traits) && c->t[c->at].flags & QT_ENDS && next->type == QT_WORD &&
        next->flags & QT_CAP && next->classes & QT_ADV)
        return false;
    bool comma = c->traits & QT_INVERTS && i == c->at + 2 && quotes_is_comma(&c->t[c->at + 1]);
    bool speaks =
        quotes_opens_sentence(c) &&
        (i > c->at + 1 || c->engine->text[c->quote->end - 1] == ',' ||
         c->engine->text[c->quote->end - 1] == '!' || c->engine->text[c->quote->end - 1] == '?');
    if (!quotes_verb_first(c, i, true, &f) && !auxiliary_first(c, i, &f) && !as_said(c, i, &f) &&
        !((speaks || quotes_opens_sentence(c)) && infinitive_first(c, i, &f)) &&
        (c->traits & QT_V2 || !subject_first(c, i, &f)) && !(speaks && unknown_verb(c, i, &f)) &&
        !((speaks || comma) && unknown_participle(c, i, &f)) && !(speaks && unknown_last(c, i, &f)))
        return false;
    if (f.from == i && f.cue > f.from && c->t[c->at].flags & QT_ENDS &&
        c->t[c->at].type == QT_QUOTE) {
        /* a new sentence whose subject comes first */
        char last = c->engine->text[c->quote->end - 1];
        if (last != ',' && last != '!' && last != '?') return false;
    }
    if (c->traits & QT_FINAL && f.from >= f.to && !first_phrase_named(c, &f.from, &f.to))
        f.from = f.to = 0;
    /* the deputy went back to it: "…", wrote */
    if (f.from >= f.to && c->traits & QT_DROPS && c->at > c->left + 1 &&
        quotes_is_mark(&c->t[c->at - 1], ':') &&
        !quotes_subject_of_clause(c, c->at - 1, &f.from, &f.to))
        f.from = f.to = 0;
    quotes_accept(c, &f, QT_RULE_AFTER);
    return true;
}

/* As X put it, the plan is "…": at the beginning of the sentence, and a comma ends it. */
bool quotes_look_as(qt_context *c)
{
    enum { REACH = 16 };
    qt_context clause = *c;
    qt_find f;
    unsigned comma = c->left + 1;
    if (c->at < c->left + 4 || !quotes_seen_left(c, QT_COMP)) return false;
    while (comma < c->at && comma < c->left + REACH && c->t[comma].type == QT_WORD) comma++;
    if (comma >= c->at || !quotes_is_mark(&c->t[comma], ',')) return false;
    clause.right = comma;
    if (!as_said(&clause, c->left, &f) || f.from >= f.to) return false;
    if (quotes_personality(c, f.from, f.to) < 2 && quotes_name_run(c->t, f.to, f.from) == f.from)
        return false;
    quotes_accept(c, &f, QT_RULE_SOURCE);
    return true;
}

/* Where the verb ends the sentence, its subject opens it: X, the "…" said. */
static bool final_verb(qt_context *c)
{
    qt_find f = {.found = true};
    if (!(c->traits & QT_FINAL)) return false;
    for (unsigned i = c->right; i-- > c->at + 1;) {
        if (c->t[i].type == QT_PUNCT || c->t[i].type == QT_DASH) {
            if (c->t[i].flags & QT_ENDS) continue;
            break;
        }
        if (!quotes_has(&c->t[i], QT_CUE)) continue;
        f.cue = i;
        f.cue_end = i + 1;
        if (!first_phrase_named(c, &f.from, &f.to)) f.from = f.to = 0;
        quotes_accept(c, &f, QT_RULE_LATER);
        return true;
    }
    return false;
}

/* Where the subject may be absent: … "…", que ha hecho de Gaza "…", señaló. */
static bool bare_verb_last(qt_context *c)
{
    const qt_token *t = c->t;
    unsigned i = c->right;
    if (!(c->traits & QT_DROPS) || i < c->at + 4) return false;
    if (t[i - 1].type != QT_PUNCT || !(t[i - 1].flags & QT_ENDS)) return false;
    i -= 2;
    if (!quotes_has(&t[i], QT_SAY | QT_PART) || t[i].classes & QT_WEAK) return false;
    unsigned first = i;
    while (first > c->at + 1 && quotes_has(&t[first - 1], QT_AUX | QT_CLITIC)) first--;
    if (!(t[i].classes & QT_SAY) && !quotes_has(&t[first], QT_AUX)) return false;
    if (first <= c->at + 1 || !(quotes_is_mark(&t[first - 1], ',') || t[first - 1].type == QT_DASH))
        return false;
    quotes_accept(c, &(qt_find){true, first, i + 1, 0, 0, 0, true}, QT_RULE_LATER);
    return true;
}

/* A verb of saying at i, which a comma, a dash or a quotation opens, and its subject behind it. */
static bool verb_later(qt_context *c, unsigned i)
{
    qt_find f;
    if (quotes_verb_first(c, i, false, &f) && f.from < f.to && c->t[f.cue].flags & QT_LOWER &&
        !(c->t[f.cue].classes & QT_GER && !(c->t[f.cue].classes & (QT_SAY | QT_PART)))) {
        quotes_accept(c, &f, QT_RULE_LATER);
        return true;
    }
    /* «…» et «…», a accusé le maire: nobody stands before the auxiliary */
    if (c->traits & QT_INVERTS && quotes_is_comma(&c->t[i - 1]) && quotes_has(&c->t[i], QT_AUX) &&
        c->t[i].flags & QT_LOWER && quotes_verb_first(c, i, true, &f) && f.from < f.to &&
        c->t[f.cue_end - 1].classes & QT_PART && f.from == f.cue_end &&
        quotes_personality(c, f.from, f.to) >= 3) {
        quotes_accept(c, &f, QT_RULE_LATER);
        return true;
    }
    if (!quotes_is_mark(&c->t[i - 1], ',') || !as_said(c, i, &f) || f.from >= f.to) return false;
    quotes_accept(c, &f, QT_RULE_LATER);
    return true;
}

/* The same with its subject first. */
static bool subject_later(qt_context *c, unsigned i)
{
    qt_find f;
    if (c->traits & QT_INVERTS || i <= c->at + 2 || !subject_first(c, i, &f)) return false;
    if (f.to < c->right && c->t[f.cue].classes & QT_SAY && f.cue_end < c->right &&
        quotes_has(&c->t[f.cue_end], QT_COMP))
        return false;
    quotes_accept(c, &f, QT_RULE_LATER);
    return true;
}

bool quotes_look_later(qt_context *c)
{
    if (!quotes_seen_right(c, c->says | QT_CUE) && !(c->seen.right_flags & QT_INVERTED) &&
        !(c->seen.right_features & QT_AS))
        return false;
    if (final_verb(c)) return true;
    if (c->t[c->at].flags & QT_ENDS) return false;
    for (int pass = 0; pass < 2; pass++) {
        for (unsigned i = c->at + 1; i + 1 < c->right; i++) {
            const qt_token *t = &c->t[i];
            if (quotes_is_mark(t, ':')) {
                if (pass) return false;
                break;
            }
            if (!quotes_is_mark(t, ',') && t->type != QT_DASH && t->type != QT_QUOTE) continue;
            if (pass ? subject_later(c, i + 1) : verb_later(c, i + 1)) return true;
        }
    }
    return bare_verb_last(c);
}

/* Wird von Kennern als "…" bezeichnet: the agent of a passive. */
static bool passive_agent(const qt_context *c, unsigned start, unsigned cue, unsigned *from,
                          unsigned *to)
{
    const qt_token *t = c->t;
    bool passive = false;
    for (unsigned i = start; i < c->right && i < cue + 2; i++)
        passive |= quotes_has(&t[i], QT_AUX) && t[i].features & QT_PASSIVE;
    for (unsigned i = start; passive && i + 1 < cue; i++) {
        if (!quotes_has(&t[i], QT_OF) || !(t[i].features & QT_SELF)) continue;
        if (i > start && t[i - 1].flags & QT_CAP) continue; /* der Chef von X */
        return quotes_phrase_after(c->engine, t, c->right, i + 1, from, to) && *from == i + 1 &&
               *from != c->at;
    }
    return false;
}

/* German and Dutch end a clause with its participle, a subordinate clause with its verb: hat den
 * Plan "verfehlt" genannt; die ihn als "verfehlt" bezeichnete. The subject stands before the
 * quotation. */
bool quotes_look_last(qt_context *c)
{
    const qt_token *t = c->t;
    unsigned cue = 0;
    if (!quotes_seen_right(c, QT_SAY | QT_PART)) return false;
    for (unsigned i = c->at + 1; i < c->right && i < c->at + 9; i++) {
        if (t[i].type == QT_PUNCT || t[i].type == QT_DASH) break;
        if (quotes_has(&t[i], QT_SAY | QT_PART) && t[i].flags & QT_LOWER) cue = i;
    }
    if (!cue || cue + 1 < c->right) {
        if (!cue) return false;
        const qt_token *next = &t[cue + 1];
        bool ends = next->type == QT_PUNCT || next->type == QT_DASH ||
                    (next->type == QT_WORD && next->classes & (QT_AUX | QT_CONJ | QT_KONJ));
        if (!ends) return false;
    }
    unsigned start = c->at;
    while (start > c->left && !(t[start - 1].type == QT_PUNCT || t[start - 1].type == QT_DASH ||
                                t[start - 1].flags & QT_ENDS))
        start--;
    if (start == c->at) return false;
    qt_find f = {true, cue, cue + 1, 0, 0, 0, true};
    unsigned aux = start;
    while (aux < c->at && !quotes_has(&t[aux], QT_AUX)) aux++;
    bool relative = start > c->left + 1 && quotes_is_mark(&t[start - 1], ',') &&
                    t[start].classes & (QT_DET | QT_REL) && aux == c->at;
    bool found;
    if (passive_agent(c, start, cue, &f.from, &f.to)) {
        found = true;
    } else if (c->traits & QT_FINAL) {
        found = first_phrase_named(c, &f.from, &f.to);
    } else if (relative && start >= 2) {
        found = quotes_subject_of(c->engine, t, start, start - 1, &f.from, &f.to);
    } else if (t[start].type == QT_WORD && t[start].classes & (QT_PREP | QT_ADV | QT_AUX) &&
               !(t[start].classes & QT_DET) && aux < c->at) {
        found = quotes_phrase_after(c->engine, t, c->at, aux + 1, &f.from, &f.to);
    } else {
        found = quotes_opening_phrase(c->engine, t, start, c->at, &f.from, &f.to);
    }
    if (!found) f.from = f.to = 0;
    quotes_accept(c, &f, QT_RULE_LAST);
    return true;
}
