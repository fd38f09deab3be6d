/* The subject of the verb at a place (Anna, who had waited, said): the phrases of its clause, with
 * clauses skipped that are set between commas, and whoever a gerund borrows it from. before.c asks
 * for quotations, refer.c for every verb of saying. */
#include "phrase.h"
#include "refer.h"

enum { MAX_HOPS = 5 };

static bool bounds_clause(const qt_token *t)
{
    if (t->type == QT_QUOTE || t->type == QT_DASH || t->flags & QT_ENDS) return true;
    if (t->type == QT_PUNCT) return true;
    if (t->type != QT_WORD) return false;
    return t->classes & QT_COMP && !(t->classes & QT_ADV); /* a ainsi déclaré */
}

typedef struct {
    unsigned from, to;
    bool hangs; /* on a preposition */
    bool pronoun;
} phrase;

/* A Paris, as the press writes it: without its accent the preposition looks like a verb. */
static bool is_bare_at(const qt_token *t)
{
    return t->end - t->start == 1 && t->flags & QT_CAP && t->classes & QT_AUX;
}

/* Is the role at t[i] said of what stands before it? It has no article, and no comma parts them. */
static bool is_predicate(const qt_engine *self, const qt_token *t, unsigned i)
{
    const qt_token *w = &t[i];
    if (!quotes_like_french(self->traits) || i == 0) return false;
    if (!(w->classes & QT_ROLE) || w->classes & (QT_DET | QT_TITLE) || !(w->flags & QT_LOWER))
        return false;
    const qt_token *last = &t[i - 1];
    return last->type == QT_WORD && last->flags & QT_LOWER &&
           !(last->classes & (QT_CONJ | QT_DET | QT_POSS | QT_PREP | QT_SOURCE | QT_COMP));
}

/* The first phrase of [*at, to), and where to look for the next. */
static bool next_phrase(const qt_engine *self, const qt_token *t, unsigned *at, unsigned to,
                        bool *hangs, phrase *out)
{
    enum { GERUND = 6, ASIDE = 6 };
    for (unsigned i = *at; i < to;) {
        const qt_token *w = &t[i];
        *out = (phrase){i, i + 1, *hangs, false};
        if (w->type == QT_OPEN && self->traits & QT_INVERTS && !*hangs) { /* la maire (PS) de X */
            unsigned close = i + 1;
            while (close < to && close <= i + ASIDE && t[close].type != QT_CLOSE) close++;
            if (close < to && t[close].type == QT_CLOSE) {
                i = close + 1;
                continue;
            }
        }
        if (w->type != QT_WORD) {
            *hangs = false;
            i++;
            continue;
        }
        /* Den berømte stylist: an article */
        /* les accusations le visant: no article */
        if (self->traits & QT_INVERTS && w->classes & QT_DET && w->classes & QT_CLITIC &&
            i + 1 < to && t[i + 1].type == QT_WORD && t[i + 1].flags & QT_LOWER &&
            !(t[i + 1].classes & ~(uint32_t)QT_GER) &&
            quotes_ends_as(self, &t[i + 1], QT_ENDS_GERUND, GERUND)) {
            *hangs = false;
            i += 2;
            continue;
        }
        bool article = w->classes & QT_DET && i + 2 < to && t[i + 1].type == QT_WORD &&
                       t[i + 1].flags & QT_LOWER && quotes_starts_phrase(self, w) &&
                       !(t[i + 1].classes & (QT_FUNCTION | QT_VERB | QT_CUE | QT_KONJ)) &&
                       (self->traits & QT_V2) && !(self->traits & QT_NOUNS_UPPER);
        if (w->classes & QT_PRON && !(w->flags & QT_PERSON) && !article) {
            out->pronoun = true;
        } else if ((w->classes & (QT_PREP | QT_SOURCE) && !(w->classes & QT_DET) &&
                    !quotes_is_name(w)) ||
                   is_bare_at(w)) {
            *hangs = true;
            i++;
            continue;
        } else if (is_predicate(self, t, i)) { /* est souvent employée */
            i++;
            continue;
        } else if (quotes_starts_phrase(self, w)) {
            out->to = quotes_phrase_end(self, t, to, i);
            out->hangs |= quotes_is_oblique(w) || quotes_is_cased(w);
            if (out->to == i ||
                (self->traits & QT_NOUNS_UPPER && !quotes_has_noun(t, i, out->to))) {
                i++;
                continue;
            }
        } else {
            if (!(w->classes & QT_DET)) *hangs = false;
            i++;
            continue;
        }
        *hangs = false;
        *at = out->to;
        return true;
    }
    return false;
}

/* The phrases of [from, to), the last few of them. */
static unsigned phrases_of(const qt_engine *self, const qt_token *t, unsigned from, unsigned to,
                           phrase *out, unsigned room)
{
    unsigned count = 0;
    bool hangs = false;
    phrase p;
    while (next_phrase(self, t, &from, to, &hangs, &p)) {
        if (count == room) {
            for (unsigned k = 1; k < room; k++) out[k - 1] = out[k];
            count--;
        }
        out[count++] = p;
    }
    return count;
}

/* The first phrase of [from, to) that hangs on nothing. */
static bool first_phrase(const qt_engine *self, const qt_token *t, unsigned from, unsigned to,
                         phrase *out)
{
    bool hangs = false;
    while (next_phrase(self, t, &from, to, &hangs, out)) {
        if (!out->hangs) return true;
    }
    return false;
}

/* In una riunione pubblica Anna Bianchi | ha detto: nothing parts the name from what hangs on a
 * preposition before it. */
static bool name_at_end(const qt_engine *self, const qt_token *t, const phrase *p, unsigned *a,
                        unsigned *b)
{
    unsigned from = p->to;
    if (self->traits & QT_NOUNS_UPPER) return false;
    while (from > p->from + 1 && quotes_is_name(&t[from - 1])) from--;
    if (from == p->to ||
        t[from - 1].classes & (QT_FUNCTION | QT_ROLE | QT_BODY | QT_TITLE | QT_NAMING))
        return false;
    if (!(t[from - 1].flags & QT_LOWER) || t[from].classes & QT_PLACE) return false;
    *a = from;
    *b = p->to;
    return true;
}

/* The phrase of a chunk that is its subject: the last that hangs on nothing, a pronoun first. */
static bool subject_here(const qt_engine *self, const qt_token *t, unsigned from, unsigned to,
                         unsigned *a, unsigned *b)
{
    enum { ROOM = 6 };
    phrase p[ROOM];
    unsigned count = phrases_of(self, t, from, to, p, ROOM);
    for (unsigned i = 0; i < count; i++) {
        if (!p[i].pronoun || p[i].from > from + 3) continue;
        *a = p[i].from;
        *b = p[i].to;
        return true;
    }
    for (unsigned i = count; i-- > 0;) {
        if (p[i].hangs) continue;
        *a = p[i].from;
        *b = p[i].to;
        return true;
    }
    return count && p[count - 1].to == to && name_at_end(self, t, &p[count - 1], a, b);
}

/* A phrase [*a, *b) without a name gives way to the name that stands behind it in commas. */
static void take_apposed(const qt_engine *self, const qt_token *t, unsigned count, unsigned *a,
                         unsigned *b)
{
    unsigned x, y;
    if (!quotes_names_nobody(self, t, *a, *b) || !quotes_apposed_name(self, t, count, *b, &x, &y))
        return;
    *a = x;
    *b = y;
}

static bool has_role(const qt_token *t, unsigned from, unsigned to)
{
    for (; from < to; from++) {
        if (t[from].type == QT_WORD && t[from].classes & QT_ROLE) return true;
    }
    return false;
}

/* The same, and where a name stands beside it in commas, that name. */
static bool subject_in(const qt_engine *self, const qt_token *t, unsigned from, unsigned to,
                       unsigned *a, unsigned *b)
{
    if (!subject_here(self, t, from, to, a, b)) return false;
    if (*a > from && !(t[*a].classes & (QT_PRON | QT_DET | QT_ROLE | QT_GIVEN)) &&
        quotes_name_opens(self, t, from, to, a, b))
        return true;
    if (*b == to && !(t[*a].classes & QT_PRON) && t == self->tokens)
        take_apposed(self, t, self->token_count, a, b);
    unsigned x, y; /* la maire (PS) de Lindre Anne Petit | a dit */
    if (*b < to && quotes_like_french(self->traits) && has_role(t, *a, *b) &&
        quotes_names_nobody(self, t, *a, *b) && quotes_name_behind_role(self, t, to, *b, &x, &y) &&
        y == to) {
        *a = x;
        *b = y;
    }
    return true;
}

static unsigned clause_start(const qt_token *t, unsigned at)
{
    unsigned i = at;
    while (i > 0 && !bounds_clause(&t[i - 1])) i--;
    return i;
}

static bool is_plain_name(const qt_token *t, unsigned from, unsigned to)
{
    while (from < to && t[from].classes & QT_TITLE) from++;
    return from < to && quotes_name_run(t, to, from) == to;
}

/* What stands between two commas, clauses within it not regarded: where it starts. */
static unsigned insertion_start(const qt_token *t, unsigned end)
{
    unsigned i = end;
    while (i > 0 && !(bounds_clause(&t[i - 1]) && t[i - 1].type != QT_WORD)) i--;
    return i;
}

static bool has_verb(const qt_token *t, unsigned from, unsigned to)
{
    for (; from < to; from++) {
        if (t[from].type == QT_WORD && t[from].classes & (QT_AUX | QT_SAY | QT_VERB) &&
            t[from].flags & QT_LOWER && !(t[from].classes & (QT_NOUN | QT_ROLE | QT_PREP)))
            return true;
    }
    return false;
}

/* A fellow student, engineer Anna Hill, …: a role without an article, its full name, and nobody
 * named before. */
static bool is_role_of_name(const qt_token *t, unsigned start, unsigned end)
{
    unsigned a, b, name = end;
    while (name > start && quotes_is_name(&t[name - 1])) name--;
    if (name + 2 > end || name == start || !(t[name].classes & QT_GIVEN)) return false;
    if (!(t[name - 1].classes & QT_ROLE) || t[start].classes & QT_PREP) return false;
    return !quotes_name_in(t, insertion_start(t, start - 1), start - 1, true, &a, &b);
}

/* Is [start, end), which a comma opens, set into the clause that has its subject before it? */
static bool is_insertion(const qt_engine *self, const qt_token *t, unsigned start, unsigned end)
{
    const qt_token *first = &t[start];
    if (first->type == QT_NUMBER && end <= start + 2) return true; /* X, 54, */
    if (first->type != QT_WORD) return false;
    if (!(first->flags & QT_CAP) && !(first->classes & (QT_DET | QT_PRON | QT_POSS)))
        return !is_role_of_name(t, start, end);
    if (first->classes & (QT_REL | QT_PREP | QT_PART) || quotes_is_oblique(first)) return true;
    unsigned before = insertion_start(t, start - 1), x, y;
    if (first->classes & QT_DET && first->features & QT_INDEFINITE)
        return !is_bare_at(&t[before]) &&
               !(t[before].classes & QT_PREP && !(t[before].classes & QT_DET) &&
                 t[before].flags & QT_CAP); /* X, a former minister; but in Paris, a minister */
    /* X, die den Plan kennen, */
    if (self->traits & QT_V2 && first->classes & (QT_DET | QT_REL) && end > start + 2 &&
        t[end - 1].type == QT_WORD && t[end - 1].flags & QT_LOWER && first->flags & QT_LOWER &&
        !(t[end - 1].classes & QT_ROLE) &&
        (self->traits & QT_NOUNS_UPPER || t[end - 1].classes & (QT_AUX | QT_VERB | QT_SAY)))
        return true;
    if (self->traits & QT_NOUNS_UPPER && quotes_name_in(t, before, start - 1, true, &x, &y) &&
        y == start - 1 && y > x + 1 && t[x].classes & QT_GIVEN &&
        !quotes_has_given(t, start, end) && !has_verb(t, start, end))
        return true; /* Anna Keller, Ikone der Bewegung, */
    bool named = quotes_name_in(t, start, end, true, &x, &y) && y == end && y > x + 1;
    if (first->classes & (QT_DET | QT_ROLE) && first->flags & QT_LOWER && !named &&
        quotes_name_in(t, before, start - 1, true, &x, &y) && y + 1 >= start - 1 &&
        !(t[x].classes & QT_PLACE))
        return true; /* X, the minister, */
    if (named && first->classes & QT_DET && x > start + 1 && t[start + 1].flags & QT_LOWER &&
        !(t[x].classes & QT_GIVEN) && quotes_name_in(t, before, start - 1, true, &x, &y) &&
        y == start - 1 && y > x + 1 && t[x].classes & QT_GIVEN &&
        !(t[x - (x > 0)].classes & QT_DET))
        return true; /* Anna Keller, the new Miss Universe, */
    if (quotes_name_run(t, start - 1, before) == start - 1 && start - 1 > before + 1 &&
        !(t[before].classes & QT_PLACE) && !(named && x == start) && !(first->classes & QT_DET) &&
        (!quotes_is_name(first) || has_role(t, start, end)) && !has_verb(t, start, end))
        return true; /* Anna Keller, Partnerin und Leiterin, */
    return false;
}

/* Anna Hill, from Tynemouth, North Tyneside, said: a name behind another that hangs on a
 * preposition and is no person's. */
static bool names_a_place(const qt_token *t, unsigned start)
{
    if (start < 4 || !quotes_is_comma(&t[start - 1]) || t[start].classes & QT_GIVEN) return false;
    unsigned before = insertion_start(t, start - 1);
    return before > 0 && quotes_is_comma(&t[before - 1]) && t[before].type == QT_WORD &&
           t[before].flags & QT_LOWER && t[before].classes & QT_PREP &&
           quotes_is_name(&t[start - 2]) && !(t[before + 1].classes & QT_GIVEN) &&
           before + 4 > start - 1;
}

/* Before a comma: "X, minister of Y," or "the minister of Y, X,". [0, comma) holds it. */
static bool subject_before_comma(const qt_engine *self, const qt_token *t, unsigned comma,
                                 unsigned *a, unsigned *b)
{
    unsigned end = comma;
    for (int hop = 0; hop < MAX_HOPS && end > 0; hop++) {
        unsigned start = clause_start(t, end), wide = insertion_start(t, end);
        if (start == end) return false;
        if (is_plain_name(t, start, end) && !names_a_place(t, start)) {
            *a = start;
            *b = end;
            return true;
        }
        bool dash = t[end].type == QT_DASH; /* Anna – in an interview – said */
        bool more =
            wide > 0 && (dash ? t[wide - 1].type == QT_DASH : quotes_is_comma(&t[wide - 1]));
        if (more && dash && wide < end) {
            end = wide - 1;
            continue;
        }
        if (more && names_a_place(t, wide)) {
            end = wide - 1;
            continue;
        }
        if (!more || !is_insertion(self, t, wide, end))
            return subject_in(self, t, start, end, a, b);
        end = wide - 1;
    }
    return false;
}

/* Évoquant la guerre, X …; accusé de vol, X …: where the sentence that begins at `from` with what
 * its subject does or has undergone has its main clause; `from` where it begins otherwise. */
static unsigned behind_aside(const qt_engine *self, const qt_token *t, unsigned from, unsigned to)
{
    enum { REACH = 30, GERUND = 5, PARTICIPLE = 4 };
    const uint32_t doing = QT_PART | QT_GER;
    const qt_token *w = &t[from];
    if (!quotes_like_french(self->traits) || from + 2 >= to) return from;
    if (w->type != QT_WORD || !(w->flags & QT_CAP) || w->flags & (QT_UPPER | QT_PERSON))
        return from;
    if (w->classes & (QT_GIVEN | QT_PLACE | QT_BODY | (QT_FUNCTION & ~QT_NONAME))) return from;
    bool ends = quotes_ends_as(self, w, QT_ENDS_GERUND, GERUND) ||
                quotes_ends_as(self, w, QT_ENDS_PARTICIPLE, PARTICIPLE);
    if (!(w->classes & doing) && (!ends || w->classes & (QT_SAY | QT_TITLE))) return from;
    const qt_token *next = w + 1;
    if (next->type != QT_WORD || !(next->flags & QT_LOWER) || next->flags & QT_INVERTED ||
        !(next->classes & (QT_DET | QT_POSS | QT_PREP | QT_COMP | QT_ADV)) ||
        next->classes & (QT_AUX | QT_PRON))
        return from;
    if (quotes_find_entity(self, t, from, from + 1) != QT_NOBODY) return from;
    for (unsigned i = from + 2; i + 1 < to && i < from + REACH; i++) {
        if (t[i].type == QT_QUOTE || t[i].flags & QT_ENDS) break;
        if (quotes_is_comma(&t[i])) return i + 1;
    }
    return from;
}

/* The first phrase of [from, to) that hangs on nothing. */
bool quotes_opening_phrase(const qt_engine *self, const qt_token *t, unsigned from, unsigned to,
                           unsigned *a, unsigned *b)
{
    phrase p;
    from = behind_aside(self, t, from, to);
    unsigned end = from;
    while (end < to && end - from < 24 && t[end].type != QT_QUOTE && !(t[end].type == QT_PUNCT))
        end++;
    if (!first_phrase(self, t, from, end, &p)) return false;
    *a = p.from;
    *b = p.to;
    unsigned x, y; /* Un militant basé en Norvège, Paul Garnier, …: what goes on about the role */
    bool more = self->traits & QT_ELIDES && *b < end && has_role(t, *a, *b) &&
                !quotes_name_in(t, *a, *b, true, &x, &y) && !has_verb(t, *b, end) &&
                quotes_apposed_name(self, t, to, end, &x, &y) && y > x + 1;
    if (more) {
        *a = x;
        *b = y;
    } else if (*b == end) {
        take_apposed(self, t, to, a, b);
    }
    return true;
}

/* The statement of X, saying: whom a noun of speech hangs on. */
static bool speaker_of_noun(const qt_engine *self, const qt_token *t, unsigned start, unsigned cue,
                            unsigned *a, unsigned *b)
{
    for (unsigned i = cue; i-- > start + 1;) {
        if (t[i].type != QT_WORD || !(t[i].classes & QT_OF)) continue;
        if (t[i - 1].type != QT_WORD || !(t[i - 1].classes & QT_NOUN)) continue;
        if (t[i - 1].classes & (QT_SAY | QT_PART)) continue;
        /* a publié une réponse à la lettre de X, expliquant */
        if (self->traits & QT_INVERTS && has_verb(t, start, i - 1)) continue;
        return quotes_phrase_after(self, t, cue, i + 1, a, b) && *a == i + 1;
    }
    return false;
}

static bool names_nothing(const qt_token *t, unsigned from, unsigned to)
{
    for (; from < to; from++) {
        if (quotes_is_name(&t[from]) || t[from].classes & (QT_ROLE | QT_BODY)) return false;
        if (t[from].classes & QT_OF && !(t[from].classes & QT_DET)) break; /* le plan de X */
    }
    return true;
}

/* …, Anne Petit saluant "…": between a comma and the gerund nothing but somebody. */
static bool own_subject(const qt_engine *self, const qt_token *t, unsigned cue, unsigned *a,
                        unsigned *b)
{
    enum { REACH = 9 };
    unsigned from = cue;
    while (from > 0 && cue - from < REACH && t[from - 1].type == QT_WORD) from--;
    if (!(self->traits & QT_INVERTS) || from == 0 || from == cue) return false;
    if (!quotes_is_comma(&t[from - 1]) || !quotes_starts_phrase(self, &t[from])) return false;
    if (t[from].flags & QT_INVERTED || quotes_phrase_end(self, t, cue, from) != cue) return false;
    if (names_nothing(t, from, cue)) return false;
    *a = from;
    *b = cue;
    return true;
}

/* A gerund borrows the subject of its sentence: the verb of saying before it, else the first
 * phrase. */
static bool borrowed_subject(const qt_engine *self, const qt_token *t, unsigned count, unsigned cue,
                             unsigned *a, unsigned *b)
{
    unsigned start = cue;
    while (start > 0 && !(t[start - 1].flags & QT_ENDS && t[start - 1].type != QT_QUOTE)) start--;
    for (unsigned i = cue; i-- > start;) {
        if (t[i].type != QT_WORD) continue;
        if (t[i].flags & QT_INVERTED) {
            *a = i;
            *b = i + 1;
            return true;
        }
        if (t[i].classes & QT_SAY && t[i].features & QT_SELF &&
            quotes_phrase_after(self, t, cue, i + 1, a, b))
            return true;
        bool bare = t[i].classes & QT_PART && !(t[i].classes & QT_SAY) &&
                    (i == start || !(t[i - 1].classes & QT_AUX)); /* asked about it, X … */
        unsigned first = i; /* "…", a déclaré X, assurant que */
        while (first > start && t[first - 1].type == QT_WORD &&
               t[first - 1].classes & (QT_AUX | QT_CLITIC) && !(t[first - 1].classes & QT_PREP))
            first--;
        if (t[i].classes & (QT_SAY | QT_PART) && !bare && first > start && first < i &&
            t[first - 1].classes & QT_COMP && self->traits & QT_INVERTS &&
            quotes_phrase_after(self, t, cue, i + 1, a, b) && *a == i + 1 &&
            !names_nothing(t, *a, *b))
            return true; /* c'est ce qu'a déclaré X, expliquant */
        if (t[i].classes & (QT_SAY | QT_PART) && !(t[i].classes & QT_WEAK) && !bare)
            return quotes_subject_of(self, t, count, i, a, b) ||
                   (self->traits & QT_CASELESS && /* verb first */
                    quotes_phrase_within(self, t, cue, i + 1, 1, a, b)) ||
                   (first > start &&
                    (quotes_is_comma(&t[first - 1]) || t[first - 1].type == QT_QUOTE) &&
                    quotes_phrase_after(self, t, cue, i + 1, a, b));
    }
    if (speaker_of_noun(self, t, start, cue, a, b)) return true;
    /* mais elle refuse d'en dire plus */
    for (unsigned i = cue; i-- > start && cue - i < 7 && !bounds_clause(&t[i]);) {
        if (t[i].type != QT_WORD || !(t[i].classes & QT_PRON) || t[i].classes & QT_CLITIC ||
            !(t[i].features & (QT_MALE | QT_FEMALE)))
            continue;
        *a = i;
        *b = i + 1;
        return true;
    }
    if (start == cue && self->traits & QT_INVERTS) { /* Dénonçant la police, elle dit */
        unsigned comma = cue, limit = t == self->tokens ? self->token_count : count;
        while (comma < limit && comma < cue + 24 && !quotes_is_comma(&t[comma]) &&
               !(t[comma].flags & QT_ENDS))
            comma++; /* quotations, too: qualifiant le suspect d'« agresseur », X dit */
        return comma + 1 < limit && quotes_is_comma(&t[comma]) &&
               quotes_phrase_within(self, t, limit, comma + 1, 0, a, b);
    }
    enum { ROOM = 6 };
    phrase p[ROOM];
    /* Preguntado por el asunto, X …: asked, it is not who speaks */
    start = behind_aside(self, t, start, cue);
    if (t[start].classes & QT_PART && !(t[start].classes & (QT_SAY | QT_ROLE | QT_NOUN))) start++;
    unsigned limit = cue - start > 40 ? start + 40 : cue;
    bool thing = false; /* the first phrase that names somebody, else the first */
    for (unsigned chunk = start; chunk < limit;) {
        unsigned end = chunk;
        while (end < limit && !quotes_is_comma(&t[end])) end++;
        unsigned n = phrases_of(self, t, chunk, end, p, ROOM);
        for (unsigned i = 0; i < n; i++) {
            if (p[i].hangs) continue;
            bool nobody = !p[i].pronoun && names_nothing(t, p[i].from, p[i].to);
            if (nobody && thing) continue;
            *a = p[i].from;
            *b = p[i].to;
            if (*b == end) take_apposed(self, t, limit, a, b);
            if (!nobody || !(self->traits & QT_INVERTS)) return true;
            thing = true;
        }
        chunk = end + 1;
    }
    return thing;
}

/* Where the verb ends the sentence: the name before the last comma, as "so saying X, this he
 * told". */
static bool name_before_comma(const qt_token *t, unsigned cue, unsigned *a, unsigned *b)
{
    enum { REACH = 30 };
    for (unsigned i = cue, steps = 0; i-- > 0 && steps < REACH; steps++) {
        if (t[i].flags & QT_ENDS) break;
        if (!quotes_is_comma(&t[i]) || i == 0 || !quotes_is_name(&t[i - 1])) continue;
        unsigned from = i;
        while (from > 0 && quotes_is_name(&t[from - 1])) from--;
        *a = from;
        *b = i;
        return true;
    }
    return false;
}

/* A note en la que expresó, in cui afferma: the relative is not the subject. */
static bool follows_preposition(const qt_token *t, unsigned relative)
{
    if (!(t[relative].classes & (QT_REL | QT_COMP)) || relative == 0) return false;
    unsigned i = relative - 1;
    if (i > 0 && t[i].type == QT_WORD && t[i].classes & QT_DET && !(t[i].flags & QT_CAP)) i--;
    return t[i].type == QT_WORD && t[i].classes & QT_PREP && !(t[i].classes & QT_DET);
}

/* Dieter Kempf, head of the Federation of Industries said: a full name that opens the sentence, and
 * an apposition [start, verb) that no comma closes. */
bool quotes_named_before(const qt_token *t, unsigned start, unsigned verb, unsigned *a, unsigned *b)
{
    if (start < 3 || !quotes_is_comma(&t[start - 1]) || t[start].type != QT_WORD) return false;
    if (quotes_is_name(&t[start]) || t[start].classes & QT_FUNCTION & ~QT_DET) return false;
    unsigned from = insertion_start(t, start - 1);
    if (from > 0 && !(t[from - 1].flags & QT_ENDS) && t[from - 1].type != QT_QUOTE) return false;
    while (from < start && t[from].classes & QT_TITLE) from++;
    if (start - 1 < from + 2 || quotes_name_run(t, start - 1, from) != start - 1) return false;
    for (unsigned i = from; i < start - 1; i++) {
        if (t[i].classes & QT_PLACE || t[i].end - t[i].start < 2) return false;
    }
    if (has_verb(t, start, verb)) return false;
    *a = from;
    *b = start - 1;
    return true;
}

/* …, dont Anne Petit, adjointe au maire, qui a dit: the full name that what stands before the comma
 * `end`, a role without an article, is said of. */
static bool name_with_role(const qt_token *t, unsigned end, unsigned *a, unsigned *b)
{
    unsigned role = insertion_start(t, end), from;
    if (role == 0 || role >= end || !quotes_is_comma(&t[role - 1])) return false;
    const qt_token *noun = &t[role]; /* adjointe au maire; le maire de Lindre */
    if (noun->type == QT_WORD && noun->classes & QT_DET && role + 1 < end) noun++;
    if (noun->type != QT_WORD || !(noun->classes & QT_ROLE) || !(noun->flags & QT_LOWER))
        return false;
    for (unsigned i = role; i < end; i++) { /* a name of its own */
        if (t[i].classes & QT_GIVEN && quotes_is_name(&t[i])) return false;
    }
    for (from = role - 1; from > 0 && quotes_is_name(&t[from - 1]);) from--;
    if (role - 1 < from + 2 || t[from].classes & QT_PLACE) return false;
    *a = from;
    *b = role - 1;
    return true;
}

bool quotes_subject_of(const qt_engine *self, const qt_token *t, unsigned count, unsigned cue,
                       unsigned *a, unsigned *b)
{
    if (self->traits & QT_FINAL && name_before_comma(t, cue, a, b)) return true;
    unsigned i = cue;
    if (t[cue].classes & QT_GER && !(t[cue].classes & (QT_SAY | QT_PART))) {
        /* vient d'annoncer, tient à préciser: the auxiliary's subject */
        unsigned k = cue;
        while (k > 0 && cue - k < 3 && t[k - 1].type == QT_WORD &&
               t[k - 1].classes & (QT_OF | QT_CLITIC | QT_ADV | QT_TO) &&
               !(t[k - 1].classes & QT_AUX))
            k--;
        if (own_subject(self, t, cue, a, b)) return true;
        /* avait voulu dire, souhaite préciser */
        if (quotes_like_french(self->traits) && k > 1 && t[k - 1].type == QT_WORD &&
            t[k - 1].classes & QT_PART && t[k - 1].flags & QT_LOWER && t[k - 2].type == QT_WORD &&
            t[k - 2].classes & QT_AUX)
            k--;
        if (k == 0 || t[k - 1].type != QT_WORD || !(t[k - 1].classes & QT_AUX) ||
            t[k - 1].classes & QT_PREP)
            return borrowed_subject(self, t, count, cue, a, b);
        i = k - 1;
    }
    if (cue + 1 < count && t[cue + 1].flags & QT_INVERTED) {
        *a = cue + 1;
        *b = cue + 2;
        return true;
    }
    while (i > 0 && t[i - 1].type == QT_WORD &&
           (!(t[i - 1].classes & (QT_PRON | QT_COMP)) ||
            (t[i - 1].classes & QT_ADV && !(t[i - 1].classes & QT_PRON) && i < cue + 1)) &&
           (t[i - 1].classes & (QT_AUX | QT_ADV | QT_CLITIC) ||
            (i < cue && t[i - 1].classes & QT_DET && t[i].classes & QT_AUX)) && /* l'a dit */
           !(t[i - 1].flags & QT_ENDS))
        i--;
    if (i == 0) return false;
    const qt_token *before = &t[i - 1];
    if (before->flags & QT_ENDS) return false;
    if (i < cue && before->type == QT_WORD && before->classes & QT_PREP &&
        !(before->classes & QT_DET) && t[cue].classes & QT_PART && !(self->traits & QT_V2))
        return borrowed_subject(self, t, count, cue, a, b); /* après avoir exprimé */
    if (self->traits & QT_DROPS && follows_preposition(t, i - 1)) {
        unsigned start = i - 1;
        while (start > 0 && cue - start < 40 && !(t[start - 1].flags & QT_ENDS)) start--;
        if (quotes_opening_phrase(self, t, start, i - 1, a, b)) return true;
        while (start < i - 1 && !quotes_is_comma(&t[start])) start++; /* Posteriormente, X … */
        if (start < i - 1 && quotes_opening_phrase(self, t, start + 1, i - 1, a, b)) return true;
    }
    /* o ministro, que pediu */
    bool which = self->traits & QT_DROPS && i > 1 && before->type == QT_WORD &&
                 before->classes & QT_COMP && !(before->features & QT_AS) &&
                 quotes_is_comma(&t[i - 2]);
    if (which || (before->type == QT_WORD && before->classes & QT_REL)) {
        unsigned end = i - 1;
        bool comma = end > 0 && quotes_is_comma(&t[end - 1]);
        if (comma) end--;
        if (comma && self->traits & QT_ELIDES)
            return name_with_role(t, end, a, b) || subject_before_comma(self, t, end, a, b);
        unsigned start = clause_start(t, end);
        return subject_in(self, t, start, end, a, b);
    }
    if (before->type == QT_WORD && before->classes & QT_PRON) {
        *a = i - 1;
        *b = i;
        return true;
    }
    if (quotes_is_mark(before, '%') && i > 1 && t[i - 2].type == QT_NUMBER) { /* 57 % pensent */
        *a = i - 2;
        *b = i;
        return true;
    }
    if (quotes_is_comma(before) || before->type == QT_CLOSE || before->type == QT_DASH) {
        unsigned end = i - 1;
        if (before->type == QT_CLOSE) {
            while (end > 0 && t[end].type != QT_OPEN && cue - end < 24) end--;
            return end > 0 && subject_in(self, t, clause_start(t, end), end, a, b);
        }
        return subject_before_comma(self, t, end, a, b);
    }
    unsigned start = clause_start(t, i);
    if (start < i && quotes_named_before(t, start, i, a, b)) return true;
    if (start < i && quotes_like_french(self->traits) && t[start].type == QT_WORD &&
        t[start].classes & QT_ROLE && !has_verb(t, start, i) && name_with_role(t, i, a, b))
        return true; /* Jean Petit, directeur de l'événement en convient */
    if (start >= i) return false;
    if (quotes_speaks_from(t, i, start) && quotes_phrase_end(self, t, i, start + 1) == i) {
        *a = start + 1; /* desde el partido aseguran */
        *b = i;
        return true;
    }
    return subject_in(self, t, start, i, a, b);
}
