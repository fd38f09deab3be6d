/* Noun phrases: which tokens name whoever speaks, and what phrase follows a verb (said the mayor of
 * Lyon). after.c, before.c and resolve.c ask; subject.c builds on it. No grammar, only the order of
 * word classes. */
#include "phrase.h"

#include <string.h>

enum { MAX_PHRASE = 12, MAX_SKIP = 12, NAME_BYTES = 48, MAX_GAP = 3 };

bool quotes_ends_like_verb(const qt_engine *self, const qt_token *t, bool weak)
{
    const qt_lang *lang = self->lang == QT_NO_LANG ? NULL : &self->lexicon->langs[self->lang];
    for (unsigned i = 0; lang && i < lang->ending_count; i++) {
        size_t n = strlen(lang->endings[i]);
        if (!weak && lang->weak_endings >> i & 1) continue;
        if (t->end - t->start > n + 2 && !memcmp(self->text + t->end - n, lang->endings[i], n))
            return true;
    }
    return false;
}

bool quotes_ends_as(const qt_engine *self, const qt_token *t, qt_ending_kind kind, uint32_t least)
{
    if (self->lang == QT_NO_LANG || t->end - t->start < least) return false;
    const char(*forms)[QT_ENDING_BYTES] = self->lexicon->langs[self->lang].forms[kind];
    for (unsigned i = 0; i < QT_MAX_FORMS && *forms[i]; i++) {
        size_t n = strlen(forms[i]);
        if (n < least && !memcmp(self->text + t->end - n, forms[i], n)) return true;
    }
    return false;
}

static bool is_article(const qt_token *t)
{
    return t->type == QT_WORD && t->classes & (QT_DET | QT_OF);
}

/* Anna Baker, Thomas Bauer: a role with a capital that ends a name. */
static bool is_surname(const qt_token *t, unsigned count, unsigned at)
{
    if (t[at].type != QT_WORD || !(t[at].flags & QT_CAP)) return false;
    if (t[at].classes & QT_ADV && t[at - 1].classes & QT_GIVEN && !(t[at].classes & ~QT_ADV))
        return at + 1 >= count || !quotes_is_name(&t[at + 1]); /* Ralf Kurz */
    if (!(t[at].classes & QT_ROLE)) return false;
    if (t[at].classes & (QT_FUNCTION | QT_TITLE) || t[at - 1].classes & (QT_BODY | QT_PLACE))
        return false;
    /* the Serbian Prime Minister */
    if (at > 1 && t[at - 2].type == QT_WORD && t[at - 2].classes & QT_DET &&
        !(t[at - 1].classes & QT_GIVEN))
        return false;
    return at + 1 >= count || !quotes_is_name(&t[at + 1]);
}

/* президент России | Владимир Путин: the place that a role hangs on, and then a whole name. */
static bool ends_complement(const qt_token *t, unsigned count, unsigned at, unsigned i)
{
    bool cased = t[i].cased && t[i].classes & QT_GIVEN && !(t[i - 1].classes & QT_GIVEN) &&
                 at > 0 && !(t[at - 1].flags & QT_ENDS); /* глава Роснефти | Иван Петров */
    if (!cased && !(t[i - 1].classes & QT_PLACE)) return false;
    if (t[i].classes & QT_PLACE || at == 0) return false;
    if (t[at - 1].type != QT_WORD || t[at - 1].classes & (QT_OF | QT_DET)) return false;
    if (!(t[at - 1].flags & QT_LOWER) && !(t[at - 1].classes & (QT_ROLE | QT_TITLE))) return false;
    return i + 1 < count && quotes_is_name(&t[i + 1]) && !(t[i + 1].classes & QT_PLACE);
}

/* The end of the run of names that begins at `at`. */
unsigned quotes_run_of_names(const qt_token *tokens, unsigned count, unsigned at)
{
    unsigned i = at + 1;
    bool hangs = at > 0 && tokens[at - 1].classes & (QT_PREP | QT_DET);
    bool of_house = at > 0 && tokens[at - 1].type == QT_WORD && tokens[at - 1].flags & QT_LOWER &&
                    tokens[at - 1].classes & (QT_BODY | QT_NAMING);
    while (i < count && i - at < 7) {
        if (tokens[i].start > tokens[i - 1].end + MAX_GAP) break; /* a symbol stands between */
        if (quotes_is_name(&tokens[i])) {
            /* BBC | Anna Keller */
            if (i <= at + 2 && i + 1 < count && tokens[at].flags & QT_UPPER &&
                tokens[i - 1].flags & QT_UPPER && tokens[at].end > tokens[at].start + 1 &&
                !(tokens[i].flags & QT_UPPER) && quotes_is_name(&tokens[i + 1]) &&
                !(tokens[i + 1].flags & QT_UPPER) && !(tokens[at].flags & QT_PERSON))
                break;
            if (ends_complement(tokens, count, at, i)) break;
            /* du Quai d'Orsay | Philippe Lalliot */
            if (hangs && tokens[i].classes & QT_GIVEN && !(tokens[i - 1].classes & QT_GIVEN)) break;
            /* l'hôpital Bichat | Anne Petit */
            if (of_house && tokens[i].classes & QT_GIVEN && !(tokens[at].classes & QT_GIVEN) &&
                i + 1 < count && quotes_is_name(&tokens[i + 1]))
                break;
            i++;
            continue;
        }
        /* neither a capital nor a particle */
        if (!(tokens[i].flags & QT_CAP) && !(tokens[i].features & QT_SELF)) break;
        if (is_surname(tokens, count, i)) return i + 1;
        if (tokens[i].flags & QT_CAP && tokens[i - 1].classes & QT_GIVEN && i + 1 < count &&
            is_article(&tokens[i]) && quotes_is_name(&tokens[i + 1])) {
            i += 2; /* Jean Le Goff */
            continue;
        }
        unsigned j = i;
        while (j < count && j - i < 2 && tokens[j].type == QT_WORD && tokens[j].flags & QT_LOWER &&
               tokens[j].features & QT_SELF)
            j++;
        /* Peter Martin | von der Firma Brandt */
        if (j > i && i > at + 1 && tokens[at].classes & QT_GIVEN && tokens[i].features & QT_FRONT &&
            !(tokens[i - 1].classes & QT_GIVEN))
            break;
        bool article = j == i + 1 && j + 1 < count && tokens[at].classes & QT_GIVEN &&
                       tokens[j].classes & QT_DET && tokens[j].flags & QT_LOWER;
        if (article && tokens[j + 1].flags & QT_UPPER) break; /* Anne Petit | de la CFDT */
        if (article) j++;                                     /* Jean de la Fontaine */
        if (j == i || j >= count || !quotes_is_name(&tokens[j]) || tokens[j].classes & QT_PLACE ||
            tokens[i - 1].classes & QT_PLACE)
            break;
        /* Réaction de Jean Petit */
        if (tokens[j].classes & QT_GIVEN && !(tokens[i - 1].classes & QT_GIVEN) && i == at + 1)
            break;
        i = j + 1;
    }
    return i;
}

/* Does a name at `at` hang on a preposition: not at all, by a noun between (du journal X), or
 * outright? */
enum { HANGS_NOT, HANGS_BY_NOUN, HANGS };

static int how_it_hangs(const qt_token *t, unsigned from, unsigned at)
{
    unsigned p = at;
    while (p > from && t[p - 1].classes & (QT_ROLE | QT_TITLE) && p - 1 > from &&
           t[p - 2].type == QT_WORD && t[p - 2].classes & (QT_PREP | QT_DET))
        p--; /* du président X */
    while (p > from && t[p - 1].classes & QT_DET && !(t[p - 1].classes & QT_PREP)) p--;
    /* a word that is article and genitive (der) is the former where a phrase begins */
    if (p > from && t[p - 1].classes & QT_PREP && !(t[p - 1].classes & QT_DET && p - 1 == from))
        return HANGS;
    bool noun = p > from && t[p - 1].flags & QT_LOWER && t[p - 1].classes & (QT_NAMING | QT_BODY);
    if (!noun) return HANGS_NOT;
    for (p--; p > from && t[p - 1].classes & QT_DET && !(t[p - 1].classes & QT_PREP);) p--;
    return p > from && t[p - 1].classes & QT_OF ? HANGS_BY_NOUN : HANGS_NOT;
}

/* The first or last run of names in [from, to) that hangs on no preposition, or least so. */
bool quotes_name_in(const qt_token *tokens, unsigned from, unsigned to, bool last, unsigned *a,
                    unsigned *b)
{
    int hangs = HANGS + 1;
    for (unsigned i = from; i < to;) {
        unsigned end = quotes_name_run(tokens, to, i);
        if (end == i) {
            i++;
            continue;
        }
        int now = how_it_hangs(tokens, from, i);
        if (now < hangs || (last && now == hangs && now < HANGS)) {
            *a = i;
            *b = end;
            hangs = now;
        }
        i = end;
    }
    return hangs < HANGS;
}

/* A person by age: 31-latek, der 31-Jährige, 36-åringen. */
bool quotes_is_aged(const qt_engine *self, const qt_token *t)
{
    enum { LEAST = 5 }; /* bytes */
    if (t->type != QT_NUMBER || t->end - t->start < LEAST) return false;
    if (!(self->traits & (QT_NO_ARTICLE | QT_V2))) return false;
    return memchr(self->text + t->start, '-', LEAST - 1) &&
           (unsigned char)self->text[t->end - 1] > '9';
}

bool quotes_starts_phrase(const qt_engine *self, const qt_token *t)
{
    enum { GERUND = 6 };
    if (t->type != QT_WORD) return false;
    if (quotes_is_name(t) || t->classes & (QT_DET | QT_TITLE | QT_ROLE | QT_POSS)) return true;
    if (t->classes & (QT_FUNCTION | QT_CUE)) return false;
    if (self->traits & QT_NOUNS_UPPER && t->flags & QT_LOWER && !t->classes)
        return true;                                  /* an adjective */
    if (self->traits & (QT_NO_ARTICLE | QT_CASELESS)) /* zwracając się: a gerund */
        return !quotes_ends_as(self, t, QT_ENDS_GERUND, GERUND);
    return t->classes & QT_BODY;
}

static bool ends_phrase(const qt_token *t)
{
    enum {
        ENDING = QT_CLITIC | QT_COMP | QT_REL | QT_CONJ | QT_AUX | QT_ADV | QT_PRON | QT_SOURCE |
                 QT_PREP | QT_SAY
    };
    if (t->type == QT_NUMBER) return false;
    if (t->type != QT_WORD) return true;
    if (!(t->classes & (ENDING | QT_VERB))) return false; /* most words */
    if (t->flags & QT_PERSON) return false;
    if (t->classes & QT_CLITIC && !(t->classes & QT_DET)) return true;
    if (t->classes & (QT_COMP | QT_REL | QT_CONJ | QT_AUX | QT_ADV | QT_PRON | QT_SOURCE))
        return true;
    if (t->classes & QT_PREP && !(t->classes & QT_OF)) return true;
    return t->classes & (QT_SAY | QT_VERB) && !(t->flags & QT_CAP) &&
           !(t->classes & (QT_ROLE | QT_NOUN));
}

/* La secrétaire à la Santé | Anne Petit: the end of a full name behind what a role is a role of;
 * `at`, a preposition, where there is none. */
static unsigned name_behind(const qt_token *t, unsigned count, unsigned at)
{
    enum { REACH = 6 };
    for (unsigned i = at + 1; i < count && i < at + REACH; i++) {
        if (t[i].type != QT_WORD) return at;
        if (quotes_is_name(&t[i]) && t[i].classes & QT_GIVEN && i > at + 1 && i + 1 < count &&
            quotes_is_name(&t[i + 1]) && !(t[i - 1].classes & (QT_FUNCTION & ~QT_NONAME)))
            return quotes_run_of_names(t, count, i);
        if (t[i].classes & (QT_AUX | QT_VERB | QT_CUE | QT_COMP | QT_REL | QT_CONJ | QT_PRON))
            return at;
    }
    return at;
}

/* Le désormais ancien maire, la même source: an adverb between an article and its noun. */
static bool is_within(const qt_engine *self, const qt_token *t, unsigned limit, unsigned i)
{
    const uint32_t no_noun = QT_FUNCTION | QT_CUE | QT_VERB;
    const qt_token *w = &t[i];
    return self->traits & QT_ELIDES && w->type == QT_WORD && w->classes & QT_ADV &&
           w->flags & QT_LOWER && i + 1 < limit && t[i - 1].type == QT_WORD &&
           t[i - 1].classes & (QT_DET | QT_POSS) && !(t[i - 1].classes & QT_PRON) &&
           t[i + 1].type == QT_WORD && t[i + 1].flags & QT_LOWER &&
           (!(t[i + 1].classes & no_noun) || t[i + 1].classes & (QT_ROLE | QT_BODY));
}

/* Une note, cet avis: no finite verb follows an article that is no pronoun. */
static bool is_noun_here(const qt_engine *self, const qt_token *article, const qt_token *w)
{
    return quotes_like_french(self->traits) && w->type == QT_WORD && w->flags & QT_LOWER &&
           w->classes & QT_SAY && !(w->classes & (QT_FUNCTION | QT_PART | QT_GER)) &&
           article->type == QT_WORD && article->classes & QT_DET &&
           !(article->classes & (QT_CLITIC | QT_PRON | QT_PREP | QT_COMP | QT_REL));
}

/* Le chauffeur | conduisant l'équipe: a word that ends as gerunds do, with an object. */
static bool is_participle(const qt_engine *self, const qt_token *t, unsigned count, unsigned i)
{
    enum { LEAST = 6 };
    const qt_token *w = &t[i];
    if (w->classes & ~(uint32_t)QT_GER || !(w->flags & QT_LOWER)) return false;
    if (!quotes_ends_as(self, w, QT_ENDS_GERUND, LEAST)) return false;
    if (self->traits & QT_DROPS) return true;
    return i + 1 < count && t[i + 1].type == QT_WORD &&
           t[i + 1].classes & (QT_DET | QT_POSS | QT_PREP | QT_COMP) && !(t[i + 1].classes & QT_OF);
}

/* Une étude | publiée en avril, le chef | nommé par X. */
static bool is_past_participle(const qt_engine *self, const qt_token *t, unsigned count, unsigned i)
{
    enum { LEAST = 6 };
    const qt_token *w = &t[i];
    if (!quotes_like_french(self->traits) || !(w->flags & QT_LOWER)) return false;
    if (w->classes & ~(uint32_t)(QT_PART | QT_WEAK) || w->end - w->start < LEAST) return false;
    const char *p = self->text + w->end; /* é, ée, és, ées */
    p -= p[-1] == 's';
    p -= p[-1] == 'e';
    if (memcmp(p - 2, "\xC3\xA9", 2) != 0 || i + 1 >= count) return false;
    const qt_token *next = &t[i + 1];
    return next->type == QT_NUMBER ||
           (next->type == QT_WORD && next->flags & QT_LOWER && !(next->classes & QT_OF) &&
            next->classes & (QT_PREP | QT_ADV));
}

/* L'étudiante | multiplie les essais, le réseau | publiait: a finite verb that no table holds, by
 * the article behind it, or by an ending that no adjective has. */
static bool is_finite(const qt_engine *self, const qt_token *t, unsigned count, unsigned i)
{
    enum { LEAST = 6 };
    const qt_token *w = &t[i];
    if (!quotes_like_french(self->traits) || w->classes || !(w->flags & QT_LOWER)) return false;
    if (quotes_ends_as(self, w, QT_ENDS_FINITE, LEAST)) return true;
    if (i + 1 >= count || t[i + 1].type != QT_WORD || !(t[i + 1].flags & QT_LOWER)) return false;
    return t[i + 1].classes & (QT_DET | QT_POSS) && !(t[i + 1].classes & (QT_OF | QT_PREP));
}

/* Le commissaire au Numérique, Anne Petit, …: the comma behind what a role is a role of, where a
 * full name follows it; `at`, a preposition, where there is none. */
static unsigned comma_behind(const qt_token *t, unsigned count, unsigned at)
{
    enum { REACH = 10 };
    const uint32_t other = QT_AUX | QT_VERB | QT_CUE | QT_COMP | QT_REL | QT_PRON;
    unsigned i = at + 1;
    while (i < count && i < at + REACH && t[i].type == QT_WORD &&
           (!(t[i].classes & other) || t[i].flags & QT_CAP)) /* l'Asie de l'Est */
        i++;
    if (i == at + 1 || i + 2 >= count || !quotes_is_comma(&t[i])) return at;
    unsigned name = i + 1;
    while (name < count && t[name].type == QT_WORD && t[name].classes & QT_TITLE) name++;
    unsigned end = quotes_name_run(t, count, name);
    if (end < name + 2 || t[name].classes & QT_PLACE || t[i + 1].classes & QT_PLACE) return at;
    bool closed = end >= count || t[end].type != QT_WORD || t[end].flags & QT_ENDS ||
                  (t[end].classes & (QT_PREP | QT_ADV) && t[end].flags & QT_LOWER);
    return closed ? i : at;
}

/* The phrase that starts at `at`: its end. */
unsigned quotes_phrase_end(const qt_engine *self, const qt_token *t, unsigned count, unsigned at)
{
    unsigned i = at, limit = at + MAX_PHRASE < count ? at + MAX_PHRASE : count;
    unsigned lower = 0;
    bool noun = false, named = false, role = false, belongs = false;
    while (i < limit) {
        const qt_token *w = &t[i];
        if (i > at && w->flags & QT_CAP && w->classes & QT_AUX && t[i - 1].classes & QT_DET) {
            named = true; /* l'Asie de l'Est: no verb */
            i++;
            continue;
        }
        if (i > at && ends_phrase(w) && !is_noun_here(self, &t[i - 1], w)) {
            if (is_within(self, t, limit, i)) {
                i++;
                continue;
            }
            /* X and Y */
            if (w->type == QT_WORD && w->classes & QT_CONJ && named && i + 1 < limit &&
                quotes_is_name(&t[i + 1]) && !(self->traits & QT_NOUNS_UPPER)) {
                i++;
                continue;
            }
            /* le juriste et diplomate Anne Petit */
            if (w->type == QT_WORD && w->classes & QT_CONJ && role && !named && !belongs &&
                i + 2 < limit && t[i + 1].type == QT_WORD && t[i + 1].classes & QT_ROLE &&
                quotes_is_name(&t[i + 2])) {
                i++;
                continue;
            }
            /* ministère des Eaux et des Forêts */
            if (w->type == QT_WORD && w->classes & QT_CONJ && belongs && i + 2 < limit &&
                t[i + 1].type == QT_WORD && t[i + 1].classes & QT_OF) {
                i++;
                continue;
            }
            bool may_hold = !named || (self->traits & QT_NO_ARTICLE && !(self->traits & QT_V2)) ||
                            (self->traits & QT_NOUNS_UPPER && !quotes_has_given(t, at, i));
            unsigned behind = role && may_hold && w->type == QT_WORD && w->classes & QT_PREP
                                  ? name_behind(t, count, i)
                                  : i;
            if (behind > i) return behind;
            bool party = named && i > at + 1 && t[i - 1].flags & QT_UPPER &&
                         t[i - 2].type == QT_WORD && t[i - 2].classes & QT_ROLE; /* le député LR */
            bool of_it =
                belongs && !quotes_has_given(t, at, i); /* le directeur de Radio Rive à Lyon */
            if (role && (!named || party || of_it) && w->type == QT_WORD && w->classes & QT_PREP &&
                self->traits & QT_ELIDES)
                i = comma_behind(t, count, i);
            break;
        }
        role |= w->type == QT_WORD && w->classes & QT_ROLE;
        if (w->type == QT_NUMBER && i > at && i + 1 < limit && t[i + 1].type == QT_WORD) {
            i++; /* der 23-jährige Sportler */
            continue;
        }
        if (w->classes & QT_OF && !(w->flags & QT_CAP) && !(i == at && w->classes & QT_DET)) {
            if (i == at || i + 1 >= limit ||
                (ends_phrase(&t[i + 1]) && !(t[i + 1].classes & QT_OF)))
                break;
            if (t[i + 1].classes & QT_GER && t[i + 1].flags & QT_LOWER &&
                !(t[i + 1].classes & (QT_ROLE | QT_NOUN | QT_BODY)))
                break; /* la députée | de conclure */
            noun = false;
            belongs = true;
            lower = 0;
            i++;
            continue;
        }
        if (w->classes & QT_DET && w->flags & QT_CAP && i > at && i + 1 < limit &&
            t[i - 1].classes & (QT_NAMING | QT_BODY) && quotes_is_name(&t[i + 1])) {
            i++; /* du journal Les Rives */
            continue;
        }
        if (w->classes & (QT_DET | QT_POSS) && !quotes_is_name(w)) {
            /* genitive: der Sprecher der Partei */
            bool of = self->traits & QT_ELIDES && i > at + 1 && t[at].classes & QT_DET &&
                      t[i - 1].type == QT_WORD && t[i - 1].classes & QT_OF &&
                      t[i - 1].flags & QT_LOWER; /* l'Organisation mondiale de la santé */
            /* sagte Anna Keller | der Zeitung: told, not of her */
            bool told = i > at && quotes_is_name(&t[i - 1]) &&
                        (quotes_has_given(t, at, i) || quotes_is_person(self, &t[i - 1]));
            if ((noun || named) && !of &&
                !(self->traits & QT_NOUNS_UPPER && w->classes & QT_OF && !told))
                break;
            i++;
            continue;
        }
        unsigned run = quotes_name_run(t, count, i);
        if (run > i) {
            bool first = i == at;
            i = run;
            named = true;
            /* zdaniem Tuska | zamieszanie: where names have cases, no adjective follows one */
            if (first && self->traits & QT_NO_ARTICLE && !(self->traits & QT_V2) && i < limit &&
                t[i].type == QT_WORD && t[i].flags & QT_LOWER && !t[i].classes && i + 1 < count &&
                (t[i + 1].type == QT_WORD || t[i + 1].type == QT_QUOTE))
                break;
            continue;
        }
        if ((named || (i > at && t[i - 1].flags & QT_CAP && !(t[i - 1].classes & QT_POSS))) &&
            self->traits & QT_NOUNS_UPPER && w->type == QT_WORD && w->flags & QT_LOWER &&
            !(t[i - 1].classes & (QT_OF | QT_DET)))
            break; /* no adjective follows its noun */
        if (named && !(self->traits & (QT_NOUNS_UPPER | QT_NO_ARTICLE)) &&
            !(w->classes & (QT_ROLE | QT_TITLE))) {
            /* the Florida fan | explained */
            if (t[at].classes & QT_DET && !w->classes && w->flags & QT_LOWER && i + 1 < count &&
                !(self->traits & QT_ELIDES) && t[i + 1].type == QT_WORD &&
                t[i + 1].classes & QT_SAY && t[i + 1].flags & QT_LOWER) {
                i++;
                break;
            }
            /* la Cour des comptes */
            bool inner = i > at + 1 && (t[i - 1].classes & QT_OF ||
                                        (t[i - 1].classes & QT_DET && t[i - 2].classes & QT_OF));
            if (inner && w->flags & QT_LOWER && lower == 0 &&
                !(w->classes & ~(uint32_t)(QT_NOUN | QT_BODY | QT_NAMING))) {
                lower++;
                i++;
                continue;
            }
            /* Anne Petit | donne des conseils: no adjective follows a full name */
            if (i > at + 1 && t[i - 2].classes & QT_GIVEN && quotes_is_name(&t[i - 2]) &&
                quotes_is_name(&t[i - 1]) && w->flags & QT_LOWER && !w->classes)
                break;
            /* an adjective may follow: la Défense britannique */
            if (i + 1 < limit && t[i + 1].type == QT_WORD &&
                (t[i + 1].classes & QT_OF || quotes_is_name(&t[i + 1])) && lower == 0) {
                lower++;
                i++;
                continue;
            }
            /* le président du Conseil européen, Donald Tusk */
            bool closed = i + 1 == count || (i + 2 < count && quotes_is_comma(&t[i + 1]) &&
                                             quotes_is_name(&t[i + 2]));
            if (closed && i > at + 1 && t[i - 2].classes & (QT_OF | QT_BODY | QT_NAMING) &&
                w->flags & QT_LOWER && !w->classes)
                i++;
            break;
        }
        if (++lower > (self->traits & QT_CASELESS ? 8u : 4u)) break;
        if (noun && (is_participle(self, t, count, i) || is_finite(self, t, count, i) ||
                     is_past_participle(self, t, count, i)))
            break;
        if (i > at && self->traits & QT_NO_ARTICLE && !w->classes && w->flags & QT_LOWER &&
            quotes_ends_like_verb(self, w, false)) {
            /* podle zprávy práce | postupují: what stands before the verb is its own subject */
            if (lower > 2 && !named && t[i - 1].flags & QT_LOWER) i--;
            break;
        }
        if (noun && self->traits & QT_V2 && !(self->traits & QT_NOUNS_UPPER) && i + 1 < count &&
            t[i + 1].type == QT_WORD && t[i + 1].classes & (QT_DET | QT_PRON) &&
            w->flags & QT_LOWER)
            break; /* the verb, as an article follows */
        noun = true;
        i++;
    }
    while (i > at && t[i - 1].type == QT_NUMBER && !quotes_is_aged(self, &t[i - 1])) i--;
    while (i > at && (t[i - 1].classes & (QT_OF | QT_DET | QT_CONJ)) && !quotes_is_name(&t[i - 1]))
        i--;
    return i > at ? quotes_named_at_last(self, t, count, at, i) : i;
}

/* Where nouns have capitals, a phrase holds one. */
bool quotes_has_noun(const qt_token *t, unsigned from, unsigned to)
{
    for (; from < to; from++) {
        if (t[from].type == QT_WORD && !(t[from].flags & QT_LOWER)) return true;
        if (t[from].type == QT_NUMBER) {
            if (from + 1 == to) return true; /* der 31-Jährige */
            continue;
        }
        if (t[from].classes & (QT_PRON | QT_ROLE | QT_BODY)) return true;
    }
    return false;
}

/* A name in apposition: the porte-parole of the ministry, Pat Ryder[,.] */
bool quotes_apposed_name(const qt_engine *self, const qt_token *t, unsigned count, unsigned end,
                         unsigned *from, unsigned *to)
{
    if (end + 1 >= count || !quotes_is_comma(&t[end])) return false;
    unsigned i = end + 1;
    if (self->traits & QT_CASELESS) { /* two to four words that mean nothing else, in commas */
        enum { LEAST = 2, MOST = 4 };
        while (i < count && i - end <= MOST + 1 && t[i].type == QT_WORD && !t[i].classes) i++;
        if (i >= count || !quotes_is_comma(&t[i]) || i - end <= LEAST || i - end > MOST + 1)
            return false;
        *from = end + 1;
        *to = i;
        return true;
    }
    if (i + 1 < count && t[i].type == QT_WORD && t[i].classes & QT_DET && t[i].flags & QT_LOWER &&
        t[i + 1].type == QT_WORD && t[i + 1].classes & QT_TITLE)
        i++; /* le chef d'état-major, l'amiral X */
    while (i < count && t[i].type == QT_WORD && t[i].classes & QT_TITLE) i++;
    unsigned run = quotes_name_run(t, count, i);
    if (run == i || t[i].classes & QT_PLACE) return false;
    if (run - i < 2 && i == end + 1 && !quotes_is_person(self, &t[i])) return false;
    if (run < count && t[run].type == QT_WORD &&
        !(t[run].classes & (QT_PREP | QT_CONJ | QT_REL | QT_ADV)))
        return false;
    *from = end + 1;
    *to = run;
    return true;
}

/* Does the phrase [from, to) leave it to an apposition who it is: no name in it, or one that says
 * what its role is a role of (ministrul Apărării, the Serbian Prime Minister)? */
bool quotes_names_nobody(const qt_engine *self, const qt_token *t, unsigned from, unsigned to)
{
    unsigned a, b, role = from;
    if (self->traits & QT_CASELESS) {
        while (from < to && !(t[from].classes & QT_ROLE)) from++;
        return from < to && to - from <= 3;
    }
    if (!quotes_name_in(t, from, to, true, &a, &b)) return true;
    if (self->traits & QT_NOUNS_UPPER) return false;
    while (role < to && !(t[role].type == QT_WORD && t[role].classes & QT_ROLE)) role++;
    if (role == to || t[a].classes & QT_GIVEN) return false;
    return !quotes_is_person(self, &t[b - 1]);
}

/* … a regretté sur la chaîne TV Azteca, Anna Garcia: the name of the medium, where the speaker's
 * follows after a comma. */
static unsigned medium_end(const qt_token *t, unsigned limit, unsigned at)
{
    unsigned end = quotes_name_run(t, limit, at);
    if (end == at || end + 1 >= limit || !quotes_is_comma(&t[end])) return at;
    unsigned next = quotes_name_run(t, limit, end + 1);
    return next > end + 2 ? end + 1 : at;
}

/* En novembre, en marge du sommet: a preposition that elsewhere is a pronoun of the verb. */
static bool opens_place(const qt_engine *self, const qt_token *t, unsigned limit, unsigned i)
{
    if (!(self->traits & QT_INVERTS)) return false;
    if (!(t[i].classes & QT_PREP && t[i].classes & QT_CLITIC) || i + 1 >= limit) return false;
    const qt_token *next = &t[i + 1];
    return next->type == QT_NUMBER ||
           (next->type == QT_WORD &&
            !(next->classes & (QT_AUX | QT_CUE | QT_VERB | QT_CLITIC | QT_DET | QT_ADV | QT_PRON)));
}

/* Skips what may stand between verb and subject: adverbs, object pronouns, times, those
 * addressed. */
static unsigned skip_between(const qt_engine *self, const qt_token *t, unsigned count, unsigned at)
{
    enum { ADVERB = 7 }; /* bytes */
    unsigned i = at, limit = at + MAX_SKIP < count ? at + MAX_SKIP : count;
    while (i < limit) {
        const qt_token *w = &t[i];
        if (quotes_is_aged(self, w)) {
            break;
        } else if (w->type == QT_NUMBER) {
            i++;
        } else if (w->type == QT_OPEN && i + 2 < limit && t[i + 1].type == QT_NUMBER &&
                   t[i + 2].type == QT_CLOSE) {
            i += 3; /* disse nesta segunda-feira (3) o ministro */
        } else if (self->traits & QT_INVERTS && quotes_is_comma(w) && i + 3 < limit &&
                   t[i + 1].type == QT_WORD && t[i + 1].flags & QT_LOWER &&
                   !(t[i + 1].classes & ~(uint32_t)(QT_PART | QT_ADV)) &&
                   quotes_is_comma(&t[i + 2])) {
            i += 3; /* lâche, dépité, X */
        } else if (quotes_is_comma(w) && i + 1 < limit && t[i + 1].type == QT_WORD &&
                   (t[i + 1].classes & (QT_ADV | QT_PREP) || i > at)) {
            i++;
        } else if (w->type != QT_WORD) {
            break;
        } else if (w->flags & QT_PERSON || w->classes & QT_PRON) {
            break;
        } else if (w->classes & (QT_ADV | QT_CLITIC) && !(w->classes & QT_DET) &&
                   !quotes_is_name(w) && !opens_place(self, t, limit, i)) {
            i++;
        } else if (self->traits & QT_INVERTS && !w->classes && w->flags & QT_LOWER &&
                   quotes_ends_as(self, w, QT_ENDS_ADVERB, ADVERB)) {
            i++; /* observe fièrement le facteur */
        } else if (w->classes & QT_PREP && !(w->classes & QT_DET) && w->flags & QT_LOWER) {
            if (quotes_speaks_from(t, limit, i)) break;
            unsigned j = i + 1;
            if (j < limit && t[j].type == QT_WORD && t[j].classes & QT_ADV &&
                !(t[j].classes & (QT_DET | QT_PRON))) {
                i = j + 1; /* na terça-feira João Santos */
                continue;
            }
            if (j < limit && t[j].type == QT_WORD && t[j].classes & QT_OF &&
                w->features & QT_PHRASE)
                j++; /* en marge du sommet */
            while (j < limit && t[j].type == QT_WORD &&
                   t[j].classes & (QT_DET | QT_POSS | QT_ADV) && !quotes_is_name(&t[j]))
                j++;
            if (w->features & QT_SELF && w->classes & QT_OF && j < limit && quotes_is_name(&t[j]))
                break; /* von der Leyen */
            unsigned run = quotes_name_run(t, limit, j);
            if (j + 1 < limit && t[j].type == QT_QUOTE && t[j].end - t[j].start < NAME_BYTES &&
                quotes_is_name(&t[j + 1])) {
                i = j + 1; /* précise au « Monde » Anne Petit */
                continue;
            }
            if (run == j && j < limit && (t[j].type == QT_WORD || t[j].type == QT_NUMBER)) {
                run = j + 1;
                if (t[j].classes & (QT_NAMING | QT_BODY)) run = medium_end(t, limit, run);
                while (run < limit && t[run].type == QT_NUMBER) run++;
                if (run + 1 < limit && t[run].type == QT_WORD && t[run].classes & QT_OF &&
                    !(t[run].flags & QT_CAP)) {
                    run = quotes_phrase_end(self, t, limit, run + 1);
                }
            }
            if (run == j) break;
            i = run;
        } else {
            break;
        }
    }
    return i;
}

/* said farmer Jim Dole, says infant swimming instructor Ann Hill: some words, and then a name of
 * two words, or one behind a role. */
static bool called(const qt_token *t, unsigned count, unsigned at)
{
    enum { MOST = 5 };
    unsigned i = at;
    bool role = false;
    while (i < count && i < at + MOST && t[i].type == QT_WORD && t[i].flags & QT_LOWER &&
           !(t[i].classes & ~(uint32_t)(QT_ROLE | QT_NOUN | QT_BODY | QT_NAMING))) {
        role = t[i].classes & QT_ROLE;
        i++;
    }
    return i > at && quotes_name_run(t, count, i) >= i + (role ? 1 : 2);
}

/* schreibt die „Abendpost", сообщает газета «Вечер»: the end of a short quoted name at `at`, or
 * 0. */
static unsigned quoted_name(const qt_token *t, unsigned count, unsigned at)
{
    unsigned i = at;
    while (i < count && i < at + 3 && t[i].type == QT_WORD &&
           (t[i].classes & QT_DET || (i > at && t[i].classes & QT_NAMING) ||
            (t[i].classes & (QT_NAMING | QT_BODY) && t[i].flags & (QT_LOWER | QT_CAP))))
        i++;
    if (i >= count || t[i].type != QT_QUOTE || t[i].end - t[i].start > NAME_BYTES) return 0;
    return i + 1;
}

/* Сообщил РИА Новости | пресс-секретарь суда Иван Петров: where nouns need no article a short form
 * after the verb is told, if somebody with a role follows. */
static bool told_to_agency(const qt_engine *self, const qt_token *t, unsigned count, unsigned at,
                           unsigned *from, unsigned *to)
{
    enum { REACH = 3 };
    if (!(self->traits & QT_NO_ARTICLE) || !(t[at].flags & QT_UPPER) || !quotes_is_name(&t[at]))
        return false;
    unsigned i = quotes_name_run(t, count, at), role = i;
    while (role < count && role < i + REACH && t[role].type == QT_WORD &&
           t[role].flags & QT_LOWER && !(t[role].classes & (QT_ROLE | QT_FUNCTION)))
        role++;
    if (i >= count || role >= count || !(t[role].classes & QT_ROLE) ||
        t[role].features & QT_PLURAL || !(t[role].flags & QT_LOWER))
        return false;
    unsigned a, b, end = quotes_phrase_end(self, t, count, i);
    if (!quotes_name_in(t, i, end, true, &a, &b)) return false;
    *from = i;
    *to = end;
    return true;
}

bool quotes_phrase_after(const qt_engine *self, const qt_token *t, unsigned count, unsigned at,
                         unsigned *from, unsigned *to)
{
    return quotes_phrase_within(self, t, count, at, count, from, to);
}

bool quotes_phrase_within(const qt_engine *self, const qt_token *t, unsigned count, unsigned at,
                          unsigned reach, unsigned *from, unsigned *to)
{
    if (at >= count) return false;
    unsigned i = skip_between(self, t, count, at);
    if (i - at > reach) return false;
    if (quotes_speaks_from(t, count, i)) i++;
    bool governed = at > 0 && t[at - 1].classes & (QT_SOURCE | QT_PREP | QT_OF | QT_NOUN);
    if (i < count && quotes_is_cased(&t[i]) && !governed) { /* сказал президенту | Иван Петров */
        unsigned told = quotes_phrase_end(self, t, count, i), k = i + 1;
        while (k < told && (quotes_is_cased(&t[k]) || !(t[k].classes & (QT_ROLE | QT_TITLE)))) k++;
        i = skip_between(self, t, count, k);
    }
    if (i < count && quotes_is_aged(self, &t[i])) {
        unsigned end = i + 1 < count && t[i + 1].type == QT_WORD
                           ? quotes_phrase_end(self, t, count, i + 1)
                           : i + 1;
        bool adjective = end > i + 1 && !ends_phrase(&t[i + 1]);
        *from = i;
        *to = adjective ? end : i + 1;
        return true;
    }
    if (i >= count || (t[i].type != QT_WORD && !quoted_name(t, count, i))) return false;
    bool article = t[i].classes & QT_DET && i + 1 < count && t[i + 1].type == QT_WORD &&
                   !(t[i + 1].classes & (QT_FUNCTION | QT_VERB | QT_CUE));
    if (t[i].classes & QT_PRON && !quotes_is_name(&t[i]) && !article) {
        *from = i;
        *to = i + 1;
        return true;
    }
    unsigned quoted = quoted_name(t, count, i);
    if (quoted) {
        unsigned run = quotes_name_run(t, count, quoted);
        bool told = run > quoted + 1; /* mówi „Gazecie” Jan Nowak */
        *from = told ? quoted : i;
        *to = told ? run : quoted;
        return true;
    }
    bool particle = t[i].features & QT_SELF && t[i].classes & QT_OF && i + 1 < count &&
                    (quotes_is_name(&t[i + 1]) || (i + 2 < count && quotes_is_name(&t[i + 2])));
    if (!particle && !quotes_starts_phrase(self, &t[i]) && !called(t, count, i)) return false;
    unsigned end = particle ? quotes_name_run(t, count, quotes_is_name(&t[i + 1]) ? i + 1 : i + 2)
                            : quotes_phrase_end(self, t, count, i);
    if (end == i || (self->traits & QT_NOUNS_UPPER && !quotes_has_noun(t, i, end))) return false;
    if (told_to_agency(self, t, count, i, from, to)) return true;
    unsigned a, b;
    bool nobody = quotes_names_nobody(self, t, i, end);
    bool role = false;
    for (unsigned k = i; k < end && !quotes_is_name(&t[k]); k++)
        role |= t[k].classes & QT_ROLE && !(t[k].features & QT_PLURAL);
    if (nobody && (quotes_apposed_name(self, t, count, end, &a, &b) ||
                   (role && quotes_like_french(self->traits) &&
                    quotes_name_behind_role(self, t, count, end, &a, &b)))) {
        *from = a;
        *to = b;
        return true;
    }
    *from = i;
    *to = end;
    return true;
}
