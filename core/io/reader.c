/* The reader of text files, folders, JSONL and streams.
 *
 * In the parent it cuts: a batch of a JSONL file is a byte range that ends at a line end (only the
 * bytes near the cut are read), a batch of text files a run of sources, a batch of a stream whole
 * lines in the memory given. In workers it walks a batch record by record. Line numbers are counted
 * in the parent only where ids need them; elsewhere whoever needs one counts from the last that is
 * known. */
#include "io/reader.h"
#include "io/inputs.h"
#include "io/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define MIB ((size_t)1 << 20)
enum { BATCH_CUT = 256 }; /* of engine_batch.flags, ours alone */
/* Batches shrink towards the end of the files, so that workers end together: each takes a share of
 * what is left, down to what is still worth a task. */
enum { LEFT_SHARE = 8, LEAST_BATCH = 32 << 10 };

typedef struct {
    engine_reader base; /* first */
    inputs inputs;
    decode_options decode;
    size_t max_document;
    bool number_lines;

    /* cutting */
    size_t current;  /* source */
    uint64_t offset; /* in it */
    uint64_t left;   /* bytes of files that no batch has yet */
    uint64_t number; /* of the next line */
    bool entered;    /* `current` was opened */
    bool discarding; /* a stream is inside a line that is too long */
    uint64_t discarded;
    size_t scanned; /* of what a stream holds: no line end before */
    line_file file; /* of `current` */

    /* walking */
    engine_batch batch;
    tamis_str bytes; /* of the batch, from `at` on */
    size_t at;
    uint64_t line; /* of the next record; 0: not known */
    bool whole;    /* one record: a text, or one that is too large */
    const char *fault;
    buffer own;       /* what was read for it */
    line_file walked; /* a worker's own descriptor */
    line_count count; /* lines counted on demand */
    buffer id;        /* of the record decoded last; empty: none */
    buffer scratch;
    char message[1012];

    /* io_reader_next_document */
    char *memory;
    bool loaded;
} reader;

static const source *source_of(const reader *self, uint32_t index)
{
    return &self->inputs.at[index];
}

/* ------------------------------------------------------------------ cutting files */

/* A run of text files: each is opened by the worker that reads it. */
static engine_next next_texts(reader *self, const engine_want *want, engine_batch *out)
{
    uint64_t bytes = 0;
    size_t first = self->current, end = first;
    while (end < self->inputs.count && !self->inputs.at[end].stream &&
           self->inputs.at[end].kind == SOURCE_TEXT && (bytes < want->bytes || end == first) &&
           (!want->records || end - first < want->records))
        bytes += self->inputs.at[end++].size;
    *out = (engine_batch){
        .source = (uint32_t)first, .length = end - first, .bytes = bytes, .records = end - first};
    self->current = end;
    return NEXT_BATCH;
}

static void leave_source(reader *self)
{
    line_file_close(&self->file);
    self->current++;
    self->entered = false;
    self->discarding = false;
}

/* To the first line of the source that is ours; lines ahead of it count. */
static tamis_rc enter_range(reader *self, const source *s, const engine_want *want, error *e)
{
    uint64_t before = 0, end = self->file.size;
    FORWARD(line_file_align(&self->file, s->start, s->from, &self->offset, e));
    if (s->to) FORWARD(line_file_align(&self->file, s->start, s->to, &end, e));
    if (self->number_lines || want->records)
        FORWARD(line_file_count(&self->file, s->start, self->offset, &before, e));
    self->number = 1 + before;
    self->file.size = end;
    return TAMIS_OK;
}

static engine_next next_range(reader *self, const engine_want *want, engine_batch *out, error *e)
{
    source *s = &self->inputs.at[self->current];
    if (!self->entered) {
        if (line_file_open(&self->file, s->path, s->fd, e) < 0) {
            /* One file less is no reason to stop: its worker will say that it cannot be read, in
             * the shard that has its beginning. */
            *out = (engine_batch){.source = (uint32_t)self->current, .length = 1, .records = 1};
            e->rc = 0;
            e->text[0] = '\0';
            leave_source(self);
            return s->from ? NEXT_WAIT : NEXT_BATCH;
        }
        self->entered = true;
        if (enter_range(self, s, want, e) < 0) return NEXT_FAIL;
    }
    if (self->offset >= self->file.size) {
        leave_source(self);
        return NEXT_WAIT; /* look at the next source */
    }
    line_cut cut;
    if (line_file_cut(&self->file, self->offset, want->bytes, want->records, self->max_document,
                      &cut, e) < 0)
        return NEXT_FAIL;
    *out = (engine_batch){.source = (uint32_t)self->current,
                          .flags = cut.oversize ? BATCH_OVERSIZE : 0,
                          .offset = self->offset,
                          .length = cut.end - self->offset,
                          .number = self->number_lines || want->records ? self->number : 0,
                          .bytes = cut.end - self->offset,
                          .records = cut.records};
    if (self->number_lines || want->records) {
        uint64_t lines = 0;
        if (line_file_count(&self->file, self->offset, cut.end, &lines, e) < 0) return NEXT_FAIL;
        self->number += lines;
    }
    self->offset = cut.end;
    return NEXT_BATCH;
}

/* ------------------------------------------------------------------ cutting streams */

static bool more_comes(const source *s)
{
    struct pollfd p = {.fd = s->fd, .events = POLLIN};
    return poll(&p, 1, 0) > 0;
}

static void hold_from(reader *self, source *s, size_t from)
{
    self->scanned = 0;
    if (from) memmove(s->held.p, s->held.p + from, s->held.n - from);
    s->held.n -= from;
    if (s->held.n == 0 && s->held.room > MIB) {
        buffer_free(&s->held);
        s->held = (buffer){0};
    }
}

/* Inside a line that is too long: its bytes go, its place and length are kept. True when it is
 * over. */
static bool discard_line(reader *self, source *s)
{
    const char *end = memchr(s->held.p, '\n', s->held.n);
    size_t n = end ? (size_t)(end - s->held.p) + 1 : s->held.n;
    self->discarded += n;
    hold_from(self, s, n);
    return end || s->ended;
}

static engine_next next_oversize(reader *self, source *s, engine_batch *out)
{
    *out = (engine_batch){.source = (uint32_t)self->current,
                          .flags = BATCH_OVERSIZE,
                          .offset = self->offset,
                          .length = self->discarded,
                          .number = self->number++,
                          .bytes = self->discarded,
                          .records = 1};
    self->offset += self->discarded;
    self->discarding = false;
    return NEXT_BATCH;
}

static engine_next next_lines(reader *self, const engine_want *want, engine_batch *out)
{
    source *s = &self->inputs.at[self->current];
    size_t most = s->held.n < want->room ? s->held.n : want->room;
    uint64_t records = 0, lines = 0;
    bool last = s->ended && !s->cut && most == s->held.n;
    size_t n = lines_whole((tamis_str){s->held.p, most}, last, want->bytes, want->records, &records,
                           &lines);
    memcpy(want->memory, s->held.p, n);
    *out = (engine_batch){.source = (uint32_t)self->current,
                          .flags = BATCH_IN_MEMORY,
                          .offset = self->offset,
                          .length = n,
                          .number = self->number,
                          .bytes = n,
                          .records = records};
    self->number += lines;
    self->offset += n;
    hold_from(self, s, n);
    return NEXT_BATCH;
}

/* What is behind the place where a packed file broke off, a begun line among it: one record that
 * cannot be read. */
static engine_next next_cut(reader *self, source *s, engine_batch *out)
{
    *out = (engine_batch){.source = (uint32_t)self->current,
                          .flags = BATCH_CUT,
                          .offset = self->offset,
                          .length = 1,
                          .number = self->number,
                          .records = 1};
    hold_from(self, s, s->held.n);
    leave_source(self);
    self->base.wait_fd = -1;
    return NEXT_BATCH;
}

static engine_next next_text_stream(reader *self, const engine_want *want, engine_batch *out)
{
    source *s = &self->inputs.at[self->current];
    bool large = self->discarding || s->held.n > self->max_document;
    *out = (engine_batch){.source = (uint32_t)self->current,
                          .flags = large ? BATCH_OVERSIZE : BATCH_IN_MEMORY,
                          .length = s->held.n,
                          .bytes = s->held.n,
                          .records = 1};
    if (large)
        out->length = out->bytes = s->held.n + (self->discarding ? self->discarded : 0);
    else
        memcpy(want->memory, s->held.p, s->held.n);
    hold_from(self, s, s->held.n);
    leave_source(self);
    return NEXT_BATCH;
}

static bool holds_line(reader *self, const source *s)
{
    if (self->scanned < s->held.n &&
        memchr(s->held.p + self->scanned, '\n', s->held.n - self->scanned))
        return true;
    self->scanned = s->held.n;
    return false;
}

static engine_next next_of_stream(reader *self, const engine_want *want, engine_batch *out,
                                  error *e)
{
    source *s = &self->inputs.at[self->current];
    if (!self->entered) {
        self->entered = true;
        self->offset = 0;
        self->number = 1;
        if (source_begin(s, e) < 0) return NEXT_FAIL;
        self->base.wait_fd = s->fd;
    }
    for (;;) {
        bool text = s->kind == SOURCE_TEXT;
        if (self->discarding && text) {
            self->discarded += s->held.n;
            hold_from(self, s, s->held.n);
        } else if (self->discarding && discard_line(self, s)) {
            return next_oversize(self, s, out);
        }
        bool line = !text && !self->discarding && holds_line(self, s);
        if (line && (s->held.n >= want->bytes || want->eager) &&
            (s->held.n >= want->bytes || s->ended || !more_comes(s)))
            return next_lines(self, want, out);
        if (s->ended) {
            if (s->cut && (text || !holds_line(self, s))) return next_cut(self, s, out);
            if (text) return next_text_stream(self, want, out);
            if (s->held.n) return next_lines(self, want, out);
            leave_source(self);
            self->base.wait_fd = -1;
            return NEXT_WAIT;
        }
        if (!line && !self->discarding && s->held.n > self->max_document) {
            self->discarding = true;
            self->discarded = 0;
            continue;
        }
        if (!more_comes(s)) return NEXT_WAIT;
        if (source_fill(s, 256 << 10, e) < 0) return NEXT_FAIL;
    }
}

static size_t share_of_left(const reader *self, size_t bytes)
{
    uint64_t share = self->left / LEFT_SHARE;
    if (share < LEAST_BATCH) share = LEAST_BATCH;
    return share < bytes ? (size_t)share : bytes;
}

static engine_next next_of_files(reader *self, source *s, const engine_want *want,
                                 engine_batch *out, error *e)
{
    engine_want share = *want;
    share.bytes = share_of_left(self, want->bytes);
    engine_next next = NEXT_BATCH;
    if (s->kind != SOURCE_TEXT) {
        next = next_range(self, &share, out, e);
    } else if (s->fd < 0) {
        next = next_texts(self, &share, out);
    } else {
        *out = (engine_batch){
            .source = (uint32_t)self->current, .length = 1, .bytes = s->size, .records = 1};
        self->current++;
    }
    if (next == NEXT_BATCH) self->left -= out->bytes < self->left ? out->bytes : self->left;
    return next;
}

static engine_next reader_next(engine_reader *base, const engine_want *want, engine_batch *out,
                               error *e)
{
    reader *self = (reader *)base;
    while (self->current < self->inputs.count) {
        source *s = &self->inputs.at[self->current];
        size_t before = self->current;
        engine_next next =
            s->stream ? next_of_stream(self, want, out, e) : next_of_files(self, s, want, out, e);
        if (next != NEXT_WAIT || self->current == before) return next;
    }
    return NEXT_END;
}

/* ------------------------------------------------------------------ walking */

static const char *tell_oversize(reader *self, uint64_t bytes)
{
    snprintf(self->message, sizeof self->message,
             "%llu bytes are more than --max-document allows (%zu): --max-document %lluM takes it",
             (unsigned long long)bytes, self->max_document, (unsigned long long)(bytes >> 20) + 1);
    return self->message;
}

static void read_text(reader *self, const source *s)
{
    error e = {0};
    self->fault = s->fault;
    self->bytes = (tamis_str){0};
    line_file_close(&self->walked);
    if (self->fault) return;
    if (line_file_open(&self->walked, s->path, s->fd, &e) < 0) {
        snprintf(self->message, sizeof self->message, "%s", e.text);
        self->fault = self->message;
        return;
    }
    uint64_t size = self->walked.size > s->start ? self->walked.size - s->start : 0;
    if (size > self->max_document) {
        self->fault = tell_oversize(self, size);
        return;
    }
    self->own.n = 0;
    if (!buffer_reserve(&self->own, size + 1) ||
        line_file_read(&self->walked, s->start, size, self->own.p, &self->own.n, &e) < 0) {
        snprintf(self->message, sizeof self->message, "%s", e.rc ? e.text : "no memory to read it");
        self->fault = self->message;
        return;
    }
    self->bytes = buffer_str(&self->own);
}

static tamis_rc load_range(reader *self, const engine_batch *batch, error *e)
{
    const source *s = source_of(self, batch->source);
    error bad = {0};
    if (self->walked.fd < 0 || self->walked.path != s->path) {
        line_file_close(&self->walked);
        line_file_open(&self->walked, s->path, s->fd, &bad);
    }
    self->own.n = 0;
    if (bad.rc == 0 && !buffer_reserve(&self->own, batch->length + 1))
        return error_set(e, TAMIS_FATAL, "no memory for a batch of %s", s->path);
    if (bad.rc == 0)
        line_file_read(&self->walked, batch->offset, batch->length, self->own.p, &self->own.n,
                       &bad);
    if (bad.rc) {
        snprintf(self->message, sizeof self->message, "%s", bad.text);
        self->fault = self->message;
        self->whole = true;
        return TAMIS_OK;
    }
    self->bytes = buffer_str(&self->own);
    return TAMIS_OK;
}

static tamis_rc reader_load(engine_reader *base, const engine_batch *batch, const char *memory,
                            error *e)
{
    reader *self = (reader *)base;
    if (batch->source >= self->inputs.count)
        return error_set(e, TAMIS_FATAL, "a batch of an unknown source");
    const source *s = source_of(self, batch->source);
    if (self->own.room > 4 * MIB && batch->length < MIB) { /* one large document is over */
        buffer_free(&self->own);
        self->own = (buffer){0};
    }
    self->batch = *batch;
    self->at = 0;
    self->line = batch->number;
    self->fault = NULL;
    self->bytes = (tamis_str){0};
    self->whole = s->kind == SOURCE_TEXT;
    if (batch->flags & BATCH_CUT) {
        snprintf(self->message, sizeof self->message,
                 "%s failed to unpack the file to its end: what is behind here is lost", s->unpack);
        self->fault = self->message;
        self->whole = true;
    } else if (batch->flags & BATCH_OVERSIZE) {
        self->fault = tell_oversize(self, batch->length);
        self->whole = true;
    } else if (batch->flags & BATCH_IN_MEMORY) {
        self->bytes = (tamis_str){memory, batch->length};
    } else if (s->kind == SOURCE_JSONL) {
        return load_range(self, batch, e);
    }
    return TAMIS_OK;
}

/* Text files of a batch one by one; one text of a stream; one record that is too large. */
static bool frame_whole(reader *self, engine_frame *out)
{
    bool files = source_of(self, self->batch.source)->kind == SOURCE_TEXT &&
                 !(self->batch.flags & (BATCH_IN_MEMORY | BATCH_OVERSIZE | BATCH_CUT));
    if (self->at >= (files ? self->batch.length : 1)) return false;
    uint32_t source_index = self->batch.source + (uint32_t)self->at++;
    if (files) read_text(self, source_of(self, source_index));
    *out = (engine_frame){.bytes = self->bytes,
                          .source = source_index,
                          .offset = files ? 0 : self->batch.offset,
                          .number = files ? 0 : self->batch.number,
                          .fault = self->fault};
    return true;
}

static bool reader_frame(engine_reader *base, engine_frame *out)
{
    reader *self = (reader *)base;
    self->id.n = 0;
    if (self->whole) return frame_whole(self, out);
    while (self->at < self->bytes.n) {
        const char *start = self->bytes.p + self->at;
        const char *end = memchr(start, '\n', self->bytes.n - self->at);
        size_t n = end ? (size_t)(end - start) : self->bytes.n - self->at;
        tamis_str line = lines_trim((tamis_str){start, n}, self->batch.offset + self->at == 0);
        *out = (engine_frame){.bytes = line,
                              .source = self->batch.source,
                              .offset = self->batch.offset + self->at,
                              .number = self->line};
        self->at += n + (end != NULL);
        if (self->line) self->line++;
        if (line.n == 0) continue;
        if (line.n > self->max_document) out->fault = tell_oversize(self, line.n);
        return true;
    }
    return false;
}

/* ------------------------------------------------------------------ names of records */

/* The line of a frame, counted where the parent did not. */
static uint64_t line_of(reader *self, const engine_frame *frame)
{
    const source *s = source_of(self, frame->source);
    if (frame->number || s->stream) return frame->number;
    return line_count_to(&self->count, s->path, s->fd, s->start, frame->offset);
}

static void print_locator(reader *self, const engine_frame *frame, const char *file, buffer *out)
{
    const source *s = source_of(self, frame->source);
    out->n = 0;
    buffer_append_text(out, file);
    if (s->kind == SOURCE_JSONL)
        buffer_printf(out, "#%llu", (unsigned long long)line_of(self, frame));
}

static void reader_place(engine_reader *base, const engine_frame *frame, buffer *out)
{
    reader *self = (reader *)base;
    print_locator(self, frame, source_of(self, frame->source)->path, out);
}

static tamis_rc reader_decode(engine_reader *base, const engine_frame *frame, tamis_doc *doc,
                              error *e)
{
    reader *self = (reader *)base;
    const source *s = source_of(self, frame->source);
    decode_origin origin = {.input = str_of(s->path)};
    tamis_rc rc;
    if (s->kind == SOURCE_TEXT) {
        origin.id = str_of(s->name);
        origin.locator = str_of(s->path);
        rc = text_decode(frame->bytes, &self->decode, &origin, doc, e);
    } else {
        if (frame->number) {
            print_locator(self, frame, s->name, &self->scratch);
            origin.id = buffer_str(&self->scratch);
        }
        rc = record_decode(frame->bytes, &self->decode, &origin, doc, e);
        if (rc >= 0 && doc->id.n == 0) {
            print_locator(self, frame, s->name, &self->scratch);
            doc->id = arena_copy(&doc->memory, buffer_str(&self->scratch));
            if (doc->locator.n == 0) doc->locator = doc->id;
        }
    }
    self->id.n = 0;
    if (rc >= 0) buffer_append_str(&self->id, doc->id);
    return rc;
}

/* The id of a record that was not decoded in this process; a record that ended two workers outside
 * any stage may have done so while it was decoded, and is not touched. */
static void find_id(reader *self, const engine_frame *frame, tamis_str stage)
{
    tamis_doc doc = {0};
    error e = {0};
    if (self->id.n || frame->fault || stage.n == 0 || str_is(stage, "input")) return;
    if (document_init(&doc, &e) < 0) return;
    reader_decode(&self->base, frame, &doc, &e);
    document_free(&doc);
}

static tamis_rc reader_quarantine(engine_reader *base, const engine_frame *frame, tamis_str stage,
                                  tamis_str message, buffer *out, error *e)
{
    reader *self = (reader *)base;
    const source *s = source_of(self, frame->source);
    buffer locator = {0};
    find_id(self, frame, stage);
    if (self->id.n == 0) {
        print_locator(self, frame, s->name, &self->scratch);
        buffer_append_str(&self->id, buffer_str(&self->scratch));
    }
    print_locator(self, frame, s->path, &locator);
    quarantine_entry entry = {.id = buffer_str(&self->id),
                              .input = str_of(s->path),
                              .locator = buffer_str(&locator),
                              .stage = stage,
                              .message = message,
                              .original = frame->bytes,
                              .is_text = s->kind == SOURCE_TEXT,
                              .withheld = frame->fault != NULL};
    if (entry.withheld) entry.original = (tamis_str){0};
    tamis_rc rc = quarantine_encode(&entry, out, e);
    buffer_free(&locator);
    return rc;
}

/* ------------------------------------------------------------------ life */

static void reader_close(engine_reader *base)
{
    reader *self = (reader *)base;
    if (!self) return;
    inputs_close(&self->inputs);
    line_file_close(&self->file);
    line_file_close(&self->walked);
    line_count_close(&self->count);
    buffer_free(&self->own);
    buffer_free(&self->id);
    buffer_free(&self->scratch);
    if (self->memory) munmap(self->memory, self->max_document + MIB);
    free(self);
}

/* The first line of the first JSONL source; false where there is none to be had now. */
static bool first_line(reader *self, source **from, tamis_str *line)
{
    error e = {0};
    for (size_t i = 0; i < self->inputs.count; i++) {
        source *s = &self->inputs.at[i];
        if (s->kind != SOURCE_JSONL) continue;
        *from = s;
        self->own.n = 0;
        if (s->stream) {
            while (!memchr(s->held.p ? s->held.p : "", '\n', s->held.n) &&
                   s->held.n <= self->max_document && source_fill(s, 256 << 10, &e) > 0) {
            }
            *line = lines_first(buffer_str(&s->held));
            return line->n > 0;
        }
        line_file file = {.fd = -1};
        if (line_file_open(&file, s->path, s->fd, &e) < 0) return false;
        bool got = line_file_first(&file, s->start, self->max_document, &self->own, &e) >= 0;
        line_file_close(&file);
        *line = lines_first(buffer_str(&self->own));
        return got && line->n > 0;
    }
    return false;
}

/* The first record shows whether the text key is right, and whether ids need line numbers. */
static int look_at_first(reader *self, error *e)
{
    source *s = NULL;
    tamis_str line;
    tamis_doc doc = {0};
    error bad = {0};
    if (!first_line(self, &s, &line)) return s && source_begin(s, e) < 0 ? EXIT_INPUT : 0;
    if (record_check_keys(line, &self->decode, &bad) < 0) {
        error_set(e, TAMIS_FAIL, "%s: %s", s->path, bad.text);
        return EXIT_INPUT;
    }
    decode_origin origin = {.input = str_of(s->path)};
    self->number_lines = true;
    if (document_init(&doc, &bad) < 0) return 0;
    if (record_decode(line, &self->decode, &origin, &doc, &bad) >= 0)
        self->number_lines = doc.id.n == 0;
    document_free(&doc);
    return 0;
}

static int check_encoding(reader *self, error *e)
{
    tamis_doc doc = {0};
    decode_origin origin = {.id = TAMIS_STR("-")};
    if (!self->decode.encoding || document_init(&doc, e) < 0) return 0;
    tamis_rc rc = text_decode((tamis_str){"", 0}, &self->decode, &origin, &doc, e);
    document_free(&doc);
    return rc < 0 ? EXIT_USAGE : 0;
}

int io_reader_open(const char *const *named, size_t count, const io_reader_options *options,
                   engine_reader **out, error *e)
{
    static const io_reader_options none;
    if (!options) options = &none;
    reader *self = calloc(1, sizeof *self);
    *out = NULL;
    if (!self) {
        error_set(e, TAMIS_FATAL, "no memory");
        return EXIT_INTERNAL;
    }
    self->base = (engine_reader){.wait_fd = -1,
                                 .next = reader_next,
                                 .load = reader_load,
                                 .frame = reader_frame,
                                 .decode = reader_decode,
                                 .quarantine = reader_quarantine,
                                 .place = reader_place,
                                 .close = reader_close};
    self->file.fd = self->walked.fd = self->count.file.fd = -1;
    self->decode = options->decode;
    self->max_document = options->max_document ? options->max_document : 64 * MIB;
    inputs_options how = {options->from, options->exclude, options->exclude_count};
    int code = inputs_collect(&self->inputs, named, count, &how, e);
    if (code == 0 && options->shards)
        code = inputs_shard(&self->inputs, options->shard, options->shards, e);
    if (code == 0) code = check_encoding(self, e);
    if (code == 0) code = look_at_first(self, e);
    if (code) {
        reader_close(&self->base);
        return code;
    }
    self->base.streams = self->inputs.streams;
    self->base.total_bytes = self->inputs.streams ? 0 : self->inputs.bytes;
    self->base.skipped = self->inputs.skipped;
    self->left = self->inputs.bytes;
    *out = &self->base;
    return 0;
}

tamis_rc io_reader_identity(const engine_reader *self, uint64_t *hash, error *e)
{
    return inputs_identity(&((const reader *)self)->inputs, hash, e);
}

/* ------------------------------------------------------------------ one by one */

static int next_batch_here(reader *self, error *e)
{
    engine_want want = {.bytes = 64 << 10, .eager = true, .room = self->max_document + MIB};
    engine_batch batch;
    if (self->base.streams && !self->memory) {
        self->memory = mmap(NULL, want.room, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (self->memory == MAP_FAILED) {
            self->memory = NULL;
            return error_set(e, TAMIS_FATAL, "no memory for a stream");
        }
    }
    want.memory = self->memory;
    for (;;) {
        switch (reader_next(&self->base, &want, &batch, e)) {
        case NEXT_END: return 0;
        case NEXT_FAIL: return TAMIS_FATAL;
        case NEXT_BATCH: FORWARD(reader_load(&self->base, &batch, self->memory, e)); return 1;
        case NEXT_WAIT: break;
        }
        struct pollfd p = {.fd = self->base.wait_fd, .events = POLLIN};
        poll(&p, 1, -1);
    }
}

int io_reader_next_document(engine_reader *base, tamis_doc *doc, error *e)
{
    reader *self = (reader *)base;
    engine_frame frame;
    for (;;) {
        if (!self->loaded) {
            int got = next_batch_here(self, e);
            if (got <= 0) return got;
            self->loaded = true;
        }
        if (!reader_frame(base, &frame)) {
            self->loaded = false;
            continue;
        }
        document_reset(doc);
        if (frame.fault) {
            print_locator(self, &frame, source_of(self, frame.source)->path, &self->scratch);
            return error_set(e, TAMIS_FAIL, "%.*s: %s", (int)self->scratch.n, self->scratch.p,
                             frame.fault);
        }
        tamis_rc rc = reader_decode(base, &frame, doc, e);
        return rc < 0 ? rc : 1;
    }
}
