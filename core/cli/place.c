/* See place.h. */
#include "cli/place.h"

#include <inttypes.h>

place_name place_of(tamis_str source, size_t offset)
{
    place_name name = {1, 1, 0};
    size_t line_start = 0;
    for (size_t i = 0; i < offset && i < source.n; i++)
        if (source.p[i] == '\n') {
            name.line++;
            line_start = i + 1;
        }
    name.column = 1 + utf8_count((tamis_str){source.p + line_start, offset - line_start});
    name.code_point = utf8_count((tamis_str){source.p, offset});
    return name;
}

bool place_line(tamis_str source, uint64_t line, place *out)
{
    size_t at = 0;
    for (uint64_t i = 1; at < source.n; i++) {
        const char *lf = memchr(source.p + at, '\n', source.n - at);
        size_t end = lf ? (size_t)(lf - source.p) : source.n;
        if (i == line) {
            size_t stop = end > at && source.p[end - 1] == '\r' ? end - 1 : end;
            *out = (place){at, stop};
            return true;
        }
        at = end + 1;
    }
    return false;
}

bool place_code_point(tamis_str source, uint64_t number, size_t *offset)
{
    size_t at = 0;
    for (uint64_t i = 0; i < number && at < source.n; i++) {
        size_t bytes;
        utf8_decode(source.p + at, source.n - at, &bytes);
        at += bytes;
    }
    *offset = at;
    return at < source.n && utf8_count((tamis_str){source.p, at}) == number;
}

bool place_find(tamis_str source, tamis_str text, size_t from, place *out)
{
    if (!text.n || from >= source.n) return false;
    const char *at = memmem(source.p + from, source.n - from, text.p, text.n);
    if (!at) return false;
    *out = (place){(size_t)(at - source.p), (size_t)(at - source.p) + text.n};
    return true;
}

void place_print(FILE *out, tamis_str source, place at)
{
    place_name start = place_of(source, at.start), end = place_of(source, at.end);
    fprintf(out, "line %zu", start.line);
    if (end.line > start.line + (end.column == 1)) fprintf(out, " to %zu", end.line);
    fprintf(out, ", code points %zu to %zu (Lua: bytes %zu to %zu)", start.code_point,
            end.code_point, at.start + 1, at.end);
}

/* One code point, made harmless for a terminal. */
static void put_code_point(FILE *out, const char *p, size_t bytes, uint32_t c)
{
    if (c == '\n' || c == '\r' || c == '\t')
        fputc(' ', out);
    else if (c < 0x20 || (c >= 0x7f && c < 0xa0))
        fputs("\xef\xbf\xbd", out);
    else
        fwrite(p, 1, bytes, out);
}

static bool blank_at(tamis_str text, size_t at)
{
    return text.p[at] == ' ' || text.p[at] == '\n' || text.p[at] == '\r' || text.p[at] == '\t';
}

static void put_range(FILE *out, tamis_str text, size_t from, size_t to)
{
    while (from < to) {
        size_t bytes;
        uint32_t c = utf8_decode(text.p + from, text.n - from, &bytes);
        bool blank = c == '\n' || c == '\r' || c == '\t' || c == ' ';
        size_t next = from + bytes;
        if (blank) /* a run of blanks is one */
            while (next < to && blank_at(text, next)) next++;
        put_code_point(out, blank ? " " : text.p + from, blank ? 1 : bytes, blank ? ' ' : c);
        from = next;
    }
}

static size_t advance(tamis_str text, size_t at, size_t count)
{
    for (; count && at < text.n; count--) {
        size_t bytes;
        utf8_decode(text.p + at, text.n - at, &bytes);
        at += bytes;
    }
    return at;
}

void place_excerpt(FILE *out, tamis_str text, size_t columns)
{
    while (text.n && blank_at(text, 0)) text.p++, text.n--;
    while (text.n && blank_at(text, text.n - 1)) text.n--;
    size_t count = utf8_count(text);
    if (columns < 12) columns = 12;
    if (count <= columns) {
        put_range(out, text, 0, text.n);
        return;
    }
    size_t tail = columns / 3, head = columns - tail - 3;
    size_t stop = advance(text, 0, head), go = advance(text, 0, count - tail);
    while (stop && blank_at(text, stop - 1)) stop--;
    while (go < text.n && blank_at(text, go)) go++;
    put_range(out, text, 0, stop);
    fputs(" … ", out);
    put_range(out, text, go, text.n);
}
