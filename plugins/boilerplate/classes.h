/* boilerplate/classes: what a character counts as; text.h names the classes. Called by text.c, for each
 * character once. */
#ifndef BOILERPLATE_CLASSES_H
#define BOILERPLATE_CLASSES_H

#include "text.h"

extern const uint8_t boilerplate_ascii_class[128];

/* The class of the character beyond ASCII at `s`, of which `room` bytes may be read; `length` is its size. What is
 * no UTF-8 counts as one byte of no class. */
uint8_t boilerplate_decode_class(const unsigned char *s, size_t room, size_t *length);

#endif
