/* See marks.h. Reading is one pass with a stack of what is open; writing goes through the marks in
 * order of place with a stack of those that nest, and gives a number to each mark that crosses
 * another. */
#include "io/marks.h"

#include <ctype.h>
#include <stdlib.h>

/* ------------------------------------------------------------------ reading */

typedef enum { OPEN_SPAN, OPEN_REMOVAL, OPEN_BRACKET } open_kind;

typedef struct {
    open_kind kind;
    size_t mark;   /* its index */
    size_t number; /* 0: it is closed by place, not by number */
    size_t at;     /* of its `[` in the notation */
} open_mark;

typedef struct {
    tamis_str in;
    size_t at;
    arena *memory;
    buffer text, marks, stack; /* of mark, of open_mark */
} mark_reader;

static char ahead(const mark_reader *r, size_t n)
{
    return r->at + n < r->in.n ? r->in.p[r->at + n] : 0;
}

static bool type_char(char c)
{
    return (c >= 'a' && c <= 'z') || isdigit((unsigned char)c) || c == '_' || c == '.';
}

/* The text from *i up to one of `ends`, escapes resolved; false where the line or the notation ends
 * first. */
static bool read_value(const mark_reader *r, size_t *i, const char *ends, tamis_str *out)
{
    char *p = arena_alloc_raw(r->memory, r->in.n - *i + 1);
    size_t n = 0;
    for (; *i < r->in.n && p; ++*i) {
        char c = r->in.p[*i];
        if (c == '\\' && *i + 1 < r->in.n)
            c = r->in.p[++*i];
        else if (strchr(ends, c) && c) {
            *out = (tamis_str){p, n};
            return true;
        } else if (c == '\n' || c == '[' || c == ']')
            return false;
        p[n++] = c;
    }
    return false;
}

static bool add_pair(mark *m, arena *memory, tamis_str key, tamis_str value)
{
    mark_pair *more = arena_alloc(memory, (m->pair_count + 1) * sizeof *more);
    if (!more) return false;
    if (m->pair_count) memcpy(more, m->pairs, m->pair_count * sizeof *more);
    more[m->pair_count++] = (mark_pair){key, value};
    m->pairs = more;
    return true;
}

/* The pairs behind a type, up to and with the colon. */
static bool read_pairs(const mark_reader *r, size_t *i, mark *m)
{
    tamis_str value;
    if (*i < r->in.n && r->in.p[*i] == '=') {
        ++*i;
        if (!read_value(r, i, ",:", &value)) return false;
        add_pair(m, r->memory, TAMIS_STR("value"), value);
    }
    while (*i < r->in.n && r->in.p[*i] == ',') {
        size_t from = ++*i;
        while (*i < r->in.n && type_char(r->in.p[*i])) ++*i;
        tamis_str key = {r->in.p + from, *i - from};
        if (!key.n || *i >= r->in.n || r->in.p[*i] != '=') return false;
        ++*i;
        if (!read_value(r, i, ",:", &value)) return false;
        add_pair(m, r->memory, key, value);
    }
    return *i < r->in.n && r->in.p[(*i)++] == ':';
}

/* A mark's head at the reader; false (and nothing moved) where the bracket opens none. */
static bool read_head(mark_reader *r, mark *m, size_t *number)
{
    size_t i = r->at + 1;
    *m = (mark){.removal = i < r->in.n && r->in.p[i] == '-'};
    *number = 0;
    i += m->removal;
    size_t from = i;
    bool lower = i < r->in.n && r->in.p[i] >= 'a' && r->in.p[i] <= 'z';
    if (m->removal) { /* a reason is any text; one that begins otherwise begins with an escape */
        if (i >= r->in.n || !(lower || r->in.p[i] == '\\')) return false;
        if (!read_value(r, &i, "#=,:", &m->type)) return false;
    } else {
        while (i < r->in.n && type_char(r->in.p[i])) i++;
        m->type = (tamis_str){r->in.p + from, i - from};
        if (!m->type.n || !lower) return false;
    }
    if (i < r->in.n && r->in.p[i] == '#')
        for (i++; i < r->in.n && isdigit((unsigned char)r->in.p[i]) && *number < 100000; i++)
            *number = *number * 10 + (size_t)(r->in.p[i] - '0');
    if (!read_pairs(r, &i, m)) return false;
    m->start = m->end = r->text.n;
    r->at = i;
    return true;
}

static open_mark *stack_top(mark_reader *r)
{
    size_t n = r->stack.n / sizeof(open_mark);
    open_mark *all = (open_mark *)(void *)r->stack.p;
    while (n && all[n - 1].number) n--; /* those with a number are closed by it */
    return n ? &all[n - 1] : NULL;
}

static void stack_close(mark_reader *r, open_mark *o)
{
    if (o->kind != OPEN_BRACKET) ((mark *)(void *)r->marks.p)[o->mark].end = r->text.n;
    size_t after = (size_t)(r->stack.p + r->stack.n - (char *)(o + 1));
    memmove(o, o + 1, after);
    r->stack.n -= sizeof *o;
}

/* "#12]" that closes an open mark of that number. */
static bool close_numbered(mark_reader *r)
{
    size_t n = 1, number = 0;
    for (; isdigit((unsigned char)ahead(r, n)) && n < 7; n++)
        number = number * 10 + (size_t)(ahead(r, n) - '0');
    if (!number || ahead(r, n) != ']') return false;
    open_mark *all = (open_mark *)(void *)r->stack.p;
    for (size_t i = r->stack.n / sizeof *all; i-- > 0;)
        if (all[i].number == number) {
            stack_close(r, &all[i]);
            r->at += n + 1;
            return true;
        }
    return false;
}

static bool read_close(mark_reader *r)
{
    open_mark *top = stack_top(r);
    char c = ahead(r, 0);
    if (c == '#') return close_numbered(r);
    if (!top) return false;
    if (c == '-' && top->kind == OPEN_REMOVAL && ahead(r, 1) == ']') {
        stack_close(r, top);
        r->at += 2;
        return true;
    }
    if (c != ']') return false;
    if (top->kind == OPEN_BRACKET) buffer_append_char(&r->text, ']');
    stack_close(r, top);
    r->at++;
    return true;
}

static void read_step(mark_reader *r)
{
    char c = ahead(r, 0), next = ahead(r, 1);
    if (c == '\\' && (next == '[' || next == ']' || next == '\\')) {
        buffer_append_char(&r->text, next);
        r->at += 2;
    } else if (c == '[') {
        mark m;
        open_mark o = {.at = r->at, .mark = r->marks.n / sizeof(mark)};
        if (read_head(r, &m, &o.number)) {
            o.kind = m.removal ? OPEN_REMOVAL : OPEN_SPAN;
            buffer_append(&r->marks, &m, sizeof m);
        } else {
            o.kind = OPEN_BRACKET;
            buffer_append_char(&r->text, c);
            r->at++;
        }
        buffer_append(&r->stack, &o, sizeof o);
    } else if (!read_close(r)) {
        buffer_append_char(&r->text, c);
        r->at++;
    }
}

tamis_rc marks_read(tamis_str notation, arena *memory, marked *out, size_t *at, error *e)
{
    mark_reader r = {.in = notation, .memory = memory};
    *out = (marked){0};
    while (r.at < r.in.n) read_step(&r);
    tamis_rc rc = TAMIS_OK;
    const open_mark *all = (const open_mark *)(const void *)r.stack.p;
    for (size_t i = 0; i < r.stack.n / sizeof *all && rc == TAMIS_OK; i++) {
        if (all[i].kind == OPEN_BRACKET) continue;
        const mark *m = &((const mark *)(const void *)r.marks.p)[all[i].mark];
        *at = all[i].at;
        rc = error_set(e, TAMIS_FAIL, "the mark `[%s%.*s:` is never closed%s",
                       m->removal ? "-" : "", (int)m->type.n, m->type.p,
                       m->removal ? " (by `-]`); a bracket that opens no mark is written \\["
                                  : "; a bracket that opens no mark is written \\[");
    }
    if (r.text.failed || r.marks.failed || r.stack.failed)
        rc = error_set(e, TAMIS_FATAL, "no memory");
    out->count = r.marks.n / sizeof(mark);
    out->text = arena_copy(memory, buffer_str(&r.text));
    out->marks = arena_alloc(memory, r.marks.n + sizeof(mark));
    if (out->marks && r.marks.n) memcpy(out->marks, r.marks.p, r.marks.n);
    buffer_free(&r.text);
    buffer_free(&r.marks);
    buffer_free(&r.stack);
    return rc;
}

/* ------------------------------------------------------------------ writing */

static int by_place(const void *a, const void *b)
{
    const mark *x = a, *y = b;
    if (x->start != y->start) return x->start < y->start ? -1 : 1;
    if (x->end != y->end) return x->end > y->end ? -1 : 1;
    if (x->removal != y->removal) return x->removal ? -1 : 1;
    int order = str_compare(x->type, y->type);
    if (order) return order;
    for (size_t i = 0; i < x->pair_count && i < y->pair_count; i++)
        if ((order = str_compare(x->pairs[i].value, y->pairs[i].value))) return order;
    return (x->pair_count > y->pair_count) - (x->pair_count < y->pair_count);
}

void marks_sort(marked *what)
{
    if (what->count) qsort(what->marks, what->count, sizeof *what->marks, by_place);
}

/* A mark that is open while writing. */
typedef struct {
    const mark *m;
    size_t end;    /* cut at the range's edge */
    size_t number; /* 0: it nests */
} written;

typedef struct {
    buffer *out;
    const marks_range *range;
    written *open;
    size_t count, numbers;
} mark_writer;

static void write_value(buffer *out, tamis_str value)
{
    for (size_t i = 0; i < value.n; i++) {
        char c = value.p[i];
        if (strchr(",:[]\\", c) && c) buffer_append_char(out, '\\');
        buffer_append_char(out, c == '\n' || c == '\r' ? ' ' : c);
    }
}

static void write_type(buffer *out, const mark *m)
{
    for (size_t i = 0; i < m->type.n; i++) {
        char c = m->type.p[i];
        bool plain = i ? !(strchr("#=,:[]\\", c) && c) : c >= 'a' && c <= 'z';
        if (!plain) buffer_append_char(out, '\\');
        buffer_append_char(out, c == '\n' || c == '\r' ? ' ' : c);
    }
}

static void colour_on(mark_writer *w, const mark *m)
{
    if (*w->range->off && m->colour && *m->colour) buffer_append_text(w->out, m->colour);
}

/* Behind a closed mark: the colour of what is still open. */
static void colour_back(mark_writer *w)
{
    if (!*w->range->off) return;
    buffer_append_text(w->out, w->range->off);
    for (size_t i = 0; i < w->count; i++) colour_on(w, w->open[i].m);
}

static void write_close(mark_writer *w, size_t index)
{
    written o = w->open[index];
    if (o.number)
        buffer_printf(w->out, "#%zu]", o.number);
    else
        buffer_append_text(w->out, o.m->removal ? "-]" : "]");
    memmove(&w->open[index], &w->open[index + 1], (w->count - index - 1) * sizeof *w->open);
    w->count--;
    colour_back(w);
}

static void write_open(mark_writer *w, const mark *m)
{
    written o = {.m = m, .end = m->end < w->range->to ? m->end : w->range->to};
    for (size_t i = w->count; i-- > 0;) /* the innermost that nests decides */
        if (!w->open[i].number) {
            if (w->open[i].end < o.end) o.number = ++w->numbers;
            break;
        }
    colour_on(w, m);
    buffer_append_text(w->out, m->removal ? "[-" : "[");
    write_type(w->out, m);
    if (o.number) buffer_printf(w->out, "#%zu", o.number);
    for (size_t i = 0; i < m->pair_count; i++) {
        if (str_is(m->pairs[i].key, "value"))
            buffer_append_char(w->out, '=');
        else
            buffer_printf(w->out, ",%.*s=", (int)m->pairs[i].key.n, m->pairs[i].key.p);
        write_value(w->out, m->pairs[i].value);
    }
    buffer_append_char(w->out, ':');
    w->open[w->count++] = o;
}

static void close_at(mark_writer *w, size_t at)
{
    for (size_t i = w->count; i-- > 0;)
        if (w->open[i].end <= at) write_close(w, i);
}

static void write_byte(mark_writer *w, char c)
{
    if (w->range->escape && (c == '[' || c == ']' || c == '\\')) buffer_append_char(w->out, '\\');
    buffer_append_char(w->out, c);
}

void marks_write_range(marked *what, const marks_range *range, buffer *out)
{
    mark_writer w = {.out = out, .range = range};
    w.open = calloc(what->count + 1, sizeof *w.open);
    if (!w.open) {
        out->failed = true;
        return;
    }
    marks_sort(what);
    size_t next = 0;
    for (size_t at = range->from;; at++) {
        close_at(&w, at);
        for (; next < what->count && what->marks[next].start <= at; next++) {
            const mark *m = &what->marks[next];
            bool before = m->end <= range->from && m->start < range->from;
            if (before || (at == range->to && m->start < m->end)) continue;
            write_open(&w, m);
            if (m->end <= at) write_close(&w, w.count - 1);
        }
        if (at >= range->to) break;
        write_byte(&w, what->text.p[at]);
    }
    free(w.open);
}

static bool same_pairs(const mark *a, const mark *b)
{
    if (a->pair_count != b->pair_count) return false;
    for (size_t i = 0; i < a->pair_count; i++)
        if (!str_equal(a->pairs[i].key, b->pairs[i].key) ||
            !str_equal(a->pairs[i].value, b->pairs[i].value))
            return false;
    return true;
}

static bool same_marks(marked *a, marked *b)
{
    if (!str_equal(a->text, b->text) || a->count != b->count) return false;
    marks_sort(a);
    marks_sort(b);
    for (size_t i = 0; i < a->count; i++) {
        const mark *x = &a->marks[i], *y = &b->marks[i];
        if (by_place(x, y) != 0 || !same_pairs(x, y)) return false;
    }
    return true;
}

void marks_write(marked *what, buffer *out)
{
    arena memory = {0};
    marked back;
    error e = {0};
    size_t at, length = out->n;
    marks_range range = {.to = what->text.n, .off = ""};
    marks_write_range(what, &range, out);
    tamis_str plain = {out->p + length, out->n - length};
    if (marks_read(plain, &memory, &back, &at, &e) < 0 || !same_marks(what, &back)) {
        out->n = length; /* brackets of the text were taken for marks */
        range.escape = true;
        marks_write_range(what, &range, out);
    }
    arena_free(&memory);
}
