/* The run: one loop that deals, listens, watches and commits; and the same run in one process.
 *
 *   reader.next -> task -> worker (decode, stages, encode -> slot) -> commit in input order
 *   -> outputs
 *
 * Only control goes over pipes. Plain inputs are read by the workers, regular outputs written by
 * them; the parent moves bytes only where the input is a stream or the output is no regular file.
 * Memory is bounded by the number of slots, whatever the input's size. A worker may die at any
 * moment: tasks.c. */
#include "engine/parent.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

enum { SLOTS_A_WORKER = 3 };
#define MIB      ((size_t)1 << 20)
#define TICK_MAX INT64_C(250000000)
#define TICK_MIN INT64_C(5000000)

/* ------------------------------------------------------------------ stopping */

static volatile sig_atomic_t interrupts;

static void on_interrupt(int signal_number)
{
    interrupts++;
}

uint32_t engine_interrupts(void)
{
    return (uint32_t)interrupts;
}

typedef struct {
    struct sigaction interrupt, terminate, pipe, size, alarm;
} signals;

static void signals_take(signals *old)
{
    struct sigaction stop = {.sa_handler =
                                 on_interrupt}; /* no SA_RESTART: a blocked write returns */
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    struct sigaction before;
    interrupts = 0;
    sigaction(SIGINT, NULL, &before);
    sigaction(SIGINT, before.sa_handler == SIG_IGN ? &ignore : &stop, &old->interrupt);
    sigaction(SIGTERM, &stop, &old->terminate);
    sigaction(SIGPIPE, &ignore, &old->pipe);
    sigaction(SIGXFSZ, &ignore, &old->size); /* past ulimit -f a write fails, as on a full disk */
    sigaction(SIGALRM, NULL, &old->alarm);
}

static void signals_give_back(const signals *old)
{
    sigaction(SIGINT, &old->interrupt, NULL);
    sigaction(SIGTERM, &old->terminate, NULL);
    sigaction(SIGPIPE, &old->pipe, NULL);
    sigaction(SIGXFSZ, &old->size, NULL);
    sigaction(SIGALRM, &old->alarm, NULL);
}

tamis_rc engine_stop(engine *self, int code, const char *format, ...)
{
    if (self->code) return TAMIS_FATAL;
    self->code = code;
    va_list arguments;
    va_start(arguments, format);
    error_vset(self->e, TAMIS_FATAL, format, arguments);
    va_end(arguments);
    return TAMIS_FATAL;
}

/* ------------------------------------------------------------------ options */

static uint32_t usable_cpus(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0)
        return (uint32_t)CPU_COUNT(&set);
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n > 0 ? (uint32_t)n : 1;
}

static void fill_options(engine_options *o)
{
    if (o->jobs == 0) o->jobs = usable_cpus();
    if (o->jobs > ENGINE_JOBS_MAX) o->jobs = ENGINE_JOBS_MAX;
    if (o->in_process) o->jobs = 1;
    if (o->max_document == 0) o->max_document = 64 * MIB;
    if (o->hard_cpu <= 0) o->hard_cpu = 10;
    if (o->hard_wall <= 0) o->hard_wall = 60;
    if (o->soft_memory == 0) o->soft_memory = 1024 * MIB;
    if (o->hard_memory == 0) o->hard_memory = 4096 * MIB;
    if (o->batch_bytes == 0) o->batch_bytes = BATCH_BYTES;
}

/* Looks at deadlines a few times within the shortest limit there is. */
static int64_t choose_tick(const pipeline *p, const engine_options *o)
{
    double shortest = o->hard_cpu < o->hard_wall ? o->hard_cpu : o->hard_wall;
    for (size_t i = 0; i < p->stage_count; i++) {
        double limit = stage_soft_limit(&p->stages[i]);
        if (limit > 0 && limit < shortest) shortest = limit;
    }
    int64_t tick = (int64_t)(shortest * 1e9 / 4);
    return tick < TICK_MIN ? TICK_MIN : tick > TICK_MAX ? TICK_MAX : tick;
}

static tamis_rc open_slots(engine *self)
{
    const engine_options *o = &self->options;
    size_t count = o->in_process ? 1 : o->jobs * SLOTS_A_WORKER + 1;
    /* A record is up to nine times its text (spans); most of this is never touched. */
    size_t room = 8 * o->max_document + SLOT_SOFT_BYTES;
    size_t input = self->in->streams ? o->max_document + 4 * o->batch_bytes : 0;
    error e = {0};
    tamis_rc rc = slots_open(&self->slots, count, self->pipeline->stage_count, room, input, &e);
    if (rc < 0) /* little address space: records of twice a document still fit */
        rc = slots_open(&self->slots, count, self->pipeline->stage_count,
                        2 * o->max_document + SLOT_SOFT_BYTES, input, self->e);
    if (rc < 0) return engine_stop(self, EXIT_INTERNAL, "%s", e.text);
    self->free_slots = calloc(count, sizeof *self->free_slots);
    self->slot_owner = calloc(count, sizeof *self->slot_owner);
    self->input_uses = calloc(count, sizeof *self->input_uses);
    if (!self->free_slots || !self->slot_owner || !self->input_uses)
        return engine_stop(self, EXIT_INTERNAL, "no memory");
    for (size_t i = 0; i < count; i++) engine_release_slot(self, (int32_t)(count - 1 - i));
    return TAMIS_OK;
}

static tamis_rc engine_open_run(engine *self)
{
    FORWARD(open_slots(self));
    self->own = (work){.pipeline = self->pipeline,
                       .in = self->in,
                       .out = self->out,
                       .options = &self->options,
                       .slots = &self->slots,
                       .has_totals = totals_wanted(self->pipeline)};
    if (!id_set_open(&self->ids)) return engine_stop(self, EXIT_INTERNAL, "no memory");
    error e = {0};
    if (totals_open(&self->totals, self->pipeline, self->options.in_process, &e) < 0)
        return engine_stop(self, EXIT_INTERNAL, "%s", e.text);
    progress_open(&self->progress, self->options.progress, self->in->total_bytes);
    return engine_headers(self);
}

static void engine_close_run(engine *self)
{
    totals_close(&self->totals);
    id_set_close(&self->ids);
    while (self->first) task_unlink(self, self->first);
    slots_close(&self->slots);
    free(self->free_slots);
    free(self->slot_owner);
    free(self->input_uses);
    for (size_t i = 0; i < OUTPUTS_MAX; i++) buffer_free(&self->own.encoded[i]);
}

/* ------------------------------------------------------------------ with workers */

static bool run_is_over(const engine *self)
{
    if (self->first || !(self->input_ended || engine_interrupts())) return false;
    return self->free_count == self->slots.count;
}

static tamis_rc run_crew(engine *self)
{
    self->tick = choose_tick(self->pipeline, &self->options);
    FORWARD(crew_open(self));
    while (!run_is_over(self)) {
        FORWARD(crew_deal(self));
        if (run_is_over(self)) break;
        FORWARD(crew_poll(self, (int)(self->tick / 1000000)));
        FORWARD(engine_commit(self));
        int64_t now = clock_monotonic();
        crew_watch(self, now);
        progress_show(&self->progress, self->report, now);
        if (engine_interrupts() > 1) return engine_stop(self, EXIT_INTERRUPTED, "interrupted");
    }
    return TAMIS_OK;
}

/* ------------------------------------------------------------------ in one process */

static engine *in_process; /* for the alarm: there is one such run at a time */

static void on_alarm(int signal_number)
{
    int saved = errno;
    worker_watch_alone(in_process->pipeline, in_process->own.page);
    errno = saved;
}

static void alarm_set(int64_t nanoseconds)
{
    suseconds_t us = (suseconds_t)(nanoseconds / 1000);
    struct itimerval every = {{0, us}, {0, us}};
    setitimer(ITIMER_REAL, &every, NULL);
}

static tamis_rc flush_in_process(work *w, slot *s, error *e)
{
    return engine_commit_slot(w->user, 0, true);
}

static tamis_rc batch_in_process(engine *self, const engine_batch *batch, uint32_t serial)
{
    error e = {0};
    message order = {.type = MESSAGE_TASK, .task = serial, .batch = *batch};
    order.input = batch->flags & BATCH_IN_MEMORY ? 0 : -1;
    work_result result = work_batch(&self->own, &order, &self->slots.at[0], &e);
    if (result == WORK_FATAL) return engine_stop(self, EXIT_INTERNAL, "%s", e.text);
    FORWARD(engine_commit_slot(self, 0, true));
    slot_trim(&self->slots.at[0]);
    if (order.input == 0) slots_trim_input(&self->slots, 0, SLOT_SOFT_BYTES);
    progress_show(&self->progress, self->report, clock_monotonic());
    return TAMIS_OK;
}

static tamis_rc run_in_process(engine *self)
{
    static worker_page page;
    error e = {0};
    page = (worker_page){0};
    self->own.page = &page;
    self->own.flush = flush_in_process;
    self->own.user = self;
    in_process = self;
    engine_tell_crashes(self->pipeline, &page.watch);
    if (work_enter(&self->own, &e) < 0) return engine_stop(self, EXIT_INTERNAL, "%s", e.text);
    struct sigaction action = {.sa_handler = on_alarm, .sa_flags = SA_RESTART};
    sigaction(SIGALRM, &action, NULL);
    alarm_set(choose_tick(self->pipeline, &self->options));
    for (uint32_t serial = 1; !self->code && !engine_interrupts(); serial++) {
        engine_batch batch = {0};
        engine_want want = {.bytes = self->options.batch_bytes,
                            .records = self->options.limit ? self->remaining : 0,
                            .memory = slots_input(&self->slots, self->in->streams ? 0 : -1),
                            .room = self->slots.input_room};
        engine_next next = self->in->next(self->in, &want, &batch, &e);
        if (next == NEXT_FAIL) engine_stop(self, EXIT_IO, "%s", e.text);
        if (next == NEXT_END || next == NEXT_FAIL) break;
        if (next == NEXT_WAIT) { /* one process may as well block */
            crew_poll(self, -1);
            continue;
        }
        if (batch_in_process(self, &batch, serial) < 0) break;
        if (!self->options.limit) continue;
        self->remaining -= batch.records < self->remaining ? batch.records : self->remaining;
        if (self->remaining == 0) break;
    }
    alarm_set(0);
    work_leave(&self->own);
    engine_tell_crashes(NULL, NULL);
    return self->code ? TAMIS_FATAL : TAMIS_OK;
}

/* ------------------------------------------------------------------ the run */

static double cpu_seconds(void)
{
    struct rusage own, children;
    getrusage(RUSAGE_SELF, &own);
    getrusage(RUSAGE_CHILDREN, &children);
    struct timeval all[] = {own.ru_utime, own.ru_stime, children.ru_utime, children.ru_stime};
    double sum = 0;
    for (size_t i = 0; i < 4; i++) sum += (double)all[i].tv_sec + (double)all[i].tv_usec * 1e-6;
    return sum;
}

static void finish_run(engine *self)
{
    error e = {0};
    bool complete = self->code == 0 && !self->report->interrupted;
    if (self->code == 0) {
        if (totals_finish(&self->totals, &self->report->memory, self->report->totals, &e) < 0)
            engine_stop(self, EXIT_INTERNAL, "%s", e.text);
        else if (self->out->finish(self->out, complete, &e) < 0)
            engine_stop(self, EXIT_IO, "%s", e.text);
    } else if (self->code == EXIT_INTERRUPTED && self->out->finish(self->out, false, &e) < 0) {
        error_set(self->e, TAMIS_FATAL, "%s", e.text);
    }
    if (self->code == 0 && self->report->interrupted)
        engine_stop(self, EXIT_INTERRUPTED,
                    "interrupted; what was begun is finished, the rest of the input is not read");
}

int engine_run(const pipeline *p, engine_reader *in, engine_writer *out,
               const engine_options *options, engine_report *report, error *e)
{
    engine self = {.pipeline = p, .in = in, .out = out, .report = report, .e = e};
    signals old;
    error own = {0};
    double cpu = cpu_seconds();
    int64_t started = clock_monotonic();
    if (!e) self.e = &own;
    self.last = &self.first;
    if (options) self.options = *options;
    fill_options(&self.options);
    self.remaining = self.options.limit;
    report_open(report, p);
    report->jobs = self.options.jobs;
    signals_take(&old);
    if (engine_open_run(&self) >= 0) {
        if (self.options.in_process) {
            run_in_process(&self);
        } else {
            run_crew(&self);
            crew_close(&self, self.code != 0);
        }
    }
    report->interrupted = engine_interrupts() > 0;
    progress_close(&self.progress);
    finish_run(&self);
    engine_close_run(&self);
    signals_give_back(&old);
    report_sort(report);
    report->seconds = (double)(clock_monotonic() - started) * 1e-9;
    report->cpu_seconds = cpu_seconds() - cpu;
    return self.code;
}
