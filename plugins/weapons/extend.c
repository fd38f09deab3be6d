/* What no list can hold: hashtags run together, the second half of "Shahed-131 et 136", German
 * compounds that end in a weapon, designators that nobody listed beside a word for a weapon. */
#include <string.h>

#include "weapons.h"

enum {
    TAG_BYTES = 96,
    COMPOUND_LEAST = 8 /* bytes: is_short */,
    DESIGNATOR_LETTERS = 4,
    DESIGNATOR_DIGITS = 4
};

/* Mentions are sorted up to where this step began; what it adds, it adds in order of the text. */
static bool overlaps(const weapons_scratch *all, size_t start, size_t end)
{
    size_t low = weapons_first_behind(all, all->sorted, start);
    if (low < all->sorted && all->mentions[low].start < end) return true;
    for (size_t i = all->count; i > all->sorted && all->mentions[i - 1].end > start; i--)
        if (all->mentions[i - 1].start < end) return true;
    return false;
}

/* Text put together is looked up as if it stood at `at`: rows of the language there. */
typedef struct {
    const weapons_job *job;
    size_t at;
} place;

static bool fits_there(void *user, tamis_str text, const tamis_hit *hit)
{
    const place *there = user;
    (void)text;
    return weapons_row_fits(there->job, hit->row, there->at);
}

/* A term that is the whole of `text`. */
static bool whole_term(const weapons_job *job, tamis_str text, size_t at, uint32_t *row)
{
    tamis_hit hit;
    size_t next;
    place there = {job, at};
    if (tamis->terms_find(job->shared->terms, text, 0, fits_there, &there, &hit, sizeof hit, 1,
                          &next) != 1)
        return false;
    *row = hit.row;
    return hit.start == 0 && hit.end == text.n;
}

/* ------------------------------------------------------------------ hashtags */

/* "#StormShadow", "#dartillerie": parted where a capital follows a small letter, an elided article off. */
static void read_tag(weapons_job *job, size_t start, size_t end)
{
    char copy[2 * TAG_BYTES] = {0};
    size_t from[2 * TAG_BYTES], n = 0;
    bool small = false, parted = false;
    tamis_str text = job->text;
    for (size_t at = start; at < end;) {
        uint32_t code;
        size_t bytes = weapons_char(text.p + at, end - at, &code);
        if (small && weapons_is_capital(code)) {
            from[n] = at;
            copy[n++] = ' ';
            parted = true;
        }
        small = weapons_is_letter(code) && !weapons_is_capital(code);
        for (size_t i = 0; i < bytes; i++) {
            from[n] = at + i;
            copy[n++] = text.p[at + i];
        }
        at += bytes;
    }
    from[n] = end;
    size_t skip = 0;
    place there = {job, start};
    for (int pass = 0; pass < 2; pass++) {
        tamis_str tag = {copy + skip, n - skip};
        tamis_hit hits[4];
        size_t next, count = 0;
        if (pass || parted)
            count = tamis->terms_find(job->shared->terms, tag, 0, fits_there, &there, hits,
                                      sizeof *hits, 4, &next);
        size_t taken = 0;
        for (size_t i = 0; i < count; i++) {
            size_t a = from[skip + hits[i].start], b = from[skip + hits[i].end];
            if (pass) a = start; /* the tag is one word */
            if (pass && (hits[i].start != 0 || hits[i].end != tag.n)) continue;
            if (overlaps(job->scratch, a, b)) continue;
            if (job->shared->rows[hits[i].row].flags & TAMIS_TERM_EXCLUDE) continue;
            weapons_add(job, a, b, hits[i].row, "hashtag");
            taken++;
        }
        if (taken || n < 5) return;
        /* d', l', qu' lost their apostrophe */
        skip = (copy[0] == 'q' || copy[0] == 'Q') && (copy[1] | 32) == 'u' ? 2 : 1;
        if (!strchr("dlqDLQ", copy[0]) || !strchr("aeiouyhAEIOUYH\xC3", copy[skip])) return;
    }
}

void weapons_hashtags(weapons_job *job)
{
    tamis_str text = job->text;
    const char *hash = text.n ? memchr(text.p, '#', text.n) : NULL;
    while (hash) {
        size_t start = (size_t)(hash - text.p) + 1, a, b;
        if (weapons_word_after(text, start, &a, &b) && a == start && b - a <= TAG_BYTES &&
            !overlaps(job->scratch, a, b))
            read_tag(job, a, b);
        hash = memchr(text.p + start, '#', text.n - start);
    }
}

/* ------------------------------------------------------------------ German compounds */

typedef struct {
    const weapons_job *job;
    size_t at, length;
    bool found;
} exclusion;

static bool look_for_exclusion(void *user, tamis_str text, const tamis_hit *hit)
{
    exclusion *self = user;
    (void)text;
    self->found |= hit->flags & TAMIS_TERM_EXCLUDE && hit->start == 0 && hit->end == self->length &&
                   weapons_row_fits(self->job, hit->row, self->at);
    return false;
}

/* Whether a row excludes the whole word: Luftwaffe. */
static bool is_excluded(const weapons_job *job, size_t start, size_t end)
{
    exclusion self = {.job = job, .at = start, .length = end - start};
    tamis_hit hit;
    size_t next;
    tamis_str word = {job->text.p + start, end - start};
    tamis->terms_find(job->shared->terms, word, 0, look_for_exclusion, &self, &hit, sizeof hit, 1,
                      &next);
    return self.found;
}

/* The head that ends a word with at least three letters before it. Accents count: Sabotageschutz ends in no
 * Geschütz. */
static bool ends_in_head(const weapons_shared *shared, tamis_str word, uint32_t *row)
{
    char small[128];
    size_t n = weapons_lower(word, small, sizeof small);
    if (n < COMPOUND_LEAST) return false;
    size_t longest = 0; /* Panzerhaubitze before Haubitze */
    for (uint32_t i = shared->head_first[weapons_end_hash(small + n - 4)]; i;
         i = shared->head_next[i - 1]) {
        tamis_str head = shared->heads[i - 1];
        if (n < head.n + 3 || head.n <= longest) continue;
        if (memcmp(small + n - head.n, head.p, head.n) != 0) continue;
        longest = head.n;
        *row = shared->head_rows[i - 1];
    }
    return longest > 0;
}

/* Whether a head may end so: most words are told by their last four bytes. */
static bool may_end_in_head(const weapons_shared *shared, const char *end)
{
    char last[4];
    for (int i = 0; i < 4; i++) {
        if ((unsigned char)end[i - 4] >= 0x80) return true;
        last[i] = (char)(end[i - 4] | 0x20); /* of letters and digits */
    }
    return shared->head_first[weapons_end_hash(last)] != 0;
}

/* A compound, if the word that begins at `a` is one; returns where the word ends. */
static size_t read_compound(weapons_job *job, size_t a)
{
    tamis_str text = job->text;
    size_t b = weapons_word_end(text, a);
    uint32_t row;
    if (b - a < COMPOUND_LEAST || !may_end_in_head(job->shared, text.p + b)) return b;
    if (!weapons_is(weapons_language(job, a), "de")) return b;
    if (!ends_in_head(job->shared, (tamis_str){text.p + a, b - a}, &row)) return b;
    if (overlaps(job->scratch, a, b) || weapons_in_address(text, a, b)) return b;
    if (is_excluded(job, a, b))
        TAMIS_REJECT(job->c, job->doc, a, b, "exclude", "a compound that a row excludes");
    else
        weapons_add(job, a, b, row, "compound");
    return b;
}

/* Eight bytes at once: the top bits of those that lie in [from, to], ASCII. */
#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))
static inline uint64_t bytes_within(uint64_t eight, unsigned from, unsigned to)
{
    uint64_t low = eight & EACH(0x7F);
    return (low + EACH(0x80 - from)) & ~(low + EACH(0x7F - to)) & ~eight & EACH(0x80);
}

static inline uint64_t eight_at(const char *p)
{
    uint64_t eight;
    memcpy(&eight, p, sizeof eight);
    return eight;
}

/* The next capital of ASCII or byte beyond ASCII. */
static inline size_t next_capital(tamis_str text, size_t at, size_t last)
{
    for (; last - at >= 8; at += 8) {
        uint64_t eight = eight_at(text.p + at);
        if (bytes_within(eight, 'A', 'Z') | (eight & EACH(0x80))) break;
    }
    while (at < last) {
        unsigned char c = (unsigned char)text.p[at];
        if (c >= 0x80 || (c >= 'A' && c <= 'Z')) break;
        at++;
    }
    return at;
}

/* Whether a gap of ASCII stands in the first eight bytes: the word is no compound. */
static inline bool is_short(tamis_str text, size_t at)
{
    if (text.n - at < COMPOUND_LEAST) return true;
    uint64_t eight = eight_at(text.p + at);
    return (bytes_within(eight | EACH(0x20), 'a', 'z') | bytes_within(eight, '0', '9') |
            (eight & EACH(0x80))) != EACH(0x80);
}

/* Words with a capital that begin in [first, last). Returns where the last of them ends. */
static size_t read_compounds(weapons_job *job, size_t first, size_t last)
{
    tamis_str text = job->text;
    size_t at = first;
    while ((at = next_capital(text, at, last)) < last) {
        uint32_t code;
        size_t bytes = weapons_char(text.p + at, text.n - at, &code);
        if (weapons_is_capital(code) && !is_short(text, at) && !weapons_is_within_word(text, at))
            at = read_compound(job, at);
        else
            at += bytes;
    }
    return at;
}

void weapons_compounds(weapons_job *job)
{
    if (!job->shared->head_count) return;
    if (weapons_is(job->language, "de")) {
        read_compounds(job, 0, job->text.n);
        return;
    }
    size_t at = 0;
    for (size_t i = 0; i < job->language_count; i++) {
        const tamis_span *span = job->languages + i;
        if (weapons_is(span->value, "de"))
            at = read_compounds(job, span->start > at ? span->start : at, span->end);
    }
}

/* ------------------------------------------------------------------ elliptic designators */

/* Behind a designator: ", ", " et ", "/" … and a number with or without letters. */
static bool next_number(tamis_str text, size_t at, size_t *start, size_t *end)
{
    static const char *const links[] = {
        ", ",  " et ", " and ", " y ", " e ",    " und ", " ve ",  " i ",    " и ", " та ", " і ",
        " й ", " ou ", " or ",  " o ", " oder ", " или ", " lub ", " oraz ", " و",  "/",    " & "};
    size_t from = 0;
    for (size_t i = 0; i < sizeof links / sizeof *links && !from; i++) {
        size_t n = strlen(links[i]);
        if (text.n - at > n && memcmp(text.p + at, links[i], n) == 0) from = at + n;
    }
    if (!from || from >= text.n) return false;
    if (text.p[from] == '-' && from + 1 < text.n) from++;
    if (text.p[from] < '0' || text.p[from] > '9') return false;
    if (!weapons_word_after(text, from, start, end) || *start != from || *end - from > 6)
        return false;
    /* Not a decimal, a percentage or a sum: "1,5", "40 %". */
    tamis_str rest = {text.p + *end, text.n - *end};
    if (rest.n > 1 && (rest.p[0] == ',' || rest.p[0] == '.') && rest.p[1] >= '0' &&
        rest.p[1] <= '9')
        return false;
    if (rest.n && rest.p[0] == '%') return false;
    return !(rest.n > 1 && rest.p[0] == ' ' && rest.p[1] == '%');
}

void weapons_ellipses(weapons_job *job)
{
    tamis_str text = job->text;
    size_t count = job->scratch->count;
    for (size_t i = 0; i < count; i++) {
        weapons_mention m = job->scratch->mentions[i];
        size_t prefix = m.start, at = m.end, start, end;
        if (m.dropped || m.row == WEAPONS_NO_ROW) continue;
        while (prefix < m.end && !(text.p[prefix] >= '0' && text.p[prefix] <= '9')) prefix++;
        if (prefix == m.end || prefix == m.start || prefix - m.start > 40) continue;
        while (next_number(text, at, &start, &end)) {
            char name[64];
            uint32_t row;
            size_t n = prefix - m.start;
            memcpy(name, text.p + m.start, n);
            memcpy(name + n, text.p + start, end - start);
            n += end - start;
            if (!whole_term(job, (tamis_str){name, n}, start, &row) ||
                overlaps(job->scratch, start, end))
                break;
            if (!(job->shared->rows[row].flags & TAMIS_TERM_EXCLUDE)) {
                weapons_mention *more = weapons_add(job, start, end, row, "ellipsis");
                if (more) more->score = 0.9;
            }
            at = end;
        }
    }
}

/* ------------------------------------------------------------------ designators nobody listed */

/* Letters, an optional hyphen, digits, perhaps letters behind: "X-59MK2". */
static bool is_designator(tamis_str text, size_t start, size_t *end)
{
    size_t at = start, letters = 0, digits = 0, bytes;
    uint32_t code;
    for (; at < text.n; at += bytes, letters++) {
        bytes = weapons_char(text.p + at, text.n - at, &code);
        if (!weapons_is_letter(code)) break;
        if (!weapons_is_capital(code) && letters == 0) return false;
    }
    if (letters == 0 || letters > DESIGNATOR_LETTERS || at >= text.n) return false;
    if (text.p[at] == '-') at++;
    for (; at < text.n && text.p[at] >= '0' && text.p[at] <= '9'; at++) digits++;
    if (digits == 0 || digits > DESIGNATOR_DIGITS) return false;
    for (letters = 0; at < text.n; at += bytes, letters++) {
        bytes = weapons_char(text.p + at, text.n - at, &code);
        if (weapons_is_digit(code)) continue;
        if (!weapons_is_letter(code) || !weapons_is_capital(code)) break;
    }
    if (letters > 4) return false;
    if (at < text.n) { /* ends as a word does */
        weapons_char(text.p + at, text.n - at, &code);
        if (weapons_is_letter(code) || weapons_is_digit(code) || text.p[at] == '%') return false;
    }
    *end = at;
    return true;
}

void weapons_designators(weapons_job *job)
{
    tamis_str text = job->text;
    size_t count = job->scratch->count;
    for (size_t i = 0; i < count; i++) {
        weapons_mention m = job->scratch->mentions[i];
        size_t at = m.end, end;
        if (m.dropped || m.row == WEAPONS_NO_ROW ||
            !(job->shared->rows[m.row].flags & WEAPONS_CLASS))
            continue;
        if (at + 1 >= text.n || text.p[at] != ' ') continue;
        at++;
        if (text.n - at > 2 && (memcmp(text.p + at, "\xC2\xAB", 2) == 0)) at += 2;
        if (!is_designator(text, at, &end) || overlaps(job->scratch, at, end)) continue;
        weapons_mention *found = weapons_add(job, at, end, WEAPONS_NO_ROW, "designator");
        if (found) {
            found->score = 0.5;
            TAMIS_NOTE(job->c, job->doc, at, end, "designator",
                       "letters and digits behind a word for a weapon");
        }
    }
}
