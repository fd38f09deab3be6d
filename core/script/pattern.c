/* Lua patterns, written anew so that they can be stopped: every step counts, and the clock is
 * looked at as they go (Lua's own find ran 15 s past a 100 ms limit). The semantics are those of
 * the Lua 5.4 manual, section 6.4.1. */
#include "script/pattern.h"

#include <ctype.h>
#include <stdlib.h>

enum { CAPTURES = 32, DEPTH = 200 };
enum { CAPTURE_OPEN = -1, CAPTURE_POSITION = -2 };

typedef struct {
    const char *start;
    ptrdiff_t length; /* or CAPTURE_… */
} capture;

typedef struct {
    lua_State *L;
    const char *text, *text_end, *pattern_end;
    int captures, depth;
    unsigned steps;
    capture capture[CAPTURES];
} matcher;

static const char *match_here(matcher *m, const char *s, const char *p);

/* ------------------------------------------------------------------ single items */

/* The end of the item that begins at p: a byte, an escape, or a set. */
static const char *item_end(matcher *m, const char *p)
{
    char c = *p++;
    if (c == '%') {
        if (p == m->pattern_end) luaL_error(m->L, "malformed pattern (ends with '%%')");
        return p + 1;
    }
    if (c != '[') return p;
    if (p < m->pattern_end && *p == '^') p++;
    do { /* a ']' right at the start is a member */
        if (p == m->pattern_end) luaL_error(m->L, "malformed pattern (missing ']')");
        if (*p++ == '%') {
            if (p == m->pattern_end) luaL_error(m->L, "malformed pattern (missing ']')");
            p++;
        }
    } while (p == m->pattern_end || *p != ']');
    return p + 1;
}

static bool class_holds(unsigned char letter, unsigned char c)
{
    bool holds;
    switch (tolower(letter)) {
    case 'a': holds = isalpha(c); break;
    case 'c': holds = iscntrl(c); break;
    case 'd': holds = isdigit(c); break;
    case 'g': holds = isgraph(c); break;
    case 'l': holds = islower(c); break;
    case 'p': holds = ispunct(c); break;
    case 's': holds = isspace(c); break;
    case 'u': holds = isupper(c); break;
    case 'w': holds = isalnum(c); break;
    case 'x': holds = isxdigit(c); break;
    default: return letter == c;
    }
    return isupper(letter) ? !holds : holds;
}

/* [first, last] are the brackets of a set. */
static bool set_holds(const char *first, const char *last, unsigned char c)
{
    const char *p = first + 1;
    bool wanted = true;
    if (*p == '^') {
        wanted = false;
        p++;
    }
    for (; p < last; p++) {
        if (*p == '%') {
            if (class_holds((unsigned char)*++p, c)) return wanted;
        } else if (p[1] == '-' && p + 2 < last) {
            if ((unsigned char)p[0] <= c && c <= (unsigned char)p[2]) return wanted;
            p += 2;
        } else if ((unsigned char)*p == c) {
            return wanted;
        }
    }
    return !wanted;
}

static bool item_holds(matcher *m, const char *s, const char *p, const char *end)
{
    SCRIPT_POLL(m->L, m->steps);
    if (s >= m->text_end) return false;
    unsigned char c = (unsigned char)*s; // NOLINT(clang-analyzer-*): within the text
    switch (*p) {
    case '.': return true;
    case '%': return class_holds((unsigned char)p[1], c);
    case '[': return set_holds(p, end - 1, c);
    default: return (unsigned char)*p == c;
    }
}

/* ------------------------------------------------------------------ repetition, captures, the
 * rest */

static const char *match_greedy(matcher *m, const char *s, const char *p, const char *end)
{
    ptrdiff_t n = 0;
    while (item_holds(m, s + n, p, end)) n++;
    for (; n >= 0; n--) {
        const char *found = match_here(m, s + n, end + 1);
        if (found) return found;
    }
    return NULL;
}

static const char *match_lazy(matcher *m, const char *s, const char *p, const char *end)
{
    for (;; s++) {
        const char *found = match_here(m, s, end + 1);
        if (found) return found;
        if (!item_holds(m, s, p, end)) return NULL;
    }
}

static const char *match_open(matcher *m, const char *s, const char *p, ptrdiff_t kind)
{
    if (m->captures >= CAPTURES) luaL_error(m->L, "too many captures");
    m->capture[m->captures++] = (capture){s, kind};
    const char *found = match_here(m, s, p);
    if (!found) m->captures--;
    return found;
}

static const char *match_close(matcher *m, const char *s, const char *p)
{
    int i = m->captures - 1;
    while (i >= 0 && m->capture[i].length != CAPTURE_OPEN) i--;
    if (i < 0) luaL_error(m->L, "invalid pattern capture");
    m->capture[i].length = s - m->capture[i].start;
    const char *found = match_here(m, s, p + 1);
    if (!found) m->capture[i].length = CAPTURE_OPEN;
    return found;
}

static const char *match_balanced(matcher *m, const char *s, const char *p)
{
    if (m->pattern_end - p < 4) luaL_error(m->L, "malformed pattern (missing arguments to '%%b')");
    if (s >= m->text_end || *s != p[2]) return NULL;
    int depth = 1;
    for (const char *at = s + 1; at < m->text_end; at++) {
        SCRIPT_POLL(m->L, m->steps);
        if (*at == p[3]) {
            if (--depth == 0) return at + 1;
        } else if (*at == p[2]) {
            depth++;
        }
    }
    return NULL;
}

static bool frontier_holds(matcher *m, const char *s, const char *set, const char *end)
{
    unsigned char before = s == m->text ? 0 : (unsigned char)s[-1];
    unsigned char after = s == m->text_end ? 0 : (unsigned char)*s;
    return !set_holds(set, end - 1, before) && set_holds(set, end - 1, after);
}

static const char *match_again(matcher *m, const char *s, char digit)
{
    int i = digit - '1';
    if (i < 0 || i >= m->captures || m->capture[i].length == CAPTURE_OPEN)
        luaL_error(m->L, "invalid capture index %%%d in pattern", i + 1);
    ptrdiff_t n = m->capture[i].length;
    if (n < 0) n = 0;
    if (m->text_end - s < n || memcmp(m->capture[i].start, s, (size_t)n) != 0) return NULL;
    return s + n;
}

/* The parts that begin with '%' and are no items; *done: they were dealt with, and *p moved behind
 * them. */
static const char *match_special(matcher *m, const char *s, const char **p, bool *done)
{
    char kind = *p + 1 < m->pattern_end ? (*p)[1] : 0;
    *done = true;
    if (kind == 'b') {
        s = match_balanced(m, s, *p);
        *p += 4;
    } else if (kind == 'f') {
        const char *set = *p + 2;
        if (set >= m->pattern_end || *set != '[')
            luaL_error(m->L, "missing '[' after '%%f' in pattern");
        const char *end = item_end(m, set);
        if (!frontier_holds(m, s, set, end)) s = NULL;
        *p = end;
    } else if (isdigit((unsigned char)kind)) {
        s = match_again(m, s, kind);
        *p += 2;
    } else {
        *done = false;
    }
    return s;
}

/* Matches the pattern from p at s; NULL or the end of the match. */
static const char *match_here(matcher *m, const char *s, const char *p)
{
    const char *found = NULL;
    if (++m->depth > DEPTH) luaL_error(m->L, "pattern too complex");
    for (;;) {
        SCRIPT_POLL(m->L, m->steps);
        if (p == m->pattern_end) {
            found = s;
            break;
        }
        if (*p == '(') {
            bool place = p + 1 < m->pattern_end && p[1] == ')';
            found = match_open(m, s, p + (place ? 2 : 1), place ? CAPTURE_POSITION : CAPTURE_OPEN);
            break;
        }
        if (*p == ')') {
            found = match_close(m, s, p);
            break;
        }
        if (*p == '$' && p + 1 == m->pattern_end) {
            found = s == m->text_end ? s : NULL;
            break;
        }
        if (*p == '%') {
            bool done;
            s = match_special(m, s, &p, &done);
            if (!s) break;
            if (done) continue;
        }
        const char *end = item_end(m, p);
        char suffix = end < m->pattern_end ? *end : 0;
        if (suffix == '*') {
            found = match_greedy(m, s, p, end);
            break;
        }
        if (suffix == '+') {
            found = item_holds(m, s, p, end) ? match_greedy(m, s + 1, p, end) : NULL;
            break;
        }
        if (suffix == '-') {
            found = match_lazy(m, s, p, end);
            break;
        }
        bool holds = item_holds(m, s, p, end);
        if (suffix == '?') {
            if (holds && (found = match_here(m, s + 1, end + 1))) break;
            p = end + 1;
            continue;
        }
        if (!holds) break;
        s++;
        p = end;
    }
    m->depth--;
    return found;
}

/* ------------------------------------------------------------------ results */

static void push_capture(matcher *m, int i, const char *s, const char *end)
{
    if (i >= m->captures) {
        if (i != 0) luaL_error(m->L, "invalid capture index %%%d", i + 1);
        lua_pushlstring(m->L, s, (size_t)(end - s));
        return;
    }
    ptrdiff_t n = m->capture[i].length;
    if (n == CAPTURE_OPEN) luaL_error(m->L, "unfinished capture");
    if (n == CAPTURE_POSITION)
        lua_pushinteger(m->L, m->capture[i].start - m->text + 1);
    else
        lua_pushlstring(m->L, m->capture[i].start, (size_t)n);
}

static int push_captures(matcher *m, const char *s, const char *end, bool whole)
{
    int n = m->captures == 0 && whole ? 1 : m->captures;
    luaL_checkstack(m->L, n, "too many captures");
    for (int i = 0; i < n; i++) push_capture(m, i, s, end);
    return n;
}

static void matcher_init(matcher *m, lua_State *L, tamis_str text, tamis_str pattern)
{
    m->L = L;
    m->text = text.p;
    m->text_end = text.p + text.n;
    m->pattern_end = pattern.p + pattern.n;
    m->steps = 1;
    m->depth = m->captures = 0;
}

static const char *match_at(matcher *m, const char *s, const char *p)
{
    m->captures = m->depth = 0;
    return match_here(m, s, p);
}

static tamis_str check_text(lua_State *L, int index)
{
    tamis_str text;
    text.p = luaL_checklstring(L, index, &text.n);
    return text;
}

/* A start position as Lua's functions take it, from 0; n + 1 when it is past the end. */
static size_t start_of(lua_Integer at, size_t n)
{
    if (at > 0) return (lua_Unsigned)at - 1 > n ? n + 1 : (size_t)at - 1;
    if (at == 0 || at < -(lua_Integer)n) return 0;
    return n - (size_t)-at;
}

/* ------------------------------------------------------------------ the functions */

static int find_plain(lua_State *L, tamis_str text, tamis_str word, size_t from)
{
    const char *at = word.n ? memmem(text.p + from, text.n - from, word.p, word.n) : text.p + from;
    if (!at) {
        lua_pushnil(L);
        return 1;
    }
    lua_pushinteger(L, at - text.p + 1);
    lua_pushinteger(L, at - text.p + (lua_Integer)word.n);
    return 2;
}

static bool is_plain(tamis_str pattern)
{
    for (size_t i = 0; i < pattern.n; i++)
        if (memchr("^$*+?.([%-", pattern.p[i], 10)) return false;
    return true;
}

static int find_or_match(lua_State *L, bool find)
{
    tamis_str text = check_text(L, 1), pattern = check_text(L, 2);
    size_t from = start_of(luaL_optinteger(L, 3, 1), text.n);
    if (from > text.n) {
        lua_pushnil(L);
        return 1;
    }
    if (find && (lua_toboolean(L, 4) || is_plain(pattern)))
        return find_plain(L, text, pattern, from);
    matcher m;
    matcher_init(&m, L, text, pattern);
    const char *p = pattern.p, *s = text.p + from;
    bool anchored = pattern.n && *p == '^';
    if (anchored) p++;
    do {
        const char *end = match_at(&m, s, p);
        if (!end) continue;
        if (!find) return push_captures(&m, s, end, true);
        lua_pushinteger(L, s - text.p + 1);
        lua_pushinteger(L, end - text.p);
        return push_captures(&m, s, end, false) + 2;
    } while (++s <= m.text_end && !anchored);
    lua_pushnil(L);
    return 1;
}

int pattern_find(lua_State *L)
{
    return find_or_match(L, true);
}
int pattern_match(lua_State *L)
{
    return find_or_match(L, false);
}

/* The iterator's upvalues: text, pattern, where to go on, end of the last match (-1: none). */
static int gmatch_next(lua_State *L)
{
    tamis_str text = check_text(L, lua_upvalueindex(1)),
              pattern = check_text(L, lua_upvalueindex(2));
    size_t from = (size_t)lua_tointeger(L, lua_upvalueindex(3));
    lua_Integer last = lua_tointeger(L, lua_upvalueindex(4));
    matcher m;
    matcher_init(&m, L, text, pattern);
    for (; from <= text.n; from++) {
        const char *end = match_at(&m, text.p + from, pattern.p);
        if (!end || end - text.p == last) continue;
        lua_pushinteger(L, end - text.p);
        lua_copy(L, -1, lua_upvalueindex(3));
        lua_replace(L, lua_upvalueindex(4));
        return push_captures(&m, text.p + from, end, true);
    }
    return 0;
}

int pattern_gmatch(lua_State *L)
{
    tamis_str text = check_text(L, 1);
    check_text(L, 2);
    size_t from = start_of(luaL_optinteger(L, 3, 1), text.n);
    lua_settop(L, 2);
    lua_pushinteger(L, (lua_Integer)from);
    lua_pushinteger(L, -1);
    lua_pushcclosure(L, gmatch_next, 4);
    return 1;
}

static void add_template(matcher *m, luaL_Buffer *out, const char *s, const char *end)
{
    tamis_str template = check_text(m->L, 3);
    for (size_t i = 0; i < template.n; i++) {
        char c = template.p[i];
        if (c != '%') {
            luaL_addchar(out, c);
            continue;
        }
        c = ++i < template.n ? template.p[i] : 0;
        if (c == '%') {
            luaL_addchar(out, '%');
        } else if (c == '0') {
            luaL_addlstring(out, s, (size_t)(end - s));
        } else if (isdigit((unsigned char)c)) {
            push_capture(m, c - '1', s, end);
            luaL_tolstring(m->L, -1, NULL);
            lua_remove(m->L, -2);
            luaL_addvalue(out);
        } else {
            luaL_error(m->L, "invalid use of '%%' in replacement string");
        }
    }
}

/* What replaces the match, by the third argument's kind; false: it stays. */
static void add_replacement(matcher *m, luaL_Buffer *out, const char *s, const char *end, int kind)
{
    lua_State *L = m->L;
    if (kind == LUA_TSTRING || kind == LUA_TNUMBER) {
        add_template(m, out, s, end);
        return;
    }
    if (kind == LUA_TTABLE) {
        push_capture(m, 0, s, end);
        lua_gettable(L, 3);
    } else {
        lua_pushvalue(L, 3);
        lua_call(L, push_captures(m, s, end, true), 1);
    }
    if (!lua_toboolean(L, -1)) {
        lua_pop(L, 1);
        luaL_addlstring(out, s, (size_t)(end - s));
    } else if (lua_isstring(L, -1)) {
        luaL_addvalue(out);
    } else {
        luaL_error(L, "invalid replacement value (%s)", luaL_typename(L, -1));
    }
}

int pattern_gsub(lua_State *L)
{
    tamis_str text = check_text(L, 1), pattern = check_text(L, 2);
    int kind = lua_type(L, 3);
    luaL_argexpected(L,
                     kind == LUA_TNUMBER || kind == LUA_TSTRING || kind == LUA_TFUNCTION ||
                         kind == LUA_TTABLE,
                     3, "string/function/table");
    lua_Integer most = luaL_optinteger(L, 4, (lua_Integer)text.n + 1), n = 0;
    const char *p = pattern.p, *s = text.p, *last = NULL;
    bool anchored = pattern.n && *p == '^';
    if (anchored) p++;
    matcher m;
    luaL_Buffer out;
    matcher_init(&m, L, text, pattern);
    luaL_buffinit(L, &out);
    while (n < most) {
        const char *end = match_at(&m, s, p);
        if (end && end != last) {
            n++;
            add_replacement(&m, &out, s, end, kind);
            s = last = end;
        } else if (s < m.text_end) {
            luaL_addchar(&out, *s++); // NOLINT(clang-analyzer-*): within the text
        } else {
            break;
        }
        if (anchored) break;
    }
    luaL_addlstring(&out, s, (size_t)(m.text_end - s));
    luaL_pushresult(&out);
    lua_pushinteger(L, n);
    return 2;
}
