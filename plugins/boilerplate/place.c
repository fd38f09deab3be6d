/* boilerplate/place: where a row stands: in the document, among prose, in runs and blocks of lines; the
 * document as a whole; and, once a model has judged, what it thinks of the rows around. */
#include "fill.h"

/* Place in the document, prose around, runs of short lines, rows since an opening line. */
void boilerplate_fill_place(boilerplate_filler *f)
{
    const boilerplate_text *t = f->text;
    size_t n = t->row_count;
    uint32_t *sum = f->prose;
    sum[0] = 0;
    for (size_t i = 0; i < n; i++) sum[i + 1] = sum[i] + prose_words(&t->rows[i]);
    size_t up = n, anchor = n, run = 0;
    for (size_t i = 0; i < n; i++) {
        PUT(f, i, position, i * 32 / n);
        PUT(f, i, from_start, boilerplate_scale(i));
        PUT(f, i, to_end, boilerplate_scale(n - 1 - i));
        PUT(f, i, prose_before, sum[n] ? (uint64_t)sum[i] * 32 / sum[n] : 16);
        PUT(f, i, prose_up, up == n ? 63 : boilerplate_scale(i - up));
        PUT(f, i, anchor, anchor == n ? 63 : boilerplate_scale(i - anchor));
        if (is_prose(&t->rows[i])) up = i;
        if (f->phrases[i].opens) anchor = i;
        for (unsigned k = 0; k < 3; k++) {
            static const uint8_t reach[3] = {3, 8, 20};
            size_t a = i > reach[k] ? i - reach[k] : 0;
            size_t b = i + reach[k] + 1 < n ? i + reach[k] + 1 : n;
            f->base[(BOILERPLATE_F_near3 + k) * f->stride + i] =
                (uint8_t)boilerplate_scale((uint64_t)(sum[b] - sum[a]) * 4 / (b - a));
        }
        bool is_short = t->rows[i].words < PROSE_WORDS && t->rows[i].ending < BOILERPLATE_END_COLON;
        if (!is_short) {
            for (size_t k = i - run; k < i; k++) PUT(f, k, run, boilerplate_scale(run));
            run = 0;
        } else {
            run++;
        }
        PUT(f, i, run, 0);
        PUT(f, i, run_at, boilerplate_scale(run));
    }
    for (size_t k = n - run; k < n; k++) PUT(f, k, run, boilerplate_scale(run));
    size_t down = n;
    for (size_t i = n; i-- > 0;) {
        PUT(f, i, prose_down, down == n ? 63 : boilerplate_scale(down - i));
        if (is_prose(&t->rows[i])) down = i;
    }
}

static size_t clip(size_t i, size_t reach, size_t n, size_t *to)
{
    *to = i + reach + 1 < n ? i + reach + 1 : n;
    return i > reach ? i - reach : 0;
}

/* Sums over a row's neighbourhood: where the title's words are, where copies, dates and phrases stand
 * close together. Four sums run in one 64-bit word each way. */
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
                (uint8_t)at_most((uint64_t)hits * 64 / (sum[b] - sum[a] + 8), 63);
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
    for (size_t i = 0; i < n; i++)
        for (unsigned k = 0; k < 3; k++) {
            static const uint8_t reach[3] = {2, 5, 15};
            size_t a = i > reach[k] ? i - reach[k] : 0;
            size_t b = i + reach[k] + 1 < n ? i + reach[k] + 1 : n;
            f.base[(BOILERPLATE_F_score2 + k) * f.stride + i] =
                (uint8_t)((sum[b] - sum[a]) / (b - a));
        }
    uint64_t kept = 0, words = 0, before = 0;
    for (size_t i = 0; i < n; i++) {
        words += text->rows[i].words;
        if (scores[i] >= EVEN) kept += text->rows[i].words;
    }
    size_t up = n, down = n;
    for (size_t i = 0; i < n; i++) {
        PUT(&f, i, kept_before, kept ? before * 32 / kept : 16);
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
}
