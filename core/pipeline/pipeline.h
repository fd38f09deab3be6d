/* core/pipeline: the stages in order over one document: guards, journal and rollback, timing,
 * notes. The parent loads, checks and opens a pipeline; each worker (or libtamis) enters it and
 * runs documents. */
#ifndef TAMIS_CORE_PIPELINE_H
#define TAMIS_CORE_PIPELINE_H

#include "document/document.h"
#include "pipeline/figures.h"
#include "pipeline/writes.h"
#include "plugin/registry.h"
#include "script/script.h"

typedef enum { ON_ERROR_QUARANTINE, ON_ERROR_SKIP } on_error;

/* A -D STAGE.OPTION=VALUE or NAME=VALUE as given, in order. */
typedef struct {
    const char *text;
    bool used;
} override;

typedef struct {
    stage_spec *spec;
    tamis_stage stage;             /* what is called */
    const registry_stage *element; /* NULL: Lua */
    const char *name;              /* `as` */
    const void *conf;
    void *shared;
    bool adopted; /* `shared` is another pipeline's, which outlives this one */
    script_guard *guard;
    stage_writes writes; /* what it declared */
    on_error on_error;
    double seconds; /* soft limit of run; 0: none */
    int64_t memory; /* soft limit; 0: none */
    const char
        *effective; /* its options as they came out, a line `name = value` each, for `check` */
} pipeline_stage;

typedef struct {
    arena memory;
    script *script;
    pipeline_spec *spec;
    const char *name;
    pipeline_stage *stages;
    size_t stage_count;
    stage_resources *resources;
    uint64_t options_hash; /* of the stages' names and their options in effect */
    size_t opened;         /* how many stages pipeline_open got through */
} pipeline;

/* `path`: a .lua file, or the name of a shipped pipeline. All mistakes go into `out`; NULL after
 * errors. */
pipeline *pipeline_load(const char *path, const char *from_text, const registry *plugins,
                        override *overrides, size_t override_count, diagnostics *out);
/* Opens every stage in order. */
tamis_rc pipeline_open(pipeline *self, diagnostics *out);
void pipeline_close(pipeline *self); /* NULL is fine */
/* What an open pipeline is made of, as one number: its stages, their options in effect, and the
 * content of every file of Lua and of data. Reads all of them anew. */
uint64_t pipeline_identity(const pipeline *self);
/* Before it is opened: takes what plugins' stages of an open pipeline have opened, where plugin,
 * name and options in effect are the same. `donor` must outlive `self`, and its data files be as
 * they were. */
void pipeline_adopt(pipeline *self, const pipeline *donor);

/* Where a worker stands, in memory that the parent can read. */
typedef struct {
    volatile uint32_t stage; /* index + 1; 0: none */
    volatile int64_t since;  /* monotonic nanoseconds at which the stage began */
} pipeline_watch;

/* Called around each stage, for trace and explain. `before` is true ahead of the stage; a skipped
 * stage is not observed. */
typedef struct pipeline_worker pipeline_worker;
typedef void (*pipeline_observer)(void *user, const pipeline_stage *stage, tamis_doc *doc,
                                  bool before);

/* One worker's (or one thread's) half of a pipeline. */
struct pipeline_worker {
    const pipeline *pipeline;
    stage_call *calls;      /* one a stage, scratch in calls[i].run.scratch */
    arena memory;           /* lives as long as the worker */
    arena saved;            /* what the last pipeline_save gave */
    stage_figures *figures; /* one a stage; the engine takes them with each batch and zeroes them */
    pipeline_watch *watch;  /* NULL: nobody looks */
    uint32_t skip_stage;   /* index + 1 of a stage that killed a worker on this document; 0: none */
    bool tainted;          /* replace this worker after the document */
    uint32_t failed_stage; /* index + 1 of the one that quarantined the last document; 0: none */
    error error;           /* its message, or that of a TAMIS_FATAL */
    pipeline_observer observer; /* NULL: none */
    void *observer_user;
};

/* Fills `out`; `watch` (may be NULL) is told already which stage enters. On error what was entered
 * is left again. */
tamis_rc pipeline_enter(const pipeline *self, pipeline_worker *out, pipeline_watch *watch,
                        error *e);
/* Runs all stages. Afterwards doc->status says written, dropped or quarantined, doc->reason why.
 * TAMIS_FATAL only when the run cannot go on. */
tamis_rc pipeline_run(pipeline_worker *self, tamis_doc *doc);
void pipeline_leave(pipeline_worker *self);

/* State over documents, by stage index. `pipeline_save` gives the bytes of one batch (memory valid
 * until the next call of this worker); merge and finish are called in one process, in input
 * order. */
bool pipeline_has_totals(const pipeline *self, size_t stage);
tamis_rc pipeline_save(pipeline_worker *self, size_t stage, tamis_str *bytes, error *e);
tamis_rc pipeline_merge(const pipeline *self, size_t stage, void **total, tamis_str bytes,
                        error *e);
/* *json lives in `memory`. */
tamis_rc pipeline_finish(const pipeline *self, size_t stage, void *total, arena *memory,
                         tamis_str *json, error *e);

#endif
