/* Lexicons: what words mean to attribution, one file a language, and the score table of kinds.
 *
 * A cue file has rows  class TAB features TAB forms  (forms separated by spaces, `_` joins the words
 * of a phrase, `*` at the end makes a stem). A row `paradigm NAME.part SUFFIXES` defines endings;
 * `say NAME STEMS` then stands for each stem with each ending. Words are looked up by a 64-bit hash
 * of their lower-case letters; a phrase by the joined hashes of its words. */
#include "quotes.h"

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
    {"body", QT_BODY},       {"verb", QT_VERB},
};

static const struct {
    const char *name;
    uint32_t trait;
} trait_names[] = {
    {"elides", QT_ELIDES},           {"inverts", QT_INVERTS},
    {"nouns-upper", QT_NOUNS_UPPER}, {"v2", QT_V2},
    {"no-article", QT_NO_ARTICLE},   {"drops", QT_DROPS},
    {"caseless", QT_CASELESS},       {"dashes", QT_DASHES},
    {"verb-final", QT_FINAL},
};

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

static uint64_t hash_byte(uint64_t h, unsigned char c)
{
    return (h ^ c) * 0x100000001B3u;
}

static uint64_t hash_start(void)
{
    return 0xCBF29CE484222325u;
}

static uint64_t hash_end(uint64_t h)
{
    h ^= h >> 29;
    h *= 0x9E3779B97F4A7C15u;
    h ^= h >> 32;
    return h ? h : 1;
}

static uint64_t hash_code_point(uint64_t h, uint32_t c)
{
    if (c == 0x2019) c = '\'';
    if (c >= 0x622 && c < 0x653) { /* Arabic: one alef, no vowel signs, no stretching */
        if (c >= 0x64B || c == 0x640) return h;
        if (c == 0x622 || c == 0x623 || c == 0x625) c = 0x627;
        if (c == 0x649) c = 0x64A;
    }
    if (c < 0x80) return hash_byte(h, (unsigned char)c);
    if (c < 0x800) {
        h = hash_byte(h, (unsigned char)(0xC0 | c >> 6));
        return hash_byte(h, (unsigned char)(0x80 | (c & 0x3F)));
    }
    h = hash_byte(h, (unsigned char)(0xE0 | c >> 12));
    h = hash_byte(h, (unsigned char)(0x80 | (c >> 6 & 0x3F)));
    return hash_byte(h, (unsigned char)(0x80 | (c & 0x3F)));
}

uint64_t quotes_key_join(uint64_t a, uint64_t b)
{
    return hash_end(a * 31 + b);
}

/* ------------------------------------------------------------------ tables */

static const qt_entry *find(const qt_entry *slots, uint32_t mask, uint64_t key)
{
    if (!slots) return NULL;
    for (uint32_t i = (uint32_t)key & mask;; i = (i + 1) & mask) {
        if (slots[i].key == key) return &slots[i];
        if (!slots[i].key) return NULL;
    }
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

static bool put(reader *self, bool stem, uint64_t key, uint32_t classes, uint32_t features)
{
    qt_entry **slots = stem ? &self->lang->stems : &self->lang->slots;
    uint32_t *mask = stem ? &self->lang->stem_mask : &self->lang->mask;
    uint32_t *used = stem ? &self->lang->stem_used : &self->lang->used;
    if ((!*slots || *used * 2 > *mask) && !grow(self, slots, mask)) return false;
    uint32_t i = (uint32_t)key & *mask;
    while ((*slots)[i].key && (*slots)[i].key != key) i = (i + 1) & *mask;
    *used += !(*slots)[i].key;
    (*slots)[i].key = key;
    (*slots)[i].classes |= classes;
    (*slots)[i].features |= features;
    return true;
}

const qt_entry *quotes_lookup_key(const qt_lang *lang, uint64_t key)
{
    return find(lang->slots, lang->mask, key);
}

const qt_entry *quotes_lookup(const qt_lang *lang, const char *p, size_t n, uint64_t *key)
{
    uint64_t prefixes[48];
    uint64_t h = hash_start();
    const char *s = p, *end = p + n;
    while (s < end) {
        unsigned char c = (unsigned char)*s;
        unsigned length = 1;
        if (c < 0x80) {
            h = hash_byte(h, c >= 'A' && c <= 'Z' ? c | 0x20 : c);
        } else {
            uint32_t code = quotes_decode(s, end, &length);
            h = hash_code_point(h, quotes_lower(code));
        }
        s += length;
        if (lang && lang->stem_lengths && s - p < 48) prefixes[s - p] = h;
    }
    *key = hash_end(h);
    if (!lang) return NULL;
    const qt_entry *hit = find(lang->slots, lang->mask, *key);
    if (hit || !lang->stem_lengths) return hit;
    for (size_t cut_at = n < 47 ? n : 47; cut_at >= 3; cut_at--) {
        if (!(lang->stem_lengths >> cut_at & 1)) continue;
        if (cut_at < n && ((unsigned char)p[cut_at] & 0xC0) == 0x80) continue;
        hit = find(lang->stems, lang->stem_mask, hash_end(prefixes[cut_at]));
        if (hit) return hit;
    }
    return NULL;
}

/* ------------------------------------------------------------------ reading cue files */

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
        quotes_lookup(NULL, word.p, word.n, &key);
        joined = words ? quotes_key_join(joined, key) : key;
        if (!words++) first = key;
    }
    if (stem) {
        self->lang->stem_lengths |= (uint64_t)1 << (n < 47 ? n : 47);
        return put(self, true, joined, classes, features);
    }
    if (words > 1 && !put(self, false, first, 0, QT_PHRASE)) return false;
    return put(self, false, joined, classes, features);
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
            if (!add_form(self, form, stem.n + suffix.n, mine, features)) return false;
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

static bool begin_language(reader *self, tamis_str tag)
{
    if (!tag.n || tag.n >= sizeof self->lang->tag) {
        self->what = "a language tag of 1 to 7 letters is wanted";
        return false;
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
    return true;
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
    if (str_is(kind, "ending")) return read_endings(self, str_is(features_text, "weak"), forms);
    if (str_is(kind, "paradigm")) return read_paradigm(self, features_text, forms);
    uint32_t classes = 0, features = 0;
    for (size_t i = 0; i < sizeof class_names / sizeof *class_names; i++) {
        if (str_is(kind, class_names[i].name)) classes = class_names[i].classes;
    }
    if (!classes) {
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
        uint64_t key;
        quotes_lookup(NULL, from, (size_t)(p - from), &key);
        for (unsigned i = 0; i < self->lang_count; i++) {
            const qt_entry *e = find(self->langs[i].slots, self->langs[i].mask, key);
            if (e && e->classes & (QT_FUNCTION | QT_CUE) & ~(uint32_t)QT_NONAME) hits[i]++;
        }
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
