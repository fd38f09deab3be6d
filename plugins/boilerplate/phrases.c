#include "phrases.h"

#include "select.h"

#include <stdlib.h>
#include <string.h>

#define KIND_NAME(id, name) name,
static const char *const kind_names[] = {BOILERPLATE_KINDS(KIND_NAME)};

static const uint8_t kind_groups[BOILERPLATE_KIND_COUNT] = {
    [BOILERPLATE_KIND_none] = BOILERPLATE_GROUP_COUNT,
    [BOILERPLATE_KIND_nav] = BOILERPLATE_GROUP_MENU,
    [BOILERPLATE_KIND_related] = BOILERPLATE_GROUP_RELATED,
    [BOILERPLATE_KIND_cookie] = BOILERPLATE_GROUP_LEGAL,
    [BOILERPLATE_KIND_comment_form] = BOILERPLATE_GROUP_SOCIAL,
    [BOILERPLATE_KIND_caption] = BOILERPLATE_GROUP_SOURCE,
    [BOILERPLATE_KIND_credit] = BOILERPLATE_GROUP_SOURCE,
    [BOILERPLATE_KIND_share] = BOILERPLATE_GROUP_SOCIAL,
    [BOILERPLATE_KIND_hashtags] = BOILERPLATE_GROUP_SOCIAL,
    [BOILERPLATE_KIND_timestamp] = BOILERPLATE_GROUP_BYLINE,
    [BOILERPLATE_KIND_duplicate_title] = BOILERPLATE_GROUP_COUNT,
    [BOILERPLATE_KIND_source_link] = BOILERPLATE_GROUP_SOURCE,
    [BOILERPLATE_KIND_editor] = BOILERPLATE_GROUP_BYLINE,
    [BOILERPLATE_KIND_ad] = BOILERPLATE_GROUP_PROMOTION,
    [BOILERPLATE_KIND_teaser] = BOILERPLATE_GROUP_PROMOTION,
    [BOILERPLATE_KIND_byline] = BOILERPLATE_GROUP_BYLINE,
    [BOILERPLATE_KIND_footer] = BOILERPLATE_GROUP_LEGAL};

const char *boilerplate_kind_name(unsigned kind)
{
    return kind < BOILERPLATE_KIND_COUNT ? kind_names[kind] : "";
}

static bool is(tamis_str s, const char *word)
{
    return s.n == strlen(word) && !memcmp(s.p, word, s.n);
}

unsigned boilerplate_kind_of(tamis_str name)
{
    for (unsigned k = 1; k < BOILERPLATE_KIND_COUNT; k++)
        if (is(name, kind_names[k])) return k;
    return BOILERPLATE_KIND_none;
}

/* How far a list says that a phrase may reach: `line` (by default), `start` or `sure`. */
static uint8_t reach_of(tamis_str word)
{
    return is(word, "sure")    ? BOILERPLATE_HIT_SURE
           : is(word, "start") ? BOILERPLATE_HIT_START
                               : BOILERPLATE_HIT_WHOLE;
}

/* In a longer line a short phrase that merely occurs says nothing; the lists' longest line of its
 * own may have this many bytes, or counts like one that is never prose. */
enum { FEW_WORDS = 12, LONG_PHRASE = 48 };

/* Where a phrase counts: what hit_reach does not put down to nothing. */
static uint8_t where_of(const boilerplate_phrase *phrase, tamis_str text)
{
    unsigned where = BOILERPLATE_IN_SHORT;
    if (phrase->reach == BOILERPLATE_HIT_SURE || text.n > LONG_PHRASE) where |= BOILERPLATE_IN_LONG;
    if (phrase->reach == BOILERPLATE_HIT_START) where |= BOILERPLATE_AT_START;
    if (kind_groups[phrase->kind] == BOILERPLATE_GROUP_SOURCE) where |= BOILERPLATE_AT_END;
    return (uint8_t)where;
}

/* The lines that may have a phrase; a row whose further spellings only the matcher knows opens it
 * to all. */
static tamis_rc make_filter(boilerplate_phrases *self, const tamis_host *host, const tamis_run *c)
{
    boilerplate_filter_phrase *phrases = malloc((self->count + 1) * sizeof *phrases);
    size_t count = 0;
    if (!phrases) return host->fail(c, TAMIS_FAIL, "boilerplate: no memory for the phrases");
    for (size_t i = 0; i < self->count; i++) {
        tamis_term_row row;
        if (!host->terms_row(self->terms, (uint32_t)i, &row, sizeof row)) continue;
        if (row.notes.n) self->filter.open = true;
        phrases[count++] =
            (boilerplate_filter_phrase){row.term, where_of(&self->rows[i], row.term)};
    }
    tamis_rc rc = boilerplate_filter_make(&self->filter, host, c, phrases, count);
    free(phrases);
    return rc;
}

tamis_rc boilerplate_phrases_open(const tamis_host *host, const tamis_run *c,
                                  const tamis_str *paths, size_t path_count,
                                  boilerplate_phrases *out)
{
    tamis_str *files = host->alloc(c, (path_count + 1) * sizeof *files);
    if (!files) return TAMIS_FAIL;
    files[0] = TAMIS_STR("phrases.tsv");
    for (size_t i = 0; i < path_count; i++) files[i + 1] = paths[i];
    tamis_rc rc =
        host->terms_open(c, files, path_count + 1, NULL, 0, sizeof(tamis_term), &out->terms);
    if (rc != TAMIS_OK) return rc;
    out->count = host->terms_count(out->terms);
    boilerplate_phrase *rows = host->alloc(c, (out->count + 1) * sizeof *rows);
    if (!rows) return TAMIS_FAIL;
    for (size_t i = 0; i < out->count; i++) {
        tamis_term_row row;
        if (!host->terms_row(out->terms, (uint32_t)i, &row, sizeof row)) continue;
        rows[i].kind = (uint8_t)boilerplate_kind_of(row.category);
        rows[i].reach = reach_of(host->terms_column(out->terms, (uint32_t)i, "reach"));
        rows[i].opens = is(host->terms_column(out->terms, (uint32_t)i, "opens"), "yes");
        if (rows[i].kind == BOILERPLATE_KIND_none)
            host->log(c, TAMIS_LOG_WARNING,
                      "boilerplate: %.*s:%u: no such kind of furniture: '%.*s'", (int)row.file.n,
                      row.file.p, row.line, (int)row.category.n, row.category.p);
    }
    out->rows = rows;
    return make_filter(out, host, c);
}

/* Whether a source ends the line, as credits end captions: 1 "… / Reuters", 2 "… Photo: Ann Lee",
 * 3 "… (Ann Lee via Reuters)"; 0 it does not. */
static unsigned credit_at_end(const boilerplate_text *t, const boilerplate_row *row,
                              const tamis_hit *hit)
{
    enum { TAIL = 20, NAME = 80 }; /* bytes behind the phrase */
    size_t rest = row->end - hit->end, before = hit->start, after = hit->end;
    bool closed = t->p[row->end - 1] == ')' || t->p[row->end - 1] == ']';
    if (rest > NAME) return 0;
    while (before > row->start && hit->start - before < NAME && t->p[before - 1] != '(' &&
           t->p[before - 1] != '[')
        before--;
    bool open = before > row->start && (t->p[before - 1] == '(' || t->p[before - 1] == '[');
    if (closed && open) return 3;
    while (after < row->end && t->p[after] == ' ') after++;
    bool colon = t->p[hit->end - 1] == ':' || (after < row->end && t->p[after] == ':');
    if (colon && rest > 1) return 2;
    return rest <= TAIL && (row->ending <= BOILERPLATE_END_CLOSE);
}

/* How far this hit goes on this row. */
static unsigned hit_reach(const boilerplate_text *t, const boilerplate_row *row,
                          const boilerplate_phrase *phrase, const tamis_hit *hit, unsigned credit)
{
    size_t size = hit->end - hit->start, all = row->end - row->start;
    size_t others = (size_t)(row->characters - row->letters); /* "Comments (12)" is "Comments" */
    all -= others < all ? others : all;
    bool whole = size * 5 >= all * 4;
    bool first = row->words && hit->start <= t->words[row->word].start;
    if (phrase->reach == BOILERPLATE_HIT_SURE) return BOILERPLATE_HIT_SURE;
    if (whole) return BOILERPLATE_HIT_WHOLE;
    if (first && phrase->reach == BOILERPLATE_HIT_START) return BOILERPLATE_HIT_START;
    return row->words <= FEW_WORDS || credit ? BOILERPLATE_HIT_INSIDE : BOILERPLATE_HIT_NONE;
}

static void take_hit(const boilerplate_phrases *self, const boilerplate_text *t, size_t i,
                     const tamis_hit *hit, boilerplate_phrase_row *out)
{
    const boilerplate_row *row = &t->rows[i];
    const boilerplate_phrase *phrase = &self->rows[hit->row];
    unsigned group = kind_groups[phrase->kind];
    unsigned credit = group == BOILERPLATE_GROUP_SOURCE ? credit_at_end(t, row, hit) : 0;
    unsigned reach = hit_reach(t, row, phrase, hit, credit);
    if (reach == BOILERPLATE_HIT_NONE || phrase->kind == BOILERPLATE_KIND_none) return;
    size_t covered = out->bytes + (hit->end - hit->start);
    out->bytes = (uint32_t)covered;
    out->covered = (uint8_t)boilerplate_share(covered, row->end - row->start);
    if (group < BOILERPLATE_GROUP_COUNT && reach > out->group[group])
        out->group[group] = (uint8_t)reach;
    if (reach > out->hit) {
        out->hit = (uint8_t)reach;
        out->kind = phrase->kind;
        out->term = hit->row;
    }
    if (reach == BOILERPLATE_HIT_SURE && out->sure < 255) out->sure++;
    if (credit > out->credit) out->credit = (uint8_t)credit;
    if (phrase->opens && reach == BOILERPLATE_HIT_WHOLE) out->opens = 1;
}

static bool make_room(boilerplate_phrase_work *self, const boilerplate_text *text)
{
    size_t bytes = text->n + 2 * text->row_count + 2, rows = text->row_count + 1;
    if (bytes > self->byte_room) {
        free(self->bytes);
        self->byte_room = 0;
        self->bytes = malloc(bytes + bytes / 2);
        if (!self->bytes) return false;
        self->byte_room = bytes + bytes / 2;
    }
    if (rows > self->row_room) {
        free(self->row);
        self->row_room = 0;
        self->row = malloc((rows + rows / 2) * (2 * sizeof *self->row + 1));
        if (!self->row) return false;
        self->row_room = rows + rows / 2;
        self->start = self->row + self->row_room;
        self->pass = (uint8_t *)(self->start + self->row_room);
    }
    size_t words = text->word_count + BOILERPLATE_SELECT_SLACK;
    if (words > self->spare_room) {
        free(self->spare);
        self->spare_room = 0;
        self->spare = malloc(2 * words * sizeof *self->spare);
        if (!self->spare) return false;
        self->spare_room = 2 * words;
    }
    return true;
}

/* Writes the rows that pass, a blank line behind each: no phrase goes over that. */
static size_t gather(boilerplate_phrase_work *self, const boilerplate_text *text, size_t *lines)
{
    const uint8_t *pass = self->pass;
    char *bytes = self->bytes;
    size_t n = 0, count = 0;
    for (size_t i = 0, rows = text->row_count; i < rows; i++) {
        if (!pass[i]) continue;
        const boilerplate_row *row = &text->rows[i];
        size_t size = row->end - row->start;
        self->row[count] = (uint32_t)i;
        self->start[count++] = (uint32_t)n;
        memcpy(bytes + n, text->p + row->start, size);
        memcpy(bytes + n + size, "\n\n", 2);
        n += size + 2;
    }
    *lines = count;
    return n;
}

bool boilerplate_phrases_find(const boilerplate_phrases *self, const tamis_host *host,
                              const boilerplate_text *text, boilerplate_phrase_work *work,
                              boilerplate_phrase_row *rows)
{
    enum { ROOM = 256 };
    tamis_hit hits[ROOM];
    size_t lines, k = 0;
    if (!make_room(work, text)) return false;
    boilerplate_filter_rows(&self->filter, text, FEW_WORDS, LONG_PHRASE * 5 / 4, work->spare,
                            work->pass);
    tamis_str view = {work->bytes, gather(work, text, &lines)};
    for (size_t from = 0; from < view.n;) {
        size_t n =
            host->terms_find(self->terms, view, from, NULL, NULL, hits, sizeof *hits, ROOM, &from);
        for (size_t h = 0; h < n; h++) {
            while (k + 1 < lines && work->start[k + 1] <= hits[h].start) k++;
            size_t i = work->row[k], start = text->rows[i].start;
            hits[h].start = start + (hits[h].start - work->start[k]);
            hits[h].end = start + (hits[h].end - work->start[k]);
            take_hit(self, text, i, &hits[h], &rows[i]);
        }
    }
    return true;
}

void boilerplate_phrase_work_free(boilerplate_phrase_work *self)
{
    free(self->bytes);
    free(self->row);
    free(self->spare);
    memset(self, 0, sizeof *self);
}
