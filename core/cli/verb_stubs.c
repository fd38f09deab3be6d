/* tamis stubs: types for the Lua language server. What every file finds ships as
 * lua/stubs/tamis.d.lua; the options of the stages are written from their tables. */
#include "cli/library.h"
#include "cli/session.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* ------------------------------------------------------------------ options */

static const char *lua_type(const tamis_option *o)
{
    switch (o->type) {
    case TAMIS_BOOL: return "boolean";
    case TAMIS_INT: return "integer";
    case TAMIS_NUMBER: return "number";
    case TAMIS_LIST:
    case TAMIS_PATHS: return "string[]|string";
    case TAMIS_SIZE:
    case TAMIS_DURATION: return "string|number";
    default: return "string";
    }
}

static void write_words(buffer *out, const char *accept)
{
    for (bool first = true; *accept; first = false) {
        size_t n = strcspn(accept, "|");
        buffer_printf(out, "%s\"%.*s\"", first ? "" : "|", (int)n, accept);
        accept += n + (accept[n] == '|');
    }
}

/* One line of text: a comment ends with its line. */
static void write_line(buffer *out, const char *text)
{
    for (; text && *text; text++) buffer_append_char(out, *text == '\n' ? ' ' : *text);
}

static void write_option(buffer *out, const tamis_option *o)
{
    buffer_printf(out, "---@field %s%s ", o->name, o->flags & TAMIS_REQUIRED ? "" : "?");
    if (o->type == TAMIS_ENUM && o->accept)
        write_words(out, o->accept);
    else if (o->type == TAMIS_LIST && o->accept && strchr(o->accept, '|')) {
        buffer_append_char(out, '(');
        write_words(out, o->accept);
        buffer_append_text(out, ")[]");
    } else
        buffer_append_text(out, lua_type(o));
    buffer_append_char(out, ' ');
    write_line(out, o->help);
    if (o->fallback && *o->fallback) {
        buffer_append_text(out, " (");
        write_line(out, o->fallback);
        buffer_append_char(out, ')');
    }
    if (o->flags & TAMIS_DEPRECATED) buffer_append_text(out, " (deprecated)");
    buffer_append_char(out, '\n');
}

static void write_class(buffer *out, const char *name, const tamis_stage *stage)
{
    buffer_printf(out, "\n---@class (exact) tamis.stage.%s: tamis.stage.options ", name);
    write_line(out, stage->help);
    buffer_append_char(out, '\n');
    for (uint32_t i = 0; i < stage->option_count; i++) write_option(out, &stage->options[i]);
}

static void write_overload(buffer *out, const char *name)
{
    buffer_printf(out, "---@overload fun(name: \"%s\"): fun(options: tamis.stage.%s): tamis.item\n",
                  name, name);
}

static void write_stages(const registry *plugins, const library *lua, buffer *out)
{
    buffer_append_text(out,
                       "---@meta\n-- The stages that tamis finds here and their options; made by "
                       "`tamis stubs`. Not to be loaded.\n");
    for (size_t i = 0; i < plugins->stage_count; i++)
        write_class(out, plugins->stages[i].stage.name, &plugins->stages[i].stage);
    for (size_t i = 0; i < lua->count; i++) write_class(out, lua->names[i], &lua->stages[i]);
    buffer_append_text(out, "\n---A stage of a plugin or of the library.\n");
    for (size_t i = 0; i < plugins->stage_count; i++)
        write_overload(out, plugins->stages[i].stage.name);
    for (size_t i = 0; i < lua->count; i++) write_overload(out, lua->names[i]);
    buffer_append_text(out, "---@param name string\n"
                            "---@return fun(options: table): tamis.item\n"
                            "function stage(name) end\n");
}

/* ------------------------------------------------------------------ files */

static int write_file(const char *path, tamis_str text, bool keep)
{
    if (keep && access(path, F_OK) == 0) return CLI_DONE;
    FILE *f = fopen(path, "w");
    bool good = f && fwrite(text.p, 1, text.n, f) == text.n;
    if (f && fclose(f)) good = false;
    if (!good) return cli_fail(CLI_IO, "cannot write %s: %s", path, strerror(errno));
    printf("wrote %s\n", path);
    return CLI_DONE;
}

static int write_all(const session *s, const library *lua, const char *folder)
{
    char path[4200], shipped[4200];
    file_bytes common;
    error e = {0};
    buffer stages = {0}, settings = {0};
    snprintf(shipped, sizeof shipped, "%s/stubs/tamis.d.lua", lua->folder);
    if (file_open(shipped, &common, &e) < 0)
        return cli_fail(CLI_INTERNAL, "%s, which ships with tamis", e.text);
    write_stages(&s->plugins, lua, &stages);
    buffer_printf(&settings,
                  "{\n  \"runtime.version\": \"Lua 5.4\",\n  \"workspace.library\": [\"%s\"],\n"
                  "  \"diagnostics.disable\": [\"lowercase-global\"]\n}\n",
                  folder);
    int code = CLI_DONE;
    if (mkdir(folder, 0777) && errno != EEXIST)
        code = cli_fail(CLI_IO, "cannot make %s: %s", folder, strerror(errno));
    snprintf(path, sizeof path, "%s/tamis.d.lua", folder);
    if (!code) code = write_file(path, common.bytes, false);
    snprintf(path, sizeof path, "%s/stages.d.lua", folder);
    if (!code) code = write_file(path, buffer_str(&stages), false);
    if (!code) code = write_file(".luarc.json", buffer_str(&settings), true);
    file_close(&common);
    buffer_free(&stages);
    buffer_free(&settings);
    return code;
}

int verb_stubs(const cli_args *args)
{
    if (args->operands.count)
        return cli_usage(args->verb, "`stubs` takes no name; -o names the folder");
    const char *folder = cli_value(args, FLAG_output);
    session s;
    library lua;
    session_open(&s, args);
    library_open(&lua, &s.plugins, &s.diags);
    session_tell(&s);
    int code = s.diags.errors ? CLI_CONFIG : write_all(&s, &lua, folder ? folder : ".tamis");
    if (!code) code = cli_flush();
    library_close(&lua);
    session_close(&s);
    return code;
}
