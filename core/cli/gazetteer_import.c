/* tamis gazetteer import: makes a gazetteer out of another source's file, which the user fetched
 * himself. What a source's columns mean is told by a file in Lua (lua/importers/KIND.lua); this
 * runs it in a state of its own, with no files and no network, and writes the rows it gives, the
 * source's credit among them. */
#include "cli/gazetteer_import.h"

#include <errno.h>
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
#include <stdio.h>
#include <string.h>

#include "cli/session.h"

typedef struct {
    FILE *out;
    size_t rows;
} importing;

/* rows(lang, term, canonical, category, notes) */
static int write_row(lua_State *L)
{
    importing *self = lua_touserdata(L, lua_upvalueindex(1));
    for (int i = 1; i <= 5; i++) {
        size_t n;
        const char *cell = luaL_checklstring(L, i, &n);
        for (size_t k = 0; k < n; k++) /* a cell is one line without a tab */
            fputc(cell[k] == '\t' || cell[k] == '\n' || cell[k] == '\r' ? ' ' : cell[k], self->out);
        fputc(i < 5 ? '\t' : '\n', self->out);
    }
    self->rows++;
    return 0;
}

static lua_State *open_state(void)
{
    static const luaL_Reg libraries[] = {
        {LUA_GNAME, luaopen_base},        {LUA_TABLIBNAME, luaopen_table},
        {LUA_STRLIBNAME, luaopen_string}, {LUA_MATHLIBNAME, luaopen_math},
        {LUA_UTF8LIBNAME, luaopen_utf8},  {NULL, NULL}};
    lua_State *L = luaL_newstate();
    for (const luaL_Reg *l = libraries; L && l->func; l++) {
        luaL_requiref(L, l->name, l->func, 1);
        lua_pop(L, 1);
    }
    return L;
}

/* Leaves what the file returns on the stack; `arguments` values above are given to it. */
static bool run_file(lua_State *L, const char *folder, const char *name, int arguments)
{
    char path[4200];
    snprintf(path, sizeof path, "%s/lua/importers/%s.lua", folder, name);
    if (luaL_loadfilex(L, path, "t") != LUA_OK) return false;
    lua_insert(L, -1 - arguments);
    return lua_pcall(L, arguments, 1, 0) == LUA_OK;
}

static bool run_importer(lua_State *L, const char *folder, const char *kind, tamis_str text,
                         importing *self)
{
    if (!run_file(L, folder, "shared", 0) || !run_file(L, folder, kind, 1)) return false;
    lua_getfield(L, -1, "credit");
    fprintf(self->out, "lang\tterm\tcanonical\tcategory\tnotes\n");
    fprintf(self->out, "# source: %s\n", lua_isstring(L, -1) ? lua_tostring(L, -1) : kind);
    lua_pop(L, 1);
    lua_getfield(L, -1, "import");
    lua_pushlstring(L, text.p, text.n);
    lua_pushlightuserdata(L, self);
    lua_pushcclosure(L, write_row, 1);
    return lua_pcall(L, 2, 0, 0) == LUA_OK;
}

/* A kind is a file's name and nothing else. */
static bool is_kind(const char *kind)
{
    return *kind && kind[strspn(kind, "abcdefghijklmnopqrstuvwxyz_")] == '\0' &&
           strcmp(kind, "shared") != 0;
}

int gazetteer_import(const cli_args *args, const char *share_folder)
{
    const char *out = cli_value(args, FLAG_output);
    importing self = {stdout, 0};
    file_bytes file;
    error e = {0};
    if (args->operands.count != 3 || !is_kind(args->operands.at[1]))
        return cli_usage(args->verb, "import from what? tamis gazetteer import wikidata|oryx FILE");
    if (file_open(args->operands.at[2], &file, &e) < 0) return cli_fail(CLI_INPUT, "%s", e.text);
    lua_State *L = open_state();
    int code = CLI_DONE;
    if (!L) {
        code = cli_fail(CLI_INTERNAL, "no memory for Lua");
        goto done;
    }
    if (out && !(self.out = fopen(out, "w"))) {
        self.out = stdout;
        code = cli_fail(CLI_IO, "cannot write %s: %s", out, strerror(errno));
        goto done;
    }
    if (!run_importer(L, share_folder, args->operands.at[1], file.bytes, &self))
        code = cli_fail(CLI_INPUT, "%s: %s", args->operands.at[2], lua_tostring(L, -1));
    else if (!cli_has(args, FLAG_quiet))
        fprintf(stderr, "%zu rows of %s\n", self.rows, args->operands.at[2]);
    if (out && fclose(self.out) && code == CLI_DONE)
        code = cli_fail(CLI_IO, "cannot write %s: %s", out, strerror(errno));
    else if (!out && code == CLI_DONE)
        code = cli_flush();
done:
    if (L) lua_close(L);
    file_close(&file);
    return code;
}
