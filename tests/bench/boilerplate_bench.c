/* How fast the boilerplate stage is on whole pages, in all and by its parts, and what opening it
 * costs.
 *
 *     build/bench/boilerplate_bench [--sum | --only PART] [PAGES.jsonl]
 *
 * prints medians of ROUNDS passes on one processor.
 * PAGES: lines with a member "text", as in the evaluation sets; without it, pages are made: menus,
 * an article, related links, a footer, in four languages. `stage` is what a pipeline of this one
 * stage takes beyond one of none, so that removals are in it; the parts are called by themselves.
 * --sum adds a checksum of all features, scores and verdicts, for two builds to be compared; --only
 * stage, read, look or decide runs that part alone, for a profiler. */
#include "pipeline/pipeline.h"
#include "clock.h"

#include "../../plugins/boilerplate/decide.h"

#include <cjson/cJSON.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { ROUNDS = 9, OWN_PAGES = 400 };

static void die(const char *text)
{
    fprintf(stderr, "boilerplate_bench: %s\n", text);
    exit(1);
}

/* ------------------------------------------------------------------ pages */

static struct {
    tamis_str *at;
    size_t count, bytes, lines;
} pages;

static void add_page(const char *text, size_t n)
{
    pages.at = realloc(pages.at, (pages.count + 1) * sizeof *pages.at);
    char *copy = malloc(n + 1);
    if (!pages.at || !copy) die("no memory");
    memcpy(copy, text, n);
    copy[n] = '\0';
    pages.at[pages.count++] = (tamis_str){copy, n};
    pages.bytes += n;
    for (size_t i = 0; i < n; i++) pages.lines += copy[i] == '\n' && i && copy[i - 1] != '\n';
}

static const char *const menus[4] = {
    "Home\nWorld\nPolitics\nBusiness\nSport\nWeather\nMy account\nSign in\nSearch\n",
    "Accueil\nMonde\nPolitique\nÉconomie\nSports\nMétéo\nMon compte\nSe connecter\nRechercher\n",
    "Startseite\nAusland\nPolitik\nWirtschaft\nSport\nWetter\nMein Konto\nAnmelden\nSuche\n",
    "Главная\nМир\nПолитика\nЭкономика\nСпорт\nПогода\nМой профиль\nВойти\nПоиск\n"};
static const char *const stories[4][3] = {
    {"The ferry had been due at nine, but by noon nobody at the pier could say where it was.",
     "\"We were told to wait,\" said one of the passengers, who had brought three of her children.",
     "A spokesman for the port said on Tuesday that the engine would be looked at in the spring."},
    {"Le bac devait arriver à neuf heures ; à midi, personne sur le quai ne savait où il était.",
     "« On nous a dit d'attendre », raconte une passagère, venue avec trois de ses enfants.",
     "Un porte-parole du port a indiqué mardi que le moteur serait examiné au printemps."},
    {"Die Fähre sollte um neun anlegen, doch mittags wusste am Kai niemand, wo sie blieb.",
     "„Man hat uns gesagt, wir sollen warten“, sagte eine Frau, die drei Kinder bei sich hatte.",
     "Ein Sprecher des Hafens teilte am Dienstag mit, der Motor werde im Frühjahr geprüft."},
    {"Паром ждали к девяти, но и в полдень никто на причале не мог сказать, где он.",
     "«Нам велели ждать», — рассказала пассажирка, приехавшая с тремя детьми.",
     "Представитель порта сообщил во вторник, что двигатель осмотрят весной."}};
static const char *const tails[4] = {
    "Related articles\nStorm keeps boats in harbour\nTwo new routes from May\nMost read\n"
    "Share on Facebook\nNewsletter\nTerms of use\nPrivacy policy\n© 2026 The Harbour Post\n",
    "À lire aussi\nLa tempête retient les bateaux\nDeux nouvelles lignes en mai\nLes plus lus\n"
    "Partager sur Facebook\nNewsletter\nMentions légales\nConfidentialité\n© 2026 Le Quai\n",
    "Mehr zum Thema\nSturm hält Boote im Hafen\nZwei neue Linien ab Mai\nMeistgelesen\n"
    "Auf Facebook teilen\nNewsletter\nImpressum\nDatenschutz\n© 2026 Hafenbote\n",
    "Читайте также\nШторм не выпускает суда\nДва новых маршрута с мая\nСамое читаемое\n"
    "Поделиться\nРассылка\nКонтакты\nПолитика конфиденциальности\n© 2026 Портовый листок\n"};

/* Bytes of the first `words` words. */
static int first_words(const char *text, int words)
{
    int n = 0;
    for (; text[n] && (text[n] != ' ' || --words); n++) {
    }
    return n;
}

static void make_pages(void)
{
    static char text[65536];
    for (int k = 0; k < OWN_PAGES; k++) {
        int lang = k % 4, n = 0;
        n += snprintf(text, sizeof text, "%.*s… %d | Harbour Post\n%s",
                      first_words(stories[lang][k % 3], 7), stories[lang][k % 3], k, menus[lang]);
        for (int line = 0; line < 30; line++)
            n += snprintf(text + n, sizeof text - (size_t)n, "%.*s %d\n",
                          first_words(stories[lang][line % 3], 4 + line % 5),
                          stories[lang][line % 3], line * k % 17);
        for (int p = 0; p < 24; p++)
            n += snprintf(text + n, sizeof text - (size_t)n, "%s %s\n", stories[lang][p % 3],
                          stories[lang][(p * k + 1) % 3]);
        for (int p = 0; p < 4; p++)
            n += snprintf(text + n, sizeof text - (size_t)n, "%s", tails[lang]);
        add_page(text, (size_t)n);
    }
}

static void read_pages(const char *path)
{
    FILE *f = fopen(path, "rb");
    char *line = NULL;
    size_t room = 0;
    if (!f) die("cannot open the file of pages");
    while (getline(&line, &room, f) > 0) {
        cJSON *record = cJSON_Parse(line);
        const char *text = cJSON_GetStringValue(cJSON_GetObjectItem(record, "text"));
        if (text) add_page(text, strlen(text));
        cJSON_Delete(record);
    }
    free(line);
    fclose(f);
}

/* ------------------------------------------------------------------ counting instructions */

static int counter = -1;

static void open_counter(void)
{
    struct perf_event_attr attr = {.type = PERF_TYPE_HARDWARE,
                                   .size = sizeof attr,
                                   .config = PERF_COUNT_HW_INSTRUCTIONS,
                                   .exclude_kernel = 1};
    counter = (int)syscall(SYS_perf_event_open, &attr, 0, -1, -1, 0);
}

static long long instructions(void)
{
    long long n = 0;
    return counter >= 0 && read(counter, &n, sizeof n) == (ssize_t)sizeof n ? n : 0;
}

/* ------------------------------------------------------------------ what is measured */

static registry plugins;
static const boilerplate_knowledge *know;
static boilerplate_work work;
static pipeline_worker with, without;
static tamis_doc doc;

static pipeline *open_pipeline(const char *text, pipeline_worker *worker)
{
    diagnostics diags = {0};
    error e = {0};
    pipeline *self = pipeline_load("bench.lua", text, &plugins, NULL, 0, &diags);
    if (!self || pipeline_open(self, &diags) < 0) {
        diagnostics_print(&diags, stderr, false);
        die("the pipeline does not open");
    }
    if (pipeline_enter(self, worker, NULL, &e) < 0) die(e.text);
    diagnostics_free(&diags);
    return self;
}

static void run_pipeline(pipeline_worker *worker, tamis_str text)
{
    error e = {0};
    document_reset(&doc);
    if (document_set_source(&doc, text, &e) < 0) die(e.text);
    if (pipeline_run(worker, &doc) < 0) die(worker->error.text);
}

static void run_stage(tamis_str text)
{
    run_pipeline(&with, text);
}

static void run_nothing(tamis_str text)
{
    run_pipeline(&without, text);
}

static void run_read(tamis_str text)
{
    boilerplate_read(&work.text, text.p, text.n);
}

static void run_look(tamis_str text)
{
    boilerplate_look(&work, know, &host_table, text.p, text.n, -1);
}

static void run_decide(tamis_str text)
{
    boilerplate_look(&work, know, &host_table, text.p, text.n, -1);
    boilerplate_decide(&work, know, .995);
}

static struct {
    const char *name;
    void (*run)(tamis_str text);
    double took[ROUNDS];
    long long instructions;
} parts[] = {{"no stage", run_nothing, {0}, 0},
             {"stage", run_stage, {0}, 0},
             {"  reading lines and words", run_read, {0}, 0},
             {"  that, phrases and features", run_look, {0}, 0},
             {"  that and deciding", run_decide, {0}, 0}};
enum { PARTS = sizeof parts / sizeof *parts };

static void repeat(const char *name)
{
    const char *const names[PARTS] = {"nothing", "stage", "read", "look", "decide"};
    for (size_t k = 0; k < PARTS; k++)
        for (int round = 0; !strcmp(name, names[k]) && round < ROUNDS; round++)
            for (size_t i = 0; i < pages.count; i++) parts[k].run(pages.at[i]);
}

static void measure(void)
{
    for (int round = 0; round < ROUNDS; round++)
        for (size_t k = 0; k < PARTS; k++) {
            long long counted = instructions();
            double begun = seconds();
            for (size_t i = 0; i < pages.count; i++) parts[k].run(pages.at[i]);
            parts[k].took[round] = seconds() - begun;
            parts[k].instructions = instructions() - counted;
        }
    double base = median(parts[0].took, ROUNDS);
    for (size_t k = 1; k < PARTS; k++) {
        double took = median(parts[k].took, ROUNDS) - (k == 1 ? base : 0);
        long long counted = parts[k].instructions - (k == 1 ? parts[0].instructions : 0);
        printf("%-32s %7.0f MB/s %7.0f ns a line", parts[k].name, (double)pages.bytes / took / 1e6,
               took * 1e9 / (double)pages.lines);
        if (counter >= 0)
            printf(" %7.1f instructions a byte", (double)counted / (double)pages.bytes);
        puts("");
    }
}

static void add_bytes(uint64_t *sum, const void *p, size_t n)
{
    const unsigned char *s = p;
    for (size_t i = 0; i < n; i++) *sum = (*sum ^ s[i]) * 0x100000001B3u;
}

static uint64_t checksum(void)
{
    uint64_t sum = 0xCBF29CE484222325u;
    for (size_t i = 0; i < pages.count; i++) {
        run_decide(pages.at[i]);
        boilerplate_fill_foreign(&work.columns, &work.text,
                                 &know->languages); /* where it was not */
        size_t rows = work.text.row_count;
        for (unsigned k = 0; k < BOILERPLATE_FEATURE_COUNT; k++)
            add_bytes(&sum, boilerplate_column(&work.columns, k), rows);
        add_bytes(&sum, work.scores, rows * sizeof *work.scores);
        add_bytes(&sum, work.finals, rows * sizeof *work.finals);
        add_bytes(&sum, work.removed, rows);
        for (size_t k = 0; k < rows; k++) /* of rows that stay nobody asks */
            if (work.removed[k]) add_bytes(&sum, &work.names[k], 1);
    }
    return sum;
}

int main(int argc, char **argv)
{
    bool sum = argc > 1 && !strcmp(argv[1], "--sum");
    bool only = argc > 2 && !strcmp(argv[1], "--only");
    int first = 1 + sum + 2 * only;
    diagnostics diags = {0};
    error e = {0};
    registry_options options = {.no_installed = true};
    if (argc > first)
        read_pages(argv[first]);
    else
        make_pages();
    if (!pages.count) die("no pages");
    open_counter();
    registry_open(&plugins, &options, &diags);
    pipeline *none = open_pipeline("return pipeline 'bench' {}", &without);
    long long counted = instructions();
    double begun = seconds();
    pipeline *one = open_pipeline("return pipeline 'bench' { stage 'boilerplate' {} }", &with);
    double opened = seconds() - begun;
    printf("opened in %.2f ms", opened * 1e3);
    if (counter >= 0)
        printf(", %.1f million instructions", (double)(instructions() - counted) / 1e6);
    printf("; %zu pages, %.1f MB, %.0f bytes a line\n", pages.count, (double)pages.bytes / 1e6,
           (double)pages.bytes / (double)pages.lines);
    know = one->stages[0].shared;
    if (document_init(&doc, &e) < 0) die(e.text);
    if (sum)
        printf("%016llx\n", (unsigned long long)checksum());
    else if (only)
        repeat(argv[2]);
    else
        measure();
    boilerplate_work_free(&work);
    document_free(&doc);
    pipeline_leave(&with);
    pipeline_leave(&without);
    pipeline_close(one);
    pipeline_close(none);
    return 0;
}
