/* Kin of roles: which roles one person may have, and of which country somebody is.
 *
 * "The novelist" may be the writer who was named before, and never the goalkeeper; "the Russian
 * president" is not the American one. Rows `kin NAME forms` of the cue files say what is called by
 * one another's roles (novelist, writer, author), rows `field NAME forms` what may be the same
 * person's trade at all, rows `land NAME forms` what is of one country (Russia, Russian, Kremlin).
 * cuefile.c reads them; names.c learns them with a role, resolve.c asks for a description. */
#include "refer.h"

#include <string.h>

static qt_kin *find_kin(qt_kin *slots, uint32_t mask, uint64_t key)
{
    uint32_t i = (uint32_t)key & mask;
    while (slots[i].key && slots[i].key != key) i = (i + 1) & mask;
    return &slots[i];
}

/* Words of two languages may be written alike. */
static uint64_t key_of(unsigned lang, uint64_t word)
{
    return quotes_key_mix(word, lang + 1, 0);
}

/* A bit for a name, the same whenever it is met; 0 where there are too many. */
static uint64_t bit_of(uint64_t *names, unsigned room, uint64_t name)
{
    for (unsigned i = 0; i < room; i++) {
        if (!names[i]) names[i] = name;
        if (names[i] == name) return (uint64_t)1 << i;
    }
    return 0;
}

const char *quotes_kin_add(qt_lexicon *self, unsigned lang, uint64_t word, qt_kin_row row,
                           uint64_t name, qt_alloc alloc, void *user)
{
    if (!self->kin || self->kin_used * 2 > self->kin_mask) {
        uint32_t mask = self->kin ? self->kin_mask * 2 + 1 : 1023;
        qt_kin *bigger = alloc(user, (mask + (size_t)1) * sizeof *bigger);
        if (!bigger) return "out of memory";
        for (uint32_t i = 0; self->kin && i <= self->kin_mask; i++) {
            if (self->kin[i].key) *find_kin(bigger, mask, self->kin[i].key) = self->kin[i];
        }
        self->kin = bigger;
        self->kin_mask = mask;
    }
    qt_kin *slot = find_kin(self->kin, self->kin_mask, key_of(lang, word));
    self->kin_used += !slot->key;
    slot->key = key_of(lang, word);
    uint64_t bit_at = slot->key >> (64 - QT_KIN_LOG);
    self->kin_bits[bit_at >> 6] |= (uint64_t)1 << (bit_at & 63);
    if (row == QT_ROW_LEMMA) {
        slot->lemma = name;
        return NULL;
    }
    if (row == QT_ROW_LAND) {
        slot->land = (uint32_t)(name >> 32) | 1;
        return NULL;
    }
    if (row == QT_ROW_GENDER) {
        slot->field = (uint32_t)name;
        return NULL;
    }
    bool kin = row == QT_ROW_KIN;
    uint64_t bit = kin ? bit_of(self->kin_names, 64, name) : bit_of(self->field_names, 32, name);
    if (!bit) return "too many names";
    if (kin)
        slot->kin |= bit;
    else
        slot->field |= (uint32_t)bit;
    return NULL;
}

qt_kin quotes_kin_of(const qt_engine *self, uint64_t word)
{
    const qt_lexicon *l = self->lexicon;
    if (!l->kin || !word) return (qt_kin){0};
    uint64_t key = key_of(self->lang, word);
    if (!quotes_may_have(l->kin_bits, QT_KIN_LOG, key)) return (qt_kin){0};
    return *find_kin(l->kin, l->kin_mask, key);
}

size_t quotes_prefix(const qt_engine *self, const char *p, const char *end, qt_prefix kind)
{
    if (self->lang == QT_NO_LANG) return 0;
    const char(*forms)[QT_ENDING_BYTES] = self->lexicon->langs[self->lang].prefixes[kind];
    for (unsigned i = 0; i < QT_MAX_FORMS && *forms[i]; i++) {
        size_t n = strlen(forms[i]);
        if ((size_t)(end - p) > n && !memcmp(p, forms[i], n)) return n;
    }
    return 0;
}

/* وزير الخارجية, الوزير: in Arabic a role with its article or with what it is a role of is known by
 * its first word, bare. */
static uint64_t bare_key(const qt_engine *self, const qt_token *role)
{
    enum { LEAST = 6 }; /* bytes that must be left */
    const char *p = self->text + role->start, *end = self->text + role->end;
    const char *space = memchr(p, ' ', (size_t)(end - p));
    if (space) end = space;
    size_t joined = quotes_prefix(self, p, end, QT_AND);
    size_t article = quotes_prefix(self, p + joined, end, QT_ARTICLE);
    if (joined && !article) joined = 0; /* the first letter of a word */
    if (joined + article + LEAST <= (size_t)(end - p)) p += joined + article;
    return quotes_key(p, (size_t)(end - p));
}

uint64_t quotes_role_key(const qt_engine *self, const qt_token *role)
{
    if (!role) return 0;
    if (self->traits & QT_CASELESS) return bare_key(self, role);
    if (!(role->features & QT_OBLIQUE) || !(role->classes & QT_ROLE)) return role->key;
    uint64_t lemma = quotes_kin_of(self, role->key).lemma;
    return lemma ? lemma : role->key;
}

/* Of what country a role is, by what follows it in its phrase: le président de la Russie, le
 * ministre des Affaires étrangères russe. */
uint32_t quotes_land_of(const qt_engine *self, const qt_token *t, unsigned role, unsigned to)
{
    enum { REACH = 10, BEFORE = 3 };
    if (!self->lexicon->kin) return 0;
    /* the Russian president, der russische Präsident */
    for (unsigned k = role; !(self->traits & QT_ELIDES) && k > 0 && role - k < BEFORE; k--) {
        const qt_token *w = &t[k - 1];
        if (w->type != QT_WORD || w->flags & QT_ENDS) break;
        uint32_t land = quotes_kin_of(self, w->key).land;
        if (land) return land;
        if (w->classes & QT_FUNCTION) break;
    }
    for (unsigned i = role + 1; i < to && i < role + REACH; i++) {
        const qt_token *w = &t[i];
        if (w->type != QT_WORD || w->classes & (QT_ROLE | QT_GIVEN | QT_TITLE | QT_SAY | QT_AUX))
            return 0;
        if (w->classes & (QT_DET | QT_OF) && !(w->flags & QT_CAP)) continue;
        uint32_t land = quotes_kin_of(self, w->key).land;
        if (land) return land;
    }
    return 0;
}

/* What the rows say of the name of tokens [from, to): of the whole, else of a person's last name,
 * which may be two words. */
static qt_kin known_name(const qt_engine *self, const qt_token *t, unsigned from, unsigned to)
{
    enum { PARTICLE = 2 };
    qt_kin known = quotes_kin_of(self, quotes_known_key(quotes_whole_key(t, from, to)));
    if (known.key) return known;
    if (to > from + PARTICLE)
        known = quotes_kin_of(self, quotes_known_key(quotes_whole_key(t, to - 2, to)));
    if (!known.lemma) known = quotes_kin_of(self, quotes_known_key(t[to - 1].key));
    return known.lemma ? known : (qt_kin){0};
}

bool quotes_is_known_group(const qt_engine *self, const qt_token *t, unsigned from, unsigned to)
{
    while (from < to && t[from].classes & (QT_DET | QT_NAMING | QT_BODY) &&
           !(t[from].flags & QT_NAME))
        from++;
    if (from == to || self->lang == QT_NO_LANG || !self->lexicon->kin) return false;
    if (to == from + 1 && t[from].classes & QT_BODY && t[from].flags & QT_UPPER) return true;
    qt_kin known = known_name(self, t, from, to);
    return known.key && !known.lemma;
}

void quotes_learn_known(const qt_engine *self, qt_entity *e, const qt_token *t, unsigned from,
                        unsigned to)
{
    if (self->lang == QT_NO_LANG || !self->lexicon->kin) return;
    qt_kin known = known_name(self, t, from, to);
    if (!known.key) return;
    bool person = known.lemma != 0;
    uint8_t gender = e->features & (QT_MALE | QT_FEMALE);
    if (person && gender && known.field && !(gender & known.field)) return; /* his wife */
    if (e->person != QT_UNKNOWN && e->person != (person ? QT_HUMAN : QT_GROUP)) return;
    e->person = person ? QT_HUMAN : QT_GROUP;
    e->kin |= person ? quotes_kin_of(self, known.lemma).kin : known.kin;
    if (!e->land) e->land = known.land;
    if (!person) return;
    if (!e->features) e->features = (uint8_t)known.field;
    if (!e->role2) e->role2 = known.lemma;
}

void quotes_learn_kin(const qt_engine *self, qt_entity *e, const qt_token *t, unsigned role,
                      unsigned to)
{
    qt_kin kin = quotes_kin_of(self, quotes_role_key(self, &t[role]));
    e->kin |= kin.kin;
    e->field |= kin.field;
    if (!e->land) e->land = quotes_land_of(self, t, role, to);
}

/* Le Rennais, l'ancienne Lyonnaise, le Serbe: a word that says where somebody is from, behind an
 * article. */
bool quotes_is_demonym(const qt_engine *self, const qt_token *t, unsigned at)
{
    enum { LEAST = 6 };
    const qt_token *w = &t[at];
    if (!quotes_like_french(self->traits) || at == 0) return false;
    if (!(w->flags & QT_CAP) || w->flags & QT_UPPER || w->classes & (QT_GIVEN | QT_PLACE))
        return false;
    unsigned first = at - 1;
    if (first > 0 && t[first].type == QT_WORD && t[first].flags & QT_LOWER &&
        !(t[first].classes & (QT_FUNCTION & ~QT_NONAME)))
        first--; /* l'ancien */
    const qt_token *article = &t[first];
    if (article->type != QT_WORD || !(article->classes & QT_DET) || article->classes & QT_PREP ||
        article->features & QT_PLURAL)
        return false;
    if (article->flags & QT_CAP && first > 0 && !(t[first - 1].flags & QT_ENDS)) return false;
    if (quotes_kin_of(self, w->key).land) return true;
    return quotes_ends_as(self, w, QT_ENDS_DEMONYM, LEAST);
}
