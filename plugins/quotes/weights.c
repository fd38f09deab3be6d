/* Score tables: what a feature weighs. That of kinds, in any language and in one, is kind.c's, that
 * of whom a speaker stands for, by what is asked for, choose.c's: they name the features and add
 * the weights up. */
#include "entries.h"

#include <stdlib.h>

/* A row: name TAB what it holds for TAB weight. */
typedef struct {
    tamis_str name, of;
    int value;
} weight_row;

static bool cut_row(tamis_str text, weight_row *row, const char **what)
{
    row->name = quotes_cut(&text, '\t');
    row->of = quotes_cut(&text, '\t');
    tamis_str number = quotes_cut(&text, '\t');
    char digits[12];
    if (!number.n || number.n >= sizeof digits) {
        *what = "a whole number is wanted as third column";
        return false;
    }
    memcpy(digits, number.p, number.n);
    digits[number.n] = 0;
    char *rest;
    long value = strtol(digits, &rest, 10);
    if (*rest || value < -1000 || value > 1000) {
        *what = "a whole number from -1000 to 1000 is wanted as third column";
        return false;
    }
    row->value = (int)value;
    return true;
}

/* Which of the names it is; `count` where it is none. */
static unsigned find_name(const char *const *names, unsigned count, tamis_str name)
{
    unsigned i = 0;
    while (i < count && !(names[i] && quotes_str_is(name, names[i]))) i++;
    return i;
}

/* The second column is a language or *: a language's own weight is added to that of `*`; those of
 * `fiction` hold alone where a document is one. */
static bool read_weight(qt_lexicon *self, tamis_str text, const char **what)
{
    weight_row row;
    if (!cut_row(text, &row, what)) return false;
    unsigned feature = find_name(quotes_feature_names, QT_MAX_FEATURES, row.name);
    if (feature == QT_MAX_FEATURES) {
        *what = "no such feature";
        return false;
    }
    unsigned of = QT_ANY_LANG;
    if (quotes_str_is(row.of, "fiction")) {
        of = QT_FICTION_ROW;
    } else if (!quotes_str_is(row.of, "*")) {
        of = quotes_lang(self, row.of);
        if (of == QT_NO_LANG) return true; /* a language without cues */
    }
    self->weights[of][feature] = (int16_t)row.value;
    return true;
}

/* The second column is what is asked for or *, for all: both are added up. */
static bool read_choice(qt_lexicon *self, tamis_str text, const char **what)
{
    weight_row row;
    if (!cut_row(text, &row, what)) return false;
    unsigned feature = find_name(quotes_choice_names, QT_MAX_CHOICE, row.name);
    unsigned asked = find_name(quotes_asked_names, QT_ASKED_KINDS, row.of);
    bool all = quotes_str_is(row.of, "*");
    if (feature == QT_MAX_CHOICE || (asked == QT_ASKED_KINDS && !all)) {
        *what = feature == QT_MAX_CHOICE ? "no such feature" : "nothing that is asked for";
        return false;
    }
    for (unsigned i = 0; i < QT_ASKED_KINDS; i++) {
        if (all || i == asked)
            self->choice[i][feature] = (int16_t)(self->choice[i][feature] + row.value);
    }
    return true;
}

typedef bool row_reader(qt_lexicon *self, tamis_str text, const char **what);

static bool read_rows(qt_lexicon *self, tamis_str file, row_reader *read, unsigned *line,
                      const char **what)
{
    *line = 0;
    for (tamis_str row; quotes_next_row(&file, line, &row);)
        if (!read(self, row, what)) return false;
    return true;
}

bool quotes_weights_read(qt_lexicon *self, tamis_str file, unsigned *line, const char **what)
{
    return read_rows(self, file, read_weight, line, what);
}

bool quotes_choice_read(qt_lexicon *self, tamis_str file, unsigned *line, const char **what)
{
    return read_rows(self, file, read_choice, line, what);
}
