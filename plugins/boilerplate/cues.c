#include "cues.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static tamis_str next_cell(tamis_str *line, char delimiter)
{
    const char *end = line->n ? memchr(line->p, delimiter, line->n) : NULL;
    tamis_str cell = {line->p, end ? (size_t)(end - line->p) : line->n};
    line->p += cell.n + (end ? 1 : 0);
    line->n -= cell.n + (end ? 1 : 0);
    return cell;
}

static bool read_integer(tamis_str cell, long least, long most, long *out)
{
    bool minus = cell.n && cell.p[0] == '-';
    size_t i = minus ? 1 : 0;
    long n = 0;
    if (i == cell.n) return false;
    for (; i < cell.n; i++) {
        if (cell.p[i] < '0' || cell.p[i] > '9' || n > 100000) return false;
        n = n * 10 + (cell.p[i] - '0');
    }
    *out = minus ? -n : n;
    return *out >= least && *out <= most;
}

/* feature>n, feature<n, feature@away>n */
static bool read_test(tamis_str word, boilerplate_test *test, char message[160])
{
    size_t n = 0;
    while (n < word.n && word.p[n] != '>' && word.p[n] != '<' && word.p[n] != '@') n++;
    tamis_str name = {word.p, n};
    test->feature = BOILERPLATE_FEATURE_COUNT;
    for (unsigned k = 0; k < BOILERPLATE_FEATURE_COUNT; k++)
        if (strlen(boilerplate_feature_name(k)) == name.n &&
            !memcmp(boilerplate_feature_name(k), name.p, name.n))
            test->feature = (uint8_t)k;
    if (test->feature == BOILERPLATE_FEATURE_COUNT) {
        snprintf(message, 160, "no such feature: '%.*s'", (int)name.n, name.p);
        return false;
    }
    long away = 0, number = 0;
    size_t at = n;
    if (at < word.n && word.p[at] == '@') {
        while (n < word.n && word.p[n] != '>' && word.p[n] != '<') n++;
        if (!read_integer((tamis_str){word.p + at + 1, n - at - 1}, -BOILERPLATE_MARGIN,
                          BOILERPLATE_MARGIN, &away))
            n = word.n;
    }
    if (n >= word.n || !read_integer((tamis_str){word.p + n + 1, word.n - n - 1}, 0, 64, &number)) {
        snprintf(message, 160, "not a test: '%.*s' (feature>n, feature<n or feature@rows>n)",
                 (int)word.n, word.p);
        return false;
    }
    test->away = (int8_t)away;
    test->above = word.p[n] == '>';
    test->n = (uint8_t)number;
    return true;
}

static bool read_cue(tamis_str line, boilerplate_cue *cue, char message[160])
{
    memset(cue, 0, sizeof *cue);
    cue->name = next_cell(&line, '\t');
    tamis_str kind = next_cell(&line, '\t');
    cue->kind = (uint8_t)boilerplate_kind_of(kind);
    if (cue->kind == BOILERPLATE_KIND_none && !(kind.n == 1 && kind.p[0] == '-')) {
        snprintf(message, 160, "no such kind: '%.*s'", (int)kind.n, kind.p);
        return false;
    }
    for (unsigned mode = 0; mode < BOILERPLATE_MODES; mode++) {
        long weight = 0;
        if (!read_integer(next_cell(&line, '\t'), -10000, 10000, &weight)) {
            snprintf(message, 160, "a weight is no number from -10000 to 10000");
            return false;
        }
        cue->weight[mode] = (int16_t)weight;
    }
    while (line.n) {
        tamis_str word = next_cell(&line, ' ');
        if (!word.n) continue;
        if (cue->test_count == BOILERPLATE_CUE_TESTS) {
            snprintf(message, 160, "more than %d tests", BOILERPLATE_CUE_TESTS);
            return false;
        }
        if (!read_test(word, &cue->tests[cue->test_count++], message)) return false;
    }
    return true;
}

bool boilerplate_cues_read(boilerplate_cues *self, tamis_str bytes, char message[160])
{
    unsigned number = 0;
    size_t room = 0;
    memset(self, 0, sizeof *self);
    while (bytes.n) {
        tamis_str line = next_cell(&bytes, '\n');
        if (line.n && line.p[line.n - 1] == '\r') line.n--;
        if (++number == 1 || !line.n || line.p[0] == '#') continue;
        if (self->count == room) {
            void *p = realloc(self->at, (room = room * 2 + 32) * sizeof *self->at);
            if (!p) {
                snprintf(message, 160, "no memory");
                return false;
            }
            self->at = p;
        }
        char why[160];
        if (!read_cue(line, &self->at[self->count++], why)) {
            snprintf(message, 160, "line %u: %.140s", number, why);
            return false;
        }
    }
    return true;
}

void boilerplate_cues_free(boilerplate_cues *self)
{
    free(self->at);
    memset(self, 0, sizeof *self);
}

bool boilerplate_cue_holds(const boilerplate_cue *self, const boilerplate_columns *columns,
                           size_t row)
{
    for (unsigned k = 0; k < self->test_count; k++) {
        const boilerplate_test *t = &self->tests[k];
        uint8_t value = boilerplate_column(columns, t->feature)[(ptrdiff_t)row + t->away];
        if (t->above ? value <= t->n : value >= t->n) return false;
    }
    return true;
}

const boilerplate_cue *boilerplate_cues_name(const boilerplate_cues *self,
                                             const boilerplate_columns *columns, size_t row)
{
    for (size_t k = 0; k < self->count; k++)
        if (self->at[k].kind != BOILERPLATE_KIND_none &&
            boilerplate_cue_holds(&self->at[k], columns, row))
            return &self->at[k];
    return NULL;
}

void boilerplate_cues_weigh(const boilerplate_cues *self, unsigned mode,
                            const boilerplate_columns *columns, int32_t *scores)
{
    for (size_t k = 0; k < self->count; k++) {
        const boilerplate_cue *cue = &self->at[k];
        if (!cue->weight[mode]) continue;
        for (size_t i = 0; i < columns->rows; i++)
            if (boilerplate_cue_holds(cue, columns, i)) scores[i] += cue->weight[mode];
    }
}
