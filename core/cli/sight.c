/* See sight.h. A text of n lines is walked once; the sights are sorted by place. */
#include "cli/sight.h"

#include <stdlib.h>

#include "cli/place.h"
#include "io/marks.h"

enum {
    AROUND = 48,      /* bytes of a long line left and right of a mark's ends */
    LINES_INLINE = 4, /* a span over more lines is told by its lines, not marked */
    HEAD_LINES = 5,   /* of a long removal */
    TAIL_LINES = 2
};

sight_look sight_look_of(const cli_args *args, FILE *out)
{
    bool colour = cli_colour(args, out);
    return (sight_look){.out = out,
                        .red = colour ? "\033[31m" : "",
                        .green = colour ? "\033[32m" : "",
                        .yellow = colour ? "\033[33m" : "",
                        .bold = colour ? "\033[1m" : "",
                        .dim = colour ? "\033[2m" : "",
                        .off = colour ? "\033[0m" : "",
                        .columns = cli_columns(out),
                        .whole = cli_has(args, FLAG_verbose)};
}

sight sight_of_span(const document_span *s, sight_state state)
{
    return (sight){.start = s->start,
                   .end = s->end,
                   .type = s->type,
                   .value = s->value,
                   .category = s->category,
                   .rule = s->rule,
                   .stage = s->stage,
                   .score = s->score,
                   .state = state};
}

sight sight_of_removal(const document_removal *r, sight_state state)
{
    return (sight){.start = r->start,
                   .end = r->end,
                   .removal = true,
                   .withheld = r->flags & TAMIS_SECRET,
                   .type = r->reason,
                   .rule = r->rule,
                   .stage = r->stage,
                   .score = r->score,
                   .state = state};
}

static int by_place(const void *a, const void *b)
{
    const sight *x = a, *y = b;
    if (x->start != y->start) return x->start < y->start ? -1 : 1;
    if (x->end != y->end) return x->end > y->end ? -1 : 1;
    int order = str_compare(x->type, y->type);
    return order ? order : (x->state > y->state) - (x->state < y->state);
}

int sight_compare(const sight *a, const sight *b)
{
    int order = by_place(&(sight){.start = a->start, .end = a->end, .type = a->type},
                         &(sight){.start = b->start, .end = b->end, .type = b->type});
    if (!order) order = (a->removal > b->removal) - (a->removal < b->removal);
    if (!order) order = str_compare(a->value, b->value);
    if (!order) order = str_compare(a->category, b->category);
    if (!order) order = str_compare(a->rule, b->rule);
    return order ? order : str_compare(a->stage, b->stage);
}

/* ------------------------------------------------------------------ a line with its marks */

typedef struct {
    size_t start, end, number;
} text_line;

/* An empty line holds empty sights alone. */
static bool in_line(const sight *s, const text_line *line)
{
    if (s->start == s->end) return s->start >= line->start && s->start <= line->end;
    return line->start < line->end && s->start < line->end && s->end > line->start;
}

static bool wholly_removed(const sight *s, tamis_str source, const text_line *line)
{
    size_t from = line->start, to = line->end;
    while (from < to && strchr(" \t\r", source.p[from])) from++;
    while (to > from && strchr(" \t\r", source.p[to - 1])) to--;
    return s->removal && s->state != SIGHT_OLD && from < to && s->start <= from && s->end >= to;
}

static size_t lines_of(tamis_str source, const sight *s)
{
    size_t lines = 1;
    for (size_t i = s->start; i + 1 < s->end; i++) lines += source.p[i] == '\n';
    return lines;
}

static const char *colour_of(const sight_look *look, const sight *s)
{
    if (s->state == SIGHT_OLD) return look->dim;
    return s->removal || s->state == SIGHT_GONE ? look->red : look->green;
}

static void keep(bool *shown, tamis_str source, const text_line *line, size_t at)
{
    size_t from = at > line->start + AROUND ? at - AROUND : line->start;
    size_t to = at + AROUND < line->end ? at + AROUND : line->end;
    while (from > line->start && utf8_is_continuation((unsigned char)source.p[from])) from--;
    while (to < line->end && utf8_is_continuation((unsigned char)source.p[to])) to++;
    memset(shown + (from - line->start), true, to - from);
}

/* The line's marks; a span over many lines is left out. */
static marked marks_of(const sight_look *look, tamis_str source, const sight *list, size_t count,
                       const text_line *line, arena *memory, bool *shown)
{
    marked m = {.text = source};
    m.marks = arena_alloc(memory, (count + 1) * sizeof *m.marks);
    for (size_t i = 0; m.marks && i < count && list[i].start <= line->end; i++) {
        const sight *s = &list[i];
        if (!in_line(s, line)) continue;
        m.marks[m.count++] = (mark){.start = s->start,
                                    .end = s->end,
                                    .type = s->type,
                                    .removal = s->removal,
                                    .colour = colour_of(look, s)};
        if (s->value.n && s->state != SIGHT_OLD) {
            mark *last = &m.marks[m.count - 1];
            last->pairs = arena_alloc(memory, sizeof *last->pairs);
            if (last->pairs) *last->pairs = (mark_pair){TAMIS_STR("value"), s->value};
            last->pair_count = last->pairs != NULL;
        }
        if (s->state == SIGHT_OLD) continue;
        if (s->start >= line->start) keep(shown, source, line, s->start);
        if (s->end <= line->end) keep(shown, source, line, s->end);
    }
    return m;
}

static void print_marked(const sight_look *look, tamis_str source, const sight *list, size_t count,
                         const text_line *line)
{
    arena memory = {0};
    buffer text = {0};
    size_t n = line->end - line->start;
    bool *shown = arena_alloc(&memory, n + 1);
    if (!shown) return;
    marked m = marks_of(look, source, list, count, line, &memory, shown);
    if (look->whole || n < (look->columns > 60 ? 2 * look->columns : 120)) memset(shown, true, n);
    for (size_t i = 0; i < n;) {
        size_t end = i;
        while (end < n && shown[end] == shown[i]) end++;
        if (shown[i]) {
            marks_range range = {
                .from = line->start + i, .to = line->start + end, .off = look->off};
            marks_write_range(&m, &range, &text);
        } else {
            buffer_printf(&text, "%s … %s", look->dim, look->off);
        }
        i = end;
    }
    if (!n) { /* empty marks on an empty line */
        marks_range range = {.from = line->start, .to = line->end, .off = look->off};
        marks_write_range(&m, &range, &text);
    }
    for (size_t i = 0; i < text.n; i++) { /* harmless on a terminal */
        unsigned char c = (unsigned char)text.p[i];
        fputc(c == '\r' || c == '\t' ? ' ' : c < 0x20 && c != 0x1b ? '?' : c, look->out);
    }
    fputc('\n', look->out);
    buffer_free(&text);
    arena_free(&memory);
}

/* ------------------------------------------------------------------ which rules */

static void print_rule(const sight_look *look, const sight *s)
{
    FILE *out = look->out;
    if (s->removal) fputs("removed as ", out);
    fwrite(s->type.p, 1, s->type.n, out);
    if (s->category.n) fprintf(out, " (%.*s)", (int)s->category.n, s->category.p);
    if (s->rule.n) fprintf(out, ", rule %.*s", (int)s->rule.n, s->rule.p);
    if (s->score > 0) fprintf(out, ", score %.2f", s->score);
    if (s->state == SIGHT_GONE) fputs(": no more", out);
}

static bool same_rule(const sight *a, const sight *b)
{
    return a->removal == b->removal && a->state == b->state && str_equal(a->type, b->type) &&
           str_equal(a->rule, b->rule) && str_equal(a->category, b->category);
}

/* Under a line: who made what begins in it, each once, the first ones where they are many. */
static void print_rules(const sight_look *look, const sight *list, size_t count,
                        const text_line *line)
{
    enum { MOST = 12 };
    const sight *told[MOST];
    size_t n = 0;
    for (size_t i = 0; i < count && list[i].start <= line->end; i++) {
        bool again = list[i].state == SIGHT_OLD || list[i].start < line->start;
        for (size_t k = 0; k < n && !again; k++) again = same_rule(told[k], &list[i]);
        if (again) continue;
        if (n == MOST) {
            fputs("; …", look->out);
            break;
        }
        if (n)
            fputs("; ", look->out);
        else
            fprintf(look->out, "%s          ", look->dim);
        print_rule(look, &list[i]);
        told[n++] = &list[i];
    }
    if (n) fprintf(look->out, "%s\n", look->off);
}

/* ------------------------------------------------------------------ all lines */

static char sign_of(tamis_str source, sight *list, size_t count, const text_line *line,
                    sight **removal)
{
    bool added = false, gone = false;
    *removal = NULL;
    for (size_t i = 0; i < count && list[i].start <= line->end; i++) {
        if (!in_line(&list[i], line) || list[i].state == SIGHT_OLD) continue;
        if (wholly_removed(&list[i], source, line)) *removal = &list[i];
        added |= list[i].state == SIGHT_NEW;
        gone |= list[i].state == SIGHT_GONE;
    }
    if (*removal) return (*removal)->state == SIGHT_NEW ? '-' : '+';
    return added && gone ? '~' : added ? '+' : gone ? '-' : ' ';
}

/* A line that is gone as a whole, or back; false where it lies in the middle of a long removal. */
static bool print_removed(const sight_look *look, tamis_str source, sight *r, const text_line *line,
                          char sign)
{
    if (!r->first_line) r->first_line = line->number;
    size_t lines = r->lines, here = line->number - r->first_line + 1;
    if (!look->whole && lines > HEAD_LINES + TAIL_LINES + 1 && here > HEAD_LINES &&
        here + TAIL_LINES <= lines) {
        if (here == HEAD_LINES + 1)
            fprintf(look->out, "%s          … %zu more lines%s\n", look->dim,
                    lines - HEAD_LINES - TAIL_LINES, look->off);
        return false;
    }
    const char *colour = sign == '-' ? look->red : look->green;
    fprintf(look->out, "%s%c %5zu │ ", colour, sign, line->number);
    if (r->withheld)
        fputs("(withheld)", look->out);
    else
        place_excerpt(look->out, (tamis_str){source.p + line->start, line->end - line->start},
                      look->whole          ? SIZE_MAX
                      : look->columns > 40 ? look->columns - 12
                                           : 40);
    fprintf(look->out, "%s\n", look->off);
    return true;
}

/* Tells spans over many lines and takes them out of the list; returns how many others there are. */
static size_t print_long_spans(const sight_look *look, tamis_str source, sight *list, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        sight s = list[i];
        size_t lines = s.lines = lines_of(source, &s);
        bool stays = lines <= LINES_INLINE || (s.removal && s.state != SIGHT_OLD);
        if (stays) list[kept++] = s;
        if (stays || s.state == SIGHT_OLD) continue;
        size_t first = place_of(source, s.start).line;
        const char *colour = colour_of(look, &s);
        fprintf(look->out, "%s%c %5zu │ to line %zu: %.*s", colour,
                s.state == SIGHT_GONE ? '-' : '+', first, first + lines - 1, (int)s.type.n,
                s.type.p);
        if (s.value.n) fprintf(look->out, " = %.*s", (int)s.value.n, s.value.p);
        fprintf(look->out, "%s\n", look->off);
    }
    return kept;
}

static void write_line(const sight_look *look, tamis_str source, sight *list, size_t count,
                       const text_line *line)
{
    sight *removal;
    char sign = sign_of(source, list, count, line, &removal);
    if (sign == ' ' || (removal && !print_removed(look, source, removal, line, sign))) return;
    if (!removal) {
        const char *colour = sign == '+' ? look->green : sign == '-' ? look->red : look->yellow;
        fprintf(look->out, "%s%c %5zu │%s ", colour, sign, line->number, look->off);
        print_marked(look, source, list, count, line);
    }
    print_rules(look, list, count, line);
}

/* The same, broken between words behind the numbers of the lines where a person sees it. */
static void print_line(const sight_look *look, tamis_str source, sight *list, size_t count,
                       const text_line *line)
{
    enum { BEHIND_NUMBERS = 10 }; /* columns */
    cli_folded folded;
    sight_look apart = *look;
    apart.out = cli_fold_begin(&folded, look->out);
    write_line(&apart, source, list, count, line);
    cli_fold_end(&folded, BEHIND_NUMBERS);
}

void sight_print(const sight_look *look, tamis_str source, sight *list, size_t count)
{
    if (!count) return;
    qsort(list, count, sizeof *list, by_place);
    count = print_long_spans(look, source, list, count);
    text_line line = {0};
    size_t first = 0, until = 0; /* those between may stand in the line */
    for (size_t start = 0; start <= source.n && first < count; start = line.end + 1) {
        const char *newline =
            start < source.n ? memchr(source.p + start, '\n', source.n - start) : NULL;
        line =
            (text_line){start, newline ? (size_t)(newline - source.p) : source.n, line.number + 1};
        while (first < count && list[first].end < start) first++;
        while (until < count && list[until].start <= line.end) until++;
        if (until > first) print_line(look, source, list + first, until - first, &line);
    }
}

/* ------------------------------------------------------------------ counts */

typedef struct {
    const sight *first;
    size_t count;
} sight_count;

static int by_count(const void *a, const void *b)
{
    const sight_count *x = a, *y = b;
    if (x->count != y->count) return x->count > y->count ? -1 : 1;
    return str_compare(x->first->type, y->first->type);
}

size_t sight_print_counts(const sight_look *look, const sight *list, size_t count,
                          sight_state state)
{
    enum { MOST = 64 };
    sight_count rows[MOST];
    size_t kinds = 0, total = 0;
    for (size_t i = 0; i < count; i++) {
        if (list[i].state != state) continue;
        size_t k = 0;
        while (k < kinds && (rows[k].first->removal != list[i].removal ||
                             !str_equal(rows[k].first->type, list[i].type)))
            k++;
        if (k == MOST) continue;
        if (k == kinds) rows[kinds++] = (sight_count){&list[i], 0};
        rows[k].count++;
        total++;
    }
    qsort(rows, kinds, sizeof *rows, by_count);
    for (size_t k = 0; k < kinds; k++)
        fprintf(look->out, "%s%zu %s%.*s", k ? ", " : "", rows[k].count,
                rows[k].first->removal ? "removed as " : "", (int)rows[k].first->type.n,
                rows[k].first->type.p);
    return total;
}
