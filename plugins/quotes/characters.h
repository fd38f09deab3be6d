/* Characters of the quotes stage (text.c): code points from bytes in either direction, and what
 * they are. ASCII is answered here, in line, since nearly all of the text is; the rest is text.c's.
 */
#ifndef QUOTES_CHARACTERS_H
#define QUOTES_CHARACTERS_H

#include <stdbool.h>
#include <stdint.h>

/* What the inline functions below leave to text.c: whatever is not ASCII. */
uint32_t quotes_decode_wide(const char *p, const char *end, unsigned *length);
uint32_t quotes_decode_back_wide(const char *start, const char *p, unsigned *length);
bool quotes_is_letter_wide(uint32_t c);
bool quotes_is_upper_wide(uint32_t c);
bool quotes_is_space_wide(uint32_t c);
uint32_t quotes_lower(uint32_t c);

/* The code point at p (before end) and its length; U+FFFD and 1 where the bytes are no UTF-8. */
static inline uint32_t quotes_decode(const char *p, const char *end, unsigned *length)
{
    unsigned char first = (unsigned char)*p;
    if (first >= 0x80) return quotes_decode_wide(p, end, length);
    *length = 1;
    return first;
}

/* The code point that ends before p, not before `start`; 0 at the start. */
static inline uint32_t quotes_decode_back(const char *start, const char *p, unsigned *length)
{
    *length = 0;
    if (p <= start) return 0;
    unsigned char last = (unsigned char)p[-1];
    if (last >= 0x80) return quotes_decode_back_wide(start, p, length);
    *length = 1;
    return last;
}

static inline bool quotes_is_letter(uint32_t c)
{
    return c < 0x80 ? (c | 0x20) >= 'a' && (c | 0x20) <= 'z' : quotes_is_letter_wide(c);
}

static inline bool quotes_is_upper(uint32_t c)
{
    return c < 0x80 ? c >= 'A' && c <= 'Z' : quotes_is_upper_wide(c);
}

static inline bool quotes_is_space(uint32_t c)
{
    return c < 0x80 ? c == ' ' || (c >= '\t' && c <= '\r') : quotes_is_space_wide(c);
}

#endif
