/* Pairing: one pass over the marks of a paragraph with a typed stack.
 *
 * A mark has a family (guillemets, curly doubles, straight, …) and a direction: by its glyph, or
 * for straight, reversed and same-glyph marks by what stands on its two sides. A closing mark takes
 * the nearest opening one of its family; where there is none, one of another double family (“ … »).
 * The same family opened twice is nesting when enough closing marks are still to come in the
 * paragraph, else the first was never closed: the counts of marks ahead are made once a paragraph
 * and counted down, so the whole is linear. What is open at the paragraph's end is an unclosed
 * quotation when it looks like one, else a stray mark, and the pairs within it come up a level. */
#include "quotes.h"

#include <string.h>

typedef struct {
    uint32_t at;
    uint32_t code;
    uint8_t length;
    uint8_t family;
} opener;

typedef struct {
    qt_engine *engine;
    uint32_t from, to;
    opener stack[QT_MAX_DEPTH];
    unsigned depth;
    bool low;             /* the paragraph has „ */
    bool guillemets;      /* a guillemet went by */
    uint32_t last_end;    /* of the last closed outermost pair */
    uint32_t quote_after; /* memo: where a closing single mark was last looked for and found */
    uint32_t commas_to;   /* memo: up to where ,, was looked for, and where it was found last */
    uint32_t commas;
    bool full;
} pairing;

enum { NOTHING = 0, OPENS = 1, REOPENS = 2, CLOSES = -1 };

/* Of what begins with E2 80 and E3 80, by the third byte. */
static const uint8_t family_of[2][64] = {
    {[0x18] = QT_SINGLE,
     [0x19] = QT_SINGLE,
     [0x1A] = QT_SINGLE,
     [0x1B] = QT_SINGLE,
     [0x1C] = QT_DOUBLE,
     [0x1D] = QT_DOUBLE,
     [0x1E] = QT_DOUBLE,
     [0x1F] = QT_DOUBLE,
     [0x33] = QT_PRIME,
     [0x39] = QT_ANGLE,
     [0x3A] = QT_ANGLE},
    {[0x0A] = QT_BOOK,
     [0x0B] = QT_BOOK,
     [0x0C] = QT_CORNER,
     [0x0D] = QT_CORNER,
     [0x0E] = QT_WHITE,
     [0x0F] = QT_WHITE,
     [0x1D] = QT_NONE,
     [0x1E] = QT_NONE,
     [0x1F] = QT_NONE},
};

qt_mark quotes_mark_at(const char *p, const char *end)
{
    const unsigned char *s = (const unsigned char *)p;
    qt_mark none = {0, 1, 0};
    if (s[0] == '"') return (qt_mark){'"', 1, QT_STRAIGHT};
    if (s[0] == '\'')
        return end - p > 1 && s[1] == '\'' ? (qt_mark){'"', 2, QT_STRAIGHT}
                                           : (qt_mark){'\'', 1, QT_SINGLE};
    if (s[0] == 0xC2 && end - p >= 2) {
        if (s[1] == 0xAB || s[1] == 0xBB) return (qt_mark){s[1], 2, QT_GUILLEMET};
        return none;
    }
    if (end - p < 3 || (s[0] != 0xE2 && s[0] != 0xE3) || s[1] != 0x80 || (s[2] & 0xC0) != 0x80)
        return none;
    unsigned third = s[2] & 0x3Fu, cjk = s[0] & 1; /* E3 */
    uint8_t family = family_of[cjk][third];
    return family ? (qt_mark){(cjk ? 0x3000u : 0x2000u) | third, 3, family} : none;
}

/* ------------------------------------------------------------------ both sides of a mark */

/* ASCII characters, a bit of each. */
typedef struct {
    uint64_t bits[2];
} ascii_set;
#define IN(c) ((uint64_t)1 << ((c)&63))
static const ascii_set before_opening = {{IN('(') | IN('/') | IN(':') | IN('\'') | IN('"') |
                                              IN('=') | IN(',') | IN(';') | IN('>') | IN('*'),
                                          IN('[') | IN('{') | IN('|') | IN('_')}};
static const ascii_set after_closing = {{IN('.') | IN(',') | IN(';') | IN(':') | IN('!') | IN('?') |
                                             IN(')') | IN('-') | IN('"') | IN('\'') | IN('/') |
                                             IN('%') | IN('<') | IN('*'),
                                         IN(']') | IN('}') | IN('|') | IN('_')}};
static const ascii_set signs = {{IN('$') | IN('%') | IN('#') | IN('&'), IN('@')}};
static const ascii_set ends_speech = {
    {IN(',') | IN('.') | IN(';') | IN(':') | IN('!') | IN('?') | IN(')'), IN(']')}};
static const ascii_set brackets = {{IN('(') | IN('/') | IN(':'), IN('[') | IN('{')}};
static const ascii_set shares = {{IN('/') | IN('%'), 0}};
static const ascii_set full_stops = {{IN('.') | IN('!') | IN('?'), 0}};
static const ascii_set brackets_and_marks = {
    {IN('(') | IN('/') | IN(':') | IN('\'') | IN('"') | IN('='), IN('[') | IN('{')}};
static const ascii_set punctuation = {
    {IN('.') | IN(',') | IN(';') | IN(':') | IN('!') | IN('?') | IN(')'), 0}};
static const ascii_set stops_and_hyphen = {{IN('.') | IN(',') | IN('!') | IN('?') | IN('-'), 0}};
static const ascii_set announcing = {{IN(':') | IN(',') | IN('"'), 0}};
#undef IN

static inline bool among(uint32_t c, const ascii_set *set)
{
    return c < 128 && set->bits[c >> 6] >> (c & 63) & 1;
}

static bool is_dash(uint32_t c)
{
    return c == '-' || (c >= 0x2010 && c <= 0x2015);
}

static bool opens_after(uint32_t c)
{
    if (c < 0x80) return c == 0 || quotes_is_space(c) || among(c, &before_opening) || c == '-';
    return quotes_is_space(c) || is_dash(c) || c == 0x2019 || c == 0x2018 || c == 0x201C ||
           c == 0x201E || c == 0xAB || c == 0xBB || c == 0x2039 || c == 0xBF || c == 0xA1 ||
           c == 0xFF1A || c == 0xFF0C || c == 0x3002 || c == 0x3001 || c == 0x2026 || c == 0x300C ||
           c == 0x640; /* what joins an Arabic prefix to the mark */
}

static bool closes_before(uint32_t c)
{
    if (c < 0x80) return c == 0 || quotes_is_space(c) || among(c, &after_closing);
    return quotes_is_space(c) || is_dash(c) || c == 0x2026 || c == 0xBB || c == 0xAB ||
           c == 0x201D || c == 0x201C || c == 0x2019 || c == 0x203A || c == 0xFF0C || c == 0x3002 ||
           c == 0x3001 || c == 0xFF1B || c == 0xFF1A || c == 0xFF01 || c == 0xFF1F || c == 0x60C ||
           c == 0x61B || c == 0x61F || c == 0x964 || c == 0x300D;
}

static bool is_word(uint32_t c)
{
    return quotes_is_letter(c) || (c >= '0' && c <= '9') || among(c, &signs) || c == 0x20AC ||
           c == 0xA3 || c == 0xA7 || c == 0xB0;
}

typedef struct {
    uint32_t left, right;
    bool space_left, space_right;
    bool opens, closes; /* by context alone */
    bool shuts;         /* so ", said X: set off by spaces, and what no text begins with follows */
} sides;

static sides look(const qt_engine *self, uint32_t at, unsigned length)
{
    const char *from = self->text + self->par_start, *end = self->text + self->par_end;
    const char *p = self->text + at;
    unsigned n;
    sides s;
    s.left = quotes_decode_back(from, p, &n);
    s.right = p + length < end ? quotes_decode(p + length, end, &n) : 0;
    s.space_left = !s.left || quotes_is_space(s.left);
    s.space_right = !s.right || quotes_is_space(s.right);
    s.opens = (s.space_left || opens_after(s.left)) && !s.space_right;
    s.closes = !s.space_left && closes_before(s.right);
    s.shuts = s.space_left && s.left && among(s.right, &ends_speech) &&
              !(s.right == '.' && p + length + 1 < end && p[length + 1] == '.');
    return s;
}

/* ------------------------------------------------------------------ marks ahead */

static bool straight_closes(const sides *s)
{
    if (s->shuts) return true;
    return !s->space_left && !among(s->left, &brackets) && !is_dash(s->left) && s->left != 0xAB &&
           s->left != 0x201E && s->left != 0x201C && (closes_before(s->right)) &&
           !among(s->right, &shares);
}

static bool straight_opens(const sides *s)
{
    return (s->space_left || among(s->left, &brackets) || is_dash(s->left) || s->left == 0xAB ||
            s->left == 0x201E || s->left == 0x201C) &&
           !s->space_right && !s->shuts;
}

static void count_mark(pairing *self, uint32_t at, const qt_mark *m, int by)
{
    qt_ahead *a = &self->engine->ahead;
    uint32_t d = (uint32_t)by;
    switch (m->code) {
    case 0xAB: a->guillemet_left += d; break;
    case 0xBB: a->guillemet_right += d; break;
    case 0x201E: a->low += d; break;
    case 0x201C:
    case 0x201F: a->left += d; break;
    case 0x201D:
    case 0x2033: a->right += d; break;
    case '"': {
        sides s = look(self->engine, at, m->length);
        if (straight_closes(&s)) a->straight_close += d;
        if (straight_opens(&s)) a->straight_open += d;
        break;
    }
    default: break;
    }
}

static void count_ahead(pairing *self)
{
    self->engine->ahead = (qt_ahead){0};
    const char *text = self->engine->text, *end = text + self->engine->par_end;
    const char *p = quotes_next_mark(self->engine, text + self->from, end);
    while (p < end) {
        qt_mark m = quotes_mark_at(p, end);
        if (quotes_is_pairing(m)) count_mark(self, (uint32_t)(p - text), &m, 1);
        p = quotes_next_mark(self->engine, p + (m.family ? m.length : 1), end);
    }
    self->engine->ahead_low = self->engine->ahead.low > 0;
}

/* ------------------------------------------------------------------ pairs */

static bool is_double(uint8_t family)
{
    return family == QT_GUILLEMET || family == QT_DOUBLE || family == QT_STRAIGHT;
}

/* Spaces and marks-that-belong-to-nothing at the edges are no part of the inner text. */
static void trim(const char *text, uint32_t *start, uint32_t *end)
{
    unsigned n;
    while (*start < *end && quotes_is_space(quotes_decode(text + *start, text + *end, &n)))
        *start += n;
    while (*start < *end && quotes_is_space(quotes_decode_back(text + *start, text + *end, &n)))
        *end -= n;
}

static qt_quote *emit(pairing *self, uint32_t outer_start, uint32_t start, uint32_t end,
                      uint32_t outer_end, uint8_t family)
{
    qt_engine *e = self->engine;
    if (e->quote_count == QT_MAX_QUOTES) {
        self->full = true;
        return NULL;
    }
    trim(e->text, &start, &end);
    if (start >= end) return NULL;
    qt_quote *q = &e->quotes[e->quote_count++];
    *q = (qt_quote){.start = start,
                    .end = end,
                    .outer_start = outer_start,
                    .outer_end = outer_end,
                    .paragraph = e->par_number,
                    .family = family};
    return q;
}

/* The opener at stack level `level` was no mark: pairs within it come up a level. */
static void forget(pairing *self, unsigned level)
{
    qt_engine *e = self->engine;
    uint32_t at = self->stack[level].at;
    for (unsigned i = e->quote_count; i-- > 0 && e->quotes[i].end > at;) {
        if (e->quotes[i].start > at && e->quotes[i].depth > level) e->quotes[i].depth--;
    }
}

static void push(pairing *self, uint32_t at, const qt_mark *m)
{
    if (self->depth == QT_MAX_DEPTH) return;
    self->stack[self->depth++] = (opener){at, m->code, m->length, m->family};
}

static bool stops(uint32_t c)
{
    return among(c, &full_stops) || c == 0x2026 || c == 0x3002 || c == 0xFF01 || c == 0xFF1F;
}

static uint32_t last_char(const char *text, uint32_t start, uint32_t end)
{
    unsigned n = 0;
    while (end > start) {
        uint32_t c = quotes_decode_back(text + start, text + end, &n);
        if (!quotes_is_space(c)) return c;
        end -= n;
    }
    return 0;
}

static void close_at(pairing *self, unsigned level, uint32_t at, const qt_mark *m)
{
    opener *o = &self->stack[level];
    while (self->depth - 1 > level) forget(self, --self->depth);
    qt_quote *q = emit(self, o->at, o->at + o->length, at, at + m->length, o->family);
    self->depth = level;
    if (!q) return;
    q->depth = (uint8_t)level;
    if (!level) self->last_end = at + m->length;
}

/* "Whole sentence, said X. "Another one. They ask for "more": an opening mark where a sentence
 * begins, never closed, and then a sentence of the narrator's: the quotation ends at the stop
 * before that. */
static bool sentence_within(const pairing *self, const opener *o, uint32_t at, uint32_t *end)
{
    enum { REACH = 700, LEAST = 30 };
    const char *text = self->engine->text;
    uint32_t from = o->at + o->length;
    unsigned n;
    uint32_t before = last_char(text, self->engine->par_start, o->at);
    if (at - from < LEAST || at - from > REACH || (before && !stops(before) && before != ':') ||
        !quotes_is_upper(quotes_decode(text + from, text + at, &n)))
        return false;
    for (uint32_t i = at - 2; i > from + LEAST; i--) {
        if (!among((unsigned char)text[i], &full_stops) || text[i + 1] != ' ') continue;
        if (!quotes_is_upper(quotes_decode(text + i + 2, text + at, &n))) continue;
        *end = i + 1;
        return true;
    }
    return false;
}

/* A second opening of the family at the top, which was never closed. */
static void give_up_top(pairing *self, uint32_t at)
{
    opener *o = &self->stack[self->depth - 1];
    const char *text = self->engine->text;
    uint32_t end;
    if (self->depth == 1 && at - o->at > 25 && stops(last_char(text, o->at, at))) {
        qt_quote *q = emit(self, o->at, o->at + o->length, at, at, o->family);
        if (q) q->unclosed = true;
    } else if (self->depth == 1 && sentence_within(self, o, at, &end)) {
        qt_quote *q = emit(self, o->at, o->at + o->length, end, end, o->family);
        if (q) q->unclosed = true;
    } else {
        forget(self, self->depth - 1);
    }
    self->depth--;
}

static int same_family_again(const pairing *self, const qt_mark *m)
{
    const qt_ahead *a = &self->engine->ahead;
    uint32_t closers, openers;
    if (m->family == QT_GUILLEMET) {
        bool rev = self->engine->probe.reversed;
        closers = rev ? a->guillemet_left : a->guillemet_right;
        openers = rev ? a->guillemet_right : a->guillemet_left;
    } else {
        closers = a->right + (self->low ? a->left : 0);
        openers = m->code == 0x201E ? a->low : m->code == 0x201D ? a->right : a->left;
    }
    return closers < openers + 2 ? REOPENS : OPENS;
}

/* ------------------------------------------------------------------ direction of each family */

static int open_of(const pairing *self, const char *families, unsigned *level)
{
    for (unsigned i = self->depth; i-- > 0;) {
        if (strchr(families, self->stack[i].family)) {
            if (level) *level = i;
            return 1;
        }
    }
    return 0;
}

/* Old books open each further paragraph of what is spoken with the closing mark: « … [line] » … */
static bool opens_paragraph(const pairing *self, uint32_t at, const qt_mark *m)
{
    const qt_engine *e = self->engine;
    if (!e->pending || e->last.family != QT_GUILLEMET || e->last.paragraph + 1 != e->par_number)
        return false;
    const char *p = e->text + e->par_start, *end = e->text + self->to;
    unsigned n;
    while (p < e->text + at && quotes_is_space(quotes_decode(p, end, &n))) p += n;
    if (p != e->text + at) return false;
    for (p += m->length; p < end; p += n) {
        uint32_t c = quotes_decode(p, end, &n);
        if (!quotes_is_space(c)) return quotes_is_upper(c);
    }
    return false;
}

/* Does a comma or a stop follow, behind a blank? */
static bool goes_on_after(const pairing *self, uint32_t at)
{
    const char *p = self->engine->text + at, *end = self->engine->text + self->to;
    unsigned n;
    for (; p < end; p += n) {
        uint32_t c = quotes_decode(p, end, &n);
        if (!quotes_is_space(c)) return c == ',' || (c == '.' && !(p + 1 < end && p[1] == '.'));
    }
    return false;
}

static int guillemet(pairing *self, uint32_t at, const qt_mark *m, const sides *s)
{
    bool rev = self->engine->probe.reversed;
    bool glyph_opens = (m->code == 0xBB) == rev;
    const opener *top = self->depth ? &self->stack[self->depth - 1] : NULL;
    bool first = !self->guillemets;
    self->guillemets = true;
    if (glyph_opens) {
        /* the same glyph on both sides: »so» */
        uint32_t closers =
            rev ? self->engine->ahead.guillemet_left : self->engine->ahead.guillemet_right;
        if (top && top->code == m->code && s->closes && !s->opens && !closers) return CLOSES;
        /* « so « , said X: an opening glyph, and then what ends speech */
        if (top && top->code == m->code && s->space_left && goes_on_after(self, at + m->length))
            return CLOSES;
        /* »so« in a text that otherwise has «so» */
        if (s->closes && !s->opens && top && top->family == QT_GUILLEMET && top->code != m->code)
            return CLOSES;
        return OPENS;
    }
    if (!self->depth && first && opens_paragraph(self, at, m)) return OPENS;
    /* a breadcrumb or list arrow */
    if (!self->depth && s->space_left && s->space_right && s->left && first) return NOTHING;
    if (!self->depth && s->opens && !s->closes && is_word(s->right) &&
        (rev ? self->engine->ahead.guillemet_right : self->engine->ahead.guillemet_left))
        return OPENS;
    /* « the »operation » is long »: more marks that close are to come than were opened */
    const qt_ahead *a = &self->engine->ahead;
    uint32_t closers = rev ? a->guillemet_left : a->guillemet_right,
             openers = rev ? a->guillemet_right : a->guillemet_left;
    if (top && s->space_left && is_word(s->right) && closers > openers + self->depth) return OPENS;
    return CLOSES;
}

static int curly(pairing *self, const qt_mark *m, const sides *s)
{
    if (m->code == 0x201E) return OPENS;
    if (m->code == 0x2033) return self->depth ? CLOSES : NOTHING;
    if (m->code == 0x201D) {
        static const char doubles[] = {QT_GUILLEMET, QT_DOUBLE, QT_STRAIGHT, QT_PRIME, 0};
        if (open_of(self, doubles, NULL)) return CLOSES;
        return s->opens && is_word(s->right) ? OPENS : CLOSES;
    }
    for (unsigned i = self->depth; i-- > 0;) {
        uint32_t code = self->stack[i].code;
        if (code != 0x201E && code != 0x201C) continue;
        if (code == 0x201E && !(s->opens && !s->closes)) return CLOSES;
        break;
    }
    bool after_word = !s->space_left && !among(s->left, &brackets_and_marks) && !is_dash(s->left) &&
                      s->left != 0x2019 && s->left != 0x2018 && s->left != 0xAB;
    bool ends = s->space_right || among(s->right, &punctuation) || s->right == 0x2026;
    return after_word && ends && self->depth ? CLOSES : OPENS;
}

static int straight(pairing *self, const sides *s)
{
    static const char doubles[] = {QT_STRAIGHT, QT_DOUBLE, 0};
    bool has = open_of(self, doubles, NULL);
    for (unsigned i = 0; i < self->depth; i++) has |= self->stack[i].code == 0xAB;
    const opener *top = self->depth ? &self->stack[self->depth - 1] : NULL;
    bool top_straight = top && top->family == QT_STRAIGHT;
    if (s->shuts) return CLOSES;
    if (s->opens && !s->closes) {
        if (!top_straight) return OPENS;
        int left = (int)self->engine->ahead.straight_close - (int)self->engine->ahead.straight_open;
        if (left >= 2) return OPENS;
        return left < 1 && !s->space_left ? CLOSES : REOPENS;
    }
    if (s->closes && !s->opens) return CLOSES;
    if (has) return CLOSES;
    return s->right ? OPENS : NOTHING;
}

/* Is there a better place to close than after a plural's s: ’ that follows a stop, before the next
 * ‘? What was found is kept, so that looking stays linear. */
static bool closes_later(pairing *self, uint32_t at)
{
    const char *text = self->engine->text, *end = text + self->to;
    if (self->quote_after > at) return true;
    enum { REACH = 400 };
    const char *stop = end - (text + at) > REACH ? text + at + REACH : end;
    if (self->quote_after == at + 1) return false;
    for (const char *p = text + at; p < stop; p++) {
        qt_mark m = quotes_mark_at(p, stop);
        if (m.family != QT_SINGLE) continue;
        if (m.code == 0x2018) return false;
        uint32_t pos = (uint32_t)(p - text);
        unsigned n;
        uint32_t left = quotes_decode_back(text + self->engine->par_start, p, &n);
        if (left == ' ') left = quotes_decode_back(text + self->engine->par_start, p - n, &n);
        uint32_t right = p + m.length < end ? quotes_decode(p + m.length, end, &n) : 0;
        if ((among(left, &stops_and_hyphen) || left == 0x2026 || left == 0x2014) &&
            !is_word(right)) {
            self->quote_after = pos;
            return true;
        }
    }
    return false;
}

static int single(pairing *self, uint32_t at, const qt_mark *m, const sides *s)
{
    uint32_t primary = self->engine->probe.single;
    bool open = self->depth && self->stack[self->depth - 1].family == QT_SINGLE;
    if (m->code == 0x2018 && primary == 0x2018)
        return open && s->closes && !s->opens ? CLOSES : OPENS;
    if (m->code == 0x201A && primary == 0x201A) return OPENS;
    if (m->code == '\'' && primary == '\'' && s->opens && !s->closes && !self->depth) return OPENS;
    if (m->code == 0x2019 && primary == 0x2019 && s->opens && !s->closes && !self->depth)
        return OPENS;
    if (!open || (is_word(s->left) && is_word(s->right))) return NOTHING;
    if (!(s->closes || (s->space_left && s->space_right))) return NOTHING;
    if (is_word(s->left) && closes_later(self, at + m->length)) return NOTHING;
    return CLOSES;
}

static int direction(pairing *self, uint32_t at, const qt_mark *m)
{
    sides s = look(self->engine, at, m->length);
    switch (m->family) {
    case QT_GUILLEMET: return guillemet(self, at, m, &s);
    case QT_DOUBLE:
    case QT_PRIME: return curly(self, m, &s);
    case QT_STRAIGHT: return straight(self, &s);
    case QT_SINGLE: return single(self, at, m, &s);
    case QT_ANGLE: return m->code == 0x2039 ? OPENS : CLOSES;
    case QT_CORNER:
    case QT_WHITE:
    case QT_BOOK: return m->code & 1 ? CLOSES : OPENS;
    default: return m->code == 0x301D ? OPENS : CLOSES;
    }
}

/* ------------------------------------------------------------------ the pass */

/* ,,so'' and ,,so”: two commas stand for a low mark. They are looked for only where a mark closes
 * that none has opened, each stretch once. */
static void close_commas(pairing *self, uint32_t at, const qt_mark *m)
{
    enum { LONGEST = 2000 };
    qt_engine *e = self->engine;
    const char *text = e->text;
    uint32_t from = self->commas_to > self->from ? self->commas_to : self->from;
    const char *p = text + from, *end = text + at;
    while (end - p > 2 && (p = memchr(p, ',', (size_t)(end - p - 2))) != NULL) {
        if (p[1] == ',' && p[2] != ' ' && p[2] != ',') self->commas = (uint32_t)(p - text) + 1;
        p += p[1] == ',' ? 2 : 1;
    }
    self->commas_to = at;
    uint32_t open = self->commas - 1;
    if (!self->commas || open < self->last_end || at - open > LONGEST) return;
    self->commas = 0;
    emit(self, open, open + 2, at, at + m->length, QT_DOUBLE);
    self->last_end = at + m->length;
}

/* A closing mark without an opening one: the end of an editorial resumption after a quotation
 * (… » [and …] »), or of a quotation that came over from the paragraph before. */
static void orphan(pairing *self, uint32_t at, const qt_mark *m)
{
    qt_engine *e = self->engine;
    if (m->family == QT_STRAIGHT || m->code == 0x201D) close_commas(self, at, m);
    if (m->family != QT_GUILLEMET && m->family != QT_DOUBLE) return;
    if (self->last_end > self->from) {
        if (at - self->last_end > 2000) return;
        const char *bracket = memchr(e->text + self->last_end, '[', at - self->last_end);
        if (!bracket) return;
        qt_quote *q = emit(self, (uint32_t)(bracket - e->text), (uint32_t)(bracket - e->text), at,
                           at + m->length, m->family);
        if (q) q->orphan = true;
        self->last_end = at + m->length;
    } else if (e->pending && !e->quote_count && self->from == e->par_start &&
               e->last.paragraph + 1 == e->par_number && e->last.family == m->family) {
        qt_quote *q = emit(self, self->from, self->from, at, at + m->length, m->family);
        if (q) q->carries = true;
        self->last_end = at + m->length;
    }
}

static void take(pairing *self, uint32_t at, const qt_mark *m)
{
    int d = direction(self, at, m);
    if (d == OPENS && self->depth && self->stack[self->depth - 1].family == m->family &&
        (m->family == QT_GUILLEMET || m->family == QT_DOUBLE))
        d = same_family_again(self, m);
    if (d == REOPENS && self->depth) give_up_top(self, at);
    if (d == OPENS || d == REOPENS) push(self, at, m);
    if (d != CLOSES) return;
    unsigned level = self->depth;
    while (level > 0 && self->stack[level - 1].family != m->family &&
           !(m->family == QT_PRIME && self->stack[level - 1].family == QT_DOUBLE))
        level--;
    if (level) {
        close_at(self, level - 1, at, m);
    } else if (self->depth && is_double(m->family) &&
               is_double(self->stack[self->depth - 1].family)) {
        close_at(self, self->depth - 1, at, m);
    } else if (!self->depth) {
        orphan(self, at, m);
    }
}

static unsigned count_words(const char *p, const char *end, unsigned most)
{
    unsigned words = 0, n;
    bool in = false;
    for (; p < end && words < most; p += n) {
        bool letter = is_word(quotes_decode(p, end, &n));
        words += letter && !in;
        in = letter;
    }
    return words;
}

/* Open at the paragraph's end: a quotation that goes on, or a stray mark? */
static void finish(pairing *self)
{
    qt_engine *e = self->engine;
    const char *text = e->text;
    while (self->depth > 1) forget(self, --self->depth);
    if (!self->depth) return;
    opener *o = &self->stack[0];
    self->depth = 0;
    uint32_t before = last_char(text, e->par_start, o->at);
    unsigned words = count_words(text + o->at + o->length, text + self->to, 8);
    bool good = !before || stops(before) || among(before, &announcing) || before == 0xBB ||
                before == 0x201D || e->opens_next || (is_word(before) && words >= 8);
    if (o->family == QT_SINGLE && words < 8) good = false;
    if (!good || words < 3 || (o->code == 0xBB && !e->probe.reversed && !(e->pending && !before))) {
        self->depth = 1;
        forget(self, 0);
        self->depth = 0;
        return;
    }
    qt_quote *q = emit(self, o->at, o->at + o->length, self->to, self->to, o->family);
    if (!q) return;
    q->unclosed = true;
    q->outer_end = q->end;
}

static void sort(qt_engine *self)
{
    for (unsigned i = 1; i < self->quote_count; i++) {
        qt_quote q = self->quotes[i];
        unsigned j = i;
        while (j > 0 &&
               (self->quotes[j - 1].start > q.start ||
                (self->quotes[j - 1].start == q.start && self->quotes[j - 1].depth > q.depth))) {
            self->quotes[j] = self->quotes[j - 1];
            j--;
        }
        self->quotes[j] = q;
    }
}

uint32_t quotes_pair(qt_engine *self, uint32_t from, uint32_t to)
{
    pairing p = {.engine = self, .from = from, .to = to};
    bool single_marks = self->probe.single != 0;
    const char *text = self->text, *end = text + to;
    self->quote_count = 0;
    if (from == self->par_start) count_ahead(&p);
    p.low = self->ahead_low;
    const char *s = quotes_skip_to_mark(self, text + from, end, single_marks);
    while (s < end) {
        qt_mark m = quotes_mark_at(s, end);
        if (m.family && (m.family != QT_SINGLE || single_marks)) {
            uint32_t at = (uint32_t)(s - text);
            if (m.family != QT_SINGLE) count_mark(&p, at, &m, -1);
            take(&p, at, &m);
            if (self->quote_count >= QT_MAX_QUOTES - QT_MAX_DEPTH - 1 && (!p.depth || p.full)) {
                sort(self);
                return (uint32_t)(s - text) + m.length;
            }
        }
        s = quotes_skip_to_mark(self, s + (m.family ? m.length : 1), end, single_marks);
    }
    finish(&p);
    sort(self);
    return to;
}
