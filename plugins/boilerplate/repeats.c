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
void boilerplate_fill_title(boilerplate_filler *f)
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

static uint32_t triple_slot(const boilerplate_filler *f, const boilerplate_word *w)
{
    uint32_t h = (w[0].hash * 0x9E3779B1u ^ w[1].hash) * 0x85EBCA6Bu ^ w[2].hash;
    return (uint32_t)((h * 0xC2B2AE35u >> 7) & f->table_mask);
}

/* How much of a row comes, word triple by word triple, in a line of prose elsewhere: captions and
 * teasers repeat sentences of the body, cut short. */
void boilerplate_fill_echo(boilerplate_filler *f)
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
