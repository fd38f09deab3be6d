#include "html.h"

#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------ names */

bool boilerplate_html_read(boilerplate_html_names *self, tamis_str bytes)
{
    size_t lines = 0, at = 0;
    bool header = true;
    for (size_t i = 0; i < bytes.n; i++) lines += bytes.p[i] == '\n';
    *self = (boilerplate_html_names){.at = calloc(lines + 1, sizeof *self->at)};
    if (!self->at) return false;
    while (at < bytes.n) {
        const char *line = bytes.p + at, *feed = memchr(line, '\n', bytes.n - at);
        size_t n = feed ? (size_t)(feed - line) : bytes.n - at;
        at += n + 1;
        if (!n || line[0] == '#' || header) {
            header = header && (!n || line[0] == '#');
            continue;
        }
        const char *tab = memchr(line, '\t', n);
        if (!tab || tab == line || tab + 1 == line + n || (tab[1] != '1' && tab[1] != '2'))
            return false;
        self->at[self->count++] = (boilerplate_html_name){.part = {line, (size_t)(tab - line)},
                                                          .hint = (uint8_t)(tab[1] - '0')};
    }
    return true;
}

void boilerplate_html_free(boilerplate_html_names *self)
{
    free(self->at);
    *self = (boilerplate_html_names){0};
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* Where a part begins in the text; `most` where it does not begin before. */
static size_t find_part(tamis_str text, tamis_str part, size_t most)
{
    for (size_t i = 0; i < most && i + part.n <= text.n; i++) {
        size_t k = 0;
        while (k < part.n && lower(text.p[i + k]) == part.p[k]) k++;
        if (k == part.n) return i;
    }
    return most;
}

/* The innermost name that says something decides: "has-sidebar" stands around whole articles. Of
 * two that begin at one place the first listed, which are those of furniture. */
static uint8_t hint_of(const boilerplate_html_names *names, tamis_str text)
{
    enum { MOST = 400 }; /* bytes of names that are looked at */
    uint8_t hint = 0;
    size_t first = MOST;
    if (text.n > MOST) text.n = MOST;
    for (size_t k = 0; k < names->count && text.n; k++) {
        size_t at = find_part(text, names->at[k].part, first);
        if (at == first) continue;
        first = at;
        hint = names->at[k].hint;
    }
    return hint;
}

/* ------------------------------------------------------------------ tags */

static bool is_word(tamis_str text, const char *words)
{
    for (size_t n; *words; words += n + (words[n] == ' ')) {
        n = strcspn(words, " ");
        if (n == text.n && !memcmp(words, text.p, n)) return true;
    }
    return false;
}

static bool has_tag(tamis_str path, const char *words)
{
    for (size_t at = 0, n; at < path.n; at += n + 1) {
        for (n = 0; at + n < path.n && path.p[at + n] != ' ';) n++;
        if (is_word((tamis_str){path.p + at, n}, words)) return true;
    }
    return false;
}

static uint8_t tag_of(tamis_str tag, tamis_str path, bool within)
{
    static const char frames[] = "nav header footer aside", forms[] = "form button select option "
                                                                      "label input textarea";
    /* a header or an aside within the article may be its own title or box: only nav and footer
     * count there */
    if (is_word(tag, within ? "nav footer" : frames) ||
        has_tag(path, within ? "nav footer" : frames))
        return BOILERPLATE_TAG_FRAME;
    if (is_word(tag, forms) || has_tag(path, "form button select")) return BOILERPLATE_TAG_FORM;
    if (is_word(tag, "figcaption caption") || has_tag(path, "figcaption figure"))
        return BOILERPLATE_TAG_CAPTION;
    if (is_word(tag, "p blockquote pre")) return BOILERPLATE_TAG_PARAGRAPH;
    if (is_word(tag, "h1 h2 h3 h4 h5 h6")) return BOILERPLATE_TAG_HEADING;
    if (is_word(tag, "li dd dt")) return BOILERPLATE_TAG_ITEM;
    if (is_word(tag, "td th tr table")) return BOILERPLATE_TAG_CELL;
    if (is_word(tag, "time address")) return BOILERPLATE_TAG_TIME;
    return BOILERPLATE_TAG_OTHER;
}

/* ------------------------------------------------------------------ blocks of lines */

typedef struct {
    size_t start, end;
    uint8_t tag, links, hint, within;
} block;

static block block_of(const boilerplate_html_names *names, const tamis_span *span)
{
    block b = {.start = span->start, .end = span->end};
    tamis_str path = {0};
    for (uint32_t k = 0; k < span->attr_count; k++) {
        const tamis_attr *a = &span->attrs[k];
        bool text = a->type == TAMIS_ATTR_STRING;
        if (text && is_word(a->key, "path")) path = a->u.s;
        if (text && is_word(a->key, "names")) b.hint = hint_of(names, a->u.s);
        if (is_word(a->key, "links") && a->type == TAMIS_ATTR_NUMBER)
            b.links = (uint8_t)(1 + (a->u.d > 0 ? a->u.d < 1 ? a->u.d * 16 : 16 : 0));
        if (is_word(a->key, "links") && a->type == TAMIS_ATTR_INT) b.links = a->u.i > 0 ? 17 : 1;
    }
    bool within = is_word(span->category, "article main") || has_tag(path, "article main");
    bool beside = is_word(span->category, "aside") || has_tag(path, "aside");
    b.tag = tag_of(span->category, path, within);
    b.within = within ? beside ? 2 : 1 : 0;
    return b;
}

static int outer_first(const void *a, const void *b)
{
    const block *x = a, *y = b;
    if (x->start != y->start) return x->start < y->start ? -1 : 1;
    return x->end > y->end ? -1 : x->end < y->end;
}

bool boilerplate_fill_html(boilerplate_columns *self, const boilerplate_text *text,
                           const boilerplate_html_names *names, const tamis_span *spans,
                           size_t count)
{
    uint8_t *tags = boilerplate_column(self, BOILERPLATE_F_tag);
    uint8_t *links = boilerplate_column(self, BOILERPLATE_F_links);
    uint8_t *hints = boilerplate_column(self, BOILERPLATE_F_hint);
    uint8_t *withins = boilerplate_column(self, BOILERPLATE_F_within);
    if (!count) return true;
    self->outside = true;
    block *blocks = malloc(count * sizeof *blocks);
    size_t *open = malloc(count * sizeof *open), depth = 0, next = 0;
    if (!blocks || !open) {
        free(blocks);
        free(open);
        return false;
    }
    for (size_t k = 0; k < count; k++) blocks[k] = block_of(names, &spans[k]);
    qsort(blocks, count, sizeof *blocks, outer_first);
    for (size_t i = 0; i < text->row_count; i++) {
        size_t at = text->rows[i].start;
        for (; next < count && blocks[next].start <= at; next++) open[depth++] = next;
        while (depth && blocks[open[depth - 1]].end <= at) depth--;
        if (!depth) continue;
        const block *b = &blocks[open[depth - 1]];
        tags[i] = b->tag;
        links[i] = b->links;
        hints[i] = b->hint;
        withins[i] = b->within;
    }
    free(blocks);
    free(open);
    return true;
}
