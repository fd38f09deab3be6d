/* train.c: hashed or listed n-gram windows -> labels, by multinomial logistic regression.
 *
 *   train fast|accurate MODEL LABELS ROWS EPOCHS RATE THREADS SOURCE[:weight[:crops]]... -- TEST...
 *     SOURCE, TEST: "label TAB text" lines (prepare.lua, ngrams.c). weight: copies an epoch (a
 *     fraction: a share); crops: pieces of one to six words cut from a text an epoch.
 *     EPOCHS: passes; PASSESxTIMES: so many times from nothing, and the mean of the weights.
 *     ROWS: fast: log2 of the Latin table's rows; accurate: KEYS:KEPT:RICH, the keys that are
 *     learnt first, those that stay when all but a few lanes of a key are cut off and the rest is
 *     learnt anew, and how many of these have room for twelve and eight lanes instead of four.
 *
 * A text's score for a label is the sum of its windows' weights over the root of their number, plus
 * the script's bias. Steps are AdaGrad by row; threads share the weights without locks. Every
 * example is roughened now and then as web text is: accents lost, markup words left over. */
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "roughen.h"
#include "train.h"

enum {
    MAX_TEXT = 1 << 16,
    MAX_ROWS = LANGUAGE_MAX_KEYS,
    BASE_LABELS = 75,
    SCRIPT_ROWS = LANGUAGE_SCRIPT_COUNT * 8 * TRAIN_ABSENT
};

typedef struct {
    const uint8_t *text;
    uint32_t size;
    uint8_t label, script;
    uint8_t source;
} example;

typedef struct {
    char *path;
    float weight;
    int crops;
} source;

static train_header H;
static float *W, *G;
static uint64_t *table_key; /* accurate: open addressing, key -> row */
static uint32_t *table_row;
static uint64_t table_mask;
static uint64_t *kept_keys;
static uint32_t *kept_counts;
static train_row *sparse; /* accurate, once pruned: rows of a few lanes */
/* The last passes read weights as they will be packed, so that what rounding adds up to is learnt
 * against; steps are taken on the weights themselves. */
static bool rounded;
static float half_step[LANGUAGE_SCRIPT_COUNT]; /* fast: one unit of a packed weight */
static int16_t lane_of[LANGUAGE_SCRIPT_COUNT][TRAIN_LABELS + 1];
static example *examples;
static size_t example_count;
static source sources[64];
static int source_count;

/* Zeroed memory that is read all over the place, in large pages where there are any: learning waits
 * for memory most of its time. */
static void *spread_memory(size_t bytes)
{
    void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at == MAP_FAILED) exit(1);
    madvise(at, bytes, MADV_HUGEPAGE);
    return at;
}

/* ------------------------------------------------------------------ reading */

static uint8_t *read_file(const char *path, size_t *size)
{
    FILE *f = fopen(path, "rb");
    if (!f) {
        perror(path);
        exit(1);
    }
    fseek(f, 0, SEEK_END);
    *size = (size_t)ftell(f);
    rewind(f);
    uint8_t *bytes = malloc(*size + 16);
    if (fread(bytes, 1, *size, f) != *size) exit(1);
    bytes[*size] = '\n';
    fclose(f);
    return bytes;
}

static void read_labels(const char *path)
{
    char line[256];
    FILE *f = fopen(path, "r");
    if (!f) exit(1);
    while (fgets(line, sizeof line, f)) {
        char *cell[4], *at = line;
        for (int i = 0; i < 4; i++) cell[i] = at ? strsep(&at, "\t\n") : NULL;
        if (line[0] == '#' || !cell[3] || !strcmp(cell[0], "und")) continue;
        snprintf(H.name[H.labels], sizeof H.name[0], "%s", cell[0]);
        snprintf(H.tag[H.labels], sizeof H.tag[0], "%s", cell[1]);
        snprintf(H.english[H.labels], sizeof H.english[0], "%s", cell[2]);
        snprintf(H.group[H.labels], sizeof H.group[0], "%s", cell[3]);
        H.labels++;
    }
    fclose(f);
}

static int label_number(const uint8_t *name, size_t n)
{
    for (uint32_t l = 0; l < H.labels; l++)
        if (strlen(H.name[l]) == n && !memcmp(H.name[l], name, n)) return (int)l;
    return (int)H.labels;
}

/* Reads a file's lines as examples; a label unknown is the background. */
static size_t read_examples(const char *path, int from, example **out, size_t count)
{
    size_t size;
    const uint8_t *p = read_file(path, &size), *end = p + size;
    size_t room = count;
    const uint8_t *last_name = NULL;
    size_t last_n = 0;
    int last_label = 0;
    while (p < end) {
        const uint8_t *stop = memchr(p, '\n', (size_t)(end - p) + 1);
        const uint8_t *tab = memchr(p, '\t', (size_t)(stop - p));
        if (tab && stop - tab > 2 && stop - tab < MAX_TEXT) {
            size_t n = (size_t)(tab - p);
            if (!last_name || n != last_n || memcmp(p, last_name, n))
                last_label = label_number(p, n);
            last_name = p;
            last_n = n;
            uint32_t counts[LANGUAGE_SCRIPT_COUNT];
            int script = language_count_scripts(tab + 1, (size_t)(stop - tab - 1), counts);
            if (script != LANGUAGE_NO_SCRIPT) {
                if (count == room) *out = realloc(*out, (room = room * 2 + 1024) * sizeof **out);
                (*out)[count++] = (example){tab + 1, (uint32_t)(stop - tab - 1),
                                            (uint8_t)last_label, (uint8_t)script, (uint8_t)from};
            }
        }
        p = stop + 1;
    }
    return count;
}

/* A script's lanes are the labels that a good part of their texts are written in, und the last. */
static void choose_lanes(void)
{
    static uint32_t count[LANGUAGE_SCRIPT_COUNT][TRAIN_LABELS + 1], total[TRAIN_LABELS + 1];
    for (size_t i = 0; i < example_count; i++) {
        count[examples[i].script][examples[i].label]++;
        total[examples[i].label]++;
    }
    for (int s = 0; s < LANGUAGE_SCRIPT_COUNT; s++) {
        uint32_t n = 0;
        memset(lane_of[s], -1, sizeof lane_of[s]);
        for (uint32_t l = 0; l < H.labels; l++)
            if (count[s][l] >= 12 && count[s][l] >= total[l] / 12 && n < TRAIN_LANES - 1) {
                H.label[s][n] = (uint8_t)l;
                lane_of[s][l] = (int16_t)n++;
            }
        if (!n) continue;
        H.label[s][n] = (uint8_t)H.labels;
        lane_of[s][H.labels] = (int16_t)n++;
        H.lanes[s] = n;
        fprintf(stderr, "%s %u lanes; ", language_script_names[s], n);
    }
    fputc('\n', stderr);
}

/* ------------------------------------------------------------------ features */

static uint32_t table_find(uint64_t key)
{
    for (uint64_t i = (key >> 3) * 0x9E3779B97F4A7C15ull >> 20 & table_mask;;
         i = (i + 1) & table_mask) {
        if (table_key[i] == key) return table_row[i];
        if (!table_key[i]) return UINT32_MAX;
    }
}

typedef struct {
    uint32_t row[MAX_ROWS];
    size_t count;
    uint32_t extra[8]; /* accurate: rows of what is absent; they count once each */
    size_t extras;
} features;

static void features_fast(int script, const uint8_t *text, size_t n, features *f)
{
    static _Thread_local uint8_t b[MAX_TEXT + 32];
    int window = language_window(script), bits = (int)H.row_bits[script];
    f->count = f->extras = 0;
    if (!bits) return;
    if (n > 4000) n = 4000;
    b[0] = ' ';
    language_fold(text, n, b + 1);
    b[n + 1] = ' ';
    for (size_t i = 0; i + (size_t)window <= n + 2 && f->count < MAX_ROWS; i++) {
        uint64_t x;
        memcpy(&x, b + i, 8);
        f->row[f->count++] = (uint32_t)H.row_base[script] + language_window_row(x, window, bits);
    }
}

static void features_accurate(int script, const uint8_t *text, size_t n, features *f)
{
    static _Thread_local uint64_t keys[LANGUAGE_MAX_KEYS];
    uint32_t seen[8] = {0}, absent[8] = {0};
    size_t count = language_keys(script, text, n > 1500 ? 1500 : n, keys, LANGUAGE_MAX_KEYS);
    f->count = f->extras = 0;
    for (size_t i = 0; i < count; i++) {
        if (i + 12 < count)
            __builtin_prefetch(
                &table_key[(keys[i + 12] >> 3) * 0x9E3779B97F4A7C15ull >> 20 & table_mask]);
        uint32_t row = table_find(keys[i]);
        seen[keys[i] & 7]++;
        if (row == UINT32_MAX)
            absent[keys[i] & 7]++;
        else
            f->row[f->count++] = row;
    }
    for (uint32_t k = 3; k < 8; k++)
        if (seen[k]) {
            uint32_t step = (absent[k] * (TRAIN_ABSENT - 1) + seen[k] / 2) / seen[k];
            f->extra[f->extras++] =
                (uint32_t)H.keys + ((uint32_t)script * 8 + k) * TRAIN_ABSENT + step;
        }
}

static void features_of(int script, const uint8_t *text, size_t n, features *f)
{
    if (H.accurate)
        features_accurate(script, text, n, f);
    else
        features_fast(script, text, n, f);
}

/* ------------------------------------------------------------------ the accurate tier's keys */

static int by_count_down(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? 1 : x > y ? -1 : 0;
}

/* Counts keys over the examples and keeps the `keep` most frequent. Real texts count four times as
 * much as drawn words, of which a third is looked at. */
static void choose_keys(size_t keep)
{
    const size_t room = (size_t)1 << 26;
    uint64_t *key = spread_memory(room * sizeof *key);
    uint32_t *count = spread_memory(room * sizeof *count);
    static uint64_t keys[LANGUAGE_MAX_KEYS];
    size_t distinct = 0;
    for (size_t i = 0; i < example_count; i++) {
        const example *e = &examples[i];
        bool drawn = strstr(sources[e->source].path, "ngrams") != NULL;
        if (drawn && i % 3) continue;
        uint32_t worth = drawn ? 3 : e->label == H.labels ? 1 : 4;
        size_t n = language_keys(e->script, e->text, e->size > 1500 ? 1500 : e->size, keys,
                                 LANGUAGE_MAX_KEYS);
        for (size_t k = 0; k < n; k++) {
            uint64_t at = (keys[k] >> 3) * 0x9E3779B97F4A7C15ull >> 20 & (room - 1);
            while (key[at] && key[at] != keys[k]) at = (at + 1) & (room - 1);
            if (!key[at]) {
                if (distinct > room / 4 * 3) continue;
                key[at] = keys[k];
                distinct++;
            }
            count[at] += worth;
        }
    }
    uint32_t *sorted = malloc(distinct * sizeof *sorted);
    size_t n = 0;
    for (size_t i = 0; i < room; i++)
        if (key[i]) sorted[n++] = count[i];
    qsort(sorted, n, sizeof *sorted, by_count_down);
    uint32_t least = keep < n ? sorted[keep] + 1 : 1;
    table_mask = 1;
    while (table_mask < keep * 2) table_mask *= 2;
    table_key = spread_memory(table_mask * sizeof *table_key);
    table_row = spread_memory(table_mask * sizeof *table_row);
    kept_keys = calloc(keep + 1, sizeof *kept_keys);
    kept_counts = calloc(keep + 1, sizeof *kept_counts);
    table_mask--;
    for (size_t i = 0; i < room; i++) {
        if (!key[i] || count[i] < least) continue;
        uint64_t at = (key[i] >> 3) * 0x9E3779B97F4A7C15ull >> 20 & table_mask;
        while (table_key[at]) at = (at + 1) & table_mask;
        table_key[at] = key[i];
        table_row[at] = (uint32_t)H.keys;
        kept_counts[H.keys] = count[i];
        kept_keys[H.keys++] = key[i];
    }
    fprintf(stderr, "%zu distinct keys, %zu kept, from count %u on\n", distinct, (size_t)H.keys,
            least);
    munmap(key, room * sizeof *key);
    munmap(count, room * sizeof *count);
    free(sorted);
}

/* ------------------------------------------------------------------ learning */

static float as_packed(float w)
{
    return TRAIN_STEP * rintf(w * (1 / TRAIN_STEP));
}

/* Adds a row of the fast tier as pack.c will write it. */
static void add_packed_row(const float *w, int script, uint32_t lanes, float *sum)
{
    const float step = half_step[script];
    float mean = 0;
    for (uint32_t l = 0; l < lanes; l++) mean += w[l];
    mean /= (float)H.lanes[script]; /* lanes past the last are 0 */
    for (uint32_t l = 0; l < lanes; l++) {
        float q = rintf((w[l] - mean) / step);
        q = fminf(fmaxf(q, -TRAIN_HALF_ZERO), TRAIN_HALF_TOP - TRAIN_HALF_ZERO);
        sum[l] += q * step;
    }
}

static void forward(int script, const features *f, float *z)
{
    const uint32_t lanes = (H.lanes[script] + 15) & ~15u;
    float sum[TRAIN_LANES] = {0};
    for (size_t i = 0; i < f->count && sparse; i++) {
        const train_row *r = &sparse[f->row[i]];
        if (i + 8 < f->count) __builtin_prefetch(&sparse[f->row[i + 8]]);
        for (uint32_t k = 0; k < r->count; k++)
            sum[r->lane[k]] += rounded ? as_packed(r->weight[k]) : r->weight[k];
    }
    for (size_t i = 0; i < f->count && !sparse; i++) {
        const float *w = W + (size_t)f->row[i] * TRAIN_LANES;
        if (i + 6 < f->count) {
            const float *ahead = W + (size_t)f->row[i + 6] * TRAIN_LANES;
            for (uint32_t l = 0; l < lanes; l += 16) __builtin_prefetch(ahead + l);
        }
        if (rounded && !H.accurate)
            add_packed_row(w, script, lanes, sum);
        else
            for (uint32_t l = 0; l < lanes; l++) sum[l] += w[l];
    }
    float scale = 1 / sqrtf((float)f->count + 1);
    for (uint32_t l = 0; l < lanes; l++) z[l] = sum[l] * scale + H.bias[script][l];
    for (size_t i = 0; i < f->extras; i++) {
        const float *w = W + (size_t)f->extra[i] * TRAIN_LANES;
        for (uint32_t l = 0; l < lanes; l++) z[l] += rounded ? as_packed(w[l]) : w[l];
    }
}

static void softmax(float *z, uint32_t n)
{
    float top = z[0], sum = 0;
    for (uint32_t l = 1; l < n; l++) top = fmaxf(top, z[l]);
    for (uint32_t l = 0; l < n; l++) sum += z[l] = expf(z[l] - top);
    for (uint32_t l = 0; l < n; l++) z[l] /= sum;
}

static void update_row(uint32_t row, const float *g, uint32_t lanes, float squared, float scale,
                       float rate)
{
    float *w = W + (size_t)row * TRAIN_LANES;
    G[row] += squared * scale * scale;
    float step = rate * scale / sqrtf(G[row] + 1e-3f);
    for (uint32_t l = 0; l < lanes; l++) w[l] += step * g[l];
}

static void update_sparse(uint32_t row, const float *g, float squared, float scale, float rate)
{
    train_row *r = &sparse[row];
    G[row] += squared * scale * scale;
    float step = rate * scale / sqrtf(G[row] + 1e-3f);
    for (uint32_t k = 0; k < r->count; k++) {
        float w = r->weight[k] + step * g[r->lane[k]];
        r->weight[k] = w > TRAIN_MOST_WEIGHT    ? TRAIN_MOST_WEIGHT
                       : w < -TRAIN_MOST_WEIGHT ? -TRAIN_MOST_WEIGHT
                                                : w;
    }
}

static double learn(int script, int label, const uint8_t *text, size_t n, float rate)
{
    static _Thread_local features f;
    uint32_t lanes = H.lanes[script];
    if (lanes < 3) return 0;
    int lane = lane_of[script][label];
    if (lane < 0) return 0; /* a language not written in this script: words of another in it */
    features_of(script, text, n, &f);
    if (!f.count) return 0;
    float z[TRAIN_LANES], g[TRAIN_LANES] = {0}, squared = 0;
    forward(script, &f, z);
    softmax(z, lanes);
    double loss = -log(z[lane] + 1e-9);
    if (z[lane] > .99f) return loss;
    for (uint32_t l = 0; l < lanes; l++) {
        g[l] = (l == (uint32_t)lane) - z[l];
        squared += g[l] * g[l];
    }
    float scale = 1 / sqrtf((float)f.count + 1);
    lanes = (lanes + 15) & ~15u;
    for (size_t i = 0; i < f.count; i++) {
        if (sparse)
            update_sparse(f.row[i], g, squared, scale, rate);
        else
            update_row(f.row[i], g, lanes, squared, scale, rate);
    }
    for (size_t i = 0; i < f.extras; i++)
        update_row(f.extra[i], g, lanes, squared, .5f, rate * .1f);
    for (uint32_t l = 0; l < lanes; l++) H.bias[script][l] += .01f * rate * g[l];
    return loss;
}

typedef struct {
    const uint32_t *order;
    size_t from, to;
    float rate, last_rate; /* it falls with every text */
    uint64_t seed;
    double loss;
    size_t count;
} job;

static void *work(void *argument)
{
    static _Thread_local uint8_t rough[3 * MAX_TEXT];
    job *j = argument;
    roughen_seed(j->seed);
    const float fall = (j->last_rate - j->rate) / (float)(j->to - j->from + 1);
    for (size_t i = j->from; i < j->to; i++) {
        const example *e = &examples[j->order[i]];
        size_t n = roughen_text(e->text, e->size, rough);
        j->rate += fall;
        j->loss += learn(e->script, e->label, rough, n, j->rate);
        j->count++;
        if (e->size > 60 && e->label != H.labels && roughen_draw(100) < 4) {
            size_t m = roughen_estrange(e->text, e->size, rough);
            if (m) learn(e->script, (int)H.labels, rough, m, j->rate);
        }
        for (int c = e->size > 24 ? sources[e->source].crops : 0; c > 0; c--) {
            size_t s, t;
            roughen_crop(e->text, e->size, &s, &t);
            if (t - s > 2 && t - s < 120) learn(e->script, e->label, e->text + s, t - s, j->rate);
        }
    }
    return NULL;
}

/* One pass over the texts, in which the rate falls from `rate` to `last_rate`. */
static void epoch(int number, float rate, float last_rate, int threads)
{
    size_t room = example_count * 2 + 16, n = 0;
    uint32_t *order = malloc(room * sizeof *order);
    static float scarce[TRAIN_LABELS + 1]; /* labels with few texts are seen more often */
    if (number == 0) {
        for (size_t i = 0; i < example_count; i++)
            if (sources[examples[i].source].weight >= .5f) scarce[examples[i].label]++;
        for (uint32_t l = 0; l < H.labels; l++)
            scarce[l] = scarce[l] > 0 ? fminf(5, fmaxf(1, 2500 / scarce[l])) : 1;
        scarce[H.labels] = 1;
    }
    for (size_t i = 0; i < example_count; i++) {
        float weight = sources[examples[i].source].weight * scarce[examples[i].label];
        int copies =
            (int)weight + ((float)roughen_draw(1 << 20) / (1 << 20) < weight - floorf(weight));
        while (copies-- > 0) {
            if (n == room) order = realloc(order, (room *= 2) * sizeof *order);
            order[n++] = (uint32_t)i;
        }
    }
    for (size_t i = n; i > 1; i--) {
        size_t k = roughen_draw((uint32_t)i);
        uint32_t t = order[i - 1];
        order[i - 1] = order[k];
        order[k] = t;
    }
    job jobs[16];
    pthread_t thread[16];
    double loss = 0;
    for (int t = 0; t < threads; t++) {
        jobs[t] = (job){order,
                        n * (size_t)t / (size_t)threads,
                        n * (size_t)(t + 1) / (size_t)threads,
                        rate,
                        last_rate,
                        (uint64_t)(number * 77 + t + 1) * 0x9E3779B97F4A7C15ull,
                        0,
                        0};
        pthread_create(&thread[t], NULL, work, &jobs[t]);
    }
    for (int t = 0; t < threads; t++) {
        pthread_join(thread[t], NULL);
        loss += jobs[t].loss;
    }
    fprintf(stderr, "epoch %d: %zu texts, loss %.4f\n", number + 1, n, loss / (double)n);
    free(order);
}

/* One unit of a packed weight of each script, by its weights now. */
static void set_half_steps(void)
{
    for (int s = 0; s < LANGUAGE_SCRIPT_COUNT; s++) {
        const uint64_t count = H.row_bits[s] ? 1ull << H.row_bits[s] : 0;
        double squares = 0;
        for (uint64_t r = 0; r < count; r++)
            for (uint32_t l = 0; l < H.lanes[s]; l++) {
                const float w = W[(H.row_base[s] + r) * TRAIN_LANES + l];
                squares += (double)w * w;
            }
        half_step[s] =
            count ? TRAIN_SPREAD * (float)sqrt(squares / (double)(count * H.lanes[s])) : 1;
    }
}

/* `plain` passes, then others that read weights as they will be packed. The passes are numbered
 * from `number` on, which chance goes by. */
static void learn_all(int number, int epochs, int plain, float first, float last, int threads)
{
    const float fall = (first - last) / (float)epochs;
    for (int e = 0; e < epochs; e++) {
        rounded = e >= plain;
        if (rounded && !H.accurate) set_half_steps();
        epoch(number + e, first - fall * (float)e, first - fall * (float)(e + 1), threads);
    }
}

/* Learns `times` times from nothing, in another order each time, and takes the mean of the weights:
 * what a weight owes to the order in which texts came is halved in two. */
static void learn_mean(int times, int epochs, int plain, float first, float last, int threads)
{
    const size_t count = H.rows * TRAIN_LANES, biases = sizeof H.bias / sizeof H.bias[0][0];
    float *sum = spread_memory(count * sizeof *sum), *bias = &H.bias[0][0];
    float *bias_sum = calloc(biases, sizeof *bias_sum);
    for (int time = 0; time < times; time++) {
        memset(W, 0, count * sizeof *W);
        memset(G, 0, H.rows * sizeof *G);
        memset(H.bias, 0, sizeof H.bias);
        learn_all(time * epochs, epochs, plain, first, last, threads);
        for (size_t i = 0; i < count; i++) sum[i] += W[i];
        for (size_t i = 0; i < biases; i++) bias_sum[i] += bias[i];
    }
    for (size_t i = 0; i < count; i++) W[i] = sum[i] / (float)times;
    for (size_t i = 0; i < biases; i++) bias[i] = bias_sum[i] / (float)times;
    munmap(sum, count * sizeof *sum);
    free(bias_sum);
}

/* ------------------------------------------------------------------ measuring */

/* Macro accuracy over the 75 languages of the test files, background set aside; of labels that the
 * model does not have, the share answered at p >= .9. */
static void measure(const char *path)
{
    example *tests = NULL;
    size_t n = read_examples(path, 0, &tests, 0);
    static features f;
    double right[TRAIN_LABELS + 1] = {0}, all[TRAIN_LABELS + 1] = {0}, sure = 0, sure_right = 0;
    double unknown = 0, unknown_sure = 0, gap[10] = {0};
    for (size_t i = 0; i < n; i++) {
        const example *e = &tests[i];
        uint32_t lanes = H.lanes[e->script];
        float z[TRAIN_LANES], p = 1;
        uint32_t best = 0;
        if (lanes > 2) {
            features_of(e->script, e->text, e->size, &f);
            forward(e->script, &f, z);
            softmax(z, lanes);
            for (uint32_t l = 1; l + 1 < lanes; l++)
                if (z[l] > z[best]) best = l;
            p = z[best];
        }
        bool hit = lanes && H.label[e->script][best] == e->label;
        if (e->label == H.labels) {
            unknown++;
            unknown_sure += p >= .9f;
            continue;
        }
        all[e->label]++;
        right[e->label] += hit;
        sure += p >= .9f;
        sure_right += p >= .9f && hit;
        gap[(int)fminf(9, p * 10)] += p - hit;
    }
    double macro = 0, known = 0, languages = 0, more = 0, error = 0, count = 0;
    for (uint32_t l = 0; l < H.labels; l++) {
        if (!all[l]) continue;
        count += all[l];
        if (l < BASE_LABELS) {
            macro += right[l] / all[l];
            languages++;
        }
        known += right[l] / all[l];
        more++;
    }
    for (int b = 0; b < 10; b++) error += fabs(gap[b]);
    fprintf(
        stderr,
        "%-40s %6.2f (%.0f) all %6.2f (%.0f)  p>=.9 %5.1f right %6.2f  error %.4f  unknown %.1f\n",
        path, 100 * macro / languages, languages, 100 * known / more, more, 100 * sure / count,
        100 * sure_right / sure, error / count, unknown ? 100 * unknown_sure / unknown : 0);
    if (getenv("BY_LABEL"))
        for (uint32_t l = 0; l < H.labels; l++)
            if (all[l] && right[l] / all[l] < .9)
                fprintf(stderr, "   %s %.1f", H.name[l], 100 * right[l] / all[l]);
    free(tests);
}

/* ------------------------------------------------------------------ pruning */

static int by_value(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return x < y ? -1 : x > y;
}

/* The `most` lanes of a dense row that stand out from its median. */
static void prune_row(uint64_t key, uint32_t most, train_row *out)
{
    const float *w = W + key * TRAIN_LANES;
    float sorted[TRAIN_LANES];
    uint32_t lanes = TRAIN_LANES;
    while (lanes > 1 && w[lanes - 1] == 0) lanes--;
    memcpy(sorted, w, lanes * sizeof *w);
    qsort(sorted, lanes, sizeof *sorted, by_value);
    float median = sorted[lanes / 2];
    out->count = 0;
    for (uint32_t l = 0; l < lanes; l++) {
        float v = w[l] - median;
        uint32_t at = out->count;
        while (at > 0 && fabsf(out->weight[at - 1]) < fabsf(v)) at--;
        if (at >= most) continue;
        uint32_t last = out->count < most ? out->count++ : most - 1;
        for (uint32_t k = last; k > at; k--) {
            out->lane[k] = out->lane[k - 1];
            out->weight[k] = out->weight[k - 1];
        }
        out->lane[at] = (uint8_t)l;
        out->weight[at] = v;
    }
    while (out->count > 1 && fabsf(out->weight[out->count - 1]) < .03f) out->count--;
}

typedef struct {
    float worth;
    uint32_t row;
} ranked;

static int by_worth_down(const void *a, const void *b)
{
    float x = ((const ranked *)a)->worth, y = ((const ranked *)b)->worth;
    return x < y ? 1 : x > y ? -1 : 0;
}

/* How many lanes the key of rank `k` has: those that fit one slot, two or three, and six for the
 * few short ones that stand in nearly every text and speak for or against most languages. */
static uint32_t lanes_of_rank(uint32_t k, size_t rich)
{
    enum { RICHEST = 2500 };
    return k < RICHEST ? TRAIN_KEPT_LANES : k < rich ? 12 : k < 2 * rich ? 8 : 4;
}

/* Keeps the `keep` keys worth most (how often, times how much a key says), each with the lanes that
 * fit its slots. */
static void prune(size_t keep, size_t rich)
{
    ranked *order = malloc(H.keys * sizeof *order);
    train_row *rows = spread_memory(H.keys * sizeof *rows);
    for (uint32_t k = 0; k < H.keys; k++) {
        train_row r = {0};
        prune_row(k, 4, &r);
        order[k] = (ranked){powf((float)kept_counts[k], .7f) * fabsf(r.weight[0]), k};
    }
    qsort(order, H.keys, sizeof *order, by_worth_down);
    if (keep > H.keys) keep = H.keys;
    uint64_t *keys = calloc(keep + 1, sizeof *keys);
    float *sums = calloc(keep + SCRIPT_ROWS, sizeof *sums);
    for (uint32_t k = 0; k < keep; k++) {
        prune_row(order[k].row, lanes_of_rank(k, rich), &rows[k]);
        keys[k] = kept_keys[order[k].row];
        sums[k] = G[order[k].row];
    }
    memset(table_key, 0, (table_mask + 1) * sizeof *table_key);
    for (uint32_t k = 0; k < keep; k++) {
        uint64_t at = (keys[k] >> 3) * 0x9E3779B97F4A7C15ull >> 20 & table_mask;
        while (table_key[at]) at = (at + 1) & table_mask;
        table_key[at] = keys[k];
        table_row[at] = k;
    }
    memcpy(sums + keep, G + H.keys, SCRIPT_ROWS * sizeof *sums);
    memmove(W + keep * TRAIN_LANES, W + H.keys * TRAIN_LANES,
            (size_t)SCRIPT_ROWS * TRAIN_LANES * sizeof *W);
    G = sums;
    kept_keys = keys;
    H.keys = keep;
    H.rows = keep + SCRIPT_ROWS;
    sparse = rows;
    free(order);
    fprintf(stderr, "pruned to %zu keys\n", keep);
}

static void save(const char *path)
{
    FILE *f = fopen(path, "wb");
    if (!f) exit(1);
    fwrite(&H, sizeof H, 1, f);
    if (H.accurate) {
        fwrite(kept_keys, sizeof *kept_keys, H.keys, f);
        fwrite(sparse, sizeof *sparse, H.keys, f);
        fwrite(W + H.keys * TRAIN_LANES, sizeof *W * TRAIN_LANES, SCRIPT_ROWS, f);
    } else {
        fwrite(W, sizeof *W * TRAIN_LANES, H.rows, f);
    }
    fclose(f);
}

static void lay_rows(int latin_bits, size_t keep)
{
    if (H.accurate) {
        choose_keys(keep);
        H.rows = H.keys + SCRIPT_ROWS;
    } else {
        for (int s = 0; s < LANGUAGE_SCRIPT_COUNT; s++) {
            if (H.lanes[s] < 3) continue;
            int less = s == LANGUAGE_LATN                         ? 0
                       : s == LANGUAGE_CYRL                       ? 1
                       : s <= LANGUAGE_HANI                       ? 2
                       : s == LANGUAGE_HEBR || s == LANGUAGE_BENG ? 4
                                                                  : 5;
            H.row_bits[s] = (uint32_t)(latin_bits - less);
            H.row_base[s] = H.rows;
            H.rows += 1ull << H.row_bits[s];
        }
    }
    W = spread_memory(H.rows * TRAIN_LANES * sizeof *W);
    G = spread_memory(H.rows * sizeof *G);
}

int main(int argc, char **argv)
{
    if (argc < 9) return 2;
    H.accurate = !strcmp(argv[1], "accurate");
    read_labels(argv[3]);
    const char *times_of = strchr(argv[5], 'x');
    int epochs = atoi(argv[5]), times = times_of ? atoi(times_of + 1) : 1;
    int threads = atoi(argv[7]), i = 8;
    float rate = (float)atof(argv[6]);
    for (; i < argc && strcmp(argv[i], "--"); i++) {
        char *path = strtok(argv[i], ":"), *weight = strtok(NULL, ":"), *crops = strtok(NULL, ":");
        sources[source_count] =
            (source){path, weight ? (float)atof(weight) : 1, crops ? atoi(crops) : 0};
        example_count = read_examples(path, source_count++, &examples, example_count);
    }
    choose_lanes();
    char *keep = argv[4], *after = strchr(keep, ':'), *rich = after ? strchr(after + 1, ':') : NULL;
    lay_rows(atoi(keep), (size_t)atof(keep));
    learn_mean(times, epochs, H.accurate ? epochs : epochs - 3, rate,
               H.accurate ? .4f * rate : .03f * rate, threads);
    for (int t = i + 1; t < argc; t++) measure(argv[t]);
    if (H.accurate && rich) {
        prune((size_t)atof(after + 1), (size_t)atof(rich + 1));
        for (int t = i + 1; t < argc; t++) measure(argv[t]);
        learn_all(times * epochs, 4, 2, rate * .5f, rate * .02f, threads);
        for (int t = i + 1; t < argc; t++) measure(argv[t]);
    }
    save(argv[2]);
    return 0;
}
