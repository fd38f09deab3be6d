/* The score table of kinds: what a feature of a quotation weighs, in any language and in one.
 * kind.c names the features and adds the weights up. */
#include "entries.h"

#include <stdlib.h>

/* Rows: feature TAB language (or *) TAB weight. A language's own weight is added to that of `*`;
 * those of `fiction` hold alone where a document is one. */
static bool read_weight(qt_lexicon *self, tamis_str row, const char **what)
{
    tamis_str name = quotes_cut(&row, '\t'), lang = quotes_cut(&row, '\t'),
              number = quotes_cut(&row, '\t');
    unsigned feature = 0;
    while (feature < QT_MAX_FEATURES &&
           !(quotes_feature_names[feature] && quotes_str_is(name, quotes_feature_names[feature])))
        feature++;
    if (feature == QT_MAX_FEATURES) {
        *what = "no such feature";
        return false;
    }
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
    unsigned row_of = QT_ANY_LANG;
    if (quotes_str_is(lang, "fiction")) {
        row_of = QT_FICTION_ROW;
    } else if (!quotes_str_is(lang, "*")) {
        row_of = quotes_lang(self, lang);
        if (row_of == QT_NO_LANG) return true; /* a language without cues */
    }
    self->weights[row_of][feature] = (int16_t)value;
    return true;
}

bool quotes_weights_read(qt_lexicon *self, tamis_str file, unsigned *line, const char **what)
{
    *line = 0;
    for (tamis_str row; quotes_next_row(&file, line, &row);)
        if (!read_weight(self, row, what)) return false;
    return true;
}
