/* Converting offsets: see offsets.h. */
#include "io/offsets.h"

enum { BLOCK = 512 /* bytes */ };

static size_t count_units(offset_unit unit, const char *p, size_t n)
{
    tamis_str text = {p, n};
    return unit == OFFSETS_UTF16 ? utf8_count_utf16(text) : utf8_count(text);
}

/* Most offsets lie a few words behind the last one: eight bytes a step beat a call for them. */
static inline size_t count_short(offset_unit unit, const char *p, size_t n)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    if (n > 64) return count_units(unit, p, n);
    size_t count = n;
    for (; n >= 8; n -= 8, p += 8) {
        uint64_t word;
        memcpy(&word, p, 8);
        uint64_t tails = (word >> 7) & ~(word >> 6) & ones; /* 10xxxxxx */
        count -= (size_t)(tails * ones >> 56);
        if (unit == OFFSETS_UTF16) {
            uint64_t pairs =
                (word >> 7) & (word >> 6) & (word >> 5) & (word >> 4) & ones; /* 1111xxxx */
            count += (size_t)(pairs * ones >> 56);
        }
    }
    for (; n > 0; n--, p++) {
        count -= utf8_is_continuation((unsigned char)*p);
        count += unit == OFFSETS_UTF16 && (unsigned char)*p >= 0xF0;
    }
    return count;
}

tamis_rc offsets_open(offset_table *self, tamis_str text, offset_unit unit, arena *memory, error *e)
{
    *self = (offset_table){.text = text, .unit = unit, .total = text.n};
    self->same = unit == OFFSETS_BYTE;
    if (self->same) return TAMIS_OK;
    self->total = count_units(unit, text.p, text.n);
    self->same = self->total == text.n; /* every byte a unit: ASCII */
    if (self->same) return TAMIS_OK;
    self->blocks = text.n / BLOCK + 1;
    self->counts = arena_alloc_raw(memory, self->blocks * sizeof *self->counts);
    if (!self->counts) return error_set(e, TAMIS_FAIL, "no memory left to count offsets");
    size_t units = 0;
    for (size_t i = 0; i < self->blocks; i++) {
        size_t start = i * BLOCK;
        self->counts[i] = units;
        units += count_units(unit, text.p + start, text.n - start < BLOCK ? text.n - start : BLOCK);
    }
    return TAMIS_OK;
}

size_t offsets_out(offset_table *self, size_t byte)
{
    if (self->same) return byte;
    size_t block = byte / BLOCK;
    if (byte < self->at || self->at / BLOCK != block) {
        self->at = block * BLOCK;
        self->units = self->counts[block];
    }
    self->units += count_short(self->unit, self->text.p + self->at, byte - self->at);
    self->at = byte;
    return self->units;
}

bool offsets_in(offset_table *self, size_t units, size_t *byte)
{
    *byte = units;
    if (units > self->total) return false;
    if (self->same) return true;
    size_t low = 0, high = self->blocks; /* the last block with at most so many units before it */
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (self->counts[middle] <= units)
            low = middle;
        else
            high = middle;
    }
    /* A block may begin inside a code point, whose unit was counted with its first byte. */
    const char *p = self->text.p;
    size_t at = low * BLOCK, count = self->counts[low], n = self->text.n;
    while (at < n && utf8_is_continuation((unsigned char)p[at])) at++;
    while (count < units) {
        count += self->unit == OFFSETS_UTF16 && (unsigned char)p[at] >= 0xF0 ? 2 : 1;
        at++;
        while (at < n && utf8_is_continuation((unsigned char)p[at])) at++;
    }
    *byte = at;
    return count == units;
}

const char *offset_unit_name(offset_unit unit)
{
    return unit == OFFSETS_BYTE ? "byte" : unit == OFFSETS_UTF16 ? "utf16" : "codepoint";
}
