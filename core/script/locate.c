/* Where things stand in a user's Lua file. Lua tells the line of a call but no columns and nothing
 * about table keys, so the source is split into tokens once, when a place is first asked for, and
 * the tables in it are walked again. */
#include "script/state.h"

#include <ctype.h>
#include <stdlib.h>

typedef enum { TOKEN_NAME, TOKEN_STRING, TOKEN_NUMBER, TOKEN_SYMBOL } token_kind;

struct source_token {
    token_kind kind;
    bool used; /* a constructor that was already met */
    uint32_t line, column, width;
    tamis_str text;  /* of a string: what is between its marks, escapes as written */
    tamis_str whole; /* as written */
};
typedef struct source_token token;

source_map *source_find(script *self, const char *file)
{
    for (source_map *map = self->sources; map; map = map->next)
        if (strcmp(map->file, file) == 0) return map;
    return NULL;
}

/* ------------------------------------------------------------------ tokens */

typedef struct {
    tamis_str text;
    size_t at, line_start;
    uint32_t line;
} scanner;

static char look(const scanner *s, size_t ahead)
{
    return s->at + ahead < s->text.n ? s->text.p[s->at + ahead] : 0;
}

static void advance(scanner *s, size_t n)
{
    for (; n && s->at < s->text.n; n--, s->at++)
        if (s->text.p[s->at] == '\n') {
            s->line++;
            s->line_start = s->at + 1;
        }
}

/* The level of a long bracket "[==[" at the scanner, or -1. */
static int long_level(const scanner *s)
{
    if (look(s, 0) != '[') return -1;
    int level = 0;
    while (look(s, 1 + (size_t)level) == '=') level++;
    return look(s, 1 + (size_t)level) == '[' ? level : -1;
}

static tamis_str skip_long(scanner *s, int level)
{
    advance(s, (size_t)level + 2);
    if (look(s, 0) == '\n') advance(s, 1);
    size_t from = s->at;
    while (s->at < s->text.n) {
        if (look(s, 0) == ']') {
            int n = 0;
            while (look(s, 1 + (size_t)n) == '=') n++;
            if (n == level && look(s, 1 + (size_t)n) == ']') break;
        }
        advance(s, 1);
    }
    tamis_str inner = {s->text.p + from, s->at - from};
    advance(s, (size_t)level + 2);
    return inner;
}

static tamis_str skip_string(scanner *s)
{
    char mark = look(s, 0);
    advance(s, 1);
    size_t from = s->at;
    while (s->at < s->text.n && look(s, 0) != mark && look(s, 0) != '\n')
        advance(s, look(s, 0) == '\\' ? 2 : 1);
    tamis_str inner = {s->text.p + from, s->at - from};
    advance(s, 1);
    return inner;
}

static void skip_blanks(scanner *s)
{
    for (;;) {
        if (isspace((unsigned char)look(s, 0))) {
            advance(s, 1);
        } else if (look(s, 0) == '-' && look(s, 1) == '-') {
            advance(s, 2);
            int level = long_level(s);
            if (level >= 0)
                skip_long(s, level);
            else
                while (s->at < s->text.n && look(s, 0) != '\n') advance(s, 1);
        } else {
            return;
        }
    }
}

static bool next_token(scanner *s, token *out)
{
    skip_blanks(s);
    if (s->at >= s->text.n) return false;
    size_t from = s->at;
    *out = (token){.line = s->line, .column = (uint32_t)(s->at - s->line_start + 1)};
    unsigned char c = (unsigned char)look(s, 0);
    int level = long_level(s);
    if (level >= 0) {
        out->kind = TOKEN_STRING;
        out->text = skip_long(s, level);
    } else if (c == '"' || c == '\'') {
        out->kind = TOKEN_STRING;
        out->text = skip_string(s);
    } else if (isalpha(c) || c == '_') {
        out->kind = TOKEN_NAME;
        while (isalnum((unsigned char)look(s, 0)) || look(s, 0) == '_') advance(s, 1);
    } else if (isdigit(c)) {
        out->kind = TOKEN_NUMBER;
        while (isalnum((unsigned char)look(s, 0)) || look(s, 0) == '.') advance(s, 1);
    } else {
        out->kind = TOKEN_SYMBOL;
        advance(s, 1);
    }
    out->whole = (tamis_str){s->text.p + from, s->at - from};
    if (out->kind != TOKEN_STRING) out->text = out->whole;
    const char *newline = memchr(out->whole.p, '\n', out->whole.n);
    out->width = (uint32_t)(newline ? (size_t)(newline - out->whole.p) : out->whole.n);
    return true;
}

static source_map *tokens_of(script *self, const char *file)
{
    source_map *map = file ? source_find(self, file) : NULL;
    if (!map || map->tokens) return map;
    scanner s = {.text = map->text, .line = 1};
    token one;
    size_t n = 0;
    while (next_token(&s, &one)) n++;
    map->tokens = arena_alloc(&self->memory, (n + 1) * sizeof *map->tokens);
    if (!map->tokens) return NULL;
    s = (scanner){.text = map->text, .line = 1};
    while (map->token_count < n && next_token(&s, &map->tokens[map->token_count]))
        map->token_count++;
    return map;
}

/* ------------------------------------------------------------------ walking */

static bool is_symbol(const source_map *map, size_t i, char c)
{
    return i < map->token_count && map->tokens[i].kind == TOKEN_SYMBOL &&
           map->tokens[i].text.p[0] == c;
}

static bool is_word(const source_map *map, size_t i, const char *word)
{
    return i < map->token_count && map->tokens[i].kind == TOKEN_NAME &&
           str_is(map->tokens[i].text, word);
}

static position place_of(const source_map *map, size_t i)
{
    const token *t = &map->tokens[i];
    return (position){map->file, t->line, t->column, t->width};
}

position script_where(lua_State *L, int level)
{
    lua_Debug ar;
    position at = {0};
    script *self = script_of(L);
    for (; lua_getstack(L, level, &ar); level++) {
        lua_getinfo(L, "Sl", &ar);
        if (ar.currentline <= 0 || *ar.source != '@') continue;
        source_map *map = source_find(self, ar.source + 1);
        if (!map) continue;
        at.file = map->file;
        at.line = (uint32_t)ar.currentline;
        break;
    }
    return at;
}

/* A string token may hold escapes, so an unequal text is still taken when nothing fits better on
 * that line. */
size_t source_constructor(script *self, const char *word, tamis_str name, position *at,
                          position *name_at)
{
    source_map *map = tokens_of(self, at->file);
    *name_at = *at;
    if (!map) return SIZE_MAX;
    size_t best = SIZE_MAX;
    for (size_t i = 0; i < map->token_count && map->tokens[i].line <= at->line; i++) {
        if (map->tokens[i].line != at->line || map->tokens[i].used || !is_word(map, i, word))
            continue;
        size_t next = is_symbol(map, i + 1, '(') ? i + 2 : i + 1;
        bool fits = !name.p || (next < map->token_count && map->tokens[next].kind == TOKEN_STRING &&
                                str_equal(map->tokens[next].text, name));
        if (best == SIZE_MAX || fits) best = i;
        if (fits) break;
    }
    if (best == SIZE_MAX) return SIZE_MAX;
    map->tokens[best].used = true;
    *at = *name_at = place_of(map, best);
    size_t next = is_symbol(map, best + 1, '(') ? best + 2 : best + 1;
    if (next < map->token_count && map->tokens[next].kind == TOKEN_STRING)
        *name_at = place_of(map, next);
    else if (!name.p)
        return is_symbol(map, next, '{') ? next : SIZE_MAX;
    return source_next(self, map->file, next + 1);
}

size_t source_next(script *self, const char *file, size_t index)
{
    source_map *map = tokens_of(self, file);
    if (!map) return SIZE_MAX;
    while (is_symbol(map, index, ')') || is_symbol(map, index, '(')) index++;
    return is_symbol(map, index, '{') ? index : SIZE_MAX;
}

size_t source_return(script *self, const char *file)
{
    source_map *map = tokens_of(self, file);
    for (size_t i = map ? map->token_count : 0; i-- > 0;)
        if (is_word(map, i, "return") && is_symbol(map, i + 1, '{')) return i + 1;
    return SIZE_MAX;
}

/* The index of the token that ends the field beginning at `i` within a table: ',' ';' or '}'. */
static size_t field_end(const source_map *map, size_t i)
{
    int depth = 0;
    for (; i < map->token_count; i++) {
        const token *t = &map->tokens[i];
        if (t->kind == TOKEN_SYMBOL) {
            char c = t->text.p[0];
            if (depth == 0 && (c == ',' || c == ';' || c == '}')) return i;
            if (c == '{' || c == '(' || c == '[') depth++;
            if (c == '}' || c == ')' || c == ']') depth--;
        } else if (t->kind == TOKEN_NAME) {
            if (is_word(map, i, "function") || is_word(map, i, "do") || is_word(map, i, "if") ||
                is_word(map, i, "repeat"))
                depth++;
            if (is_word(map, i, "end") || is_word(map, i, "until")) depth--;
        }
    }
    return i;
}

static void locate_value(const source_map *map, size_t i, size_t end, value *v)
{
    if (i >= map->token_count) return;
    v->at = place_of(map, i);
    if (is_symbol(map, i, '-') && i + 1 < end) /* a negative number */
        v->at.width = map->tokens[i + 1].column + map->tokens[i + 1].width - v->at.column;
}

static void locate_table(script *self, const source_map *map, size_t brace, value *tree);

static void locate_field(script *self, const source_map *map, size_t i, size_t end, value *tree,
                         size_t *item)
{
    tamis_str key = {0};
    size_t at = i, from = i;
    if (map->tokens[i].kind == TOKEN_NAME && is_symbol(map, i + 1, '=') &&
        !is_symbol(map, i + 2, '=')) {
        key = map->tokens[i].text;
        from = i + 2;
    } else if (is_symbol(map, i, '[') && i + 3 < map->token_count &&
               map->tokens[i + 1].kind == TOKEN_STRING && is_symbol(map, i + 2, ']')) {
        key = map->tokens[i + 1].text;
        at = i + 1;
        from = i + 4;
    }
    value *v = NULL;
    if (key.p && tree->kind == VALUE_MAP) {
        for (size_t k = 0; k < tree->u.map.count && !v; k++)
            if (str_equal(tree->u.map.members[k].key, key)) {
                tree->u.map.members[k].at = place_of(map, at);
                v = tree->u.map.members[k].value;
            }
    } else if (!key.p && tree->kind == VALUE_LIST) {
        if (*item < tree->u.list.count) v = &tree->u.list.items[*item];
        ++*item;
    }
    if (!v) return;
    locate_value(map, from, end, v);
    if (is_symbol(map, from, '{')) locate_table(self, map, from, v);
}

static int by_place(const void *a, const void *b)
{
    const value_member *x = a, *y = b;
    uint32_t lx = x->at.column ? x->at.line : UINT32_MAX,
             ly = y->at.column ? y->at.line : UINT32_MAX;
    if (lx != ly) return lx < ly ? -1 : 1;
    if (x->at.column != y->at.column) return x->at.column < y->at.column ? -1 : 1;
    return str_compare(x->key, y->key);
}

static void locate_table(script *self, const source_map *map, size_t brace, value *tree)
{
    if (tree->kind != VALUE_MAP && tree->kind != VALUE_LIST) return;
    size_t item = 0;
    for (size_t i = brace + 1; i < map->token_count && !is_symbol(map, i, '}');) {
        size_t end = field_end(map, i);
        locate_field(self, map, i, end, tree, &item);
        if (end >= map->token_count || is_symbol(map, end, '}')) break;
        i = end + 1;
    }
    if (tree->kind == VALUE_MAP && tree->u.map.count)
        qsort(tree->u.map.members, tree->u.map.count, sizeof *tree->u.map.members, by_place);
}

void source_locate(script *self, const char *file, size_t index, value *tree)
{
    source_map *map = tokens_of(self, file);
    if (map && index < map->token_count) locate_table(self, map, index, tree);
}
