/* Script stages as ordinary stages. A file (or a function) is turned into a tamis_stage whose
 * configuration is a lua_stage: the callbacks find the Lua functions there. What the script
 * declares (options, reads, writes) is checked by the same code as a plugin's. */
#include "script/stage.h"
#include "script/rules.h"

#include "plugin/options.h"

#include <limits.h>
#include <stdlib.h>

const char *const SCRIPT_HOST_OPTIONS[] = {"as", "when", "on_error", "time", "memory", NULL};

/* ------------------------------------------------------------------ callbacks */

static tamis_rc fail_with(const tamis_run *c, const error *e)
{
    return host_table.fail(c, TAMIS_FAIL, "%s", e->text);
}

static void push_ref(lua_State *L, int ref)
{
    if (ref)
        lua_rawgeti(L, LUA_REGISTRYINDEX, ref);
    else
        lua_pushnil(L);
}

static tamis_rc stage_open(const tamis_run *c, void **shared)
{
    const lua_stage *conf = c->conf;
    lua_stage *self = conf->self;
    lua_State *L = self->owner->L;
    error e = {0};
    if (!self->open_ref) return TAMIS_OK;
    script_begin(self->owner, c, NULL, self->folder);
    push_ref(L, self->open_ref);
    push_ref(L, self->options_ref);
    tamis_rc rc = script_call(self->owner, 1, 1, CONFIG_SECONDS, &e);
    if (rc >= 0 && !lua_isnil(L, -1)) {
        lua_rawsetp(L, LUA_REGISTRYINDEX, &self->shared_ref); /* by address: no name to clash */
        self->shared_ref = 1;
    } else if (rc >= 0) {
        lua_pop(L, 1);
    }
    script_end(self->owner);
    *shared = NULL;
    return rc < 0 ? fail_with(c, &e) : TAMIS_OK;
}

/* What run returned: nothing and true are well, drop leaves the document out. */
static tamis_rc take_result(const tamis_run *c, script *owner)
{
    lua_State *L = owner->L;
    tamis_rc rc = TAMIS_OK;
    if (lua_touserdata(L, -1) == &script_drop && lua_islightuserdata(L, -1))
        rc = host_table.drop(c, owner->drop_reason);
    else if (!lua_isnil(L, -1) && !(lua_isboolean(L, -1) && lua_toboolean(L, -1)))
        rc = host_table.fail(
            c, TAMIS_FAIL, "the script returned a %s: a stage returns nothing, or drop \"reason\"",
            luaL_typename(L, -1));
    lua_pop(L, 1);
    return rc;
}

static tamis_rc stage_run(const tamis_run *c, tamis_doc *doc)
{
    const lua_stage *self = c->conf;
    script *owner = self->owner;
    lua_State *L = owner->L;
    error e;
    e.rc = 0;
    e.text[0] = 0;
    script_begin(owner, c, doc, self->folder);
    push_ref(L, self->run_ref);
    push_ref(L, owner->doc_ref);
    push_ref(L, self->options_ref);
    if (self->shared_ref)
        lua_rawgetp(L, LUA_REGISTRYINDEX, &self->self->shared_ref);
    else
        lua_pushnil(L);
    tamis_rc rc = script_call(owner, 3, 1, 0, &e);
    rc = rc < 0 ? fail_with(c, &e) : take_result(c, owner);
    script_end(owner);
    return rc;
}

/* --- state over documents. Bytes are copied into the callback's memory, since the Lua string may
 * be collected. */

static tamis_rc give_bytes(const tamis_run *c, script *owner, tamis_str *out)
{
    lua_State *L = owner->L;
    tamis_str text = {NULL, 0};
    if (lua_type(L, -1) == LUA_TSTRING) text.p = lua_tolstring(L, -1, &text.n);
    char *copy = text.n ? host_table.alloc(c, text.n) : NULL;
    if (copy) memcpy(copy, text.p, text.n);
    *out = (tamis_str){copy, copy ? text.n : 0};
    bool good = lua_type(L, -1) == LUA_TSTRING || lua_isnil(L, -1);
    lua_pop(L, 1);
    return good ? TAMIS_OK
                : host_table.fail(c, TAMIS_FAIL,
                                  "`save` returns text: json.encode makes it of a table");
}

static tamis_rc stage_save(const tamis_run *c, tamis_str *bytes)
{
    const lua_stage *self = c->conf;
    error e = {0};
    script_begin(self->owner, c, NULL, self->folder);
    push_ref(self->owner->L, self->save_ref);
    tamis_rc rc = script_call(self->owner, 0, 1, 0, &e);
    rc = rc < 0 ? fail_with(c, &e) : give_bytes(c, self->owner, bytes);
    script_end(self->owner);
    return rc;
}

static tamis_rc stage_merge(const tamis_run *c, void **total, tamis_str bytes)
{
    const lua_stage *self = c->conf;
    lua_State *L = self->owner->L;
    error e = {0};
    int *ref = *total;
    if (!ref) ref = calloc(1, sizeof *ref);
    if (!ref) return host_table.fail(c, TAMIS_FATAL, "no memory for totals");
    *total = ref;
    script_begin(self->owner, c, NULL, self->folder);
    push_ref(L, self->merge_ref);
    push_ref(L, *ref);
    lua_pushlstring(L, bytes.p ? bytes.p : "", bytes.n);
    tamis_rc rc = script_call(self->owner, 2, 1, CONFIG_SECONDS, &e);
    if (rc < 0) {
        rc = fail_with(c, &e);
    } else if (*ref) {
        lua_rawseti(L, LUA_REGISTRYINDEX, *ref);
    } else {
        *ref = script_ref(L);
    }
    script_end(self->owner);
    return rc;
}

static int encode_total(lua_State *L)
{
    lua_settop(L, 1);
    if (lua_type(L, 1) == LUA_TSTRING) return 1; /* JSON already */
    sandbox_base(L);
    lua_getfield(L, -1, "json");
    lua_getfield(L, -1, "encode");
    lua_pushvalue(L, 1);
    lua_call(L, 1, 1);
    return 1;
}

static tamis_rc stage_finish(const tamis_run *c, void *total, tamis_str *json)
{
    const lua_stage *self = c->conf;
    lua_State *L = self->owner->L;
    error e = {0};
    int *ref = total;
    script_begin(self->owner, c, NULL, self->folder);
    push_ref(L, self->finish_ref);
    push_ref(L, ref ? *ref : 0);
    tamis_rc rc = script_call(self->owner, 1, 1, CONFIG_SECONDS, &e);
    if (rc >= 0) {
        lua_pushcfunction(L, encode_total);
        lua_insert(L, -2);
        rc = script_call(self->owner, 1, 1, CONFIG_SECONDS, &e);
    }
    rc = rc < 0 ? fail_with(c, &e) : give_bytes(c, self->owner, json);
    if (ref) luaL_unref(L, LUA_REGISTRYINDEX, *ref);
    free(ref);
    script_end(self->owner);
    return rc;
}

/* ------------------------------------------------------------------ what a script declares */

typedef struct {
    script *owner;
    const stage_spec *spec;
    lua_stage *stage;
    tamis_stage *out;
    position at; /* of the file's mistakes */
    tamis_rc rc;
} stage_job;

static diagnostic *complain(stage_job *job, position at, const char *message)
{
    return diagnostics_add(job->owner->diags, DIAGNOSTIC_ERROR, "E0122", at, "%s", message);
}

static const struct {
    const char *name;
    uint16_t type;
} TYPES[] = {{"bool", TAMIS_BOOL},     {"int", TAMIS_INT},   {"number", TAMIS_NUMBER},
             {"string", TAMIS_STRING}, {"enum", TAMIS_ENUM}, {"path", TAMIS_PATH},
             {"list", TAMIS_LIST},     {"size", TAMIS_SIZE}, {"duration", TAMIS_DURATION},
             {"paths", TAMIS_PATHS}};
enum { TYPE_COUNT = sizeof TYPES / sizeof TYPES[0] };

/* A default as a user would write it after -D. */
static const char *fallback_text(stage_job *job, const value *v)
{
    arena *memory = &job->owner->memory;
    buffer joined = {0};
    const char *text = "";
    switch (v->kind) {
    case VALUE_BOOL: return v->u.b ? "true" : "false";
    case VALUE_INT: return arena_printf(memory, "%lld", (long long)v->u.i);
    case VALUE_NUMBER: return arena_printf(memory, "%.15g", v->u.d);
    case VALUE_STRING: return v->u.s.p ? v->u.s.p : "";
    case VALUE_LIST:
        for (size_t i = 0; i < v->u.list.count; i++) {
            const char *item = fallback_text(job, &v->u.list.items[i]);
            if (strchr(item, ','))
                complain(job, v->at, "an item of a list's default cannot hold a comma");
            if (i) buffer_append_char(&joined, ',');
            buffer_append_text(&joined, item);
        }
        text = arena_copy(memory, buffer_str(&joined)).p;
        buffer_free(&joined);
        return text ? text : "";
    default:
        complain(job, v->at, "a default is text, a number, true, false or a list of those");
        return "";
    }
}

static uint16_t type_of_default(const value *v)
{
    switch (v->kind) {
    case VALUE_BOOL: return TAMIS_BOOL;
    case VALUE_INT: return TAMIS_INT;
    case VALUE_NUMBER: return TAMIS_NUMBER;
    case VALUE_LIST: return TAMIS_LIST;
    default: return TAMIS_STRING;
    }
}

static void read_type(stage_job *job, const value *v, tamis_option *row)
{
    const char *names[TYPE_COUNT];
    for (size_t i = 0; i < TYPE_COUNT; i++) {
        names[i] = TYPES[i].name;
        if (v->kind == VALUE_STRING && str_is(v->u.s, TYPES[i].name)) {
            row->type = TYPES[i].type;
            return;
        }
    }
    diagnostic *said = complain(job, v->at,
                                "an option's type is bool, int, number, string, enum, path, "
                                "list, size, duration or paths");
    const char *near = v->kind == VALUE_STRING ? did_you_mean(v->u.s, names, TYPE_COUNT) : NULL;
    if (near) said->label = diagnostics_text(job->owner->diags, "did you mean `%s`?", near);
}

static const char *read_accept(stage_job *job, const value *v)
{
    buffer words = {0};
    if (v->kind == VALUE_STRING) return v->u.s.p;
    if (v->kind != VALUE_LIST) {
        complain(job, v->at, "what an option accepts is a range \"0..1\" or a list of words");
        return NULL;
    }
    for (size_t i = 0; i < v->u.list.count; i++) {
        if (i) buffer_append_char(&words, '|');
        buffer_append_text(&words, fallback_text(job, &v->u.list.items[i]));
    }
    const char *text = arena_copy(&job->owner->memory, buffer_str(&words)).p;
    buffer_free(&words);
    return text;
}

/* `name = default`, or `name = { type =, default =, accept =, help =, required = }`. */
static void read_option(stage_job *job, const value_member *m, tamis_option *row)
{
    static const char *const keys[] = {"type",    "default", "accept",  "range",
                                       "choices", "help",    "required"};
    row->name = m->key.p;
    row->help = "";
    if (m->value->kind != VALUE_MAP) {
        row->type = type_of_default(m->value);
        row->fallback = fallback_text(job, m->value);
        return;
    }
    for (size_t i = 0; i < m->value->u.map.count; i++) {
        const value_member *part = &m->value->u.map.members[i];
        const value *v = part->value;
        if (str_is(part->key, "type")) {
            read_type(job, v, row);
        } else if (str_is(part->key, "default")) {
            row->fallback = fallback_text(job, v);
            if (!row->type) row->type = type_of_default(v);
        } else if (str_is(part->key, "accept") || str_is(part->key, "range") ||
                   str_is(part->key, "choices")) {
            row->accept = read_accept(job, v);
        } else if (str_is(part->key, "help") && v->kind == VALUE_STRING) {
            row->help = v->u.s.p;
        } else if (str_is(part->key, "required") && v->kind == VALUE_BOOL) {
            if (v->u.b) row->flags |= TAMIS_REQUIRED;
        } else {
            diagnostic *said = complain(job, part->at,
                                        "an option's table has type, default, accept, help "
                                        "and required");
            const char *near = did_you_mean(part->key, keys, 7);
            if (near) said->label = diagnostics_text(job->owner->diags, "did you mean `%s`?", near);
        }
    }
    if (!row->type) row->type = TAMIS_STRING;
}

static void allow_paths(script *owner, const tamis_option *row, const void *conf)
{
    const void *at = (const char *)conf + row->offset;
    const tamis_str *paths = at;
    size_t n = 1;
    if (row->type == TAMIS_PATHS) {
        const tamis_list *list = at;
        paths = list->at;
        n = list->n;
    } else if (row->type != TAMIS_PATH) {
        return;
    }
    for (size_t i = 0; i < n; i++) {
        allowed_path *p = paths[i].n ? arena_alloc(&owner->memory, sizeof *p) : NULL;
        if (!p) continue;
        *p = (allowed_path){arena_copy(&owner->memory, paths[i]).p, owner->allowed};
        owner->allowed = p;
    }
}

/* A path given by -D is one of the working folder, as it is for a plugin's option. */
static void resolve_given_paths(stage_job *job, const tamis_option *table, size_t n)
{
    const value *given = &job->spec->options;
    for (size_t i = 0; i < n; i++) {
        char absolute[PATH_MAX];
        const value_member *m = NULL;
        if (table[i].type != TAMIS_PATH && table[i].type != TAMIS_PATHS) continue;
        for (size_t k = 0; given->kind == VALUE_MAP && k < given->u.map.count; k++)
            if (str_is(given->u.map.members[k].key, table[i].name)) m = &given->u.map.members[k];
        if (!m || m->value->at.file) continue;
        value *items = m->value->kind == VALUE_LIST ? m->value->u.list.items : m->value;
        size_t count = m->value->kind == VALUE_LIST ? m->value->u.list.count : 1;
        for (size_t k = 0; k < count; k++)
            if (items[k].kind == VALUE_STRING && items[k].u.s.n &&
                realpath(arena_copy(&job->owner->memory, items[k].u.s).p, absolute))
                items[k].u.s = arena_copy(&job->owner->memory, str_of(absolute));
    }
}

/* Builds the table from the declaration and fills a structure of one 16-byte slot an option. */
static void declare_options(lua_State *L, stage_job *job, const value *declared)
{
    script *owner = job->owner;
    size_t n = declared && declared->kind == VALUE_MAP ? declared->u.map.count : 0;
    tamis_option *table = arena_alloc(&owner->memory, (n + 1) * sizeof *table);
    void *conf = arena_alloc(&owner->memory, 16 * (n + 1));
    if (!table || !conf) luaL_error(L, "no memory for options");
    for (size_t i = 0; i < n; i++) {
        read_option(job, &declared->u.map.members[i], &table[i]);
        table[i].offset = (uint32_t)(16 * i);
    }
    const char *data_folders[] = {job->stage->folder, NULL};
    char name[128];
    snprintf(name, sizeof name, "%.*s", (int)job->spec->as.n, job->spec->as.p);
    options_owner whose = {name, job->spec->folder, data_folders};
    size_t errors = owner->diags->errors;
    error e = {0};
    if (options_check_table(table, n, 16 * n, &e) < 0 && declared)
        complain(job, declared->at, e.text);
    resolve_given_paths(job, table, n);
    if (owner->diags->errors == errors)
        options_fill(table, n, &whose, &job->spec->options, SCRIPT_HOST_OPTIONS, conf, 16 * n,
                     &owner->memory, owner->diags);
    job->out->options = table;
    job->out->option_count = (uint32_t)n;
    job->out->conf_size = (uint32_t)(16 * n);
    job->stage->values = conf;
    if (owner->diags->errors > errors) return;
    for (size_t i = 0; i < n; i++) allow_paths(owner, &table[i], conf);
    options_push(L, table, n, conf);
    job->stage->options_ref = script_ref(L);
}

/* A name with "$option" in it gets that option's value: "span:$type" is "span:date". */
static const char *resource_name(stage_job *job, const char *name)
{
    const char *dollar = strchr(name, '$');
    for (uint32_t i = 0; dollar && job->stage->values && i < job->out->option_count; i++) {
        const tamis_option *row = &job->out->options[i];
        if (strcmp(row->name, dollar + 1) != 0 || row->type != TAMIS_STRING) continue;
        tamis_str given;
        memcpy(&given, (const char *)job->stage->values + row->offset, sizeof given);
        return arena_printf(&job->owner->memory, "%.*s%.*s", (int)(dollar - name), name,
                            (int)given.n, given.p);
    }
    return name;
}

static const char *const *read_resources(stage_job *job, const value *v, const char *what)
{
    size_t n = v && v->kind == VALUE_LIST ? v->u.list.count : 0;
    const char **list = arena_alloc(&job->owner->memory, (n + 1) * sizeof *list);
    if (v && v->kind == VALUE_STRING) {
        list = arena_alloc(&job->owner->memory, 2 * sizeof *list);
        if (list) list[0] = resource_name(job, v->u.s.p);
        return list;
    }
    if (v && v->kind != VALUE_LIST) complain(job, v->at, what);
    for (size_t i = 0; list && i < n; i++) {
        const value *item = &v->u.list.items[i];
        if (item->kind == VALUE_STRING)
            list[i] = resource_name(job, item->u.s.p);
        else
            complain(job, item->at, what);
    }
    return list;
}

static int function_member(stage_job *job, const value *tree, const char *key)
{
    const value *v = value_member_of(tree, key);
    if (!v) return 0;
    if (v->kind == VALUE_FUNCTION) return (int)v->u.i;
    complain(job, v->at,
             "this is a function of a stage: open(options), run(doc, options, opened), save(), "
             "merge(total, bytes) or finish(total)");
    return 0;
}

static const char *text_member(const value *tree, const char *key, const char *otherwise)
{
    const value *v = value_member_of(tree, key);
    return v && v->kind == VALUE_STRING ? v->u.s.p : otherwise;
}

static void check_keys(stage_job *job, const value *tree)
{
    static const char *const known[] = {"name", "help", "version", "options", "reads", "writes",
                                        "open", "run",  "save",    "merge",   "finish"};
    enum { KNOWN = sizeof known / sizeof known[0] };
    for (size_t i = 0; i < tree->u.map.count; i++) {
        const value_member *m = &tree->u.map.members[i];
        size_t k = 0;
        while (k < KNOWN && !str_is(m->key, known[k])) k++;
        if (k < KNOWN) continue;
        diagnostic *said = diagnostics_add(job->owner->diags, DIAGNOSTIC_ERROR, "E0122", m->at,
                                           "a script stage has no `%.*s`", (int)m->key.n, m->key.p);
        const char *near = did_you_mean(m->key, known, KNOWN);
        if (near) said->label = diagnostics_text(job->owner->diags, "did you mean `%s`?", near);
    }
}

static void take_table(lua_State *L, stage_job *job, const char *file)
{
    script *owner = job->owner;
    tamis_stage *out = job->out;
    lua_stage *stage = job->stage;
    value tree = value_from_lua(L, -1, job->at, true);
    if (file) source_locate(owner, file, source_return(owner, file), &tree);
    check_keys(job, &tree);
    out->name = text_member(&tree, "name", arena_copy(&owner->memory, job->spec->as).p);
    out->help = text_member(&tree, "help", "");
    out->version = text_member(&tree, "version", "0");
    stage->open_ref = function_member(job, &tree, "open");
    stage->run_ref = function_member(job, &tree, "run");
    stage->save_ref = function_member(job, &tree, "save");
    stage->merge_ref = function_member(job, &tree, "merge");
    stage->finish_ref = function_member(job, &tree, "finish");
    const value *options = value_member_of(&tree, "options");
    if (options && options->kind != VALUE_MAP &&
        !(options->kind == VALUE_LIST && !options->u.list.count))
        complain(job, options->at,
                 "`options` is a table of name = default, or name = { type =, … }");
    declare_options(L, job, options);
    out->reads = read_resources(job, value_member_of(&tree, "reads"),
                                "`reads` is a list of names such as \"span:quote\"");
    out->writes = read_resources(job, value_member_of(&tree, "writes"),
                                 "`writes` is a list of names such as \"span:deal\"");
    if (!stage->run_ref && !value_member_of(&tree, "run")) {
        diagnostic *said = complain(job, job->at, "the script stage has no `run`");
        said->help = "return { run = function(doc, options) … end }, or just a function";
    }
    int totals = (stage->save_ref != 0) + (stage->merge_ref != 0) + (stage->finish_ref != 0);
    if (totals != 0 && totals != 3)
        complain(job, job->at,
                 "a stage with totals has `save`, `merge` and `finish`: all three or none");
    if (totals == 3) {
        out->save = stage_save;
        out->merge = stage_merge;
        out->finish = stage_finish;
    }
}

static int script_stage_body(lua_State *L)
{
    stage_job *job = lua_touserdata(L, 1);
    script *owner = job->owner;
    const stage_spec *spec = job->spec;
    if (spec->kind == SPEC_FUNCTION) {
        job->stage->folder = spec->folder;
        if (lua_rawgeti(L, LUA_REGISTRYINDEX, spec->function) == LUA_TTABLE) {
            take_table(L, job, NULL);
        } else {
            job->stage->run_ref = spec->function;
            declare_options(L, job, NULL);
        }
        return 0;
    }
    const char *file = spec->name.p;
    if (!script_compile(L, file, NULL, spec->name_at) || !script_execute(L, 1, spec->name_at))
        return 0;
    job->at = (position){.file = source_find(owner, file)->file, .line = 1};
    job->stage->folder = arena_copy(&owner->memory, path_folder(str_of(file))).p;
    if (lua_isfunction(L, -1)) {
        lua_pushvalue(L, -1);
        job->stage->run_ref = script_ref(L);
        declare_options(L, job, NULL);
    } else if (lua_istable(L, -1)) {
        take_table(L, job, file);
    } else {
        diagnostic *said = complain(job, job->at, "the script returns no stage");
        said->help =
            "end it with: return { run = function(doc, options) … end }, or return a function";
    }
    return 0;
}

/* ------------------------------------------------------------------ the stage */

static void stage_defaults(const stage_spec *spec, script *self, tamis_stage *out)
{
    static const char *const none[] = {NULL}, *const any[] = {"?span:*", NULL};
    *out = (tamis_stage){.size = sizeof *out};
    out->name = arena_copy(&self->memory, spec->as).p;
    out->help = "";
    out->version = "0";
    out->reads = any;
    out->writes = none;
    out->open = stage_open;
    out->run = stage_run;
}

tamis_rc script_stage(script *self, const stage_spec *spec, const registry *stages,
                      tamis_stage *out, const void **conf, diagnostics *diags)
{
    (void)stages;
    error e = {0};
    size_t errors = diags->errors;
    if (spec->kind == SPEC_RULES) return rules_stage(self, spec, out, conf, diags);
    lua_stage *stage = arena_alloc(&self->memory, sizeof *stage);
    if (!stage) return TAMIS_FATAL;
    *stage = (lua_stage){.self = stage, .owner = self, .folder = spec->folder};
    stage_defaults(spec, self, out);
    stage_job job = {.owner = self, .spec = spec, .stage = stage, .out = out, .at = spec->at};
    script_begin(self, NULL, NULL, spec->folder);
    self->diags = diags;
    if (script_protected(self, script_stage_body, &job, CONFIG_SECONDS, &e) < 0)
        script_diagnose(self, "E0114", e.text, spec->at);
    self->diags = NULL;
    script_end(self);
    *conf = stage;
    return diags->errors > errors ? TAMIS_FAIL : TAMIS_OK;
}

const void *script_stage_options(const tamis_stage *stage, const void *conf)
{
    if (stage->run != stage_run) return NULL; /* rules: no options of their own */
    return ((const lua_stage *)conf)->values;
}

bool script_stage_reader(const tamis_stage *stage, const void *conf, const char *read, position *at)
{
    return stage->run == rules_run && rules_reader(conf, read, at);
}

bool script_library_stage(script *self, const char *lua_folder, const char *name, tamis_stage *out,
                          diagnostics *diags)
{
    const void *conf;
    if (!self->lua_folder) self->lua_folder = arena_copy(&self->memory, str_of(lua_folder)).p;
    const char *file = script_library_file(self, str_of(name));
    if (!file) return false;
    tamis_str given = arena_copy(&self->memory, str_of(name));
    stage_spec spec = {.kind = SPEC_SCRIPT, .name = str_of(file), .as = given};
    spec.folder = arena_copy(&self->memory, path_folder(str_of(file))).p;
    spec.options = (value){.kind = VALUE_MAP};
    diagnostics own = {0};
    bool good = script_stage(self, &spec, NULL, out, &conf, &own) != TAMIS_FATAL;
    for (size_t i = 0; i < own.count; i++) { /* an option without a default is no fault here */
        const diagnostic *d = &own.items[i];
        if (d->level != DIAGNOSTIC_ERROR || strcmp(d->code, "E0111") == 0) continue;
        diagnostics_add(diags, DIAGNOSTIC_ERROR, d->code, d->at, "%s", d->message);
        good = false;
    }
    diagnostics_free(&own);
    return good;
}
