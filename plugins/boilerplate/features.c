/* boilerplate/features: the columns: their names, their memory, and the order in which they are
 * filled. */
#include "fill.h"

#include <stdlib.h>
#include <string.h>

#define ROW_NAME(name, help) #name,
#define ROW_HELP(name, help) help,
static const char *const feature_names[] = {BOILERPLATE_FEATURES(ROW_NAME)};
#define ROW_SIZE(name, help) sizeof(#name) - 1,
static const uint8_t feature_sizes[] = {BOILERPLATE_FEATURES(ROW_SIZE)};
static const char *const feature_helps[] = {BOILERPLATE_FEATURES(ROW_HELP)};

const char *boilerplate_feature_name(unsigned feature)
{
    return feature < BOILERPLATE_FEATURE_COUNT ? feature_names[feature] : "";
}

unsigned boilerplate_feature_of(const char *name, size_t n)
{
    unsigned k = 0;
    while (k < BOILERPLATE_FEATURE_COUNT &&
           (feature_sizes[k] != n || memcmp(feature_names[k], name, n) != 0))
        k++;
    return k;
}

const char *boilerplate_feature_help(unsigned feature)
{
    return feature < BOILERPLATE_FEATURE_COUNT ? feature_helps[feature] : "";
}

static bool make_room(boilerplate_columns *self, size_t rows, size_t table)
{
    /* the zeros behind a column are those before the next one */
    size_t stride = (rows + 63) / 64 * 64 + BOILERPLATE_MARGIN;
    size_t need = stride * BOILERPLATE_FEATURE_COUNT + 2 * BOILERPLATE_MARGIN;
    if (need > self->room) {
        size_t room = need + need / 2 + 63;
        room -= room % 64; /* columns begin where vectors do */
        free(self->bytes);
        self->bytes = aligned_alloc(64, room);
        self->room = self->bytes ? room : 0;
    }
    if (2 * (rows + 1) + table > self->work_room) {
        free(self->work);
        self->work_room = 2 * (rows + 1) + table;
        self->work = malloc(self->work_room * sizeof *self->work);
        if (!self->work) self->work_room = 0;
    }
    if (!self->bytes || !self->work) return false;
    self->rows = rows;
    self->stride = stride;
    self->outside = false;
    memset(self->bytes, 0, BOILERPLATE_MARGIN);
    for (unsigned k = 0; k < BOILERPLATE_FEATURE_COUNT; k++) /* of a fixed size: some more */
        memset(boilerplate_column(self, k) + rows, 0, 2 * BOILERPLATE_MARGIN);
    return true;
}

boilerplate_filler boilerplate_filler_of(boilerplate_columns *self, const boilerplate_text *text)
{
    boilerplate_filler f = {.text = text, .stride = self->stride};
    f.base = boilerplate_column(self, 0);
    f.prose = self->work;
    f.topic = self->work + self->rows + 1;
    f.spare = self->work + 2 * (self->rows + 1);
    f.table = f.spare + 2 * (text->word_count + BOILERPLATE_SELECT_SLACK);
    for (unsigned k = 0; k < sizeof f.falling; k++)
        f.falling[k] = boilerplate_small_scale[sizeof f.falling - k];
    return f;
}

void boilerplate_clear_columns(boilerplate_filler *f, unsigned first, unsigned last)
{
    for (unsigned k = first; k <= last; k++) memset(f->base + k * f->stride, 0, f->text->row_count);
}

bool boilerplate_fill(boilerplate_columns *self, const boilerplate_text *text,
                      const boilerplate_phrase_row *phrases, const boilerplate_languages *languages)
{
    size_t table = 1024;
    while (table < 2 * (text->row_count + 1) || table < text->word_count) table *= 2;
    if (!make_room(self, text->row_count,
                   table + 2 * (text->word_count + BOILERPLATE_SELECT_SLACK)))
        return false;
    boilerplate_filler f = boilerplate_filler_of(self, text);
    f.phrases = phrases;
    f.languages = languages;
    f.table_mask = table - 1;
    boilerplate_fill_shape(&f);
    boilerplate_fill_phrases(&f);
    boilerplate_clear_columns(&f, BOILERPLATE_F_frequency,
                              BOILERPLATE_F_within); /* filled by whoever knows */
    boilerplate_fill_copies(&f);
    boilerplate_fill_typography(&f);
    boilerplate_fill_language(&f);
    boilerplate_fill_title(&f);
    boilerplate_fill_echo(&f);
    if (text->row_count) boilerplate_fill_neighbours(&f);
    if (text->row_count) boilerplate_fill_place(&f);
    boilerplate_fill_word_block(&f);
    boilerplate_fill_document(&f);
    return boilerplate_fill_kin(self, text);
}

void boilerplate_columns_free(boilerplate_columns *self)
{
    free(self->bytes);
    free(self->work);
    boilerplate_kin_free(self->kin);
    memset(self, 0, sizeof *self);
}
