/* German compounds that end in a weapon: Aufklärungsdrohne. Words with a capital and at least eight bytes are
 * looked for 64 bytes at once, as bits; few of them end as a head does. */
#include <string.h>

#include "weapons.h"

enum { COMPOUND_LEAST = 8, BLOCK = 64 };

typedef struct {
    const weapons_job *job;
    size_t at, length;
    bool found;
} exclusion;

static bool look_for_exclusion(void *user, tamis_str text, const tamis_hit *hit)
{
    exclusion *self = user;
    (void)text;
    self->found |= hit->flags & TAMIS_TERM_EXCLUDE && hit->start == 0 && hit->end == self->length &&
                   weapons_row_fits(self->job, hit->row, self->at);
    return false;
}

/* Whether a row excludes the whole word: Luftwaffe. */
static bool is_excluded(const weapons_job *job, size_t start, size_t end)
{
    exclusion self = {.job = job, .at = start, .length = end - start};
    tamis_hit hit;
    size_t next;
    tamis_str word = {job->text.p + start, end - start};
    tamis->terms_find(job->shared->terms, word, 0, look_for_exclusion, &self, &hit, sizeof hit, 1,
                      &next);
    return self.found;
}

/* The head that ends a word with at least three letters before it. Accents count: Sabotageschutz ends in no
 * Geschütz. */
static bool ends_in_head(const weapons_shared *shared, tamis_str word, uint32_t *row)
{
    char small[128];
    size_t n = weapons_lower(word, small, sizeof small);
    if (n < COMPOUND_LEAST) return false;
    size_t longest = 0; /* Panzerhaubitze before Haubitze */
    for (uint32_t i = shared->head_first[weapons_end_hash(small + n - 4)]; i;
         i = shared->head_next[i - 1]) {
        tamis_str head = shared->heads[i - 1];
        if (n < head.n + 3 || head.n <= longest) continue;
        if (memcmp(small + n - head.n, head.p, head.n) != 0) continue;
        longest = head.n;
        *row = shared->head_rows[i - 1];
    }
    return longest > 0;
}

/* Whether a head may end so: most words are told by their last four bytes. */
static bool may_end_in_head(const weapons_shared *shared, const char *end)
{
    char last[4];
    for (int i = 0; i < 4; i++) {
        if ((unsigned char)end[i - 4] >= 0x80) return true;
        last[i] = (char)(end[i - 4] | 0x20); /* of letters and digits */
    }
    return shared->head_first[weapons_end_hash(last)] != 0;
}

/* A compound, if the word that begins at `a` is one; returns where the word ends. */
static size_t read_compound(weapons_job *job, size_t a)
{
    tamis_str text = job->text;
    size_t b = weapons_word_end(text, a);
    uint32_t row;
    if (b - a < COMPOUND_LEAST || !may_end_in_head(job->shared, text.p + b)) return b;
    if (!weapons_is(weapons_language(job, a), "de")) return b;
    if (!ends_in_head(job->shared, (tamis_str){text.p + a, b - a}, &row)) return b;
    if (weapons_overlaps(job->scratch, a, b) || weapons_in_address(text, a, b)) return b;
    if (is_excluded(job, a, b))
        TAMIS_REJECT(job->c, job->doc, a, b, "exclude", "a compound that a row excludes");
    else
        weapons_add(job, a, b, row, "compound");
    return b;
}

/* ------------------------------------------------------------------ where they may begin */

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* The top bits of those of eight bytes that lie in [from, to], ASCII. */
static inline uint64_t bytes_within(uint64_t eight, unsigned from, unsigned to)
{
    uint64_t low = eight & EACH(0x7F);
    return (low + EACH(0x80 - from)) & ~(low + EACH(0x7F - to)) & ~eight & EACH(0x80);
}

static inline uint64_t top_bits(uint64_t eight)
{
    return (eight >> 7) * UINT64_C(0x0102040810204080) >> 56;
}

/* Bit i is byte i of a block. */
typedef struct {
    uint64_t capitals, words, high; /* words: letters and digits of ASCII, bytes beyond it */
} block;

static block read_block(const char *p)
{
    block self = {0};
    for (unsigned i = 0; i < BLOCK; i += 8) {
        uint64_t eight;
        memcpy(&eight, p + i, 8);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        eight = __builtin_bswap64(eight);
#endif
        uint64_t high = eight & EACH(0x80);
        self.capitals |= top_bits(bytes_within(eight, 'A', 'Z')) << i;
        self.words |= top_bits(bytes_within(eight | EACH(0x20), 'a', 'z') |
                               bytes_within(eight, '0', '9') | high)
                      << i;
        self.high |= top_bits(high) << i;
    }
    return self;
}

/* The block at `at`, zeros behind the text. */
static block block_at(tamis_str text, size_t at)
{
    char copy[BLOCK] = {0};
    if (at >= text.n) return (block){0};
    if (text.n - at >= BLOCK) return read_block(text.p + at);
    memcpy(copy, text.p + at, text.n - at);
    return read_block(copy);
}

/* Places in a block from which eight bytes may be one word's. */
static uint64_t long_runs(const block *here, const block *next)
{
    uint64_t low = here->words, top = next->words;
    for (unsigned step = 1; step < COMPOUND_LEAST; step *= 2) {
        low &= low >> step | top << (BLOCK - step);
        top &= top >> step;
    }
    return low;
}

/* Words with a capital that begin in [first, last). Returns where the last of them ends. */
static size_t read_compounds(weapons_job *job, size_t first, size_t last)
{
    tamis_str text = job->text;
    size_t end = first;
    block here = block_at(text, first);
    uint64_t before = 0; /* the byte before is a letter or digit of ASCII */
    for (size_t at = first; at < last; at += BLOCK) {
        block next = block_at(text, at + BLOCK);
        uint64_t ascii = here.words & ~here.high;
        uint64_t starts = (here.capitals | here.high) & ~(ascii << 1 | before);
        for (starts &= long_runs(&here, &next); starts; starts &= starts - 1) {
            size_t a = at + (unsigned)__builtin_ctzll(starts);
            uint32_t code;
            if (a < end || a >= last || ((unsigned char)text.p[a] & 0xC0) == 0x80) continue;
            weapons_char(text.p + a, text.n - a, &code);
            if (weapons_is_capital(code) && !weapons_is_within_word(text, a))
                end = read_compound(job, a);
        }
        before = ascii >> 63;
        here = next;
    }
    return end > last ? end : last;
}

void weapons_compounds(weapons_job *job)
{
    if (!job->shared->head_count) return;
    if (weapons_is(job->language, "de")) {
        read_compounds(job, 0, job->text.n);
        return;
    }
    size_t at = 0;
    for (size_t i = 0; i < job->language_count; i++) {
        const tamis_span *span = job->languages + i;
        if (weapons_is(span->value, "de"))
            at = read_compounds(job, span->start > at ? span->start : at, span->end);
    }
}
