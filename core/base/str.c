/* Strings and the growable buffer. A buffer that cannot grow keeps what it has and says `failed`,
 * so that a writer checks once at the end and not after every piece. */
#include "base/base.h"

#include <stdlib.h>

int str_compare(tamis_str a, tamis_str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    int order = n ? memcmp(a.p, b.p, n) : 0;
    if (order) return order;
    return (a.n > b.n) - (a.n < b.n);
}

bool buffer_reserve(buffer *self, size_t more)
{
    if (more <= self->room - self->n) return !self->failed;
    if (self->failed || more > SIZE_MAX / 2 - self->n) {
        self->failed = true;
        return false;
    }
    size_t room = self->room + self->room / 2 + 64;
    if (room < self->n + more) room = self->n + more;
    char *grown = realloc(self->p, room);
    if (!grown) {
        self->failed = true;
        return false;
    }
    self->p = grown;
    self->room = room;
    return true;
}

void buffer_append(buffer *self, const void *bytes, size_t n)
{
    if (n == 0 || !buffer_reserve(self, n)) return;
    memcpy(self->p + self->n, bytes, n);
    self->n += n;
}

void buffer_append_str(buffer *self, tamis_str text)
{
    buffer_append(self, text.p, text.n);
}

void buffer_append_text(buffer *self, const char *text)
{
    buffer_append(self, text, strlen(text));
}

void buffer_append_char(buffer *self, char c)
{
    if (!buffer_reserve(self, 1)) return;
    self->p[self->n++] = c;
}

void buffer_printf(buffer *self, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    size_t room = self->room - self->n;
    int n = vsnprintf(self->p ? self->p + self->n : NULL, self->p ? room : 0, format, arguments);
    if (n < 0) {
        self->failed = true;
    } else if ((size_t)n < room && self->p && !self->failed) {
        self->n += (size_t)n;
    } else if (buffer_reserve(self, (size_t)n + 1)) {
        vsnprintf(self->p + self->n, (size_t)n + 1, format, again);
        self->n += (size_t)n;
    }
    va_end(again);
    va_end(arguments);
}

void buffer_free(buffer *self)
{
    free(self->p);
    *self = (buffer){0};
}
