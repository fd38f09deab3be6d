/* See records.h. The source is put together again from the clean text and what was removed. */
#include "cli/records.h"

#include <errno.h>
#include <stdlib.h>

#include "base/json.h"

struct records {
    FILE *file;
    const char *name;
    char *line;
    size_t room;
    uint64_t number;
};

typedef enum { UNIT_CODE_POINT, UNIT_UTF16, UNIT_BYTE } unit;

records *records_of(FILE *file, const char *name, error *e)
{
    records *self = calloc(1, sizeof *self);
    if (!self) {
        error_set(e, TAMIS_FATAL, "no memory");
        if (file != stdin) fclose(file);
        return NULL;
    }
    self->name = name;
    self->file = file;
    return self;
}

records *records_open(const char *path, error *e)
{
    FILE *file = strcmp(path, "-") != 0 ? fopen(path, "r") : stdin;
    if (file) return records_of(file, path, e);
    error_set(e, TAMIS_FAIL, "cannot read %s: %s", path, strerror(errno));
    return NULL;
}

void records_close(records *self)
{
    if (!self) return;
    if (self->file && self->file != stdin) fclose(self->file);
    free(self->line);
    free(self);
}

int64_t records_tell(records *self)
{
    return (int64_t)ftello(self->file);
}

bool records_seek(records *self, int64_t offset)
{
    return !fseeko(self->file, (off_t)offset, SEEK_SET);
}

void record_free(record *self)
{
    arena_free(&self->memory);
    *self = (record){0};
}

/* ------------------------------------------------------------------ members */

static tamis_str string_at(record *r, tamis_str object, const char *key)
{
    tamis_str raw = json_find(object, str_of(key)), out = {0};
    json_value v;
    if (!raw.n || json_read(raw, &v, NULL) < 0 || v.kind != JSON_STRING) return out;
    json_string(&v, &r->memory, &out, NULL, NULL, NULL);
    return out;
}

static int64_t int_at(tamis_str object, const char *key)
{
    tamis_str raw = json_find(object, str_of(key));
    json_value v;
    int64_t n = 0;
    if (raw.n && json_read(raw, &v, NULL) >= 0) json_int(&v, &n);
    return n;
}

static double score_at(tamis_str object)
{
    tamis_str raw = json_find(object, str_of("score"));
    json_value v;
    double x = -1;
    if (raw.n && json_read(raw, &v, NULL) >= 0 && v.kind == JSON_NUMBER) json_number(&v, &x);
    return x;
}

/* attrs and meta are JSON text in a string, or objects (--nested). */
static tamis_str object_at(record *r, tamis_str object, const char *key)
{
    tamis_str raw = json_find(object, str_of(key));
    return raw.n && *raw.p == '{' ? raw : string_at(r, object, key);
}

static size_t count_items(tamis_str array)
{
    json_scan scan = json_scan_of(array);
    json_value item;
    size_t count = 0;
    if (!array.n || json_open(&scan, '[', NULL) < 0) return 0;
    while (json_item(&scan, &item, NULL) == JSON_MORE) count++;
    return count;
}

/* ------------------------------------------------------------------ offsets */

/* Offsets in the record's unit, noted with the place where their bytes are wanted. */
typedef struct {
    int64_t at;
    size_t *bytes;
} wanted;

static int by_offset(const void *a, const void *b)
{
    const wanted *x = a, *y = b;
    return (x->at > y->at) - (x->at < y->at);
}

/* One walk over the text serves all offsets. */
static void resolve(tamis_str text, unit u, wanted *list, size_t count)
{
    if (count) qsort(list, count, sizeof *list, by_offset);
    int64_t units = 0;
    size_t at = 0, i = 0;
    while (i < count) {
        while (i < count && list[i].at <= units) *list[i++].bytes = at;
        if (at >= text.n) break;
        size_t bytes;
        uint32_t c = utf8_decode(text.p + at, text.n - at, &bytes);
        at += bytes;
        units += u == UNIT_BYTE ? (int64_t)bytes : u == UNIT_UTF16 && c > 0xffff ? 2 : 1;
    }
    while (i < count) *list[i++].bytes = text.n;
}

static int64_t units_of(tamis_str text, unit u)
{
    if (u == UNIT_BYTE) return (int64_t)text.n;
    return (int64_t)(u == UNIT_UTF16 ? utf8_count_utf16(text) : utf8_count(text));
}

/* ------------------------------------------------------------------ a record */

typedef struct {
    wanted *list;
    size_t count;
} wants;

static void want(wants *self, int64_t at, size_t *bytes)
{
    self->list[self->count++] = (wanted){at, bytes};
}

static void read_spans(record *r, tamis_str array, wants *w)
{
    json_scan scan = json_scan_of(array);
    json_value item;
    if (!array.n || json_open(&scan, '[', NULL) < 0) return;
    while (json_item(&scan, &item, NULL) == JSON_MORE) {
        tamis_str o = item.raw;
        record_span *s = &r->spans[r->span_count++];
        *s = (record_span){.type = string_at(r, o, "type"),
                           .value = string_at(r, o, "value"),
                           .category = string_at(r, o, "category"),
                           .lang = string_at(r, o, "lang"),
                           .rule = string_at(r, o, "rule"),
                           .stage = string_at(r, o, "stage"),
                           .role = string_at(r, o, "role"),
                           .text = string_at(r, o, "text"),
                           .attrs = object_at(r, o, "attrs"),
                           .number = int_at(o, "span"),
                           .ref = int_at(o, "ref"),
                           .score = score_at(o)};
        want(w, int_at(o, "source_start"), &s->start);
        want(w, int_at(o, "source_end"), &s->end);
    }
}

/* The removals' own lengths tell which are withheld: then nothing stands in their place and what
 * follows moves up by as much as is missing. */
static void read_removals(record *r, tamis_str array, unit u, wants *w)
{
    json_scan scan = json_scan_of(array);
    json_value item;
    if (!array.n || json_open(&scan, '[', NULL) < 0) return;
    while (json_item(&scan, &item, NULL) == JSON_MORE) {
        tamis_str o = item.raw;
        record_removal *m = &r->removals[r->removal_count++];
        *m = (record_removal){.text = string_at(r, o, "text"),
                              .reason = string_at(r, o, "reason"),
                              .rule = string_at(r, o, "rule"),
                              .stage = string_at(r, o, "stage"),
                              .score = score_at(o)};
        int64_t start = int_at(o, "start"), end = int_at(o, "end");
        m->withheld = units_of(m->text, u) != end - start;
        want(w, start, &m->start);
        want(w, end, &m->end);
    }
}

/* Clean text and removed pieces, in the order of the source. Placeholders are not in the source. */
static void rebuild(record *r, tamis_str clean, tamis_str array, unit u)
{
    buffer out = {0};
    json_scan scan = json_scan_of(array);
    json_value item;
    int64_t at = 0; /* in the source, in units */
    size_t taken = 0, i = 0;
    if (array.n && json_open(&scan, '[', NULL) >= 0)
        while (json_item(&scan, &item, NULL) == JSON_MORE && i < r->removal_count) {
            const record_removal *m = &r->removals[i++];
            int64_t start = int_at(item.raw, "start"), end = int_at(item.raw, "end");
            tamis_str rest = {clean.p + taken, clean.n - taken};
            size_t bytes = 0;
            wanted one = {start - at, &bytes};
            resolve(rest, u, &one, 1);
            buffer_append(&out, rest.p, bytes);
            taken += bytes;
            tamis_str mask = string_at(r, item.raw, "placeholder");
            if (mask.n && clean.n - taken >= mask.n && !memcmp(clean.p + taken, mask.p, mask.n))
                taken += mask.n;
            if (!m->withheld)
                buffer_append_str(&out, m->text);
            else
                for (int64_t k = start; k < end; k++) buffer_append_char(&out, '*');
            at = end;
        }
    buffer_append(&out, clean.p + taken, clean.n - taken);
    r->source = arena_copy(&r->memory, buffer_str(&out));
    buffer_free(&out);
}

static unit unit_of(tamis_str word)
{
    return str_is(word, "byte") ? UNIT_BYTE : str_is(word, "utf16") ? UNIT_UTF16 : UNIT_CODE_POINT;
}

static tamis_rc read_record(record *r, tamis_str line, error *e)
{
    json_value v;
    FORWARD(json_read(line, &v, e));
    tamis_str schema = string_at(r, line, "schema");
    if (v.kind != JSON_OBJECT || schema.n < 6 || memcmp(schema.p, "tamis/", 6) != 0)
        return error_set(e, TAMIS_FAIL, "no record of tamis: `schema` is not tamis/1");
    r->id = string_at(r, line, "id");
    r->input = string_at(r, line, "input");
    r->status = string_at(r, line, "status");
    r->reason = string_at(r, line, "reason");
    r->lang = string_at(r, line, "lang");
    r->meta = object_at(r, line, "meta");
    unit u = unit_of(string_at(r, line, "offset_unit"));
    tamis_str text = string_at(r, line, "text"), spans = json_find(line, str_of("spans")),
              removed = json_find(line, str_of("removed"));
    size_t span_room = count_items(spans), removal_room = count_items(removed);
    r->spans = arena_alloc(&r->memory, (span_room + 1) * sizeof *r->spans);
    r->removals = arena_alloc(&r->memory, (removal_room + 1) * sizeof *r->removals);
    wants w = {arena_alloc(&r->memory, (2 * (span_room + removal_room) + 1) * sizeof(wanted)), 0};
    if (!r->spans || !r->removals || !w.list) return error_set(e, TAMIS_FATAL, "no memory");
    read_spans(r, spans, &w);
    read_removals(r, removed, u, &w);
    if (str_is(string_at(r, line, "text_kind"), "original"))
        r->source = text;
    else
        rebuild(r, text, removed, u);
    resolve(r->source, u, w.list, w.count);
    return TAMIS_OK;
}

int records_next(records *self, record *out, error *e)
{
    ssize_t n;
    do {
        errno = 0;
        n = getline(&self->line, &self->room, self->file);
        self->number++;
    } while (n == 1);
    if (n < 0)
        return errno ? error_set(e, TAMIS_FATAL, "cannot read %s: %s", self->name, strerror(errno))
                     : 0;
    arena memory = out->memory;
    arena_reset(&memory);
    *out = (record){.memory = memory};
    while (n && (self->line[n - 1] == '\n' || self->line[n - 1] == '\r')) n--;
    error why = {0};
    tamis_rc rc = read_record(out, (tamis_str){self->line, (size_t)n}, &why);
    if (rc >= 0) return 1;
    return error_set(e, rc, "%s:%llu: %s%s", self->name, (unsigned long long)self->number, why.text,
                     self->number > 1 ? ""
                                      : "\nwhat is read here are the records that `tamis run … -o "
                                        "FILE.jsonl` writes");
}
