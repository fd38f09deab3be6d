/* core/match: memory for tables of megabytes. They are read at random, and filled once: huge pages,
 * where the system has them, spare most look-ups of pages and nearly all faults. Small pieces are
 * plain ones. */
#include <stdlib.h>
#include <sys/mman.h>

#include "match/compiled.h"

enum { HUGE = 2 << 20, LARGE = 1 << 20 };

static size_t rounded(size_t bytes)
{
    return (bytes + HUGE - 1) & ~(size_t)(HUGE - 1);
}

void *pages_take(size_t bytes)
{
    if (bytes < LARGE) {
        size_t whole = (bytes + 63) & ~(size_t)63;
        void *p = aligned_alloc(64, whole ? whole : 64);
        if (p) memset(p, 0, whole);
        return p;
    }
    size_t want = rounded(bytes), room = want + HUGE;
    char *p = mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) return NULL;
    size_t before = rounded((uintptr_t)p) - (uintptr_t)p;
    if (before) munmap(p, before);
    if (room - before > want) munmap(p + before + want, room - before - want);
#ifdef MADV_HUGEPAGE
    madvise(p + before, want, MADV_HUGEPAGE);
#endif
    return p + before;
}

void pages_give(void *p, size_t bytes)
{
    if (!p) return;
    if (bytes < LARGE)
        free(p);
    else
        munmap(p, rounded(bytes));
}

void *pages_grow(void *p, size_t bytes, size_t more)
{
    void *grown = pages_take(more);
    if (!grown) return NULL;
    if (bytes) memcpy(grown, p, bytes);
    pages_give(p, bytes);
    return grown;
}
