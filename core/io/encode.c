/* A document becomes one line of JSON, the record (design: tamis/1). Every key is always there and
 * of one type, since tools that sample the first lines lose what comes later. */
#include "io/encode.h"
#include "io/pen.h"

#define PUT(out, literal) buffer_append(out, literal, sizeof(literal) - 1)

static void put_string_or_null(buffer *out, tamis_str text)
{
    if (text.n)
        json_write_string(out, text);
    else
        PUT(out, "null");
}

static void put_score(buffer *out, double score)
{
    if (score > 0)
        json_write_number(out, score);
    else
        PUT(out, "null");
}

/* ------------------------------------------------------------------ JSON within a string */

/* True where json_write_string would only add quotes. */
static bool is_clean(tamis_str text)
{
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        if (c < 0x20 || c == '"' || c == '\\') return false;
    }
    return true;
}

/* A JSON string, in place or escaped once more. */
static void put_string(buffer *out, tamis_str text, bool body)
{
    if (!body) {
        json_write_string(out, text);
    } else if (text.n < 256 && is_clean(text)) {
        PUT(out, "\\\"");
        buffer_append_str(out, text);
        PUT(out, "\\\"");
    } else {
        buffer once = {0};
        json_write_string(&once, text);
        json_write_body(out, buffer_str(&once));
        out->failed = out->failed || once.failed;
        buffer_free(&once);
    }
}

static void put_attr(plan *self, tamis_doc *doc, const tamis_attr *attr, bool body, buffer *out)
{
    put_string(out, attr->key, body);
    buffer_append_char(out, ':');
    switch (attr->type) {
    case TAMIS_ATTR_STRING: put_string(out, attr->u.s, body); break;
    case TAMIS_ATTR_NUMBER: json_write_number(out, attr->u.d); break;
    case TAMIS_ATTR_BOOL:
        if (attr->u.b)
            PUT(out, "true");
        else
            PUT(out, "false");
        break;
    case TAMIS_ATTR_OFFSET:
    case TAMIS_ATTR_END: json_write_uint(out, plan_attr_offset(self, doc, attr)); break;
    default: json_write_int(out, attr->u.i); break;
    }
}

void encode_attrs(plan *self, tamis_doc *doc, const document_span *span, bool body, buffer *out)
{
    bool first = true;
    buffer_append_char(out, '{');
    for (uint32_t i = 0; i < span->attr_count; i++) {
        tamis_attr attr = span->attrs[i];
        /* A group is a span's number too: it goes the way of `ref`. */
        if (attr.type == TAMIS_ATTR_INT && str_is(attr.key, "group")) {
            bool known = attr.u.i > 0 && (uint64_t)attr.u.i <= doc->span_count;
            attr.u.i = known ? plan_number(self, (uint32_t)attr.u.i) : 0;
            if (attr.u.i == 0) continue;
        }
        if (!first) buffer_append_char(out, ',');
        first = false;
        put_attr(self, doc, &attr, body, out);
    }
    buffer_append_char(out, '}');
}

static void put_meta(const tamis_doc *doc, bool nested, buffer *out)
{
    if (!nested) buffer_append_char(out, '"');
    buffer_append_char(out, '{');
    for (size_t i = 0; i < doc->meta_count; i++) {
        if (i) buffer_append_char(out, ',');
        put_string(out, doc->meta[i].key, !nested);
        buffer_append_char(out, ':');
        if (nested)
            buffer_append_str(out, doc->meta[i].raw);
        else
            json_write_body(out, doc->meta[i].raw);
    }
    buffer_append_char(out, '}');
    if (!nested) buffer_append_char(out, '"');
}

void encode_meta(const tamis_doc *doc, buffer *out)
{
    put_meta(doc, true, out);
}

/* ------------------------------------------------------------------ spans, removals */

/* A string of any length: short ones where they go, long ones through the buffer; then room is made
 * anew for what the pen still has to write. */
static bool pen_string(pen *self, tamis_str text, size_t still)
{
    if (text.n <= PEN_SHORT) {
        pen_short(self, text);
        return true;
    }
    pen_done(self);
    json_write_string(self->out, text);
    return pen_open(self, self->out, still);
}

static bool pen_maybe(pen *self, tamis_str text, size_t still)
{
    if (text.n) return pen_string(self, text, still);
    pen_text(self, "null");
    return true;
}

static void pen_score(pen *self, double score)
{
    if (!(score > 0)) {
        pen_text(self, "null");
        return;
    }
    unsigned scaled = (unsigned)(score * 10000 + 0.5); /* scores are checked: 0 to 1 */
    pen_uint(self, scaled / 10000);
    unsigned rest = scaled % 10000;
    char places[5] = {'.', (char)('0' + rest / 1000), (char)('0' + rest / 100 % 10),
                      (char)('0' + rest / 10 % 10), (char)('0' + rest % 10)};
    size_t n = 5;
    while (n > 2 && places[n - 1] == '0') n--;
    memcpy(self->at, places, 5);
    self->at += n;
}

/* Room for all of a span but its attributes, its strings being short. */
enum { SPAN_ROOM = 300 + 5 * PEN_NUMBER + 9 * PEN_STRING };

void encode_span(plan *self, tamis_doc *doc, const planned *item, uint32_t number, buffer *out)
{
    const document_span *span = item->span;
    bool nested = self->options->nested;
    uint32_t ref = plan_number(self, span->ref);
    size_t start = plan_text_offset(self, item->start), end = plan_text_offset(self, item->end);
    pen w;
    if (!pen_open(&w, out, SPAN_ROOM)) return;
    pen_text(&w, "\"span\":");
    pen_uint(&w, number);
    pen_text(&w, ",\"type\":");
    if (!pen_string(&w, span->type, SPAN_ROOM)) return;
    pen_text(&w, ",\"start\":");
    pen_uint(&w, start);
    pen_text(&w, ",\"end\":");
    pen_uint(&w, end);
    pen_text(&w, ",\"source_start\":");
    pen_uint(&w, self->same_text ? start : plan_source_offset(self, item->source_start));
    pen_text(&w, ",\"source_end\":");
    pen_uint(&w, self->same_text ? end : plan_source_offset(self, item->source_end));
    pen_text(&w, ",\"text\":");
    if (!pen_string(&w, planned_text(self, item), SPAN_ROOM)) return;
    pen_text(&w, ",\"value\":");
    if (!pen_maybe(&w, span->value, SPAN_ROOM)) return;
    pen_text(&w, ",\"category\":");
    if (!pen_maybe(&w, span->category, SPAN_ROOM)) return;
    pen_text(&w, ",\"lang\":");
    if (!pen_maybe(&w, span->lang, SPAN_ROOM)) return;
    pen_text(&w, ",\"score\":");
    pen_score(&w, span->score);
    pen_text(&w, ",\"stage\":");
    if (!pen_string(&w, span->stage, SPAN_ROOM)) return;
    pen_text(&w, ",\"rule\":");
    if (!pen_string(&w, span->rule, SPAN_ROOM)) return;
    pen_text(&w, ",\"ref\":");
    if (ref)
        pen_uint(&w, ref);
    else
        pen_text(&w, "null");
    pen_text(&w, ",\"role\":");
    if (!pen_maybe(&w, span->role, SPAN_ROOM)) return;
    if (span->attr_count == 0) {
        if (nested)
            pen_text(&w, ",\"attrs\":{}");
        else
            pen_text(&w, ",\"attrs\":\"{}\"");
        pen_done(&w);
        return;
    }
    pen_text(&w, ",\"attrs\":");
    if (!nested) *w.at++ = '"';
    pen_done(&w);
    encode_attrs(self, doc, span, !nested, out);
    if (!nested) buffer_append_char(out, '"');
}

enum { REMOVAL_ROOM = 200 + 3 * PEN_NUMBER + 6 * PEN_STRING };

void encode_removal(plan *self, const document_removal *removal, buffer *out)
{
    tamis_str text = {self->source_offsets.text.p + removal->start, removal->end - removal->start};
    if (removal->flags & TAMIS_SECRET) text.n = 0;
    pen w;
    if (!pen_open(&w, out, REMOVAL_ROOM)) return;
    pen_text(&w, "\"start\":");
    pen_uint(&w, plan_source_offset(self, removal->start));
    pen_text(&w, ",\"end\":");
    pen_uint(&w, plan_source_offset(self, removal->end));
    pen_text(&w, ",\"text\":");
    if (!pen_string(&w, text, REMOVAL_ROOM)) return;
    pen_text(&w, ",\"reason\":");
    if (!pen_string(&w, removal->reason, REMOVAL_ROOM)) return;
    pen_text(&w, ",\"rule\":");
    if (!pen_string(&w, removal->rule, REMOVAL_ROOM)) return;
    pen_text(&w, ",\"score\":");
    pen_score(&w, removal->score);
    pen_text(&w, ",\"stage\":");
    if (!pen_string(&w, removal->stage, REMOVAL_ROOM)) return;
    pen_text(&w, ",\"placeholder\":");
    if (!pen_string(&w, removal->placeholder, REMOVAL_ROOM)) return;
    pen_done(&w);
}

/* ------------------------------------------------------------------ the record */

tamis_rc encode_allowed(const tamis_doc *doc, const record_options *options, error *e)
{
    if (options->text != TEXT_ORIGINAL) return TAMIS_OK;
    for (size_t i = 0; i < doc->removal_count; i++)
        if (doc->removals[i].flags & TAMIS_SECRET)
            return error_set(e, TAMIS_FAIL,
                             "stage `%.*s` removed something secret: the original text "
                             "is not written (--text clean is)",
                             (int)doc->removals[i].stage.n, doc->removals[i].stage.p);
    return TAMIS_OK;
}

const char *encode_status(document_status status)
{
    return status == DOCUMENT_DROPPED       ? "dropped"
           : status == DOCUMENT_QUARANTINED ? "quarantined"
                                            : "written";
}

static void put_head(plan *self, tamis_doc *doc, buffer *out)
{
    tamis_attr lang, score;
    bool has_lang = document_attribute_get(doc, TAMIS_STR("lang"), &lang);
    bool has_score = document_attribute_get(doc, TAMIS_STR("lang_score"), &score);
    PUT(out, "{\"schema\":\"tamis/1\",\"id\":");
    json_write_repaired(out, doc->id);
    PUT(out, ",\"input\":");
    json_write_repaired(out, doc->input);
    PUT(out, ",\"status\":\"");
    buffer_append_text(out, encode_status(doc->status));
    PUT(out, "\",\"reason\":");
    json_write_repaired(out, doc->reason);
    PUT(out, ",\"text\":");
    json_write_string(out, self->text);
    PUT(out, ",\"text_kind\":\"");
    buffer_append_text(out, self->options->text == TEXT_ORIGINAL ? "original" : "clean");
    PUT(out, "\",\"offset_unit\":\"");
    buffer_append_text(out, offset_unit_name(self->options->offsets));
    PUT(out, "\",\"lang\":");
    put_string_or_null(out, has_lang ? lang.u.s : (tamis_str){NULL, 0});
    PUT(out, ",\"lang_score\":");
    put_score(out, has_score ? score.u.d : 0);
    PUT(out, ",\"errors\":");
    json_write_uint(out, doc->error_count);
}

tamis_rc record_encode(tamis_doc *doc, const record_options *options, buffer *out, error *e)
{
    plan self;
    size_t before = out->n;
    arena_mark mark = arena_here(&doc->memory);
    FORWARD(encode_allowed(doc, options, e));
    FORWARD(plan_make(&self, doc, options, e));
    put_head(&self, doc, out);
    PUT(out, ",\"spans\":[");
    for (size_t i = 0; i < self.count; i++) {
        buffer_append_char(out, i ? ',' : '{');
        if (i) buffer_append_char(out, '{');
        encode_span(&self, doc, &self.items[i], (uint32_t)i + 1, out);
        buffer_append_char(out, '}');
    }
    PUT(out, "],\"removed\":[");
    for (size_t i = 0; i < doc->removal_count; i++) {
        if (i) buffer_append_char(out, ',');
        buffer_append_char(out, '{');
        encode_removal(&self, &doc->removals[i], out);
        buffer_append_char(out, '}');
    }
    PUT(out, "],\"meta\":");
    put_meta(doc, options->nested, out);
    PUT(out, "}\n");
    arena_rewind(&doc->memory, mark);
    if (!out->failed) return TAMIS_OK;
    out->n = before;
    return error_set(e, TAMIS_FAIL, "no memory left to write the record");
}
