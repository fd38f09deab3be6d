/* smooth.c: what a unit is also depends on its neighbours and on the text. A hidden Markov chain
 * over units: the language stays, or (at a line break easily, inside a line seldom) changes to one
 * drawn from the text's own mixture. Forward and backward sums give each unit's share of each
 * language: linear in units, and the label's probability comes with it. */
#include "smooth.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Chosen on mixed texts and web pages; see README.md. */
static const float CHANGE_AT_BREAK = .85f, CHANGE_INSIDE = .1f;
static const float LEAST_SHARE = 2e-4f;      /* of a label that a unit does not name */
static const float LEAST_SHARE_LONG = 1e-5f; /* the same, in a unit of LONG_UNIT letters or more */
static const uint32_t LONG_UNIT = 80;
/* Of a label of another script, in a run inside a line: fades with each FOREIGN_LETTERS letters. */
static const float FOREIGN_SHARE = .04f, FOREIGN_LETTERS = 20;
static const float STATE_MASS = .02f; /* labels with less, and never likely, are no state */
static const float BACKGROUND_MASS = .05f;
static const float BACKGROUND_DOUBT = .0003f; /* names make a sentence look like nobody's */
static const float NOBODYS_SOME = .4f,
                   NOBODYS_MOST = .8f;  /* shares that begin and end to lift it */
static const float HEADING_DOUBT = .1f; /* the same, in a line of fewer than HEADING_LETTERS */
static const uint32_t HEADING_LETTERS = 30;
/* A line of few letters may hold names and loan words: no language of the text has less of it than
 * SHORT_SHARE, which fades with each SHORT_LETTERS letters; within a line, much less. */
static const float SHORT_SHARE = .015f, SHORT_SHARE_INSIDE = .004f, SHORT_LETTERS = 10;
static const float NEW_SHARE = .005f; /* of the text, for a language that it may hold */
/* A language is surely met where units of SOLID_LETTERS give it SOLID_SHARE, SOLID_MASS of a long
 * one in all. */
static const float SOLID_SHARE = .7f, SOLID_MASS = .3f;
static const uint32_t SOLID_LETTERS = 20;

static float unit_weight(const language_unit *u)
{
    return u->letters >= 60 ? 1 : (float)u->letters / 60;
}

/* How likely a language is to be met in a web page at all: a rare one needs units of some length
 * that name it, before short ones count. */
static float plausible(const language_settings *set, uint8_t label, float solid)
{
    float share = set->allowed ? 1 : set->fast.head->web[label];
    float met = solid / SOLID_MASS;
    return share > met ? share : met < 1 ? met : 1;
}

/* Which states are written in a script. */
static const float *written_in(const language_settings *set, int script, language_states *st)
{
    const language_script_model *m = &set->fast.head->script[script];
    float *written = st->written[script];
    if (st->known >> script & 1) return written;
    st->known |= 1ull << script;
    memset(written, 0, sizeof st->written[script]);
    for (uint32_t l = 0; l < m->lanes; l++) written[st->of_label[m->label[l]]] = 1;
    written[0] = 0; /* where labels of no state go */
    return written;
}

/* Is `b`, which has more of the text, what `a` may be taken for: one of its group, or Japanese for
 * a language that is written in the same signs, as many a Japanese heading has no kana? */
static bool is_sister(const language_label *a, const language_label *b, bool han)
{
    return han ? !strcmp(b->tag, "ja") : *a->group && !strcmp(a->group, b->group);
}

/* Sisters, which nobody tells apart surely, are seldom met in one text: what speaks for the rarer
 * one is mostly doubt about the other; of headings in Han signs, nearly all of it. */
static void weigh_sisters(const language_settings *set, language_states *st)
{
    const language_label *of = set->fast.head->label;
    const float *han = written_in(set, LANGUAGE_HANI, st);
    float most[LANGUAGE_STATES];
    for (int k = 1; k < st->count; k++) {
        most[k] = st->share[k];
        for (int i = 1; i < st->count; i++)
            if (st->share[i] > most[k] &&
                is_sister(&of[st->label[k]], &of[st->label[i]], han[k] > 0))
                most[k] = st->share[i];
    }
    for (int k = 1; k < st->count; k++) {
        const float part = most[k] > 0 ? st->share[k] / most[k] : 1;
        st->share[k] *= han[k] > 0 ? part * part : part;
    }
}

/* A label that some unit names: its letters, the highest share, letters where it is sure. */
typedef struct {
    float mass, most, solid;
    uint8_t label;
} met_label;

/* The languages that may be in the text, and how much of it each may be. */
static void gather_states(const language_settings *set, const language_scratch *s,
                          language_states *out)
{
    met_label met[LANGUAGE_MAX_LABELS + 1];
    uint8_t *number = out->of_label; /* of a label among those, from 1 on */
    float favour[LANGUAGE_STATES] = {1}, background = BACKGROUND_MASS, total = 0;
    int labels = 0;
    memset(number, 0, sizeof out->of_label);
    for (size_t i = 0; i < s->unit_count; i++) {
        const language_unit *u = &s->units[i];
        const float weight = unit_weight(u);
        const bool solid = u->letters >= SOLID_LETTERS, heading = u->letters < HEADING_LETTERS;
        for (int k = 0; k < u->answer.count; k++) {
            const uint8_t label = u->answer.label[k];
            const float p = u->answer.p[k], share = weight * p;
            if (!number[label]) {
                met[labels] = (met_label){.label = label};
                number[label] = (uint8_t)++labels;
            }
            met_label *m = &met[number[label] - 1];
            /* Names speak a little for many languages: a line of few letters counts as far as it is
             * sure. */
            m->mass += heading ? share * p : share;
            m->solid += solid && p > SOLID_SHARE ? share : 0;
            m->most = p > m->most ? p : m->most;
        }
        background += weight * u->answer.und;
        total += weight;
    }
    int likely = 0;
    for (int i = 0; i < labels; i++)
        if (met[i].mass > STATE_MASS * total || met[i].most > .3f) met[likely++] = met[i];
    memset(number, 0, sizeof out->of_label);
    memset(out->share, 0, sizeof out->share);
    out->known = 0;
    out->label[0] = LANGUAGE_LABEL_UND;
    out->share[0] = background;
    for (out->count = 1; likely && out->count < LANGUAGE_STATES; out->count++) {
        met_label *best = met;
        for (met_label *m = met + 1; m < met + likely; m++)
            if (m->mass > best->mass || (m->mass >= best->mass && m->label < best->label)) best = m;
        out->of_label[best->label] = (uint8_t)out->count;
        out->label[out->count] = best->label;
        favour[out->count] = plausible(set, best->label, best->solid);
        out->share[out->count] = best->mass * favour[out->count];
        *best = met[--likely];
    }
    weigh_sisters(set, out);
    float sum = 0;
    for (int k = 0; k < out->count; k++)
        sum += out->share[k] += NEW_SHARE * (total + 1) * favour[k];
    for (int k = 0; k < out->count; k++) out->share[k] /= sum;
    memset(out->language, 0, sizeof out->language);
    for (int k = 1; k < out->count; k++) out->language[k] = 1;
}

/* The share that a language of the text has in a unit of its script at the least: a line of few
 * letters may be a name. Many a Japanese heading has no kana. */
static float short_share(const language_scratch *s, const language_unit *u)
{
    if (u->letters >= LONG_UNIT) return 0;
    return (u->alone ? SHORT_SHARE : SHORT_SHARE_INSIDE) *
           s->fade[u->letters * (u->script == LANGUAGE_HANI ? 1 : 3)];
}

/* fade[k]: how much is left at k thirds of a letter. */
static void fill_fade(language_scratch *s)
{
    if (s->fade[0] > 0) return;
    for (int k = 0; k < LANGUAGE_FADES; k++) s->fade[k] = expf(-(float)k / (3 * SHORT_LETTERS));
}

/* What a unit's answer is taken with; `doubt` of the background, the text's. */
static language_link link_of(const language_settings *set, const language_scratch *s,
                             const language_unit *u, float doubt, language_states *st)
{
    const float change = u->after_break ? CHANGE_AT_BREAK : CHANGE_INSIDE;
    if (u->script == LANGUAGE_NO_SCRIPT) /* part of its surroundings, or nobody's if a line */
        return (language_link){u->alone ? LEAST_SHARE : 1, 0, 1, change, st->language};
    /* Labels that the answer does not name share what it left over. */
    const float floor = u->letters < LONG_UNIT ? LEAST_SHARE : LEAST_SHARE_LONG;
    float least =
        u->answer.rest / LANGUAGE_UNNAMED > floor ? u->answer.rest / LANGUAGE_UNNAMED : floor;
    if (u->foreign && u->letters < LONG_UNIT)
        least = FOREIGN_SHARE * expf(-(float)u->letters / FOREIGN_LETTERS);
    /* A line of few words may well be a name; in a sentence names are but a part. */
    if (u->alone && u->letters < HEADING_LETTERS && doubt < HEADING_DOUBT) doubt = HEADING_DOUBT;
    const float background = u->answer.und * doubt;
    return (language_link){least, short_share(s, u),
                           background > LEAST_SHARE ? background : LEAST_SHARE, change,
                           written_in(set, u->script, st)};
}

/* Names make a sentence look like nobody's; where most of the text does, it is. */
static float background_doubt(const language_scratch *s)
{
    float nobodys = 0, total = 1e-6f;
    if (s->unit_count < 2) return 1;
    for (size_t i = 0; i < s->unit_count; i++) {
        const language_unit *u = &s->units[i];
        if (u->letters < SOLID_LETTERS) continue;
        nobodys += unit_weight(u) * u->answer.und;
        total += unit_weight(u);
    }
    const float share = (nobodys / total - NOBODYS_SOME) / (NOBODYS_MOST - NOBODYS_SOME);
    return powf(BACKGROUND_DOUBT, 1 - (share < 0 ? 0 : share > 1 ? 1 : share));
}

/* Room for `count` links and `floats` floats of the lattice. */
static bool make_room(language_scratch *s, size_t count, size_t floats)
{
    if (count > s->link_room) {
        language_link *grown = realloc(s->links, (count + 64) * sizeof *grown);
        if (!grown) return false;
        s->links = grown;
        s->link_room = count + 64;
    }
    if (floats > s->lattice_room) {
        float *grown = realloc(s->lattice, (floats + 4096) * sizeof *grown);
        if (!grown) return false;
        s->lattice = grown;
        s->lattice_room = floats + 4096;
    }
    return true;
}

bool language_smooth(const language_settings *set, language_scratch *s)
{
    language_states st;
    const size_t n = s->unit_count;
    const int width = set->kernel.width;
    if (!n) return true;
    gather_states(set, s, &st);
    fill_fade(s);
    if (!make_room(s, n, language_lattice_floats(width, &st, n))) return false;
    const float doubt = background_doubt(s);
    for (size_t i = 0; i < n; i++) s->links[i] = link_of(set, s, &s->units[i], doubt, &st);
    language_lattice_run(width, s->units, s->links, n, &st, s->lattice);
    return true;
}
