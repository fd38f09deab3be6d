/* boilerplate/place: where a row stands: in the document, among prose, in runs and blocks of lines;
 * the document as a whole; and, once a model has judged, what it thinks of the rows around. */
#include "fill.h"

/* The least number, of those from 256 on, that has the same place on the scale. */
static size_t least_alike(size_t n)
{
    unsigned quarter = 61 - (unsigned)__builtin_clzll(n); /* of an octave, in bits */
    return n >> quarter << quarter;
}

/* Writes to out the numbers on the scale of 1, 2, … n. */
static void put_rising(uint8_t *out, size_t n)
{
    enum { KNOWN = 255 };
    memcpy(out, boilerplate_small_scale + 1, n < KNOWN ? n : KNOWN);
    for (size_t k = n; k > KNOWN;) {
        size_t least = least_alike(k);
        memset(out + least - 1, (int)boilerplate_scale(k), k - least + 1);
        k = least - 1;
    }
}

/* n, …, 2, 1 */
static void put_falling(const boilerplate_filler *f, uint8_t *out, size_t n)
{
    enum { KNOWN = sizeof f->falling };
    while (n > KNOWN) {
        size_t least = least_alike(n), alike = n - least + 1;
        memset(out, (int)boilerplate_scale(n), alike);
        out += alike;
        n = least - 1;
    }
    memcpy(out, f->falling + KNOWN - n, n);
}

enum { NONE = 63 }; /* so far away is a row where there is none */

/* Of each row how far above it the next of the listed rows lies. */
static void put_above(uint8_t *out, size_t n, const uint32_t *list, size_t count)
{
    memset(out, NONE, count ? list[0] + 1 : n);
    for (size_t k = 0; k < count; k++) {
        size_t last = k + 1 < count ? list[k + 1] : n - 1;
        put_rising(out + list[k] + 1, last - list[k]);
    }
}

static void put_below(const boilerplate_filler *f, uint8_t *out, size_t n, const uint32_t *list,
                      size_t count)
{
    size_t from = 0;
    for (size_t k = 0; k < count; k++) {
        put_falling(f, out + from, list[k] - from);
        if (k) out[list[k - 1]] = (uint8_t)boilerplate_scale(list[k] - list[k - 1]);
        from = (size_t)list[k] + 1;
    }
    if (count) out[list[count - 1]] = NONE;
    memset(out + from, NONE, n - from);
}

void boilerplate_fill_distances(boilerplate_filler *f, unsigned above, unsigned below,
                                const uint32_t *list, size_t count)
{
    size_t n = f->text->row_count;
    put_above(f->base + above * f->stride, n, list, count);
    put_below(f, f->base + below * f->stride, n, list, count);
}

/* part[i] / whole * 32, where the parts do not fall. */
static void put_shares(uint8_t *out, const uint32_t *part, size_t n, uint64_t whole)
{
    uint64_t share = 0, next = whole;
    for (size_t i = 0; i < n; i++) {
        for (; (uint64_t)part[i] * 32 >= next; next += whole) share++;
        out[i] = (uint8_t)share;
    }
}

/* Runs of short lines: how long each is, and a row's place in it. */
static void fill_runs(boilerplate_filler *f)
{
    const boilerplate_row *rows = f->text->rows;
    const size_t n = f->text->row_count;
    uint8_t *lengths = COLUMN_OF(f, run), *places = COLUMN_OF(f, run_at);
    for (size_t i = 0, run = 0; i < n; i++) {
        bool is_short = rows[i].words < PROSE_WORDS && rows[i].ending < BOILERPLATE_END_COLON;
        run = is_short ? run + 1 : 0;
        places[i] = (uint8_t)boilerplate_scale(run);
    }
    for (size_t i = n, length = 0; i-- > 0;) { /* a run's last place is its length */
        length = places[i] ? (length ? length : places[i]) : 0;
        lengths[i] = (uint8_t)length;
    }
}

/* Place in the document, prose around, rows since an opening line. */
void boilerplate_fill_place(boilerplate_filler *f)
{
    const boilerplate_text *t = f->text;
    size_t n = t->row_count, place = 0, part = 0, proses = 0, anchors = 0;
    uint32_t *sum = f->prose, *prose = f->table, *anchor = f->table + n;
    sum[0] = 0;
    const boilerplate_row *rows = t->rows;
    const boilerplate_phrase_row *phrases = f->phrases;
    uint8_t *position = COLUMN_OF(f, position);
    for (size_t i = 0; i < n; i++) {
        sum[i + 1] = sum[i] + prose_words(&rows[i]);
        prose[proses] = anchor[anchors] = (uint32_t)i;
        proses += is_prose(&rows[i]);
        anchors += phrases[i].opens;
        position[i] = (uint8_t)place; /* i * 32 / n */
        for (part += 32; part >= n; part -= n) place++;
    }
    PUT(f, 0, from_start, 0);
    put_rising(&GET(f, 1, from_start), n - 1);
    put_falling(f, &GET(f, 0, to_end), n - 1);
    PUT(f, n - 1, to_end, 0);
    boilerplate_fill_distances(f, BOILERPLATE_F_prose_up, BOILERPLATE_F_prose_down, prose, proses);
    put_above(&GET(f, 0, anchor), n, anchor, anchors);
    if (sum[n])
        put_shares(&GET(f, 0, prose_before), sum, n, sum[n]);
    else
        memset(&GET(f, 0, prose_before), 16, n);
    boilerplate_fill_means(&GET(f, 0, near3), sum, n, (boilerplate_window){3, 4, true});
    boilerplate_fill_means(&GET(f, 0, near8), sum, n, (boilerplate_window){8, 4, true});
    boilerplate_fill_means(&GET(f, 0, near20), sum, n, (boilerplate_window){20, 4, true});
    fill_runs(f);
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
    size_t n = t->row_count, headlines = 0, comments = 0, a, b;
    uint32_t *sum = f->prose, *topic = f->topic, *headline = f->table, *comment = f->table + n;
    uint32_t topics = 0;
    sum[0] = 0;
    const boilerplate_row *rows = t->rows;
    const boilerplate_phrase_row *phrases = f->phrases;
    for (size_t i = 0; i < n; i++) {
        uint32_t words = rows[i].words < PROSE_MOST ? rows[i].words : PROSE_MOST;
        uint32_t here = topic[i];
        sum[i + 1] = sum[i] + words;
        topic[i] = topics; /* before this row */
        topics += here;
    }
    topic[n] = topics;
    boilerplate_fill_rates(&GET(f, 0, topic3), topic, sum, n, 3);
    boilerplate_fill_rates(&GET(f, 0, topic10), topic, sum, n, 10);
    sum[0] = 0; /* copies, dates and phrases in ten bits each */
    uint32_t run = 0;
    const uint8_t *copy = COLUMN_OF(f, copy), *date = COLUMN_OF(f, date);
    for (size_t i = 0; i < n; i++) {
        run += (copy[i] > 0) + ((date[i] > 1) << 10) +
               ((uint32_t)(phrases[i].hit >= BOILERPLATE_HIT_WHOLE) << 20);
        sum[i + 1] = run;
    }
    const uint8_t *in_title = COLUMN_OF(f, in_title), *title_in = COLUMN_OF(f, title_in);
    uint8_t *copies5 = COLUMN_OF(f, copies5), *dates5 = COLUMN_OF(f, dates5);
    uint8_t *phrases5 = COLUMN_OF(f, phrases5);
    for (size_t i = 0; i < n; i++) {
        a = clip(i, 5, n, &b);
        uint32_t near = sum[b] - sum[a];
        copies5[i] = near & 31;
        dates5[i] = near >> 10 & 31;
        phrases5[i] = near >> 20 & 31;
        headline[headlines] = comment[comments] = (uint32_t)i;
        headlines += (in_title[i] > 11) & (title_in[i] > 6);
        comments += phrases[i].opens & (phrases[i].kind == BOILERPLATE_KIND_comment_form);
    }
    boilerplate_fill_distances(f, BOILERPLATE_F_headline, BOILERPLATE_F_headline_down, headline,
                               headlines);
    for (size_t k = 0; k < headlines; k++) PUT(f, headline[k], headline, 0);
    put_above(&GET(f, 0, comments), n, comment, comments);
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
    size_t half = (end - start + 1) / 2;
    memset(sides, 2, start);
    memset(sides + start, 1, end - start);
    memset(sides + end, 3, n - end);
    put_falling(f, nears, start); /* up to the block, to its nearer edge, away from it */
    put_rising(nears + start, half);
    put_falling(f, nears + start + half, end - start - half);
    put_rising(nears + end, n - end);
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
    const uint8_t *copy = COLUMN_OF(f, copy), *side = COLUMN_OF(f, block);
    for (size_t i = 0; i < n; i++) {
        const boilerplate_row *row = &t->rows[i];
        bool p = is_prose(row);
        words += row->words;
        prose += p ? row->words : 0;
        longs += row->words >= 10;
        ended += row->ending >= BOILERPLATE_END_ASK;
        copies += copy[i] != 0;
        blanks += row->blank_before;
        bullets +=
            ((row->first == BOILERPLATE_DASH) | (row->first == BOILERPLATE_SEP)) & (row->words > 0);
        pipes += row->count[BOILERPLATE_SEP];
        phrases += f->phrases[i].hit >= BOILERPLATE_HIT_WHOLE;
        block += side[i] == 1 ? row->words : 0;
        shorts += row->words <= 3;
        links += (row->words >= 2) & (row->words <= 5) & (row->capitals * 2u >= row->words);
        first += (i < 10) & p;
        last += (i + 10 >= n) & p;
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
    const boilerplate_row *rows = text->rows;
    memcpy(COLUMN_OF(&f, score), scores, n);
    sum[0] = 0;
    for (size_t i = 0; i < n; i++) sum[i + 1] = sum[i] + scores[i];
    boilerplate_fill_means(&GET(&f, 0, score2), sum, n, (boilerplate_window){2, 1, false});
    boilerplate_fill_means(&GET(&f, 0, score5), sum, n, (boilerplate_window){5, 1, false});
    boilerplate_fill_means(&GET(&f, 0, score15), sum, n, (boilerplate_window){15, 1, false});
    uint64_t words = 0;
    uint32_t kept = 0, *before = f.prose, *list = f.table;
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        bool keeps = scores[i] >= EVEN;
        before[i] = kept;
        words += rows[i].words;
        kept += keeps ? rows[i].words : 0;
        list[count] = (uint32_t)i;
        count += keeps;
    }
    if (kept)
        put_shares(&GET(&f, 0, kept_before), before, n, kept);
    else
        memset(&GET(&f, 0, kept_before), 16, n);
    boilerplate_fill_distances(&f, BOILERPLATE_F_kept_up, BOILERPLATE_F_kept_down, list, count);
    int32_t *weight = (int32_t *)f.prose;
    for (size_t i = 0; i < n; i++)
        weight[i] = ((int32_t)scores[i] - EVEN) * (int32_t)(1 + at_most(rows[i].words, 30));
    fill_block(&f, weight, BOILERPLATE_F_kept_block, BOILERPLATE_F_kept_near);
    PUT_DOCUMENT(&f, kept, boilerplate_share(kept, words) * 2);
    boilerplate_fill_kin_scores(self, text, scores);
}
