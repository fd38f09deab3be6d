/* detect.c: cut, score, smooth, join; see detect.h. The fast tier scores every unit, the accurate
 * one those that stay unsure; in a long text that is what neighbours do not settle. */
#include "detect.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    SHORT_TEXT = 2048, /* bytes: all unsure units of such a text are looked at twice, */
    MANY_UNITS = 4,    /* unless they are so many that they tell of each other */
    HEADING = 60,      /* letters: a line of fewer takes its neighbours' language too easily */
    LONG_TEXT = 1500,  /* bytes: a longer one has its label by samples, where one is asked for */
    PROBE = 64,        /* bytes that are looked at where a text is only sampled */
    PROBES = 2
};

/* Below it the accurate tier is asked in a short text. Chosen, as those below, on the tuning part
 * of the development sets. */
static const float SURE_SHORT = .95f;
static const uint32_t FEW_LETTERS = 20; /* so few want both tiers, however sure the fast one is */
/* Nats by which the background must lead to be as good as a language; see smooth.c. */
static const float DOUBT = 4, DOUBT_WHOLE = 1.5f;
/* Nats by which a language must lead where but some windows were looked at: in a long text, and
 * where there is but one sentence, which may be in a language that nobody knows. */
static const float LEAD = 3.5f, LEAD_ALONE = 6;

void language_scratch_free(language_scratch *self)
{
    free(self->units);
    free(self->spans);
    free(self->lattice);
    free(self->links);
    free(self->memory);
    free(self->lines);
    free(self->folded);
    free(self->map);
    memset(self, 0, sizeof *self);
}

static bool scratch_ready(language_scratch *s, const language_settings *set, size_t n)
{
    if (!s->memory && set->accurate.head && set->tier != LANGUAGE_TIER_FAST) {
        s->memory = aligned_alloc(64, (sizeof *s->memory + 63) / 64 * 64);
        if (!s->memory) return false;
        s->memory->model = NULL;
    }
    if (!s->lines && !(s->lines = malloc(LANGUAGE_LINES * sizeof *s->lines))) return false;
    if (s->lines_of[0] != set->fast.file || s->lines_of[1] != set->accurate.file)
        memset(s->lines, 0, LANGUAGE_LINES * sizeof *s->lines);
    s->lines_of[0] = set->fast.file;
    s->lines_of[1] = set->accurate.file;
    if (s->fold_room < n + 2 * LANGUAGE_FOLD_LEAD) {
        size_t room = n + n / 4 + 4096;
        free(s->folded);
        free(s->map);
        s->folded = malloc(room);
        s->map = malloc((room / 64 + 2) * sizeof *s->map);
        s->fold_room = s->folded && s->map ? room : 0;
    }
    return s->fold_room > 0;
}

/* The end of a piece of at most `most` bytes from `start` that cuts no code point. */
static size_t piece_end(const uint8_t *text, size_t start, size_t n, size_t most)
{
    if (n - start <= most) return n;
    size_t end = start + most;
    while (end > start && (text[end] & 0xC0) == 0x80) end--;
    return end;
}

/* Labels of one group become the one that stands for it. */
static void merge_groups(const uint8_t *group, language_answer *a)
{
    int kept = 0;
    for (int i = 0; i < a->count; i++) {
        uint8_t label = group[a->label[i]];
        int k = 0;
        while (k < kept && a->label[k] != label) k++;
        a->p[k] = a->p[i] + (k < kept ? a->p[k] : 0);
        a->label[k] = label;
        if (k == kept) kept++;
    }
    a->count = (uint8_t)kept;
}

static float best_of(const language_answer *a)
{
    float best = a->und;
    for (int i = 0; i < a->count; i++) best = a->p[i] > best ? a->p[i] : best;
    return best;
}

/* The share that an answer gives a label, named or not. */
static float share_of(const language_answer *a, uint8_t label)
{
    const float unnamed = a->rest / LANGUAGE_UNNAMED, least = unnamed > 1e-4f ? unnamed : 1e-4f;
    for (int i = 0; i < a->count; i++)
        if (a->label[i] == label) return a->p[i] > least ? a->p[i] : least;
    return least;
}

/* Two models that saw different features err differently: the accurate tier's answer, and a part of
 * what the fast one said before, which knows less of a few words. Longer units deserve more trust
 * than either had alone. `only`: the text is this one unit, which no neighbour puts right. */
static void blend(const language_kernel *kernel, const language_answer *fast, uint32_t letters,
                  bool only, language_answer *a)
{
    const bool many = letters >= 48;
    const float part = only && !many ? .15f : .25f, sharp = many ? 1.15f : 1;
    const int count = a->count; /* the background comes behind */
    float p[LANGUAGE_MIXED] = {0}, q[LANGUAGE_MIXED] = {0}, sum = a->rest;
    for (int i = 0; i < count; i++) {
        p[i] = a->p[i];
        q[i] = share_of(fast, a->label[i]);
    }
    p[count] = a->und;
    q[count] = fast->und > 1e-4f ? fast->und : 1e-4f;
    kernel->mix(p, q, (1 - part) * sharp, part * sharp);
    for (int i = 0; i <= count; i++) sum += p[i];
    for (int i = 0; i < count; i++) a->p[i] = p[i] / sum;
    a->und = p[count] / sum;
    a->rest /= sum;
}

/* Bytes of a unit without the white space at its end. */
static size_t unit_length(const language_unit *u, const uint8_t *folded)
{
    size_t end = u->end;
    while (end > u->start && folded[end - 1] == ' ') end--;
    return end - u->start;
}

/* Finds where the answer of a short line of n bytes is remembered; what is remembered of another
 * makes way. */
static void find_line(language_scratch *s, const uint8_t *folded, size_t n, language_unit *u)
{
    uint64_t text[LANGUAGE_LINE_WORDS] = {0}, h = u->script;
    memcpy(text, folded + u->start, n);
    for (int k = 0; k < LANGUAGE_LINE_WORDS; k++) {
        h = (h ^ text[k]) * 0x9E3779B97F4A7C15ull;
        h ^= h >> 32;
    }
    language_known_line *line = &s->lines[h % LANGUAGE_LINES];
    if (line->script != u->script || memcmp(line->text, text, sizeof text) != 0) {
        memcpy(line->text, text, sizeof text);
        line->script = u->script;
        line->once = line->twice = false;
        line->claim = ++s->claims;
    }
    u->line = line;
    u->claim = line->claim;
}

/* Answers as the last time, by the fast tier or `twice`, if that is remembered. */
static bool recall_unit(language_unit *u, bool twice)
{
    const language_known_line *line = u->line;
    if (!line || line->claim != u->claim || !(twice ? line->twice : line->once)) return false;
    u->answer = twice ? line->both : line->fast;
    u->twice = twice;
    return true;
}

static void remember_unit(const language_unit *u, bool twice)
{
    language_known_line *line = u->line;
    if (!line || line->claim != u->claim) return;
    *(twice ? &line->both : &line->fast) = u->answer;
    *(twice ? &line->twice : &line->once) = true;
}

/* Asks the accurate tier for `count` units, LANGUAGE_BATCH at the most, with scripts. `only`: the
 * text is one unit. */
static void score_accurate(const language_settings *set, language_scratch *s, const uint8_t *folded,
                           language_unit *const *units, size_t count, bool only)
{
    language_question asked[LANGUAGE_BATCH];
    language_answer fast[LANGUAGE_BATCH];
    for (size_t i = 0; i < count; i++) {
        language_unit *u = units[i];
        fast[i] = u->answer;
        asked[i] =
            (language_question){folded + u->start, u->end - u->start, &u->answer, u->script, 0};
    }
    language_score_accurate(&set->accurate, &set->kernel, set->allowed, asked, count, s->memory);
    for (size_t i = 0; i < count; i++) {
        language_unit *u = units[i];
        if (set->group) merge_groups(set->group, &u->answer);
        if (fast[i].count && u->answer.count && !u->twice)
            blend(&set->kernel, &fast[i], u->letters, only, &u->answer);
        u->twice = true;
        remember_unit(u, true);
    }
}

/* Scores units whose scripts are known, of a text of n bytes folded at `folded`; `twice`: by the
 * accurate tier too, where that leaves them unsure. */
static void score_units(const language_settings *set, language_scratch *s, const uint8_t *folded,
                        language_unit *units, size_t count, size_t n, bool twice)
{
    const bool accurate = set->tier == LANGUAGE_TIER_ACCURATE && set->accurate.head;
    const bool whole = set->unit == LANGUAGE_UNIT_DOCUMENT, only = count == 1;
    /* Much text is in some language, whatever names and figures there are in a part of it. */
    const float doubt = n > LONG_TEXT ? DOUBT : DOUBT_WHOLE;
    language_effort effort = {only && n <= LONG_TEXT ? LEAD_ALONE : LEAD,
                              set->every_byte ? 4 : LANGUAGE_ANY_DISTANCE, set->allowed,
                              LANGUAGE_LABEL_UND};
    language_piece pieces[LANGUAGE_BATCH];
    language_unit *asked[LANGUAGE_BATCH];
    const bool remember = !only && !whole && !accurate && !set->allowed && !set->group;
    for (size_t i = 0, of_batch = 0, ask = 0, first = 0; i < count; i++) {
        language_unit *u = &units[i];
        u->foreign = u->twice = false;
        u->line = NULL;
        u->answer.count = 0;
        u->answer.und = u->answer.rest = 0;
        if (u->script != LANGUAGE_NO_SCRIPT && accurate) asked[ask++] = u;
        if (u->script != LANGUAGE_NO_SCRIPT && !accurate) {
            const size_t length = unit_length(u, folded);
            const bool heading = u->alone && u->letters < HEADING;
            const float lead = whole ? doubt : heading || only ? 0 : DOUBT;
            if (remember && heading && length <= LANGUAGE_LINE_MOST)
                find_line(s, folded, length, u);
            const bool known = recall_unit(u, false);
            pieces[of_batch++] = (language_piece){
                folded + u->start, length, u->script, &u->answer, known, !heading, lead};
        }
        if (of_batch < LANGUAGE_BATCH && ask < LANGUAGE_BATCH && i + 1 < count) continue;
        language_score_fast(&set->fast, &set->kernel, &effort, pieces, of_batch);
        for (size_t piece = 0; first <= i && !accurate; first++) {
            u = &units[first];
            if (u->script == LANGUAGE_NO_SCRIPT) continue;
            if (!pieces[piece++].known) remember_unit(u, false);
            if (set->group) merge_groups(set->group, &u->answer);
            if (twice && (u->letters < FEW_LETTERS || best_of(&u->answer) < SURE_SHORT))
                asked[ask++] = u;
        }
        score_accurate(set, s, folded, asked, ask, only);
        of_batch = ask = 0;
    }
}

/* A script other than the text's main one, inside a line. */
static void mark_foreign(language_scratch *s)
{
    size_t letters[LANGUAGE_SCRIPT_COUNT] = {0};
    int main_script = 0;
    bool any = false;
    for (size_t i = 0; i < s->unit_count && !any; i++) any = s->units[i].cut;
    if (!any) return;
    for (size_t i = 0; i < s->unit_count; i++)
        if (s->units[i].script != LANGUAGE_NO_SCRIPT)
            letters[s->units[i].script] += s->units[i].letters;
    for (int k = 1; k < LANGUAGE_SCRIPT_COUNT; k++)
        if (letters[k] > letters[main_script]) main_script = k;
    for (size_t i = 0; i < s->unit_count; i++)
        s->units[i].foreign = s->units[i].cut && s->units[i].script != main_script;
}

/* The label of most letters. */
static uint8_t main_label(const language_scratch *s)
{
    size_t letters[LANGUAGE_MAX_LABELS + 1] = {0};
    uint8_t best = LANGUAGE_LABEL_UND;
    for (size_t i = 0; i < s->unit_count; i++) {
        const language_unit *u = &s->units[i];
        letters[u->label] += u->letters;
        if (u->label != LANGUAGE_LABEL_UND && letters[u->label] > letters[best]) best = u->label;
    }
    return best;
}

/* A unit of a long text whose neighbours have been heard. The accurate tier seldom differs from
 * what a unit and most of the text agree in, of a short line least of all (3 of 100, unless the
 * unit itself is likelier nobody's); a line of few words in another language wants to be sure. */
static bool is_doubtful(const language_unit *u, uint8_t most)
{
    const float sure = .9f, sure_of_line = .8f, sure_of_other = .99f, own = .8f;
    if (u->label == most) {
        const bool line = u->alone && u->letters < HEADING && u->answer.und <= u->p;
        return u->p < (line ? sure_of_line : sure);
    }
    return u->p < sure_of_other || share_of(&u->answer, u->label) < own;
}

static bool label_units(const language_settings *set, language_scratch *s, size_t n)
{
    const uint8_t *folded = s->folded + LANGUAGE_FOLD_LEAD;
    bool more = set->tier == LANGUAGE_TIER_AUTO && set->accurate.head;
    const bool few = n <= SHORT_TEXT && s->unit_count < MANY_UNITS;
    score_units(set, s, folded, s->units, s->unit_count, n, more && few);
    mark_foreign(s);
    if (!language_smooth(set, s)) return false;
    if (!more || few) return true;
    bool again = false;
    const uint8_t most = main_label(s);
    language_unit *asked[LANGUAGE_BATCH];
    for (size_t i = 0, ask = 0; i < s->unit_count; i++) {
        language_unit *u = &s->units[i];
        if (u->script != LANGUAGE_NO_SCRIPT && is_doubtful(u, most)) {
            again = true;
            if (!recall_unit(u, true)) asked[ask++] = u;
        }
        if (ask < LANGUAGE_BATCH && (i + 1 < s->unit_count || !ask)) continue;
        score_accurate(set, s, folded, asked, ask, s->unit_count == 1);
        ask = 0;
    }
    return !again || language_smooth(set, s);
}

/* Scans and scores text[start, end) as one unit. */
static void score_piece(const language_settings *set, language_scratch *s, const uint8_t *text,
                        size_t n, size_t start, size_t end, bool twice, language_unit *u)
{
    uint8_t *folded = s->folded + LANGUAGE_FOLD_LEAD;
    uint32_t second;
    u->start = 0;
    u->end = end - start;
    language_scan(&set->kernel, text, n, start, end, folded, s->map);
    language_unit_script(s, &set->kernel, u, &second);
    score_units(set, s, folded, u, 1, n, twice);
    u->start = start;
    u->end = end;
}

/* Scans and scores pieces at `at` eighths of the text, as units of their own. */
static void score_probes(const language_settings *set, language_scratch *s, const uint8_t *text,
                         size_t n, const uint8_t at[PROBES], language_unit units[PROBES])
{
    enum { APART = PROBE + 2 * LANGUAGE_FOLD_LEAD };
    uint8_t *folded = s->folded + LANGUAGE_FOLD_LEAD;
    size_t start[PROBES];
    for (size_t i = 0; i < PROBES; i++) {
        start[i] = (n - PROBE) / 8 * at[i];
        __builtin_prefetch(text + start[i]);
        __builtin_prefetch(text + start[i] + PROBE - 1);
    }
    for (size_t i = 0; i < PROBES; i++) {
        uint32_t second;
        while (start[i] && (text[start[i]] & 0xC0) == 0x80) start[i]--;
        language_scan(&set->kernel, text, n, start[i], start[i] + PROBE, folded + i * APART,
                      s->map + i * APART / 64);
        language_unit *u = &units[i]; /* the rest of it is filled by those who score it */
        u->start = i * APART;
        u->end = u->start + PROBE;
        u->alone = u->after_break = u->cut = false;
        language_unit_script(s, &set->kernel, u, &second);
    }
    score_units(set, s, folded, units, PROBES, n, false);
}

/* A piece of a long text is in its language, unless very surely nobody's; see smooth.c. */
static void doubt_background(language_answer *a)
{
    const float doubt = .005f, sum = 1 - a->und + a->und * doubt;
    if (sum <= 0) return;
    for (int k = 0; k < a->count; k++) a->p[k] /= sum;
    a->rest /= sum;
    a->und *= doubt / sum;
}

/* Two pieces of a text, before its middle and at its end, that agree settle its label; further ones
 * where these leave a doubt, and none that speaks for another. */
static bool label_by_probes(const language_settings *set, language_scratch *s, const uint8_t *text,
                            size_t n, language_unit *u)
{
    static const uint8_t at[][PROBES] = {{3, 8}, {0, 5}, {1, 6}, {2, 7}};
    const float sure = .95f;
    language_unit units[PROBES];
    float p = 0, und = 0;
    int votes = 0, nobodys = 0;
    uint8_t label = LANGUAGE_LABEL_UND;
    for (size_t round = 0; round < sizeof at / sizeof at[0]; round++) {
        score_probes(set, s, text, n, at[round], units);
        for (size_t i = 0; i < PROBES; i++) {
            const language_answer *a = &units[i].answer;
            int best = 0;
            for (int k = 1; k < a->count; k++)
                if (a->p[k] > a->p[best]) best = k;
            if (a->und > .6f && ++nobodys > 1) return false;
            if (!a->count || a->und > .6f || a->p[best] < sure * (1 - a->und)) continue;
            if (votes && a->label[best] != label) return false;
            label = a->label[best];
            p += a->p[best];
            und += a->und;
            u->script = units[i].script;
            votes++;
        }
        if (votes < PROBES) continue;
        u->answer = (language_answer){.count = 1, .label = {label}};
        u->answer.p[0] = p / (float)votes;
        u->answer.und = und / (float)votes;
        u->answer.rest = 1 - u->answer.p[0] - u->answer.und;
        doubt_background(&u->answer);
        u->letters = (uint32_t)(n / 2); /* about */
        return true;
    }
    return false;
}

/* One label for all of a text: every piece of it votes with its shares. */
static void label_by_pieces(const language_settings *set, language_scratch *s, const uint8_t *text,
                            size_t n, language_unit *u)
{
    float mass[LANGUAGE_MAX_LABELS + 1] = {0}, total = 0, und = 0;
    uint8_t met[LANGUAGE_MAX_LABELS + 1]; /* the few labels that any piece named */
    int met_count = 0;
    uint32_t letters = 0;
    int script = LANGUAGE_NO_SCRIPT;
    for (size_t i = 0; i < n;) {
        size_t start = i;
        i = piece_end(text, i, n, LANGUAGE_FAST_BYTES);
        score_piece(set, s, text, n, start, i,
                    set->tier == LANGUAGE_TIER_AUTO && set->accurate.head, u);
        float weight = (float)(i - start);
        doubt_background(&u->answer);
        for (int k = 0; k < u->answer.count; k++) {
            const uint8_t label = u->answer.label[k];
            const float share = weight * u->answer.p[k];
            if (share > 0 && mass[label] <= 0) met[met_count++] = label;
            mass[label] += share;
        }
        und += weight * u->answer.und;
        letters += u->letters;
        if (u->script != LANGUAGE_NO_SCRIPT) {
            total += weight;
            script = u->script;
        }
    }
    memset(&u->answer, 0, sizeof u->answer);
    u->letters = letters;
    u->script = (uint8_t)script;
    if (total <= 0) return;
    u->answer.und = und / total;
    while (u->answer.count < LANGUAGE_CANDIDATES && met_count) {
        int best = 0;
        for (int i = 1; i < met_count; i++)
            if (mass[met[i]] > mass[met[best]] ||
                (mass[met[i]] == mass[met[best]] && met[i] < met[best]))
                best = i;
        u->answer.label[u->answer.count] = met[best];
        u->answer.p[u->answer.count++] = mass[met[best]] / total;
        met[best] = met[--met_count];
    }
}

/* One label for all of a long text: probes settle most. */
static void label_document(const language_settings *set, language_scratch *s, const uint8_t *text,
                           size_t n, language_unit *u)
{
    if (set->every_byte || !label_by_probes(set, s, text, n, u))
        label_by_pieces(set, s, text, n, u);
    u->start = 0;
    u->end = n;
}

/* Label and share of a unit that stands for itself. `some`: it is known to be in some language. */
static void decide_alone(language_unit *u, bool some)
{
    language_answer *a = &u->answer;
    if (some && a->count) {
        float sum = a->rest;
        for (int k = 0; k < a->count; k++) sum += a->p[k];
        for (int k = 0; k < a->count && sum > 0; k++) a->p[k] /= sum;
        a->und = 0;
    }
    u->label = u->runner = LANGUAGE_LABEL_UND;
    u->p = a->und;
    u->runner_p = 0;
    int best = -1, second = -1;
    for (int k = 0; k < a->count; k++) {
        if (best < 0 || a->p[k] > a->p[best]) {
            second = best;
            best = k;
        } else if (second < 0 || a->p[k] > a->p[second]) {
            second = k;
        }
    }
    if (best >= 0) {
        u->label = a->label[best];
        u->p = a->p[best];
    }
    if (second >= 0) {
        u->runner = a->label[second];
        u->runner_p = a->p[second];
    }
}

/* Below the least score, or likelier nobody's: und. With a least score of 0 a language is always
 * named where there are letters. */
static void apply_least_score(language_unit *u, double least)
{
    if (u->label == LANGUAGE_LABEL_UND) return;
    if (least > 0 && (u->p < least || u->answer.und > u->p)) {
        u->runner = u->label;
        u->runner_p = u->p;
        u->label = LANGUAGE_LABEL_UND;
        u->p = 0;
    }
}

static bool join_spans(language_scratch *s, bool apart, language_result *out)
{
    if (s->unit_count > s->span_room) {
        language_span *grown = realloc(s->spans, s->unit_count * 2 * sizeof *grown);
        if (!grown) return false;
        s->spans = grown;
        s->span_room = s->unit_count * 2;
    }
    float weight = 0;
    out->count = 0;
    for (size_t i = 0; i < s->unit_count; i++) {
        const language_unit *u = &s->units[i];
        float w = (float)u->letters + .01f;
        language_span *last = out->count ? &s->spans[out->count - 1] : NULL;
        if (last && !apart && last->label == u->label) {
            last->end = u->end;
            last->p = (last->p * weight + u->p * w) / (weight + w);
            last->runner_p =
                (last->runner_p * weight + (u->runner == last->runner ? u->runner_p * w : 0)) /
                (weight + w);
            weight += w;
            continue;
        }
        s->spans[out->count++] =
            (language_span){u->start, u->end, u->label, u->runner, u->p, u->runner_p};
        weight = w;
    }
    out->spans = s->spans;
    return true;
}

/* The text's language is the one with most letters; its mixture, the shares of all. */
static void sum_up(const language_scratch *s, language_result *out)
{
    float letters[LANGUAGE_MAX_LABELS + 1], sure[LANGUAGE_MAX_LABELS + 1], total = 0;
    bool met[LANGUAGE_MAX_LABELS + 1] = {false};
    uint8_t labels[LANGUAGE_MAX_LABELS + 1];
    int count = 0;
    for (size_t i = 0; i < s->unit_count; i++) {
        const language_unit *u = &s->units[i];
        float w = (float)u->letters * (u->script == LANGUAGE_HANI ? 1.5f : 1);
        if (!met[u->label]) {
            met[u->label] = true;
            labels[count++] = u->label;
            letters[u->label] = sure[u->label] = 0;
        }
        letters[u->label] += w;
        sure[u->label] += w * u->p;
        total += w;
    }
    out->label = LANGUAGE_LABEL_UND;
    out->p = 0;
    out->shares = 0;
    if (total <= 0) return;
    while (out->shares < LANGUAGE_MIXTURE) {
        int next = -1;
        for (int i = 0; i < count; i++)
            if (letters[labels[i]] > 0 &&
                (next < 0 || letters[labels[i]] > letters[next] ||
                 (letters[labels[i]] >= letters[next] && labels[i] < next)))
                next = labels[i];
        if (next < 0) break;
        if (out->shares == 0) {
            out->label = (uint8_t)next;
            out->p = sure[next] / letters[next];
        }
        out->share[out->shares].label = (uint8_t)next;
        out->share[out->shares++].share = letters[next] / total;
        letters[next] = 0;
    }
}

/* One unit for all of the text. */
static bool unit_whole(language_scratch *s, size_t n)
{
    if (!s->unit_room) {
        s->units = malloc(64 * sizeof *s->units);
        s->unit_room = s->units ? 64 : 0;
    }
    s->unit_count = n ? 1 : 0;
    if (s->unit_room) s->units[0] = (language_unit){.end = n, .alone = true, .after_break = true};
    return s->unit_room > 0;
}

bool language_detect(const language_settings *set, language_scratch *s, const uint8_t *text,
                     size_t n, language_result *out)
{
    memset(out, 0, sizeof *out);
    out->label = LANGUAGE_LABEL_UND;
    bool whole = set->unit == LANGUAGE_UNIT_DOCUMENT;
    if (!scratch_ready(s, set, whole && n > LONG_TEXT ? LANGUAGE_FAST_BYTES : n)) return false;
    if (whole) {
        if (!unit_whole(s, n)) return false;
        if (n > LONG_TEXT)
            label_document(set, s, text, n, s->units);
        else if (n)
            score_piece(set, s, text, n, 0, n,
                        set->tier == LANGUAGE_TIER_AUTO && set->accurate.head, s->units);
        if (n) decide_alone(s->units, set->min_score <= 0);
    } else {
        language_scan(&set->kernel, text, n, 0, n, s->folded + LANGUAGE_FOLD_LEAD, s->map);
        if (!language_split(s, &set->kernel, set->unit, text, n) || !label_units(set, s, n))
            return false;
    }
    for (size_t i = 0; i < s->unit_count; i++) apply_least_score(&s->units[i], set->min_score);
    bool apart = set->unit == LANGUAGE_UNIT_LINE || set->unit == LANGUAGE_UNIT_SENTENCE;
    if (!join_spans(s, apart, out)) return false;
    sum_up(s, out);
    return true;
}
