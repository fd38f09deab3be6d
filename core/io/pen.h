/* io/pen: writing JSON with one check of room for many small pieces. A span is some thirty pieces
 * of a few bytes; room for all of them is made at once, and they are stored where they go. */
#ifndef TAMIS_CORE_PEN_H
#define TAMIS_CORE_PEN_H

#include "base/json.h"

enum {
    PEN_SHORT = 128,                /* bytes: longer strings go through json_write_string */
    PEN_STRING = 6 * PEN_SHORT + 2, /* room that a short string may take, escaped */
    PEN_NUMBER = 24
};

/* Stores behind `out` as it was; nothing counts until pen_done. */
typedef struct {
    char *at;
    buffer *out;
} pen;

/* Room for `bytes`, or false: then the buffer has failed and nothing may be stored. */
static inline bool pen_open(pen *self, buffer *out, size_t bytes)
{
    self->out = out;
    if (out->room - out->n < bytes && !buffer_reserve(out, bytes)) return false;
    self->at = out->p + out->n;
    return true;
}

static inline void pen_done(pen *self)
{
    self->out->n = (size_t)(self->at - self->out->p);
}

#define pen_text(self, literal)                           \
    do {                                                  \
        memcpy((self)->at, literal, sizeof(literal) - 1); \
        (self)->at += sizeof(literal) - 1;                \
    } while (0)

static inline void pen_uint(pen *self, uint64_t n)
{
    char digits[JSON_DIGITS];
    size_t count = json_digits(n, digits);
    memcpy(self->at, digits + JSON_DIGITS - count, count);
    self->at += count;
}

/* Bit 7 of each byte that must be escaped: below 0x20, a quote, a backslash. */
static inline uint64_t pen_dirty(uint64_t word)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), high = UINT64_C(0x8080808080808080);
    uint64_t quote = word ^ ones * '"', slash = word ^ ones * '\\';
    return ((word - ones * 0x20) | (quote - ones) | (slash - ones)) & ~word & high;
}

/* Copies what needs no escape, by words that overlap at the end; false where something does. */
static inline bool pen_copy(char *to, const char *from, size_t n)
{
    uint64_t word = 0, dirty = 0;
    if (n >= 8) {
        for (size_t i = 0; i + 8 < n; i += 8) {
            memcpy(&word, from + i, 8);
            memcpy(to + i, &word, 8);
            dirty |= pen_dirty(word);
        }
        memcpy(&word, from + n - 8, 8);
        memcpy(to + n - 8, &word, 8);
        return !(dirty | pen_dirty(word));
    }
    if (n >= 4) {
        uint32_t first, last;
        memcpy(&first, from, 4);
        memcpy(&last, from + n - 4, 4);
        memcpy(to, &first, 4);
        memcpy(to + n - 4, &last, 4);
        return !pen_dirty((uint64_t)first << 32 | last);
    }
    word = ~UINT64_C(0); /* bytes that are clean */
    for (size_t i = 0; i < n; i++) {
        to[i] = from[i];
        word = word << 8 | (unsigned char)from[i];
    }
    return !pen_dirty(word);
}

/* A string of at most PEN_SHORT bytes, with quotes. */
static inline void pen_short(pen *self, tamis_str text)
{
    *self->at++ = '"';
    if (pen_copy(self->at, text.p, text.n)) {
        self->at += text.n;
    } else { /* room for the worst is there */
        pen_done(self);
        json_write_body(self->out, text);
        self->at = self->out->p + self->out->n;
    }
    *self->at++ = '"';
}

#endif
