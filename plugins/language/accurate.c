/* accurate.c: the accurate tier. N-grams within words and whole words are looked up in lines of
 * eight slots; each slot adds to a few labels. How much of a text the model has never seen is a
 * sign of its own, learnt like the others. */
#include "score.h"

#include <math.h>
#include <string.h>

/* The answer to what was found of a piece. */
static void answer(const language_model *model, const language_kernel *kernel,
                   const uint8_t *allowed, const language_findings *f, language_question *x)
{
    const language_script_model *s = &model->head->script[x->script];
    float z[LANGUAGE_LANES];
    x->step = language_length_step(f->known);
    const float *bias = s->bias[x->step >= LANGUAGE_LONG_ACCURATE];
    const float scale = s->step / sqrtf((float)f->known + 1);
    const int8_t *table = (const int8_t *)(model->file + s->table), *rows[8];
    int row_count = 0;
    for (uint32_t k = 3; k < 8; k++) {
        const uint32_t seen = f->seen[k];
        if (!seen) continue;
        uint32_t step = (f->absent[k] * (LANGUAGE_ABSENT_STEPS - 1) + seen / 2) / seen;
        rows[row_count++] = table + ((size_t)k * LANGUAGE_ABSENT_STEPS + step) * LANGUAGE_LANES;
    }
    kernel->of_sums(f->sums, bias, rows, row_count, scale, s->step, s->sharpness[x->step], s->lanes,
                    z);
    language_answer_make(s, kernel, z, allowed, x->out);
}

void language_score_accurate(const language_model *model, const language_kernel *kernel,
                             const uint8_t *allowed, language_question *pieces, size_t count,
                             language_memory *memory)
{
    enum { MOST_BYTES = 1500, KEYS_A_BYTE = 5, MORE = 16 }; /* at the most */
    if (!count) return;                                     /* there may be no model */
    const language_head *h = model->head;
    const language_line *lines = (const language_line *)(const void *)(model->file + h->line_table);
    language_findings found[LANGUAGE_BATCH];
    language_question *asked[LANGUAGE_BATCH];
    if (memory->model != model->file) memset(memory->tag, 0, sizeof memory->tag);
    memory->model = model->file;
    for (size_t i = 0; i < count;) {
        language_key_set keys = {memory->starts, memory->keys, 0, 0, LANGUAGE_MAX_KEYS};
        size_t batch = 0;
        for (; i < count && batch < LANGUAGE_BATCH; i++) {
            language_question *x = &pieces[i];
            const size_t n = x->n < MOST_BYTES ? x->n : MOST_BYTES;
            if (h->script[x->script].lanes < 3) {
                language_answer_single(&h->script[x->script], allowed, x->out);
                x->step = LANGUAGE_LENGTHS - 1;
                continue;
            }
            if (batch && (keys.key_count + n * KEYS_A_BYTE + MORE > LANGUAGE_MAX_KEYS ||
                          keys.start_count + n + n / 32 + MORE > LANGUAGE_MAX_STARTS))
                break;
            language_keys_add(x->script, x->text, n, &keys);
            memset(&found[batch], 0, sizeof found[batch]);
            found[batch].starts_end = keys.start_count;
            found[batch].end = keys.key_count;
            asked[batch++] = x;
        }
        kernel->recall(lines, h->lines, memory, found, batch);
        kernel->look_up(lines, h->lines, memory->keys, found, batch);
        for (size_t k = 0; k < batch; k++) answer(model, kernel, allowed, &found[k], asked[k]);
    }
}
