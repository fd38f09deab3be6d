/* Cue files: what words mean to attribution, one file a language.
 *
 * A file has rows  class TAB features TAB forms  (forms apart by spaces; `_` joins the words of a
 * phrase, `*` at the end makes a stem). A row `paradigm NAME.part SUFFIXES` defines endings;
 * `say NAME STEMS` then stands for each stem with each ending. Rows of other names tell what a
 * language does, how its words end, and what is kin to what. lexicon.c holds what is read. */
#include "entries.h"

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

static const struct {
    const char *name;
    uint32_t feature;
} feature_names[] = {
    {"m", QT_MALE},     {"f", QT_FEMALE},    {"pl", QT_PLURAL},       {"self", QT_SELF},
    {"as", QT_AS},      {"front", QT_FRONT}, {"label", QT_LABEL},     {"last", QT_LAST},
    {"own", QT_OWN},    {"back", QT_BACK},   {"oblique", QT_OBLIQUE}, {"past", QT_PAST},
    {"any", QT_ANYONE}, {"this", QT_THIS},   {"new", QT_INDEFINITE},  {"passive", QT_PASSIVE},
};

enum { MAX_PARADIGMS = 48, MAX_FORM = 96 };

typedef struct {
    tamis_str name, part, suffixes;
} paradigm;

typedef struct {
    qt_filling to;
    paradigm paradigms[MAX_PARADIGMS];
    unsigned paradigm_count;
} reader;

static bool fail(reader *self, const char *what)
{
    self->to.what = what;
    return false;
}

/* The next word of a list; false where there is none. */
static bool next_of(tamis_str *list, tamis_str *one)
{
    do *one = quotes_cut(list, ' ');
    while (!one->n && list->n);
    return one->n != 0;
}

static bool add_kin(reader *self, uint64_t word, qt_kin_row row, uint64_t of)
{
    unsigned lang = (unsigned)(self->to.lang - self->to.lexicon->langs);
    self->to.what =
        quotes_kin_add(self->to.lexicon, lang, word, row, of, self->to.alloc, self->to.user);
    return !self->to.what;
}

/* Etat, Evoquant: where a page sets its capitals without accents, é that begins a word, in `room`.
 * False where no word does, or the language has no such words. */
static bool without_accents(const reader *self, tamis_str form, char *room, tamis_str *plain)
{
    enum { LEAD = 0xC3, CAPITAL = 0x89, SMALL = 0xA9 };
    size_t n = 0;
    if (!quotes_like_french(self->to.lang->traits) || form.n >= MAX_FORM) return false;
    for (size_t i = 0; i < form.n; i++) {
        bool first = i == 0 || form.p[i - 1] == '_' || form.p[i - 1] == '\'';
        unsigned char next = i + 1 < form.n ? (unsigned char)form.p[i + 1] : 0;
        bool accent =
            first && (unsigned char)form.p[i] == LEAD && (next == SMALL || next == CAPITAL);
        room[n++] = accent ? 'e' : form.p[i];
        i += accent;
    }
    *plain = (tamis_str){room, n};
    return n < form.n;
}

/* kin writer novelist author: who may be called by one another's roles; likewise field, land. */
static bool read_kin(reader *self, qt_kin_row row, tamis_str name, tamis_str forms)
{
    uint64_t of = quotes_key(name.p, name.n);
    for (tamis_str form; next_of(&forms, &form);) {
        char room[MAX_FORM];
        tamis_str plain;
        if (!add_kin(self, quotes_form_key(form), row, of)) return false;
        if (without_accents(self, form, room, &plain) &&
            !add_kin(self, quotes_form_key(plain), row, of))
            return false;
    }
    return true;
}

static bool add_form(reader *self, tamis_str form, uint32_t classes, uint32_t features);

/* Human_Rights_Watch: words that are one name, which small letters and articles do not part. */
static bool join_name(reader *self, tamis_str form)
{
    return !memchr(form.p, '_', form.n) || add_form(self, form, QT_BODY, 0);
}

/* short ONU Nations_unies: either stands for the other. */
static bool read_short(reader *self, tamis_str name, tamis_str forms)
{
    uint64_t brief = quotes_form_key(name);
    for (tamis_str form; next_of(&forms, &form);) {
        uint64_t whole = quotes_form_key(form);
        if (!add_kin(self, quotes_short_key(whole), QT_ROW_LEMMA, brief)) return false;
        if (!join_name(self, form)) return false;
    }
    return true;
}

/* holder président,ru,m Poutine: the role, the country and the gender of whoever has that name;
 * known medium,fr Monde: the kin and the country of a group. A country may be left out by "-". */
static bool read_known(reader *self, bool person, tamis_str says, tamis_str forms)
{
    tamis_str role = quotes_cut(&says, ','), land = quotes_cut(&says, ',');
    uint64_t gender = quotes_str_is(says, "f") ? QT_FEMALE : person ? QT_MALE : 0;
    for (tamis_str form; next_of(&forms, &form);) {
        uint64_t key = quotes_known_key(quotes_form_key(form));
        uint64_t of = person ? quotes_form_key(role) : quotes_key(role.p, role.n);
        if (!add_kin(self, key, person ? QT_ROW_LEMMA : QT_ROW_KIN, of)) return false;
        if (gender && !add_kin(self, key, QT_ROW_GENDER, gender)) return false;
        if (!person && !join_name(self, form)) return false;
        if (!quotes_str_is(land, "-") &&
            !add_kin(self, key, QT_ROW_LAND, quotes_key(land.p, land.n)))
            return false;
    }
    return true;
}

static bool add_form(reader *self, tamis_str form, uint32_t classes, uint32_t features)
{
    /* s'étonne is two words where articles and pronouns come off */
    const char *apostrophe = memchr(form.p, '\'', form.n < 4 ? form.n : 4);
    size_t head = apostrophe ? (size_t)(apostrophe - form.p) + 1 : 0;
    char split[MAX_FORM];
    if (self->to.lang->traits & QT_ELIDES && head && head <= 3 && form.n + 1 < sizeof split &&
        head < form.n && form.p[head] != '_') {
        memcpy(split, form.p, head);
        split[head] = '_';
        memcpy(split + head + 1, form.p + head, form.n - head);
        form = (tamis_str){split, form.n + 1};
    }
    bool stem = form.n && form.p[form.n - 1] == '*';
    if (stem) form.n--;
    if (!form.n) return true;
    if (stem) return quotes_put_stem(&self->to, form, classes, features);
    char room[MAX_FORM];
    tamis_str plain;
    if (without_accents(self, form, room, &plain) &&
        !quotes_put(&self->to, plain, classes, features))
        return false;
    return quotes_put(&self->to, form, classes, features);
}

static uint32_t part_class(tamis_str part)
{
    return quotes_str_is(part, "part") ? QT_PART : quotes_str_is(part, "ger") ? QT_GER : QT_SAY;
}

/* The stem with each ending. Of roles the first form is the nominative, the others its cases. */
static bool add_inflected(reader *self, const paradigm *p, tamis_str stem, uint32_t classes,
                          uint32_t features)
{
    if (classes & QT_SAY) classes = (classes & ~(uint32_t)QT_SAY) | part_class(p->part);
    bool role = classes & QT_ROLE;
    uint64_t lemma = 0;
    tamis_str rest = p->suffixes;
    for (tamis_str suffix; next_of(&rest, &suffix);) {
        char form[MAX_FORM];
        if (quotes_str_is(suffix, "-")) suffix.n = 0;
        if (stem.n + suffix.n >= sizeof form) continue;
        memcpy(form, stem.p, stem.n);
        memcpy(form + stem.n, suffix.p, suffix.n);
        tamis_str whole = {form, stem.n + suffix.n};
        if (!add_form(self, whole, classes, lemma ? features | QT_OBLIQUE : features)) return false;
        if (!role) continue;
        uint64_t key = quotes_form_key(whole);
        if (!lemma) lemma = key;
        if (key != lemma && !add_kin(self, key, QT_ROW_LEMMA, lemma)) return false;
    }
    return true;
}

static bool add_paradigm_forms(reader *self, tamis_str name, tamis_str stem, uint32_t classes,
                               uint32_t features)
{
    bool any = false;
    for (unsigned i = 0; i < self->paradigm_count; i++) {
        const paradigm *p = &self->paradigms[i];
        if (p->name.n != name.n || memcmp(p->name.p, name.p, name.n) != 0) continue;
        any = true;
        if (!add_inflected(self, p, stem, classes, features)) return false;
    }
    return any || fail(self, "no such paradigm or feature");
}

/* What stands in a row's second column; what is no feature is the name of a paradigm. */
static void read_features(tamis_str text, uint32_t *classes, uint32_t *features, tamis_str *name)
{
    while (text.n) {
        tamis_str one = quotes_cut(&text, ',');
        if (quotes_str_is(one, "-")) continue;
        uint32_t feature = 0;
        for (size_t i = 0; i < sizeof feature_names / sizeof *feature_names; i++)
            if (quotes_str_is(one, feature_names[i].name)) feature = feature_names[i].feature;
        *features |= feature;
        if (quotes_str_is(one, "weak"))
            *classes |= QT_WEAK;
        else if (!feature)
            *name = one;
    }
}

static bool read_paradigm(reader *self, tamis_str name, tamis_str suffixes)
{
    if (self->paradigm_count == MAX_PARADIGMS) return fail(self, "too many paradigms");
    paradigm *p = &self->paradigms[self->paradigm_count++];
    p->name = quotes_cut(&name, '.');
    p->part = name;
    p->suffixes = suffixes;
    return true;
}

static bool read_traits(reader *self, tamis_str names)
{
    for (tamis_str one; next_of(&names, &one);) {
        bool known = false;
        for (size_t i = 0; i < sizeof trait_names / sizeof *trait_names; i++) {
            if (!quotes_str_is(one, trait_names[i].name)) continue;
            self->to.lang->traits |= trait_names[i].trait;
            known = true;
        }
        if (!known) return fail(self, "no such trait");
    }
    return true;
}

static bool read_endings(reader *self, bool weak, tamis_str forms)
{
    for (tamis_str one; next_of(&forms, &one);) {
        if (self->to.lang->ending_count == QT_MAX_ENDINGS || one.n >= QT_ENDING_BYTES)
            return fail(self, "too many endings, or one too long");
        if (weak) self->to.lang->weak_endings |= 1u << self->to.lang->ending_count;
        memcpy(self->to.lang->endings[self->to.lang->ending_count++], one.p, one.n);
    }
    return true;
}

/* Adds short forms to a list of QT_MAX_FORMS. */
static bool add_forms(reader *self, char (*to)[QT_ENDING_BYTES], tamis_str forms)
{
    unsigned count = 0;
    while (count < QT_MAX_FORMS && *to[count]) count++;
    for (tamis_str one; next_of(&forms, &one);) {
        if (count == QT_MAX_FORMS || one.n >= QT_ENDING_BYTES)
            return fail(self, "too many endings, or one too long");
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
        if (quotes_str_is(name, *names)) return add_forms(self, *to, forms);
    return fail(self, missing);
}

static bool read_other_endings(reader *self, tamis_str name, tamis_str forms)
{
    static const char *const names[QT_ENDING_KINDS + 1] = {
        "gerund", "adverb", "participle", "demonym", "plural", "patronymic", "finite"};
    return read_forms(self, names, name, self->to.lang->forms, forms, "no such kind of ending");
}

static bool read_manners(reader *self, tamis_str name, tamis_str forms)
{
    static const char *const names[QT_MANNER_KINDS + 1] = {"while", "with", "all"};
    return read_forms(self, names, name, self->to.lang->manners, forms, "no such kind of manner");
}

static bool read_prefixes(reader *self, tamis_str name, tamis_str forms)
{
    static const char *const names[QT_PREFIX_KINDS + 1] = {"and", "article"};
    return read_forms(self, names, name, self->to.lang->prefixes, forms, "no such kind of prefix");
}

/* Endings of names in their cases, one row of them. */
static bool read_cases(reader *self, tamis_str forms)
{
    qt_lang *lang = self->to.lang;
    for (tamis_str one; next_of(&forms, &one);) {
        if (lang->case_count == QT_MAX_CASES || one.n >= QT_ENDING_BYTES)
            return fail(self, "too many endings of cases, or one too long");
        qt_case *c = &lang->cases[lang->case_count++];
        c->row = (uint8_t)lang->case_rows;
        if (!quotes_str_is(one, "-")) memcpy(c->text, one.p, one.n);
    }
    lang->case_rows++;
    return true;
}

static bool read_past(reader *self, uint8_t kind, tamis_str forms)
{
    for (tamis_str one; next_of(&forms, &one);) {
        qt_past *past = &self->to.lang->past[self->to.lang->past_count];
        if (self->to.lang->past_count == QT_MAX_PAST || one.n > sizeof past->bytes)
            return fail(self, "too many endings of the past, or one too long");
        past->length = (uint8_t)one.n;
        past->kind = kind;
        self->to.lang->narrates |= kind == QT_HAPPENED;
        for (unsigned i = 0; i < one.n; i++) {
            unsigned shift = 8 * (unsigned)(sizeof past->bytes - one.n + i);
            past->bytes |= (uint64_t)(unsigned char)one.p[i] << shift;
            past->mask |= (uint64_t)0xFF << shift;
        }
        self->to.lang->past_count++;
        self->to.lang->past_last |= (uint64_t)1 << (one.p[one.n - 1] & 63);
    }
    return true;
}

static bool read_ending_row(reader *self, tamis_str name, tamis_str forms)
{
    if (quotes_str_is(name, "past")) return read_past(self, QT_HAPPENED, forms);
    if (quotes_str_is(name, "lasting")) return read_past(self, QT_LASTED, forms);
    if (quotes_str_is(name, "told")) return read_past(self, QT_TOLD, forms);
    if (quotes_str_is(name, "case")) return read_cases(self, forms);
    if (quotes_str_is(name, "-")) return read_endings(self, false, forms);
    if (quotes_str_is(name, "weak")) return read_endings(self, true, forms);
    return read_other_endings(self, name, forms);
}

static bool read_class_row(reader *self, tamis_str class, tamis_str features_text, tamis_str forms)
{
    size_t row = 0, rows = sizeof class_names / sizeof *class_names;
    while (row < rows && !quotes_str_is(class, class_names[row].name)) row++;
    if (row == rows) return fail(self, "no such class");
    uint32_t classes = class_names[row].classes, features = 0;
    tamis_str endings = {NULL, 0};
    read_features(features_text, &classes, &features, &endings);
    for (tamis_str form; next_of(&forms, &form);) {
        bool ok = endings.n ? add_paradigm_forms(self, endings, form, classes, features)
                            : add_form(self, form, classes, features);
        if (!ok) return false;
    }
    return true;
}

static bool read_row(reader *self, tamis_str row)
{
    tamis_str kind = quotes_cut(&row, '\t'), name = quotes_cut(&row, '\t'), forms = row;
    if (quotes_str_is(kind, "language")) return quotes_fill(&self->to, name);
    if (!self->to.lang) return fail(self, "the first row must be: language TAB tag");
    if (quotes_str_is(kind, "trait")) return read_traits(self, name);
    if (quotes_str_is(kind, "ending")) return read_ending_row(self, name, forms);
    if (quotes_str_is(kind, "manner")) return read_manners(self, name, forms);
    if (quotes_str_is(kind, "prefix")) return read_prefixes(self, name, forms);
    if (quotes_str_is(kind, "paradigm")) return read_paradigm(self, name, forms);
    if (quotes_str_is(kind, "kin")) return read_kin(self, QT_ROW_KIN, name, forms);
    if (quotes_str_is(kind, "field")) return read_kin(self, QT_ROW_FIELD, name, forms);
    if (quotes_str_is(kind, "land")) return read_kin(self, QT_ROW_LAND, name, forms);
    if (quotes_str_is(kind, "short")) return read_short(self, name, forms);
    if (quotes_str_is(kind, "holder")) return read_known(self, true, name, forms);
    if (quotes_str_is(kind, "known")) return read_known(self, false, name, forms);
    return read_class_row(self, kind, name, forms);
}

bool quotes_lexicon_read(qt_lexicon *self, tamis_str file, qt_alloc alloc, void *user,
                         unsigned *line, const char **what)
{
    reader r = {.to = {.lexicon = self, .alloc = alloc, .user = user}};
    *line = 0;
    for (tamis_str row; quotes_next_row(&file, line, &row);) {
        if (read_row(&r, row)) continue;
        *what = r.to.what;
        return false;
    }
    return true;
}
