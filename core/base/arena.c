/* The arena: a chain of blocks, filled from the front. A reset goes back to the first block and
 * keeps the chain, so a document like the last one costs no malloc. A block that was made for one
 * huge piece is given back at reset, so that one large document does not stay in memory for the
 * rest of a run. */
#include "base/base.h"

#include <stdlib.h>

enum {
    ALIGNMENT = 16,
    FIRST_BLOCK = 16 * 1024,
    LARGEST_BLOCK = 1024 * 1024,
    KEPT_BLOCK = 4 * 1024 * 1024, /* bytes: a larger block is freed by arena_reset */
    KEPT_TOTAL = 16 * 1024 * 1024 /* bytes that a chain keeps over a reset */
};

/* Under the address sanitizer what is not handed out is poisoned, so that a string kept past its
 * document is found. */
#if defined(__SANITIZE_ADDRESS__)
#define ARENA_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ASAN 1
#endif
#endif
#ifdef ARENA_ASAN
#include <sanitizer/asan_interface.h>
#define HIDE(p, n)   ASAN_POISON_MEMORY_REGION(p, n)
#define REVEAL(p, n) ASAN_UNPOISON_MEMORY_REGION(p, n)
#else
#define HIDE(p, n)   ((void)(p), (void)(n))
#define REVEAL(p, n) ((void)(p), (void)(n))
#endif

struct arena_block {
    arena_block *next;
    size_t room, at; /* of `bytes`; `at` is what is handed out */
    _Alignas(16) char bytes[];
};

static arena_block *block_new(size_t room)
{
    if (room > SIZE_MAX - sizeof(arena_block)) return NULL;
    arena_block *block = malloc(sizeof *block + room);
    if (!block) return NULL;
    block->next = NULL;
    block->room = room;
    block->at = 0;
    HIDE(block->bytes, room);
    return block;
}

static void block_cut(arena_block *block, size_t at)
{
    block->at = at;
    HIDE(block->bytes + at, block->room - at);
}

static void block_free(arena_block *block)
{
    REVEAL(block->bytes, block->room);
    free(block);
}

/* The next block of the chain with enough room, made where there is none. Blocks behind the current
 * one are empty; one that is too small is stepped over until the next reset. */
static arena_block *arena_next_block(arena *self, size_t bytes)
{
    for (arena_block *b = self->current ? self->current->next : self->first; b; b = b->next) {
        block_cut(b, 0);
        self->current = b;
        if (bytes <= b->room) return b;
    }
    size_t room = self->current ? self->current->room * 2 : FIRST_BLOCK;
    if (room > LARGEST_BLOCK) room = LARGEST_BLOCK;
    if (room < bytes) room = bytes;
    arena_block *made = block_new(room);
    if (!made) return NULL;
    if (self->current)
        self->current->next = made;
    else
        self->first = made;
    self->current = made;
    return made;
}

void *arena_alloc_raw(arena *self, size_t bytes)
{
    if (bytes > SIZE_MAX / 2) return NULL;
    size_t size = (bytes + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    if (size == 0) size = ALIGNMENT;
    arena_block *block = self->current;
    if (!block || size > block->room - block->at) {
        block = arena_next_block(self, size);
        if (!block) return NULL;
    }
    void *p = block->bytes + block->at;
    block->at += size;
    self->used += size;
    REVEAL(p, bytes);
    return p;
}

void *arena_alloc(arena *self, size_t bytes)
{
    void *p = arena_alloc_raw(self, bytes);
    if (p) memset(p, 0, bytes);
    return p;
}

tamis_str arena_copy(arena *self, tamis_str text)
{
    char *p = arena_alloc_raw(self, text.n + 1);
    if (!p) return (tamis_str){NULL, 0};
    if (text.n) memcpy(p, text.p, text.n);
    p[text.n] = '\0';
    return (tamis_str){p, text.n};
}

char *arena_printf(arena *self, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    char *p = NULL;
    int n = vsnprintf(NULL, 0, format, arguments);
    if (n >= 0 && (p = arena_alloc_raw(self, (size_t)n + 1)) != NULL)
        vsnprintf(p, (size_t)n + 1, format, again);
    va_end(again);
    va_end(arguments);
    return p;
}

arena_mark arena_here(const arena *self)
{
    return (arena_mark){self->current, self->current ? self->current->at : 0, self->used};
}

void arena_rewind(arena *self, arena_mark mark)
{
    self->used = mark.used;
    self->current = mark.block ? mark.block : self->first;
    if (self->current) block_cut(self->current, mark.block ? mark.at : 0);
}

void arena_reset(arena *self)
{
    size_t kept = 0;
    arena_block **link = &self->first;
    while (*link) {
        arena_block *block = *link;
        if (block->room > KEPT_BLOCK || kept + block->room > KEPT_TOTAL) {
            *link = block->next;
            block_free(block);
        } else {
            kept += block->room;
            link = &block->next;
        }
    }
    self->current = self->first;
    if (self->first) block_cut(self->first, 0);
    self->used = 0;
}

void arena_free(arena *self)
{
    for (arena_block *block = self->first; block;) {
        arena_block *next = block->next;
        block_free(block);
        block = next;
    }
    *self = (arena){0};
}
