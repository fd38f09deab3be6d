/* `terms` objects: core/match for scripts, compiled while they load. And the files beside a script:
 * JSON, TSV and lines, only from the script's own folder or a path that an option names. */
#include "match/terms.h"
#include "script/state.h"

#include <limits.h>
#include <stdlib.h>

static const char TERMS[] = "terms";

enum { DATA_BYTES = 256 << 20 };

typedef struct {
    tamis_terms *terms;
} terms_box;

/* ------------------------------------------------------------------ files */

static bool is_allowed(script *self, const char *path)
{
    for (allowed_path *p = self->allowed; p; p = p->next)
        if (strcmp(p->path, path) == 0) return true;
    return false;
}

/* The folder of the Lua file that calls, or of the call. */
static const char *calling_folder(lua_State *L)
{
    position at = script_where(L, 1);
    script *self = script_of(L);
    if (at.file) return arena_copy(&self->memory, path_folder(str_of(at.file))).p;
    return self->folder ? self->folder : ".";
}

/* Where a named file lies, links followed; raises an error when it is outside. */
static const char *data_path(lua_State *L, tamis_str name)
{
    script *self = script_of(L);
    char folder[PATH_MAX], real[PATH_MAX];
    if (self->doc)
        luaL_error(L, "files are read before documents run: at the top of the script or in `open`");
    if (name.n && name.p[0] == '/') {
        if (!self->no_sandbox && !is_allowed(self, name.p))
            luaL_error(
                L, "`%s`: a script reads files beside it, and those an option of type path names",
                name.p);
        return script_read_noted(self, name.p);
    }
    const char *base = calling_folder(L);
    const char *path = path_join(&self->memory, str_of(base), name);
    if (!path || !realpath(base, folder) || !realpath(path, real))
        luaL_error(L, "no file `%s` in %s", name.p, base);
    size_t n = strlen(folder);
    if (!self->no_sandbox && (strncmp(real, folder, n) != 0 || (real[n] != '/' && n > 1)))
        luaL_error(L, "`%s` lies outside the script's folder", name.p);
    return script_read_noted(self, path);
}

typedef struct {
    file_bytes file;
    bool open;
} file_box;

static int close_file(lua_State *L)
{
    file_box *box = lua_touserdata(L, 1);
    if (box->open) file_close(&box->file);
    box->open = false;
    return 0;
}

/* Opens the file named by argument 1; it is closed with the userdata left on the stack. */
static tamis_str open_data(lua_State *L)
{
    script *self = script_of(L);
    error e = {0};
    tamis_str name;
    name.p = luaL_checklstring(L, 1, &name.n);
    const char *path = data_path(L, name);
    file_box *box = lua_newuserdatauv(L, sizeof *box, 0);
    box->open = false;
    if (luaL_newmetatable(L, "data file")) {
        lua_pushcfunction(L, close_file);
        lua_setfield(L, -2, "__gc");
    }
    lua_setmetatable(L, -2);
    if (file_open(path, &box->file, &e) < 0) luaL_error(L, "%s", e.text);
    box->open = true;
    if (box->file.bytes.n > DATA_BYTES)
        luaL_error(L, "`%s` is larger than 256 MiB: use `terms`", name.p);
    self->identity = hash_bytes(box->file.bytes.p, box->file.bytes.n, self->identity);
    return box->file.bytes;
}

static int data_text(lua_State *L)
{
    tamis_str bytes = open_data(L);
    lua_pushlstring(L, bytes.p ? bytes.p : "", bytes.n);
    return 1;
}

static int data_json(lua_State *L)
{
    script_json_push(L, open_data(L));
    return 1;
}

/* The next line without its ending; false at the end. */
static bool take_line(tamis_str *rest, tamis_str *line)
{
    if (rest->n == 0) return false;
    const char *newline = memchr(rest->p, '\n', rest->n);
    size_t n = newline ? (size_t)(newline - rest->p) : rest->n;
    *line = (tamis_str){rest->p, n};
    if (line->n && line->p[line->n - 1] == '\r') line->n--;
    n += newline != NULL;
    *rest = (tamis_str){rest->p + n, rest->n - n};
    return true;
}

/* The lines of a file; empty ones and those that begin with '#' are left out. */
static int data_lines(lua_State *L)
{
    tamis_str rest = open_data(L), line;
    lua_Integer n = 0;
    unsigned steps = 0;
    lua_newtable(L);
    while (take_line(&rest, &line)) {
        SCRIPT_POLL(L, steps);
        if (line.n == 0 || line.p[0] == '#') continue;
        lua_pushlstring(L, line.p, line.n);
        lua_rawseti(L, -2, ++n);
    }
    return 1;
}

static void push_fields(lua_State *L, tamis_str line, int header)
{
    lua_Integer column = 0;
    lua_newtable(L);
    for (;;) {
        const char *tab = memchr(line.p, '\t', line.n);
        size_t n = tab ? (size_t)(tab - line.p) : line.n;
        column++;
        if (header)
            lua_rawgeti(L, header, column);
        else
            lua_pushinteger(L, column);
        if (lua_isnil(L, -1)) {
            lua_pop(L, 1);
            lua_pushinteger(L, column);
        }
        lua_pushlstring(L, line.p, n);
        lua_rawset(L, -3);
        if (!tab) return;
        line = (tamis_str){tab + 1, line.n - n - 1};
    }
}

/* Rows of a TSV file as tables by the names in its first line. */
static int data_tsv(lua_State *L)
{
    tamis_str rest = open_data(L), line;
    lua_Integer n = 0;
    unsigned steps = 0;
    lua_newtable(L);
    int rows = lua_gettop(L), header = 0;
    while (take_line(&rest, &line)) {
        SCRIPT_POLL(L, steps);
        if (line.n == 0 || line.p[0] == '#') continue;
        push_fields(L, line, header);
        if (header) {
            lua_rawseti(L, rows, ++n);
        } else {
            header = lua_gettop(L);
        }
    }
    lua_pushvalue(L, rows);
    return 1;
}

/* ------------------------------------------------------------------ terms */

static void report_row(void *user, const char *file, uint32_t line, const char *message)
{
    script *self = user;
    if (self->call)
        host_table.log(self->call, TAMIS_LOG_WARNING, "%s:%u: %s", file, line, message);
    else
        fprintf(stderr, "tamis: %s:%u: %s\n", file, line, message);
}

static tamis_str member_text(lua_State *L, int index, const char *key)
{
    tamis_str text = {NULL, 0};
    if (lua_getfield(L, index, key) != LUA_TNIL) text.p = luaL_checklstring(L, -1, &text.n);
    return text; /* the value stays on the stack, which keeps the text */
}

/* Row i of the list: a word, or { term =, value =, category =, lang =, notes = }. Its texts live in
 * the script's arena. */
static tamis_term read_row(lua_State *L, int list, lua_Integer i)
{
    script *self = script_of(L);
    tamis_term row = {0};
    int top = lua_gettop(L);
    if (lua_rawgeti(L, list, i) == LUA_TSTRING) {
        row.term.p = lua_tolstring(L, -1, &row.term.n);
    } else if (lua_istable(L, -1)) {
        int at = lua_gettop(L);
        row.term = member_text(L, at, "term");
        row.lang = member_text(L, at, "lang");
        row.value = member_text(L, at, "value");
        row.category = member_text(L, at, "category");
        row.notes = member_text(L, at, "notes");
    } else {
        luaL_error(L, "terms: item %I is a %s: write words, or tables with `term`", (LUAI_UACINT)i,
                   luaL_typename(L, -1));
    }
    tamis_str *texts[] = {&row.term, &row.lang, &row.value, &row.category, &row.notes};
    for (size_t k = 0; k < 5; k++)
        if (texts[k]->n) *texts[k] = arena_copy(&self->memory, *texts[k]);
    lua_settop(L, top);
    return row;
}

/* terms { "word", { term = … }, file = "words.tsv" or files = { … } } */
static int terms_new(lua_State *L)
{
    script *self = script_of(L);
    error e = {0};
    int list = lua_gettop(L);
    luaL_checktype(L, list, LUA_TTABLE);
    if (self->doc)
        return luaL_error(
            L, "terms are compiled before documents run: at the top of the script or in `open`");
    size_t n = lua_rawlen(L, list), file_count = 0;
    tamis_term *rows = lua_newuserdatauv(L, (n + 1) * sizeof *rows, 0);
    for (size_t i = 0; i < n; i++) rows[i] = read_row(L, list, (lua_Integer)i + 1);
    terms_file files[32];
    lua_getfield(L, list, "files");
    if (lua_isnil(L, -1)) {
        lua_newtable(L);
        lua_getfield(L, list, "file");
        lua_rawseti(L, -2, 1);
    }
    int names = lua_gettop(L);
    for (lua_Integer i = 1; file_count < 32 && lua_rawgeti(L, names, i) == LUA_TSTRING; i++) {
        lua_pushcfunction(L, data_text);
        lua_insert(L, -2);
        const char *name = lua_tostring(L, -1);
        lua_pushvalue(L, -1);
        const char *slash = strrchr(name, '/');
        files[file_count].name = slash ? slash + 1 : name;
        lua_insert(L, names + 1); /* keeps the name */
        lua_call(L, 1, 1);
        files[file_count].bytes.p = lua_tolstring(L, -1, &files[file_count].bytes.n);
        file_count++;
    }
    terms_box *box = lua_newuserdatauv(L, sizeof *box, 0);
    box->terms = NULL;
    luaL_setmetatable(L, TERMS);
    if (terms_compile(files, file_count, rows, n, report_row, self, &box->terms, &e) < 0)
        return luaL_error(L, "terms: %s", e.text);
    return 1;
}

static terms_box *check_terms(lua_State *L, int index)
{
    return luaL_checkudata(L, index, TERMS);
}

static int terms_collect(lua_State *L)
{
    terms_box *box = check_terms(L, 1);
    terms_free(box->terms);
    box->terms = NULL;
    return 0;
}

static int push_hit(lua_State *L, const terms_box *box, const tamis_hit *hit)
{
    tamis_term_row row = {0};
    terms_row(box->terms, hit->row, &row);
    lua_pushinteger(L, (lua_Integer)hit->start + 1);
    lua_pushinteger(L, (lua_Integer)hit->end);
    tamis_str stands_for = row.value.n ? row.value : row.term;
    lua_pushlstring(L, stands_for.p ? stands_for.p : "", stands_for.n);
    if (row.category.n)
        lua_pushlstring(L, row.category.p, row.category.n);
    else
        lua_pushnil(L);
    lua_pushinteger(L, (lua_Integer)hit->row + 1);
    return 5;
}

/* first, last, value, category, row = t:find(subject [, from]) */
static int terms_find_one(lua_State *L)
{
    terms_box *box = check_terms(L, 1);
    bool view;
    size_t next;
    tamis_hit hit;
    tamis_str text = subject_text(L, 2, &view);
    lua_Integer from = luaL_optinteger(L, 3, 1);
    if (from >= 1 && (lua_Unsigned)from <= text.n &&
        terms_find(box->terms, text, (size_t)from - 1, NULL, NULL, &hit, 1, &next))
        return push_hit(L, box, &hit);
    lua_pushnil(L);
    return 1;
}

/* Upvalues: the terms, the subject, where to search on. */
static int terms_next(lua_State *L)
{
    terms_box *box = check_terms(L, lua_upvalueindex(1));
    bool view;
    tamis_hit hit;
    size_t next, from = (size_t)lua_tointeger(L, lua_upvalueindex(3));
    lua_pushvalue(L, lua_upvalueindex(2));
    tamis_str text = subject_text(L, lua_gettop(L), &view);
    script_poll_now(L);
    if (from >= text.n || !terms_find(box->terms, text, from, NULL, NULL, &hit, 1, &next)) return 0;
    lua_pushinteger(L, (lua_Integer)(next > hit.start ? next : hit.end));
    lua_replace(L, lua_upvalueindex(3));
    return push_hit(L, box, &hit);
}

static int terms_gmatch(lua_State *L)
{
    check_terms(L, 1);
    bool view;
    subject_text(L, 2, &view);
    lua_settop(L, 2);
    lua_pushinteger(L, 0);
    lua_pushcclosure(L, terms_next, 3);
    return 1;
}

/* The row of a hit as a table. */
static int terms_get_row(lua_State *L)
{
    terms_box *box = check_terms(L, 1);
    lua_Integer number = luaL_checkinteger(L, 2);
    tamis_term_row row = {0};
    if (number < 1 || !terms_row(box->terms, (uint32_t)(number - 1), &row)) {
        lua_pushnil(L);
        return 1;
    }
    const struct {
        const char *key;
        tamis_str text;
    } fields[] = {{"term", row.term},         {"lang", row.lang},   {"value", row.value},
                  {"category", row.category}, {"notes", row.notes}, {"file", row.file}};
    lua_createtable(L, 0, 7);
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (!fields[i].text.n) continue;
        lua_pushlstring(L, fields[i].text.p, fields[i].text.n);
        lua_setfield(L, -2, fields[i].key);
    }
    lua_pushinteger(L, row.line);
    lua_setfield(L, -2, "line");
    return 1;
}

static int terms_get_column(lua_State *L)
{
    terms_box *box = check_terms(L, 1);
    lua_Integer number = luaL_checkinteger(L, 2);
    if (number < 1 || (size_t)number > terms_count(box->terms)) return luaL_error(L, "no such row");
    tamis_str text = terms_column(box->terms, (uint32_t)(number - 1), luaL_checkstring(L, 3));
    lua_pushlstring(L, text.p ? text.p : "", text.n);
    return 1;
}

static int terms_length(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)terms_count(check_terms(L, 1)->terms));
    return 1;
}

void gazetteer_open(lua_State *L)
{
    static const luaL_Reg methods[] = {{"find", terms_find_one},
                                       {"gmatch", terms_gmatch},
                                       {"row", terms_get_row},
                                       {"column", terms_get_column},
                                       {NULL, NULL}};
    static const luaL_Reg data[] = {{"text", data_text},
                                    {"json", data_json},
                                    {"lines", data_lines},
                                    {"tsv", data_tsv},
                                    {NULL, NULL}};
    luaL_newmetatable(L, TERMS);
    luaL_newlib(L, methods);
    lua_setfield(L, -2, "__index");
    lua_pushcfunction(L, terms_collect);
    lua_setfield(L, -2, "__gc");
    lua_pushcfunction(L, terms_length);
    lua_setfield(L, -2, "__len");
    lua_pushliteral(L, "locked");
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 1);
    sandbox_base(L);
    lua_pushcfunction(L, terms_new);
    lua_setfield(L, -2, "terms");
    luaL_newlib(L, data);
    sandbox_lock(L, "data");
    lua_setfield(L, -2, "data");
    lua_pop(L, 1);
}
