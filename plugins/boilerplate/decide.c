#include "decide.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool make_room(boilerplate_work *self, size_t rows)
{
    size_t need = (rows + 2 * BOILERPLATE_MARGIN) / 64 * 64 + 64;
    if (need <= self->room) return true;
    need += need / 2;
    void **arrays[] = {(void **)&self->phrases, (void **)&self->scores,  (void **)&self->finals,
                       (void **)&self->levels,  (void **)&self->removed, (void **)&self->below,
                       (void **)&self->page,    (void **)&self->names};
    const size_t sizes[] = {sizeof *self->phrases, sizeof *self->scores,  sizeof *self->finals,
                            sizeof *self->levels,  sizeof *self->removed, sizeof *self->below,
                            sizeof *self->page,    sizeof *self->names};
    self->room = 0;
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        free(*arrays[k]);
        *arrays[k] = malloc(need * sizes[k]);
        if (!*arrays[k]) return false;
    }
    self->room = need;
    return true;
}

/* Between the two bounds a document is something of both. */
static int32_t page_part(const boilerplate_model *kind, int32_t score)
{
    int32_t width = kind->sure_above > 0 ? kind->sure_above : 1;
    return score <= 0 ? 0 : score >= width ? BOILERPLATE_UNIT : score * BOILERPLATE_UNIT / width;
}

bool boilerplate_look(boilerplate_work *self, const boilerplate_knowledge *know,
                      const tamis_host *host, const char *p, size_t n, int mode)
{
    boilerplate_text *t = &self->text;
    if (!boilerplate_read(t, p, n) || !make_room(self, t->row_count)) return false;
    memset(self->phrases, 0, (t->row_count + 1) * sizeof *self->phrases);
    if (!boilerplate_phrases_find(&know->phrases, host, t, &self->phrase_work, self->phrases))
        return false;
    if (!boilerplate_fill(&self->columns, t, self->phrases, &know->languages)) return false;
    self->mode_score = 0;
    self->page_part = mode == BOILERPLATE_PAGE ? BOILERPLATE_UNIT : 0;
    if (mode < 0 && t->row_count) {
        size_t rows = self->columns.rows;
        self->columns.rows = 1; /* the document's features are the same in every row */
        boilerplate_model_score(&know->kind, 0, &self->columns, self->scores);
        self->columns.rows = rows;
        self->mode_score = self->scores[0];
        self->page_part = page_part(&know->kind, self->mode_score);
    }
    self->mode = self->page_part * 2 > BOILERPLATE_UNIT ? BOILERPLATE_PAGE : BOILERPLATE_ARTICLE;
    return true;
}

/* Two states, keep and remove; a row's gain is its score's distance from the threshold; a change
 * costs. Viterbi: `levels` keeps, in two bits a row, from which state each state was reached
 * best. */
static void smooth(boilerplate_work *self, const boilerplate_model *model)
{
    int64_t keep = 0, drop = 0;
    size_t n = self->text.row_count;
    if (!model->change) { /* each row for itself; where it is even, as the next one */
        uint8_t next = 0;
        for (size_t i = n; i-- > 0; self->removed[i] = next) {
            int32_t gain = self->finals[i] - self->below[i];
            next = (uint8_t)((gain < 0) | ((gain == 0) & next));
        }
        return;
    }
    for (size_t i = 0; i < n; i++) {
        int64_t gain = self->finals[i] - self->below[i], cost = i ? model->change : 0;
        bool keep_from_drop = drop - cost > keep, drop_from_keep = keep - cost > drop;
        int64_t k = (keep_from_drop ? drop - cost : keep) + gain;
        int64_t d = (drop_from_keep ? keep - cost : drop) - gain;
        self->levels[i] = (uint8_t)(keep_from_drop | drop_from_keep << 1);
        keep = k;
        drop = d;
    }
    bool dropping = drop > keep;
    for (size_t i = n; i-- > 0;) {
        self->removed[i] = dropping;
        dropping = dropping ? !(self->levels[i] >> 1 & 1) : self->levels[i] & 1;
    }
}

static double removed_share(const boilerplate_work *self)
{
    uint64_t all = 0, gone = 0;
    for (size_t i = 0; i < self->text.row_count; i++) {
        all += self->text.rows[i].words;
        gone += self->removed[i] ? self->text.rows[i].words : 0;
    }
    return all ? (double)gone / (double)all : 0;
}

/* Both passes of one model, with the cues' weights; `finals` has the second's scores. */
static void judge(boilerplate_work *self, const boilerplate_knowledge *know, unsigned which)
{
    const boilerplate_model *model = &know->models[which];
    size_t n = self->text.row_count;
    boilerplate_fill_lexicon(&self->columns, &self->text, model->lexicon);
    boilerplate_model_score(model, 0, &self->columns, self->scores);
    if (which == self->mode)
        boilerplate_cues_weigh(&know->cues, which, 0, &self->columns, self->scores);
    for (size_t i = 0; i < n; i++) self->levels[i] = boilerplate_model_level(self->scores[i]);
    boilerplate_fill_scores(&self->columns, &self->text, self->levels);
    boilerplate_model_score(model, 1, &self->columns, self->finals);
}

/* Of three thresholds a row's own: a long line, and a long one that ends a sentence, costs its
 * reader more than a short one and must be surer to go. */
static unsigned care_of(const boilerplate_model *model, const boilerplate_row *row)
{
    bool ideographs = row->count[BOILERPLATE_IDEO] * 2 > row->letters;
    int32_t bound = ideographs ? model->long_ideographs : model->long_line;
    if (!bound || (int64_t)row->characters < bound) return 0;
    return row->ending >= BOILERPLATE_END_ASK ? 2 : 1;
}

/* What keeps more of a text, of both models: extracted text's share falls twice as fast where a
 * document has something of a page. */
static int32_t mixed(int64_t page, int64_t article, int32_t part)
{
    int32_t rest = BOILERPLATE_UNIT - part;
    return (int32_t)((page * part + article * rest * rest / BOILERPLATE_UNIT) / BOILERPLATE_UNIT);
}

/* The two models' scores as one: a page's alone, or an article's with a share of the page's, or,
 * where a document lies in between, what lies between the two. */
static void join(boilerplate_work *self, const boilerplate_knowledge *know)
{
    const boilerplate_model *page = &know->models[BOILERPLATE_PAGE];
    const boilerplate_model *article = &know->models[BOILERPLATE_ARTICLE];
    int32_t part = self->page_part, rest = BOILERPLATE_UNIT - part;
    int32_t below = (page->remove_below * part + article->remove_below * rest) / BOILERPLATE_UNIT;
    int32_t care[3] = {0};
    care[1] = mixed(page->remove_below - page->prose_below,
                    article->remove_below - article->prose_below, part);
    care[2] = care[1] + mixed(page->prose_below - page->sentence_below,
                              article->prose_below - article->sentence_below, part);
    for (size_t i = 0; i < self->text.row_count; i++) {
        int32_t by_page = self->page[i], by_article = self->finals[i];
        by_article += by_page * article->page_share / BOILERPLATE_UNIT;
        self->finals[i] = (by_page * part + by_article * rest) / BOILERPLATE_UNIT;
        self->below[i] = below - care[care_of(&know->models[self->mode], &self->text.rows[i])];
    }
}

/* What a row looks like to the eye that skims: of what length, whether it ends a sentence, whether
 * it has a date. */
static unsigned look_of(const boilerplate_model *model, const boilerplate_columns *columns,
                        size_t row)
{
    unsigned step = model->alike_words > 0 ? (unsigned)model->alike_words : 1;
    unsigned most = (unsigned)model->alike_steps;
    unsigned words = boilerplate_column(columns, BOILERPLATE_F_words)[row] / step;
    bool ended = boilerplate_column(columns, BOILERPLATE_F_ending)[row] >= BOILERPLATE_END_STOP;
    unsigned date = boilerplate_column(columns, BOILERPLATE_F_date)[row];
    return (words < most ? words : most) << 4 | date << 1 | ended;
}

/* Rows alike in sequence, as of a table, a list or a poem, stay or go together mostly: each moves
 * towards their mean. */
static void even_out(boilerplate_work *self, const boilerplate_model *model)
{
    size_t n = self->text.row_count, end, least = (size_t)model->alike_rows;
    int32_t share = model->alike_share, rest = BOILERPLATE_UNIT - share;
    for (size_t start = 0; start < n; start = end) {
        int64_t sum = self->finals[start];
        unsigned look = look_of(model, &self->columns, start);
        for (end = start + 1; end < n && look_of(model, &self->columns, end) == look; end++)
            sum += self->finals[end];
        if (end - start < least) continue;
        int32_t mean = (int32_t)(sum / (int64_t)(end - start));
        for (size_t i = start; i < end; i++)
            self->finals[i] = (self->finals[i] * rest + mean * share) / BOILERPLATE_UNIT;
    }
}

static int32_t bounded(int32_t score, int32_t most)
{
    return score > most ? most : score < -most ? -most : score;
}

/* Rows next to each other are mostly of one kind: each is moved towards its neighbours, a long line
 * between two that stay needs more to go, a short one between two that go needs more to stay. */
static void hear_neighbours(boilerplate_work *self, const boilerplate_model *model)
{
    size_t n = self->text.row_count;
    int32_t up = 0, here = n ? self->finals[0] : 0, most = model->pull_most;
    for (size_t i = 0; i < n; i++) {
        int32_t down = i + 1 < n ? self->finals[i + 1] : 0;
        const boilerplate_row *row = &self->text.rows[i];
        int32_t moved =
            here + (bounded(up, most) + bounded(down, most)) * model->pull / (2 * BOILERPLATE_UNIT);
        if (care_of(model, row)) {
            if (moved < here) moved = here;
            if (up > 0 && down > 0) moved += model->between_kept;
        }
        if (up < model->gone_below && down < model->gone_below &&
            (int64_t)row->words < model->few_words)
            moved -= model->between_gone;
        self->finals[i] = moved;
        up = here;
        here = down;
    }
}

/* 1 / (1 + e^-x) of a score, in 4096ths. */
static int64_t chance(int32_t score)
{
    enum { STEP = 8, ONE = 4096 };
    static const uint16_t above[] = {
        2112, 2239, 2365, 2489, 2609, 2726, 2837, 2943, 3044, 3139, 3227, 3310, 3386,
        3457, 3521, 3580, 3634, 3683, 3727, 3767, 3803, 3835, 3864, 3890, 3913, 3934,
        3952, 3968, 3983, 3996, 4007, 4018, 4027, 4035, 4042, 4048, 4054, 4059, 4063,
        4067, 4070, 4073, 4076, 4078, 4080, 4082, 4084, 4085, 4086, 4088, 4089, 4089,
        4090, 4091, 4091, 4092, 4092, 4093, 4093, 4094, 4094, 4094, 4094, 4095};
    int32_t size = (score < 0 ? -score : score) / STEP;
    int64_t p = above[size < 63 ? size : 63];
    return score < 0 ? ONE - p : p;
}

/* What F1 the decision can expect, in 1024ths: of the words it keeps, how many are wanted, by their
 * scores; of those wanted, how many it keeps. */
static int32_t expected_f1(const boilerplate_work *self, int32_t words_most)
{
    enum { ONE = 4096 };
    int64_t kept = 0, right = 0, wanted = 0;
    for (size_t i = 0; i < self->text.row_count; i++) {
        int64_t words = self->text.rows[i].words;
        if (words_most && words > words_most) words = words_most;
        int64_t p = chance(self->finals[i]) * words;
        wanted += p;
        if (self->finals[i] < self->below[i]) continue;
        kept += words;
        right += p;
    }
    return kept * ONE + wanted > 0 ? (int32_t)(right * 2048 / (kept * ONE + wanted)) : 0;
}

static int32_t fall(const boilerplate_model *model, int32_t f1)
{
    int32_t doubt = model->doubt_from * 16 - f1;
    int32_t by = doubt > 0 ? (int32_t)((int64_t)doubt * model->doubt / 1024) : 0;
    return by < model->doubt_most ? by : model->doubt_most;
}

/* Where the scores leave it open what is wanted, more stays: the threshold that serves F1 best lies
 * at half of the F1 that can be had, and a doubtful page is no place for sharp cuts. */
static void doubt(boilerplate_work *self, const boilerplate_knowledge *know)
{
    int32_t f1 = expected_f1(self, know->models[self->mode].words_most);
    int32_t by = mixed(fall(&know->models[BOILERPLATE_PAGE], f1),
                       fall(&know->models[BOILERPLATE_ARTICLE], f1), self->page_part);
    for (size_t i = 0; by && i < self->text.row_count; i++) self->below[i] -= by;
}

void boilerplate_decide(boilerplate_work *self, const boilerplate_knowledge *know,
                        double max_removed)
{
    const boilerplate_model *model = &know->models[self->mode];
    size_t n = self->text.row_count;
    bool page = self->page_part == BOILERPLATE_UNIT;
    if (!page || know->models[BOILERPLATE_PAGE].foreign || know->cues.foreign)
        boilerplate_fill_foreign(&self->columns, &self->text, &know->languages);
    judge(self, know, BOILERPLATE_PAGE);
    memcpy(self->page, self->finals, n * sizeof *self->page);
    if (!page) judge(self, know, BOILERPLATE_ARTICLE);
    join(self, know);
    if (model->alike_rows > 0) even_out(self, model);
    boilerplate_cues_weigh(&know->cues, self->mode, 1, &self->columns, self->finals);
    hear_neighbours(self, model);
    doubt(self, know);
    smooth(self, model);
    self->sparing = removed_share(self) > max_removed;
    if (self->sparing)
        for (size_t i = 0; i < n; i++) self->removed[i] = self->finals[i] < model->sure_below;
    boilerplate_cues_name_all(&know->cues, &self->columns, self->removed, self->names);
}

double boilerplate_certainty(boilerplate_work *self, size_t row)
{
    int32_t distance = boilerplate_distance(self, row);
    bool usual = distance >= -BOILERPLATE_USUAL && distance < 0;
    if (usual && self->certain[-distance - 1] > 0) return self->certain[-distance - 1];
    double certainty = 1 / (1 + exp((double)distance / BOILERPLATE_UNIT));
    if (usual) self->certain[-distance - 1] = certainty;
    return certainty;
}

void boilerplate_work_free(boilerplate_work *self)
{
    boilerplate_text_free(&self->text);
    boilerplate_columns_free(&self->columns);
    boilerplate_phrase_work_free(&self->phrase_work);
    free(self->phrases);
    free(self->scores);
    free(self->finals);
    free(self->levels);
    free(self->removed);
    free(self->below);
    free(self->page);
    free(self->names);
    memset(self, 0, sizeof *self);
}
