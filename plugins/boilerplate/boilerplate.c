/* The boilerplate stage: takes page furniture out of the view, line by line, and says of each range
 * what kind it is, which rule named it and how certain that is. What is done to a document: text.h
 * reads it into rows, phrases.h and features.h look at them, decide.h decides, and this file
 * removes. */
#include "boilerplate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define tamis boilerplate_host
const tamis_host *tamis;

typedef struct {
    int32_t mode;
    tamis_list keep;
    double max_removed;
    bool dry_run;
    tamis_list phrases;
    tamis_str page_model, article_model, mode_model, cues, frequencies, site;
} boilerplate_conf;

static const tamis_option options[] = {
    TAMIS_OPTION(ENUM, boilerplate_conf, mode, "auto", "auto|page|article",
                 "what the text is: a whole page, or the text that an extractor left"),
    TAMIS_OPTION(LIST, boilerplate_conf, keep, NULL,
                 "nav|related|cookie|comment-form|caption|credit|share|hashtags|timestamp|"
                 "duplicate-title|source-link|editor|ad|teaser|byline|footer",
                 "kinds that stay in the text"),
    TAMIS_OPTION(NUMBER, boilerplate_conf, max_removed, "0.995", "0..1",
                 "share of a text's words that may go; past it only what is certain goes"),
    TAMIS_OPTION(BOOL, boilerplate_conf, dry_run, "false", NULL,
                 "write spans of type boilerplate instead of removing"),
    TAMIS_OPTION(PATHS, boilerplate_conf, phrases, NULL, NULL,
                 "further phrase lists (TSV: term, lang, category, reach, opens)"),
    TAMIS_OPTION(PATH, boilerplate_conf, page_model, "page.model", NULL, "model for whole pages"),
    TAMIS_OPTION(PATH, boilerplate_conf, article_model, "article.model", NULL,
                 "model for extracted text"),
    TAMIS_OPTION(PATH, boilerplate_conf, mode_model, "mode.model", NULL,
                 "model that tells the two apart"),
    TAMIS_OPTION(PATH, boilerplate_conf, cues, "cues.tsv", NULL, "the table of named rules"),
    TAMIS_OPTION(PATH, boilerplate_conf, frequencies, NULL, NULL,
                 "table of `tamis frequencies`: in how many documents of a site a line occurs"),
    TAMIS_OPTION(STRING, boilerplate_conf, site, "url", NULL,
                 "input field that names a document's site, for `frequencies`"),
};

/* ------------------------------------------------------------------ opening */

static tamis_rc read_model(const tamis_run *c, tamis_str path, boilerplate_model *out)
{
    tamis_str bytes;
    char message[160];
    tamis_rc rc = tamis->data(c, path, &bytes);
    if (rc != TAMIS_OK) return rc;
    if (boilerplate_model_read(out, bytes.p, bytes.n, message)) return TAMIS_OK;
    return tamis->fail(c, TAMIS_FAIL, "boilerplate: %.*s: %s", (int)path.n, path.p, message);
}

static void close_stage(void *shared)
{
    boilerplate_knowledge *know = shared;
    if (!know) return;
    for (unsigned k = 0; k < BOILERPLATE_MODES; k++) boilerplate_model_free(&know->models[k]);
    boilerplate_model_free(&know->kind);
    boilerplate_cues_free(&know->cues);
    boilerplate_languages_free(&know->languages);
    boilerplate_html_free(&know->html_names);
    free(know);
}

static tamis_rc read_counts(const tamis_run *c, boilerplate_counts *out)
{
    const boilerplate_conf *conf = c->conf;
    tamis_str bytes;
    char message[160];
    if (!conf->frequencies.n) return TAMIS_OK;
    tamis_rc rc = tamis->data(c, conf->frequencies, &bytes);
    if (rc != TAMIS_OK) return rc;
    if (boilerplate_counts_read(out, bytes, message)) return TAMIS_OK;
    return tamis->fail(c, TAMIS_FAIL, "boilerplate: %.*s: %s", (int)conf->frequencies.n,
                       conf->frequencies.p, message);
}

static tamis_rc fill_knowledge(const tamis_run *c, boilerplate_knowledge *know)
{
    const boilerplate_conf *conf = c->conf;
    tamis_str bytes;
    char message[160];
    tamis_rc rc = read_model(c, conf->page_model, &know->models[BOILERPLATE_PAGE]);
    if (rc == TAMIS_OK) rc = read_model(c, conf->article_model, &know->models[BOILERPLATE_ARTICLE]);
    if (rc == TAMIS_OK) rc = read_model(c, conf->mode_model, &know->kind);
    if (rc == TAMIS_OK) rc = tamis->data(c, conf->cues, &bytes);
    if (rc != TAMIS_OK) return rc;
    if (!boilerplate_cues_read(&know->cues, bytes, message))
        return tamis->fail(c, TAMIS_FAIL, "boilerplate: %.*s: %s", (int)conf->cues.n, conf->cues.p,
                           message);
    rc = tamis->data(c, TAMIS_STR("function-words.tsv"), &bytes);
    if (rc != TAMIS_OK) return rc;
    if (!boilerplate_languages_read(&know->languages, bytes.p, bytes.n))
        return tamis->fail(c, TAMIS_FAIL,
                           "boilerplate: function-words.tsv: more than 31 languages");
    rc = tamis->data(c, TAMIS_STR("html-names.tsv"), &bytes);
    if (rc != TAMIS_OK) return rc;
    if (!boilerplate_html_read(&know->html_names, bytes))
        return tamis->fail(c, TAMIS_FAIL,
                           "boilerplate: html-names.tsv: a line is not `part<TAB>1|2`");
    rc = read_counts(c, &know->counts);
    if (rc != TAMIS_OK) return rc;
    return boilerplate_phrases_open(tamis, c, conf->phrases.at, conf->phrases.n, &know->phrases);
}

static tamis_rc open_stage(const tamis_run *c, void **shared)
{
    boilerplate_knowledge *know = calloc(1, sizeof *know);
    if (!know) return tamis->fail(c, TAMIS_FAIL, "boilerplate: no memory");
    tamis_rc rc = fill_knowledge(c, know);
    if (rc != TAMIS_OK) {
        close_stage(know);
        return rc;
    }
    *shared = know;
    return TAMIS_OK;
}

static tamis_rc enter_stage(const tamis_run *c, void **scratch)
{
    *scratch = calloc(1, sizeof(boilerplate_work));
    return *scratch ? TAMIS_OK : tamis->fail(c, TAMIS_FAIL, "boilerplate: no memory");
}

static void leave_stage(const void *shared, void *scratch)
{
    (void)shared;
    if (scratch) boilerplate_work_free(scratch);
    free(scratch);
}

/* ------------------------------------------------------------------ naming and removing */

typedef struct {
    unsigned kind;
    tamis_str rule;
} verdict;

/* Kind and rule of a row that goes: a phrase that says it all, else the first cue that holds. */
static verdict name_row(const boilerplate_work *work, const boilerplate_knowledge *know, size_t row)
{
    const boilerplate_phrase_row *p = &work->phrases[row];
    if (p->hit >= BOILERPLATE_HIT_WHOLE) return (verdict){p->kind, TAMIS_STR("phrase")};
    if (work->names[row]) {
        const boilerplate_cue *cue = &know->cues.at[work->names[row] - 1];
        return (verdict){cue->kind, cue->name};
    }
    if (p->hit) return (verdict){p->kind, TAMIS_STR("phrase")};
    return (verdict){BOILERPLATE_KIND_nav, TAMIS_STR("model")};
}

static bool keeps(const boilerplate_conf *conf, unsigned kind)
{
    const char *name = boilerplate_kind_name(kind);
    for (size_t i = 0; i < conf->keep.n; i++)
        if (conf->keep.at[i].n == strlen(name) && !memcmp(conf->keep.at[i].p, name, strlen(name)))
            return true;
    return false;
}

static tamis_rc take_range(const tamis_run *c, tamis_doc *doc, size_t start, size_t end, verdict v,
                           double score)
{
    const boilerplate_conf *conf = c->conf;
    const char *kind = boilerplate_kind_name(v.kind);
    tamis_str name = {kind, strlen(kind)};
    if (conf->dry_run) {
        tamis_span span = {.start = start,
                           .end = end,
                           .type = TAMIS_STR("boilerplate"),
                           .category = name,
                           .rule = v.rule,
                           .score = score};
        return tamis->span(c, doc, &span, sizeof span) ? TAMIS_OK : TAMIS_FAIL;
    }
    tamis_removal removal = {
        .start = start, .end = end, .reason = name, .rule = v.rule, .score = score};
    return tamis->remove(c, doc, &removal, sizeof removal);
}

/* Rows of one kind and rule that lie together go as one range, with the blank lines behind them. */
static tamis_rc take_rows(const tamis_run *c, tamis_doc *doc, boilerplate_work *work)
{
    const boilerplate_knowledge *know = c->shared;
    const boilerplate_text *t = &work->text;
    tamis_rc rc = TAMIS_OK;
    for (size_t i = 0; i < t->row_count && rc == TAMIS_OK;) {
        if (!work->removed[i]) {
            i++;
            continue;
        }
        verdict v = name_row(work, know, i);
        if (keeps(c->conf, v.kind)) {
            i++;
            continue;
        }
        size_t first = i, least = i; /* the row that is least certain */
        for (i++; i < t->row_count && work->removed[i]; i++) {
            verdict next = name_row(work, know, i);
            if (next.kind != v.kind || next.rule.p != v.rule.p) break;
            if (boilerplate_distance(work, i) > boilerplate_distance(work, least)) least = i;
        }
        size_t start = t->rows[first].line_start;
        size_t end = i < t->row_count ? t->rows[i].line_start : t->n;
        rc = take_range(c, doc, start, end, v, boilerplate_certainty(work, least));
    }
    return rc;
}

/* ------------------------------------------------------------------ explaining */

/* One cue and what it saw: all its tests where it holds ("separators 3 > 1, from_start 0 < 9"),
 * else the first that does not ("separators 0, not > 1"). */
static void note_cue(const tamis_run *c, const tamis_doc *doc, const boilerplate_work *work,
                     const boilerplate_cue *cue, size_t i)
{
    const boilerplate_row *row = &work->text.rows[i];
    char name[64], saw[400] = "";
    size_t n = 0;
    bool holds = boilerplate_cue_holds(cue, &work->columns, i);
    snprintf(name, sizeof name, "%.*s", (int)cue->name.n, cue->name.p);
    for (unsigned k = 0; k < cue->test_count && n < sizeof saw; k++) {
        const boilerplate_test *t = &cue->tests[k];
        unsigned value = boilerplate_column(&work->columns, t->feature)[(ptrdiff_t)i + t->away];
        if (!holds && (t->above ? value > t->n : value < t->n)) continue;
        n += (size_t)snprintf(saw + n, sizeof saw - n, "%s%s%s%.0d %u%s %c %u", n ? ", " : "",
                              boilerplate_feature_name(t->feature), t->away ? "@" : "", t->away,
                              value, holds ? "" : ", not", t->above ? '>' : '<', t->n);
        if (!holds) break;
    }
    int weight = cue->weight[work->mode];
    if (!holds)
        tamis->reject(c, doc, row->start, row->end, name, "%s", saw);
    else if (weight)
        tamis->note(c, doc, row->start, row->end, name, "%s: %+d, speaks for %s", saw, weight,
                    weight < 0 ? "going" : "staying");
    else
        tamis->note(c, doc, row->start, row->end, name, "%s: names the kind", saw);
}

/* What the numbers count that the cues told of have looked at: a bool a feature. */
static void note_measures(const tamis_run *c, const tamis_doc *doc, const boilerplate_row *row,
                          const bool *seen)
{
    char text[1000] = "";
    size_t n = 0;
    for (unsigned f = 0; f < BOILERPLATE_FEATURE_COUNT && n < sizeof text; f++)
        if (seen[f])
            n += (size_t)snprintf(text + n, sizeof text - n, "%s%s = %s", n ? "; " : "",
                                  boilerplate_feature_name(f), boilerplate_feature_help(f));
    if (n) tamis->note(c, doc, row->start, row->end, "measures", "%s", text);
}

/* The score against the threshold, and what follows from it. */
static void note_verdict(const tamis_run *c, const tamis_doc *doc, boilerplate_work *work,
                         verdict v, bool goes, bool kept_kind, size_t i)
{
    const boilerplate_row *row = &work->text.rows[i];
    char what[160];
    if (goes)
        snprintf(what, sizeof what, "goes as %s, named by rule %.*s, certainty %.2f%s",
                 boilerplate_kind_name(v.kind), (int)v.rule.n, v.rule.p,
                 boilerplate_certainty(work, i),
                 work->sparing ? ", certain although max_removed is passed" : "");
    else if (kept_kind)
        snprintf(what, sizeof what, "stays, for `keep` has its kind, %s",
                 boilerplate_kind_name(v.kind));
    else
        snprintf(what, sizeof what, "stays%s", work->sparing ? ", for max_removed is passed" : "");
    tamis->note(
        c, doc, row->start, row->end, "verdict",
        "%s: %d with its neighbours (%d by itself), read as %s, where what is below %d goes", what,
        work->finals[i], work->scores[i],
        work->mode == BOILERPLATE_PAGE ? "a whole page" : "an extracted article", work->below[i]);
}

static void note_phrase(const tamis_run *c, const tamis_doc *doc, const boilerplate_work *work,
                        size_t i)
{
    static const char *const reach[] = {"", "occurs in it", "opens it", "is the line",
                                        "is never prose"};
    const boilerplate_knowledge *know = c->shared;
    const boilerplate_row *row = &work->text.rows[i];
    const boilerplate_phrase_row *p = &work->phrases[i];
    tamis_term_row term;
    if (!p->hit || !tamis->terms_row(know->phrases.terms, p->term, &term, sizeof term)) {
        tamis->reject(c, doc, row->start, row->end, "phrase", "no phrase of furniture");
        return;
    }
    tamis->note(c, doc, row->start, row->end, "phrase", "'%.*s' (%.*s, %s) %s; %.*s:%u",
                (int)term.term.n, term.term.p, (int)term.lang.n, term.lang.p,
                boilerplate_kind_name(p->kind), reach[p->hit], (int)term.file.n, term.file.p,
                term.line);
}

static void note_row(const tamis_run *c, const tamis_doc *doc, boilerplate_work *work, size_t i)
{
    const boilerplate_knowledge *know = c->shared;
    verdict v = name_row(work, know, i);
    bool kept_kind = work->removed[i] && keeps(c->conf, v.kind);
    bool seen[BOILERPLATE_FEATURE_COUNT] = {false};
    note_phrase(c, doc, work, i);
    for (size_t k = 0; k < know->cues.count; k++) {
        const boilerplate_cue *cue = &know->cues.at[k];
        bool holds = boilerplate_cue_holds(cue, &work->columns, i);
        bool names = work->removed[i] && cue->name.p == v.rule.p;
        bool told = holds && (cue->weight[work->mode] || names);
        if (told || !holds) note_cue(c, doc, work, cue, i);
        for (unsigned t = 0; told && t < cue->test_count; t++) seen[cue->tests[t].feature] = true;
    }
    note_measures(c, doc, &work->text.rows[i], seen);
    note_verdict(c, doc, work, v, work->removed[i] && !kept_kind, kept_kind, i);
}

/* What others know of the lines: a collection's frequencies, HTML blocks. */
static bool look_around(const tamis_run *c, tamis_doc *doc)
{
    const boilerplate_conf *conf = c->conf;
    const boilerplate_knowledge *know = c->shared;
    boilerplate_work *work = c->scratch;
    size_t count = 0;
    if (know->counts.count) {
        char path[256];
        snprintf(path, sizeof path, "%.*s", (int)conf->site.n, conf->site.p);
        uint64_t site = boilerplate_site(tamis->meta(c, doc, path));
        boilerplate_fill_counts(&work->columns, &work->text, &know->counts, site);
    }
    const tamis_span *blocks = tamis->spans(c, doc, "html.block", sizeof *blocks, &count);
    if (boilerplate_fill_html(&work->columns, &work->text, &know->html_names, blocks, count))
        return true;
    tamis->fail(c, TAMIS_FAIL, "boilerplate: no memory for %zu HTML blocks", count);
    return false;
}

static tamis_rc run_stage(const tamis_run *c, tamis_doc *doc)
{
    const boilerplate_conf *conf = c->conf;
    const boilerplate_knowledge *know = c->shared;
    boilerplate_work *work = c->scratch;
    tamis_str view = tamis->view(doc);
    if (!view.n) return TAMIS_OK;
    if (!boilerplate_look(work, know, tamis, view.p, view.n, conf->mode - 1))
        return tamis->fail(c, TAMIS_FAIL, "boilerplate: no memory for %zu bytes of text", view.n);
    if (!work->text.row_count) return TAMIS_OK;
    if (!look_around(c, doc)) return TAMIS_FAIL;
    boilerplate_decide(work, know, conf->max_removed);
    if (work->sparing) {
        tamis_str id = tamis->id(doc);
        tamis->log(
            c, TAMIS_LOG_INFO,
            "boilerplate: %.*s: more than max_removed = %g would go: only what is certain goes",
            (int)id.n, id.p, conf->max_removed);
    }
    if (c->flags & TAMIS_TRACING)
        for (size_t i = 0; i < work->text.row_count; i++) note_row(c, doc, work, i);
    return take_rows(c, doc, work);
}

/* ------------------------------------------------------------------ the plugin */

static const char *const reads[] = {"view", "?span:html.block", "meta", NULL};
static const char *const writes[] = {"view", "span:boilerplate", NULL};

static const tamis_stage stage = {
    .size = sizeof stage,
    .name = "boilerplate",
    .help = "takes out page furniture: menus, notices, captions, related links",
    .version = "1.0",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .conf_size = sizeof(boilerplate_conf),
    .reads = reads,
    .writes = writes,
    .open = open_stage,
    .close = close_stage,
    .enter = enter_stage,
    .leave = leave_stage,
    .run = run_stage,
};

TAMIS_PLUGIN(boilerplate, "1.0", "MIT", {TAMIS_ELEMENT_STAGE, 0, &stage},
             {TAMIS_ELEMENT_STAGE, 0, &boilerplate_count_stage})
