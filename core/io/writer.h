/* core/io/writer: where documents go. Regular files are written under a temporary name, fsynced and
 * renamed; devices, pipes and stdout are written in place. A quarantine or dropped file that stayed
 * empty is removed. Called by the command; used by the engine. */
#ifndef TAMIS_CORE_WRITER_H
#define TAMIS_CORE_WRITER_H

#include "engine/engine.h"
#include "io/record.h"

typedef struct {
    emit_kind emit;
    row_format format;
    const char *path; /* NULL or "-": stdout */
} io_emit;

/* Zero it for the defaults. */
typedef struct {
    const io_emit *emits;
    size_t emit_count;
    bool with_dropped;   /* dropped documents are written too */
    const char *dropped; /* --dropped FILE (records as JSONL); NULL: none */
    /* --quarantine FILE; NULL: OUT.quarantine.jsonl beside the first regular output, none where
     * there is no such output. */
    const char *quarantine;
    record_options record;
    pretty_options pretty;
} io_writer_options;

/* "jsonl", "csv", "tsv", "pretty", or "auto": by the suffix of `path`, else pretty on a terminal,
 * else JSONL. TAMIS_FAIL for another word. */
tamis_rc io_format_parse(const char *word, const char *path, row_format *out, error *e);

/* Returns 0 or an exit code with e set: 2 where two outputs are one file, 74 where one cannot be
 * opened. `*out` is released by its close. */
int io_writer_open(const io_writer_options *options, engine_writer **out, error *e);
/* Where quarantine lines go, or NULL. */
const char *io_writer_quarantine(const engine_writer *self);

#endif
