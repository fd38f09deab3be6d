#include "model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------ the file */

enum { NAMES = 512 }; /* slots of the table of features' names; a power of two, of which few fill */

typedef struct {
    const char *at, *end;
    unsigned line;
    char *message;
    uint8_t names[NAMES]; /* number of a feature, from 1, by its name's slot */
} model_file;

static bool refuse(model_file *f, const char *what)
{
    snprintf(f->message, 160, "line %u: %s", f->line, what);
    return false;
}

static void skip_space(model_file *f)
{
    while (f->at < f->end && (*f->at == ' ' || *f->at == '\t')) f->at++;
}

static bool read_number(model_file *f, long *out)
{
    const char *p = f->at, *end = f->end;
    while (p < end && (*p == ' ' || *p == '\t')) p++;
    bool minus = p < end && *p == '-';
    p += minus;
    f->at = p;
    if (p == end || (unsigned char)(*p - '0') > 9) return refuse(f, "a number is missing");
    long n = 0;
    for (unsigned digit; p < end && (digit = (unsigned char)(*p - '0')) <= 9 && n < 100000000; p++)
        n = n * 10 + digit;
    f->at = p;
    *out = minus ? -n : n;
    return true;
}

static size_t read_word(model_file *f, const char **word)
{
    skip_space(f);
    *word = f->at;
    while (f->at < f->end &&
           ((*f->at >= 'a' && *f->at <= 'z') || *f->at == '_' || (*f->at >= '0' && *f->at <= '9')))
        f->at++;
    return (size_t)(f->at - *word);
}

static size_t slot_of(const char *name, size_t n)
{
    uint32_t hash = (uint32_t)n;
    for (size_t i = 0; i < n; i++) hash = (hash ^ (uint8_t)name[i]) * 16777619u;
    return (hash ^ hash >> 15) % NAMES;
}

static void list_names(model_file *f)
{
    for (unsigned k = 0; k < BOILERPLATE_FEATURE_COUNT; k++) {
        const char *name = boilerplate_feature_name(k);
        size_t at = slot_of(name, strlen(name));
        while (f->names[at]) at = (at + 1) % NAMES;
        f->names[at] = (uint8_t)(k + 1);
    }
}

static bool read_feature(model_file *f, uint8_t *feature)
{
    const char *word;
    size_t n = read_word(f, &word);
    for (size_t at = slot_of(word, n); f->names[at]; at = (at + 1) % NAMES) {
        const char *name = boilerplate_feature_name(f->names[at] - 1u);
        *feature = (uint8_t)(f->names[at] - 1);
        if (!strncmp(name, word, n) && !name[n]) return true;
    }
    return refuse(f, "no such feature");
}
_Static_assert(BOILERPLATE_FEATURE_COUNT < 255, "a name's number is one byte, and slots are left");

/* name@away>above, six times, then the leaves */
static bool read_tree(model_file *f, boilerplate_tree *tree)
{
    long n = 0;
    for (unsigned k = 0; k < BOILERPLATE_DEPTH; k++) {
        if (!read_feature(f, &tree->feature[k])) return false;
        tree->away[k] = 0;
        if (f->at < f->end && *f->at == '@') {
            f->at++;
            if (!read_number(f, &n)) return false;
            if (n < -BOILERPLATE_MARGIN || n > BOILERPLATE_MARGIN)
                return refuse(f, "a test looks too far away");
            tree->away[k] = (int8_t)n;
        }
        if (f->at == f->end || *f->at++ != '>') return refuse(f, "'>' is missing");
        if (!read_number(f, &n)) return false;
        tree->above[k] = (uint8_t)n;
    }
    for (unsigned k = 0; k < BOILERPLATE_LEAVES; k++) {
        if (!read_number(f, &n)) return false;
        if (n < -128 || n > 127) return refuse(f, "a leaf lies outside -128 to 127");
        tree->leaf[k] = (int8_t)n;
    }
    return true;
}

static bool add_tree(model_file *f, boilerplate_model *self, unsigned pass)
{
    size_t n = self->tree_count[pass];
    if ((n & (n + 1)) == 0) {
        void *p = realloc(self->trees[pass], (2 * n + 2) * sizeof(boilerplate_tree));
        if (!p) return refuse(f, "no memory");
        self->trees[pass] = p;
    }
    memset(&self->trees[pass][n], 0, sizeof(boilerplate_tree));
    boilerplate_tree *tree = &self->trees[pass][n];
    if (!read_tree(f, tree)) return false;
    for (unsigned k = 0; k < BOILERPLATE_DEPTH; k++)
        self->foreign |= tree->feature[k] == BOILERPLATE_F_foreign;
    self->tree_count[pass]++;
    return true;
}

/* A hexadecimal digit's value and 1; 0: none. */
static const uint8_t hex_digits[256] = {
    ['0'] = 1, ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,  ['6'] = 7,  ['7'] = 8,
    ['8'] = 9, ['9'] = 10, ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16};

/* Four numbers of eight digits at once: most of a model is such numbers. False: not eight
 * digits. */
static inline bool read_hex(const char *p, int8_t out[4])
{
    const uint64_t ones = 0x0101010101010101u, top = ones << 7;
    uint64_t v, nine, a, f;
    memcpy(&v, p, 8);
    if (v & top) return false;
    nine = v + (0x7F - '9') * ones; /* top bit: above '9' */
    a = v + (0x80 - 'a') * ones;    /* top bit: from 'a' on */
    f = v + (0x7F - 'f') * ones;    /* top bit: above 'f' */
    uint64_t digit = (v + (0x80 - '0') * ones) & ~nine, letter = a & ~f;
    if (((digit | letter) & top) != top) return false;
    uint64_t value = (v & 0x0F * ones) + (letter >> 7 & ones) * 9;
    value =
        (value << 4 | value >> 8) & 0x00FF00FF00FF00FFu; /* pairs of digits, then side by side */
    value = (value | value >> 8) & 0x0000FFFF0000FFFFu;
    uint32_t four = (uint32_t)(value | value >> 16);
    memcpy(out, &four, 4);
    return true;
}

/* words FIRST-SLOT HEX: weights of neighbouring slots, two digits each, in two's complement; those
 * not named are 0 */
static bool read_weights(model_file *f, boilerplate_model *self)
{
    long slot = 0;
    if (!read_number(f, &slot)) return false;
    skip_space(f);
    const char *at = f->at;
    while (slot >= 0 && slot + 4 <= BOILERPLATE_LEXICON && f->end - at >= 8 &&
           read_hex(at, self->lexicon + slot)) {
        slot += 4;
        at += 8;
    }
    for (; at + 1 < f->end; at += 2) {
        unsigned high = hex_digits[(uint8_t)at[0]], low = hex_digits[(uint8_t)at[1]];
        if (!high) break;
        if (!low || slot < 0 || slot >= BOILERPLATE_LEXICON)
            return refuse(f, "a word's weight lies outside");
        self->lexicon[slot++] = (int8_t)(uint8_t)((high - 1) * 16 + low - 1);
    }
    f->at = at;
    return true;
}

static bool read_line(model_file *f, boilerplate_model *self)
{
    static const struct {
        const char *name;
        size_t offset;
    } numbers[] = {{"bias1", offsetof(boilerplate_model, bias)},
                   {"bias2", offsetof(boilerplate_model, bias) + sizeof(int32_t)},
                   {"change", offsetof(boilerplate_model, change)},
                   {"remove_below", offsetof(boilerplate_model, remove_below)},
                   {"prose_below", offsetof(boilerplate_model, prose_below)},
                   {"sentence_below", offsetof(boilerplate_model, sentence_below)},
                   {"long_line", offsetof(boilerplate_model, long_line)},
                   {"long_ideographs", offsetof(boilerplate_model, long_ideographs)},
                   {"alike_rows", offsetof(boilerplate_model, alike_rows)},
                   {"alike_share", offsetof(boilerplate_model, alike_share)},
                   {"alike_words", offsetof(boilerplate_model, alike_words)},
                   {"alike_steps", offsetof(boilerplate_model, alike_steps)},
                   {"pull", offsetof(boilerplate_model, pull)},
                   {"pull_most", offsetof(boilerplate_model, pull_most)},
                   {"between_kept", offsetof(boilerplate_model, between_kept)},
                   {"between_gone", offsetof(boilerplate_model, between_gone)},
                   {"few_words", offsetof(boilerplate_model, few_words)},
                   {"gone_below", offsetof(boilerplate_model, gone_below)},
                   {"doubt", offsetof(boilerplate_model, doubt)},
                   {"doubt_from", offsetof(boilerplate_model, doubt_from)},
                   {"doubt_most", offsetof(boilerplate_model, doubt_most)},
                   {"words_most", offsetof(boilerplate_model, words_most)},
                   {"page_share", offsetof(boilerplate_model, page_share)},
                   {"sure_above", offsetof(boilerplate_model, sure_above)},
                   {"sure_below", offsetof(boilerplate_model, sure_below)}};
    const char *word;
    size_t n = read_word(f, &word);
    if (n == 5 && !memcmp(word, "tree1", n)) return add_tree(f, self, 0);
    if (n == 5 && !memcmp(word, "tree2", n)) return add_tree(f, self, 1);
    if (n == 5 && !memcmp(word, "words", n)) return read_weights(f, self);
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) {
        if (strlen(numbers[k].name) != n || memcmp(numbers[k].name, word, n) != 0) continue;
        long value;
        if (!read_number(f, &value)) return false;
        int32_t value32 = (int32_t)value;
        memcpy((char *)self + numbers[k].offset, &value32, sizeof value32);
        return true;
    }
    return refuse(f, "begins with no name that a model knows (a number, tree1, tree2, words)");
}

bool boilerplate_model_read(boilerplate_model *self, const char *bytes, size_t n, char message[160])
{
    model_file f = {.at = bytes, .end = bytes + n, .message = message};
    memset(self, 0, sizeof *self);
    list_names(&f);
    self->lexicon = calloc(BOILERPLATE_LEXICON + BOILERPLATE_LEXICON_SLACK, 1);
    if (!self->lexicon) return refuse(&f, "no memory");
    while (f.at < f.end) {
        f.line++;
        skip_space(&f);
        bool empty = f.at < f.end && (*f.at == '#' || *f.at == '\n' || *f.at == '\r');
        if (!empty && f.at < f.end && !read_line(&f, self)) return false;
        const char *feed = f.at < f.end ? memchr(f.at, '\n', (size_t)(f.end - f.at)) : NULL;
        f.at = feed ? feed + 1 : f.end;
    }
    return true;
}

void boilerplate_model_free(boilerplate_model *self)
{
    for (unsigned k = 0; k < BOILERPLATE_PASSES; k++) free(self->trees[k]);
    free(self->lexicon);
    memset(self, 0, sizeof *self);
}
