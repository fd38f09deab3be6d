/* pack.c: a trained model of floats -> the model file that ships (see ../model.h).
 *
 *   pack TRAINED HEADER OUT LINES COMMON BACKGROUND LONG WIDE LABELS [BALANCE]
 *     HEADER: the text that opens the file. LINES: of the accurate tier, of 64 bytes. COMMON: what
 *     is added to the scores of the first 75 labels, since training shows the scarce ones more
 *     often than they are met; BACKGROUND, to the background's; LONG, to the background's in long
 *     texts besides, where much is seen of a language that is none of the labels; WIDE, to those of
 *     the languages that LABELS (labels.tsv, last column) calls the most common on web pages.
 *     BALANCE: what `check balance` found, added in long texts.
 *
 * Fast rows become 4 bits: a row's mean is taken off, one step serves a script. Accurate rows come
 * pruned; they are cut into slots, and each key's first slot is placed before any key's second. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../model.h"
#include "train.h"

enum { COMMON_LABELS = 75, OFTEN = 3 };

static train_header T;
static uint64_t *keys;
static train_row *sparse;
static float *rows;
static float balance[TRAIN_LABELS + 1];
static language_head head;
static uint8_t *out;
static size_t out_size;

static const float *row(uint64_t r)
{
    return rows + r * TRAIN_LANES;
}

static uint64_t reserve(size_t bytes)
{
    uint64_t at = (out_size + 63) & ~63ull;
    out = realloc(out, at + bytes);
    memset(out + out_size, 0, at + bytes - out_size);
    out_size = at + bytes;
    return at;
}

static void read_trained(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f || fread(&T, sizeof T, 1, f) != 1) exit(1);
    if (T.accurate) {
        keys = malloc(T.keys * sizeof *keys);
        sparse = malloc(T.keys * sizeof *sparse);
        if (fread(keys, sizeof *keys, T.keys, f) != T.keys) exit(1);
        if (fread(sparse, sizeof *sparse, T.keys, f) != T.keys) exit(1);
        T.rows -= T.keys;
    }
    rows = malloc(T.rows * TRAIN_LANES * sizeof *rows);
    if (fread(rows, TRAIN_LANES * sizeof *rows, T.rows, f) != T.rows) exit(1);
    fclose(f);
}

/* How common each label is on web pages, as a share of the great languages'. */
static void read_web(const char *path)
{
    static const float shares[] = {1, .3f, .03f};
    char line[256];
    FILE *f = fopen(path, "r");
    if (!f) exit(1);
    for (uint32_t l = 0; l < T.labels && fgets(line, sizeof line, f);) {
        if (line[0] == '#') continue;
        const char *last = strrchr(line, '\t');
        int class = last ? atoi(last + 1) : 0;
        if (strncmp(line, T.name[l], strlen(T.name[l])) != 0 || class < 1 || class > 3) exit(1);
        head.web[l++] = shares[class - 1];
    }
    fclose(f);
}

static void read_balance(const char *path)
{
    char name[8];
    float value;
    FILE *f = fopen(path, "r");
    if (!f) exit(1);
    while (fscanf(f, "%7s %f", name, &value) == 2)
        for (uint32_t l = 0; l < T.labels; l++)
            if (!strcmp(name, T.name[l])) balance[l] = value;
    fclose(f);
}

/* What is added to a label's scores. */
static float favour(uint32_t label, const char *const *given)
{
    if (label == T.labels) return (float)atof(given[1]);
    return (label < COMMON_LABELS ? (float)atof(given[0]) : 0) +
           (head.web[label] >= 1 ? (float)atof(given[3]) : 0);
}

static void fill_head(const char *const *given)
{
    memcpy(head.magic, "tamislng", 8);
    head.format = LANGUAGE_FORMAT;
    head.kind = T.accurate ? LANGUAGE_ACCURATE : LANGUAGE_FAST;
    head.labels = T.labels;
    head.head_size = sizeof head;
    for (uint32_t l = 0; l < T.labels; l++) {
        memcpy(head.label[l].tag, T.tag[l], 8);
        memcpy(head.label[l].iso, T.name[l], 4);
        memcpy(head.label[l].english, T.english[l], 32);
        memcpy(head.label[l].group, T.group[l], 8);
    }
    for (int s = 0; s < LANGUAGE_SCRIPT_COUNT; s++) {
        language_script_model *m = &head.script[s];
        m->lanes = T.lanes[s];
        m->row_bits = T.row_bits[s];
        m->step = 1;
        for (int i = 0; i < LANGUAGE_LENGTHS; i++) m->sharpness[i] = 1;
        for (uint32_t l = 0; l < T.lanes[s]; l++) {
            m->bias[0][l] = T.bias[s][l] + favour(T.label[s][l], given);
            m->bias[1][l] = m->bias[0][l] + balance[T.label[s][l]];
            if (T.label[s][l] == T.labels) m->bias[1][l] += (float)atof(given[2]);
            m->label[l] = T.label[s][l] == T.labels ? LANGUAGE_LABEL_UND : T.label[s][l];
        }
    }
}

/* ------------------------------------------------------------------ fast */

static void pack_fast(int s)
{
    language_script_model *m = &head.script[s];
    uint64_t count = 1ull << m->row_bits;
    size_t row_bytes = m->lanes > 32 ? 64 : 16, quarter = row_bytes / 2;
    double squares = 0;
    for (uint64_t r = 0; r < count; r++)
        for (uint32_t l = 0; l < m->lanes; l++)
            squares += (double)row(T.row_base[s] + r)[l] * row(T.row_base[s] + r)[l];
    m->step = (float)(TRAIN_SPREAD * sqrt(squares / (double)(count * m->lanes)));
    m->table = reserve(count * row_bytes);
    for (uint64_t r = 0; r < count; r++) {
        const float *w = row(T.row_base[s] + r);
        double mean = 0;
        for (uint32_t l = 0; l < m->lanes; l++) mean += w[l];
        mean /= m->lanes;
        for (uint32_t l = 0; l < m->lanes; l++) {
            long q = lrint((w[l] - mean) / m->step) + TRAIN_HALF_ZERO;
            q = q < 0 ? 0 : q > TRAIN_HALF_TOP ? TRAIN_HALF_TOP : q;
            size_t byte = 2 * (l % quarter) + (l / quarter >> 1);
            out[m->table + r * row_bytes + byte] |= (uint8_t)(q << (l / quarter & 1 ? 4 : 0));
        }
    }
}

/* ------------------------------------------------------------------ accurate */

static uint64_t slot_of(const train_row *r, uint32_t from, uint64_t check)
{
    uint64_t slot = check;
    for (uint32_t i = 0; i < LANGUAGE_PAIRS; i++) {
        uint64_t lane = 0, weight = LANGUAGE_WEIGHT_ZERO;
        if (from + i < r->count) {
            long q = lrintf(r->weight[from + i] / TRAIN_STEP);
            lane = r->lane[from + i];
            weight = (uint64_t)(LANGUAGE_WEIGHT_ZERO + (q < -31 ? -31 : q > 31 ? 31 : q));
        }
        slot |= (lane | weight << LANGUAGE_LANE_BITS)
                << (LANGUAGE_PAIRS_AT + i * LANGUAGE_PAIR_BITS);
    }
    return slot;
}

typedef struct {
    size_t written, lost, lost_first;
} account;

/* Where the slots of a key are put: who took each slot (key number + 1), so that it can make
 * room. */
typedef struct {
    language_line *lines;
    uint32_t (*taken)[LANGUAGE_SLOTS];
} shelf;

static int slot_free(const shelf *s, uint64_t line)
{
    for (int i = 0; i < LANGUAGE_SLOTS; i++)
        if (!s->taken[line][i]) return i;
    return -1;
}

static void slot_put(shelf *s, uint64_t line, int i, uint64_t slot, uint64_t key)
{
    s->lines[line].slot[i] = slot;
    s->taken[line][i] = (uint32_t)key + 1;
}

/* Moves the slot of a long n-gram out of a full line to the other line of its key; returns the
 * place it had, -1: none can be moved within `depth` steps. */
static int slot_make_room(shelf *s, uint64_t line, int depth)
{
    for (int step = 1; step <= 2 && step <= depth; step++)
        for (int i = 0; i < LANGUAGE_SLOTS; i++) {
            const uint64_t slot = s->lines[line].slot[i], key = s->taken[line][i] - 1;
            const uint64_t other = language_other_line(line, slot & LANGUAGE_CHECK_MASK);
            if ((keys[key] & 7) <= OFTEN) continue;
            const int to = step == 1 ? slot_free(s, other) : slot_make_room(s, other, depth - 1);
            if (to < 0) continue;
            slot_put(s, other, to, slot, key);
            return i;
        }
    return -1;
}

/* Into the key's own line if it has room, else into the other one, else others make room. */
static bool slot_write(shelf *s, uint64_t key, uint64_t slot)
{
    const uint64_t check = slot & LANGUAGE_CHECK_MASK,
                   own = language_key_line(keys[key], head.lines);
    const uint64_t at[] = {own, language_other_line(own, check)};
    for (int k = 0; k < 2; k++) {
        const int i = slot_free(s, at[k]);
        if (i < 0) continue;
        slot_put(s, at[k], i, slot, key);
        return true;
    }
    for (int k = 0; k < 2; k++) {
        const int i = slot_make_room(s, at[k], 4);
        if (i < 0) continue;
        slot_put(s, at[k], i, slot, key);
        return true;
    }
    return false;
}

/* Says in a key's own line that the other one holds slots of it. */
static size_t mark_others(shelf *s)
{
    size_t marked = 0;
    for (uint64_t line = 0; line < head.lines; line++)
        for (int i = 0; i < LANGUAGE_SLOTS; i++) {
            if (!s->taken[line][i]) continue;
            const uint64_t key = keys[s->taken[line][i] - 1];
            const uint64_t own = language_key_line(key, head.lines);
            if (own == line) continue;
            s->lines[own].slot[language_key_mark(key)] |= 1ull << LANGUAGE_CHECK_BITS;
            marked++;
        }
    return marked;
}

/* Puts the slots from the lane number `from` on of all keys of a length. */
static void put_slots(shelf *s, uint32_t length, uint32_t from, account *a)
{
    for (uint64_t k = 0; k < T.keys; k++) {
        if (from >= sparse[k].count || (keys[k] & 7) != length) continue;
        const uint64_t slot = slot_of(&sparse[k], from, language_key_check(keys[k]));
        if (slot_write(s, k, slot))
            a->written++;
        else if (a->lost++, !from)
            a->lost_first++;
    }
}

/* Short n-grams are looked up most, so they come first, that they stand in their own lines; of the
 * others all first slots before any second. */
static void pack_accurate(uint64_t lines_wanted)
{
    head.lines = lines_wanted / LANGUAGE_BLOCK * LANGUAGE_BLOCK;
    head.line_table = reserve(head.lines * sizeof(language_line));
    shelf shelf = {(language_line *)(void *)(out + head.line_table),
                   calloc(head.lines, sizeof *shelf.taken)};
    account put = {0, 0, 0};
    if (!shelf.taken) exit(1);
    for (uint32_t length = 1; length < 8; length++)
        for (uint32_t from = 0; length <= OFTEN && from < TRAIN_KEPT_LANES; from += LANGUAGE_PAIRS)
            put_slots(&shelf, length, from, &put);
    for (uint32_t from = 0; from < TRAIN_KEPT_LANES; from += LANGUAGE_PAIRS)
        for (uint32_t length = OFTEN + 1; length < 8; length++)
            put_slots(&shelf, length, from, &put);
    const size_t other = mark_others(&shelf);
    free(shelf.taken);
    fprintf(stderr,
            "%zu slots of %llu written, %zu of them in other lines; %zu did not fit, of them first "
            "slots %zu\n",
            put.written, (unsigned long long)head.lines * LANGUAGE_SLOTS, other, put.lost,
            put.lost_first);
    for (int s = 0; s < LANGUAGE_SCRIPT_COUNT; s++) {
        language_script_model *m = &head.script[s];
        m->step = TRAIN_STEP;
        if (m->lanes < 3) continue;
        m->table = reserve(8ull * LANGUAGE_ABSENT_STEPS * LANGUAGE_LANES);
        for (int i = 0; i < 8 * LANGUAGE_ABSENT_STEPS; i++)
            for (uint32_t l = 0; l < m->lanes; l++) {
                long q = lrintf(row((uint64_t)s * 8 * TRAIN_ABSENT + (uint64_t)i)[l] / TRAIN_STEP);
                out[m->table + (uint64_t)i * LANGUAGE_LANES + l] = (uint8_t)(int8_t)(q < -127 ? -127
                                                                                     : q > 127 ? 127
                                                                                               : q);
            }
    }
}

int main(int argc, char **argv)
{
    if (argc != 10 && argc != 11) {
        fputs("usage: pack TRAINED HEADER OUT LINES COMMON BACKGROUND LONG WIDE LABELS [BALANCE]\n",
              stderr);
        return 2;
    }
    read_trained(argv[1]);
    reserve(LANGUAGE_HEADER + sizeof head);
    FILE *text = fopen(argv[2], "r");
    if (!text || fread(out, 1, LANGUAGE_HEADER - 1, text) == 0) return 1;
    fclose(text);
    read_web(argv[9]);
    if (argc > 10) read_balance(argv[10]);
    fill_head((const char *const *)&argv[5]);
    if (T.accurate)
        pack_accurate((uint64_t)atof(argv[4]));
    else
        for (int s = 0; s < LANGUAGE_SCRIPT_COUNT; s++)
            if (T.row_bits[s]) pack_fast(s);
    memcpy(out + LANGUAGE_HEADER, &head, sizeof head);
    FILE *f = fopen(argv[3], "wb");
    if (!f || fwrite(out, 1, out_size, f) != out_size || fclose(f)) return 1;
    return 0;
}
