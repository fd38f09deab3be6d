#include "match/tally.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { BUFFERED = 4096, LEAST_MEMORY = 65536, FIGURES = 1 << 16 };

typedef struct {
    uint64_t key;
    uint32_t count;
} entry;

/* A sorted file of entries, read from its start as often as it is merged. */
typedef struct {
    FILE *file;
    long from;          /* where its entries begin */
    uint64_t all, left; /* entries; those not yet read */
    entry next;
    uint8_t buffer[BUFFERED * TALLY_ENTRY];
    size_t at, filled; /* entries of the buffer */
} run;

struct tally {
    uint64_t *keys; /* an open-addressing table; 0: free */
    uint32_t *counts;
    size_t size, used;
    run **runs;
    size_t run_count;
};

tally *tally_new(size_t memory)
{
    tally *self = calloc(1, sizeof *self);
    if (!self) return NULL;
    if (memory < LEAST_MEMORY) memory = LEAST_MEMORY;
    /* sorting a full table for a run takes an entry of 16 bytes a key beside its 12 */
    self->size = 1;
    while (self->size * 2 * 28 <= memory) self->size *= 2;
    self->keys = calloc(self->size, sizeof *self->keys);
    self->counts = calloc(self->size, sizeof *self->counts);
    if (self->keys && self->counts) return self;
    tally_free(self);
    return NULL;
}

void tally_free(tally *self)
{
    if (!self) return;
    for (size_t k = 0; k < self->run_count; k++) {
        if (self->runs[k]->file) fclose(self->runs[k]->file);
        free(self->runs[k]);
    }
    free(self->runs);
    free(self->keys);
    free(self->counts);
    free(self);
}

/* ------------------------------------------------------------------ runs */

static tamis_rc add_run(tally *self, FILE *file, long from, uint64_t entries, error *e)
{
    run *r = calloc(1, sizeof *r);
    run **runs = realloc(self->runs, (self->run_count + 1) * sizeof(run *));
    if (runs) self->runs = runs;
    if (!r || !runs) {
        free(r);
        fclose(file);
        return error_set(e, TAMIS_FATAL, "no memory to merge tables");
    }
    r->file = file;
    r->from = from;
    r->all = entries;
    self->runs[self->run_count++] = r;
    return TAMIS_OK;
}

/* The next entry of a run; false behind its last. A file that ends early is told by `e`. */
static bool run_next(run *r, error *e)
{
    if (!r->left) return false;
    if (r->at == r->filled) {
        size_t n = r->left < BUFFERED ? (size_t)r->left : BUFFERED;
        r->filled = fread(r->buffer, TALLY_ENTRY, n, r->file);
        r->at = 0;
        if (r->filled < n) {
            error_set(e, TAMIS_FATAL, "a table ends before its last entry: %s",
                      ferror(r->file) ? strerror(errno) : "it was cut off");
            return false;
        }
    }
    memcpy(&r->next.key, r->buffer + r->at * TALLY_ENTRY, sizeof r->next.key);
    memcpy(&r->next.count, r->buffer + r->at * TALLY_ENTRY + 8, sizeof r->next.count);
    r->at++;
    r->left--;
    return true;
}

static int by_key(const void *a, const void *b)
{
    uint64_t x = ((const entry *)a)->key, y = ((const entry *)b)->key;
    return x < y ? -1 : x > y;
}

static bool write_entry(FILE *out, const entry *one)
{
    uint8_t bytes[TALLY_ENTRY];
    memcpy(bytes, &one->key, sizeof one->key);
    memcpy(bytes + 8, &one->count, sizeof one->count);
    return fwrite(bytes, sizeof bytes, 1, out) == 1;
}

/* Sorts what is in memory into a temporary file, and forgets it. */
static tamis_rc spill(tally *self, error *e)
{
    if (!self->used) return TAMIS_OK;
    entry *sorted = malloc(self->used * sizeof *sorted);
    FILE *file = tmpfile();
    if (!sorted || !file) {
        free(sorted);
        if (file) fclose(file);
        return error_set(e, TAMIS_FATAL, "no temporary file for %zu counts: %s", self->used,
                         strerror(errno));
    }
    size_t n = 0;
    for (size_t k = 0; k < self->size; k++)
        if (self->keys[k]) sorted[n++] = (entry){self->keys[k], self->counts[k]};
    qsort(sorted, n, sizeof *sorted, by_key);
    bool ok = true;
    for (size_t k = 0; k < n && ok; k++) ok = write_entry(file, &sorted[k]);
    free(sorted);
    if (!ok || fflush(file)) {
        fclose(file);
        return error_set(e, TAMIS_FATAL, "cannot write counts to a temporary file: %s",
                         strerror(errno));
    }
    memset(self->keys, 0, self->size * sizeof *self->keys);
    self->used = 0;
    return add_run(self, file, 0, n, e);
}

static uint32_t sum_of(uint32_t a, uint32_t b)
{
    return a > UINT32_MAX - b ? UINT32_MAX : a + b;
}

tamis_rc tally_add(tally *self, tamis_str entries, error *e)
{
    for (size_t i = 0; i + TALLY_ENTRY <= entries.n; i += TALLY_ENTRY) {
        entry one;
        memcpy(&one.key, entries.p + i, sizeof one.key);
        memcpy(&one.count, entries.p + i + 8, sizeof one.count);
        if (self->used * 4 >= self->size * 3) FORWARD(spill(self, e));
        size_t at = (size_t)(one.key >> 7) & (self->size - 1);
        while (self->keys[at] && self->keys[at] != one.key) at = (at + 1) & (self->size - 1);
        if (!self->keys[at]) {
            self->keys[at] = one.key;
            self->counts[at] = 0;
            self->used++;
        }
        self->counts[at] = sum_of(self->counts[at], one.count);
    }
    return TAMIS_OK;
}

bool tally_is_table(const char *path)
{
    char head[sizeof TALLY_MAGIC - 1];
    struct stat about; /* a pipe must not lose its first bytes */
    if (stat(path, &about) < 0 || !S_ISREG(about.st_mode)) return false;
    FILE *file = fopen(path, "rb");
    bool is =
        file && fread(head, sizeof head, 1, file) == 1 && !memcmp(head, TALLY_MAGIC, sizeof head);
    if (file) fclose(file);
    return is;
}

tamis_rc tally_add_table(tally *self, const char *path, error *e)
{
    uint8_t header[TALLY_HEADER];
    uint64_t least, entries;
    FILE *file = fopen(path, "rb");
    if (!file) return error_set(e, TAMIS_FATAL, "%s: %s", path, strerror(errno));
    bool ok = fread(header, sizeof header, 1, file) == 1 &&
              !memcmp(header, TALLY_MAGIC, sizeof TALLY_MAGIC - 1);
    memcpy(&least, header + TALLY_LEAST_AT, sizeof least);
    memcpy(&entries, header + TALLY_ENTRIES_AT, sizeof entries);
    if (ok && least <= 1) return add_run(self, file, TALLY_HEADER, entries, e);
    fclose(file);
    if (!ok) return error_set(e, TAMIS_FATAL, "%s is no table of `tamis frequencies`", path);
    return error_set(
        e, TAMIS_FATAL,
        "%s keeps no counts below %llu, so sums with it would be wrong: make the tables "
        "of shards with --least 1",
        path, (unsigned long long)least);
}

/* ------------------------------------------------------------------ merging */

static void sift(run **heap, size_t n, size_t i)
{
    for (;;) {
        size_t least = i, left = 2 * i + 1;
        if (left < n && heap[left]->next.key < heap[least]->next.key) least = left;
        if (left + 1 < n && heap[left + 1]->next.key < heap[least]->next.key) least = left + 1;
        if (least == i) return;
        run *other = heap[i];
        heap[i] = heap[least];
        heap[least] = other;
        i = least;
    }
}

/* All entries in order of key, equal keys summed. */
typedef bool (*take_entry)(void *user, const entry *one);

static tamis_rc merge(tally *self, take_entry take, void *user, error *e)
{
    run **heap = calloc(self->run_count + 1, sizeof(run *));
    size_t n = 0;
    error early = {0};
    if (!heap) return error_set(e, TAMIS_FATAL, "no memory to merge tables");
    for (size_t k = 0; k < self->run_count; k++) {
        run *r = self->runs[k];
        r->left = r->all;
        r->at = r->filled = 0;
        if (fseek(r->file, r->from, SEEK_SET) < 0)
            error_set(&early, TAMIS_FATAL, "cannot read a table again: %s", strerror(errno));
        if (run_next(r, &early)) heap[n++] = r;
    }
    for (size_t i = n; i-- > 0;) sift(heap, n, i);
    bool going = !early.rc;
    while (n && going) {
        entry sum = {heap[0]->next.key, 0};
        while (n && heap[0]->next.key == sum.key) {
            sum.count = sum_of(sum.count, heap[0]->next.count);
            if (!run_next(heap[0], &early)) heap[0] = heap[--n];
            sift(heap, n, 0);
        }
        going = !early.rc && take(user, &sum);
    }
    free(heap);
    if (early.rc) return error_set(e, early.rc, "%s", early.text);
    return TAMIS_OK;
}

typedef struct {
    FILE *out;
    uint32_t least;
    uint64_t entries, seen;
    uint64_t *figures; /* how many keys have this count; the last: that or more */
    bool failed;
} writing;

static bool count_entry(void *user, const entry *one)
{
    writing *w = user;
    w->figures[one->count < FIGURES ? one->count : FIGURES - 1]++;
    return true;
}

static bool put_entry(void *user, const entry *one)
{
    writing *w = user;
    w->seen++;
    if (one->count < w->least) return true;
    w->entries++;
    w->failed = !write_entry(w->out, one);
    return !w->failed;
}

/* The least count, from `least` on, at which the table fits into `most` bytes. */
static uint32_t fitting(const uint64_t *figures, uint32_t least, uint64_t most)
{
    uint64_t room = most > TALLY_HEADER ? (most - TALLY_HEADER) / TALLY_ENTRY : 0, kept = 0;
    for (uint32_t k = FIGURES; k-- > least;) {
        kept += figures[k];
        if (kept > room) return k + 1;
    }
    return least;
}

static bool write_header(const writing *w)
{
    uint8_t header[TALLY_HEADER] = TALLY_MAGIC;
    uint64_t least = w->least;
    memcpy(header + TALLY_LEAST_AT, &least, sizeof least);
    memcpy(header + TALLY_ENTRIES_AT, &w->entries, sizeof w->entries);
    return fseek(w->out, 0, SEEK_SET) == 0 && fwrite(header, sizeof header, 1, w->out) == 1;
}

tamis_rc tally_write(tally *self, FILE *out, uint32_t least, uint64_t most, tally_summary *summary,
                     error *e)
{
    writing w = {.out = out, .least = least ? least : 1};
    FORWARD(spill(self, e));
    if (most) {
        w.figures = calloc(FIGURES, sizeof *w.figures);
        if (!w.figures) return error_set(e, TAMIS_FATAL, "no memory");
        tamis_rc rc = merge(self, count_entry, &w, e);
        w.least = fitting(w.figures, w.least, most);
        free(w.figures);
        FORWARD(rc);
    }
    if (!write_header(&w)) w.failed = true;
    if (!w.failed) FORWARD(merge(self, put_entry, &w, e));
    if (w.failed || !write_header(&w) || fflush(out))
        return error_set(e, TAMIS_FATAL, "cannot write the table: %s", strerror(errno));
    *summary = (tally_summary){.entries = w.entries, .seen = w.seen, .least = w.least};
    return TAMIS_OK;
}
