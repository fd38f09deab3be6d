/* boilerplate/select: passes over all words of a text at once, by their hashes: which of them a set
 * of bits has, what they weigh. Sixteen words go together where the machine can, with the same
 * results as one by one. Called by tongue.c, repeats.c, filter.c, shape.c
 * and kin.c. */
#ifndef BOILERPLATE_SELECT_H
#define BOILERPLATE_SELECT_H

#include "text.h"

/* The words whose hash's upper bits, from `shift` on, number a bit that is set: their numbers go to
 * `out`, which has room for BOILERPLATE_SELECT_SLACK more than there are words. Returns how
 * many. */
enum { BOILERPLATE_SELECT_SLACK = 16 };
size_t boilerplate_select_words(const boilerplate_text *text, const uint64_t *bits, unsigned shift,
                                uint32_t *out);

/* The same of pairs: the numbers of their first words. Every word but the last begins one. */
size_t boilerplate_select_pairs(const boilerplate_text *text, const uint64_t *bits, unsigned shift,
                                uint32_t *out);

/* Of each word its weight and that of the pair that it begins: tables by the upper bits of a hash,
 * of which four bytes may be read at any place. sums[k]: of both, over the words before word k. */
void boilerplate_select_weights(const boilerplate_text *text, const int8_t *table, unsigned shift,
                                int8_t *words, int8_t *pairs, int32_t *sums);

/* A number up to `mask` for each word and the two behind it. */
void boilerplate_select_triples(const boilerplate_text *text, uint32_t mask, uint32_t *out);

/* The words whose hash is one of three. Returns how many; `out` as above. */
size_t boilerplate_select_equal(const boilerplate_text *text, const uint32_t wanted[3],
                                uint32_t *out);

/* The words that have a stem: their stems' slots, up to `mask`, at most 16 bits, and the sum of
 * owner[0] to owner[k] of each such word k, written to the front of `owner`. Returns how many; both
 * have the slack behind. */
size_t boilerplate_select_stems(const boilerplate_text *text, uint32_t mask, uint16_t *slots,
                                uint32_t *owner);

#endif
