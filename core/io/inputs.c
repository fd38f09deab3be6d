/* Collecting sources. A file named outright is always read; a folder gives its files of known
 * suffix, no hidden ones, no links, none of the run's own outputs, and the rest is counted. A
 * packed file is a stream from the tool that unpacks it, begun when it is its turn. */
#include "io/inputs.h"
#include "engine/engine.h"
#include "io/record.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SNIFF_BYTES = 65536, FOLDER_DEPTH_MAX = 64 };

static const struct {
    const char *suffix;
    source_kind kind;
} suffixes[] = {
    {".txt", SOURCE_TEXT},    {".text", SOURCE_TEXT},    {".md", SOURCE_TEXT},
    {".jsonl", SOURCE_JSONL}, {".ndjson", SOURCE_JSONL},
};

/* Packed files are read through the tool that every system has for them: one process a file, and
 * none of its memory or faults in ours. */
static const struct {
    const char *suffix, *tool;
    const char *magic;
} packings[] = {
    {".gz", "gzip", "\x1f\x8b"},
    {".zst", "zstd", "\x28\xb5\x2f\xfd"},
    {".xz", "xz",
     "\xfd"
     "7zXZ"},
    {".bz2", "bzip2", "BZh"},
};
enum { PACKINGS = sizeof packings / sizeof *packings };

/* The tool for a name; *stem is the name's length without the suffix. */
static const char *packing_of_name(const char *path, size_t *stem)
{
    *stem = strlen(path);
    for (size_t i = 0; i < PACKINGS; i++) {
        size_t m = strlen(packings[i].suffix);
        if (*stem <= m || strcmp(path + *stem - m, packings[i].suffix) != 0) continue;
        *stem -= m;
        return packings[i].tool;
    }
    return NULL;
}

/* A file named outright may be packed whatever it is called. */
static const char *packing_of_file(const char *path)
{
    char head[8] = {0};
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? pread(fd, head, sizeof head, 0) : -1;
    if (fd >= 0) close(fd);
    for (size_t i = 0; i < PACKINGS && n > 0; i++)
        if (memcmp(head, packings[i].magic, strlen(packings[i].magic)) == 0)
            return packings[i].tool;
    return NULL;
}

static bool kind_of_name(const char *path, source_kind *out)
{
    size_t n;
    packing_of_name(path, &n);
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
        size_t m = strlen(suffixes[i].suffix);
        if (n <= m || memcmp(path + n - m, suffixes[i].suffix, m) != 0) continue;
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

/* ------------------------------------------------------------------ unpacking */

/* The tool, with the file as its input and a pipe as its output; in a group of its own, so that an
 * interrupt from the terminal is ours alone. */
static int spawn(source *self, int in, int out)
{
    char *const arguments[] = {(char *)(uintptr_t)self->unpack, (char *)(uintptr_t) "-dc", NULL};
    posix_spawn_file_actions_t files;
    posix_spawnattr_t how;
    sigset_t usual;
    sigemptyset(&usual);
    sigaddset(&usual, SIGPIPE);
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&how);
    posix_spawn_file_actions_adddup2(&files, in, 0);
    posix_spawn_file_actions_adddup2(&files, out, 1);
    posix_spawnattr_setsigdefault(&how, &usual);
    posix_spawnattr_setpgroup(&how, 0);
    posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    int wrong = posix_spawnp(&self->unpacker, self->unpack, &files, &how, arguments, environ);
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&how);
    if (wrong) self->unpacker = 0;
    return wrong;
}

tamis_rc source_begin(source *self, error *e)
{
    if (!self->unpack || self->fd >= 0 || self->ended) return TAMIS_OK;
    int in = open(self->path, O_RDONLY | O_CLOEXEC), ends[2];
    if (in < 0 || pipe2(ends, O_CLOEXEC) < 0) {
        if (in >= 0) close(in);
        return error_set(e, TAMIS_FATAL, "cannot read %s: %s", self->path, strerror(errno));
    }
    int wrong = spawn(self, in, ends[1]);
    close(in);
    close(ends[1]);
    if (!wrong) {
        self->fd = ends[0];
        return TAMIS_OK;
    }
    close(ends[0]);
    if (wrong == ENOENT)
        return error_set(e, TAMIS_FATAL,
                         "cannot read %s: it takes the command `%s`, which is not installed",
                         self->path, self->unpack);
    return error_set(e, TAMIS_FATAL, "cannot read %s: %s: %s", self->path, self->unpack,
                     strerror(wrong));
}

/* At the end of a packed file: whether it was whole. */
static void source_unpacked(source *self)
{
    int status = 0;
    if (!self->unpacker) return;
    while (waitpid(self->unpacker, &status, 0) < 0 && errno == EINTR) {
    }
    self->unpacker = 0;
    self->cut = !WIFEXITED(status) || WEXITSTATUS(status) != 0;
}

static void source_close(source *self)
{
    if (self->fd >= 0) close(self->fd);
    self->fd = -1;
    if (self->unpacker) {
        kill(self->unpacker, SIGTERM);
        waitpid(self->unpacker, NULL, 0);
    }
    self->unpacker = 0;
    buffer_free(&self->held);
}

int source_fill(source *self, size_t bytes, error *e)
{
    if (self->ended) return 0;
    FORWARD(source_begin(self, e));
    if (!buffer_reserve(&self->held, bytes))
        return error_set(e, TAMIS_FATAL, "%s: no memory to read it", self->path);
    ssize_t n;
    do n = read(self->fd, self->held.p + self->held.n, bytes);
    while (n < 0 && errno == EINTR);
    if (n < 0) return error_set(e, TAMIS_FATAL, "cannot read %s: %s", self->path, strerror(errno));
    self->held.n += (size_t)n;
    self->ended = n == 0;
    if (self->ended) source_unpacked(self);
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
        size_t stem;
        add.unpack = packing_of_name(rel, &stem);
        add.stream = add.unpack != NULL;
        add.weight = (uint64_t)file.st_size;
        add.size = add.stream ? 0 : add.weight;
        self->into->bytes += add.size;
        self->into->streams |= add.stream;
        if (!inputs_add(self->into, &add)) {
            error_set(self->e, TAMIS_FATAL, "no memory for the list of files");
            code = EXIT_INTERNAL;
        }
    }
    return code;
}

/* A folder within what was named costs itself alone: it becomes a source that cannot be read. */
static int unread_folder(walk *self, const char *path, const char *relative, const char *why)
{
    source add = {.path = path, .name = relative, .fd = -1, .kind = SOURCE_TEXT, .fault = why};
    if (*relative && inputs_add(self->into, &add)) return 0;
    error_set(self->e, TAMIS_FATAL, "%s", why);
    return *relative ? EXIT_INTERNAL : EXIT_INPUT;
}

static int walk_folder(walk *self, const char *relative, unsigned depth)
{
    arena *memory = &self->into->memory;
    const char *path = *relative ? path_join(memory, self->root, str_of(relative)) : self->root.p;
    DIR *folder = path && depth <= FOLDER_DEPTH_MAX ? opendir(path) : NULL;
    if (!folder) {
        const char *cause = depth > FOLDER_DEPTH_MAX ? "nested too deeply" : strerror(errno);
        const char *why =
            arena_printf(memory, "cannot read the folder %s: %s", path ? path : relative, cause);
        return unread_folder(self, path, relative, why ? why : cause);
    }
    int code = 0;
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

/* As unusable as a file that is not there: most likely the path is wrong. */
static int nothing_in_folder(const char *path, uint64_t skipped, error *e)
{
    if (skipped)
        error_set(e, TAMIS_FAIL,
                  "nothing to read in the folder %s: %" PRIu64 " file%s left alone: no known "
                  "suffix, hidden, a link, or an output (`tamis help inputs`)",
                  path, skipped, skipped == 1 ? "" : "s");
    else
        error_set(e, TAMIS_FAIL, "the folder %s is empty", path);
    return EXIT_INPUT;
}

static int collect_folder(inputs *self, const char *path, const inputs_options *options, error *e)
{
    walk w = {.into = self, .options = options, .root = str_of(path), .e = e};
    size_t before = self->count;
    uint64_t skipped = self->skipped;
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
    else if (!code)
        code = nothing_in_folder(path, self->skipped - skipped, e);
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
        add.weight = add.size > add.start ? add.size - add.start : 0;
        self->bytes += add.weight;
    }
    bool asked = kind_asked(options->from, &add.kind);
    int code = asked ? 0 : add.stream ? sniff_stream(&add, e) : sniff_file(&add, e);
    /* What is ahead in a chain of pipes may have left nothing: no records, not one empty text. */
    bool nothing =
        add.stream ? add.ended && all_blank(buffer_str(&add.held)) : add.size <= add.start;
    if (!asked && nothing) add.kind = SOURCE_JSONL;
    if (!inputs_add(self, &add)) code = EXIT_INTERNAL;
    self->streams |= add.stream;
    return code;
}

static int collect_file(inputs *self, const char *path, const struct stat *file,
                        const inputs_options *options, error *e)
{
    source add = {.path = path, .name = name_of(&self->memory, path), .fd = -1};
    bool plain = S_ISREG(file->st_mode);
    if (plain) add.unpack = packing_of_file(path);
    add.stream = !plain || add.unpack;
    add.weight = plain ? (uint64_t)file->st_size : 0;
    add.size = add.stream ? 0 : add.weight;
    if (!plain) add.fd = open(path, O_RDONLY | O_CLOEXEC);
    if (plain ? access(path, R_OK) < 0 : add.fd < 0) {
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
    for (size_t i = 0; i < self->count; i++) source_close(&self->at[i]);
    free(self->at);
    arena_free(&self->memory);
    *self = (inputs){0};
}

/* ------------------------------------------------------------------ shards */

/* floor(total * index / of), without overflow. */
static uint64_t share_end(uint64_t total, uint32_t index, uint32_t of)
{
    return total / of * index + total % of * index / of;
}

/* What of a source at [at, at + weight) lies in [from, to); false: nothing. */
static bool source_cut(source *self, uint64_t at, uint64_t from, uint64_t to)
{
    bool begins = at >= from && at < to;
    if (self->kind == SOURCE_TEXT || self->stream || self->weight == 0) return begins;
    uint64_t end = at + self->weight;
    if (end <= from || at >= to) return false;
    self->from = from > at ? self->start + (from - at) : 0;
    self->to = to < end ? self->start + (to - at) : 0;
    return true;
}

int inputs_shard(inputs *self, uint32_t index, uint32_t of, error *e)
{
    uint64_t total = 0, at = 0;
    size_t kept = 0;
    for (size_t i = 0; i < self->count; i++) {
        total += self->at[i].weight;
        if (!self->at[i].stream || self->at[i].unpack) continue;
        error_set(e, TAMIS_FAIL, "%s is a pipe and cannot be cut into shards: name files",
                  strcmp(self->at[i].path, "-") == 0 ? "standard input" : self->at[i].path);
        return EXIT_USAGE;
    }
    uint64_t from = share_end(total, index - 1, of);
    uint64_t to = index == of ? UINT64_MAX : share_end(total, index, of);
    self->bytes = 0;
    self->streams = false;
    for (size_t i = 0; i < self->count; i++) {
        source *s = &self->at[i];
        uint64_t begin = at;
        at += s->weight;
        if (!source_cut(s, begin, from, to)) {
            source_close(s);
            continue;
        }
        self->streams |= s->stream;
        if (s->size) self->bytes += (s->to ? s->to : s->size) - (s->from ? s->from : s->start);
        self->at[kept++] = *s;
    }
    self->count = kept;
    return 0;
}
