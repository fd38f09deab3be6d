/* smooth.c: what a unit is also depends on its neighbours and on the text. A hidden Markov chain
 * over units: the language stays, or (at a line break easily, inside a line seldom) changes to one
 * drawn from the text's own mixture. Forward and backward sums give each unit's share of each
 * language: linear in units, and the label's probability comes with it. */
#include "detect.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_STATES = 24 }; /* the background is state 0 */

/* Chosen on mixed texts and web pages; see README.md. */
static const float CHANGE_AT_BREAK = .85f, CHANGE_INSIDE = .1f;
static const float LEAST_SHARE = 2e-4f;      /* of a label that a unit does not name */
static const float LEAST_SHARE_LONG = 1e-5f; /* the same, in a unit of LONG_UNIT letters or more */
static const uint32_t LONG_UNIT = 80;
static const float UNNAMED = 60; /* labels that share the rest of an answer, about */
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

typedef struct {
    int count;
    uint8_t label[MAX_STATES];
    float share[MAX_STATES];
    uint8_t of_label[LANGUAGE_MAX_LABELS + 1]; /* label -> state, 0 none */
    float language[MAX_STATES];                /* 1: a language; 0: the background, or no state */
    float written[LANGUAGE_SCRIPT_COUNT][MAX_STATES]; /* 1: it is written in this script */
    uint64_t known; /* scripts for which that is known, a bit each */
} states;

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

/* Sisters, which nobody tells apart surely, are seldom met in one text: what speaks for the rarer
 * one is mostly doubt about the other. */
static void weigh_sisters(const language_settings *set, states *st)
{
    const language_label *of = set->fast.head->label;
    float most[MAX_STATES];
    for (int k = 1; k < st->count; k++) {
        const char *group = of[st->label[k]].group;
        most[k] = st->share[k];
        for (int i = 1; *group && i < st->count; i++)
            if (st->share[i] > most[k] && !strcmp(of[st->label[i]].group, group))
                most[k] = st->share[i];
    }
    for (int k = 1; k < st->count; k++)
        if (most[k] > 0) st->share[k] *= st->share[k] / most[k];
}

/* The languages that may be in the text, and how much of it each may be. */
static void gather_states(const language_settings *set, const language_scratch *s, states *out)
{
    float mass[LANGUAGE_MAX_LABELS + 1], most[LANGUAGE_MAX_LABELS + 1], total = 0;
    float solid[LANGUAGE_MAX_LABELS + 1], favour[MAX_STATES] = {1};
    uint8_t met[LANGUAGE_MAX_LABELS + 1]; /* labels that some unit names */
    int labels = 0;
    memset(out->of_label, 0, sizeof out->of_label);
    float background = BACKGROUND_MASS;
    for (size_t i = 0; i < s->unit_count; i++) {
        const language_unit *u = &s->units[i];
        float weight = unit_weight(u);
        for (int k = 0; k < u->answer.count; k++) {
            uint8_t l = u->answer.label[k];
            if (!out->of_label[l]) {
                out->of_label[l] = 1;
                met[labels++] = l;
                mass[l] = most[l] = solid[l] = 0;
            }
            mass[l] += weight * u->answer.p[k];
            if (u->letters >= SOLID_LETTERS && u->answer.p[k] > SOLID_SHARE)
                solid[l] += weight * u->answer.p[k];
            if (u->answer.p[k] > most[l]) most[l] = u->answer.p[k];
        }
        background += weight * u->answer.und;
        total += weight;
    }
    for (int i = 0; i < labels; i++) out->of_label[met[i]] = 0;
    out->known = 0;
    memset(out->share, 0, sizeof out->share);
    out->label[0] = LANGUAGE_LABEL_UND;
    out->share[0] = background;
    out->count = 1;
    for (;;) {
        int best = -1;
        for (int i = 0; i < labels; i++) {
            uint8_t l = met[i];
            if ((mass[l] > STATE_MASS * total || most[l] > .3f) &&
                (best < 0 || mass[l] > mass[best] || (mass[l] >= mass[best] && l < best)))
                best = l;
        }
        if (best < 0 || out->count == MAX_STATES) break;
        out->of_label[best] = (uint8_t)out->count;
        out->label[out->count] = (uint8_t)best;
        favour[out->count] = plausible(set, (uint8_t)best, solid[best]);
        out->share[out->count] = mass[best] * favour[out->count];
        out->count++;
        mass[best] = most[best] = -1;
    }
    weigh_sisters(set, out);
    float sum = 0;
    for (int k = 0; k < out->count; k++)
        sum += out->share[k] += NEW_SHARE * (total + 1) * favour[k];
    for (int k = 0; k < out->count; k++) out->share[k] /= sum;
    memset(out->language, 0, sizeof out->language);
    for (int k = 1; k < out->count; k++) out->language[k] = 1;
}

/* Which states are written in a script. */
static const float *written_in(const language_settings *set, int script, states *st)
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

/* The loops below run over states in vectors; places past the last state are 0. They are compiled
 * for the one vector of most texts, and for any number. */
#define INLINE static inline __attribute__((always_inline))
enum { VECTOR = 4 };
typedef float vector __attribute__((vector_size(VECTOR * sizeof(float)), aligned(4), may_alias));

static inline float across(vector v)
{
    return (v[0] + v[1]) + (v[2] + v[3]);
}

static inline vector larger(vector a, vector b)
{
    typedef int32_t bits __attribute__((vector_size(VECTOR * sizeof(int32_t))));
    const bits more = (bits)(a > b);
    return (vector)(((bits)a & more) | ((bits)b & ~more));
}

/* The shares of an answer in the places of one vector: what is stored one by one is not soon read
 * as a whole. */
INLINE vector place_few(const language_answer *a, const states *st)
{
    typedef int32_t bits __attribute__((vector_size(VECTOR * sizeof(int32_t))));
    const bits places = {0, 1, 2, 3};
    vector v = {0};
    for (int i = 0; i < a->count; i++) {
        const bits here = places == (int32_t)st->of_label[a->label[i]];
        const vector p = (vector){0} + a->p[i];
        v = (vector)(((bits)p & here) | ((bits)v & ~here));
    }
    return v;
}

/* How well each state explains a unit. */
INLINE void emission(const language_settings *set, const language_scratch *s,
                     const language_unit *u, states *st, float doubt, size_t vectors, float *e)
{
    vector *v = (vector *)(void *)e;
    for (size_t k = 0; k < vectors; k++) v[k] = (vector){0};
    if (u->script == LANGUAGE_NO_SCRIPT) {
        /* No letter: part of its surroundings, or nobody's when it has a line of its own. */
        for (int k = 0; k < st->count; k++) e[k] = u->alone && k ? LEAST_SHARE : 1;
        return;
    }
    /* Labels that the answer does not name share what it left over. */
    const float floor = u->letters < LONG_UNIT ? LEAST_SHARE : LEAST_SHARE_LONG;
    float least = u->answer.rest / UNNAMED > floor ? u->answer.rest / UNNAMED : floor;
    if (u->foreign && u->letters < LONG_UNIT)
        least = FOREIGN_SHARE * expf(-(float)u->letters / FOREIGN_LETTERS);
    const float shorts = short_share(s, u), *in_script = written_in(set, u->script, st);
    if (vectors == 1)
        v[0] = place_few(&u->answer, st);
    else
        for (int i = 0; i < u->answer.count; i++)
            e[st->of_label[u->answer.label[i]]] = u->answer.p[i];
    for (size_t k = 0; k < vectors; k++) {
        const vector language = *(const vector *)(const void *)(st->language + k * VECTOR);
        const vector written = *(const vector *)(const void *)(in_script + k * VECTOR);
        v[k] = larger(v[k], larger(language * least, written * shorts));
    }
    /* A line of few words may well be a name; in a sentence names are but a part. */
    if (u->alone && u->letters < HEADING_LETTERS && doubt < HEADING_DOUBT) doubt = HEADING_DOUBT;
    e[0] = u->answer.und * doubt > LEAST_SHARE ? u->answer.und * doubt : LEAST_SHARE;
}

/* Rows are scaled only where they get so small. */
static const float SMALL = 1e-6f;

/* One step forward: `from` the unit before, which adds up to `of`, times the emission already in
 * `to`. Returns what that adds up to. */
INLINE float step(const float *from, float of, const float *share, float change, size_t vectors,
                  float *to)
{
    const vector *f = (const vector *)(const void *)from, *s = (const vector *)(const void *)share;
    vector *v = (vector *)(void *)to, sum = {0};
    const float stay = 1 - change, drawn = change * of;
    for (size_t k = 0; k < vectors; k++) sum += v[k] *= stay * f[k] + drawn * s[k];
    const float all = across(sum);
    if (all >= SMALL) return all;
    for (size_t k = 0; k < vectors; k++) v[k] *= 1 / all;
    return 1;
}

/* One step back: p[k] := f[k] times what follows `after`; b[k], the emission, times the same.
 * Returns what p adds up to. */
INLINE float step_back(const float *after, const float *share, float change, size_t vectors,
                       const float *forward, float *b, float *p)
{
    const vector *a = (const vector *)(const void *)after, *s = (const vector *)(const void *)share;
    const vector *f = (const vector *)(const void *)forward;
    vector *v = (vector *)(void *)b, *q = (vector *)(void *)p, mixed = {0}, sum = {0};
    for (size_t k = 0; k < vectors; k++) mixed += s[k] * a[k];
    float drawn = change * across(mixed), stay = 1 - change;
    if (drawn < SMALL) {
        stay /= drawn;
        drawn = 1;
    }
    for (size_t k = 0; k < vectors; k++) {
        const vector follow = stay * a[k] + drawn;
        sum += q[k] = f[k] * follow;
        v[k] *= follow;
    }
    return across(sum);
}

/* The two likeliest languages (state 0 is none), as bits of their shares with the state in the low
 * ones: shares of the same 18 bits are in the order of states. */
enum { STATE_BITS = 31 };
typedef struct {
    int32_t best, next;
} ranking;

INLINE ranking rank(const float *p, size_t vectors)
{
    typedef int32_t bits __attribute__((vector_size(VECTOR * sizeof(int32_t))));
    bits best = {0}, next = {0}, number = {0, 1, 2, 3};
    for (size_t k = 0; k < vectors; k++, number += VECTOR) {
        bits x = (*(const bits *)(const void *)(p + k * VECTOR) & ~STATE_BITS) | number;
        if (!k) x[0] = 0;
        const bits more = x > best, less = (x & ~more) | (best & more);
        const bits second = less > next;
        best = (x & more) | (best & ~more);
        next = (less & second) | (next & ~second);
    }
    ranking r = {0, 0};
    for (int k = 0; k < VECTOR; k++) {
        const int32_t less = best[k] < r.best ? best[k] : r.best;
        r.best = best[k] > r.best ? best[k] : r.best;
        r.next = less > r.next ? less : r.next;
        r.next = next[k] > r.next ? next[k] : r.next;
    }
    return r;
}

/* Label and runner-up by shares that add up to `of`. */
INLINE void decide(language_unit *u, const states *st, const float *p, float of, size_t vectors)
{
    const ranking r = rank(p, vectors);
    int best = r.best & STATE_BITS, second = r.next & STATE_BITS;
    if (best >= st->count || p[best] <= p[0]) {
        second = best;
        best = 0;
    }
    if (second >= st->count) second = 0;
    u->label = st->label[best];
    u->p = p[best] / of;
    u->runner = second ? st->label[second] : LANGUAGE_LABEL_UND;
    u->runner_p = second ? p[second] / of : 0;
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

static float change_before(const language_unit *u)
{
    return u->after_break ? CHANGE_AT_BREAK : CHANGE_INSIDE;
}

INLINE void run_lattice(const language_settings *set, language_scratch *s, states *st,
                        size_t vectors)
{
    const size_t n = s->unit_count, width = vectors * VECTOR;
    float *forward = s->lattice, *backward = s->lattice + n * width;
    const float *share = st->share, doubt = background_doubt(s);
    float of = 1;
    for (size_t i = 0; i < n; i++) {
        float *f = forward + i * width, *b = backward + i * width;
        emission(set, s, &s->units[i], st, doubt, vectors, b);
        memcpy(f, b, width * sizeof *b);
        if (i)
            of = step(f - width, of, share, change_before(&s->units[i]), vectors, f);
        else
            of = step(share, 1, share, 0, vectors, f);
    }
    /* b[i] = emission(i) * what follows; a unit's share is then forward without what follows, times
     * the step back from i + 1. */
    for (size_t i = n; i-- > 0;) {
        float *b = backward + i * width, *f = forward + i * width, p[MAX_STATES];
        if (i + 1 < n)
            of = step_back(b + width, share, change_before(&s->units[i + 1]), vectors, f, b, p);
        decide(&s->units[i], st, i + 1 < n ? p : f, of, vectors);
    }
}

bool language_smooth(const language_settings *set, language_scratch *s)
{
    states st;
    if (!s->unit_count) return true;
    gather_states(set, s, &st);
    fill_fade(s);
    const size_t vectors = ((size_t)st.count + VECTOR - 1) / VECTOR;
    const size_t floats = s->unit_count * vectors * VECTOR * 2;
    if (floats > s->lattice_room) {
        float *grown = realloc(s->lattice, (floats + 4096) * sizeof *grown);
        if (!grown) return false;
        s->lattice = grown;
        s->lattice_room = floats + 4096;
    }
    if (vectors == 1)
        run_lattice(set, s, &st, 1);
    else
        run_lattice(set, s, &st, vectors);
    return true;
}
