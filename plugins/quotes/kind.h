/* Kind: what is seen of a quotation, shared by the files that look. kind.c looks at the words and
 * the sentence and weighs, shape.c at the paragraph that the quotation stands in.
 */
#ifndef QUOTES_KIND_H
#define QUOTES_KIND_H

#include "quotes.h"

/* What may be seen; the names in kind.tsv are quotes_feature_names. */
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
    F_PAR_60,
    F_PAR_100,
    F_PAR_140,
    F_PAR_190,
    F_PAR_260,
    F_PAR_500,
    F_ALONE,
    F_ENDS,
    F_LINE_STOPPED,
    F_HEADING_BEFORE,
    F_HEADING_BEHIND,
    F_TINY_BEFORE,
    F_FIRST_LINE,
    F_HEADLINE,
    F_ASKS,
    F_EXCLAIMS,
    F_TRAILS_OFF,
    F_LEFT_NONE,
    F_LEFT_COMMA,
    F_LEFT_STOP,
    F_LEFT_DASH,
    F_LEFT_MARK,
    F_LEFT_OTHER,
    F_RIGHT_NONE,
    F_RIGHT_COMMA,
    F_RIGHT_STOP,
    F_RIGHT_COLON,
    F_RIGHT_DASH,
    F_RIGHT_MARK,
    F_RIGHT_CAPITAL,
    F_RIGHT_OTHER,
    F_CAPITAL_WITHIN,
    F_CAPITAL_FIRST,
    F_COMMA_WITHIN,
    F_STOP_WITHIN,
    F_PLURAL_ARTICLE,
    F_COUNT
};
_Static_assert((int)F_COUNT <= (int)QT_MAX_FEATURES, "features fit the table");

typedef struct {
    const qt_engine *engine;
    qt_quote *quote;
    const qt_token *t;
    unsigned count, at;
    bool on[QT_MAX_FEATURES];
    uint32_t first, last; /* characters of the body */
    uint32_t left, right; /* beside the quotation in its paragraph, blanks passed over; 0: none */
    bool ends;            /* nothing but marks follows it there */
    bool brief;           /* the paragraph is */
} qt_view;

static inline bool quotes_is_stop(uint32_t c)
{
    return c == '.' || c == '!' || c == '?' || c == 0x2026 || c == 0x3002 || c == 0xFF01 ||
           c == 0xFF1F || c == 0x61F;
}

/* shape.c: no letter and no digit in [from, to)? */
bool quotes_only_marks(const qt_engine *e, uint32_t from, uint32_t to);
/* What the paragraph looks like, and what stands right before and behind the quotation; after all
 * else was seen. */
void quotes_see_shape(qt_view *v);
/* Does it open or end a line among headings? */
static inline bool quotes_is_link(const qt_view *v)
{
    return v->on[F_HEADING_BEFORE] && v->on[F_HEADING_BEHIND] && (v->on[F_OPENS] || v->on[F_ENDS]);
}

#endif
