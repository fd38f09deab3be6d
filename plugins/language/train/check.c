/* check.c: measures a packed model with the code that ships, and fits its sharpness.
 *
 *   check FAST ACCURATE fit|measure TEXTS...       ("-" for a model that is not there)
 *   check FAST ACCURATE balance OUT TEXTS...
 *   check FAST ACCURATE copy MODEL
 *
 * Each text of "label TAB text" lines is one unit. fit: for each length of text the factor on
 * scores that makes its shares likeliest is written into the model (the accurate one where both are
 * named). copy: takes it over into MODEL. balance: what must be added to each label's scores so
 * that it is named in long texts as often as it is right (a language near a better known one is
 * named too seldom), as "label TAB value" lines. measure: of one tier, or of both as the stage asks
 * them for a text's one label with a least score of 0: macro accuracy over the 75 languages of the
 * test files and over all, coverage and precision at p >= .9, calibration error, and the unknown
 * answered at p >= .9. BY_LABEL=SHARE in the environment: labels right less often than that. */
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../detect.h"

enum { MAX_TEXT = 1 << 16, BASE_LABELS = 75 };

typedef struct {
    int label; /* -1: none of the model's */
    int step;
    language_answer answer;
} result;

static language_model fast, accurate;
static language_kernel kernel;

static uint8_t *map(const char *path, uint32_t kind, language_model *out)
{
    struct stat st;
    if (!strcmp(path, "-")) return NULL;
    int fd = open(path, O_RDWR);
    if (fd < 0 || fstat(fd, &st)) exit(1);
    uint8_t *p = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    const char *wrong = language_model_open(p, (size_t)st.st_size, kind, out);
    if (wrong) {
        fprintf(stderr, "%s %s\n", path, wrong);
        exit(1);
    }
    close(fd);
    return p;
}

static void score(const language_model *m, int script, const uint8_t *text, size_t n, result *r)
{
    static uint8_t folded[MAX_TEXT + 64];
    static language_memory memory;
    if (m == &fast) {
        language_fold(text, n, folded + 1);
        folded[0] = folded[n + 1] = ' ';
        size_t window = (size_t)language_window(script);
        size_t m2 = n > LANGUAGE_FAST_BYTES ? LANGUAGE_FAST_BYTES : n;
        r->step = language_length_step(m2 + 3 > window ? m2 + 3 - window : 0);
        language_effort all = {0, 1, NULL, LANGUAGE_LABEL_UND};
        const language_piece piece = {folded + 1, n, script, &r->answer, false, false, 0};
        language_score_fast(m, &kernel, &all, &piece, 1);
    } else {
        language_question asked = {text, n, &r->answer, script, 0};
        language_score_accurate(m, &kernel, NULL, &asked, 1, &memory);
        r->step = asked.step;
    }
}

/* Both tiers, as the stage asks them for one label. */
static void score_both(const uint8_t *text, size_t n, result *r)
{
    static language_scratch scratch;
    language_settings set = {.fast = fast,
                             .accurate = accurate,
                             .kernel = kernel,
                             .unit = LANGUAGE_UNIT_DOCUMENT,
                             .tier = LANGUAGE_TIER_AUTO};
    language_result got;
    if (!language_detect(&set, &scratch, text, n, &got)) exit(1);
    memset(&r->answer, 0, sizeof r->answer);
    r->answer.count = got.label != LANGUAGE_LABEL_UND;
    r->answer.label[0] = got.label;
    r->answer.p[0] = got.p;
}

static size_t read_results(const language_model *m, const char *path, result **out, size_t count)
{
    static char line[MAX_TEXT];
    const language_model *names = fast.head ? &fast : &accurate;
    FILE *f = fopen(path, "r");
    if (!f) exit(1);
    while (fgets(line, sizeof line, f)) {
        char *tab = strchr(line, '\t');
        uint32_t counts[LANGUAGE_SCRIPT_COUNT];
        if (!tab) continue;
        size_t n = strcspn(tab + 1, "\n");
        const uint8_t *text = (const uint8_t *)tab + 1;
        int script = language_count_scripts(text, n, counts);
        if (script == LANGUAGE_NO_SCRIPT) continue;
        if ((count & (count - 1)) == 0)
            *out = realloc(*out, (count ? count * 2 : 1) * sizeof **out);
        result *r = &(*out)[count++];
        r->label = language_model_label(names, line, (size_t)(tab - line));
        if (m)
            score(m, script, text, n, r);
        else
            score_both(text, n, r);
    }
    fclose(f);
    return count;
}

/* -log of the right label's share when scores are multiplied by `sharp`. */
static double loss_at(const result *r, double sharp)
{
    double sum = 0, right = 1e-6;
    for (int i = 0; i < r->answer.count; i++) {
        double p = pow(r->answer.p[i], sharp);
        sum += p;
        if (r->answer.label[i] == r->label) right = p;
    }
    sum += r->answer.und > 0 ? pow(r->answer.und, sharp) : 0;
    return -log(right / (sum + 1e-9) + 1e-6);
}

static void fit(const language_model *m, language_head *head, int count, char **paths)
{
    result *r = NULL;
    size_t n = 0;
    for (int i = 0; i < count; i++) n = read_results(m, paths[i], &r, n);
    float found[LANGUAGE_LENGTHS];
    for (int step = 0; step < LANGUAGE_LENGTHS; step++) {
        double best = 1, least = INFINITY;
        size_t texts = 0;
        for (int twentieths = 10; twentieths <= 52; twentieths++) {
            double sharp = twentieths / 20.0, loss = 0;
            texts = 0;
            for (size_t i = 0; i < n; i++)
                if (r[i].label >= 0 && r[i].step == step && r[i].answer.count > 1) {
                    loss += loss_at(&r[i], sharp);
                    texts++;
                }
            if (loss < least) {
                least = loss;
                best = sharp;
            }
        }
        found[step] = texts > 150 ? (float)best : 0;
        fprintf(stderr, "length %d: %zu texts, sharpness x %.2f\n", step, texts, found[step]);
    }
    for (int step = 1; step < LANGUAGE_LENGTHS; step++)
        if (found[step] == 0) found[step] = found[step - 1];
    for (int step = LANGUAGE_LENGTHS - 2; step >= 0; step--)
        if (found[step] == 0) found[step] = found[step + 1];
    for (int s = 0; s < LANGUAGE_SCRIPT_COUNT; s++)
        for (int step = 0; step < LANGUAGE_LENGTHS; step++)
            if (found[step] > 0) head->script[s].sharpness[step] *= found[step];
    free(r);
}

/* One step: shares moved by what is added so far, then more for labels whose shares add up to less
 * than their texts. */
static void balance_step(result *const *r, size_t n, const double *texts, double *add)
{
    enum { DOUBT = 12 }; /* texts of either kind that are taken for granted */
    static double sum[256];
    memset(sum, 0, sizeof sum);
    for (size_t i = 0; i < n; i++) {
        const language_answer *a = &r[i]->answer;
        double p[LANGUAGE_CANDIDATES], all = a->und + a->rest;
        for (int k = 0; k < a->count; k++) all += p[k] = a->p[k] * exp(add[a->label[k]]);
        for (int k = 0; k < a->count; k++) sum[a->label[k]] += p[k] / all;
    }
    for (int l = 0; l < 255; l++)
        if (texts[l] > 0) add[l] += .5 * log((texts[l] + DOUBT) / (sum[l] + DOUBT));
}

/* What is to be added. */
static void balance_of(result *const *r, size_t n, double *add)
{
    double texts[256] = {0}, mean = 0, labels = 0;
    for (size_t i = 0; i < n; i++)
        if (r[i]->label >= 0) texts[r[i]->label]++;
    for (int i = 0; i < 40; i++) balance_step(r, n, texts, add);
    for (int l = 0; l < 255; l++) { /* among themselves: what all gain is COMMON's matter */
        mean += texts[l] > 0 ? add[l] : 0;
        labels += texts[l] > 0;
    }
    for (int l = 0; l < 255; l++)
        if (texts[l] > 0) add[l] -= mean / labels;
}

/* Only of long texts: on words and pairs of words it gained nothing. */
static void balance(const language_model *m, const char *out, int count, char **paths)
{
    static double add[256];
    const double trust = .6; /* a label's texts are few, and other texts are balanced otherwise */
    const int first_long = m == &fast ? LANGUAGE_LONG_FAST : LANGUAGE_LONG_ACCURATE;
    result *r = NULL;
    size_t n = 0, kept = 0;
    for (int i = 0; i < count; i++) n = read_results(m, paths[i], &r, n);
    result **some = malloc((n + 1) * sizeof *some);
    for (size_t i = 0; i < n; i++)
        if (r[i].step >= first_long) some[kept++] = &r[i];
    balance_of(some, kept, add);
    FILE *f = fopen(out, "w");
    if (!f) exit(1);
    for (uint32_t l = 0; l < m->head->labels; l++)
        fprintf(f, "%s\t%.3f\n", m->head->label[l].iso, trust * add[l]);
    fclose(f);
    free(some);
    free(r);
}

static void measure(const language_model *m, const char *path)
{
    static double right[256], all[256], gap[10];
    double sure = 0, sure_right = 0, unknown = 0, unknown_sure = 0, count = 0, error = 0;
    result *r = NULL;
    size_t n = read_results(m, path, &r, 0);
    memset(right, 0, sizeof right);
    memset(all, 0, sizeof all);
    memset(gap, 0, sizeof gap);
    for (size_t i = 0; i < n; i++) {
        const language_answer *a = &r[i].answer;
        int best = 0;
        for (int k = 1; k < a->count; k++)
            if (a->p[k] > a->p[best]) best = k;
        double p = a->count ? a->p[best] : 0;
        if (r[i].label < 0) {
            unknown++;
            unknown_sure += p >= .9;
            continue;
        }
        bool hit = a->count && a->label[best] == r[i].label;
        count++;
        all[r[i].label]++;
        right[r[i].label] += hit;
        sure += p >= .9;
        sure_right += hit && p >= .9;
        gap[p >= 1 ? 9 : (int)(p * 10)] += p - hit;
    }
    double base = 0, bases = 0, known = 0, knowns = 0;
    for (int l = 0; l < 256; l++) {
        if (!all[l]) continue;
        base += l < BASE_LABELS ? right[l] / all[l] : 0;
        bases += l < BASE_LABELS;
        known += right[l] / all[l];
        knowns++;
        if (getenv("BY_LABEL") && right[l] / all[l] < atof(getenv("BY_LABEL")))
            printf("  %s %.1f", (fast.head ? &fast : &accurate)->head->label[l].iso,
                   100 * right[l] / all[l]);
    }
    for (int b = 0; b < 10; b++) error += fabs(gap[b]);
    printf(
        "%-26s %6.2f (%.0f) all %6.2f (%.0f)  p>=.9 %5.1f right %6.2f  error %.4f  unknown %.1f\n",
        strrchr(path, '/') ? strrchr(path, '/') + 1 : path, 100 * base / bases, bases,
        100 * known / knowns, knowns, 100 * sure / count, 100 * sure_right / sure, error / count,
        unknown ? 100 * unknown_sure / unknown : 0);
    free(r);
}

/* Takes over the sharpness that was fitted for another model of the same tier. */
static void copy(const language_head *from, const char *path)
{
    language_model other;
    language_head *to = (language_head *)(void *)(map(path, from->kind, &other) + LANGUAGE_HEADER);
    for (int s = 0; s < LANGUAGE_SCRIPT_COUNT; s++)
        memcpy(to->script[s].sharpness, from->script[s].sharpness, sizeof to->script[s].sharpness);
}

int main(int argc, char **argv)
{
    if (argc < 5) return 2;
    uint8_t *fast_file = map(argv[1], LANGUAGE_FAST, &fast);
    uint8_t *accurate_file = map(argv[2], LANGUAGE_ACCURATE, &accurate);
    const language_model *m = accurate.head ? &accurate : &fast;
    uint8_t *file = accurate.head ? accurate_file : fast_file;
    for (int width = 64; width >= 16 && !language_kernel_get(width, &kernel);) width /= 2;
    if (!strcmp(argv[3], "fit"))
        fit(m, (language_head *)(void *)(file + LANGUAGE_HEADER), argc - 4, argv + 4);
    else if (!strcmp(argv[3], "balance"))
        balance(m, argv[4], argc - 5, argv + 5);
    else if (!strcmp(argv[3], "copy"))
        copy(m->head, argv[4]);
    else
        for (int i = 4; i < argc; i++) measure(fast.head && accurate.head ? NULL : m, argv[i]);
    return 0;
}
