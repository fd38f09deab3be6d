/* Noun phrases: which tokens name whoever speaks. Two questions are answered for attribute.c and
 * resolve.c: what phrase follows a verb (said the mayor of Lyon), and what phrase is the subject of
 * the verb at a place (Anna, who had waited, said). No grammar, only the order of word classes. */
#include "quotes.h"

#include <string.h>

enum { MAX_PHRASE = 12, MAX_SKIP = 12, MAX_HOPS = 5, NAME_BYTES = 48, MAX_GAP = 3 };

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

static uint32_t traits(const qt_engine *self)
{
    return self->traits;
}

static bool is_comma(const qt_token *t)
{
    return t->type == QT_PUNCT && t->mark == ',';
}

static bool is_name(const qt_token *t)
{
    return t->flags & QT_NAME;
}

static bool is_article(const qt_token *t)
{
    return t->type == QT_WORD && t->classes & (QT_DET | QT_OF);
}

/* Anna Baker, Thomas Bauer: a role with a capital that ends a name. */
static bool is_surname(const qt_token *t, unsigned count, unsigned at)
{
    if (t[at].type != QT_WORD || !(t[at].flags & QT_CAP) || !(t[at].classes & QT_ROLE))
        return false;
    if (t[at].classes & (QT_FUNCTION | QT_TITLE) || t[at - 1].classes & (QT_BODY | QT_PLACE))
        return false;
    return at + 1 >= count || !is_name(&t[at + 1]);
}

/* президент России | Владимир Путин: the place that a role hangs on, and then a whole name. */
static bool ends_complement(const qt_token *t, unsigned count, unsigned at, unsigned i)
{
    if (!(t[i - 1].classes & QT_PLACE) || t[i].classes & QT_PLACE || at == 0) return false;
    if (t[at - 1].type != QT_WORD || t[at - 1].classes & (QT_OF | QT_DET)) return false;
    if (!(t[at - 1].flags & QT_LOWER) && !(t[at - 1].classes & (QT_ROLE | QT_TITLE))) return false;
    return i + 1 < count && is_name(&t[i + 1]) && !(t[i + 1].classes & QT_PLACE);
}

/* The end of the run of names that begins at `at`. */
unsigned quotes_run_of_names(const qt_token *tokens, unsigned count, unsigned at)
{
    unsigned i = at + 1;
    bool hangs = at > 0 && tokens[at - 1].classes & (QT_OF | QT_DET);
    while (i < count && i - at < 7) {
        if (tokens[i].start > tokens[i - 1].end + MAX_GAP) break; /* a symbol stands between */
        if (is_name(&tokens[i])) {
            /* BBC | Anna Keller */
            if (i <= at + 2 && i + 1 < count && tokens[at].flags & QT_UPPER &&
                tokens[i - 1].flags & QT_UPPER && tokens[at].end > tokens[at].start + 1 &&
                !(tokens[i].flags & QT_UPPER) && is_name(&tokens[i + 1]) &&
                !(tokens[i + 1].flags & QT_UPPER) && !(tokens[at].flags & QT_PERSON))
                break;
            if (ends_complement(tokens, count, at, i)) break;
            /* du Quai d'Orsay | Philippe Lalliot */
            if (hangs && tokens[i].classes & QT_GIVEN && !(tokens[i - 1].classes & QT_GIVEN)) break;
            i++;
            continue;
        }
        if (is_surname(tokens, count, i)) return i + 1;
        if (tokens[i].flags & QT_CAP && tokens[i - 1].classes & QT_GIVEN && i + 1 < count &&
            is_article(&tokens[i]) && is_name(&tokens[i + 1])) {
            i += 2; /* Jean Le Goff */
            continue;
        }
        unsigned j = i;
        while (j < count && j - i < 2 && tokens[j].type == QT_WORD && tokens[j].flags & QT_LOWER &&
               tokens[j].features & QT_SELF)
            j++;
        if (j == i + 1 && j < count && tokens[at].classes & QT_GIVEN &&
            tokens[j].classes & QT_DET && tokens[j].flags & QT_LOWER)
            j++; /* Jean de la Fontaine */
        if (j == i || j >= count || !is_name(&tokens[j]) || tokens[j].classes & QT_PLACE ||
            tokens[i - 1].classes & QT_PLACE)
            break;
        /* Réaction de Jean Petit */
        if (tokens[j].classes & QT_GIVEN && !(tokens[i - 1].classes & QT_GIVEN) && i == at + 1)
            break;
        i = j + 1;
    }
    return i;
}

/* The first or last run of names in [from, to) that hangs on no preposition. */
bool quotes_name_in(const qt_token *tokens, unsigned from, unsigned to, bool last, unsigned *a,
                    unsigned *b)
{
    bool any = false, hangs = true;
    for (unsigned i = from; i < to;) {
        unsigned end = quotes_name_run(tokens, to, i);
        if (end == i) {
            i++;
            continue;
        }
        unsigned p = i;
        while (p > from && tokens[p - 1].classes & QT_DET && !(tokens[p - 1].classes & QT_PREP))
            p--;
        /* a word that is article and genitive (der) is the former where a phrase begins */
        bool now = p > from && tokens[p - 1].classes & QT_PREP &&
                   !(tokens[p - 1].classes & QT_DET && p - 1 == from);
        if (!any || (hangs && !now) || (last && !now)) {
            if (!any || hangs || last) {
                *a = i;
                *b = end;
                hangs = now;
            }
            any = true;
        }
        i = end;
    }
    return any && !hangs;
}

/* A person by age: 31-latek, der 31-Jährige, 36-åringen. */
bool quotes_is_aged(const qt_engine *self, const qt_token *t)
{
    enum { LEAST = 5 }; /* bytes */
    if (t->type != QT_NUMBER || t->end - t->start < LEAST) return false;
    if (!(traits(self) & (QT_NO_ARTICLE | QT_V2))) return false;
    return memchr(self->text + t->start, '-', LEAST - 1) &&
           (unsigned char)self->text[t->end - 1] > '9';
}

static bool starts_phrase(const qt_engine *self, const qt_token *t)
{
    if (t->type != QT_WORD) return false;
    if (is_name(t) || t->classes & (QT_DET | QT_TITLE | QT_ROLE | QT_POSS)) return true;
    if (t->classes & (QT_FUNCTION | QT_CUE)) return false;
    if (traits(self) & QT_NOUNS_UPPER && t->flags & QT_LOWER && !t->classes)
        return true; /* an adjective */
    if (traits(self) & (QT_NO_ARTICLE | QT_CASELESS)) return true;
    return t->classes & QT_BODY;
}

static bool ends_phrase(const qt_token *t)
{
    if (t->type == QT_NUMBER) return false;
    if (t->type != QT_WORD) return true;
    if (t->flags & QT_PERSON) return false;
    if (t->classes & QT_CLITIC && !(t->classes & QT_DET)) return true;
    if (t->classes & (QT_COMP | QT_REL | QT_CONJ | QT_AUX | QT_ADV | QT_PRON | QT_SOURCE))
        return true;
    if (t->classes & QT_PREP && !(t->classes & QT_OF)) return true;
    return t->classes & (QT_SAY | QT_VERB) && !(t->flags & QT_CAP) &&
           !(t->classes & (QT_ROLE | QT_NOUN));
}

/* The phrase that starts at `at`: its end. */
static unsigned phrase_end(const qt_engine *self, const qt_token *t, unsigned count, unsigned at)
{
    unsigned i = at, limit = at + MAX_PHRASE < count ? at + MAX_PHRASE : count;
    unsigned lower = 0;
    bool noun = false, named = false;
    while (i < limit) {
        const qt_token *w = &t[i];
        if (i > at && ends_phrase(w)) {
            /* X and Y */
            if (w->type == QT_WORD && w->classes & QT_CONJ && named && i + 1 < limit &&
                is_name(&t[i + 1]) && !(traits(self) & QT_NOUNS_UPPER)) {
                i++;
                continue;
            }
            break;
        }
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
            lower = 0;
            i++;
            continue;
        }
        if (w->classes & (QT_DET | QT_POSS) && !is_name(w)) {
            /* genitive: der Sprecher der Partei */
            if ((noun || named) && !(traits(self) & QT_NOUNS_UPPER && w->classes & QT_OF)) break;
            i++;
            continue;
        }
        unsigned run = quotes_name_run(t, limit, i);
        if (run > i) {
            i = run;
            named = true;
            continue;
        }
        if ((named || (i > at && t[i - 1].flags & QT_CAP && !(t[i - 1].classes & QT_POSS))) &&
            traits(self) & QT_NOUNS_UPPER && w->type == QT_WORD && w->flags & QT_LOWER &&
            !(t[i - 1].classes & (QT_OF | QT_DET)))
            break; /* no adjective follows its noun */
        if (named && !(traits(self) & (QT_NOUNS_UPPER | QT_NO_ARTICLE)) &&
            !(w->classes & (QT_ROLE | QT_TITLE))) {
            /* the Florida fan | explained */
            if (t[at].classes & QT_DET && !w->classes && w->flags & QT_LOWER && i + 1 < count &&
                !(traits(self) & QT_ELIDES) && t[i + 1].type == QT_WORD &&
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
            /* an adjective may follow: la Défense britannique */
            if (i + 1 < limit && t[i + 1].type == QT_WORD &&
                (t[i + 1].classes & QT_OF || is_name(&t[i + 1])) && lower == 0) {
                lower++;
                i++;
                continue;
            }
            /* le président du Conseil européen, Donald Tusk */
            if (i + 2 < count && i > at + 1 && t[i - 2].classes & QT_OF && w->flags & QT_LOWER &&
                !w->classes && is_comma(&t[i + 1]) && is_name(&t[i + 2]))
                i++;
            break;
        }
        if (++lower > (traits(self) & QT_CASELESS ? 8u : 4u)) break;
        if (i > at && traits(self) & QT_NO_ARTICLE && !w->classes && w->flags & QT_LOWER &&
            quotes_ends_like_verb(self, w, false)) {
            /* podle zprávy práce | postupují: what stands before the verb is its own subject */
            if (lower > 2 && !named && t[i - 1].flags & QT_LOWER) i--;
            break;
        }
        if (noun && traits(self) & QT_V2 && !(traits(self) & QT_NOUNS_UPPER) && i + 1 < count &&
            t[i + 1].type == QT_WORD && t[i + 1].classes & (QT_DET | QT_PRON) &&
            w->flags & QT_LOWER)
            break; /* the verb, as an article follows */
        noun = true;
        i++;
    }
    while (i > at && t[i - 1].type == QT_NUMBER && !quotes_is_aged(self, &t[i - 1])) i--;
    while (i > at && (t[i - 1].classes & (QT_OF | QT_DET | QT_CONJ)) && !is_name(&t[i - 1])) i--;
    return i;
}

/* Where nouns have capitals, a phrase holds one. */
static bool has_noun(const qt_token *t, unsigned from, unsigned to)
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
static bool apposed_name(const qt_engine *self, const qt_token *t, unsigned count, unsigned end,
                         unsigned *from, unsigned *to)
{
    if (traits(self) & QT_CASELESS || end + 1 >= count || !is_comma(&t[end])) return false;
    unsigned i = end + 1;
    while (i < count && t[i].type == QT_WORD && t[i].classes & QT_TITLE) i++;
    unsigned run = quotes_name_run(t, count, i);
    if (run == i || t[i].classes & QT_PLACE) return false;
    if (run - i < 2 && i == end + 1) return false;
    if (run < count && t[run].type == QT_WORD &&
        !(t[run].classes & (QT_PREP | QT_CONJ | QT_REL | QT_ADV)))
        return false;
    *from = end + 1;
    *to = run;
    return true;
}

/* … a regretté sur la chaîne TV Azteca, Anna Garcia: the name of the medium, where the speaker's
 * follows after a comma. */
static unsigned medium_end(const qt_token *t, unsigned limit, unsigned at)
{
    unsigned end = quotes_name_run(t, limit, at);
    if (end == at || end + 1 >= limit || !is_comma(&t[end])) return at;
    unsigned next = quotes_name_run(t, limit, end + 1);
    return next > end + 2 ? end + 1 : at;
}

/* Skips what may stand between verb and subject: adverbs, object pronouns, times, those
 * addressed. */
static unsigned skip_between(const qt_engine *self, const qt_token *t, unsigned count, unsigned at)
{
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
        } else if (is_comma(w) && i + 1 < limit && t[i + 1].type == QT_WORD &&
                   (t[i + 1].classes & (QT_ADV | QT_PREP) || i > at)) {
            i++;
        } else if (w->type != QT_WORD) {
            break;
        } else if (w->flags & QT_PERSON || w->classes & QT_PRON) {
            break;
        } else if (w->classes & (QT_ADV | QT_CLITIC) && !(w->classes & QT_DET) && !is_name(w)) {
            i++;
        } else if (w->classes & QT_PREP && !(w->classes & QT_DET) && w->flags & QT_LOWER) {
            unsigned j = i + 1;
            if (j < limit && t[j].type == QT_WORD && t[j].classes & QT_ADV &&
                !(t[j].classes & (QT_DET | QT_PRON))) {
                i = j + 1; /* na terça-feira João Santos */
                continue;
            }
            while (j < limit && t[j].type == QT_WORD &&
                   t[j].classes & (QT_DET | QT_POSS | QT_ADV) && !is_name(&t[j]))
                j++;
            if (w->features & QT_SELF && w->classes & QT_OF && j < limit && is_name(&t[j]))
                break; /* von der Leyen */
            unsigned run = quotes_name_run(t, limit, j);
            if (j + 1 < limit && t[j].type == QT_QUOTE && t[j].end - t[j].start < NAME_BYTES &&
                is_name(&t[j + 1])) {
                i = j + 1; /* précise au « Monde » Anne Petit */
                continue;
            }
            if (run == j && j < limit && (t[j].type == QT_WORD || t[j].type == QT_NUMBER)) {
                run = j + 1;
                if (t[j].classes & (QT_NAMING | QT_BODY)) run = medium_end(t, limit, run);
                while (run < limit && t[run].type == QT_NUMBER) run++;
                if (run + 1 < limit && t[run].type == QT_WORD && t[run].classes & QT_OF &&
                    !(t[run].flags & QT_CAP)) {
                    run = phrase_end(self, t, limit, run + 1);
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

/* said farmer Jim Dole: one or two unknown words right before a name of two words. */
static bool called(const qt_token *t, unsigned count, unsigned at)
{
    unsigned i = at;
    while (i < count && i < at + 2 && t[i].type == QT_WORD && t[i].flags & QT_LOWER &&
           !t[i].classes)
        i++;
    return i > at && quotes_name_run(t, count, i) >= i + 2;
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
    if (!(traits(self) & QT_NO_ARTICLE) || !(t[at].flags & QT_UPPER) || !is_name(&t[at]))
        return false;
    unsigned i = quotes_name_run(t, count, at), role = i;
    while (role < count && role < i + REACH && t[role].type == QT_WORD &&
           t[role].flags & QT_LOWER && !(t[role].classes & (QT_ROLE | QT_FUNCTION)))
        role++;
    if (i >= count || role >= count || !(t[role].classes & QT_ROLE) ||
        t[role].features & QT_PLURAL || !(t[role].flags & QT_LOWER))
        return false;
    unsigned a, b, end = phrase_end(self, t, count, i);
    if (!quotes_name_in(t, i, end, true, &a, &b)) return false;
    *from = i;
    *to = end;
    return true;
}

bool quotes_phrase_after(const qt_engine *self, const qt_token *t, unsigned count, unsigned at,
                         unsigned *from, unsigned *to)
{
    if (at >= count) return false;
    unsigned i = skip_between(self, t, count, at);
    if (i < count && quotes_is_aged(self, &t[i])) {
        unsigned end =
            i + 1 < count && t[i + 1].type == QT_WORD ? phrase_end(self, t, count, i + 1) : i + 1;
        bool adjective = end > i + 1 && !ends_phrase(&t[i + 1]);
        *from = i;
        *to = adjective ? end : i + 1;
        return true;
    }
    if (i >= count || (t[i].type != QT_WORD && !quoted_name(t, count, i))) return false;
    bool article = t[i].classes & QT_DET && i + 1 < count && t[i + 1].type == QT_WORD &&
                   !(t[i + 1].classes & (QT_FUNCTION | QT_VERB | QT_CUE));
    if (t[i].classes & QT_PRON && !is_name(&t[i]) && !article) {
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
                    (is_name(&t[i + 1]) || (i + 2 < count && is_name(&t[i + 2])));
    if (!particle && !starts_phrase(self, &t[i]) && !called(t, count, i)) return false;
    unsigned end = particle ? quotes_name_run(t, count, is_name(&t[i + 1]) ? i + 1 : i + 2)
                            : phrase_end(self, t, count, i);
    if (end == i || (traits(self) & QT_NOUNS_UPPER && !has_noun(t, i, end))) return false;
    if (told_to_agency(self, t, count, i, from, to)) return true;
    unsigned a, b;
    if (!quotes_name_in(t, i, end, true, &a, &b) && apposed_name(self, t, count, end, &a, &b)) {
        *from = a;
        *to = b;
        return true;
    }
    *from = i;
    *to = end;
    return true;
}

/* ------------------------------------------------------------------ the subject before a verb */

static bool bounds_clause(const qt_token *t)
{
    if (t->type == QT_QUOTE || t->type == QT_DASH || t->flags & QT_ENDS) return true;
    if (t->type == QT_PUNCT) return true;
    if (t->type != QT_WORD) return false;
    return t->classes & QT_COMP;
}

typedef struct {
    unsigned from, to;
    bool hangs; /* on a preposition */
    bool pronoun;
} phrase;

/* The first phrase of [*at, to), and where to look for the next. */
static bool next_phrase(const qt_engine *self, const qt_token *t, unsigned *at, unsigned to,
                        bool *hangs, phrase *out)
{
    for (unsigned i = *at; i < to;) {
        const qt_token *w = &t[i];
        *out = (phrase){i, i + 1, *hangs, false};
        if (w->type != QT_WORD) {
            *hangs = false;
            i++;
            continue;
        }
        if (w->classes & QT_PRON && !(w->flags & QT_PERSON)) {
            out->pronoun = true;
        } else if (w->classes & (QT_PREP | QT_SOURCE) && !(w->classes & QT_DET) && !is_name(w)) {
            *hangs = true;
            i++;
            continue;
        } else if (starts_phrase(self, w)) {
            out->to = phrase_end(self, t, to, i);
            if (out->to == i || (traits(self) & QT_NOUNS_UPPER && !has_noun(t, i, out->to))) {
                i++;
                continue;
            }
        } else {
            if (!(w->classes & QT_DET)) *hangs = false;
            i++;
            continue;
        }
        *hangs = false;
        *at = out->to;
        return true;
    }
    return false;
}

/* The phrases of [from, to), the last few of them. */
static unsigned phrases_of(const qt_engine *self, const qt_token *t, unsigned from, unsigned to,
                           phrase *out, unsigned room)
{
    unsigned count = 0;
    bool hangs = false;
    phrase p;
    while (next_phrase(self, t, &from, to, &hangs, &p)) {
        if (count == room) {
            for (unsigned k = 1; k < room; k++) out[k - 1] = out[k];
            count--;
        }
        out[count++] = p;
    }
    return count;
}

/* The first phrase of [from, to) that hangs on nothing. */
static bool first_phrase(const qt_engine *self, const qt_token *t, unsigned from, unsigned to,
                         phrase *out)
{
    bool hangs = false;
    while (next_phrase(self, t, &from, to, &hangs, out)) {
        if (!out->hangs) return true;
    }
    return false;
}

/* In una riunione pubblica Anna Bianchi | ha detto: nothing parts the name from what hangs on a
 * preposition before it. */
static bool name_at_end(const qt_engine *self, const qt_token *t, const phrase *p, unsigned *a,
                        unsigned *b)
{
    unsigned from = p->to;
    if (traits(self) & QT_NOUNS_UPPER) return false;
    while (from > p->from + 1 && is_name(&t[from - 1])) from--;
    if (from == p->to || t[from - 1].classes & (QT_FUNCTION | QT_ROLE | QT_BODY | QT_TITLE))
        return false;
    if (!(t[from - 1].flags & QT_LOWER) || t[from].classes & QT_PLACE) return false;
    *a = from;
    *b = p->to;
    return true;
}

/* The phrase of a chunk that is its subject: the last that hangs on nothing, a pronoun first. */
static bool subject_here(const qt_engine *self, const qt_token *t, unsigned from, unsigned to,
                         unsigned *a, unsigned *b)
{
    enum { ROOM = 6 };
    phrase p[ROOM];
    unsigned count = phrases_of(self, t, from, to, p, ROOM);
    for (unsigned i = 0; i < count; i++) {
        if (!p[i].pronoun || p[i].from > from + 3) continue;
        *a = p[i].from;
        *b = p[i].to;
        return true;
    }
    for (unsigned i = count; i-- > 0;) {
        if (p[i].hangs) continue;
        *a = p[i].from;
        *b = p[i].to;
        return true;
    }
    return count && p[count - 1].to == to && name_at_end(self, t, &p[count - 1], a, b);
}

/* The same, and where a name stands beside it in commas, that name. */
static bool subject_in(const qt_engine *self, const qt_token *t, unsigned from, unsigned to,
                       unsigned *a, unsigned *b)
{
    if (!subject_here(self, t, from, to, a, b)) return false;
    unsigned x, y;
    if (*b == to && !quotes_name_in(t, *a, *b, true, &x, &y) && !(t[*a].classes & QT_PRON) &&
        apposed_name(self, t, self->token_count, *b, &x, &y) && t == self->tokens) {
        *a = x;
        *b = y;
    }
    return true;
}

static unsigned clause_start(const qt_token *t, unsigned at)
{
    unsigned i = at;
    while (i > 0 && !bounds_clause(&t[i - 1])) i--;
    return i;
}

static bool is_plain_name(const qt_token *t, unsigned from, unsigned to)
{
    while (from < to && t[from].classes & QT_TITLE) from++;
    return from < to && quotes_name_run(t, to, from) == to;
}

/* Before a comma: "X, minister of Y," or "the minister of Y, X,". [0, comma) holds it. */
static bool subject_before_comma(const qt_engine *self, const qt_token *t, unsigned comma,
                                 unsigned *a, unsigned *b)
{
    unsigned end = comma;
    for (int hop = 0; hop < MAX_HOPS && end > 0; hop++) {
        unsigned start = clause_start(t, end);
        if (start == end) return false;
        if (start > 1 && is_comma(&t[start - 2]) && t[start - 1].type == QT_WORD &&
            t[start - 1].classes & QT_COMP) {
            end = start - 2; /* X, que reúne ao PSDB, */
            continue;
        }
        if (is_plain_name(t, start, end)) {
            *a = start;
            *b = end;
            return true;
        }
        bool more = start > 0 && is_comma(&t[start - 1]);
        bool inserted = t[start].type == QT_WORD && !(t[start].flags & QT_CAP) &&
                        !(t[start].classes & (QT_DET | QT_PRON | QT_POSS));
        if (t[start].classes & (QT_DET | QT_ROLE) && t[start].flags & QT_LOWER && more) {
            /* an apposition after a name? */
            unsigned before = clause_start(t, start - 1), x, y;
            if (quotes_name_in(t, before, start - 1, true, &x, &y) && y + 1 >= start - 1 &&
                !(t[x].classes & QT_PLACE))
                inserted = true;
        }
        if (more && t[start].classes & QT_DET && t[start].features & QT_INDEFINITE)
            inserted = true; /* X, a former minister, */
        if (t[start].classes & (QT_REL | QT_PREP | QT_PART)) inserted = true;
        if (t[start].type == QT_NUMBER && end == start + 1) inserted = true; /* X, 54, */
        if (!inserted || !more) return subject_in(self, t, start, end, a, b);
        end = start - 1;
    }
    return false;
}

/* The first phrase of [from, to) that hangs on nothing. */
bool quotes_opening_phrase(const qt_engine *self, const qt_token *t, unsigned from, unsigned to,
                           unsigned *a, unsigned *b)
{
    phrase p;
    unsigned end = from;
    while (end < to && end - from < 24 && t[end].type != QT_QUOTE && !(t[end].type == QT_PUNCT))
        end++;
    if (!first_phrase(self, t, from, end, &p)) return false;
    *a = p.from;
    *b = p.to;
    unsigned x, y;
    if (p.to == end && !quotes_name_in(t, *a, *b, true, &x, &y) &&
        apposed_name(self, t, to, end, &x, &y)) {
        *a = x;
        *b = y;
    }
    return true;
}

/* The statement of X, saying: whom a noun of speech hangs on. */
static bool speaker_of_noun(const qt_engine *self, const qt_token *t, unsigned start, unsigned cue,
                            unsigned *a, unsigned *b)
{
    for (unsigned i = cue; i-- > start + 1;) {
        if (t[i].type != QT_WORD || !(t[i].classes & QT_OF)) continue;
        if (t[i - 1].type != QT_WORD || !(t[i - 1].classes & QT_NOUN)) continue;
        if (t[i - 1].classes & (QT_SAY | QT_PART)) continue;
        return quotes_phrase_after(self, t, cue, i + 1, a, b) && *a == i + 1;
    }
    return false;
}

/* A gerund borrows the subject of its sentence: the verb of saying before it, else the first
 * phrase. */
static bool borrowed_subject(const qt_engine *self, const qt_token *t, unsigned count, unsigned cue,
                             unsigned *a, unsigned *b)
{
    unsigned start = cue;
    while (start > 0 && !(t[start - 1].flags & QT_ENDS && t[start - 1].type != QT_QUOTE)) start--;
    for (unsigned i = cue; i-- > start;) {
        if (t[i].type != QT_WORD) continue;
        if (t[i].flags & QT_INVERTED) {
            *a = i;
            *b = i + 1;
            return true;
        }
        if (t[i].classes & QT_SAY && t[i].features & QT_SELF &&
            quotes_phrase_after(self, t, cue, i + 1, a, b))
            return true;
        bool bare = t[i].classes & QT_PART && !(t[i].classes & QT_SAY) &&
                    (i == start || !(t[i - 1].classes & QT_AUX)); /* asked about it, X … */
        if (t[i].classes & (QT_SAY | QT_PART) && !(t[i].classes & QT_WEAK) && !bare)
            return quotes_subject_of(self, t, count, i, a, b) ||
                   (i > start && (is_comma(&t[i - 1]) || t[i - 1].type == QT_QUOTE) &&
                    quotes_phrase_after(self, t, cue, i + 1, a, b));
    }
    if (speaker_of_noun(self, t, start, cue, a, b)) return true;
    /* mais elle refuse d'en dire plus */
    for (unsigned i = cue; i-- > start && cue - i < 7 && !bounds_clause(&t[i]);) {
        if (t[i].type != QT_WORD || !(t[i].classes & QT_PRON) || t[i].classes & QT_CLITIC ||
            !(t[i].features & (QT_MALE | QT_FEMALE)))
            continue;
        *a = i;
        *b = i + 1;
        return true;
    }
    enum { ROOM = 6 };
    phrase p[ROOM];
    /* Preguntado por el asunto, X …: asked, it is not who speaks */
    if (t[start].classes & QT_PART && !(t[start].classes & (QT_SAY | QT_ROLE | QT_NOUN))) start++;
    unsigned limit = cue - start > 40 ? start + 40 : cue;
    unsigned chunk = start;
    while (chunk < limit) {
        unsigned end = chunk;
        while (end < limit && !is_comma(&t[end])) end++;
        unsigned n = phrases_of(self, t, chunk, end, p, ROOM);
        for (unsigned i = 0; i < n; i++) {
            if (p[i].hangs) continue;
            *a = p[i].from;
            *b = p[i].to;
            unsigned x, y;
            if (p[i].to == end && !quotes_name_in(t, *a, *b, true, &x, &y) &&
                apposed_name(self, t, limit, end, &x, &y)) {
                *a = x;
                *b = y;
            }
            return true;
        }
        chunk = end + 1;
    }
    return false;
}

/* Where the verb ends the sentence: the name before the last comma, as "so saying X, this he
 * told". */
static bool name_before_comma(const qt_token *t, unsigned cue, unsigned *a, unsigned *b)
{
    enum { REACH = 30 };
    for (unsigned i = cue, steps = 0; i-- > 0 && steps < REACH; steps++) {
        if (t[i].flags & QT_ENDS) break;
        if (!is_comma(&t[i]) || i == 0 || !is_name(&t[i - 1])) continue;
        unsigned from = i;
        while (from > 0 && is_name(&t[from - 1])) from--;
        *a = from;
        *b = i;
        return true;
    }
    return false;
}

/* A note en la que expresó, in cui afferma: the relative is not the subject. */
static bool follows_preposition(const qt_token *t, unsigned relative)
{
    if (!(t[relative].classes & (QT_REL | QT_COMP)) || relative == 0) return false;
    unsigned i = relative - 1;
    if (i > 0 && t[i].type == QT_WORD && t[i].classes & QT_DET && !(t[i].flags & QT_CAP)) i--;
    return t[i].type == QT_WORD && t[i].classes & QT_PREP && !(t[i].classes & QT_DET);
}

bool quotes_subject_of(const qt_engine *self, const qt_token *t, unsigned count, unsigned cue,
                       unsigned *a, unsigned *b)
{
    if (traits(self) & QT_FINAL && name_before_comma(t, cue, a, b)) return true;
    unsigned i = cue;
    if (t[cue].classes & QT_GER && !(t[cue].classes & (QT_SAY | QT_PART))) {
        /* vient d'annoncer, tient à préciser: the auxiliary's subject */
        unsigned k = cue;
        while (k > 0 && cue - k < 3 && t[k - 1].type == QT_WORD &&
               t[k - 1].classes & (QT_OF | QT_CLITIC | QT_ADV | QT_TO) &&
               !(t[k - 1].classes & QT_AUX))
            k--;
        if (k == 0 || t[k - 1].type != QT_WORD || !(t[k - 1].classes & QT_AUX) ||
            t[k - 1].classes & QT_PREP)
            return borrowed_subject(self, t, count, cue, a, b);
        i = k - 1;
    }
    if (cue + 1 < count && t[cue + 1].flags & QT_INVERTED) {
        *a = cue + 1;
        *b = cue + 2;
        return true;
    }
    while (i > 0 && t[i - 1].type == QT_WORD && !(t[i - 1].classes & (QT_PRON | QT_COMP)) &&
           (t[i - 1].classes & (QT_AUX | QT_ADV | QT_CLITIC) ||
            (i < cue && t[i - 1].classes & QT_DET && t[i].classes & QT_AUX)) && /* l'a dit */
           !(t[i - 1].flags & QT_ENDS))
        i--;
    if (i == 0) return false;
    const qt_token *before = &t[i - 1];
    if (before->flags & QT_ENDS) return false;
    if (i < cue && before->type == QT_WORD && before->classes & QT_PREP &&
        !(before->classes & QT_DET) && t[cue].classes & QT_PART && !(traits(self) & QT_V2))
        return borrowed_subject(self, t, count, cue, a, b); /* après avoir exprimé */
    if (traits(self) & QT_DROPS && follows_preposition(t, i - 1)) {
        unsigned start = i - 1;
        while (start > 0 && cue - start < 40 && !(t[start - 1].flags & QT_ENDS)) start--;
        if (quotes_opening_phrase(self, t, start, i - 1, a, b)) return true;
    }
    if (before->type == QT_WORD && before->classes & QT_REL) {
        unsigned end = i - 1;
        if (end > 0 && is_comma(&t[end - 1])) end--;
        unsigned start = clause_start(t, end);
        return subject_in(self, t, start, end, a, b);
    }
    if (before->type == QT_WORD && before->classes & QT_PRON) {
        *a = i - 1;
        *b = i;
        return true;
    }
    if (is_comma(before) || before->type == QT_CLOSE || before->type == QT_DASH) {
        unsigned end = i - 1;
        if (before->type == QT_CLOSE) {
            while (end > 0 && t[end].type != QT_OPEN && cue - end < 24) end--;
            return end > 0 && subject_in(self, t, clause_start(t, end), end, a, b);
        }
        return subject_before_comma(self, t, end, a, b);
    }
    unsigned start = clause_start(t, i);
    return start < i && subject_in(self, t, start, i, a, b);
}
