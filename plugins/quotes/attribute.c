/* Attribution: the cue that reports a quotation, and the phrase that names its speaker.
 *
 * Places are looked at in the order in which they can be trusted: right after the quotation, a strong
 * verb before it that leads up to it, later in the sentence, inside the marks, source prepositions,
 * weaker verbs before, a name with a colon. What has none of these takes the speaker of the quotation
 * before it in the paragraph, or of the paragraph's last verb of saying. */
#include "quotes.h"

enum { MAX_RIGHT = 70, MAX_LEFT = 90 };

typedef struct {
    qt_engine *engine;
    qt_quote *quote;
    const qt_token *t;
    unsigned at;          /* of the quotation's token */
    unsigned left, right; /* the sentence around it */
    uint32_t traits;
    uint32_t says;
} context;

typedef struct {
    bool found;
    unsigned cue, cue_end;
    unsigned from, to; /* speaker; from == to: none */
    unsigned distance;
    bool leads; /* that, a colon or nothing stands between cue and quotation */
} find;

static bool is_mark(const qt_token *t, char mark)
{
    return t->type == QT_PUNCT && t->mark == (uint8_t)mark;
}

static bool same(const context *c, const qt_token *t, uint32_t classes)
{
    return t->type == QT_WORD && t->classes & classes;
}

/* ------------------------------------------------------------------ results */

static void set_speaker(context *c, unsigned from, unsigned to)
{
    qt_quote *q = c->quote;
    if (from >= to) return;
    q->speaker_start = c->t[from].start;
    q->speaker_end = c->t[to - 1].end;
    q->speaker_pronoun =
        to == from + 1 && c->t[from].classes & QT_PRON && !(c->t[from].flags & QT_PERSON);
}

static void accept(context *c, const find *f, uint8_t rule)
{
    qt_quote *q = c->quote;
    q->rule = rule;
    q->cue_start = c->t[f->cue].start;
    q->cue_end = c->t[f->cue_end - 1].end;
    q->strong = !(c->t[f->cue].classes & QT_WEAK) || rule == QT_RULE_AFTER;
    set_speaker(c, f->from, f->to);
}

/* ------------------------------------------------------------------ right of it */

/* A verb of saying and its subject from token i on. */
static bool verb_first(const context *c, unsigned i, bool adjacent, find *f)
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
            bool says = same(c, &t[i], c->says) ||
                        (adjacent && !(t[i].classes & QT_AUX) && t[i].flags & QT_LOWER);
            for (unsigned k = i + 2; !says && k < limit && k < i + 6 && t[k].type == QT_WORD; k++) {
                if (same(c, &t[k], QT_PART | QT_SAY | QT_NOUN) ||
                    (adjacent && t[i].classes & QT_AUX && !(t[k].classes & (QT_ADV | QT_CLITIC)))) {
                    says = true;
                    end = k + 1;
                }
                if (!(t[k].classes & (QT_ADV | QT_CLITIC | QT_AUX))) break;
            }
            if (!says) return false;
            *f = (find){true, i, end, i + 1, i + 2, 0, true};
            return true;
        }
        if (same(c, &t[i], c->says)) {
            if (t[i].classes & QT_PART && !(t[i].classes & QT_SAY) && !aux) return false;
            if (!adjacent && t[i].classes & QT_WEAK) return false;
            unsigned from, to;
            if (!quotes_phrase_after(c->engine, t, limit, i + 1, &from, &to)) {
                if (!(c->traits & QT_DROPS) || !adjacent) return false;
                *f = (find){true, i, i + 1, 0, 0, 0, true};
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
            *f = (find){true, first < i && aux ? first : i, i + 1, from, to, 0, true};
            return true;
        }
        if (t[i].classes & QT_AUX)
            aux = true;
        else if (!(t[i].classes & (QT_ADV | QT_CLITIC)) || t[i].flags & QT_CAP)
            return false;
    }
    return false;
}

/* X said: a phrase at i, then its verb. */
static bool subject_first(const context *c, unsigned i, find *f)
{
    const qt_token *t = c->t;
    unsigned from, to;
    if (i >= c->right || t[i].type != QT_WORD ||
        t[i].classes & (QT_ADV | QT_PREP | QT_CLITIC | QT_COMP | QT_CONJ)) {
        if (i >= c->right || !(t[i].classes & QT_PRON)) return false;
    }
    if (!quotes_phrase_after(c->engine, t, c->right, i, &from, &to) || from != i) return false;
    unsigned k = to;
    if (k < c->right && is_mark(&t[k], ',')) { /* an apposition */
        unsigned end = k + 1;
        while (end < c->right && end < k + 14 && t[end].type == QT_WORD &&
               !same(c, &t[end], c->says))
            end++;
        if (end >= c->right || !is_mark(&t[end], ',')) return false;
        k = end + 1;
    }
    bool aux = false;
    for (unsigned steps = 0; k < c->right && steps < 4; steps++, k++) {
        if (same(c, &t[k], c->says)) {
            if (t[k].classes & QT_PART && !(t[k].classes & QT_SAY) && !aux) return false;
            if (t[k].classes & QT_WEAK && k + 1 < c->right && t[k + 1].type == QT_WORD)
                return false;
            *f = (find){true, k, k + 1, from, to, 0, true};
            return true;
        }
        if (t[k].type != QT_WORD || !(t[k].classes & (QT_AUX | QT_ADV | QT_CLITIC))) return false;
        aux |= (t[k].classes & QT_AUX) != 0;
    }
    return false;
}

static unsigned first_after(const context *c)
{
    unsigned i = c->at + 1;
    while (i < c->right) {
        const qt_token *t = &c->t[i];
        if (t->flags & QT_ENDS) return c->right;
        if (t->type == QT_PUNCT || t->type == QT_DASH || t->type == QT_CLOSE) {
            if (is_mark(t, ':') || is_mark(t, ';')) return c->right;
            i++;
            continue;
        }
        break;
    }
    return i;
}

static bool look_after(context *c)
{
    unsigned i = first_after(c);
    find f;
    if (i >= c->right) return false;
    bool adjacent = true;
    if (!verb_first(c, i, adjacent, &f) && !subject_first(c, i, &f)) return false;
    if (f.from == i && f.cue > f.from && c->t[c->at].flags & QT_ENDS &&
        c->t[c->at].type == QT_QUOTE) {
        /* a new sentence whose subject comes first */
        char last = c->engine->text[c->quote->end - 1];
        if (last != ',' && last != '!' && last != '?') return false;
    }
    accept(c, &f, QT_RULE_AFTER);
    return true;
}

static bool look_later(context *c)
{
    for (unsigned i = c->at + 1; i + 1 < c->right; i++) {
        const qt_token *t = &c->t[i];
        if (is_mark(t, ':')) return false;
        if (!(is_mark(t, ',') || t->type == QT_DASH || (t->type == QT_QUOTE && i > c->at)))
            continue;
        find f;
        if (verb_first(c, i + 1, false, &f) && f.from < f.to && c->t[f.cue].flags & QT_LOWER &&
            !(c->t[f.cue].classes & QT_GER && !(c->t[f.cue].classes & (QT_SAY | QT_PART)))) {
            accept(c, &f, QT_RULE_LATER);
            return true;
        }
        if (!(c->traits & QT_INVERTS) && subject_first(c, i + 1, &f) && i > c->at + 1) {
            if (f.to < c->right && c->t[f.cue].classes & QT_SAY && f.cue_end < c->right &&
                same(c, &c->t[f.cue_end], QT_COMP))
                continue;
            accept(c, &f, QT_RULE_LATER);
            return true;
        }
    }
    return false;
}

/* German and Dutch end a clause with its participle, a subordinate clause with its verb: hat den Plan
 * "verfehlt" genannt; die ihn als "verfehlt" bezeichnete. The subject stands before the quotation. */
static bool look_last(context *c)
{
    const qt_token *t = c->t;
    unsigned cue = 0;
    for (unsigned i = c->at + 1; i < c->right && i < c->at + 9; i++) {
        if (t[i].type == QT_PUNCT || t[i].type == QT_DASH) break;
        if (same(c, &t[i], QT_SAY | QT_PART) && t[i].flags & QT_LOWER) cue = i;
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
    find f = {true, cue, cue + 1, 0, 0, 0, true};
    unsigned aux = start;
    while (aux < c->at && !same(c, &t[aux], QT_AUX)) aux++;
    bool relative = start > c->left + 1 && is_mark(&t[start - 1], ',') &&
                    t[start].classes & (QT_DET | QT_REL) && aux == c->at;
    bool found;
    if (relative && start >= 2) {
        found = quotes_subject_of(c->engine, t, start, start - 1, &f.from, &f.to);
    } else if (t[start].type == QT_WORD && t[start].classes & (QT_PREP | QT_ADV | QT_AUX) &&
               !(t[start].classes & QT_DET) && aux < c->at) {
        found = quotes_phrase_after(c->engine, t, c->at, aux + 1, &f.from, &f.to);
    } else {
        found = quotes_opening_phrase(c->engine, t, start, c->at, &f.from, &f.to);
    }
    if (!found) f.from = f.to = 0;
    accept(c, &f, QT_RULE_LAST);
    return true;
}

/* ------------------------------------------------------------------ inside the marks */

static bool look_inside(context *c)
{
    enum { ROOM = 220 };
    qt_quote *q = c->quote;
    if (q->words < 8 || q->dash || q->piece) return false;
    qt_token t[ROOM];
    uint32_t size = q->end - q->start;
    uint32_t to = size > 1400 ? q->start + 1400 : q->end;
    while (to < q->end && ((unsigned char)c->engine->text[to] & 0xC0) == 0x80) to--;
    unsigned count = quotes_tokens_of(c->engine, q->start, to, t, ROOM);
    context inner = *c;
    inner.t = t;
    inner.right = count;
    for (unsigned i = 1; i + 2 < count; i++) {
        bool opens = t[i].type == QT_DASH || is_mark(&t[i], ',') || is_mark(&t[i], '!') ||
                     is_mark(&t[i], '?') || is_mark(&t[i], '.');
        if (!opens) continue;
        find f;
        bool dash = t[i].type == QT_DASH;
        if (!verb_first(&inner, i + 1, false, &f) || f.from >= f.to || !(t[f.cue].flags & QT_LOWER))
            continue;
        bool inverted = t[f.from].flags & QT_INVERTED;
        if (t[i].mark == '.' && !dash && !inverted) continue;
        /* a subject right after the verb, closed by a comma, a stop or a dash */
        unsigned end = f.to;
        while (!inverted && end < count && end < f.to + 14 && t[end].type == QT_WORD) end++;
        bool closed = end >= count || t[end].type == QT_DASH || is_mark(&t[end], ',') ||
                      is_mark(&t[end], '.');
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

/* ------------------------------------------------------------------ left of it */

/* A participle reports only with its auxiliary: a déclaré, hat gesagt; not: les mots prononcés. */
static bool has_auxiliary(const context *c, unsigned i)
{
    for (unsigned k = i, steps = 0; k > c->left && steps < 6; k--, steps++) {
        const qt_token *t = &c->t[k - 1];
        if (steps == 0 && is_mark(t, ',')) { /* avait, dans son discours, déclaré */
            unsigned j = k - 1;
            while (j > c->left && i - j < 10 && !is_mark(&c->t[j - 1], ',')) j--;
            if (j <= c->left || !is_mark(&c->t[j - 1], ',')) return false;
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

static bool leads_up(const context *c, unsigned cue)
{
    unsigned words = 0;
    bool that = false;
    for (unsigned i = cue + 1; i < c->at; i++) {
        const qt_token *t = &c->t[i];
        if (t->flags & QT_ENDS) return false;
        if (is_mark(t, ':')) return true;
        if (t->type == QT_WORD && t->classes & QT_COMP) that = true;
        words += t->type == QT_WORD;
    }
    return that || words <= 4;
}

static bool bounds_clause(const context *c, unsigned i)
{
    const qt_token *t = &c->t[i];
    if (t->type == QT_QUOTE || t->type == QT_DASH || t->type == QT_PUNCT || t->flags & QT_ENDS)
        return true;
    return t->type == QT_WORD && t->classes & QT_COMP && !(t->classes & QT_PREP);
}

/* Where the verb stands second (German, Dutch): a clause that opens with a phrase has its subject
 * there, one that opens with anything else has it after the verb; after "und" it is the sentence's. */
static bool verb_second(const context *c, unsigned cue, unsigned *from, unsigned *to)
{
    const qt_token *t = c->t;
    const qt_engine *e = c->engine;
    unsigned s = cue;
    while (s > c->left && !bounds_clause(c, s - 1)) s--;
    bool comma = s > c->left && is_mark(&t[s - 1], ',');
    if (s < cue && t[s].classes & QT_CONJ) {
        s++;
        if (s == cue || t[s].classes & (QT_ADV | QT_CLITIC))
            return quotes_opening_phrase(e, t, c->left, cue, from, to);
    }
    if (s == cue) {
        if (comma && s >= c->left + 2 && t[s - 2].type != QT_QUOTE)
            return quotes_subject_of(e, t, c->at, cue, from, to);
        return quotes_phrase_after(e, t, c->at, cue + 1, from, to);
    }
    const qt_token *w = &t[s];
    bool phrase = w->flags & QT_PERSON || w->classes & (QT_PRON | QT_DET | QT_ROLE | QT_TITLE) ||
                  (w->flags & QT_CAP && !(w->classes & (QT_FUNCTION | QT_SOURCE)));
    if (w->classes & QT_PREP && !(w->classes & QT_DET)) phrase = false;
    if (w->classes & QT_ADV && !(w->classes & QT_PRON)) phrase = false;
    if (phrase && quotes_opening_phrase(e, t, s, cue, from, to)) return true;
    if (cue + 1 < c->at && t[cue + 1].classes & QT_CLITIC && t[cue + 1].classes & QT_PRON &&
        w->classes & QT_PREP && !(t[cue + 1].features & (QT_MALE | QT_FEMALE)) &&
        quotes_phrase_after(e, t, cue, s + 1, from, to))
        return true; /* in dem Schreiben heißt es */
    return quotes_phrase_after(e, t, c->at, cue + 1, from, to) ||
           quotes_opening_phrase(e, t, s, cue, from, to);
}

static bool left_subject(const context *c, unsigned cue, unsigned *from, unsigned *to)
{
    const qt_token *t = c->t;
    if (t[cue].features & QT_SELF && quotes_phrase_after(c->engine, t, c->at, cue + 1, from, to))
        return true; /* X quotes Y as saying */
    if (c->traits & QT_V2 && t[cue].classes & QT_SAY) return verb_second(c, cue, from, to);
    if (quotes_subject_of(c->engine, t, c->at, cue, from, to)) return true;
    bool first = cue == c->left || t[cue - 1].type != QT_WORD ||
                 t[cue - 1].classes & (QT_AUX | QT_CLITIC | QT_ADV | QT_COMP);
    if (first && quotes_phrase_after(c->engine, t, c->at, cue + 1, from, to)) return true;
    return false;
}

/* The last verb of saying before the quotation, strong or weak. */
static bool look_before(context *c, bool weak, find *f)
{
    const qt_token *t = c->t;
    for (unsigned i = c->at; i-- > c->left;) {
        if (!same(c, &t[i], QT_CUE)) continue;
        if (((t[i].classes & QT_WEAK) != 0) != weak) continue;
        if (t[i].flags & QT_CAP && i > c->left && !(t[i - 1].flags & QT_ENDS) &&
            t[i - 1].type == QT_WORD)
            continue;
        if (t[i].classes & QT_PART && !(t[i].classes & (QT_SAY | QT_GER)) && !has_auxiliary(c, i))
            continue;
        if (i > 0 && t[i - 1].classes & (QT_DET | QT_POSS) && t[i].classes & QT_NOUN) continue;
        unsigned from = 0, to = 0;
        *f = (find){true, i, i + 1, 0, 0, c->at - i, leads_up(c, i)};
        if (left_subject(c, i, &from, &to)) {
            f->from = from;
            f->to = to;
        }
        if (i > c->left && t[i - 1].classes & QT_AUX) f->cue = i - 1;
        if (i + 1 < c->at && t[i + 1].flags & QT_INVERTED) f->cue_end = i + 2;
        return true;
    }
    return false;
}

static bool look_colon(context *c)
{
    const qt_token *t = c->t;
    if (c->at == 0 || !is_mark(&t[c->at - 1], ':') || c->at - 1 <= c->left) return false;
    unsigned end = c->at - 1, start = end;
    while (start > c->left && t[start - 1].type == QT_WORD && end - start < 10) start--;
    unsigned a, b;
    if (start > c->left && is_mark(&t[start - 1], ',')) {
        /* X, biologist: */
        unsigned run = quotes_name_run(t, c->at, c->left);
        if (run > c->left && is_mark(&t[run], ',')) {
            start = c->left;
            end = run;
        }
    }
    if (start < end && quotes_name_in(t, start, end, false, &a, &b) && a - start < 5) {
        c->quote->rule = QT_RULE_COLON;
        c->quote->cue_start = t[c->at - 1].start;
        c->quote->cue_end = t[c->at - 1].end;
        set_speaker(c, a, b);
        return true;
    }
    bool verb = false;
    for (unsigned i = start; i < end; i++)
        verb |= same(c, &t[i], QT_AUX | QT_VERB | QT_REL | QT_PART);
    if (start < end && !verb && (t[start].classes & (QT_DET | QT_ROLE)) && end - start <= 5) {
        c->quote->rule = QT_RULE_COLON;
        c->quote->cue_start = t[c->at - 1].start;
        c->quote->cue_end = t[c->at - 1].end;
        set_speaker(c, start, end);
        return true;
    }
    return false;
}

/* We leave that to Jean Petit « All is well. » */
static bool look_name_beside(context *c)
{
    const qt_token *t = c->t;
    if (c->at == c->left || c->quote->words < 5 ||
        !(c->quote->unclosed || t[c->at].flags & QT_ENDS))
        return false;
    unsigned end = c->at, start = end;
    while (start > c->left && t[start - 1].type == QT_WORD && end - start < 6) start--;
    for (; start < end; start++) {
        if (quotes_name_run(t, end, start) != end) continue;
        if (end - start < 2) return false;
        c->quote->rule = QT_RULE_COLON;
        set_speaker(c, start, end);
        return true;
    }
    return false;
}

/* ------------------------------------------------------------------ sources */

static bool look_source(context *c)
{
    const qt_token *t = c->t;
    for (unsigned pass = 0; pass < 2; pass++) {
        unsigned from = pass ? c->left : c->at + 1, to = pass ? c->at : c->right;
        for (unsigned i = from; i < to; i++) {
            if (!pass && (is_mark(&t[i], ':') || is_mark(&t[i], ';'))) break;
            if (!same(c, &t[i], QT_SOURCE | QT_SOURCE2)) continue;
            if (t[i].classes & QT_WEAK && (pass || i > c->at + 3)) continue;
            /* right after a quotation it is that one's */
            if (pass && i > 0 &&
                (t[i - 1].type == QT_QUOTE ||
                 (i > 1 && is_mark(&t[i - 1], ',') && t[i - 2].type == QT_QUOTE)))
                continue;
            unsigned a, b;
            bool found;
            if (t[i].classes & QT_SOURCE2) {
                unsigned start = i;
                while (start > from && t[start - 1].type == QT_WORD && i - start < 7) start--;
                a = start;
                b = i;
                found = start < i;
            } else {
                found = quotes_phrase_after(c->engine, t, to, i + 1, &a, &b) && a <= i + 3;
            }
            if (!found || (t[a].classes & QT_POSS && !same(c, &t[b - 1], QT_ROLE))) continue;
            find f = {true, i, i + 1, a, b, 0, true};
            accept(c, &f, QT_RULE_SOURCE);
            c->quote->strong = true;
            return true;
        }
    }
    return false;
}

/* ------------------------------------------------------------------ without a cue of its own */

/* The sentence before, where the quotation is one of its own: He was angry, he said. "…" */
static bool said_before(context *c)
{
    if (c->left != c->at || c->at == 0 || c->quote->words < 4) return false;
    context before = *c;
    find f = {0};
    unsigned left = c->at - 1;
    while (left > 0 && c->at - left < MAX_LEFT && !(c->t[left - 1].flags & QT_ENDS)) left--;
    before.left = left;
    for (unsigned i = left; i < c->at; i++) {
        if (c->t[i].type == QT_QUOTE) return false;
    }
    if (!look_before(&before, false, &f) && !look_before(&before, true, &f)) return false;
    if (f.from >= f.to) return false;
    set_speaker(c, f.from, f.to);
    c->quote->rule = QT_RULE_PARAGRAPH;
    return true;
}

static void carry_over(context *c)
{
    qt_engine *e = c->engine;
    qt_quote *q = c->quote;
    const qt_quote *last = &e->last;
    bool speech = e->has_last && (last->kind == QT_DIRECT || last->kind == QT_CONTINUATION);
    /* a fragment goes on from one of its own sentence only */
    bool near = c->left < c->at && last->outer_start >= c->t[c->left].start;
    unsigned n;
    uint32_t first = quotes_decode(e->text + q->start, e->text + q->end, &n);
    bool fragment = q->words < 8 && !quotes_is_upper(first);
    if (speech && last->paragraph == q->paragraph && q->outer_start - last->outer_end < 300 &&
        (near || !fragment) && (last->speaker_end || last->who_end)) {
        q->speaker_start = last->speaker_start;
        q->speaker_end = last->speaker_end;
        q->speaker_pronoun = last->speaker_pronoun;
        q->who_start = last->who_start;
        q->who_end = last->who_end;
        q->rule = QT_RULE_SAME;
        return;
    }
    if (said_before(c)) return;
    if (e->subject_count) {
        const qt_subject *s = &e->subjects[(e->subject_count - 1) % QT_MAX_SPEAKERS];
        if (s->at >= e->par_start) q->rule = QT_RULE_PARAGRAPH;
    }
}

static void find_sentence(context *c)
{
    const qt_engine *e = c->engine;
    c->left = c->at;
    while (c->left > 0 && c->at - c->left < MAX_LEFT && !(c->t[c->left - 1].flags & QT_ENDS))
        c->left--;
    c->right = c->at + 1;
    while (c->right < e->token_count && c->right - c->at < MAX_RIGHT) {
        c->right++;
        if (c->t[c->right - 1].flags & QT_ENDS) break;
    }
}

static unsigned body_words(const char *p, const char *end)
{
    unsigned words = 0, n;
    bool in = false;
    for (; p < end && words < 250; p += n) {
        uint32_t c = quotes_decode(p, end, &n);
        bool letter = quotes_is_letter(c) || (c >= '0' && c <= '9');
        words += letter && !in;
        in = letter || (in && (c == '-'));
    }
    return words;
}

static void set_lang(qt_engine *self, uint32_t at)
{
    if (!self->sink->lang_at) return;
    unsigned lang = self->sink->lang_at(self->sink->user, at);
    if (lang != QT_NO_LANG) self->lang = lang;
}

/* "He said that … "X", reported an agency": the first who speaks. */
static bool embedded(const context *c, const find *before)
{
    if (!before->leads || before->from >= before->to || c->quote->words > 12) return false;
    bool that = false;
    for (unsigned i = before->cue_end; i < c->at; i++) {
        if (c->t[i].type == QT_QUOTE || is_mark(&c->t[i], ':')) return false;
        that |= same(c, &c->t[i], QT_COMP);
    }
    return that && before->distance > 2;
}

static void look_everywhere(context *c)
{
    find before = {0}, weak = {0};
    bool strong = look_before(c, false, &before);
    bool inner = strong && embedded(c, &before);
    if (look_after(c)) {
        if (!inner || c->quote->speaker_pronoun) return;
        accept(c, &before, QT_RULE_BEFORE);
        return;
    }
    if (strong && before.leads && before.from < before.to) {
        accept(c, &before, QT_RULE_BEFORE);
        return;
    }
    if (c->traits & QT_V2 && look_last(c)) return;
    if (look_later(c)) return;
    if (look_inside(c)) return;
    if (!strong || before.from >= before.to) {
        if (look_source(c)) return;
    }
    if (strong && before.from < before.to) {
        accept(c, &before, QT_RULE_BEFORE);
        return;
    }
    if (look_before(c, true, &weak) && (weak.from < weak.to || !strong)) {
        accept(c, &weak, QT_RULE_BEFORE);
        c->quote->strong = weak.leads && weak.distance < 7;
        if (weak.distance > 14) c->quote->rule = QT_RULE_NONE;
        if (c->quote->rule) return;
        c->quote->cue_start = c->quote->cue_end = 0;
        c->quote->speaker_start = c->quote->speaker_end = 0;
        c->quote->strong = false;
    }
    if (strong) {
        accept(c, &before, QT_RULE_BEFORE);
        return;
    }
    if (look_colon(c)) return;
    look_name_beside(c);
}

void quotes_attribute(qt_engine *self, unsigned index)
{
    qt_quote *q = &self->quotes[index];
    q->words = (uint8_t)body_words(self->text + q->start, self->text + q->end);
    set_lang(self, q->start);
    q->lang = (uint8_t)self->lang;
    if (q->carries && self->has_last) {
        q->speaker_start = self->last.speaker_start;
        q->speaker_end = self->last.speaker_end;
        q->cue_start = self->last.cue_start;
        q->cue_end = self->last.cue_end;
        q->who_start = self->last.who_start;
        q->who_end = self->last.who_end;
        q->speaker_pronoun = self->last.speaker_pronoun;
        q->rule = QT_RULE_SAME;
        return;
    }
    context c = {.engine = self, .quote = q, .t = self->tokens, .at = q->token};
    c.traits = self->lang == QT_NO_LANG ? 0 : self->lexicon->langs[self->lang].traits;
    c.says = QT_CUE | (self->probe.dialogue ? QT_FICTION : 0);
    find_sentence(&c);
    look_everywhere(&c);
    if (!q->rule) carry_over(&c);
}
