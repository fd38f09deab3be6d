/* boilerplate/counts: how many documents of a site have a line, and runs of five words of it. One
 * pass over a collection gives a table (the stage `line-counts`, driven by `tamis frequencies`,
 * which sorts, merges and prunes; core/match/tally.h has the file's layout); a second pass looks
 * lines up in it, as further features. Numbers count alike, so that "12 comments" and "7 comments"
 * are one line. */
#ifndef BOILERPLATE_COUNTS_H
#define BOILERPLATE_COUNTS_H

#include "features.h"

enum {
    BOILERPLATE_COUNT_BYTES = 12,  /* an entry: key (8 bytes), documents (4), little-endian */
    BOILERPLATE_COUNT_HEADER = 64, /* before the first entry of a table */
    BOILERPLATE_COUNT_RUN = 5      /* words of a run */
};

/* A mapped table. */
typedef struct {
    const uint8_t *entries; /* NULL: no table */
    uint64_t count;
} boilerplate_counts;

/* False: `bytes` is no table of this version; `message` says why. */
bool boilerplate_counts_read(boilerplate_counts *self, tamis_str bytes, char message[160]);

/* Documents that have `key`; 0: not in the table. */
uint32_t boilerplate_counts_find(const boilerplate_counts *self, uint64_t key);

/* A site's number from the raw JSON of an input field: the host of an address, else the string. */
uint64_t boilerplate_site(tamis_str raw);

/* Keys: of a site (its documents), of a line, of a run of words. Never 0. */
uint64_t boilerplate_site_key(uint64_t site);
uint64_t boilerplate_line_key(uint64_t site, const boilerplate_text *text,
                              const boilerplate_row *row);
uint64_t boilerplate_run_key(uint64_t site, const boilerplate_text *text, size_t first);

/* Fills the columns of frequencies. */
void boilerplate_fill_counts(boilerplate_columns *self, const boilerplate_text *text,
                             const boilerplate_counts *counts, uint64_t site);

#endif
