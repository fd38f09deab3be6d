/* boilerplate/kin: which lines speak of the same things. A line's stems are the beginnings of its
 * longer words (pairs of neighbours in scripts that part no words), so that "Entwurf" and
 * "Entwurfs" are one. Lines of an article share theirs with the title and with each other; a teaser
 * of another story shares them with nothing. Two columns more come of lines' shapes: words run
 * together where links stood side by side, and shapes that come again every few lines. Called by
 * boilerplate_fill and boilerplate_fill_scores. */
#include "features.h"

#include <stdlib.h>
#include <string.h>

enum {
    NO_STEM = 0xFFFF,
    SLOTS_MOST = 1 << 15,
    SLOTS_LEAST = 1 << 10,
    FRESH = 1 << 15,
    KIN_BLOCK = 64
};

typedef struct {
    uint32_t last;        /* row that counted it last, from 1 */
    uint16_t rows, prose; /* how many rows have it, how many of prose */
    int32_t score;        /* of all rows that have it, summed */
    uint32_t title;
} kin_stem;

/* Stems go by the slot of their hash; each slot that is met gets the next number, so that what is
 * known of them lies close together. */
struct boilerplate_kin {
    uint16_t *numbers; /* by slot; NO_STEM: not met yet */
    kin_stem *stems;   /* by number */
    uint16_t *list; /* the rows' stems, one row's after the other's; FRESH: the row's first of it */
    uint32_t *first; /* of each row, where its stems begin in the list; one more at the end */
    uint8_t *same;   /* scratch of fill_period, a block more on either side */
    size_t slot_count, stem_count;
    size_t slot_room, stem_room, word_room, row_room, same_room;
};

#define COLUMN(self, name) boilerplate_column(self, BOILERPLATE_F_##name)

/* The first n bytes at p, at most eight, with case folded; the text's copy may be read past its
 * end. */
static inline uint64_t load_folded(const char *p, size_t n)
{
    uint64_t v;
    memcpy(&v, p, 8);
    return (n < 8 ? v & (((uint64_t)1 << 8 * n) - 1) : v) | 0x2020202020202020u;
}

/* The stem of word k; `next`: one more follows in its row. 0: it has none. */
static inline uint32_t stem_of(const boilerplate_text *t, size_t k, bool next)
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
    bool letters = latin | (w->characters >= 4) | (w->length >= w->characters * 3u);
    bool long_one = !(w->flags & BOILERPLATE_WORD_NUMBER) & (w->length >= LATIN);
    size_t n = latin ? LATIN : w->length < OTHER ? w->length : OTHER;
    uint64_t h = load_folded(t->p + w->start, n) * 0x9E3779B97F4A7C15u;
    return (letters & long_one) ? (uint32_t)(h >> 32) | 1 : 0;
}

/* Room for `count` things of `size` bytes, in place of `old`; what was there is lost. NULL: no
 * memory. */
static void *have_room(void *old, size_t *room, size_t count, size_t size)
{
    if (count <= *room) return old;
    free(old);
    void *bigger = malloc((count + count / 2) * size);
    *room = bigger ? count + count / 2 : 0;
    return bigger;
}

static bool make_room(struct boilerplate_kin **at, const boilerplate_text *t)
{
    struct boilerplate_kin *self = *at ? *at : calloc(1, sizeof *self);
    size_t slots = SLOTS_LEAST, rows = t->row_count;
    if (!self) return false;
    *at = self;
    while (slots < t->word_count && slots < SLOTS_MOST) slots *= 2;
    self->slot_count = slots;
    self->numbers = have_room(self->numbers, &self->slot_room, slots, sizeof *self->numbers);
    self->stems = have_room(self->stems, &self->stem_room, slots, sizeof *self->stems);
    self->list = have_room(self->list, &self->word_room, t->word_count + 1, sizeof *self->list);
    self->first = have_room(self->first, &self->row_room, rows + 1, sizeof *self->first);
    self->same = have_room(self->same, &self->same_room, rows + 3 * KIN_BLOCK, 1);
    return self->numbers && self->stems && self->list && self->first && self->same;
}

static bool is_prose(const boilerplate_row *row)
{
    return row->ending >= BOILERPLATE_END_ASK && row->words >= 6;
}

static void count_stems(struct boilerplate_kin *self, const boilerplate_text *t,
                        const uint8_t *title)
{
    size_t n = 0, mask = self->slot_count - 1;
    memset(self->numbers, 0xFF, self->slot_count * sizeof *self->numbers);
    self->stem_count = 0;
    for (size_t i = 0; i < t->row_count; i++) {
        const boilerplate_row *row = &t->rows[i];
        bool prose = is_prose(row), titles = title[i] == 17;
        self->first[i] = (uint32_t)n;
        for (unsigned k = 0; k < row->words; k++) { /* slots first, without a branch */
            uint32_t stem = stem_of(t, row->word + k, k + 1 < row->words);
            self->list[n] = (uint16_t)(stem >> 1 & mask);
            n += stem != 0;
        }
        for (size_t k = self->first[i]; k < n; k++) {
            uint16_t *number = &self->numbers[self->list[k]];
            if (*number == NO_STEM) {
                *number = (uint16_t)self->stem_count++;
                self->stems[*number] = (kin_stem){0, 0, 0, 0, 0};
            }
            kin_stem *known = &self->stems[*number];
            bool fresh = known->last != i + 1;
            known->last = (uint32_t)i + 1;
            known->rows = (uint16_t)(known->rows + (fresh && known->rows < 60000));
            known->prose = (uint16_t)(known->prose + (fresh && prose && known->prose < 60000));
            known->title |= titles;
            self->list[k] = (uint16_t)(*number | (fresh ? FRESH : 0));
        }
    }
    self->first[t->row_count] = (uint32_t)n;
}

/* Lower-case letters and a capital in one word, where no blank stood: "ReadersThe". "YouTube"
 * counts too. */
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

/* How many of the rows around come again in form after two to five rows, where those between
 * differ. */
static void fill_period(boilerplate_columns *self, const boilerplate_text *t)
{
    enum { REACH = 6, LONGEST = 5, BLOCK = KIN_BLOCK };
    uint8_t *period = COLUMN(self, period), *shape = COLUMN(self, joined); /* borrowed */
    size_t n = t->row_count;
    for (size_t i = 0; i < n; i++) {
        shape[i] = row_shape(self, &t->rows[i], i);
        period[i] = 0;
    }
    uint8_t *same = self->kin->same + BLOCK;
    memset(self->kin->same, 0, n + 3 * BLOCK);
    for (size_t p = 2; p <= LONGEST && p < n; p++) {
        size_t last = n - p;
        for (size_t at = 0; at < last; at += BLOCK)
            for (size_t i = at; i < at + BLOCK; i++)
                same[i] = (shape[i] == shape[i + p]) & (shape[i] != shape[i + 1]);
        memset(same + last, 0, BLOCK);
        for (size_t at = 0; at < last; at += BLOCK) {
            const uint8_t *around = same + at - REACH;
            uint8_t run[BLOCK] = {0};
            for (size_t k = 0; k <= 2 * REACH; k++)
                for (size_t i = 0; i < BLOCK; i++) run[i] = (uint8_t)(run[i] + around[i + k]);
            for (size_t i = 0; i < BLOCK && at + i < last; i++)
                period[at + i] = run[i] > period[at + i] ? run[i] : period[at + i];
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
        unsigned stems = kin->first[i + 1] - kin->first[i];
        unsigned shared = 0, prose = 0, title = 0, own = is_prose(row);
        for (const uint16_t *at = kin->list + kin->first[i]; at < kin->list + kin->first[i + 1];
             at++) {
            const kin_stem *stem = &kin->stems[*at & ~FRESH];
            shared += stem->rows > 1;
            prose += stem->prose > own;
            title += stem->title;
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
    for (size_t k = 0; k < kin->stem_count; k++) kin->stems[k].score = 0;
    for (size_t i = 0; i < t->row_count; i++)
        for (uint32_t k = kin->first[i]; k < kin->first[i + 1]; k++)
            kin->stems[kin->list[k] & ~FRESH].score += kin->list[k] & FRESH ? scores[i] : 0;
    for (size_t i = 0; i < t->row_count; i++) {
        int64_t sum = 0;
        unsigned n = 0;
        for (uint32_t k = kin->first[i]; k < kin->first[i + 1]; k++) {
            const kin_stem *stem = &kin->stems[kin->list[k] & ~FRESH];
            if (stem->rows < 2) continue;
            sum += (stem->score - scores[i]) * 4 / (stem->rows - 1);
            n++;
        }
        int64_t mean = n ? sum / (4 * (int64_t)n) : 32;
        COLUMN(self, kin_score)[i] = (uint8_t)(mean < 0 ? 0 : mean > 63 ? 63 : mean);
    }
}

/* From the surest row outwards: the lowest mean score on the way, and how much lies below even
 * odds. */
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
    free(self->numbers);
    free(self->stems);
    free(self->list);
    free(self->first);
    free(self->same);
    free(self);
}
