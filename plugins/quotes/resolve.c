/* Who a phrase stands for: a name, a pronoun, a role or a group without a name.
 *
 * Names are looked up among those met (names.c), pronouns and descriptions among the mentions
 * (mentions.c). refer.c asks for each subject of a verb of saying and for each speaker. */
#include "phrase.h"
#include "refer.h"

#include <string.h>

/* Gender and number of a phrase: its article's, else its noun's. */
uint8_t quotes_phrase_features(const qt_token *first, const qt_token *role)
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

bool quotes_has_body(const qt_token *t, unsigned from, unsigned to)
{
    for (unsigned i = from; i < to; i++) {
        if (t[i].classes & QT_BODY) return true;
    }
    return false;
}

/* The role noun of a phrase, if it has one. */
const qt_token *quotes_role_in(const qt_token *t, unsigned from, unsigned to)
{
    for (unsigned i = from; i < to; i++) {
        if (!(t[i].classes & (QT_ROLE | QT_OF | QT_BODY))) continue;
        if (t[i].classes & QT_ROLE) {
            /* la cause féministe: no feminist */
            bool adjective = i > from + 1 && t[i].features & QT_ANYONE && t[i].flags & QT_LOWER &&
                             t[i - 1].flags & QT_LOWER && !t[i - 1].classes &&
                             !(t[i - 1].features & QT_SELF) && t[from].classes & QT_DET;
            return adjective ? NULL : &t[i];
        }
        if (t[i].classes & QT_OF && i > from) break;
        /* le parti libéral: no liberal */
        if (t[i].classes & QT_BODY && i + 1 < to &&
            (t[i + 1].features & QT_ANYONE || quotes_is_cased(&t[i + 1])))
            break;
    }
    return NULL;
}

typedef struct {
    uint64_t role, of; /* of: the name it hangs on; 0: not said */
    uint32_t land;
    uint8_t gender;
    uint64_t kin; /* what is looked for besides; cleared where nobody has it */
} role_wanted;

/* Who had this role last, of that gender rather than another. */
static unsigned by_role(const qt_engine *self, role_wanted *wanted)
{
    unsigned best = QT_NOBODY, other = QT_NOBODY;
    uint64_t kin = 0;
    for (unsigned i = 0; i < self->entity_count; i++) {
        const qt_entity *e = &self->entities[i];
        kin |= e->kin;
        if (e->role != wanted->role && e->role2 != wanted->role) continue;
        /* the mayor of another town, the president of another country */
        if (wanted->of && e->role_of && wanted->of != e->role_of) continue;
        if (wanted->land && e->land && wanted->land != e->land) continue;
        bool agrees = !wanted->gender || !e->features || wanted->gender & e->features;
        unsigned *found = agrees ? &best : &other;
        if (*found == QT_NOBODY || e->last > self->entities[*found].last) *found = i;
    }
    wanted->kin &= kin;
    return best != QT_NOBODY ? best : other;
}

/* The phrase stands for a known entity. */
static bool take_entity(const qt_engine *self, unsigned known, uint32_t *start, uint32_t *end,
                        unsigned *entity)
{
    *entity = known;
    *start = self->entities[known].start;
    *end = self->entities[known].end;
    return true;
}

bool quotes_take(const qt_engine *self, const qt_mention *m, uint32_t *start, uint32_t *end,
                 unsigned *entity)
{
    if (!m) return false;
    bool known = m->entity != QT_NOBODY;
    *entity = m->entity;
    if (!known && m->role && !(m->features & QT_PLURAL)) { /* named since: the minister, X, */
        *entity = by_role(self, &(role_wanted){.role = m->role});
        if (*entity != QT_NOBODY) return take_entity(self, *entity, start, end, entity);
    }
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
    return take_entity(self, found[trust], start, end, entity);
}

/* L'émissaire béninois: the one person who is known to be of that country. */
static bool only_of_land(const qt_engine *self, uint32_t land, uint8_t gender, uint32_t *start,
                         uint32_t *end, unsigned *entity)
{
    unsigned found = QT_NOBODY;
    if (!quotes_like_french(self->traits)) return false;
    for (unsigned i = 0; i < self->entity_count; i++) {
        const qt_entity *e = &self->entities[i];
        if (e->person != QT_HUMAN || e->land != land) continue;
        if (gender && e->features && !(gender & e->features)) continue;
        if (found != QT_NOBODY) return false;
        found = i;
    }
    return found != QT_NOBODY && take_entity(self, found, start, end, entity);
}

/* Karl's plan, he said, is "mad": who speaks is nobody that the reported sentence begins with,
 * unless that reports, too. Where it begins; else where the pronoun stands. */
static uint32_t incise_start(const qt_engine *self, const qt_token *t)
{
    enum { VERBS = 3 };
    const qt_token *all = self->tokens;
    if (!(t->flags & QT_INVERTED) || t < all || t >= all + self->token_count) return t->start;
    unsigned i = (unsigned)(t - all);
    for (unsigned n = 0; n < VERBS && i > 0 && all[i - 1].type == QT_WORD &&
                         all[i - 1].classes & (QT_AUX | QT_CLITIC | QT_CUE | QT_ADV);
         n++)
        i--;
    if (i == 0 || !quotes_is_comma(&all[i - 1])) return t->start;
    while (i > 0 && !(all[i - 1].flags & QT_ENDS)) {
        bool says =
            all[i - 1].type == QT_WORD && all[i - 1].classes & (QT_SAY | QT_PART | QT_SOURCE);
        if (says || quotes_is_mark(&all[i - 1], ':')) return t->start;
        i--;
    }
    return all[i].start;
}

static bool resolve_pronoun(const qt_engine *self, const qt_token *t, uint32_t *start,
                            uint32_t *end, unsigned *entity)
{
    uint8_t gender = t->features & (QT_MALE | QT_FEMALE);
    if (t->classes & QT_FIRST && !gender) return false; /* who writes, or is written to */
    if (t->features & QT_PLURAL) {
        qt_wanted many = {.plural = true};
        return gender &&
               quotes_take(self, quotes_antecedent(self, t->start, many), start, end, entity);
    }
    qt_wanted one = {.gender = gender, .person = gender != 0, .least = gender ? 0 : QT_AS_TOPIC};
    if (!gender && self->traits & QT_V2) return false; /* es heißt */
    if (t->features & QT_LAST) {                       /* the latter */
        qt_wanted sure = {.gender = gender, .person = true, .sure = true, .described = true};
        if (quotes_take(self, quotes_last_named(self, t->start, sure), start, end, entity))
            return true;
    }
    uint32_t at = incise_start(self, t);
    return quotes_take(self, quotes_antecedent(self, at, one), start, end, entity) ||
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
    uint8_t gender = quotes_phrase_features(first, role) & (QT_MALE | QT_FEMALE);
    return gender == (QT_MALE | QT_FEMALE) ? 0 : gender;
}

/* Called so, for all one knows; he may have other roles. */
static void guess_role(const qt_engine *self, qt_entity *e, const qt_token *t, unsigned role,
                       unsigned to)
{
    if (e->role || e->role2) return;
    e->role2 = quotes_role_key(self, &t[role]);
    quotes_learn_kin(self, e, t, role, to);
}

/* X was the guest. The minister of Y …: who was named as the subject just before, and had no
 * role. */
static bool just_introduced(qt_engine *self, const qt_token *t, unsigned from, unsigned to,
                            const qt_token *role, qt_kin kin, unsigned *entity)
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
                     .field = kin.field,
                     .land = kin.land,
                     .unknown_role = true};
    const qt_mention *m = quotes_antecedent(self, t[from].start, one);
    if (!m || m->entity == QT_NOBODY) return false;
    *entity = m->entity;
    if (!(role->features & QT_ANYONE))
        guess_role(self, &self->entities[m->entity], t, (unsigned)(role - t), to);
    return true;
}

/* The novelist: the writer who was named before. */
static bool of_same_kin(const qt_engine *self, uint32_t at, uint8_t gender, uint64_t of, qt_kin kin,
                        uint32_t *start, uint32_t *end, unsigned *entity)
{
    qt_wanted one = {
        .gender = gender, .person = true, .described = true, .kin = kin.kin, .land = kin.land};
    return quotes_take(self, quotes_antecedent(self, at, one), start, end, entity);
}

static bool is_this(const qt_token *t)
{
    return t->classes & QT_DET && t->features & QT_THIS;
}

/* A role without a name: who had it, who was called so before; where it says little of who it is,
 * the person last spoken of. `sure`: nobody else will do. */
static bool resolve_role(qt_engine *self, const qt_token *t, unsigned from, unsigned to,
                         const qt_token *role, uint32_t *start, uint32_t *end, unsigned *entity,
                         bool *sure)
{
    uint32_t at = t[from].start;
    bool bare = self->traits & (QT_NO_ARTICLE | QT_CASELESS);
    bool definite = bare || t[from].classes & (QT_DET | QT_POSS);
    bool plural = (role->features | t[from].features) & QT_PLURAL;
    uint64_t of = quotes_complement_of(t, (unsigned)(role - t), to);
    if (t[from].classes & QT_DET && t[from].features & QT_INDEFINITE) return false;
    uint64_t key = quotes_role_key(self, role);
    qt_kin kin = plural ? (qt_kin){0} : quotes_kin_of(self, key);
    kin.land = plural ? 0 : quotes_land_of(self, t, (unsigned)(role - t), to);
    uint8_t gender = gender_of(&t[from], role);
    role_wanted had = {key, of, kin.land, gender, kin.kin};
    unsigned known = plural ? QT_NOBODY : by_role(self, &had);
    if (known != QT_NOBODY) return take_entity(self, known, start, end, entity);
    if (!definite) return false;
    if ((kin.land && !plural && only_of_land(self, kin.land, gender, start, end, entity)) ||
        (had.kin && of_same_kin(self, at, gender, of, kin, start, end, entity))) {
        *sure = true;
        return true;
    }
    if (!plural && role->classes & QT_ROLE && !(role->features & QT_ANYONE) &&
        just_introduced(self, t, from, to, role, kin, entity)) {
        *sure = true;
        return take_entity(self, *entity, start, end, entity);
    }
    const qt_mention *same = quotes_same_role(self, at, key, plural);
    bool other = same && of && !shares_word(self, same, &t[to - 1]);
    if (same && kin.land && same->entity != QT_NOBODY) { /* the president of another country */
        uint32_t land = self->entities[same->entity].land;
        other |= land && land != kin.land;
    }
    /* with Pasiphae. This young woman …: whoever was named just before is a person, then */
    if (!plural && role->classes & QT_ROLE && is_this(&t[from]) &&
        (!same || same->entity == QT_NOBODY)) {
        enum { JUST_BEFORE = 60 };
        qt_wanted near = {.gender = gender_of(&t[from], role),
                          .person = true,
                          .described = true,
                          .field = kin.field,
                          .bar = JUST_BEFORE};
        const qt_mention *m = quotes_antecedent(self, at, near);
        if (m && m->entity != QT_NOBODY && quotes_take(self, m, start, end, entity)) {
            qt_entity *e = &self->entities[*entity];
            e->person = QT_HUMAN;
            if (!e->features) e->features = near.gender;
            if (!e->role) e->role = key;
            return true;
        }
    }
    /* Tusk said so. The premier …: he who was called so before has no name, he who spoke no role */
    bool bare_role = same && same->entity == QT_NOBODY && !plural && role->classes & QT_ROLE;
    if (bare_role && self->traits & QT_NO_ARTICLE && !(role->features & QT_ANYONE)) {
        enum { SPOKE = 80 };
        qt_wanted spoke = {.gender = gender,
                           .person = true,
                           .sure = true,
                           .described = true,
                           .least = QT_AS_TOPIC,
                           .bar = SPOKE,
                           .unknown_role = true};
        if (quotes_take(self, quotes_antecedent(self, at, spoke), start, end, entity)) return true;
    }
    if (!other && quotes_take(self, same, start, end, entity)) return true;
    if (plural && role->features & QT_ANYONE) {
        qt_wanted many = {.plural = true, .sure = true};
        return quotes_take(self, quotes_antecedent(self, at, many), start, end, entity);
    }
    if (plural || !(role->classes & QT_ROLE)) return false;
    for (const qt_token *w = role + 1; w < t + to; w++) { /* the adviser of the president */
        if (w->classes & QT_ROLE && w[-1].classes & (QT_OF | QT_DET | QT_POSS)) return false;
    }
    /* an adviser of the president is somebody else; the head of the Kremlin is not */
    bool anyone = role->features & QT_ANYONE || is_this(&t[from]);
    bool complement = role + 1 < t + to && role[1].type == QT_WORD && !(role[1].classes & QT_ADV);
    enum { A_COMPLEMENT = 60 };
    bool other_role = complement && !anyone && !(role->features & QT_SELF);
    qt_wanted one = {.gender = gender_of(&t[from], role),
                     .person = true,
                     .sure = true,
                     .described = true,
                     .bar = other_role ? A_COMPLEMENT : 0,
                     .field = kin.field,
                     .land = kin.land,
                     .unknown_role = !anyone};
    qt_wanted alias = one; /* called by another role, where he is the one spoken of */
    enum { SPOKEN_OF = 80 };
    alias.unknown_role = false;
    alias.other_kin = !anyone ? kin.kin : 0;
    alias.bar = SPOKEN_OF;
    if (!quotes_take(self, quotes_antecedent(self, at, one), start, end, entity) &&
        (!definite || bare || other_role ||
         !quotes_take(self, quotes_antecedent(self, at, alias), start, end, entity)))
        return false;
    bool says_who = !(role->features & QT_ANYONE) && *entity != QT_NOBODY;
    if (says_who) guess_role(self, &self->entities[*entity], t, (unsigned)(role - t), to);
    return true;
}

/* The firm, the union, alone with its article: the group last spoken of that may be one. */
static bool resolve_body(const qt_engine *self, const qt_token *t, unsigned from, unsigned to,
                         uint32_t *start, uint32_t *end, unsigned *entity)
{
    enum { JUST_BEFORE = 75 };
    if (to < from + 2 || !(t[from].classes & QT_DET) || t[from].features & QT_INDEFINITE)
        return false;
    if (!(t[from + 1].classes & QT_BODY)) return false;
    if (to > from + 3 ||
        (to == from + 3 && (t[from + 2].classes || !(t[from + 2].flags & QT_LOWER))))
        return false; /* the industrial group, but not that of X */
    unsigned known = by_role(self, &(role_wanted){.role = t[from + 1].key});
    if (known != QT_NOBODY) return take_entity(self, known, start, end, entity);
    qt_kin noun = quotes_kin_of(self, t[from + 1].key);
    uint64_t kin = noun.kin;
    if (noun.field) return false; /* a text is no group */
    qt_wanted same = {.group = true, .described = true, .kin = kin};
    if (kin && quotes_take(self, quotes_antecedent(self, t[from].start, same), start, end, entity))
        return true;
    qt_wanted one = {.group = true,
                     .described = true,
                     .other_kin = kin,
                     .least = QT_AS_TOPIC,
                     .bar = JUST_BEFORE};
    if (quotes_take(self, quotes_antecedent(self, t[from].start, one), start, end, entity))
        return true;
    for (unsigned i = 0; kin && i < self->entity_count; i++) { /* of that kin, however far */
        const qt_entity *e = &self->entities[i];
        if (e->person != QT_GROUP || !(e->kin & kin) || !e->count) continue;
        if (known == QT_NOBODY || e->count > self->entities[known].count) known = i;
    }
    return known != QT_NOBODY && take_entity(self, known, start, end, entity);
}

/* The sexologist: a noun that no table holds, met before between an article and a name. */
static bool resolve_noun(const qt_engine *self, const qt_token *t, unsigned from, unsigned to,
                         uint32_t *start, uint32_t *end, unsigned *entity)
{
    if (to < from + 2 || !(t[from].classes & QT_DET) || t[from].features & QT_INDEFINITE)
        return false;
    if (t[from + 1].type != QT_WORD || t[from + 1].classes || !(t[from + 1].flags & QT_LOWER))
        return false;
    unsigned known = by_role(self, &(role_wanted){.role = t[from + 1].key});
    if (known == QT_NOBODY) return false;
    return take_entity(self, known, start, end, entity);
}

static bool has_article(const qt_engine *self, const qt_token *t)
{
    return quotes_prefix(self, self->text + t->start, self->text + t->end, QT_ARTICLE) > 0;
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
    return to == from + 1 && quotes_find_entity(self, t, from, to) != QT_NOBODY;
}

/* the Economy minister, the Texas governor: a role ends what an article begins, and the name within
 * says what it is a role of. */
static bool is_named_after(const qt_token *t, unsigned from, unsigned to, unsigned name)
{
    const qt_token *last = &t[to - 1];
    return name > from && t[from].classes & QT_DET && last->type == QT_WORD &&
           last->classes & QT_ROLE && last->flags & QT_LOWER && !(t[name].classes & QT_GIVEN) &&
           !(t[name - 1].classes & (QT_ROLE | QT_OF));
}

/* Une gréviste du sous-traitant aéronautique X, le patron du groupe X: the name is that of what the
 * role is a role of. */
static bool is_of_another(const qt_token *t, unsigned role, unsigned name)
{
    enum { NO_NOUN = QT_FUNCTION | QT_ROLE | QT_TITLE | QT_CUE };
    unsigned nouns = 0;
    for (unsigned i = name; i-- > role + 1;) {
        if (t[i].type != QT_WORD || !(t[i].flags & QT_LOWER)) return false;
        if (t[i].classes & QT_OF) return nouns > 0;
        if (t[i].classes & (QT_ROLE | QT_TITLE)) return false;
        nouns += !(t[i].classes & NO_NOUN);
    }
    return false;
}

/* Le Serbe, l'ancienne Lyonnaise: whoever is spoken of, of that country if one is known. */
static bool resolve_demonym(const qt_engine *self, const qt_token *t, unsigned from, unsigned to,
                            uint32_t *start, uint32_t *end, unsigned *entity)
{
    const qt_token *last = &t[to - 1];
    bool woman = self->text[last->end - 1] == 'e' && t[from].end - t[from].start < 3;
    qt_wanted one = {.gender = woman ? QT_FEMALE : gender_of(&t[from], NULL),
                     .person = true,
                     .sure = true,
                     .described = true,
                     .land = quotes_kin_of(self, last->key).land};
    if (quotes_take(self, quotes_antecedent(self, t[from].start, one), start, end, entity))
        return true;
    *start = t[from].start;
    *end = last->end;
    return true;
}

/* The role at `role`, NULL where the phrase has none: the Serb. */
static void ask_for_role(const qt_engine *self, qt_asked *asked, const qt_token *t, unsigned from,
                         unsigned to, const qt_token *role)
{
    if (!asked) return;
    *asked = (qt_asked){.kind = QT_ASKED_ROLE,
                        .gender = gender_of(&t[from], role),
                        .at = t[from].start,
                        .end = t[to - 1].end};
    if (!role) return;
    asked->role = quotes_role_key(self, role);
    asked->kin = quotes_kin_of(self, asked->role);
    asked->kin.land = quotes_land_of(self, t, (unsigned)(role - t), to);
    asked->anyone = role->features & QT_ANYONE;
    asked->of = quotes_complement_of(t, (unsigned)(role - t), to);
    asked->more = role + 1 < t + to && role[1].type == QT_WORD && !(role[1].classes & QT_ADV);
}

/* What the phrase [from, to) of tokens stands for. */
bool quotes_resolve(qt_engine *self, const qt_token *t, unsigned from, unsigned to, uint32_t *start,
                    uint32_t *end, unsigned *entity, qt_asked *asked)
{
    unsigned a, b;
    *entity = QT_NOBODY;
    if (asked) *asked = (qt_asked){.kind = QT_ASKED_NAME};
    bool pronoun = t[from].classes & QT_PRON ||
                   (t[from].classes & QT_CLITIC && t[from].features & (QT_MALE | QT_FEMALE)) ||
                   t[from].classes & QT_POSS;
    if (to == from + 1 && pronoun && !(t[from].flags & QT_PERSON)) {
        return resolve_pronoun(self, &t[from], start, end, entity);
    }
    bool his = to == from + 2 && t[from].classes & QT_POSS && t[from + 1].classes & QT_NOUN;
    if (his && t[from].features & (QT_MALE | QT_FEMALE)) /* his statement */
        return resolve_pronoun(self, &t[from], start, end, entity);
    const qt_token *role = quotes_role_in(t, from, to);
    if (to - from < 3 && quotes_is_aged(self, &t[to - 1])) { /* der 31-Jährige */
        qt_wanted one = {
            .gender = gender_of(&t[from], NULL), .person = true, .sure = true, .described = true};
        if (quotes_take(self, quotes_antecedent(self, t[from].start, one), start, end, entity))
            return true;
    }
    if (to - from >= 2 && to - from <= 3 && quotes_is_demonym(self, t, to - 1) &&
        !quotes_is_person(self, &t[to - 1])) {
        ask_for_role(self, asked, t, from, to, NULL);
        return resolve_demonym(self, t, from, to, start, end, entity);
    }
    bool own = self->traits & QT_CASELESS ? caseless_name(self, t, from, to, &a, &b)
                                          : quotes_name_in(t, from, to, true, &a, &b);
    if (own && is_named_after(t, from, to, a)) own = false;
    if (own && role && role < &t[a] && self->traits & QT_ELIDES && !quotes_is_person(self, &t[a]) &&
        !(t[a].classes & QT_GIVEN && b > a + 1) &&
        (b == a + 1 || t[a - 1].classes & (QT_BODY | QT_NAMING)) &&
        is_of_another(t, (unsigned)(role - t), a))
        own = false;
    /* l'édile Les Républicains: of that party */
    if (own && role && role + 1 == &t[a] && b == a + 1 && t[a].classes & QT_BODY &&
        quotes_like_french(self->traits))
        own = false;
    /* l'ONG, le CHU: a noun in capitals */
    if (own && to == from + 2 && t[from].classes & QT_DET && t[a].flags & QT_UPPER &&
        t[a].classes & QT_BODY && quotes_kin_of(self, t[a].key).kin)
        own = false;
    if (own && role && self->traits & QT_NO_ARTICLE && role + 1 == &t[a] && b == a + 1 &&
        quotes_is_complement(&t[a]))
        own = false; /* prezydent USA */
    /* Anne Valfort et Jean Carcillo: neither of them */
    unsigned c, d;
    if (own && a > from + 2 && b == to && b - a > 1 && t[a - 1].classes & QT_CONJ &&
        quotes_like_french(self->traits) && quotes_name_in(t, from, a - 1, true, &c, &d) &&
        c == from && d == a - 1 && d - c > 1) {
        quotes_meet(self, t, to, c, d);
        quotes_meet(self, t, to, a, b);
        *start = t[from].start;
        *end = t[to - 1].end;
        return true;
    }
    if (own && (!(self->traits & QT_NOUNS_UPPER) || b - a > 1 || t[a].flags & QT_UPPER ||
                quotes_is_person(self, &t[a]))) {
        unsigned known = quotes_meet(self, t, to, a, b);
        qt_entity *e = &self->entities[known];
        *entity = known;
        if (role && role < &t[a] && e->role == 0) e->role = quotes_role_key(self, role);
        *start = e->start;
        *end = e->end;
        if (b == a + 1 && b < to && t[a].classes & QT_BODY) { /* la Cour des comptes */
            *start = t[from].start;
            *end = t[to - 1].end;
        }
        return true;
    }
    if (role && !((role->features | t[from].features) & QT_PLURAL))
        ask_for_role(self, asked, t, from, to, role);
    bool sure = false;
    if (role && resolve_role(self, t, from, to, role, start, end, entity, &sure)) {
        if (sure && asked) asked->kind = QT_ASKED_NAME;
        return true;
    }
    if (!role && resolve_body(self, t, from, to, start, end, entity)) return true;
    if (!role && resolve_noun(self, t, from, to, start, end, entity)) return true;
    *start = t[from].start;
    *end = t[to - 1].end;
    return true;
}
