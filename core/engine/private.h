/* core/engine, inside: what the parent and its workers share.
 *
 * A slot holds what one task gave: a header that the worker publishes after each document (two
 * copies and an index, so that a death leaves the last whole one), and the bytes for the outputs,
 * cut in chunks. The header is plain memory shared by fork; the parent checks ranges before it
 * believes it. A page holds where a worker stands. Messages on pipes are fixed structures below
 * PIPE_BUF. */
#ifndef TAMIS_CORE_ENGINE_PRIVATE_H
#define TAMIS_CORE_ENGINE_PRIVATE_H

#include "engine/engine.h"
#include <stdatomic.h>
#include <sys/types.h>

enum {
    SLOT_SOFT_BYTES = 4 << 20, /* beyond it a slot is flushed before the next document goes in */
    SLOT_CHUNKS = 4096,
    SLOT_IDS = 32768,
    SLOT_REASONS = 24,
    CHUNK_TOTALS = 64, /* output numbers from here on are state of stage (number - CHUNK_TOTALS) */
    BATCH_BYTES = 256 << 10,
    DEATHS_MAX = 20, /* with no document finished between: the run stops */
    ENTER_FAILURES_MAX = 2
};

/* ------------------------------------------------------------------ slots */

typedef struct {
    uint32_t output, last; /* last: of totals, the delta ends here */
    uint64_t length;
} slot_chunk;

/* What the worker publishes after each document. */
typedef struct {
    uint64_t next; /* the first record of the batch that is not finished */
    uint64_t documents, written, dropped, quarantined, input_errors, faulty, bytes;
    uint64_t used;
    uint32_t chunks, ids, reasons, reserved;
} slot_state;

/* An id as the parent compares it, and enough of it to name it by. */
typedef struct {
    uint64_t hash;
    char text[ENGINE_ID_ROOM];
} slot_id;

typedef enum {
    SLOT_FILLING, /* the worker's */
    SLOT_GRANTED, /* the parent has taken its figures and granted offsets; bytes to be written */
    SLOT_WRITTEN
} slot_phase;

typedef struct {
    _Atomic uint32_t phase;
    _Atomic uint32_t current; /* which of `states` holds */
    slot_state states[2];
    uint64_t grants[OUTPUTS_MAX];
    slot_chunk chunks[SLOT_CHUNKS];
    engine_reason reasons[SLOT_REASONS];
    engine_reason fault; /* of the first of the `faulty` */
    slot_id ids[SLOT_IDS];
    stage_figures figures[];
} slot_header;

typedef struct {
    slot_header *header;
    char *bytes;
    size_t room; /* of bytes; address space, most of it never touched */
} slot;

typedef struct {
    slot *at;
    size_t count;
    char *inputs; /* memory for streams: `input_count` regions of `input_room` bytes; NULL: none */
    size_t input_count, input_room;
    size_t stage_count;
    void *mapping; /* one, for all of it */
    size_t mapping_bytes;
} slots;

tamis_rc slots_open(slots *self, size_t count, size_t stage_count, size_t room, size_t input_room,
                    error *e);
void slots_close(slots *self);
static inline char *slots_input(const slots *self, int32_t input)
{
    return input < 0 ? NULL : self->inputs + (size_t)input * self->input_room;
}
void slots_trim_input(slots *self, int32_t input, size_t keep);

/* Filling: documents are composed in a draft, which becomes the state when it is published. */
void slot_clear(slot *self, size_t stage_count, uint64_t next);
const slot_state *slot_read(const slot *self);
slot_state slot_draft(const slot *self);
/* Whether one more document of so many bytes in so many outputs goes in; else flush first. */
typedef enum { SLOT_FITS, SLOT_FULL, SLOT_TOO_SMALL } slot_fit;
slot_fit slot_fits(const slot *self, size_t bytes, uint32_t chunks);
void slot_append(slot *self, slot_state *draft, uint32_t output, tamis_str bytes, bool last);
void slot_count_reason(slot *self, slot_state *draft, tamis_str stage, tamis_str reason,
                       tamis_str sample);
/* A document with bytes that are no text; `what`: the first fault's. */
void slot_count_fault(slot *self, slot_state *draft, tamis_str what, tamis_str sample);
void slot_note_id(slot *self, slot_state *draft, tamis_str id);
void slot_publish(slot *self, const slot_state *draft);
/* True where lengths and counts are in range and add up: asked after a death. */
bool slot_plausible(const slot *self, size_t output_count, size_t stage_count);
bool slot_has_regular(const slot *self, const engine_output *outputs, size_t count);
/* Writes the chunks of regular outputs at the granted offsets. */
tamis_rc slot_write_granted(const slot *self, const engine_output *outputs, size_t count, error *e);
void slot_trim(slot *self); /* gives back memory beyond SLOT_SOFT_BYTES */

/* ------------------------------------------------------------------ messages and pages */

typedef enum {
    MESSAGE_TASK = 1, /* parent: run this */
    MESSAGE_GRANT,    /* parent: write this slot's bytes, go on */
    MESSAGE_END,      /* parent: leave */
    MESSAGE_READY,    /* worker: entered */
    MESSAGE_DONE,     /* worker: a task is finished */
    MESSAGE_PART,     /* worker: the slot is full; it waits for the grant */
    MESSAGE_WROTE,    /* worker: a granted slot is written */
    MESSAGE_REPLACE,  /* worker: leaves between two documents; the rest of its task is open */
    MESSAGE_FAILED    /* worker: `enter`, an output or a stage (FATAL) failed; see its page */
} message_type;

typedef struct {
    uint32_t type;
    uint32_t task; /* serial */
    int32_t slot, input;
    uint64_t first, count; /* records of the batch; count 0: to its end */
    uint64_t muted;        /* records before this one are run for their state only */
    uint32_t skip_stage;   /* index + 1 */
    int32_t code;          /* FAILED: exit code; REPLACE: 1 where it grew too much */
    engine_batch batch;
} message;

/* Where a worker stands; one page of memory each. */
typedef struct {
    pipeline_watch watch;
    _Atomic uint32_t task;     /* serial of the task it is on; 0: none */
    _Atomic uint64_t document; /* record of the batch in flight + 1; 0: none */
    _Atomic uint64_t sequence; /* documents begun */
    char message[1024];
} worker_page;

/* ------------------------------------------------------------------ one worker's work */

/* What a worker holds; in-process mode has one too. `flush` hands a full slot on and gives it back
 * empty; `between` is called between documents. */
typedef struct work work;
struct work {
    const pipeline *pipeline;
    engine_reader *in;
    engine_writer *out;
    const engine_options *options;
    worker_page *page;
    slots *slots;
    pipeline_worker worker;
    tamis_doc doc;
    buffer encoded[OUTPUTS_MAX];
    bool has_totals;
    int64_t wall, cpu; /* at which the slot was last cleared */
    tamis_rc (*flush)(work *self, slot *s, error *e);
    tamis_rc (*between)(work *self, error *e);
    void *user;
};

typedef enum { WORK_DONE, WORK_REPLACE, WORK_FATAL } work_result;

tamis_rc work_enter(work *self, error *e);
void work_leave(work *self);
work_result work_batch(work *self, const message *task, slot *s, error *e);
/* Clears the slot for filling and starts its clocks. */
void work_clear(work *self, slot *s, uint64_t next);
/* Puts the record's quarantine line into the slot, counts it and publishes: record `next - 1` is
 * finished. */
typedef struct {
    tamis_str stage, reason, message; /* reason: short, for counting; message: for the line */
    tamis_str sample;                 /* the document's id, where it was read */
    bool input_error;
} quarantine_cause;
tamis_rc work_quarantine(work *self, const engine_frame *frame, const quarantine_cause *cause,
                         uint64_t next, slot *s, error *e);

/* A worker process's whole life; never returns. */
typedef struct {
    work work;
    int in, out; /* its ends of the control pipes */
    pid_t parent;
    size_t soft_memory, hard_memory;
} worker_start;
_Noreturn void worker_main(worker_start *start);
/* Seconds after which the script of a stage or of its guard is interrupted; 0: there is none. */
double stage_soft_limit(const pipeline_stage *stage);
/* Processor time of this process in nanoseconds; async-signal-safe. */
int64_t work_cpu(void);
/* The stage that the worker of this page is in, as far as it can be believed; NULL: none. */
const pipeline_stage *stage_in_flight(const pipeline *p, const worker_page *page);
/* Limits are of processor time; past this many times as much wall time a stage sleeps. */
#define WALL_A_CPU 6.0 /* as 60 s of wall time stand to 10 s of the processor */
/* Interrupts the script that runs now, as the parent asks for, unless another stage runs by now;
 * and where there is no parent, if its stage is past its limit. Both are async-signal-safe. */
void worker_watch_interrupt(const pipeline *p, const worker_page *page);
void worker_watch_alone(const pipeline *p, const worker_page *page);

/* ------------------------------------------------------------------ totals */

typedef struct {
    const pipeline *pipeline;
    void **totals; /* in this process (in-process mode, or the aggregator) */
    buffer *parts; /* deltas that came in pieces, one a stage */
    pid_t pid;     /* the aggregator; 0: none */
    int to, from;
} totals;
bool totals_wanted(const pipeline *p);
tamis_rc totals_open(totals *self, const pipeline *p, bool in_process, error *e);
tamis_rc totals_add(totals *self, size_t stage, tamis_str bytes, bool last, error *e);
tamis_rc totals_finish(totals *self, arena *memory, tamis_str *json, error *e);
void totals_close(totals *self);

/* ------------------------------------------------------------------ report, ids, progress */

void report_open(engine_report *self, const pipeline *p);
void report_reason(engine_report *self, const engine_reason *more);
void report_sort(engine_report *self);

/* Ids seen, in bounded memory: of more than it holds, it forgets some, and says `at least`. */
typedef struct {
    uint64_t *at;
    size_t used;
} id_set;
bool id_set_open(id_set *self);
bool id_set_add(id_set *self, uint64_t hash); /* true: was there already */
void id_set_close(id_set *self);

typedef struct {
    bool on;
    int64_t started, shown;
    uint64_t total;
} progress;
void progress_open(progress *self, bool on, uint64_t total_bytes);
void progress_show(progress *self, const engine_report *report, int64_t now);
void progress_close(progress *self);

#endif
