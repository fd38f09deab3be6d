/* io/offsets: byte offsets in another unit and back. Text that is all ASCII needs no work; for the
 * rest a count is kept for each block of bytes, so that any offset costs at most the counting of
 * one block, and a sorted run of them only what lies between. */
#ifndef TAMIS_CORE_OFFSETS_H
#define TAMIS_CORE_OFFSETS_H

#include "io/record.h"

typedef struct {
    tamis_str text;
    offset_unit unit;
    bool same;      /* units are bytes, here */
    size_t *counts; /* units before each block */
    size_t blocks;
    size_t total;     /* units of the whole text */
    size_t at, units; /* where the last lookup ended */
} offset_table;

tamis_rc offsets_open(offset_table *self, tamis_str text, offset_unit unit, arena *memory,
                      error *e);
/* The units before a byte offset. */
size_t offsets_out(offset_table *self, size_t byte);
/* The byte offset of a number of units; false past the end and inside a pair of UTF-16 units. */
bool offsets_in(offset_table *self, size_t units, size_t *byte);
const char *offset_unit_name(offset_unit unit);

#endif
