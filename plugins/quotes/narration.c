/* What the narrator of a story tells in a paragraph that somebody else opened with a dash: "– Come!
 * He went to the window." Nothing marks where the speech ends but the words: a tense that only
 * narrators use, somebody in the third person, nobody who is "I" or "you". document.c asks once the
 * lines are cut at their attributions, dialogue.c for stories that lost their line ends. */
#include "dashes.h"

#include <string.h>

enum { SENTENCE_TOKENS = 48 };

static bool has_past_ending(const qt_engine *self, const qt_token *t)
{
    const qt_lang *lang = &self->lexicon->langs[self->lang];
    for (unsigned i = 0; i < lang->past_count; i++) {
        size_t n = strlen(lang->past[i]);
        if (t->end - t->start > n + 1 && !memcmp(self->text + t->end - n, lang->past[i], n))
            return true;
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
    if (t[i].classes & OTHER || !has_past_ending(self, &t[i])) return false;
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
    const char *e = self->text + t->end;
    size_t n = t->end - t->start;
    return n > 5 && t->flags & QT_LOWER && !(t->classes & QT_PART) &&
           (!memcmp(e - 3, "ait", 3) || !memcmp(e - 5, "aient", 5));
}

/* A sentence of narration; `weak`: also by what lasted. */
bool quotes_narrates(const qt_engine *self, uint32_t at, uint32_t end, bool weak)
{
    qt_token t[SENTENCE_TOKENS];
    if (at >= end || quotes_char_before(self, at, end) == '?') return false;
    unsigned count = quotes_tokens_of(self, at, end, t, SENTENCE_TOKENS);
    bool past = false, first = false;
    for (unsigned i = 0; i < count; i++) {
        if (t[i].type != QT_WORD) continue;
        first |= (t[i].classes & QT_FIRST) != 0;
        bool elided = i > 0 && t[i - 1].end == t[i].start; /* c'était: somebody speaks */
        past |= quotes_is_past(self, t, i) || (weak && !elided && lasts(self, &t[i]));
    }
    return past && !first;
}

/* Of the speech [from, to) the pieces that are spoken; `opens`: its first sentence is. */
static unsigned cut(const qt_engine *self, uint32_t from, uint32_t to, bool opens, qt_range *cuts)
{
    unsigned count = 0;
    uint32_t start = from, at = from;
    bool speech = true;
    while (at < to && count < QT_MAX_CUTS - 1) {
        uint32_t stop = quotes_sentence_end(self, at, to);
        bool narrated = !(opens && at == from) && quotes_narrates(self, at, stop, false);
        if (speech && narrated) {
            if (at > start) cuts[count++] = (qt_range){start, at};
            speech = false;
        }
        if (!speech && stop > at && self->text[stop - 1] == ':') {
            speech = true;
            start = stop;
        }
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

bool quotes_is_story(qt_engine *self)
{
    enum {
        LEAST_BYTES = 6000,
        SHORTEST = 2000,
        SAMPLES = 4,
        SAMPLE_BYTES = 350,
        TOKENS = 96,
        LEAST_PAST = 6
    };
    if ((self->size < LEAST_BYTES && !self->probe.has_dashes) || self->size < SHORTEST ||
        self->doc_lang == QT_NO_LANG || !self->lexicon->langs[self->doc_lang].past_count)
        return false;
    quotes_set_lang(self, self->doc_lang);
    unsigned past = 0;
    for (uint32_t i = 0; i < SAMPLES; i++) {
        qt_token t[TOKENS];
        uint32_t at = self->size / (SAMPLES + 1) * (i + 1);
        while (at < self->size && self->text[at] != ' ') at++;
        unsigned count =
            quotes_tokens_of(self, at, quotes_reach(self, at, self->size, SAMPLE_BYTES), t, TOKENS);
        for (unsigned k = 0; k < count; k++) past += quotes_is_past(self, t, k);
    }
    return past >= LEAST_PAST;
}
