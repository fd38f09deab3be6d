/* Lexicons: what words mean to attribution, one file a language, and the score table of kinds.
 *
 * A cue file has rows  class TAB features TAB forms  (forms apart by spaces; `_` joins the words of
 * a phrase, `*` at the end makes a stem). A row `paradigm NAME.part SUFFIXES` defines endings;
 * `say NAME STEMS` then stands for each stem with each ending. Words are looked up by a 64-bit hash
 * of their lower-case letters; a phrase by the joined hashes of its words. */
#include "plain.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name;
    uint32_t classes;
} class_names[] = {
    {"say", QT_SAY},         {"part", QT_PART},         {"ger", QT_GER},
    {"weak", QT_WEAK},       {"noun", QT_NOUN},         {"source", QT_SOURCE},
    {"source2", QT_SOURCE2}, {"pron", QT_PRON},         {"det", QT_DET},
    {"of", QT_OF | QT_PREP}, {"prep", QT_PREP},         {"to", QT_TO | QT_PREP},
    {"comp", QT_COMP},       {"conj", QT_CONJ},         {"rel", QT_REL},
    {"aux", QT_AUX},         {"adv", QT_ADV},           {"clitic", QT_CLITIC},
    {"title", QT_TITLE},     {"role", QT_ROLE},         {"naming", QT_NAMING},
    {"noname", QT_NONAME},   {"place", QT_PLACE},       {"konj", QT_KONJ},
    {"fiction", QT_FICTION}, {"abbr", QT_ABBR},         {"given", QT_GIVEN},
    {"first", QT_FIRST},     {"socalled", QT_SOCALLED}, {"poss", QT_POSS | QT_DET},
    {"body", QT_BODY},       {"verb", QT_VERB},         {"none", 0},
};

static const struct {
    const char *name;
    uint32_t trait;
} trait_names[] = {
    {"elides", QT_ELIDES},
    {"inverts", QT_INVERTS},
    {"nouns-upper", QT_NOUNS_UPPER},
    {"v2", QT_V2},
    {"no-article", QT_NO_ARTICLE},
    {"drops", QT_DROPS},
    {"caseless", QT_CASELESS},
    {"dashes", QT_DASHES},
    {"verb-final", QT_FINAL},
    {"comma-dashes", QT_COMMA_DASHES},
    {"subject-first", QT_SUBJECT_FIRST},
    {"semicolon-asks", QT_SEMICOLON_ASKS},
};

/* What tells a language in quotes_probe. */
#define COMMON ((QT_FUNCTION | QT_CUE) & ~(uint32_t)QT_NONAME)

enum { MAX_PARADIGMS = 48, MAX_FORM = 96 };

typedef struct {
    tamis_str name, part, suffixes;
} paradigm;

typedef struct {
    qt_lexicon *lexicon;
    qt_lang *lang;
    qt_alloc alloc;
    void *user;
    paradigm paradigms[MAX_PARADIGMS];
    unsigned paradigm_count;
    const char *what;
} reader;

static bool str_is(tamis_str s, const char *literal)
{
    size_t n = strlen(literal);
    return s.n == n && memcmp(s.p, literal, n) == 0;
}

static tamis_str cut(tamis_str *rest, char at)
{
    const char *hit = rest->n ? memchr(rest->p, at, rest->n) : NULL;
    tamis_str head = {rest->p, hit ? (size_t)(hit - rest->p) : rest->n};
    size_t used = head.n + (hit ? 1 : 0);
    rest->p += used;
    rest->n -= used;
    return head;
}

/* ------------------------------------------------------------------ hashing */

typedef struct {
    uint64_t key;
    unsigned filled; /* bytes of the block; the others are zero */
    char block[QT_BLOCK];
} hasher;

static inline void feed(hasher *self, uint32_t byte)
{
    self->block[self->filled++] = (char)byte;
    if (self->filled < QT_BLOCK) return;
    self->key = quotes_key_mix(self->key, quotes_load_chunk(self->block),
                               quotes_load_chunk(self->block + QT_CHUNK));
    memset(self->block, 0, QT_BLOCK);
    self->filled = 0;
}

static inline uint64_t finish(const hasher *self)
{
    if (!self->filled) return self->key;
    return quotes_key_mix(self->key, quotes_load_chunk(self->block),
                          quotes_load_chunk(self->block + QT_CHUNK));
}

static void feed_code_point(hasher *self, uint32_t c)
{
    if (c == 0x2019) c = '\'';
    if (c >= 0x622 && c < 0x653) { /* Arabic: one alef, no vowel signs, no stretching */
        if (c >= 0x64B || c == 0x640) return;
        if (c == 0x622 || c == 0x623 || c == 0x625) c = 0x627;
        if (c == 0x649) c = 0x64A;
    }
    if (c < 0x80) {
        feed(self, c);
    } else if (c < 0x800) {
        feed(self, 0xC0 | c >> 6);
        feed(self, 0x80 | (c & 0x3F));
    } else {
        feed(self, 0xE0 | c >> 12);
        feed(self, 0x80 | (c >> 6 & 0x3F));
        feed(self, 0x80 | (c & 0x3F));
    }
}

/* Feeds the lower case of the character at p; its length. */
static inline unsigned feed_lower(hasher *self, const char *p, const char *end)
{
    unsigned char c = (unsigned char)*p;
    if (c < 0x80) {
        feed(self, c | 0x20u); /* of the signs that words have none changes */
        return 1;
    }
    if (c == 0xC3 && end - p > 1 && ((unsigned char)p[1] & 0xC0) == 0x80) {
        feed(self, c | 0x20u); /* of ß, which is a small letter, this makes ÿ */
        feed(self, (unsigned char)p[1] | 0x20u);
        return 2;
    }
    if (c >= 0xE3 && c < 0xF0 && end - p > 2 && ((unsigned char)p[1] & 0xC0) == 0x80 &&
        ((unsigned char)p[2] & 0xC0) == 0x80) { /* neither small nor large */
        for (unsigned i = 0; i < 3; i++) feed(self, (unsigned char)p[i]);
        return 3;
    }
    unsigned length;
    uint32_t code = quotes_decode_wide(p, end, &length);
    feed_code_point(self, quotes_lower(code));
    return length;
}

/* The key of ASCII, whole blocks at a time; false where there is anything else. */
static bool ascii_key(const char *p, size_t n, uint64_t *key)
{
    *key = QT_KEY_START;
    for (; n; p += QT_BLOCK) {
        char block[QT_BLOCK] = {0};
        unsigned size = n < QT_BLOCK ? (unsigned)n : QT_BLOCK;
        memcpy(block, p, size);
        uint64_t both = quotes_load_chunk(block) | quotes_load_chunk(block + QT_CHUNK);
        if (both & 0x8080808080808080u) return false;
        *key = quotes_block_mix(*key, block, size);
        n -= size;
    }
    return true;
}

uint64_t quotes_key(const char *p, size_t n)
{
    uint64_t key;
    if (ascii_key(p, n, &key)) return key;
    hasher h = {.key = QT_KEY_START};
    for (const char *end = p + n; p < end;) p += feed_lower(&h, p, end);
    return finish(&h);
}

/* ------------------------------------------------------------------ tables */

static void set_bit(uint64_t *bits, unsigned count_bits, uint64_t key)
{
    uint64_t at = key >> (64 - count_bits);
    bits[at >> 6] |= (uint64_t)1 << (at & 63);
}

static const qt_entry *find(const qt_entry *slots, uint32_t mask, uint64_t key)
{
    if (!slots) return NULL;
    for (uint32_t i = (uint32_t)key & mask;; i = (i + 1) & mask) {
        if (slots[i].key == key) return &slots[i];
        if (!slots[i].key) return NULL;
    }
}

static qt_common *find_common(qt_common *slots, uint32_t mask, uint64_t key)
{
    uint32_t i = (uint32_t)key & mask;
    while (slots[i].key && slots[i].key != key) i = (i + 1) & mask;
    return &slots[i];
}

/* A function word or verb of saying of this language. */
static bool put_common(reader *self, uint64_t key)
{
    qt_lexicon *l = self->lexicon;
    if (!l->common || l->common_used * 2 > l->common_mask) {
        uint32_t mask = l->common ? l->common_mask * 2 + 1 : 16383;
        qt_common *bigger = self->alloc(self->user, (mask + (size_t)1) * sizeof *bigger);
        if (!bigger) {
            self->what = "out of memory";
            return false;
        }
        for (uint32_t i = 0; l->common && i <= l->common_mask; i++) {
            if (l->common[i].key) *find_common(bigger, mask, l->common[i].key) = l->common[i];
        }
        l->common = bigger;
        l->common_mask = mask;
    }
    qt_common *slot = find_common(l->common, l->common_mask, key);
    l->common_used += !slot->key;
    slot->key = key;
    slot->langs |= (uint64_t)1 << (self->lang - l->langs);
    return true;
}

static bool grow(reader *self, qt_entry **slots, uint32_t *mask)
{
    uint32_t size = *slots ? (*mask + 1) * 2 : 1024;
    qt_entry *bigger = self->alloc(self->user, size * sizeof *bigger);
    if (!bigger) {
        self->what = "out of memory";
        return false;
    }
    for (uint32_t i = 0; *slots && i <= *mask; i++) {
        if (!(*slots)[i].key) continue;
        uint32_t j = (uint32_t)(*slots)[i].key & (size - 1);
        while (bigger[j].key) j = (j + 1) & (size - 1);
        bigger[j] = (*slots)[i];
    }
    *slots = bigger;
    *mask = size - 1;
    return true;
}

static bool fail(reader *self, const char *what)
{
    self->what = what;
    return false;
}

/* The entry goes to where its key begins: before others where it is a common word, else behind the
 * first, so that what is asked for most is found at once. */
static void link_entry(qt_lang *lang, uint32_t entry)
{
    uint16_t *place = &lang->index[lang->entries[entry].key & lang->mask];
    if (*place && !(lang->entries[entry].classes & COMMON)) place = &lang->entries[*place].next;
    lang->entries[entry].next = *place;
    *place = (uint16_t)entry;
}

/* Room for twice as many entries, and four places in the index for each. */
static bool grow_entries(reader *self)
{
    qt_lang *lang = self->lang;
    uint32_t room = lang->room ? lang->room * 2 : 256;
    if (room > UINT16_MAX + 1u) return fail(self, "too many forms");
    qt_entry *entries = self->alloc(self->user, room * sizeof *entries);
    uint16_t *index = self->alloc(self->user, 4 * room * sizeof *index);
    if (!entries || !index) return fail(self, "out of memory");
    entries[0].bits = quotes_bits_of(0);
    if (lang->room) memcpy(entries, lang->entries, (lang->used + 1) * sizeof *entries);
    lang->entries = entries;
    lang->index = index;
    lang->room = room;
    lang->mask = 4 * room - 1;
    for (uint32_t i = 1; i <= lang->used; i++) {
        link_entry(lang, i);
    }
    return true;
}

static bool put_stem(reader *self, uint64_t key, uint32_t classes, uint32_t features)
{
    qt_lang *lang = self->lang;
    if ((!lang->stems || lang->stem_used * 2 > lang->stem_mask) &&
        !grow(self, &lang->stems, &lang->stem_mask))
        return false;
    uint32_t i = (uint32_t)key & lang->stem_mask;
    while (lang->stems[i].key && lang->stems[i].key != key) i = (i + 1) & lang->stem_mask;
    qt_entry *e = &lang->stems[i];
    lang->stem_used += !e->key;
    e->key = key;
    e->classes |= classes;
    e->features |= (uint8_t)features;
    e->bits = quotes_bits_of(e->classes) | (e->features & QT_PHRASE);
    set_bit(lang->stems_seen, 12, key);
    return true;
}

static bool put(reader *self, uint64_t key, uint32_t classes, uint32_t features)
{
    qt_lang *lang = self->lang;
    qt_entry *e = lang->entries + (quotes_find(lang, key) - lang->entries);
    if (!e->key) {
        if (lang->used + 1 == lang->room && !grow_entries(self)) return false;
        e = &lang->entries[++lang->used];
        e->key = key;
        e->classes = classes;
        link_entry(lang, lang->used);
    }
    e->classes |= classes;
    e->features |= (uint8_t)features;
    e->bits = quotes_bits_of(e->classes) | (e->features & QT_PHRASE);
    if (lang == &self->lexicon->names) set_bit(self->lexicon->given, 16, key);
    bool common = classes & COMMON && lang != &self->lexicon->names;
    return !common || put_common(self, key);
}

/* The longest stem that the word begins with. */
static const qt_entry *lookup_stem(const qt_lang *lang, const char *p, size_t n)
{
    enum { LONGEST = 47, LEAST = 3 };
    const qt_entry *found = NULL;
    hasher h = {.key = QT_KEY_START};
    const char *s = p, *end = p + n;
    while (s < end && s - p < LONGEST) {
        s += feed_lower(&h, s, end);
        if (s - p > LONGEST || s - p < LEAST || !(lang->stem_lengths >> (s - p) & 1)) continue;
        uint64_t key = finish(&h);
        if (!quotes_may_have(lang->stems_seen, 12, key)) continue;
        const qt_entry *hit = find(lang->stems, lang->stem_mask, key);
        if (hit) found = hit;
    }
    return found;
}

const qt_entry *quotes_lookup_word(const qt_lang *lang, const char *p, size_t n, uint64_t key)
{
    if (!lang) return NULL;
    const qt_entry *hit = quotes_lookup_key(lang, key);
    return hit || !lang->stem_lengths ? hit : lookup_stem(lang, p, n);
}

const qt_entry *quotes_lookup(const qt_lang *lang, const char *p, size_t n, uint64_t *key)
{
    *key = quotes_key(p, n);
    return quotes_lookup_word(lang, p, n, *key);
}

/* ------------------------------------------------------------------ last parts of compounds */

enum { TAIL_BYTES = 4, TAIL_CLASSES = QT_ROLE | QT_BODY | QT_TITLE };

const qt_entry *quotes_lookup_tail(const qt_lang *lang, const char *p, size_t n)
{
    enum { LEAST_HEAD = 3, LONGEST = 40 };
    if (n > LONGEST || n < LEAST_HEAD + TAIL_BYTES) return NULL;
    uint64_t tail = quotes_tail(p + n - TAIL_BYTES);
    if (!quotes_may_have_tail(lang, tail, 0)) return NULL;
    for (size_t from = LEAST_HEAD; from + TAIL_BYTES <= n; from++) {
        if (!quotes_may_have_tail(lang, tail, n - from)) continue;
        if (((unsigned char)p[from] & 0xC0) == 0x80) continue;
        const qt_entry *e = quotes_find(lang, quotes_key(p + from, n - from));
        if (e->classes & TAIL_CLASSES && !(e->classes & QT_FUNCTION)) return e;
    }
    return NULL;
}

static void put_tail(qt_lang *lang, const char *form, size_t n)
{
    if (memchr(form, '\'', n)) /* stands for a longer one too: anything may be a tail */
        memset(lang->tails, 0xFF, sizeof lang->tails);
    else if (n >= TAIL_BYTES) {
        uint64_t tail = quotes_tail(form + n - TAIL_BYTES);
        set_bit(lang->tails, 15, quotes_key_mix(tail, n, 0));
        set_bit(lang->tails, 15, quotes_key_mix(tail, 0, 0));
    }
}

/* ------------------------------------------------------------------ reading cue files */

/* The key of a word or of a phrase. */
static uint64_t form_key(tamis_str rest)
{
    uint64_t joined = 0;
    for (unsigned words = 0; rest.n; words++) {
        tamis_str word = cut(&rest, '_');
        uint64_t key = quotes_key(word.p, word.n);
        joined = words ? quotes_key_join(joined, key) : key;
    }
    return joined;
}

/* kin writer novelist author: who may be called by one another's roles; likewise field, land. */
static bool read_kin(reader *self, qt_kin_row row, tamis_str name, tamis_str forms)
{
    uint64_t of = quotes_key(name.p, name.n);
    unsigned lang = (unsigned)(self->lang - self->lexicon->langs);
    while (forms.n && !self->what) {
        tamis_str form = cut(&forms, ' ');
        if (form.n)
            self->what = quotes_kin_add(self->lexicon, lang, form_key(form), row, of, self->alloc,
                                        self->user);
    }
    return !self->what;
}

static bool add_form(reader *self, const char *form, size_t n, uint32_t classes, uint32_t features)
{
    /* s'étonne is two words where articles and pronouns come off */
    const char *apostrophe = memchr(form, '\'', n < 4 ? n : 4);
    char split[MAX_FORM];
    if (self->lang->traits & QT_ELIDES && apostrophe && apostrophe - form <= 2 &&
        n + 1 < sizeof split && (size_t)(apostrophe - form) + 1 < n && apostrophe[1] != '_') {
        size_t head = (size_t)(apostrophe - form) + 1;
        memcpy(split, form, head);
        split[head] = '_';
        memcpy(split + head + 1, form + head, n - head);
        form = split;
        n++;
    }
    bool stem = n && form[n - 1] == '*';
    if (stem) n--;
    if (!n) return true;
    uint64_t key = 0, joined = 0;
    tamis_str rest = {form, n};
    unsigned words = 0;
    uint64_t first = 0;
    while (rest.n) {
        tamis_str word = cut(&rest, '_');
        key = quotes_key(word.p, word.n);
        if (words && !stem) set_bit(self->lang->phrases, 15, quotes_key_pair(joined, key));
        joined = words ? quotes_key_join(joined, key) : key;
        if (!words++) first = key;
    }
    if (stem) {
        self->lang->stem_lengths |= (uint64_t)1 << (n < 47 ? n : 47);
        return put_stem(self, joined, classes, features);
    }
    if (words > 1 && !put(self, first, 0, QT_PHRASE)) return false;
    if (words == 1 && classes & TAIL_CLASSES) put_tail(self->lang, form, n);
    return put(self, joined, classes, features);
}

static bool add_paradigm_forms(reader *self, tamis_str name, tamis_str stem, uint32_t classes,
                               uint32_t features)
{
    bool any = false;
    for (unsigned i = 0; i < self->paradigm_count; i++) {
        const paradigm *p = &self->paradigms[i];
        if (p->name.n != name.n || memcmp(p->name.p, name.p, name.n) != 0) continue;
        any = true;
        uint32_t mine = classes & ~(uint32_t)QT_SAY;
        uint64_t lemma = 0; /* of roles in cases */
        mine |= str_is(p->part, "part") ? QT_PART : str_is(p->part, "ger") ? QT_GER : QT_SAY;
        if (!(classes & QT_SAY)) mine = classes;
        tamis_str rest = p->suffixes;
        while (rest.n) {
            tamis_str suffix = cut(&rest, ' ');
            char form[MAX_FORM];
            if (!suffix.n) continue;
            if (str_is(suffix, "-")) suffix.n = 0;
            if (stem.n + suffix.n >= sizeof form) continue;
            memcpy(form, stem.p, stem.n);
            memcpy(form + stem.n, suffix.p, suffix.n);
            bool role = classes & QT_ROLE, oblique = role && lemma;
            if (!add_form(self, form, stem.n + suffix.n, mine,
                          oblique ? features | QT_OBLIQUE : features))
                return false;
            if (!role) continue;
            uint64_t key = form_key((tamis_str){form, stem.n + suffix.n});
            if (!oblique) lemma = key;
            unsigned lang = (unsigned)(self->lang - self->lexicon->langs);
            if (oblique && key != lemma)
                self->what = quotes_kin_add(self->lexicon, lang, key, QT_ROW_LEMMA, lemma,
                                            self->alloc, self->user);
            if (self->what) return false;
        }
    }
    if (!any) self->what = "no such paradigm or feature";
    return any;
}

static bool read_features(tamis_str text, uint32_t *classes, uint32_t *features, tamis_str *name)
{
    while (text.n) {
        tamis_str one = cut(&text, ',');
        if (str_is(one, "-")) continue;
        if (str_is(one, "m"))
            *features |= QT_MALE;
        else if (str_is(one, "f"))
            *features |= QT_FEMALE;
        else if (str_is(one, "pl"))
            *features |= QT_PLURAL;
        else if (str_is(one, "self"))
            *features |= QT_SELF;
        else if (str_is(one, "as"))
            *features |= QT_AS;
        else if (str_is(one, "front"))
            *features |= QT_FRONT;
        else if (str_is(one, "label"))
            *features |= QT_LABEL;
        else if (str_is(one, "last"))
            *features |= QT_LAST;
        else if (str_is(one, "own"))
            *features |= QT_OWN;
        else if (str_is(one, "back"))
            *features |= QT_BACK;
        else if (str_is(one, "oblique"))
            *features |= QT_OBLIQUE;
        else if (str_is(one, "past"))
            *features |= QT_PAST;
        else if (str_is(one, "any"))
            *features |= QT_ANYONE;
        else if (str_is(one, "this"))
            *features |= QT_THIS;
        else if (str_is(one, "new"))
            *features |= QT_INDEFINITE;
        else if (str_is(one, "passive"))
            *features |= QT_PASSIVE;
        else if (str_is(one, "weak"))
            *classes |= QT_WEAK;
        else
            *name = one;
    }
    return true;
}

static bool read_paradigm(reader *self, tamis_str name, tamis_str suffixes)
{
    if (self->paradigm_count == MAX_PARADIGMS) {
        self->what = "too many paradigms";
        return false;
    }
    paradigm *p = &self->paradigms[self->paradigm_count++];
    p->name = cut(&name, '.');
    p->part = name;
    p->suffixes = suffixes;
    return true;
}

static bool read_traits(reader *self, tamis_str names)
{
    while (names.n) {
        tamis_str one = cut(&names, ' ');
        bool known = !one.n;
        for (size_t i = 0; i < sizeof trait_names / sizeof *trait_names; i++) {
            if (!str_is(one, trait_names[i].name)) continue;
            self->lang->traits |= trait_names[i].trait;
            known = true;
        }
        if (!known) {
            self->what = "no such trait";
            return false;
        }
    }
    return true;
}

static bool read_endings(reader *self, bool weak, tamis_str forms)
{
    while (forms.n) {
        tamis_str one = cut(&forms, ' ');
        if (!one.n) continue;
        if (self->lang->ending_count == QT_MAX_ENDINGS || one.n >= QT_ENDING_BYTES) {
            self->what = "too many endings, or one too long";
            return false;
        }
        if (weak) self->lang->weak_endings |= 1u << self->lang->ending_count;
        memcpy(self->lang->endings[self->lang->ending_count++], one.p, one.n);
    }
    return true;
}

/* Adds short forms to a list of QT_MAX_FORMS. */
static bool add_forms(reader *self, char (*to)[QT_ENDING_BYTES], tamis_str forms)
{
    unsigned count = 0;
    while (count < QT_MAX_FORMS && *to[count]) count++;
    while (forms.n) {
        tamis_str one = cut(&forms, ' ');
        if (!one.n) continue;
        if (count == QT_MAX_FORMS || one.n >= QT_ENDING_BYTES) {
            self->what = "too many endings, or one too long";
            return false;
        }
        memcpy(to[count++], one.p, one.n);
    }
    return true;
}

typedef char form_list[QT_MAX_FORMS][QT_ENDING_BYTES];

/* Forms of one of the kinds that `names` lists, NULL behind the last; `to` holds a list of each. */
static bool read_forms(reader *self, const char *const *names, tamis_str name, form_list *to,
                       tamis_str forms, const char *missing)
{
    for (; *names; names++, to++)
        if (str_is(name, *names)) return add_forms(self, *to, forms);
    return fail(self, missing);
}

static bool read_other_endings(reader *self, tamis_str name, tamis_str forms)
{
    static const char *const names[QT_ENDING_KINDS + 1] = {
        "gerund", "adverb", "participle", "demonym", "plural", "patronymic", "finite"};
    return read_forms(self, names, name, self->lang->forms, forms, "no such kind of ending");
}

static bool read_manners(reader *self, tamis_str name, tamis_str forms)
{
    static const char *const names[QT_MANNER_KINDS + 1] = {"while", "with", "all"};
    return read_forms(self, names, name, self->lang->manners, forms, "no such kind of manner");
}

static bool read_prefixes(reader *self, tamis_str name, tamis_str forms)
{
    static const char *const names[QT_PREFIX_KINDS + 1] = {"and", "article"};
    return read_forms(self, names, name, self->lang->prefixes, forms, "no such kind of prefix");
}

/* Endings of names in their cases, one row of them. */
static bool read_cases(reader *self, tamis_str forms)
{
    qt_lang *lang = self->lang;
    while (forms.n) {
        tamis_str one = cut(&forms, ' ');
        if (!one.n) continue;
        if (lang->case_count == QT_MAX_CASES || one.n >= QT_ENDING_BYTES) {
            self->what = "too many endings of cases, or one too long";
            return false;
        }
        qt_case *c = &lang->cases[lang->case_count++];
        c->row = (uint8_t)lang->case_rows;
        if (!str_is(one, "-")) memcpy(c->text, one.p, one.n);
    }
    lang->case_rows++;
    return true;
}

static bool read_past(reader *self, uint8_t kind, tamis_str forms)
{
    while (forms.n) {
        tamis_str one = cut(&forms, ' ');
        if (!one.n) continue;
        qt_past *past = &self->lang->past[self->lang->past_count];
        if (self->lang->past_count == QT_MAX_PAST || one.n > sizeof past->bytes) {
            self->what = "too many endings of the past, or one too long";
            return false;
        }
        past->length = (uint8_t)one.n;
        past->kind = kind;
        self->lang->narrates |= kind == QT_HAPPENED;
        for (unsigned i = 0; i < one.n; i++) {
            unsigned shift = 8 * (unsigned)(sizeof past->bytes - one.n + i);
            past->bytes |= (uint64_t)(unsigned char)one.p[i] << shift;
            past->mask |= (uint64_t)0xFF << shift;
        }
        self->lang->past_count++;
        self->lang->past_last |= (uint64_t)1 << (one.p[one.n - 1] & 63);
    }
    return true;
}

static bool begin_language(reader *self, tamis_str tag)
{
    if (!tag.n || tag.n >= sizeof self->lang->tag) {
        self->what = "a language tag of 1 to 7 letters is wanted";
        return false;
    }
    if (str_is(tag, "*")) { /* names of any language */
        self->lang = &self->lexicon->names;
        return self->lang->room || grow_entries(self);
    }
    unsigned found = quotes_lang(self->lexicon, tag);
    if (found == QT_NO_LANG) {
        if (self->lexicon->lang_count == QT_MAX_LANGS) {
            self->what = "too many languages";
            return false;
        }
        found = self->lexicon->lang_count++;
        memcpy(self->lexicon->langs[found].tag, tag.p, tag.n);
    }
    self->lang = &self->lexicon->langs[found];
    return self->lang->room || grow_entries(self);
}

static bool read_row(reader *self, tamis_str row)
{
    tamis_str kind = cut(&row, '\t'), features_text = cut(&row, '\t'), forms = row;
    if (str_is(kind, "language")) return begin_language(self, features_text);
    if (!self->lang) {
        self->what = "the first row must be: language TAB tag";
        return false;
    }
    if (str_is(kind, "trait")) return read_traits(self, features_text);
    if (str_is(kind, "ending") && str_is(features_text, "past"))
        return read_past(self, QT_HAPPENED, forms);
    if (str_is(kind, "ending") && str_is(features_text, "lasting"))
        return read_past(self, QT_LASTED, forms);
    if (str_is(kind, "ending") && str_is(features_text, "told"))
        return read_past(self, QT_TOLD, forms);
    if (str_is(kind, "ending") && str_is(features_text, "case")) return read_cases(self, forms);
    if (str_is(kind, "ending") && (str_is(features_text, "-") || str_is(features_text, "weak")))
        return read_endings(self, features_text.n > 1, forms);
    if (str_is(kind, "ending")) return read_other_endings(self, features_text, forms);
    if (str_is(kind, "manner")) return read_manners(self, features_text, forms);
    if (str_is(kind, "prefix")) return read_prefixes(self, features_text, forms);
    if (str_is(kind, "paradigm")) return read_paradigm(self, features_text, forms);
    if (str_is(kind, "kin")) return read_kin(self, QT_ROW_KIN, features_text, forms);
    if (str_is(kind, "field")) return read_kin(self, QT_ROW_FIELD, features_text, forms);
    if (str_is(kind, "land")) return read_kin(self, QT_ROW_LAND, features_text, forms);
    uint32_t classes = 0, features = 0;
    bool known = false;
    for (size_t i = 0; i < sizeof class_names / sizeof *class_names; i++) {
        if (!str_is(kind, class_names[i].name)) continue;
        classes = class_names[i].classes;
        known = true;
    }
    if (!known) {
        self->what = "no such class";
        return false;
    }
    tamis_str name = {NULL, 0};
    read_features(features_text, &classes, &features, &name);
    while (forms.n) {
        tamis_str form = cut(&forms, ' ');
        if (!form.n) continue;
        bool ok = name.n ? add_paradigm_forms(self, name, form, classes, features)
                         : add_form(self, form.p, form.n, classes, features);
        if (!ok) return false;
    }
    return true;
}

bool quotes_lexicon_read(qt_lexicon *self, tamis_str file, qt_alloc alloc, void *user,
                         unsigned *line, const char **what)
{
    reader r = {.lexicon = self, .alloc = alloc, .user = user};
    *line = 0;
    while (file.n) {
        tamis_str row = cut(&file, '\n');
        ++*line;
        if (row.n && row.p[row.n - 1] == '\r') row.n--;
        if (!row.n || row.p[0] == '#') continue;
        if (!read_row(&r, row)) {
            *what = r.what;
            return false;
        }
    }
    return true;
}

unsigned quotes_lang(const qt_lexicon *self, tamis_str tag)
{
    size_t primary = 0;
    while (primary < tag.n && tag.p[primary] != '-' && tag.p[primary] != '_') primary++;
    for (unsigned i = 0; i < self->lang_count; i++) {
        if (strlen(self->langs[i].tag) == primary && !memcmp(self->langs[i].tag, tag.p, primary))
            return i;
    }
    return QT_NO_LANG;
}

/* ------------------------------------------------------------------ score table of kinds */

/* Rows: feature TAB language (or *) TAB weight. A language's own weight is added to that of `*`. */
static bool read_weight(qt_lexicon *self, tamis_str row, const char **what)
{
    tamis_str name = cut(&row, '\t'), lang = cut(&row, '\t'), number = cut(&row, '\t');
    unsigned feature = 0;
    while (feature < QT_MAX_FEATURES &&
           !(quotes_feature_names[feature] && str_is(name, quotes_feature_names[feature])))
        feature++;
    if (feature == QT_MAX_FEATURES) {
        *what = "no such feature";
        return false;
    }
    char digits[12];
    if (!number.n || number.n >= sizeof digits) {
        *what = "a whole number is wanted as third column";
        return false;
    }
    memcpy(digits, number.p, number.n);
    digits[number.n] = 0;
    char *rest;
    long value = strtol(digits, &rest, 10);
    if (*rest || value < -1000 || value > 1000) {
        *what = "a whole number from -1000 to 1000 is wanted as third column";
        return false;
    }
    unsigned row_of = QT_MAX_LANGS;
    if (!str_is(lang, "*")) {
        row_of = quotes_lang(self, lang);
        if (row_of == QT_NO_LANG) return true; /* a language without cues */
    }
    self->weights[row_of][feature] = (int16_t)value;
    return true;
}

bool quotes_weights_read(qt_lexicon *self, tamis_str file, unsigned *line, const char **what)
{
    *line = 0;
    while (file.n) {
        tamis_str row = cut(&file, '\n');
        ++*line;
        if (row.n && row.p[row.n - 1] == '\r') row.n--;
        if (!row.n || row.p[0] == '#') continue;
        if (!read_weight(self, row, what)) return false;
    }
    return true;
}

/* ------------------------------------------------------------------ which language */

/* Function words decide; a word of several languages counts for each. */
unsigned quotes_probe(const qt_lexicon *self, tamis_str text, unsigned fallback)
{
    unsigned hits[QT_MAX_LANGS] = {0};
    unsigned words = 0;
    const char *p = text.p, *end = text.p + text.n;
    while (p < end && words < 160) {
        unsigned length;
        uint32_t c = quotes_decode(p, end, &length);
        if (!quotes_is_letter(c)) {
            p += length;
            continue;
        }
        const char *from = p;
        while (p < end && quotes_is_letter(c)) {
            p += length;
            if (p < end) c = quotes_decode(p, end, &length);
        }
        if (p - from > 24) continue;
        words++;
        uint64_t key = quotes_key(from, (size_t)(p - from));
        uint64_t langs =
            self->common ? find_common(self->common, self->common_mask, key)->langs : 0;
        for (; langs; langs &= langs - 1) hits[__builtin_ctzll(langs)]++;
    }
    unsigned best = fallback, most = fallback < self->lang_count ? hits[fallback] : 0;
    for (unsigned i = 0; i < self->lang_count; i++) {
        bool clear = fallback == QT_NO_LANG
                         ? hits[i] >= 2 && hits[i] > most
                         : hits[i] >= 4 && hits[i] > most && 2 * hits[i] > 3 * hits[fallback];
        if (clear) {
            best = i;
            most = hits[i];
        }
    }
    return best;
}
