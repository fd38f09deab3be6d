/* How a hit is written. The matcher folds case, accents and gaps, so that "F 16" and "f-16" are
 * F-16; so are then "a 10" of "a 10-inch screen" and "B2" of "B2B". Here the text is held against
 * the row's own forms: some spellings are refused, some are taken only in company (`doubt`), and a
 * mention grows over the letters of a variant ("F-15SA") or over the name behind "HMS". */
#include <string.h>

#include "weapons.h"

enum {
    SHIP_QUOTE_BYTES = 60,
    SHORT_PREFIX = 3,
    SUFFIX_CHARS = 4,
    SHIP_WORDS = 3,
    WORDLIKE_PREFIX = 2,
    LONG_WORDS = 9
};

static uint32_t lower(uint32_t code)
{
    if (code < 0x80) return code >= 'A' && code <= 'Z' ? code | 32 : code;
    if (!weapons_is_capital(code)) return code;
    if (code >= 0x400 && code <= 0x40F) return code + 0x50;
    if (code < 0xDF || (code >= 0x391 && code <= 0x42F)) return code + 0x20;
    return code + 1;
}

static bool same_but_case(tamis_str a, tamis_str b)
{
    size_t i = 0, k = 0;
    while (i < a.n && k < b.n) {
        uint32_t x, y;
        i += weapons_char(a.p + i, a.n - i, &x);
        k += weapons_char(b.p + k, b.n - k, &y);
        if (x != y && lower(x) != lower(y)) return false;
    }
    return i == a.n && k == b.n;
}

/* Whether a form of the row is written just so, case apart. */
static bool as_listed(const weapons_job *job, uint32_t number, tamis_str text)
{
    tamis_term_row row;
    if (!tamis->terms_row(job->shared->terms, number, &row, sizeof row)) return false;
    if (same_but_case(row.term, text)) return true;
    for (size_t i = 0; i + 5 < row.notes.n; i++) {
        if (memcmp(row.notes.p + i, "infl=", 5) != 0) continue;
        tamis_str forms = {row.notes.p + i + 5, row.notes.n - i - 5};
        const char *stop = memchr(forms.p, ';', forms.n);
        if (stop) forms.n = (size_t)(stop - forms.p);
        while (forms.n) {
            const char *bar = memchr(forms.p, '|', forms.n);
            size_t n = bar ? (size_t)(bar - forms.p) : forms.n;
            if (same_but_case((tamis_str){forms.p, n}, text)) return true;
            forms.p += n + (bar ? 1 : 0), forms.n -= n + (bar ? 1 : 0);
        }
        return false;
    }
    return false;
}

static uint32_t char_at(tamis_str text, size_t at)
{
    uint32_t code = 0;
    if (at < text.n) weapons_char(text.p + at, text.n - at, &code);
    return code;
}

static uint32_t char_before(tamis_str text, size_t at, size_t *start)
{
    if (at == 0) return 0;
    do at--;
    while (at > 0 && ((unsigned char)text.p[at] & 0xC0) == 0x80);
    if (start) *start = at;
    return char_at(text, at);
}

static bool is_word(uint32_t code)
{
    return code && (weapons_is_letter(code) || weapons_is_digit(code));
}

static bool is_cased(uint32_t code)
{
    return code < 0x530 && weapons_is_letter(code);
}

static bool is_hyphen(uint32_t code)
{
    return code == '-' || (code >= 0x2010 && code <= 0x2015);
}

/* Letters and digits of a designator, and what stands between the first letters and the first
 * digit. */
typedef struct {
    size_t letters, digits; /* before and from the first digit on */
    uint32_t gap, first;
    bool spaced;   /* a space there */
    bool capitals; /* all the first letters are */
    bool words;    /* a word follows: "T129 ATAK" */
} designator;

static designator read_designator(tamis_str text)
{
    designator d = {.capitals = true};
    size_t run = 0;
    for (size_t at = 0; at < text.n;) {
        uint32_t code;
        at += weapons_char(text.p + at, text.n - at, &code);
        if (!d.first) d.first = code;
        run = weapons_is_letter(code) ? run + 1 : 0;
        d.words |= d.digits && run >= SHORT_PREFIX;
        if (weapons_is_digit(code))
            d.digits++;
        else if (d.digits == 0 && weapons_is_letter(code)) {
            d.letters++;
            d.capitals &= weapons_is_capital(code);
        } else if (d.digits == 0)
            d.gap = code;
        if (d.letters == 0 || d.digits == 0)
            d.spaced |= code == ' ' || code == 0xA0 || code == '\n';
    }
    return d;
}

/* Letters that are words of their own in some language: "A 10", "в 17", "с 802". */
static bool is_letter_word(uint32_t code)
{
    switch (lower(code)) {
    case 'a':
    case 'e':
    case 'i':
    case 'o':
    case 'u':
    case 'y':
    case 0xE0:  /* à */
    case 0x430: /* а */
    case 0x432: /* в */
    case 0x438: /* и */
    case 0x43A: /* к */
    case 0x43E: /* о */
    case 0x441: /* с */
    case 0x443: /* у */
    case 0x44F: /* я */
    case 0x437: /* з */
    case 0x456: /* і */ return true;
    default: return false;
    }
}

/* A number goes on, or is a measure: "10,5", "10-inch", "10 %", "10:30", "10/10". */
static bool number_goes_on(tamis_str text, size_t end)
{
    size_t next = end;
    uint32_t code = char_at(text, end), after;
    if (code == ' ' || code == 0xA0) code = char_at(text, end + (code == ' ' ? 1 : 2));
    if (code == '%' || code == 0xB0) return true;
    code = char_at(text, end);
    if (!code || is_word(code)) return false;
    next += weapons_char(text.p + end, text.n - end, &code);
    after = char_at(text, next);
    if (code == '.' || code == ',' || code == ':' || code == '/') return weapons_is_digit(after);
    if (is_hyphen(code))
        return weapons_is_digit(after) || (is_cased(after) && !weapons_is_capital(after));
    return false;
}

/* The end of a variant's letters behind a designator: "F-15" of "F-15SA"; `end` itself: none
 * fit. */
static size_t variant_end(tamis_str text, size_t end)
{
    size_t at = end, bytes, n = 0;
    for (uint32_t code; at < text.n; at += bytes, n++) {
        bytes = weapons_char(text.p + at, text.n - at, &code);
        if (!is_word(code)) return n <= SUFFIX_CHARS ? at : end;
        /* the plural of a variant: "F-35Bs" */
        if (code == 's' && n && !is_word(char_at(text, at + 1)))
            return n <= SUFFIX_CHARS ? at + 1 : end;
        if (!weapons_is_digit(code) && !weapons_is_capital(code)) return end;
    }
    return n <= SUFFIX_CHARS ? at : end;
}

static weapons_shape shape_of_designator(tamis_str text, size_t start, size_t end, bool listed)
{
    designator d = read_designator((tamis_str){text.p + start, end - start});
    uint32_t before = char_before(text, start, NULL), after = char_at(text, end);
    size_t at = start;
    bool touching = is_word(after), named = d.letters > SHORT_PREFIX;
    if (is_word(before) && before < 0x530) return WEAPONS_REFUSED;
    /* "Mirage 2000 d'occasion" is no Mirage 2000D */
    if (end - start > 3 && text.p[end - 2] == ' ' && text.p[end - 1] >= 'a' &&
        text.p[end - 1] <= 'z')
        return WEAPONS_REFUSED;
    if (touching && variant_end(text, end) == end && !(after < 0x530 && d.letters == 0))
        return WEAPONS_REFUSED;
    /* a version, a licence: "MARS 2.0", "CC BY-SA-3.0" */
    if (after == '.' && weapons_is_digit(char_at(text, end + 1))) return WEAPONS_REFUSED;
    if (named)
        return listed || !d.spaced || weapons_is_capital(d.first) ? WEAPONS_FITS : WEAPONS_DOUBTFUL;
    if (d.letters == 0) { /* 2S19, 9K720, "122mm rockets" */
        if (end - start > LONG_WORDS) return WEAPONS_FITS;
        if (touching && variant_end(text, end) == end) return WEAPONS_REFUSED;
        return listed ? WEAPONS_FITS : d.spaced ? WEAPONS_REFUSED : WEAPONS_DOUBTFUL;
    }
    if (!d.spaced && ((listed && d.digits > 2) || d.words)) return WEAPONS_FITS;
    if (number_goes_on(text, end) && (!is_hyphen(d.gap) || d.letters == 0)) return WEAPONS_REFUSED;
    if (d.gap == '/' && !listed) return WEAPONS_REFUSED;
    bool capital = weapons_is_capital(d.first) || !is_cased(d.first);
    if (is_hyphen(before) || before == '.' || before == '_' || before == 0xB7 || before == '/') {
        char_before(text, start, &at);
        if (is_word(char_before(text, at, NULL)) && !listed) return WEAPONS_REFUSED;
        if (before != '-' && before != '/') return WEAPONS_REFUSED;
    }
    if (is_hyphen(d.gap)) return capital ? WEAPONS_FITS : WEAPONS_DOUBTFUL;
    bool dotted = memchr(text.p + start, '.', end - start) != NULL; /* "vz. 61" */
    if (!capital) return listed && dotted ? WEAPONS_FITS : WEAPONS_REFUSED;
    if (d.spaced && d.letters == 1 && is_letter_word(d.first)) return WEAPONS_REFUSED;
    if (d.spaced && d.capitals && d.letters > WORDLIKE_PREFIX) return WEAPONS_FITS;
    if (d.spaced) return d.capitals && d.letters > 1 ? WEAPONS_DOUBTFUL : WEAPONS_VERY_DOUBTFUL;
    if (d.letters <= WORDLIKE_PREFIX) return touching ? WEAPONS_REFUSED : WEAPONS_DOUBTFUL;
    return WEAPONS_FITS;
}

weapons_shape weapons_shape_of(const weapons_job *job, uint32_t number, size_t start, size_t end)
{
    const weapons_row *row = job->shared->rows + number;
    tamis_str text = {job->text.p + start, end - start};
    bool digits = false, accents = false, named = row->flags & TAMIS_TERM_NAMED;
    bool several = memchr(text.p, ' ', text.n) != NULL;
    if (row->flags & TAMIS_TERM_EXCLUDE) return WEAPONS_FITS;
    for (size_t i = 0; i < text.n; i++) {
        digits |= text.p[i] >= '0' && text.p[i] <= '9';
        accents |= (unsigned char)text.p[i] >= 0xC3 && (unsigned char)text.p[i] <= 0xC5;
    }
    if (digits && !(several && !named))
        return shape_of_designator(job->text, start, end, as_listed(job, number, text));
    uint32_t first = char_at(text, 0);
    bool capital = weapons_is_capital(first) || !is_cased(first);
    if (named) {
        tamis_term_row listed;
        if (capital || !tamis->terms_row(job->shared->terms, number, &listed, sizeof listed) ||
            !weapons_is_capital(char_at(listed.term, 0)))
            return WEAPONS_FITS;
        if (several) { /* "le terrible convoi" is no Le Terrible, "frégate Surcouf" that ship */
            size_t a, b;
            weapons_word_before(text, text.n, &a, &b);
            return weapons_is_capital(char_at(text, a)) ? WEAPONS_FITS : WEAPONS_VERY_DOUBTFUL;
        }
        return text.n < 10 && first < 0x400 ? WEAPONS_REFUSED : WEAPONS_DOUBTFUL;
    }
    if (weapons_is(row->lang, "de") && !capital && !several) {
        tamis_term_row listed;
        if (tamis->terms_row(job->shared->terms, number, &listed, sizeof listed) &&
            weapons_is_capital(char_at(listed.term, 0)))
            return WEAPONS_REFUSED;
    }
    /* "A-bomb" is not "a bomb" */
    if (several && text.n > 2 && text.p[1] == ' ' && !as_listed(job, number, text))
        return WEAPONS_REFUSED;
    if (accents && !weapons_is(row->lang, "tr") && !weapons_is(row->lang, "mul") &&
        !as_listed(job, number, text))
        return WEAPONS_REFUSED;
    return WEAPONS_FITS;
}

/* The mark that closes what `open` opens; 0 where it opens nothing. */
static uint32_t closing_mark(uint32_t open)
{
    switch (open) {
    case '"': return '"';
    case 0xAB: return 0xBB;     /* « */
    case 0x201C: return 0x201D; /* “ */
    case 0x201E: return 0x201D; /* „ ends in ” or “ */
    default: return 0;
    }
}

/* The end of a name in quotation marks that begins behind one space at `at`; `at` itself: there is
 * none. */
static size_t quoted_name_end(tamis_str text, size_t at)
{
    size_t bytes, from = at + 1;
    uint32_t code = 0, close;
    if (from >= text.n || text.p[at] != ' ') return at;
    bytes = weapons_char(text.p + from, text.n - from, &code);
    close = closing_mark(code);
    if (!close) return at;
    for (size_t i = from + bytes; i < text.n && i - from < SHIP_QUOTE_BYTES; i += bytes) {
        bytes = weapons_char(text.p + i, text.n - i, &code);
        if (code == close || (close == 0x201D && code == 0x201C)) return i + bytes;
        if (code == '\n' || code == '.' || code == ',') return at;
    }
    return at;
}

/* Whether the word before is in capitals: the INS of "KOMM INS BEET" is no Indian ship. */
static bool is_shouted_before(tamis_str text, size_t start)
{
    size_t a, b;
    if (!weapons_word_before(text, start, &a, &b) || start - b != 1 || b - a < 2) return false;
    for (size_t i = a; i < b; i++)
        if (text.p[i] < 'A' || text.p[i] > 'Z') return false;
    return true;
}

/* The words of a ship's name behind "HMS": capitalised, on the same line, an initial among them
 * ("John C. Stennis"), or all within quotation marks. */
static size_t ship_name_end(tamis_str text, size_t start, size_t end)
{
    size_t a, b, found = quoted_name_end(text, end);
    bool shouting = is_shouted_before(text, start);
    if (found > end) return found;
    for (size_t at = end, n = 0; n < SHIP_WORDS && weapons_word_after(text, at, &a, &b); n++) {
        if (a - at != 1 || text.p[at] != ' ' || !weapons_is_capital(char_at(text, a))) break;
        if (shouting && b - a > 1 && weapons_is_capital(char_at(text, a + 1))) break;
        found = at = b;
        if (b - a == 1 && b + 1 < text.n && text.p[b] == '.') at++;
    }
    return found;
}

size_t weapons_grown_end(const weapons_job *job, uint32_t number, size_t start, size_t end)
{
    const weapons_row *row = job->shared->rows + number;
    tamis_str text = job->text;
    if (row->flags & WEAPONS_PREFIX) return ship_name_end(text, start, end);
    if (!is_word(char_at(text, end))) return end;
    bool digits = false;
    for (size_t i = start; i < end; i++) digits |= text.p[i] >= '0' && text.p[i] <= '9';
    return digits ? variant_end(text, end) : end;
}
