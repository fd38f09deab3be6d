/* Choosing whom a speaker stands for, by learnt weights.
 *
 * The rules (resolve.c, refer.c) name one; he competes with whoever else was mentioned lately. What
 * is seen of each are features, an integer table in the data (reference.tsv: by what is asked for)
 * says what each weighs, the heaviest is meant. That the rules chose somebody is a feature among
 * the others, so the weights correct the rules where pages showed them to be wrong. refer.c asks
 * for each quotation that a role gives to somebody, or nothing; train/fit_reference.py fits the
 * table. */
#include "refer.h"

#include <stdio.h>
#include <string.h>

enum {
    F_RULES,
    F_UNKNOWN, /* seven in the order of qt_nature */
    F_PLACE,
    F_PERSON,
    F_GROUP,
    F_CALLED_SO,
    F_BODY,
    F_THING,
    F_AGREES,
    F_FAR,              /* seven, by distance */
    F_WAS = F_FAR + 7,  /* six, by the heaviest place in a sentence */
    F_FITS = F_WAS + 6, /* four: how many who fit stand nearer */
    F_ONLY = F_FITS + 4,
    F_FORGOTTEN, /* no mention is left */
    F_LAST_SUBJECT,
    F_TOPIC,
    F_SPOKE,
    F_MET, /* six, by how often */
    F_MOST = F_MET + 6,
    F_FIRST, /* three: first, second, third of the text */
    F_ROLE = F_FIRST + 3,
    F_OTHER_ROLE,
    F_NO_ROLE,
    F_ANOTHER_HAS_ROLE,
    F_KIN, /* of a role that goes with it */
    F_CALLED,
    F_MANY,
    F_ITSELF,
    F_ITSELF_MET, /* somebody has the role */
    F_ITSELF_CALLED,
    F_ITSELF_KIN,
    F_ITSELF_ANY,
    F_ITSELF_WORD, /* an adjective or the like behind the role */
    F_ITSELF_OF,   /* a role of something that is named */
    F_NOBODY,
    F_BAR, /* no feature: what more than nobody somebody must weigh whom the rules do not know */
    F_COUNT
};
_Static_assert((int)F_COUNT <= (int)QT_MAX_CHOICE, "room for all");

const char *const quotes_choice_names[QT_MAX_CHOICE] = {
    [F_RULES] = "rules",
    [F_UNKNOWN] = "unknown",
    [F_PLACE] = "place",
    [F_PERSON] = "person",
    [F_GROUP] = "group",
    [F_CALLED_SO] = "called-so",
    [F_BODY] = "body",
    [F_THING] = "thing",
    [F_AGREES] = "agrees",
    [F_FAR] = "within-60",
    [F_FAR + 1] = "within-150",
    [F_FAR + 2] = "within-300",
    [F_FAR + 3] = "within-600",
    [F_FAR + 4] = "within-1200",
    [F_FAR + 5] = "within-2500",
    [F_FAR + 6] = "far",
    [F_WAS] = "hanging",
    [F_WAS + 1] = "told-of",
    [F_WAS + 2] = "named",
    [F_WAS + 3] = "opened",
    [F_WAS + 4] = "said",
    [F_WAS + 5] = "faint",
    [F_FITS] = "nearest",
    [F_FITS + 1] = "second",
    [F_FITS + 2] = "third",
    [F_FITS + 3] = "behind-others",
    [F_ONLY] = "only",
    [F_FORGOTTEN] = "forgotten",
    [F_LAST_SUBJECT] = "last-subject",
    [F_TOPIC] = "topic",
    [F_SPOKE] = "spoke",
    [F_MET] = "met-0",
    [F_MET + 1] = "met-1",
    [F_MET + 2] = "met-2",
    [F_MET + 3] = "met-3",
    [F_MET + 4] = "met-6",
    [F_MET + 5] = "met-11",
    [F_MOST] = "most",
    [F_FIRST] = "first",
    [F_FIRST + 1] = "first-2",
    [F_FIRST + 2] = "first-3",
    [F_ROLE] = "role",
    [F_OTHER_ROLE] = "other-role",
    [F_NO_ROLE] = "no-role",
    [F_ANOTHER_HAS_ROLE] = "another-has-role",
    [F_KIN] = "kin",
    [F_CALLED] = "called",
    [F_MANY] = "many",
    [F_ITSELF] = "itself",
    [F_ITSELF_MET] = "itself-met",
    [F_ITSELF_CALLED] = "itself-called",
    [F_ITSELF_KIN] = "itself-kin",
    [F_ITSELF_ANY] = "itself-any",
    [F_ITSELF_WORD] = "itself-word",
    [F_ITSELF_OF] = "itself-of",
    [F_NOBODY] = "nobody",
    [F_BAR] = "bar",
};

const char *const quotes_asked_names[QT_ASKED_KINDS] = {
    [QT_ASKED_ROLE] = "role",
    [QT_ASKED_NOTHING] = "nothing",
};

enum { MOST = 8, SEEN = 24, NO_SLOT = 0xff, NOT_HE = 0xfe, NEAR = 800 };

/* One of those who may be meant. */
typedef struct {
    const qt_mention *latest; /* NULL: none is left */
    uint32_t start, end;
    uint16_t entity; /* or QT_NOBODY */
    uint8_t nature;  /* the feature that says what it is */
    uint8_t gender;
    uint8_t best; /* weight of a mention */
    bool rules;
} candidate;

typedef struct {
    const qt_engine *engine;
    const qt_asked *asked;
    const int16_t *weights;
    qt_wanted wanted; /* of whom a role tells what he cannot be */
    uint32_t place;   /* of what is asked for */
    candidate found[MOST + 1];
    unsigned count;
    uint8_t slots[QT_MAX_ENTITIES]; /* of an entity in found, or NO_SLOT, NOT_HE */
    bool rules_found;
    unsigned single; /* who fit */
    unsigned fitting;
    uint16_t most; /* times that one of them was met */
    bool has_role, was_called;
    /* of the one being weighed: */
    int sum;
    unsigned seen_count;
    uint8_t seen[SEEN];
} chooser;

static uint8_t one_gender(uint8_t features)
{
    uint8_t gender = features & (QT_MALE | QT_FEMALE);
    return gender == (QT_MALE | QT_FEMALE) ? 0 : gender;
}

static uint8_t nature_of(const qt_entity *e, const qt_mention *m)
{
    if (e) return (uint8_t)(F_UNKNOWN + e->person);
    return m->role ? F_CALLED_SO : m->group ? F_BODY : F_THING;
}

/* How far is it back, in bytes that stand in no quotation? */
static uint32_t far_back(const chooser *c, const qt_mention *m)
{
    return c->place > m->place ? c->place - m->place : 0;
}

static bool same_text(const qt_engine *self, uint32_t a, uint32_t a_end, uint32_t b, uint32_t b_end)
{
    return a_end - a == b_end - b && memcmp(self->text + a, self->text + b, b_end - b) == 0;
}

/* The candidate that this mention is one of; NULL: a new one. */
static candidate *find_candidate(chooser *c, const qt_mention *m)
{
    if (m->entity != QT_NOBODY)
        return c->slots[m->entity] < NOT_HE ? &c->found[c->slots[m->entity]] : NULL;
    for (unsigned i = 0; i < c->count; i++) {
        candidate *k = &c->found[i];
        if (k->entity == QT_NOBODY && same_text(c->engine, k->start, k->end, m->start, m->end))
            return k;
    }
    return NULL;
}

/* May it be meant at all? Whom the rules chose may. */
static bool may_be(const chooser *c, const candidate *k, const qt_mention *m)
{
    if (k->rules || c->asked->kind == QT_ASKED_NOTHING) return true;
    if (k->nature == F_PLACE) return false;
    if (c->asked->gender && k->gender && c->asked->gender != k->gender) return false;
    if (k->entity != QT_NOBODY && (c->slots[k->entity] == NOT_HE ||
                                   quotes_is_other(&c->engine->entities[k->entity], &c->wanted)))
        return false;
    return k->entity != QT_NOBODY || !(m->features & QT_PLURAL);
}

static void add_mention(chooser *c, const qt_mention *m, const qt_chosen *rules)
{
    candidate *k = find_candidate(c, m);
    if (k) {
        if (m->at > k->latest->at) k->latest = m;
        if (m->weight > k->best && far_back(c, m) < NEAR) k->best = m->weight;
        return;
    }
    const qt_entity *e = m->entity != QT_NOBODY ? &c->engine->entities[m->entity] : NULL;
    candidate new = {.latest = m,
                     .start = e ? e->start : m->start,
                     .end = e ? e->end : m->end,
                     .entity = m->entity,
                     .nature = nature_of(e, m),
                     .best = m->weight};
    new.gender = e ? one_gender(e->features) : 0;
    if (!new.gender) new.gender = one_gender(m->features);
    new.rules =
        rules->end && (e ? rules->start == e->start
                         : same_text(c->engine, rules->start, rules->end, m->start, m->end));
    if (!may_be(c, &new, m)) return;
    if (c->count >= MOST && !new.rules) return;
    c->rules_found |= new.rules;
    if (e) c->slots[m->entity] = (uint8_t)c->count;
    c->found[c->count++] = new;
}

/* Whom the last mentions name, and whom the rules chose. */
static void collect(chooser *c, const qt_chosen *rules)
{
    const qt_engine *self = c->engine;
    unsigned n = self->mention_count < QT_MAX_MENTIONS ? self->mention_count : QT_MAX_MENTIONS;
    memset(c->slots, NO_SLOT, sizeof c->slots);
    for (unsigned i = 1; i <= n && c->count <= MOST; i++) {
        const qt_mention *m = &self->mentions[(self->mention_count - i) % QT_MAX_MENTIONS];
        if (!m->weight || m->end <= m->start) continue;
        if (m->at >= c->asked->at) { /* the adviser of Karl */
            if (m->entity != QT_NOBODY && m->at < c->asked->end) c->slots[m->entity] = NOT_HE;
            continue;
        }
        bool all = c->count >= MOST && (c->rules_found || !rules->end);
        if (all && far_back(c, m) >= NEAR) break;
        add_mention(c, m, rules);
    }
    if (c->rules_found || !rules->end || rules->entity == QT_NOBODY || c->count > MOST) return;
    const qt_entity *e = &self->entities[rules->entity];
    c->found[c->count++] = (candidate){.start = e->start,
                                       .end = e->end,
                                       .entity = (uint16_t)rules->entity,
                                       .nature = nature_of(e, NULL),
                                       .gender = one_gender(e->features),
                                       .rules = true};
    c->rules_found = true;
}

static bool fits(const chooser *c, const candidate *k)
{
    if (k->nature != F_PERSON && k->nature != F_CALLED_SO) return false;
    return !c->asked->gender || k->gender == c->asked->gender;
}

static bool has_role(const chooser *c, const candidate *k)
{
    if (!c->asked->role || k->entity == QT_NOBODY) return false;
    const qt_entity *e = &c->engine->entities[k->entity];
    return e->role == c->asked->role || e->role2 == c->asked->role;
}

static bool was_called(const chooser *c, const candidate *k)
{
    return c->asked->role && k->entity == QT_NOBODY && k->latest &&
           k->latest->role == c->asked->role;
}

/* What is seen of all of them together. */
static void survey(chooser *c)
{
    for (unsigned i = 0; i < c->count; i++) {
        const candidate *k = &c->found[i];
        c->single += fits(c, k);
        c->has_role |= has_role(c, k);
        c->was_called |= was_called(c, k);
        if (k->entity == QT_NOBODY || k->nature == F_PLACE) continue;
        uint16_t times = c->engine->entities[k->entity].count;
        if (times > c->most) c->most = times;
    }
}

static void see(chooser *c, unsigned feature)
{
    c->sum += c->weights[feature];
    if (c->seen_count < SEEN) c->seen[c->seen_count++] = (uint8_t)feature;
}

/* The first of the bounds above the number; their count where none is. */
static unsigned below(const uint16_t *bounds, unsigned count, uint32_t number)
{
    unsigned i = 0;
    while (i < count && number >= bounds[i]) i++;
    return i;
}

static unsigned place_in_sentence(uint8_t weight)
{
    switch (weight) {
    case QT_HANGING: return 0;
    case QT_TOLD_OF: return 1;
    case QT_NAMED: return 2;
    case QT_AS_TOPIC: return 3;
    case QT_AS_SUBJECT: return 4;
    default: return 5;
    }
}

static void see_mention(chooser *c, const candidate *k)
{
    static const uint16_t bytes[] = {60, 150, 300, 600, 1200, 2500};
    const qt_mention *m = k->latest;
    if (!m) {
        see(c, F_FORGOTTEN);
        return;
    }
    see(c, F_FAR + below(bytes, sizeof bytes / sizeof *bytes, far_back(c, m)));
    see(c, F_WAS + place_in_sentence(k->best));
    if (!fits(c, k)) return;
    see(c, F_FITS + (c->fitting < 3 ? c->fitting : 3));
    c->fitting++;
    if (c->single == 1) see(c, F_ONLY);
}

static void see_entity(chooser *c, const candidate *k)
{
    static const uint16_t times[] = {1, 2, 3, 6, 11};
    const qt_engine *self = c->engine;
    const qt_entity *e = &self->entities[k->entity];
    see(c, F_MET + below(times, sizeof times / sizeof *times, e->count));
    if (e->count == c->most) see(c, F_MOST);
    if (e->spoke) see(c, F_SPOKE);
    if (k->entity < 3) see(c, F_FIRST + k->entity);
    if (self->topic.end && self->topic.entity == k->entity) see(c, F_TOPIC);
    if (!c->asked->role) return;
    bool had = has_role(c, k);
    see(c, had ? F_ROLE : e->role || e->role2 ? F_OTHER_ROLE : F_NO_ROLE);
    if (c->has_role && !had) see(c, F_ANOTHER_HAS_ROLE);
    if (c->asked->kin.kin & e->kin) see(c, F_KIN);
}

static int weigh(chooser *c, const candidate *k)
{
    const qt_engine *self = c->engine;
    c->sum = 0;
    c->seen_count = 0;
    if (k->rules) see(c, F_RULES);
    see(c, k->nature);
    if (c->asked->gender && k->gender == c->asked->gender) see(c, F_AGREES);
    see_mention(c, k);
    if (self->subject_count) {
        const qt_subject *last = quotes_last_subject(self);
        bool same =
            last->entity == k->entity && (k->entity != QT_NOBODY || last->start == k->start);
        if (same && last->at < c->asked->at) see(c, F_LAST_SUBJECT);
    }
    if (k->entity != QT_NOBODY)
        see_entity(c, k);
    else if (was_called(c, k))
        see(c, F_CALLED);
    if (k->entity == QT_NOBODY && k->latest && k->latest->features & QT_PLURAL) see(c, F_MANY);
    return c->sum;
}

/* Nobody at all; or nobody else than the phrase says. */
static int weigh_rest(chooser *c, bool rules)
{
    c->sum = 0;
    c->seen_count = 0;
    if (rules) see(c, F_RULES);
    if (c->asked->kind != QT_ASKED_ROLE) {
        see(c, F_NOBODY);
        return c->sum;
    }
    see(c, F_ITSELF);
    if (c->has_role) see(c, F_ITSELF_MET);
    if (c->was_called) see(c, F_ITSELF_CALLED);
    if (c->asked->kin.kin) see(c, F_ITSELF_KIN);
    if (c->asked->anyone) see(c, F_ITSELF_ANY);
    if (c->asked->of)
        see(c, F_ITSELF_OF);
    else if (c->asked->more)
        see(c, F_ITSELF_WORD);
    return c->sum;
}

/* "Anna Keller +87 as he: rules+40 person+12 …" */
static void explain(const chooser *c, const qt_quote *q, const char *who, unsigned bytes)
{
    enum { ROOM = 200, LONGEST = 24, MOST_BYTES = 60 };
    char text[ROOM];
    size_t used = 0;
    text[0] = 0;
    for (unsigned i = 0; i < c->seen_count && used + LONGEST < ROOM; i++) {
        int n = snprintf(text + used, ROOM - used, " %s%+d", quotes_choice_names[c->seen[i]],
                         c->weights[c->seen[i]]);
        if (n > 0) used += (size_t)n;
    }
    quotes_note(c->engine, q, "candidate", "%.*s %+d as %s:%s",
                (int)(bytes < MOST_BYTES ? bytes : MOST_BYTES), who, c->sum,
                quotes_asked_names[c->asked->kind], text);
}

/* Speech that nobody is said to speak: French has rules of its own (refer.c), and else he is mostly
 * named behind the quotation. */
static bool rules_suffice(const qt_engine *self, const qt_asked *asked)
{
    return asked->kind == QT_ASKED_NOTHING && quotes_like_french(self->traits) && !self->guess;
}

/* The heaviest above `least`; NULL: none. */
static const candidate *heaviest(chooser *c, const qt_quote *q, int least)
{
    const candidate *best = NULL;
    for (unsigned i = 0; i < c->count; i++) {
        const candidate *k = &c->found[i];
        int sum = weigh(c, k);
        if (c->engine->tracing) explain(c, q, c->engine->text + k->start, k->end - k->start);
        if (sum <= least) continue;
        least = sum;
        best = k;
    }
    return best;
}

bool quotes_choose(const qt_engine *self, const qt_quote *q, const qt_asked *asked,
                   qt_chosen *chosen)
{
    chooser c = {.engine = self, .asked = asked};
    if (asked->kind == QT_ASKED_NAME || self->probe.dialogue) return false;
    if (rules_suffice(self, asked)) return false;
    c.weights = self->lexicon->choice[asked->kind];
    c.wanted = (qt_wanted){.field = asked->kin.field,
                           .land = asked->kin.land,
                           .of = asked->of,
                           .other_kin = asked->anyone ? 0 : asked->kin.kin};
    c.place = asked->at > self->quoted ? asked->at - self->quoted : 0;
    collect(&c, chosen);
    survey(&c);
    bool role = asked->kind == QT_ASKED_ROLE, none = !chosen->end;
    bool itself = role && !none && chosen->start == asked->at;
    int rest = weigh_rest(&c, !c.rules_found && (none || itself)), least = rest;
    if (self->tracing)
        explain(&c, q, role ? self->text + asked->at : "nobody", role ? asked->end - asked->at : 6);
    if (none && !role && !self->guess) least += c.weights[F_BAR];
    bool other = !none && !c.rules_found && !itself; /* somebody whom no mention names */
    if (other && c.weights[F_RULES] > least) least = c.weights[F_RULES];
    const candidate *best = heaviest(&c, q, least);
    if (best ? best->rules : none || itself || least > rest) return false;
    *chosen = (qt_chosen){.entity = QT_NOBODY};
    if (best) {
        *chosen = (qt_chosen){best->start, best->end, best->entity};
    } else if (role) {
        chosen->start = asked->at;
        chosen->end = asked->end;
    }
    return true;
}
