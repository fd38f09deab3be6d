#include "features.h"

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

/* A line of prose for the passes below: it ends a sentence and has some words. The number is a
 * measure, not a verdict: the model weighs what is built from it. */
enum { PROSE_WORDS = 6, BLOCK_COST = 10, BLOCK_MOST = 100, PROSE_MOST = 60 };

typedef struct {
    const boilerplate_text *text;
    const boilerplate_phrase_row *phrases;
    const boilerplate_languages *languages;
    uint8_t *base; /* first row of the first column */
    size_t stride;
    uint32_t *prose; /* words of prose before each row, summed; rows + 1 */
    uint32_t *topic; /* of each row: longer words that the title has */
    uint32_t *table; /* scratch hash table */
    size_t table_mask;
    uint32_t curly, straight;
    unsigned script;
} filler;

#define PUT(f, i, name, value) \
    ((f)->base[BOILERPLATE_F_##name * (f)->stride + (i)] = (uint8_t)(value))
#define GET(f, i, name) ((f)->base[BOILERPLATE_F_##name * (f)->stride + (i)])

static unsigned at_most(uint64_t n, unsigned most)
{
    return n < most ? (unsigned)n : most;
}

static bool is_prose(const boilerplate_row *row)
{
    return row->ending >= BOILERPLATE_END_ASK && row->words >= PROSE_WORDS;
}

static uint32_t prose_words(const boilerplate_row *row)
{
    return row->ending >= BOILERPLATE_END_DOTS || row->ending == BOILERPLATE_END_CLOSE
               ? (row->words < PROSE_MOST ? row->words : PROSE_MOST)
               : 0;
}

static void put_document(filler *f, unsigned feature, unsigned value)
{
    uint8_t *column = f->base + feature * f->stride;
    memset(column, (int)(value < 63 ? value : 63), f->text->row_count);
}

#define PUT_DOCUMENT(f, name, value) put_document(f, BOILERPLATE_F_document_##name, value)

/* ------------------------------------------------------------------ one row by itself */

/* 0 none, 1 Latin or other with case, 2 Greek or Cyrillic, 3 script without case, 4 ideographs. */
static unsigned row_script(const boilerplate_text *t, const boilerplate_row *row)
{
    const uint16_t *n = row->count;
    if (!row->letters) return 0;
    if (n[BOILERPLATE_IDEO] * 2 > row->letters) return 4;
    if (n[BOILERPLATE_LETTER] * 2 > row->letters) return 3;
    if (row->end - row->start > row->characters + row->letters / 2u) return 2;
    (void)t;
    return 1;
}

/* 1 a year, 2 a date, 3 a time of day, 4 both: read off neighbouring numbers. */
static unsigned row_date(const boilerplate_text *t, const boilerplate_row *row)
{
    bool year = false, date = false, hour = false;
    const boilerplate_word *w = t->words + row->word;
    for (unsigned i = 0; row->numbers && i < row->words; i++) {
        if (!(w[i].flags & BOILERPLATE_WORD_NUMBER)) continue;
        const char *s = t->p + w[i].start;
        if (w[i].length == 4 && ((s[0] == '1' && s[1] == '9') || (s[0] == '2' && s[1] == '0')))
            year = true;
        if (i + 1 == row->words || w[i + 1].start != w[i].start + w[i].length + 1) continue;
        char between = t->p[w[i].start + w[i].length];
        if (w[i].length > 2 && !(w[i].length == 4 && between != ':')) continue;
        if (between == ':' && w[i + 1].length >= 2) hour = true;
        if ((between == '.' || between == '/' || between == '-') && i + 2 < row->words &&
            w[i + 1].length <= 2 && w[i + 1].flags & BOILERPLATE_WORD_NUMBER &&
            w[i + 2].start == w[i + 1].start + w[i + 1].length + 1)
            date = true;
    }
    if (row->words <= 8 && year && !date) date = row->numbers >= 2;
    return hour ? (date || year ? 4 : 3) : date ? 2 : year;
}

/* http, www., @ and #word. */
static unsigned row_address(const boilerplate_text *t, const boilerplate_row *row)
{
    unsigned n = row->count[BOILERPLATE_AT];
    const boilerplate_word *w = t->words + row->word;
    if (row->count[BOILERPLATE_COLON] || row->count[BOILERPLATE_STOP])
        for (unsigned i = 0; i < row->words; i++) {
            const char *s = t->p + w[i].start;
            n += (w[i].length == 3 && !memcmp(s, "www", 3)) ||
                 (w[i].length == 4 && !memcmp(s, "http", 4)) ||
                 (w[i].length == 5 && !memcmp(s, "https", 5));
        }
    return at_most(n + row->count[BOILERPLATE_HASH], 15);
}

/* A colon after at most three words: "Source: Reuters". 1 in front of more, 2 at the very end. */
static unsigned row_label(const boilerplate_text *t, const boilerplate_row *row)
{
    if (!row->count[BOILERPLATE_COLON]) return 0;
    const boilerplate_word *w = t->words + row->word;
    for (unsigned i = 0; i < 3 && i < row->words; i++) {
        size_t at = w[i].start + w[i].length;
        while (at < row->end && t->p[at] == ' ') at++;
        if (at < row->end && t->p[at] == ':') return i + 1 == row->words ? 2 : 1;
    }
    return 0;
}

static unsigned row_unclosed(const boilerplate_row *row)
{
    unsigned open = row->count[BOILERPLATE_OPEN], close = row->count[BOILERPLATE_CLOSE];
    return open > close ? 1 : close > open ? 2 : row->count[BOILERPLATE_QUOTE] & 1 ? 3 : 0;
}

static unsigned row_marks(const boilerplate_row *row)
{
    unsigned n = row->letters + row->count[BOILERPLATE_DIGIT] + row->count[BOILERPLATE_SPACE] +
                 row->count[BOILERPLATE_MARK];
    return boilerplate_share(row->characters > n ? row->characters - n : 0, row->characters);
}

static void fill_shape(filler *f, size_t i)
{
    const boilerplate_text *t = f->text;
    const boilerplate_row *row = &t->rows[i];
    const uint16_t *n = row->count;
    unsigned cased = n[BOILERPLATE_LOWER] + n[BOILERPLATE_UPPER];
    PUT(f, i, words, boilerplate_scale(row->words));
    PUT(f, i, characters, boilerplate_scale(row->characters));
    PUT(f, i, word_length,
        row->words ? at_most(4u * (row->letters + n[BOILERPLATE_DIGIT]) / row->words, 63) : 0);
    PUT(f, i, longest, at_most(row->longest, 40));
    PUT(f, i, capitals, boilerplate_share(row->capitals, row->words));
    PUT(f, i, uppers, boilerplate_share(n[BOILERPLATE_UPPER], cased));
    PUT(f, i, shorts, boilerplate_share(row->shorts, row->words));
    PUT(f, i, numbers, boilerplate_share(row->numbers, row->words));
    PUT(f, i, digits, boilerplate_share(n[BOILERPLATE_DIGIT], row->characters));
    PUT(f, i, marks, row_marks(row));
    PUT(f, i, sentences, at_most(row->sentences, 15));
    PUT(f, i, commas, at_most(n[BOILERPLATE_COMMA], 15));
    PUT(f, i, separators, at_most(n[BOILERPLATE_SEP], 15));
    PUT(f, i, dashes, at_most(n[BOILERPLATE_DASH], 15));
    PUT(f, i, ending, row->ending);
    PUT(f, i, opening, row->first);
    PUT(f, i, address, row_address(t, row));
    PUT(f, i, code, at_most(n[BOILERPLATE_CODE], 15));
    PUT(f, i, rights, at_most(n[BOILERPLATE_RIGHTS], 3));
    PUT(f, i, quotes, at_most(n[BOILERPLATE_OPEN] + n[BOILERPLATE_QUOTE], 15));
    PUT(f, i, unclosed, row_unclosed(row));
    PUT(f, i, date, row_date(t, row));
    PUT(f, i, label, row_label(t, row));
    PUT(f, i, blank,
        row->blank_before + (i + 1 < t->row_count && t->rows[i + 1].blank_before ? 2 : 0));
    PUT(f, i, script, row_script(t, row));
}

static void fill_phrases(filler *f, size_t i)
{
    const boilerplate_phrase_row *p = &f->phrases[i];
    PUT(f, i, legal, p->group[BOILERPLATE_GROUP_LEGAL]);
    PUT(f, i, social, p->group[BOILERPLATE_GROUP_SOCIAL]);
    PUT(f, i, related, p->group[BOILERPLATE_GROUP_RELATED]);
    PUT(f, i, menu, p->group[BOILERPLATE_GROUP_MENU]);
    PUT(f, i, source, p->group[BOILERPLATE_GROUP_SOURCE]);
    PUT(f, i, byline, p->group[BOILERPLATE_GROUP_BYLINE]);
    PUT(f, i, promotion, p->group[BOILERPLATE_GROUP_PROMOTION]);
    PUT(f, i, covered, p->covered);
    PUT(f, i, sure, at_most(p->sure, 15));
}

static unsigned mean_weight(int sum, unsigned n)
{
    int mean = n ? sum * 2 / (int)n : 0;
    return (unsigned)(mean < -32 ? 0 : mean > 31 ? 63 : mean + 32);
}

static unsigned sum_weight(int sum)
{
    /* a root-like scale: exact near nought, coarse far off */
    unsigned size = boilerplate_scale((uint64_t)(sum < 0 ? -sum : sum)) * 2 / 3;
    if (size > 31) size = 31;
    return sum < 0 ? 32 - size : 32 + size;
}

static int fill_row_lexicon(filler *f, size_t i, const int8_t *lexicon)
{
    const boilerplate_row *row = &f->text->rows[i];
    const boilerplate_word *w = f->text->words + row->word;
    int sum = 0, first = 0, last = 0;
    for (unsigned k = 0; k < row->words; k++) {
        int v = (int)lexicon[boilerplate_word_slot(&w[k])];
        if (k + 1 < row->words) v += (int)lexicon[boilerplate_pair_slot(&w[k])];
        sum += v;
        if (k < 2) first += v;
        if (k + 2 >= row->words) last += v;
    }
    PUT(f, i, lexicon_mean, mean_weight(sum, row->words));
    PUT(f, i, lexicon_sum, sum_weight(sum));
    PUT(f, i, lexicon_first, mean_weight(first, 2));
    PUT(f, i, lexicon_last, mean_weight(last, 2));
    return sum;
}

/* ------------------------------------------------------------------ a row among the others */

/* Equal rows, by a table of hashes: how many, which comes first, how near the last one was. */
static void fill_copies(filler *f)
{
    const boilerplate_text *t = f->text;
    uint32_t *table = f->table;
    memset(table, 0, (f->table_mask + 1) * sizeof *table);
    uint32_t *last = f->prose; /* borrowed: filled later */
    for (size_t i = 0; i < t->row_count; i++) {
        const boilerplate_row *row = &t->rows[i];
        size_t at = (size_t)(row->hash >> 20) & f->table_mask;
        while (table[at] && t->rows[table[at] - 1].hash != row->hash) at = (at + 1) & f->table_mask;
        PUT(f, i, copies, 0);
        PUT(f, i, copy, 0);
        PUT(f, i, copy_near, 0);
        last[i] = (uint32_t)i;
        if (!row->words) continue;
        if (!table[at]) {
            table[at] = (uint32_t)i + 1;
            continue;
        }
        size_t first = table[at] - 1;
        if (GET(f, first, copies) < 15) GET(f, first, copies)++;
        PUT(f, first, copy, 1);
        PUT(f, i, copy, 2);
        PUT(f, i, copy_near, 63 - boilerplate_scale(i - last[first]));
        last[first] = (uint32_t)i;
    }
    for (size_t i = 0; i < t->row_count; i++) { /* later copies take the first one's count */
        if (GET(f, i, copy) != 2) continue;
        const boilerplate_row *row = &t->rows[i];
        size_t at = (size_t)(row->hash >> 20) & f->table_mask;
        while (t->rows[table[at] - 1].hash != row->hash) at = (at + 1) & f->table_mask;
        PUT(f, i, copies, GET(f, table[at] - 1, copies));
        if (last[table[at] - 1] == i) PUT(f, i, copy, 3);
    }
}

/* Which row is the title: the first, or the second where the first is a mere name, or a path that ends in
 * the second. */
static size_t title_row(const boilerplate_text *t)
{
    if (t->row_count < 2) return 0;
    const boilerplate_row *first = &t->rows[0], *second = &t->rows[1];
    if (first->words < 4) return second->words > first->words;
    if (first->count[BOILERPLATE_SEP] < 2 || second->words < 4 || second->words > first->words)
        return 0;
    const boilerplate_word *tail = &t->words[first->word + first->words - second->words];
    for (unsigned k = 0; k < second->words; k++)
        if (tail[k].hash != t->words[second->word + k].hash) return 0;
    return 1;
}

/* Words in common with the title. */
static void fill_title(filler *f)
{
    const boilerplate_text *t = f->text;
    size_t title = title_row(t);
    uint64_t has[8] = {0};
    unsigned distinct = 0;
    if (!t->row_count) return;
    const boilerplate_row *head = &t->rows[title];
    for (unsigned k = 0; k < head->words && k < 60; k++) {
        uint32_t h = t->words[head->word + k].hash >> 23;
        distinct += !(has[h >> 6] >> (h & 63) & 1);
        has[h >> 6] |= (uint64_t)1 << (h & 63);
    }
    for (size_t i = 0; i < t->row_count; i++) {
        const boilerplate_row *row = &t->rows[i];
        unsigned common = 0, fresh = 0, longer = 0;
        uint64_t seen[8] = {0};
        f->topic[i] = 0;
        if (i == title || row->words < 2) {
            PUT(f, i, in_title, 0);
            PUT(f, i, title_in, i == title ? 17 : 0);
            continue;
        }
        for (unsigned k = 0; k < row->words && k < 60; k++) {
            uint32_t h = t->words[row->word + k].hash >> 23;
            uint64_t bit = (uint64_t)1 << (h & 63);
            if (!(has[h >> 6] & bit)) continue;
            common++;
            longer += t->words[row->word + k].characters > 4 ||
                      t->words[row->word + k].flags & BOILERPLATE_WORD_IDEO;
            fresh += !(seen[h >> 6] & bit);
            seen[h >> 6] |= bit;
        }
        f->topic[i] = longer;
        PUT(f, i, in_title, boilerplate_share(common, row->words < 60 ? row->words : 60));
        PUT(f, i, title_in, boilerplate_share(fresh, distinct));
    }
}

static uint32_t triple_slot(const filler *f, const boilerplate_word *w)
{
    uint32_t h = (w[0].hash * 0x9E3779B1u ^ w[1].hash) * 0x85EBCA6Bu ^ w[2].hash;
    return (uint32_t)((h * 0xC2B2AE35u >> 7) & f->table_mask);
}

/* How much of a row comes, word triple by word triple, in a line of prose elsewhere: captions and
 * teasers repeat sentences of the body, cut short. */
static void fill_echo(filler *f)
{
    const boilerplate_text *t = f->text;
    uint32_t *table = f->table;
    memset(table, 0, (f->table_mask + 1) * sizeof *table);
    for (size_t i = 0; i < t->row_count; i++) {
        const boilerplate_row *row = &t->rows[i];
        if (!is_prose(row)) continue;
        for (unsigned k = 0; k + 2 < row->words; k++)
            table[triple_slot(f, &t->words[row->word + k])] = (uint32_t)i + 1;
    }
    for (size_t i = 0; i < t->row_count; i++) {
        const boilerplate_row *row = &t->rows[i];
        unsigned common = 0;
        PUT(f, i, echo, 0);
        if (row->words < 4) continue;
        for (unsigned k = 0; k + 2 < row->words; k++) {
            uint32_t other = table[triple_slot(f, &t->words[row->word + k])];
            common += other && other != i + 1;
        }
        PUT(f, i, echo, boilerplate_share(common, row->words - 2));
    }
}

/* Apostrophes that differ from the document's, letters of another script. */
static void fill_typography(filler *f)
{
    const boilerplate_text *t = f->text;
    unsigned scripts[5] = {0};
    uint32_t curly_rows = 0, straight_rows = 0;
    f->curly = f->straight = 0;
    for (size_t i = 0; i < t->row_count; i++) {
        scripts[GET(f, i, script)] += t->rows[i].words;
        f->curly += t->rows[i].curly;
        f->straight += t->rows[i].straight;
        curly_rows += t->rows[i].curly > 0;
        straight_rows += t->rows[i].straight > 0;
    }
    f->script = 1;
    for (unsigned k = 1; k < 5; k++)
        if (scripts[k] > scripts[f->script]) f->script = k;
    for (size_t i = 0; i < t->row_count; i++) {
        const boilerplate_row *row = &t->rows[i];
        unsigned odd = 0;
        if (row->straight && !row->curly && curly_rows > straight_rows)
            odd = 1 + at_most(curly_rows / (straight_rows ? straight_rows : 1), 6);
        PUT(f, i, apostrophe, odd);
        PUT(f, i, foreign, GET(f, i, script) && GET(f, i, script) != f->script);
    }
}

static uint32_t language_mask(const boilerplate_languages *self, uint32_t hash)
{
    for (uint32_t at = hash >> 7 & self->mask; self->hashes[at]; at = (at + 1) & self->mask)
        if (self->hashes[at] == hash) return self->masks[at];
    return 0;
}

/* The language with most votes, from 1; 0 where it has fewer than `least`, or no more than another. */
static unsigned most_voted(const uint32_t *votes, unsigned n, uint32_t least)
{
    unsigned best = 0;
    bool tie = true;
    for (unsigned k = 1; k <= n; k++) {
        if (best && votes[k] == votes[best]) tie = true;
        if (!best || votes[k] > votes[best]) {
            best = k;
            tie = false;
        }
    }
    return best && votes[best] >= least && !tie ? best : 0;
}

/* The document's language by its function words, and the lines that are in another. */
static void fill_language(filler *f)
{
    enum { LEAST = 3, LANGUAGES = 32 }; /* votes that make a guess */
    const boilerplate_text *t = f->text;
    uint32_t all[LANGUAGES] = {0};
    for (size_t i = 0; i < t->row_count; i++) {
        const boilerplate_row *row = &t->rows[i];
        uint32_t votes[LANGUAGES] = {0};
        bool any = false;
        for (unsigned k = 0; k < row->words; k++) {
            const boilerplate_word *w = &t->words[row->word + k];
            if (w->characters > 5 || w->flags & BOILERPLATE_WORD_NUMBER) continue;
            uint32_t mask = language_mask(f->languages, w->hash);
            any |= mask != 0;
            for (; mask; mask &= mask - 1) votes[__builtin_ctz(mask) + 1]++;
        }
        f->topic[i] = any ? most_voted(votes, f->languages->languages, LEAST) : 0;
        for (unsigned k = 1; any && k <= f->languages->languages; k++) all[k] += votes[k];
    }
    unsigned language = most_voted(all, f->languages->languages, LEAST);
    for (size_t i = 0; i < t->row_count; i++)
        if (language && f->topic[i] && f->topic[i] != language) PUT(f, i, foreign, 2);
    PUT_DOCUMENT(f, language, language);
}

/* Place in the document, prose around, runs of short lines, rows since an opening line. */
static void fill_place(filler *f)
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
static void fill_neighbours(filler *f)
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

static void fill_block(filler *f, const int32_t *weight, unsigned side, unsigned near)
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

static void fill_word_block(filler *f)
{
    const boilerplate_text *t = f->text;
    int32_t *weight = (int32_t *)f->prose; /* free again after fill_place */
    for (size_t i = 0; i < t->row_count; i++)
        weight[i] = (int32_t)at_most(t->rows[i].words, BLOCK_MOST) - BLOCK_COST;
    fill_block(f, weight, BOILERPLATE_F_block, BOILERPLATE_F_block_near);
}

/* ------------------------------------------------------------------ the document */

static void fill_document(filler *f)
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

static bool make_room(boilerplate_columns *self, size_t rows, size_t table)
{
    size_t stride = (rows + 2 * BOILERPLATE_MARGIN + 63) / 64 * 64;
    size_t need = stride * BOILERPLATE_FEATURE_COUNT;
    if (need > self->room) {
        free(self->bytes);
        self->bytes = malloc(need + need / 2);
        self->room = self->bytes ? need + need / 2 : 0;
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
    for (unsigned k = 0; k < BOILERPLATE_FEATURE_COUNT; k++) {
        memset(self->bytes + k * stride, 0, BOILERPLATE_MARGIN);
        memset(self->bytes + k * stride + BOILERPLATE_MARGIN + rows, 0,
               stride - BOILERPLATE_MARGIN - rows);
    }
    return true;
}

static filler make_filler(boilerplate_columns *self, const boilerplate_text *text)
{
    filler f = {.text = text, .stride = self->stride};
    f.base = boilerplate_column(self, 0);
    f.prose = self->work;
    f.topic = self->work + self->rows + 1;
    return f;
}

bool boilerplate_fill(boilerplate_columns *self, const boilerplate_text *text,
                      const boilerplate_phrase_row *phrases, const boilerplate_languages *languages)
{
    size_t table = 1024;
    while (table < 2 * text->row_count || table < text->word_count) table *= 2;
    if (!make_room(self, text->row_count, table)) return false;
    filler f = make_filler(self, text);
    f.phrases = phrases;
    f.languages = languages;
    f.table = self->work + 2 * (text->row_count + 1);
    f.table_mask = table - 1;
    for (size_t i = 0; i < text->row_count; i++) {
        fill_shape(&f, i);
        fill_phrases(&f, i);
    }
    for (unsigned k = BOILERPLATE_F_frequency; k <= BOILERPLATE_F_hint; k++)
        memset(f.base + k * f.stride, 0, text->row_count); /* filled by whoever knows */
    fill_copies(&f);
    fill_typography(&f);
    fill_language(&f);
    fill_title(&f);
    fill_echo(&f);
    if (text->row_count) fill_neighbours(&f);
    if (text->row_count) fill_place(&f);
    fill_word_block(&f);
    fill_document(&f);
    return true;
}

void boilerplate_fill_lexicon(boilerplate_columns *self, const boilerplate_text *text,
                              const int8_t *lexicon)
{
    filler f = make_filler(self, text);
    int64_t sum = 0;
    for (size_t i = 0; i < text->row_count; i++) sum += fill_row_lexicon(&f, i, lexicon);
    int mean = text->word_count ? (int)(sum * 4 / (int64_t)text->word_count) : 0;
    PUT_DOCUMENT(&f, lexicon, (unsigned)(mean < -32 ? 0 : mean > 31 ? 63 : mean + 32));
}

void boilerplate_fill_scores(boilerplate_columns *self, const boilerplate_text *text,
                             const uint8_t *scores)
{
    enum { EVEN = 32 }; /* a score of even odds */
    filler f = make_filler(self, text);
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

void boilerplate_columns_free(boilerplate_columns *self)
{
    free(self->bytes);
    free(self->work);
    memset(self, 0, sizeof *self);
}

/* ------------------------------------------------------------------ languages */

static bool is_break(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static void add_function_word(boilerplate_languages *self, uint32_t hash, unsigned language)
{
    uint32_t at = hash >> 7 & self->mask;
    while (self->hashes[at] && self->hashes[at] != hash) at = (at + 1) & self->mask;
    self->hashes[at] = hash;
    self->masks[at] |= (uint32_t)1 << language;
}

/* A line "language<TAB>words", whose words are hashed as those of any text. */
static bool add_language(boilerplate_languages *self, const char *line, size_t n)
{
    enum { MOST = 31 };
    size_t at = 0;
    while (at < n && !is_break(line[at])) at++;
    if (self->languages == MOST) return false;
    boilerplate_text text = {0};
    if (!boilerplate_read(&text, line + at, n - at)) return false;
    for (size_t k = 0; k < text.word_count; k++)
        add_function_word(self, text.words[k].hash, self->languages);
    self->languages++;
    boilerplate_text_free(&text);
    return true;
}

bool boilerplate_languages_read(boilerplate_languages *self, const char *bytes, size_t n)
{
    size_t size = 1024;
    while (size < n / 2) size *= 2; /* a word and its space take two bytes at least */
    self->languages = 0;
    self->mask = (uint32_t)size - 1;
    self->hashes = calloc(size, sizeof *self->hashes);
    self->masks = calloc(size, sizeof *self->masks);
    bool header = true, ok = self->hashes && self->masks;
    for (size_t at = 0; ok && at < n;) {
        const char *feed = memchr(bytes + at, '\n', n - at);
        size_t end = feed ? (size_t)(feed - bytes) : n;
        if (!header && end > at && bytes[at] != '#' && !is_break(bytes[at]))
            ok = add_language(self, bytes + at, end - at);
        header = false;
        at = end + 1;
    }
    return ok;
}

void boilerplate_languages_free(boilerplate_languages *self)
{
    free(self->hashes);
    free(self->masks);
    memset(self, 0, sizeof *self);
}
