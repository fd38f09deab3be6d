/* A document for a terminal: its text with the findings marked and numbered, and beneath it what
 * each number is and what was taken out. Lines are broken between words at the terminal's width;
 * control characters of the text are shown, never sent. */
#include "io/encode.h"
#include "io/pretty.h"

#include <stdlib.h>

enum { LEAST_WIDTH = 30, USUAL_WIDTH = 80, EXCERPT = 60, NUMBER_COLUMNS = 6, HEADING_COLUMNS = 3 };

typedef struct {
    buffer *out;
    buffer word; /* styled bytes not yet placed */
    uint32_t word_width, blanks, column, width;
    uint32_t indent; /* of the lines that go on where one was broken */
    bool colour;
} printer;

static const struct {
    const char *type, *colour;
} COLOURS[] = {{"quote", "\033[32m"},     {"speaker", "\033[36;1m"}, {"cue", "\033[36m"},
               {"weapon", "\033[31;1m"},  {"quantity", "\033[33m"},  {"error", "\033[41;97m"},
               {"boilerplate", "\033[2m"}};

static const char *colour_of(tamis_str type)
{
    for (size_t i = 0; i < sizeof COLOURS / sizeof COLOURS[0]; i++)
        if (str_is(type, COLOURS[i].type)) return COLOURS[i].colour;
    return "\033[35m";
}

/* ------------------------------------------------------------------ words and lines */

static void style(printer *self, const char *code)
{
    if (self->colour) buffer_append_text(&self->word, code);
}

/* Places the word, on the next line where this one is full. Blanks ahead of it are only written
 * once it is known to stay. */
static void flush_word(printer *self)
{
    if (self->word_width) {
        if (self->column && self->column + self->blanks + self->word_width > self->width) {
            buffer_append_char(self->out, '\n');
            self->column = 0;
            self->blanks = self->indent;
        }
        for (; self->blanks; self->blanks--, self->column++) buffer_append_char(self->out, ' ');
    }
    buffer_append_str(self->out, buffer_str(&self->word));
    self->column += self->word_width;
    self->word.n = 0;
    self->word_width = 0;
}

static void end_line(printer *self)
{
    flush_word(self);
    buffer_append_char(self->out, '\n');
    self->column = 0;
    self->blanks = 0;
}

static void put_point(printer *self, const char *p, size_t n, uint32_t c)
{
    if (c == '\n') {
        end_line(self);
    } else if (c == ' ' || c == '\t') {
        flush_word(self);
        if (self->blanks < self->width / 2) self->blanks++;
    } else if (c == '\r') {
        return;
    } else if (c < 0x20 || (c >= 0x7F && c < 0xA0)) { /* would steer the terminal */
        buffer_append_text(&self->word, "\xC2\xB7");
        self->word_width++;
    } else {
        uint32_t columns = utf8_columns(c);
        if (columns == 2) flush_word(self); /* such scripts break anywhere */
        buffer_append(&self->word, p, n);
        self->word_width += columns;
    }
}

static void put_text(printer *self, tamis_str text)
{
    for (size_t i = 0; i < text.n;) {
        size_t n;
        uint32_t c = utf8_decode(text.p + i, text.n - i, &n);
        put_point(self, text.p + i, n, c);
        i += n;
    }
}

static void put_plain(printer *self, const char *text)
{
    put_text(self, str_of(text));
}

/* The beginning of a text on one line, in quotes. */
static void put_excerpt(printer *self, tamis_str text)
{
    size_t points = 0, at = 0;
    put_plain(self, "\"");
    while (at < text.n && points < EXCERPT) {
        size_t n;
        uint32_t c = utf8_decode(text.p + at, text.n - at, &n);
        if (c == '\n')
            put_plain(self, "\xE2\x8F\x8E"); /* the sign of a line end */
        else
            put_point(self, text.p + at, n, c);
        at += n;
        points++;
    }
    put_plain(self, at < text.n ? "…\"" : "\"");
}

static void put_number(printer *self, const char *format, size_t n)
{
    char text[40];
    snprintf(text, sizeof text, format, n);
    put_plain(self, text);
}

/* Beneath coloured words, where a plain digit would read as part of the text ("armes2"). */
static void put_raised(printer *self, size_t n)
{
    static const char *const digits[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
    char text[24];
    snprintf(text, sizeof text, "%zu", n);
    for (const char *at = text; *at; at++) put_plain(self, digits[*at - '0']);
}

static void put_score(printer *self, double score)
{
    buffer text = {0};
    if (!(score > 0)) return;
    json_write_number(&text, score);
    put_plain(self, " ");
    put_text(self, buffer_str(&text));
    buffer_free(&text);
}

/* ------------------------------------------------------------------ the text, marked */

/* What happens at an offset of the text: a span ends, something was cut out, a span begins. */
typedef struct {
    size_t at, other; /* `other`: the span's other bound */
    int kind;
    size_t index;
} event;

enum { EVENT_END, EVENT_CUT, EVENT_EMPTY, EVENT_START };

static int compare_events(const void *a, const void *b)
{
    const event *x = a, *y = b;
    if (x->at != y->at) return x->at < y->at ? -1 : 1;
    if (x->kind != y->kind) return x->kind - y->kind;
    if (x->other != y->other)
        return x->other > y->other ? -1 : 1; /* outer first, inner closes first */
    if (x->kind == EVENT_END) return x->index > y->index ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

static size_t gather(const plan *p, const tamis_doc *doc, event *events)
{
    size_t count = 0;
    for (size_t i = 0; i < p->count; i++) {
        const planned *item = &p->items[i];
        if (item->tiling) continue;
        if (item->start == item->end) {
            events[count++] = (event){item->start, item->end, EVENT_EMPTY, i};
            continue;
        }
        events[count++] = (event){item->start, item->end, EVENT_START, i};
        events[count++] = (event){item->end, item->start, EVENT_END, i};
    }
    for (size_t i = 0; i < doc->removal_count && p->options->text == TEXT_CLEAN; i++) {
        size_t start, end;
        document_view_range(doc, doc->removals[i].start, doc->removals[i].end, &start, &end);
        events[count++] = (event){start, start, EVENT_CUT, i};
    }
    qsort(events, count, sizeof *events, compare_events);
    return count;
}

/* `again`: the number of another end stands right ahead. */
static void put_end_number(printer *self, size_t index, bool again)
{
    style(self, "\033[0;2m");
    if (!self->colour) {
        put_number(self, "]%zu", index + 1);
    } else {
        if (again) put_plain(self, "·");
        put_raised(self, index + 1);
    }
    style(self, "\033[0m");
}

static void put_event(printer *self, const plan *p, const event *ev, bool again, size_t *open,
                      size_t *depth)
{
    switch (ev->kind) {
    case EVENT_START:
        open[(*depth)++] = ev->index;
        if (!self->colour) put_plain(self, "[");
        style(self, colour_of(p->items[ev->index].span->type));
        break;
    case EVENT_END:
        for (size_t i = *depth; i-- > 0;)
            if (open[i] == ev->index) {
                memmove(open + i, open + i + 1, (*depth - i - 1) * sizeof *open);
                (*depth)--;
                break;
            }
        put_end_number(self, ev->index, again);
        if (*depth) style(self, colour_of(p->items[open[*depth - 1]].span->type));
        break;
    case EVENT_EMPTY: put_number(self, "[]%zu", ev->index + 1); break;
    default:
        style(self, "\033[2m");
        put_number(self, "{-%zu}", ev->index + 1);
        style(self, "\033[0m");
        if (*depth) style(self, colour_of(p->items[open[*depth - 1]].span->type));
        break;
    }
}

static tamis_rc put_marked(printer *self, const plan *p, tamis_doc *doc, error *e)
{
    event *events =
        arena_alloc_raw(&doc->memory, (2 * p->count + doc->removal_count) * sizeof *events);
    size_t *open = arena_alloc_raw(&doc->memory, (p->count + 1) * sizeof *open), depth = 0, at = 0;
    if (!events || !open) return error_set(e, TAMIS_FAIL, "no memory left to print a document");
    size_t count = gather(p, doc, events);
    for (size_t i = 0; i <= count; i++) {
        size_t stop = i < count ? events[i].at : p->text.n;
        put_text(self, (tamis_str){p->text.p + at, stop - at});
        at = stop;
        bool again = i > 0 && i < count && events[i - 1].kind == EVENT_END &&
                     events[i - 1].at == events[i].at;
        if (i < count) put_event(self, p, &events[i], again, open, &depth);
    }
    flush_word(self);
    if (self->column) end_line(self);
    return TAMIS_OK;
}

/* ------------------------------------------------------------------ lists */

static void put_dim(printer *self, tamis_str before, tamis_str text)
{
    if (text.n == 0) return;
    put_text(self, before);
    put_text(self, text);
}

static void put_span(printer *self, plan *p, size_t index)
{
    const planned *item = &p->items[index];
    const document_span *span = item->span;
    style(self, "\033[2m");
    put_number(self, "%5zu ", index + 1);
    style(self, "\033[0m");
    style(self, colour_of(span->type));
    put_text(self, span->type);
    style(self, "\033[0m");
    put_dim(self, TAMIS_STR(" "), span->category);
    if (!item->tiling) {
        put_plain(self, " ");
        put_excerpt(self, planned_text(p, item));
    }
    put_dim(self, TAMIS_STR(" = "), span->value);
    if (span->ref && plan_number(p, span->ref)) {
        put_dim(self, TAMIS_STR(" "), span->role.n ? span->role : TAMIS_STR("ref"));
        put_number(self, " of %zu", plan_number(p, span->ref));
    }
    style(self, "\033[2m");
    put_number(self, " %zu", plan_text_offset(p, item->start));
    put_number(self, "-%zu", plan_text_offset(p, item->end));
    put_dim(self, TAMIS_STR(" "), span->lang);
    put_score(self, span->score);
    put_dim(self, TAMIS_STR(" "), span->rule);
    style(self, "\033[0m");
    end_line(self);
}

static void put_removal(printer *self, plan *p, const tamis_doc *doc, size_t index)
{
    const document_removal *r = &doc->removals[index];
    tamis_str text = {doc->source.p + r->start, r->end - r->start};
    style(self, "\033[2m");
    put_number(self, "%5zu ", index + 1);
    style(self, "\033[0;31m");
    put_text(self, r->reason);
    style(self, "\033[0m");
    put_plain(self, " ");
    if (r->flags & TAMIS_SECRET)
        put_plain(self, "(withheld)");
    else
        put_excerpt(self, text);
    put_dim(self, TAMIS_STR(" -> "), r->placeholder);
    style(self, "\033[2m");
    put_number(self, " %zu", plan_source_offset(p, r->start));
    put_number(self, "-%zu", plan_source_offset(p, r->end));
    put_score(self, r->score);
    put_dim(self, TAMIS_STR(" "), r->rule);
    put_dim(self, TAMIS_STR(" by "), r->stage);
    style(self, "\033[0m");
    end_line(self);
}

static void put_quote(printer *self, plan *p, tamis_doc *doc, const quote_links *links,
                      size_t index)
{
    const planned *item = &p->items[index];
    const document_span *quote = item->span;
    tamis_str speaker = written_text(p, doc, quote_link(links->speaker, doc, quote));
    style(self, "\033[2m");
    put_number(self, "%5zu ", index + 1);
    style(self, "\033[0;32m");
    put_plain(self, "\"");
    put_text(self, planned_text(p, item));
    put_plain(self, "\"");
    style(self, "\033[0m");
    put_plain(self, " -- ");
    style(self, "\033[36;1m");
    put_text(self, quote->value.n ? quote->value : speaker.n ? speaker : TAMIS_STR("?"));
    style(self, "\033[0m");
    if (quote->value.n && speaker.n && !str_equal(speaker, quote->value)) {
        put_plain(self, " (");
        put_text(self, speaker);
        put_plain(self, ")");
    }
    put_dim(self, TAMIS_STR(", "), written_text(p, doc, quote_link(links->cue, doc, quote)));
    style(self, "\033[2m");
    if (quote->category.n) { /* (direct, fr, 0.99) */
        put_dim(self, TAMIS_STR(" ("), quote->category);
        put_dim(self, TAMIS_STR(", "), quote->lang);
        if (quote->score > 0) put_plain(self, ",");
        put_score(self, quote->score);
        put_plain(self, ")");
    }
    style(self, "\033[0m");
    end_line(self);
}

static void put_title(printer *self, const plan *p, tamis_doc *doc)
{
    tamis_attr lang;
    style(self, "\033[1m");
    put_plain(self, "== ");
    put_text(self, doc->id);
    style(self, "\033[0m");
    if (document_attribute_get(doc, TAMIS_STR("lang"), &lang))
        put_dim(self, TAMIS_STR("  "), lang.u.s);
    if (doc->status == DOCUMENT_DROPPED) put_dim(self, TAMIS_STR("  dropped: "), doc->reason);
    if (doc->status == DOCUMENT_QUARANTINED)
        put_dim(self, TAMIS_STR("  quarantined: "), doc->reason);
    size_t removed = 0;
    for (size_t i = 0; i < doc->removal_count; i++)
        removed += doc->removals[i].end - doc->removals[i].start;
    if (removed) put_number(self, "  %zu %% removed", removed * 100 / doc->source.n);
    end_line(self);
}

static void put_heading(printer *self, const char *text)
{
    self->indent = HEADING_COLUMNS;
    style(self, "\033[2m");
    put_plain(self, text);
    style(self, "\033[0m");
    end_line(self);
    self->indent = NUMBER_COLUMNS;
}

tamis_rc pretty_encode(plan *p, tamis_doc *doc, emit_kind emit, const pretty_options *options,
                       buffer *out, error *e)
{
    printer self = {.out = out, .width = USUAL_WIDTH};
    quote_links links;
    tamis_rc rc = TAMIS_OK;
    if (options && options->width) self.width = options->width;
    if (self.width < LEAST_WIDTH) self.width = LEAST_WIDTH;
    self.colour = options && options->colour;
    put_title(&self, p, doc);
    if (emit == EMIT_DOCS) rc = put_marked(&self, p, doc, e);
    if (emit == EMIT_QUOTES) rc = quote_links_make(&links, doc, e);
    if (rc < 0) goto done;
    if (emit == EMIT_DOCS && p->count)
        put_heading(
            &self, "-- found: type, kind, text = what it stands for; place, language, score, rule");
    self.indent = NUMBER_COLUMNS;
    for (size_t i = 0; i < p->count && (emit == EMIT_DOCS || emit == EMIT_SPANS); i++)
        put_span(&self, p, i);
    for (size_t i = 0; i < p->count && emit == EMIT_QUOTES; i++)
        if (str_is(p->items[i].span->type, "quote")) put_quote(&self, p, doc, &links, i);
    if (emit == EMIT_DOCS && doc->removal_count)
        put_heading(&self, "-- removed: kind, text; place in the source, score, rule, stage");
    for (size_t i = 0; i < doc->removal_count && (emit == EMIT_DOCS || emit == EMIT_REMOVED); i++)
        put_removal(&self, p, doc, i);
    buffer_append_char(out, '\n');
done:
    out->failed = out->failed || self.word.failed;
    buffer_free(&self.word);
    return rc;
}
