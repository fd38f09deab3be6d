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

/* Keeps the likeliest LANGUAGE_CANDIDATES; what falls out joins the rest. */
static void answer_add(language_answer *out, uint8_t label, float p)
{
    if (out->count < LANGUAGE_CANDIDATES) {
        out->label[out->count] = label;
        out->p[out->count++] = p;
        return;
    }
    int least = 0;
    for (int i = 1; i < LANGUAGE_CANDIDATES; i++)
        if (out->p[i] < out->p[least]) least = i;
    if (out->p[least] >= p) {
        out->rest += p;
        return;
    }
    out->rest += out->p[least];
    out->label[least] = label;
    out->p[least] = p;
}

void language_answer_make(const language_script_model *script, const language_kernel *kernel,
                          float *z, const uint8_t *allowed, language_answer *out)
{
    enum { NEGLIGIBLE = 9 }; /* nats below the best: less than a thousandth even of many */
    uint8_t near[LANGUAGE_LANES];
    float top, sum = 0;
    out->count = 0;
    out->und = out->rest = 0;
    if (allowed)
        for (uint32_t l = 0; l < script->lanes; l++)
            if (script->label[l] != LANGUAGE_LABEL_UND && !allowed[script->label[l]])
                z[l] = -INFINITY;
    int count = kernel->near(z, script->lanes, NEGLIGIBLE, near, &top);
    for (int i = 0; i < count; i++) {
        uint8_t label = script->label[near[i]];
        float p = expf(z[near[i]] - top);
        sum += p;
        if (label == LANGUAGE_LABEL_UND)
            out->und = p;
        else
            answer_add(out, label, p);
    }
    for (int i = 0; i < out->count; i++) out->p[i] /= sum;
    out->und /= sum;
    out->rest /= sum;
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

static size_t add_rows(const language_model *model, const language_kernel *kernel, int script,
                       const uint8_t *folded, size_t n, uint16_t *sums)
{
    const language_script_model *s = &model->head->script[script];
    return (s->lanes > 32 ? kernel->wide : kernel->narrow)(
        model->file + s->table, (int)s->row_bits, language_window(script), folded, n, sums);
}

void language_score_fast(const language_model *model, const language_kernel *kernel, int script,
                         const uint8_t *folded, size_t n, size_t head, size_t tail,
                         const uint8_t *allowed, language_answer *out)
{
    const language_script_model *s = &model->head->script[script];
    uint16_t sums[LANGUAGE_LANES];
    float z[LANGUAGE_LANES];
    if (s->lanes < 3) {
        language_answer_single(s, allowed, out);
        return;
    }
    if (n > LANGUAGE_FAST_BYTES) n = LANGUAGE_FAST_BYTES;
    const bool parts = head && n > head + tail;
    size_t windows = add_rows(model, kernel, script, folded, parts ? head : n, sums);
    if (parts) {
        uint16_t more[LANGUAGE_LANES];
        windows += add_rows(model, kernel, script, folded + n - tail, tail, more);
        for (uint32_t l = 0; l < (s->lanes > 32 ? LANGUAGE_LANES : 32); l++) sums[l] += more[l];
    }
    float sharp = s->sharpness[language_length_step(windows)];
    float scale = s->step * sharp / sqrtf((float)windows + 1);
    kernel->of_halves(sums, s->bias, scale, sharp, s->lanes, z);
    language_answer_make(s, kernel, z, allowed, out);
}
