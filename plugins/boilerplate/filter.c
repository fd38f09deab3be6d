#include "filter.h"

#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------ sets of hashes */

enum { BITS = 17 }; /* of the bits in front: 16 KiB, some 4 % of them set by the shipped phrases */

static uint32_t bit_of(uint32_t hash)
{
    return hash >> (32 - BITS);
}

static bool may_have(const boilerplate_hash_set *self, uint32_t hash)
{
    return self->bits[bit_of(hash) >> 6] >> (bit_of(hash) & 63) & 1;
}

static tamis_rc make_set(boilerplate_hash_set *self, const tamis_host *host, const tamis_run *c,
                         size_t most)
{
    size_t size = 64;
    while (size < 2 * most) size *= 2;
    self->mask = (uint32_t)size - 1;
    self->bits = host->alloc(c, ((size_t)1 << BITS) / 8);
    self->keys = host->alloc(c, size * sizeof *self->keys);
    self->flags = host->alloc(c, size);
    if (!self->bits || !self->keys || !self->flags) return TAMIS_FAIL;
    return TAMIS_OK;
}

static void add_hash(boilerplate_hash_set *self, uint32_t hash, uint8_t flags)
{
    uint32_t at = hash & self->mask;
    while (self->keys[at] && self->keys[at] != hash) at = (at + 1) & self->mask;
    self->keys[at] = hash;
    self->flags[at] |= flags;
    self->bits[bit_of(hash) >> 6] |= (uint64_t)1 << (bit_of(hash) & 63);
}

static unsigned flags_of(const boilerplate_hash_set *self, uint32_t hash)
{
    for (uint32_t at = hash & self->mask; self->keys[at]; at = (at + 1) & self->mask)
        if (self->keys[at] == hash) return self->flags[at];
    return 0;
}

static uint32_t hash_pair(uint32_t first, uint32_t second)
{
    return first * 0x9E3779B1u ^ second * 0x85EBCA6Bu;
}

/* ------------------------------------------------------------------ spellings */

/* The matcher folds case and accents; the reader's hashes fold ASCII and Latin-1 case alone. So each phrase
 * is written in all the ways that texts write it. */
typedef enum { CASE_AS_IS, CASE_FIRST, CASE_WORDS, CASE_ALL, CASES } letter_case;
typedef enum {
    ACCENTS_AS_IS,
    ACCENTS_NONE,
    ACCENTS_NOT_FIRST,
    ACCENTS_SPELT,
    ACCENTINGS
} accenting;

static unsigned decode(const unsigned char *p, size_t n, uint32_t *code)
{
    if (p[0] >= 0xC2 && p[0] < 0xE0 && n >= 2) {
        *code = (uint32_t)(p[0] & 31) << 6 | (p[1] & 63);
        return 2;
    }
    if (p[0] >= 0xE0 && p[0] < 0xF0 && n >= 3) {
        *code = (uint32_t)(p[0] & 15) << 12 | (uint32_t)(p[1] & 63) << 6 | (p[2] & 63);
        return 3;
    }
    *code = p[0];
    return p[0] >= 0xF0 && n >= 4 ? 4 : 1;
}

static size_t encode(char *out, uint32_t code)
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        out[0] = (char)(0xC0 | code >> 6);
        out[1] = (char)(0x80 | (code & 63));
        return 2;
    }
    out[0] = (char)(0xE0 | code >> 12);
    out[1] = (char)(0x80 | (code >> 6 & 63));
    out[2] = (char)(0x80 | (code & 63));
    return 3;
}

static uint32_t upper(uint32_t c)
{
    if (c >= 'a' && c <= 'z') return c - 32;
    if (c >= 0xE0 && c <= 0xFE && c != 0xF7) return c - 32;
    if ((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E)) return c & 1 ? c : c - 1;
    if ((c >= 0x100 && c <= 0x177 && c != 0x131 && c != 0x138) || (c >= 0x1E00 && c <= 0x1EFF))
        return c & ~(uint32_t)1;
    if (c == 0x3C2) return 0x3A3;
    if (c >= 0x3B1 && c <= 0x3CB) return c - 32;
    if (c == 0x3AC) return 0x386;
    if (c >= 0x3AD && c <= 0x3AF) return c - 37;
    if (c == 0x3CC) return 0x38C;
    if (c == 0x3CD || c == 0x3CE) return c - 63;
    if (c >= 0x430 && c <= 0x44F) return c - 32;
    if (c >= 0x450 && c <= 0x45F) return c - 80;
    return c == 0x491 ? 0x490 : c;
}

/* A letter without its accent: Latin-1, Latin Extended-A, Greek, Cyrillic; others as they are. */
static uint32_t without_accent(uint32_t c)
{
    static const char latin[] =
        "AAAAAA\0CEEEEIIII\0NOOOOO\0OUUUUY\0\0aaaaaa\0ceeeeiiii\0nooooo\0ouuuuy\0y"
        "AaAaAaCcCcCcCcDdDdEeEeEeEeEeGgGgGgGgHhHhIiIiIiIiIi\0\0JjKk\0LlLlLlLlLlNnNnNn\0\0\0OoOoOo\0"
        "\0"
        "RrRrRrSsSsSsSsTtTtTtUuUuUuUuUuUuWwYyYZzZzZz\0";
    static const uint16_t greek[][2] = {{0x3AC, 0x3B1}, {0x3AD, 0x3B5}, {0x3AE, 0x3B7},
                                        {0x3AF, 0x3B9}, {0x3CA, 0x3B9}, {0x3CB, 0x3C5},
                                        {0x3CC, 0x3BF}, {0x3CD, 0x3C5}, {0x3CE, 0x3C9},
                                        {0x451, 0x435}, {0x439, 0x438}, {0x457, 0x456}};
    if (c >= 0xC0 && c < 0x180) return latin[c - 0xC0] ? (uint32_t)latin[c - 0xC0] : c;
    for (size_t k = 0; k < sizeof greek / sizeof *greek; k++)
        if (greek[k][0] == c) return greek[k][1];
    return c;
}

/* Letters that are written out as two. */
static const char *spelt(uint32_t c)
{
    switch (c) {
    case 0xE4:
    case 0xE6: return "ae";
    case 0xF6: return "oe";
    case 0x153: return "oe";
    case 0xFC: return "ue";
    case 0xDF: return "ss";
    }
    return NULL;
}

/* Writes `text` in one of the ways; returns its size: at most 1.5 times the text's. */
static size_t write_spelling(char *out, tamis_str text, letter_case letters, accenting accents)
{
    const unsigned char *p = (const unsigned char *)text.p;
    bool begins = true, first = true;
    size_t n = 0;
    for (size_t at = 0; at < text.n;) {
        uint32_t code;
        unsigned length = decode(p + at, text.n - at, &code);
        if (length == 4) {
            memcpy(out + n, p + at, 4);
            n += 4;
            at += 4;
            continue;
        }
        const char *two = accents == ACCENTS_SPELT ? spelt(code) : NULL;
        if (accents == ACCENTS_NONE || (accents == ACCENTS_NOT_FIRST && begins))
            code = without_accent(code);
        if (letters == CASE_ALL || (letters == CASE_WORDS && begins) ||
            (letters == CASE_FIRST && first))
            code = upper(code);
        if (two) {
            memcpy(out + n, two, 2);
            n += 2;
        } else {
            n += encode(out + n, code);
        }
        begins = length == 1 && (code == ' ' || code == '-' || code == '\'');
        first = false;
        at += length;
    }
    return n;
}

static bool is_ascii(tamis_str text)
{
    for (size_t i = 0; i < text.n; i++)
        if ((unsigned char)text.p[i] >= 128) return false;
    return true;
}

/* All spellings of the phrases, a line each; which[] tells of each line its phrase. */
typedef struct {
    char *bytes;
    uint32_t *which;
    size_t n, count;
} spellings;

static bool write_spellings(spellings *self, const boilerplate_filter_phrase *phrases, size_t count)
{
    size_t room = 0, last, size;
    for (size_t i = 0; i < count; i++) room += phrases[i].text.n * 3 / 2 + 8;
    self->bytes = malloc(room * CASES * ACCENTINGS + 1);
    self->which = malloc((count * CASES * ACCENTINGS + 1) * sizeof *self->which);
    if (!self->bytes || !self->which) return false;
    for (size_t i = 0; i < count; i++) {
        unsigned ways = is_ascii(phrases[i].text) ? 1 : CASES * ACCENTINGS;
        last = self->n;
        size = 0;
        for (unsigned way = 0; way < ways; way++) {
            char *line = self->bytes + self->n;
            size_t n = write_spelling(line, phrases[i].text, (letter_case)(way % CASES),
                                      (accenting)(way / CASES));
            if (way && n == size && !memcmp(self->bytes + last, line, n)) continue;
            last = self->n;
            size = n;
            line[n] = '\n';
            self->which[self->count++] = (uint32_t)i;
            self->n += n + 1;
        }
    }
    return true;
}

/* ------------------------------------------------------------------ making it */

/* Adds what stands for one spelling: its word, or of its words the two longest neighbours. */
static void add_spelling(boilerplate_filter *self, const boilerplate_text *text,
                         const boilerplate_row *row, uint8_t where)
{
    const boilerplate_word *w = text->words + row->word;
    unsigned best = 0, most = 0;
    if (row->words == 1) {
        add_hash(&self->words, w[0].hash, where);
        return;
    }
    for (unsigned k = 0; k + 1 < row->words; k++)
        if (w[k].length + w[k + 1].length > most) {
            most = w[k].length + w[k + 1].length;
            best = k;
        }
    bool anywhere = where & ~BOILERPLATE_IN_SHORT; /* the ends of a line are not looked for apart */
    add_hash(&self->pairs, hash_pair(w[best].hash, w[best + 1].hash),
             (uint8_t)(BOILERPLATE_IN_SHORT | (anywhere ? BOILERPLATE_IN_LONG : 0)));
}

tamis_rc boilerplate_filter_make(boilerplate_filter *self, const tamis_host *host,
                                 const tamis_run *c, const boilerplate_filter_phrase *phrases,
                                 size_t count)
{
    spellings all = {0};
    boilerplate_text text = {0};
    tamis_rc rc = TAMIS_FAIL;
    if (!write_spellings(&all, phrases, count) || !boilerplate_read(&text, all.bytes, all.n)) {
        host->fail(c, TAMIS_FAIL, "boilerplate: no memory for %zu phrases", count);
        goto done;
    }
    rc = make_set(&self->words, host, c, all.count);
    if (rc == TAMIS_OK) rc = make_set(&self->pairs, host, c, all.count);
    if (rc != TAMIS_OK) goto done;
    for (size_t i = 0; i < text.row_count; i++) {
        const boilerplate_row *row = &text.rows[i];
        if (row->words)
            add_spelling(self, &text, row, phrases[all.which[row->line]].where);
        else
            self->open = true;
    }
done:
    boilerplate_text_free(&text);
    free(all.bytes);
    free(all.which);
    return rc;
}

/* ------------------------------------------------------------------ asking it */

/* Words of the text that are in the set, and first words of pairs that are: first by the bits in front, which are
 * asked of all words without a branch, then by the set itself. */
static size_t find_words(const boilerplate_hash_set *self, const boilerplate_text *t, uint32_t *out)
{
    const uint32_t *hash = t->hashes;
    size_t n = 0, found = 0, count = t->word_count;
    for (size_t k = 0; k < count; k++) {
        out[n] = (uint32_t)k;
        n += may_have(self, hash[k]);
    }
    for (size_t k = 0; k < n; k++) {
        uint32_t word = out[k];
        out[found] = word;
        found += flags_of(self, hash[word]) != 0;
    }
    return found;
}

static size_t find_pairs(const boilerplate_hash_set *self, const boilerplate_text *t, uint32_t *out)
{
    const uint32_t *hash = t->hashes;
    size_t n = 0, found = 0, count = t->word_count;
    for (size_t k = 0; k + 1 < count; k++) {
        out[n] = (uint32_t)k;
        n += may_have(self, hash_pair(hash[k], hash[k + 1]));
    }
    for (size_t k = 0; k < n; k++) {
        uint32_t word = out[k];
        out[found] = word;
        found += flags_of(self, hash_pair(hash[word], hash[word + 1])) != 0;
    }
    return found;
}

static bool is_long(const boilerplate_row *row, unsigned few, size_t bytes)
{
    size_t all = row->end - row->start, others = (size_t)(row->characters - row->letters);
    return row->words > few && all - (others < all ? others : all) > bytes;
}

/* What counts for word k of a row. */
static unsigned counts_for(const boilerplate_text *t, const boilerplate_row *row, bool is_long_row,
                           uint32_t k)
{
    enum { TAIL = 24 }; /* bytes */
    const boilerplate_word *w = &t->words[k];
    if (!is_long_row) return BOILERPLATE_IN_SHORT;
    return BOILERPLATE_IN_LONG | (k == row->word ? BOILERPLATE_AT_START : 0u) |
           (w->start + w->length + TAIL >= row->end ? BOILERPLATE_AT_END : 0u);
}

void boilerplate_filter_rows(const boilerplate_filter *self, const boilerplate_text *text,
                             unsigned few, size_t bytes, uint32_t *spare, uint8_t *pass)
{
    const boilerplate_row *rows = text->rows;
    const uint32_t *hash = text->hashes;
    for (size_t i = 0; i < text->row_count; i++) pass[i] = self->open | rows[i].opaque;
    size_t n = find_words(&self->words, text, spare), i = 0;
    for (size_t k = 0; k < n; k++) {
        while (rows[i].word + rows[i].words <= spare[k]) i++;
        unsigned counts = counts_for(text, &rows[i], is_long(&rows[i], few, bytes), spare[k]);
        pass[i] |= (flags_of(&self->words, hash[spare[k]]) & counts) != 0;
    }
    n = find_pairs(&self->pairs, text, spare);
    i = 0;
    for (size_t k = 0; k < n; k++) {
        while (rows[i].word + rows[i].words <= spare[k]) i++;
        if (spare[k] + 1 == rows[i].word + rows[i].words) continue; /* goes over the line's end */
        unsigned counts =
            is_long(&rows[i], few, bytes) ? BOILERPLATE_IN_LONG : BOILERPLATE_IN_SHORT;
        pass[i] |=
            (flags_of(&self->pairs, hash_pair(hash[spare[k]], hash[spare[k] + 1])) & counts) != 0;
    }
}
