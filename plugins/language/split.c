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
    if (n < 4 && p[0] >= '0' && p[0] <= '9' && stop[-1] >= '0' && stop[-1] <= '9') return true;
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

/* Scripts of leads that tell it alone; LANGUAGE_NO_SCRIPT: they do not. */
static uint8_t script_of_lead(uint8_t lead)
{
    static const uint8_t of[256 - 0xC0] = {
        [0xCE - 0xC0] = LANGUAGE_GREK, [0xCF - 0xC0] = LANGUAGE_GREK, [0xD0 - 0xC0] = LANGUAGE_CYRL,
        [0xD1 - 0xC0] = LANGUAGE_CYRL, [0xD2 - 0xC0] = LANGUAGE_CYRL, [0xD3 - 0xC0] = LANGUAGE_CYRL,
        [0xD7 - 0xC0] = LANGUAGE_HEBR, [0xD8 - 0xC0] = LANGUAGE_ARAB, [0xD9 - 0xC0] = LANGUAGE_ARAB,
        [0xDA - 0xC0] = LANGUAGE_ARAB, [0xDB - 0xC0] = LANGUAGE_ARAB, [0xE3 - 0xC0] = LANGUAGE_HANI,
        [0xE4 - 0xC0] = LANGUAGE_HANI, [0xE5 - 0xC0] = LANGUAGE_HANI, [0xE6 - 0xC0] = LANGUAGE_HANI,
        [0xE7 - 0xC0] = LANGUAGE_HANI, [0xE8 - 0xC0] = LANGUAGE_HANI, [0xE9 - 0xC0] = LANGUAGE_HANI,
        [0xEB - 0xC0] = LANGUAGE_HANG, [0xEC - 0xC0] = LANGUAGE_HANG};
    return lead >= 0xC0 && of[lead - 0xC0] ? of[lead - 0xC0] : LANGUAGE_NO_SCRIPT;
}

/* Of the bits of `map` in [start, end), those of one word. */
static uint64_t within(size_t word, size_t start, size_t end)
{
    uint64_t mask = ~0ull;
    if (word == start >> 6) mask = ~0ull << (start & 63);
    if (word == end >> 6) mask &= (1ull << (end & 63)) - 1;
    return mask;
}

/* The one script of all letters of [start, end) that are not Latin, by the first and the last of
 * each 64 bytes; LANGUAGE_NO_SCRIPT: there are several. */
static uint8_t other_script(const language_scratch *s, size_t start, size_t end)
{
    const uint8_t *folded = s->folded + LANGUAGE_FOLD_LEAD;
    uint8_t script = LANGUAGE_NO_SCRIPT;
    for (size_t word = start >> 6; word << 6 < end; word++) {
        const uint64_t bits = s->map[word].others & within(word, start, end);
        if (!bits) continue;
        const size_t at[] = {(word << 6) + (size_t)__builtin_ctzll(bits),
                             (word << 6) + 63 - (size_t)__builtin_clzll(bits)};
        for (int i = 0; i < 2; i++) {
            const uint8_t *p = folded + at[i];
            uint8_t one = script_of_lead(*p);
            if (one == LANGUAGE_NO_SCRIPT)
                one = (uint8_t)language_script(language_decode(&p, folded + end));
            if (one == LANGUAGE_NO_SCRIPT || (script != LANGUAGE_NO_SCRIPT && one != script))
                return LANGUAGE_NO_SCRIPT;
            script = one;
        }
    }
    return script;
}

static uint32_t letters_of(int script)
{
    return script == LANGUAGE_HANI || script == LANGUAGE_HANG ? 2 : 1;
}

uint8_t language_unit_script(const language_scratch *s, const language_kernel *kernel,
                             language_unit *u, uint32_t *second)
{
    uint32_t counts[LANGUAGE_SCRIPT_COUNT], others;
    const uint32_t letters = kernel->letters(s->map, u->start, u->end, &others);
    *second = 0;
    u->letters = letters;
    u->script = letters ? LANGUAGE_LATN : LANGUAGE_NO_SCRIPT;
    if (!others) return LANGUAGE_LATN;
    const uint8_t other = other_script(s, u->start, u->end);
    if (other != LANGUAGE_NO_SCRIPT) {
        const uint32_t latin = letters - others;
        others *= letters_of(other);
        const bool more = others * 2 > latin; /* see language_main_script */
        u->script = more ? other : LANGUAGE_LATN;
        u->letters = more ? others : latin;
        *second = more ? latin : others;
        return other;
    }
    u->script = (uint8_t)language_count_scripts(s->folded + LANGUAGE_FOLD_LEAD + u->start,
                                                u->end - u->start, counts);
    u->letters = u->script == LANGUAGE_NO_SCRIPT ? 0 : counts[u->script];
    for (int k = 0; k < LANGUAGE_SCRIPT_COUNT; k++)
        if (k != u->script && counts[k] > *second) *second = counts[k];
    return LANGUAGE_NO_SCRIPT;
}

/* A unit whose runs of scripts are looked at. */
typedef struct {
    size_t from; /* where what is left of it starts */
    int run;     /* its script */
    int other;   /* a run of another script that may become long enough */
    size_t other_start, other_letters;
} runs;

/* A letter at `at`. True: the other run, which started before it, is a unit of its own. */
static bool runs_add(runs *r, int script, size_t at)
{
    if (r->run == LANGUAGE_NO_SCRIPT) r->run = script;
    if (script == r->run) {
        r->other = LANGUAGE_NO_SCRIPT;
        return false;
    }
    if (script != r->other) {
        r->other = script;
        r->other_start = at;
        r->other_letters = 0;
    }
    r->other_letters += letters_of(script);
    if (r->other_letters < SCRIPT_RUN) return false;
    r->run = script;
    r->other = LANGUAGE_NO_SCRIPT;
    return r->other_start > r->from;
}

/* Ends the last unit where the other run starts, and begins another. */
static bool cut_last(language_scratch *s, const language_kernel *kernel, runs *r, size_t end)
{
    language_unit *u = &s->units[s->unit_count - 1];
    uint32_t second;
    u->end = r->other_start;
    u->cut = true;
    language_unit_script(s, kernel, u, &second);
    if (!push(s, r->other_start, end, false)) return false;
    s->units[s->unit_count - 1].cut = true;
    r->from = r->other_start;
    return true;
}

/* Cuts the last unit where the script changes for a long run. */
static bool cut_runs(language_scratch *s, const language_kernel *kernel)
{
    const language_unit *u = &s->units[s->unit_count - 1];
    const uint8_t *folded = s->folded + LANGUAGE_FOLD_LEAD;
    const size_t start = u->start, end = u->end;
    uint32_t second;
    const uint8_t other = language_unit_script(s, kernel, &s->units[s->unit_count - 1], &second);
    if (second < SCRIPT_RUN) return true;
    runs r = {start, LANGUAGE_NO_SCRIPT, LANGUAGE_NO_SCRIPT, 0, 0};
    for (size_t word = start >> 6; word << 6 < end; word++) {
        uint64_t bits = s->map[word].letters & within(word, start, end);
        for (; bits; bits &= bits - 1) {
            const size_t at = (word << 6) + (size_t)__builtin_ctzll(bits);
            int script = LANGUAGE_LATN;
            if (s->map[word].others >> (at & 63) & 1) {
                const uint8_t *p = folded + at;
                script = other != LANGUAGE_NO_SCRIPT
                             ? other
                             : language_script(language_decode(&p, folded + end));
            }
            if (runs_add(&r, script, at) && !cut_last(s, kernel, &r, end)) return false;
        }
    }
    if (r.from > start) language_unit_script(s, kernel, &s->units[s->unit_count - 1], &second);
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
        if (!push(s, from, next, starts) || !cut_runs(s, kernel)) return false;
        starts = breaks;
        if ((breaks || next == n) && first + 1 == s->unit_count) s->units[first].alone = true;
        from = next;
    }
    return true;
}
