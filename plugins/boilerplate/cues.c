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

enum { BLOCK = 64 }; /* rows looked at together; the columns are padded for it */

/* Which of the rows from `at` on the rule holds for, 255 or 0 each; false: none of them. */
static bool hold_block(const boilerplate_cue *self, const boilerplate_columns *columns, size_t at,
                       uint8_t holds[BLOCK])
{
    uint64_t any[BLOCK / 8];
    for (unsigned k = 0; k < self->test_count;
         k++) { /* what is the same for all rows comes first */
        const boilerplate_test *t = &self->tests[k];
        if (t->feature < BOILERPLATE_F_document_rows) continue;
        uint8_t value = boilerplate_column(columns, t->feature)[at];
        if (t->above ? value <= t->n : value >= t->n) return false;
    }
    memset(holds, 255, BLOCK);
    for (unsigned k = 0; k < self->test_count; k++) {
        const boilerplate_test *t = &self->tests[k];
        const uint8_t *value = boilerplate_column(columns, t->feature) + at + t->away;
        uint8_t n = t->n, seen = 0;
        if (t->feature >= BOILERPLATE_F_document_rows) continue;
        if (t->above)
            for (unsigned i = 0; i < BLOCK; i++) holds[i] &= value[i] > n ? 255 : 0;
        else
            for (unsigned i = 0; i < BLOCK; i++) holds[i] &= value[i] < n ? 255 : 0;
        memcpy(any, holds, sizeof any);
        for (unsigned i = 0; i < BLOCK / 8; i++) seen |= any[i] != 0;
        if (!seen) return false;
    }
    return true;
}

void boilerplate_cues_name_all(const boilerplate_cues *self, const boilerplate_columns *columns,
                               uint8_t *names)
{
    uint8_t holds[BLOCK], found[BLOCK];
    for (size_t at = 0; at < columns->rows; at += BLOCK) {
        size_t n = columns->rows - at < BLOCK ? columns->rows - at : BLOCK;
        memset(found, 0, BLOCK);
        for (size_t k = 0; k < self->count && k < BOILERPLATE_CUES_NAMED; k++) {
            const boilerplate_cue *cue = &self->at[k];
            if (cue->kind == BOILERPLATE_KIND_none || !hold_block(cue, columns, at, holds))
                continue;
            uint8_t number = (uint8_t)(k + 1);
            for (unsigned i = 0; i < BLOCK; i++) found[i] |= found[i] ? 0 : holds[i] & number;
        }
        memcpy(names + at, found, n);
    }
}

void boilerplate_cues_weigh(const boilerplate_cues *self, unsigned mode,
                            const boilerplate_columns *columns, int32_t *scores)
{
    uint8_t holds[BLOCK];
    for (size_t at = 0; at < columns->rows; at += BLOCK) {
        size_t n = columns->rows - at < BLOCK ? columns->rows - at : BLOCK;
        for (size_t k = 0; k < self->count; k++) {
            const boilerplate_cue *cue = &self->at[k];
            int32_t weight = cue->weight[mode];
            if (!weight || !hold_block(cue, columns, at, holds)) continue;
            for (size_t i = 0; i < n; i++) scores[at + i] += holds[i] ? weight : 0;
        }
    }
}
