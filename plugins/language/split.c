/* split.c: text -> units: lines, cut at sentence ends, cut where a long run of another script
 * begins. A unit takes the white space after it, so that units tile the text. The scan has marked
 * where to look. */
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
    u->alone = u->cut = u->foreign = false;
    return true;
}

static size_t closing_mark(const uint8_t *p, const uint8_t *end)
{
    if (*p == '"' || *p == '\'' || *p == ')' || *p == ']') return 1;
    if (p + 1 < end && p[0] == 0xC2 && p[1] == 0xBB) return 2;
    if (p + 2 >= end) return 0;
    if (p[0] == 0xE2 && p[1] == 0x80 && p[2] >= 0x98 && p[2] <= 0x9F) return 3;
    return p[0] == 0xE3 && p[1] == 0x80 && (p[2] == 0x8D || p[2] == 0x8F) ? 3 : 0;
}

static size_t closing_marks(const uint8_t *p, const uint8_t *end)
{
    const uint8_t *start = p;
    for (size_t n = 1; p < end && n; p += n) n = closing_mark(p, end);
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

static size_t next_end(const language_block *map, size_t from, size_t n)
{
    size_t word = from >> 6;
    if (from >= n) return n;
    uint64_t bits = map[word].ends >> (from & 63);
    if (bits) return from + (size_t)__builtin_ctzll(bits);
    while (++word <= n >> 6)
        if (map[word].ends) return (word << 6) + (size_t)__builtin_ctzll(map[word].ends);
    return n;
}

/* A place to cut a unit that has no end for too long: after a space, else after a code point. */
static size_t soft_end(const uint8_t *text, size_t from)
{
    size_t end = from + LONGEST_UNIT;
    while (end > from + LONGEST_UNIT / 2 && text[end - 1] != ' ') end--;
    if (text[end - 1] == ' ') return end;
    end = from + LONGEST_UNIT;
    while ((text[end] & 0xC0) == 0x80) end--;
    return end;
}

/* Where the unit that starts at `from` ends, white space after it not included; `lines`: ends of
 * sentences are no ends. */
static size_t unit_end(const language_block *map, const uint8_t *text, size_t from, size_t n,
                       bool lines)
{
    const uint8_t *stop = text + n;
    for (size_t i = from;;) {
        i = next_end(map, i, n);
        if (i - from > LONGEST_UNIT) return soft_end(text, from);
        if (i >= n || text[i] == '\n') return i;
        int mark = language_terminator(text + i, stop);
        bool full_stop = text[i] == '.';
        size_t k = i + (size_t)abs(mark);
        if (lines) {
            i = k;
            continue;
        }
        for (int more; k < n && (more = language_terminator(text + k, stop)) != 0;) {
            if (more < 0) mark = more;
            k += (size_t)abs(more);
        }
        bool single = k == i + 1;
        k += closing_marks(text + k, stop);
        bool ends_here = k >= n || mark < 0 || blank(text[k]) || text[k] == '\n';
        if (ends_here && k - from >= SHORTEST_SENTENCE &&
            !(full_stop && single && abbreviation(text + from, text + i)))
            return k;
        i = k;
    }
}

void language_unit_script(const language_scratch *s, const language_kernel *kernel,
                          language_unit *u, uint32_t *second)
{
    enum { SAMPLE = 192 }; /* bytes that tell scripts which the kinds do not */
    static const uint8_t script_of[LANGUAGE_KINDS] = {[LANGUAGE_KIND_CYRL] = LANGUAGE_CYRL,
                                                      [LANGUAGE_KIND_HEBR] = LANGUAGE_HEBR,
                                                      [LANGUAGE_KIND_ARAB] = LANGUAGE_ARAB,
                                                      [LANGUAGE_KIND_HANI] = LANGUAGE_HANI,
                                                      [LANGUAGE_KIND_HANG] = LANGUAGE_HANG};
    uint32_t c[LANGUAGE_KINDS] = {0}, counts[LANGUAGE_SCRIPT_COUNT], foreign;
    const uint8_t *folded = s->folded + LANGUAGE_FOLD_LEAD;
    const size_t n = u->end - u->start;
    *second = 0;
    u->letters = kernel->letters(s->map, u->start, u->end, &foreign);
    if (!foreign) {
        u->script = u->letters ? LANGUAGE_LATN : LANGUAGE_NO_SCRIPT;
        return;
    }
    kernel->count(folded + u->start, n, c);
    const uint32_t latin = c[LANGUAGE_KIND_ASCII] + c[LANGUAGE_KIND_LATN];
    uint32_t known = 0;
    memset(counts, 0, sizeof counts);
    for (int k = LANGUAGE_KIND_CYRL; k < LANGUAGE_KINDS; k++) known += c[k];
    uint32_t others = c[LANGUAGE_KIND_OTHER] - known;
    if (others >= 8 || others * 4 > known + latin) {
        language_count_scripts(folded + u->start, n > SAMPLE ? SAMPLE : n, counts);
        for (int k = 0; n > SAMPLE && k < LANGUAGE_SCRIPT_COUNT; k++)
            counts[k] = (uint32_t)(counts[k] * n / SAMPLE);
    }
    for (int k = LANGUAGE_KIND_CYRL; k < LANGUAGE_KINDS; k++) counts[script_of[k]] = c[k];
    counts[LANGUAGE_LATN] = latin;
    counts[LANGUAGE_HANI] *= 2;
    counts[LANGUAGE_HANG] *= 2;
    u->script = (uint8_t)language_main_script(counts);
    u->letters = u->script == LANGUAGE_NO_SCRIPT ? 0 : counts[u->script];
    for (int k = 0; k < LANGUAGE_SCRIPT_COUNT; k++)
        if (k != u->script && counts[k] > *second) *second = counts[k];
}

/* Cuts the last unit where the script changes for a long run. */
static bool cut_runs(language_scratch *s, const language_kernel *kernel, const uint8_t *text)
{
    language_unit *u = &s->units[s->unit_count - 1];
    uint32_t second;
    language_unit_script(s, kernel, u, &second);
    if (second < SCRIPT_RUN) return true;
    const size_t end = u->end;
    size_t from = u->start, other_start = 0, other_letters = 0;
    int run = LANGUAGE_NO_SCRIPT, other = LANGUAGE_NO_SCRIPT;
    const uint8_t *p = text + from, *stop = text + end;
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
        if (other_letters < SCRIPT_RUN) continue;
        if (other_start > from) {
            u = &s->units[s->unit_count - 1];
            u->end = other_start;
            u->cut = true;
            language_unit_script(s, kernel, u, &second);
            if (!push(s, other_start, end, false)) return false;
            s->units[s->unit_count - 1].cut = true;
            from = other_start;
        }
        run = script;
        other = LANGUAGE_NO_SCRIPT;
    }
    language_unit_script(s, kernel, &s->units[s->unit_count - 1], &second);
    return true;
}

bool language_split(language_scratch *s, const language_kernel *kernel, int unit,
                    const uint8_t *text, size_t n)
{
    size_t first = 0; /* unit of the line */
    bool starts = true;
    s->unit_count = 0;
    for (size_t from = 0; from < n;) {
        size_t end = unit_end(s->map, text, from, n, unit == LANGUAGE_UNIT_LINE), next = end;
        bool breaks = false;
        while (next < n && (text[next] == '\n' || blank(text[next])))
            breaks |= text[next++] == '\n';
        if (next == from) next++; /* cannot be; but never stand still */
        if (starts) first = s->unit_count;
        if (!push(s, from, next, starts) || !cut_runs(s, kernel, text)) return false;
        starts = breaks;
        if ((breaks || next == n) && first + 1 == s->unit_count) s->units[first].alone = true;
        from = next;
    }
    return true;
}
