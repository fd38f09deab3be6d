/* boilerplate/phrases: set phrases of page furniture, by kind and language, found by the host's
 * gazetteer matcher in one sweep over the document. All languages are looked for in every document:
 * English theme strings and German credits stand in French pages. The lists are data files
 * (data/phrases.tsv and the user's own). */
#ifndef BOILERPLATE_PHRASES_H
#define BOILERPLATE_PHRASES_H

#include "filter.h"

/* Kinds of furniture. X(identifier, name in the record) */
#define BOILERPLATE_KINDS(X)              \
    X(none, "")                           \
    X(nav, "nav")                         \
    X(related, "related")                 \
    X(cookie, "cookie")                   \
    X(comment_form, "comment-form")       \
    X(caption, "caption")                 \
    X(credit, "credit")                   \
    X(share, "share")                     \
    X(hashtags, "hashtags")               \
    X(timestamp, "timestamp")             \
    X(duplicate_title, "duplicate-title") \
    X(source_link, "source-link")         \
    X(editor, "editor")                   \
    X(ad, "ad")                           \
    X(teaser, "teaser")                   \
    X(byline, "byline")                   \
    X(footer, "footer")

#define BOILERPLATE_KIND_NAME(id, name) BOILERPLATE_KIND_##id,
enum { BOILERPLATE_KINDS(BOILERPLATE_KIND_NAME) BOILERPLATE_KIND_COUNT };

/* Groups of kinds, as the model sees them. */
enum {
    BOILERPLATE_GROUP_LEGAL,
    BOILERPLATE_GROUP_SOCIAL,
    BOILERPLATE_GROUP_RELATED,
    BOILERPLATE_GROUP_MENU,
    BOILERPLATE_GROUP_SOURCE,
    BOILERPLATE_GROUP_BYLINE,
    BOILERPLATE_GROUP_PROMOTION,
    BOILERPLATE_GROUP_COUNT
};

/* How far a hit goes: it merely occurs; it opens the line; it is (nearly) the whole line; or the
 * phrase is one that no prose has. */
enum {
    BOILERPLATE_HIT_NONE,
    BOILERPLATE_HIT_INSIDE,
    BOILERPLATE_HIT_START,
    BOILERPLATE_HIT_WHOLE,
    BOILERPLATE_HIT_SURE
};

/* What phrases say of one row. */
typedef struct {
    uint8_t group[BOILERPLATE_GROUP_COUNT]; /* best BOILERPLATE_HIT_… of the group */
    uint8_t covered;                        /* share of its bytes under phrases, 0..16 */
    uint8_t kind;                           /* of the best hit */
    uint8_t hit;                            /* how far that one goes */
    uint8_t opens;                          /* the phrase opens a block of furniture */
    uint8_t sure;                           /* hits that no prose has; 255 at most */
    uint8_t credit; /* 1 a source ends the line, 2 "Photo: NAME" does, 3 in brackets */
    uint32_t term;  /* its row among the terms, for explain */
    uint32_t bytes; /* under phrases */
} boilerplate_phrase_row;

/* What the lists say of one phrase. */
typedef struct {
    uint8_t kind;
    uint8_t reach; /* SURE: wherever it stands; START: at a line's start; WHOLE: as a line */
    uint8_t opens;
} boilerplate_phrase;

/* Compiled lists: the terms and, per row of them, a phrase. */
typedef struct {
    const tamis_terms *terms;
    const boilerplate_phrase *rows;
    size_t count;
    boilerplate_filter filter;
} boilerplate_phrases;

/* What searching needs; kept from text to text. Zeroed before its first use. */
typedef struct {
    char *bytes;           /* the lines to search, blank lines between them */
    uint32_t *row, *start; /* of each such line: its row, and where it begins in `bytes` */
    uint8_t *pass;
    uint32_t *spare;
    size_t byte_room, row_room, spare_room;
} boilerplate_phrase_work;

/* Compiles the shipped list and the user's (paths). In `open`. */
tamis_rc boilerplate_phrases_open(const tamis_host *host, const tamis_run *c,
                                  const tamis_str *paths, size_t path_count,
                                  boilerplate_phrases *out);

/* Looks for all phrases, line by line; `rows` has text->row_count zeroed rows. False: no memory. */
bool boilerplate_phrases_find(const boilerplate_phrases *self, const tamis_host *host,
                              const boilerplate_text *text, boilerplate_phrase_work *work,
                              boilerplate_phrase_row *rows);
void boilerplate_phrase_work_free(boilerplate_phrase_work *self);

const char *boilerplate_kind_name(unsigned kind);
unsigned boilerplate_kind_of(tamis_str name); /* KIND_none: no such kind */

#endif
