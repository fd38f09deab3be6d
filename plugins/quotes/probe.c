/* What marks a document uses, and how: one pass over its lines before anything is decided.
 * Answers: are guillemets reversed (»so«), are single marks the primary ones, is it a story
 * (dialogue: most paragraphs open with a mark or a dash), are its lines wrapped. document.c
 * asks. */
#include "scan.h"

#include <string.h>

typedef struct {
    qt_list *list;
    const char *text, *end;
    const char *dash_line_end; /* of the line of the last dash */
    const char *after_dashes;  /* two hyphens before it were counted */
    uint32_t lines, marked, dashed,
        stopped;          /* lines that open with a mark, a dash, end with a stop */
    uint32_t long_dashed; /* opened as no list does: with — or --, or with an attribution */
    uint32_t long_lines, adjacent, lower; /* for wrapping */
    uint32_t normal, reversed;            /* guillemets */
    uint32_t doubles;
    uint32_t single, apostrophe; /* ‘ and ' that open */
    uint32_t low_single;
    uint32_t right_single;                 /* ’ that opens: ’so’ */
    uint32_t inline_dashes, double_dashes; /* ". —So", ". --So" */
    uint32_t dash_stopped, dash_asks;
    uint32_t mid_dashes; /* ". - So", ": - So" */
    uint32_t any;
} counts;

static bool opens_plainly(uint32_t c)
{
    return !c || quotes_is_space(c) || c == '(' || c == '-' || c == '[' ||
           (c >= 0x2012 && c <= 0x2015);
}

static void count_mark(counts *self, const char *p, qt_mark m)
{
    unsigned n;
    uint32_t left = quotes_decode_back(self->text, p, &n);
    uint32_t right = p + m.length < self->end ? quotes_decode(p + m.length, self->end, &n) : 0;
    if (right == '\n') right = 0;
    bool word = quotes_is_letter(right) || (right >= '0' && right <= '9');
    switch (m.code) {
    case 0xAB:
        self->any++;
        self->doubles++;
        if ((opens_plainly(left) || left == 0x2019 || left == '\'') && right) self->normal++;
        break;
    case 0xBB:
        self->any++;
        if (opens_plainly(left) && word) self->reversed++;
        break;
    case '"':
        self->any++;
        self->doubles++; /* halved later */
        break;
    case 0x201C:
    case 0x201E:
        self->any++;
        self->doubles += 2;
        break;
    case 0x2018:
        if (opens_plainly(left) && (word || quotes_is_space(right))) self->single++;
        break;
    case 0x2019:
        if (opens_plainly(left) && quotes_is_upper(right)) self->right_single++;
        break;
    case 0x201A: self->low_single++; break;
    case '\'':
        if (opens_plainly(left) && quotes_is_upper(right)) self->apostrophe++;
        break;
    default: self->any += m.family != 0; break;
    }
}

/* A dash that opens speech: then a space or a second dash, then a word. Returns its length. */
static unsigned dash_length(const char *p, const char *end)
{
    const char *s = p;
    unsigned n, dashes = 0;
    while (s < end && dashes < 3) {
        uint32_t c = quotes_decode(s, end, &n);
        if (c != '-' && !(c >= 0x2012 && c <= 0x2015)) break;
        s += n;
        dashes++;
    }
    return dashes ? (unsigned)(s - p) : 0;
}

/* "- Where? - he asked.": punctuation, a dash, a small letter. */
static bool answers(const char *p, const char *end)
{
    unsigned n;
    while (end - p > 4 && (p = memchr(p + 1, '-', (size_t)(end - p - 4))) != NULL) {
        char before = p[-2];
        if (p[-1] == ' ' && p[1] == ' ' &&
            (before == ',' || before == '!' || before == '?' || before == '.')) {
            uint32_t c = quotes_decode(p + 2, end, &n);
            if (quotes_is_letter(c) && !quotes_is_upper(c)) return true;
        }
    }
    return false;
}

static bool is_ascii_letter(unsigned char c)
{
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

/* A line that may begin or end with anything. */
static void count_odd_line(counts *self, const char *p, const char *line_end)
{
    unsigned n = 0;
    while (p < line_end && quotes_is_space(quotes_decode(p, line_end, &n))) p += n;
    if (p == line_end) return;
    self->lines++;
    bool dashed = false, plain = is_ascii_letter((unsigned char)*p);
    qt_mark m = plain ? (qt_mark){0, 1, 0} : quotes_mark_at(p, line_end);
    if (m.family && m.code != 0x2019)
        self->marked++;
    else if (!plain && dash_length(p, line_end)) {
        dashed = true;
        self->dashed++;
        self->long_dashed += dash_length(p, line_end) > 1 || answers(p + 1, line_end);
    }
    const char *e = line_end;
    uint32_t last = 0;
    while (e > p) {
        last = quotes_decode_back(p, e, &n);
        if (!quotes_is_space(last)) break;
        e -= n;
    }
    if (dashed) {
        self->dash_stopped += last == '.' || last == '!' || last == '?' || last == 0x2026;
        self->dash_asks += last == '!' || last == '?' || last == 0x2026;
    }
    if (is_ascii_letter((unsigned char)e[-1])) return;
    m = quotes_mark_at(e - n, line_end);
    if (last == '.' || last == '!' || last == '?' || last == 0x2026 || m.family) self->stopped++;
}

/* Most begin and end with a character of ASCII that is no blank, no mark and no dash. */
static inline unsigned is_plain(unsigned char c)
{
    return c > ' ' && c < 0x80 && c != '"' && c != '\'' && c != '-';
}

static inline void count_line(counts *self, const char *p, const char *line_end)
{
    if (p == line_end) return;
    unsigned char last = (unsigned char)line_end[-1];
    if (is_plain((unsigned char)*p) && is_plain(last)) {
        self->lines++;
        self->stopped += (last == '.') | (last == '!') | (last == '?');
    } else {
        count_odd_line(self, p, line_end);
    }
}

/* Runs of the text's ". --So" and ": — So" within lines: stories whose line ends were lost. */
static void count_inline(const counts *self, const char *p, const char *line_end, uint32_t *count)
{
    unsigned dash = dash_length(p, line_end), n;
    if (!dash || p == self->text) return;
    uint32_t left = quotes_decode_back(self->text, p, &n);
    if (quotes_is_space(left)) left = quotes_decode_back(self->text, p - n, &n);
    const char *s = p + dash;
    while (s < line_end && quotes_is_space(quotes_decode(s, line_end, &n))) s += n;
    if (s < line_end && (left == '.' || left == ':' || left == '!' || left == '?') &&
        quotes_is_upper(quotes_decode(s, line_end, &n)))
        ++*count;
}

static const char *line_end_of(const char *p, const char *end)
{
    const char *nl = memchr(p, '\n', (size_t)(end - p));
    return nl ? nl : end;
}

static void count_marks(counts *self, uint64_t found, const char *block)
{
    for (; found; found &= found - 1) {
        const char *p = block + __builtin_ctzll(found), *end = self->end;
        qt_mark m = quotes_mark_at(p, end);
        bool apostrophe =
            m.code == 0x2019 && p > self->text && is_ascii_letter((unsigned char)p[-1]);
        if (quotes_is_pairing(m)) quotes_list_mark(self->list, (uint32_t)(p - self->text));
        if (m.family && !apostrophe) {
            count_mark(self, p, m);
        } else if ((unsigned char)*p == 0xE2 && !apostrophe && p > self->text && p[-1] != '\n') {
            if (self->dash_line_end <= p) self->dash_line_end = line_end_of(p, end);
            count_inline(self, p, self->dash_line_end, &self->inline_dashes);
        }
    }
}

static void count_singles(counts *self, uint64_t found, const char *block)
{
    for (; found; found &= found - 1) {
        const char *p = block + __builtin_ctzll(found);
        bool apostrophe = p > self->text && is_ascii_letter((unsigned char)p[-1]);
        if (!apostrophe) count_mark(self, p, quotes_mark_at(p, self->end));
    }
}

static void count_double_dashes(counts *self, uint64_t found, const char *block)
{
    for (; found; found &= found - 1) {
        const char *p = block + __builtin_ctzll(found);
        if (p < self->after_dashes || p + 1 >= self->end) continue;
        if (p > self->text + 1 && p[1] == ' ' && p[-1] == ' ') {
            self->mid_dashes += p[-2] == '.' || p[-2] == '!' || p[-2] == '?' || p[-2] == ':';
        } else if (p[1] == '-') {
            if (p > self->text && p[-1] != '\n')
                count_inline(self, p, self->end, &self->double_dashes);
            self->after_dashes = p + 2;
        }
    }
}

/* The line from `p` to the line end `nl`, as a line of a text that may be wrapped. */
static inline void count_wrapping(counts *self, const char *p, const char *nl)
{
    enum { LONG = 90 };
    self->long_lines += nl - p >= LONG;
    if (nl == p || nl + 1 >= self->end) return;
    unsigned char first = (unsigned char)nl[1];
    self->adjacent += first != '\n' && first != '\r';
    if (first < 0x80) {
        self->lower += first >= 'a' && first <= 'z';
    } else {
        unsigned n;
        uint32_t c = quotes_decode(nl + 1, self->end, &n);
        self->lower += quotes_is_letter(c) && !quotes_is_upper(c);
    }
}

static void count_all(counts *self)
{
    const char *line = self->text;
    qt_blocks blocks;
    qt_events found;
    quotes_list_begin(self->list, 0);
    quotes_blocks_begin(&blocks, line, self->end);
    for (const char *p; quotes_next_block(&blocks, &p, &found);) {
        for (; found.ends; found.ends &= found.ends - 1) {
            const char *nl = p + __builtin_ctzll(found.ends);
            quotes_list_end(self->list, (uint32_t)(nl - self->text));
            count_line(self, line, nl);
            count_wrapping(self, line, nl);
            line = nl + 1;
        }
        if (found.marks) count_marks(self, found.marks, p);
        if (found.apostrophes) count_singles(self, found.apostrophes, p);
        if (found.hyphens) count_double_dashes(self, found.hyphens, p);
    }
    if (line < self->end) count_line(self, line, self->end);
}

static uint32_t single_mode(const counts *self)
{
    uint32_t doubles = self->doubles / 2;
    if (self->single > 3 ? self->single > 2 * doubles : self->single && !doubles) return 0x2018;
    if (self->right_single > 1 && !doubles && !self->single) return 0x2019;
    if (self->apostrophe > 3 ? self->apostrophe > 2 * doubles : self->apostrophe > 1 && !doubles)
        return '\'';
    if (self->low_single && !doubles) return 0x201A;
    return 0;
}

bool quotes_probe_marks(qt_engine *self)
{
    counts c = {.list = &self->list, .text = self->text, .end = self->text + self->size};
    c.dash_line_end = c.after_dashes = c.text;
    count_all(&c);
    self->probe = (qt_probe){0};
    if (c.any && c.doubles >= 16) c.apostrophe = 0; /* then ' is none of the primary marks */
    bool press =
        self->doc_lang != QT_NO_LANG && self->lexicon->langs[self->doc_lang].traits & QT_DASHES;
    if (!c.any && !c.dashed && !c.single && c.apostrophe < 2 && !c.low_single && !c.inline_dashes &&
        c.right_single < 2 && !(press && c.mid_dashes + c.double_dashes))
        return false;
    c.inline_dashes += c.double_dashes;
    self->probe.reversed = c.reversed > c.normal;
    self->probe.single = single_mode(&c);
    self->probe.has_dashes = c.dashed > 0;
    self->probe.talks = c.dashed >= 4;
    self->probe.opens = c.marked > 2 || c.lines < 4;
    self->probe.talk = c.dashed >= 4 && c.dash_stopped * 10 >= c.dashed * 8 && c.dash_asks >= 2 &&
                       c.dash_asks * 5 >= c.dashed;
    uint32_t opened = c.marked + c.dashed;
    self->probe.dialogue = c.lines >= 4 && opened * 10 >= c.lines * 3 &&
                           c.stopped * 4 >= c.lines * 3 && !(c.lines < 25 && opened * 2 < c.lines);
    if (c.lines < 4 && c.long_dashed * 2 >= c.lines && c.stopped * 2 >= c.lines && c.long_dashed)
        self->probe.dialogue = true;
    self->probe.mid_dashes = c.inline_dashes > 0 || c.mid_dashes > 0;
    /* where the press has dashes within paragraphs, only lines that hold many are whole pages */
    self->probe.inline_dashes = c.inline_dashes >= 4 && c.inline_dashes * 4000 > self->size &&
                                c.inline_dashes * 4 >= c.lines * (press ? 8 : 1);
    self->probe.wrapped = c.lines > 20 && c.long_lines * 10 < c.lines && c.adjacent * 2 > c.lines &&
                          c.lower * 4 > c.adjacent;
    return true;
}
