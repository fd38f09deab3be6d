/* How fast the quotes engine goes on news, by language, and what opening its tables costs.
 *
 *     build/bench/quotes_bench [TEXTS.jsonl]        best of ROUNDS passes, one processor
 *
 * TEXTS: lines with a member "text", as in the evaluation sets; those without quotations are
 * counted apart. Without it documents of 2 to 10 kB are made of the passages of
 * plugins/quotes/tests/press, in an order that does not repeat (branches that a processor has
 * learnt by heart say nothing of news), every second paragraph without its marks. A language is
 * given for each text, as the language stage gives it. The same bytes as one text must cost the
 * same; memchr is the yardstick of the machine. Instructions count steadier than seconds: `valgrind
 * --tool=callgrind --toggle-collect=quotes_document`. */
#include "clock.h"

#include <cjson/cJSON.h>

#include "../../plugins/quotes/tests/harness.h"

enum { ROUNDS = 7, OWN_DOCUMENTS = 120, LEAST = 2000, MOST = 10000, MAX_PASSAGES = 400 };

static const char *const languages[] = {"fr", "en", "de", "es", "it", "pl", "ru"};

typedef struct {
    char *text;
    size_t n;
    unsigned lang;
} document;

typedef struct {
    document *at;
    size_t count, bytes;
} corpus;

static unsigned lang_of_text;

static unsigned lang_at(void *user, uint32_t at)
{
    (void)user;
    (void)at;
    return lang_of_text;
}

static uint32_t lang_end(void *user)
{
    (void)user;
    return UINT32_MAX;
}

static void die(const char *text)
{
    fprintf(stderr, "quotes_bench: %s\n", text);
    exit(1);
}

static void add(corpus *self, const char *text, size_t n, unsigned lang)
{
    self->at = realloc(self->at, (self->count + 1) * sizeof *self->at);
    char *copy = malloc(n + 1);
    if (!self->at || !copy) die("no memory");
    memcpy(copy, text, n);
    self->at[self->count++] = (document){copy, n, lang};
    self->bytes += n;
}

static void release(corpus *self)
{
    for (size_t i = 0; i < self->count; i++) free(self->at[i].text);
    free(self->at);
    *self = (corpus){0};
}

static void all_as_one(const corpus *from, corpus *to)
{
    char *text = malloc(from->bytes + from->count);
    size_t n = 0;
    if (!text) die("no memory");
    for (size_t i = 0; i < from->count; i++) {
        memcpy(text + n, from->at[i].text, from->at[i].n);
        n += from->at[i].n;
        text[n++] = '\n';
    }
    add(to, text, n, from->at[0].lang);
    free(text);
}

/* ------------------------------------------------------------------ own documents */

static uint32_t random_next(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

static size_t without_marks(char *out, const char *p, size_t n)
{
    size_t length = 0;
    for (const char *end = p + n; p < end;) {
        qt_mark m = quotes_mark_at(p, end);
        bool mark = m.family && m.code != 0x2019 && m.code != '\'';
        if (!mark) memcpy(out + length, p, m.length);
        length += mark ? 0 : m.length;
        p += m.length;
    }
    return length;
}

/* Passages are lines that begin with no space and no #; what is expected of them is indented. */
static unsigned read_passages(harness *h, const char *lang, tamis_str *passages)
{
    char name[96];
    snprintf(name, sizeof name, "plugins/quotes/tests/press/%s.txt", lang);
    tamis_str file = harness_read(h, name);
    unsigned count = 0;
    while (file.n && count < MAX_PASSAGES) {
        const char *nl = memchr(file.p, '\n', file.n);
        size_t n = nl ? (size_t)(nl - file.p) : file.n;
        if (n > 20 && *file.p != ' ' && *file.p != '#') passages[count++] = (tamis_str){file.p, n};
        file.p += n + (nl != NULL);
        file.n -= n + (nl != NULL);
    }
    return count;
}

static void make(harness *h, const char *lang, corpus *out)
{
    static char text[MOST + 8192];
    tamis_str passages[MAX_PASSAGES];
    uint32_t state = 2463534242u;
    unsigned count = read_passages(h, lang, passages);
    if (!count) die("no passages");
    unsigned table = quotes_lang(h->lexicon, (tamis_str){lang, strlen(lang)});
    for (unsigned i = 0; i < OWN_DOCUMENTS; i++) {
        size_t wanted = LEAST + random_next(&state) % (MOST - LEAST), n = 0;
        while (n < wanted) {
            bool marks = random_next(&state) & 1;
            for (unsigned left = 1 + random_next(&state) % 3; left; left--) {
                tamis_str p = passages[random_next(&state) % count];
                if (n + p.n + 2 > sizeof text) break;
                if (marks) memcpy(text + n, p.p, p.n);
                n += marks ? p.n : without_marks(text + n, p.p, p.n);
                text[n++] = ' ';
            }
            text[n - 1] = '\n';
        }
        add(out, text, n, table);
    }
}

/* ------------------------------------------------------------------ measuring */

static double pass(harness *h, const corpus *texts)
{
    double start = seconds();
    for (size_t i = 0; i < texts->count; i++) {
        const document *d = &texts->at[i];
        lang_of_text = h->engine->doc_lang = d->lang;
        h->engine->foreign = false;
        quotes_document(h->engine, (tamis_str){d->text, d->n});
    }
    return seconds() - start;
}

static void measure(harness *h, const char *what, const corpus *texts)
{
    double best = 1e9, scan = 1e9;
    if (!texts->count) return;
    for (int i = 0; i < ROUNDS; i++) {
        h->quote_count = 0;
        double spent = pass(h, texts);
        best = spent < best ? spent : best;
        double start = seconds();
        for (size_t k = 0; k < texts->count; k++) {
            const void *volatile hit = memchr(texts->at[k].text, 1, texts->at[k].n);
            (void)hit;
        }
        spent = seconds() - start;
        scan = spent < scan ? spent : scan;
    }
    printf("%-30s %6zu texts %8.2f MB %7u quotations %8.1f MB/s  (memchr %.0f MB/s)\n", what,
           texts->count, (double)texts->bytes / 1e6, h->quote_count,
           (double)texts->bytes / best / 1e6, (double)texts->bytes / scan / 1e6);
}

/* The same without marks, where none is left (speech that a dash opens stays speech). */
static void add_unquoted(harness *h, const corpus *from, corpus *to)
{
    for (size_t i = 0; i < from->count; i++) {
        const document *d = &from->at[i];
        char *text = malloc(d->n);
        if (!text) die("no memory");
        size_t n = without_marks(text, d->text, d->n);
        h->quote_count = 0;
        lang_of_text = h->engine->doc_lang = d->lang;
        quotes_document(h->engine, (tamis_str){text, n});
        if (!h->quote_count) add(to, text, n, d->lang);
        free(text);
    }
}

static void measure_own(harness *h)
{
    corpus all = {0};
    for (size_t i = 0; i < sizeof languages / sizeof *languages; i++) {
        corpus one = {0}, whole = {0};
        char what[64];
        make(h, languages[i], &one);
        snprintf(what, sizeof what, "news with quotations, %s", languages[i]);
        measure(h, what, &one);
        if (!i) {
            all_as_one(&one, &whole);
            measure(h, "  the same as one text", &whole);
        }
        add_unquoted(h, &one, &all);
        release(&one);
        release(&whole);
    }
    measure(h, "without marks", &all);
    release(&all);
}

static void measure_file(harness *h, const char *path)
{
    FILE *file = fopen(path, "rb");
    corpus with = {0}, without = {0}, whole = {0};
    char *line = NULL;
    size_t room = 0;
    if (!file) die("the file cannot be read");
    while (getline(&line, &room, file) > 0) {
        cJSON *record = cJSON_Parse(line);
        const char *text = cJSON_GetStringValue(cJSON_GetObjectItem(record, "text"));
        if (text) {
            tamis_str s = {text, strlen(text)};
            unsigned lang =
                quotes_probe(h->lexicon, (tamis_str){text, s.n < 6000 ? s.n : 6000}, QT_NO_LANG);
            h->quote_count = 0;
            h->engine->doc_lang = lang_of_text = lang;
            quotes_document(h->engine, s);
            add(h->quote_count ? &with : &without, text, s.n, lang);
        }
        cJSON_Delete(record);
    }
    free(line);
    fclose(file);
    measure(h, "texts with quotations", &with);
    measure(h, "texts without", &without);
    if (with.count) all_as_one(&with, &whole);
    measure(h, "the former as one text", &whole);
    release(&with);
    release(&without);
    release(&whole);
}

int main(int argc, char **argv)
{
    double opening = 1e9;
    for (int i = 0; i < ROUNDS; i++) {
        double start = seconds();
        harness *h = harness_open();
        double spent = seconds() - start;
        if (!h) die("the tables cannot be read");
        opening = spent < opening ? spent : opening;
        harness_close(h);
    }
    harness *h = harness_open();
    if (!h) return 70;
    h->sink.lang_at = lang_at;
    h->sink.lang_end = lang_end;
    printf("opening the tables of %u languages: %.2f ms; a worker's engine: %zu bytes\n",
           h->lexicon->lang_count, opening * 1e3, sizeof *h->engine);
    if (argc > 1)
        measure_file(h, argv[1]);
    else
        measure_own(h);
    harness_close(h);
    return 0;
}
