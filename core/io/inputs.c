/* Collecting sources. A file named outright is always read; a folder gives its files of known suffix, no
 * hidden ones, no links, none of the run's own outputs, and the rest is counted. */
#include "io/inputs.h"
#include "engine/engine.h"
#include "io/record.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SNIFF_BYTES = 65536, FOLDER_DEPTH_MAX = 64 };

static const struct {
    const char *suffix;
    source_kind kind;
} suffixes[] = {
    {".txt", SOURCE_TEXT},    {".text", SOURCE_TEXT},    {".md", SOURCE_TEXT},
    {".jsonl", SOURCE_JSONL}, {".ndjson", SOURCE_JSONL},
};

static bool kind_of_name(const char *path, source_kind *out)
{
    size_t n = strlen(path);
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        size_t m = strlen(suffixes[i].suffix);
        if (n <= m || strcmp(path + n - m, suffixes[i].suffix) != 0) continue;
        *out = suffixes[i].kind;
        return true;
    }
    return false;
}

static bool kind_asked(const char *from, source_kind *out)
{
    if (!from || strcmp(from, "auto") == 0) return false;
    *out = strcmp(from, "jsonl") == 0 ? SOURCE_JSONL : SOURCE_TEXT;
    return true;
}

static source *inputs_add(inputs *self, const source *like)
{
    if (self->count == self->room) {
        size_t room = self->room ? self->room * 2 : 16;
        source *at = realloc(self->at, room * sizeof *at);
        if (!at) return NULL;
        self->at = at;
        self->room = room;
    }
    self->at[self->count] = *like;
    return &self->at[self->count++];
}

int source_fill(source *self, size_t bytes, error *e)
{
    if (self->ended) return 0;
    if (!buffer_reserve(&self->held, bytes))
        return error_set(e, TAMIS_FATAL, "%s: no memory to read it", self->path);
    ssize_t n;
    do n = read(self->fd, self->held.p + self->held.n, bytes);
    while (n < 0 && errno == EINTR);
    if (n < 0) return error_set(e, TAMIS_FATAL, "cannot read %s: %s", self->path, strerror(errno));
    self->held.n += (size_t)n;
    self->ended = n == 0;
    return n > 0;
}

/* ------------------------------------------------------------------ folders */

typedef struct {
    inputs *into;
    const inputs_options *options;
    tamis_str root;
    struct stat *excluded;
    size_t excluded_count;
    error *e;
} walk;

static bool walk_excludes(const walk *self, const struct stat *file)
{
    for (size_t i = 0; i < self->excluded_count; i++)
        if (self->excluded[i].st_dev == file->st_dev && self->excluded[i].st_ino == file->st_ino)
            return true;
    return false;
}

static int walk_folder(walk *self, const char *relative, unsigned depth);

static int walk_entry(walk *self, const char *relative, const char *name, unsigned depth)
{
    arena *memory = &self->into->memory;
    arena_mark mark = arena_here(memory);
    struct stat file;
    char *rel = *relative ? arena_printf(memory, "%s/%s", relative, name)
                          : arena_printf(memory, "%s", name);
    char *path = rel ? path_join(memory, self->root, str_of(rel)) : NULL;
    if (!path) {
        error_set(self->e, TAMIS_FATAL, "no memory for the list of files");
        return EXIT_INTERNAL;
    }
    if (lstat(path, &file) < 0) return 0; /* gone since it was listed */
    source add = {.path = path, .name = rel, .fd = -1};
    int code = 0;
    if (S_ISDIR(file.st_mode) && name[0] != '.') {
        code = walk_folder(self, rel, depth + 1);
    } else if (name[0] == '.' || !S_ISREG(file.st_mode) || !kind_of_name(rel, &add.kind) ||
               walk_excludes(self, &file)) {
        self->into->skipped++;
        arena_rewind(memory, mark);
    } else {
        kind_asked(self->options->from, &add.kind);
        add.size = (uint64_t)file.st_size;
        self->into->bytes += add.size;
        if (!inputs_add(self->into, &add)) {
            error_set(self->e, TAMIS_FATAL, "no memory for the list of files");
            code = EXIT_INTERNAL;
        }
    }
    return code;
}

static int walk_folder(walk *self, const char *relative, unsigned depth)
{
    const char *path =
        *relative ? path_join(&self->into->memory, self->root, str_of(relative)) : self->root.p;
    DIR *folder = path ? opendir(path) : NULL;
    int code = 0;
    if (!folder || depth > FOLDER_DEPTH_MAX) {
        error_set(self->e, TAMIS_FATAL, "cannot read the folder %s: %s", path ? path : relative,
                  folder ? "nested too deeply" : strerror(errno));
        if (folder) closedir(folder);
        return EXIT_INPUT;
    }
    for (struct dirent *entry; code == 0 && (entry = readdir(folder));) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        code = walk_entry(self, relative, entry->d_name, depth);
    }
    closedir(folder);
    return code;
}

static int source_order(const void *a, const void *b)
{
    return strcmp(((const source *)a)->name, ((const source *)b)->name);
}

static int collect_folder(inputs *self, const char *path, const inputs_options *options, error *e)
{
    walk w = {.into = self, .options = options, .root = str_of(path), .e = e};
    size_t before = self->count;
    w.excluded = calloc(options->exclude_count + 1, sizeof *w.excluded);
    if (!w.excluded) {
        error_set(e, TAMIS_FATAL, "no memory");
        return EXIT_INTERNAL;
    }
    for (size_t i = 0; i < options->exclude_count; i++)
        if (options->exclude[i] && stat(options->exclude[i], &w.excluded[w.excluded_count]) == 0)
            w.excluded_count++;
    int code = walk_folder(&w, "", 0);
    free(w.excluded);
    if (self->count > before)
        qsort(self->at + before, self->count - before, sizeof *self->at, source_order);
    return code;
}

/* ------------------------------------------------------------------ what is named outright */

/* Ids hold no machine's folders: of an absolute path only the last part is the name. */
static const char *name_of(arena *memory, const char *path)
{
    if (path[0] == '/') path = strrchr(path, '/') + 1;
    while (path[0] == '.' && path[1] == '/') path += 2;
    if (path[strspn(path, "0123456789")] == '\0') return arena_printf(memory, "./%s", path);
    return path;
}

static bool all_blank(tamis_str text)
{
    for (size_t i = 0; i < text.n; i++)
        if (!strchr(" \t\r\n", text.p[i])) return false;
    return true;
}

/* A stream's kind shows in its first bytes; they stay in `held`. */
static int sniff_stream(source *self, error *e)
{
    int got = source_fill(self, SNIFF_BYTES, e);
    while (got > 0 && all_blank(buffer_str(&self->held)) && self->held.n < SNIFF_BYTES)
        got = source_fill(self, SNIFF_BYTES, e);
    if (got < 0) return EXIT_INPUT;
    self->kind = record_looks_like_json(buffer_str(&self->held)) ? SOURCE_JSONL : SOURCE_TEXT;
    return 0;
}

static int sniff_file(source *self, error *e)
{
    static char head[SNIFF_BYTES];
    int fd = self->fd >= 0 ? self->fd : open(self->path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? pread(fd, head, sizeof head, (off_t)self->start) : -1;
    if (n < 0) error_set(e, TAMIS_FAIL, "cannot read %s: %s", self->path, strerror(errno));
    if (fd >= 0 && fd != self->fd) close(fd);
    if (n < 0) return EXIT_INPUT;
    self->kind = record_looks_like_json((tamis_str){head, (size_t)n}) ? SOURCE_JSONL : SOURCE_TEXT;
    return 0;
}

static int collect_stdin(inputs *self, const inputs_options *options, error *e)
{
    struct stat file;
    source add = {.path = "-", .name = "-"};
    if (isatty(0)) {
        error_set(e, TAMIS_FAIL, "stdin is a terminal: name a file or pipe something in");
        return EXIT_USAGE;
    }
    for (size_t i = 0; i < self->count; i++) {
        if (strcmp(self->at[i].path, "-") != 0) continue;
        error_set(e, TAMIS_FAIL, "stdin (`-`) is named twice");
        return EXIT_USAGE;
    }
    add.fd = fcntl(0, F_DUPFD_CLOEXEC, 3); /* workers have /dev/null there */
    if (add.fd < 0 || fstat(add.fd, &file) < 0) {
        error_set(e, TAMIS_FAIL, "cannot read stdin: %s", strerror(errno));
        return EXIT_INPUT;
    }
    add.stream = !S_ISREG(file.st_mode);
    if (!add.stream) {
        off_t at = lseek(add.fd, 0, SEEK_CUR);
        add.start = at > 0 ? (uint64_t)at : 0;
        add.size = (uint64_t)file.st_size;
        self->bytes += add.size > add.start ? add.size - add.start : 0;
    }
    bool asked = kind_asked(options->from, &add.kind);
    int code = asked ? 0 : add.stream ? sniff_stream(&add, e) : sniff_file(&add, e);
    if (!inputs_add(self, &add)) code = EXIT_INTERNAL;
    self->streams |= add.stream;
    return code;
}

static int collect_file(inputs *self, const char *path, const struct stat *file,
                        const inputs_options *options, error *e)
{
    source add = {.path = path, .name = name_of(&self->memory, path), .fd = -1};
    add.stream = !S_ISREG(file->st_mode);
    add.size = add.stream ? 0 : (uint64_t)file->st_size;
    if (add.stream) add.fd = open(path, O_RDONLY | O_CLOEXEC);
    if (add.stream ? add.fd < 0 : access(path, R_OK) < 0) {
        error_set(e, TAMIS_FAIL, "cannot read %s: %s", path, strerror(errno));
        return EXIT_INPUT;
    }
    bool known = kind_asked(options->from, &add.kind) || kind_of_name(path, &add.kind);
    int code = known ? 0 : add.stream ? sniff_stream(&add, e) : sniff_file(&add, e);
    self->bytes += add.size;
    self->streams |= add.stream;
    if (!inputs_add(self, &add)) code = EXIT_INTERNAL;
    return code;
}

int inputs_collect(inputs *self, const char *const *named, size_t count,
                   const inputs_options *options, error *e)
{
    *self = (inputs){0};
    if (options->from && strcmp(options->from, "auto") != 0 && strcmp(options->from, "text") != 0 &&
        strcmp(options->from, "jsonl") != 0) {
        error_set(e, TAMIS_FAIL, "--from %s: there are auto, text and jsonl", options->from);
        return EXIT_USAGE;
    }
    for (size_t i = 0; i < count; i++) {
        struct stat file;
        int code;
        tamis_str kept = arena_copy(&self->memory, str_of(named[i]));
        if (strcmp(named[i], "-") == 0)
            code = collect_stdin(self, options, e);
        else if (stat(named[i], &file) < 0) {
            error_set(e, TAMIS_FAIL, "cannot read %s: %s", named[i], strerror(errno));
            return EXIT_INPUT;
        } else if (S_ISDIR(file.st_mode))
            code = collect_folder(self, kept.p, options, e);
        else
            code = collect_file(self, kept.p, &file, options, e);
        if (code) return code;
    }
    return 0;
}

void inputs_close(inputs *self)
{
    for (size_t i = 0; i < self->count; i++) {
        if (self->at[i].fd >= 0) close(self->at[i].fd);
        buffer_free(&self->at[i].held);
    }
    free(self->at);
    arena_free(&self->memory);
    *self = (inputs){0};
}
