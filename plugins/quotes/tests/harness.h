/* What the tests, the bench and the fuzz target of quotes share: the shipped lexicons, an engine,
 * and the quotations of one text in an array. */
#ifndef QUOTES_HARNESS_H
#define QUOTES_HARNESS_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../quotes.h"

enum { HARNESS_BLOCKS = 4096, HARNESS_QUOTES = 256 };

typedef struct {
    qt_lexicon *lexicon;
    qt_engine *engine;
    qt_sink sink;
    void *blocks[HARNESS_BLOCKS]; /* all memory, for harness_close */
    unsigned block_count;
    qt_quote quotes[HARNESS_QUOTES];
    unsigned quote_count; /* may be above HARNESS_QUOTES: those are counted only */
    bool nested;
    char notes[4096];
} harness;

static inline void *harness_alloc(void *user, size_t bytes)
{
    harness *h = user;
    if (h->block_count == HARNESS_BLOCKS) return NULL;
    return h->blocks[h->block_count++] = calloc(1, bytes);
}

/* The whole of a file below the source folder; empty where it cannot be read. */
static inline tamis_str harness_read(harness *h, const char *name)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/%s", TAMIS_SOURCE_FOLDER, name);
    FILE *file = fopen(path, "rb");
    if (!file) return (tamis_str){"", 0};
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    rewind(file);
    char *bytes = harness_alloc(h, (size_t)size + 1);
    size_t n = bytes ? fread(bytes, 1, (size_t)size, file) : 0;
    fclose(file);
    return (tamis_str){bytes, n};
}

static inline void harness_emit(void *user, const qt_quote *quote)
{
    harness *h = user;
    if (quote->depth && !h->nested) return;
    if (h->quote_count < HARNESS_QUOTES) h->quotes[h->quote_count] = *quote;
    h->quote_count++;
}

static inline void harness_note(void *user, uint32_t start, uint32_t end, const char *cue,
                                const char *text)
{
    harness *h = user;
    size_t used = strlen(h->notes);
    snprintf(h->notes + used, sizeof h->notes - used, "%u-%u %s: %s\n", start, end, cue, text);
}

static inline bool harness_add_cues(harness *h, tamis_str bytes)
{
    unsigned line = 0;
    const char *what = "";
    if (bytes.n && quotes_lexicon_read(h->lexicon, bytes, harness_alloc, h, &line, &what))
        return true;
    fprintf(stderr, "cues, line %u: %s\n", line, what);
    return false;
}

static inline void harness_close(harness *h)
{
    for (unsigned i = 0; i < h->block_count; i++) free(h->blocks[i]);
    free(h);
}

/* NULL where the data cannot be read. */
static inline harness *harness_open(void)
{
    harness *h = calloc(1, sizeof *h);
    if (!h) return NULL;
    h->lexicon = harness_alloc(h, sizeof *h->lexicon);
    h->engine = harness_alloc(h, sizeof *h->engine);
    tamis_str list = harness_read(h, "plugins/quotes/data/lexicons.txt");
    bool ok = h->lexicon && h->engine && list.n;
    while (ok && list.n) {
        const char *nl = memchr(list.p, '\n', list.n);
        int n = (int)(nl ? nl - list.p : (ptrdiff_t)list.n);
        char name[256];
        snprintf(name, sizeof name, "plugins/quotes/data/%.*s", n, list.p);
        if (n && *list.p != '#') ok = harness_add_cues(h, harness_read(h, name));
        list.p += n + (nl ? 1 : 0);
        list.n -= (size_t)n + (nl ? 1 : 0);
    }
    unsigned line = 0;
    const char *what = "";
    ok = ok && quotes_weights_read(h->lexicon, harness_read(h, "plugins/quotes/data/kind.tsv"),
                                   &line, &what);
    ok = ok && quotes_choice_read(h->lexicon, harness_read(h, "plugins/quotes/data/reference.tsv"),
                                  &line, &what);
    if (!ok) {
        harness_close(h);
        return NULL;
    }
    h->sink = (qt_sink){.user = h, .emit = harness_emit, .note = harness_note};
    h->engine->lexicon = h->lexicon;
    h->engine->sink = &h->sink;
    return h;
}

/* The quotations of `text` into h->quotes; `lang` "" lets the engine find
 * out, one without a table is a foreign one. */
static inline unsigned harness_run(harness *h, const char *lang, tamis_str text)
{
    h->quote_count = 0;
    h->notes[0] = 0;
    h->engine->doc_lang =
        *lang ? quotes_lang(h->lexicon, (tamis_str){lang, strlen(lang)}) : QT_NO_LANG;
    h->engine->foreign = *lang && h->engine->doc_lang == QT_NO_LANG;
    quotes_document(h->engine, text);
    return h->quote_count;
}

#endif
