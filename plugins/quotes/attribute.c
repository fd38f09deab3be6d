/* Attribution: the cue that reports a quotation, and the phrase that names its speaker.
 *
 * Places are looked at in the order in which they can be trusted: right after the quotation, a
 * strong verb before it that leads up to it, later in the sentence, inside the marks, source
 * prepositions, weaker verbs before, a name with a colon. What has none of these takes the speaker
 * of the quotation before it in the paragraph, or of the paragraph's last verb of saying. */
#include "attribute.h"
#include "refer.h"

/* Words of a quotation are counted as far as anybody asks. */
enum { MAX_RIGHT = 70, MAX_LEFT = 90 };

/* ------------------------------------------------------------------ the sentence */

/* The classes of a token, with the weak ones or with the others. */
static inline void add_classes(const qt_token *t, uint32_t *weak, uint32_t *strong)
{
    uint32_t is_weak = 0 - (uint32_t)((t->classes & QT_WEAK) != 0);
    *weak |= t->classes & is_weak;
    *strong |= t->classes & ~is_weak;
}

static void find_sentence(qt_context *c)
{
    qt_sentence s = {.at = c->at, .left = c->at, .right = c->at + 1};
    while (s.left > 0 && s.at - s.left < MAX_LEFT && !(c->t[s.left - 1].flags & QT_ENDS))
        add_classes(&c->t[--s.left], &s.left_weak, &s.left_strong);
    while (s.right < c->count && s.right - s.at < MAX_RIGHT) {
        const qt_token *t = &c->t[s.right++];
        add_classes(t, &s.right_weak, &s.right_strong);
        s.right_features |= t->features;
        s.right_flags |= t->flags;
        if (t->flags & QT_ENDS) break;
    }
    c->left = s.left;
    c->right = s.right;
    c->seen = c->engine->sentence = s;
}

/* The context is not that of a quotation's own sentence. */
static void forget_seen(qt_context *c)
{
    memset(&c->seen, 0xFF, sizeof c->seen);
}

/* ------------------------------------------------------------------ results */

void quotes_set_speaker(qt_context *c, unsigned from, unsigned to)
{
    enum { MOST_BEFORE = 4 }; /* words before a name that still are how it is written */
    qt_quote *q = c->quote;
    if (from >= to) return;
    unsigned a, b;
    if (to - from > MOST_BEFORE && quotes_name_in(c->t, from, to, true, &a, &b) && b == to &&
        b > a + 1 && a - from > MOST_BEFORE && !(c->traits & QT_NOUNS_UPPER)) {
        from = a;
        while (from > 0 && c->t[from - 1].classes & QT_TITLE) from--;
    }
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
    enum { ROOM = 220, BYTES = 400 };
    qt_quote *q = c->quote;
    if (q->body.words < 8 || q->dash || q->piece) return false;
    qt_token t[ROOM];
    uint32_t to = quotes_reach(c->engine, q->start, q->end, BYTES);
    unsigned count = quotes_tokens_of(c->engine, q->start, to, t, ROOM);
    qt_context inner = *c;
    inner.t = t;
    inner.right = count;
    forget_seen(&inner);
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
        if (!quotes_verb_first(&inner, i + 1, false, &f) || f.from >= f.to ||
            !(t[f.cue].flags & QT_LOWER))
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
    return quotes_seen_left(c, QT_KONJ) || quotes_seen_right(c, QT_KONJ);
}

/* An indefinite phrase, or one with a possessive, that nothing shows to be somebody. */
static bool is_thing(const qt_context *c, unsigned from, unsigned to)
{
    const qt_token *t = &c->t[from];
    if (quotes_personality(c, from, to) >= 2) return false;
    if (t->classes & QT_POSS) return true;
    return !(c->traits & QT_V2) && t->classes & QT_DET && t->features & QT_INDEFINITE;
}

/* "…" His neighbour Anne Petit agrees. "…": between the two a sentence begins with another. */
static bool somebody_else(const qt_context *c)
{
    enum { LEAST = 4 };
    const qt_engine *e = c->engine;
    const qt_subject *topic = &e->topic;
    if (c->quote->body.words < LEAST || !quotes_opens_sentence(c)) return false;
    if (!topic->end || topic->at < e->spoken.outer_end || topic->entity == QT_NOBODY) return false;
    const qt_entity *other = &e->entities[topic->entity];
    return other->person == QT_HUMAN && other->start != e->spoken.who_start &&
           other->last >= e->spoken.outer_end;
}

/* The sentence before, where the quotation is one of its own, or goes on in the mood of reported
 * speech: He was angry, he said. "…"; its verb of saying, else whoever acts in it. */
static bool said_before(qt_context *c)
{
    bool alone = c->left == c->at && c->quote->body.words >= 4;
    if (c->left == 0 || !(alone || in_reporting_mood(c))) return false;
    qt_context before = *c;
    qt_find f = {0};
    unsigned left = c->left - 1;
    while (left > 0 && c->left - left < MAX_LEFT && !(c->t[left - 1].flags & QT_ENDS)) left--;
    before.left = left;
    before.at = c->left;
    forget_seen(&before);
    bool quoted = false;
    for (unsigned i = left; i < c->left; i++) quoted |= c->t[i].type == QT_QUOTE;
    if (quoted && alone) return false;
    const qt_engine *e = c->engine;
    bool spoke = e->subject_count && /* somebody else in this paragraph */
                 quotes_last_subject(e)->at >= e->par_start && !somebody_else(c);
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
    /* They are of no use here. "…": things, as often as not */
    if (!f.cue && c->traits & QT_INVERTS && f.to == f.from + 1 &&
        quotes_has(&c->t[f.from], QT_PRON) && c->t[f.from].features & QT_PLURAL)
        return false;
    quotes_set_speaker(c, f.from, f.to);
    c->quote->rule = QT_RULE_PARAGRAPH;
    return true;
}

/* Whom the subject stands for is who speaks, by the whole name where one is known. */
static void means(const qt_engine *self, qt_quote *q, const qt_subject *s)
{
    bool known = s->entity != QT_NOBODY;
    q->who_start = known ? self->entities[s->entity].start : s->start;
    q->who_end = known ? self->entities[s->entity].end : s->end;
}

/* A subject of an earlier verb, as it was written, and whom it stands for. */
static void take_subject(qt_context *c, const qt_subject *s)
{
    c->quote->speaker_start = s->said_start;
    c->quote->speaker_end = s->said_end;
    means(c->engine, c->quote, s);
}

/* She turned round and said: [paragraph] "…" */
static bool announced_above(qt_context *c)
{
    enum { REACH = 400, NEAR = 120 };
    const qt_engine *e = c->engine;
    if (!e->after_colon || c->at > 2) return false;
    const qt_token *he = &e->unresolved; /* il dira : */
    if (he->end && he->start < e->par_start && e->par_start - he->end < NEAR &&
        !(e->subject_count && quotes_last_subject(e)->at > he->start)) {
        c->quote->speaker_start = he->start;
        c->quote->speaker_end = he->end;
        c->quote->rule = QT_RULE_PARAGRAPH;
        return true;
    }
    const qt_subject *s = e->subject_count ? quotes_last_subject(e) : NULL;
    if (!s || !s->end || e->par_start - s->at > REACH) {
        s = &e->topic; /* X made this point: */
        if (!s->end || e->par_start - s->at > REACH) return false;
        c->quote->who_start = s->start;
        c->quote->who_end = s->end;
        c->quote->rule = QT_RULE_PARAGRAPH;
        return true;
    }
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

/* Han lovade mer. [paragraph] – Vi hinner, …: a dashed line that nobody claims, below whoever
 * spoke. */
static bool dashed_below(qt_context *c)
{
    enum { REACH = 300 };
    qt_engine *e = c->engine;
    qt_quote *q = c->quote;
    if (!q->dash || !e->subject_count || e->probe.dialogue || !(c->traits & QT_DASHES))
        return false;
    const qt_subject *s = quotes_last_subject(e);
    if (!s->end || s->at >= e->par_start || e->par_start - s->at > REACH || asks(e, q))
        return false;
    if (e->has_spoken && e->spoken.start > s->at) return false;
    if (!quotes_opens_sentence(c) || !is_alone_after(c)) return false;
    means(e, q, s);
    q->rule = QT_RULE_PARAGRAPH;
    return true;
}

/* Anne Petit adds that it moves. [paragraph] "…": speech that is a paragraph by itself, below
 * whoever spoke, or whom the sentence before it is about. */
static bool alone_below(qt_context *c)
{
    enum { REACH = 330, LEAST = 8 };
    qt_engine *e = c->engine;
    qt_quote *q = c->quote;
    if (q->dash || q->body.words < LEAST || e->probe.dialogue) return false;
    if (c->at > 0 || !is_alone_after(c) || c->right < c->count) return false;
    const qt_subject *s = e->subject_count ? quotes_last_subject(e) : NULL;
    if (!s || s->at < e->topic.at) s = &e->topic;
    if (!s->end || s->at >= e->par_start || e->par_start - s->at > REACH) return false;
    if (e->has_spoken && e->spoken.start > s->at) return false;
    if (s->entity != QT_NOBODY && e->entities[s->entity].person == QT_PLACED) return false;
    means(e, q, s);
    q->rule = QT_RULE_PARAGRAPH;
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
    bool fragment = q->body.words < 8 && !quotes_is_upper(first);
    bool here = last->paragraph == q->paragraph && q->outer_start - last->outer_end < 300 &&
                (near || !fragment);
    /* dashed lines that nobody else claims are one speaker's, outside stories, unless they ask */
    bool next = speech && q->dash && last->dash && last->paragraph + 1 == q->paragraph &&
                quotes_opens_sentence(c) && !(e->probe.dialogue && !(c->traits & QT_COMMA_DASHES));
    bool alone = next && is_alone_after(c), asked = next && asks(e, last) && !last->speaker_end;
    bool line = alone && !asks(e, q) && !asked;
    if (next && !line) {
        q->rule = QT_RULE_TURN;
        if (alone) take_turn(e, q);
        return;
    }
    if (here && somebody_else(c)) here = false;
    if (speech && (here || line) && (last->speaker_end || last->who_end)) {
        quotes_take_speaker(q, last);
        q->rule = QT_RULE_SAME;
        return;
    }
    if (quotes_look_heading(c) || said_before(c) || announced_above(c) || dashed_below(c) ||
        alone_below(c))
        return;
    if (e->subject_count) {
        const qt_subject *s = quotes_last_subject(e);
        if (s->at < e->par_start) return;
        q->rule = QT_RULE_PARAGRAPH;
        if (s->end && q->body.words > 2) take_subject(c, s);
    }
}

/* "He said that … "X", reported an agency": the first who speaks. */
static bool embedded(const qt_context *c, const qt_find *before, unsigned most)
{
    if (!before->leads || before->from >= before->to || c->quote->body.words > most) return false;
    if (quotes_personality(c, before->from, before->to) < 2 &&
        quotes_name_run(c->t, before->to, before->from) == before->from)
        return false;
    bool that = quotes_told_to_do(c, before->cue_end - 1);
    for (unsigned i = before->cue_end; i < c->at; i++) {
        if (c->t[i].type == QT_QUOTE || quotes_is_mark(&c->t[i], ':')) return false;
        that |= quotes_has(&c->t[i], QT_COMP);
    }
    return that && (before->distance > 2 || most == UINT8_MAX);
}

/* Called the protest "paid": a verb that labels, right before the quotation. */
static bool labels(qt_context *c, qt_find *f)
{
    enum { NEAR = 5 };
    return !(c->traits & QT_V2) && quotes_look_before(c, true, f) && f->distance <= NEAR &&
           f->from < f->to && c->t[f->cue_end - 1].features & QT_LABEL;
}

/* The tokens of the paragraph below, where the quotation ends its own. */
static unsigned paragraph_below(const qt_context *c, qt_token *near, unsigned room)
{
    enum { REACH = 240 };
    const qt_engine *e = c->engine;
    if (c->right < c->count || c->t != e->tokens || !c->count) return 0;
    uint32_t at = c->t[c->count - 1].end;
    while (at < e->size && (unsigned char)e->text[at] <= ' ') at++;
    return quotes_tokens_of(e, at, quotes_reach(e, at, e->size, REACH), near, room);
}

/* Aldus de minister. So Anna Keller. A source and whose it is are all of the sentence. */
static bool source_alone(qt_context *c, unsigned i)
{
    unsigned from, to;
    if (!(c->t[i].classes & QT_SOURCE) || c->t[i].features & QT_OWN) return false;
    if (!quotes_phrase_within(c->engine, c->t, c->count, i + 1, 0, &from, &to)) return false;
    if (to >= c->count || !(c->t[to].flags & QT_ENDS) || quotes_personality(c, from, to) < 2)
        return false;
    quotes_accept(c, &(qt_find){true, i, i + 1, from, to, 0, true}, QT_RULE_LATER);
    return true;
}

/* "…". Lo ha detto X. "…". Con esas palabras ha descrito X …. "…". Così X.: a sentence of its own,
 * and the next one, be it in the paragraph below, says whose; `told` where only a verb that means
 * the words before it will do. */
static bool look_next_sentence(qt_context *c, bool told)
{
    enum { REACH = 5, LEAST = 4, ROOM = 48 };
    qt_token below[ROOM];
    qt_context next = *c;
    const qt_token *t = c->t;
    unsigned i = c->right, from, to;
    bool whole = quotes_opens_sentence(c) && c->quote->body.words >= LEAST;
    if (!(whole || told) || c->right == 0 || (!whole && !(t[i - 1].flags & QT_ENDS))) return false;
    if (i + 2 >= c->count) {
        if (!whole) return false;
        next.t = t = below;
        next.left = i = 0;
        next.count = next.right = paragraph_below(c, below, ROOM);
        if (next.count < 3) return false;
    } else if (!(t[i - 1].flags & QT_ENDS)) {
        return false;
    }
    if (t[i].type != QT_WORD || (told && !(t[i].classes & QT_SAY))) return false;
    if (!(t[i].features & QT_BACK) || !(t[i].classes & (QT_SAY | QT_SOURCE | QT_ADV)))
        return !told && source_alone(&next, i);
    for (unsigned end = i + REACH; i < end && i + 1 < next.count; i++) {
        if (t[i].type != QT_WORD || t[i].flags & QT_ENDS) return false;
        if (!quotes_has(&t[i], QT_SAY | QT_PART | QT_SOURCE)) continue;
        if (t[i].classes & QT_WEAK && c->traits & QT_INVERTS) return false; /* ainsi a vu le jour */
        if (!quotes_phrase_within(c->engine, t, next.count, i + 1, 2, &from, &to)) return false;
        if (quotes_personality(&next, from, to) < 2 && quotes_name_run(t, to, from) == from)
            return false;
        quotes_accept(&next, &(qt_find){true, i, i + 1, from, to, 0, true}, QT_RULE_LATER);
        unsigned a, b; /* its tokens will not be there when it is asked who that is */
        if (t == below && quotes_name_in(t, from, to, true, &a, &b) && b > a + 1) {
            c->quote->who_start = t[a].start;
            c->quote->who_end = t[b - 1].end;
        }
        return true;
    }
    return false;
}

/* « … », c'est (aussi) le sentiment de X; « … ». Tel est l'avis de X; c'est par ces mots que X a …:
 * what the words before are, and whose. */
static bool look_verdict(qt_context *c)
{
    enum { REACH = 12, LEAST = 3 };
    const qt_token *t = c->t;
    unsigned i = c->at + 1, from, to;
    if (!quotes_like_french(c->traits) || c->quote->body.words < LEAST) return false;
    if (!quotes_opens_sentence(c)) return false;
    while (i < c->count && i < c->at + 3 && t[i].type == QT_PUNCT) i++;
    if (i + 4 >= c->count || t[i].type != QT_WORD) return false;
    if (t[i].features & QT_BACK && t[i].classes & QT_ADV) { /* c'est par ces mots que X a conclu */
        if (!quotes_phrase_within(c->engine, t, c->count, i + 1, 1, &from, &to)) return false;
        if (to >= c->count || quotes_personality(c, from, to) < 2) return false;
        const qt_token *verb = &t[to];
        if (quotes_is_comma(verb) && to + 1 < c->count) verb++;
        if (verb->type != QT_WORD || !(verb->classes & (QT_AUX | QT_SAY | QT_VERB))) return false;
        quotes_accept(c, &(qt_find){true, i, i + 1, from, to, 0, true}, QT_RULE_LATER);
        return true;
    }
    unsigned first = i;
    while (i < c->count && i < first + 2 && t[i].classes & (QT_NONAME | QT_PRON)) i++;
    if (i == first || !(t[i].classes & QT_AUX) || t[i].end - t[i].start != 3)
        return false; /* est */
    for (i++; i + 2 < c->count && i < first + REACH; i++) {
        if (t[i].type != QT_WORD || t[i].flags & QT_ENDS) return false;
        bool said = t[i].classes & QT_NOUN && t[i - 1].classes & (QT_DET | QT_POSS);
        if (!said || !(t[i + 1].classes & QT_OF)) continue;
        if (!quotes_phrase_within(c->engine, t, c->count, i + 2, 0, &from, &to)) return false;
        if (quotes_personality(c, from, to) < 2 && quotes_name_run(t, to, from) != to) return false;
        quotes_accept(c, &(qt_find){true, first, i + 1, from, to, 0, true}, QT_RULE_LATER);
        return true;
    }
    return false;
}

/* « … » Pas peu fier, Anne Petit a …; « … » : Anne Petit est l'une des …: speech that begins its
 * paragraph, where nobody spoke before, and then a full name with its verb. */
static bool named_next(qt_context *c)
{
    enum { LEAST = 5, REACH = 40 };
    const qt_token *t = c->t;
    qt_engine *e = c->engine;
    bool opens = true, ended = t[c->at].flags & QT_ENDS;
    if (!quotes_like_french(c->traits) || c->at > 0 || c->quote->dash) return false;
    if (c->quote->body.words < LEAST || e->probe.dialogue || e->has_spoken) return false;
    for (unsigned i = c->at + 1; i + 1 < c->count && i < c->at + REACH; i++) {
        if (t[i].type == QT_QUOTE || (ended && t[i].flags & QT_ENDS && !opens)) return false;
        ended |= t[i].flags & QT_ENDS || quotes_is_mark(&t[i], ':');
        bool name = t[i].flags & QT_NAME && ended && (opens || quotes_is_comma(&t[i - 1]));
        opens = opens && t[i].type != QT_WORD;
        unsigned end = name ? quotes_name_run(t, c->count, i) : i;
        if (end < i + 2 || end >= c->count || t[i].classes & QT_PLACE) continue;
        if (quotes_is_comma(&t[end]) && end + 1 < c->count && t[end + 1].type == QT_WORD &&
            t[end + 1].flags & QT_LOWER &&
            (t[i].classes & QT_GIVEN || t[end + 1].classes & QT_ROLE) &&
            !(t[end + 1].classes & (QT_CONJ | QT_PREP))) { /* X, président de la région, */
            quotes_set_speaker(c, i, end);
            c->quote->rule = QT_RULE_PARAGRAPH;
            return true;
        }
        while (end + 1 < c->count && t[end].type == QT_WORD && t[end].classes & QT_CLITIC) end++;
        if (t[end].type != QT_WORD || !(t[end].flags & QT_LOWER)) continue;
        if (!(t[end].classes & (QT_AUX | QT_VERB | QT_SAY)) || t[end].classes & QT_PREP) continue;
        quotes_set_speaker(c, i, quotes_name_run(t, c->count, i));
        c->quote->rule = QT_RULE_PARAGRAPH;
        return true;
    }
    return false;
}

/* Les élus, réunis hier, ont « choisi d'agir »: an auxiliary, and a quotation that goes on with its
 * participle. */
static bool goes_on_with_participle(qt_context *c)
{
    enum { ROOM = 4, LEAST = 3, ADVERB = 7, PARTICIPLE = 4 };
    const qt_quote *q = c->quote;
    const qt_token *aux = &c->t[c->at - 1];
    qt_token body[ROOM];
    unsigned from, to, i = 0;
    if (!quotes_like_french(c->traits) || c->at < c->left + 2) return false;
    if (q->body.words < LEAST || aux->type != QT_WORD || !(aux->flags & QT_LOWER)) return false;
    if (!(aux->classes & QT_AUX) || aux->classes & QT_PREP) return false;
    uint32_t end = quotes_reach(c->engine, q->start, q->end, 60);
    unsigned count = quotes_tokens_of(c->engine, q->start, end, body, ROOM);
    while (i + 1 < count && (body[i].classes & QT_ADV ||
                             quotes_ends_as(c->engine, &body[i], QT_ENDS_ADVERB, ADVERB)))
        i++;
    if (i >= count || !(body[i].flags & QT_LOWER)) return false;
    bool participle =
        body[i].classes & QT_PART ||
        (!body[i].classes && quotes_ends_as(c->engine, &body[i], QT_ENDS_PARTICIPLE, PARTICIPLE));
    if (!participle || !quotes_subject_of(c->engine, c->t, c->count, c->at - 1, &from, &to) ||
        quotes_personality(c, from, to) < 2)
        return false;
    quotes_set_speaker(c, from, to);
    c->quote->rule = QT_RULE_BEFORE;
    return true;
}

/* Jean Petit « regrette ce choix »: a subject, and a quotation that goes on with its verb. */
static bool goes_on(qt_context *c)
{
    enum { ROOM = 4, LEAST = 3 };
    const qt_quote *q = c->quote;
    qt_token body[ROOM];
    unsigned from, to, start = c->at;
    if (c->at == c->left || c->t[c->at - 1].type != QT_WORD || q->body.words < LEAST) return false;
    if (c->traits & (QT_V2 | QT_CASELESS | QT_FINAL)) return false;
    uint32_t end = quotes_reach(c->engine, q->start, q->end, 60);
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

/* "…", according to X: nothing but a comma between. */
static bool source_touches(const qt_context *c)
{
    unsigned i = c->at + 1;
    if (i < c->right && quotes_is_mark(&c->t[i], ',')) i++;
    return i < c->right && quotes_has(&c->t[i], QT_SOURCE) && !(c->t[i].features & QT_FRONT) &&
           !(c->t[i].classes & QT_WEAK);
}

/* X a déclaré que « … », rapporte Le Figaro: is the speaker found one of those that report? */
static bool is_medium(const qt_context *c)
{
    const qt_engine *e = c->engine;
    unsigned i = c->at + 1, to;
    if (!quotes_like_french(c->traits)) return false;
    while (i < c->count && c->t[i].start < c->quote->speaker_start) i++;
    for (to = i; to < c->count && c->t[to].end <= c->quote->speaker_end;) to++;
    return to > i && quotes_is_known_group(e, c->t, i, to);
}

static void look_everywhere(qt_context *c)
{
    qt_find before = {0}, weak = {0};
    if (c->engine->lang == QT_NO_LANG) { /* no verbs are known, and no words that are no names */
        quotes_look_full_name(c);
        return;
    }
    bool strong = quotes_look_before(c, false, &before);
    enum { SHORT = 12 };
    bool inner = strong && embedded(c, &before, SHORT);
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
    if (quotes_look_after(c)) {
        inner |= strong && is_medium(c) && embedded(c, &before, UINT8_MAX);
        if (!inner || c->quote->speaker_pronoun) return;
        quotes_accept(c, &before, QT_RULE_BEFORE);
        return;
    }
    if (labels(c, &weak) && (!strong || weak.distance < before.distance)) {
        quotes_accept(c, &weak, QT_RULE_BEFORE);
        return;
    }
    enum { CLOSE_BY = 3 };
    bool sourced = source_touches(c);
    if (sourced && before.distance > CLOSE_BY && quotes_look_source(c)) return;
    /* Selon X, la mesure se révèle « … » */
    bool thing = strong && before.from < before.to && c->traits & QT_INVERTS &&
                 !quotes_personality(c, before.from, before.to) &&
                 quotes_name_run(c->t, before.to, before.from) == before.from;
    if (thing && quotes_look_source(c)) return;
    bool nobody = !strong || before.from >= before.to ||
                  (!quotes_personality(c, before.from, before.to) &&
                   quotes_name_run(c->t, before.to, before.from) == before.from);
    if (nobody && look_next_sentence(c, true)) return;
    if (strong && before.leads && before.from < before.to) {
        quotes_accept(c, &before, QT_RULE_BEFORE);
        return;
    }
    if (c->traits & QT_V2 && quotes_look_last(c)) return;
    if (quotes_look_later(c)) return;
    if (look_inside(c)) return;
    if (!strong || before.from >= before.to || sourced) {
        if (quotes_look_source(c)) return;
    }
    if (quotes_look_as(c)) return;
    if (strong && before.from < before.to) {
        quotes_accept(c, &before, QT_RULE_BEFORE);
        return;
    }
    if (quotes_look_before(c, true, &weak) && (weak.from < weak.to || !strong)) {
        quotes_accept(c, &weak, QT_RULE_BEFORE);
        c->quote->strong = weak.leads && weak.distance < 7;
        enum { NEAR = 14, FAR = 40 }; /* far only where "that" leads up to it */
        if (weak.distance > (weak.leads ? FAR : NEAR)) c->quote->rule = QT_RULE_NONE;
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
    if (look_verdict(c)) return;
    if (quotes_look_name_beside(c) || goes_on(c) || goes_on_with_participle(c)) return;
    look_next_sentence(c, false);
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
    if (q->lang != self->lang) quotes_set_lang(self, q->lang);
    qt_context c = {.engine = self, .quote = q, .t = self->tokens, .at = q->token};
    c.count = self->token_count;
    c.traits = self->traits;
    c.says = QT_CUE | (self->probe.story ? QT_FICTION : 0);
    find_sentence(&c);
    if (q->carries && self->has_last) {
        /* the speaker of all pieces may be named after the last */
        if (self->held_count && self->lang != QT_NO_LANG && !q->unclosed &&
            (quotes_look_after(&c) || look_next_sentence(&c, false)))
            return;
        quotes_take_speaker(q, &self->last);
        q->cue_start = self->last.cue_start;
        q->cue_end = self->last.cue_end;
        q->rule = QT_RULE_SAME;
        return;
    }
    look_everywhere(&c);
    if (!q->rule && self->lang != QT_NO_LANG) carry_over(&c);
    if (!q->rule && self->lang != QT_NO_LANG) named_next(&c);
}

void quotes_attribute_nested(qt_engine *self, unsigned index, const qt_token *t, unsigned count,
                             unsigned at)
{
    qt_quote *q = &self->quotes[index];
    q->lang = (uint8_t)self->lang;
    q->body = quotes_read_body(self, q);
    qt_context c = {.engine = self, .quote = q, .t = t, .count = count, .at = at};
    c.traits = self->traits;
    c.says = QT_CUE | (self->probe.story ? QT_FICTION : 0);
    find_sentence(&c);
    look_everywhere(&c);
}
