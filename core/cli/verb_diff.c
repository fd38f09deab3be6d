/* tamis diff: what two runs over the same documents found differently, gathered by rule, with
 * samples. A is read once in order; B is indexed by id first and then sought, so memory grows with
 * the number of documents, not with their size. */
#include "cli/cli.h"
#include "cli/place.h"
#include "cli/records.h"

#include <stdlib.h>

enum { MOST_SAMPLES = 32 };

/* ------------------------------------------------------------------ the index of B */

typedef struct {
    uint64_t hash; /* of the id; 0: empty */
    int64_t offset;
    bool seen;
} index_row;

typedef struct {
    index_row *rows;
    size_t room, count;
} id_index;

static index_row *index_find(const id_index *self, uint64_t hash)
{
    if (!self->room) return NULL;
    for (size_t i = hash & (self->room - 1);; i = (i + 1) & (self->room - 1)) {
        index_row *row = &self->rows[i];
        if (!row->hash || row->hash == hash) return row;
    }
}

static uint64_t id_hash(tamis_str id)
{
    return hash_bytes(id.p, id.n, 7) | 1;
}

static bool index_add(id_index *self, tamis_str id, int64_t offset)
{
    if (2 * self->count >= self->room) {
        id_index larger = {.room = self->room ? 2 * self->room : 1024, .count = self->count};
        larger.rows = calloc(larger.room, sizeof *larger.rows);
        if (!larger.rows) return false;
        for (size_t i = 0; i < self->room; i++)
            if (self->rows[i].hash) *index_find(&larger, self->rows[i].hash) = self->rows[i];
        free(self->rows);
        *self = larger;
    }
    index_row *row = index_find(self, id_hash(id));
    if (row->hash) return true; /* the first of equal ids counts */
    *row = (index_row){id_hash(id), offset, false};
    self->count++;
    return true;
}

/* ------------------------------------------------------------------ findings, spans and removals
 * alike */

typedef struct {
    tamis_str kind, rule, what, text; /* what: all but the place that makes two of them equal */
    size_t start, end;
} finding;

static int by_place(const void *a, const void *b)
{
    const finding *x = a, *y = b;
    if (x->start != y->start) return x->start < y->start ? -1 : 1;
    if (x->end != y->end) return x->end < y->end ? -1 : 1;
    int order = str_compare(x->kind, y->kind);
    return order ? order : str_compare(x->what, y->what);
}

static tamis_str slice(const record *r, size_t start, size_t end)
{
    return (tamis_str){r->source.p + start, end - start};
}

static finding *findings_of(record *r, size_t *count)
{
    *count = r->span_count + r->removal_count;
    finding *list = arena_alloc(&r->memory, (*count + 1) * sizeof *list);
    if (!list) return NULL;
    for (size_t i = 0; i < r->span_count; i++) {
        const record_span *s = &r->spans[i];
        char *what = arena_printf(&r->memory, "%.*s%s%.*s%s", (int)s->value.n, s->value.p,
                                  s->category.n ? " (" : "", (int)s->category.n, s->category.p,
                                  s->category.n ? ")" : "");
        list[i] =
            (finding){s->type, s->rule, str_of(what), slice(r, s->start, s->end), s->start, s->end};
    }
    for (size_t i = 0; i < r->removal_count; i++) {
        const record_removal *m = &r->removals[i];
        char *what = arena_printf(&r->memory, "as %.*s", (int)m->reason.n, m->reason.p);
        list[r->span_count + i] =
            (finding){TAMIS_STR("removed"), m->rule, str_of(what), m->text, m->start, m->end};
    }
    if (*count) qsort(list, *count, sizeof *list, by_place);
    return list;
}

/* ------------------------------------------------------------------ what came of it, by rule */

typedef enum { LOST, GAINED, CHANGED, CHANGES } change;

typedef struct {
    char *kind, *rule;
    size_t counts[CHANGES];
    char *samples[CHANGES][MOST_SAMPLES];
} rule_row;

typedef struct {
    rule_row *rules;
    size_t rule_count, samples;
    size_t both, alike, only_a, only_b;
    bool failed; /* no memory */
} comparison;

static rule_row *rule_of(comparison *self, const finding *f)
{
    for (size_t i = 0; i < self->rule_count; i++)
        if (str_is(f->kind, self->rules[i].kind) && str_is(f->rule, self->rules[i].rule))
            return &self->rules[i];
    rule_row *more = realloc(self->rules, (self->rule_count + 1) * sizeof *more);
    if (!more) return NULL;
    self->rules = more;
    rule_row *row = &self->rules[self->rule_count++];
    *row = (rule_row){.kind = strndup(f->kind.p ? f->kind.p : "", f->kind.n),
                      .rule = strndup(f->rule.p ? f->rule.p : "", f->rule.n)};
    return row;
}

/* "doc  “text”  what → what", kept as it will be printed. */
static char *sample_text(tamis_str id, const finding *f, const finding *now)
{
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    if (!out) return NULL;
    place_excerpt(out, id, 40);
    fputs("  \xe2\x80\x9c", out);
    place_excerpt(out, f->text, 60);
    fputs("\xe2\x80\x9d", out);
    if (f->what.n || now) fprintf(out, "  %.*s", (int)f->what.n, f->what.p);
    if (now) fprintf(out, " \xe2\x86\x92 %.*s", (int)now->what.n, now->what.p);
    fclose(out);
    return text;
}

static void note(comparison *self, tamis_str id, change c, const finding *f, const finding *now)
{
    rule_row *row = rule_of(self, f);
    if (!row || !row->kind || !row->rule) {
        self->failed = true;
        return;
    }
    if (row->counts[c] < self->samples) row->samples[c][row->counts[c]] = sample_text(id, f, now);
    row->counts[c]++;
}

static bool same_place(const finding *a, const finding *b)
{
    return a->start == b->start && a->end == b->end && str_equal(a->kind, b->kind);
}

static void compare(comparison *self, record *a, record *b)
{
    size_t na, nb, i = 0, j = 0;
    finding *fa = findings_of(a, &na), *fb = findings_of(b, &nb);
    bool alike = true;
    if (!fa || !fb) {
        self->failed = true;
        return;
    }
    while (i < na || j < nb) {
        int order = i == na ? 1 : j == nb ? -1 : by_place(&fa[i], &fb[j]);
        if (order == 0 && str_equal(fa[i].rule, fb[j].rule)) {
            i++, j++;
            continue;
        }
        alike = false;
        if (i < na && j < nb && same_place(&fa[i], &fb[j]) && order) {
            note(self, a->id, CHANGED, &fa[i], &fb[j]);
            i++, j++;
        } else if (order == 0) { /* another rule found the same */
            note(self, a->id, LOST, &fa[i++], NULL);
            note(self, a->id, GAINED, &fb[j++], NULL);
        } else if (order < 0)
            note(self, a->id, LOST, &fa[i++], NULL);
        else
            note(self, a->id, GAINED, &fb[j++], NULL);
    }
    self->both++;
    self->alike += alike;
}

/* ------------------------------------------------------------------ telling */

static int by_kind(const void *a, const void *b)
{
    const rule_row *x = a, *y = b;
    int order = strcmp(x->kind, y->kind);
    return order ? order : strcmp(x->rule, y->rule);
}

static void print_samples(const rule_row *row, change c, const char *mark, const char *off,
                          size_t most)
{
    for (size_t i = 0; i < row->counts[c] && i < most; i++)
        if (row->samples[c][i]) printf("    %s %s%s\n", mark, row->samples[c][i], off);
}

static void print_comparison(comparison *self, bool colour)
{
    const char *off = colour ? "\033[0m" : "", *bold = colour ? "\033[1m" : "";
    printf("%zu document%s in both, %zu alike; %zu only in A, %zu only in B\n", self->both,
           self->both == 1 ? "" : "s", self->alike, self->only_a, self->only_b);
    if (!self->rules) return;
    qsort(self->rules, self->rule_count, sizeof *self->rules, by_kind);
    for (size_t i = 0; i < self->rule_count; i++) {
        const rule_row *row = &self->rules[i];
        printf("\n%s%s%s %s: %zu lost, %zu gained, %zu changed\n", bold, row->kind, off,
               *row->rule ? row->rule : "(no rule named)", row->counts[LOST], row->counts[GAINED],
               row->counts[CHANGED]);
        print_samples(row, LOST, colour ? "\033[31m-" : "-", off, self->samples);
        print_samples(row, GAINED, colour ? "\033[32m+" : "+", off, self->samples);
        print_samples(row, CHANGED, colour ? "\033[33m~" : "~", off, self->samples);
    }
}

static void comparison_free(comparison *self)
{
    for (size_t i = 0; i < self->rule_count; i++) {
        for (int c = 0; c < CHANGES; c++)
            for (int k = 0; k < MOST_SAMPLES; k++) free(self->rules[i].samples[c][k]);
        free(self->rules[i].kind);
        free(self->rules[i].rule);
    }
    free(self->rules);
}

/* ------------------------------------------------------------------ the verb */

static tamis_rc build_index(records *b, id_index *ids, error *e)
{
    record r = {0};
    int rc;
    int64_t offset = records_tell(b);
    if (offset < 0) return error_set(e, TAMIS_FAIL, "B must be a file: it is read more than once");
    while ((rc = records_next(b, &r, e)) == 1) {
        if (!index_add(ids, r.id, offset)) rc = error_set(e, TAMIS_FATAL, "no memory");
        if (rc < 0) break;
        offset = records_tell(b);
    }
    record_free(&r);
    return rc < 0 ? rc : TAMIS_OK;
}

static tamis_rc compare_all(records *a, records *b, id_index *ids, comparison *out, error *e)
{
    record ra = {0}, rb = {0};
    int rc;
    while ((rc = records_next(a, &ra, e)) == 1) {
        index_row *row = index_find(ids, id_hash(ra.id));
        if (!row || !row->hash || row->seen) {
            out->only_a++;
            continue;
        }
        row->seen = true;
        if (!records_seek(b, row->offset) || records_next(b, &rb, e) != 1) {
            rc = error_set(e, TAMIS_FAIL, "B changed while it was read");
            break;
        }
        compare(out, &ra, &rb);
        if (out->failed) {
            rc = error_set(e, TAMIS_FATAL, "no memory");
            break;
        }
    }
    for (size_t i = 0; i < ids->room; i++) out->only_b += ids->rows[i].hash && !ids->rows[i].seen;
    record_free(&ra);
    record_free(&rb);
    return rc < 0 ? rc : TAMIS_OK;
}

int verb_diff(const cli_args *args)
{
    if (args->operands.count != 2)
        return cli_usage(args->verb, "diff compares two files of records: tamis diff A B");
    error e = {0};
    comparison found = {.samples = cli_number(args, FLAG_limit, 3)};
    if (found.samples > MOST_SAMPLES) found.samples = MOST_SAMPLES;
    id_index ids = {0};
    records *a = records_open(args->operands.at[0], &e);
    records *b = a ? records_open(args->operands.at[1], &e) : NULL;
    int code = CLI_DONE;
    if (!b || build_index(b, &ids, &e) < 0 || compare_all(a, b, &ids, &found, &e) < 0)
        code = cli_fail(CLI_INPUT, "%s", e.text);
    else {
        print_comparison(&found, cli_colour(args, stdout));
        code = cli_flush();
    }
    comparison_free(&found);
    free(ids.rows);
    records_close(a);
    records_close(b);
    return code;
}
