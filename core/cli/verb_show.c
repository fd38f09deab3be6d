/* tamis show: a stage's option table as text or JSON Schema, the record's fields as text or as a
 * schema for other programs. */
#include "cli/library.h"
#include "cli/session.h"
#include "plugin/options.h"

#include <cJSON.h>
#include <stdlib.h>

/* A stage of a plugin or of the Lua library. */
typedef struct {
    tamis_stage stage;
    const char *version, *file;
    char origin[256];
} shown_stage;

/* ------------------------------------------------------------------ a stage as text */

static void print_words(const char *head, const char *const *words)
{
    if (!words || !*words) return;
    printf("  %-7s", head);
    for (size_t i = 0; words[i]; i++) printf("%s %s", i ? "," : "", words[i]);
    putchar('\n');
}

/* Two lines an option: name and default, type and range; then what it does. */
static void print_options(const tamis_stage *stage, const char *bold, const char *dim,
                          const char *off)
{
    puts("\nOptions:");
    for (uint32_t i = 0; i < stage->option_count; i++) {
        const tamis_option *o = &stage->options[i];
        printf("  %s%s%s", bold, o->name, off);
        if (o->flags & TAMIS_REQUIRED)
            fputs(" (required)", stdout);
        else if (o->fallback && *o->fallback)
            printf(" = %s", o->fallback);
        printf("  %s%s%s%s%s%s\n", dim, option_type_name(o->type), o->accept ? ": " : "",
               o->accept ? o->accept : "", o->flags & TAMIS_DEPRECATED ? " (deprecated)" : "", off);
        if (o->help) cli_print_wrapped(stdout, o->help, 6, cli_columns(stdout));
    }
    printf("  %severy stage also takes `as`, `when`, `on_error`, `time` and `memory`%s\n", dim,
           off);
}

static void show_stage(const shown_stage *shown, bool colour)
{
    const char *bold = colour ? "\033[1m" : "", *dim = colour ? "\033[2m" : "",
               *off = colour ? "\033[0m" : "";
    const tamis_stage *stage = &shown->stage;
    printf("%s%s%s%s%s: %s\n", bold, stage->name, off, *shown->version ? " " : "", shown->version,
           stage->help ? stage->help : "");
    printf("  %-7s %s (%s)\n", "from", shown->file, shown->origin);
    print_words("reads", stage->reads);
    print_words("writes", stage->writes);
    print_options(stage, bold, dim, off);
}

/* ------------------------------------------------------------------ a stage as JSON Schema */

static cJSON *schema_type(cJSON *o, const char *type)
{
    cJSON_AddStringToObject(o, "type", type);
    return o;
}

static void schema_words(cJSON *o, const char *accept)
{
    cJSON *words = cJSON_AddArrayToObject(o, "enum");
    while (*accept) {
        size_t n = strcspn(accept, "|");
        char *word = strndup(accept, n);
        cJSON_AddItemToArray(words, cJSON_CreateString(word ? word : ""));
        free(word);
        accept += n + (accept[n] == '|');
    }
}

static void schema_range(cJSON *o, const char *accept)
{
    const char *dots = accept ? strstr(accept, "..") : NULL;
    if (!dots) return;
    char *end;
    double least = strtod(accept, &end);
    if (end == dots && end != accept) cJSON_AddNumberToObject(o, "minimum", least);
    double most = strtod(dots + 2, &end);
    if (end != dots + 2 && !*end) cJSON_AddNumberToObject(o, "maximum", most);
}

static void schema_default(cJSON *o, const tamis_option *option)
{
    const char *text = option->fallback;
    if (!text || option->flags & TAMIS_REQUIRED) return;
    char *end;
    double number = strtod(text, &end);
    bool numeric = end != text && !*end;
    if (option->type == TAMIS_BOOL)
        cJSON_AddBoolToObject(o, "default", !strcmp(text, "true"));
    else if (numeric && (option->type == TAMIS_INT || option->type == TAMIS_NUMBER))
        cJSON_AddNumberToObject(o, "default", number);
    else if (option->type != TAMIS_LIST && option->type != TAMIS_PATHS)
        cJSON_AddStringToObject(o, "default", text);
    else {
        cJSON *items = cJSON_AddArrayToObject(o, "default");
        while (*text) {
            size_t n = strcspn(text, ",");
            char *item = strndup(text, n);
            cJSON_AddItemToArray(items, cJSON_CreateString(item ? item : ""));
            free(item);
            text += n + (text[n] == ',');
        }
    }
}

static cJSON *schema_option(const tamis_option *option)
{
    cJSON *o = cJSON_CreateObject(), *items;
    if (option->help) cJSON_AddStringToObject(o, "description", option->help);
    switch (option->type) {
    case TAMIS_BOOL: schema_type(o, "boolean"); break;
    case TAMIS_INT: schema_range(schema_type(o, "integer"), option->accept); break;
    case TAMIS_NUMBER: schema_range(schema_type(o, "number"), option->accept); break;
    case TAMIS_ENUM: schema_words(o, option->accept ? option->accept : ""); break;
    case TAMIS_LIST:
    case TAMIS_PATHS:
        schema_type(o, "array");
        items = schema_type(cJSON_AddObjectToObject(o, "items"), "string");
        if (option->type == TAMIS_LIST && option->accept) schema_words(items, option->accept);
        break;
    case TAMIS_SIZE:
    case TAMIS_DURATION: /* "64M", "500ms", or the bare number */
        items = cJSON_AddArrayToObject(o, "type");
        cJSON_AddItemToArray(items, cJSON_CreateString("string"));
        cJSON_AddItemToArray(items, cJSON_CreateString("number"));
        break;
    default: schema_type(o, "string");
    }
    schema_default(o, option);
    if (option->flags & TAMIS_DEPRECATED) cJSON_AddBoolToObject(o, "deprecated", 1);
    return o;
}

static void schema_host_options(cJSON *properties)
{
    static const struct {
        const char *name, *help;
    } rows[] = {
        {"as", "the stage's name in the record, in statistics and in -D"},
        {"on_error", "quarantine (default) or skip: what becomes of a document on which it fails"},
        {"time", "how long it may take for one document"},
        {"memory", "how much memory a Lua stage may take"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cJSON *o = cJSON_AddObjectToObject(properties, rows[i].name);
        cJSON_AddStringToObject(o, "description", rows[i].help);
    }
    cJSON *when = cJSON_AddObjectToObject(properties, "when");
    cJSON_AddStringToObject(when, "description",
                            "attributes a document must have, or a Lua function");
}

static int show_stage_schema(const shown_stage *found)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddStringToObject(o, "$schema", "https://json-schema.org/draft/2020-12/schema");
    cJSON_AddStringToObject(o, "title", found->stage.name);
    if (found->stage.help) cJSON_AddStringToObject(o, "description", found->stage.help);
    schema_type(o, "object");
    cJSON *properties = cJSON_AddObjectToObject(o, "properties");
    cJSON *required = cJSON_CreateArray();
    for (uint32_t i = 0; i < found->stage.option_count; i++) {
        const tamis_option *option = &found->stage.options[i];
        cJSON_AddItemToObject(properties, option->name, schema_option(option));
        if (option->flags & TAMIS_REQUIRED)
            cJSON_AddItemToArray(required, cJSON_CreateString(option->name));
    }
    schema_host_options(properties);
    cJSON_AddItemToObject(o, "required", required);
    cJSON_AddBoolToObject(o, "additionalProperties", 0);
    char *text = cJSON_Print(o);
    if (text) puts(text);
    free(text);
    cJSON_Delete(o);
    return text ? CLI_DONE : cli_fail(CLI_INTERNAL, "no memory");
}

/* ------------------------------------------------------------------ the record */

static const char RECORD[] =
    "One JSON object a line; every key is always present, its type is fixed.\n"
    "\n"
    "  schema        \"tamis/1\"\n"
    "  id            the document's id (tamis help inputs)\n"
    "  input         where it came from\n"
    "  status        written, dropped or quarantined\n"
    "  reason        of a drop or quarantine, else \"\"\n"
    "  text          the text without what was removed; all of it with --text original\n"
    "  text_kind     clean or original\n"
    "  offset_unit   codepoint, utf16 or byte (tamis help offsets)\n"
    "  lang          language of the document, BCP-47, or null\n"
    "  lang_score    0.0 to 1.0, or null\n"
    "  errors        how many faults the document had; each is a span of type error\n"
    "  spans         what was found, by place\n"
    "  removed       what was taken out, by place, with the reason\n"
    "  meta          the input's further members, as JSON text; an object with --nested\n"
    "\n"
    "A span:\n"
    "\n"
    "  span                      its number, which `ref` names\n"
    "  type                      quote, speaker, cue, weapon, quantity, language, …\n"
    "  start, end                in `text`, half-open\n"
    "  source_start, source_end  in the text as it was read\n"
    "  text                      what stands there\n"
    "  value                     what it stands for: who speaks, the weapon's name, the language\n"
    "  category                  its kind: direct, continuation; class.subclass\n"
    "  lang, score, stage, rule  its language, how sure, and who decided\n"
    "  ref, role                 the span it serves, and as what: speaker, cue, quantity\n"
    "  attrs                     further attributes, as JSON text; an object with --nested\n"
    "\n"
    "A removal: start, end (in the text as it was read), text, reason, rule, score, stage, "
    "placeholder.\n";

static int show_record(const cli_args *args)
{
    static const char *const forms[] = {"text",   "jsonschema", "duckdb",
                                        "polars", "arrow",      "datasets"};
    int form = cli_word(args, FLAG_as, 0);
    if (form == 0) {
        cli_print_wrapped(stdout, RECORD, 0, 100);
        return cli_flush();
    }
    buffer out = {0};
    error e = {0};
    int code = CLI_DONE;
    if (record_schema(str_of(forms[form]), cli_has(args, FLAG_nested), &out, &e) < 0)
        code = cli_fail(CLI_USAGE, "%s", e.text);
    else {
        fwrite(out.p, 1, out.n, stdout);
        if (out.n && out.p[out.n - 1] != '\n') putchar('\n');
        code = cli_flush();
    }
    buffer_free(&out);
    return code;
}

/* ------------------------------------------------------------------ the verb */

static int show_unknown(const cli_args *args, session *s, const library *lua, const char *name)
{
    const char *names[384];
    size_t count = 0;
    names[count++] = "record";
    for (size_t i = 0; i < s->plugins.stage_count && count < 256; i++)
        names[count++] = s->plugins.stages[i].stage.name;
    for (size_t i = 0; i < lua->count; i++) names[count++] = lua->names[i];
    const char *meant = did_you_mean(str_of(name), names, count);
    if (meant) return cli_usage(args->verb, "no stage `%s`: did you mean `%s`?", name, meant);
    return cli_usage(args->verb, "no stage `%s`: `tamis plugins` lists them", name);
}

static bool find_stage(const session *s, const library *lua, const char *name, shown_stage *out)
{
    const registry_stage *found = registry_find(&s->plugins, str_of(name));
    size_t i = found ? 0 : library_find(lua, name);
    *out = (shown_stage){0};
    if (found) {
        out->stage = found->stage;
        out->version = found->stage.version ? found->stage.version : found->plugin->version;
        out->file = found->file;
        snprintf(out->origin, sizeof out->origin, "plugin %s, %s", found->plugin->name,
                 found->plugin->licence ? found->plugin->licence : "no licence named");
    } else if (i != SIZE_MAX) {
        out->stage = lua->stages[i];
        out->stage.name = lua->names[i];
        out->version = out->stage.version ? out->stage.version : "";
        out->file = lua->files[i];
        snprintf(out->origin, sizeof out->origin, "Lua that ships");
    } else
        return false;
    return true;
}

static int show_found(const cli_args *args, const shown_stage *found)
{
    int form = cli_word(args, FLAG_as, 0);
    if (form == 1) return show_stage_schema(found);
    if (form > 1)
        return cli_usage(args->verb, "a stage is shown as text or jsonschema, not as %s",
                         cli_value(args, FLAG_as));
    show_stage(found, cli_colour(args, stdout));
    return CLI_DONE;
}

int verb_show(const cli_args *args)
{
    if (args->operands.count != 1)
        return cli_usage(args->verb, "show what? a stage (`tamis plugins` lists them) or `record`");
    const char *name = args->operands.at[0];
    if (!strcmp(name, "record")) return show_record(args);
    session s;
    library lua = {0};
    shown_stage found;
    session_open(&s, args);
    if (!s.diags.errors && !registry_find(&s.plugins, str_of(name)))
        library_open(&lua, &s.plugins, &s.diags);
    session_tell(&s);
    int code;
    if (s.diags.errors)
        code = CLI_CONFIG;
    else if (find_stage(&s, &lua, name, &found))
        code = show_found(args, &found);
    else
        code = show_unknown(args, &s, &lua, name);
    if (!code) code = cli_flush();
    library_close(&lua);
    session_close(&s);
    return code;
}
