/* Lua files: reading, compiling each in an environment of its own, running them, and saying what
 * went wrong as diagnostics with a place. Used for pipeline files, includes, scripts, rule files
 * and `require`. */
#include "script/state.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

static const char LOADED = 0; /* registry: path -> what require returned */

/* ------------------------------------------------------------------ where files are */

static bool readable(const char *path)
{
    return path && access(path, R_OK) == 0;
}

const char *script_resolve(script *self, const char *folder, tamis_str name, bool *shipped)
{
    *shipped = false;
    const char *own = path_join(&self->memory, str_of(folder), name);
    if (readable(own) || (name.n && name.p[0] == '/')) return readable(own) ? own : NULL;
    if (!self->lua_folder || (name.n > 1 && name.p[0] == '.' && name.p[1] == '/')) return NULL;
    for (int form = 0; form < 2; form++) {
        char path[PATH_MAX];
        int n = snprintf(path, sizeof path, "%s/%.*s%s", self->lua_folder, (int)name.n, name.p,
                         form ? ".lua" : "");
        if (n > 0 && (size_t)n < sizeof path && strstr(path, "..") == NULL && readable(path)) {
            *shipped = true;
            return arena_copy(&self->memory, str_of(path)).p;
        }
    }
    return NULL;
}

/* ------------------------------------------------------------------ the library */

static bool is_stage_name(tamis_str name)
{
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-'))
            return false;
    }
    return name.n > 0 && name.n < 64;
}

const char *script_library_file(script *self, tamis_str name)
{
    if (!self->lua_folder || !is_stage_name(name)) return NULL;
    const char *path =
        arena_printf(&self->memory, "%s/%.*s.lua", self->lua_folder, (int)name.n, name.p);
    return readable(path) ? path : NULL;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

size_t script_library_names(script *self, const char *lua_folder, const char **names, size_t room)
{
    if (!self->lua_folder && lua_folder)
        self->lua_folder = arena_copy(&self->memory, str_of(lua_folder)).p;
    size_t count = 0;
    DIR *folder = self->lua_folder ? opendir(self->lua_folder) : NULL;
    if (!folder) return 0;
    for (struct dirent *entry; count < room && (entry = readdir(folder));) {
        size_t n = strlen(entry->d_name);
        if (n < 5 || strcmp(entry->d_name + n - 4, ".lua") != 0) continue;
        tamis_str name = arena_copy(&self->memory, (tamis_str){entry->d_name, n - 4});
        if (is_stage_name(name)) names[count++] = name.p;
    }
    closedir(folder);
    if (count) qsort(names, count, sizeof *names, by_name);
    return count;
}

const char *script_read_noted(script *self, const char *path)
{
    allowed_path *noted = arena_alloc(&self->memory, sizeof *noted);
    tamis_str kept = arena_copy(&self->memory, str_of(path));
    if (!noted || !kept.p) return path;
    *noted = (allowed_path){kept.p, self->files_read};
    self->files_read = noted;
    return path;
}

const char *script_source(const script *self, size_t index)
{
    for (const source_map *map = self->sources; map; map = map->next)
        if (index-- == 0) return map->file;
    for (const allowed_path *p = self->files_read; p; p = p->next)
        if (index-- == 0) return p->path;
    for (const allowed_path *p = self->allowed; p; p = p->next)
        if (index-- == 0) return p->path;
    return NULL;
}

uint64_t script_identity(const script *self)
{
    return self->identity;
}

/* ------------------------------------------------------------------ diagnostics from Lua's
 * messages */

/* Lua's syntax errors end in "near 'word'"; finds the word on the line for the caret. */
static void point_at_word(script *self, const char *message, position *at)
{
    const char *near = strstr(message, " near '"), *end = near ? strrchr(message, '\'') : NULL;
    source_map *map = at->file ? source_find(self, at->file) : NULL;
    if (!map || !near || end <= near + 7) return;
    tamis_str word = {near + 7, (size_t)(end - near - 7)};
    const char *line = map->text.p, *stop = map->text.p + map->text.n;
    for (uint32_t i = 1; i < at->line && line < stop; i++) {
        const char *newline = memchr(line, '\n', (size_t)(stop - line));
        line = newline ? newline + 1 : stop;
    }
    const char *newline = memchr(line, '\n', (size_t)(stop - line));
    size_t n = (size_t)((newline ? newline : stop) - line);
    const char *found = word.n ? memmem(line, n, word.p, word.n) : NULL;
    if (!found) return;
    at->column = (uint32_t)(found - line + 1);
    at->width = (uint32_t)word.n;
}

/* Splits "path:12: message"; false when it has no such form. The path may have been shortened by
 * Lua. */
static bool split_message(const char **message, uint32_t *line)
{
    for (const char *p = strchr(*message, ':'); p; p = strchr(p + 1, ':')) {
        char *end;
        unsigned long number = strtoul(p + 1, &end, 10);
        if (end > p + 1 && *end == ':' && end[1] == ' ') {
            *line = (uint32_t)number;
            *message = end + 2;
            return true;
        }
    }
    return false;
}

void script_diagnose(script *self, const char *code, const char *message, position at)
{
    uint32_t line = 0;
    const char *rest = message;
    if (split_message(&rest, &line)) {
        if (!at.line) at.line = line;
        message = rest;
    }
    point_at_word(self, message, &at);
    tamis_str first = {message, strcspn(message, "\n")};
    diagnostic *said =
        diagnostics_add(self->diags, DIAGNOSTIC_ERROR, code, at, "%.*s", (int)first.n, first.p);
    if (message[first.n]) said->help = diagnostics_text(self->diags, "%s", message + first.n + 1);
}

/* ------------------------------------------------------------------ compiling */

static source_map *remember_source(script *self, const char *path, tamis_str text)
{
    source_map *map = source_find(self, path);
    if (!map) {
        map = arena_alloc(&self->memory, sizeof *map);
        if (!map) return NULL;
        map->file = arena_copy(&self->memory, str_of(path)).p;
        map->next = self->sources;
        self->sources = map;
    }
    map->text = arena_copy(&self->memory, text);
    map->tokens = NULL;
    map->token_count = 0;
    self->identity = hash_bytes(text.p, text.n, self->identity);
    return map;
}

static void read_failed(script *self, const char *code, const char *path, const char *why,
                        position at)
{
    if (self->diags)
        diagnostics_add(self->diags, DIAGNOSTIC_ERROR, code, at, "`%s` cannot be read: %s", path,
                        why);
    else
        luaL_error(self->L, "`%s` cannot be read: %s", path, why);
}

bool script_compile(lua_State *L, const char *path, const char *text, position at)
{
    script *self = script_of(L);
    file_bytes file = {0};
    error e = {0};
    if (text) {
        file.bytes = str_of(text);
    } else if (file_open(path, &file, &e) < 0) {
        read_failed(self, "E0101", path, strerror(errno ? errno : ENOENT), at);
        return false;
    }
    if (file.bytes.n >= 3 && !memcmp(file.bytes.p, "\xEF\xBB\xBF", 3)) { /* some editors write it */
        file.bytes.p += 3;
        file.bytes.n -= 3;
    }
    source_map *map = remember_source(self, path, file.bytes);
    if (!text) file_close(&file);
    if (!map) return luaL_error(L, "no memory for %s", path);
    sandbox_environment(L, arena_copy(&self->memory, path_folder(str_of(map->file))).p);
    lua_pushfstring(L, "@%s", map->file);
    int status = luaL_loadbufferx(L, map->text.p, map->text.n, lua_tostring(L, -1), "t");
    lua_remove(L, -2);
    if (status != LUA_OK) {
        const char *message = lua_tostring(L, -1);
        if (!self->diags) return lua_error(L);
        size_t before = self->diags->count;
        script_diagnose(self, "E0102", message, (position){.file = map->file});
        if (strstr(message, "'}' expected") && self->diags->count > before)
            self->diags->items[before].help =
                "is a comma missing ahead of it, or are quotes around it?";
        lua_pop(L, 2);
        return false;
    }
    lua_pushvalue(L, -2);
    lua_setupvalue(L, -2, 1);
    return true;
}

/* Remembers where an error was raised, as file and line of a file of ours. */
static int note_place(lua_State *L)
{
    script *self = script_of(L);
    position at = script_where(L, 1);
    position *place = lua_touserdata(L, lua_upvalueindex(1));
    *place = at;
    if (self->limit == LIMIT_NONE && lua_type(L, 1) != LUA_TSTRING) luaL_tolstring(L, 1, NULL);
    return 1;
}

bool script_execute(lua_State *L, int results, position at)
{
    script *self = script_of(L);
    position place = {0};
    int environment = lua_gettop(L) - 1;
    lua_pushlightuserdata(L, &place);
    lua_pushcclosure(L, note_place, 1);
    lua_insert(L, environment);
    int status = lua_pcall(L, 0, results, environment);
    lua_remove(L, environment);
    if (status == LUA_OK) {
        sandbox_freeze(L, environment);
        lua_remove(L, environment);
        return true;
    }
    if (status == LUA_ERRMEM && self->limit == LIMIT_NONE) self->limit = LIMIT_MEMORY;
    const char *message = lua_tostring(L, -1);
    if (self->limit == LIMIT_TIME) message = self->limit_text;
    if (self->limit == LIMIT_MEMORY) message = "memory limit reached while the file was loaded";
    script_diagnose(self, "E0114", message ? message : "?", place.file ? place : at);
    lua_pop(L, 2);
    return false;
}

/* ------------------------------------------------------------------ require */

/* The folder of the file that calls, from its environment. */
static const char *caller_folder(lua_State *L)
{
    lua_Debug ar;
    script *self = script_of(L);
    for (int level = 1; lua_getstack(L, level, &ar); level++) {
        lua_getinfo(L, "S", &ar);
        if (*ar.source != '@' || !source_find(self, ar.source + 1)) continue;
        return arena_copy(&self->memory, path_folder(str_of(ar.source + 1))).p;
    }
    return self->folder ? self->folder : ".";
}

/* Only Lua files under the script's own folder, links followed, or those that ship. */
static const char *find_required(lua_State *L, tamis_str name)
{
    script *self = script_of(L);
    char folder[PATH_MAX], path[PATH_MAX], real[PATH_MAX];
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                    c == '_' || c == '-' || (c == '.' && i && name.p[i - 1] != '.');
        if (!good) luaL_error(L, "require takes a name such as \"words\" or \"lists.words\"");
    }
    const char *roots[] = {caller_folder(L), self->lua_folder};
    for (size_t r = 0; r < 2; r++) {
        if (!roots[r] || !realpath(roots[r], folder)) continue;
        int n = snprintf(path, sizeof path, "%s/%.*s.lua", folder, (int)name.n, name.p);
        if (n < 0 || (size_t)n >= sizeof path) continue;
        for (char *p = path + strlen(folder) + 1; p < path + n - 4; p++)
            if (*p == '.') *p = '/';
        if (!realpath(path, real)) continue;
        size_t root = strlen(folder);
        if (strncmp(real, folder, root) != 0 || real[root] != '/') {
            luaL_error(L, "require \"%s\": the file lies outside the script's folder", name.p);
        }
        n = snprintf(path, sizeof path, "%s/%s", roots[r], real + root + 1);
        if (n > 0 && (size_t)n < sizeof path) return arena_copy(&self->memory, str_of(path)).p;
    }
    luaL_error(L, "require \"%s\": no such file beside the script", name.p);
    return NULL;
}

static int base_require(lua_State *L)
{
    script *self = script_of(L);
    tamis_str name;
    name.p = luaL_checklstring(L, 1, &name.n);
    if (self->call && self->doc)
        return luaL_error(L, "require \"%s\": files are loaded before documents run", name.p);
    const char *path = find_required(L, name);
    lua_settop(L, 1);
    lua_rawgetp(L, LUA_REGISTRYINDEX, &LOADED);
    if (lua_getfield(L, 2, path) == LUA_TNIL) {
        lua_pushboolean(L, 0); /* a circle finds this */
        lua_setfield(L, 2, path);
        diagnostics *before = self->diags;
        int depth = self->include_depth;
        self->diags = NULL; /* mistakes in it are errors of the caller's line */
        self->include_depth = 0;
        script_compile(L, path, NULL, script_where(L, 1));
        lua_call(L, 0, 1);
        self->diags = before;
        self->include_depth = depth;
        if (lua_isnil(L, -1)) {
            lua_pushboolean(L, 1);
            lua_replace(L, -2);
        }
        lua_pushvalue(L, -1);
        lua_setfield(L, 2, path);
    } else if (!lua_toboolean(L, -1)) {
        return luaL_error(L, "require \"%s\": the file requires itself", name.p);
    }
    return 1;
}

void loader_open(lua_State *L)
{
    lua_newtable(L);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &LOADED);
    sandbox_base(L);
    lua_pushcfunction(L, base_require);
    lua_setfield(L, -2, "require");
    lua_pop(L, 1);
}
