/* plugins/weapons: marks weapon terms, or with other data whatever a gazetteer lists (the stage
 * "terms"). The matcher is the host's; what is here is judgement: the language, addresses, context
 * (context.c), what no list can hold (extend.c), how many (quantity.c). */
#include "weapons.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const tamis_host *tamis;

enum { HITS = 64, LONG_LETTERS = 8, CROSSWALK_BYTES = 400, KNOWN_CATEGORIES = 256 };

/* ------------------------------------------------------------------ options */

#define GENERAL_OPTIONS(defaults)                                                           \
    TAMIS_OPTION(PATHS, weapons_conf, gazetteer, defaults, NULL,                            \
                 "gazetteers, TSV or CSV with a header; later rows override earlier ones"), \
        TAMIS_OPTION(PATHS, weapons_conf, extra, NULL, NULL,                                \
                     "further gazetteers, on top of the others"),                           \
        TAMIS_OPTION(LIST, weapons_conf, languages, NULL, NULL,                             \
                     "take rows of these languages only (and of mul); empty: all")

static const tamis_option weapons_options[] = {
    GENERAL_OPTIONS("gazetteer.tsv"),
    TAMIS_OPTION(STRING, weapons_conf, type, "weapon", NULL, "type of the spans"),
    TAMIS_OPTION(ENUM, weapons_conf, profile, "balanced", "all|balanced|strict",
                 "ambiguous terms: take all, those that their context speaks for, or none"),
    TAMIS_OPTION(PATH, weapons_conf, cues, "cues.tsv", NULL,
                 "words that speak for or against a weapon in a sentence"),
    TAMIS_OPTION(PATH, weapons_conf, numbers, "numbers.tsv", NULL,
                 "number words, scales, currencies"),
    TAMIS_OPTION(PATH, weapons_conf, crosswalk, "crosswalk.tsv", NULL,
                 "categories in other classifications"),
    TAMIS_OPTION(BOOL, weapons_conf, quantities, "true", NULL, "write spans of type quantity"),
    TAMIS_OPTION(BOOL, weapons_conf, designators, "true", NULL,
                 "mark unlisted designators beside a word for a weapon, as unknown.designator"),
    TAMIS_OPTION(BOOL, weapons_conf, compounds, "true", NULL,
                 "mark German compounds that end in a weapon"),
};

static const tamis_option terms_options[] = {
    {"gazetteer", NULL, NULL,
     "gazetteers, TSV or CSV with a header; later rows override earlier ones",
     offsetof(weapons_conf, gazetteer), TAMIS_PATHS, TAMIS_REQUIRED},
    TAMIS_OPTION(PATHS, weapons_conf, extra, NULL, NULL,
                 "further gazetteers, on top of the others"),
    TAMIS_OPTION(LIST, weapons_conf, languages, NULL, NULL,
                 "take rows of these languages only (and of mul); empty: all"),
    TAMIS_OPTION(STRING, weapons_conf, type, "term", NULL, "type of the spans"),
    TAMIS_OPTION(ENUM, weapons_conf, profile, "all", "all|balanced|strict",
                 "rows marked amb: take all, those that their context speaks for, or none"),
    TAMIS_OPTION(PATH, weapons_conf, cues, NULL, NULL,
                 "words that speak for or against a term in a sentence"),
};

/* ------------------------------------------------------------------ open */

static const char *copy_folded(const tamis_run *c, tamis_str list, tamis_str *out)
{
    char *p = tamis->alloc(c, list.n + 1);
    size_t n = 0;
    if (!p) return NULL;
    while (list.n) { /* each word apart, so that '/' stays */
        const char *slash = memchr(list.p, '/', list.n);
        size_t k = slash ? (size_t)(slash - list.p) : list.n;
        n += weapons_fold((tamis_str){list.p, k}, p + n, k);
        if (slash) p[n++] = '/';
        list.p += k + (slash ? 1 : 0), list.n -= k + (slash ? 1 : 0);
    }
    *out = (tamis_str){p, n};
    return p;
}

static tamis_str trimmed(tamis_str text)
{
    while (text.n && *text.p == ' ') text.p++, text.n--;
    while (text.n && text.p[text.n - 1] == ' ') text.n--;
    return text;
}

/* `infl` is left as written, for the heads of compounds. */
static bool read_notes(const tamis_run *c, tamis_str notes, weapons_row *row, tamis_str *infl)
{
    while (notes.n) {
        const char *end = memchr(notes.p, ';', notes.n);
        size_t n = end ? (size_t)(end - notes.p) : notes.n;
        tamis_str note = trimmed((tamis_str){notes.p, n});
        if (weapons_is(note, "fig"))
            row->flags |= WEAPONS_FIGURATIVE;
        else if (weapons_is(note, "head"))
            row->flags |= WEAPONS_HEAD;
        else if (weapons_is(note, "class"))
            row->flags |= WEAPONS_CLASS;
        else if (weapons_is(note, "prefix"))
            row->flags |= WEAPONS_PREFIX;
        else if (weapons_is(note, "sure"))
            row->flags |= WEAPONS_SURE;
        else if (weapons_is(note, "mild"))
            row->flags |= WEAPONS_MILD;
        else if (note.n > 5 && memcmp(note.p, "infl=", 5) == 0)
            *infl = (tamis_str){note.p + 5, note.n - 5};
        else if (note.n > 5 && memcmp(note.p, "need=", 5) == 0) {
            if (!copy_folded(c, trimmed((tamis_str){note.p + 5, note.n - 5}), &row->need))
                return false;
        } else if (note.n > 4 && memcmp(note.p, "not=", 4) == 0) {
            if (!copy_folded(c, trimmed((tamis_str){note.p + 4, note.n - 4}), &row->not_with))
                return false;
        }
        notes.p += n + (end ? 1 : 0), notes.n -= n + (end ? 1 : 0);
    }
    return true;
}

/* What the words of a term tell of how sure and how distinctive it is. */
static uint32_t shape_of(tamis_str term)
{
    size_t letters = 0, a, b;
    if (!weapons_word_after(term, 0, &a, &b)) return 0;
    for (size_t i = a; i < b; i++) {
        if (term.p[i] >= '0' && term.p[i] <= '9') return WEAPONS_SURE | WEAPONS_LONG;
        letters += ((unsigned char)term.p[i] & 0xC0) != 0x80;
    }
    if (weapons_word_after(term, b, &a, &b)) return WEAPONS_SURE | WEAPONS_LONG;
    return letters >= LONG_LETTERS ? WEAPONS_LONG : 0;
}

static void add_head(const tamis_run *c, weapons_shared *self, tamis_str form, uint32_t row)
{
    char small[64];
    size_t n = weapons_lower(trimmed(form), small, sizeof small);
    char *copy = tamis->alloc(c, n + 1);
    if (!copy || n < 4) return;
    memcpy(copy, small, n);
    uint32_t at = (uint32_t)self->head_count++, hash = weapons_head_hash(copy + n, n);
    uint32_t *first = self->head_first + (hash >> WEAPONS_HEAD_CHAIN_SHIFT);
    self->heads[at] = (tamis_str){copy, n};
    self->head_rows[at] = row;
    self->head_next[at] = *first;
    *first = at + 1;
    self->head_ends[hash / 64] |= UINT64_C(1) << hash % 64;
}

static void add_heads(const tamis_run *c, weapons_shared *self, uint32_t row, tamis_str term,
                      tamis_str infl)
{
    add_head(c, self, term, row);
    while (infl.n) {
        const char *bar = memchr(infl.p, '|', infl.n);
        size_t n = bar ? (size_t)(bar - infl.p) : infl.n;
        add_head(c, self, (tamis_str){infl.p, n}, row);
        infl.p += n + (bar ? 1 : 0), infl.n -= n + (bar ? 1 : 0);
    }
}

/* A category in other classifications, as one line: "UNROCA I; ATT 2(1)a; …". A star in the table
 * says that the term alone cannot tell. */
static tamis_str crosswalk_of(const tamis_run *c, const tamis_terms *table, tamis_str category)
{
    static const char *const columns[] = {"UNROCA", "ATT", "SIPRI", "ML", "HS"};
    char line[CROSSWALK_BYTES];
    size_t n = 0;
    tamis_term_row row;
    uint32_t at = 0;
    while (tamis->terms_row(table, at, &row, sizeof row) && !weapons_equal(row.term, category))
        at++;
    if (at == tamis->terms_count(table)) return (tamis_str){NULL, 0};
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        tamis_str cell = tamis->terms_column(table, at, columns[i]);
        bool star = cell.n && cell.p[cell.n - 1] == '*';
        if (!cell.n || weapons_is(cell, "-")) continue;
        int k = snprintf(line + n, sizeof line - n, "%s%s %.*s%s", n ? "; " : "", columns[i],
                         (int)(cell.n - star), cell.p, star ? " (conditional)" : "");
        if (k < 0 || n + (size_t)k >= sizeof line) break;
        n += (size_t)k;
    }
    char *copy = tamis->alloc(c, n + 1);
    if (!copy) return (tamis_str){NULL, 0};
    memcpy(copy, line, n);
    return (tamis_str){copy, n};
}

/* The forms of the rows that are heads, small. */
static tamis_rc read_heads(const tamis_run *c, weapons_shared *self)
{
    size_t count = 0;
    tamis_term_row row;
    for (uint32_t i = 0; i < self->row_count; i++) {
        if (!(self->rows[i].flags & WEAPONS_HEAD) ||
            !tamis->terms_row(self->terms, i, &row, sizeof row))
            continue;
        count++; /* and at most as many as there are marks in its notes */
        for (size_t b = 0; b < row.notes.n; b++)
            count += row.notes.p[b] == '|' || row.notes.p[b] == '=';
    }
    self->heads = tamis->alloc(c, (count + 1) * sizeof *self->heads);
    self->head_rows = tamis->alloc(c, (count + 1) * sizeof *self->head_rows);
    self->head_next = tamis->alloc(c, (count + 1) * sizeof *self->head_next);
    if (!self->heads || !self->head_rows || !self->head_next) return TAMIS_FAIL;
    for (uint32_t i = 0; i < self->row_count; i++) {
        weapons_row ignored = {.flags = 0};
        tamis_str infl = {NULL, 0};
        if (!(self->rows[i].flags & WEAPONS_HEAD) ||
            !tamis->terms_row(self->terms, i, &row, sizeof row))
            continue;
        if (!read_notes(c, row.notes, &ignored, &infl)) return TAMIS_FAIL;
        add_heads(c, self, i, row.term, infl);
    }
    return TAMIS_OK;
}

static tamis_rc read_rows(const tamis_run *c, weapons_shared *self, const tamis_terms *crosswalk)
{
    const weapons_conf *conf = c->conf;
    tamis_str known[KNOWN_CATEGORIES], lines[KNOWN_CATEGORIES];
    size_t known_count = 0, last = 0;
    for (uint32_t i = 0; i < self->row_count; i++) {
        tamis_term_row row;
        tamis_str infl;
        weapons_row *out = self->rows + i;
        if (!tamis->terms_row(self->terms, i, &row, sizeof row)) continue;
        *out = (weapons_row){.value = row.value,
                             .category = row.category,
                             .lang = row.lang,
                             .flags = row.flags,
                             .line = row.line,
                             .file = row.file};
        out->flags |= shape_of(row.term);
        if (!out->value.n) out->value = row.term;
        if (!read_notes(c, row.notes, out, &infl)) return TAMIS_FAIL;
        if (!crosswalk) continue;
        size_t k = last; /* rows of one category stand together */
        if (k == known_count || !weapons_equal(known[k], row.category))
            for (k = 0; k < known_count && !weapons_equal(known[k], row.category);) k++;
        if (k == known_count) {
            tamis_str line = crosswalk_of(c, crosswalk, row.category);
            if (k == KNOWN_CATEGORIES) {
                out->crosswalk = line;
                continue;
            }
            known[k] = row.category;
            lines[k] = line;
            known_count++;
        }
        last = k;
        out->crosswalk = lines[k];
    }
    return conf->compounds ? read_heads(c, self) : TAMIS_OK;
}

static tamis_rc open_optional(const tamis_run *c, tamis_str path, const tamis_terms **out)
{
    *out = NULL;
    return path.n ? tamis->terms_open(c, &path, 1, NULL, 0, sizeof(tamis_term), out) : TAMIS_OK;
}

static tamis_rc weapons_open(const tamis_run *c, void **shared)
{
    const weapons_conf *conf = c->conf;
    const tamis_terms *crosswalk;
    weapons_shared *self = tamis->alloc(c, sizeof *self);
    size_t count = conf->gazetteer.n + conf->extra.n;
    tamis_str *files = tamis->alloc(c, (count + 1) * sizeof *files);
    tamis_rc rc;
    if (!self || !files) return TAMIS_FAIL;
    for (size_t i = 0; i < count; i++)
        files[i] =
            i < conf->gazetteer.n ? conf->gazetteer.at[i] : conf->extra.at[i - conf->gazetteer.n];
    rc = tamis->terms_open(c, files, count, NULL, 0, sizeof(tamis_term), &self->terms);
    if (rc != TAMIS_OK) return rc;
    if ((rc = open_optional(c, conf->cues, &self->cues)) != TAMIS_OK) return rc;
    if ((rc = open_optional(c, conf->quantities ? conf->numbers : (tamis_str){NULL, 0},
                            &self->numbers)) != TAMIS_OK)
        return rc;
    if ((rc = open_optional(c, conf->crosswalk, &crosswalk)) != TAMIS_OK) return rc;
    self->row_count = tamis->terms_count(self->terms);
    self->rows = tamis->alloc(c, (self->row_count + 1) * sizeof *self->rows);
    if (!self->rows) return TAMIS_FAIL;
    *shared = self;
    return read_rows(c, self, crosswalk);
}

static tamis_rc weapons_enter(const tamis_run *c, void **scratch)
{
    *scratch = tamis->alloc(c, sizeof(weapons_scratch));
    return *scratch ? TAMIS_OK : TAMIS_FAIL;
}

static void weapons_leave(const void *shared, void *scratch)
{
    weapons_scratch *self = scratch;
    (void)shared;
    if (!self) return;
    free(self->mentions);
    free(self->names);
}

/* ------------------------------------------------------------------ a document */

weapons_mention *weapons_add(weapons_job *job, size_t start, size_t end, uint32_t row,
                             const char *how)
{
    weapons_scratch *self = job->scratch;
    if (self->count == self->room) {
        size_t room = self->room ? self->room * 2 : 256;
        weapons_mention *more = realloc(self->mentions, room * sizeof *more);
        if (!more) {
            self->failed = true;
            return NULL;
        }
        self->mentions = more;
        self->room = room;
    }
    weapons_mention *m = self->mentions + self->count++;
    *m = (weapons_mention){
        .start = start, .end = end, .row = row, .how = how, .score = 1, .q_min = -1, .q_max = -1};
    return m;
}

static int by_place(const void *a, const void *b)
{
    const weapons_mention *x = a, *y = b;
    return x->start != y->start ? (x->start > y->start) - (x->start < y->start)
                                : (x->end > y->end) - (x->end < y->end);
}

void weapons_sort(weapons_scratch *scratch)
{
    if (scratch->count > 1)
        qsort(scratch->mentions, scratch->count, sizeof *scratch->mentions, by_place);
    scratch->sorted = scratch->count;
}

size_t weapons_first_behind(const weapons_scratch *self, size_t count, size_t at)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (self->mentions[middle].end <= at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

tamis_str weapons_language(const weapons_job *job, size_t at)
{
    size_t low = 0, high = job->language_count;
    while (low < high) { /* the first that ends behind `at` */
        size_t middle = low + (high - low) / 2;
        if (job->languages[middle].end <= at)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < job->language_count && job->languages[low].start <= at &&
        !(job->language.n && weapons_is(job->languages[low].value, "und")))
        return job->languages[low].value;
    return job->language;
}

bool weapons_same_language(tamis_str a, tamis_str b)
{
    size_t n = 0;
    while (n < a.n && n < b.n && a.p[n] == b.p[n] && a.p[n] != '-') n++;
    return (n == a.n || a.p[n] == '-') && (n == b.n || b.p[n] == '-');
}

bool weapons_row_fits(const weapons_job *job, uint32_t number, size_t at)
{
    const weapons_row *row = job->shared->rows + number;
    if (!row->lang.n || weapons_is(row->lang, "mul")) return true;
    if (job->conf->languages.n) {
        bool wanted = false;
        for (size_t i = 0; i < job->conf->languages.n; i++)
            wanted |= weapons_same_language(row->lang, job->conf->languages.at[i]);
        if (!wanted) return false;
    }
    tamis_str lang = weapons_language(job, at);
    if (!lang.n || weapons_is(lang, "und") || weapons_same_language(row->lang, lang)) return true;
    /* Text of another language: what is long enough to mean nothing else there. */
    return row->flags & WEAPONS_LONG &&
           !(row->flags & (TAMIS_TERM_AMBIGUOUS | WEAPONS_FIGURATIVE | TAMIS_TERM_EXCLUDE));
}

static bool wanted(void *user, tamis_str text, const tamis_hit *hit)
{
    weapons_job *job = user;
    const weapons_row *row = job->shared->rows + hit->row;
    if (!weapons_row_fits(job, hit->row, hit->start)) {
        TAMIS_REJECT(job->c, job->doc, hit->start, hit->end, "language", "row %.*s:%u is for %.*s",
                     (int)row->file.n, row->file.p, row->line, (int)row->lang.n, row->lang.p);
        return false;
    }
    if (hit->flags & TAMIS_TERM_EXCLUDE) {
        TAMIS_REJECT(job->c, job->doc, hit->start, hit->end, "exclude",
                     "row %.*s:%u excludes “%.*s”", (int)row->file.n, row->file.p, row->line,
                     (int)(hit->end - hit->start), text.p + hit->start);
        return true;
    }
    if (job->conf->profile == PROFILE_STRICT && hit->flags & TAMIS_TERM_AMBIGUOUS) {
        TAMIS_REJECT(job->c, job->doc, hit->start, hit->end, "ambiguous",
                     "row %.*s:%u is marked amb; profile = \"strict\"", (int)row->file.n,
                     row->file.p, row->line);
        return false;
    }
    if (weapons_shape_of(job, hit->row, hit->start, hit->end) == WEAPONS_REFUSED) {
        TAMIS_REJECT(job->c, job->doc, hit->start, hit->end, "spelling",
                     "not written as row %.*s:%u would be", (int)row->file.n, row->file.p,
                     row->line);
        return false;
    }
    if (weapons_in_address(text, hit->start, hit->end)) {
        TAMIS_REJECT(job->c, job->doc, hit->start, hit->end, "address",
                     "within a URL, host name or e-mail address");
        return false;
    }
    return true;
}

static void find_terms(weapons_job *job)
{
    tamis_hit hits[HITS];
    size_t next = 0;
    while (next < job->text.n) {
        size_t n = tamis->terms_find(job->shared->terms, job->text, next, wanted, job, hits,
                                     sizeof *hits, HITS, &next);
        for (size_t i = 0; i < n; i++) {
            size_t end = weapons_grown_end(job, hits[i].row, hits[i].start, hits[i].end);
            bool lone = job->shared->rows[hits[i].row].flags & WEAPONS_PREFIX && end == hits[i].end;
            weapons_mention *m =
                lone ? NULL : weapons_add(job, hits[i].start, end, hits[i].row, "term");
            if (m) m->doubt = weapons_shape_of(job, m->row, m->start, hits[i].end);
            if (end > next) next = end;
        }
    }
}

/* ------------------------------------------------------------------ spans */

static void write_quantity(weapons_job *job, const weapons_mention *m)
{
    tamis_attr attrs[4] = {0};
    uint32_t n = 0;
    if (m->q_min >= 0)
        attrs[n++] = (tamis_attr){TAMIS_STR("min"), TAMIS_ATTR_NUMBER, 0, {.d = m->q_min}};
    if (m->q_max >= 0)
        attrs[n++] = (tamis_attr){TAMIS_STR("max"), TAMIS_ATTR_NUMBER, 0, {.d = m->q_max}};
    if (m->q_unit.n)
        attrs[n++] = (tamis_attr){TAMIS_STR("unit"), TAMIS_ATTR_STRING, 0, {.s = m->q_unit}};
    if (m->q_shared)
        attrs[n++] = (tamis_attr){TAMIS_STR("distributed"), TAMIS_ATTR_BOOL, 0, {.b = true}};
    tamis_span span = {.start = m->q_start,
                       .end = m->q_end,
                       .type = TAMIS_STR("quantity"),
                       .category = {m->q_kind, strlen(m->q_kind)},
                       .rule = TAMIS_STR("quantity"),
                       .role = TAMIS_STR("quantity"),
                       .ref = m->span,
                       .attr_count = n,
                       .attrs = attrs};
    tamis->span(job->c, job->doc, &span, sizeof span);
}

static void write_mention(weapons_job *job, weapons_mention *m)
{
    tamis_span span = {.start = m->start,
                       .end = m->end,
                       .type = job->conf->type,
                       .score = m->score,
                       .lang = weapons_language(job, m->start)};
    tamis_attr attrs[3] = {0};
    char rule[300];
    if (m->row == WEAPONS_NO_ROW) {
        span.value = (tamis_str){job->text.p + m->start, m->end - m->start};
        span.category = TAMIS_STR("unknown.designator");
        span.rule = TAMIS_STR("designator");
    } else {
        const weapons_row *row = job->shared->rows + m->row;
        int n = snprintf(rule, sizeof rule, "%.*s:%u", (int)row->file.n, row->file.p, row->line);
        span.value = row->value;
        span.category = row->category;
        if (!span.lang.n && !weapons_is(row->lang, "mul")) span.lang = row->lang;
        span.rule = (tamis_str){rule, n < 0                     ? 0
                                      : (size_t)n < sizeof rule ? (size_t)n
                                                                : sizeof rule - 1};
        if (row->crosswalk.n)
            attrs[span.attr_count++] =
                (tamis_attr){TAMIS_STR("crosswalk"), TAMIS_ATTR_STRING, 0, {.s = row->crosswalk}};
        if (row->flags & TAMIS_TERM_NAMED)
            attrs[span.attr_count++] =
                (tamis_attr){TAMIS_STR("named"), TAMIS_ATTR_BOOL, 0, {.b = true}};
        if (strcmp(m->how, "term") != 0)
            attrs[span.attr_count++] = (tamis_attr){
                TAMIS_STR("how"), TAMIS_ATTR_STRING, 0, {.s = {m->how, strlen(m->how)}}};
    }
    span.attrs = attrs;
    m->span = tamis->span(job->c, job->doc, &span, sizeof span);
    TAMIS_NOTE(job->c, job->doc, m->start, m->end, m->how, "%.*s: %.*s, %.*s%s%s", (int)span.rule.n,
               span.rule.p, (int)span.value.n, span.value.p, (int)span.category.n, span.category.p,
               m->cue ? ", " : "", m->cue ? m->cue : "");
}

static tamis_rc weapons_run(const tamis_run *c, tamis_doc *doc)
{
    weapons_job job = {.c = c,
                       .conf = c->conf,
                       .shared = c->shared,
                       .scratch = c->scratch,
                       .doc = doc,
                       .text = tamis->view(doc)};
    weapons_scratch *all = job.scratch;
    tamis_attr lang;
    all->count = all->sorted = 0;
    job.languages = tamis->spans(c, doc, "language", sizeof(tamis_span), &job.language_count);
    job.speakers = tamis->spans(c, doc, "speaker", sizeof(tamis_span), &job.speaker_count);
    if (tamis->attribute(doc, "lang", &lang) && lang.type == TAMIS_ATTR_STRING)
        job.language = lang.u.s;
    find_terms(&job);
    weapons_believe(&job);
    weapons_sort(all);
    weapons_hashtags(&job);
    weapons_sort(all);
    if (job.conf->compounds) weapons_compounds(&job);
    if (all->count) {
        weapons_sort(all);
        weapons_ellipses(&job);
        weapons_sort(all);
        if (job.conf->designators) weapons_designators(&job);
        weapons_sort(all);
        if (job.conf->quantities) weapons_quantities(&job);
    }
    if (all->failed) {
        all->failed = false;
        return tamis->fail(c, TAMIS_FAIL, "no memory for %zu mentions", all->count);
    }
    for (size_t i = 0; i < all->count; i++)
        if (!all->mentions[i].dropped) write_mention(&job, all->mentions + i);
    for (size_t i = 0; i < all->count; i++)
        if (!all->mentions[i].dropped && all->mentions[i].q_kind)
            write_quantity(&job, all->mentions + i);
    weapons_why(&job);
    return TAMIS_OK;
}

/* ------------------------------------------------------------------ the plugin */

static const char *const reads[] = {"view", "?span:language", "?span:speaker", "?attr:lang", NULL};
static const char *const weapons_writes[] = {"span:$type", "span:quantity", NULL};
static const char *const terms_writes[] = {"span:$type", NULL};

static const tamis_stage weapons_stage = {
    .size = sizeof(tamis_stage),
    .name = "weapons",
    .help = "marks weapon terms, with category, quantity and designators",
    .version = "1.0",
    .options = weapons_options,
    .option_count = sizeof weapons_options / sizeof *weapons_options,
    .conf_size = sizeof(weapons_conf),
    .reads = reads,
    .writes = weapons_writes,
    .open = weapons_open,
    .enter = weapons_enter,
    .leave = weapons_leave,
    .run = weapons_run,
};

static const tamis_stage terms_stage = {
    .size = sizeof(tamis_stage),
    .name = "terms",
    .help = "marks the terms of any gazetteer",
    .version = "1.0",
    .options = terms_options,
    .option_count = sizeof terms_options / sizeof *terms_options,
    .conf_size = sizeof(weapons_conf),
    .reads = reads,
    .writes = terms_writes,
    .open = weapons_open,
    .enter = weapons_enter,
    .leave = weapons_leave,
    .run = weapons_run,
};

TAMIS_PLUGIN(weapons, "1.0", "MIT", {TAMIS_ELEMENT_STAGE, 0, &weapons_stage},
             {TAMIS_ELEMENT_STAGE, 0, &terms_stage})
