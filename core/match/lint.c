/* What a gazetteer's author would want to hear: rows given twice, rows that other rows take the
 * place of, terms and exclusions of the same words. Asks the compiled form the way a text would:
 * each spelling of each row is looked up, and whoever answers for it is compared. For `tamis
 * check`; a run never does it. */
#include <stdio.h>

#include "match/compiled.h"

typedef struct {
    const tamis_terms *terms;
    terms_lint_report report;
    void *user;
    uint32_t row;       /* whose spelling is looked up */
    tamis_term_row own; /* that row */
    size_t length;      /* of the spelling */
    bool found;         /* the row answers for its spelling */
    uint32_t winner;    /* the first of the others that do, or UINT32_MAX */
    uint32_t rival;     /* an exclusion of the same words, or UINT32_MAX */
    bool rival_first;   /* and it is asked before the row */
} lint;

static bool same_language(const tamis_term_row *a, const tamis_term_row *b)
{
    return str_equal(a->lang, b->lang);
}

static bool meets(const tamis_term_row *a, const tamis_term_row *b)
{
    return same_language(a, b) || !a->lang.n || !b->lang.n || str_is(a->lang, "mul") ||
           str_is(b->lang, "mul");
}

/* Asked of all that match a spelling, in the order in which a text would take them; takes none. */
static bool look(void *user, tamis_str text, const tamis_hit *hit)
{
    lint *self = user;
    tamis_term_row other;
    (void)text;
    if (hit->start != 0 || hit->end != self->length) return false;
    if (hit->row == self->row) {
        self->found = true;
        return false;
    }
    if (!terms_row(self->terms, hit->row, &other)) return false;
    bool excludes = (other.flags & TAMIS_TERM_EXCLUDE) != (self->own.flags & TAMIS_TERM_EXCLUDE);
    if (excludes && meets(&self->own, &other) && self->rival == UINT32_MAX) {
        self->rival = hit->row;
        self->rival_first = !self->found;
    }
    if (same_language(&self->own, &other) && self->winner == UINT32_MAX) self->winner = hit->row;
    return false;
}

static void tell(const lint *self, terms_lint_kind kind, uint32_t other_row, tamis_str spelling)
{
    tamis_term_row other;
    if (!terms_row(self->terms, other_row, &other)) return;
    terms_finding found = {kind, self->own, other, spelling};
    self->report(self->user, &found);
}

static void look_up(lint *self, tamis_str spelling)
{
    tamis_hit hit;
    size_t next;
    if (!spelling.n) return;
    self->length = spelling.n;
    self->found = false;
    self->winner = self->rival = UINT32_MAX;
    terms_find(self->terms, spelling, 0, look, self, &hit, 1, &next);
    if (!self->found && self->winner != UINT32_MAX && self->winner > self->row) {
        tamis_term_row other;
        if (!terms_row(self->terms, self->winner, &other)) return;
        bool same = str_equal(self->own.value, other.value) &&
                    str_equal(self->own.category, other.category);
        bool excludes = self->own.flags & TAMIS_TERM_EXCLUDE;
        tell(self,
             !str_equal(self->own.file, other.file)                  ? TERMS_LINT_REPLACED
             : same                                                  ? TERMS_LINT_DUPLICATE
             : excludes == ((other.flags & TAMIS_TERM_EXCLUDE) != 0) ? TERMS_LINT_SHADOWED
             : excludes                                              ? TERMS_LINT_VAIN
                                                                     : TERMS_LINT_EXCLUDED,
             self->winner, spelling);
    } else if (self->found && self->rival != UINT32_MAX &&
               !(self->own.flags & TAMIS_TERM_EXCLUDE)) {
        tell(self, self->rival_first ? TERMS_LINT_EXCLUDED : TERMS_LINT_KEPT, self->rival,
             spelling);
    }
}

size_t terms_lint(const tamis_terms *terms, terms_lint_report report, void *user)
{
    size_t count = terms_count(terms);
    lint self = {.terms = terms, .report = report, .user = user};
    for (self.row = 0; self.row < count; self.row++) {
        if (!terms_row(terms, self.row, &self.own)) continue;
        look_up(&self, self.own.term);
        for (tamis_str rest = terms_inflections(self.own.notes); rest.n;) {
            const char *bar = memchr(rest.p, '|', rest.n);
            size_t n = bar ? (size_t)(bar - rest.p) : rest.n;
            look_up(&self, (tamis_str){rest.p, n});
            rest.p += n + (bar ? 1 : 0), rest.n -= n + (bar ? 1 : 0);
        }
    }
    return count;
}

bool terms_lint_text(const terms_finding *found, char *out, size_t room)
{
    static const char *const middle[] = {
        [TERMS_LINT_DUPLICATE] = "is written again at",
        [TERMS_LINT_SHADOWED] = "is never found: another value stands for it at",
        [TERMS_LINT_REPLACED] = "is overridden by",
        [TERMS_LINT_EXCLUDED] = "is never found: excluded by the same words at",
        [TERMS_LINT_VAIN] = "excludes nothing: the same words are a term at",
        [TERMS_LINT_KEPT] = "is found although the same words are excluded at"};
    const tamis_term_row *a = &found->row, *b = &found->other;
    tamis_str x = a->value.n ? a->value : a->category, y = b->value.n ? b->value : b->category;
    int n = snprintf(out, room, "%.*s:%u: `%.*s` (%.*s) %s %.*s:%u (%.*s)", (int)a->file.n,
                     a->file.n ? a->file.p : "", a->line, (int)found->spelling.n, found->spelling.p,
                     (int)x.n, x.n ? x.p : "", middle[found->kind], (int)b->file.n,
                     b->file.n ? b->file.p : "", b->line, (int)y.n, y.n ? y.p : "");
    return n > 0 && (size_t)n < room;
}
