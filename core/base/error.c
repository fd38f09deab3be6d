/* Errors as values: a code and one message; the first message stays, since it names the cause and
 * what comes after it is a consequence. */
#include "base/base.h"

tamis_rc error_vset(error *self, tamis_rc rc, const char *format, va_list arguments)
{
    if (!self || self->rc != TAMIS_OK) return rc;
    self->rc = rc;
    int n = vsnprintf(self->text, sizeof self->text, format, arguments);
    if (n < 0) {
        self->text[0] = '\0';
    } else if ((size_t)n >= sizeof self->text) {
        /* Cut at a whole code point and say so. */
        size_t end = sizeof self->text - sizeof "…";
        while (end > 0 && utf8_is_continuation((unsigned char)self->text[end])) end--;
        memcpy(self->text + end, "…", sizeof "…");
    }
    return rc;
}

tamis_rc(error_set)(error *self, tamis_rc rc, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    error_vset(self, rc, format, arguments);
    va_end(arguments);
    return rc;
}
