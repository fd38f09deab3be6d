/* How fast terms are found, by each scanning path of this machine, with few and many terms, in
 * mixed and in Cyrillic text; how long a gazetteer takes to compile and what it weighs. Beside it,
 * in the same rounds: reading the bytes, and Vectorscan where its library is found (libhs.so.5; its
 * literals know neither word boundaries nor folding of accents, so its task is the easier one).
 *
 *     build/bench/terms_bench [TEXT …]      medians of ROUNDS interleaved passes, MB/s of one core
 *
 * Without texts it makes its own: words of eight languages in their usual frequencies, one in two
 * hundred a word that begins terms. */
#include "base/base.h"
#include "match/terms.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

#include "clock.h"

enum { ROUNDS = 7, TEXT_BYTES = 12 << 20, FEW = 250, MANY = 100000, HITS = 256 };

static uint32_t dice(uint64_t *state, uint32_t faces)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)((*state >> 33) % faces);
}

/* ------------------------------------------------------------------ words */

static const struct {
    const char *lang;
    unsigned share; /* of mixed text, in hundredths */
    const char *common, *rare, *heads, *qualities;
} tongues[] = {
    {"fr", 40,
     "le la les de des du un une et à en que qui dans pour sur au aux par ne pas se ce il elle est "
     "sont a ont été avec plus son sa ses leur mais ou d l qu n s y",
     "ministre région frontière journée déclaré habitants pays économique président réunion matin "
     "récolte préfecture tempête médecins élèves chantier rivière budget ancienne première société "
     "développement gouvernement négociations semaine théâtre bibliothèque voyageurs côte marché",
     "missile char obus drone fusil mortier canon grenade torpille roquette",
     "lourd léger moderne blindé antichar guidé naval tactique nucléaire portatif"},
    {"en", 20,
     "the of to and a in is it that for on was with as be by at from has have not are this an were "
     "but they which their or had will been",
     "minister border region economic school river council weather according children farmers "
     "hospital project library travellers harbour market meeting morning statement budget former "
     "development government negotiations company coast railway",
     "missile tank shell drone rifle mortar gun grenade torpedo rocket",
     "heavy light modern armoured guided naval tactical nuclear portable ballistic"},
    {"de", 10,
     "der die das und in zu den mit von für auf ist im nicht ein eine dem des auch sich es an als "
     "werden aus er hat dass sie nach bei",
     "Regierung Grenze Wirtschaft Präsident Schüler Ärzte Fluss Behörde Straßenbau Gespräche "
     "Bürgermeister Landwirtschaft Hafen früher Woche Entwicklung Universität Gemeinde",
     "Rakete Panzer Granate Drohne Gewehr Mörser Kanone Torpedo Haubitze",
     "schwere leichte moderne gepanzerte gelenkte taktische nukleare tragbare"},
    {"es", 8,
     "de la que el en y a los del se las por un para con no una su al lo como más pero sus le ya "
     "este sí porque esta entre",
     "gobierno frontera región economía presidente reunión cosecha médicos río escuela años "
     "negociación desarrollo mañana compañía antigua biblioteca mercado",
     "misil tanque obús dron fusil mortero cañón granada torpedo cohete",
     "pesado ligero moderno blindado guiado naval táctico nuclear portátil"},
    {"it", 6,
     "di e il la che in a per un è del non si da una con le dei i al sono come più della nel anche",
     "governo confine regione economia presidente riunione raccolto medici fiume scuola città "
     "trattativa sviluppo mattina società antica biblioteca mercato però università",
     "missile carro obice drone fucile mortaio cannone granata siluro razzo",
     "pesante leggero moderno blindato guidato navale tattico nucleare portatile"},
    {"pt", 6,
     "de a o que e do da em um para com não uma os no se na por mais as dos como mas ao ele das",
     "governo fronteira região economia presidente reunião colheita médicos rio escola cidade "
     "negociação desenvolvimento manhã companhia antiga biblioteca mercado",
     "míssil tanque obus drone fuzil morteiro canhão granada torpedo foguete",
     "pesado leve moderno blindado guiado naval tático nuclear portátil"},
    {"ru", 6,
     "и в не на я что он с как это по но они из у за от так для о же ты все его до мы при был",
     "правительство граница область экономика президент встреча урожай врачи река школа город "
     "переговоры развитие утро компания древний библиотека рынок министр заявил сообщили неделя",
     "ракета танк снаряд дрон винтовка миномёт пушка граната торпеда гаубица",
     "тяжёлый лёгкий современный бронированный управляемый тактический ядерный переносной"},
    {"uk", 4, "і в не на що він з як це по але вони із у за від так для до є ми при був та й",
     "уряд кордон область економіка президент зустріч урожай лікарі річка школа місто перемовини "
     "розвиток ранок компанія давній бібліотека ринок міністр заявив повідомили тиждень",
     "ракета танк снаряд дрон гвинтівка міномет гармата граната торпеда гаубиця",
     "важкий легкий сучасний броньований керований тактичний ядерний переносний"}};
enum { TONGUES = sizeof tongues / sizeof *tongues };

static size_t word_count(const char *words)
{
    size_t count = 1;
    for (; *words; words++) count += *words == ' ';
    return count;
}

static tamis_str word_at(const char *words, size_t index)
{
    for (; index > 0; words++) index -= *words == ' ';
    return (tamis_str){words, strcspn(words, " ")};
}

/* A gazetteer of `count` terms: heads alone, with a quality, with two, with a designator. */
static void make_terms(buffer *out, size_t count)
{
    uint64_t state = 5;
    buffer_append_text(out, "term\tlang\tvalue\tcategory\tnotes\n");
    for (size_t i = 0; i < count; i++) {
        const size_t l = i % TONGUES;
        const char *heads = tongues[l].heads, *more = tongues[l].qualities;
        tamis_str head = word_at(heads, dice(&state, (uint32_t)word_count(heads)));
        tamis_str a = word_at(more, dice(&state, (uint32_t)word_count(more)));
        tamis_str b = word_at(tongues[l].rare, dice(&state, (uint32_t)word_count(tongues[l].rare)));
        switch (i < FEW ? i / TONGUES % 3 : dice(&state, 6)) {
        case 0: buffer_printf(out, "%.*s", (int)head.n, head.p); break;
        case 1: buffer_printf(out, "%.*s %.*s", (int)head.n, head.p, (int)a.n, a.p); break;
        case 2:
            buffer_printf(out, "%c%c-%u", 'A' + dice(&state, 26), 'A' + dice(&state, 26),
                          dice(&state, 999) + 1);
            break;
        case 3:
            buffer_printf(out, "%.*s %.*s de %.*s", (int)head.n, head.p, (int)a.n, a.p, (int)b.n,
                          b.p);
            break;
        default:
            buffer_printf(out, "%.*s %c%c%u %.*s", (int)head.n, head.p, 'A' + dice(&state, 26),
                          'A' + dice(&state, 26), dice(&state, 9999), (int)a.n, a.p);
        }
        buffer_printf(out, "\t%s\tv%zu\ta.b\t\n", tongues[l].lang, i);
    }
}

/* A word, a third of them made longer, so that the vocabulary is not that of this file. */
static void put_word(buffer *out, const char *words, uint64_t *state, bool vary)
{
    static const char *const latin[] = {"s", "es", "er", "en", "ment", "ion", "al", "é"};
    static const char *const cyrillic[] = {"а", "ы", "ов", "ами", "ский", "ная", "ение", "ь"};
    uint32_t count = (uint32_t)word_count(words);
    tamis_str w = word_at(words, dice(state, count));
    buffer_append(out, w.p, w.n);
    if (vary && dice(state, 3) == 0) {
        const char *more =
            (unsigned char)*w.p >= 0xD0 ? cyrillic[dice(state, 8)] : latin[dice(state, 8)];
        buffer_append_text(out, more);
    }
}

static void make_text(buffer *out, bool cyrillic)
{
    uint64_t state = 11;
    while (out->n < TEXT_BYTES) {
        size_t l = 0;
        if (cyrillic)
            l = 6 + (dice(&state, 10) >= 6);
        else
            for (uint32_t at = dice(&state, 100); at >= tongues[l].share; l++)
                at -= tongues[l].share;
        for (unsigned words = 300 + dice(&state, 600), i = 0; i < words; i++) {
            uint32_t kind = dice(&state, 200);
            if (kind < 90)
                put_word(out, tongues[l].common, &state, false);
            else if (kind < 195)
                put_word(out, tongues[l].rare, &state, true);
            else if (kind < 199)
                buffer_printf(out, "%u", dice(&state, 3000));
            else
                put_word(out, tongues[l].heads, &state, false);
            buffer_append_text(out, dice(&state, 14) ? " " : dice(&state, 3) ? ", " : ". ");
        }
        buffer_append_text(out, "\n\n");
    }
}

/* ------------------------------------------------------------------ what is measured */

static size_t search(const tamis_terms *terms, tamis_str text)
{
    tamis_hit hits[HITS];
    size_t count = 0, next = 0;
    while (next < text.n) count += terms_find(terms, text, next, NULL, NULL, hits, HITS, &next);
    return count;
}

/* The yardstick: as many bytes summed as memory gives. */
static uint64_t sum(tamis_str text)
{
    uint64_t total = 0;
    for (size_t i = 0; i + 8 <= text.n; i += 8) {
        uint64_t word;
        memcpy(&word, text.p + i, 8);
        total += word;
    }
    return total;
}

/* --- the peer */

typedef int (*on_match)(unsigned id, unsigned long long from, unsigned long long to, unsigned flags,
                        void *user);
typedef struct {
    int (*compile)(const char *const *text, const unsigned *flags, const unsigned *ids,
                   const size_t *lengths, unsigned count, unsigned mode, const void *platform,
                   void **database, void **why);
    int (*scratch)(const void *database, void **out);
    int (*scan)(const void *database, const char *text, unsigned n, unsigned flags, void *scratch,
                on_match call, void *user);
    void *database[2], *memory;
} peer;

static int count_match(unsigned id, unsigned long long from, unsigned long long to, unsigned flags,
                       void *user)
{
    (void)id, (void)from, (void)to, (void)flags;
    ++*(size_t *)user;
    return 0;
}

/* The first cells of the rows, as literals without case. */
static bool peer_compile(peer *self, int which, const buffer *rows)
{
    enum { BLOCK = 1, CASELESS = 1 };
    const char **text = calloc(MANY, sizeof *text);
    size_t *lengths = calloc(MANY, sizeof *lengths);
    unsigned *flags = calloc(MANY, sizeof *flags), *ids = calloc(MANY, sizeof *ids), count = 0;
    void *why;
    bool done = text && lengths && flags && ids;
    for (const char *at = strchr(rows->p, '\n'); done && at && at + 1 < rows->p + rows->n;
         at = strchr(at + 1, '\n')) {
        size_t n = strcspn(at + 1, "\t");
        if (n == 0) continue;
        text[count] = at + 1, lengths[count] = n;
        flags[count] = CASELESS, ids[count] = count;
        count++;
    }
    done = done && self->compile(text, flags, ids, lengths, count, BLOCK, NULL,
                                 &self->database[which], &why) == 0;
    free(text);
    free(lengths);
    free(flags);
    free(ids);
    return done && self->scratch(self->database[which], &self->memory) == 0;
}

static bool peer_open(peer *self, const buffer *few, const buffer *many)
{
    void *library = dlopen("libhs.so.5", RTLD_NOW);
    if (!library) return false;
    *(void **)&self->compile = dlsym(library, "hs_compile_lit_multi");
    *(void **)&self->scratch = dlsym(library, "hs_alloc_scratch");
    *(void **)&self->scan = dlsym(library, "hs_scan");
    return self->compile && self->scratch && self->scan && peer_compile(self, 0, few) &&
           peer_compile(self, 1, many);
}

typedef struct {
    const char *name;
    tamis_terms *terms[2];
    double times[2][ROUNDS];
} measured_path;

static void measure(const char *title, tamis_str text, tamis_terms *few, tamis_terms *many,
                    const peer *vectorscan)
{
    measured_path all[4];
    size_t count = 0, hits[2] = {0};
    double yard[ROUNDS], peers[2][ROUNDS];
    static const char *const names[] = {"avx512", "avx2", "neon", "portable"};
    for (size_t i = 0; i < 4; i++)
        if (terms_use_path(names[i])) all[count++] = (measured_path){names[i], {few, many}, {{0}}};
    volatile uint64_t sink = 0;
    size_t found = 0;
    for (int round = 0; round < ROUNDS; round++) {
        double start = seconds();
        sink += sum(text);
        (void)sink;
        yard[round] = seconds() - start;
        for (int size = 0; vectorscan && size < 2; size++) {
            start = seconds();
            vectorscan->scan(vectorscan->database[size], text.p, (unsigned)text.n, 0,
                             vectorscan->memory, count_match, &found);
            peers[size][round] = seconds() - start;
        }
        for (size_t i = 0; i < count; i++) {
            terms_use_path(all[i].name);
            for (int size = 0; size < 2; size++) {
                start = seconds();
                hits[size] = search(all[i].terms[size], text);
                all[i].times[size][round] = seconds() - start;
            }
        }
    }
    printf("%s: %.1f MB, %zu and %zu hits; memory read at %.0f MB/s\n", title, (double)text.n / 1e6,
           hits[0], hits[1], (double)text.n / 1e6 / median(yard, ROUNDS));
    for (size_t i = 0; i < count; i++) {
        double a = (double)text.n / 1e6 / median(all[i].times[0], ROUNDS);
        double b = (double)text.n / 1e6 / median(all[i].times[1], ROUNDS);
        printf("  %-9s %6.0f MB/s with %d terms, %6.0f MB/s with %d, ratio %.2f\n", all[i].name, a,
               FEW, b, MANY, a / b);
    }
    if (!vectorscan) {
        puts("  vectorscan is not here (libhs.so.5): no peer");
        return;
    }
    double a = (double)text.n / 1e6 / median(peers[0], ROUNDS);
    double b = (double)text.n / 1e6 / median(peers[1], ROUNDS);
    printf("  %-9s %6.0f MB/s with %d terms, %6.0f MB/s with %d, ratio %.2f (literals, no "
           "boundaries)\n",
           "vectorscan", a, FEW, b, MANY, a / b);
}

static tamis_terms *compile(buffer *rows, double *took)
{
    terms_file file = {"bench.tsv", {rows->p, rows->n}};
    tamis_terms *terms = NULL;
    double times[ROUNDS];
    error e = {0};
    for (int i = 0; i < ROUNDS; i++) {
        terms_free(terms);
        double start = seconds();
        if (terms_compile(&file, 1, NULL, 0, NULL, NULL, &terms, &e) != TAMIS_OK) exit(1);
        times[i] = seconds() - start;
    }
    *took = median(times, ROUNDS);
    return terms;
}

static bool read_text(const char *path, buffer *out)
{
    char block[65536];
    FILE *f = fopen(path, "rb");
    if (!f) return false;
    for (size_t n; (n = fread(block, 1, sizeof block, f)) > 0;) buffer_append(out, block, n);
    fclose(f);
    return true;
}

int main(int count, char **args)
{
    buffer few_rows = {0}, many_rows = {0};
    double few_time, many_time;
    make_terms(&few_rows, FEW);
    make_terms(&many_rows, MANY);
    peer vectorscan = {0};
    bool has_peer = peer_open(&vectorscan, &few_rows, &many_rows);
    tamis_terms *few = compile(&few_rows, &few_time), *many = compile(&many_rows, &many_time);
    printf(
        "compiled: %d terms in %.4f s, %.1f MB; %d terms in %.4f s, %.1f MB and %.1f MB of text\n",
        FEW, few_time, (double)terms_memory(few) / 1e6, MANY, many_time,
        (double)terms_memory(many) / 1e6, (double)many_rows.n / 1e6);
    for (int i = 0; i < (count > 1 ? count - 1 : 2); i++) {
        buffer text = {0};
        if (count > 1 && !read_text(args[i + 1], &text)) {
            fprintf(stderr, "%s: cannot be read\n", args[i + 1]);
            return 1;
        }
        if (count == 1) make_text(&text, i == 1);
        measure(count > 1 ? args[i + 1]
                : i       ? "Cyrillic"
                          : "mixed",
                (tamis_str){text.p, text.n}, few, many, has_peer ? &vectorscan : NULL);
        buffer_free(&text);
    }
    terms_free(few);
    terms_free(many);
    buffer_free(&few_rows);
    buffer_free(&many_rows);
    return 0;
}
