/* split.c: text -> units: lines, cut at sentence ends, cut where a long run of another script
 * begins. A unit takes the white space after it, so that units tile the text. */
#include "detect.h"

#include <stdlib.h>
#include <string.h>

enum {
    SHORTEST_SENTENCE = 12, /* bytes: a shorter one joins the next */
    LONGEST_UNIT = 4000,    /* bytes: a longer one is cut at white space */
    SCRIPT_RUN = 14         /* letters of another script that are worth a unit of their own */
};

static bool push(language_scratch *s, size_t start, size_t end, bool after_break)
{
    if (s->unit_count == s->unit_room) {
        size_t room = s->unit_room ? s->unit_room * 2 : 64;
        language_unit *grown = realloc(s->units, room * sizeof *grown);
        if (!grown) return false;
        s->units = grown;
        s->unit_room = room;
    }
    language_unit *u = &s->units[s->unit_count++];
    u->start = start;
    u->end = end;
    u->after_break = after_break;
    u->alone = u->foreign = false;
    return true;
}

/* Length of the sentence end at p: 0: none; negative: one after which no space is needed. */
static int terminator(const uint8_t *p, const uint8_t *end)
{
    if (*p == '.' || *p == '!' || *p == '?') return 1;
    if (*p < 0xC0) return 0;
    if (p + 2 <= end && ((p[0] == 0xD8 && p[1] == 0x9F) || (p[0] == 0xDB && p[1] == 0x94) ||
                         (p[0] == 0xD6 && p[1] == 0x89))) /* ؟ ۔ ։ */
        return 2;
    if (p + 3 > end) return 0;
    uint32_t three = (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
    switch (three) {
    case 0xE38082: /* 。 */
    case 0xEFBC81: /* ！ */
    case 0xEFBC9F: /* ？ */ return -3;
    case 0xE280A6: /* … */
    case 0xE0A5A4: /* । */
    case 0xE0A5A5: /* ॥ */
    case 0xE18DA2: /* ። */
    case 0xE1818B: /* ။ */
    case 0xE0BC8D: /* ། */ return 3;
    }
    return 0;
}

static size_t closing_marks(const uint8_t *p, const uint8_t *end)
{
    const uint8_t *start = p;
    while (p < end) {
        if (*p == '"' || *p == '\'' || *p == ')' || *p == ']')
            p++;
        else if (p + 1 < end && p[0] == 0xC2 && p[1] == 0xBB)
            p += 2;
        else if (p + 2 < end && p[0] == 0xE2 && p[1] == 0x80 && p[2] >= 0x98 && p[2] <= 0x9F)
            p += 3;
        else if (p + 2 < end && p[0] == 0xE3 && p[1] == 0x80 && (p[2] == 0x8D || p[2] == 0x8F))
            p += 3;
        else
            break;
    }
    return (size_t)(p - start);
}

static inline bool blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* "M. Poutine", "1. Introduction": a full stop after one letter or after digits ends nothing. */
static bool abbreviation(const uint8_t *start, const uint8_t *stop)
{
    const uint8_t *p = stop;
    while (p > start && p[-1] != ' ' && p[-1] != '.' && p[-1] != '(' && stop - p < 5) p--;
    size_t n = (size_t)(stop - p);
    if (n == 0 || (n == 1 && p[0] < 0x80) || (n == 2 && p[0] >= 0xC0)) return true;
    if (n < 4 && p[0] >= '0' && p[0] <= '9' && stop[-1] <= '9') return true;
    return n == 2 && p[0] >= 'A' && p[0] <= 'Z' && (p[1] == 'r' || p[1] == 's'); /* Mr Dr Ms */
}

/* Where the sentence that starts at `from` ends, white space after it included, within [from, end). */
static size_t sentence_end(const uint8_t *text, size_t from, size_t end)
{
    const uint8_t *stop = text + end;
    size_t soft = 0;
    for (size_t i = from; i < end;) {
        uint8_t c = text[i];
        if (c == ' ' && i - from > LONGEST_UNIT / 2) soft = i + 1;
        if (i - from > LONGEST_UNIT) {
            if (soft) return soft;
            if ((text[i] & 0xC0) != 0x80) return i;
        }
        if (c != '.' && c != '!' && c != '?' && c < 0xC0) {
            i++;
            continue;
        }
        int mark = terminator(text + i, stop);
        if (!mark) {
            i++;
            continue;
        }
        bool full_stop = c == '.';
        size_t k = i + (size_t)abs(mark);
        for (int more; k < end && (more = terminator(text + k, stop)) != 0;) {
            if (more < 0) mark = more;
            k += (size_t)abs(more);
        }
        k += closing_marks(text + k, stop);
        if (k < end && mark > 0 && !blank(text[k])) {
            i = k;
            continue;
        }
        if (k - from >= SHORTEST_SENTENCE &&
            !(full_stop && k == i + 1 && abbreviation(text + from, text + i))) {
            while (k < end && blank(text[k])) k++;
            return k;
        }
        i = k;
    }
    return end;
}

/* Cuts [start, end) where the script changes for a long run. */
static bool push_runs(language_scratch *s, const uint8_t *text, size_t start, size_t end,
                      bool after_break)
{
    uint32_t counts[LANGUAGE_SCRIPT_COUNT], letters = 0, second = 0;
    int main_script = LANGUAGE_LATN;
    size_t high = 0;
    for (size_t i = start; i < end; i++) high += text[i] >= 0xC4;
    if (high >= SCRIPT_RUN / 2) {
        main_script = language_count_scripts(text + start, end - start, counts);
        for (int k = 0; k < LANGUAGE_SCRIPT_COUNT; k++) {
            letters += counts[k];
            if (k != main_script && counts[k] > second) second = counts[k];
        }
    }
    size_t from = start;
    if (second >= SCRIPT_RUN) {
        int run = LANGUAGE_NO_SCRIPT, other = LANGUAGE_NO_SCRIPT;
        size_t other_start = 0, other_letters = 0;
        const uint8_t *p = text + start, *stop = text + end;
        while (p < stop) {
            size_t at = (size_t)(p - text);
            int script = language_script(language_decode(&p, stop));
            if (script == LANGUAGE_NO_SCRIPT) continue;
            if (run == LANGUAGE_NO_SCRIPT) run = script;
            if (script == run) {
                other = LANGUAGE_NO_SCRIPT;
                continue;
            }
            if (script != other) {
                other = script;
                other_start = at;
                other_letters = 0;
            }
            other_letters += script == LANGUAGE_HANI || script == LANGUAGE_HANG ? 2 : 1;
            if (other_letters >= SCRIPT_RUN) {
                if (other_start > from && !push(s, from, other_start, after_break && from == start))
                    return false;
                from = other_start;
                run = script;
                other = LANGUAGE_NO_SCRIPT;
            }
        }
    }
    return push(s, from, end, after_break && from == start);
}

bool language_split(language_scratch *s, int unit, const uint8_t *text, size_t n)
{
    s->unit_count = 0;
    if (unit == LANGUAGE_UNIT_DOCUMENT) return n == 0 || push(s, 0, n, true);
    for (size_t i = 0; i < n;) {
        const uint8_t *newline = memchr(text + i, '\n', n - i);
        size_t line = newline ? (size_t)(newline - text) : n, next = line;
        while (next < n && (text[next] == '\n' || blank(text[next]))) next++;
        size_t first = s->unit_count;
        for (size_t from = i; from < line;) {
            size_t end = unit == LANGUAGE_UNIT_LINE ? line : sentence_end(text, from, line);
            if (!push_runs(s, text, from, end == line ? next : end, from == i)) return false;
            from = end;
        }
        if (first == s->unit_count) { /* blank lines at the very start */
            if (!push(s, i, next, true)) return false;
        } else if (first + 1 == s->unit_count) {
            s->units[first].alone = true;
        }
        i = next;
    }
    return true;
}
