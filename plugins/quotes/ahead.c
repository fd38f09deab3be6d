/* Looking ahead: who a description is that the text names only later.
 *
 * "…", said the prime minister. [three paragraphs] Anna Keller, who has been prime minister …:
 * where nobody met so far fits, the next places that hold the noun of the role are read, and the
 * full name beside it is taken. refer.c asks for speakers alone, so it is seldom done. */
#include "phrase.h"
#include "refer.h"

#include <string.h>

enum { REACH = 1500, BEFORE = 60, AFTER = 110, ROOM = 40, PLACES = 4 };

/* The next place from `at` on where the word's letters stand, the first in either case; `end` where
 * there is none. */
static uint32_t find_word(const qt_engine *self, const qt_token *word, uint32_t at, uint32_t end)
{
    uint32_t n = word->end - word->start - 1;
    const char *letters = self->text + word->start + 1;
    if (n < 3) return end;
    while (at + n < end) {
        const char *hit = memmem(self->text + at + 1, end - at - 1, letters, n);
        if (!hit) return end;
        uint32_t start = (uint32_t)(hit - self->text) - 1;
        if ((self->text[start] | 0x20) == (self->text[word->start] | 0x20)) return start;
        at = start + 1;
    }
    return end;
}

/* The full name beside the role at t[i]: in its phrase, behind a comma, or before one. */
static bool name_beside(const qt_engine *self, const qt_token *t, unsigned count, unsigned i,
                        unsigned *a, unsigned *b)
{
    unsigned end = quotes_phrase_end(self, t, count, i);
    if (end > i + 1 && quotes_name_in(t, i + 1, end, true, a, b) && *b >= *a + 2 && *b == end &&
        !(t[*a - 1].classes & QT_OF))
        return true;
    if (end + 1 < count && quotes_is_comma(&t[end])) {
        *a = end + 1;
        while (*a < count && t[*a].type == QT_WORD && t[*a].classes & (QT_TITLE | QT_DET)) ++*a;
        *b = quotes_name_run(t, count, *a);
        if (*b >= *a + 2 && !(t[*a].classes & QT_PLACE)) return true;
    }
    unsigned comma = i;
    while (comma > 0 && t[comma - 1].type == QT_WORD && t[comma - 1].classes & (QT_DET | QT_ADV) &&
           i - comma < 2)
        comma--;
    if (comma < 3 || !quotes_is_comma(&t[comma - 1])) return false;
    unsigned from = comma - 1;
    while (from > 0 && t[from - 1].flags & QT_NAME) from--;
    *a = from;
    *b = comma - 1;
    return *b >= from + 2;
}

/* The Russian president says so. [below] … Vladimir Putin: the first name from `at` on of whom
 * everybody knows that role, and of that country if one is said; else it must be the only one. */
static bool known_ahead(qt_engine *self, uint64_t role, uint32_t land, uint32_t at, uint32_t end,
                        unsigned *entity)
{
    enum { MANY = 120, BYTES = 500 };
    qt_token near[MANY], found[MANY];
    unsigned from = 0, to = 0, held = 0;
    uint64_t name = 0;
    while (at < end) {
        uint32_t stop = quotes_reach(self, at, end, BYTES);
        while (stop < end && self->text[stop] > ' ') stop++;
        unsigned count = quotes_tokens_of(self, at, stop, near, MANY);
        for (unsigned i = 0, run; i<count; i = run> i ? run : i + 1) {
            run = quotes_name_run(near, count, i);
            if (run == i || near[run - 1].key == name) continue;
            qt_kin known = quotes_kin_of(self, quotes_known_key(near[run - 1].key));
            if (known.lemma != role || (land && known.land != land)) continue;
            if (name) return false;
            name = near[run - 1].key;
            from = i;
            to = run;
            held = count;
            memcpy(found, near, count * sizeof *near);
            if (land) goto done;
        }
        at = stop + 1;
    }
    if (!name) return false;
done:
    *entity = quotes_meet(self, found, held, from, to);
    return true;
}

bool quotes_look_ahead(qt_engine *self, const qt_token *t, unsigned from, unsigned role,
                       unsigned to, unsigned *entity)
{
    const qt_token *word = &t[role];
    uint32_t at = t[to - 1].end, end = quotes_reach(self, at, self->size, REACH);
    uint64_t of = quotes_complement_of(t, role, to);
    uint32_t land = quotes_land_of(self, t, role, to);
    uint8_t gender = quotes_phrase_features(&t[from], word) & (QT_MALE | QT_FEMALE);
    for (unsigned n = 0; n < PLACES; n++) {
        qt_token near[ROOM];
        at = find_word(self, word, at, end);
        if (at == end) break;
        uint32_t first = at > BEFORE ? at - BEFORE : 0;
        while (first < at && self->text[first] != ' ' && self->text[first] != '\n') first++;
        unsigned count =
            quotes_tokens_of(self, first, quotes_reach(self, at, self->size, AFTER), near, ROOM);
        unsigned i = 0, a, b;
        while (i < count && near[i].start != at) i++;
        at += word->end - word->start;
        if (i == count || near[i].key != word->key) continue;
        if (!name_beside(self, near, count, i, &a, &b)) continue;
        uint64_t there = quotes_complement_of(near, i, a > i ? a : count);
        uint32_t country = quotes_land_of(self, near, i, a > i ? a : count);
        if ((of && there && of != there) || (land && country && land != country)) continue;
        unsigned known = quotes_meet(self, near, count, a, b);
        const qt_entity *e = &self->entities[known];
        if (e->person == QT_PLACED || e->person == QT_GROUP) continue;
        if (gender && e->features && !(gender & e->features)) continue;
        *entity = known;
        return true;
    }
    return self->traits & QT_ELIDES &&
           known_ahead(self, word->key, land, t[to - 1].end, end, entity);
}
