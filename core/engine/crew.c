/* The crew: workers are forked, given tasks, watched, buried and replaced.
 *
 * Dealing follows three rules, without which the run could stand still: the earliest waiting task
 * goes first; a task is never queued behind a later one; the last free slot is kept for the task
 * that is first in line. A record whose worker died waits for a worker that has had no task yet. */
#include "engine/parent.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { QUEUE = 2 };
#define LEAVE_NANOSECONDS INT64_C(5000000000)
#define GRACE_LEAST       0.25 /* seconds of the processor above what a stage was given */

/* ------------------------------------------------------------------ birth */

static void close_end(int *fd)
{
    if (*fd >= 0) close(*fd);
    *fd = -1;
}

static void close_pipe(int ends[2])
{
    close_end(&ends[0]);
    close_end(&ends[1]);
}

/* What the child does not need: its brothers' pipes and ours. */
static void close_brothers(engine *self)
{
    for (size_t i = 0; i < self->crew_size; i++) {
        close_end(&self->crew[i].to);
        close_end(&self->crew[i].from);
    }
    close_end(&self->totals.to);
    close_end(&self->totals.from);
}

static tamis_rc crew_fork(engine *self, size_t index)
{
    member *w = &self->crew[index];
    tamis_rc rc = TAMIS_OK;
    int down[2] = {-1, -1}, up[2] = {-1, -1};
    worker_page *page = (worker_page *)(void *)((char *)self->pages + index * self->page_room);
    memset(page, 0, sizeof *page);
    if (pipe2(down, O_CLOEXEC) < 0 || pipe2(up, O_CLOEXEC) < 0) {
        rc =
            engine_stop(self, EXIT_INTERNAL, "cannot make a pipe to a worker: %s", strerror(errno));
        goto done;
    }
    fflush(NULL);
    pid_t parent = getpid(), pid = fork();
    if (pid < 0) {
        rc = engine_stop(self, EXIT_INTERNAL, "cannot start a worker: %s", strerror(errno));
        goto done;
    }
    if (pid == 0) {
        close_brothers(self);
        close(down[1]);
        close(up[0]);
        static worker_start start;
        start = (worker_start){.in = down[0],
                               .out = up[1],
                               .parent = parent,
                               .soft_memory = self->options.soft_memory,
                               .hard_memory = self->options.hard_memory};
        start.work = (work){.pipeline = self->pipeline,
                            .in = self->in,
                            .out = self->out,
                            .options = &self->options,
                            .page = page,
                            .slots = &self->slots};
        worker_main(&start);
    }
    *w = (member){.pid = pid,
                  .to = down[1],
                  .from = up[0],
                  .page = page,
                  .fresh = true,
                  .forked = clock_monotonic()};
    w->seen_wall = w->forked;
    down[1] = up[0] = -1; /* the member's from here on */
done:
    close_pipe(down);
    close_pipe(up);
    return rc;
}

/* A stage that was given `time` is stopped when it takes twice that of the processor, a script
 * among them that did not heed its interrupt; and by wall time, which a busy machine stretches,
 * much later. */
static double stage_hard_limit(const pipeline_stage *stage)
{
    if (!(stage->seconds > 0)) return 0;
    return stage->seconds + (stage->seconds > GRACE_LEAST ? stage->seconds : GRACE_LEAST);
}

/* What a stage was given on purpose comes on top of what a document may take. */
static void set_limits(engine *self)
{
    self->hard_cpu = self->options.hard_cpu;
    self->hard_wall = self->options.hard_wall;
    for (size_t i = 0; i < self->pipeline->stage_count; i++) {
        self->hard_cpu += stage_hard_limit(&self->pipeline->stages[i]);
        self->hard_wall += WALL_A_CPU * stage_hard_limit(&self->pipeline->stages[i]);
    }
}

tamis_rc crew_open(engine *self)
{
    long page = sysconf(_SC_PAGESIZE);
    self->crew_size = self->options.jobs;
    set_limits(self);
    self->page_room = (sizeof(worker_page) + (size_t)page - 1) / (size_t)page * (size_t)page;
    self->crew = calloc(self->crew_size, sizeof *self->crew);
    self->pages = mmap(NULL, self->crew_size * self->page_room, PROT_READ | PROT_WRITE,
                       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (!self->crew || self->pages == MAP_FAILED) {
        if (self->pages == MAP_FAILED) self->pages = NULL;
        return engine_stop(self, EXIT_INTERNAL, "no memory for the workers");
    }
    for (size_t i = 0; i < self->crew_size; i++) self->crew[i].to = self->crew[i].from = -1;
    for (size_t i = 0; i < self->crew_size; i++) FORWARD(crew_fork(self, i));
    return TAMIS_OK;
}

static void send_message(member *w, const message *m)
{
    ssize_t n;
    do n = write(w->to, m, sizeof *m);
    while (n < 0 && errno == EINTR);
    /* A worker that is gone says so on the other pipe. */
}

void crew_grant(engine *self, int32_t slot_index, int32_t owner)
{
    message m = {.type = MESSAGE_GRANT, .slot = slot_index, .input = -1};
    if (owner >= 0) send_message(&self->crew[owner], &m);
}

/* ------------------------------------------------------------------ dealing */

static bool may_take(const engine *self, const member *w, const task *t)
{
    if (t->state != TASK_PENDING) return false;
    if (t->attempt > 0 && !w->fresh) return false;
    if (w->queued && !task_before(w->queue[w->queued - 1], t)) return false;
    return self->free_count > 1 || (self->free_count == 1 && t == self->first);
}

static task *next_pending(engine *self, const member *w)
{
    if (w->fresh)
        for (task *t = self->first; t; t = t->next)
            if (t->attempt > 0 && may_take(self, w, t)) return t;
    for (task *t = self->first; t; t = t->next) {
        if (t->state != TASK_PENDING || t->attempt > 0) continue;
        return may_take(self, w, t) ? t : NULL;
    }
    return NULL;
}

static int32_t free_input(const engine *self)
{
    for (size_t i = 0; i < self->slots.input_count; i++)
        if (self->input_uses[i] == 0) return (int32_t)i;
    return -1;
}

/* A new task from the reader; NULL: none now. */
static task *read_task(engine *self, bool idle)
{
    engine_batch batch = {0};
    int32_t input = -1;
    error e = {0};
    if (self->input_ended || (self->input_waits && !idle) || engine_interrupts()) return NULL;
    if (self->free_count < 2 && !(self->free_count == 1 && !self->first)) return NULL;
    engine_want want = {.bytes = self->options.batch_bytes,
                        .records = self->options.limit ? self->remaining : 0,
                        .eager = idle};
    if (self->in->streams) {
        input = free_input(self);
        if (input < 0) return NULL;
        want.memory = slots_input(&self->slots, input);
        want.room = self->slots.input_room;
    }
    switch (self->in->next(self->in, &want, &batch, &e)) {
    case NEXT_BATCH: self->input_waits = false; break;
    case NEXT_WAIT: self->input_waits = true; return NULL;
    case NEXT_END: self->input_ended = true; return NULL;
    case NEXT_FAIL: engine_stop(self, EXIT_IO, "%s", e.text); return NULL;
    }
    if (self->options.limit) {
        self->remaining -= batch.records < self->remaining ? batch.records : self->remaining;
        if (self->remaining == 0) self->input_ended = true;
    }
    return task_append(self, &batch, batch.flags & BATCH_IN_MEMORY ? input : -1);
}

static void deal_task(engine *self, size_t index, task *t)
{
    member *w = &self->crew[index];
    t->slot = engine_take_slot(self);
    t->state = TASK_DEALT;
    self->slot_owner[t->slot] = (int32_t)index;
    w->queue[w->queued++] = t;
    w->fresh = false;
    message m = {.type = MESSAGE_TASK,
                 .task = t->serial,
                 .slot = t->slot,
                 .input = t->input,
                 .first = t->first,
                 .count = t->count,
                 .muted = t->committed,
                 .skip_stage = t->skip_stage,
                 .batch = t->batch};
    send_message(w, &m);
}

/* A record that must run in a fresh worker may find none: its own was given what was first in line.
 * Then an idle one makes place for a new one. */
static void refresh(engine *self)
{
    const task *alone = self->first;
    member *idle = NULL;
    while (alone && !(alone->state == TASK_PENDING && alone->attempt > 0)) alone = alone->next;
    if (!alone || self->free_count < 1 || (self->free_count == 1 && alone != self->first)) return;
    for (size_t i = 0; i < self->crew_size; i++) {
        member *w = &self->crew[i];
        if (!w->pid || w->fresh || w->leaving) return; /* one is there, or comes */
        if (w->ready && w->queued == 0) idle = w;
    }
    if (!idle) return;
    message end = {.type = MESSAGE_END};
    idle->leaving = true;
    idle->seen_wall = clock_monotonic();
    send_message(idle, &end);
}

tamis_rc crew_deal(engine *self)
{
    for (size_t depth = 0; depth < QUEUE; depth++) {
        for (size_t i = 0; i < self->crew_size && !self->code; i++) {
            member *w = &self->crew[i];
            if (!w->ready || w->leaving || w->queued != depth) continue;
            if (depth && w->queue[0]->attempt > 0) continue;
            task *t = next_pending(self, w);
            if (!t) t = read_task(self, depth == 0);
            if (t && may_take(self, w, t)) deal_task(self, i, t);
        }
    }
    refresh(self);
    return self->code ? TAMIS_FATAL : TAMIS_OK;
}

/* ------------------------------------------------------------------ death */

static void describe_end(const member *w, int status, char *how, size_t n, char *brief, size_t m)
{
    if (w->killed_for[0]) {
        snprintf(how, n, "was stopped: %s", w->killed_for);
        snprintf(brief, m, "%s", w->killed_for);
    } else if (WIFSIGNALED(status)) {
        snprintf(how, n, "was killed by signal %d (%s)", WTERMSIG(status),
                 strsignal(WTERMSIG(status)));
        snprintf(brief, m, "worker killed by signal %d (%s)", WTERMSIG(status),
                 strsignal(WTERMSIG(status)));
    } else {
        snprintf(how, n, "ended with exit(%d)", WEXITSTATUS(status));
        snprintf(brief, m, "worker ended with exit(%d)", WEXITSTATUS(status));
    }
}

static tamis_rc failed_to_enter(engine *self, const member *w, const char *how)
{
    if (++self->enter_failures < ENTER_FAILURES_MAX) return TAMIS_OK;
    if (w->failed) return engine_stop(self, EXIT_INTERNAL, "%s", w->page->message);
    uint32_t stage = w->page->watch.stage;
    if (stage == 0 || stage > self->pipeline->stage_count)
        return engine_stop(self, EXIT_INTERNAL, "no worker can start: the last %s", how);
    return engine_stop(self, EXIT_INTERNAL, "stage `%s`: a worker %s while entering, twice",
                       self->pipeline->stages[stage - 1].name, how);
}

/* Done slots that a dead worker was to write are written here. */
static tamis_rc take_over_slots(engine *self, int32_t index)
{
    for (size_t i = 0; i < self->slots.count; i++) {
        if (self->slot_owner[i] != index) continue;
        slot *s = &self->slots.at[i];
        bool held = false;
        self->slot_owner[i] = -1;
        for (task *t = self->first; t && !held; t = t->next) held = t->slot == (int32_t)i;
        if (held) continue;
        error e = {0};
        if (atomic_load(&s->header->phase) == SLOT_GRANTED &&
            slot_write_granted(s, self->out->outputs, self->out->output_count, &e) < 0)
            return engine_stop(self, EXIT_IO, "%s", e.text);
        engine_release_slot(self, (int32_t)i);
    }
    return TAMIS_OK;
}

static tamis_rc bury(engine *self, size_t index)
{
    member *w = &self->crew[index];
    char how[200], brief[90];
    int status = 0;
    while (waitpid(w->pid, &status, 0) < 0 && errno == EINTR) {
    }
    describe_end(w, status, how, sizeof how, brief, sizeof brief);
    close_end(&w->to);
    close_end(&w->from);
    member dead = *w;
    *w = (member){.to = -1, .from = -1};
    if (self->code) return TAMIS_FATAL;
    if (!dead.ready) {
        FORWARD(failed_to_enter(self, &dead, how));
    } else if (dead.failed) {
        return engine_stop(self, dead.code, "%s", dead.page->message);
    } else if (!dead.leaving) {
        self->report->worker_deaths++;
        self->deaths_in_row++;
    } else {
        self->report->workers_replaced++;
    }
    for (size_t i = 0; i < dead.queued; i++)
        FORWARD(task_survive(self, dead.queue[i], &dead, how, brief));
    FORWARD(take_over_slots(self, (int32_t)index));
    if (self->deaths_in_row >= DEATHS_MAX)
        return engine_stop(self, EXIT_INTERNAL,
                           "%d workers ended and no document was finished between: the last %s",
                           DEATHS_MAX, how);
    if (self->input_ended && !self->first) return TAMIS_OK;
    return crew_fork(self, index);
}

/* ------------------------------------------------------------------ listening */

static void unqueue(member *w, const task *t)
{
    if (w->queued && w->queue[0] == t)
        w->queue[0] = w->queue[1];
    else if (!(w->queued == 2 && w->queue[1] == t))
        return;
    w->queued--;
}

static tamis_rc hear(engine *self, size_t index, const message *m)
{
    member *w = &self->crew[index];
    task *t = m->type == MESSAGE_DONE || m->type == MESSAGE_PART || m->type == MESSAGE_REPLACE
                  ? task_by_serial(self, m->task)
                  : NULL;
    bool holds = t && (w->queue[0] == t || (w->queued > 1 && w->queue[1] == t)) && w->queued;
    switch (m->type) {
    case MESSAGE_READY:
        w->ready = true;
        self->enter_failures = 0;
        break;
    case MESSAGE_DONE:
        if (!holds) break;
        t->state = TASK_DONE;
        unqueue(w, t);
        if (slot_read(&self->slots.at[t->slot])->documents) self->deaths_in_row = 0;
        break;
    case MESSAGE_PART:
        if (holds) t->state = TASK_PART;
        break;
    case MESSAGE_REPLACE:
        self->report->workers_grown += m->code != 0;
        w->leaving = true;
        w->seen_wall = clock_monotonic();
        if (!holds) break;
        self->deaths_in_row = 0;
        FORWARD(task_leave(self, t));
        unqueue(w, t);
        break;
    case MESSAGE_WROTE:
        if (m->slot >= 0 && (size_t)m->slot < self->slots.count &&
            self->slot_owner[m->slot] == (int32_t)index)
            engine_release_slot(self, m->slot);
        break;
    case MESSAGE_FAILED:
        w->failed = true;
        w->code = m->code;
        w->page->message[sizeof w->page->message - 1] = '\0';
        break;
    default: break;
    }
    return TAMIS_OK;
}

static tamis_rc listen(engine *self, size_t index)
{
    message m[8];
    ssize_t n = read(self->crew[index].from, m, sizeof m);
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) return TAMIS_OK;
    if (n <= 0) return bury(self, index);
    for (ssize_t i = 0; i < n / (ssize_t)sizeof *m; i++) FORWARD(hear(self, index, &m[i]));
    return TAMIS_OK;
}

tamis_rc crew_poll(engine *self, int timeout)
{
    struct pollfd fds[1025];
    size_t who[1025], n = 0;
    for (size_t i = 0; i < self->crew_size && n < 1024; i++) {
        if (self->crew[i].from < 0) continue;
        fds[n] = (struct pollfd){.fd = self->crew[i].from, .events = POLLIN};
        who[n++] = i;
    }
    size_t crew = n;
    if (self->input_waits && self->in->wait_fd >= 0)
        fds[n++] = (struct pollfd){.fd = self->in->wait_fd, .events = POLLIN};
    int rc = poll(fds, (nfds_t)n, timeout);
    if (rc < 0 && errno != EINTR)
        return engine_stop(self, EXIT_INTERNAL, "poll: %s", strerror(errno));
    if (rc <= 0) return TAMIS_OK;
    if (n > crew && fds[crew].revents) self->input_waits = false;
    for (size_t i = 0; i < crew; i++)
        if (fds[i].revents) FORWARD(listen(self, who[i]));
    return TAMIS_OK;
}

/* ------------------------------------------------------------------ deadlines */

static int64_t cpu_of(pid_t pid)
{
    clockid_t clock;
    struct timespec t;
    if (clock_getcpuclockid(pid, &clock) || clock_gettime(clock, &t)) return 0;
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static void stop_member(member *w, const char *why, double seconds)
{
    snprintf(w->killed_for, sizeof w->killed_for, "%s (%g s)", why, seconds);
    kill(w->pid, SIGKILL);
}

static void watch_stage(engine *self, member *w, int64_t now)
{
    const pipeline_stage *stage = stage_in_flight(self->pipeline, w->page);
    int64_t since = w->page->watch.since;
    if (!stage) return;
    double soft = stage_soft_limit(stage), hard = stage_hard_limit(stage);
    double wall = (double)(now - since) * 1e-9;
    if (soft <= 0 && hard <= 0) return;
    if (w->stage_since != since) {
        w->stage_since = since;
        w->stage_cpu = cpu_of(w->pid);
        return;
    }
    double cpu = (double)(cpu_of(w->pid) - w->stage_cpu) * 1e-9;
    if (soft > 0 && (cpu > soft || wall > WALL_A_CPU * soft)) kill(w->pid, SIGUSR1);
    if (hard <= 0) return;
    if (cpu > hard)
        stop_member(w, "took more processor time than its stage was given", hard);
    else if (wall > WALL_A_CPU * hard)
        stop_member(w, "took more wall time than its stage was given", WALL_A_CPU * hard);
}

static void watch_member(engine *self, member *w, int64_t now)
{
    uint64_t sequence = atomic_load(&w->page->sequence);
    bool on_document = !w->ready || atomic_load(&w->page->document) != 0;
    if (w->leaving) {
        /* Its work is handed over; only a stage's `leave` can hold it up. */
        if (now - w->seen_wall > LEAVE_NANOSECONDS) kill(w->pid, SIGKILL);
        return;
    }
    if (sequence != w->seen || !on_document) {
        w->seen = sequence;
        w->seen_wall = now;
        w->seen_cpu = cpu_of(w->pid);
        if (w->ready) return;
        w->seen_wall = w->forked;
        w->seen_cpu = 0;
    }
    if ((double)(now - w->seen_wall) > self->hard_wall * 1e9)
        stop_member(w, "took more wall time than a document may", self->hard_wall);
    else if ((double)(cpu_of(w->pid) - w->seen_cpu) > self->hard_cpu * 1e9 && w->ready)
        stop_member(w, "took more processor time than a document may", self->hard_cpu);
    else if (w->ready)
        watch_stage(self, w, now);
}

void crew_watch(engine *self, int64_t now)
{
    if (now - self->looked < self->tick) return;
    self->looked = now;
    for (size_t i = 0; i < self->crew_size; i++) {
        member *w = &self->crew[i];
        if (w->pid && !w->killed_for[0]) watch_member(self, w, now);
    }
}

/* ------------------------------------------------------------------ the end */

static bool reap_within(member *w, int64_t until)
{
    for (;;) {
        pid_t got = waitpid(w->pid, NULL, WNOHANG);
        if (got == w->pid || (got < 0 && errno == ECHILD)) return true;
        if (clock_monotonic() > until) return false;
        struct timespec pause = {0, 1000000};
        nanosleep(&pause, NULL);
    }
}

void crew_close(engine *self, bool kill_now)
{
    int64_t until = clock_monotonic() + LEAVE_NANOSECONDS;
    message end = {.type = MESSAGE_END};
    for (size_t i = 0; i < self->crew_size && self->crew; i++) {
        member *w = &self->crew[i];
        if (!w->pid) continue;
        if (kill_now)
            kill(w->pid, SIGKILL);
        else
            send_message(w, &end);
        close_end(&w->to);
    }
    for (size_t i = 0; i < self->crew_size && self->crew; i++) {
        member *w = &self->crew[i];
        if (w->pid && !reap_within(w, until)) {
            kill(w->pid, SIGKILL); /* its `leave` hangs; everything it made is written */
            waitpid(w->pid, NULL, 0);
        }
        close_end(&w->from);
    }
    free(self->crew);
    if (self->pages) munmap(self->pages, self->crew_size * self->page_room);
    self->crew = NULL;
    self->pages = NULL;
}
