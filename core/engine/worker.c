/* A worker process: reads tasks from its pipe, works on them into slots, writes granted bytes
 * itself.
 *
 *   task -> fill slot -> DONE ... grant -> pwrite -> WROTE
 *             | full: PART, waits for the grant, pwrites, goes on
 *
 * It ignores SIGINT, dies with its parent, writes no core and leaves by _exit. A grant shows first
 * in the slot's phase, which is looked at between documents; the message only wakes a worker that
 * has nothing else to do. */
#include "engine/private.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

enum { INBOX = 8, MEMORY_CHECK_DOCUMENTS = 64, MEMORY_CHECK_NANOSECONDS = 50000000 };

typedef struct {
    worker_start *start;
    message inbox[INBOX]; /* tasks that came while we waited for something else */
    size_t inbox_count;
    int32_t *awaited; /* done slots whose grant has not come: all of them may be this worker's */
    size_t awaited_count;
    uint32_t task;
    int32_t slot;
    bool granted; /* the PART grant that `flush` waits for */
    size_t memory_at_start;
    int64_t looked; /* when memory was looked at */
    bool grown;
    uint32_t documents;
} worker;

/* ------------------------------------------------------------------ soft time limit */

static const pipeline *watched_pipeline;
static const worker_page *watched_page;

double stage_soft_limit(const pipeline_stage *stage)
{
    if (stage->seconds > 0) return stage->seconds;
    return stage->element && !stage->guard ? 0 : SCRIPT_SECONDS;
}

const pipeline_stage *stage_in_flight(const pipeline *p, const worker_page *page)
{
    uint32_t index = page->watch.stage;
    return index == 0 || index > p->stage_count ? NULL : &p->stages[index - 1];
}

void worker_watch_interrupt(const pipeline *p, const worker_page *page)
{
    const pipeline_stage *stage = stage_in_flight(p, page);
    double limit = stage ? stage_soft_limit(stage) : 0;
    int64_t since = page->watch.since;
    if (limit > 0 && (double)(clock_monotonic() - since) > limit * 1e9) script_interrupt(limit);
}

/* Time counts as the processor's: what a document comes to must not depend on how busy the machine
 * is. */
void worker_watch_alone(const pipeline *p, const worker_page *page)
{
    static int64_t seen_since, seen_cpu;
    const pipeline_stage *stage = stage_in_flight(p, page);
    if (!stage) return;
    double limit = stage_soft_limit(stage);
    int64_t since = page->watch.since, cpu = work_cpu();
    if (since != seen_since) {
        seen_since = since;
        seen_cpu = cpu;
    } else if (limit > 0 && ((double)(cpu - seen_cpu) > limit * 1e9 ||
                             (double)(clock_monotonic() - since) > WALL_A_CPU * limit * 1e9)) {
        script_interrupt(limit);
    }
}

/* The parent saw a stage past its limit; by now another may run, so we look again. */
static void on_interrupt(int signal_number)
{
    int saved = errno;
    if (watched_page) worker_watch_interrupt(watched_pipeline, watched_page);
    errno = saved;
}

/* ------------------------------------------------------------------ the process */

static void redirect_standard(void)
{
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (null >= 0) {
        dup2(null, 0);
        close(null);
    }
    dup2(2, 1); /* what a plugin prints is for people */
}

static void write_text(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) return;
    ssize_t n = write(fd, text, strlen(text));
    (void)n;
    close(fd);
}

/* Private memory in bytes: resident pages that are not shared (slots are). */
static size_t private_memory(void)
{
    char text[128];
    int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    if (fd < 0) return 0;
    ssize_t n = read(fd, text, sizeof text - 1);
    close(fd);
    if (n <= 0) return 0;
    text[n] = '\0';
    unsigned long long size = 0, resident = 0, shared = 0;
    if (sscanf(text, "%llu %llu %llu", &size, &resident, &shared) != 3 || resident < shared)
        return 0;
    return (size_t)(resident - shared) * (size_t)sysconf(_SC_PAGESIZE);
}

static void limit_process(const worker_start *start)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != start->parent) _exit(0);
    struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
    write_text("/proc/self/oom_score_adj", "500"); /* rather a worker than the parent */
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    if (start->hard_memory) {
        rlim_t most = private_memory() + start->hard_memory;
        struct rlimit data;
        if (getrlimit(RLIMIT_DATA, &data) == 0 && data.rlim_max > most) {
            data.rlim_cur = most;
            setrlimit(RLIMIT_DATA, &data);
        }
    }
#endif
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN); /* as SIGINT: the parent decides */
    signal(SIGPIPE, SIG_IGN);
    struct sigaction action = {.sa_handler = on_interrupt, .sa_flags = SA_RESTART};
    sigaction(SIGUSR1, &action, NULL);
    watched_pipeline = start->work.pipeline;
    watched_page = start->work.page;
}

/* ------------------------------------------------------------------ messages */

static void tell(worker *self, message_type type, int32_t s, int32_t code)
{
    message m = {.type = type, .slot = s, .task = self->task, .code = code};
    ssize_t n;
    do n = write(self->start->out, &m, sizeof m);
    while (n < 0 && errno == EINTR);
    if (n != (ssize_t)sizeof m) _exit(0); /* the parent is gone */
}

static _Noreturn void fail(worker *self, int32_t code, const char *text)
{
    worker_page *page = self->start->work.page;
    snprintf(page->message, sizeof page->message, "%s", text);
    tell(self, MESSAGE_FAILED, self->slot, code);
    _exit(1);
}

/* Writes a granted slot. Final ones are reported, so that the slot can be used again. */
static tamis_rc write_slot(worker *self, int32_t index, bool final, error *e)
{
    work *w = &self->start->work;
    slot *s = &w->slots->at[index];
    FORWARD(slot_write_granted(s, w->out->outputs, w->out->output_count, e));
    if (!final) return TAMIS_OK;
    atomic_store_explicit(&s->header->phase, SLOT_WRITTEN, memory_order_release);
    tell(self, MESSAGE_WROTE, index, 0);
    return TAMIS_OK;
}

static tamis_rc write_awaited(worker *self, error *e)
{
    for (size_t i = 0; i < self->awaited_count;) {
        int32_t index = self->awaited[i];
        slot_header *h = self->start->work.slots->at[index].header;
        if (atomic_load_explicit(&h->phase, memory_order_acquire) != SLOT_GRANTED) {
            i++;
            continue;
        }
        self->awaited[i] = self->awaited[--self->awaited_count];
        FORWARD(write_slot(self, index, true, e));
    }
    return TAMIS_OK;
}

/* One message from the parent; tasks go to the inbox. False when the parent says END or is gone. */
static bool receive(worker *self, error *e)
{
    message m;
    ssize_t n;
    do n = read(self->start->in, &m, sizeof m);
    while (n < 0 && errno == EINTR);
    if (n != (ssize_t)sizeof m || m.type == MESSAGE_END) return false;
    if (m.type == MESSAGE_TASK && self->inbox_count < INBOX)
        self->inbox[self->inbox_count++] = m;
    else if (m.type == MESSAGE_GRANT && m.slot == self->slot)
        self->granted = true;
    else if (m.type == MESSAGE_GRANT && write_awaited(self, e) < 0)
        fail(self, EXIT_IO, e->text);
    return true;
}

/* The slot is full: it is handed to the parent, and comes back written. Waiting is no document's
 * fault. */
static tamis_rc flush(work *w, slot *s, error *e)
{
    worker *self = w->user;
    uint64_t document = atomic_load(&w->page->document);
    uint32_t stage = w->page->watch.stage;
    atomic_store(&w->page->document, 0);
    self->granted = false;
    tell(self, MESSAGE_PART, self->slot, 0);
    while (!self->granted)
        if (!receive(self, e)) _exit(0);
    if (write_slot(self, self->slot, false, e) < 0) fail(self, EXIT_IO, e->text);
    w->page->watch.stage = stage;
    atomic_store(&w->page->document, document);
    return TAMIS_OK;
}

/* Between documents: granted slots are written, and a worker that grew too much says so (1). */
static tamis_rc between(work *w, error *e)
{
    worker *self = w->user;
    if (self->awaited_count && write_awaited(self, e) < 0) fail(self, EXIT_IO, e->text);
    if (w->worker.tainted) return 1;
    int64_t now = clock_monotonic(); /* slow documents are the ones that may take much */
    if (++self->documents % MEMORY_CHECK_DOCUMENTS && w->doc.source.n <= (1 << 20) &&
        now - self->looked < MEMORY_CHECK_NANOSECONDS)
        return 0;
    self->looked = now;
    self->grown = private_memory() > self->memory_at_start + self->start->soft_memory;
    return self->grown;
}

/* ------------------------------------------------------------------ life */

static void run_task(worker *self, const message *task)
{
    work *w = &self->start->work;
    error e = {0};
    self->task = task->task;
    self->slot = task->slot;
    atomic_store(&w->page->task, task->task);
    work_result result = work_batch(w, task, &w->slots->at[task->slot], &e);
    if (result == WORK_FATAL) fail(self, EXIT_INTERNAL, e.text);
    /* The parent grants only what is for regular files; the rest it writes itself. */
    if (slot_has_regular(&w->slots->at[task->slot], w->out->outputs, w->out->output_count))
        self->awaited[self->awaited_count++] = task->slot;
    self->slot = -1;
    atomic_store(&w->page->task, 0);
    tell(self, result == WORK_REPLACE ? MESSAGE_REPLACE : MESSAGE_DONE, task->slot, self->grown);
    if (result == WORK_REPLACE) {
        work_leave(w);
        _exit(0);
    }
}

_Noreturn void worker_main(worker_start *start)
{
    static worker self; /* one a process */
    error e = {0};
    self = (worker){.start = start, .slot = -1};
    self.awaited = calloc(start->work.slots->count, sizeof *self.awaited);
    if (!self.awaited) fail(&self, EXIT_INTERNAL, "no memory for a worker");
    limit_process(start);
    redirect_standard();
    start->work.flush = flush;
    start->work.between = between;
    start->work.user = &self;
    if (work_enter(&start->work, &e) < 0) fail(&self, EXIT_INTERNAL, e.text);
    start->work.page->watch.stage = 0;
    self.memory_at_start = private_memory();
    tell(&self, MESSAGE_READY, -1, 0);
    for (;;) {
        if (self.inbox_count == 0) {
            if (!receive(&self, &e)) break;
            continue;
        }
        message task = self.inbox[0];
        memmove(self.inbox, self.inbox + 1, --self.inbox_count * sizeof *self.inbox);
        run_task(&self, &task);
    }
    work_leave(&start->work);
    _exit(0);
}
