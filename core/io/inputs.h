/* core/io/inputs: from the arguments of a command to a list of sources, in the order in which they
 * are read. Folders are walked in byte order of relative path. Called by the reader. */
#ifndef TAMIS_CORE_INPUTS_H
#define TAMIS_CORE_INPUTS_H

#include "base/base.h"

#include <sys/types.h>

typedef enum { SOURCE_TEXT, SOURCE_JSONL } source_kind;

/* One file or stream. */
typedef struct {
    const char *path; /* what is opened; "-": stdin */
    const char *name; /* in ids: relative to what was named; "-" for stdin */
    source_kind kind;
    bool stream;        /* no plain file: read once, in order, by the parent */
    const char *unpack; /* the tool that unpacks it into a pipe once it is its turn; NULL: none */
    pid_t unpacker;     /* running; 0: not begun, or over */
    uint64_t size;      /* 0 for streams */
    uint64_t start;     /* where stdin stood when it is a plain file */
    uint64_t weight;    /* bytes of the file, packed or not; 0 for pipes */
    uint64_t from, to;  /* of JSONL: the lines that begin here; to 0: all from `from` on */
    int fd;             /* kept open: streams and stdin; else -1 */
    buffer held;        /* bytes of a stream that were read and not dealt out */
    bool ended;         /* of a stream */
    bool cut;           /* it ended before its end: its tool failed on it */
    const char *fault;  /* why it cannot be read, known since it was listed; NULL: nothing known */
} source;

typedef struct {
    arena memory;
    source *at;
    size_t count, room;
    uint64_t skipped; /* files of folders that were left alone */
    uint64_t bytes;   /* of plain files */
    bool streams;
} inputs;

typedef struct {
    const char *from; /* NULL: by name and content */
    const char *const *exclude;
    size_t exclude_count;
} inputs_options;

/* Returns 0 or an exit code with e set. */
int inputs_collect(inputs *self, const char *const *named, size_t count,
                   const inputs_options *options, error *e);
/* Leaves of the sources what belongs to shard `index` (from 1) of `of`: the files laid end to end
 * are cut into ranges of equal bytes, and a range has the texts and lines that begin in it. 0, or
 * an exit code with e set: a pipe cannot be cut. */
int inputs_shard(inputs *self, uint32_t index, uint32_t of, error *e);
/* What is read, as one number: names, and the bytes of the files, of a cut one those of its lines.
 * Reads all of it; a pipe is an error. */
tamis_rc inputs_identity(const inputs *self, uint64_t *hash, error *e);
void inputs_close(inputs *self);
/* Begins to unpack a source, where it is packed and not begun. */
tamis_rc source_begin(source *self, error *e);
/* Reads once from a stream into `held`: above 0 bytes came; 0: the end; -1 with e set. */
int source_fill(source *self, size_t bytes, error *e);

#endif
