/* What a Lua stage costs: a call that does nothing, reading 150 spans, the same with tables made of
 * everything (how other tools pass documents), and one rule against a thousand. All take turns;
 * medians of seven. */
#include "../unit/script_helper.h"

enum { TURNS = 7, DOCUMENTS = 1000 };

static char text[12 * 1024];

static void make_text(void)
{
    static const char *const words[] = {
        "the",   "minister", "said",     "on",    "Monday",     "that",  "a",      "delivery",
        "of",    "armoured", "vehicles", "would", "reach",      "port",  "before", "winter,",
        "while", "talks",    "went",     "on.",   "Neighbours", "asked", "for",    "more"};
    uint32_t seed = 1;
    size_t n = 0;
    while (n + 20 < sizeof text) {
        seed = seed * 1664525u + 1013904223u;
        const char *word = words[(seed >> 16) % (sizeof words / sizeof words[0])];
        n += (size_t)sprintf(text + n, "%s%s", word, (seed >> 8) % 12 == 0 ? "\n" : " ");
    }
}

/* CPU time: other processes do not count. */
static int64_t cpu_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void enter(bench *b)
{
    void *scratch = NULL;
    for (size_t i = 0; i < b->spec->stage_count; i++) {
        bench_call(b, i, PHASE_ENTER);
        if (b->stage[i].enter) b->stage[i].enter(&b->call.run, &scratch);
    }
}

/* Nanoseconds of one call of the last stage, on a document with 150 spans. */
static double cost(const char *pipeline_text)
{
    bench b;
    error e = {0};
    if (!bench_load(&b, "bench.lua", pipeline_text)) {
        diagnostics_print(&b.diags, stderr, false);
        exit(1);
    }
    if (!bench_open(&b)) exit(1);
    enter(&b);
    document_set_source(&b.doc, str_of(text), &e);
    document_stage_begin(&b.doc, TAMIS_STR("setup"));
    for (size_t i = 0; i < 150; i++) {
        tamis_span span = {.start = i * 40,
                           .end = i * 40 + 10,
                           .type = TAMIS_STR("word"),
                           .value = TAMIS_STR("v")};
        document_span_add(&b.doc, &span, &e);
    }
    document_stage_commit(&b.doc, &e);
    size_t last = b.spec->stage_count - 1;
    int64_t begun = cpu_now();
    for (int i = 0; i < DOCUMENTS; i++) {
        document_stage_begin(&b.doc, TAMIS_STR("bench"));
        bench_call(&b, last, PHASE_RUN);
        if (b.stage[last].run(&b.call.run, &b.doc) != TAMIS_OK) {
            fprintf(stderr, "%s\n", b.call.failure.text);
            exit(1);
        }
        document_stage_rollback(&b.doc);
    }
    double each = (double)(cpu_now() - begun) / DOCUMENTS;
    bench_close(&b);
    return each;
}

/* n rules with a literal each; one in a hundred of them occurs. */
static char *rules_text(int n)
{
    buffer out = {0};
    uint32_t seed = 99;
    buffer_append_text(&out, "return pipeline 'b' { rules {\n");
    for (int i = 0; i < n; i++) {
        char word[12];
        for (int k = 0; k < 8; k++) {
            seed = seed * 1664525u + 1013904223u;
            word[k] = (char)('a' + (seed >> 24) % 26);
        }
        word[8] = 0;
        if (i % 100 == 0)
            buffer_printf(&out,
                          "{ name = 'r%d', type = 't', pattern = [[(?i)\\b(?:before|after) "
                          "(winter|summer)x?%d?\\b]] },\n",
                          i, i);
        else
            buffer_printf(&out,
                          "{ name = 'r%d', type = 't', pattern = [[(?i)\\b%s \\w+ed\\b]] },\n", i,
                          word);
    }
    buffer_append_text(&out, "} }");
    buffer_append_char(&out, 0);
    return out.p;
}

typedef struct {
    const char *what, *pipeline;
    double times[TURNS];
} contestant;

static double median(contestant *c)
{
    qsort(c->times, TURNS, sizeof c->times[0], by_value);
    return c->times[TURNS / 2];
}

enum { NOTHING, ONE_FIELD, BOTH_ENDS, TABLES, ONE_RULE, MANY_RULES, CONTESTANTS };

int main(void)
{
    make_text();
    contestant all[CONTESTANTS] = {
        [NOTHING] = {"a call that does nothing", "return pipeline 'b' { function(doc) end }", {0}},
        [ONE_FIELD] = {"150 spans, one field",
                       "return pipeline 'b' { function(doc) local n = 0 for s in doc:spans 'word' "
                       "do n = n + s.first end end }",
                       {0}},
        [BOTH_ENDS] = {"150 spans, first and last",
                       "return pipeline 'b' { function(doc) local n = 0 for s, first, last in "
                       "doc:spans 'word' do n = n + last - first end end }",
                       {0}},
        [TABLES] =
            {"150 spans, copied to tables",
             "return pipeline 'b' { function(doc) local copy = { text = doc.text, spans = "
             "{} } for s, first, last in doc:spans 'word' do copy.spans[#copy.spans + 1] = "
             "{ first = first, last = last, type = s.type, value = s.value } end local n = 0 "
             "for _, s in ipairs(copy.spans) do n = n + s.first end end }",
             {0}},
        [ONE_RULE] = {"1 rule", rules_text(1), {0}},
        [MANY_RULES] = {"1,000 rules", rules_text(1000), {0}},
    };
    for (int turn = 0; turn < TURNS; turn++) /* in turns: a busy machine is busy for all of them */
        for (int i = 0; i < CONTESTANTS; i++) all[i].times[turn] = cost(all[i].pipeline);
    double nothing = median(&all[NOTHING]), field = median(&all[ONE_FIELD]) - nothing;
    double ends = median(&all[BOTH_ENDS]) - nothing, tables = median(&all[TABLES]) - nothing;
    double one = median(&all[ONE_RULE]), many = median(&all[MANY_RULES]);
    printf("%-32s%8.0f ns               wanted: under 1,000\n", all[NOTHING].what, nothing);
    printf("%-32s%8.2f us               wanted: under 15\n", all[ONE_FIELD].what, field / 1e3);
    printf("%-32s%8.2f us\n", all[BOTH_ENDS].what, ends / 1e3);
    printf("%-32s%8.2f us  (%.1f times)  how others pass documents\n", all[TABLES].what,
           tables / 1e3, tables / field);
    printf("%-32s%8.2f us  %5.0f MB/s\n", all[ONE_RULE].what, one / 1e3, sizeof text * 1e3 / one);
    printf("%-32s%8.2f us  %5.0f MB/s   %.2f of one, wanted: 0.25\n", all[MANY_RULES].what,
           many / 1e3, sizeof text * 1e3 / many, one / many);
    bench b;
    int64_t begun = cpu_now();
    bench_load(&b, "bench.lua", all[MANY_RULES].pipeline);
    printf("%-32s%8.2f ms               wanted: under 50\n", "loading 1,000 rules",
           (double)(cpu_now() - begun) / 1e6);
    bench_close(&b);
    return 0;
}
