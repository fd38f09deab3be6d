/* Records that `tamis run` wrote, read again for view, diff and export: whatever their offsets
 * count and whichever text they carry, here the text as it was read is whole and all offsets are
 * bytes in it. */
#ifndef TAMIS_CORE_CLI_RECORDS_H
#define TAMIS_CORE_CLI_RECORDS_H

#include "base/base.h"

typedef struct {
    size_t start, end; /* bytes of record.source */
    tamis_str type, value, category, lang, rule, stage, role, text,
        attrs;           /* attrs: raw JSON object */
    int64_t number, ref; /* ref 0: none */
    double score;        /* -1: null */
} record_span;

typedef struct {
    size_t start, end; /* bytes of record.source */
    tamis_str text, reason, rule, stage;
    double score;
    bool withheld; /* its text is not in the record; source has nothing in its place */
} record_removal;

typedef struct {
    arena memory;
    tamis_str id, input, status, reason, lang, meta;
    tamis_str source;
    record_span *spans;
    size_t span_count;
    record_removal *removals;
    size_t removal_count;
} record;

typedef struct records records;

/* "-": standard input. */
records *records_open(const char *path, error *e);
/* Of an open file, which is closed with it; `name` for messages. */
records *records_of(FILE *file, const char *name, error *e);
/* 1: the next one stands in `out` (reset here); 0: the end; TAMIS_FAIL: this line is no record, e
 * says why. */
int records_next(records *self, record *out, error *e);
/* Where the next line begins, and back to it: regular files only. */
int64_t records_tell(records *self);
bool records_seek(records *self, int64_t offset);
void records_close(records *self);
void record_free(record *self);

#endif
