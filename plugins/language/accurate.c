/* accurate.c: the accurate tier. N-grams within words and whole words are looked up in lines of
 * eight slots; each slot adds to a few labels. How much of a text the model has never seen is a
 * sign of its own, learnt like the others. */
#include "score.h"

#include <math.h>
#include <string.h>

int language_score_accurate(const language_model *model, const language_kernel *kernel, int script,
                            const uint8_t *text, size_t n, const uint8_t *allowed, uint64_t *keys,
                            language_answer *out)
{
    enum { MOST_BYTES = 1500 };
    const language_head *h = model->head;
    const language_script_model *s = &h->script[script];
    const language_line *lines = (const language_line *)(const void *)(model->file + h->line_table);
    int32_t sums[LANGUAGE_LANES] = {0};
    uint32_t seen[8] = {0}, absent[8] = {0};
    float z[LANGUAGE_LANES];
    if (s->lanes < 3) {
        language_answer_single(s, allowed, out);
        return LANGUAGE_LENGTHS - 1;
    }
    size_t count =
        language_keys(script, text, n > MOST_BYTES ? MOST_BYTES : n, keys, LANGUAGE_MAX_KEYS);
    uint32_t known = kernel->look_up(lines, h->lines, keys, count, sums, seen, absent);
    const int length = language_length_step(known);
    float sharp = s->sharpness[length];
    const float *bias = s->bias[length >= LANGUAGE_LONG_ACCURATE];
    float scale = s->step / sqrtf((float)known + 1);
    const int8_t *table = (const int8_t *)(model->file + s->table), *rows[8];
    int row_count = 0;
    for (uint32_t k = 3; k < 8; k++) {
        if (!seen[k]) continue;
        uint32_t step = (absent[k] * (LANGUAGE_ABSENT_STEPS - 1) + seen[k] / 2) / seen[k];
        rows[row_count++] = table + ((size_t)k * LANGUAGE_ABSENT_STEPS + step) * LANGUAGE_LANES;
    }
    kernel->of_sums(sums, bias, rows, row_count, scale, s->step, sharp, s->lanes, z);
    language_answer_make(s, kernel, z, allowed, out);
    return length;
}
