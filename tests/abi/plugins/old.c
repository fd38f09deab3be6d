/* A plugin of ABI 1.0, built from the frozen header: every later host of major 1 must load it. */
#include <tamis/plugin.h>

static const tamis_host *tamis;

typedef struct {
    int64_t every;
    tamis_str word;
} old_conf;

static const tamis_option options[] = {
    TAMIS_OPTION(INT, old_conf, every, "2", "1..9", "marks each n-th byte"),
    TAMIS_OPTION(STRING, old_conf, word, "old", NULL, "value of the spans"),
};
static const char *const writes[] = {"span:old", NULL};

static tamis_rc run(const tamis_run *c, tamis_doc *doc)
{
    const old_conf *conf = c->conf;
    tamis_str text = tamis->view(doc);
    for (size_t i = 0; i < text.n; i += (size_t)conf->every) {
        tamis_span span = {.start = i, .end = i + 1, .type = TAMIS_STR("old"), .value = conf->word};
        tamis->span(c, doc, &span, sizeof span);
    }
    return TAMIS_OK;
}

static const tamis_stage stage = {.size = sizeof stage,
                                  .name = "old",
                                  .help = "of ABI 1.0",
                                  .version = "1.0",
                                  .options = options,
                                  .option_count = 2,
                                  .conf_size = sizeof(old_conf),
                                  .writes = writes,
                                  .run = run};
TAMIS_PLUGIN(old, "1.0", "MIT", {TAMIS_ELEMENT_STAGE, 0, &stage})
