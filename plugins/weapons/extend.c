/* What no list can hold: hashtags run together, the second half of "Shahed-131 et 136", designators
 * that nobody listed beside a word for a weapon. */
#include <string.h>

#include "weapons.h"

enum { TAG_BYTES = 96, DESIGNATOR_LETTERS = 4, DESIGNATOR_DIGITS = 4 };

bool weapons_overlaps(const weapons_scratch *all, size_t start, size_t end)
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

/* "#StormShadow", "#dartillerie": parted where a capital follows a small letter, an elided article
 * off. */
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
            if (weapons_overlaps(job->scratch, a, b)) continue;
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
            !weapons_overlaps(job->scratch, a, b))
            read_tag(job, a, b);
        hash = memchr(text.p + start, '#', text.n - start);
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
                weapons_overlaps(job->scratch, start, end))
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
        if (!is_designator(text, at, &end) || weapons_overlaps(job->scratch, at, end)) continue;
        weapons_mention *found = weapons_add(job, at, end, WEAPONS_NO_ROW, "designator");
        if (found) {
            found->score = 0.5;
            TAMIS_NOTE(job->c, job->doc, at, end, "designator",
                       "letters and digits behind a word for a weapon");
        }
    }
}
