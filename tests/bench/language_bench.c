/* How fast the language stage labels, beside CLD2 on the same bytes in the same run.
 *
 *     build/bench/language_bench [-w WAY] [TEXTS...]    medians of interleaved passes and the best,
 *                                                       in MB/s of input
 *
 * TEXTS: files of texts with a NUL between them, as language_texts.py makes them of real news,
 * pages and sentences: only these tell what a run will see. Without them, sentences in eight
 * languages are repeated, which shows no more than that it runs. WAY: only ways whose name holds
 * this. CLD2 is Debian's libcld2, loaded at run time; without it its rows are missing, and said to
 * be. Its chunks come in a std::vector, which three NULL pointers stand for, as libstdc++ has
 * it. */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"

#include "../../plugins/language/detect.h"

enum { ROUNDS = 5, OWN_TEXTS = 1500, SENTENCES = 18, AT_ONCE = 32 };

typedef struct {
    void *tld, *code;
    int encoding, language;
} cld2_hints;

typedef int (*cld2_summary)(const char *text, int n, bool plain, int *languages, int *percents,
                            int *bytes, bool *reliable);
typedef int (*cld2_chunks)(const char *text, int n, bool plain, const cld2_hints *hints, int flags,
                           int *languages, int *percents, double *scores, void *vector, int *bytes,
                           bool *reliable);

static struct {
    cld2_summary summary;
    cld2_chunks chunks;
} cld2;

static language_settings settings;
static language_scratch scratch;
static char *texts;
static size_t size;
static size_t *starts, count; /* of texts; the last start is that of none */

/* ------------------------------------------------------------------ texts */

static const char *const sentences[8][3] = {
    {"The minister said on Tuesday that the convoy would not leave the harbour before dawn. ",
     "\"We have nothing to hide,\" she told reporters, and left without taking questions. ",
     "Two of the ships were still at anchor when the first lorries came through the gate. "},
    {"Le ministre a déclaré mardi que le convoi ne quitterait pas le port avant l'aube. ",
     "« Nous n'avons rien à cacher », a-t-elle lancé aux journalistes, pressée de partir. ",
     "Deux des navires étaient toujours à l'ancre quand les premiers camions sont passés. "},
    {"Der Minister sagte am Dienstag, der Konvoi werde den Hafen nicht vor Tagesanbruch "
     "verlassen. ",
     "„Wir haben nichts zu verbergen“, sagte sie den Reportern und ging ohne weitere Fragen. ",
     "Zwei der Schiffe lagen noch vor Anker, als die ersten Lastwagen durch das Tor fuhren. "},
    {"El ministro dijo el martes que el convoy no saldría del puerto antes del amanecer. ",
     "«No tenemos nada que ocultar», dijo a los periodistas, y se marchó sin más preguntas. ",
     "Dos de los barcos seguían anclados cuando los primeros camiones cruzaron la puerta. "},
    {"Министр заявил во вторник, что колонна не покинет порт до рассвета. ",
     "«Нам нечего скрывать», — сказала она журналистам и ушла, не ответив на вопросы. ",
     "Два судна всё ещё стояли на якоре, когда через ворота прошли первые грузовики. "},
    {"Minister powiedział we wtorek, że konwój nie opuści portu przed świtem. ",
     "„Nie mamy nic do ukrycia” – rzuciła dziennikarzom i wyszła bez dalszych pytań. ",
     "Dwa statki nadal stały na kotwicy, gdy pierwsze ciężarówki przejechały przez bramę. "},
    {"قال الوزير يوم الثلاثاء إن القافلة لن تغادر الميناء قبل الفجر. ",
     "وقالت للصحفيين: ليس لدينا ما نخفيه، ثم غادرت دون أن تجيب عن الأسئلة. ",
     "وكانت سفينتان لا تزالان راسيتين عندما عبرت الشاحنات الأولى البوابة. "},
    {"部长星期二说，车队在黎明之前不会离开港口。",
     "她对记者说：“我们没有什么可隐瞒的”，然后没有回答问题就离开了。",
     "第一批卡车通过大门时，两艘船仍然停泊在那里。"},
};

static void make_texts(void)
{
    size_t room = (size_t)OWN_TEXTS * SENTENCES * 200;
    texts = malloc(room);
    for (int t = 0; texts && t < OWN_TEXTS; t++) {
        for (int s = 0; s < SENTENCES; s++) {
            const char *x = sentences[t % 8][(s * 5 + t / 8) % 3];
            memcpy(texts + size, x, strlen(x));
            size += strlen(x);
            if (s % 4 == 3) texts[size++] = '\n';
        }
        texts[size++] = '\0';
    }
}

static bool find_texts(void)
{
    size_t room = 2;
    for (size_t i = 0; i < size; i++) room += !texts[i];
    free(starts);
    starts = malloc(room * sizeof *starts);
    if (!starts) return false;
    count = 0;
    starts[0] = 0;
    for (size_t i = 0; i < size; i++)
        if (!texts[i]) starts[++count] = i + 1;
    return true;
}

static bool read_texts(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f || fseek(f, 0, SEEK_END)) return false;
    long n = ftell(f);
    rewind(f);
    texts = n < 0 ? NULL : malloc((size_t)n + 1);
    if (texts) size = fread(texts, 1, (size_t)n, f);
    fclose(f);
    if (texts) texts[size++] = '\0';
    return texts != NULL;
}

/* ------------------------------------------------------------------ ways */

static void own(const char *text, size_t n)
{
    language_result result;
    if (!language_detect(&settings, &scratch, (const uint8_t *)text, n, &result)) exit(1);
}

/* The same for texts that were read just before, as in a run that has parsed them; see
 * run_read. */
static void own_read(const char *text, size_t n)
{
    own(text, n);
}

static void summary(const char *text, size_t n)
{
    int languages[3], percents[3], bytes;
    bool reliable;
    cld2.summary(text, (int)n, true, languages, percents, &bytes, &reliable);
}

static void chunks(const char *text, size_t n)
{
    const cld2_hints hints = {NULL, NULL, 23, 26}; /* unknown encoding, unknown language */
    int languages[3], percents[3], bytes;
    double scores[3];
    bool reliable;
    void *vector[3] = {NULL, NULL, NULL};
    cld2.chunks(text, (int)n, true, &hints, 0, languages, percents, scores, vector, &bytes,
                &reliable);
    free(vector[0]);
}

typedef struct {
    const char *name;
    void (*label)(const char *text, size_t n);
    int unit, tier;
    bool every_byte;
    int rounds;
    double took[ROUNDS];
} way;

static way ways[] = {
    {"spans, auto", own, LANGUAGE_UNIT_SPAN, LANGUAGE_TIER_AUTO, false, ROUNDS, {0}},
    {"spans, fast", own, LANGUAGE_UNIT_SPAN, LANGUAGE_TIER_FAST, false, ROUNDS, {0}},
    {"spans, accurate", own, LANGUAGE_UNIT_SPAN, LANGUAGE_TIER_ACCURATE, false, 1, {0}},
    {"document, auto", own, LANGUAGE_UNIT_DOCUMENT, LANGUAGE_TIER_AUTO, false, ROUNDS, {0}},
    {"document, fast, every byte",
     own,
     LANGUAGE_UNIT_DOCUMENT,
     LANGUAGE_TIER_FAST,
     true,
     ROUNDS,
     {0}},
    {"document, fast, early stop",
     own,
     LANGUAGE_UNIT_DOCUMENT,
     LANGUAGE_TIER_FAST,
     false,
     ROUNDS,
     {0}},
    {"document, early stop, just read",
     own_read,
     LANGUAGE_UNIT_DOCUMENT,
     LANGUAGE_TIER_FAST,
     false,
     ROUNDS,
     {0}},
    {"CLD2, chunks", chunks, 0, 0, false, 3, {0}},
    {"CLD2, document", summary, 0, 0, false, 3, {0}},
};

/* The time of labelling alone; each few texts, less than a second-level cache, are read before. */
static double run_read(const way *w)
{
    double took = 0;
    for (size_t i = 0; i < count; i += AT_ONCE) {
        const size_t to = i + AT_ONCE < count ? i + AT_ONCE : count;
        for (size_t k = starts[i]; k < starts[to]; k += 64) (void)*(volatile char *)(texts + k);
        double before = seconds();
        for (size_t t = i; t < to; t++) w->label(texts + starts[t], starts[t + 1] - starts[t] - 1);
        took += seconds() - before;
    }
    return took;
}

static void run_way(way *w, int round)
{
    settings.unit = w->unit;
    settings.tier = w->tier;
    settings.every_byte = w->every_byte;
    if (w->label == own_read) {
        w->took[round] = run_read(w);
        return;
    }
    double before = seconds();
    for (size_t i = 0; i < count; i++) w->label(texts + starts[i], starts[i + 1] - starts[i] - 1);
    w->took[round] = seconds() - before;
}

static bool open_model(const char *name, uint32_t kind, language_model *out)
{
    char path[1024];
    struct stat st;
    snprintf(path, sizeof path, "%s/plugins/language/data/%s", TAMIS_SOURCE_FOLDER, name);
    int fd = open(path, O_RDONLY);
    if (fd < 0 || fstat(fd, &st)) return false;
    void *p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    return p != MAP_FAILED && !language_model_open(p, (size_t)st.st_size, kind, out);
}

static void load_cld2(void)
{
    void *library = dlopen("libcld2.so.0", RTLD_NOW);
    void *one = library ? dlsym(library, "_ZN4CLD224ExtDetectLanguageSummaryEPKcibPNS_"
                                         "8LanguageEPiS4_Pb")
                        : NULL;
    void *other = library ? dlsym(library, "_ZN4CLD224ExtDetectLanguageSummaryEPKcibPKNS_"
                                           "8CLDHintsEiPNS_8LanguageEPiPdPSt6vectorINS_"
                                           "11ResultChunkESaISA_EES7_Pb")
                          : NULL;
    memcpy(&cld2.summary, &one, sizeof one);
    memcpy(&cld2.chunks, &other, sizeof other);
    if (!one || !other) puts("libcld2.so.0 is not installed: no rows of CLD2");
}

static void measure(const char *name, const char *only)
{
    const size_t kinds = sizeof ways / sizeof ways[0];
    printf("%s, %.1f MB\n", name, (double)size / 1e6);
    for (int round = 0; round < ROUNDS; round++)
        for (size_t i = 0; i < kinds; i++)
            if (round < ways[i].rounds && strstr(ways[i].name, only) &&
                (ways[i].label == own || ways[i].label == own_read ||
                 (cld2.summary && cld2.chunks)))
                run_way(&ways[i], round);
    for (size_t i = 0; i < kinds; i++) {
        double took = median(ways[i].took, (size_t)ways[i].rounds);
        if (took > 0)
            printf("    %-32s %8.0f MB/s   (best %.0f)\n", ways[i].name, (double)size / took / 1e6,
                   (double)size / ways[i].took[0] / 1e6);
    }
}

int main(int argc, char **argv)
{
    const char *only = "";
    int first = 1;
    if (argc > 2 && !strcmp(argv[1], "-w")) {
        only = argv[2];
        first = 3;
    }
    double before = seconds();
    if (!open_model("fast.model", LANGUAGE_FAST, &settings.fast) ||
        !open_model("accurate.model", LANGUAGE_ACCURATE, &settings.accurate))
        return fputs("no models\n", stderr), 1;
    double opened = seconds() - before;
    for (int width = 64; !language_kernel_get(width, &settings.kernel);) width /= 2;
    printf("models opened in %.3f ms; vectors of %d bytes\n", 1e3 * opened, settings.kernel.width);
    settings.min_score = .5;
    load_cld2();
    for (int i = first; i < argc || i == first; i++) {
        if (i == argc)
            make_texts();
        else if (!read_texts(argv[i]))
            return perror(argv[i]), 1;
        if (!texts || !find_texts()) return fputs("no memory for the texts\n", stderr), 1;
        measure(i == argc ? "own texts" : argv[i], only);
        free(texts);
        texts = NULL;
        size = 0;
    }
    free(starts);
    language_scratch_free(&scratch);
    return 0;
}
