/* boilerplate/html: what a reader of HTML knows of a line. Where an earlier stage left spans of
 * type `html.block`, each line takes the innermost one that covers its beginning, and four features
 * more stand beside the others: kind of block, share of its text inside links, names of class and
 * id, whether it is part of an article.
 *
 * The contract of such a span: category the tag in lower case ("p", "li", "figcaption", "div");
 * attributes `links` (number, 0 to 1: share of its characters inside links), `names` (string: its
 * class and id and those of the blocks around it, innermost first) and `path` (string: tags of the
 * blocks around it, outermost first, parted by blanks). All may be missing. Blocks may be nested;
 * the reader need not write every one. */
#ifndef BOILERPLATE_HTML_H
#define BOILERPLATE_HTML_H

#include "features.h"
#include <tamis/plugin.h>

/* Values of the column `tag`; 0: no block. */
enum {
    BOILERPLATE_TAG_PARAGRAPH = 1,
    BOILERPLATE_TAG_HEADING,
    BOILERPLATE_TAG_ITEM,
    BOILERPLATE_TAG_CAPTION,
    BOILERPLATE_TAG_FRAME, /* nav, header, footer, aside, or within one */
    BOILERPLATE_TAG_FORM,
    BOILERPLATE_TAG_TIME,
    BOILERPLATE_TAG_OTHER,
    BOILERPLATE_TAG_CELL
};

/* Parts of class names and ids, and what they speak for: 1 furniture, 2 an article. */
typedef struct {
    tamis_str part;
    uint8_t hint;
} boilerplate_html_name;

typedef struct {
    boilerplate_html_name *at;
    size_t count;
} boilerplate_html_names;

/* Reads data/html-names.tsv: a header, then part and hint. Parts are views into `bytes`. False: no
 * memory, or a line that is neither. */
bool boilerplate_html_read(boilerplate_html_names *self, tamis_str bytes);
void boilerplate_html_free(boilerplate_html_names *self);

/* Fills the columns of HTML from spans sorted by start. False: no memory. */
bool boilerplate_fill_html(boilerplate_columns *self, const boilerplate_text *text,
                           const boilerplate_html_names *names, const tamis_span *spans,
                           size_t count);

#endif
