/* fast.c: the fast tier. Every window of a few bytes names a row of 4-bit weights; rows are added in
 * vectors as wide as the processor has them, scores become shares. */
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

/* Adds a candidate, in place of the least where there are too many; returns what the share of all grew. */
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

/* How far below the highest score a lane may be, for no more than LANGUAGE_CANDIDATES to be as near. */
static int nearest(const language_script_model *s, const language_kernel *kernel, const float *z,
                   float top, uint64_t near[LANGUAGE_LANES / 64])
{
    const float negligible = 9;               /* nats: less than a thousandth even of many */
    const int most = LANGUAGE_CANDIDATES + 1; /* the background may be one of them */
    int count = kernel->above(z, s->lanes, top - negligible, near);
    float few = 0, many = negligible;
    for (int i = 0; i < 9 && count > most; i++) {
        float middle = (few + many) / 2;
        uint64_t mask[LANGUAGE_LANES / 64];
        int n = kernel->above(z, s->lanes, top - middle, mask);
        if (n > most) {
            many = middle;
            continue;
        }
        few = middle;
        memcpy(near, mask, sizeof mask);
        if (n > most - 2) return n;
    }
    return count > most ? kernel->above(z, s->lanes, top - few, near) : count;
}

void language_answer_make(const language_script_model *script, const language_kernel *kernel,
                          float *z, const uint8_t *allowed, language_answer *out)
{
    uint64_t near[LANGUAGE_LANES / 64];
    float top, second;
    out->count = 0;
    out->und = out->rest = 0;
    if (allowed)
        for (uint32_t l = 0; l < script->lanes; l++)
            if (script->label[l] != LANGUAGE_LABEL_UND && !allowed[script->label[l]])
                z[l] = LANGUAGE_NEVER;
    kernel->rank(z, script->lanes, &top, &second);
    nearest(script, kernel, z, top, near);
    const float share = 1 / kernel->exp(z, script->lanes, top);
    const uint32_t back = script->lanes - 1;
    float named = 0;
    if (script->label[back] == LANGUAGE_LABEL_UND) {
        near[back / 64] &= ~(1ull << back % 64);
        out->und = z[back] * share;
    }
    for (uint32_t w = 0; w < LANGUAGE_LANES / 64; w++)
        for (uint64_t bits = near[w]; bits; bits &= bits - 1) {
            const uint32_t l = w * 64 + (uint32_t)__builtin_ctzll(bits);
            named += answer_add(out, script->label[l], z[l] * share);
        }
    const float rest = 1 - named - out->und;
    out->rest = rest > 0 ? rest : 0;
}

/* The answer of scores whose best label, a language, leads by `lead` nats, many. */
static void answer_sure(const language_script_model *s, const float *z, uint32_t best, float lead,
                        language_answer *out)
{
    const uint32_t back = s->lanes - 1;
    const float other = lead < 16 ? expf(-lead) : 0;
    memset(out, 0, sizeof *out);
    out->rest = other;
    if (s->label[back] == LANGUAGE_LABEL_UND && z[best] - z[back] < 16)
        out->und = expf(z[back] - z[best]);
    out->count = 1;
    out->label[0] = s->label[best];
    out->p[0] = 1 - other - out->und;
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

typedef struct {
    const language_model *model;
    const language_kernel *kernel;
    const language_script_model *script;
    int window;
    size_t windows;
    uint16_t sums[LANGUAGE_LANES];
} tally;

/* Adds every `apart`th window of folded[-1, n + 1) from the `first` on. */
static void tally_add(tally *t, const uint8_t *folded, size_t n, size_t first, size_t apart)
{
    const language_script_model *s = t->script;
    const size_t window = (size_t)t->window, all = n + 2 >= window ? n + 3 - window : 0;
    const size_t count = all > first ? (all - first + apart - 1) / apart : 0;
    (s->lanes > 32 ? t->kernel->wide
                   : t->kernel->narrow)(t->model->file + s->table, (int)s->row_bits, t->window,
                                        folded - 1 + first, count, apart, t->sums);
    t->windows += count;
}

static void tally_scores(const tally *t, float *z)
{
    const language_script_model *s = t->script;
    float sharp = s->sharpness[language_length_step(t->windows)];
    float scale = s->step * sharp / sqrtf((float)t->windows + 1);
    t->kernel->of_halves(t->sums, s->bias, scale, sharp, s->lanes, z);
}

void language_score_fast(const language_model *model, const language_kernel *kernel, int script,
                         const uint8_t *folded, size_t n, size_t head, size_t tail, float sure,
                         const uint8_t *allowed, language_answer *out)
{
    enum { FEW = 24 }; /* bytes: too few to leave any out */
    const language_script_model *s = &model->head->script[script];
    float z[LANGUAGE_LANES], top, second;
    if (s->lanes < 3) {
        language_answer_single(s, allowed, out);
        return;
    }
    tally t = {model, kernel, s, language_window(script), 0, {0}};
    if (n > LANGUAGE_FAST_BYTES) n = LANGUAGE_FAST_BYTES;
    const bool parts = head && n > head + tail, twice = sure > 0 && n > FEW && !allowed;
    const size_t start = parts ? head : n, apart = twice ? 2 : 1;
    tally_add(&t, folded, start, 0, apart);
    if (parts) tally_add(&t, folded + n - tail, tail, 0, apart);
    tally_scores(&t, z);
    if (twice) {
        uint32_t best = kernel->rank(z, s->lanes, &top, &second);
        if (top - second >= sure && s->label[best] != LANGUAGE_LABEL_UND) {
            answer_sure(s, z, best, top - second, out);
            return;
        }
        tally_add(&t, folded, start, 1, 2);
        if (parts) tally_add(&t, folded + n - tail, tail, 1, 2);
        tally_scores(&t, z);
    }
    language_answer_make(s, kernel, z, allowed, out);
}
