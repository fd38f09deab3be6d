/* A line of JSON becomes a document. One pass finds the members; text is decoded, everything else
 * is carried as the bytes it came in. Bytes that are no UTF-8 are mended before, and located
 * after. */
#include "io/decode.h"

enum { FEW_MEMBERS = 32 };

/* ------------------------------------------------------------------ members */

const json_value *members_find(members *self, const char *name)
{
    tamis_str wanted = str_of(name);
    for (size_t i = 0; i < self->count; i++) {
        size_t at = self->next + i < self->count ? self->next + i : self->next + i - self->count;
        if (!str_equal(self->at[at].name, wanted)) continue;
        self->next = at + 1 < self->count ? at + 1 : 0;
        return &self->at[at].value;
    }
    return NULL;
}

tamis_rc members_read(tamis_str text, arena *memory, members *out, error *e)
{
    json_scan scan = json_scan_of(text);
    size_t room = FEW_MEMBERS;
    *out = (members){arena_alloc_raw(memory, room * sizeof *out->at), 0, 0};
    if (!out->at) return error_set(e, TAMIS_FAIL, "no memory left to read a record");
    FORWARD(json_open(&scan, '{', e));
    for (;;) {
        if (out->count == room) {
            member *grown = arena_alloc_raw(memory, 2 * room * sizeof *grown);
            if (!grown) return error_set(e, TAMIS_FAIL, "no memory left to read a record");
            memcpy(grown, out->at, room * sizeof *grown);
            out->at = grown;
            room *= 2;
        }
        member *m = &out->at[out->count];
        tamis_rc rc = json_member(&scan, &m->key, &m->value, e);
        if (rc < 0) return rc;
        if (rc == JSON_END) return json_close(&scan, e);
        FORWARD(json_string(&m->key, memory, &m->name, NULL, NULL, e));
        out->count++;
    }
}

/* ------------------------------------------------------------------ parts */

tamis_rc decode_origin_set(tamis_doc *doc, const decode_origin *origin, tamis_str id, error *e)
{
    doc->id = arena_copy(&doc->memory, id.n ? id : origin->id);
    doc->input = arena_copy(&doc->memory, origin->input);
    doc->locator = origin->locator.n ? arena_copy(&doc->memory, origin->locator) : doc->id;
    if (!doc->id.p || !doc->input.p || !doc->locator.p)
        return error_set(e, TAMIS_FAIL, "no memory left for a record's id");
    return TAMIS_OK;
}

/* Turns \uD800 .. \uDFFF without a partner into \uFFFD, in place; returns how many there were. */
static size_t mend_surrogates(char *raw, size_t n)
{
    size_t mended = 0;
    char *end = raw + n;
    for (char *p = raw; (p = memchr(p, '\\', (size_t)(end - p))) != NULL;) {
        if (end - p < 6 || p[1] != 'u' || (p[2] != 'd' && p[2] != 'D') || p[3] < '8') {
            p += 2;
            continue;
        }
        bool high =
            p[3] == '8' || p[3] == '9' || p[3] == 'a' || p[3] == 'b' || p[3] == 'A' || p[3] == 'B';
        bool pair = high && end - p >= 12 && p[6] == '\\' && p[7] == 'u' &&
                    (p[8] == 'd' || p[8] == 'D') && strchr("cdefCDEF", p[9]) && p[9];
        if (!pair) {
            memcpy(p + 2, "fffd", 4);
            mended++;
        }
        p += pair ? 12 : 6;
    }
    return mended;
}

tamis_rc decode_meta(tamis_doc *doc, const member *from, error *e)
{
    FORWARD(document_add_meta(doc, from->name, from->value.raw, e));
    char *raw = (char *)(uintptr_t)doc->meta[doc->meta_count - 1].raw.p;
    size_t n = from->value.raw.n;
    if (from->value.kind < JSON_STRING) return TAMIS_OK;
    if (from->value.kind != JSON_STRING && (memchr(raw, '\n', n) || memchr(raw, '\r', n)))
        for (size_t i = 0; i < n; i++) /* between tokens: within strings they are escaped */
            if (raw[i] == '\n' || raw[i] == '\r') raw[i] = ' ';
    if (from->value.kind == JSON_STRING && !from->value.escaped) return TAMIS_OK;
    size_t mended = mend_surrogates(raw, n);
    if (mended == 0) return TAMIS_OK;
    char text[200];
    snprintf(text, sizeof text, "%zu lone surrogate%s in the field `%.*s`", mended,
             mended == 1 ? "" : "s", (int)(from->name.n > 80 ? 80 : from->name.n), from->name.p);
    return document_add_error(doc, 0, 0, TAMIS_STR("E0502"), str_of(text), TAMIS_STR("read"));
}

typedef struct {
    tamis_doc *doc;
    size_t count;
} surrogate_report;

static void see_surrogate(void *user, size_t raw_offset, size_t content_offset)
{
    surrogate_report *seen = user;
    if (++seen->count > MOST_FAULTS) return;
    char text[100];
    snprintf(text, sizeof text, "a lone surrogate escape, at byte %zu of the JSON string",
             raw_offset);
    document_add_error(seen->doc, content_offset, content_offset + 3, TAMIS_STR("E0502"),
                       str_of(text), TAMIS_STR("read"));
}

static const char *kind_name(json_kind kind)
{
    static const char *const names[] = {"null",     "false",  "true",     "a number",
                                        "a string", "a list", "an object"};
    return names[kind];
}

tamis_rc decode_text(tamis_doc *doc, const member *from, error *e)
{
    if (from->value.kind != JSON_STRING)
        return error_set(e, TAMIS_FAIL, "the text key `%.*s` holds %s where a string is needed",
                         (int)(from->name.n > 80 ? 80 : from->name.n), from->name.p,
                         kind_name(from->value.kind));
    tamis_str text;
    surrogate_report seen = {doc, 0};
    FORWARD(json_string(&from->value, &doc->memory, &text, see_surrogate, &seen, e));
    FORWARD(from->value.escaped ? document_borrow_source(doc, text, e)
                                : document_set_source(doc, text, e));
    if (seen.count > MOST_FAULTS) {
        char more[80];
        snprintf(more, sizeof more, "%zu more lone surrogates", seen.count - MOST_FAULTS);
        FORWARD(document_add_error(doc, 0, 0, TAMIS_STR("E0503"), str_of(more), TAMIS_STR("read")));
    }
    return TAMIS_OK;
}

static tamis_str json_id(const json_value *value, tamis_doc *doc)
{
    tamis_str id = {NULL, 0};
    if (value->kind == JSON_NUMBER) return value->raw;
    if (value->kind == JSON_STRING) json_string(value, &doc->memory, &id, NULL, NULL, NULL);
    return id;
}

static tamis_rc no_text(const members *all, tamis_str text_key, error *e)
{
    char keys[600];
    size_t n = 0;
    keys[0] = '\0';
    for (size_t i = 0; i < all->count && n + 1 < sizeof keys; i++) {
        tamis_str name = all->at[i].name;
        int said = snprintf(keys + n, sizeof keys - n, "%s%.*s", i ? ", " : "",
                            (int)(name.n > 60 ? 60 : name.n), name.p);
        n += said > 0 ? (size_t)said : 0;
    }
    return error_set(e, TAMIS_FAIL,
                     "the record has no text: no key `%.*s` (--text-key names it); "
                     "its keys: %s",
                     (int)text_key.n, text_key.p, all->count ? keys : "none");
}

/* ------------------------------------------------------------------ plain records */

static tamis_rc decode_plain(const members *all, const decode_options *options,
                             const decode_origin *origin, tamis_doc *doc, const member **text_out,
                             error *e)
{
    tamis_str text_key = options && options->text_key.n ? options->text_key : TAMIS_STR("text");
    tamis_str id_key = options && options->id_key.n ? options->id_key : TAMIS_STR("id");
    const member *text = NULL, *id = NULL;
    tamis_str id_text = {NULL, 0};
    for (size_t i = 0; i < all->count; i++) {
        const member *m = &all->at[i];
        bool is_text = str_equal(m->name, text_key), is_id = !is_text && str_equal(m->name, id_key);
        if ((is_text && text) || (is_id && id)) {
            char said[160];
            snprintf(said, sizeof said, "the key `%.*s` is given twice: the first one counts",
                     (int)(m->name.n > 80 ? 80 : m->name.n), m->name.p);
            FORWARD(
                document_add_error(doc, 0, 0, TAMIS_STR("E0504"), str_of(said), TAMIS_STR("read")));
        } else if (is_text) {
            text = m;
            continue;
        } else if (is_id && (id_text = json_id(&m->value, doc)).n > 0) {
            id = m;
            continue;
        }
        FORWARD(decode_meta(doc, m, e));
    }
    FORWARD(decode_origin_set(doc, origin, id_text, e));
    if (!text) return no_text(all, text_key, e);
    *text_out = text;
    return decode_text(doc, text, e);
}

/* ------------------------------------------------------------------ bytes that are no text */

/* Where a line was mended: the first MOST_FAULTS of `count`. */
typedef struct {
    struct {
        size_t input, output, bytes;
        unsigned char first;
    } at[MOST_FAULTS];
    size_t count;
    const char *line;
} mended_bytes;

static void see_invalid(void *user, size_t input, size_t output, size_t bytes)
{
    mended_bytes *seen = user;
    if (seen->count < MOST_FAULTS) {
        seen->at[seen->count].input = input;
        seen->at[seen->count].output = output;
        seen->at[seen->count].bytes = bytes;
        seen->at[seen->count].first = (unsigned char)seen->line[input];
    }
    seen->count++;
}

/* Error spans for what was mended: on the text where it was in the text, else at its beginning. */
static tamis_rc report_mended(const mended_bytes *seen, tamis_str line, const member *text,
                              tamis_doc *doc)
{
    tamis_str raw = text ? text->value.raw : (tamis_str){NULL, 0};
    size_t raw_start = text ? (size_t)(raw.p - line.p) : 0, done = 0, content = 0;
    for (size_t i = 0; i < seen->count && i < MOST_FAULTS; i++) {
        char said[160];
        size_t at = seen->at[i].output;
        bool inside = text && at > raw_start && at < raw_start + raw.n;
        snprintf(said, sizeof said, "%zu byte%s that %s no UTF-8 (0x%02X), at byte %zu of the %s",
                 seen->at[i].bytes, seen->at[i].bytes == 1 ? "" : "s",
                 seen->at[i].bytes == 1 ? "is" : "are", seen->at[i].first, seen->at[i].input,
                 inside ? "record" : "record, outside its text");
        size_t start = 0, end = 0;
        if (inside) { /* count on from the last one: a line full of faults costs one pass */
            size_t from = done ? done : 1;
            tamis_str part = {raw.p + from - 1, at - raw_start - from + 2};
            content += json_content_offset(part, part.n);
            done = at - raw_start;
            start = content;
            end = start + 3;
        }
        FORWARD(document_add_error(doc, start, end, TAMIS_STR("E0501"), str_of(said),
                                   TAMIS_STR("read")));
    }
    if (seen->count > MOST_FAULTS) {
        char more[80];
        snprintf(more, sizeof more, "%zu more places that are no UTF-8", seen->count - MOST_FAULTS);
        FORWARD(document_add_error(doc, 0, 0, TAMIS_STR("E0503"), str_of(more), TAMIS_STR("read")));
    }
    return TAMIS_OK;
}

/* ------------------------------------------------------------------ the line */

static tamis_str without_bom(tamis_str bytes)
{
    if (bytes.n >= 3 && memcmp(bytes.p, "\xEF\xBB\xBF", 3) == 0)
        return (tamis_str){bytes.p + 3, bytes.n - 3};
    return bytes;
}

static tamis_rc decode_valid(tamis_str line, const decode_options *options,
                             const decode_origin *origin, tamis_doc *doc, const member **text,
                             error *e)
{
    members all;
    *text = NULL;
    FORWARD(members_read(line, &doc->memory, &all, e));
    const json_value *schema = members_find(&all, "schema");
    if (schema && schema->kind == JSON_STRING) {
        if (json_string_is(schema, "tamis/1")) return restore_record(&all, origin, doc, e);
        if (json_string_is(schema, "tamis-quarantine/1"))
            return quarantine_decode(&all, options, origin, doc, e);
    }
    return decode_plain(&all, options, origin, doc, text, e);
}

tamis_rc record_decode(tamis_str line, const decode_options *options, const decode_origin *origin,
                       tamis_doc *doc, error *e)
{
    const member *text;
    line = without_bom(line);
    if (utf8_valid_prefix(line) == line.n)
        return decode_valid(line, options, origin, doc, &text, e);
    buffer mended = {0};
    mended_bytes *seen = arena_alloc(&doc->memory, sizeof *seen);
    tamis_rc rc = TAMIS_OK;
    if (!seen) return error_set(e, TAMIS_FAIL, "no memory left to mend a record");
    seen->line = line.p;
    utf8_repair(line, &mended, see_invalid, seen);
    if (mended.failed) rc = error_set(e, TAMIS_FAIL, "no memory left to mend a record");
    if (rc == TAMIS_OK) rc = decode_valid(buffer_str(&mended), options, origin, doc, &text, e);
    if (rc == TAMIS_OK) rc = report_mended(seen, buffer_str(&mended), text, doc);
    buffer_free(&mended);
    return rc;
}

tamis_rc record_check_keys(tamis_str line, const decode_options *options, error *e)
{
    tamis_str text_key = options && options->text_key.n ? options->text_key : TAMIS_STR("text");
    tamis_doc doc;
    members all;
    FORWARD(document_init(&doc, e));
    tamis_rc rc = TAMIS_OK;
    if (members_read(without_bom(line), &doc.memory, &all, NULL) == TAMIS_OK) {
        bool found = members_find(&all, "schema") != NULL;
        for (size_t i = 0; i < all.count; i++) found = found || str_equal(all.at[i].name, text_key);
        if (!found) rc = no_text(&all, text_key, e);
    }
    document_free(&doc);
    return rc;
}

bool record_looks_like_json(tamis_str bytes)
{
    bytes = without_bom(bytes);
    size_t i = 0;
    while (i < bytes.n &&
           (bytes.p[i] == ' ' || bytes.p[i] == '\t' || bytes.p[i] == '\r' || bytes.p[i] == '\n'))
        i++;
    return i < bytes.n && bytes.p[i] == '{';
}
