/* fast.c: the fast tier. Every window of a few bytes names a row of 4-bit weights; rows are added
 * in vectors as wide as the processor has them, scores become shares. */
#include "score.h"

#include <math.h>
#include <string.h>

#if defined(__x86_64__) && defined(__GNUC__)
#define KERNEL_WIDTH  64
#define KERNEL_ROW    64
#define KERNEL_NAME   add_64_wide
#define KERNEL_TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq")))
#include "kernel.h"
#define KERNEL_WIDTH  16
#define KERNEL_ROW    16
#define KERNEL_NAME   add_64_narrow
#define KERNEL_TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq")))
#include "kernel.h"
#define KERNEL_WIDTH  32
#define KERNEL_ROW    64
#define KERNEL_NAME   add_32_wide
#define KERNEL_TARGET __attribute__((target("avx2")))
#include "kernel.h"
#define KERNEL_WIDTH  16
#define KERNEL_ROW    16
#define KERNEL_NAME   add_32_narrow
#define KERNEL_TARGET __attribute__((target("avx2")))
#include "kernel.h"
#endif
#define KERNEL_WIDTH 16
#define KERNEL_ROW   64
#define KERNEL_NAME  add_16_wide
#define KERNEL_TARGET
#include "kernel.h"
#define KERNEL_WIDTH 16
#define KERNEL_ROW   16
#define KERNEL_NAME  add_16_narrow
#define KERNEL_TARGET
#include "kernel.h"

bool language_kernel_get(int width, language_kernel *out)
{
    out->width = width;
#if defined(__x86_64__) && defined(__GNUC__)
    if (width == 64 && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512dq")) {
        out->wide = add_64_wide;
        out->narrow = add_64_narrow;
        language_scan_get(width, out);
        language_lanes_get(width, out);
        return true;
    }
    if (width == 32 && __builtin_cpu_supports("avx2")) {
        out->wide = add_32_wide;
        out->narrow = add_32_narrow;
        language_scan_get(width, out);
        language_lanes_get(width, out);
        return true;
    }
#endif
    if (width != 16) return false;
    out->wide = add_16_wide;
    out->narrow = add_16_narrow;
    language_scan_get(width, out);
    language_lanes_get(width, out);
    return true;
}

/* Adds a candidate, in place of the least where there are too many; returns what the share of all
 * grew. */
static float answer_add(language_answer *out, uint8_t label, float p)
{
    int at = out->count;
    if (at < LANGUAGE_CANDIDATES) {
        out->count++;
        out->p[at] = 0;
    } else {
        at = 0;
        for (int i = 1; i < LANGUAGE_CANDIDATES; i++)
            if (out->p[i] < out->p[at]) at = i;
        if (out->p[at] >= p) return 0;
    }
    const float before = out->p[at];
    out->label[at] = label;
    out->p[at] = p;
    return p - before;
}

void language_answer_make(const language_script_model *script, const language_kernel *kernel,
                          float *z, const uint8_t *allowed, language_answer *out)
{
    uint64_t near[LANGUAGE_LANES / 64];
    float sum;
    out->count = 0;
    out->und = out->rest = 0;
    if (allowed)
        for (uint32_t l = 0; l < script->lanes; l++)
            if (script->label[l] != LANGUAGE_LABEL_UND && !allowed[script->label[l]])
                z[l] = LANGUAGE_NEVER;
    /* Languages first, however far the background leads: a text may be known to be in one. */
    const uint32_t back = script->lanes - 1;
    const bool nobodys = script->label[back] == LANGUAGE_LABEL_UND;
    const float background = z[back];
    if (nobodys) z[back] = LANGUAGE_NEVER;
    const float top = kernel->shares(z, script->lanes, near, &sum);
    if (top <= LANGUAGE_NEVER / 2) {
        out->und = 1;
        return;
    }
    if (nobodys) out->und = expf(background - top < 60 ? background - top : 60);
    const float share = 1 / (sum + out->und);
    float named = 0;
    for (uint32_t w = 0; w < LANGUAGE_LANES / 64; w++)
        for (uint64_t bits = near[w]; bits; bits &= bits - 1) {
            const uint32_t l = w * 64 + (uint32_t)__builtin_ctzll(bits);
            named += answer_add(out, script->label[l], z[l]);
        }
    for (int i = 0; i < out->count; i++) out->p[i] *= share;
    out->und *= share;
    out->rest = sum > named ? (sum - named) * share : 0;
}

/* exp of what is below 80, good to six digits; see lanes.h. */
static inline float soon_exp(float nats)
{
    const float t = (nats > -80 ? nats : -80) * 1.44269504f;
    const int32_t whole = (int32_t)(t + (t < 0 ? -.5f : .5f));
    const float f = t - (float)whole;
    float e = f * (f * (f * (f * (f * 1.333355e-3f + 9.618129e-3f) + 5.550411e-2f) + .2402265f) +
                   .6931472f) +
              1;
    const uint32_t bits = (uint32_t)(whole + 127) << 23;
    float power;
    memcpy(&power, &bits, sizeof power);
    return e * power;
}

/* The answer of scores whose best label, a language, leads the second. */
static void answer_two(const language_script_model *s, const float *z, uint32_t best,
                       uint32_t second, float lead, float sharper, language_answer *out)
{
    const uint32_t back = s->lanes - 1;
    float other = lead * sharper < 16 ? soon_exp(-lead * sharper) : 0;
    memset(out, 0, sizeof *out);
    if (s->label[back] == LANGUAGE_LABEL_UND) out->und = soon_exp((z[back] - z[best]) * sharper);
    const float share = 1 / (1 + out->und + (second == back ? 1 : 2) * other);
    out->und *= share;
    out->count = 1;
    out->label[0] = s->label[best];
    out->p[0] = share;
    if (second != back && other > 1e-4f) {
        out->count = 2;
        out->label[1] = s->label[second];
        out->p[1] = other * share;
    }
    out->rest = other * share;
}

/* A script of one language (lane 0; the background beside it was never rich enough to tell). */
void language_answer_single(const language_script_model *script, const uint8_t *allowed,
                            language_answer *out)
{
    memset(out, 0, sizeof *out);
    if (!script->lanes || (allowed && !allowed[script->label[0]])) {
        out->und = 1;
        return;
    }
    out->count = 1;
    out->label[0] = script->label[0];
    out->p[0] = .998f;
    out->und = .002f;
}

/* What has been added up of a piece. */
typedef struct {
    int step; /* windows looked at are two to this power bytes apart */
    size_t windows;
    uint16_t sums[LANGUAGE_LANES];
} tally;

/* Adds the windows of folded[-1, n + 1) from the `first` on that are 2^step bytes apart. */
static void tally_add(tally *t, const language_model *model, const language_kernel *kernel,
                      const language_piece *x, size_t first, int step)
{
    const language_script_model *s = &model->head->script[x->script];
    const size_t n = x->n < LANGUAGE_FAST_BYTES ? x->n : LANGUAGE_FAST_BYTES;
    const size_t window = (size_t)language_window(x->script);
    const size_t all = n + 2 >= window ? n + 3 - window : 0;
    const size_t apart = (size_t)1 << step;
    const size_t count = all > first ? (all - first + apart - 1) >> step : 0;
    (s->lanes > 32 ? kernel->wide : kernel->narrow)(model->file + s->table, (int)s->row_bits,
                                                    (int)window, x->folded - 1 + first, count,
                                                    apart, t->windows > 0, t->sums);
    t->windows += count;
}

/* Where a piece stands. */
typedef struct {
    float z[LANGUAGE_LANES];
    uint32_t best, second;
    float lead;
} standing;

static void tally_stand(const tally *t, const language_kernel *kernel,
                        const language_script_model *s, float doubt, standing *out)
{
    const int length = language_length_step(t->windows);
    const float *bias = s->bias[length >= LANGUAGE_LONG_FAST];
    float sharp = s->sharpness[length];
    float scale = s->step * sharp / sqrtf((float)t->windows + 1);
    if (s->label[s->lanes - 1] != LANGUAGE_LABEL_UND) doubt = 0;
    out->best = kernel->stand(t->sums, bias, scale, sharp, doubt, s->lanes, out->z, &out->second,
                              &out->lead);
}

/* Answers if what has been added up will do. */
static bool tally_settle(const tally *t, const language_model *model, const language_kernel *kernel,
                         const language_piece *x, const language_effort *effort)
{
    /* Windows that share no letters say more than as many side by side, from which the scale of
     * scores was learnt: of a thousand sentences with a lead of 3.5 at 40 windows, four are
     * wrong. */
    const float sharper = 1.4f, closer = .5f, sure_of_all = 6, expected = 2;
    const language_script_model *s = &model->head->script[x->script];
    standing now;
    tally_stand(t, kernel, s, x->doubt, &now);
    if (!effort->allowed) {
        const uint8_t label = s->label[now.best];
        float least = t->step == 0   ? sure_of_all
                      : t->step == 1 ? effort->sure + closer
                                     : effort->sure;
        if (x->trusting && label == effort->expected) least = expected;
        if (now.lead >= least && label != LANGUAGE_LABEL_UND) {
            answer_two(s, now.z, now.best, now.second, now.lead, t->step == 0 ? 1 : sharper,
                       x->out);
            return true;
        }
    }
    if (t->step > 0) return false;
    language_answer_make(s, kernel, now.z, effort->allowed, x->out);
    return true;
}

/* What most pieces are that have an answer. */
static void expect(language_effort *effort, const language_piece *pieces, size_t count)
{
    uint8_t labels[LANGUAGE_BATCH];
    size_t bytes[LANGUAGE_BATCH], all = 0, met = 0, most = 0;
    for (size_t i = 0; i < count; i++) {
        const language_answer *a = pieces[i].out;
        all += pieces[i].n;
        if (!a->count || a->p[0] < .95f * (1 - a->und)) continue;
        size_t k = 0;
        while (k < met && labels[k] != a->label[0]) k++;
        if (k == met) {
            labels[met] = a->label[0];
            bytes[met++] = 0;
        }
        bytes[k] += pieces[i].n;
        if (bytes[k] > bytes[most]) most = k;
    }
    if (met && bytes[most] * 3 > all) effort->expected = labels[most];
}

void language_score_fast(const language_model *model, const language_kernel *kernel,
                         language_effort *effort, const language_piece *pieces, size_t count)
{
    enum { ENOUGH = 40 }; /* windows */
    tally tallies[LANGUAGE_BATCH];
    uint8_t open[LANGUAGE_BATCH];
    size_t left = 0;
    /* First few windows, spread over all of the text, then those halfway between them, and so
     * on. */
    for (size_t i = 0; i < count; i++) {
        const language_piece *x = &pieces[i];
        tally *t = &tallies[i];
        if (x->known) continue;
        x->out->count = 0;
        if (model->head->script[x->script].lanes < 3) {
            language_answer_single(&model->head->script[x->script], effort->allowed, x->out);
            continue;
        }
        t->windows = 0;
        t->step = 0;
        if (effort->sure > 0 && !effort->allowed)
            while (1u << t->step < effort->apart && x->n >> t->step >= ENOUGH) t->step++;
        tally_add(t, model, kernel, x, 0, t->step);
        open[left++] = (uint8_t)i;
    }
    for (bool first = true; left;) {
        size_t still = 0;
        for (size_t k = 0; k < left; k++)
            if (!tally_settle(&tallies[open[k]], model, kernel, &pieces[open[k]], effort))
                open[still++] = open[k];
        left = still;
        if (first && left) {
            first = false;
            const uint8_t before = effort->expected;
            expect(effort, pieces, count);
            if (effort->expected != before) continue; /* look at those left again */
        }
        for (size_t k = 0; k < left; k++) {
            tally *t = &tallies[open[k]];
            tally_add(t, model, kernel, &pieces[open[k]], (size_t)1 << t->step >> 1, t->step);
            t->step--;
        }
    }
}
