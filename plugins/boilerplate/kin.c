/* boilerplate/kin: which lines speak of the same things. A line's stems are the beginnings of its
 * longer words (pairs of neighbours in scripts that part no words), so that "Entwurf" and
 * "Entwurfs" are one. Lines of an article share theirs with the title and with each other; a teaser
 * of another story shares them with nothing. Two columns more come of lines' shapes: words run
 * together where links stood side by side, and shapes that come again every few lines. Called by
 * boilerplate_fill and boilerplate_fill_scores. */
#include "fill.h"

#include <stdlib.h>

enum {
    SLOTS_MOST = 1 << 15,
    SLOTS_LEAST = 1 << 10,
    SLOT = SLOTS_MOST - 1,
    FRESH = 1 << 15, /* beside a slot: the row's first stem of it */
    KIN_BLOCK = 64
};

/* What is known of a stem, by the slot of its hash: in the lower half the owner that had it last,
 * 0: none; in the upper how many rows have it. */
typedef uint64_t kin_stem;

static inline uint32_t rows_of(kin_stem stem)
{
    return (uint32_t)(stem >> 32);
}

enum { PROSE = 3, TITLE = 4 }; /* in `marks`: rows of prose that have it, at most two; the title */

/* The stems of all rows lie one behind the other, so that each pass over them is one loop without a
 * branch: what a row has is the difference of two running sums. */
struct boilerplate_kin {
    kin_stem *stems;  /* by slot */
    uint8_t *marks;   /* by slot */
    int32_t *scores;  /* by slot: of all rows that have it, summed */
    uint16_t *slots;  /* of each stem; with FRESH */
    uint32_t *owner;  /* of each stem: twice its row's number, from 1, and 1 for prose */
    uint64_t *sums;   /* of the stems before each: shared ones, prose's in the upper half */
    uint32_t *titles; /* likewise the title's */
    uint32_t *end;    /* of each row: the number of the stem behind its last, if it has one */
    uint32_t *shared; /* of each row: its shared stems */
    uint8_t *forms;   /* scratch of fill_period */
    size_t slot_count, stem_count;
    size_t slot_room, word_room, row_room;
};

#define COLUMN(self, name) boilerplate_column(self, BOILERPLATE_F_##name)

/* Room for `count` things of `size` bytes, in place of *at; what was there is lost. */
static bool renew(void *at, size_t count, size_t size)
{
    void *bigger = malloc(count * size), *old;
    memcpy(&old, at, sizeof old);
    free(old);
    memcpy(at, &bigger, sizeof bigger);
    return bigger != NULL;
}

static bool make_room(struct boilerplate_kin **at, const boilerplate_text *t)
{
    struct boilerplate_kin *self = *at ? *at : calloc(1, sizeof *self);
    size_t slots = SLOTS_LEAST, rows = t->row_count, words = t->word_count;
    bool ok = self != NULL;
    *at = self;
    while (slots < words && slots < SLOTS_MOST) slots *= 2;
    if (ok && slots > self->slot_room) {
        ok = renew(&self->stems, slots, sizeof *self->stems) && renew(&self->marks, slots, 1) &&
             renew(&self->scores, slots, sizeof *self->scores);
        self->slot_room = ok ? slots : 0;
    }
    if (ok && words >= self->word_room) {
        size_t room = words + words / 2 + BOILERPLATE_SELECT_SLACK + 1;
        ok = renew(&self->slots, room, sizeof *self->slots) &&
             renew(&self->owner, room, sizeof *self->owner) &&
             renew(&self->sums, room, sizeof *self->sums) &&
             renew(&self->titles, room, sizeof *self->titles);
        self->word_room = ok ? room - BOILERPLATE_SELECT_SLACK : 0;
    }
    if (ok && rows >= self->row_room) {
        size_t room = rows + rows / 2 + 1;
        ok = renew(&self->end, room, sizeof *self->end) &&
             renew(&self->shared, room, sizeof *self->shared) &&
             renew(&self->forms, 3 * (room + 3 * KIN_BLOCK), 1);
        self->row_room = ok ? room : 0;
    }
    if (ok) self->slot_count = slots;
    return ok;
}

/* Notes what is added to the owner from word to word. */
static void own_words(struct boilerplate_kin *self, const boilerplate_text *t)
{
    uint32_t last = 0;
    uint32_t *owners = self->owner;
    const boilerplate_row *rows = t->rows;
    memset(owners, 0, (t->word_count + 1) * sizeof *owners);
    for (size_t i = 0, n = t->row_count; i < n; i++) {
        uint32_t owner = ((uint32_t)i + 1) * 2 + is_prose(&rows[i]);
        owners[rows[i].word] += owner - last;
        last = owner;
    }
}

static void count_stems(struct boilerplate_kin *self, const boilerplate_text *t,
                        const uint8_t *title)
{
    memset(self->stems, 0, self->slot_count * sizeof *self->stems);
    memset(self->marks, 0, self->slot_count);
    memset(self->end, 0, t->row_count * sizeof *self->end);
    own_words(self, t);
    size_t n =
        boilerplate_select_stems(t, (uint32_t)self->slot_count - 1, self->slots, self->owner);
    kin_stem *stems = self->stems; /* pointers of our own: what bytes are written to may be them */
    uint8_t *marks = self->marks;
    uint16_t *slots = self->slots;
    uint32_t *end = self->end;
    const uint32_t *owners = self->owner;
    for (size_t k = 0; k < n; k++) {
        const unsigned slot = slots[k], mark = marks[slot];
        const kin_stem stem = stems[slot];
        const uint32_t owner = owners[k], fresh = (uint32_t)stem != owner;
        stems[slot] = (uint64_t)(rows_of(stem) + fresh) << 32 | owner;
        marks[slot] = (uint8_t)(mark + (fresh & owner & (mark < 2)));
        slots[k] = (uint16_t)(slot | fresh * FRESH);
        end[owner / 2 - 1] = (uint32_t)k + 1;
    }
    self->stem_count = n;
    for (size_t i = 0; i < t->row_count; i++) {
        if (title[i] != 17) continue;
        for (size_t k = self->end[i]; k-- > 0 && self->owner[k] / 2 == i + 1;)
            self->marks[self->slots[k] & SLOT] |= TITLE;
    }
}

typedef uint8_t block __attribute__((vector_size(KIN_BLOCK), aligned(1), may_alias));
#define ALWAYS   static inline __attribute__((always_inline))
#define AT(p, i) (*(block *)(void *)((p) + (i)))

/* Rows of like form have one number: their size, what they begin with, whether they have a date and
 * end a sentence. */
ALWAYS void put_forms(const boilerplate_columns *c, uint8_t *forms)
{
    enum { FEW = 1, SHORT = 4, MIDDLE = 10 }; /* on the scale: below 2, 5 and 14 words */
    for (size_t i = 0; i < c->rows; i += KIN_BLOCK) {
        block words = AT(COLUMN(c, words), i), opening = AT(COLUMN(c, opening), i);
        block form = ((block)(words > FEW) & 16) + ((block)(words > SHORT) & 16) +
                     ((block)(words > MIDDLE) & 16);
        form += ((block)(AT(COLUMN(c, date), i) > 1) & 4) +
                ((block)(AT(COLUMN(c, ending), i) >= BOILERPLATE_END_DOTS) & 8);
        AT(forms, i) = form + 3 - ((block)(opening == BOILERPLATE_UPPER) & 2) -
                       ((block)(opening == BOILERPLATE_DIGIT) & 1);
    }
}

/* How many of the rows around come again in form after two to five rows, where those between
 * differ. */
ALWAYS void fill_period_by(boilerplate_columns *self)
{
    enum { REACH = 6, LONGEST = 5, BLOCK = KIN_BLOCK };
    size_t n = self->rows,
           room = n + 3 * BLOCK; /* a block more on either side, and a part of one */
    uint8_t *same = self->kin->forms + BLOCK, *forms = same + room, *period = forms + room;
    memset(self->kin->forms, 0, 3 * room);
    put_forms(self, forms);
    for (size_t p = 2; p <= LONGEST && p < n; p++) {
        size_t last = n - p;
        for (size_t i = 0; i < last; i += BLOCK)
            AT(same, i) = (block)(AT(forms, i) == AT(forms, i + p)) &
                          (block)(AT(forms, i) != AT(forms, i + 1)) & 1;
        memset(same + last, 0, BLOCK);
        for (size_t i = 0; i < last; i += BLOCK) {
            block run = AT(same - REACH, i);
            for (size_t k = 1; k <= 2 * REACH; k++) run += AT(same - REACH + k, i);
            for (size_t k = last - i; k < BLOCK; k++) run[k] = 0;
            block more = (block)(run > AT(period, i));
            AT(period, i) = (run & more) | (AT(period, i) & ~more);
        }
    }
    memcpy(COLUMN(self, period), period, n);
}

/* Compiled twice: with vectors of 64 bytes, and for any machine. */
#if defined(__x86_64__) && defined(__GNUC__)
__attribute__((target("avx512f,avx512bw"))) static void fill_period_wide(boilerplate_columns *self)
{
    fill_period_by(self);
}
#endif

static void fill_period(boilerplate_columns *self)
{
#if defined(__x86_64__) && defined(__GNUC__)
    if (__builtin_cpu_supports("avx512bw")) {
        fill_period_wide(self);
        return;
    }
#endif
    fill_period_by(self);
}

static void fill_dates(boilerplate_columns *self, const boilerplate_text *t)
{
    boilerplate_filler f = boilerplate_filler_of(self, t);
    const uint8_t *date = COLUMN(self, date);
    uint32_t *list = f.table;
    size_t count = 0;
    for (size_t i = 0, n = t->row_count; i < n; i++) {
        list[count] = (uint32_t)i;
        count += date[i] > 1;
    }
    boilerplate_fill_distances(&f, BOILERPLATE_F_date_up, BOILERPLATE_F_date_down, list, count);
}

/* The stems that each row shares with others, with lines of prose, with the title. */
static void fill_shares(boilerplate_columns *self, const boilerplate_text *t)
{
    struct boilerplate_kin *kin = self->kin;
    uint64_t sum = 0;
    uint32_t titles = 0;
    kin->sums[0] = kin->titles[0] = 0;
    for (size_t k = 0; k < kin->stem_count; k++) {
        unsigned slot = kin->slots[k] & SLOT, marks = kin->marks[slot], own = kin->owner[k] & 1;
        sum += (uint64_t)((marks & PROSE) > own) << 32 | (rows_of(kin->stems[slot]) > 1);
        titles += marks / TITLE;
        kin->sums[k + 1] = sum;
        kin->titles[k + 1] = titles;
    }
    const uint32_t *ends = kin->end, *sums_of_titles = kin->titles;
    const uint64_t *sums = kin->sums;
    uint32_t *shared = kin->shared;
    uint8_t *shares = COLUMN(self, kin), *prose = COLUMN(self, kin_prose);
    uint8_t *in_title = COLUMN(self, title_stems);
    const size_t rows = t->row_count;
    for (size_t i = 0, from = 0; i < rows; i++) {
        const size_t to = ends[i] > from ? ends[i] : from;
        const uint64_t all = sums[to] - sums[from];
        shares[i] = (uint8_t)boilerplate_share((uint32_t)all, to - from);
        prose[i] = (uint8_t)boilerplate_share(all >> 32, to - from);
        in_title[i] = (uint8_t)at_most(sums_of_titles[to] - sums_of_titles[from], 15);
        shared[i] = (uint32_t)all;
        from = to;
    }
}

/* Where words stood together as links: "ReadersThe". "YouTube" counts too, so that it matters how
 * many of the words have such a joint: where it is one in four, the line is a menu mostly. */
static unsigned joined_words(const boilerplate_row *row)
{
    unsigned n = row->joined, most = at_most(n, 15);
    return n < 2 ? n : n * 4 > row->words ? most + 32 : n * 10 > row->words ? most + 16 : most;
}

static void fill_joined(boilerplate_columns *self, const boilerplate_text *t)
{
    uint8_t *joined = COLUMN(self, joined);
    const boilerplate_row *rows = t->rows;
    for (size_t i = 0, n = t->row_count; i < n; i++) joined[i] = (uint8_t)joined_words(&rows[i]);
}

/* The title's stems within four rows; the margins are zeros. */
static void fill_title_near(boilerplate_columns *self, size_t n)
{
    enum { REACH = 4 };
    const uint8_t *title = COLUMN(self, title_stems);
    uint8_t *near = COLUMN(self, title_near);
    for (size_t at = 0; at < n; at += KIN_BLOCK) {
        uint8_t sum[KIN_BLOCK] = {0};
        for (size_t k = 0; k <= 2 * REACH; k++)
            for (size_t i = 0; i < KIN_BLOCK; i++)
                sum[i] = (uint8_t)(sum[i] + (title - REACH)[at + k + i]);
        for (size_t i = 0; i < KIN_BLOCK && at + i < n; i++)
            near[at + i] = boilerplate_small_scale[sum[i]];
    }
}

bool boilerplate_fill_kin(boilerplate_columns *self, const boilerplate_text *text)
{
    if (!make_room(&self->kin, text)) return false;
    count_stems(self->kin, text, COLUMN(self, title_in));
    fill_period(self);
    fill_dates(self, text);
    fill_joined(self, text);
    fill_shares(self, text);
    fill_title_near(self, text->row_count);
    return true;
}

/* Of a stem the mean score, times four, of the rows that have it but for one of `own`; 0 for a stem
 * of that row alone. */
static inline uint32_t mean_of_others(int32_t sum, uint32_t rows, uint32_t own)
{
    uint32_t others = ((uint32_t)sum - own) * 4; /* at most 252 a row: exact, as in text.h */
    if (rows > 256) return others / (rows - 1);
    return (uint32_t)((uint64_t)others * boilerplate_small_parts[rows - 1] >> 24);
}

/* The mean score of the other rows that have a row's stems; 32 where there are none. */
static void fill_kin_score(boilerplate_columns *self, const boilerplate_text *t,
                           const uint8_t *scores)
{
    struct boilerplate_kin *kin = self->kin;
    uint64_t sum = 0;
    memset(kin->scores, 0, kin->slot_count * sizeof *kin->scores);
    for (size_t k = 0; k < kin->stem_count; k++) {
        uint32_t score = scores[kin->owner[k] / 2 - 1], fresh = kin->slots[k] / FRESH;
        kin->scores[kin->slots[k] & SLOT] += (int32_t)(score * fresh);
    }
    kin->sums[0] = 0;
    for (size_t k = 0; k < kin->stem_count; k++) {
        unsigned slot = kin->slots[k] & SLOT;
        sum += mean_of_others(kin->scores[slot], rows_of(kin->stems[slot]),
                              scores[kin->owner[k] / 2 - 1]);
        kin->sums[k + 1] = sum;
    }
    const uint32_t *ends = kin->end, *shared = kin->shared;
    const uint64_t *sums = kin->sums;
    uint8_t *means = COLUMN(self, kin_score);
    const size_t rows = t->row_count;
    for (size_t i = 0, from = 0; i < rows; i++) {
        const size_t to = ends[i] > from ? ends[i] : from;
        uint64_t all = (sums[to] - sums[from]) / 4, n = shared[i];
        uint64_t mean = n < 256 ? all * boilerplate_small_parts[n] >> 24 : all / n;
        means[i] = (uint8_t)(n ? mean : 32);
        from = to;
    }
}

/* From the surest row outwards: the lowest mean score on the way, and how much lies below even
 * odds. */
static void fill_valley(boilerplate_columns *self, const boilerplate_text *t, const uint8_t *scores)
{
    const uint8_t *mean = COLUMN(self, score2), *around = COLUMN(self, score5);
    const boilerplate_row *rows = t->rows;
    uint8_t *valley = COLUMN(self, valley), *fallen = COLUMN(self, fallen);
    size_t n = t->row_count, top = 0;
    int64_t best = -1;
    for (size_t i = 0; i < n; i++) {
        unsigned words = rows[i].words < 30 ? rows[i].words : 30;
        int64_t weight =
            (int64_t)(scores[i] > 32 ? scores[i] - 32 : 0) * (words + 1) * (around[i] + 1);
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
    free(self->stems);
    free(self->marks);
    free(self->scores);
    free(self->slots);
    free(self->owner);
    free(self->sums);
    free(self->titles);
    free(self->end);
    free(self->shared);
    free(self->forms);
    free(self);
}
