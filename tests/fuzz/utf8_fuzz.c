/* Any bytes as text: what is repaired is valid, what was valid stays, and every report names bytes
 * that were there. */
#include "base/base.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct {
    tamis_str bytes;
    size_t in, out; /* where the last report ended */
    const buffer *repaired;
} report_check;

static void check(void *user, size_t in, size_t out, size_t n)
{
    report_check *self = user;
    if (in < self->in || n == 0 || n > 3 || in + n > self->bytes.n) abort();
    if (in - self->in != out - self->out) abort(); /* in between nothing changed */
    self->in = in + n;
    self->out = out + 3;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tamis_str bytes = {(const char *)data, size};
    buffer out = {0};
    report_check self = {bytes, 0, 0, &out};
    utf8_repair(bytes, &out, check, &self);
    if (utf8_valid_prefix(buffer_str(&out)) != out.n) abort();
    if (bytes.n - self.in != out.n - self.out) abort();
    bool valid = utf8_valid_prefix(bytes) == bytes.n;
    if (valid != (self.in == 0 && str_equal(bytes, buffer_str(&out)))) abort();
    size_t points = 0, units = 0;
    for (size_t i = 0, n; i < out.n; i += n) {
        uint32_t c = utf8_decode(out.p + i, out.n - i, &n);
        char again[4];
        if (utf8_encode(c, again) != n || memcmp(again, out.p + i, n) != 0) abort();
        points++;
        units += c > 0xFFFF ? 2 : 1;
    }
    if (utf8_count(buffer_str(&out)) != points) abort();
    if (utf8_count_utf16(buffer_str(&out)) != units) abort();
    buffer_free(&out);
    return 0;
}
