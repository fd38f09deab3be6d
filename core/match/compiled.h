/* core/match: the compiled form. One block of memory, all references in it offsets, so that it can
 * be saved and mapped as it is. Private to the room.
 *
 *   slots    (node, token hash) -> node: an open-addressed trie over tokens
 *   nodes    the first form that ends at a node, or 0
 *   forms    a spelling: its row, the next form of the same spelling, its folded tokens
 *   filters  they spare most tokens the walk through the trie. gate: asked of each token, in one
 *            word of 64 bits that its key picks: two bits for a term of one token, two for a token
 *            and its neighbour, all numbers being one neighbour. single and pairs: asked of what
 *            the gate lets pass.
 *   rows     what the user wrote: references into the pool of strings */
#ifndef TAMIS_CORE_MATCH_COMPILED_H
#define TAMIS_CORE_MATCH_COMPILED_H

#include "match/fold.h"
#include "match/terms.h"

enum {
    TERM_TOKENS = 32, /* a term of more tokens is a bad row */
    KEY_PREFIX = 8,   /* bytes of a token that its key holds, besides the length */
    FORM_DERIVED =
        1, /* made by the compiler (ae for ä, homoglyphs, proclitics): yields to written ones */
    FORM_CASED = 2 /* the capitals must be those of `signature` */
};

typedef struct {
    uint32_t tag, node; /* node 0: empty */
} term_slot;

typedef struct {
    uint32_t row, next; /* next: form + 1, 0: none */
    uint32_t folded;    /* offset: a byte of length and the bytes, for each token */
    uint32_t signature;
    uint8_t tokens, skip, flags, lang; /* skip: letters (a proclitic) that are no part of the match;
                                        * lang: which of the languages, while it is compiled */
} term_form;

typedef struct {
    uint32_t term, lang, value, category,
        notes;      /* offsets in the pool: two bytes of length, then bytes */
    uint32_t extra; /* further cells, one pool string each, in order */
    uint32_t line;
    uint16_t file, flags;
} term_row;

typedef struct {
    uint32_t name,
        columns; /* columns: names of the further cells, one pool string each, in order */
    uint32_t column_count, folder; /* folder: bytes of the name up to its last part */
} term_file;

typedef struct {
    char magic[8];
    uint64_t build, order, bytes, checksum, key, seed;
    uint32_t row_count, form_count, node_count, file_count;
    uint32_t slot_bits, gate_bits, single_bits, pair_bits;
    uint64_t slots, nodes, forms, gate, single, pairs, folded, rows, files, pool; /* offsets */
} term_header;

struct tamis_terms {
    const term_header *head;
    const term_slot *slots;
    const uint32_t *nodes;
    const term_form *forms;
    const uint64_t *gate, *single, *pairs;
    const unsigned char *folded;
    const term_row *rows;
    const term_file *files;
    const char *pool;
    uint64_t seed;
    unsigned slot_shift, gate_shift, single_shift, pair_shift;
    void *owned; /* the block, unless it is mapped */
};

static inline uint64_t load8(const unsigned char *p)
{
    uint64_t word;
    memcpy(&word, p, sizeof word);
    return word;
}

/* The low `n` bytes, n at most 8. Read as little-endian; on other machines keys differ, images are
 * refused. */
static inline uint64_t low_bytes(uint64_t word, unsigned n)
{
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    static const uint64_t masks[9] = {0,
                                      0xFF,
                                      0xFFFF,
                                      0xFFFFFF,
                                      0xFFFFFFFF,
                                      UINT64_C(0xFFFFFFFFFF),
                                      UINT64_C(0xFFFFFFFFFFFF),
                                      UINT64_C(0xFFFFFFFFFFFFFF),
                                      UINT64_MAX};
    return word & masks[n < 8 ? n : 8]; /* no branch: words are as often longer as shorter */
}

#define TOKEN_K1 UINT64_C(0x9E3779B97F4A7C15)
#define TOKEN_K2 UINT64_C(0xC2B2AE3D27D4EB4F)

/* The key of a folded token from its first eight bytes, zeros behind its end, and its length. */
static inline uint64_t token_key_of(uint64_t text, unsigned n)
{
    uint64_t h = (text ^ (uint64_t)n << 57) * TOKEN_K1;
    return h ^ h >> 32;
}
/* 16 bytes are readable at p. */
static inline uint64_t token_key(const unsigned char *p, unsigned n)
{
    return token_key_of(low_bytes(load8(p), n), n);
}
static inline uint64_t pair_key(uint64_t a, uint64_t b)
{
    return a ^ (b << 21 | b >> 43);
}

/* What the gate knows of a neighbour: its key; of a number, whose first byte tells it, nothing
 * else. */
#define NEIGHBOUR_NUMBER UINT64_C(0x5A2C000000)
static inline uint64_t neighbour_of(uint64_t text, uint64_t key)
{
    return text & 0xC0 ? key : NEIGHBOUR_NUMBER;
}
static inline uint64_t gate_bits(uint64_t key, uint64_t neighbour)
{
    uint64_t at = key ^ neighbour >> 20;
    return UINT64_C(1) << (at & 63) | UINT64_C(1) << (at >> 6 & 63);
}
/* Whether a term may be the token of this key alone (neighbour 0), or begin with it and its
 * neighbour. */
static inline unsigned gate_opens(uint64_t word, uint64_t key, uint64_t neighbour)
{
    uint64_t both = key ^ neighbour >> 20;
    return ((word >> (key & 63) & word >> (key >> 6 & 63)) |
            (word >> (both & 63) & word >> (both >> 6 & 63))) &
           1;
}

/* The hash of a folded token. 16 bytes are readable behind its end. */
static inline uint64_t token_hash(const unsigned char *p, unsigned n, uint64_t seed)
{
    uint64_t a = low_bytes(load8(p), n), b = n > 8 ? low_bytes(load8(p + 8), n - 8) : 0;
    uint64_t h = seed;
    for (;;) {
        h = (h ^ a ^ n) * TOKEN_K1 + (b + TOKEN_K2) * TOKEN_K2;
        h ^= h >> 32;
        if (n <= 16) break;
        p += 16;
        n -= 16;
        a = low_bytes(load8(p), n);
        b = n > 8 ? low_bytes(load8(p + 8), n - 8) : 0;
    }
    h *= TOKEN_K1;
    return h ^ h >> 29;
}

static inline uint64_t slot_hash(uint32_t node, uint64_t hash)
{
    return (hash ^ (uint64_t)node * UINT64_C(0xD6E8FEB86659FD93)) * TOKEN_K1;
}

/* The child of a node by a token, 0 where there is none. */
static inline uint32_t terms_child(const tamis_terms *self, uint32_t node, uint64_t hash)
{
    uint64_t h = slot_hash(node, hash);
    size_t mask = ((size_t)1 << self->head->slot_bits) - 1;
    for (size_t i = h >> self->slot_shift;; i = (i + 1) & mask) {
        const term_slot *slot = self->slots + i;
        if (!slot->node) return 0;
        if (slot->tag == (uint32_t)h) return slot->node;
    }
}

/* A filter of words as the gate's: two bits a key. */
static inline unsigned filter_has(const uint64_t *words, uint64_t key, unsigned shift)
{
    uint64_t word = words[key >> shift];
    return word >> (key & 63) & word >> (key >> 6 & 63) & 1;
}

tamis_str terms_pool_string(const tamis_terms *self, uint32_t offset);
/* Points the members of a terms object into its block. */
void terms_bind(tamis_terms *self, const void *block);

/* pages.c: zeroed memory, at a multiple of 64; the size is given back with it. */
void *pages_take(size_t bytes);
void pages_give(void *p, size_t bytes);
/* Moves what lies at p into a larger piece; p stays as it is when there is no memory. */
void *pages_grow(void *p, size_t bytes, size_t more);

/* Rows as parsed, before they are compiled: see gazetteer.c. */
typedef struct {
    term_row row; /* its strings in the pool */
    tamis_str term, infl;
    uint32_t lang; /* in the list of languages */
} parsed_row;
typedef struct {
    parsed_row *rows;
    size_t count, room;
    size_t text; /* bytes of all that was read, to guess sizes by */
    term_file *files;
    size_t file_count;
    tamis_str *langs; /* each once */
    size_t lang_count, lang_room;
    buffer pool;  /* strings of the compiled form */
    arena memory; /* cells that had to be unquoted */
} parsed;

tamis_rc gazetteer_parse(parsed *self, const terms_file *files, size_t file_count,
                         const tamis_term *rows, size_t row_count, terms_bad_row report, void *user,
                         error *e);
void parsed_free(parsed *self);
/* What `infl=` of a row's notes lists: a|b|c. */
tamis_str terms_inflections(tamis_str notes);
uint32_t pool_add(buffer *pool, tamis_str text);

#endif
