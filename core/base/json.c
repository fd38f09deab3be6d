/* The JSON scanner. Long strings are where the bytes are: they are passed 16 at a time, looking for
 * a quote, a backslash or a control character; everything else is a switch on one byte. */
#include "base/json.h"

#include <locale.h>
#include <stdlib.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

static tamis_rc bad(const json_scan *self, const char *at, error *e, const char *what)
{
    if (at >= self->end)
        return error_set(e, TAMIS_FAIL, "JSON ends early, at byte %zu: %s",
                         (size_t)(self->end - self->start), what);
    unsigned char c = (unsigned char)*at;
    size_t where = (size_t)(at - self->start);
    if (c > ' ' && c < 0x7F)
        return error_set(e, TAMIS_FAIL, "no JSON at byte %zu ('%c'): %s", where, c, what);
    return error_set(e, TAMIS_FAIL, "no JSON at byte %zu (0x%02X): %s", where, c, what);
}

static const char *skip_blanks(const char *p, const char *end)
{
    while (p < end && (*p == ' ' || *p == '\n' || *p == '\t' || *p == '\r')) p++;
    return p;
}

/* ------------------------------------------------------------------ strings */

/* The first quote, backslash or control character from p on, or end. */
static inline const char *string_stop(const char *p, const char *end)
{
#ifdef __SSE2__
    const __m128i quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\'),
                  control = _mm_set1_epi8(0x1F);
    while (end - p >= 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
        __m128i hit = _mm_or_si128(_mm_cmpeq_epi8(v, quote), _mm_cmpeq_epi8(v, slash));
        hit = _mm_or_si128(hit, _mm_cmpeq_epi8(_mm_min_epu8(v, control), v));
        int mask = _mm_movemask_epi8(hit);
        if (mask) return p + __builtin_ctz((unsigned)mask);
        p += 16;
    }
#endif
    while (p < end && *p != '"' && *p != '\\' && (unsigned char)*p >= 0x20) p++;
    return p;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/* The unit of \uXXXX whose digits begin at p; -1 where they are none. */
static int32_t hex_unit(const char *p, const char *end)
{
    if (end - p < 4) return -1;
    int a = hex_digit(p[0]), b = hex_digit(p[1]), c = hex_digit(p[2]), d = hex_digit(p[3]);
    return (a | b | c | d) < 0 ? -1 : a << 12 | b << 8 | c << 4 | d;
}

/* Passes the string whose opening quote is at self->at. */
static inline tamis_rc pass_string(json_scan *self, json_value *out, error *e)
{
    const char *start = self->at, *p = start + 1;
    out->kind = JSON_STRING;
    out->escaped = false;
    for (;;) {
        p = string_stop(p, self->end);
        if (p == self->end) return bad(self, p, e, "a string is not closed");
        if (*p == '"') break;
        if (*p != '\\') return bad(self, p, e, "a control character in a string must be escaped");
        out->escaped = true;
        if (self->end - p < 2) return bad(self, self->end, e, "a string is not closed");
        switch (p[1]) {
        case '"':
        case '\\':
        case '/':
        case 'b':
        case 'f':
        case 'n':
        case 'r':
        case 't': p += 2; break;
        case 'u':
            if (hex_unit(p + 2, self->end) < 0) return bad(self, p, e, "\\u needs four hex digits");
            p += 6;
            break;
        default: return bad(self, p + 1, e, "no such escape");
        }
    }
    self->at = p + 1;
    out->raw = (tamis_str){start, (size_t)(self->at - start)};
    return TAMIS_OK;
}

/* ------------------------------------------------------------------ values */

static const char *skip_digits(const char *p, const char *end)
{
    while (p < end && *p >= '0' && *p <= '9') p++;
    return p;
}

static tamis_rc pass_number(json_scan *self, json_value *out, error *e)
{
    const char *start = self->at, *p = start, *end = self->end;
    if (*p == '-') p++;
    const char *digits = p;
    p = skip_digits(p, end);
    if (p == digits) return bad(self, p, e, "a number needs a digit here");
    if (*digits == '0' && p - digits > 1)
        return bad(self, digits, e, "a number with a leading zero");
    if (p < end && *p == '.') {
        const char *fraction = ++p;
        p = skip_digits(p, end);
        if (p == fraction) return bad(self, p, e, "a number needs a digit behind its point");
    }
    if (p < end && (*p == 'e' || *p == 'E')) {
        p++;
        if (p < end && (*p == '+' || *p == '-')) p++;
        const char *exponent = p;
        p = skip_digits(p, end);
        if (p == exponent) return bad(self, p, e, "an exponent needs a digit");
    }
    self->at = p;
    *out = (json_value){JSON_NUMBER, false, {start, (size_t)(p - start)}};
    return TAMIS_OK;
}

static tamis_rc pass_word(json_scan *self, json_value *out, const char *word, json_kind kind,
                          error *e)
{
    size_t n = strlen(word);
    if ((size_t)(self->end - self->at) < n || memcmp(self->at, word, n) != 0)
        return bad(self, self->at, e, "a value is expected here");
    *out = (json_value){kind, false, {self->at, n}};
    self->at += n;
    return TAMIS_OK;
}

/* Passes arrays and objects without recursion: one bit a level says which it is. `self->at` is at
 * the opening bracket. */
static tamis_rc pass_value(json_scan *self, json_value *out, error *e);

static tamis_rc pass_nested(json_scan *self, json_value *out, error *e)
{
    const char *start = self->at;
    char closing[JSON_DEPTH];
    size_t depth = 0;
    json_value inner;
    bool fresh = true; /* right behind an opening bracket */
    do {
        if (fresh) {
            if (depth == JSON_DEPTH) return bad(self, self->at, e, "nested too deeply");
            closing[depth++] = *self->at == '{' ? '}' : ']';
            self->at++;
        }
        self->at = skip_blanks(self->at, self->end);
        if (self->at == self->end)
            return bad(self, self->at, e, "an array or object is not closed");
        if (*self->at == closing[depth - 1]) {
            self->at++;
            depth--;
            fresh = false;
            continue;
        }
        if (!fresh) {
            if (*self->at != ',') return bad(self, self->at, e, "a comma is expected here");
            self->at = skip_blanks(self->at + 1, self->end);
        }
        if (closing[depth - 1] == '}') {
            if (self->at == self->end || *self->at != '"')
                return bad(self, self->at, e, "a key is expected here");
            FORWARD(pass_string(self, &inner, e));
            self->at = skip_blanks(self->at, self->end);
            if (self->at == self->end || *self->at != ':')
                return bad(self, self->at, e, "a colon is expected here");
            self->at = skip_blanks(self->at + 1, self->end);
        }
        fresh = self->at < self->end && (*self->at == '{' || *self->at == '[');
        if (!fresh) FORWARD(pass_value(self, &inner, e));
    } while (depth);
    *out = (json_value){
        *start == '{' ? JSON_OBJECT : JSON_ARRAY, false, {start, (size_t)(self->at - start)}};
    return TAMIS_OK;
}

static tamis_rc pass_value(json_scan *self, json_value *out, error *e)
{
    if (self->at == self->end) return bad(self, self->at, e, "a value is expected here");
    switch (*self->at) {
    case '"': return pass_string(self, out, e);
    case '{':
    case '[': return pass_nested(self, out, e);
    case 't': return pass_word(self, out, "true", JSON_TRUE, e);
    case 'f': return pass_word(self, out, "false", JSON_FALSE, e);
    case 'n': return pass_word(self, out, "null", JSON_NULL, e);
    case '-':
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
    case '8':
    case '9': return pass_number(self, out, e);
    default: return bad(self, self->at, e, "a value is expected here");
    }
}

/* ------------------------------------------------------------------ walking */

tamis_rc json_open(json_scan *self, char bracket, error *e)
{
    self->at = skip_blanks(self->at, self->end);
    if (self->at == self->end || *self->at != bracket)
        return bad(self, self->at, e,
                   bracket == '{' ? "an object is expected here" : "an array is expected here");
    self->at++;
    self->first = true;
    return TAMIS_OK;
}

/* Past the comma ahead of the next element, or past the closing bracket. */
static tamis_rc next_element(json_scan *self, char closing, error *e)
{
    self->at = skip_blanks(self->at, self->end);
    if (self->at == self->end) return bad(self, self->at, e, "an array or object is not closed");
    if (*self->at == closing) {
        self->at++;
        return JSON_END;
    }
    if (!self->first) {
        if (*self->at != ',') return bad(self, self->at, e, "a comma is expected here");
        self->at = skip_blanks(self->at + 1, self->end);
    }
    self->first = false;
    return JSON_MORE;
}

tamis_rc json_member(json_scan *self, json_value *key, json_value *value, error *e)
{
    tamis_rc rc = next_element(self, '}', e);
    if (rc != JSON_MORE) return rc;
    if (self->at == self->end || *self->at != '"')
        return bad(self, self->at, e, "a key is expected here");
    FORWARD(pass_string(self, key, e));
    self->at = skip_blanks(self->at, self->end);
    if (self->at == self->end || *self->at != ':')
        return bad(self, self->at, e, "a colon is expected here");
    self->at = skip_blanks(self->at + 1, self->end);
    FORWARD(pass_value(self, value, e));
    return JSON_MORE;
}

tamis_rc json_item(json_scan *self, json_value *value, error *e)
{
    tamis_rc rc = next_element(self, ']', e);
    if (rc != JSON_MORE) return rc;
    FORWARD(pass_value(self, value, e));
    return JSON_MORE;
}

tamis_rc json_close(json_scan *self, error *e)
{
    self->at = skip_blanks(self->at, self->end);
    return self->at == self->end ? TAMIS_OK : bad(self, self->at, e, "something follows the value");
}

tamis_rc json_read(tamis_str text, json_value *out, error *e)
{
    json_scan scan = json_scan_of(text);
    scan.at = skip_blanks(scan.at, scan.end);
    FORWARD(pass_value(&scan, out, e));
    return json_close(&scan, e);
}

/* ------------------------------------------------------------------ contents */

/* Copies up to the next backslash; the destination has 16 bytes to spare. */
static inline size_t copy_plain(const char *from, const char *end, char *to)
{
    size_t n = (size_t)(end - from), i = 0;
#ifdef __SSE2__
    const __m128i slash = _mm_set1_epi8('\\');
    for (; i + 16 <= n; i += 16) {
        __m128i v = _mm_loadu_si128((const __m128i *)(const void *)(from + i));
        _mm_storeu_si128((__m128i *)(void *)(to + i), v);
        int mask = _mm_movemask_epi8(_mm_cmpeq_epi8(v, slash));
        if (mask) return i + (size_t)__builtin_ctz((unsigned)mask);
    }
#endif
    for (; i < n && from[i] != '\\'; i++) to[i] = from[i];
    return i;
}

static char plain_escape(char c)
{
    switch (c) {
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return c;
    }
}

/* Decodes the escape at p into `to`; returns how many raw bytes it took, and sets *lone. */
static size_t decode_escape(const char *p, const char *end, char to[4], size_t *n, bool *lone)
{
    *lone = false;
    if (p[1] != 'u') {
        to[0] = plain_escape(p[1]);
        *n = 1;
        return 2;
    }
    uint32_t unit = (uint32_t)hex_unit(p + 2, end);
    size_t took = 6;
    if (unit >= 0xD800 && unit <= 0xDFFF) {
        int32_t low = end - p >= 12 && p[6] == '\\' && p[7] == 'u' ? hex_unit(p + 8, end) : -1;
        if (unit <= 0xDBFF && low >= 0xDC00 && low <= 0xDFFF) {
            unit = 0x10000 + ((unit - 0xD800) << 10) + ((uint32_t)low - 0xDC00);
            took = 12;
        } else {
            *lone = true;
            unit = 0xFFFD;
        }
    }
    *n = utf8_encode(unit, to);
    return took;
}

tamis_rc json_string(const json_value *value, arena *memory, tamis_str *out,
                     json_lone_surrogate report, void *user, error *e)
{
    tamis_str inner = {value->raw.p + 1, value->raw.n - 2};
    if (!value->escaped) {
        *out = inner;
        return TAMIS_OK;
    }
    /* An escape is never shorter than what it stands for. */
    char *content = arena_alloc_raw(memory, inner.n + 16);
    if (!content) return error_set(e, TAMIS_FAIL, "no memory left for a string");
    const char *p = inner.p, *end = inner.p + inner.n;
    char *to = content;
    for (;;) {
        size_t run = copy_plain(p, end, to);
        p += run;
        to += run;
        if (p == end) break;
        char bytes[4];
        size_t n;
        bool lone;
        const char *escape = p;
        p += decode_escape(p, end, bytes, &n, &lone);
        if (lone && report) report(user, (size_t)(escape - value->raw.p), (size_t)(to - content));
        memcpy(to, bytes, n);
        to += n;
    }
    *out = (tamis_str){content, (size_t)(to - content)};
    return TAMIS_OK;
}

size_t json_content_offset(tamis_str raw, size_t raw_offset)
{
    const char *p = raw.p + 1, *end = raw.p + raw.n - 1;
    size_t content = 0;
    while (p < end && (size_t)(p - raw.p) < raw_offset) {
        if (*p != '\\') {
            p++;
            content++;
            continue;
        }
        char bytes[4];
        size_t n;
        bool lone;
        p += decode_escape(p, end, bytes, &n, &lone);
        content += n;
    }
    return content;
}

bool json_string_is(const json_value *value, const char *text)
{
    if (value->kind != JSON_STRING) return false;
    if (!value->escaped) return str_is((tamis_str){value->raw.p + 1, value->raw.n - 2}, text);
    arena memory = {0};
    tamis_str content;
    bool same = json_string(value, &memory, &content, NULL, NULL, NULL) == TAMIS_OK &&
                str_is(content, text);
    arena_free(&memory);
    return same;
}

static bool key_is(const json_value *key, tamis_str name)
{
    if (!key->escaped) return str_equal((tamis_str){key->raw.p + 1, key->raw.n - 2}, name);
    arena memory = {0};
    tamis_str content;
    bool same = json_string(key, &memory, &content, NULL, NULL, NULL) == TAMIS_OK &&
                str_equal(content, name);
    arena_free(&memory);
    return same;
}

/* One step of a path into an object or array. */
static tamis_str find_one(tamis_str raw, tamis_str name)
{
    json_scan scan = json_scan_of(raw);
    json_value key, value;
    if (json_open(&scan, '{', NULL) == TAMIS_OK) {
        while (json_member(&scan, &key, &value, NULL) == JSON_MORE)
            if (key_is(&key, name)) return value.raw;
        return (tamis_str){NULL, 0};
    }
    scan = json_scan_of(raw);
    size_t wanted = 0;
    if (name.n == 0 || name.n > 9) return (tamis_str){NULL, 0};
    for (size_t i = 0; i < name.n; i++) {
        if (name.p[i] < '0' || name.p[i] > '9') return (tamis_str){NULL, 0};
        wanted = wanted * 10 + (size_t)(name.p[i] - '0');
    }
    if (json_open(&scan, '[', NULL) != TAMIS_OK) return (tamis_str){NULL, 0};
    while (json_item(&scan, &value, NULL) == JSON_MORE)
        if (wanted-- == 0) return value.raw;
    return (tamis_str){NULL, 0};
}

tamis_str json_find(tamis_str raw, tamis_str path)
{
    for (;;) {
        const char *dot = path.n ? memchr(path.p, '.', path.n) : NULL;
        size_t n = dot ? (size_t)(dot - path.p) : path.n;
        raw = find_one(raw, (tamis_str){path.p, n});
        if (!raw.p || !dot) return raw; // NOLINT(clang-analyzer-*): JSON_MORE sets the value
        path = (tamis_str){dot + 1, path.n - n - 1};
    }
}

bool json_int(const json_value *value, int64_t *out)
{
    if (value->kind != JSON_NUMBER || value->raw.n == 0) return false;
    const char *p = value->raw.p, *end = p + value->raw.n;
    bool negative = *p == '-';
    uint64_t n = 0;
    for (p += negative; p < end; p++) {
        if (*p < '0' || *p > '9') return false;
        if (n > (UINT64_MAX - 9) / 10) return false;
        n = n * 10 + (uint64_t)(*p - '0');
    }
    if (n > (uint64_t)INT64_MAX) return false;
    *out = negative ? -(int64_t)n : (int64_t)n;
    return true;
}

/* strtod reads the point of the locale, which a program that embeds us may have set. */
bool json_number(const json_value *value, double *out)
{
    if (value->kind != JSON_NUMBER) return false;
    char text[64], *copy = text;
    if (value->raw.n >= sizeof text && !(copy = malloc(value->raw.n + 1))) return false;
    memcpy(copy, value->raw.p, value->raw.n);
    copy[value->raw.n] = '\0';
    char *point = memchr(copy, '.', value->raw.n);
    if (point) *point = *localeconv()->decimal_point;
    *out = strtod(copy, NULL);
    if (copy != text) free(copy);
    return true;
}
