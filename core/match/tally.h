/* core/match/tally: exact counts of 64-bit keys in bounded memory. Entries are added in any order;
 * when memory is full they leave, sorted, for a temporary file; at the end all runs are merged, and
 * only this last merge prunes. A table that was not pruned is a run like any other, so that tables
 * of shards add up to the table of the whole. Called by `tamis frequencies`; read by
 * plugins/boilerplate. */
#ifndef TAMIS_CORE_TALLY_H
#define TAMIS_CORE_TALLY_H

#include "base/base.h"

/* A table: a header of 64 bytes (magic, padded with NUL to 24; least, 8 bytes; entries, 8 bytes;
 * NUL), then the entries in order of key: key, 8 bytes; count, 4. All numbers are little-endian.
 * Keys are never 0. */
#define TALLY_MAGIC "tamis frequencies 1\n"
enum { TALLY_HEADER = 64, TALLY_LEAST_AT = 24, TALLY_ENTRIES_AT = 32, TALLY_ENTRY = 12 };

typedef struct tally tally;

/* `memory`: bytes to count in, at least 64 KiB. NULL: no memory. */
tally *tally_new(size_t memory);
void tally_free(tally *self); /* NULL is fine */

/* Adds entries of a key and a count each, packed as in a table, in any order. */
tamis_rc tally_add(tally *self, tamis_str entries, error *e);
/* Adds a table; refused where something was pruned from it, for the sum would be wrong. */
tamis_rc tally_add_table(tally *self, const char *path, error *e);
/* Whether a file begins as a table does. */
bool tally_is_table(const char *path);

typedef struct {
    uint64_t entries; /* written */
    uint64_t seen;    /* keys there were */
    uint32_t least;   /* counts below it were left out */
} tally_summary;

/* Writes the table of all that was added to `out`, which can seek: counts of at least `least`, and
 * of so much more that the table takes at most `most` bytes (0: any size). Once only. */
tamis_rc tally_write(tally *self, FILE *out, uint32_t least, uint64_t most, tally_summary *summary,
                     error *e);

#endif
