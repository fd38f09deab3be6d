/* core/io/lines: line ends in files and memory: where a range may be cut, which line an offset is
 * in. Files are read by pread in pieces, never mapped: a file that shrinks is then an error, no
 * signal. */
#ifndef TAMIS_CORE_LINES_H
#define TAMIS_CORE_LINES_H

#include "base/base.h"

typedef struct {
    int fd; /* -1: not open */
    bool borrowed;
    const char *path;
    uint64_t size; /* when it was opened: what grows meanwhile is not read */
} line_file;

/* `fd` -1: opens the path; else that descriptor is used and left open. */
tamis_rc line_file_open(line_file *self, const char *path, int fd, error *e);
void line_file_close(line_file *self);
/* Appends [offset, offset + n) at p; *got grows by what was read. Fewer bytes than asked are an
 * error. */
tamis_rc line_file_read(const line_file *self, uint64_t offset, uint64_t n, char *p, size_t *got,
                        error *e);
/* The start of the first line that begins at or after `offset`, of those from `from` on, where one
 * begins; the size where there is none. */
tamis_rc line_file_align(const line_file *self, uint64_t from, uint64_t offset, uint64_t *out,
                         error *e);
tamis_rc line_file_count(const line_file *self, uint64_t from, uint64_t to, uint64_t *lines,
                         error *e);
/* The first line that is not blank, at most `most` bytes of it. */
tamis_rc line_file_first(const line_file *self, uint64_t from, size_t most, buffer *out, error *e);

/* Where to cut after about `bytes` from `offset` (a line's start), at a line end; `most` bounds a
 * line. */
typedef struct {
    uint64_t end;
    uint64_t records; /* lines that are not blank, where they had to be counted */
    bool oversize;    /* [offset, end) is one line longer than `most` */
} line_cut;
tamis_rc line_file_cut(const line_file *self, uint64_t offset, uint64_t bytes, uint64_t records,
                       uint64_t most, line_cut *out, error *e);

/* Bytes of whole lines in `text`, about `bytes` of them, at most `most_records` that are not blank
 * (0: all); at the end of input an open last line is whole. */
size_t lines_whole(tamis_str text, bool ended, size_t bytes, uint64_t most_records,
                   uint64_t *records, uint64_t *lines);
uint64_t lines_count(tamis_str text); /* line feeds */
/* Without blanks at its ends and without the BOM of a file's first line. */
tamis_str lines_trim(tamis_str line, bool first_of_file);
tamis_str lines_first(tamis_str text); /* the first line that is not blank */

/* Line numbers of offsets, counted on from the last one asked for. */
typedef struct {
    line_file file;
    uint64_t offset, number;
} line_count;
uint64_t line_count_to(line_count *self, const char *path, int fd, uint64_t start, uint64_t offset);
void line_count_close(line_count *self);

#endif
