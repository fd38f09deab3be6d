/* German compounds that end in a weapon: Aufklärungsdrohne. Words with a capital and at least eight
 * bytes are looked for 64 bytes at once, as bits; few of them end as a head does. */
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

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Eight bytes, the first lowest. */
static inline uint64_t eight_at(const char *p)
{
    uint64_t eight;
    memcpy(&eight, p, 8);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    eight = __builtin_bswap64(eight);
#endif
    return eight;
}

static inline uint32_t hash_of(uint64_t last)
{
    return (uint32_t)(last * UINT64_C(0x9E3779B97F4A7C15) >> 49);
}

uint32_t weapons_head_hash(const char *end, size_t n)
{
    char four[8] = {0};
    if (n >= 8) return hash_of(eight_at(end - 8));
    memcpy(four + 4, end - 4, 4);
    return hash_of(eight_at(four) >> 32);
}

/* Of the heads in a chain, the longest that ends `small` with at least three letters before it.
 * Accents count: Sabotageschutz ends in no Geschütz. */
static void try_chain(const weapons_shared *shared, uint32_t hash, const char *small, size_t n,
                      size_t *longest, uint32_t *row)
{
    for (uint32_t i = shared->head_first[hash >> WEAPONS_HEAD_CHAIN_SHIFT]; i;
         i = shared->head_next[i - 1]) {
        tamis_str head = shared->heads[i - 1];
        if (n < head.n + 3 || head.n <= *longest) continue;
        if (memcmp(small + n - head.n, head.p, head.n) != 0) continue;
        *longest = head.n;
        *row = shared->head_rows[i - 1];
    }
}

static bool ends_in_head(const weapons_shared *shared, tamis_str word, uint32_t *row)
{
    char small[128];
    size_t n = weapons_lower(word, small, sizeof small), longest = 0;
    if (n < COMPOUND_LEAST) return false;
    try_chain(shared, weapons_head_hash(small + n, 8), small, n, &longest, row);
    if (!longest) /* Panzerhaubitze before Haubitze */
        try_chain(shared, weapons_head_hash(small + n, 4), small, n, &longest, row);
    return longest > 0;
}

static inline bool has_chain(const weapons_shared *shared, uint32_t hash)
{
    return shared->head_ends[hash / 64] >> hash % 64 & 1;
}

/* Eight bytes behind `before` as weapons_lower makes them; false where soft hyphens may stand among
 * them. */
static bool lower_eight(const char *p, unsigned char before, uint64_t *out)
{
    char lower[8];
    for (int i = 0; i < 8; i++) {
        unsigned char c = (unsigned char)p[i];
        if (c == 0xC2 || (c == 0xAD && before == 0xC2)) return false;
        bool capital = c < 0x80 || (before == 0xC3 && c <= 0x9E && c != 0x97);
        lower[i] = (char)(capital ? c | 0x20 : c); /* of letters and digits */
        before = c;
    }
    *out = eight_at(lower);
    return true;
}

/* Whether a head may end a word of at least eight bytes: most are told by their last. */
static bool may_end_in_head(const weapons_shared *shared, const char *word, const char *end)
{
    unsigned char before = end - word > 8 ? (unsigned char)end[-9] : 0;
    uint64_t last = eight_at(end - 8);
    if (!(last & EACH(0x80)))
        last |= EACH(0x20);
    else if (!lower_eight(end - 8, before, &last))
        return true;
    return has_chain(shared, hash_of(last)) || has_chain(shared, hash_of(last >> 32));
}

/* A compound, if the word that begins at `a` is one; returns where the word ends. */
static size_t read_compound(weapons_job *job, size_t a)
{
    tamis_str text = job->text;
    size_t b = weapons_word_end(text, a);
    uint32_t row;
    if (b - a < COMPOUND_LEAST || !may_end_in_head(job->shared, text.p + a, text.p + b)) return b;
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

/* Sixteen bytes at once, where the machine can. */
typedef unsigned char sixteen __attribute__((vector_size(16)));

/* The top bits of 64 bytes. */
static inline uint64_t top_bits(const sixteen v[4])
{
    uint64_t bits = 0;
#if defined(__SSE2__) /* every x86-64 machine */
    typedef char signed_sixteen __attribute__((vector_size(16)));
    for (unsigned i = 0; i < 4; i++)
        bits |= (uint64_t)(unsigned)__builtin_ia32_pmovmskb128((signed_sixteen)v[i]) << i * 16;
#else
    char bytes[BLOCK];
    memcpy(bytes, v, sizeof bytes);
    for (unsigned i = 0; i < BLOCK; i += 8)
        bits |= (eight_at(bytes + i) >> 7 & EACH(1)) * UINT64_C(0x0102040810204080) >> 56 << i;
#endif
    return bits;
}

/* Bit i is byte i of a block. */
typedef struct {
    uint64_t capitals, words, high; /* words: letters and digits of ASCII, bytes beyond it */
} block;

static inline block read_block(const char *p)
{
    sixteen capitals[4], words[4], high[4];
    for (unsigned i = 0; i < 4; i++) {
        memcpy(&high[i], p + i * 16, 16);
        capitals[i] = (sixteen)(high[i] - 'A' < 26);
        words[i] = (sixteen)((high[i] | 0x20) - 'a' < 26) | (sixteen)(high[i] - '0' < 10) | high[i];
    }
    return (block){top_bits(capitals), top_bits(words), top_bits(high)};
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
