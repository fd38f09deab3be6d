/* How many, or for how much: numerals, number words, rough numbers ("des centaines") and vague ones
 * ("beaucoup") to the left of a weapon, sums of money to the left or behind a word like "worth".
 * The words and what they are (number, scale, approx, vague, about, floor, ceiling, range,
 * currency, unit, of, worth, into, break) stand in numbers.tsv. A number reaches over a
 * coordination: "des centaines de drones et de missiles". */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "weapons.h"

enum {
    WINDOW_BYTES = 140,
    ITEMS = 40,
    FILLERS = 2,
    WORTH_BYTES = 70,
    COORDINATION_BYTES = 16,
    COUNTED_LETTERS = 5,
    SHORT_WORD_BYTES = 2,
    WAW = 0x648
};

typedef enum {
    ITEM_NUMBER,
    ITEM_SCALE,
    ITEM_APPROX,
    ITEM_VAGUE,
    ITEM_ABOUT,
    ITEM_FLOOR,
    ITEM_CEILING,
    ITEM_RANGE,
    ITEM_CURRENCY,
    ITEM_UNIT,
    ITEM_OF,
    ITEM_WORTH,
    ITEM_INTO, /* "$2 billion in arms": to the left, of money only */
    ITEM_BREAK,
    ITEM_KINDS
} item_kind;

static const char *const kind_names[ITEM_KINDS] = {
    "number", "scale",    "approx", "vague", "about", "floor", "ceiling",
    "range",  "currency", "unit",   "of",    "worth", "into",  "break"};

typedef struct {
    size_t start, end;
    item_kind kind;
    double min, max;
    tamis_str unit;
} item;

typedef struct {
    item items[ITEMS];
    size_t count;
} reading;

static double to_number(tamis_str text)
{
    char copy[32];
    size_t n = text.n < sizeof copy - 1 ? text.n : sizeof copy - 1;
    if (!n) return -1;
    memcpy(copy, text.p, n);
    copy[n] = '\0';
    return strtod(copy, NULL);
}

/* ------------------------------------------------------------------ numerals */

static bool digit_at(tamis_str text, size_t at)
{
    return at < text.n && text.p[at] >= '0' && text.p[at] <= '9';
}

/* A separator of thousands: space, no-break spaces, point, comma, apostrophe before exactly three
 * digits. */
static size_t thousands_mark(tamis_str text, size_t at)
{
    size_t n = 0;
    if (at >= text.n) return 0;
    if (strchr(" .,'", text.p[at]) && text.p[at])
        n = 1;
    else if (text.n - at > 2 && memcmp(text.p + at, "\xC2\xA0", 2) == 0)
        n = 2;
    else if (text.n - at > 3 && (memcmp(text.p + at, "\xE2\x80\xAF", 3) == 0 ||
                                 memcmp(text.p + at, "\xE2\x80\x89", 3) == 0))
        n = 3;
    if (!n || !digit_at(text, at + n) || !digit_at(text, at + n + 1) ||
        !digit_at(text, at + n + 2) || digit_at(text, at + n + 3))
        return 0;
    return n;
}

/* The numeral that begins at `at`: "1 234", "20.000", "5,4". */
static size_t read_numeral(tamis_str text, size_t at, double *value)
{
    size_t digits = 0;
    double v = 0;
    for (; digit_at(text, at); at++, digits++) v = v * 10 + (text.p[at] - '0');
    if (digits <= 3)
        for (size_t mark; (mark = thousands_mark(text, at)) > 0; at += mark + 3)
            for (size_t i = 0; i < 3; i++) v = v * 10 + (text.p[at + mark + i] - '0');
    if (at < text.n && (text.p[at] == ',' || text.p[at] == '.') && digit_at(text, at + 1)) {
        double unit = 0.1;
        for (at++; digit_at(text, at); at++, unit /= 10) v += unit * (text.p[at] - '0');
    }
    /* Steps of a tenth of a thousandth, so that 5.4 is 5.4 after adding. */
    *value = floor(v * 10000 + 0.5) / 10000; /* a number may be of any length */
    return at;
}

/* ------------------------------------------------------------------ reading a window */

static bool add_item(reading *self, const item *found)
{
    size_t at = self->count;
    if (at == ITEMS) return false;
    while (at > 0 && self->items[at - 1].start > found->start) {
        self->items[at] = self->items[at - 1];
        at--;
    }
    self->items[at] = *found;
    self->count++;
    return true;
}

/* Number words are words of the language there, or of the weapon's row: "seize" is sixteen in
 * French and takes hold of something in English. */
typedef struct {
    const tamis_terms *numbers;
    tamis_str here, row;
} tongue;

static bool in_tongue(void *user, tamis_str text, const tamis_hit *hit)
{
    const tongue *self = user;
    tamis_term_row row;
    if (!tamis->terms_row(self->numbers, hit->row, &row, sizeof row)) return false;
    if (hit->end - hit->start <= SHORT_WORD_BYTES) { /* "a" is not "à", "é" not "e" */
        char word[8], listed[8];
        size_t n = weapons_lower((tamis_str){text.p + hit->start, hit->end - hit->start}, word, 8);
        if (n != weapons_lower(row.term, listed, 8) || memcmp(word, listed, n) != 0) return false;
    }
    if (!row.lang.n || weapons_is(row.lang, "mul")) return true;
    if (!self->here.n && !self->row.n) return true;
    return weapons_same_language(row.lang, self->here) ||
           weapons_same_language(row.lang, self->row);
}

static tongue tongue_of(const weapons_job *job, const weapons_mention *m)
{
    tongue self = {.numbers = job->shared->numbers, .here = weapons_language(job, m->start)};
    if (weapons_is(self.here, "und")) self.here.n = 0;
    if (m->row != WEAPONS_NO_ROW) self.row = job->shared->rows[m->row].lang;
    if (weapons_is(self.row, "mul")) self.row.n = 0;
    return self;
}

static void read_words(const weapons_job *job, tongue lang, size_t first, size_t last, reading *out)
{
    const tamis_terms *numbers = job->shared->numbers;
    tamis_str text = {job->text.p + first, last - first};
    tamis_hit hits[ITEMS];
    size_t next;
    size_t n =
        tamis->terms_find(numbers, text, 0, in_tongue, &lang, hits, sizeof *hits, ITEMS, &next);
    for (size_t i = 0; i < n; i++) {
        tamis_term_row row;
        item found = {hits[i].start + first, hits[i].end + first, ITEM_KINDS, -1, -1, {NULL, 0}};
        if (!tamis->terms_row(numbers, hits[i].row, &row, sizeof row)) continue;
        for (int k = 0; k < ITEM_KINDS; k++)
            if (weapons_is(row.category, kind_names[k])) found.kind = (item_kind)k;
        if (found.kind == ITEM_KINDS) continue;
        found.min = to_number(tamis->terms_column(numbers, hits[i].row, "min"));
        found.max = to_number(tamis->terms_column(numbers, hits[i].row, "max"));
        found.unit = tamis->terms_column(numbers, hits[i].row, "unit");
        add_item(out, &found);
    }
}

/* "$2.3bn", "£40m": the scale written onto the number. Metres have no currency. */
static size_t glued_scale(tamis_str text, size_t start, size_t end, double *value)
{
    static const struct {
        const char *letters;
        double scale;
    } scales[] = {{"bn", 1e9}, {"mn", 1e6}, {"tn", 1e12}, {"m", 1e6}, {"b", 1e9}, {"k", 1e3}};
    bool sign = start > 0 && (text.p[start - 1] == '$' || (unsigned char)text.p[start - 1] >= 0x80);
    for (size_t i = 0; sign && i < sizeof scales / sizeof *scales; i++) {
        size_t n = strlen(scales[i].letters);
        uint32_t after = ' ';
        if (text.n - end < n || memcmp(text.p + end, scales[i].letters, n) != 0) continue;
        if (end + n < text.n) weapons_char(text.p + end + n, text.n - end - n, &after);
        if (weapons_is_letter(after) || weapons_is_digit(after)) continue;
        *value *= scales[i].scale;
        return end + n;
    }
    return end;
}

static void read_numerals(tamis_str text, size_t first, size_t last, reading *out)
{
    for (size_t at = first; at < last;) {
        if (!digit_at(text, at)) {
            at++;
            continue;
        }
        uint32_t before = ' ', after = ' ';
        size_t back = at;
        if (at > 0) {
            do back--;
            while (back > 0 && ((unsigned char)text.p[back] & 0xC0) == 0x80);
            weapons_char(text.p + back, text.n - back, &before);
        }
        item found = {at, 0, ITEM_NUMBER, 0, 0, {NULL, 0}};
        found.end = read_numeral(text, at, &found.min);
        found.end = glued_scale(text, at, found.end, &found.min);
        if (found.end < text.n) weapons_char(text.p + found.end, text.n - found.end, &after);
        found.max = found.min;
        if (before == WAW) before = ' '; /* "10 و15" */
        bool part = weapons_is_letter(before) || weapons_is_letter(after) || after == '%' ||
                    after == 0xB0 || (before == '-' && back > first);
        if (after == '-' && found.end + 1 < text.n) { /* "14-year", but "10-15" */
            part = !digit_at(text, found.end + 1);
            if (!part) {
                item dash = {found.end, found.end + 1, ITEM_RANGE, -1, -1, {NULL, 0}};
                add_item(out, &dash);
            }
        }
        if (before == '-' && back > 0 && digit_at(text, back - 1)) part = false;
        if (part) found.kind = ITEM_BREAK;
        add_item(out, &found);
        at = found.end;
    }
    /* Currency signs. */
    static const struct {
        const char *sign, *unit;
    } signs[] = {{"$", "USD"},
                 {"\xE2\x82\xAC", "EUR"},
                 {"\xC2\xA3", "GBP"},
                 {"\xE2\x82\xBD", "RUB"},
                 {"\xE2\x82\xB4", "UAH"}};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        size_t n = strlen(signs[i].sign);
        for (size_t at = first; at + n <= last; at++) {
            const char *next = memchr(text.p + at, signs[i].sign[0], last - at);
            if (!next) break;
            at = (size_t)(next - text.p);
            if (at + n > last || memcmp(next, signs[i].sign, n) != 0) continue;
            item found = {at, at + n, ITEM_CURRENCY, -1, -1, {signs[i].unit, 3}};
            add_item(out, &found);
        }
    }
}

/* How many words stand between two places. */
static size_t words_between(tamis_str text, size_t from, size_t to)
{
    size_t count = 0, a, b;
    for (size_t at = from; weapons_word_after(text, at, &a, &b) && a < to; at = b) count++;
    return count;
}

bool weapons_counted(const weapons_job *job, const weapons_mention *m)
{
    const tamis_terms *numbers = job->shared->numbers;
    tamis_str text = job->text;
    tongue lang = tongue_of(job, m);
    size_t a, b, to = m->start, letters = 0;
    for (size_t i = m->start; i < m->end; i++) letters += ((unsigned char)text.p[i] & 0xC0) != 0x80;
    if (letters < COUNTED_LETTERS) return false; /* "60 min", "37 Grad" */
    for (int step = 0; step < 2; step++, to = a) {
        tamis_term_row row;
        tamis_hit hit;
        size_t next;
        if (!weapons_word_before(text, to, &a, &b) || to - b != 1 || text.p[b] != ' ') return false;
        tamis_str word = {text.p + a, b - a};
        if (digit_at(word, 0)) /* a year counts nothing, nor does a part of a designator */
            return step == 0 && digit_at(word, word.n - 1) &&
                   !(word.n == 4 && (word.p[0] == '1' || word.p[0] == '2'));
        if (!numbers ||
            tamis->terms_find(numbers, word, 0, in_tongue, &lang, &hit, sizeof hit, 1, &next) !=
                1 ||
            hit.end - hit.start != word.n || !tamis->terms_row(numbers, hit.row, &row, sizeof row))
            return false;
        if (weapons_is(row.category, "approx")) return true;
        if (weapons_is(row.category, "number") || weapons_is(row.category, "scale"))
            return step == 0;
        if (!weapons_is(row.category, "of")) return false;
    }
    return false;
}

/* ------------------------------------------------------------------ what the items say */

typedef struct {
    size_t start, end;
    double min, max;
    tamis_str unit;
    const char *kind;
} amount;

/* The run of numbers and scales that ends with item `last`; its first item's index. */
static size_t run_of_numbers(tamis_str text, const reading *r, size_t last)
{
    size_t i = last;
    while (i > 0) {
        const item *before = r->items + i - 1;
        bool linked = words_between(text, before->end, r->items[i].start) == 0;
        bool number = before->kind == ITEM_NUMBER || before->kind == ITEM_SCALE ||
                      before->kind == ITEM_APPROX || before->kind == ITEM_VAGUE;
        if (before->kind == ITEM_OF && i > 1 && r->items[i - 2].kind == ITEM_APPROX &&
            linked) { /* dizaines de milliers */
            i--;
            continue;
        }
        if (!linked || !number) break;
        if (before->kind == ITEM_VAGUE && r->items[i].kind == ITEM_NUMBER) break;
        i--;
    }
    return i;
}

static void evaluate(const reading *r, size_t first, size_t last, amount *out)
{
    double total = 0, current = 0, top = -1;
    bool rough = false, vague = false, any = false;
    for (size_t i = first; i <= last; i++) {
        const item *it = r->items + i;
        if (it->kind == ITEM_NUMBER) {
            current += it->min;
            any = true;
        } else if (it->kind == ITEM_SCALE) {
            if (vague && !any) { /* several thousand */
                current = 2 * it->min, top = 10 * it->min - 1;
                rough = true;
            } else {
                current = (any ? current : 1) * it->min;
            }
            if (top >= 0 && any) top *= it->min;
            any = true;
            if (it->min >= 1000) total += current, current = 0;
        } else if (it->kind == ITEM_APPROX && any && !rough && it->max > 2 * it->min) {
            current *= it->min / 2; /* "900 millions d'euros": of millions there are 900 */
            if (it->min >= 2000) total += current, current = 0;
        } else if (it->kind == ITEM_APPROX) {
            if (any && rough) { /* dizaines de milliers: times the unit of the second */
                double base = it->min >= 2000 ? it->min / 2 : it->min;
                total = (total + current) * base, top *= base, current = 0;
            } else {
                double times = any ? total + current : 1;
                total = times * it->min, top = times * it->max, current = 0;
            }
            rough = any = true;
        } else if (it->kind == ITEM_VAGUE) {
            vague = true;
        }
    }
    out->start = r->items[first].start;
    out->end = r->items[last].end;
    if (!any) {
        out->kind = "vague", out->min = out->max = -1;
        out->unit = r->items[last].unit;
        return;
    }
    out->min = total + current;
    out->max = rough ? top : out->min;
    out->kind = rough ? "approx" : "exact";
}

/* Takes the number before item `link` for the lower end, where it is one: "10 to 15". */
static bool begin_range(const weapons_job *job, const reading *r, size_t link, amount *out)
{
    const item *low = link >= 2 ? r->items + link - 2 : NULL;
    if (!low || low->kind != ITEM_NUMBER || low->min >= out->min ||
        strcmp(out->kind, "exact") != 0 || words_between(job->text, low->end, low[1].start) != 0)
        return false;
    out->kind = "approx", out->min = low->min, out->start = low->start;
    return true;
}

/* Words before the number that bend it: about, more than, up to, and the first half of a range. */
static void bend(const weapons_job *job, const reading *r, size_t first, amount *out)
{
    for (size_t i = first; i > 0; i--) {
        const item *it = r->items + i - 1;
        if (words_between(job->text, it->end, out->start) > 1) return;
        switch (it->kind) {
        case ITEM_FLOOR: out->kind = "approx", out->max = -1; return;
        case ITEM_ABOUT: /* "from 10 to 15": the word that else means "about", "at most" */
            if (!begin_range(job, r, i, out)) out->kind = "approx";
            return;
        case ITEM_CEILING:
            if (!begin_range(job, r, i, out))
                out->kind = "approx", out->max = out->min, out->min = -1;
            return;
        case ITEM_CURRENCY:
            out->unit = it->unit, out->kind = "money", out->start = it->start;
            break;
        case ITEM_RANGE: begin_range(job, r, i, out); return;
        default: return;
        }
    }
}

static bool is_year(const item *it)
{
    return it->end - it->start == 4 && it->min >= 1900 && it->min < 2100;
}

/* The amount whose last item is `at` or before it, looking from the right. */
static bool read_amount(const weapons_job *job, const reading *r, size_t to, amount *out)
{
    size_t fillers = 0, until = to, ofs = 0;
    *out = (amount){.min = -1, .max = -1};
    tamis_str unit = {NULL, 0};
    size_t unit_end = 0;
    bool money = false, money_only = false;
    for (size_t i = r->count; i-- > 0;) {
        const item *it = r->items + i;
        if (it->end > to) continue;
        fillers += words_between(job->text, it->end, until);
        if (fillers > FILLERS) return false;
        until = it->start;
        switch (it->kind) {
        case ITEM_OF: ofs++; break;
        case ITEM_WORTH:
        case ITEM_INTO: money_only = true; break;
        case ITEM_CURRENCY: money = true; /* fall through */
        case ITEM_UNIT:
            unit = it->unit;
            unit_end = it->end;
            fillers = 0;
            break;
        case ITEM_NUMBER:
        case ITEM_SCALE:
        case ITEM_APPROX:
        case ITEM_VAGUE: {
            size_t first = run_of_numbers(job->text, r, i);
            if (first == i && is_year(it) && i > 0 && r->items[i - 1].kind == ITEM_BREAK)
                return false;
            if (first == i && is_year(it) && fillers > 0) return false;
            evaluate(r, first, i, out);
            if (unit.n) out->unit = unit, out->end = unit_end;
            if (money) out->kind = "money";
            bend(job, r, first, out);
            return !money_only || strcmp(out->kind, "money") == 0;
        }
        default: return false;
        }
    }
    return false;
}

/* The Arabic dual says two: "غواصتين", of "غواصة". */
static bool read_dual(const weapons_job *job, const weapons_mention *m, amount *out)
{
    static const char *const endings[] = {"\xD8\xAA\xD9\x8A\xD9\x86", "\xD8\xAA\xD8\xA7\xD9\x86",
                                          "\xD9\x8A\xD9\x86", "\xD8\xA7\xD9\x86"};
    static const char article[] = "\xD8\xA7\xD9\x84", marbuta[] = "\xD8\xA9";
    tamis_term_row row;
    tamis_str word = {job->text.p + m->start, m->end - m->start}, term;
    if (m->row == WEAPONS_NO_ROW || !weapons_is(job->shared->rows[m->row].lang, "ar") ||
        !tamis->terms_row(job->shared->terms, m->row, &row, sizeof row))
        return false;
    term = row.term;
    if (word.n > 4 && memcmp(word.p, article, 4) == 0) word.p += 4, word.n -= 4;
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t n = strlen(endings[i]), stem = word.n - n, whole = i < 2 ? term.n - 2 : term.n;
        if (word.n <= n || memcmp(word.p + stem, endings[i], n) != 0 || stem != whole) continue;
        if (i < 2 && memcmp(term.p + whole, marbuta, 2) != 0) continue;
        if (memcmp(word.p, term.p, stem) != 0) continue;
        *out = (amount){m->start, m->end, 2, 2, {NULL, 0}, "exact"};
        return true;
    }
    return false;
}

static void put(weapons_mention *m, const amount *a, bool shared)
{
    m->q_start = a->start, m->q_end = a->end;
    m->q_min = a->min, m->q_max = a->max;
    m->q_unit = a->unit;
    m->q_kind = a->kind;
    m->q_shared = shared;
}

/* A full stop behind an abbreviation: "1,2 tys. dronów". */
static bool is_abbreviated(tamis_str text, size_t dot)
{
    uint32_t code;
    if (dot < 2 || dot + 2 >= text.n || text.p[dot + 1] != ' ') return false;
    weapons_char(text.p + dot + 2, text.n - dot - 2, &code);
    return weapons_is_letter(code) && !weapons_is_capital(code) && text.p[dot - 1] != ' ';
}

/* Where to begin looking: behind the mention or the clause before, at most a window away. */
static size_t window_start(const weapons_job *job, size_t index)
{
    tamis_str text = job->text;
    const weapons_mention *m = job->scratch->mentions + index;
    size_t at = m->start, low = m->start > WINDOW_BYTES ? m->start - WINDOW_BYTES : 0;
    for (size_t i = index; i-- > 0;)
        if (!job->scratch->mentions[i].dropped) {
            if (job->scratch->mentions[i].end > low) low = job->scratch->mentions[i].end;
            break;
        }
    while (at > low) {
        char c = text.p[at - 1];
        bool between_digits = at >= 2 && digit_at(text, at - 2) && digit_at(text, at);
        if (strchr("!?;:\n()\"", c)) break;
        if ((c == '.' || c == ',') && !between_digits &&
            !(c == '.' && is_abbreviated(text, at - 1)))
            break;
        at--;
    }
    while (at < m->start && ((unsigned char)text.p[at] & 0xC0) == 0x80) at++;
    return at;
}

/* "worth 5 billion dollars" behind the weapon, in its clause. */
static bool read_worth(const weapons_job *job, size_t index, amount *out)
{
    const weapons_scratch *all = job->scratch;
    size_t from = all->mentions[index].end,
           to = from + WORTH_BYTES < job->text.n ? from + WORTH_BYTES : job->text.n;
    reading r = {0};
    for (size_t i = index + 1; i < all->count; i++)
        if (!all->mentions[i].dropped && all->mentions[i].start >= from) {
            if (all->mentions[i].start < to) to = all->mentions[i].start;
            break;
        }
    for (size_t i = from; i < to; i++)
        if (job->text.p[i] == '\n' || (job->text.p[i] == '.' && !digit_at(job->text, i + 1)))
            to = i;
    while (to > from && to < job->text.n && ((unsigned char)job->text.p[to] & 0xC0) == 0x80) to--;
    if (to <= from) return false;
    read_words(job, tongue_of(job, all->mentions + index), from, to, &r);
    read_numerals(job->text, from, to, &r);
    bool worth = false;
    for (size_t i = 0; i < r.count; i++) {
        item *it = r.items + i;
        if (it->kind == ITEM_WORTH && words_between(job->text, from, it->start) <= 4) worth = true;
        if (!worth ||
            (it->kind != ITEM_NUMBER && it->kind != ITEM_SCALE && it->kind != ITEM_APPROX))
            continue;
        size_t last = i;
        while (last + 1 < r.count &&
               (r.items[last + 1].kind == ITEM_NUMBER || r.items[last + 1].kind == ITEM_SCALE))
            last++;
        evaluate(&r, i, last, out);
        bend(job, &r, i, out);
        size_t behind = last + 1;
        while (behind < r.count && r.items[behind].kind == ITEM_OF) behind++;
        if (behind < r.count && r.items[behind].kind == ITEM_CURRENCY)
            out->unit = r.items[behind].unit, out->end = r.items[behind].end, out->kind = "money";
        return strcmp(out->kind, "money") == 0;
    }
    return false;
}

/* Whether only "and", "," and the like stand between, and whether an "of" is repeated. */
static bool coordinated(const weapons_job *job, const weapons_mention *a, const weapons_mention *b,
                        bool *of)
{
    size_t from = a->end, to = b->start;
    reading r = {0};
    *of = false;
    if (to <= from || to - from > COORDINATION_BYTES) return false;
    read_words(job, tongue_of(job, b), from, to, &r);
    size_t words = words_between(job->text, from, to);
    for (size_t i = 0; i < r.count; i++) {
        if (r.items[i].kind == ITEM_OF)
            *of = true;
        else if (r.items[i].kind != ITEM_RANGE)
            return false;
    }
    return words <= 2 && (words > 0 || memchr(job->text.p + from, ',', to - from));
}

void weapons_quantities(weapons_job *job)
{
    weapons_scratch *all = job->scratch;
    size_t previous = SIZE_MAX;
    if (!job->shared->numbers) return;
    for (size_t i = 0; i < all->count; i++) {
        weapons_mention *m = all->mentions + i;
        amount found;
        bool of;
        if (m->dropped) continue;
        reading r = {0};
        size_t from = window_start(job, i);
        read_words(job, tongue_of(job, m), from, m->start, &r);
        read_numerals(job->text, from, m->start, &r);
        if (read_amount(job, &r, m->start, &found) || read_worth(job, i, &found) ||
            read_dual(job, m, &found)) {
            put(m, &found, false);
            TAMIS_NOTE(job->c, job->doc, m->q_start, m->q_end, "quantity", "%s", m->q_kind);
        } else if (previous != SIZE_MAX && all->mentions[previous].q_kind &&
                   coordinated(job, all->mentions + previous, m, &of) &&
                   (of || strcmp(all->mentions[previous].q_kind, "exact") != 0)) {
            const weapons_mention *p = all->mentions + previous;
            amount same = {p->q_start, p->q_end, p->q_min, p->q_max, p->q_unit, p->q_kind};
            put(m, &same, true);
        }
        previous = i;
    }
}
