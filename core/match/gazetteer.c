/* Gazetteer files: TSV or CSV with a header, in which `term` is a must, and lang, value (or
 * canonical), category and notes are known; further columns are kept for terms_column. A bad row is
 * told at file:line and left out; a file without a header is an error. Strings are views into the
 * file or into `memory`, and live until the compiled form is built. */
#include "base/diagnostic.h"
#include "match/compiled.h"

#include <stdlib.h>

enum { CELLS = 64, CELL_BYTES = 65535 };

typedef enum {
    COLUMN_TERM,
    COLUMN_LANG,
    COLUMN_VALUE,
    COLUMN_CATEGORY,
    COLUMN_NOTES,
    COLUMN_OTHER
} column;

typedef struct {
    parsed *out;
    const terms_file *file;
    tamis_str rest;
    uint32_t line; /* of the row in `cells` */
    uint32_t next_line;
    char delimiter;
    tamis_str cells[CELLS];
    size_t count;
    column columns[CELLS];
    size_t column_count;
    size_t term_cell;
    bool valid;        /* all of the file is UTF-8 */
    const char *fault; /* of this row */
    terms_bad_row report;
    void *user;
} reader;

uint32_t pool_add(buffer *pool, tamis_str text)
{
    uint32_t at = (uint32_t)pool->n;
    uint16_t n = (uint16_t)text.n;
    if (!buffer_reserve(pool, sizeof n + text.n)) return 0;
    memcpy(pool->p + at, &n, sizeof n);
    if (n) memcpy(pool->p + at + sizeof n, text.p, n);
    pool->n += sizeof n + n;
    return at;
}

void parsed_free(parsed *self)
{
    pages_give(self->rows, self->room * sizeof *self->rows);
    free(self->files);
    free(self->langs);
    buffer_free(&self->pool);
    arena_free(&self->memory);
    *self = (parsed){0};
}

static tamis_str trim(tamis_str text)
{
    while (text.n && (text.p[0] == ' ' || text.p[0] == '\t')) text.p++, text.n--;
    while (text.n &&
           (text.p[text.n - 1] == ' ' || text.p[text.n - 1] == '\t' || text.p[text.n - 1] == '\r'))
        text.n--;
    return text;
}

static void complain(const reader *self, const char *message)
{
    if (self->report) self->report(self->user, self->file->name, self->line, message);
}

/* A quoted CSV cell; `rest` stands behind its opening quote. */
static tamis_str read_quoted(reader *self)
{
    const char *p = self->rest.p, *end = p + self->rest.n, *close = p;
    while (close < end && (*close != '"' || (close + 1 < end && close[1] == '"')))
        close += *close == '"' ? 2 : 1;
    char *copy = arena_alloc_raw(&self->out->memory, (size_t)(close - p) + 1);
    size_t n = 0;
    if (!copy) return (tamis_str){NULL, 0};
    for (; p < close; p++) {
        if (*p == '"') p++;
        if (*p == '\n') self->next_line++;
        copy[n++] = *p;
    }
    if (p == end)
        self->fault = "a quoted cell is not closed: add the missing \"";
    else
        p++;
    self->rest = (tamis_str){p, (size_t)(end - p)};
    return (tamis_str){copy, n};
}

/* The next row's cells. False at the end of the file. */
static bool read_row(reader *self)
{
    self->count = 0;
    self->fault = NULL;
    if (!self->rest.n) return false;
    self->line = self->next_line++;
    for (;;) {
        tamis_str cell;
        if (self->delimiter != '\t' && self->rest.n && *self->rest.p == '"') {
            self->rest.p++, self->rest.n--;
            cell = read_quoted(self);
        } else {
            size_t n = 0;
            while (n < self->rest.n && self->rest.p[n] != self->delimiter &&
                   self->rest.p[n] != '\n')
                n++;
            cell = trim((tamis_str){self->rest.p, n});
            self->rest.p += n, self->rest.n -= n;
        }
        if (self->count < CELLS)
            self->cells[self->count++] = cell;
        else
            self->fault = "more than 64 cells";
        /* Behind a quoted cell only a delimiter or the line's end may follow. */
        while (self->rest.n && *self->rest.p != self->delimiter && *self->rest.p != '\n') {
            if (*self->rest.p != ' ' && *self->rest.p != '\r')
                self->fault = "text behind a quoted cell: double the quotes inside it";
            self->rest.p++, self->rest.n--;
        }
        if (!self->rest.n) return true;
        char c = *self->rest.p;
        self->rest.p++, self->rest.n--;
        if (c == '\n') return true;
    }
}

static bool row_is_blank(const reader *self)
{
    return (self->count == 1 && !self->cells[0].n) ||
           (self->cells[0].n && self->cells[0].p[0] == '#');
}

static column column_of(tamis_str name)
{
    if (str_is(name, "term")) return COLUMN_TERM;
    if (str_is(name, "lang")) return COLUMN_LANG;
    if (str_is(name, "value") || str_is(name, "canonical")) return COLUMN_VALUE;
    if (str_is(name, "category")) return COLUMN_CATEGORY;
    if (str_is(name, "notes")) return COLUMN_NOTES;
    return COLUMN_OTHER;
}

static tamis_rc read_header(reader *self, error *e)
{
    const char *line_end = self->rest.n ? memchr(self->rest.p, '\n', self->rest.n) : NULL;
    size_t n = line_end ? (size_t)(line_end - self->rest.p) : self->rest.n;
    self->delimiter = n && memchr(self->rest.p, '\t', n)  ? '\t'
                      : n && memchr(self->rest.p, ',', n) ? ','
                      : n && memchr(self->rest.p, ';', n) ? ';'
                                                          : '\t';
    term_file *file = self->out->files + self->out->file_count;
    bool found = false;
    if (read_row(self)) {
        self->column_count = self->count;
        for (size_t i = 0; i < self->count; i++) {
            self->columns[i] = column_of(self->cells[i]);
            found |= self->columns[i] == COLUMN_TERM;
        }
    }
    if (!found)
        return error_set(
            e, TAMIS_FAIL,
            "%s:1: no column `term` in the first line: a gazetteer is a TSV or CSV whose "
            "header names its columns (term, lang, value, category, notes)",
            self->file->name);
    file->name = pool_add(&self->out->pool, str_of(self->file->name));
    const char *slash = strrchr(self->file->name, '/');
    file->folder = slash ? (uint32_t)(slash + 1 - self->file->name) : 0;
    file->columns = (uint32_t)self->out->pool.n;
    for (size_t i = 0; i < self->count; i++) {
        if (self->columns[i] != COLUMN_OTHER) continue;
        pool_add(&self->out->pool, self->cells[i]);
        file->column_count++;
    }
    return TAMIS_OK;
}

/* A row as it was written, while it is looked at. */
typedef struct {
    tamis_str term, lang, value, category, notes, infl;
    uint32_t extra, line;
    uint16_t file, flags;
} written_row;

/* One item of the notes: infl=a|b; need=x/y; cs; amb; named; anything else is the author's own. */
static const char *read_note(written_row *row, tamis_str note)
{
    static const char *const known[] = {"infl", "need"};
    if (str_is(note, "cs"))
        row->flags |= TAMIS_TERM_CASED;
    else if (str_is(note, "amb"))
        row->flags |= TAMIS_TERM_AMBIGUOUS;
    else if (str_is(note, "named"))
        row->flags |= TAMIS_TERM_NAMED;
    const char *equals = note.n ? memchr(note.p, '=', note.n) : NULL;
    if (!equals) return NULL;
    tamis_str key = trim((tamis_str){note.p, (size_t)(equals - note.p)});
    tamis_str value = trim((tamis_str){equals + 1, (size_t)(note.p + note.n - equals - 1)});
    if (str_is(key, "infl")) {
        row->infl = value;
    } else if (str_is(key, "need")) {
        if (!value.n) return "`need=` names no word: write need=word/word";
        row->flags |= TAMIS_TERM_NEEDS;
    } else if (did_you_mean(key, known, 2)) {
        return "a note that looks like a misspelt `infl=` or `need=`";
    }
    return NULL;
}

static const char *read_notes(written_row *row)
{
    tamis_str rest = row->notes;
    while (rest.n) {
        const char *end = memchr(rest.p, ';', rest.n);
        size_t n = end ? (size_t)(end - rest.p) : rest.n;
        const char *fault = read_note(row, trim((tamis_str){rest.p, n}));
        if (fault) return fault;
        rest.p += n + (end ? 1 : 0), rest.n -= n + (end ? 1 : 0);
    }
    return NULL;
}

tamis_str terms_inflections(tamis_str notes)
{
    written_row row = {.notes = notes};
    read_notes(&row);
    return row.infl;
}

/* `valid`: what it stands in is known to be UTF-8. */
static const char *check_row(written_row *row, bool valid)
{
    const tamis_str all[] = {row->term, row->lang, row->value, row->category, row->notes};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (all[i].n > CELL_BYTES) return "a cell of more than 65535 bytes";
        if (!valid && utf8_valid_prefix(all[i]) != all[i].n)
            return "not valid UTF-8: save the file as UTF-8";
    }
    if (!row->term.n) return "the cell `term` is empty";
    fold_token token;
    if (!fold_next_token(row->term, 0, &token)) return "the term has no letter and no digit";
    if (str_is(row->category, "exclude")) row->flags |= TAMIS_TERM_EXCLUDE;
    return read_notes(row);
}

/* The number of a language: mostly that of the row before. */
static tamis_rc find_lang(parsed *self, tamis_str lang, uint32_t *out, error *e)
{
    uint32_t i = self->count ? self->rows[self->count - 1].lang : 0;
    *out = i;
    if (i < self->lang_count && str_equal(self->langs[i], lang)) return TAMIS_OK;
    for (i = 0; i < self->lang_count && !str_equal(self->langs[i], lang); i++) {
    }
    *out = i;
    if (i < self->lang_count) return TAMIS_OK;
    if (i == self->lang_room) {
        size_t room = self->lang_room ? self->lang_room * 2 : 32;
        tamis_str *langs = realloc(self->langs, room * sizeof *langs);
        if (!langs) return error_set(e, TAMIS_FATAL, "no memory for %zu languages", room);
        self->langs = langs;
        self->lang_room = room;
    }
    self->langs[self->lang_count++] = lang;
    return TAMIS_OK;
}

/* The place of a string in the pool: neighbours mostly share language, category and name. */
static uint32_t pool_share(buffer *pool, tamis_str text, uint32_t last)
{
    uint16_t n;
    memcpy(&n, pool->p + last, sizeof n);
    if (n == text.n && (n == 0 || memcmp(pool->p + last + sizeof n, text.p, n) == 0)) return last;
    return text.n ? pool_add(pool, text) : 0;
}

static tamis_rc add_row(parsed *self, const written_row *row, error *e)
{
    static const parsed_row none;
    if (self->count == self->room) {
        size_t guess = self->text / 24, room = self->room ? self->room * 2 : 1024;
        if (room < guess) room = guess;
        parsed_row *rows = pages_grow(self->rows, self->room * sizeof *rows, room * sizeof *rows);
        if (!rows) return error_set(e, TAMIS_FATAL, "no memory for a gazetteer of %zu rows", room);
        self->rows = rows;
        self->room = room;
    }
    const parsed_row *last = self->count ? self->rows + self->count - 1 : &none;
    buffer *pool = &self->pool;
    parsed_row *out = self->rows + self->count;
    FORWARD(find_lang(self, row->lang, &out->lang, e));
    if (pool->failed) return error_set(e, TAMIS_FATAL, "no memory for a gazetteer's strings");
    out->row = (term_row){.lang = pool_share(pool, row->lang, last->row.lang),
                          .value = pool_share(pool, row->value, last->row.value),
                          .category = pool_share(pool, row->category, last->row.category),
                          .term = pool_add(pool, row->term),
                          .notes = row->notes.n ? pool_add(pool, row->notes) : 0,
                          .extra = row->extra,
                          .line = row->line,
                          .file = row->file,
                          .flags = row->flags};
    out->term = row->term;
    out->infl = row->infl;
    self->count++;
    return TAMIS_OK;
}

static tamis_rc take_row(reader *self, error *e)
{
    written_row row = {.line = self->line, .file = (uint16_t)(self->out->file_count + 1)};
    if (!self->fault && self->count > self->column_count)
        self->fault = "more cells than the header names: a tab or delimiter too many";
    if (self->fault) {
        complain(self, self->fault);
        return TAMIS_OK;
    }
    for (size_t i = 0; i < self->count; i++) {
        switch (self->columns[i]) {
        case COLUMN_TERM: row.term = self->cells[i]; break;
        case COLUMN_LANG: row.lang = self->cells[i]; break;
        case COLUMN_VALUE: row.value = self->cells[i]; break;
        case COLUMN_CATEGORY: row.category = self->cells[i]; break;
        case COLUMN_NOTES: row.notes = self->cells[i]; break;
        case COLUMN_OTHER: break;
        }
    }
    const char *fault = check_row(&row, self->valid);
    if (fault) {
        complain(self, fault);
        return TAMIS_OK;
    }
    row.extra = (uint32_t)self->out->pool.n;
    for (size_t i = 0; i < self->column_count; i++)
        if (self->columns[i] == COLUMN_OTHER)
            pool_add(&self->out->pool, i < self->count && self->cells[i].n <= CELL_BYTES
                                           ? self->cells[i]
                                           : (tamis_str){NULL, 0});
    return add_row(self->out, &row, e);
}

static tamis_rc read_file(reader *self, error *e)
{
    self->rest = self->file->bytes;
    self->next_line = 1;
    self->valid = utf8_valid_prefix(self->rest) == self->rest.n;
    if (self->rest.n >= 3 && memcmp(self->rest.p, "\xEF\xBB\xBF", 3) == 0)
        self->rest.p += 3, self->rest.n -= 3;
    FORWARD(read_header(self, e));
    while (read_row(self))
        if (self->fault || !row_is_blank(self)) FORWARD(take_row(self, e));
    self->out->file_count++;
    return TAMIS_OK;
}

tamis_rc gazetteer_parse(parsed *self, const terms_file *files, size_t file_count,
                         const tamis_term *rows, size_t row_count, terms_bad_row report, void *user,
                         error *e)
{
    self->files = calloc(file_count + 1, sizeof *self->files);
    if (!self->files || file_count >= UINT16_MAX)
        return error_set(e, TAMIS_FATAL, "no memory for %zu gazetteers", file_count);
    self->text = row_count * 32;
    for (size_t i = 0; i < file_count; i++) self->text += files[i].bytes.n;
    buffer_reserve(&self->pool, self->text + 2);
    pool_add(&self->pool, (tamis_str){NULL, 0}); /* offset 0 is the empty string */
    if (self->pool.failed) return error_set(e, TAMIS_FATAL, "no memory for a gazetteer's strings");
    for (size_t i = 0; i < file_count; i++) {
        reader r = {.out = self, .file = files + i, .report = report, .user = user};
        FORWARD(read_file(&r, e));
    }
    for (size_t i = 0; i < row_count; i++) {
        written_row row = {.term = trim(rows[i].term),
                           .lang = rows[i].lang,
                           .value = rows[i].value,
                           .category = rows[i].category,
                           .notes = rows[i].notes,
                           .line = (uint32_t)(i + 1)};
        const char *fault = check_row(&row, false);
        if (!fault)
            FORWARD(add_row(self, &row, e));
        else if (report)
            report(user, "", (uint32_t)(i + 1), fault);
    }
    if (self->pool.failed || self->pool.n > UINT32_MAX)
        return error_set(e, TAMIS_FATAL, "no memory for a gazetteer's strings");
    return TAMIS_OK;
}
