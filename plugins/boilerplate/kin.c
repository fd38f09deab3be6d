/* boilerplate/kin: which lines speak of the same things. A line's stems are the beginnings of its
 * longer words (pairs of neighbours in scripts that part no words), so that "Entwurf" and "Entwurfs"
 * are one. Lines of an article share theirs with the title and with each other; a teaser of another
 * story shares them with nothing. Two columns more come of lines' shapes: words run together where
 * links stood side by side, and shapes that come again every few lines. Called by boilerplate_fill
 * and boilerplate_fill_scores. */
#include "features.h"

#include <stdlib.h>
#include <string.h>

enum { NO_STEM = 0xFFFF, SLOTS_MOST = 1 << 15, SLOTS_LEAST = 1 << 10 };

typedef struct {
    uint32_t last;        /* row that counted it last, from 1 */
    uint16_t rows, prose; /* how many rows have it, how many of prose */
    int32_t score;        /* of all rows that have it, summed */
    uint32_t title;
} kin_slot;

struct boilerplate_kin {
    kin_slot *slots;
    uint16_t *stems; /* of each word; NO_STEM: none */
    size_t slot_count, slot_room, word_room;
};

#define COLUMN(self, name) boilerplate_column(self, BOILERPLATE_F_##name)

static uint64_t load_folded(const char *p, size_t n)
{
    uint64_t v = 0;
    memcpy(&v, p, n < 8 ? n : 8);
    return v | 0x2020202020202020u;
}

/* The stem of word k; `next`: one more follows in its row. 0: it has none. */
static uint32_t stem_of(const boilerplate_text *t, size_t k, bool next)
{
    enum { LATIN = 5, OTHER = 8 }; /* bytes */
    const boilerplate_word *w = &t->words[k];
    const uint32_t *hash = &t->hashes[k];
    if (w->flags & BOILERPLATE_WORD_IDEO) {
        if (!next || !(w[1].flags & BOILERPLATE_WORD_IDEO) || w[1].start != w->start + w->length)
            return 0;
        return (hash[0] * 0x9E3779B1u ^ hash[1] * 0x85EBCA6Bu) | 1;
    }
    bool latin = w->length * 2u < w->characters * 3u;
    if (w->flags & BOILERPLATE_WORD_NUMBER || w->length < LATIN ||
        (!latin && w->characters < 4 && w->length < w->characters * 3u))
        return 0;
    size_t n = latin ? LATIN : w->length < OTHER ? w->length : OTHER;
    uint64_t h = load_folded(t->p + w->start, n) * 0x9E3779B97F4A7C15u;
    return (uint32_t)(h >> 32) | 1;
}

static bool make_room(struct boilerplate_kin **at, const boilerplate_text *t)
{
    struct boilerplate_kin *self = *at ? *at : calloc(1, sizeof *self);
    if (!self) return false;
    *at = self;
    size_t slots = SLOTS_LEAST;
    while (slots < t->word_count && slots < SLOTS_MOST) slots *= 2;
    if (slots > self->slot_room) {
        free(self->slots);
        self->slots = malloc(slots * sizeof *self->slots);
        self->slot_room = self->slots ? slots : 0;
    }
    if (t->word_count >= self->word_room) {
        free(self->stems);
        self->word_room = t->word_count + t->word_count / 2 + 1;
        self->stems = malloc(self->word_room * sizeof *self->stems);
        if (!self->stems) self->word_room = 0;
    }
    self->slot_count = slots;
    return self->slots && self->stems;
}

static bool is_prose(const boilerplate_row *row)
{
    return row->ending >= BOILERPLATE_END_ASK && row->words >= 6;
}

static void count_stems(struct boilerplate_kin *self, const boilerplate_text *t,
                        const uint8_t *title)
{
    memset(self->slots, 0, self->slot_count * sizeof *self->slots);
    for (size_t i = 0; i < t->row_count; i++) {
        const boilerplate_row *row = &t->rows[i];
        bool prose = is_prose(row);
        for (unsigned k = 0; k < row->words; k++) {
            uint32_t stem = stem_of(t, row->word + k, k + 1 < row->words);
            uint16_t at = stem ? (uint16_t)(stem >> 1 & (self->slot_count - 1)) : NO_STEM;
            self->stems[row->word + k] = at;
            if (at == NO_STEM || self->slots[at].last == i + 1) continue;
            kin_slot *slot = &self->slots[at];
            slot->last = (uint32_t)i + 1;
            slot->rows += slot->rows < 60000;
            slot->prose += prose && slot->prose < 60000;
            slot->title |= title[i] == 17;
        }
    }
}

/* Lower-case letters and a capital in one word, where no blank stood: "ReadersThe". "YouTube" counts too. */
static unsigned joined_words(const boilerplate_text *t, const boilerplate_row *row)
{
    unsigned n = 0, lowers = 0;
    if (row->count[BOILERPLATE_UPPER] <= row->capitals) return 0;
    for (const char *p = t->p + row->start, *end = t->p + row->end; p < end; p++) {
        if (*p >= 'A' && *p <= 'Z') n += lowers > 1 && p + 1 < end && p[1] >= 'a' && p[1] <= 'z';
        lowers = *p >= 'a' && *p <= 'z' ? lowers + 1 : 0;
    }
    return n < 15 ? n : 15;
}

/* Rows of like form have one number. */
static uint8_t row_shape(const boilerplate_columns *c, const boilerplate_row *row, size_t i)
{
    unsigned size = row->words < 2 ? 0 : row->words < 5 ? 1 : row->words < 14 ? 2 : 3;
    unsigned form = (COLUMN(c, date)[i] > 1) | (row->ending >= BOILERPLATE_END_DOTS) << 1;
    unsigned begins = row->first == BOILERPLATE_UPPER ? 0 : row->first == BOILERPLATE_DIGIT ? 1 : 2;
    return (uint8_t)(size * 16 + form * 4 + begins + 1);
}

/* How many of the rows around come again in form after two to five rows, where those between differ. */
static void fill_period(boilerplate_columns *self, const boilerplate_text *t)
{
    enum { REACH = 6, LONGEST = 5 };
    uint8_t *period = COLUMN(self, period), *shape = COLUMN(self, joined); /* borrowed */
    size_t n = t->row_count;
    for (size_t i = 0; i < n; i++) {
        shape[i] = row_shape(self, &t->rows[i], i);
        period[i] = 0;
    }
    for (size_t p = 2; p <= LONGEST; p++) {
        unsigned run = 0;
        for (size_t i = 0; i + p < n + REACH; i++) {
            if (i + p < n) run += shape[i] == shape[i + p] && shape[i] != shape[i + 1];
            if (i >= 2 * REACH + 1 && i - (2 * REACH + 1) + p < n) {
                size_t out = i - (2 * REACH + 1);
                run -= shape[out] == shape[out + p] && shape[out] != shape[out + 1];
            }
            if (i < REACH || i - REACH >= n) continue;
            size_t at = i - REACH;
            if (run > period[at]) period[at] = (uint8_t)run;
        }
    }
}

static void fill_dates(boilerplate_columns *self, size_t n)
{
    const uint8_t *date = COLUMN(self, date);
    size_t near = n;
    for (size_t i = 0; i < n; i++) {
        COLUMN(self, date_up)[i] = (uint8_t)(near == n ? 63 : boilerplate_scale(i - near));
        if (date[i] > 1) near = i;
    }
    near = n;
    for (size_t i = n; i-- > 0;) {
        COLUMN(self, date_down)[i] = (uint8_t)(near == n ? 63 : boilerplate_scale(near - i));
        if (date[i] > 1) near = i;
    }
}

static void fill_shares(boilerplate_columns *self, const boilerplate_text *t)
{
    const struct boilerplate_kin *kin = self->kin;
    for (size_t i = 0; i < t->row_count; i++) {
        const boilerplate_row *row = &t->rows[i];
        unsigned stems = 0, shared = 0, prose = 0, title = 0, own = is_prose(row);
        for (unsigned k = 0; k < row->words; k++) {
            if (kin->stems[row->word + k] == NO_STEM) continue;
            const kin_slot *slot = &kin->slots[kin->stems[row->word + k]];
            stems++;
            shared += slot->rows > 1;
            prose += slot->prose > own;
            title += slot->title;
        }
        COLUMN(self, kin)[i] = (uint8_t)boilerplate_share(shared * 2, stems * 2);
        COLUMN(self, kin_prose)[i] = (uint8_t)boilerplate_share(prose, stems);
        COLUMN(self, title_stems)[i] = (uint8_t)(title < 15 ? title : 15);
        COLUMN(self, joined)[i] = (uint8_t)joined_words(t, row);
    }
    /* the title's stems within four rows, the row's own twice */
    unsigned sum = 0;
    enum { REACH = 4 };
    const uint8_t *title = COLUMN(self, title_stems);
    for (size_t i = 0; i < t->row_count + REACH; i++) {
        if (i < t->row_count) sum += title[i];
        if (i > 2 * REACH) sum -= title[i - 2 * REACH - 1];
        if (i < REACH) continue;
        size_t at = i - REACH;
        COLUMN(self, title_near)[at] = (uint8_t)boilerplate_scale(sum);
    }
}

bool boilerplate_fill_kin(boilerplate_columns *self, const boilerplate_text *text)
{
    if (!make_room(&self->kin, text)) return false;
    count_stems(self->kin, text, COLUMN(self, title_in));
    fill_period(self, text);
    fill_dates(self, text->row_count);
    fill_shares(self, text);
    return true;
}

/* The mean score of the other rows that have a row's stems; 32 where there are none. */
static void fill_kin_score(boilerplate_columns *self, const boilerplate_text *t,
                           const uint8_t *scores)
{
    struct boilerplate_kin *kin = self->kin;
    for (size_t k = 0; k < kin->slot_count; k++) {
        kin->slots[k].score = 0;
        kin->slots[k].last = 0;
    }
    for (size_t i = 0; i < t->row_count; i++)
        for (unsigned k = 0; k < t->rows[i].words; k++) {
            uint16_t at = kin->stems[t->rows[i].word + k];
            if (at == NO_STEM || kin->slots[at].last == i + 1) continue;
            kin->slots[at].last = (uint32_t)i + 1;
            kin->slots[at].score += scores[i];
        }
    for (size_t i = 0; i < t->row_count; i++) {
        int64_t sum = 0;
        unsigned n = 0;
        for (unsigned k = 0; k < t->rows[i].words; k++) {
            uint16_t at = kin->stems[t->rows[i].word + k];
            if (at == NO_STEM || kin->slots[at].rows < 2) continue;
            sum += (kin->slots[at].score - scores[i]) * 4 / (kin->slots[at].rows - 1);
            n++;
        }
        int64_t mean = n ? sum / (4 * (int64_t)n) : 32;
        COLUMN(self, kin_score)[i] = (uint8_t)(mean < 0 ? 0 : mean > 63 ? 63 : mean);
    }
}

/* From the surest row outwards: the lowest mean score on the way, and how much lies below even odds. */
static void fill_valley(boilerplate_columns *self, const boilerplate_text *t, const uint8_t *scores)
{
    const uint8_t *mean = COLUMN(self, score2);
    uint8_t *valley = COLUMN(self, valley), *fallen = COLUMN(self, fallen);
    size_t n = t->row_count, top = 0;
    int64_t best = -1;
    for (size_t i = 0; i < n; i++) {
        unsigned words = t->rows[i].words < 30 ? t->rows[i].words : 30;
        int64_t weight = (int64_t)(scores[i] > 32 ? scores[i] - 32 : 0) * (words + 1) *
                         (COLUMN(self, score5)[i] + 1);
        if (weight > best) {
            best = weight;
            top = i;
        }
    }
    for (int way = -1; way <= 1; way += 2) {
        unsigned low = 63, sum = 0;
        for (size_t i = top; i < n; i += (size_t)way) {
            if (mean[i] < low) low = mean[i];
            sum += scores[i] < 32 ? 32u - scores[i] : 0;
            valley[i] = (uint8_t)low;
            fallen[i] = (uint8_t)boilerplate_scale(sum / 4);
            if (way < 0 && i == 0) break;
        }
    }
}

void boilerplate_fill_kin_scores(boilerplate_columns *self, const boilerplate_text *text,
                                 const uint8_t *scores)
{
    if (!text->row_count) return;
    fill_kin_score(self, text, scores);
    fill_valley(self, text, scores);
}

void boilerplate_kin_free(struct boilerplate_kin *self)
{
    if (!self) return;
    free(self->slots);
    free(self->stems);
    free(self);
}
