/* core/io/reader: what is to be read becomes batches of records. Inputs are text files (a file is a
 * document), folders of them, JSONL (plain, earlier records, quarantine files) and stdin. The
 * parent cuts byte ranges at line ends; workers read the bytes themselves. Called by the command;
 * used by the engine. */
#ifndef TAMIS_CORE_READER_H
#define TAMIS_CORE_READER_H

#include "engine/engine.h"
#include "io/record.h"

/* Zero it for the defaults. */
typedef struct {
    const char *from; /* "text" or "jsonl"; NULL or "auto": by name and content */
    decode_options decode;
    size_t max_document;        /* 0: 64 MiB */
    const char *const *exclude; /* files that folders do not give: the run's own outputs */
    size_t exclude_count;
    /* Only this part of the inputs, from 1; shards 0: all. The same inputs cut into so many shards
     * give each record in one of them, in order: outputs one behind the other are the output of
     * the whole. */
    uint32_t shard, shards;
} io_reader_options;

/* Opens inputs ("-": stdin) in the order given; folders in byte order of relative path. Returns 0
 * or an exit code with e set: 2 for a bad `from`, a terminal as stdin or shards of a pipe, 65 for
 * an input that is not there, cannot be read, or whose first record has no text key. `*out` is
 * released by its close. */
int io_reader_open(const char *const *inputs, size_t count, const io_reader_options *options,
                   engine_reader **out, error *e);

/* What the reader will read, as one number: names and content, of a shard its own part. Reads all
 * of it. An error: a pipe, or a file that goes away meanwhile. */
tamis_rc io_reader_identity(const engine_reader *self, uint64_t *hash, error *e);

/* For commands that look at documents one by one in their own process: the next record, decoded
 * into `doc` (reset here). 1: there is one; 0: the end; TAMIS_FAIL: this record is no document, e
 * says why, go on with a cleared e; TAMIS_FATAL: nothing more can be read. */
int io_reader_next_document(engine_reader *self, tamis_doc *doc, error *e);

#endif
