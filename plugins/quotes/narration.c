/* What the narrator of a story tells in a paragraph that somebody else opened with a dash: "– Come!
 * He went to the window." Nothing marks where the speech ends but the words: a tense that only
 * narrators use, somebody in the third person, nobody who is "I" or "you". document.c asks once the
 * lines are cut at their attributions, dialogue.c for stories that lost their line ends. */
#include "dashes.h"

#include <string.h>

enum { SENTENCE_TOKENS = 48 };

/* The eight bytes that end at a place, as the endings are kept. */
static uint64_t last_eight(const qt_engine *self, uint32_t end)
{
    unsigned char bytes[8] = {0};
    uint32_t n = end < 8 ? end : 8;
    memcpy(bytes + 8 - n, self->text + end - n, n);
    uint64_t all = 0;
    for (unsigned i = 0; i < 8; i++) all |= (uint64_t)bytes[i] << 8 * i;
    return all;
}

/* Has the word an ending of the past of this kind? */
static bool has_past_ending(const qt_engine *self, const qt_token *t, uint8_t kind)
{
    const qt_lang *lang = &self->lexicon->langs[self->lang];
    if (!(lang->past_last >> (self->text[t->end - 1] & 63) & 1)) return false;
    uint64_t last = last_eight(self, t->end);
    uint32_t length = t->end - t->start;
    for (unsigned i = 0; i < lang->past_count; i++) {
        const qt_past *past = &lang->past[i];
        if ((last & past->mask) == past->bytes && length > past->length + 1u)
            return past->kind == kind;
    }
    return false;
}

/* Is token `i` in the tense of narrators? */
bool quotes_is_past(const qt_engine *self, const qt_token *t, unsigned i)
{
    enum {
        OTHER = QT_FUNCTION | QT_ROLE | QT_TITLE | QT_NOUN | QT_BODY | QT_NAMING | QT_PART | QT_GER
    };
    if (self->lang == QT_NO_LANG || t[i].type != QT_WORD || !(t[i].flags & QT_LOWER)) return false;
    if (t[i].features & QT_PAST) return t[i].classes & QT_VERB;
    if (t[i].classes & OTHER || !has_past_ending(self, &t[i], QT_HAPPENED)) return false;
    /* an article makes a noun of it; him, her, it are the same words */
    return !i || !(t[i - 1].classes & QT_DET) || t[i - 1].classes & QT_CLITIC;
}

/* Where the sentence at `at` ends: behind a stop, or a colon, before a capital or a dash. */
uint32_t quotes_sentence_end(const qt_engine *self, uint32_t at, uint32_t end)
{
    for (uint32_t i = at; i < end; i++) {
        unsigned char c = (unsigned char)self->text[i];
        uint32_t after = i + 1;
        if (c == 0xE2 && i + 2 < end && !memcmp(self->text + i, "\xE2\x80\xA6", 3))
            after = i + 3;
        else if (c != '.' && c != '!' && c != '?' && c != ':')
            continue;
        uint32_t next = quotes_skip_spaces(self, after, end);
        if (next == end) return end;
        if (next == after) continue;
        uint32_t code = quotes_char_at(self, next, end);
        if (quotes_is_upper(code) || quotes_is_dash(code) || code == '(' || code == 0xAB)
            return after;
    }
    return end;
}

/* Was or did what lasted, which speech tells of as well: était, disaient. */
static bool lasts(const qt_engine *self, const qt_token *t)
{
    return t->flags & QT_LOWER && !(t->classes & QT_PART) && has_past_ending(self, t, QT_LASTED);
}

/* Where speech and narration have one tense: somebody in the third person and, soon, what he did.
 * `resumed`: an attribution went before, and none but he or she may be told of. */
static bool tells(const qt_engine *self, const qt_token *t, unsigned count, bool resumed)
{
    enum { WITHIN = 7, LEAST_WORDS = 6, GENDER = QT_MALE | QT_FEMALE | QT_PLURAL };
    unsigned i = 0;
    while (i + 1 < count && t[i].classes & QT_CONJ) i++;
    if (i == count || t[i].type != QT_WORD || t[i].classes & (QT_ADV | QT_PREP | QT_COMP))
        return false;
    if (i + 1 < count && t[i + 1].type == QT_PUNCT) return false; /* Of course, … */
    bool third = t[i].classes & QT_PRON && t[i].features & GENDER;
    if (!third && (resumed || count < i + LEAST_WORDS || !(t[i].flags & QT_CAP))) return false;
    for (unsigned k = i; k < count && k < i + WITHIN; k++) {
        if (k > i && t[k].flags & QT_LOWER && !(t[k].classes & (QT_FUNCTION | QT_ROLE)) &&
            has_past_ending(self, &t[k], QT_TOLD))
            return true;
    }
    return false;
}

/* A sentence of narration; `weak`: also by what lasted. */
bool quotes_narrates(const qt_engine *self, uint32_t at, uint32_t end, bool weak)
{
    qt_token t[SENTENCE_TOKENS];
    if (self->lang == QT_NO_LANG || at >= end || quotes_char_before(self, at, end) == '?')
        return false;
    unsigned count = quotes_tokens_of(self, at, end, t, SENTENCE_TOKENS);
    bool past = false, first = false;
    for (unsigned i = 0; i < count; i++) {
        if (t[i].type != QT_WORD) continue;
        first |= (t[i].classes & QT_FIRST) != 0;
        bool elided = i > 0 && t[i - 1].end == t[i].start; /* c'était: somebody speaks */
        past |= quotes_is_past(self, t, i) || (weak && !elided && lasts(self, &t[i]));
    }
    if (first) return false;
    return past || (!self->lexicon->langs[self->lang].narrates && tells(self, t, count, false));
}

/* Ends [from, to) with dots: "So!..", "So..."? */
static bool calls(const qt_engine *self, uint32_t from, uint32_t to)
{
    while (to > from && self->text[to - 1] != '.') to--;
    return to > from + 1 && strchr(".!?", self->text[to - 2]);
}

/* Where one tense serves for both: is [from, to) clearly spoken, so that what comes after it may be
 * told? It calls or asks, or says I or you and tells nothing of the past itself. */
static bool addresses(const qt_engine *self, uint32_t from, uint32_t to)
{
    qt_token t[SENTENCE_TOKENS];
    uint32_t last = quotes_char_before(self, from, to);
    if (last == '!' || last == '?' || last == 0x2026) return true;
    if (last == '.' && calls(self, from, to)) return true;
    unsigned count = quotes_tokens_of(self, from, to, t, SENTENCE_TOKENS);
    bool first = false;
    for (unsigned i = 0; i < count; i++) {
        if (t[i].type != QT_WORD) continue;
        first |= (t[i].classes & QT_FIRST) != 0;
        if (t[i].flags & QT_LOWER && has_past_ending(self, &t[i], QT_TOLD)) return false;
    }
    return first;
}

/* Of the speech [from, to) the pieces that are spoken; `opens`: its first sentence is. */
static unsigned cut(const qt_engine *self, uint32_t from, uint32_t to, bool opens, qt_range *cuts)
{
    bool clear = self->lexicon->langs[self->lang].narrates;
    unsigned count = 0;
    uint32_t start = from, at = from, before = from;
    bool speech = true;
    while (at < to && count < QT_MAX_CUTS - 1) {
        uint32_t stop = quotes_sentence_end(self, at, to);
        bool narrated = !(opens && at == from) && quotes_narrates(self, at, stop, false);
        if (narrated && speech && !clear && at > from) narrated = addresses(self, before, at);
        if (speech && narrated) {
            if (at > start) cuts[count++] = (qt_range){start, at};
            speech = false;
        }
        if (!speech && stop > at && self->text[stop - 1] == ':') {
            speech = true;
            start = stop;
        }
        before = at;
        at = quotes_skip_spaces(self, stop, to);
    }
    if (speech && start < to) cuts[count++] = (qt_range){start, to};
    return count;
}

void quotes_cut_narration(qt_engine *self)
{
    if (self->lang == QT_NO_LANG || !self->lexicon->langs[self->lang].past_count) return;
    for (unsigned i = 0; i < self->quote_count; i++) {
        qt_quote q = self->quotes[i];
        if (!q.dash || q.depth) continue;
        qt_range cuts[QT_MAX_CUTS];
        unsigned n = cut(self, q.start, q.end, !q.piece, cuts);
        if ((n == 1 && cuts[0].start == q.start && cuts[0].end == q.end) ||
            self->quote_count + n > QT_MAX_QUOTES)
            continue;
        memmove(&self->quotes[i], &self->quotes[i + 1],
                (--self->quote_count - i) * sizeof *self->quotes);
        for (unsigned k = 0; k < n; k++) {
            qt_quote *piece = quotes_insert(self, cuts[k].start, cuts[k].end);
            if (piece) piece->piece = q.piece || k;
        }
        i += n;
        i--;
    }
}

/* ------------------------------------------------------------------ tales */

enum { TALE_BYTES = 900, LEAST_TALE_PAST = 2, LONG_TALE = 4000, MOST_LINES = 64 };

static bool opens_anew(const qt_engine *self, uint32_t at)
{
    qt_mark m = {0};
    at = quotes_skip_spaces(self, at, self->size);
    if (at < self->size) m = quotes_mark_at(self->text + at, self->text + self->size);
    return m.family == QT_GUILLEMET || m.family == QT_DOUBLE;
}

/* How long what opens here is, over the paragraphs that open anew and close nothing; what is more
 * than LONG_TALE is not counted. */
static uint32_t length_of_chain(const qt_engine *self, const qt_quote *q)
{
    uint32_t length = q->end - q->start, at = self->par_end;
    unsigned n;
    for (unsigned lines = 0; lines < MOST_LINES && length <= LONG_TALE && at < self->size;
         lines++) {
        uint32_t from = at + 1, to = self->size - from > LONG_TALE ? from + LONG_TALE : self->size;
        const char *nl = memchr(self->text + from, '\n', to - from);
        if (nl) to = (uint32_t)(nl - self->text);
        at = to;
        from = quotes_skip_spaces(self, from, to);
        if (from == to) continue;
        if (!opens_anew(self, from)) break;
        length += to - from;
        uint32_t last = quotes_decode_back(self->text + from, self->text + to, &n);
        if (last == 0xBB || last == 0x201D) break;
    }
    return length;
}

static bool is_told(const qt_engine *self, const qt_quote *q)
{
    enum { TOKENS = 240 };
    qt_token t[TOKENS];
    uint32_t to = quotes_reach(self, q->start, q->end, TALE_BYTES);
    unsigned count = quotes_tokens_of(self, q->start, to, t, TOKENS), past = 0;
    for (unsigned i = 0; i < count; i++) past += quotes_is_past(self, t, i);
    return past >= LEAST_TALE_PAST;
}

/* What opens anew at each paragraph and is told in the tense of narrators, or too long for speech,
 * is a tale, a diary. The talk in it ("« – Who goes there?") is spoken. */
bool quotes_is_tale(qt_engine *self, const qt_quote *q)
{
    if (q->depth || q->dash) return false;
    bool beside = quotes_skip_spaces(self, self->last.end, q->outer_start) == q->outer_start;
    bool goes_on = q->unclosed && (self->opens_next || opens_anew(self, q->end));
    bool again = self->has_last && self->last.unclosed &&
                 (q->carries || beside || self->last.paragraph + 1 == q->paragraph);
    bool in_tale = again && self->in_tale;
    self->in_tale = false;
    if (!goes_on && !again) return false;
    if (quotes_is_dash(quotes_char_at(self, q->start, q->end))) {
        self->in_tale = in_tale && goes_on;
        return false;
    }
    bool tale =
        in_tale || is_told(self, q) || (goes_on && !again && length_of_chain(self, q) > LONG_TALE);
    self->in_tale = tale && goes_on;
    return tale;
}

bool quotes_is_story(qt_engine *self)
{
    enum {
        LEAST_BYTES = 6000,
        SHORTEST = 2000,
        SAMPLES = 8,
        SAMPLE_BYTES = 180,
        TOKENS = 60,
        LEAST_PAST = 3
    };
    bool asked = self->probe.has_dashes || (self->probe.opens && self->size >= LEAST_BYTES);
    if (!asked || self->size < SHORTEST || self->doc_lang == QT_NO_LANG ||
        !self->lexicon->langs[self->doc_lang].narrates)
        return false;
    quotes_set_lang(self, self->doc_lang);
    unsigned past = 0;
    for (uint32_t i = 0;
         i < SAMPLES && past < LEAST_PAST && (past || self->probe.talks || i < SAMPLES / 2); i++) {
        qt_token t[TOKENS];
        uint32_t at = self->size / (SAMPLES + 1) * ((i * 3 + 1) % SAMPLES + 1);
        while (at < self->size && self->text[at] != ' ') at++;
        unsigned count =
            quotes_tokens_of(self, at, quotes_reach(self, at, self->size, SAMPLE_BYTES), t, TOKENS);
        for (unsigned k = 0; k < count; k++) past += quotes_is_past(self, t, k);
    }
    return past >= LEAST_PAST;
}
