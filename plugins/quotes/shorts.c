/* Short forms told in parentheses: l'Assemblée parlementaire du Conseil (APC). What stands before
 * them begins, word by word, with their letters; short words without a capital may be passed over.
 * names.c asks when it meets a name of few letters: one that is in parentheses, or of which the
 * beginning of the text says so in a place that was not read. */
#include "refer.h"

#include <string.h>

enum { LONGEST = 200, SMALL_WORD = 3 };

/* A word's first letter as short forms write it: a capital, E for É. */
static char initial_of(const char *word)
{
    enum { LATIN = 0xC3, LOWER = 0x20, GRAVE_E = 0x88, DIAERESIS_E = 0x8B };
    unsigned char first = (unsigned char)word[0];
    if (first != LATIN) return (char)(first & ~LOWER);
    unsigned char letter = (unsigned char)word[1] & (unsigned char)~LOWER;
    return letter >= GRAVE_E && letter <= DIAERESIS_E ? 'E' : 0;
}

/* How many bytes before p part two words of a name: blanks, hyphens, apostrophes; 0: none do. */
static unsigned gap_before(const char *first, const char *p)
{
    if (p == first) return 0;
    if (p[-1] == ' ' || p[-1] == '-' || p[-1] == '\'') return 1;
    if (p - first >= 2 && !memcmp(p - 2, "\xC2\xA0", 2)) return 2;
    return p - first >= 3 && !memcmp(p - 3, "\xE2\x80\x99", 3) ? 3 : 0;
}

static bool is_letter(const char *p)
{
    unsigned char c = (unsigned char)*p, low = c | 0x20;
    return c >= 0x80 || (low >= 'a' && low <= 'z') || (c >= '0' && c <= '9');
}

/* Where what `n` letters stand for begins, right before the parenthesis at `open`; `open`: they are
 * short for nothing there. */
static uint32_t spelt_out(const qt_engine *self, uint32_t open, const char *letters, uint32_t n)
{
    const char *first = self->text + (open > LONGEST ? open - LONGEST : 0);
    const char *p = self->text + open;
    while (p > first) {
        for (unsigned gap; (gap = gap_before(first, p)) > 0;) p -= gap;
        const char *end = p;
        while (p > first && !gap_before(first, p) && is_letter(p - 1)) p--;
        if (p == end) return open;
        if (initial_of(p) == (char)(letters[n - 1] & ~0x20)) {
            if (--n == 0) return (uint32_t)(p - self->text);
        } else if (end - p > SMALL_WORD || (unsigned)(*p - 'A') < 26) {
            return open;
        }
    }
    return open;
}

/* The parenthesis of the first place that has those letters alone in two; `end`: there is none. */
static uint32_t find_in_parentheses(const char *text, uint32_t end, const char *letters, uint32_t n)
{
    for (uint32_t at = 0; at + n + 2 <= end; at++) {
        const char *open = memchr(text + at, '(', end - at - n - 1);
        if (!open) break;
        if (open[n + 1] == ')' && !memcmp(open + 1, letters, n)) return (uint32_t)(open - text);
        at = (uint32_t)(open - text);
    }
    return end;
}

void quotes_learn_long_form(qt_engine *self, qt_entity *e, const qt_token *name)
{
    enum { LEAST = 2, MOST = 8, PLACES = 64, HEAD = 8000 };
    const char *word = self->text + name->start;
    uint32_t n = name->end - name->start, open;
    if (n < LEAST || n > MOST || self->traits & QT_CASELESS || name->start == 0) return;
    if (word[-1] == '(' && name->end < self->size && word[n] == ')') {
        open = name->start - 1;
    } else {
        if (!(name->flags & QT_UPPER) || n == LEAST || self->searches == PLACES) return;
        if (!quotes_like_french(self->traits)) return; /* elsewhere it was of no use */
        self->searches++;
        uint32_t head = name->start < HEAD ? name->start : HEAD;
        open = find_in_parentheses(self->text, head, word, n);
        if (open == head) return;
    }
    if (!(name->flags & QT_UPPER) && n <= LEAST + 1) return;
    uint32_t start = spelt_out(self, open, word, n), end = open;
    if (start == open) return;
    for (unsigned gap; (gap = gap_before(self->text + start, self->text + end)) > 0;) end -= gap;
    const char *space = memrchr(self->text + start, ' ', end - start);
    if (!space) return;
    e->start = start;
    e->end = end;
    e->last_word = (uint32_t)(space + 1 - self->text);
    e->person = QT_GROUP;
}
