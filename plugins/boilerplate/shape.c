/* boilerplate/shape: the features that a row has by itself: its characters and words, dates and
 * addresses in it, the set phrases found in it, the weights of its words. */
#include "fill.h"

/* Hashes of www, http and https, as the reader makes them (tested). */
static const uint32_t address_words[3] = {0x569ECD31u, 0xEB5D3415u, 0xA4DF5AFCu};

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
    unsigned left = row->numbers;
    for (unsigned i = 0; left && i < row->words; i++) {
        if (!(w[i].flags & BOILERPLATE_WORD_NUMBER)) continue;
        left--;
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

/* http, www., @ and #word; `may` are the words that addresses may begin with, from this row on. */
static unsigned row_address(const boilerplate_text *t, const boilerplate_row *row,
                            const uint32_t *may)
{
    unsigned n = row->count[BOILERPLATE_AT];
    bool marks = row->count[BOILERPLATE_COLON] || row->count[BOILERPLATE_STOP];
    for (; marks && *may < row->word + row->words; may++) {
        const boilerplate_word *w = t->words + *may;
        const char *s = t->p + w->start;
        n += (w->length == 3 && !memcmp(s, "www", 3)) ||
             (w->length == 4 && !memcmp(s, "http", 4)) ||
             (w->length == 5 && !memcmp(s, "https", 5));
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

/* The first columns are filled through a tile of 64 rows, whose columns lie at fixed places. */
enum { TILE = 64, TILE_COLUMNS = BOILERPLATE_F_script + 1 };
#define SET(name, value) (tile[BOILERPLATE_F_##name * TILE] = (uint8_t)(value))

/* `tile`: where the row's first feature goes. */
static void fill_row(const boilerplate_text *t, size_t i, const uint32_t *may, uint8_t *tile)
{
    const boilerplate_row *row = &t->rows[i];
    const uint16_t *n = row->count;
    unsigned cased = n[BOILERPLATE_LOWER] + n[BOILERPLATE_UPPER];
    SET(words, boilerplate_scale(row->words));
    SET(characters, boilerplate_scale(row->characters));
    SET(word_length,
        row->words ? at_most(4u * (row->letters + n[BOILERPLATE_DIGIT]) / row->words, 63) : 0);
    SET(longest, at_most(row->longest, 40));
    SET(capitals, boilerplate_share(row->capitals, row->words));
    SET(uppers, boilerplate_share(n[BOILERPLATE_UPPER], cased));
    SET(shorts, boilerplate_share(row->shorts, row->words));
    SET(numbers, boilerplate_share(row->numbers, row->words));
    SET(digits, boilerplate_share(n[BOILERPLATE_DIGIT], row->characters));
    SET(marks, row_marks(row));
    SET(sentences, at_most(row->sentences, 15));
    SET(commas, at_most(n[BOILERPLATE_COMMA], 15));
    SET(separators, at_most(n[BOILERPLATE_SEP], 15));
    SET(dashes, at_most(n[BOILERPLATE_DASH], 15));
    SET(ending, row->ending);
    SET(opening, row->first);
    SET(address, row_address(t, row, may));
    SET(code, at_most(n[BOILERPLATE_CODE], 15));
    SET(rights, at_most(n[BOILERPLATE_RIGHTS], 3));
    SET(quotes, at_most(n[BOILERPLATE_OPEN] + n[BOILERPLATE_QUOTE], 15));
    SET(unclosed, row_unclosed(row));
    SET(date, row_date(t, row));
    SET(label, row_label(t, row));
    SET(blank, row->blank_before + (i + 1 < t->row_count && t->rows[i + 1].blank_before ? 2 : 0));
    SET(script, row_script(t, row));
}

#include "shape_wide.h"

void boilerplate_fill_shape_by(boilerplate_filler *f, bool wide)
{
    const boilerplate_text *t = f->text;
    uint32_t *may = f->spare;
    size_t next = 0, count = boilerplate_select_equal(t, address_words, may);
    may[count] = UINT32_MAX;
#ifdef WIDE
    if (wide && has_wide()) {
        fill_shape_wide(f, may);
        return;
    }
#endif
    (void)wide;
    for (size_t at = 0; at < t->row_count; at += TILE) {
        uint8_t tile[TILE_COLUMNS * TILE];
        size_t n = t->row_count - at < TILE ? t->row_count - at : TILE;
        for (size_t i = at; i < at + n; i++) {
            fill_row(t, i, may + next, tile + (i - at));
            while (may[next] < t->rows[i].word + t->rows[i].words) next++;
        }
        for (unsigned k = 0; k < TILE_COLUMNS; k++)
            memcpy(f->base + k * f->stride + at, tile + k * TILE, n);
    }
}

void boilerplate_fill_shape(boilerplate_filler *f)
{
    boilerplate_fill_shape_by(f, true);
}

_Static_assert(BOILERPLATE_F_promotion - BOILERPLATE_F_legal == BOILERPLATE_GROUP_PROMOTION &&
                   BOILERPLATE_GROUP_LEGAL == 0 &&
                   BOILERPLATE_GROUP_PROMOTION + 1 == BOILERPLATE_GROUP_COUNT &&
                   BOILERPLATE_F_menu - BOILERPLATE_F_legal == BOILERPLATE_GROUP_MENU,
               "the columns of groups lie side by side, in their order");

/* Most rows have none. */
void boilerplate_fill_phrases(boilerplate_filler *f)
{
    const boilerplate_phrase_row *phrases = f->phrases;
    const size_t stride = f->stride;
    uint8_t *groups = COLUMN_OF(f, legal), *covered = COLUMN_OF(f, covered);
    uint8_t *sure = COLUMN_OF(f, sure), *credit = COLUMN_OF(f, credit);
    boilerplate_clear_columns(f, BOILERPLATE_F_legal, BOILERPLATE_F_credit);
    for (size_t i = 0, n = f->text->row_count; i < n; i++) {
        const boilerplate_phrase_row *p = &phrases[i];
        if (!p->hit) continue;
        for (unsigned k = 0; k < BOILERPLATE_GROUP_COUNT; k++) groups[k * stride + i] = p->group[k];
        covered[i] = p->covered;
        sure[i] = (uint8_t)at_most(p->sure, 15);
        credit[i] = p->credit;
    }
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

/* Of a row's words, of which the last makes no pair with the next row's. */
static int weight_at(const int8_t *words, const int8_t *pairs, unsigned k, unsigned n)
{
    return (int)words[k] + (k + 1 < n ? (int)pairs[k] : 0);
}

void boilerplate_fill_lexicon(boilerplate_columns *self, const boilerplate_text *text,
                              const int8_t *lexicon)
{
    boilerplate_filler f = boilerplate_filler_of(self, text);
    int64_t sum = 0;
    size_t room = text->word_count + BOILERPLATE_SELECT_SLACK;
    int32_t *sums = (int32_t *)f.spare;
    int8_t *words = (int8_t *)(sums + room + 1), *pairs = words + room;
    boilerplate_select_weights(text, lexicon, 32 - BOILERPLATE_LEXICON_BITS, words, pairs, sums);
    uint8_t *means = COLUMN_OF(&f, lexicon_mean), *totals = COLUMN_OF(&f, lexicon_sum);
    uint8_t *firsts = COLUMN_OF(&f, lexicon_first), *lasts = COLUMN_OF(&f, lexicon_last);
    const boilerplate_row *rows = text->rows;
    for (size_t i = 0, count = text->row_count; i < count; i++) {
        const uint32_t n = rows[i].words, word = rows[i].word;
        const int8_t *w = words + word, *p = pairs + word;
        int all = 0, first = 0, last = 0;
        if (n) {
            all = sums[word + n] - sums[word] - (int)p[n - 1];
            first = weight_at(w, p, 0, n) + (n > 1 ? weight_at(w, p, 1, n) : 0);
            last = (int)w[n - 1] + (n > 1 ? weight_at(w, p, n - 2, n) : 0);
        }
        means[i] = (uint8_t)mean_weight(all, n);
        totals[i] = (uint8_t)sum_weight(all);
        firsts[i] = (uint8_t)mean_weight(first, 2);
        lasts[i] = (uint8_t)mean_weight(last, 2);
        sum += all;
    }
    int mean = text->word_count ? (int)(sum * 4 / (int64_t)text->word_count) : 0;
    PUT_DOCUMENT(&f, lexicon, (unsigned)(mean < -32 ? 0 : mean > 31 ? 63 : mean + 32));
}
