/* core/engine: readers -> worker processes -> ordered writer. The parent deals out batches of framed
 * records and commits results in input order; workers decode, run the stages and encode. Control goes
 * over pipes, bytes do not. See design notes in engine.c.
 *
 * Readers and writers are given by interface (core/io implements them), so this room knows no format. */
#ifndef TAMIS_CORE_ENGINE_H
#define TAMIS_CORE_ENGINE_H

#include "pipeline/pipeline.h"

/* One record of an input as the reader frames it: bytes in a file (the worker reads them itself) or in memory. */
typedef struct {
    uint32_t source;  /* index of the input */
    uint64_t offset;  /* in that file */
    size_t length;
    tamis_str bytes;  /* when they had to be read already (pipe); else {NULL, 0} */
    uint64_t number;  /* 1-based line or record number where known, else 0 */
} record_frame;

typedef struct engine_reader engine_reader; /* core/io/reader.h implements */
typedef struct engine_writer engine_writer; /* core/io/writer.h implements */

typedef struct {
    uint32_t jobs;          /* workers; 0: usable CPUs */
    bool in_process;        /* no fork: for debuggers and profilers */
    bool unordered;
    bool progress;          /* a bar on stderr */
    size_t max_document;    /* bytes; above it: quarantined by locator */
    double hard_cpu, hard_wall; /* seconds a document may take before its worker is killed (10, 60) */
    on_error on_error;      /* default of stages that say nothing */
    uint64_t batch_bytes;   /* 0: chosen */
    const char *quarantine; /* path; NULL: none wanted, then a quarantined document is an error line */
    const char *dropped;    /* path or NULL */
    bool with_dropped;
    uint64_t limit;         /* -n: stop after so many documents; 0: all */
    tamis_str only_id;      /* --id; empty: all */
} engine_options;

typedef struct {
    uint64_t documents, bytes, written, dropped, quarantined, input_errors, repeated_ids;
    double seconds, cpu_seconds;
    stage_figures *stages; /* one a pipeline stage */
    size_t stage_count;
    tamis_str *totals;     /* JSON of stages with state; empty where none */
    /* reasons of drops and quarantines with their counts, sorted by count */
    struct { char text[96]; uint64_t count; } *reasons;
    size_t reason_count;
    bool interrupted;
} engine_report;

/* Runs until the input ends. Returns an exit code (0, 65, 70, 74, 78, 130; the caller applies
 * --max-quarantined), with e set where it is not 0. */
int engine_run(const pipeline *p, engine_reader *in, engine_writer *out, const engine_options *options,
               engine_report *report, error *e);
void engine_report_free(engine_report *self);

#endif
