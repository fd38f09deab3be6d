/* Names: who is met in the order of reading.
 *
 * Each is kept with its longest form, its gender where a title or given name shows it, and the role
 * that stood beside it (l'avocat Douglas Wigdor). A bounded table holds them; where it is full the
 * name longest unseen and seldom met leaves. document.c asks as it walks, resolve.c and refer.c
 * where a phrase holds a name. */
#include "phrase.h"
#include "refer.h"

#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

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
static inline uint64_t entities_with(const qt_engine *self, const uint8_t *bytes, uint8_t byte)
{
    uint64_t found = 0;
#ifdef __SSE2__
    _Static_assert(QT_MAX_ENTITIES == 64, "four times sixteen");
    const __m128i wanted = _mm_set1_epi8((char)byte), *at = (const __m128i *)(const void *)bytes;
#define EQUAL(i) \
    (uint64_t)(unsigned) _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_loadu_si128(at + (i)), wanted))
    found = EQUAL(0) | EQUAL(1) << 16 | EQUAL(2) << 32 | EQUAL(3) << 48;
#undef EQUAL
#else
    for (unsigned i = 0; i < self->entity_count; i++) found |= (uint64_t)(bytes[i] == byte) << i;
#endif
    return found & all_entities(self);
}

static uint8_t key_byte(uint64_t key)
{
    return (uint8_t)(key >> 32);
}

/* Is [p, end) an ending of this row? */
static bool is_case(const qt_lang *lang, unsigned row, const char *p, const char *end)
{
    for (unsigned i = 0; i < lang->case_count; i++) {
        const qt_case *c = &lang->cases[i];
        size_t n = strlen(c->text);
        if (c->row == row && n == (size_t)(end - p) && !memcmp(p, c->text, n)) return true;
    }
    return false;
}

/* How many bytes of whole characters two words have in common from their beginnings on. */
static uint32_t common_bytes(const char *text, uint32_t a, uint32_t a_end, uint32_t b,
                             uint32_t b_end)
{
    uint32_t n = 0;
    while (a + n < a_end && b + n < b_end && text[a + n] == text[b + n]) n++;
    while (n && ((unsigned char)text[a + n] & 0xC0) == 0x80) n--;
    return n;
}

/* Tusk, Tuska: two words that go on alike, and then with endings of one row. */
static bool same_but_case(const qt_engine *self, uint32_t a, uint32_t a_end, uint32_t b,
                          uint32_t b_end)
{
    enum { LEAST = 4 }; /* bytes in common */
    const qt_lang *lang = &self->lexicon->langs[self->lang];
    const char *text = self->text;
    uint32_t n = common_bytes(text, a, a_end, b, b_end);
    if (n < LEAST) return false;
    for (unsigned row = 0; row < lang->case_rows; row++) {
        if (is_case(lang, row, text + a + n, text + a_end) &&
            is_case(lang, row, text + b + n, text + b_end))
            return true;
    }
    return false;
}

/* Is the word [b, b_end) the first form of the row that both are of? Tusk of Tuska. */
static bool is_first_form(const qt_engine *self, uint32_t a, uint32_t a_end, uint32_t b,
                          uint32_t b_end)
{
    const qt_lang *lang = &self->lexicon->langs[self->lang];
    const char *text = self->text;
    uint32_t n = common_bytes(text, a, a_end, b, b_end);
    for (unsigned i = 0; i < lang->case_count; i++) {
        const qt_case *c = &lang->cases[i];
        bool first = i == 0 || c[-1].row != c->row;
        size_t length = strlen(c->text);
        if (first && length == b_end - b - n && !memcmp(text + b + n, c->text, length) &&
            a_end - a - n != length && is_case(lang, c->row, text + a + n, text + a_end))
            return true;
    }
    return false;
}

/* A surname with a case ending is the same name: Путин, Путина. */
static bool same_stem(const qt_engine *self, const qt_entity *e, const qt_token *last)
{
    uint32_t a = e->end - e->last_word, b = last->end - last->start, least = a < b ? a : b;
    if (same_but_case(self, e->last_word, e->end, last->start, last->end)) return true;
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

static uint32_t first_word_bytes(const qt_engine *self, uint32_t start, uint32_t end)
{
    uint32_t n = 0;
    while (start + n < end && self->text[start + n] != ' ') n++;
    return n;
}

/* Do two full names with the same last word begin alike, or is one of them within the other? Two
 * of a family do not. */
static bool may_be_same(const qt_engine *self, const qt_entity *e, uint32_t start, uint32_t end)
{
    enum { CASES = 4 }; /* bytes that a case may change */
    uint32_t a = first_word_bytes(self, e->start, e->end), b = first_word_bytes(self, start, end),
             least = a < b ? a : b;
    if (e->start + a >= e->end || start + b >= end) return true; /* one word */
    if (least < 2 || (self->traits & QT_NO_ARTICLE && least <= CASES)) return true;
    if (self->traits & QT_NO_ARTICLE) least -= CASES - 1;
    if (same_letters(self, e->start, start, least)) return true;
    const char *whole = self->text + start, *known = self->text + e->start;
    uint32_t n = end - start, m = e->end - e->start;
    return memmem(whole, n, known, m) || memmem(known, m, whole, n);
}

static unsigned find_by_last(const qt_engine *self, const qt_token *first, const qt_token *last)
{
    enum { LEAST = 4 }; /* bytes of words that are compared by their stems */
    uint64_t found = entities_with(self, self->entity_keys, key_byte(last->key));
    bool stems = self->traits & QT_NO_ARTICLE && last->end - last->start >= LEAST;
    if (stems) found |= entities_with(self, self->entity_lasts, letters_byte(self, last->start, 4));
    for (; found; found &= found - 1) {
        unsigned i = (unsigned)__builtin_ctzll(found);
        const qt_entity *e = &self->entities[i];
        if (e->key != last->key && !(stems && same_stem(self, e, last))) continue;
        if (first == last || may_be_same(self, e, first->start, last->end)) return i;
    }
    return QT_NOBODY;
}

/* Микола Вікторович: a given name and a patronymic. */
static bool has_patronymic(const qt_engine *self, const qt_token *t, unsigned from, unsigned to)
{
    enum { LEAST = 11 }; /* bytes */
    return to == from + 2 && quotes_ends_as(self, &t[from + 1], QT_ENDS_PATRONYMIC, LEAST);
}

/* Whoever with that given name was met last. */
static unsigned find_by_given(const qt_engine *self, const qt_token *given)
{
    unsigned found = QT_NOBODY;
    for (unsigned i = 0; i < self->entity_count; i++) {
        const qt_entity *e = &self->entities[i];
        uint32_t end = e->start + first_word_bytes(self, e->start, e->end);
        uint32_t n = given->end - given->start;
        bool same = end - e->start == n && same_letters(self, e->start, given->start, n);
        if (end == e->end || !e->count ||
            !(same || same_but_case(self, e->start, end, given->start, given->end)))
            continue;
        if (found == QT_NOBODY || e->last > self->entities[found].last) found = i;
    }
    return found;
}

/* The key of the short form of a name, which may be itself. */
static uint64_t short_of(const qt_engine *self, uint64_t whole)
{
    uint64_t brief = quotes_kin_of(self, quotes_short_key(whole)).lemma;
    return brief ? brief : whole;
}

/* ONU where the Nations unies were met, or the other way round. */
static unsigned find_by_short(const qt_engine *self, const qt_token *t, unsigned from, unsigned to)
{
    if (self->lang == QT_NO_LANG || !(self->traits & QT_ELIDES)) return QT_NOBODY;
    if (to != from + 1 || !(t[from].flags & QT_UPPER || t[from].classes & QT_BODY))
        return QT_NOBODY;
    uint64_t brief = short_of(self, t[from].key);
    for (unsigned i = 0; i < self->entity_count; i++) {
        if (self->entities[i].brief == brief) return i;
    }
    return QT_NOBODY;
}

unsigned quotes_find_entity(const qt_engine *self, const qt_token *t, unsigned from, unsigned to)
{
    unsigned known = find_by_last(self, &t[from], &t[to - 1]);
    if (known == QT_NOBODY) known = find_by_short(self, t, from, to);
    if (known == QT_NOBODY && has_patronymic(self, t, from, to))
        known = find_by_given(self, &t[from]);
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
    e->brief = short_of(self, quotes_whole_key(t, from, to));
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

/* Seen at `last`, and so often. */
static void set_count(qt_engine *self, unsigned entity, unsigned count)
{
    enum { A_TIME = 2000 };
    qt_entity *e = &self->entities[entity];
    e->count = (uint16_t)count;
    self->entity_worths[entity] = e->last + count * A_TIME;
}

/* The first of the least worth. */
static unsigned least_worth(const qt_engine *self)
{
    const uint32_t *worths = self->entity_worths;
#ifdef __SSE2__
    /* signed comparison serves numbers of which the top bit is turned */
    const __m128i top = _mm_set1_epi32(INT32_MIN);
    __m128i least = _mm_set1_epi32(INT32_MAX);
    for (unsigned i = 0; i < QT_MAX_ENTITIES; i += 4) {
        __m128i four = _mm_loadu_si128((const __m128i *)(const void *)(worths + i));
        four = _mm_xor_si128(four, top);
        __m128i less = _mm_cmpgt_epi32(least, four);
        least = _mm_or_si128(_mm_and_si128(less, four), _mm_andnot_si128(less, least));
    }
    int32_t rest[4], worst;
    _mm_storeu_si128((__m128i *)(void *)rest, least);
    worst = rest[0];
    for (unsigned i = 1; i < 4; i++) worst = rest[i] < worst ? rest[i] : worst;
    least = _mm_xor_si128(_mm_set1_epi32(worst), top);
    for (unsigned i = 0; i < QT_MAX_ENTITIES; i += 4) {
        __m128i four = _mm_loadu_si128((const __m128i *)(const void *)(worths + i));
        unsigned equal = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi32(four, least));
        if (equal) return i + (unsigned)__builtin_ctz(equal) / 4;
    }
    return 0;
#else
    unsigned worst = 0;
    for (unsigned i = 1; i < QT_MAX_ENTITIES; i++) worst = worths[i] < worths[worst] ? i : worst;
    return worst;
#endif
}

/* The entity becomes somebody else: of mentions and subjects nobody is left that means it. */
static void forget(qt_engine *self, unsigned entity)
{
    const qt_entity *e = &self->entities[entity];
    for (unsigned i = 0; e->spoke && i < QT_MAX_SPEAKERS; i++) {
        if (self->subjects[i].entity == entity) self->subjects[i].entity = QT_NOBODY;
    }
    if (self->mention_count - e->mentioned >= QT_MAX_MENTIONS) return;
    for (unsigned i = 0; i < QT_MAX_MENTIONS; i++) {
        if (self->mentions[i].entity == entity) self->mentions[i].weight = 0;
    }
}

static unsigned free_entity(qt_engine *self)
{
    if (self->entity_count < QT_MAX_ENTITIES) return self->entity_count++;
    unsigned worst = least_worth(self);
    forget(self, worst);
    return worst;
}

/* The title or role before a name: M. Petit, le ministre des Finances Pierre Petit; in commas the
 * head of the phrase: l'avocat de la jeune femme, Paul Petit. */
static const qt_token *head_before(const qt_engine *self, const qt_token *t, unsigned name)
{
    enum { REACH = 14, NEAR = 9, ASIDE = 6 };
    bool wide = quotes_like_french(self->traits);
    unsigned reach = wide ? REACH : NEAR, first = name > reach ? name - reach : 0;
    if (t == self->tokens && !quotes_bits_of_range(self->roles, first, name)) return NULL;
    const qt_token *found = NULL;
    bool comma = false;
    for (unsigned i = name, steps = 0; i-- > 0 && steps < reach; steps++) {
        const qt_token *w = &t[i];
        if (w->flags & QT_ENDS || w->type == QT_QUOTE) break;
        if (wide && w->type == QT_CLOSE) { /* le maire (LR) X */
            unsigned open = i;
            while (open > 0 && i - open < ASIDE && t[open].type != QT_OPEN) open--;
            if (t[open].type != QT_OPEN) break;
            i = open;
            continue;
        }
        if (w->type != QT_WORD) {
            comma = quotes_is_comma(w) && steps == 0;
            if (comma) continue;
            break;
        }
        /* the Kremlin is no chief */
        if (w->classes & QT_OF && i + 1 + (t[i + 1].classes & QT_DET ? 1 : 0) >= name) break;
        bool within = wide && (comma || steps > 0) && !(w->classes & (QT_AUX | QT_PRON));
        if (w->classes & QT_PREP && !(w->classes & QT_OF) && !within) break;
        /* le ministre de la Recherche et de l'Industrie, X */
        if (w->classes & QT_CONJ && within && t[i + 1].classes & (QT_OF | QT_ROLE)) continue;
        if (!comma && steps == 0 && w->flags & QT_LOWER && !(w->classes & (QT_TITLE | QT_ROLE)) &&
            !(i > 0 && t[i - 1].type == QT_WORD && t[i - 1].classes & QT_ROLE))
            break; /* no adjective: a verb */
        if (w->classes & (QT_TITLE | QT_ROLE)) {
            found = w;
            /* le député socialiste X: the head of the phrase stands first */
            bool adjective = w->features & QT_ANYONE && self->traits & QT_ELIDES && i > 0 &&
                             t[i - 1].type == QT_WORD && t[i - 1].classes & QT_ROLE;
            if (!comma && !adjective) break;
        }
        if (w->classes & (QT_AUX | QT_COMP | QT_CONJ | QT_REL | QT_SAY | QT_VERB) &&
            !(w->classes & (QT_TITLE | QT_ROLE)))
            break;
    }
    return found;
}

/* The same; le ministre de la Communication, M. Petit: a title is not all that is said. */
static const qt_token *role_before(const qt_engine *self, const qt_token *t, unsigned name)
{
    unsigned first = name;
    while (first > 0 && t[first - 1].type == QT_WORD && t[first - 1].classes & QT_TITLE &&
           !(t[first - 1].classes & QT_ROLE))
        first--;
    const qt_token *role = NULL;
    if (first < name && first > 0 && quotes_is_comma(&t[first - 1]))
        role = head_before(self, t, first);
    return role ? role : head_before(self, t, name);
}

/* The name that a role hangs on: mayor of X. */
uint64_t quotes_complement_of(const qt_token *t, unsigned role, unsigned to)
{
    unsigned i = role + 1;
    if (i < to && quotes_is_complement(&t[i])) return t[i].key;
    if (i + 1 >= to || !(t[i].classes & QT_OF)) return 0;
    for (i++; i + 1 < to && t[i].classes & QT_DET && !(t[i].flags & QT_CAP);) i++;
    return t[i].flags & QT_NAME && !(t[i].classes & QT_GIVEN) ? t[i].key : 0;
}

/* X, naturopathe[,.]; X (41), naturopathe */
static void learn_after(const qt_engine *self, qt_entity *e, const qt_token *t, unsigned count,
                        unsigned to, uint8_t *features)
{
    unsigned after = to;
    if (after + 2 < count && t[after].type == QT_OPEN && t[after + 2].type == QT_CLOSE) after += 3;
    if (after + 1 >= count || !quotes_is_comma(&t[after])) return;
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
        uint64_t key = quotes_role_key(self, &t[i]);
        if (key != e->role && key != e->role2) quotes_learn_kin(self, e, t, i, count);
        if (!e->role)
            e->role = key;
        else
            e->role2 = key;
        if (!e->role_of) e->role_of = quotes_complement_of(t, i, count);
        /* Anne Petit, professeur: bare, the masculine is anybody's */
        bool bare = t[i].features & QT_MALE && !(t[i - 1].classes & QT_DET);
        if (!bare) *features |= t[i].features & (QT_MALE | QT_FEMALE);
        e->person = QT_HUMAN;
    }
}

/* la sexologue Anne Petit: a noun that no table holds, between an article and a full name. */
static bool is_plain_noun(const qt_token *t, unsigned name)
{
    return name > 1 && t[name - 1].type == QT_WORD && t[name - 1].flags & QT_LOWER &&
           !t[name - 1].classes && t[name - 2].type == QT_WORD && t[name - 2].classes & QT_DET;
}

/* Le Secours Catholique: no person has an article, in French. */
static bool has_article(const qt_engine *self, const qt_token *t, unsigned from)
{
    return quotes_like_french(self->traits) && from > 0 && t[from - 1].type == QT_WORD &&
           t[from - 1].classes & QT_DET && !(t[from - 1].classes & (QT_POSS | QT_PREP)) &&
           !(t[from - 1].features & (QT_INDEFINITE | QT_THIS));
}

/* What stands around a name: gender from titles and given names, its role. */
static void learn(const qt_engine *self, qt_entity *e, const qt_token *t, unsigned count,
                  unsigned from, unsigned to)
{
    uint8_t features = 0, given = 0, flags = 0;
    uint32_t classes = 0;
    for (unsigned i = from; i < to; i++) {
        classes |= t[i].classes;
        flags |= t[i].flags;
    }
    if (classes & QT_GIVEN && (e->person != QT_HUMAN || !e->features)) {
        for (unsigned i = from; i < to && (i == from || i + 1 < to); i++) {
            if (!(t[i].classes & QT_GIVEN)) continue;
            given |= t[i].features & (QT_MALE | QT_FEMALE);
            e->person = QT_HUMAN;
        }
    }
    for (unsigned i = from; i < to && (flags & QT_PERSON || classes & (QT_PLACE | QT_BODY)); i++) {
        if (t[i].flags & QT_PERSON) e->person = QT_HUMAN;
        if (e->person) continue;
        if (t[i].classes & QT_PLACE) e->person = QT_PLACED;
        if (t[i].classes & QT_BODY) {
            e->person = QT_GROUP;
            quotes_learn_kin(self, e, t, i, i);
        }
    }
    bool acronym = to == from + 1 && t[from].flags & QT_UPPER;
    if (!e->person && (acronym || has_article(self, t, from))) e->person = QT_GROUP;
    const qt_token *role = role_before(self, t, from);
    if (role && acronym && !(role->classes & QT_TITLE)) role = NULL; /* the student union SU */
    if (role && self->traits & QT_NO_ARTICLE && to == from + 1 && t[from].classes & QT_PLACE)
        role = NULL; /* prezydent Francji */
    if (role) {
        /* la porte-parole X: the article knows best */
        features |= quotes_phrase_features(role > t ? role - 1 : role, role);
        features &= QT_MALE | QT_FEMALE;
        e->person = QT_HUMAN;
        uint64_t key = quotes_role_key(self, role);
        if (key != e->role && key != e->role2)
            quotes_learn_kin(self, e, t, (unsigned)(role - t), from);
        if (role->classes & QT_ROLE && !(role->features & QT_ANYONE)) {
            if (!e->role || e->role == key)
                e->role = key;
            else
                e->role2 = key;
            for (const qt_token *w = role + 1; w + 1 < t + from; w++) { /* le ministre et député */
                if (w->type == QT_WORD && w->classes & QT_CONJ && w[1].classes & QT_ROLE &&
                    !e->role2)
                    e->role2 = quotes_role_key(self, w + 1);
            }
            if (!e->role_of) e->role_of = quotes_complement_of(t, (unsigned)(role - t), from);
        }
    } else if (is_plain_noun(t, from) && e->person != QT_GROUP && e->person != QT_PLACED) {
        if (!e->role2) e->role2 = t[from - 1].key;
    } else if (from > 0 && t[from - 1].classes & QT_BODY && e->person != QT_HUMAN) {
        e->person = QT_GROUP; /* l'association X */
        if (!e->role) quotes_learn_kin(self, e, t, from - 1, from);
        if (!e->role) e->role = t[from - 1].key;
    }
    if (e->person != QT_HUMAN && from > 0 && t[from - 1].classes & QT_DET) /* la CGT */
        features |= t[from - 1].features & (QT_MALE | QT_FEMALE);
    /* Dazi, la premier: a lone word that opens a sentence is nobody for all one knows */
    bool lone = to == from + 1 &&
                (from == 0 || t[from - 1].flags & QT_ENDS || quotes_is_mark(&t[from - 1], ':')) &&
                !e->person && !e->spoke && e->count <= 1 && self->traits & (QT_DROPS | QT_INVERTS);
    if (!lone) learn_after(self, e, t, count, to, &features);
    if (given == QT_MALE || given == QT_FEMALE)
        e->features = given; /* many roles have one gender for both */
    else if ((features == QT_MALE || features == QT_FEMALE) &&
             (!e->features || (role && role->classes & QT_TITLE && features == QT_FEMALE)))
        e->features = features; /* Mrs X, whatever else was taken for hers */
}

/* Does the name at `from` hang on a preposition? */
static bool hangs(const qt_token *t, unsigned from)
{
    unsigned i = from;
    while (i > 0 && t[i - 1].type == QT_WORD &&
           (t[i - 1].classes & (QT_TITLE | QT_ROLE) ||
            (t[i - 1].classes & QT_DET && !(t[i - 1].classes & QT_PREP))))
        i--;
    if (i == 0 || t[i - 1].type != QT_WORD) return false;
    return t[i - 1].classes & QT_PREP ||
           (t[i - 1].classes & QT_COMP && t[i - 1].features & QT_AS && t[i - 1].flags & QT_CAP);
}

enum { AS_SUBJECT = 2 };

void quotes_keep_form(qt_engine *self, unsigned entity, const qt_token *t, unsigned from,
                      unsigned to)
{
    enum { ENDING = 5 }; /* bytes that a case adds to a word, and one */
    qt_entity *e = &self->entities[entity];
    uint32_t old = e->end - e->start, now = t[to - 1].end - t[from].start;
    if (!(self->traits & QT_NO_ARTICLE) || to - from > 4) return;
    if (has_patronymic(self, t, from, to)) return;
    if (now + ENDING * (to - from) <= old) return;
    bool nominative = is_first_form(self, e->last_word, e->end, t[to - 1].start, t[to - 1].end);
    if (e->free == AS_SUBJECT && now <= old && !nominative) return;
    set_form(self, entity, t, from, to);
    e->free = AS_SUBJECT;
}

/* SIPAJoséphine, ABACAPaul: a credit that lost its space. */
static bool is_glued(const qt_engine *self, uint32_t start, uint32_t end)
{
    enum { CAPITALS = 3 };
    uint32_t i = start;
    while (i < end && self->text[i] >= 'A' && self->text[i] <= 'Z') i++;
    return i >= start + CAPITALS + 1 && i < end && self->text[i] >= 'a' && self->text[i] <= 'z';
}

/* Where names have cases, the form that stands as a subject is the one to keep. */
static bool better_form(const qt_engine *self, const qt_entity *e, const qt_token *t, unsigned from,
                        unsigned to, bool free)
{
    uint32_t old = e->end - e->start, now = t[to - 1].end - t[from].start;
    if (to - from > 4) return false;
    if (is_glued(self, t[from].start, t[from].end)) return false;
    if (!(self->traits & QT_NO_ARTICLE)) return now > old || is_glued(self, e->start, e->end);
    if (has_patronymic(self, t, from, to)) return false;
    if (e->free == AS_SUBJECT) return free && now > old + 4;
    if (free != e->free) return free && now + 4 > old;
    return now > old + 4 || (now > old && free);
}

/* Tokens [from, to) name entity i, QT_NOBODY: a new one. */
/* Les Américains: many, of whom none is "he". */
static uint8_t number_of(const qt_engine *self, const qt_token *t, unsigned from, unsigned to)
{
    bool many = self->traits & QT_ELIDES && from > 0 && to == from + 1 &&
                t[from - 1].type == QT_WORD && t[from - 1].classes & QT_DET &&
                t[from - 1].features & QT_PLURAL && self->text[t[from].end - 1] == 's';
    return many ? QT_PLURAL : 0;
}

static unsigned meet_as(qt_engine *self, const qt_token *t, unsigned count, unsigned from,
                        unsigned to, unsigned i)
{
    enum { OFTEN = 1000 };
    qt_entity *e;
    bool free = !hangs(t, from), formed = false;
    if (i == QT_NOBODY) {
        i = free_entity(self);
        e = &self->entities[i];
        *e = (qt_entity){.free = free};
        set_form(self, i, t, from, to);
        formed = true;
    } else {
        e = &self->entities[i];
        if (better_form(self, e, t, from, to, free)) {
            set_form(self, i, t, from, to);
            e->free = free;
            formed = true;
        }
        if (e->count && e->last == t[from].start) { /* met already */
            learn(self, e, t, count, from, to);
            if (formed) quotes_learn_known(self, e, t, from, to);
            return i;
        }
    }
    e->last = t[from].start;
    set_count(self, i, e->count + (e->count < OFTEN));
    learn(self, e, t, count, from, to);
    if (formed) quotes_learn_known(self, e, t, from, to);
    if (formed && to == from + 1) quotes_learn_long_form(self, e, &t[from]);
    quotes_mention(self, &(qt_mention){.at = t[from].start,
                                       .start = t[from].start,
                                       .end = t[to - 1].end,
                                       .said_start = t[from].start,
                                       .said_end = t[to - 1].end,
                                       .entity = (uint16_t)i,
                                       .features = number_of(self, t, from, to),
                                       .weight = free ? QT_NAMED : QT_HANGING});
    return i;
}

unsigned quotes_meet(qt_engine *self, const qt_token *t, unsigned count, unsigned from, unsigned to)
{
    return meet_as(self, t, count, from, to, quotes_find_entity(self, t, from, to));
}

/* A word that sentences begin with, in no other place so far; now, too, if it goes on as no
 * subject does. `known` is the entity that it names. */
static bool only_opens(const qt_engine *self, const qt_token *t, unsigned at, unsigned to,
                       unsigned known)
{
    if (known == QT_NOBODY) return true;
    return !self->entities[known].count && at + 1 < to && t[at + 1].type == QT_WORD &&
           t[at + 1].classes & (QT_DET | QT_PRON | QT_PREP) && !(t[at + 1].classes & QT_AUX);
}

/* Audrey, Marseillaise de 26 ans, …; Audrey a …: a given name, what else may it be, and a comma or
 * its verb. */
static bool acts_or_is_told(const qt_engine *self, const qt_token *name, const qt_token *next)
{
    if (!quotes_like_french(self->traits) || !next) return false;
    if (name->classes != QT_GIVEN) return false;
    return quotes_is_comma(next) || (next->type == QT_WORD && next->flags & QT_LOWER &&
                                     next->classes & (QT_AUX | QT_VERB | QT_SAY));
}

/* A joint son assistante, a vu un témoin: somebody without a name, of whom the next sentence may go
 * on. */
static void meet_roles(qt_engine *self, unsigned from, unsigned to)
{
    const qt_token *t = self->tokens;
    for (unsigned i = quotes_next_bit(self->roles, from, to); i < to;
         i = quotes_next_bit(self->roles, i + 1, to)) {
        if (i == 0 || !(t[i].classes & QT_ROLE) || !(t[i].flags & QT_LOWER)) continue;
        const qt_token *article = &t[i - 1];
        if (article->type != QT_WORD || !(article->classes & (QT_DET | QT_POSS))) continue;
        if (article->classes & QT_PREP || t[i].features & QT_PLURAL) continue;
        if (!(article->classes & QT_POSS) && !(article->features & QT_INDEFINITE)) continue;
        uint8_t features = quotes_phrase_features(article, &t[i]);
        if (features & QT_PLURAL) continue;
        unsigned end = quotes_phrase_end(self, t, self->token_count, i - 1), a, b;
        if (end <= i || quotes_name_in(t, i, end, true, &a, &b)) continue;
        if (end < self->token_count && quotes_is_comma(&t[end]) &&
            quotes_name_run(t, self->token_count, end + 1) > end + 1)
            continue;
        quotes_mention(self, &(qt_mention){.at = article->start,
                                           .start = article->start,
                                           .end = t[end - 1].end,
                                           .said_start = article->start,
                                           .said_end = t[end - 1].end,
                                           .entity = QT_NOBODY,
                                           .features = features,
                                           .role = quotes_role_key(self, &t[i]),
                                           .weight = QT_TOLD_OF});
    }
}

void quotes_meet_names(qt_engine *self, unsigned from, unsigned to)
{
    const qt_token *t = self->tokens;
    if (self->traits & QT_CASELESS) return;
    if (!(self->traits & QT_NO_ARTICLE)) meet_roles(self, from, to);
    for (unsigned i = quotes_next_bit(self->names, from, to), end; i < to;
         i = quotes_next_bit(self->names, end, to)) {
        end = quotes_name_run(t, to, i);
        /* Läuft Piotr Lang: a capital that the sentence may owe, and then a full name */
        if (self->traits & QT_NOUNS_UPPER && end > i + 2 && (i == 0 || t[i - 1].flags & QT_ENDS) &&
            !(t[i].classes & QT_GIVEN) && t[i + 1].classes & QT_GIVEN)
            i++;
        bool alone = end - i == 1;
        bool plain = self->traits & QT_NOUNS_UPPER && alone && !(t[i].flags & QT_PERSON) &&
                     !(t[i].classes & QT_GIVEN);
        if (plain && !quotes_is_person(self, &t[i])) continue;
        if (alone && quotes_is_demonym(self, t, i) && !quotes_is_person(self, &t[i])) continue;
        unsigned entity = quotes_find_entity(self, t, i, end);
        bool opens =
            alone && (i == 0 || t[i - 1].flags & QT_ENDS) && only_opens(self, t, i, to, entity);
        if (opens && acts_or_is_told(self, &t[i], end < to ? &t[end] : NULL)) opens = false;
        if (!plain && opens && t[i].classes) continue;
        entity = meet_as(self, t, self->token_count, i, end, entity);
        if (opens) set_count(self, entity, 0); /* a capital that the sentence may owe */
    }
}
