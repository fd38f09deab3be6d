/* accurate.c: the accurate tier. N-grams within words and whole words are looked up in lines of eight
 * slots; each slot adds to a few labels. How much of a text the model has never seen is a sign of
 * its own, learnt like the others. */
#include "score.h"

#include <math.h>
#include <string.h>

static inline bool line_add(const language_line *line, uint64_t check, int32_t *sums)
{
    bool found = false;
    for (int i = 0; i < LANGUAGE_SLOTS; i++) {
        uint64_t slot = line->slot[i];
        if ((slot & ((1u << LANGUAGE_CHECK_BITS) - 1)) != check) continue;
        found = true;
        slot >>= LANGUAGE_CHECK_BITS;
        for (int k = 0; k < LANGUAGE_PAIRS; k++) {
            uint32_t lane = slot & ((1u << LANGUAGE_LANE_BITS) - 1);
            uint32_t weight = slot >> LANGUAGE_LANE_BITS & ((1u << LANGUAGE_WEIGHT_BITS) - 1);
            sums[lane] += (int32_t)weight - LANGUAGE_WEIGHT_ZERO;
            slot >>= LANGUAGE_PAIR_BITS;
        }
    }
    return found;
}

static inline void prefetch(const language_line *lines, uint64_t count, uint64_t key)
{
    uint64_t at = language_key_line(key, count);
    __builtin_prefetch(&lines[at]);
    __builtin_prefetch(&lines[language_other_line(at, language_key_check(key))]);
}

int language_score_accurate(const language_model *model, int script, const uint8_t *text, size_t n,
                            const uint8_t *allowed, uint64_t *keys, language_answer *out)
{
    enum { AHEAD = 8, MOST_BYTES = 1500 };
    const language_head *h = model->head;
    const language_script_model *s = &h->script[script];
    const language_line *lines = (const language_line *)(const void *)(model->file + h->line_table);
    int32_t sums[LANGUAGE_LANES] = {0};
    uint32_t seen[8] = {0}, absent[8] = {0}, known = 0;
    float z[LANGUAGE_LANES];
    if (s->lanes < 3) {
        language_answer_single(s, allowed, out);
        return LANGUAGE_LENGTHS - 1;
    }
    size_t count =
        language_keys(script, text, n > MOST_BYTES ? MOST_BYTES : n, keys, LANGUAGE_MAX_KEYS);
    for (size_t i = 0; i < count && i < AHEAD; i++) prefetch(lines, h->lines, keys[i]);
    for (size_t i = 0; i < count; i++) {
        if (i + AHEAD < count) prefetch(lines, h->lines, keys[i + AHEAD]);
        uint64_t at = language_key_line(keys[i], h->lines);
        uint64_t check = language_key_check(keys[i]);
        bool found = line_add(&lines[at], check, sums);
        if (line_add(&lines[language_other_line(at, check)], check, sums)) found = true;
        seen[keys[i] & 7]++;
        absent[keys[i] & 7] += !found;
        known += found;
    }
    const int length = language_length_step(known);
    float sharp = s->sharpness[length];
    float scale = s->step / sqrtf((float)known + 1);
    for (uint32_t l = 0; l < s->lanes; l++) z[l] = (float)sums[l] * scale + s->bias[l];
    const int8_t *rows = (const int8_t *)(model->file + s->table);
    for (uint32_t k = 3; k < 8; k++) {
        if (!seen[k]) continue;
        uint32_t step = (absent[k] * (LANGUAGE_ABSENT_STEPS - 1) + seen[k] / 2) / seen[k];
        const int8_t *row = rows + ((size_t)k * LANGUAGE_ABSENT_STEPS + step) * LANGUAGE_LANES;
        for (uint32_t l = 0; l < s->lanes; l++) z[l] += (float)row[l] * s->step;
    }
    for (uint32_t l = 0; l < s->lanes; l++) z[l] *= sharp;
    language_answer_make(s, z, allowed, out);
    return length;
}
