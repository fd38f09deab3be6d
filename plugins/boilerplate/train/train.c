/* boilerplate/train: makes a model file from labelled documents. It reads text exactly as the stage
 * does (it is linked with the stage's own files), so that what is learnt is what will be seen.
 *
 *   train DOCUMENTS MODEL [--hold FOLD] [--scores FILE] [--trees1 N] [--trees2 N] [--rate R] …
 *
 * DOCUMENTS, written by prepare.py: a line "#<TAB>id<TAB>group<TAB>fold<TAB>weight" opens a
 * document; its lines follow, each with its label before a tab: 1 keep, 0 remove, - not told.
 * What is learnt in turn:
 *  - weights of words and pairs (logistic regression by AdaGrad), only of those seen in several
 *    groups;
 *  - first ensemble of symmetric trees (gradient boosting on the logistic loss, histograms), over
 *    the features of a row and its neighbours, with word weights that come from other groups;
 *  - second ensemble, which sees the first one's scores of the neighbourhood, again from other
 *    groups.
 * The fold named by --hold is left out of everything; --scores writes its rows' scores, for
 * judging. All random choices come from one seed (--seed): the same documents, the same model. */
#include "../model.h"
#include "train.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PARTS = 3, PAD = BOILERPLATE_MARGIN, MAX_CANDIDATES = 2048, PICKS_MOST = 256 };

typedef struct {
    char *id;
    uint32_t group;
    int fold, part; /* part: which share of the groups, for scores from other groups */
    float weight;
    char *bytes; /* what text refers to */
    boilerplate_text text;
    boilerplate_phrase_row *phrases;
    uint8_t *label; /* a row: 0, 1, or 2 not told */
    size_t row0;    /* its first row in the common columns */
} document;

typedef struct {
    document *documents;
    size_t count, rows; /* rows with the zeros between documents */
    uint8_t *columns[BOILERPLATE_FEATURE_COUNT];
    uint8_t *label;
    float *weight;
    uint32_t *owner;
} corpus;

typedef struct {
    uint8_t feature;
    int8_t away;
} candidate;

static struct {
    int hold;
    int trees[2];
    double rate, row_share, column_share, ridge, power;
    int groups_least;
    double words_most; /* a line of more words weighs as one of so many */
    double mute;       /* share of the documents whose words are taken for unknown ones */
    int least;         /* weights of words nearer to nought are left out */
    double drop_weight;
    bool by_document; /* look at features of the whole document only: for the model of modes */
} options;

static uint64_t random_state = 0x9E3779B97F4A7C15u;
static uint32_t random_next(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)(random_state >> 32);
}

static void *must(void *p)
{
    if (!p) {
        fprintf(stderr, "train: no memory\n");
        exit(70);
    }
    return p;
}

static uint32_t hash_string(const char *s)
{
    uint32_t h = 2166136261u;
    for (; *s; s++) h = (h ^ (uint8_t)*s) * 16777619u;
    return h ^ h >> 15;
}

/* ------------------------------------------------------------------ documents */

static void end_document(document *d, char *text, size_t n, char *labels)
{
    d->bytes = text;
    if (!boilerplate_read(&d->text, text, n)) must(NULL);
    d->label = must(malloc(d->text.row_count + 1));
    for (size_t i = 0; i < d->text.row_count; i++) {
        char l = labels[d->text.rows[i].line];
        d->label[i] = l == '1' ? 1 : l == '0' ? 0 : 2;
    }
    d->phrases = must(calloc(d->text.row_count + 1, sizeof *d->phrases));
    static boilerplate_phrase_work work;
    if (!boilerplate_phrases_find(train_phrases(), &host_table, &d->text, &work, d->phrases))
        must(NULL);
}

static void read_corpus(corpus *c, const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f) {
        perror(path);
        exit(65);
    }
    char *line = NULL, *text = NULL, *labels = NULL;
    size_t room = 0, n = 0, lines = 0, text_room = 0, label_room = 0, documents_room = 0;
    ssize_t got;
    document *d = NULL;
    while ((got = getline(&line, &room, f)) >= 0) {
        if (line[0] == '#') {
            if (d && text && labels)
                end_document(d, text, n, labels);
            else
                free(text);
            if (c->count == documents_room)
                c->documents =
                    must(realloc(c->documents, (documents_room = documents_room * 2 + 64) *
                                                   sizeof *c->documents));
            d = &c->documents[c->count++];
            memset(d, 0, sizeof *d);
            char id[512], group[256];
            if (sscanf(line, "#\t%511[^\t]\t%255[^\t]\t%d\t%f", id, group, &d->fold, &d->weight) !=
                4) {
                fprintf(stderr, "train: not a document's head: %s", line);
                exit(65);
            }
            d->id = must(strdup(id));
            d->group = hash_string(group);
            d->part = (int)(d->group >> 8) % PARTS;
            text = NULL;
            n = lines = text_room = 0;
            continue;
        }
        if (!d) {
            fprintf(stderr, "train: %s does not begin with a document's head\n", path);
            exit(65);
        }
        if (!text || n + (size_t)got > text_room)
            text = must(realloc(text, text_room = (n + (size_t)got) * 2));
        if (!labels || lines + 1 > label_room)
            labels = must(realloc(labels, label_room = lines * 2 + 64));
        labels[lines++] = line[0];
        memcpy(text + n, line + 2, (size_t)got - 2);
        n += (size_t)got - 2;
    }
    if (d && text && labels)
        end_document(d, text, n, labels);
    else
        free(text);
    free(line);
    free(labels);
    fclose(f);
}

/* ------------------------------------------------------------------ weights of words */

static uint32_t *count_groups(const corpus *c)
{
    uint32_t *groups = must(calloc(BOILERPLATE_LEXICON, sizeof *groups));
    uint32_t *last = must(calloc(BOILERPLATE_LEXICON, sizeof *last));
    for (size_t k = 0; k < c->count; k++) { /* documents of a group stand together */
        const document *d = &c->documents[k];
        if (d->fold == options.hold) continue;
        for (size_t i = 0; i < d->text.row_count; i++)
            for (unsigned j = 0; j < d->text.rows[i].words; j++) {
                const uint32_t *hash = &d->text.hashes[d->text.rows[i].word + j];
                uint32_t slots[2] = {boilerplate_word_slot(hash[0]), 0};
                unsigned n = 1;
                if (j + 1 < d->text.rows[i].words)
                    slots[n++] = boilerplate_pair_slot(hash[0], hash[1]);
                while (n--)
                    if (last[slots[n]] != d->group) {
                        last[slots[n]] = d->group;
                        groups[slots[n]]++;
                    }
            }
    }
    free(last);
    return groups;
}

/* part < 0: of all groups, else of all but that part */
static void train_lexicon(const corpus *c, int part, int8_t *lexicon)
{
    enum { EPOCHS = 3 };
    float *v = must(calloc(BOILERPLATE_LEXICON, sizeof *v));
    float *sq = must(calloc(BOILERPLATE_LEXICON, sizeof *sq));
    uint32_t *groups = count_groups(c);
    float bias = 0, bias_sq = 1e-3f;
    for (int epoch = 0; epoch < EPOCHS; epoch++) {
        for (size_t step = 0; step < c->count; step++) {
            const document *d = &c->documents[random_next() % c->count];
            if (d->fold == options.hold || d->part == part) continue;
            for (size_t i = 0; i < d->text.row_count; i++) {
                const boilerplate_row *row = &d->text.rows[i];
                size_t at = d->row0 + i;
                if (d->label[i] > 1 || !row->words || c->weight[at] <= 0) continue;
                const uint32_t *hash = &d->text.hashes[row->word];
                float scale = 1.0f / sqrtf((float)row->words), sum = bias;
                for (unsigned j = 0; j < row->words; j++) {
                    sum += v[boilerplate_word_slot(hash[j])] * scale;
                    if (j + 1 < row->words)
                        sum += v[boilerplate_pair_slot(hash[j], hash[j + 1])] * scale;
                }
                float p = 1 / (1 + expf(-sum));
                float g = (p - d->label[i]) * c->weight[at] * 20;
                bias_sq += g * g;
                bias -= 0.05f * g / sqrtf(bias_sq);
                for (unsigned j = 0; j < row->words; j++)
                    for (unsigned two = 0; two < 2 && j + two < row->words; two++) {
                        uint32_t s = two ? boilerplate_pair_slot(hash[j], hash[j + 1])
                                         : boilerplate_word_slot(hash[j]);
                        if ((int)groups[s] < options.groups_least) continue;
                        float gs = g * scale + 1e-5f * v[s];
                        sq[s] += gs * gs;
                        v[s] -= 0.08f * gs / sqrtf(sq[s] + 1e-4f);
                    }
            }
        }
    }
    for (size_t s = 0; s < BOILERPLATE_LEXICON; s++) {
        float x = v[s] * 16;
        lexicon[s] = (int8_t)(x > 127                    ? 127
                              : x < -127                 ? -127
                              : fabsf(x) < options.least ? 0
                                                         : lrintf(x));
    }
    free(v);
    free(sq);
    free(groups);
}

/* ------------------------------------------------------------------ columns of all documents */

static void copy_columns(corpus *c, const document *d, const boilerplate_columns *columns,
                         unsigned from, unsigned to)
{
    for (unsigned k = from; k <= to; k++)
        memcpy(c->columns[k] + d->row0, boilerplate_column(columns, k), d->text.row_count);
}

static void fill_columns(corpus *c)
{
    size_t at = PAD;
    for (size_t k = 0; k < c->count; k++) {
        c->documents[k].row0 = at;
        at += c->documents[k].text.row_count + PAD;
    }
    c->rows = at + PAD;
    for (unsigned k = 0; k < BOILERPLATE_FEATURE_COUNT; k++)
        c->columns[k] = must(calloc(c->rows, 1));
    c->label = must(malloc(c->rows));
    memset(c->label, 2, c->rows);
    c->weight = must(calloc(c->rows, sizeof *c->weight));
    c->owner = must(calloc(c->rows, sizeof *c->owner));
    boilerplate_columns columns = {0};
    for (size_t k = 0; k < c->count; k++) {
        document *d = &c->documents[k];
        if (!boilerplate_fill(&columns, &d->text, d->phrases, train_languages())) must(NULL);
        boilerplate_fill_foreign(&columns, &d->text, train_languages());
        copy_columns(c, d, &columns, 0, BOILERPLATE_FEATURE_COUNT - 1);
        /* a document weighs as its kept words do: an error costs its share of them */
        double kept = 0, all = 0;
        for (size_t i = 0; i < d->text.row_count; i++) {
            double w = pow(fmin(d->text.rows[i].words, options.words_most), options.power);
            c->label[d->row0 + i] = d->label[i];
            c->owner[d->row0 + i] = (uint32_t)k;
            if (d->label[i] > 1) continue;
            all += w;
            if (d->label[i] == 1) kept += w;
        }
        double total = 0.7 * kept + 0.3 * all;
        for (size_t i = 0; i < d->text.row_count && total > 0; i++)
            if (d->label[i] < 2)
                c->weight[d->row0 + i] =
                    (float)(d->weight *
                            pow(fmin(d->text.rows[i].words, options.words_most), options.power) /
                            total * (d->label[i] ? 1.0 : options.drop_weight));
    }
    boilerplate_columns_free(&columns);
}

static void put_lexicon(corpus *c, const int8_t *const *lexicons)
{
    static const int8_t silent[BOILERPLATE_LEXICON + BOILERPLATE_LEXICON_SLACK];
    boilerplate_columns columns = {0};
    for (size_t k = 0; k < c->count; k++) {
        document *d = &c->documents[k];
        const int8_t *lexicon = lexicons[d->fold == options.hold ? PARTS : d->part];
        if (d->fold != options.hold && hash_string(d->id) % 1000 < options.mute * 1000)
            lexicon = silent;
        if (!boilerplate_fill(&columns, &d->text, d->phrases, train_languages())) must(NULL);
        boilerplate_fill_lexicon(&columns, &d->text, lexicon);
        copy_columns(c, d, &columns, BOILERPLATE_F_lexicon_mean, BOILERPLATE_F_lexicon_last);
        copy_columns(c, d, &columns, BOILERPLATE_F_document_lexicon,
                     BOILERPLATE_F_document_lexicon);
    }
    boilerplate_columns_free(&columns);
}

/* ------------------------------------------------------------------ trees */

/* Which tests a tree may choose from. */
static size_t list_candidates(unsigned pass, candidate *out)
{
    static const uint8_t far[] = {
        BOILERPLATE_F_words,    BOILERPLATE_F_ending,       BOILERPLATE_F_capitals,
        BOILERPLATE_F_copies,   BOILERPLATE_F_lexicon_mean, BOILERPLATE_F_lexicon_sum,
        BOILERPLATE_F_in_title, BOILERPLATE_F_date,         BOILERPLATE_F_covered,
        BOILERPLATE_F_opening,  BOILERPLATE_F_sure,         BOILERPLATE_F_echo,
        BOILERPLATE_F_byline,   BOILERPLATE_F_related,      BOILERPLATE_F_social,
        BOILERPLATE_F_legal,    BOILERPLATE_F_source,       BOILERPLATE_F_promotion,
        BOILERPLATE_F_menu,     BOILERPLATE_F_separators,   BOILERPLATE_F_title_in,
        BOILERPLATE_F_blank,    BOILERPLATE_F_topic3,       BOILERPLATE_F_sentences,
        BOILERPLATE_F_joined,   BOILERPLATE_F_title_stems,  BOILERPLATE_F_kin_prose};
    size_t n = 0;
    for (unsigned k = BOILERPLATE_F_document_rows;
         options.by_document && k < BOILERPLATE_FEATURE_COUNT; k++)
        if (k != BOILERPLATE_F_document_lexicon) out[n++] = (candidate){(uint8_t)k, 0};
    if (options.by_document) return n;
    for (unsigned k = 0; k < BOILERPLATE_FEATURE_COUNT; k++) {
        bool of_scores = k >= BOILERPLATE_F_score && k <= BOILERPLATE_F_document_kept;
        if (!of_scores || pass == 1) out[n++] = (candidate){(uint8_t)k, 0};
    }
    for (unsigned k = 0; k < sizeof far; k++)
        for (int away = -4; away <= 4; away++)
            if (away && (pass == 0 || (away >= -2 && away <= 2)))
                out[n++] = (candidate){far[k], (int8_t)away};
    for (int away = -8; away <= 8 && pass == 1; away++)
        if (away) {
            out[n++] = (candidate){BOILERPLATE_F_score, (int8_t)away};
            if (away % 3 == 0) out[n++] = (candidate){BOILERPLATE_F_score2, (int8_t)away};
        }
    return n;
}

/* Gradient and curvature of a row, or of many, in one number: sums of both are one addition. */
typedef int64_t pair;

static pair pack(double g, double h)
{
    return (pair)llrint(g) * ((pair)1 << 32) + (pair)llrint(h);
}

static double pair_h(pair p)
{
    return (double)(uint32_t)p;
}

static double pair_g(pair p)
{
    pair whole = (p - (pair)(uint32_t)p) / ((pair)1 << 32); /* a multiple: nothing is cut off */
    return (double)whole;
}

typedef struct {
    const corpus *corpus;
    int part; /* left out; -1 none */
    uint32_t *row;
    size_t rows, sampled;
    uint32_t *sample, *some; /* rows of this tree; places in it */
    pair *gradient;
    uint8_t *leaf, *leaves; /* of the sample; of all rows of the corpus */
    uint8_t *values;        /* of the sample, a column for each candidate of this tree */
    float *score;           /* by row of the corpus */
    double unit;            /* of the packed sums */
    pair *histogram;        /* of each candidate: LEAVES / 2 times 64 cells */
} boosting;

enum { BINS = 64, CELLS = BOILERPLATE_LEAVES / 2 * BINS };

static double best_threshold(const boosting *b, const pair *histogram, unsigned leaves,
                             unsigned *above)
{
    double best = -1, ridge = options.ridge * b->unit;
    double gl[BOILERPLATE_LEAVES] = {0}, hl[BOILERPLATE_LEAVES] = {0};
    double gt[BOILERPLATE_LEAVES] = {0}, ht[BOILERPLATE_LEAVES] = {0};
    for (unsigned l = 0; l < leaves; l++)
        for (unsigned k = 0; k < BINS; k++) {
            gt[l] += pair_g(histogram[l * BINS + k]);
            ht[l] += pair_h(histogram[l * BINS + k]);
        }
    for (unsigned k = 0; k < BINS - 1; k++) {
        double gain = 0;
        for (unsigned l = 0; l < leaves; l++) {
            gl[l] += pair_g(histogram[l * BINS + k]);
            hl[l] += pair_h(histogram[l * BINS + k]);
            double gr = gt[l] - gl[l], hr = ht[l] - hl[l];
            gain += gl[l] * gl[l] / (hl[l] + ridge) + gr * gr / (hr + ridge);
        }
        if (gain > best) {
            best = gain;
            *above = k;
        }
    }
    return best;
}

/* A share of the rows, with their gradients in whole numbers whose sums stay below 2^30. */
static void sample_rows(boosting *b)
{
    double sum = 1e-9;
    b->sampled = 0;
    uint32_t limit = (uint32_t)(options.row_share * 4294967295.0);
    for (size_t k = 0; k < b->rows; k++)
        if (random_next() < limit) {
            sum += b->corpus->weight[b->row[k]];
            b->sample[b->sampled++] = b->row[k];
        }
    b->unit = 1073741824.0 / sum;
    for (size_t k = 0; k < b->sampled; k++) {
        uint32_t r = b->sample[k];
        double p = 1 / (1 + exp(-(double)b->score[r])), w = b->corpus->weight[r] * b->unit;
        b->gradient[k] = pack(w * (p - b->corpus->label[r]), w * fmax(p * (1 - p), 1e-3));
        b->leaf[k] = 0;
    }
}

/* Adds the rows named by `some` to a candidate's cells of their leaves; `column` has the sample's
 * values, side by side. */
static void fill_histogram(const boosting *b, const uint8_t *column, const uint32_t *some,
                           size_t count, pair *histogram)
{
    for (size_t k = 0; k < count; k++) {
        size_t i = some[k];
        histogram[b->leaf[i] * (unsigned)BINS + column[i]] += b->gradient[i];
    }
}

/* What the sample's rows have in the columns of the picked candidates. */
static void gather_columns(const boosting *b, const candidate *pick, size_t picked)
{
    for (size_t k = 0; k < picked; k++) {
        const uint8_t *column = b->corpus->columns[pick[k].feature] + pick[k].away;
        uint8_t *to = b->values + k * b->rows;
        for (size_t i = 0; i < b->sampled; i++) to[i] = column[b->sample[i]];
    }
}

/* The histograms of a level from those of the level above: the smaller side of its split is
 * counted, the other is what is left. `upper`: the smaller side's rows lie above the threshold. */
static void split_histogram(pair *histogram, const pair *counted, unsigned leaves, bool upper)
{
    for (unsigned l = 0; l < leaves / 2; l++)
        for (unsigned k = 0; k < BINS; k++) {
            pair all = histogram[l * BINS + k];
            pair high = upper ? counted[(l + leaves / 2) * BINS + k] : all - counted[l * BINS + k];
            histogram[l * BINS + k] = all - high;
            histogram[(l + leaves / 2) * BINS + k] = high;
        }
}

static void grow_tree(boosting *b, const candidate *all, size_t count, boilerplate_tree *tree)
{
    static pair counted[CELLS];
    candidate pick[MAX_CANDIDATES];
    size_t picked = 0, some = 0;
    bool upper = false;
    sample_rows(b);
    for (size_t k = 0; k < count && picked < PICKS_MOST; k++)
        if (random_next() < options.column_share * 4294967295.0) pick[picked++] = all[k];
    if (!picked) pick[picked++] = all[0];
    gather_columns(b, pick, picked);
    for (some = 0; some < b->sampled; some++) b->some[some] = (uint32_t)some;
    for (unsigned level = 0; level < BOILERPLATE_DEPTH; level++) {
        double best = -1;
        unsigned best_above = 0, leaves = 1u << level;
        size_t best_at = 0;
        for (size_t k = 0; k < picked; k++) {
            pair *histogram = b->histogram + k * CELLS;
            pair *into = level ? counted : histogram;
            memset(into, 0, leaves * BINS * sizeof *into);
            fill_histogram(b, b->values + k * b->rows, b->some, some, into);
            if (level) split_histogram(histogram, counted, leaves, upper);
            unsigned above = 0;
            double gain = best_threshold(b, histogram, leaves, &above);
            if (gain > best) {
                best = gain;
                best_above = above;
                best_at = k;
            }
        }
        tree->feature[level] = pick[best_at].feature;
        tree->away[level] = pick[best_at].away;
        tree->above[level] = (uint8_t)best_above;
        const uint8_t *column = b->values + best_at * b->rows;
        size_t high = 0;
        for (size_t i = 0; i < b->sampled; i++) {
            bool over = column[i] > best_above;
            b->leaf[i] |= (uint8_t)(over << level);
            high += over;
        }
        upper = high * 2 <= b->sampled;
        some = 0;
        for (size_t i = 0; i < b->sampled; i++)
            if ((b->leaf[i] >> level & 1) == upper) b->some[some++] = (uint32_t)i;
    }
    pair sum[BOILERPLATE_LEAVES] = {0};
    for (size_t i = 0; i < b->sampled; i++) sum[b->leaf[i]] += b->gradient[i];
    for (unsigned l = 0; l < BOILERPLATE_LEAVES; l++) {
        double v = -pair_g(sum[l]) / (pair_h(sum[l]) + options.ridge * b->unit) * options.rate *
                   BOILERPLATE_UNIT;
        tree->leaf[l] = (int8_t)(v > 127 ? 127 : v < -127 ? -127 : lrint(v));
    }
}

/* Adds a tree's leaves to the scores of all rows. */
static void add_tree(boosting *b, const boilerplate_tree *tree)
{
    const corpus *c = b->corpus;
    float value[BOILERPLATE_LEAVES];
    for (unsigned l = 0; l < BOILERPLATE_LEAVES; l++)
        value[l] = (float)tree->leaf[l] / BOILERPLATE_UNIT;
    memset(b->leaves, 0, c->rows);
    for (unsigned k = 0; k < BOILERPLATE_DEPTH; k++) {
        const uint8_t *column = c->columns[tree->feature[k]] + tree->away[k];
        uint8_t above = tree->above[k], bit = (uint8_t)(1u << k), *leaves = b->leaves;
        for (size_t r = PAD; r + PAD < c->rows; r++) leaves[r] |= column[r] > above ? bit : 0;
    }
    for (size_t r = PAD; r + PAD < c->rows; r++) b->score[r] += value[b->leaves[r]];
}

/* Boosts on all rows whose document is in neither the held fold nor `part`; scores every row. */
static void boost(const corpus *c, unsigned pass, int part, boilerplate_tree *trees, int count,
                  int32_t *bias, float *score)
{
    candidate all[MAX_CANDIDATES];
    size_t n = list_candidates(pass, all);
    boosting b = {.corpus = c, .part = part, .score = score};
    b.row = must(malloc(c->rows * sizeof *b.row));
    b.sample = must(malloc(c->rows * sizeof *b.sample));
    b.gradient = must(malloc(c->rows * sizeof *b.gradient));
    b.leaf = must(malloc(c->rows));
    b.leaves = must(malloc(c->rows));
    b.some = must(malloc(c->rows * sizeof *b.some));
    b.histogram = must(malloc(PICKS_MOST * CELLS * sizeof *b.histogram));
    double keep = 1, total = 2;
    for (size_t r = 0; r < c->rows; r++) {
        const document *d = &c->documents[c->owner[r]];
        if (c->weight[r] <= 0 || d->fold == options.hold || d->part == part) continue;
        b.row[b.rows++] = (uint32_t)r;
        total += c->weight[r];
        keep += c->weight[r] * c->label[r];
    }
    b.values = must(malloc(PICKS_MOST * (b.rows + 1)));
    *bias = (int32_t)lrint(log(keep / (total - keep)) * BOILERPLATE_UNIT);
    for (size_t r = 0; r < c->rows; r++) score[r] = (float)*bias / BOILERPLATE_UNIT;
    for (int t = 0; t < count; t++) {
        grow_tree(&b, all, n, &trees[t]);
        add_tree(&b, &trees[t]);
    }
    double loss = 0;
    for (size_t k = 0; k < b.rows; k++) {
        uint32_t r = b.row[k];
        loss += c->weight[r] * log1p(exp((double)(c->label[r] ? -score[r] : score[r])));
    }
    fprintf(stderr, "pass %u part %d: %zu rows, loss %.4f\n", pass + 1, part, b.rows, loss / total);
    free(b.row);
    free(b.sample);
    free(b.gradient);
    free(b.leaf);
    free(b.leaves);
    free(b.some);
    free(b.histogram);
    free(b.values);
}

static void put_scores(corpus *c, const float *const *scores)
{
    boilerplate_columns columns = {0};
    for (size_t k = 0; k < c->count; k++) {
        document *d = &c->documents[k];
        const float *score = scores[d->fold == options.hold ? PARTS : d->part];
        size_t n = d->text.row_count;
        uint8_t *levels = must(malloc(n + 1));
        for (size_t i = 0; i < n; i++)
            levels[i] =
                boilerplate_model_level((int32_t)lrintf(score[d->row0 + i] * BOILERPLATE_UNIT));
        if (!boilerplate_fill(&columns, &d->text, d->phrases, train_languages())) must(NULL);
        boilerplate_fill_scores(&columns, &d->text, levels);
        copy_columns(c, d, &columns, BOILERPLATE_F_score, BOILERPLATE_F_document_kept);
        free(levels);
    }
    boilerplate_columns_free(&columns);
}

/* ------------------------------------------------------------------ output */

static void write_tree(FILE *f, unsigned pass, const boilerplate_tree *t)
{
    fprintf(f, "tree%u", pass + 1);
    for (unsigned k = 0; k < BOILERPLATE_DEPTH; k++) {
        fprintf(f, " %s", boilerplate_feature_name(t->feature[k]));
        if (t->away[k]) fprintf(f, "@%d", t->away[k]);
        fprintf(f, ">%u", t->above[k]);
    }
    for (unsigned k = 0; k < BOILERPLATE_LEAVES; k++) fprintf(f, " %d", t->leaf[k]);
    fputc('\n', f);
}

static void write_lexicon(FILE *f, const int8_t *lexicon)
{
    for (size_t s = 0; s < BOILERPLATE_LEXICON;) {
        if (!lexicon[s]) {
            s++;
            continue;
        }
        fprintf(f, "words %zu ", s);
        unsigned zeros = 0;
        for (size_t n = 0; n < 512 && s < BOILERPLATE_LEXICON && zeros < 6; s++, n++) {
            fprintf(f, "%02x", (unsigned)(uint8_t)lexicon[s]);
            zeros = lexicon[s] ? 0 : zeros + 1;
        }
        fputc('\n', f);
    }
}

static void write_scores(const corpus *c, const char *path, const float *first, const float *second)
{
    FILE *f = fopen(path, "w");
    if (!f) {
        perror(path);
        exit(74);
    }
    for (size_t k = 0; k < c->count; k++) {
        const document *d = &c->documents[k];
        if (d->fold != options.hold) continue;
        fprintf(f, "%s", d->id);
        for (size_t i = 0; i < d->text.row_count; i++)
            fprintf(f, "\t%u:%.0f:%.0f", d->text.rows[i].line,
                    first[d->row0 + i] * BOILERPLATE_UNIT, second[d->row0 + i] * BOILERPLATE_UNIT);
        fputc('\n', f);
    }
    fclose(f);
}

static const char *option(int argc, char **argv, const char *name, const char *fallback)
{
    for (int i = 3; i + 1 < argc; i++)
        if (!strcmp(argv[i], name)) return argv[i + 1];
    return fallback;
}

/* What the decision takes from the file besides (see model.h), each as the option of its name; a
 * model of modes has but its bound. */
static void write_numbers(FILE *f, int argc, char **argv)
{
    static const char *const numbers[][2] = {
        {"sure_above", "0"},       {"change", "0"},         {"remove_below", "0"},
        {"prose_below", "0"},      {"sentence_below", "0"}, {"long_line", "80"},
        {"long_ideographs", "30"}, {"alike_rows", "0"},     {"alike_share", "32"},
        {"alike_words", "8"},      {"alike_steps", "3"},    {"pull", "0"},
        {"pull_most", "60"},       {"between_kept", "60"},  {"between_gone", "0"},
        {"few_words", "8"},        {"gone_below", "-30"},   {"doubt", "0"},
        {"doubt_from", "64"},      {"doubt_most", "160"},   {"words_most", "80"},
        {"page_share", "0"},       {"sure_below", "-200"}};
    size_t count = options.by_document ? 1 : sizeof numbers / sizeof *numbers;
    for (size_t k = options.by_document ? 0 : 1; k < count; k++) {
        char name[32];
        snprintf(name, sizeof name, "--%s", numbers[k][0]);
        for (char *c = name; (c = strchr(c, '_'));) *c = '-';
        fprintf(f, "%s %s\n", numbers[k][0], option(argc, argv, name, numbers[k][1]));
    }
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: train DOCUMENTS MODEL [--hold FOLD] [--scores FILE] [--trees1 N] "
                        "[--trees2 N] [--rate R] [--power P] [--rows SHARE] [--columns SHARE] "
                        "[--groups N] [--drop WEIGHT] [--ridge R] [--document 1] [--change N] "
                        "[--mute SHARE] [--least N] [--seed N] "
                        "[--words-most N] and what the decision takes, --remove-below N and "
                        "the like: see numbers[] and model.h\n");
        return 2;
    }
    const char *scores = option(argc, argv, "--scores", NULL);
    options.hold = atoi(option(argc, argv, "--hold", "-1"));
    options.trees[0] = atoi(option(argc, argv, "--trees1", "160"));
    options.trees[1] = atoi(option(argc, argv, "--trees2", "120"));
    options.rate = atof(option(argc, argv, "--rate", "0.12"));
    options.power = atof(option(argc, argv, "--power", "0.6"));
    options.row_share = atof(option(argc, argv, "--rows", "0.3"));
    options.column_share = atof(option(argc, argv, "--columns", "0.2"));
    options.groups_least = atoi(option(argc, argv, "--groups", "6"));
    options.mute = atof(option(argc, argv, "--mute", "0.15"));
    options.words_most = atof(option(argc, argv, "--words-most", "80"));
    options.least = atoi(option(argc, argv, "--least", "2"));
    options.drop_weight = atof(option(argc, argv, "--drop", "1"));
    options.ridge = atof(option(argc, argv, "--ridge", "3"));
    options.by_document = atoi(option(argc, argv, "--document", "0"));
    for (int k = atoi(option(argc, argv, "--seed", "0")); k > 0; k--)
        random_state += 0x9E3779B97F4A7C15u;
    corpus c = {0};
    read_corpus(&c, argv[1]);
    fill_columns(&c);
    fprintf(stderr, "%zu documents, %zu rows\n", c.count, c.rows);

    int8_t *lexicons[PARTS + 1];
    for (int part = 0; part <= PARTS; part++) {
        lexicons[part] = must(calloc(BOILERPLATE_LEXICON + BOILERPLATE_LEXICON_SLACK, 1));
        if (!options.by_document) train_lexicon(&c, part < PARTS ? part : -1, lexicons[part]);
    }
    put_lexicon(&c, (const int8_t *const *)lexicons);
    fprintf(stderr, "words weighed\n");

    float *score[PARTS + 1];
    boilerplate_model model = {0};
    for (int pass = 0; pass < 2; pass++)
        model.trees[pass] =
            must(calloc((size_t)options.trees[pass] + 1, sizeof *model.trees[pass]));
    for (int part = 0; part <= PARTS; part++) {
        score[part] = must(calloc(c.rows, sizeof **score));
        boost(&c, 0, part < PARTS ? part : -1, model.trees[0], options.trees[0], &model.bias[0],
              score[part]);
    }
    put_scores(&c, (const float *const *)score);
    float *second = score[0];
    boost(&c, 1, -1, model.trees[1], options.trees[1], &model.bias[1], second);
    if (scores) write_scores(&c, scores, score[PARTS], second);

    FILE *f = fopen(argv[2], "w");
    if (!f) {
        perror(argv[2]);
        return 74;
    }
    fprintf(f, "bias1 %d\nbias2 %d\n", model.bias[0], model.bias[1]);
    write_numbers(f, argc, argv);
    for (unsigned pass = 0; pass < 2; pass++)
        for (int k = 0; k < options.trees[pass]; k++) write_tree(f, pass, &model.trees[pass][k]);
    if (!options.by_document) write_lexicon(f, lexicons[PARTS]);
    return fclose(f) ? 74 : 0;
}
