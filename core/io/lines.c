/* Line ends. The parent of a run spends its time here: it reads a few kilobytes at each cut, and
 * the whole range only where lines are counted. */
#include "io/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NEAR_CUT = 4096, PIECE = 256 << 10 };

tamis_rc line_file_open(line_file *self, const char *path, int fd, error *e)
{
    struct stat file;
    *self = (line_file){.fd = fd, .borrowed = fd >= 0, .path = path};
    if (fd < 0) self->fd = open(path, O_RDONLY | O_CLOEXEC);
    if (self->fd < 0 || fstat(self->fd, &file) < 0) {
        tamis_rc rc = error_set(e, TAMIS_FAIL, "cannot read %s: %s", path, strerror(errno));
        line_file_close(self);
        return rc;
    }
    self->size = (uint64_t)file.st_size;
    return TAMIS_OK;
}

void line_file_close(line_file *self)
{
    if (self->fd >= 0 && !self->borrowed) close(self->fd);
    *self = (line_file){.fd = -1};
}

tamis_rc line_file_read(const line_file *self, uint64_t offset, uint64_t n, char *p, size_t *got,
                        error *e)
{
    while (n > 0) {
        ssize_t did = pread(self->fd, p, n, (off_t)offset);
        if (did < 0 && errno == EINTR) continue;
        if (did <= 0)
            return error_set(e, TAMIS_FAIL, "cannot read %s: %s", self->path,
                             did < 0 ? strerror(errno) : "it shrank while it was read");
        p += did;
        offset += (uint64_t)did;
        n -= (uint64_t)did;
        *got += (size_t)did;
    }
    return TAMIS_OK;
}

static char *piece_memory(void)
{
    static char *piece; /* one a process */
    if (!piece) piece = malloc(PIECE);
    return piece;
}

/* A piece of the file: at most PIECE bytes from `offset` on, none behind `end`. */
static tamis_rc read_piece(const line_file *self, uint64_t offset, uint64_t end, size_t most,
                           tamis_str *out, error *e)
{
    char *p = piece_memory();
    size_t got = 0;
    if (!p) return error_set(e, TAMIS_FATAL, "no memory");
    uint64_t n = end - offset < most ? end - offset : most;
    FORWARD(line_file_read(self, offset, n, p, &got, e));
    *out = (tamis_str){p, got};
    return TAMIS_OK;
}

#if defined(__GNUC__) && !defined(__clang__)
#define VECTORISED __attribute__((optimize("O3"))) /* clang does it at -O2 */
#else
#define VECTORISED
#endif

/* Counts in pieces that are added up before they overflow: the compiler makes vectors of it. */
VECTORISED uint64_t lines_count(tamis_str text)
{
    uint64_t sum = 0;
    size_t i = 0;
    while (i < text.n) {
        size_t end = text.n - i > 4096 ? i + 4096 : text.n;
        uint32_t some = 0;
        for (; i < end; i++) some += text.p[i] == '\n';
        sum += some;
    }
    return sum;
}

tamis_rc line_file_count(const line_file *self, uint64_t from, uint64_t to, uint64_t *lines,
                         error *e)
{
    tamis_str piece;
    for (*lines = 0; from < to; from += piece.n) {
        FORWARD(read_piece(self, from, to, PIECE, &piece, e));
        *lines += lines_count(piece);
    }
    return TAMIS_OK;
}

/* The offset behind the next line feed at or after `from`; `end` where there is none. */
static tamis_rc next_line(const line_file *self, uint64_t from, uint64_t end, uint64_t *out,
                          error *e)
{
    tamis_str piece;
    size_t most = NEAR_CUT;
    for (; from < end; from += piece.n, most = PIECE) {
        FORWARD(read_piece(self, from, end, most, &piece, e));
        const char *feed = memchr(piece.p, '\n', piece.n);
        if (!feed) continue;
        *out = from + (uint64_t)(feed - piece.p) + 1;
        return TAMIS_OK;
    }
    *out = end;
    return TAMIS_OK;
}

tamis_rc line_file_align(const line_file *self, uint64_t from, uint64_t offset, uint64_t *out,
                         error *e)
{
    *out = from;
    if (offset <= from) return TAMIS_OK;
    return next_line(self, offset - 1, self->size, out, e);
}

/* The offset behind the last line feed in [from, to); `from` where there is none. */
static tamis_rc previous_line(const line_file *self, uint64_t from, uint64_t to, uint64_t *out,
                              error *e)
{
    tamis_str piece;
    while (to > from) {
        uint64_t start = to - from > PIECE ? to - PIECE : from;
        FORWARD(read_piece(self, start, to, PIECE, &piece, e));
        const char *feed = memrchr(piece.p, '\n', piece.n);
        if (feed) {
            *out = start + (uint64_t)(feed - piece.p) + 1;
            return TAMIS_OK;
        }
        to = start;
    }
    *out = from;
    return TAMIS_OK;
}

static tamis_rc cut_counted(const line_file *self, uint64_t offset, uint64_t records, line_cut *cut,
                            error *e)
{
    tamis_str piece;
    uint64_t at = offset, end = cut->end;
    bool text = false; /* the line has something in it */
    for (cut->records = 0; at < end; at += piece.n) {
        FORWARD(read_piece(self, at, end, PIECE, &piece, e));
        for (size_t i = 0; i < piece.n; i++) {
            char c = piece.p[i];
            if (c != '\n') {
                text |= c != ' ' && c != '\t' && c != '\r';
                continue;
            }
            cut->records += text;
            text = false;
            if (cut->records < records) continue;
            cut->end = at + i + 1;
            return TAMIS_OK;
        }
    }
    cut->records += text;
    return TAMIS_OK;
}

tamis_rc line_file_cut(const line_file *self, uint64_t offset, uint64_t bytes, uint64_t records,
                       uint64_t most, line_cut *out, error *e)
{
    uint64_t size = self->size, wanted = bytes ? bytes : 1;
    *out = (line_cut){.end = size};
    if (size - offset > wanted) {
        uint64_t line; /* the start of the line that the cut falls into */
        FORWARD(next_line(self, offset + wanted - 1, size, &out->end, e));
        if (out->end - offset - wanted >= most || out->end - offset > most) {
            FORWARD(previous_line(self, offset, offset + wanted - 1, &line, e));
            if (out->end - line > most + 1) {
                out->oversize = line == offset;
                if (!out->oversize) out->end = line;
            }
        }
    } else if (size - offset > most + 1) {
        uint64_t first;
        FORWARD(next_line(self, offset, size, &first, e));
        if (first - offset > most + 1) {
            out->oversize = true;
            out->end = first;
        }
    }
    if (out->oversize)
        out->records = 1;
    else if (records)
        FORWARD(cut_counted(self, offset, records, out, e));
    return TAMIS_OK;
}

tamis_rc line_file_first(const line_file *self, uint64_t from, size_t most, buffer *out, error *e)
{
    tamis_str piece;
    for (uint64_t at = from; at < self->size && out->n < most; at += piece.n) {
        FORWARD(read_piece(self, at, self->size, PIECE, &piece, e));
        buffer_append_str(out, piece);
        if (out->failed) return error_set(e, TAMIS_FATAL, "no memory");
        tamis_str line = lines_first(buffer_str(out));
        if (line.n && line.p + line.n < out->p + out->n) break;
    }
    return TAMIS_OK;
}

/* ------------------------------------------------------------------ in memory */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

tamis_str lines_trim(tamis_str line, bool first_of_file)
{
    if (first_of_file && line.n >= 3 && memcmp(line.p, "\xEF\xBB\xBF", 3) == 0) {
        line.p += 3;
        line.n -= 3;
    }
    while (line.n && is_blank(line.p[line.n - 1])) line.n--;
    while (line.n && is_blank(line.p[0])) {
        line.p++;
        line.n--;
    }
    return line;
}

tamis_str lines_first(tamis_str text)
{
    bool first = true;
    while (text.n) {
        const char *feed = memchr(text.p, '\n', text.n);
        size_t n = feed ? (size_t)(feed - text.p) : text.n;
        tamis_str line = lines_trim((tamis_str){text.p, n}, first);
        if (line.n || !feed) return line;
        first = false;
        text.p += n + 1;
        text.n -= n + 1;
    }
    return text;
}

size_t lines_whole(tamis_str text, bool ended, size_t bytes, uint64_t most_records,
                   uint64_t *records, uint64_t *lines)
{
    size_t end = text.n;
    *records = *lines = 0;
    if (text.n == 0) return 0;
    if (!most_records) {
        const char *feed =
            text.n > bytes && bytes ? memchr(text.p + bytes - 1, '\n', text.n - bytes + 1) : NULL;
        if (!feed && !ended) feed = memrchr(text.p, '\n', text.n);
        if (feed) end = (size_t)(feed - text.p) + 1;
        if (!feed && !ended) end = 0;
        *lines = lines_count((tamis_str){text.p, end});
        return end;
    }
    for (size_t at = 0; at < text.n;) {
        const char *feed = memchr(text.p + at, '\n', text.n - at);
        if (!feed && !ended) return at;
        size_t n = feed ? (size_t)(feed - text.p) - at : text.n - at;
        *records += lines_trim((tamis_str){text.p + at, n}, false).n > 0;
        ++*lines;
        at += n + (feed != NULL);
        if (*records >= most_records || at >= bytes) return at;
    }
    return end;
}

/* ------------------------------------------------------------------ numbers on demand */

uint64_t line_count_to(line_count *self, const char *path, int fd, uint64_t start, uint64_t offset)
{
    error e = {0};
    uint64_t lines = 0;
    if (self->file.fd < 0 || self->file.path != path || offset < self->offset) {
        line_file_close(&self->file);
        if (line_file_open(&self->file, path, fd, &e) < 0) return 0;
        self->offset = start;
        self->number = 1;
    }
    if (line_file_count(&self->file, self->offset, offset, &lines, &e) < 0) return 0;
    self->number += lines;
    self->offset = offset;
    return self->number;
}

void line_count_close(line_count *self)
{
    line_file_close(&self->file);
}
