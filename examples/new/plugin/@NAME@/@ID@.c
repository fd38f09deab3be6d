/* @ID@: a stage that marks each occurrence of a word. Its test is test.sh. */
#include <tamis/plugin.h>

#include <string.h>

static const tamis_host *tamis;

typedef struct {
    tamis_str word;
} @ID@_conf;

static const tamis_option options[] = {
    TAMIS_OPTION(STRING, @ID@_conf, word, "tamis", NULL, "what to mark"),
};
static const char *const reads[] = {"view", NULL};
static const char *const writes[] = {"span:@ID@", NULL};

/* Sees one document. Its text is not NUL-terminated, and it may hold NUL. */
static tamis_rc run(const tamis_run *c, tamis_doc *doc)
{
    const @ID@_conf *conf = c->conf;
    tamis_str text = tamis->view(doc), word = conf->word;
    if (!word.n) return TAMIS_OK;
    for (size_t at = 0; at + word.n <= text.n; at++) {
        if (memcmp(text.p + at, word.p, word.n) != 0) continue;
        tamis_span span = {.start = at,
                           .end = at + word.n,
                           .type = TAMIS_STR("@ID@"),
                           .rule = TAMIS_STR("@ID@.word"),
                           .score = 1};
        tamis->span(c, doc, &span, sizeof span);
        at += word.n - 1;
    }
    return TAMIS_OK; /* a host call that failed is remembered: no need to check each */
}

static const tamis_stage @ID@ = {
    .size = sizeof @ID@,
    .name = "@ID@",
    .help = "marks a word",
    .version = "0.1",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .conf_size = sizeof(@ID@_conf),
    .reads = reads,
    .writes = writes,
    .run = run,
};
TAMIS_PLUGIN(@ID@, "0.1", "MIT", {TAMIS_ELEMENT_STAGE, 0, &@ID@})
