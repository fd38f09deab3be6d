#include "filter.h"

#include "select.h"

#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------ sets of hashes */

enum { BITS = 17 }; /* of the bits in front: 16 KiB, some 4 % of them set by the shipped phrases */

static uint32_t bit_of(uint32_t hash)
{
    return hash >> (32 - BITS);
}

enum { FLAGS = 15, FLAGS_BITS = 4 };

static uint32_t slot_of(const boilerplate_hash_set *self, uint32_t hash)
{
    return hash >> FLAGS_BITS & self->mask;
}

static void add_hash(boilerplate_hash_set *self, uint32_t hash, uint8_t flags)
{
    uint32_t at = slot_of(self, hash);
    while (self->keys[at] && (self->keys[at] ^ hash) > FLAGS) at = (at + 1) & self->mask;
    self->keys[at] = (hash & ~(uint32_t)FLAGS) | (self->keys[at] & FLAGS) | flags;
    self->bits[bit_of(hash) >> 6] |= (uint64_t)1 << (bit_of(hash) & 63);
}

static unsigned flags_of(const boilerplate_hash_set *self, uint32_t hash)
{
    for (uint32_t at = slot_of(self, hash); self->keys[at]; at = (at + 1) & self->mask)
        if ((self->keys[at] ^ hash) <= FLAGS) return self->keys[at] & FLAGS;
    return 0;
}

/* ------------------------------------------------------------------ spellings */

/* The matcher folds case and accents; the reader's hashes fold ASCII and Latin-1 case alone. So
 * each phrase is written in all the ways that texts write it. */
typedef enum { CASE_AS_IS, CASE_FIRST, CASE_ALL, CASES } letter_case;
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

/* Writes a word in one of the ways; returns its size: at most twice the word's. */
static size_t write_spelling(char *out, tamis_str text, letter_case letters, accenting accents)
{
    const unsigned char *p = (const unsigned char *)text.p;
    bool first = true;
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
        if (accents == ACCENTS_NONE || (accents == ACCENTS_NOT_FIRST && first))
            code = without_accent(code);
        if (letters == CASE_ALL || (letters == CASE_FIRST && first)) code = upper(code);
        if (two) {
            memcpy(out + n, two, 2);
            n += 2;
        } else {
            n += encode(out + n, code);
        }
        first = false;
        at += length;
    }
    return n;
}

/* The hashes of a word in all its spellings; where one is none of its own it is the nearest. */
typedef struct {
    uint32_t hash[CASES][ACCENTINGS];
} spellings;

static bool is_ascii(tamis_str word)
{
    for (size_t i = 0; i < word.n; i++)
        if ((unsigned char)word.p[i] >= 0x80) return false;
    return true;
}

static void spell(tamis_str word, uint32_t hash, spellings *out)
{
    char buffer[BOILERPLATE_WORD_MOST * 2];
    bool first = (unsigned char)*word.p >= 0x80, cased = false, two = false;
    bool accents[ACCENTINGS] = {false, false, false, true}; /* it is written otherwise so */
    for (unsigned k = 0; k < CASES * ACCENTINGS; k++) out->hash[k % CASES][k / CASES] = hash;
    if (is_ascii(word)) return;
    for (size_t at = 0; at < word.n;) {
        uint32_t code;
        bool begins = at == 0;
        at += decode((const unsigned char *)word.p + at, word.n - at, &code);
        if (without_accent(code) != code) accents[begins ? ACCENTS_NOT_FIRST : ACCENTS_NONE] = true;
        cased |= code >= 0x100; /* the hash folds the case of others */
        two |= spelt(code) != NULL;
    }
    accents[ACCENTS_NONE] |= accents[ACCENTS_NOT_FIRST];
    for (unsigned a = 0; a < ACCENTINGS; a++)
        for (unsigned c = 0; c < CASES; c++) {
            bool changes =
                (!c || cased) && (a != ACCENTS_SPELT || two) && (a != ACCENTS_NOT_FIRST || first);
            if (!changes) {
                out->hash[c][a] = out->hash[0][c ? a : 0];
                continue;
            }
            if (!a && !c) continue;
            if (a && !accents[a]) {
                out->hash[c][a] = out->hash[c][ACCENTS_AS_IS];
                continue;
            }
            size_t n = write_spelling(buffer, word, (letter_case)c, (accenting)a);
            out->hash[c][a] = boilerplate_hash(buffer, n);
        }
}

/* ------------------------------------------------------------------ making it */

static tamis_str word_of(const boilerplate_text *text, size_t k)
{
    return (tamis_str){text->p + text->words[k].start, text->words[k].length};
}

/* What is to go into a set, before it is known how much that is. */
enum {
    SPELLINGS = 16, /* of a phrase, at most */
    ROOM = 1 << 13  /* bytes of phrases that are read together */
};
typedef struct {
    uint32_t *hash;
    uint8_t *flags;
    size_t n, first; /* of the phrase in work */
} hash_list;

static void list_hash(hash_list *self, uint32_t hash, uint8_t flags)
{
    for (size_t k = self->first; k < self->n; k++)
        if (self->hash[k] == hash) return;
    self->hash[self->n] = hash;
    self->flags[self->n++] = flags;
}

static bool make_list(hash_list *self, size_t phrases)
{
    self->hash = malloc((phrases + 1) * SPELLINGS * sizeof *self->hash);
    self->flags = malloc((phrases + 1) * SPELLINGS);
    return self->hash && self->flags;
}

static void free_list(hash_list *self)
{
    free(self->hash);
    free(self->flags);
}

/* Adds what stands for a phrase: its word, or of its words the two longest neighbours. */
static void add_phrase(hash_list *words, hash_list *pairs, const boilerplate_text *text,
                       const boilerplate_row *row, uint8_t where)
{
    static const uint8_t cases[][2] = {{CASE_AS_IS, CASE_AS_IS},
                                       {CASE_FIRST, CASE_AS_IS},
                                       {CASE_FIRST, CASE_FIRST},
                                       {CASE_ALL, CASE_ALL}};
    const boilerplate_word *w = text->words + row->word;
    const uint32_t *hash = text->hashes + row->word;
    unsigned best = 0, most = 0;
    spellings one, two;
    words->first = words->n;
    pairs->first = pairs->n;
    for (unsigned k = 0; k + 1 < row->words; k++)
        if (w[k].length + w[k + 1].length > most) {
            most = w[k].length + w[k + 1].length;
            best = k;
        }
    spell(word_of(text, row->word + best), hash[best], &one);
    if (row->words == 1) {
        for (unsigned k = 0; k < CASES * ACCENTINGS; k++)
            list_hash(words, one.hash[k % CASES][k / CASES], where);
        return;
    }
    spell(word_of(text, row->word + best + 1), hash[best + 1], &two);
    bool anywhere = where & ~BOILERPLATE_IN_SHORT; /* the ends of a line are not looked for apart */
    where = (uint8_t)(BOILERPLATE_IN_SHORT | (anywhere ? BOILERPLATE_IN_LONG : 0));
    for (unsigned a = 0; a < ACCENTINGS; a++)
        for (unsigned k = 0; k < sizeof cases / sizeof *cases; k++)
            list_hash(pairs,
                      boilerplate_hash_pair(one.hash[cases[k][0]][a], two.hash[cases[k][1]][a]),
                      where);
}

static tamis_rc make_set(boilerplate_hash_set *self, const tamis_host *host, const tamis_run *c,
                         const hash_list *list)
{
    size_t size = 64;
    while (size < 2 * list->n) size *= 2;
    self->mask = (uint32_t)size - 1;
    self->bits = host->alloc(c, ((size_t)1 << BITS) / 8);
    self->keys = host->alloc(c, size * sizeof *self->keys);
    if (!self->bits || !self->keys) return TAMIS_FAIL;
    for (size_t k = 0; k < list->n; k++) add_hash(self, list->hash[k], list->flags[k]);
    return TAMIS_OK;
}

/* Some phrases, a line each, in `bytes` of `room`: as many as it holds, one at least. Returns how
 * many; 0: no memory. */
static size_t join(const boilerplate_filter_phrase *phrases, size_t count, char **bytes,
                   size_t *room, size_t *n)
{
    size_t done = 0;
    *n = 0;
    if (phrases->text.n + 1 > *room) {
        free(*bytes);
        *room = phrases->text.n + 1 + ROOM;
        *bytes = malloc(*room);
    }
    for (; *bytes && done < count && *n + phrases[done].text.n + 1 <= *room; done++) {
        memcpy(*bytes + *n, phrases[done].text.p, phrases[done].text.n);
        *n += phrases[done].text.n;
        (*bytes)[(*n)++] = '\n';
    }
    return done;
}

tamis_rc boilerplate_filter_make(boilerplate_filter *self, const tamis_host *host,
                                 const tamis_run *c, const boilerplate_filter_phrase *phrases,
                                 size_t count)
{
    boilerplate_text text = {0};
    hash_list words = {0}, pairs = {0};
    char *bytes = NULL;
    size_t n, room = 0, with_words = 0;
    tamis_rc rc = TAMIS_FAIL;
    bool ok = make_list(&words, count) && make_list(&pairs, count);
    for (size_t done = 0, some; ok && done < count; done += some) {
        some = join(phrases + done, count - done, &bytes, &room, &n);
        ok = some && boilerplate_read(&text, bytes, n);
        for (size_t i = 0; ok && i < text.row_count; i++) {
            const boilerplate_row *row = &text.rows[i];
            with_words += row->words > 0;
            if (row->words && !row->opaque) /* rows of such letters always pass */
                add_phrase(&words, &pairs, &text, row, phrases[done + row->line].where);
        }
    }
    self->open |= with_words < count;
    if (ok)
        rc = make_set(&self->words, host, c, &words);
    else
        host->fail(c, TAMIS_FAIL, "boilerplate: no memory for %zu phrases", count);
    if (rc == TAMIS_OK) rc = make_set(&self->pairs, host, c, &pairs);
    free_list(&words);
    free_list(&pairs);
    boilerplate_text_free(&text);
    free(bytes);
    return rc;
}

/* ------------------------------------------------------------------ asking it */

/* Words of the text that are in the set, and first words of pairs that are: first by the bits in
 * front. Each is its number, with its flags above. */
enum { FLAGS_AT = 28, NUMBER = (1 << FLAGS_AT) - 1 };

static size_t find_words(const boilerplate_hash_set *self, const boilerplate_text *t, uint32_t *out)
{
    size_t n = boilerplate_select_words(t, self->bits, 32 - BITS, out), found = 0;
    for (size_t k = 0; k < n; k++) {
        uint32_t word = out[k], flags = flags_of(self, t->hashes[word]);
        out[found] = word | flags << FLAGS_AT;
        found += flags != 0;
    }
    return found;
}

static size_t find_pairs(const boilerplate_hash_set *self, const boilerplate_text *t, uint32_t *out)
{
    size_t n = boilerplate_select_pairs(t, self->bits, 32 - BITS, out), found = 0;
    for (size_t k = 0; k < n; k++) {
        uint32_t word = out[k];
        uint32_t flags =
            flags_of(self, boilerplate_hash_pair(t->hashes[word], t->hashes[word + 1]));
        out[found] = word | flags << FLAGS_AT;
        found += flags != 0;
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
    enum { TAIL = 84 }; /* bytes: credit_at_end of phrases.c looks no further */
    const boilerplate_word *w = &t->words[k];
    if (!is_long_row) return BOILERPLATE_IN_SHORT;
    return BOILERPLATE_IN_LONG | (k == row->word ? BOILERPLATE_AT_START : 0u) |
           (w->start + w->length + TAIL >= row->end ? BOILERPLATE_AT_END : 0u);
}

void boilerplate_filter_rows(const boilerplate_filter *self, const boilerplate_text *text,
                             unsigned few, size_t bytes, uint32_t *spare, uint8_t *pass)
{
    const boilerplate_row *rows = text->rows;
    const bool open = self->open;
    for (size_t i = 0, n = text->row_count; i < n; i++) pass[i] = open | rows[i].opaque;
    size_t n = find_words(&self->words, text, spare), i = 0;
    for (size_t k = 0; k < n; k++) {
        uint32_t word = spare[k] & NUMBER;
        while (rows[i].word + rows[i].words <= word) i++;
        unsigned counts = counts_for(text, &rows[i], is_long(&rows[i], few, bytes), word);
        pass[i] |= (spare[k] >> FLAGS_AT & counts) != 0;
    }
    n = find_pairs(&self->pairs, text, spare);
    i = 0;
    for (size_t k = 0; k < n; k++) {
        uint32_t word = spare[k] & NUMBER;
        while (rows[i].word + rows[i].words <= word) i++;
        if (word + 1 == rows[i].word + rows[i].words) continue; /* goes over the line's end */
        unsigned counts =
            is_long(&rows[i], few, bytes) ? BOILERPLATE_IN_LONG : BOILERPLATE_IN_SHORT;
        pass[i] |= (spare[k] >> FLAGS_AT & counts) != 0;
    }
}
