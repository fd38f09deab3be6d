/* How fast the quotes engine goes: news full of quotations, the same without marks, and, as the
 * yardstick of the machine at that moment, memchr over the same bytes. Instructions count steadier than
 * seconds on a shared machine: run it under `valgrind --tool=callgrind` for those. */
#include <time.h>

#include "../../plugins/quotes/tests/harness.h"

static const char *const news[] = {
    "« Le pont ouvrira avant l’hiver », a déclaré Anne Meunier, maire de Lindre. Elle avait reçu "
    "lundi "
    "les riverains du quai, qui demandent depuis trois ans une passerelle.\n",
    "Le chantier a commencé en mars avec deux mois de retard, après une crue que le service des "
    "eaux "
    "n’avait pas prévue. Trente ouvriers y travaillent chaque jour, du matin au soir.\n",
    "Selon le conseiller Paul Rivière, la facture est « beaucoup trop lourde » pour une ville de "
    "huit "
    "mille habitants. « Nous n’avons pas été consultés, explique-t-il. Personne ne l’a été. »\n",
    "La région paiera la moitié de la somme, le département un quart. Le reste viendra d’un "
    "emprunt que "
    "le conseil votera en juin, si la majorité tient jusque là.\n",
};

enum { BYTES = 4 << 20, ROUNDS = 5 };

static char *make(bool marks, size_t *size)
{
    char *text = malloc(BYTES + 1024);
    size_t n = 0;
    if (!text) exit(70);
    for (unsigned i = 0; n < BYTES; i++) {
        const char *p = news[i % (sizeof news / sizeof *news)];
        for (; *p; p++) {
            bool mark = !memcmp(p, "\xC2\xAB", 2) || !memcmp(p, "\xC2\xBB", 2);
            if (mark && !marks) {
                p++;
                continue;
            }
            text[n++] = *p;
        }
    }
    *size = n;
    return text;
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void measure(harness *h, const char *what, bool marks)
{
    size_t size;
    char *text = make(marks, &size);
    double best = 1e9, scan = 1e9;
    for (int i = 0; i < ROUNDS; i++) {
        double start = now();
        harness_run(h, "fr", (tamis_str){text, size});
        double spent = now() - start;
        best = spent < best ? spent : best;
        start = now();
        const void *volatile hit = memchr(text + i, 1, size - (size_t)i);
        (void)hit;
        spent = now() - start;
        scan = spent < scan ? spent : scan;
    }
    printf("%-28s %8.1f MB/s  %6u quotations  (memchr %.0f MB/s)\n", what,
           (double)size / best / 1e6, h->quote_count, (double)size / scan / 1e6);
    free(text);
}

int main(void)
{
    harness *h = harness_open();
    if (!h) return 70;
    measure(h, "news with quotations", true);
    measure(h, "the same without marks", false);
    harness_close(h);
    return 0;
}
