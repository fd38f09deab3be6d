/* core/match: the trie of a gazetteer while it is made. Spellings are taken in batches: what the
 * tables have for one is fetched while the others are looked at, for the tables are larger than the
 * near caches. Called by compile.c alone, which turns the tables into the compiled form. */
#ifndef TAMIS_CORE_MATCH_TRIE_H
#define TAMIS_CORE_MATCH_TRIE_H

#include "match/compiled.h"

enum { TRIE_BATCH = 32, SPELLING_BYTES = 4096, BATCH_BYTES = 4 * SPELLING_BYTES };

/* A node while it is made: its token, so that equal hashes of unequal tokens are seen. */
typedef struct {
    uint64_t hash; /* of its token */
    uint32_t parent, folded;
} made_node;

/* A spelling on its way: its folded tokens, each behind a byte of length, the nodes they lead
 * to. */
typedef struct {
    const uint8_t *bytes;
    uint32_t length,
        folded; /* folded: where the bytes stand in the pool, once a node or form wants them */
    uint32_t path[TERM_TOKENS];
    uint16_t at[TERM_TOKENS];
    uint64_t hash;  /* slot_hash of the next token */
    uint32_t fresh; /* bit i: node i was made for it */
    term_form form;
} trie_spelling;

typedef struct {
    const parsed *rows;
    uint64_t seed;
    term_slot *slots;
    unsigned slot_bits;
    uint32_t *nodes; /* first form + 1 */
    made_node *made;
    uint32_t node_count, node_room;
    term_form *forms;
    uint32_t form_count, form_room;
    buffer folded; /* tokens of forms: a byte of length and the bytes */
    bool collided; /* two tokens of one hash: try another seed */
    bool failed;   /* no memory */
    trie_spelling batch[TRIE_BATCH];
    size_t batched, batch_bytes;
    uint8_t bytes[BATCH_BYTES];
} trie;

/* Room for a root; false without memory. */
bool trie_open(trie *self, const parsed *rows, uint64_t seed);
/* Takes a spelling of a row; false when it has too many or too long tokens, or none. */
bool trie_add(trie *self, uint32_t row, tamis_str text, uint8_t flags, uint8_t skip);
/* Hangs what was taken; to be called before tables are read. */
void trie_settle(trie *self);
void trie_free(trie *self);

#endif
