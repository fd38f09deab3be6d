/* The shape of a quotation's paragraph: how long it is, whether it ends as a sentence does, what
 * stands right before and behind the quotation, and whether the lines beside it are headings.
 *
 * Headlines, links and captions are told from speech by that, in any language. */
#include "kind.h"

#include <string.h>

bool quotes_only_marks(const qt_engine *e, uint32_t from, uint32_t to)
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
    return quotes_is_stop(c) || c == 0xBB || c == 0x201D || c == '"' || c == 0x201C || c == 0x2019;
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

/* Its last character, or the one within the mark that it ends with, is a stop. */
static bool ends_as_sentence(const qt_engine *e, uint32_t from, uint32_t to)
{
    unsigned n;
    for (uint32_t marks = 0; to > from; to -= n) {
        uint32_t c = quotes_decode_back(e->text + from, e->text + to, &n);
        if (quotes_is_stop(c)) return true;
        if (quotes_is_space(c)) continue;
        if (!(closes(c) || c == 0xAB) || marks++) return false;
    }
    return false;
}

/* The line before this paragraph, as far as a headline may be long. */
static void line_before(const qt_engine *e, uint32_t *from, uint32_t *to)
{
    const char *text = e->text, *p = text + e->par_start;
    while (p > text && (unsigned char)p[-1] <= ' ') p--;
    *from = *to = (uint32_t)(p - text);
    uint32_t least = *to > HEADLINE_BYTES ? *to - HEADLINE_BYTES - 1 : 0;
    const char *feed = memrchr(text + least, '\n', *to - least);
    *from = feed ? (uint32_t)(feed + 1 - text) : least;
}

static void line_behind(const qt_engine *e, uint32_t *from, uint32_t *to)
{
    const char *text = e->text, *end = text + e->size, *p = text + e->par_end;
    while (p < end && (unsigned char)*p <= ' ') p++;
    *from = *to = (uint32_t)(p - text);
    uint32_t most = e->size - *from > HEADLINE_BYTES ? *from + HEADLINE_BYTES + 1 : e->size;
    const char *feed = memchr(p, '\n', most - *from);
    *to = feed ? (uint32_t)(feed - text) : most;
}

/* The lines before and after this one are headlines as well: short, and without a stop. */
static bool in_list_of_links(const qt_engine *e)
{
    enum { LEAST = 6, LEAST_AFTER = 20 };
    uint32_t from, to;
    line_before(e, &from, &to);
    if (to - from < LEAST || to - from > HEADLINE_BYTES || quotes_is_stop(edge(e, from, to, true)))
        return false;
    line_behind(e, &from, &to);
    return to - from >= LEAST_AFTER && to - from <= HEADLINE_BYTES &&
           !quotes_is_stop(edge(e, from, to, true));
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

static bool is_headline(const qt_view *v)
{
    const qt_engine *e = v->engine;
    const qt_quote *q = v->quote;
    if (q->unclosed || q->dash || q->orphan) return false;
    uint32_t from = e->par_start, to = e->par_end;
    uint32_t size = to - from;
    if (size > 260) return false;
    bool cue = q->cue_end > 0, spoken = cue && q->speaker_end > 0;
    bool endp = quotes_is_stop(v->last) || v->last == ',' || quotes_is_stop(v->right);
    bool starts = v->on[F_OPENS];
    uint32_t first = edge(e, from, to, false), last = edge(e, from, to, true);
    bool alone = starts && v->ends;
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
    if ((!closed && in_list_of_links(e)) ||
        (is_first_line(e) && !ends_as_sentence(e, e->par_start, e->par_end)))
        headline = true;
    bool labelled = q->rule == QT_RULE_COLON || (!cue && v->left == ':');
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

/* ------------------------------------------------------------------ as features */

/* About how many characters [p, end) has: as many to a byte as its first bytes have. */
static uint32_t about_characters(const char *p, const char *end)
{
    enum { SAMPLE = 64 };
    const uint64_t ones = 0x0101010101010101u;
    uint32_t bytes = (uint32_t)(end - p), further = 0; /* further bytes of a character: 10…… */
    if (bytes < SAMPLE) {
        for (; p < end; p++) further += ((unsigned char)*p & 0xC0) == 0x80;
        return bytes - further;
    }
    for (unsigned i = 0; i < SAMPLE; i += 8) {
        uint64_t word;
        memcpy(&word, p + i, sizeof word);
        further += (uint32_t)(((word >> 7 & ~(word >> 6) & ones) * ones) >> 56);
    }
    return bytes - bytes * further / SAMPLE;
}

static void see_length(qt_view *v)
{
    static const struct {
        uint16_t most, feature;
    } steps[] = {{60, F_PAR_60},   {100, F_PAR_100}, {140, F_PAR_140},
                 {190, F_PAR_190}, {260, F_PAR_260}, {500, F_PAR_500}};
    enum { STEPS = sizeof steps / sizeof *steps, LONG = 1000 };
    const qt_engine *e = v->engine;
    if (e->par_end - e->par_start > LONG) return;
    unsigned size = about_characters(e->text + e->par_start, e->text + e->par_end), i = 0;
    while (i < STEPS && size > steps[i].most) i++;
    if (i < STEPS) v->on[steps[i].feature] = true;
    v->brief = i + 1 < STEPS;
}

/* May this line be a heading, a link, an entry of a list? It is short and ends as no sentence
 * does. */
static bool is_heading(const qt_engine *e, uint32_t from, uint32_t to)
{
    return from < to && to - from <= HEADLINE_BYTES && !ends_as_sentence(e, from, to);
}

static void see_lines_beside(qt_view *v, bool stopped)
{
    enum { TINY = 40 };
    const qt_engine *e = v->engine;
    uint32_t from, to;
    line_before(e, &from, &to);
    v->on[F_HEADING_BEFORE] = is_heading(e, from, to);
    v->on[F_TINY_BEFORE] = !stopped && v->on[F_HEADING_BEFORE] && to - from <= TINY;
    line_behind(e, &from, &to);
    v->on[F_HEADING_BEHIND] = is_heading(e, from, to);
}

static bool is_dash(uint32_t c)
{
    return c == '-' || (c >= 0x2012 && c <= 0x2015);
}

static bool is_any_mark(uint32_t c)
{
    return c == '"' || c == 0xAB || c == 0xBB || (c >= 0x2018 && c <= 0x201F);
}

/* The characters before and behind. A colon or a bracket before it are told elsewhere. */
static void see_sides(qt_view *v)
{
    uint32_t left = v->left, right = v->right;
    unsigned before = !left                                                  ? F_LEFT_NONE
                      : left == ','                                          ? F_LEFT_COMMA
                      : quotes_is_stop(left)                                 ? F_LEFT_STOP
                      : is_dash(left)                                        ? F_LEFT_DASH
                      : is_any_mark(left)                                    ? F_LEFT_MARK
                      : quotes_is_letter(left) || left == ':' || left == '(' ? F_COUNT
                                                                             : F_LEFT_OTHER;
    unsigned behind = !right                    ? F_RIGHT_NONE
                      : right == ','            ? F_RIGHT_COMMA
                      : quotes_is_stop(right)   ? F_RIGHT_STOP
                      : right == ':'            ? F_RIGHT_COLON
                      : is_dash(right)          ? F_RIGHT_DASH
                      : is_any_mark(right)      ? F_RIGHT_MARK
                      : quotes_is_upper(right)  ? F_RIGHT_CAPITAL
                      : quotes_is_letter(right) ? F_COUNT
                                                : F_RIGHT_OTHER;
    if (before != F_COUNT) v->on[before] = true;
    if (behind != F_COUNT) v->on[behind] = true;
}

/* Is the paragraph one of a page? What stands alone says nothing by its length. */
static bool is_of_page(const qt_engine *e)
{
    enum { LEAST_BESIDE = 300 };
    return e->size - (e->par_end - e->par_start) >= LEAST_BESIDE;
}

/* How long it is, where in it the quotation stands, and what the lines beside it are. */
static void see_paragraph(qt_view *v)
{
    const qt_engine *e = v->engine;
    bool stopped = ends_as_sentence(e, e->par_start, e->par_end), opens = v->on[F_OPENS];
    v->on[F_LINE_STOPPED] = stopped;
    v->on[F_ALONE] = opens && v->ends;
    v->on[F_ENDS] = v->ends && !opens;
    v->on[F_FIRST_LINE] = !stopped && is_first_line(e);
    see_length(v);
    if (!v->brief) return;
    see_lines_beside(v, stopped);
}

void quotes_see_shape(qt_view *v)
{
    const qt_engine *e = v->engine;
    const qt_quote *q = v->quote;
    v->left = edge(e, e->par_start, q->outer_start, true);
    v->right = edge(e, q->outer_end, e->par_end, false);
    v->ends = quotes_only_marks(e, q->outer_end, e->par_end);
    see_sides(v);
    v->on[F_ASKS] = v->last == '?';
    v->on[F_EXCLAIMS] = v->last == '!';
    v->on[F_TRAILS_OFF] =
        v->last == 0x2026 || (q->end - q->start > 3 && !memcmp(e->text + q->end - 3, "...", 3));
    v->on[F_HEADLINE] = !q->depth && is_headline(v);
    if (is_of_page(e)) see_paragraph(v);
}
