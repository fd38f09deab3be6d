/* Sentences of the view, for many languages at once. A stop ends a sentence unless what stands
 * ahead of it is an abbreviation or an initial, or what follows goes on in lower case. Which words
 * are abbreviations is data: lua/data/abbreviations.tsv, read once while the pipeline loads. */
#include "match/fold.h"
#include "script/state.h"

#include <stdlib.h>

typedef enum {
    WORD_PLAIN,
    WORD_ALWAYS, /* never ends a sentence: "Dr." */
    WORD_NUMBER, /* goes on to a digit: "No. 5" */
    WORD_MOSTLY, /* ends one only before a word that begins sentences: "Co." */
    WORD_END,    /* ends one unless lower case follows: "etc." */
    WORD_START,  /* begins sentences: "The" */
    WORD_MONTH   /* follows a number with a dot: "1. Mai" */
} word_kind;

struct abbreviation {
    tamis_str word; /* lower case, without its last dot */
    word_kind kind;
};

enum {
    ABBREVIATION_BYTES = 24, /* longer words are none */
    WRAPPED_SHORTEST = 45,   /* lines of such lengths are taken for wrapped text */
    WRAPPED_LONGEST = 95
};

/* ------------------------------------------------------------------ the data */

static int by_word(const void *a, const void *b)
{
    const struct abbreviation *x = a, *y = b;
    return str_compare(x->word, y->word);
}

static word_kind kind_named(tamis_str name)
{
    static const char *const names[] = {"", "always", "number", "mostly", "end", "start", "month"};
    for (size_t i = 1; i < sizeof names / sizeof names[0]; i++)
        if (str_is(name, names[i])) return (word_kind)i;
    return WORD_PLAIN;
}

/* Rows `kind TAB word word …`; '#' begins a comment line. Counts them when `out` is NULL. */
static size_t read_rows(script *self, tamis_str text, struct abbreviation *out)
{
    size_t n = 0;
    while (text.n) {
        const char *newline = memchr(text.p, '\n', text.n);
        tamis_str line = {text.p, newline ? (size_t)(newline - text.p) : text.n};
        text.p += line.n + (newline != NULL);
        text.n -= line.n + (newline != NULL);
        const char *tab = memchr(line.p, '\t', line.n);
        if (!tab || *line.p == '#') continue;
        word_kind kind = kind_named((tamis_str){line.p, (size_t)(tab - line.p)});
        for (const char *p = tab + 1, *end = line.p + line.n; p < end;) {
            const char *blank = memchr(p, ' ', (size_t)(end - p));
            tamis_str word = {p, (size_t)((blank ? blank : end) - p)};
            p += word.n + 1;
            if (!word.n || kind == WORD_PLAIN) continue;
            if (out) out[n] = (struct abbreviation){arena_copy(&self->memory, word), kind};
            n++;
        }
    }
    return n;
}

void sentences_load(script *self)
{
    file_bytes file;
    error e = {0};
    if (self->abbreviations_read || !self->lua_folder) return;
    self->abbreviations_read = true;
    const char *path = arena_printf(&self->memory, "%s/data/abbreviations.tsv", self->lua_folder);
    if (!path || file_open(path, &file, &e) < 0) return; /* without it: stops alone decide */
    size_t n = read_rows(self, file.bytes, NULL);
    self->abbreviations = arena_alloc(&self->memory, (n + 1) * sizeof *self->abbreviations);
    if (self->abbreviations)
        self->abbreviation_count = read_rows(self, file.bytes, self->abbreviations);
    if (self->abbreviation_count)
        qsort(self->abbreviations, self->abbreviation_count, sizeof *self->abbreviations, by_word);
    file_close(&file);
}

/* The kind of a word as it stands in the text: looked up in lower case, accents kept. */
static word_kind kind_of(const script *self, tamis_str word)
{
    char lower[2 * ABBREVIATION_BYTES];
    size_t n = 0;
    if (word.n == 0 || word.n > ABBREVIATION_BYTES || !self->abbreviation_count) return WORD_PLAIN;
    for (size_t i = 0; i < word.n;) {
        size_t bytes;
        uint32_t code = utf8_decode(word.p + i, word.n - i, &bytes);
        if ((code >= 'A' && code <= 'Z') || (code >= 0xC0 && code <= 0xDE && code != 0xD7) ||
            (code >= 0x410 && code <= 0x42F))
            code += 32;
        else if (code >= 0x400 && code <= 0x40F)
            code += 80;
        n += utf8_encode(code, lower + n);
        i += bytes ? bytes : 1;
    }
    struct abbreviation key = {.word = {lower, n}}, *found;
    found = bsearch(&key, self->abbreviations, self->abbreviation_count, sizeof key, by_word);
    return found ? found->kind : WORD_PLAIN;
}

/* ------------------------------------------------------------------ what stands around a stop */

static bool is_blank(tamis_str text, size_t at, size_t *bytes)
{
    unsigned char c = (unsigned char)text.p[at];
    *bytes = 1;
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') return true;
    if (c == 0xC2 && at + 1 < text.n && (unsigned char)text.p[at + 1] == 0xA0)
        return *bytes = 2, true;
    if (c == 0xE2 && at + 2 < text.n && (unsigned char)text.p[at + 1] == 0x80 &&
        (unsigned char)text.p[at + 2] == 0xAF)
        return *bytes = 3, true;
    return false;
}

static bool starts_with(tamis_str text, size_t at, const char *mark, size_t *n)
{
    *n = strlen(mark);
    return text.n - at >= *n && memcmp(text.p + at, mark, *n) == 0;
}

/* Behind closing quotes and brackets; French sets a narrow blank ahead of its mark. */
static size_t skip_closers(tamis_str text, size_t i)
{
    static const char *const closers[] = {"\"", "'",  ")",  "]",  "»",       "”",      "’",
                                          "“",  "」", "』", " »", "\u00A0»", "\u202F»"};
    for (bool more = true; more;) {
        more = false;
        for (size_t k = 0; k < sizeof closers / sizeof closers[0] && !more; k++) {
            size_t n;
            if (i < text.n && starts_with(text, i, closers[k], &n)) {
                i += n;
                more = true;
            }
        }
    }
    return i;
}

typedef enum { NEXT_NOTHING, NEXT_LOWER, NEXT_DIGIT, NEXT_WORD } next_kind;

/* What the next word looks like; quotes, dashes and blanks are passed over. */
static next_kind look_ahead(tamis_str text, size_t at, size_t *word, size_t *word_end)
{
    enum { FAR = 16 }; /* characters of marks and blanks */
    const unsigned char *p = (const unsigned char *)text.p;
    fold_char c = {0};
    int passed = 0;
    for (; at < text.n && passed < FAR; at += c.bytes, passed++) {
        c = fold_next(p + at, text.n - at);
        if (c.class != FOLD_GAP) break;
    }
    if (at >= text.n || passed == FAR) return NEXT_NOTHING;
    *word = at;
    if (c.class == FOLD_DIGIT) return NEXT_DIGIT;
    size_t end = at;
    while (end < text.n && end - at < ABBREVIATION_BYTES) {
        fold_char d = fold_next(p + end, text.n - end);
        if (d.class != FOLD_LETTER) break;
        end += d.bytes;
    }
    *word_end = end;
    if (c.class != FOLD_LETTER || fold_is_capital(p + at, c.bytes)) return NEXT_WORD;
    uint32_t lead = p[at]; /* letters of scripts with case only: Latin, Greek, Cyrillic, Armenian */
    return lead < 0xD6 ? NEXT_LOWER : NEXT_WORD;
}

/* The word ahead of a dot: back to a blank, without opening marks. */
static tamis_str word_before(tamis_str text, size_t dot, size_t from)
{
    size_t start = dot;
    while (start > from && dot - start < 2 * ABBREVIATION_BYTES) {
        size_t back = start - 1;
        while (back > from && utf8_is_continuation((unsigned char)text.p[back])) back--;
        fold_char c = fold_next((const unsigned char *)text.p + back, start - back);
        if (c.class == FOLD_GAP && text.p[back] != '.' && text.p[back] != '-') break;
        start = back;
    }
    return (tamis_str){text.p + start, dot - start};
}

static bool is_initial(tamis_str word)
{
    size_t bytes;
    if (!word.n) return false;
    utf8_decode(word.p, word.n, &bytes);
    return bytes == word.n && fold_is_capital((const unsigned char *)word.p, (unsigned)bytes);
}

static bool is_number(tamis_str word)
{
    for (size_t i = 0; i < word.n; i++)
        if ((word.p[i] < '0' || word.p[i] > '9') && word.p[i] != '.') return false;
    return word.n > 0;
}

/* A full stop at `dot`, with `end` behind it and its closers: does the sentence go on? */
static bool goes_on(const script *self, tamis_str text, size_t from, size_t dot, size_t end)
{
    size_t word = 0, word_end = 0;
    next_kind next = look_ahead(text, end, &word, &word_end);
    if (next == NEXT_NOTHING) return false;
    if (next == NEXT_LOWER) return true;
    if (end > dot + 1) return false; /* a closing mark: it is an end */
    tamis_str before = word_before(text, dot, from);
    word_kind kind = kind_of(self, before);
    if (kind == WORD_ALWAYS) return true;
    if (kind == WORD_NUMBER) return next == NEXT_DIGIT;
    if (kind == WORD_END) return false;
    if (is_initial(before)) return true;
    tamis_str following = {text.p + word, word_end > word ? word_end - word : 0};
    if (is_number(before) && before.n <= 2) /* "1. Mai", or the number of a list's item */
        return next == NEXT_DIGIT || before.p == text.p + from || self->ordinal_stops ||
               kind_of(self, following) == WORD_MONTH;
    if (kind == WORD_MOSTLY ||
        memchr(before.p, '.', before.n)) { /* "U.S. Army" goes on, "in the U.S. He" does not */
        return kind_of(self, following) != WORD_START;
    }
    return false;
}

/* A newline inside a paragraph: wrapped text goes on, a heading or an item ends. */
static bool line_goes_on(tamis_str text, size_t newline)
{
    size_t start = newline, word, word_end;
    while (start > 0 && text.p[start - 1] != '\n') start--;
    next_kind next = look_ahead(text, newline, &word, &word_end);
    if (next == NEXT_LOWER) return true;
    size_t length = utf8_count((tamis_str){text.p + start, newline - start});
    return length >= WRAPPED_SHORTEST && length <= WRAPPED_LONGEST && next != NEXT_NOTHING;
}

/* ------------------------------------------------------------------ the walk */

static size_t stop_bytes(tamis_str text, size_t i)
{
    static const char *const marks[] = {"。", "！", "？", "؟", "।", "۔", "።", "…"};
    if (text.p[i] == '.' || text.p[i] == '!' || text.p[i] == '?') return 1;
    if ((unsigned char)text.p[i] < 0x80) return 0;
    for (size_t k = 0; k < sizeof marks / sizeof marks[0]; k++) {
        size_t n;
        if (starts_with(text, i, marks[k], &n)) return n;
    }
    return 0;
}

/* The marks of Chinese and Japanese end a sentence without a blank behind them. */
static bool needs_blank(tamis_str text, size_t i)
{
    unsigned char lead = (unsigned char)text.p[i];
    return lead != 0xE3 && lead != 0xEF;
}

/* Where the sentence that begins at `from` ends. */
static size_t sentence_end(lua_State *L, tamis_str text, size_t from)
{
    const script *self = script_of(L);
    unsigned steps = 0;
    for (size_t i = from; i < text.n;) {
        SCRIPT_POLL(L, steps);
        size_t n = stop_bytes(text, i), blank;
        if (text.p[i] == '\n') {
            size_t next = i + 1;
            while (next < text.n &&
                   (text.p[next] == ' ' || text.p[next] == '\t' || text.p[next] == '\r'))
                next++;
            if (next >= text.n || text.p[next] == '\n' || !line_goes_on(text, i)) return i;
        }
        if (!n) {
            i++;
            continue;
        }
        size_t stop = i, last = i;
        while (i < text.n && (n = stop_bytes(text, i)) > 0) { /* "?!", "..." */
            last = i;
            i += n;
        }
        size_t end = skip_closers(text, i);
        bool dots = text.p[last] == '.' && stop == last;
        if (end < text.n && !is_blank(text, end, &blank) && needs_blank(text, last)) continue;
        if (end >= text.n) return end;
        size_t word, word_end;
        if (dots ? goes_on(self, text, from, last, end)
                 : needs_blank(text, last) && look_ahead(text, end, &word, &word_end) == NEXT_LOWER)
            continue;
        return end;
    }
    return text.n;
}

/* Upvalues: where to look on, where to stop. */
static int sentences_next(lua_State *L)
{
    tamis_str text = proxy_document(L)->view;
    size_t from = (size_t)lua_tointeger(L, lua_upvalueindex(1)), bytes;
    size_t stop = (size_t)lua_tointeger(L, lua_upvalueindex(2));
    if (stop < text.n) text.n = stop;
    while (from < text.n && is_blank(text, from, &bytes)) from += bytes;
    if (from >= text.n) return 0;
    size_t end = sentence_end(L, text, from);
    lua_pushinteger(L, (lua_Integer)end);
    lua_replace(L, lua_upvalueindex(1));
    while (end > from && (text.p[end - 1] == ' ' || text.p[end - 1] == '\n' ||
                          text.p[end - 1] == '\r' || text.p[end - 1] == '\t'))
        end--;
    lua_pushlstring(L, text.p + from, end - from);
    lua_pushinteger(L, (lua_Integer)from + 1);
    lua_pushinteger(L, (lua_Integer)end);
    return 3;
}

/* Languages that write "3." for "third". */
static bool writes_ordinals_so(tamis_doc *doc)
{
    static const char *const langs[] = {"de", "da", "nb", "no", "nn", "fi", "pl", "cs", "sk", "sl",
                                        "hr", "sr", "bs", "hu", "et", "lv", "is", "lb", "tr"};
    tamis_attr lang;
    if (!document_attribute_get(doc, TAMIS_STR("lang"), &lang) || lang.type != TAMIS_ATTR_STRING)
        return false;
    for (size_t i = 0; i < sizeof langs / sizeof langs[0]; i++)
        if (lang.u.s.n >= 2 && memcmp(lang.u.s.p, langs[i], 2) == 0) return true;
    return false;
}

/* for text, first, last in doc:sentences([span | first, last]) */
static int doc_sentences(lua_State *L)
{
    size_t start, end;
    part_of_view(L, 2, &start, &end);
    script_of(L)->ordinal_stops = writes_ordinals_so(proxy_document(L));
    lua_pushinteger(L, (lua_Integer)start);
    lua_pushinteger(L, (lua_Integer)end);
    lua_pushcclosure(L, sentences_next, 2);
    return 1;
}

void sentences_open(lua_State *L)
{
    lua_getfield(L, LUA_REGISTRYINDEX, "tamis.methods");
    lua_pushcfunction(L, doc_sentences);
    lua_setfield(L, -2, "sentences");
    lua_pop(L, 1);
}
