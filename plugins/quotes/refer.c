/* Reference: who a pronoun, a role or a surname stands for.
 *
 * Names are met in the order of reading and kept with their longest form, their gender where a
 * title or given name shows it, and the role that stood beside them (l'avocat Douglas Wigdor).
 * Subjects of verbs of saying are kept too, quoted or not: a pronoun takes the last of them that
 * fits. A bounded table holds both; where it is full the name longest unseen and seldom met
 * leaves. */
#include "quotes.h"

#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

static uint32_t traits(const qt_engine *self)
{
    return self->traits;
}

static bool same_letters(const qt_engine *self, uint32_t a, uint32_t b, uint32_t n)
{
    return memcmp(self->text + a, self->text + b, n) == 0;
}

/* A bit of each. */
static uint64_t all_entities(const qt_engine *self)
{
    unsigned free = QT_MAX_ENTITIES - self->entity_count;
    return free == QT_MAX_ENTITIES ? 0 : UINT64_MAX >> free;
}

/* The entities whose byte is this one, a bit each. */
static uint64_t entities_with(const qt_engine *self, const uint8_t *bytes, uint8_t byte)
{
    uint64_t found = 0;
#ifdef __SSE2__
    const __m128i wanted = _mm_set1_epi8((char)byte);
    for (unsigned i = 0; i < self->entity_count; i += 16) {
        __m128i sixteen = _mm_loadu_si128((const __m128i *)(const void *)(bytes + i));
        uint64_t equal = (uint64_t)_mm_movemask_epi8(_mm_cmpeq_epi8(sixteen, wanted));
        found |= equal << i;
    }
#else
    for (unsigned i = 0; i < self->entity_count; i++) found |= (uint64_t)(bytes[i] == byte) << i;
#endif
    return found & all_entities(self);
}

static uint8_t key_byte(uint64_t key)
{
    return (uint8_t)(key >> 32);
}

/* A surname with a case ending is the same name: Путин, Путина. */
static bool same_stem(const qt_engine *self, const qt_entity *e, const qt_token *last)
{
    uint32_t a = e->end - e->last_word, b = last->end - last->start, least = a < b ? a : b;
    return least >= 8 && (a > b ? a - b : b - a) <= 4 &&
           same_letters(self, e->last_word, last->start, least - 4);
}

/* A byte of the first letters at `at`: two of a name, four of its last word. */
static uint8_t letters_byte(const qt_engine *self, uint32_t at, unsigned count)
{
    uint32_t letters = 0;
    for (unsigned i = 0; i < count; i++) letters = letters << 8 | (uint8_t)self->text[at + i];
    return (uint8_t)(letters * 0x9E3779B1u >> 24);
}

static unsigned find_by_last(const qt_engine *self, const qt_token *last)
{
    enum { LEAST = 8 }; /* bytes of words that are compared by their stems */
    uint64_t found = entities_with(self, self->entity_keys, key_byte(last->key));
    bool stems = traits(self) & QT_NO_ARTICLE && last->end - last->start >= LEAST;
    if (stems) found |= entities_with(self, self->entity_lasts, letters_byte(self, last->start, 4));
    for (; found; found &= found - 1) {
        unsigned i = (unsigned)__builtin_ctzll(found);
        const qt_entity *e = &self->entities[i];
        if (e->key == last->key || (stems && same_stem(self, e, last))) return i;
    }
    return QT_NOBODY;
}

static unsigned find_entity(const qt_engine *self, const qt_token *t, unsigned from, unsigned to)
{
    unsigned known = find_by_last(self, &t[to - 1]);
    if (known != QT_NOBODY || to - from > 1) return known;
    /* a given name alone: Kim */
    uint32_t n = t[from].end - t[from].start;
    uint64_t found = all_entities(self);
    if (n > 1)
        found = entities_with(self, self->entity_firsts, letters_byte(self, t[from].start, 2));
    for (; found; found &= found - 1) {
        unsigned i = (unsigned)__builtin_ctzll(found);
        const qt_entity *e = &self->entities[i];
        if (e->end - e->start > n && self->text[e->start + n] == ' ' &&
            same_letters(self, e->start, t[from].start, n))
            return i;
    }
    return QT_NOBODY;
}

/* The entity's form is now that of tokens [from, to). */
static void set_form(qt_engine *self, unsigned entity, const qt_token *t, unsigned from,
                     unsigned to)
{
    qt_entity *e = &self->entities[entity];
    e->start = t[from].start;
    e->end = t[to - 1].end;
    e->key = t[to - 1].key;
    const char *name = self->text + e->start, *space = memrchr(name, ' ', e->end - e->start);
    e->last_word = space ? (uint32_t)(space + 1 - self->text) : e->start;
    self->entity_keys[entity] = key_byte(e->key);
    self->entity_firsts[entity] = e->end - e->start < 2 ? 0 : letters_byte(self, e->start, 2);
    self->entity_lasts[entity] =
        e->end - e->last_word < 4 ? 0 : letters_byte(self, e->last_word, 4);
}

bool quotes_is_person(const qt_engine *self, const qt_token *name)
{
    uint64_t found = entities_with(self, self->entity_keys, key_byte(name->key));
    for (; found; found &= found - 1) {
        const qt_entity *e = &self->entities[__builtin_ctzll(found)];
        if (e->key == name->key) return e->person == QT_HUMAN;
    }
    return false;
}

static unsigned free_entity(qt_engine *self)
{
    if (self->entity_count < QT_MAX_ENTITIES) return self->entity_count++;
    unsigned worst = 0;
    uint64_t least = UINT64_MAX;
    for (unsigned i = 0; i < QT_MAX_ENTITIES; i++) {
        uint64_t worth = self->entities[i].last + (uint64_t)self->entities[i].count * 2000;
        if (worth < least) {
            least = worth;
            worst = i;
        }
    }
    for (unsigned i = 0; i < QT_MAX_SPEAKERS; i++) {
        if (self->subjects[i].entity == worst) self->subjects[i].entity = QT_NOBODY;
    }
    for (unsigned i = 0; i < QT_MAX_MENTIONS; i++) {
        if (self->mentions[i].entity == worst) self->mentions[i].weight = 0;
    }
    return worst;
}

/* The title or role before a name: M. Petit, le ministre des Finances Pierre Petit; in commas the
 * head of the phrase: l'avocat de la jeune femme, Paul Petit. */
static const qt_token *role_before(const qt_token *t, unsigned name)
{
    const qt_token *found = NULL;
    bool comma = false;
    for (unsigned i = name, steps = 0; i-- > 0 && steps < 9; steps++) {
        const qt_token *w = &t[i];
        if (w->flags & QT_ENDS || w->type == QT_QUOTE) break;
        if (w->type != QT_WORD) {
            comma = w->type == QT_PUNCT && w->mark == ',' && steps == 0;
            if (comma) continue;
            break;
        }
        /* the Kremlin is no chief */
        if (w->classes & QT_OF && i + 1 + (t[i + 1].classes & QT_DET ? 1 : 0) >= name) break;
        if (w->classes & QT_PREP && !(w->classes & QT_OF)) break;
        if (!comma && steps == 0 && w->flags & QT_LOWER && !(w->classes & (QT_TITLE | QT_ROLE)) &&
            !(i > 0 && t[i - 1].type == QT_WORD && t[i - 1].classes & QT_ROLE))
            break; /* no adjective: a verb */
        if (w->classes & (QT_TITLE | QT_ROLE)) {
            found = w;
            if (!comma) break;
        }
        if (w->classes & (QT_AUX | QT_COMP | QT_CONJ | QT_REL | QT_SAY | QT_VERB) &&
            !(w->classes & (QT_TITLE | QT_ROLE)))
            break;
    }
    return found;
}

/* The name that a role hangs on: mayor of X. */
static uint64_t complement_of(const qt_token *t, unsigned role, unsigned to)
{
    unsigned i = role + 1;
    if (i + 1 >= to || !(t[i].classes & QT_OF)) return 0;
    for (i++; i + 1 < to && t[i].classes & QT_DET && !(t[i].flags & QT_CAP);) i++;
    return t[i].flags & QT_NAME && !(t[i].classes & QT_GIVEN) ? t[i].key : 0;
}

/* X, naturopathe[,.]; X (41), naturopathe */
static void learn_after(qt_entity *e, const qt_token *t, unsigned count, unsigned to,
                        uint8_t *features)
{
    unsigned after = to;
    if (after + 2 < count && t[after].type == QT_OPEN && t[after + 2].type == QT_CLOSE) after += 3;
    if (after + 1 >= count || t[after].type != QT_PUNCT || t[after].mark != ',') return;
    if (e->person == QT_PLACED || e->person == QT_GROUP) return;
    unsigned end = after + 1; /* X, an engineer warned: no apposition */
    while (end < count && end < after + 10 && t[end].type == QT_WORD &&
           !(t[end].classes & QT_REL)) {
        if (t[end].classes & (QT_AUX | QT_SAY | QT_VERB) && t[end].flags & QT_LOWER &&
            !(t[end].classes & (QT_ROLE | QT_NOUN)))
            return;
        end++;
    }
    for (unsigned i = after + 1; i < end && i < after + 8; i++) {
        if (t[i].classes & QT_COMP) break;
        if (!(t[i].classes & QT_ROLE)) continue;
        if (!e->role)
            e->role = t[i].key;
        else
            e->role2 = t[i].key;
        if (!e->role_of) e->role_of = complement_of(t, i, count);
        *features |= t[i].features & (QT_MALE | QT_FEMALE);
        e->person = QT_HUMAN;
    }
}

/* What stands around a name: gender from titles and given names, its role. */
static void learn(const qt_engine *self, qt_entity *e, const qt_token *t, unsigned count,
                  unsigned from, unsigned to)
{
    uint8_t features = 0, given = 0;
    if (e->person != QT_HUMAN || !e->features) {
        for (unsigned i = from; i < to && (i == from || i + 1 < to); i++) {
            if (!(t[i].classes & QT_GIVEN)) continue;
            given |= t[i].features & (QT_MALE | QT_FEMALE);
            e->person = QT_HUMAN;
        }
    }
    for (unsigned i = from; i < to; i++) {
        if (t[i].flags & QT_PERSON) e->person = QT_HUMAN;
        if (e->person) continue;
        if (t[i].classes & QT_PLACE) e->person = QT_PLACED;
        if (t[i].classes & QT_BODY) e->person = QT_GROUP;
    }
    bool acronym = to == from + 1 && t[from].flags & QT_UPPER;
    if (!e->person && acronym) e->person = QT_GROUP;
    const qt_token *role = role_before(t, from);
    if (role && acronym && !(role->classes & QT_TITLE)) role = NULL; /* the student union SU */
    if (role) {
        features |= role->features & (QT_MALE | QT_FEMALE);
        e->person = QT_HUMAN;
        if (role->classes & QT_ROLE && !(role->features & QT_ANYONE)) {
            if (!e->role || e->role == role->key)
                e->role = role->key;
            else
                e->role2 = role->key;
            if (!e->role_of) e->role_of = complement_of(t, (unsigned)(role - t), from);
        }
    } else if (from > 0 && t[from - 1].classes & QT_BODY && e->person != QT_HUMAN) {
        e->person = QT_GROUP; /* l'association X */
        if (!e->role) e->role = t[from - 1].key;
    }
    if (e->person != QT_HUMAN && from > 0 && t[from - 1].classes & QT_DET) /* la CGT */
        features |= t[from - 1].features & (QT_MALE | QT_FEMALE);
    learn_after(e, t, count, to, &features);
    if (given == QT_MALE || given == QT_FEMALE)
        e->features = given; /* many roles have one gender for both */
    else if ((features == QT_MALE || features == QT_FEMALE) && !e->features)
        e->features = features;
}

/* Does the name at `from` hang on a preposition? */
static bool hangs(const qt_token *t, unsigned from)
{
    unsigned i = from;
    while (i > 0 && t[i - 1].type == QT_WORD &&
           (t[i - 1].classes & (QT_TITLE | QT_ROLE) ||
            (t[i - 1].classes & QT_DET && !(t[i - 1].classes & QT_PREP))))
        i--;
    return i > 0 && t[i - 1].type == QT_WORD && t[i - 1].classes & QT_PREP;
}

/* Where names have cases, the form that stands as a subject is the one to keep. */
static bool better_form(const qt_engine *self, const qt_entity *e, const qt_token *t, unsigned from,
                        unsigned to, bool free)
{
    uint32_t old = e->end - e->start, now = t[to - 1].end - t[from].start;
    if (to - from > 4) return false;
    if (!(traits(self) & QT_NO_ARTICLE)) return now > old;
    if (free != e->free) return free && now + 4 > old;
    return now > old + 4 || (now > old && free);
}

static unsigned meet(qt_engine *self, const qt_token *t, unsigned count, unsigned from, unsigned to)
{
    unsigned i = find_entity(self, t, from, to);
    qt_entity *e;
    bool free = !hangs(t, from);
    if (i == QT_NOBODY) {
        i = free_entity(self);
        e = &self->entities[i];
        *e = (qt_entity){.free = free};
        set_form(self, i, t, from, to);
    } else {
        e = &self->entities[i];
        if (better_form(self, e, t, from, to, free)) {
            set_form(self, i, t, from, to);
            e->free = free;
        }
        if (e->count && e->last == t[from].start) { /* met already */
            learn(self, e, t, count, from, to);
            return i;
        }
    }
    e->last = t[from].start;
    if (e->count < 1000) e->count++;
    learn(self, e, t, count, from, to);
    quotes_mention(self, &(qt_mention){.at = t[from].start,
                                       .start = t[from].start,
                                       .end = t[to - 1].end,
                                       .entity = (uint16_t)i,
                                       .weight = free ? QT_NAMED : QT_HANGING});
    return i;
}

void quotes_meet_names(qt_engine *self, unsigned from, unsigned to)
{
    const qt_token *t = self->tokens;
    if (traits(self) & QT_CASELESS) return;
    for (unsigned i = quotes_next_bit(self->names, from, to), end; i < to;
         i = quotes_next_bit(self->names, end, to)) {
        end = quotes_name_run(t, to, i);
        bool plain = traits(self) & QT_NOUNS_UPPER && end - i < 2 && !(t[i].flags & QT_PERSON) &&
                     !(t[i].classes & QT_GIVEN);
        bool opens = end - i == 1 && (i == 0 || t[i - 1].flags & QT_ENDS) &&
                     find_entity(self, t, i, end) == QT_NOBODY;
        if (!plain && !(opens && t[i].classes)) {
            unsigned e = meet(self, t, self->token_count, i, end);
            if (opens) self->entities[e].count = 0; /* a capital that the sentence may owe */
        }
    }
}

/* ------------------------------------------------------------------ subjects */

static void remember(qt_engine *self, uint32_t at, unsigned entity, uint8_t features, uint64_t role,
                     uint32_t start, uint32_t end, bool group)
{
    bool thing = entity == QT_NOBODY && !role && !group;
    if (entity != QT_NOBODY) self->entities[entity].spoke = true;
    if (!thing || traits(self) & (QT_NO_ARTICLE | QT_CASELESS)) {
        qt_subject *s = &self->subjects[self->subject_count++ % QT_MAX_SPEAKERS];
        *s = (qt_subject){.at = at,
                          .entity = (uint16_t)entity,
                          .features = features,
                          .role = role,
                          .start = start,
                          .end = end};
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

/* Gender and number of a phrase: its article's, else its noun's. */
static uint8_t phrase_features(const qt_token *first, const qt_token *role)
{
    enum { GENDER = QT_MALE | QT_FEMALE };
    uint8_t features = first->classes & (QT_DET | QT_PRON) && !(first->classes & QT_POSS)
                           ? first->features & (GENDER | QT_PLURAL)
                           : 0;
    if (role)
        features |=
            features & GENDER ? role->features & QT_PLURAL : role->features & (GENDER | QT_PLURAL);
    return features;
}

static bool has_body(const qt_token *t, unsigned from, unsigned to)
{
    for (unsigned i = from; i < to; i++) {
        if (t[i].type == QT_WORD && t[i].classes & QT_BODY) return true;
    }
    return false;
}

/* The role noun of a phrase, if it has one. */
static const qt_token *role_in(const qt_token *t, unsigned from, unsigned to)
{
    for (unsigned i = from; i < to; i++) {
        if (t[i].type == QT_WORD && t[i].classes & QT_ROLE) return &t[i];
        if (t[i].type == QT_WORD && t[i].classes & QT_OF && i > from) break;
    }
    return NULL;
}

static unsigned by_role(const qt_engine *self, uint64_t role, uint64_t of)
{
    unsigned best = QT_NOBODY;
    for (unsigned i = 0; i < self->entity_count; i++) {
        const qt_entity *e = &self->entities[i];
        if (of && e->role_of && of != e->role_of) continue; /* the mayor of another town */
        if ((e->role == role || e->role2 == role) &&
            (best == QT_NOBODY || e->last > self->entities[best].last))
            best = i;
    }
    return best;
}

enum { TOPIC_BYTES = 500 };

static const qt_subject *last_subject(const qt_engine *self)
{
    return &self->subjects[(self->subject_count - 1) % QT_MAX_SPEAKERS];
}

static bool take(const qt_engine *self, const qt_mention *m, uint32_t *start, uint32_t *end,
                 unsigned *entity)
{
    if (!m) return false;
    bool known = m->entity != QT_NOBODY;
    *entity = m->entity;
    *start = known ? self->entities[m->entity].start : m->start;
    *end = known ? self->entities[m->entity].end : m->end;
    return true;
}

/* The one person of this gender that the text names, however far; else the one name that may be
 * one. */
static bool only_person(const qt_engine *self, uint8_t gender, uint32_t *start, uint32_t *end,
                        unsigned *entity)
{
    enum { OPENING, NAME, HUMAN, TRUSTS };
    unsigned found[TRUSTS], count[TRUSTS] = {0};
    for (unsigned i = 0; i < self->entity_count; i++) {
        const qt_entity *e = &self->entities[i];
        if (e->person == QT_PLACED || e->person == QT_GROUP) continue;
        if (e->features && e->features != gender) continue;
        unsigned trust = e->person == QT_HUMAN ? HUMAN : e->count ? NAME : OPENING;
        found[trust] = i;
        count[trust]++;
    }
    unsigned trust = count[HUMAN] ? HUMAN : count[NAME] ? NAME : OPENING;
    if (count[trust] != 1) return false;
    *entity = found[trust];
    *start = self->entities[*entity].start;
    *end = self->entities[*entity].end;
    return true;
}

static bool resolve_pronoun(const qt_engine *self, const qt_token *t, uint32_t *start,
                            uint32_t *end, unsigned *entity)
{
    uint8_t gender = t->features & (QT_MALE | QT_FEMALE);
    if (t->classes & QT_FIRST && !gender) return false; /* who writes, or is written to */
    if (t->features & QT_PLURAL) {
        qt_wanted many = {.plural = true};
        return gender && take(self, quotes_antecedent(self, t->start, many), start, end, entity);
    }
    qt_wanted one = {.gender = gender, .person = gender != 0, .least = gender ? 0 : QT_AS_TOPIC};
    if (!gender && self->traits & QT_V2) return false; /* es heißt */
    return take(self, quotes_antecedent(self, t->start, one), start, end, entity) ||
           (gender && only_person(self, gender, start, end, entity));
}

/* Does the text of a mention hold this word? */
static bool shares_word(const qt_engine *self, const qt_mention *m, const qt_token *word)
{
    size_t n = word->end - word->start;
    return m->end - m->start >= n &&
           memmem(self->text + m->start, m->end - m->start, self->text + word->start, n) != NULL;
}

static uint8_t gender_of(const qt_token *first, const qt_token *role)
{
    uint8_t gender = phrase_features(first, role) & (QT_MALE | QT_FEMALE);
    return gender == (QT_MALE | QT_FEMALE) ? 0 : gender;
}

/* X was the guest. The minister of Y …: who was named as the subject just before, and had no
 * role. */
static bool just_introduced(qt_engine *self, const qt_token *t, unsigned from, unsigned to,
                            const qt_token *role, unsigned *entity)
{
    for (const qt_token *w = role + 1; w < t + to; w++) { /* the adviser of the president */
        if (w->classes & (QT_ROLE | QT_TITLE | QT_GIVEN)) return false;
    }
    enum { BAR = 108 };
    qt_wanted one = {.gender = gender_of(&t[from], role),
                     .person = true,
                     .sure = true,
                     .described = true,
                     .least = QT_AS_TOPIC,
                     .bar = BAR,
                     .unknown_role = true};
    const qt_mention *m = quotes_antecedent(self, t[from].start, one);
    if (!m || m->entity == QT_NOBODY) return false;
    *entity = m->entity;
    if (!(role->features & QT_ANYONE)) self->entities[m->entity].role = role->key;
    return true;
}

/* A role without a name: who had it, who was called so before; where it says little of who it is,
 * the person last spoken of. */
static bool is_this(const qt_token *t)
{
    return t->classes & QT_DET && t->features & QT_THIS;
}

static bool resolve_role(qt_engine *self, const qt_token *t, unsigned from, unsigned to,
                         const qt_token *role, uint32_t *start, uint32_t *end, unsigned *entity)
{
    uint32_t at = t[from].start;
    bool bare = traits(self) & (QT_NO_ARTICLE | QT_CASELESS);
    bool definite = bare || t[from].classes & (QT_DET | QT_POSS);
    bool plural = (role->features | t[from].features) & QT_PLURAL;
    uint64_t of = complement_of(t, (unsigned)(role - t), to);
    if (t[from].classes & QT_DET && t[from].features & QT_INDEFINITE) return false;
    unsigned known = plural ? QT_NOBODY : by_role(self, role->key, of);
    if (known != QT_NOBODY) {
        *entity = known;
        *start = self->entities[known].start;
        *end = self->entities[known].end;
        return true;
    }
    if (!definite) return false;
    if (!plural && role->classes & QT_ROLE && just_introduced(self, t, from, to, role, entity)) {
        *start = self->entities[*entity].start;
        *end = self->entities[*entity].end;
        return true;
    }
    const qt_mention *same = quotes_same_role(self, at, role->key, plural);
    bool other = same && of && !shares_word(self, same, &t[to - 1]);
    if (!other && take(self, same, start, end, entity)) return true;
    if (plural && role->features & QT_ANYONE) {
        qt_wanted many = {.plural = true, .sure = true};
        return take(self, quotes_antecedent(self, at, many), start, end, entity);
    }
    if (plural || !(role->classes & QT_ROLE)) return false;
    /* an adviser of the president is somebody else; the head of the Kremlin is not */
    bool anyone = role->features & QT_ANYONE || is_this(&t[from]);
    bool complement = role + 1 < t + to && role[1].type == QT_WORD && !(role[1].classes & QT_ADV);
    if (complement && !anyone && !(role->features & QT_SELF)) return false;
    qt_wanted one = {.gender = gender_of(&t[from], role),
                     .person = true,
                     .sure = true,
                     .described = true,
                     .unknown_role = !anyone};
    if (!take(self, quotes_antecedent(self, at, one), start, end, entity)) return false;
    bool says_who = !(role->features & QT_ANYONE) && *entity != QT_NOBODY;
    if (says_who && !self->entities[*entity].role) self->entities[*entity].role = role->key;
    return true;
}

/* The firm, the union, alone with its article: the group last spoken of that may be one. */
static bool resolve_body(const qt_engine *self, const qt_token *t, unsigned from, unsigned to,
                         uint32_t *start, uint32_t *end, unsigned *entity)
{
    enum { JUST_BEFORE = 75 };
    if (to != from + 2 || !(t[from].classes & QT_DET) || t[from].features & QT_INDEFINITE)
        return false;
    if (!(t[from + 1].classes & QT_BODY)) return false;
    unsigned known = by_role(self, t[from + 1].key, 0);
    if (known != QT_NOBODY) {
        *entity = known;
        *start = self->entities[known].start;
        *end = self->entities[known].end;
        return true;
    }
    qt_wanted one = {.group = true, .least = QT_AS_TOPIC, .bar = JUST_BEFORE};
    return take(self, quotes_antecedent(self, t[from].start, one), start, end, entity);
}

static bool has_article(const qt_engine *self, const qt_token *t)
{
    enum { AL = 4 }; /* bytes */
    return t->end - t->start > AL && !memcmp(self->text + t->start, "\xD8\xA7\xD9\x84", AL);
}

/* Where letters show no names: the last words of a phrase that begins with a role, a phrase of two
 * or three words that are nothing else, a word that ended a name before. */
static bool caseless_name(const qt_engine *self, const qt_token *t, unsigned from, unsigned to,
                          unsigned *a, unsigned *b)
{
    enum { NO_NAME = QT_FUNCTION | QT_ROLE | QT_BODY | QT_TITLE | QT_NOUN | QT_NAMING };
    unsigned first = to;
    while (first > from && to - first < 4 && t[first - 1].type == QT_WORD &&
           (!(t[first - 1].classes & NO_NAME) || t[first - 1].features & QT_SELF))
        first--;
    while (first < to && (has_article(self, &t[first]) || t[first].features & QT_SELF)) first++;
    *b = to;
    if (to - first >= 2) {
        *a = first;
        return true;
    }
    *a = to - 1;
    return to == from + 1 && find_entity(self, t, from, to) != QT_NOBODY;
}

/* What the phrase [from, to) of tokens stands for. */
static bool resolve(qt_engine *self, const qt_token *t, unsigned from, unsigned to, uint32_t *start,
                    uint32_t *end, unsigned *entity)
{
    unsigned a, b;
    *entity = QT_NOBODY;
    bool pronoun = t[from].classes & QT_PRON ||
                   (t[from].classes & QT_CLITIC && t[from].features & (QT_MALE | QT_FEMALE)) ||
                   t[from].classes & QT_POSS;
    if (to == from + 1 && pronoun && !(t[from].flags & QT_PERSON)) {
        return resolve_pronoun(self, &t[from], start, end, entity);
    }
    const qt_token *role = role_in(t, from, to);
    bool own = traits(self) & QT_CASELESS ? caseless_name(self, t, from, to, &a, &b)
                                          : quotes_name_in(t, from, to, true, &a, &b);
    if (own && (!(traits(self) & QT_NOUNS_UPPER) || b - a > 1 || t[a].flags & QT_UPPER)) {
        unsigned known = meet(self, t, to, a, b);
        qt_entity *e = &self->entities[known];
        *entity = known;
        if (role && role < &t[a] && e->role == 0) e->role = role->key;
        *start = e->start;
        *end = e->end;
        return true;
    }
    if (role && resolve_role(self, t, from, to, role, start, end, entity)) return true;
    if (!role && resolve_body(self, t, from, to, start, end, entity)) return true;
    *start = t[from].start;
    *end = t[to - 1].end;
    return true;
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

/* According to X */
static void meet_source(qt_engine *self, unsigned source)
{
    unsigned from, to, entity;
    uint32_t start, end;
    const qt_token *t = self->tokens;
    if (t[source].features & QT_FRONT) return;
    if (!quotes_phrase_after(self, t, self->token_count, source + 1, &from, &to) ||
        from > source + 1 || (to == from + 1 && t[from].classes & QT_PRON))
        return;
    quotes_meet_names(self, from, to);
    if (!resolve(self, t, from, to, &start, &end, &entity)) return;
    const qt_token *role = role_in(t, from, to);
    if (entity == QT_NOBODY && !role) return;
    remember(self, t[source].start, entity, phrase_features(&t[from], role), role ? role->key : 0,
             start, end, has_body(t, from, to));
}

static bool names_somebody(const qt_token *t, unsigned from, unsigned to)
{
    for (unsigned i = from; i < to; i++) {
        if (t[i].flags & QT_NAME || t[i].classes & (QT_ROLE | QT_BODY | QT_PRON)) return true;
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
    bool after = first > 0 && (t[first - 1].type == QT_QUOTE ||
                               (t[first - 1].type == QT_PUNCT && t[first - 1].mark == ',') ||
                               (t[first - 1].type == QT_WORD && (t[first - 1].classes & QT_SOURCE ||
                                                                 t[first - 1].features & QT_AS)));
    if (after && quotes_phrase_after(self, t, self->token_count, cue + 1, &from, &to) &&
        from <= cue + 5 && names_somebody(t, from, to)) {
    } else if (!quotes_subject_of(self, t, self->token_count, cue, &from, &to)) {
        return;
    }
    if (to == from + 1 && t[from].classes & QT_PRON) return;
    if (from > cue) quotes_meet_names(self, from, to);
    if (!resolve(self, t, from, to, &start, &end, &entity)) return;
    const qt_token *role = role_in(t, from, to);
    uint8_t features = phrase_features(&t[from], role);
    remember(self, t[cue].start, entity, features, role ? role->key : 0, start, end,
             has_body(t, from, to));
}

/* The phrase that a sentence begins with, where it names somebody. */
void quotes_meet_topic(qt_engine *self, unsigned sentence)
{
    enum { REACH = 16 };
    const qt_token *t = self->tokens;
    unsigned to = self->token_count - sentence < REACH ? self->token_count : sentence + REACH;
    unsigned a, b, entity, x, y;
    uint32_t start, end;
    unsigned wide = to + REACH < self->token_count ? to + REACH : self->token_count;
    if (quotes_next_bit(self->persons, sentence, wide) == wide) return;
    if (!quotes_opening_phrase(self, t, sentence, to, &a, &b)) {
        /* Tuesday, in Lyon, the mayor … */
        unsigned comma = sentence;
        while (comma < to && t[comma].type == QT_WORD) comma++;
        if (comma >= to || t[comma].type != QT_PUNCT || t[comma].mark != ',') return;
        sentence = comma + 1;
        to = self->token_count - sentence < REACH ? self->token_count : sentence + REACH;
        if (!quotes_opening_phrase(self, t, sentence, to, &a, &b)) return;
    }
    if (to == a + 1 || t[a].classes & QT_PRON) return;
    const qt_token *role = role_in(t, a, b);
    bool body = has_body(t, a, b);
    bool named = quotes_name_in(t, a, b, true, &x, &y);
    if (!named && (!(t[a].classes & QT_DET) || (!role && !body))) return;
    if (named && !role && y == x + 1 && x == sentence && find_entity(self, t, x, y) == QT_NOBODY)
        return; /* a capital that the sentence may owe */
    if (role && !named) b = (unsigned)(role - t) + 1;
    if (!resolve(self, t, a, b, &start, &end, &entity)) return;
    uint8_t features = phrase_features(&t[a], role);
    quotes_mention(self, &(qt_mention){.at = t[a].start,
                                       .start = start,
                                       .end = end,
                                       .entity = (uint16_t)entity,
                                       .features = features,
                                       .role = role ? role->key : 0,
                                       .group = body,
                                       .weight = QT_AS_TOPIC});
    self->topic = (qt_subject){.at = t[a].start,
                               .entity = (uint16_t)entity,
                               .features = features,
                               .role = role ? role->key : body,
                               .start = start,
                               .end = end};
}

/* Speech without a speaker of its own: whoever spoke just before, where a cue said so. A guess by
 * whom the text is about is wrong more often than right, so nobody is named then. */
static bool implied(const qt_engine *self, const qt_quote *q, uint32_t *start, uint32_t *end)
{
    const qt_subject *topic = &self->topic;
    if (self->lang == QT_NO_LANG) return false;
    if (q->cue_end && traits(self) & QT_DROPS && topic->end && topic->at < q->start &&
        q->start - topic->at < TOPIC_BYTES &&
        !(self->subject_count && last_subject(self)->at > topic->at)) {
        *start = topic->start;
        *end = topic->end;
        return true;
    }
    if (q->rule == QT_RULE_PARAGRAPH || q->cue_end) {
        enum { NEAR = 800 };
        const qt_subject *s = self->subject_count ? last_subject(self) : NULL;
        if (s && s->end && s->at > topic->at && s->at < q->start && q->start - s->at < NEAR) {
            *start = s->entity != QT_NOBODY ? self->entities[s->entity].start : s->start;
            *end = s->entity != QT_NOBODY ? self->entities[s->entity].end : s->end;
            return true;
        }
        qt_wanted one = {.least = QT_AS_TOPIC, .person = true}, any = {.least = QT_AS_TOPIC};
        unsigned entity;
        return take(self, quotes_antecedent(self, q->start, one), start, end, &entity) ||
               take(self, quotes_antecedent(self, q->start, any), start, end, &entity);
    }
    const qt_quote *last = &self->last;
    bool cued = last->rule != QT_RULE_NONE;
    if (self->has_last && last->who_end && cued && q->paragraph - last->paragraph <= 1 &&
        (last->kind == QT_DIRECT || last->kind == QT_CONTINUATION) && !self->probe.dialogue) {
        *start = last->who_start;
        *end = last->who_end;
        return true;
    }
    return false;
}

void quotes_refer(qt_engine *self, unsigned index)
{
    qt_quote *q = &self->quotes[index];
    if (q->kind != QT_DIRECT && q->kind != QT_CONTINUATION) return;
    if (q->who_end) return;
    unsigned from = 0, to = 0, entity = QT_NOBODY;
    uint32_t start = 0, end = 0;
    uint8_t features = 0;
    uint64_t said_by = 0;
    bool group = false;
    if (!q->speaker_end) {
        if (!implied(self, q, &start, &end)) return;
    } else if (q->rule == QT_RULE_INSIDE || q->depth) {
        enum { ROOM = 24 };
        qt_token t[ROOM];
        unsigned count = quotes_tokens_of(self, q->speaker_start, q->speaker_end, t, ROOM);
        if (!count || !resolve(self, t, 0, count, &start, &end, &entity)) return;
    } else {
        if (!find_tokens(self, q->speaker_start, q->speaker_end, &from, &to)) return;
        if (from > q->token) quotes_meet_names(self, from, to);
        if (!resolve(self, self->tokens, from, to, &start, &end, &entity)) return;
        const qt_token *role = role_in(self->tokens, from, to);
        features = phrase_features(&self->tokens[from], role);
        said_by = role ? role->key : 0;
        group = has_body(self->tokens, from, to);
    }
    if (q->speaker_end && !q->speaker_pronoun)
        remember(self, q->start, entity, features, said_by, start, end, group);
    else if (end)
        quotes_mention(self, &(qt_mention){.at = q->start,
                                           .start = start,
                                           .end = end,
                                           .entity = (uint16_t)entity,
                                           .features = features,
                                           .weight = QT_AS_SUBJECT});
    q->who_start = start;
    q->who_end = end;
    if (self->tracing && end)
        quotes_note(self, q, "speaker", "%s: %.*s", quotes_rule_names[q->rule],
                    (int)(end - start < 60 ? end - start : 60), self->text + start);
}
