/* Mentions: whom a pronoun or a description may take up.
 *
 * Each name, each subject of a verb of saying and each phrase that a sentence begins with leaves a
 * mention in a ring, with a weight by its place in the sentence. Who is asked for "he" or "the
 * officer" looks back through the ring: weight, less what lies between (quotations do not count),
 * more where gender is known to agree; the heaviest that fits is meant, and nobody where all are
 * too light. */
#include "quotes.h"

enum {
    BYTES_A_POINT = 8, /* of distance */
    BYTES_DESCRIBED = 20,
    PARAGRAPH_POINTS = 8, /* a paragraph between */
    AGREES = 20,
    HUMAN = 15,
    ONE_WORD = 25, /* a single capital of which nothing is known */
    GROUP = 10,
    OFTEN = 3, /* each time met, at most MOST_OFTEN times */
    MOST_OFTEN = 6,
    LAST_TOPIC = 20,
    LIGHTEST = 12
};

static uint8_t gender_of(uint8_t features)
{
    uint8_t gender = features & (QT_MALE | QT_FEMALE);
    return gender == (QT_MALE | QT_FEMALE) ? 0 : gender;
}

static bool one_word(const qt_engine *self, const qt_entity *e)
{
    for (uint32_t i = e->start; i < e->end; i++) {
        if (self->text[i] == ' ' || (unsigned char)self->text[i] == 0xC2) return false;
    }
    return true;
}

static uint32_t place_of(const qt_engine *self, uint32_t at)
{
    return at > self->quoted ? at - self->quoted : 0;
}

void quotes_mention(qt_engine *self, const qt_mention *mention)
{
    qt_mention *m = &self->mentions[self->mention_count++ % QT_MAX_MENTIONS];
    *m = *mention;
    m->place = place_of(self, m->at);
    m->paragraph = self->par_number;
    if (m->entity != QT_NOBODY) self->entities[m->entity].mentioned = self->mention_count;
}

/* A group; or a name of which nothing is known, often met. */
static bool may_be_group(const qt_entity *e)
{
    return e->person == QT_GROUP || (e->person == QT_UNKNOWN && (e->spoke || e->count > 1));
}

bool quotes_is_other(const qt_entity *e, const qt_wanted *wanted)
{
    if (wanted->kin && !(e->kin & wanted->kin)) return true;
    if (wanted->other_kin && e->kin && !(e->kin & wanted->other_kin)) return true;
    if (wanted->field && e->field && !(e->field & wanted->field)) return true;
    if (wanted->of && e->role_of && e->role_of != wanted->of) return true;
    return wanted->land && e->land && e->land != wanted->land;
}

/* How many points away it is by the text between: `wanted` says how many bytes a point has. */
static inline int bytes_away(const qt_mention *m, uint32_t place, const qt_wanted *wanted)
{
    uint32_t bytes = place > m->place ? place - m->place : 0;
    return (int)(wanted->described ? bytes / BYTES_DESCRIBED : bytes / BYTES_A_POINT);
}

static inline int distance_of(const qt_engine *self, const qt_mention *m, uint32_t place,
                              const qt_wanted *wanted)
{
    return bytes_away(m, place, wanted) + PARAGRAPH_POINTS * (int)(self->par_number - m->paragraph);
}

/* What a mention weighs for `wanted`, so many points away; 0 or less: it does not fit. */
static inline __attribute__((always_inline)) int weigh(const qt_engine *self, const qt_mention *m,
                                                       int distance, const qt_wanted *wanted)
{
    int worth = m->weight;
    uint8_t gender = gender_of(m->features);
    bool plural = m->features & QT_PLURAL;
    if (m->weight < wanted->least || (plural && !wanted->plural)) return 0;
    if (m->entity != QT_NOBODY) {
        const qt_entity *e = &self->entities[m->entity];
        if (!e->count || (wanted->plural && e->person != QT_GROUP && !m->group)) return 0;
        if (wanted->person && e->person == QT_PLACED) return 0;
        if (wanted->person && e->person == QT_GROUP) {
            bool agrees = wanted->gender ? gender_of(e->features) == wanted->gender : true;
            bool open = !gender_of(e->features) && self->traits & QT_ELIDES; /* l'Union */
            if (m->weight < QT_AS_TOPIC || wanted->sure || !(agrees || open)) return 0;
            worth -= GROUP;
        }
        if (wanted->group && !may_be_group(e)) return 0;
        if (wanted->unknown_role && e->role) return 0;
        if (wanted->described && quotes_is_other(e, wanted)) return 0;
        if (wanted->sure && e->person != QT_HUMAN && !e->spoke) return 0;
        if (gender_of(e->features)) gender = gender_of(e->features);
        if (e->person == QT_HUMAN || (e->spoke && !e->person && wanted->person))
            worth += HUMAN;
        else if (!e->spoke && e->person != QT_GROUP && one_word(self, e))
            worth -= ONE_WORD;
        if (!wanted->bar) worth += OFTEN * (e->count < MOST_OFTEN ? e->count : MOST_OFTEN);
    } else {
        if (wanted->plural && !plural && !m->group) return 0;
        if ((wanted->group && !m->group) || wanted->kin) return 0;
        if (wanted->land) return 0; /* the gunman is not the American president */
        if (wanted->sure && !m->role) return 0;
        bool open = m->role || (m->group && self->traits & QT_ELIDES);
        if (wanted->person && wanted->gender && !gender && !open) return 0;
        if (wanted->unknown_role && m->role) return 0;
        if (wanted->person) worth += m->role ? HUMAN : m->group ? -GROUP : -ONE_WORD;
    }
    if (wanted->gender && gender && gender != wanted->gender) return 0;
    /* a role without an article is a man's for all one knows */
    bool likely = !gender && wanted->gender == QT_MALE && m->entity != QT_NOBODY &&
                  self->entities[m->entity].person == QT_HUMAN && self->entities[m->entity].role;
    if (wanted->gender && (gender || likely)) worth += AGREES;
    /* whom the sentence before begins with */
    if (m->weight == QT_AS_TOPIC && m->at == self->topic.at) worth += LAST_TOPIC;
    return worth - distance;
}

const qt_mention *quotes_antecedent(const qt_engine *self, uint32_t at, qt_wanted wanted)
{
    enum { HEAVIEST = 100 + LAST_TOPIC + AGREES + HUMAN + OFTEN * MOST_OFTEN };
    uint32_t place = place_of(self, at);
    const qt_mention *best = NULL;
    int most = wanted.bar ? wanted.bar : LIGHTEST;
    /* what a mention may weigh more than by its place in its sentence */
    int more =
        LAST_TOPIC + HUMAN + (wanted.gender ? AGREES : 0) + (wanted.bar ? 0 : OFTEN * MOST_OFTEN);
    unsigned n = self->mention_count < QT_MAX_MENTIONS ? self->mention_count : QT_MAX_MENTIONS;
    for (unsigned k = 1; k <= n; k++) {
        const qt_mention *m = &self->mentions[(self->mention_count - k) % QT_MAX_MENTIONS];
        if (m->at >= at || !m->end) continue;
        if (wanted.other && m->start == wanted.other) continue;
        int distance = distance_of(self, m, place, &wanted);
        if (m->weight + more - distance > most) {
            int worth = weigh(self, m, distance, &wanted);
            if (worth > most) {
                most = worth;
                best = m;
            }
        }
        if (HEAVIEST - bytes_away(m, place, &wanted) < most) break;
    }
    return best;
}

const qt_mention *quotes_last_named(const qt_engine *self, uint32_t at, qt_wanted wanted)
{
    uint32_t place = place_of(self, at);
    const qt_mention *last = NULL;
    unsigned n = self->mention_count < QT_MAX_MENTIONS ? self->mention_count : QT_MAX_MENTIONS;
    for (unsigned k = 1; k <= n; k++) {
        const qt_mention *m = &self->mentions[(self->mention_count - k) % QT_MAX_MENTIONS];
        if (m->at >= at || !m->end || (last && m->at <= last->at)) continue;
        if (weigh(self, m, distance_of(self, m, place, &wanted), &wanted) > LIGHTEST) last = m;
    }
    return last;
}

/* An earlier mention by the same role: a midwife, and then the midwife. */
const qt_mention *quotes_same_role(const qt_engine *self, uint32_t at, uint64_t role, bool plural)
{
    unsigned n = self->mention_count < QT_MAX_MENTIONS ? self->mention_count : QT_MAX_MENTIONS;
    for (unsigned k = 1; k <= n; k++) {
        const qt_mention *m = &self->mentions[(self->mention_count - k) % QT_MAX_MENTIONS];
        if (m->at >= at || !m->end || !m->role) continue;
        if (m->role == role && plural == !!(m->features & QT_PLURAL)) return m;
    }
    return NULL;
}
