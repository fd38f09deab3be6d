/* boilerplate/repeats: what a row says that is said elsewhere too: equal rows, words of the title,
 * pieces of sentences of the body. */
#include "fill.h"

/* Equal rows, by a table of hashes: how many, which comes first, how near the last one was. */
void boilerplate_fill_copies(boilerplate_filler *f)
{
    const boilerplate_row *rows = f->text->rows;
    const size_t n = f->text->row_count;
    uint32_t *table = f->table;
    uint32_t *last = f->prose, *firsts = f->topic; /* borrowed: filled later */
    uint8_t *copies = COLUMN_OF(f, copies), *copy = COLUMN_OF(f, copy);
    uint8_t *near = COLUMN_OF(f, copy_near);
    size_t mask = 255;
    while (mask < 2 * n) mask = 2 * mask + 1;
    memset(table, 0, (mask + 1) * sizeof *table);
    boilerplate_clear_columns(f, BOILERPLATE_F_copies, BOILERPLATE_F_copy_near);
    for (size_t i = 0; i < n; i++) {
        const uint64_t hash = rows[i].hash;
        size_t at = (size_t)(hash >> 20) & mask;
        if (!rows[i].words) continue;
        while (table[at] && rows[table[at] - 1].hash != hash) at = (at + 1) & mask;
        last[i] = (uint32_t)i;
        if (!table[at]) {
            table[at] = (uint32_t)i + 1;
            continue;
        }
        uint32_t first = firsts[i] = table[at] - 1;
        copies[first] = (uint8_t)(copies[first] + (copies[first] < 15));
        copy[first] = 1;
        copy[i] = 2;
        near[i] = (uint8_t)(63 - boilerplate_scale(i - last[first]));
        last[first] = (uint32_t)i;
    }
    for (size_t i = 0; i < n; i++) { /* later copies take the first one's count */
        if (copy[i] != 2) continue;
        copies[i] = copies[firsts[i]];
        if (last[firsts[i]] == i) copy[i] = 3;
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
    uint32_t *common = f->spare, *topic = f->topic;
    uint8_t *in_title = COLUMN_OF(f, in_title), *title_in = COLUMN_OF(f, title_in);
    const boilerplate_row *rows = t->rows;
    const boilerplate_word *words = t->words;
    const uint32_t *hashes = t->hashes;
    const size_t n = t->row_count, count = boilerplate_select_words(t, has.bits, 23, common);
    for (size_t i = 0; i < n; i++) {
        const boilerplate_row *row = &rows[i];
        uint32_t end = row->word + row->words,
                 most = row->words < TITLE_MOST ? row->words : TITLE_MOST;
        unsigned known = 0, fresh = 0, longer = 0;
        if (i != title && (next == count || common[next] >= end)) { /* as most rows */
            topic[i] = in_title[i] = title_in[i] = 0;
            continue;
        }
        word_set seen = {{0}};
        for (; next < count && common[next] < end; next++) {
            uint32_t k = common[next];
            if (k >= row->word + most) continue;
            known++;
            longer += words[k].characters > 4 || words[k].flags & BOILERPLATE_WORD_IDEO;
            fresh += !has_word(&seen, hashes[k]);
            add_word(&seen, hashes[k]);
        }
        bool none = i == title || row->words < 2;
        topic[i] = none ? 0 : longer;
        in_title[i] = (uint8_t)(none ? 0 : boilerplate_share(known, most));
        title_in[i] = (uint8_t)(i == title ? 17 : none ? 0 : boilerplate_share(fresh, distinct));
    }
}

/* How much of a row comes, word triple by word triple, in a line of prose elsewhere: captions and
 * teasers repeat sentences of the body, cut short. */
void boilerplate_fill_echo(boilerplate_filler *f)
{
    const boilerplate_text *t = f->text;
    const boilerplate_row *rows = t->rows;
    const size_t n = t->row_count;
    uint32_t *table = f->table, *slot = f->spare;
    memset(table, 0, (f->table_mask + 1) * sizeof *table);
    boilerplate_select_triples(t, (uint32_t)f->table_mask, slot);
    for (size_t i = 0; i < n; i++) {
        if (!is_prose(&rows[i])) continue;
        const uint32_t *at = slot + rows[i].word, *end = at + rows[i].words - 2;
        for (; at < end; at++) table[*at] = (uint32_t)i + 1;
    }
    uint8_t *echo = COLUMN_OF(f, echo);
    for (size_t i = 0; i < n; i++) {
        const uint32_t words = rows[i].words;
        unsigned common = 0;
        echo[i] = 0;
        if (words < 4) continue;
        for (const uint32_t *at = slot + rows[i].word, *end = at + words - 2; at < end; at++)
            common += (table[*at] != 0) & (table[*at] != i + 1);
        echo[i] = (uint8_t)boilerplate_share(common, words - 2);
    }
}
