/* boilerplate/features: what the cues see of each row, as columns of small numbers. A column has
 * one byte a row and a margin of zeros on either side, so that a model may look at "this feature,
 * two rows up" by reading the same column at another place. Called by the stage and by the
 * trainer. */
#ifndef BOILERPLATE_FEATURES_H
#define BOILERPLATE_FEATURES_H

#include "phrases.h"
#include "select.h"
#include "text.h"

/* X(name, what it counts). Columns up to `score` are features of a row; those after it are of the
 * first pass's score; the document's own come last. Every value lies in 0..63. */
#define BOILERPLATE_FEATURES(X)                                                                \
    X(words, "words of the line")                                                              \
    X(characters, "characters")                                                                \
    X(word_length, "mean characters a word")                                                   \
    X(longest, "characters of its longest word")                                               \
    X(capitals, "share of words that begin upper-case")                                        \
    X(uppers, "share of upper-case letters")                                                   \
    X(shorts, "share of short lower-case words")                                               \
    X(numbers, "share of words that are numbers")                                              \
    X(digits, "share of digits")                                                               \
    X(marks, "share of characters that are neither letter, digit nor space")                   \
    X(sentences, "sentence ends inside or at the end")                                         \
    X(commas, "commas")                                                                        \
    X(separators, "marks that menus are made of")                                              \
    X(dashes, "dashes and bullets")                                                            \
    X(ending, "what it ends with")                                                             \
    X(opening, "what it begins with")                                                          \
    X(address, "web addresses, @ and #")                                                       \
    X(code, "signs of program text")                                                           \
    X(rights, "copyright signs")                                                               \
    X(quotes, "quotation marks")                                                               \
    X(unclosed, "a quote or bracket that does not close")                                      \
    X(date, "1 a year, 2 a date, 3 a time of day, 4 a date and a time")                        \
    X(label, "a colon after its first words")                                                  \
    X(blank, "a blank line before, 2 after")                                                   \
    X(script, "kind of letters")                                                               \
    X(foreign, "1 other letters than most of the document, 2 another language")                \
    X(apostrophe, "its apostrophes are not the document's")                                    \
    X(copies, "lines with the same words")                                                     \
    X(copy, "1 first, 2 between, 3 last of equal lines")                                       \
    X(copy_near, "rows to the nearest earlier copy")                                           \
    X(in_title, "share of its words that the title has")                                       \
    X(title_in, "share of the title's words that it has")                                      \
    X(echo, "share of its word triples that come in another line of prose")                    \
    X(lexicon_mean, "weight of its words, mean")                                               \
    X(lexicon_sum, "weight of its words, sum")                                                 \
    X(lexicon_first, "weight of its first two words")                                          \
    X(lexicon_last, "weight of its last two words")                                            \
    X(legal, "phrases: cookies, consent, rights")                                              \
    X(social, "phrases: share, follow, comment")                                               \
    X(related, "phrases: related, more on this, most read")                                    \
    X(menu, "phrases: navigation, account, search")                                            \
    X(source, "phrases: photo, agency, credit, source")                                        \
    X(byline, "phrases: author, date, reading time")                                           \
    X(promotion, "phrases: newsletter, advertisement, subscription")                           \
    X(covered, "share of the line that phrases cover")                                         \
    X(sure, "phrases that no prose has")                                                       \
    X(credit, "a source ends the line: 1 its name, 2 with a label, 3 in brackets")             \
    X(title_stems, "beginnings of longer words that the title has")                            \
    X(title_near, "the same within four rows")                                                 \
    X(kin, "share of its stems that other lines have")                                         \
    X(kin_prose, "share of its stems that other lines of prose have")                          \
    X(joined, "words run together; from a tenth of the words on +16, a quarter +32")           \
    X(period, "rows around whose form comes again every few rows")                             \
    X(date_up, "rows since the last line with a date")                                         \
    X(date_down, "rows until the next line with a date")                                       \
    X(frequency, "documents of its site that have the line, from two on")                      \
    X(frequent, "share of its site's documents that have the line")                            \
    X(frequent_words, "share of its runs of five words that three documents of its site have") \
    X(tag, "kind of HTML block, as numbered in features.h")                                    \
    X(links, "share of the HTML block's text inside links, from 1 where it is told")           \
    X(hint, "names of the HTML block: 1 of furniture, 2 of an article")                        \
    X(within, "the HTML block is inside an article: 1, beside its text there: 2")              \
    X(anchor, "rows since a line that opens a related or comment block")                       \
    X(comments, "rows since a line that opens comments")                                       \
    X(headline, "rows since a line with the title's words")                                    \
    X(headline_down, "rows until such a line")                                                 \
    X(topic3, "the title's longer words within three rows, per 8 words")                       \
    X(topic10, "the title's longer words within ten rows, per 8 words")                        \
    X(copies5, "copies within five rows")                                                      \
    X(dates5, "dates within five rows")                                                        \
    X(phrases5, "lines of set phrases within five rows")                                       \
    X(position, "place in the document, of 32")                                                \
    X(from_start, "rows from the start")                                                       \
    X(to_end, "rows to the end")                                                               \
    X(prose_before, "share of the document's prose before it")                                 \
    X(prose_up, "rows since the last line of prose")                                           \
    X(prose_down, "rows until the next line of prose")                                         \
    X(near3, "prose within three rows")                                                        \
    X(near8, "prose within eight rows")                                                        \
    X(near20, "prose within twenty rows")                                                      \
    X(run, "rows of its run of short lines")                                                   \
    X(run_at, "its place in that run")                                                         \
    X(block, "1 inside the heaviest block of lines, 2 before, 3 after")                        \
    X(block_near, "rows from the block's edge")                                                \
    X(score, "first pass: score")                                                              \
    X(score2, "first pass: mean score within two rows")                                        \
    X(score5, "first pass: mean score within five rows")                                       \
    X(score15, "first pass: mean score within fifteen rows")                                   \
    X(kept_before, "first pass: share of what is kept before it")                              \
    X(kept_up, "first pass: rows since the last kept line")                                    \
    X(kept_down, "first pass: rows until the next kept line")                                  \
    X(kept_block, "first pass: 1 inside the best block, 2 before, 3 after")                    \
    X(kept_near, "first pass: rows from that block's edge")                                    \
    X(kin_score, "first pass: mean score of other lines with its stems")                       \
    X(valley, "first pass: lowest mean score on the way from the surest line")                 \
    X(fallen, "first pass: how much is removed on that way")                                   \
    X(document_kept, "first pass: share of the document's words it keeps")                     \
    X(document_rows, "rows of the document")                                                   \
    X(document_words, "words of the document")                                                 \
    X(document_prose, "share of words in lines of prose")                                      \
    X(document_long, "share of rows of ten words and more")                                    \
    X(document_ended, "share of rows that end a sentence")                                     \
    X(document_copies, "share of rows that are copies")                                        \
    X(document_blank, "share of rows with a blank line before")                                \
    X(document_bullets, "share of rows with a bullet")                                         \
    X(document_pipes, "separators a row")                                                      \
    X(document_phrases, "share of rows with a phrase of furniture")                            \
    X(document_first, "share of the first ten rows that are prose")                            \
    X(document_last, "share of the last ten rows that are prose")                              \
    X(document_title, "the first line has the form of a page title")                           \
    X(document_lexicon, "weight of the document's words, mean")                                \
    X(document_script, "kind of letters of most lines")                                        \
    X(document_language, "language by its function words, as numbered in function-words.tsv")  \
    X(document_curly, "curly apostrophes, 2 mostly them, 3 and many")                          \
    X(document_block, "share of words in the heaviest block")                                  \
    X(document_short, "rows of at most three words, share")                                    \
    X(document_links, "rows of two to five capitalised words, share")

#define BOILERPLATE_FEATURE_NAME(name, help) BOILERPLATE_F_##name,
enum { BOILERPLATE_FEATURES(BOILERPLATE_FEATURE_NAME) BOILERPLATE_FEATURE_COUNT };

enum {
    BOILERPLATE_MARGIN = 64,       /* zeros before and after each column, at least */
    BOILERPLATE_LEXICON_BITS = 18, /* weights of words and pairs, by hash */
    BOILERPLATE_LEXICON = 1 << BOILERPLATE_LEXICON_BITS,
    BOILERPLATE_LEXICON_SLACK = 4 /* bytes behind it that may be read */
};

typedef struct {
    uint8_t *bytes; /* FEATURE_COUNT columns of `stride` */
    size_t stride;  /* rows, padding to whole vectors and a margin */
    size_t rows, room;
    bool outside;   /* the columns of frequencies and HTML have been filled; else they are 0 */
    uint32_t *work; /* scratch for the passes over rows */
    size_t work_room;
    struct boilerplate_kin *kin; /* stems of the text's words: kin.c */
} boilerplate_columns;

/* The feature of a row: the column's first byte lies behind its margin. */
static inline uint8_t *boilerplate_column(const boilerplate_columns *self, unsigned feature)
{
    return self->bytes + feature * self->stride + BOILERPLATE_MARGIN;
}

/* Names and help, by feature. */
const char *boilerplate_feature_name(unsigned feature);
const char *boilerplate_feature_help(unsigned feature);
unsigned boilerplate_feature_of(const char *name, size_t n); /* FEATURE_COUNT: no such feature */

/* Function words of up to 31 languages, by hash. */
enum { BOILERPLATE_LANGUAGES = 32, BOILERPLATE_LANGUAGE_BITS = 15 };
typedef struct {
    uint32_t hash;                        /* 0: free */
    uint8_t votes[BOILERPLATE_LANGUAGES]; /* 1 for each language that has the word */
} boilerplate_language_word;
typedef struct {
    boilerplate_language_word *words; /* a table by hash; its size is a power of two */
    uint32_t mask;                    /* size - 1 */
    unsigned languages;
    uint64_t filter[(1 << BOILERPLATE_LANGUAGE_BITS) / 64]; /* a bit for each word's hash */
} boilerplate_languages;

static inline uint32_t boilerplate_language_bit(uint32_t hash)
{
    return hash >> (32 - BOILERPLATE_LANGUAGE_BITS);
}

/* Reads data/function-words.tsv: a header, then language and words. False: no memory, or more than
 * 31 languages. */
bool boilerplate_languages_read(boilerplate_languages *self, const char *bytes, size_t n);
void boilerplate_languages_free(boilerplate_languages *self);

/* Fills all columns but those of words' weights, of the first pass, of frequencies (counts.h) and
 * of HTML (html.h), which are 0 then, and but lines' languages. `phrases` has one row of hits per
 * row of the text. False: no memory. */
bool boilerplate_fill(boilerplate_columns *self, const boilerplate_text *text,
                      const boilerplate_phrase_row *phrases,
                      const boilerplate_languages *languages);

/* Marks the lines that are in another language than the document: apart, for it takes time, and the
 * shipped model of pages does not ask. */
void boilerplate_fill_foreign(boilerplate_columns *self, const boilerplate_text *text,
                              const boilerplate_languages *languages);

/* Fills the columns of words' weights; `lexicon` has BOILERPLATE_LEXICON of them, and the slack
 * behind. */
void boilerplate_fill_lexicon(boilerplate_columns *self, const boilerplate_text *text,
                              const int8_t *lexicon);

/* Fills the columns of the first pass from its scores, 0 (remove) to 63 (keep), 32 undecided. */
void boilerplate_fill_scores(boilerplate_columns *self, const boilerplate_text *text,
                             const uint8_t *scores);

/* Where a word, and a pair of words, lie in the lexicon, by their hashes. */
static inline uint32_t boilerplate_word_slot(uint32_t hash)
{
    return hash >> (32 - BOILERPLATE_LEXICON_BITS);
}
static inline uint32_t boilerplate_pair_slot(uint32_t first, uint32_t second)
{
    return boilerplate_hash_pair(first, second) >> (32 - BOILERPLATE_LEXICON_BITS);
}

/* kin.c: columns of words in common and of forms that come again; those that need the first pass's
 * scores. Called by the functions above. False: no memory. */
bool boilerplate_fill_kin(boilerplate_columns *self, const boilerplate_text *text);
void boilerplate_fill_kin_scores(boilerplate_columns *self, const boilerplate_text *text,
                                 const uint8_t *scores);
void boilerplate_kin_free(struct boilerplate_kin *self);

void boilerplate_columns_free(boilerplate_columns *self);

#endif
