/* roughen.h: texts as the web has them, made of clean ones; for train.c. Sizes are bytes. */
#ifndef LANGUAGE_ROUGHEN_H
#define LANGUAGE_ROUGHEN_H

#include <stddef.h>
#include <stdint.h>

/* Chance of the calling thread: the seed, which must not be 0, and a number from 0 to below - 1. */
void roughen_seed(uint64_t seed);
uint32_t roughen_draw(uint32_t below);

/* Writes a text into `out` (room for twice its size): now and then accents are lost, or words of
 * markup stand in it. Returns its size. */
size_t roughen_text(const uint8_t *text, size_t n, uint8_t *out);

/* Writes the text in a language that is none (room for three times its size): some of its letters
 * change places throughout. So the background learns what a sister of a known language looks like.
 * Returns its size; 0: too few letters. */
size_t roughen_estrange(const uint8_t *text, size_t n, uint8_t *out);

/* A piece of one to six words of the text: from `start` on, before `stop`. */
void roughen_crop(const uint8_t *text, size_t n, size_t *start, size_t *stop);

#endif
