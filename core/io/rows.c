/* Rows of a table from a document: its spans, quotes, removals, or the document itself. A row is
 * written cell by cell; each format says how a cell looks, so a column stands in one place for all
 * of them. */
#include "io/encode.h"
#include "io/pretty.h"

static const char *const DOC_COLUMNS[] = {"id",      "input",      "status", "reason",
                                          "lang",    "lang_score", "errors", "spans",
                                          "removed", "text",       "meta",   NULL};
static const char *const SPAN_COLUMNS[] = {
    "id",       "span", "type",  "start", "end",  "source_start", "source_end", "text",  "value",
    "category", "lang", "score", "stage", "rule", "ref",          "role",       "attrs", NULL};
static const char *const QUOTE_COLUMNS[] = {"id",      "span", "start", "end",  "kind",
                                            "speaker", "who",  "cue",   "text", "lang",
                                            "score",   "rule", "group", NULL};
static const char *const REMOVED_COLUMNS[] = {"id",   "start", "end",   "text",        "reason",
                                              "rule", "score", "stage", "placeholder", NULL};

static const char *const *columns_of(emit_kind emit)
{
    switch (emit) {
    case EMIT_SPANS: return SPAN_COLUMNS;
    case EMIT_QUOTES: return QUOTE_COLUMNS;
    case EMIT_REMOVED: return REMOVED_COLUMNS;
    default: return DOC_COLUMNS;
    }
}

/* ------------------------------------------------------------------ cells */

typedef struct {
    buffer *out;
    row_format format;
    const char *const *columns;
    size_t at;
} row;

static void cell_begin(row *self)
{
    if (self->format == FORMAT_JSONL) {
        buffer_append_text(self->out, self->at ? ",\"" : "{\"");
        buffer_append_text(self->out, self->columns[self->at]);
        buffer_append_text(self->out, "\":");
    } else if (self->at) {
        buffer_append_char(self->out, self->format == FORMAT_CSV ? ',' : '\t');
    }
    self->at++;
}

static void row_end(row *self)
{
    buffer_append_text(self->out, self->format == FORMAT_JSONL ? "}\n" : "\n");
    self->at = 0;
}

/* RFC 4180: quoted where it must be, quotes doubled. */
static void write_csv(buffer *out, tamis_str text)
{
    bool quoted = text.n && (text.p[0] == ' ' || text.p[text.n - 1] == ' ');
    for (size_t i = 0; i < text.n && !quoted; i++)
        quoted = text.p[i] == ',' || text.p[i] == '"' || text.p[i] == '\n' || text.p[i] == '\r';
    if (!quoted) {
        buffer_append_str(out, text);
        return;
    }
    buffer_append_char(out, '"');
    for (size_t i = 0; i < text.n;) {
        const char *quote = memchr(text.p + i, '"', text.n - i);
        size_t stop = quote ? (size_t)(quote - text.p) + 1 : text.n;
        buffer_append(out, text.p + i, stop - i);
        if (quote) buffer_append_char(out, '"');
        i = stop;
    }
    buffer_append_char(out, '"');
}

/* Tabs, line ends and backslashes as backslash escapes: a row is a line, whatever is in it. */
static void write_tsv(buffer *out, tamis_str text)
{
    size_t from = 0;
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        char letter = c == '\t' ? 't' : c == '\n' ? 'n' : c == '\r' ? 'r' : c == '\\' ? '\\' : 0;
        if (!letter) continue;
        buffer_append(out, text.p + from, i - from);
        buffer_append_char(out, '\\');
        buffer_append_char(out, letter);
        from = i + 1;
    }
    if (from < text.n) buffer_append(out, text.p + from, text.n - from);
}

static void cell_text(row *self, tamis_str text)
{
    cell_begin(self);
    if (self->format == FORMAT_JSONL)
        json_write_string(self->out, text);
    else if (self->format == FORMAT_CSV)
        write_csv(self->out, text);
    else
        write_tsv(self->out, text);
}

static void cell_null(row *self)
{
    cell_begin(self);
    if (self->format == FORMAT_JSONL) buffer_append_text(self->out, "null");
}

static void cell_maybe(row *self, tamis_str text)
{
    if (text.n)
        cell_text(self, text);
    else
        cell_null(self);
}

static void cell_uint(row *self, uint64_t n)
{
    cell_begin(self);
    json_write_uint(self->out, n);
}

static void cell_maybe_uint(row *self, uint64_t n)
{
    if (n)
        cell_uint(self, n);
    else
        cell_null(self);
}

static void cell_score(row *self, double score)
{
    if (!(score > 0)) {
        cell_null(self);
        return;
    }
    cell_begin(self);
    json_write_number(self->out, score);
}

/* Text that may be any bytes: file names, reasons. */
static void cell_any(row *self, tamis_str text)
{
    buffer mended = {0};
    cell_text(self, utf8_mended(text, &mended));
    self->out->failed = self->out->failed || mended.failed;
    buffer_free(&mended);
}

/* ------------------------------------------------------------------ rows */

static void span_rows(row *self, plan *p, tamis_doc *doc)
{
    buffer attrs = {0};
    for (size_t i = 0; i < p->count; i++) {
        const planned *item = &p->items[i];
        const document_span *span = item->span;
        cell_any(self, doc->id);
        cell_uint(self, i + 1);
        cell_text(self, span->type);
        cell_uint(self, plan_text_offset(p, item->start));
        cell_uint(self, plan_text_offset(p, item->end));
        cell_uint(self, plan_source_offset(p, item->source_start));
        cell_uint(self, plan_source_offset(p, item->source_end));
        cell_text(self, planned_text(p, item));
        cell_maybe(self, span->value);
        cell_maybe(self, span->category);
        cell_maybe(self, span->lang);
        cell_score(self, span->score);
        cell_text(self, span->stage);
        cell_text(self, span->rule);
        cell_maybe_uint(self, plan_number(p, span->ref));
        cell_maybe(self, span->role);
        attrs.n = 0;
        encode_attrs(p, doc, span, false, &attrs);
        if (self->format == FORMAT_JSONL && p->options->nested) {
            cell_begin(self);
            buffer_append_str(self->out, buffer_str(&attrs));
        } else {
            cell_text(self, buffer_str(&attrs));
        }
        row_end(self);
    }
    self->out->failed = self->out->failed || attrs.failed;
    buffer_free(&attrs);
}

static void removed_rows(row *self, plan *p, tamis_doc *doc)
{
    for (size_t i = 0; i < doc->removal_count; i++) {
        const document_removal *r = &doc->removals[i];
        tamis_str text = {doc->source.p + r->start, r->end - r->start};
        if (r->flags & TAMIS_SECRET) text.n = 0;
        cell_any(self, doc->id);
        cell_uint(self, plan_source_offset(p, r->start));
        cell_uint(self, plan_source_offset(p, r->end));
        cell_text(self, text);
        cell_text(self, r->reason);
        cell_text(self, r->rule);
        cell_score(self, r->score);
        cell_text(self, r->stage);
        cell_text(self, r->placeholder);
        row_end(self);
    }
}

uint32_t span_group(const tamis_doc *doc, const document_span *span)
{
    for (uint32_t i = 0; i < span->attr_count; i++) {
        const tamis_attr *attr = &span->attrs[i];
        if (attr->type == TAMIS_ATTR_INT && str_is(attr->key, "group") && attr->u.i > 0 &&
            (uint64_t)attr->u.i <= doc->span_count)
            return (uint32_t)attr->u.i;
    }
    return 0;
}

tamis_rc quote_links_make(quote_links *self, tamis_doc *doc, error *e)
{
    size_t bytes = (doc->span_count + 1) * sizeof *self->speaker;
    self->speaker = arena_alloc(&doc->memory, bytes);
    self->cue = arena_alloc(&doc->memory, bytes);
    if (!self->speaker || !self->cue) return error_set(e, TAMIS_FAIL, "no memory left for quotes");
    for (size_t i = 0; i < doc->span_count; i++) {
        const document_span *span = &doc->spans[i];
        const document_span **to = str_is(span->type, "speaker") ? self->speaker
                                   : str_is(span->type, "cue")   ? self->cue
                                                                 : NULL;
        if (to && span->ref && !to[span->ref]) to[span->ref] = span;
    }
    return TAMIS_OK;
}

const document_span *quote_link(const document_span *const *links, const tamis_doc *doc,
                                const document_span *quote)
{
    return links[quote->number] ? links[quote->number] : links[span_group(doc, quote)];
}

tamis_str written_text(const plan *p, const tamis_doc *doc, const document_span *span)
{
    if (!span) return (tamis_str){NULL, 0};
    size_t start = span->start, end = span->end;
    if (p->options->text == TEXT_CLEAN) document_view_range(doc, start, end, &start, &end);
    return (tamis_str){p->text.p + start, end - start};
}

static tamis_rc quote_rows(row *self, plan *p, tamis_doc *doc, error *e)
{
    quote_links links;
    FORWARD(quote_links_make(&links, doc, e));
    for (size_t i = 0; i < p->count; i++) {
        const planned *item = &p->items[i];
        const document_span *span = item->span;
        if (!str_is(span->type, "quote")) continue;
        cell_any(self, doc->id);
        cell_uint(self, i + 1);
        cell_uint(self, plan_text_offset(p, item->start));
        cell_uint(self, plan_text_offset(p, item->end));
        cell_maybe(self, span->category);
        cell_maybe(self, written_text(p, doc, quote_link(links.speaker, doc, span)));
        cell_maybe(self, span->value);
        cell_maybe(self, written_text(p, doc, quote_link(links.cue, doc, span)));
        cell_text(self, planned_text(p, item));
        cell_maybe(self, span->lang);
        cell_score(self, span->score);
        cell_text(self, span->rule);
        cell_maybe_uint(self, plan_number(p, span_group(doc, span)));
        row_end(self);
    }
    return TAMIS_OK;
}

static void doc_row(row *self, plan *p, tamis_doc *doc)
{
    tamis_attr lang, score;
    bool has_lang = document_attribute_get(doc, TAMIS_STR("lang"), &lang);
    bool has_score = document_attribute_get(doc, TAMIS_STR("lang_score"), &score);
    buffer meta = {0};
    encode_meta(doc, &meta);
    cell_any(self, doc->id);
    cell_any(self, doc->input);
    cell_text(self, str_of(encode_status(doc->status)));
    cell_any(self, doc->reason);
    cell_maybe(self, has_lang ? lang.u.s : (tamis_str){NULL, 0});
    cell_score(self, has_score ? score.u.d : 0);
    cell_uint(self, doc->error_count);
    cell_uint(self, p->count);
    cell_uint(self, doc->removal_count);
    cell_text(self, p->text);
    cell_text(self, buffer_str(&meta));
    row_end(self);
    self->out->failed = self->out->failed || meta.failed;
    buffer_free(&meta);
}

/* ------------------------------------------------------------------ all of a document */

void rows_header(emit_kind emit, row_format format, const record_options *options, buffer *out)
{
    if (format != FORMAT_CSV && format != FORMAT_TSV) return;
    row header = {out, format, columns_of(emit), 0};
    for (const char *const *name = header.columns; *name; name++) cell_text(&header, str_of(*name));
    row_end(&header);
}

tamis_rc rows_encode(tamis_doc *doc, emit_kind emit, row_format format,
                     const record_options *options, const pretty_options *pretty, buffer *out,
                     error *e)
{
    if (emit == EMIT_DOCS && format == FORMAT_JSONL) return record_encode(doc, options, out, e);
    plan p;
    row self = {out, format, columns_of(emit), 0};
    size_t before = out->n;
    tamis_rc rc = TAMIS_OK;
    arena_mark mark = arena_here(&doc->memory);
    FORWARD(encode_allowed(doc, options, e));
    FORWARD(plan_make(&p, doc, options, e));
    if (format == FORMAT_PRETTY)
        rc = pretty_encode(&p, doc, emit, pretty, out, e);
    else if (emit == EMIT_SPANS)
        span_rows(&self, &p, doc);
    else if (emit == EMIT_REMOVED)
        removed_rows(&self, &p, doc);
    else if (emit == EMIT_QUOTES)
        rc = quote_rows(&self, &p, doc, e);
    else
        doc_row(&self, &p, doc);
    arena_rewind(&doc->memory, mark);
    if (rc == TAMIS_OK && out->failed)
        rc = error_set(e, TAMIS_FAIL, "no memory left to write rows");
    if (rc < 0) out->n = before;
    return rc;
}
