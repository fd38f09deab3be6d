/* Speech without marks: lines that open with a dash, as stories and the Polish and Russian press
 * have them, and French incises (« Oui, dit-il, je viens »), which stories cut out of the speech.
 *
 * A dash line alternates: speech, dash, attribution, dash, speech. A dash opens an attribution when
 * a verb of saying stands within its first words, or, in stories, when punctuation stands before it
 * and a small letter after it. Outside stories a line without any attribution is a list item. */
#include "quotes.h"

#include <string.h>

enum { LOOK_BYTES = 140, LOOK_TOKENS = 12 };

static bool is_dash(uint32_t c)
{
    return c == '-' || (c >= 0x2012 && c <= 0x2015);
}

static uint32_t skip_spaces(const qt_engine *self, uint32_t at, uint32_t end)
{
    unsigned n;
    while (at < end && quotes_is_space(quotes_decode(self->text + at, self->text + end, &n)))
        at += n;
    return at;
}

/* The dashes at `at`: their end, or `at` where there are none. */
static uint32_t dashes_end(const qt_engine *self, uint32_t at, uint32_t end)
{
    unsigned n, count = 0;
    while (at < end && count < 3 && is_dash(quotes_decode(self->text + at, self->text + end, &n))) {
        at += n;
        count++;
    }
    return at;
}

static uint32_t char_before(const qt_engine *self, uint32_t from, uint32_t at)
{
    unsigned n = 0;
    uint32_t c = quotes_decode_back(self->text + from, self->text + at, &n);
    if (quotes_is_space(c)) c = quotes_decode_back(self->text + from, self->text + at - n, &n);
    return c;
}

static bool punctuates(uint32_t c)
{
    return (c && c < 0x80 && strchr(",.!?;:", (int)c)) || c == 0x2026 || c == 0xBB || c == 0x201D ||
           c == '"';
}

/* ------------------------------------------------------------------ dash lines */

typedef struct {
    uint32_t at, after; /* of the dash with its spaces */
} dash;

static bool next_dash(const qt_engine *self, uint32_t from, uint32_t end, dash *out)
{
    const char *text = self->text;
    for (uint32_t i = from; i < end; i++) {
        unsigned char b = (unsigned char)text[i];
        if (b != '-' && b != 0xE2) continue;
        uint32_t stop = dashes_end(self, i, end);
        if (stop == i) continue;
        unsigned n;
        uint32_t left = quotes_decode_back(text + from, text + i, &n);
        uint32_t right = stop < end ? quotes_decode(text + stop, text + end, &n) : 0;
        bool wide = quotes_is_space(left) && quotes_is_space(right);
        bool tight =
            stop - i > 1 && (punctuates(left) || quotes_is_space(left) || quotes_is_space(right));
        bool raya = b == 0xE2 && (quotes_is_space(left) || punctuates(left));
        if (wide || tight || raya || (punctuates(left) && quotes_is_space(right))) {
            out->at = i;
            out->after = skip_spaces(self, stop, end);
            return true;
        }
        i = stop - 1;
    }
    return false;
}

/* Do the words at `at` say who spoke? */
static bool attributes(const qt_engine *self, uint32_t line, uint32_t dash_at, uint32_t at,
                       uint32_t end)
{
    qt_token t[LOOK_TOKENS];
    uint32_t stop = end - at > LOOK_BYTES ? at + LOOK_BYTES : end;
    while (stop < end && ((unsigned char)self->text[stop] & 0xC0) == 0x80) stop--;
    unsigned count = quotes_tokens_of(self, at, stop, t, LOOK_TOKENS);
    unsigned words = 0;
    uint32_t says = QT_SAY | QT_PART | (self->probe.dialogue ? QT_FICTION : 0);
    for (unsigned i = 0; i < count && words < 4; i++) {
        if (t[i].type == QT_PUNCT && t[i].mark != ',') break;
        if (t[i].type != QT_WORD) continue;
        if (t[i].classes & says && (t[i].flags & QT_LOWER || !words) &&
            (words == 0 || t[0].flags & QT_LOWER || t[0].classes & (QT_PRON | QT_ROLE | QT_TITLE) ||
             words < 3))
            return true;
        words++;
    }
    if (!(self->probe.dialogue || self->probe.talk) || !count || t[0].type != QT_WORD ||
        !(t[0].flags & QT_LOWER))
        return false;
    uint32_t before = char_before(self, line, dash_at);
    return before == '!' || before == '?' || before == 0x2026 || before == ',' || before == '.';
}

static qt_quote *insert(qt_engine *self, uint32_t start, uint32_t end)
{
    if (self->quote_count == QT_MAX_QUOTES || start >= end) return NULL;
    const char *text = self->text;
    unsigned n;
    start = skip_spaces(self, start, end);
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

typedef struct {
    uint32_t start, end;
} range;

enum { MAX_CUTS = 24 };

/* The pieces of speech of a line whose first word is at `at`. */
static unsigned cut_line(const qt_engine *self, uint32_t at, uint32_t end, range *cuts)
{
    unsigned count = 0;
    bool speech = true;
    uint32_t from = at, look = at;
    dash d;
    while (count < MAX_CUTS - 1 && next_dash(self, look, end, &d)) {
        look = d.after > d.at ? d.after : d.at + 1;
        if (speech) {
            if (!attributes(self, at, d.at, d.after, end)) continue;
            cuts[count++] = (range){from, d.at};
            speech = false;
        } else if (punctuates(char_before(self, at, d.at))) {
            from = d.after;
            speech = true;
        }
    }
    if (speech) cuts[count++] = (range){from, end};
    return count;
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

/* ------------------------------------------------------------------ incises */

static bool inverts(const qt_engine *self)
{
    return self->lang != QT_NO_LANG && self->lexicon->langs[self->lang].traits & QT_INVERTS;
}

/* Is there an attribution at `at`, right after punctuation? Returns where it ends, or 0. */
static uint32_t incise_end(const qt_engine *self, uint32_t at, uint32_t end)
{
    qt_token t[LOOK_TOKENS];
    uint32_t stop = end - at > LOOK_BYTES ? at + LOOK_BYTES : end;
    while (stop < end && ((unsigned char)self->text[stop] & 0xC0) == 0x80) stop--;
    unsigned count = quotes_tokens_of(self, at, stop, t, LOOK_TOKENS), i = 0;
    while (i < count && i < 2 && t[i].type == QT_WORD && t[i].classes & QT_CLITIC &&
           t[i].flags & QT_LOWER)
        i++;
    if (i + 1 >= count || t[i].type != QT_WORD || !(t[i].flags & QT_LOWER)) return 0;
    bool says = t[i].classes & (QT_FICTION | QT_SAY | QT_PART);
    const qt_token *next = &t[i + 1];
    bool inverted = next->flags & QT_INVERTED;
    if (t[i].classes & QT_AUX && inverted) says = i + 2 < count && t[i + 2].classes & QT_PART;
    if (!says) return 0;
    if (!inverted) {
        const char *e = self->text + next->end;
        if (next->type == QT_WORD && next->flags & QT_LOWER && next->end - next->start > 6 &&
            !memcmp(e - 4, "ment", 4) && i + 2 < count)
            next++;
        if (next->type == QT_WORD && next->classes & QT_ADV && i + 2 < count) next++;
        if (next->type != QT_WORD ||
            !(next->classes & (QT_DET | QT_TITLE | QT_POSS | QT_ROLE) || next->flags & QT_CAP))
            return 0;
    }
    for (uint32_t k = next->end; k < end; k++) {
        char c = self->text[k];
        if (c == '.' || c == '!' || c == '?' || c == ';' || c == ':' || c == ',') {
            if (c == '.' && next->classes & QT_TITLE && k <= next->end) continue;
            return k + 1;
        }
        if ((unsigned char)c == 0xE2 && k + 2 < end && !memcmp(self->text + k, "\xE2\x80\xA6", 3))
            return k + 3;
    }
    return end;
}

static unsigned cut_incises(const qt_engine *self, uint32_t from, uint32_t to, range *cuts)
{
    unsigned count = 0;
    uint32_t start = from;
    for (uint32_t i = from; i < to && count < MAX_CUTS - 1; i++) {
        unsigned char c = (unsigned char)self->text[i];
        uint32_t after = i + 1;
        if (c == 0xE2 && i + 2 < to && !memcmp(self->text + i, "\xE2\x80\xA6", 3))
            after = i + 3;
        else if (c != ',' && c != '!' && c != '?' && c != '.' && c != ';')
            continue;
        uint32_t word = skip_spaces(self, after, to);
        if (word == after || word >= to) continue;
        uint32_t end = incise_end(self, word, to);
        if (!end) continue;
        if (after > start) cuts[count++] = (range){start, after};
        start = end;
        i = end - 1;
    }
    if (start < to) cuts[count++] = (range){start, to};
    return count;
}

static bool press_dashes(const qt_engine *self)
{
    return self->lang != QT_NO_LANG && self->lexicon->langs[self->lang].traits & QT_DASHES;
}

/* A verb of saying and its subject at `at`: where the sentence they end ends; 0: none. */
static uint32_t comma_attribution(const qt_engine *self, uint32_t at, uint32_t end)
{
    enum { OTHER = QT_FUNCTION & ~(QT_DET | QT_PRON | QT_POSS) };
    qt_token t[LOOK_TOKENS];
    uint32_t stop = end - at > LOOK_BYTES ? at + LOOK_BYTES : end;
    while (stop < end && ((unsigned char)self->text[stop] & 0xC0) == 0x80) stop--;
    unsigned count = quotes_tokens_of(self, at, stop, t, LOOK_TOKENS);
    if (count < 2 || t[0].type != QT_WORD || t[1].type != QT_WORD || t[0].start != at) return 0;
    if (!(t[0].classes & QT_SAY) || t[0].classes & QT_WEAK || !(t[0].flags & QT_LOWER)) return 0;
    bool subject = t[1].classes & (QT_PRON | QT_ROLE | QT_TITLE | QT_BODY | QT_DET) ||
                   t[1].flags & QT_CAP || !(t[1].classes & OTHER);
    if (!subject) return 0;
    for (uint32_t i = t[1].end; i < end; i++) {
        unsigned n;
        if (self->text[i] != '.') continue;
        uint32_t next = skip_spaces(self, i + 1, end);
        if (next >= end) break;
        if (next > i + 1 && quotes_is_upper(quotes_decode(self->text + next, self->text + end, &n)))
            return next;
    }
    return end;
}

/* – It is a shame, says Anna Berg. We shall go on. – the Nordic press has no second dash. */
static unsigned cut_commas(const qt_engine *self, uint32_t at, uint32_t end, range *cuts)
{
    unsigned count = 0;
    uint32_t from = at;
    for (uint32_t i = at; i < end && count < MAX_CUTS - 1; i++) {
        char c = self->text[i];
        if (c != ',' && c != '?' && c != '!') continue;
        uint32_t word = skip_spaces(self, i + 1, end);
        if (word == i + 1 || word >= end) continue;
        uint32_t after = comma_attribution(self, word, end);
        if (!after) continue;
        cuts[count++] = (range){from, c == ',' ? i : i + 1};
        from = after;
        i = after - 1;
    }
    if (count && from < end) cuts[count++] = (range){from, end};
    return count;
}

/* The next line of who spoke in the line before: it ends with a stop. */
static bool goes_on_speaking(const qt_engine *self, uint32_t at, uint32_t end)
{
    if (!self->has_last || !self->last.dash || self->last.paragraph + 1 != self->par_number)
        return false;
    uint32_t last = char_before(self, at, end);
    return last == '.' || last == '!' || last == '?' || last == 0x2026;
}

static void do_line(qt_engine *self, uint32_t at, uint32_t end)
{
    range cuts[MAX_CUTS];
    unsigned count = cut_line(self, at, end, cuts);
    if (self->probe.dialogue && count == 1 && cuts[0].end == end && press_dashes(self) &&
        self->traits & QT_V2) {
        range pieces[MAX_CUTS];
        unsigned n = cut_commas(self, at, end, pieces);
        if (n) memcpy(cuts, pieces, n * sizeof *cuts);
        if (n) count = n;
    }
    if (!self->probe.dialogue && count == 1 && cuts[0].end == end) {
        /* a list item, unless somebody is said to speak: — Oui, répondit Anna. */
        if (!inverts(self) && !self->probe.talk && !press_dashes(self)) return;
        if (inverts(self)) count = cut_incises(self, at, end, cuts);
        if (press_dashes(self)) {
            unsigned pieces = cut_commas(self, at, end, cuts);
            count = pieces ? pieces : count;
            if (!pieces) cuts[0] = (range){at, end};
            if (!pieces && !self->probe.talk && !goes_on_speaking(self, at, end)) return;
        } else if (count == 1 && cuts[0].end == end && !self->probe.talk) {
            return;
        }
    }
    if (!self->probe.dialogue && inside_pair(self, at)) return;
    for (unsigned i = 0; i < count; i++) {
        lower(self, cuts[i].start, cuts[i].end);
        insert(self, cuts[i].start, cuts[i].end);
    }
}

/* A sentence of narration after speech, in stories that lost their line ends: a verb of the past,
 * no first or second person. */
static bool narrates(const qt_engine *self, uint32_t at, uint32_t end)
{
    qt_token t[40];
    unsigned count = quotes_tokens_of(self, at, end, t, 40);
    bool past = false;
    for (unsigned i = 0; i < count; i++) {
        if (t[i].type != QT_WORD) continue;
        if (t[i].classes & QT_FIRST) return false;
        bool elided = i > 0 && t[i - 1].end == t[i].start; /* c'est: somebody speaks */
        if ((t[i].classes & QT_VERB && !elided) ||
            (t[i].classes & QT_FICTION && t[i].flags & QT_LOWER))
            past = true;
        const char *e = self->text + t[i].end;
        size_t n = t[i].end - t[i].start;
        if (n > 5 && (!memcmp(e - 3, "ait", 3) || !memcmp(e - 3, "ent", 3)))
            past |= e[-3] == 'a' ||
                    (n > 6 && (!memcmp(e - 5, "aient", 5) || !memcmp(e - 4, "rent", 4)));
    }
    return past;
}

static uint32_t sentence_end(const qt_engine *self, uint32_t at, uint32_t end)
{
    for (uint32_t i = at; i < end; i++) {
        char c = self->text[i];
        if ((c == '.' || c == '!' || c == '?') && i + 1 < end && self->text[i + 1] == ' ') {
            unsigned n;
            uint32_t next = skip_spaces(self, i + 1, end);
            uint32_t code = next < end ? quotes_decode(self->text + next, self->text + end, &n) : 0;
            if (quotes_is_upper(code) || is_dash(code)) return i + 1;
        }
    }
    return end;
}

/* Returns where it stopped: before `to` when the quotations are full. */
static uint32_t do_inline(qt_engine *self, uint32_t from, uint32_t to)
{
    dash d;
    uint32_t look = from;
    while (next_dash(self, look, to, &d)) {
        if (self->quote_count == QT_MAX_QUOTES && d.at > from) return d.at;
        look = d.after > d.at ? d.after : d.at + 1;
        uint32_t before = char_before(self, from, d.at);
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
            uint32_t next = skip_spaces(self, end, to), stop = sentence_end(self, next, to);
            if (next < to && is_dash(quotes_decode(self->text + next, self->text + to, &n))) break;
            if (any && narrates(self, next, stop)) break;
            end = stop;
            any = true;
        }
        insert(self, d.after, end);
        look = end > look ? end : look;
    }
    return to;
}

/* He said after a while: — I am sorry. */
static void do_announced(qt_engine *self)
{
    dash d;
    uint32_t look = self->par_start;
    unsigned n;
    while (next_dash(self, look, self->par_end, &d)) {
        look = d.after > d.at ? d.after : d.at + 1;
        if (char_before(self, self->par_start, d.at) != ':' || d.after >= self->par_end) continue;
        if (!quotes_is_upper(quotes_decode(self->text + d.after, self->text + self->par_end, &n)))
            continue;
        do_line(self, d.after, self->par_end);
        return;
    }
}

/* The Polish and Russian press: He came late. – I was at work – he said. Only with an
 * attribution. */
static void do_mid(qt_engine *self)
{
    enum { MID_BYTES = 3000 };
    if (self->lang == QT_NO_LANG || !(self->lexicon->langs[self->lang].traits & QT_DASHES)) return;
    dash d;
    uint32_t look = self->par_start;
    unsigned n;
    range cuts[MAX_CUTS];
    for (int tries = 0; tries < MAX_CUTS && next_dash(self, look, self->par_end, &d); tries++) {
        look = d.after > d.at ? d.after : d.at + 1;
        uint32_t before = char_before(self, self->par_start, d.at);
        if (!(before == '.' || before == '!' || before == '?' || before == 0x2026) ||
            d.after >= self->par_end || inside_pair(self, d.at) ||
            !quotes_is_upper(quotes_decode(self->text + d.after, self->text + self->par_end, &n)))
            continue;
        uint32_t end = self->par_end;
        if (end - d.after > MID_BYTES) {
            end = d.after + MID_BYTES;
            while (((unsigned char)self->text[end] & 0xC0) == 0x80) end--;
        }
        unsigned count = cut_line(self, d.after, end, cuts);
        if (!count || (count == 1 && cuts[0].end == end)) continue;
        for (unsigned i = 0; i < count; i++) {
            lower(self, cuts[i].start, cuts[i].end);
            insert(self, cuts[i].start, cuts[i].end);
        }
        return;
    }
}

uint32_t quotes_dashes(qt_engine *self, uint32_t from, uint32_t to)
{
    if (self->probe.inline_dashes) return do_inline(self, from, to);
    if (from > self->par_start) return to; /* a long paragraph comes in batches */
    uint32_t at = skip_spaces(self, self->par_start, self->par_end);
    uint32_t after = dashes_end(self, at, self->par_end);
    if (after == at) {
        if (self->probe.dialogue)
            do_announced(self);
        else if (self->probe.mid_dashes)
            do_mid(self);
        return to;
    }
    uint32_t word = skip_spaces(self, after, self->par_end);
    unsigned n;
    uint32_t c =
        word < self->par_end ? quotes_decode(self->text + word, self->text + self->par_end, &n) : 0;
    if (word == after && after - at == 1) return to; /* -5, -word */
    if (!c || (c >= '0' && c <= '9' && !self->probe.dialogue)) return to;
    do_line(self, word, self->par_end);
    return to;
}

void quotes_cut_incises(qt_engine *self)
{
    if (!inverts(self)) return;
    unsigned count = self->quote_count;
    for (unsigned i = 0; i < count && i < self->quote_count; i++) {
        qt_quote q = self->quotes[i];
        if (q.depth || q.piece) continue;
        range cuts[MAX_CUTS];
        unsigned n = cut_incises(self, q.start, q.end, cuts);
        if (!n || (n == 1 && cuts[0].start == q.start && cuts[0].end == q.end)) continue;
        if (self->quote_count + n > QT_MAX_QUOTES) continue;
        self->quotes[i].end = cuts[0].end;
        self->quotes[i].outer_end = cuts[0].end;
        self->quotes[i].start = cuts[0].start;
        while (q.dash && self->quotes[i].end > cuts[0].start + 1 &&
               self->text[self->quotes[i].end - 1] == ',')
            self->quotes[i].outer_end = --self->quotes[i].end;
        for (unsigned k = 1; k < n; k++) {
            qt_quote *piece = insert(self, cuts[k].start, cuts[k].end);
            if (!piece) continue;
            piece->piece = true;
            piece->dash = q.dash;
            piece->family = q.family;
            count++;
        }
    }
}
