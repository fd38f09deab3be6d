/* boilerplate/classes: what a character counts as; text.h names the classes. Called by text.c, for
 * each character once. */
#ifndef BOILERPLATE_CLASSES_H
#define BOILERPLATE_CLASSES_H

#include "text.h"

extern const uint8_t boilerplate_ascii_class[128];

extern const uint8_t boilerplate_two_byte_class[0x800];             /* by code point */
extern const uint8_t boilerplate_class_ending[BOILERPLATE_CLASSES]; /* END_… of a row's last */
uint8_t boilerplate_three_byte_class(uint32_t c);

/* The class of the character beyond ASCII at `s`, of which `room` bytes may be read; `length` is
 * its size. What is no UTF-8 counts as one byte of no class. */
static inline uint8_t boilerplate_decode_class(const unsigned char *s, size_t room, size_t *length)
{
    if (s[0] >= 0xC2 && s[0] < 0xE0 && room >= 2) {
        *length = 2;
        return boilerplate_two_byte_class[(uint32_t)(s[0] & 31) << 6 | (s[1] & 63)];
    }
    if (s[0] >= 0xE0 && s[0] < 0xF0 && room >= 3) {
        *length = 3;
        if (s[0] >= 0xE4 && s[0] <= 0xE9) return BOILERPLATE_IDEO;
        return boilerplate_three_byte_class((uint32_t)(s[0] & 15) << 12 |
                                            (uint32_t)(s[1] & 63) << 6 | (s[2] & 63));
    }
    if (s[0] >= 0xF0 && room >= 4) {
        *length = 4;
        return s[0] == 0xF0 && s[1] >= 0xA0 && s[1] < 0xB2 ? BOILERPLATE_IDEO : BOILERPLATE_OTHER;
    }
    *length = 1;
    return BOILERPLATE_OTHER;
}

#endif
