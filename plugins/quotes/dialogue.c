/* Speech without marks: which lines that open with a dash are spoken, and which dashes within a
 * paragraph open speech.
 *
 * A line that says who speaks (dashes.c) is speech anywhere. One that does not is a list item as
 * easily, so outside stories it wants evidence: a verb of saying and a colon before it, a question
 * before it, dashed speech right before it, or, where the press of the language quotes that way, a
 * document in which other dashed lines say who speaks. Runs of dashed lines in which nobody asks,
 * exclaims, says "I" or is said to speak are lists, in stories too. Stories that lost their line
 * ends have their speech found by ". —So". */
#include "dashes.h"

#include <string.h>

/* ------------------------------------------------------------------ quotations */

qt_quote *quotes_insert(qt_engine *self, uint32_t start, uint32_t end)
{
    if (self->quote_count == QT_MAX_QUOTES || start >= end) return NULL;
    const char *text = self->text;
    unsigned n;
    start = quotes_skip_spaces(self, start, end);
    while (end > start && quotes_is_space(quotes_decode_back(text + start, text + end, &n)))
        end -= n;
    while (end > start && text[end - 1] == ',') end--;
    if (start >= end) return NULL;
    unsigned i = self->quote_count++;
    while (i > 0 && self->quotes[i - 1].start > start) {
        self->quotes[i] = self->quotes[i - 1];
        i--;
    }
    self->quotes[i] = (qt_quote){.start = start,
                                 .end = end,
                                 .outer_start = start,
                                 .outer_end = end,
                                 .paragraph = self->par_number,
                                 .dash = true};
    return &self->quotes[i];
}

/* Pairs of marks within dash speech are quotations within a quotation. */
static void lower(qt_engine *self, uint32_t start, uint32_t end)
{
    for (unsigned i = 0; i < self->quote_count; i++) {
        qt_quote *q = &self->quotes[i];
        if (q->dash || q->start < start || q->end > end) continue;
        if (q->depth < QT_MAX_DEPTH) q->depth++;
    }
}

static bool inside_pair(const qt_engine *self, uint32_t at)
{
    for (unsigned i = 0; i < self->quote_count; i++) {
        if (!self->quotes[i].dash && self->quotes[i].outer_start <= at &&
            self->quotes[i].outer_end > at)
            return true;
    }
    return false;
}

/* ------------------------------------------------------------------ evidence */

/* The last character of a line before its closing marks. */
static uint32_t last_of(const qt_engine *self, uint32_t from, uint32_t to)
{
    unsigned n;
    for (unsigned i = 0; i < 4 && to > from; i++) {
        uint32_t c = quotes_decode_back(self->text + from, self->text + to, &n);
        if (!quotes_is_space(c) && c != 0xBB && c != 0x201D && c != '"' && c != ')') return c;
        to -= n;
    }
    return 0;
}

static bool is_small(uint32_t c)
{
    return quotes_is_letter(c) && !quotes_is_upper(c);
}

static bool asks(const qt_engine *self, uint32_t c)
{
    return c == '?' || (c == ';' && self->traits & QT_SEMICOLON_ASKS);
}

static bool stops(const qt_engine *self, uint32_t c)
{
    return c == '.' || c == '!' || c == 0x2026 || asks(self, c);
}

/* Where the first word of a dashed line is; 0 where [from, to) is none. */
static uint32_t dashed_word(const qt_engine *self, uint32_t from, uint32_t to)
{
    uint32_t at = quotes_skip_spaces(self, from, to), after = quotes_dashes_end(self, at, to);
    if (after == at) return 0;
    uint32_t word = quotes_skip_spaces(self, after, to);
    if (word == to) return 0;
    if (word == after && after - at == 1) /* -5, -word; the North writes -Yes, too */
        return quotes_press_dashes(self) && quotes_is_upper(quotes_char_at(self, word, to)) ? word
                                                                                            : 0;
    return word;
}

static bool has_first_person(const qt_engine *self, uint32_t at, uint32_t end)
{
    enum { ROOM = 48, REACH = 300 };
    qt_token t[ROOM];
    uint32_t stop = quotes_reach(self, at, end, REACH);
    unsigned count = quotes_tokens_of(self, at, stop, t, ROOM);
    for (unsigned i = 0; i < count; i++) {
        if (t[i].type == QT_WORD && t[i].classes & QT_FIRST) return true;
    }
    return false;
}

static bool is_attributed(const qt_engine *self, uint32_t at, uint32_t end)
{
    enum { REACH = 700 };
    qt_range cuts[QT_MAX_CUTS];
    bool attributed;
    uint32_t stop = quotes_reach(self, at, end, REACH);
    quotes_cut_line(self, at, stop, cuts, &attributed);
    return attributed;
}

static uint32_t line_end_of(const qt_engine *self, uint32_t at)
{
    const char *nl = memchr(self->text + at, '\n', self->size - at);
    return nl ? (uint32_t)(nl - self->text) : self->size;
}

/* The run of dashed lines that begins at `at`: their shapes, and with `words` what their words say,
 * which costs more. */
static void read_run(qt_engine *self, uint32_t at, bool words)
{
    enum { MOST = 24 };
    qt_dashed run = {.run_start = at, .run_end = at, .run_read = words};
    for (unsigned lines = 0; at < self->size && run.run_lines < MOST && lines < 2 * MOST; lines++) {
        uint32_t end = line_end_of(self, at), word = dashed_word(self, at, end);
        if (!word && quotes_skip_spaces(self, at, end) < end) break;
        if (word) {
            uint32_t last = last_of(self, word, end);
            run.run_lines++;
            run.run_end = end;
            run.run_questions += asks(self, last);
            run.run_stopped += stops(self, last);
            run.run_small += is_small(quotes_char_at(self, word, end));
            run.run_spoken |= asks(self, last) || last == '!' || last == 0x2026;
            if (words) {
                run.run_first = run.run_first || has_first_person(self, word, end);
                run.run_attributed = run.run_attributed || is_attributed(self, word, end);
            }
        }
        at = end + 1;
    }
    run.run_spoken |= run.run_first;
    run.surveyed = self->probe.dashed.surveyed;
    run.sentences = self->probe.dashed.sentences;
    run.attributed = self->probe.dashed.attributed;
    run.before = self->probe.dashed.before;
    self->probe.dashed = run;
}

/* How many dashed lines are full sentences, and how many of these say who speaks: the habit of the
 * document. */
static void survey(qt_engine *self)
{
    enum { MOST = 48 };
    qt_dashed *d = &self->probe.dashed;
    d->surveyed = true;
    for (uint32_t at = 0; at < self->size && d->sentences < MOST;) {
        uint32_t end = line_end_of(self, at), word = dashed_word(self, at, end);
        if (word && stops(self, last_of(self, word, end))) {
            d->sentences++;
            d->attributed += is_attributed(self, word, end);
        }
        at = end + 1;
    }
}

/* In this document a dashed sentence is usually spoken. */
static bool is_habit(qt_engine *self)
{
    qt_dashed *d = &self->probe.dashed;
    if (!d->surveyed) survey(self);
    return d->attributed && d->attributed * 6 >= d->sentences;
}

/* A hyphen is the sign of items as well. */
static bool has_hyphen(const qt_engine *self, uint32_t end)
{
    uint32_t at = quotes_skip_spaces(self, self->par_start, end);
    return self->text[at] == '-' && self->text[at + 1] != '-';
}

/* A run of dashed lines that nobody speaks: half of them begin small; or nobody is said to speak,
 * asks, exclaims or says "I"; outside stories also where all ask, or many exclaim and none asks. */
static bool is_list(const qt_engine *self, uint32_t at)
{
    enum { FEW = 2, MANY = 4 };
    const qt_dashed *d = &self->probe.dashed;
    if (self->probe.wrapped || self->lang == QT_NO_LANG) return false;
    if (d->run_lines > 1 && d->run_small * 2 >= d->run_lines) return true;
    if (d->run_attributed) return false;
    if (self->probe.story && !has_hyphen(self, at)) return d->run_lines > FEW && !d->run_spoken;
    if (d->run_lines > FEW && d->run_questions == d->run_lines) return true;
    if (d->run_lines > MANY && !d->run_questions) return true;
    return d->run_lines > 1 && !d->run_spoken;
}

/* A run of questions and answers. */
static bool is_interview(const qt_engine *self)
{
    const qt_dashed *d = &self->probe.dashed;
    if (self->probe.wrapped || !d->run_questions || d->run_questions == d->run_lines) return false;
    return quotes_press_dashes(self) ||
           (d->run_questions > 1 && d->run_stopped == d->run_lines && d->run_first);
}

/* The next line of who spoke in the line before. */
static bool goes_on_speaking(const qt_engine *self)
{
    return self->has_last && self->last.dash && self->last.paragraph + 1 == self->par_number;
}

/* She turned round and said: [line] */
static bool is_announced(const qt_engine *self)
{
    enum { REACH = 400 };
    if (!self->after_colon || !self->subject_count) return false;
    const qt_subject *s = quotes_last_subject(self);
    return self->par_start - s->at < REACH;
}

/* A small letter begins an item of a list, which goes on from what announces it. */
static bool begins_small(const qt_engine *self, uint32_t at, uint32_t end)
{
    return (quotes_press_dashes(self) || has_hyphen(self, at)) &&
           is_small(quotes_char_at(self, at, end));
}

/* Is a line that does not say who speaks spoken? Its first word is at `at`. */
static bool is_spoken(qt_engine *self, uint32_t at, uint32_t end)
{
    enum { LEAST_WORDS = 3 };
    const char *text = self->text;
    if (!stops(self, last_of(self, at, end))) return self->probe.talk && goes_on_speaking(self);
    uint32_t first = quotes_char_at(self, at, end);
    if (first >= '0' && first <= '9') return false;
    if (self->probe.talk || is_announced(self) || is_interview(self)) return true;
    if (!quotes_press_dashes(self)) return false;
    if (goes_on_speaking(self)) return true;
    const qt_dashed *d = &self->probe.dashed;
    if (text[at - 1] == '-') return false; /* -Word */
    bool habit = is_habit(self);
    bool sure = d->attributed || (d->run_first && self->traits & QT_COMMA_DASHES);
    if (has_hyphen(self, at) && !sure) return false;
    if (self->after_colon && (d->run_lines == 1 || d->run_spoken)) return true;
    if (quotes_count_words(text + at, text + end, LEAST_WORDS) < LEAST_WORDS) return false;
    return habit || d->before == '?' || (d->run_lines == 1 && stops(self, d->before));
}

static void add_cuts(qt_engine *self, const qt_range *cuts, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        lower(self, cuts[i].start, cuts[i].end);
        quotes_insert(self, cuts[i].start, cuts[i].end);
    }
}

/* Asked first, as it costs nothing: may lines that do not say who speaks be speech here? */
static bool may_be_spoken(const qt_engine *self)
{
    const qt_dashed *d = &self->probe.dashed;
    return self->probe.story || self->probe.talk || quotes_press_dashes(self) ||
           is_announced(self) || (d->run_questions > 1 && d->run_stopped == d->run_lines);
}

static void do_line(qt_engine *self, uint32_t at, uint32_t end)
{
    qt_range cuts[QT_MAX_CUTS];
    bool attributed;
    if (!self->probe.story && inside_pair(self, at)) return;
    unsigned count = quotes_cut_line(self, at, end, cuts, &attributed);
    if (!attributed) {
        const qt_dashed *d = &self->probe.dashed;
        if (self->par_start >= d->run_end) read_run(self, self->par_start, false);
        if (!may_be_spoken(self)) return;
        if (!d->run_read) read_run(self, d->run_start, true);
        if (is_list(self, at) || begins_small(self, at, end)) return;
        if (!self->probe.story && !is_spoken(self, at, end)) return;
    }
    add_cuts(self, cuts, count);
}

/* ------------------------------------------------------------------ within paragraphs */

/* A mark that was never closed opens nothing that reaches over the next dashed speech. */
static void end_at_dashes(qt_engine *self)
{
    for (unsigned i = 0; i < self->quote_count; i++) {
        qt_quote *q = &self->quotes[i];
        if (q->dash || !q->unclosed) continue;
        for (unsigned k = i + 1; k < self->quote_count && self->quotes[k].start < q->end; k++) {
            if (!self->quotes[k].dash) continue;
            uint32_t end = self->quotes[k].start;
            unsigned n;
            uint32_t c;
            while (end > q->start &&
                   (c = quotes_decode_back(self->text + q->start, self->text + end, &n)) != 0 &&
                   (quotes_is_space(c) || quotes_is_dash(c)))
                end -= n;
            q->end = q->outer_end = end;
        }
    }
}

/* Returns where it stopped: before `to` when the quotations are full. */
static uint32_t do_inline(qt_engine *self, uint32_t from, uint32_t to)
{
    qt_dash d;
    uint32_t look = from;
    while (quotes_next_dash(self, look, to, &d)) {
        if (self->quote_count >= QT_MAX_QUOTES / 3 && d.at > from) { /* they are to be cut */
            to = d.at;
            break;
        }
        look = d.after > d.at ? d.after : d.at + 1;
        uint32_t before = quotes_char_before(self, from, d.at);
        unsigned n;
        uint32_t first =
            d.after < to ? quotes_decode(self->text + d.after, self->text + to, &n) : 0;
        if (!(before == '.' || before == ':' || before == '!' || before == '?' ||
              before == 0x2026 || before == 0) ||
            !quotes_is_upper(first))
            continue;
        uint32_t end = d.after;
        bool any = false;
        while (end < to) {
            uint32_t next = quotes_skip_spaces(self, end, to),
                     stop = quotes_sentence_end(self, next, to);
            if (next < to && quotes_is_dash(quotes_decode(self->text + next, self->text + to, &n)))
                break;
            if (any && quotes_narrates(self, next, stop, true)) break;
            end = stop;
            any = true;
        }
        quotes_insert(self, d.after, end);
        look = end > look ? end : look;
    }
    end_at_dashes(self);
    return to;
}

/* He said after a while: — I am sorry. */
static bool do_announced(qt_engine *self)
{
    qt_dash d;
    uint32_t look = self->par_start;
    unsigned n;
    while (quotes_next_dash(self, look, self->par_end, &d)) {
        look = d.after > d.at ? d.after : d.at + 1;
        if (quotes_char_before(self, self->par_start, d.at) != ':' || d.after >= self->par_end)
            continue;
        if (!quotes_is_upper(quotes_decode(self->text + d.after, self->text + self->par_end, &n)))
            continue;
        do_line(self, d.after, self->par_end);
        return true;
    }
    return false;
}

/* A verb of saying stands shortly before the dash at `at`: and he said: – Yes. */
static bool says_so(const qt_engine *self, uint32_t at)
{
    enum { REACH = 120, ROOM = 40 };
    qt_token t[ROOM];
    uint32_t from = at - self->par_start > REACH ? at - REACH : self->par_start;
    while (from < at && ((unsigned char)self->text[from] & 0xC0) == 0x80) from++;
    unsigned count = quotes_tokens_of(self, from, at, t, ROOM);
    for (unsigned i = count; i-- > 0 && count - i < 12;) {
        if (t[i].type == QT_PUNCT && t[i].mark == '.') return false;
        if (t[i].type == QT_WORD && t[i].classes & (QT_SAY | QT_PART) && t[i].flags & QT_LOWER &&
            !(t[i].classes & QT_WEAK))
            return true;
    }
    return false;
}

/* The Polish and Russian press: He came late. – I was at work – he said. Only with an attribution,
 * there or before a colon. */
static void do_mid(qt_engine *self)
{
    enum { MID_BYTES = 3000 };
    if (!quotes_press_dashes(self)) return;
    qt_dash d;
    uint32_t look = self->par_start;
    qt_range cuts[QT_MAX_CUTS];
    bool attributed;
    for (int tries = 0; tries < QT_MAX_CUTS && quotes_next_dash(self, look, self->par_end, &d);
         tries++) {
        look = d.after > d.at ? d.after : d.at + 1;
        uint32_t before = quotes_char_before(self, self->par_start, d.at);
        bool announced = before == ':' && says_so(self, d.at);
        if (!(announced || stops(self, before)) || inside_pair(self, d.at) ||
            !quotes_is_upper(quotes_char_at(self, d.after, self->par_end)))
            continue;
        uint32_t end = quotes_reach(self, d.after, self->par_end, MID_BYTES);
        unsigned count = quotes_cut_line(self, d.after, end, cuts, &attributed);
        if (!attributed && !(announced && stops(self, last_of(self, d.after, end)))) continue;
        add_cuts(self, cuts, count);
        return;
    }
}

/* How the line before ends: a dash after prose is no list, and what is asked may be answered. */
static void see_before(qt_engine *self)
{
    const char *p = self->text + self->par_start;
    unsigned n;
    self->probe.dashed.before = 0;
    while (p > self->text) {
        uint32_t c = quotes_decode_back(self->text, p, &n);
        p -= n;
        if (quotes_is_space(c)) continue;
        self->probe.dashed.before = c;
        return;
    }
}

uint32_t quotes_dashes(qt_engine *self, uint32_t from, uint32_t to)
{
    if (self->probe.inline_dashes) return do_inline(self, from, to);
    if (from > self->par_start) return to; /* a long paragraph comes in batches */
    uint32_t at = quotes_skip_spaces(self, self->par_start, self->par_end);
    if (quotes_dashes_end(self, at, self->par_end) == at) {
        if (self->probe.story && do_announced(self)) return to;
        if (self->probe.mid_dashes) do_mid(self);
        return to;
    }
    uint32_t word = dashed_word(self, at, self->par_end);
    uint32_t c = word ? quotes_char_at(self, word, self->par_end) : 0;
    if (!c) return to;
    see_before(self);
    do_line(self, word, self->par_end);
    return to;
}
