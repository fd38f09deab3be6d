/* The walk over a document: probes, then paragraph after paragraph through pairing, tokens,
 * attribution, kind and reference, in that order. A paragraph with more quotations than fit is done
 * in batches, one with more words than fit through a window that moves with the quotations; so
 * state is of fixed size and time linear. */
#include "bytes.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *const quotes_rule_names[QT_RULES] = {
    "none",   "after", "later", "last",      "inside", "source",
    "before", "colon", "same",  "paragraph", "turn",   "topic",
};

enum { WINDOW_BEFORE = 1600, WINDOW_BYTES = 5200, MARGIN_AFTER = 700 };
/* What is read of a paragraph for whom it names, far from quotations. */
enum { OPENING_BYTES = 100 };

void quotes_note(const qt_engine *self, const qt_quote *quote, const char *cue, const char *format,
                 ...)
{
    if (!self->tracing || !self->sink->note) return;
    char text[1000];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list); // NOLINT(clang-analyzer-valist.*): started above
    va_end(list);
    self->sink->note(self->sink->user, quote->start, quote->end, cue, text);
}

/* ------------------------------------------------------------------ paragraphs */

static inline bool blank(const char *p, const char *end)
{
    unsigned n;
    for (; p < end; p += n) {
        unsigned char c = (unsigned char)*p;
        if (c > ' ' && c < 0x80) return false;
        if (!quotes_is_space(quotes_decode(p, end, &n))) return false;
    }
    return true;
}

/* A line that begins with a comma or a full stop goes on from the one before: where a page set its
 * links and quotations as elements of their own, extraction leaves such. */
static bool continues(const qt_engine *self, uint32_t at)
{
    while (at < self->size && self->text[at] == ' ') at++;
    if (at + 1 >= self->size || (self->text[at] != ',' && self->text[at] != '.')) return false;
    return self->text[at + 1] == ' ' || self->text[at + 1] == '\n';
}

/* The next paragraph from `at` on: false at the end. */
static bool next_paragraph(qt_engine *self, uint32_t at, uint32_t *from, uint32_t *to)
{
    const char *text = self->text;
    while (at < self->size) {
        if (text[at] == '\n') { /* an empty line, or the end of the last one */
            at++;
            continue;
        }
        uint32_t stop = quotes_line_end(self, at);
        if (blank(text + at, text + stop)) {
            at = stop + 1;
            continue;
        }
        *from = at;
        while (self->probe.wrapped && stop < self->size) {
            uint32_t next = quotes_line_end(self, stop + 1);
            if (blank(text + stop + 1, text + next)) break;
            stop = next;
        }
        while (stop < self->size && continues(self, stop + 1))
            stop = quotes_line_end(self, stop + 1);
        *to = stop;
        return true;
    }
    return false;
}

static bool opens_with_mark(const qt_engine *self, uint32_t from, uint32_t to)
{
    const char *p = self->text + from, *end = self->text + to;
    unsigned n = 1;
    while (p < end && quotes_is_space(quotes_decode(p, end, &n))) p += n;
    if (p >= end) return false;
    qt_mark m = quotes_mark_at(p, end);
    return m.family == QT_GUILLEMET || m.family == QT_STRAIGHT ||
           (m.family == QT_DOUBLE && m.code != 0x201D);
}

/* Marks are looked for from one to the next, over the paragraphs between. */
static bool has_marks(qt_engine *self)
{
    const char *end = self->text + self->size;
    bool single = self->probe.single != 0;
    if (self->next_mark < self->par_start || !self->par_start) {
        const char *p = quotes_skip_to_mark(self, self->text + self->par_start, end, single);
        while (p < end && !quotes_mark_at(p, end).family)
            p = quotes_skip_to_mark(self, p + 1, end, single);
        self->next_mark = (uint32_t)(p - self->text);
    }
    return self->next_mark < self->par_end;
}

static void choose_language(qt_engine *self)
{
    unsigned chosen = self->doc_lang;
    if (self->sink->lang_at) {
        unsigned lang = self->sink->lang_at(self->sink->user, self->par_start);
        if (lang == QT_NO_TABLE) { /* a few words at the start may be anything */
            uint32_t middle = self->par_start + (self->par_end - self->par_start) / 2;
            unsigned there = self->sink->lang_at(self->sink->user, middle);
            if (there == self->doc_lang) lang = there;
        }
        if (lang != QT_NO_LANG) chosen = lang == QT_NO_TABLE ? QT_NO_LANG : lang;
    } else if (!self->foreign) {
        uint32_t size = self->par_end - self->par_start;
        tamis_str text = {self->text + self->par_start, size < 1500 ? size : 1500};
        chosen = quotes_probe(self->lexicon, text, self->doc_lang);
    }
    quotes_set_lang(self, chosen);
}

/* ------------------------------------------------------------------ one batch of quotations */

/* This quotation goes on from the one before: the paragraph re-opens what was left open. */
static void link_to_last(qt_engine *self, qt_quote *q)
{
    bool first = &self->quotes[0] == q;
    if (q->orphan) q->carries = true;
    if (!first || !self->pending || !self->has_last || q->depth) return;
    if (self->last.paragraph + 1 != q->paragraph) return;
    if (blank(self->text + self->par_start, self->text + q->outer_start)) q->carries = true;
}

/* Quotations within a quotation: what is said of them is said within it. */
static void do_nested(qt_engine *self, unsigned outer)
{
    enum { ROOM = 160, BEFORE = 500, AFTER = 300 };
    const qt_quote *o = &self->quotes[outer];
    qt_token t[ROOM];
    for (unsigned i = 0; i < self->quote_count; i++) {
        qt_quote *q = &self->quotes[i];
        if (!q->depth || q->start < o->start || q->end > o->end) continue;
        /* marks that both share may reach beyond the outer one */
        uint32_t from = q->outer_start > o->start + BEFORE ? q->outer_start - BEFORE : o->start;
        uint32_t to = q->outer_end + AFTER < o->end ? q->outer_end + AFTER : o->end;
        while (from > o->start && ((unsigned char)self->text[from] & 0xC0) == 0x80) from--;
        while (to < o->end && ((unsigned char)self->text[to] & 0xC0) == 0x80) to++;
        unsigned at, count = quotes_tokens_around(self, i, from, to, t, ROOM, &at);
        if (!count) continue;
        quotes_attribute_nested(self, i, t, count, at);
        quotes_decide_kind(self, i, t, count, at);
        quotes_refer(self, i);
        self->sink->emit(self->sink->user, q);
    }
}

/* The pieces that wait get the speaker who is named after the last of them, if one is. */
static void release(qt_engine *self, const qt_quote *named)
{
    for (unsigned i = 0; i < self->held_count; i++) {
        qt_quote *q = &self->held[i];
        if (named) {
            quotes_take_speaker(q, named);
            q->cue_start = named->cue_start;
            q->cue_end = named->cue_end;
            q->rule = named->rule;
        }
        self->sink->emit(self->sink->user, q);
    }
    self->held_count = 0;
}

/* Speech that goes on in the next paragraph may have its speaker named there. */
static bool must_wait(const qt_engine *self, const qt_quote *q)
{
    if (!q->unclosed || q->depth || self->held_count == QT_MAX_HELD) return false;
    if (q->kind != QT_DIRECT && q->kind != QT_CONTINUATION) return false;
    return q->rule == QT_RULE_NONE || q->rule == QT_RULE_TOPIC || q->rule == QT_RULE_SAME ||
           q->rule == QT_RULE_PARAGRAPH;
}

static void finish_quote(qt_engine *self, unsigned index)
{
    qt_quote *q = &self->quotes[index];
    link_to_last(self, q);
    if (!q->carries) release(self, NULL);
    quotes_attribute(self, index);
    quotes_decide_kind(self, index, self->tokens, self->token_count, q->token);
    quotes_refer(self, index);
    if (must_wait(self, q)) {
        self->held[self->held_count++] = *q;
    } else {
        release(self, q->cue_end && q->rule != QT_RULE_SAME ? q : NULL);
        self->sink->emit(self->sink->user, q);
    }
    do_nested(self, index);
    self->quoted += q->outer_end - q->outer_start;
    self->pending = q->unclosed && (q->kind == QT_DIRECT || q->kind == QT_CONTINUATION);
    self->last = *q;
    self->has_last = true;
    if (q->dash && q->speaker_end) {
        self->talker = *q;
        self->has_talker = true;
    }
    if (q->kind != QT_DIRECT && q->kind != QT_CONTINUATION) return;
    self->spoken = *q;
    self->has_spoken = true;
}

/* Tokens [from, to) in order: names and subjects are met as a reader meets them. */
static void walk(qt_engine *self, unsigned from, unsigned to)
{
    unsigned met = from;
    if (self->quote_count) quotes_read_bodies(self, from, to);
    for (unsigned i = quotes_next_bit(self->events, from, to); i < to;
         i = quotes_next_bit(self->events, i + 1, to)) {
        const qt_token *t = &self->tokens[i];
        if (i == 0 || t[-1].flags & QT_ENDS) {
            quotes_meet_names(self, met, i);
            met = i;
            quotes_meet_topic(self, i);
        }
        if (t->type == QT_QUOTE) {
            quotes_meet_names(self, met, i);
            met = i;
            finish_quote(self, t->quote);
        } else if (t->type == QT_WORD && t->classes & (QT_SAY | QT_PART | QT_SOURCE) &&
                   !(t->classes & QT_WEAK)) {
            quotes_meet_names(self, met, i);
            met = i;
            quotes_meet_subject(self, i);
        }
    }
    quotes_meet_names(self, met, to);
}

/* Where whole words end, at most `most` bytes after `from`. */
static uint32_t word_end_before(const qt_engine *self, uint32_t from, uint32_t end, uint32_t most)
{
    uint32_t to = quotes_reach(self, from, end, most), word = to;
    if (to == end) return to;
    while (word > from && self->text[word] != ' ') word--;
    return word > from ? word : to;
}

/* Where a sentence ends in [from, to), the last such place where `back`; `to` where none does. */
static uint32_t sentence_break(const qt_engine *self, uint32_t from, uint32_t to, bool back)
{
    const char *text = self->text, *p = text + from + 1, *end = text + to, *found;
    if (p >= end) return to;
    found = back ? quotes_last_byte(p, end, QT_BREAKS)
                 : quotes_first_byte(p, end, text + self->size, QT_BREAKS);
    return (uint32_t)(found - text);
}

/* Who speaks is told near the quotations: what is read of [from, to) goes from the sentence that
 * begins a while before the first to the end of one a while after the last. */
static void keep_near(const qt_engine *self, uint32_t *from, uint32_t *to)
{
    enum { BEFORE = 150, LONGEST_BEFORE = 450, AFTER = 150, LONGEST_AFTER = 300 };
    uint32_t first = *to, last = *from;
    for (unsigned i = 0; i < self->quote_count; i++) {
        const qt_quote *q = &self->quotes[i];
        if (q->depth) continue;
        first = q->outer_start < first ? q->outer_start : first;
        last = q->outer_end > last ? q->outer_end : last;
    }
    if (last + AFTER < *to) {
        uint32_t most = last + LONGEST_AFTER < *to ? last + LONGEST_AFTER : *to,
                 at = sentence_break(self, last + AFTER, most, false);
        while (at < *to && self->text[at] != ' ') at++;
        *to = at;
    }
    if (*from + BEFORE < first) {
        uint32_t least = *from + LONGEST_BEFORE < first ? first - LONGEST_BEFORE : *from,
                 most = first - BEFORE, at = sentence_break(self, least, most, true);
        if (at < most) *from = at + 1;
    }
}

static void read_tokens(qt_engine *self, uint32_t from, uint32_t to)
{
    quotes_tokenize(self, from, to);
    walk(self, 0, self->token_count);
}

/* Nothing behind `to` may be a quotation. */
static bool is_last(qt_engine *self, uint32_t to)
{
    const qt_probe *probe = &self->probe;
    if (to < self->par_end || probe->has_dashes || probe->mid_dashes || probe->inline_dashes ||
        probe->story)
        return false;
    const char *from = self->text + to, *end = self->text + self->size;
    return quotes_skip_to_mark(self, from, end, probe->single != 0) == end;
}

/* The same of the tokens that have the quotations: who is named behind the last quotation of the
 * text matters to nobody. */
static void read_quotations(qt_engine *self, uint32_t from, uint32_t to, bool last)
{
    quotes_tokenize(self, from, to);
    unsigned stop = self->token_count;
    while (last && stop > 0 && self->tokens[stop - 1].type != QT_QUOTE) stop--;
    walk(self, 0, stop);
}

static void walk_windows(qt_engine *self, uint32_t from, uint32_t to)
{
    if (to - from <= WINDOW_BYTES) {
        uint32_t opening = from;
        bool last = is_last(self, to);
        if (last && !self->quote_count) return;
        if (self->quote_count) keep_near(self, &from, &to);
        if (opening + OPENING_BYTES < from)
            read_tokens(self, opening, word_end_before(self, opening, from, OPENING_BYTES));
        read_quotations(self, from, to, last);
        return;
    }
    unsigned done = 0; /* quotations */
    while (done < self->quote_count) {
        while (done < self->quote_count && self->quotes[done].depth) done++;
        if (done == self->quote_count) break;
        uint32_t at = self->quotes[done].outer_start;
        uint32_t a = at - from > WINDOW_BEFORE ? at - WINDOW_BEFORE : from;
        while (a > from && ((unsigned char)self->text[a] & 0xC0) == 0x80) a--;
        /* do not begin inside a quotation */
        for (unsigned i = 0; i < done; i++) {
            if (self->quotes[i].outer_start < a && self->quotes[i].outer_end > a)
                a = self->quotes[i].outer_end;
        }
        quotes_tokenize(self, a, to);
        uint32_t covered = self->token_count ? self->tokens[self->token_count - 1].end : a;
        unsigned first = self->quotes[done].token, stop = first + 1;
        if (first >= self->token_count || self->tokens[first].quote != done) {
            quotes_only_token(self, &(qt_token){.type = QT_QUOTE,
                                                .start = at,
                                                .end = self->quotes[done].outer_end,
                                                .quote = (uint16_t)done,
                                                .flags = QT_SPACED});
            self->quotes[done].token = 0;
            first = 0;
            stop = 1;
        }
        uint32_t limit = covered >= to ? to : covered - MARGIN_AFTER;
        while (stop < self->token_count && self->tokens[stop].start < limit) stop++;
        walk(self, first, stop);
        unsigned before = done;
        for (unsigned i = first; i < stop; i++) {
            if (self->tokens[i].type == QT_QUOTE) done = self->tokens[i].quote + 1;
        }
        if (done == before) done++;
    }
}

/* Where batches end by their dashes, pairing looks no further than they will come: else each batch
 * would look through the rest of the paragraph. */
static uint32_t pairing_end(const qt_engine *self, uint32_t from)
{
    enum { REACH = 16 << 10 };
    if (!self->probe.inline_dashes || self->par_end - from <= REACH) return self->par_end;
    uint32_t to = from + REACH;
    while (to > from + REACH / 2 && self->text[to] != ' ') to--;
    while (((unsigned char)self->text[to] & 0xC0) == 0x80) to++;
    return to;
}

static void do_paragraph(qt_engine *self)
{
    uint32_t from = self->par_start;
    choose_language(self);
    while (from < self->par_end) {
        uint32_t to = quotes_pair(self, from, pairing_end(self, from));
        if (self->probe.has_dashes || self->probe.mid_dashes || self->probe.dialogue)
            to = quotes_dashes(self, from, to);
        while (self->probe.inline_dashes && self->quote_count &&
               self->quotes[self->quote_count - 1].start >= to)
            self->quote_count--;
        if (self->probe.story || self->probe.inline_dashes) {
            quotes_cut_incises(self);
            quotes_cut_narration(self);
        }
        walk_windows(self, from, to);
        from = to;
    }
}

/* The last character of [from, to) that is no space; 0: none. */
static uint32_t last_character(const qt_engine *self, uint32_t from, uint32_t to)
{
    unsigned n;
    while (to > from) {
        uint32_t c = quotes_decode_back(self->text + from, self->text + to, &n);
        if (!quotes_is_space(c)) return c;
        to -= n;
    }
    return 0;
}

static bool ends_with_colon(const qt_engine *self, uint32_t from, uint32_t to)
{
    uint32_t c = last_character(self, from, to);
    return c == ':' || c == 0xFF1A;
}

/* A short line that ends as no sentence does: a heading, an entry of a menu. Whom it names the text
 * has not yet spoken of. */
static bool is_heading(const qt_engine *self)
{
    enum { LONGEST = 80 };
    if (self->par_end - self->par_start > LONGEST) return false;
    uint32_t c = last_character(self, self->par_start, self->par_end);
    return c != '.' && c != '!' && c != '?' && c != ':' && c != 0x2026 && c != 0x3002 &&
           c != 0xFF01 && c != 0xFF1A && c != 0xFF1F && c != 0x61F && c != 0x964;
}

static bool starts_with_dash(const qt_engine *self)
{
    const char *p = self->text + self->par_start, *end = self->text + self->par_end;
    unsigned n;
    while (p < end && quotes_is_space(quotes_decode(p, end, &n))) p += n;
    if (p >= end) return false;
    uint32_t c = quotes_decode(p, end, &n);
    return c == '-' || (c >= 0x2012 && c <= 0x2015);
}

/* Must the paragraph be looked at for quotations? Else only names and subjects are met in it. */
static bool may_quote(qt_engine *self)
{
    const qt_probe *probe = &self->probe;
    if (has_marks(self) || probe->dialogue || probe->inline_dashes) return true;
    if ((probe->has_dashes || probe->mid_dashes) && starts_with_dash(self)) return true;
    if (!probe->mid_dashes) return false;
    if (self->par_end - self->par_start > WINDOW_BYTES || !self->sink->lang_at) return true;
    choose_language(self);
    return self->traits & QT_DASHES;
}

/* How far a paragraph without quotations is read for names, `before` bytes ahead of one that
 * quotes: the one right before it well into it, of others the first words, where they say whom they
 * are about, and nothing of those far away. */
static uint32_t names_until(const qt_engine *self, uint32_t before)
{
    enum { FAR = 1000, LAST_BYTES = 300 };
    if (before >= FAR || is_heading(self)) return self->par_start;
    return word_end_before(self, self->par_start, self->par_end,
                           before ? OPENING_BYTES : LAST_BYTES);
}

/* Paragraphs without quotations are read when one with a quotation follows: who is named in them
 * matters to that, and after the last quotation to nobody. Headings and menus are not read: they
 * name whom the text goes on to name, and strangers. */
static void read_waiting(qt_engine *self)
{
    uint32_t par_start = self->par_start, par_end = self->par_end, number = self->par_number;
    unsigned count = self->waiting_count;
    uint32_t last = self->waiting[(count - 1) % QT_MAX_WAITING].end;
    self->quote_count = 0;
    for (unsigned i = count > QT_MAX_WAITING ? count - QT_MAX_WAITING : 0; i < count; i++) {
        const qt_paragraph *waiting = &self->waiting[i % QT_MAX_WAITING];
        self->par_start = waiting->start;
        self->par_end = waiting->end;
        self->par_number = waiting->number;
        uint32_t to = names_until(self, last - self->par_end);
        if (to == self->par_start && i + 1 == count && is_heading(self)) {
            choose_language(self);
            quotes_read_heading(self, self->par_start, self->par_end);
        }
        if (to == self->par_start) continue;
        choose_language(self);
        read_tokens(self, self->par_start, to);
    }
    self->waiting_count = 0;
    self->par_start = par_start;
    self->par_end = par_end;
    self->par_number = number;
}

static void walk_paragraphs(qt_engine *self)
{
    enum { PATIENCE = 32 }; /* paragraphs between two looks at the clock */
    uint32_t before_from = 0, before_to = 0;
    bool more = next_paragraph(self, 0, &self->par_start, &self->par_end);
    while (more) {
        uint32_t next_from = 0, next_to = 0;
        more = next_paragraph(self, self->par_end, &next_from, &next_to);
        if (may_quote(self)) {
            self->opens_next = more && opens_with_mark(self, next_from, next_to);
            self->after_colon = ends_with_colon(self, before_from, before_to);
            if (self->waiting_count) read_waiting(self);
            do_paragraph(self);
        } else {
            self->waiting[self->waiting_count++ % QT_MAX_WAITING] =
                (qt_paragraph){self->par_start, self->par_end, self->par_number};
        }
        before_from = self->par_start;
        before_to = self->par_end;
        self->par_start = next_from;
        self->par_end = next_to;
        if (++self->par_number % PATIENCE == 0 && self->sink->expired &&
            self->sink->expired(self->sink->user))
            return;
    }
}

static void read_all(qt_engine *self, tamis_str text)
{
    self->text = text.p;
    self->size = (uint32_t)text.n;
    self->quote_count = self->token_count = 0;
    self->entity_count = self->subject_count = self->mention_count = self->quoted = 0;
    self->in_tale = false;
    self->has_last = self->has_talker = self->has_spoken = self->pending = self->after_colon =
        false;
    self->last = (qt_quote){0}; /* nothing comes over from another document */
    self->topic = (qt_subject){.entity = QT_NOBODY};
    self->heading.end = self->unresolved.end = 0;
    self->par_number = 0;
    self->waiting_count = self->next_mark = 0;
    self->searches = 0;
    if (!quotes_probe_marks(self)) return;
    if (self->mode == QT_MODE_NEWS) self->probe.dialogue = self->probe.inline_dashes = false;
    if (self->mode == QT_MODE_FICTION) self->probe.dialogue = true;
    if (self->doc_lang == QT_NO_LANG && !self->foreign)
        self->doc_lang = quotes_probe(
            self->lexicon, (tamis_str){text.p, text.n < 6000 ? text.n : 6000}, QT_NO_LANG);
    self->probe.story =
        self->probe.dialogue || (self->mode == QT_MODE_AUTO && quotes_is_story(self));
    walk_paragraphs(self);
}

void quotes_document(qt_engine *self, tamis_str text)
{
    self->held_count = 0;
    read_all(self, text);
    release(self, NULL);
}
