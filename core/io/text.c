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

/* ------------------------------------------------------------------ no text at all */

/* What begins like this is no text, whatever follows. */
static const struct {
    const char *mark;
    size_t n;
    const char *what;
} kinds[] = {
    {"%PDF-", 5, "a PDF file"},
    {"PK\003\004", 4, "a ZIP archive or a document of an office program"},
    {"\xD0\xCF\x11\xE0", 4, "a document of an office program"},
    {"{\\rtf", 5, "an RTF document"},
    {"\177ELF", 4, "a program"},
    {"\x89PNG", 4, "a picture"},
    {"\xFF\xD8\xFF", 3, "a picture"},
    {"GIF8", 4, "a picture"},
    {"PAR1", 4, "a Parquet file"},
    {"SQLite format 3", 15, "an SQLite database"},
    {"WARC/1.", 7, "a WARC file"},
    {"7z\xBC\xAF", 4, "a 7z archive"},
    {"Rar!", 4, "a RAR archive"},
};

static bool is_page_source(tamis_str bytes)
{
    static const char *const starts[] = {"<!doctype html", "<html"};
    while (bytes.n && strchr(" \t\r\n", bytes.p[0]) && bytes.p[0]) {
        bytes.p++;
        bytes.n--;
    }
    for (size_t i = 0; i < 2; i++) {
        size_t n = strlen(starts[i]);
        if (bytes.n >= n && !strncasecmp(bytes.p, starts[i], n)) return true;
    }
    return false;
}

static const char *kind_of(tamis_str bytes)
{
    enum { TAR_MARK = 257 };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (bytes.n >= kinds[i].n && !memcmp(bytes.p, kinds[i].mark, kinds[i].n))
            return kinds[i].what;
    if (bytes.n > TAR_MARK + 5 && !memcmp(bytes.p + TAR_MARK, "ustar", 5)) return "a tar archive";
    return is_page_source(bytes) ? "the source of a web page" : NULL;
}

/* UTF-16 without its mark: of its first bytes a quarter or more is NUL. */
static bool is_half_nul(tamis_str bytes)
{
    enum { SAMPLE = 4096 };
    size_t n = bytes.n < SAMPLE ? bytes.n : SAMPLE, nul = 0;
    bool marked = n >= 2 && (!memcmp(bytes.p, "\xFF\xFE", 2) || !memcmp(bytes.p, "\xFE\xFF", 2) ||
                             (n >= 4 && !memcmp(bytes.p, "\0\0\xFE\xFF", 4)));
    if (!n || marked || !memchr(bytes.p, '\0', n)) return false;
    for (size_t i = 0; i < n; i++) nul += bytes.p[i] == '\0';
    return nul * 4 >= n;
}

/* Says so where the file is no text; it is read all the same. */
static tamis_rc tell_no_text(tamis_str bytes, tamis_doc *doc, error *e)
{
    char said[160];
    const char *what = kind_of(bytes);
    if (what)
        snprintf(said, sizeof said, "this is %s, no text: take its text out first", what);
    else if (is_half_nul(bytes))
        snprintf(said, sizeof said, "a quarter or more is NUL: UTF-16 is read by --encoding %s",
                 bytes.p[0] ? "UTF-16LE" : "UTF-16BE");
    else
        return TAMIS_OK;
    return document_add_error(doc, 0, 0, TAMIS_STR("E0509"), str_of(said), TAMIS_STR("read"));
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
    const char *encoding = options ? options->encoding : NULL;
    tamis_rc rc = decode_origin_set(doc, origin, (tamis_str){NULL, 0}, e);
    if (rc == TAMIS_OK && !encoding) rc = tell_no_text(bytes, doc, e);
    if (rc == TAMIS_OK) rc = read_bytes(&self, encoding, &plain, e);
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
