/* Attribution: the cue that reports a quotation, and the phrase that names its speaker.
 *
 * Places are looked at in the order in which they can be trusted: right after the quotation, a
 * strong verb before it that leads up to it, later in the sentence, inside the marks, source
 * prepositions, weaker verbs before, a name with a colon. What has none of these takes the speaker
 * of the quotation before it in the paragraph, or of the paragraph's last verb of saying. */
#include "attribute.h"

enum { MAX_RIGHT = 70, MAX_LEFT = 90, MAX_WORDS = 250 };

/* ------------------------------------------------------------------ results */

void quotes_set_speaker(qt_context *c, unsigned from, unsigned to)
{
    qt_quote *q = c->quote;
    if (from >= to) return;
    q->speaker_start = c->t[from].start;
    q->speaker_end = c->t[to - 1].end;
    q->speaker_pronoun =
        to == from + 1 && c->t[from].classes & QT_PRON && !(c->t[from].flags & QT_PERSON);
}

void quotes_accept(qt_context *c, const qt_find *f, uint8_t rule)
{
    qt_quote *q = c->quote;
    q->rule = rule;
    q->cue_start = c->t[f->cue].start;
    q->cue_end = c->t[f->cue_end - 1].end;
    q->strong = !(c->t[f->cue].classes & QT_WEAK) || rule == QT_RULE_AFTER;
    quotes_set_speaker(c, f->from, f->to);
}

/* ------------------------------------------------------------------ right of it */

/* "…", adding that "…": a gerund that leads up to the next quotation. */
static bool announces(const qt_context *c, unsigned i)
{
    const qt_token *t = c->t;
    if (!(t[i].classes & QT_GER) || t[i].classes & (QT_SAY | QT_PART)) return false;
    if (i + 1 >= c->right) return false;
    return quotes_has(&t[i + 1], QT_COMP) || t[i + 1].type == QT_QUOTE ||
           quotes_is_mark(&t[i + 1], ':');
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
        if (!quotes_phrase_after(c->engine, t, c->right, i + 1, &from, &to) || from > i + 2)
            return false;
        *f = (qt_find){true, first, i + 1, from, to, 0, true};
        return true;
    }
    return false;
}

/* A verb of saying and its subject from token i on. */
static bool verb_first(const qt_context *c, unsigned i, bool adjacent, qt_find *f)
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
        else if (!(t[i].classes & (QT_ADV | QT_CLITIC)) || t[i].flags & QT_CAP)
            return false;
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
    if (!subject || !quotes_phrase_after(c->engine, t, c->right, k, &from, &to) || from != k)
        return false;
    *f = (qt_find){true, i, i + 1, from, to, 0, true};
    return true;
}

/* "…", ha twittato poi la premier; "…", a gazouillé Jean: an auxiliary, a word that is in no table,
 * and somebody; or nobody, where the subject may be absent and the sentence ends. */
static bool unknown_participle(const qt_context *c, unsigned i, qt_find *f)
{
    const qt_token *t = c->t;
    if (c->traits & QT_V2 || i + 1 >= c->right || !quotes_has(&t[i], QT_AUX)) return false;
    if (t[i].features & QT_PASSIVE || !(t[i].flags & QT_LOWER)) return false;
    unsigned k = i + 1, from, to;
    while (k + 1 < c->right && k < i + 3 && quotes_has(&t[k], QT_ADV | QT_CLITIC)) k++;
    if (t[k].type != QT_WORD || t[k].classes || !(t[k].flags & QT_LOWER)) return false;
    if (!quotes_ends_like_verb(c->engine, &t[k], true) && !(c->traits & QT_DROPS)) return false;
    if (k + 1 >= c->right || (t[k + 1].type == QT_PUNCT && t[k + 1].flags & QT_ENDS)) {
        if (!(c->traits & QT_DROPS)) return false;
        *f = (qt_find){true, i, k + 1, 0, 0, 0, true};
        return true;
    }
    if (!quotes_phrase_after(c->engine, t, c->right, k + 1, &from, &to) || from > k + 3)
        return false;
    if (quotes_personality(c, from, to) < 2 && quotes_name_run(t, to, from) == from) return false;
    *f = (qt_find){true, i, k + 1, from, to, 0, true};
    return true;
}

/* as X put it, comme l'a dit X, wie X sagte */
static bool as_said(const qt_context *c, unsigned i, qt_find *f)
{
    const qt_token *t = c->t;
    if (i + 2 >= c->right || t[i].type != QT_WORD || !(t[i].features & QT_AS)) return false;
    if (verb_first(c, i + 1, true, f) && f->from < f->to) return true;
    unsigned from, to;
    if (!quotes_phrase_after(c->engine, t, c->right, i + 1, &from, &to) || from > i + 2)
        return false;
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
    if (!quotes_phrase_after(c->engine, t, c->right, i, &from, &to) || from != i) return false;
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

/* The phrase that the sentence opens with. */
static bool first_phrase_named(const qt_context *c, unsigned *from, unsigned *to)
{
    return c->left < c->at && quotes_opening_phrase(c->engine, c->t, c->left, c->at, from, to);
}

/* Nothing but a dash stands before it in its sentence. */
static bool opens_sentence(const qt_context *c)
{
    return c->left == c->at || (c->at == c->left + 1 && c->t[c->left].type == QT_DASH);
}

static bool look_after(qt_context *c)
{
    unsigned i = first_after(c);
    qt_find f;
    if (i >= c->right) return false;
    bool speaks =
        opens_sentence(c) &&
        (i > c->at + 1 || c->engine->text[c->quote->end - 1] == ',' ||
         c->engine->text[c->quote->end - 1] == '!' || c->engine->text[c->quote->end - 1] == '?');
    if (!verb_first(c, i, true, &f) && !auxiliary_first(c, i, &f) && !as_said(c, i, &f) &&
        (c->traits & QT_V2 || !subject_first(c, i, &f)) && !(speaks && unknown_verb(c, i, &f)) &&
        !(speaks && unknown_participle(c, i, &f)))
        return false;
    if (f.from == i && f.cue > f.from && c->t[c->at].flags & QT_ENDS &&
        c->t[c->at].type == QT_QUOTE) {
        /* a new sentence whose subject comes first */
        char last = c->engine->text[c->quote->end - 1];
        if (last != ',' && last != '!' && last != '?') return false;
    }
    if (c->traits & QT_FINAL && f.from >= f.to && !first_phrase_named(c, &f.from, &f.to))
        f.from = f.to = 0;
    quotes_accept(c, &f, QT_RULE_AFTER);
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

static bool look_later(qt_context *c)
{
    if (final_verb(c)) return true;
    if (c->t[c->at].flags & QT_ENDS) return false;
    for (unsigned i = c->at + 1; i + 1 < c->right; i++) {
        const qt_token *t = &c->t[i];
        if (quotes_is_mark(t, ':')) return false;
        if (!(quotes_is_mark(t, ',') || t->type == QT_DASH || (t->type == QT_QUOTE && i > c->at)))
            continue;
        qt_find f;
        if (verb_first(c, i + 1, false, &f) && f.from < f.to && c->t[f.cue].flags & QT_LOWER &&
            !(c->t[f.cue].classes & QT_GER && !(c->t[f.cue].classes & (QT_SAY | QT_PART)))) {
            quotes_accept(c, &f, QT_RULE_LATER);
            return true;
        }
        if (quotes_is_mark(t, ',') && as_said(c, i + 1, &f) && f.from < f.to) {
            quotes_accept(c, &f, QT_RULE_LATER);
            return true;
        }
        if (!(c->traits & QT_INVERTS) && subject_first(c, i + 1, &f) && i > c->at + 1) {
            if (f.to < c->right && c->t[f.cue].classes & QT_SAY && f.cue_end < c->right &&
                quotes_has(&c->t[f.cue_end], QT_COMP))
                continue;
            quotes_accept(c, &f, QT_RULE_LATER);
            return true;
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
static bool look_last(qt_context *c)
{
    const qt_token *t = c->t;
    unsigned cue = 0;
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

/* ------------------------------------------------------------------ inside the marks */

/* «…, sublinhou, e …»: the verb alone, where the subject need not be there. */
static bool bare_incise(const qt_context *c, unsigned i)
{
    const qt_token *t = c->t;
    if (!(c->traits & QT_DROPS) || i + 1 >= c->right) return false;
    if (!quotes_is_mark(&t[i - 1], ',') && t[i - 1].type != QT_DASH) return false;
    if (!quotes_is_mark(&t[i + 1], ',') && t[i + 1].type != QT_DASH) return false;
    return quotes_has(&t[i], QT_SAY) && !(t[i].classes & QT_WEAK) && t[i].flags & QT_LOWER;
}

static bool look_inside(qt_context *c)
{
    enum { ROOM = 220 };
    qt_quote *q = c->quote;
    if (q->words < 8 || q->dash || q->piece) return false;
    qt_token t[ROOM];
    uint32_t size = q->end - q->start;
    uint32_t to = size > 1400 ? q->start + 1400 : q->end;
    while (to < q->end && ((unsigned char)c->engine->text[to] & 0xC0) == 0x80) to--;
    unsigned count = quotes_tokens_of(c->engine, q->start, to, t, ROOM);
    qt_context inner = *c;
    inner.t = t;
    inner.right = count;
    for (unsigned i = 1; i + 2 < count; i++) {
        bool opens = t[i].type == QT_DASH || quotes_is_mark(&t[i], ',') ||
                     quotes_is_mark(&t[i], '!') || quotes_is_mark(&t[i], '?') ||
                     quotes_is_mark(&t[i], '.');
        if (!opens) continue;
        qt_find f;
        bool dash = t[i].type == QT_DASH;
        if (bare_incise(&inner, i + 1)) {
            q->rule = QT_RULE_INSIDE;
            q->cue_start = t[i + 1].start;
            q->cue_end = t[i + 1].end;
            q->strong = true;
            return true;
        }
        if (!verb_first(&inner, i + 1, false, &f) || f.from >= f.to || !(t[f.cue].flags & QT_LOWER))
            continue;
        bool inverted = t[f.from].flags & QT_INVERTED;
        if (t[i].mark == '.' && !dash && !inverted) continue;
        /* a subject right after the verb, closed by a comma, a stop or a dash */
        unsigned end = f.to;
        while (!inverted && end < count && end < f.to + 14 && t[end].type == QT_WORD) end++;
        bool closed = end >= count || t[end].type == QT_DASH || quotes_is_mark(&t[end], ',') ||
                      quotes_is_mark(&t[end], '.');
        bool named = inverted || t[f.from].flags & QT_CAP ||
                     t[f.from].classes & (QT_TITLE | QT_ROLE | QT_DET);
        if (!(closed || inverted) || !named) continue;
        q->rule = QT_RULE_INSIDE;
        q->cue_start = t[f.cue].start;
        q->cue_end = t[f.cue_end - 1].end;
        q->strong = true;
        q->speaker_start = t[f.from].start;
        q->speaker_end = t[f.to - 1].end;
        q->speaker_pronoun = f.to == f.from + 1 && t[f.from].classes & QT_PRON;
        return true;
    }
    return false;
}

/* ------------------------------------------------------------------ without a cue of its own */

static bool in_reporting_mood(const qt_context *c)
{
    for (unsigned i = c->left; i < c->right; i++) {
        if (quotes_has(&c->t[i], QT_KONJ)) return true;
    }
    return false;
}

/* An indefinite phrase, or one with a possessive, that nothing shows to be somebody. */
static bool is_thing(const qt_context *c, unsigned from, unsigned to)
{
    const qt_token *t = &c->t[from];
    if (quotes_personality(c, from, to) >= 2) return false;
    return t->classes & QT_POSS || (t->classes & QT_DET && t->features & QT_INDEFINITE);
}

/* The sentence before, where the quotation is one of its own, or goes on in the mood of reported
 * speech: He was angry, he said. "…"; its verb of saying, else whoever acts in it. */
static bool said_before(qt_context *c)
{
    bool alone = c->left == c->at && c->quote->words >= 4;
    if (c->left == 0 || !(alone || in_reporting_mood(c))) return false;
    qt_context before = *c;
    qt_find f = {0};
    unsigned left = c->left - 1;
    while (left > 0 && c->left - left < MAX_LEFT && !(c->t[left - 1].flags & QT_ENDS)) left--;
    before.left = left;
    before.at = c->left;
    bool quoted = false;
    for (unsigned i = left; i < c->left; i++) quoted |= c->t[i].type == QT_QUOTE;
    if (quoted && alone) return false;
    const qt_engine *e = c->engine;
    bool spoke = e->subject_count && /* somebody else in this paragraph */
                 e->subjects[(e->subject_count - 1) % QT_MAX_SPEAKERS].at >= e->par_start;
    if (!quotes_look_before(&before, false, &f) &&
        (spoke || !quotes_look_before(&before, true, &f)))
        f.from = f.to = 0;
    if (f.from >= f.to && alone && quotes_look_source(&before)) {
        c->quote->rule = QT_RULE_PARAGRAPH;
        c->quote->cue_start = c->quote->cue_end = 0;
        return true;
    }
    if (f.from < f.to && is_thing(c, f.from, f.to)) f.from = f.to = 0;
    if (f.from >= f.to &&
        (quoted || spoke || !quotes_subject_of_clause(&before, c->left - 1, &f.from, &f.to)))
        return false;
    quotes_set_speaker(c, f.from, f.to);
    c->quote->rule = QT_RULE_PARAGRAPH;
    return true;
}

/* A subject of an earlier verb, as it was written, and whom it stands for. */
static void take_subject(qt_context *c, const qt_subject *s)
{
    bool known = s->entity != QT_NOBODY;
    c->quote->speaker_start = s->said_start;
    c->quote->speaker_end = s->said_end;
    c->quote->who_start = known ? c->engine->entities[s->entity].start : s->start;
    c->quote->who_end = known ? c->engine->entities[s->entity].end : s->end;
}

/* She turned round and said: [paragraph] "…" */
static bool announced_above(qt_context *c)
{
    enum { REACH = 400 };
    const qt_engine *e = c->engine;
    if (!e->after_colon || !e->subject_count || c->at > 2) return false;
    const qt_subject *s = &e->subjects[(e->subject_count - 1) % QT_MAX_SPEAKERS];
    if (!s->end || e->par_start - s->at > REACH) return false;
    take_subject(c, s);
    c->quote->rule = QT_RULE_PARAGRAPH;
    return true;
}

static bool asks(const qt_engine *self, const qt_quote *q)
{
    return q->end > q->start && self->text[q->end - 1] == '?';
}

/* Whoever spoke before the question answers it; who asks is nobody that was named. */
static void take_turn(const qt_engine *self, qt_quote *q)
{
    enum { REACH = 8 }; /* paragraphs */
    const qt_quote *talker = &self->talker;
    if (asks(self, q) || !asks(self, &self->spoken) || self->spoken.speaker_end) return;
    if (!self->has_talker || talker->paragraph + REACH < q->paragraph) return;
    q->who_start = talker->who_end ? talker->who_start : talker->speaker_start;
    q->who_end = talker->who_end ? talker->who_end : talker->speaker_end;
}

/* Nothing but punctuation follows in its sentence. */
static bool is_alone_after(const qt_context *c)
{
    for (unsigned i = c->at + 1; i < c->right; i++) {
        if (c->t[i].type != QT_PUNCT && c->t[i].type != QT_QUOTE) return false;
    }
    return true;
}

static void carry_over(qt_context *c)
{
    qt_engine *e = c->engine;
    qt_quote *q = c->quote;
    const qt_quote *last = &e->spoken;
    bool speech = e->has_spoken;
    /* a fragment goes on from one of its own sentence only */
    bool near = c->left < c->at && last->outer_start >= c->t[c->left].start;
    unsigned n;
    uint32_t first = quotes_decode(e->text + q->start, e->text + q->end, &n);
    bool fragment = q->words < 8 && !quotes_is_upper(first);
    bool here = last->paragraph == q->paragraph && q->outer_start - last->outer_end < 300 &&
                (near || !fragment);
    /* dashed lines that nobody else claims are one speaker's, outside stories, unless they ask */
    bool next = speech && q->dash && last->dash && last->paragraph + 1 == q->paragraph &&
                opens_sentence(c) && !(e->probe.dialogue && !(c->traits & QT_COMMA_DASHES));
    bool alone = next && is_alone_after(c), asked = next && asks(e, last) && !last->speaker_end;
    bool line = alone && !asks(e, q) && !asked;
    if (next && !line) {
        q->rule = QT_RULE_TURN;
        if (alone) take_turn(e, q);
        return;
    }
    if (speech && (here || line) && (last->speaker_end || last->who_end)) {
        quotes_take_speaker(q, last);
        q->rule = QT_RULE_SAME;
        return;
    }
    if (said_before(c) || announced_above(c)) return;
    if (e->subject_count) {
        const qt_subject *s = &e->subjects[(e->subject_count - 1) % QT_MAX_SPEAKERS];
        if (s->at < e->par_start) return;
        q->rule = QT_RULE_PARAGRAPH;
        if (s->end && q->words > 2) take_subject(c, s);
    }
}

static void find_sentence(qt_context *c)
{
    c->left = c->at;
    while (c->left > 0 && c->at - c->left < MAX_LEFT && !(c->t[c->left - 1].flags & QT_ENDS))
        c->left--;
    c->right = c->at + 1;
    while (c->right < c->count && c->right - c->at < MAX_RIGHT) {
        c->right++;
        if (c->t[c->right - 1].flags & QT_ENDS) break;
    }
}

static void set_lang(qt_engine *self, uint32_t at)
{
    if (!self->sink->lang_at) return;
    unsigned lang = self->sink->lang_at(self->sink->user, at);
    if (lang != QT_NO_LANG && lang != QT_NO_TABLE) quotes_set_lang(self, lang);
}

/* "He said that … "X", reported an agency": the first who speaks. */
static bool embedded(const qt_context *c, const qt_find *before)
{
    if (!before->leads || before->from >= before->to || c->quote->words > 12) return false;
    bool that = false;
    for (unsigned i = before->cue_end; i < c->at; i++) {
        if (c->t[i].type == QT_QUOTE || quotes_is_mark(&c->t[i], ':')) return false;
        that |= quotes_has(&c->t[i], QT_COMP);
    }
    return that && before->distance > 2;
}

/* Called the protest "paid": a verb that labels, right before the quotation. */
static bool labels(qt_context *c, qt_find *f)
{
    enum { NEAR = 5 };
    return !(c->traits & QT_V2) && quotes_look_before(c, true, f) && f->distance <= NEAR &&
           f->from < f->to && c->t[f->cue_end - 1].features & QT_LABEL;
}

/* "…". Lo ha detto X. "…". Con esas palabras ha descrito X …: a sentence of its own, and the next
 * one says whose. */
static bool look_next_sentence(qt_context *c)
{
    enum { REACH = 5, LEAST = 4 };
    const qt_token *t = c->t;
    unsigned i = c->right, from, to;
    if (c->left != c->at || c->quote->words < LEAST || i + 2 >= c->count) return false;
    if (!(t[i - 1].flags & QT_ENDS) || t[i].type != QT_WORD || t[i].classes & QT_DET) return false;
    if (!(t[i].features & QT_BACK)) return false;
    for (unsigned end = i + REACH; i < end && i + 1 < c->count; i++) {
        if (t[i].type != QT_WORD || t[i].flags & QT_ENDS) return false;
        if (!quotes_has(&t[i], QT_SAY | QT_PART)) continue;
        if (!quotes_phrase_after(c->engine, t, c->count, i + 1, &from, &to) || from > i + 3)
            return false;
        if (quotes_personality(c, from, to) < 2 && quotes_name_run(t, to, from) == from)
            return false;
        quotes_accept(c, &(qt_find){true, i, i + 1, from, to, 0, true}, QT_RULE_LATER);
        return true;
    }
    return false;
}

/* Jean Petit « regrette ce choix »: a subject, and a quotation that goes on with its verb. */
static bool goes_on(qt_context *c)
{
    enum { ROOM = 4, LEAST = 3 };
    const qt_quote *q = c->quote;
    qt_token body[ROOM];
    unsigned from, to, start = c->at;
    if (c->at == c->left || c->t[c->at - 1].type != QT_WORD || q->words < LEAST) return false;
    if (c->traits & (QT_V2 | QT_CASELESS | QT_FINAL)) return false;
    uint32_t end = q->end - q->start > 60 ? q->start + 60 : q->end;
    while (end < q->end && ((unsigned char)c->engine->text[end] & 0xC0) == 0x80) end--;
    unsigned count = quotes_tokens_of(c->engine, q->start, end, body, ROOM), i = 0;
    if (!count || !(body[0].flags & QT_LOWER)) return false;
    while (i + 1 < count && quotes_has(&body[i], QT_CLITIC | QT_ADV) &&
           !(body[i].classes & (QT_DET | QT_PREP)))
        i++;
    if (!quotes_has(&body[i], QT_SAY | QT_AUX | QT_VERB) ||
        body[i].classes & (QT_NOUN | QT_DET | QT_PREP | QT_ROLE))
        return false;
    while (start > c->left && c->t[start - 1].type == QT_WORD) start--;
    if (!quotes_opening_phrase(c->engine, c->t, start, c->at, &from, &to) || to != c->at ||
        from > start + 1 || quotes_personality(c, from, to) < 2)
        return false;
    quotes_set_speaker(c, from, to);
    c->quote->rule = QT_RULE_BEFORE;
    c->quote->strong = true;
    return true;
}

static void look_everywhere(qt_context *c)
{
    qt_find before = {0}, weak = {0};
    if (c->engine->lang == QT_NO_LANG) { /* no verbs are known, and no words that are no names */
        quotes_look_full_name(c);
        return;
    }
    bool strong = quotes_look_before(c, false, &before);
    bool inner = strong && embedded(c, &before);
    bool announced = strong && before.leads && before.from < before.to && c->at > 0 &&
                     quotes_is_mark(&c->t[c->at - 1], ':');
    if (announced) {
        quotes_accept(c, &before, QT_RULE_BEFORE);
        return;
    }
    if (!strong && c->at > c->left && quotes_is_mark(&c->t[c->at - 1], ':') &&
        quotes_look_before(c, true, &weak) && weak.from < weak.to && weak.distance < 14) {
        quotes_accept(c, &weak, QT_RULE_BEFORE);
        return;
    }
    if (look_after(c)) {
        if (!inner || c->quote->speaker_pronoun) return;
        quotes_accept(c, &before, QT_RULE_BEFORE);
        return;
    }
    if (labels(c, &weak) && (!strong || weak.distance < before.distance)) {
        quotes_accept(c, &weak, QT_RULE_BEFORE);
        return;
    }
    if (strong && before.leads && before.from < before.to) {
        quotes_accept(c, &before, QT_RULE_BEFORE);
        return;
    }
    if (c->traits & QT_V2 && look_last(c)) return;
    if (look_later(c)) return;
    if (look_inside(c)) return;
    if (!strong || before.from >= before.to) {
        if (quotes_look_source(c)) return;
    }
    if (strong && before.from < before.to) {
        quotes_accept(c, &before, QT_RULE_BEFORE);
        return;
    }
    if (quotes_look_before(c, true, &weak) && (weak.from < weak.to || !strong)) {
        quotes_accept(c, &weak, QT_RULE_BEFORE);
        c->quote->strong = weak.leads && weak.distance < 7;
        if (weak.distance > 14) c->quote->rule = QT_RULE_NONE;
        if (c->quote->rule) return;
        c->quote->cue_start = c->quote->cue_end = 0;
        c->quote->speaker_start = c->quote->speaker_end = 0;
        c->quote->strong = false;
    }
    if (strong) {
        quotes_accept(c, &before, QT_RULE_BEFORE);
        return;
    }
    if (quotes_look_colon(c)) return;
    if (quotes_look_name_beside(c) || goes_on(c)) return;
    look_next_sentence(c);
}

void quotes_take_speaker(qt_quote *self, const qt_quote *from)
{
    self->speaker_start = from->speaker_start;
    self->speaker_end = from->speaker_end;
    self->speaker_pronoun = from->speaker_pronoun;
    self->who_start = from->who_start;
    self->who_end = from->who_end;
}

void quotes_attribute(qt_engine *self, unsigned index)
{
    qt_quote *q = &self->quotes[index];
    q->words = (uint8_t)quotes_count_words(self->text + q->start, self->text + q->end, MAX_WORDS);
    set_lang(self, q->start);
    q->lang = (uint8_t)self->lang;
    qt_context c = {.engine = self, .quote = q, .t = self->tokens, .at = q->token};
    c.count = self->token_count;
    c.traits = self->traits;
    c.says = QT_CUE | (self->probe.dialogue ? QT_FICTION : 0);
    find_sentence(&c);
    if (q->carries && self->has_last) {
        /* the speaker of all pieces may be named after the last */
        if (self->held_count && self->lang != QT_NO_LANG && !q->unclosed && look_after(&c)) return;
        quotes_take_speaker(q, &self->last);
        q->cue_start = self->last.cue_start;
        q->cue_end = self->last.cue_end;
        q->rule = QT_RULE_SAME;
        return;
    }
    look_everywhere(&c);
    if (!q->rule && self->lang != QT_NO_LANG) carry_over(&c);
}

void quotes_attribute_nested(qt_engine *self, unsigned index, const qt_token *t, unsigned count,
                             unsigned at)
{
    qt_quote *q = &self->quotes[index];
    q->words = (uint8_t)quotes_count_words(self->text + q->start, self->text + q->end, MAX_WORDS);
    q->lang = (uint8_t)self->lang;
    qt_context c = {.engine = self, .quote = q, .t = t, .count = count, .at = at};
    c.traits = self->traits;
    c.says = QT_CUE | (self->probe.dialogue ? QT_FICTION : 0);
    find_sentence(&c);
    look_everywhere(&c);
}
