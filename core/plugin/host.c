/* The host's side of the ABI: the one function table that plugins call. Each service finds its
 * stage_call behind the tamis_run it is given, checks what came across the boundary, and forwards
 * to the room that does the work. The first failure within a callback sticks. */
#include "plugin/call.h"

#include <inttypes.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "match/terms.h"

int64_t clock_monotonic(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static stage_call *call_of(const tamis_run *c)
{
    return (stage_call *)(uintptr_t)c;
}

/* Rows that cross take the caller's size: what it does not know is left out, what it has beyond us
 * is zero. */
static void copy_row(void *to, size_t to_size, const void *from, size_t from_size)
{
    size_t n = to_size < from_size ? to_size : from_size;
    memcpy(to, from, n);
    if (to_size > n) memset((char *)to + n, 0, to_size - n);
}

/* ------------------------------------------------------------------ resources of open */

typedef struct resource {
    struct resource *next;
    file_bytes file;
    tamis_terms *terms;
    tamis_str bytes;
    char *path;
    bool own;           /* of terms: a file of theirs is the user's */
    tamis_str *shipped; /* of terms: names of the files that ship; in the pipeline's memory */
    size_t shipped_count;
} resource;

struct stage_resources {
    resource *first;
};

stage_resources *stage_resources_new(void)
{
    return calloc(1, sizeof(stage_resources));
}

void stage_resources_free(stage_resources *self)
{
    if (!self) return;
    for (resource *r = self->first, *next; r; r = next) {
        next = r->next;
        terms_free(r->terms);
        file_close(&r->file);
        free(r->path);
        free(r);
    }
    free(self);
}

uint64_t stage_resources_hash(const stage_resources *self)
{
    uint64_t hash = 0;
    for (const resource *r = self ? self->first : NULL; r; r = r->next)
        if (r->path) hash = hash_large(r->bytes.p, r->bytes.n, hash);
    return hash;
}

const char *stage_resources_file(const stage_resources *self, size_t index)
{
    for (const resource *r = self ? self->first : NULL; r; r = r->next)
        if (r->path && index-- == 0) return r->path;
    return NULL;
}

typedef struct {
    const resource *of;
    terms_lint_report report;
    void *user;
} linting;

static bool ships(const resource *self, tamis_str file)
{
    for (size_t i = 0; i < self->shipped_count; i++)
        if (str_equal(self->shipped[i], file)) return true;
    return false;
}

/* What is odd between two rows that ship is no matter of the user's. */
static void pass_finding(void *user, const terms_finding *found)
{
    const linting *self = user;
    if (ships(self->of, found->row.file) && ships(self->of, found->other.file)) return;
    self->report(self->user, found);
}

void stage_resources_lint(const stage_resources *self, terms_lint_report report, void *user)
{
    for (const resource *r = self ? self->first : NULL; r; r = r->next) {
        linting job = {r, report, user};
        if (r->terms && r->own) terms_lint(r->terms, pass_finding, &job);
    }
}

/* Whether a file lies in the plugin's own data. */
static bool is_shipped(const stage_call *call, const char *path)
{
    for (size_t i = 0; call->element && i < 3 && call->element->data_folders[i]; i++) {
        size_t n = strlen(call->element->data_folders[i]);
        if (strncmp(path, call->element->data_folders[i], n) == 0 && path[n] == '/') return true;
    }
    return false;
}

static resource *resource_add(stage_resources *self)
{
    resource *r = calloc(1, sizeof *r);
    if (!r) return NULL;
    r->next = self->first;
    self->first = r;
    return r;
}

/* ------------------------------------------------------------------ errors, log, memory */

static tamis_rc host_vfail(const tamis_run *c, tamis_rc rc, const char *format, va_list arguments)
{
    if (rc != TAMIS_FATAL) rc = TAMIS_FAIL;
    return error_vset(&call_of(c)->failure, rc, format, arguments);
}

static tamis_rc host_fail(const tamis_run *c, tamis_rc rc, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    rc = host_vfail(c, rc, format, arguments);
    va_end(arguments);
    return rc;
}

static tamis_rc host_drop(const tamis_run *c, const char *reason)
{
    stage_call *call = call_of(c);
    snprintf(call->drop_reason, sizeof call->drop_reason, "%s", reason ? reason : "");
    return TAMIS_DROP;
}

static void *host_alloc(const tamis_run *c, size_t bytes)
{
    void *p = arena_alloc(call_of(c)->memory, bytes);
    if (!p) host_fail(c, TAMIS_FAIL, "no memory for %zu bytes", bytes);
    return p;
}

static bool host_expired(const tamis_run *c)
{
    int64_t deadline = call_of(c)->deadline;
    return deadline && clock_monotonic() > deadline;
}

/* ------------------------------------------------------------------ files and terms */

static tamis_rc need_phase(const tamis_run *c, call_phase phase, const char *service)
{
    static const char *const names[] = {"open", "enter", "run", "leave", "close", "save or merge"};
    if (call_of(c)->phase == phase) return TAMIS_OK;
    return host_fail(c, TAMIS_FAIL, "host.%s called outside `%s`", service, names[phase]);
}

/* The path of an absolute name, or of a name in the first data folder that has it. */
static tamis_rc find_data(stage_call *call, tamis_str name, char **path)
{
    *path = NULL;
    if (!name.n) return error_set(&call->failure, TAMIS_FAIL, "a data file without a name");
    if (name.p[0] == '/') {
        *path = strndup(name.p, name.n);
        return TAMIS_OK;
    }
    for (size_t i = 0; call->element && i < 3 && call->element->data_folders[i]; i++) {
        char *candidate;
        if (asprintf(&candidate, "%s/%.*s", call->element->data_folders[i], (int)name.n, name.p) <
            0)
            return error_set(&call->failure, TAMIS_FATAL, "no memory");
        if (access(candidate, R_OK) == 0) {
            *path = candidate;
            return TAMIS_OK;
        }
        free(candidate);
    }
    const char *folder = call->element ? call->element->data_folders[0] : NULL;
    return error_set(&call->failure, TAMIS_FAIL,
                     "no data file `%.*s` in %s: reinstall tamis, or name "
                     "the file by an absolute path",
                     (int)name.n, name.p, folder ? folder : "any data folder");
}

static resource *open_data(const tamis_run *c, tamis_str name)
{
    stage_call *call = call_of(c);
    char *path;
    if (need_phase(c, PHASE_OPEN, "data") < 0 || find_data(call, name, &path) < 0) return NULL;
    for (resource *r = call->resources->first; r; r = r->next)
        if (r->path && strcmp(r->path, path) == 0) {
            free(path);
            return r;
        }
    resource *r = resource_add(call->resources);
    if (!r || file_open(path, &r->file, &call->failure) < 0) {
        free(path);
        return NULL;
    }
    r->path = path;
    r->bytes = r->file.bytes;
    return r;
}

static tamis_rc host_data(const tamis_run *c, tamis_str name, tamis_str *bytes)
{
    resource *r = open_data(c, name);
    *bytes = r ? r->bytes : (tamis_str){0};
    return r ? TAMIS_OK : call_of(c)->failure.rc ? call_of(c)->failure.rc : TAMIS_FAIL;
}

static void host_log(const tamis_run *c, int32_t level, const char *format, ...);

static void bad_row(void *user, const char *file, uint32_t line, const char *message)
{
    host_log(user, TAMIS_LOG_WARNING, "%s:%" PRIu32 ": %s", file, line, message);
}

/* Gazetteers that ship were compiled when tamis was built: their image is mapped. Any other has
 * none. */
static bool map_image(const tamis_run *c, const terms_file *files, size_t count, resource *r)
{
    stage_call *call = call_of(c);
    char name[TERMS_IMAGE_NAME], path[4096];
    error e = {0};
    if (!call->element || !call->element->images || !count) return false;
    uint64_t key = terms_image_key(files, count);
    terms_image_name(key, name);
    int n = snprintf(path, sizeof path, "%s/%s", call->element->images, name);
    if (n < 0 || (size_t)n >= sizeof path || access(path, R_OK) != 0) return false;
    if (file_open(path, &r->file, &e) == TAMIS_OK &&
        terms_map(r->file.bytes, key, &r->terms, &e) == TAMIS_OK)
        return true;
    host_table.log(c, TAMIS_LOG_WARNING, "%s: %s", path, e.text);
    return false;
}

static tamis_rc host_terms_open(const tamis_run *c, const tamis_str *files, size_t file_count,
                                const tamis_term *rows, size_t row_count, size_t row_size,
                                const tamis_terms **out)
{
    stage_call *call = call_of(c);
    *out = NULL;
    terms_file *opened = arena_alloc(call->memory, (file_count + 1) * sizeof *opened);
    tamis_term *own = arena_alloc(call->memory, (row_count + 1) * sizeof *own);
    bool user_file = false;
    tamis_str *shipped = arena_alloc(call->memory, (file_count + 1) * sizeof *shipped);
    size_t shipped_count = 0;
    if (!opened || !own || !shipped) return host_fail(c, TAMIS_FATAL, "no memory");
    for (size_t i = 0; i < file_count; i++) {
        resource *r = open_data(c, files[i]);
        if (!r) return call->failure.rc;
        const char *slash = strrchr(r->path, '/');
        opened[i] = (terms_file){slash ? slash + 1 : r->path, r->bytes};
        if (is_shipped(call, r->path))
            shipped[shipped_count++] = str_of(opened[i].name);
        else
            user_file = true;
    }
    for (size_t i = 0; i < row_count; i++)
        copy_row(&own[i], sizeof own[i], (const char *)rows + i * row_size, row_size);
    resource *r = resource_add(call->resources);
    if (!r) return host_fail(c, TAMIS_FATAL, "no memory");
    r->own = user_file;
    r->shipped = shipped;
    r->shipped_count = shipped_count;
    tamis_rc rc = TAMIS_OK;
    if (user_file || row_count || !map_image(c, opened, file_count, r))
        rc = terms_compile(opened, file_count, own, row_count, bad_row, call, &r->terms,
                           &call->failure);
    *out = r->terms;
    return rc;
}

static size_t host_terms_find(const tamis_terms *terms, tamis_str text, size_t from,
                              tamis_accept accept, void *user, tamis_hit *hits, size_t hit_size,
                              size_t room, size_t *next)
{
    if (hit_size == sizeof(tamis_hit))
        return terms_find(terms, text, from, accept, user, hits, room, next);
    tamis_hit own[64];
    size_t count = 0;
    *next = from;
    while (count < room && *next < text.n) {
        size_t want = room - count < 64 ? room - count : 64;
        size_t got = terms_find(terms, text, *next, accept, user, own, want, next);
        for (size_t i = 0; i < got; i++)
            copy_row((char *)hits + (count + i) * hit_size, hit_size, &own[i], sizeof own[i]);
        count += got;
        if (got < want) break;
    }
    return count;
}

static bool host_terms_row(const tamis_terms *terms, uint32_t row, tamis_term_row *out,
                           size_t row_size)
{
    tamis_term_row own;
    if (!terms_row(terms, row, &own)) return false;
    copy_row(out, row_size, &own, sizeof own);
    return true;
}

/* ------------------------------------------------------------------ the document */

static tamis_str host_view(const tamis_doc *doc)
{
    return doc->view;
}
static tamis_str host_id(const tamis_doc *doc)
{
    return doc->id;
}

static tamis_str host_meta(const tamis_run *c, const tamis_doc *doc, const char *path)
{
    return document_meta(doc, str_of(path));
}

static bool host_attribute(const tamis_doc *doc, const char *key, tamis_attr *out)
{
    return document_attribute_get(doc, str_of(key), out);
}

static tamis_rc host_set(const tamis_run *c, tamis_doc *doc, const tamis_attr *attribute)
{
    FORWARD(need_phase(c, PHASE_RUN, "set"));
    return document_set(doc, attribute, &call_of(c)->failure);
}

static tamis_rc host_lines(const tamis_run *c, tamis_doc *doc, tamis_lines *out)
{
    return document_lines(doc, out, &call_of(c)->failure);
}

static const tamis_span *host_spans(const tamis_run *c, tamis_doc *doc, const char *type,
                                    size_t row_size, size_t *count)
{
    const tamis_span *rows = document_spans(doc, str_of(type), count, &call_of(c)->failure);
    if (row_size == sizeof(tamis_span) || !rows) return rows;
    char *own = arena_alloc(&doc->memory, *count * row_size + 1);
    if (!own) {
        *count = 0;
        host_fail(c, TAMIS_FAIL, "no memory for %zu spans", *count);
        return NULL;
    }
    for (size_t i = 0; i < *count; i++)
        copy_row(own + i * row_size, row_size, &rows[i], sizeof rows[i]);
    return (const tamis_span *)(const void *)own;
}

static uint32_t host_span(const tamis_run *c, tamis_doc *doc, const tamis_span *span,
                          size_t row_size)
{
    if (need_phase(c, PHASE_RUN, "span") < 0) return 0;
    if (row_size == sizeof *span) return document_span_add(doc, span, &call_of(c)->failure);
    tamis_span own;
    copy_row(&own, sizeof own, span, row_size);
    return document_span_add(doc, &own, &call_of(c)->failure);
}

static tamis_rc host_remove(const tamis_run *c, tamis_doc *doc, const tamis_removal *removal,
                            size_t row_size)
{
    FORWARD(need_phase(c, PHASE_RUN, "remove"));
    tamis_removal own;
    copy_row(&own, sizeof own, removal, row_size);
    return document_remove(doc, &own, &call_of(c)->failure);
}

static void host_note(const tamis_run *c, const tamis_doc *doc, size_t start, size_t end,
                      const char *cue, const char *format, ...)
{
    if (!doc->tracing) return;
    va_list arguments;
    va_start(arguments, format);
    document_note_add(call_of(c)->doc, start, end, false, cue, format, arguments);
    va_end(arguments);
}

static void host_reject(const tamis_run *c, const tamis_doc *doc, size_t start, size_t end,
                        const char *cue, const char *format, ...)
{
    if (!doc->tracing) return;
    va_list arguments;
    va_start(arguments, format);
    document_note_add(call_of(c)->doc, start, end, true, cue, format, arguments);
    va_end(arguments);
}

/* ------------------------------------------------------------------ log */

/* Lines that were said, in memory that forked workers share, so that a line said by each of ten
 * workers for each of a million documents is one line and a count. */
enum { LOG_SLOTS = 256 };
typedef struct {
    uint64_t hash;
    uint64_t count;
    int32_t level;
    char stage[64], text[240];
} log_slot;
static log_slot *log_table;
static stage_log log_sink;
static void *log_user;

static void log_to_stderr(void *user, const char *stage, int32_t level, const char *text)
{
    static const char *const names[] = {"debug", "info", "warning", "error"};
    fprintf(stderr, "tamis: %s: %s: %s\n", stage, names[level & 3], text);
}

static void log_say(const char *stage, int32_t level, const char *text)
{
    if (log_sink)
        log_sink(log_user, stage, level, text);
    else if (level >= TAMIS_LOG_INFO)
        log_to_stderr(NULL, stage, level, text);
}

void stage_log_to(stage_log sink, void *user)
{
    log_sink = sink;
    log_user = user;
}

void stage_log_prepare(void)
{
    if (log_table) return;
    void *p = mmap(NULL, LOG_SLOTS * sizeof(log_slot), PROT_READ | PROT_WRITE,
                   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    log_table = p == MAP_FAILED ? NULL : p;
}

void stage_log_summary(void)
{
    for (size_t i = 0; log_table && i < LOG_SLOTS; i++) {
        log_slot *slot = &log_table[i];
        char text[sizeof slot->text + 40];
        if (slot->count < 2) continue;
        snprintf(text, sizeof text, "%s (%" PRIu64 " times)", slot->text, slot->count);
        log_say(slot->stage, slot->level, text);
        slot->count = 0;
    }
}

/* True for a line that was not said before. A full table says everything. */
static bool log_is_new(const char *stage, int32_t level, const char *text)
{
    if (!log_table) return true;
    uint64_t hash = hash_bytes(text, strlen(text), hash_bytes(stage, strlen(stage), 1)) | 1;
    for (size_t i = 0; i < LOG_SLOTS; i++) {
        log_slot *slot = &log_table[(hash + i) % LOG_SLOTS];
        uint64_t seen = 0;
        if (__atomic_compare_exchange_n(&slot->hash, &seen, hash, false, __ATOMIC_SEQ_CST,
                                        __ATOMIC_SEQ_CST)) {
            slot->level = level;
            snprintf(slot->stage, sizeof slot->stage, "%s", stage);
            snprintf(slot->text, sizeof slot->text, "%s", text);
            seen = hash;
        }
        if (seen == hash) return __atomic_add_fetch(&slot->count, 1, __ATOMIC_SEQ_CST) == 1;
    }
    return true;
}

static void host_log(const tamis_run *c, int32_t level, const char *format, ...)
{
    if (level < TAMIS_LOG_DEBUG || level > TAMIS_LOG_ERROR) level = TAMIS_LOG_ERROR;
    stage_call *call = call_of(c);
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (log_is_new(call->stage, level, text)) log_say(call->stage, level, text);
}

const tamis_host host_table = {
    .size = sizeof(tamis_host),
    .abi = TAMIS_ABI,
    .fail = host_fail,
    .vfail = host_vfail,
    .drop = host_drop,
    .log = host_log,
    .alloc = host_alloc,
    .expired = host_expired,
    .data = host_data,
    .terms_open = host_terms_open,
    .terms_find = host_terms_find,
    .terms_row = host_terms_row,
    .terms_column = terms_column,
    .terms_count = terms_count,
    .view = host_view,
    .id = host_id,
    .meta = host_meta,
    .attribute = host_attribute,
    .set = host_set,
    .lines = host_lines,
    .spans = host_spans,
    .span = host_span,
    .remove = host_remove,
    .note = host_note,
    .reject = host_reject,
};
