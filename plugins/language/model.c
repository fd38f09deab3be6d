/* model.c: checks a model file before anything trusts it; see model.h. */
#include "model.h"

#include <string.h>
#include <strings.h>

static bool table_fits(size_t size, uint64_t at, uint64_t bytes)
{
    return at % 64 == 0 && at <= size && bytes <= size - at;
}

static uint64_t script_bytes(const language_script_model *s, uint32_t kind)
{
    if (s->lanes < 3) return 0;
    if (kind == LANGUAGE_ACCURATE) return 8ull * LANGUAGE_ABSENT_STEPS * LANGUAGE_LANES;
    return (s->lanes > 32 ? 64ull : 16ull) << s->row_bits;
}

const char *language_model_open(const uint8_t *file, size_t size, uint32_t kind,
                                language_model *out)
{
    const language_head *h = (const language_head *)(const void *)(file + LANGUAGE_HEADER);
    if (size < LANGUAGE_HEADER + sizeof *h) return "is cut short";
    if (memcmp(h->magic, "tamislng", 8) != 0) return "is no language model of this byte order";
    if (h->format != LANGUAGE_FORMAT || h->head_size != sizeof *h)
        return "has another format than this build reads";
    if (h->kind != kind) return "is a model of the other tier";
    if (h->labels > LANGUAGE_MAX_LABELS) return "has too many labels";
    for (int s = 0; s < LANGUAGE_SCRIPT_COUNT; s++) {
        const language_script_model *m = &h->script[s];
        if (m->lanes > LANGUAGE_LANES || m->row_bits > 24) return "has an impossible table";
        if (!table_fits(size, m->table, script_bytes(m, kind))) return "is cut short";
        for (uint32_t l = 0; l < m->lanes; l++)
            if (m->label[l] >= h->labels && m->label[l] != LANGUAGE_LABEL_UND)
                return "has a lane without a label";
    }
    if (kind == LANGUAGE_ACCURATE &&
        (h->lines < LANGUAGE_BLOCK || h->lines % LANGUAGE_BLOCK || h->lines > UINT32_MAX ||
         !table_fits(size, h->line_table, h->lines * sizeof(language_line))))
        return "is cut short";
    *out = (language_model){file, size, h};
    return NULL;
}

int language_model_label(const language_model *self, const char *code, size_t n)
{
    for (uint32_t l = 0; self->head && l < self->head->labels; l++) {
        const language_label *x = &self->head->label[l];
        if ((strlen(x->tag) == n && !strncasecmp(x->tag, code, n)) ||
            (strlen(x->iso) == n && !strncasecmp(x->iso, code, n)))
            return (int)l;
    }
    return -1;
}
