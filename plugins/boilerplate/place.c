/* boilerplate/place: where a row stands: in the document, among prose, in runs and blocks of lines;
 * the document as a whole; and, once a model has judged, what it thinks of the rows around. */
#include "fill.h"

/* a / b, by the short division where both are short. */
static inline uint32_t quotient(uint64_t a, uint64_t b)
{
    return (a | b) >> 32 ? (uint32_t)(a / b) : (uint32_t)a / (uint32_t)b;
}

/* Of each row the mean over `reach` rows each way, times `times`, from sums over the rows before
 * each: as it is or on the scale. Inlined with a fixed reach, so that most rows are divided by a
 * constant. */
static inline __attribute__((always_inline)) void put_means(uint8_t *out, const uint32_t *sum,
                                                            size_t n, const unsigned reach,
                                                            const uint32_t times, const bool scaled)
{
    const uint32_t whole = 2 * reach + 1;
    for (size_t i = 0; i < n; i++) {
        bool inside = i >= reach && i + reach < n;
        size_t from = i >= reach ? i - reach : 0, to = i + reach + 1 < n ? i + reach + 1 : n;
        uint32_t all = (sum[to] - sum[from]) * times;
        uint32_t mean = inside ? all / whole : all / (uint32_t)(to - from);
        out[i] = (uint8_t)(scaled ? boilerplate_scale(mean) : mean);
    }
}

/* Runs of short lines: how long each is, and a row's place in it. */
static void fill_runs(boilerplate_filler *f)
{
    const boilerplate_text *t = f->text;
    size_t n = t->row_count, run = 0;
    uint8_t *lengths = &GET(f, 0, run), *places = &GET(f, 0, run_at);
    for (size_t i = 0; i <= n; i++) {
        bool is_short =
            i < n && t->rows[i].words < PROSE_WORDS && t->rows[i].ending < BOILERPLATE_END_COLON;
        if (!is_short) {
            memset(lengths + i - run, (int)boilerplate_scale(run), run);
            run = 0;
        } else {
            run++;
        }
        if (i == n) break;
        lengths[i] = 0;
        places[i] = (uint8_t)boilerplate_scale(run);
    }
}

/* Place in the document, prose around, rows since an opening line. */
void boilerplate_fill_place(boilerplate_filler *f)
{
    const boilerplate_text *t = f->text;
    size_t n = t->row_count, place = 0, part = 0;
    uint32_t *sum = f->prose;
    sum[0] = 0;
    for (size_t i = 0; i < n; i++) sum[i + 1] = sum[i] + prose_words(&t->rows[i]);
    size_t up = n, anchor = n, down = n;
    for (size_t i = 0; i < n; i++) {
        PUT(f, i, position, place); /* i * 32 / n */
        for (part += 32; part >= n; part -= n) place++;
        PUT(f, i, from_start, boilerplate_scale(i));
        PUT(f, i, to_end, boilerplate_scale(n - 1 - i));
        PUT(f, i, prose_before, sum[n] ? quotient((uint64_t)sum[i] * 32, sum[n]) : 16);
        PUT(f, i, prose_up, up == n ? 63 : boilerplate_scale(i - up));
        PUT(f, i, anchor, anchor == n ? 63 : boilerplate_scale(i - anchor));
        up = is_prose(&t->rows[i]) ? i : up;
        anchor = f->phrases[i].opens ? i : anchor;
    }
    put_means(&GET(f, 0, near3), sum, n, 3, 4, true);
    put_means(&GET(f, 0, near8), sum, n, 8, 4, true);
    put_means(&GET(f, 0, near20), sum, n, 20, 4, true);
    fill_runs(f);
    for (size_t i = n; i-- > 0;) {
        PUT(f, i, prose_down, down == n ? 63 : boilerplate_scale(down - i));
        down = is_prose(&t->rows[i]) ? i : down;
    }
}

static size_t clip(size_t i, size_t reach, size_t n, size_t *to)
{
    *to = i + reach + 1 < n ? i + reach + 1 : n;
    return i > reach ? i - reach : 0;
}

/* Sums over a row's neighbourhood: where the title's words are, where copies, dates and phrases
 * stand close together. Four sums run in one 64-bit word each way. */
void boilerplate_fill_neighbours(boilerplate_filler *f)
{
    const boilerplate_text *t = f->text;
    size_t n = t->row_count, headline = n, comments = n, a, b;
    uint32_t *sum = f->prose, *topic = f->topic;
    uint32_t topics = 0;
    sum[0] = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t words = t->rows[i].words < PROSE_MOST ? t->rows[i].words : PROSE_MOST;
        sum[i + 1] = sum[i] + words;
        topics += topic[i];
        topic[i] = topics; /* up to and with this row */
    }
    for (size_t i = 0; i < n; i++)
        for (unsigned k = 0; k < 2; k++) {
            a = clip(i, k ? 10 : 3, n, &b);
            uint32_t hits = topic[b - 1] - (a ? topic[a - 1] : 0);
            f->base[(BOILERPLATE_F_topic3 + k) * f->stride + i] =
                (uint8_t)at_most(quotient((uint64_t)hits * 64, sum[b] - sum[a] + 8), 63);
        }
    sum[0] = 0; /* copies, dates and phrases in ten bits each */
    uint32_t run = 0;
    for (size_t i = 0; i < n; i++) {
        run += (GET(f, i, copy) > 0) + ((GET(f, i, date) > 1) << 10) +
               ((uint32_t)(f->phrases[i].hit >= BOILERPLATE_HIT_WHOLE) << 20);
        sum[i + 1] = run;
    }
    for (size_t i = 0; i < n; i++) {
        a = clip(i, 5, n, &b);
        uint32_t near = sum[b] - sum[a];
        PUT(f, i, copies5, near & 31);
        PUT(f, i, dates5, near >> 10 & 31);
        PUT(f, i, phrases5, near >> 20 & 31);
        if (GET(f, i, in_title) > 11 && GET(f, i, title_in) > 6) headline = i;
        PUT(f, i, headline, headline == n ? 63 : boilerplate_scale(i - headline));
        PUT(f, i, comments, comments == n ? 63 : boilerplate_scale(i - comments));
        if (f->phrases[i].opens && f->phrases[i].kind == BOILERPLATE_KIND_comment_form)
            comments = i;
    }
    headline = n;
    for (size_t i = n; i-- > 0;) {
        PUT(f, i, headline_down, headline == n ? 63 : boilerplate_scale(headline - i));
        if (GET(f, i, in_title) > 11 && GET(f, i, title_in) > 6) headline = i;
    }
}

/* The heaviest run of rows where row i weighs weight[i]. */
static void best_block(const int32_t *weight, size_t n, size_t *start, size_t *end)
{
    int64_t sum = 0, best = 0;
    size_t from = 0;
    *start = *end = 0;
    for (size_t i = 0; i < n; i++) {
        if (sum <= 0) {
            sum = 0;
            from = i;
        }
        sum += weight[i];
        if (sum > best) {
            best = sum;
            *start = from;
            *end = i + 1;
        }
    }
}

static void fill_block(boilerplate_filler *f, const int32_t *weight, unsigned side, unsigned near)
{
    size_t n = f->text->row_count, start, end;
    best_block(weight, n, &start, &end);
    uint8_t *sides = f->base + side * f->stride, *nears = f->base + near * f->stride;
    for (size_t i = 0; i < n; i++) {
        size_t from = i < start ? start - i : i - start + 1;
        size_t to = i < end ? end - i : i - end + 1;
        sides[i] = i < start ? 2 : i < end ? 1 : 3;
        nears[i] = (uint8_t)boilerplate_scale(from < to ? from : to);
    }
}

void boilerplate_fill_word_block(boilerplate_filler *f)
{
    const boilerplate_text *t = f->text;
    int32_t *weight = (int32_t *)f->prose; /* free again after fill_place */
    for (size_t i = 0; i < t->row_count; i++)
        weight[i] = (int32_t)at_most(t->rows[i].words, BLOCK_MOST) - BLOCK_COST;
    fill_block(f, weight, BOILERPLATE_F_block, BOILERPLATE_F_block_near);
}

/* ------------------------------------------------------------------ the document */

void boilerplate_fill_document(boilerplate_filler *f)
{
    const boilerplate_text *t = f->text;
    uint64_t n = t->row_count, words = 0, prose = 0, longs = 0, ended = 0, copies = 0, blanks = 0;
    uint64_t bullets = 0, pipes = 0, phrases = 0, block = 0, shorts = 0, links = 0;
    unsigned first = 0, last = 0;
    for (size_t i = 0; i < n; i++) {
        const boilerplate_row *row = &t->rows[i];
        bool p = is_prose(row);
        words += row->words;
        prose += p ? row->words : 0;
        longs += row->words >= 10;
        ended += row->ending >= BOILERPLATE_END_ASK;
        copies += GET(f, i, copy) != 0;
        blanks += row->blank_before;
        bullets +=
            (row->first == BOILERPLATE_DASH || row->first == BOILERPLATE_SEP) && row->words > 0;
        pipes += row->count[BOILERPLATE_SEP];
        phrases += f->phrases[i].hit >= BOILERPLATE_HIT_WHOLE;
        block += GET(f, i, block) == 1 ? row->words : 0;
        shorts += row->words <= 3;
        links += row->words >= 2 && row->words <= 5 && row->capitals * 2u >= row->words;
        first += i < 10 && p;
        last += i + 10 >= n && p;
    }
    const boilerplate_row *head = n ? &t->rows[0] : NULL;
    PUT_DOCUMENT(f, rows, boilerplate_scale(n));
    PUT_DOCUMENT(f, words, boilerplate_scale(words));
    PUT_DOCUMENT(f, prose, boilerplate_share(prose * 2, words * 2) * 2);
    PUT_DOCUMENT(f, long, boilerplate_share(longs, n) * 2);
    PUT_DOCUMENT(f, ended, boilerplate_share(ended, n) * 2);
    PUT_DOCUMENT(f, copies, boilerplate_share(copies, n) * 2);
    PUT_DOCUMENT(f, blank, boilerplate_share(blanks, n));
    PUT_DOCUMENT(f, bullets, boilerplate_share(bullets, n));
    PUT_DOCUMENT(f, pipes, boilerplate_scale(n ? pipes * 8 / n : 0));
    PUT_DOCUMENT(f, phrases, boilerplate_scale(n ? phrases * 64 / n : 0));
    PUT_DOCUMENT(f, first, first);
    PUT_DOCUMENT(f, last, last);
    PUT_DOCUMENT(f, title,
                 head && head->words >= 3 && head->ending < BOILERPLATE_END_COLON &&
                     (head->count[BOILERPLATE_SEP] || head->count[BOILERPLATE_DASH]));
    PUT_DOCUMENT(f, script, f->script);
    PUT_DOCUMENT(f, curly,
                 f->curly == 0                ? 0
                 : f->curly < f->straight * 2 ? 1
                 : f->curly < 5               ? 2
                                              : 3);
    PUT_DOCUMENT(f, block, boilerplate_share(block, words));
    PUT_DOCUMENT(f, short, boilerplate_share(shorts, n));
    PUT_DOCUMENT(f, links, boilerplate_share(links, n));
}

void boilerplate_fill_scores(boilerplate_columns *self, const boilerplate_text *text,
                             const uint8_t *scores)
{
    enum { EVEN = 32 }; /* a score of even odds */
    boilerplate_filler f = boilerplate_filler_of(self, text);
    size_t n = text->row_count;
    uint32_t *sum = f.prose;
    sum[0] = 0;
    for (size_t i = 0; i < n; i++) {
        PUT(&f, i, score, scores[i]);
        sum[i + 1] = sum[i] + scores[i];
    }
    put_means(&GET(&f, 0, score2), sum, n, 2, 1, false);
    put_means(&GET(&f, 0, score5), sum, n, 5, 1, false);
    put_means(&GET(&f, 0, score15), sum, n, 15, 1, false);
    uint64_t kept = 0, words = 0, before = 0;
    for (size_t i = 0; i < n; i++) {
        words += text->rows[i].words;
        if (scores[i] >= EVEN) kept += text->rows[i].words;
    }
    size_t up = n, down = n;
    for (size_t i = 0; i < n; i++) {
        PUT(&f, i, kept_before, kept ? quotient(before * 32, kept) : 16);
        PUT(&f, i, kept_up, up == n ? 63 : boilerplate_scale(i - up));
        if (scores[i] >= EVEN) {
            before += text->rows[i].words;
            up = i;
        }
    }
    for (size_t i = n; i-- > 0;) {
        PUT(&f, i, kept_down, down == n ? 63 : boilerplate_scale(down - i));
        if (scores[i] >= EVEN) down = i;
    }
    int32_t *weight = (int32_t *)f.prose;
    for (size_t i = 0; i < n; i++)
        weight[i] = ((int32_t)scores[i] - EVEN) * (int32_t)(1 + at_most(text->rows[i].words, 30));
    fill_block(&f, weight, BOILERPLATE_F_kept_block, BOILERPLATE_F_kept_near);
    PUT_DOCUMENT(&f, kept, boilerplate_share(kept, words) * 2);
    boilerplate_fill_kin_scores(self, text, scores);
}
