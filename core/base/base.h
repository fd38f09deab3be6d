/* core/base: what every room stands on. Knows nothing of documents.
 * Strings are tamis_str (pointer and length, never NUL-terminated); errors are values. */
#ifndef TAMIS_CORE_BASE_H
#define TAMIS_CORE_BASE_H

#include <stdio.h>
#include <string.h>
#include <tamis/plugin.h>

/* ------------------------------------------------------------------ errors */

/* A result code and a message that says what, where, and what to do. Zero it before use. */
typedef struct {
    tamis_rc rc;
    char text[1012];
} error;

/* Formats the message unless one is there already (the first stays); returns rc. `self` may be
 * NULL. */
tamis_rc error_set(error *self, tamis_rc rc, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
tamis_rc error_vset(error *self, tamis_rc rc, const char *format, va_list arguments);
#ifdef __clang_analyzer__ /* it sees one file at a time: tell it that what goes in comes out */
#define error_set(self, rc, ...) (error_set((self), (rc), __VA_ARGS__), (tamis_rc)(rc))
#endif

/* Leaves the function with the error of `expression`, if it is one. */
#define FORWARD(expression)                      \
    do {                                         \
        tamis_rc forward_rc_ = (expression);     \
        if (forward_rc_ < 0) return forward_rc_; \
    } while (0)

/* ------------------------------------------------------------------ strings */

static inline tamis_str str_of(const char *text) /* of a NUL-terminated string; NULL: empty */
{
    return (tamis_str){text, text ? strlen(text) : 0};
}
static inline bool str_equal(tamis_str a, tamis_str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}
static inline bool str_is(tamis_str a, const char *text)
{
    return str_equal(a, str_of(text));
}
static inline bool str_ends_with(tamis_str a, const char *tail)
{
    size_t n = strlen(tail);
    return a.n >= n && memcmp(a.p + a.n - n, tail, n) == 0;
}
int str_compare(tamis_str a, tamis_str b); /* bytewise, as memcmp, shorter first */

/* A growable byte buffer on the heap. Zero it before use. When memory ends it keeps what it has and
 * sets `failed`. */
typedef struct {
    char *p;
    size_t n, room;
    bool failed;
} buffer;
void buffer_append(buffer *self, const void *bytes, size_t n);
void buffer_append_str(buffer *self, tamis_str text);
void buffer_append_text(buffer *self, const char *text);
void buffer_append_char(buffer *self, char c);
void buffer_printf(buffer *self, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool buffer_reserve(buffer *self, size_t more); /* room for `more` further bytes */
void buffer_free(buffer *self);
static inline tamis_str buffer_str(const buffer *self)
{
    return (tamis_str){self->p, self->n};
}

/* ------------------------------------------------------------------ arena */

/* Bump allocation in growing blocks; freed as a whole. `arena_reset` keeps the blocks for the next
 * document, so that in steady state nothing calls malloc. Zero it before use. */
typedef struct arena_block arena_block;
typedef struct {
    arena_block *first, *current;
    size_t used; /* bytes handed out since the last reset */
} arena;
typedef struct {
    arena_block *block;
    size_t at, used;
} arena_mark;
void *arena_alloc(arena *self, size_t bytes);      /* zeroed, 16-byte aligned; NULL: no memory */
void *arena_alloc_raw(arena *self, size_t bytes);  /* not zeroed */
tamis_str arena_copy(arena *self, tamis_str text); /* with a NUL behind it; {NULL,0} on no memory */
char *arena_printf(arena *self, const char *format, ...) __attribute__((format(printf, 2, 3)));
arena_mark arena_here(const arena *self);
void arena_rewind(arena *self, arena_mark mark); /* what was handed out since is gone */
void arena_reset(arena *self);
void arena_free(arena *self);

/* ------------------------------------------------------------------ UTF-8 */

/* The length of the longest valid prefix (RFC 3629: no surrogates, nothing above U+10FFFF). */
size_t utf8_valid_prefix(tamis_str text);
static inline bool utf8_is_continuation(unsigned char c)
{
    return (c & 0xC0) == 0x80;
}
/* Code points, or UTF-16 units, of valid UTF-8. */
size_t utf8_count(tamis_str text);
size_t utf8_count_utf16(tamis_str text);
/* Decodes one code point of valid UTF-8 at p[0..n); sets *bytes (1 to 4). */
uint32_t utf8_decode(const char *p, size_t n, size_t *bytes);
/* Columns that a code point takes on a terminal: close enough for breaking lines (wide East Asian
 * blocks, marks). */
unsigned utf8_columns(uint32_t code_point);
size_t utf8_encode(uint32_t code_point, char out[4]); /* returns how many bytes */
/* One U+FFFD for each maximal invalid part (WHATWG, Unicode 15 §3.9 U+FFFD substitution). Each is
 * reported. */
typedef void (*utf8_invalid)(void *user, size_t input_offset, size_t output_offset, size_t bytes);
void utf8_repair(tamis_str bytes, buffer *out, utf8_invalid report, void *user);
/* The bytes themselves where they are valid, else their repair, which `room` holds. */
tamis_str utf8_mended(tamis_str bytes, buffer *room);

/* ------------------------------------------------------------------ hashing */

/* Fast, not cryptographic; the same for ever, on machines of either byte order. */
uint64_t hash_bytes(const void *bytes, size_t n, uint64_t seed);
/* Another one, as lasting, for what is megabytes long: four chains side by side. */
uint64_t hash_large(const void *bytes, size_t n, uint64_t seed);
/* As people and JSON have it, whose numbers are too small: 16 hexadecimal digits. */
enum { HASH_TEXT = 17 };
void hash_print(uint64_t hash, char out[HASH_TEXT]);

/* ------------------------------------------------------------------ files */

/* Maps a regular file, or reads anything else; release with file_close. An empty file gives n =
 * 0. */
typedef struct {
    tamis_str bytes;
    bool mapped;
} file_bytes;
tamis_rc file_open(const char *path, file_bytes *out, error *e);
void file_close(file_bytes *self);
/* All of it, to a file or a pipe; false with errno set. */
bool file_write(int fd, const void *bytes, size_t n);
/* Writes a file under PATH.part, fsynced, which then takes the place of `path` and keeps its mode;
 * what is there and no regular file is written in place. On error nothing is left over. */
tamis_rc file_replace(const char *path, tamis_str text, error *e);
/* The folder of a path ("a/b.lua" -> "a", "b.lua" -> "."), and base joined with a relative path. */
tamis_str path_folder(tamis_str path);
char *path_join(arena *memory, tamis_str base, tamis_str path);

#endif
