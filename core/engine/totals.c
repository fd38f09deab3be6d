/* State over documents: deltas that workers save are merged in input order by one aggregator
 * process, so that a total never depends on scheduling, and a stage's `merge` that crashes ends no
 * parent. With --in-process they are merged here.
 *
 * To the aggregator go {stage, last, length} and the bytes; at the end of its input it answers, for
 * each stage, {stage, length} and the JSON, or a failure text. */
#include "engine/private.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct {
    uint32_t stage, flags;
    uint64_t length;
} totals_head;

enum { HEAD_LAST = 1, HEAD_FAILURE = 2, HEAD_DONE = 4 };

bool totals_wanted(const pipeline *p)
{
    for (size_t i = 0; i < p->stage_count; i++)
        if (pipeline_has_totals(p, i)) return true;
    return false;
}

static bool read_all(int fd, void *bytes, size_t n)
{
    char *p = bytes;
    while (n > 0) {
        ssize_t did = read(fd, p, n);
        if (did < 0 && errno == EINTR) continue;
        if (did <= 0) return false;
        p += did;
        n -= (size_t)did;
    }
    return true;
}

/* ------------------------------------------------------------------ merging */

static tamis_rc merge(totals *self, size_t stage, tamis_str bytes, bool last, error *e)
{
    buffer *parts = &self->parts[stage];
    if (!last || parts->n) {
        buffer_append_str(parts, bytes);
        if (parts->failed) return error_set(e, TAMIS_FATAL, "no memory for the state of a stage");
        if (!last) return TAMIS_OK;
        bytes = buffer_str(parts);
    }
    tamis_rc rc = pipeline_merge(self->pipeline, stage, &self->totals[stage], bytes, e);
    parts->n = 0;
    return rc;
}

static tamis_rc finish_here(totals *self, arena *memory, tamis_str *json, error *e)
{
    for (size_t i = 0; i < self->pipeline->stage_count; i++) {
        if (!pipeline_has_totals(self->pipeline, i)) continue;
        FORWARD(pipeline_finish(self->pipeline, i, self->totals[i], memory, &json[i], e));
        self->totals[i] = NULL;
    }
    return TAMIS_OK;
}

/* ------------------------------------------------------------------ the aggregator */

static tamis_rc aggregate(totals *self, int in, error *e)
{
    buffer bytes = {0};
    totals_head head;
    tamis_rc rc = TAMIS_OK;
    while (rc >= 0 && read_all(in, &head, sizeof head) && !(head.flags & HEAD_DONE)) {
        bytes.n = 0;
        if (head.stage >= self->pipeline->stage_count || !buffer_reserve(&bytes, head.length) ||
            !read_all(in, bytes.p, head.length)) {
            rc = error_set(e, TAMIS_FATAL, "the state of a stage did not arrive");
            break;
        }
        rc = merge(self, head.stage, (tamis_str){bytes.p, head.length}, head.flags & HEAD_LAST, e);
    }
    buffer_free(&bytes);
    return rc;
}

static _Noreturn void aggregator_main(totals *self, int in, int out, pid_t parent)
{
    error e = {0};
    arena memory = {0};
    size_t n = self->pipeline->stage_count;
    tamis_str *json = calloc(n + 1, sizeof *json);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent || !json) _exit(1);
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    dup2(2, 1);
    if (aggregate(self, in, &e) < 0 || finish_here(self, &memory, json, &e) < 0) {
        totals_head head = {0, HEAD_FAILURE, strlen(e.text)};
        file_write(out, &head, sizeof head);
        file_write(out, e.text, strlen(e.text));
        _exit(1);
    }
    for (size_t i = 0; i < n; i++) {
        totals_head head = {(uint32_t)i, HEAD_LAST, json[i].n};
        if (json[i].n == 0) continue;
        if (!file_write(out, &head, sizeof head) || !file_write(out, json[i].p, json[i].n))
            _exit(1);
    }
    totals_head end = {0, HEAD_DONE, 0};
    file_write(out, &end, sizeof end);
    _exit(0);
}

tamis_rc totals_open(totals *self, const pipeline *p, bool in_process, error *e)
{
    int down[2], up[2];
    *self = (totals){.pipeline = p, .to = -1, .from = -1};
    if (!totals_wanted(p)) return TAMIS_OK;
    self->totals = calloc(p->stage_count, sizeof *self->totals);
    self->parts = calloc(p->stage_count, sizeof *self->parts);
    if (!self->totals || !self->parts) return error_set(e, TAMIS_FATAL, "no memory");
    if (in_process) return TAMIS_OK;
    if (pipe2(down, O_CLOEXEC) < 0 || pipe2(up, O_CLOEXEC) < 0)
        return error_set(e, TAMIS_FATAL, "cannot make a pipe: %s", strerror(errno));
    fflush(NULL);
    pid_t parent = getpid();
    self->pid = fork();
    if (self->pid < 0) return error_set(e, TAMIS_FATAL, "cannot fork: %s", strerror(errno));
    if (self->pid == 0) {
        close(down[1]);
        close(up[0]);
        aggregator_main(self, down[0], up[1], parent);
    }
    close(down[0]);
    close(up[1]);
    self->to = down[1];
    self->from = up[0];
    return TAMIS_OK;
}

/* What the aggregator said before it ended. */
static tamis_rc failure(totals *self, error *e)
{
    totals_head head;
    char text[1000] = "";
    if (read_all(self->from, &head, sizeof head) && (head.flags & HEAD_FAILURE)) {
        size_t n = head.length < sizeof text - 1 ? head.length : sizeof text - 1;
        if (read_all(self->from, text, n)) text[n] = '\0';
    }
    return error_set(e, TAMIS_FATAL, "%s",
                     text[0] ? text : "the process that merges the state of stages ended");
}

tamis_rc totals_add(totals *self, size_t stage, tamis_str bytes, bool last, error *e)
{
    if (!self->pid) return merge(self, stage, bytes, last, e);
    totals_head head = {(uint32_t)stage, last ? HEAD_LAST : 0, bytes.n};
    if (!file_write(self->to, &head, sizeof head) || !file_write(self->to, bytes.p, bytes.n))
        return failure(self, e);
    return TAMIS_OK;
}

tamis_rc totals_finish(totals *self, arena *memory, tamis_str *json, error *e)
{
    totals_head head = {0, HEAD_DONE, 0};
    if (!self->totals) return TAMIS_OK;
    if (!self->pid) return finish_here(self, memory, json, e);
    if (!file_write(self->to, &head, sizeof head)) return failure(self, e);
    for (;;) {
        if (!read_all(self->from, &head, sizeof head))
            return error_set(e, TAMIS_FATAL, "the process that merges the state of stages ended");
        if (head.flags & HEAD_DONE) return TAMIS_OK;
        char *text = arena_alloc_raw(memory, head.length + 1);
        if (!text || !read_all(self->from, text, head.length))
            return error_set(e, TAMIS_FATAL, "the totals of a stage did not arrive");
        text[head.length] = '\0';
        if (head.flags & HEAD_FAILURE) return error_set(e, TAMIS_FATAL, "%s", text);
        if (head.stage < self->pipeline->stage_count)
            json[head.stage] = (tamis_str){text, head.length};
    }
}

void totals_close(totals *self)
{
    if (self->to >= 0) close(self->to);
    if (self->from >= 0) close(self->from);
    if (self->pid) {
        kill(self->pid, SIGKILL);
        waitpid(self->pid, NULL, 0);
    }
    for (size_t i = 0; self->parts && i < self->pipeline->stage_count; i++)
        buffer_free(&self->parts[i]);
    free(self->parts);
    free(self->totals);
    *self = (totals){.to = -1, .from = -1};
}
