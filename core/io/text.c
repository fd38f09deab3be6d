/* The bytes of a text file become a document: BOMs, UTF-16, legacy encodings by iconv. What is no
 * text becomes U+FFFD and is located; no file stops a run. */
#include "io/decode.h"

#include <errno.h>
#include <iconv.h>
#include <strings.h>

/* Text on its way out, and what was wrong with the bytes. */
typedef struct {
    tamis_doc *doc;
    tamis_str bytes;
    buffer out;
    const char *encoding;
    size_t faults;
    size_t skipped; /* bytes ahead of `bytes`: a BOM */
} text_reader;

static void fault(text_reader *self, size_t input, size_t output, size_t n)
{
    if (++self->faults > MOST_FAULTS) return;
    char said[160];
    snprintf(said, sizeof said, "%zu byte%s that %s no %s (0x%02X), at byte %zu of the file", n,
             n == 1 ? "" : "s", n == 1 ? "is" : "are", self->encoding,
             (unsigned char)self->bytes.p[input], input + self->skipped);
    document_add_error(self->doc, output, output + 3, TAMIS_STR("E0501"), str_of(said),
                       TAMIS_STR("read"));
}

static void replace(text_reader *self, size_t input, size_t n)
{
    fault(self, input, self->out.n, n);
    buffer_append_text(&self->out, "\xEF\xBF\xBD");
}

static void see_invalid(void *user, size_t input, size_t output, size_t n)
{
    fault(user, input, output, n);
}

/* ------------------------------------------------------------------ UTF-16 */

static uint32_t unit_at(const unsigned char *p, bool big)
{
    return big ? (uint32_t)p[0] << 8 | p[1] : (uint32_t)p[1] << 8 | p[0];
}

static void read_utf16(text_reader *self, bool big)
{
    const unsigned char *p = (const unsigned char *)self->bytes.p;
    size_t n = self->bytes.n, i = 0;
    if (!buffer_reserve(&self->out, n + n / 2)) return;
    for (; i + 2 <= n; i += 2) {
        uint32_t c = unit_at(p + i, big);
        if (c >= 0xD800 && c <= 0xDFFF) {
            uint32_t low = c <= 0xDBFF && i + 4 <= n ? unit_at(p + i + 2, big) : 0;
            if (low < 0xDC00 || low > 0xDFFF) {
                replace(self, i, 2);
                continue;
            }
            c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
            i += 2;
        }
        char bytes[4];
        buffer_append(&self->out, bytes, utf8_encode(c, bytes));
    }
    if (i < n) replace(self, i, n - i);
}

/* ------------------------------------------------------------------ iconv */

static tamis_rc read_iconv(text_reader *self, error *e)
{
    iconv_t to = iconv_open("UTF-8", self->encoding);
    if (to == (iconv_t)-1)
        return error_set(e, TAMIS_FAIL,
                         "the encoding `%s` is not known here (`iconv -l` lists them)",
                         self->encoding);
    char *in = (char *)(uintptr_t)self->bytes.p;
    size_t left = self->bytes.n;
    while (left > 0) {
        if (!buffer_reserve(&self->out, left + 64)) break;
        char *out = self->out.p + self->out.n;
        size_t room = self->out.room - self->out.n;
        size_t rc = iconv(to, &in, &left, &out, &room);
        self->out.n = (size_t)(out - self->out.p);
        if (rc != (size_t)-1 || left == 0) continue;
        if (errno == E2BIG) {
            buffer_reserve(&self->out, 2 * left + 256);
            if (self->out.failed) break;
        } else {
            size_t bad = errno == EINVAL ? left : 1;
            replace(self, self->bytes.n - left, bad);
            in += bad;
            left -= bad;
        }
    }
    iconv_close(to);
    return TAMIS_OK;
}

bool encoding_known(const char *encoding)
{
    iconv_t to = iconv_open("UTF-8", encoding);
    if (to == (iconv_t)-1) return false;
    iconv_close(to);
    return true;
}

/* ------------------------------------------------------------------ which is it? */

static bool begins(tamis_str bytes, const char *mark, size_t n)
{
    return bytes.n >= n && memcmp(bytes.p, mark, n) == 0;
}

static void skip(text_reader *self, size_t n)
{
    self->bytes.p += n;
    self->bytes.n -= n;
    self->skipped = n;
}

/* Fills out->out, or says in *plain that the bytes are the text. */
static tamis_rc read_bytes(text_reader *self, const char *encoding, bool *plain, error *e)
{
    *plain = false;
    if (encoding && strcasecmp(encoding, "utf-8") != 0 && strcasecmp(encoding, "utf8") != 0) {
        self->encoding = encoding;
        FORWARD(read_iconv(self, e));
        if (begins(buffer_str(&self->out), "\xEF\xBB\xBF", 3)) {
            self->out.n -= 3;
            memmove(self->out.p, self->out.p + 3, self->out.n);
            for (size_t i = 0; i < self->doc->error_count; i++) {
                self->doc->errors[i].start -= 3;
                self->doc->errors[i].end -= 3;
            }
        }
        return TAMIS_OK;
    }
    if (!encoding && self->bytes.n % 4 == 0 &&
        (begins(self->bytes, "\xFF\xFE\0\0", 4) || begins(self->bytes, "\0\0\xFE\xFF", 4))) {
        self->encoding = self->bytes.p[0] ? "UTF-32LE" : "UTF-32BE";
        skip(self, 4);
        return read_iconv(self, e);
    }
    if (!encoding && (begins(self->bytes, "\xFF\xFE", 2) || begins(self->bytes, "\xFE\xFF", 2))) {
        bool big = begins(self->bytes, "\xFE", 1);
        self->encoding = "UTF-16";
        skip(self, 2);
        read_utf16(self, big);
        return TAMIS_OK;
    }
    self->encoding = "UTF-8";
    if (begins(self->bytes, "\xEF\xBB\xBF", 3)) skip(self, 3);
    *plain = utf8_valid_prefix(self->bytes) == self->bytes.n;
    if (!*plain) utf8_repair(self->bytes, &self->out, see_invalid, self);
    return TAMIS_OK;
}

tamis_rc text_decode(tamis_str bytes, const decode_options *options, const decode_origin *origin,
                     tamis_doc *doc, error *e)
{
    text_reader self = {.doc = doc, .bytes = bytes};
    bool plain = false;
    tamis_rc rc = decode_origin_set(doc, origin, (tamis_str){NULL, 0}, e);
    if (rc == TAMIS_OK) rc = read_bytes(&self, options ? options->encoding : NULL, &plain, e);
    if (rc == TAMIS_OK && self.out.failed)
        rc = error_set(e, TAMIS_FAIL, "no memory left to decode the text");
    if (rc == TAMIS_OK)
        rc = document_set_source(doc, plain ? self.bytes : buffer_str(&self.out), e);
    if (rc == TAMIS_OK && self.faults > MOST_FAULTS) {
        char more[80];
        snprintf(more, sizeof more, "%zu more places that are no %s", self.faults - MOST_FAULTS,
                 self.encoding);
        rc = document_add_error(doc, 0, 0, TAMIS_STR("E0503"), str_of(more), TAMIS_STR("read"));
    }
    buffer_free(&self.out);
    return rc;
}
