/* core/engine: readers -> worker processes -> ordered writer. The parent deals out batches of
 * framed records and commits results in input order; workers decode, run the stages and encode.
 * Control goes over pipes, bytes lie in shared slots or are read and written by the workers
 * themselves.
 *
 * Readers and writers are given by interface (core/io implements them), so this room knows no
 * format. Called by the command; libtamis never comes here. */
#ifndef TAMIS_CORE_ENGINE_H
#define TAMIS_CORE_ENGINE_H

#include "pipeline/pipeline.h"

/* ------------------------------------------------------------------ what is read */

/* A run of consecutive records: what is dealt to a worker at once. Plain data that crosses a pipe;
 * what `offset` and `length` count (bytes of a source, or sources) is the reader's. Its records are
 * numbered from 0, the same each time it is loaded. */
typedef struct {
    uint32_t source;
    uint32_t flags; /* BATCH_… */
    uint64_t offset, length;
    uint64_t number;  /* of its first record or line, from 1; 0: not counted */
    uint64_t bytes;   /* of input, for progress */
    uint64_t records; /* how many where `engine_want.records` asked for a limit; else 0 */
} engine_batch;

enum {
    BATCH_IN_MEMORY = 1, /* its bytes lie in the memory that `next` was given */
    BATCH_OVERSIZE = 2   /* one record above --max-document: quarantined by locator */
};

/* One record of a loaded batch. Its bytes live until the next `frame` or `load`. */
typedef struct {
    tamis_str bytes;
    uint32_t source;
    uint64_t offset;   /* in the source */
    uint64_t number;   /* line, from 1; 0: not known yet */
    const char *fault; /* why it cannot be read; NULL: it can */
} engine_frame;

typedef enum {
    NEXT_BATCH, /* *out is filled */
    NEXT_WAIT,  /* nothing whole yet: poll wait_fd and ask again */
    NEXT_END,
    NEXT_FAIL /* the input cannot go on being read; e is set, exit 74 */
} engine_next;

typedef struct {
    size_t bytes;     /* about how much a batch should hold */
    uint64_t records; /* at most so many; 0: no limit */
    bool eager;       /* a worker is idle: whole records that are there will do */
    char *memory;     /* for streams: where the bytes go, `room` of them; NULL for files */
    size_t room;
} engine_want;

typedef struct engine_reader engine_reader;
struct engine_reader {
    int wait_fd;          /* of the stream being read; -1: never waits */
    bool streams;         /* some input is no plain file: `next` needs memory */
    uint64_t total_bytes; /* 0: not known */
    uint64_t skipped;     /* files of folders that were left alone */
    /* In the parent: cuts the next batch. */
    engine_next (*next)(engine_reader *self, const engine_want *want, engine_batch *out, error *e);
    /* In a worker (and in the parent, for a record whose worker died): brings a batch and walks
     * it. */
    tamis_rc (*load)(engine_reader *self, const engine_batch *batch, const char *memory, error *e);
    bool (*frame)(engine_reader *self, engine_frame *out);
    tamis_rc (*decode)(engine_reader *self, const engine_frame *frame, tamis_doc *doc, error *e);
    /* One quarantine line: where the record came from, why, and the record itself. */
    tamis_rc (*quarantine)(engine_reader *self, const engine_frame *frame, tamis_str stage,
                           tamis_str message, buffer *out, error *e);
    /* Where a record lies, for people: its file, and its line where a file holds many. */
    void (*place)(engine_reader *self, const engine_frame *frame, buffer *out);
    void (*close)(engine_reader *self);
};

/* ------------------------------------------------------------------ what is written */

typedef enum {
    OUTPUT_RECORDS,   /* documents that were written */
    OUTPUT_DROPPED,   /* dropped ones, apart */
    OUTPUT_QUARANTINE /* quarantine lines */
} output_role;

/* Opened by the writer; its bytes are written by the engine: into a regular file by the workers at
 * granted offsets, elsewhere by the parent, in order. */
typedef struct {
    const char *name; /* for messages */
    int fd;
    bool regular;
    output_role role;
    bool with_dropped; /* OUTPUT_RECORDS: dropped documents too */
    uint64_t length;   /* written so far; the engine counts */
} engine_output;

enum { OUTPUTS_MAX = 16 };

typedef struct engine_writer engine_writer;
struct engine_writer {
    engine_output *outputs;
    size_t output_count; /* at most OUTPUTS_MAX */
    void (*header)(engine_writer *self, size_t output,
                   buffer *out); /* ahead of the first document */
    tamis_rc (*encode)(engine_writer *self, size_t output, tamis_doc *doc, buffer *out, error *e);
    /* fsync and rename. Not complete (interrupted): what there is stays as NAME.partial. */
    tamis_rc (*finish)(engine_writer *self, bool complete, error *e);
    void (*close)(engine_writer *self); /* unfinished: temporary files go */
};

/* ------------------------------------------------------------------ running */

enum { ENGINE_JOBS_MAX = 1024 };

/* Zero it for the defaults. */
typedef struct {
    uint32_t jobs;       /* workers; 0: usable CPUs; more than ENGINE_JOBS_MAX: that many */
    bool in_process;     /* no fork: for debuggers and profilers; only the soft limits hold */
    bool unordered;      /* results as they come */
    bool progress;       /* a bar on stderr */
    size_t max_document; /* bytes; above it: quarantined by locator; 0: 64 MiB */
    /* Seconds a document may take before its worker is killed; 0: 10, 60. What a stage was given by
     * its `time` comes on top, and is watched by itself. */
    double hard_cpu, hard_wall;
    size_t soft_memory; /* a worker that grew by so much is replaced between documents; 0: 1 GiB */
    size_t hard_memory; /* private memory a worker may have above the parent's; 0: 4 GiB */
    size_t batch_bytes; /* 0: chosen */
    uint64_t limit;     /* -n: the first so many documents; 0: all */
    tamis_str only_id;  /* --id; empty: all */
} engine_options;

enum { ENGINE_ID_ROOM = 40 }; /* bytes of an id that a report may show */

typedef struct {
    char text[240];
    char sample[128]; /* a document that met it, by id or by its place in the input; empty: none */
    uint64_t count;
} engine_reason;

/* documents = written + dropped + quarantined. */
typedef struct {
    uint64_t documents, bytes, written, dropped, quarantined;
    uint64_t input_errors; /* of the quarantined: records that could not be read */
    engine_reason faulty;  /* documents with bytes that are no text, and the first one's message */
    uint64_t repeated_ids; /* at least so many */
    char repeated_id[ENGINE_ID_ROOM]; /* the first of them, shortened with an ellipsis */
    uint64_t worker_deaths, workers_replaced;
    uint64_t workers_grown;      /* of the replaced: for the memory that they had taken */
    double seconds, cpu_seconds; /* cpu: of all processes */
    uint32_t jobs;
    stage_figures *stages; /* one a pipeline stage */
    size_t stage_count;
    tamis_str *totals;      /* JSON of stages with state, one a stage; empty where none */
    engine_reason *reasons; /* of drops and quarantines ("stage: reason"), most frequent first */
    size_t reason_count;
    arena memory;
    bool interrupted;
} engine_report;

/* Exit codes, as the command gives them. 141: the reader of our output went away; e is empty, say
 * nothing. */
enum {
    EXIT_DONE = 0,
    EXIT_QUARANTINED = 1,
    EXIT_USAGE = 2,
    EXIT_INPUT = 65,
    EXIT_INTERNAL = 70,
    EXIT_IO = 74,
    EXIT_CONFIG = 78,
    EXIT_INTERRUPTED = 130,
    EXIT_PIPE = 141
};

/* pipeline_open under guard: a stage that crashes, exits or hangs in `open` ends the command with
 * 78 and a message that names it, instead of a bare signal. */
tamis_rc engine_open(pipeline *p, diagnostics *out);
tamis_rc engine_open_within(pipeline *p, unsigned seconds, diagnostics *out); /* 0: 120 s */

/* For a pipeline that runs in this very process: a stage that crashes it is named, by where `watch`
 * stands, before the signal goes its way. NULL: no more. */
void engine_tell_crashes(const pipeline *p, const pipeline_watch *watch);

/* Runs until the input ends, finishes the writer, fills the report. Returns an exit code (0, 65,
 * 70, 74, 78, 130, 141; the caller applies --max-quarantined), with e set where it is not 0. */
int engine_run(const pipeline *p, engine_reader *in, engine_writer *out,
               const engine_options *options, engine_report *report, error *e);
void engine_report_free(engine_report *self);

#endif
