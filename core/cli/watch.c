/* See watch.h. A child loads the pipeline, runs the document and leaves three things in memory
 * files: the record, what there is to say (mistakes), and the files it read. So a plugin that
 * crashes or a script that hangs costs one run, and nothing is left over from the one before. What
 * plugins opened in a run that went well, their gazetteers and models, the parent then opens, too,
 * and keeps: the next child finds it there. The parent waits for inotify: folders are watched, not
 * files, since many editors write another file and rename it. */
#include "cli/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/records.h"
#include "cli/report.h"
#include "cli/session.h"
#include "cli/sight.h"
#include "io/record.h"

enum {
    QUIET_MS = 10, /* an editor's save is a handful of events: wait until they are over */
    SETTLE_MS = 300
};

typedef struct {
    char *path, *name; /* name: within its folder */
    int folder;        /* inotify's number */
} watched;

typedef struct {
    const cli_args *args;
    const char *pipeline, *input;
    sight_look look;
    int notify;
    watched *files;
    size_t file_count;
    bool failed; /* the last run: any file of the folders may be the mend */
    record now, before;
    records *now_from, *before_from; /* hold the bytes of the records */
    bool has_before;
    session donor; /* what plugins have opened, for children */
    bool has_donor;
    char **own; /* stages that are rules or scripts */
    size_t own_count;
} watching;

/* ------------------------------------------------------------------ the child */

typedef struct {
    FILE *record, *said, *read;
} channels;

static void say_file(FILE *out, const char *path)
{
    if (path && !strchr(path, '\n')) fprintf(out, "file %s\n", path);
}

/* Data that a donor has opened counts as read. */
static void say_data(FILE *out, const pipeline *p)
{
    const char *path;
    for (size_t i = 0; p && (path = stage_resources_file(p->resources, i)); i++)
        say_file(out, path);
}

static void say_files(FILE *out, const session *s, const watching *self)
{
    const pipeline *p = s->pipeline;
    const char *path;
    say_file(out, self->input);
    for (size_t i = 0; i < s->diags.count; i++) say_file(out, s->diags.items[i].at.file);
    if (!p) return;
    for (size_t i = 0; (path = script_source(p->script, i)); i++) say_file(out, path);
    say_data(out, p);
    say_data(out, s->donor);
    for (size_t i = 0; i < p->stage_count; i++) {
        if (p->stages[i].element)
            say_file(out, p->stages[i].element->file);
        else
            fprintf(out, "own %s\n", p->stages[i].name);
    }
}

static int child_document(const watching *self, session *s, channels *to)
{
    tamis_doc doc;
    pipeline_worker worker;
    error e = {0};
    buffer line = {0};
    record_options options = {0};
    if (document_init(&doc, &e) < 0) return cli_fail(CLI_INTERNAL, "%s", e.text);
    int code = session_read_document(self->args, self->input, &doc);
    if (code) return code;
    if (session_enter(s, &worker, &e) < 0) return cli_fail(CLI_CONFIG, "%s", e.text);
    if (pipeline_run(&worker, &doc) == TAMIS_FATAL)
        return cli_fail(CLI_INTERNAL, "%s", worker.error.text);
    if (doc.status == DOCUMENT_QUARANTINED)
        return cli_fail(CLI_LIMIT, "%.*s", (int)doc.reason.n, doc.reason.p);
    if (record_encode(&doc, &options, &line, &e) < 0) return cli_fail(CLI_INTERNAL, "%s", e.text);
    fwrite(line.p, 1, line.n, to->record);
    buffer_free(&line);
    return CLI_DONE;
}

/* Never returns. Standard error goes to the memory file, so that everything said is told in its
 * place. */
static void child(const watching *self, channels *to)
{
    session s;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(fileno(to->said), STDERR_FILENO);
    session_open(&s, self->args);
    s.donor = self->has_donor ? self->donor.pipeline : NULL;
    int code = session_load_quietly(&s, self->pipeline, NULL, &self->args->flags[FLAG_define]);
    if (s.diags.errors) diagnostics_print(&s.diags, stderr, *self->look.off != 0);
    if (!code) {
        script_set_limits(s.pipeline->script, (script_limits){.polling = true});
        code = child_document(self, &s, to);
    }
    say_files(to->read, &s, self);
    fflush(to->read);
    fflush(to->record);
    fflush(stderr);
    _exit(code);
}

/* ------------------------------------------------------------------ which files */

static bool is_watched(const watching *self, const char *path)
{
    for (size_t i = 0; i < self->file_count; i++)
        if (!strcmp(self->files[i].path, path)) return true;
    return false;
}

static void watch_path(watching *self, const char *path)
{
    const char *slash = strrchr(path, '/');
    char folder[4096] = ".";
    if (slash)
        snprintf(folder, sizeof folder, "%.*s", slash == path ? 1 : (int)(slash - path), path);
    if (is_watched(self, path)) return;
    int number = inotify_add_watch(
        self->notify, folder, IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_DELETE | IN_ATTRIB);
    watched *more = realloc(self->files, (self->file_count + 1) * sizeof *more);
    if (number < 0 || !more) {
        if (more) self->files = more;
        return;
    }
    self->files = more;
    more[self->file_count++] = (watched){strdup(path), strdup(slash ? slash + 1 : path), number};
}

/* A file by its name and, where that is a link, by where it lies. */
static void watch_file(watching *self, const char *path)
{
    char *real = realpath(path, NULL);
    watch_path(self, path);
    if (real) watch_path(self, real);
    free(real);
}

static void take_own(watching *self, const char *name)
{
    char **more = realloc(self->own, (self->own_count + 1) * sizeof *more);
    if (!more) return;
    self->own = more;
    more[self->own_count++] = strdup(name);
}

static void free_own(watching *self)
{
    for (size_t i = 0; i < self->own_count; i++) free(self->own[i]);
    self->own_count = 0;
}

static void take_files(watching *self, FILE *read)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t n;
    rewind(read);
    bool first = true;
    while ((n = getline(&line, &room, read)) > 0) {
        line[n - 1] = 0;
        if (!strncmp(line, "file ", 5)) watch_file(self, line + 5);
        if (!strncmp(line, "own ", 4)) {
            if (first) free_own(self);
            first = false;
            take_own(self, line + 4);
        }
    }
    free(line);
}

/* ------------------------------------------------------------------ waiting */

static const char *changed_file(const watching *self, const struct inotify_event *event)
{
    size_t n = event->len ? strlen(event->name) : 0;
    for (size_t i = 0; n && i < self->file_count; i++)
        if (self->files[i].folder == event->wd && !strcmp(self->files[i].name, event->name))
            return self->files[i].name;
    if (!self->failed || n < 4) return NULL;
    const char *suffix = strrchr(event->name, '.'); /* what was missing may have come */
    bool known = suffix && (!strcmp(suffix, ".lua") || !strcmp(suffix, ".tsv") ||
                            !strcmp(suffix, ".csv") || !strcmp(suffix, ".txt"));
    return known ? event->name : NULL;
}

/* Reads what events there are; the name of a file that counts goes to `name`. */
static bool read_events(const watching *self, char *name, size_t size)
{
    _Alignas(struct inotify_event) char room[16384];
    bool counts = false;
    ssize_t n = read(self->notify, room, sizeof room);
    for (ssize_t at = 0; at < n;) {
        const struct inotify_event *event = (const struct inotify_event *)(const void *)(room + at);
        const char *changed = changed_file(self, event);
        if (changed) snprintf(name, size, "%s", changed);
        counts |= changed != NULL;
        at += (ssize_t)(sizeof *event + event->len);
    }
    return counts;
}

/* Returns when a file was saved and all is quiet again. False: the watch is over. */
static bool wait_for_save(const watching *self, char *name, size_t size)
{
    struct pollfd poll_on = {.fd = self->notify, .events = POLLIN};
    bool saved = false;
    for (int spent = 0; !saved || spent < SETTLE_MS; spent += QUIET_MS) {
        int n = poll(&poll_on, 1, saved ? QUIET_MS : -1);
        if (n < 0 && errno != EINTR) return false;
        if (n == 0) break;
        if (n > 0) saved |= read_events(self, name, size);
    }
    return true;
}

/* ------------------------------------------------------------------ telling */

static bool is_own(const watching *self, tamis_str stage)
{
    for (size_t i = 0; i < self->own_count; i++)
        if (str_is(stage, self->own[i])) return true;
    return false;
}

static sight span_sight(const record_span *s, sight_state state)
{
    return (sight){.start = s->start,
                   .end = s->end,
                   .type = s->type,
                   .value = s->value,
                   .category = s->category,
                   .rule = s->rule,
                   .stage = s->stage,
                   .score = s->score,
                   .state = state};
}

static sight removal_sight(const record_removal *r, sight_state state)
{
    return (sight){.start = r->start,
                   .end = r->end,
                   .removal = true,
                   .withheld = r->withheld,
                   .type = r->reason,
                   .rule = r->rule,
                   .stage = r->stage,
                   .score = r->score,
                   .state = state};
}

static size_t sights_of(const record *r, sight_state state, sight *list)
{
    size_t count = 0;
    for (size_t i = 0; i < r->span_count; i++) list[count++] = span_sight(&r->spans[i], state);
    for (size_t i = 0; i < r->removal_count; i++)
        list[count++] = removal_sight(&r->removals[i], state);
    return count;
}

static int by_all(const void *a, const void *b)
{
    return sight_compare(a, b);
}

/* Takes out what both hold, `now` and the `before` behind them; returns how many are left. */
static size_t cut_common(sight *list, size_t now, size_t before)
{
    sight *kept = calloc(now + before + 1, sizeof *kept), *old = list + now;
    size_t left = 0, i = 0, k = 0;
    if (!kept) return 0;
    qsort(list, now, sizeof *list, by_all);
    qsort(old, before, sizeof *old, by_all);
    while (i < now || k < before) {
        int order = i == now ? 1 : k == before ? -1 : sight_compare(&list[i], &old[k]);
        if (order < 0) kept[left++] = list[i];
        if (order > 0) kept[left++] = old[k];
        i += order <= 0;
        k += order >= 0;
    }
    memcpy(list, kept, left * sizeof *kept);
    free(kept);
    return left;
}

/* What the first run found by rules and scripts: what a person at work on them looks for. */
static void tell_first(watching *self, sight *list)
{
    size_t all = sights_of(&self->now, SIGHT_NEW, list), count = 0;
    sight_print_counts(&self->look, list, all, SIGHT_NEW);
    fputc('\n', self->look.out);
    for (size_t i = 0; i < all; i++)
        if (is_own(self, list[i].stage)) list[count++] = list[i];
    sight_print(&self->look, self->now.source, list, count);
}

static void tell_changes(watching *self, sight *list)
{
    FILE *out = self->look.out;
    size_t now = sights_of(&self->now, SIGHT_NEW, list);
    if (!str_equal(self->now.source, self->before.source)) {
        fputs("the text is another: ", out);
        tell_first(self, list);
        return;
    }
    size_t before = sights_of(&self->before, SIGHT_GONE, list + now);
    size_t count = cut_common(list, now, before), gained = 0;
    bool status = !str_equal(self->now.status, self->before.status) ||
                  !str_equal(self->now.reason, self->before.reason);
    if (!count && !status) fputs("nothing changed", out);
    for (size_t i = 0; i < count; i++) gained += list[i].state == SIGHT_NEW;
    if (gained) fprintf(out, "%sgained%s ", self->look.green, self->look.off);
    sight_print_counts(&self->look, list, count, SIGHT_NEW);
    if (gained && gained < count) fputs("; ", out);
    if (gained < count) fprintf(out, "%slost%s ", self->look.red, self->look.off);
    sight_print_counts(&self->look, list, count, SIGHT_GONE);
    fputc('\n', out);
    sight_print(&self->look, self->now.source, list, count);
}

static void tell_record(watching *self)
{
    size_t most = self->now.span_count + self->now.removal_count + self->before.span_count +
                  self->before.removal_count;
    sight *list = calloc(most + 1, sizeof *list);
    if (!list) return;
    if (self->has_before)
        tell_changes(self, list);
    else
        tell_first(self, list);
    if (str_is(self->now.status, "dropped"))
        fprintf(self->look.out, "%sdropped%s: %.*s\n", self->look.red, self->look.off,
                (int)self->now.reason.n, self->now.reason.p);
    free(list);
}

static void tell_said(FILE *out, FILE *said)
{
    char room[4096];
    size_t n;
    rewind(said);
    while ((n = fread(room, 1, sizeof room, said)) > 0) fwrite(room, 1, n, out);
}

/* ------------------------------------------------------------------ the donor */

static bool has_suffix(const char *name, const char *suffix)
{
    size_t n = strlen(name), m = strlen(suffix);
    return n > m && !strcmp(name + n - m, suffix);
}

static void drop_donor(watching *self)
{
    if (self->has_donor) session_close(&self->donor);
    self->has_donor = false;
}

/* A save of anything but Lua and the document may be of data that the donor has opened. */
static void check_donor(watching *self, const char *name)
{
    const char *slash = strrchr(self->input, '/');
    if (!has_suffix(name, ".lua") && strcmp(name, slash ? slash + 1 : self->input) != 0)
        drop_donor(self);
}

/* What there is to say was said by the run before. */
static void say_nothing(void *user, const char *stage, int32_t level, const char *text)
{
    (void)user, (void)stage, (void)level, (void)text;
}

/* After a run that went well, for the ones to come. The pipeline file itself may ask for other
 * options now. */
static void make_donor(watching *self, const char *name)
{
    const char *slash = strrchr(self->pipeline, '/');
    if (!strcmp(name, slash ? slash + 1 : self->pipeline)) drop_donor(self);
    if (self->has_donor) return;
    session_open(&self->donor, self->args);
    stage_log_to(say_nothing, NULL);
    self->donor.plugins_only = true;
    self->has_donor = session_load_quietly(&self->donor, self->pipeline, NULL,
                                           &self->args->flags[FLAG_define]) == CLI_DONE;
    if (!self->has_donor) session_close(&self->donor);
}

/* ------------------------------------------------------------------ one run */

static FILE *memory_file(const char *name)
{
    int fd = memfd_create(name, MFD_CLOEXEC);
    return fd < 0 ? NULL : fdopen(fd, "w+");
}

/* Waits for the child; a save meanwhile ends it, for its result would be old. False: ended so. */
static bool wait_for_child(const watching *self, pid_t pid, int end, int *status, char *name,
                           size_t size)
{
    struct pollfd on[2] = {{.fd = end, .events = POLLIN}, {.fd = self->notify, .events = POLLIN}};
    bool saved = false;
    while (!saved) {
        if (poll(on, 2, -1) < 0 && errno != EINTR) break;
        if (on[0].revents) break; /* the other end is closed: it has ended */
        if (on[1].revents) saved = read_events(self, name, size);
    }
    if (saved) kill(pid, SIGKILL);
    while (waitpid(pid, status, 0) < 0 && errno == EINTR) {
    }
    return !saved;
}

/* The record of this run becomes the one that the next is held against. */
static void take_record(watching *self, FILE *from)
{
    error e = {0};
    record fresh = {0};
    rewind(from);
    records *list = records_of(from, "the run", &e); /* takes the file */
    if (!list || records_next(list, &fresh, &e) != 1) {
        fprintf(self->look.out, "%s\n", e.text[0] ? e.text : "no record came of it");
        record_free(&fresh);
        records_close(list);
        return;
    }
    record_free(&self->before);
    records_close(self->before_from);
    self->before = self->now;
    self->before_from = self->now_from;
    self->now = fresh;
    self->now_from = list;
    tell_record(self);
    self->has_before = true;
}

/* False where it was ended by a save; the next run follows at once. */
static bool run_once(watching *self, char *name, size_t size)
{
    channels to = {memory_file("record"), memory_file("said"), memory_file("read")};
    int ends[2], status = 0;
    if (!to.record || !to.said || !to.read || pipe2(ends, O_CLOEXEC)) {
        cli_fail(CLI_INTERNAL, "no memory file: %s", strerror(errno));
        exit(CLI_INTERNAL);
    }
    int64_t start = clock_monotonic();
    check_donor(self, name);
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        child(self, &to);
    }
    close(ends[1]);
    bool done = pid > 0 && wait_for_child(self, pid, ends[0], &status, name, size);
    close(ends[0]);
    if (done) {
        char time[24];
        FILE *out = self->look.out;
        report_time((double)(clock_monotonic() - start) / 1e9, time);
        fprintf(out, "\n%s── %s, %s%s: ", self->look.bold, name, time, self->look.off);
        take_files(self, to.read);
        self->failed = !WIFEXITED(status) || WEXITSTATUS(status) != 0;
        if (WIFSIGNALED(status))
            fprintf(out, "the run was ended by signal %d (%s)\n", WTERMSIG(status),
                    strsignal(WTERMSIG(status)));
        else if (self->failed)
            fputc('\n', out);
        tell_said(out, to.said);
        if (!self->failed) {
            take_record(self, to.record);
            to.record = NULL;
        }
        fflush(out);
        if (!self->failed) make_donor(self, name);
    }
    if (to.record) fclose(to.record);
    fclose(to.said);
    fclose(to.read);
    return done;
}

static void watching_free(watching *self)
{
    drop_donor(self);
    for (size_t i = 0; i < self->file_count; i++) {
        free(self->files[i].path);
        free(self->files[i].name);
    }
    free(self->files);
    free_own(self);
    free(self->own);
    record_free(&self->now);
    record_free(&self->before);
    records_close(self->now_from);
    records_close(self->before_from);
}

int watch_run(const cli_args *args)
{
    if (args->operands.count != 2)
        return cli_usage(args->verb, "--watch takes one pipeline and one file: tamis run --watch "
                                     "PIPELINE FILE");
    int code = session_check_inputs(args, args->operands.at + 1, 1);
    if (code) return code;
    watching self = {.args = args, .pipeline = args->operands.at[0], .input = args->operands.at[1]};
    if (!strcmp(self.input, "-"))
        return cli_usage(args->verb, "--watch cannot read standard input");
    self.look = sight_look_of(args, stdout);
    self.notify = inotify_init1(IN_CLOEXEC);
    if (self.notify < 0) return cli_fail(CLI_INTERNAL, "cannot watch: %s", strerror(errno));
    watch_file(&self, self.input);
    if (strchr(self.pipeline, '/') || strstr(self.pipeline, ".lua"))
        watch_file(&self, self.pipeline);
    char name[300] = "first run";
    while (!run_once(&self, name, sizeof name)) {
    }
    printf("%swatching %zu files; Ctrl-C ends%s\n", self.look.dim, self.file_count, self.look.off);
    fflush(stdout);
    while (wait_for_save(&self, name, sizeof name))
        while (!run_once(&self, name, sizeof name)) wait_for_save(&self, name, sizeof name);
    watching_free(&self);
    return cli_fail(CLI_INTERNAL, "cannot watch any longer: %s", strerror(errno));
}
