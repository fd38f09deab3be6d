/* core/engine, the parent's half: tasks in input order, the crew of workers, the commit.
 *
 * A task is a batch or a part of one. Tasks stand in one list in input order; the first of the list
 * is the only one whose bytes may go out. When a worker dies its task is split in place: what was
 * finished, the record in flight (alone, in a fresh worker), the rest. */
#ifndef TAMIS_CORE_ENGINE_PARENT_H
#define TAMIS_CORE_ENGINE_PARENT_H

#include "engine/private.h"

typedef enum {
    TASK_PENDING,
    TASK_DEALT,
    TASK_PART, /* its slot is full and waits to be first in line */
    TASK_DONE
} task_state;

typedef struct task task;
struct task {
    task *next;
    uint32_t serial;
    task_state state;
    uint64_t sequence; /* of its batch: with `first`, the order */
    engine_batch batch;
    uint64_t first, count; /* count 0: to the end of the batch */
    uint64_t committed;    /* records before this one have gone out */
    uint32_t attempt;      /* deaths of this record so far; above 0 it runs alone */
    uint32_t skip_stage;
    uint32_t idle_deaths; /* of workers that were on no record of it */
    int32_t slot, input;
};

typedef struct {
    pid_t pid; /* 0: none */
    int to, from;
    worker_page *page;
    bool ready;
    bool fresh;   /* has had no task yet */
    bool leaving; /* announced its end, or was told to end */
    bool failed;  /* said so: see its page */
    int32_t code;
    task *queue[2]; /* the first is in hand */
    size_t queued;
    int64_t forked;
    uint64_t seen;               /* document sequence at the last look */
    int64_t seen_wall, seen_cpu; /* since when */
    int64_t stage_since,
        stage_cpu;       /* the call of a stage at the last look, and what it had used by then */
    char killed_for[80]; /* why we killed it; empty: we did not */
} member;

typedef struct {
    const pipeline *pipeline;
    engine_reader *in;
    engine_writer *out;
    engine_options options;
    engine_report *report;
    error *e;
    int code; /* exit code of a stop; 0: goes on */

    slots slots;
    int32_t *free_slots;
    size_t free_count;
    int32_t *slot_owner; /* the worker that fills or writes it; -1: none */
    uint32_t *input_uses;
    task *first, **last;
    uint32_t next_serial;
    uint64_t next_sequence, remaining; /* remaining: of -n */
    bool input_ended, input_waits;

    member *crew;
    size_t crew_size;
    worker_page *pages;
    size_t page_room;
    double hard_cpu, hard_wall; /* seconds a document may take, with what its stages were given */
    uint32_t deaths_in_row, enter_failures;
    int64_t looked; /* at deadlines */
    int64_t tick;   /* nanoseconds between looks */

    work own; /* --in-process; and for quarantine lines of documents that killed their worker */
    totals totals;
    id_set ids;
    progress progress;
} engine;

/* Stops the run: the first cause stays. Returns TAMIS_FATAL. */
tamis_rc engine_stop(engine *self, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
uint32_t engine_interrupts(void); /* SIGINT or SIGTERM so far */

/* --- tasks.c */
bool task_before(const task *a, const task *b);
task *task_append(engine *self, const engine_batch *batch, int32_t input);
void task_unlink(engine *self, task *t);
task *task_by_serial(engine *self, uint32_t serial);
int32_t engine_take_slot(engine *self);
void engine_release_slot(engine *self, int32_t index);
tamis_rc task_leave(engine *self, task *t); /* of a worker that goes between documents */
/* The task of a worker that died: what was finished stays, the record in flight is tried again or
 * given up, the rest waits. `how` says how the worker ended. */
tamis_rc task_survive(engine *self, task *t, member *w, const char *how, const char *how_short);

/* --- commit.c */
tamis_rc engine_commit(engine *self); /* all that is first in line */
tamis_rc engine_commit_slot(engine *self, int32_t slot_index, bool by_parent);
tamis_rc engine_headers(engine *self);

/* --- crew.c */
tamis_rc crew_open(engine *self);
tamis_rc crew_deal(engine *self);
tamis_rc crew_poll(engine *self, int timeout);
void crew_watch(engine *self, int64_t now); /* deadlines and soft limits */
void crew_grant(engine *self, int32_t slot_index, int32_t owner);
void crew_close(engine *self, bool kill_now);

#endif
