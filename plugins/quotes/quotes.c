/* The stage "quotes": options, data and spans around the engine of document.c.
 *
 * open reads the lexicons that data/lexicons.txt names, and the user's own; enter makes the one
 * engine of a worker; run walks the document and writes, for each quotation as it is finished, a
 * span `quote` and, once for all pieces of an utterance, the spans `speaker` and `cue` that refer
 * to it. */
#include "quotes.h"

#include <string.h>

const tamis_host *tamis;

typedef struct {
    tamis_list cues;  /* further cue files */
    tamis_list kinds; /* which kinds are written */
    tamis_str weights, reference;
    int32_t mode;
    bool nested;
    bool guess;
} configuration;

static const tamis_option options[] = {
    TAMIS_OPTION(
        PATHS, configuration, cues, NULL, NULL,
        "further cue files (TSV: class, features, forms), added to those of their language"),
    TAMIS_OPTION(PATH, configuration, weights, "kind.tsv", NULL,
                 "score table that tells speech from other quoted words"),
    TAMIS_OPTION(PATH, configuration, reference, "reference.tsv", NULL,
                 "score table that tells whom a speaker stands for"),
    TAMIS_OPTION(ENUM, configuration, mode, "auto", "auto|news|fiction",
                 "news decides what is speech; fiction takes all; auto looks at the paragraphs"),
    TAMIS_OPTION(LIST, configuration, kinds, "direct,continuation,scare,headline,title",
                 "direct|continuation|scare|headline|title", "kinds of quotations to write"),
    TAMIS_OPTION(BOOL, configuration, nested, "false", NULL,
                 "write quotations within quotations too"),
    TAMIS_OPTION(
        BOOL, configuration, guess, "false", NULL,
        "where nobody is said to speak, name whom the paragraphs above are about (French)"),
};

static const char *const reads[] = {"view", "?span:language", "?span:person", "?attr:lang", NULL};
static const char *const writes[] = {"span:quote", "span:speaker", "span:cue", NULL};

static const char *const kind_names[] = {"direct", "continuation", "scare", "headline", "title"};

typedef struct {
    qt_engine engine;
    const tamis_run *c;
    tamis_doc *doc;
    const configuration *conf;
    const tamis_span *languages, *persons;
    size_t language_count, person_count;
    uint32_t lang_from, lang_to; /* of the span last asked for, and its language */
    unsigned lang_here;
    uint32_t group;  /* number of the first piece of the utterance in hand */
    qt_quote before; /* the last quotation written */
    bool has_before;
    tamis_str said; /* the document's language as an attribute says, or empty */
    unsigned kinds; /* bits */
} work;

/* ------------------------------------------------------------------ open */

static void *shared_alloc(void *user, size_t bytes)
{
    return tamis->alloc(user, bytes);
}

static tamis_rc read_cues(const tamis_run *c, qt_lexicon *lexicon, tamis_str name)
{
    tamis_str bytes;
    tamis_rc rc = tamis->data(c, name, &bytes);
    if (rc != TAMIS_OK) return rc;
    unsigned line;
    const char *what = "";
    if (quotes_lexicon_read(lexicon, bytes, shared_alloc, (void *)(uintptr_t)c, &line, &what))
        return TAMIS_OK;
    return tamis->fail(c, TAMIS_FAIL, "%.*s:%u: %s", (int)name.n, name.p, line, what);
}

static tamis_rc read_shipped(const tamis_run *c, qt_lexicon *lexicon)
{
    tamis_str list;
    tamis_rc rc = tamis->data(c, TAMIS_STR("lexicons.txt"), &list);
    while (rc == TAMIS_OK && list.n) {
        const char *nl = memchr(list.p, '\n', list.n);
        tamis_str name = {list.p, nl ? (size_t)(nl - list.p) : list.n};
        size_t used = name.n + (nl ? 1 : 0);
        list.p += used;
        list.n -= used;
        if (name.n && name.p[0] != '#') rc = read_cues(c, lexicon, name);
    }
    return rc;
}

typedef bool (*table_reader)(qt_lexicon *self, tamis_str file, unsigned *line, const char **what);

static tamis_rc read_table(const tamis_run *c, qt_lexicon *lexicon, tamis_str name,
                           table_reader read)
{
    tamis_str bytes;
    unsigned line;
    const char *what = "";
    tamis_rc rc = tamis->data(c, name, &bytes);
    if (rc != TAMIS_OK || read(lexicon, bytes, &line, &what)) return rc;
    return tamis->fail(c, TAMIS_FAIL, "%.*s:%u: %s", (int)name.n, name.p, line, what);
}

static tamis_rc quotes_open(const tamis_run *c, void **shared)
{
    const configuration *conf = c->conf;
    qt_lexicon *lexicon = tamis->alloc(c, sizeof *lexicon);
    if (!lexicon) return TAMIS_FAIL;
    tamis_rc rc = read_shipped(c, lexicon);
    for (size_t i = 0; rc == TAMIS_OK && i < conf->cues.n; i++)
        rc = read_cues(c, lexicon, conf->cues.at[i]);
    if (rc != TAMIS_OK) return rc;
    rc = read_table(c, lexicon, conf->weights, quotes_weights_read);
    if (rc == TAMIS_OK) rc = read_table(c, lexicon, conf->reference, quotes_choice_read);
    if (rc == TAMIS_OK) *shared = lexicon;
    return rc;
}

/* ------------------------------------------------------------------ what the engine asks */

/* The span that holds `at`, of spans sorted by start. */
static const tamis_span *span_at(const tamis_span *spans, size_t count, size_t at)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (spans[middle].start <= at)
            low = middle + 1;
        else
            high = middle;
    }
    if (!low) return NULL;
    const tamis_span *s = &spans[low - 1];
    return at < s->end ? s : NULL;
}

/* A tag that says a language. */
static bool is_known(tamis_str tag)
{
    return tag.n && !(tag.n == 3 && memcmp(tag.p, "und", 3) == 0);
}

/* One span holds for a long stretch: it is looked for once. */
static unsigned lang_at(void *user, uint32_t at)
{
    work *w = user;
    if (at >= w->lang_from && at < w->lang_to) return w->lang_here;
    const tamis_span *s = span_at(w->languages, w->language_count, at);
    w->lang_here = QT_NO_LANG;
    w->lang_from = s ? (uint32_t)s->start : at;
    w->lang_to = s ? (uint32_t)s->end : at + 1;
    if (!s || !is_known(s->value)) return QT_NO_LANG;
    w->lang_here = quotes_lang(w->engine.lexicon, s->value);
    if (w->lang_here == QT_NO_LANG) w->lang_here = QT_NO_TABLE;
    return w->lang_here;
}

/* Up to where that holds. */
static uint32_t lang_end(void *user)
{
    return ((const work *)user)->lang_to;
}

/* The language of what stands at `at`, as the language stage says; without that stage the one whose
 * table served, else the document's. Empty where nothing says. */
static tamis_str tag_at(const work *w, uint32_t at, unsigned table)
{
    const qt_lexicon *lexicon = w->engine.lexicon;
    const tamis_str unknown = {NULL, 0};
    if (w->language_count) {
        const tamis_span *s = span_at(w->languages, w->language_count, at);
        return s && is_known(s->value) ? s->value : unknown;
    }
    if (table < lexicon->lang_count)
        return (tamis_str){lexicon->langs[table].tag, strlen(lexicon->langs[table].tag)};
    return w->said;
}

static bool person_at(void *user, uint32_t at, uint32_t *start, uint32_t *end)
{
    work *w = user;
    const tamis_span *s = span_at(w->persons, w->person_count, at);
    if (!s) return false;
    *start = (uint32_t)s->start;
    *end = (uint32_t)s->end;
    return true;
}

static bool expired(void *user)
{
    return tamis->expired(((work *)user)->c);
}

static void note(void *user, uint32_t start, uint32_t end, const char *cue, const char *text)
{
    work *w = user;
    TAMIS_NOTE(w->c, w->doc, start, end, cue, "%s", text);
}

/* ------------------------------------------------------------------ spans */

static tamis_str slice(const work *w, uint32_t start, uint32_t end)
{
    return (tamis_str){w->engine.text + start, end - start};
}

static bool is_speech(const qt_quote *q)
{
    return q->kind == QT_DIRECT || q->kind == QT_CONTINUATION;
}

/* Is this a further piece of the utterance before it? */
static bool goes_on(const work *w, const qt_quote *q)
{
    const qt_quote *b = &w->before;
    if (!w->has_before || q->depth) return false;
    bool speech = b->kind == QT_DIRECT || b->kind == QT_CONTINUATION;
    if (!speech || !is_speech(q)) return false;
    if (q->kind == QT_CONTINUATION || q->rule == QT_RULE_SAME) return true;
    return q->kind == QT_DIRECT && q->speaker_end && q->speaker_start == b->speaker_start &&
           q->cue_start == b->cue_start;
}

static const char *cue_category(const qt_quote *q)
{
    return q->rule == QT_RULE_COLON ? "colon" : q->rule == QT_RULE_SOURCE ? "source" : "verb";
}

static double confidence(const qt_quote *q)
{
    int margin = q->kind == QT_DIRECT || q->kind == QT_CONTINUATION ? q->score : -q->score;
    if (q->kind == QT_CONTINUATION || q->dash || margin > 98) margin = margin > 98 ? 98 : 80;
    if (margin < -80) margin = -80;
    return 0.5 + margin / 200.0;
}

static uint32_t write_quote(work *w, const qt_quote *q, tamis_str rule, bool on)
{
    tamis_attr attrs[] = {
        {TAMIS_STR("depth"), TAMIS_ATTR_INT, 0, {.i = q->depth}},
        {TAMIS_STR("outer_start"), TAMIS_ATTR_OFFSET, 0, {.i = q->outer_start}},
        {TAMIS_STR("outer_end"), TAMIS_ATTR_END, 0, {.i = q->outer_end}},
        {TAMIS_STR("unclosed"), TAMIS_ATTR_BOOL, 0, {.b = q->unclosed}},
        {TAMIS_STR("group"), TAMIS_ATTR_INT, 0, {.i = w->group}},
    };
    tamis_span s = {.start = q->start, .end = q->end, .type = TAMIS_STR("quote"), .rule = rule};
    s.lang = tag_at(w, q->start, q->lang);
    s.category = (tamis_str){kind_names[q->kind], strlen(kind_names[q->kind])};
    if (q->who_end)
        s.value = slice(w, q->who_start, q->who_end);
    else if (q->speaker_end && !q->speaker_pronoun)
        s.value = slice(w, q->speaker_start, q->speaker_end);
    s.attrs = attrs;
    s.attr_count = on ? 5 : 4;
    s.score = confidence(q);
    return tamis->span(w->c, w->doc, &s, sizeof s);
}

static void write_mention(work *w, const qt_quote *q, tamis_str rule, bool speaker)
{
    tamis_span s = {.rule = rule, .ref = w->group};
    if (speaker) {
        s.type = s.role = TAMIS_STR("speaker");
        s.start = q->speaker_start;
        s.end = q->speaker_end;
        if (q->who_end) s.value = slice(w, q->who_start, q->who_end);
    } else {
        s.type = s.role = TAMIS_STR("cue");
        s.start = q->cue_start;
        s.end = q->cue_end;
        s.category = (tamis_str){cue_category(q), strlen(cue_category(q))};
    }
    s.lang = tag_at(w, (uint32_t)s.start, q->lang);
    if (s.end > s.start) tamis->span(w->c, w->doc, &s, sizeof s);
}

static void emit(void *user, const qt_quote *q)
{
    work *w = user;
    if (q->depth && !w->conf->nested) return;
    if (!(w->kinds & 1u << q->kind)) return;
    const qt_lexicon *lexicon = w->engine.lexicon;
    char rule_text[32];
    const char *tag = q->lang < lexicon->lang_count ? lexicon->langs[q->lang].tag : "";
    const char *rule_name = is_speech(q) ? quotes_rule_names[q->rule] : kind_names[q->kind];
    size_t n = strlen(tag);
    if (n) {
        memcpy(rule_text, tag, n);
        rule_text[n++] = '.';
    }
    memcpy(rule_text + n, rule_name, strlen(rule_name));
    tamis_str rule = {rule_text, n + strlen(rule_name)};
    bool on = goes_on(w, q) && w->group;
    uint32_t number = write_quote(w, q, rule, on);
    if (!on) {
        w->group = number;
        if (q->kind == QT_DIRECT || q->kind == QT_CONTINUATION) {
            write_mention(w, q, rule, true);
            write_mention(w, q, rule, false);
        }
    }
    w->before = *q;
    w->has_before = true;
}

/* ------------------------------------------------------------------ run */

static tamis_rc quotes_enter(const tamis_run *c, void **scratch)
{
    *scratch = tamis->alloc(c, sizeof(work));
    return *scratch ? TAMIS_OK : TAMIS_FAIL;
}

static unsigned wanted_kinds(const configuration *conf)
{
    unsigned bits = 0;
    for (size_t i = 0; i < conf->kinds.n; i++) {
        for (unsigned k = 0; k < sizeof kind_names / sizeof *kind_names; k++) {
            const tamis_str *one = &conf->kinds.at[i];
            if (one->n == strlen(kind_names[k]) && !memcmp(one->p, kind_names[k], one->n))
                bits |= 1u << k;
        }
    }
    return bits;
}

static tamis_rc quotes_run(const tamis_run *c, tamis_doc *doc)
{
    work *w = c->scratch;
    const configuration *conf = c->conf;
    tamis_str text = tamis->view(doc);
    tamis_attr lang;
    if (text.n > INT32_MAX)
        return tamis->fail(c, TAMIS_FAIL, "a document of more than 2^31 - 1 bytes");
    w->c = c;
    w->doc = doc;
    w->conf = conf;
    w->group = 0;
    w->has_before = false;
    w->lang_from = w->lang_to = 0;
    w->kinds = wanted_kinds(conf);
    w->languages = tamis->spans(c, doc, "language", sizeof *w->languages, &w->language_count);
    w->persons = tamis->spans(c, doc, "person", sizeof *w->persons, &w->person_count);
    qt_sink sink = {.user = w, .emit = emit, .note = note, .expired = expired};
    if (w->language_count) {
        sink.lang_at = lang_at;
        sink.lang_end = lang_end;
    }
    if (w->person_count) sink.person_at = person_at;
    w->engine.lexicon = c->shared;
    w->engine.sink = &sink;
    w->engine.mode = conf->mode;
    w->engine.guess = conf->guess;
    w->engine.tracing = c->flags & TAMIS_TRACING;
    w->engine.doc_lang = QT_NO_LANG;
    w->said = (tamis_str){NULL, 0};
    if (tamis->attribute(doc, "lang", &lang) && lang.type == TAMIS_ATTR_STRING &&
        is_known(lang.u.s)) {
        w->said = lang.u.s;
        w->engine.doc_lang = quotes_lang(c->shared, lang.u.s);
    }
    w->engine.foreign = w->said.n && w->engine.doc_lang == QT_NO_LANG;
    quotes_document(&w->engine, text);
    return TAMIS_OK;
}

static const tamis_stage stage = {
    .size = sizeof stage,
    .name = "quotes",
    .help = "finds quotations, tells speech from quoted words, says who speaks",
    .version = "1.0",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .conf_size = sizeof(configuration),
    .reads = reads,
    .writes = writes,
    .open = quotes_open,
    .enter = quotes_enter,
    .run = quotes_run,
};

TAMIS_PLUGIN(quotes, "1.0", "MIT", {TAMIS_ELEMENT_STAGE, 0, &stage})
