/* Building a pipeline from its file: find each stage, merge the file's options with those of -D,
 * check the order by what stages read and write. Everything that is wrong is gathered before anyone
 * is told. */
#include "pipeline/pipeline.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "plugin/options.h"

/* The options that belong to the host, whatever the stage. */
static const char *const HOST_OPTIONS[] = {"as", "when", "on_error", "time", "memory", NULL};

typedef struct {
    int32_t on_error;
    double time;
    int64_t memory;
} host_conf;
static const tamis_option HOST_TABLE[] = {
    TAMIS_OPTION(ENUM, host_conf, on_error, "quarantine", "quarantine|skip",
                 "what becomes of a document on which the stage fails"),
    TAMIS_OPTION(DURATION, host_conf, time, "0", "0..1h", "time for one document; 0: the default"),
    TAMIS_OPTION(SIZE, host_conf, memory, "0", "0..", "memory for a Lua stage; 0: the default"),
};

/* ------------------------------------------------------------------ the file */

enum { SHIPPED_MOST = 128 };

/* The shipped pipelines' names, sorted. */
static size_t list_shipped(const char *folder, const char *names[SHIPPED_MOST], arena *memory)
{
    struct dirent **entries;
    size_t count = 0;
    int found = scandir(folder, &entries, NULL, alphasort);
    for (int i = 0; i < found; i++) {
        const char *name = entries[i]->d_name;
        if (count < SHIPPED_MOST && str_ends_with(str_of(name), ".lua") &&
            !str_ends_with(str_of(name), ".test.lua"))
            names[count++] = arena_printf(memory, "%.*s", (int)strlen(name) - 4, name);
        free(entries[i]);
    }
    if (found >= 0) free(entries);
    return count;
}

/* A text or a folder where the pipeline should stand: most likely it was forgotten. */
static void say_no_pipeline(const char *path, const char *folder, arena *memory, diagnostics *out)
{
    const char *names[SHIPPED_MOST], *list = "";
    size_t count = list_shipped(folder, names, memory);
    for (size_t i = 0; i < count; i++)
        list = arena_printf(memory, "%s%s%s", list, i ? ", " : "", names[i]);
    diagnostic *d =
        diagnostics_add(out, DIAGNOSTIC_ERROR, "E0101", (position){0}, "`%s` is no pipeline", path);
    d->help = diagnostics_text(out,
                               "the pipeline comes first, then what it reads: a .lua file, or one "
                               "that ships (%s)",
                               list);
}

/* A .lua file or anything with a slash is a path; else the name of a shipped pipeline. */
static const char *find_file(const char *path, const registry *plugins, arena *memory,
                             diagnostics *out)
{
    const char *folder = arena_printf(memory, "%s/examples/pipelines", plugins->share_folder);
    struct stat st;
    bool lua = str_ends_with(str_of(path), ".lua"), there = stat(path, &st) == 0;
    if (there && (S_ISDIR(st.st_mode) || (S_ISREG(st.st_mode) && !lua))) {
        say_no_pipeline(path, folder, memory, out);
        return NULL;
    }
    if (strchr(path, '/') || lua) {
        if (access(path, R_OK) == 0) return path;
        diagnostics_add(out, DIAGNOSTIC_ERROR, "E0101", (position){0},
                        "cannot read the pipeline `%s`: %s", path, strerror(errno));
        return NULL;
    }
    const char *file = arena_printf(memory, "%s/%s.lua", folder, path);
    if (file && access(file, R_OK) == 0) return file;
    const char *names[SHIPPED_MOST];
    size_t count = list_shipped(folder, names, memory);
    const char *near = did_you_mean(str_of(path), names, count), *list = "";
    for (size_t i = 0; i < count; i++)
        list = arena_printf(memory, "%s%s%s", list, i ? ", " : "", names[i]);
    diagnostic *d = diagnostics_add(out, DIAGNOSTIC_ERROR, "E0101", (position){0},
                                    "no shipped pipeline is called `%s`", path);
    if (near) d->label = diagnostics_text(out, "did you mean `%s`?", near);
    d->help = diagnostics_text(
        out, "these ship: %s; a pipeline of your own is named by its file: `./%s.lua`", list, path);
    return NULL;
}

/* ------------------------------------------------------------------ -D */

/* Splits "stage.option=value" or "name=value"; false where there is no "=". */
static bool split_override(const char *text, tamis_str *stage, tamis_str *name, tamis_str *given)
{
    const char *equals = strchr(text, '=');
    if (!equals) return false;
    const char *dot = memchr(text, '.', (size_t)(equals - text));
    *stage = dot ? (tamis_str){text, (size_t)(dot - text)} : (tamis_str){0};
    const char *from = dot ? dot + 1 : text;
    *name = (tamis_str){from, (size_t)(equals - from)};
    *given = str_of(equals + 1);
    return true;
}

static script_param *take_params(override *overrides, size_t count, size_t *found, arena *memory,
                                 diagnostics *out)
{
    script_param *params = arena_alloc(memory, (count + 1) * sizeof *params);
    *found = 0;
    for (size_t i = 0; params && i < count; i++) {
        tamis_str stage, name, given;
        if (!split_override(overrides[i].text, &stage, &name, &given))
            diagnostics_add(out, DIAGNOSTIC_ERROR, "E0115", (position){0},
                            "`-D %s` has no `=`: write -D STAGE.OPTION=VALUE or -D NAME=VALUE",
                            overrides[i].text);
        else if (!stage.n)
            params[(*found)++] = (script_param){name, given, false};
    }
    return params;
}

static void check_params(const script_param *params, size_t count, diagnostics *out)
{
    for (size_t i = 0; i < count; i++)
        if (!params[i].used)
            diagnostics_add(
                out, DIAGNOSTIC_ERROR, "E0115", (position){0},
                "the pipeline has no parameter `%.*s`: it asks for none by param(\"%.*s\", …)",
                (int)params[i].name.n, params[i].name.p, (int)params[i].name.n, params[i].name.p);
}

/* A -D value as options_fill takes it: text without a file. A relative path is one of the working
 * folder. */
static value override_value(tamis_str text, const tamis_option *option, arena *memory)
{
    value v = {.kind = VALUE_STRING};
    char absolute[PATH_MAX];
    v.u.s = arena_copy(memory, text);
    if (option && (option->type == TAMIS_PATH || option->type == TAMIS_PATHS) && text.n &&
        realpath(v.u.s.p, absolute))
        v.u.s = arena_copy(memory, str_of(absolute));
    return v;
}

static const tamis_option *find_option(const tamis_stage *stage, tamis_str name)
{
    for (uint32_t i = 0; i < stage->option_count; i++)
        if (str_is(name, stage->options[i].name)) return &stage->options[i];
    for (size_t i = 0; i < sizeof HOST_TABLE / sizeof *HOST_TABLE; i++)
        if (str_is(name, HOST_TABLE[i].name)) return &HOST_TABLE[i];
    return NULL;
}

/* The file's options of a stage with those of -D put over them; a repeated -D makes a list. */
static value merge_options(const stage_spec *spec, const tamis_stage *stage, override *overrides,
                           size_t count, arena *memory)
{
    value merged = spec->options;
    size_t own = merged.kind == VALUE_MAP ? merged.u.map.count : 0;
    value_member *members = arena_alloc(memory, (own + count + 1) * sizeof *members);
    if (!members) return merged;
    if (own) memcpy(members, merged.u.map.members, own * sizeof *members);
    merged.kind = VALUE_MAP;
    merged.u.map.members = members;
    merged.u.map.count = own;
    for (size_t i = 0; i < count; i++) {
        tamis_str name, option, given;
        if (!split_override(overrides[i].text, &name, &option, &given) ||
            !str_equal(name, spec->as))
            continue;
        overrides[i].used = true;
        value *v = arena_alloc(memory, sizeof *v);
        *v = override_value(given, find_option(stage, option), memory);
        size_t at = 0;
        while (at < merged.u.map.count && !str_equal(members[at].key, option)) at++;
        if (at == merged.u.map.count) merged.u.map.count++;
        value *old = members[at].value;
        if (old && !old->at.file) { /* said before on the command line: a list */
            size_t items = old->kind == VALUE_LIST ? old->u.list.count : 1;
            value list = {.kind = VALUE_LIST};
            list.u.list.items = arena_alloc(memory, (items + 1) * sizeof(value));
            memcpy(list.u.list.items, old->kind == VALUE_LIST ? old->u.list.items : old,
                   items * sizeof(value));
            list.u.list.items[items] = *v;
            list.u.list.count = items + 1;
            *v = list;
        }
        members[at] = (value_member){option, (position){0}, v};
    }
    return merged;
}

static void check_overrides(const pipeline *self, const override *overrides, size_t count,
                            diagnostics *out)
{
    const char *names[256];
    size_t known = 0;
    for (size_t i = 0; i < self->stage_count && known < 256; i++)
        names[known++] = self->stages[i].name;
    for (size_t i = 0; i < count; i++) {
        tamis_str stage, name, given;
        if (overrides[i].used || !split_override(overrides[i].text, &stage, &name, &given) ||
            !stage.n)
            continue;
        const char *near = did_you_mean(stage, names, known);
        diagnostic *d = diagnostics_add(out, DIAGNOSTIC_ERROR, "E0115", (position){0},
                                        "`-D %s`: the pipeline has no stage `%.*s`",
                                        overrides[i].text, (int)stage.n, stage.p);
        if (near) d->label = diagnostics_text(out, "did you mean `%s`?", near);
    }
}

/* ------------------------------------------------------------------ one stage */

static void unknown_stage(script *library, const stage_spec *spec, const registry *plugins,
                          diagnostics *out)
{
    const char *names[256];
    size_t count = script_library_names(library, NULL, names, 128);
    for (size_t i = 0; i < plugins->stage_count && count < 256; i++)
        names[count++] = plugins->stages[i].stage.name;
    const char *near = did_you_mean(spec->name, names, count);
    diagnostic *d = diagnostics_add(out, DIAGNOSTIC_ERROR, "E0104",
                                    spec->name_at.file ? spec->name_at : spec->at,
                                    "no stage is called `%.*s`", (int)spec->name.n, spec->name.p);
    if (near) d->label = diagnostics_text(out, "did you mean `%s`?", near);
    d->help = diagnostics_text(out, "`tamis plugins` lists the stages and where they come from");
}

/* The option tables hold what the stage reads; the host's own options are in the same map. */
static void fill_host_options(pipeline_stage *stage, const value *options,
                              const options_owner *owner, arena *memory, diagnostics *out)
{
    host_conf conf = {0};
    value own = {.kind = VALUE_MAP, .at = options->at};
    value_member members[8];
    own.u.map.members = members;
    for (size_t i = 0; i < options->u.map.count && own.u.map.count < 8; i++)
        for (size_t k = 0; k < sizeof HOST_TABLE / sizeof *HOST_TABLE; k++)
            if (str_is(options->u.map.members[i].key, HOST_TABLE[k].name))
                members[own.u.map.count++] = options->u.map.members[i];
    options_fill(HOST_TABLE, sizeof HOST_TABLE / sizeof *HOST_TABLE, owner, &own, NULL, &conf,
                 sizeof conf, memory, out);
    stage->on_error = conf.on_error == 1 ? ON_ERROR_SKIP : ON_ERROR_QUARANTINE;
    stage->seconds = conf.time;
    stage->memory = conf.memory;
}

static void describe(pipeline *self, pipeline_stage *stage)
{
    buffer text = {0};
    const void *conf =
        stage->element ? stage->conf : script_stage_options(&stage->stage, stage->conf);
    if (stage->stage.options && conf)
        options_describe(stage->stage.options, stage->stage.option_count, conf, &text);
    stage->effective = arena_copy(&self->memory, buffer_str(&text)).p;
    if (!stage->effective) stage->effective = "";
    self->options_hash =
        hash_bytes(stage->effective, strlen(stage->effective),
                   hash_bytes(stage->name, strlen(stage->name), self->options_hash));
    buffer_free(&text);
}

static void build_stage(pipeline *self, size_t index, const registry *plugins, override *overrides,
                        size_t override_count, diagnostics *out)
{
    pipeline_stage *stage = &self->stages[index];
    stage_spec *spec = &self->spec->stages[index];
    stage->spec = spec;
    stage->name = arena_copy(&self->memory, spec->as).p;
    options_owner owner = {stage->name, spec->folder, NULL};
    if (spec->kind == SPEC_STAGE) {
        stage->element = registry_find(plugins, spec->name);
        const char *file = stage->element ? NULL : script_library_file(self->script, spec->name);
        if (file) { /* no plugin: a stage of the Lua library */
            spec->kind = SPEC_SCRIPT;
            spec->name = str_of(file);
        }
    }
    if (spec->kind == SPEC_STAGE) {
        if (!stage->element) {
            unknown_stage(self->script, spec, plugins, out);
            return;
        }
        stage->stage = stage->element->stage;
        owner.data_folders = stage->element->data_folders;
        spec->options =
            merge_options(spec, &stage->stage, overrides, override_count, &self->memory);
        void *conf = arena_alloc(&self->memory, stage->stage.conf_size + 1);
        stage->conf = conf;
        options_fill(stage->stage.options, stage->stage.option_count, &owner, &spec->options,
                     HOST_OPTIONS, conf, stage->stage.conf_size, &self->memory, out);
    } else {
        tamis_stage none = {0};
        spec->options = merge_options(spec, &none, overrides, override_count, &self->memory);
        if (script_stage(self->script, spec, plugins, &stage->stage, &stage->conf, out) < 0) return;
    }
    fill_host_options(stage, &spec->options, &owner, &self->memory, out);
    const value *when = value_member_of(&spec->options, "when");
    if (when) stage->guard = script_guard_new(self->script, when, stage->name, out);
    describe(self, stage);
}

static void check_names(const pipeline *self, diagnostics *out)
{
    for (size_t i = 0; i < self->stage_count; i++)
        for (size_t k = 0; k < i; k++)
            if (strcmp(self->stages[i].name, self->stages[k].name) == 0) {
                diagnostic *d =
                    diagnostics_add(out, DIAGNOSTIC_ERROR, "E0105", self->stages[i].spec->at,
                                    "two stages are called `%s`", self->stages[i].name);
                d->help = "name one of them apart with `as = \"…\"`";
            }
}

/* ------------------------------------------------------------------ order */

/* A resource name with "$option" replaced by that option's value: "span:$type" -> "span:weapon". */
static tamis_str resource_name(const pipeline_stage *stage, const char *name, arena *memory)
{
    const char *dollar = strchr(name, '$');
    const tamis_option *option = dollar ? find_option(&stage->stage, str_of(dollar + 1)) : NULL;
    if (!option || option->type != TAMIS_STRING || !stage->element) return str_of(name);
    tamis_str given;
    memcpy(&given, (const char *)stage->conf + option->offset, sizeof given);
    return str_of(
        arena_printf(memory, "%.*s%.*s", (int)(dollar - name), name, (int)given.n, given.p));
}

/* A script or rules that declare nothing are taken at no word; a plugin always is. */
static void keep_writes(pipeline *self, pipeline_stage *stage)
{
    const char *const *words = stage->stage.writes;
    size_t n = 0;
    while (words && words[n]) n++;
    stage->writes =
        (stage_writes){.told = stage->element || n,
                       .names = arena_alloc(&self->memory, (n + 1) * sizeof *stage->writes.names)};
    if (!stage->writes.names) {
        stage->writes.told = false;
        return;
    }
    for (size_t i = 0; i < n; i++)
        stage_writes_add(&stage->writes, resource_name(stage, words[i], &self->memory));
}

static bool writes(const pipeline_stage *stage, tamis_str resource, arena *memory)
{
    for (const char *const *w = stage->stage.writes; w && *w; w++) {
        tamis_str name = resource_name(stage, *w, memory);
        if (str_equal(name, resource) || str_is(name, "span:*")) return true;
    }
    return false;
}

/* What an earlier stage writes and the name may have meant: "quote" for "span:quotes". */
static const char *nearest_written(const pipeline *self, size_t index, tamis_str resource,
                                   arena *memory)
{
    const char *words[256];
    size_t count = 0;
    const char *colon = memchr(resource.p, ':', resource.n);
    size_t kind = colon ? (size_t)(colon - resource.p) + 1 : 0;
    for (size_t i = 0; i < index; i++)
        for (const char *const *w = self->stages[i].stage.writes; w && *w && count < 256; w++) {
            tamis_str name = resource_name(&self->stages[i], *w, memory);
            if (name.n > kind && memcmp(name.p, resource.p, kind) == 0)
                words[count++] = arena_printf(memory, "%.*s", (int)(name.n - kind), name.p + kind);
        }
    return did_you_mean((tamis_str){resource.p + kind, resource.n - kind}, words, count);
}

static void check_read(const pipeline *self, size_t index, const char *read, const char *who,
                       arena *memory, diagnostics *out)
{
    tamis_str resource = resource_name(&self->stages[index], read, memory);
    if (*read == '?' || str_is(resource, "view") || str_is(resource, "meta")) return;
    for (size_t i = 0; i < index; i++)
        if (writes(&self->stages[i], resource, memory)) return;
    for (size_t i = index + 1; i < self->stage_count; i++)
        if (writes(&self->stages[i], resource, memory)) {
            diagnostic *d = diagnostics_add(
                out, DIAGNOSTIC_ERROR, "E0112", self->stages[index].spec->at,
                "%s `%s` reads %.*s, which only the later stage `%s` writes", who,
                self->stages[index].name, (int)resource.n, resource.p, self->stages[i].name);
            d->help = diagnostics_text(out, "put `%s` before it", self->stages[i].name);
            return;
        }
    position at = self->stages[index].spec->at;
    script_stage_reader(&self->stages[index].stage, self->stages[index].conf, read, &at);
    diagnostic *d = diagnostics_add(out, DIAGNOSTIC_WARNING, "E0112", at,
                                    "%s `%s` reads %.*s, which no earlier stage writes", who,
                                    self->stages[index].name, (int)resource.n, resource.p);
    const char *near = nearest_written(self, index, resource, memory);
    if (near) d->label = diagnostics_text(out, "did you mean `%s`?", near);
    d->help = "only records of an earlier run can bring it";
}

/* "view", "meta", "span:TYPE", "attr:KEY": another word is a slip of the stage's author. */
static bool check_word(const pipeline_stage *stage, const char *verb, const char *word,
                       diagnostics *out)
{
    static const char *const words[] = {"view", "meta", "span", "attr"};
    const char *name = *word == '?' ? word + 1 : word;
    if (!strcmp(name, "view") || !strcmp(name, "meta")) return true;
    if ((!strncmp(name, "span:", 5) || !strncmp(name, "attr:", 5)) && name[5]) return true;
    position at = stage->spec->at;
    script_stage_reader(&stage->stage, stage->conf, word, &at);
    diagnostic *d = diagnostics_add(out, DIAGNOSTIC_WARNING, "E0112", at,
                                    "stage `%s` says that it %s `%s`", stage->name, verb, word);
    const char *near = did_you_mean((tamis_str){name, strcspn(name, ":")}, words, 4);
    if (near) d->label = diagnostics_text(out, "did you mean `%s`?", near);
    d->help = "there are view, meta, span:TYPE and attr:KEY";
    return false;
}

static void check_order(const pipeline *self, diagnostics *out)
{
    arena memory = {0};
    const char *spans_by = NULL;
    for (size_t i = 0; i < self->stage_count; i++) {
        const pipeline_stage *stage = &self->stages[i];
        for (const char *const *w = stage->stage.writes; w && *w; w++)
            check_word(stage, "writes", *w, out);
        for (const char *const *r = stage->stage.reads; r && *r; r++)
            if (check_word(stage, "reads", *r, out)) check_read(self, i, *r, "stage", &memory, out);
        const char *const *guard = stage->guard ? script_guard_reads(stage->guard) : NULL;
        for (; guard && *guard; guard++)
            check_read(self, i, *guard, "the `when` of stage", &memory, out);
        if (spans_by && writes(stage, TAMIS_STR("view"), &memory))
            diagnostics_add(
                out, DIAGNOSTIC_WARNING, "E0117", stage->spec->at,
                "stage `%s` removes text after `%s` wrote spans: spans in it will be cut",
                stage->name, spans_by);
        for (const char *const *w = stage->stage.writes; !spans_by && w && *w; w++)
            if (strncmp(*w, "span:", 5) == 0) spans_by = stage->name;
    }
    arena_free(&memory);
}

/* ------------------------------------------------------------------ load */

pipeline *pipeline_load(const char *path, const char *from_text, const registry *plugins,
                        override *overrides, size_t override_count, diagnostics *out)
{
    arena memory = {0};
    pipeline *self = arena_alloc(&memory, sizeof *self);
    if (!self) return NULL;
    error e = {0};
    const char *file = from_text ? path : find_file(path, plugins, &memory, out);
    size_t param_count = 0, errors = out->errors;
    script_param *params = take_params(overrides, override_count, &param_count, &memory, out);
    const char *lua_folder = arena_printf(&memory, "%s/lua", plugins->share_folder);
    if (file && script_new(&self->script, &e) < 0)
        diagnostics_add(out, DIAGNOSTIC_ERROR, "E0001", (position){0}, "%s", e.text);
    if (file && self->script)
        self->spec =
            script_load(self->script, file, from_text, params, param_count, lua_folder, out);
    if (self->spec) {
        check_params(params, param_count, out);
        self->resources = stage_resources_new();
        self->stage_count = self->spec->stage_count;
        self->stages = arena_alloc(&memory, (self->stage_count + 1) * sizeof *self->stages);
        self->memory = memory; /* from here on the pipeline's own */
        self->name = arena_copy(&self->memory, self->spec->name).p;
        for (size_t i = 0; i < self->stage_count; i++)
            build_stage(self, i, plugins, overrides, override_count, out);
        check_overrides(self, overrides, override_count, out);
        check_names(self, out);
        if (out->errors == errors) check_order(self, out);
        for (size_t i = 0; out->errors == errors && i < self->stage_count; i++)
            keep_writes(self, &self->stages[i]);
        memory = self->memory;
    }
    if (self->spec && out->errors == errors) return self;
    self->memory = memory;
    pipeline_close(self);
    return NULL;
}
