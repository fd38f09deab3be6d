/* Files and paths. A regular file is mapped, so that workers share its pages; anything else (a
 * pipe, a device) is read to its end. */
#include "base/base.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static tamis_rc read_to_end(int fd, const char *path, file_bytes *out, error *e)
{
    buffer all = {0};
    for (;;) {
        if (!buffer_reserve(&all, 64 * 1024)) {
            buffer_free(&all);
            return error_set(e, TAMIS_FAIL, "%s: no memory left to read it", path);
        }
        ssize_t n = read(fd, all.p + all.n, all.room - all.n);
        if (n > 0) {
            all.n += (size_t)n;
        } else if (n == 0) {
            *out = (file_bytes){buffer_str(&all), false};
            return TAMIS_OK;
        } else if (errno != EINTR) {
            buffer_free(&all);
            return error_set(e, TAMIS_FAIL, "%s: cannot be read: %s", path, strerror(errno));
        }
    }
}

tamis_rc file_open(const char *path, file_bytes *out, error *e)
{
    *out = (file_bytes){{NULL, 0}, false};
    tamis_rc rc = TAMIS_OK;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return error_set(e, TAMIS_FAIL, "%s: %s", path, strerror(errno));
    struct stat about;
    if (fstat(fd, &about) != 0) {
        rc = error_set(e, TAMIS_FAIL, "%s: %s", path, strerror(errno));
    } else if (S_ISDIR(about.st_mode)) {
        rc = error_set(e, TAMIS_FAIL, "%s: is a folder, where a file is needed", path);
    } else if (S_ISREG(about.st_mode) && about.st_size > 0) {
        void *p = mmap(NULL, (size_t)about.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (p == MAP_FAILED)
            rc = read_to_end(fd, path, out, e);
        else
            *out = (file_bytes){{p, (size_t)about.st_size}, true};
    } else {
        rc = read_to_end(fd, path, out, e); /* /proc files say that they are empty */
    }
    close(fd);
    return rc;
}

void file_close(file_bytes *self)
{
    if (self->mapped)
        munmap((void *)(uintptr_t)self->bytes.p, self->bytes.n);
    else
        free((void *)(uintptr_t)self->bytes.p);
    *self = (file_bytes){{NULL, 0}, false};
}

bool file_write(int fd, const void *bytes, size_t n)
{
    const char *p = bytes;
    while (n > 0) {
        ssize_t did = write(fd, p, n);
        if (did < 0 && errno == EINTR) continue;
        if (did <= 0) return false;
        p += did;
        n -= (size_t)did;
    }
    return true;
}

tamis_rc file_replace(const char *path, tamis_str text, error *e)
{
    struct stat st;
    bool there = stat(path, &st) == 0, in_place = there && !S_ISREG(st.st_mode);
    char part[4200];
    int length = snprintf(part, sizeof part, "%s%s", path, in_place ? "" : ".part");
    int fd = -1;
    if (length < (int)sizeof part)
        fd = open(part, O_WRONLY | O_CLOEXEC | (in_place ? 0 : O_CREAT | O_TRUNC), 0666);
    bool good = fd >= 0 && file_write(fd, text.p, text.n);
    if (good && !in_place) good = fsync(fd) == 0 && (!there || fchmod(fd, st.st_mode & 07777) == 0);
    int cause = errno;
    if (fd >= 0 && close(fd) < 0 && good) {
        good = false;
        cause = errno;
    }
    if (good && !in_place && rename(part, path) < 0) {
        good = false;
        cause = errno;
    }
    if (good) return TAMIS_OK;
    if (!in_place && fd >= 0) unlink(part);
    return error_set(e, TAMIS_FAIL, "cannot write %s: %s", path, strerror(cause));
}

tamis_str path_folder(tamis_str path)
{
    while (path.n > 1 && path.p[path.n - 1] == '/') path.n--;
    while (path.n > 0 && path.p[path.n - 1] != '/') path.n--;
    if (path.n == 0) return TAMIS_STR(".");
    while (path.n > 1 && path.p[path.n - 1] == '/') path.n--;
    return path;
}

char *path_join(arena *memory, tamis_str base, tamis_str path)
{
    bool alone = base.n == 0 || (path.n > 0 && path.p[0] == '/');
    if (alone) {
        tamis_str copy = arena_copy(memory, path);
        return (char *)(uintptr_t)copy.p;
    }
    if (path.n == 0) {
        tamis_str copy = arena_copy(memory, base);
        return (char *)(uintptr_t)copy.p;
    }
    bool slash = base.p[base.n - 1] != '/';
    char *joined = arena_alloc_raw(memory, base.n + path.n + 2);
    if (!joined) return NULL;
    memcpy(joined, base.p, base.n);
    if (slash) joined[base.n] = '/';
    memcpy(joined + base.n + slash, path.p, path.n);
    joined[base.n + slash + path.n] = '\0';
    return joined;
}
