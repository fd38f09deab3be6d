/* Reference: who a quotation is from.
 *
 * Subjects of verbs of saying are kept, quoted or not, as are sources and the phrases that
 * sentences begin with; resolve.c says whom they name. Speech without a speaker of its own goes to
 * one of them where that can be trusted. */
#include "phrase.h"
#include "refer.h"

enum { TOPIC_BYTES = 500 };

/* ------------------------------------------------------------------ subjects */

/* The last subject, as it is written. */
static void as_written(qt_engine *self, uint32_t start, uint32_t end)
{
    if (!self->subject_count) return;
    qt_subject *s = &self->subjects[(self->subject_count - 1) % QT_MAX_SPEAKERS];
    s->said_start = start;
    s->said_end = end;
    qt_mention *m = &self->mentions[(self->mention_count - 1) % QT_MAX_MENTIONS];
    m->said_start = start;
    m->said_end = end;
}

static void remember(qt_engine *self, uint32_t at, unsigned entity, uint8_t features, uint64_t role,
                     uint32_t start, uint32_t end, bool group)
{
    bool thing = entity == QT_NOBODY && !role && !group;
    if (entity != QT_NOBODY) self->entities[entity].spoke = true;
    if (!thing || self->traits & (QT_NO_ARTICLE | QT_CASELESS)) {
        qt_subject *s = &self->subjects[self->subject_count++ % QT_MAX_SPEAKERS];
        *s = (qt_subject){.at = at,
                          .entity = (uint16_t)entity,
                          .features = features,
                          .role = role,
                          .start = start,
                          .end = end,
                          .said_start = start,
                          .said_end = end};
    }
    quotes_mention(self, &(qt_mention){.at = at,
                                       .start = start,
                                       .end = end,
                                       .entity = (uint16_t)entity,
                                       .features = features,
                                       .role = role,
                                       .group = group,
                                       .weight = thing ? QT_AS_THING : QT_AS_SUBJECT});
}

static bool find_tokens(const qt_engine *self, uint32_t start, uint32_t end, unsigned *from,
                        unsigned *to)
{
    for (unsigned i = 0; i < self->token_count; i++) {
        if (self->tokens[i].start != start) continue;
        unsigned k = i + 1;
        while (k < self->token_count && self->tokens[k].end <= end) k++;
        *from = i;
        *to = k;
        return true;
    }
    return false;
}

/* He came: whoever he is goes on being spoken of. He said so at `cue`, or 0: and is who spoke last.
 */
static void meet_pronoun(qt_engine *self, const qt_token *t, uint32_t cue)
{
    unsigned entity;
    uint32_t start, end;
    if (!(t->features & (QT_MALE | QT_FEMALE)) || t->classes & QT_FIRST) return;
    if (!quotes_resolve(self, t, 0, 1, &start, &end, &entity, NULL)) {
        if (cue) self->unresolved = *t;
        return;
    }
    if (cue && entity != QT_NOBODY) {
        qt_subject *s = &self->subjects[self->subject_count++ % QT_MAX_SPEAKERS];
        *s = (qt_subject){.at = cue,
                          .entity = (uint16_t)entity,
                          .features = t->features & (QT_MALE | QT_FEMALE | QT_PLURAL),
                          .start = start,
                          .end = end,
                          .said_start = t->start,
                          .said_end = t->end};
    }
    quotes_mention(self, &(qt_mention){.at = t->start,
                                       .start = start,
                                       .end = end,
                                       .entity = (uint16_t)entity,
                                       .features = t->features & (QT_MALE | QT_FEMALE | QT_PLURAL),
                                       .said_start = t->start,
                                       .said_end = t->end,
                                       .weight = QT_AS_TOPIC});
}

/* According to X */
static void meet_source(qt_engine *self, unsigned source)
{
    unsigned from, to, entity;
    uint32_t start, end;
    const qt_token *t = self->tokens;
    bool front = t[source].features & QT_FRONT;
    if (front && source > 0 && !(t[source - 1].flags & QT_ENDS)) return;
    if (!quotes_phrase_within(self, t, self->token_count, source + 1, 0, &from, &to) ||
        (to == from + 1 && t[from].classes & QT_PRON))
        return;
    if (front &&
        (to >= self->token_count || !quotes_is_comma(&t[to]) || quotes_name_run(t, to, from) != to))
        return; /* for X, it is a matter of … */
    quotes_meet_names(self, from, to);
    if (!quotes_resolve(self, t, from, to, &start, &end, &entity, NULL)) return;
    const qt_token *role = quotes_role_in(t, from, to);
    if (entity == QT_NOBODY && !role) return;
    remember(self, t[source].start, entity, quotes_phrase_features(&t[from], role),
             quotes_role_key(self, role), start, end, quotes_has_body(t, from, to));
}

static bool names_somebody(const qt_token *t, unsigned from, unsigned to)
{
    for (unsigned i = from; i < to; i++) {
        if (t[i].flags & QT_NAME || t[i].classes & (QT_ROLE | QT_BODY | QT_PRON)) return true;
    }
    return false;
}

/* X, said Y's friends would …: the phrase that ends here has a verb of its own. */
static bool acts(const qt_engine *self, unsigned to)
{
    enum { REACH = 2 };
    for (unsigned i = to; i < to + REACH && i < self->token_count; i++) {
        const qt_token *t = &self->tokens[i];
        if (t->type != QT_WORD || !(t->flags & QT_LOWER)) return false;
        if (t->classes & (QT_AUX | QT_VERB)) return true;
        if (t->classes) return false;
    }
    return false;
}

void quotes_meet_subject(qt_engine *self, unsigned cue)
{
    if (self->tokens[cue].classes & QT_SOURCE) {
        meet_source(self, cue);
        return;
    }
    unsigned from, to, entity;
    uint32_t start, end;
    const qt_token *t = self->tokens;
    if (t[cue].classes & QT_PART && !(t[cue].classes & QT_SAY) && cue > 0 &&
        !(t[cue - 1].classes & (QT_AUX | QT_ADV | QT_CLITIC | QT_PRON)))
        return;
    unsigned first = cue; /* …, a déclaré X */
    while (first > 0 && cue - first < 3 && t[first - 1].type == QT_WORD &&
           t[first - 1].classes & (QT_AUX | QT_CLITIC | QT_ADV))
        first--;
    bool after =
        first > 0 && (t[first - 1].type == QT_QUOTE || quotes_is_comma(&t[first - 1]) ||
                      (t[first - 1].type == QT_WORD &&
                       (t[first - 1].classes & QT_SOURCE ||
                        (t[first - 1].classes & QT_COMP && t[first - 1].features & QT_AS))));
    if (after && quotes_phrase_within(self, t, self->token_count, cue + 1, 4, &from, &to) &&
        names_somebody(t, from, to) && !acts(self, to)) {
    } else if (!quotes_subject_of(self, t, self->token_count, cue, &from, &to)) {
        /* C'est ce qu'a déclaré X */
        bool that = first > 0 && t[first - 1].type == QT_WORD && t[first - 1].classes & QT_COMP;
        for (unsigned i = first; i < cue; i++)
            that |= t[i].classes & QT_ADV && t[i].features & QT_BACK;
        if (!that || self->traits & QT_V2 ||
            !quotes_phrase_after(self, t, self->token_count, cue + 1, &from, &to) ||
            !names_somebody(t, from, to) || acts(self, to))
            return;
    }
    if (to == from + 1 && t[from].classes & QT_PRON) {
        meet_pronoun(self, &t[from], t[cue].start);
        return;
    }
    if (from > cue) quotes_meet_names(self, from, to);
    const qt_token *role = quotes_role_in(t, from, to);
    unsigned a, b;
    if (role && quotes_is_cased(role) && !quotes_has_body(t, from, to) &&
        !quotes_name_in(t, from, to, true, &a, &b))
        return; /* był znanym artystą, mówi: no subject */
    if (!quotes_resolve(self, t, from, to, &start, &end, &entity, NULL)) return;
    uint8_t features = quotes_phrase_features(&t[from], role);
    unsigned before = self->subject_count;
    if (entity != QT_NOBODY && quotes_name_in(t, from, to, true, &a, &b)) {
        quotes_keep_form(self, entity, t, a, b);
        start = self->entities[entity].start;
        end = self->entities[entity].end;
    }
    remember(self, t[cue].start, entity, features, quotes_role_key(self, role), start, end,
             quotes_has_body(t, from, to));
    if (self->subject_count != before) as_written(self, t[from].start, t[to - 1].end);
}

/* A short line without a stop: who is named there is not yet spoken of. */
static bool in_heading(const qt_engine *self)
{
    enum { LONGEST = 110 };
    uint32_t end = self->par_end;
    if (end - self->par_start > LONGEST) return false;
    while (end > self->par_start && (unsigned char)self->text[end - 1] <= ' ') end--;
    return end > self->par_start && quotes_is_letter((unsigned char)self->text[end - 1]);
}

/* Dans un couloir du palais, le vieux siège, Paul Garnier a …; s'il hésite, M. Garnier rappelle …:
 * a name behind a comma of the sentence, and its verb right behind it. */
static bool name_and_verb(const qt_engine *self, unsigned sentence, unsigned *a, unsigned *b)
{
    enum { REACH = 40 };
    const qt_token *t = self->tokens;
    bool found = false;
    if (!quotes_like_french(self->traits)) return false;
    for (unsigned i = sentence; i + 2 < self->token_count && i < sentence + REACH; i++) {
        if (t[i].flags & QT_ENDS || t[i].type == QT_QUOTE || t[i].type == QT_OPEN) break;
        if (!quotes_is_comma(&t[i])) continue;
        unsigned name = i + 1;
        while (name + 1 < self->token_count && t[name].type == QT_WORD &&
               t[name].classes & QT_TITLE)
            name++;
        unsigned end = quotes_name_run(t, self->token_count, name);
        if (end == name || end >= self->token_count || t[name].classes & QT_PLACE) continue;
        while (end + 1 < self->token_count && t[end].type == QT_WORD &&
               t[end].classes & QT_CLITIC && t[end].flags & QT_LOWER)
            end++;
        if (t[end].type != QT_WORD || !(t[end].flags & QT_LOWER)) continue;
        if (!(t[end].classes & (QT_AUX | QT_VERB | QT_SAY)) || t[end].classes & QT_PREP) continue;
        *a = name;
        *b = quotes_name_run(t, self->token_count, name);
        found = true;
    }
    return found;
}

/* The phrase that the sentence is about, as far as its first words tell. */
static bool topic_phrase(const qt_engine *self, unsigned *sentence, unsigned *a, unsigned *b)
{
    enum { REACH = 16, GERUND = 5 };
    const qt_token *t = self->tokens, *first = &t[*sentence];
    unsigned to = self->token_count - *sentence < REACH ? self->token_count : *sentence + REACH;
    bool word = first->type == QT_WORD;
    if (word && !(first->flags & QT_NAME) && !(first->classes & (QT_DET & ~QT_PREP)) &&
        name_and_verb(self, *sentence, a, b))
        return true;
    bool doing =
        word && self->traits & QT_INVERTS && quotes_ends_as(self, first, QT_ENDS_GERUND, GERUND);
    bool as =
        word && first->classes & QT_COMP && first->features & QT_AS && self->traits & QT_INVERTS;
    /* Dénonçant la police, …; comme X, …: what is denounced is not whom the sentence is about */
    if (doing || as || !quotes_opening_phrase(self, t, *sentence, to, a, b)) {
        /* Tuesday, in Lyon, the mayor … */
        unsigned comma = *sentence;
        while (comma < to && t[comma].type == QT_WORD) comma++;
        if (comma >= to || !quotes_is_comma(&t[comma])) return false;
        *sentence = comma + 1;
        to = self->token_count - *sentence < REACH ? self->token_count : *sentence + REACH;
        if (!quotes_opening_phrase(self, t, *sentence, to, a, b)) return false;
    }
    return to != *a + 1 && !(t[*a].classes & QT_PRON);
}

/* The phrase that a sentence begins with, where it names somebody. */
void quotes_meet_topic(qt_engine *self, unsigned sentence)
{
    enum { REACH = 32 };
    const qt_token *t = self->tokens;
    unsigned a, b, entity, x, y;
    uint32_t start, end;
    if (in_heading(self)) return;
    if (t[sentence].type == QT_WORD && t[sentence].classes & QT_PRON) {
        meet_pronoun(self, &t[sentence], 0);
        return;
    }
    if (self->traits & QT_DROPS && t[sentence].type == QT_WORD &&
        t[sentence].classes & (QT_CUE | QT_VERB) && !(t[sentence].flags & QT_NAME))
        return; /* Disse que …: whoever it goes on about */
    unsigned wide = self->token_count - sentence < REACH ? self->token_count : sentence + REACH;
    if (quotes_next_bit(self->persons, sentence, wide) == wide) return;
    if (!topic_phrase(self, &sentence, &a, &b)) return;
    const qt_token *role = quotes_role_in(t, a, b);
    bool body = quotes_has_body(t, a, b);
    bool named = quotes_name_in(t, a, b, true, &x, &y);
    if (!named && (!(t[a].classes & QT_DET) || (!role && !body))) return;
    if (named && !role && y == x + 1 && x == sentence) {
        unsigned known = quotes_find_entity(self, t, x, y);
        if (known == QT_NOBODY || t[x].classes & (QT_CUE | QT_VERB) ||
            !(self->entities[known].count || self->entities[known].spoke))
            return; /* a capital that the sentence may owe */
    }
    if (role && !named) b = (unsigned)(role - t) + 1;
    if (!quotes_resolve(self, t, a, b, &start, &end, &entity, NULL)) return;
    uint8_t features = quotes_phrase_features(&t[a], role);
    if (named && entity != QT_NOBODY && y > x + 1 && x == sentence)
        quotes_keep_form(self, entity, t, x, y);
    quotes_mention(self, &(qt_mention){.at = t[a].start,
                                       .start = start,
                                       .end = end,
                                       .entity = (uint16_t)entity,
                                       .features = features,
                                       .role = quotes_role_key(self, role),
                                       .group = body,
                                       .said_start = t[a].start,
                                       /* what stands behind a name may be a verb of no table */
                                       .said_end = t[named && x == a ? y - 1 : b - 1].end,
                                       .weight = QT_AS_TOPIC});
    self->topic = (qt_subject){.at = t[a].start,
                               .entity = (uint16_t)entity,
                               .features = features,
                               .role = role ? quotes_role_key(self, role) : body,
                               .start = start,
                               .end = end};
}

/* What the cue shows of its subject: powiedziała, он заявил; dijeron, and dijo as far as it is not
 * that. */
typedef struct {
    uint8_t features;
    bool single; /* one person's, where verbs tell */
} shown_subject;

static shown_subject cue_features(const qt_engine *self, const qt_quote *q)
{
    enum { ROOM = 8, LEAST = 4 };
    qt_token t[ROOM];
    uint8_t features = 0;
    bool finite = false;
    if (!q->cue_end) return (shown_subject){0};
    bool tells = *self->lexicon->langs[self->lang].forms[QT_ENDS_PLURAL][0];
    unsigned count = quotes_tokens_of(self, q->cue_start, q->cue_end, t, ROOM);
    for (unsigned i = 0; i < count; i++) {
        if (t[i].classes & (QT_CUE | QT_SOURCE)) features |= t[i].features;
        if (!tells || !(t[i].classes & (QT_SAY | QT_AUX))) continue;
        finite = true;
        if (quotes_ends_as(self, &t[i], QT_ENDS_PLURAL, LEAST)) features |= QT_PLURAL;
    }
    return (shown_subject){features & (QT_MALE | QT_FEMALE | QT_PLURAL),
                           finite && !(features & QT_PLURAL)};
}

/* May this be the subject of a verb that shows so much? Not of another gender or number, and no
 * place. */
static bool may_be_subject(const qt_engine *self, const qt_subject *s, shown_subject shown)
{
    enum { GENDER = QT_MALE | QT_FEMALE };
    uint8_t mine = s->features & GENDER, gender = shown.features & GENDER;
    if (shown.single && s->features & QT_PLURAL) return false;
    if (s->entity != QT_NOBODY) {
        const qt_entity *e = &self->entities[s->entity];
        if (e->person == QT_PLACED) return false;
        if (e->features & GENDER) mine = e->features & GENDER;
        if (shown.features & QT_PLURAL && e->person == QT_HUMAN && !(s->features & QT_PLURAL))
            return false;
    }
    return !gender || !mine || mine == GENDER || gender == mine;
}

/* Known to be a person, a group or a role: no word with a capital of which nothing is known. */
static bool is_somebody(const qt_engine *self, const qt_subject *s)
{
    if (s->entity == QT_NOBODY) return s->role;
    return self->entities[s->entity].person != QT_UNKNOWN;
}

/* The last mention of whom this name stands for, in this paragraph or as many above as may be; NULL
 * where there is none. */
static const qt_mention *last_mention(const qt_engine *self, const qt_quote *q, uint32_t who,
                                      unsigned above)
{
    const qt_mention *last = NULL;
    unsigned n = self->mention_count < QT_MAX_MENTIONS ? self->mention_count : QT_MAX_MENTIONS;
    for (unsigned k = 1; k <= n; k++) {
        const qt_mention *m = &self->mentions[(self->mention_count - k) % QT_MAX_MENTIONS];
        if (m->paragraph + above < self->par_number) break;
        if (!m->said_end || m->said_end > q->start || (last && m->said_start <= last->said_start))
            continue;
        uint32_t start = m->entity != QT_NOBODY ? self->entities[m->entity].start : m->start;
        if (start == who) last = m;
    }
    return last;
}

/* Nobody is said to speak, nor was before: whom the sentences before are about. In French right in
 * four of five where the paragraph names him before the quotation, else in one of two, so that must
 * be asked for; in other languages in a third. */
static bool told_of(const qt_engine *self, qt_quote *q, uint32_t *start, uint32_t *end)
{
    if (!quotes_like_french(self->traits) || self->probe.dialogue) return false;
    unsigned entity;
    uint32_t a, b;
    qt_wanted one = {.least = QT_AS_TOPIC, .person = true};
    if (!quotes_take(self, quotes_antecedent(self, q->start, one), &a, &b, &entity)) return false;
    if (!self->guess && !last_mention(self, q, a, 0)) return false;
    *start = a;
    *end = b;
    q->rule = QT_RULE_TOPIC;
    return true;
}

/* Speech without a speaker of its own: whoever spoke just before, where a cue said so. */
static bool implied(const qt_engine *self, qt_quote *q, uint32_t *start, uint32_t *end)
{
    const qt_subject *topic = &self->topic;
    if (self->lang == QT_NO_LANG) return false;
    shown_subject shown = cue_features(self, q);
    if (q->cue_end && self->traits & QT_DROPS && topic->end && topic->at < q->start &&
        q->start - topic->at < TOPIC_BYTES && may_be_subject(self, topic, shown) &&
        !(self->subject_count && quotes_last_subject(self)->at > topic->at &&
          is_somebody(self, quotes_last_subject(self)))) {
        *start = topic->start;
        *end = topic->end;
        return true;
    }
    if (q->rule == QT_RULE_PARAGRAPH || q->cue_end) {
        enum { NEAR = 800 };
        const qt_subject *s = self->subject_count ? quotes_last_subject(self) : NULL;
        if (s && s->end && s->at > topic->at && is_somebody(self, s) && s->at < q->start &&
            q->start - s->at < NEAR && may_be_subject(self, s, shown)) {
            *start = s->entity != QT_NOBODY ? self->entities[s->entity].start : s->start;
            *end = s->entity != QT_NOBODY ? self->entities[s->entity].end : s->end;
            return true;
        }
        bool plural = shown.features & QT_PLURAL;
        uint8_t gender = plural ? 0 : shown.features & (QT_MALE | QT_FEMALE);
        qt_wanted one = {.least = QT_AS_TOPIC, .person = !plural, .gender = gender},
                  any = {.least = QT_AS_TOPIC, .gender = gender};
        one.plural = any.plural = plural;
        unsigned entity;
        return quotes_take(self, quotes_antecedent(self, q->start, one), start, end, &entity) ||
               quotes_take(self, quotes_antecedent(self, q->start, any), start, end, &entity);
    }
    const qt_quote *last = &self->spoken;
    bool cued =
        last->rule != QT_RULE_NONE && last->rule != QT_RULE_TOPIC && q->rule != QT_RULE_TURN;
    if (self->has_spoken && last->who_end && cued && q->paragraph - last->paragraph <= 1 &&
        !self->probe.dialogue) {
        *start = last->who_start;
        *end = last->who_end;
        return true;
    }
    return told_of(self, q, start, end);
}

static void note_speaker(const qt_engine *self, const qt_quote *q, uint32_t start, uint32_t end)
{
    static const char *const found[QT_RULES] = {
        [QT_RULE_NONE] = "carried over from what was said before",
        [QT_RULE_AFTER] = "the verb stands behind the quotation",
        [QT_RULE_LATER] = "the verb stands later in the sentence",
        [QT_RULE_LAST] = "the verb ends the clause",
        [QT_RULE_INSIDE] = "the verb stands within the marks",
        [QT_RULE_SOURCE] = "words such as \"according to\"",
        [QT_RULE_BEFORE] = "the verb stands ahead of the quotation",
        [QT_RULE_COLON] = "a name and a colon",
        [QT_RULE_SAME] = "as of the quotation before it",
        [QT_RULE_PARAGRAPH] = "the last who spoke in the paragraph",
        [QT_RULE_TURN] = "turns of a dialogue",
        [QT_RULE_TOPIC] = "whom the sentences before are about",
    };
    enum { MOST = 60 };
    quotes_note(self, q, "speaker", "%.*s; %s", (int)(end - start < MOST ? end - start : MOST),
                self->text + start, found[q->rule]);
}

static bool has_house(const qt_token *t, unsigned from, unsigned to)
{
    for (; from < to; from++) {
        if (t[from].type == QT_WORD &&
            (t[from].classes & (QT_BODY | QT_PLACE) || t[from].flags & QT_NAME ||
             (t[from].classes & QT_ROLE && t[from].features & QT_PLURAL)))
            return true;
    }
    return false;
}

/* « … », indique-t-on à la mairie; du côté de la mairie, on se dit « … »: where "on" speaks. */
static bool stands_for_house(const qt_engine *self, unsigned on, uint32_t *start, uint32_t *end)
{
    enum { VERBS = 4, REACH = 12, ON = 2 };
    const qt_token *t = self->tokens;
    unsigned i = on + 1, from = on, to;
    if (!(self->traits & QT_INVERTS) || !(t[on].classes & QT_PRON)) return false;
    if (t[on].end - t[on].start != ON || t[on].features & (QT_MALE | QT_FEMALE | QT_PLURAL))
        return false;
    if (t[on].flags & QT_INVERTED) {
        for (unsigned n = 0; n < VERBS && i < self->token_count && t[i].type == QT_WORD &&
                             !(t[i].classes & (QT_PREP | QT_TO));
             n++)
            i++;
        if (i + 1 >= self->token_count || t[i].type != QT_WORD || t[i].classes & QT_SOURCE)
            return false;
        from = i + 1;
    } else {
        if (on < 3 || !quotes_is_comma(&t[on - 1])) return false;
        from = on - 1;
        while (from > 0 && on - from < REACH && t[from - 1].type == QT_WORD &&
               !(t[from - 1].flags & QT_ENDS))
            from--;
        if (from > 0 && !(t[from - 1].flags & QT_ENDS)) return false;
        unsigned first = from; /* du côté de, chez, à */
        while (from < on && !(t[from].classes & (QT_DET | QT_BODY)) && !(t[from].flags & QT_NAME))
            from++;
        if (from == first || !(t[first].classes & (QT_PREP | QT_TO | QT_OF))) return false;
    }
    if (t[from].classes & QT_ADV) return false; /* de même source */
    to = quotes_phrase_end(self, t, self->token_count, from);
    if (to <= from || !has_house(t, from, to)) return false;
    *start = t[from].start;
    *end = t[to - 1].end;
    return true;
}

/* May the text say later who this is: the minister, but no minister, and no woman? */
static bool names_later(const qt_engine *self, unsigned from, const qt_token *role,
                        uint8_t features)
{
    const qt_token *first = &self->tokens[from];
    if (features & QT_PLURAL || role->features & QT_ANYONE || role < first) return false;
    if (self->traits & (QT_NO_ARTICLE | QT_CASELESS | QT_NOUNS_UPPER)) return false;
    return first->classes & QT_DET && !(first->features & (QT_INDEFINITE | QT_THIS));
}

/* Cara gives advice. [paragraph] "…": who is named by no verb of the quotation's own was last
 * named so. */
static void as_mentioned(const qt_engine *self, qt_quote *q)
{
    /* where verbs need no subject, that of a verb is not looked for above */
    if (self->probe.dialogue || q->rule == QT_RULE_SOURCE) return;
    if (self->traits & QT_DROPS && q->cue_end) return;
    const qt_mention *last = last_mention(self, q, q->who_start, 1);
    if (!last) return;
    q->speaker_start = last->said_start;
    q->speaker_end = last->said_end;
}

/* Whom the rules take a speaker for, and what of the phrase a mention keeps. */
typedef struct {
    qt_chosen who; /* end 0: nobody */
    qt_asked asked;
    uint8_t features;
    uint64_t role;
    bool group;
} reference;

/* A phrase of the tokens in hand: its role may get its name later in the text. */
static void refer_phrase(qt_engine *self, qt_quote *q, unsigned from, unsigned to, reference *r)
{
    unsigned a, b;
    const qt_token *t = self->tokens;
    qt_chosen *who = &r->who;
    if (from > q->token) quotes_meet_names(self, from, to);
    if (!stands_for_house(self, from, &who->start, &who->end) &&
        !quotes_resolve(self, t, from, to, &who->start, &who->end, &who->entity, &r->asked)) {
        who->end = 0;
        return;
    }
    if (who->entity != QT_NOBODY && q->rule != QT_RULE_SOURCE &&
        quotes_name_in(t, from, to, true, &a, &b) && b > a + 1) {
        quotes_keep_form(self, who->entity, t, a, b);
        who->start = self->entities[who->entity].start;
        who->end = self->entities[who->entity].end;
    }
    const qt_token *role = quotes_role_in(t, from, to);
    r->features = quotes_phrase_features(&t[from], role);
    if (who->entity == QT_NOBODY && role && names_later(self, from, role, r->features) &&
        quotes_look_ahead(self, t, from, (unsigned)(role - t), to, &who->entity)) {
        who->start = self->entities[who->entity].start;
        who->end = self->entities[who->entity].end;
    }
    r->role = quotes_role_key(self, role);
    r->group = quotes_has_body(t, from, to);
}

/* False: it is not to be asked. */
static bool refer_by_rules(qt_engine *self, qt_quote *q, reference *r)
{
    qt_chosen *who = &r->who;
    unsigned from, to;
    *r = (reference){.who.entity = QT_NOBODY, .asked.kind = QT_ASKED_NAME};
    if (!q->speaker_end) {
        if (q->rule == QT_RULE_NONE) r->asked.kind = QT_ASKED_NOTHING;
        r->asked.at = q->start;
        if (!implied(self, q, &who->start, &who->end)) who->end = 0;
        return self->lang != QT_NO_LANG;
    }
    if (q->rule == QT_RULE_INSIDE || q->depth) {
        enum { ROOM = 24 };
        qt_token t[ROOM];
        unsigned count = quotes_tokens_of(self, q->speaker_start, q->speaker_end, t, ROOM);
        if (!count) return false;
        if (!quotes_resolve(self, t, 0, count, &who->start, &who->end, &who->entity, &r->asked))
            who->end = 0;
        return true;
    }
    if (q->rule == QT_RULE_SOURCE && q->speaker_pronoun && q->speaker_start < q->cue_end &&
        q->speaker_end > q->cue_start) {
        /* по его словам */
        uint8_t shown = cue_features(self, q).features;
        qt_wanted one = {.gender = shown & (QT_MALE | QT_FEMALE), .plural = shown & QT_PLURAL};
        one.person = one.gender != 0;
        return quotes_take(self, quotes_antecedent(self, q->start, one), &who->start, &who->end,
                           &who->entity);
    }
    if (!find_tokens(self, q->speaker_start, q->speaker_end, &from, &to)) return false;
    refer_phrase(self, q, from, to, r);
    return true;
}

void quotes_refer(qt_engine *self, unsigned index)
{
    qt_quote *q = &self->quotes[index];
    if (q->kind != QT_DIRECT && q->kind != QT_CONTINUATION) return;
    if (q->who_end) {
        if (!q->speaker_end && q->rule == QT_RULE_PARAGRAPH && !q->dash) as_mentioned(self, q);
        return;
    }
    reference r;
    if (!refer_by_rules(self, q, &r)) return;
    if (quotes_choose(self, q, &r.asked, &r.who) && r.asked.kind == QT_ASKED_NOTHING)
        q->rule = r.who.end ? QT_RULE_TOPIC : QT_RULE_NONE;
    if (!r.who.end) return;
    if (q->speaker_end && !q->speaker_pronoun)
        remember(self, q->start, r.who.entity, r.features, r.role, r.who.start, r.who.end, r.group);
    else
        quotes_mention(self, &(qt_mention){.at = q->start,
                                           .start = r.who.start,
                                           .end = r.who.end,
                                           .entity = (uint16_t)r.who.entity,
                                           .features = r.features,
                                           .weight = QT_AS_SUBJECT});
    q->who_start = r.who.start;
    q->who_end = r.who.end;
    if (!q->speaker_end && q->rule != QT_RULE_SAME) as_mentioned(self, q);
    if (self->tracing) note_speaker(self, q, r.who.start, r.who.end);
}
