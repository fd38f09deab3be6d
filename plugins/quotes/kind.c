/* Kind: is a quoted span speech, or a name, a distanced word, a headline, a title?
 *
 * What is seen of the span and around it are features; an integer table in the data (kind.tsv: any
 * language, and what a language adds) weighs them, and above zero is speech. Headlines are told by
 * the shape of their paragraph first. In stories nearly all is speech. */
#include "quotes.h"

#include <stdio.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum {
    F_BIAS,
    F_AFTER,
    F_LATER,
    F_INSIDE,
    F_SOURCE,
    F_BEFORE,
    F_BEFORE_FAR,
    F_WEAK,
    F_COLON_NAME,
    F_SAME,
    F_PARAGRAPH,
    F_THAT,
    F_DET,
    F_NAMING,
    F_SOCALLED,
    F_MOOD,
    F_LOWER,
    F_STOP,
    F_WORDS_1,
    F_WORDS_2,
    F_WORDS_4,
    F_WORDS_7,
    F_WORDS_14,
    F_WORDS_MORE,
    F_TITLED,
    F_FIRST,
    F_OPENS,
    F_COLON,
    F_CUE_NEXT,
    F_SPEAKER,
    F_NO_SPEAKER,
    F_UNCLOSED,
    F_NESTED,
    F_NOUN,
    F_UPPER_WORD,
    F_COMMA,
    F_POSS,
    F_NAME_NEXT,
    F_BRACKETS,
    F_NUMBER,
    F_LIST,
    F_STORY,
    F_AFTER_SPEECH,
    F_OF,
    F_ROLE,
    F_MOOD_TOUCHES,
    F_NOUN_FAR,
    F_THAT_TOUCHES,
    F_CUE_SOMEWHERE,
    F_NO_THAT,
    F_THAT_BETWEEN,
    F_VERB_LAST,
    F_LABEL,
    F_OWN_SENTENCE,
    F_SPOKEN_OF,
    F_SOURCE_TOUCHES,
    F_NOUN_TOUCHES,
    F_NAMING_SMALL,
    F_COMMA_BETWEEN,
    F_COUNT
};
_Static_assert((int)F_COUNT <= (int)QT_MAX_FEATURES, "features fit the table");

const char *const quotes_feature_names[QT_MAX_FEATURES] = {
    [F_BIAS] = "bias",
    [F_AFTER] = "cue-after",
    [F_LATER] = "cue-later",
    [F_INSIDE] = "cue-inside",
    [F_SOURCE] = "source",
    [F_BEFORE] = "cue-before",
    [F_BEFORE_FAR] = "cue-far",
    [F_WEAK] = "cue-weak",
    [F_COLON_NAME] = "name-colon",
    [F_SAME] = "same-speaker",
    [F_PARAGRAPH] = "speaker-above",
    [F_THAT] = "that",
    [F_DET] = "article",
    [F_NAMING] = "naming",
    [F_SOCALLED] = "so-called",
    [F_MOOD] = "reporting-mood",
    [F_LOWER] = "small-letter",
    [F_STOP] = "ends-with-stop",
    [F_WORDS_1] = "words-1",
    [F_WORDS_2] = "words-2",
    [F_WORDS_4] = "words-3-4",
    [F_WORDS_7] = "words-5-7",
    [F_WORDS_14] = "words-8-14",
    [F_WORDS_MORE] = "words-15",
    [F_TITLED] = "capitals",
    [F_FIRST] = "first-person",
    [F_OPENS] = "opens-paragraph",
    [F_COLON] = "colon",
    [F_CUE_NEXT] = "cue-touches",
    [F_SPEAKER] = "speaker",
    [F_NO_SPEAKER] = "cue-no-speaker",
    [F_UNCLOSED] = "unclosed",
    [F_NESTED] = "nested",
    [F_NOUN] = "speech-noun",
    [F_UPPER_WORD] = "one-capital",
    [F_COMMA] = "ends-with-comma",
    [F_POSS] = "possessive",
    [F_NAME_NEXT] = "name-follows",
    [F_BRACKETS] = "in-brackets",
    [F_NUMBER] = "digits",
    [F_LIST] = "among-quotations",
    [F_STORY] = "story",
    [F_AFTER_SPEECH] = "after-speech",
    [F_OF] = "of",
    [F_ROLE] = "role",
    [F_MOOD_TOUCHES] = "mood-touches",
    [F_NOUN_FAR] = "speech-noun-far",
    [F_THAT_TOUCHES] = "that-touches",
    [F_CUE_SOMEWHERE] = "cue-somewhere",
    [F_VERB_LAST] = "verb-last",
    [F_LABEL] = "label",
    [F_OWN_SENTENCE] = "own-sentence",
    [F_SPOKEN_OF] = "spoken-of",
    [F_SOURCE_TOUCHES] = "source-touches",
    [F_NOUN_TOUCHES] = "speech-noun-touches",
    [F_NAMING_SMALL] = "naming-small",
    [F_COMMA_BETWEEN] = "comma-between",
    [F_NO_THAT] = "no-that",
    [F_THAT_BETWEEN] = "that-between",
};

typedef struct {
    const qt_engine *engine;
    qt_quote *quote;
    const qt_token *t;
    unsigned count, at;
    bool on[QT_MAX_FEATURES];
    uint32_t first, last; /* characters of the body */
} view;

static bool stops(uint32_t c)
{
    return c == '.' || c == '!' || c == '?' || c == 0x2026 || c == 0x3002 || c == 0xFF01 ||
           c == 0xFF1F || c == 0x61F;
}

static void see_body(view *v)
{
    enum { MOST_OF_TITLE = 6 };
    const qt_engine *e = v->engine;
    const qt_quote *q = v->quote;
    const qt_body *b = &q->body;
    unsigned n;
    v->first = quotes_decode(e->text + q->start, e->text + q->end, &n);
    v->last = quotes_decode_back(e->text + q->start, e->text + q->end, &n);
    v->on[F_NUMBER] = b->number;
    v->on[F_FIRST] = b->first_person;
    v->on[F_LOWER] = b->lower_first;
    v->on[F_STOP] = stops(v->last);
    v->on[F_COMMA] = v->last == ',';
    v->on[F_WORDS_1] = b->words <= 1;
    v->on[F_WORDS_2] = b->words == 2;
    v->on[F_WORDS_4] = b->words == 3 || b->words == 4;
    v->on[F_WORDS_7] = b->words >= 5 && b->words <= 7;
    v->on[F_WORDS_14] = b->words >= 8 && b->words <= 14;
    v->on[F_WORDS_MORE] = b->words >= 15;
    /* where nouns have capitals, a title has no small word at all */
    bool titled = !(e->traits & QT_NOUNS_UPPER) || !b->small;
    v->on[F_TITLED] =
        titled && b->long_words > 1 && b->capitals == b->long_words && b->words <= MOST_OF_TITLE;
    v->on[F_UPPER_WORD] = b->words == 1 && b->capitals;
}

static void see_left(view *v)
{
    const qt_token *t = v->t;
    unsigned at = v->at;
    if (at == 0) return;
    const qt_token *l = &t[at - 1];
    if (quotes_is_mark(l, ':')) v->on[F_COLON] = true;
    if (l->type == QT_OPEN) v->on[F_BRACKETS] = true;
    if (l->flags & QT_ENDS) return;
    if (l->type == QT_WORD) {
        v->on[F_DET] = l->classes & QT_DET && !(l->classes & QT_PREP);
        v->on[F_POSS] = l->classes & QT_POSS;
        v->on[F_CUE_NEXT] = l->classes & QT_CUE && !(l->classes & QT_NAMING);
        v->on[F_OF] = l->classes & QT_OF;
        v->on[F_ROLE] = l->classes & QT_ROLE;
        v->on[F_THAT_TOUCHES] = l->classes & QT_COMP;
        v->on[F_MOOD_TOUCHES] = l->classes & QT_KONJ;
        v->on[F_NOUN_TOUCHES] = l->classes & QT_NOUN && !(l->classes & (QT_NAMING | QT_SAY));
    }
    bool linked = true; /* so far only "and" and commas: what names a list names each of it */
    for (unsigned i = at, steps = 0; i-- > 0 && steps < 4; steps++) {
        if (t[i].flags & QT_ENDS) break;
        if (t[i].type == QT_QUOTE) {
            if (!linked || i + 1 == at) break;
            steps = 0;
            continue;
        }
        linked =
            linked && ((t[i].type == QT_WORD && t[i].classes & QT_CONJ) || quotes_is_comma(&t[i]));
        if (t[i].type != QT_WORD) continue;
        bool cue =
            v->quote->cue_end && t[i].end > v->quote->cue_start && t[i].start < v->quote->cue_end;
        if (t[i].classes & QT_NAMING && steps < 3 && !cue) v->on[F_NAMING] = true;
        if (t[i].classes & QT_SOCALLED) v->on[F_SOCALLED] = true;
        if (t[i].classes & QT_COMP) v->on[F_THAT] = true;
        if (t[i].classes & QT_NOUN) v->on[F_NOUN] = true;
    }
}

/* "…", "…". These expressions: the next sentence speaks of the words, only quotations in this
 * one. */
static bool is_spoken_of(const view *v, unsigned next)
{
    const qt_token *t = v->t;
    if (next + 1 >= v->count || t[next].type != QT_WORD || t[next + 1].type != QT_WORD)
        return false;
    if (!(t[next].classes & QT_DET) || !(t[next].features & QT_THIS)) return false;
    if (!(t[next + 1].classes & QT_NAMING)) return false;
    for (unsigned i = next; i-- > 0;) {
        if (i + 1 < next && t[i].flags & QT_ENDS && t[i].type != QT_QUOTE) break;
        if (t[i].type == QT_WORD && !(t[i].classes & QT_CONJ)) return false;
    }
    return true;
}

/* How far the sentence is looked at; returns its classes, *strong without weak words. */
static uint32_t classes_around(const view *v, unsigned *from, unsigned *to, uint32_t *strong)
{
    enum { MOST_LEFT = 40, MOST_RIGHT = 30 };
    const qt_sentence *s = &v->engine->sentence;
    const qt_token *t = v->t;
    *from = v->at - s->left < MOST_LEFT ? s->left : v->at - MOST_LEFT;
    *to = s->right - v->at < MOST_RIGHT ? s->right : v->at + MOST_RIGHT;
    if (t[v->at].flags & QT_ENDS) *to = v->at + 1;
    uint32_t all = 0;
    *strong = 0;
    if (*from == s->left) {
        *strong = s->left_strong;
        all = s->left_weak;
    }
    if (*to == s->right) {
        *strong |= s->right_strong;
        all |= s->right_weak;
    }
    unsigned first = *from == s->left ? v->at : *from, last = *to == s->right ? v->at : *to;
    for (unsigned i = first; i < last; i++) {
        all |= t[i].classes;
        *strong |= t[i].classes & QT_WEAK ? 0 : t[i].classes;
    }
    return all | *strong;
}

static void see_sentence(view *v)
{
    enum { BESIDE = 2 };
    const qt_token *t = v->t;
    unsigned from, to;
    uint32_t strong, all = classes_around(v, &from, &to, &strong);
    v->on[F_MOOD] = all & QT_KONJ;
    v->on[F_NOUN_FAR] = all & QT_NOUN;
    v->on[F_CUE_SOMEWHERE] = strong & QT_CUE;
    unsigned first = v->at - from < BESIDE ? from : v->at - BESIDE,
             last = to - v->at <= BESIDE ? to : v->at + BESIDE + 1;
    for (unsigned i = first; i < last; i++) {
        if (i > v->at && t[i].classes & QT_KONJ) v->on[F_MOOD_TOUCHES] = true;
        if (i != v->at && t[i].type == QT_QUOTE) v->on[F_LIST] = true;
    }
    bool opens = v->at == 0 || t[v->at - 1].flags & QT_ENDS;
    bool stopped = v->at + 1 < v->count && t[v->at + 1].flags & QT_ENDS &&
                   t[v->at + 1].type == QT_PUNCT && !v->on[F_STOP];
    v->on[F_OWN_SENTENCE] = opens && stopped;
    v->on[F_SPOKEN_OF] = is_spoken_of(v, to);
    if (v->at + 1 < v->count) {
        const qt_token *r = &t[v->at + 1];
        v->on[F_NAME_NEXT] = r->type == QT_WORD && r->flags & QT_CAP &&
                             !(t[v->at].flags & QT_ENDS) && !(r->classes & QT_FUNCTION);
    }
}

/* "said that … X" or "recognised two X": what lies between the cue and the quotation. */
static void see_between(view *v)
{
    const qt_quote *q = v->quote;
    const qt_token *t = v->t;
    if (q->rule != QT_RULE_BEFORE || !q->cue_end) return;
    bool that = false, any = false, comma = false;
    for (unsigned i = v->at; i-- > 0 && t[i].end > q->cue_start;) {
        if (t[i].start < q->cue_end) {
            if (t[i].type == QT_WORD && t[i].features & QT_LABEL && t[i].classes & QT_CUE)
                v->on[F_LABEL] = v->at - i < 9;
            continue;
        }
        any = true;
        bool touches = i + 1 == v->at;
        comma |= quotes_is_comma(&t[i]) && !touches;
        that |= (t[i].type == QT_WORD && t[i].classes & QT_COMP) || quotes_is_mark(&t[i], ':') ||
                (quotes_is_comma(&t[i]) && touches);
    }
    v->on[F_THAT_BETWEEN] = that;
    v->on[F_NO_THAT] = any && !that;
    v->on[F_COMMA_BETWEEN] = comma && !that;
}

static bool only_marks(const qt_engine *e, uint32_t from, uint32_t to)
{
    enum { REACH = 300 };
    unsigned n;
    if (to > from + REACH) return false;
    for (; from < to; from += n) {
        uint32_t c = quotes_decode(e->text + from, e->text + to, &n);
        if (quotes_is_letter(c) || (c >= '0' && c <= '9')) return false;
    }
    return true;
}

static void see_attribution(view *v)
{
    enum { TOUCHES = 4 };
    const qt_engine *e = v->engine;
    const qt_quote *q = v->quote;
    bool cue = q->cue_end > 0;
    v->on[F_AFTER] = q->rule == QT_RULE_AFTER;
    v->on[F_LATER] = q->rule == QT_RULE_LATER;
    v->on[F_VERB_LAST] = q->rule == QT_RULE_LAST;
    v->on[F_INSIDE] = q->rule == QT_RULE_INSIDE;
    v->on[F_SOURCE] = q->rule == QT_RULE_SOURCE;
    v->on[F_SOURCE_TOUCHES] =
        v->on[F_SOURCE] && q->cue_start >= q->outer_end && q->cue_start - q->outer_end <= TOUCHES;
    v->on[F_NAMING_SMALL] = v->on[F_NAMING] && v->quote->body.lower_first && cue;
    v->on[F_BEFORE] = q->rule == QT_RULE_BEFORE && q->strong;
    v->on[F_BEFORE_FAR] =
        q->rule == QT_RULE_BEFORE && q->cue_end && q->outer_start > q->cue_end + 60;
    v->on[F_WEAK] = q->rule == QT_RULE_BEFORE && !q->strong;
    v->on[F_COLON_NAME] = q->rule == QT_RULE_COLON;
    v->on[F_SAME] = q->rule == QT_RULE_SAME;
    if (v->engine->after_colon && !q->depth && only_marks(e, e->par_start, q->outer_start))
        v->on[F_COLON] = true;
    v->on[F_PARAGRAPH] = q->rule == QT_RULE_PARAGRAPH;
    v->on[F_SPEAKER] = q->speaker_end > 0 && cue;
    v->on[F_NO_SPEAKER] = q->speaker_end == 0 && cue && !(e->traits & QT_DROPS);
    v->on[F_UNCLOSED] = q->unclosed;
    v->on[F_NESTED] = q->depth > 0;
    v->on[F_STORY] = e->probe.dialogue;
    v->on[F_AFTER_SPEECH] = e->has_last && !q->depth && e->last.paragraph == q->paragraph &&
                            (e->last.kind == QT_DIRECT || e->last.kind == QT_CONTINUATION);
}

/* ------------------------------------------------------------------ the paragraph's shape */

static uint32_t edge(const qt_engine *e, uint32_t from, uint32_t to, bool last)
{
    unsigned n;
    while (from < to) {
        uint32_t c = last ? quotes_decode_back(e->text + from, e->text + to, &n)
                          : quotes_decode(e->text + from, e->text + to, &n);
        if (!quotes_is_space(c)) return c;
        if (last)
            to -= n;
        else
            from += n;
    }
    return 0;
}

static bool closes(uint32_t c)
{
    return stops(c) || c == 0xBB || c == 0x201D || c == '"' || c == 0x201C || c == 0x2019;
}

static bool has_stop(const qt_engine *e, uint32_t from, uint32_t to)
{
    uint32_t digits = from; /* 2. The president …: of a list */
    while (digits < to && e->text[digits] >= '0' && e->text[digits] <= '9') digits++;
    if (digits > from && digits < from + 3 && digits < to && e->text[digits] == '.')
        from = digits + 1;
    for (; from < to; from++) {
        char c = e->text[from];
        if (c == '.' || c == '!' || c == '?') return true;
        if ((unsigned char)c == 0xE2 && from + 2 < to && !memcmp(e->text + from, "\xE2\x80\xA6", 3))
            return true;
    }
    return false;
}

enum { HEADLINE_BYTES = 170, ALONE_BYTES = 130 };

/* The lines before and after this one are headlines as well: short, and without a stop. */
static bool in_list_of_links(const qt_engine *e)
{
    enum { LEAST = 6, LEAST_AFTER = 20 };
    const char *text = e->text, *end = text + e->size, *p = text + e->par_start;
    while (p > text && (unsigned char)p[-1] <= ' ') p--;
    uint32_t to = (uint32_t)(p - text), from = to;
    while (from > 0 && to - from <= HEADLINE_BYTES && text[from - 1] != '\n') from--;
    if (to - from < LEAST || to - from > HEADLINE_BYTES || stops(edge(e, from, to, true)))
        return false;
    for (p = text + e->par_end; p < end && (unsigned char)*p <= ' ';) p++;
    from = to = (uint32_t)(p - text);
    while (to < e->size && to - from <= HEADLINE_BYTES && text[to] != '\n') to++;
    return to - from >= LEAST_AFTER && to - from <= HEADLINE_BYTES &&
           !stops(edge(e, from, to, true));
}

/* Its last character, or the one within the mark that it ends with, is a stop. */
static bool ends_a_sentence(const qt_engine *e)
{
    unsigned n;
    for (uint32_t to = e->par_end, marks = 0; to > e->par_start; to -= n) {
        uint32_t c = quotes_decode_back(e->text + e->par_start, e->text + to, &n);
        if (stops(c)) return true;
        if (quotes_is_space(c)) continue;
        if (!(closes(c) || c == 0xAB) || marks++) return false;
    }
    return false;
}

/* Nothing stands before this paragraph: the title. */
static bool is_first_line(const qt_engine *e)
{
    enum { REACH = 8 };
    uint32_t at = e->par_start;
    if (at > REACH) return false;
    while (at > 0 && (unsigned char)e->text[at - 1] <= ' ') at--;
    return at == 0;
}

static bool is_headline(const view *v)
{
    const qt_engine *e = v->engine;
    const qt_quote *q = v->quote;
    if (q->unclosed || q->dash || q->orphan) return false;
    uint32_t from = e->par_start, to = e->par_end;
    uint32_t size = to - from;
    if (size > 260) return false;
    bool cue = q->cue_end > 0, spoken = cue && q->speaker_end > 0;
    bool endp = stops(v->last) || v->last == ',' || stops(edge(e, q->outer_end, to, false));
    bool starts = only_marks(e, from, q->outer_start);
    uint32_t first = edge(e, from, to, false), last = edge(e, from, to, true);
    bool alone = starts && only_marks(e, q->outer_end, to);
    if (alone && (q->rule == QT_RULE_INSIDE || e->after_colon)) return false;
    if (alone && size < ALONE_BYTES && !(e->has_last && e->pending))
        return !endp || v->quote->body.words < 14;
    if (first == 0x2022 || first == '*') return false;
    bool closed = closes(last) || (last == 0xAB && e->probe.reversed);
    bool headline =
        size < HEADLINE_BYTES &&
        (!closed || (!has_stop(e, from, q->start) && !has_stop(e, q->end, to) && !endp));
    if (spoken && q->rule != QT_RULE_COLON && (starts || v->quote->body.words >= 8))
        headline = false;
    if ((!closed && in_list_of_links(e)) || (is_first_line(e) && !ends_a_sentence(e)))
        headline = true;
    bool labelled =
        q->rule == QT_RULE_COLON || (!cue && edge(e, from, q->outer_start, true) == ':');
    if (labelled && endp && q->end + 6 >= to && size < HEADLINE_BYTES && in_list_of_links(e))
        return true;
    if (q->rule == QT_RULE_COLON) {
        if (endp && v->quote->body.words >= 6 && q->end + 6 >= to)
            headline = false;
        else if (!endp && size < 190 && to - q->end < 16)
            headline = true;
    }
    return headline;
}

enum { TALE_BYTES = 900, TALE_TOKENS = 240 };

/* In stories: a long quoted passage in which nobody says I or you is a tale, a letter, a diary. */
static bool is_tale(const view *v)
{
    const qt_engine *e = v->engine;
    const qt_quote *q = v->quote;
    qt_token t[TALE_TOKENS];
    if (q->end - q->start < TALE_BYTES) return false;
    uint32_t to = q->start + TALE_BYTES;
    while (((unsigned char)e->text[to] & 0xC0) == 0x80) to--;
    unsigned count = quotes_tokens_of(e, q->start, to, t, TALE_TOKENS), words = 0, first = 0;
    for (unsigned i = 0; i < count; i++) {
        words += t[i].type == QT_WORD;
        first += t[i].type == QT_WORD && t[i].classes & QT_FIRST;
    }
    return first * 50 < words;
}

static int weight(const view *v, unsigned feature)
{
    const qt_lexicon *lexicon = v->engine->lexicon;
    int sum = lexicon->weights[QT_MAX_LANGS][feature];
    if (v->quote->lang < QT_MAX_LANGS) sum += lexicon->weights[v->quote->lang][feature];
    return sum;
}

/* The sum of the weights of what was seen, without a branch on any of it. */
static int weigh(const view *v)
{
    const qt_lexicon *lexicon = v->engine->lexicon;
    static const int16_t nothing[QT_MAX_FEATURES];
    const int16_t *any = lexicon->weights[QT_MAX_LANGS];
    const int16_t *own = v->quote->lang < QT_MAX_LANGS ? lexicon->weights[v->quote->lang] : nothing;
    int score = 0;
#ifdef __SSE2__
    __m128i sums = _mm_setzero_si128();
    for (unsigned f = 0; f < QT_MAX_FEATURES; f += 8) {
        __m128i on = _mm_loadl_epi64((const __m128i *)(const void *)(v->on + f)); /* true is 1 */
        on = _mm_unpacklo_epi8(on, _mm_setzero_si128());
        sums = _mm_add_epi32(
            sums,
            _mm_madd_epi16(
                on, _mm_add_epi16(_mm_loadu_si128((const __m128i *)(const void *)(any + f)),
                                  _mm_loadu_si128((const __m128i *)(const void *)(own + f)))));
    }
    int32_t four[4];
    _mm_storeu_si128((__m128i *)(void *)four, sums);
    for (unsigned i = 0; i < 4; i++) score += four[i];
#else
    for (unsigned f = 0; f < QT_MAX_FEATURES; f++) score += v->on[f] * (any[f] + own[f]);
#endif
    return score;
}

/* What was seen and what it weighs: "direct; its cues sum to 109, …: bias-20 cue-after+90 …". */
static void explain(const view *v)
{
    static const char *const kinds[] = {[QT_DIRECT] = "direct",
                                        [QT_CONTINUATION] = "continuation",
                                        [QT_SCARE] = "scare",
                                        [QT_HEADLINE] = "headline",
                                        [QT_TITLED] = "title"};
    enum { ROOM = 200, LONGEST = 32 };
    char text[ROOM];
    size_t used = 0;
    text[0] = 0;
    for (unsigned f = 0; f < F_COUNT && used + LONGEST < ROOM; f++) {
        if (!v->on[f]) continue;
        int n = snprintf(text + used, ROOM - used, "%s%s%+d", used ? " " : "",
                         quotes_feature_names[f], weight(v, f));
        if (n > 0) used += (size_t)n;
    }
    quotes_note(v->engine, v->quote, "kind", "%s; its cues sum to %d, above 0 is speech: %s",
                kinds[v->quote->kind], v->quote->score, text);
}

/* The film "X": the naming word touches the quotation. */
static bool named_here(const view *v)
{
    return v->at > 0 && v->t[v->at - 1].type == QT_WORD && v->t[v->at - 1].classes & QT_NAMING;
}

void quotes_decide_kind(qt_engine *self, unsigned index, const qt_token *t, unsigned count,
                        unsigned at)
{
    qt_quote *q = &self->quotes[index];
    view v = {.engine = self, .quote = q, .t = t, .count = count, .at = at};
    v.on[F_BIAS] = true;
    see_body(&v);
    see_left(&v);
    see_sentence(&v);
    see_between(&v);
    see_attribution(&v);
    v.on[F_OPENS] = only_marks(self, self->par_start, q->outer_start);
    q->score = (int16_t)weigh(&v);
    bool endp = v.on[F_STOP] || v.on[F_COMMA];
    if (self->probe.story && quotes_is_tale(self, q))
        q->kind = QT_SCARE;
    else if (q->carries)
        q->kind = QT_CONTINUATION;
    else if (q->dash || q->piece)
        q->kind = QT_DIRECT;
    else if (self->probe.dialogue && is_tale(&v))
        q->kind = QT_SCARE;
    else if (self->probe.dialogue && (endp || v.on[F_OPENS] || q->body.words > 4))
        q->kind = QT_DIRECT;
    else if (!q->depth && is_headline(&v))
        q->kind = QT_HEADLINE;
    else if (q->family == QT_BOOK)
        q->kind = QT_TITLED;
    else if (q->score > 0)
        q->kind = QT_DIRECT;
    else
        q->kind = v.on[F_NAMING] && (v.on[F_TITLED] || (named_here(&v) && !q->body.lower_first))
                      ? QT_TITLED
                      : QT_SCARE;
    if (q->kind == QT_HEADLINE || q->kind == QT_TITLED || q->kind == QT_SCARE) {
        q->speaker_start = q->speaker_end = q->who_start = q->who_end = 0;
        q->cue_start = q->cue_end = 0;
    }
    if (self->tracing) explain(&v);
}
