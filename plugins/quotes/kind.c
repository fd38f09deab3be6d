/* Kind: is a quoted span speech, or a name, a distanced word, a headline, a title?
 *
 * What is seen of the span and around it are features; an integer table in the data (kind.tsv: any
 * language, and what a language adds) weighs them, and above zero is speech. What is none may be a
 * headline by the shape of its paragraph (shape.c). In stories nearly all is speech. */
#include "kind.h"

#include <stdio.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

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
    [F_PAR_60] = "paragraph-60",
    [F_PAR_100] = "paragraph-100",
    [F_PAR_140] = "paragraph-140",
    [F_PAR_190] = "paragraph-190",
    [F_PAR_260] = "paragraph-260",
    [F_PAR_500] = "paragraph-500",
    [F_ALONE] = "alone",
    [F_ENDS] = "ends-paragraph",
    [F_LINE_STOPPED] = "paragraph-stopped",
    [F_HEADING_BEFORE] = "heading-before",
    [F_HEADING_BEHIND] = "heading-behind",
    [F_TINY_BEFORE] = "tiny-before",
    [F_FIRST_LINE] = "first-line",
    [F_HEADLINE] = "headline",
    [F_ASKS] = "asks",
    [F_EXCLAIMS] = "exclaims",
    [F_TRAILS_OFF] = "trails-off",
    [F_LEFT_NONE] = "left-none",
    [F_LEFT_COMMA] = "left-comma",
    [F_LEFT_STOP] = "left-stop",
    [F_LEFT_DASH] = "left-dash",
    [F_LEFT_MARK] = "left-mark",
    [F_LEFT_OTHER] = "left-other",
    [F_RIGHT_NONE] = "right-none",
    [F_RIGHT_COMMA] = "right-comma",
    [F_RIGHT_STOP] = "right-stop",
    [F_RIGHT_COLON] = "right-colon",
    [F_RIGHT_DASH] = "right-dash",
    [F_RIGHT_MARK] = "right-mark",
    [F_RIGHT_CAPITAL] = "right-capital",
    [F_RIGHT_OTHER] = "right-other",
    [F_CAPITAL_WITHIN] = "capital-within",
    [F_CAPITAL_FIRST] = "capital-first",
    [F_COMMA_WITHIN] = "comma-within",
    [F_STOP_WITHIN] = "stop-within",
    [F_PLURAL_ARTICLE] = "plural-article",
};

static void see_body(qt_view *v)
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
    v->on[F_STOP] = quotes_is_stop(v->last);
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
    v->on[F_CAPITAL_WITHIN] = b->capital_within;
    v->on[F_CAPITAL_FIRST] = quotes_is_upper(v->first);
    v->on[F_COMMA_WITHIN] = b->comma_within;
    v->on[F_STOP_WITHIN] = b->stop_within;
}

static void see_left(qt_view *v)
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
        v->on[F_PLURAL_ARTICLE] = v->on[F_DET] && l->features & QT_PLURAL;
        v->on[F_POSS] = l->classes & QT_POSS;
        v->on[F_CUE_NEXT] = l->classes & QT_CUE && !(l->classes & QT_NAMING);
        v->on[F_OF] = l->classes & QT_OF;
        v->on[F_ROLE] = l->classes & QT_ROLE;
        v->on[F_THAT_TOUCHES] = l->classes & QT_COMP;
        v->on[F_MOOD_TOUCHES] = l->classes & QT_KONJ;
        v->on[F_NOUN_TOUCHES] = l->classes & QT_NOUN && !(l->classes & (QT_NAMING | QT_SAY));
    }
    bool linked = true; /* so far only "and" and commas: what names a list names each of it */
    bool announced = quotes_is_mark(l, ':'); /* he told the newspaper: … */
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
        if (t[i].classes & QT_NAMING && steps < 3 && !cue && !announced) v->on[F_NAMING] = true;
        if (t[i].classes & QT_SOCALLED) v->on[F_SOCALLED] = true;
        if (t[i].classes & QT_COMP) v->on[F_THAT] = true;
        if (t[i].classes & QT_NOUN) v->on[F_NOUN] = true;
    }
}

/* "…", "…". These expressions: the next sentence speaks of the words, only quotations in this
 * one. */
static bool is_spoken_of(const qt_view *v, unsigned next)
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
static uint32_t classes_around(const qt_view *v, unsigned *from, unsigned *to, uint32_t *strong)
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

static void see_sentence(qt_view *v)
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
static void see_between(qt_view *v)
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

static void see_attribution(qt_view *v)
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
    if (v->engine->after_colon && !q->depth && quotes_only_marks(e, e->par_start, q->outer_start))
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

enum { TALE_BYTES = 900, TALE_TOKENS = 240 };

/* In stories: a long quoted passage in which nobody says I or you is a tale, a letter, a diary. */
static bool is_tale(const qt_view *v)
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

/* What any language weighs and what this one adds; fiction has weights of its own. */
static void choose_weights(const qt_view *v, const int16_t **any, const int16_t **own)
{
    static const int16_t nothing[QT_MAX_FEATURES];
    const qt_lexicon *lexicon = v->engine->lexicon;
    bool fiction = v->engine->probe.story, known = v->quote->lang < QT_MAX_LANGS;
    *any = lexicon->weights[fiction ? QT_FICTION_ROW : QT_ANY_LANG];
    *own = known && !fiction ? lexicon->weights[v->quote->lang] : nothing;
}

static int weight(const qt_view *v, unsigned feature)
{
    const int16_t *any, *own;
    choose_weights(v, &any, &own);
    return any[feature] + own[feature];
}

/* The sum of the weights of what was seen, without a branch on any of it. */
static int weigh(const qt_view *v)
{
    const int16_t *any, *own;
    choose_weights(v, &any, &own);
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
static void explain(const qt_view *v)
{
    static const char *const kinds[] = {[QT_DIRECT] = "direct",
                                        [QT_CONTINUATION] = "continuation",
                                        [QT_SCARE] = "scare",
                                        [QT_HEADLINE] = "headline",
                                        [QT_TITLED] = "title"};
    enum { ROOM = 900, LONGEST = 32 };
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
static bool named_here(const qt_view *v)
{
    return v->at > 0 && v->t[v->at - 1].type == QT_WORD && v->t[v->at - 1].classes & QT_NAMING;
}

void quotes_decide_kind(qt_engine *self, unsigned index, const qt_token *t, unsigned count,
                        unsigned at)
{
    qt_quote *q = &self->quotes[index];
    qt_view v = {.engine = self, .quote = q, .t = t, .count = count, .at = at};
    v.on[F_BIAS] = true;
    see_body(&v);
    see_left(&v);
    see_sentence(&v);
    see_between(&v);
    see_attribution(&v);
    v.on[F_OPENS] = quotes_only_marks(self, self->par_start, q->outer_start);
    quotes_see_shape(&v);
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
    else if (v.on[F_HEADLINE] && self->probe.story)
        q->kind = QT_HEADLINE;
    else if (q->score <= 0 && (v.on[F_HEADLINE] || quotes_is_link(&v)))
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
