/* What is often asked of a text, in one pass over it: its words, its paragraphs, how much of it is
 * letters, capitals, digits; and its folded form, in which spellings that differ in case or accents
 * are equal. Words are those of the matcher. */
#include "match/fold.h"
#include "script/state.h"

#include <stdlib.h>

static const unsigned char *bytes_at(tamis_str text, size_t at)
{
    return (const unsigned char *)text.p + at;
}

/* A range of the view: nothing (all of it), a span, or two positions. */
void part_of_view(lua_State *L, int index, size_t *start, size_t *end)
{
    *start = 0;
    *end = proxy_document(L)->view.n;
    if (lua_isnoneornil(L, index)) return;
    if (lua_type(L, index) == LUA_TLIGHTUSERDATA) {
        const tamis_span *s = span_check(L, index);
        *start = s->start;
        *end = s->end;
    } else {
        range_check(L, index, index + 1, start, end);
    }
}

/* ------------------------------------------------------------------ words */

/* A word: a run of letters and digits; a character where a script has no spaces. False at the
 * end. */
static bool next_word(tamis_str text, size_t from, size_t *start, size_t *end)
{
    fold_char c = {0};
    for (; from < text.n; from += c.bytes) {
        c = fold_next(bytes_at(text, from), text.n - from);
        if (c.class != FOLD_GAP && c.class != FOLD_JOINER) break;
    }
    if (from >= text.n) return false;
    *start = from;
    bool alone = c.class == FOLD_IDEOGRAPH;
    for (from += c.bytes; from < text.n; from += c.bytes) {
        c = fold_next(bytes_at(text, from), text.n - from);
        if (c.class == FOLD_JOINER) continue;
        if (alone || c.class == FOLD_GAP || c.class == FOLD_IDEOGRAPH) break;
    }
    *end = from;
    return true;
}

/* Upvalues: where to look on, where to stop. */
static int words_next(lua_State *L)
{
    tamis_str text = proxy_document(L)->view;
    size_t from = (size_t)lua_tointeger(L, lua_upvalueindex(1)), start, end;
    size_t stop = (size_t)lua_tointeger(L, lua_upvalueindex(2));
    script_poll_now(L);
    if (stop < text.n) text.n = stop;
    if (from >= text.n || !next_word(text, from, &start, &end)) return 0;
    lua_pushinteger(L, (lua_Integer)end);
    lua_replace(L, lua_upvalueindex(1));
    lua_pushlstring(L, text.p + start, end - start);
    lua_pushinteger(L, (lua_Integer)start + 1);
    lua_pushinteger(L, (lua_Integer)end);
    return 3;
}

static int loop_over(lua_State *L, lua_CFunction next)
{
    size_t start, end;
    part_of_view(L, 2, &start, &end);
    lua_pushinteger(L, (lua_Integer)start);
    lua_pushinteger(L, (lua_Integer)end);
    lua_pushcclosure(L, next, 2);
    return 1;
}

/* for word, first, last in doc:words([span | first, last]) */
static int doc_words(lua_State *L)
{
    return loop_over(L, words_next);
}

/* ------------------------------------------------------------------ paragraphs */

/* The end of the line that `at` lies in, ahead of its ending; *next is behind it. */
static size_t line_end(tamis_str text, size_t at, size_t *next)
{
    const char *newline = memchr(text.p + at, '\n', text.n - at);
    size_t end = newline ? (size_t)(newline - text.p) : text.n;
    *next = newline ? end + 1 : end;
    while (end > at &&
           (text.p[end - 1] == '\r' || text.p[end - 1] == ' ' || text.p[end - 1] == '\t'))
        end--;
    return end;
}

/* Lines up to the next empty one. */
static int paragraphs_next(lua_State *L)
{
    tamis_str text = proxy_document(L)->view;
    size_t from = (size_t)lua_tointeger(L, lua_upvalueindex(1)), next = from, last;
    size_t stop = (size_t)lua_tointeger(L, lua_upvalueindex(2));
    if (stop < text.n) text.n = stop;
    script_poll_now(L);
    while (from < text.n && line_end(text, from, &next) == from) from = next;
    if (from >= text.n) return 0;
    last = from;
    for (size_t at = from; at < text.n; at = next) {
        size_t end = line_end(text, at, &next);
        if (end == at) break;
        last = end;
    }
    lua_pushinteger(L, (lua_Integer)next);
    lua_replace(L, lua_upvalueindex(1));
    lua_pushlstring(L, text.p + from, last - from);
    lua_pushinteger(L, (lua_Integer)from + 1);
    lua_pushinteger(L, (lua_Integer)last);
    return 3;
}

/* for text, first, last in doc:paragraphs([span | first, last]) */
static int doc_paragraphs(lua_State *L)
{
    return loop_over(L, paragraphs_next);
}

/* ------------------------------------------------------------------ measures */

typedef struct {
    lua_Integer characters, words, letters, capitals, digits, blanks, marks, lines;
} text_measures;

static bool is_blank(const unsigned char *p, unsigned bytes)
{
    if (bytes == 1) return *p == ' ' || (*p >= '\t' && *p <= '\r');
    return (bytes == 2 && p[0] == 0xC2 && p[1] == 0xA0) ||
           (bytes == 3 && p[0] == 0xE2 && p[1] == 0x80 && (p[2] <= 0x8A || p[2] == 0xAF)) ||
           (bytes == 3 && p[0] == 0xE3 && p[1] == 0x80 && p[2] == 0x80);
}

static text_measures measure_text(lua_State *L, tamis_str text)
{
    text_measures m = {0};
    unsigned steps = 0;
    bool inside = false;
    for (size_t at = 0; at < text.n;) {
        const unsigned char *p = bytes_at(text, at);
        fold_char c = fold_next(p, text.n - at);
        SCRIPT_POLL(L, steps);
        m.characters++;
        switch (c.class) {
        case FOLD_LETTER:
            m.letters++;
            m.capitals += fold_is_capital(p, c.bytes);
            m.words += !inside;
            inside = true;
            break;
        case FOLD_DIGIT:
            m.digits++;
            m.words += !inside;
            inside = true;
            break;
        case FOLD_IDEOGRAPH:
            m.letters++;
            m.words++;
            inside = false;
            break;
        case FOLD_JOINER: m.marks++; break; /* belongs to the letter ahead of it */
        case FOLD_GAP:
            inside = false;
            m.blanks += is_blank(p, c.bytes);
            m.lines += *p == '\n';
            break;
        }
        at += c.bytes;
    }
    if (text.n && text.p[text.n - 1] != '\n') m.lines++;
    return m;
}

/* measure(doc or text): a table of counts. `others` is what is neither letter (with its marks),
 * digit nor blank. */
static int base_measure(lua_State *L)
{
    bool view;
    tamis_str text = subject_text(L, 1, &view);
    text_measures m = measure_text(L, text);
    const struct {
        const char *key;
        lua_Integer n;
    } fields[] = {{"bytes", (lua_Integer)text.n},
                  {"characters", m.characters},
                  {"words", m.words},
                  {"letters", m.letters},
                  {"capitals", m.capitals},
                  {"digits", m.digits},
                  {"blanks", m.blanks},
                  {"others", m.characters - m.letters - m.digits - m.blanks - m.marks},
                  {"lines", m.lines}};
    lua_createtable(L, 0, 9);
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        lua_pushinteger(L, fields[i].n);
        lua_setfield(L, -2, fields[i].key);
    }
    return 1;
}

/* ------------------------------------------------------------------ folding */

/* The matcher's private alphabet as UTF-8 again: its one-byte Cyrillic gets its own letters
 * back. */
static void add_folded(luaL_Buffer *out, const unsigned char *p, unsigned n)
{
    for (unsigned i = 0; i < n;) {
        if (p[i] >= 0x80 && p[i] <= 0xAF) {
            uint32_t code = 0x430u + p[i] - 0x80u;
            luaL_addchar(out, (char)(0xC0 | code >> 6));
            luaL_addchar(out, (char)(0x80 | (code & 0x3F)));
            i++;
            continue;
        }
        unsigned bytes = p[i] < 0x80 ? 1 : p[i] < 0xE0 ? 2 : p[i] < 0xF0 ? 3 : 4;
        for (; bytes && i < n; bytes--) luaL_addchar(out, (char)p[i++]);
    }
}

/* fold(text): the words in lower case without accents, one blank between them; and how many there
 * are. */
static int base_fold(lua_State *L)
{
    bool view, inside = false;
    unsigned steps = 0;
    tamis_str text = subject_text(L, 1, &view);
    lua_Integer words = 0;
    luaL_Buffer out;
    luaL_buffinit(L, &out);
    for (size_t at = 0; at < text.n;) {
        fold_char c = fold_next(bytes_at(text, at), text.n - at);
        SCRIPT_POLL(L, steps);
        at += c.bytes;
        if (c.class == FOLD_JOINER) continue;
        if (c.class == FOLD_GAP) {
            inside = false;
            continue;
        }
        if (!inside || c.class == FOLD_IDEOGRAPH) {
            if (words++) luaL_addchar(&out, ' ');
        }
        inside = c.class != FOLD_IDEOGRAPH;
        add_folded(&out, c.folded, c.folded_bytes);
    }
    luaL_pushresult(&out);
    lua_pushinteger(L, words);
    return 2;
}

void words_open(lua_State *L)
{
    static const luaL_Reg methods[] = {
        {"words", doc_words}, {"paragraphs", doc_paragraphs}, {NULL, NULL}};
    sandbox_base(L);
    lua_pushcfunction(L, base_measure);
    lua_setfield(L, -2, "measure");
    lua_pushcfunction(L, base_fold);
    lua_setfield(L, -2, "fold");
    lua_pop(L, 1);
    lua_getfield(L, LUA_REGISTRYINDEX, "tamis.methods");
    luaL_setfuncs(L, methods, 0);
    lua_pop(L, 1);
}
