/* A spoken line and its attributions. The press sets them off by dashes (— Yes,— said Anna.— Now.),
 * in the North by a comma (– Yes, says Anna. Now.); traits of the language say which to expect.
 *
 * Between dashes a verb of saying among the first words is enough. After a comma the verb must come
 * first and its subject next (in Finnish it may come last), and nobody who is "I" or "you": those
 * are within the speech. What follows the sentence of an attribution is spoken again, until a
 * sentence reports by itself (She says that …). dialogue.c calls this for lines that may be
 * speech. */
#include "bytes.h"
#include "dashes.h"

#include <string.h>

enum { LOOK_BYTES = 140, LOOK_TOKENS = 12, CLAUSE_BYTES = 110, SHORT_BYTES = 45 };

typedef enum { NO, MAYBE, SURE } certainty;

uint32_t quotes_dashes_end(const qt_engine *self, uint32_t at, uint32_t end)
{
    unsigned n, count = 0;
    while (at < end && count < 3 &&
           quotes_is_dash(quotes_decode(self->text + at, self->text + end, &n))) {
        at += n;
        count++;
    }
    return at;
}

uint32_t quotes_char_before(const qt_engine *self, uint32_t from, uint32_t at)
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

bool quotes_next_dash(const qt_engine *self, uint32_t from, uint32_t end, qt_dash *out)
{
    const char *text = self->text;
    for (uint32_t i = from; i < end; i++) {
        i = (uint32_t)(quotes_first_byte(text + i, text + end, text + self->size, QT_DASH_BYTES) -
                       text);
        if (i == end) break;
        unsigned char b = (unsigned char)text[i];
        if (b != '-' && (b != 0xE2 || i + 2 >= end || (unsigned char)text[i + 1] != 0x80 ||
                         (unsigned char)text[i + 2] - 0x92u > 3))
            continue;
        uint32_t stop = quotes_dashes_end(self, i, end);
        if (stop == i) continue;
        unsigned n;
        uint32_t left = quotes_decode_back(text + from, text + i, &n);
        uint32_t right = quotes_char_at(self, stop, end);
        bool spaced = quotes_is_space(left), apart = quotes_is_space(right);
        bool tight = stop - i > 1 && (punctuates(left) || spaced || apart);
        bool raya = b == 0xE2 && (spaced || punctuates(left));
        bool closes = b == 0xE2 && !spaced && left && (apart || punctuates(right));
        if ((spaced && apart) || tight || raya || closes || (punctuates(left) && apart)) {
            out->at = i;
            out->after = quotes_skip_spaces(self, stop, end);
            out->closes = closes && !punctuates(left);
            return true;
        }
        i = stop - 1;
    }
    return false;
}

/* ------------------------------------------------------------------ attributions */

static unsigned look(const qt_engine *self, uint32_t at, uint32_t end, qt_token *t)
{
    uint32_t stop = quotes_reach(self, at, end, LOOK_BYTES);
    return quotes_tokens_of(self, at, stop, t, LOOK_TOKENS);
}

static bool is_word(const qt_token *t, unsigned count, unsigned i)
{
    return i < count && t[i].type == QT_WORD;
}

/* May this be the one who speaks? `sure`: nothing else it may be. */
static bool is_somebody(const qt_engine *self, const qt_token *t, bool sure)
{
    enum {
        SOMEBODY = QT_PRON | QT_ROLE | QT_TITLE | QT_BODY | QT_DET | QT_POSS,
        OTHER = QT_FUNCTION & ~(QT_DET | QT_PRON | QT_POSS)
    };
    if (t->type != QT_WORD && t->type != QT_NUMBER) return false;
    if (t->classes & QT_FIRST && (sure || self->mode != QT_MODE_FICTION)) return false;
    if (t->classes & SOMEBODY || (t->flags & QT_CAP && !(t->classes & QT_NONAME))) return true;
    if (quotes_is_aged(self, t)) return true;
    return !sure && t->type == QT_WORD && !(t->classes & OTHER);
}

static bool says(const qt_token *t)
{
    return t->classes & QT_SAY && !(t->classes & QT_WEAK) && t->flags & QT_LOWER;
}

/* A verb that no table knows, to judge by its ending. */
static bool may_say(const qt_engine *self, const qt_token *t)
{
    enum { OTHER = QT_FUNCTION | QT_ROLE | QT_TITLE | QT_BODY | QT_NOUN };
    if (!(t->flags & QT_LOWER) || t->classes & (OTHER | QT_FIRST)) return false;
    return t->classes & QT_FICTION || quotes_ends_like_verb(self, t, true);
}

/* Said Anna; a répondu Anna; also said Anna: the token of its subject, 0 where it is none.
 * `guess`: verbs that the tables do not know, too. */
static unsigned verb_first(const qt_engine *self, const qt_token *t, unsigned count, bool guess)
{
    unsigned i = 0;
    if (!is_word(t, count, 0) || !(t[0].flags & QT_LOWER)) return 0;
    if (t[0].classes & QT_AUX && is_word(t, count, 1) && t[1].classes & QT_PART &&
        !(t[1].classes & QT_WEAK) && t[1].flags & QT_LOWER)
        i = 1;
    bool known = i == 1 || says(&t[0]);
    if (!known && !(guess && may_say(self, &t[0]))) return 0;
    unsigned subject = i + 1;
    while (is_word(t, count, subject) && subject < i + 4 && t[subject].flags & QT_LOWER &&
           t[subject].classes & (QT_ADV | QT_CLITIC | QT_CONJ) &&
           !(t[subject].classes & (QT_PRON | QT_DET)))
        subject++;
    if (subject < count && subject > i + 1 && !is_somebody(self, &t[subject], true)) return 0;
    /* asked his colleague Mr Berg: an object may come first, where no article tells it */
    if (!known && self->traits & QT_NO_ARTICLE && subject + 1 < count &&
        !is_somebody(self, &t[subject], true) && is_word(t, count, subject) &&
        !(t[subject].classes & QT_FUNCTION))
        subject++;
    return subject < count && is_somebody(self, &t[subject], !known) ? subject : 0;
}

/* Anna says: where the verb may come last; the token of the verb, 0 where it is none. */
static unsigned verb_last(const qt_engine *self, const qt_token *t, unsigned count)
{
    enum { LONGEST = 6 };
    if (!is_word(t, count, 0)) return 0;
    bool sure = is_somebody(self, &t[0], true);
    bool named = sure; /* the nurse Anna Salo: an unknown noun and a name */
    if (!sure && (t[0].classes || !is_word(t, count, 1))) return 0;
    if (!sure && says(&t[1])) return 1; /* the man said */
    if (!sure && !is_somebody(self, &t[1], true)) return 0;
    for (unsigned i = 1; is_word(t, count, i) && i <= LONGEST; i++) {
        named |= is_somebody(self, &t[i], true);
        if (says(&t[i])) return named ? i : 0;
        if (!sure) continue;
        bool ends = i + 1 == count || (t[i + 1].type == QT_PUNCT && t[i + 1].mark != ',');
        if (ends && t[i].flags & QT_LOWER && !(t[i].classes & (QT_FUNCTION | QT_ROLE | QT_NOUN)))
            return i;
        if (t[i].classes & (QT_CONJ | QT_COMP | QT_REL | QT_AUX)) return 0;
    }
    return 0;
}

/* Does the stop at `at` end a sentence? What comes next begins with a capital, a dash or a mark, or
 * is the end; a stop after one letter or an abbreviation does not count. */
static bool ends_sentence(const qt_engine *self, uint32_t from, uint32_t at, uint32_t end)
{
    uint32_t next = quotes_skip_spaces(self, at + 1, end);
    if (next >= end) return true;
    uint32_t c = quotes_char_at(self, next, end);
    if (quotes_is_dash(c)) return true;
    if (next == at + 1) return false;
    unsigned n;
    if (self->text[at] == '.') {
        uint32_t last = quotes_decode_back(self->text + from, self->text + at, &n);
        uint32_t before = quotes_decode_back(self->text + from, self->text + at - n, &n);
        if (quotes_is_upper(last) && (!before || quotes_is_space(before) || before == '.'))
            return false;
    }
    return quotes_is_upper(c) || quotes_mark_at(self->text + next, self->text + end).family;
}

/* Where what is said of the speaker ends: with its sentence, or with a colon and a dash; 0 where
 * that is too far. */
static uint32_t clause_end(const qt_engine *self, uint32_t from, uint32_t end)
{
    enum { REACH = 600 };
    uint32_t limit = end - from > REACH ? from + REACH : end;
    for (uint32_t i = from; i < limit; i++) {
        char c = self->text[i];
        if (c == ':') {
            uint32_t next = quotes_skip_spaces(self, i + 1, end);
            if (next == end || quotes_is_dash(quotes_char_at(self, next, end))) return next;
        }
        if ((c == '.' || c == '!' || c == '?') && ends_sentence(self, from, i, end))
            return quotes_skip_spaces(self, i + 1, end);
    }
    return limit == end ? end : 0;
}

/* Is somebody said to speak at `at`, after a comma? Returns where that ends, 0: no. */
static uint32_t comma_attribution(const qt_engine *self, uint32_t at, uint32_t end, bool comma)
{
    qt_token t[LOOK_TOKENS];
    bool small = !quotes_is_upper(quotes_char_at(self, at, end));
    if (!small && !(comma && self->traits & QT_SUBJECT_FIRST)) return 0;
    unsigned count = look(self, at, end, t);
    if (!count || t[0].start != at) return 0;
    unsigned subject = small ? verb_first(self, t, count, true) : 0;
    if (!subject && comma && self->traits & QT_SUBJECT_FIRST) subject = verb_last(self, t, count);
    if (!subject) return 0;
    uint32_t stop = clause_end(self, t[subject].end, end);
    bool known = says(&t[0]) || (t[0].classes & QT_AUX) || says(&t[subject]);
    if (stop && !known && stop - at > CLAUSE_BYTES) return 0;
    return stop;
}

static bool is_name_of(const qt_token *t, const qt_token *clause, unsigned count)
{
    for (unsigned i = 0; i < count && t->flags & QT_NAME; i++) {
        if (clause[i].type == QT_WORD && clause[i].key == t->key) return true;
    }
    return false;
}

/* After the attribution in [said, at) a sentence that is no speech: it reports (Hun sier at …), or
 * tells of whoever spoke, by a pronoun or the name, and nobody says "I" in it. */
static bool narrates(const qt_engine *self, qt_range said, uint32_t at, uint32_t end)
{
    enum { WITHIN = 5, GENDER = QT_MALE | QT_FEMALE };
    qt_token t[LOOK_TOKENS], clause[LOOK_TOKENS];
    unsigned count = look(self, at, end, t);
    if (!count || t[0].type != QT_WORD || !is_somebody(self, &t[0], true)) return false;
    if (t[0].classes & QT_DET && !(t[0].classes & QT_PRON)) return false;
    for (unsigned i = 1; is_word(t, count, i) && i < WITHIN; i++) {
        if (says(&t[i])) return true;
    }
    bool third = t[0].classes & QT_PRON && t[0].features & GENDER && !(t[0].features & QT_PLURAL);
    if (!third && !is_name_of(&t[0], clause, look(self, said.start, said.end, clause)))
        return false;
    for (unsigned i = 1; i < count && !(t[i].type == QT_PUNCT && t[i].mark == '.'); i++) {
        if (t[i].type == QT_WORD && t[i].classes & QT_FIRST) return false;
    }
    return true;
}

/* Where speech begins again after narration from `at` on: behind ". – "; 0: nowhere. */
static uint32_t speaks_again(const qt_engine *self, uint32_t at, uint32_t end)
{
    qt_dash d;
    for (uint32_t next = at; quotes_next_dash(self, next, end, &d); next = d.after) {
        uint32_t before = quotes_char_before(self, at, d.at);
        if ((before == '.' || before == ':' || before == '!' || before == '?') &&
            quotes_is_upper(quotes_char_at(self, d.after, end)))
            return d.after;
        if (d.after <= next) return 0;
    }
    return 0;
}

/* The sentence at `from` opens with when, if, as: a verb after its comma is its own. */
static bool depends(const qt_engine *self, uint32_t from, uint32_t end)
{
    qt_token t[2];
    unsigned count = quotes_tokens_of(self, from, quotes_reach(self, from, end, 40), t, 2);
    return count && t[0].type == QT_WORD && t[0].classes & QT_COMP;
}

/* Does any quotation stand in [from, to)? Then not all of it is spoken. */
static bool has_pair(const qt_engine *self, uint32_t from, uint32_t to)
{
    for (unsigned i = 0; i < self->quote_count; i++) {
        if (self->quotes[i].start >= from && self->quotes[i].end <= to) return true;
    }
    return false;
}

/* – It is a shame, says Anna Berg. We shall go on. */
static unsigned cut_commas(const qt_engine *self, uint32_t at, uint32_t end, qt_range *cuts)
{
    unsigned count = 0;
    uint32_t from = at, sentence = at;
    qt_range said = {at, at}, anew = {at, at}; /* a further dash since `from` */
    for (uint32_t i = at; i < end && count < QT_MAX_CUTS - 2; i++) {
        char c = self->text[i];
        if (c != ',' && c != '?' && c != '!' && c != '.' && c != '\xA6') continue;
        if (c == '\xA6' && (i < at + 2 || memcmp(self->text + i - 2, "\xE2\x80\xA6", 3))) continue;
        uint32_t word = quotes_skip_spaces(self, i + 1, end);
        if (word == i + 1 || word >= end) continue;
        uint32_t after = 0, dash = quotes_dashes_end(self, word, end);
        if (c != ',' && dash > word && quotes_is_space(quotes_char_at(self, dash, end)))
            anew = (qt_range){word, quotes_skip_spaces(self, dash, end)};
        if (c != ',' && ends_sentence(self, from, i, end)) {
            sentence = word;
            if (!count || !narrates(self, said, word, end)) continue;
            cuts[count++] = (qt_range){from, i + 1};
            after = word;
        } else {
            after = comma_attribution(self, word, end, c == ',');
            if (!after) continue;
            if (c == ',' && after - word > SHORT_BYTES && self->traits & QT_V2 &&
                depends(self, sentence, i))
                continue;
            if (anew.start > from && anew.end < i) {
                if (!has_pair(self, from, anew.start)) cuts[count++] = (qt_range){from, anew.start};
                from = anew.end;
            }
            cuts[count++] = (qt_range){from, c == ',' ? i : i + 1};
            said = (qt_range){word, after};
        }
        /* a dash opens speech again, and then what stands before it is none */
        uint32_t dashed = quotes_dashes_end(self, after, end), again = 0;
        if (dashed > after)
            after = quotes_skip_spaces(self, dashed, end);
        else if (after < end && (again = speaks_again(self, after, end)) != 0)
            after = again;
        else if (after < end && narrates(self, said, after, end))
            return count;
        from = sentence = after;
        i = after - 1;
    }
    if (count && from < end) cuts[count++] = (qt_range){from, end};
    return count;
}

/* A short end of a sentence that begins with what looks like a verb: – It is over – sighed the
 * cashier. */
static bool trails(const qt_engine *self, const qt_token *t, uint32_t at, uint32_t end)
{
    enum { LONGEST = 80 };
    if (!quotes_press_dashes(self) || self->traits & QT_COMMA_DASHES || t->classes ||
        !quotes_ends_like_verb(self, t, false))
        return false;
    uint32_t stop = clause_end(self, at, end);
    qt_dash d;
    return stop && stop - at <= LONGEST && !(quotes_next_dash(self, at, stop, &d) && d.at > at);
}

/* After a comma and a dash speech goes on as easily: is anything done at all before the next stop?
 * Where verbs are known by their endings, the words must have one, and nobody be you. */
static bool acts(const qt_engine *self, const qt_token *t, unsigned count)
{
    enum { WITHIN = 8, OTHER = QT_FUNCTION & ~(QT_AUX | QT_CLITIC) };
    if (!self->lexicon->langs[self->lang].ending_count) return true;
    for (unsigned i = 0; i < count && i < WITHIN; i++) {
        if (t[i].type == QT_PUNCT && t[i].mark != ',') return false;
        if (t[i].type != QT_WORD) continue;
        if (t[i].classes & QT_FIRST) return false;
        if (t[i].classes & (QT_CUE | QT_FICTION | QT_VERB)) return true;
        if (t[i].flags & QT_LOWER && !(t[i].classes & OTHER) &&
            quotes_ends_like_verb(self, &t[i], false))
            return true;
    }
    return false;
}

/* Do the words after a dash say who spoke? */
static certainty attributes(const qt_engine *self, uint32_t line, const qt_dash *d, uint32_t end)
{
    qt_token t[LOOK_TOKENS];
    unsigned count = look(self, d->after, end, t);
    unsigned words = 0;
    uint32_t before = quotes_char_before(self, line, d->at);
    bool after_stop =
        before == '!' || before == '?' || before == 0x2026 || before == ',' || before == '.';
    if (self->traits & QT_COMMA_DASHES && after_stop && count && !(t[0].flags & QT_LOWER))
        return NO; /* – Yes, says Anna. – When I asked … */
    uint32_t saying = QT_SAY | QT_PART | (self->probe.story ? QT_FICTION : 0);
    for (unsigned i = 0; i < count && words < 4; i++) {
        if (t[i].type == QT_PUNCT && t[i].mark != ',') break;
        if (t[i].type != QT_WORD) continue;
        if (t[i].classes & saying && (t[i].flags & QT_LOWER || !words) &&
            (words == 0 || t[0].flags & QT_LOWER || t[0].classes & (QT_PRON | QT_ROLE | QT_TITLE) ||
             words < 3))
            return SURE;
        words++;
    }
    if (!count || t[0].type != QT_WORD || !(t[0].flags & QT_LOWER)) return NO;
    if (before == ',' && self->lang != QT_NO_LANG && !acts(self, t, count)) return NO;
    if (after_stop && (self->probe.story || self->probe.talk || verb_first(self, t, count, true)))
        return SURE;
    return trails(self, &t[0], d->after, end) ? MAYBE : NO;
}

/* `sure`: at least one attribution is. */
static unsigned cut_dashes(const qt_engine *self, uint32_t at, uint32_t end, qt_range *cuts,
                           bool *sure)
{
    unsigned count = 0;
    bool speech = true;
    uint32_t from = at, next = at;
    qt_dash d;
    *sure = false;
    while (count < QT_MAX_CUTS - 1 && quotes_next_dash(self, next, end, &d)) {
        next = d.after > d.at ? d.after : d.at + 1;
        if (speech) {
            certainty how = attributes(self, at, &d, end);
            if (how == NO) continue;
            *sure |= how == SURE;
            cuts[count++] = (qt_range){from, d.at};
            speech = false;
        } else if (d.closes || punctuates(quotes_char_before(self, at, d.at))) {
            from = d.after;
            while (d.closes && from < end && punctuates((unsigned char)self->text[from])) from++;
            speech = true;
        }
    }
    if (speech) cuts[count++] = (qt_range){from, end};
    return count;
}

static bool is_cut(const qt_range *cuts, unsigned count, uint32_t end)
{
    return count > 1 || (count && cuts[0].end != end);
}

unsigned quotes_cut_line(const qt_engine *self, uint32_t at, uint32_t end, qt_range *cuts,
                         bool *attributed)
{
    unsigned count = cut_dashes(self, at, end, cuts, attributed);
    if (is_cut(cuts, count, end)) return count;
    *attributed = true;
    if (self->lang != QT_NO_LANG && self->traits & QT_COMMA_DASHES) {
        count = cut_commas(self, at, end, cuts);
        if (count) return count;
    }
    if (quotes_inverts(self) && !self->probe.story) {
        count = quotes_cut_at_incises(self, at, end, cuts);
        if (is_cut(cuts, count, end)) return count;
    }
    *attributed = false;
    cuts[0] = (qt_range){at, end};
    return 1;
}
