/* shout: a whole plugin on one page. It marks lines that are all capitals as spans of type `shout`,
 * and takes out those that are on its list.
 *
 *     cc $(pkg-config --cflags --libs tamis-plugin) -o shout.so shout.c
 *     tamis run --plugin-dir . shout.lua article.txt
 */
#include <tamis/plugin.h>

#include <string.h>

static const tamis_host *tamis;

typedef struct {
    int64_t min_letters;
    tamis_list remove;
} shout_conf;

static const tamis_option options[] = {
    TAMIS_OPTION(INT, shout_conf, min_letters, "8", "1..1000", "fewer capitals are no shout"),
    TAMIS_OPTION(LIST, shout_conf, remove, "ADVERTISEMENT,PUBLICITÉ", NULL, "lines that go"),
};
static const char *const reads[] = {"view", NULL};
static const char *const writes[] = {"span:shout", "view", NULL};

static bool listed(tamis_list list, const char *p, size_t n)
{
    for (size_t i = 0; i < list.n; i++)
        if (list.at[i].n == n && memcmp(list.at[i].p, p, n) == 0) return true;
    return false;
}

static tamis_rc run(const tamis_run *c, tamis_doc *doc)
{
    const shout_conf *conf = c->conf;
    tamis_str text = tamis->view(doc);
    tamis_lines lines = {0};
    tamis->lines(c, doc, &lines);
    for (size_t i = 0; i < lines.count; i++) {
        size_t start = lines.start[i], end = lines.start[i + 1], upper = 0, lower = 0;
        while (end > start && (text.p[end - 1] == '\n' || text.p[end - 1] == '\r')) end--;
        for (size_t k = start; k < end; k++) {
            upper += text.p[k] >= 'A' && text.p[k] <= 'Z';
            lower += text.p[k] >= 'a' && text.p[k] <= 'z';
        }
        TAMIS_NOTE(c, doc, start, end, "shout.letters", "%zu capitals, %zu small", upper, lower);
        if (listed(conf->remove, text.p + start, end - start)) {
            tamis_removal gone = {.start = start,
                                  .end = end,
                                  .reason = TAMIS_STR("ad"),
                                  .rule = TAMIS_STR("shout.listed"),
                                  .score = 1};
            tamis->remove(c, doc, &gone, sizeof gone);
        } else if ((int64_t)upper >= conf->min_letters && !lower) {
            tamis_span span = {.start = start,
                               .end = end,
                               .type = TAMIS_STR("shout"),
                               .rule = TAMIS_STR("shout.capitals"),
                               .score = 0.9};
            tamis->span(c, doc, &span, sizeof span);
        }
    }
    return TAMIS_OK; /* a host call that failed is remembered: no need to check each */
}

static const tamis_stage shout = {
    .size = sizeof shout,
    .name = "shout",
    .help = "marks lines in capitals",
    .version = "1.0",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .conf_size = sizeof(shout_conf),
    .reads = reads,
    .writes = writes,
    .run = run,
};
TAMIS_PLUGIN(shout, "1.0", "MIT", {TAMIS_ELEMENT_STAGE, 0, &shout})
