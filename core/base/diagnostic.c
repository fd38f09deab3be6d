/* Gathering diagnostics and printing them with their lines. Files are read again when printing: a
 * run without mistakes never pays for it. */
#include "base/diagnostic.h"

#include <stdlib.h>

static const code_entry CODES[] = {
#define CODE(name, title, page) {#name, title, page},
#include "base/codes.def"
#undef CODE
};

const code_entry *code_at(size_t index)
{
    return index < sizeof CODES / sizeof CODES[0] ? &CODES[index] : NULL;
}

const code_entry *code_find(tamis_str code)
{
    for (size_t i = 0; i < sizeof CODES / sizeof CODES[0]; i++) {
        const char *name = CODES[i].code;
        if (code.n != strlen(name)) continue;
        bool equal = true;
        for (size_t k = 0; k < code.n; k++) {
            char c = code.p[k];
            if (c >= 'a' && c <= 'z') c = (char)(c - 'a' + 'A');
            equal = equal && c == name[k];
        }
        if (equal) return &CODES[i];
    }
    return NULL;
}

/* ------------------------------------------------------------------ gathering */

static bool same_file(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* Memory that ended must not hide that there was an error: it is counted, and said, all the
 * same. */
static diagnostic NO_MEMORY = {DIAGNOSTIC_ERROR, "E0001", {0}, "no memory left", NULL, NULL};

diagnostic *diagnostics_add(diagnostics *self, diagnostic_level level, const char *code,
                            position at, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int n = vsnprintf(NULL, 0, format, arguments);
    char *message = n < 0 ? NULL : arena_alloc_raw(&self->memory, (size_t)n + 1);
    if (message) vsnprintf(message, (size_t)n + 1, format, again);
    va_end(again);
    va_end(arguments);
    diagnostic *spare = NULL;
    if (!message) goto no_memory;
    for (size_t i = 0; i < self->count; i++) {
        diagnostic *d = &self->items[i];
        if (strcmp(d->code, code) == 0 && same_file(d->at.file, at.file) && d->at.line == at.line &&
            d->at.column == at.column && strcmp(d->message, message) == 0)
            return d;
    }
    if (self->count == self->room) {
        size_t room = self->room * 2 + 8;
        diagnostic *grown = realloc(self->items, room * sizeof *grown);
        if (!grown) goto no_memory;
        self->items = grown;
        self->room = room;
    }
    if (level == DIAGNOSTIC_ERROR) self->errors++;
    if (at.file)
        at.file = arena_copy(&self->memory, str_of(at.file)).p; /* outlives a failed load */
    self->items[self->count] = (diagnostic){level, code, at, message, NULL, NULL};
    return &self->items[self->count++];
no_memory:
    self->errors++;
    spare = arena_alloc(&self->memory, sizeof *spare);
    return spare ? spare : &NO_MEMORY;
}

const char *diagnostics_text(diagnostics *self, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int n = vsnprintf(NULL, 0, format, arguments);
    char *text = n < 0 ? NULL : arena_alloc_raw(&self->memory, (size_t)n + 1);
    if (text) vsnprintf(text, (size_t)n + 1, format, again);
    va_end(again);
    va_end(arguments);
    return text;
}

void diagnostics_free(diagnostics *self)
{
    free(self->items);
    arena_free(&self->memory);
    *self = (diagnostics){0};
}

/* ------------------------------------------------------------------ printing */

static const char *const LEVEL_NAMES[] = {"error", "warning", "note"};
static const char *const LEVEL_COLOURS[] = {"\033[1;31m", "\033[1;33m", "\033[1;36m"};

static int compare_places(const void *a, const void *b)
{
    const diagnostic *x = *(const diagnostic *const *)a, *y = *(const diagnostic *const *)b;
    if (!same_file(x->at.file, y->at.file))
        return !x->at.file ? -1 : !y->at.file ? 1 : strcmp(x->at.file, y->at.file);
    if (x->at.line != y->at.line) return x->at.line < y->at.line ? -1 : 1;
    if (x->at.column != y->at.column) return x->at.column < y->at.column ? -1 : 1;
    return (x > y) - (x < y); /* as they were added */
}

/* Line `number` (1-based) of a text without its ending; {NULL, 0} where there is none. */
static tamis_str line_of(tamis_str text, uint32_t number)
{
    size_t at = 0;
    for (uint32_t i = 1; i < number; i++) {
        const char *end = at < text.n ? memchr(text.p + at, '\n', text.n - at) : NULL;
        if (!end) return (tamis_str){NULL, 0};
        at = (size_t)(end - text.p) + 1;
    }
    if (at >= text.n) return (tamis_str){NULL, 0};
    const char *end = memchr(text.p + at, '\n', text.n - at);
    size_t n = end ? (size_t)(end - text.p) - at : text.n - at;
    if (n && text.p[at + n - 1] == '\r') n--;
    return (tamis_str){text.p + at, n};
}

/* The blanks under a line up to `bytes`, tabs kept so that the caret stands where the reader sees
 * it. */
static void print_indent(FILE *out, tamis_str line, size_t bytes)
{
    for (size_t i = 0; i < bytes && i < line.n; i++) {
        unsigned char c = (unsigned char)line.p[i];
        if (!utf8_is_continuation(c)) fputc(c == '\t' ? '\t' : ' ', out);
    }
}

static void print_line(FILE *out, const diagnostic *d, tamis_str line, int gutter, bool colour)
{
    const char *level = colour ? LEVEL_COLOURS[d->level] : "", *blue = colour ? "\033[1;34m" : "",
               *off = colour ? "\033[0m" : "";
    fprintf(out, "%s%*s |%s\n", blue, gutter, "", off);
    fprintf(out, "%s%*u |%s %.*s\n", blue, gutter, (unsigned)d->at.line, off, (int)line.n, line.p);
    size_t column = d->at.column ? d->at.column - 1 : 0;
    if (d->at.column && column <= line.n) {
        fprintf(out, "%s%*s |%s ", blue, gutter, "", off);
        print_indent(out, line, column);
        size_t width = d->at.width < line.n - column ? d->at.width : line.n - column;
        size_t carets = utf8_count((tamis_str){line.p + column, width});
        fputs(level, out);
        for (size_t i = 0; i < (carets ? carets : 1); i++) fputc('^', out);
        if (d->label) fprintf(out, " %s", d->label);
        fprintf(out, "%s\n", off);
    } else if (d->label) {
        fprintf(out, "%s%*s =%s %s\n", blue, gutter, "", off, d->label);
    }
}

static int digits_of(uint32_t n)
{
    int digits = 1;
    for (; n >= 10; n /= 10) digits++;
    return digits;
}

static void print_one(FILE *out, const diagnostic *d, tamis_str text, bool colour)
{
    const char *level = colour ? LEVEL_COLOURS[d->level] : "", *blue = colour ? "\033[1;34m" : "",
               *bold = colour ? "\033[1m" : "", *off = colour ? "\033[0m" : "";
    int gutter = digits_of(d->at.line) + 1;
    fprintf(out, "%s%s[%s]%s%s: %s%s\n", level, LEVEL_NAMES[d->level], d->code, off, bold,
            d->message, off);
    if (d->at.file) {
        fprintf(out, "%s%*s-->%s %s", blue, gutter, "", off, d->at.file);
        if (d->at.line) fprintf(out, ":%u", (unsigned)d->at.line);
        if (d->at.line && d->at.column) fprintf(out, ":%u", (unsigned)d->at.column);
        fputc('\n', out);
    }
    tamis_str line = d->at.line ? line_of(text, d->at.line) : (tamis_str){NULL, 0};
    if (line.p)
        print_line(out, d, line, gutter, colour);
    else if (d->label)
        fprintf(out, "%s%*s =%s %s\n", blue, gutter, "", off, d->label);
    if (d->help) fprintf(out, "%s%*s = %shelp%s: %s\n", blue, gutter, "", bold, off, d->help);
    fputc('\n', out);
}

void diagnostics_print(const diagnostics *self, FILE *out, bool colour)
{
    const diagnostic **order = malloc((self->count + 1) * sizeof *order);
    if (!order) {
        fputs("error: no memory left\n", out);
        return;
    }
    for (size_t i = 0; i < self->count; i++) order[i] = &self->items[i];
    qsort(order, self->count, sizeof *order, compare_places);
    file_bytes file = {{NULL, 0}, false};
    for (size_t i = 0; i < self->count; i++) {
        const diagnostic *d = order[i];
        if (i == 0 || !same_file(d->at.file, order[i - 1]->at.file)) {
            file_close(&file);
            if (d->at.file) file_open(d->at.file, &file, NULL);
        }
        bool unfiled = self->unfiled && same_file(d->at.file, self->unfiled);
        print_one(out, d, unfiled ? self->unfiled_text : file.bytes, colour);
    }
    file_close(&file);
    free(order);
}

/* ------------------------------------------------------------------ did you mean */

enum { LONGEST_WORD = 64 };

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Insertions, deletions, substitutions and transpositions of neighbours between two short words. */
static size_t edit_distance(tamis_str a, tamis_str b)
{
    size_t rows[3][LONGEST_WORD + 1];
    for (size_t j = 0; j <= b.n; j++) rows[0][j] = j;
    for (size_t i = 1; i <= a.n; i++) {
        size_t *row = rows[i % 3], *above = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= b.n; j++) {
            char x = lower(a.p[i - 1]), y = lower(b.p[j - 1]);
            size_t best = above[j - 1] + (x != y);
            if (above[j] + 1 < best) best = above[j] + 1;
            if (row[j - 1] + 1 < best) best = row[j - 1] + 1;
            if (i > 1 && j > 1 && x == lower(b.p[j - 2]) && y == lower(a.p[i - 2]) &&
                before[j - 2] + 1 < best)
                best = before[j - 2] + 1;
            row[j] = best;
        }
    }
    return rows[a.n % 3][b.n];
}

const char *did_you_mean(tamis_str word, const char *const *words, size_t count)
{
    if (word.n == 0 || word.n > LONGEST_WORD) return NULL;
    const char *best = NULL;
    size_t best_distance = 2 + word.n / 4; /* one slip, and one more for each four letters */
    if (word.n < 3) best_distance = 2;
    for (size_t i = 0; i < count; i++) {
        tamis_str other = str_of(words[i]);
        if (other.n == 0 || other.n > LONGEST_WORD) continue;
        size_t distance = edit_distance(word, other);
        if (distance < best_distance && distance < word.n && distance < other.n) {
            best = words[i];
            best_distance = distance;
        }
    }
    return best;
}
