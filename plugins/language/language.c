/* language.c: the stage `language`. Tiles the view with spans of type `language` (value: BCP-47
 * tag) and sets lang, lang_score and mixture of the document. The detector itself is detect.c; here
 * are options, model files and the host. */
#include "detect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <tamis/plugin.h>

static const tamis_host *tamis;

typedef struct {
    tamis_list languages;
    double min_score;
    int32_t unit, tier;
    bool groups;
} language_conf;

typedef struct {
    language_settings settings;
    uint8_t allowed[LANGUAGE_MAX_LABELS + 1];
    uint8_t group[LANGUAGE_MAX_LABELS + 1];
} language_shared;

/* ------------------------------------------------------------------ options */

static const tamis_option options[] = {
    TAMIS_OPTION(LIST, language_conf, languages, NULL, NULL,
                 "only these may be named: BCP-47 tags, ISO 639-3 codes or English names"),
    TAMIS_OPTION(NUMBER, language_conf, min_score, "0.5", "0..1",
                 "least probability of a label; below it `und`; 0: always the likeliest language"),
    TAMIS_OPTION(ENUM, language_conf, unit, "span", "span|sentence|line|document",
                 "what is labelled as one; span: sentences, neighbours of one language joined"),
    TAMIS_OPTION(ENUM, language_conf, tier, "auto", "auto|fast|accurate",
                 "fast: 3 MB of weights; accurate: 16 MB, for every unit; auto: for unsure ones"),
    TAMIS_OPTION(BOOL, language_conf, groups, "false", NULL,
                 "one label for what nobody tells apart surely: ms (id, ms), sh (bs, hr, sr), no"),
};

static bool names_label(const language_label *l, tamis_str code)
{
    const char *const names[] = {l->tag, l->iso, l->english, l->group};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strlen(names[i]) == code.n && code.n && !strncasecmp(names[i], code.p, code.n))
            return true;
    return false;
}

/* Edit distance of two short words, case aside. */
static int distance(const char *a, size_t n, const char *b, size_t m)
{
    int row[34];
    if (m > 32) m = 32;
    for (size_t j = 0; j <= m; j++) row[j] = (int)j;
    for (size_t i = 0; i < n; i++) {
        int corner = row[0];
        row[0] = (int)i + 1;
        for (size_t j = 0; j < m; j++) {
            int same = (a[i] | 32) == (b[j] | 32) ? 0 : 1;
            int best = corner + same;
            corner = row[j + 1];
            if (row[j] + 1 < best) best = row[j] + 1;
            if (corner + 1 < best) best = corner + 1;
            row[j + 1] = best;
        }
    }
    return row[m];
}

/* The label whose code or name comes nearest to `code`. */
static const language_label *nearest_label(const language_head *head, tamis_str code)
{
    const language_label *best = &head->label[0];
    int least = 1 << 20;
    for (uint32_t l = 0; l < head->labels; l++) {
        const char *const names[] = {head->label[l].english, head->label[l].tag,
                                     head->label[l].iso};
        for (int i = 0; i < 3; i++) {
            int d = 2 * distance(code.p, code.n > 32 ? 32 : code.n, names[i], strlen(names[i]));
            d -= (code.p[0] | 32) == (names[i][0] | 32); /* the first letter is seldom wrong */
            if (d < least) {
                least = d;
                best = &head->label[l];
            }
        }
    }
    return best;
}

static tamis_rc allow_languages(const tamis_run *c, const language_conf *conf,
                                language_shared *shared)
{
    const language_head *head = shared->settings.fast.head;
    for (size_t i = 0; i < conf->languages.n; i++) {
        tamis_str code = conf->languages.at[i];
        bool found = false;
        for (uint32_t l = 0; l < head->labels; l++)
            if (names_label(&head->label[l], code)) {
                shared->allowed[l] = 1;
                found = true;
            }
        if (found) continue;
        if (code.n == 0) return tamis->fail(c, TAMIS_FAIL, "languages: an empty code");
        const language_label *near = nearest_label(head, code);
        return tamis->fail(c, TAMIS_FAIL,
                           "languages: no language '%.*s' in this model; did you mean '%s' (%s)?",
                           (int)(code.n > 40 ? 40 : code.n), code.p, near->tag, near->english);
    }
    if (conf->languages.n) shared->settings.allowed = shared->allowed;
    return TAMIS_OK;
}

/* Each label -> the first of its group. */
static void gather_groups(language_shared *shared)
{
    const language_head *head = shared->settings.fast.head;
    for (uint32_t l = 0; l <= LANGUAGE_MAX_LABELS; l++) shared->group[l] = (uint8_t)l;
    for (uint32_t l = 0; l < head->labels; l++)
        for (uint32_t first = 0; first < l && head->label[l].group[0]; first++)
            if (!strcmp(head->label[first].group, head->label[l].group)) {
                shared->group[l] = (uint8_t)first;
                break;
            }
    shared->settings.group = shared->group;
}

/* ------------------------------------------------------------------ lifetimes */

static tamis_rc open_model(const tamis_run *c, const char *name, uint32_t kind, language_model *out)
{
    tamis_str bytes;
    tamis_rc rc = tamis->data(c, (tamis_str){name, strlen(name)}, &bytes);
    if (rc != TAMIS_OK) return rc;
    const char *wrong = language_model_open((const uint8_t *)bytes.p, bytes.n, kind, out);
    return wrong ? tamis->fail(c, TAMIS_FAIL, "%s %s", name, wrong) : TAMIS_OK;
}

static tamis_rc language_open(const tamis_run *c, void **out)
{
    const language_conf *conf = c->conf;
    language_shared *shared = tamis->alloc(c, sizeof *shared);
    if (!shared) return TAMIS_FAIL;
    language_settings *s = &shared->settings;
    tamis_rc rc = open_model(c, "fast.model", LANGUAGE_FAST, &s->fast);
    if (rc == TAMIS_OK && conf->tier != LANGUAGE_TIER_FAST)
        rc = open_model(c, "accurate.model", LANGUAGE_ACCURATE, &s->accurate);
    if (rc != TAMIS_OK) return rc;
    if (s->accurate.head &&
        (s->accurate.head->labels != s->fast.head->labels ||
         memcmp(s->accurate.head->label, s->fast.head->label, sizeof s->fast.head->label) != 0))
        return tamis->fail(c, TAMIS_FAIL,
                           "fast.model and accurate.model were not made together: labels differ");
    for (int width = 64; !language_kernel_get(width, &s->kernel);) width /= 2;
    s->min_score = conf->min_score;
    s->unit = conf->unit;
    s->tier = conf->tier;
    if (conf->groups) gather_groups(shared);
    *out = shared;
    return allow_languages(c, conf, shared);
}

static tamis_rc language_enter(const tamis_run *c, void **scratch)
{
    *scratch = calloc(1, sizeof(language_scratch));
    return *scratch ? TAMIS_OK : tamis->fail(c, TAMIS_FAIL, "out of memory");
}

static void language_leave(const void *shared, void *scratch)
{
    (void)shared;
    if (scratch) language_scratch_free(scratch);
    free(scratch);
}

/* ------------------------------------------------------------------ one document */

static const char *tag_of(const language_settings *s, uint8_t label)
{
    if (label == LANGUAGE_LABEL_UND) return "und";
    const language_label *l = &s->fast.head->label[label];
    return s->group && l->group[0] ? l->group : l->tag;
}

static tamis_str text_of(const char *s)
{
    return (tamis_str){s, strlen(s)};
}

static void write_span(const tamis_run *c, tamis_doc *doc, const language_settings *s,
                       const language_span *x)
{
    tamis_attr attrs[2] = {
        {.key = TAMIS_STR("runner_up"), .type = TAMIS_ATTR_STRING},
        {.key = TAMIS_STR("runner_up_score"), .type = TAMIS_ATTR_NUMBER},
    };
    tamis_span span = {
        .start = x->start,
        .end = x->end,
        .type = TAMIS_STR("language"),
        .value = text_of(tag_of(s, x->label)),
        .score = x->p > 0 ? (double)x->p : 0,
    };
    if (x->runner != LANGUAGE_LABEL_UND && x->runner_p >= .00005f) {
        attrs[0].u.s = text_of(tag_of(s, x->runner));
        attrs[1].u.d = (double)x->runner_p;
        span.attrs = attrs;
        span.attr_count = 2;
    }
    if (span.score > 1) span.score = 1;
    tamis->span(c, doc, &span, sizeof span);
    TAMIS_NOTE(c, doc, x->start, x->end, "language", "%s %.3f, then %s %.3f", tag_of(s, x->label),
               (double)x->p, tag_of(s, x->runner), (double)x->runner_p);
}

static void set_string(const tamis_run *c, tamis_doc *doc, const char *key, const char *value)
{
    tamis_attr a = {.key = text_of(key), .type = TAMIS_ATTR_STRING, .u.s = text_of(value)};
    tamis->set(c, doc, &a);
}

/* "fr:0.93 en:0.07": the shares of the text's letters, largest first. */
static void set_mixture(const tamis_run *c, tamis_doc *doc, const language_settings *s,
                        const language_result *result)
{
    char text[LANGUAGE_MIXTURE * 24] = "";
    size_t n = 0;
    for (int i = 0; i < result->shares; i++) {
        int written = snprintf(text + n, sizeof text - n, "%s%s:%.2f", i ? " " : "",
                               tag_of(s, result->share[i].label), (double)result->share[i].share);
        if (written < 0 || (size_t)written >= sizeof text - n) break;
        n += (size_t)written;
    }
    set_string(c, doc, "mixture", text);
}

static tamis_rc language_run(const tamis_run *c, tamis_doc *doc)
{
    const language_settings *s = &((const language_shared *)c->shared)->settings;
    tamis_str view = tamis->view(doc);
    language_result result;
    if (!language_detect(s, c->scratch, (const uint8_t *)view.p, view.n, &result))
        return tamis->fail(c, TAMIS_FAIL, "out of memory for the units of %zu bytes", view.n);
    for (size_t i = 0; i < result.count; i++) write_span(c, doc, s, &result.spans[i]);
    set_string(c, doc, "lang", tag_of(s, result.label));
    tamis_attr score = {.key = TAMIS_STR("lang_score"),
                        .type = TAMIS_ATTR_NUMBER,
                        .u.d = result.p > 1 ? 1 : (double)result.p};
    tamis->set(c, doc, &score);
    set_mixture(c, doc, s, &result);
    return TAMIS_OK;
}

static const char *const reads[] = {"view", NULL};
static const char *const writes[] = {"span:language", "attr:lang", "attr:lang_score",
                                     "attr:mixture", NULL};

static const tamis_stage stage = {
    .size = sizeof stage,
    .name = "language",
    .help = "labels every span of the text with its language",
    .version = "1.0",
    .options = options,
    .option_count = sizeof options / sizeof options[0],
    .conf_size = sizeof(language_conf),
    .reads = reads,
    .writes = writes,
    .open = language_open,
    .enter = language_enter,
    .leave = language_leave,
    .run = language_run,
};

TAMIS_PLUGIN(language, "1.0", "MIT", {TAMIS_ELEMENT_STAGE, 0, &stage})
