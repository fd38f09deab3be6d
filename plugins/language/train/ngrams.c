/* ngrams.c: draws words from lingua's n-gram tables, as "label TAB word word ..." lines for
 * train.c.
 *
 * The tables hold P(last letter | the letters before) for all 1- to 5-grams within words of a
 * million sentences, rare ones too, without word boundaries. The boundaries can be had back
 * exactly: with joint probabilities P, an n-gram g begins a word as often as it is not preceded by
 * a letter,
 *     start(g) = P(g) - sum over x of P(xg),
 * and a word ends after g as often as no letter follows. So words are drawn from the tree of starts
 * for four letters, and go on as a chain of order four.
 *
 *   ngrams LABEL FOLDER PHRASES SEED > OUT.tsv      (FOLDER/unigrams.pb.bin.zip ... fivegrams...)
 */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ORDER = 5, MAX_LETTERS = 255, MAX_WORD = 24 };

typedef struct {
    uint64_t key; /* letters, one byte each, the last one lowest */
    double joint; /* share of all letters' positions */
    double start; /* the part of it that begins a word */
} gram;

typedef struct {
    gram *at;
    size_t count;
} table;

typedef struct {
    uint32_t letter[MAX_LETTERS + 1];
    int letters;
    table of[ORDER + 1];
    uint64_t random;
} chain;

static double uniform(chain *self)
{
    self->random ^= self->random << 13;
    self->random ^= self->random >> 7;
    self->random ^= self->random << 17;
    return (double)(self->random >> 11) / (double)(1ull << 53);
}

static int by_key(const void *a, const void *b)
{
    uint64_t x = ((const gram *)a)->key, y = ((const gram *)b)->key;
    return x < y ? -1 : x > y;
}

/* First entry whose key is not below `key`. */
static size_t table_lower(const table *self, uint64_t key)
{
    size_t low = 0, high = self->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (self->at[middle].key < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static gram *table_get(const table *self, uint64_t key)
{
    size_t i = table_lower(self, key);
    return i < self->count && self->at[i].key == key ? &self->at[i] : NULL;
}

static int chain_letter(chain *self, uint32_t c, bool add)
{
    for (int i = 1; i <= self->letters; i++)
        if (self->letter[i] == c) return i;
    if (!add || self->letters == MAX_LETTERS) return 0;
    self->letter[++self->letters] = c;
    return self->letters;
}

static uint32_t decode(const uint8_t **p, const uint8_t *end)
{
    uint32_t c = *(*p)++;
    int more = c < 0x80 ? 0 : c < 0xE0 ? 1 : c < 0xF0 ? 2 : 3;
    if (more) c &= 0x3Fu >> more;
    while (more-- && *p < end) c = c << 6 | (*(*p)++ & 0x3F);
    return c;
}

/* --- the protocol-buffer form: message { language = 1, total = 2, sets = 4 { p = 1, gram = 2 …
 * } } */

static uint64_t varint(const uint8_t **p)
{
    uint64_t value = 0;
    for (int shift = 0;; shift += 7) {
        uint8_t byte = *(*p)++;
        value |= (uint64_t)(byte & 127) << shift;
        if (byte < 128) return value;
    }
}

static uint8_t *read_zip(const char *folder, const char *name, size_t *size)
{
    char command[4096];
    snprintf(command, sizeof command, "unzip -p '%s/%s.pb.bin.zip'", folder, name);
    FILE *pipe = popen(command, "r");
    size_t room = 1 << 16;
    uint8_t *bytes = malloc(room);
    *size = 0;
    for (size_t n; pipe && (n = fread(bytes + *size, 1, room - *size, pipe)) > 0;) {
        *size += n;
        if (*size == room) bytes = realloc(bytes, room *= 2);
    }
    if (pipe) pclose(pipe);
    return bytes;
}

static void chain_add(chain *self, int order, double p, const uint8_t *text, size_t n)
{
    uint64_t key = 0;
    for (const uint8_t *q = text; q < text + n;) {
        int letter = chain_letter(self, decode(&q, text + n), order == 1);
        if (!letter) return;
        key = key << 8 | (uint64_t)letter;
    }
    if (order > 1) {
        const gram *prefix = table_get(&self->of[order - 1], key >> 8);
        if (!prefix) return;
        p *= prefix->joint;
    }
    table *t = &self->of[order];
    if ((t->count & (t->count - 1)) == 0)
        t->at = realloc(t->at, (t->count ? t->count * 2 : 1) * sizeof(gram));
    t->at[t->count++] = (gram){key, p, p};
}

static void chain_load(chain *self, const char *folder, int order, const char *name)
{
    size_t size;
    uint8_t *bytes = read_zip(folder, name, &size);
    const uint8_t *p = bytes, *end = bytes + size;
    while (p < end) {
        uint64_t tag = varint(&p);
        if ((tag & 7) == 0) {
            varint(&p);
            continue;
        }
        uint64_t length = varint(&p);
        const uint8_t *stop = p + length;
        double probability = 0;
        while (p < stop) {
            uint64_t field = varint(&p);
            if ((field & 7) == 1) {
                memcpy(&probability, p, 8);
                p += 8;
            } else if ((field & 7) == 2) {
                uint64_t n = varint(&p);
                chain_add(self, order, probability, p, n);
                p += n;
            } else {
                varint(&p);
            }
        }
    }
    free(bytes);
    qsort(self->of[order].at, self->of[order].count, sizeof(gram), by_key);
    for (size_t i = 0; order > 1 && i < self->of[order].count; i++) {
        const gram *g = &self->of[order].at[i];
        gram *tail = table_get(&self->of[order - 1], g->key & ((1ull << 8 * (order - 1)) - 1));
        if (tail) tail->start -= g->joint;
    }
}

/* Draws the letter after `key` among the entries of `order` that continue it; 0: the word ends. */
static int chain_next(chain *self, int order, uint64_t key, double mass, bool starts)
{
    const table *t = &self->of[order];
    double left = uniform(self) * mass;
    for (size_t i = table_lower(t, key << 8); i < t->count && t->at[i].key >> 8 == key; i++) {
        left -= starts ? fmax(t->at[i].start, 0) : t->at[i].joint;
        if (left < 0) return (int)(t->at[i].key & 255);
    }
    return 0;
}

static int chain_word(chain *self, uint8_t *word)
{
    int n = 0;
    uint64_t key = 0;
    double mass = 0;
    for (size_t i = 0; i < self->of[1].count; i++) mass += fmax(self->of[1].at[i].start, 0);
    while (n < MAX_WORD) {
        bool starts = n < ORDER - 1;
        int letter = chain_next(self, starts ? n + 1 : ORDER, key, mass, starts);
        if (!letter) break;
        word[n++] = (uint8_t)letter;
        key = key << 8 | (uint64_t)letter;
        if (n >= ORDER - 1) key &= (1ull << 8 * (ORDER - 1)) - 1;
        const gram *g = table_get(&self->of[n < ORDER - 1 ? n : ORDER - 1], key);
        if (!g) break;
        mass = n < ORDER - 1 ? fmax(g->start, 0) : n == ORDER - 1 ? g->joint : g->joint;
    }
    return n;
}

static void put(uint32_t c)
{
    if (c < 0x80) {
        putchar((int)c);
    } else if (c < 0x800) {
        putchar((int)(0xC0 | c >> 6));
        putchar((int)(0x80 | (c & 63)));
    } else {
        putchar((int)(0xE0 | c >> 12));
        putchar((int)(0x80 | (c >> 6 & 63)));
        putchar((int)(0x80 | (c & 63)));
    }
}

int main(int argc, char **argv)
{
    static const char *const names[] = {"",         "unigrams",    "bigrams",
                                        "trigrams", "quadrigrams", "fivegrams"};
    static chain self;
    if (argc != 5) return 2;
    self.random = strtoull(argv[4], NULL, 10) * 0x9E3779B97F4A7C15ull | 1;
    for (int order = 1; order <= ORDER; order++) chain_load(&self, argv[2], order, names[order]);
    for (long i = atol(argv[3]); i > 0; i--) {
        uint8_t word[MAX_WORD];
        int words = 1, least = i % 3 ? 5 : 2; /* two of three phrases leave short words out */
        while (words < 6 && uniform(&self) < .55) words++;
        printf("%s\t", argv[1]);
        for (int w = 0; w < words; w++) {
            int n = 0;
            for (int tries = 0; tries < 40 && n < least; tries++) n = chain_word(&self, word);
            if (w) putchar(' ');
            for (int k = 0; k < n; k++) put(self.letter[word[k]]);
        }
        putchar('\n');
    }
    return 0;
}
