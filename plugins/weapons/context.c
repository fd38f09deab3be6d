/* Which of the terms found to believe. A term that is sure of itself (several words, letters with
 * digits, a word of nothing but war) is taken. One that also means something else (`amb`: gun,
 * shell, Caesar) is taken in company: a cue word of its row beside it, another weapon or a word of
 * war or crime in its sentence, or the same thing elsewhere in the document. A counter-cue (sport,
 * kitchen, mining …) speaks against both `amb` and `fig` terms. The words are data: cues.tsv, and
 * need= and not= of rows. */
#include <stdlib.h>
#include <string.h>

#include "weapons.h"

enum {
    NEED_WORDS = 3,  /* need= looks that far to either side, within the clause */
    WEIGHT_SURE = 3, /* a term that needs no company */
    WEIGHT_PLAIN = 1,
    WEIGHT_COMPANY = 2,   /* another weapon in the sentence, sure of itself */
    WEIGHT_ELSEWHERE = 1, /* the document is about weapons */
    WEIGHT_AGAINST = -2,
    DOCUMENT_MENTIONS = 3, /* that many sure ones make a document about weapons */
    CUES_COUNTED = 3,
    SIMILES = 8, /* of one sentence */
    CUE_BYTES = 6,
    TITLE_BYTES = 60,
    TITLE_WORDS = 6
};

/* Whether a word of the list (a/b/c$, folded) begins `word`, or with `$` behind it is the word. */
static bool begins_with_any(tamis_str list, tamis_str word)
{
    char folded[128];
    size_t n = weapons_fold(word, folded, sizeof folded);
    while (list.n) {
        const char *slash = memchr(list.p, '/', list.n);
        size_t k = slash ? (size_t)(slash - list.p) : list.n;
        bool whole = k && list.p[k - 1] == '$';
        size_t letters = whole ? k - 1 : k;
        if (letters && (whole ? letters == n : letters <= n) &&
            memcmp(folded, list.p, letters) == 0)
            return true;
        list.p += k + (slash ? 1 : 0), list.n -= k + (slash ? 1 : 0);
    }
    return false;
}

static bool has_need(tamis_str text, tamis_str need, size_t start, size_t end)
{
    size_t a, b, at = start;
    for (int i = 0; i < NEED_WORDS && weapons_word_before(text, at, &a, &b); i++, at = a) {
        if (weapons_ends_clause(text, b, at)) break;
        if (begins_with_any(need, (tamis_str){text.p + a, b - a})) return true;
    }
    at = end;
    for (int i = 0; i < NEED_WORDS && weapons_word_after(text, at, &a, &b); i++, at = b) {
        if (weapons_ends_clause(text, at, a)) break;
        if (begins_with_any(need, (tamis_str){text.p + a, b - a})) return true;
    }
    return false;
}

/* Whether a not= word stands in the sentence. */
static bool has_not(tamis_str text, tamis_str list, size_t first, size_t last)
{
    size_t a, b;
    for (size_t at = first; weapons_word_after(text, at, &a, &b) && a < last; at = b)
        if (begins_with_any(list, (tamis_str){text.p + a, b - a})) return true;
    return false;
}

/* What the sentences say, cached: mentions of one sentence stand together. */
typedef struct {
    size_t first, last;
    int for_it, against;
    char cue_for[32], cue_against[32];
    size_t similes[SIMILES][2]; /* where "like a", "gibi" stand in the text */
    size_t simile_count;
} sentence;

static void keep(char out[32], tamis_str text, const tamis_hit *hit)
{
    size_t n = hit->end - hit->start < 31 ? hit->end - hit->start : 31;
    memcpy(out, text.p + hit->start, n);
    out[n] = '\0';
}

/* The Storm of "Storm Shadow" tells nothing of the weather. */
static bool within_sure(const weapons_scratch *all, size_t start, size_t end)
{
    size_t low = weapons_first_behind(all, all->count, start);
    return low < all->count && all->mentions[low].weight >= WEIGHT_SURE &&
           all->mentions[low].start <= start && end <= all->mentions[low].end;
}

/* A cue counts in its own language; one of six letters means the same in the others. */
typedef struct {
    const weapons_job *job;
    size_t offset; /* of the text searched */
} cue_place;

static bool cue_fits(void *user, tamis_str text, const tamis_hit *hit)
{
    const cue_place *here = user;
    tamis_term_row row;
    (void)text;
    if (!tamis->terms_row(here->job->shared->cues, hit->row, &row, sizeof row)) return false;
    if (!row.lang.n || weapons_is(row.lang, "mul") || hit->end - hit->start >= CUE_BYTES)
        return true;
    tamis_str lang = weapons_language(here->job, here->offset + hit->start);
    return !lang.n || weapons_is(lang, "und") || weapons_same_language(lang, row.lang);
}

static void read_sentence(const weapons_job *job, size_t start, size_t end, sentence *out)
{
    tamis_hit hits[32];
    size_t next = 0;
    if (out->last > out->first && start >= out->first && end <= out->last) return;
    *out = (sentence){0};
    weapons_sentence(job->text, start, end, &out->first, &out->last);
    if (!job->shared->cues) return;
    tamis_str text = {job->text.p + out->first, out->last - out->first};
    cue_place here = {job, out->first};
    while (next < text.n) {
        size_t n = tamis->terms_find(job->shared->cues, text, next, cue_fits, &here, hits,
                                     sizeof *hits, 32, &next);
        for (size_t i = 0; i < n; i++) {
            tamis_term_row row;
            if (!tamis->terms_row(job->shared->cues, hits[i].row, &row, sizeof row)) continue;
            if (within_sure(job->scratch, out->first + hits[i].start, out->first + hits[i].end))
                continue;
            if (weapons_is(row.category, "for")) {
                out->for_it++;
                keep(out->cue_for, text, &hits[i]);
            } else if (weapons_is(row.category, "like")) {
                if (out->simile_count == SIMILES) continue;
                out->similes[out->simile_count][0] = out->first + hits[i].start;
                out->similes[out->simile_count++][1] = out->first + hits[i].end;
            } else if (weapons_is(row.category, "against")) {
                out->against++;
                keep(out->cue_against, text, &hits[i]);
            }
        }
    }
}

static bool only_spaces(tamis_str text, size_t start, size_t end)
{
    for (size_t i = start; i < end; i++)
        if (text.p[i] != ' ') return false;
    return end > start;
}

/* "like a rocket", "bomba gibi", "كالصاروخ": something else is compared with the thing. */
static bool is_simile(const weapons_job *job, const weapons_mention *m, const sentence *s)
{
    static const char kaf[] = "\xD9\x83"; /* the Arabic "like" is written onto the word */
    tamis_str text = job->text;
    for (size_t i = 0; i < s->simile_count; i++)
        if (only_spaces(text, s->similes[i][1], m->start) ||
            only_spaces(text, m->end, s->similes[i][0]))
            return true;
    if (m->start < 2 || memcmp(text.p + m->start - 2, kaf, 2) != 0) return false;
    return m->start == 2 || text.p[m->start - 3] == ' ';
}

/* A name before another name: the Granit of "Granit Xhaka" is a person. */
static bool is_forename(const weapons_job *job, size_t at)
{
    const weapons_scratch *all = job->scratch;
    const weapons_mention *m = all->mentions + at;
    tamis_str text = job->text;
    uint32_t code;
    size_t a, b;
    if (!(job->shared->rows[m->row].flags & TAMIS_TERM_NAMED)) return false;
    for (size_t i = m->start; i < m->end; i++)
        if (text.p[i] == ' ' || (text.p[i] >= '0' && text.p[i] <= '9')) return false;
    if (!weapons_word_after(text, m->end, &a, &b) || !only_spaces(text, m->end, a)) return false;
    weapons_char(text.p + a, text.n - a, &code);
    if (!weapons_is_capital(code)) return false;
    weapons_char(text.p + a + 1, text.n - a - 1, &code);
    if (b - a < 3 || weapons_is_capital(code)) return false;
    return at + 1 >= all->count || all->mentions[at + 1].start != a;
}

static bool is_capital_at(tamis_str text, size_t at)
{
    uint32_t code = 0;
    if (at < text.n) weapons_char(text.p + at, text.n - at, &code);
    return weapons_is_capital(code);
}

/* The last word of who speaks, behind another name: "Olav Sten" is a person. */
static bool is_surname(const weapons_job *job, const weapons_mention *m)
{
    tamis_str text = job->text;
    size_t a, b;
    if (!(job->shared->rows[m->row].flags & TAMIS_TERM_NAMED)) return false;
    enum { NESTED = 4 }; /* spans of speakers about one place */
    size_t low = 0, high = job->speaker_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (job->speakers[middle].start < m->start)
            low = middle + 1;
        else
            high = middle;
    }
    for (size_t i = low; i > 0 && low - i < NESTED; i--) {
        const tamis_span *who = &job->speakers[i - 1];
        if (who->end != m->end || !weapons_word_before(text, m->start, &a, &b)) continue;
        if (a >= who->start && only_spaces(text, b, m->start) && is_capital_at(text, a))
            return true;
    }
    return false;
}

/* A plain word with a capital within a sentence is a name: "the band Torpedo". German writes them
 * all so. */
static bool is_proper(const weapons_job *job, const weapons_mention *m, const sentence *s)
{
    tamis_str text = job->text;
    tamis_term_row row;
    size_t a, b;
    if (job->shared->rows[m->row].flags & TAMIS_TERM_NAMED || !is_capital_at(text, m->start) ||
        is_capital_at(text, m->start + 1) || is_capital_at(text, m->start + 2) ||
        weapons_is(weapons_language(job, m->start), "de"))
        return false;
    if (!weapons_word_before(text, m->start, &a, &b) || a < s->first ||
        !only_spaces(text, b, m->start) || is_capital_at(text, a))
        return false;
    return tamis->terms_row(job->shared->terms, m->row, &row, sizeof row) &&
           !is_capital_at(row.term, 0);
}

/* Bytes of the quotation mark at `at`; 0: there is none. */
static size_t quote_mark(tamis_str text, size_t at)
{
    const unsigned char *p = (const unsigned char *)text.p + at;
    size_t n = at < text.n ? text.n - at : 0;
    if (n && p[0] == '"') return 1;
    if (n >= 2 && p[0] == 0xC2) return p[1] == 0xAB || p[1] == 0xBB ? 2 : 0;
    return n >= 3 && p[0] == 0xE2 && p[1] == 0x80 && p[2] >= 0x9C && p[2] <= 0x9E ? 3 : 0;
}

/* Within quotation marks that hold a few words, the first with a capital, and no speech: a
 * title. */
static bool is_title(const weapons_job *job, const weapons_mention *m, const sentence *s)
{
    tamis_str text = job->text;
    size_t open = m->start, close = m->end, n = 0, words = 0, a, b;
    if (job->shared->rows[m->row].flags & TAMIS_TERM_NAMED) return false;
    while (open > s->first && m->start - open < TITLE_BYTES && !(n = quote_mark(text, open)))
        open--;
    if (!n || open <= s->first) return false;
    while (close < s->last && close - m->end < TITLE_BYTES && !quote_mark(text, close)) close++;
    if (close >= s->last || !quote_mark(text, close)) return false;
    size_t first = open + n, last = close;
    while (first < last && (text.p[first] == ' ' || !memcmp(text.p + first, "\xC2\xA0", 2)))
        first += text.p[first] == ' ' ? 1 : 2;
    if (!is_capital_at(text, first) || strchr(".!?,", text.p[last - 1])) return false;
    for (size_t at = first; weapons_word_after(text, at, &a, &b) && b <= last; at = b) words++;
    /* behind a word: "le film « …"; a colon or a comma there tells of speech */
    return words <= TITLE_WORDS && open >= 2 && text.p[open - 1] == ' ' &&
           weapons_word_before(text, open, &a, &b) && b == open - 1;
}

/* Other mentions of the sentence that are sure of themselves. */
static int company(const weapons_job *job, size_t at, const sentence *s)
{
    const weapons_scratch *all = job->scratch;
    int count = 0;
    for (size_t i = at; i-- > 0 && all->mentions[i].start >= s->first;)
        count += all->mentions[i].weight >= WEIGHT_SURE && !all->mentions[i].dropped;
    for (size_t i = at + 1; i < all->count && all->mentions[i].end <= s->last; i++)
        count += all->mentions[i].weight >= WEIGHT_SURE && !all->mentions[i].dropped;
    return count;
}

/* Another doubtful word for another weapon: "pistolas y cargadores" speak for each other. */
static bool has_pal(const weapons_job *job, size_t at, const sentence *s)
{
    const weapons_scratch *all = job->scratch;
    const weapons_mention *m = all->mentions + at;
    size_t from = at, to = at + 1;
    while (from > 0 && all->mentions[from - 1].start >= s->first) from--;
    while (to < all->count && all->mentions[to].end <= s->last) to++;
    for (size_t i = from; i < to; i++) {
        const weapons_mention *other = all->mentions + i;
        if (i != at && !other->doubt && other->row != WEAPONS_NO_ROW &&
            !weapons_equal(job->shared->rows[other->row].value, job->shared->rows[m->row].value))
            return true;
    }
    return false;
}

/* --- the same thing elsewhere in the document, by a hash of its name */

static uint64_t name_hash(tamis_str name)
{
    uint64_t h = UINT64_C(0xCBF29CE484222325);
    for (size_t i = 0; i < name.n; i++)
        h = (h ^ (unsigned char)name.p[i]) * UINT64_C(0x100000001B3);
    return h;
}

static int by_hash(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

/* Notes what is surely named, sorted. */
static void note_names(weapons_job *job)
{
    weapons_scratch *all = job->scratch;
    all->name_count = 0;
    if (all->count > all->name_room) {
        uint64_t *more = realloc(all->names, all->room * sizeof *more);
        if (!more) {
            all->failed = true;
            return;
        }
        all->names = more;
        all->name_room = all->room;
    }
    for (size_t i = 0; i < all->count; i++)
        if (all->mentions[i].weight >= WEIGHT_SURE && all->mentions[i].row != WEAPONS_NO_ROW)
            all->names[all->name_count++] =
                name_hash(job->shared->rows[all->mentions[i].row].value);
    if (all->name_count > 1) qsort(all->names, all->name_count, sizeof *all->names, by_hash);
}

/* Asked of a mention that is not sure itself. */
static bool named_elsewhere(const weapons_job *job, const weapons_row *row)
{
    uint64_t hash = name_hash(row->value);
    return job->scratch->name_count &&
           bsearch(&hash, job->scratch->names, job->scratch->name_count, sizeof hash, by_hash);
}

static void judge(weapons_job *job, size_t at, size_t sure, sentence *s)
{
    weapons_mention *m = job->scratch->mentions + at;
    const weapons_row *row = job->shared->rows + m->row;
    bool ambiguous = row->flags & (TAMIS_TERM_AMBIGUOUS | TAMIS_TERM_NEEDS) || m->doubt;
    bool figurative = row->flags & WEAPONS_FIGURATIVE;
    if (m->weight >= WEIGHT_SURE) {
        m->score = 1;
        m->cue = "sure by itself";
        return;
    }
    read_sentence(job, m->start, m->end, s);
    int near = company(job, at, s)                               ? WEIGHT_COMPANY
               : !m->doubt && !s->against && has_pal(job, at, s) ? WEIGHT_PLAIN
                                                                 : 0;
    int weight = ambiguous ? 0 : WEIGHT_PLAIN;
    int war = s->for_it < CUES_COUNTED ? s->for_it : CUES_COUNTED;
    bool simile = is_simile(job, m, s), surname = is_surname(job, m);
    bool person = surname || is_forename(job, at);
    bool title = is_title(job, m, s), name = person || title || is_proper(job, m, s);
    int against = s->against + simile + name + title;
    bool thing = row->flags & (TAMIS_TERM_NAMED | WEAPONS_FIGURATIVE); /* no homonym */
    bool counted = !against && !war && thing && weapons_counted(job, m);
    weight += near + war + counted + against * WEIGHT_AGAINST;
    if (named_elsewhere(job, row))
        weight += WEIGHT_COMPANY;
    else if (sure >= DOCUMENT_MENTIONS && !against)
        weight += WEIGHT_ELSEWHERE;
    if (row->not_with.n && has_not(job->text, row->not_with, s->first, s->last))
        weight += 2 * WEIGHT_AGAINST;
    if (surname) weight += 3 * WEIGHT_AGAINST; /* whatever else the article speaks of */
    /* A bare name that asks for a cue word wants more than a word of war to stand in for it. */
    int least = row->flags & TAMIS_TERM_NEEDS || m->doubt == WEAPONS_VERY_DOUBTFUL ? 2 : 1;
    if (!ambiguous && !figurative) least = WEIGHT_PLAIN + WEIGHT_AGAINST;
    if (row->flags & WEAPONS_MILD && !ambiguous) least = 0;
    m->score = weight >= least + 2 ? 0.95 : weight > least ? 0.85 : 0.7;
    m->cue = near        ? "sure beside another weapon"
             : s->for_it ? "sure in its sentence"
                         : "nothing speaks against it";
    if (weight >= least) {
        TAMIS_NOTE(job->c, job->doc, m->start, m->end, "context",
                   "a word that may mean something else; its surroundings give %d where %d will "
                   "do%s%s%s%s%s",
                   weight, least, near ? ", another weapon is near" : "",
                   s->for_it ? ", for it: " : "", s->cue_for, s->against ? ", against: " : "",
                   s->cue_against);
        return;
    }
    m->dropped = true;
    TAMIS_REJECT(
        job->c, job->doc, m->start, m->end, "context",
        "row %.*s:%u is in doubt here: its surroundings give %d where %d are needed%s%s%s%s%s",
        (int)row->file.n, row->file.p, row->line, weight, least, s->against ? ", against it: " : "",
        s->cue_against, simile ? ", a simile" : "", name ? ", a name or title" : "",
        s->for_it || near ? "" : "; no word of war in the sentence, no other weapon");
}

/* A plain word of war ("weapon", "rifle") is sure of itself unless its sentence speaks of a play, a
 * goal, a joke: then it is judged as the others are. */
static void doubt_mild_ones(weapons_job *job)
{
    weapons_scratch *all = job->scratch;
    sentence s = {0};
    for (size_t i = 0; i < all->count; i++) {
        weapons_mention *m = all->mentions + i;
        if (m->weight < WEIGHT_SURE || job->conf->profile == PROFILE_ALL ||
            !(job->shared->rows[m->row].flags & WEAPONS_MILD))
            continue;
        read_sentence(job, m->start, m->end, &s);
        if (s.against || is_simile(job, m, &s) || is_proper(job, m, &s) || is_title(job, m, &s))
            m->weight = 0;
    }
}

void weapons_believe(weapons_job *job)
{
    weapons_scratch *all = job->scratch;
    size_t sure = 0;
    for (size_t i = 0; i < all->count; i++) {
        weapons_mention *m = all->mentions + i;
        const weapons_row *row = job->shared->rows + m->row;
        bool plain = !(row->flags & (TAMIS_TERM_AMBIGUOUS | TAMIS_TERM_NEEDS | WEAPONS_FIGURATIVE));
        m->weight = plain || (row->flags & WEAPONS_SURE &&
                              !(row->flags & (TAMIS_TERM_AMBIGUOUS | TAMIS_TERM_NEEDS)))
                        ? WEIGHT_SURE
                        : 0;
        if (row->flags & TAMIS_TERM_NEEDS && has_need(job->text, row->need, m->start, m->end)) {
            m->weight = WEIGHT_SURE;
            TAMIS_NOTE(job->c, job->doc, m->start, m->end, "need",
                       "a word of need= stands beside it");
        }
        if (m->doubt) m->weight = 0;
        if (job->conf->profile == PROFILE_ALL) m->weight = WEIGHT_SURE;
        sure += m->weight >= WEIGHT_SURE;
    }
    doubt_mild_ones(job);
    note_names(job);
    sentence s = {0};
    for (size_t i = 0; i < all->count; i++) judge(job, i, sure, &s);
}
