/* boilerplate/repeats: what a row says that is said elsewhere too: equal rows, words of the title,
 * pieces of sentences of the body. */
#include "fill.h"

/* Equal rows, by a table of hashes: how many, which comes first, how near the last one was. */
void boilerplate_fill_copies(boilerplate_filler *f)
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

/* Which row is the title: the first, or the second where the first is a mere name, or a path that
 * ends in the second. */
static size_t title_row(const boilerplate_text *t)
{
    if (t->row_count < 2) return 0;
    const boilerplate_row *first = &t->rows[0], *second = &t->rows[1];
    if (first->words < 4) return second->words > first->words;
    if (first->count[BOILERPLATE_SEP] < 2 || second->words < 4 || second->words > first->words)
        return 0;
    const uint32_t *tail = &t->hashes[first->word + first->words - second->words];
    return !memcmp(tail, &t->hashes[second->word], second->words * sizeof *tail);
}

/* A set of words by nine bits of their hashes. */
typedef struct {
    uint64_t bits[8];
} word_set;

static bool has_word(const word_set *self, uint32_t hash)
{
    return self->bits[hash >> 29] >> (hash >> 23 & 63) & 1;
}

static void add_word(word_set *self, uint32_t hash)
{
    self->bits[hash >> 29] |= (uint64_t)1 << (hash >> 23 & 63);
}

enum { TITLE_MOST = 60 }; /* words of a row, and of the title, that are looked at */

/* Words in common with the title. */
void boilerplate_fill_title(boilerplate_filler *f)
{
    const boilerplate_text *t = f->text;
    size_t title = title_row(t), next = 0;
    word_set has = {{0}};
    unsigned distinct = 0;
    if (!t->row_count) return;
    const boilerplate_row *head = &t->rows[title];
    for (unsigned k = 0; k < head->words && k < TITLE_MOST; k++) {
        distinct += !has_word(&has, t->hashes[head->word + k]);
        add_word(&has, t->hashes[head->word + k]);
    }
    uint32_t *common = f->spare;
    size_t count = boilerplate_select_words(t, has.bits, 23, common);
    for (size_t i = 0; i < t->row_count; i++) {
        const boilerplate_row *row = &t->rows[i];
        uint32_t end = row->word + row->words,
                 most = row->words < TITLE_MOST ? row->words : TITLE_MOST;
        unsigned known = 0, fresh = 0, longer = 0;
        if (i != title && (next == count || common[next] >= end)) { /* as most rows */
            f->topic[i] = 0;
            PUT(f, i, in_title, 0);
            PUT(f, i, title_in, 0);
            continue;
        }
        word_set seen = {{0}};
        for (; next < count && common[next] < end; next++) {
            uint32_t k = common[next];
            if (k >= row->word + most) continue;
            known++;
            longer += t->words[k].characters > 4 || t->words[k].flags & BOILERPLATE_WORD_IDEO;
            fresh += !has_word(&seen, t->hashes[k]);
            add_word(&seen, t->hashes[k]);
        }
        bool none = i == title || row->words < 2;
        f->topic[i] = none ? 0 : longer;
        PUT(f, i, in_title, none ? 0 : boilerplate_share(known, most));
        PUT(f, i, title_in, none ? (i == title ? 17 : 0) : boilerplate_share(fresh, distinct));
    }
}

/* How much of a row comes, word triple by word triple, in a line of prose elsewhere: captions and
 * teasers repeat sentences of the body, cut short. */
void boilerplate_fill_echo(boilerplate_filler *f)
{
    const boilerplate_text *t = f->text;
    uint32_t *table = f->table, *slot = f->spare;
    memset(table, 0, (f->table_mask + 1) * sizeof *table);
    boilerplate_select_triples(t, (uint32_t)f->table_mask, slot);
    for (size_t i = 0; i < t->row_count; i++) {
        const boilerplate_row *row = &t->rows[i];
        if (!is_prose(row)) continue;
        for (unsigned k = 0; k + 2 < row->words; k++) table[slot[row->word + k]] = (uint32_t)i + 1;
    }
    for (size_t i = 0; i < t->row_count; i++) {
        const boilerplate_row *row = &t->rows[i];
        unsigned common = 0;
        PUT(f, i, echo, 0);
        if (row->words < 4) continue;
        for (unsigned k = 0; k + 2 < row->words; k++) {
            uint32_t other = table[slot[row->word + k]];
            common += (other != 0) & (other != i + 1);
        }
        PUT(f, i, echo, boilerplate_share(common, row->words - 2));
    }
}
