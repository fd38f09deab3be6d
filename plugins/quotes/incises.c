/* Incises: the attributions that French stories and interviews have within the speech, between
 * punctuation (« Oui, dit-il, je viens »): a verb, then its subject by inversion or at once.
 * Stories cut them out of the speech; document.c asks after the marks are paired, dashes.c for
 * lines. */
#include "bytes.h"
#include "dashes.h"

#include <string.h>

enum { LOOK_BYTES = 140, LOOK_TOKENS = 12 };
enum { GERUND = 5, ADVERB = 7 }; /* bytes of the shortest */

/* Is the token one of the words that lead on to how something is said? */
static bool leads_as(const qt_engine *self, const qt_token *t, qt_manner manner)
{
    if (self->lang == QT_NO_LANG) return false;
    const char(*forms)[QT_ENDING_BYTES] = self->lexicon->langs[self->lang].manners[manner];
    size_t n = t->end - t->start;
    for (unsigned i = 0; i < QT_MAX_FORMS && *forms[i]; i++) {
        if (strlen(forms[i]) == n && !memcmp(self->text + t->start, forms[i], n)) return true;
    }
    return false;
}

/* After the comma at the end of an attribution: is what follows said of the speaker (, qui sortait.
 * , en riant, … , d'une voix forte, … , sortant de sa poche …)? */
static bool is_tail(const qt_engine *self, const qt_token *t, unsigned count, bool *clause)
{
    if (!count || t[0].type != QT_WORD || !(t[0].flags & QT_LOWER)) return false;
    *clause = t[0].classes & QT_REL;
    if (*clause) return true;
    if (quotes_ends_as(self, &t[0], QT_ENDS_GERUND, GERUND + 1) &&
        !(t[0].classes & (QT_FUNCTION | QT_SAY | QT_FIRST)))
        return true;
    unsigned second = leads_as(self, &t[0], QT_ALL); /* tout en riant */
    if (count < second + 2 || t[second].type != QT_WORD || t[second + 1].type != QT_WORD)
        return false;
    const qt_token *next = &t[second + 1];
    if (leads_as(self, &t[second], QT_WHILE)) {
        if (next->classes & QT_CLITIC && second + 2 < count) next++;
        return quotes_ends_as(self, next, QT_ENDS_GERUND, GERUND);
    }
    return !second && leads_as(self, &t[0], QT_WITH) && next->classes & QT_DET;
}

/* …, et il parla de fuir: up to the next pause the narrator speaks. */
static bool tells_on(const qt_engine *self, uint32_t at, uint32_t end)
{
    uint32_t stop = at;
    if (quotes_is_upper(quotes_char_at(self, at, end))) return false;
    while (stop < end && !strchr(",.!?;:", self->text[stop])) stop++;
    return quotes_narrates(self, at, stop, false);
}

/* Where what is said of the speaker ends; `at` is behind a comma. */
static uint32_t tail_end(const qt_engine *self, uint32_t at, uint32_t end)
{
    for (unsigned parts = 0; parts < 4; parts++) {
        qt_token t[4];
        bool clause;
        uint32_t word = quotes_skip_spaces(self, at, end), k = word;
        unsigned count =
            quotes_tokens_of(self, word, quotes_reach(self, word, end, LOOK_BYTES / 2), t, 4);
        if (!is_tail(self, t, count, &clause) && !tells_on(self, word, end)) return at;
        while (k < end) {
            unsigned char c = (unsigned char)self->text[k];
            if (c == 0xE2 && k + 2 < end && !memcmp(self->text + k, "\xE2\x80\xA6", 3))
                return k + 3;
            if (c == '.' || c == '!' || c == '?' || c == ';' || c == ':') return k + 1;
            k++;
            if (c == ',' && !clause) break;
        }
        if (k >= end) return end;
        at = k;
    }
    return at;
}

/* The subject of the verb at `verb`, from `next` on: at once, or in the tense of narrators behind a
 * few words of how it was said (murmura tout bas en souriant la vieille). NULL: none. */
static const qt_token *subject_behind(const qt_engine *self, const qt_token *t, unsigned verb,
                                      unsigned count, const qt_token *next)
{
    enum { SUBJECT = QT_DET | QT_TITLE | QT_POSS | QT_ROLE, MANNER = QT_ADV | QT_CONJ | QT_GER };
    bool tells = quotes_is_past(self, t, verb) || t[verb].classes & QT_FICTION;
    for (unsigned steps = 0; next < t + count && steps < 5; steps++, next++) {
        if (next->type != QT_WORD) return NULL;
        if (next->classes & SUBJECT || next->flags & QT_CAP) return next;
        if (tells && next + 1 < t + count && next[1].flags & QT_CAP && !next->classes)
            return next; /* don José */
        if (next->classes & QT_PRON && !(next->classes & (QT_CLITIC | QT_FIRST))) return next;
        bool adverb = quotes_ends_as(self, next, QT_ENDS_ADVERB, ADVERB);
        bool doing = quotes_ends_as(self, next, QT_ENDS_GERUND, GERUND);
        bool while_doing = leads_as(self, next, QT_WHILE);
        if (!adverb && !(next->classes & QT_ADV) &&
            !(tells && (next->classes & MANNER || doing || while_doing)))
            return NULL;
        if (!tells && steps > 1) return NULL;
    }
    return NULL;
}

/* Is there an attribution at `at`, right after punctuation? Returns where it ends, or 0. */
static uint32_t incise_end(const qt_engine *self, uint32_t at, uint32_t end)
{
    qt_token t[LOOK_TOKENS];
    uint32_t stop = quotes_reach(self, at, end, LOOK_BYTES);
    unsigned count = quotes_tokens_of(self, at, stop, t, LOOK_TOKENS), i = 0;
    while (i < count && i < 2 && t[i].type == QT_WORD && t[i].classes & QT_CLITIC &&
           t[i].flags & QT_LOWER)
        i++;
    if (i + 1 >= count || t[i].type != QT_WORD || !(t[i].flags & QT_LOWER)) return 0;
    bool says = t[i].classes & (QT_FICTION | QT_SAY | QT_PART);
    const qt_token *next = &t[i + 1];
    bool inverted = next->flags & QT_INVERTED;
    if (t[i].classes & QT_AUX && inverted) says = i + 2 < count && t[i + 2].classes & QT_PART;
    bool compound = t[i].classes & QT_AUX && !inverted && next->classes & QT_PART &&
                    !(next->classes & QT_WEAK) && i + 2 < count;
    if (compound) { /* a répondu Paul */
        says = true;
        next++;
    }
    if (inverted && !says) says = quotes_is_past(self, t, i); /* ricana-t-il */
    if (!says) return 0;
    if (!inverted && !(next = subject_behind(self, t, i, count, next))) return 0;
    for (uint32_t k = next->end; k < end; k++) {
        char c = self->text[k];
        if (c == '.' || c == '!' || c == '?' || c == ';' || c == ':' || c == ',') {
            if (c == '.' && next->classes & QT_TITLE && k <= next->end) continue;
            return c == ',' ? tail_end(self, k + 1, end) : k + 1;
        }
        if ((unsigned char)c == 0xE2 && k + 2 < end && !memcmp(self->text + k, "\xE2\x80\xA6", 3))
            return k + 3;
    }
    return end;
}

unsigned quotes_cut_at_incises(const qt_engine *self, uint32_t from, uint32_t to, qt_range *cuts)
{
    unsigned count = 0;
    uint32_t start = from;
    const char *text = self->text, *limit = text + self->size;
    for (uint32_t i = from; i < to && count < QT_MAX_CUTS - 1; i++) {
        i = (uint32_t)(quotes_first_byte(text + i, text + to, limit, QT_PAUSES) - text);
        if (i == to) break;
        bool dots = i + 2 < to && !memcmp(text + i, "\xE2\x80\xA6", 3);
        uint32_t after = dots ? i + 3 : i + 1;
        if ((unsigned char)text[i] == 0xE2 && !dots) continue;
        uint32_t word = quotes_skip_spaces(self, after, to);
        if (word == after || word >= to) continue;
        if (quotes_is_upper(quotes_char_at(self, word, to))) continue;
        uint32_t end = incise_end(self, word, to);
        if (!end) continue;
        if (after > start) cuts[count++] = (qt_range){start, after};
        start = end;
        i = end - 1;
    }
    if (start < to) cuts[count++] = (qt_range){start, to};
    return count;
}

void quotes_cut_incises(qt_engine *self)
{
    if (!quotes_inverts(self)) return;
    unsigned count = self->quote_count;
    for (unsigned i = 0; i < count && i < self->quote_count; i++) {
        qt_quote q = self->quotes[i];
        if (q.depth || q.piece) continue;
        qt_range cuts[QT_MAX_CUTS];
        unsigned n = quotes_cut_at_incises(self, q.start, q.end, cuts);
        if (!n || (n == 1 && cuts[0].start == q.start && cuts[0].end == q.end)) continue;
        if (self->quote_count + n > QT_MAX_QUOTES) continue;
        self->quotes[i].end = cuts[0].end;
        self->quotes[i].outer_end = cuts[0].end;
        self->quotes[i].start = cuts[0].start;
        if (n > 1) self->quotes[i].unclosed = false; /* its last piece is */
        while (q.dash && self->quotes[i].end > cuts[0].start + 1 &&
               self->text[self->quotes[i].end - 1] == ',')
            self->quotes[i].outer_end = --self->quotes[i].end;
        for (unsigned k = 1; k < n; k++) {
            qt_quote *piece = quotes_insert(self, cuts[k].start, cuts[k].end);
            if (!piece) continue;
            piece->piece = true;
            piece->unclosed = q.unclosed && k + 1 == n;
            piece->dash = q.dash;
            piece->family = q.family;
            count++;
        }
    }
}
