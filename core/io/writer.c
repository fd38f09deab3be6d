/* The writer: opens what documents go to, encodes for each, and gives files their names at the end.
 *
 * OUT is written as .OUT.tmp-PID beside it, fsynced and renamed, so that OUT is there only when it
 * is whole; an interrupted run leaves OUT.partial. What is no regular file is written in place. */
#include "io/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
    emit_kind emit;
    row_format format;
    char *path;      /* the name at last; NULL: stdout */
    char *temporary; /* NULL: written in place */
    bool named;      /* kept even where it stayed empty */
} target;

typedef struct {
    engine_writer base; /* first */
    engine_output outputs[OUTPUTS_MAX];
    target targets[OUTPUTS_MAX];
    record_options record;
    pretty_options pretty;
    bool finished;
} writer;

tamis_rc io_format_parse(const char *word, const char *path, row_format *out, error *e)
{
    static const struct {
        const char *word;
        row_format format;
    } words[] = {{"jsonl", FORMAT_JSONL},
                 {"csv", FORMAT_CSV},
                 {"tsv", FORMAT_TSV},
                 {"pretty", FORMAT_PRETTY}};
    for (size_t i = 0; word && i < sizeof words / sizeof *words; i++) {
        if (strcmp(word, words[i].word) != 0) continue;
        *out = words[i].format;
        return TAMIS_OK;
    }
    if (word && strcmp(word, "auto") != 0)
        return error_set(e, TAMIS_FAIL, "--format %s: there are auto, jsonl, csv, tsv and pretty",
                         word);
    bool to_stdout = !path || strcmp(path, "-") == 0;
    *out = FORMAT_JSONL;
    if (to_stdout && isatty(1)) *out = FORMAT_PRETTY;
    if (!to_stdout && str_ends_with(str_of(path), ".csv")) *out = FORMAT_CSV;
    if (!to_stdout && str_ends_with(str_of(path), ".tsv")) *out = FORMAT_TSV;
    return TAMIS_OK;
}

/* ------------------------------------------------------------------ opening */

/* The directory entry beside the file under which it is written: hidden, so that folders do not
 * give it. */
static char *temporary_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *last = slash ? slash + 1 : path;
    char *out = NULL;
    if (asprintf(&out, "%.*s.%s.tmp-%ld", (int)(last - path), path, last, (long)getpid()) < 0)
        return NULL;
    return out;
}

static int writer_add(writer *self, output_role role, const char *path, const target *like,
                      error *e)
{
    struct stat file;
    if (self->base.output_count == OUTPUTS_MAX) {
        error_set(e, TAMIS_FAIL, "more than %d outputs", OUTPUTS_MAX);
        return EXIT_USAGE;
    }
    size_t i = self->base.output_count++;
    target *t = &self->targets[i];
    engine_output *o = &self->outputs[i];
    *t = *like;
    *o = (engine_output){.fd = -1, .role = role};
    if (!path || strcmp(path, "-") == 0) {
        o->name = "stdout";
        o->fd = 1;
        return 0;
    }
    t->path = strdup(path);
    if (!t->path) {
        error_set(e, TAMIS_FATAL, "no memory");
        return EXIT_INTERNAL;
    }
    o->name = t->path;
    bool there = stat(path, &file) == 0;
    if (there && S_ISDIR(file.st_mode)) {
        error_set(e, TAMIS_FAIL, "%s is a folder: name a file to write to", path);
        return EXIT_USAGE;
    }
    o->regular = !there || S_ISREG(file.st_mode);
    if (o->regular) t->temporary = temporary_name(path);
    o->fd = open(o->regular && t->temporary ? t->temporary : path,
                 o->regular ? O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC : O_WRONLY | O_CLOEXEC, 0666);
    if (o->fd < 0) {
        error_set(e, TAMIS_FAIL, "cannot write %s: %s", path, strerror(errno));
        free(t->temporary);
        t->temporary = NULL;
        return EXIT_IO;
    }
    if (o->regular && there) fchmod(o->fd, file.st_mode & 07777);
    return 0;
}

static int check_distinct(const writer *self, error *e)
{
    for (size_t i = 0; i < self->base.output_count; i++) {
        for (size_t k = i + 1; k < self->base.output_count; k++) {
            const char *a = self->targets[i].path, *b = self->targets[k].path;
            if ((a == NULL) != (b == NULL) || (a && strcmp(a, b) != 0)) continue;
            if (a && !self->outputs[i].regular) continue; /* two to /dev/null are no mistake */
            error_set(e, TAMIS_FAIL, "two outputs go to %s: name a file of its own for each",
                      a ? a : "stdout");
            return EXIT_USAGE;
        }
    }
    return 0;
}

/* OUT.quarantine.jsonl beside the first file that is written. */
static char *default_quarantine(const writer *self)
{
    char *out = NULL;
    for (size_t i = 0; i < self->base.output_count; i++) {
        if (!self->outputs[i].regular || !self->targets[i].path) continue;
        if (asprintf(&out, "%s.quarantine.jsonl", self->targets[i].path) < 0) return NULL;
        return out;
    }
    return NULL;
}

static int open_all(writer *self, const io_writer_options *options, error *e)
{
    int code = 0;
    target rows = {.emit = EMIT_DOCS, .format = FORMAT_JSONL};
    for (size_t i = 0; i < options->emit_count && !code; i++) {
        const io_emit *emit = &options->emits[i];
        target t = {.emit = emit->emit, .format = emit->format, .named = true};
        code = writer_add(self, OUTPUT_RECORDS, emit->path, &t, e);
        if (!code) self->outputs[i].with_dropped = options->with_dropped;
    }
    if (!code && options->dropped) {
        rows.named = true;
        code = writer_add(self, OUTPUT_DROPPED, options->dropped, &rows, e);
    }
    char *quarantine = options->quarantine ? strdup(options->quarantine) : default_quarantine(self);
    rows.named = false;
    if (!code && quarantine) code = writer_add(self, OUTPUT_QUARANTINE, quarantine, &rows, e);
    free(quarantine);
    return code ? code : check_distinct(self, e);
}

/* ------------------------------------------------------------------ encoding */

static void writer_header(engine_writer *base, size_t output, buffer *out)
{
    writer *self = (writer *)base;
    const target *t = &self->targets[output];
    if (self->outputs[output].role == OUTPUT_QUARANTINE) return;
    rows_header(t->emit, t->format, &self->record, out);
}

static tamis_rc writer_encode(engine_writer *base, size_t output, tamis_doc *doc, buffer *out,
                              error *e)
{
    writer *self = (writer *)base;
    const target *t = &self->targets[output];
    if (t->emit == EMIT_DOCS && t->format == FORMAT_JSONL)
        return record_encode(doc, &self->record, out, e);
    return rows_encode(doc, t->emit, t->format, &self->record, &self->pretty, out, e);
}

/* ------------------------------------------------------------------ the end */

static tamis_rc sync_folder(const char *path)
{
    tamis_str folder = path_folder(str_of(path));
    char name[4096];
    if (folder.n >= sizeof name) return TAMIS_OK;
    memcpy(name, folder.p, folder.n);
    name[folder.n] = '\0';
    int fd = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return TAMIS_OK;
    fsync(fd); /* some file systems cannot; the rename stands either way */
    close(fd);
    return TAMIS_OK;
}

static tamis_rc finish_target(writer *self, size_t i, bool complete, error *e)
{
    engine_output *o = &self->outputs[i];
    target *t = &self->targets[i];
    char partial[4200];
    if (!t->temporary) return TAMIS_OK;
    if (o->length == 0 && !t->named) { /* nothing in quarantine: an older file would mislead */
        unlink(t->temporary);
        if (unlink(t->path) < 0 && errno != ENOENT)
            return error_set(e, TAMIS_FAIL, "cannot remove the old %s: %s", t->path,
                             strerror(errno));
        free(t->temporary);
        t->temporary = NULL;
        return TAMIS_OK;
    }
    snprintf(partial, sizeof partial, "%s.partial", t->path);
    if (fsync(o->fd) < 0 && errno != EINVAL && errno != EROFS)
        return error_set(e, TAMIS_FAIL, "cannot write %s: %s", t->path, strerror(errno));
    if (rename(t->temporary, complete ? t->path : partial) < 0)
        return error_set(e, TAMIS_FAIL, "cannot rename %s to %s: %s", t->temporary, t->path,
                         strerror(errno));
    free(t->temporary);
    t->temporary = NULL;
    return sync_folder(t->path);
}

static tamis_rc writer_finish(engine_writer *base, bool complete, error *e)
{
    writer *self = (writer *)base;
    tamis_rc rc = TAMIS_OK;
    for (size_t i = 0; i < self->base.output_count; i++) {
        if (!self->outputs[i].regular && self->targets[i].path) {
            /* A device: what it has to say about the last bytes it says on close. */
            int fd = self->outputs[i].fd;
            self->outputs[i].fd = -1;
            if (close(fd) < 0)
                rc = error_set(e, TAMIS_FAIL, "cannot write %s: %s", self->outputs[i].name,
                               strerror(errno));
        }
        if (finish_target(self, i, complete, e) < 0) rc = TAMIS_FAIL;
    }
    self->finished = rc >= 0;
    return rc;
}

static void writer_close(engine_writer *base)
{
    writer *self = (writer *)base;
    if (!self) return;
    for (size_t i = 0; i < self->base.output_count; i++) {
        if (self->targets[i].temporary) unlink(self->targets[i].temporary);
        if (self->outputs[i].fd > 2) close(self->outputs[i].fd);
        free(self->targets[i].temporary);
        free(self->targets[i].path);
    }
    free(self);
}

int io_writer_open(const io_writer_options *options, engine_writer **out, error *e)
{
    writer *self = calloc(1, sizeof *self);
    *out = NULL;
    if (!self) {
        error_set(e, TAMIS_FATAL, "no memory");
        return EXIT_INTERNAL;
    }
    self->base = (engine_writer){.outputs = self->outputs,
                                 .header = writer_header,
                                 .encode = writer_encode,
                                 .finish = writer_finish,
                                 .close = writer_close};
    self->record = options->record;
    self->pretty = options->pretty;
    int code = open_all(self, options, e);
    if (code) {
        writer_close(&self->base);
        return code;
    }
    *out = &self->base;
    return 0;
}

const char *io_writer_quarantine(const engine_writer *base)
{
    const writer *self = (const writer *)base;
    for (size_t i = 0; i < self->base.output_count; i++)
        if (self->outputs[i].role == OUTPUT_QUARANTINE) return self->outputs[i].name;
    return NULL;
}
